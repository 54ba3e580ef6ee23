//! Lists of words to the kernel's tables (layout: `riegel_kernel::words`).

use crate::tables::TableWriter;
use riegel_kernel::words::{KEPT, LONGEST_WORD, SHARED, WORD_SIEVE, folded, kept, key_of, sieve};
use std::collections::BTreeSet;

/// The key of an element; `None` where it holds no word, or is too long.
fn key(word: &str) -> Option<u64> {
    let mut out = [0; LONGEST_WORD];
    let n = folded(word.as_bytes(), 0, &mut out);
    (n > 0).then(|| key_of(out.get(..n).unwrap_or(&[])))
}

/// Writes a list; gives its offset.
pub(super) fn table(words: &[String], tables: &mut TableWriter) -> u32 {
    let kept: BTreeSet<u32> = words.iter().filter_map(|w| key(w)).map(kept).collect();
    // About a word in a bucket; more buckets where one of them overflows.
    let least = kept.len().max(SHARED).next_power_of_two().ilog2();
    let counts = |bits: u32| -> Option<Vec<u8>> {
        let mut counts = vec![0u8; 1 << bits];
        for word in &kept {
            let slot = counts.get_mut((word >> (KEPT - bits)) as usize)?;
            *slot = slot.checked_add(1)?;
        }
        Some(counts)
    };
    let fitting = (least..=KEPT).find_map(|bits| Some((bits, counts(bits)?)));
    let (bits, counts) = fitting.unwrap_or_default();
    let mut out = bits.to_le_bytes().to_vec();
    let mut begins = 0u32;
    for shared in counts.chunks(SHARED) {
        out.extend(begins.to_le_bytes());
        begins += shared.iter().map(|&n| u32::from(n)).sum::<u32>();
    }
    out.extend(counts);
    let rest = KEPT - bits;
    let (mut word, mut have) = (0u64, 0);
    for kept in &kept {
        word |= u64::from(kept & !(u32::MAX << rest)) << have;
        have += rest;
        while have >= 8 {
            out.push(word as u8);
            word >>= 8;
            have -= 8;
        }
    }
    out.push(word as u8);
    out.extend([0; 4]);
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
