//! Asking for approvals, seeing and deciding them. What they mean stands in `serve::approvals`.

use super::answer::Approval;
use super::decide::{Around, admit, as_json, receive, text_of};
use super::read::At;
use super::refusal::Refusal;
use super::{Edge, Peer, body};
use crate::event;
use crate::serve::approvals::{self, Request};
use crate::serve::people::Role;
use axum::body::Body;
use axum::extract::{Extension, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use riegel::syntax::ast::Verdict;
use serde::Deserialize;
use serde_json::json;
use std::collections::BTreeMap;
use std::sync::Arc;

/// How it is asked.
#[derive(Deserialize)]
pub struct Asked {
    /// May the approver read an excerpt, with every finding covered?
    #[serde(default)]
    excerpt: bool,
}

/// `POST …/approvals`: the event once more; it is decided again, so that nobody asks for more than
/// there is.
pub async fn ask(
    State(edge): State<Arc<Edge>>,
    At(name): At<String>,
    super::read::Asked(asked): super::read::Asked<Asked>,
    peer: Option<Extension<Peer>>,
    headers: HeaderMap,
    request: Body,
) -> Result<Response, Refusal> {
    let peer = peer.map(|Extension(peer)| peer);
    let (who, tenant) = edge
        .enter(&headers, peer.as_ref(), &name, Role::Decide)
        .await?;
    let _admission = admit(&tenant)?;
    let text = body::text(receive(&edge, &tenant, request).await?)?;
    let version = tenant.version(None)?;
    let anatomy = version.guard.anatomy();
    let reading = event::read(&text, &anatomy.schema, &Around).map_err(Refusal::all)?;
    let (event, outcome) = tenant.decide(&version, reading.event).await;
    let roles = approvals::roles(&anatomy.info, &outcome.decision);
    if outcome.decision.effective != Verdict::Approve || roles.is_empty() {
        return Err(Refusal::conflict(
            "this event does not wait for an approval",
            "ask for a decision first, and for an approval when it says `approve`",
        ));
    }
    let mut found: BTreeMap<&str, u32> = BTreeMap::new();
    for finding in &outcome.decision.findings {
        if let Some(detector) = anatomy.info.detectors.get(usize::from(finding.detector)) {
            *found.entry(detector.id.as_str()).or_default() += 1;
        }
    }
    let rules: Vec<&str> = outcome
        .decision
        .rules
        .iter()
        .filter_map(|hit| anatomy.info.rules.get(usize::from(hit.rule)))
        .map(|rule| rule.id.as_str())
        .collect();
    let request = Request {
        binding: approvals::binding(&tenant, &anatomy.schema, &event),
        summary: json!({
            "rules": rules, "found": found, "bytes": event.content().len(),
            "policy": anatomy.info.id, "version": anatomy.info.version,
        }),
        excerpt: asked
            .excerpt
            .then(|| approvals::redacted(&anatomy.info, &event, &outcome.decision)),
        person: text_of(&anatomy.schema, &event, "user.id"),
        roles,
    };
    let made: Vec<Approval> = approvals::ask(&edge, &tenant, &who, request).await?;
    let answer = json!({ "approvals": made }).to_string();
    Ok((StatusCode::CREATED, as_json(answer)).into_response())
}

/// What is looked for.
#[derive(Deserialize)]
pub struct Wanted {
    state: Option<String>,
}

/// `GET …/approvals`
pub async fn list(
    State(edge): State<Arc<Edge>>,
    At(name): At<String>,
    super::read::Asked(wanted): super::read::Asked<Wanted>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let (_, tenant) = edge.enter(&headers, None, &name, Role::Viewer).await?;
    let states = ["waiting", "approved", "denied", "expired"];
    if wanted
        .state
        .as_deref()
        .is_some_and(|state| !states.contains(&state))
    {
        return Err(Refusal::malformed(
            "there is no such state",
            "one of `waiting`, `approved`, `denied`, `expired`",
        ));
    }
    let list = approvals::list(&edge, &tenant, wanted.state).await?;
    Ok(as_json(json!({ "approvals": list }).to_string()))
}

/// `GET …/approvals/{id}`: for people who may read, and for the program that asked.
pub async fn one(
    State(edge): State<Arc<Edge>>,
    At((name, id)): At<(String, String)>,
    peer: Option<Extension<Peer>>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let peer = peer.map(|Extension(peer)| peer);
    let who = edge.who(&headers, peer.as_ref()).await?;
    let role = if who.may(&name, Role::Viewer) {
        Role::Viewer
    } else {
        Role::Decide
    };
    let tenant = edge.tenant_for(&who, &name, role)?;
    let shown = approvals::one(&edge, &tenant, &id).await?;
    Ok(as_json(json!(shown).to_string()))
}

/// `GET …/approvals/{id}/excerpt`
pub async fn excerpt(
    State(edge): State<Arc<Edge>>,
    At((name, id)): At<(String, String)>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let (who, tenant) = edge.enter(&headers, None, &name, Role::Approver).await?;
    let text = approvals::excerpt(&edge, &tenant, &who, &id).await?;
    let plain = [
        ("content-type", "text/plain; charset=utf-8"),
        ("cache-control", "no-store"),
        ("x-content-type-options", "nosniff"),
    ];
    Ok((plain, text).into_response())
}

/// An approver's word.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Word {
    approve: bool,
}

/// `POST …/approvals/{id}/decision`
pub async fn decide(
    State(edge): State<Arc<Edge>>,
    At((name, id)): At<(String, String)>,
    headers: HeaderMap,
    request: Body,
) -> Result<Response, Refusal> {
    let (who, tenant) = edge.enter(&headers, None, &name, Role::Approver).await?;
    let word: Word = body::json(request, edge.config.limits.body_time()).await?;
    let state = approvals::decide(&edge, &tenant, &who, &id, word.approve).await?;
    Ok(as_json(json!({ "id": id, "state": state }).to_string()))
}
