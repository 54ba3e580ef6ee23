//! The library that every compiler carries: detectors, the standard event, packs.
//!
//! The files in `policies/` are part of the crate, so that `use lib.payment` works
//! without a file system: in a browser, in a host, in a test. Whoever wants other
//! files supplies another [`Resolver`]; whoever wants both asks [`Library`] last.
//!
//! **Invariant:** every `.riegel` file of `policies/lib` and `policies/packs` is in
//! the list below; a test compares the list with the folders.

use crate::check::Resolver;

macro_rules! library {
    ($($folder:literal $prefix:literal: $($name:literal)*;)+) => {
        /// Name as in `use`, and text.
        const FILES: &[(&str, &str)] = &[$($((
            concat!($prefix, ".", $name),
            include_str!(concat!("../policies/", $folder, "/", $name, ".riegel")),
        )),*),+];
    };
}

library! {
    "lib" "lib": "ai" "at" "bank" "business" "ch" "contact" "crypto" "de" "device" "doc" "eu" "event"
        "groups" "health" "legal" "li" "marking" "net" "payment" "person" "place" "secret" "services"
        "special" "us" "vehicle";
    "packs" "packs": "ai_act" "baseline" "berufsgeheimnis" "ccpa" "cmmc" "datenqualitaet"
        "dsgvo" "fairness" "geschaeftsgeheimnis" "hipaa" "ki_governance" "mandantentrennung"
        "pci_dss" "prompt_sicherheit" "reifegrad" "schulung" "urheberrecht";
}

macro_rules! lists {
    ($($name:literal)*) => {
        /// The files of `policies/lib/data`: name and text.
        const LISTS: &[(&str, &str)] = &[$((
            concat!("data/", $name, ".txt"),
            include_str!(concat!("../policies/lib/data/", $name, ".txt")),
        )),*];
    };
}

lists! {
    "company_words" "diagnoses" "diagnosis_first" "diagnosis_phrases" "given_names" "medications"
    "name_words" "no_name_words" "street_first" "streets" "surnames" "town_nouns" "towns"
}

/// The embedded files.
#[derive(Clone, Copy, Debug, Default)]
pub struct Library;

impl Library {
    /// Every file: name as in `use`, and text, sorted by name.
    pub fn files() -> impl Iterator<Item = (&'static str, &'static str)> {
        FILES.iter().copied()
    }

    /// Every file of words that the library's lists name: name as in `from "data/…"`, and text.
    pub fn lists() -> impl Iterator<Item = (&'static str, &'static str)> {
        LISTS.iter().copied()
    }

    /// All of it in one piece, as the compiler in a browser takes it (`src/browser/files.rs`).
    pub fn archive() -> Vec<u8> {
        let mut archive = b"RIEGEL-L".to_vec();
        for (name, text) in Library::files().chain(Library::lists()) {
            // Names are ours and short; no file of the library comes near four gigabytes.
            archive.extend(u16::try_from(name.len()).unwrap_or(u16::MAX).to_le_bytes());
            archive.extend(name.bytes());
            archive.push(0);
            archive.extend(u32::try_from(text.len()).unwrap_or(u32::MAX).to_le_bytes());
            archive.extend(text.bytes());
        }
        archive
    }
}

impl Resolver for Library {
    fn resolve(&self, path: &str) -> Option<String> {
        FILES
            .iter()
            .find(|(name, _)| *name == path)
            .map(|(_, text)| (*text).to_owned())
    }

    fn names(&self) -> Vec<String> {
        FILES.iter().map(|(name, _)| (*name).to_owned()).collect()
    }

    fn file(&self, from: &str, path: &str) -> Option<String> {
        let ours = from.starts_with("lib.");
        let (_, text) = LISTS.iter().find(|(name, _)| ours && *name == path)?;
        Some((*text).to_owned())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    #[test]
    fn every_file_is_embedded() {
        let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("policies");
        let mut on_disk = Vec::new();
        for folder in ["lib", "packs"] {
            let Ok(entries) = std::fs::read_dir(root.join(folder)) else {
                continue;
            };
            for entry in entries {
                let name = entry.unwrap().file_name().into_string().unwrap();
                if let Some(stem) = name.strip_suffix(".riegel") {
                    on_disk.push(format!("{folder}.{stem}"));
                }
            }
        }
        on_disk.sort();
        let embedded: Vec<&str> = Library::files().map(|(name, _)| name).collect();
        assert_eq!(embedded, on_disk);
    }

    #[test]
    fn files_are_found_by_their_names() {
        assert!(Library.resolve("lib.event").unwrap().contains("attribute"));
        assert_eq!(Library.resolve("lib.nothing"), None);
    }
}
