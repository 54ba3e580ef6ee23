//! Could a condition ever hold?
//!
//! The condition is opened branch by branch (a tableau): every `and` adds its
//! parts, every `or` tries its parts in turn. A branch is a list of leaves with
//! their signs; [`consistent`] asks whether some event, some parameters and some
//! content fit them all. What it cannot judge it takes for possible, so a rule is
//! only called dead when it is. The work is bounded: after [`MOST_BRANCHES`] the
//! answer is "perhaps", which counts as yes.

use super::hosts;
use super::model::{
    Comparison, Condition, DateNumber, Findings, Leaf, Number, Param, ParamType, Slot, SlotType,
};

/// Branches looked at before giving up.
const MOST_BRANCHES: u32 = 1024;

/// What can be known before any event.
#[derive(Clone, Copy, Debug)]
pub(super) struct World<'w> {
    pub slots: &'w [Slot],
    pub params: &'w [Param],
    pub max_findings: u32,
}

/// A leaf and whether it holds.
type Literal<'c> = (&'c Leaf, bool);

/// True unless no event can make the condition hold.
pub(super) fn satisfiable(world: &World<'_>, condition: &Condition) -> bool {
    let mut search = Search::new(world);
    search.open(vec![(condition, true)], Vec::new())
}

/// Leaves that together make the condition hold: which must hold, and which must not.
pub(super) fn witness<'c>(
    world: &World<'_>,
    condition: &'c Condition,
) -> Option<Vec<(&'c Leaf, bool)>> {
    let mut search = Search::new(world);
    search.open(vec![(condition, true)], Vec::new());
    search.found
}

struct Search<'w, 'c> {
    world: &'w World<'w>,
    branches: u32,
    /// The branch that stayed open.
    found: Option<Vec<Literal<'c>>>,
}

impl<'w, 'c> Search<'w, 'c> {
    fn new(world: &'w World<'w>) -> Self {
        Search {
            world,
            branches: 0,
            found: None,
        }
    }

    fn open(&mut self, mut todo: Vec<(&'c Condition, bool)>, mut held: Vec<Literal<'c>>) -> bool {
        while let Some((condition, sign)) = todo.pop() {
            match (condition, sign) {
                (Condition::Const(value), _) => {
                    if *value != sign {
                        return false;
                    }
                }
                (Condition::Not(inner), _) => todo.push((inner, !sign)),
                (Condition::And(all), true) | (Condition::Or(all), false) => {
                    todo.extend(all.iter().map(|c| (c, sign)));
                }
                (Condition::Or(any), true) | (Condition::And(any), false) => {
                    for choice in any {
                        self.branches += 1;
                        if self.branches > MOST_BRANCHES {
                            return true;
                        }
                        let mut rest = todo.clone();
                        rest.push((choice, sign));
                        if self.open(rest, held.clone()) {
                            return true;
                        }
                    }
                    return false;
                }
                (Condition::Leaf(leaf), _) => {
                    held.push((leaf, sign));
                    if !consistent(self.world, &held) {
                        return false;
                    }
                }
            }
        }
        self.found = Some(held);
        true
    }
}

/// Whether something fits all of them, where all but the last are known to fit.
fn consistent(world: &World<'_>, held: &[Literal<'_>]) -> bool {
    let Some((last, before)) = held.split_last() else {
        return true;
    };
    if before.contains(&(last.0, !last.1)) {
        return false;
    }
    match (subject(last.0), last.0) {
        (Some(slot), _) => slot_fits(world, slot, held),
        (None, Leaf::Date(..)) => today_fits(held),
        (None, Leaf::Count(..) | Leaf::Distinct(..)) => count_fits(world, last.0, held),
        (None, _) => true,
    }
}

