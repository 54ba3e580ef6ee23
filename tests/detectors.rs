//! `docs/detectors.md` is the library, as a table: one section per file, one row per detector.
//!
//! `cargo xtask detectors` writes the page; here it is compared with what the library says today.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests"
)]

use riegel::check::model::{Detector, Policy};
use riegel::check::{Options, check};
use riegel::library::Library;
use riegel::syntax::ast::Confidence;
use std::fmt::Write;
use std::fs;
use std::path::Path;

/// What stands above the tables.
const HEAD: &str = "\
# The detectors of the library

Written by `cargo xtask detectors` from `policies/lib`; do not edit it here. In a policy, `use lib.de` makes the
detectors of a section known; `riegel scan` looks for all of them.

- **Label**: what stands in the place of a redacted value.
- **Check**: a check digit, a date, a list or the like is looked at; what fails it is no finding, or a weaker one.
- **Context**: `needed` where a finding comes to medium only beside a word that speaks of it, `helps` where such a word
  makes it surer.
- **Example**: the first one; none for secrets, since other scanners would take it for a real one.
";

/// An example is cut after so many characters.
const LONGEST_EXAMPLE: usize = 70;

#[test]
fn the_page_is_what_the_library_says() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/detectors.md");
    let page = page();
    if std::env::var_os("RIEGEL_WRITE_DETECTORS").is_some() {
        fs::write(&path, page).unwrap();
        return;
    }
    let there = fs::read_to_string(&path).unwrap_or_default();
    assert!(
        there == page,
        "docs/detectors.md is stale: `cargo xtask detectors` writes it"
    );
}

fn page() -> String {
    let mut sections = String::new();
    let mut count = 0;
    for (name, text) in Library::files() {
        let Some(area) = name.strip_prefix("lib.") else {
            continue;
        };
        let rows = rows(&policy(name, text));
        if !rows.is_empty() {
            count += rows.len();
            sections += &section(area, text, &rows);
        }
    }
    format!("{HEAD}\n{count} detectors.\n{sections}")
}

fn policy(name: &str, text: &str) -> Policy {
    let options = Options {
        all_detectors: true,
        ..Options::default()
    };
    let checked = check(name, text, &Library, &options);
    checked
        .policy
        .unwrap_or_else(|| panic!("{name} does not check"))
}

fn section(area: &str, text: &str, rows: &[String]) -> String {
    format!(
        "\n## {area}\n\n{}\n\n\
         | id | name | class | label | check | context | example |\n\
         | --- | --- | --- | --- | --- | --- | --- |\n{}",
        first_paragraph(text),
        rows.concat()
    )
}

/// The comment that opens the file, up to its first blank line.
fn first_paragraph(text: &str) -> String {
    let lines = text.lines().map_while(|line| line.strip_prefix("// "));
    lines.collect::<Vec<_>>().join(" ")
}

/// A row for each detector of the file that comes out under its own name.
fn rows(policy: &Policy) -> Vec<String> {
    let own = policy.detectors.iter().enumerate();
    own.filter(|(_, d)| d.place.source == 0)
        .filter(|(_, d)| !d.hidden && d.reported_as.is_none() && !d.id.contains('#'))
        .map(|(at, _)| row(policy, at))
        .collect()
}

fn row(policy: &Policy, at: usize) -> String {
    let detector = &policy.detectors[at];
    let parts: Vec<&Detector> = policy
        .detectors
        .iter()
        .enumerate()
        .filter(|(i, d)| *i == at || d.reported_as == Some(at))
        .map(|(_, d)| d)
        .collect();
    let mut row = String::new();
    writeln!(
        row,
        "| `{}` | {} | {} | {} | {} | {} | {} |",
        detector.id,
        names(detector),
        detector.class,
        detector.label,
        if parts.iter().any(|d| has_check(d)) {
            "yes"
        } else {
            ""
        },
        context(&parts),
        example(detector),
    )
    .unwrap();
    row
}

/// German and English, where they differ.
fn names(detector: &Detector) -> String {
    let name = |language| detector.titles.get(language).unwrap_or(&detector.title);
    let (de, en) = (cell(name("de")), cell(name("en")));
    if de == en { de } else { format!("{de} / {en}") }
}

fn has_check(detector: &Detector) -> bool {
    detector.check.is_some() || detector.beside.as_ref().is_some_and(|b| b.check)
}

/// Whether a finding comes to medium without a word beside it, in any of the detector's parts.
fn context(parts: &[&Detector]) -> &'static str {
    let alone = |d: &Detector| d.confidence.plain.max(d.confidence.check);
    let beside = |d: &Detector| d.confidence.context.max(d.confidence.both);
    if parts.iter().all(|d| alone(d) < Some(Confidence::Medium)) {
        let ever = parts.iter().any(|d| beside(d) >= Some(Confidence::Medium));
        if ever { "needed" } else { "" }
    } else if parts.iter().any(|d| beside(d) > alone(d)) {
        "helps"
    } else {
        ""
    }
}

/// The first example as code, short and on one line; none for secrets.
fn example(detector: &Detector) -> String {
    let Some(example) = detector.examples.first() else {
        return String::new();
    };
    if detector.class == "secret" {
        return String::new();
    }
    let one_line = example.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut short: String = one_line.chars().take(LONGEST_EXAMPLE).collect();
    if short.len() < one_line.len() {
        short.push('…');
    }
    let fence = if short.contains('`') { "``" } else { "`" };
    let space = if short.contains('`') { " " } else { "" };
    format!("{fence}{space}{}{space}{fence}", cell(&short))
}

/// A bar would end the cell, also in code.
fn cell(text: &str) -> String {
    text.replace('|', "\\|")
}
