//! Evidence and the confidence that it gives: more evidence never lowers it, and each kind that
//! a detector has changes something.

use crate::check::model::ConfidenceTable;
use crate::syntax::ast::{Confidence, ConfidenceRule};

/// Confidence by evidence, or why the line does not fit.
pub(super) fn table(
    rule: &ConfidenceRule,
    check: bool,
    context: bool,
) -> Result<ConfidenceTable, (&'static str, &'static str)> {
    if (rule.check.is_some() || rule.both.is_some()) && !check {
        return Err(("there is no check that could hold", "speaks of a check"));
    }
    if (rule.context.is_some() || rule.both.is_some()) && !context {
        return Err(("there are no context words", "speaks of context"));
    }
    if check && rule.check.is_none() && rule.both.is_none() {
        return Err(("the check changes nothing", "add `with check …`"));
    }
    let certain = rule.pattern == Some(Confidence::High);
    if context && !certain && rule.context.is_none() && rule.both.is_none() {
        return Err(("the context words change nothing", "add `with context …`"));
    }
    let plain = rule.pattern;
    let with_check = rule.check.unwrap_or(plain);
    let with_context = rule.context.unwrap_or(plain);
    let both = match (check, context) {
        (true, true) => rule
            .both
            .unwrap_or_else(|| stronger(with_check, with_context)),
        (true, false) => with_check,
        (false, true) => with_context,
        (false, false) => plain,
    };
    let table = ConfidenceTable {
        plain,
        context: with_context,
        check: with_check,
        both,
    };
    if with_check < plain || with_context < plain || both < with_check || both < with_context {
        return Err((
            "more evidence must not lower the confidence",
            "weaker with more evidence",
        ));
    }
    if both.is_none() {
        return Err(("nothing would ever be found", "always `none`"));
    }
    Ok(table)
}

fn stronger(a: Option<Confidence>, b: Option<Confidence>) -> Option<Confidence> {
    a.max(b)
}
