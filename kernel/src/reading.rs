//! What a change of the view is (semantics 25): tables, escapes, line ends.
//!
//! [`change`] depends on the original part and a position alone, never on what was
//! read before, and looks only so far to both sides: no text makes it slow.

use crate::text::is_word;

/// What becomes of a sequence of bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Change {
    /// What stands for them.
    bytes: [u8; 4],
    /// How many of those.
    n: u8,
    /// So many bytes of the original.
    pub len: u8,
    /// Says that the part is quoted-printable.
    pub quoted: bool,
}

impl Change {
    /// Dropped.
    fn drop(len: usize) -> Self {
        Change {
            len: len as u8,
            bytes: [0; 4],
            n: 0,
            quoted: false,
        }
    }

    /// One byte stands for them.
    fn put(byte: u8, len: usize) -> Self {
        let mut change = Change::drop(len);
        change.bytes = [byte, 0, 0, 0];
        change.n = 1;
        change
    }

    /// A character stands for them.
    fn character(c: char, len: usize) -> Self {
        let mut change = Change::drop(len);
        change.n = c.encode_utf8(&mut change.bytes).len() as u8;
        change
    }

    /// What stands for them.
    pub fn bytes(&self) -> &[u8] {
        self.bytes.get(..usize::from(self.n)).unwrap_or(&[])
    }
}

/// The change at `at`, if any. In a part that is quoted-printable (`quoted`) ASCII is escaped too.
#[inline(never)]
pub fn change(text: &[u8], at: usize, quoted: bool) -> Option<Change> {
    let sign = *text.get(at)?;
    let (code, len) = match sign {
        b'-' => return line_end(text, at),
        b'\r' => return (text.get(at + 1) == Some(&b'\n')).then(|| Change::drop(1)),
        b'&' => entity(text, at)?,
        b'%' => escaped(text, at)?,
        b'=' => {
            if let Some(line) = line_feed(text, at + 1) {
                return soft_break(text, at, 1 + line, quoted);
            }
            escaped(text, at).filter(|&(code, _)| quoted || !code.is_ascii())?
        }
        0x80.. => {
            let (code, len) = decode(text, at)?;
            return mapped(text, at, len.into(), code.into());
        }
        _ => return None,
    };
    let (character, len) = (code, usize::from(len));
    let code = u32::from(code);
    let mut change = match code {
        0x09 | 0x0A | 0x0D => Change::put(b' ', len),
        0..=0x1F | 0x7F..=0x9F => return None,
        // The digits of the neighbour's escape would be taken for Latin.
        _ if sign != b'&' && twin(code).is_some() => Change::character(character, len),
        _ => match mapped(text, at, len, code) {
            Some(change) => change,
            None => Change::character(character, len),
        },
    };
    change.quoted = sign == b'=';
    Some(change)
}

/// The character at `at`, its code and length; `None` where it is broken.
#[inline(never)]
fn decode(text: &[u8], at: usize) -> Option<(char, u8)> {
    let lead = u32::from(*text.get(at)?);
    let (len, least) = match lead {
        0..=0x7F => return Some((char::from(lead as u8), 1)),
        0xC2..=0xDF => (2, 0x80),
        0xE0..=0xEF => (3, 0x800),
        0xF0..=0xF4 => (4, 0x1_0000),
        _ => return None,
    };
    let mut code = lead & (0x7F >> len);
    for &b in text.get(at + 1..at + len)? {
        if b & 0xC0 != 0x80 {
            return None;
        }
        code = code << 6 | u32::from(b & 0x3F);
    }
    let character = char::from_u32(code).filter(|_| code >= least)?;
    Some((character, len as u8))
}

