//! Columns of tables, as they stand in text: the head of a column says what its cells are (semantics 49).

use crate::blocks::may_begin;
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
    head: u32,
    /// Behind its last line that was looked at.
    to: u32,
    /// The shape of that line.
    shape: Shape,
    /// Where a line began, and a place in it behind that; 0: none.
    first: u32,
    at: u32,
    /// The line, and one, that is no row; 0: none.
    plain: u32,
    /// The line, and one, for which a statement has been looked for; 0: none.
    asked: u32,
    /// The last one before it, and one; 0: none.
    stated: u32,
    /// Whether the text may hold statements: 0 nobody asked yet, 1 no, 2 yes.
    statements: u32,
    /// A span's beginning, and one, and what says what stands there: the cell above it, and the column's
    /// name in a statement; 0: none.
    span: u32,
    heads: [(u32, u32); 2],
}

impl Known {
    /// Nothing is known of the next text.
    #[inline(never)]
    #[cfg_attr(feature = "module", unsafe(export_name = "optional.columns.forget"))]
    pub fn forget(&mut self) {
        *self = Known::default();
    }
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

/// The same; from one place to the next only what lies between is read.
#[inline(never)]
fn line_of(view: &[u8], known: &Cell<Known>, at: usize) -> Option<usize> {
    let mut table = known.get();
    let last = table.at as usize;
    let between = view
        .get(last..at)
        .filter(|between| last > 0 && between.len() <= LONGEST_ROW);
    if between.is_none_or(|between| has(between, b'\n')) {
        table.first = line(view, at)? as u32;
    }
    table.at = at as u32;
    known.set(table);
    let first = table.first as usize;
    (at - first <= LONGEST_ROW + usize::from(first == 0)).then_some(first)
}

/// What parts a line.
#[derive(Clone, Copy, Debug, Default)]
pub struct Row {
    counts: [u32; SEPARATORS.len()],
    quoted: bool,
    prose: bool,
}

/// A line without the carriage return that may end it.
fn bare(line: &[u8]) -> &[u8] {
    match line {
        [line @ .., b'\r'] => line,
        line => line,
    }
}

/// The separator of a row, and how often it stands there.
#[derive(Clone, Copy, Debug, Default)]
pub struct Shape {
    /// The separator.
    pub separator: u8,
    count: u32,
    /// One of those ends the row.
    open: bool,
}

impl Shape {
    /// May a row of this shape stand directly above or below the other in a table? A separator may end rows
    /// though none ends their head.
    pub fn joins(self, other: Shape) -> bool {
        let apart = self.count.wrapping_sub(other.count);
        let fits = apart == 0 || apart == 1 && self.open || apart == u32::MAX && other.open;
        self.separator == other.separator && fits
    }

    /// Holds this line, which has the shape, nothing behind its first cell? Then it is a table's title.
    pub fn is_title(self, line: &[u8]) -> bool {
        let line = bare(line);
        let from = line.len().saturating_sub(self.count as usize);
        let mut cells = line.get(from..).unwrap_or(&[]).iter();
        cells.all(|&b| b == self.separator)
    }
}

impl Row {
    /// Takes the line's next byte that may matter; `next` stands behind it.
    #[inline]
    pub fn take(&mut self, b: u8, next: Option<u8>) {
        self.quoted ^= b == b'"';
        if self.quoted {
            return;
        }
        let places = self.counts.iter_mut().zip(SEPARATORS);
        for (count, separator) in places {
            *count += u32::from(b == separator);
        }
        self.prose |= b == b',' && next == Some(b' ');
    }

