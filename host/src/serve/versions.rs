//! Versions: given, activated, taken back; and the watch that notices what changed outside.
//!
//! A change is whole: the new module is loaded and has passed its self-test before anything
//! decides with it, and requests that began with the old one end with it. What cannot be loaded
//! changes nothing; the tenant keeps what it has, and says so.

use super::audit::Draft;
use super::config::Config;
use super::http::refusal::Refusal;
use super::people::api_keys::is_of;
use super::people::{ERASED, Principal};
use super::store::{Sql, Value, at};
use super::tenants::folder::{self, Described};
use super::tenants::{Policies, Tenant, Version};
use super::{Edge, clock};
use crate::cli::{policy, stop::Stop};
use crate::errors::{self, Problem};
use serde_json::json;
use std::collections::BTreeMap;
use std::sync::atomic::Ordering::Relaxed;
use std::sync::{Arc, PoisonError};
use std::time::Duration;

/// How often files and the store are looked at.
const EVERY: Duration = Duration::from_secs(1);
/// Versions of a tenant that are kept, beside those that decide.
const KEPT: i64 = 50;

/// What is active through the API.
#[derive(Clone, Debug, PartialEq)]
pub struct Active {
    number: i64,
    canary: Option<i64>,
    share: u8,
    revision: i64,
}

/// All versions of a tenant.
pub async fn list(edge: &Edge, tenant: &Tenant) -> Result<serde_json::Value, Problem> {
    let name = tenant.name.clone();
    let (rows, active) = edge
        .reader
            .read(move |sql| {
            let rows = sql.rows(
                "SELECT n, made, author, digest, label, note FROM version WHERE tenant = $1 ORDER BY n DESC LIMIT 200",
                &[(&*name).into()],
            )?;
            let active = sql.rows(
                "SELECT n, canary, share FROM active WHERE tenant = $1",
                &[(&*name).into()],
            )?;
            Ok((rows, active))
        })
        .await?;
    let versions: Vec<_> = rows
        .iter()
        .map(|row| {
            json!({
                "number": at(row, 0).int(), "made": at(row, 1).int(), "author": at(row, 2).text(),
                "digest": at(row, 3).text(), "policy": at(row, 4).text(), "note": at(row, 5).text(),
            })
        })
        .collect();
    let active = active.first().map(|row| {
        let canary = match at(row, 1) {
            Value::Int(canary) => json!({"number": canary, "share": at(row, 2).int()}),
            _ => serde_json::Value::Null,
        };
        json!({"number": at(row, 0).int(), "canary": canary})
    });
    Ok(json!({ "versions": versions, "active": active.unwrap_or(json!({"number": 0})) }))
}

/// Takes a new version. It is built and loaded now, so that nothing that does not work is kept.
pub async fn give(
    edge: &Arc<Edge>,
    tenant: &Arc<Tenant>,
    who: &Principal,
    bytes: Vec<u8>,
    note: String,
) -> Result<i64, Refusal> {
    let (host, name) = (edge.clone(), tenant.clone());
    let turn = edge.loading.acquire().await;
    let loaded = blocking(move || {
        let module = if bytes.starts_with(b"\0asm") {
            bytes
        } else {
            built(bytes)?
        };
        let version = host
            .loader
            .from_bytes(&name.config, &module, 0, String::new())?;
        Ok((module, version))
    });
    let loaded = loaded.await;
    drop(turn);
    let (module, version) = loaded?;
    let info = version.guard.anatomy().info.clone();
    let digest = version.guard.digest_text().to_owned();
    let label = format!("{} {}", info.id, info.version);
    let (name, author, by) = (
        tenant.name.clone(),
        who.name.clone(),
        who.subject().to_owned(),
    );
    let number = edge.store.run(move |sql, book| {
        let last = sql.rows(
            "SELECT COALESCE(MAX(n), 0) FROM version WHERE tenant = $1",
            &[(&*name).into()],
        )?;
        let number = last.first().map_or(0, |row| at(row, 0).int()) + 1;
        sql.change(
            "INSERT INTO version (tenant, n, made, author, digest, label, note, module)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
            &[
                (&*name).into(),
                number.into(),
                clock::now().into(),
                author.as_str().into(),
                digest.as_str().into(),
                label.as_str().into(),
                note.into(),
                module.into(),
            ],
        )?;
        sql.change(
            "DELETE FROM version WHERE tenant = $1 AND n <= $2
             AND n NOT IN (SELECT n FROM active WHERE tenant = $3)
             AND n NOT IN (SELECT COALESCE(canary, 0) FROM active WHERE tenant = $4)",
            &[
                (&*name).into(),
                (number - KEPT).into(),
                (&*name).into(),
                (&*name).into(),
            ],
        )?;
        book.add(
            sql,
            Draft {
                tenant: name.clone(),
                at: clock::now(),
                kind: "policy.given",
                subject: Some(by),
                members: format!(
                    "\"number\":{number},\"digest\":\"{digest}\",\"policy\":{}",
                    json!(label)
                ),
            },
        )?;
        Ok(number)
    });
    Ok(number.await?)
}

