//! What crosses the syntax room: whole files, and the laws of parser and printer.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests"
)]

#[path = "syntax/generate.rs"]
mod generate;

use proptest::prelude::*;
use riegel::diagnostics::Diagnostic;
use riegel::syntax::{DEEPEST, LONGEST_FILE, format, parse, print, without_places};

const DESIGN: &str = include_str!("syntax/design.riegel");
const WHOLE: &str = include_str!("syntax/whole.riegel");

/// Every span lies inside the text and on character boundaries.
fn assert_spans(text: &str, problems: &[Diagnostic]) {
    for d in problems {
        for place in std::iter::once(&d.place).chain(d.also.iter().map(|(p, _)| p)) {
            let span = place.span.range();
            assert!(text.get(span).is_some(), "{d:?} in {} bytes", text.len());
        }
        assert!(!d.message.is_empty());
    }
}

/// Parsed without errors.
fn clean(text: &str) -> riegel::syntax::ast::File {
    let (file, problems) = parse(text, 0);
    assert_spans(text, &problems);
    assert!(problems.is_empty(), "{problems:#?}\n{text}");
    file
}

/// All laws of the printer on one well-formed text.
fn assert_laws(text: &str) {
    let file = clean(text);
    let printed = print(&file);
    let again = clean(&printed);
    assert_eq!(
        without_places(file.clone()),
        without_places(again),
        "{printed}"
    );
    let formatted = format(text).expect("it parses");
    let tree = clean(&formatted);
    assert_eq!(
        without_places(file.clone()),
        without_places(tree.clone()),
        "{formatted}"
    );
    assert_eq!(file.comments.len(), tree.comments.len());
    assert_eq!(format(&formatted).expect("it parses"), formatted);
}

/// The codes of a text's errors, in order.
fn codes(text: &str) -> Vec<&'static str> {
    let (_, problems) = parse(text, 0);
    assert_spans(text, &problems);
    problems.iter().map(|d| d.code.id).collect()
}

#[test]
fn the_designs_examples_and_every_construct_obey_the_laws() {
    assert_laws(DESIGN);
    assert_laws(WHOLE);
    for text in [
        "",
        "// only a comment",
        "\n\n# one\n\n\n// two\n",
        "\u{feff}use a\r\nuse b\r\n",
    ] {
        assert_laws(text);
    }
}

#[test]
fn one_slip_is_one_error_and_siblings_stay() {
    let text = "rule a {\n  whne x\n  unless y and\n  then blok\n  cite \"c\"\n  say { de 5 en \"x\" }\n}\nrul b { when true then block }\nlet c = z\n";
    assert_eq!(codes(text), ["R0008", "R0001", "R0009", "R0001", "R0007"]);
    let (file, problems) = parse(text, 0);
    let suggestions: Vec<_> = problems.iter().map(|d| d.suggestion.as_deref()).collect();
    assert_eq!(
        suggestions,
        [Some("when"), None, Some("block"), None, Some("rule")]
    );
    assert_eq!(file.items.len(), 3);
    let riegel::syntax::ast::Item::Rule(rule) = &file.items[0] else {
        panic!("a rule comes first");
    };
    assert_eq!(rule.clauses.len(), 3);
}

