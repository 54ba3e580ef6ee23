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
    DETECTOR_SECRET, DETECTOR_START, DetectorEntry, NONE,
};
use crate::memory::Plain;
use crate::normalise::Origin;
use crate::scan::{Ends, LONGEST, View};
use crate::sequence;
use crate::table::{self, Known};
use crate::tables::Tables;
use crate::text::{Edges, fold_at};
use crate::walk;
use core::cell::Cell;

/// Ends tried per start (semantics 7).
pub const MOST_ENDS: usize = 8;

/// The end of a finding behind which there is no other.
pub const NOWHERE: u32 = u32::MAX;

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

/// A confidence where something stands beside the span, and where nothing does (in the upper byte).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Levels(u16);

impl Levels {
    fn new(with: u8, without: u8) -> Self {
        Levels(u16::from(with) | u16::from(without) << 8)
    }

    fn with(self) -> u8 {
        self.0 as u8
    }

    fn without(self) -> u8 {
        (self.0 >> 8) as u8
    }

    /// Is there any?
    fn any(self) -> bool {
        self.0 != 0
    }

    /// One level lower, where it is above `least`.
    fn lower(self, least: u8) -> Self {
        let lower = |level: u8| level - u8::from(level > least);
        Levels::new(lower(self.with()), lower(self.without()))
    }
}

// SAFETY: one u64, seven u32, one u16 and two u8 in a row: 40 bytes without padding, any bits valid.
unsafe impl Plain for Found {}
const _: () = assert!(size_of::<Found>() == 40);

/// One of the automata of a detector.
#[derive(Clone, Copy)]
struct Automaton {
    at: u32,
    len: u16,
    fold: bool,
    /// A boundary is asked at its ends.
    bounded: bool,
}

/// Collects findings.
pub struct Judge<'w, 't> {
    /// The tables.
    pub tables: Tables<'t>,
    /// The settings (`config.rs`).
    pub settings: &'w [u8],
    /// Bit per demanded detector.
    pub demand: &'w [u64],
    /// Index of the part that is being read.
    pub part: u32,
    /// Its role bit, and direction bit << 8.
    pub origin: u32,
    /// Per detector: end of its last finding in this part; [`NOWHERE`]: it is not looked for.
    pub last_end: &'w mut [u32],
    /// Per detector: findings so far.
    pub counts: &'w mut [u32],
    /// The findings.
    pub found: &'w mut [Found],
    /// How many.
    pub n: usize,
    /// Some detector met its cap.
    pub truncated: bool,
    /// Some hashed list has no key.
    pub keyless: bool,
    ends: Ends<'w>,
    /// The table that was read last.
    pub table: Cell<Known>,
}

impl DetectorEntry {
    /// The confidence by check and context.
    fn level(&self, held: bool, context: bool) -> u8 {
        match (held, context) {
            (false, false) => self.plain,
            (false, true) => self.context,
            (true, false) => self.check,
            (true, true) => self.both,
        }
    }
}

fn edges(entry: &DetectorEntry) -> Edges {
    Edges {
        digits: entry.flags & DETECTOR_DIGITS != 0,
        underscore: entry.flags & DETECTOR_SECRET != 0,
    }
}

impl<'w, 't> Judge<'w, 't> {
    /// A judge without findings. `last_end` and `counts` have a place per detector, all zero; `ends` has
    /// [`crate::scan::ENDS`].
    pub fn new(
        (tables, settings): (Tables<'t>, &'w [u8]),
        demand: &'w [u64],
        last_end: &'w mut [u32],
        counts: &'w mut [u32],
        found: &'w mut [Found],
        ends: &'w mut [u64],
    ) -> Self {
        let ends = Ends::new(ends);
        Judge {
            tables,
            settings,
            demand,
            part: 0,
            origin: 0,
            last_end,
            counts,
            found,
            n: 0,
            truncated: false,
            keyless: false,
            ends,
            table: Cell::default(),
        }
    }

