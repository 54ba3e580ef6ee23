//! `riegel.policy`: what to show for a decision record.
//!
//! A record holds indices; here are the words they stand for: rules with their legal bases and
//! messages, obligations, detectors, and every clause as it was written, so that an explanation can
//! point at it.

use crate::check::model::{Detector, Leaf, Obligation, Place, Policy, Rule};
use crate::manifest::{ClauseInfo, DetectorInfo, ObligationInfo, PolicyInfo, RuleInfo};
use crate::plan::{MAX_CLAUSES, visit};
use crate::syntax::ast::{Date, Stage};
use std::collections::{BTreeMap, BTreeSet};

/// Name of the section.
pub const NAME: &str = "riegel.policy";

/// Everything a host shows.
pub fn info(policy: &Policy, build: [u8; 16]) -> PolicyInfo {
    PolicyInfo {
        id: policy.id.clone(),
        title: policy.title.clone(),
        version: policy.version.clone(),
        build: super::hex(&build),
        compiler: env!("CARGO_PKG_VERSION").to_owned(),
        languages: policy.languages.clone(),
        review_by: policy.review_by.map(|date| date.to_string()),
        on_error: policy.on_error.as_str().to_owned(),
        stages: stages(&policy.stages),
        layers: layers(policy),
        rules: policy.rules.iter().map(|r| rule(policy, r)).collect(),
        obligations: policy.obligations.iter().map(obligation).collect(),
        detectors: policy
            .detectors
            .iter()
            .map(|d| detector(policy, d))
            .collect(),
        sources: policy.sources.iter().map(|s| s.name.clone()).collect(),
    }
}

/// The section's bytes.
pub fn section(info: &PolicyInfo) -> Vec<u8> {
    super::json(info)
}

/// The policies that this one is composed of, itself first.
fn layers(policy: &Policy) -> Vec<String> {
    match policy.layers.as_slice() {
        [] => vec![policy.id.clone()],
        layers => layers.iter().map(|layer| layer.id.clone()).collect(),
    }
}

fn stages(stages: &[(Stage, Date)]) -> Vec<(String, String)> {
    let word = |stage: Stage| match stage {
        Stage::Observe => "observe",
        Stage::Warn => "warn",
        Stage::Enforce => "enforce",
    };
    stages
        .iter()
        .map(|(stage, date)| (word(*stage).to_owned(), date.to_string()))
        .collect()
}

fn index(at: usize) -> u16 {
    u16::try_from(at).unwrap_or(u16::MAX)
}

fn rule(policy: &Policy, rule: &Rule) -> RuleInfo {
    let by_language = |texts: &[String]| -> BTreeMap<String, String> {
        let languages = policy.languages.iter().cloned();
        languages.zip(texts.iter().cloned()).collect()
    };
    RuleInfo {
        id: rule.id.clone(),
        layer: rule.layer,
        tightened: rule
            .tightened
            .iter()
            .map(|t| (t.layer, t.what.clone()))
            .collect(),
        verdict: rule.verdict.as_str().to_owned(),
        cite: rule.cite.clone(),
        say: by_language(&rule.say),
        hint: by_language(&rule.hint),
        obligations: rule.obligations.iter().map(|o| index(*o)).collect(),
        redact: rule.redact.iter().map(|d| index(*d)).collect(),
        detectors: detectors(rule),
        clauses: rule
            .clauses
            .iter()
            .take(MAX_CLAUSES)
            .map(|c| clause(policy, c.place))
            .collect(),
        stages: rule.stages.as_deref().map(stages),
        exceptions: rule
            .exceptions
            .iter()
            .map(|e| (e.because.clone(), e.until.to_string()))
            .collect(),
    }
}

/// Detectors that a rule's condition speaks of, else those that it redacts; ascending.
fn detectors(rule: &Rule) -> Vec<u16> {
    let mut named = BTreeSet::new();
    visit(&rule.condition, &mut |leaf| match leaf {
        Leaf::Count(f, ..) | Leaf::Distinct(f, ..) => named.extend(&f.detectors),
        Leaf::Near(f, others, _) => {
            named.extend(&f.detectors);
            named.extend(others);
        }
        _ => {}
    });
    if named.is_empty() {
        named.extend(&rule.redact);
    }
    named.into_iter().map(|d: usize| index(d)).collect()
}

fn clause(policy: &Policy, place: Place) -> ClauseInfo {
    let source = policy.sources.get(place.source as usize);
    let range = place.span.start as usize..place.span.end as usize;
    let text = source.and_then(|s| s.text.get(range)).unwrap_or("");
    ClauseInfo {
        source: place.source,
        start: place.span.start,
        end: place.span.end,
        text: text.split_whitespace().collect::<Vec<_>>().join(" "),
    }
}

fn obligation(obligation: &Obligation) -> ObligationInfo {
    let (kind, argument) = match obligation {
        Obligation::Show => ("show", ""),
        Obligation::Justify => ("justify", ""),
        Obligation::Redact => ("redact", ""),
        Obligation::Approve(role) => ("approve", role.as_str()),
        Obligation::Disclose => ("disclose", ""),
        Obligation::Train(unit) => ("train", unit.as_str()),
        Obligation::Label(label) => ("label", label.as_str()),
        Obligation::Notify(role) => ("notify", role.as_str()),
    };
    ObligationInfo {
        kind: kind.to_owned(),
        argument: argument.to_owned(),
    }
}

/// Titles that nobody asks for stay in the library.
fn detector(policy: &Policy, detector: &Detector) -> DetectorInfo {
    let titles = detector.titles.iter();
    let titles = titles.filter(|(language, _)| policy.languages.contains(language));
    DetectorInfo {
        id: detector.id.clone(),
        title: detector.title.clone(),
        titles: titles.map(|(l, t)| (l.clone(), t.clone())).collect(),
        class: detector.class.clone(),
        label: detector.label.clone(),
    }
}
