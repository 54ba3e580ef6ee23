//! Rules that say nothing: those that can never fire, and those whose condition
//! is always true without saying so.

use super::codes;
use super::names::Names;
use super::report::Report;
use super::rules::{Lowered, not};
use super::satisfiable::{World, satisfiable};
use crate::check::model::Condition;
use crate::diagnostics::Diagnostic;

/// Looks at one rule.
pub(super) fn look(report: &mut Report, names: &Names<'_>, lowered: &Lowered, max_findings: u32) {
    let world = World {
        slots: &names.slots,
        params: &names.params,
        max_findings,
    };
    let id = &lowered.rule.id;
    if !satisfiable(&world, &lowered.when) {
        report.push(
            Diagnostic::new(
                &codes::NEVER_FIRES,
                lowered.when_place,
                format!("the rule `{id}` can never fire"),
            )
            .label("always false")
            .help(
                "parts of this condition exclude each other, or ask for something that cannot be",
            ),
        );
        return;
    }
    if !lowered.says_true && !satisfiable(&world, &not(lowered.when.clone())) {
        report.push(
            Diagnostic::new(
                &codes::ALWAYS_TRUE,
                lowered.when_place,
                format!("the condition of `{id}` is always true"),
            )
            .label("nothing could make it false")
            .help("write `when true` if that is what you mean"),
        );
    }
    let mut certain = false;
    for (unless, place) in &lowered.unless {
        let always = !satisfiable(&world, &not(unless.clone()))
            || !satisfiable(
                &world,
                &Condition::And(vec![lowered.when.clone(), not(unless.clone())]),
            );
        if always {
            certain = true;
            report.push(
                Diagnostic::new(
                    &codes::UNLESS_ALWAYS,
                    *place,
                    format!("this `unless` keeps `{id}` from ever firing"),
                )
                .label("holds wherever `when` does"),
            );
        }
    }
    if certain || lowered.unless.is_empty() {
        return;
    }
    let mut all = vec![lowered.when.clone()];
    all.extend(lowered.unless.iter().map(|(c, _)| not(c.clone())));
    if !satisfiable(&world, &Condition::And(all)) {
        report.push(
            Diagnostic::new(
                &codes::NEVER_FIRES,
                lowered.when_place,
                format!("the rule `{id}` can never fire"),
            )
            .label("one `unless` or another holds wherever this does"),
        );
    }
}
