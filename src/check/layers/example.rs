//! An event in which a condition holds, in the words of a test: what a rejected layer would weaken
//! (DESIGN promise 7).
//!
//! [`satisfiable::witness`] gives the leaves that must hold and those that must not; here each
//! attribute gets the simplest value that fits them, the one that nobody has to send first, and
//! detectors bring their own examples. Where no such event is found, none is shown.

use super::super::defaults::known;
use super::super::model::{
    Comparison, Condition, DateNumber, Detector, Findings, Leaf, Number, Param, ParamType, Slot,
    SlotType, Value,
};
use super::super::satisfiable::{World, witness};
use super::super::values::quoted;
use crate::syntax::ast::Date;

/// Most examples of a detector that are written down to reach a count.
const MOST_EXAMPLES: i32 = 12;

/// What an example is made of.
#[derive(Clone, Copy)]
pub(in crate::check) struct Stuff<'s> {
    pub world: World<'s>,
    /// Detectors by index; those that were wrong are missing.
    pub detector: &'s dyn Fn(usize) -> Option<&'s Detector>,
    /// Is the attribute known to the policy whose rule it is?
    pub knows: &'s dyn Fn(usize) -> bool,
}

/// The lines of a test in which the condition holds.
pub(in crate::check) fn example(stuff: Stuff<'_>, condition: &Condition) -> Option<Vec<String>> {
    let held = witness(&stuff.world, condition)?;
    let mut given = Vec::new();
    let mut lines = Vec::new();
    for (index, slot) in stuff.world.slots.iter().enumerate() {
        let mine: Vec<(&Leaf, bool)> = held
            .iter()
            .filter(|(leaf, _)| leaf.slots().contains(&Some(index)))
            .copied()
            .collect();
        if mine.is_empty() && !(stuff.knows)(index) {
            continue;
        }
        let fits = |value: Option<&Value>| {
            mine.iter()
                .all(|(leaf, sign)| says(leaf, index, value, stuff.world.params) == Some(*sign))
        };
        if !slot.required && fits(slot.default.as_ref()) {
            continue;
        }
        let value = candidates(slot, &mine, stuff.world.params)
            .into_iter()
            .find(|value| fits(Some(value)))?;
        given.push(format!("{} = {}", slot.name, written(&value, &slot.ty)?));
    }
    if !given.is_empty() {
        lines.push(format!("given  {}", given.join(", ")));
    }
    lines.extend(today(&held)?);
    for (leaf, sign) in &held {
        match leaf {
            Leaf::ParamBool(param) => {
                let param = stuff.world.params.get(*param)?;
                if param.ty != ParamType::Bool(*sign) {
                    lines.push(format!("param  {} = {sign}", param.name));
                }
            }
            Leaf::Count(f, op, n) | Leaf::Distinct(f, op, n) => {
                let distinct = matches!(leaf, Leaf::Distinct(..));
                let wanted = least(*op, *n, *sign, stuff.world.params)?;
                let text = text(stuff, f, wanted, distinct);
                match (text, n) {
                    (Some(text), _) => lines.extend(text),
                    // Too many: with the least that a host may ask for.
                    (None, Number::Param(param)) => {
                        let param = stuff.world.params.get(*param)?;
                        let ParamType::Int { min, .. } = param.ty else {
                            return None;
                        };
                        let wanted = least(*op, Number::Const(min), *sign, stuff.world.params)?;
                        lines.push(format!("param  {} = {min}", param.name));
                        lines.extend(self::text(stuff, f, wanted, distinct)?);
                    }
                    (None, Number::Const(_)) => return None,
                }
            }
            Leaf::Near(f, others, _) if *sign => {
                let first = words(stuff, *f.detectors.first()?, 0)?;
                let second = words(stuff, *others.first()?, 1)?;
                lines.push(format!(
                    "text   {}{}",
                    part(f),
                    quoted(&format!("{first} {second}"))
                ));
            }
            _ => {}
        }
    }
    lines.dedup();
    Some(lines)
}

