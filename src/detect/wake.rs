//! When a group must be woken: computed from its automaton, never written by hand.
//!
//! - *4-grams*: every way the first four bytes of a match (and what may follow a
//!   shorter one) can look after the kernel's folding; for words also the two to
//!   four bytes behind, where those are few.
//! - *digits*: how many of the first 16 bytes are digits at least, by the length
//!   of the run of digits the match begins with and the byte behind that run.
//! - *run-back*: a byte that every match holds, before which only a bounded run of
//!   other bytes stands.

use super::automaton::Automaton;
use riegel_kernel::layout::{
    SECOND_ANY, SIEVE_LEN, WAKE_BITS, fold, second_hash, sieve_at, sieve_bits, sieve_hash,
    wake_slot,
};
use std::collections::{BTreeMap, BTreeSet, HashSet};

/// More folded 4-grams than this, and the wake table says nothing.
const SATURATED: usize = 6_000;
/// Longest run before a trigger.
const MOST_RUN: u32 = 256;

/// Does a folded byte stand for letters and digits alone? (`0` stands for signs too, bytes from 80 on
/// for letters and others.)
fn fold_is_word(byte: u8) -> bool {
    byte.is_ascii_lowercase()
}

/// A beginning of a match: bytes so far, their folded key, the states they lead to, and whether a match
/// has ended before: behind it anything may stand.
#[derive(Clone, Debug)]
struct Begun {
    bytes: u32,
    key: u64,
    states: Vec<u16>,
    ended: bool,
}

/// The folded 4-grams that a match may begin with, and the folded bytes behind each: two, or four
/// where those are not too many either; `None`: too many of two.
#[derive(Clone, Debug, Default)]
pub(super) struct Grams {
    first: BTreeMap<u32, Option<BTreeSet<u32>>>,
}

impl Grams {
    /// The hashes of the 4-grams with what follows each.
    pub(super) fn hashes(&self) -> Vec<u32> {
        let any = BTreeSet::from([SECOND_ANY]);
        let mut all = Vec::new();
        for (&key, seconds) in &self.first {
            let seconds = seconds.as_ref().unwrap_or(&any);
            all.extend(seconds.iter().map(|&next| second_hash(key, next)));
        }
        all
    }
}

/// More continuations by two bytes than this are not told apart.
const MOST_SECONDS: usize = 120;
/// The same for two bytes more.
const MOST_THIRDS: usize = 4;

/// All folded 4-grams that a match may begin with; `None`: too many.
pub(super) fn grams(automaton: &Automaton, bounded: bool, seconds: bool) -> Option<Grams> {
    let start = Begun {
        bytes: 0,
        key: 0,
        states: vec![automaton.start],
        ended: false,
    };
    grams_from(automaton, bounded, seconds, start)
}

/// The 4-grams that may stand at a trigger.
pub(super) fn grams_at(automaton: &Automaton, bounded: bool, run: &RunBack) -> Option<Grams> {
    let behind: BTreeSet<u16> = run
        .states
        .iter()
        .map(|&s| automaton.next(s, run.trigger))
        .filter(|&t| t != 0)
        .collect();
    let states = behind.into_iter().collect();
    let key = u64::from(fold(run.trigger));
    grams_from(
        automaton,
        bounded,
        false,
        Begun {
            bytes: 1,
            key,
            states,
            ended: false,
        },
    )
}

fn grams_from(automaton: &Automaton, bounded: bool, seconds: bool, start: Begun) -> Option<Grams> {
    let mut automaton = Folded::of(automaton);
    let automaton = &mut automaton;
    let mut grams = Grams::default();
    for begun in continued(automaton, bounded, start, 4, SATURATED)? {
        let key = begun.key as u32;
        let slot = grams
            .first
            .entry(key)
            .or_insert_with(|| seconds.then(BTreeSet::new));
        let Some(mut known) = slot.take() else {
            continue;
        };
        let Some(six) = continued(automaton, bounded, begun, 6, MOST_SECONDS) else {
            continue;
        };
        for begun in six {
            let next = (begun.key >> 32) as u32;
            match continued(automaton, bounded, begun, 8, MOST_THIRDS) {
                Some(eight) => known.extend(eight.iter().map(|b| (b.key >> 32) as u32)),
                None => _ = known.insert(next),
            }
        }
        *slot = Some(known);
    }
    Some(grams)
}

