//! The view and the way back (semantics 25).
#![allow(missing_docs, clippy::unwrap_used, reason = "tests")]

use riegel_kernel::normalise::{Origin, count, write};

fn view(text: &[u8]) -> (Vec<u8>, Vec<u32>) {
    let mut view = vec![0; text.len()];
    let mut steps = vec![0; 2 * (count(text) + 2)];
    let (len, n) = write(text, &mut view, &mut steps).unwrap();
    if n == 0 {
        assert_eq!(count(text), 0);
        return (text.to_vec(), Vec::new());
    }
    view.truncate(len);
    steps.truncate(2 * n);
    (view, steps)
}

#[test]
fn sequences_are_dropped_or_replaced_and_everything_else_stays() {
    let cases: [(&str, &str); 8] = [
        ("DE89\u{A0}3704", "DE89 3704"),
        ("41\u{200B}11", "4111"),
        ("Kredit\u{AD}karte", "Kreditkarte"),
        ("\u{FF14}\u{FF11}", "41"),
        ("a\u{2011}b\u{2212}c", "a-b-c"),
        ("\u{FEFF}x\u{3000}y", "x y"),
        ("„Müller“ – 5 €", "„Müller“ – 5 €"),
        ("\u{202E}abc\u{2069}", "abc"),
    ];
    for (text, expected) in cases {
        assert_eq!(view(text.as_bytes()).0, expected.as_bytes(), "{text:?}");
    }
}

#[test]
fn broken_utf8_stays_as_it_is() {
    for text in [
        &b"\xC2"[..],
        b"\xE2\x80",
        b"a\xEF\xBC",
        b"\xFF\xFE\xC2a",
        b"\xE2\x80\xC2\xA0",
    ] {
        let (view, _) = view(text);
        let expected: &[u8] = if text.ends_with(b"\xC2\xA0") {
            b"\xE2\x80 "
        } else {
            text
        };
        assert_eq!(view, expected, "{text:?}");
    }
}

#[test]
fn spans_lead_back_to_whole_original_characters() {
    let text = "x 41\u{200B}11\u{A0}\u{FF11}\u{FF12} y";
    let (view, steps) = view(text.as_bytes());
    let at = view.windows(2).position(|w| w == b"41").unwrap();
    let end = view.windows(2).position(|w| w == b"12").unwrap() + 2;
    let origin = Origin {
        text: text.as_bytes(),
        steps: &steps,
    };
    let (start, stop) = origin.span(at, end);
    assert_eq!(&text[start..stop], "41\u{200B}11\u{A0}\u{FF11}\u{FF12}");
}

#[test]
fn every_view_byte_leads_back_to_its_own_byte() {
    let pieces = [
        "a", "ä", "\u{A0}", "\u{200B}", "\u{FF15}", "€", "\u{2011}", "7",
    ];
    for seed in 0..4_096usize {
        let text: String = (0..4).map(|i| pieces[(seed >> (3 * i)) & 7]).collect();
        let (view, steps) = view(text.as_bytes());
        let origin = Origin {
            text: text.as_bytes(),
            steps: &steps,
        };
        let mut last = None;
        for (at, &b) in view.iter().enumerate() {
            let from = origin.of(at);
            assert!(last.is_none_or(|l| from > l), "{text:?}");
            let original = text.as_bytes()[from];
            assert!(
                original == b || original >= 0xC2 && b < 0x80,
                "{text:?} at {at}"
            );
            last = Some(from);
        }
    }
}