/// First character, how many, what becomes of the first: 0 nothing, a blank or a hyphen for all of them,
/// otherwise the next byte for each next one.
const RANGES: [(u16, u8, u8); 24] = [
    (0x00A0, 1, b' '),
    (0x00AD, 1, 0),
    (0x00B2, 2, b'2'),
    (0x00B9, 1, b'1'),
    (0x034F, 1, 0),
    (0x061C, 1, 0),
    (0x0660, 10, b'0'),
    (0x06F0, 10, b'0'),
    (0x180E, 1, 0),
    (0x2000, 11, b' '),
    (0x200B, 5, 0),
    (0x2010, 2, b'-'),
    (0x202A, 5, 0),
    (0x202F, 1, b' '),
    (0x205F, 1, b' '),
    (0x2060, 16, 0),
    (0x2070, 1, b'0'),
    (0x2074, 6, b'4'),
    (0x2080, 10, b'0'),
    (0x2212, 1, b'-'),
    (0x2460, 9, b'1'),
    (0x3000, 1, b' '),
    (0xFE00, 16, 0),
    (0xFEFF, 1, 0),
];
/// The letters among U+2102-U+2134, which mathematical alphabets leave out because they were there before.
const LETTERLIKE: &[u8; 51] = b"C.......gHHHh.IILl.N...PQRRR......Z...Z...BC.eEF.Mo";

/// What the table says of a character: 0 nothing, else ASCII.
fn table(code: u32) -> Option<u8> {
    let byte = match code {
        0x2102..=0x2134 => {
            let letter = *LETTERLIKE.get(code as usize - 0x2102)?;
            return (letter != b'.').then_some(letter);
        }
        0xFF01..=0xFF5E => code - 0xFF01 + 0x21,
        0x1_D400..=0x1_D6A3 => {
            let place = (code - 0x1_D400) % 52;
            if place < 26 { 65 + place } else { 71 + place }
        }
        0x1_D7CE..=0x1_D7FF => 48 + (code - 0x1_D7CE) % 10,
        0xE_0000..=0xE_007F | 0xE_0100..=0xE_01EF => 0,
        _ => {
            let &(first, _, to) = RANGES
                .iter()
                .find(|&&(first, n, _)| code.wrapping_sub(u32::from(first)) < u32::from(n))?;
            match to {
                0 | b' ' | b'-' => to.into(),
                _ => u32::from(to) + code - u32::from(first),
            }
        }
    };
    Some(byte as u8)
}

/// The change that the character `code`, which stands at `at` in `len` bytes, asks for.
fn mapped(text: &[u8], at: usize, len: usize, code: u32) -> Option<Change> {
    if let Some(letter) = twin(code) {
        return beside_latin(text, at, at + len).then(|| Change::put(letter, len));
    }
    let byte = table(code)?;
    let before = at.checked_sub(1).and_then(|at| text.get(at));
    // A footnote behind a number is no digit of it, and m² no m2.
    if before.is_some_and(u8::is_ascii_alphanumeric)
        && matches!(code, 0xB2..=0xB9 | 0x2070..=0x2079)
    {
        return None;
    }
    Some(match byte {
        0 => Change::drop(len),
        _ => Change::put(byte, len),
    })
}

/// Greek and Cyrillic letters that look like Latin ones, each from a first character on.
const TWINS: [(u32, &[u8]); 2] = [
    (
        0x0391,
        b"AB..EZH.IK.MN.O.P..TY.X.........a.......i...v.o.p...u.x",
    ),
    (
        0x0405,
        b"SI.J.......A.B..E....K.MHO.PCTY.X..........a....e........o.pc.y.x...............si.j",
    ),
];

/// The Latin letter that a Greek or Cyrillic one looks like.
fn twin(code: u32) -> Option<u8> {
    let of =
        |&(first, letters): &(u32, &[u8])| letters.get(code.wrapping_sub(first) as usize).copied();
    TWINS.iter().find_map(of).filter(|&letter| letter != b'.')
}

/// Characters that are looked at to each side of a look-alike.
const REACH: usize = 16;

