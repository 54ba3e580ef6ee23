//! Automata over bytes, in the form that the kernel walks.
//!
//! `determinise.rs` makes them; what is kept is our own form, state 0 dead, match states last: a match
//! ends where one is entered. Matches are bounded, so the automaton has no cycle and is minimised in one
//! pass from its leaves up.
//!
//! The kernel walks them as small programs, which `code.rs` writes.
//!
//! A detector with `digits n` has its automaton multiplied with a counter of digits
//! up to n, so that the wake filter knows about them.

use super::determinise::{self, Dfa, determinise};
use regex_automata::nfa::thompson::{self, WhichCaptures};
use regex_syntax::hir::Hir;
use rustc_hash::FxHashMap as HashMap;

/// Most u16 of an encoded automaton: offsets are u16.
pub const MOST_TRANSITIONS: usize = 65_535;
/// Most states before an encoding is tried at all.
const MOST_STATES: usize = 60_000;

/// An automaton; states are numbers from 0 (dead) on, not yet premultiplied.
#[derive(Clone, Debug)]
pub struct Automaton {
    /// Byte to class.
    pub classes: Vec<u8>,
    /// Classes.
    pub stride: usize,
    /// Next state by state and class.
    pub trans: Vec<u16>,
    /// Start state.
    pub start: u16,
    /// Match states are those from here on.
    pub first_match: u16,
    /// Per match state the detectors that match, ascending.
    pub sets: Vec<Vec<u16>>,
}

/// A detector's share of a union.
#[derive(Clone, Copy, Debug)]
pub struct Part<'p> {
    /// Index of the detector.
    pub detector: u16,
    /// What it matches.
    pub tree: &'p Hir,
    /// Digits that a match holds at least.
    pub digits: u8,
}

/// It does not fit into the tables.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooLarge;

/// A state of the product of automaton and digit counter.
type Key = (u32, u8);

