//! What some checks need and only policies with such checks carry: constants of
//! digests, lists of words and names, the weights of bigrams.

use rustc_hash::FxHashMap as HashMap;
use std::sync::LazyLock;

/// Weights of bigrams, as the file says.
const BIGRAMS: &str = include_str!("bigrams.txt");
/// How words begin, as the file says.
const BEGINS: &str = include_str!("begins.txt");
/// Top-level domains.
const TLDS: &str = include_str!("../../policies/lib/data/tlds.txt");
/// The English words of BIP-39.
const BIP39: &str = include_str!("../../policies/lib/data/bip39_english.txt");

/// The lines of a list without its comments.
fn lines(text: &'static str) -> impl Iterator<Item = &'static str> {
    text.lines().filter(|line| !line.starts_with('#'))
}

/// The top-level domains, in small letters, sorted.
pub fn tlds() -> impl Iterator<Item = &'static str> {
    lines(TLDS)
}

/// The 2,048 words of BIP-39, sorted.
pub fn bip39() -> impl Iterator<Item = &'static str> {
    lines(BIP39)
}

/// For each of 54 kinds of bytes (a-z, A-Z, digit, other) how rare each of them is behind it, 0 to 15.
pub fn bigrams() -> &'static [Vec<u8>] {
    static READ: LazyLock<Vec<Vec<u8>>> = LazyLock::new(|| {
        let digit = |c: char| c.to_digit(16).and_then(|d| u8::try_from(d).ok());
        lines(BIGRAMS)
            .map(|line| line.chars().filter_map(digit).collect())
            .collect()
    });
    &READ
}

/// The same, two in a byte, the first one low.
pub(super) fn packed_bigrams() -> Vec<u8> {
    let all: Vec<u8> = bigrams().concat();
    let pack = |pair: &[u8]| pair.iter().rev().fold(0, |byte, d| byte << 4 | d);
    all.chunks(2).map(pack).collect()
}

/// The words in eight bytes each.
pub(super) fn packed_bip39() -> Vec<u8> {
    let padded = |word: &str| word.bytes().chain([0; 8]).take(8).collect::<Vec<u8>>();
    bip39().flat_map(padded).collect()
}

/// The labels by length: the length, how many, the labels.
pub(super) fn packed_tlds() -> Vec<u8> {
    let mut out = Vec::new();
    for len in 1..64u8 {
        let labels: Vec<&str> = tlds().filter(|l| l.len() == usize::from(len)).collect();
        if !labels.is_empty() {
            out.push(len);
            out.extend(
                u16::try_from(labels.len())
                    .unwrap_or(u16::MAX)
                    .to_le_bytes(),
            );
            out.extend(labels.concat().bytes());
        }
    }
    out
}

/// SHA-256 (FIPS 180-4, 4.2.2 and 5.3.3): 32 bits of the fractions of the cube roots of the first
/// 64 primes, then of the square roots of the first 8.
pub(super) fn sha256() -> Vec<u8> {
    let primes = || (2u128..).filter(|n| (2..*n).all(|d| n % d != 0));
    let cubes = primes().take(64).map(|p| root(p << 96, 3));
    let squares = primes().take(8).map(|p| root(p << 64, 2));
    cubes.chain(squares).flat_map(u32::to_le_bytes).collect()
}

/// The lower 32 bits of the root, rounded down.
fn root(n: u128, power: u32) -> u32 {
    let mut found = 0u128;
    for bit in (0..37).rev() {
        let more = found | 1 << bit;
        if more.pow(power) <= n {
            found = more;
        }
    }
    u32::try_from(found & u128::from(u32::MAX)).unwrap_or(0)
}

/// Keccak (FIPS 202, 3.2.5): the constants of 24 rounds, bits from a shift register.
pub(super) fn keccak() -> Vec<u8> {
    let mut register = 1u8;
    let mut next = || {
        let bit = register & 1;
        let high = register & 0x80 != 0;
        register = register << 1 ^ if high { 0x71 } else { 0 };
        u64::from(bit)
    };
    let mut round = |_| (0..7u32).fold(0u64, |lane, j| lane | next() << ((1 << j) - 1));
    (0..24).map(&mut round).flat_map(u64::to_le_bytes).collect()
}

