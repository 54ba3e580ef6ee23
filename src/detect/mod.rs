//! Detectors to tables for the kernel.
//!
//! The one idea: **a detector is data, and the scanner's wake filter is computed
//! from it.** Every detector's patterns become one small anchored automaton
//! (`determinise.rs`, from the NFA of `regex-automata`; `automaton.rs`, our own u16 tables);
//! detectors that are woken alike form a group (`groups.rs`), in which a coarse
//! automaton or the 4-gram names those that may match (`coarse.rs`); and from the
//! automata come the 4-grams on which a group must be woken and the digits it
//! needs (`wake.rs`).
//! Nobody writes a trigger by hand, so nobody can forget one.
//!
//! ```text
//! patterns -> parsed, `\b` taken off the ends        pattern.rs
//!          -> anchored automaton, minimised          determinise.rs, automaton.rs
//!          -> group: wake, run-back, free, listed    groups.rs, coarse.rs, wake.rs
//! check    -> prefix-coded program                   checks.rs, cost.rs
//! context  -> folded spellings with a bitmap         context.rs
//! examples -> run through the kernel itself          examples.rs
//! ```
//! Tried and dropped: one unanchored union automaton (explodes beyond a few
//! patterns), exact unions (grow with the product, decision 011), Teddy over literals (saturates at 25 per bucket).

pub mod automaton;
pub mod checks;
mod coarse;
mod code;
pub mod codes;
mod context;
mod cost;
pub mod data;
mod determinise;
pub mod examples;
mod groups;
mod lists;
mod pattern;
mod wake;

use crate::check::model::{AnyOf, Detector, Policy, Sequence};
use crate::diagnostics::Diagnostic;
use crate::hashed::Keyed;
use crate::syntax::ast::{Check, Confidence, LowerHow};
use crate::tables::TableWriter;
use groups::Written;
use pattern::Shape;
use riegel_kernel::layout::{
    AnyEntry, BesideEntry, CELL_BEHIND, CELL_ITSELF, DETECTOR_AFTER, DETECTOR_CHECK,
    DETECTOR_DIGITS, DETECTOR_END, DETECTOR_HIDDEN, DETECTOR_SECRET, DETECTOR_START, DetectorEntry,
    ExactEntry, Header, NONE,
};
use riegel_kernel::table::LONGEST_ROW;
use std::collections::{BTreeMap, BTreeSet};

/// Most detectors of a module.
pub const MOST_DETECTORS: usize = 1024;

/// Where the scanner's tables lie, and what scanning costs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ScanTables {
    /// Offset of the detectors.
    pub detectors_at: u32,
    /// How many.
    pub detectors_n: u32,
    /// Offset of the groups.
    pub groups_at: u32,
    /// How many.
    pub groups_n: u32,
    /// Sets of bytes.
    pub sets_at: u32,
    /// How many.
    pub sets_n: u32,
    /// Offset of the wake table.
    pub wake_at: u32,
    /// Offset of the sieve in front of it.
    pub sieve_at: u32,
    /// Offset of the groups by first byte.
    pub begun_at: u32,
    /// Wake bits of the groups with second looks.
    pub looked: u32,
    /// One of the special bytes is told from the others.
    pub triggered: bool,
    /// Some detector is made of others, or leans on others.
    pub composes: bool,
    /// Encoded texts are read.
    pub decodes: bool,
    /// Offset of the sieve of words, [`NONE`]: no list wakes anybody.
    pub word_sieve_at: u32,
    /// Offset of the special bytes.
    pub wanted_at: u32,
    /// Steps per byte of content, at most.
    pub steps_per_byte: u64,
    /// Longest match in bytes.
    pub longest_match: u32,
    /// Findings per byte of content, at most, in 1/1024.
    pub findings_per_kib: u64,
}

impl ScanTables {
    /// Puts its part into the table header.
    pub fn fill(&self, header: &mut Header) {
        header.detectors_at = self.detectors_at;
        header.detectors_n = self.detectors_n;
        header.groups_at = self.groups_at;
        header.groups_n = self.groups_n;
        header.sets_at = self.sets_at;
        header.sets_n = self.sets_n;
        header.wake_at = self.wake_at;
        header.sieve_at = self.sieve_at;
        header.begun_at = self.begun_at;
        header.looked = self.looked;
        header.wanted_at = self.wanted_at;
        header.word_sieve_at = self.word_sieve_at;
        header.composes = self.composes.into();
        header.triggered = self.triggered.into();
        header.decodes = self.decodes.into();
        header.findings_per_kib = u32::try_from(self.findings_per_kib).unwrap_or(u32::MAX);
    }
}

