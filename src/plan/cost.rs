//! What a decision without content may cost, in steps of about a nanosecond.
//!
//! Counted from above: every string attribute is as long as it may be and is looked up, every walked
//! rule is tested to its last conjunct in both phases, the fullest bucket of the index is the one that
//! is hit, and every rule that can be reached fires and is asked for its clauses. A host refuses a
//! module whose bound is above its budget, so the number must never be too small.

use super::{Plan, RulePlan};
use crate::check::model::{Policy, SlotType};

/// Bytes of a string attribute that hashing and comparing is counted with.
const TEXT: u64 = 255;
/// Elements of a set attribute that are counted.
const ELEMENTS: u64 = 64;
/// Dots in the longest host name: each suffix is looked up.
const LABELS: u64 = 127;
/// Steps for a rule that fires: obligations, stage, its place in the record.
const FIRES: u64 = 64;

/// Steps of a decision without content, at most.
pub fn steps(policy: &Policy, plan: &Plan) -> u64 {
    let slots = policy.slots.iter().zip(&plan.facts.slots);
    let slots: u64 = slots
        .map(|(slot, facts)| match slot.ty {
            _ if facts.constants.is_empty() => 8,
            SlotType::String => 2 * TEXT,
            SlotType::Host => LABELS * TEXT,
            SlotType::Set => ELEMENTS * 2 * TEXT,
            _ => 8,
        })
        .sum();
    let sames = plan.facts.sames.iter();
    let sames: u64 = sames
        .map(|same| match policy.params.get(same.b).map(|p| &p.ty) {
            Some(crate::check::model::ParamType::List { max, .. }) if same.param => {
                TEXT * u64::from(*max).max(1)
            }
            _ => TEXT,
        })
        .sum();
    slots + sames + 8 * plan.facts.params.len() as u64 + rules(plan)
}

fn rules(plan: &Plan) -> u64 {
    let Some(index) = plan.index else {
        return plan.rules.iter().map(rule).sum();
    };
    let mut buckets = vec![0u64; index.buckets() as usize];
    let mut walked = 0;
    for one in &plan.rules {
        // Walked in one of the phases is counted as walked.
        let when = index.keys(&one.when);
        let open = one.open.as_ref().map_or(when.clone(), |t| index.keys(t));
        match when.and(open) {
            Some((keys, _)) => {
                for key in keys {
                    if let Some(bucket) = buckets.get_mut(key as usize) {
                        *bucket += rule(one);
                    }
                }
            }
            None => walked += rule(one),
        }
    }
    walked + buckets.into_iter().max().unwrap_or(0)
}

fn rule(rule: &RulePlan) -> u64 {
    let open = rule.open.as_ref().map_or(0, |t| t.cost());
    let clauses: u64 = rule.clauses.iter().map(|c| c.cost() + 2).sum();
    rule.when.cost() + open + clauses + rule.demand.len() as u64 * 3 + FIRES
}
