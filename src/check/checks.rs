//! Checks of detectors: names, arguments, weights.

use super::codes;
use super::model::Place;
use super::report::{Report, at};
use super::values::literal_name;
use crate::diagnostics::Diagnostic;
use crate::syntax::ast::{
    Check, CheckKind, Literal, LiteralValue, Name, NumberCheck, NumberEquals, Slice, Span, Weights,
    WeightsEquals,
};

/// Longest value that a check reads (semantics 29).
const LONGEST_VALUE: i64 = 64;

/// What a check takes, for people.
const CHECKS: [(&str, &str); 45] = [
    (
        "luhn",
        "no arguments, or how letters count: `luhn(letters)`, `luhn(16)`, `luhn(36)`",
    ),
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
        "one of `\"DDMMYY\"`, `\"YYMMDD\"`, `\"DDMMYYYY\"`, `\"YYYYMMDD\"`, `\"MMDDYYYY\"`, then what may be added: `\"month+20\"`, `\"day+40\"`",
    ),
    ("written_date", "no arguments"),
    ("one_of", "values: `one_of(\"A\", \"B\")`"),
    (
        "chars",
        "an alphabet of letters and digits: `chars(\"0123456789ABCDEF\")`",
    ),
    ("placeholder", "no arguments"),
    ("damm", "no arguments"),
    ("entropy", "tenths of a bit per character: `entropy(30)`"),
    ("rare", "no arguments"),
    ("crc32_hex", "the prefix: `crc32_hex(\"glsa_\")`"),
    (
        "decodes",
        "what the decoded bytes hold: `decodes(\"\\\"alg\\\"\")`",
    ),
    ("decoded_length", "how many bytes: `decoded_length(32)`"),
    ("decodes_to", "`\"user:password\"` or `\"digits\"`"),
    (
        "base58check",
        "no arguments, or allowed version bytes: `base58check(0, 5)`",
    ),
    ("base58check_ripple", "no arguments"),
    ("bech32", "human-readable parts: `bech32(\"bc\", \"ltc\")`"),
    ("eip55", "no arguments"),
    ("monero", "no arguments"),
    (
        "bip39",
        "no arguments, or `bip39(words)` without the checksum",
    ),
    ("ip", "no arguments"),
    ("ipv4_in", "networks: `ipv4_in(\"10.0.0.0/8\")`"),
    ("ipv6_in", "networks: `ipv6_in(\"fc00::/7\")`"),
    ("mac", "no arguments"),
    ("tld", "no arguments"),
    (
        "mrz",
        "no arguments, or how many check digits may be wrong: `mrz(1)`",
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
    ("capitals", "no arguments"),
    ("capital", "no arguments"),
    ("bracketed", "no arguments"),
    ("alone", "no arguments"),
    ("ends_line", "no arguments"),
    (
        "follows",
        "words, or first how near and then words: `follows(\"Einstufung\", \"label\")`, `follows(14, \"nicht\", \"not\")`",
    ),
    (
        "precedes",
        "words, or first how near and then words: `precedes(\"geb.\")`, `precedes(14, \"Konto\")`",
    ),
];

/// Checks of what stands around a span, which has no parts.
const AROUND: [&str; 7] = [
    "capitals",
    "capital",
    "bracketed",
    "alone",
    "ends_line",
    "follows",
    "precedes",
];

/// Farthest that a word may stand before a span.
const FARTHEST: i64 = 512;

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
        CheckKind::InList { word, .. } => match word {
            Some(n) if !(1..=20).contains(&n.value) && n.value != 255 => {
                let text = format!("there is no word {}", n.value);
                let place = at(source, n.span);
                report.push(
                    Diagnostic::new(&codes::NUMBER_OUT_OF_RANGE, place, text)
                        .label("expected 1 to 20"),
                );
                false
            }
            _ => true,
        },
        CheckKind::Call { name, args, slice } => {
            let right = call(report, source, at(source, check.span), name, args);
            if let Some(slice) = slice
                .as_ref()
                .filter(|_| AROUND.contains(&name.value.as_str()))
            {
                let text = format!("`{}` reads the span and what stands around it", name.value);
                let place = at(source, slice_span(slice));
                report.push(
                    Diagnostic::new(&codes::CHECK_ARGUMENTS, place, text)
                        .label("a part of the value is not asked for here")
                        .help("leave out `on` and what follows it"),
                );
                return false;
            }
            slice
                .as_ref()
                .is_none_or(|s| self::slice(report, source, s))
                && right
        }
        CheckKind::Weights(weights) => {
            self::weights(report, source, at(source, check.span), weights)
        }
        CheckKind::Number(number) => self::number(report, source, at(source, check.span), number),
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
        ("luhn", Some([n]), _) => [16, 36].contains(n),
        ("bip39", ..) if matches!(args, [Literal { value: LiteralValue::Word(w), .. }] if w == "words") => {
            true
        }
        ("luhn", ..) if matches!(args, [Literal { value: LiteralValue::Word(w), .. }] if w == "letters") => {
            true
        }
        ("date", _, Some([format, added @ ..])) => {
            DATE_FORMATS.contains(format) && added.iter().all(|a| date_offset(a).is_some())
        }
        ("one_of", _, Some([first, rest @ ..])) => {
            is_value(first) && rest.iter().all(|v| is_value(v))
        }
        ("chars", _, Some([alphabet])) => is_value(alphabet),
        ("follows" | "precedes", ..) => is_follows(args),
        ("entropy", Some([n]), _) => (1..=80).contains(n),
        ("decoded_length", Some([n]), _) => (1..=768).contains(n),
        ("mrz", Some([n]), _) => (1..=2).contains(n),
        ("base58check", Some(versions), _) => {
            versions.len() <= 64 && versions.iter().all(|v| (0..=255).contains(v))
        }
        ("crc32_hex" | "decodes", _, Some([text])) => (1..=64).contains(&text.len()),
        ("decodes_to", _, Some([what])) => ["user:password", "digits"].contains(what),
        ("bech32", _, Some([first, rest @ ..])) => {
            is_bech32_prefix(first) && rest.iter().all(|p| is_bech32_prefix(p))
        }
        ("ipv4_in" | "ipv6_in", _, Some(networks @ [_, ..])) => {
            let six = name.value == "ipv6_in";
            networks.len() <= 64 && networks.iter().all(|n| network(n, six).is_some())
        }
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
            | "one_digit_repeats" | "written_date" | "placeholder" | "damm" | "rare"
            | "base58check_ripple" | "eip55" | "monero" | "bip39" | "ip" | "mac" | "tld" | "mrz"
            | "capitals" | "capital" | "bracketed" | "alone" | "ends_line",
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