/// Writes the tables of all detectors of a policy.
///
/// # Errors
/// R0402 and following where a detector cannot be built; the examples are checked apart
/// (`examples::check`), because they need the finished tables.
pub fn build(policy: &Policy, tables: &mut TableWriter) -> Result<ScanTables, Vec<Diagnostic>> {
    let mut problems = Vec::new();
    let shapes: Vec<Option<Shape>> = policy
        .detectors
        .iter()
        .map(|d| match Shape::of(d) {
            Ok(shape) => shape,
            Err(problem) => {
                problems.push(*problem);
                None
            }
        })
        .collect();
    if policy.detectors.len() > MOST_DETECTORS
        && let Some(detector) = policy.detectors.get(MOST_DETECTORS)
    {
        let text = format!(
            "{} detectors, at most {MOST_DETECTORS} fit into a module",
            policy.detectors.len()
        );
        problems.push(Diagnostic::new(&codes::R0403, detector.place, text));
    }
    if !problems.is_empty() {
        return Err(problems);
    }
    let judging: Vec<u64> = policy
        .detectors
        .iter()
        .zip(&shapes)
        .map(|(detector, shape)| judging(detector, shape.as_ref()))
        .collect();
    let grouped = groups::group(policy, &shapes, &judging)?;
    let (written, own) =
        groups::write(&grouped, &policy.lists, tables).map_err(|d| too_large(policy, &d))?;
    let ranks = ranks(&policy.detectors);
    let mut entries = Vec::new();
    let mut composing = 0;
    let mut per_kib = 0;
    for (index, (detector, shape)) in policy.detectors.iter().zip(&shapes).enumerate() {
        let rank = ranks.get(index).copied().unwrap_or(u16::MAX);
        let index16 = u16::try_from(index).unwrap_or(u16::MAX);
        let at = |own: &BTreeMap<u16, Written>| own.get(&index16).copied();
        let automata = (at(&own.first), at(&own.value));
        let demands = demands(policy, index);
        let place = (rank, demands.as_slice());
        match entry(detector, shape.as_ref(), place, automata, tables) {
            Ok(entry) => {
                if shape.is_none() {
                    composing += judging.get(index).copied().unwrap_or(0);
                }
                per_kib += 1024 / u64::from(entry.min_len.max(1)) + 1;
                entries.extend(entry.write());
            }
            Err(problem) => problems.push(*problem),
        }
    }
    if !problems.is_empty() {
        return Err(problems);
    }
    let mut steps = grouped.steps_per_byte(|_| true);
    let is_secret = |i: u16| {
        policy
            .detectors
            .get(usize::from(i))
            .is_some_and(|d| d.class == "secret")
    };
    let decodes = policy.detectors.iter().any(|d| d.class == "secret");
    if decodes {
        // Encoded text is read again by some detectors, three bytes of it for four.
        steps += 64 + grouped.steps_per_byte(is_secret) * 3 / 4;
    }
    Ok(ScanTables {
        detectors_at: tables.append(&entries, 4),
        detectors_n: u32::try_from(policy.detectors.len()).unwrap_or(u32::MAX),
        steps_per_byte: steps + composing,
        longest_match: shapes
            .iter()
            .flatten()
            .map(|s| s.max_len + s.max_lead)
            .max()
            .unwrap_or(0),
        findings_per_kib: per_kib,
        decodes,
        composes: policy.detectors.iter().any(|d| {
            d.any.is_some() || d.exact.is_some() || d.beside.is_some() || d.reported_as.is_some()
        }),
        ..written
    })
}

