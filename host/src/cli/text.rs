//! Text for a terminal: made harmless, wrapped, padded.
//!
//! Content and messages may hold anything, also the sequences by which a terminal
//! is told to do things, and signs that turn the direction of writing. Nothing
//! from outside reaches the terminal before [`harmless`] has replaced those.

/// Columns of a page.
pub const WIDTH: usize = 100;

/// Control characters and direction marks become visible signs; line ends and tabs stay.
pub fn harmless(text: &str) -> String {
    text.chars().map(harmless_char).collect()
}

/// As [`harmless`], for one character.
pub fn harmless_char(c: char) -> char {
    match c {
        '\n' | '\t' => c,
        '\0'..='\u{1F}' => char::from_u32(0x2400 + u32::from(c)).unwrap_or('\u{FFFD}'),
        '\u{7F}' => '\u{2421}',
        '\u{80}'..='\u{9F}' => '\u{FFFD}',
        '\u{200B}'..='\u{200F}'
        | '\u{202A}'..='\u{202E}'
        | '\u{2060}'..='\u{2069}'
        | '\u{FEFF}'
        | '\u{AD}' => '\u{B7}',
        _ => c,
    }
}

/// One line: white space folded, harmless.
pub fn one_line(text: &str) -> String {
    harmless(&text.split_whitespace().collect::<Vec<_>>().join(" "))
}

/// Lines of at most `width` columns; a longer word stands alone and is not broken.
pub fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut lines = Vec::new();
    for paragraph in text.lines() {
        let mut line = String::new();
        let mut columns = 0;
        for word in paragraph.split_whitespace() {
            let len = columns_of(word);
            if columns > 0 && columns + 1 + len > width {
                lines.push(std::mem::take(&mut line));
                columns = 0;
            }
            if columns > 0 {
                line.push(' ');
                columns += 1;
            }
            line.push_str(word);
            columns += len;
        }
        lines.push(line);
    }
    lines
}

/// A wrapped paragraph behind an indentation; the first line begins with `first`,
/// which is as wide as the indentation.
pub fn paragraph(first: &str, text: &str) -> String {
    let indent = columns_of(first);
    let mut out = String::new();
    for (i, line) in wrap(text, WIDTH - indent).iter().enumerate() {
        match i {
            0 => out.push_str(first),
            _ => out.push_str(&" ".repeat(indent)),
        }
        out.push_str(line);
        out.push('\n');
    }
    out
}

/// Columns a text takes: one per character, none for combining marks, two for wide ones.
pub fn columns_of(text: &str) -> usize {
    text.chars().map(columns_of_char).sum()
}

/// Columns of one character.
pub fn columns_of_char(c: char) -> usize {
    match c {
        '\u{300}'..='\u{36F}' | '\u{FE00}'..='\u{FE0F}' => 0,
        '\u{1100}'..='\u{115F}'
        | '\u{2E80}'..='\u{A4CF}'
        | '\u{AC00}'..='\u{D7A3}'
        | '\u{F900}'..='\u{FAFF}'
        | '\u{FF00}'..='\u{FF60}'
        | '\u{1F300}'..='\u{1FAFF}'
        | '\u{20000}'..='\u{3FFFD}' => 2,
        _ => 1,
    }
}

/// Pads to a width with blanks.
pub fn pad(text: &str, width: usize) -> String {
    let blanks = width.saturating_sub(columns_of(text));
    format!("{text}{}", " ".repeat(blanks))
}

/// Cuts to a width with an ellipsis.
pub fn cut(text: &str, width: usize) -> String {
    if columns_of(text) <= width {
        return text.to_owned();
    }
    let mut out = String::new();
    let mut columns = 1;
    for c in text.chars() {
        columns += columns_of_char(c);
        if columns > width {
            break;
        }
        out.push(c);
    }
    out.push('…');
    out
}

/// Rows with columns as wide as their widest cell, two blanks between; the last is not padded.
pub fn table(indent: &str, rows: &[Vec<String>]) -> String {
    let count = rows.iter().map(Vec::len).max().unwrap_or(0);
    let widths: Vec<usize> = (0..count)
        .map(|i| {
            let cells = rows.iter().filter_map(|row| row.get(i));
            cells.map(|cell| columns_of(cell)).max().unwrap_or(0)
        })
        .collect();
    let mut out = String::new();
    for row in rows {
        let cells: Vec<String> = row
            .iter()
            .zip(&widths)
            .map(|(cell, width)| pad(cell, *width))
            .collect();
        out.push_str(format!("{indent}{}", cells.join("  ")).trim_end());
        out.push('\n');
    }
    out
}

/// A number with thin groups of thousands: `1 234 567`.
pub fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(' ');
        }
        out.push(digit);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_from_outside_steers_the_terminal() {
        assert_eq!(harmless("a\u{1b}[31mb\u{202e}c\r\n"), "a␛[31mb·c␍\n");
        assert_eq!(harmless("\u{9b}\u{7f}"), "\u{FFFD}␡");
    }

    #[test]
    fn lines_are_wrapped_at_words() {
        assert_eq!(wrap("one two three", 7), ["one two", "three"]);
        assert_eq!(wrap("incomprehensible", 4), ["incomprehensible"]);
        assert_eq!(paragraph("  • ", "a b"), "  • a b\n");
    }

    #[test]
    fn tables_are_aligned() {
        let rows = [["a", "b"], ["ccc", "d"]].map(|row| row.map(str::to_owned).to_vec());
        assert_eq!(table(" ", &rows), " a    b\n ccc  d\n");
        assert_eq!(grouped(1_234_567), "1 234 567");
        assert_eq!(cut("abcdef", 4), "abc…");
    }
}
