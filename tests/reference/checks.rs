//! The checks of `docs/language.md`, each with numbers that hold and numbers that do not.
//! They are published samples or made up; none belongs to a person.

use crate::generate::build::*;
use riegel::reference::checks;
use riegel::syntax::ast::{Check, NumberCheck, NumberEquals, Slice, Weights, WeightsEquals};

/// What the reference and the kernel say; they always agree.
fn holds(check: &Check, span: &[u8]) -> bool {
    let said = checks::holds(check, span);
    let text = String::from_utf8_lossy(span);
    match riegel::detect::checks::holds(check, span) {
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
fn luhn_with_letters() {
    // ISIN (ISO 6166), MEID (3GPP2, the last digit is the check), Portugal's citizen card.
    let isin = worded("luhn", "letters");
    judge(
        &isin,
        &["DE0005933931", "US0378331005", "AU0000XVGZA3"],
        &["DE0005933932", "US0378331006", "AU0000XVGZA4", "-"],
    );
    let meid = ints("luhn", &[16], None);
    judge(
        &meid,
        &["AF 01 23 45 0A BC DE C"],
        &["AF 01 23 45 0A BC DE D", "AF 01 23 45 0A BC DE G"],
    );
    let card = ints("luhn", &[36], None);
    judge(
        &card,
        &["00000000 0 ZZ4"],
        &["00000000 0 ZZ3", "00000000 0 YZ4"],
    );
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
fn date_with_offsets() {
    // Poland adds 20 to the month from 2000 on, Sweden 60 to the day of a coordination number.
    let pesel = texts("date", &["YYMMDD", "month+20", "month+80"], on(1, Some(6)));
    judge(
        &pesel,
        &["44051401359", "02270803628", "85832312345"],
        &["44451401359", "02330803628", "02200803628"],
    );
    let both = texts("date", &["DDMMYY", "day+40", "month+50"], None);
    judge(
        &both,
        &["410180", "710180", "015180", "715180"],
        &["720180", "400180", "716380"],
    );
}

#[test]
fn written_date() {
    let check = texts("written_date", &[], None);
    judge(
        &check,
        &[
            "31.12.1999",
            "1.2.99",
            "1999-12-31",
            "12/31/1999",
            "31/12/1999",
            "12. März 1980",
            "12. MÄRZ 1980",
            "March 12, 1980",
            "12 Mar 1980",
            "12-Mar-80",
            "March 12th, 1980",
            "1st of May 2001",
            "5. Jänner 2024",
            "5. Jaenner 2024",
            "3. Dez. 2020",
            "Dec 3 2020",
            "Sept. 4, 2021",
            "1. Oktober 2021",
            "2024-02-29",
            "2100/1/1",
        ],
        &[
            "31.11.1999",
            "12.31.1999",
            "13/32/1999",
            "2023-02-29",
            "31.12.1899",
            "1.1.2101",
            "1.1.199",
            "001.1.1999",
            "1.1",
            "1.1.1999 2",
            "12. Mond 1980",
            "12. Septemberfest 1980",
            "12 1980 March",
            "Mar Apr 1980",
            "1.1.1999+",
            "12345.1.1",
        ],
    );
    judge(
        &check,
        &["1.1.1999."],
        &["März 1980", "12 März", "12 st 1980", "1.\u{e9}.1999"],
    );
    judge(
        &texts("written_date", &[], on(4, None)),
        &["am 1.1.1999"],
        &["am", "am 31.2.1999"],
    );
}

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
fn weights_with_maps_and_signs() {
    // Italy's codice fiscale (D.M. 23.12.1976): other worths at odd places, the rest is a letter.
    let even: Vec<i64> = (0..10).chain(0..26).collect();
    let odd = [1, 0, 5, 7, 9, 13, 15, 17, 19, 21];
    let letters = [
        1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24,
        23,
    ];
    let code = Weights {
        repeat: true,
        map: even,
        odd_map: odd.into_iter().chain(letters).collect(),
        slice: on(1, Some(15)),
        signs: Some(spanned("ABCDEFGHIJKLMNOPQRSTUVWXYZ".into())),
        ..weights(&[1], 26, WeightsEquals::Digit(0))
    };
    judge(
        &weighed(code.clone()),
        &["RSSMRA85T10A562S", "MRTMTT91D08F205J"],
        &["RSSMRA85T10A562T", "RSSMRA85T10A562", "MRTMTT91D08F205K"],
    );
    let only_odd = Weights {
        map: Vec::new(),
        signs: None,
        slice: None,
        ..weights(&[1, 1], 100, WeightsEquals::Constant(12))
    };
    let only_odd = Weights {
        odd_map: code.odd_map,
        ..only_odd
    };
    judge(&weighed(only_odd), &["1C"], &["C1", "12"]);
}

#[test]
fn weights_with_steps() {
    // Austria's UID (BMF): weights 1,2, digit sum, 10 - (sum + 4) mod 10.
    let uid = Weights {
        repeat: true,
        digit_sum: true,
        slice: on(4, Some(10)),
        plus: Some(4),
        complement: true,
        ..weights(&[1, 2], 10, WeightsEquals::Digit(0))
    };
    judge(&weighed(uid.clone()), &["ATU13585627"], &["ATU13585626"]);
    let negative = Weights {
        plus: Some(-96),
        ..uid
    };
    judge(&weighed(negative), &["ATU13585627"], &["ATU13585626"]);
    // Brazil's CPF: ten times the rest, once more mod 11.
    let cpf = Weights {
        slice: on(1, Some(9)),
        times: Some(10),
        second: Some(11),
        ..weights(&[10, 9, 8, 7, 6, 5, 4, 3, 2], 11, WeightsEquals::Digit(10))
    };
    judge(
        &weighed(cpf),
        &["111.444.777-35", "529.982.247-25"],
        &["111.444.777-45"],
    );
    let constant = Weights {
        complement: true,
        times: Some(7),
        ..weights(&[1], 11, WeightsEquals::Constant(1))
    };
    judge(&weighed(constant), &["3"], &["4", "0"]);
    let large = Weights {
        digit_sum: true,
        ..weights(&[1000, -999], 1000, WeightsEquals::Constant(35))
    };
    judge(&weighed(large), &["ZZ"], &["0Z"]);
}

#[test]
fn numbers() {
    // Spain's DNI: the rest of the number mod 23 is a letter.
    let signs = |at| NumberEquals::Signs(spanned("TRWAGMYFPDXBNJZSQVHLCKE".into()), at);
    let dni = number(on(1, Some(8)), 23, signs(0));
    judge(
        &numbered(dni),
        &["12345678-Z", "54362315K"],
        &["12345678A", "1234567AZ", "12345678"],
    );
    // NIE with Y in front: 1 before the seven digits.
    let nie = NumberCheck {
        plus: Some(10_000_000),
        ..number(on(2, Some(8)), 23, signs(9))
    };
    judge(&numbered(nie), &["Y1234567X"], &["Y1234567L", "X1234567L"]);
    // Belgium's national number: 97 minus the rest.
    let digits = |from, to| Slice::Range(spanned(from), Some(spanned(to)));
    let nn = |plus| NumberCheck {
        plus,
        complement: true,
        ..number(on(1, Some(9)), 97, NumberEquals::Number(digits(10, 11)))
    };
    judge(
        &numbered(nn(None)),
        &["85.07.30-033 28"],
        &["85.07.30-033 29", "85.07.30-033"],
    );
    judge(
        &numbered(nn(Some(2_000_000_000))),
        &["17.07.30-033 84"],
        &["17.07.30-033 85", "85.07.30-033 28"],
    );
    let steps = NumberCheck {
        times: Some(100),
        second: Some(10),
        complement: true,
        plus: Some(-3),
        ..number(None, 97, NumberEquals::Constant(4))
    };
    judge(&numbered(steps), &["4"], &["5", "A"]);
    let long = number(None, 1_000_000, NumberEquals::Constant(1));
    judge(
        &numbered(long),
        &["100000000000000000000000000001", "1"],
        &["1000000000000000000000000000001", "2", ""],
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
