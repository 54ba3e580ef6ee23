//! Events in, decisions out.
//!
//! Three forms: one event as JSON, a batch as JSON lines (each line answered by a line), and the
//! binary frame: `u32` length of the event frame, the frame, the content; answered by the record's
//! bytes. A decision is answered when its record is safe.

use super::answer::Case;
use super::body;
use super::read::At;
use super::refusal::Refusal;
use super::{Edge, Peer};
use crate::cli::decide::words::Lang;
use crate::errors::{self, Problem};
use crate::event::{self, Event, Reading, Surroundings};
use crate::serve::audit::{Draft, Receipt};
use crate::serve::people::Role;
use crate::serve::tenants::{Tenant, Version};
use crate::serve::traces::Decision;
use crate::serve::{approvals, clock};
use axum::body::Body;
use axum::extract::{Extension, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use riegel::abi;
use riegel::check::model::Value;
use riegel::manifest::Schema;
use riegel::syntax::ast::Verdict;
use riegel_kernel::layout::RECORD_ERROR;
use serde_json::json;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Instant;

/// The type of a frame with its content.
pub const FRAME: &str = "application/vnd.riegel.frame";
/// The type of a record.
pub const RECORD: &str = "application/vnd.riegel.record";
/// Most events of a batch.
const BATCH: usize = 100;

/// No files, and the day from the clock where the event does not say it.
pub struct Around;

impl Surroundings for Around {
    fn file(&self, _: &str) -> Result<Vec<u8>, Problem> {
        Err(Problem::new(
            &errors::CONTENT,
            "a request cannot name a file of this host",
        )
        .help("send the text as `content`"))
    }

    fn today(&self, said: Option<i32>, time_zone: &str) -> Result<i32, Problem> {
        match said {
            Some(day) => Ok(day),
            None => event::today_in(time_zone),
        }
    }
}

/// A decision and what belongs to it.
pub struct Decided {
    /// The answer as JSON.
    pub json: String,
    /// The record's bytes.
    pub record: Vec<u8>,
    /// What applies.
    pub effective: Verdict,
}

/// Is the body JSON? A page of another origin cannot send this type without being asked about.
fn is_json(headers: &HeaderMap) -> bool {
    media(headers).is_some_and(|media| media == "application/json")
}

fn media(headers: &HeaderMap) -> Option<String> {
    let value = headers.get(header::CONTENT_TYPE)?.to_str().ok()?;
    let media = value.split(';').next().unwrap_or_default();
    Some(media.trim().to_ascii_lowercase())
}

/// The language of the messages.
pub fn lang(headers: &HeaderMap, version: &Version) -> Lang {
    let wanted = headers
        .get(header::ACCEPT_LANGUAGE)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let codes: Vec<String> = wanted
        .split(',')
        .filter_map(|part| part.trim().get(..2).map(str::to_ascii_lowercase))
        .filter(|code| code == "de" || code == "en")
        .take(1)
        .collect();
    if codes.is_empty() {
        Lang::of_policy(&version.guard.anatomy().info.languages)
    } else {
        Lang::of_policy(&codes)
    }
}

/// `POST …/decide`
pub async fn one(
    State(edge): State<Arc<Edge>>,
    At(name): At<String>,
    peer: Option<Extension<Peer>>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Refusal> {
    let peer = peer.map(|Extension(peer)| peer);
    let (_, tenant) = edge
        .enter(&headers, peer.as_ref(), &name, Role::Decide)
        .await?;
    let binary = media(&headers).is_some_and(|media| media == FRAME);
    if !binary && !is_json(&headers) {
        return Err(Refusal::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Problem::new(
                &errors::REQUEST,
                "the body has a type that is not taken here",
            )
            .help(format!("send `application/json` or `{FRAME}`")),
        ));
    }
    let _admission = admit(&tenant)?;
    let bytes = receive(&edge, &tenant, body).await?;
    if binary {
        let version = match tenant.version(None) {
            Ok(version) => version,
            Err(problem) => return Ok(no_policy(&edge, &tenant, problem).await?.into_response()),
        };
        let event = from_frame(&version.guard.anatomy().schema, &bytes)?;
        let done = settle(&edge, &tenant, &version, event, Vec::new(), &headers).await?;
        let response = ([(header::CONTENT_TYPE, RECORD)], done.record).into_response();
        return Ok(traced(&edge, response, done.effective));
    }
    let done = decide_text(&edge, &tenant, &body::text(bytes)?, &headers).await?;
    let effective = done.effective;
    Ok(traced(&edge, as_json(done.json), effective))
}

/// Says in the answer what was decided, for the span of this request.
pub fn traced(edge: &Edge, mut response: Response, effective: Verdict) -> Response {
    if edge.tracer.is_some() {
        response.extensions_mut().insert(Decision { effective });
    }
    response
}

/// JSON.
pub fn as_json(text: String) -> Response {
    ([(header::CONTENT_TYPE, "application/json")], text).into_response()
}

/// `POST …/decide/batch`
pub async fn batch(
    State(edge): State<Arc<Edge>>,
    At(name): At<String>,
    peer: Option<Extension<Peer>>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Refusal> {
    let peer = peer.map(|Extension(peer)| peer);
    let (_, tenant) = edge
        .enter(&headers, peer.as_ref(), &name, Role::Decide)
        .await?;
    if media(&headers).is_none_or(|media| media != "application/x-ndjson") {
        return Err(Refusal::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Problem::new(&errors::REQUEST, "a batch is a list of JSON lines")
                .help("send `application/x-ndjson`, one event a line"),
        ));
    }
    let _admission = admit(&tenant)?;
    let text = body::text(receive(&edge, &tenant, body).await?)?;
    let lines: Vec<&str> = text
        .lines()
        .filter(|line| !line.trim().is_empty())
        .collect();
    if lines.is_empty() || lines.len() > BATCH {
        return Err(Refusal::malformed(
            "a batch has 1 to 100 lines",
            "send several batches",
        ));
    }
    // Each line counts as a request: a batch is no way around the limit.
    tenant.charge_requests(lines.len() - 1);
    let mut out = String::new();
    for line in lines {
        match decide_text(&edge, &tenant, line, &headers).await {
            Ok(done) => out.push_str(&done.json),
            Err(refusal) => out.push_str(&refusal.json().to_string()),
        }
        out.push('\n');
    }
    Ok(([(header::CONTENT_TYPE, "application/x-ndjson")], out).into_response())
}

/// Is there room?
pub fn admit(tenant: &Tenant) -> Result<crate::serve::tenants::Admission, Refusal> {
    tenant.admit().map_err(|wait| {
        tenant.counters.refused();
        Refusal::later(wait)
    })
}

/// Reads a body within the tenant's limits.
pub async fn receive(edge: &Edge, tenant: &Tenant, body: Body) -> Result<Vec<u8>, Refusal> {
    let bytes = body::read(
        body,
        tenant.config.limits.body_bytes,
        edge.config.limits.body_time(),
    )
    .await?;
    tenant.admit_bytes(bytes.len()).map_err(|wait| {
        tenant.counters.refused();
        Refusal::later(wait)
    })?;
    Ok(bytes)
}

/// Reads an event, decides, records.
pub async fn decide_text(
    edge: &Edge,
    tenant: &Arc<Tenant>,
    text: &str,
    headers: &HeaderMap,
) -> Result<Decided, Refusal> {
    let stable = match tenant.version(None) {
        Ok(version) => version,
        Err(problem) => {
            let json = no_policy(edge, tenant, problem).await?;
            return Ok(Decided {
                json,
                record: Vec::new(),
                effective: Verdict::Block,
            });
        }
    };
    let mut version = stable;
    let mut reading = read(&version, text)?;
    if tenant.policies().canary.is_some() {
        let person = text_of(&version.guard.anatomy().schema, &reading.event, "user.id");
        let chosen = tenant.version(person.as_deref()).map_err(Refusal::from)?;
        if !Arc::ptr_eq(&chosen, &version) {
            version = chosen;
            reading = read(&version, text)?;
        }
    }
    settle(
        edge,
        tenant,
        &version,
        reading.event,
        reading.warnings,
        headers,
    )
    .await
}

fn read(version: &Version, text: &str) -> Result<Reading, Refusal> {
    event::read(text, &version.guard.anatomy().schema, &Around).map_err(Refusal::all)
}

/// The event of a binary request.
fn from_frame(schema: &Schema, bytes: &[u8]) -> Result<Event, Refusal> {
    let bad = |message: &str| {
        Refusal::bad(
            Problem::new(&errors::FRAME, message.to_owned())
                .help("a length (u32, little-endian), the event frame, the content: docs/abi.md"),
        )
    };
    let (len, rest) = bytes
        .split_first_chunk::<4>()
        .ok_or_else(|| bad("the body is too short for a frame"))?;
    let (frame, content) = rest
        .split_at_checked(u32::from_le_bytes(*len) as usize)
        .ok_or_else(|| bad("the frame is longer than the body"))?;
    let model = abi::frame::decode(schema, frame, content)
        .map_err(|error| bad(&format!("the frame cannot be used: {}", error.code)))?;
    Event::new(schema, model).map_err(Refusal::bad)
}

/// The value of a text attribute.
pub fn text_of(schema: &Schema, event: &Event, name: &str) -> Option<String> {
    let index = schema.slots.iter().position(|slot| slot.name == name)?;
    let slot = schema.slots.get(index)?;
    match event.values().get(index)?.as_ref()? {
        Value::Text(text) => Some(text.clone()),
        Value::Enum(Some(variant)) => slot.variants.get(usize::from(*variant)).cloned(),
        _ => None,
    }
}

/// Decides and records.
async fn settle(
    edge: &Edge,
    tenant: &Arc<Tenant>,
    version: &Arc<Version>,
    event: Event,
    warnings: Vec<Problem>,
    headers: &HeaderMap,
) -> Result<Decided, Refusal> {
    let start = Instant::now();
    let id = edge.next_id();
    let (event, outcome) = tenant.decide(version, event).await;
    let schema = &version.guard.anatomy().schema;
    let held = outcome.decision.effective == Verdict::Approve;
    let given = headers
        .get("riegel-approval")
        .and_then(|value| value.to_str().ok());
    let approvals = match given {
        Some(ids) if held => {
            approvals::given(
                edge,
                tenant,
                ids,
                approvals::binding(tenant, schema, &event),
            )
            .await?
        }
        _ => Vec::new(),
    };
    let mut case = Case {
        id: &id,
        guard: &version.guard,
        event: &event,
        outcome: &outcome,
        warnings: &warnings,
        lang: lang(headers, version),
        approvals: &approvals,
        receipt: None,
    };
    let effective = case.effective();
    let decision = &outcome.decision;
    tenant.counters.decided(
        effective as usize,
        decision.flags & RECORD_ERROR != 0,
        event.content().len(),
        start.elapsed(),
    );
    let receipt = record(edge, tenant, version, &case, effective).await?;
    case.receipt = receipt.as_ref();
    Ok(Decided {
        json: case.json(),
        record: abi::record::encode(decision),
        effective,
    })
}

/// Writes the record, if the decision is one that is recorded: what a policy allows without a
/// word leaves none, unless the tenant wants it.
async fn record(
    edge: &Edge,
    tenant: &Tenant,
    version: &Version,
    case: &Case<'_>,
    effective: Verdict,
) -> Result<Option<Receipt>, Refusal> {
    let decision = &case.outcome.decision;
    if decision.verdict == Verdict::Allow
        && effective == Verdict::Allow
        && decision.flags & RECORD_ERROR == 0
        && !tenant.config.record_allowed
    {
        return Ok(None);
    }
    let anatomy = version.guard.anatomy();
    let rules: Vec<&str> = decision
        .rules
        .iter()
        .filter_map(|hit| anatomy.info.rules.get(usize::from(hit.rule)))
        .map(|rule| rule.id.as_str())
        .collect();
    let mut found: BTreeMap<&str, u32> = BTreeMap::new();
    for finding in &decision.findings {
        if let Some(detector) = anatomy.info.detectors.get(usize::from(finding.detector)) {
            *found.entry(detector.id.as_str()).or_default() += 1;
        }
    }
    let digest = version.guard.digest_text().get(..16);
    let mut members = json!({
        "id": case.id,
        "verdict": decision.verdict.as_str(),
        "effective": effective.as_str(),
        "rules": rules,
        "found": found,
        "bytes": case.event.content().len(),
        "policy": anatomy.info.id,
        "version": anatomy.info.version,
        "digest": digest,
        "config": format!("{:016x}", decision.config),
    });
    if let Some(object) = members.as_object_mut() {
        if let Some(action) = enum_of(&anatomy.schema, case.event, "action") {
            object.insert("action".to_owned(), json!(action));
        }
        let trainings: Vec<&str> = decision
            .obligations
            .iter()
            .filter_map(|code| anatomy.info.obligations.get(usize::from(code & 0xFFF)))
            .filter(|obligation| obligation.kind == "train")
            .map(|obligation| obligation.argument.as_str())
            .collect();
        if !trainings.is_empty() {
            object.insert("train".to_owned(), json!(trainings));
        }
        if let Some(failure) = &case.outcome.failure {
            object.insert("failure".to_owned(), json!(failure.kind.id));
        }
        if decision.flags & RECORD_ERROR != 0 {
            object.insert("on_error".to_owned(), json!(true));
        }
        if !case.approvals.is_empty() {
            object.insert("approvals".to_owned(), json!(case.approvals));
        }
    }
    let members = members.to_string();
    let receipt = edge
        .append(Draft {
            tenant: tenant.name.clone(),
            at: clock::now(),
            kind: "decision",
            subject: text_of(&anatomy.schema, case.event, "user.id"),
            members: inner(&members).to_owned(),
        })
        .await?;
    Ok(Some(receipt))
}

/// The members of an object, without its braces.
pub fn inner(object: &str) -> &str {
    object
        .strip_prefix('{')
        .and_then(|text| text.strip_suffix('}'))
        .unwrap_or_default()
}

/// An enum's value: one of the words that the policy itself has, never a text of the sender.
fn enum_of(schema: &Schema, event: &Event, name: &str) -> Option<String> {
    let slot = schema.slots.iter().find(|slot| slot.name == name)?;
    (slot.ty == "enum").then(|| text_of(schema, event, name))?
}

/// The decision of a tenant without a working module: `block`, and why.
async fn no_policy(edge: &Edge, tenant: &Tenant, problem: Problem) -> Result<String, Refusal> {
    let id = edge.next_id();
    tenant
        .counters
        .decided(Verdict::Block as usize, true, 0, Default::default());
    let members = json!({
        "id": id, "verdict": "block", "effective": "block", "on_error": true, "failure": problem.kind.id,
    })
    .to_string();
    edge.append(Draft {
        tenant: tenant.name.clone(),
        at: clock::now(),
        kind: "decision",
        subject: None,
        members: inner(&members).to_owned(),
    })
    .await?;
    let failure = Problem::new(problem.kind, problem.kind.title)
        .help("an administrator of the tenant looks at its policy");
    Ok(json!({
        "id": id, "policy": null, "verdict": "block", "effective": "block", "on_error": true,
        "failure": failure.to_json(), "truncated": false, "content_read": false, "staged": false,
        "rules": [], "obligations": [{"kind": "show"}], "would": [], "findings": [],
    })
    .to_string())
}
