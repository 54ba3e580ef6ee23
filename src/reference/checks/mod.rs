//! Paragraph 29 and "Checks" in `docs/language.md`: does a span pass?
//!
//! A check is a tree of `and`, `or`, `not` over tests with names. Each test reads
//! the value of the span, or a slice of it; a slice that is not there fails its
//! test, an unknown name or argument too. What a test computes is written from
//! the standard it names, in the modules here; those
//! that read the span as written are listed in [`written`].

mod around;
mod checksum;
mod crypto;
mod dates;
mod encoded;
mod keccak;
pub mod lists;
mod mrz;
mod net;
mod random;
mod shape;
mod weights;
mod written;

use super::value::{LONGEST_VALUE, run, value};
use crate::syntax::ast::{Check, CheckKind, Literal, LiteralValue, Slice};

/// A span where it stands.
#[derive(Clone, Copy, Debug)]
pub struct Span<'v> {
    /// The view of the part.
    pub view: &'v [u8],
    /// The same, folded.
    pub folded: &'v [u8],
    /// Where it begins.
    pub start: usize,
    /// Where it ends.
    pub end: usize,
}

impl<'v> Span<'v> {
    /// The span itself.
    pub fn text(&self) -> &'v [u8] {
        self.view.get(self.start..self.end).unwrap_or_default()
    }
}

/// True when the span passes.
pub fn holds(check: &Check, span: Span<'_>) -> bool {
    let whole = value(span.text());
    (whole.len() <= LONGEST_VALUE || !reads_value(check)) && passes(check, span, &whole)
}

/// Does some test in it read the value, not the span as written?
fn reads_value(check: &Check) -> bool {
    match &check.kind {
        CheckKind::And(all) | CheckKind::Or(all) => all.iter().any(reads_value),
        CheckKind::Not(one) => reads_value(one),
        CheckKind::Call { name, .. } => {
            let name = name.value.as_str();
            !written::NAMES.contains(&name) && !around::NAMES.contains(&name)
        }
        CheckKind::InList { .. } => false,
        CheckKind::Weights(_) | CheckKind::Number(_) => true,
    }
}

fn passes(check: &Check, place: Span<'_>, whole: &[u8]) -> bool {
    let span = place.text();
    match &check.kind {
        CheckKind::And(all) => all.iter().all(|one| passes(one, place, whole)),
        CheckKind::Or(any) => any.iter().any(|one| passes(one, place, whole)),
        CheckKind::Not(one) => !passes(one, place, whole),
        CheckKind::Call { name, args, .. } if around::NAMES.contains(&name.value.as_str()) => {
            around::call(&name.value, args, place)
        }
        CheckKind::Call { name, args, slice } if written::NAMES.contains(&name.value.as_str()) => {
            match written::cut(slice.as_ref(), span) {
                Some(span) => written::call(&name.value, args, span),
                None => false,
            }
        }
        CheckKind::Call { name, args, slice } => match cut(slice.as_ref(), span, whole) {
            Some(value) => call(&name.value, args, span, &value),
            None => false,
        },
        CheckKind::InList { word, words, .. } => {
            let word = word.as_ref().map(|n| usize::try_from(n.value).unwrap_or(0));
            lists::holds(words, span, word)
        }
        CheckKind::Weights(weights) => match cut(weights.slice.as_ref(), span, whole) {
            Some(value) => weights::holds(weights, &value, whole),
            None => false,
        },
        CheckKind::Number(number) => {
            let at = |slice: Option<&Slice>| cut(slice, span, whole);
            weights::number_holds(number, at, whole)
        }
    }
}

/// The part of the value that a test reads; `None` where it is not there.
fn cut(slice: Option<&Slice>, span: &[u8], whole: &[u8]) -> Option<Vec<u8>> {
    let cut = match slice {
        None => whole.to_vec(),
        Some(Slice::Run(n)) => run(span, usize::try_from(n.value).ok()?)?,
        Some(Slice::Range(from, to)) => {
            let from = usize::try_from(from.value).ok()?.checked_sub(1)?;
            let to = match to {
                Some(to) => usize::try_from(to.value).ok()?,
                None => whole.len(),
            };
            whole.get(from..to)?.to_vec()
        }
    };
    (!cut.is_empty()).then_some(cut)
}

fn call(name: &str, args: &[Literal], span: &[u8], value: &[u8]) -> bool {
    let ints: Vec<i64> = args.iter().filter_map(int).collect();
    let texts: Vec<&str> = args.iter().filter_map(text).collect();
    let first = ints.first().and_then(|n| usize::try_from(*n).ok());
    match name {
        "luhn" => match (texts.first(), first) {
            (Some(&"letters"), _) => checksum::luhn(&checksum::written_out(value), 10, 10),
            (_, Some(16)) => checksum::luhn(value, 16, 16),
            (_, Some(36)) => checksum::luhn(value, 10, 36),
            _ => checksum::luhn(value, 10, 10),
        },
        "mod97" => checksum::mod97(value, first.unwrap_or(0)),
        "iso7064" => checksum::iso7064(value),
        "gs1" => checksum::gs1(value),
        "damm" => checksum::damm(value),
        "verhoeff" => checksum::verhoeff(value),
        "mod10_recursive" => checksum::mod10_recursive(value),
        "crc32_base62" => checksum::crc32_base62(span, first.unwrap_or(0)),
        "date" => dates::date(value, &texts),
        "one_of" => texts
            .iter()
            .any(|text| value == self::value(text.as_bytes())),
        "chars" => texts.first().is_some_and(|text| {
            let alphabet = self::value(text.as_bytes());
            value.iter().all(|byte| alphabet.contains(byte))
        }),
        "range" => match ints[..] {
            [least, greatest] => shape::range(value, least, greatest),
            _ => false,
        },
        "prefix" => texts.iter().any(|text| shape::prefix(value, text)),
        "prefix_length" => texts.iter().any(|text| shape::prefix_length(value, text)),
        "length" => shape::length(value, &ints),
        "digits" => first.is_some_and(|least| shape::has_digits(value, least)),
        "varied" => shape::varied(value),
        "one_digit_repeats" => shape::one_digit_repeats(value),
        _ => false,
    }
}

fn int(literal: &Literal) -> Option<i64> {
    match literal.value {
        LiteralValue::Int(n) => Some(n),
        _ => None,
    }
}

fn text(literal: &Literal) -> Option<&str> {
    match &literal.value {
        LiteralValue::Text(text) | LiteralValue::Word(text) => Some(text),
        _ => None,
    }
}

/// The digits as numbers; `None` where something else stands among them.
fn digits(value: &[u8]) -> Option<Vec<u32>> {
    let digit = |&byte: &u8| byte.is_ascii_digit().then(|| u32::from(byte - b'0'));
    value.iter().map(digit).collect()
}
