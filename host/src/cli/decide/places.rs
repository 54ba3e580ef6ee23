//! Bytes to places that people and programs count in: Unicode code points from the
//! beginning, and line and column. Broken bytes count one each. Where content has
//! parts, each counts its own lines: a person wrote or pasted them one by one.

use std::ops::Range;

/// Answers questions about places in one content, in any order.
pub struct Places {
    /// First byte of every code point, and the end.
    starts: Vec<usize>,
    /// Code point index of every line's beginning.
    lines: Vec<usize>,
    /// Index among the lines of every part's first.
    firsts: Vec<usize>,
}

impl Places {
    /// Reads content of several parts, which begin at these bytes.
    pub fn of_parts(content: &[u8], parts: impl Iterator<Item = Range<usize>>) -> Self {
        let mut places = Places::of(content);
        let begins = |part: Range<usize>| places.starts.partition_point(|at| *at < part.start);
        // A part may begin where a line of the part before it ends: it comes after that.
        let mut marked: Vec<(usize, bool)> =
            parts.skip(1).map(|part| (begins(part), true)).collect();
        marked.extend(places.lines.iter().map(|line| (*line, false)));
        marked.sort_unstable();
        for (index, (line, first)) in marked.iter().enumerate() {
            match places.lines.get_mut(index) {
                Some(place) => *place = *line,
                None => places.lines.push(*line),
            }
            if *first {
                places.firsts.push(index);
            }
        }
        places
    }

    /// Reads the content once.
    pub fn of(content: &[u8]) -> Self {
        let mut starts = Vec::with_capacity(content.len());
        let mut lines = vec![0];
        let mut at = 0;
        for chunk in content.utf8_chunks() {
            for (offset, c) in chunk.valid().char_indices() {
                starts.push(at + offset);
                if c == '\n' {
                    lines.push(starts.len());
                }
            }
            at += chunk.valid().len();
            for offset in 0..chunk.invalid().len() {
                starts.push(at + offset);
            }
            at += chunk.invalid().len();
        }
        starts.push(at);
        Places {
            starts,
            lines,
            firsts: vec![0],
        }
    }

    /// The code point that begins at or before a byte.
    pub fn code_point(&self, byte: usize) -> usize {
        self.starts
            .partition_point(|start| *start <= byte)
            .saturating_sub(1)
    }

    /// Code points that a range of bytes covers, end exclusive.
    pub fn span(&self, start: usize, end: usize) -> (usize, usize) {
        let last = self.starts.partition_point(|at| *at < end);
        (self.code_point(start), last)
    }

    /// Line and column, both from 1, in the part where the byte stands.
    pub fn line_column(&self, byte: usize) -> (usize, usize) {
        let at = self.code_point(byte);
        let line = self.lines.partition_point(|start| *start <= at);
        let start = line.checked_sub(1).and_then(|i| self.lines.get(i));
        let part = self.firsts.partition_point(|first| *first < line);
        let first = part.checked_sub(1).and_then(|i| self.firsts.get(i));
        (
            line - first.copied().unwrap_or(0),
            at - start.copied().unwrap_or(0) + 1,
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_points_lines_and_columns() {
        let places = Places::of("äb\ncd😀e".as_bytes());
        assert_eq!(places.span(0, 2), (0, 1));
        assert_eq!(places.span(2, 3), (1, 2));
        assert_eq!(places.span(6, 10), (5, 6));
        assert_eq!(places.span(6, 11), (5, 7));
        assert_eq!(places.line_column(0), (1, 1));
        assert_eq!(places.line_column(2), (1, 2));
        assert_eq!(places.line_column(4), (2, 1));
        assert_eq!(places.line_column(10), (2, 4));
    }

    #[test]
    fn each_part_counts_its_own_lines() {
        let text = "äb\ncd\n|x\ny|z".replace('|', "");
        for parts in [vec![0..7, 7..10, 10..11], vec![0..7, 7..7, 7..10, 10..11]] {
            let places = Places::of_parts(text.as_bytes(), parts.into_iter());
            for (byte, place) in [
                (0, (1, 1)),
                (4, (2, 1)),
                (7, (1, 1)),
                (9, (2, 1)),
                (10, (1, 1)),
            ] {
                assert_eq!(places.line_column(byte), place, "{byte}");
            }
            assert_eq!(places.span(7, 8), (6, 7));
        }
    }

    #[test]
    fn broken_bytes_count_one_each() {
        let places = Places::of(b"a\xff\xfeb");
        assert_eq!(places.span(3, 4), (3, 4));
        assert_eq!(places.span(0, 4), (0, 4));
    }
}
