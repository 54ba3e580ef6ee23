//! The decision record: what a module says about one event.
//!
//! ```text
//! RecordHeader (56)
//! RuleHit (12) × rules            rule index ascending
//! obligation u16 × obligations    ascending, each once: kind << 12 | index
//! would u16 × would               likewise; nothing that is in `obligations`
//! zero bytes to a multiple of 8
//! demand u64 × demand             bit = detector
//! FindingEntry (20) × findings    by part, start, descending end, detector
//! ```
//!
//! A record holds positions and numbers, never a byte of the content, so that it
//! may be stored. There is exactly one right record for a decision: [`encode`]
//! writes it, and [`decode`] refuses what [`encode`] would not have written. What
//! can only be judged beside the policy (does rule 7 exist?) is [`validate`]'s.

use super::AbiError;
use super::heap::size;
use crate::manifest::{ABI_VERSION, PolicyInfo};
use crate::syntax::ast::Verdict;
use riegel_kernel::layout::{
    ErrorCode, FINDING_ALSO, FINDING_ENCODED, FINDING_REDACT, FindingEntry, RECORD_CONTENT_READ,
    RECORD_ERROR, RECORD_MAGIC, RECORD_STAGED, RECORD_TRUNCATED, RECORD_UNKNOWN_VALUE,
    RecordHeader, RuleHit,
};

/// A decision record, read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    /// `RECORD_…` bits.
    pub flags: u16,
    /// Verdict before stages.
    pub verdict: Verdict,
    /// Verdict that applies.
    pub effective: Verdict,
    /// Why `on_error` has the say.
    pub error: ErrorCode,
    /// Slot that the error or the flag `RECORD_UNKNOWN_VALUE` speaks of first; 255: none.
    pub slot: u8,
    /// Build id.
    pub build: [u8; 16],
    /// Digest of the configuration in force; 0: defaults.
    pub config: u64,
    /// Rules that fired, ascending.
    pub rules: Vec<RuleHit>,
    /// Obligations in force, ascending (kind << 12 | index).
    pub obligations: Vec<u16>,
    /// Obligations that would be in force without stages, ascending, without those in force.
    pub would: Vec<u16>,
    /// Demanded detectors, bit by detector.
    pub demand: Vec<u64>,
    /// Findings in the order of display.
    pub findings: Vec<FindingEntry>,
}

impl Decision {
    /// True when the detector was demanded.
    pub fn demanded(&self, detector: usize) -> bool {
        let word = self.demand.get(detector / 64);
        word.is_some_and(|word| word >> (detector % 64) & 1 == 1)
    }
}

/// A verdict's number read back.
pub fn verdict(code: u8) -> Option<Verdict> {
    Verdict::ALL.get(usize::from(code)).copied()
}

/// An error's number read back.
pub fn error_code(code: u8) -> Option<ErrorCode> {
    const ALL: [ErrorCode; 9] = [
        ErrorCode::None,
        ErrorCode::Frame,
        ErrorCode::Schema,
        ErrorCode::Required,
        ErrorCode::Part,
        ErrorCode::NothingToRedact,
        ErrorCode::RedactTruncated,
        ErrorCode::Memory,
        ErrorCode::Key,
    ];
    ALL.get(usize::from(code)).copied()
}

/// The canonical bytes. Lists longer than their counters are cut, which no policy reaches.
pub fn encode(decision: &Decision) -> Vec<u8> {
    let short = |n: usize| u16::try_from(n).unwrap_or(u16::MAX);
    let [build, build2] = halves(decision.build);
    let mut header = RecordHeader {
        magic: RECORD_MAGIC,
        len: 0,
        version: ABI_VERSION as u16,
        flags: decision.flags,
        verdict: decision.verdict as u8,
        effective: decision.effective as u8,
        error: decision.error as u8,
        slot: decision.slot,
        build,
        build2,
        config: decision.config,
        rules: short(decision.rules.len()),
        obligations: short(decision.obligations.len()),
        would: short(decision.would.len()),
        demand: short(decision.demand.len()),
        findings: size(decision.findings.len()).unwrap_or(u32::MAX),
        reserved: 0,
    };
    let mut body = Vec::new();
    for hit in decision.rules.iter().take(header.rules.into()) {
        body.extend(hit.write());
    }
    let obligations = decision.obligations.iter().take(header.obligations.into());
    for obligation in obligations.chain(decision.would.iter().take(header.would.into())) {
        body.extend(obligation.to_le_bytes());
    }
    while !(RecordHeader::SIZE + body.len()).is_multiple_of(8) {
        body.push(0);
    }
    for word in decision.demand.iter().take(header.demand.into()) {
        body.extend(word.to_le_bytes());
    }
    for finding in decision.findings.iter().take(header.findings as usize) {
        body.extend(finding.write());
    }
    header.len = size(RecordHeader::SIZE + body.len()).unwrap_or(u32::MAX);
    let mut bytes = header.write().to_vec();
    bytes.append(&mut body);
    bytes
}

