//! Which tenants there are, from files:
//!
//! ```text
//! policies/
//!   riegel.toml          [tenants.NAME] …           (paths count from here)
//!   NAME.riegel          a tenant with this policy   (or NAME.wasm)
//!   NAME/tenant.toml     a tenant with a folder      (paths count from that folder)
//! ```

use super::is_name;
use crate::errors::{self, Problem};
use crate::serve::config::{Config, TenantConfig};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// A tenant as its files describe it.
#[derive(Clone, Debug, PartialEq)]
pub struct Described {
    /// What was set.
    pub config: TenantConfig,
    /// From where its paths count.
    pub folder: PathBuf,
}

/// Reads them all.
pub fn read(folder: &Path, config: &Config) -> Result<BTreeMap<String, Described>, Problem> {
    let mut found = BTreeMap::new();
    let mut add = |name: &str, place: &Path, described: Described| {
        if !is_name(name) {
            return Err(
                Problem::new(&errors::CONFIG, "this cannot be the name of a tenant")
                    .at(place.display().to_string())
                    .help("small letters, digits, `-` and `_`, at most 63"),
            );
        }
        let check = described.config.check();
        check.map_err(|problem| problem.within(&place.display().to_string()))?;
        // Where it counts from is known here alone; a version from the API is judged by it too.
        let mut described: Described = described;
        described.config.trust = described
            .config
            .trust
            .map(|file| described.folder.join(file));
        for target in &mut described.config.send {
            let file = target.authority.take();
            target.authority = file.map(|file| described.folder.join(file));
        }
        if found.insert(name.to_owned(), described).is_some() {
            return Err(Problem::new(
                &errors::CONFIG,
                format!("the tenant `{name}` stands here twice"),
            )
            .at(place.display().to_string())
            .help("keep one of the two"));
        }
        Ok(())
    };
    for (name, tenant) in &config.tenants {
        let described = Described {
            config: tenant.clone(),
            folder: folder.to_owned(),
        };
        add(name, &folder.join(crate::serve::config::FILE), described)?;
    }
    let unreadable = |error: std::io::Error| {
        Problem::new(
            &errors::UNREADABLE,
            format!("cannot read the folder: {error}"),
        )
        .at(folder.display().to_string())
        .help("name a folder with policies")
    };
    let mut entries: Vec<PathBuf> = std::fs::read_dir(folder)
        .and_then(|entries| entries.map(|entry| entry.map(|e| e.path())).collect())
        .map_err(unreadable)?;
    entries.sort();
    for path in entries {
        let stem = path.file_stem().and_then(|stem| stem.to_str());
        let stem = stem.unwrap_or_default();
        let extension = path.extension().and_then(|extension| extension.to_str());
        let file = path.join("tenant.toml");
        if file.is_file() {
            let described = Described {
                config: TenantConfig::read(&file)?,
                folder: path.clone(),
            };
            let name = path.file_name().and_then(|name| name.to_str());
            add(name.unwrap_or_default(), &path, described)?;
        } else if path.is_file() && matches!(extension, Some("riegel" | "wasm")) {
            let described = Described {
                config: TenantConfig {
                    policy: path.file_name().map(PathBuf::from),
                    ..TenantConfig::default()
                },
                folder: folder.to_owned(),
            };
            add(stem, &path, described)?;
        }
    }
    Ok(found)
}

/// What the files of a tenant's policy look like: it changes when one of them does. Everything
/// beside the policy and its layers counts, since they may extend it or take lists from it.
pub fn fingerprint(described: &Described) -> String {
    fingerprint_with(described, &mut Seen::default())
}

/// Folders that were walked already: many tenants may have their policies in one.
pub type Seen = BTreeMap<PathBuf, Vec<String>>;

/// The same for many tenants at one moment.
pub fn fingerprint_with(described: &Described, walked: &mut Seen) -> String {
    if described.config.oci.is_some() {
        // Nothing here changes; the registry is asked from time to time.
        let every = i64::from(described.config.oci_seconds.max(1)) * 1_000;
        return format!("oci {}", crate::serve::clock::now() / every);
    }
    let mut seen = Vec::new();
    // From where it counts has been settled by `read`.
    if let Some(file) = &described.config.trust {
        note(file, &mut seen);
    }
    let policy = described.config.policy.iter();
    for file in policy.chain(&described.config.layers) {
        let file = described.folder.join(file);
        note(&file, &mut seen);
        if file
            .extension()
            .is_some_and(|extension| extension == "riegel")
            && let Some(folder) = file.parent()
        {
            let found = walked.entry(folder.to_owned()).or_insert_with(|| {
                let mut found = Vec::new();
                walk(folder, 0, &mut found);
                found
            });
            seen.extend_from_slice(found);
        }
    }
    seen.sort();
    seen.dedup();
    // Tenants whose policies lie in one folder see the same files there. Which of them is the
    // policy and which are layers, in which order, makes them different.
    let (policy, layers) = (&described.config.policy, &described.config.layers);
    let which = format!("{} {policy:?} {layers:?}", described.folder.display());
    seen.insert(0, which);
    seen.join("\n")
}

/// Files that are looked at; a folder with more is not a folder of policies.
const MOST: usize = 4_000;

fn walk(folder: &Path, depth: usize, seen: &mut Vec<String>) {
    let Ok(entries) = std::fs::read_dir(folder) else {
        return;
    };
    for entry in entries.flatten() {
        let hidden = entry.file_name().to_string_lossy().starts_with('.');
        if hidden || seen.len() > MOST {
            continue;
        }
        let path = entry.path();
        if path.is_file() {
            note(&path, seen);
        } else if depth < 4 && path.is_dir() && !path.join("tenant.toml").is_file() {
            walk(&path, depth + 1, seen);
        }
    }
}

fn note(file: &Path, seen: &mut Vec<String>) {
    let Ok(about) = std::fs::metadata(file) else {
        seen.push(format!("{} is missing", file.display()));
        return;
    };
    let changed = about
        .modified()
        .ok()
        .and_then(|time| time.duration_since(std::time::UNIX_EPOCH).ok());
    seen.push(format!(
        "{} {} {}",
        file.display(),
        about.len(),
        changed.map_or(0, |time| time.as_nanos())
    ));
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    /// `read` has settled where the trust set lies, also below a folder that is named from here.
    #[test]
    fn the_trust_set_is_watched_where_it_lies() {
        let config = TenantConfig {
            trust: Some(PathBuf::from("../tests/edge/demo.riegel")),
            ..TenantConfig::default()
        };
        let folder = PathBuf::from("../tests/edge");
        let print = fingerprint(&Described { config, folder });
        assert!(!print.contains("is missing"), "{print}");
    }

    #[test]
    fn tenants_in_one_folder_are_not_the_same() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/edge");
        let print = |policy: &str, layers: &[&str]| {
            let config = TenantConfig {
                policy: Some(PathBuf::from(policy)),
                layers: layers.iter().map(PathBuf::from).collect(),
                ..TenantConfig::default()
            };
            let folder = folder.clone();
            fingerprint(&Described { config, folder })
        };
        let all = [
            print("demo.riegel", &[]),
            print("attributes.riegel", &[]),
            print("demo.riegel", &["a.riegel", "b.riegel"]),
            print("demo.riegel", &["b.riegel", "a.riegel"]),
        ];
        for (i, one) in all.iter().enumerate() {
            assert_eq!(all.iter().position(|other| other == one), Some(i));
        }
    }
}
