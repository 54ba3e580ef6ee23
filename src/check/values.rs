//! Constants: a literal becomes a value of an attribute's type, or a diagnostic.

use super::codes;
use super::hosts;
use super::model::{Place, SlotType, Value};
use super::report::{Report, at};
use crate::diagnostics::Diagnostic;
use crate::syntax::ast::{Literal, LiteralValue, Spanned, Text};

/// How people call a type.
pub(super) fn type_name(ty: &SlotType) -> &'static str {
    match ty {
        SlotType::Bool => "a bool",
        SlotType::Int => "an int",
        SlotType::Date => "a date",
        SlotType::String => "a string",
        SlotType::Host => "a host",
        SlotType::Enum(_) => "an enum",
        SlotType::Set => "a set",
    }
}

/// What a literal is, for people.
pub(super) fn literal_name(value: &LiteralValue) -> &'static str {
    match value {
        LiteralValue::Bool(_) => "a bool",
        LiteralValue::Int(_) => "an int",
        LiteralValue::Date(_) => "a date",
        LiteralValue::Text(_) => "a text",
        LiteralValue::Word(_) => "a word",
        LiteralValue::List(_) => "a list",
    }
}

/// The value, where the literal fits the type. `name` is what it is meant for.
pub(super) fn value(
    report: &mut Report,
    source: u32,
    literal: &Literal,
    ty: &SlotType,
    name: &str,
) -> Option<Value> {
    let place = at(source, literal.span);
    match (ty, &literal.value) {
        (SlotType::Bool, LiteralValue::Bool(b)) => Some(Value::Bool(*b)),
        (SlotType::Int, LiteralValue::Int(n)) => int(report, place, *n).map(Value::Int),
        (SlotType::Date, LiteralValue::Date(d)) => Some(Value::Date(*d)),
        (SlotType::String, LiteralValue::Text(t)) => Some(Value::Text(t.clone())),
        (SlotType::Host, LiteralValue::Text(t)) => host(report, place, t, false).map(Value::Text),
        (SlotType::Enum(variants), LiteralValue::Word(w)) => {
            variant(report, place, w, variants, name).map(|v| Value::Enum(Some(v)))
        }
        (SlotType::Enum(variants), LiteralValue::Bool(b)) => variant(
            report,
            place,
            if *b { "true" } else { "false" },
            variants,
            name,
        )
        .map(|v| Value::Enum(Some(v))),
        (SlotType::Set, LiteralValue::List(items)) => {
            let mut set = Vec::new();
            for item in items {
                match &item.value {
                    LiteralValue::Text(t) if !set.contains(t) => set.push(t.clone()),
                    LiteralValue::Text(_) => {}
                    _ => {
                        wrong_type(report, source, item, "a text in quotes", name);
                        return None;
                    }
                }
            }
            Some(Value::Set(set))
        }
        (SlotType::Set, LiteralValue::Text(t)) => {
            report.push(
                Diagnostic::new(&codes::WRONG_TYPE, place, format!("`{name}` is a set"))
                    .label("a set is written in brackets")
                    .suggest(format!("[{}]", quoted(t))),
            );
            None
        }
        (SlotType::Enum(variants), LiteralValue::Text(t)) if variants.contains(t) => {
            report.push(
                Diagnostic::new(&codes::WRONG_TYPE, place, format!("`{name}` is an enum"))
                    .label("its values are written without quotes")
                    .suggest(t.clone()),
            );
            None
        }
        (SlotType::String | SlotType::Host, LiteralValue::Word(w)) => {
            report.push(
                Diagnostic::new(
                    &codes::WRONG_TYPE,
                    place,
                    format!("`{name}` is {}", type_name(ty)),
                )
                .label("a text stands in quotes")
                .suggest(quoted(w)),
            );
            None
        }
        _ => {
            wrong_type(report, source, literal, type_name(ty), name);
            None
        }
    }
}

fn wrong_type(report: &mut Report, source: u32, literal: &Literal, expected: &str, name: &str) {
    report.push(
        Diagnostic::new(
            &codes::WRONG_TYPE,
            at(source, literal.span),
            format!(
                "`{name}` needs {expected}, this is {}",
                literal_name(&literal.value)
            ),
        )
        .label(format!("expected {expected}")),
    );
}

/// The text as the language writes it.
pub(super) fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

/// A number of 32 bits.
pub(super) fn int(report: &mut Report, place: Place, n: i64) -> Option<i32> {
    if let Ok(n) = i32::try_from(n) {
        return Some(n);
    }
    report.push(
        Diagnostic::new(
            &codes::INT_OUT_OF_RANGE,
            place,
            format!("`{n}` does not fit into 32 bits"),
        )
        .label(format!("between {} and {}", i32::MIN, i32::MAX)),
    );
    None
}

/// A normalised host or, with `glob`, a pattern of hosts.
pub(super) fn host(report: &mut Report, place: Place, text: &str, glob: bool) -> Option<String> {
    match hosts::normalise(text, glob) {
        Ok(host) => Some(host),
        Err(bad) => {
            let mut d = Diagnostic::new(
                &codes::BAD_HOST,
                place,
                if glob {
                    format!("`{text}` is not a host pattern")
                } else {
                    format!("`{text}` is not a host")
                },
            )
            .label(bad.why);
            if let Some(instead) = bad.instead {
                d = d.suggest(quoted(&instead));
            }
            report.push(d);
            None
        }
    }
}

/// The index of an enum value.
pub(super) fn variant(
    report: &mut Report,
    place: Place,
    word: &str,
    variants: &[String],
    name: &str,
) -> Option<u16> {
    if let Some(index) = variants.iter().position(|v| v == word) {
        return u16::try_from(index).ok();
    }
    let known: Vec<&str> = variants.iter().map(String::as_str).collect();
    let mut d = Diagnostic::new(
        &codes::UNKNOWN_VARIANT,
        place,
        format!("`{word}` is not a value of `{name}`"),
    );
    d = match super::suggest::nearest(word, known.iter().copied()) {
        Some(near) => d
            .label(format!("did you mean `{near}`?"))
            .suggest(near.to_owned()),
        None => d.label("not one of its values").help(format!(
            "the values are {}",
            super::suggest::some_of(&known).unwrap_or_default()
        )),
    };
    report.push(d);
    None
}

/// Refuses an empty text.
pub(super) fn not_empty(report: &mut Report, source: u32, text: &Text, what: &str) -> bool {
    if !text.value.trim().is_empty() {
        return true;
    }
    report.push(
        Diagnostic::new(
            &codes::EMPTY_TEXT,
            at(source, text.span),
            format!("{what} is empty"),
        )
        .label("says nothing"),
    );
    false
}

/// Both ends of an inclusive range of 32-bit numbers.
pub(super) fn range(
    report: &mut Report,
    source: u32,
    low: &Spanned<i64>,
    high: &Spanned<i64>,
) -> Option<(i32, i32)> {
    let place = at(source, low.span.to(high.span));
    let min = int(report, at(source, low.span), low.value);
    let max = int(report, at(source, high.span), high.value);
    let (min, max) = (min?, max?);
    if min > max {
        report.push(
            Diagnostic::new(
                &codes::EMPTY_RANGE,
                place,
                format!("the range `{min}..{max}` is empty"),
            )
            .label("ends before it begins")
            .suggest(format!("{max}..{min}")),
        );
        return None;
    }
    Some((min, max))
}
