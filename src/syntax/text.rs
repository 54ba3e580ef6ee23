//! What stands between quotes: escapes and the indentation of blocks.
//!
//! `"…"` may span lines and keeps them as they are. `"""…"""` is for longer
//! texts: the line break after the opening quotes goes, so does the indentation
//! that all its lines share; the line of the closing quotes counts, and what is
//! left of it when it is blank is nothing, so such a text ends with a line break.
//! Blank lines become empty and do not count. Indentation goes before escapes are
//! read, so `\u{20}` and `\t` are never taken for it. A line break is one `\n`,
//! whether the file has LF or CRLF.

use nom::IResult;
use nom::Parser;
use nom::branch::alt;
use nom::bytes::complete::{tag, take_while_m_n, take_while1};
use nom::character::complete::{anychar, char};
use nom::combinator::{map, map_opt, value};
use nom::sequence::delimited;

use super::ast::Span;

/// A piece of a text: plain, escaped, or a backslash that means nothing.
enum Piece<'a> {
    Plain(&'a str),
    Char(char),
    Bad(&'a str),
}

/// One piece.
fn piece(input: &str) -> IResult<&str, Piece<'_>> {
    let hex = map_opt(
        delimited(
            tag("\\u{"),
            take_while_m_n(1, 6, |c: char| c.is_ascii_hexdigit()),
            char('}'),
        ),
        |digits: &str| {
            u32::from_str_radix(digits, 16)
                .ok()
                .and_then(char::from_u32)
        },
    );
    let simple = alt((
        value('"', tag("\\\"")),
        value('\\', tag("\\\\")),
        value('\n', tag("\\n")),
        value('\t', tag("\\t")),
        value('\r', tag("\\r")),
    ));
    alt((
        map(take_while1(|c| c != '\\'), Piece::Plain),
        map(alt((simple, hex)), Piece::Char),
        map(
            nom::combinator::recognize((char('\\'), anychar)),
            Piece::Bad,
        ),
        map(tag("\\"), Piece::Bad),
    ))
    .parse(input)
}

/// Reads the escapes of `raw`, which begins at byte `base` of the file, onto `out`.
fn unescape(raw: &str, base: usize, out: &mut String, bad: &mut Vec<Span>) {
    let mut rest = raw;
    while let Ok((next, piece)) = piece(rest) {
        match piece {
            Piece::Plain(plain) => out.push_str(plain),
            Piece::Char(c) => out.push(c),
            Piece::Bad(written) => {
                let start = base + raw.len() - rest.len();
                bad.push(Span::new(start, start + written.len()));
            }
        }
        rest = next;
    }
}

/// The value of `"…"`: `raw` is what stands between the quotes.
pub(crate) fn line_text(raw: &str, base: usize, bad: &mut Vec<Span>) -> String {
    let mut out = String::with_capacity(raw.len());
    for (index, (line, at)) in lines(raw).enumerate() {
        if index > 0 {
            out.push('\n');
        }
        unescape(line, base + at, &mut out, bad);
    }
    out
}

/// The value of `"""…"""`: `raw` is what stands between the quotes.
pub(crate) fn block_text(raw: &str, base: usize, bad: &mut Vec<Span>) -> String {
    let last = raw.matches('\n').count();
    let mut common: Option<&str> = None;
    for (index, (line, _)) in lines(raw).enumerate().skip(1) {
        let indentation = &line[..line.len() - line.trim_start_matches([' ', '\t']).len()];
        if indentation.len() < line.len() || index == last {
            common = Some(common.map_or(indentation, |c| shared(c, indentation)));
        }
    }
    let common = common.unwrap_or("");
    let mut out = String::with_capacity(raw.len());
    let mut begun = false;
    for (index, (line, at)) in lines(raw).enumerate() {
        let blank = line.trim_matches([' ', '\t']).is_empty();
        if index > 1 || begun {
            out.push('\n');
        }
        match line.strip_prefix(common) {
            _ if blank && last > 0 => {}
            Some(inner) if index > 0 => {
                unescape(inner, base + at + common.len(), &mut out, bad);
            }
            _ => {
                begun = true;
                unescape(line, base + at, &mut out, bad);
            }
        }
    }
    out
}

/// Lines with their offsets; CRLF counts as one line break.
fn lines(raw: &str) -> impl Iterator<Item = (&str, usize)> {
    let mut at = 0;
    raw.split('\n').map(move |line| {
        let start = at;
        at += line.len() + 1;
        let ends_text = at > raw.len();
        let line = line
            .strip_suffix('\r')
            .filter(|_| !ends_text)
            .unwrap_or(line);
        (line, start)
    })
}

/// The shared beginning of two indentations.
fn shared<'a>(a: &'a str, b: &str) -> &'a str {
    let same = a.bytes().zip(b.bytes()).take_while(|(x, y)| x == y).count();
    a.get(..same).unwrap_or("")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn block(raw: &str) -> String {
        let mut bad = Vec::new();
        let text = block_text(raw, 0, &mut bad);
        assert!(bad.is_empty());
        text
    }

    #[test]
    fn a_block_loses_its_common_indentation_and_the_first_line_break() {
        assert_eq!(block("\n    one\n      two\n    "), "one\n  two\n");
        assert_eq!(block("\n    one\n    two"), "one\ntwo");
        assert_eq!(block("\n    one\n  "), "  one\n");
        assert_eq!(block("\n  one\n\n \t \n  two\n  "), "one\n\n\ntwo\n");
        assert_eq!(block("one"), "one");
        assert_eq!(block("  one"), "  one");
        assert_eq!(block("one\n  two"), "one\ntwo");
        assert_eq!(block("\n  one\r\n  two"), "one\ntwo");
        assert_eq!(block("\n  \\u{20} one\n  two"), "  one\ntwo");
        assert_eq!(block(""), "");
        assert_eq!(block("\n\n  one"), "\none");
    }

    #[test]
    fn escapes_are_read_and_bad_ones_are_named_where_they_stand() {
        let mut bad = Vec::new();
        assert_eq!(line_text(r#"a\"b\\\n\t\u{e4}"#, 0, &mut bad), "a\"b\\\n\tä");
        assert!(bad.is_empty());
        assert_eq!(
            line_text(r"x\qy\u{110000}z\", 10, &mut bad),
            "xyu{110000}z".replace("u{", "{")
        );
        assert_eq!(bad.len(), 3);
        assert_eq!(bad.first(), Some(&Span::new(11, 13)));
    }
}