    /// Its shape, where its line is a row.
    #[inline(never)]
    pub fn shape(&self, line: &[u8]) -> Option<Shape> {
        let mut all = self.counts.into_iter().zip(SEPARATORS);
        let (count, separator) = all.find(|(count, _)| *count > 0)?;
        let open = !self.quoted && bare(line).last() == Some(&separator);
        let is_row = separator != b',' || count > u32::from(open) && !self.prose;
        (is_row && line.len() <= LONGEST_ROW).then_some(Shape {
            separator,
            count,
            open,
        })
    }
}

/// The shape of the row that begins here, and where the next line begins.
#[inline(never)]
fn row(view: &[u8], start: usize) -> Option<(Shape, usize)> {
    let mut row = Row::default();
    let least = view.len().min(start + LONGEST_ROW + 1);
    let line = view.get(start..least)?;
    let end = line.iter().position(|&b| b == b'\n');
    let end = start + end.unwrap_or(line.len());
    for (at, &b) in view.iter().enumerate().take(end).skip(start) {
        if matches!(b, b'\t' | b'"' | b',' | b';' | b'|') {
            row.take(b, view.get(at + 1).copied());
        }
    }
    let shape = row.shape(view.get(start..end)?)?;
    Some((shape, end + 1))
}

/// The cell of the table's head above a span that begins here.
#[inline(never)]
fn head(view: &[u8], known: &Cell<Known>, start: usize) -> Option<(usize, usize)> {
    let first = line_of(view, known, start)?;
    let mut table = known.get();
    if table.plain == first as u32 + 1 {
        return None;
    }
    if !(table.head as usize..table.to as usize).contains(&first) {
        let Some((shape, to)) = row(view, first) else {
            table.plain = first as u32 + 1;
            known.set(table);
            return None;
        };
        let (mut head, mut top, mut next) = (first, shape, to);
        while head > 0 {
            if head == table.to as usize && top.joins(table.shape) {
                head = table.head as usize;
                next = head;
                break;
            }
            let above = line(view, head - 1);
            let row = above.and_then(|above| row(view, above));
            match (above, row) {
                (Some(above), Some((other, behind))) if top.joins(other) => {
                    (head, top, next) = (above, other, behind);
                }
                _ => break,
            }
        }
        // Titles stand above the head.
        while next > head && next <= first && top.is_title(view.get(head..next - 1)?) {
            head = next;
            (top, next) = row(view, head)?;
        }
        // A title says nothing of the lines below.
        let titled = next > head && top.is_title(view.get(head..next - 1)?);
        let to = if titled { 0 } else { to };
        table = Known {
            head: head as u32,
            to: to as u32,
            shape,
            ..table
        };
        known.set(table);
    }
    let (head, separator) = (table.head as usize, table.shape.separator);
    let above = view.get(head..)?;
    if head == first {
        return None;
    }
    let column = separators(view.get(first..start)?, separator).count();
    let mut parting = separators(above, separator);
    let from = match column.checked_sub(1) {
        Some(before) => parting.nth(before)? + 1,
        None => 0,
    };
    let line = above.iter().position(|&b| b == b'\n')?;
    let to = parting.next().unwrap_or(line).min(line);
    (from <= to).then_some((head + from, head + to))
}

/// The places of a separator, outside of quotation marks.
pub fn separators(text: &[u8], separator: u8) -> impl Iterator<Item = usize> {
    let mut quoted = false;
    let places = text.iter().enumerate();
    places.filter_map(move |(at, &b)| {
        quoted ^= b == b'"';
        (b == separator && !quoted).then_some(at)
    })
}

/// How far before a row the statement stands that names its columns.
const FAR: usize = 16_384;
/// So much of a statement is read.
pub const STATEMENT: usize = 4_096;

/// Do these four letters or blanks stand at `at`, small or capital? They are numbers in the code: texts
/// would stand in every module.
#[inline(always)]
fn four(text: &[u8], at: usize, wanted: &[u8; 4]) -> bool {
    let letter = |b: u8| if b == b' ' { 0 } else { 0x20 };
    let [a, b, c, d] = *wanted;
    let small = u32::from_le_bytes([letter(a), letter(b), letter(c), letter(d)]);
    let there = text.get(at..).and_then(|rest| rest.first_chunk());
    there.is_some_and(|four| u32::from_le_bytes(*four) | small == u32::from_le_bytes(*wanted))
}

/// The place of `values` in a text.
#[inline(never)]
fn values(text: &[u8]) -> Option<usize> {
    (0..text.len()).find(|&at| four(text, at, b"valu") && four(text, at + 2, b"lues"))
}

/// Where the table's name stands in the statement that begins here.
fn named(view: &[u8], at: usize) -> Option<usize> {
    let next = |wanted: &[u8; 4], i: usize| four(view, at + i, wanted);
    if next(b"inse", 0) && next(b"rt i", 4) && next(b"nto ", 8) {
        return Some(at + 12);
    }
    let create = next(b"crea", 0) && next(b"te t", 4) && next(b"able", 8);
    (create && view.get(at + 12) == Some(&b' ')).then_some(at + 13)
}

/// Where the columns of the statement are named that begins here.
fn names(view: &[u8], at: usize) -> Option<usize> {
    let name = named(view, at)?;
    let mut rest = view.get(at..)?.iter().take(LONGEST_ROW);
    let open = rest.position(|&b| b == b'(')?;
    let bare = name == at + 12 && values(view.get(at..at + open)?).is_some();
    (!bare).then_some(at + open + 1)
}

/// The table's name that stands here.
fn name(view: &[u8], at: usize) -> &[u8] {
    let rest = view.get(at..).unwrap_or(&[]);
    let ends = |b: &u8| matches!(b, b' ' | b'(' | b'\n' | b'\r');
    let end = rest.iter().take(LONGEST_ROW).position(ends).unwrap_or(0);
    rest.get(..end).unwrap_or(&[])
}

/// The last statement with names between two places.
#[inline(never)]
fn statement(view: &[u8], from: usize, to: usize) -> Option<usize> {
    // Nearly always it is not there, so the first letters are looked for alone.
    const FIRST: [u32; 2] = [u32::from_le_bytes(*b"inse"), u32::from_le_bytes(*b"crea")];
    let windows = view.get(from..view.len().min(to + 3))?.windows(4);
    let begins = |window: &[u8]| {
        let four = window.first_chunk().map_or(0, |w| u32::from_le_bytes(*w));
        FIRST.contains(&(four | 0x2020_2020))
    };
    let mut places = windows.enumerate().rev();
    places.find_map(|(at, window)| {
        (begins(window) && names(view, from + at).is_some()).then_some(from + at)
    })
}

/// The statement that names the columns of a row in the line at `first`; what has been looked for is known.
fn above(view: &[u8], known: &Cell<Known>, first: usize) -> Option<usize> {
    let mut table = known.get();
    let least = first.saturating_sub(FAR);
    let before = table.asked.checked_sub(1).map(|line| line as usize);
    let before = before.filter(|&line| line <= first);
    let from = before.map_or(least, |line| line.max(least));
    let known_before = before
        .and(table.stated.checked_sub(1))
        .map(|at| at as usize);
    let found = statement(view, from, first).or(known_before);
    table.asked = first as u32 + 1;
    table.stated = found.map_or(0, |at| at as u32 + 1);
    known.set(table);
    found.filter(|&at| at >= least)
}

/// How many commas stand behind the only bracket that is open at the end of a text, outside of quotation
/// marks and inner brackets.
fn column(text: &[u8]) -> Option<usize> {
    let (mut quoted, mut depth, mut commas) = (false, 0usize, 0);
    for &b in text {
        quoted ^= b == b'\'';
        match b {
            _ if quoted => {}
            b'(' => {
                depth += 1;
                commas = if depth == 1 { 0 } else { commas };
            }
            b')' => depth = depth.saturating_sub(1),
            b',' => commas += usize::from(depth == 1),
            _ => {}
        }
    }
    (depth == 1 && !quoted).then_some(commas)
}

/// May there be a statement in this text that names columns?
pub fn has_statements(view: &[u8], known: &Cell<Known>) -> bool {
    let mut table = known.get();
    if table.statements == 0 {
        table.statements = 1 + u32::from(may_begin(view, |at| named(view, at).is_some()));
        known.set(table);
    }
    table.statements > 1
}

/// The name of the column into which an SQL statement puts the value that begins here (semantics 62).
#[inline(never)]
fn inserted(view: &[u8], known: &Cell<Known>, start: usize) -> Option<(usize, usize)> {
    if !has_statements(view, known) {
        return None;
    }
    let first = line_of(view, known, start)?;
    // The quotation mark around a value is none of its row's.
    let quote = usize::from(start > first && view.get(start - 1) == Some(&b'\''));
    let own = view.get(first..start - quote)?;
    // It begins its cell.
    if !matches!(own.iter().rev().find(|b| **b != b' ')?, b'(' | b',') {
        return None;
    }
    let begins = own.iter().find(|b| !matches!(b, b' ' | b'\t'));
    let row = match values(own) {
        Some(at) => own.get(at..)?,
        None if begins == Some(&b'(') => own,
        None => return None,
    };
    let column = column(row)?;
    let at = statement(view, first, start).or_else(|| above(view, known, first))?;
    let open = names(view, at)?;
    // A row that says into which table it goes has the columns of that one.
    let own = (first..start).rev().find_map(|at| named(view, at));
    let table = named(view, at)?;
    if own.is_some_and(|own| own != table && name(view, own) != name(view, table)) {
        return None;
    }
    let (mut n, mut depth, mut from) = (0, 0usize, 0);
    let text = view.get(open..view.len().min(open + STATEMENT))?;
    let mut to = text.len();
    for (i, &b) in text.iter().enumerate() {
        match b {
            b'(' => depth += 1,
            b',' | b')' if depth == 0 => {
                if n == column || b == b')' {
                    to = i;
                    break;
                }
                n += 1;
                from = i + 1;
            }
            b')' => depth -= 1,
            _ => {}
        }
    }
    (n == column).then_some((open + from, open + to))
}

/// What says what the value is that begins here. Many detectors ask for the same one.
fn heads(view: &[u8], known: &Cell<Known>, start: usize) -> [(u32, u32); 2] {
    let asked = start as u32 + 1;
    if known.get().span != asked {
        let place = |place: Option<(usize, usize)>| {
            let (from, to) = place.unwrap_or_default();
            (from as u32, to as u32)
        };
        let heads = [
            place(head(view, known, start)),
            place(inserted(view, known, start)),
        ];
        known.set(Known {
            span: asked,
            heads,
            ..known.get()
        });
    }
    known.get().heads
}

/// Does one of the words stand in the head of the column in which the span lies?
#[inline(never)]
#[cfg_attr(feature = "module", unsafe(export_name = "optional.columns"))]
pub fn is_headed(
    tables: &Tables<'_>,
    block: u32,
    view: View<'_>,
    known: &Cell<Known>,
    (start, end): (usize, usize),
) -> bool {
    let bytes = view.bytes();
    let heads = heads(bytes, known, start);
    // Nearly always there are none.
    if heads == [(0, 0); 2] || has(bytes.get(start..end).unwrap_or(b"\n"), b'\n') {
        return false;
    }
    let Some(words) = Words::of(tables, block) else {
        return false;
    };
    heads.iter().any(|&(from, to)| {
        words
            .find(view, from as usize, to as usize, false)
            .is_some()
    })
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
