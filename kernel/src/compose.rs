//! What a part's findings say of each other (semantics 43 and 44): marks close together become a finding,
//! and a finding that leans on another one beside it learns whether that one is there.

use crate::findings::kept;
use crate::judge::{DROPPED, Found, Judge, PENDING};
use crate::layout::{AnyEntry, BesideEntry, NONE};
use crate::scan::{LONGEST, View};
use crate::tables::Tables;

/// Different marks that are told apart.
const MOST_MARKS: usize = 64;

/// Composes the findings of a part, which stand from `from` on. Hidden ones stay: others may give way to
/// them.
#[inline(never)]
#[cfg_attr(feature = "module", unsafe(export_name = "optional.compose"))]
pub fn compose(judge: &mut Judge<'_, '_>, view: View<'_>, from: usize) {
    crate::exact::search(judge, view);
    let n = judge.n;
    if n == from {
        return;
    }
    crate::findings::sort_places(judge.found.get_mut(from..n).unwrap_or(&mut []));
    let tables = judge.tables;
    for index in 0..tables.header.detectors_n as usize {
        let Some(entry) = tables.detector(index).filter(|e| e.any_at != NONE) else {
            continue;
        };
        let Some(any) = AnyEntry::view(tables.bytes, entry.any_at as usize) else {
            continue;
        };
        if !judge.is_wanted(index) {
            continue;
        }
        let mut regions = Regions::new(*any);
        for i in from..n {
            let mark = judge.found.get(i).copied().unwrap_or_default();
            if !tables.lists(any.marks_at, any.marks_n, mark.detector) {
                continue;
            }
            if let Some(span) = regions.mark(&mark) {
                judge.region(view, index as u16, entry, span);
            }
        }
        if let Some(span) = regions.open {
            judge.region(view, index as u16, entry, span);
        }
    }
    for i in from..judge.n {
        lean(&tables, judge.found, (from, n), i);
    }
    rename(
        &judge.tables,
        judge.found.get_mut(from..judge.n).unwrap_or(&mut []),
    );
    let n = judge.n;
    judge.n = from + kept(judge.found.get_mut(from..n).unwrap_or(&mut []));
}

/// Findings that are reported as another detector's become that one's; where several overlap, the best
/// stays: the surest, then the longest, then the leftmost.
#[inline(never)]
fn rename(tables: &Tables<'_>, found: &mut [Found]) {
    let mut any = false;
    for f in found.iter_mut() {
        if let Some(entry) = tables.detector(usize::from(f.detector))
            && entry.reported_as != u16::MAX
            && f.flags & DROPPED == 0
        {
            f.detector = entry.reported_as;
            any = true;
        }
    }
    if !any {
        return;
    }
    crate::findings::sort_places(found);
    for i in 0..found.len() {
        let mut j = i + 1;
        while let (Some(&f), Some(&g)) = (found.get(i), found.get(j)) {
            if f.flags & DROPPED != 0 || g.view_start >= f.view_end {
                break;
            }
            let worth = |f: &Found| (f.confidence, f.view_end - f.view_start);
            let goes = if worth(&g) <= worth(&f) { j } else { i };
            if g.detector == f.detector
                && g.flags & DROPPED == 0
                && let Some(f) = found.get_mut(goes)
            {
                f.flags |= DROPPED;
            }
            j += 1;
        }
    }
}

/// Marks on their way to regions.
struct Regions {
    any: AnyEntry,
    /// The latest place of every different mark, or of the last ones.
    latest: [(u64, u32, u32); MOST_MARKS],
    n: usize,
    open: Option<(usize, usize)>,
}

impl Regions {
    fn new(any: AnyEntry) -> Self {
        Regions {
            any,
            latest: [(0, 0, 0); MOST_MARKS],
            n: 0,
            open: None,
        }
    }

    /// Takes the next mark; gives the region that ended before it.
    fn mark(&mut self, mark: &Found) -> Option<(usize, usize)> {
        let (start, end) = (mark.view_start as usize, mark.view_end as usize);
        let within = self.any.within as usize;
        let mut done = None;
        if let Some(open) = &mut self.open {
            if start <= open.0 + within {
                open.1 = open.1.max(end);
                return None;
            }
            done = self.open.take();
            self.n = 0;
        }
        let least = usize::from(self.any.least);
        let id = match (self.any.times, mark.detector == self.any.texts) {
            (0, true) => mark.key,
            (0, false) => u64::from(mark.detector),
            _ => start as u64,
        };
        let known = self.latest.get(..self.n).unwrap_or(&[]);
        let at = known.iter().position(|l| l.0 == id);
        if at.is_none() && self.any.times != 0 && self.n >= least.min(MOST_MARKS) {
            self.latest.copy_within(1..self.n, 0);
            self.n -= 1;
        }
        let at = at.unwrap_or(self.n);
        if let Some(slot) = self.latest.get_mut(at) {
            *slot = (id, mark.view_start, mark.view_end);
            self.n = self.n.max(at + 1);
        }
        let known = self.latest.get(..self.n).unwrap_or(&[]).iter();
        let near = known.filter(|l| l.1 as usize + within >= start);
        let (count, first, last) = near.fold((0, start, end), |(n, first, last), l| {
            (n + 1, first.min(l.1 as usize), last.max(l.2 as usize))
        });
        if count >= least {
            self.open = Some((first, last));
        }
        done
    }
}

/// Decides a pending finding: does one of the detectors it names stand beside it?
fn lean(tables: &Tables<'_>, found: &mut [Found], (from, to): (usize, usize), i: usize) {
    let Some(&f) = found.get(i) else { return };
    if f.flags & PENDING == 0 {
        return;
    }
    let beside = tables
        .detector(usize::from(f.detector))
        .and_then(|e| BesideEntry::view(tables.bytes, e.beside_at as usize));
    let Some(beside) = beside else { return };
    let (start, end) = (f.view_start, f.view_end);
    let is = |g: &Found| {
        // Those that overlap are no bytes away.
        let gap = start
            .saturating_sub(g.view_end)
            .max(g.view_start.saturating_sub(end));
        gap <= beside.within && tables.lists(beside.detectors_at, beside.detectors_n, g.detector)
    };
    let sorted = found.get(from..to).unwrap_or(&[]);
    let reach = beside.within as usize + 2 * LONGEST;
    let least = (start as usize).saturating_sub(reach);
    let at = sorted.partition_point(|g| (g.view_start as usize) < least);
    let most = end.saturating_add(beside.within);
    let stands = sorted
        .iter()
        .skip(at)
        .take_while(|g| g.view_start <= most)
        .any(is);
    if let Some(f) = found.get_mut(i) {
        if !stands {
            f.confidence = f.flags >> 4 & 3;
        }
        f.flags = if f.confidence == 0 { DROPPED } else { 0 };
    }
}
