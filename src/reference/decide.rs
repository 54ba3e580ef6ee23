//! Paragraphs 38 to 41: from attributes and findings to a decision.
//!
//! A condition is evaluated twice. First on attributes alone, where a finding leaf
//! is taken for whatever helps the rule: that tells which rules are open, and
//! their detectors are demanded. Then once more with the findings.

use super::facts;
use super::findings::{Finding, Scanner, find};
use super::values::Values;
use crate::abi::frame::check_parts;
use crate::abi::record::Decision;
use crate::check::model::{
    Condition, Config, Event, Findings, Leaf, Obligation, ParamValue, Policy, Rule, Value,
};
use crate::syntax::ast::{Date, Stage, Verdict};
use riegel_kernel::layout::{
    ErrorCode, FINDING_ALSO, FINDING_ENCODED, FINDING_REDACT, FindingEntry, ObligationKind,
    RECORD_CONTENT_READ, RECORD_ERROR, RECORD_STAGED, RECORD_TRUNCATED, RECORD_UNKNOWN_VALUE,
    RuleHit,
};
use std::collections::BTreeSet;

/// Decides. Build and configuration digest are the caller's.
pub(super) fn decide(
    policy: &Policy,
    scanners: &[Scanner],
    event: &Event,
    config: &Config,
) -> Decision {
    let values = Values::new(policy, event, config);
    let mut decision = Decision {
        flags: 0,
        verdict: Verdict::Allow,
        effective: Verdict::Allow,
        error: ErrorCode::None,
        slot: slot_byte(values.missing.or(values.unknown)),
        build: [0; 16],
        config: 0,
        rules: Vec::new(),
        obligations: Vec::new(),
        would: Vec::new(),
        demand: vec![0; policy.detectors.len().div_ceil(64)],
        findings: Vec::new(),
    };
    if values.unknown.is_some() {
        decision.flags |= RECORD_UNKNOWN_VALUE;
    }
    if values.missing.is_some() {
        fail(policy, &values, &mut decision, ErrorCode::Required);
    } else if check_parts(&event.parts, event.text.len()).is_err() {
        fail(policy, &values, &mut decision, ErrorCode::Part);
    } else {
        evaluate(policy, scanners, event, &values, &mut decision);
    }
    decision
}

fn slot_byte(slot: Option<usize>) -> u8 {
    slot.and_then(|slot| u8::try_from(slot).ok()).unwrap_or(255)
}

fn evaluate(
    policy: &Policy,
    scanners: &[Scanner],
    event: &Event,
    values: &Values,
    decision: &mut Decision,
) {
    let demanded = demand(policy, values, !event.parts.is_empty());
    for (index, _) in demanded.iter().enumerate().filter(|(_, on)| **on) {
        if let Some(word) = decision.demand.get_mut(index / 64) {
            *word |= 1 << (index % 64);
        }
        if !event.parts.is_empty() {
            decision.flags |= RECORD_CONTENT_READ;
        }
    }
    let held = |param: usize| values.key(param);
    let (findings, truncated) = find(policy, scanners, event, &demanded, &held);
    if truncated {
        decision.flags |= RECORD_TRUNCATED;
    }
    let seen = Seen {
        findings: &findings,
        event,
    };
    let mut outcome = Outcome::default();
    for (index, rule) in policy.rules.iter().enumerate() {
        if holds(&rule.condition, values, Content::Read(&seen)) {
            let hit = outcome.fire(policy, rule, values.today, &seen);
            decision.verdict = decision.verdict.max(rule.verdict);
            decision.effective = decision.effective.max(hit);
            decision.rules.push(RuleHit {
                rule: u16::try_from(index).unwrap_or(u16::MAX),
                verdict: rule.verdict as u8,
                effective: hit as u8,
                clauses: clauses(rule, values, &seen),
            });
        }
    }
    if outcome.capped {
        decision.flags |= RECORD_STAGED;
    }
    decision.obligations = numbers(policy, &outcome.now);
    let later = outcome.later.difference(&outcome.now).copied().collect();
    decision.would = numbers(policy, &later);
    decision.findings = findings
        .iter()
        .map(|finding| entry(finding, outcome.redact.contains(&finding.detector)))
        .collect();
    let mut asked = scanners.iter().zip(&demanded).filter(|(_, on)| **on);
    if !event.parts.is_empty() && asked.any(|(scanner, _)| scanner.keyless(&held)) {
        fail(policy, values, decision, ErrorCode::Key);
    } else if truncated && outcome.redacts {
        fail(policy, values, decision, ErrorCode::RedactTruncated);
    } else if outcome.nothing_to_redact {
        fail(policy, values, decision, ErrorCode::NothingToRedact);
    }
}

