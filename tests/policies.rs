//! Every policy that Riegel ships is held to what it asks of others: it parses.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests"
)]

use std::fs;
use std::path::{Path, PathBuf};

fn policies() -> Vec<PathBuf> {
    fn walk(dir: &Path, into: &mut Vec<PathBuf>) {
        for entry in fs::read_dir(dir).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                walk(&path, into);
            } else if path.extension().is_some_and(|e| e == "riegel") {
                into.push(path);
            }
        }
    }
    let mut files = Vec::new();
    walk(
        &Path::new(env!("CARGO_MANIFEST_DIR")).join("policies"),
        &mut files,
    );
    files.sort();
    files
}

#[test]
fn every_policy_parses() {
    for path in policies() {
        let text = fs::read_to_string(&path).unwrap();
        let (_, diagnostics) = riegel::syntax::parse(&text, 0);
        for d in &diagnostics {
            let (line, column) =
                riegel::diagnostics::line_column(&text, d.place.span.start as usize);
            eprintln!(
                "{}:{line}:{column}: {} {} {:?}",
                path.display(),
                d.code.id,
                d.message,
                d.help
            );
        }
        assert!(diagnostics.is_empty(), "{} does not parse", path.display());
    }
}
