//! Approvals: somebody else says that this one thing may pass.
//!
//! An approval is bound to what was asked, by an HMAC over the content, its parts and every attribute
//! but the day: whoever changes a byte has no approval. It lifts the rules that were asked about
//! and no other one, is never given by the one who asked, and it ends. What the approver sees is an excerpt with every finding covered, sealed under a
//! key of that role and deleted with the decision; the content itself is kept nowhere.

use super::Edge;
use super::audit::Draft;
use super::clock;
use super::http::answer::Approval;
use super::http::decide::text_of;
use super::http::refusal::Refusal;
use super::keys::random;
use super::notices::{self, Notice};
use super::people::Principal;
use super::store::{Sql, Value, at};
use super::tenants::Tenant;
use crate::event::Event;
use crate::runtime::hex;
use riegel::abi::record::Decision;
use riegel::check::model::Value as Attribute;
use riegel::manifest::{PolicyInfo, Schema};
use riegel_kernel::layout::RECORD_TRUNCATED;
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::sync::Arc;

/// Characters of an excerpt.
const EXCERPT: usize = 1_200;
/// Most approvals that one request may name.
const MOST: usize = 8;

/// One approver's word.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Word {
    by: String,
    at: i64,
    approve: bool,
}

/// What of a summary counts when the approval is used.
#[derive(Default, Deserialize)]
struct Summary {
    rules: Vec<String>,
}

/// An approval as people see it.
#[derive(Debug, Serialize)]
pub struct Shown {
    id: String,
    made: i64,
    expires: i64,
    state: String,
    role: String,
    summary: serde_json::Value,
    excerpt: bool,
    words: usize,
}

/// What the approval is bound to: everything that was asked, but the day.
pub fn binding(tenant: &Tenant, schema: &Schema, event: &Event) -> [u8; 32] {
    let mut parts = Vec::new();
    for part in event.parts() {
        parts.extend(part.offset.to_le_bytes());
        parts.extend(part.len.to_le_bytes());
        parts.extend([part.role, part.direction]);
    }
    // By name, and variants by theirs: the next version may have them in another order.
    let values = schema.slots.iter().zip(event.values());
    let mut attributes: Vec<(&str, String)> = values
        .filter_map(|(slot, value)| {
            let value = value.as_ref()?;
            let variant = text_of(schema, event, &slot.name);
            let text = match value {
                Attribute::Enum(_) => format!("{:?}", variant),
                value => format!("{value:?}"),
            };
            Some((slot.name.as_str(), text))
        })
        .collect();
    attributes.sort();
    let mut pieces = vec![event.content().as_bytes(), &parts];
    for (name, text) in &attributes {
        pieces.extend([name.as_bytes(), text.as_bytes()]);
    }
    tenant.keys.root.derive("approval", 1).mac(&pieces)
}

/// Which of these approvals (ids with commas) hold for the binding?
pub async fn given(
    edge: &Edge,
    tenant: &Tenant,
    ids: &str,
    binding: [u8; 32],
) -> Result<Vec<Approval>, Refusal> {
    let ids: Vec<String> = ids
        .split(',')
        .map(|id| id.trim().to_owned())
        .filter(|id| is_id(id))
        .take(MOST)
        .collect();
    let name = tenant.name.clone();
    let found = edge.reader.read(move |sql| {
        let mut found = Vec::new();
        for id in ids {
            let rows = sql.rows(
                "SELECT role, summary FROM approval WHERE tenant = $1 AND id = $2 AND state = 'approved'
                 AND expires > $3 AND binding = $4",
                &[
                    (&*name).into(),
                    id.as_str().into(),
                    clock::now().into(),
                    binding.as_slice().into(),
                ],
            )?;
            if let Some(row) = rows.first() {
                let role = at(row, 0).text().to_owned();
                let summary: Summary = serde_json::from_str(at(row, 1).text()).unwrap_or_default();
                let rules = summary.rules;
                found.push(Approval { id, role, rules });
            }
        }
        Ok(found)
    });
    Ok(found.await?)
}

/// Is it written like an id?
pub fn is_id(id: &str) -> bool {
    id.len() == 32 && id.bytes().all(|b| b.is_ascii_hexdigit())
}

/// Roles that the decision asks for.
pub fn roles(info: &PolicyInfo, decision: &Decision) -> Vec<String> {
    let obligations = decision.obligations.iter();
    obligations
        .filter_map(|code| info.obligations.get(usize::from(code & 0xFFF)))
        .filter(|obligation| obligation.kind == "approve")
        .map(|obligation| obligation.argument.clone())
        .collect()
}

