//! The content with its findings marked, for the person who is about to send it.
//!
//! Only here is content shown at all: on the terminal of its own author. Short
//! content is shown whole; of long content only what stands around the findings,
//! with `…` where something was left out. With colour a finding is highlighted,
//! without it is marked as `[4012 8888 8888 1881]{CARD}`.

use crate::cli::text::{WIDTH, columns_of_char, harmless_char};
use anstyle::{AnsiColor, Style};
use std::ops::Range;

/// A span to mark, in bytes of the content.
pub struct Mark {
    /// Where.
    pub span: Range<usize>,
    /// Placeholder, such as `IBAN`.
    pub label: String,
    /// 1 to 3.
    pub confidence: u8,
}

impl Mark {
    /// The same in bytes of a piece that begins at `start`.
    pub fn moved_back(&self, start: usize) -> Mark {
        Mark {
            span: self.span.start - start..self.span.end - start,
            label: self.label.clone(),
            confidence: self.confidence,
        }
    }
}

/// Content up to this many bytes is shown whole.
pub const WHOLE: usize = 1200;
/// Bytes shown on both sides of a finding in longer content.
const AROUND: usize = 110;
/// Most findings that are shown in longer content.
pub const MOST: usize = 8;

const INDENT: &str = "  │ ";

/// One character of the page.
struct Cell {
    c: char,
    style: Option<Style>,
    /// Inside a mark: a line is rather broken elsewhere.
    marked: bool,
}

/// Lines for the terminal. `marks` are sorted and do not overlap.
pub fn render(content: &[u8], marks: &[Mark], color: bool) -> String {
    let mut out = String::new();
    let content = content.trim_ascii_end();
    let windows = windows(content, marks);
    let whole = matches!(windows.as_slice(), [only] if *only == (0..content.len()));
    for window in windows {
        let mut cells = Vec::new();
        if !whole && window.start > 0 {
            push(&mut cells, "…", None, false);
        }
        fill(&mut cells, content, window.clone(), marks, color);
        if !whole && window.end < content.len() {
            push(&mut cells, "…", None, false);
        }
        lines(&cells, &mut out);
    }
    out
}

/// Which ranges are shown, at character boundaries.
fn windows(content: &[u8], marks: &[Mark]) -> Vec<Range<usize>> {
    if content.len() <= WHOLE {
        return std::iter::once(0..content.len()).collect();
    }
    let mut out: Vec<Range<usize>> = Vec::new();
    for mark in marks.iter().take(MOST) {
        let start = boundary(content, mark.span.start.saturating_sub(AROUND));
        let end = boundary(content, (mark.span.end + AROUND).min(content.len()));
        match out.last_mut() {
            Some(last) if start <= last.end => last.end = end.max(last.end),
            _ => out.push(start..end),
        }
    }
    if out.is_empty() {
        out.push(0..boundary(content, 4 * AROUND));
    }
    out
}

/// The nearest boundary of a character at or before a place.
fn boundary(content: &[u8], mut at: usize) -> usize {
    while at > 0 && content.get(at).is_some_and(|b| b & 0xC0 == 0x80) {
        at -= 1;
    }
    at
}

fn fill(cells: &mut Vec<Cell>, content: &[u8], window: Range<usize>, marks: &[Mark], color: bool) {
    let text = |range: Range<usize>| {
        String::from_utf8_lossy(content.get(range).unwrap_or_default()).into_owned()
    };
    let mut at = window.start;
    for mark in marks {
        if mark.span.start < at || mark.span.end > window.end {
            continue;
        }
        push(cells, &text(at..mark.span.start), None, false);
        let inside = text(mark.span.clone());
        if color {
            push(cells, &inside, Some(style(mark.confidence)), true);
        } else {
            push(cells, &format!("[{inside}]{{{}}}", mark.label), None, true);
        }
        at = mark.span.end;
    }
    push(cells, &text(at..window.end), None, false);
}

fn push(cells: &mut Vec<Cell>, text: &str, style: Option<Style>, marked: bool) {
    cells.extend(text.chars().map(|c| Cell {
        c: match harmless_char(c) {
            '\t' => ' ',
            c => c,
        },
        style,
        marked,
    }));
}

fn style(confidence: u8) -> Style {
    let color = match confidence {
        3 => AnsiColor::Red,
        2 => AnsiColor::Yellow,
        _ => AnsiColor::Cyan,
    };
    color.on_default().bold().underline()
}

/// Breaks cells into lines of the page's width, at blanks where there are any.
fn lines(cells: &[Cell], out: &mut String) {
    let width = WIDTH - INDENT.chars().count();
    for line in cells.split(|cell| cell.c == '\n') {
        let mut rest = line;
        loop {
            let (now, later) = rest.split_at(break_at(rest, width));
            out.push_str(INDENT);
            draw(now, out);
            out.truncate(out.trim_end_matches(' ').len());
            out.push('\n');
            rest = later;
            while let Some((first, tail)) = rest.split_first()
                && first.c == ' '
            {
                rest = tail;
            }
            if rest.is_empty() {
                break;
            }
        }
    }
}

/// How many cells fit on a line.
fn break_at(cells: &[Cell], width: usize) -> usize {
    let mut columns = 0;
    let mut blank = None;
    for (i, cell) in cells.iter().enumerate() {
        columns += columns_of_char(cell.c);
        if columns > width {
            return blank.unwrap_or(i.max(1));
        }
        if cell.c == ' ' && !cell.marked {
            blank = Some(i + 1);
        }
    }
    cells.len()
}

fn draw(cells: &[Cell], out: &mut String) {
    let mut now: Option<Style> = None;
    for cell in cells {
        if cell.style != now {
            if let Some(style) = now {
                out.push_str(&format!("{style:#}"));
            }
            if let Some(style) = cell.style {
                out.push_str(&format!("{style}"));
            }
            now = cell.style;
        }
        out.push(cell.c);
    }
    if let Some(style) = now {
        out.push_str(&format!("{style:#}"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mark(span: Range<usize>) -> Mark {
        Mark {
            span,
            label: "CARD".to_owned(),
            confidence: 3,
        }
    }

    #[test]
    fn findings_are_marked_without_colour() {
        let text = "Karte 4012 8888 ist da";
        assert_eq!(
            render(text.as_bytes(), &[mark(6..15)], false),
            "  │ Karte [4012 8888]{CARD} ist da\n"
        );
    }

    #[test]
    fn long_content_is_cut_around_findings() {
        let text = format!("{}KARTE{}", "ä ".repeat(2000), " ö".repeat(2000));
        let out = render(text.as_bytes(), &[mark(6000..6005)], false);
        assert!(out.contains("[KARTE]{CARD}") && out.starts_with("  │ …"));
        assert!(out.lines().count() < 8);
        assert!(out.lines().all(|line| line.chars().count() <= WIDTH));
        assert!(!out.contains('\u{FFFD}'));
    }

    #[test]
    fn nothing_breaks_on_broken_text() {
        let out = render(b"\xff\xfe\x1b[2J", &[], true);
        assert!(!out.contains('\u{1b}'));
    }
}
