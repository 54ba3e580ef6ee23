//! Defaults that disarm: a blocking rule that stays silent because the host did
//! not send something (semantics 2). A rule that is about a positive fact, such as a label, says so with
//! `rests on`.
//!
//! For each attribute that a blocking rule names and that is not required, the
//! condition is asked again with that attribute as it is when nobody sends it. If
//! nothing else can make it hold then, the rule rests on the host: on a careless
//! default, or on the host having sent anything at all.

use super::codes;
use super::hosts;
use super::model::{Comparison, Condition, DateNumber, Leaf, Number, Place, Slot, Value};
use super::names::Names;
use super::report::Report;
use super::rules::{Lowered, not};
use super::satisfiable::{World, satisfiable};
use crate::diagnostics::Diagnostic;
use crate::syntax::ast::{Date, Verdict};

/// Looks at one rule.
pub(super) fn look(report: &mut Report, names: &Names<'_>, lowered: &Lowered, max_findings: u32) {
    let mut needed = Vec::new();
    if lowered.rule.verdict == Verdict::Block {
        rests(report, names, lowered, max_findings, &mut needed);
    }
    for (index, place) in lowered.rests.iter().filter(|(i, _)| !needed.contains(i)) {
        let name = names.slots.get(*index).map_or("", |s| s.name.as_str());
        report.push(
            Diagnostic::new(
                &codes::RESTS_ON_NOTHING,
                *place,
                format!("the rule `{}` does not rest on `{name}`", lowered.rule.id),
            )
            .label("it blocks without it, too, or does not block")
            .help("take it out"),
        );
    }
}

/// Warns of every attribute on which the rule rests and does not say so; `needed` are those of which
/// it does.
fn rests(
    report: &mut Report,
    names: &Names<'_>,
    lowered: &Lowered,
    max_findings: u32,
    needed: &mut Vec<usize>,
) {
    let world = World {
        slots: &names.slots,
        params: &names.params,
        max_findings,
    };
    let mut all = vec![lowered.when.clone()];
    all.extend(lowered.unless.iter().map(|(c, _)| not(c.clone())));
    let whole = Condition::And(all);
    if !satisfiable(&world, &whole) {
        return;
    }
    let mut slots = Vec::new();
    named(&whole, &mut slots);
    slots.sort_unstable();
    slots.dedup();
    for index in slots {
        let Some(slot) = names.slots.get(index).filter(|s| !s.required) else {
            continue;
        };
        let assumed = assume(&whole, index, slot.default.as_ref());
        let said = lowered.rests.iter().any(|(i, _)| *i == index);
        if !satisfiable(&world, &assumed) && said {
            needed.push(index);
        } else if !satisfiable(&world, &assumed) {
            report.push(warning(&lowered.rule.id, slot, place(lowered, index)));
        }
    }
}

fn warning(rule: &str, slot: &Slot, place: Place) -> Diagnostic {
    match &slot.default {
        Some(default) => Diagnostic::new(
            &codes::DEFAULT_DISABLES,
            place,
            format!(
                "the rule `{rule}` does not block where the host does not send `{}`",
                slot.name
            ),
        )
        .label(format!("its default is {}", shown(default, slot)))
        .help("give the attribute a careful default, make it `required`, write the condition so that the default blocks; or say `rests on` where the fact itself is the reason"),
        None => Diagnostic::new(
            &codes::RESTS_ON_HOST,
            place,
            format!("the rule `{rule}` blocks only where the host sends `{}`", slot.name),
        )
        .label("false where it is absent")
        .help("make the attribute `required`, say what holds without it: `… or not … is known`; or say `rests on` where the fact itself is the reason"),
    }
}

fn shown(value: &Value, slot: &Slot) -> String {
    use super::model::SlotType;
    match (value, &slot.ty) {
        (Value::Enum(Some(i)), SlotType::Enum(variants)) => variants
            .get(usize::from(*i))
            .map_or_else(String::new, |v| format!("`{v}`")),
        (Value::Bool(b), _) => format!("`{b}`"),
        (Value::Int(n), _) => format!("`{n}`"),
        (Value::Date(d), _) => format!("`{d}`"),
        (Value::Text(t), _) => format!("`\"{t}\"`"),
        (Value::Set(texts), _) if texts.is_empty() => "`[]`".to_owned(),
        (Value::Set(_), _) => "a set".to_owned(),
        (Value::Enum(_), _) => String::new(),
    }
}

/// The clause that names the slot.
fn place(lowered: &Lowered, slot: usize) -> Place {
    lowered
        .rule
        .clauses
        .iter()
        .find(|clause| {
            let mut slots = Vec::new();
            named(&clause.condition, &mut slots);
            slots.contains(&slot)
        })
        .map_or(lowered.when_place, |clause| clause.place)
}

/// The slots that a condition names.
fn named(condition: &Condition, slots: &mut Vec<usize>) {
    match condition {
        Condition::Const(_) => {}
        Condition::And(all) | Condition::Or(all) => all.iter().for_each(|c| named(c, slots)),
        Condition::Not(inner) => named(inner, slots),
        Condition::Leaf(leaf) => slots.extend(leaf.slots().into_iter().flatten()),
    }
}

/// The condition with one slot fixed.
fn assume(condition: &Condition, slot: usize, value: Option<&Value>) -> Condition {
    let all = |conditions: &[Condition]| -> Vec<Condition> {
        conditions.iter().map(|c| assume(c, slot, value)).collect()
    };
    match condition {
        Condition::Const(value) => Condition::Const(*value),
        Condition::And(parts) => Condition::And(all(parts)),
        Condition::Or(parts) => Condition::Or(all(parts)),
        Condition::Not(inner) => not(assume(inner, slot, value)),
        Condition::Leaf(leaf) => {
            known(leaf, slot, value).map_or_else(|| condition.clone(), Condition::Const)
        }
    }
}

/// What a leaf says where the slot has this value; `None`: something else decides.
pub(super) fn known(leaf: &Leaf, slot: usize, value: Option<&Value>) -> Option<bool> {
    let mine = match leaf {
        Leaf::Same(a, b) => *a == slot || *b == slot,
        _ => {
            let mut slots = Vec::new();
            named(&Condition::Leaf(leaf.clone()), &mut slots);
            slots.contains(&slot)
        }
    };
    if !mine {
        return None;
    }
    let Some(value) = value else {
        return Some(false);
    };
    match (leaf, value) {
        (Leaf::Known(_), _) => Some(true),
        (Leaf::Bool(_), Value::Bool(b)) => Some(*b),
        (Leaf::EnumIn(_, among), Value::Enum(Some(v))) => Some(among.contains(v)),
        (Leaf::StringIn(_, among), Value::Text(t)) => Some(among.contains(t)),
        (Leaf::HostIn(_, among), Value::Text(t)) => Some(among.iter().any(|g| hosts::covers(g, t))),
        (Leaf::HasAny(_, among), Value::Set(set)) => Some(among.iter().any(|t| set.contains(t))),
        (Leaf::Int(_, op, Number::Const(n)), Value::Int(v)) => Some(op.holds(*v, *n)),
        (Leaf::Date(_, op, DateNumber::Const(d)), Value::Date(v)) => Some(holds(*op, v, d)),
        _ => None,
    }
}

fn holds(op: Comparison, a: &Date, b: &Date) -> bool {
    op.holds(a, b)
}
