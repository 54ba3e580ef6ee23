//! Checks: what a detector computes over the value of a span.

use nom::Parser;
use nom::combinator::{cut, opt};
use nom::sequence::preceded;

use super::terms::{bracketed, chain, int, literal, name, path, sign, text, word};
use crate::syntax::ast::{
    Check, CheckKind, NumberCheck, NumberEquals, Slice, Span, Spanned, Text, Weights, WeightsEquals,
};
use crate::syntax::codes;
use crate::syntax::stream::{Parsed, Tokens, Wish};
use crate::syntax::token::Kind;
use std::sync::Arc;

/// A whole check.
pub(super) fn check(i: Tokens<'_>) -> Parsed<'_, Check> {
    const AND: fn(Vec<Check>, Span) -> Check = |parts, span| Check {
        kind: CheckKind::And(parts),
        span,
    };
    const OR: fn(Vec<Check>, Span) -> Check = |parts, span| Check {
        kind: CheckKind::Or(parts),
        span,
    };
    chain(i, "or", |i| chain(i, "and", one, AND), OR)
}

fn one(i: Tokens<'_>) -> Parsed<'_, Check> {
    let start = i.peek().span;
    if i.peek().is_sign("(") {
        return i.skip().deeper(|i| {
            let (rest, inner) = cut(check).parse(i)?;
            let (rest, _) = cut(sign(")")).parse(rest)?;
            Ok((rest, inner))
        });
    }
    let next = i.ahead(1);
    let weighs = next.is_sign("(") || next.word() == Some("repeat");
    let (rest, kind) = match i.peek_word() {
        Some("not") => {
            let (rest, inner) = i.skip().deeper(|i| cut(one).parse(i))?;
            (rest, CheckKind::Not(Box::new(inner)))
        }
        Some("weights") if weighs => weights(i.skip())?,
        Some("number") if !next.is_sign("(") => number(i.skip())?,
        Some("word") => in_list(i.skip(), true)?,
        Some("value") if next.word() == Some("in") => in_list(i.skip(), false)?,
        _ => call(i)?,
    };
    let span = rest.since(start);
    Ok((rest, Check { kind, span }))
}

/// `mod97(4) on 1..9`
fn call(i: Tokens<'_>) -> Parsed<'_, CheckKind> {
    let (rest, name) = name("a check")(i)?;
    let (rest, args) = opt(bracketed("(", ")", literal)).parse(rest)?;
    let (rest, slice) = opt(slice).parse(rest)?;
    let args = args.unwrap_or_default();
    Ok((rest, CheckKind::Call { name, args, slice }))
}

/// `word last`
pub(crate) const LAST_WORD: i64 = 255;

/// Behind `word` or `value`: `2 in surnames`.
fn in_list(i: Tokens<'_>, word_of: bool) -> Parsed<'_, CheckKind> {
    let (rest, word) = match word_of {
        true if i.peek_word() == Some("last") => {
            let span = i.peek().span;
            (
                i.skip(),
                Some(Spanned {
                    value: LAST_WORD,
                    span,
                }),
            )
        }
        true => {
            i.wish(Wish::Word("last"));
            cut(int).map(Some).parse(i)?
        }
        false => (i, None),
    };
    let (rest, list) = cut(preceded(self::word("in"), path("the name of a list"))).parse(rest)?;
    let words = Arc::new([]);
    Ok((rest, CheckKind::InList { word, list, words }))
}

/// `on 1..9`, `on 3..`, `on run 2`
fn slice(i: Tokens<'_>) -> Parsed<'_, Slice> {
    let (rest, _) = word("on")(i)?;
    if rest.peek_word() == Some("run") {
        return cut(int).map(Slice::Run).parse(rest.skip());
    }
    rest.wish(Wish::Word("run"));
    let (rest, (from, _)) = cut((int, sign(".."))).parse(rest)?;
    let (rest, to) = opt(int).parse(rest)?;
    Ok((rest, Slice::Range(from, to)))
}

/// Behind `weights`.
fn weights(i: Tokens<'_>) -> Parsed<'_, CheckKind> {
    let (rest, repeat) = opt(word("repeat")).parse(i)?;
    let (rest, weights) = cut(numbers).parse(rest)?;
    let two_digits = opt(preceded(word("letters"), cut(word("two_digits"))));
    let map = opt(preceded(word("map"), cut(numbers)));
    let odd_map = opt(preceded((word("odd"), cut(word("map"))), cut(numbers)));
    let digit_sum = opt(preceded(word("digit"), cut(word("sum"))));
    let (rest, (letters, map, odd_map)) = (two_digits, map, odd_map).parse(rest)?;
    let (rest, (sum, slice, plus)) = (digit_sum, opt(slice), opt(plus)).parse(rest)?;
    let (rest, modulus) = cut(modulus).parse(rest)?;
    let (rest, (times, complement)) = (opt(times), opt(word("complement"))).parse(rest)?;
    let (rest, second) = opt(self::modulus).parse(rest)?;
    let (rest, ten_is) =
        opt(preceded((word("ten"), cut(word("is"))), cut(sign_for_ten))).parse(rest)?;
    let (rest, signs) = opt(signs).parse(rest)?;
    let (rest, equals) = preceded(cut(word("equals")), cut(equals)).parse(rest)?;
    let weights = Weights {
        weights,
        repeat: repeat.is_some(),
        digit_sum: sum.is_some(),
        letters_two_digits: letters.is_some(),
        map: map.unwrap_or_default(),
        odd_map: odd_map.unwrap_or_default(),
        slice,
        plus,
        modulus,
        times,
        complement: complement.is_some(),
        second,
        signs,
        equals,
        ten_is,
    };
    Ok((rest, CheckKind::Weights(Box::new(weights))))
}

/// `(7,3,1)`
fn numbers(i: Tokens<'_>) -> Parsed<'_, Vec<i64>> {
    let (rest, numbers) = bracketed("(", ")", int)(i)?;
    Ok((rest, numbers.into_iter().map(|n| n.value).collect()))
}

/// `plus 4`
fn plus(i: Tokens<'_>) -> Parsed<'_, i64> {
    preceded(word("plus"), cut(int)).map(|n| n.value).parse(i)
}

/// `times 10`
fn times(i: Tokens<'_>) -> Parsed<'_, i64> {
    preceded(word("times"), cut(int)).map(|n| n.value).parse(i)
}

/// `mod 11`
fn modulus(i: Tokens<'_>) -> Parsed<'_, i64> {
    preceded(word("mod"), cut(int)).map(|n| n.value).parse(i)
}

/// `signs "TRWAG…"`
fn signs(i: Tokens<'_>) -> Parsed<'_, Text> {
    preceded(word("signs"), cut(text("an alphabet, a text"))).parse(i)
}

/// Behind `number`.
fn number(i: Tokens<'_>) -> Parsed<'_, CheckKind> {
    let (rest, (slice, plus, times)) = (opt(slice), opt(plus), opt(times)).parse(i)?;
    let (rest, modulus) = cut(modulus).parse(rest)?;
    let (rest, complement) = opt(word("complement")).parse(rest)?;
    let (rest, second) = opt(self::modulus).parse(rest)?;
    let (rest, equals) = preceded(cut(word("equals")), cut(number_equals)).parse(rest)?;
    let number = NumberCheck {
        slice,
        plus,
        times,
        modulus,
        complement: complement.is_some(),
        second,
        equals,
    };
    Ok((rest, CheckKind::Number(Box::new(number))))
}

/// `0`, `number on 10..11`, `signs "TRWAG…" last`
fn number_equals(i: Tokens<'_>) -> Parsed<'_, NumberEquals> {
    match i.peek_word() {
        Some("number") => cut(slice).map(NumberEquals::Number).parse(i.skip()),
        Some("signs") => {
            let (rest, alphabet) = signs(i)?;
            let (rest, at) = cut(position).parse(rest)?;
            Ok((rest, NumberEquals::Signs(alphabet, at)))
        }
        _ => {
            i.wish(Wish::Word("number"));
            i.wish(Wish::Word("signs"));
            int.map(|n| NumberEquals::Constant(n.value)).parse(i)
        }
    }
}

/// The one character that stands for 10.
fn sign_for_ten(i: Tokens<'_>) -> Parsed<'_, char> {
    let (rest, text) = text("a text of one character")(i)?;
    let mut characters = text.value.chars();
    match (characters.next(), characters.next()) {
        (Some(only), None) => Ok((rest, only)),
        _ => i.refuse(
            &codes::UNEXPECTED,
            "expected a text of one character".into(),
            Some("it is the sign that stands for 10, such as \"X\""),
        ),
    }
}

/// `digit 4`, `last`, `0`
fn equals(i: Tokens<'_>) -> Parsed<'_, WeightsEquals> {
    if let Kind::Int(constant) = i.peek().kind {
        return Ok((i.skip(), WeightsEquals::Constant(constant)));
    }
    i.wish(Wish::Thing("a number"));
    position.map(WeightsEquals::Digit).parse(i)
}

/// `digit 4`, `last` (0)
fn position(i: Tokens<'_>) -> Parsed<'_, i64> {
    match i.peek_word() {
        Some("last") => Ok((i.skip(), 0)),
        Some("digit") => {
            let (rest, position) = cut(int).parse(i.skip())?;
            if position.value < 1 {
                return i.skip().refuse(
                    &codes::UNEXPECTED,
                    format!("there is no digit {}", position.value),
                    Some("positions count from 1; the last one is `last`"),
                );
            }
            Ok((rest, position.value))
        }
        _ => {
            i.wish(Wish::Word("digit"));
            i.fail(Wish::Word("last"))
        }
    }
}
