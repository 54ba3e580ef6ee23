//! Sequences of phrases (semantics 42): the last part is what the automaton finds; the others are looked
//! for around it, only then. So a sequence costs nothing where its last part does not stand.
//!
//! ```text
//! sequences  count u32, then so many offsets u32 of:
//! sequence   block of the last part u32, parts u32, either u32, then per part, nearest first:
//!            block u32, words between at most u32
//! ```

use crate::context::Words;
use crate::scan::View;
use crate::tables::Tables;
use crate::text::is_word;

/// Bytes between two parts at most, per word between them, and for none.
const PER_WORD: usize = 16;

/// The span of the first sequence whose last part stands at `anchor`.
#[inline(never)]
pub fn extend(
    tables: &Tables<'_>,
    sequences: u32,
    view: View<'_>,
    anchor: (usize, usize),
) -> Option<(usize, usize)> {
    let word = |at: u32| tables.word(at);
    (0..word(sequences)).find_map(|i| one(tables, word(sequences + 4 + 4 * i), view, anchor))
}

fn one(
    tables: &Tables<'_>,
    at: u32,
    view: View<'_>,
    anchor: (usize, usize),
) -> Option<(usize, usize)> {
    let word = |i: u32| tables.word(at + 4 * i);
    if !Words::of(tables, word(0))?.stand_at(view, anchor) {
        return None;
    }
    let (mut from, mut to) = anchor;
    for part in 0..word(1) {
        let words = Words::of(tables, word(3 + 2 * part))?;
        let gap = word(4 + 2 * part) as usize;
        let reach = PER_WORD * (gap + 1);
        let before = words.find(view, from.saturating_sub(reach), from, true);
        if let Some((start, end)) = before
            && close(view.bytes(), end, from, gap)
        {
            from = start;
            continue;
        }
        let behind = match word(2) {
            0 => None,
            _ => words.find(view, to, (to + reach).min(view.len), false),
        };
        match behind {
            Some((start, end)) if close(view.bytes(), to, start, gap) => to = end,
            _ => return None,
        }
    }
    Some((from, to))
}

/// At most so many words between, and no blank line.
fn close(view: &[u8], from: usize, to: usize, gap: usize) -> bool {
    let mut words = 0;
    let mut line_empty = false;
    for at in from..to {
        words += usize::from(is_word(view, at) && (at == from || !is_word(view, at - 1)));
        match view.get(at) {
            Some(b'\n') if line_empty => return false,
            Some(b'\n') => line_empty = true,
            Some(b' ' | b'\t' | b'\r') => {}
            _ => line_empty = false,
        }
    }
    words <= gap
}
