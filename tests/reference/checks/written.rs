//! Tests of the span as written: words, placeholders, ranges, lengths, repetition.

use super::{holds, judge};
use crate::generate::build::*;

#[test]
fn lists() {
    let check = texts("one_of", &["AT", "de", "12"], on(1, Some(2)));
    judge(&check, &["AT1", "d-e", "123"], &["FR1", "A"]);
    judge(&texts("one_of", &["AT"], None), &["at"], &["ATU", "A"]);
    let check = texts("chars", &["0123456789abcdef"], on(2, None));
    judge(&check, &["z1F", "xa"], &["z1G", "x"]);
}

#[test]
fn placeholder() {
    let check = texts("placeholder", &[], None);
    judge(
        &check,
        &[
            "AKIAIOSFODNN7EXAMPLE",
            "xxxx",
            "sk_****",
            "<your key>",
            "${TOKEN}",
            "{{ token }}",
            "ChangeMe!",
            "YOUR_KEY",
            "dein_passwort",
            "dummy1",
            "pw123456",
            "abcdefgh",
            "%s",
            "sk-...",
            "0000",
        ],
        &[
            "xxx",
            "key>",
            ">key<",
            "Sommer2024!",
            "$TOKEN",
            "examp le",
            "000",
            "RiegelDemo",
        ],
    );
    judge(&not(check), &["Zp9"], &["dummy"]);
}

#[test]
fn range() {
    let check = ints("range", &[10, 50], None);
    judge(
        &check,
        &["10", "50", "0000010"],
        &["9", "51", "", "1a", "0000000000000000010"],
    );
    let octet = ints("range", &[0, 255], on_run(2));
    judge(&octet, &["999.255.1"], &["1.256", "1", "."]);
}

#[test]
fn prefix_and_length() {
    let prefix = texts("prefix", &["4", "51-55", "DE"], None);
    judge(
        &prefix,
        &["4", "51", "5599", "de1"],
        &["50", "5", "56", "5A", "D"],
    );
    let sized = texts("prefix_length", &["DE:4", "51-55:3", "4:2,5"], None);
    judge(
        &sized,
        &["DE12", "551", "41", "41234"],
        &["DE1", "5512", "412", "661"],
    );
    judge(
        &ints("length", &[9, 10], None),
        &["123456789", "1234567890"],
        &["12345678", "12345678901"],
    );
    judge(&ints("length", &[3], None), &["a-b-c"], &["ab"]);
    judge(&ints("digits", &[2], None), &["a1b2"], &["ab1"]);
}

#[test]
fn repetition() {
    let varied = ints("varied", &[], None);
    judge(
        &varied,
        &["1234567891", "1235", "ABD"],
        &["1111", "1234567890", "9876543210", "ABCD", "7"],
    );
    let tax = ints("one_digit_repeats", &[], None);
    judge(
        &tax,
        &["1123456789", "1213145678"],
        &["1234567890", "1112345678", "1122345678", "11213145167"],
    );
    judge(&tax, &["8609574271"], &["86a9574271"]);
}

#[test]
fn tests_of_the_span_as_written_know_no_longest_value() {
    let check = not(texts("placeholder", &[], None));
    let long = b"ab".repeat(50);
    assert!(holds(&check, &long));
    let both = any(vec![check.clone(), ints("luhn", &[], None)]);
    assert!(
        !holds(&both, &long),
        "a test that reads the value fails the whole check"
    );
    assert!(holds(&both, b"ab"));
    judge(
        &texts("placeholder", &[], on_run(2)),
        &["a+b:dummy==", "=x,xxxx"],
        &["dummy", "dummy b"],
    );
}

#[test]
fn p29_a_value_is_letters_and_digits_up_to_64() {
    let short = not(ints("luhn", &[], None));
    assert!(holds(&short, &[b'1'; 63]));
    assert!(
        !holds(&short, &[b'1'; 65]),
        "a longer value fails as a whole"
    );
    let slice = ints("luhn", &[], on(9, None));
    judge(&not(slice.clone()), &["12345678"], &[]);
    judge(&slice, &["123456780"], &["12345678", "1234567"]);
    judge(
        &any(vec![ints("luhn", &[], None), ints("digits", &[3], None)]),
        &["123"],
        &["12"],
    );
    judge(&all(vec![]), &["x"], &[]);
    judge(&ints("no_such_check", &[], None), &[], &["1"]);
}