/// What a leaf says where an attribute has this value.
fn says(leaf: &Leaf, slot: usize, value: Option<&Value>, params: &[Param]) -> Option<bool> {
    match (leaf, value) {
        (Leaf::Same(..), Some(_)) => None,
        (Leaf::InParam(_, param), Some(Value::Text(text))) => match &params.get(*param)?.ty {
            ParamType::List { default, .. } => Some(default.contains(text)),
            _ => None,
        },
        (Leaf::Int(_, op, n @ Number::Param(_)), Some(Value::Int(v))) => {
            Some(op.holds(*v, number(*n, params)?))
        }
        _ => known(leaf, slot, value),
    }
}

fn number(number: Number, params: &[Param]) -> Option<i32> {
    match number {
        Number::Const(n) => Some(n),
        Number::Param(param) => match params.get(param)?.ty {
            ParamType::Int { default, .. } => Some(default),
            _ => None,
        },
    }
}

/// Values that could fit, simple ones first.
fn candidates(slot: &Slot, mine: &[(&Leaf, bool)], params: &[Param]) -> Vec<Value> {
    let mut all = Vec::new();
    for (leaf, _) in mine {
        match leaf {
            Leaf::StringIn(_, texts) => all.extend(texts.iter().cloned().map(Value::Text)),
            Leaf::HostIn(_, globs) => {
                let host = |glob: &String| match glob.strip_prefix("*.") {
                    Some(rest) => format!("www.{rest}"),
                    None => glob.clone(),
                };
                all.extend(globs.iter().map(host).map(Value::Text));
            }
            Leaf::InParam(_, param) => {
                if let Some(ParamType::List { default, .. }) = params.get(*param).map(|p| &p.ty) {
                    all.extend(default.iter().cloned().map(Value::Text));
                }
            }
            Leaf::HasAny(_, texts) => {
                // One text of every positive leaf.
                let wanted = mine.iter().filter(|(_, sign)| *sign);
                let firsts = wanted.filter_map(|(leaf, _)| match leaf {
                    Leaf::HasAny(_, texts) => texts.first().cloned(),
                    _ => None,
                });
                all.push(Value::Set(firsts.collect()));
                all.extend(texts.iter().map(|t| Value::Set(vec![t.clone()])));
            }
            Leaf::Int(_, _, n) => {
                if let Some(n) = number(*n, params) {
                    let near = [n, n.saturating_add(1), n.saturating_sub(1)];
                    all.extend(near.map(Value::Int));
                }
            }
            Leaf::Date(_, _, DateNumber::Const(day)) => {
                let near = [0, 1, -1].map(|by| Date::from_days(day.days().saturating_add(by)));
                all.extend(near.into_iter().flatten().map(Value::Date));
            }
            _ => {}
        }
    }
    match &slot.ty {
        SlotType::Bool => all.extend([Value::Bool(false), Value::Bool(true)]),
        SlotType::Int => all.extend([Value::Int(0), Value::Int(1)]),
        SlotType::Enum(variants) => {
            let count = u16::try_from(variants.len()).unwrap_or(u16::MAX);
            all.extend((0..count).map(|v| Value::Enum(Some(v))));
        }
        SlotType::Set => all.push(Value::Set(Vec::new())),
        SlotType::Host => all.push(Value::Text("chat.example".to_owned())),
        SlotType::String => all.push(Value::Text("x".to_owned())),
        SlotType::Date => {}
    }
    all
}

fn written(value: &Value, ty: &SlotType) -> Option<String> {
    Some(match value {
        Value::Bool(b) => b.to_string(),
        Value::Int(n) => n.to_string(),
        Value::Date(day) => day.to_string(),
        Value::Text(text) => quoted(text),
        Value::Enum(index) => match ty {
            SlotType::Enum(variants) => variants.get(usize::from((*index)?))?.clone(),
            _ => return None,
        },
        Value::Set(texts) => {
            let texts: Vec<String> = texts.iter().map(|t| quoted(t)).collect();
            format!("[{}]", texts.join(", "))
        }
    })
}