/// Length of the record that begins with these bytes, so that a host can cut it out
/// of a module's memory. At least the header must be there.
pub fn measure(bytes: &[u8]) -> Result<usize, AbiError> {
    Ok(header(bytes)?.len as usize)
}

fn header(bytes: &[u8]) -> Result<RecordHeader, AbiError> {
    let header = RecordHeader::read(bytes, 0)
        .ok_or_else(|| AbiError::new(AbiError::LENGTH, "shorter than a record header"))?;
    if header.magic != RECORD_MAGIC {
        return Err(AbiError::new(AbiError::MAGIC, "not a decision record"));
    }
    if u32::from(header.version) != ABI_VERSION {
        return Err(AbiError::new(
            AbiError::VERSION,
            format!("version {} of the ABI is not known here", {
                header.version
            }),
        ));
    }
    Ok(header)
}

/// Reads a record. `bytes` is exactly the record (see [`measure`]).
pub fn decode(bytes: &[u8]) -> Result<Decision, AbiError> {
    let header = header(bytes)?;
    let rules_end = RecordHeader::SIZE + usize::from(header.rules) * RuleHit::SIZE;
    let obligations_end = rules_end + usize::from(header.obligations) * 2;
    let would_end = obligations_end + usize::from(header.would) * 2;
    let demand_at = would_end.next_multiple_of(8);
    let findings_at = demand_at + usize::from(header.demand) * 8;
    let end = findings_at as u64 + u64::from(header.findings) * FindingEntry::SIZE as u64;
    if end != bytes.len() as u64 || end != u64::from(header.len) {
        return Err(AbiError::new(
            AbiError::LENGTH,
            "the record's length is not that of its lists",
        ));
    }
    let code = |what: &str| AbiError::new(AbiError::CODE, format!("unknown {what}"));
    let cut = |from: usize, to: usize| bytes.get(from..to).unwrap_or_default();
    if header.reserved != 0 || cut(would_end, demand_at).iter().any(|&byte| byte != 0) {
        return Err(AbiError::new(
            AbiError::RESERVED,
            "a reserved field or the padding is not zero",
        ));
    }
    let u16s = |from, to| -> Vec<u16> {
        let pairs = cut(from, to).as_chunks::<2>().0;
        pairs.iter().map(|raw| u16::from_le_bytes(*raw)).collect()
    };
    let demand = cut(demand_at, findings_at).as_chunks::<8>().0;
    let decision = Decision {
        flags: header.flags,
        verdict: verdict(header.verdict).ok_or_else(|| code("verdict"))?,
        effective: verdict(header.effective).ok_or_else(|| code("verdict"))?,
        error: error_code(header.error).ok_or_else(|| code("error"))?,
        slot: header.slot,
        build: joined(header.build, header.build2),
        config: header.config,
        rules: cut(RecordHeader::SIZE, rules_end)
            .chunks_exact(RuleHit::SIZE)
            .filter_map(|raw| RuleHit::read(raw, 0))
            .collect(),
        obligations: u16s(rules_end, obligations_end),
        would: u16s(obligations_end, would_end),
        demand: demand.iter().map(|raw| u64::from_le_bytes(*raw)).collect(),
        findings: cut(findings_at, bytes.len())
            .chunks_exact(FindingEntry::SIZE)
            .filter_map(|raw| FindingEntry::read(raw, 0))
            .collect(),
    };
    check(&decision)?;
    Ok(decision)
}

/// Everything that can be judged without the policy.
fn check(decision: &Decision) -> Result<(), AbiError> {
    let known = RECORD_TRUNCATED
        | RECORD_ERROR
        | RECORD_UNKNOWN_VALUE
        | RECORD_CONTENT_READ
        | RECORD_STAGED;
    if decision.flags & !known != 0 {
        return Err(AbiError::new(AbiError::CODE, "unknown flag"));
    }
    contradiction(
        (decision.flags & RECORD_ERROR != 0) == (decision.error != ErrorCode::None),
        "the error flag and the error code",
    )?;
    contradiction(
        decision.effective <= decision.verdict,
        "an effective verdict stronger than the verdict",
    )?;
    check_rules(&decision.rules)?;
    check_obligations(&decision.obligations)?;
    check_obligations(&decision.would)?;
    contradiction(
        !decision
            .would
            .iter()
            .any(|o| decision.obligations.contains(o)),
        "an obligation that is in force and only would be",
    )?;
    contradiction(
        decision.findings.is_empty() || decision.flags & RECORD_CONTENT_READ != 0,
        "findings in content that was not read",
    )?;
    check_findings(decision)
}

