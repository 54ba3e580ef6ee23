//! Paragraphs 27, 28 and 32 to 36: from a part to the findings of a record.
//!
//! ```text
//! start -> ends (longest first, 8) -> check -> context -> confidence -> lower   candidates
//! part by part: cap (34), then `yields to` (33)                                 findings
//! sorted (35), numbered by key (36), overlapped ones marked (35)                the record's
//! ```

use super::boundary::{Flags, may_end, may_start};
use super::checks;
use super::context::{How, WordSet, Words};
use super::encoded;
use super::exact::Exact;
use super::fold::fold;
use super::normalise::View;
use super::pattern::Matcher;
use super::sequence::Sequence;
use super::table::{head, inserted};
use super::value::key;
use crate::check::model::{AnyOf, Detector, Event, Policy};
use crate::hashed::Key;
use crate::parallel;
use crate::syntax::ast::{Confidence, LowerHow};
use std::cmp::Reverse;
use std::collections::{BTreeSet, HashMap};

/// Most ends that are tried at a start.
const ENDS: usize = 8;

/// A detector's compiled parts.
#[derive(Clone, Debug)]
pub struct Scanner {
    patterns: Matcher,
    after: Option<Matcher>,
    flags: Flags,
    words: Option<Words>,
    against: Option<Words>,
    beside: Option<WordSet>,
    sequences: Vec<Sequence>,
    exact: Option<Exact>,
    first_word: Option<Vec<String>>,
    lower: Vec<(LowerHow, Vec<u8>)>,
}

/// One scanner per detector.
pub fn scanners(policy: &Policy) -> Vec<Scanner> {
    parallel::map(&policy.detectors, |d| Scanner::new(d, &policy.lists))
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
    /// It stands in an encoded text, which its span is.
    pub encoded: bool,
    /// Another finding covers it in display and redaction.
    pub also: bool,
    /// How sure where nothing stands beside it (44); outer `None`: that does not matter.
    alone: Option<Option<Confidence>>,
}

/// A span with what it is worth: where something stands beside it, and where nothing does.
struct Candidate {
    span: (usize, usize),
    with: Option<Confidence>,
    without: Option<Confidence>,
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
    held: &dyn Fn(usize) -> Option<Key>,
) -> (Vec<Finding>, bool) {
    let mut findings = Vec::new();
    let mut search = Search {
        policy,
        scanners,
        demanded,
        held,
        kept: HashMap::new(),
        truncated: false,
    };
    for (number, part) in event.parts.iter().enumerate() {
        let offset = part.offset as usize;
        let bytes = event.text.get(offset..offset + part.len as usize);
        let bytes = bytes.unwrap_or_default();
        let view = View::of(bytes);
        let mut here = search.look(&view.bytes, Reads::View);
        for (span, text) in encoded::texts(&view.bytes) {
            let mut inside = search.look(&text, Reads::Decoded);
            settle(policy, &mut inside);
            inside.sort_by_key(|f| (f.view.0, Reverse(f.view.1), f.detector));
            let mut seen = BTreeSet::new();
            inside.retain(|f| seen.insert(f.detector));
            here.extend(inside.into_iter().map(|f| Finding {
                view: span,
                encoded: true,
                ..f
            }));
        }
        for finding in &mut here {
            finding.span = view.original(finding.view.0, finding.view.1);
        }
        for mut finding in search.look(bytes, Reads::Verbatim(&view)) {
            finding.span = finding.view;
            finding.view = (view.before(finding.span.0), view.before(finding.span.1));
            here.push(finding);
        }
        settle(policy, &mut here);
        for finding in &mut here {
            finding.part = number;
            finding.span = (offset + finding.span.0, offset + finding.span.1);
        }
        findings.extend(here);
    }
    findings.sort_by_key(|f| (f.part, f.span.0, Reverse(f.span.1), f.detector, f.encoded));
    number_keys(&mut findings);
    mark_also(policy, &mut findings);
    (findings, search.truncated)
}