/// Builds a text, or files that were given together, against the embedded library alone: what comes over the network must not read
/// this host's files.
fn built(bytes: Vec<u8>) -> Result<Vec<u8>, Problem> {
    let text = String::from_utf8(bytes).map_err(|_| {
        Problem::new(&errors::NOT_A_POLICY, "this is neither a module nor a text")
            .help("send a `.wasm` module, a policy as UTF-8 text, or its files as JSON")
    })?;
    if text.trim_start().starts_with('{') {
        return super::bundle::build(&text);
    }
    let checked = policy::check_alone("policy.riegel", &text, policy::checking_day(None));
    policy::build(checked)
        .map(|module| module.wasm)
        .map_err(Stop::into_problem)
}

/// Takes a person out of the versions that they gave.
pub fn erase(sql: &mut dyn Sql, tenant: &str, person: &str) -> Result<bool, Problem> {
    let rows = sql.rows(
        "SELECT n, author FROM version WHERE tenant = $1",
        &[tenant.into()],
    )?;
    let mut gone = false;
    for row in rows {
        if is_of(at(&row, 1).text(), person) {
            sql.change(
                "UPDATE version SET author = $1 WHERE tenant = $2 AND n = $3",
                &[ERASED.into(), tenant.into(), at(&row, 0).clone()],
            )?;
            gone = true;
        }
    }
    Ok(gone)
}

/// Makes a version decide, for everybody or for some.
pub async fn activate(
    edge: &Arc<Edge>,
    tenant: &Arc<Tenant>,
    who: &Principal,
    number: i64,
    share: u8,
) -> Result<(), Refusal> {
    let name = tenant.name.clone();
    if number != 0 {
        let rows = edge
            .reader
            .read(move |sql| {
                sql.rows(
                    "SELECT COALESCE(m.maker, v.author) FROM version v
                     LEFT JOIN api_key_maker m ON v.author = 'key ' || m.id
                     WHERE v.tenant = $1 AND v.n = $2",
                    &[(&*name).into(), number.into()],
                )
            })
            .await?;
        let author = rows.first().ok_or_else(|| Refusal::nothing("version"))?;
        let author = at(author, 0).text();
        if tenant.config.two_persons && author == ERASED {
            return Err(Refusal::conflict(
                "whoever gave this version was erased, so nobody can say that it was somebody else",
                "give it again",
            ));
        }
        if tenant.config.two_persons && who.may_be(author) {
            return Err(Refusal::conflict(
                "whoever gave a version does not activate it",
                "somebody else with the role `author` does it",
            ));
        }
    } else if share < 100 {
        return Err(Refusal::malformed(
            "the folder's policy is for everybody",
            "leave `share` out",
        ));
    }
    let (name, by) = (tenant.name.clone(), who.subject().to_owned());
    edge.store
        .run(move |sql, book| {
            let rows = sql.rows(
                "SELECT n, revision FROM active WHERE tenant = $1",
                &[(&*name).into()],
            )?;
            let (before, revision) = rows
                .first()
                .map_or((0, 0), |row| (at(row, 0).int(), at(row, 1).int()));
            let (stable, canary) = match share {
                100 => (number, Value::Null),
                _ => (before, Value::Int(number)),
            };
            sql.change(
                "INSERT INTO active (tenant, n, canary, share, revision) VALUES ($1, $2, $3, $4, $5)
                 ON CONFLICT (tenant) DO UPDATE SET n = excluded.n, canary = excluded.canary,
                 share = excluded.share, revision = excluded.revision",
                &[
                    (&*name).into(),
                    stable.into(),
                    canary,
                    i64::from(share).into(),
                    (revision + 1).into(),
                ],
            )?;
            book.add(
                sql,
                Draft {
                    tenant: name.clone(),
                    at: clock::now(),
                    kind: "policy.activated",
                    subject: Some(by),
                    members: format!("\"number\":{number},\"share\":{share}"),
                },
            )
            .map(drop)
        })
        .await?;
    refresh(edge, tenant, &described(edge, tenant), false).await;
    match &tenant.policies().fault {
        Some(problem) => Err(problem.clone().into()),
        None => Ok(()),
    }
}