/// Paragraph 39.
fn fail(policy: &Policy, values: &Values, decision: &mut Decision, error: ErrorCode) {
    let stage = stage(&policy.stages, values.today);
    decision.error = error;
    decision.flags |= RECORD_ERROR;
    if stage.is_some() {
        decision.flags |= RECORD_STAGED;
    }
    let effective = stage.map_or(policy.on_error, |cap| cap.min(policy.on_error));
    decision.verdict = decision.verdict.max(policy.on_error);
    decision.effective = decision.effective.max(effective);
}

/// Paragraph 38: the cap in force, `None` when enforced.
fn stage(steps: &[(Stage, Date)], today: i32) -> Option<Verdict> {
    if steps.is_empty() {
        return None;
    }
    match steps.iter().rfind(|(_, from)| from.days() <= today) {
        None => Some(Verdict::Allow),
        Some((Stage::Observe, _)) => Some(Verdict::Log),
        Some((Stage::Warn, _)) => Some(Verdict::Warn),
        Some((Stage::Enforce, _)) => None,
    }
}

/// What the fired rules add up to.
#[derive(Default)]
struct Outcome {
    /// Obligations in force (indices).
    now: BTreeSet<usize>,
    /// Obligations that would be in force without stages.
    later: BTreeSet<usize>,
    /// Detectors whose findings an uncapped rule redacts.
    redact: BTreeSet<usize>,
    /// Some uncapped rule redacts.
    redacts: bool,
    /// Some uncapped rule had nothing to redact.
    nothing_to_redact: bool,
    /// Some rule is capped.
    capped: bool,
}

impl Outcome {
    /// Adds a rule that fired, and gives its effective verdict.
    fn fire(&mut self, policy: &Policy, rule: &Rule, today: i32, seen: &Seen) -> Verdict {
        let cap = stage(rule.stages.as_ref().unwrap_or(&policy.stages), today);
        let Some(cap) = cap else {
            self.now.extend(&rule.obligations);
            if !rule.redact.is_empty() {
                self.redacts = true;
                self.redact.extend(&rule.redact);
                let something = seen
                    .findings
                    .iter()
                    .any(|f| rule.redact.contains(&f.detector));
                self.nothing_to_redact |= !something;
            }
            return rule.verdict;
        };
        self.capped = true;
        for &index in &rule.obligations {
            match policy.obligations.get(index) {
                Some(Obligation::Train(_) | Obligation::Disclose) => self.now.insert(index),
                _ => self.later.insert(index),
            };
        }
        let effective = cap.min(rule.verdict);
        if effective >= Verdict::Warn {
            self.now.insert(0);
        }
        effective
    }
}

/// The record's numbers of some obligations, ascending.
fn numbers(policy: &Policy, indices: &BTreeSet<usize>) -> Vec<u16> {
    let mut numbers: Vec<u16> = indices
        .iter()
        .filter_map(|&index| {
            let kind = match policy.obligations.get(index)? {
                Obligation::Show => ObligationKind::Show,
                Obligation::Justify => ObligationKind::Justify,
                Obligation::Redact => ObligationKind::Redact,
                Obligation::Approve(_) => ObligationKind::Approve,
                Obligation::Disclose => ObligationKind::Disclose,
                Obligation::Train(_) => ObligationKind::Train,
                Obligation::Label(_) => ObligationKind::Label,
                Obligation::Notify(_) => ObligationKind::Notify,
            };
            Some((kind as u16) << 12 | u16::try_from(index).ok()? & 0xFFF)
        })
        .collect();
    numbers.sort_unstable();
    numbers
}

