//! The view and the way back (semantics 25).
#![allow(missing_docs, clippy::unwrap_used, clippy::panic, reason = "tests")]

use riegel_kernel::normalise::{Marks, Origin, count, write};

fn view(text: &[u8]) -> (Vec<u8>, Vec<u64>) {
    let mut marks = Marks::new(text.len());
    let changes = count(text, &mut marks);
    let mut view = vec![0; text.len()];
    let mut steps = vec![0; changes + 1];
    let (len, n) = write(text, &marks, &mut view, &mut steps).unwrap();
    if n == 0 {
        assert_eq!(changes, 0);
        return (text.to_vec(), Vec::new());
    }
    view.truncate(len);
    steps.truncate(n);
    (view, steps)
}

/// The original text behind a piece of the view.
fn behind(text: &str, piece: &str) -> String {
    let (view, steps) = view(text.as_bytes());
    let at = view
        .windows(piece.len())
        .position(|w| w == piece.as_bytes())
        .unwrap_or_else(|| panic!("{piece:?} in {:?}", String::from_utf8_lossy(&view)));
    let (start, end) = Origin { steps: &steps }.span(at, at + piece.len());
    String::from_utf8_lossy(&text.as_bytes()[start..end]).into()
}

#[test]
fn sequences_are_dropped_or_replaced_and_everything_else_stays() {
    let cases = [
        ("DE89\u{A0}3704", "DE89 3704"),
        ("41\u{200B}11", "4111"),
        ("Kredit\u{AD}karte", "Kreditkarte"),
        ("\u{FF14}\u{FF11}", "41"),
        ("a\u{2011}b\u{2212}c", "a-b-c"),
        ("\u{FEFF}x\u{3000}y", "x y"),
        ("„Müller“ – 5 €", "„Müller“ – 5 €"),
        ("\u{202E}abc\u{2069}", "abc"),
        ("a\u{E0041}b\u{FE0F}c\u{E0100}d", "abcd"),
        ("𝐀𝓫𝟗 𝚣 ℎ ℝ", "Ab9 z h R"),
        ("①⑨ H₂O ⁴¹ ٤١ ۴۱", "19 H2O 41 41 41"),
        ("m² 4111¹", "m² 4111¹"),
    ];
    for (text, expected) in cases {
        assert_eq!(view(text.as_bytes()).0, expected.as_bytes(), "{text:?}");
    }
}

#[test]
fn look_alikes_are_latin_only_among_latin() {
    let cases = [
        ("раураl", "paypal"),
        ("рау\u{200B}раl", "paypal"),
        ("DЕ89", "DE89"),
        ("ΑΒ12", "AB12"),
        ("p&#1072;ypal", "paypal"),
        ("ЕГН8001010000", "ЕГН8001010000"),
        ("αφμ123", "αφμ123"),
        ("Россия IT", "Россия IT"),
        ("сос а", "сос а"),
        ("IT-сос", "IT-сос"),
        ("оооооооооооооооооa", ""),
        ("%D0%B0", "а"),
    ];
    for (text, expected) in cases {
        let expected = match expected {
            // The letter is in reach of the last sixteen and no further.
            "" => format!("о{}a", "o".repeat(16)),
            _ => expected.into(),
        };
        let read = String::from_utf8(view(text.as_bytes()).0).unwrap();
        assert_eq!(read, expected, "{text:?}");
    }
}

