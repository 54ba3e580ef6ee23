//! Union automata over bytes, in the form that the kernel walks.
//!
//! `regex-automata` determinises and minimises (match-all, anchored); what is kept
//! is our own compact form: 256 classes, u16 transitions premultiplied by the
//! stride, state 0 dead, match states last. A match shows one byte late, as in
//! `regex-automata`; the zero byte behind every view takes the place of its
//! end-of-input symbol.
//!
//! A detector with `digits n` has its automaton multiplied with a counter of digits
//! up to n, so that the wake filter knows about them.

use regex_automata::dfa::{Automaton as _, StartKind, dense};
use regex_automata::nfa::thompson::{self, WhichCaptures};
use regex_automata::util::start::Config as Start;
use regex_automata::{Anchored, MatchKind};
use regex_syntax::hir::Hir;
use std::collections::{BTreeMap, HashMap};

/// Most u16 transitions of an automaton: offsets are u16.
pub const MOST_TRANSITIONS: usize = 65_535;

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

/// It does not fit into the tables.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooLarge;

/// A state of the product of automaton and digit counter: the automaton's state, the digits before
/// the last byte (a match shows one byte late), and whether the last byte is a digit.
type Key = (usize, u8, bool);

impl Automaton {
    /// The union of detectors: (index, tree, digits that a match must hold). Detectors in one union
    /// must ask for equally many digits.
    ///
    /// # Errors
    /// [`TooLarge`]
    pub fn union(members: &[(u16, &Hir)], digits: u8) -> Result<Automaton, TooLarge> {
        let trees: Vec<&Hir> = members.iter().map(|(_, tree)| *tree).collect();
        let nfa = thompson::Compiler::new()
            .configure(
                thompson::Config::new()
                    .utf8(false)
                    .which_captures(WhichCaptures::None)
                    .nfa_size_limit(Some(8 << 20)),
            )
            .build_many_from_hir(&trees)
            .map_err(|_| TooLarge)?;
        let dfa = dense::Builder::new()
            .configure(
                dense::Config::new()
                    .match_kind(MatchKind::All)
                    .start_kind(StartKind::Anchored)
                    .minimize(true)
                    .accelerate(false)
                    .dfa_size_limit(Some(16 << 20))
                    .determinize_size_limit(Some(64 << 20)),
            )
            .build_from_nfa(&nfa)
            .map_err(|_| TooLarge)?;
        Self::export(&dfa, members, digits)
    }

    fn export(
        dfa: &dense::DFA<Vec<u32>>,
        members: &[(u16, &Hir)],
        digits: u8,
    ) -> Result<Automaton, TooLarge> {
        let start = dfa
            .start_state(&Start::new().anchored(Anchored::Yes))
            .map_err(|_| TooLarge)?;
        // Breadth first over the product with the digit counter.
        let mut ids: HashMap<Key, usize> = HashMap::new();
        let mut states = vec![(start, 0u8, false)];
        let mut rows: Vec<[usize; 256]> = Vec::new();
        ids.insert((start.as_usize(), 0, false), 0);
        let mut at = 0;
        while let Some(&(state, count, last)) = states.get(at) {
            at += 1;
            let before = (count + u8::from(last)).min(digits);
            let mut row = [usize::MAX; 256];
            for (byte, slot) in (0u8..=255).zip(row.iter_mut()) {
                let next = dfa.next_state(state, byte);
                if dfa.is_dead_state(next) || dfa.is_quit_state(next) {
                    continue;
                }
                let last = digits > 0 && byte.is_ascii_digit();
                let id = states.len();
                *slot = *ids
                    .entry((next.as_usize(), before, last))
                    .or_insert_with(|| {
                        states.push((next, before, last));
                        id
                    });
            }
            rows.push(row);
            if rows.len() > MOST_TRANSITIONS / 2 {
                return Err(TooLarge);
            }
        }
        let detectors = |&(state, before, _): &(_, u8, bool)| -> Vec<u16> {
            if before < digits || !dfa.is_match_state(state) {
                return Vec::new();
            }
            let mut found: Vec<u16> = (0..dfa.match_len(state))
                .filter_map(|i| {
                    members
                        .get(dfa.match_pattern(state, i).as_usize())
                        .map(|m| m.0)
                })
                .collect();
            found.sort_unstable();
            found.dedup();
            found
        };
        let matches: Vec<Vec<u16>> = states.iter().map(detectors).collect();
        Self::number(&rows, &matches, digits)
    }

