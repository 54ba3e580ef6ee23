//! The smallest parsers: a word, a sign, a name, a text, a constant, a list.

use nom::Parser;
use nom::combinator::{cut, opt};
use nom::multi::many0;
use nom::sequence::{delimited, preceded, terminated};

use crate::syntax::ast::{
    Confidence, Date, Literal, LiteralValue, Name, PartFilter, Path, Regex, Span, Spanned, Stage,
    Stages, Target, Text, Verdict,
};
use crate::syntax::codes;
use crate::syntax::near::closest;
use crate::syntax::stream::{Parsed, Tokens, Wish};
use crate::syntax::token::{Kind, clip};

/// Words that join or end conditions; nothing used in a condition is called so.
const JOINTS: [&str; 10] = [
    "and", "or", "not", "in", "within", "when", "unless", "then", "because", "until",
];

/// The part roles.
pub(super) const ROLES: [&str; 6] = ["system", "user", "assistant", "tool", "document", "other"];
/// The directions.
pub(super) const DIRECTIONS: [&str; 2] = ["inbound", "outbound"];

/// Exactly this word.
pub(super) fn word<'a>(word: &'static str) -> impl Fn(Tokens<'a>) -> Parsed<'a, Span> + Copy {
    move |i| {
        if i.peek_word() == Some(word) {
            Ok((i.skip(), i.peek().span))
        } else {
            i.fail(Wish::Word(word))
        }
    }
}

/// Exactly this sign.
pub(super) fn sign<'a>(sign: &'static str) -> impl Fn(Tokens<'a>) -> Parsed<'a, Span> + Copy {
    move |i| {
        if i.peek().is_sign(sign) {
            Ok((i.skip(), i.peek().span))
        } else {
            i.fail(Wish::Word(sign))
        }
    }
}

/// A thing with the span that it was written in.
pub(super) fn spanned<'a, T>(
    parser: impl Fn(Tokens<'a>) -> Parsed<'a, T>,
) -> impl Fn(Tokens<'a>) -> Parsed<'a, Spanned<T>> {
    move |i| {
        let (rest, value) = parser(i)?;
        let span = rest.since(i.peek().span);
        Ok((rest, Spanned { value, span }))
    }
}

/// A dotted path.
pub(super) fn path<'a>(what: &'static str) -> impl Fn(Tokens<'a>) -> Parsed<'a, Path> + Copy {
    move |i| match i.peek_word() {
        Some(word) if !JOINTS.contains(&word) => Ok((
            i.skip(),
            Spanned {
                value: word.to_owned(),
                span: i.peek().span,
            },
        )),
        _ => i.fail(Wish::Thing(what)),
    }
}

/// A name: a path without dots.
pub(super) fn name<'a>(what: &'static str) -> impl Fn(Tokens<'a>) -> Parsed<'a, Name> + Copy {
    move |i| match i.peek_word() {
        Some(word) if word.contains('.') => i.refuse(
            &codes::UNEXPECTED,
            format!("expected {what}, found the path `{}`", clip(word)),
            Some("this name has no dots"),
        ),
        Some(word) => Ok((
            i.skip(),
            Spanned {
                value: word.to_owned(),
                span: i.peek().span,
            },
        )),
        None => i.fail(Wish::Thing(what)),
    }
}

/// A quoted text.
pub(super) fn text<'a>(what: &'static str) -> impl Fn(Tokens<'a>) -> Parsed<'a, Text> + Copy {
    move |i| match &i.peek().kind {
        Kind::Text(value) => Ok((
            i.skip(),
            Spanned {
                value: value.clone(),
                span: i.peek().span,
            },
        )),
        _ => i.fail(Wish::Thing(what)),
    }
}

/// An integer.
pub(super) fn int(i: Tokens<'_>) -> Parsed<'_, Spanned<i64>> {
    match i.peek().kind {
        Kind::Int(value) => Ok((
            i.skip(),
            Spanned {
                value,
                span: i.peek().span,
            },
        )),
        _ => i.fail(Wish::Thing("a number")),
    }
}

/// A date.
pub(super) fn date(i: Tokens<'_>) -> Parsed<'_, Spanned<Date>> {
    match i.peek().kind {
        Kind::Date(value) => Ok((
            i.skip(),
            Spanned {
                value,
                span: i.peek().span,
            },
        )),
        _ => i.fail(Wish::Thing("a date (YYYY-MM-DD)")),
    }
}

/// A regular expression.
pub(super) fn regex(i: Tokens<'_>) -> Parsed<'_, Regex> {
    match i.peek().kind {
        Kind::Regex { pattern, fold } => Ok((
            i.skip(),
            Regex {
                pattern: pattern.to_owned(),
                fold,
                span: i.peek().span,
            },
        )),
        _ => i.fail(Wish::Thing("a regular expression (/…/)")),
    }
}

/// One of a fixed set of words.
pub(super) fn one_of<'a, T: Copy>(
    what: &'static str,
    words: &'static [(&'static str, T)],
) -> impl Fn(Tokens<'a>) -> Parsed<'a, Spanned<T>> {
    move |i| {
        let found = i.peek_word();
        if let Some((_, value)) = words.iter().find(|(w, _)| Some(*w) == found) {
            let span = i.peek().span;
            return Ok((
                i.skip(),
                Spanned {
                    value: *value,
                    span,
                },
            ));
        }
        for (word, _) in words {
            i.wish(Wish::Word(word));
        }
        match found {
            Some(found) => i.refuse(
                &codes::UNKNOWN_WORD,
                format!("`{}` is not {what}", clip(found)),
                None,
            ),
            None => i.fail(Wish::Thing(what)),
        }
    }
}

/// `a, b, c`, at least one, without brackets.
pub(super) fn list<'a, T>(
    element: impl Fn(Tokens<'a>) -> Parsed<'a, T> + Copy,
) -> impl Fn(Tokens<'a>) -> Parsed<'a, Vec<T>> {
    move |i| {
        let (rest, first) = element(i)?;
        let (rest, mut more) = many0(preceded(sign(","), cut(element))).parse(rest)?;
        more.insert(0, first);
        Ok((rest, more))
    }
}

/// What stands between brackets, separated by commas; a comma may end it.
pub(super) fn bracketed<'a, T>(
    open: &'static str,
    close: &'static str,
    element: impl Fn(Tokens<'a>) -> Parsed<'a, T> + Copy,
) -> impl Fn(Tokens<'a>) -> Parsed<'a, Vec<T>> {
    move |i| {
        let more = |i: Tokens<'a>| {
            if i.peek().is_sign(close) {
                i.fail(Wish::Thing("another element"))
            } else {
                cut(element).parse(i)
            }
        };
        let inside = |i: Tokens<'a>| {
            let (rest, first) = element(i)?;
            let (rest, mut others) = many0(preceded(sign(","), more)).parse(rest)?;
            let (rest, _) = opt(sign(",")).parse(rest)?;
            others.insert(0, first);
            Ok((rest, others))
        };
        delimited(sign(open), cut(inside), cut(sign(close))).parse(i)
    }
}

/// A constant.
pub(super) fn literal(i: Tokens<'_>) -> Parsed<'_, Literal> {
    let span = i.peek().span;
    let value = match &i.peek().kind {
        Kind::Text(text) => LiteralValue::Text(text.clone()),
        Kind::Int(number) => LiteralValue::Int(*number),
        Kind::Date(date) => LiteralValue::Date(*date),
        Kind::Word("true") => LiteralValue::Bool(true),
        Kind::Word("false") => LiteralValue::Bool(false),
        Kind::Word(word) if word.contains('.') => {
            return i.refuse(
                &codes::UNEXPECTED,
                format!("expected a value, found the path `{}`", clip(word)),
                Some("a value is a text, a number, a date, `true`, `false`, a name or a list"),
            );
        }
        Kind::Word(word) if !JOINTS.contains(word) => LiteralValue::Word((*word).to_owned()),
        Kind::Sign("[") => return i.deeper(literal_list),
        _ => return i.fail(Wish::Thing("a value")),
    };
    Ok((i.skip(), Literal { value, span }))
}

/// `[a, "b", 3]`, possibly empty.
fn literal_list(i: Tokens<'_>) -> Parsed<'_, Literal> {
    let empty = |i| terminated(sign("["), sign("]")).parse(i);
    let (rest, elements) = match empty(i) {
        Ok((rest, _)) => (rest, Vec::new()),
        Err(_) => bracketed("[", "]", literal)(i)?,
    };
    let span = rest.since(i.peek().span);
    let value = LiteralValue::List(elements);
    Ok((rest, Literal { value, span }))
}

/// What a finding condition speaks of.
pub(super) fn target(i: Tokens<'_>) -> Parsed<'_, Target> {
    let named = i.ahead(1).word().is_some_and(|w| !JOINTS.contains(&w));
    match i.peek_word() {
        Some("class") if named => {
            let (rest, name) = name("a class")(i.skip())?;
            Ok((rest, Target::Class(name)))
        }
        Some("tag") if named => {
            let (rest, name) = name("a tag")(i.skip())?;
            Ok((rest, Target::Tag(name)))
        }
        Some("group") if named => {
            let (rest, name) = name("a group")(i.skip())?;
            Ok((rest, Target::Group(name)))
        }
        _ => {
            let (rest, path) = path("a detector, `class …`, `tag …` or `group …`")(i)?;
            Ok((rest, Target::Detector(path)))
        }
    }
}

/// `(low)`, `(medium)`, `(high)`.
pub(super) fn confidence(i: Tokens<'_>) -> Parsed<'_, Spanned<Confidence>> {
    const LEVELS: &[(&str, Confidence)] = &[
        ("low", Confidence::Low),
        ("medium", Confidence::Medium),
        ("high", Confidence::High),
    ];
    let level = one_of("a confidence", LEVELS);
    delimited(sign("("), cut(level), cut(sign(")"))).parse(i)
}

/// `ROLE+ DIRECTION?` or `DIRECTION`; nothing where no such word stands.
pub(super) fn parts(i: Tokens<'_>) -> Parsed<'_, PartFilter> {
    let any = |i: Tokens<'_>, words: &'static [&'static str]| {
        let found = i.peek_word().filter(|w| words.contains(w));
        for word in words {
            i.wish(Wish::Word(word));
        }
        found.map(|w| Spanned {
            value: w.to_owned(),
            span: i.peek().span,
        })
    };
    let mut filter = PartFilter::default();
    let mut i = i;
    while let Some(role) = any(i, &ROLES) {
        filter.roles.push(role);
        i = i.skip();
    }
    filter.direction = any(i, &DIRECTIONS);
    let rest = if filter.direction.is_some() {
        i.skip()
    } else {
        i
    };
    Ok((rest, filter))
}

/// `in user outbound`; empty where there is no `in`.
pub(super) fn part_filter(i: Tokens<'_>) -> Parsed<'_, PartFilter> {
    if i.peek_word() != Some("in") {
        i.wish(Wish::Word("in"));
        return Ok((i, PartFilter::default()));
    }
    let inner = i.skip();
    let (rest, filter) = parts(inner)?;
    if rest.at > inner.at {
        return Ok((rest, filter));
    }
    match inner.peek_word() {
        Some(found) => inner.refuse(
            &codes::UNKNOWN_WORD,
            format!("`{}` is not a part role or direction", clip(found)),
            Some(
                "roles are `system` `user` `assistant` `tool` `document` `other`, directions `inbound` `outbound`",
            ),
        ),
        None => inner.fail(Wish::Thing("a part role")),
    }
}

/// A verdict.
pub(super) fn verdict(i: Tokens<'_>) -> Parsed<'_, Spanned<Verdict>> {
    let found = i.peek_word();
    let known = Verdict::ALL.iter().find(|v| Some(v.as_str()) == found);
    if let Some(verdict) = known {
        let span = i.peek().span;
        return Ok((
            i.skip(),
            Spanned {
                value: *verdict,
                span,
            },
        ));
    }
    for verdict in Verdict::ALL {
        i.wish(Wish::Word(verdict.as_str()));
    }
    match found {
        Some(found) => i.refuse(
            &codes::UNKNOWN_VERDICT,
            format!("`{}` is not a verdict", clip(found)),
            Some("verdicts, weakest first: `allow` `log` `warn` `justify` `redact` `approve` `block`"),
        ),
        None => i.fail(Wish::Thing("a verdict")),
    }
}

/// `observe from DATE, warn from DATE`, behind the word `stage`.
pub(super) fn stages(i: Tokens<'_>) -> Parsed<'_, Stages> {
    const STAGES: &[(&str, Stage)] = &[
        ("observe", Stage::Observe),
        ("warn", Stage::Warn),
        ("enforce", Stage::Enforce),
    ];
    let step = |i| {
        (
            one_of("a stage", STAGES),
            preceded(cut(word("from")), cut(date)),
        )
            .parse(i)
    };
    let start = i.before();
    let (rest, steps) = list(step)(i)?;
    let span = rest.since(start);
    Ok((rest, Stages { steps, span }))
}

/// The word of `words` that a person probably meant at this token.
pub(super) fn meant(i: Tokens<'_>, words: &[&'static str]) -> Option<&'static str> {
    closest(i.peek_word()?, words.iter().copied())
}

/// `a JOINT b JOINT c` joined, or only `a`.
pub(super) fn chain<'a, T>(
    i: Tokens<'a>,
    joint: &'static str,
    part: impl Fn(Tokens<'a>) -> Parsed<'a, T> + Copy,
    join: fn(Vec<T>, Span) -> T,
) -> Parsed<'a, T> {
    let start = i.peek().span;
    let (rest, first) = part(i)?;
    let (rest, mut parts) = many0(preceded(word(joint), cut(part))).parse(rest)?;
    if parts.is_empty() {
        return Ok((rest, first));
    }
    parts.insert(0, first);
    let span = rest.since(start);
    Ok((rest, join(parts, span)))
}
