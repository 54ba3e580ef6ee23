//! Traces for OpenTelemetry: one span per request, sent as OTLP over HTTP in JSON.
//!
//! A span holds the route as it is written in `http::router`, status, tenant, verdict and times:
//! its type has no room for content, a person or an address. Spans wait in a queue of a fixed
//! length; what does not fit, or is not taken by the collector, is counted and gone. No decision
//! ever waits for a collector.

use super::Edge;
use super::config::Traces;
use super::keys::random;
use super::metrics::HostCounters;
use super::people::tokens::agent;
use crate::errors::Problem;
use crate::runtime::hex;
use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderMap, Response};
use axum::middleware::Next;
use riegel::syntax::ast::Verdict;
use serde_json::{Value as Json, json};
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// Spans that wait.
const QUEUE: usize = 8_192;
/// Most spans of one message.
const MOST: usize = 512;
/// How long a span waits for others.
const PAUSE: Duration = Duration::from_secs(1);

/// What a handler says of a decision; left in the answer's extensions.
#[derive(Clone, Copy, Debug)]
pub struct Decision {
    /// What applies.
    pub effective: Verdict,
}

/// A span. Numbers and words of this program, nothing of the request's.
struct Span {
    trace: [u8; 16],
    id: [u8; 8],
    parent: Option<[u8; 8]>,
    method: &'static str,
    route: String,
    tenant: Option<Arc<str>>,
    status: u16,
    verdict: Option<Verdict>,
    begin: u128,
    took: u128,
}

/// Where spans go.
pub struct Tracer {
    sender: SyncSender<Span>,
    share: u8,
}

impl Tracer {
    /// Starts the thread that sends.
    pub fn start(config: &Traces, counters: Arc<HostCounters>) -> Result<Self, Problem> {
        let (sender, receiver) = sync_channel(QUEUE);
        let agent = agent(config.authority.as_deref())?;
        let endpoint = config.endpoint.clone();
        std::thread::Builder::new()
            .name("riegel-traces".to_owned())
            .spawn(move || send(&receiver, &agent, &endpoint, &counters))
            .map_err(|_| {
                Problem::new(&crate::errors::INSTANCE, "cannot start a thread")
                    .help("check the limits of the process")
            })?;
        Ok(Tracer {
            sender,
            share: config.share,
        })
    }
}

/// W3C's `traceparent`: trace, span, and whether it is recorded.
fn parent(headers: &HeaderMap) -> Option<([u8; 16], [u8; 8], bool)> {
    let text = headers.get("traceparent")?.to_str().ok()?;
    let mut parts = text.split('-');
    let (version, trace) = (parts.next()?, parts.next()?);
    let (span, flags) = (parts.next()?, parts.next()?);
    let hex = |text: &str| crate::runtime::from_hex(text);
    let trace: [u8; 16] = hex(trace)?.try_into().ok()?;
    let span: [u8; 8] = hex(span)?.try_into().ok()?;
    let flags = *hex(flags)?.first()?;
    let sound = version.len() == 2 && version != "ff" && trace != [0; 16] && span != [0; 8];
    sound.then_some((trace, span, flags & 1 == 1))
}

/// Around every request, where somebody wants traces.
pub async fn around(
    State(edge): State<Arc<Edge>>,
    request: Request,
    next: Next,
) -> Response<axum::body::Body> {
    let Some(tracer) = &edge.tracer else {
        return next.run(request).await;
    };
    let Ok(fresh) = random::<25>() else {
        return next.run(request).await;
    };
    let parent = parent(request.headers());
    let lot = fresh.last().copied().unwrap_or(0);
    let wanted = match parent {
        Some((.., recorded)) => recorded,
        None => u32::from(lot) * 100 < u32::from(tracer.share) * 256,
    };
    if !wanted {
        return next.run(request).await;
    }
    let route = request.extensions().get::<MatchedPath>();
    let route = route.map_or("", MatchedPath::as_str).to_owned();
    // Only a tenant that is there: a made-up name is the sender's text.
    let path = request.uri().path().strip_prefix("/v1/tenants/");
    let name = path.and_then(|rest| rest.split('/').next());
    let tenant = name.and_then(|name| edge.tenants.get(name));
    let method = match request.method().as_str() {
        "GET" => "GET",
        "POST" => "POST",
        "PUT" => "PUT",
        "DELETE" => "DELETE",
        "HEAD" => "HEAD",
        _ => "_OTHER",
    };
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    let (begin, start) = (since.map_or(0, |time| time.as_nanos()), Instant::now());
    let response = next.run(request).await;
    let (mut trace, mut id) = ([0; 16], [0; 8]);
    trace.copy_from_slice(fresh.get(..16).unwrap_or(&[0; 16]));
    id.copy_from_slice(fresh.get(16..24).unwrap_or(&[0; 8]));
    let span = Span {
        trace: parent.map_or(trace, |(trace, ..)| trace),
        id,
        parent: parent.map(|(_, span, _)| span),
        method,
        route,
        tenant: tenant.map(|tenant| tenant.name.clone()),
        status: response.status().as_u16(),
        verdict: response
            .extensions()
            .get::<Decision>()
            .map(|decision| decision.effective),
        begin,
        took: start.elapsed().as_nanos(),
    };
    if tracer.sender.try_send(span).is_err() {
        edge.counters.spans_lost.fetch_add(1, Relaxed);
    }
    response
}

