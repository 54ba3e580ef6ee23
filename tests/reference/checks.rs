//! The checks of `docs/language.md`, each with numbers that hold and numbers that do not.
//! They are published samples or made up; none belongs to a person.

use crate::generate::build::*;
use riegel::reference::checks::holds;
use riegel::syntax::ast::{Check, Weights, WeightsEquals};

/// Every one of `good` passes, none of `bad` does.
fn judge(check: &Check, good: &[&str], bad: &[&str]) {
    for text in good {
        assert!(holds(check, text.as_bytes()), "{text} should pass");
    }
    for text in bad {
        assert!(!holds(check, text.as_bytes()), "{text} should fail");
    }
}

#[test]
fn luhn() {
    let check = ints("luhn", &[], None);
    let good = ["4111 1111 1111 1111", "35-209900-176148-1", "0"];
    judge(
        &check,
        &good,
        &["4111 1111 1111 1112", "35-209900-176148-2", "", "4111a"],
    );
    // US NPI: Luhn over 80840 and the number.
    judge(&check, &["80840 1234567893"], &["80840 1234567894"]);
}

#[test]
fn mod97() {
    let iban = ints("mod97", &[4], None);
    let good = [
        "DE89 3704 0044 0532 0130 00",
        "de89370400440532013000",
        "CH44 3199 9123 0008 8901 2",
        "RF18 5390 0754 7034",
    ];
    let bad = [
        "DE89 3704 0044 0532 0130 01",
        "CH44 3199 9123 0008 8901 3",
        "RF19 5390 0754 7034",
        "DE",
        "",
    ];
    judge(&iban, &good, &bad);
    let lei = ints("mod97", &[], None);
    judge(&lei, &["529900RIEGELMUSTER28"], &["529900RIEGELMUSTER20"]);
}

#[test]
fn iso7064() {
    let check = ints("iso7064", &[], on(3, None));
    judge(
        &check,
        &["DE 136 695 976"],
        &["DE136695978", "DE", "DEX36695976"],
    );
    judge(
        &ints("iso7064", &[], None),
        &["86095742719"],
        &["86095742718"],
    );
}

#[test]
fn gs1() {
    let check = ints("gs1", &[], None);
    judge(
        &check,
        &["756.9217.0769.85", "4006381333931"],
        &["756.9217.0769.84", "40063813339X1"],
    );
}

#[test]
fn verhoeff() {
    let check = ints("verhoeff", &[], None);
    judge(&check, &["2363", "73211009"], &["2364", "73211008", "2633"]);
    // Luxembourg: digits 1-12 pass Luhn, digits 1-11 with the 13th Verhoeff.
    judge(
        &ints("luhn", &[], on(1, Some(12))),
        &["1900 0101 001 52"],
        &["1900 0101 001 62"],
    );
}

#[test]
fn mod10_recursive() {
    let check = ints("mod10_recursive", &[], None);
    judge(
        &check,
        &["21 00000 00003 13947 14300 09017"],
        &["21 00000 00003 13947 14300 09016"],
    );
}

#[test]
fn crc32_base62() {
    let token = |end: &str| format!("gh{}_{}{end}", 'p', "RiegelDemo".repeat(3));
    let check = ints("crc32_base62", &[4], None);
    judge(
        &check,
        &[&token("3IByxA")],
        &[&token("3IByx0"), "ghp", "ghp_12345", &token("3IBy-A")],
    );
    assert!(holds(&check, b"abcd000000"), "the CRC-32 of nothing is 0");
}

