//! Check digits and sums: published numbers, and what two slips make of them.

use super::judge;
use crate::generate::build::*;
use riegel::syntax::ast::{NumberCheck, NumberEquals, Slice, Weights, WeightsEquals};

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
fn damm() {
    // 572 with its check digit, from the thesis.
    judge(
        &ints("damm", &[], None),
        &["5724", "57-24"],
        &["5727", "5274", "57a4"],
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
