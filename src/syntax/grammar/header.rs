//! The policy header.

use nom::Parser;
use nom::combinator::cut;
use nom::sequence::preceded;

use super::block::{Block, lines};
use super::named;
use super::terms::{date, int, list, name, sign, stages, text, verdict, word};
use crate::syntax::ast::{Policy, Setting, Span};
use crate::syntax::stream::{Parsed, Tokens};

const HEADER: Block = Block {
    what: "policy header",
    strong: &[
        "version",
        "languages",
        "on_error",
        "time_zone",
        "max_findings",
    ],
    plain: &["review", "stage"],
};

/// `NAME TEXT { … }`, behind `policy`, which stands at `start`.
pub(super) fn policy(i: Tokens<'_>, start: Span) -> Parsed<'_, Policy> {
    let (rest, id) = named(i, "the policy's name", name("the policy's name"))?;
    let (rest, title) = cut(text("the policy's title, a text")).parse(rest)?;
    let (rest, _) = cut(sign("{")).parse(rest)?;
    let (rest, settings) = lines(rest, &HEADER, setting);
    let span = rest.since(start);
    Ok((
        rest,
        Policy {
            id,
            title,
            settings,
            span,
        },
    ))
}

fn setting<'a>(i: Tokens<'a>, keyword: &'static str) -> Parsed<'a, Setting> {
    match keyword {
        "version" => text("a version, a text").map(Setting::Version).parse(i),
        "languages" => list(name("a language")).map(Setting::Languages).parse(i),
        "review" => preceded(word("by"), cut(date))
            .map(Setting::ReviewBy)
            .parse(i),
        "on_error" => verdict.map(Setting::OnError).parse(i),
        "time_zone" => text("a time zone, a text").map(Setting::TimeZone).parse(i),
        "max_findings" => int.map(Setting::MaxFindings).parse(i),
        _ => stages.map(Setting::Stage).parse(i),
    }
}
