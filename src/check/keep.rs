//! Only the detectors that something needs stay, so that a module carries no
//! table that nobody asks for; every index is moved along.

use super::model::{Condition, Detector, Expected, Leaf, Policy};
use super::rules::asked_for;
use std::collections::{BTreeMap, BTreeSet};

/// Drops detectors that no rule, redaction or test needs (or that none of those leans on).
pub(super) fn needed_only(policy: &mut Policy) {
    let mut asked = Vec::new();
    for rule in &policy.rules {
        asked_for(&rule.condition, &mut asked);
        asked.extend(&rule.redact);
    }
    for expectation in policy.tests.iter().flat_map(|t| &t.expect) {
        match &expectation.what {
            Expected::Found { detector, .. } => asked.push(*detector),
            Expected::NotFound(detector) => asked.push(*detector),
            _ => {}
        }
    }
    keep(policy, asked);
}

/// Drops detectors that are not asked for, and that none of those leans on.
pub(crate) fn keep(policy: &mut Policy, mut asked: Vec<usize>) {
    // Who is reported as whom.
    let mut parts: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for (index, detector) in policy.detectors.iter().enumerate() {
        if let Some(whole) = detector.reported_as {
            parts.entry(whole).or_default().push(index);
        }
    }
    let mut needed = BTreeSet::new();
    while let Some(detector) = asked.pop() {
        asked.extend(parts.remove(&detector).unwrap_or_default());
        if needed.insert(detector)
            && let Some(detector) = policy.detectors.get_mut(detector)
        {
            leans_on(detector, &mut |index| asked.push(*index));
        }
    }
    let mut moved: Vec<usize> = vec![0; policy.detectors.len()];
    let mut kept: Vec<Detector> = Vec::with_capacity(needed.len());
    for (index, detector) in std::mem::take(&mut policy.detectors)
        .into_iter()
        .enumerate()
    {
        if needed.contains(&index) {
            if let Some(to) = moved.get_mut(index) {
                *to = kept.len();
            }
            kept.push(detector);
        }
    }
    let to = |index: &mut usize| *index = moved.get(*index).copied().unwrap_or(0);
    for detector in &mut kept {
        leans_on(detector, &mut |index| to(index));
    }
    policy.detectors = kept;
    for rule in &mut policy.rules {
        rule.redact.iter_mut().for_each(to);
        move_condition(&mut rule.condition, &to);
        for clause in &mut rule.clauses {
            move_condition(&mut clause.condition, &to);
        }
    }
    for expectation in policy.tests.iter_mut().flat_map(|t| &mut t.expect) {
        match &mut expectation.what {
            Expected::Found { detector, .. } | Expected::NotFound(detector) => to(detector),
            _ => {}
        }
    }
}

/// Hands over the indices of the detectors that this one leans on.
fn leans_on(detector: &mut Detector, each: &mut impl FnMut(&mut usize)) {
    detector.yields_to.iter_mut().for_each(&mut *each);
    detector.reported_as.iter_mut().for_each(&mut *each);
    if let Some(any) = &mut detector.any {
        any.marks.iter_mut().for_each(&mut *each);
        any.texts.iter_mut().for_each(&mut *each);
    }
    if let Some(beside) = &mut detector.beside {
        beside.detectors.iter_mut().for_each(each);
    }
}

fn move_condition(condition: &mut Condition, to: &impl Fn(&mut usize)) {
    match condition {
        Condition::Const(_) => {}
        Condition::And(all) | Condition::Or(all) => {
            all.iter_mut().for_each(|c| move_condition(c, to));
        }
        Condition::Not(inner) => move_condition(inner, to),
        Condition::Leaf(Leaf::Count(f, ..) | Leaf::Distinct(f, ..)) => {
            f.detectors.iter_mut().for_each(to);
        }
        Condition::Leaf(Leaf::Near(f, others, _)) => {
            f.detectors.iter_mut().for_each(to);
            others.iter_mut().for_each(to);
        }
        Condition::Leaf(_) => {}
    }
}
