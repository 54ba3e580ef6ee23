//! What a check costs, in steps of about a nanosecond, counted from above.

use crate::syntax::ast::{Check, CheckKind};

/// Steps of a check over a span of at most `longest` bytes.
pub(super) fn of(check: &Check, longest: u32) -> u64 {
    match &check.kind {
        CheckKind::And(all) | CheckKind::Or(all) => all.iter().map(|c| of(c, longest)).sum(),
        CheckKind::Not(one) => of(one, longest),
        CheckKind::Weights(_) | CheckKind::Number(_) => 64,
        CheckKind::InList { .. } => u64::from(longest) + 64,
        CheckKind::Call { name, .. } => call(&name.value, u64::from(longest)),
    }
}

fn call(name: &str, longest: u64) -> u64 {
    match name {
        "placeholder" => 16 * longest,
        "capitals" => 4 * longest,
        // At most 512 bytes beside the span are read for words.
        "follows" | "precedes" => 2_000,
        // Every character moves all bytes of the number; then two digests.
        "base58check" | "base58check_ripple" => longest.min(128) * longest.min(128) + 8_000,
        "monero" | "eip55" => 16_000,
        "bip39" => 16 * longest + 4_000,
        "decodes" => 2 * longest + 64 * 64,
        "entropy" => 4 * longest + 256 * 16,
        "bech32" => 40 * longest,
        "tld" => longest + 2_000,
        "mrz" => longest + 2_000,
        "ipv4_in" | "ipv6_in" | "ip" => 16 * longest + 2_000,
        "written_date" | "rare" | "crc32_hex" | "decoded_length" | "decodes_to" | "mac" => {
            8 * longest
        }
        _ => 64,
    }
}
