//! Lists of words as tables: a key of 64 bits per word, of which 26 are kept (semantics 46). A word that
//! is not in a list of n words is taken for one of it about once in 2^26 ÷ n times.
//!
//! ```text
//! list   2^b buckets, by the upper b bits: b u32, per 32 buckets where their words begin u32, per bucket
//!        how many u8, then the other 26 - b bits of each word, by bucket, packed from the lowest bit on,
//!        and four bytes more
//! sieve  4,096 u32: two bits per word of every list that wakes somebody
//! ```

use crate::layout::fold;
use crate::text::is_word;

/// Longest word or phrase, in bytes.
pub const LONGEST_WORD: usize = 64;
/// Bits that are kept of a key.
pub const KEPT: u32 = 26;
/// Buckets that share a place where their words begin.
pub const SHARED: usize = 32;
/// u32 in the sieve.
pub const WORD_SIEVE: usize = 4096;

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

/// What is kept of a key.
#[inline(always)]
pub const fn kept(key: u64) -> u32 {
    (key >> (64 - KEPT)) as u32
}

/// Place in the sieve, and the two bits there: what is in a list is in the sieve.
#[inline(always)]
pub const fn sieve(key: u64) -> (usize, u32) {
    // Of what is kept, since a list knows no more.
    let bits = kept(key);
    (
        (bits >> (KEPT - 12)) as usize,
        1u32 << (bits & 31) | 1u32 << (bits >> 5 & 31),
    )
}

/// Is a word of this key in the list at `at`?
#[inline(never)]
pub fn contains(data: &[u8], at: u32, key: u64) -> bool {
    let four = |at: usize| -> Option<u32> {
        let raw = data.get(at..)?.first_chunk::<4>()?;
        Some(u32::from_le_bytes(*raw))
    };
    let look = || {
        let begins = at as usize + 4;
        let rest = KEPT - (four(at as usize)? & 31).min(KEPT);
        let bucket = (kept(key) >> rest) as usize;
        let buckets = 1 << (KEPT - rest);
        let counts = begins + buckets / SHARED * 4;
        let from = four(begins + bucket / SHARED * 4)? as usize;
        let before = data.get(counts + bucket / SHARED * SHARED..=counts + bucket)?;
        let (n, before) = before.split_last()?;
        let from = from + before.iter().map(|&n| usize::from(n)).sum::<usize>();
        let mask = !(u32::MAX << rest);
        let is_it = |i: usize| {
            let bit = i * rest as usize;
            let word = four(counts + buckets + bit / 8)? >> (bit % 8);
            Some(word & mask == kept(key) & mask)
        };
        Some((from..from + usize::from(*n)).any(|i| is_it(i) == Some(true)))
    };
    look() == Some(true)
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
