//! Checks of detectors: names, arguments, weights.

use super::codes;
use super::model::Place;
use super::report::{Report, at};
use super::values::literal_name;
use crate::diagnostics::Diagnostic;
use crate::syntax::ast::{
    Check, CheckKind, Literal, LiteralValue, Name, Slice, Weights, WeightsEquals,
};

/// Longest value that a check reads (semantics 29).
const LONGEST_VALUE: i64 = 64;

/// What a check takes, for people.
const CHECKS: [(&str, &str); 15] = [
    ("luhn", "no arguments"),
    (
        "mod97",
        "no arguments, or how many characters move to the end: `mod97(4)`",
    ),
    ("iso7064", "no arguments"),
    ("gs1", "no arguments"),
    ("verhoeff", "no arguments"),
    ("mod10_recursive", "no arguments"),
    (
        "crc32_base62",
        "the length of the prefix: `crc32_base62(4)`",
    ),
    (
        "date",
        "one of `\"DDMMYY\"`, `\"YYMMDD\"`, `\"DDMMYYYY\"`, `\"YYYYMMDD\"`, `\"MMDDYYYY\"`",
    ),
    ("range", "two numbers, the lower one first: `range(10, 50)`"),
    ("prefix", "beginnings: `prefix(\"4\", \"51-55\", \"DE\")`"),
    (
        "prefix_length",
        "beginnings with lengths: `prefix_length(\"DE:22\", \"4:13,16,19\")`",
    ),
    (
        "length",
        "least and most characters: `length(9, 10)`, or `length(9)`",
    ),
    ("digits", "how many digits: `digits(2)`"),
    ("varied", "no arguments"),
    ("one_digit_repeats", "no arguments"),
];

/// Names that other tools use for the same thing.
const ALIASES: [(&str, &str); 7] = [
    ("ean13", "gs1"),
    ("ean", "gs1"),
    ("gtin", "gs1"),
    ("iban", "mod97(4)"),
    ("mod11_10", "iso7064"),
    ("not_all_same", "varied"),
    ("distinct_digits", "varied"),
];

const DATE_FORMATS: [&str; 5] = ["DDMMYY", "YYMMDD", "DDMMYYYY", "YYYYMMDD", "MMDDYYYY"];

/// Looks through a check; true where it is right.
pub(super) fn check(report: &mut Report, source: u32, check: &Check) -> bool {
    match &check.kind {
        CheckKind::And(all) | CheckKind::Or(all) => {
            let right: Vec<bool> = all.iter().map(|c| self::check(report, source, c)).collect();
            right.into_iter().all(|r| r)
        }
        CheckKind::Not(inner) => self::check(report, source, inner),
        CheckKind::Call { name, args, slice } => {
            let right = call(report, source, at(source, check.span), name, args);
            slice
                .as_ref()
                .is_none_or(|s| self::slice(report, source, s))
                && right
        }
        CheckKind::Weights(weights) => {
            self::weights(report, source, at(source, check.span), weights)
        }
    }
}

fn call(report: &mut Report, source: u32, place: Place, name: &Name, args: &[Literal]) -> bool {
    let Some((_, takes)) = CHECKS.iter().find(|(known, _)| *known == name.value) else {
        if let Some((_, ours)) = ALIASES.iter().find(|(theirs, _)| *theirs == name.value) {
            report.push(
                Diagnostic::new(
                    &codes::UNKNOWN_CHECK,
                    at(source, name.span),
                    format!("unknown check `{}`", name.value),
                )
                .label(format!("here it is called `{ours}`"))
                .suggest((*ours).to_owned()),
            );
        } else {
            report.unknown(
                &codes::UNKNOWN_CHECK,
                at(source, name.span),
                "check",
                &name.value,
                CHECKS.iter().map(|(known, _)| *known).chain(["weights"]),
            );
        }
        return false;
    };
    let ints: Option<Vec<i64>> = args
        .iter()
        .map(|a| match a.value {
            LiteralValue::Int(n) => Some(n),
            _ => None,
        })
        .collect();
    let texts: Option<Vec<&str>> = args
        .iter()
        .map(|a| match &a.value {
            LiteralValue::Text(t) => Some(t.as_str()),
            _ => None,
        })
        .collect();
    let right = match (name.value.as_str(), ints.as_deref(), texts.as_deref()) {
        ("mod97", Some([]), _) => true,
        ("mod97" | "crc32_base62", Some([n]), _) => (1..=LONGEST_VALUE).contains(n),
        ("date", _, Some([format])) => DATE_FORMATS.contains(format),
        ("range", Some([low, high]), _) => 0 <= *low && low <= high,
        ("length", Some([n]), _) => (1..=LONGEST_VALUE).contains(n),
        ("length", Some([low, high]), _) => 1 <= *low && low <= high && *high <= LONGEST_VALUE,
        ("digits", Some([n]), _) => (1..=LONGEST_VALUE).contains(n),
        ("prefix", _, Some([first, rest @ ..])) => {
            is_prefix(first) && rest.iter().all(|p| is_prefix(p))
        }
        ("prefix_length", _, Some([first, rest @ ..])) => {
            is_prefix_length(first) && rest.iter().all(|p| is_prefix_length(p))
        }
        (
            "luhn" | "iso7064" | "gs1" | "verhoeff" | "mod10_recursive" | "varied"
            | "one_digit_repeats",
            Some([]),
            _,
        ) => true,
        _ => false,
    };
    if !right {
        let given = match args {
            [] => "none given".to_owned(),
            [one] => format!("{} given", literal_name(&one.value)),
            many => format!("{} arguments given", many.len()),
        };
        report.push(
            Diagnostic::new(
                &codes::CHECK_ARGUMENTS,
                place,
                format!("these are not the arguments of `{}`", name.value),
            )
            .label(given)
            .help(format!("`{}` takes {takes}", name.value)),
        );
    }
    right
}

