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
fn damm() {
    // 572 with its check digit, from the thesis.
    judge(
        &ints("damm", &[], None),
        &["5724", "57-24"],
        &["5727", "5274", "57a4"],
    );
}

#[test]
fn entropy() {
    let check = ints("entropy", &[30], None);
    judge(
        &check,
        &["abcdefgh", "abcdefghabcdefgh", "abcABC123"],
        &["abcdefga", "aaaa", "a"],
    );
    judge(
        &ints("entropy", &[60], None),
        &["ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"],
        &["ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789++"],
    );
    assert!(!holds(&check, &[7; 1024]));
}

#[test]
fn rare() {
    let check = texts("rare", &[], None);
    let usual = [
        "getUserById",
        "internal_service_name",
        "Donaudampfschifffahrtsgesellschaft",
        "Rechtsschutzversicherungsgesellschaften",
        "XMLHttpRequest",
        "MAX_RETRY_COUNT",
        "application/vnd.openxmlformats",
        "kubernetes-dashboard-token",
        "utf8mb4_unicode_ci",
        "x86_64-unknown-linux-gnu",
        "correcthorsebatterystaple",
        "Krankenversicherungsnummer",
        "srv-db-prod-01.intern.example.de",
        "Sommer2024!",
        "1234567890123456",
        "2024-11-22T10:00:00Z",
        "RiegelDemoRiegelDemo",
        "NurEinBeispiel",
    ];
    // Made by a generator of random numbers.
    let random = [
        "q7VxJ2mZk9TbWc4R",
        "Xk2vQ9bLz7RtYw3N",
        "hT5gKqWz8xVpJ3nB",
        "vJ8zQx3KfW7mYb2RtGq5LcXh",
        "Zq8+Kx/7vWjT3mXc",
    ];
    judge(&check, &random, &usual);
    judge(&check, &[], &["xQzJ", "q7VxJ2m", "x"]);
}

/// A small generator: the same texts on every machine.
fn random_text(seed: u64, length: usize, alphabet: &[u8]) -> String {
    let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        usize::try_from(state >> 33).unwrap() % alphabet.len()
    };
    let _ = (0..20).map(|_| next()).max();
    (0..length).map(|_| char::from(alphabet[next()])).collect()
}

#[test]
fn rare_is_nearly_all_that_is_random_and_nearly_nothing_else() {
    let check = texts("rare", &[], None);
    let base62 = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    let random = (0..2000).map(|seed| random_text(seed, 16, base62));
    let missed = random
        .filter(|text| !holds(&check, text.as_bytes()))
        .count();
    assert!(missed <= 20, "{missed} of 2,000 random texts are not rare");
    let text = include_str!("../corpus/benign/benign_de.txt");
    let words: std::collections::BTreeSet<&str> = text
        .split(|c: char| !c.is_alphanumeric() && c != '_')
        .filter(|word| word.len() >= 8)
        .take(20_000)
        .collect();
    let rare = words
        .iter()
        .filter(|word| holds(&check, word.as_bytes()))
        .count();
    assert!(
        rare * 200 <= words.len(),
        "{rare} of {} words are rare",
        words.len()
    );
}

#[test]
fn crc32_hex() {
    let token = |end: &str| format!("gl{}_{}Ri_{end}", "sa", "RiegelDemo".repeat(3));
    let check = texts("crc32_hex", &["glsa_"], None);
    judge(
        &check,
        &[&token("b146efd7")],
        &[
            &token("b146efd0"),
            &token("B146EFD7"),
            &token("b146efd"),
            "glsa_b146efd7",
            "_00000000",
        ],
    );
    judge(&texts("crc32_hex", &["_"], None), &[], &["glsa_x_12345678"]);
}

