//! A decision as JSON: everything that a client acts on, and no content. The same words as
//! `riegel decide --format json`; places are bytes and code points of the content as it was sent.

use crate::cli::decide::message::Facts;
use crate::cli::decide::places::Places;
use crate::cli::decide::words::Lang;
use crate::cli::decide::{confidence, error_word};
use crate::errors::{JsonProblem, Problem};
use crate::event::Event;
use crate::runtime::{Guard, Outcome};
use crate::serve::audit::Receipt;
use riegel::abi::record::verdict;
use riegel::manifest::RuleInfo;
use riegel_kernel::layout::{
    FINDING_ALSO, FINDING_ENCODED, FINDING_REDACT, RECORD_CONTENT_READ, RECORD_ERROR,
    RECORD_STAGED, RECORD_TRUNCATED,
};
use serde::Serialize;

/// A decision.
#[derive(Serialize)]
pub struct Answer<'a> {
    id: &'a str,
    policy: Policy<'a>,
    verdict: &'static str,
    effective: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    attribute: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    failure: Option<JsonProblem<'a>>,
    on_error: bool,
    truncated: bool,
    content_read: bool,
    staged: bool,
    rules: Vec<Rule<'a>>,
    obligations: Vec<Obligation<'a>>,
    would: Vec<Obligation<'a>>,
    findings: Vec<Finding<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    warnings: Vec<JsonProblem<'a>>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    approvals: &'a [Approval],
    #[serde(skip_serializing_if = "Option::is_none")]
    record: Option<Record<'a>>,
}

#[derive(Serialize)]
struct Policy<'a> {
    id: &'a str,
    version: &'a str,
    digest: &'a str,
    config: String,
}

#[derive(Serialize)]
struct Rule<'a> {
    id: &'a str,
    verdict: &'static str,
    effective: &'static str,
    message: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    hint: Option<String>,
    cite: &'a [String],
}

#[derive(Serialize)]
struct Obligation<'a> {
    kind: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    argument: &'a str,
}

#[derive(Serialize)]
struct Finding<'a> {
    detector: &'a str,
    title: &'a str,
    class: &'a str,
    label: &'a str,
    confidence: &'static str,
    part: u32,
    start: usize,
    end: usize,
    start_byte: u32,
    end_byte: u32,
    distinct: u32,
    redact: bool,
    also: bool,
    encoded: bool,
}

/// An approval that lifts what it was asked for.
#[derive(Clone, Debug, Serialize)]
pub struct Approval {
    /// Its id.
    pub id: String,
    /// The role that gave it.
    pub role: String,
    /// The rules that were asked about; it lifts no other.
    #[serde(skip)]
    pub rules: Vec<String>,
}

#[derive(Serialize)]
struct Record<'a> {
    writer: &'a str,
    seq: i64,
}

/// What an answer is made from.
pub struct Case<'a> {
    /// Of the request.
    pub id: &'a str,
    /// What decided.
    pub guard: &'a Guard,
    /// About what.
    pub event: &'a Event,
    /// What came out.
    pub outcome: &'a Outcome,
    /// Unknown values.
    pub warnings: &'a [Problem],
    /// Language of the messages.
    pub lang: Lang,
    /// What was approved before.
    pub approvals: &'a [Approval],
    /// Where it stands in the log.
    pub receipt: Option<&'a Receipt>,
}

fn word(code: u8) -> &'static str {
    verdict(code).map_or("block", |verdict| verdict.as_str())
}

impl<'a> Case<'a> {
    /// The verdict that is left after what was approved.
    pub fn effective(&self) -> riegel::syntax::ast::Verdict {
        use riegel::syntax::ast::Verdict;
        let decision = &self.outcome.decision;
        if self.approvals.is_empty() {
            return decision.effective;
        }
        let rules = decision.rules.iter().map(|hit| {
            let effective = verdict(hit.effective).unwrap_or(Verdict::Block);
            if effective == Verdict::Approve && self.lifted(hit.rule) {
                Verdict::Log
            } else {
                effective
            }
        });
        let strongest = rules.max().unwrap_or(Verdict::Allow);
        if decision.flags & RECORD_ERROR != 0 {
            strongest.max(decision.effective)
        } else {
            strongest
        }
    }

