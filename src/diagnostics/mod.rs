//! Diagnostics: what is wrong, exactly where, what was expected, and what to do.
//!
//! A code is declared once, beside the room that raises it, and has a page in
//! `docs/diagnostics/` that `riegel explain CODE` prints. Messages are lower-case,
//! without a full stop, names in back-ticks, never a Rust type name.

mod render;

pub use render::render;

use crate::check::model::{Place, Source};
use serde::Serialize;

/// The text of a code's page. In the browser there is none: it would be a part of the module that
/// nobody reads there.
#[cfg(not(all(feature = "browser", target_arch = "wasm32")))]
macro_rules! page {
    ($path:expr) => {
        include_str!($path)
    };
}
#[cfg(all(feature = "browser", target_arch = "wasm32"))]
macro_rules! page {
    ($path:expr) => {
        ""
    };
}
pub(crate) use page;

/// Every code of every room that declares some, by room and id.
pub fn codes() -> impl Iterator<Item = &'static Code> {
    [
        crate::syntax::codes::ALL,
        crate::check::codes::ALL,
        crate::detect::codes::ALL,
        &crate::emit::CODES,
    ]
    .into_iter()
    .flatten()
    .copied()
}

/// The code of that id, with its page; capital letters or not.
pub fn explain(id: &str) -> Option<&'static Code> {
    codes().find(|code| code.id.eq_ignore_ascii_case(id.trim()))
}

/// A kind of diagnostic.
#[derive(Debug, PartialEq, Eq)]
pub struct Code {
    /// Stable id: `R0101`. 00xx syntax, 01xx-03xx check, 04xx detectors, 05xx linking, 06xx layers.
    pub id: &'static str,
    /// One line.
    pub title: &'static str,
    /// Error or warning.
    pub severity: Severity,
    /// The page for `riegel explain`.
    pub page: &'static str,
}

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// The policy compiles.
    Warning,
    /// It does not.
    Error,
}

/// One diagnostic.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// Its code.
    pub code: &'static Code,
    /// Where.
    pub place: Place,
    /// What is wrong.
    pub message: String,
    /// What stands at `place`, in a few words (may be empty).
    pub label: String,
    /// Other places that matter.
    pub also: Vec<(Place, String)>,
    /// What to do.
    pub help: Option<String>,
    /// Text that would be right at `place`.
    pub suggestion: Option<String>,
    /// An event that proves it: a line of what it shows, then the lines of a test.
    pub example: Option<String>,
}

impl Diagnostic {
    /// A diagnostic with nothing but code, place and message.
    pub fn new(code: &'static Code, place: Place, message: impl Into<String>) -> Self {
        Diagnostic {
            code,
            place,
            message: message.into(),
            label: String::new(),
            also: Vec::new(),
            help: None,
            suggestion: None,
            example: None,
        }
    }

    /// Says what stands at the place.
    pub fn label(mut self, text: impl Into<String>) -> Self {
        self.label = text.into();
        self
    }

    /// Names another place.
    pub fn also(mut self, place: Place, text: impl Into<String>) -> Self {
        self.also.push((place, text.into()));
        self
    }

    /// Says what to do.
    pub fn help(mut self, text: impl Into<String>) -> Self {
        self.help = Some(text.into());
        self
    }

    /// Offers a text that would be right at the place.
    pub fn suggest(mut self, replacement: impl Into<String>) -> Self {
        self.suggestion = Some(replacement.into());
        self
    }

    /// Shows an event that proves it.
    pub fn example(mut self, text: impl Into<String>) -> Self {
        self.example = Some(text.into());
        self
    }

    /// True for an error.
    pub fn is_error(&self) -> bool {
        self.code.severity == Severity::Error
    }
}

/// A diagnostic for programs: `--format json`.
#[derive(Debug, Serialize)]
pub struct JsonDiagnostic<'a> {
    /// `R0101`
    pub code: &'static str,
    /// `error` or `warning`
    pub severity: &'static str,
    /// What is wrong.
    pub message: &'a str,
    /// Source name.
    pub source: &'a str,
    /// First byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
    /// Line from 1.
    pub line: usize,
    /// Column from 1, in Unicode code points.
    pub column: usize,
    /// What stands at the place, in a few words.
    #[serde(skip_serializing_if = "str::is_empty")]
    pub label: &'a str,
    /// What to do.
    pub help: Option<&'a str>,
    /// Text that would be right at the place.
    pub suggestion: Option<&'a str>,
    /// An event that proves it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub example: Option<&'a str>,
    /// Other places that matter.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub also: Vec<JsonPlace<'a>>,
}

/// Another place, and what stands there.
#[derive(Debug, Serialize)]
pub struct JsonPlace<'a> {
    /// Source name.
    pub source: &'a str,
    /// First byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
    /// Line from 1.
    pub line: usize,
    /// Column from 1, in Unicode code points.
    pub column: usize,
    /// What stands there.
    pub label: &'a str,
}

/// Line and column, both from 1, columns in Unicode code points.
pub fn line_column(text: &str, at: usize) -> (usize, usize) {
    let before = text.get(..at.min(text.len())).unwrap_or(text);
    let line = before.matches('\n').count() + 1;
    let start = before.rfind('\n').map_or(0, |i| i + 1);
    (line, before.get(start..).unwrap_or("").chars().count() + 1)
}

/// One diagnostic for programs.
pub fn to_json<'a>(diagnostic: &'a Diagnostic, sources: &'a [Source]) -> JsonDiagnostic<'a> {
    let JsonPlace {
        source,
        start,
        end,
        line,
        column,
        label,
    } = place(diagnostic.place, &diagnostic.label, sources);
    JsonDiagnostic {
        code: diagnostic.code.id,
        severity: match diagnostic.code.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
        },
        message: &diagnostic.message,
        source,
        start,
        end,
        line,
        column,
        label,
        help: diagnostic.help.as_deref(),
        suggestion: diagnostic.suggestion.as_deref(),
        example: diagnostic.example.as_deref(),
        also: diagnostic
            .also
            .iter()
            .map(|(other, label)| place(*other, label, sources))
            .collect(),
    }
}

fn place<'a>(place: Place, label: &'a str, sources: &'a [Source]) -> JsonPlace<'a> {
    let source = sources.get(place.source as usize);
    let text = source.map_or("", |s| s.text.as_str());
    let (line, column) = line_column(text, place.span.start as usize);
    JsonPlace {
        source: source.map_or("", |s| s.name.as_str()),
        start: place.span.start,
        end: place.span.end,
        line,
        column,
        label,
    }
}
