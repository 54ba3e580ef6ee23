//! The same question in other words.
//!
//! * OpenID AuthZEN's access evaluation: subject, action, resource, context.
//! * nginx `auth_request`: the facts are headers, the answer is the status alone.
//!
//! Both become an event and take the way of every event. What AuthZEN calls `true` is a verdict
//! that needs nothing from anybody: `allow`, `log`, `warn`.

use super::decide::{Decided, admit, as_json, decide_text, receive, traced};
use super::read::At;
use super::refusal::Refusal;
use super::{Edge, Peer, body};
use crate::errors::{self, Problem};
use crate::serve::people::Role;
use crate::serve::tenants::Tenant;
use axum::body::Body;
use axum::extract::{Extension, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use riegel::syntax::ast::Verdict;
use serde::Deserialize;
use serde_json::{Map, Value as Json, json};
use std::sync::Arc;

/// Before the name of an attribute in a header: `riegel-attribute-destination.host: …`.
const ATTRIBUTE: &str = "riegel-attribute-";

fn goes_on(decided: &Decided) -> bool {
    decided.effective <= Verdict::Warn
}

#[derive(Deserialize)]
struct Evaluation {
    subject: Entity,
    action: Action,
    resource: Entity,
    #[serde(default)]
    context: Map<String, Json>,
}

#[derive(Deserialize)]
struct Entity {
    #[serde(rename = "type")]
    kind: String,
    id: String,
    #[serde(default)]
    properties: Map<String, Json>,
}

#[derive(Deserialize)]
struct Action {
    name: String,
    #[serde(default)]
    properties: Map<String, Json>,
}

/// `subject` is `user`, `resource` is `destination`; `context` is everything else, content too.
fn event(evaluation: Evaluation) -> Json {
    let Evaluation {
        subject,
        action,
        resource,
        context,
    } = evaluation;
    let mut event = context;
    let mut user = subject.properties;
    user.insert("id".to_owned(), json!(subject.id));
    event.insert("user".to_owned(), Json::Object(user));
    let mut destination = resource.properties;
    let name = match resource.kind.as_str() {
        "service" => "service",
        _ => "host",
    };
    destination.insert(name.to_owned(), json!(resource.id));
    event.insert("destination".to_owned(), Json::Object(destination));
    for (key, value) in action.properties {
        event.entry(key).or_insert(value);
    }
    event.insert("action".to_owned(), json!(action.name));
    Json::Object(event)
}

/// `POST …/access/v1/evaluation`
pub async fn authzen(
    State(edge): State<Arc<Edge>>,
    At(name): At<String>,
    peer: Option<Extension<Peer>>,
    headers: HeaderMap,
    request: Body,
) -> Result<Response, Refusal> {
    let peer = peer.map(|Extension(peer)| peer);
    let (_, tenant) = edge
        .enter(&headers, peer.as_ref(), &name, Role::Decide)
        .await?;
    let json = headers
        .get("content-type")
        .and_then(|value| value.to_str().ok())
        .is_some_and(|value| value.starts_with("application/json"));
    if !json {
        return Err(Refusal::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Problem::new(&errors::REQUEST, "an evaluation is JSON").help("send `application/json`"),
        ));
    }
    let _admission = admit(&tenant)?;
    let bytes = receive(&edge, &tenant, request).await?;
    let evaluation: Evaluation = serde_json::from_slice(&bytes).map_err(|_| {
        Refusal::malformed(
            "this is no access evaluation",
            "subject, action and resource are objects: OpenID AuthZEN 1.0",
        )
    })?;
    if evaluation.subject.kind.is_empty() {
        return Err(Refusal::malformed(
            "the subject has no type",
            "`user` is usual",
        ));
    }
    let text = event(evaluation).to_string();
    let decided = decide_text(&edge, &tenant, &text, &headers).await?;
    let context: Json = serde_json::from_str(&decided.json).unwrap_or_default();
    let mut response = as_json(
        json!({ "decision": goes_on(&decided), "context": { "riegel": context } }).to_string(),
    );
    if let Some(id) = headers.get("x-request-id") {
        response.headers_mut().insert("x-request-id", id.clone());
    }
    Ok(traced(&edge, response, decided.effective))
}

