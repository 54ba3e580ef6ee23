//! Context words around a span (semantics 30).
//!
//! ```text
//! block  masks 96 bytes, then per bucket (8) the end of its words u16 (counted from the first word),
//!        then per word: text offset u32, length u8, whole u8 (0: a stem; 1: boundaries on both sides;
//!        2: an ending may follow), zero u16. A blank stands for one to three blanks, tabs or line ends.
//! masks  for the first, second and third byte of a word: 16 bytes by its lower half, 16 by its upper half;
//!        bit b: some word of bucket b has such a byte there, or ends before
//! ```
//! The window is folded in pieces of 64 bytes; the masks of three bytes in a row let all but a few
//! positions pass, sixteen of them in one look (Teddy, as in Hyperscan); what is left is compared.

use crate::blocks::begins;
use crate::scan::View;
use crate::tables::Tables;
use crate::text::{fold_at, is_word};

/// Widest window on one side, in bytes.
pub const WIDEST: usize = 512;
/// Buckets of words.
pub const BUCKETS: usize = 8;
/// Bytes of masks in a block.
pub const MASKS: usize = 96;
/// Bytes before the words.
pub const HEAD: u32 = (MASKS + 2 * BUCKETS) as u32;
/// Positions looked at together.
const PIECE: usize = 64;

/// Does a context word stand before `start` or (unless `before_only`) after `end`, within `within` bytes?
pub fn stands(
    tables: &Tables<'_>,
    block: u32,
    view: View<'_>,
    (start, end): (usize, usize),
    within: usize,
    before_only: bool,
) -> bool {
    let within = within.min(WIDEST);
    let Some(words) = Words::of(tables, block) else {
        return false;
    };
    let stand = |from, to| words.find(view, from, to, false).is_some();
    stand(start.saturating_sub(within), start)
        || (!before_only && stand(end, (end + within).min(view.len)))
}

/// The words of a block.
pub struct Words<'t> {
    tables: Tables<'t>,
    head: &'t [u8; HEAD as usize],
    at: u32,
}

impl<'t> Words<'t> {
    /// Binds a block; `None` where there is none.
    pub fn of(tables: &Tables<'t>, block: u32) -> Option<Self> {
        Some(Words {
            tables: *tables,
            head: tables.slice(block, HEAD).first_chunk()?,
            at: block + HEAD,
        })
    }

    fn masks(&self) -> &'t [u8; MASKS] {
        const { assert!(MASKS < HEAD as usize) };
        self.head.first_chunk().unwrap_or(&[0; MASKS])
    }

    /// The first (or last) of them in `from .. to`, and its end.
    #[inline(never)]
    pub fn find(
        &self,
        view: View<'_>,
        from: usize,
        to: usize,
        last: bool,
    ) -> Option<(usize, usize)> {
        let mut found = None;
        let mut base = from;
        while base < to {
            let piece = folded(view, base)?;
            for at in (0..PIECE).step_by(16) {
                let bytes = piece.get(at..).and_then(|p| p.first_chunk::<18>())?;
                let mut places = begins(bytes, self.masks());
                while places != 0 {
                    let here = at + places.trailing_zeros() as usize;
                    places &= places - 1;
                    let buckets = piece.get(here..).and_then(|p| p.first_chunk::<3>());
                    let buckets = buckets.map_or(0, |three| fit(three, self.masks()));
                    if base + here < to
                        && let Some(end) = self.one_of(view, base + here, to, buckets)
                    {
                        found = Some((base + here, end));
                        if !last {
                            return found;
                        }
                    }
                }
            }
            base += PIECE;
        }
        found
    }

    /// Does one of them stand exactly here?
    pub fn stand_at(&self, view: View<'_>, (start, end): (usize, usize)) -> bool {
        let Some(piece) = folded(view, start) else {
            return false;
        };
        let buckets = piece
            .first_chunk::<3>()
            .map_or(0, |three| fit(three, self.masks()));
        self.one_of(view, start, end, buckets) == Some(end)
    }

    /// The end of the longest word of these buckets that stands at `at` and ends at `to` or before.
    #[inline(never)]
    fn one_of(&self, view: View<'_>, at: usize, to: usize, mut buckets: u8) -> Option<usize> {
        let mut longest = None;
        let end = |bucket: usize| {
            let raw = self
                .head
                .get(MASKS + 2 * bucket..)
                .and_then(|raw| raw.first_chunk());
            raw.map_or(0, |raw| u32::from(u16::from_le_bytes(*raw)))
        };
        while buckets != 0 {
            let bucket = buckets.trailing_zeros() as usize;
            buckets &= buckets - 1;
            let first = bucket.checked_sub(1).map_or(0, end);
            let words = self
                .tables
                .slice(self.at + 8 * first, 8 * end(bucket).saturating_sub(first));
            for &[t0, t1, t2, t3, len, whole, ..] in words.as_chunks::<8>().0 {
                let text = u32::from_le_bytes([t0, t1, t2, t3]);
                let text = self.tables.slice(text, u32::from(len));
                let edge =
                    |p: usize| !(p > 0 && is_word(view.bytes(), p - 1) && is_word(view.bytes(), p));
                let Some(mut end) = same(view.bytes(), at, text) else {
                    continue;
                };
                if whole == 2 && !edge(end) {
                    end += ending(view.bytes(), end);
                }
                if end <= to
                    && longest.is_none_or(|l| l < end)
                    && (whole == 0 || (edge(at) && edge(end)))
                {
                    longest = Some(end);
                }
            }
        }
        longest
    }
}

