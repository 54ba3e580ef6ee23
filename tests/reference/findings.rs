//! Paragraphs 26 to 28 and 32 to 37: which findings there are.

use crate::generate::build::*;
use riegel::abi::record::{self, Decision};
use riegel::abi::{frame, with_texts};
use riegel::check::model::*;
use riegel::compile::prepare;
use riegel::emit::KERNEL;
use riegel::native::Native;
use riegel::reference;
use riegel::syntax::ast::{Confidence, LowerHow, Verdict};
use riegel_kernel::blocks::Way;

/// Decides under a rule that demands all detectors.
fn ask(detectors: Vec<Detector>, event: &Event) -> Decision {
    let all: Vec<usize> = (0..detectors.len()).collect();
    let rule = rule("r", found(&all, Confidence::Low), Verdict::Log);
    let policy = policy(detectors, vec![rule]);
    let decision = reference::decide(&policy, event, &Vec::new(), [0; 16]);
    assert_eq!(in_the_kernel(&policy, event).findings, decision.findings);
    decision
}

/// What the kernel says, which must be the same.
fn in_the_kernel(policy: &Policy, event: &Event) -> Decision {
    let native = Native::new(prepare(policy, KERNEL).unwrap()).unwrap();
    let schema = with_texts(policy, &native.prepared().plan);
    let frame = frame::encode(&schema, event).unwrap();
    record::decode(&native.decide(Way::Simd, &frame, &event.text)).unwrap()
}

/// The texts and confidences that one detector finds.
fn find(detector: Detector, text: &str) -> Vec<(String, u8)> {
    let event = said(text);
    let decision = ask(vec![detector], &event);
    let span = |f: &riegel_kernel::layout::FindingEntry| {
        let bytes = &event.text[f.start as usize..f.end as usize];
        (String::from_utf8_lossy(bytes).into_owned(), f.confidence)
    };
    decision.findings.iter().map(span).collect()
}

fn texts_of(detector: Detector, text: &str) -> Vec<String> {
    find(detector, text).into_iter().map(|f| f.0).collect()
}

#[test]
fn p26_boundaries_of_digit_patterns() {
    let digits = || detector("d", &[r"\b[0-9]{4}\b"]);
    assert_eq!(
        texts_of(digits(), "1234, 5678. (9012)/x"),
        ["1234", "5678", "9012"]
    );
    assert!(texts_of(digits(), "1.1234").is_empty());
    assert!(texts_of(digits(), "1234-1").is_empty());
    assert!(texts_of(digits(), "ä1234").is_empty());
    assert_eq!(texts_of(digits(), "_1234_ „1234“ a.1234"), ["1234"; 3]);
    let secret = Detector {
        class: "secret".into(),
        ..digits()
    };
    assert_eq!(texts_of(secret, "_1234 1234_ 1234"), ["1234"]);
    assert_eq!(
        texts_of(detector("d", &["[0-9]{4}"]), "1.12345678"),
        ["1234", "5678"]
    );
}

#[test]
fn p25_findings_are_original_bytes() {
    let found = texts_of(
        detector("d", &[r"\b[0-9]{4}-[0-9]\b"]),
        "x １2\u{AD}34\u{2011}5\u{AD} y",
    );
    assert_eq!(found, ["１2\u{AD}34\u{2011}5"]);
}

#[test]
fn p27_longest_end_first_then_the_check() {
    let checked = |plain| Detector {
        check: Some(ints("luhn", &[], None)),
        confidence: table([plain, plain, 3, 3]),
        ..detector("d", &["[0-9]{2,6}"])
    };
    assert_eq!(
        find(checked(0), "18000000"),
        [("180000".into(), 3), ("00".into(), 3)]
    );
    assert_eq!(find(checked(0), "181"), [("18".into(), 3)]);
    assert_eq!(
        find(checked(1), "123"),
        [("123".into(), 1)],
        "none holds: the longest"
    );
    assert!(find(checked(0), "12").is_empty());
}

