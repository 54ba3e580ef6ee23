//! What happens to findings once they are known: giving way, order, overlaps,
//! distinct numbers, and the answers to the rules' questions (semantics 33 to 37).
//!
//! Everything is sorted once; the rest is linear, save where findings lie on top
//! of each other, and that is bounded by the longest match.

use crate::judge::{DROPPED, Found};
use crate::layout::{
    DETECTOR_HIDDEN, DetectorEntry, FINDING_ALSO, FINDING_ENCODED, NONE, QuestionEntry,
};
use crate::scan::LONGEST;
use crate::sort::{Ask, sort};
use crate::tables::Tables;

/// Most detectors of a module: 64 times this.
pub const SET_WORDS: usize = 16;

/// A finding's place in a part: start, descending end, detector, those in encoded texts last.
#[inline(never)]
fn place(found: &[Found], i: usize) -> (u64, u32) {
    found.get(i).map_or((0, 0), |f| {
        (
            u64::from(f.start) << 32 | u64::from(!f.end),
            u32::from(f.detector) << 8 | u32::from(f.flags & FINDING_ENCODED),
        )
    })
}

/// Sorts findings of a part by their places.
#[inline(never)]
pub fn sort_places(found: &mut [Found]) {
    sort(found.len(), &mut |ask, i, j| {
        if ask == Ask::Swap {
            found.swap(i, j);
            return false;
        }
        place(found, i) < place(found, j)
    });
}

/// Sorts a part's findings, drops those that give way and the hidden ones, and gives how many are left.
#[inline(never)]
pub fn settle(tables: &Tables<'_>, found: &mut [Found]) -> usize {
    sort_places(found);
    for i in 0..found.len() {
        let Some(f) = found.get(i) else { break };
        let Some(entry) = tables.detector(usize::from(f.detector)) else {
            break;
        };
        let hidden = entry.flags & DETECTOR_HIDDEN != 0;
        if (hidden || entry.yields_n != 0 && gives_way(tables, found, f, i, entry))
            && let Some(f) = found.get_mut(i)
        {
            f.flags |= DROPPED;
        }
    }
    kept(found)
}

/// Moves what has not been dropped to the front, in order, and gives how many that are.
#[inline(never)]
pub(crate) fn kept(found: &mut [Found]) -> usize {
    let mut kept = 0;
    for i in 0..found.len() {
        if found.get(i).is_some_and(|f| f.flags & DROPPED == 0) {
            found.swap(kept, i);
            kept += 1;
        }
    }
    kept
}

/// Does another finding cover this one, whose detector gives way to that?
#[inline(never)]
#[cfg_attr(feature = "module", unsafe(export_name = "optional.yields"))]
fn gives_way(
    tables: &Tables<'_>,
    found: &[Found],
    f: &Found,
    i: usize,
    entry: &DetectorEntry,
) -> bool {
    let covers = |g: &Found| {
        g.view_start <= f.view_start
            && g.view_end >= f.view_end
            && g.confidence >= f.confidence
            && tables.lists(entry.yields_at, entry.yields_n, g.detector)
    };
    let near = |g: &&Found| g.view_start as usize + LONGEST >= f.view_start as usize;
    let before = found.get(..i).unwrap_or(&[]).iter().rev().take_while(near);
    let beside = found
        .get(i + 1..)
        .unwrap_or(&[])
        .iter()
        .take_while(|g| g.view_start == f.view_start);
    before.chain(beside).any(covers)
}

