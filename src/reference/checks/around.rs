//! Paragraph 48: tests of what stands around a span.

use super::Span;
use crate::reference::boundary::is_word;
use crate::reference::context::{How, WordSet};
use crate::syntax::ast::Literal;

/// The tests that do.
pub(super) const NAMES: [&str; 7] = [
    "capitals",
    "capital",
    "bracketed",
    "alone",
    "ends_line",
    "follows",
    "precedes",
];

/// Does the test hold for the span?
pub(super) fn call(name: &str, args: &[Literal], span: Span<'_>) -> bool {
    let text = span.text();
    let before = span.view.get(..span.start).unwrap_or_default();
    let behind = span.view.get(span.end..).unwrap_or_default();
    match name {
        "capitals" => {
            let small = (0..text.len()).any(|at| small_at(text, at));
            !small && text.iter().any(u8::is_ascii_uppercase)
        }
        "capital" => match text {
            [b'A'..=b'Z', ..] => true,
            [0xC3, second, ..] => *second < 0x9F,
            _ => false,
        },
        "bracketed" => {
            let open = without_back(before, b" \t", 1).last();
            let close = without(behind, b" \t", 1).first();
            open.is_some_and(|b| b"[({<*_+".contains(b))
                && close.is_some_and(|b| b"])}>*_+".contains(b))
        }
        "alone" => {
            let left = without_back(before, b" \t>#*_=~\"[(-", 8).last();
            let right = without(behind, b" \t\r*_=~\"])!.:-", 6).first();
            let edge = |byte: Option<&u8>| matches!(byte, None | Some(b'\n' | b'|'));
            edge(left) && edge(right) && !(left.is_none() && right.is_none())
        }
        "ends_line" => match without(behind, b" \t\r*_])}!|-", 6) {
            [b'\n', next @ ..] => {
                let next = without(next, b" \t", 4);
                !next.is_empty() && !small_at(next, 0)
            }
            _ => false,
        },
        "follows" => {
            let texts: Vec<String> = args
                .iter()
                .filter_map(super::text)
                .map(str::to_owned)
                .collect();
            let words = WordSet::new(&texts, How::Stem);
            let near = args
                .first()
                .and_then(super::int)
                .and_then(|n| usize::try_from(n).ok());
            let window = span.start.saturating_sub(near.unwrap_or(64))..span.start;
            match (words.places(span.folded, window).last(), near) {
                (None, _) => false,
                (Some(_), Some(_)) => true,
                (Some((_, end)), None) => {
                    span.start - end <= 32 && (end..span.start).all(|at| !is_word(span.view, at))
                }
            }
        }
        "precedes" => {
            let texts: Vec<String> = args
                .iter()
                .filter_map(super::text)
                .map(str::to_owned)
                .collect();
            let words = WordSet::new(&texts, How::Stem);
            let near = args.first().and_then(super::int);
            let near = near.and_then(|n| usize::try_from(n).ok());
            let last = span.folded.len().min(span.end + near.unwrap_or(64));
            match (words.places(span.folded, span.end..last).next(), near) {
                (None, _) => false,
                (Some(_), Some(_)) => true,
                (Some((start, _)), None) => {
                    start - span.end <= 32 && (span.end..start).all(|at| !is_word(span.view, at))
                }
            }
        }
        _ => false,
    }
}

/// Does a small letter stand there, a to z or ß to ÿ?
fn small_at(text: &[u8], at: usize) -> bool {
    match text.get(at..).unwrap_or_default() {
        [b'a'..=b'z', ..] => true,
        [0xC3, second, ..] => *second >= 0x9F,
        _ => false,
    }
}

/// The text behind at most so many of these signs.
fn without<'t>(text: &'t [u8], signs: &[u8], most: usize) -> &'t [u8] {
    let n = text
        .iter()
        .take(most)
        .take_while(|b| signs.contains(b))
        .count();
    text.get(n..).unwrap_or_default()
}

/// The text before at most so many of these signs.
fn without_back<'t>(text: &'t [u8], signs: &[u8], most: usize) -> &'t [u8] {
    let n = text
        .iter()
        .rev()
        .take(most)
        .take_while(|b| signs.contains(b))
        .count();
    text.get(..text.len() - n).unwrap_or_default()
}
