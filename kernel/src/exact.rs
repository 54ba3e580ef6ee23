//! Hashed lists (semantics 60): the module knows phrases by their hashes only. At every word of the view
//! the next few words are hashed one behind the other, and what is in the list is a finding.
//!
//! ```text
//! list   per bucket (2^bits, by the upper bits of the hash) and once more where its values begin u32,
//!        then the next 32 bits of every value u32, by bucket
//! ```

use crate::config;
use crate::judge::Judge;
use crate::layout::{ExactEntry, NONE};
use crate::scan::View;
use crate::tables::Tables;
use crate::text::{Edges, fold_at, is_word};

/// Most words of a phrase.
pub const MOST_WORDS: usize = 8;
/// Most bytes between two words of a phrase.
pub const WIDEST_GAP: usize = 8;
/// Longest key of a phrase, in bytes, where the list says which lengths there are.
pub const LONGEST_KEY: u32 = 63;
/// Longest key of a passage.
pub const LONGEST_PASSAGE: u32 = 255;

/// SipHash-2-4 (Aumasson and Bernstein, 2012), fed byte by byte.
#[derive(Clone, Copy)]
struct Sip {
    v: [u64; 4],
    block: u64,
    len: u32,
}

impl Sip {
    fn new(key: [u64; 2]) -> Self {
        let [a, b] = key;
        let v = [
            a ^ 0x736f_6d65_7073_6575,
            b ^ 0x646f_7261_6e64_6f6d,
            a ^ 0x6c79_6765_6e65_7261,
            b ^ 0x7465_6462_7974_6573,
        ];
        Sip {
            v,
            block: 0,
            len: 0,
        }
    }

    #[inline(always)]
    fn round(&mut self) {
        let [mut a, mut b, mut c, mut d] = self.v;
        a = a.wrapping_add(b);
        c = c.wrapping_add(d);
        b = b.rotate_left(13) ^ a;
        d = d.rotate_left(16) ^ c;
        a = a.rotate_left(32).wrapping_add(d);
        c = c.wrapping_add(b);
        b = b.rotate_left(17) ^ c;
        d = d.rotate_left(21) ^ a;
        self.v = [a, b, c.rotate_left(32), d];
    }

    #[inline(never)]
    fn take(&mut self, block: u64) {
        self.v[3] ^= block;
        self.round();
        self.round();
        self.v[0] ^= block;
    }

    #[inline(always)]
    fn byte(&mut self, b: u8) {
        self.block |= u64::from(b) << (8 * (self.len & 7));
        self.len += 1;
        if self.len & 7 == 0 {
            self.take(self.block);
            self.block = 0;
        }
    }

    fn finish(mut self) -> u64 {
        self.take(self.block | u64::from(self.len) << 56);
        self.v[2] ^= 0xFF;
        for _ in 0..4 {
            self.round();
        }
        self.v.iter().fold(0, |x, v| x ^ v)
    }
}

/// Feeds the word that begins at `at`, folded, umlauts written out; gives its end.
fn word(view: &[u8], mut at: usize, sip: &mut Sip) -> usize {
    while is_word(view, at) && sip.len <= LONGEST_PASSAGE {
        let (a, b, len) = fold_at(view, at);
        let (a, b) = match (a, b) {
            (0xC3, 0xA4) => (b'a', b'e'),
            (0xC3, 0xB6) => (b'o', b'e'),
            (0xC3, 0xBC) => (b'u', b'e'),
            (0xC3, 0x9F) => (b's', b's'),
            pair => pair,
        };
        sip.byte(a);
        if len == 2 {
            sip.byte(b);
        }
        at += usize::from(len);
    }
    at
}

/// Is a value with this hash in the list?
fn holds(tables: &Tables<'_>, entry: &ExactEntry, hash: u64) -> bool {
    let at = entry.buckets_at;
    let bits = u32::from(entry.bits) & 31;
    let bucket = (hash >> 1 >> (63 - bits)) as u32;
    let rest = (hash >> (32 - bits)) as u32;
    let values = at + 4 * ((1u32 << bits) + 1);
    let (from, to) = (
        tables.word(at + 4 * bucket),
        tables.word(at + 4 * bucket + 4),
    );
    (from..to).any(|i| tables.word(values + 4 * i) == rest)
}

/// Finds the phrases of all hashed lists in a part.
#[inline(never)]
#[cfg_attr(feature = "module", unsafe(export_name = "optional.exact"))]
pub fn search(judge: &mut Judge<'_, '_>, view: View<'_>) {
    for index in 0..judge.tables.header.detectors_n as usize {
        let tables = judge.tables;
        let entry = tables.detector(index).filter(|e| e.exact_at != NONE);
        let Some(entry) = entry.filter(|_| judge.is_wanted(index)) else {
            continue;
        };
        let Some(exact) = ExactEntry::view(tables.bytes, entry.exact_at as usize) else {
            continue;
        };
        let key = if exact.param == NONE {
            Some([exact.salt, exact.salt2])
        } else {
            config::key(&tables, judge.settings, exact.param as usize)
        };
        let sip = key.map(Sip::new);
        let right = |sip: &Sip| (sip.finish() >> 32) as u32 == exact.check;
        let Some(sip) = sip.filter(right) else {
            // Without its key nothing of the list can be found, and the record says so.
            judge.keyless = true;
            continue;
        };
        let bytes = view.bytes();
        let mut at = 0;
        while at < bytes.len() {
            if !is_word(bytes, at) {
                at += 1;
                continue;
            }
            let (ends, n, next) = phrases(&tables, exact, bytes, at, sip);
            let free = judge.last_end.get(index).is_some_and(|&l| at >= l as usize);
            for &end in ends.get(..n).unwrap_or(&[]).iter().rev() {
                if free && judge.region(view, index as u16, entry, (at, end)) {
                    break;
                }
            }
            at = next;
        }
    }
}

/// The ends of the phrases of a list that begin at a word, ascending, how many they are, and where the
/// word ends.
fn phrases(
    tables: &Tables<'_>,
    exact: &ExactEntry,
    view: &[u8],
    start: usize,
    mut sip: Sip,
) -> ([usize; MOST_WORDS], usize, usize) {
    let (mut ends, mut n, mut next) = ([0; MOST_WORDS], 0, start);
    let edges = Edges {
        digits: true,
        underscore: false,
    };
    let (lengths, longest) = match exact.lengths & 1 {
        0 => (exact.lengths, LONGEST_KEY),
        _ => (u64::MAX, LONGEST_PASSAGE),
    };
    let mut at = start;
    for words in 1..=exact.most {
        at = word(view, at, &mut sip);
        if words == 1 {
            next = at;
            // What follows a separator and a digit is a piece of a number.
            if !edges.starts(view, start) {
                // The word is passed over whole.
                while is_word(view, next) {
                    next += 1;
                }
                return (ends, 0, next);
            }
        }
        if sip.len > longest {
            break;
        }
        let fits = longest == LONGEST_PASSAGE || lengths >> sip.len & 1 != 0;
        if words >= exact.least
            && fits
            && holds(tables, exact, sip.finish())
            && edges.ends(view, at)
            && let Some(slot) = ends.get_mut(n)
        {
            *slot = at;
            n += 1;
        }
        let gap = (0..=WIDEST_GAP).find(|&gap| is_word(view, at + gap));
        let Some(gap) = gap else { break };
        at += gap;
    }
    while is_word(view, next) {
        next += 1;
    }
    (ends, n, next)
}