#[test]
fn every_code_is_reached_by_its_own_mistake() {
    let deep = format!("let a = {}x", "(".repeat(usize::from(DEEPEST) + 1));
    let long = format!("list a = \"{}\"", "x".repeat(70_000));
    let many = "let\n".repeat(1000);
    let large = " ".repeat(LONGEST_FILE + 1);
    let cases = [
        ("R0001", "let a = b c"),
        ("R0002", "list a = \"x\nlet b = c\n"),
        ("R0003", "list a = \"\\q\""),
        ("R0004", "let a = content matches /x\n"),
        ("R0005", "param a: int = 12abc"),
        ("R0006", "let a = on 2027-02-30"),
        ("R0007", "frobnicate x"),
        ("R0008", "rule a {\n  frobnicate\n}"),
        ("R0009", "rule a { then stop }"),
        ("R0010", "rule a {\n  when b\nrule c { when d }"),
        ("R0011", "rule { when a }"),
        ("R0012", deep.as_str()),
        ("R0013", large.as_str()),
        ("R0014", long.as_str()),
        ("R0015", "use a;"),
        ("R0016", "policy a \"A\" { }\npolicy b \"B\" { }"),
        ("R0017", "use x\npolicy a \"A\" { }"),
        ("R0018", many.as_str()),
        ("R0019", "attribute a: strnig required"),
        (
            "R0020",
            "detector a \"A\" { confidence low, with check low, with check high }",
        ),
    ];
    for (code, text) in cases {
        let found = codes(text);
        let last = if code == "R0018" {
            found.last()
        } else {
            found.first()
        };
        assert_eq!(last, Some(&code), "{}", &text[..text.len().min(80)]);
        if code != "R0018" && code != "R0010" {
            assert_eq!(found.len(), 1, "{code}: {:#?}", parse(text, 0).1);
        }
    }
}

#[test]
fn near_words_are_offered() {
    for (text, wanted) in [
        ("let a = b adn c", "and"),
        ("let a = on 2027-02-30", "2027-02-28"),
        ("let a = b == c", "="),
        ("attribute a: strnig required", "string"),
        ("rule a { then warm }", "warn"),
        ("let a = found b (hihg)", "high"),
        ("test \"t\" { expct block }", "expect"),
    ] {
        let (_, problems) = parse(text, 0);
        assert_eq!(
            problems[0].suggestion.as_deref(),
            Some(wanted),
            "{problems:?}"
        );
    }
}

#[test]
fn hostile_megabytes_end() {
    let pieces = [
        "(",
        "\"",
        "\"\"\"",
        "[",
        "{",
        "}",
        "not ",
        "a.",
        "/",
        "#",
        "\\",
        "rule ",
        "let a = b ",
        "rule a { when ",
        "let a = [",
        "let a = (",
        "x and ",
        "test \"",
        "ä",
        "\n",
        "pattern /",
        "1",
        "2027-01-01 ",
        "list a = \"b\", ",
        "when x\n",
        "say { de \"x\" ",
        "!",
        "..",
    ];
    for piece in pieces {
        let text = piece.repeat(LONGEST_FILE / piece.len());
        let (_, problems) = parse(&text, 0);
        assert_spans(&text, &problems);
    }
}

#[test]
fn the_deepest_nesting_fits_a_small_stack() {
    let deepest = usize::from(DEEPEST);
    let text = format!("let a = {}x{}", "(".repeat(deepest), ")".repeat(deepest));
    std::thread::Builder::new()
        .stack_size(512 * 1024)
        .spawn(move || assert_laws(&text))
        .expect("a thread")
        .join()
        .expect("no overflow");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    #[test]
    fn generated_policies_obey_the_laws(text in generate::policy()) {
        assert_laws(&text);
    }

    #[test]
    fn token_soup_never_panics(text in generate::soup()) {
        let (_, problems) = parse(&text, 3);
        assert_spans(&text, &problems);
        prop_assert!(problems.iter().all(|d| d.place.source == 3 && d.is_error()));
    }

    #[test]
    fn any_text_never_panics(text in any::<String>()) {
        assert_spans(&text, &parse(&text, 0).1);
    }

    #[test]
    fn three_changed_bytes_never_panic(
        design in any::<bool>(),
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 3),
    ) {
        let mut bytes = if design { DESIGN } else { WHOLE }.as_bytes().to_vec();
        for (index, byte) in changes {
            let at = index.index(bytes.len());
            bytes[at] = byte;
        }
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let (file, problems) = parse(&text, 0);
        assert_spans(&text, &problems);
        if problems.is_empty() {
            assert_laws(&text);
        } else {
            print(&file);
        }
    }
}
