//! Conditions and checks: on one line where they fit, else one operand per line.
//!
//! A chain is also broken where a comment stands inside it, so that the comment
//! stays between the operands it stood between.

use super::page::{Gap, Page, WIDTH};
use super::words::{
    compare_op, confidence, date_op, joined, literal, part_filter, quoted, regex, target,
    target_start,
};
use crate::syntax::ast::*;

/// Writes a condition; further lines are indented by `indent`.
pub(super) fn expr(page: &mut Page<'_>, indent: usize, e: &Expr) {
    let line = flat(e);
    let fits = page.column() + line.chars().count() <= WIDTH;
    if fits && !page.comments_before(last_start(e)) {
        return page.push(&line);
    }
    match &e.kind {
        ExprKind::And(parts) => chain(page, indent, parts, "and "),
        ExprKind::Or(parts) => chain(page, indent, parts, "or "),
        ExprKind::Not(inner) if !is_chain(inner) => {
            page.push("not ");
            expr(page, indent, inner);
        }
        ExprKind::Not(inner) | ExprKind::Paren(inner) => {
            page.push(if matches!(e.kind, ExprKind::Not(_)) {
                "not ("
            } else {
                "("
            });
            expr(page, indent + 2, inner);
            page.push(")");
        }
        _ if fits => page.push(&line),
        ExprKind::In(path, InSet::Literals(values)) => {
            page.push(&format!("{} in [", path.value));
            fill(
                page,
                indent,
                values.iter().map(|v| (v.span.start, literal(v))),
            );
            page.push("]");
        }
        ExprKind::Has(path, texts) if texts.len() > 1 => {
            page.push(&format!("{} has any of [", path.value));
            fill(
                page,
                indent,
                texts.iter().map(|t| (t.span.start, quoted(&t.value))),
            );
            page.push("]");
        }
        ExprKind::Found(targets, sure, part) if targets.len() > 1 => {
            page.push("any of [");
            fill(
                page,
                indent,
                targets.iter().map(|t| (target_start(t), target(t))),
            );
            page.push(&format!("] found{}{}", confidence(sure), part_filter(part)));
        }
        _ => page.push(&line),
    }
}

fn chain(page: &mut Page<'_>, indent: usize, parts: &[Expr], joint: &str) {
    let inner = |page: &mut Page<'_>, part: &Expr| {
        let bracket = matches!(part.kind, ExprKind::Or(_))
            || (joint == "and " && matches!(part.kind, ExprKind::And(_)));
        if bracket {
            page.push("(");
        }
        expr(page, indent + 2, part);
        if bracket {
            page.push(")");
        }
    };
    for (index, part) in parts.iter().enumerate() {
        if index > 0 {
            page.start_line(indent, part.span.start, Gap::No);
            page.push(joint);
        }
        inner(page, part);
    }
}

fn is_chain(e: &Expr) -> bool {
    matches!(e.kind, ExprKind::And(_) | ExprKind::Or(_))
}

/// Where the last leaf of a condition begins.
fn last_start(e: &Expr) -> u32 {
    match &e.kind {
        ExprKind::And(parts) | ExprKind::Or(parts) => parts.last().map_or(e.span.start, last_start),
        ExprKind::Not(inner) | ExprKind::Paren(inner) => last_start(inner),
        _ => e.span.start,
    }
}

/// Elements with commas between them, wrapped; comments stay before theirs.
pub(super) fn fill(
    page: &mut Page<'_>,
    indent: usize,
    elements: impl Iterator<Item = (u32, String)>,
) {
    for (index, (start, element)) in elements.enumerate() {
        if index > 0 {
            page.push(",");
            let width = page.column() + element.chars().count() + 2;
            if width > WIDTH || page.comments_before(start) {
                page.start_line(indent, start, Gap::No);
            } else {
                page.push(" ");
            }
        }
        page.push(&element);
    }
}

/// A condition on one line.
pub(super) fn flat(e: &Expr) -> String {
    let bracketed = |part: &Expr, bracket: bool| {
        let text = flat(part);
        if bracket { format!("({text})") } else { text }
    };
    match &e.kind {
        ExprKind::And(parts) => {
            let parts: Vec<String> = parts.iter().map(|p| bracketed(p, is_chain(p))).collect();
            parts.join(" and ")
        }
        ExprKind::Or(parts) => {
            let or = |p: &Expr| matches!(p.kind, ExprKind::Or(_));
            let parts: Vec<String> = parts.iter().map(|p| bracketed(p, or(p))).collect();
            parts.join(" or ")
        }
        ExprKind::Not(inner) => format!("not {}", bracketed(inner, is_chain(inner))),
        ExprKind::Paren(inner) => format!("({})", flat(inner)),
        ExprKind::Const(value) => value.to_string(),
        ExprKind::Path(path) => path.value.clone(),
        ExprKind::Known(path) => format!("{} is known", path.value),
        ExprKind::Rule(path) => format!("rule {}", path.value),
        ExprKind::Compare(left, op, right) => {
            format!(
                "{} {} {}",
                operand(left),
                compare_op(op.value),
                operand(right)
            )
        }
        ExprKind::In(path, InSet::Literals(values)) => {
            format!("{} in [{}]", path.value, joined(values, literal))
        }
        ExprKind::In(path, InSet::Named(list)) => format!("{} in {}", path.value, list.value),
        ExprKind::InRange(path, low, high) => {
            format!("{} in {}..{}", path.value, low.value, high.value)
        }
        ExprKind::Has(path, texts) => match texts.as_slice() {
            [one] => format!("{} has {}", path.value, quoted(&one.value)),
            _ => format!(
                "{} has any of [{}]",
                path.value,
                joined(texts, |t| quoted(&t.value))
            ),
        },
        ExprKind::Matches(path, glob) => format!("{} matches {}", path.value, quoted(&glob.value)),
        ExprKind::DateIs(path, op, date) => {
            let subject = path
                .as_ref()
                .map_or(String::new(), |p| format!("{} ", p.value));
            format!("{subject}{} {}", date_op(op.value), date.value)
        }
        ExprKind::Contains(text, part) => {
            format!(
                "content contains {}{}",
                quoted(&text.value),
                part_filter(part)
            )
        }
        ExprKind::ContentMatches(pattern, part) => {
            format!("content matches {}{}", regex(pattern), part_filter(part))
        }
        ExprKind::Found(targets, sure, part) => {
            let tail = format!("{}{}", confidence(sure), part_filter(part));
            match targets.as_slice() {
                [one] => format!("found {}{tail}", target(one)),
                _ => format!("any of [{}] found{tail}", joined(targets, target)),
            }
        }
        ExprKind::Count(measure, op, amount) => measured("count", measure, op, amount),
        ExprKind::Distinct(measure, op, amount) => measured("distinct", measure, op, amount),
        ExprKind::Near(near) => format!(
            "near {}, {}{} within {}{}",
            target(&near.a),
            target(&near.b),
            confidence(&near.confidence),
            near.within.value,
            part_filter(&near.part)
        ),
    }
}

fn measured(word: &str, measure: &Measure, op: &Spanned<CompareOp>, amount: &Operand) -> String {
    format!(
        "{word} {}{}{} {} {}",
        target(&measure.target),
        confidence(&measure.confidence),
        part_filter(&measure.part),
        compare_op(op.value),
        operand(amount)
    )
}

fn operand(operand: &Operand) -> String {
    match operand {
        Operand::Path(path) => path.value.clone(),
        Operand::Literal(value) => literal(value),
    }
}