/// The length of an inflected word's ending (e, er, es, en, em, n, s) at `at`.
fn ending(view: &[u8], at: usize) -> usize {
    let letter = |i: usize| view.get(at + i).map_or(0, u8::to_ascii_lowercase);
    match (letter(0), letter(1)) {
        (b'e', b'r' | b's' | b'n' | b'm') => 2,
        (b'e' | b'n' | b's', _) => 1,
        _ => 0,
    }
}

/// Where the folded `text`, which stands at `at`, ends; `None`: it does not stand there.
fn same(view: &[u8], mut at: usize, text: &[u8]) -> Option<usize> {
    let mut rest = text;
    while let Some((&first, behind)) = rest.split_first() {
        if first == b' ' {
            let blanks = view.get(at..).unwrap_or(&[]).iter();
            let blanks = blanks
                .take(3)
                .take_while(|b| matches!(b, b' ' | b'\t' | b'\r' | b'\n'))
                .count();
            if blanks == 0 {
                return None;
            }
            at += blanks;
            rest = behind;
            continue;
        }
        let (a, b, len) = fold_at(view, at);
        rest = behind;
        if a != first {
            return None;
        }
        if len == 2 {
            match rest.split_first() {
                Some((&second, behind)) if second == b => rest = behind,
                _ => return None,
            }
        }
        at += usize::from(len);
    }
    Some(at)
}

/// The piece at `base`, folded, with some bytes behind it.
#[inline(always)]
fn folded(view: View<'_>, base: usize) -> Option<[u8; PIECE + 16]> {
    const HIGH: u64 = 0x8080_8080_8080_8080;
    let mut out = *view.padded.get(base..)?.first_chunk::<{ PIECE + 16 }>()?;
    for i in 0..(PIECE + 16) / 8 {
        let (eights, _) = out.as_chunks_mut::<8>();
        let eight = eights.get_mut(i)?;
        let x = u64::from_le_bytes(*eight);
        let low = x & !HIGH;
        let capital = (low + 0x3F3F_3F3F_3F3F_3F3F) & !(low + 0x2525_2525_2525_2525);
        *eight = (x | (capital & !x & HIGH) >> 2).to_le_bytes();
        // Letters beyond ASCII, one by one: their two bytes become two others.
        let mut high = x & HIGH;
        while high != 0 {
            let at = 8 * i + high.trailing_zeros() as usize / 8;
            high &= high - 1;
            if let (a, b, 2) = fold_at(view.bytes(), base + at)
                && let Some(two) = out.get_mut(at..at + 2)
            {
                two.copy_from_slice(&[a, b]);
            }
        }
    }
    Some(out)
}

/// The buckets whose words may begin with these three bytes.
#[inline(always)]
pub const fn fit(three: &[u8; 3], masks: &[u8; MASKS]) -> u8 {
    let mut all = u8::MAX;
    let mut i = 0;
    while i < 3 {
        let b = three[i] as usize;
        all &= masks[32 * i + (b & 15)] & masks[32 * i + 16 + (b >> 4)];
        i += 1;
    }
    all
}