/// `… /authorize`: 204, or 403 with the verdict in a header. Content does not reach a host this
/// way, so policies that read content are asked by other ways.
pub async fn nginx(
    State(edge): State<Arc<Edge>>,
    At(name): At<String>,
    peer: Option<Extension<Peer>>,
    headers: HeaderMap,
    request: Body,
) -> Result<Response, Refusal> {
    let peer = peer.map(|Extension(peer)| peer);
    let (_, tenant) = edge
        .enter(&headers, peer.as_ref(), &name, Role::Decide)
        .await?;
    let _admission = admit(&tenant)?;
    // nginx sends none; whoever sends one must not believe that it was looked at.
    let sent = body::read(request, 1 << 10, edge.config.limits.body_time()).await?;
    if !sent.is_empty() {
        return Err(Refusal::malformed(
            "a body is not looked at here",
            "ask `decide`, which reads content",
        ));
    }
    let mut event = Map::new();
    for (header, value) in &headers {
        let Some(attribute) = header.as_str().strip_prefix(ATTRIBUTE) else {
            continue;
        };
        let attribute = attribute.replace('-', "_");
        let value = plain(&tenant, &attribute, text(value)?);
        if event.insert(attribute, value).is_some() {
            return Err(Refusal::malformed(
                "an attribute is given twice",
                "keep one of the two",
            ));
        }
    }
    let decided = decide_text(&edge, &tenant, &Json::Object(event).to_string(), &headers).await?;
    let verdict = [("riegel-verdict", decided.effective.as_str())];
    let effective = decided.effective;
    let response = if goes_on(&decided) {
        (StatusCode::NO_CONTENT, verdict).into_response()
    } else {
        (StatusCode::FORBIDDEN, verdict, as_json(decided.json)).into_response()
    };
    Ok(traced(&edge, response, effective))
}

/// The text of a header.
pub fn text(value: &HeaderValue) -> Result<&str, Refusal> {
    std::str::from_utf8(value.as_bytes()).map_err(|_| {
        Refusal::malformed(
            "a header with an attribute is not UTF-8",
            "send it as JSON to `decide`",
        )
    })
}

/// The value of an attribute that was written as text: what it is, the policy says. A person's
/// number is no number.
pub fn plain(tenant: &Tenant, name: &str, text: &str) -> Json {
    let version = tenant.version(None).ok();
    let schema = version
        .as_ref()
        .map(|version| &version.guard.anatomy().schema);
    let slot = schema.and_then(|schema| schema.slots.iter().find(|slot| slot.name == name));
    typed(slot.map_or("", |slot| slot.ty.as_str()), text)
}

/// What cannot be read as its type stays a text, which is refused with the name of the attribute.
fn typed(ty: &str, text: &str) -> Json {
    match (ty, serde_json::from_str(text)) {
        ("bool", Ok(value @ Json::Bool(_)))
        | ("int", Ok(value @ Json::Number(_)))
        | ("set", Ok(value @ Json::Array(_))) => value,
        _ => json!(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_is_read_as_what_the_policy_says() {
        for ty in ["string", "host", "enum", "date", ""] {
            for text in ["4711", "true", "[1]", "Müller", "\"x\""] {
                assert_eq!(typed(ty, text), json!(text), "{ty}");
            }
        }
        assert_eq!(typed("int", "4711"), json!(4711));
        assert_eq!(typed("int", "true"), json!("true"));
        assert_eq!(typed("bool", "true"), json!(true));
        assert_eq!(typed("set", "[\"a\"]"), json!(["a"]));
    }
}
