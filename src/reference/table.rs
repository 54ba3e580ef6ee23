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