/// The content with every finding covered, cut to a length.
pub fn redacted(info: &PolicyInfo, event: &Event, decision: &Decision) -> String {
    let content = event.content().as_bytes();
    let mut out = Vec::new();
    let mut place = 0_usize;
    for finding in &decision.findings {
        let (start, end) = (finding.start as usize, finding.end as usize);
        if start >= place {
            out.extend(content.get(place..start).unwrap_or_default());
            let detector = info.detectors.get(usize::from(finding.detector));
            let label = detector.map_or("…", |detector| detector.label.as_str());
            out.extend(format!("[{label}]").as_bytes());
        }
        place = place.max(end);
    }
    // Where the record is full, what follows the last finding may hold others that nobody covered.
    if decision.flags & RECORD_TRUNCATED != 0 {
        out.extend(" […]".as_bytes());
    } else {
        out.extend(content.get(place..).unwrap_or_default());
    }
    String::from_utf8_lossy(&out)
        .chars()
        .take(EXCERPT)
        .collect()
}

/// What is asked.
pub struct Request {
    /// What it is bound to.
    pub binding: [u8; 32],
    /// Roles that must approve.
    pub roles: Vec<String>,
    /// For people: rules and counts.
    pub summary: serde_json::Value,
    /// What the approver may read, if anything.
    pub excerpt: Option<String>,
    /// The person it is about.
    pub person: Option<String>,
}

/// Writes down what is asked; gives the approvals to wait for.
pub async fn ask(
    edge: &Arc<Edge>,
    tenant: &Arc<Tenant>,
    who: &Principal,
    request: Request,
) -> Result<Vec<Approval>, Refusal> {
    let person = request.person.clone();
    // Also where the event names nobody, whoever sent it has asked.
    let mut asking = who.names().to_vec();
    asking.extend(person.as_deref());
    asking.dedup();
    let tags = asking.into_iter().map(|name| tenant.keys.tag(name));
    let requester: Vec<u8> = tags.flatten().collect();
    let hours = i64::from(tenant.config.approval_hours.max(1));
    let most = i64::from(tenant.config.limits.open_approvals);
    let made = clock::now();
    let mut rows = Vec::new();
    for role in &request.roles {
        let id = hex(&random::<16>()?);
        let sealed = match &request.excerpt {
            Some(text) => {
                let key = tenant.keys.root.derive(&format!("excerpt {role}"), 0);
                Value::Blob(key.seal(&id, text.as_bytes())?)
            }
            None => Value::Null,
        };
        rows.push((id, role.clone(), sealed));
    }
    let asked: Vec<Approval> = rows
        .iter()
        .map(|(id, role, _)| Approval {
            id: id.clone(),
            role: role.clone(),
            rules: Vec::new(),
        })
        .collect();
    let (name, answer) = (tenant.name.clone(), asked.clone());
    let full = edge.store.run(move |sql, book| {
        let open = sql.rows(
            "SELECT COUNT(*) FROM approval WHERE tenant = $1 AND state = 'waiting'",
            &[(&*name).into()],
        )?;
        if open.first().is_some_and(|row| at(row, 0).int() >= most) {
            return Ok(true);
        }
        for (id, role, sealed) in rows {
            sql.change(
                "INSERT INTO approval (tenant, id, made, expires, state, role, binding, requester, summary, excerpt, decided)
                 VALUES ($1, $2, $3, $4, 'waiting', $5, $6, $7, $8, $9, '[]')",
                &[
                    (&*name).into(),
                    id.as_str().into(),
                    made.into(),
                    (made + hours * 3_600_000).into(),
                    role.as_str().into(),
                    request.binding.as_slice().into(),
                    requester.as_slice().into(),
                    request.summary.to_string().into(),
                    sealed,
                ],
            )?;
            book.add(
                sql,
                Draft {
                    tenant: name.clone(),
                    at: made,
                    kind: "approval.asked",
                    subject: request.person.clone(),
                    members: format!("\"approval\":\"{id}\",\"role\":{}", json!(role)),
                },
            )?;
        }
        Ok(false)
    });
    if full.await? {
        tenant.counters.refused();
        return Err(Refusal::later(std::time::Duration::from_secs(60)));
    }
    for approval in &answer {
        let notice = Notice {
            what: "approval.asked",
            id: approval.id.clone(),
            role: approval.role.clone(),
            state: "waiting".to_owned(),
        };
        notices::tell(edge, tenant, notice);
    }
    Ok(answer)
}

