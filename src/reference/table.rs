//! Paragraph 49: tables in text, and the heads of their columns.

/// Longest line that is a row.
const LONGEST_ROW: usize = 1024;

/// A line with its place.
#[derive(Clone, Copy, Debug)]
struct Line<'v> {
    start: usize,
    text: &'v [u8],
}

impl Line<'_> {
    /// Places in the line that stand outside of quotation marks and hold this byte.
    fn places(&self, wanted: u8) -> Vec<usize> {
        let mut quoted = false;
        let mut places = Vec::new();
        for (at, &byte) in self.text.iter().enumerate() {
            if byte == b'"' {
                quoted = !quoted;
            }
            if byte == wanted && !quoted {
                places.push(at);
            }
        }
        places
    }

    /// What parts its cells, and how often.
    fn row(&self) -> Option<(u8, usize)> {
        let counted = |sign| (sign, self.places(sign).len());
        let signs = b"\t;|,".iter().copied().map(counted);
        let (sign, count) = signs.into_iter().find(|(_, count)| *count > 0)?;
        let prose = |at: usize| self.text.get(at + 1) == Some(&b' ');
        let is_list = || count > 1 && !self.places(b',').into_iter().any(prose);
        (self.text.len() <= LONGEST_ROW && (sign != b',' || is_list())).then_some((sign, count))
    }
}

/// Where the head of the column stands in which the span lies.
pub fn head(view: &[u8], start: usize, end: usize) -> Option<(usize, usize)> {
    let mut lines = Vec::new();
    let mut from = 0;
    for text in view.split(|b| *b == b'\n') {
        lines.push(Line { start: from, text });
        from += text.len() + 1;
    }
    let own = lines.iter().rposition(|line| line.start <= start)?;
    let line = lines.get(own)?;
    let (sign, count) = line.row()?;
    if end > line.start + line.text.len() {
        return None;
    }
    let above = lines.get(..own)?.iter().rev();
    let head = above
        .take_while(|line| line.row() == Some((sign, count)))
        .last()?;
    let before = |at: &&usize| **at < start - line.start;
    let column = line.places(sign).iter().filter(before).count();
    let mut edges = head.places(sign);
    edges.push(head.text.len());
    let from = match column.checked_sub(1) {
        Some(last) => edges.get(last)? + 1,
        None => 0,
    };
    Some((head.start + from, head.start + edges.get(column)?))
}

/// Does the comma at `at` part cells?
pub fn parts(view: &[u8], at: usize) -> bool {
    let is_end = |i: &usize| view.get(*i) == Some(&b'\n');
    let from = (at.saturating_sub(512)..at)
        .rev()
        .find(is_end)
        .map_or(at.saturating_sub(512), |i| i + 1);
    let to = (at..view.len().min(at + 512))
        .find(is_end)
        .unwrap_or(view.len().min(at + 512));
    let line = view.get(from..to).unwrap_or_default();
    let commas = line.iter().filter(|b| **b == b',').count();
    commas > 2 && !line.windows(2).any(|two| two == b", ")
}
