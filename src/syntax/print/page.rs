//! The page that the printer writes on, and the comments that it must not lose.
//!
//! Nodes are written in source order, so comments need no tree: before a line
//! begins that stands at byte `p` of the source, every comment from before `p` is
//! written. One that stood behind something goes to the end of the line that is
//! open; one that stood alone gets a line of its own. What is left at the end of
//! the file is written there. Hence no comment is lost, whatever the tree.
//!
//! Blank lines: one between items (see `items`), none at the beginning of a block
//! or before its `}`, and elsewhere one where the source has at least one. The
//! source is only looked at for that; without it there are none.

use crate::syntax::ast::{Comment, Span};

/// Lines are broken at this column where they can be.
pub(super) const WIDTH: usize = 100;

/// Text under construction.
pub(super) struct Page<'f> {
    out: String,
    line: String,
    /// A comment ends the open line: nothing may follow on it.
    closed: bool,
    /// The open line begins a block: no blank line behind it.
    opens: bool,
    source: Option<&'f str>,
    comments: std::iter::Peekable<std::slice::Iter<'f, Comment>>,
}

/// Whether a blank line stands before a line.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Gap {
    /// Never: a continuation.
    No,
    /// Where the source has one.
    AsWritten,
    /// Always.
    Yes,
}

impl<'f> Page<'f> {
    /// An empty page.
    pub fn new(comments: &'f [Comment], source: Option<&'f str>) -> Self {
        Page {
            out: String::new(),
            line: String::new(),
            closed: false,
            opens: true,
            source,
            comments: comments.iter().peekable(),
        }
    }

    /// Writes on the open line.
    pub fn push(&mut self, text: &str) {
        self.line.push_str(text);
    }

    /// Writes several lines as they are; the last one stays open.
    pub fn push_lines(&mut self, text: &str) {
        let mut lines = text.split('\n');
        self.line.push_str(lines.next().unwrap_or(""));
        for line in lines {
            self.end_line();
            self.line.push_str(line);
        }
    }

    /// Characters on the open line.
    pub fn column(&self) -> usize {
        self.line.chars().count()
    }

    /// True where a comment is waiting from inside `first..last`.
    pub fn comments_before(&mut self, at: u32) -> bool {
        self.comments.peek().is_some_and(|c| c.span.start < at)
    }

    /// Marks the open line as the beginning of a block.
    pub fn opens_block(&mut self) {
        self.opens = true;
    }

    /// Begins a line for what stands at byte `at` of the source.
    pub fn start_line(&mut self, indent: usize, at: u32, gap: Gap) {
        let mut gap = gap;
        while let Some(comment) = self.comments.next_if(|c| c.span.start < at) {
            let behind = !comment.own_line && !self.closed && !self.line.trim().is_empty();
            if behind {
                self.line.push_str("  ");
                self.line.push_str(&comment.text);
            } else {
                self.begin(indent, comment.span, gap);
                self.line.push_str(&comment.text);
                if gap == Gap::Yes {
                    gap = Gap::AsWritten;
                }
            }
            self.closed = true;
        }
        self.begin(indent, Span { start: at, end: at }, gap);
    }

    fn begin(&mut self, indent: usize, span: Span, gap: Gap) {
        let empty = self.out.is_empty() && self.line.is_empty();
        if !empty {
            self.end_line();
        }
        let blank = match gap {
            Gap::No => false,
            Gap::Yes => true,
            Gap::AsWritten => self.blank_before(span.start),
        };
        if blank && !self.opens && !empty {
            self.out.push('\n');
        }
        self.opens = false;
        self.closed = false;
        self.line.push_str(&" ".repeat(indent));
    }

    /// True where the source has a blank line before the line of this byte, and
    /// only a keyword (of up to three words: `expect not found`) stands before it on that line.
    fn blank_before(&self, at: u32) -> bool {
        let before = self.source.and_then(|s| s.get(..at as usize)).unwrap_or("");
        let line = before.rfind('\n').map_or(0, |i| i + 1);
        let (above, keyword) = before.split_at(line);
        let words = keyword.split_whitespace();
        let plain = |word: &str| word.bytes().all(|b| b.is_ascii_lowercase() || b == b'_');
        if words.clone().count() > 3 || !words.clone().all(plain) {
            return false;
        }
        let text = above.trim_end_matches([' ', '\t', '\r', '\n']);
        above.get(text.len()..).unwrap_or("").matches('\n').count() > 1
    }

    fn end_line(&mut self) {
        self.out.push_str(self.line.trim_end());
        self.out.push('\n');
        self.line.clear();
    }

    /// The `}` of a block that ends at `end`, and comments before it.
    pub fn close(&mut self, indent: usize, end: u32) {
        let at = end.saturating_sub(1);
        if self.comments_before(at) {
            self.comments_inside(indent + 2, at);
        }
        self.begin(indent, Span::default(), Gap::No);
        self.push("}");
    }

    fn comments_inside(&mut self, indent: usize, at: u32) {
        while let Some(comment) = self.comments.next_if(|c| c.span.start < at) {
            if !comment.own_line && !self.closed {
                self.line.push_str("  ");
            } else {
                self.begin(indent, comment.span, Gap::AsWritten);
            }
            self.line.push_str(&comment.text);
            self.closed = true;
        }
    }

    /// The whole text; what comments are left stand at its end.
    pub fn finish(mut self) -> String {
        self.opens = self.out.is_empty() && self.line.is_empty();
        self.comments_inside(0, u32::MAX);
        if !self.line.is_empty() {
            self.end_line();
        }
        self.out
    }
}
