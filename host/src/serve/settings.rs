//! Tenants that were made through the API: their settings lie in the store, and so every host that
//! shares it has them a second later. What stands in files stays the files' business.
//!
//! Settings that come over the network name no file of this host: the policy comes as a version
//! or from a registry.

use super::Edge;
use super::audit::Draft;
use super::clock;
use super::config::TenantConfig;
use super::http::refusal::Refusal;
use super::people::Principal;
use super::store::{Sql, at};
use super::tenants::folder::Described;
use super::tenants::is_name;
use crate::errors::Problem;
use serde_json::Value as Json;
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, PoisonError};

/// Most tenants that the API makes.
const MOST: usize = 10_000;

/// Those in the store. What cannot be read is left out: it was
/// read before it was kept, so another program wrote it.
pub fn stored(sql: &mut dyn Sql, folder: &Path) -> Result<BTreeMap<String, Described>, Problem> {
    let rows = sql.rows("SELECT name, settings FROM tenant ORDER BY name", &[])?;
    let mut found = BTreeMap::new();
    for row in rows {
        let (name, text) = (at(&row, 0).text(), at(&row, 1).text());
        if let Ok(config) = serde_json::from_str(text) {
            let folder = folder.to_owned();
            found.insert(name.to_owned(), Described { config, folder });
        }
    }
    Ok(found)
}

/// Settings as they came, if they can be kept.
fn read(json: &Json) -> Result<TenantConfig, Refusal> {
    // Serde's words may repeat a value; the names of the keys are ours.
    let config: TenantConfig = serde_json::from_value(json.clone()).map_err(|_| {
        Refusal::malformed(
            "these are no settings of a tenant",
            "`riegel explain E9001` lists the keys of `[tenants.NAME]`",
        )
    })?;
    let on_this_host = config.policy.is_some()
        || config.trust.is_some()
        || !config.layers.is_empty()
        || config.send.iter().any(|target| target.authority.is_some())
        || config.parameters.values().any(names_a_file);
    if on_this_host {
        return Err(Refusal::malformed(
            "settings that come over the network name no file of this host",
            "give the policy as a version, or name it with `oci`; files are for `tenant.toml`",
        ));
    }
    config.check()?;
    Ok(config)
}

/// `@PATH`, also in a list: what a parameter's value begins with where it is read from a file.
fn names_a_file(value: &Json) -> bool {
    match value {
        Json::String(text) => text.starts_with('@'),
        Json::Array(values) => values.iter().any(names_a_file),
        Json::Object(members) => members.values().any(names_a_file),
        _ => false,
    }
}

fn in_files(edge: &Edge, name: &str) -> bool {
    let known = edge.in_files.lock();
    known.unwrap_or_else(PoisonError::into_inner).contains(name)
}

fn not_here() -> Refusal {
    Refusal::conflict(
        "this tenant stands in the host's files",
        "change `riegel.toml` or its `tenant.toml`",
    )
}

/// Makes a tenant, or sets it up anew; says whether it is new.
pub async fn put(
    edge: &Arc<Edge>,
    who: &Principal,
    name: &str,
    json: &Json,
) -> Result<bool, Refusal> {
    if !is_name(name) {
        return Err(Refusal::malformed(
            "this cannot be the name of a tenant",
            "small letters, digits, `-` and `_`, at most 63",
        ));
    }
    if in_files(edge, name) {
        return Err(not_here());
    }
    let config = read(json)?;
    let described = Described {
        config,
        folder: edge.folder.clone(),
    };
    let new = edge.tenants.get(name).is_none();
    if new && edge.tenants.list().len() >= MOST {
        return Err(Refusal::conflict(
            "this host has as many tenants as it can hold",
            "take one away, or start another host",
        ));
    }
    // First the store: a tenant that is answered for is there after a crash as well.
    let (key, text) = (name.to_owned(), json.to_string());
    edge.store
        .run(move |sql, _| {
            sql.change(
                "INSERT INTO tenant (name, settings) VALUES ($1, $2)
                 ON CONFLICT (name) DO UPDATE SET settings = excluded.settings",
                &[key.as_str().into(), text.into()],
            )
        })
        .await?;
    edge.know(name, Some(described.clone()));
    edge.add(name, &described).await?;
    note(edge, who, name, "tenant.set").await?;
    Ok(new)
}

/// Takes a tenant away; its log stays.
pub async fn remove(edge: &Arc<Edge>, who: &Principal, name: &str) -> Result<(), Refusal> {
    if in_files(edge, name) {
        return Err(not_here());
    }
    if edge.tenants.get(name).is_none() {
        return Err(Refusal::nothing("tenant"));
    }
    note(edge, who, name, "tenant.removed").await?;
    let key = name.to_owned();
    edge.store
        .run(move |sql, _| sql.change("DELETE FROM tenant WHERE name = $1", &[key.as_str().into()]))
        .await?;
    edge.know(name, None);
    edge.tenants.remove(name);
    Ok(())
}

async fn note(edge: &Edge, who: &Principal, name: &str, kind: &'static str) -> Result<(), Problem> {
    let draft = Draft {
        tenant: name.into(),
        at: clock::now(),
        kind,
        subject: Some(who.subject().to_owned()),
        members: String::new(),
    };
    edge.store
        .run(move |sql, book| book.add_known(sql, draft))
        .await
}

/// Where a tenant stands in both, the files win.
pub fn merge(
    mut files: BTreeMap<String, Described>,
    stored: BTreeMap<String, Described>,
) -> BTreeMap<String, Described> {
    for (name, described) in stored {
        files.entry(name).or_insert(described);
    }
    files
}

/// What whoever may set up a tenant sees of it: all but secrets.
pub fn shown(config: &TenantConfig) -> Json {
    let mut json = serde_json::to_value(config).unwrap_or_default();
    if let Some(object) = json.as_object_mut() {
        object.retain(|_, value| !value.is_null());
    }
    json
}
