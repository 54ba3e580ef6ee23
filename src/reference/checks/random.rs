//! How random does a span look?

use crate::detect::data::bigrams;
use std::collections::HashMap;

/// From how many characters on a text can be rare.
const SHORTEST: usize = 8;
/// The mean weight of bigrams from which on it is.
const LIMIT: usize = 9;

/// Shannon's entropy, at least so many tenths of a bit per character. Binary logarithms are taken to
/// 4,096ths and rounded down: n log n - the sum of c log c over the counts c.
pub(super) fn entropy(span: &[u8], tenths: i64) -> bool {
    let mut counts: HashMap<u8, u32> = HashMap::new();
    for byte in span {
        *counts.entry(*byte).or_default() += 1;
    }
    let n = u32::try_from(span.len()).unwrap_or(u32::MAX);
    let bits = weighed(n) - counts.into_values().map(weighed).sum::<i64>();
    10 * bits.max(0) >= tenths * i64::from(n) * 4096
}

fn weighed(n: u32) -> i64 {
    #[allow(clippy::cast_possible_truncation, reason = "at most 41,000")]
    let log = (f64::from(n.max(1)).log2() * 4096.0).floor() as i64;
    i64::from(n) * log
}

/// Its bigrams are rare in German, English and identifiers (`src/detect/bigrams.txt`).
pub(super) fn rare(span: &[u8]) -> bool {
    let table = bigrams();
    let weight = |pair: &[u8]| match *pair {
        [a, b] => table.get(kind(a)).and_then(|row| row.get(kind(b)).copied()),
        _ => None,
    };
    let sum: usize = span.windows(2).filter_map(weight).map(usize::from).sum();
    span.len() >= SHORTEST && sum >= LIMIT * (span.len() - 1)
}

/// The row and column of a byte.
fn kind(byte: u8) -> usize {
    const LETTERS: &[u8; 52] = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
    let other = if byte.is_ascii_digit() { 52 } else { 53 };
    LETTERS.iter().position(|&l| l == byte).unwrap_or(other)
}