/// Somebody decides.
pub async fn decide(
    edge: &Arc<Edge>,
    tenant: &Arc<Tenant>,
    who: &Principal,
    id: &str,
    approve: bool,
) -> Result<String, Refusal> {
    let row = row(edge, tenant, id).await?;
    let role = at(&row, 5).text().to_owned();
    if !who.may_approve(&tenant.name, &role) {
        return Err(Refusal::may_not());
    }
    let requester = at(&row, 7).bytes().to_vec();
    let same = who.names().into_iter().any(|name| {
        let tag = tenant.keys.tag(name);
        requester.chunks(tag.len()).any(|asked| asked == tag)
    });
    if same {
        return Err(Refusal::conflict(
            "whoever asks does not approve",
            "somebody else with this role decides",
        ));
    }
    let me = tenant.keys.tag(who.one());
    let me = hex(me.get(..16).unwrap_or_default());
    let (name, wanted, id) = (
        tenant.name.clone(),
        tenant.config.approvers.max(1),
        id.to_owned(),
    );
    let shown_id = id.clone();
    let person = who.subject().to_owned();
    let done = edge.store.run(move |sql, book| {
        let now = clock::now();
        let rows = sql.rows(
            "SELECT decided FROM approval WHERE tenant = $1 AND id = $2 AND state = 'waiting' AND expires > $3",
            &[(&*name).into(), id.as_str().into(), now.into()],
        )?;
        let Some(row) = rows.first() else {
            return Ok(Err("it is decided or expired already"));
        };
        let before = at(row, 0).text().to_owned();
        let mut words: Vec<Word> = serde_json::from_str(&before).unwrap_or_default();
        if words.iter().any(|word| word.by == me) {
            return Ok(Err("you have decided this one already"));
        }
        words.push(Word {
            by: me,
            at: now,
            approve,
        });
        let state = match approve {
            false => "denied",
            true if words.len() >= wanted as usize => "approved",
            true => "waiting",
        };
        // The excerpt goes with the decision; two who decide at once see each other here.
        let changed = sql.change(
            "UPDATE approval SET state = $1, decided = $2,
             excerpt = CASE WHEN $3 = 'waiting' THEN excerpt ELSE NULL END
             WHERE tenant = $4 AND id = $5 AND state = 'waiting' AND decided = $6",
            &[
                state.into(),
                serde_json::to_string(&words).unwrap_or_default().into(),
                state.into(),
                (&*name).into(),
                id.as_str().into(),
                before.into(),
            ],
        )?;
        if changed == 0 {
            return Ok(Err("somebody else was faster"));
        }
        book.add(
            sql,
            Draft {
                tenant: name.clone(),
                at: now,
                kind: "approval.decided",
                subject: Some(person),
                members: format!("\"approval\":\"{id}\",\"approve\":{approve},\"state\":\"{state}\""),
            },
        )?;
        Ok(Ok(state))
    });
    match done.await? {
        Ok(state) => {
            let notice = Notice {
                what: "approval.decided",
                id: shown_id,
                role,
                state: state.to_owned(),
            };
            notices::tell(edge, tenant, notice);
            Ok(state.to_owned())
        }
        Err(why) => Err(Refusal::conflict(why, "look at it again")),
    }
}

const COLUMNS: &str =
    "id, made, expires, state, binding, role, summary, requester, decided, excerpt";

async fn row(edge: &Edge, tenant: &Tenant, id: &str) -> Result<Vec<Value>, Refusal> {
    if !is_id(id) {
        return Err(Refusal::nothing("approval"));
    }
    let (name, id) = (tenant.name.clone(), id.to_owned());
    let rows = edge.reader.read(move |sql| {
        sql.rows(
            &format!("SELECT {COLUMNS} FROM approval WHERE tenant = $1 AND id = $2"),
            &[(&*name).into(), id.as_str().into()],
        )
    });
    let found = rows.await?.into_iter().next();
    found.ok_or_else(|| Refusal::nothing("approval"))
}