/// Does a word around `[start, end)` mix look-alikes with Latin letters or digits (full-width and mathematical
/// ones too), and hold no other Greek or Cyrillic letter?
fn beside_latin(text: &[u8], start: usize, end: usize) -> bool {
    let mut latin = false;
    let mut take = |code: u32| {
        let byte = match code {
            // Only what is dropped is 0 here.
            0..=0x7F => (code as u8).max(1),
            0x370..=0x52F => return twin(code).map(|_| true),
            0xC0..=0x36F => 0,
            // Digits that are raised or in circles say nothing of letters.
            _ => table(code)
                .filter(|&b| b == 0 || code > 0xFF00)
                .unwrap_or(b' '),
        };
        latin |= byte.is_ascii_alphanumeric();
        Some(byte == 0 || byte.is_ascii_alphanumeric())
    };
    let (mut left, mut right) = (start, end);
    for _ in 0..REACH {
        let Some((code, len)) = decode(text, right) else {
            break;
        };
        match take(code.into()) {
            Some(true) => right += usize::from(len),
            Some(false) => break,
            None => return false,
        }
    }
    for _ in 0..REACH {
        let Some((code, len)) = decode_before(text, left) else {
            break;
        };
        match take(code.into()) {
            Some(true) => left -= usize::from(len),
            Some(false) => break,
            None => return false,
        }
    }
    latin
}

/// The character that ends at `end`.
fn decode_before(text: &[u8], end: usize) -> Option<(char, u8)> {
    (1..=4)
        .find_map(|n| decode(text, end.checked_sub(n)?).filter(|&(_, len)| usize::from(len) == n))
}

/// Bytes that [`REACH`] characters have at most.
const REACH_BYTES: usize = 4 * REACH;

/// The Greek and Cyrillic letters from `at` up to here surely stay, since no Latin letter or digit is in
/// reach of them. So that reading Greek and Russian does not ask at every letter.
pub fn plain_until(text: &[u8], at: usize) -> usize {
    let latin = |b: Option<&u8>| b.is_some_and(u8::is_ascii_alphanumeric);
    let (before, rest) = text.split_at_checked(at).unwrap_or((text, &[]));
    let ordinary = |b: &&u8| (0x80..0xE0).contains(*b);
    let mut near = before.iter().rev().take(REACH_BYTES);
    let last = near.find(|b| !ordinary(b));
    if latin(last) || last.is_some_and(|&b| b >= 0x80) {
        return at;
    }
    let high = rest.iter().take(4 * REACH_BYTES);
    let end = high.take_while(ordinary).count();
    match rest.get(end) {
        Some(&b) if b >= 0x80 || b.is_ascii_alphanumeric() => at + end.saturating_sub(REACH_BYTES),
        _ => at + end,
    }
}

/// Most letters of an entity's name, and most digits of its number.
const NAME: usize = 7;
/// Names of entities, each followed by its character (up to U+00FF, never an ASCII letter). What vanishes
/// is a soft hyphen here, every blank a no-break one.
const NAMES: &[u8] =
    b"nbsp\xA0ensp\xA0emsp\xA0thinsp\xA0Tab NewLine shy\xADzwnj\xADzwj\xADlrm\xADrlm\xAD\
amp&lt<gt>quot\"apos'commat@period.colon:comma,hyphen-dash-plus+num#sol/lowbar_equals=lpar(rpar)\
auml\xE4ouml\xF6uuml\xFCAuml\xC4Ouml\xD6Uuml\xDCszlig\xDFeacute\xE9egrave\xE8agrave\xE0ccedil\xE7";

/// The character of the entity at `at`, and its length.
fn entity(text: &[u8], at: usize) -> Option<(char, u8)> {
    let rest = text.get(at + 1..)?;
    let end = rest.iter().take(NAME + 3).position(|&b| b == b';')?;
    let code = match rest.get(..end)? {
        [b'#', b'x' | b'X', digits @ ..] => number(digits, 16)?,
        [b'#', digits @ ..] => number(digits, 10)?,
        name => named(name)?,
    };
    Some((code, end as u8 + 2))
}

/// A number of one to [`NAME`] digits that is a character.
fn number(digits: &[u8], base: u32) -> Option<char> {
    if digits.is_empty() || digits.len() > NAME {
        return None;
    }
    let mut code = 0;
    for &digit in digits {
        code = code * base + char::from(digit).to_digit(base)?;
    }
    char::from_u32(code)
}