    /// Is the detector demanded?
    #[inline]
    pub fn is_demanded(&self, detector: usize) -> bool {
        let word = self.demand.get(detector / 64);
        word.is_some_and(|w| w & (1 << (detector % 64)) != 0)
    }

    /// Is the detector looked for in this view?
    pub(crate) fn is_wanted(&self, detector: usize) -> bool {
        self.is_demanded(detector) && self.last_end.get(detector) != Some(&NOWHERE)
    }

    /// The ends of an automaton of a detector from a start, longest first, at most [`MOST_ENDS`].
    #[inline(never)]
    fn ends(
        &mut self,
        view: View<'_>,
        entry: &DetectorEntry,
        Automaton {
            at,
            len,
            fold,
            bounded,
        }: Automaton,
        start: usize,
    ) -> ([u32; MOST_ENDS], usize) {
        let mut list = [0u32; MOST_ENDS];
        let mut n = 0;
        self.ends.clear();
        let last = view.len.min(start + usize::from(len));
        self.tables
            .walk(at, fold, view, (start, last), &mut self.ends);
        for (end, _) in self.ends.list().rev() {
            if (!bounded || edges(entry).ends(view.bytes(), end as usize))
                && let Some(slot) = list.get_mut(n)
            {
                *slot = end;
                n += 1;
            }
        }
        (list, n)
    }

    /// Tries a detector at the starts before a letter or digit that woke it, and there.
    #[inline(never)]
    pub fn woken(&mut self, view: View<'_>, detector: u16, at: usize) {
        let Some(entry) = self.tables.detector(usize::from(detector)) else {
            return;
        };
        if entry.back == 0 {
            self.judge(view, detector, at);
        } else {
            self.back(view, detector, entry, at);
        }
    }

    /// Does the head of the column that the byte at `at` stands in say what the detector asks for?
    #[inline(never)]
    pub(crate) fn headed(&self, view: View<'_>, entry: &DetectorEntry, at: usize) -> bool {
        table::is_headed(&self.tables, entry.context_at, view, &self.table, (at, at))
    }

    #[inline(never)]
    #[cfg_attr(feature = "module", unsafe(export_name = "optional.back"))]
    fn back(&mut self, view: View<'_>, detector: u16, entry: &DetectorEntry, at: usize) {
        let set = |number: u16| {
            let at = self.tables.header.sets_at + 32 * u32::from(number);
            self.tables.slice(at, 32)
        };
        let (set, first) = (set(entry.back_set), set(entry.first_set));
        let before = |at: usize| {
            at.checked_sub(1)
                .and_then(|at| view.padded.get(at))
                .copied()
        };
        let least = at - at.min(usize::from(entry.back));
        let mut start = at;
        while start > least && before(start).is_some_and(|b| walk::holds(set, b)) {
            start -= 1;
        }
        while start + usize::from(entry.least_back) <= at {
            let inside = before(start).is_some_and(|b| b.is_ascii_alphanumeric());
            if before(start + 1).is_some_and(|b| walk::holds(first, b))
                && (!inside || entry.flags & DETECTOR_START == 0)
            {
                self.judge(view, detector, start);
            }
            start += 1;
        }
    }

    /// Tries a detector at a start: its ends, longest first, until one makes a finding.
    #[inline(never)]
    pub fn judge(&mut self, view: View<'_>, detector: u16, start: usize) {
        let last = self.last_end.get(usize::from(detector));
        if !self.is_demanded(usize::from(detector)) || last.is_none_or(|&l| start < l as usize) {
            return;
        }
        let Some(entry) = self.tables.detector(usize::from(detector)) else {
            return;
        };
        // Before a lead the rule for digits does not apply; it may end anywhere.
        let led = entry.flags & DETECTOR_AFTER != 0;
        let mut edges = edges(entry);
        edges.digits &= !led;
        if entry.flags & DETECTOR_START != 0 && !edges.starts(view.bytes(), start) {
            return;
        }
        let bounded = entry.flags & DETECTOR_END != 0;
        let first = Automaton {
            at: entry.code_at,
            len: entry.max_len,
            fold: entry.folds & 1 != 0,
            bounded: bounded && !led,
        };
        let (list, n) = self.ends(view, entry, first, start);
        let ends = list.get(..n).unwrap_or(&[]);
        if ends.is_empty() {
            return;
        }
        if entry.sequences_at != NONE {
            self.sequences(view, detector, entry, (start, ends));
            return;
        }
        if !led {
            if let Some((end, levels)) = self.decide(view, entry, start, ends) {
                self.keep(view, detector, (start, end as usize), levels);
            }
            return;
        }
        self.after(view, detector, entry, ends);
    }

