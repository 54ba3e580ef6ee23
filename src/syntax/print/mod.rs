//! The printer: tree to text, in the one canonical layout.
//!
//! Two blanks of indentation; keywords, then values, in columns inside headers,
//! detectors and tests; one clause per line; chains of `and` and `or` broken one
//! operand per line, and lists wrapped, where they pass 100 columns; a blank line
//! around every rule, detector and test; messages one language per line.
//!
//! **Invariants.** What is printed parses to the same tree. Formatting twice is
//! formatting once. No comment is lost, and comments keep their order.
//! (`tests/syntax.rs` guards them.)

mod detector;
mod expr;
mod items;
mod page;
mod words;

use super::ast::{File, Item};
use crate::diagnostics::Diagnostic;
use page::{Gap, Page};

/// The canonical text of a tree.
///
/// Comments are placed by the spans of the tree; a tree made by a program has none,
/// and its comments stand at the end.
pub fn print(file: &File) -> String {
    layout(file, None)
}

/// The canonical layout of a text, with single blank lines kept where a person
/// grouped declarations or clauses with them.
///
/// # Errors
///
/// The text's own errors: a damaged file is not formatted.
pub fn format(text: &str) -> Result<String, Vec<Diagnostic>> {
    let (file, problems) = super::parse(text, 0);
    if problems.is_empty() {
        Ok(layout(&file, Some(text)))
    } else {
        Err(problems)
    }
}

fn layout(file: &File, source: Option<&str>) -> String {
    let mut page = Page::new(&file.comments, source);
    if let Some(policy) = &file.policy {
        items::policy(&mut page, policy);
    }
    let mut before: Option<&Item> = None;
    for item in &file.items {
        let gap = match before {
            None if file.policy.is_some() => Gap::Yes,
            None => Gap::AsWritten,
            Some(before) => gap(before, item, source.is_some()),
        };
        items::item(&mut page, item, gap);
        before = Some(item);
    }
    page.finish()
}

/// The blank line between two items.
fn gap(before: &Item, item: &Item, written: bool) -> Gap {
    match (items::kind(before), items::kind(item)) {
        (Some(_), Some(_)) if written => Gap::AsWritten,
        (Some(a), Some(b)) if a == b => Gap::No,
        _ => Gap::Yes,
    }
}