/// Marks findings that a better one overlaps. `order` has a place per finding, `kept` a bit.
/// The findings of all parts stand in record order.
#[inline(never)]
pub fn mark_overlaps(
    tables: &Tables<'_>,
    found: &mut [Found],
    order: &mut [u32],
    kept: &mut [u64],
) {
    for (i, slot) in order.iter_mut().enumerate() {
        *slot = i as u32;
    }
    kept.fill(0);
    let n = order.len();
    sort(n, &mut |ask, i, j| {
        if ask == Ask::Swap {
            order.swap(i, j);
            return false;
        }
        quality(tables, found, order, i) < quality(tables, found, order, j)
    });
    for &i in order.iter() {
        let i = i as usize;
        let Some(&f) = found.get(i) else { continue };
        let entry = tables.detector(usize::from(f.detector));
        // A region hides nothing, and nothing hides it.
        if entry.is_some_and(|d| d.any_at != NONE) {
            continue;
        }
        let clash = |j: Option<usize>| {
            j.and_then(|j| found.get(j)).is_some_and(|g| {
                g.part == f.part && g.view_start < f.view_end && f.view_start < g.view_end
            })
        };
        // Kept findings do not overlap each other, so only the nearest on each side can clash.
        if clash(nearest_before(kept, i)) || clash(nearest_after(kept, i)) {
            if let Some(f) = found.get_mut(i) {
                f.flags |= FINDING_ALSO;
            }
        } else if let Some(word) = kept.get_mut(i / 64) {
            *word |= 1 << (i % 64);
        }
    }
}

/// Better first: confidence, length, rank, then place.
#[inline(never)]
fn quality(tables: &Tables<'_>, found: &[Found], order: &[u32], at: usize) -> (u64, u64) {
    let i = order.get(at).copied().unwrap_or(0);
    let Some(f) = found.get(i as usize) else {
        return (u64::MAX, 0);
    };
    let rank = tables
        .detector(usize::from(f.detector))
        .map_or(u16::MAX, |d| d.rank);
    (
        u64::from(!f.confidence) << 32 | u64::from(!(f.end - f.start)),
        u64::from(rank) << 32 | u64::from(i),
    )
}

fn nearest_before(bits: &[u64], at: usize) -> Option<usize> {
    let mut word = at / 64;
    let mut mask = bits.get(word)? & ((1u64 << (at % 64)) - 1);
    loop {
        if mask != 0 {
            return Some(word * 64 + 63 - mask.leading_zeros() as usize);
        }
        word = word.checked_sub(1)?;
        mask = *bits.get(word)?;
    }
}

fn nearest_after(bits: &[u64], at: usize) -> Option<usize> {
    let mut word = at / 64;
    let mut mask = bits.get(word)? & (u64::MAX << (at % 64));
    loop {
        if mask != 0 {
            return Some(word * 64 + mask.trailing_zeros() as usize);
        }
        word += 1;
        mask = *bits.get(word)?;
    }
}

/// A hash set of values, in a table that is a power of two and at least twice as large as needed.
struct Seen<'s> {
    table: &'s mut [u32],
}

impl Seen<'_> {
    /// The finding (by index) first put in with an equal value (of the same detector, where `apart`), or
    /// `None` and `i` is put in.
    #[inline(never)]
    fn first(&mut self, found: &[Found], i: usize, apart: bool) -> Option<usize> {
        let f = found.get(i)?;
        let mask = self.table.len().checked_sub(1)?;
        let mut at = (f.key ^ (f.key >> 29)) as usize & mask;
        for _ in 0..=mask {
            let slot = self.table.get_mut(at)?;
            if *slot == 0 {
                *slot = i as u32 + 1;
                return None;
            }
            let other = *slot as usize - 1;
            if found
                .get(other)
                .is_some_and(|g| f.key == g.key && (!apart || f.detector == g.detector))
            {
                return Some(other);
            }
            at = (at + 1) & mask;
        }
        None
    }
}

/// Gives distinct numbers, per detector from 1 in record order.
#[inline(never)]
pub fn number(found: &mut [Found], next: &mut [u32], table: &mut [u32]) {
    table.fill(0);
    next.fill(0);
    let mut seen = Seen { table };
    for i in 0..found.len() {
        let first = seen.first(found, i, true);
        let detector = found.get(i).map_or(0, |f| usize::from(f.detector));
        let number = match first {
            Some(j) => found.get(j).map_or(0, |g| g.distinct),
            None => next.get_mut(detector).map_or(0, |n| {
                *n += 1;
                *n
            }),
        };
        if let Some(f) = found.get_mut(i) {
            f.distinct = number;
        }
    }
}

/// Detectors as bits.
pub(crate) struct Set(pub [u64; SET_WORDS]);

