//! What people do besides approving and changing policies: keys, the log, erasure, numbers.

use super::decide::{as_json, inner};
use super::read::At;
use super::refusal::Refusal;
use super::{Edge, body};
use crate::errors::Problem;
use crate::serve::approvals;
use crate::serve::audit::{Book, Draft, export, verify};
use crate::serve::clock;
use crate::serve::metrics::VERDICTS;
use crate::serve::people::{Grant, Principal, Role, api_keys};
use crate::serve::store::{Row, Sql, at};
use crate::serve::{settings, versions};
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::{Value as Json, json};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;

/// Records of one answer.
const PAGE: i64 = 1_000;
const DAY: i64 = 86_400_000;

/// `GET /v1/me`
pub async fn me(State(edge): State<Arc<Edge>>, headers: HeaderMap) -> Result<Response, Refusal> {
    let who = edge.who(&headers, None).await?;
    Ok(as_json(
        json!({ "name": who.name, "grants": who.grants }).to_string(),
    ))
}

/// `GET /v1/tenants`: those about which the asker may read.
pub async fn tenants(
    State(edge): State<Arc<Edge>>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let who = edge.who(&headers, None).await?;
    let list: Vec<Json> = edge
        .tenants
        .list()
        .iter()
        .filter(|tenant| who.may(&tenant.name, Role::Viewer))
        .map(|tenant| {
            let policies = tenant.policies();
            let stable = policies.stable.as_ref().map(|v| &v.guard.anatomy().info);
            json!({
                "name": &*tenant.name,
                "policy": stable.map(|info| format!("{} {}", info.id, info.version)),
                "fault": policies.fault.as_ref().map(|problem| problem.kind.id),
            })
        })
        .collect();
    Ok(as_json(json!({ "tenants": list }).to_string()))
}

/// Who sets up tenants is administrator of all of them: settings say what one may cost the others.
async fn sets_up(edge: &Edge, headers: &HeaderMap) -> Result<Principal, Refusal> {
    let who = edge.who(headers, None).await?;
    match who.may_everywhere(Role::Administrator) {
        true => Ok(who),
        false => Err(Refusal::may_not()),
    }
}

/// `GET /v1/tenants/{tenant}`: how it is set up.
pub async fn settings(
    State(edge): State<Arc<Edge>>,
    At(name): At<String>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let (_, tenant) = edge
        .enter(&headers, None, &name, Role::Administrator)
        .await?;
    let shown = settings::shown(&tenant.config);
    Ok(as_json(
        json!({ "name": &*tenant.name, "settings": shown }).to_string(),
    ))
}

/// `PUT /v1/tenants/{tenant}`
pub async fn set_up(
    State(edge): State<Arc<Edge>>,
    At(name): At<String>,
    headers: HeaderMap,
    request: Body,
) -> Result<Response, Refusal> {
    let who = sets_up(&edge, &headers).await?;
    let wanted: serde_json::Map<String, Json> =
        body::json(request, edge.config.limits.body_time()).await?;
    let new = settings::put(&edge, &who, &name, &Json::Object(wanted)).await?;
    let status = if new {
        StatusCode::CREATED
    } else {
        StatusCode::OK
    };
    Ok((status, as_json(json!({ "name": name }).to_string())).into_response())
}

/// `DELETE /v1/tenants/{tenant}`
pub async fn take_away(
    State(edge): State<Arc<Edge>>,
    At(name): At<String>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let who = sets_up(&edge, &headers).await?;
    settings::remove(&edge, &who, &name).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// `GET /v1/keys`: all of them, or those of the tenants that the asker administers.
pub async fn keys(State(edge): State<Arc<Edge>>, headers: HeaderMap) -> Result<Response, Refusal> {
    let who = edge.who(&headers, None).await?;
    if !who
        .grants
        .iter()
        .any(|grant| grant.role == Role::Administrator)
    {
        return Err(Refusal::may_not());
    }
    let list = edge.reader.read(|sql| api_keys::list(sql)).await?;
    let list: Vec<_> = list
        .into_iter()
        .filter(|key| may_govern(&who, key.grants()))
        .collect();
    Ok(as_json(json!({ "keys": list }).to_string()))
}

/// Nobody sees or takes rights beyond those tenants where they are administrator.
fn may_govern(who: &Principal, grants: &[Grant]) -> bool {
    who.may_everywhere(Role::Administrator)
        || (!grants.is_empty()
            && grants
                .iter()
                .all(|grant| grant.tenant != "*" && who.may(&grant.tenant, Role::Administrator)))
}

/// A key that is wanted.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Wanted {
    name: String,
    grants: Vec<Grant>,
    #[serde(default)]
    days: Option<u32>,
}

