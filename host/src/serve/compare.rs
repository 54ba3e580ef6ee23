//! Before a version is activated: what it changes, and what it would have done.
//!
//! Recorded events come from whoever has them, as JSON lines; the host keeps none. Only counts go
//! out, of this version against the one that decides now.

use super::Edge;
use super::http::decide::Around;
use super::http::refusal::Refusal;
use super::store::at;
use super::tenants::{Tenant, Version};
use super::versions::blocking;
use crate::cli::simulate::tally::Tally;
use crate::errors::{self, Problem};
use crate::event;
use cpu_time::ThreadTime;
use riegel::manifest::{PolicyInfo, RuleInfo};
use serde_json::{Value as Json, json};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Most events of one simulation.
const MOST: usize = 10_000;
/// What a simulation may take.
const TIME: Duration = Duration::from_secs(20);

/// A version that was given, and the one that decides now.
async fn both(
    edge: &Arc<Edge>,
    tenant: &Arc<Tenant>,
    number: i64,
) -> Result<(Arc<Version>, Arc<Version>), Refusal> {
    let now = tenant.version(None)?;
    let name = tenant.name.clone();
    let rows = edge.reader.read(move |sql| {
        sql.rows(
            "SELECT module FROM version WHERE tenant = $1 AND n = $2",
            &[(&*name).into(), number.into()],
        )
    });
    let rows = rows.await?;
    let row = rows.first().ok_or_else(|| Refusal::nothing("version"))?;
    let (module, host, tenant) = (at(row, 0).bytes().to_vec(), edge.clone(), tenant.clone());
    let turn = edge.loading.acquire().await;
    let other = blocking(move || {
        host.loader
            .from_bytes(&tenant.config, &module, number, String::new())
    })
    .await?;
    drop(turn);
    Ok((Arc::new(other), now))
}

/// Rules that come, go and change.
pub async fn changes(edge: &Arc<Edge>, tenant: &Arc<Tenant>, number: i64) -> Result<Json, Refusal> {
    let (new, old) = both(edge, tenant, number).await?;
    Ok(difference(
        &new.guard.anatomy().info,
        &old.guard.anatomy().info,
    ))
}

/// A rule without what is only its place in a module.
fn written(info: &PolicyInfo, rule: &RuleInfo) -> BTreeMap<&'static str, Json> {
    let obligations = rule.obligations.iter();
    let obligations: Vec<_> = obligations
        .filter_map(|index| info.obligations.get(usize::from(*index)))
        .map(|obligation| json!([obligation.kind, obligation.argument]))
        .collect();
    let clauses: Vec<&str> = rule.clauses.iter().map(|c| c.text.as_str()).collect();
    BTreeMap::from([
        ("verdict", json!(rule.verdict)),
        ("cite", json!(rule.cite)),
        ("say", json!(rule.say)),
        ("hint", json!(rule.hint)),
        ("obligations", json!(obligations)),
        ("condition", json!(clauses)),
        ("stages", json!(rule.stages)),
        ("exceptions", json!(rule.exceptions)),
    ])
}

fn difference(new: &PolicyInfo, old: &PolicyInfo) -> Json {
    let find = |info: &PolicyInfo, id: &str| {
        let rule = info.rules.iter().find(|rule| rule.id == id)?;
        Some(written(info, rule))
    };
    let names = |info: &PolicyInfo| info.rules.iter().map(|r| r.id.clone()).collect::<Vec<_>>();
    let (mine, theirs) = (names(new), names(old));
    let added: Vec<_> = mine.iter().filter(|id| !theirs.contains(id)).collect();
    let removed: Vec<_> = theirs.iter().filter(|id| !mine.contains(id)).collect();
    let mut changed = Vec::new();
    for id in mine.iter().filter(|id| theirs.contains(id)) {
        let (Some(now), Some(before)) = (find(new, id), find(old, id)) else {
            continue;
        };
        let what: Vec<_> = now
            .iter()
            .filter(|(key, value)| before.get(*key) != Some(value))
            .map(|(key, _)| key)
            .collect();
        if !what.is_empty() {
            changed.push(json!({
                "id": id, "what": what, "from": before.get("verdict"), "to": now.get("verdict"),
            }));
        }
    }
    let detectors = |info: &PolicyInfo| {
        let all = info.detectors.iter().map(|d| d.id.clone());
        all.filter(|id| !id.is_empty()).collect::<Vec<_>>()
    };
    let (here, there) = (detectors(new), detectors(old));
    let policy = |info: &PolicyInfo| json!({ "id": info.id, "version": info.version });
    json!({
        "policy": policy(new),
        "against": policy(old),
        "rules": { "added": added, "removed": removed, "changed": changed },
        "detectors": {
            "added": here.iter().filter(|id| !there.contains(id)).collect::<Vec<_>>(),
            "removed": there.iter().filter(|id| !here.contains(id)).collect::<Vec<_>>(),
        },
        "stages": new.stages != old.stages,
    })
}

/// What it would have decided about these events, and what decides now.
pub async fn simulate(
    edge: &Arc<Edge>,
    tenant: &Arc<Tenant>,
    number: i64,
    lines: String,
) -> Result<Json, Refusal> {
    let (new, old) = both(edge, tenant, number).await?;
    let turn = tenant.turn_apart().await;
    let tenant = tenant.clone();
    let done = blocking(move || {
        let (used, start) = (ThreadTime::now(), Instant::now());
        let (here, there) = (&new.guard, &old.guard);
        let rules = |guard: &crate::runtime::Guard| guard.anatomy().info.rules.clone();
        let mut tally = Tally::new(&rules(here), Some(&rules(there)), false);
        let (mut one, mut two) = (here.session(), there.session());
        let events = lines.lines().enumerate();
        let events = events.filter(|(_, line)| !line.trim().is_empty());
        for (place, (number, line)) in events.enumerate() {
            if place >= MOST || start.elapsed() > TIME {
                return Err(Problem::new(
                    &errors::REQUEST,
                    "these are more events than a simulation takes here",
                )
                .help("send fewer, or use `riegel simulate`"));
            }
            let read = |guard: &crate::runtime::Guard| {
                let read = event::read(line, &guard.anatomy().schema, &Around);
                read.map_err(|all| all.first().map_or(&errors::EVENT_JSON, |p| p.kind))
            };
            match read(here).and_then(|mine| Ok((mine, read(there)?))) {
                Ok((mine, theirs)) => {
                    tally.unknown_values += u64::from(!mine.warnings.is_empty());
                    let outcome = one.decide(&mine.event);
                    tally.count(&outcome, Some(&two.decide(&theirs.event)));
                }
                Err(kind) => tally.bad(number as u64 + 1, kind),
            }
        }
        tenant.charge_time(used.elapsed());
        if tally.events == 0 && tally.bad_lines == 0 {
            return Err(
                Problem::new(&errors::NO_EVENTS, "there is no event to decide")
                    .help("send one event a line, as JSON"),
            );
        }
        Ok(tally.json(&here.anatomy().info, Some(&there.anatomy().info)))
    });
    let done = done.await;
    drop(turn);
    Ok(done?)
}
