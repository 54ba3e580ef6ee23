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
use axum::body::Body;
use axum::extract::{Extension, State};
use axum::http::{HeaderMap, StatusCode};
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
        let text = value.to_str().map_err(|_| {
            Refusal::malformed(
                "a header with an attribute is not ASCII",
                "send it as JSON to `decide`",
            )
        })?;
        let attribute = attribute.replace('-', "_");
        if event.insert(attribute, plain(text)).is_some() {
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

/// `true`, `false` and whole numbers are such, `[…]` is a list, everything else is a text.
pub fn plain(text: &str) -> Json {
    match serde_json::from_str(text) {
        Ok(value @ (Json::Bool(_) | Json::Number(_) | Json::Array(_))) => value,
        _ => json!(text),
    }
}
