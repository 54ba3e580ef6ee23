//! Conditions.
//!
//! The first word decides which condition it is, so nothing is read twice and the
//! cost is linear. `found`, `count`, `distinct`, `near`, `not`, `true` and `false`
//! always begin their condition; `any`, `content`, `on`, `after` and `before` do
//! so only where what follows makes them (`any of`, `content contains`, `on
//! 2027-01-01`), else they are paths.

use nom::Parser;
use nom::combinator::{cut, map, opt};
use nom::sequence::preceded;

use super::terms::{
    bracketed, chain, confidence, date, int, literal, part_filter, path, regex, sign, spanned,
    target, text, word,
};
use crate::syntax::ast::{
    CompareOp, DateOp, Expr, ExprKind, InSet, Measure, Near, Operand, Path, Span, Spanned,
};
use crate::syntax::codes;
use crate::syntax::stream::{Parsed, Tokens, Wish};
use crate::syntax::token::Kind;

/// A whole condition.
pub(super) fn expr(i: Tokens<'_>) -> Parsed<'_, Expr> {
    const AND: fn(Vec<Expr>, Span) -> Expr = |parts, span| Expr {
        kind: ExprKind::And(parts),
        span,
    };
    const OR: fn(Vec<Expr>, Span) -> Expr = |parts, span| Expr {
        kind: ExprKind::Or(parts),
        span,
    };
    chain(i, "or", |i| chain(i, "and", negation, AND), OR)
}

fn negation(i: Tokens<'_>) -> Parsed<'_, Expr> {
    if i.peek_word() != Some("not") {
        return atom(i);
    }
    let start = i.peek().span;
    let (rest, inner) = i.skip().deeper(|i| cut(negation).parse(i))?;
    let span = rest.since(start);
    let kind = ExprKind::Not(Box::new(inner));
    Ok((rest, Expr { kind, span }))
}

fn atom(i: Tokens<'_>) -> Parsed<'_, Expr> {
    let (rest, kind) = spanned(atom_kind)(i)?;
    Ok((
        rest,
        Expr {
            kind: kind.value,
            span: kind.span,
        },
    ))
}

fn atom_kind(i: Tokens<'_>) -> Parsed<'_, ExprKind> {
    if i.peek().is_sign("(") {
        return i.skip().deeper(|i| {
            let (rest, inner) = cut(expr).parse(i)?;
            let (rest, _) = cut(sign(")")).parse(rest)?;
            Ok((rest, ExprKind::Paren(Box::new(inner))))
        });
    }
    let next = i.ahead(1);
    match i.peek_word() {
        None => i.fail(Wish::Thing("a condition")),
        Some("true") => Ok((i.skip(), ExprKind::Const(true))),
        Some("false") => Ok((i.skip(), ExprKind::Const(false))),
        Some("found") => cut(found).parse(i.skip()),
        Some("any") if next.word() == Some("of") => cut(any_found).parse(i.skip().skip()),
        Some("count") => cut(|i| measured(i, ExprKind::Count)).parse(i.skip()),
        Some("distinct") => cut(|i| measured(i, ExprKind::Distinct)).parse(i.skip()),
        Some("near") => cut(near).parse(i.skip()),
        // `rule name {` begins the next item.
        Some("rule") if next.word().is_some() && !i.ahead(2).is_sign("{") => {
            map(cut(path("the name of a rule")), ExprKind::Rule).parse(i.skip())
        }
        Some("content") if next.word() == Some("contains") => {
            let (rest, (text, part)) = (cut(text("a text")), part_filter).parse(i.skip().skip())?;
            Ok((rest, ExprKind::Contains(text, part)))
        }
        Some("content") if next.word() == Some("matches") && !i.ahead(2).is_text() => {
            let (rest, (regex, part)) = (cut(regex), part_filter).parse(i.skip().skip())?;
            Ok((rest, ExprKind::ContentMatches(regex, part)))
        }
        Some("on" | "after" | "before") if begins_date(i) => {
            let (rest, (op, day)) = (date_op, cut(date)).parse(i)?;
            Ok((rest, ExprKind::DateIs(None, op, day)))
        }
        Some(_) => about_path(i),
    }
}

/// True where `on`, `after` or `before` speaks of a day.
fn begins_date(i: Tokens<'_>) -> bool {
    let is_date = |ahead: usize| matches!(i.ahead(ahead).kind, Kind::Date(_));
    let turned =
        i.ahead(1).word() == Some("or") && matches!(i.ahead(2).word(), Some("after" | "before"));
    is_date(1) || (i.peek_word() == Some("on") && turned && is_date(3))
}

/// `payment.card (high) in user`
fn found(i: Tokens<'_>) -> Parsed<'_, ExprKind> {
    let (rest, (target, sure, part)) = (target, opt(confidence), part_filter).parse(i)?;
    Ok((rest, ExprKind::Found(vec![target], sure, part)))
}

/// `[a, class b] found (low) in user`
fn any_found(i: Tokens<'_>) -> Parsed<'_, ExprKind> {
    let targets = bracketed("[", "]", target);
    let (rest, (targets, _, sure, part)) =
        (targets, word("found"), opt(confidence), part_filter).parse(i)?;
    Ok((rest, ExprKind::Found(targets, sure, part)))
}

type Measured = fn(Measure, Spanned<CompareOp>, Operand) -> ExprKind;

/// `payment.card (high) in user >= 3`
fn measured(i: Tokens<'_>, kind: Measured) -> Parsed<'_, ExprKind> {
    let (rest, (target, sure, part, op)) =
        (target, opt(confidence), part_filter, compare_op).parse(i)?;
    let (rest, amount) = match &rest.peek().kind {
        Kind::Int(_) => map(literal, Operand::Literal).parse(rest)?,
        _ => {
            rest.wish(Wish::Thing("a number"));
            map(path("a parameter"), Operand::Path).parse(rest)?
        }
    };
    let measure = Measure {
        target,
        confidence: sure,
        part,
    };
    Ok((rest, kind(measure, op, amount)))
}

/// `a, b (low) within 200 in user`
fn near(i: Tokens<'_>) -> Parsed<'_, ExprKind> {
    let (rest, (a, _, b)) = (target, sign(","), target).parse(i)?;
    let (rest, (sure, _, within, part)) =
        (opt(confidence), word("within"), int, part_filter).parse(rest)?;
    let near = Near {
        a,
        b,
        confidence: sure,
        within,
        part,
    };
    Ok((rest, ExprKind::Near(Box::new(near))))
}

/// Conditions that begin with a path.
fn about_path(i: Tokens<'_>) -> Parsed<'_, ExprKind> {
    let (rest, subject) = path("a condition")(i)?;
    let next = rest.skip();
    match rest.peek_word() {
        Some("is") => map(cut(word("known")), |_| ExprKind::Known(subject.clone())).parse(next),
        Some("has") => has(next, subject),
        Some("matches") => {
            let (rest, glob) = cut(text("a text with `*`")).parse(next)?;
            Ok((rest, ExprKind::Matches(subject, glob)))
        }
        Some("in") => cut(|i| within_set(i, &subject)).parse(next),
        Some("not") => rest.refuse(
            &codes::UNEXPECTED,
            "`not` stands before a condition, not inside it".into(),
            Some("write `not x in list`, `not x has …`"),
        ),
        Some("on" | "after" | "before") => {
            let (rest, (op, day)) = (date_op, cut(date)).parse(rest)?;
            Ok((rest, ExprKind::DateIs(Some(subject), op, day)))
        }
        _ => match compare_op(rest) {
            Ok((rest, op)) => {
                let (rest, right) = cut(operand).parse(rest)?;
                Ok((rest, ExprKind::Compare(Operand::Path(subject), op, right)))
            }
            Err(_) => {
                for word in ["is", "has", "matches", "in"] {
                    rest.wish(Wish::Word(word));
                }
                Ok((rest, ExprKind::Path(subject)))
            }
        },
    }
}

/// Behind `has`.
fn has(i: Tokens<'_>, subject: Path) -> Parsed<'_, ExprKind> {
    let texts = |i| bracketed("[", "]", text("a text"))(i);
    let (rest, texts) = if i.peek_word() == Some("any") {
        preceded((word("any"), cut(word("of"))), cut(texts)).parse(i)?
    } else {
        i.wish(Wish::Word("any of"));
        map(cut(text("a text")), |text| vec![text]).parse(i)?
    };
    Ok((rest, ExprKind::Has(subject, texts)))
}

/// Behind `in`: a list, a range, or the name of a list.
fn within_set<'a>(i: Tokens<'a>, subject: &Path) -> Parsed<'a, ExprKind> {
    match i.peek().kind {
        Kind::Sign("[") => {
            let (rest, values) = bracketed("[", "]", literal)(i)?;
            Ok((rest, ExprKind::In(subject.clone(), InSet::Literals(values))))
        }
        Kind::Int(_) => {
            let (rest, (low, _, high)) = (int, sign(".."), int).parse(i)?;
            Ok((rest, ExprKind::InRange(subject.clone(), low, high)))
        }
        _ => {
            i.wish(Wish::Word("["));
            i.wish(Wish::Thing("a range"));
            let (rest, list) = path("the name of a list")(i)?;
            Ok((rest, ExprKind::In(subject.clone(), InSet::Named(list))))
        }
    }
}

/// The right side of a comparison.
fn operand(i: Tokens<'_>) -> Parsed<'_, Operand> {
    match i.peek_word() {
        Some(word) if word != "true" && word != "false" => {
            map(path("a value"), Operand::Path).parse(i)
        }
        _ => map(literal, Operand::Literal).parse(i),
    }
}

/// `=`, `!=`, `<`, `<=`, `>`, `>=`
fn compare_op(i: Tokens<'_>) -> Parsed<'_, Spanned<CompareOp>> {
    let value = match i.peek().kind {
        Kind::Sign("=") => CompareOp::Eq,
        Kind::Sign("!=") => CompareOp::Ne,
        Kind::Sign("<") => CompareOp::Lt,
        Kind::Sign("<=") => CompareOp::Le,
        Kind::Sign(">") => CompareOp::Gt,
        Kind::Sign(">=") => CompareOp::Ge,
        _ => {
            return i.fail(Wish::Thing(
                "a comparison (`=`, `!=`, `<`, `<=`, `>`, `>=`)",
            ));
        }
    };
    let span = i.peek().span;
    Ok((i.skip(), Spanned { value, span }))
}

/// `on`, `on or after`, `on or before`, `after`, `before`
fn date_op(i: Tokens<'_>) -> Parsed<'_, Spanned<DateOp>> {
    spanned(|i: Tokens<'_>| match i.peek_word() {
        Some("after") => Ok((i.skip(), DateOp::After)),
        Some("before") => Ok((i.skip(), DateOp::Before)),
        _ => {
            let (rest, _) = word("on")(i)?;
            if rest.peek_word() != Some("or") {
                rest.wish(Wish::Word("or"));
                return Ok((rest, DateOp::On));
            }
            let turn = rest.skip();
            match turn.peek_word() {
                Some("after") => Ok((turn.skip(), DateOp::OnOrAfter)),
                _ => map(cut(word("before")), |_| DateOp::OnOrBefore).parse(turn),
            }
        }
    })(i)
}