/// Paragraph 33, and hidden detectors.
fn settle(policy: &Policy, here: &mut Vec<Finding>) {
    let before = here.clone();
    let hidden = |f: &Finding| policy.detectors.get(f.detector).is_some_and(|d| d.hidden);
    here.retain(|finding| !gives_way(policy, finding, &before) && !hidden(finding));
}

/// What is looked for, and how often it has been found.
struct Search<'a> {
    policy: &'a Policy,
    scanners: &'a [Scanner],
    demanded: &'a [bool],
    held: &'a dyn Fn(usize) -> Option<Key>,
    kept: HashMap<usize, u32>,
    truncated: bool,
}

/// What is read.
#[derive(Clone, Copy)]
enum Reads<'v> {
    /// The view of a part.
    View,
    /// What an encoded text in it says (61).
    Decoded,
    /// The part as it is written, whose view this is (65).
    Verbatim(&'v View),
}

impl Reads<'_> {
    /// Does the detector look there?
    fn concerns(self, detector: &Detector) -> bool {
        match self {
            Reads::View => !detector.verbatim,
            Reads::Decoded => !detector.verbatim && detector.class == "secret",
            Reads::Verbatim(_) => detector.verbatim,
        }
    }

    /// May a match begin there?
    fn begins(self, at: usize) -> bool {
        match self {
            Reads::Verbatim(view) => view.is_near_change(at),
            _ => true,
        }
    }
}

impl Search<'_> {
    /// The findings in a view, before 33.
    fn look(&mut self, view: &[u8], reads: Reads<'_>) -> Vec<Finding> {
        let folded = fold(view);
        let mut here = Vec::new();
        let all = self.policy.detectors.iter().zip(self.scanners).enumerate();
        let wanted = |index: usize, detector: &Detector| {
            self.demanded.get(index) == Some(&true) && reads.concerns(detector)
        };
        let wanted: Vec<(usize, (&Detector, &Scanner))> = all
            .filter(|(index, (detector, _))| wanted(*index, detector))
            .collect();
        for &(index, (detector, scanner)) in &wanted {
            for candidate in scanner.candidates(detector, view, &folded, (self.held, reads)) {
                if !self.keep(index, detector.hidden) {
                    break;
                }
                here.push(finding(index, view, &candidate));
            }
        }
        here.sort_by_key(|f| (f.view.0, Reverse(f.view.1), f.detector));
        let marks = here.clone();
        for (index, (detector, scanner)) in wanted {
            let Some(any) = &detector.any else {
                continue;
            };
            for span in regions(any, &marks) {
                let candidate = scanner.worth(detector, &folded, span, false);
                if candidate.with.or(candidate.without).is_none() {
                    continue;
                }
                if !self.keep(index, detector.hidden) {
                    break;
                }
                here.push(finding(index, view, &candidate));
            }
        }
        for finding in &mut here {
            lean(self.policy, finding, &marks);
        }
        here.retain(|f| f.alone != Some(None));
        rename(self.policy, &mut here);
        here
    }

    /// Paragraph 34: may one more be kept?
    fn keep(&mut self, detector: usize, hidden: bool) -> bool {
        let count = self.kept.entry(detector).or_insert(0);
        let full = *count >= self.policy.max_findings && !hidden;
        self.truncated |= full;
        *count += u32::from(!full);
        !full
    }
}

fn finding(detector: usize, view: &[u8], candidate: &Candidate) -> Finding {
    let (start, end) = candidate.span;
    let alone = (candidate.with != candidate.without).then_some(candidate.without);
    Finding {
        detector,
        confidence: candidate.with.unwrap_or(Confidence::Low),
        part: 0,
        view: (start, end),
        span: (0, 0),
        key: key(view.get(start..end).unwrap_or_default()),
        distinct: 0,
        encoded: false,
        also: false,
        alone,
    }
}