fn described(edge: &Edge, tenant: &Tenant) -> Described {
    edge.known().remove(&*tenant.name).unwrap_or(Described {
        config: tenant.config.clone(),
        folder: edge.folder.clone(),
    })
}

/// Runs something that computes for long on a thread for that.
pub async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Problem> + Send + 'static,
) -> Result<T, Problem> {
    let lost = |_| Problem::new(&errors::INSTANCE, "the work was lost").help("try again");
    tokio::task::spawn_blocking(work).await.map_err(lost)?
}

/// What is active, for all tenants.
pub async fn active(edge: &Edge) -> Result<BTreeMap<String, Active>, Problem> {
    let rows = edge
        .reader
        .read(|sql| sql.rows("SELECT tenant, n, canary, share, revision FROM active", &[]))
        .await?;
    let of = |row: &super::store::Row| Active {
        number: at(row, 1).int(),
        canary: match at(row, 2) {
            Value::Int(canary) => Some(*canary),
            _ => None,
        },
        share: u8::try_from(at(row, 3).int()).unwrap_or(0),
        revision: at(row, 4).int(),
    };
    Ok(rows
        .iter()
        .map(|row| (at(row, 0).text().to_owned(), of(row)))
        .collect())
}

/// Loads what a tenant should decide with now, and replaces it if that is something else. With
/// `anew` nothing that is loaded counts as the same: parameters, limits or trust have changed.
pub async fn refresh(edge: &Arc<Edge>, tenant: &Arc<Tenant>, described: &Described, anew: bool) {
    let active = match active(edge).await {
        Ok(all) => all.get(&*tenant.name).cloned(),
        Err(_) => return,
    };
    let old = tenant.policies();
    let (host, name, files) = (edge.clone(), tenant.clone(), described.clone());
    let wanted = active.clone();
    let stored = match stored(edge, tenant, wanted.as_ref()).await {
        Ok(stored) => stored,
        Err(problem) => return failed(edge, tenant, &old, problem),
    };
    let _turn = edge.loading.acquire().await;
    // What was loaded counts only while its signature does.
    let (host_then, tenant_then, then) = (edge.clone(), tenant.clone(), old.clone());
    let judged = blocking(move || {
        let holds = |version: &Arc<Version>| host_then.loader.holds(&tenant_then.config, version);
        Ok(Policies {
            stable: then.stable.clone().filter(holds),
            canary: then.canary.clone().filter(|(version, _)| holds(version)),
            fault: then.fault.clone(),
        })
    });
    let old = judged.await.map_or(old, Arc::new);
    let before = old.clone();
    let loaded = blocking(move || {
        let number = wanted.as_ref().map_or(0, |active| active.number);
        let keep = |version: &Option<Arc<Version>>, number: i64| {
            version
                .clone()
                .filter(|v| v.number == number && number != 0 && !anew)
        };
        let load = |number: i64, known: Option<Arc<Version>>| -> Result<Arc<Version>, Problem> {
            match (known, stored.get(&number)) {
                (Some(known), _) => Ok(known),
                (None, Some(bytes)) => host
                    .loader
                    .from_bytes(&name.config, bytes, number, String::new())
                    .map(Arc::new),
                (None, None) => {
                    let first = before.stable.is_none();
                    let before = first.then(|| host.loader.from_before(&files)).flatten();
                    before
                        .map_or_else(|| host.loader.from_files(&files), Ok)
                        .map(Arc::new)
                }
            }
        };
        let stable = load(number, keep(&before.stable, number))?;
        let canary = match wanted
            .as_ref()
            .and_then(|active| Some((active.canary?, active.share)))
        {
            Some((number, share)) => {
                let known = before.canary.as_ref().map(|(version, _)| version.clone());
                Some((load(number, keep(&known, number))?, share))
            }
            None => None,
        };
        Ok(Policies {
            stable: Some(stable),
            canary,
            fault: None,
        })
    });
    match loaded.await {
        Ok(policies) if !anew && same(&old, &policies) => {}
        Ok(policies) => {
            let label = policies.stable.as_ref().map(|version| {
                let info = &version.guard.anatomy().info;
                let digest = version.guard.digest_text().get(..8).unwrap_or_default();
                format!("{} {} ({digest})", info.id, info.version)
            });
            tenant.set_policies(policies);
            edge.counters.reloads.fetch_add(1, Relaxed);
            let label = label.unwrap_or_default();
            edge.log(&format!("tenant {}: policy {label}", tenant.name));
        }
        Err(problem) => failed(edge, tenant, &old, problem),
    }
}