#[test]
fn decodes() {
    // {"alg":"HS256","typ":"JWT"} and {"sub":"1"}
    let token = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxIn0.x";
    let check = texts("decodes", &["\"alg\""], None);
    judge(
        &check,
        &[token, "eyJhbGciOg"],
        &["eyJzdWIiOiIxIn0", "\"alg\"", ".", "eyJhbG"],
    );
    judge(
        &texts("decodes", &["sub"], on_run(2)),
        &[token],
        &["eyJzdWIiOiIxIn0"],
    );
    let late = format!("{}YWxn", "AAAA".repeat(21));
    judge(
        &texts("decodes", &["a"], None),
        &[&late],
        &[&format!("AAAA{late}")],
    );
    let length = ints("decoded_length", &[5], None);
    judge(
        &length,
        &["aGFsbG8=", "aGFsbG8", "_-8_-8g="],
        &["aGFsbG8a", "aGFsbG8===", "aGFs bG8=", "aGFsb"],
    );
    // user:pass, :pass, user:, 12345678, 1234567a
    let pair = texts("decodes_to", &["user:password"], None);
    judge(
        &pair,
        &["dXNlcjpwYXNz", "dXNlcjpwYXNzCg".get(..12).unwrap()],
        &["OnBhc3M=", "dXNlcjo=", "dXNlcjpwYXNzCg", "dXNlcg", "="],
    );
    let digits = texts("decodes_to", &["digits"], None);
    judge(
        &digits,
        &["MTIzNDU2Nzg.x", "MTIz"],
        &["MTIzNDU2N2E", ".", "M"],
    );
}

#[test]
fn base58check() {
    let any = ints("base58check", &[], None);
    // Bitcoin's wiki: an address and a WIF key; BIP-32, test vector 1, the master's private key.
    let extended = concat!(
        "xprv9s21ZrQH143K3QTDL4LXw2F7HEK3wJUD2nW2nRk4stbPy6cq3jPPqjiChkVvvNKmPGJxWUtg6LnF5kej",
        "MRNNU3TGtRBeJgk33yuGBxrMPHi"
    );
    judge(
        &any,
        &[
            "1NEDqZPvTWRaoho48qXuLLsrYomMXPABfD",
            "1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2",
            "5HueCGU8rMjxEXxiPuD5BDku4MkFqeZyd4dZ1jvhTVqvbTLvyTJ",
            extended,
            "1111111111111111111114oLvT2",
        ],
        &[
            "1NEDqZPvTWRaoho48qXuLLsrYomMXPABfE",
            "5HueCGU8rMjxEXxiPuD5BDku4MkFqeZyd4dZ1jvhTVqvbTLvyTK",
            "1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVNl",
            "111111111111111111114oLvT2",
            "1",
            "3QJmnh",
            &"1".repeat(200),
        ],
    );
    let versions = ints("base58check", &[5, 48, 65], None);
    judge(
        &versions,
        &[
            "3J98t1WpEZ73CNmQviecrnyiWrnqRhWNLy",
            "TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t",
        ],
        &["1NEDqZPvTWRaoho48qXuLLsrYomMXPABfD"],
    );
    judge(
        &ints("base58check_ripple", &[], None),
        &["rHb9CJAWyB4rj91VRWn96DkukG4bwdtyTh"],
        &[
            "rHb9CJAWyB4rj91VRWn96DkukG4bwdtyTj",
            "1NEDqZPvTWRaoho48qXuLLsrYomMXPABfD",
        ],
    );
}

#[test]
fn bech32() {
    let check = texts("bech32", &["bc", "ltc"], None);
    judge(
        &check,
        &[
            // BIP-173 and BIP-350.
            "BC1QW508D6QEJXTDG4Y5R3ZARVARY0C5XW7KV8F3T4",
            "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj0",
            "bc1pw508d6qejxtdg4y5r3zarvary0c5xw7kw508d6qejxtdg4y5r3zarvary0c5xw7kt5nd6y",
            "BC1SW50QGDZ25J",
            "bc1zw508d6qejxtdg4y5r3zarvaryvaxxpcs",
        ],
        &[
            "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t5",
            "bc1QW508D6QEJXTDG4Y5R3ZARVARY0C5XW7KV8F3T4",
            // With the constant of the other version.
            "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqh2y7hd",
            "BC1S0XLXVLHEMJA6C4DQV22UAPCTQUPFHLXM9H8Z3K2E72Q4K9HCZ7VQ54WELL",
            "bc1p38j9r5y49hruaue7wxjce0updqjuyyx0kh56v8s25huc6995vvpql3jow4",
            "BC130XLXVLHEMJA6C4DQV22UAPCTQUPFHLXM9H8Z3K2E72Q4K9HCZ7VQ7ZWS8R",
            "bc1pw5dgrnzv",
            "BC1QR508D6QEJXTDG4Y5R3ZARVARYV98GJ9P",
            "tb1qw508d6qejxtdg4y5r3zarvary0c5xw7kxpjzsx",
            "bc1gmk9yu",
            "bc",
        ],
    );
    let plain = texts("bech32", &["a", "abcdef", "split"], None);
    judge(
        &plain,
        &[
            "A12UEL5L",
            "abcdef1qpzry9x8gf2tvdw0s3jn54khce6mua7lmqqqxw",
            "split1checkupstagehandshakeupstreamerranterredcaperred2y9e3w",
        ],
        &[
            "A12UEL5M",
            "split1checkupstagehandshakeupstreamerranterredcaperred2y9e2w",
            "a12UEL5L",
        ],
    );
}

