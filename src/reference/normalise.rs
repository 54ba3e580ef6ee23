//! Paragraph 25: the normalised view of a part, and the way back.
//!
//! Text that looks the same should read the same: soft hyphens and zero-width
//! characters vanish, exotic blanks and hyphens become plain ones, full-width
//! forms become ASCII. Nothing else changes, broken UTF-8 least of all. Every
//! replacement is at most one byte, so the way back is one entry per byte.

/// What the detectors read instead of a part.
#[derive(Clone, Debug, Default)]
pub struct View {
    /// The bytes.
    pub bytes: Vec<u8>,
    /// Per byte: where it came from, and how many original bytes it stands for.
    origin: Vec<(usize, usize)>,
}

impl View {
    /// Reads a part.
    pub fn of(part: &[u8]) -> View {
        let mut view = View::default();
        let mut at = 0;
        while let Some(&byte) = part.get(at) {
            let rest = part.get(at..).unwrap_or_default();
            match char_at(rest).and_then(|(c, len)| Some((replacement(c)?, len))) {
                Some((Some(ascii), len)) => {
                    view.push(ascii, at, len);
                    at += len;
                }
                Some((None, len)) => at += len,
                None => {
                    view.push(byte, at, 1);
                    at += 1;
                }
            }
        }
        view
    }

    fn push(&mut self, byte: u8, at: usize, len: usize) {
        self.bytes.push(byte);
        self.origin.push((at, len));
    }

    /// The bytes of the part that a non-empty span of the view stands for.
    pub fn original(&self, start: usize, end: usize) -> (usize, usize) {
        let first = self.origin.get(start).map_or(0, |o| o.0);
        let last = end.checked_sub(1).and_then(|last| self.origin.get(last));
        (first, last.map_or(first, |(at, len)| at + len))
    }
}

/// `None`: stays as it is; `Some(None)`: nothing; `Some(Some(b))`: this byte.
fn replacement(c: char) -> Option<Option<u8>> {
    let code = u32::from(c);
    match code {
        0x00AD | 0x200B..=0x200F | 0x202A..=0x202E | 0x2060..=0x2064 | 0x2066..=0x2069 | 0xFEFF => {
            Some(None)
        }
        0x00A0 | 0x2000..=0x200A | 0x202F | 0x205F | 0x3000 => Some(Some(b' ')),
        0x2010 | 0x2011 | 0x2212 => Some(Some(b'-')),
        0xFF01..=0xFF5E => u8::try_from(code - 0xFF01 + 0x21).ok().map(Some),
        _ => None,
    }
}

/// The character that begins here, where one does.
fn char_at(bytes: &[u8]) -> Option<(char, usize)> {
    (1..=4).find_map(|len| {
        let text = std::str::from_utf8(bytes.get(..len)?).ok()?;
        Some((text.chars().next()?, len))
    })
}