/// `POST /v1/keys`: the answer holds the key, once.
pub async fn make_key(
    State(edge): State<Arc<Edge>>,
    headers: HeaderMap,
    request: Body,
) -> Result<Response, Refusal> {
    let who = edge.who(&headers, None).await?;
    let wanted: Wanted = body::json(request, edge.config.limits.body_time()).await?;
    let is_admin = |grant: &Grant| grant.role == Role::Administrator;
    if !who.grants.iter().any(is_admin) || !wanted.grants.iter().all(|grant| who.may_give(grant)) {
        return Err(Refusal::may_not());
    }
    let sound =
        (1..=32).contains(&wanted.grants.len()) && wanted.grants.iter().all(Grant::is_sound);
    let named = (1..=100).contains(&wanted.name.chars().count())
        && !wanted.name.chars().any(char::is_control);
    if !sound || !named {
        return Err(Refusal::malformed(
            "a key has a name and 1 to 32 grants",
            "a grant is a tenant (or `*`) and a role",
        ));
    }
    let expires = wanted
        .days
        .map(|days| clock::now() + i64::from(days.max(1)) * DAY);
    let key = edge
        .store
        .run(move |sql, book| {
            let maker = Some(who.root());
            let key = api_keys::make(sql, &wanted.name, &wanted.grants, expires, maker)?;
            let id = key.get(4..16).unwrap_or_default();
            note_key(sql, book, &who, "key.made", id, &wanted.grants)?;
            Ok(key)
        })
        .await?;
    edge.open.store(false, Relaxed);
    let answer = json!({ "id": key.get(4..16), "key": key }).to_string();
    let secret = [(header::CACHE_CONTROL, "no-store")];
    Ok((StatusCode::CREATED, secret, as_json(answer)).into_response())
}

/// Writes into the log of every tenant where the key has rights what these are; rights at `*` are
/// rights at each of them.
fn note_key(
    sql: &mut dyn Sql,
    book: &mut Book,
    who: &Principal,
    kind: &'static str,
    id: &str,
    grants: &[Grant],
) -> Result<(), Problem> {
    for tenant in book.tenants() {
        let here = |grant: &&Grant| grant.tenant == "*" || *grant.tenant == *tenant;
        let given: Vec<&Grant> = grants.iter().filter(here).collect();
        if given.is_empty() {
            continue;
        }
        let members = json!({ "key": id, "grants": given }).to_string();
        let draft = Draft {
            tenant,
            at: clock::now(),
            kind,
            subject: Some(who.subject().to_owned()),
            members: inner(&members).to_owned(),
        };
        book.add(sql, draft)?;
    }
    Ok(())
}

/// `DELETE /v1/keys/{id}`
pub async fn revoke_key(
    State(edge): State<Arc<Edge>>,
    At(id): At<String>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let who = edge.who(&headers, None).await?;
    if !who
        .grants
        .iter()
        .any(|grant| grant.role == Role::Administrator)
    {
        return Err(Refusal::may_not());
    }
    let revoked = id.clone();
    let gone = edge
        .store
        .run(move |sql, book| {
            let found = api_keys::list(sql)?.into_iter().find(|key| key.id() == id);
            let Some(key) = found.filter(|key| may_govern(&who, key.grants())) else {
                return Ok(false);
            };
            if !api_keys::revoke(sql, &id)? {
                return Ok(false);
            }
            note_key(sql, book, &who, "key.revoked", &id, key.grants())?;
            Ok(true)
        })
        .await?;
    if gone {
        edge.keys.forget(&revoked);
        Ok(StatusCode::NO_CONTENT.into_response())
    } else {
        Err(Refusal::nothing("key"))
    }
}

/// Which records.
#[derive(Deserialize)]
pub struct Range {
    form: Option<String>,
    since: Option<i64>,
    after: Option<String>,
}

