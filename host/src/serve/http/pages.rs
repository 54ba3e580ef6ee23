//! Health, metrics, the description of the interface, the console.

use super::decide::as_json;
use super::read::At;
use super::refusal::Refusal;
use super::{Edge, Peer};
use crate::errors::{self, Problem};
use crate::serve::people::Role;
use crate::serve::{clock, metrics, store};
use axum::extract::{Extension, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;

/// The description of everything here.
pub const DESCRIPTION: &str = include_str!("openapi.json");
const HOME: &str = include_str!("../../../../www/console/index.html");
const FILES: [(&str, &str, &str); 4] = [
    (
        "console.js",
        "text/javascript; charset=utf-8",
        include_str!("../../../../www/console/console.js"),
    ),
    (
        "words.js",
        "text/javascript; charset=utf-8",
        include_str!("../../../../www/console/words.js"),
    ),
    (
        "icon.svg",
        "image/svg+xml",
        include_str!("../../../../www/console/icon.svg"),
    ),
    (
        "console.css",
        "text/css; charset=utf-8",
        include_str!("../../../../www/console/console.css"),
    ),
];
/// Nothing from elsewhere, nothing inline, in nobody's frame.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; \
                      form-action 'none'; base-uri 'none'; frame-ancestors 'none'";

fn page(kind: &'static str, text: &'static str) -> Response {
    let headers = [
        (header::CONTENT_TYPE, kind),
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::CACHE_CONTROL, "no-cache"),
    ];
    (headers, text).into_response()
}

/// `GET /`
pub async fn home() -> Response {
    page("text/html; charset=utf-8", HOME)
}

/// `GET /console/{file}`
pub async fn console(At(file): At<String>) -> Result<Response, Refusal> {
    let found = FILES.iter().find(|(name, ..)| *name == file);
    let (_, kind, text) = found.ok_or_else(|| Refusal::nothing("file"))?;
    Ok(page(kind, text))
}

/// `GET /healthz`: the process answers.
pub async fn alive() -> Response {
    as_json("{\"status\":\"ok\"}".to_owned())
}

/// `GET /readyz`: it can decide: the store takes something and answers, and the host is not about to
/// stop.
pub async fn ready(State(edge): State<Arc<Edge>>) -> Result<Response, Refusal> {
    if edge.stopping.load(Relaxed) {
        return Err(Refusal::new(
            StatusCode::SERVICE_UNAVAILABLE,
            Problem::new(&errors::STORE, "the host is stopping").help("ask another one"),
        ));
    }
    // Asked without a key: the store is asked at most twice a second.
    let now = clock::running();
    let last = edge.ready.load(Relaxed);
    if last == 0 || now - last > 500 {
        edge.store.run(|sql, _| store::touch(sql)).await?;
        edge.reader.read(|_| Ok(())).await?;
        edge.ready.store(now.max(1), Relaxed);
    }
    Ok(as_json("{\"status\":\"ready\"}".to_owned()))
}

/// `GET /metrics`: for whoever may read everything, or for programs on this machine while the
/// host is open to them.
pub async fn metrics(
    State(edge): State<Arc<Edge>>,
    peer: Option<Extension<Peer>>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let peer = peer.map(|Extension(peer)| peer);
    let who = edge.who(&headers, peer.as_ref()).await?;
    if !who.may_everywhere(Role::Viewer) && !who.is_local() {
        return Err(Refusal::may_not());
    }
    let tenants = edge.tenants.list();
    let counters = tenants
        .iter()
        .map(|tenant| (&*tenant.name, &tenant.counters));
    let text = metrics::page(&edge.counters, counters);
    let kind = [(
        header::CONTENT_TYPE,
        "text/plain; version=0.0.4; charset=utf-8",
    )];
    Ok((kind, text).into_response())
}

/// `GET /openapi.json`
pub async fn description() -> Response {
    as_json(DESCRIPTION.to_owned())
}

/// The address is there, the method is not.
pub async fn other_method() -> Refusal {
    Refusal::new(
        StatusCode::METHOD_NOT_ALLOWED,
        Problem::new(&errors::REQUEST, "this address does not take that method")
            .help("`/openapi.json` says which it takes"),
    )
}
