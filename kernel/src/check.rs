//! Checks are data: a small prefix-coded program over the value of a span.
//!
//! ```text
//! node   op u8, payload length u16, payload
//! and/or payload = nodes;  not payload = one node
//! others payload = slice (3 bytes), then arguments
//! slice  kind u8 (0 all, 1 range, 2 run of digits), a u8, b u8 (0: open)
//! ```
//! The value (semantics 29) is the span's ASCII letters and digits in upper case;
//! operations from [`WRITTEN`] on read the span as written (`written.rs`), those from
//! [`AROUND`] on what stands around it (`around.rs`).
//! What each check means stands in `docs/language.md`; the numbers below are the
//! layout between `detect` and this file.

use crate::scan::View;
use crate::tables::Tables;
use crate::{words, written};

/// Longest value a check can hold for.
pub const VALUE: usize = 64;

/// Operations.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
#[allow(missing_docs, reason = "the names are those of docs/language.md")]
pub enum Op {
    And = 0,
    Or = 1,
    Not = 2,
    Luhn = 3,
    Mod97 = 4,
    Iso7064 = 5,
    Gs1 = 6,
    Verhoeff = 7,
    Mod10Recursive = 8,
    Crc32Base62 = 9,
    Date = 10,
    Range = 11,
    Prefix = 12,
    Length = 13,
    Digits = 14,
    Varied = 15,
    OneDigitRepeats = 16,
    Weights = 17,
    Number = 18,
    Chars = 19,
    Damm = 20,
    InList = 21,
    WrittenDate = WRITTEN,
    Placeholder = 65,
    Entropy = 66,
    Rare = 67,
    Crc32Hex = 68,
    Decodes = 69,
    DecodedLength = 70,
    DecodesTo = 71,
    Base58Check = 72,
    Bech32 = 73,
    Eip55 = 74,
    Ip = 75,
    Mac = 76,
    Monero = 77,
    Bip39 = 78,
    Tld = 79,
    Mrz = 80,
    Capitals = AROUND,
    Capital = 97,
    Bracketed = 98,
    Alone = 99,
    EndsLine = 100,
    Follows = 101,
    Precedes = 102,
}

/// From here on operations read the span as written.
pub const WRITTEN: u8 = 64;
/// From here on operations read what stands around the span.
pub const AROUND: u8 = 96;

/// A span's value.
#[derive(Clone, Copy, Debug)]
pub struct Value<'a> {
    /// The span in the view, as written.
    pub raw: &'a [u8],
    /// The view.
    pub view: View<'a>,
    /// Where the span begins in it.
    pub start: usize,
    /// Letters and digits, upper case.
    chars: [u8; VALUE],
    /// How many; more than [`VALUE`] means too long.
    len: usize,
}

impl<'a> Value<'a> {
    /// The value of a span.
    pub fn of(view: View<'a>, (start, end): (usize, usize)) -> Self {
        let raw = view.bytes().get(start..end).unwrap_or(&[]);
        let mut chars = [0; VALUE];
        let mut len = 0;
        for b in raw.iter().filter(|b| b.is_ascii_alphanumeric()) {
            if let Some(slot) = chars.get_mut(len) {
                *slot = b.to_ascii_uppercase();
            }
            len += 1;
        }
        Value {
            raw,
            view,
            start,
            chars,
            len,
        }
    }

    /// Its characters; empty where it is too long.
    pub fn chars(&self) -> &[u8] {
        if self.len > VALUE {
            &[]
        } else {
            self.chars.get(..self.len).unwrap_or(&[])
        }
    }
}

/// Does the program hold for the value?
pub fn holds(program: &[u8], value: &Value<'_>, tables: &Tables<'_>) -> bool {
    node(program, value, tables).is_some_and(|(held, _)| held)
}

/// Evaluates the node at the front; gives the rest behind it. `None`: the whole check fails.
fn node<'p>(program: &'p [u8], value: &Value<'_>, tables: &Tables<'_>) -> Option<(bool, &'p [u8])> {
    let (&op, rest) = program.split_first()?;
    let (len, rest) = rest.split_first_chunk::<2>()?;
    let len = usize::from(u16::from_le_bytes(*len));
    let payload = rest.get(..len)?;
    let rest = rest.get(len..)?;
    let held = if op <= Op::Not as u8 {
        let mut children = payload;
        let mut all = true;
        let mut some = false;
        while !children.is_empty() {
            let (held, next) = node(children, value, tables)?;
            all &= held;
            some |= held;
            children = next;
        }
        match op {
            0 => all,
            1 => some,
            _ => !some,
        }
    } else {
        leaf(op, payload, value, tables)?
    };
    Some((held, rest))
}

