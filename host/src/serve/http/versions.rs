//! The policy that decides, its module, and versions that were given through the API.

use super::decide::as_json;
use super::read::At;
use super::refusal::Refusal;
use super::{Edge, Peer, body};
use crate::errors::{self, Problem};
use crate::serve::people::Role;
use crate::serve::{compare, versions};
use axum::body::Body;
use axum::extract::{Extension, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::json;
use std::sync::Arc;

/// Largest module or text.
const MOST: usize = 16 << 20;

/// `GET …/policy`
pub async fn policy(
    State(edge): State<Arc<Edge>>,
    At(name): At<String>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let (_, tenant) = edge.enter(&headers, None, &name, Role::Viewer).await?;
    let policies = tenant.policies();
    let describe = |version: &crate::serve::tenants::Version| {
        let info = &version.guard.anatomy().info;
        json!({
            "number": version.number,
            "id": info.id,
            "title": info.title,
            "version": info.version,
            "digest": version.guard.digest_text(),
            "review_by": info.review_by,
            "rules": info.rules.iter().map(|rule| json!({
                "id": rule.id, "verdict": rule.verdict, "cite": rule.cite,
            })).collect::<Vec<_>>(),
        })
    };
    let answer = json!({
        "stable": policies.stable.as_deref().map(describe),
        "canary": policies.canary.as_ref().map(|(version, share)| json!({
            "share": share, "version": describe(version),
        })),
        "fault": policies.fault.as_ref().map(Problem::to_json),
    });
    Ok(as_json(answer.to_string()))
}

/// `GET …/module`: the bytes that decide, for extensions and other hosts; where the tenant
/// publishes them, for anybody.
pub async fn module(
    State(edge): State<Arc<Edge>>,
    At(name): At<String>,
    peer: Option<Extension<Peer>>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let peer = peer.map(|Extension(peer)| peer);
    let published = edge
        .tenants
        .get(&name)
        .filter(|tenant| tenant.config.published);
    let tenant = match published {
        Some(tenant) => tenant,
        None => {
            let entered = edge.enter(&headers, peer.as_ref(), &name, Role::Decide);
            entered.await?.1
        }
    };
    let version = tenant.version(None)?;
    let tag = format!("\"{}\"", crate::runtime::hex(&version.served));
    let fixed = [
        (header::ETAG, tag.clone()),
        (header::CACHE_CONTROL, "private, no-cache".to_owned()),
    ];
    let known = headers
        .get(header::IF_NONE_MATCH)
        .and_then(|value| value.to_str().ok());
    if known.is_some_and(|known| {
        known.split(',').any(|one| {
            let one = one.trim();
            one == "*" || one.strip_prefix("W/").unwrap_or(one) == tag
        })
    }) {
        return Ok((StatusCode::NOT_MODIFIED, fixed).into_response());
    }
    let file = edge.loader.module_file(&version.served);
    let read = tokio::task::spawn_blocking(move || std::fs::read(file)).await;
    let bytes = read.ok().and_then(Result::ok).ok_or_else(|| {
        Refusal::from(
            Problem::new(&errors::STORE, "the module's file is gone")
                .help("start the host again: it is built anew"),
        )
    })?;
    let kind = [(header::CONTENT_TYPE, "application/wasm")];
    Ok((fixed, kind, bytes).into_response())
}

/// `GET …/versions`
pub async fn list(
    State(edge): State<Arc<Edge>>,
    At(name): At<String>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let (_, tenant) = edge.enter(&headers, None, &name, Role::Viewer).await?;
    let list = versions::list(&edge, &tenant).await?;
    Ok(as_json(list.to_string()))
}

/// What is said about a version.
#[derive(Deserialize)]
pub struct About {
    #[serde(default)]
    note: String,
}

/// `POST …/versions`: a module (`application/wasm`), a text (`text/plain`), or a policy with its
/// layers and lists (`application/json`); which it is, its first bytes say.
pub async fn give(
    State(edge): State<Arc<Edge>>,
    At(name): At<String>,
    super::read::Asked(about): super::read::Asked<About>,
    headers: HeaderMap,
    request: Body,
) -> Result<Response, Refusal> {
    let (who, tenant) = edge.enter(&headers, None, &name, Role::Author).await?;
    let bytes = body::read(request, MOST, edge.config.limits.body_time()).await?;
    let note: String = about
        .note
        .chars()
        .filter(|c| !c.is_control())
        .take(200)
        .collect();
    let number = versions::give(&edge, &tenant, &who, bytes, note).await?;
    let answer = json!({ "number": number }).to_string();
    Ok((StatusCode::CREATED, as_json(answer)).into_response())
}

/// For how many of a hundred people.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Activate {
    #[serde(default = "everybody")]
    share: u8,
}

fn everybody() -> u8 {
    100
}

/// `POST …/versions/{number}/activate`; number 0 is the folder's policy.
pub async fn activate(
    State(edge): State<Arc<Edge>>,
    At((name, number)): At<(String, String)>,
    headers: HeaderMap,
    request: Body,
) -> Result<Response, Refusal> {
    let (who, tenant) = edge.enter(&headers, None, &name, Role::Author).await?;
    let number: i64 = number.parse().map_err(|_| Refusal::nothing("version"))?;
    let wanted: Activate = body::json(request, edge.config.limits.body_time()).await?;
    if wanted.share == 0 || wanted.share > 100 {
        return Err(Refusal::malformed(
            "a share is 1 to 100",
            "100 is everybody",
        ));
    }
    versions::activate(&edge, &tenant, &who, number, wanted.share).await?;
    Ok(as_json(
        json!({ "active": number, "share": wanted.share }).to_string(),
    ))
}

/// `GET …/versions/{number}/changes`: against what decides now.
pub async fn changes(
    State(edge): State<Arc<Edge>>,
    At((name, number)): At<(String, String)>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let (_, tenant) = edge.enter(&headers, None, &name, Role::Viewer).await?;
    let _admission = super::decide::admit(&tenant)?;
    let number: i64 = number.parse().map_err(|_| Refusal::nothing("version"))?;
    let changes = compare::changes(&edge, &tenant, number).await?;
    Ok(as_json(changes.to_string()))
}

/// `POST …/versions/{number}/simulation`: JSON lines in, counts out.
pub async fn simulate(
    State(edge): State<Arc<Edge>>,
    At((name, number)): At<(String, String)>,
    headers: HeaderMap,
    request: Body,
) -> Result<Response, Refusal> {
    let (_, tenant) = edge.enter(&headers, None, &name, Role::Author).await?;
    let _admission = super::decide::admit(&tenant)?;
    let number: i64 = number.parse().map_err(|_| Refusal::nothing("version"))?;
    let lines = body::read(request, MOST, edge.config.limits.body_time()).await?;
    let counts = compare::simulate(&edge, &tenant, number, body::text(lines)?).await?;
    Ok(as_json(counts.to_string()))
}