/// Is a match only a finding below the head of a column that says so ([`DetectorEntry::cell`])? No context
/// word has room before it.
fn headed(detector: &Detector, shape: Option<&Shape>) -> u8 {
    let table = &detector.confidence;
    let free = table.plain.is_some()
        || table.check.is_some()
        || detector.beside.is_some()
        || detector.first_word.is_some()
        || !detector.sequences.is_empty();
    let (Some(shape), Some(context)) = (shape, &detector.context) else {
        return 0;
    };
    if free || !context.before_only {
        return 0;
    }
    let within = usize::from(context.within);
    let shortest = |n: usize| context.words.iter().all(|w| w.trim().chars().count() > n);
    let letter_last =
        |w: &String| w.ends_with(|c: char| c.is_ascii_alphanumeric() || !c.is_ascii());
    match &shape.lead {
        None if shortest(within) => CELL_ITSELF,
        // One byte of the lead at least stands between, and no word ends with it.
        Some(lead)
            if pattern::begins_cell(lead)
                && shortest(within.saturating_sub(1))
                && context.words.iter().all(letter_last) =>
        {
            CELL_BEHIND
        }
        _ => 0,
    }
}

/// The entry of a detector.
fn entry(
    detector: &Detector,
    shape: Option<&Shape>,
    (rank, demands): (u16, &[usize]),
    (own, value): (Option<Written>, Option<Written>),
    tables: &mut TableWriter,
) -> Result<DetectorEntry, Box<Diagnostic>> {
    let (demands_at, demands_n) = tables.list(&indices(demands));
    let demands_n = u16::try_from(demands_n).unwrap_or(u16::MAX);
    let program = match &detector.check {
        Some(check) => checks::compile(check, detector.place, tables)?,
        None => Vec::new(),
    };
    let lower_check = match &detector.lower_when {
        Some(check) => checks::compile(check, detector.place, tables)?,
        None => Vec::new(),
    };
    let (lower_check_at, lower_check_n) = tables.text(&lower_check);
    let (check_at, check_n) = if program.is_empty() {
        (0, 0)
    } else {
        tables.text(&program)
    };
    let context_at = match &detector.context {
        Some(context) => context::write(context, tables),
        None => NONE,
    };
    let mut lower = Vec::new();
    for (how, text) in &detector.lower {
        let key = context::key(text);
        let (at, len) = tables.text(&key);
        lower.extend(at.to_le_bytes());
        lower.push(u8::try_from(len).unwrap_or(u8::MAX));
        lower.push(match how {
            LowerHow::Whole => 0,
            LowerHow::Prefix => 1,
            LowerHow::Suffix => 2,
        });
        lower.extend([0, 0]);
    }
    let yields: Vec<u16> = detector
        .yields_to
        .iter()
        .filter_map(|&d| u16::try_from(d).ok())
        .collect();
    let (yields_at, yields_n) = tables.list(&yields);
    let flag = |set: bool, bit: u8| if set { bit } else { 0 };
    let within = detector.context.as_ref().map_or(0, |c| u32::from(c.within));
    let level = |c: Option<Confidence>| c.map_or(0, |c| c as u8);
    let table = &detector.confidence;
    Ok(DetectorEntry {
        flags: flag(shape.is_some_and(|s| s.start), DETECTOR_START)
            | flag(shape.is_some_and(|s| s.end), DETECTOR_END)
            | flag(shape.is_some_and(|s| s.digits_only), DETECTOR_DIGITS)
            | flag(detector.hidden, DETECTOR_HIDDEN)
            | flag(detector.class == "secret", DETECTOR_SECRET)
            | flag(detector.check.is_some(), DETECTOR_CHECK)
            | flag(shape.is_some_and(|s| s.lead.is_some()), DETECTOR_AFTER),
        plain: level(table.plain),
        context: level(table.context),
        check: level(table.check),
        both: level(table.both),
        context_before: u8::from(detector.context.as_ref().is_some_and(|c| c.before_only)),
        rank,
        check_at,
        check_n,
        context_at,
        context_within: within,
        lower_at: if lower.is_empty() {
            0
        } else {
            tables.append(&lower, 4)
        },
        lower_n: u32::try_from(detector.lower.len()).unwrap_or(u32::MAX),
        yields_at,
        yields_n,
        code_at: own.map_or(NONE, |w| w.at),
        value_at: value.map_or(NONE, |w| w.at),
        max_len: short(shape.map_or(0, |s| {
            if s.lead.is_some() {
                s.max_lead
            } else {
                s.max_len
            }
        })),
        value_len: short(shape.map_or(0, |s| s.max_len)),
        folds: u8::from(own.is_some_and(|w| w.fold)) | u8::from(value.is_some_and(|w| w.fold)) << 1,
        least_back: own.map_or(0, |w| w.back.0),
        first_set: own.map_or(0, |w| w.first),
        back: own.map_or(0, |w| w.back.1),
        cell: headed(detector, shape),
        back_set: u16::try_from(own.map_or(0, |w| w.back.2)).unwrap_or(u16::MAX),
        min_len: shape.map_or(2, |s| s.min_len).max(1),
        sequences_at: sequences(&detector.sequences, tables),
        any_at: any(detector, tables),
        beside_at: beside(detector, tables),
        against_at: match &detector.against {
            Some(words) => context::write(words, tables),
            None => NONE,
        },
        reported_as: detector
            .reported_as
            .and_then(|d| u16::try_from(d).ok())
            .unwrap_or(u16::MAX),
        demands_n,
        demands_at,
        against_within: detector.against.as_ref().map_or(0, |c| u32::from(c.within)),
        lower_check_at,
        lower_check_n,
        exact_at: exact(detector, tables),
    })
}

