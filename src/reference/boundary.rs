//! Paragraph 26: word bytes and boundaries.
//!
//! Whether a byte is part of a word is asked of at most three bytes, so that a
//! scanner can answer it for a block at a time. The price is that a few signs
//! beyond ASCII (× and ÷) count as letters, and that no character needs decoding.

use super::table::parts;

/// What a detector asks at the ends of its spans.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Flags {
    /// All patterns begin with `\b`.
    pub start: bool,
    /// All patterns end with `\b`.
    pub end: bool,
    /// A digit pattern: a separator with a further digit is no boundary.
    pub digits: bool,
    /// The underscore is a letter (class `secret`).
    pub underscore: bool,
}

/// True for a byte that belongs to a word.
pub fn is_word(view: &[u8], at: usize) -> bool {
    let byte = |back: usize| at.checked_sub(back).and_then(|i| view.get(i)).copied();
    let two = |b: u8| matches!(b, 0xC3..=0xDF);
    let three = |b: u8| matches!(b, 0xE0 | 0xE1 | 0xE3..=0xEE);
    match byte(0) {
        Some(b) if b.is_ascii_alphanumeric() || two(b) || three(b) => true,
        Some(0x80..=0xBF) => {
            byte(1).is_some_and(|b| two(b) || three(b)) || byte(2).is_some_and(three)
        }
        _ => false,
    }
}

/// A boundary: not both neighbours are word bytes.
pub fn is_boundary(view: &[u8], at: usize) -> bool {
    !(before(view, at, |i| is_word(view, i)) && is_word(view, at))
}

/// True when a span may begin at `start`.
pub fn may_start(view: &[u8], start: usize, flags: Flags) -> bool {
    if !flags.start {
        return true;
    }
    let underscore = |i: usize| flags.underscore && view.get(i) == Some(&b'_');
    if before(view, start, |i| is_word(view, i) || underscore(i)) {
        return false;
    }
    let longer_number = flags.digits
        && digit(view, start)
        && before(view, start, |i| {
            separator(view, i) && before(view, i, |i| digit(view, i)) && !between_cells(view, i)
        });
    !longer_number
}

/// True when a span may end at `end`.
pub fn may_end(view: &[u8], end: usize, flags: Flags) -> bool {
    if !flags.end {
        return true;
    }
    if is_word(view, end) || flags.underscore && view.get(end) == Some(&b'_') {
        return false;
    }
    let longer_number = flags.digits
        && before(view, end, |i| digit(view, i))
        && separator(view, end)
        && digit(view, end + 1)
        && !between_cells(view, end);
    !longer_number
}

/// A comma with four digits or more on each side, or nine or more on one, parts cells, and so does one
/// among many (49).
fn between_cells(view: &[u8], at: usize) -> bool {
    let on_right = (at + 1..view.len()).take_while(|&i| digit(view, i)).count();
    let on_left = (0..at).rev().take_while(|&i| digit(view, i)).count();
    let both = on_left >= 4 && on_right >= 4;
    view.get(at) == Some(&b',') && (both || on_left >= 9 || on_right >= 9 || parts(view, at))
}

fn before(view: &[u8], at: usize, test: impl Fn(usize) -> bool) -> bool {
    debug_assert!(at <= view.len());
    at.checked_sub(1).is_some_and(test)
}

fn digit(view: &[u8], at: usize) -> bool {
    view.get(at).is_some_and(u8::is_ascii_digit)
}

fn separator(view: &[u8], at: usize) -> bool {
    matches!(view.get(at), Some(b'.' | b',' | b'-' | b'/'))
}
