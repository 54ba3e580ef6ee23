//! Where the checker's passes put what they find.
//!
//! Passes never stop at a first error: they report and go on, and give `None`
//! for what they could not make sense of, so that one mistake is told once.

use crate::check::model::Place;
use crate::diagnostics::{Code, Diagnostic};
use crate::syntax::ast::Span;

/// Diagnostics so far.
#[derive(Debug, Default)]
pub(super) struct Report {
    pub diagnostics: Vec<Diagnostic>,
}

impl Report {
    pub fn push(&mut self, diagnostic: Diagnostic) {
        self.diagnostics.push(diagnostic);
    }

    /// An unknown name: says so, offers the nearest one, lists a few others.
    pub fn unknown<'n>(
        &mut self,
        code: &'static Code,
        place: Place,
        what: &str,
        name: &str,
        known: impl IntoIterator<Item = &'n str>,
    ) {
        let known: Vec<&str> = known.into_iter().collect();
        let mut d = Diagnostic::new(code, place, format!("unknown {what} `{name}`"));
        if let Some(near) = super::suggest::nearest(name, known.iter().copied()) {
            d = d
                .label(format!("did you mean `{near}`?"))
                .suggest(near.to_owned());
        } else {
            d = d.label("not known");
            d = match super::suggest::some_of(&known) {
                Some(list) => d.help(format!("known here: {list}")),
                None => d.help(format!("no {what} is declared or used here")),
            };
        }
        self.push(d);
    }
}

/// A place in source `source`.
pub(super) fn at(source: u32, span: Span) -> Place {
    Place { source, span }
}

/// A thing and the source it stands in.
#[derive(Debug)]
pub(super) struct Sourced<'a, T> {
    pub source: u32,
    pub item: &'a T,
}

impl<T> Clone for Sourced<'_, T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Sourced<'_, T> {}

impl<T> Sourced<'_, T> {
    pub fn at(&self, span: Span) -> Place {
        at(self.source, span)
    }
}