/// Is it what decides already?
fn same(old: &Policies, new: &Policies) -> bool {
    let of = |version: &Arc<Version>| {
        let guard = &version.guard;
        // What is served too: a module that was signed anew is the same module in another file.
        (
            version.number,
            *guard.digest(),
            guard.config_digest(),
            version.served,
        )
    };
    let canary = |policies: &Policies| policies.canary.as_ref().map(|(v, share)| (of(v), *share));
    old.fault.is_none()
        && old.stable.as_ref().map(of) == new.stable.as_ref().map(of)
        && canary(old) == canary(new)
}

/// The tenant keeps what it has, and says what is wrong with the newer one.
fn failed(edge: &Edge, tenant: &Tenant, old: &Policies, problem: Problem) {
    edge.counters.reload_failures.fetch_add(1, Relaxed);
    edge.log(&format!("tenant {}: {problem}", tenant.name));
    tenant.set_policies(Policies {
        fault: Some(problem),
        ..old.clone()
    });
}

/// The modules that are active, by number.
async fn stored(
    edge: &Edge,
    tenant: &Tenant,
    active: Option<&Active>,
) -> Result<BTreeMap<i64, Vec<u8>>, Problem> {
    let mut found = BTreeMap::new();
    let Some(active) = active else {
        return Ok(found);
    };
    let numbers = [Some(active.number), active.canary];
    for number in numbers.into_iter().flatten().filter(|number| *number != 0) {
        let name = tenant.name.clone();
        let rows = edge
            .reader
            .read(move |sql| {
                sql.rows(
                    "SELECT module FROM version WHERE tenant = $1 AND n = $2",
                    &[(&*name).into(), number.into()],
                )
            })
            .await?;
        let row = rows.first().ok_or_else(|| {
            Problem::new(&errors::NO_POLICY, format!("version {number} is gone"))
                .help("activate another one")
        })?;
        found.insert(number, at(row, 0).bytes().to_vec());
    }
    Ok(found)
}