/// The alphabet of Bitcoin's base 58.
pub(super) const BASE58: &str = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
/// Ripple's.
pub(super) const BASE58_RIPPLE: &str = "rpshnaf39wBUDNEGHJKLM4PQRST7VWXYZ2bcdeCg65jkm8oFqi1tuvAxyz";
/// The alphabet of bech32 (BIP-173).
pub(super) const BECH32: &str = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";
/// Prefixes of witness programs (BIP-173; BIP-350 from version 1 on).
pub(super) const WITNESS: [&str; 5] = ["bc", "tb", "bcrt", "ltc", "tltc"];

/// The quasi-group of H. M. Damm, Total anti-symmetrische Quasigruppen (2004), row by row.
pub(super) const DAMM: [&str; 10] = [
    "0317598642",
    "7092154863",
    "4206871359",
    "1750983426",
    "6123045978",
    "3674209581",
    "5869720134",
    "8945362017",
    "9438617205",
    "2581436790",
];

/// A check digit of a machine-readable zone: its place, and the ranges it is over.
type Digit = (u8, &'static [(u8, u8)]);

/// Documents of ICAO 9303 by characters; 0 no visa, 1 a visa, 2 either; and their check digits.
/// Parts 4 (passports), 5 (cards of three lines), 6 (of two), 7 (visas), and second lines alone.
const DOCUMENTS: [(u8, u8, &[Digit]); 7] = [
    (
        88,
        0,
        &[
            (53, &[(44, 53)]),
            (63, &[(57, 63)]),
            (71, &[(65, 71)]),
            (86, &[(72, 86)]),
            (87, &[(44, 54), (57, 64), (65, 87)]),
        ],
    ),
    (
        88,
        1,
        &[(53, &[(44, 53)]), (63, &[(57, 63)]), (71, &[(65, 71)])],
    ),
    (
        72,
        0,
        &[
            (45, &[(36, 45)]),
            (55, &[(49, 55)]),
            (63, &[(57, 63)]),
            (71, &[(36, 46), (49, 56), (57, 71)]),
        ],
    ),
    (
        72,
        1,
        &[(45, &[(36, 45)]), (55, &[(49, 55)]), (63, &[(57, 63)])],
    ),
    (
        90,
        2,
        &[
            (14, &[(5, 14)]),
            (36, &[(30, 36)]),
            (44, &[(38, 44)]),
            (59, &[(5, 30), (30, 37), (38, 45), (48, 59)]),
        ],
    ),
    (
        44,
        2,
        &[
            (9, &[(0, 9)]),
            (19, &[(13, 19)]),
            (27, &[(21, 27)]),
            (42, &[(28, 42)]),
            (43, &[(0, 10), (13, 20), (21, 43)]),
        ],
    ),
    (
        36,
        2,
        &[
            (9, &[(0, 9)]),
            (19, &[(13, 19)]),
            (27, &[(21, 27)]),
            (35, &[(0, 10), (13, 20), (21, 35)]),
        ],
    ),
];

/// The documents as `mrz` in the kernel reads them.
pub(super) fn documents() -> Vec<u8> {
    let count = |n: usize| u8::try_from(n).unwrap_or(u8::MAX);
    let mut out = Vec::new();
    for (len, kind, digits) in DOCUMENTS {
        out.extend([len, kind, count(digits.len())]);
        for (at, ranges) in digits {
            out.extend([*at, count(ranges.len())]);
            out.extend(ranges.iter().flat_map(|(from, to)| [*from, *to]));
        }
    }
    out
}

/// How words begin in German and English prose: the frequent folded 4-grams (`layout::fold`), and how
/// often each begins one in two megabytes, at least.
pub(super) fn begins() -> &'static HashMap<u32, usize> {
    static READ: LazyLock<HashMap<u32, usize>> = LazyLock::new(|| {
        let mut known = HashMap::default();
        let mut often = 0;
        for word in lines(BEGINS).flat_map(str::split_ascii_whitespace) {
            let key = word.replace('_', " ");
            match (word.parse(), key.as_bytes().first_chunk()) {
                (Ok(number), _) => often = number,
                (_, Some(key)) => _ = known.insert(u32::from_le_bytes(*key), often),
                _ => {}
            }
        }
        known
    });
    &READ
}