    /// Drops what leads nowhere, orders the states, and compresses the classes.
    fn number(
        rows: &[[usize; 256]],
        matches: &[Vec<u16>],
        digits: u8,
    ) -> Result<Automaton, TooLarge> {
        let n = rows.len();
        // Live: a match state can be reached.
        let mut live: Vec<bool> = matches.iter().map(|m| !m.is_empty()).collect();
        let mut changed = true;
        while changed {
            changed = false;
            for (i, row) in rows.iter().enumerate().rev() {
                if live.get(i) == Some(&false)
                    && row.iter().any(|&t| live.get(t).copied().unwrap_or(false))
                {
                    if let Some(slot) = live.get_mut(i) {
                        *slot = true;
                    }
                    changed = true;
                }
            }
        }
        let merged = if digits > 0 {
            merge(rows, matches, &live)
        } else {
            (0..n).collect()
        };
        let mut order: Vec<usize> = Vec::new();
        let is_match = |i: &usize| matches.get(*i).is_some_and(|m| !m.is_empty());
        let keep = |i: &usize| live.get(*i) == Some(&true) && merged.get(*i) == Some(i);
        order.extend((0..n).filter(keep).filter(|i| !is_match(i)));
        let first_match = order.len() + 1;
        order.extend((0..n).filter(keep).filter(|i| is_match(i)));
        let mut new_id = vec![0usize; n];
        for (id, &old) in order.iter().enumerate() {
            if let Some(slot) = new_id.get_mut(old) {
                *slot = id + 1;
            }
        }
        let target = |t: usize| -> usize {
            if live.get(t) != Some(&true) {
                return 0;
            }
            merged
                .get(t)
                .and_then(|&m| new_id.get(m))
                .copied()
                .unwrap_or(0)
        };
        // Classes: bytes with equal columns.
        let mut columns: BTreeMap<Vec<usize>, u8> = BTreeMap::new();
        let mut classes = Vec::with_capacity(256);
        let mut representative = Vec::new();
        for byte in 0..256 {
            let column: Vec<usize> = order
                .iter()
                .map(|&old| {
                    rows.get(old)
                        .and_then(|r| r.get(byte))
                        .map_or(0, |&t| target(t))
                })
                .collect();
            let next = u8::try_from(columns.len()).map_err(|_| TooLarge)?;
            let class = *columns.entry(column).or_insert_with(|| {
                representative.push(byte);
                next
            });
            classes.push(class);
        }
        let stride = representative.len();
        if (order.len() + 1) * stride > MOST_TRANSITIONS {
            return Err(TooLarge);
        }
        let mut trans = vec![0u16; stride];
        for &old in &order {
            for &byte in &representative {
                let to = rows
                    .get(old)
                    .and_then(|r| r.get(byte))
                    .map_or(0, |&t| target(t));
                trans.push(u16::try_from(to).map_err(|_| TooLarge)?);
            }
        }
        let sets = order
            .iter()
            .skip(first_match - 1)
            .map(|&old| matches.get(old).cloned().unwrap_or_default())
            .collect();
        Ok(Automaton {
            classes,
            stride,
            trans,
            start: u16::try_from(new_id.first().copied().unwrap_or(0)).map_err(|_| TooLarge)?,
            first_match: u16::try_from(first_match).map_err(|_| TooLarge)?,
            sets,
        })
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

    /// May a match end in this state, that is before the next byte?
    pub fn accepts(&self, state: u16) -> bool {
        let row = usize::from(state) * self.stride;
        self.trans
            .get(row..row + self.stride)
            .is_some_and(|row| row.iter().any(|&t| t != 0 && t >= self.first_match))
    }
}

/// Merges states that behave alike (partition refinement); gives each state's representative.
fn merge(rows: &[[usize; 256]], matches: &[Vec<u16>], live: &[bool]) -> Vec<usize> {
    let n = rows.len();
    let mut block: Vec<usize> = Vec::with_capacity(n);
    let mut first: HashMap<&[u16], usize> = HashMap::new();
    for (i, set) in matches.iter().enumerate() {
        let next = first.len();
        block.push(if live.get(i) == Some(&true) {
            *first.entry(set).or_insert(next)
        } else {
            usize::MAX
        });
    }
    let mut count = first.len();
    loop {
        let mut seen: HashMap<(usize, Vec<usize>), usize> = HashMap::new();
        let mut refined = Vec::with_capacity(n);
        for (i, row) in rows.iter().enumerate() {
            let own = block.get(i).copied().unwrap_or(usize::MAX);
            if own == usize::MAX {
                refined.push(usize::MAX);
                continue;
            }
            let mut targets: Vec<usize> = Vec::with_capacity(256);
            targets.extend(
                row.iter()
                    .map(|&t| block.get(t).copied().unwrap_or(usize::MAX)),
            );
            let next = seen.len();
            refined.push(*seen.entry((own, targets)).or_insert(next));
        }
        let now = seen.len();
        block = refined;
        if now == count {
            break;
        }
        count = now;
    }
    let mut representative: HashMap<usize, usize> = HashMap::new();
    block
        .iter()
        .enumerate()
        .map(|(i, &b)| *representative.entry(b).or_insert(i))
        .collect()
}
