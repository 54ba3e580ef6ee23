//! Paragraphs 25, 26, 30 and 31: what is read, and where words begin and end.

use crate::generate::build::*;
use riegel::check::model::Detector;
use riegel::reference::boundary::{is_boundary, is_word};
use riegel::reference::context::Words;
use riegel::reference::fold::{fold, fold_char};
use riegel::reference::normalise::View;
use riegel::reference::pattern::Matcher;

#[test]
fn p25_the_table() {
    let read = |text: &str| String::from_utf8(View::of(text.as_bytes()).bytes).unwrap();
    for nothing in [
        '\u{AD}', '\u{200B}', '\u{200F}', '\u{202A}', '\u{202E}', '\u{2060}', '\u{2064}',
        '\u{2066}', '\u{2069}', '\u{FEFF}', '\u{034F}', '\u{061C}', '\u{180E}', '\u{206F}',
    ] {
        assert_eq!(read(&format!("a{nothing}b")), "ab", "{nothing:?}");
    }
    for blank in [
        '\u{A0}', '\u{2000}', '\u{200A}', '\u{202F}', '\u{205F}', '\u{3000}',
    ] {
        assert_eq!(read(&format!("a{blank}b")), "a b", "{blank:?}");
    }
    for hyphen in ['\u{2010}', '\u{2011}', '\u{2212}'] {
        assert_eq!(read(&format!("a{hyphen}b")), "a-b", "{hyphen:?}");
    }
    assert_eq!(read("！～４Ａ"), "!~4A");
    let kept = "ä – ‘x’ \u{2012}\u{2071}\u{FF00}\u{FF5F}\u{1F600}";
    assert_eq!(read(kept), kept);
}

#[test]
fn p25_broken_utf8_stays() {
    for broken in [
        &b"\xE2\x80"[..],
        b"\xE2\x80\x41",
        b"\xC2",
        b"\xFF\xAD",
        b"\xC0\xAD",
        b"\xEF\xBC\xC2",
    ] {
        assert_eq!(View::of(broken).bytes, broken);
    }
    assert_eq!(
        View::of(b"\xE2\xC2\xADx").bytes,
        b"\xE2x",
        "a soft hyphen after a broken lead"
    );
}

#[test]
fn p25_the_way_back() {
    let view = View::of("\u{AD}a\u{AD}\u{A0}４b".as_bytes());
    assert_eq!(view.bytes, b"a 4b");
    assert_eq!(
        view.original(0, 1),
        (2, 3),
        "what was dropped belongs to nobody"
    );
    assert_eq!(view.original(0, 2), (2, 7), "unless it lies inside");
    assert_eq!(view.original(2, 3), (7, 10));
    assert_eq!(view.original(3, 4), (10, 11));
}

#[test]
fn p25_letters_escapes_and_line_ends() {
    let cases = [
        ("𝒦𝓇𝑒𝒹𝒾𝓉 ℎ 𝟜𝟙 ①② H₂O m² ⁴", "Kredit h 41 12 H2O m² 4"),
        ("٤١ ۴۱ a\u{E0061}\u{FE0F}b", "41 41 ab"),
        ("раураl DЕ89 ЕГН12 αφμ Конто", "paypal DE89 ЕГН12 αφμ Конто"),
        ("&Uuml;&szlig;&#x34;&shy;&nbsp;&;&x;", "Üß4 &;&x;"),
        ("a%40b%20%C3%BC%41%0A 5% %C3 %9", "a@b üA  5% %C3 %9"),
        ("=C3=BC=20x=\ny=3D", "ü xy="),
        ("a=20b=\nc", "a=20b=\nc"),
        (
            "vertrau-\n\tlich Ein-\nund 88-\n81",
            "vertraulich Ein-\nund 88-81",
        ),
    ];
    for (text, expected) in cases {
        let read = String::from_utf8(View::of(text.as_bytes()).bytes).unwrap();
        assert_eq!(read, expected, "{text:?}");
    }
    let view = View::of("x&uuml;&shy;%34y".as_bytes());
    assert_eq!(view.bytes, "xü4y".as_bytes());
    assert_eq!(view.original(0, 3), (0, 7));
    assert_eq!(view.original(2, 4), (2, 15));
}

