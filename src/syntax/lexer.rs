//! Text to tokens.
//!
//! One pass, no backtracking beyond one token; comments are collected aside, each
//! with its place, for the printer. A damaged token is reported and still becomes
//! a token (an impossible date is a date), so that the grammar behind it is read
//! as if nothing had happened.
//!
//! **A forgotten quote.** Texts may span lines, so one missing quote turns the
//! rest of a file inside out, and the lexer only notices at the end. It then reads
//! the file once more with texts that end on their line, and the first line that
//! does not close its text is where the person looks first.

use super::ast::{Comment, Date, Span};
use super::codes;
use super::shape::{Mode, Shape, blanks, shape};
use super::sink::Sink;
use super::text::{block_text, line_text};
use super::token::{Kind, Token, clip};

/// Longest text between quotes, in bytes.
pub const LONGEST_TEXT: usize = 64 * 1024;

/// The tokens of a file, without its end.
pub(crate) struct Lexed<'a> {
    /// In source order, the last one is [`Kind::End`].
    pub tokens: Vec<Token<'a>>,
    /// In source order.
    pub comments: Vec<Comment>,
}

/// Reads a whole file.
pub(crate) fn lex<'a>(text: &'a str, sink: &mut Sink) -> Lexed<'a> {
    Lexer::new(text, sink, false).run().unwrap_or_else(|| {
        Lexer::new(text, sink, true).run().unwrap_or(Lexed {
            tokens: Vec::new(),
            comments: Vec::new(),
        })
    })
}

struct Lexer<'a, 's> {
    text: &'a str,
    at: usize,
    sink: &'s mut Sink,
    one_line: bool,
    tokens: Vec<Token<'a>>,
    comments: Vec<Comment>,
    problems: Vec<crate::diagnostics::Diagnostic>,
}

impl<'a, 's> Lexer<'a, 's> {
    fn new(text: &'a str, sink: &'s mut Sink, one_line: bool) -> Self {
        Lexer {
            text,
            at: if text.starts_with('\u{feff}') { 3 } else { 0 },
            sink,
            one_line,
            tokens: Vec::new(),
            comments: Vec::new(),
            problems: Vec::new(),
        }
    }

