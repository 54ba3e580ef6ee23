//! Runs a plan natively, rule by rule, without index and without code.
//!
//! It answers the same three calls that the kernel makes into emitted code, on the same facts, so a
//! native kernel can be tested without WebAssembly, and emitted code can be tested against it.

use super::Plan;

/// Evaluates a plan on facts.
#[derive(Clone, Copy, Debug)]
pub struct Interpreter<'a> {
    plan: &'a Plan,
}

impl<'a> Interpreter<'a> {
    /// For this plan.
    pub fn new(plan: &'a Plan) -> Self {
        Interpreter { plan }
    }

    /// What `riegel.rules` does. Phase 0: rules that need no findings fire, and every open rule
    /// demands its detectors. Phase 1: rules that need findings fire. `words` are all words of the
    /// facts: attribute bits, demand, fired.
    pub fn rules(&self, words: &mut [u64], nums: &[i32], phase: u32) {
        let (demand_at, fired_at) = (self.plan.demand_at(), self.plan.fired_at());
        for (index, rule) in self.plan.rules.iter().enumerate() {
            let (fires, demands) = match (&rule.open, phase) {
                (Some(open), 0) => (false, open.holds(words, nums)),
                (None, 0) => {
                    let holds = rule.when.holds(words, nums);
                    (holds, holds)
                }
                (Some(_), _) => (rule.when.holds(words, nums), false),
                (None, _) => (false, false),
            };
            if fires && let Some(word) = words.get_mut(fired_at as usize + index / 64) {
                *word |= 1 << (index % 64);
            }
            if demands {
                for (word, mask) in &rule.demand {
                    if let Some(word) = words.get_mut((demand_at + word) as usize) {
                        *word |= mask;
                    }
                }
            }
        }
    }

    /// What `riegel.clauses` does: bit i is set when clause i of the rule holds.
    pub fn clauses(&self, words: &[u64], nums: &[i32], rule: u32) -> u64 {
        let Some(rule) = self.plan.rules.get(rule as usize) else {
            return 0;
        };
        let bits = rule.clauses.iter().enumerate();
        bits.fold(0, |bits, (i, clause)| {
            bits | u64::from(clause.holds(words, nums)) << i
        })
    }
}
