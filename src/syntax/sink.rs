//! Where errors go while a file is read.
//!
//! One place gets one error: what follows from a mistake already named is noise.
//! After [`MOST_ERRORS`] the sink closes with one last error and the parser stops,
//! so that a megabyte of nonsense costs no more than a page of it.

use super::ast::Span;
use super::codes;
use crate::check::model::Place;
use crate::diagnostics::{Code, Diagnostic};

/// After so many errors reading stops.
pub const MOST_ERRORS: usize = 100;

/// The errors of one file.
#[derive(Debug)]
pub(crate) struct Sink {
    source: u32,
    list: Vec<Diagnostic>,
    full: bool,
    /// An unterminated text swallowed the rest of the file: an open brace is no news.
    pub swallowed: bool,
}

impl Sink {
    /// An empty sink for the file with this index.
    pub fn new(source: u32) -> Self {
        Sink {
            source,
            list: Vec::new(),
            full: false,
            swallowed: false,
        }
    }

    /// A place in this file.
    pub fn place(&self, span: Span) -> Place {
        Place {
            source: self.source,
            span,
        }
    }

    /// A diagnostic of this file, not yet reported.
    pub fn diagnostic(
        &self,
        code: &'static Code,
        span: Span,
        message: impl Into<String>,
    ) -> Diagnostic {
        Diagnostic::new(code, self.place(span), message)
    }

    /// Reports an error, unless one stands at the same place already.
    pub fn push(&mut self, diagnostic: Diagnostic) {
        let start = diagnostic.place.span.start;
        if self.full || self.list.iter().any(|d| d.place.span.start == start) {
            return;
        }
        if self.list.len() == MOST_ERRORS {
            self.full = true;
            let stop = Diagnostic::new(
                &codes::TOO_MANY_ERRORS,
                diagnostic.place,
                format!("more than {MOST_ERRORS} errors, reading stops here"),
            );
            self.list
                .push(stop.help("mend the first ones and try again"));
            return;
        }
        self.list.push(diagnostic);
    }

    /// True when reading should stop.
    pub fn is_full(&self) -> bool {
        self.full
    }

    /// The errors, in the order of the text.
    pub fn into_sorted(mut self) -> Vec<Diagnostic> {
        self.list
            .sort_by_key(|d| (d.code == &codes::TOO_MANY_ERRORS, d.place.span));
        self.list
    }
}