fn contradiction(fine: bool, what: &str) -> Result<(), AbiError> {
    if fine {
        Ok(())
    } else {
        Err(AbiError::new(AbiError::CONTRADICTION, what))
    }
}

fn order(fine: bool, what: &str) -> Result<(), AbiError> {
    if fine {
        Ok(())
    } else {
        Err(AbiError::new(
            AbiError::ORDER,
            format!("{what} out of order"),
        ))
    }
}

fn check_rules(rules: &[RuleHit]) -> Result<(), AbiError> {
    order(rules.is_sorted_by(|a, b| a.rule < b.rule), "rules")?;
    for hit in rules {
        if verdict(hit.verdict).is_none() {
            return Err(AbiError::new(AbiError::CODE, "unknown verdict of a rule"));
        }
        contradiction(
            hit.effective <= hit.verdict,
            "a rule whose effective verdict is stronger than its verdict",
        )?;
    }
    Ok(())
}

fn check_obligations(list: &[u16]) -> Result<(), AbiError> {
    order(list.is_sorted_by(|a, b| a < b), "obligations")?;
    let fine = |o: &u16| o >> 12 <= 7 && (o >> 12 == 0) == (o & 0xFFF == 0);
    if list.iter().all(fine) {
        Ok(())
    } else {
        Err(AbiError::new(AbiError::CODE, "unknown obligation"))
    }
}

fn check_findings(decision: &Decision) -> Result<(), AbiError> {
    let findings = &decision.findings;
    let key = |f: &FindingEntry| {
        let encoded = f.flags & FINDING_ENCODED;
        (
            f.part,
            f.start,
            std::cmp::Reverse(f.end),
            f.detector,
            encoded,
        )
    };
    order(findings.is_sorted_by(|a, b| key(a) < key(b)), "findings")?;
    // Distinct numbers appear in order, per detector.
    let mut highest = std::collections::HashMap::new();
    for finding in findings {
        let known = FINDING_ALSO | FINDING_REDACT | FINDING_ENCODED;
        if !(1..=3).contains(&finding.confidence) || finding.flags & !known != 0 {
            return Err(AbiError::new(
                AbiError::CODE,
                "unknown confidence or flag of a finding",
            ));
        }
        if finding.start >= finding.end {
            return Err(AbiError::new(AbiError::POINTER, "an empty finding"));
        }
        contradiction(
            decision.demanded(finding.detector.into()),
            "a finding of a detector that was not demanded",
        )?;
        let most = highest.entry(finding.detector).or_insert(0_u32);
        order(
            finding.distinct >= 1 && finding.distinct <= most.saturating_add(1),
            "distinct numbers",
        )?;
        *most = (*most).max(finding.distinct);
    }
    Ok(())
}

/// Checks a decision against the policy whose module wrote it: build, indices, verdicts.
pub fn validate(decision: &Decision, policy: &PolicyInfo) -> Result<(), AbiError> {
    let fits = |fine: bool, what: &str| {
        if fine {
            Ok(())
        } else {
            Err(AbiError::new(AbiError::POLICY, what))
        }
    };
    let build: String = decision.build.iter().map(|b| format!("{b:02x}")).collect();
    fits(policy.build == build, "another build wrote this record")?;
    for hit in &decision.rules {
        let rule = policy.rules.get(usize::from(hit.rule));
        let said = verdict(hit.verdict).map(Verdict::as_str);
        fits(
            rule.is_some_and(|rule| Some(rule.verdict.as_str()) == said),
            "a rule that the policy does not have, or with another verdict",
        )?;
        let clauses = rule.map_or(0, |rule| rule.clauses.len());
        fits(
            clauses >= 64 || hit.clauses >> clauses == 0,
            "a clause that the rule does not have",
        )?;
    }
    for obligation in decision.obligations.iter().chain(&decision.would) {
        const KINDS: [&str; 8] = [
            "show", "justify", "redact", "approve", "disclose", "train", "label", "notify",
        ];
        let entry = policy.obligations.get(usize::from(obligation & 0xFFF));
        let kind = KINDS.get(usize::from(obligation >> 12));
        fits(
            entry.is_some_and(|entry| Some(&entry.kind.as_str()) == kind),
            "an obligation that the policy does not have",
        )?;
    }
    let detectors = policy.detectors.len();
    fits(
        decision.demand.len() == detectors.div_ceil(64),
        "a demand list of another length",
    )?;
    let beyond = (detectors..decision.demand.len() * 64).any(|d| decision.demanded(d));
    fits(!beyond, "a demanded detector that the policy does not have")
}

/// The build id as the two numbers of the layout.
fn halves(build: [u8; 16]) -> [u64; 2] {
    let all = u128::from_le_bytes(build);
    [all as u64, (all >> 64) as u64]
}

fn joined(build: u64, build2: u64) -> [u8; 16] {
    (u128::from(build) | u128::from(build2) << 64).to_le_bytes()
}
