//! What a decision comes to, also when there was none (promise 4: fail closed).
//!
//! A trap, a time-out, a refused growth of memory or a record that cannot be
//! believed never ends in `allow` by accident. The host then speaks for the module:
//! verdict `on_error`, under the policy's stage cap as always (semantics 16: a pilot
//! never blocks), with the flag `RECORD_ERROR` and no findings. What happened stands
//! beside the decision as a [`Problem`] with a code of its own (`E4xxx`); the error
//! code inside the decision stays `None`, because no module said it.

use crate::content::Content;
use crate::errors::Problem;
use crate::runtime::instance::bad_record;
use riegel::abi::record::Decision;
use riegel::check::model::Part;
use riegel::manifest::PolicyInfo;
use riegel::syntax::ast::Verdict;
use riegel_kernel::layout::{ErrorCode, RECORD_ERROR, RECORD_STAGED};

/// A decision, and why it is not the module's own, if it is not.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// What applies.
    pub decision: Decision,
    /// Set when the module failed and the host decided `on_error`.
    pub failure: Option<Problem>,
}

/// The decision of a host whose module failed.
pub fn failed(info: &PolicyInfo, today: i32, failure: Problem) -> Outcome {
    let verdict = verdict(&info.on_error).unwrap_or(Verdict::Block);
    let cap = stage_cap(&info.stages, today);
    let effective = verdict.min(cap);
    let staged = if cap < Verdict::Block {
        RECORD_STAGED
    } else {
        0
    };
    let show = 0;
    Outcome {
        decision: Decision {
            flags: RECORD_ERROR | staged,
            verdict,
            effective,
            error: ErrorCode::None,
            slot: u8::MAX,
            build: build(&info.build),
            config: 0,
            rules: Vec::new(),
            obligations: (effective >= Verdict::Warn)
                .then_some(show)
                .into_iter()
                .collect(),
            would: Vec::new(),
            demand: vec![0; info.detectors.len().div_ceil(64)],
            findings: Vec::new(),
        },
        failure: Some(failure),
    }
}

/// Findings lie inside the part that they name, which the record alone cannot tell.
pub fn findings_fit(decision: &Decision, parts: &[Part], content: &Content) -> Result<(), Problem> {
    let fits = decision.findings.iter().all(|finding| {
        let part = parts.get(finding.part as usize);
        part.is_some_and(|part| {
            let end = u64::from(part.offset) + u64::from(part.len);
            finding.start >= part.offset
                && u64::from(finding.end) <= end
                && end <= content.len() as u64
        })
    });
    if fits {
        Ok(())
    } else {
        Err(bad_record("a finding lies outside its part"))
    }
}

/// The strongest verdict that the stages allow on a day (semantics 38).
pub fn stage_cap(stages: &[(String, String)], today: i32) -> Verdict {
    let Some(_) = stages.first() else {
        return Verdict::Block;
    };
    let begun = stages
        .iter()
        .rev()
        .find(|(_, day)| crate::event::parse_date(day).is_ok_and(|day| day.days() <= today));
    match begun.map(|(stage, _)| stage.as_str()) {
        None => Verdict::Allow,
        Some("observe") => Verdict::Log,
        Some("warn") => Verdict::Warn,
        Some(_) => Verdict::Block,
    }
}

/// A verdict by its word.
pub fn verdict(word: &str) -> Option<Verdict> {
    Verdict::ALL
        .into_iter()
        .find(|verdict| verdict.as_str() == word)
}

/// The build id from its hex form; zeros where it is none.
fn build(hex: &str) -> [u8; 16] {
    let mut out = [0; 16];
    if let Some(bytes) = from_hex(hex)
        && bytes.len() == out.len()
    {
        out.copy_from_slice(&bytes);
    }
    out
}

/// Hex digits from bytes.
pub fn hex(bytes: &[u8]) -> String {
    let digit = |value: u8| char::from_digit(u32::from(value), 16).unwrap_or('0');
    let pairs = bytes.iter().map(|byte| [byte >> 4, byte & 15]);
    pairs.flatten().map(digit).collect()
}

/// Bytes from hex digits.
pub fn from_hex(hex: &str) -> Option<Vec<u8>> {
    let digits = hex.as_bytes();
    if !digits.len().is_multiple_of(2) {
        return None;
    }
    let value = |digit: u8| {
        char::from(digit)
            .to_digit(16)
            .and_then(|d| u8::try_from(d).ok())
    };
    let (pairs, _) = digits.as_chunks::<2>();
    pairs
        .iter()
        .map(|[high, low]| Some(value(*high)? << 4 | value(*low)?))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_stage_that_has_begun_rules() {
        let stages: Vec<(String, String)> = [
            ("observe", "1970-01-11"),
            ("warn", "1970-01-21"),
            ("enforce", "1970-01-31"),
        ]
        .map(|(stage, day)| (stage.to_owned(), day.to_owned()))
        .to_vec();
        assert_eq!(stage_cap(&stages, 9), Verdict::Allow);
        assert_eq!(stage_cap(&stages, 10), Verdict::Log);
        assert_eq!(stage_cap(&stages, 20), Verdict::Warn);
        assert_eq!(stage_cap(&stages, 30), Verdict::Block);
        assert_eq!(stage_cap(&[], 0), Verdict::Block);
    }

    #[test]
    fn hex_is_read_back() {
        assert_eq!(from_hex("00ff1A"), Some(vec![0, 255, 26]));
        assert_eq!(from_hex("0"), None);
        assert_eq!(from_hex("zz"), None);
    }
}