/// How near, or nothing, and then words.
fn is_follows(args: &[Literal]) -> bool {
    let (near, words) = match args.split_first() {
        Some((first, words)) if matches!(first.value, LiteralValue::Int(_)) => (Some(first), words),
        _ => (None, args),
    };
    let is_near = |near: &Literal| match near.value {
        LiteralValue::Int(n) => (1..=FARTHEST).contains(&n),
        _ => false,
    };
    let is_word = |word: &Literal| match &word.value {
        LiteralValue::Text(text) => !text.trim().is_empty() && text.len() <= 64,
        _ => false,
    };
    near.is_none_or(is_near) && !words.is_empty() && words.iter().all(is_word)
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

/// One to 64 letters and digits.
fn is_value(text: &str) -> bool {
    (1..=64).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric())
}

/// BIP-173: visible ASCII; here in small letters, as they are compared.
fn is_bech32_prefix(text: &str) -> bool {
    let fits = |b: u8| b.is_ascii_graphic() && !b.is_ascii_uppercase();
    (1..=83).contains(&text.len()) && text.bytes().all(fits)
}

/// `10.0.0.0/8`, `fc00::/7`: the address in sixteen bytes (an IPv4 address in the first four), and
/// how many bits count.
pub(crate) fn network(text: &str, six: bool) -> Option<([u8; 16], u8)> {
    let (address, bits) = text.split_once('/')?;
    let mut bytes = [0; 16];
    let longest = if six {
        bytes = address.parse::<std::net::Ipv6Addr>().ok()?.octets();
        128
    } else {
        let octets = address.parse::<std::net::Ipv4Addr>().ok()?.octets();
        bytes[..4].copy_from_slice(&octets);
        32
    };
    let bits = bits.parse().ok().filter(|bits| *bits <= longest)?;
    Some((bytes, bits))
}