#[test]
fn p27_at_most_eight_ends() {
    let chain = |length| Detector {
        check: Some(ints("length", &[length], None)),
        confidence: table([0, 0, 2, 2]),
        ..detector("d", &["k(?:a){1,20}"])
    };
    let text = format!("k{}", "a".repeat(12));
    assert_eq!(texts_of(chain(6), &text), ["kaaaaa"], "the eighth end");
    assert!(texts_of(chain(5), &text).is_empty(), "the ninth");
}

#[test]
fn p27_leftmost_and_not_overlapping() {
    assert_eq!(
        texts_of(detector("d", &["aba"]), "ababa aba"),
        ["aba", "aba"]
    );
    let fewest = Detector {
        digits: 2,
        ..detector("d", &["[a-z0-9]{3}"])
    };
    assert_eq!(
        texts_of(fewest, "abc1de2f3"),
        ["2f3"],
        "at least two digits"
    );
}

#[test]
fn p28_after_a_lead() {
    let secret = || Detector {
        class: "secret".into(),
        after: vec![pattern(r"\b(?:pass|password) ?[=:] {0,2}", true)],
        ..detector("d", &["[a-z0-9]{4,8}"])
    };
    assert_eq!(texts_of(secret(), "Password= geheim1"), ["geheim1"]);
    assert!(
        texts_of(secret(), "my_password=geheim1").is_empty(),
        "the underscore is a letter here"
    );
    assert!(texts_of(secret(), "password=").is_empty());
    assert_eq!(
        texts_of(secret(), "pass: pass:abcd"),
        ["pass"],
        "the value is found, its start is used up"
    );
    let bare = Detector {
        after: vec![pattern("x{1,3}", false)],
        ..detector("d", &[r"\bx?y"])
    };
    assert_eq!(
        texts_of(bare, "xxxy"),
        ["y"],
        "the longest lead end first; the value's own start is not asked"
    );
}

#[test]
fn p30_and_32_confidence_by_evidence() {
    let card = || Detector {
        check: Some(ints("luhn", &[], None)),
        context: context(&["karte"], 80, false),
        confidence: table([0, 1, 2, 3]),
        lower: vec![
            (LowerHow::Whole, "4111 1111".into()),
            (LowerHow::Prefix, "9-9".into()),
            (LowerHow::Suffix, "00".into()),
        ],
        ..detector("d", &[r"\b[0-9]{4}[ -]?[0-9]{4}\b"])
    };
    let level = |text: &str| find(card(), text).first().map(|f| f.1);
    assert_eq!(level("1234 5674"), Some(2));
    assert_eq!(level("1234 5673"), None);
    assert_eq!(level("Karte 1234 5673"), Some(1));
    assert_eq!(level("Karte 1234 5674"), Some(3));
    assert_eq!(level("Karte 4111-1111"), level("Karte 41111111"));
    assert_eq!(level("Karte 9900 0003"), level("Karte 99000003"));
    let plain = |text: &str| {
        let mut card = card();
        card.check = None;
        card.confidence = table([3, 3, 3, 3]);
        find(card, text).first().map(|f| f.1)
    };
    assert_eq!(plain("4111-1111"), Some(2));
    assert_eq!(plain("9912 3456"), Some(2));
    assert_eq!(plain("1234 5600"), Some(2));
    assert_eq!(plain("1234 5601"), Some(3));
}

#[test]
fn p33_yields_to() {
    let four = |confidence, yields_to| Detector {
        confidence: table([confidence; 4]),
        yields_to,
        ..detector("b.four", &["[0-9]{4}"])
    };
    let eight = |confidence| Detector {
        confidence: table([confidence; 4]),
        ..detector("a.eight", &["[0-9]{8}"])
    };
    let count = |a: Detector, b: Detector| ask(vec![a, b], &said("12345678 9999")).findings.len();
    assert_eq!(count(eight(2), four(2, vec![])), 4);
    assert_eq!(count(eight(2), four(2, vec![0])), 2);
    assert_eq!(
        count(eight(1), four(2, vec![0])),
        4,
        "only to one at least as confident"
    );
    let mutual = Detector {
        yields_to: vec![1],
        ..detector("a", &["[0-9]{4}"])
    };
    assert_eq!(
        count(mutual, four(2, vec![0])),
        0,
        "findings before any dropping"
    );
}

