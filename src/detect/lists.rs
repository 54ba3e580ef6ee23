//! Lists of words to the kernel's tables (layout: `riegel_kernel::words`).

use crate::tables::TableWriter;
use riegel_kernel::words::{BUCKETS, LONGEST_WORD, WORD_SIEVE, folded, kept, key_of, sieve};

/// The key of an element; `None` where it holds no word, or is too long.
fn key(word: &str) -> Option<u64> {
    let mut out = [0; LONGEST_WORD];
    let n = folded(word.as_bytes(), 0, &mut out);
    (n > 0).then(|| key_of(out.get(..n).unwrap_or(&[])))
}

/// Writes a list; gives its offset.
pub(super) fn table(words: &[String], tables: &mut TableWriter) -> u32 {
    let mut rows: Vec<Vec<u16>> = vec![Vec::new(); BUCKETS];
    for key in words.iter().filter_map(|w| key(w)) {
        let (bucket, bits) = kept(key);
        if let Some(row) = rows.get_mut(bucket) {
            row.push(bits);
        }
    }
    let mut out = Vec::new();
    let mut begins = 0u16;
    let mut list = Vec::new();
    for row in &mut rows {
        row.sort_unstable();
        row.dedup();
        out.extend(begins.to_le_bytes());
        begins = begins.saturating_add(u16::try_from(row.len()).unwrap_or(u16::MAX));
        list.extend(row.iter().flat_map(|w| w.to_le_bytes()));
    }
    out.extend(begins.to_le_bytes());
    out.extend(list);
    tables.append(&out, 4)
}

/// The sieve of the words that wake somebody.
pub(super) fn word_sieve<'w>(lists: impl Iterator<Item = &'w Vec<String>>) -> Vec<u8> {
    let mut words = vec![0u32; WORD_SIEVE];
    for key in lists.flatten().filter_map(|w| key(w)) {
        let (at, bits) = sieve(key);
        if let Some(slot) = words.get_mut(at) {
            *slot |= bits;
        }
    }
    words.iter().flat_map(|w| w.to_le_bytes()).collect()
}