fn leaf(op: u8, payload: &[u8], value: &Value<'_>, tables: &Tables<'_>) -> Option<bool> {
    let (slice, args) = payload.split_first_chunk::<3>()?;
    if op >= WRITTEN {
        return match written::cut(slice, value.raw) {
            Some(span) if !span.is_empty() => written::holds(op, span, args, value, tables),
            _ => Some(false),
        };
    }
    if op == Op::InList as u8 {
        let (at, word) = args.split_first_chunk::<4>()?;
        let word = usize::from(*word.first()?);
        let list = u32::from_le_bytes(*at);
        return Some(words::holds(tables.bytes, list, value.raw, word));
    }
    if value.len > VALUE {
        return None;
    }
    let Some(chars) = sliced(slice, value) else {
        return Some(false);
    };
    if chars.is_empty() {
        return Some(false);
    }
    Some(match op {
        3 => luhn(chars, *args.first()?),
        4 => mod97(chars, *args.first()? as usize),
        10 => date(chars, args)?,
        12 => prefix(chars, args)?,
        13 => (usize::from(*args.first()?)..=usize::from(*args.get(1)?)).contains(&chars.len()),
        14 => chars.iter().filter(|c| c.is_ascii_digit()).count() >= usize::from(*args.first()?),
        15 => varied(chars),
        17 => weights(chars, args, value.chars())?,
        18 => number_equals(chars, args, value)?,
        19 => chars.iter().all(|&c| has(args, c)),
        _ => return rare(op, chars, args, value.raw),
    })
}

/// The operations that few detectors ask for.
#[inline(never)]
#[cfg_attr(feature = "module", unsafe(export_name = "optional.rare"))]
fn rare(op: u8, chars: &[u8], args: &[u8], raw: &[u8]) -> Option<bool> {
    Some(match op {
        9 => crc32_base62(raw, *args.first()? as usize),
        // What follows is about digits alone.
        5..=20 if !all_digits(chars) => false,
        5 => iso7064(chars),
        6 => gs1(chars),
        7 => verhoeff(chars),
        8 => mod10_recursive(chars),
        11 => {
            let (min, max) = args.split_first_chunk::<8>()?;
            let max = max.first_chunk::<8>()?;
            number(chars)
                .is_some_and(|n| (u64::from_le_bytes(*min)..=u64::from_le_bytes(*max)).contains(&n))
        }
        16 => one_digit_repeats(chars),
        20 => damm(chars, args),
        _ => return None,
    })
}

/// Is it an operation that [`rare`] knows?
pub const fn is_rare(op: u8) -> bool {
    matches!(op, 5..=9 | 11 | 16 | 20)
}

/// The part of the value that a check reads; `None` where there is no such part.
fn sliced<'v>(slice: &[u8; 3], value: &'v Value<'_>) -> Option<&'v [u8]> {
    let [kind, a, b] = *slice;
    match kind {
        0 => Some(value.chars()),
        1 => {
            let end = if b == 0 { value.len } else { usize::from(b) };
            value.chars().get(usize::from(a).checked_sub(1)?..end)
        }
        _ => value
            .raw
            .split(|c| !c.is_ascii_digit())
            .filter(|run| !run.is_empty())
            .nth(usize::from(a).checked_sub(1)?)
            .filter(|run| run.len() <= VALUE),
    }
}

/// Is the byte among them? Without the search by words that `contains` brings along.
pub(crate) fn has(bytes: &[u8], wanted: u8) -> bool {
    place(bytes, wanted).is_some()
}

/// Where the byte stands among them.
#[inline(never)]
pub(crate) fn place(bytes: &[u8], wanted: u8) -> Option<usize> {
    bytes.iter().position(|&b| b == wanted)
}

fn digit(c: u8) -> Option<u32> {
    c.is_ascii_digit().then(|| u32::from(c - b'0'))
}

/// 0-9, A=10 … Z=35.
pub(crate) fn base36(c: u8) -> u32 {
    if c.is_ascii_digit() {
        u32::from(c - b'0')
    } else {
        u32::from(c.to_ascii_uppercase() - b'A') + 10
    }
}

fn all_digits(chars: &[u8]) -> bool {
    !chars.is_empty() && chars.iter().all(u8::is_ascii_digit)
}

/// Up to 18 digits as a number.
fn number(chars: &[u8]) -> Option<u64> {
    if chars.len() > 18 || !all_digits(chars) {
        return None;
    }
    Some(chars.iter().fold(0, |n, &c| n * 10 + u64::from(c - b'0')))
}

