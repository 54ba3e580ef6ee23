//! Tokens: the words, numbers, texts and signs of a file, with their places.
//!
//! A dotted path is one token (`destination.host`), because no blank may stand
//! inside it. Words have no classes: whether `user` is a role or the beginning of
//! a path is the grammar's business, not the lexer's.

use super::ast::{Date, Span};

/// One token.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Token<'a> {
    /// What.
    pub kind: Kind<'a>,
    /// Where.
    pub span: Span,
    /// The first token on its line.
    pub first: bool,
    /// It stands at the very beginning of its line.
    pub column_zero: bool,
}

/// What a token is.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Kind<'a> {
    /// A name or a dotted path.
    Word(&'a str),
    /// An integer.
    Int(i64),
    /// A calendar date.
    Date(Date),
    /// A text, unescaped.
    Text(String),
    /// A regular expression, as written between its slashes.
    Regex {
        /// The text between the slashes.
        pattern: &'a str,
        /// The flag `i`.
        fold: bool,
    },
    /// A sign: `{ } [ ] ( ) , : = != < <= > >= ..`
    Sign(&'static str),
    /// The end of the file.
    End,
}

impl<'a> Token<'a> {
    /// The word, if it is one.
    pub fn word(&self) -> Option<&'a str> {
        match self.kind {
            Kind::Word(word) => Some(word),
            _ => None,
        }
    }

    /// True for exactly this sign.
    pub fn is_sign(&self, sign: &str) -> bool {
        matches!(self.kind, Kind::Sign(s) if s == sign)
    }

    /// True for a text.
    pub fn is_text(&self) -> bool {
        matches!(self.kind, Kind::Text(_))
    }

    /// What a person sees here, for messages.
    pub fn describe(&self) -> String {
        match &self.kind {
            Kind::Word(word) => format!("`{}`", clip(word)),
            Kind::Int(number) => format!("`{number}`"),
            Kind::Date(date) => format!("the date `{date}`"),
            Kind::Text(_) => "a text".into(),
            Kind::Regex { .. } => "a regular expression".into(),
            Kind::Sign(sign) => format!("`{sign}`"),
            Kind::End => "the end of the file".into(),
        }
    }
}

/// At most 40 characters of a word, for messages.
pub(crate) fn clip(word: &str) -> String {
    let mut short: String = word.chars().take(40).collect();
    if short.len() < word.len() {
        short.push('…');
    }
    short
}