    /// The same where it is the last part of a sequence that ends there.
    #[inline(never)]
    #[cfg_attr(feature = "module", unsafe(export_name = "optional.sequence"))]
    fn sequences(
        &mut self,
        view: View<'_>,
        detector: u16,
        entry: &DetectorEntry,
        (start, ends): (usize, &[u32]),
    ) {
        let free = self.last_end.get(usize::from(detector));
        let free = free.map_or(usize::MAX, |&end| end as usize);
        for &end in ends {
            let anchor = (start, end as usize);
            if let Some(span) = sequence::extend(&self.tables, entry.sequences_at, view, anchor)
                && span.0 >= free
                && self.region(view, detector, entry, span)
            {
                return;
            }
        }
    }

    /// The same where the ends are those of leads.
    #[inline(never)]
    #[cfg_attr(feature = "module", unsafe(export_name = "optional.after"))]
    fn after(&mut self, view: View<'_>, detector: u16, entry: &DetectorEntry, leads: &[u32]) {
        let bounded = entry.flags & DETECTOR_END != 0;
        for &lead in leads {
            let start = lead as usize;
            if start >= view.len {
                continue;
            }
            let value = Automaton {
                at: entry.value_at,
                len: entry.value_len,
                fold: entry.folds & 2 != 0,
                bounded,
            };
            let (list, n) = self.ends(view, entry, value, start);
            if let Some((end, levels)) =
                self.decide(view, entry, start, list.get(..n).unwrap_or(&[]))
            {
                self.keep(view, detector, (start, end as usize), levels);
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
        let found = levels.any();
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
    ) -> Option<(u32, Levels)> {
        let program = self.tables.slice(entry.check_at, entry.check_n);
        let mut held = 0u32;
        if entry.flags & DETECTOR_CHECK != 0 {
            for (i, &end) in ends.iter().enumerate() {
                let value = Value::of(view, (start, end as usize));
                if !holds(program, &value, &self.tables) {
                    continue;
                }
                held |= 1 << i;
                let levels = self.lowered(view, entry, (start, end as usize), true);
                if levels.any() {
                    return Some((end, levels));
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
            let levels = self.lowered(view, entry, (start, end as usize), false);
            if levels.any() {
                return Some((end, levels));
            }
        }
        None
    }

    /// The confidence by check, context and what stands beside, one level lower where a word speaks
    /// against it; each is only looked for where it matters.
    #[inline(never)]
    fn levels(
        &self,
        view: View<'_>,
        entry: &DetectorEntry,
        span: (usize, usize),
        held: bool,
    ) -> Levels {
        let levels = if entry.beside_at == NONE {
            let context = entry.level(held, false) != entry.level(held, true)
                && self.context(view, entry, span);
            let level = entry.level(held, context);
            Levels::new(level, level)
        } else {
            self.beside(view, entry, span, held)
        };
        match entry.against_at {
            NONE => levels,
            _ => self.against(view, entry, span, levels),
        }
    }

    /// Does a context word of the detector stand around the span, or in the head of its column?
    #[inline(never)]
    fn context(&self, view: View<'_>, entry: &DetectorEntry, span: (usize, usize)) -> bool {
        let (at, within) = (entry.context_at, entry.context_within as usize);
        let before = entry.context_before != 0;
        at != NONE
            && (context::stands(&self.tables, at, view, span, within, before)
                || table::is_headed(&self.tables, at, view, &self.table, span))
    }

    /// The confidence where something beside the span may stand for the check or the context.
    #[inline(never)]
    #[cfg_attr(feature = "module", unsafe(export_name = "optional.beside"))]
    fn beside(
        &self,
        view: View<'_>,
        entry: &DetectorEntry,
        span: (usize, usize),
        mut held: bool,
    ) -> Levels {
        let level = |held: bool, context: bool| entry.level(held, context);
        let matters = |held| level(held, false) != level(held, true);
        let Some(beside) = BesideEntry::view(self.tables.bytes, entry.beside_at as usize) else {
            return Levels(0);
        };
        let for_check = beside.check != 0 && !held;
        let mut context =
            (matters(held) || (for_check && matters(true))) && self.context(view, entry, span);
        let mut pending = false;
        if for_check && level(true, context) != level(false, context)
            || beside.check == 0 && !context && matters(held)
        {
            let within = beside.within as usize;
            if beside.words_at != NONE
                && context::stands(&self.tables, beside.words_at, view, span, within, false)
            {
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
        Levels::new(with, without)
    }

    /// One level lower where a word that speaks against it stands before the span, and no context word
    /// stands nearer; or it stands in the head of the column, and no context word does.
    #[inline(never)]
    #[cfg_attr(feature = "module", unsafe(export_name = "optional.against"))]
    fn against(
        &self,
        view: View<'_>,
        entry: &DetectorEntry,
        span: (usize, usize),
        levels: Levels,
    ) -> Levels {
        let start = span.0;
        let last =
            |block: u32, from: usize| Words::of(&self.tables, block)?.find(view, from, start, true);
        let within = (entry.against_within as usize).min(context::WIDEST);
        let context = entry.context_at;
        let headed = |block| table::is_headed(&self.tables, block, view, &self.table, span);
        match last(entry.against_at, start.saturating_sub(within)) {
            Some((_, end)) if context != NONE && last(context, end).is_some() => return levels,
            None if !headed(entry.against_at) || context != NONE && headed(context) => {
                return levels;
            }
            _ => (),
        }
        levels.lower(0)
    }

    /// The confidence, one level lower for test values, never below low.
    #[inline(never)]
    fn lowered(
        &self,
        view: View<'_>,
        entry: &DetectorEntry,
        span: (usize, usize),
        held: bool,
    ) -> Levels {
        let levels = self.levels(view, entry, span, held);
        if entry.lower_n | entry.lower_check_n == 0
            || levels.with().max(levels.without()) < 2
            || !self.is_test(entry, view, span)
        {
            return levels;
        }
        levels.lower(1)
    }

    /// Does a check say that the span is a test value of the detector, or a list?
    #[inline(never)]
    #[cfg_attr(feature = "module", unsafe(export_name = "optional.lower"))]
    fn is_test(&self, entry: &DetectorEntry, view: View<'_>, span: (usize, usize)) -> bool {
        let program = self.tables.slice(entry.lower_check_at, entry.lower_check_n);
        let value = Value::of(view, span);
        holds(program, &value, &self.tables) || entry.lower_n != 0 && self.listed(entry, value.raw)
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
        let mut rows = rows.as_chunks::<8>().0.iter();
        rows.any(|&[a, b, c, d, len, how, ..]| {
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
        levels: Levels,
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
        let hidden = |entry: &DetectorEntry| entry.flags & DETECTOR_HIDDEN != 0;
        if *count >= self.tables.header.max_findings
            && !self.tables.detector(index).is_some_and(hidden)
        {
            self.truncated = true;
            return;
        }
        *count += 1;
        *slot = Found {
            key: key(view.bytes().get(start..end).unwrap_or(&[])),
            start: start as u32,
            end: end as u32,
            view_start: start as u32,
            view_end: end as u32,
            part: self.part,
            distinct: 0,
            origin: self.origin,
            detector,
            confidence: levels.with(),
            flags: if levels.with() == levels.without() {
                0
            } else {
                PENDING | levels.without() << 4
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
        at += usize::from(len);
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
