//! What the tests of a policy exercise: its rules, and the clauses of each.
//!
//! A rule is exercised where it fires in one test and stays silent in another. A *clause* (a leaf of
//! `when` or `unless`, as written) decides in a test where the rule fires or stays silent because of
//! it: were this clause the other way round and everything else as it is, the rule would do the
//! opposite. It is exercised where it decides in one test in which it holds, and in one in which it
//! does not. So no clause can be left out, or turned round, without a test that could notice. (In
//! aviation this is *modified condition/decision coverage*.)
//!
//! ```text
//! when outgoing and found payment.card        a paste with a card, to a tool outside: both clauses
//! unless destination.approved                 the same, approved: `unless`; a response: `outgoing`
//! ```
//!
//! Every detector is searched for, also where the rule was out of the question, because a clause
//! turned round could bring it back.

use super::decide::{Content, Seen, holds};
use super::findings::find;
use super::values::Values;
use super::{Reference, config_of};
use crate::check::model::{Condition, Policy, Test};

/// What the tests exercise of one rule.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RuleCoverage {
    /// Tests in which it fires.
    pub fires: usize,
    /// Tests in which it stays silent.
    pub silent: usize,
    /// For each clause, in the rule's order.
    pub clauses: Vec<ClauseCoverage>,
}

/// What the tests exercise of one clause.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ClauseCoverage {
    /// Tests in which it holds and decides.
    pub holds: usize,
    /// Tests in which it does not hold and decides.
    pub fails: usize,
}

impl ClauseCoverage {
    /// It decides both ways.
    pub fn is_full(&self) -> bool {
        self.holds > 0 && self.fails > 0
    }
}

impl RuleCoverage {
    /// It fires in one test, stays silent in another, and every clause is exercised.
    pub fn is_full(&self) -> bool {
        self.fires > 0 && self.silent > 0 && self.clauses.iter().all(ClauseCoverage::is_full)
    }
}

/// Runs the tests of a policy and says what they exercise, rule by rule.
pub fn coverage(policy: &Policy) -> Vec<RuleCoverage> {
    let reference = Reference::new(policy);
    let mut rules: Vec<RuleCoverage> = policy
        .rules
        .iter()
        .map(|rule| RuleCoverage {
            clauses: vec![ClauseCoverage::default(); rule.clauses.len()],
            ..RuleCoverage::default()
        })
        .collect();
    for test in &policy.tests {
        add(&reference, test, &mut rules);
    }
    rules
}

fn add(reference: &Reference, test: &Test, rules: &mut [RuleCoverage]) {
    let policy = &reference.policy;
    let (config, _) = config_of(&reference.schema, &test.config);
    let values = Values::new(policy, &test.event, &config);
    if values.missing.is_some() {
        return;
    }
    let all = vec![true; policy.detectors.len()];
    let (findings, _) = find(policy, &reference.scanners, &test.event, &all, &|param| {
        values.key(param)
    });
    let seen = Seen {
        findings: &findings,
        event: &test.event,
    };
    let holds = |condition: &Condition| holds(condition, &values, Content::Read(&seen));
    for (rule, covered) in policy.rules.iter().zip(rules) {
        let fires = holds(&rule.condition);
        match fires {
            true => covered.fires += 1,
            false => covered.silent += 1,
        }
        for (clause, tests) in rule.clauses.iter().zip(&mut covered.clauses) {
            let now = holds(&clause.condition);
            let turned = Condition::Const(!now);
            let other = with(&rule.condition, &clause.condition, &turned);
            let decides = usize::from(holds(&other) != fires);
            match now {
                true => tests.holds += decides,
                false => tests.fails += decides,
            }
        }
    }
}

/// The condition with one part of it in another way.
fn with(condition: &Condition, part: &Condition, instead: &Condition) -> Condition {
    if condition == part {
        return instead.clone();
    }
    let all = |all: &[Condition]| all.iter().map(|c| with(c, part, instead)).collect();
    match condition {
        Condition::And(parts) => Condition::And(all(parts)),
        Condition::Or(parts) => Condition::Or(all(parts)),
        Condition::Not(inner) => Condition::Not(Box::new(with(inner, part, instead))),
        Condition::Const(_) | Condition::Leaf(_) => condition.clone(),
    }
}