/// ISO/IEC 7812-1 annex B; ISO 6166 with letters as two digits (1); in base 16; with letters worth
/// 10 to 35 in one place (36, Portugal's citizen card).
fn luhn(chars: &[u8], kind: u8) -> bool {
    let base = if kind == 16 { 16 } else { 10 };
    let most = if kind == 36 { 36 } else { base };
    let mut sum = 0;
    let mut double = false;
    let mut add = |v: u32| {
        let v2 = if double { 2 * v } else { v };
        sum += if v2 < base {
            v2
        } else {
            v2 - if double { base - 1 } else { 0 }
        };
        double = !double;
        v < most
    };
    chars.iter().rev().all(|&c| match base36(c) {
        v if kind == 1 && v > 9 => add(v % 10) && add(v / 10),
        v => add(v),
    }) && sum % base == 0
}

/// ISO 7064 mod 97-10, the first `rotate` characters moved to the end.
fn mod97(chars: &[u8], rotate: usize) -> bool {
    if chars.len() <= rotate {
        return false;
    }
    let (front, back) = chars.split_at(rotate);
    let mut rest = 0u32;
    for &c in back.iter().chain(front) {
        let v = base36(c);
        rest = (rest * if v > 9 { 100 } else { 10 } + v) % 97;
    }
    rest == 1
}

/// ISO 7064 mod 11,10.
fn iso7064(chars: &[u8]) -> bool {
    if chars.len() < 2 {
        return false;
    }
    let mut p = 10u32;
    for &c in chars.get(..chars.len() - 1).unwrap_or(&[]) {
        let s = (p + u32::from(c - b'0')) % 10;
        p = if s == 0 { 10 } else { s } * 2 % 11;
    }
    chars
        .last()
        .is_some_and(|&c| (p + u32::from(c - b'0')) % 10 == 1)
}

/// GS1 General Specifications 7.9: weights 1,3,1 … from the right.
fn gs1(chars: &[u8]) -> bool {
    let weighed = |(i, &c): (usize, &u8)| u32::from(c - b'0') * if i % 2 == 0 { 1 } else { 3 };
    let sum: u32 = chars.iter().rev().enumerate().map(weighed).sum();
    sum.is_multiple_of(10)
}

/// Verhoeff 1969: the dihedral group D5 and the permutation 1,5,7,6,2,8,3,0,9,4.
fn verhoeff(chars: &[u8]) -> bool {
    const STEP: [u8; 10] = [1, 5, 7, 6, 2, 8, 3, 0, 9, 4];
    let product = |a: u8, b: u8| -> u8 {
        match (a < 5, b < 5) {
            (true, true) => (a + b) % 5,
            (true, false) => (a + b - 5) % 5 + 5,
            (false, true) => (a + 5 - b) % 5 + 5,
            (false, false) => (a + 5 - b) % 5,
        }
    };
    let mut c = 0u8;
    for (i, &ch) in chars.iter().rev().enumerate() {
        let mut d = ch - b'0';
        for _ in 0..i % 8 {
            d = STEP.get(usize::from(d)).copied().unwrap_or(0);
        }
        c = product(c, d);
    }
    c == 0
}

/// Damm 2004: along the rows of a quasi-group of 10 by 10 digits, back to 0.
#[inline(never)]
fn damm(chars: &[u8], rows: &[u8]) -> bool {
    let step = |row: usize, &c: &u8| {
        let entry = rows.get(10 * row + digit(c)? as usize)?;
        Some(usize::from(entry - b'0'))
    };
    chars.iter().try_fold(0, step) == Some(0)
}

/// The recursive mod 10 of Swiss payment slips.
fn mod10_recursive(chars: &[u8]) -> bool {
    const TABLE: [u8; 10] = [0, 9, 4, 6, 8, 2, 7, 1, 3, 5];
    if chars.len() < 2 {
        return false;
    }
    let mut carry = 0u8;
    for &c in chars.get(..chars.len() - 1).unwrap_or(&[]) {
        carry = TABLE
            .get(usize::from((carry + c - b'0') % 10))
            .copied()
            .unwrap_or(0);
    }
    chars.last().is_some_and(|&c| (10 - carry) % 10 == c - b'0')
}

/// CRC-32 (IEEE 802.3, reflected).
#[inline(never)]
pub(crate) fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |crc, &b| {
        (0..8).fold(crc ^ u32::from(b), |crc, _| {
            (crc >> 1) ^ (0xEDB8_8320 & (crc & 1).wrapping_neg())
        })
    })
}

