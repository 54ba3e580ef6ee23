//! Names of included policies: each gets its policy's id in front, where it is declared and where
//! it is meant.
//!
//! A word is only touched where its own policy declares that name; everything else is a name of a
//! library, an attribute, or the value of an enum. Spans stay, so a diagnostic shows what was written.

use super::Unit;
use crate::syntax::ast::{
    Check, CheckKind, Clause, DetectorClause, Except, Expr, ExprKind, File, InSet, Item,
    LiteralValue, ObligationKind, Operand, Phrase, Rule, Target,
};
use std::collections::BTreeSet;

/// What kind of name a word can be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::check) enum Space {
    /// A parameter, which may stand where an enum's value may stand too.
    Param,
    /// A condition or a list.
    Value,
    /// A detector or a group.
    Target,
    /// A rule.
    Rule,
}

type Names = BTreeSet<(Space, String)>;

/// Qualifies every name of every policy that is included.
pub(in crate::check) fn qualify(files: &mut [File], units: &[Unit]) {
    let scopes = || units.iter().map(|unit| unit.scope.as_ref());
    if scopes().flatten().all(|scope| scope.prefix().is_empty()) {
        return;
    }
    let mut known = Names::new();
    for (file, scope) in files.iter_mut().zip(scopes()) {
        let Some(scope) = scope else { continue };
        for item in &mut file.items {
            declared(item, &mut |space, name| {
                *name = scope.qualified(name);
                known.insert((space, name.clone()));
            });
        }
    }
    for (file, scope) in files.iter_mut().zip(scopes()) {
        let Some(scope) = scope.filter(|scope| !scope.prefix().is_empty()) else {
            continue;
        };
        for item in &mut file.items {
            named(item, &mut |spaces, name| {
                let full = scope.qualified(name);
                if spaces.iter().any(|s| known.contains(&(*s, full.clone()))) {
                    *name = full;
                }
            });
        }
    }
}

/// Hands over the name that an item declares.
fn declared(item: &mut Item, each: &mut impl FnMut(Space, &mut String)) {
    match item {
        Item::List(list) => {
            each(Space::Value, &mut list.name.value);
            // The parameter of its key is declared with it.
            let key = list.hashed.as_mut().and_then(|hashed| hashed.key.as_mut());
            if let Some(key) = key {
                each(Space::Param, &mut key.value);
            }
        }
        Item::Group(group) => each(Space::Target, &mut group.name.value),
        Item::Param(param) => each(Space::Param, &mut param.name.value),
        Item::Let(value) => each(Space::Value, &mut value.name.value),
        Item::Rule(rule) => each(Space::Rule, &mut rule.name.value),
        Item::Detector(detector) => each(Space::Target, &mut detector.id.value),
        // Attributes belong to the event, which all policies share.
        Item::Attribute(_)
        | Item::Use(_)
        | Item::Except(_)
        | Item::Test(_)
        | Item::Extends(_)
        | Item::Include(_)
        | Item::Tighten(_) => {}
    }
}

const VALUES: &[Space] = &[Space::Param, Space::Value];
const PARAMS: &[Space] = &[Space::Param];
const TARGETS: &[Space] = &[Space::Target];
const RULES: &[Space] = &[Space::Rule];
/// Where a list or a detector may stand.
const WORDS: &[Space] = &[Space::Value, Space::Target];

/// Hands over every name that an item means, with what it can be.
pub(in crate::check) fn named(item: &mut Item, each: &mut impl FnMut(&[Space], &mut String)) {
    match item {
        Item::Group(group) => group.members.iter_mut().for_each(|t| target(t, each)),
        Item::Let(value) => expr(&mut value.value, each),
        Item::Rule(r) => rule(r, each),
        Item::Tighten(r) => {
            each(RULES, &mut r.name.value);
            rule(r, each);
        }
        Item::Except(Except { rule, when, .. }) => {
            each(RULES, &mut rule.value);
            expr(when, each);
        }
        Item::Detector(d) => d.clauses.iter_mut().for_each(|c| detector(c, each)),
        // The tests of an included policy are its own business.
        Item::Test(_)
        | Item::Attribute(_)
        | Item::List(_)
        | Item::Param(_)
        | Item::Use(_)
        | Item::Extends(_)
        | Item::Include(_) => {}
    }
}

fn rule(rule: &mut Rule, each: &mut impl FnMut(&[Space], &mut String)) {
    for clause in &mut rule.clauses {
        match clause {
            Clause::When(e) | Clause::Unless(e) => expr(e, each),
            Clause::Then(then) => then.redact.iter_mut().for_each(|t| target(t, each)),
            Clause::Also(also) => {
                if let ObligationKind::Redact(targets) = &mut also.kind {
                    targets.iter_mut().for_each(|t| target(t, each));
                }
            }
            Clause::Cite(_)
            | Clause::Say(_)
            | Clause::Hint(_)
            | Clause::Stage(_)
            | Clause::RestsOn(_) => {}
        }
    }
}

