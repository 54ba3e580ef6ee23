//! Paragraphs 27, 28 and 32 to 36: from a part to the findings of a record.
//!
//! ```text
//! start -> ends (longest first, 8) -> check -> context -> confidence -> lower   candidates
//! part by part: cap (34), then `yields to` (33)                                 findings
//! sorted (35), numbered by key (36), overlapped ones marked (35)                the record's
//! ```

use super::boundary::{Flags, may_end, may_start};
use super::checks;
use super::context::Words;
use super::fold::fold;
use super::normalise::View;
use super::pattern::Matcher;
use super::value::key;
use crate::check::model::{Detector, Event, Policy};
use crate::syntax::ast::{Confidence, LowerHow};
use std::cmp::Reverse;
use std::collections::HashMap;

/// Most ends that are tried at a start.
const ENDS: usize = 8;

/// A detector's compiled parts.
#[derive(Clone, Debug)]
pub struct Scanner {
    patterns: Matcher,
    after: Option<Matcher>,
    flags: Flags,
    words: Option<Words>,
    lower: Vec<(LowerHow, Vec<u8>)>,
}

/// One scanner per detector.
pub fn scanners(detectors: &[Detector]) -> Vec<Scanner> {
    detectors.iter().map(Scanner::new).collect()
}

/// A finding.
#[derive(Clone, Debug)]
pub struct Finding {
    /// Index of the detector.
    pub detector: usize,
    /// How sure.
    pub confidence: Confidence,
    /// Index of the part.
    pub part: usize,
    /// Span in the part's view.
    pub view: (usize, usize),
    /// Span in the content.
    pub span: (usize, usize),
    /// What equal findings have in common.
    pub key: Vec<u8>,
    /// Number of the key, per detector, from 1 on.
    pub distinct: u32,
    /// Another finding covers it in display and redaction.
    pub also: bool,
}

impl Finding {
    /// True when the two share a byte (they must stand in one part).
    pub fn overlaps(&self, other: &Finding) -> bool {
        self.part == other.part && self.view.0 < other.view.1 && other.view.0 < self.view.1
    }
}

/// All findings of these detectors, in record order, and whether a cap cut some off.
pub fn find(
    policy: &Policy,
    scanners: &[Scanner],
    event: &Event,
    demanded: &[bool],
) -> (Vec<Finding>, bool) {
    let mut findings = Vec::new();
    let mut truncated = false;
    let mut kept: HashMap<usize, u32> = HashMap::new();
    for (number, part) in event.parts.iter().enumerate() {
        let offset = part.offset as usize;
        let bytes = event.text.get(offset..offset + part.len as usize);
        let view = View::of(bytes.unwrap_or_default());
        let folded = fold(&view.bytes);
        let mut here = Vec::new();
        for (index, (detector, scanner)) in policy.detectors.iter().zip(scanners).enumerate() {
            if demanded.get(index) != Some(&true) {
                continue;
            }
            for (start, end, confidence) in scanner.candidates(detector, &view.bytes, &folded) {
                let count = kept.entry(index).or_insert(0);
                if *count >= policy.max_findings {
                    truncated = true;
                    break;
                }
                *count += 1;
                let (from, to) = view.original(start, end);
                here.push(Finding {
                    detector: index,
                    confidence,
                    part: number,
                    view: (start, end),
                    span: (offset + from, offset + to),
                    key: key(view.bytes.get(start..end).unwrap_or_default()),
                    distinct: 0,
                    also: false,
                });
            }
        }
        let before = here.clone();
        here.retain(|finding| !gives_way(policy, finding, &before));
        findings.extend(here);
    }
    findings.sort_by_key(|f| (f.part, f.span.0, Reverse(f.span.1), f.detector));
    number_keys(&mut findings);
    mark_also(policy, &mut findings);
    (findings, truncated)
}

/// Paragraph 33.
fn gives_way(policy: &Policy, finding: &Finding, all: &[Finding]) -> bool {
    let detector = policy.detectors.get(finding.detector);
    let named = detector.map_or(&[][..], |detector| &detector.yields_to);
    all.iter().any(|other| {
        named.contains(&other.detector)
            && other.detector != finding.detector
            && other.confidence >= finding.confidence
            && other.view.0 <= finding.view.0
            && other.view.1 >= finding.view.1
    })
}

/// Paragraph 36.
fn number_keys(findings: &mut [Finding]) {
    let mut keys: HashMap<usize, Vec<Vec<u8>>> = HashMap::new();
    for finding in findings {
        let known = keys.entry(finding.detector).or_default();
        let at = known.iter().position(|key| *key == finding.key);
        let at = at.unwrap_or_else(|| {
            known.push(finding.key.clone());
            known.len() - 1
        });
        finding.distinct = u32::try_from(at + 1).unwrap_or(u32::MAX);
    }
}