fn send(receiver: &Receiver<Span>, agent: &ureq::Agent, endpoint: &str, counters: &HostCounters) {
    loop {
        let Ok(first) = receiver.recv() else { return };
        let (mut spans, until) = (vec![first], Instant::now() + PAUSE);
        while spans.len() < MOST {
            match receiver.recv_timeout(until.saturating_duration_since(Instant::now())) {
                Ok(span) => spans.push(span),
                Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => break,
            }
        }
        let body = message(&spans).to_string();
        let request = agent
            .post(endpoint)
            .header("content-type", "application/json");
        let (count, name) = match request.send(&body) {
            Ok(_) => (&counters.spans_sent, spans.len()),
            Err(_) => (&counters.spans_lost, spans.len()),
        };
        count.fetch_add(name as u64, Relaxed);
    }
}

fn message(spans: &[Span]) -> Json {
    let spans: Vec<Json> = spans.iter().map(Span::json).collect();
    json!({ "resourceSpans": [{
        "resource": { "attributes": [
            text("service.name", "riegel"),
            text("service.version", env!("CARGO_PKG_VERSION")),
        ] },
        "scopeSpans": [{ "scope": { "name": "riegel" }, "spans": spans }],
    }] })
}

fn text(key: &str, value: &str) -> Json {
    json!({ "key": key, "value": { "stringValue": value } })
}

impl Span {
    fn json(&self) -> Json {
        let mut attributes = vec![
            text("http.request.method", self.method),
            json!({ "key": "http.response.status_code", "value": { "intValue": self.status.to_string() } }),
        ];
        if !self.route.is_empty() {
            attributes.push(text("http.route", &self.route));
        }
        if let Some(tenant) = &self.tenant {
            attributes.push(text("riegel.tenant", tenant));
        }
        if let Some(verdict) = self.verdict {
            attributes.push(text("riegel.effective", verdict.as_str()));
        }
        // SERVER; an error is what this host could not do.
        let status = if self.status >= 500 { 2 } else { 0 };
        json!({
            "traceId": hex(&self.trace),
            "spanId": hex(&self.id),
            "parentSpanId": self.parent.as_ref().map_or(String::new(), |id| hex(id)),
            "name": format!("{} {}", self.method, self.route).trim_end(),
            "kind": 2,
            "startTimeUnixNano": self.begin.to_string(),
            "endTimeUnixNano": (self.begin + self.took).to_string(),
            "attributes": attributes,
            "status": { "code": status },
        })
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    #[test]
    fn a_parent_is_taken_only_where_it_is_one() {
        let read = |text: &str| {
            let mut headers = HeaderMap::new();
            headers.insert("traceparent", text.parse().unwrap());
            parent(&headers)
        };
        let trace = "4bf92f3577b34da6a3ce929d0e0e4736";
        let fine = read(&format!("00-{trace}-00f067aa0ba902b7-01")).unwrap();
        assert_eq!((hex(&fine.0), fine.2), (trace.to_owned(), true));
        assert!(!read(&format!("00-{trace}-00f067aa0ba902b7-00")).unwrap().2);
        for text in [
            "",
            "x",
            "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
            "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7",
            "00-4bf9-00f067aa0ba902b7-01",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
