//! The checks of `docs/language.md`, each with numbers that hold and numbers that do not.
//! They are published samples or made up; none belongs to a person.

mod around;
mod dates;
mod encoded;
mod net;
mod random;
mod sums;
mod written;

use crate::generate::build::*;
use riegel::reference::checks;
use riegel::reference::fold::fold;
use riegel::syntax::ast::Check;

/// What the reference and the kernel say of a text; they always agree.
fn holds(check: &Check, span: &[u8]) -> bool {
    holds_in(check, span, (0, span.len()))
}

/// The same of a span in a view.
fn holds_in(check: &Check, view: &[u8], (start, end): (usize, usize)) -> bool {
    let folded = fold(view);
    let span = checks::Span {
        view,
        folded: &folded,
        start,
        end,
    };
    let said = checks::holds(check, span);
    let text = String::from_utf8_lossy(view);
    match riegel::detect::checks::holds(check, view, (start, end)) {
        Ok(kernel) => assert_eq!(kernel, said, "the kernel about {text:?} of {check:?}"),
        Err(_) => assert!(!said, "a check without a program holds for {text:?}"),
    }
    said
}

/// Every one of `good` passes, none of `bad` does.
fn judge(check: &Check, good: &[&str], bad: &[&str]) {
    for text in good {
        assert!(holds(check, text.as_bytes()), "{text} should pass");
    }
    for text in bad {
        assert!(!holds(check, text.as_bytes()), "{text} should fail");
    }
}

/// Checks with texts near which the two evaluators have something to disagree about.
fn samples() -> Vec<(Check, &'static str)> {
    let call = |name: &str| texts(name, &[], None);
    vec![
        (call("written_date"), "12. März 1980"),
        (call("written_date"), "March 12th, 1980"),
        (call("written_date"), "31/12/1999"),
        (call("written_date"), "1999-12-31"),
        (call("placeholder"), "<key> ${x} exAmple 123456 aaaa %s"),
        (ints("entropy", &[25], None), "aabbccddee"),
        (call("rare"), "getUsXk9vQ2"),
        (texts("crc32_hex", &["_"], None), "__ffffffff"),
        (texts("decodes", &["ab"], None), "YWJjZA==YWJj"),
        (texts("decodes", &["a"], on_run(2)), "x.YWJj"),
        (ints("decoded_length", &[5], None), "aGFsbG8="),
        (
            texts("decodes_to", &["user:password"], None),
            "dXNlcjpwYXNz",
        ),
        (texts("decodes_to", &["digits"], None), "MTIzNDU2Nzg.x"),
        (
            ints("base58check", &[], None),
            "1111111111111111111114oLvT2",
        ),
        (texts("bech32", &["a", "bc"], None), "A12UEL5L"),
        (texts("bech32", &["bc"], None), "BC1SW50QGDZ25J"),
        (call("eip55"), "0xde709f2102306220921060314715629080e2fb77"),
        (call("ip"), "fe80::1:2.3.4.5%eth0"),
        (call("ip"), "1:2:3:4:5:6:7::"),
        (call("ip"), "192.168.0.1/24"),
        (texts("ipv4_in", &["192.0.0.0/7"], None), "192.168.0.1"),
        (texts("ipv6_in", &["8000::/1", "::/127"], None), "::1"),
        (call("mac"), "00:00:00:00:00:01"),
        (call("mac"), "0000.0000.0001"),
        (call("tld"), "a.b.de"),
        (
            worded("bip39", "words"),
            "1. zoo act, add age\nzoo act add age zoo act add age",
        ),
        (call("mrz"), "D231458907UTO7408122F1204159<<<<<<<6"),
        (
            ints("mrz", &[2], None),
            "L898902C36UTO7408122F1204159ZE184226B<<<<<10",
        ),
        (call("damm"), "5724"),
        (worded("luhn", "letters"), "US0378331005"),
        (ints("luhn", &[16], None), "AF0123450ABCDEC"),
        (ints("luhn", &[36], None), "000000000ZZ4"),
        (
            texts("date", &["YYMMDD", "month+20", "day+40"], None),
            "022708",
        ),
        (texts("one_of", &["AT", "de"], None), "at"),
    ]
}

#[test]
fn the_kernel_and_the_reference_agree_near_the_edges() {
    let bytes: Vec<u8> = (0..=255).chain(*b"0123456789aAzZ:.-/<1 ").collect();
    let mut rng = crate::generate::Rng::new(29);
    let mut passed = 0;
    for (check, sample) in samples() {
        for _ in 0..2000 {
            let mut text = sample.as_bytes().to_vec();
            for _ in 0..rng.below(4) {
                let at = rng.below(text.len() + 1);
                let byte = bytes[rng.below(bytes.len())];
                match rng.below(4) {
                    0 if at < text.len() => drop(text.remove(at)),
                    1 => text.insert(at, byte),
                    2 if at < text.len() => text[at] = byte,
                    _ if at + 1 < text.len() => text.swap(at, at + 1),
                    _ => {}
                }
            }
            passed += usize::from(holds(&check, &text));
        }
    }
    assert!(passed > 10_000, "only {passed} texts pass");
}
