//! Which detectors may match from here? One small automaton for many.
//!
//! A union of whole patterns grows with their product: separators that may stand here or there,
//! digits that must be a date. So what detectors share is coarse: it takes in everything that they
//! take in, and more, and says at the first chance that one of them may match; what matches, and
//! how far, says the detector's own automaton.
//!
//! - *words*: the union of the beginnings, [`Reach`] bytes long.
//! - *numbers*: behind the first byte all digits are alike, and up to two separators may stand between any
//!   two letters or digits, so all detectors advance in step and the states are few.
//!
//! **Invariant:** where a member's automaton has an end (at a boundary, if it asks for one) from a start, the
//! coarse automaton names the member from that start. `tests` below holds it.

use super::automaton::{Automaton, Rows, TooLarge};
use std::collections::HashMap;

/// A detector's share of a coarse automaton.
#[derive(Clone, Copy, Debug)]
pub(super) struct Share<'a> {
    /// Index of the detector.
    pub(super) detector: u16,
    /// What it matches, exactly.
    pub(super) automaton: &'a Automaton,
    /// A boundary is asked at its end.
    pub(super) bounded: bool,
}

/// How far a coarse automaton looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Reach {
    /// So many bytes; of numbers, letters and digits.
    pub(super) bytes: u16,
    /// Digits and separators are alike.
    pub(super) numbers: bool,
}

/// Separators in a row that a number may hold.
const SEPARATORS: u8 = 2;
/// Most states.
const MOST_STATES: usize = 20_000;

/// Bytes that no member tells apart.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Sort {
    /// Between the letters and digits of a number.
    Separator,
    Digit,
    /// Any other letter of ASCII.
    Letter,
    Other,
}

fn sort(byte: u8) -> Sort {
    match byte {
        b'0'..=b'9' => Sort::Digit,
        b'A'..=b'Z' | b'a'..=b'z' => Sort::Letter,
        b' ' | b'-' | b'.' | b'/' | b'\'' | b'_' | b'\t' | b',' | b':' => Sort::Separator,
        _ => Sort::Other,
    }
}

/// A state: how far it is, separators just read, and the states of the members that are still open.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct State {
    read: u16,
    separators: u8,
    open: Vec<(u16, u16)>,
}

