//! Parameters with a direction are used in it (semantics 54): a stricter value makes no condition
//! false that held before. Otherwise a layer that narrows the parameter would weaken a rule.

use super::super::codes;
use super::super::model::{Comparison, Condition, DateNumber, Leaf, Number, Param, Rule};
use super::super::report::Report;
use crate::diagnostics::Diagnostic;
use crate::syntax::ast::Stricter;

/// Looks at one rule.
pub(in crate::check) fn look(report: &mut Report, params: &[Param], rule: &Rule) {
    let mut uses = Vec::new();
    uses_in(&rule.condition, true, &mut uses);
    uses.sort_unstable_by_key(|(param, _)| *param);
    uses.dedup();
    for (index, direction) in uses {
        let Some(param) = params.get(index) else {
            continue;
        };
        let Some(said) = param.stricter else { continue };
        if direction == Some(said) {
            continue;
        }
        let clause = rule.clauses.iter().find(|clause| {
            let mut named = Vec::new();
            uses_in(&clause.condition, true, &mut named);
            named.iter().any(|(param, _)| *param == index)
        });
        let label = match direction {
            Some(other) => format!(
                "a value further {} makes this rule stricter",
                other.as_str()
            ),
            None => "neither direction makes this rule stricter".to_owned(),
        };
        report.push(
            Diagnostic::new(
                &codes::AGAINST_DIRECTION,
                clause.map_or(rule.place, |c| c.place),
                format!(
                    "the rule `{}` uses `{}` against its direction",
                    rule.id, param.name
                ),
            )
            .label(label)
            .help(format!(
                "`{}` is `stricter {}`: turn the direction or the comparison round, or use two parameters",
                param.name,
                said.as_str()
            )),
        );
    }
}

/// The parameters of a condition, each with the direction in which the condition becomes truer.
fn uses_in(condition: &Condition, sign: bool, uses: &mut Vec<(usize, Option<Stricter>)>) {
    let (up, down) = match sign {
        true => (Stricter::Up, Stricter::Down),
        false => (Stricter::Down, Stricter::Up),
    };
    let than = |op: Comparison| match op {
        Comparison::Ge | Comparison::Gt => Some(down),
        Comparison::Le | Comparison::Lt => Some(up),
        Comparison::Eq | Comparison::Ne => None,
    };
    match condition {
        Condition::Const(_) => {}
        Condition::And(all) | Condition::Or(all) => {
            all.iter().for_each(|c| uses_in(c, sign, uses));
        }
        Condition::Not(inner) => uses_in(inner, !sign, uses),
        Condition::Leaf(leaf) => match leaf {
            Leaf::ParamBool(param) | Leaf::InParam(_, param) => uses.push((*param, Some(up))),
            Leaf::Int(_, op, Number::Param(param))
            | Leaf::Count(_, op, Number::Param(param))
            | Leaf::Distinct(_, op, Number::Param(param))
            | Leaf::Date(_, op, DateNumber::Param(param)) => uses.push((*param, than(*op))),
            _ => {}
        },
    }
}
