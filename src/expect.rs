//! What the tests of a policy expect, held against what a module answered.
//!
//! The command line and the browser run a policy's tests with different engines; whether an
//! expectation holds, and what to say when it does not, is decided here for both.

use crate::abi::record::Decision;
use crate::check::model::{Expected, Place, Policy, Test};
use crate::syntax::ast::Verdict;
use riegel_kernel::layout::{FindingEntry, RECORD_CONTENT_READ};

/// An expectation that does not hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Complaint {
    /// The expectation.
    pub place: Place,
    /// What came out instead. It may quote the test's own content, as it stands there.
    pub came: String,
}

/// What of a test does not hold, in the order of its expectations.
pub fn complaints(policy: &Policy, test: &Test, decision: &Decision) -> Vec<Complaint> {
    let outcome = Outcome {
        policy,
        content: &test.event.text,
        decision,
    };
    let complaint = |expectation: &crate::check::model::Expectation| {
        Some(Complaint {
            place: expectation.place,
            came: outcome.instead_of(&expectation.what)?,
        })
    };
    test.expect.iter().filter_map(complaint).collect()
}

/// A confidence by its word in the language.
pub fn confidence(level: u8) -> &'static str {
    match level {
        1 => "low",
        2 => "medium",
        _ => "high",
    }
}

struct Outcome<'a> {
    policy: &'a Policy,
    content: &'a [u8],
    decision: &'a Decision,
}

impl Outcome<'_> {
    /// What came out instead, or `None` when the expectation holds.
    fn instead_of(&self, expected: &Expected) -> Option<String> {
        let decision = self.decision;
        match expected {
            Expected::Verdict(verdict, rules) => self.verdict(decision.effective, *verdict, rules),
            Expected::Would(verdict, rules) => self.verdict(decision.verdict, *verdict, rules),
            Expected::NoRule(rule) => self.fired(*rule).then(|| self.rules_in_words()),
            Expected::Found {
                detector,
                confidence,
                at,
            } => {
                let fits = |finding: &&FindingEntry| {
                    finding.confidence >= *confidence as u8
                        && at
                            .as_ref()
                            .is_none_or(|at| self.text(finding) == at.as_bytes())
                };
                match self.findings(*detector).find(fits) {
                    Some(_) => None,
                    None => Some(self.findings_in_words(*detector)),
                }
            }
            // What was not searched was not looked at: that would hold whatever the text says.
            Expected::NotFound(detector) => {
                let found = |finding: &FindingEntry| finding.confidence >= 2;
                let unseen = !decision.demanded(*detector);
                (unseen || self.findings(*detector).any(found))
                    .then(|| self.findings_in_words(*detector))
            }
            Expected::Obligation(index) => {
                let inside = |codes: &[u16]| {
                    let mut indices = codes.iter().map(|code| usize::from(code & 0xFFF));
                    indices.any(|i| i == *index)
                };
                match (inside(&decision.obligations), inside(&decision.would)) {
                    (true, _) => None,
                    (_, true) => Some("only later: the rule is not enforced yet".to_owned()),
                    _ => Some(format!("not asked; {}", self.rules_in_words())),
                }
            }
            Expected::Unread => (decision.flags & RECORD_CONTENT_READ != 0).then(|| {
                let searched = self.policy.detectors.iter().enumerate();
                let searched: Vec<&str> = searched
                    .filter(|(i, _)| decision.demanded(*i))
                    .map(|(_, detector)| detector.id.as_str())
                    .collect();
                format!("the content was read, for {}", searched.join(", "))
            }),
        }
    }

    fn verdict(&self, came: Verdict, expected: Verdict, rules: &[usize]) -> Option<String> {
        let holds = came == expected && rules.iter().all(|rule| self.fired(*rule));
        (!holds).then(|| format!("{}: {}", came.as_str(), self.rules_in_words()))
    }

    fn fired(&self, rule: usize) -> bool {
        let mut hits = self.decision.rules.iter();
        hits.any(|hit| usize::from(hit.rule) == rule)
    }

    fn rules_in_words(&self) -> String {
        let hits = self.decision.rules.iter();
        let rules: Vec<&str> = hits
            .filter_map(|hit| self.policy.rules.get(usize::from(hit.rule)))
            .map(|rule| rule.id.as_str())
            .collect();
        match rules.as_slice() {
            [] => "no rule fired".to_owned(),
            rules => format!("by {}", rules.join(", ")),
        }
    }

    fn findings(&self, detector: usize) -> impl Iterator<Item = &FindingEntry> {
        let all = self.decision.findings.iter();
        all.filter(move |finding| usize::from(finding.detector) == detector)
    }

    /// A test's content stands in the policy's source, so it may be shown.
    fn text(&self, finding: &FindingEntry) -> &[u8] {
        let span = finding.start as usize..finding.end as usize;
        self.content.get(span).unwrap_or_default()
    }

    fn findings_in_words(&self, detector: usize) -> String {
        if !self.decision.demanded(detector) {
            return "not searched: no rule that could still fire speaks of it".to_owned();
        }
        let found: Vec<String> = self
            .findings(detector)
            .map(|finding| {
                let text = String::from_utf8_lossy(self.text(finding));
                format!("\"{text}\" ({})", confidence(finding.confidence))
            })
            .collect();
        match found.as_slice() {
            [] => "not found".to_owned(),
            found => format!("found {}", found.join(", ")),
        }
    }
}