fn target(target: &mut Target, each: &mut impl FnMut(&[Space], &mut String)) {
    match target {
        Target::Detector(path) => each(WORDS, &mut path.value),
        Target::Group(name) => each(TARGETS, &mut name.value),
        Target::Class(_) | Target::Tag(_) => {}
    }
}

fn operand(operand: &mut Operand, each: &mut impl FnMut(&[Space], &mut String)) {
    match operand {
        Operand::Path(path) => each(PARAMS, &mut path.value),
        Operand::Literal(literal) => {
            if let LiteralValue::Word(word) = &mut literal.value {
                each(PARAMS, word);
            }
        }
    }
}

fn expr(e: &mut Expr, each: &mut impl FnMut(&[Space], &mut String)) {
    match &mut e.kind {
        ExprKind::And(all) | ExprKind::Or(all) => all.iter_mut().for_each(|e| expr(e, each)),
        ExprKind::Not(inner) | ExprKind::Paren(inner) => expr(inner, each),
        ExprKind::Path(path) => each(VALUES, &mut path.value),
        ExprKind::Rule(path) => each(RULES, &mut path.value),
        ExprKind::Compare(a, _, b) => {
            operand(a, each);
            operand(b, each);
        }
        ExprKind::In(_, InSet::Named(path)) => each(VALUES, &mut path.value),
        ExprKind::Found(targets, ..) => targets.iter_mut().for_each(|t| target(t, each)),
        ExprKind::Count(measure, _, n) | ExprKind::Distinct(measure, _, n) => {
            target(&mut measure.target, each);
            operand(n, each);
        }
        ExprKind::Near(near) => {
            target(&mut near.a, each);
            target(&mut near.b, each);
        }
        ExprKind::Const(_)
        | ExprKind::Known(_)
        | ExprKind::In(..)
        | ExprKind::InRange(..)
        | ExprKind::Has(..)
        | ExprKind::Matches(..)
        | ExprKind::DateIs(..)
        | ExprKind::Contains(..)
        | ExprKind::ContentMatches(..) => {}
    }
}

fn phrases(phrases: &mut [Phrase], each: &mut impl FnMut(&[Space], &mut String)) {
    for phrase in phrases {
        if let Phrase::Name(path) = phrase {
            each(WORDS, &mut path.value);
        }
    }
}

fn check(check: &mut Check, each: &mut impl FnMut(&[Space], &mut String)) {
    match &mut check.kind {
        CheckKind::And(all) | CheckKind::Or(all) => {
            all.iter_mut().for_each(|c| self::check(c, each));
        }
        CheckKind::Not(inner) => self::check(inner, each),
        CheckKind::InList { list, .. } => each(VALUES, &mut list.value),
        CheckKind::Call { .. } | CheckKind::Weights(_) | CheckKind::Number(_) => {}
    }
}

fn detector(clause: &mut DetectorClause, each: &mut impl FnMut(&[Space], &mut String)) {
    match clause {
        DetectorClause::Words { list, .. } => {
            list.iter_mut().for_each(|l| each(VALUES, &mut l.value));
        }
        DetectorClause::Sequence(sequence) => {
            for part in &mut sequence.parts {
                phrases(&mut part.phrases, each);
            }
        }
        DetectorClause::AnyOf(any) => phrases(&mut any.phrases, each),
        DetectorClause::FirstWord(path) => each(VALUES, &mut path.value),
        DetectorClause::ReportedAs(path) => each(TARGETS, &mut path.value),
        DetectorClause::Beside(beside) => beside.targets.iter_mut().for_each(|t| target(t, each)),
        DetectorClause::Check(c) | DetectorClause::LowerWhen(c) => check(c, each),
        DetectorClause::YieldsTo(paths) => {
            paths.iter_mut().for_each(|p| each(TARGETS, &mut p.value));
        }
        DetectorClause::Title(_)
        | DetectorClause::Class(_)
        | DetectorClause::Tags(_)
        | DetectorClause::Pattern(_)
        | DetectorClause::Digits(_)
        | DetectorClause::After(_)
        | DetectorClause::Hidden(_)
        | DetectorClause::Verbatim(_)
        | DetectorClause::Against(_)
        | DetectorClause::Context(_)
        | DetectorClause::Confidence(_)
        | DetectorClause::Lower(_)
        | DetectorClause::RedactAs(_)
        | DetectorClause::Examples(_)
        | DetectorClause::Counterexamples(_) => {}
    }
}
