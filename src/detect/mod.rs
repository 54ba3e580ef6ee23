//! Detectors to tables for the kernel.
//!
//! The one idea: **a detector is data, and the scanner's wake filter is computed
//! from it.** Every detector's patterns become one small anchored automaton
//! (`automaton.rs`, built with `regex-automata`, exported to our own u16 tables);
//! detectors that are woken alike share a union automaton, so that a start is
//! walked once for all of them (`groups.rs`); and from the union automaton come
//! the 4-grams on which it must be woken and the digits it needs (`wake.rs`).
//! Nobody writes a trigger by hand, so nobody can forget one.
//!
//! ```text
//! patterns -> parsed, `\b` taken off the ends        pattern.rs
//!          -> anchored automaton, exported           automaton.rs
//!          -> group: wake, run-back, free, value     groups.rs, wake.rs
//! check    -> prefix-coded program                   checks.rs, cost.rs
//! context  -> folded spellings with a bitmap         context.rs
//! examples -> run through the kernel itself          examples.rs
//! ```
//! Tried and dropped: one unanchored union automaton (explodes beyond a few
//! patterns), an automaton per detector (five walks per wake instead of one),
//! Teddy over literals (saturates at 25 per bucket).

pub mod automaton;
pub mod checks;
pub mod codes;
mod context;
mod cost;
pub mod data;
pub mod examples;
mod groups;
mod pattern;
mod wake;

use crate::check::model::{Detector, Policy};
use crate::diagnostics::Diagnostic;
use crate::syntax::ast::{Check, Confidence, LowerHow};
use crate::tables::TableWriter;
use pattern::Shape;
use riegel_kernel::layout::{
    DETECTOR_AFTER, DETECTOR_CHECK, DETECTOR_DIGITS, DETECTOR_END, DETECTOR_START,
    DETECTOR_UNDERSCORE, DetectorEntry, Header, NONE,
};

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
    /// Offset of the wake table.
    pub wake_at: u32,
    /// Offset of the sieve in front of it.
    pub sieve_at: u32,
    /// Offset of the groups by first byte.
    pub begun_at: u32,
    /// Wake bits of the groups with second looks.
    pub looked: u8,
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
        header.wake_at = self.wake_at;
        header.sieve_at = self.sieve_at;
        header.begun_at = self.begun_at;
        header.looked = self.looked;
        header.wanted_at = self.wanted_at;
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
    let shapes: Vec<Shape> = policy
        .detectors
        .iter()
        .filter_map(|d| match Shape::of(d) {
            Ok(shape) => Some(shape),
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
    let grouped = groups::group(policy, &shapes)?;
    let written = groups::write(&grouped, tables);
    let ranks = ranks(&policy.detectors);
    let mut entries = Vec::new();
    let mut judging = 0;
    let mut per_kib = 0;
    for (index, (detector, shape)) in policy.detectors.iter().zip(&shapes).enumerate() {
        let rank = ranks.get(index).copied().unwrap_or(u16::MAX);
        let value_group = grouped.value_of(index).unwrap_or(0);
        match entry(detector, shape, rank, value_group, tables) {
            Ok((entry, cost)) => {
                judging += cost / u64::from(entry.min_len.max(1));
                per_kib += 1024 / u64::from(entry.min_len.max(1)) + 1;
                entries.extend(entry.write());
            }
            Err(problem) => problems.push(*problem),
        }
    }
    if !problems.is_empty() {
        return Err(problems);
    }
    Ok(ScanTables {
        detectors_at: tables.append(&entries, 4),
        detectors_n: u32::try_from(policy.detectors.len()).unwrap_or(u32::MAX),
        steps_per_byte: grouped.steps_per_byte() + judging,
        longest_match: shapes
            .iter()
            .map(|s| s.max_len + s.max_lead)
            .max()
            .unwrap_or(0),
        findings_per_kib: per_kib,
        ..written
    })
}

/// The entry of a detector, and the steps that judging one start costs at most.
fn entry(
    detector: &Detector,
    shape: &Shape,
    rank: u16,
    value_group: u32,
    tables: &mut TableWriter,
) -> Result<(DetectorEntry, u64), Box<Diagnostic>> {
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
    let words = detector.context.as_ref().map_or(0, |c| c.words.len());
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
    let entry = DetectorEntry {
        flags: flag(shape.start, DETECTOR_START)
            | flag(shape.end, DETECTOR_END)
            | flag(shape.digits_only, DETECTOR_DIGITS)
            | flag(detector.class == "secret", DETECTOR_UNDERSCORE)
            | flag(detector.check.is_some(), DETECTOR_CHECK)
            | flag(shape.lead.is_some(), DETECTOR_AFTER),
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
        value_group,
        min_len: shape.min_len.max(1),
        lower_check_at,
        lower_check_n,
    };
    let checking = |check: &Option<Check>| check.as_ref().map_or(0, |c| cost::of(c, shape.max_len));
    // Up to eight ends, each with its checks and two windows.
    let looks = 8
        * (checking(&detector.check)
            + checking(&detector.lower_when)
            + 2 * u64::from(within) * (1 + words as u64 / 16));
    Ok((entry, looks + u64::from(shape.max_len)))
}

/// Ranks for display (semantics 35): country areas, other areas, `.generic`; each by id.
fn ranks(detectors: &[Detector]) -> Vec<u16> {
    let class = |id: &str| {
        if id.ends_with(".generic") {
            2
        } else {
            u8::from(
                id.split_once('.')
                    .is_none_or(|(area, _)| area.chars().count() != 2),
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
