//! Tokens as the input of nom.
//!
//! [`Tokens`] is a cursor that is cheap to copy, so nom's combinators work on it
//! as they do on text. It carries the depth of nesting (a bracket inside a bracket
//! …) and a reference to what the whole reading shares: the tokens, the sink for
//! errors, and the *wishes*.
//!
//! **Wishes.** A parser that fails on a token says what it had wished to see. The
//! wishes at the farthest token are remembered, whichever alternative expressed
//! them; when an error is reported there, they are its "expected …" and the words
//! among them are the candidates for "did you mean …". So `when a adn b` offers
//! `and` although the condition ended happily before `adn`.

use std::cell::RefCell;
use std::iter::Enumerate;
use std::slice::Iter;

use nom::error::{ErrorKind, ParseError};
use nom::{IResult, Input, Needed};

use super::ast::Span;
use super::codes;
use super::sink::Sink;
use super::token::{Kind, Token};
use crate::diagnostics::Code;

/// How deep brackets, `not` and lists may nest.
pub const DEEPEST: u16 = 128;

/// What a parser would have taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wish {
    /// A word or sign of the language.
    Word(&'static str),
    /// A kind of thing: `a text`.
    Thing(&'static str),
}

/// The wishes at the farthest token.
#[derive(Debug, Default)]
pub(crate) struct Wishes {
    /// Index of the token.
    pub at: usize,
    /// What was wished for there.
    pub list: Vec<Wish>,
}

/// What one reading of a file shares.
#[derive(Debug)]
pub(crate) struct Shared<'a> {
    /// All tokens, the last one is the end.
    pub tokens: Vec<Token<'a>>,
    /// Errors so far.
    pub sink: RefCell<Sink>,
    /// What was expected at the farthest token.
    pub wishes: RefCell<Wishes>,
}

/// The rest of the tokens.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Tokens<'a> {
    /// What the whole reading shares.
    pub shared: &'a Shared<'a>,
    /// Index of the next token.
    pub at: usize,
    /// One past the last token (for nom's `take`).
    end: usize,
    /// Nesting so far.
    pub depth: u16,
}

/// An error at a token; its words come from the wishes unless it brings its own.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Fault {
    /// Index of the token.
    pub at: usize,
    /// Which error.
    pub code: &'static Code,
    /// A message of its own.
    pub message: Option<String>,
    /// What to do.
    pub help: Option<&'static str>,
}

/// What a parser of this grammar gives.
pub(crate) type Parsed<'a, T> = IResult<Tokens<'a>, T, Fault>;

impl<'a> ParseError<Tokens<'a>> for Fault {
    fn from_error_kind(input: Tokens<'a>, _: ErrorKind) -> Self {
        Fault {
            at: input.at,
            code: &codes::UNEXPECTED,
            message: None,
            help: None,
        }
    }

    fn append(_: Tokens<'a>, _: ErrorKind, other: Self) -> Self {
        other
    }

    fn or(self, other: Self) -> Self {
        if self.at > other.at { self } else { other }
    }
}

impl<'a> Tokens<'a> {
    /// All tokens of a reading.
    pub fn new(shared: &'a Shared<'a>) -> Self {
        Tokens {
            shared,
            at: 0,
            end: shared.tokens.len(),
            depth: 0,
        }
    }

    /// The token `ahead` places on; the end stays the end.
    pub fn ahead(&self, ahead: usize) -> &'a Token<'a> {
        const END: &Token<'static> = &Token {
            kind: Kind::End,
            span: Span { start: 0, end: 0 },
            first: true,
            column_zero: true,
        };
        let tokens = &self.shared.tokens;
        tokens.get(self.at + ahead).or(tokens.last()).unwrap_or(END)
    }

    /// The next token.
    pub fn peek(&self) -> &'a Token<'a> {
        self.ahead(0)
    }

    /// The next token, if it is a word.
    pub fn peek_word(&self) -> Option<&'a str> {
        self.peek().word()
    }

    /// The span of the token before.
    pub fn before(&self) -> Span {
        let index = self.at.checked_sub(1);
        index
            .and_then(|i| self.shared.tokens.get(i))
            .map_or(Span::default(), |t| t.span)
    }

    /// Behind the next token; the end is never passed.
    pub fn skip(self) -> Self {
        Tokens {
            at: (self.at + 1).min(self.end.saturating_sub(1)).max(self.at),
            ..self
        }
    }

    /// From `start` to the token before this place.
    pub fn since(&self, start: Span) -> Span {
        let last = self.before();
        if last.end >= start.end {
            start.to(last)
        } else {
            start
        }
    }

    /// Remembers what would have been right here.
    pub fn wish(&self, wish: Wish) {
        let mut wishes = self.shared.wishes.borrow_mut();
        if wishes.at < self.at || wishes.list.is_empty() {
            wishes.at = self.at;
            wishes.list.clear();
        }
        if wishes.at == self.at && !wishes.list.contains(&wish) {
            wishes.list.push(wish);
        }
    }

    /// Fails here, with a wish.
    pub fn fail<T>(self, wish: Wish) -> Parsed<'a, T> {
        self.wish(wish);
        Err(nom::Err::Error(Fault::from_error_kind(
            self,
            ErrorKind::Tag,
        )))
    }

    /// Fails here for good, with a code and a message of its own.
    pub fn refuse<T>(
        self,
        code: &'static Code,
        message: String,
        help: Option<&'static str>,
    ) -> Parsed<'a, T> {
        Err(nom::Err::Failure(Fault {
            at: self.at,
            code,
            message: Some(message),
            help,
        }))
    }

    /// Runs a parser one level deeper.
    pub fn deeper<T>(self, parser: impl FnOnce(Tokens<'a>) -> Parsed<'a, T>) -> Parsed<'a, T> {
        if self.depth >= DEEPEST {
            return self.refuse(
                &codes::TOO_DEEP,
                format!("this nests more than {DEEPEST} levels deep"),
                Some("give a part of it a name with `let`"),
            );
        }
        let inner = Tokens {
            depth: self.depth + 1,
            ..self
        };
        let (rest, value) = parser(inner)?;
        Ok((
            Tokens {
                depth: self.depth,
                ..rest
            },
            value,
        ))
    }
}

impl<'a> Input for Tokens<'a> {
    type Item = &'a Token<'a>;
    type Iter = Iter<'a, Token<'a>>;
    type IterIndices = Enumerate<Iter<'a, Token<'a>>>;

    fn input_len(&self) -> usize {
        self.end.saturating_sub(self.at)
    }

    fn take(&self, index: usize) -> Self {
        Tokens {
            end: (self.at + index).min(self.end),
            ..*self
        }
    }

    fn take_from(&self, index: usize) -> Self {
        Tokens {
            at: (self.at + index).min(self.end),
            ..*self
        }
    }

    fn take_split(&self, index: usize) -> (Self, Self) {
        (self.take_from(index), self.take(index))
    }

    fn position<P: Fn(Self::Item) -> bool>(&self, predicate: P) -> Option<usize> {
        self.iter_elements().position(predicate)
    }

    fn iter_elements(&self) -> Self::Iter {
        let tokens = self.shared.tokens.get(self.at..self.end);
        tokens.unwrap_or_default().iter()
    }

    fn iter_indices(&self) -> Self::IterIndices {
        self.iter_elements().enumerate()
    }

    fn slice_index(&self, count: usize) -> Result<usize, Needed> {
        if count <= self.input_len() {
            Ok(count)
        } else {
            Err(Needed::new(count - self.input_len()))
        }
    }
}
