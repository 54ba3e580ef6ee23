//! Tests that read the span as written.

use super::dates;
use crate::syntax::ast::{Literal, Slice};

/// The tests that do.
pub(super) const NAMES: [&str; 2] = ["written_date", "placeholder"];

/// The part of the span that a test reads; `None` where it is not there.
pub(super) fn cut<'s>(slice: Option<&Slice>, span: &'s [u8]) -> Option<&'s [u8]> {
    let cut = match slice {
        None => span,
        Some(Slice::Range(from, to)) => {
            let from = usize::try_from(from.value).ok()?.checked_sub(1)?;
            let to = match to {
                Some(to) => usize::try_from(to.value).ok()?,
                None => span.len(),
            };
            span.get(from..to)?
        }
        Some(Slice::Run(n)) => {
            let inside = |byte: &u8| byte.is_ascii_alphanumeric() || b"+/-_".contains(byte);
            let mut runs = span
                .split(|byte| !inside(byte))
                .filter(|run| !run.is_empty());
            runs.nth(usize::try_from(n.value).ok()?.checked_sub(1)?)?
        }
    };
    (!cut.is_empty()).then_some(cut)
}

/// Does the test hold for the span?
pub(super) fn call(name: &str, _args: &[Literal], span: &[u8]) -> bool {
    match name {
        "written_date" => dates::written_date(span),
        "placeholder" => placeholder(span),
        _ => false,
    }
}

/// Something that is to be filled in stands in it.
fn placeholder(span: &[u8]) -> bool {
    const TEXTS: [&str; 13] = [
        "example", "dummy", "changeme", "your_", "your-", "dein_", "dein-", "123456", "abcdef",
        "...", "${", "{{", "%s",
    ];
    let text: String = span
        .iter()
        .map(|byte| char::from(byte.to_ascii_lowercase()))
        .collect();
    let four = span
        .windows(4)
        .any(|w| w.iter().all(|byte| Some(byte) == w.first()));
    let angled = text
        .split_once('<')
        .is_some_and(|(_, behind)| behind.contains('>'));
    four || angled || TEXTS.iter().any(|one| text.contains(one))
}