/// `GET …/audit`: a page of records; `riegel-next` says where the next begins.
pub async fn audit(
    State(edge): State<Arc<Edge>>,
    At(name): At<String>,
    super::read::Asked(range): super::read::Asked<Range>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let (_, tenant) = edge.enter(&headers, None, &name, Role::Viewer).await?;
    let form = export::Form::by_name(range.form.as_deref().unwrap_or("jsonl"));
    let form = form.ok_or_else(|| {
        Refusal::malformed("there is no such form", "one of `jsonl`, `cef`, `ocsf`")
    })?;
    let after = match &range.after {
        None => (range.since.unwrap_or(0).saturating_sub(1), String::new(), 0),
        Some(text) => parse_place(text).ok_or_else(|| {
            Refusal::malformed(
                "`after` is no place in a log",
                "send what `riegel-next` said",
            )
        })?,
    };
    let place = tenant.name.clone();
    let rows = edge
        .reader
        .read(move |sql| export::page(sql, &place, &after, PAGE))
        .await?;
    let next = rows
        .last()
        .filter(|_| rows.len() as i64 == PAGE)
        .map(|row| {
            let (at, writer, seq) = export::place(row);
            format!("{at}.{writer}.{seq}")
        });
    let lines: String = rows
        .iter()
        .map(|row| export::line(form, &tenant.name, row))
        .collect();
    let kind = match form {
        export::Form::Cef => "text/plain; charset=utf-8",
        _ => "application/x-ndjson",
    };
    let mut response = ([(header::CONTENT_TYPE, kind)], lines).into_response();
    if let Some(next) = next.and_then(|next| next.parse().ok()) {
        response.headers_mut().insert("riegel-next", next);
    }
    Ok(response)
}

fn parse_place(text: &str) -> Option<export::After> {
    let mut parts = text.splitn(3, '.');
    let (at, writer, seq) = (parts.next()?, parts.next()?, parts.next()?);
    // The name of a writer is hex; PostgreSQL would refuse some other texts as such.
    let hex = writer.len() <= 32 && writer.bytes().all(|b| b.is_ascii_hexdigit());
    let place = (at.parse().ok()?, writer.to_owned(), seq.parse().ok()?);
    hex.then_some(place)
}

/// `GET …/audit/verify`
pub async fn verify(
    State(edge): State<Arc<Edge>>,
    At(name): At<String>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let (_, tenant) = edge.enter(&headers, None, &name, Role::Viewer).await?;
    let _turn = edge.heavy.acquire().await;
    let (place, known) = (tenant.name.to_string(), tenant.keys.signing().public()?);
    // On a connection of its own: a long log must not hold up what is being written.
    let store = edge.place.clone();
    let report = crate::serve::versions::blocking(move || {
        let mut sql = crate::serve::store::open(&store)?;
        crate::serve::store::reading(&mut *sql, |sql| {
            verify::tenant(sql, &place, Some(&known), None)
        })
    })
    .await?;
    Ok(as_json(json!(report).to_string()))
}

/// Whom to forget.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Person {
    person: String,
}

/// `POST …/erase`: destroys a person's key and takes their name away (GDPR Art. 17). 202 where
/// somebody still reads the store as it was, so that it is not gone from the disk yet.
pub async fn erase(
    State(edge): State<Arc<Edge>>,
    At(name): At<String>,
    headers: HeaderMap,
    request: Body,
) -> Result<Response, Refusal> {
    let (who, tenant) = edge
        .enter(&headers, None, &name, Role::Administrator)
        .await?;
    let person: Person = body::json(request, edge.config.limits.body_time()).await?;
    let (name, keys) = (tenant.name.clone(), tenant.keys.clone());
    let issuers = edge.tokens.issuers();
    let erased = edge
        .store
        .run(move |sql, book| {
            // The lists show people with their issuer; whoever copies that means the person.
            let with_issuer = |issuer: &String| person.person.strip_prefix(issuer.as_str());
            let plain = issuers.iter().filter_map(with_issuer);
            let plain = plain.filter_map(|rest| rest.strip_prefix(' ')).next();
            let plain = plain.unwrap_or(&person.person);
            let mut names = vec![plain.to_owned(), person.person.clone()];
            names.extend(issuers.iter().map(|issuer| format!("{issuer} {plain}")));
            let mut found = false;
            for one in &names {
                found |= book.erase(sql, &name, one)?;
                found |= approvals::erase(sql, &name, &keys.tag(one))?;
            }
            found |= versions::erase(sql, &name, plain)?;
            found |= api_keys::erase(sql, &name, plain, |grants| may_govern(&who, grants))?;
            // Whoever erases themselves is not written down again.
            let herself = names.iter().any(|name| who.may_be(name));
            let draft = Draft {
                tenant: name,
                at: clock::now(),
                kind: "person.erased",
                subject: (!herself).then(|| who.subject().to_owned()),
                members: String::new(),
            };
            book.add(sql, draft)?;
            Ok(found)
        })
        .await?;
    edge.keys.look_again();
    let wiped = edge.wipe(erased).await;
    let status = if wiped {
        StatusCode::OK
    } else {
        StatusCode::ACCEPTED
    };
    let answer = json!({ "erased": erased, "wiped": wiped }).to_string();
    Ok((status, as_json(answer)).into_response())
}