fn slot_fits(world: &World<'_>, slot: usize, held: &[Literal<'_>]) -> bool {
    let mine: Vec<Literal<'_>> = held
        .iter()
        .filter(|(leaf, _)| subject(leaf) == Some(slot))
        .copied()
        .collect();
    let Some(declared) = world.slots.get(slot) else {
        return true;
    };
    if mine.is_empty() {
        return true;
    }
    // Absent: every leaf about it is false.
    if !declared.required && declared.default.is_none() && mine.iter().all(|(_, sign)| !sign) {
        return true;
    }
    if mine
        .iter()
        .any(|(leaf, sign)| matches!(leaf, Leaf::Known(_)) && !sign)
    {
        return false;
    }
    match &declared.ty {
        SlotType::Bool => {
            let holds = mine.iter().filter(|(l, _)| matches!(l, Leaf::Bool(_)));
            let signs: Vec<bool> = holds.map(|(_, s)| *s).collect();
            !(signs.contains(&true) && signs.contains(&false))
        }
        SlotType::Enum(variants) => (0..variants.len()).any(|v| {
            mine.iter().all(|(leaf, sign)| match leaf {
                Leaf::EnumIn(_, among) => among.iter().any(|a| usize::from(*a) == v) == *sign,
                _ => true,
            })
        }),
        SlotType::Int => {
            let tests: Vec<(Interval, bool)> = mine
                .iter()
                .filter_map(|(leaf, sign)| match leaf {
                    Leaf::Int(_, op, number) => number_test(world, *op, *number, *sign),
                    _ => None,
                })
                .collect();
            some_number(i64::from(i32::MIN), i64::from(i32::MAX), &tests)
        }
        SlotType::Date => dates_fit(&mine),
        SlotType::String => texts_fit(&mine, |a, b| a == b),
        SlotType::Host => texts_fit(&mine, hosts::covers),
        SlotType::Set => mine.iter().all(|(leaf, sign)| match leaf {
            // Holding one of `few` and none of `many` is impossible when `many` has all of `few`.
            Leaf::HasAny(_, few) if *sign => !mine.iter().any(|(other, sign)| match other {
                Leaf::HasAny(_, many) if !sign => few.iter().all(|t| many.contains(t)),
                _ => false,
            }),
            _ => true,
        }),
    }
}

/// The slot that a leaf speaks of, of two the first.
fn subject(leaf: &Leaf) -> Option<usize> {
    let [first, _] = leaf.slots();
    first
}