impl Automaton {
    /// The union of detectors.
    ///
    /// # Errors
    /// [`TooLarge`]
    pub fn union(members: &[Part<'_>]) -> Result<Automaton, TooLarge> {
        let trees: Vec<&Hir> = members.iter().map(|m| m.tree).collect();
        let nfa = thompson::Compiler::new()
            .configure(
                thompson::Config::new()
                    .utf8(false)
                    .which_captures(WhichCaptures::None)
                    .nfa_size_limit(Some(8 << 20)),
            )
            .build_many_from_hir(&trees)
            .map_err(|_| TooLarge)?;
        Self::export(&determinise(&nfa)?, members)
    }

    fn export(dfa: &Dfa, members: &[Part<'_>]) -> Result<Automaton, TooLarge> {
        let digits = members.iter().map(|m| m.digits).max().unwrap_or(0);
        // Breadth first over the product with the digit counter.
        let mut ids: HashMap<Key, u32> = HashMap::default();
        let mut states: Vec<Key> = vec![(0, 0)];
        let mut rows = Rows::new(dfa.bytes.len());
        ids.insert((0, 0), 0);
        let mut at = 0;
        while let Some(&(state, count)) = states.get(at) {
            at += 1;
            let from = state as usize * dfa.bytes.len();
            let ways = dfa.to.get(from..).unwrap_or(&[]).iter().zip(&dfa.bytes);
            for (&next, &byte) in ways {
                if next == determinise::DEAD {
                    rows.to.push(DEAD);
                    continue;
                }
                let count = (count + u8::from(byte.is_ascii_digit())).min(digits);
                let id = u32::try_from(states.len()).map_err(|_| TooLarge)?;
                rows.to.push(*ids.entry((next, count)).or_insert_with(|| {
                    states.push((next, count));
                    id
                }));
            }
            if states.len() > MOST_STATES {
                return Err(TooLarge);
            }
        }
        let detectors = |&(state, count): &Key| -> Vec<u16> {
            let ends = dfa.matches.get(state as usize).into_iter().flatten();
            let mut found: Vec<u16> = ends
                .filter_map(|&pattern| members.get(pattern))
                .filter(|m| m.digits <= count)
                .map(|m| m.detector)
                .collect();
            found.sort_unstable();
            found.dedup();
            found
        };
        let matches: Vec<Vec<u16>> = states.iter().map(detectors).collect();
        Self::number(&rows, &dfa.kinds, &matches)
    }

    /// Merges what behaves alike, drops what leads nowhere, orders the states, compresses the classes.
    /// `kinds`: by byte, the column of `rows`; `matches`: the detectors by state.
    ///
    /// # Errors
    /// [`TooLarge`]
    pub(super) fn number(
        rows: &Rows,
        kinds: &[u8],
        matches: &[Vec<u16>],
    ) -> Result<Automaton, TooLarge> {
        let Minimal {
            representative,
            order,
        } = minimise(rows, matches);
        let is_match = |i: &&usize| matches.get(**i).is_some_and(|m| !m.is_empty());
        let mut states: Vec<usize> = order.iter().filter(|i| !is_match(i)).copied().collect();
        let first_match = states.len() + 1;
        states.extend(order.iter().filter(is_match));
        let mut new_id = vec![0u16; matches.len()];
        for (id, &old) in states.iter().enumerate() {
            if let Some(slot) = new_id.get_mut(old) {
                *slot = u16::try_from(id + 1).map_err(|_| TooLarge)?;
            }
        }
        let target = |t: u32| -> u16 {
            representative
                .get(t as usize)
                .and_then(|&r| new_id.get(r as usize))
                .copied()
                .unwrap_or(0)
        };
        // Classes: kinds of bytes with equal columns.
        let mut columns: HashMap<Vec<u16>, u8> = HashMap::default();
        let mut class_of = Vec::new();
        let mut kind_of = Vec::new();
        for kind in 0..rows.width {
            let to = |old: &usize| rows.row(*old).get(kind).map_or(0, |&t| target(t));
            let column: Vec<u16> = states.iter().map(to).collect();
            let next = u8::try_from(columns.len()).map_err(|_| TooLarge)?;
            class_of.push(*columns.entry(column).or_insert_with(|| {
                kind_of.push(kind);
                next
            }));
        }
        let class = |kind: &u8| class_of.get(usize::from(*kind)).copied().unwrap_or(0);
        let classes = kinds.iter().map(class).collect();
        let stride = kind_of.len();
        let mut trans = vec![0u16; stride];
        for &old in &states {
            let row = rows.row(old);
            trans.extend(
                kind_of
                    .iter()
                    .map(|&k| row.get(k).map_or(0, |&t| target(t))),
            );
        }
        let sets = states
            .iter()
            .skip(first_match - 1)
            .map(|&old| matches.get(old).cloned().unwrap_or_default())
            .collect();
        let start = representative
            .first()
            .and_then(|&r| new_id.get(r as usize))
            .copied()
            .unwrap_or(0);
        Ok(Automaton {
            classes,
            stride,
            trans,
            start,
            first_match: u16::try_from(first_match).map_err(|_| TooLarge)?,
            sets,
        })
    }

    /// The dense encoding: transitions premultiplied by the stride.
    ///
    /// # Errors
    /// [`TooLarge`]
    pub fn dense(&self) -> Result<Vec<u16>, TooLarge> {
        if self.trans.len() > MOST_TRANSITIONS {
            return Err(TooLarge);
        }
        Ok(self
            .trans
            .iter()
            .filter_map(|&t| u16::try_from(usize::from(t) * self.stride).ok())
            .collect())
    }

    /// The sets of the match states, each once: what a code counts by.
    pub fn distinct_sets(&self) -> Vec<Vec<u16>> {
        let mut sets = self.sets.clone();
        sets.sort();
        sets.dedup();
        sets
    }

    /// States, the dead one included.
    pub fn states(&self) -> usize {
        self.trans.len() / self.stride.max(1)
    }

    /// The state after `byte`.
    pub fn next(&self, state: u16, byte: u8) -> u16 {
        let class = self.classes.get(usize::from(byte)).copied().unwrap_or(0);
        self.trans
            .get(usize::from(state) * self.stride + usize::from(class))
            .copied()
            .unwrap_or(0)
    }

    /// Does a match end in this state, that is before the next byte?
    pub fn accepts(&self, state: u16) -> bool {
        state >= self.first_match
    }

    /// The detectors whose matches end in this state.
    pub fn set(&self, state: u16) -> Option<&Vec<u16>> {
        let index = state.checked_sub(self.first_match)?;
        self.sets.get(usize::from(index))
    }
}

/// No state.
const DEAD: u32 = u32::MAX;

/// Where every state leads, by kind of byte.
pub(super) struct Rows {
    width: usize,
    to: Vec<u32>,
}

impl Rows {
    /// Nowhere.
    pub(super) const DEAD: u32 = DEAD;

    /// No states yet; so many kinds of bytes.
    pub(super) fn new(width: usize) -> Self {
        Rows {
            width,
            to: Vec::new(),
        }
    }

    /// Where the next kind of the last state leads.
    pub(super) fn put(&mut self, to: u32) {
        self.to.push(to);
    }

    fn row(&self, state: usize) -> &[u32] {
        let from = state * self.width;
        self.to.get(from..from + self.width).unwrap_or(&[])
    }
}

/// What is left of the states.
struct Minimal {
    /// Per state the one that stands for it; [`DEAD`]: none.
    representative: Vec<u32>,
    /// The states that are left, start first where it lives.
    order: Vec<usize>,
}

/// Merges states that behave alike. Matches are bounded and dead states are cut off, so there is no
/// cycle among the live ones: from the leaves up, a state is its matches and its successors.
fn minimise(rows: &Rows, matches: &[Vec<u16>]) -> Minimal {
    let n = matches.len();
    let mut representative = vec![DEAD; n];
    // What a state does: where each run of kinds leads, from which kind on; and the detectors that match.
    let mut known: HashMap<Box<[u32]>, u32> = HashMap::default();
    let mut does: Vec<u32> = Vec::new();
    let mut done = vec![false; n];
    let mut todo: Vec<(usize, bool)> = vec![(0, false)];
    while let Some((state, ready)) = todo.pop() {
        if done.get(state) != Some(&false) && !ready {
            continue;
        }
        let row = rows.row(state);
        if !ready {
            if let Some(slot) = done.get_mut(state) {
                *slot = true;
            }
            todo.push((state, true));
            let mut last = DEAD;
            for &to in row.iter().filter(|&&to| to != DEAD) {
                if to != last && done.get(to as usize) == Some(&false) {
                    todo.push((to as usize, false));
                }
                last = to;
            }
            continue;
        }
        does.clear();
        let mut last = DEAD;
        for (kind, &to) in (0..).zip(row) {
            let to = representative.get(to as usize).copied().unwrap_or(DEAD);
            if to != last {
                does.extend([to, kind]);
                last = to;
            }
        }
        let own = matches.get(state).map_or(&[][..], Vec::as_slice);
        let dead = own.is_empty() && does.is_empty();
        // The last of these stands before the detectors, which are no states.
        does.push(DEAD);
        does.extend(own.iter().map(|&detector| u32::from(detector)));
        if let Some(slot) = representative.get_mut(state) {
            let number = u32::try_from(state).unwrap_or(DEAD);
            *slot = match known.get(does.as_slice()) {
                _ if dead => DEAD,
                Some(&known) => known,
                None => {
                    known.insert(does.as_slice().into(), number);
                    number
                }
            };
        }
    }
    // Breadth first from the start, so that equal inputs give equal numbers.
    let mut order: Vec<usize> = representative
        .first()
        .map(|&s| s as usize)
        .into_iter()
        .filter(|&s| s < n)
        .collect();
    let mut seen: Vec<bool> = vec![false; n];
    let mut at = 0;
    for &state in &order {
        if let Some(slot) = seen.get_mut(state) {
            *slot = true;
        }
    }
    while let Some(&state) = order.get(at) {
        at += 1;
        for &to in rows.row(state) {
            let to = representative.get(to as usize).copied().unwrap_or(DEAD) as usize;
            if let Some(slot) = seen.get_mut(to)
                && !*slot
            {
                *slot = true;
                order.push(to);
            }
        }
    }
    Minimal {
        representative,
        order,
    }
}
