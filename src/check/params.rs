//! Parameters: values that a host may set, within what the policy allows.

use super::codes;
use super::model::{Param, ParamType, ParamValue, SlotType, Value};
use super::report::{Report, at};
use super::values;
use crate::diagnostics::Diagnostic;
use crate::hashed;
use crate::syntax::ast::{self, Literal, LiteralValue, Type};

/// Most elements of a list parameter.
const LONGEST_LIST: i64 = 65_535;

/// The checked parameter.
pub(super) fn param(report: &mut Report, source: u32, param: &ast::Param) -> Option<Param> {
    let name = param.name.value.clone();
    if let Some((low, high)) = &param.range
        && param.ty.value != Type::Int
    {
        report.push(
            Diagnostic::new(
                &codes::BAD_PARAM_TYPE,
                at(source, low.span.to(high.span)),
                format!("the parameter `{name}` cannot have a range"),
            )
            .label("only an `int` has a range"),
        );
        return None;
    }
    let ty = match &param.ty.value {
        Type::Bool => {
            match values::value(report, source, &param.default, &SlotType::Bool, &name)? {
                Value::Bool(b) => ParamType::Bool(b),
                _ => return None,
            }
        }
        Type::Date => {
            match values::value(report, source, &param.default, &SlotType::Date, &name)? {
                Value::Date(d) => ParamType::Date(d),
                _ => return None,
            }
        }
        Type::Int => int(report, source, param, &name)?,
        Type::ListOf { host, max } => {
            let most = u16::try_from(max.value).ok().filter(|m| *m > 0);
            let Some(most) = most else {
                report.push(
                    Diagnostic::new(
                        &codes::LIST_TOO_LONG,
                        at(source, max.span),
                        format!("a list of `{}` elements is not possible", max.value),
                    )
                    .label(format!("between 1 and {LONGEST_LIST}")),
                );
                return None;
            };
            let default = list(report, source, &param.default, *host, most, &name)?;
            ParamType::List {
                host: *host,
                max: most,
                default,
            }
        }
        Type::String | Type::Host | Type::Enum(_) | Type::Set => {
            report.push(
                Diagnostic::new(
                    &codes::BAD_PARAM_TYPE,
                    at(source, param.ty.span),
                    format!("the parameter `{name}` cannot have this type"),
                )
                .label("expected `bool`, `int`, `date` or `list of string max N`"),
            );
            return None;
        }
    };
    Some(Param {
        name,
        ty,
        stricter: param.stricter.as_ref().map(|s| s.value),
    })
}

fn int(report: &mut Report, source: u32, param: &ast::Param, name: &str) -> Option<ParamType> {
    let (min, max) = match &param.range {
        Some((low, high)) => values::range(report, source, low, high)?,
        None => (i32::MIN, i32::MAX),
    };
    let Value::Int(default) = values::value(report, source, &param.default, &SlotType::Int, name)?
    else {
        return None;
    };
    in_range(report, source, &param.default, default, min, max, name).then_some(ParamType::Int {
        min,
        max,
        default,
    })
}

fn in_range(
    report: &mut Report,
    source: u32,
    literal: &Literal,
    value: i32,
    min: i32,
    max: i32,
    name: &str,
) -> bool {
    if (min..=max).contains(&value) {
        return true;
    }
    report.push(
        Diagnostic::new(
            &codes::BAD_DEFAULT,
            at(source, literal.span),
            format!("`{value}` is outside the range of `{name}`"),
        )
        .label(format!("expected {min} to {max}")),
    );
    false
}

fn list(
    report: &mut Report,
    source: u32,
    literal: &Literal,
    host: bool,
    max: u16,
    name: &str,
) -> Option<Vec<String>> {
    let LiteralValue::List(items) = &literal.value else {
        report.push(
            Diagnostic::new(
                &codes::WRONG_TYPE,
                at(source, literal.span),
                format!(
                    "`{name}` needs a list, this is {}",
                    values::literal_name(&literal.value)
                ),
            )
            .label("expected `[…]`"),
        );
        return None;
    };
    if items.len() > usize::from(max) {
        report.push(
            Diagnostic::new(
                &codes::LIST_TOO_LONG,
                at(source, literal.span),
                format!(
                    "`{name}` has {} elements, at most {max} are allowed",
                    items.len()
                ),
            )
            .label(format!("more than {max} elements")),
        );
        return None;
    }
    let ty = if host {
        SlotType::Host
    } else {
        SlotType::String
    };
    let mut all = Vec::new();
    for item in items {
        if let Value::Text(text) = values::value(report, source, item, &ty, name)? {
            all.push(text);
        }
    }
    Some(all)
}

/// A value that a test sets.
pub(super) fn set(
    report: &mut Report,
    source: u32,
    param: &Param,
    literal: &Literal,
) -> Option<ParamValue> {
    let name = &param.name;
    let plain = |report: &mut Report, ty| values::value(report, source, literal, &ty, name);
    match &param.ty {
        ParamType::Bool(_) => match plain(report, SlotType::Bool)? {
            Value::Bool(b) => Some(ParamValue::Bool(b)),
            _ => None,
        },
        ParamType::Date(_) => match plain(report, SlotType::Date)? {
            Value::Date(d) => Some(ParamValue::Date(d)),
            _ => None,
        },
        ParamType::Int { min, max, .. } => match plain(report, SlotType::Int)? {
            Value::Int(n) => {
                in_range(report, source, literal, n, *min, *max, name).then_some(ParamValue::Int(n))
            }
            _ => None,
        },
        ParamType::List { host, max, .. } => {
            list(report, source, literal, *host, *max, name).map(ParamValue::List)
        }
        ParamType::Key => match plain(report, SlotType::String)? {
            Value::Text(text) => key(report, source, literal, &text, name),
            _ => None,
        },
    }
}

/// A key as 32 hexadecimal digits. Tests have their own: no policy holds a real one.
fn key(
    report: &mut Report,
    source: u32,
    literal: &Literal,
    text: &str,
    name: &str,
) -> Option<ParamValue> {
    let key = hashed::key_of(text);
    if key.is_none() {
        report.push(
            Diagnostic::new(
                &codes::WRONG_TYPE,
                at(source, literal.span),
                format!("`{name}` needs a key"),
            )
            .label("expected 32 hexadecimal digits, letters small"),
        );
    }
    key.map(ParamValue::Key)
}
