//! From matches to findings: boundaries, the check, the context, the confidence
//! (semantics 27 to 32).
//!
//! The scanner proposes a detector, a start and its ends; the judge takes the
//! first end that makes a finding. It also keeps each detector's findings apart
//! (leftmost, not overlapping) and counts them against the cap.
//!
//! ```text
//! lower list   per text (a key): offset u32, length u8, how u8 (0 whole, 1 prefix, 2 suffix), zero u16
//! ```

use crate::check::{Value, holds};
use crate::context::{self, Words};
use crate::layout::{
    BesideEntry, DETECTOR_AFTER, DETECTOR_CHECK, DETECTOR_DIGITS, DETECTOR_END, DETECTOR_HIDDEN,
    DETECTOR_START, DETECTOR_UNDERSCORE, DetectorEntry, NONE,
};
use crate::memory::Plain;
use crate::normalise::Origin;
use crate::scan::{Ends, Group, LONGEST, View};
use crate::sequence;
use crate::tables::Tables;
use crate::text::{Edges, fold_at};

/// Ends tried per start (semantics 7).
pub const MOST_ENDS: usize = 8;

/// A finding under way to the record.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(C)]
pub struct Found {
    /// Hash of the folded value (semantics 36).
    pub key: u64,
    /// Span in the content.
    pub start: u32,
    /// One past its last byte.
    pub end: u32,
    /// Span in the view of its part.
    pub view_start: u32,
    /// One past its last byte.
    pub view_end: u32,
    /// Part.
    pub part: u32,
    /// Distinct number, filled in at the end.
    pub distinct: u32,
    /// Role bit, and direction bit << 8, of its part.
    pub origin: u32,
    /// Detector.
    pub detector: u16,
    /// 1 low, 2 medium, 3 high.
    pub confidence: u8,
    /// `FINDING_…` and [`DROPPED`].
    pub flags: u8,
}

/// Gave way to another detector, or nothing stood beside it.
pub const DROPPED: u8 = 0x80;
/// Its confidence holds where something stands beside it; else bits 4 and 5 of the flags are.
pub const PENDING: u8 = 0x40;

/// A confidence where something stands beside the span, and where nothing does.
type Levels = (u8, u8);

// SAFETY: one u64, seven u32, one u16 and two u8 in a row: 40 bytes without padding, any bits valid.
unsafe impl Plain for Found {}
const _: () = assert!(size_of::<Found>() == 40);

/// Collects findings.
pub struct Judge<'w, 't> {
    /// The tables.
    pub tables: Tables<'t>,
    /// Bit per demanded detector.
    pub demand: &'w [u64],
    /// Index of the part that is being read.
    pub part: u32,
    /// Its role bit, and direction bit << 8.
    pub origin: u32,
    /// Per detector: end of its last finding in this part.
    pub last_end: &'w mut [u32],
    /// Per detector: findings so far.
    pub counts: &'w mut [u32],
    /// The findings.
    pub found: &'w mut [Found],
    /// How many.
    pub n: usize,
    /// Some detector met its cap.
    pub truncated: bool,
    ends: Ends<'w>,
}

fn edges(entry: &DetectorEntry) -> Edges {
    Edges {
        digits: entry.flags & DETECTOR_DIGITS != 0,
        underscore: entry.flags & DETECTOR_UNDERSCORE != 0,
    }
}

impl<'w, 't> Judge<'w, 't> {
    /// A judge without findings. `last_end` and `counts` have a place per detector, all zero; `ends` has
    /// [`crate::scan::ENDS`].
    pub fn new(
        tables: Tables<'t>,
        demand: &'w [u64],
        last_end: &'w mut [u32],
        counts: &'w mut [u32],
        found: &'w mut [Found],
        ends: &'w mut [u64],
    ) -> Self {
        let ends = Ends::new(ends);
        Judge {
            tables,
            demand,
            part: 0,
            origin: 0,
            last_end,
            counts,
            found,
            n: 0,
            truncated: false,
            ends,
        }
    }

    /// Is the detector demanded?
    #[inline]
    pub fn is_demanded(&self, detector: usize) -> bool {
        let word = self.demand.get(detector / 64);
        word.is_some_and(|w| w & (1 << (detector % 64)) != 0)
    }

    /// The ends of a detector's own automaton from a start, longest first, at most [`MOST_ENDS`].
    #[inline(never)]
    fn ends(
        &mut self,
        view: View<'_>,
        entry: &DetectorEntry,
        (group, bounded): (u32, bool),
        start: usize,
        known: Option<&Ends<'_>>,
    ) -> ([u32; MOST_ENDS], usize) {
        let mut list = [0u32; MOST_ENDS];
        let mut n = 0;
        let ends = match known {
            Some(ends) => ends,
            None => {
                let Some(group) = Group::bind(&self.tables, group as usize) else {
                    return (list, 0);
                };
                group.walk(view, start, &mut self.ends);
                &self.ends
            }
        };
        for (end, _) in ends.list().rev() {
            if (!bounded || edges(entry).ends(view.bytes(), end as usize))
                && let Some(slot) = list.get_mut(n)
            {
                *slot = end;
                n += 1;
            }
        }
        (list, n)
    }

