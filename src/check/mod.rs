//! Tree to checked policy: every name resolved, every type right, every text there.
//!
//! ```text
//! text -loading-> files -names-> slots, params, lists, detectors, rules
//!                                   |
//!        header, detectors, rules (conditions, messages), tests
//!                                   |
//!              never fires? weakened by defaults? unused?
//!                                   |
//!                    keep: only needed detectors -> model::Policy
//! ```
//!
//! Where a policy stands on others (`extends`, `include`), `layers` composes them between the names
//! and the rules, so that everything behind it sees one policy.
//!
//! [`check`] reports as much as it can at once: each pass goes on after a mistake
//! and leaves out what it could not understand, so that one mistake is told once.
//! Only a text that cannot be read (syntax) stops it, because names would be
//! missing then. Warnings are told for the file that was asked about, errors for
//! libraries too.
//!
//! **Invariants.** A policy is given exactly when there is no error. The order of
//! everything in it depends on the sources alone. Nothing is read but what the
//! [`Resolver`] gives. (`tests/diagnostics.rs` guards them.)

mod attributes;
mod checks;
pub(crate) use checks::{date_offset, network};
pub mod codes;
mod comparisons;
mod conditions;
mod defaults;
mod detectors;
mod findings;
mod header;
mod hosts;
pub(crate) mod keep;
mod layers;
mod loading;
mod membership;
mod messages;
pub mod model;
mod names;
mod params;
mod patterns;
mod policy;
mod report;
mod rules;
mod satisfiable;
mod stages;
mod suggest;
mod testblocks;
mod usage;
mod values;
mod verdicts;
mod words;

use crate::diagnostics::{Diagnostic, Severity};
use crate::syntax::ast::Date;
use model::{Policy, Source};
use report::Report;

/// Gives the text of a library or pack: `lib.payment`, `packs.baseline`.
pub trait Resolver {
    /// The text, or `None` when there is no such file.
    fn resolve(&self, path: &str) -> Option<String>;

    /// The text of a file of words that `list … from "path"` names in the source `from` (`lib.person`, or
    /// the policy's own name), or `None` when there is no such file.
    fn file(&self, _from: &str, _path: &str) -> Option<String> {
        None
    }

    /// Every name that [`Resolver::resolve`] knows, for suggestions.
    fn names(&self) -> Vec<String> {
        Vec::new()
    }
}

/// What the caller wants.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Options {
    /// Today, for warnings about dates that have passed and for tests without `today`.
    pub today: Option<Date>,
    /// Keeps every detector of the used libraries, also those that no rule needs (`riegel scan`).
    pub all_detectors: bool,
}

/// What came out.
#[derive(Clone, Debug)]
pub struct Checked {
    /// The policy, where there is no error.
    pub policy: Option<Policy>,
    /// Errors and warnings, by place.
    pub diagnostics: Vec<Diagnostic>,
    /// The file itself, then the libraries in the order in which they were read.
    pub sources: Vec<Source>,
}

/// Checks a policy or, where there is no `policy` header, a library. A library
/// without errors gives a policy without rules that holds all its detectors.
pub fn check(name: &str, text: &str, resolver: &dyn Resolver, options: &Options) -> Checked {
    check_layers(&[(name, text)], resolver, options)
}

/// Checks a policy and the layers over it, each a name and a text, the baseline first. What comes out
/// is the policy of the last one: it extends the one before it, whether it says so or not.
pub fn check_layers(files: &[(&str, &str)], resolver: &dyn Resolver, options: &Options) -> Checked {
    let mut report = Report::default();
    let loaded = loading::load(files, resolver, &mut report);
    let readable = !report.diagnostics.iter().any(Diagnostic::is_error);
    let policy = if readable {
        policy::build(&loaded, options, &mut report)
    } else {
        None
    };
    let mut diagnostics = report.diagnostics;
    diagnostics.retain(|d| d.code.severity == Severity::Error || d.place.source == 0);
    diagnostics.sort_by(|a, b| {
        let key = |d: &Diagnostic| (d.place.source, d.place.span, d.code.id);
        key(a).cmp(&key(b)).then_with(|| a.message.cmp(&b.message))
    });
    diagnostics.dedup();
    let failed = diagnostics.iter().any(Diagnostic::is_error);
    Checked {
        policy: policy.filter(|_| !failed),
        diagnostics,
        sources: loaded.sources,
    }
}