/// Watches files and the store until the host ends.
pub async fn watch(edge: Arc<Edge>) {
    let mut prints: BTreeMap<String, String> = BTreeMap::new();
    let mut last: BTreeMap<String, String> = BTreeMap::new();
    let mut revisions = active(&edge).await.unwrap_or_default();
    for tenant in edge.tenants.list() {
        // What it decides with, not what lies there now: a file may have changed meanwhile.
        if let Some(version) = &tenant.policies().stable {
            prints.insert(tenant.name.to_string(), version.fingerprint.clone());
        }
    }
    let mut clock = tokio::time::interval(EVERY);
    clock.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Skip);
    loop {
        clock.tick().await;
        reread(&edge, &mut prints).await;
        let Ok(now) = active(&edge).await else {
            continue;
        };
        let files = edge.known();
        let looked = blocking(move || {
            let mut walked = folder::Seen::default();
            let print = |(name, described)| {
                let print = folder::fingerprint_with(&described, &mut walked);
                (name, print, described)
            };
            Ok(files.into_iter().map(print).collect::<Vec<_>>())
        });
        for (name, print, described) in looked.await.unwrap_or_default() {
            let moved = now.get(&name) != revisions.get(&name);
            let changed = prints.get(&name) != Some(&print);
            // A file that is still being written may be a policy that lacks its last rules. It is
            // read once it has looked the same twice.
            let settled = described.config.oci.is_some() || last.get(&name) == Some(&print);
            last.insert(name.clone(), print.clone());
            if !(moved || changed && settled) {
                continue;
            }
            prints.insert(name.clone(), print);
            if let Some(tenant) = edge.tenants.get(&name) {
                refresh(&edge, &tenant, &described, false).await;
            }
        }
        revisions = now;
    }
}

/// Says once what is wrong with the files.
fn faulty(edge: &Edge, prints: &mut BTreeMap<String, String>, problem: &Problem) {
    let text = problem.to_string();
    if prints.insert(String::new(), text.clone()) != Some(text.clone()) {
        edge.log(&text);
    }
}

/// Tenants that came, went, or were set up differently.
async fn reread(edge: &Arc<Edge>, prints: &mut BTreeMap<String, String>) {
    let root = edge.folder.clone();
    let read = blocking(move || {
        let config = Config::read(&root)?;
        let files = folder::read(&root, &config)?;
        Ok((files, config.identity))
    });
    let read = match read.await {
        Ok((files, identities)) => {
            match edge.tokens.believe(&identities) {
                Ok(false) => {}
                Ok(true) => {
                    edge.open.fetch_and(identities.is_empty(), Relaxed);
                    let count = identities.len();
                    edge.log(&format!(
                        "tokens of {count} identity providers are believed now"
                    ));
                }
                Err(problem) => return faulty(edge, prints, &problem),
            }
            let root = edge.folder.clone();
            let stored = edge
                .reader
                .read(move |sql| super::settings::stored(sql, &root));
            // A store that does not answer takes no tenant away.
            let Ok(stored) = stored.await else { return };
            let names = files.keys().cloned().collect();
            *edge.in_files.lock().unwrap_or_else(PoisonError::into_inner) = names;
            Ok(super::settings::merge(files, stored))
        }
        Err(problem) => Err(problem),
    };
    let found = match read {
        Ok(found) => found,
        Err(problem) => {
            faulty(edge, prints, &problem);
            return;
        }
    };
    prints.remove("");
    let before = edge.known();
    if before == found {
        return;
    }
    for name in before.keys().filter(|name| !found.contains_key(*name)) {
        edge.tenants.remove(name);
        edge.log(&format!("tenant {name}: gone"));
    }
    {
        let mut known = edge.described.lock();
        if let Ok(known) = &mut known {
            **known = found.clone();
        }
    }
    for (name, described) in found {
        if before.get(&name) != Some(&described) {
            if let Err(problem) = edge.add(&name, &described).await {
                edge.log(&format!("tenant {name}: {problem}"));
            }
            prints.insert(name, folder::fingerprint(&described));
        }
    }
}
