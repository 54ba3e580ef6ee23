//! Tests that read the span as written.

use super::{crypto, dates, encoded, mrz, net, random};
use crate::syntax::ast::{Literal, Slice};

/// The tests that do.
pub(super) const NAMES: [&str; 20] = [
    "written_date",
    "placeholder",
    "entropy",
    "rare",
    "crc32_hex",
    "decodes",
    "decoded_length",
    "decodes_to",
    "base58check",
    "base58check_ripple",
    "bech32",
    "eip55",
    "monero",
    "bip39",
    "ip",
    "ipv4_in",
    "ipv6_in",
    "mac",
    "tld",
    "mrz",
];

/// The part of the span that a test reads; `None` where it is not there.
pub(super) fn cut<'s>(slice: Option<&Slice>, span: &'s [u8]) -> Option<&'s [u8]> {
    let cut = match slice {
        None => span,
        Some(Slice::Range(from, to)) => {
            let from = usize::try_from(from.value).ok()?.checked_sub(1)?;
            let to = match to {
                Some(to) => usize::try_from(to.value).ok()?,
                None => span.len(),
            };
            span.get(from..to)?
        }
        Some(Slice::Run(n)) => {
            let inside = |byte: &u8| byte.is_ascii_alphanumeric() || b"+/-_".contains(byte);
            let mut runs = span
                .split(|byte| !inside(byte))
                .filter(|run| !run.is_empty());
            runs.nth(usize::try_from(n.value).ok()?.checked_sub(1)?)?
        }
    };
    (!cut.is_empty()).then_some(cut)
}

/// Does the test hold for the span?
pub(super) fn call(name: &str, args: &[Literal], span: &[u8]) -> bool {
    let ints: Vec<i64> = args.iter().filter_map(super::int).collect();
    let texts: Vec<&str> = args.iter().filter_map(super::text).collect();
    let first = texts.first().copied().unwrap_or_default();
    let number = ints.first().copied();
    match name {
        "written_date" => dates::written_date(span),
        "placeholder" => placeholder(span),
        "entropy" => number.is_some_and(|tenths| random::entropy(span, tenths)),
        "rare" => random::rare(span),
        "crc32_hex" => encoded::crc32_hex(span, first),
        "decodes" => encoded::decodes(span, first),
        "decoded_length" => number.is_some_and(|n| encoded::decoded_length(span, n)),
        "decodes_to" => encoded::decodes_to(span, first),
        "base58check" => crypto::base58check(span, crypto::BITCOIN, &ints),
        "base58check_ripple" => crypto::base58check(span, crypto::RIPPLE, &[0]),
        "bech32" => crypto::bech32(span, &texts),
        "eip55" => crypto::eip55(span),
        "monero" => crypto::monero(span),
        "bip39" => crypto::bip39(span, first == "words"),
        "ip" => net::address(span).is_some(),
        "ipv4_in" | "ipv6_in" => net::inside(span, &texts, name == "ipv6_in"),
        "mac" => net::mac(span),
        "tld" => net::tld(span),
        "mrz" => mrz::mrz(span, number.unwrap_or(0)),
        _ => false,
    }
}

/// Something that is to be filled in stands in it.
fn placeholder(span: &[u8]) -> bool {
    const TEXTS: [&str; 13] = [
        "example", "dummy", "changeme", "your_", "your-", "dein_", "dein-", "123456", "abcdef",
        "...", "${", "{{", "%s",
    ];
    let text: String = span
        .iter()
        .map(|byte| char::from(byte.to_ascii_lowercase()))
        .collect();
    let four = span
        .windows(if span.len() < 32 { 4 } else { 5 })
        .any(|w| w.iter().all(|byte| Some(byte) == w.first()));
    let angled = text
        .split_once('<')
        .is_some_and(|(_, behind)| behind.contains('>'));
    four || angled || TEXTS.iter().any(|one| text.contains(one))
}