/// Paragraph 43: the regions in which marks lie close together. `marks` are in order.
fn regions(any: &AnyOf, marks: &[Finding]) -> Vec<(usize, usize)> {
    let within = usize::from(any.within);
    let least = usize::from(any.least);
    let mut regions: Vec<(usize, usize)> = Vec::new();
    let mut open: Option<(usize, usize)> = None;
    // The marks since the last region: what they are, and where they stand.
    let mut seen: Vec<(Vec<u8>, (usize, usize))> = Vec::new();
    for mark in marks.iter().filter(|m| any.marks.contains(&m.detector)) {
        let (start, end) = mark.view;
        if let Some(region) = &mut open {
            if start <= region.0 + within {
                region.1 = region.1.max(end);
                continue;
            }
            regions.push(*region);
            open = None;
            seen.clear();
        }
        let id = match any.times {
            true => start.to_le_bytes().to_vec(),
            false if any.texts == Some(mark.detector) => [b"text ", &mark.key[..]].concat(),
            false => mark.detector.to_string().into_bytes(),
        };
        seen.retain(|(other, _)| *other != id);
        seen.push((id, (start, end)));
        let near = seen.iter().filter(|(_, at)| at.0 + within >= start);
        let spans: Vec<(usize, usize)> = near.map(|(_, at)| *at).collect();
        // Of equal marks the latest ones count.
        let counted = match any.times {
            true => &spans[spans.len().saturating_sub(least)..],
            false => &spans[..],
        };
        if counted.len() >= least {
            let first = counted.iter().map(|span| span.0).min();
            open = first.zip(counted.iter().map(|span| span.1).max());
        }
    }
    regions.extend(open);
    regions
}

/// Paragraph 47: findings that are reported as another detector's.
fn rename(policy: &Policy, here: &mut Vec<Finding>) {
    let whole = |f: &Finding| policy.detectors.get(f.detector)?.reported_as;
    if !here.iter().any(|f| whole(f).is_some()) {
        return;
    }
    for finding in here.iter_mut() {
        if let Some(whole) = whole(finding) {
            finding.detector = whole;
        }
    }
    here.sort_by_key(|f| (f.view.0, Reverse(f.view.1), f.detector));
    // From the left, one against the next that it overlaps: the better one stays.
    let mut gone = vec![false; here.len()];
    for i in 0..here.len() {
        for j in i + 1..here.len() {
            if gone[i] || here[j].view.0 >= here[i].view.1 {
                break;
            }
            if gone[j] || here[j].detector != here[i].detector {
                continue;
            }
            let worth = |f: &Finding| (f.confidence, f.view.1 - f.view.0);
            match worth(&here[j]) <= worth(&here[i]) {
                true => gone[j] = true,
                false => gone[i] = true,
            }
        }
    }
    let mut gone = gone.into_iter();
    here.retain(|_| gone.next() != Some(true));
}

/// Paragraph 44: a finding that leans on another one beside it.
fn lean(policy: &Policy, finding: &mut Finding, all: &[Finding]) {
    let Some(alone) = finding.alone else { return };
    let detector = policy.detectors.get(finding.detector);
    let Some(beside) = detector.and_then(|d| d.beside.as_ref()) else {
        return;
    };
    let (start, end) = finding.view;
    let stands = all.iter().any(|other| {
        let before = start.saturating_sub(other.view.1);
        let gap = before.max(other.view.0.saturating_sub(end));
        beside.detectors.contains(&other.detector)
            && gap <= usize::from(beside.within)
            && !(other.detector == finding.detector && other.view == finding.view)
    });
    finding.alone = None;
    if !stands {
        match alone {
            Some(confidence) => finding.confidence = confidence,
            None => finding.alone = Some(None),
        }
    }
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
            let detector = policy.detectors.get(finding.detector);
            // A region hides nothing, and nothing hides it.
            if detector.is_some_and(|d| d.any.is_some() || d.verbatim) {
                continue;
            }
            finding.also = shown.iter().any(|other| other.overlaps(finding));
            if !finding.also {
                shown.push(finding.clone());
            }
        }
    }
}

