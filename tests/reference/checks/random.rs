//! How random a text is.

use super::{holds, judge};
use crate::generate::build::*;

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
    let text = include_str!("../../corpus/benign/benign_de.txt");
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