/// A day on which everything that is said of today holds; none where nothing is said.
fn today(held: &[(&Leaf, bool)]) -> Option<Option<String>> {
    let about: Vec<(Comparison, Date, bool)> = held
        .iter()
        .filter_map(|(leaf, sign)| match leaf {
            Leaf::Date(None, op, DateNumber::Const(day)) => Some((*op, *day, *sign)),
            _ => None,
        })
        .collect();
    if about.is_empty() {
        return Some(None);
    }
    let near = about.iter().flat_map(|(_, day, _)| {
        [0, 1, -1].map(|by| Date::from_days(day.days().saturating_add(by)))
    });
    let day = near.flatten().find(|today| {
        about
            .iter()
            .all(|(op, day, sign)| op.holds(today, day) == *sign)
    })?;
    Some(Some(format!("today  {day}")))
}

/// How many findings a leaf asks for, at least.
fn least(op: Comparison, n: Number, sign: bool, params: &[Param]) -> Option<i32> {
    let n = number(n, params)?;
    Some(match (op, sign) {
        (Comparison::Ge | Comparison::Eq, true) | (Comparison::Lt | Comparison::Ne, false) => n,
        (Comparison::Gt, true) | (Comparison::Le, false) => n.saturating_add(1),
        _ => 0,
    })
}

/// A text with so many findings, where some are asked for; `None` where there are too few examples.
fn text(
    stuff: Stuff<'_>,
    findings: &Findings,
    wanted: i32,
    distinct: bool,
) -> Option<Option<String>> {
    if wanted <= 0 {
        return Some(None);
    }
    let count = usize::try_from(wanted).ok()?;
    let first = *findings.detectors.first()?;
    let examples = (stuff.detector)(first)?.examples.len().max(1);
    if wanted > MOST_EXAMPLES || (distinct && count > examples * findings.detectors.len()) {
        return None;
    }
    // Different values come from different detectors first.
    let all = (0..count).map(|i| match distinct {
        true => {
            let detectors = findings.detectors.len();
            words(
                stuff,
                *findings.detectors.get(i % detectors)?,
                i / detectors,
            )
        }
        false => words(stuff, first, 0),
    });
    let all: Option<Vec<String>> = all.collect();
    let text = quoted(&all?.join(", "));
    Some(Some(format!("text   {}{text}", part(findings))))
}

/// An example of a detector, behind a word of its context.
fn words(stuff: Stuff<'_>, detector: usize, which: usize) -> Option<String> {
    let detector = (stuff.detector)(detector)?;
    let count = detector.examples.len();
    if count == 0 {
        // `content contains "…"`: the pattern is the text.
        let pattern = detector.patterns.first()?;
        let plain = pattern.regex.replace('\\', "");
        return (regex_syntax::escape(&plain) == pattern.regex).then_some(plain);
    }
    let example = detector.examples.get(which % count)?;
    let context = detector.context.as_ref().and_then(|c| c.words.first());
    Some(match context {
        Some(word) => format!("{word} {example}"),
        None => example.clone(),
    })
}

/// The words in front of a text that say in which part it stands.
fn part(findings: &Findings) -> String {
    const ROLES: [&str; 6] = ["system", "user", "assistant", "tool", "document", "other"];
    let mut out = String::new();
    if findings.roles & 2 == 0 || findings.directions & 1 == 0 {
        let role = match findings.roles & 2 {
            0 => findings.roles.trailing_zeros() as usize,
            _ => 1,
        };
        let direction = if findings.directions & 1 == 0 {
            "inbound"
        } else {
            "outbound"
        };
        out = format!(
            "{} {direction} ",
            ROLES.get(role).copied().unwrap_or("user")
        );
    }
    out
}