#[test]
fn p34_cap() {
    let mut policy = policy(
        vec![detector("d", &["x"])],
        vec![rule("r", found(&[0], Confidence::Low), Verdict::Log)],
    );
    policy.max_findings = 2;
    let flags = |text: &str| {
        let decision = reference::decide(&policy, &said(text), &Vec::new(), [0; 16]);
        (decision.findings.len(), decision.flags & 1)
    };
    assert_eq!(flags("xx"), (2, 0));
    assert_eq!(flags("x xx"), (2, 1));
}

#[test]
fn p35_order_and_display() {
    let detectors = vec![
        detector("aa.x", &["bcd"]),
        detector("long", &["abcde"]),
        detector("secret.generic", &["bcd"]),
        Detector {
            confidence: table([3; 4]),
            ..detector("sure", &["e"])
        },
    ];
    let decision = ask(detectors, &said("abcde bcd"));
    let seen: Vec<(u16, u32, u32, u8)> = decision
        .findings
        .iter()
        .map(|f| (f.detector, f.start, f.end, f.flags))
        .collect();
    // `sure` is the most confident, covers `long`; then `aa.x` shows and the others do not.
    assert_eq!(
        seen,
        [
            (1, 0, 5, 1),
            (0, 1, 4, 0),
            (2, 1, 4, 1),
            (3, 4, 5, 0),
            (0, 6, 9, 0),
            (2, 6, 9, 1)
        ]
    );
}

#[test]
fn p36_distinct_values() {
    let decision = ask(
        vec![detector("d", &["[A-Za-zÄä]{2}-?[0-9]"])],
        &said("ab1 AB-1 cd1 Äb1 äB1"),
    );
    let numbers: Vec<u32> = decision.findings.iter().map(|f| f.distinct).collect();
    assert_eq!(numbers, [1, 1, 2, 3, 3]);
}

/// Whether a finding condition holds.
fn says(leaf: Leaf, detectors: Vec<Detector>, event: &Event) -> bool {
    let rule = rule("r", Condition::Leaf(leaf), Verdict::Log);
    let policy = policy(detectors, vec![rule]);
    !reference::decide(&policy, event, &Vec::new(), [0; 16])
        .rules
        .is_empty()
}

#[test]
fn p37_counting() {
    let trio = || {
        vec![
            detector("a", &["ab"]),
            detector("b", &["bc"]),
            detector("c", &["cd"]),
        ]
    };
    let counts = |detectors: &[usize], n, text: &str| {
        let what = findings(detectors, Confidence::Medium);
        says(
            Leaf::Count(what, Comparison::Eq, Number::Const(n)),
            trio(),
            &said(text),
        )
    };
    assert!(counts(&[0, 1, 2], 1, "abcd"), "through others");
    assert!(
        counts(&[0, 2], 2, "abcd"),
        "the link between them is not spoken of"
    );
    assert!(counts(&[0], 2, "abab"), "to touch is not to overlap");
    let distinct = |n, text: &str| {
        let what = findings(&[0, 1], Confidence::Medium);
        let detectors = vec![detector("a", &["x[0-9]"]), detector("b", &["x ?[0-9]"])];
        says(
            Leaf::Distinct(what, Comparison::Eq, Number::Const(n)),
            detectors,
            &said(text),
        )
    };
    assert!(distinct(1, "x1 x 1") && distinct(2, "x1 x 2"));
    let near = |within, text: &str| {
        let what = findings(&[0], Confidence::Medium);
        says(
            Leaf::Near(what, vec![0], within),
            vec![detector("a", &["ab"])],
            &said(text),
        )
    };
    assert!(!near(100, "ab") && near(0, "abab") && near(2, "ab  ab") && !near(1, "ab  ab"));
    assert!(near(1, "ab\u{3000}ab"), "bytes of the view");
}