/// An automaton as the kernel's folding sees it.
struct Folded<'a> {
    automaton: &'a Automaton,
    /// Every folded byte, with one byte per class.
    alphabet: Vec<(u8, Vec<u8>)>,
    /// By state, once asked for: the folded bytes with the states they lead to; and may a match end?
    moves: Vec<Option<Moves>>,
}

#[derive(Clone, Debug)]
struct Moves {
    to: Vec<(u8, u16)>,
    accepts: bool,
}

impl<'a> Folded<'a> {
    fn of(automaton: &'a Automaton) -> Self {
        let mut by_fold: BTreeMap<u8, BTreeMap<u8, u8>> = BTreeMap::new();
        for byte in 0..=255u8 {
            let class = automaton.classes.get(usize::from(byte)).copied();
            let by_class = by_fold.entry(fold(byte)).or_default();
            by_class.entry(class.unwrap_or(0)).or_insert(byte);
        }
        let list =
            |(folded, by_class): (u8, BTreeMap<u8, u8>)| (folded, by_class.into_values().collect());
        Folded {
            automaton,
            alphabet: by_fold.into_iter().map(list).collect(),
            moves: vec![None; automaton.states()],
        }
    }

    fn moves(&mut self, state: u16) -> Moves {
        let known = self.moves.get(usize::from(state));
        if let Some(Some(moves)) = known {
            return moves.clone();
        }
        let mut to = Vec::new();
        for (folded, bytes) in &self.alphabet {
            let next = bytes.iter().map(|&b| self.automaton.next(state, b));
            to.extend(next.filter(|&t| t != 0).map(|t| (*folded, t)));
        }
        to.dedup();
        let moves = Moves {
            to,
            accepts: self.automaton.accepts(state),
        };
        if let Some(slot) = self.moves.get_mut(usize::from(state)) {
            *slot = Some(moves.clone());
        }
        moves
    }
}

/// Goes on to `bytes` bytes in every folded way; `None`: more than `most`.
fn continued(
    automaton: &mut Folded<'_>,
    bounded: bool,
    start: Begun,
    bytes: u32,
    most: usize,
) -> Option<Vec<Begun>> {
    let mut done = Vec::new();
    let mut todo = vec![start];
    while let Some(begun) = todo.pop() {
        if begun.bytes == bytes {
            done.push(begun);
            if done.len() > most {
                return None;
            }
            continue;
        }
        let mut ends = false;
        let mut moves: Vec<(u8, u16)> = Vec::new();
        for &state in &begun.states {
            let more = automaton.moves(state);
            moves.extend(more.to);
            ends |= more.accepts;
        }
        moves.sort_unstable();
        moves.dedup();
        let mut go = |byte: u8, states: Vec<u16>| {
            todo.push(Begun {
                bytes: begun.bytes + 1,
                key: begun.key | u64::from(byte) << (8 * begun.bytes),
                states,
                ended: begun.ended || ends,
            });
        };
        let states = |of: &[(u8, u16)]| of.iter().map(|&(_, to)| to).collect::<Vec<u16>>();
        if begun.ended || ends {
            for (byte, _) in &automaton.alphabet {
                let from = moves.partition_point(|(b, _)| b < byte);
                let to = moves.partition_point(|(b, _)| b <= byte);
                let next = states(moves.get(from..to).unwrap_or(&[]));
                // Directly behind a match that asks for a boundary there stands no letter or digit.
                let open = begun.ended || (ends && (!bounded || !fold_is_word(*byte)));
                if open || !next.is_empty() {
                    go(*byte, next);
                }
            }
        } else {
            for next in moves.chunk_by(|a, b| a.0 == b.0) {
                go(next.first().map_or(0, |m| m.0), states(next));
            }
        }
        if todo.len() > 40 * SATURATED {
            return None;
        }
    }
    Some(done)
}

/// The wake table and the sieves in front of it.
#[derive(Clone, Debug)]
pub(super) struct Filter {
    pub(super) wake: Vec<u32>,
    pub(super) sieves: Vec<u8>,
    pub(super) begun: Vec<u32>,
}

