//! From patterns to a deterministic automaton: a Thompson NFA of `regex-automata`, and the subsets of its
//! states that a text can lead to. Matches are bounded and nothing looks around, so a state is a set of
//! places and no more; that makes it a third of the work that a determiniser for every regex has.

use super::automaton::TooLarge;
use regex_automata::nfa::thompson::{NFA, State};
use rustc_hash::FxHashMap as HashMap;
use std::rc::Rc;

/// Most ways on, of all states together.
const MOST_MOVES: usize = 4 << 20;
/// Most places in all states together.
const MOST_PLACES: usize = 16 << 20;

/// No state.
pub(super) const DEAD: u32 = u32::MAX;

/// A deterministic automaton; it starts in state 0.
pub(super) struct Dfa {
    /// Byte to kind; digits and others are never of one kind, and kinds ascend with the bytes.
    pub(super) kinds: Vec<u8>,
    /// One byte of each kind.
    pub(super) bytes: Vec<u8>,
    /// The next state, by state and kind; or [`DEAD`].
    pub(super) to: Vec<u32>,
    /// The patterns that end in a state.
    pub(super) matches: Vec<Vec<usize>>,
}

/// The subsets that are reached from the start.
///
/// # Errors
/// [`TooLarge`], also where something looks around.
pub(super) fn determinise(nfa: &NFA) -> Result<Dfa, TooLarge> {
    let (kinds, bytes) = kinds(nfa)?;
    let mut places = Places::new(nfa);
    let mut subsets = Subsets::default();
    subsets.number(&places.from(number(nfa.start_anchored()))?)?;
    let (mut to, mut matches) = (Vec::new(), Vec::new());
    // Per kind, the places behind it.
    let mut behind: Vec<Vec<u32>> = vec![Vec::new(); bytes.len()];
    let mut subset = Vec::new();
    let mut at = 0;
    while let Some(from) = subsets.all.get(at) {
        at += 1;
        behind.iter_mut().for_each(Vec::clear);
        let mut ends = Vec::new();
        for &place in &**from {
            let mut go = |from: u8, to: u8, next| {
                let kind =
                    |byte: u8| usize::from(kinds.get(usize::from(byte)).copied().unwrap_or(0));
                let reached = behind.get_mut(kind(from)..=kind(to)).unwrap_or(&mut []);
                reached.iter_mut().for_each(|behind| behind.push(next));
            };
            match nfa.states().get(place as usize) {
                Some(State::ByteRange { trans }) => go(trans.start, trans.end, number(trans.next)),
                Some(State::Sparse(sparse)) => {
                    for trans in &sparse.transitions {
                        go(trans.start, trans.end, number(trans.next));
                    }
                }
                Some(State::Dense(dense)) => {
                    for byte in 0..=255u8 {
                        if let Some(next) = dense.matches_byte(byte) {
                            go(byte, byte, number(next));
                        }
                    }
                }
                Some(State::Match { pattern_id }) => ends.push(pattern_id.as_usize()),
                _ => {}
            }
        }
        ends.sort_unstable();
        matches.push(ends);
        let mut last: Option<(&[u32], u32)> = None;
        for behind in &behind {
            let state = match last {
                _ if behind.is_empty() => DEAD,
                Some((same, state)) if same == behind => state,
                _ => {
                    subset.clear();
                    for &place in behind {
                        subset.extend(places.behind(place)?);
                    }
                    subset.sort_unstable();
                    subset.dedup();
                    subsets.number(&subset)?
                }
            };
            last = Some((behind, state));
            to.push(state);
        }
        if to.len() > MOST_MOVES {
            return Err(TooLarge);
        }
    }
    Ok(Dfa {
        kinds,
        bytes,
        to,
        matches,
    })
}

fn number(state: regex_automata::util::primitives::StateID) -> u32 {
    state.as_u32()
}

/// Bytes that no place tells apart, digits apart.
fn kinds(nfa: &NFA) -> Result<(Vec<u8>, Vec<u8>), TooLarge> {
    let (mut kinds, mut bytes) = (Vec::new(), Vec::new());
    let mut last = None;
    for byte in 0..=255u8 {
        let alike = Some((nfa.byte_classes().get(byte), byte.is_ascii_digit()));
        if alike != last {
            bytes.push(byte);
            last = alike;
        }
        kinds.push(u8::try_from(bytes.len() - 1).map_err(|_| TooLarge)?);
    }
    Ok((kinds, bytes))
}

/// Sets of places, each with a number.
#[derive(Default)]
struct Subsets {
    all: Vec<Rc<[u32]>>,
    known: HashMap<Rc<[u32]>, u32>,
    places: usize,
}

impl Subsets {
    fn number(&mut self, subset: &[u32]) -> Result<u32, TooLarge> {
        if let Some(&known) = self.known.get(subset) {
            return Ok(known);
        }
        self.places += subset.len();
        let number = u32::try_from(self.all.len()).map_err(|_| TooLarge)?;
        if self.places > MOST_PLACES {
            return Err(TooLarge);
        }
        let subset: Rc<[u32]> = subset.into();
        self.all.push(Rc::clone(&subset));
        self.known.insert(subset, number);
        Ok(number)
    }
}

/// Where one is without reading a byte: the states of the NFA that read one, or that match.
struct Places<'n> {
    nfa: &'n NFA,
    /// By state, once asked for.
    known: HashMap<u32, Vec<u32>>,
    /// The round in which a state was seen last.
    seen: Vec<u32>,
    round: u32,
    sum: usize,
}

impl<'n> Places<'n> {
    fn new(nfa: &'n NFA) -> Self {
        Places {
            nfa,
            known: HashMap::default(),
            seen: vec![0; nfa.states().len()],
            round: 0,
            sum: 0,
        }
    }

    fn behind(&mut self, state: u32) -> Result<&[u32], TooLarge> {
        if !self.known.contains_key(&state) {
            let places = self.from(state)?;
            self.sum += places.len();
            self.known.insert(state, places);
            if self.sum > MOST_PLACES {
                return Err(TooLarge);
            }
        }
        Ok(self.known.get(&state).map_or(&[], Vec::as_slice))
    }

    /// Ascending.
    fn from(&mut self, state: u32) -> Result<Vec<u32>, TooLarge> {
        self.round += 1;
        let (mut todo, mut places) = (vec![state], Vec::new());
        while let Some(state) = todo.pop() {
            match self.seen.get_mut(state as usize) {
                Some(seen) if *seen != self.round => *seen = self.round,
                _ => continue,
            }
            match self.nfa.states().get(state as usize) {
                Some(State::Union { alternates }) => {
                    todo.extend(alternates.iter().map(|s| number(*s)))
                }
                Some(State::BinaryUnion { alt1, alt2 }) => {
                    todo.extend([number(*alt1), number(*alt2)])
                }
                Some(State::Capture { next, .. }) => todo.push(number(*next)),
                Some(State::Look { .. }) => return Err(TooLarge),
                Some(State::Fail) | None => {}
                Some(_) => places.push(state),
            }
        }
        places.sort_unstable();
        Ok(places)
    }
}