/// Where texts must be, and must not be: some constant of every positive list has
/// to survive all negative ones. `covers(a, b)`: every text of `b` is one of `a`.
fn texts_fit(mine: &[Literal<'_>], covers: impl Fn(&str, &str) -> bool) -> bool {
    let list = |leaf: &Leaf| match leaf {
        Leaf::StringIn(_, texts) | Leaf::HostIn(_, texts) => Some(texts.clone()),
        _ => None,
    };
    let mut allowed: Option<Vec<String>> = None;
    for texts in mine.iter().filter(|(_, s)| *s).filter_map(|(l, _)| list(l)) {
        allowed = Some(match allowed {
            None => texts,
            Some(before) => {
                let mut both = Vec::new();
                for a in &before {
                    for b in &texts {
                        if covers(a, b) {
                            both.push(b.clone());
                        } else if covers(b, a) {
                            both.push(a.clone());
                        }
                    }
                }
                both
            }
        });
    }
    let Some(mut allowed) = allowed else {
        return true;
    };
    for texts in mine
        .iter()
        .filter(|(_, s)| !*s)
        .filter_map(|(l, _)| list(l))
    {
        allowed.retain(|a| !texts.iter().any(|t| covers(t, a)));
    }
    !allowed.is_empty()
}

/// Inclusive; empty where `low > high`.
type Interval = (i64, i64);

/// The numbers for which a comparison holds (or, negated, does not); `None`: any.
fn number_test(
    world: &World<'_>,
    op: Comparison,
    number: Number,
    sign: bool,
) -> Option<(Interval, bool)> {
    let (min, max) = match number {
        Number::Const(n) => (i64::from(n), i64::from(n)),
        Number::Param(param) => match world.params.get(param).map(|p| &p.ty) {
            Some(ParamType::Int { min, max, .. }) => (i64::from(*min), i64::from(*max)),
            _ => return None,
        },
    };
    let op = if sign { op } else { opposite(op) };
    // A parameter may have any value of its range: the widest interval counts.
    Some(match op {
        Comparison::Eq => ((min, max), true),
        Comparison::Ne if min == max => ((min, min), false),
        Comparison::Ne => return None,
        Comparison::Lt => ((i64::MIN, max - 1), true),
        Comparison::Le => ((i64::MIN, max), true),
        Comparison::Gt => ((min + 1, i64::MAX), true),
        Comparison::Ge => ((min, i64::MAX), true),
    })
}

fn opposite(op: Comparison) -> Comparison {
    match op {
        Comparison::Eq => Comparison::Ne,
        Comparison::Ne => Comparison::Eq,
        Comparison::Lt => Comparison::Ge,
        Comparison::Le => Comparison::Gt,
        Comparison::Gt => Comparison::Le,
        Comparison::Ge => Comparison::Lt,
    }
}

/// Whether a number lies in all intervals marked `true` and is none of the points marked `false`.
fn some_number(low: i64, high: i64, tests: &[(Interval, bool)]) -> bool {
    let mut low = low;
    let mut high = high;
    for ((from, to), inside) in tests {
        if *inside {
            low = low.max(*from);
            high = high.min(*to);
        }
    }
    let excluded: Vec<i64> = tests
        .iter()
        .filter(|(_, inside)| !inside)
        .map(|((point, _), _)| *point)
        .collect();
    while low <= high && excluded.contains(&low) {
        low += 1;
    }
    low <= high
}

fn dates_fit(mine: &[Literal<'_>]) -> bool {
    let tests: Vec<(Interval, bool)> = mine
        .iter()
        .filter_map(|(leaf, sign)| match leaf {
            Leaf::Date(_, op, DateNumber::Const(date)) => {
                let day = i64::from(date.days());
                let op = if *sign { *op } else { opposite(*op) };
                Some(match op {
                    Comparison::Eq => ((day, day), true),
                    Comparison::Ne => ((day, day), false),
                    Comparison::Lt => ((i64::MIN, day - 1), true),
                    Comparison::Le => ((i64::MIN, day), true),
                    Comparison::Gt => ((day + 1, i64::MAX), true),
                    Comparison::Ge => ((day, i64::MAX), true),
                })
            }
            _ => None,
        })
        .collect();
    some_number(i64::from(i32::MIN), i64::from(i32::MAX), &tests)
}

fn today_fits(held: &[Literal<'_>]) -> bool {
    let today: Vec<Literal<'_>> = held
        .iter()
        .filter(|(leaf, _)| matches!(leaf, Leaf::Date(None, ..)))
        .copied()
        .collect();
    dates_fit(&today)
}

/// Counts of the same findings agree with each other and with the cap.
fn count_fits(world: &World<'_>, last: &Leaf, held: &[Literal<'_>]) -> bool {
    fn parts(leaf: &Leaf) -> Option<(bool, &Findings, Comparison, Number)> {
        match leaf {
            Leaf::Count(f, op, n) => Some((false, f, *op, *n)),
            Leaf::Distinct(f, op, n) => Some((true, f, *op, *n)),
            _ => None,
        }
    }
    let Some((distinct, findings, ..)) = parts(last) else {
        return true;
    };
    let tests: Vec<(Interval, bool)> = held
        .iter()
        .filter_map(|(leaf, sign)| Some((parts(leaf)?, *sign)))
        .filter(|((d, f, ..), _)| *d == distinct && *f == findings)
        .filter_map(|((_, _, op, n), sign)| number_test(world, op, n, sign))
        .collect();
    let most = i64::from(world.max_findings)
        .saturating_mul(i64::try_from(findings.detectors.len()).unwrap_or(i64::MAX));
    some_number(0, most, &tests)
}

#[cfg(test)]
mod tests {
    use super::{World, satisfiable};
    use crate::check::model::{Comparison, Condition, Leaf, Number, Slot, SlotType};

    fn slot(ty: SlotType) -> Slot {
        Slot {
            name: "a".into(),
            ty,
            required: false,
            default: None,
            printable: false,
        }
    }

    fn holds(ty: SlotType, all: Vec<Condition>) -> bool {
        let slots = [slot(ty)];
        let world = World {
            slots: &slots,
            params: &[],
            max_findings: 10,
        };
        satisfiable(&world, &Condition::And(all))
    }

    fn no(condition: Condition) -> Condition {
        Condition::Not(Box::new(condition))
    }

    #[test]
    fn texts() {
        let is = |t: &str| Condition::Leaf(Leaf::StringIn(0, vec![t.into()]));
        assert!(!holds(SlotType::String, vec![is("a"), is("b")]));
        assert!(!holds(SlotType::String, vec![is("a"), no(is("a"))]));
        assert!(holds(SlotType::String, vec![no(is("a")), no(is("b"))]));
        let host = |t: &str| Condition::Leaf(Leaf::HostIn(0, vec![t.into()]));
        assert!(holds(SlotType::Host, vec![host("*.x.de"), host("a.x.de")]));
        assert!(!holds(
            SlotType::Host,
            vec![no(host("*.x.de")), host("a.x.de")]
        ));
    }

    #[test]
    fn numbers() {
        let is = |op, n| Condition::Leaf(Leaf::Int(0, op, Number::Const(n)));
        assert!(!holds(
            SlotType::Int,
            vec![is(Comparison::Ge, 1), is(Comparison::Lt, 1)]
        ));
        assert!(holds(
            SlotType::Int,
            vec![is(Comparison::Ge, 1), no(is(Comparison::Ge, 3))]
        ));
        // Absent: both are false.
        assert!(holds(
            SlotType::Int,
            vec![no(is(Comparison::Ge, 1)), no(is(Comparison::Lt, 1))]
        ));
    }

    #[test]
    fn choices() {
        let is = |v| Condition::Leaf(Leaf::EnumIn(0, vec![v]));
        let ty = || SlotType::Enum(vec!["a".into(), "b".into()]);
        assert!(!holds(ty(), vec![is(0), is(1)]));
        assert!(holds(
            ty(),
            vec![Condition::Or(vec![is(0), is(1)]), no(is(0))]
        ));
        assert!(holds(ty(), vec![no(is(0)), no(is(1))]));
    }
}
