//! Lists of words as tables: a key of 64 bits per word, of which 28 are kept (semantics 46). A word that
//! is not in a list of n words is taken for one of it about once in 2^28 ÷ n times.
//!
//! ```text
//! list   per bucket (4,096, by the upper twelve bits) and once more where its words begin u16, then per
//!        word sixteen bits u16, by bucket
//! sieve  4,096 u32: two bits per word of every list that wakes somebody
//! ```

use crate::layout::fold;
use crate::text::is_word;

/// Longest word or phrase, in bytes.
pub const LONGEST_WORD: usize = 64;
/// Buckets of a list.
pub const BUCKETS: usize = 4096;
/// u32 in the sieve.
pub const WORD_SIEVE: usize = BUCKETS;

/// The key of a folded text, from its first and its last eight bytes (zero where there are fewer; the
/// last only of longer texts) and its length.
#[inline(always)]
pub const fn key(first: u64, last: u64, len: u32) -> u64 {
    let x = first.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ last.wrapping_mul(0xC2B2_AE3D_27D4_EB4F);
    let x = x ^ len as u64;
    (x ^ (x >> 29)).wrapping_mul(0xBF58_476D_1CE4_E5B9)
}

/// The key of a folded text.
pub fn key_of(folded: &[u8]) -> u64 {
    let eight = |bytes: &[u8]| {
        let mut out = [0; 8];
        for (to, from) in out.iter_mut().zip(bytes) {
            *to = *from;
        }
        u64::from_le_bytes(out)
    };
    let last = match folded.len() {
        0..=8 => 0,
        n => eight(folded.get(n - 8..).unwrap_or(&[])),
    };
    key(eight(folded), last, folded.len() as u32)
}

/// What is kept of a key: its bucket, and sixteen bits.
#[inline(always)]
pub const fn kept(key: u64) -> (usize, u16) {
    ((key >> 52) as usize, (key >> 36) as u16)
}

/// Place in the sieve, and the two bits there: what is in a list is in the sieve.
#[inline(always)]
pub const fn sieve(key: u64) -> (usize, u32) {
    let (bucket, bits) = kept(key);
    (bucket, 1u32 << (bits & 31) | 1u32 << (bits >> 5 & 31))
}

/// Is a word of this key in the list at `at`?
#[inline(never)]
pub fn contains(data: &[u8], at: u32, key: u64) -> bool {
    let at = at as usize;
    let short = |i: usize| -> Option<u16> {
        let raw = data.get(at + 2 * i..)?.first_chunk::<2>()?;
        Some(u16::from_le_bytes(*raw))
    };
    let (bucket, bits) = kept(key);
    let (Some(from), Some(to)) = (short(bucket), short(bucket + 1)) else {
        return false;
    };
    (from..to).any(|i| short(BUCKETS + 1 + usize::from(i)) == Some(bits))
}

/// Folds a text for a list: runs of word bytes, one blank between them. `word` counts from 1; 0 means all,
/// 255 the last.
/// Gives the folded text's length; 0 where there is none, or it is too long.
#[inline(never)]
pub fn folded(text: &[u8], word: usize, out: &mut [u8; LONGEST_WORD]) -> usize {
    let (mut n, mut words, mut inside) = (0, 0, false);
    for (at, &b) in text.iter().enumerate() {
        let wordy = is_word(text, at);
        let begins = wordy && !inside;
        inside = wordy;
        words += usize::from(begins);
        if begins && word == 255 {
            n = 0;
        }
        if !wordy || (word != 0 && word != 255 && words != word) {
            continue;
        }
        if begins && n > 0 {
            match out.get_mut(n) {
                Some(slot) => *slot = b' ',
                None => return 0,
            }
            n += 1;
        }
        match out.get_mut(n) {
            Some(slot) => *slot = fold(b),
            None => return 0,
        }
        n += 1;
    }
    n
}

/// Does the list at `at` hold this word of the text (0: all of it)?
#[inline(never)]
#[cfg_attr(feature = "module", unsafe(export_name = "optional.lists"))]
pub fn holds(data: &[u8], at: u32, text: &[u8], word: usize) -> bool {
    let mut out = [0; LONGEST_WORD];
    let n = folded(text, word, &mut out);
    n > 0 && contains(data, at, key_of(out.get(..n).unwrap_or(&[])))
}
