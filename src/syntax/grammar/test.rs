//! Tests.

use nom::Parser;
use nom::combinator::{cut, opt};
use nom::sequence::preceded;

use super::block::{Block, lines};
use super::rule::{OBLIGATIONS, obligation};
use super::terms::{
    confidence, date, list, literal, meant, one_of, parts, path, sign, text, verdict, word,
};
use crate::syntax::ast::{Expect, Literal, Path, Span, Test, TestLine};
use crate::syntax::codes;
use crate::syntax::stream::{Parsed, Tokens, Wish};

const TEST: Block = Block {
    what: "test",
    strong: &["given", "today", "expect"],
    plain: &["param", "text"],
};

/// `TEXT { … }`, behind `test`; the item begins at `start`.
pub(super) fn test(i: Tokens<'_>, start: Span) -> Parsed<'_, Test> {
    let Ok((rest, name)) = text("the test's name")(i) else {
        return i.refuse(
            &codes::MISSING_NAME,
            format!(
                "expected the test's name, a text, found {}",
                i.peek().describe()
            ),
            Some("a test is named by a sentence: test \"a card is stopped\" { … }"),
        );
    };
    let (rest, _) = cut(sign("{")).parse(rest)?;
    let (rest, lines) = lines(rest, &TEST, line);
    let span = rest.since(start);
    Ok((rest, Test { name, lines, span }))
}

fn line<'a>(i: Tokens<'a>, keyword: &'static str) -> Parsed<'a, TestLine> {
    match keyword {
        "given" => list(pair).map(TestLine::Given).parse(i),
        "today" => date.map(TestLine::Today).parse(i),
        "param" => {
            let (rest, (name, _, value)) =
                (path("a parameter"), sign("="), cut(literal)).parse(i)?;
            Ok((rest, TestLine::Param(name, value)))
        }
        "text" => {
            let (rest, (part, text)) = (parts, text("a text")).parse(i)?;
            Ok((rest, TestLine::Text { part, text }))
        }
        _ => expect.map(TestLine::Expect).parse(i),
    }
}

/// `destination.kind = ai_chat`
fn pair(i: Tokens<'_>) -> Parsed<'_, (Path, Literal)> {
    let (rest, (path, _, value)) = (path("an attribute"), cut(sign("=")), cut(literal)).parse(i)?;
    Ok((rest, (path, value)))
}

fn expect(i: Tokens<'_>) -> Parsed<'_, Expect> {
    const HEADS: [&str; 6] = ["would", "no", "found", "not", "obligation", "content"];
    let next = i.skip();
    match i.peek_word() {
        Some("would") => {
            let (rest, (verdict, rules)) = (cut(verdict), by_rules).parse(next)?;
            Ok((rest, Expect::Would(verdict, rules)))
        }
        Some("no") if no_found(next) => next.refuse(
            &codes::UNEXPECTED,
            "expected a rule, found `found`".to_owned(),
            Some("`no` speaks of a rule; of a detector `expect not found …`"),
        ),
        Some("no") => path("a rule").map(Expect::NoRule).parse(next),
        Some("found") => {
            let (rest, (detector, confidence)) =
                (path("a detector"), opt(confidence)).parse(next)?;
            let (rest, at) = opt(preceded(word("at"), cut(text("a text")))).parse(rest)?;
            Ok((
                rest,
                Expect::Found {
                    detector,
                    confidence,
                    at,
                },
            ))
        }
        Some("not") => preceded(word("found"), path("a detector"))
            .map(Expect::NotFound)
            .parse(next),
        Some("obligation") => {
            let (rest, keyword) = one_of("an obligation", OBLIGATIONS)(next)?;
            let (rest, obligation) = obligation(rest, keyword.value, &TEST)?;
            Ok((rest, Expect::Obligation(obligation)))
        }
        Some("content") => {
            let (rest, span) = word("unread")(next)?;
            Ok((rest, Expect::Unread(i.peek().span.to(span))))
        }
        _ => {
            for head in HEADS {
                i.wish(Wish::Word(head));
            }
            if let Some(head) = meant(i, &HEADS) {
                return i.refuse(
                    &codes::UNKNOWN_WORD,
                    format!("nothing to expect begins with {}", i.peek().describe()),
                    Some(match head {
                        "would" => "`expect would VERDICT` speaks of the verdict before its stage's cap",
                        _ => "`expect` takes a verdict, `would`, `no`, `found`, `not found`, `obligation` or `content unread`",
                    }),
                );
            }
            let (rest, (verdict, rules)) = (verdict, by_rules).parse(i)?;
            Ok((rest, Expect::Verdict(verdict, rules)))
        }
    }
}

/// `found` with a detector behind it, where a rule should stand; alone it is a rule's name.
fn no_found(i: Tokens<'_>) -> bool {
    let next = i.ahead(1);
    i.peek_word() == Some("found") && next.word().is_some() && !next.first
}

/// `by rule_a, rule_b`, or nothing
fn by_rules(i: Tokens<'_>) -> Parsed<'_, Vec<Path>> {
    let rules = opt(preceded(word("by"), cut(list(path("a rule")))));
    rules.map(Option::unwrap_or_default).parse(i)
}