/// A length below 65,536.
fn short(n: u32) -> u16 {
    u16::try_from(n).unwrap_or(u16::MAX)
}

/// The steps that judging a detector at one start costs at most.
fn judging(detector: &Detector, shape: Option<&Shape>) -> u64 {
    let words = detector.context.as_ref().map_or(0, |c| c.words.len());
    let within = detector.context.as_ref().map_or(0, |c| u32::from(c.within));
    let span = shape.map_or(0, |s| s.max_len);
    let checking = |check: &Option<Check>| check.as_ref().map_or(0, |c| cost::of(c, span));
    // Up to eight ends, each with its checks and two windows.
    let looks = 8
        * (checking(&detector.check)
            + checking(&detector.lower_when)
            + 2 * u64::from(within) * (1 + words as u64 / 16));
    let around: u64 = detector
        .sequences
        .iter()
        .flat_map(|s| &s.gaps)
        .map(|gap| 32 * (u64::from(*gap) + 1))
        .sum();
    // The row of the span and the head of its table.
    let headed = detector.context.is_some() || detector.against.is_some();
    let rows = if headed { 2 * LONGEST_ROW as u64 } else { 0 };
    looks + rows + around + u64::from(span)
}

/// The diagnostics for detectors whose automata do not fit.
fn too_large(policy: &Policy, detectors: &[u16]) -> Vec<Diagnostic> {
    let detectors = detectors
        .iter()
        .filter_map(|&d| policy.detectors.get(usize::from(d)));
    detectors.map(groups::too_large).collect()
}