fn shown(row: &[Value]) -> Shown {
    let row = row.to_vec();
    let words: Vec<Word> = serde_json::from_str(at(&row, 8).text()).unwrap_or_default();
    let late = at(&row, 2).int() <= clock::now();
    let state = match at(&row, 3).text() {
        "waiting" | "approved" if late => "expired",
        state => state,
    };
    Shown {
        id: at(&row, 0).text().to_owned(),
        made: at(&row, 1).int(),
        expires: at(&row, 2).int(),
        state: state.to_owned(),
        role: at(&row, 5).text().to_owned(),
        summary: serde_json::from_str(at(&row, 6).text()).unwrap_or_default(),
        excerpt: *at(&row, 9) != Value::Null,
        words: words.len(),
    }
}

/// One, without what an approver alone sees.
pub async fn one(edge: &Edge, tenant: &Tenant, id: &str) -> Result<Shown, Refusal> {
    Ok(shown(&row(edge, tenant, id).await?))
}

/// The newest of a state, or of all.
pub async fn list(
    edge: &Edge,
    tenant: &Tenant,
    state: Option<String>,
) -> Result<Vec<Shown>, Refusal> {
    let name = tenant.name.clone();
    let rows = edge.reader.read(move |sql| {
        let state = state.unwrap_or_default();
        sql.rows(
            &format!(
                "SELECT {COLUMNS} FROM approval WHERE tenant = $1 AND ($2 = '' OR state = $3)
                 ORDER BY made DESC, id LIMIT 200"
            ),
            &[
                (&*name).into(),
                state.as_str().into(),
                state.as_str().into(),
            ],
        )
    });
    Ok(rows.await?.iter().map(|row| shown(row)).collect())
}

/// What the approver may read.
pub async fn excerpt(
    edge: &Edge,
    tenant: &Tenant,
    who: &Principal,
    id: &str,
) -> Result<String, Refusal> {
    let row = row(edge, tenant, id).await?;
    let role = at(&row, 5).text();
    if !who.may_approve(&tenant.name, role) {
        return Err(Refusal::may_not());
    }
    if *at(&row, 9) == Value::Null || shown(&row).state != "waiting" {
        return Err(Refusal::nothing("excerpt"));
    }
    let key = tenant.keys.root.derive(&format!("excerpt {role}"), 0);
    let text = key.open(id, at(&row, 9).bytes())?;
    Ok(String::from_utf8_lossy(&text).into_owned())
}

/// Takes a person out of approvals: who asked, who decided. What still waits for that person ends.
pub fn erase(
    sql: &mut dyn Sql,
    tenant: &str,
    tag: &[u8; 32],
) -> Result<bool, crate::errors::Problem> {
    let mut found = false;
    let rows = sql.rows(
        "SELECT id, requester, decided FROM approval WHERE tenant = $1",
        &[tenant.into()],
    )?;
    let short = hex(tag.get(..16).unwrap_or_default());
    for row in rows {
        let (before, words) = (at(&row, 1).bytes(), at(&row, 2).text());
        let asked = before.chunks(tag.len()).any(|one| one == tag);
        if !asked && !words.contains(&short) {
            continue;
        }
        found = true;
        let left: Vec<u8> = before
            .chunks(tag.len())
            .filter(|one| *one != tag)
            .flatten()
            .copied()
            .collect();
        sql.change(
            "UPDATE approval SET requester = $1, decided = $2 WHERE tenant = $3 AND id = $4",
            &[
                left.into(),
                words.replace(&short, "").into(),
                tenant.into(),
                at(&row, 0).clone(),
            ],
        )?;
        if asked {
            sql.change(
                "UPDATE approval SET excerpt = NULL,
                 state = CASE WHEN state = 'waiting' THEN 'expired' ELSE state END
                 WHERE tenant = $1 AND id = $2",
                &[tenant.into(), at(&row, 0).clone()],
            )?;
        }
    }
    Ok(found)
}

/// What ended before a day is deleted, like records of that age.
pub fn cut(sql: &mut dyn Sql, tenant: &str, limit: i64) -> Result<(), crate::errors::Problem> {
    sql.change(
        "DELETE FROM approval WHERE tenant = $1 AND state <> 'waiting' AND expires < $2",
        &[tenant.into(), limit.into()],
    )
    .map(drop)
}

/// What is over loses its excerpt.
pub fn sweep(sql: &mut dyn Sql) -> Result<(), crate::errors::Problem> {
    sql.change(
        "UPDATE approval SET state = 'expired', excerpt = NULL
         WHERE state = 'waiting' AND expires <= $1",
        &[clock::now().into()],
    )
    .map(drop)
}
