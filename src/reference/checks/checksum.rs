//! Checksums with a standard of their own.

use super::digits;

/// ISO/IEC 7812-1, annex B: from the right, every second digit doubled, `base - 1` taken off what
/// is then no digit of the base. Only characters worth less than `most` (Z=35) may stand there.
pub(super) fn luhn(value: &[u8], base: u32, most: u32) -> bool {
    let worth = |&byte: &u8| char::from(byte).to_digit(36).filter(|d| *d < most);
    let Some(digits) = value.iter().map(worth).collect::<Option<Vec<u32>>>() else {
        return false;
    };
    let doubled = |d: u32| {
        if 2 * d >= base {
            2 * d + 1 - base
        } else {
            2 * d
        }
    };
    let sum: u32 = digits
        .iter()
        .rev()
        .enumerate()
        .map(|(i, &d)| if i % 2 == 1 { doubled(d) } else { d })
        .sum();
    sum.is_multiple_of(base)
}

/// ISO 6166: letters written out as two digits, A=10 … Z=35.
pub(super) fn written_out(value: &[u8]) -> Vec<u8> {
    let worth = value
        .iter()
        .filter_map(|&byte| char::from(byte).to_digit(36));
    worth.flat_map(|d| d.to_string().into_bytes()).collect()
}

/// ISO/IEC 7064 mod 97-10, as used by ISO 13616 (IBAN) and ISO 11649 (RF), which move
/// their first four characters to the end.
pub(super) fn mod97(value: &[u8], moved: usize) -> bool {
    let Some((head, tail)) = value.split_at_checked(moved) else {
        return false;
    };
    let rest = tail
        .iter()
        .chain(head)
        .fold(0_u32, |rest, &byte| match byte {
            b'0'..=b'9' => (rest * 10 + u32::from(byte - b'0')) % 97,
            _ => (rest * 100 + 10 + u32::from(byte.saturating_sub(b'A'))) % 97,
        });
    rest == 1
}

/// ISO/IEC 7064 mod 11,10 (hybrid system), the check digit last.
pub(super) fn iso7064(value: &[u8]) -> bool {
    let Some(digits) = digits(value) else {
        return false;
    };
    let Some((check, body)) = digits.split_last() else {
        return false;
    };
    let product = body.iter().fold(10, |product, d| {
        let sum = (product + d) % 10;
        (if sum == 0 { 10 } else { sum }) * 2 % 11
    });
    (product + check) % 10 == 1
}

/// GS1 General Specifications 7.9: weights 1, 3, 1, 3 … from the right.
pub(super) fn gs1(value: &[u8]) -> bool {
    let Some(digits) = digits(value) else {
        return false;
    };
    let weighed = digits
        .iter()
        .rev()
        .enumerate()
        .map(|(i, d)| if i % 2 == 1 { 3 * d } else { *d });
    weighed.sum::<u32>().is_multiple_of(10)
}

/// J. Verhoeff, Error Detecting Decimal Codes (1969): the dihedral group D5 and a
/// permutation that is applied once more per place.
pub(super) fn verhoeff(value: &[u8]) -> bool {
    let Some(digits) = digits(value) else {
        return false;
    };
    let sum = digits
        .iter()
        .rev()
        .enumerate()
        .fold(0, |sum, (place, &digit)| {
            product(sum, permuted(digit, place))
        });
    sum == 0
}

/// The product in D5: 0-4 are rotations, 5-9 reflections.
fn product(a: u32, b: u32) -> u32 {
    match (a < 5, b < 5) {
        (true, true) => (a + b) % 5,
        (true, false) => 5 + (a + b - 5) % 5,
        (false, true) => 5 + (a - 5 + 5 - b) % 5,
        (false, false) => (a + 5 - b) % 5,
    }
}

/// The permutation (1 5 8 9 4 2 7 0)(3 6), applied `times` times.
fn permuted(digit: u32, times: usize) -> u32 {
    (0..times).fold(digit, |digit, _| match digit {
        0 => 1,
        1 => 5,
        2 => 7,
        3 => 6,
        4 => 2,
        5 => 8,
        6 => 3,
        7 => 0,
        8 => 9,
        _ => 4,
    })
}

/// H. M. Damm, Total anti-symmetrische Quasigruppen (2004).
pub(super) fn damm(value: &[u8]) -> bool {
    const ROWS: [[u32; 10]; 10] = [
        [0, 3, 1, 7, 5, 9, 8, 6, 4, 2],
        [7, 0, 9, 2, 1, 5, 4, 8, 6, 3],
        [4, 2, 0, 6, 8, 7, 1, 3, 5, 9],
        [1, 7, 5, 0, 9, 8, 3, 4, 2, 6],
        [6, 1, 2, 3, 0, 4, 5, 9, 7, 8],
        [3, 6, 7, 4, 2, 0, 9, 5, 8, 1],
        [5, 8, 6, 9, 7, 2, 0, 1, 3, 4],
        [8, 9, 4, 5, 3, 6, 2, 0, 1, 7],
        [9, 4, 3, 8, 6, 1, 7, 2, 0, 5],
        [2, 5, 8, 1, 4, 3, 6, 7, 9, 0],
    ];
    let Some(digits) = digits(value) else {
        return false;
    };
    let entry = |row: u32, column: u32| {
        let row = ROWS.get(usize::try_from(row).ok()?)?;
        row.get(usize::try_from(column).ok()?).copied()
    };
    digits.iter().try_fold(0, |row, &digit| entry(row, digit)) == Some(0)
}

/// Modulo 10, recursive (Swiss Implementation Guidelines QR-bill, annex B).
pub(super) fn mod10_recursive(value: &[u8]) -> bool {
    const TABLE: [u32; 10] = [0, 9, 4, 6, 8, 2, 7, 1, 3, 5];
    let Some(digits) = digits(value) else {
        return false;
    };
    let Some((check, body)) = digits.split_last() else {
        return false;
    };
    let carry = body.iter().fold(0, |carry, d| {
        let place = usize::try_from((carry + d) % 10).unwrap_or(0);
        TABLE.get(place).copied().unwrap_or(0)
    });
    (10 - carry) % 10 == *check
}

/// CRC-32 (IEEE 802.3, reflected) of what stands between the first `prefix` bytes and
/// the last six, written in base 62 with the digits 0-9 A-Z a-z.
pub(super) fn crc32_base62(span: &[u8], prefix: usize) -> bool {
    let Some((_, tail)) = span.split_at_checked(prefix) else {
        return false;
    };
    let Some(split) = tail.len().checked_sub(6) else {
        return false;
    };
    let (body, written) = tail.split_at(split);
    let number = written.iter().try_fold(0_u64, |number, &byte| {
        let digit = match byte {
            b'0'..=b'9' => byte - b'0',
            b'A'..=b'Z' => byte - b'A' + 10,
            b'a'..=b'z' => byte - b'a' + 36,
            _ => return None,
        };
        Some(number * 62 + u64::from(digit))
    });
    number == Some(u64::from(crc32(body)))
}

/// CRC-32 (IEEE 802.3, reflected).
pub(super) fn crc32(bytes: &[u8]) -> u32 {
    let mut crc = u32::MAX;
    for byte in bytes {
        crc ^= u32::from(*byte);
        for _ in 0..8 {
            let low = crc & 1;
            crc = (crc >> 1) ^ (0xEDB8_8320 * low);
        }
    }
    !crc
}
