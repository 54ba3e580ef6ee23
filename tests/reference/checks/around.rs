//! Tests of what stands around a span. In the samples `‹` and `›` stand at its ends.

use super::holds_in;
use crate::generate::Rng;
use crate::generate::build::*;
use riegel::syntax::ast::Check;

fn marked(check: &Check, sample: &str) -> bool {
    let (before, rest) = sample.split_once('‹').unwrap();
    let (span, behind) = rest.split_once('›').unwrap();
    let view = [before, span, behind].concat();
    let start = before.len();
    holds_in(check, view.as_bytes(), (start, start + span.len()))
}

fn judge(check: &Check, good: &[&str], bad: &[&str]) {
    for sample in good {
        assert!(marked(check, sample), "{sample:?} should pass");
    }
    for sample in bad {
        assert!(!marked(check, sample), "{sample:?} should fail");
    }
}

fn call(name: &str) -> Check {
    texts(name, &[], None)
}

#[test]
fn case() {
    judge(
        &call("capitals"),
        &["x ‹STRENG GEHEIM› x", "‹FÜR DEN DIENST›", "‹A-1›"],
        &["‹Streng›", "‹STRENG geheim›", "‹GROß›", "‹ÄÖÜ›", "‹12›"],
    );
    judge(
        &call("capital"),
        &["x ‹Vertraulich›", "‹Übung›", "‹A›"],
        &["‹vertraulich›", "‹übung›", "‹ßa›", "‹1A›", "‹ Ab›"],
    );
}

#[test]
fn signs() {
    judge(
        &call("bracketed"),
        &[
            "x [‹intern›] x",
            "(‹intern› )",
            "** ‹intern›**",
            "<‹intern›>",
        ],
        &[
            "‹intern›",
            "[‹intern›",
            "‹intern›]",
            "[  ‹intern›]",
            "x‹intern›]",
        ],
    );
    judge(
        &call("alone"),
        &[
            "a\n‹intern›\nb",
            "‹intern›\nb",
            "a\n  - ‹intern›",
            "a\n\t** ‹intern› **\r\nb",
            "| x | ‹intern› | 7 |",
        ],
        &[
            "‹intern›",
            "  ‹intern›.",
            "a\nx ‹intern›\nb",
            "a\n‹intern› x\nb",
            "a\n--------- ‹intern›\nb",
        ],
    );
    judge(
        &call("ends_line"),
        &[
            "Muster GmbH - ‹intern›\n\nText",
            "‹intern› |\r\n  Text",
            "‹intern›\nÄnderung",
            "‹intern›\n7",
        ],
        &[
            "‹intern›",
            "‹intern›\n",
            "‹intern›.\nText",
            "‹intern›\nund weiter",
            "‹intern›\nüber",
            "‹intern› so\nText",
        ],
    );
}

#[test]
fn words_before() {
    judge(
        &texts("follows", &["Einstufung", "dokument ist", "re:"], None),
        &[
            "Einstufung: ‹geheim›",
            "EINSTUFUNG\n\n„‹geheim›",
            "Das Dokument\tist ‹geheim›",
            "Re: ‹geheim›",
            "Sicherheitseinstufung = ‹geheim›",
        ],
        &[
            "Einstufung ist ‹geheim›",
            "Einstufung:                                  ‹geheim›",
            "‹geheim› Einstufung",
            "Einstufungen: ‹geheim›",
            "more: ‹geheim›",
        ],
    );
    judge(
        &texts("precedes", &["geb.", "Personal-Nr", "id"], None),
        &[
            "‹Anna› (geb. 1980)",
            "‹Anna›, PERSONAL-NR. 7",
            "‹Anna›\nid: 7",
        ],
        &["‹Anna› ist geb.", "geb. ‹Anna›", "‹Anna›, ideal", "‹Anna›"],
    );
    judge(
        &precedes(12, &["konto"]),
        &["‹DE1› mein Konto", "‹DE1›-Konto"],
        &["‹DE1› auf dem Konto", "Konto ‹DE1›"],
    );
    let near = follows(14, &["nicht", "kein"]);
    judge(
        &near,
        &["nicht ‹geheim›", "nicht sehr so ‹geheim›", "Keine ‹geheim›"],
        &[
            "nicht so sehr sehr ‹geheim›",
            "‹geheim› nicht",
            "nich ‹geheim›",
        ],
    );
}

#[test]
fn the_kernel_and_the_reference_agree_near_the_edges() {
    let checks = [
        call("capitals"),
        call("capital"),
        call("bracketed"),
        call("alone"),
        call("ends_line"),
        texts("follows", &["ab", "grün", "ab a", "abab"], None),
        follows(5, &["abab", "a"]),
        follows(80, &["ä b"]),
        texts("precedes", &["ab", "grün", "a b"], None),
        precedes(5, &["abab", "a"]),
    ];
    let pieces = [
        "a", "b", "A", "ab", " ", "\n", "\r\n", "|", "[", "]", "*", "-", ".", ":", "ü", "ß", "Ä",
        "gruen", "grün", "1",
    ];
    let mut rng = Rng::new(48);
    let mut passed = 0;
    for _ in 0..20_000 {
        let text: String = (0..rng.below(16))
            .map(|_| pieces[rng.below(pieces.len())])
            .collect();
        let ends: Vec<usize> = (0..=text.len())
            .filter(|&i| text.is_char_boundary(i))
            .collect();
        let (one, other) = (ends[rng.below(ends.len())], ends[rng.below(ends.len())]);
        for check in &checks {
            let span = (one.min(other), one.max(other));
            passed += usize::from(span.0 < span.1 && holds_in(check, text.as_bytes(), span));
        }
    }
    assert!(passed > 4_000, "only {passed} spans pass");
}
