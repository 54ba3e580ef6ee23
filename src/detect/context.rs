//! Context words to the kernel's block (layout: `riegel_kernel::context`).

use crate::check::model::Context;
use crate::tables::TableWriter;
use riegel_kernel::context::{BUCKETS, MASKS};
use riegel_kernel::text::{fold_at, fold_into};

/// A text as the kernel folds it.
pub(super) fn fold(text: &str) -> Vec<u8> {
    let mut out = vec![0; text.len()];
    fold_into(text.as_bytes(), &mut out);
    out
}

/// A text as a key (semantics 36).
pub(super) fn key(text: &str) -> Vec<u8> {
    let bytes = text.as_bytes();
    let mut out = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        let (a, b, len) = fold_at(bytes, at);
        if a >= 0x80 || a.is_ascii_alphanumeric() {
            out.push(a);
            if len == 2 {
                out.push(b);
            }
        }
        at += usize::from(len);
    }
    out
}

/// All spellings: every ä ö ü ß either way.
fn spellings(word: &str) -> Vec<Vec<u8>> {
    let folded = String::from_utf8(fold(word)).unwrap_or_default();
    let mut all: Vec<Vec<u8>> = vec![Vec::new()];
    for c in folded.chars() {
        let other = match c {
            'ä' => "ae",
            'ö' => "oe",
            'ü' => "ue",
            'ß' => "ss",
            _ => "",
        };
        let mut next = Vec::new();
        for begun in &all {
            let mut own = [0u8; 4];
            next.push([begun, c.encode_utf8(&mut own).as_bytes()].concat());
            if !other.is_empty() {
                next.push([begun, other.as_bytes()].concat());
            }
        }
        all = next;
    }
    all.retain(|w| !w.is_empty());
    all
}

/// How a word of a block is found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum How {
    /// As a stem; words of at most three characters as wholes.
    Stem,
    /// As a whole word.
    Whole,
    /// As a whole word, and an ending may follow.
    Inflected,
}

/// Writes the block of a context; gives its offset.
pub(super) fn write(context: &Context, tables: &mut TableWriter) -> u32 {
    block(&context.words, How::Stem, tables)
}

/// Writes a block; gives its offset.
pub(super) fn block(texts: &[String], how: How, tables: &mut TableWriter) -> u32 {
    let mut words: Vec<(Vec<u8>, u8)> = texts
        .iter()
        .flat_map(|word| {
            let short = word.chars().count() <= 3;
            let whole = match how {
                How::Stem => u8::from(short),
                How::Whole => 1,
                How::Inflected => 2,
            };
            let word = word.split_whitespace().collect::<Vec<_>>().join(" ");
            spellings(&word).into_iter().map(move |w| (w, whole))
        })
        .filter(|(w, _)| w.len() <= usize::from(u8::MAX))
        .collect();
    words.sort();
    words.dedup();
    // Sorted words in buckets: those of one bucket begin alike, so that few bytes fit its masks.
    let mut masks = [0u8; MASKS];
    let mut ends = Vec::new();
    let mut entries = Vec::new();
    for bucket in 0..BUCKETS {
        let share = |n: usize| n * words.len() / BUCKETS;
        for (word, whole) in words.get(share(bucket)..share(bucket + 1)).unwrap_or(&[]) {
            for (row, at) in masks.chunks_exact_mut(32).zip(0..) {
                let (lower, upper) = row.split_at_mut(16);
                let set = |half: &mut [u8], at: Option<u8>| match at {
                    Some(at) => half
                        .iter_mut()
                        .skip(usize::from(at))
                        .take(1)
                        .for_each(|m| *m |= 1 << bucket),
                    // The word ends before: anything may stand here.
                    None => half.iter_mut().for_each(|m| *m |= 1 << bucket),
                };
                let byte = word.get::<usize>(at);
                // Behind a blank, of which there may be more than one, anything.
                let open = word.get(..at).is_some_and(|w| w.contains(&b' '));
                let byte = byte.filter(|_| !open);
                let bytes: &[u8] = match byte {
                    Some(b' ') => b" \t\r\n",
                    Some(b) => &[*b],
                    None => &[],
                };
                for b in bytes {
                    set(lower, Some(b & 15));
                    set(upper, Some(b >> 4));
                }
                if bytes.is_empty() {
                    set(lower, None);
                    set(upper, None);
                }
            }
            let (at, len) = tables.text(word);
            entries.extend(at.to_le_bytes());
            entries.extend([u8::try_from(len).unwrap_or(u8::MAX), *whole, 0, 0]);
        }
        ends.extend(
            u16::try_from(entries.len() / 8)
                .unwrap_or(u16::MAX)
                .to_le_bytes(),
        );
    }
    let block = [masks.to_vec(), ends, entries].concat();
    tables.append(&block, 4)
}
