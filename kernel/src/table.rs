//! Columns of tables, as they stand in text: the head of a column says what its cells are (semantics 49).

use crate::check::has;
use crate::context::Words;
use crate::scan::View;
use crate::tables::Tables;
use core::cell::Cell;

/// Longest line that is a row.
pub const LONGEST_ROW: usize = 1024;
/// What parts cells, the surest first.
const SEPARATORS: [u8; 4] = *b"\t;|,";
/// Most bytes on a side in which commas are counted.
const NEAR: usize = 512;

/// The lines that are known to belong to one table.
#[derive(Clone, Copy, Debug, Default)]
pub struct Known {
    /// Where its head begins.
    head: usize,
    /// Behind its last line that was looked at.
    to: usize,
    separator: u8,
    count: usize,
}

/// Where the line begins in which `at` stands; `None`: it is too long.
fn line(view: &[u8], at: usize) -> Option<usize> {
    let least = at.saturating_sub(LONGEST_ROW + 1);
    let before = view.get(least..at)?;
    match before.iter().rposition(|&b| b == b'\n') {
        Some(end) => Some(least + end + 1),
        None => (least == 0).then_some(0),
    }
}

/// The separator of the row that begins here, how often it stands there, and where the next line begins.
#[inline(never)]
fn row(view: &[u8], start: usize) -> Option<(u8, usize, usize)> {
    let mut counts = [0usize; SEPARATORS.len()];
    let mut quoted = false;
    let mut prose = false;
    let mut end = start;
    while let Some(&b) = view.get(end).filter(|b| **b != b'\n') {
        end += 1;
        if end - start > LONGEST_ROW {
            return None;
        }
        quoted ^= b == b'"';
        if quoted || !has(&SEPARATORS, b) {
            continue;
        }
        for (count, separator) in counts.iter_mut().zip(SEPARATORS) {
            *count += usize::from(b == separator);
        }
        prose |= b == b',' && view.get(end) == Some(&b' ');
    }
    let all = counts.into_iter().zip(SEPARATORS);
    let (count, separator) = all.into_iter().find(|(count, _)| *count > 0)?;
    let is_row = separator != b',' || count > 1 && !prose;
    is_row.then_some((separator, count, end + 1))
}

/// The cell of the table's head above a span.
#[inline(never)]
fn head(view: &[u8], known: &Cell<Known>, (start, end): (usize, usize)) -> Option<(usize, usize)> {
    let first = line(view, start)?;
    let mut table = known.get();
    if !(table.head..table.to).contains(&first) {
        let (separator, count, to) = row(view, first)?;
        let mut head = first;
        while head > 0 {
            if head == table.to && (separator, count) == (table.separator, table.count) {
                head = table.head;
                break;
            }
            let above = line(view, head - 1);
            let row = above.and_then(|above| row(view, above));
            match (above, row) {
                (Some(above), Some((other, n, _))) if (other, n) == (separator, count) => {
                    head = above;
                }
                _ => break,
            }
        }
        table = Known {
            head,
            to,
            separator,
            count,
        };
        known.set(table);
    }
    let within = view.get(first..end)?;
    let above = view.get(table.head..)?;
    if table.head == first || has(view.get(start..end)?, b'\n') {
        return None;
    }
    let column = separators(within.get(..start - first)?, table.separator).count();
    let mut parting = separators(above, table.separator);
    let from = match column.checked_sub(1) {
        Some(before) => parting.nth(before)? + 1,
        None => 0,
    };
    let line = above.iter().position(|&b| b == b'\n')?;
    let to = parting.next().unwrap_or(line).min(line);
    (from <= to).then_some((table.head + from, table.head + to))
}

/// The places of a separator, outside of quotation marks.
fn separators(text: &[u8], separator: u8) -> impl Iterator<Item = usize> {
    let mut quoted = false;
    let places = text.iter().enumerate();
    places.filter_map(move |(at, &b)| {
        quoted ^= b == b'"';
        (b == separator && !quoted).then_some(at)
    })
}

/// Does one of the words stand in the head of the column in which the span lies?
#[inline(never)]
#[cfg_attr(feature = "module", unsafe(export_name = "optional.columns"))]
pub fn is_headed(
    tables: &Tables<'_>,
    block: u32,
    view: View<'_>,
    known: &Cell<Known>,
    span: (usize, usize),
) -> bool {
    let Some((from, to)) = head(view.bytes(), known, span) else {
        return false;
    };
    let words = Words::of(tables, block);
    words.is_some_and(|words| words.find(view, from, to, false).is_some())
}

/// Does the comma at `at` part cells: one of three or more in its line, none of them before a blank?
#[inline(never)]
pub fn parts(view: &[u8], at: usize) -> bool {
    let before = view.get(at.saturating_sub(NEAR)..at).unwrap_or(&[]);
    let behind = view.get(at..view.len().min(at + NEAR)).unwrap_or(&[]);
    let from = before
        .iter()
        .rposition(|&b| b == b'\n')
        .map_or(0, |i| i + 1);
    let to = behind
        .iter()
        .position(|&b| b == b'\n')
        .unwrap_or(behind.len());
    let line = before.iter().skip(from).chain(behind.iter().take(to));
    let mut commas = 0;
    let mut last = 0;
    for &b in line {
        if last == b',' && b == b' ' {
            return false;
        }
        commas += usize::from(b == b',');
        last = b;
    }
    commas > 2
}
