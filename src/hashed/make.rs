//! From values and documents to a hashed list.

use super::{Hashed, Key, Keyed, Kind, MOST_VALUES, hash, kept, key_check, phrase};
use riegel_kernel::exact::{LONGEST_KEY, LONGEST_PASSAGE, MOST_WORDS};
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;

/// Words of a passage.
pub const PASSAGE: usize = 5;
/// Of so many passages in a row at least one is kept (winnowing: Schleimer, Wilkerson, Aiken, 2003).
pub const WINDOW: usize = 4;

/// Why no list can be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Problem {
    /// There is no value, or no passage.
    Empty,
    /// This value (number from 1 on) has no letter and no digit.
    NoWord(usize),
    /// This value has more than eight words, or more than 63 bytes.
    TooLong(usize),
    /// More than 2^20 values.
    TooMany,
}

/// A list of phrases.
///
/// # Errors
/// The first value that cannot be in a list.
pub fn phrases<'v>(
    values: impl IntoIterator<Item = &'v str>,
    key: Option<&Key>,
) -> Result<Hashed, Problem> {
    let mut keys: BTreeSet<Vec<u8>> = BTreeSet::new();
    let mut most = 1;
    let mut lengths = 0u64;
    let mut space = f64::INFINITY;
    for (number, value) in values.into_iter().enumerate() {
        let words = phrase::words(value);
        let joined = words.concat();
        let longest = LONGEST_KEY as usize;
        match (words.len(), joined.len()) {
            (0, _) => return Err(Problem::NoWord(number + 1)),
            (n, len) if n > MOST_WORDS || len > longest => {
                return Err(Problem::TooLong(number + 1));
            }
            (n, len) => {
                // A number may be written in more groups, or in fewer.
                let number = joined.iter().any(u8::is_ascii_digit);
                most = most.max(if number { MOST_WORDS } else { n });
                lengths |= 1 << len;
            }
        }
        space = phrase::spaces(&words).min(space);
        keys.insert(joined);
        if keys.len() > MOST_VALUES {
            return Err(Problem::TooMany);
        }
    }
    finish(Kind::Phrases, (1, most), lengths, space, keys, key)
}

/// The passages of some documents; those that also stand in one of the others do not count.
///
/// # Errors
/// Where nothing is left.
pub fn passages<'v>(
    documents: impl IntoIterator<Item = &'v str>,
    without: impl IntoIterator<Item = &'v str>,
    key: Option<&Key>,
) -> Result<Hashed, Problem> {
    let common: BTreeSet<Vec<u8>> = without.into_iter().flat_map(runs).map(|r| r.key).collect();
    let mut keys = BTreeSet::new();
    let mut space = f64::INFINITY;
    for document in documents {
        let runs = runs(document);
        // Which are kept must not depend on the key: the same document, the same passages.
        let order = |run: &&Run| hash(&[0; 16], &run.key);
        let right =
            |run: &&Run| run.key.len() <= LONGEST_PASSAGE as usize && !common.contains(&run.key);
        let all = runs.windows(WINDOW.min(runs.len()).max(1));
        for run in all.filter_map(|w| w.iter().filter(right).min_by_key(order)) {
            space = space.min(run.space);
            keys.insert(run.key.clone());
        }
    }
    if keys.len() > MOST_VALUES {
        return Err(Problem::TooMany);
    }
    finish(Kind::Passages, (PASSAGE, PASSAGE), 1, space, keys, key)
}

/// Some words in a row: their key, and its space.
struct Run {
    key: Vec<u8>,
    space: f64,
}

/// Every [`PASSAGE`] words in a row.
fn runs(text: &str) -> Vec<Run> {
    let words = phrase::words(text);
    let run = |words: &[Vec<u8>]| Run {
        key: words.concat(),
        space: phrase::spaces(words),
    };
    words.windows(PASSAGE).map(run).collect()
}

fn finish(
    kind: Kind,
    (least, most): (usize, usize),
    lengths: u64,
    space: f64,
    keys: BTreeSet<Vec<u8>>,
    key: Option<&Key>,
) -> Result<Hashed, Problem> {
    if keys.is_empty() {
        return Err(Problem::Empty);
    }
    let (key, keyed) = match key {
        Some(key) => (*key, Keyed::Held(key_check(key))),
        None => {
            let salt = salt(&keys);
            (salt, Keyed::Salt(salt))
        }
    };
    let values: BTreeSet<u64> = keys.iter().map(|text| kept(hash(&key, text))).collect();
    let short = |n: usize| u8::try_from(n).unwrap_or(u8::MAX);
    Ok(Hashed {
        kind,
        least: short(least),
        most: short(most),
        lengths,
        // Rounded down; a space is never negative, nor beyond 8 × 36^63.
        space: space as u32,
        keyed,
        values: values.into_iter().collect(),
    })
}

/// A salt that is the same for the same values, and tells nothing of them to who does not know all of them.
fn salt(keys: &BTreeSet<Vec<u8>>) -> Key {
    let mut digest = Sha256::new();
    digest.update(b"riegel hashed list");
    for key in keys {
        digest.update([0]);
        digest.update(key);
    }
    let mut salt = [0; 16];
    for (to, from) in salt.iter_mut().zip(digest.finalize()) {
        *to = from;
    }
    salt
}
