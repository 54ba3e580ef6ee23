//! A check's tree to the kernel's program (layout: `riegel_kernel::check`).

use super::codes;
use crate::check::model::Place;
use crate::diagnostics::Diagnostic;
use crate::syntax::ast::{Check, CheckKind, Literal, LiteralValue, Slice, Weights, WeightsEquals};
use riegel_kernel::check::Op;

type Result<T> = std::result::Result<T, Box<Diagnostic>>;

/// The program of a check. `detector` is where the detector stands.
pub(super) fn compile(check: &Check, detector: Place) -> Result<Vec<u8>> {
    let place = Place {
        source: detector.source,
        span: check.span,
    };
    match &check.kind {
        CheckKind::And(checks) => many(Op::And, checks, detector),
        CheckKind::Or(checks) => many(Op::Or, checks, detector),
        CheckKind::Not(check) => many(Op::Not, std::slice::from_ref(check), detector),
        CheckKind::Call { name, args, slice } => {
            let (op, payload) = call(&name.value, args, place)?;
            node(
                op,
                slice_bytes(slice.as_ref(), place)?
                    .into_iter()
                    .chain(payload)
                    .collect(),
                place,
            )
        }
        CheckKind::Weights(weights) => {
            let mut payload = slice_bytes(weights.slice.as_ref(), place)?;
            payload.extend(weighing(weights, place)?);
            node(Op::Weights, payload, place)
        }
    }
}

fn many(op: Op, checks: &[Check], detector: Place) -> Result<Vec<u8>> {
    let mut payload = Vec::new();
    for check in checks {
        payload.extend(compile(check, detector)?);
    }
    node(op, payload, detector)
}

fn refuse<T>(place: Place, text: &str) -> Result<T> {
    Err(Box::new(Diagnostic::new(&codes::R0404, place, text)))
}

fn node(op: Op, payload: Vec<u8>, place: Place) -> Result<Vec<u8>> {
    let Ok(len) = u16::try_from(payload.len()) else {
        return refuse(place, "the check is longer than 65,535 bytes");
    };
    Ok([vec![op as u8], len.to_le_bytes().to_vec(), payload].concat())
}

fn small(n: i64, place: Place) -> Result<u8> {
    u8::try_from(n).or_else(|_| refuse(place, "a number here lies between 0 and 255"))
}

fn slice_bytes(slice: Option<&Slice>, place: Place) -> Result<Vec<u8>> {
    Ok(match slice {
        None => vec![0, 0, 0],
        Some(Slice::Range(from, to)) => {
            let to = to.as_ref().map_or(Ok(0), |to| small(to.value, place))?;
            vec![1, small(from.value, place)?, to]
        }
        Some(Slice::Run(run)) => vec![2, small(run.value, place)?, 0],
    })
}

fn call(name: &str, args: &[Literal], place: Place) -> Result<(Op, Vec<u8>)> {
    let int = |i: usize| match args.get(i).map(|a| &a.value) {
        Some(LiteralValue::Int(n)) => Some(*n),
        _ => None,
    };
    let byte = |i: usize, default: i64| small(int(i).unwrap_or(default), place);
    Ok(match name {
        "luhn" => (Op::Luhn, Vec::new()),
        "mod97" => (Op::Mod97, vec![byte(0, 0)?]),
        "iso7064" => (Op::Iso7064, Vec::new()),
        "gs1" => (Op::Gs1, Vec::new()),
        "verhoeff" => (Op::Verhoeff, Vec::new()),
        "mod10_recursive" => (Op::Mod10Recursive, Vec::new()),
        "crc32_base62" => (Op::Crc32Base62, vec![byte(0, 0)?]),
        "date" => match args.first().map(|a| &a.value) {
            Some(LiteralValue::Text(form)) => (Op::Date, form.clone().into_bytes()),
            _ => return refuse(place, "`date` needs a form such as \"DDMMYY\""),
        },
        "range" => {
            let bound = |i: usize| {
                u64::try_from(int(i).unwrap_or(0))
                    .unwrap_or(0)
                    .to_le_bytes()
            };
            (Op::Range, [bound(0), bound(1)].concat())
        }
        "prefix" => (Op::Prefix, rows(args, false, place)?),
        "prefix_length" => (Op::Prefix, rows(args, true, place)?),
        "length" => {
            let least = int(0).unwrap_or(0);
            (Op::Length, vec![byte(0, 0)?, byte(1, least)?])
        }
        "digits" => (Op::Digits, vec![byte(0, 1)?]),
        "varied" => (Op::Varied, Vec::new()),
        "one_digit_repeats" => (Op::OneDigitRepeats, Vec::new()),
        _ => return refuse(place, &format!("there is no check `{name}`")),
    })
}

