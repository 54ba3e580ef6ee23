//! Paragraph 25: the normalised view of a part, and the way back.
//!
//! Text that looks the same should read the same: invisible characters vanish,
//! exotic blanks, hyphens, digits and letters become plain ones, escapes become
//! what they stand for, and words are joined across a line end. Nothing else
//! changes, broken UTF-8 least of all. The way back is one entry per byte.

/// What the detectors read instead of a part.
#[derive(Clone, Debug, Default)]
pub struct View {
    /// The bytes.
    pub bytes: Vec<u8>,
    /// Per byte: where it came from, and how many original bytes it stands for.
    origin: Vec<(usize, usize)>,
    /// Per change but that of a carriage return: behind as many of its bytes as the view has for it, and its
    /// end, with all that is dropped there.
    changes: Vec<(usize, usize)>,
}

/// What stands at a place of a part: so many bytes, read as this text.
struct Unit {
    len: usize,
    text: String,
    /// Shows that the part is quoted-printable.
    quoted: bool,
}

impl Unit {
    fn new(len: usize, text: impl Into<String>) -> Option<Unit> {
        Some(Unit {
            len,
            text: text.into(),
            quoted: false,
        })
    }
}

impl View {
    /// Reads a part.
    pub fn of(part: &[u8]) -> View {
        match View::read(part, false) {
            (_, true) => View::read(part, true).0,
            (view, false) => view,
        }
    }

    /// Reads a part, as quoted-printable or not; does it turn out to be?
    fn read(part: &[u8], quoted: bool) -> (View, bool) {
        let mut view = View::default();
        let mut turns_out = false;
        let mut at = 0;
        while let Some(&byte) = part.get(at) {
            let Some(unit) = unit(part, at, quoted) else {
                view.bytes.push(byte);
                view.origin.push((at, 1));
                at += 1;
                continue;
            };
            turns_out |= unit.quoted;
            let last = unit.text.len().saturating_sub(1);
            for (i, byte) in unit.text.bytes().enumerate() {
                let len = if i == last { unit.len - last } else { 1 };
                view.bytes.push(byte);
                view.origin.push((at + i, len));
            }
            match view.changes.last_mut() {
                Some((_, last)) if *last == at && unit.text.is_empty() => *last += unit.len,
                _ => view.changes.push((at + unit.text.len(), at + unit.len)),
            }
            at += unit.len;
        }
        let is_return =
            |&(first, last): &(usize, usize)| last == first + 1 && part.get(first) == Some(&b'\r');
        view.changes.retain(|change| !is_return(change));
        (view, turns_out)
    }

    /// Paragraph 65: is a verbatim detector tried at this place of the part?
    pub fn is_near_change(&self, at: usize) -> bool {
        let next = self.changes.partition_point(|&(_, last)| last < at);
        let next = self.changes.get(next);
        next.is_some_and(|&(first, _)| first <= at + 32)
    }

    /// How many bytes of the view begin before this place of the part.
    pub fn before(&self, at: usize) -> usize {
        self.origin.partition_point(|&(from, _)| from < at)
    }

    /// The bytes of the part that a non-empty span of the view stands for.
    pub fn original(&self, start: usize, end: usize) -> (usize, usize) {
        let first = self.origin.get(start).map_or(0, |o| o.0);
        let last = end.checked_sub(1).and_then(|last| self.origin.get(last));
        (first, last.map_or(first, |(at, len)| at + len))
    }
}

