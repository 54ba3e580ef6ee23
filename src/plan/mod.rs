//! Checked policy to plan: what the module keeps of an event, and how every rule reads it.
//!
//! The one idea: **an event becomes bits and numbers once, and a rule is a few tests on them.**
//! Every leaf of every condition is given a place in the *facts*:
//!
//! ```text
//! words  [ attribute bits … | demand bits … | fired bits … ]   u64 each
//! nums   [ today | parameters | slots | questions … ]          i32 each, directly behind
//! ```
//!
//! | leaf | place |
//! | --- | --- |
//! | bool, `is known`, `a = b`, `in parameter` | one bit |
//! | enum, set | a range of bits, one per variant or constant |
//! | host | a range of bits, one per glob; of many globs, one bit per distinct set |
//! | string | a number: the id of the constant it equals, 0 for none |
//! | int, date | a number, and a bit that says it is known |
//! | findings | a number: the answer to a question |
//!
//! So `a = x and b has "y" and not c` is one masked comparison of one word, and a whole list of
//! strings is one range check of ids. The plan knows nothing of WebAssembly: `emit` turns its tests
//! into code, and [`Interpreter`] runs them natively, one beside the other as each other's witness.
//!
//! **Invariant:** tests are total and have no effects, so their order inside a conjunction is free
//! and cheap ones come first.
//! **Invariant:** nothing here depends on addresses, hashes of the run, or time: equal policies give
//! equal plans.
//!
//! A rule whose condition speaks of findings has two tests. `open` is the condition with every finding
//! leaf taken at its best (semantics 41): while it holds, the rule's detectors are demanded. `when` is
//! the condition itself, asked once the findings are known.

pub mod cost;
pub mod facts;
pub mod index;
mod interpret;
mod lower;
pub mod quick;
mod tables;
pub mod test;

pub use interpret::Interpreter;
pub use tables::PlanTables;
pub use test::{Right, Test};

use crate::check::model::{Condition, Leaf, Policy, Rule};
use facts::Facts;
use lower::{Lowering, Reading};

/// Most clauses that a record can carry per rule.
pub const MAX_CLAUSES: usize = 64;

/// What emitted code does with an event's facts.
#[derive(Clone, Debug)]
pub struct Plan {
    /// Where every fact lies.
    pub facts: Facts,
    /// Demand words (detectors / 64, rounded up).
    pub demand_words: u32,
    /// Fired words (rules / 64, rounded up).
    pub fired_words: u32,
    /// The rules, in the policy's order.
    pub rules: Vec<RulePlan>,
    /// How rules are found without walking all of them, where that helps.
    pub index: Option<index::Index>,
    /// How a frame of numbers is read without tables.
    pub quick: quick::Quick,
}

/// One rule.
#[derive(Clone, Debug)]
pub struct RulePlan {
    /// The whole condition.
    pub when: Test,
    /// For a rule that needs the content: not yet false on attributes alone.
    pub open: Option<Test>,
    /// (demand word, detectors), ascending, no empty ones.
    pub demand: Vec<(u32, u64)>,
    /// The clauses, bit by bit.
    pub clauses: Vec<Test>,
}

impl Plan {
    /// First demand word in the facts.
    pub fn demand_at(&self) -> u32 {
        self.facts.bit_words()
    }

    /// First fired word in the facts.
    pub fn fired_at(&self) -> u32 {
        self.demand_at() + self.demand_words
    }

    /// Words in the facts; the nums follow.
    pub fn words(&self) -> u32 {
        self.fired_at() + self.fired_words
    }
}

/// Plans a policy.
pub fn plan(policy: &Policy) -> Plan {
    let facts = Facts::of(policy);
    let rules: Vec<RulePlan> = policy.rules.iter().map(|r| rule(r, &facts)).collect();
    let index = index::choose(policy, &facts, &rules);
    Plan {
        demand_words: words_for(policy.detectors.len()),
        fired_words: words_for(policy.rules.len()),
        quick: quick::Quick::of(policy, &facts),
        facts,
        rules,
        index,
    }
}

fn words_for(bits: usize) -> u32 {
    u32::try_from(bits.div_ceil(64)).unwrap_or(u32::MAX)
}

fn rule(rule: &Rule, facts: &Facts) -> RulePlan {
    let lowering = Lowering { facts };
    let mut detectors = rule.redact.clone();
    let mut speaks_of_findings = false;
    visit(&rule.condition, &mut |leaf| match leaf {
        Leaf::Count(f, ..) | Leaf::Distinct(f, ..) => {
            speaks_of_findings = true;
            detectors.extend(&f.detectors);
        }
        Leaf::Near(f, others, _) => {
            speaks_of_findings = true;
            detectors.extend(&f.detectors);
            detectors.extend(others);
        }
        _ => {}
    });
    let demand = masks(&detectors);
    // A rule that names no detector at all is decided before anything is read.
    let needs_content = speaks_of_findings && !demand.is_empty();
    RulePlan {
        when: lowering.condition(&rule.condition, Reading::Real),
        open: needs_content.then(|| lowering.condition(&rule.condition, Reading::Open)),
        demand,
        clauses: rule
            .clauses
            .iter()
            .take(MAX_CLAUSES)
            .map(|c| lowering.condition(&c.condition, Reading::Real))
            .collect(),
    }
}

/// Calls `see` for every leaf, in source order.
pub(crate) fn visit<'a>(condition: &'a Condition, see: &mut impl FnMut(&'a Leaf)) {
    match condition {
        Condition::Const(_) => {}
        Condition::And(all) | Condition::Or(all) => {
            for one in all {
                visit(one, see);
            }
        }
        Condition::Not(inner) => visit(inner, see),
        Condition::Leaf(leaf) => see(leaf),
    }
}

fn masks(items: &[usize]) -> Vec<(u32, u64)> {
    let mut masks = std::collections::BTreeMap::<u32, u64>::new();
    for &item in items {
        let word = u32::try_from(item / 64).unwrap_or(u32::MAX);
        *masks.entry(word).or_default() |= 1 << (item % 64);
    }
    masks.into_iter().collect()
}