impl Set {
    fn of(tables: &Tables<'_>, at: u32, n: u32) -> Self {
        let mut set = Set([0; SET_WORDS]);
        set.add(tables, at, n);
        set
    }

    /// Adds a list.
    #[inline(never)]
    pub(crate) fn add(&mut self, tables: &Tables<'_>, at: u32, n: u32) {
        for d in tables.list(at, n) {
            if let Some(word) = self.0.get_mut(usize::from(d / 64)) {
                *word |= 1 << (d % 64);
            }
        }
    }

    /// Adds one; was it new?
    pub(crate) fn add_one(&mut self, detector: u16) -> bool {
        let new = !self.has(detector);
        if let Some(word) = self.0.get_mut(usize::from(detector / 64)) {
            *word |= 1 << (detector % 64);
        }
        new
    }

    fn has(&self, detector: u16) -> bool {
        self.0
            .get(usize::from(detector / 64))
            .is_some_and(|w| w & (1 << (detector % 64)) != 0)
    }
}

/// A question, and the detectors that it asks about.
struct Asked<'q> {
    question: &'q QuestionEntry,
    a: Set,
}

impl Asked<'_> {
    /// Does it ask about such a finding, whatever its detector?
    #[inline(never)]
    fn takes(&self, f: &Found) -> bool {
        f.confidence >= self.question.confidence
            && f.origin & u32::from(self.question.roles) != 0
            && (f.origin >> 8) & u32::from(self.question.directions) != 0
    }

    /// Does it ask about this finding?
    fn is_a(&self, f: &Found) -> bool {
        self.takes(f) && self.a.has(f.detector)
    }
}

/// Answers one question about the findings in record order.
#[inline(never)]
pub fn answer(
    tables: &Tables<'_>,
    question: &QuestionEntry,
    found: &[Found],
    table: &mut [u32],
) -> i32 {
    let asked = Asked {
        question,
        a: Set::of(tables, question.a_at, question.a_n),
    };
    match question.kind {
        0 => groups(&asked, found),
        1 => distinct(&asked, found, table),
        _ => near(tables, &asked, found),
    }
}

/// How many groups of overlapping findings.
fn groups(asked: &Asked<'_>, found: &[Found]) -> i32 {
    let mut groups = 0;
    let mut reach = (u32::MAX, 0);
    for f in found.iter().filter(|f| asked.is_a(f)) {
        if reach.0 != f.part || f.view_start >= reach.1 {
            groups += 1;
            reach = (f.part, f.view_end);
        } else {
            reach.1 = reach.1.max(f.view_end);
        }
    }
    groups
}

/// How many different values.
#[inline(never)]
#[cfg_attr(feature = "module", unsafe(export_name = "optional.distinct"))]
fn distinct(asked: &Asked<'_>, found: &[Found], table: &mut [u32]) -> i32 {
    table.fill(0);
    let mut seen = Seen { table };
    let mut values = 0;
    for (i, f) in found.iter().enumerate() {
        if asked.is_a(f) && seen.first(found, i, false).is_none() {
            values += 1;
        }
    }
    values
}

/// 1 where one of each list of detectors stand close together.
#[inline(never)]
#[cfg_attr(feature = "module", unsafe(export_name = "optional.near"))]
fn near(tables: &Tables<'_>, asked: &Asked<'_>, found: &[Found]) -> i32 {
    let (question, a) = (asked.question, &asked.a);
    let b = Set::of(tables, question.b_at, question.b_n);
    let near = found.iter().enumerate().any(|(i, f)| {
        let (is_a, is_b) = (a.has(f.detector), b.has(f.detector));
        let behind = found.get(i + 1..).unwrap_or(&[]).iter();
        asked.takes(f)
            && (is_a || is_b)
            && behind
                .take_while(|g| {
                    g.part == f.part && g.view_start <= f.view_end.saturating_add(question.within)
                })
                .any(|g| {
                    asked.takes(g)
                        && g.view_start >= f.view_end
                        && ((is_a && b.has(g.detector)) || (is_b && a.has(g.detector)))
                })
    });
    i32::from(near)
}