/// `4`, `DE`, `51-55`.
fn is_prefix(text: &str) -> bool {
    let digits = |t: &str| !t.is_empty() && t.len() <= 9 && t.bytes().all(|b| b.is_ascii_digit());
    match text.split_once('-') {
        Some((low, high)) => digits(low) && digits(high) && low.len() == high.len() && low <= high,
        None => {
            !text.is_empty()
                && text
                    .bytes()
                    .all(|b| b.is_ascii_digit() || b.is_ascii_uppercase())
        }
    }
}

/// `DE:22`, `4:13,16,19`.
fn is_prefix_length(text: &str) -> bool {
    text.split_once(':').is_some_and(|(prefix, lengths)| {
        is_prefix(prefix)
            && lengths.split(',').all(|n| {
                n.parse::<i64>()
                    .is_ok_and(|n| (1..=LONGEST_VALUE).contains(&n))
            })
    })
}

fn slice(report: &mut Report, source: u32, slice: &Slice) -> bool {
    let (place, right) = match slice {
        Slice::Range(first, last) => {
            let span = last.as_ref().map_or(first.span, |l| first.span.to(l.span));
            let end = last.as_ref().map_or(LONGEST_VALUE, |l| l.value);
            (
                at(source, span),
                1 <= first.value && first.value <= end && end <= LONGEST_VALUE,
            )
        }
        Slice::Run(run) => (
            at(source, run.span),
            (1..=LONGEST_VALUE).contains(&run.value),
        ),
    };
    if !right {
        report.push(
            Diagnostic::new(&codes::CHECK_ARGUMENTS, place, "this is no part of a value").label(
                format!("positions count from 1 to {LONGEST_VALUE}, the lower one first"),
            ),
        );
    }
    right
}

fn weights(report: &mut Report, source: u32, place: Place, weights: &Weights) -> bool {
    let mut problem = |message: String, label: String| {
        report.push(Diagnostic::new(&codes::WEIGHTS_COUNT, place, message).label(label));
        false
    };
    let count = weights.weights.len();
    if count == 0 || count > 64 {
        return problem(
            format!("{count} weights are not possible"),
            "expected 1 to 64".to_owned(),
        );
    }
    if let Some(big) = weights
        .weights
        .iter()
        .find(|w| !(-1000..=1000).contains(*w))
    {
        return problem(
            format!("the weight `{big}` is too large"),
            "expected -1000 to 1000".to_owned(),
        );
    }
    if !(2..=1000).contains(&weights.modulus) {
        return problem(
            format!("`mod {}` is not possible", weights.modulus),
            "expected 2 to 1000".to_owned(),
        );
    }
    let wanted = match weights.equals {
        WeightsEquals::Digit(n) if !(0..=LONGEST_VALUE).contains(&n) => {
            return problem(
                format!("there is no digit {n}"),
                format!("positions count from 1 to {LONGEST_VALUE}"),
            );
        }
        WeightsEquals::Constant(n) if !(0..weights.modulus).contains(&n) => {
            return problem(
                format!("a sum mod {} never equals {n}", weights.modulus),
                format!("expected 0 to {}", weights.modulus - 1),
            );
        }
        _ => match (&weights.slice, weights.repeat || weights.letters_two_digits) {
            (Some(Slice::Range(first, Some(last))), false) => {
                usize::try_from(last.value - first.value + 1).ok()
            }
            _ => None,
        },
    };
    if let Some(wanted) = wanted
        && wanted != count
    {
        return problem(
            format!("{count} weights for {wanted} characters"),
            "one weight per character, or `weights repeat`".to_owned(),
        );
    }
    weights
        .slice
        .as_ref()
        .is_none_or(|s| slice(report, source, s))
}
