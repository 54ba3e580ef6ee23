//! Base 64 (RFC 4648, both alphabets) and checksums in hexadecimal digits.

use super::checksum::crc32;

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

fn digit(byte: u8) -> Option<usize> {
    let byte = match byte {
        b'-' => b'+',
        b'_' => b'/',
        other => other,
    };
    ALPHABET.iter().position(|&one| one == byte)
}

/// The bytes up to the first sign that is not of base 64; and how many signs were read.
fn decoded(span: &[u8]) -> (Vec<u8>, usize) {
    let digits: Vec<usize> = span.iter().map_while(|&byte| digit(byte)).collect();
    let bits: Vec<bool> = digits
        .iter()
        .flat_map(|d| (0..6).rev().map(move |bit| d >> bit & 1 == 1))
        .collect();
    let byte = |bits: &[bool]| bits.iter().fold(0u8, |n, &bit| n << 1 | u8::from(bit));
    (bits.chunks_exact(8).map(byte).collect(), digits.len())
}

/// The first 64 bytes hold the text.
pub(super) fn decodes(span: &[u8], text: &str) -> bool {
    let (mut bytes, _) = decoded(span);
    bytes.truncate(64);
    let mut places = bytes.windows(text.len().max(1));
    places.any(|place| place == text.as_bytes())
}

/// All of it is base 64 with up to two `=` behind it, and of so many bytes.
pub(super) fn decoded_length(span: &[u8], length: i64) -> bool {
    let (bytes, read) = decoded(span);
    let padding = span.get(read..).unwrap_or_default();
    padding.len() <= 2
        && padding.iter().all(|&byte| byte == b'=')
        && read % 4 != 1
        && i64::try_from(bytes.len()) == Ok(length)
}

/// Printable `user:password`, or digits.
pub(super) fn decodes_to(span: &[u8], what: &str) -> bool {
    let (bytes, _) = decoded(span);
    if what == "digits" {
        return !bytes.is_empty() && bytes.iter().all(u8::is_ascii_digit);
    }
    // A colon between two others; of several, the first that is not at the very front counts.
    let colon = bytes.iter().skip(1).position(|&byte| byte == b':');
    bytes.iter().all(|byte| !byte.is_ascii_control())
        && colon.is_some_and(|before| before + 2 < bytes.len())
}

/// Behind the last underscore the CRC-32 of all before it, in little-endian order.
pub(super) fn crc32_hex(span: &[u8], prefix: &str) -> bool {
    let Some(underscore) = span.iter().rposition(|&byte| byte == b'_') else {
        return false;
    };
    let (body, sum) = span.split_at(underscore);
    let wanted: String = crc32(body)
        .to_le_bytes()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    body.starts_with(prefix.as_bytes()) && sum == format!("_{wanted}").as_bytes()
}