/// What is replaced at `at`, if anything is.
fn unit(part: &[u8], at: usize, quoted: bool) -> Option<Unit> {
    let (before, rest) = part.split_at_checked(at)?;
    match rest.first()? {
        b'-' => hyphen(before, rest),
        b'\r' => Unit::new(1, "").filter(|_| rest.get(1) == Some(&b'\n')),
        b'&' => {
            let (c, len) = entity(rest)?;
            escaped(before, rest, c, len, true)
        }
        b'%' => {
            let (c, len) = hex(rest, '%')?;
            escaped(before, rest, c, len, false)
        }
        b'=' => {
            let unit = match line_end(rest.get(1..)?) {
                Some(len) => soft_break(before, rest, len + 1, quoted)?,
                None => {
                    let (c, len) = hex(rest, '=')?;
                    let unit = escaped(before, rest, c, len, false)?;
                    (quoted || !c.is_ascii()).then_some(unit)?
                }
            };
            Some(Unit {
                quoted: true,
                ..unit
            })
        }
        _ => {
            let (c, len) = char_at(rest)?;
            let twin = twin(c).filter(|_| is_mixed(before, rest.get(len..).unwrap_or_default()));
            Unit::new(len, twin.map(String::from).or(replacement(before, c))?)
        }
    }
}

/// A character written as `len` bytes of ASCII.
fn escaped(before: &[u8], rest: &[u8], c: char, len: usize, twins: bool) -> Option<Unit> {
    if matches!(c, '\t' | '\n' | '\r') {
        return Unit::new(len, " ");
    }
    if c.is_control() {
        return None;
    }
    let after = rest.get(len..)?;
    if let Some(latin) = twin(c).filter(|_| twins && is_mixed(before, after)) {
        return Unit::new(len, latin);
    }
    Unit::new(len, replacement(before, c).unwrap_or_else(|| c.into()))
}

/// What the table makes of a character behind these bytes.
fn replacement(before: &[u8], c: char) -> Option<String> {
    if c.is_ascii() {
        return None;
    }
    let raised = "⁰¹²³⁴⁵⁶⁷⁸⁹";
    if raised.contains(c) && before.last().is_some_and(u8::is_ascii_alphanumeric) {
        return None;
    }
    let digits = [
        raised,
        "₀₁₂₃₄₅₆₇₈₉",
        "٠١٢٣٤٥٦٧٨٩",
        "۰۱۲۳۴۵۶۷۸۹",
        "?①②③④⑤⑥⑦⑧⑨",
    ];
    let digit = digits
        .iter()
        .find_map(|row| row.chars().position(|d| d == c && d != '?'));
    if let Some(digit) = digit {
        return Some(digit.to_string());
    }
    let code = u32::from(c);
    let ascii = |from: u32, to: char| char::from_u32(code - from + u32::from(to)).map(String::from);
    match code {
        0x00AD | 0x034F | 0x061C | 0x180E | 0x200B..=0x200F | 0x202A..=0x202E | 0x2060..=0x206F => {
            Some(String::new())
        }
        0xFEFF | 0xFE00..=0xFE0F | 0xE0000..=0xE007F | 0xE0100..=0xE01EF => Some(String::new()),
        0x00A0 | 0x2000..=0x200A | 0x202F | 0x205F | 0x3000 => Some(" ".into()),
        0x2010 | 0x2011 | 0x2212 => Some("-".into()),
        0xFF01..=0xFF5E => ascii(0xFF01, '!'),
        0x1D400..=0x1D6A3 => {
            let mut letters = ('A'..='Z').chain('a'..='z').cycle();
            letters.nth((code - 0x1D400) as usize).map(String::from)
        }
        0x1D7CE..=0x1D7FF => Some(((code - 0x1D7CE) % 10).to_string()),
        _ => {
            let alike =
                "ℂC ℊg ℋH ℌH ℍH ℎh ℐI ℑI ℒL ℓl ℕN ℙP ℚQ ℛR ℜR ℝR ℤZ ℨZ ℬB ℭC ℯe ℰE ℱF ℳM ℴo";
            second_of(alike, c).map(String::from)
        }
    }
}

/// The character paired with this one in a list of pairs.
fn second_of(pairs: &str, c: char) -> Option<char> {
    let pair = pairs.split(' ').find(|pair| pair.starts_with(c))?;
    pair.chars().nth(1)
}

