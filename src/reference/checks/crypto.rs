//! Checksums of addresses, keys and seed phrases of crypto assets.

use super::keccak::keccak256;
use crate::detect::data;
use sha2::{Digest, Sha256};

/// Bitcoin's digits of base 58.
pub(super) const BITCOIN: &[u8; 58] = b"123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
/// Ripple's.
pub(super) const RIPPLE: &[u8; 58] = b"rpshnaf39wBUDNEGHJKLM4PQRST7VWXYZ2bcdeCg65jkm8oFqi1tuvAxyz";

/// Longest text in base 58.
const LONGEST: usize = 128;

/// The number, highest byte first, without zeros in front.
fn base58(text: &[u8], alphabet: &[u8; 58]) -> Option<Vec<u8>> {
    let mut number: Vec<u32> = Vec::new();
    for character in text {
        let digit = alphabet.iter().position(|a| a == character)?;
        let mut carry = u32::try_from(digit).ok()?;
        for byte in number.iter_mut().rev() {
            let sum = *byte * 58 + carry;
            *byte = sum % 256;
            carry = sum / 256;
        }
        if carry > 0 {
            number.insert(0, carry);
        }
    }
    number
        .into_iter()
        .map(|byte| u8::try_from(byte).ok())
        .collect()
}

/// A version (one of these, or any), a body, and four bytes of the double SHA-256 of both.
pub(super) fn base58check(span: &[u8], alphabet: &[u8; 58], versions: &[i64]) -> bool {
    if span.len() > LONGEST {
        return false;
    }
    let Some(number) = base58(span, alphabet) else {
        return false;
    };
    let zeros = span.iter().take_while(|c| alphabet.first() == Some(c));
    let bytes: Vec<u8> = zeros.map(|_| 0).chain(number).collect();
    let Some((body, sum)) = bytes.split_last_chunk::<4>() else {
        return false;
    };
    let right = Sha256::digest(Sha256::digest(body)).starts_with(sum);
    body.first().is_some_and(|version| {
        right && (versions.is_empty() || versions.contains(&i64::from(*version)))
    })
}

/// BIP-173, with the constant of BIP-350 for witness programs from version 1 on.
pub(super) fn bech32(span: &[u8], prefixes: &[&str]) -> bool {
    let Ok(text) = std::str::from_utf8(span) else {
        return false;
    };
    let small = text.to_ascii_lowercase();
    if text != small && text != text.to_ascii_uppercase() {
        return false;
    }
    let Some((prefix, data)) = small.rsplit_once('1') else {
        return false;
    };
    let digit = |c| "qpzry9x8gf2tvdw0s3jn54khce6mua7l".find(c);
    let Some(data) = data.chars().map(digit).collect::<Option<Vec<usize>>>() else {
        return false;
    };
    if !prefixes.contains(&prefix) || data.len() < 6 {
        return false;
    }
    let witness = ["bc", "tb", "bcrt", "ltc", "tltc"].contains(&prefix);
    let program = data.len().saturating_sub(7);
    let (fits, constant) = match data.first() {
        _ if !witness => (true, 1),
        Some(0) => (program == 32 || program == 52, 1),
        Some(version) => (*version <= 16 && (4..=64).contains(&program), 0x2bc8_30a3),
        None => (false, 1),
    };
    let high = prefix.bytes().map(|b| usize::from(b >> 5));
    let low = prefix.bytes().map(|b| usize::from(b & 31));
    let values = high.chain([0]).chain(low).chain(data);
    fits && polymod(values) == constant
}

fn polymod(values: impl Iterator<Item = usize>) -> usize {
    let mut sum = 1;
    for value in values {
        let top = sum >> 25;
        sum = (sum & 0x1ff_ffff) << 5 ^ value;
        for (bit, generator) in [
            0x3b6a_57b2,
            0x2650_8e6d,
            0x1ea1_19fa,
            0x3d42_33dd,
            0x2a14_62b3,
        ]
        .into_iter()
        .enumerate()
        {
            if top >> bit & 1 == 1 {
                sum ^= generator;
            }
        }
    }
    sum
}

/// EIP-55.
pub(super) fn eip55(span: &[u8]) -> bool {
    let Some(address) = span.strip_prefix(b"0x") else {
        return false;
    };
    if address.len() != 40 || !address.iter().all(u8::is_ascii_hexdigit) {
        return false;
    }
    let digest = keccak256(&address.to_ascii_lowercase());
    let digest: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    address.iter().zip(digest.bytes()).all(|(c, digit)| {
        let capital = digit >= b'8';
        *c == if capital {
            c.to_ascii_uppercase()
        } else {
            c.to_ascii_lowercase()
        }
    })
}

/// CryptoNote standard 7: eleven characters for eight bytes, seven for the last five.
pub(super) fn monero(span: &[u8]) -> bool {
    if ![95, 106].contains(&span.len()) {
        return false;
    }
    let mut bytes = Vec::new();
    for block in span.chunks(11) {
        let size = if block.len() == 11 { 8 } else { 5 };
        let Some(number) = base58(block, BITCOIN).filter(|n| n.len() <= size) else {
            return false;
        };
        bytes.extend(vec![0; size - number.len()]);
        bytes.extend(number);
    }
    bytes
        .split_last_chunk::<4>()
        .is_some_and(|(body, sum)| keccak256(body).starts_with(sum))
}

/// BIP-39, English; the checksum is not asked for where only the words matter.
pub(super) fn bip39(span: &[u8], only_words: bool) -> bool {
    let between = |byte: &u8| byte.is_ascii_digit() || b" \t\r\n,.)".contains(byte);
    let words = span.split(between).filter(|word| !word.is_empty());
    let list: Vec<&str> = data::bip39().collect();
    let number = |word: &[u8]| {
        let word = String::from_utf8(word.to_ascii_lowercase()).ok()?;
        list.binary_search(&word.as_str()).ok()
    };
    let Some(numbers) = words.map(number).collect::<Option<Vec<usize>>>() else {
        return false;
    };
    if ![12, 15, 18, 21, 24].contains(&numbers.len()) {
        return false;
    }
    let bits: String = numbers.iter().map(|n| format!("{n:011b}")).collect();
    let (entropy, sum) = bits.split_at(numbers.len() / 3 * 32);
    let byte = |bits: &[u8]| bits.iter().fold(0u8, |n, bit| n << 1 | (bit - b'0'));
    let entropy: Vec<u8> = entropy.as_bytes().chunks(8).map(byte).collect();
    let digest = Sha256::digest(entropy);
    let first = digest.first().map(|byte| format!("{byte:08b}"));
    only_words || first.is_some_and(|first| first.starts_with(sum))
}