/// What the view reads otherwise than it stands, what nearly is that, and what lies between.
const PIECES: [&str; 96] = [
    "\u{AD}",
    "\u{200B}",
    "\u{200D}",
    "\u{202E}",
    "\u{2066}",
    "\u{FEFF}",
    "\u{FE0F}",
    "\u{E0041}",
    "\u{E0101}",
    "\u{A0}",
    "\u{2000}",
    "\u{2003}",
    "\u{202F}",
    "\u{3000}",
    "\u{2010}",
    "\u{2011}",
    "\u{2212}",
    "\u{2013}",
    "’",
    "“",
    "§",
    "€",
    "ä",
    "Ä",
    "ß",
    "é",
    "４",
    "Ａ",
    "，",
    "𝐀",
    "𝟗",
    "ℎ",
    "™",
    "①",
    "⑩",
    "²",
    "¹",
    "⁰",
    "₂",
    "٤",
    "۴",
    "ف",
    "а",
    "р",
    "Е",
    "Г",
    "о",
    "ο",
    "Α",
    "φ",
    "漢",
    "😀",
    "\u{300}",
    "&nbsp;",
    "&uuml;",
    "&shy;",
    "&amp;",
    "&#52;",
    "&#x430;",
    "&#xAD;",
    "&#55296;",
    "&#00000052;",
    "&#",
    "&",
    ";",
    "x;",
    "%20",
    "%C3%BC",
    "%C2%AD",
    "%D0%B0",
    "%F0%9D%9F%97",
    "%",
    "%C3",
    "%zz",
    "=C3=BC",
    "=20",
    "=3D",
    "=c3",
    "=",
    "=\n",
    "=\r\n",
    "-\n",
    "-\r\n",
    "-",
    "\n",
    " ",
    "    ",
    "a",
    "Z",
    "4",
    "und",
    "oder ",
    ".",
    "_",
    "\t",
    "\u{1D6A4}",
];

#[test]
fn p25_the_kernel_reads_the_same() {
    use riegel_kernel::normalise::{Marks, Origin, count, write};
    let mut rng = crate::generate::rng::Rng::new(25);
    for round in 0..60_000 {
        let mut text = Vec::new();
        // Long ones for the marks: 512 stretches are 64 KiB.
        let most = match round {
            _ if round % 10_000 == 1 => 80_000,
            _ if round % 50 == 0 => 400,
            _ => 14,
        };
        for _ in 0..rng.below(most) {
            match rng.below(30) {
                0 => text.push((rng.next() & 0xFF) as u8),
                1 => text.extend(std::iter::repeat_n(b'x', rng.below(80))),
                // One half of a character.
                2 => text.extend(rng.pick(&PIECES).bytes().take(2)),
                _ => text.extend(rng.pick(&PIECES).bytes()),
            }
        }
        let right = View::of(&text);
        let mut marks = Marks::new(text.len());
        let changes = count(&text, &mut marks);
        let (mut view, mut steps) = (vec![0; text.len()], vec![0; changes + 1]);
        let (len, n) = write(&text, &marks, &mut view, &mut steps).unwrap();
        let shown = String::from_utf8_lossy(&text);
        if n == 0 {
            assert_eq!(right.bytes, text, "round {round}: {shown:?}");
            continue;
        }
        assert_eq!(
            String::from_utf8_lossy(&right.bytes),
            String::from_utf8_lossy(&view[..len]),
            "round {round}: {shown:?}"
        );
        assert_eq!(right.bytes, view[..len]);
        let origin = Origin { steps: &steps[..n] };
        for at in 0..len {
            for end in [at + 1, len] {
                let (kernel, reference) = (origin.span(at, end), right.original(at, end));
                assert_eq!(kernel, reference, "round {round}, {at}..{end}: {shown:?}");
            }
        }
    }
}

#[test]
fn p26_word_bytes() {
    let words = |text: &[u8]| -> Vec<bool> { (0..text.len()).map(|i| is_word(text, i)).collect() };
    assert_eq!(words(b"aZ9_-"), [true, true, true, false, false]);
    assert_eq!(words("ä".as_bytes()), [true, true]);
    assert_eq!(words("я".as_bytes()), [true, true]);
    assert_eq!(words("अ".as_bytes()), [true, true, true]);
    assert_eq!(words("“".as_bytes()), [false; 3]);
    assert_eq!(words("€".as_bytes()), [false; 3]);
    assert_eq!(words("😀".as_bytes()), [false; 4]);
    assert_eq!(words("§".as_bytes()), [false; 2], "C2 is no letter");
    assert_eq!(
        words(b"\x80\xC3a\xE1-\x80"),
        [false, true, true, true, false, true]
    );
    assert!(is_boundary("aä".as_bytes(), 3) && !is_boundary("aä".as_bytes(), 1));
    assert!(is_boundary(b"", 0) && is_boundary(b"a b", 1));
}

#[test]
fn p26_digit_patterns() {
    let digits = |regex: &str| Matcher::new(&[pattern(regex, false)]).digits;
    assert!(digits(r"\b[0-9]{2}[ .-]?[0-9]+\b") && digits(r"\+[0-9]"));
    assert!(digits(r"\d"), "ASCII, as everywhere in patterns");
    assert!(!digits("[0-9X]") && !digits("1a") && !digits(".") && !digits("ä?1"));
    let mixed = Matcher::new(&[pattern(r"\ba\b", false), pattern("b|c", false)]);
    assert!(!mixed.start && !mixed.end);
    let both = Matcher::new(&[pattern(r"\b(?:a|b)\b", false), pattern(r"\bcd\b", true)]);
    assert!(both.start && both.end);
}

