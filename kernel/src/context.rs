//! Context words around a span (semantics 30).
//!
//! ```text
//! block  count u16, zero u16, 64-byte bitmap over (first byte, second byte), then per word:
//!        text offset u32, length u8, whole u8 (1: boundaries on both sides), zero u16
//! ```
//! The window is folded once into a buffer on the stack; the bitmap lets all but
//! a few positions pass with one look.

use crate::tables::Tables;
use crate::text::{fold_into, is_word};

/// Widest window on one side, in bytes.
pub const WIDEST: usize = 512;

/// Where two folded bytes stand in the bitmap: byte and bit.
pub const fn bitmap_place(a: u8, b: u8) -> (usize, u8) {
    let hash = (a as u32).wrapping_mul(37) ^ (b as u32).wrapping_mul(11);
    ((hash as usize >> 3) & 63, 1 << (hash & 7))
}

/// Does a context word stand before `start` or (unless `before_only`) after `end`, within `within` bytes?
pub fn stands(
    tables: &Tables<'_>,
    block: u32,
    view: &[u8],
    (start, end): (usize, usize),
    within: usize,
    before_only: bool,
) -> bool {
    let within = within.min(WIDEST);
    found(tables, block, view, start.saturating_sub(within), start)
        || (!before_only && found(tables, block, view, end, (end + within).min(view.len())))
}

fn found(tables: &Tables<'_>, block: u32, view: &[u8], from: usize, to: usize) -> bool {
    let mut buffer = [0u8; WIDEST];
    let Some(window) = view.get(from..to) else {
        return false;
    };
    let n = fold_into(window, &mut buffer);
    let folded = buffer.get(..n).unwrap_or(&[]);
    let head = tables.slice(block, 68);
    let Some((count, bitmap)) = head.split_first_chunk::<4>() else {
        return false;
    };
    let count = u32::from(u16::from_le_bytes([count[0], count[1]]));
    let words = tables.slice(block + 68, count * 8);
    for (i, &a) in folded.iter().enumerate() {
        // A word of one byte at the window's end has no second one: it stands under every second byte.
        let (byte, bit) = bitmap_place(a, folded.get(i + 1).copied().unwrap_or(0));
        if bitmap.get(byte).is_none_or(|m| m & bit == 0) {
            continue;
        }
        for word in words.chunks_exact(8) {
            let [t0, t1, t2, t3, len, whole, ..] = *word else {
                continue;
            };
            let text = tables.slice(u32::from_le_bytes([t0, t1, t2, t3]), u32::from(len));
            let here = folded.get(i..).unwrap_or(&[]);
            if here.starts_with(text) {
                let at = from + i;
                let edge = |p: usize| !(p > 0 && is_word(view, p - 1) && is_word(view, p));
                let free = whole == 0 || (edge(at) && edge(at + text.len()));
                if free {
                    return true;
                }
            }
        }
    }
    false
}