#[test]
fn eip55() {
    let check = texts("eip55", &[], None);
    judge(
        &check,
        &[
            // The EIP's own.
            "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed",
            "0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359",
            "0xdbF03B407c01E7cD3CBea99509d93f8DDDC8C6FB",
            "0x52908400098527886E0F7030069857D2E4169EE7",
            "0xde709f2102306220921060314715629080e2fb77",
        ],
        &[
            "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1Beaed",
            "0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaed",
            "5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed",
            "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAe",
            "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAeg",
        ],
    );
}

#[test]
fn monero() {
    // Monero's own donation address, and one with a payment id from its documentation.
    let donation = "888tNkZrPN6JsEgekjMnABU4TBzc2Dt29EPAvkRxbANsAnjyPbb3iQ1YBRk1UXcdRsiKc9dhwMVgN5S9cQUiyoogDavup3H";
    let integrated = concat!(
        "4BxSHvcgTwu25WooY4BVmgdcKwZu5EksVZSZkDd6ooxSVVqQ4ubxXkhLF6hEqtw96i9cf3cVfLw8UWe95bdD",
        "KfRQeYtPwLm1Jiw7AKt2LY"
    );
    let wrong = donation.replace("up3H", "up3J");
    judge(
        &texts("monero", &[], None),
        &[donation, integrated],
        &[
            &wrong,
            donation.get(..94).unwrap(),
            &"z".repeat(95),
            &"1".repeat(95),
        ],
    );
}

#[test]
fn bip39() {
    let check = texts("bip39", &[], None);
    let abandon = |n: usize, last: &str| format!("{}{last}", "abandon ".repeat(n));
    let numbered = "1. legal 2. winner 3. thank 4. year\n5. wave 6. sausage 7. worth 8. useful\n\
        9) legal, winner, thank, YELLOW";
    judge(
        &check,
        &[
            // Test vectors of the reference implementation (Trezor).
            &abandon(11, "about"),
            &abandon(17, "agent"),
            &abandon(23, "art"),
            "zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo wrong",
            "letter advice cage absurd amount doctor acoustic avoid letter advice cage above",
            numbered,
        ],
        &[
            &abandon(11, "abandon"),
            &abandon(11, "abou"),
            &abandon(10, "about"),
            &abandon(12, "about"),
            &abandon(26, "about"),
            "zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo wrong!",
            "zoo",
            "...",
        ],
    );
    let words = worded("bip39", "words");
    judge(
        &words,
        &[&abandon(11, "abandon")],
        &[&abandon(11, "abandonment"), &abandon(12, "zoo")],
    );
}

