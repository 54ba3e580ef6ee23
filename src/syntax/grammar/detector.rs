//! Detectors.

use nom::Parser;
use nom::combinator::{cut, opt};
use nom::multi::many0;
use nom::sequence::preceded;

use super::block::{Block, lines};
use super::check::check;
use super::named;
use super::rule::texts;
use super::terms::{bracketed, int, list, name, one_of, path, regex, sign, target, text, word};
use crate::syntax::ast::{
    AnyOf, Beside, Confidence, ConfidenceRule, Context, Detector, DetectorClause, Lower, LowerHow,
    Phrase, Sequence, SequencePart, Span,
};
use crate::syntax::codes;
use crate::syntax::stream::{Parsed, Tokens, Wish};

const DETECTOR: Block = Block {
    what: "detector",
    strong: &[
        "tags",
        "pattern",
        "yields",
        "examples",
        "counterexamples",
        "sequence",
        "reported",
    ],
    plain: &[
        "title",
        "class",
        "digits",
        "after",
        "words",
        "check",
        "context",
        "confidence",
        "lower",
        "redact",
        "any",
        "first",
        "hidden",
        "verbatim",
        "beside",
        "against",
    ],
};

/// `PATH TEXT { … }`, behind `detector`; the item begins at `start`.
pub(super) fn detector(i: Tokens<'_>, start: Span) -> Parsed<'_, Detector> {
    let (rest, id) = named(i, "the detector's id", path("the detector's id"))?;
    let (rest, title) = cut(text("the detector's title, a text")).parse(rest)?;
    let (rest, _) = cut(sign("{")).parse(rest)?;
    let (rest, clauses) = lines(rest, &DETECTOR, clause);
    let span = rest.since(start);
    Ok((
        rest,
        Detector {
            id,
            title,
            clauses,
            span,
        },
    ))
}

fn clause<'a>(i: Tokens<'a>, keyword: &'static str) -> Parsed<'a, DetectorClause> {
    match keyword {
        "title" => (|i| texts(i, &DETECTOR, "block of titles"))
            .map(DetectorClause::Title)
            .parse(i),
        "class" => name("a class").map(DetectorClause::Class).parse(i),
        "tags" => list(name("a tag")).map(DetectorClause::Tags).parse(i),
        "pattern" => regex.map(DetectorClause::Pattern).parse(i),
        "digits" => int.map(DetectorClause::Digits).parse(i),
        "after" => regex.map(DetectorClause::After).parse(i),
        "words" => words(i),
        "sequence" => sequence.map(DetectorClause::Sequence).parse(i),
        "any" => any_of.map(DetectorClause::AnyOf).parse(i),
        "first" => preceded((word("word"), cut(word("in"))), cut(path("a list")))
            .map(DetectorClause::FirstWord)
            .parse(i),
        "reported" => preceded(word("as"), cut(path("a detector")))
            .map(DetectorClause::ReportedAs)
            .parse(i),
        "hidden" => Ok((i, DetectorClause::Hidden(i.before()))),
        "verbatim" => Ok((i, DetectorClause::Verbatim(i.before()))),
        "beside" => beside.map(DetectorClause::Beside).parse(i),
        "against" => against.map(DetectorClause::Against).parse(i),
        "check" => check.map(DetectorClause::Check).parse(i),
        "context" => context.map(DetectorClause::Context).parse(i),
        "confidence" => confidence.map(DetectorClause::Confidence).parse(i),
        "lower" if i.peek_word() == Some("when") => {
            cut(check).map(DetectorClause::LowerWhen).parse(i.skip())
        }
        "lower" => {
            i.wish(Wish::Word("when"));
            list(lower).map(DetectorClause::Lower).parse(i)
        }
        "yields" => preceded(word("to"), cut(list(path("a detector"))))
            .map(DetectorClause::YieldsTo)
            .parse(i),
        "redact" => preceded(word("as"), cut(text("a text")))
            .map(DetectorClause::RedactAs)
            .parse(i),
        "examples" => list(text("a text")).map(DetectorClause::Examples).parse(i),
        _ => list(text("a text"))
            .map(DetectorClause::Counterexamples)
            .parse(i),
    }
}

/// `inflected "a", "b"` or a list's name; `inflected` alone is a list of that name.
fn words(i: Tokens<'_>) -> Parsed<'_, DetectorClause> {
    let next = i.ahead(1);
    let listed = next.word().is_some() && DETECTOR.word(next.word()).is_none();
    let inflected = i.peek_word() == Some("inflected") && (next.is_text() || listed);
    let i = if inflected { i.skip() } else { i };
    if i.peek().is_text() {
        let (rest, items) = list(text("a text"))(i)?;
        let words = DetectorClause::Words {
            inflected,
            items,
            list: None,
        };
        return Ok((rest, words));
    }
    i.wish(Wish::Thing("a text"));
    let (rest, path) = path("the name of a list")(i)?;
    let words = DetectorClause::Words {
        inflected,
        items: Vec::new(),
        list: Some(path),
    };
    Ok((rest, words))
}

/// `"a", "b" before within 80`
fn context(i: Tokens<'_>) -> Parsed<'_, Context> {
    words_around(i, |i| opt(word("before")).map(|b| b.is_some()).parse(i))
}

/// Words, on which side they stand, and how near.
fn words_around<'a>(
    i: Tokens<'a>,
    before_only: impl Fn(Tokens<'a>) -> Parsed<'a, bool>,
) -> Parsed<'a, Context> {
    let start = i.before();
    let (rest, words) = list(text("a text"))(i)?;
    let (rest, before_only) = before_only(rest)?;
    let (rest, within) = opt(preceded(word("within"), cut(int))).parse(rest)?;
    Ok((
        rest,
        Context {
            words,
            within,
            before_only,
            span: rest.since(start),
        },
    ))
}

/// `"a", "b" within 30`
fn against(i: Tokens<'_>) -> Parsed<'_, Context> {
    words_around(i, |i| Ok((i, true)))
}

/// `person.name, person_words within 80 as check`
fn beside(i: Tokens<'_>) -> Parsed<'_, Beside> {
    const STANDS_FOR: &[(&str, bool)] = &[("check", true), ("context", false)];
    let start = i.before();
    let (rest, targets) = list(target)(i)?;
    let (rest, within) = cut(preceded(word("within"), int)).parse(rest)?;
    let as_what = one_of("what it stands for", STANDS_FOR);
    let (rest, check) = cut(preceded(word("as"), as_what)).parse(rest)?;
    Ok((
        rest,
        Beside {
            targets,
            within,
            check: check.value,
            span: rest.since(start),
        },
    ))
}

/// `"a"`, or the name of a list.
fn phrase(i: Tokens<'_>) -> Parsed<'_, Phrase> {
    if i.peek().is_text() {
        return text("a phrase").map(Phrase::Text).parse(i);
    }
    i.wish(Wish::Thing("a phrase"));
    path("the name of a list").map(Phrase::Name).parse(i)
}

/// `inflected ["a"] then ["b", c] gap 6 words either order`
fn sequence(i: Tokens<'_>) -> Parsed<'_, Sequence> {
    let start = i.before();
    let (rest, inflected) = opt(word("inflected")).parse(i)?;
    let phrases = || bracketed("[", "]", phrase);
    let (rest, first) = phrases()(rest)?;
    let mut parts = vec![SequencePart {
        phrases: first,
        gap: None,
    }];
    let gap = (word("gap"), int, word("words"));
    let then =
        (word("then"), cut((phrases(), gap))).map(|(_, (phrases, (_, gap, _)))| SequencePart {
            phrases,
            gap: Some(gap),
        });
    let (rest, more) = cut(nom::multi::many1(then)).parse(rest)?;
    parts.extend(more);
    let (rest, either) = opt((word("either"), cut(word("order")))).parse(rest)?;
    Ok((
        rest,
        Sequence {
            inflected: inflected.is_some(),
            parts,
            either: either.is_some(),
            span: rest.since(start),
        },
    ))
}

/// `3 times of ["a", "b"] within 3000`
fn any_of(i: Tokens<'_>) -> Parsed<'_, AnyOf> {
    let start = i.before();
    let (rest, least) = int(i)?;
    let (rest, times) = opt(word("times")).parse(rest)?;
    let (rest, phrases) = cut(preceded(word("of"), bracketed("[", "]", phrase))).parse(rest)?;
    let (rest, within) = cut(preceded(word("within"), int)).parse(rest)?;
    Ok((
        rest,
        AnyOf {
            least,
            times: times.is_some(),
            phrases,
            within,
            span: rest.since(start),
        },
    ))
}

const LEVELS: &[(&str, Option<Confidence>)] = &[
    ("none", None),
    ("low", Some(Confidence::Low)),
    ("medium", Some(Confidence::Medium)),
    ("high", Some(Confidence::High)),
];

/// What the evidence of a `with` is.
#[derive(Clone, Copy)]
enum Evidence {
    Check,
    Context,
    Both,
}

/// `low, with check medium, with check and context high`
fn confidence(i: Tokens<'_>) -> Parsed<'_, ConfidenceRule> {
    let start = i.before();
    let (rest, pattern) = one_of("a confidence", LEVELS)(i)?;
    let (rest, steps) = many0(preceded(sign(","), cut(step))).parse(rest)?;
    let mut rule = ConfidenceRule {
        pattern: pattern.value,
        check: None,
        context: None,
        both: None,
        span: rest.since(start),
    };
    for (at, evidence, level) in steps {
        let place = match evidence {
            Evidence::Check => &mut rule.check,
            Evidence::Context => &mut rule.context,
            Evidence::Both => &mut rule.both,
        };
        if place.replace(level).is_some() {
            return at.refuse(
                &codes::REPEATED_PART,
                "this evidence has a confidence already".into(),
                Some("keep one of the two"),
            );
        }
    }
    Ok((rest, rule))
}

/// `with check and context high`
fn step(i: Tokens<'_>) -> Parsed<'_, (Tokens<'_>, Evidence, Option<Confidence>)> {
    const EVIDENCE: &[(&str, Evidence)] =
        &[("check", Evidence::Check), ("context", Evidence::Context)];
    let (rest, first) = preceded(word("with"), cut(one_of("evidence", EVIDENCE))).parse(i)?;
    let (rest, evidence) = match first.value {
        Evidence::Check => {
            let both = opt(preceded(word("and"), cut(word("context"))));
            both.map(|b| b.map_or(Evidence::Check, |_| Evidence::Both))
                .parse(rest)?
        }
        other => (rest, other),
    };
    let (rest, level) = cut(one_of("a confidence", LEVELS)).parse(rest)?;
    Ok((rest, (i, evidence, level.value)))
}

/// `"4111…"`, `prefix "10."`, `suffix "…"`
fn lower(i: Tokens<'_>) -> Parsed<'_, Lower> {
    let (rest, how) = match i.peek_word() {
        Some("prefix") => (i.skip(), LowerHow::Prefix),
        Some("suffix") => (i.skip(), LowerHow::Suffix),
        _ => {
            i.wish(Wish::Word("prefix"));
            i.wish(Wish::Word("suffix"));
            (i, LowerHow::Whole)
        }
    };
    let (rest, text) = text("a text")(rest)?;
    Ok((rest, Lower { how, text }))
}