    /// Tries a detector at a start: its ends, longest first, until one makes a finding. `known`: its
    /// ends, where its own automaton was walked already.
    #[inline(never)]
    pub fn judge(&mut self, view: View<'_>, detector: u16, start: usize, known: Option<&Ends<'_>>) {
        let last = self.last_end.get(usize::from(detector));
        if !self.is_demanded(usize::from(detector)) || last.is_none_or(|&l| start < l as usize) {
            return;
        }
        let Some(entry) = self.tables.detector(usize::from(detector)) else {
            return;
        };
        // Before a lead the rule for digits does not apply; it may end anywhere.
        let led = entry.flags & DETECTOR_AFTER != 0;
        let mut edges = edges(&entry);
        edges.digits &= !led;
        if entry.flags & DETECTOR_START != 0 && !edges.starts(view.bytes(), start) {
            return;
        }
        let bounded = entry.flags & DETECTOR_END != 0;
        let first = (entry.own_group, bounded && !led);
        let (list, n) = self.ends(view, &entry, first, start, known);
        let ends = list.get(..n).unwrap_or(&[]);
        if entry.sequences_at != NONE {
            for &end in ends {
                let anchor = (start, end as usize);
                if let Some(span) = sequence::extend(&self.tables, entry.sequences_at, view, anchor)
                    && self
                        .last_end
                        .get(usize::from(detector))
                        .is_some_and(|&l| span.0 >= l as usize)
                    && self.region(view, detector, &entry, span)
                {
                    return;
                }
            }
            return;
        }
        if !led {
            if let Some((end, levels)) = self.decide(view, &entry, start, ends) {
                self.keep(view, detector, (start, end), levels);
            }
            return;
        }
        for &lead in ends {
            let start = lead as usize;
            if start >= view.len {
                continue;
            }
            let value = (entry.value_group, bounded);
            let (list, n) = self.ends(view, &entry, value, start, None);
            if let Some((end, levels)) =
                self.decide(view, &entry, start, list.get(..n).unwrap_or(&[]))
            {
                self.keep(view, detector, (start, end), levels);
                return;
            }
        }
    }

    /// Keeps a span that no pattern bounds, where it is a finding.
    #[inline(never)]
    pub fn region(
        &mut self,
        view: View<'_>,
        detector: u16,
        entry: &DetectorEntry,
        span: (usize, usize),
    ) -> bool {
        let levels = self.levels(view, entry, span, false);
        let found = levels.0 | levels.1 != 0;
        if found {
            self.keep(view, detector, span, levels);
        }
        found
    }

    #[inline(never)]
    fn decide(
        &self,
        view: View<'_>,
        entry: &DetectorEntry,
        start: usize,
        ends: &[u32],
    ) -> Option<(usize, Levels)> {
        let program = self.tables.slice(entry.check_at, entry.check_n);
        let span = |end: u32| view.bytes().get(start..end as usize).unwrap_or(&[]);
        let mut held = 0u32;
        if entry.flags & DETECTOR_CHECK != 0 {
            for (i, &end) in ends.iter().enumerate() {
                let value = Value::of(span(end));
                if !holds(program, &value, self.tables.bytes) {
                    continue;
                }
                held |= 1 << i;
                let levels = self.levels(view, entry, (start, end as usize), true);
                if levels.0 | levels.1 > 0 {
                    return Some((end as usize, self.lowered(entry, span(end), levels)));
                }
            }
        }
        if entry.plain | entry.context == 0 && entry.beside_at == NONE {
            return None;
        }
        for (i, &end) in ends.iter().enumerate() {
            if held & (1 << i) != 0 {
                continue;
            }
            let levels = self.levels(view, entry, (start, end as usize), false);
            if levels.0 | levels.1 > 0 {
                return Some((end as usize, self.lowered(entry, span(end), levels)));
            }
        }
        None
    }

    /// The confidence by check, context and what stands beside; each is only looked for where it matters.
    #[inline(never)]
    fn levels(
        &self,
        view: View<'_>,
        entry: &DetectorEntry,
        span: (usize, usize),
        mut held: bool,
    ) -> Levels {
        let level = |held: bool, context: bool| match (held, context) {
            (false, false) => entry.plain,
            (false, true) => entry.context,
            (true, false) => entry.check,
            (true, true) => entry.both,
        };
        let matters = |held| level(held, false) != level(held, true);
        let stands = |block, within, before| {
            context::stands(&self.tables, block, view, span, within, before)
        };
        let beside = match entry.beside_at {
            NONE => None,
            at => BesideEntry::read(self.tables.bytes, at as usize),
        };
        let for_check = beside.is_some_and(|b| b.check != 0) && !held;
        let mut context = (matters(held) || (for_check && matters(true)))
            && entry.context_at != NONE
            && stands(
                entry.context_at,
                entry.context_within as usize,
                entry.context_before != 0,
            );
        let mut pending = false;
        if let Some(beside) = beside
            && (for_check && level(true, context) != level(false, context)
                || beside.check == 0 && !context && matters(held))
        {
            if beside.words_at != NONE && stands(beside.words_at, beside.within as usize, false) {
                held |= for_check;
                context |= !for_check;
            } else {
                pending = beside.detectors_n > 0;
            }
        }
        let without = level(held, context);
        let with = match (pending, for_check) {
            (false, _) => without,
            (true, true) => level(true, context),
            (true, false) => level(held, true),
        };
        match entry.against_at {
            NONE => (with, without),
            _ => self.against(view, entry, span.0, (with, without)),
        }
    }

