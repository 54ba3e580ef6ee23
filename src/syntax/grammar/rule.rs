//! Rules: clauses, verdicts, obligations and messages.

use nom::Parser;
use nom::combinator::{cut, opt};
use nom::sequence::preceded;

use super::block::{Block, lines, report, stop, unclosed};
use super::expr::expr;
use super::named;
use super::terms::{list, name, path, sign, stages, target, text, verdict, word};
use crate::syntax::ast::{
    Clause, Messages, Obligation, ObligationKind, Path, Rule, Span, Target, Text, Then, Verdict,
};
use crate::syntax::stream::{Parsed, Tokens, Wish};

pub(super) const RULE: Block = Block {
    what: "rule",
    strong: &["when", "unless", "then", "cite", "say", "hint"],
    plain: &[
        "redact", "justify", "approve", "disclose", "train", "label", "notify", "stage", "rests",
    ],
};

/// `NAME { … }`, behind `rule`; the item begins at `start`.
pub(super) fn rule(i: Tokens<'_>, start: Span, relaxable: bool) -> Parsed<'_, Rule> {
    let (rest, name) = named(i, "the rule's name", name("the rule's name"))?;
    body(rest, name, start, relaxable)
}

/// `PATH { … }`, behind `tighten`.
pub(super) fn tighten(i: Tokens<'_>, start: Span) -> Parsed<'_, Rule> {
    let (rest, name) = named(i, "the rule's name", path("the name of a rule"))?;
    body(rest, name, start, false)
}

fn body(i: Tokens<'_>, name: Path, start: Span, relaxable: bool) -> Parsed<'_, Rule> {
    let rest = i;
    let (rest, _) = cut(sign("{")).parse(rest)?;
    let (rest, clauses) = lines(rest, &RULE, clause);
    let span = rest.since(start);
    Ok((
        rest,
        Rule {
            name,
            relaxable,
            clauses,
            span,
        },
    ))
}

fn clause<'a>(i: Tokens<'a>, keyword: &'static str) -> Parsed<'a, Clause> {
    match keyword {
        "when" => expr.map(Clause::When).parse(i),
        "unless" => expr.map(Clause::Unless).parse(i),
        "then" => then.map(Clause::Then).parse(i),
        "cite" => text("a legal basis, a text").map(Clause::Cite).parse(i),
        "say" => (|i| texts(i, &RULE, "message block"))
            .map(Clause::Say)
            .parse(i),
        "hint" => (|i| texts(i, &RULE, "message block"))
            .map(Clause::Hint)
            .parse(i),
        "stage" => stages.map(Clause::Stage).parse(i),
        "rests" => preceded(word("on"), cut(list(path("an attribute"))))
            .map(Clause::RestsOn)
            .parse(i),
        _ => (|i| obligation(i, keyword, &RULE))
            .map(Clause::Also)
            .parse(i),
    }
}

/// `block`, `redact payment.card`, `approve by "dpo"`
fn then(i: Tokens<'_>) -> Parsed<'_, Then> {
    let (rest, verdict) = verdict(i)?;
    let (rest, redact) = match verdict.value {
        Verdict::Redact => targets(rest, &RULE)?,
        _ => (rest, Vec::new()),
    };
    let (rest, approve_by) = match verdict.value {
        Verdict::Approve => opt(by_role).parse(rest)?,
        _ => (rest, None),
    };
    Ok((
        rest,
        Then {
            verdict,
            redact,
            approve_by,
        },
    ))
}

fn by_role(i: Tokens<'_>) -> Parsed<'_, Text> {
    preceded(word("by"), cut(text("a role, a text"))).parse(i)
}

/// The targets of `redact`, none where the next word begins a line of the block.
fn targets<'a>(i: Tokens<'a>, block: &Block) -> Parsed<'a, Vec<Target>> {
    match i.peek_word() {
        Some(word) if block.word(Some(word)).is_none() => list(target)(i),
        _ => {
            i.wish(Wish::Thing("a detector"));
            Ok((i, Vec::new()))
        }
    }
}

/// The words of obligations.
pub(super) const OBLIGATIONS: &[(&str, &str)] = &[
    ("redact", "redact"),
    ("justify", "justify"),
    ("approve", "approve"),
    ("disclose", "disclose"),
    ("train", "train"),
    ("label", "label"),
    ("notify", "notify"),
];

/// What stands behind an obligation's word, inside a block of this kind.
pub(super) fn obligation<'a>(
    i: Tokens<'a>,
    keyword: &'static str,
    block: &Block,
) -> Parsed<'a, Obligation> {
    let start = i.before();
    let (rest, kind) = match keyword {
        "redact" => (|i| targets(i, block))
            .map(ObligationKind::Redact)
            .parse(i)?,
        "justify" => (i, ObligationKind::Justify),
        "disclose" => (i, ObligationKind::Disclose),
        "approve" => by_role
            .map(|role| ObligationKind::Approve(Some(role)))
            .parse(i)?,
        "train" => text("a training unit, a text")
            .map(ObligationKind::Train)
            .parse(i)?,
        "label" => text("a label, a text")
            .map(ObligationKind::Label)
            .parse(i)?,
        _ => text("a role, a text")
            .map(ObligationKind::Notify)
            .parse(i)?,
    };
    let span = rest.since(start);
    Ok((rest, Obligation { kind, span }))
}

/// `{ de "…" en "…" }` inside a block of this kind; a damaged text does not cost the others.
pub(super) fn texts<'a>(i: Tokens<'a>, block: &Block, what: &str) -> Parsed<'a, Messages> {
    let open = i.peek().span;
    let (mut rest, _) = sign("{")(i)?;
    let mut texts = Vec::new();
    loop {
        let token = rest.peek();
        if token.is_sign("}") && !texts.is_empty() {
            rest = rest.skip();
            break;
        }
        let next_clause = token.first && block.word(token.word()).is_some();
        if stop(rest) || (next_clause && !rest.ahead(1).is_text()) {
            unclosed(rest, what, open);
            break;
        }
        let pair = (name("a language"), cut(text("a text in this language"))).parse(rest);
        match pair {
            Ok((after, pair)) => {
                texts.push(pair);
                rest = after;
            }
            Err(error) => {
                report(rest, error);
                rest = next_text(rest, block);
                if rest.peek().is_sign("}") {
                    rest = rest.skip();
                    break;
                }
            }
        }
    }
    let span = rest.since(open);
    Ok((rest, Messages { texts, span }))
}

/// The next pair of language and text, or what ends the block.
fn next_text<'a>(i: Tokens<'a>, block: &Block) -> Tokens<'a> {
    let mut i = if i.peek().is_sign("}") { i } else { i.skip() };
    loop {
        let token = i.peek();
        let pair = token.word().is_some() && i.ahead(1).is_text();
        let clause = token.first && block.word(token.word()).is_some();
        if stop(i) || token.is_sign("}") || pair || clause {
            return i;
        }
        i = i.skip();
    }
}
