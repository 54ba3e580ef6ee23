//! Paragraphs 29 and 36: what a check reads of a span, and what makes two findings equal.
//!
//! A *value* is for arithmetic: letters and digits, in upper case. A *key* is for
//! comparison: the folded span without ASCII separators, letters beyond ASCII kept.

use super::fold::fold;

/// Longest value that a check reads.
pub const LONGEST_VALUE: usize = 64;

/// The ASCII letters and digits of a span, in upper case.
pub fn value(span: &[u8]) -> Vec<u8> {
    span.iter()
        .filter(|byte| byte.is_ascii_alphanumeric())
        .map(u8::to_ascii_uppercase)
        .collect()
}

/// The n-th maximal run of digits in a span, from 1 on.
pub fn run(span: &[u8], n: usize) -> Option<Vec<u8>> {
    span.split(|byte| !byte.is_ascii_digit())
        .filter(|run| !run.is_empty())
        .nth(n.checked_sub(1)?)
        .map(<[u8]>::to_vec)
}

/// What two findings of equal content have in common.
pub fn key(span: &[u8]) -> Vec<u8> {
    fold(span)
        .into_iter()
        .filter(|byte| !byte.is_ascii() || byte.is_ascii_alphanumeric())
        .collect()
}