/// The Latin letter that a Greek or Cyrillic one looks like.
fn twin(c: char) -> Option<char> {
    if !('\u{370}'..='\u{52F}').contains(&c) {
        return None;
    }
    let greek = "ΑA ΒB ΕE ΖZ ΗH ΙI ΚK ΜM ΝN ΟO ΡP ΤT ΥY ΧX αa ιi νv οo ρp υu χx";
    let cyrillic = "ЅS ІI ЈJ АA ВB ЕE КK МM НH ОO РP СC ТT УY ХX аa еe оo рp сc уy хx ѕs іi јj";
    second_of(greek, c).or(second_of(cyrillic, c))
}

/// Do these surroundings make a look-alike one? A Latin letter or digit in the same word, and no
/// Greek or Cyrillic letter that looks like no Latin one, within 16 characters to each side.
fn is_mixed(before: &[u8], after: &[u8]) -> bool {
    let mut word = Vec::new();
    let mut rest = after;
    while let Some((c, len)) = char_at(rest).filter(|(c, _)| word.len() < 16 && continues(*c)) {
        word.push(c);
        rest = rest.get(len..).unwrap_or_default();
    }
    let (most, mut rest) = (word.len() + 16, before);
    while let Some((c, len)) = char_before(rest).filter(|(c, _)| word.len() < most && continues(*c))
    {
        word.push(c);
        rest = rest.get(..rest.len() - len).unwrap_or_default();
    }
    let foreign = |c: &char| ('\u{370}'..='\u{52F}').contains(c) && twin(*c).is_none();
    word.iter().any(|&c| is_latin(c)) && !word.iter().any(foreign)
}

/// A letter or digit of ASCII, a full-width or a mathematical one.
fn is_latin(c: char) -> bool {
    let wide = matches!(u32::from(c), 0xFF01..=0xFF5E | 0x1D400..=0x1D7FF);
    let plain = replacement(&[], c).filter(|_| wide);
    c.is_ascii_alphanumeric()
        || plain.is_some_and(|text| text.chars().all(|c| c.is_ascii_alphanumeric()))
}

/// Does a word go on through this character? Letters, digits, and what is dropped.
fn continues(c: char) -> bool {
    is_latin(c)
        || ('\u{C0}'..='\u{52F}').contains(&c)
        || replacement(&[], c).is_some_and(|text| text.is_empty())
}

/// The character that begins here, where one does.
fn char_at(bytes: &[u8]) -> Option<(char, usize)> {
    (1..=4).find_map(|len| {
        let text = std::str::from_utf8(bytes.get(..len)?).ok()?;
        Some((text.chars().next()?, len))
    })
}

/// The character that ends here, where one does.
fn char_before(bytes: &[u8]) -> Option<(char, usize)> {
    (1..=4).find_map(|len| {
        let from = bytes.len().checked_sub(len)?;
        let text = std::str::from_utf8(bytes.get(from..)?).ok()?;
        Some((text.chars().next()?, len))
    })
}

/// Names of entities and their characters.
const ENTITIES: [(&str, char); 40] = [
    ("nbsp", '\u{A0}'),
    ("ensp", '\u{2002}'),
    ("emsp", '\u{2003}'),
    ("thinsp", '\u{2009}'),
    ("Tab", '\t'),
    ("NewLine", '\n'),
    ("shy", '\u{AD}'),
    ("zwnj", '\u{200C}'),
    ("zwj", '\u{200D}'),
    ("lrm", '\u{200E}'),
    ("rlm", '\u{200F}'),
    ("amp", '&'),
    ("lt", '<'),
    ("gt", '>'),
    ("quot", '"'),
    ("apos", '\''),
    ("commat", '@'),
    ("period", '.'),
    ("colon", ':'),
    ("comma", ','),
    ("hyphen", '\u{2010}'),
    ("dash", '\u{2010}'),
    ("plus", '+'),
    ("num", '#'),
    ("sol", '/'),
    ("lowbar", '_'),
    ("equals", '='),
    ("lpar", '('),
    ("rpar", ')'),
    ("auml", 'ä'),
    ("ouml", 'ö'),
    ("uuml", 'ü'),
    ("Auml", 'Ä'),
    ("Ouml", 'Ö'),
    ("Uuml", 'Ü'),
    ("szlig", 'ß'),
    ("eacute", 'é'),
    ("egrave", 'è'),
    ("agrave", 'à'),
    ("ccedil", 'ç'),
];