fn named(name: &[u8]) -> Option<char> {
    let mut names = NAMES;
    loop {
        let end = names.iter().position(|b| !b.is_ascii_alphabetic())?;
        let (known, rest) = names.split_at_checked(end)?;
        let (&code, rest) = rest.split_first()?;
        if known == name {
            return Some(char::from(code));
        }
        names = rest;
    }
}

/// The character escaped at `at`: a sign and two hexadecimal digits for every byte of its UTF-8.
/// Quoted-printable (`=`) knows only capitals.
fn escaped(text: &[u8], at: usize) -> Option<(char, u8)> {
    let mut bytes = [0u8; 4];
    let mut most = 1;
    for (i, byte) in bytes.iter_mut().enumerate() {
        if i == most {
            break;
        }
        *byte = escaped_byte(text, at + 3 * i, *text.get(at)?)?;
        if i == 0 {
            most = match *byte {
                0xC0..=0xDF => 2,
                0xE0..=0xEF => 3,
                0xF0.. => 4,
                _ => 1,
            };
        }
    }
    let (code, len) = decode(&bytes, 0)?;
    Some((code, 3 * len))
}

fn escaped_byte(text: &[u8], at: usize, sign: u8) -> Option<u8> {
    let &[first, high, low] = text.get(at..at + 3)?.first_chunk()?;
    let digit = |b: u8| match b {
        b'a'..=b'f' if sign == b'=' => None,
        _ => char::from(b).to_digit(16),
    };
    let value = digit(high)? << 4 | digit(low)?;
    (first == sign).then_some(value as u8)
}

/// Length of the line end at `at`.
fn line_feed(text: &[u8], at: usize) -> Option<usize> {
    match text.get(at..)? {
        [b'\n', ..] => Some(1),
        [b'\r', b'\n', ..] => Some(2),
        _ => None,
    }
}

/// Lines of quoted-printable that are broken are so long, the sign left out.
const BROKEN: core::ops::RangeInclusive<usize> = 60..=75;

/// A `=` at `at` that ends its line, both `len` bytes long. Settings and padded Base64 end lines so too:
/// where nothing else says quoted-printable, the line must be as long as those that are broken for it.
fn soft_break(text: &[u8], at: usize, len: usize, quoted: bool) -> Option<Change> {
    let line = text.get(at.saturating_sub(BROKEN.end() + 1)..at)?;
    let line = line.rsplit(|&b| b == b'\n').next()?;
    let next = text.get(at + len).copied().unwrap_or(b'\n');
    let long = BROKEN.contains(&line.len()) && (next >= 0x80 || next.is_ascii_alphanumeric());
    (quoted || long).then(|| Change {
        quoted: true,
        ..Change::drop(len)
    })
}

/// Most blanks before a word that is continued.
const INDENT: usize = 16;
/// Words behind a hyphen that is not one of hyphenation ("Ein- und Ausgabe").
const JOINING: [&[u8]; 7] = [b"und", b"oder", b"and", b"or", b"bzw", b"sowie", b"bis"];

/// A hyphen that ends its line: dropped with the line end inside a word, kept without it inside a number.
fn line_end(text: &[u8], at: usize) -> Option<Change> {
    let len = 1 + line_feed(text, at + 1)?;
    let before = at.checked_sub(1)?;
    if text.get(before)?.is_ascii_digit() {
        let digit = text.get(at + len)?.is_ascii_digit();
        return digit.then(|| Change::put(b'-', len));
    }
    let rest = text.get(at + len..)?;
    let blank = |b: &&u8| matches!(b, b' ' | b'\t');
    let blanks = rest.iter().take(INDENT).take_while(blank).count();
    let word = rest.get(blanks..)?;
    let small = match *word {
        [b'a'..=b'z', ..] => true,
        [0xC3, b, ..] => (0x9F..=0xBF).contains(&b) && b != 0xB7,
        _ => false,
    };
    let joining = |j: &&[u8]| word.starts_with(j) && !is_word(word, j.len());
    (small && is_word(text, before) && !JOINING.iter().any(joining))
        .then(|| Change::drop(len + blanks))
}
