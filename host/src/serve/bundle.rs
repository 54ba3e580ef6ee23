//! A policy that comes over the network in several files: what it stands on, its layers, its
//! lists. They are given together and seen by nothing else; no file of this host is read.
//!
//! ```json
//! { "policy": "provider.riegel", "layers": ["client.riegel"],
//!   "files": { "provider.riegel": "policy …", "client.riegel": "policy …", "clients.hashed": "…" } }
//! ```

use crate::cli::policy;
use crate::cli::stop::Stop;
use crate::errors::{self, Problem};
use riegel::check::{Options, Resolver, check_layers};
use riegel::library::Library;
use serde::Deserialize;
use std::collections::BTreeMap;

/// The files and what they are.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Bundle {
    /// The file at the bottom.
    policy: String,
    /// Layers over it, the lowest first.
    #[serde(default)]
    layers: Vec<String>,
    /// Name and text of each.
    files: BTreeMap<String, String>,
}

impl Bundle {
    fn read(text: &str) -> Result<Self, Problem> {
        // Serde's words may repeat a value; the place is enough.
        serde_json::from_str(text).map_err(|error| {
            Problem::new(&errors::NOT_A_POLICY, "these are no files of a policy")
                .at(format!("line {}, column {}", error.line(), error.column()))
                .help("send `policy`, `layers` and `files`: `/openapi.json` describes them")
        })
    }

    /// A file, without a byte order mark.
    fn text(&self, name: &str) -> Option<&str> {
        let text = self.files.get(name)?;
        Some(text.strip_prefix('\u{FEFF}').unwrap_or(text))
    }

    /// The file of a dotted path.
    fn named(path: &str) -> String {
        format!("{}.riegel", path.replace('.', "/"))
    }
}

impl Resolver for Bundle {
    fn resolve(&self, path: &str) -> Option<String> {
        let own = || self.text(&Bundle::named(path)).map(str::to_owned);
        Library.resolve(path).or_else(own)
    }

    fn names(&self) -> Vec<String> {
        Library.names()
    }

    /// A library's lists are embedded; those of a given file stand beside it.
    fn file(&self, from: &str, path: &str) -> Option<String> {
        let given = self.files.contains_key(from);
        if !given && Library.resolve(from).is_some() {
            return Library.file(from, path);
        }
        let from = if given {
            from.to_owned()
        } else {
            Bundle::named(from)
        };
        let beside = from.rsplit_once('/').map(|(folder, _)| folder);
        let name = beside.map_or(path.to_owned(), |folder| format!("{folder}/{path}"));
        self.files.get(&name).cloned()
    }
}

/// Builds the module.
pub fn build(text: &str) -> Result<Vec<u8>, Problem> {
    let bundle = Bundle::read(text)?;
    let mut texts = Vec::new();
    for name in std::iter::once(&bundle.policy).chain(&bundle.layers) {
        let text = bundle.text(name).ok_or_else(|| {
            Problem::new(&errors::NOT_A_POLICY, "a file is named and not given")
                .at(name.as_str())
                .help("put its text into `files`, under the same name")
        })?;
        texts.push((name.as_str(), text));
    }
    let options = Options {
        today: policy::checking_day(None),
        all_detectors: false,
    };
    policy::build(check_layers(&texts, &bundle, &options))
        .map(|module| module.wasm)
        .map_err(Stop::into_problem)
}