/// An entity with its semicolon.
fn entity(rest: &[u8]) -> Option<(char, usize)> {
    let end = rest.iter().take(11).position(|&b| b == b';')?;
    let body = std::str::from_utf8(rest.get(1..end)?).ok()?;
    let c = match body.strip_prefix('#') {
        None => ENTITIES.iter().find(|entity| entity.0 == body)?.1,
        Some(number) => {
            let hexadecimal = number.strip_prefix(['x', 'X']);
            let (digits, base) = hexadecimal.map_or((number, 10), |digits| (digits, 16));
            let valid = (1..=7).contains(&digits.len()) && digits.chars().all(|c| c.is_digit(base));
            let code = u32::from_str_radix(digits, base).ok().filter(|_| valid)?;
            char::from_u32(code)?
        }
    };
    Some((c, end + 1))
}

/// A character of which every byte is a sign and two hexadecimal digits; capitals after `=`.
fn hex(rest: &[u8], sign: char) -> Option<(char, usize)> {
    let byte = |three: &[u8]| {
        let digits = std::str::from_utf8(three).ok()?.strip_prefix(sign)?;
        let capital = sign == '%' || !digits.bytes().any(|b| b.is_ascii_lowercase());
        let valid = capital && digits.bytes().all(|b| b.is_ascii_hexdigit());
        valid.then(|| u8::from_str_radix(digits, 16).ok())?
    };
    let bytes: Vec<u8> = rest.chunks_exact(3).take(4).map_while(byte).collect();
    let (c, len) = char_at(&bytes)?;
    Some((c, 3 * len))
}

/// Length of a line end that stands here.
fn line_end(rest: &[u8]) -> Option<usize> {
    match rest {
        [b'\n', ..] => Some(1),
        [b'\r', b'\n', ..] => Some(2),
        _ => None,
    }
}

/// A line of quoted-printable that goes on: `=` and the line end are `len` bytes.
fn soft_break(before: &[u8], rest: &[u8], len: usize, quoted: bool) -> Option<Unit> {
    let line = before.iter().rev().take_while(|&&b| b != b'\n').count();
    let goes_on = |b: &u8| b.is_ascii_alphanumeric() || !b.is_ascii();
    let long = (60..=75).contains(&line) && rest.get(len).is_some_and(goes_on);
    Unit::new(len, "").filter(|_| quoted || long)
}

/// A hyphen at a line's end.
fn hyphen(before: &[u8], rest: &[u8]) -> Option<Unit> {
    let len = 1 + line_end(rest.get(1..)?)?;
    let next = rest.get(len..)?;
    if before.last()?.is_ascii_digit() {
        return Unit::new(len, "-").filter(|_| next.first().is_some_and(u8::is_ascii_digit));
    }
    let is_blank = |b: &&u8| **b == b' ' || **b == b'\t';
    let blanks = next.iter().take(16).take_while(is_blank).count();
    let word = next.get(blanks..)?;
    let small = char_at(word).is_some_and(|(c, _)| c.is_ascii_lowercase())
        || matches!(word, [0xC3, 0x9F..=0xB6 | 0xB8..=0xBF, ..]);
    let end = (0..word.len()).find(|&at| !super::boundary::is_word(word, at));
    let word = word.get(..end.unwrap_or(word.len()))?;
    let joining = ["und", "oder", "and", "or", "bzw", "sowie", "bis"];
    let joins = joining.iter().any(|joining| joining.as_bytes() == word);
    let in_word = super::boundary::is_word(before, before.len() - 1);
    Unit::new(len + blanks, "").filter(|_| small && in_word && !joins)
}
