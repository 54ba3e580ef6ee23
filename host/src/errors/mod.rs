//! What can go wrong in a host, as a product: a stable code, the place, what is
//! wrong, and the next step.
//!
//! Policies have their own diagnostics (`R0101`, from the crate `riegel`), which
//! point into a source text. What a host meets has no source: a file that is not
//! there, a module that was damaged, an event with a wrong attribute. Those are
//! [`Problem`]s with codes of their own, `E` and four digits:
//!
//! | codes | about |
//! | --- | --- |
//! | E1xxx | bytes at the boundary (raised by `riegel::abi`, explained here) |
//! | E2xxx | loading a module |
//! | E3xxx | reading an event |
//! | E4xxx | a decision that failed (and so ended in `on_error`) |
//! | E5xxx | scanning |
//! | E6xxx | files, arguments, the machine |
//! | E7xxx | the vault of `@riegel/guard` |
//! | E8xxx | signatures, keys and trust (raised by `riegel::signing`, explained here) |
//! | E9xxx | the edge host |
//!
//! **Invariant:** no message of a problem holds content. Names, numbers and
//! places only (promise 5).

mod codes;
mod signing;

pub use codes::*;

use serde::Serialize;
use std::fmt;

/// A kind of problem: declared once, in [`codes`].
#[derive(Debug, PartialEq, Eq)]
pub struct Kind {
    /// Stable id, such as `E2003`.
    pub id: &'static str,
    /// One line.
    pub title: &'static str,
    /// What `riegel explain` prints below the title.
    pub page: &'static str,
}

/// One problem: what is wrong, where, and what to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Its kind.
    pub kind: &'static Kind,
    /// File, JSON pointer, argument …; empty where there is no place.
    pub place: String,
    /// What is wrong, lower-case, without a full stop.
    pub message: String,
    /// The next step.
    pub help: Option<String>,
}

/// A problem for programs.
#[derive(Clone, Debug, Serialize)]
pub struct JsonProblem<'a> {
    /// Its code.
    pub code: &'static str,
    /// `error` or `warning`
    pub severity: &'static str,
    /// What is wrong.
    pub message: &'a str,
    /// Where.
    #[serde(skip_serializing_if = "str::is_empty")]
    pub place: &'a str,
    /// The next step.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub help: Option<&'a str>,
}

impl Problem {
    /// A problem without a place.
    pub fn new(kind: &'static Kind, message: impl Into<String>) -> Self {
        Problem {
            kind,
            place: String::new(),
            message: message.into(),
            help: None,
        }
    }

    /// Says where.
    pub fn at(mut self, place: impl Into<String>) -> Self {
        self.place = place.into();
        self
    }

    /// Puts a file (or another outer place) before the place it already has.
    pub fn within(mut self, outer: &str) -> Self {
        self.place = match self.place.as_str() {
            "" => outer.to_owned(),
            inner => format!("{outer}: {inner}"),
        };
        self
    }

    /// Says what to do.
    pub fn help(mut self, text: impl Into<String>) -> Self {
        self.help = Some(text.into());
        self
    }

    /// For `--format json`.
    pub fn to_json(&self) -> JsonProblem<'_> {
        JsonProblem {
            code: self.kind.id,
            severity: "error",
            message: &self.message,
            place: &self.place,
            help: self.help.as_deref(),
        }
    }

    /// The same where it stopped nothing.
    pub fn to_json_warning(&self) -> JsonProblem<'_> {
        JsonProblem {
            severity: "warning",
            ..self.to_json()
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "[{}] {}", self.kind.id, self.message)?;
        if !self.place.is_empty() {
            write!(f, " ({})", self.place)?;
        }
        match &self.help {
            Some(help) => write!(f, "; {help}"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for Problem {}

/// The kind with this id, in any case (`e2003` too).
pub fn explain(id: &str) -> Option<&'static Kind> {
    ALL.iter()
        .copied()
        .find(|kind| kind.id.eq_ignore_ascii_case(id))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_is_unique_and_has_a_page() {
        for (i, kind) in ALL.iter().enumerate() {
            assert!(ALL.iter().skip(i + 1).all(|other| other.id != kind.id));
            assert!(kind.id.len() == 5 && kind.id.starts_with('E'));
            assert!(kind.page.len() > 40, "{} says too little", kind.id);
            assert!(!kind.title.ends_with('.'), "{}", kind.id);
            assert_eq!(explain(&kind.id.to_lowercase()), Some(*kind));
        }
    }
}
