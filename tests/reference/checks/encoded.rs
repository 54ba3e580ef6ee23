//! Encodings that carry a check of their own: tokens, addresses of coins, word lists, travel documents.

use super::{holds, judge};
use crate::generate::build::*;

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