impl Filter {
    pub(super) fn new() -> Self {
        Filter {
            wake: vec![0; 1 << WAKE_BITS],
            sieves: vec![0; 2 * SIEVE_LEN],
            begun: vec![0; 256],
        }
    }

    /// Wakes the group of this bit on these 4-grams. The second sieve holds what may follow them, or
    /// that anything may; only where every match has a digit near does it say nothing, for a digit
    /// near is reason enough to look.
    pub(super) fn add(&mut self, bit: u32, grams: &Grams, sleepy: bool) {
        let any = BTreeSet::from([SECOND_ANY]);
        for (&key, seconds) in &grams.first {
            if let Some(slot) = self.wake.get_mut(wake_slot(key)) {
                *slot |= bit;
            }
            self.mark(0, sieve_hash(key));
            if !sleepy {
                for &next in seconds.as_ref().unwrap_or(&any) {
                    self.mark(SIEVE_LEN, second_hash(key, next));
                }
            }
        }
    }

    /// Wakes the group of this bit at every start with one of these bytes.
    pub(super) fn add_bytes(&mut self, bit: u32, bytes: &[u8]) {
        for &b in bytes {
            if let Some(slot) = self.begun.get_mut(usize::from(b)) {
                *slot |= bit;
            }
        }
    }

    fn mark(&mut self, sieve: usize, hash: u32) {
        let at = sieve + sieve_at(hash);
        for (slot, bits) in self
            .sieves
            .iter_mut()
            .skip(at)
            .zip(sieve_bits(hash).to_le_bytes())
        {
            *slot |= bits;
        }
    }
}

/// Digits needed among the first 16 bytes: for every length of the first run of digits (0 to 15) a row,
/// in it a place for every class of the byte behind that run. No match begins in a way whose need is 17.
pub(super) fn digits(automaton: &Automaton) -> Vec<u8> {
    const NEVER: u8 = u8::MAX;
    let n = automaton.states();
    let class_of = |byte: u8| {
        let class = automaton.classes.get(usize::from(byte));
        usize::from(class.copied().unwrap_or(0))
    };
    // A byte per class and kind: (byte, digit).
    let mut bytes_of: Vec<(u8, bool)> = Vec::new();
    let mut seen = HashSet::new();
    for byte in 0..=255u8 {
        if seen.insert((class_of(byte), byte.is_ascii_digit())) {
            bytes_of.push((byte, byte.is_ascii_digit()));
        }
    }
    // Least digits among the bytes `at ..` 16, by state; filled from the back. The dead state stays
    // out: nothing leaves it.
    let mut rows = vec![vec![0u8; n]];
    let live: Vec<u16> = (1..n).filter_map(|s| u16::try_from(s).ok()).collect();
    for _ in 0..16 {
        let behind = rows.last().cloned().unwrap_or_default();
        let mut row = vec![NEVER; n];
        for &state in &live {
            let mut least = if automaton.accepts(state) { 0 } else { NEVER };
            for &(byte, digit) in &bytes_of {
                let next = automaton.next(state, byte);
                if next != 0
                    && let Some(&rest) = behind.get(usize::from(next))
                    && rest != NEVER
                {
                    least = least.min(rest + u8::from(digit));
                }
            }
            if let Some(slot) = row.get_mut(usize::from(state)) {
                *slot = least;
            }
        }
        rows.push(row);
    }
    // rows[k]: k bytes of the window are left.
    let mut need = Vec::new();
    let mut states: BTreeSet<u16> = [automaton.start].into();
    let mut ended = false;
    for run in 0..16usize {
        let digits = u8::try_from(run).unwrap_or(15);
        // A match may end inside the run: then the run alone is all there is.
        ended |= states.iter().any(|&s| automaton.accepts(s)) && run > 0;
        let least = if ended || run == 15 { digits } else { 17 };
        let mut row = vec![least; automaton.stride];
        let behind = 15usize.checked_sub(run).and_then(|rest| rows.get(rest));
        for &state in &states {
            for &(byte, _) in bytes_of.iter().filter(|(_, digit)| !digit) {
                let next = automaton.next(state, byte);
                if next != 0
                    && let Some(&more) = behind.and_then(|row| row.get(usize::from(next)))
                    && more != NEVER
                    && let Some(slot) = row.get_mut(class_of(byte))
                {
                    *slot = (*slot).min(digits + more);
                }
            }
        }
        need.extend(row);
        states = states
            .iter()
            .flat_map(|&s| (b'0'..=b'9').map(move |b| (s, b)))
            .map(|(s, b)| automaton.next(s, b))
            .filter(|&t| t != 0)
            .collect();
    }
    need
}

