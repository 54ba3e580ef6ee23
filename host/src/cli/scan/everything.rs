//! The module behind `riegel scan`: one rule that demands every detector.

use crate::cli::{Stop, policy};
use riegel::library::Library;
use riegel::syntax::{
    self,
    ast::{DetectorClause, Item},
};

/// All detectors of the embedded library.
pub fn of_library() -> Result<Vec<u8>, Stop> {
    let mut uses = Vec::new();
    let mut ids = Vec::new();
    for (name, text) in Library::files().filter(|(name, _)| name.starts_with("lib.")) {
        let before = ids.len();
        detectors(text, &mut ids);
        if ids.len() > before {
            uses.push(format!("use {name}"));
        }
    }
    module("library", &uses.join("\n"), &ids)
}

/// All detectors that a policy can name: those it declares and those it uses.
pub fn of_policy(file: &str) -> Result<Vec<u8>, Stop> {
    let bytes = policy::read_file(file)?;
    if bytes.starts_with(b"\0asm") {
        return Ok(bytes);
    }
    let text = policy::read_text(file)?;
    let checked = policy::check_text(file, &text, None, true);
    let Some(found) = &checked.policy else {
        return Err(policy::no_policy(checked));
    };
    let ids: Vec<String> = found
        .detectors
        .iter()
        .filter(|detector| !detector.class.is_empty())
        .filter(|detector| !detector.hidden && detector.reported_as.is_none())
        .map(|detector| detector.id.clone())
        .collect();
    // A library has no header: it gets one, and keeps its line numbers.
    let with_rule = match found.languages.as_slice() {
        [] => format!("{} {text}\n{}", header("file"), rule(&languages(), &ids)),
        languages => format!("{text}\n{}", rule(languages, &ids)),
    };
    let checked = policy::check_text(file, &with_rule, None, true);
    Ok(policy::build(checked)?.wasm)
}

/// Do its findings not come out under its own name?
fn only_for_others(clause: &DetectorClause) -> bool {
    matches!(
        clause,
        DetectorClause::Hidden(_) | DetectorClause::ReportedAs(_)
    )
}

fn detectors(text: &str, ids: &mut Vec<String>) {
    let (file, _) = syntax::parse(text, 0);
    for item in file.items {
        if let Item::Detector(detector) = item
            && !detector.clauses.iter().any(only_for_others)
        {
            ids.push(detector.id.value);
        }
    }
}

fn module(name: &str, uses: &str, ids: &[String]) -> Result<Vec<u8>, Stop> {
    let text = format!("{}\n{uses}\n{}", header(name), rule(&languages(), ids));
    let checked = policy::check_text("scan", &text, None, true);
    Ok(policy::build(checked)?.wasm)
}

/// One line, so that places in what follows stay right.
fn header(name: &str) -> String {
    format!(
        "policy scan \"Every detector of the {name}\" {{ version \"1.0.0\" languages en, de \
         on_error block max_findings 65_535 }}"
    )
}

/// Those of the header, so that titles of detectors come along in each.
fn languages() -> Vec<String> {
    ["en", "de"].map(str::to_owned).to_vec()
}

/// A rule that demands these detectors and yields next to nothing.
fn rule(languages: &[String], ids: &[String]) -> String {
    if ids.is_empty() {
        return String::new();
    }
    let say: Vec<String> = languages
        .iter()
        .map(|language| format!("{language} \"{{count}}\""))
        .collect();
    format!(
        "rule scan_everything {{\n  when any of [{}] found (low)\n  then log\n  \
         cite \"riegel scan\"\n  say {{ {} }}\n}}\n",
        ids.join(", "),
        say.join(" ")
    )
}
