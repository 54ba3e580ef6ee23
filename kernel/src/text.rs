//! Letters, boundaries and case folding on the normalised view (semantics 26 and 31).

use crate::table;

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
#[inline(never)]
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
    #[inline(never)]
    pub fn starts(self, view: &[u8], start: usize) -> bool {
        let Some(before) = start.checked_sub(1) else {
            return true;
        };
        // Most words follow a blank.
        if view.get(before) == Some(&b' ') {
            return true;
        }
        if is_word(view, before) {
            return false;
        }
        let b = view.get(before).copied().unwrap_or(0);
        if self.underscore && b == b'_' {
            return false;
        }
        !(self.digits && joins(view, before))
    }

    /// May a span end at `end`?
    #[inline(never)]
    pub fn ends(self, view: &[u8], end: usize) -> bool {
        if is_word(view, end) {
            return false;
        }
        let Some(&b) = view.get(end) else { return true };
        if self.underscore && b == b'_' {
            return false;
        }
        !(self.digits && joins(view, end))
    }
}

/// Does the byte at `at` join the digits on both its sides? A comma between numbers that are too long for
/// an amount parts the cells of a table, and so does one among many.
#[inline(never)]
#[cfg_attr(feature = "module", unsafe(export_name = "optional.joins"))]
fn joins(view: &[u8], at: usize) -> bool {
    let digit = |i: usize| view.get(i).is_some_and(u8::is_ascii_digit);
    let (mut left, mut right) = (0, 0);
    // In front of the first byte lies none.
    while left < 9 && digit(at.wrapping_sub(left + 1)) {
        left += 1;
    }
    while right < 9 && digit(at + right + 1) {
        right += 1;
    }
    let b = view.get(at).copied().unwrap_or(0);
    let signs = matches!(b, b'.' | b',' | b'-' | b'/');
    let cells =
        || b == b',' && (left.min(right) >= 4 || left.max(right) >= 9 || table::parts(view, at));
    signs && left.min(right) > 0 && !cells()
}

/// Semantics 31: folds the character at `at`; gives its folded first and (for two-byte
/// characters) second byte, and how many bytes it takes. Other bytes stay as they are.
#[inline(never)]
pub fn fold_at(text: &[u8], at: usize) -> (u8, u8, u8) {
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

/// Ranges of capitals whose small letters follow at a fixed distance: first, last, distance.
const DISTANT: [(u16, u16, i16); 51] = [
    (0xC0, 0xD6, 32),
    (0xD8, 0xDE, 32),
    (0x178, 0x178, -121),
    (0x181, 0x181, 210),
    (0x186, 0x186, 206),
    (0x189, 0x18A, 205),
    (0x18E, 0x18E, 79),
    (0x18F, 0x18F, 202),
    (0x190, 0x190, 203),
    (0x193, 0x193, 205),
    (0x194, 0x194, 207),
    (0x196, 0x196, 211),
    (0x197, 0x197, 209),
    (0x19C, 0x19C, 211),
    (0x19D, 0x19D, 213),
    (0x19F, 0x19F, 214),
    (0x1A6, 0x1A6, 218),
    (0x1A9, 0x1A9, 218),
    (0x1AE, 0x1AE, 218),
    (0x1B1, 0x1B2, 217),
    (0x1B7, 0x1B7, 219),
    (0x1C4, 0x1C4, 2),
    (0x1C7, 0x1C7, 2),
    (0x1CA, 0x1CA, 2),
    (0x1F1, 0x1F1, 2),
    (0x1F6, 0x1F6, -97),
    (0x1F7, 0x1F7, -56),
    (0x220, 0x220, -130),
    (0x23D, 0x23D, -163),
    (0x243, 0x243, -195),
    (0x244, 0x244, 69),
    (0x245, 0x245, 71),
    (0x37F, 0x37F, 116),
    (0x386, 0x386, 38),
    (0x388, 0x38A, 37),
    (0x38C, 0x38C, 64),
    (0x38E, 0x38F, 63),
    (0x391, 0x3A1, 32),
    (0x3A3, 0x3AB, 32),
    (0x3CF, 0x3CF, 8),
    (0x3F4, 0x3F4, -60),
    (0x3F9, 0x3F9, -7),
    (0x3FD, 0x3FF, -130),
    (0x400, 0x40F, 80),
    (0x410, 0x42F, 32),
    (0x4C0, 0x4C0, 15),
    (0x3F7, 0x3F7, 1),
    (0x3FA, 0x3FA, 1),
    (0x376, 0x376, 1),
    (0x241, 0x241, 1),
    (0x23B, 0x23B, 1),
];

/// Ranges in which every second code point, the first included, is a capital followed by its small letter.
const ALTERNATE: [(u16, u16); 31] = [
    (0x100, 0x12E),
    (0x132, 0x136),
    (0x139, 0x147),
    (0x14A, 0x176),
    (0x179, 0x17D),
    (0x182, 0x184),
    (0x187, 0x187),
    (0x18B, 0x18B),
    (0x191, 0x191),
    (0x198, 0x198),
    (0x1A0, 0x1A4),
    (0x1A7, 0x1A7),
    (0x1AC, 0x1AC),
    (0x1AF, 0x1AF),
    (0x1B3, 0x1B5),
    (0x1B8, 0x1B8),
    (0x1BC, 0x1BC),
    (0x1C5, 0x1C5),
    (0x1C8, 0x1C8),
    (0x1CB, 0x1DB),
    (0x1DE, 0x1EE),
    (0x1F2, 0x1F4),
    (0x1F8, 0x21E),
    (0x222, 0x232),
    (0x246, 0x24E),
    (0x370, 0x372),
    (0x3D8, 0x3EE),
    (0x460, 0x480),
    (0x48A, 0x4BE),
    (0x4C1, 0x4CD),
    (0x4D0, 0x4FE),
];

/// Simple lower case of a code point in U+0080-U+04FF where it has the same UTF-8 length.
pub fn fold_code(c: u32) -> u32 {
    // Nearly all of it is German, French and Spanish: no table for those.
    if c < 0x100 {
        return if (0xC0..=0xDE).contains(&c) && c != 0xD7 {
            c + 32
        } else {
            c
        };
    }
    let c = match u16::try_from(c) {
        Ok(c) => c,
        Err(_) => return c,
    };
    let alternates = |&(a, b): &(u16, u16)| a <= c && c <= b && (c - a).is_multiple_of(2);
    if ALTERNATE.iter().any(alternates) {
        return u32::from(c) + 1;
    }
    let by = DISTANT.iter().find(|&&(a, b, _)| a <= c && c <= b);
    u32::from(c.wrapping_add_signed(by.map_or(0, |&(_, _, by)| by)))
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
        i += usize::from(len);
    }
    n
}