/// Every match holds a digit among so many of its first bytes; 17: not among 16.
pub(super) fn digit_by(automaton: &Automaton) -> u8 {
    let mut states: BTreeSet<u16> = [automaton.start].into();
    for by in 1..=16 {
        states = states
            .iter()
            .flat_map(|&s| (0..=255u8).map(move |b| (s, b)))
            .filter(|(_, b)| !b.is_ascii_digit())
            .map(|(s, b)| automaton.next(s, b))
            .filter(|&t| t != 0)
            .collect();
        if states.is_empty() {
            return by;
        }
        if states.iter().any(|&s| automaton.accepts(s)) {
            break;
        }
    }
    17
}

/// Letters and digits (of ASCII) that every match begins with, at least; 16 stands for more, too.
pub(super) fn word_run(automaton: &Automaton) -> u8 {
    // One byte of every class, letters and digits apart.
    let mut seen = HashSet::new();
    let class = |b: u8| automaton.classes.get(usize::from(b)).copied();
    let mut bytes: Vec<u8> = (0..=255u8).collect();
    bytes.retain(|&b| seen.insert((class(b), b.is_ascii_alphanumeric())));
    let mut states: BTreeSet<u16> = [automaton.start].into();
    for run in 0..16 {
        let leaves = |&s: &u16| {
            let other = |b: &&u8| !b.is_ascii_alphanumeric() && automaton.next(s, **b) != 0;
            automaton.accepts(s) || bytes.iter().any(|b| other(&b))
        };
        if states.iter().any(leaves) {
            return run;
        }
        states = states
            .iter()
            .flat_map(|&s| bytes.iter().map(move |&b| automaton.next(s, b)))
            .filter(|&t| t != 0)
            .collect();
    }
    16
}

/// The bytes a match may begin with.
pub(super) fn first_bytes(automaton: &Automaton) -> Vec<u8> {
    (0..=255u8)
        .filter(|&b| automaton.next(automaton.start, b) != 0)
        .collect()
}

/// A trigger and what may stand before it.
#[derive(Clone, Debug)]
pub(super) struct RunBack {
    pub(super) trigger: u8,
    pub(super) run: Vec<u8>,
    pub(super) run_max: u32,
    /// States before the trigger.
    states: BTreeSet<u16>,
}

/// Looks for a byte that every match holds, before which a bounded run of other bytes stands.
pub(super) fn run_back(automaton: &Automaton) -> Option<RunBack> {
    b"@:=/\\#~|.".iter().find_map(|&trigger| {
        let mut run = BTreeSet::new();
        let mut layer: BTreeSet<u16> = [automaton.start].into();
        let mut depth = 0;
        let mut states = layer.clone();
        loop {
            if layer.iter().any(|&s| {
                // A match that ends here holds no trigger. It shows on the next byte, whatever that is.
                (0..=255u8).any(|b| automaton.next(s, b) >= automaton.first_match)
            }) {
                return None;
            }
            let mut next = BTreeSet::new();
            for &state in &layer {
                for byte in (0..=255u8).filter(|&b| b != trigger) {
                    let to = automaton.next(state, byte);
                    if to != 0 {
                        run.insert(byte);
                        next.insert(to);
                    }
                }
            }
            if next.is_empty() {
                break;
            }
            depth += 1;
            if depth > MOST_RUN {
                return None;
            }
            states.extend(&next);
            layer = next;
        }
        let starts_with_trigger = automaton.next(automaton.start, trigger) != 0;
        (depth > 0 && !starts_with_trigger).then(|| RunBack {
            trigger,
            run: run.into_iter().collect(),
            run_max: depth,
            states,
        })
    })
}