/// Per detector its rank: country areas (but `eu`), other areas, `.generic`; each by id.
pub fn ranks(policy: &Policy) -> Vec<usize> {
    let class = |id: &str| {
        let area = id.split('.').next().unwrap_or_default();
        if id.ends_with(".generic") {
            2
        } else if area.len() == 2 && area != "eu" && area.bytes().all(|b| b.is_ascii_alphabetic()) {
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
    fn new(detector: &Detector, lists: &[Vec<String>]) -> Scanner {
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
            against: detector.against.as_ref().map(Words::new),
            beside: detector
                .beside
                .as_ref()
                .map(|beside| WordSet::new(&beside.words, How::Whole)),
            sequences: detector.sequences.iter().map(Sequence::new).collect(),
            exact: detector.exact.as_ref().map(Exact::new),
            first_word: detector
                .first_word
                .map(|i| lists.get(i).cloned().unwrap_or_default()),
            lower: detector
                .lower
                .iter()
                .map(|(how, text)| (*how, key(text.as_bytes())))
                .collect(),
        }
    }

    /// Does a hashed list lack its key (60)?
    pub fn keyless(&self, held: &dyn Fn(usize) -> Option<Key>) -> bool {
        let lacks = |exact: &Exact| exact.key(exact.param().and_then(held)).is_none();
        self.exact.as_ref().is_some_and(lacks)
    }

    /// Paragraph 27: the detector's findings in a view, leftmost, not overlapping.
    fn candidates(
        &self,
        detector: &Detector,
        view: &[u8],
        folded: &[u8],
        (held, reads): (&dyn Fn(usize) -> Option<Key>, Reads<'_>),
    ) -> Vec<Candidate> {
        let mut found: Vec<Candidate> = Vec::new();
        let mut free = 0;
        if let Some(exact) = &self.exact {
            let key = exact.key(exact.param().and_then(held));
            for (start, ends) in key.map_or_else(Vec::new, |key| exact.spans(view, &key)) {
                let all = ends
                    .into_iter()
                    .map(|end| self.worth(detector, folded, (start, end), false));
                let mut all = all.filter(|c| c.with.or(c.without).is_some());
                if start >= free
                    && let Some(candidate) = all.next()
                {
                    free = candidate.span.1;
                    found.push(candidate);
                }
            }
            return found;
        }
        for start in 0..view.len() {
            if start < free || !reads.begins(start) {
                continue;
            }
            if let Some(candidate) = self.at(detector, view, folded, start, free) {
                free = candidate.span.1;
                found.push(candidate);
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
        free: usize,
    ) -> Option<Candidate> {
        if let Some(words) = &self.first_word
            && !checks::lists::first_word(words, view, start)
        {
            return None;
        }
        let Some(lead) = &self.after else {
            if !may_start(view, start, self.flags) {
                return None;
            }
            return self.span_at(detector, view, folded, start, free);
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
            .filter_map(|end| self.span_at(detector, view, folded, end, free))
            .next()
    }

    /// The span that begins exactly here: its start is already fine.
    fn span_at(
        &self,
        detector: &Detector,
        view: &[u8],
        folded: &[u8],
        start: usize,
        free: usize,
    ) -> Option<Candidate> {
        let mut ends = self.patterns.ends(view, start);
        ends.retain(|&end| {
            let span = view.get(start..end).unwrap_or_default();
            let digits = span.iter().filter(|byte| byte.is_ascii_digit()).count();
            digits >= usize::from(detector.digits) && may_end(view, end, self.flags)
        });
        ends.truncate(ENDS);
        let worth = |span, held| {
            let candidate = self.worth(detector, folded, span, held);
            candidate.with.or(candidate.without)?;
            Some(candidate)
        };
        if !self.sequences.is_empty() {
            return ends.into_iter().find_map(|end| {
                let one = |sequence: &Sequence| sequence.around(view, folded, (start, end));
                let span = self.sequences.iter().find_map(one)?;
                worth(span, false).filter(|_| span.0 >= free)
            });
        }
        let check = detector.check.as_ref();
        let place = |end| checks::Span {
            view,
            folded,
            start,
            end,
        };
        let holds = |end: &usize| check.is_some_and(|check| checks::holds(check, place(*end)));
        let (held, failed): (Vec<usize>, Vec<usize>) = ends.into_iter().partition(holds);
        let lowered = |candidate: Candidate| {
            let span = place(candidate.span.1);
            Candidate {
                with: candidate.with.map(|c| self.lowered(detector, c, span)),
                without: candidate.without.map(|c| self.lowered(detector, c, span)),
                ..candidate
            }
        };
        held.into_iter()
            .find_map(|end| worth((start, end), true))
            .or_else(|| {
                failed
                    .into_iter()
                    .find_map(|end| worth((start, end), false))
            })
            .map(lowered)
    }

    /// Paragraphs 28, 30, 44, 45: what a span is worth.
    fn worth(
        &self,
        detector: &Detector,
        folded: &[u8],
        (start, end): (usize, usize),
        held: bool,
    ) -> Candidate {
        let words = self.words.as_ref();
        let headed = |words: &Words| {
            let heads = [head(folded, start, end), inserted(folded, start, end)];
            heads
                .into_iter()
                .flatten()
                .any(|(from, to)| words.words.places(folded, from..to).next().is_some())
        };
        let context = words.is_some_and(|words| words.beside(folded, start, end) || headed(words));
        let table = &detector.confidence;
        let level = |held, context| match (held, context) {
            (false, false) => table.plain,
            (false, true) => table.context,
            (true, false) => table.check,
            (true, true) => table.both,
        };
        let (mut with, mut without) = (level(held, context), level(held, context));
        if let (Some(beside), Some(set)) = (&detector.beside, &self.beside) {
            let within = usize::from(beside.within);
            let left = start.saturating_sub(within)..start;
            let right = end..folded.len().min(end + within);
            let word = set.places(folded, left).next().is_some()
                || set.places(folded, right).next().is_some();
            let stood = match beside.check {
                true => level(true, context),
                false => level(held, true),
            };
            if word {
                (with, without) = (stood, stood);
            } else if !beside.detectors.is_empty() {
                with = stood;
            }
        }
        let speaks = self.against.as_ref().is_some_and(headed);
        let speaks = speaks && !words.is_some_and(headed);
        if self.spoken_against(folded, start, speaks) {
            let weaker = |level: Option<Confidence>| match level? {
                Confidence::High => Some(Confidence::Medium),
                Confidence::Medium => Some(Confidence::Low),
                Confidence::Low => None,
            };
            (with, without) = (weaker(with), weaker(without));
        }
        Candidate {
            span: (start, end),
            with,
            without,
        }
    }

    /// Paragraph 45.
    fn spoken_against(&self, folded: &[u8], start: usize, headed: bool) -> bool {
        let Some(against) = &self.against else {
            return false;
        };
        let window = start.saturating_sub(against.within)..start;
        let Some((_, end)) = against.words.places(folded, window).last() else {
            return headed;
        };
        let nearer = |words: &Words| words.words.places(folded, end..start).next().is_some();
        !self.words.as_ref().is_some_and(nearer)
    }

    /// Paragraph 32.
    fn lowered(
        &self,
        detector: &Detector,
        confidence: Confidence,
        span: checks::Span<'_>,
    ) -> Confidence {
        let check = detector.lower_when.as_ref();
        let checked = check.is_some_and(|check| checks::holds(check, span));
        let span = key(span.text());
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