    /// The roles that a rule asks.
    fn asked(&self, rule: &RuleInfo) -> impl Iterator<Item = &'a str> {
        let info = &self.guard.anatomy().info;
        let codes = rule.obligations.clone().into_iter();
        codes
            .filter_map(|i| info.obligations.get(usize::from(i)))
            .filter(|o| o.kind == "approve")
            .map(|o| o.argument.as_str())
    }

    /// Has every role that the rule asks approved what this very rule held up?
    fn lifted(&self, rule: u16) -> bool {
        let info = &self.guard.anatomy().info;
        let Some(rule) = info.rules.get(usize::from(rule)) else {
            return false;
        };
        let mut asked = self.asked(rule).peekable();
        asked.peek().is_some() && asked.all(|role| self.approved(rule, role))
    }

    fn approved(&self, rule: &RuleInfo, role: &str) -> bool {
        let of = |approval: &Approval| approval.role == role && approval.rules.contains(&rule.id);
        self.approvals.iter().any(of)
    }

    /// Does a rule that fired still wait for this role?
    fn waits_for(&self, role: &str) -> bool {
        let info = &self.guard.anatomy().info;
        let hits = self.outcome.decision.rules.iter();
        let mut rules = hits.filter_map(|hit| info.rules.get(usize::from(hit.rule)));
        rules.any(|rule| !self.approved(rule, role) && self.asked(rule).any(|asked| asked == role))
    }

    /// As JSON.
    pub fn json(&self) -> String {
        let anatomy = self.guard.anatomy();
        let info = &anatomy.info;
        let decision = &self.outcome.decision;
        let facts = Facts {
            info,
            schema: &anatomy.schema,
            values: self.event.values(),
            decision,
            lang: self.lang,
        };
        let approved = |o: &riegel::manifest::ObligationInfo| {
            o.kind == "approve" && !self.approvals.is_empty() && !self.waits_for(&o.argument)
        };
        let obligations = |codes: &[u16]| -> Vec<Obligation<'a>> {
            codes
                .iter()
                .filter_map(|code| info.obligations.get(usize::from(code & 0xFFF)))
                .filter(|o| !approved(o))
                .map(|o| Obligation {
                    kind: &o.kind,
                    argument: &o.argument,
                })
                .collect()
        };
        let slot = anatomy.schema.slots.get(usize::from(decision.slot));
        let flag = |bit| decision.flags & bit != 0;
        let answer = Answer {
            id: self.id,
            policy: Policy {
                id: &info.id,
                version: &info.version,
                digest: self.guard.digest_text(),
                config: format!("{:016x}", decision.config),
            },
            verdict: decision.verdict.as_str(),
            effective: self.effective().as_str(),
            error: error_word(decision.error),
            attribute: slot.map(|slot| slot.name.as_str()),
            failure: self.outcome.failure.as_ref().map(Problem::to_json),
            on_error: flag(RECORD_ERROR),
            truncated: flag(RECORD_TRUNCATED),
            content_read: flag(RECORD_CONTENT_READ),
            staged: flag(RECORD_STAGED),
            rules: decision
                .rules
                .iter()
                .filter_map(|hit| {
                    let rule = info.rules.get(usize::from(hit.rule))?;
                    Some(Rule {
                        id: &rule.id,
                        verdict: word(hit.verdict),
                        effective: word(hit.effective),
                        message: facts.text(&rule.say, rule),
                        hint: facts.text(&rule.hint, rule),
                        cite: &rule.cite,
                    })
                })
                .collect(),
            obligations: obligations(&decision.obligations),
            would: obligations(&decision.would),
            findings: self.findings(),
            warnings: self.warnings.iter().map(Problem::to_json_warning).collect(),
            approvals: self.approvals,
            record: self.receipt.map(|receipt| Record {
                writer: &receipt.writer,
                seq: receipt.seq,
            }),
        };
        serde_json::to_string(&answer).unwrap_or_default()
    }

    fn findings(&self) -> Vec<Finding<'a>> {
        let decision = &self.outcome.decision;
        if decision.findings.is_empty() {
            return Vec::new();
        }
        let info = &self.guard.anatomy().info;
        let places = Places::of(self.event.content().as_bytes());
        let of = |finding: &riegel_kernel::layout::FindingEntry| {
            let detector = info.detectors.get(usize::from(finding.detector))?;
            let (start, end) = places.span(finding.start as usize, finding.end as usize);
            Some(Finding {
                detector: &detector.id,
                title: detector.title_in(self.lang.code()),
                class: &detector.class,
                label: &detector.label,
                confidence: confidence(finding.confidence),
                part: finding.part,
                start,
                end,
                start_byte: finding.start,
                end_byte: finding.end,
                distinct: finding.distinct,
                redact: finding.flags & FINDING_REDACT != 0,
                also: finding.flags & FINDING_ALSO != 0,
                encoded: finding.flags & FINDING_ENCODED != 0,
            })
        };
        decision.findings.iter().filter_map(of).collect()
    }
}