#[test]
fn date() {
    let on_tail = texts("date", &["DDMMYY"], on(5, Some(10)));
    judge(
        &on_tail,
        &["1237 010180", "1237 290204"],
        &["1237 290205", "1237 320180", "1237 0101"],
    );
    judge(
        &texts("date", &["YYMMDD"], None),
        &["991231"],
        &["991301", "9912310"],
    );
    judge(
        &texts("date", &["DDMMYYYY"], None),
        &["29.02.2000"],
        &["29.02.1900", "00.01.2000"],
    );
    judge(
        &texts("date", &["YYYYMMDD"], None),
        &["2024-02-29", "0000-02-29"],
        &["2023-02-29"],
    );
    judge(
        &texts("date", &["MMDDYYYY"], None),
        &["12/31/1999"],
        &["31/12/1999"],
    );
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
fn weights_of_real_numbers() {
    let by = |w: &[i64], modulus, equals| weights(w, modulus, equals);
    let svnr = by(&[3, 7, 9, 0, 5, 8, 4, 2, 1, 6], 11, WeightsEquals::Digit(4));
    judge(
        &weighed(svnr),
        &["1237 010180"],
        &["1234 010180", "1237 0101801"],
    );
    let pzn = Weights {
        slice: on(1, Some(7)),
        ..by(&[1, 2, 3, 4, 5, 6, 7], 11, WeightsEquals::Digit(0))
    };
    judge(&weighed(pzn), &["02758089"], &["02758080"]);
    let lanr = Weights {
        slice: on(1, Some(6)),
        complement: true,
        ..by(&[4, 9, 4, 9, 4, 9], 10, WeightsEquals::Digit(7))
    };
    judge(&weighed(lanr), &["123456601"], &["123456701"]);
    let old_ahv = Weights {
        slice: on(1, Some(10)),
        complement: true,
        ..by(&[5, 4, 3, 2, 7, 6, 5, 4, 3, 2], 11, WeightsEquals::Digit(0))
    };
    judge(&weighed(old_ahv), &["123.45.678.113"], &["123.45.678.110"]);
    let uid = Weights {
        slice: on(4, Some(11)),
        complement: true,
        ..by(&[5, 4, 3, 2, 7, 6, 5, 4], 11, WeightsEquals::Digit(0))
    };
    judge(&weighed(uid), &["CHE-100.155.212"], &["CHE-100.155.213"]);
    let bsn = by(
        &[9, 8, 7, 6, 5, 4, 3, 2, -1],
        11,
        WeightsEquals::Constant(0),
    );
    judge(&weighed(bsn), &["1112.22.333"], &["1112.52.333"]);
    let imo = Weights {
        slice: on(4, Some(9)),
        ..by(&[7, 6, 5, 4, 3, 2], 10, WeightsEquals::Digit(0))
    };
    judge(&weighed(imo), &["IMO 9319466"], &["IMO 8814274"]);
}

#[test]
fn weights_with_letters() {
    let id_card = Weights {
        repeat: true,
        slice: on(1, Some(9)),
        ..weights(&[7, 3, 1], 10, WeightsEquals::Digit(10))
    };
    judge(
        &weighed(id_card),
        &["L01X00T471"],
        &["L01X00T472", "L01X00T47"],
    );
    let pension = Weights {
        digit_sum: true,
        letters_two_digits: true,
        slice: on(1, Some(11)),
        ..weights(
            &[2, 1, 2, 5, 7, 1, 2, 1, 2, 1, 2, 1],
            10,
            WeightsEquals::Digit(0),
        )
    };
    judge(
        &weighed(pension),
        &["15 070649 C 103"],
        &["15 070649 C 104", "15 0706490103"],
    );
    let health = Weights {
        repeat: true,
        digit_sum: true,
        letters_two_digits: true,
        slice: on(1, Some(9)),
        ..weights(&[1, 2], 10, WeightsEquals::Digit(0))
    };
    judge(&weighed(health), &["A123456780"], &["A123456781"]);
    let isbn = Weights {
        slice: on(1, Some(9)),
        complement: true,
        ten_is: Some('X'),
        ..weights(&[10, 9, 8, 7, 6, 5, 4, 3, 2], 11, WeightsEquals::Digit(0))
    };
    judge(
        &weighed(isbn.clone()),
        &["0-8044-2957-X", "0306406152"],
        &["0804429570", "030640615X"],
    );
    let no_ten = Weights {
        ten_is: None,
        ..isbn
    };
    judge(&weighed(no_ten), &["0306406152"], &["080442957X"]);
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
