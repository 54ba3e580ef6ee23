//! Which detectors may match from here? One small automaton for many.
//!
//! A union of whole patterns grows with their product: separators that may stand here or there,
//! digits that must be a date. So what detectors share is coarse: it takes in everything that they
//! take in, and more, and says at the first chance that one of them may match; what matches, and
//! how far, says the detector's own automaton.
//!
//! Behind the first byte all digits are alike, all capitals and all small letters; and it looks only so
//! far ([`Share::bytes`], less where a member has many states).
//!
//! **Invariant:** where a member's automaton has an end (at a boundary, if it asks for one) from a start, the
//! coarse automaton names the member from that start. `tests` below holds it.

use super::automaton::{Automaton, Rows, TooLarge};
use rustc_hash::FxHashMap as HashMap;

/// A detector's share of a coarse automaton.
#[derive(Clone, Copy, Debug)]
pub(super) struct Share<'a> {
    /// Index of the detector.
    pub(super) detector: u16,
    /// What it matches, exactly.
    pub(super) automaton: &'a Automaton,
    /// Its states where it is walked from.
    pub(super) starts: &'a [u16],
    /// A boundary is asked at its end.
    pub(super) bounded: bool,
    /// It is looked at so many bytes far.
    pub(super) bytes: u16,
}

/// Most states.
const MOST_STATES: usize = 7_000;
/// Most states of one member alone, before it is looked at less far.
const MOST_ALONE: usize = 150;
/// How far members are looked at, the best first.
const FAR: [u16; 6] = [40, 16, 10, 7, 5, 4];

/// Bytes that no member tells apart.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Sort {
    Digit,
    Capital,
    Small,
    Other,
}

fn sort(byte: u8) -> Sort {
    match byte {
        b'0'..=b'9' => Sort::Digit,
        b'A'..=b'Z' => Sort::Capital,
        b'a'..=b'z' => Sort::Small,
        _ => Sort::Other,
    }
}

/// A state: how far it is, and the states of the members that are still open.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct State {
    read: u16,
    open: Vec<(u16, u16)>,
}

/// How far a member is best looked at.
pub(super) fn far(share: Share<'_>) -> u16 {
    let fits = |&bytes: &u16| union_of(&[Share { bytes, ..share }], MOST_ALONE).is_ok();
    FAR.into_iter().find(fits).unwrap_or(4)
}

/// The coarse union of detectors; its sets name detectors.
///
/// # Errors
/// [`TooLarge`]
pub(super) fn union(shares: &[Share<'_>]) -> Result<Automaton, TooLarge> {
    union_of(shares, MOST_STATES)
}

fn union_of(shares: &[Share<'_>], most: usize) -> Result<Automaton, TooLarge> {
    let kinds = Kinds::of(shares)?;
    let open: Vec<(u16, u16)> = (0u16..)
        .zip(shares)
        .flat_map(|(i, s)| s.starts.iter().map(move |&start| (i, start)))
        .filter(|&(_, start)| start != 0)
        .collect();
    let start = State { read: 0, open };
    let mut states = vec![(start.clone(), Vec::new())];
    let mut ids: HashMap<(State, Vec<u16>), u32> = HashMap::default();
    ids.insert((start, Vec::new()), 0);
    let mut rows = Rows::new(kinds.bytes.len());
    let mut at = 0;
    while let Some((state, _)) = states.get(at).cloned() {
        at += 1;
        // What is alike is read once.
        let mut known: [Option<u32>; 3] = [None; 3];
        for bytes in &kinds.bytes {
            let Some(&byte) = bytes.first() else { continue };
            let alike = match sort(byte) {
                _ if state.read == 0 => None,
                Sort::Digit => Some((0, &kinds.digits)),
                Sort::Capital => Some((1, &kinds.capitals)),
                Sort::Small => Some((2, &kinds.small)),
                _ => None,
            };
            let slot = alike.and_then(|(i, _)| known.get_mut(i));
            if let Some(Some(id)) = slot {
                rows.put(*id);
                continue;
            }
            let all = alike.map_or(std::slice::from_ref(&byte), |(_, all)| all);
            let (next, found) = step(shares, &state, all);
            let id = if next.open.is_empty() && found.is_empty() {
                Rows::DEAD
            } else {
                let id = u32::try_from(states.len()).map_err(|_| TooLarge)?;
                *ids.entry((next, found)).or_insert_with_key(|key| {
                    states.push(key.clone());
                    id
                })
            };
            if let Some(slot) = slot {
                *slot = Some(id);
            }
            rows.put(id);
        }
        if states.len() > most {
            return Err(TooLarge);
        }
    }
    let matches: Vec<Vec<u16>> = states.into_iter().map(|(_, found)| found).collect();
    Automaton::number(&rows, &kinds.of, &matches)
}

/// Reads one byte of some that are alike: what is open then, and who may match.
fn step(shares: &[Share<'_>], state: &State, bytes: &[u8]) -> (State, Vec<u16>) {
    let sort_of = bytes.first().map_or(Sort::Other, |&b| sort(b));
    let word = matches!(sort_of, Sort::Digit | Sort::Capital | Sort::Small);
    let mut found = Vec::new();
    let mut open = Vec::new();
    let mut done: Option<u16> = None;
    for &(member, from) in &state.open {
        let Some(share) = shares.get(usize::from(member)) else {
            continue;
        };
        if done == Some(member) {
            continue;
        }
        // The byte behind a match says whether it may end there; the first byte is never behind one.
        if share.automaton.accepts(from) && state.read > 0 && !(share.bounded && word) {
            found.push(share.detector);
            done = Some(member);
            continue;
        }
        let next = bytes.iter().map(|&byte| share.automaton.next(from, byte));
        open.extend(next.filter(|&to| to != 0).map(|to| (member, to)));
    }
    found.sort_unstable();
    found.dedup();
    let read = state.read + 1;
    let is_found = |member: u16| {
        shares
            .get(usize::from(member))
            .is_some_and(|s| found.binary_search(&s.detector).is_ok())
    };
    open.sort_unstable();
    open.dedup();
    open.retain(|&(member, _)| !is_found(member));
    // Far enough: whoever is still open may match.
    let far = |member: u16| {
        let share = shares.get(usize::from(member));
        share.is_some_and(|s| read >= s.bytes)
    };
    let named = open.iter().filter(|(member, _)| far(*member));
    let named = named.filter_map(|&(member, _)| shares.get(usize::from(member)));
    found.extend(named.map(|s| s.detector));
    found.sort_unstable();
    found.dedup();
    open.retain(|&(member, _)| !far(member));
    (State { read, open }, found)
}

/// The kinds of bytes that some member tells apart.
struct Kinds {
    /// By byte.
    of: Vec<u8>,
    /// By kind.
    bytes: Vec<Vec<u8>>,
    /// One byte of every kind of these.
    digits: Vec<u8>,
    capitals: Vec<u8>,
    small: Vec<u8>,
}

impl Kinds {
    fn of(shares: &[Share<'_>]) -> Result<Kinds, TooLarge> {
        let mut known: HashMap<(Vec<u8>, u8), u8> = HashMap::default();
        let mut kinds = Kinds {
            of: Vec::with_capacity(256),
            bytes: Vec::new(),
            digits: Vec::new(),
            capitals: Vec::new(),
            small: Vec::new(),
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
                    Sort::Capital => kinds.capitals.push(byte),
                    Sort::Small => kinds.small.push(byte),
                    Sort::Other => {}
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