#[test]
fn p27_all_ends_longest_first() {
    let ends =
        |regex: &str, text: &str| Matcher::new(&[pattern(regex, false)]).ends(text.as_bytes(), 0);
    assert_eq!(ends("a{1,3}", "aaaa"), [3, 2, 1]);
    assert_eq!(ends("(?:ab|abcd|a)c?", "abcd"), [4, 3, 2, 1]);
    assert_eq!(ends("a*?", "aab"), [2, 1], "an empty match is no end");
    assert_eq!(ends("ä+", "ää"), [4, 2]);
    assert_eq!(ends(r"\p{Lu}", "Äx"), [2]);
    assert_eq!(ends(r"(?-u:\xC3)", "Ä"), [1]);
    assert_eq!(ends("a.", "a\n"), [] as [usize; 0]);
    assert_eq!(
        Matcher::new(&[pattern("größe", true)]).ends("GRÖßE".as_bytes(), 0),
        [7]
    );
    assert_eq!(ends("a+", &"a".repeat(2000)).first(), Some(&1024));
}

#[test]
fn p31_the_table_is_the_one_in_the_text() {
    let text = include_str!("../../docs/semantics.md");
    let paragraph = text.split("31. **Case folding**").nth(1).unwrap();
    let paragraph = paragraph.split("In bytes:").next().unwrap();
    let mut table = std::collections::BTreeMap::new();
    let mut add = |range: &str, delta: i32, step: usize| {
        let (from, to) = range.split_once('-').unwrap_or((range, range));
        let code = |hex: &str| u32::from_str_radix(hex.trim(), 16).unwrap();
        for c in (code(from)..=code(to)).step_by(step) {
            table.insert(c, c.checked_add_signed(delta).unwrap());
        }
    };
    for line in paragraph
        .lines()
        .filter_map(|line| line.trim().strip_prefix("- "))
    {
        let (head, entries) = line.split_once(':').unwrap();
        for entry in entries.split(',') {
            if head == "alone" {
                let (range, delta) = entry.trim().split_once(' ').unwrap();
                add(range, delta.replace('−', "-").parse().unwrap(), 1);
            } else {
                let delta = head.split(',').next().unwrap().parse().unwrap();
                add(
                    entry.trim(),
                    delta,
                    if head.contains("alternate") { 2 } else { 1 },
                );
            }
        }
    }
    assert_eq!(table.len(), 404);
    for c in (0..0x3000).filter_map(char::from_u32) {
        let expected = table.get(&u32::from(c)).copied().unwrap_or(u32::from(c));
        assert_eq!(u32::from(fold_char(c)), expected, "U+{:04X}", u32::from(c));
    }
    assert_eq!(
        fold("ÄÖẞİΣЖ\u{212A}".as_bytes()),
        "äöẞİσж\u{212A}".as_bytes()
    );
    assert_eq!(fold(b"\xE1\xC3\x84\xC3A"), b"\xE1\xC3\xA4\xC3a");
}

#[test]
fn p30_context_words() {
    let with = |words: &[&str], within, before_only| {
        let detector = Detector {
            context: context(words, within, before_only),
            ..detector("x", &[])
        };
        Words::new(&detector.context.unwrap())
    };
    let beside = |words: &Words, text: &str| {
        let folded = fold(text.as_bytes());
        let start = folded.windows(2).position(|w| w == b"<>").unwrap();
        words.beside(&folded, start, start + 2)
    };
    let plain = with(&["Konto", "id"], 8, false);
    assert!(beside(&plain, "KONTO <>") && beside(&plain, "<> Kontos"));
    assert!(beside(&plain, "Girokonto<>"), "inside a compound");
    assert!(beside(&plain, "id <>") && !beside(&plain, "kid <>") && !beside(&plain, "<> ids"));
    assert!(
        beside(&plain, "konto   <>") && !beside(&plain, "konto    <>"),
        "inside the window whole"
    );
    assert!(!beside(&plain, "kon<>to"));
    let before = with(&["konto"], 80, true);
    assert!(beside(&before, "konto <>") && !beside(&before, "<> konto"));
    let umlaut = with(&["Größe"], 80, false);
    for spelling in ["größe", "GROESSE", "Grösse", "groeße"] {
        assert!(beside(&umlaut, &format!("{spelling} <>")), "{spelling}");
    }
    assert!(!beside(&umlaut, "grosse <>"));
    assert!(
        !beside(&with(&["<>"], 80, false), "<>"),
        "a word inside the span does not count"
    );
}
