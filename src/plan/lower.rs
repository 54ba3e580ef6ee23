//! Conditions to tests.
//!
//! A condition is read in one of two ways. *Real*: as it stands. *Open*: every finding leaf at its
//! best, that is true under an even number of negations and false under an odd one (semantics 41).
//! Negations are pushed down to the leaves while walking, so in the open reading every finding leaf,
//! whatever stands above it, becomes `true`.
//!
//! A leaf that nobody gave a place (an empty list, a class without detectors) is what it would be
//! worth: nothing is in an empty list, and the count of nothing is 0.

use super::facts::{Facts, ParamFacts, QuestionKind};
use super::test::{Right, Test};
use crate::check::model::{Comparison, Condition, DateNumber, Findings, Leaf, Number};

/// How finding leaves are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reading {
    /// As answered.
    Real,
    /// At their best.
    Open,
}

/// Turns conditions into tests on these facts.
pub(super) struct Lowering<'a> {
    /// Where things lie.
    pub facts: &'a Facts,
}

impl Lowering<'_> {
    /// A condition as a test.
    pub fn condition(&self, condition: &Condition, reading: Reading) -> Test {
        self.walk(condition, true, reading)
    }

    /// `positive` is false below an odd number of negations.
    fn walk(&self, condition: &Condition, positive: bool, reading: Reading) -> Test {
        let all = |tests: &[Condition]| {
            tests
                .iter()
                .map(|t| self.walk(t, positive, reading))
                .collect::<Vec<_>>()
        };
        match condition {
            Condition::Const(value) => Test::Const(*value == positive),
            Condition::And(tests) if positive => Test::all(all(tests)),
            Condition::And(tests) => Test::any(all(tests)),
            Condition::Or(tests) if positive => Test::any(all(tests)),
            Condition::Or(tests) => Test::all(all(tests)),
            Condition::Not(inner) => self.walk(inner, !positive, reading),
            Condition::Leaf(Leaf::Count(..) | Leaf::Distinct(..) | Leaf::Near(..))
                if reading == Reading::Open =>
            {
                Test::Const(true)
            }
            Condition::Leaf(leaf) => {
                let test = self.leaf(leaf);
                if positive { test } else { test.negate() }
            }
        }
    }

    fn leaf(&self, leaf: &Leaf) -> Test {
        let bit = |bit: Option<u32>| bit.map_or(Test::Const(false), Test::bit);
        match leaf {
            Leaf::Bool(slot) => bit(self.facts.slot(*slot).and_then(|s| s.bit)),
            Leaf::ParamBool(param) => match self.facts.params.get(*param) {
                Some(ParamFacts::Bit(at)) => Test::bit(*at),
                _ => Test::Const(false),
            },
            Leaf::Known(slot) => self.known(*slot),
            Leaf::EnumIn(slot, variants) => self.range(*slot, variants.iter().map(|v| (*v).into())),
            Leaf::HasAny(slot, texts) => {
                let slot_facts = self.facts.slot(*slot);
                let ids = texts
                    .iter()
                    .filter_map(|t| slot_facts.and_then(|s| s.constant(t)));
                self.range(*slot, ids)
            }
            Leaf::StringIn(slot, texts) => {
                let Some((slot, num)) = self.facts.slot(*slot).and_then(|s| Some((s, s.num?)))
                else {
                    return Test::Const(false);
                };
                let ids = texts.iter().filter_map(|t| slot.constant(t));
                Test::one_of(num, ids.map(|id| id + 1).collect())
            }
            Leaf::HostIn(slot, globs) => Test::any_bit(self.facts.host_bits(*slot, globs)),
            Leaf::InParam(slot, param) => bit(self.facts.in_param_bit(*slot, *param)),
            Leaf::Same(a, b) if a == b => self.known(*a),
            Leaf::Same(a, b) => bit(self.facts.same_bit(*a, *b)),
            Leaf::Int(slot, comparison, number) => {
                self.number(*slot, *comparison, self.right(*number))
            }
            Leaf::Date(None, comparison, date) => compare(0, *comparison, self.day(*date)),
            Leaf::Date(Some(slot), comparison, date) => {
                self.number(*slot, *comparison, self.day(*date))
            }
            Leaf::Count(findings, comparison, number) => {
                self.asked(&QuestionKind::Count, findings, *comparison, *number)
            }
            Leaf::Distinct(findings, comparison, number) => {
                self.asked(&QuestionKind::Distinct, findings, *comparison, *number)
            }
            Leaf::Near(findings, others, within) => self.asked(
                &QuestionKind::Near(others.clone(), *within),
                findings,
                Comparison::Ne,
                Number::Const(0),
            ),
        }
    }

    fn known(&self, slot: usize) -> Test {
        match self.facts.slot(slot) {
            Some(facts) if facts.always_known => Test::Const(true),
            Some(facts) => facts.known_bit.map_or(Test::Const(false), Test::bit),
            None => Test::Const(false),
        }
    }

    fn range(&self, slot: usize, ids: impl Iterator<Item = u32>) -> Test {
        let Some(first) = self.facts.slot(slot).and_then(|s| s.bit) else {
            return Test::Const(false);
        };
        Test::any_bit(ids.map(|id| first + id))
    }

    fn number(&self, slot: usize, comparison: Comparison, right: Right) -> Test {
        let Some(num) = self.facts.slot(slot).and_then(|s| s.num) else {
            return Test::Const(false);
        };
        Test::all(vec![self.known(slot), compare(num, comparison, right)])
    }

    fn right(&self, number: Number) -> Right {
        match number {
            Number::Const(value) => Right::Const(value),
            Number::Param(param) => self.param(param),
        }
    }

    fn day(&self, date: DateNumber) -> Right {
        match date {
            DateNumber::Const(date) => Right::Const(date.days()),
            DateNumber::Param(param) => self.param(param),
        }
    }

    fn param(&self, param: usize) -> Right {
        match self.facts.params.get(param) {
            Some(ParamFacts::Num(num)) => Right::Num(*num),
            _ => Right::Const(0),
        }
    }

    fn asked(
        &self,
        kind: &QuestionKind,
        findings: &Findings,
        comparison: Comparison,
        number: Number,
    ) -> Test {
        let right = self.right(number);
        match (self.facts.question(kind, findings), right) {
            (Some(num), right) => compare(num, comparison, right),
            (None, Right::Const(value)) => Test::Const(comparison.holds(0, value)),
            (None, Right::Num(num)) => compare(num, mirrored(comparison), Right::Const(0)),
        }
    }
}

fn compare(num: u32, comparison: Comparison, right: Right) -> Test {
    Test::Num {
        num,
        comparison,
        right,
    }
}

/// `a < b` as `b > a`.
fn mirrored(comparison: Comparison) -> Comparison {
    match comparison {
        Comparison::Lt => Comparison::Gt,
        Comparison::Le => Comparison::Ge,
        Comparison::Gt => Comparison::Lt,
        Comparison::Ge => Comparison::Le,
        same => same,
    }
}