/// Paragraph 35.
fn mark_also(policy: &Policy, findings: &mut [Finding]) {
    let rank = ranks(policy);
    let mut order: Vec<usize> = (0..findings.len()).collect();
    order.sort_by_key(|&i| {
        findings.get(i).map(|f| {
            let len = f.span.1 - f.span.0;
            (Reverse(f.confidence), Reverse(len), rank.get(f.detector))
        })
    });
    let mut shown: Vec<Finding> = Vec::new();
    for i in order {
        if let Some(finding) = findings.get_mut(i) {
            finding.also = shown.iter().any(|other| other.overlaps(finding));
            if !finding.also {
                shown.push(finding.clone());
            }
        }
    }
}

/// Per detector its rank: country areas, other areas, `.generic`; each by id.
pub fn ranks(policy: &Policy) -> Vec<usize> {
    let class = |id: &str| {
        let area = id.split('.').next().unwrap_or_default();
        if id.ends_with(".generic") {
            2
        } else if area.len() == 2 && area.bytes().all(|b| b.is_ascii_alphabetic()) {
            0
        } else {
            1
        }
    };
    let mut sorted: Vec<&str> = policy.detectors.iter().map(|d| d.id.as_str()).collect();
    sorted.sort_by_key(|id| (class(id), *id));
    policy
        .detectors
        .iter()
        .map(|d| sorted.iter().position(|id| *id == d.id).unwrap_or(0))
        .collect()
}

impl Scanner {
    fn new(detector: &Detector) -> Scanner {
        let patterns = Matcher::new(&detector.patterns);
        Scanner {
            after: (!detector.after.is_empty()).then(|| Matcher::new(&detector.after)),
            flags: Flags {
                start: patterns.start,
                end: patterns.end,
                digits: patterns.digits,
                underscore: detector.class == "secret",
            },
            patterns,
            words: detector.context.as_ref().map(Words::new),
            lower: detector
                .lower
                .iter()
                .map(|(how, text)| (*how, key(text.as_bytes())))
                .collect(),
        }
    }

    /// Paragraph 27: the detector's findings in a view, leftmost, not overlapping.
    fn candidates(
        &self,
        detector: &Detector,
        view: &[u8],
        folded: &[u8],
    ) -> Vec<(usize, usize, Confidence)> {
        let mut found: Vec<(usize, usize, Confidence)> = Vec::new();
        let mut free = 0;
        for start in 0..view.len() {
            if start < free {
                continue;
            }
            if let Some(finding) = self.at(detector, view, folded, start) {
                free = finding.1;
                found.push(finding);
            }
        }
        found
    }

    fn at(
        &self,
        detector: &Detector,
        view: &[u8],
        folded: &[u8],
        start: usize,
    ) -> Option<(usize, usize, Confidence)> {
        let Some(lead) = &self.after else {
            if !may_start(view, start, self.flags) {
                return None;
            }
            return self.span_at(detector, view, folded, start);
        };
        let flags = Flags {
            start: lead.start,
            digits: false,
            ..self.flags
        };
        if !may_start(view, start, flags) {
            return None;
        }
        let leads = lead.ends(view, start).into_iter().take(ENDS);
        leads
            .filter_map(|end| self.span_at(detector, view, folded, end))
            .next()
    }

    /// The span that begins exactly here: its start is already fine.
    fn span_at(
        &self,
        detector: &Detector,
        view: &[u8],
        folded: &[u8],
        start: usize,
    ) -> Option<(usize, usize, Confidence)> {
        let mut ends = self.patterns.ends(view, start);
        ends.retain(|&end| {
            let span = view.get(start..end).unwrap_or_default();
            let digits = span.iter().filter(|byte| byte.is_ascii_digit()).count();
            digits >= usize::from(detector.digits) && may_end(view, end, self.flags)
        });
        ends.truncate(ENDS);
        let judged: Vec<(usize, bool, Option<Confidence>)> = ends
            .into_iter()
            .map(|end| {
                let span = view.get(start..end).unwrap_or_default();
                let check = detector.check.as_ref();
                let held = check.is_some_and(|check| checks::holds(check, span));
                let words = self.words.as_ref();
                let context = words.is_some_and(|words| words.beside(folded, start, end));
                let table = &detector.confidence;
                let confidence = match (held, context) {
                    (false, false) => table.plain,
                    (false, true) => table.context,
                    (true, false) => table.check,
                    (true, true) => table.both,
                };
                (
                    end,
                    held,
                    confidence.map(|c| self.lowered(detector, c, span)),
                )
            })
            .collect();
        let first = |wanted: bool| {
            judged
                .iter()
                .filter(|(_, held, _)| *held == wanted)
                .find_map(|&(end, _, confidence)| Some((start, end, confidence?)))
        };
        first(true).or_else(|| first(false))
    }

    /// Paragraph 32.
    fn lowered(&self, detector: &Detector, confidence: Confidence, span: &[u8]) -> Confidence {
        let check = detector.lower_when.as_ref();
        let checked = check.is_some_and(|check| checks::holds(check, span));
        let span = key(span);
        let named = checked
            || self.lower.iter().any(|(how, text)| match how {
                LowerHow::Whole => span == *text,
                LowerHow::Prefix => span.starts_with(text),
                LowerHow::Suffix => span.ends_with(text),
            });
        match (named, confidence) {
            (true, Confidence::High) => Confidence::Medium,
            (true, _) => Confidence::Low,
            (false, confidence) => confidence,
        }
    }
}
