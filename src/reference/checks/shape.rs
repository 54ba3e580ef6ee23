//! Tests on the shape of a value: dates, ranges, prefixes, lengths, repetitions.

use super::super::value::value as as_value;
use super::digits;

/// A calendar date in one of the five written forms; two-digit years are 2000-2099.
pub(super) fn date(value: &[u8], form: &str) -> bool {
    let number = |at: usize, len: usize| -> Option<u32> {
        let digits = digits(value.get(at..at + len)?)?;
        Some(digits.iter().fold(0, |n, d| n * 10 + d))
    };
    let (len, day, month, year) = match form {
        "DDMMYY" => (6, number(0, 2), number(2, 2), number(4, 2)),
        "YYMMDD" => (6, number(4, 2), number(2, 2), number(0, 2)),
        "DDMMYYYY" => (8, number(0, 2), number(2, 2), number(4, 4)),
        "YYYYMMDD" => (8, number(6, 2), number(4, 2), number(0, 4)),
        "MMDDYYYY" => (8, number(2, 2), number(0, 2), number(4, 4)),
        _ => return false,
    };
    match (day, month, year) {
        (Some(day), Some(month), Some(year)) if value.len() == len => {
            let year = if len == 6 { year + 2000 } else { year };
            (1..=days_of(month, year)).contains(&day)
        }
        _ => false,
    }
}

fn days_of(month: u32, year: u32) -> u32 {
    let leap = year.is_multiple_of(4) && !year.is_multiple_of(100) || year.is_multiple_of(400);
    match month {
        2 if leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => 0,
    }
}

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