/// The coarse union of detectors; its sets name detectors.
///
/// # Errors
/// [`TooLarge`]
pub(super) fn union(shares: &[Share<'_>], reach: Reach) -> Result<Automaton, TooLarge> {
    let kinds = Kinds::of(shares)?;
    let open: Vec<(u16, u16)> = (0u16..)
        .zip(shares)
        .filter(|(_, s)| s.automaton.start != 0)
        .map(|(i, s)| (i, s.automaton.start))
        .collect();
    let start = State {
        read: 0,
        separators: 0,
        open,
    };
    let mut states = vec![(start.clone(), Vec::new())];
    let mut ids: HashMap<(State, Vec<u16>), u32> = HashMap::new();
    ids.insert((start, Vec::new()), 0);
    let mut rows = Rows::new(kinds.bytes.len());
    let mut at = 0;
    while let Some((state, _)) = states.get(at).cloned() {
        at += 1;
        let closed = match reach.numbers && state.read > 0 {
            true => between(shares, &kinds, &state.open),
            false => state.open.clone(),
        };
        // Behind the first byte digits are alike, so their next state is worked out once.
        let mut digit = None;
        for bytes in &kinds.bytes {
            let Some(&byte) = bytes.first() else { continue };
            let alike = reach.numbers && state.read > 0 && sort(byte) == Sort::Digit;
            if alike && let Some(id) = digit {
                rows.put(id);
                continue;
            }
            let all: &[u8] = if alike {
                &kinds.digits
            } else {
                std::slice::from_ref(&byte)
            };
            let (next, found) = step(shares, &state, &closed, all, reach);
            let id = if next.open.is_empty() && found.is_empty() {
                Rows::DEAD
            } else {
                let id = u32::try_from(states.len()).map_err(|_| TooLarge)?;
                *ids.entry((next, found)).or_insert_with_key(|key| {
                    states.push(key.clone());
                    id
                })
            };
            if alike {
                digit = Some(id);
            }
            rows.put(id);
        }
        if states.len() > MOST_STATES {
            return Err(TooLarge);
        }
    }
    let matches: Vec<Vec<u16>> = states.into_iter().map(|(_, found)| found).collect();
    Automaton::number(&rows, &kinds.of, &matches)
}

/// Reads one byte of some that are alike: what is open then, and who may match.
fn step(
    shares: &[Share<'_>],
    state: &State,
    closed: &[(u16, u16)],
    bytes: &[u8],
    reach: Reach,
) -> (State, Vec<u16>) {
    let sort_of = bytes.first().map_or(Sort::Other, |&b| sort(b));
    let separates = reach.numbers && sort_of == Sort::Separator;
    let word = matches!(sort_of, Sort::Digit | Sort::Letter);
    let mut found = Vec::new();
    let mut open = Vec::new();
    let mut done: Option<u16> = None;
    for &(member, from) in closed {
        let Some(share) = shares.get(usize::from(member)) else {
            continue;
        };
        if done == Some(member) {
            continue;
        }
        for &byte in bytes {
            let to = share.automaton.next(from, byte);
            if to == 0 {
                continue;
            }
            // A match shows on the byte behind it; the first byte is never behind one.
            if to >= share.automaton.first_match && state.read > 0 && !(share.bounded && word) {
                found.push(share.detector);
                done = Some(member);
                break;
            }
            open.push((member, to));
        }
    }
    if let Some(last) = separates.then_some(state.separators) {
        // Nothing is lost by a separator that a member does not know, while there are not too many.
        if last < SEPARATORS && state.read > 0 {
            open.extend(state.open.iter().copied());
        }
    }
    found.sort_unstable();
    found.dedup();
    let read = state.read + u16::from(!separates || state.read == 0);
    let is_found = |member: u16| {
        shares
            .get(usize::from(member))
            .is_some_and(|s| found.binary_search(&s.detector).is_ok())
    };
    open.sort_unstable();
    open.dedup();
    open.retain(|&(member, _)| !is_found(member));
    if read >= reach.bytes {
        let rest = open
            .drain(..)
            .filter_map(|(m, _)| shares.get(usize::from(m)));
        found.extend(rest.map(|s| s.detector));
        found.sort_unstable();
        found.dedup();
    }
    let separators = if separates { state.separators + 1 } else { 0 };
    let next = State {
        read,
        separators: if open.is_empty() { 0 } else { separators },
        open,
    };
    (next, found)
}

/// The states that separators lead to, and those themselves.
fn between(shares: &[Share<'_>], kinds: &Kinds, open: &[(u16, u16)]) -> Vec<(u16, u16)> {
    let mut all = open.to_vec();
    let mut at = 0;
    while let Some(&(member, from)) = all.get(at) {
        at += 1;
        let Some(share) = shares.get(usize::from(member)) else {
            continue;
        };
        for &byte in &kinds.separators {
            let to = share.automaton.next(from, byte);
            // A state that a separator leads to because a match ends before it has no way on.
            if to != 0 && share.automaton.goes_on(to) && !all.contains(&(member, to)) {
                all.push((member, to));
            }
        }
    }
    all.sort_unstable();
    all
}

/// The kinds of bytes that some member tells apart.
struct Kinds {
    /// By byte.
    of: Vec<u8>,
    /// By kind.
    bytes: Vec<Vec<u8>>,
    /// One byte of every kind of digits, and of separators.
    digits: Vec<u8>,
    separators: Vec<u8>,
}

impl Kinds {
    fn of(shares: &[Share<'_>]) -> Result<Kinds, TooLarge> {
        let mut known: HashMap<(Vec<u8>, u8), u8> = HashMap::new();
        let mut kinds = Kinds {
            of: Vec::with_capacity(256),
            bytes: Vec::new(),
            digits: Vec::new(),
            separators: Vec::new(),
        };
        for byte in 0..=255u8 {
            let class = |s: &Share<'_>| s.automaton.classes.get(usize::from(byte)).copied();
            let classes = shares.iter().map(|s| class(s).unwrap_or(0)).collect();
            let sort = sort(byte);
            let next = u8::try_from(kinds.bytes.len()).map_err(|_| TooLarge)?;
            let kind = *known.entry((classes, sort as u8)).or_insert(next);
            if kind == next {
                kinds.bytes.push(Vec::new());
                match sort {
                    Sort::Digit => kinds.digits.push(byte),
                    Sort::Separator => kinds.separators.push(byte),
                    _ => {}
                }
            }
            if let Some(bytes) = kinds.bytes.get_mut(usize::from(kind)) {
                bytes.push(byte);
            }
            kinds.of.push(kind);
        }
        Ok(kinds)
    }
}