fn entry(finding: &Finding, redact: bool) -> FindingEntry {
    let number = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
    let also = if finding.also { FINDING_ALSO } else { 0 };
    let encoded = if finding.encoded { FINDING_ENCODED } else { 0 };
    FindingEntry {
        detector: u16::try_from(finding.detector).unwrap_or(u16::MAX),
        confidence: finding.confidence as u8,
        flags: also | encoded | if redact { FINDING_REDACT } else { 0 },
        part: number(finding.part),
        start: number(finding.span.0),
        end: number(finding.span.1),
        distinct: finding.distinct,
    }
}

fn clauses(rule: &Rule, values: &Values, seen: &Seen) -> u64 {
    rule.clauses
        .iter()
        .take(64)
        .enumerate()
        .filter(|(_, clause)| holds(&clause.condition, values, Content::Read(seen)))
        .fold(0, |bits, (i, _)| bits | 1 << i)
}

/// Paragraph 41: which detectors have to be searched; where there is no part, which are asked for.
fn demand(policy: &Policy, values: &Values, parts: bool) -> Vec<bool> {
    let mut wanted = BTreeSet::new();
    for rule in &policy.rules {
        if holds(&rule.condition, values, Content::Taken(true)) {
            leaves(&rule.condition, &mut wanted);
            wanted.extend(&rule.redact);
        }
    }
    if parts {
        bring_along(policy, &mut wanted);
    }
    (0..policy.detectors.len())
        .map(|index| wanted.contains(&index))
        .collect()
}

/// What those that are asked for cannot be found or judged without.
fn bring_along(policy: &Policy, wanted: &mut BTreeSet<usize>) {
    let named = wanted
        .iter()
        .filter_map(|&index| policy.detectors.get(index));
    let asked = wanted.clone();
    let mut more: Vec<usize> = Vec::new();
    for detector in named {
        more.extend(&detector.yields_to);
        more.extend(detector.beside.iter().flat_map(|b| &b.detectors));
    }
    wanted.extend(more);
    // Those that are reported as an asked one, and what they lean on.
    let parts = policy.detectors.iter().enumerate();
    let parts = parts.filter(|(_, d)| d.reported_as.is_some_and(|whole| asked.contains(&whole)));
    let mut more: Vec<usize> = Vec::new();
    for (index, detector) in parts {
        more.push(index);
        more.extend(&detector.yields_to);
        more.extend(detector.beside.iter().flat_map(|b| &b.detectors));
    }
    wanted.extend(more);
    // What is made of marks needs its marks, and they need nothing.
    let named = wanted
        .iter()
        .filter_map(|&index| policy.detectors.get(index));
    let made_of = named.filter_map(|d| d.any.as_ref());
    let marks: Vec<usize> = made_of.flat_map(|any| any.marks.iter().copied()).collect();
    wanted.extend(marks);
    // A part that is searched for another reason comes out under its name.
    let named = wanted
        .iter()
        .filter_map(|&index| policy.detectors.get(index)?.reported_as);
    let wholes: Vec<usize> = named.collect();
    wanted.extend(wholes);
}

/// All detectors of all finding leaves.
fn leaves(condition: &Condition, wanted: &mut BTreeSet<usize>) {
    match condition {
        Condition::Const(_) => {}
        Condition::And(all) | Condition::Or(all) => {
            all.iter().for_each(|one| leaves(one, wanted));
        }
        Condition::Not(one) => leaves(one, wanted),
        Condition::Leaf(Leaf::Count(what, ..) | Leaf::Distinct(what, ..)) => {
            wanted.extend(&what.detectors);
        }
        Condition::Leaf(Leaf::Near(what, others, _)) => {
            wanted.extend(&what.detectors);
            wanted.extend(others);
        }
        Condition::Leaf(_) => {}
    }
}

