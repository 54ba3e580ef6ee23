//! An index over the rules: most of a large policy is about somebody else.
//!
//! With a thousand rules, nearly all begin with `tenant = "…"` or `action = …`. Where a rule's test has
//! a top-level conjunct that pins a string or an enum to a few values, the rule is put into the bucket
//! of each value, and the event's own value picks one bucket with a jump table. Rules without such a
//! conjunct are walked for every event.
//!
//! One attribute is chosen for the whole policy: the one that spares the most rules per event, if all
//! its values were equally likely. Small policies are walked: a jump costs more than it spares.

use super::RulePlan;
use super::facts::Facts;
use super::test::Test;
use crate::check::model::{Policy, SlotType};

/// Policies with more rules than this are indexed.
pub const WALKED: usize = 16;
/// A rule that is pinned to more values than this is walked.
const MAX_KEYS: usize = 4;

/// The attribute that picks the rules.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Index {
    /// A string: its number is the id of the constant; 0 is no constant.
    Id {
        /// The number.
        num: u32,
        /// Ids are 1 to this.
        ids: u32,
    },
    /// An enum: the one set bit of a range.
    Variant {
        /// Word of the facts.
        word: u32,
        /// First bit of the range in the word.
        shift: u32,
        /// Variants.
        variants: u32,
    },
}

impl Index {
    /// Buckets: values are 0 to this, exclusive.
    pub fn buckets(self) -> u32 {
        match self {
            Index::Id { ids, .. } => ids.saturating_add(1),
            Index::Variant { variants, .. } => variants,
        }
    }

    fn range(self) -> u64 {
        match self {
            Index::Variant {
                shift, variants, ..
            } => (u64::MAX >> (64 - variants.clamp(1, 64))) << shift,
            Index::Id { .. } => 0,
        }
    }

    /// The values that a test admits, and what is left to test once the value is one of them.
    /// `None`: the test does not pin the attribute to a few values.
    pub fn keys(self, test: &Test) -> Option<(Vec<u32>, Test)> {
        let conjuncts = match test {
            Test::All(tests) => tests.as_slice(),
            single => std::slice::from_ref(single),
        };
        for (at, conjunct) in conjuncts.iter().enumerate() {
            let Some((keys, left)) = self.pinned(conjunct) else {
                continue;
            };
            let others = conjuncts.iter().enumerate().filter(|(i, _)| *i != at);
            let mut rest: Vec<Test> = others.map(|(_, t)| t.clone()).collect();
            rest.push(left);
            return Some((keys, Test::all(rest)));
        }
        None
    }

    fn pinned(self, test: &Test) -> Option<(Vec<u32>, Test)> {
        match (self, test) {
            (
                Index::Id { num: index, .. },
                Test::In {
                    num,
                    ids,
                    inside: true,
                },
            ) if *num == index && ids.len() <= MAX_KEYS => Some((ids.clone(), Test::Const(true))),
            (
                Index::Variant {
                    word: index, shift, ..
                },
                Test::Bits {
                    word,
                    mask,
                    value,
                    equal,
                },
            ) if *word == index => {
                let range = self.range();
                if *equal {
                    // An enum has one value: exactly one bit of its range must be asked for.
                    let set = value & range;
                    if !set.is_power_of_two() {
                        return None;
                    }
                    let (mask, value) = (mask & !range, value & !range);
                    let left = if mask == 0 {
                        Test::Const(true)
                    } else {
                        Test::Bits {
                            word: *word,
                            mask,
                            value,
                            equal: true,
                        }
                    };
                    return Some((vec![set.trailing_zeros() - shift], left));
                }
                let any_of = *value == 0 && mask & !range == 0;
                if !any_of || mask.count_ones() as usize > MAX_KEYS {
                    return None;
                }
                let keys = (0..64).filter(|bit| mask >> bit & 1 == 1);
                Some((keys.map(|bit| bit - shift).collect(), Test::Const(true)))
            }
            _ => None,
        }
    }
}

/// The attribute that spares the most tests, if that is worth a jump.
pub(super) fn choose(policy: &Policy, facts: &Facts, rules: &[RulePlan]) -> Option<Index> {
    if rules.len() <= WALKED {
        return None;
    }
    let mut best = None;
    let mut most = rules.len() as u64 * 1000 / 4; // at least a quarter of the rules is spared
    for (slot, place) in policy.slots.iter().zip(&facts.slots) {
        let Some(candidate) = candidate(&slot.ty, place) else {
            continue;
        };
        let buckets = u64::from(candidate.buckets().max(1));
        let spared = rules.iter().filter_map(|rule| {
            let (keys, _) = candidate.keys(rule.open.as_ref().unwrap_or(&rule.when))?;
            Some(1000 - (1000 * keys.len() as u64 / buckets).min(1000))
        });
        let spared = spared.sum::<u64>();
        if spared > most {
            (best, most) = (Some(candidate), spared);
        }
    }
    best
}

fn candidate(ty: &SlotType, facts: &super::facts::SlotFacts) -> Option<Index> {
    match ty {
        SlotType::String => Some(Index::Id {
            num: facts.num?,
            ids: u32::try_from(facts.constants.len()).ok()?,
        }),
        SlotType::Enum(variants) if variants.len() <= 64 => {
            let bit = facts.bit?;
            Some(Index::Variant {
                word: bit / 64,
                shift: bit % 64,
                variants: u32::try_from(variants.len()).ok()?,
            })
        }
        _ => None,
    }
}