/// How far back.
#[derive(Deserialize)]
pub struct Days {
    days: Option<i64>,
}

/// `GET …/statistics`: decisions by day and verdict, the rules that spoke most, and the
/// trainings that were missing.
pub async fn statistics(
    State(edge): State<Arc<Edge>>,
    At(name): At<String>,
    super::read::Asked(days): super::read::Asked<Days>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let (_, tenant) = edge.enter(&headers, None, &name, Role::Viewer).await?;
    // One at a time, over all tenants: keys and approvals are looked up on the same connection.
    let _turn = edge.heavy.acquire().await;
    let since = clock::now() - days.days.unwrap_or(14).clamp(1, 90) * DAY;
    let place = tenant.name.clone();
    let mut after = (since, String::new(), 0);
    let mut tally = Tally::default();
    // A page at a time, so that decisions go on between.
    for _ in 0..100 {
        let (place, from) = (place.clone(), after.clone());
        let rows = edge
            .reader
            .read(move |sql| export::page(sql, &place, &from, PAGE))
            .await?;
        rows.iter().for_each(|row| tally.take(row));
        match rows.last() {
            Some(last) if rows.len() as i64 == PAGE => after = export::place(last),
            _ => break,
        }
    }
    let since_start: BTreeMap<_, _> = VERDICTS
        .into_iter()
        .zip(tenant.counters.verdicts())
        .collect();
    let mut rules: Vec<_> = tally.rules.into_iter().collect();
    rules.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    rules.truncate(20);
    let rules: Vec<_> = rules
        .into_iter()
        .map(|(rule, count)| json!({ "rule": rule, "count": count }))
        .collect();
    let trainings: Vec<_> = tally
        .trainings
        .into_iter()
        .map(|(training, (asked, people))| {
            json!({ "training": training, "asked": asked, "people": people.len() })
        })
        .collect();
    let answer = json!({
        "since": since, "days": tally.days, "rules": rules, "trainings": trainings,
        "since_start": since_start,
    });
    Ok(as_json(answer.to_string()))
}

#[derive(Default)]
struct Tally {
    days: BTreeMap<i64, BTreeMap<String, u64>>,
    rules: BTreeMap<String, u64>,
    /// How often a training was missing, and to how many pseudonyms.
    trainings: BTreeMap<String, (u64, BTreeSet<String>)>,
}

impl Tally {
    fn take(&mut self, row: &Row) {
        let body: Json = serde_json::from_str(at(row, 3).text()).unwrap_or_default();
        if body.get("kind").and_then(Json::as_str) != Some("decision") {
            return;
        }
        let day = at(row, 0).int().div_euclid(DAY);
        let verdict = body.get("effective").and_then(Json::as_str);
        let day = self.days.entry(day).or_default();
        *day.entry(verdict.unwrap_or_default().to_owned())
            .or_default() += 1;
        let rules = body.get("rules").and_then(Json::as_array);
        for rule in rules.into_iter().flatten().filter_map(Json::as_str) {
            *self.rules.entry(rule.to_owned()).or_default() += 1;
        }
        let subject = body.get("subject").and_then(Json::as_str);
        let trainings = body.get("train").and_then(Json::as_array);
        for training in trainings.into_iter().flatten().filter_map(Json::as_str) {
            let (asked, people) = self.trainings.entry(training.to_owned()).or_default();
            *asked += 1;
            people.extend(subject.map(str::to_owned));
        }
    }
}
