//! A test on the facts, in a normal form.
//!
//! Six shapes are enough, because every shape has its own opposite and no `not` is needed:
//!
//! ```text
//! Bits  (word & mask) == value, or !=      In   number among ids, or not
//! Num   number <op> number                 All, Any of further tests; Const
//! ```
//!
//! The constructors [`Test::all`] and [`Test::any`] keep the form: nested lists are flattened,
//! constants fold, tests on one word melt into one (`a and b and not c` is a single masked
//! comparison), and what is cheap comes first. `any` is `all` through De Morgan, so that every
//! simplification is written once.

use crate::check::model::Comparison;
use std::collections::BTreeMap;

/// A test.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Test {
    /// Always the same.
    Const(bool),
    /// `(words[word] & mask) == value`, or `!=` where `equal` is false.
    Bits {
        /// Word of the facts.
        word: u32,
        /// The bits it looks at; never 0.
        mask: u64,
        /// What they are compared with.
        value: u64,
        /// Which way round. A single bit is always tested with `equal`.
        equal: bool,
    },
    /// A number compared.
    Num {
        /// Its index.
        num: u32,
        /// How.
        comparison: Comparison,
        /// With what.
        right: Right,
    },
    /// A number (the id of a constant) is one of these, or is not.
    In {
        /// Its index.
        num: u32,
        /// Ascending, each once, never empty.
        ids: Vec<u32>,
        /// Which way round.
        inside: bool,
    },
    /// All hold; at least two.
    All(Vec<Test>),
    /// One holds; at least two.
    Any(Vec<Test>),
}

/// Right side of a comparison.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Right {
    /// A constant.
    Const(i32),
    /// A number of the facts.
    Num(u32),
}

impl Test {
    /// One bit of the attribute bits is set.
    pub fn bit(bit: u32) -> Test {
        let mask = 1 << (bit % 64);
        Test::Bits {
            word: bit / 64,
            mask,
            value: mask,
            equal: true,
        }
    }

    /// One of these bits is set.
    pub fn any_bit(bits: impl IntoIterator<Item = u32>) -> Test {
        Test::any(bits.into_iter().map(Test::bit).collect())
    }

    /// A number is one of these ids.
    pub fn one_of(num: u32, mut ids: Vec<u32>) -> Test {
        ids.sort_unstable();
        ids.dedup();
        if ids.is_empty() {
            return Test::Const(false);
        }
        Test::In {
            num,
            ids,
            inside: true,
        }
    }

    /// All of these hold.
    pub fn all(tests: Vec<Test>) -> Test {
        let mut words = BTreeMap::<u32, (u64, u64)>::new();
        let mut excluded = BTreeMap::<u32, Vec<u32>>::new();
        let mut rest = Vec::new();
        let mut todo: Vec<Test> = tests.into_iter().rev().collect();
        while let Some(test) = todo.pop() {
            match test {
                Test::Const(true) => {}
                Test::Const(false) => return Test::Const(false),
                Test::All(inner) => todo.extend(inner.into_iter().rev()),
                Test::Bits {
                    word,
                    mask,
                    value,
                    equal: true,
                } => {
                    let (known, bits) = words.entry(word).or_default();
                    if (*bits ^ value) & *known & mask != 0 {
                        return Test::Const(false);
                    }
                    *known |= mask;
                    *bits |= value;
                }
                Test::In {
                    num,
                    ids,
                    inside: false,
                } => excluded.entry(num).or_default().extend(ids),
                other => rest.push(other),
            }
        }
        let mut out: Vec<Test> = words
            .into_iter()
            .map(|(word, (mask, value))| Test::Bits {
                word,
                mask,
                value,
                equal: true,
            })
            .collect();
        for (num, ids) in excluded {
            out.push(Test::one_of(num, ids).negate());
        }
        for test in rest {
            if out.len() > 64 || !out.contains(&test) {
                out.push(test);
            }
        }
        out.sort_by_key(Test::cost);
        match out.len() {
            0 => Test::Const(true),
            1 => out.swap_remove(0),
            _ => Test::All(out),
        }
    }

    /// One of these holds.
    pub fn any(tests: Vec<Test>) -> Test {
        Test::all(tests.into_iter().map(Test::negate).collect()).negate()
    }

    /// The opposite.
    pub fn negate(self) -> Test {
        match self {
            Test::Const(value) => Test::Const(!value),
            Test::Bits {
                word,
                mask,
                value,
                equal,
            } => {
                // One bit, tested for equality, is tested for equality with the other value.
                if equal && mask.is_power_of_two() {
                    Test::Bits {
                        word,
                        mask,
                        value: value ^ mask,
                        equal,
                    }
                } else {
                    Test::Bits {
                        word,
                        mask,
                        value,
                        equal: !equal,
                    }
                }
            }
            Test::Num {
                num,
                comparison,
                right,
            } => Test::Num {
                num,
                comparison: opposite(comparison),
                right,
            },
            Test::In { num, ids, inside } => Test::In {
                num,
                ids,
                inside: !inside,
            },
            Test::All(tests) => Test::Any(tests.into_iter().map(Test::negate).collect()),
            Test::Any(tests) => Test::All(tests.into_iter().map(Test::negate).collect()),
        }
    }