/// CRC-32 (IEEE) of what stands between the first `skip` bytes and the last six, in base 62.
fn crc32_base62(raw: &[u8], skip: usize) -> bool {
    let Some(split) = raw.len().checked_sub(6).filter(|&s| s >= skip) else {
        return false;
    };
    let (Some(body), Some(sum)) = (raw.get(skip..split), raw.get(split..)) else {
        return false;
    };
    let mut rest = crc32(body);
    sum.iter().rev().all(|&c| {
        let d = (rest % 62) as u8;
        rest /= 62;
        c == match d {
            0..=9 => b'0' + d,
            10..=35 => b'A' + d - 10,
            _ => b'a' + d - 36,
        }
    })
}

/// A calendar date; two-digit years are 2000-2099 for leap days. Length of the form u8, the form,
/// then what may have been added: `M` or `D`, how much u8.
fn date(chars: &[u8], args: &[u8]) -> Option<bool> {
    let (&n, rest) = args.split_first()?;
    let (form, offsets) = rest.split_at_checked(usize::from(n))?;
    if chars.len() != form.len() || !all_digits(chars) {
        return Some(false);
    }
    let part = |letter: u8| {
        form.iter()
            .zip(chars)
            .filter(|(f, _)| **f == letter)
            .fold(0u32, |n, (_, &c)| n * 10 + u32::from(c - b'0'))
    };
    let (day, month, mut year) = (part(b'D'), part(b'M'), part(b'Y'));
    if n == 6 {
        year += 2000;
    }
    let without = |letter: u8, value: u32| {
        let added = offsets.chunks_exact(2).filter_map(move |o| match *o {
            [l, added] if l == letter => value.checked_sub(u32::from(added)),
            _ => None,
        });
        core::iter::once(value).chain(added)
    };
    Some(without(b'M', month).any(|m| without(b'D', day).any(|d| calendar(d, m, year))))
}

/// Is there such a day?
pub(crate) fn calendar(day: u32, month: u32, year: u32) -> bool {
    let leap = year.is_multiple_of(4) && !year.is_multiple_of(100) || year.is_multiple_of(400);
    let days = match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 => 28 + u32::from(leap),
        _ => return false,
    };
    (1..=days).contains(&day)
}

/// Rows: length of the beginning u8, its lowest and highest text, count of lengths u8, lengths.
/// No lengths: any.
fn prefix(chars: &[u8], mut rows: &[u8]) -> Option<bool> {
    while let Some((&n, rest)) = rows.split_first() {
        let n = usize::from(n);
        let low = rest.get(..n)?;
        let high = rest.get(n..2 * n)?;
        let lengths = usize::from(*rest.get(2 * n)?);
        let allowed = rest.get(2 * n + 1..2 * n + 1 + lengths)?;
        rows = rest.get(2 * n + 1 + lengths..)?;
        let fits = chars
            .get(..n)
            .is_some_and(|c| !below(c, low) && !below(high, c));
        if fits && (lengths == 0 || allowed.iter().any(|&l| usize::from(l) == chars.len())) {
            return Some(true);
        }
    }
    Some(false)
}

/// Does the first stand before the second, which is as long?
#[inline(never)]
fn below(a: &[u8], b: &[u8]) -> bool {
    let differ = a.iter().zip(b).find(|(a, b)| a != b);
    differ.is_some_and(|(a, b)| a < b)
}

/// Not all equal, and not one ascending or descending run (9 is followed by 0, 0 by 9).
fn varied(chars: &[u8]) -> bool {
    let run = |next: fn(u8) -> u8| {
        chars
            .iter()
            .zip(chars.iter().skip(1))
            .all(|(&a, &b)| next(a) == b)
    };
    !(run(|c| c)
        || run(|c| if c == b'9' { b'0' } else { c + 1 })
        || run(|c| if c == b'0' { b'9' } else { c.wrapping_sub(1) }))
}

/// Exactly one digit occurs two or three times (three never in a row), all others at most once.
fn one_digit_repeats(chars: &[u8]) -> bool {
    let mut counts = [0u8; 10];
    for &c in chars {
        if let Some(n) = counts.get_mut(usize::from(c - b'0')) {
            *n += 1;
        }
    }
    let repeated = counts.iter().filter(|&&n| n >= 2).count();
    let most = counts.iter().copied().max().unwrap_or(0);
    let three_in_a_row = chars
        .windows(3)
        .any(|w| matches!(w, [a, b, c] if a == b && b == c));
    repeated == 1 && most <= 3 && !three_in_a_row
}

/// The sign at a position, 0: the last.
fn sign_at(whole: &[u8], at: usize) -> Option<u8> {
    whole
        .get(at.checked_sub(1).unwrap_or(whole.len().wrapping_sub(1)))
        .copied()
}

