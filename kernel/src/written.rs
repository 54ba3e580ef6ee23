//! Checks that read the span as written, not its value: the case of letters and
//! the signs between them count.

use crate::check::calendar;
use crate::text::fold_at;

/// The part of the span that a check reads; a run is one of base-64 signs.
pub(crate) fn cut<'s>(slice: &[u8; 3], span: &'s [u8]) -> Option<&'s [u8]> {
    let [kind, a, b] = *slice;
    let first = usize::from(a).checked_sub(1);
    match kind {
        0 => Some(span),
        1 => span.get(first?..if b == 0 { span.len() } else { usize::from(b) }),
        _ => span
            .split(|&c| base64(c).is_none())
            .filter(|run| !run.is_empty())
            .nth(first?),
    }
}

/// Does the operation hold for the span? `None`: the program is broken.
pub(crate) fn holds(op: u8, span: &[u8], args: &[u8], _data: &[u8]) -> Option<bool> {
    Some(match op {
        64 => written_date(span),
        65 => placeholder(span, args),
        _ => return None,
    })
}

/// RFC 4648, both alphabets.
fn base64(c: u8) -> Option<u8> {
    Some(match c {
        b'A'..=b'Z' => c - b'A',
        b'a'..=b'z' => c - b'a' + 26,
        b'0'..=b'9' => c - b'0' + 52,
        b'+' | b'-' => 62,
        b'/' | b'_' => 63,
        _ => return None,
    })
}

/// A calendar date of 1900 to 2100 in a usual form, German or English.
fn written_date(span: &[u8]) -> bool {
    // What stands there and how many digits it has; 0: the name of a month.
    let mut parts = [(0, 0); 4];
    let mut n = 0;
    let mut at = 0;
    while let Some(&c) = span.get(at) {
        let rest = span.get(at..).unwrap_or(&[]);
        let run = |is: fn(&u8) -> bool| rest.iter().take_while(|&c| is(c)).count();
        let digits = run(u8::is_ascii_digit);
        let letters = run(is_letter);
        at += (digits + letters).max(1);
        let part = if digits > 4 {
            return false;
        } else if digits > 0 {
            let number = |n: u32, c: &u8| n * 10 + u32::from(c - b'0');
            (rest.iter().take(digits).fold(0, number), digits)
        } else if letters > 0 {
            match month(rest.get(..letters).unwrap_or(&[])) {
                0 => return false,
                ORDINAL => continue,
                month => (month, 0),
            }
        } else if b" 	
.,-/"
            .contains(&c)
        {
            continue;
        } else {
            return false;
        };
        if let Some(slot) = parts.get_mut(n) {
            *slot = part;
            n += 1;
        }
    }
    let [a, b, c, _] = parts;
    let named = a.1 == 0 || b.1 == 0;
    let (day, month, year) = match (a.1, b.1) {
        (4, _) => (c, b, a),
        (0, _) => (b, a, c),
        _ => (a, b, c),
    };
    let is_year = match year.1 {
        2 => true,
        4 => (1900..=2100).contains(&year.0),
        _ => false,
    };
    let short = |part: (u32, usize)| part.1 == 1 || part.1 == 2;
    let year = if year.1 == 2 { 2000 + year.0 } else { year.0 };
    let turned = a.1 != 4 && !named && !span.contains(&b'.');
    n == 3
        && is_year
        && short(day)
        && (short(month) || named)
        && (calendar(day.0, month.0, year) || turned && calendar(month.0, day.0, year))
}

fn is_letter(c: &u8) -> bool {
    c.is_ascii_alphabetic() || *c >= 0x80
}

/// `st`, `nd`, `rd`, `th` behind a day, and `of`.
const ORDINAL: u32 = 100;

/// The number of a month by the first three letters of its name; 0: none.
fn month(word: &[u8]) -> u32 {
    const NAMES: &[u8; 81] =
        b"janfebmaraprmaijunjulaugsepoktnovdezjae___mae___may____________oct___dec______mrz";
    let mut begin = [0u8; 3];
    let (mut at, mut n) = (0, 0);
    while at < word.len() {
        let (a, b, len) = fold_at(word, at);
        if let Some(slot) = begin.get_mut(n) {
            *slot = if (a, b) == (0xC3, 0xA4) { b'a' } else { a };
        }
        n += 1;
        at += len;
    }
    if n == 2
        && begin
            .first_chunk()
            .is_some_and(|w| [*b"st", *b"nd", *b"rd", *b"th", *b"of"].contains(w))
    {
        return ORDINAL;
    }
    let found = NAMES.chunks_exact(3).position(|name| *name == begin);
    match found {
        Some(i) if n <= 9 => i as u32 % 12 + 1,
        _ => 0,
    }
}

/// Four equal characters in a row, `<…>`, or one of the texts: length u8, the text in lower case.
fn placeholder(span: &[u8], mut texts: &[u8]) -> bool {
    let open = span.iter().position(|&c| c == b'<').unwrap_or(span.len());
    let mut held = span.iter().skip(open).any(|&c| c == b'>')
        || span
            .windows(4)
            .any(|w| w.first().is_some_and(|first| w.iter().all(|c| c == first)));
    while let Some((&len, rest)) = texts.split_first() {
        let (text, rest) = rest
            .split_at_checked(usize::from(len))
            .unwrap_or((&[], &[]));
        held |= !text.is_empty()
            && span
                .windows(text.len())
                .any(|w| w.eq_ignore_ascii_case(text));
        texts = rest;
    }
    held
}
