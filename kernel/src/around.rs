//! Checks that read what stands around a span: a marking in brackets, on a line of its own, behind a
//! label (semantics 48).

use crate::check::{Value, has};
use crate::context::Words;
use crate::tables::Tables;
use crate::text::is_word;

/// Does the operation hold for the span? `None`: the program is broken.
#[inline(never)]
#[cfg_attr(feature = "module", unsafe(export_name = "optional.around"))]
pub fn holds(op: u8, value: &Value<'_>, args: &[u8], tables: &Tables<'_>) -> Option<bool> {
    let around = Around {
        view: value.view.bytes(),
        start: value.start,
        end: value.start + value.raw.len(),
    };
    Some(match op {
        96 => capitals(value.raw),
        97 => capital(value.raw),
        98 => around.bracketed(),
        99 => around.alone(),
        100 => around.ends_line(),
        101 => follows(value, args, tables)?,
        102 => precedes(value, args, tables)?,
        _ => return None,
    })
}

/// Signs before what stands alone on its line, and how many.
const BEFORE: (&[u8], usize) = (b" \t>#*_=~\"[(-", 8);
/// Signs behind it.
const BEHIND: (&[u8], usize) = (b" \t\r*_=~\"])!.:-", 6);
/// Signs behind what ends a line.
const AT_END: (&[u8], usize) = (b" \t\r*_])}!|-", 6);
/// Bytes before the span in which a word stands that it follows directly.
const REACH: usize = 64;
/// Most signs between the two.
const BETWEEN: usize = 32;

/// Does it begin with a small letter, a to z or ß to ÿ?
fn is_small(text: &[u8]) -> bool {
    match *text {
        [b'a'..=b'z', ..] => true,
        [0xC3, second, ..] => second >= 0x9F,
        _ => false,
    }
}

/// No small letter, and a capital of A to Z.
fn capitals(span: &[u8]) -> bool {
    let mut rest = span;
    let mut some = false;
    while let Some((first, behind)) = rest.split_first() {
        if is_small(rest) {
            return false;
        }
        some |= first.is_ascii_uppercase();
        rest = behind;
    }
    some
}

/// Does it begin with a capital, A to Z or À to Þ?
fn capital(span: &[u8]) -> bool {
    match *span {
        [b'A'..=b'Z', ..] => true,
        [0xC3, second, ..] => second < 0x9F,
        _ => false,
    }
}

struct Around<'v> {
    view: &'v [u8],
    start: usize,
    end: usize,
}

impl Around<'_> {
    fn at(&self, at: usize) -> Option<u8> {
        self.view.get(at).copied()
    }

    fn before(&self, at: usize) -> Option<u8> {
        at.checked_sub(1).and_then(|i| self.at(i))
    }

    /// Back over these signs.
    fn back(&self, mut at: usize, (signs, most): (&[u8], usize)) -> usize {
        let least = at.saturating_sub(most);
        while at > least && self.before(at).is_some_and(|b| has(signs, b)) {
            at -= 1;
        }
        at
    }

    /// On over these signs.
    fn on(&self, mut at: usize, (signs, most): (&[u8], usize)) -> usize {
        let last = at + most;
        while at < last && self.at(at).is_some_and(|b| has(signs, b)) {
            at += 1;
        }
        at
    }

    fn bracketed(&self) -> bool {
        let blank = (&b" \t"[..], 1);
        let before = self.before(self.back(self.start, blank));
        let behind = self.at(self.on(self.end, blank));
        before.is_some_and(|b| has(b"[({<*_+", b)) && behind.is_some_and(|b| has(b"])}>*_+", b))
    }

    fn alone(&self) -> bool {
        let is_edge = |b: u8| b == b'\n' || b == b'|';
        let before = self.before(self.back(self.start, BEFORE));
        let behind = self.at(self.on(self.end, BEHIND));
        before.is_none_or(is_edge)
            && behind.is_none_or(is_edge)
            && (before.is_some() || behind.is_some())
    }

    fn ends_line(&self) -> bool {
        let at = self.on(self.end, AT_END);
        if self.at(at) != Some(b'\n') {
            return false;
        }
        let next = self.on(at + 1, (b" \t", 4));
        let rest = self.view.get(next..).unwrap_or(&[]);
        !rest.is_empty() && !is_small(rest)
    }
}

/// The words that a check asks for and how near they must stand; 0: directly, but for signs. Arguments: the
/// block of words u32, then how near u16.
fn asked<'t>(args: &[u8], tables: &Tables<'t>) -> Option<(Words<'t>, usize)> {
    let (block, within) = args.split_first_chunk::<4>()?;
    let within = usize::from(u16::from_le_bytes(*within.first_chunk::<2>()?));
    Some((Words::of(tables, u32::from_le_bytes(*block))?, within))
}

/// Do only signs stand between the two, and not too many?
fn near(value: &Value<'_>, from: usize, to: usize) -> bool {
    to - from <= BETWEEN && (from..to).all(|at| !is_word(value.view.bytes(), at))
}

/// Does one of the words stand before the span?
fn follows(value: &Value<'_>, args: &[u8], tables: &Tables<'_>) -> Option<bool> {
    let (words, within) = asked(args, tables)?;
    let reach = if within == 0 { REACH } else { within };
    let from = value.start.saturating_sub(reach);
    let Some((_, end)) = words.find(value.view, from, value.start, within == 0) else {
        return Some(false);
    };
    Some(within > 0 || near(value, end, value.start))
}

/// Does one of the words stand behind the span?
fn precedes(value: &Value<'_>, args: &[u8], tables: &Tables<'_>) -> Option<bool> {
    let (words, within) = asked(args, tables)?;
    let reach = if within == 0 { REACH } else { within };
    let end = value.start + value.raw.len();
    let to = value.view.len.min(end + reach);
    let Some((start, _)) = words.find(value.view, end, to, false) else {
        return Some(false);
    };
    Some(within > 0 || near(value, end, start))
}
