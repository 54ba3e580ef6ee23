//! Names that a policy declares and never uses.

use super::codes;
use super::conditions::Conditions;
use super::report::at;
use crate::diagnostics::Diagnostic;
use crate::syntax::ast::Span;

/// Warns of unused conditions, lists and groups of the policy file itself.
pub(super) fn unused(conditions: &mut Conditions<'_, '_>) {
    let names = conditions.names;
    let declared: Vec<(&str, &str, Span)> = names
        .lets
        .values()
        .filter(|l| l.source == 0)
        .map(|l| ("condition", l.item.name.value.as_str(), l.item.name.span))
        .chain(
            names
                .lists
                .values()
                .filter(|l| l.source == 0)
                .map(|l| ("list", l.item.name.value.as_str(), l.item.name.span)),
        )
        .chain(
            names
                .groups
                .values()
                .filter(|g| g.source == 0)
                .map(|g| ("group", g.item.name.value.as_str(), g.item.name.span)),
        )
        .collect();
    for (what, name, span) in declared {
        if !conditions.used.contains(name) {
            conditions.report.push(
                Diagnostic::new(
                    &codes::UNUSED_NAME,
                    at(0, span),
                    format!("the {what} `{name}` is never used"),
                )
                .label("not used")
                .help("take it out, or use it"),
            );
        }
    }
}
