//! Tests on the shape of a value: ranges, prefixes, lengths, repetitions.

use super::super::value::value as as_value;
use super::digits;

/// All digits, at most 18 of them, and the number lies in the range.
pub(super) fn range(value: &[u8], least: i64, greatest: i64) -> bool {
    match digits(value) {
        Some(digits) if (1..=18).contains(&digits.len()) => {
            let number = digits.iter().fold(0, |n, &d| n * 10 + i64::from(d));
            (least..=greatest).contains(&number)
        }
        _ => false,
    }
}

/// Begins with the text, or with digits of the range `a-b`.
pub(super) fn prefix(value: &[u8], text: &str) -> bool {
    let all_digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    match text.split_once('-') {
        Some((a, b)) if a.len() == b.len() && all_digits(a) && all_digits(b) => {
            // Digit strings of equal length are ordered like their numbers.
            value.get(..a.len()).is_some_and(|head| {
                head.iter().all(u8::is_ascii_digit) && a.as_bytes() <= head && head <= b.as_bytes()
            })
        }
        _ => value.starts_with(&as_value(text.as_bytes())),
    }
}

/// `PREFIX:len,len`: begins so, and has one of these lengths.
pub(super) fn prefix_length(value: &[u8], text: &str) -> bool {
    text.split_once(':').is_some_and(|(head, lengths)| {
        let fits = |len: &str| len.trim().parse() == Ok(value.len());
        prefix(value, head) && lengths.split(',').any(fits)
    })
}

/// As many characters as said, or as the range allows.
pub(super) fn length(value: &[u8], ints: &[i64]) -> bool {
    let len = i64::try_from(value.len()).unwrap_or(i64::MAX);
    match *ints {
        [exact] => len == exact,
        [least, greatest] => (least..=greatest).contains(&len),
        _ => false,
    }
}

/// At least so many digits.
pub(super) fn has_digits(value: &[u8], least: usize) -> bool {
    value.iter().filter(|byte| byte.is_ascii_digit()).count() >= least
}

/// Not all characters equal, and not one ascending or descending run.
pub(super) fn varied(value: &[u8]) -> bool {
    let every = |follows: fn(u8, u8) -> bool| {
        value.windows(2).all(|w| match *w {
            [a, b] => follows(a, b),
            _ => true,
        })
    };
    let same = every(|a, b| a == b);
    let up = every(|a, b| b == a + 1 || (a, b) == (b'9', b'0'));
    let down = every(|a, b| b + 1 == a || (a, b) == (b'0', b'9'));
    !(same || up || down)
}

/// The rule of the German tax number (§ 139b AO): exactly one digit two or three times,
/// never three in a row, the others at most once.
pub(super) fn one_digit_repeats(value: &[u8]) -> bool {
    let Some(digits) = digits(value) else {
        return false;
    };
    let times = |d: u32| digits.iter().filter(|&&other| other == d).count();
    let repeated: Vec<u32> = (0..10).filter(|&d| times(d) > 1).collect();
    let in_a_row = digits
        .windows(3)
        .any(|w| w.iter().all(|d| Some(d) == w.first()));
    match repeated[..] {
        [d] => times(d) <= 3 && !in_a_row,
        _ => false,
    }
}