    /// `None` when a text stays open in the first reading.
    fn run(mut self) -> Option<Lexed<'a>> {
        let mut first = true;
        loop {
            let rest = self.text.get(self.at..).unwrap_or("");
            let (rest, blank) = blanks(rest).unwrap_or((rest, ""));
            first |= blank.contains('\n');
            self.at = self.text.len() - rest.len();
            if rest.is_empty() {
                break;
            }
            let asks_regex = self
                .tokens
                .last()
                .and_then(Token::word)
                .is_some_and(|w| matches!(w, "pattern" | "after" | "matches"));
            let mode = Mode {
                regex: asks_regex,
                one_line: self.one_line,
            };
            let Ok((after, found)) = shape(mode)(rest) else {
                break;
            };
            if matches!(found, Shape::OpenText(1)) && !self.one_line {
                return None;
            }
            let start = self.at;
            self.at = self.text.len() - after.len();
            if let Shape::Comment(text) = found {
                self.comments.push(Comment {
                    text: text.to_owned(),
                    span: Span::new(start, start + text.len()),
                    own_line: first,
                });
            } else if let Some(kind) = self.kind(found, start) {
                self.tokens.push(Token {
                    kind,
                    span: Span::new(start, self.at),
                    first,
                    column_zero: first
                        && (start == 0 || self.text.as_bytes().get(start - 1) == Some(&b'\n')),
                });
                first = false;
            }
        }
        self.tokens.push(Token {
            kind: Kind::End,
            span: Span::new(self.text.len(), self.text.len()),
            first: true,
            column_zero: true,
        });
        for problem in self.problems {
            self.sink.push(problem);
        }
        Some(Lexed {
            tokens: self.tokens,
            comments: self.comments,
        })
    }

    fn problem(
        &mut self,
        code: &'static crate::diagnostics::Code,
        span: Span,
        message: impl Into<String>,
        dress: impl FnOnce(crate::diagnostics::Diagnostic) -> crate::diagnostics::Diagnostic,
    ) {
        if self.problems.len() <= super::sink::MOST_ERRORS {
            let bare = self.sink.diagnostic(code, span, message);
            self.problems.push(dress(bare));
        }
    }

    /// Evaluates a shape that stands at `start..self.at`.
    fn kind(&mut self, shape: Shape<'a>, start: usize) -> Option<Kind<'a>> {
        let span = Span::new(start, self.at);
        Some(match shape {
            Shape::Comment(_) => return None,
            Shape::Word(word) => Kind::Word(word),
            Shape::Number(written) => Kind::Int(self.number(written, span)),
            Shape::Date(written) => Kind::Date(self.date(written, span)),
            Shape::Text(raw) => self.text(raw, start, 1),
            Shape::Block(raw) => self.text(raw, start, 3),
            Shape::OpenText(quotes) => self.open_text(start, quotes),
            Shape::Regex(pattern, flags) => self.regex(pattern, flags, span),
            Shape::OpenRegex(pattern) => {
                let end = start + 1 + pattern.len();
                self.problem(
                    &codes::UNTERMINATED_REGEX,
                    Span::new(start, end),
                    "this regular expression does not end on its line",
                    |d| {
                        d.label("begins here")
                            .help("close it with `/`; a slash inside is written `\\/`")
                    },
                );
                Kind::Regex {
                    pattern,
                    fold: false,
                }
            }
            Shape::Sign(sign) => Kind::Sign(sign),
            Shape::Foreign(written, ours) => {
                self.problem(
                    &codes::STRAY_CHARACTER,
                    span,
                    format!("`{written}` is written `{ours}` here"),
                    |d| d.suggest(ours),
                );
                if matches!(ours, "and" | "or" | "not") {
                    Kind::Word(ours)
                } else {
                    Kind::Sign(ours)
                }
            }
            Shape::Stray(written) => {
                self.stray(written, span);
                return None;
            }
        })
    }

    fn number(&mut self, written: &str, span: Span) -> i64 {
        let plain: String = written.chars().filter(|c| *c != '_').collect();
        if let Ok(number) = plain.parse::<i64>()
            && !written.starts_with('+')
        {
            return number;
        }
        let digits = |s: &str| s.chars().all(|c| c.is_ascii_digit());
        let bare = plain.trim_start_matches(['-', '+']);
        let help = if digits(bare) && written.starts_with('+') {
            "leave out the `+`"
        } else if digits(bare) {
            "the largest number is 9223372036854775807"
        } else if written.contains('.') {
            "numbers are whole"
        } else {
            "a number is digits, with `_` between them if you like; a name begins with a letter"
        };
        self.problem(
            &codes::BAD_NUMBER,
            span,
            format!("`{}` is not a number", clip(written)),
            |d| d.help(help),
        );
        0
    }

    fn date(&mut self, written: &str, span: Span) -> Date {
        let parts: Vec<&str> = written.split('-').collect();
        let shaped = parts.iter().map(|p| p.len()).eq([4, 2, 2]);
        let number = |index: usize| -> u16 {
            let part: Option<&&str> = parts.get(index);
            part.and_then(|p| p.parse().ok()).unwrap_or(0)
        };
        let (year, month, day) = (number(0), number(1), number(2));
        if shaped {
            if let Some(date) = civil(year, month, day) {
                return date;
            }
            let last = (28..day).rev().find_map(|d| civil(year, month, d));
            let message = format!("`{written}` is not a day of the calendar");
            self.problem(&codes::BAD_DATE, span, message, |d| match last {
                Some(last) if day <= 31 => d
                    .help("this is the last day of that month")
                    .suggest(last.to_string()),
                _ if year == 0 => d.help("years run from 0001 to 9999"),
                _ => d.help("a date is written YYYY-MM-DD"),
            });
        } else {
            let meant =
                civil(year, month, day).filter(|_| parts.first().map(|y| y.len()) == Some(4));
            let message = format!("`{}` is not a date", clip(written));
            self.problem(&codes::BAD_DATE, span, message, |d| {
                let d = d.help("a date is written YYYY-MM-DD");
                match meant {
                    Some(date) => d.suggest(date.to_string()),
                    None => d,
                }
            });
        }
        Date {
            year: 1,
            month: 1,
            day: 1,
        }
    }

    fn text(&mut self, raw: &'a str, start: usize, quotes: usize) -> Kind<'a> {
        let mut bad = Vec::new();
        let value = if quotes == 3 {
            block_text(raw, start + quotes, &mut bad)
        } else {
            line_text(raw, start + quotes, &mut bad)
        };
        for span in bad {
            let written = self.text.get(span.range()).unwrap_or("\\");
            let message = format!("`{}` means nothing in a text", written.escape_debug());
            self.problem(&codes::BAD_ESCAPE, span, message, |d| {
                d.help(r#"write `\\` for a backslash; there are `\"` `\n` `\t` `\r` and `\u{e4}`"#)
            });
        }
        if value.len() > LONGEST_TEXT {
            let span = Span::new(start, start + quotes);
            let message = format!("this text has {} bytes", value.len());
            self.problem(&codes::TEXT_TOO_LONG, span, message, |d| {
                d.label("begins here")
                    .help(format!("a text has at most {LONGEST_TEXT} bytes"))
            });
            return Kind::Text(String::new());
        }
        Kind::Text(value)
    }

    /// A text without an end: the rest of its line, or of the file for a block.
    fn open_text(&mut self, start: usize, quotes: usize) -> Kind<'a> {
        let rest = self.text.get(start + quotes..).unwrap_or("");
        let line = rest.split(['\n', '\r']).next().unwrap_or("");
        let span = Span::new(start, start + quotes + line.len());
        let close = if quotes == 3 { "\"\"\"" } else { "\"" };
        self.problem(
            &codes::UNTERMINATED_TEXT,
            span,
            "this text has no end",
            |d| {
                d.label("begins here").help(format!(
                    "close it with `{close}`; a quote inside is written `\\\"`"
                ))
            },
        );
        if quotes == 3 {
            self.sink.swallowed = true;
            self.at = self.text.len();
        } else {
            self.at = span.end as usize;
        }
        Kind::Text(line.to_owned())
    }

    fn regex(&mut self, pattern: &'a str, flags: &str, span: Span) -> Kind<'a> {
        if !matches!(flags, "" | "i") {
            let end = span.end as usize;
            self.problem(
                &codes::UNKNOWN_WORD,
                Span::new(end - flags.len(), end),
                format!("unknown flag `{}`", clip(flags)),
                |d| d.help("the only flag is `i`: upper and lower case are the same"),
            );
        }
        Kind::Regex {
            pattern,
            fold: flags == "i",
        }
    }

    fn stray(&mut self, written: &str, span: Span) {
        let message = match written.chars().next() {
            Some(c) if written.chars().count() == 1 && !c.is_control() && !c.is_whitespace() => {
                format!("`{c}` has no meaning here")
            }
            Some(c) if c.is_control() || c.is_whitespace() => {
                format!("the character U+{:04X} has no meaning here", u32::from(c))
            }
            _ => format!("`{}` has no meaning here", clip(written)),
        };
        let help = match written.chars().next() {
            Some(';') => Some("lines need no end mark"),
            Some('\'' | '“' | '”' | '„' | '‚' | '‘' | '’' | '«' | '»') => {
                Some("a text stands in straight double quotes: \"…\"")
            }
            Some('/') => Some(
                "a comment begins with `//` or `#`; a regular expression stands after `pattern`, `after` or `matches`",
            ),
            Some('.') => Some("a path is written without blanks: `destination.host`"),
            Some('-') => Some("names have no hyphen: write `_`"),
            Some(c) if c.is_alphabetic() => Some("names are letters a-z, digits and `_`"),
            Some(c) if c.is_whitespace() => Some("use a plain blank"),
            _ => None,
        };
        self.problem(&codes::STRAY_CHARACTER, span, message, |d| match help {
            Some(help) => d.help(help),
            None => d,
        });
    }
}

/// The date, if the calendar has it.
pub(crate) fn civil(year: u16, month: u16, day: u16) -> Option<Date> {
    let date = Date {
        year: Some(year).filter(|y| (1..=9999).contains(y))?,
        month: u8::try_from(month).ok().filter(|m| (1..=12).contains(m))?,
        day: u8::try_from(day).ok().filter(|d| (1..=31).contains(d))?,
    };
    (Date::from_days(date.days()) == Some(date)).then_some(date)
}