/// The findings and the event they stand in.
pub(super) struct Seen<'a> {
    pub findings: &'a [Finding],
    pub event: &'a Event,
}

/// What a finding leaf is worth.
#[derive(Clone, Copy)]
pub(super) enum Content<'a> {
    /// Nothing was read yet: this.
    Taken(bool),
    /// What the findings say.
    Read(&'a Seen<'a>),
}

pub(super) fn holds(condition: &Condition, values: &Values, content: Content<'_>) -> bool {
    match condition {
        Condition::Const(value) => *value,
        Condition::And(all) => all.iter().all(|one| holds(one, values, content)),
        Condition::Or(any) => any.iter().any(|one| holds(one, values, content)),
        Condition::Not(one) => {
            let inner = match content {
                Content::Taken(value) => Content::Taken(!value),
                read => read,
            };
            !holds(one, values, inner)
        }
        Condition::Leaf(leaf) => leaf_holds(leaf, values, content),
    }
}

fn leaf_holds(leaf: &Leaf, values: &Values, content: Content<'_>) -> bool {
    let reading = |what: &Findings, ask: &dyn Fn(&Seen, &Findings) -> bool| match content {
        Content::Taken(value) => value,
        Content::Read(seen) => ask(seen, what),
    };
    match leaf {
        Leaf::Bool(slot) => values.slot(*slot) == Some(&Value::Bool(true)),
        Leaf::ParamBool(param) => values.param(*param) == Some(&ParamValue::Bool(true)),
        Leaf::Known(slot) => values.slot(*slot).is_some(),
        Leaf::EnumIn(slot, variants) => match values.slot(*slot) {
            Some(Value::Enum(Some(variant))) => variants.contains(variant),
            _ => false,
        },
        Leaf::StringIn(slot, texts) => {
            let text = values.text(*slot);
            text.is_some_and(|text| texts.iter().any(|one| one == text))
        }
        Leaf::HostIn(slot, globs) => {
            let host = values.text(*slot);
            host.is_some_and(|host| globs.iter().any(|glob| host_matches(host, glob)))
        }
        Leaf::InParam(slot, param) => match (values.text(*slot), values.param(*param)) {
            (Some(text), Some(ParamValue::List(texts))) => texts.iter().any(|one| one == text),
            _ => false,
        },
        Leaf::Same(a, b) => values.text(*a).is_some() && values.text(*a) == values.text(*b),
        Leaf::HasAny(slot, texts) => match values.slot(*slot) {
            Some(Value::Set(set)) => set.iter().any(|one| texts.contains(one)),
            _ => false,
        },
        Leaf::Int(slot, comparison, number) => match (values.slot(*slot), values.number(*number)) {
            (Some(Value::Int(left)), Some(right)) => comparison.holds(*left, right),
            _ => false,
        },
        Leaf::Date(slot, comparison, number) => {
            match (values.day(*slot), values.date_number(*number)) {
                (Some(left), Some(right)) => comparison.holds(left, right),
                _ => false,
            }
        }
        Leaf::Count(what, comparison, number) => reading(what, &|seen, what| {
            let count = facts::count(seen.findings, seen.event, what);
            let right = values.number(*number);
            right.is_some_and(|right| comparison.holds(count, right))
        }),
        Leaf::Distinct(what, comparison, number) => reading(what, &|seen, what| {
            let count = facts::distinct(seen.findings, seen.event, what);
            let right = values.number(*number);
            right.is_some_and(|right| comparison.holds(count, right))
        }),
        Leaf::Near(what, others, within) => reading(what, &|seen, what| {
            facts::near(seen.findings, seen.event, what, others, *within)
        }),
    }
}

/// `a.b.c` is itself; `*.b.c` is everything below `b.c`, at any depth, not `b.c`.
fn host_matches(host: &str, glob: &str) -> bool {
    match glob.strip_prefix('*') {
        Some(suffix) if suffix.starts_with('.') => host.ends_with(suffix),
        _ => host == glob,
    }
}