    /// One level lower where a word that speaks against it stands before the span, and no context word
    /// stands nearer.
    #[inline(never)]
    #[cfg_attr(feature = "module", unsafe(export_name = "optional.against"))]
    fn against(
        &self,
        view: View<'_>,
        entry: &DetectorEntry,
        start: usize,
        levels: Levels,
    ) -> Levels {
        let last =
            |block: u32, from: usize| Words::of(&self.tables, block)?.find(view, from, start, true);
        let within = (entry.against_within as usize).min(context::WIDEST);
        let Some((_, end)) = last(entry.against_at, start.saturating_sub(within)) else {
            return levels;
        };
        if entry.context_at != NONE && last(entry.context_at, end).is_some() {
            return levels;
        }
        (levels.0.saturating_sub(1), levels.1.saturating_sub(1))
    }

    /// One level lower for test values, never below low.
    #[inline(never)]
    fn lowered(&self, entry: &DetectorEntry, span: &[u8], levels: Levels) -> Levels {
        if levels.0.max(levels.1) < 2 {
            return levels;
        }
        let program = self.tables.slice(entry.lower_check_at, entry.lower_check_n);
        let by_check = holds(program, &Value::of(span), self.tables.bytes);
        let test = by_check || entry.lower_n != 0 && self.listed(entry, span);
        let lower = |level: u8| if test && level > 1 { level - 1 } else { level };
        (lower(levels.0), lower(levels.1))
    }

    /// Is the span a test value of the detector?
    fn listed(&self, entry: &DetectorEntry, span: &[u8]) -> bool {
        let mut buffer = [0u8; LONGEST];
        let mut n = 0;
        key_bytes(span, |b| {
            if let Some(slot) = buffer.get_mut(n) {
                *slot = b;
                n += 1;
            }
        });
        let key = buffer.get(..n).unwrap_or(&[]);
        let rows = self
            .tables
            .slice(entry.lower_at, entry.lower_n.saturating_mul(8));
        rows.chunks_exact(8).any(|row| {
            let [a, b, c, d, len, how, ..] = *row else {
                return false;
            };
            let text = self
                .tables
                .slice(u32::from_le_bytes([a, b, c, d]), u32::from(len));
            match how {
                0 => key == text,
                1 => key.starts_with(text),
                _ => key.ends_with(text),
            }
        })
    }

    #[inline(never)]
    fn keep(
        &mut self,
        view: View<'_>,
        detector: u16,
        (start, end): (usize, usize),
        (with, without): Levels,
    ) {
        let index = usize::from(detector);
        if let Some(last) = self.last_end.get_mut(index) {
            *last = end as u32;
        }
        let Some(count) = self.counts.get_mut(index) else {
            return;
        };
        let Some(slot) = self.found.get_mut(self.n) else {
            self.truncated = true;
            return;
        };
        let hidden = |entry: DetectorEntry| entry.flags & DETECTOR_HIDDEN != 0;
        if *count >= self.tables.header.max_findings
            && !self.tables.detector(index).is_some_and(hidden)
        {
            self.truncated = true;
            return;
        }
        *count += 1;
        *slot = Found {
            key: key(view.bytes().get(start..end).unwrap_or(&[])),
            start: 0,
            end: 0,
            view_start: start as u32,
            view_end: end as u32,
            part: self.part,
            distinct: 0,
            origin: self.origin,
            detector,
            confidence: with,
            flags: if with == without {
                0
            } else {
                PENDING | without << 4
            },
        };
        self.n += 1;
    }
}

impl Judge<'_, '_> {
    /// Gives the findings from `from` on their place in the content.
    pub fn place(&mut self, from: usize, base: u32, map: Origin<'_>) {
        for f in self.found.get_mut(from..self.n).unwrap_or(&mut []) {
            let (start, end) = map.span(f.view_start as usize, f.view_end as usize);
            f.start = base + start as u32;
            f.end = base + end as u32;
        }
    }
}

/// The key of a span (semantics 36): folded, without ASCII characters other than letters and digits.
fn key_bytes(span: &[u8], mut take: impl FnMut(u8)) {
    let mut at = 0;
    while at < span.len() {
        let (a, b, len) = fold_at(span, at);
        if a >= 0x80 || a.is_ascii_alphanumeric() {
            take(a);
            if len == 2 {
                take(b);
            }
        }
        at += len;
    }
}

/// FNV-1a, 64 bits, of the key.
fn key(span: &[u8]) -> u64 {
    let mut hash = 0xcbf2_9ce4_8422_2325u64;
    key_bytes(span, |b| {
        hash = (hash ^ u64::from(b)).wrapping_mul(0x0000_0100_0000_01b3)
    });
    hash
}
