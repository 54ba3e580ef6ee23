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
        let inside = count > 1 || !self.is_open(sign);
        let is_list = || inside && !self.places(b',').into_iter().any(prose);
        (self.text.len() <= LONGEST_ROW && (sign != b',' || is_list())).then_some((sign, count))
    }

    /// The line without a carriage return at its end.
    fn bare(&self) -> &[u8] {
        self.text.strip_suffix(b"\r").unwrap_or(self.text)
    }

    /// Does its separator end it?
    fn is_open(&self, sign: u8) -> bool {
        let last = self.bare().len().checked_sub(1);
        last.is_some_and(|last| self.places(sign).contains(&last))
    }

    /// Do the two follow each other in a table?
    fn joins(&self, other: &Line<'_>) -> bool {
        let (Some((sign, count)), Some((other_sign, n))) = (self.row(), other.row()) else {
            return false;
        };
        let more = |line: &Line<'_>, count: usize, n: usize| count == n + 1 && line.is_open(sign);
        sign == other_sign && (count == n || more(self, count, n) || more(other, n, count))
    }

    /// Is nothing behind its first cell?
    fn is_title(&self) -> bool {
        let bare = self.bare();
        self.row().is_some_and(|(sign, count)| {
            let last = bare
                .len()
                .checked_sub(count)
                .and_then(|from| bare.get(from..));
            last.unwrap_or(bare).iter().all(|byte| *byte == sign)
        })
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
    let (sign, _) = line.row()?;
    if end > line.start + line.text.len() {
        return None;
    }
    let mut first = own;
    while first > 0 && lines.get(first)?.joins(lines.get(first - 1)?) {
        first -= 1;
    }
    let head = lines
        .get(first..own)?
        .iter()
        .find(|line| !line.is_title())?;
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

/// Paragraph 62: the name of the column into which an SQL statement puts a span's value.
pub fn inserted(view: &[u8], start: usize, end: usize) -> Option<(usize, usize)> {
    let lower = view.to_ascii_lowercase();
    let begin = view
        .get(..start)?
        .iter()
        .rposition(|b| *b == b'\n')
        .map_or(0, |i| i + 1);
    let quote = usize::from(start > begin && view.get(start - 1) == Some(&b'\''));
    let longest = LONGEST_ROW + usize::from(begin == 0);
    if start - begin > longest || view.get(start..end)?.contains(&b'\n') {
        return None;
    }
    let find = |text: &[u8], what: &[u8]| text.windows(what.len()).position(|w| w == what);
    let own = lower.get(begin..start - quote)?;
    if !own
        .iter()
        .rev()
        .find(|b| **b != b' ')
        .is_some_and(|b| b"(,".contains(b))
    {
        return None;
    }
    let row = match find(own, b"values") {
        Some(at) => own.get(at..)?,
        None if own.iter().find(|b| !b" \t".contains(b)) == Some(&b'(') => own,
        None => return None,
    };
    let mut open: Vec<usize> = Vec::new();
    let mut quoted = false;
    for &byte in row {
        if byte == b'\'' {
            quoted = !quoted;
        }
        match byte {
            _ if quoted => {}
            b'(' => open.push(0),
            b')' => drop(open.pop()),
            b',' => open.last_mut().into_iter().for_each(|commas| *commas += 1),
            _ => {}
        }
    }
    let &[column] = open.as_slice() else {
        return None;
    };
    if quoted {
        return None;
    }
    let least = begin.saturating_sub(16_384);
    let names = |at: &usize| -> Option<usize> {
        let rest = lower.get(*at..)?;
        let insert = rest.starts_with(b"insert into ");
        if !insert && !rest.starts_with(b"create table ") {
            return None;
        }
        let open = rest.iter().take(LONGEST_ROW).position(|b| *b == b'(')?;
        let bare = insert && find(rest.get(..open)?, b"values").is_some();
        (!bare).then_some(at + open + 1)
    };
    let statement = (least..start).rev().find(|at| names(at).is_some())?;
    let from = names(&statement)?;
    let table = |at: &usize| -> Option<(usize, &[u8])> {
        let rest = lower.get(*at..)?;
        let begins = [&b"insert into "[..], b"create table "];
        let keyword = begins
            .into_iter()
            .find(|keyword| rest.starts_with(keyword))?;
        let name = view
            .get(at + keyword.len()..)?
            .get(..LONGEST_ROW)
            .or(view.get(at + keyword.len()..))?;
        let end = name.iter().position(|b| b" (\n\r".contains(b)).unwrap_or(0);
        Some((*at, name.get(..end)?))
    };
    let own = (begin..start).rev().find_map(|at| table(&at));
    let (at, name) = table(&statement)?;
    if own.is_some_and(|own| own.0 != at && own.1 != name) {
        return None;
    }
    let text = view.get(from..view.len().min(from + 4_096))?;
    let mut cells = vec![0];
    let mut depth = 0;
    let mut to = text.len();
    for (at, &byte) in text.iter().enumerate() {
        match byte {
            b'(' => depth += 1,
            b')' if depth == 0 => {
                to = at;
                break;
            }
            b')' => depth -= 1,
            b',' if depth == 0 => cells.push(at + 1),
            _ => {}
        }
    }
    let first = cells.get(column)?;
    let last = cells.get(column + 1).map_or(to, |next| next - 1);
    Some((from + first, from + last))
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
