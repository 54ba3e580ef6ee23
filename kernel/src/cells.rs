//! Detectors that only find below the head of a column (`DetectorEntry::cell`). Nobody wakes them: where a
//! table begins, its head is asked which of them each column is for, and only those are tried in its cells.
//! Prose costs them one look for what parts cells. In rows of SQL statements each value is asked for the
//! name of its column (semantics 49 and 62; `table.rs` has both).

use crate::blocks::{BLOCK, parting};
use crate::context::Words;
use crate::judge::Judge;
use crate::layout::{CELL_BEHIND, DETECTOR_START, GroupEntry};
use crate::scan::View;
use crate::table::{self, LONGEST_ROW, Row};

/// Most detectors of a group: a bit each.
pub const MOST_CELLS: u32 = 64;

/// A walk over the lines of a view.
struct Lines<'j, 'w, 't> {
    judge: &'j mut Judge<'w, 't>,
    view: View<'j>,
    group: &'j GroupEntry,
    /// Bit per detector of the group: it is looked for.
    wanted: u64,
    /// By column of the table that is read, of at most [`LONGEST_ROW`] and one: who is tried there.
    columns: &'j mut [u64],
    /// Somebody is tried somewhere in it.
    any: bool,
    /// There may be rows of statements.
    stated: bool,
}

/// Tries the detectors of a group in the cells that are theirs.
#[inline(never)]
#[cfg_attr(feature = "module", unsafe(export_name = "optional.cells"))]
pub fn scan(judge: &mut Judge<'_, '_>, view: View<'_>, group: &GroupEntry, columns: &mut [u64]) {
    let tables = judge.tables;
    let mut wanted = 0;
    for (i, d) in tables.list(group.members_at, group.members_n).enumerate() {
        wanted |= u64::from(judge.is_wanted(usize::from(d))) << (i & 63);
    }
    if wanted == 0 {
        return;
    }
    let stated = table::has_statements(view.bytes(), &judge.table);
    let mut lines = Lines {
        judge,
        view,
        group,
        wanted,
        columns,
        any: false,
        stated,
    };
    let (mut first, mut head, mut is_read) = (0, (0, 0), false);
    let (mut row, mut last) = (Row::default(), None);
    let (blocks, _) = view.padded.as_chunks::<BLOCK>();
    let mut end_of_line = |lines: &mut Lines<'_, '_, '_>, row: &Row, first: usize, end: usize| {
        let line = lines.view.bytes().get(first..end).unwrap_or(&[]);
        let shape = row.shape(line);
        let above = core::mem::replace(&mut last, shape);
        let goes_on = above.zip(shape).is_some_and(|(a, b)| b.joins(a));
        if !goes_on {
            last = shape.filter(|shape| !shape.is_title(line));
            (head, is_read) = ((first, end), false);
            lines.any = false;
        } else if !is_read && let Some(shape) = shape {
            is_read = true;
            lines.read(head, shape.separator);
        }
        if lines.any || lines.stated {
            let separator = shape.filter(|_| lines.any);
            lines.cells((first, end), separator.map(|shape| shape.separator));
        }
    };
    for (i, block) in blocks.iter().enumerate().take(view.len.div_ceil(BLOCK)) {
        let mut parts = parting(block);
        while parts != 0 {
            let at = i * BLOCK + parts.trailing_zeros() as usize;
            parts &= parts - 1;
            let byte = |at: usize| view.bytes().get(at).copied();
            match byte(at) {
                Some(b'\n') => {
                    end_of_line(&mut lines, &row, first, at);
                    (row, first) = (Row::default(), at + 1);
                }
                Some(b) => row.take(b, byte(at + 1)),
                None => break,
            }
        }
    }
    end_of_line(&mut lines, &row, first, view.len);
}

impl Lines<'_, '_, '_> {
    /// Asks a head who is tried in which column.
    #[inline(never)]
    fn read(&mut self, (from, to): (usize, usize), separator: u8) {
        let tables = self.judge.tables;
        let (view, columns) = (self.view, &mut *self.columns);
        columns.fill(0);
        let line = view.bytes().get(from..to).unwrap_or(&[]);
        let members = tables.list(self.group.members_at, self.group.members_n);
        for (i, detector) in members.enumerate() {
            let words = tables
                .detector(usize::from(detector))
                .and_then(|entry| Words::of(&tables, entry.context_at))
                .filter(|_| self.wanted >> (i & 63) & 1 != 0);
            let Some(words) = words else { continue };
            let next = |from| Some(words.find(view, from, to, false)?.0);
            let mut found = next(from);
            let mut cell = from;
            let ends = table::separators(line, separator).map(|at| from + at);
            for (bits, end) in columns.iter_mut().zip(ends.chain([to])) {
                let Some(at) = found else { break };
                if at < end {
                    if words.find(view, cell, end, false).is_some() {
                        *bits |= 1 << (i & 63);
                        self.any = true;
                    }
                    found = next(end);
                }
                cell = end + 1;
            }
        }
    }

    /// Tries whoever is to be tried at each place of a line.
    #[inline(never)]
    fn cells(&mut self, (first, end): (usize, usize), separator: Option<u8>) {
        let bytes = self.view.bytes();
        let (mut quoted, mut column) = (false, 0);
        // The last byte before that is no blank, and the same before the last byte.
        let (mut last, mut last_before) = (0, 0);
        let mut before = if first == 0 { 0 } else { b'\n' };
        let end = end.min(first + LONGEST_ROW + usize::from(first == 0));
        for (at, &b) in bytes.iter().enumerate().take(end + 1).skip(first) {
            let mut who = match separator {
                Some(_) => self.columns.get(column).copied().unwrap_or(0),
                None => 0,
            };
            let opens = if before == b'\'' { last_before } else { last };
            if self.stated && matches!(opens, b'(' | b',') {
                who = self.wanted;
            }
            if who != 0 {
                self.try_at(at, before, who);
            }
            quoted ^= b == b'"';
            column += usize::from(Some(b) == separator && !quoted);
            last_before = last;
            if b != b' ' {
                last = b;
            }
            before = b;
        }
    }

    #[inline(never)]
    fn try_at(&mut self, at: usize, before: u8, who: u64) {
        let tables = self.judge.tables;
        let members = tables.list(self.group.members_at, self.group.members_n);
        for (i, detector) in members.enumerate() {
            let Some(entry) = tables.detector(usize::from(detector)) else {
                continue;
            };
            let mut start = at;
            if entry.cell == CELL_BEHIND {
                if !matches!(before, b'\t' | b';' | b'|' | b',' | b'\n') {
                    continue;
                }
                start -= 1;
            } else if entry.flags & DETECTOR_START != 0 && before.is_ascii_alphanumeric() {
                continue;
            }
            if who >> (i & 63) & 1 != 0
                && (who != self.wanted || self.judge.headed(self.view, entry, at))
            {
                self.judge.judge(self.view, detector, start);
            }
        }
    }
}