fn wide(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

/// Detectors as the tables name them.
fn indices(detectors: &[usize]) -> Vec<u16> {
    let short = |d: &usize| u16::try_from(*d).ok();
    detectors.iter().filter_map(short).collect()
}

/// Writes the sequences of a detector (layout: `riegel_kernel::sequence`).
fn sequences(sequences: &[Sequence], tables: &mut TableWriter) -> u32 {
    if sequences.is_empty() {
        return NONE;
    }
    let mut list = wide(sequences.len()).to_le_bytes().to_vec();
    for sequence in sequences {
        let how = match sequence.inflected {
            true => context::How::Inflected,
            false => context::How::Whole,
        };
        let mut parts = sequence.parts.iter().rev();
        let anchor = parts.next().map_or(&[][..], Vec::as_slice);
        let mut words = vec![
            context::block(anchor, how, tables),
            wide(sequence.gaps.len()),
            u32::from(sequence.either),
        ];
        for (part, gap) in parts.zip(sequence.gaps.iter().rev()) {
            words.push(context::block(part, how, tables));
            words.push(u32::from(*gap));
        }
        let bytes: Vec<u8> = words.iter().flat_map(|w| w.to_le_bytes()).collect();
        list.extend(tables.append(&bytes, 4).to_le_bytes());
    }
    tables.append(&list, 4)
}

fn any(detector: &Detector, tables: &mut TableWriter) -> u32 {
    let any = match &detector.any {
        Some(any) => any,
        None if detector.verbatim => &AnyOf::default(),
        None => return NONE,
    };
    let marks = indices(&any.marks);
    let (marks_at, marks_n) = tables.list(&marks);
    let entry = AnyEntry {
        least: any.least,
        times: any.times.into(),
        within: any.within.into(),
        marks_at,
        marks_n,
        texts: any
            .texts
            .and_then(|d| u16::try_from(d).ok())
            .unwrap_or(u16::MAX),
        pad: 0,
    };
    tables.append(&entry.write(), 4)
}

/// Writes the hashed list of a detector (layout: `riegel_kernel::exact`).
fn exact(detector: &Detector, tables: &mut TableWriter) -> u32 {
    let Some(known) = &detector.exact else {
        return NONE;
    };
    let list = &known.list;
    let bits = list.bucket_bits();
    // Of the 48 bits that are there `bits` name the bucket, and the next 32 stand in it.
    let (mut begins, mut rest) = (Vec::new(), Vec::new());
    let mut values = list.values.iter().peekable();
    for bucket in 0..=(1u64 << bits) {
        while let Some(value) = values.next_if(|v| **v >> (48 - bits) < bucket) {
            rest.push((value >> (16 - bits)) as u32);
        }
        begins.push(wide(rest.len()));
    }
    let words = begins.iter().chain(&rest);
    let bytes: Vec<u8> = words.flat_map(|w| w.to_le_bytes()).collect();
    let half = |key: &[u8; 16], at: usize| {
        let bytes = key.get(at..).and_then(|half| half.first_chunk());
        bytes.map_or(0, |half| u64::from_le_bytes(*half))
    };
    let (salt, check) = match &list.keyed {
        Keyed::Salt(salt) => (*salt, crate::hashed::key_check(salt)),
        Keyed::Held(check) => ([0; 16], *check),
    };
    let entry = ExactEntry {
        salt: half(&salt, 0),
        salt2: half(&salt, 8),
        lengths: list.lengths,
        param: known.key.map_or(NONE, wide),
        check,
        least: list.least,
        most: list.most,
        bits: u8::try_from(bits).unwrap_or(1),
        pad: 0,
        buckets_at: tables.append(&bytes, 4),
    };
    tables.append(&entry.write(), 4)
}

fn beside(detector: &Detector, tables: &mut TableWriter) -> u32 {
    let Some(beside) = &detector.beside else {
        return NONE;
    };
    let (detectors_at, detectors_n) = tables.list(&indices(&beside.detectors));
    let entry = BesideEntry {
        check: beside.check.into(),
        within: beside.within.into(),
        detectors_at,
        detectors_n,
        words_at: match beside.words.as_slice() {
            [] => NONE,
            words => context::block(words, context::How::Whole, tables),
        },
    };
    tables.append(&entry.write(), 4)
}

/// The detectors that this one cannot be found or judged without (semantics 41, 43, 44, 47).
fn demands(policy: &Policy, index: usize) -> Vec<usize> {
    let of = |index: usize| policy.detectors.get(index);
    let leans = |index: usize| -> Vec<usize> {
        let yields = of(index).into_iter().flat_map(|d| &d.yields_to);
        let beside = of(index).and_then(|d| d.beside.as_ref());
        let beside = beside.into_iter().flat_map(|b| &b.detectors);
        yields.chain(beside).copied().collect()
    };
    let mut all = BTreeSet::from([index]);
    all.extend(leans(index));
    for (part, detector) in policy.detectors.iter().enumerate() {
        if detector.reported_as == Some(index) {
            all.insert(part);
            all.extend(leans(part));
        }
    }
    let made_of = all.iter().filter_map(|&i| of(i)?.any.as_ref());
    let marks: Vec<usize> = made_of.flat_map(|any| any.marks.iter().copied()).collect();
    all.extend(marks);
    let wholes: Vec<usize> = all.iter().filter_map(|&i| of(i)?.reported_as).collect();
    all.extend(wholes);
    all.remove(&index);
    all.into_iter().collect()
}

/// Ranks for display (semantics 35): country areas (but `eu`), other areas, `.generic`; each by id.
fn ranks(detectors: &[Detector]) -> Vec<u16> {
    let class = |id: &str| {
        if id.ends_with(".generic") {
            2
        } else {
            u8::from(
                id.split_once('.')
                    .is_none_or(|(area, _)| area.chars().count() != 2 || area == "eu"),
            )
        }
    };
    let mut order: Vec<usize> = (0..detectors.len()).collect();
    order.sort_by_key(|&i| detectors.get(i).map(|d| (class(&d.id), d.id.clone())));
    let mut ranks = vec![0; detectors.len()];
    for (rank, &i) in order.iter().enumerate() {
        if let Some(slot) = ranks.get_mut(i) {
            *slot = u16::try_from(rank).unwrap_or(u16::MAX);
        }
    }
    ranks
}
