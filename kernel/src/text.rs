//! Letters, boundaries and case folding on the normalised view (semantics 26 and 31).

/// Lead byte of a two-byte letter (C3-DF).
#[inline(always)]
pub const fn is_lead2(b: u8) -> bool {
    b >= 0xC3 && b <= 0xDF
}

/// Lead byte of a three-byte letter (E0, E1, E3-EE).
#[inline(always)]
pub const fn is_lead3(b: u8) -> bool {
    b >= 0xE0 && b <= 0xEE && b != 0xE2
}

/// Semantics 26: is the byte at `at` part of a letter or digit? Outside the text: no.
#[inline]
pub fn is_word(view: &[u8], at: usize) -> bool {
    let Some(&b) = view.get(at) else { return false };
    if b < 0x80 {
        return b.is_ascii_alphanumeric();
    }
    if b >= 0xC0 {
        return is_lead2(b) || is_lead3(b);
    }
    let back = |n: usize| {
        at.checked_sub(n)
            .and_then(|i| view.get(i))
            .copied()
            .unwrap_or(0)
    };
    let (one, two) = (back(1), back(2));
    is_lead2(one) || is_lead3(one) || is_lead3(two)
}

/// How a detector sees its boundaries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Edges {
    /// A separator with a further digit is no boundary either.
    pub digits: bool,
    /// The underscore counts as a letter.
    pub underscore: bool,
}

impl Edges {
    /// May a span start at `start`?
    #[inline]
    pub fn starts(self, view: &[u8], start: usize) -> bool {
        let Some(before) = start.checked_sub(1) else {
            return true;
        };
        if is_word(view, before) {
            return false;
        }
        let b = view.get(before).copied().unwrap_or(0);
        if self.underscore && b == b'_' {
            return false;
        }
        !(self.digits
            && matches!(b, b'.' | b',' | b'-' | b'/')
            && view.get(start).is_some_and(u8::is_ascii_digit)
            && before
                .checked_sub(1)
                .and_then(|i| view.get(i))
                .is_some_and(u8::is_ascii_digit))
    }

    /// May a span end at `end`?
    #[inline]
    pub fn ends(self, view: &[u8], end: usize) -> bool {
        if is_word(view, end) {
            return false;
        }
        let Some(&b) = view.get(end) else { return true };
        if self.underscore && b == b'_' {
            return false;
        }
        !(self.digits
            && matches!(b, b'.' | b',' | b'-' | b'/')
            && end
                .checked_sub(1)
                .and_then(|i| view.get(i))
                .is_some_and(u8::is_ascii_digit)
            && view.get(end + 1).is_some_and(u8::is_ascii_digit))
    }
}

/// Semantics 31: folds the character at `at`; gives its folded first and (for two-byte
/// characters) second byte, and how many bytes it takes. Other bytes stay as they are.
#[inline]
pub fn fold_at(text: &[u8], at: usize) -> (u8, u8, usize) {
    let Some(&b) = text.get(at) else {
        return (0, 0, 1);
    };
    if b < 0x80 {
        return (b.to_ascii_lowercase(), 0, 1);
    }
    if !(0xC3..=0xD3).contains(&b) {
        return (b, 0, 1);
    }
    let Some(&c) = text.get(at + 1).filter(|c| (0x80..0xC0).contains(*c)) else {
        return (b, 0, 1);
    };
    let code = (u32::from(b & 0x1F) << 6) | u32::from(c & 0x3F);
    let folded = fold_code(code);
    (0xC0 | (folded >> 6) as u8, 0x80 | (folded & 0x3F) as u8, 2)
}

/// Simple lower case of a code point in U+0080-U+04FF where it has the same UTF-8 length.
pub const fn fold_code(c: u32) -> u32 {
    match c {
        // Latin-1: À-Þ without ×
        0xC0..=0xD6 | 0xD8..=0xDE => c + 32,
        // Latin Extended-A: pairs, capital first on even code points, save the stretches below
        0x100..=0x12F | 0x132..=0x137 | 0x14A..=0x177 => c | 1,
        0x139..=0x148 | 0x179..=0x17E => (c + 1) & !1,
        0x178 => 0xFF,
        _ => fold_more(c),
    }
}

/// The scripts and letters beyond Latin Extended-A.
const fn fold_more(c: u32) -> u32 {
    match c {
        0x386 => 0x3AC,
        0x388..=0x38A => c + 37,
        0x38C => 0x3CC,
        0x38E..=0x38F => c + 63,
        0x391..=0x3A1 | 0x3A3..=0x3AB => c + 32,
        0x400..=0x40F => c + 80,
        0x410..=0x42F => c + 32,
        0x460..=0x481 | 0x48A..=0x4BF | 0x4D0..=0x4FF => c | 1,
        0x4C0 => 0x4CF,
        0x4C1..=0x4CE => (c + 1) & !1,
        _ => c,
    }
}

/// Folds `text` into `out` (as many bytes as fit both); the length stays the same.
pub fn fold_into(text: &[u8], out: &mut [u8]) -> usize {
    let n = text.len().min(out.len());
    let mut i = 0;
    while i < n {
        let (a, b, len) = fold_at(text, i);
        if let Some(slot) = out.get_mut(i) {
            *slot = a;
        }
        if len == 2
            && i + 1 < n
            && let Some(slot) = out.get_mut(i + 1)
        {
            *slot = b;
        }
        i += len;
    }
    n
}