#[test]
fn ip_addresses() {
    let any = texts("ip", &[], None);
    let right = [
        "8.8.8.8",
        "255.255.255.255",
        "0.0.0.0/0",
        "::",
        "::1",
        "1::",
        "2a00:1450:4001:81b::200e",
        "2001:DB8:0:0:8:800:200C:417A",
        "fe80::1%eth0",
        "2001:db8::/32",
        "::ffff:192.0.2.1",
        "1:2:3:4:5:6:1.2.3.4",
        "1:2:3:4:5:6:7::",
        "::2:3:4:5:6:7:8",
    ];
    let wrong = [
        "256.8.8.8",
        "8.8.8",
        "8.8.8.8.8",
        "8.8.8.08",
        "8.8..8",
        "8.8.8.8:80",
        "2a00:1450:4001:81b::200g",
        "12:30:45",
        "1::2::3",
        ":1:2:3:4:5:6:7",
        "1:2:3:4:5:6:7:",
        "1:2:3:4:5:6:7:8:9",
        "1:2:3:4:5:6:7:8::",
        "12345::",
        ":::",
        "::1.2.3",
        "1.2.3.4::",
        "1:2:3:4:5:6:7:1.2.3.4",
        "/8",
        ":",
        "1:2:3:4:5:6:7",
        "8.8.8.00000000008",
    ];
    judge(&any, &right, &wrong);
    let private = texts(
        "ipv4_in",
        &["10.0.0.0/8", "172.16.0.0/12", "192.0.2.7/32"],
        None,
    );
    judge(
        &private,
        &["10.1.2.3", "172.31.255.255", "192.0.2.7", "10.0.0.0/24"],
        &["11.0.0.0", "172.32.0.0", "192.0.2.6", "a00::", "::10.0.0.1"],
    );
    judge(
        &texts("ipv4_in", &["0.0.0.0/0"], None),
        &["8.8.8.8"],
        &["::"],
    );
    let six = texts("ipv6_in", &["fc00::/7", "::1/128", "2001:db8::/32"], None);
    judge(
        &six,
        &["fd12::1", "::1", "2001:db8:ffff::1", "fc00::%1"],
        &["fe80::1", "::2", "2001:db9::", "252.0.0.0"],
    );
}

#[test]
fn mac() {
    judge(
        &texts("mac", &[], None),
        &[
            "D0:50:99:84:A2:A0",
            "d0-50-99-84-a2-a0",
            "d050.9984.a2a0",
            "d0509984a2a0",
            "00:00:00:00:00:01",
        ],
        &[
            "D0:50:99:84:A2:G0",
            "D0:50-99:84:A2:A0",
            "00:00:00:00:00:00",
            "ff:FF:ff:ff:ff:ff",
            "D0:50:99:84:A2",
            "D05:0:99:84:A2:A0",
            "d0509984a2a01",
            "D0.50.99.84.A2.A0",
            ":D0:50:99:84:A2:A",
        ],
    );
}

#[test]
fn tld() {
    judge(
        &texts("tld", &[], None),
        &[
            "beispiel-firma.de",
            "anna@example.COM",
            "a.xn--p1ai",
            "x.vermögensberatung.zuerich",
        ],
        &[
            "beispiel-firma.qqq",
            "de",
            "firma.de.",
            "firma.",
            "a.d",
            "a.xn--vermgensberatung-pwb0",
        ],
    );
}

#[test]
fn mrz() {
    let check = texts("mrz", &[], None);
    // The specimens of ICAO 9303: parts 4, 5, 6 and 7.
    let passport = "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\nL898902C36UTO7408122F1204159ZE184226B<<<<<10";
    let card = "I<UTOD231458907<<<<<<<<<<<<<<<\n7408122F1204159UTO<<<<<<<<<<<6\nERIKSSON<<ANNA<MARIA<<<<<<<<<<";
    let two = "I<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<< D231458907UTO7408122F1204159<<<<<<<6";
    let visa = "V<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\nL8988901C4XXX4009078F96121096ZE184226B<<<<<<";
    let small_visa = "V<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<\nL8988901C4XXX4009078F9612109<<<<<<<<";
    judge(
        &check,
        &[
            passport,
            card,
            two,
            visa,
            small_visa,
            "L898902C36UTO7408122F1204159ZE184226B<<<<<10",
            "D231458907UTO7408122F1204159<<<<<<<6",
        ],
        &[
            &passport.replace("L898902C3", "L898902C4"),
            &passport.replace("6B<", "7B<"),
            &passport.replace("<<<10", "<<<11"),
            &card.replace("D231458907", "D231458908"),
            &card.replace("UTO<<<<<<<<<<<6", "UTO<<<<<<<<<<<7"),
            &two.replace("<6", "<5"),
            &visa.replace("C4XXX", "C5XXX"),
            &passport.to_lowercase(),
            &passport.replace("P<", "P+"),
            "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<",
            &"<".repeat(91),
            "<",
        ],
    );
    let one = ints("mrz", &[1], None);
    judge(
        &one,
        &[passport, &passport.replace("<<<10", "<<<11")],
        &[
            &passport.replace("L898902C3", "L898902C4"),
            &passport.replace("<<<10", "<<<25"),
        ],
    );
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