/// The rows of `prefix` and `prefix_length`.
fn rows(args: &[Literal], lengths: bool, place: Place) -> Result<Vec<u8>> {
    let mut out = Vec::new();
    for arg in args {
        let LiteralValue::Text(text) = &arg.value else {
            return refuse(place, "a beginning is a text");
        };
        let (begin, after) = match text.split_once(':') {
            Some((begin, after)) if lengths => (begin, after),
            _ => (text.as_str(), ""),
        };
        let (low, high) = match begin.split_once('-') {
            Some((low, high)) => (as_value(low), as_value(high)),
            None => (as_value(begin), as_value(begin)),
        };
        if low.len() != high.len() || low.len() > 32 {
            return refuse(
                place,
                "both ends of a range have equally many characters, at most 32",
            );
        }
        let mut allowed = Vec::new();
        for length in after.split(',').map(str::trim).filter(|l| !l.is_empty()) {
            match length.parse::<u8>() {
                Ok(length) => allowed.push(length),
                Err(_) => return refuse(place, "a length is a number up to 255"),
            }
        }
        out.push(small(low.len() as i64, place)?);
        out.extend(low);
        out.extend(high);
        out.push(small(allowed.len() as i64, place)?);
        out.extend(allowed);
    }
    Ok(out)
}

/// Letters and digits in upper case, as the kernel's value.
fn as_value(text: &str) -> Vec<u8> {
    text.bytes()
        .filter(u8::is_ascii_alphanumeric)
        .map(|b| b.to_ascii_uppercase())
        .collect()
}

fn weighing(weights: &Weights, place: Place) -> Result<Vec<u8>> {
    let flag = |set: bool, bit: u8| if set { bit } else { 0 };
    let (equals, constant, last) = match weights.equals {
        WeightsEquals::Digit(0) => (0, false, true),
        WeightsEquals::Digit(n) => (n, false, false),
        WeightsEquals::Constant(n) => (n, true, false),
    };
    let (Ok(modulus), Ok(equals)) = (u16::try_from(weights.modulus), u16::try_from(equals)) else {
        return refuse(place, "modulus and result lie between 0 and 65,535");
    };
    let ten = match weights.ten_is {
        Some(c) if c.is_ascii_alphanumeric() => c.to_ascii_uppercase() as u8,
        Some(_) => return refuse(place, "the sign for ten is a letter or digit"),
        None => 0,
    };
    let mut out = vec![
        flag(weights.repeat, 1)
            | flag(weights.digit_sum, 2)
            | flag(weights.letters_two_digits, 4)
            | flag(weights.complement, 8)
            | flag(constant, 16)
            | flag(last, 32),
    ];
    out.extend(modulus.to_le_bytes());
    out.extend(equals.to_le_bytes());
    out.push(ten);
    out.push(small(weights.weights.len() as i64, place)?);
    for &weight in &weights.weights {
        match i16::try_from(weight) {
            Ok(weight) => out.extend(weight.to_le_bytes()),
            Err(_) => return refuse(place, "a weight lies between -32,768 and 32,767"),
        }
    }
    Ok(out)
}