    /// Steps it takes at most: machine operations, roughly.
    pub fn cost(&self) -> u64 {
        match self {
            Test::Const(_) => 1,
            Test::Bits { .. } => 3,
            Test::Num { .. } => 4,
            Test::In { ids, .. } => 1 + 4 * id_checks(ids).len() as u64,
            Test::All(tests) | Test::Any(tests) => tests.iter().map(|t| t.cost() + 1).sum(),
        }
    }

    /// Evaluates it.
    pub fn holds(&self, words: &[u64], nums: &[i32]) -> bool {
        let num = |at: u32| nums.get(at as usize).copied().unwrap_or(0);
        match self {
            Test::Const(value) => *value,
            Test::Bits {
                word,
                mask,
                value,
                equal,
            } => {
                let found = words.get(*word as usize).copied().unwrap_or(0);
                (found & mask == *value) == *equal
            }
            Test::Num {
                num: at,
                comparison,
                right,
            } => comparison.holds(
                num(*at),
                match right {
                    Right::Const(value) => *value,
                    Right::Num(at) => num(*at),
                },
            ),
            Test::In {
                num: at,
                ids,
                inside,
            } => {
                let id = u32::try_from(num(*at)).ok();
                id.is_some_and(|id| ids.binary_search(&id).is_ok()) == *inside
            }
            Test::All(tests) => tests.iter().all(|t| t.holds(words, nums)),
            Test::Any(tests) => tests.iter().any(|t| t.holds(words, nums)),
        }
    }
}

fn opposite(comparison: Comparison) -> Comparison {
    match comparison {
        Comparison::Eq => Comparison::Ne,
        Comparison::Ne => Comparison::Eq,
        Comparison::Lt => Comparison::Ge,
        Comparison::Le => Comparison::Gt,
        Comparison::Gt => Comparison::Le,
        Comparison::Ge => Comparison::Lt,
    }
}

/// One comparison of a number with some ids.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IdCheck {
    /// `first <= number <= last`
    Range {
        /// Least id.
        first: u32,
        /// Greatest id.
        last: u32,
    },
    /// `number - first < 64` and that bit of the mask is set.
    Mask {
        /// Id of bit 0.
        first: u32,
        /// The ids.
        mask: u64,
    },
}

/// The fewest checks that decide whether a number is among these ids (ascending): runs where
/// there are at most four, and masks over 64 ids otherwise.
pub fn id_checks(ids: &[u32]) -> Vec<IdCheck> {
    let mut runs: Vec<(u32, u32)> = Vec::new();
    for &id in ids {
        match runs.last_mut() {
            Some((_, last)) if last.checked_add(1) == Some(id) => *last = id,
            _ => runs.push((id, id)),
        }
    }
    let range = |(first, last)| IdCheck::Range { first, last };
    if runs.len() <= 4 {
        return runs.into_iter().map(range).collect();
    }
    let mut checks = Vec::new();
    let mut rest = runs.as_slice();
    while let [(first, last), tail @ ..] = rest {
        // As many whole runs as fit into one mask.
        let fit = rest.iter().take_while(|(_, end)| end - first < 64).count();
        if fit <= 1 {
            checks.push(range((*first, *last)));
            rest = tail;
            continue;
        }
        let (inside, after) = rest.split_at(fit);
        let mask = inside
            .iter()
            .flat_map(|(from, to)| *from..=*to)
            .fold(0u64, |mask, id| mask | 1 << (id - first));
        checks.push(IdCheck::Mask {
            first: *first,
            mask,
        });
        rest = after;
    }
    checks
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bits_of_one_word_melt_into_one_test() {
        let test = Test::all(vec![
            Test::bit(3),
            Test::bit(5),
            Test::bit(7).negate(),
            Test::Const(true),
        ]);
        assert_eq!(
            test,
            Test::Bits {
                word: 0,
                mask: 0b1010_1000,
                value: 0b0010_1000,
                equal: true
            }
        );
        let any = Test::any_bit([1, 2]);
        assert_eq!(
            any,
            Test::Bits {
                word: 0,
                mask: 6,
                value: 0,
                equal: false
            }
        );
    }

    #[test]
    fn contradiction_and_tautology_fold() {
        assert_eq!(
            Test::all(vec![Test::bit(70), Test::bit(70).negate()]),
            Test::Const(false)
        );
        assert_eq!(
            Test::any(vec![Test::bit(70), Test::bit(70).negate()]),
            Test::Const(true)
        );
        assert_eq!(Test::all(vec![]), Test::Const(true));
        assert_eq!(Test::any(vec![]), Test::Const(false));
    }

    #[test]
    fn id_checks_cover_exactly_the_ids() {
        for seed in 0u64..200 {
            let ids: Vec<u32> = (1..300)
                .filter(|id| {
                    (u64::from(*id) + 7)
                        .wrapping_mul(seed.wrapping_mul(2_654_435_761) | 1)
                        .wrapping_mul(0x9E37_79B9_7F4A_7C15)
                        >> 61
                        < seed % 8
                })
                .collect();
            let checks = id_checks(&ids);
            for id in 0..400 {
                let found = checks.iter().any(|c| match *c {
                    IdCheck::Range { first, last } => first <= id && id <= last,
                    IdCheck::Mask { first, mask } => {
                        id.wrapping_sub(first) < 64 && mask >> (id - first) & 1 == 1
                    }
                });
                assert_eq!(found, ids.contains(&id), "seed {seed} id {id}");
            }
        }
    }
}