#[test]
fn p5_parts() {
    let mut event = said("abab");
    event.parts[0].len = 1;
    event.parts.push(Part {
        offset: 1,
        len: 3,
        role: 4,
        direction: 1,
    });
    let decision = ask(vec![detector("a", &["ab"])], &event);
    let spans: Vec<_> = decision
        .findings
        .iter()
        .map(|f| (f.part, f.start))
        .collect();
    assert_eq!(spans, [(1, 2)], "no finding crosses parts");
    let filtered = |roles, directions| {
        let what = Findings {
            roles,
            directions,
            ..findings(&[0], Confidence::Medium)
        };
        says(
            Leaf::Count(what, Comparison::Ge, Number::Const(1)),
            vec![detector("a", &["ab"])],
            &event,
        )
    };
    assert!(
        filtered(1 << 4, 3) && filtered(0x3F, 2) && !filtered(1 << 1, 3) && !filtered(1 << 4, 1)
    );
}

/// A number that is found under a head, and less surely under one that speaks against it.
fn headed() -> Detector {
    Detector {
        context: context(&["Konto", "iban"], 4, true),
        against: context(&["Bestell"], 4, true),
        confidence: table([2, 3, 2, 3]),
        ..detector("d", &[r"\b[0-9]{4,6}\b"])
    }
}

fn levels(text: &str) -> Vec<u8> {
    find(headed(), text).into_iter().map(|f| f.1).collect()
}

#[test]
fn p49_heads_of_columns() {
    assert_eq!(levels("Nr;Konto\n1111;2222\n3333;4444\n"), [2, 3, 2, 3]);
    assert_eq!(
        levels("Konto\tOrt\tBestellung\r\n1111\tX\t2222\r\n"),
        [3, 1]
    );
    assert_eq!(
        levels("| Nr | Kontonummer |\n|---|---|\n| 1111 | 2222 |"),
        [2, 3]
    );
    assert_eq!(levels("\"Nr, alt\",Konto,x\n1111,2222,x\n"), [2, 3]);
    // Other lines between, another number of cells, the head itself, a span over two lines.
    assert_eq!(levels("Nr;Konto\n\n1111;2222"), [2, 2]);
    assert_eq!(levels("Nr;Konto\n1111;2222;3333"), [2, 2, 2]);
    assert_eq!(levels("Nr;Konto;1111\n"), [2]);
    // Prose has blanks behind its commas, or ends with one.
    assert_eq!(levels("Nr, Konto, x\n1111, 2222, x"), [2, 2]);
    assert_eq!(levels("Konto,\r\n2222,\r\n"), [2]);
    assert_eq!(levels("Nr,Konto\n11111,22222"), [2, 3]);
    // A separator that ends rows, and a title above the head.
    assert_eq!(levels("Nr;Konto\n1111;2222;\n"), [2, 3]);
    assert_eq!(levels("Liste;;\nNr;Konto;x\n1111;2222;x\n"), [2, 3]);
    assert_eq!(levels("Konto;\n2222;\n3333;"), [2, 2]);
    // A word of the context in the same cell weighs more.
    assert_eq!(levels("Nr;Konto der Bestellung\n1;2222"), [3]);
}

#[test]
fn p49_long_rows_and_many_lines() {
    for filler in [1000, 1010, 1011, 1012, 1013, 1014, 1015, 1020] {
        let row = format!("{};1111\n", "x".repeat(filler));
        let head = format!("{};Konto\n", "x".repeat(filler - 1));
        let wide = levels(&format!("{head}{row}{row}"));
        let expected = if filler + 5 <= 1024 { 3 } else { 2 };
        assert_eq!(wide, [expected; 2], "{filler}");
        // Behind such a row as in front of it.
        let behind = levels(&format!("y\n{}{head}{row}", "z;1\n".repeat(2)));
        assert_eq!(behind.len(), 1);
    }
    let many = format!("Nr;Konto\n{}", "1111;2222\n".repeat(2000));
    assert_eq!(levels(&many), [2, 3].repeat(2000));
}

#[test]
fn p49_commas_between_cells() {
    let digits = || detector("d", &[r"\b[0-9]{3,6}\b"]);
    assert_eq!(texts_of(digits(), "a,123,456,b"), ["123", "456"]);
    assert!(texts_of(digits(), "123,456").is_empty());
    assert!(texts_of(digits(), "a, b,123,456,c").is_empty());
    assert_eq!(
        texts_of(digits(), "1, 2\na,123,456,b\n1, 2"),
        ["123", "456"]
    );
}
