//! Calendar dates: in a fixed form, and as people write them.

use super::digits;

/// A calendar date in one of the five written forms (the first text); two-digit years are 2000-2099.
/// `month+20`, `day+40` behind it: so much may have been added.
pub(super) fn date(value: &[u8], texts: &[&str]) -> bool {
    let Some((form, added)) = texts.split_first() else {
        return false;
    };
    let number = |at: usize, len: usize| -> Option<u32> {
        let digits = digits(value.get(at..at + len)?)?;
        Some(digits.iter().fold(0, |n, d| n * 10 + d))
    };
    let (len, day, month, year) = match *form {
        "DDMMYY" => (6, number(0, 2), number(2, 2), number(4, 2)),
        "YYMMDD" => (6, number(4, 2), number(2, 2), number(0, 2)),
        "DDMMYYYY" => (8, number(0, 2), number(2, 2), number(4, 4)),
        "YYYYMMDD" => (8, number(6, 2), number(4, 2), number(0, 4)),
        "MMDDYYYY" => (8, number(2, 2), number(0, 2), number(4, 4)),
        _ => return false,
    };
    let (Some(day), Some(month), Some(year)) = (day, month, year) else {
        return false;
    };
    if value.len() != len {
        return false;
    }
    let year = if len == 6 { year + 2000 } else { year };
    let months = possible(month, "month+", added);
    let days = possible(day, "day+", added);
    months
        .iter()
        .any(|&month| days.iter().any(|&day| exists(day, month, year)))
}

/// The number as it stands, and without each of what may have been added.
fn possible(number: u32, what: &str, added: &[&str]) -> Vec<u32> {
    let amounts = added.iter().filter_map(|text| text.strip_prefix(what));
    let amounts = amounts.filter_map(|amount| amount.parse::<u32>().ok());
    let without = amounts.filter_map(|amount| number.checked_sub(amount));
    std::iter::once(number).chain(without).collect()
}

fn exists(day: u32, month: u32, year: u32) -> bool {
    (1..=days_of(month, year)).contains(&day)
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

/// Months by the beginnings of their names.
const MONTHS: [(&str, u32); 20] = [
    ("jan", 1),
    ("jän", 1),
    ("jae", 1),
    ("feb", 2),
    ("mar", 3),
    ("mär", 3),
    ("mae", 3),
    ("mrz", 3),
    ("apr", 4),
    ("mai", 5),
    ("may", 5),
    ("jun", 6),
    ("jul", 7),
    ("aug", 8),
    ("sep", 9),
    ("okt", 10),
    ("oct", 10),
    ("nov", 11),
    ("dez", 12),
    ("dec", 12),
];

/// A part of a written date.
#[derive(Clone, Copy)]
enum Part {
    /// A number of one or two digits, and how many it has.
    Short(u32, usize),
    /// A number of four digits.
    Long(u32),
    Month(u32),
}

/// A date from 1900 to 2100 in a usual form, German or English.
pub(super) fn written_date(span: &[u8]) -> bool {
    use Part::{Long, Month, Short};
    let Ok(text) = std::str::from_utf8(span) else {
        return false;
    };
    let Some(parts) = parts(text) else {
        return false;
    };
    match parts[..] {
        [year @ Long(_), Short(m, _) | Month(m), Short(d, _)] => day(d, m, year),
        [Short(a, _), Short(b, _), year] => {
            day(a, b, year) || !text.contains('.') && day(b, a, year)
        }
        [Short(d, _), Month(m), year] | [Month(m), Short(d, _), year] => day(d, m, year),
        _ => false,
    }
}

fn day(day: u32, month: u32, year: Part) -> bool {
    match year {
        Part::Short(year, 2) => exists(day, month, year + 2000),
        Part::Long(year) => (1900..=2100).contains(&year) && exists(day, month, year),
        _ => false,
    }
}

/// Numbers and months; `None` where anything else stands among them.
fn parts(text: &str) -> Option<Vec<Part>> {
    let mut parts = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let same = |c: char| c.is_ascii_digit() == first.is_ascii_digit() && !is_gap(c);
        let len = rest.find(|c| !same(c)).unwrap_or(rest.len());
        let (word, behind) = rest.split_at(len.max(first.len_utf8()));
        rest = behind;
        if is_gap(first) {
            continue;
        }
        if first.is_ascii_digit() {
            let number = word.parse().ok()?;
            parts.push(match word.len() {
                4 => Part::Long(number),
                len @ 1..=2 => Part::Short(number, len),
                _ => return None,
            });
        } else if !["st", "nd", "rd", "th", "of"].contains(&word.to_lowercase().as_str()) {
            parts.push(Part::Month(month(word)?));
        }
    }
    Some(parts)
}

fn is_gap(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\n' | '.' | ',' | '-' | '/')
}

/// Names of months have no others.
fn is_letter(c: char) -> bool {
    c.is_ascii_alphabetic() || c == 'ä' || c == 'Ä'
}

fn month(word: &str) -> Option<u32> {
    let name = word.to_lowercase();
    let known = MONTHS.iter().find(|(begin, _)| name.starts_with(begin));
    let fits = name.chars().count() <= 9 && word.chars().all(is_letter);
    known.filter(|_| fits).map(|(_, month)| *month)
}
