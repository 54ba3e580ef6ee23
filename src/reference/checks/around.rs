//! Paragraph 48: tests of what stands around a span.

use super::Span;
use crate::reference::boundary::is_word;
use crate::reference::context::{How, WordSet};
use crate::syntax::ast::Literal;
use std::ops::Range;

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
            let (words, near) = asked(args);
            let window = span.start.saturating_sub(near.unwrap_or(64))..span.start;
            match (words.places(span.folded, window).last(), near) {
                (Some((_, end)), None) => signs(span.view, end..span.start),
                (place, _) => place.is_some(),
            }
        }
        "precedes" => {
            let (words, near) = asked(args);
            let last = span.folded.len().min(span.end + near.unwrap_or(64));
            match (words.places(span.folded, span.end..last).next(), near) {
                (Some((start, _)), None) => signs(span.view, span.end..start),
                (place, _) => place.is_some(),
            }
        }
        _ => false,
    }
}

/// The words that a test asks for, and within how many bytes; `None`: directly beside the span.
fn asked(args: &[Literal]) -> (WordSet, Option<usize>) {
    let texts = args.iter().filter_map(super::text).map(str::to_owned);
    let near = args.first().and_then(super::int);
    let words = WordSet::new(&texts.collect::<Vec<String>>(), How::Stem);
    (words, near.and_then(|n| usize::try_from(n).ok()))
}

/// Nothing but signs, and at most 32 of them.
fn signs(view: &[u8], mut between: Range<usize>) -> bool {
    between.len() <= 32 && between.all(|at| !is_word(view, at))
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