#[test]
fn escapes_are_read_and_malformed_ones_stay() {
    let long = "x".repeat(70);
    let cases = [
        ("a&nbsp;b&shy;c&amp;&lt;&commat;", "a bc&<@"),
        ("M&uuml;ller &szlig; &#52;&#x31;", "Müller ß 41"),
        ("4&#8203;1&#xAD;1&Tab;x", "411 x"),
        ("&#x1D7D2;&#65297;", "41"),
        ("&nbsp &; &#; &#x; &foo; &#55296; &#0; &#00000052;", ""),
        ("a%40b%2Bc%20d%0Ae", "a@b+c d e"),
        ("%C3%BC %C2%AD%EF%BC%91 %2520", "ü 1 %20"),
        ("100 % 5%ig 7%zz %C3 %C3%2 %00 %E4 %", ""),
        ("F=C3=BCr =3D=20x=\nyz", "Für = xyz"),
        ("key=20 =3D =c3=bc x=\nY", ""),
        (&format!("{long}=\r\nab=3D"), &format!("{long}ab=")),
        (&format!("{long}=\n b=3D"), ""),
    ];
    for (text, expected) in cases {
        let expected = if expected.is_empty() { text } else { expected };
        let read = String::from_utf8(view(text.as_bytes()).0).unwrap();
        assert_eq!(read, expected, "{text:?}");
    }
}

#[test]
fn words_and_numbers_go_on_behind_a_line_end() {
    let cases = [
        ("vertrau-\nlich", "vertraulich"),
        ("vertrau-\r\n  lich", "vertraulich"),
        ("Über-\nübung", "Überübung"),
        ("4012 8888-\n8888 1881", "4012 8888-8888 1881"),
        ("Ein-\nund Ausgabe", ""),
        ("Ein-\nundeutig", "Einundeutig"),
        ("Bau-\nOrdnung", ""),
        ("x -\nitem 5-\n 5 -\nx", ""),
    ];
    for (text, expected) in cases {
        let expected = if expected.is_empty() { text } else { expected };
        let read = String::from_utf8(view(text.as_bytes()).0).unwrap();
        assert_eq!(read, expected, "{text:?}");
    }
}

#[test]
fn spans_are_those_of_the_original() {
    let cases = [
        ("a 4&nbsp;1 b", "4 1", "4&nbsp;1"),
        ("a 𝟒𝟏 b", "41", "𝟒𝟏"),
        ("a раураl b", "paypal", "раураl"),
        ("a M&uuml; b", "Mü", "M&uuml;"),
        ("a &uuml;&shy;M b", "ü", "&uuml;"),
        ("a &uuml;&shy;M b", "üM", "&uuml;&shy;M"),
        ("a %34%C3%BC b", "4ü", "%34%C3%BC"),
        ("a =C3=BCx=20b", "üx b", "=C3=BCx=20b"),
        ("a vertrau-\n lich b", "vertraulich", "vertrau-\n lich"),
        ("a 8-\r\n8 b", "8-8", "8-\r\n8"),
        ("a 8\u{E0030}\u{FE0F} b", "8", "8"),
        ("a ８\u{200B} b", "8", "８"),
        ("a 😀&#128512; b", "😀😀", "😀&#128512;"),
    ];
    for (text, piece, original) in cases {
        assert_eq!(behind(text, piece), original, "{text:?}");
    }
}

#[test]
fn places_of_the_original_have_places_in_the_view() {
    let (bytes, steps) = view("\u{200B}a M&uuml; \u{E0041}\u{E0042}x".as_bytes());
    let origin = Origin { steps: &steps };
    assert_eq!(bytes, "a Mü x".as_bytes());
    let back = |at| origin.back(at);
    assert_eq!([0, 2, 3, 4, 5, 6].map(back), [0, 0, 0, 1, 2, 3]);
    assert_eq!(
        [7, 8, 11, 12, 13, 16, 20, 21].map(back),
        [4, 5, 5, 5, 6, 6, 6, 6]
    );
    let changes: Vec<(usize, usize)> = origin.changes().collect();
    assert_eq!(changes, [(0, 3), (8, 12), (13, 21)]);
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
fn every_view_byte_leads_back_to_its_own_byte() {
    let pieces = [
        "a", "ä", "\u{A0}", "\u{200B}", "\u{FF15}", "€", "\u{2011}", "7",
    ];
    for seed in 0..4_096usize {
        let text: String = (0..4).map(|i| pieces[(seed >> (3 * i)) & 7]).collect();
        let (view, steps) = view(text.as_bytes());
        let origin = Origin { steps: &steps };
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