/// An i16 of a table.
fn entry(table: &[u8], i: usize) -> Option<i32> {
    let pair = table.get(2 * i..2 * i + 2)?;
    Some(i32::from(i16::from_le_bytes(pair.try_into().ok()?)))
}

/// flags u16 (1 repeat, 2 digit sum, 4 two digits per letter, 8 complement, 16 equals a constant,
/// 32 a map, 64 a map for odd places, 128 signs), count u8, sign for ten u8 (0 none), equals u16
/// (position from 1, 0 the last; or the constant), plus, modulus, times, second modulus (0 none)
/// u16 each; then i16 each: weights, 36 of each map; then the signs.
fn weights(chars: &[u8], args: &[u8], whole: &[u8]) -> Option<bool> {
    let (head, table) = args.split_first_chunk::<14>()?;
    let half = |i: usize| -> i32 {
        match head.get(i..i + 2) {
            Some(&[a, b]) => i32::from(u16::from_le_bytes([a, b])),
            _ => 0,
        }
    };
    let (flags, n, ten) = (half(0), usize::from(head[2]), head[3]);
    let maps = table.get(2 * n..)?;
    let odd = maps.get(if flags & 32 != 0 { 72 } else { 0 }..)?;
    let signs = odd.get(if flags & 64 != 0 { 72 } else { 0 }..)?;
    let mut sum = half(6);
    let mut i = 0;
    let mut add = |v: i32| -> Option<bool> {
        if i >= n && (flags & 1 == 0 || n == 0) {
            return Some(false);
        }
        let mut product = entry(table, i % n.max(1))? * v;
        if flags & 2 != 0 {
            let mut rest = product.abs();
            product = 0;
            while rest > 0 {
                product += rest % 10;
                rest /= 10;
            }
        }
        sum += product;
        i += 1;
        Some(true)
    };
    for (place, &c) in chars.iter().enumerate() {
        let v = base36(c);
        let fits = if flags & 4 != 0 && v > 9 {
            add((v as i32 - 9) / 10)? && add((v as i32 - 9) % 10)?
        } else if flags & 64 != 0 && place % 2 == 0 {
            add(entry(odd, v as usize)?)?
        } else if flags & 32 != 0 {
            add(entry(maps, v as usize)?)?
        } else {
            add(v as i32)?
        };
        if !fits {
            return Some(false);
        }
    }
    if flags & 1 == 0 && i != n {
        return Some(false);
    }
    let modulus = half(8).max(1);
    let mut rest = sum.rem_euclid(modulus) * half(10);
    if flags & 8 != 0 {
        rest = (modulus - rest).rem_euclid(modulus);
    }
    if half(12) != 0 {
        rest %= half(12);
    }
    if flags & 16 != 0 {
        return Some(rest == half(4));
    }
    let Some(sign) = sign_at(whole, half(4) as usize) else {
        return Some(false);
    };
    Some(if flags & 128 != 0 {
        signs.get(rest as usize) == Some(&sign)
    } else if ten != 0 && sign == ten {
        rest == 10
    } else {
        digit(sign).is_some_and(|d| rest == d as i32)
    })
}

/// modulus, plus, times, second modulus (0 none), equals (the constant, or the position) u32 each;
/// flags u8 (1 complement, 2 equals another number, 4 signs); then the other number's slice, or the signs.
#[inline(never)]
#[cfg_attr(feature = "module", unsafe(export_name = "optional.number"))]
fn number_equals(chars: &[u8], args: &[u8], value: &Value<'_>) -> Option<bool> {
    let (head, rest) = args.split_first_chunk::<21>()?;
    let word = |i: usize| -> u64 {
        let bytes = head.get(4 * i..4 * i + 4).and_then(|b| b.try_into().ok());
        bytes.map_or(0, |b| u64::from(u32::from_le_bytes(b)))
    };
    let (modulus, flags) = (word(0).max(1), head[20]);
    if chars.len() > 30 || !all_digits(chars) {
        return Some(false);
    }
    let number = |n: u64, &c: &u8| (n * 10 + u64::from(c - b'0')) % modulus;
    let mut result = (chars.iter().fold(0, number) + word(1)) * word(2) % modulus;
    if flags & 1 != 0 {
        result = (modulus - result) % modulus;
    }
    if word(3) != 0 {
        result %= word(3);
    }
    Some(if flags & 2 != 0 {
        let other = sliced(rest.first_chunk()?, value).and_then(self::number);
        other == Some(result)
    } else if flags & 4 != 0 {
        let sign = sign_at(value.chars(), word(4) as usize);
        sign.is_some() && rest.get(result as usize).copied() == sign
    } else {
        result == word(4)
    })
}