/// `month+20`, `day+40`: what was added to which part of a date (`true`: the month).
pub(crate) fn date_offset(text: &str) -> Option<(bool, u8)> {
    let (part, added) = text.split_once('+')?;
    let added = added.parse().ok().filter(|n| (1..=80).contains(n))?;
    match part {
        "month" => Some((true, added)),
        "day" => Some((false, added)),
        _ => None,
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

fn slice_span(slice: &Slice) -> Span {
    match slice {
        Slice::Range(first, last) => last.as_ref().map_or(first.span, |l| first.span.to(l.span)),
        Slice::Run(run) => run.span,
    }
}

fn slice(report: &mut Report, source: u32, slice: &Slice) -> bool {
    let (place, right) = match slice {
        Slice::Range(first, last) => {
            let span = slice_span(slice);
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

/// Greatest weight, factor and modulus of a weighted sum.
const LARGEST: i64 = 1000;
/// Greatest modulus of a number.
const LARGEST_MODULUS: i64 = 1_000_000;
/// Most that can be added to a number or a sum.
const MOST_ADDED: i64 = 1_000_000_000_000;

type Problem = (String, String);

fn weights(report: &mut Report, source: u32, place: Place, weights: &Weights) -> bool {
    let problem = self::wrong_weights(weights)
        .or_else(|| wrong_steps(weights.plus, weights.times, LARGEST))
        .or_else(|| wrong_modulus(weights.modulus, weights.second, LARGEST))
        .or_else(|| wrong_result(weights));
    told(report, place, problem)
        && weights
            .slice
            .as_ref()
            .is_none_or(|s| slice(report, source, s))
}

fn number(report: &mut Report, source: u32, place: Place, number: &NumberCheck) -> bool {
    let last = number.second.unwrap_or(number.modulus);
    let problem = wrong_steps(number.plus, number.times, LARGEST)
        .or_else(|| wrong_modulus(number.modulus, number.second, LARGEST_MODULUS))
        .or_else(|| match &number.equals {
            NumberEquals::Constant(n) => wrong_constant(last, *n),
            NumberEquals::Number(_) => None,
            NumberEquals::Signs(alphabet, at) => {
                wrong_signs(&alphabet.value).or_else(|| wrong_position(*at))
            }
        });
    let equals = match &number.equals {
        NumberEquals::Number(digits) => slice(report, source, digits),
        _ => true,
    };
    told(report, place, problem)
        && equals
        && number
            .slice
            .as_ref()
            .is_none_or(|s| slice(report, source, s))
}

/// True where there is no problem.
fn told(report: &mut Report, place: Place, problem: Option<Problem>) -> bool {
    let Some((message, label)) = problem else {
        return true;
    };
    report.push(Diagnostic::new(&codes::WEIGHTS_COUNT, place, message).label(label));
    false
}

fn wrong_weights(weights: &Weights) -> Option<Problem> {
    let count = weights.weights.len();
    if count == 0 || count > 64 {
        return Some((
            format!("{count} weights are not possible"),
            "expected 1 to 64".to_owned(),
        ));
    }
    for map in [&weights.map, &weights.odd_map] {
        if ![0, 36].contains(&map.len()) {
            return Some((
                format!("{} numbers make no map", map.len()),
                "expected 36: what 0-9 and A-Z are worth".to_owned(),
            ));
        }
    }
    if weights.letters_two_digits && !(weights.map.is_empty() && weights.odd_map.is_empty()) {
        return Some((
            "letters are either two digits or in a map".to_owned(),
            "keep one of the two".to_owned(),
        ));
    }
    let all = weights.weights.iter().chain(&weights.map);
    let mut all = all.chain(&weights.odd_map);
    if let Some(big) = all.find(|w| !(-LARGEST..=LARGEST).contains(*w)) {
        return Some((
            format!("the weight `{big}` is too large"),
            format!("expected -{LARGEST} to {LARGEST}"),
        ));
    }
    let wanted = match (&weights.slice, weights.repeat || weights.letters_two_digits) {
        (Some(Slice::Range(first, Some(last))), false) => {
            usize::try_from(last.value - first.value + 1).ok()
        }
        _ => None,
    };
    wanted.filter(|wanted| *wanted != count).map(|wanted| {
        (
            format!("{count} weights for {wanted} characters"),
            "one weight per character, or `weights repeat`".to_owned(),
        )
    })
}

fn wrong_steps(plus: Option<i64>, times: Option<i64>, largest: i64) -> Option<Problem> {
    if let Some(n) = plus.filter(|n| !(-MOST_ADDED..=MOST_ADDED).contains(n)) {
        return Some((
            format!("`plus {n}` is not possible"),
            format!("expected -{MOST_ADDED} to {MOST_ADDED}"),
        ));
    }
    times.filter(|n| !(1..=largest).contains(n)).map(|n| {
        (
            format!("`times {n}` is not possible"),
            format!("expected 1 to {largest}"),
        )
    })
}

fn wrong_modulus(first: i64, second: Option<i64>, largest: i64) -> Option<Problem> {
    let mut both = std::iter::once(first).chain(second);
    both.find(|n| !(2..=largest).contains(n)).map(|n| {
        (
            format!("`mod {n}` is not possible"),
            format!("expected 2 to {largest}"),
        )
    })
}

fn wrong_constant(modulus: i64, n: i64) -> Option<Problem> {
    (!(0..modulus).contains(&n)).then(|| {
        (
            format!("a sum mod {modulus} never equals {n}"),
            format!("expected 0 to {}", modulus - 1),
        )
    })
}

fn wrong_position(at: i64) -> Option<Problem> {
    (!(0..=LONGEST_VALUE).contains(&at)).then(|| {
        (
            format!("there is no digit {at}"),
            format!("positions count from 1 to {LONGEST_VALUE}"),
        )
    })
}

fn wrong_signs(alphabet: &str) -> Option<Problem> {
    (!is_value(alphabet)).then(|| {
        (
            "this is no alphabet".to_owned(),
            "expected 1 to 64 letters and digits".to_owned(),
        )
    })
}

fn wrong_result(weights: &Weights) -> Option<Problem> {
    let times = if weights.complement {
        None
    } else {
        weights.times
    };
    let first = weights.modulus * times.unwrap_or(1);
    let last = weights.second.unwrap_or(first);
    match (weights.equals, &weights.signs) {
        (WeightsEquals::Constant(_), Some(_)) => Some((
            "signs stand at a place".to_owned(),
            "expected `equals digit …` or `equals last`".to_owned(),
        )),
        (WeightsEquals::Constant(n), None) => wrong_constant(last, n),
        (WeightsEquals::Digit(at), signs) => wrong_position(at)
            .or_else(|| signs.as_ref().and_then(|signs| wrong_signs(&signs.value))),
    }
}
