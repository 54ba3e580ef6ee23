//! When a group must be woken: computed from its automaton, never written by hand.
//!
//! - *core*: what stands before the first letter or digit of a match (a bracket, a line end, a quotation
//!   mark) wakes nobody. The letter does, and the kernel goes back over the rest: signs stand everywhere. Or a
//!   rare sign does, the `@` of an e-mail address, where a match may begin with any word.
//! - *4-grams*: every way the first four bytes of a match (and what may follow a
//!   shorter one) can look after the kernel's folding; for words also the two to
//!   four bytes behind, where those are few.
//! - *digits*: how many of the first 16 bytes are digits at least, by the length
//!   of the run of digits the match begins with and the byte behind that run.

use super::automaton::Automaton;
use super::code::Bytes;
use super::data;
use riegel_kernel::layout::{
    GOES_ON, SECOND_ANY, SECOND_LEN, SIEVE_LEN, WAKE_BITS, fold, letters, second_at, second_hash,
    sieve_at, sieve_bits, sieve_hash, wake_slot,
};
use riegel_kernel::text::{is_lead2, is_lead3};
use rustc_hash::FxHashSet as HashSet;
use std::collections::{BTreeMap, BTreeSet};

/// More folded 4-grams than this, and the wake table says nothing.
const SATURATED: usize = 6_000;
/// Does a folded byte stand for letters and digits alone? (Bytes from 80 on stand for letters and
/// others.)
fn fold_is_word(byte: u8) -> bool {
    byte.is_ascii_lowercase()
}

/// Is the byte part of a letter or digit, where it begins one (`riegel_kernel::text`)?
pub(super) fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || is_lead2(byte) || is_lead3(byte)
}

/// Where a match is looked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Core {
    /// The states that read the byte that wakes.
    pub(super) states: Vec<u16>,
    /// Bytes before that one, at least and at most.
    pub(super) least: u8,
    pub(super) back: u8,
    /// Which.
    pub(super) before: Bytes,
    /// The byte that wakes.
    pub(super) wakes: Wakes,
    /// There may be one more such byte before it.
    pub(super) again: bool,
}

/// Which byte wakes?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wakes {
    /// Any that a match begins with.
    Start,
    /// The first of a letter or digit.
    Word,
    /// The first digit, which stands at the beginning of a word.
    Digit,
    /// This one.
    Trigger(u8),
}

/// Bytes that lead to the same states: all of them wake or none, all are digits or none.
struct Alike {
    /// One of them.
    byte: u8,
    takes: bool,
    digit: bool,
    bytes: Bytes,
}

/// Most bytes before the first letter or digit.
const MOST_BACK: u8 = 24;
/// Most bytes before the first digit.
const MOST_WORDS: u8 = 64;
/// Most bytes before a trigger.
const MOST_RUN: u8 = 254;
/// More 4-grams at a trigger say no more than the trigger alone.
const MOST_TRIGGERED: usize = 600;
/// A way on at the end is rare where there are no more 4-grams than this.
const MOST_TAILS: usize = 40;
/// Most states to look for a match without it.
const MOST_KNOWN: usize = 100_000;

impl Core {
    /// Where all matches begin.
    pub(super) fn start(automaton: &Automaton) -> Core {
        Core {
            states: vec![automaton.start],
            least: 0,
            back: 0,
            before: Bytes::default(),
            wakes: Wakes::Start,
            again: false,
        }
    }

    /// The first letter or digit of a match; none, where some match may do without, or holds it too late.
    pub(super) fn of(automaton: &Automaton) -> Option<Core> {
        Core::before(automaton, Wakes::Word, MOST_BACK)
    }

    /// A sign that every match holds, and which is rare with what follows it, or at least alone.
    pub(super) fn triggered(automaton: &Automaton, bounded: bool) -> Option<(Core, Option<Grams>)> {
        let triggers = b"@<$:=/\\#~|*\t.;,";
        let of = |trigger: u8| {
            let core = Core::before(automaton, Wakes::Trigger(trigger), MOST_RUN)?;
            let grams = grams(automaton, None, &core, bounded, false);
            let grams = grams.filter(|g| g.first.len() <= MOST_TRIGGERED);
            (core.least > 0).then_some((core, grams))
        };
        // The hyphen alone is in every second line.
        let hyphen = of(b'-').filter(|(_, grams)| grams.is_some());
        let first = hyphen.or_else(|| triggers.iter().find_map(|&trigger| of(trigger)));
        if let Some((_, Some(_))) = first {
            return first;
        }
        let (mut tails, mut folded) = (triggers.iter(), Folded::of(automaton, None));
        tails
            .find_map(|&trigger| Core::tail(&mut folded, bounded, trigger))
            .map(|(core, grams)| (core, Some(grams)))
            .or(first)
    }

    /// A sign with few ways on, one of which stands in every match, wherever: `.local` at the end of a name.
    fn tail(folded: &mut Folded<'_>, bounded: bool, trigger: u8) -> Option<(Core, Grams)> {
        let automaton = folded.automaton;
        let mut core = Core {
            wakes: Wakes::Trigger(trigger),
            least: 1,
            back: MOST_RUN,
            states: Vec::new(),
            again: true,
            ..Core::start(automaton)
        };
        let begun = |state: u16| Begun {
            bytes: 1,
            key: u64::from(fold(trigger)),
            states: vec![automaton.next(state, trigger)],
            ended: false,
            cut: false,
        };
        let mut grams = Grams::default();
        for state in (1..automaton.states()).filter_map(|s| u16::try_from(s).ok()) {
            if automaton.next(state, trigger) == 0 {
                continue;
            }
            let starts = vec![begun(state)];
            let Some(few) = continued(folded, bounded, starts, 4, MOST_TAILS) else {
                continue;
            };
            core.states.push(state);
            let keys = few.iter().map(|begun| (begun.key as u32, None));
            grams.first.extend(keys);
        }
        if core.states.is_empty() {
            return None;
        }
        // Is there a match without? The last three bytes are remembered from the sign on.
        let mut known: HashSet<(u16, u32, u32)> = HashSet::default();
        let mut todo = vec![(automaton.start, 0u32, 0u32, 0u8)];
        let sign = u32::from(fold(trigger));
        while let Some((state, last, len, depth)) = todo.pop() {
            if !known.insert((state, last, len)) {
                continue;
            }
            if automaton.accepts(state) && state != automaton.start
                || known.len() > MOST_KNOWN
                || depth == MOST_RUN
            {
                return None;
            }
            for (byte, raw) in &folded.alphabet {
                for &raw in raw {
                    let to = automaton.next(state, raw);
                    if to == 0 {
                        continue;
                    }
                    if let Some(word) = core.before.get_mut(usize::from(raw >> 6)) {
                        *word |= 1 << (raw & 63);
                    }
                    let mut last = last | u32::from(*byte) << (8 * len);
                    let mut len = len + 1;
                    if len == 4 && grams.first.contains_key(&last) {
                        continue;
                    }
                    while len > 0 && (len == 4 || last & 0xFF != sign) {
                        last >>= 8;
                        len -= 1;
                    }
                    todo.push((to, last, len, depth + 1));
                }
            }
        }
        // Bytes are told apart by classes there; here they are all meant.
        for byte in 0..=255u8 {
            let alike = |other: u8| {
                automaton.classes.get(usize::from(byte))
                    == automaton.classes.get(usize::from(other))
            };
            let has = |b: u8| {
                core.before
                    .get(usize::from(b >> 6))
                    .is_some_and(|w| w >> (b & 63) & 1 != 0)
            };
            if (0..=255u8).any(|other| alike(other) && has(other))
                && let Some(word) = core.before.get_mut(usize::from(byte >> 6))
            {
                *word |= 1 << (byte & 63);
            }
        }
        Some((core, grams))
    }

    /// The first digit of each match, where that always begins a word: a street's name before its number.
    pub(super) fn number(automaton: &Automaton) -> Option<Core> {
        let mut core = Core {
            wakes: Wakes::Digit,
            least: u8::MAX,
            states: Vec::new(),
            ..Core::start(automaton)
        };
        let mut states: BTreeSet<u16> = BTreeSet::new();
        // Each with whether it stands inside a word.
        let mut layer: BTreeSet<(u16, bool)> = [(automaton.start, false)].into();
        for back in 0..=MOST_WORDS {
            if back > 0 && layer.iter().any(|&(s, _)| automaton.accepts(s)) {
                return None;
            }
            let mut next = BTreeSet::new();
            for &(state, inside) in &layer {
                for byte in 0..=255u8 {
                    let to = automaton.next(state, byte);
                    if to == 0 {
                        continue;
                    }
                    if byte.is_ascii_digit() {
                        if inside {
                            return None;
                        }
                        states.insert(state);
                        core.back = back;
                        core.least = core.least.min(back);
                        continue;
                    }
                    if let Some(word) = core.before.get_mut(usize::from(byte >> 6)) {
                        *word |= 1 << (byte & 63);
                    }
                    let follows = (0x80..0xC0).contains(&byte);
                    next.insert((to, is_word(byte) || follows && inside));
                }
            }
            if next.is_empty() {
                core.states = states.into_iter().collect();
                return (!core.states.is_empty()).then_some(core);
            }
            layer = next;
        }
        None
    }

    /// The first byte of a kind in each match.
    fn before(automaton: &Automaton, wakes: Wakes, most: u8) -> Option<Core> {
        let mut core = Core {
            wakes,
            least: u8::MAX,
            states: Vec::new(),
            ..Core::start(automaton)
        };
        let kinds = core.kinds(automaton);
        // By state, the layer that it was last seen in; 0: in none.
        let mut seen = vec![0usize; automaton.states()];
        let mut layer = vec![automaton.start];
        let mut all: BTreeSet<u16> = BTreeSet::new();
        for back in 0..=most {
            if back > 0 && layer.iter().any(|&s| automaton.accepts(s)) {
                return None;
            }
            all.extend(&layer);
            let mut next = Vec::new();
            for &state in &layer {
                for kind in &kinds {
                    let to = automaton.next(state, kind.byte);
                    if to == 0 {
                        continue;
                    }
                    if kind.takes {
                        core.back = back;
                        core.least = core.least.min(back);
                        continue;
                    }
                    for (word, more) in core.before.iter_mut().zip(kind.bytes) {
                        *word |= more;
                    }
                    if let Some(seen) = seen.get_mut(usize::from(to))
                        && *seen != usize::from(back) + 1
                    {
                        *seen = usize::from(back) + 1;
                        next.push(to);
                    }
                }
            }
            if next.is_empty() {
                core.states = all.into_iter().collect();
                return Some(core);
            }
            layer = next;
        }
        None
    }

    /// The bytes that behave alike, digits and those that wake apart.
    fn kinds(&self, automaton: &Automaton) -> Vec<Alike> {
        let mut kinds: BTreeMap<(u8, bool, bool), Alike> = BTreeMap::new();
        for (byte, &class) in (0..=255u8).zip(&automaton.classes) {
            let (takes, digit) = (self.takes(byte), byte.is_ascii_digit());
            let kind = kinds.entry((class, takes, digit)).or_insert(Alike {
                byte,
                takes,
                digit,
                bytes: Bytes::default(),
            });
            if let Some(word) = kind.bytes.get_mut(usize::from(byte >> 6)) {
                *word |= 1 << (byte & 63);
            }
        }
        kinds.into_values().collect()
    }

    /// Does every match begin with something else than a letter or digit?
    pub(super) fn leads(&self, automaton: &Automaton) -> bool {
        (0..=255u8).all(|b| !is_word(b) || automaton.next(automaton.start, b) == 0)
    }

    /// May the byte that wakes be this one?
    fn takes(&self, byte: u8) -> bool {
        match self.wakes {
            Wakes::Start => true,
            Wakes::Word => is_word(byte),
            Wakes::Digit => byte.is_ascii_digit(),
            Wakes::Trigger(trigger) => byte == trigger,
        }
    }

    /// The bytes that wake.
    pub(super) fn first_bytes(&self, automaton: &Automaton) -> Vec<u8> {
        let mut first: Vec<u8> = self.steps(automaton).map(|(byte, _)| byte).collect();
        first.dedup();
        first
    }

    /// Is the byte behind the one that wakes always one of a letter or digit?
    pub(super) fn worded(&self, automaton: &Automaton) -> bool {
        let mut behind = self.steps(automaton);
        behind.all(|(_, to)| {
            !automaton.accepts(to) && (0..=255u8).all(|b| is_word(b) || automaton.next(to, b) == 0)
        })
    }

    /// The states behind the byte that wakes, with that byte.
    fn steps<'a>(&'a self, automaton: &'a Automaton) -> impl Iterator<Item = (u8, u16)> + 'a {
        let bytes = (0..=255u8).filter(|&b| self.takes(b));
        bytes
            .flat_map(move |b| self.states.iter().map(move |&s| (b, automaton.next(s, b))))
            .filter(|&(_, to)| to != 0)
    }
}

/// A beginning of a match: bytes so far, their folded key, the states they lead to, and whether a match
/// has ended before: behind it anything may stand.
#[derive(Clone, Debug)]
struct Begun {
    bytes: u32,
    key: u64,
    states: Vec<u16>,
    ended: bool,
    /// The match has ended before something else than a letter: the rest does not count.
    cut: bool,
}

/// The folded 4-grams that a match may begin with, and the bytes behind each: two, or four where
/// those are not too many either; where a match ends among them, the letters (`layout::letters`). `None`: too
/// many of two.
#[derive(Clone, Debug, Default)]
pub(super) struct Grams {
    first: BTreeMap<u32, Option<BTreeSet<u32>>>,
}

impl Grams {
    /// The hashes of the 4-grams, whatever follows them.
    pub(super) fn first(&self) -> Vec<u32> {
        let keys = self.first.keys();
        keys.map(|&key| second_hash(key, SECOND_ANY)).collect()
    }

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

/// More continuations of a 4-gram than this are not told apart.
const MOST_SECONDS: usize = 500;

/// All folded 4-grams that a match may begin with (from its core on); `None`: too many.
/// Behind the automaton of a lead stands that of a value; `bounded`: a boundary is asked at the end.
pub(super) fn grams(
    automaton: &Automaton,
    value: Option<&Automaton>,
    core: &Core,
    bounded: bool,
    seconds: bool,
) -> Option<Grams> {
    let mut first: BTreeMap<u8, BTreeSet<u16>> = BTreeMap::new();
    for (byte, to) in core.steps(automaton) {
        first.entry(fold(byte)).or_default().insert(to);
    }
    let begun = |(byte, states): (u8, BTreeSet<u16>)| Begun {
        bytes: 1,
        key: u64::from(byte),
        states: states.into_iter().collect(),
        ended: false,
        cut: false,
    };
    let starts = first.into_iter().map(begun).collect();
    grams_from(&mut Folded::of(automaton, value), bounded, seconds, starts)
}

fn grams_from(
    automaton: &mut Folded<'_>,
    bounded: bool,
    seconds: bool,
    starts: Vec<Begun>,
) -> Option<Grams> {
    let mut grams = Grams::default();
    for begun in continued(automaton, bounded, starts, 4, SATURATED)? {
        let key = begun.key as u32;
        let slot = grams
            .first
            .entry(key)
            .or_insert_with(|| seconds.then(BTreeSet::new));
        let Some(mut known) = slot.take() else {
            continue;
        };
        // Where no word begins like that, what follows says nothing more.
        let plain = key
            .to_le_bytes()
            .map(|b| if b.is_ascii() { b } else { b'~' });
        let Some(&often) = data::begins().get(&u32::from_le_bytes(plain)) else {
            continue;
        };
        let most = (often / 10).min(MOST_SECONDS);
        // As far as possible: four bytes, or else two.
        let Some(two) = continued(automaton, bounded, vec![begun], 6, most) else {
            continue;
        };
        for begun in two {
            let next = (begun.key >> 32) as u32;
            match continued(automaton, bounded, vec![begun], 8, most) {
                Some(four) => known.extend(four.iter().map(|b| (b.key >> 32) as u32)),
                None => _ = known.insert(next),
            }
        }
        *slot = Some(known);
    }
    Some(grams)
}

/// An automaton as the kernel's folding sees it, and behind its ends that of a value.
struct Folded<'a> {
    automaton: &'a Automaton,
    /// Its states are those behind the lead's.
    value: Option<&'a Automaton>,
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
    fn of(automaton: &'a Automaton, value: Option<&'a Automaton>) -> Self {
        let class =
            |a: &Automaton, byte: u8| a.classes.get(usize::from(byte)).copied().unwrap_or(0);
        let mut alphabet: Vec<(u8, Vec<u8>)> = Vec::new();
        let mut places = [None::<usize>; 256];
        for byte in 0..=255u8 {
            let folded = fold(byte);
            let Some(place) = places.get_mut(usize::from(folded)) else {
                continue;
            };
            let at = *place.get_or_insert_with(|| {
                alphabet.push((folded, Vec::new()));
                alphabet.len() - 1
            });
            let alike = |&other: &u8| {
                class(automaton, other) == class(automaton, byte)
                    && value.is_none_or(|v| class(v, other) == class(v, byte))
            };
            if let Some((_, bytes)) = alphabet.get_mut(at)
                && !bytes.iter().any(alike)
            {
                bytes.push(byte);
            }
        }
        alphabet.sort_unstable_by_key(|(folded, _)| *folded);
        Folded {
            automaton,
            value,
            alphabet,
            moves: vec![None; automaton.states() + value.map_or(0, Automaton::states)],
        }
    }

    /// The state after a byte, of the automaton that a state is one of.
    fn next(&self, state: u16, byte: u8) -> u16 {
        let own = u16::try_from(self.automaton.states()).unwrap_or(u16::MAX);
        match (state.checked_sub(own), self.value) {
            (Some(state), Some(value)) => match value.next(state, byte) {
                0 => 0,
                to => to.saturating_add(own),
            },
            _ => self.automaton.next(state, byte),
        }
    }

    fn moves(&mut self, state: u16) -> Option<&Moves> {
        if let Some(None) = self.moves.get(usize::from(state)) {
            let moves = self.look(state);
            if let Some(slot) = self.moves.get_mut(usize::from(state)) {
                *slot = Some(moves);
            }
        }
        self.moves.get(usize::from(state))?.as_ref()
    }

    fn look(&self, state: u16) -> Moves {
        let own = u16::try_from(self.automaton.states()).unwrap_or(u16::MAX);
        let mut from = vec![state];
        let accepts = match self.value {
            None => self.automaton.accepts(state),
            Some(value) if state >= own => value.accepts(state - own),
            Some(value) => {
                if self.automaton.accepts(state) {
                    from.push(value.start.saturating_add(own));
                }
                false
            }
        };
        let mut to = Vec::new();
        for (folded, bytes) in &self.alphabet {
            for &state in &from {
                let next = bytes.iter().map(|&b| self.next(state, b));
                to.extend(next.filter(|&t| t != 0).map(|t| (*folded, t)));
            }
        }
        to.sort_unstable();
        to.dedup();
        Moves { to, accepts }
    }
}

/// Of what stands behind the 4-gram only the letters (`layout::letters`).
fn worded(key: u64) -> u64 {
    let next = letters((key >> 32) as u32);
    key & u64::from(u32::MAX) | u64::from(next) << 32
}

/// Goes on to `bytes` bytes in every folded way; `None`: more than `most`.
fn continued(
    automaton: &mut Folded<'_>,
    bounded: bool,
    starts: Vec<Begun>,
    bytes: u32,
    most: usize,
) -> Option<Vec<Begun>> {
    let mut done = Vec::new();
    let mut todo = starts;
    let mut known: HashSet<u64> = HashSet::default();
    let mut moves: Vec<(u8, u16)> = Vec::new();
    while let Some(begun) = todo.pop() {
        if begun.bytes >= bytes || begun.cut {
            if begun.cut && !known.insert(begun.key) {
                continue;
            }
            done.push(begun);
            if done.len() > most {
                return None;
            }
            continue;
        }
        let mut ends = false;
        moves.clear();
        for &state in &begun.states {
            if let Some(more) = automaton.moves(state) {
                moves.extend(&more.to);
                ends |= more.accepts;
            }
        }
        moves.sort_unstable();
        moves.dedup();
        // Nobody goes on from where eight bytes are, or a word ends.
        let mut go = |byte: u8, next: &[(u8, u16)]| {
            let cut = begun.bytes >= 4 && (begun.ended || ends) && !fold_is_word(byte);
            todo.push(Begun {
                bytes: begun.bytes + 1,
                key: match cut {
                    true => worded(begun.key | u64::MAX << (8 * begun.bytes)),
                    false => begun.key | u64::from(byte) << (8 * begun.bytes),
                },
                states: match cut || begun.bytes >= 7 {
                    true => Vec::new(),
                    false => next.iter().map(|&(_, to)| to).collect(),
                },
                ended: begun.ended || ends,
                cut,
            });
        };
        if begun.ended || ends {
            for (byte, _) in &automaton.alphabet {
                let from = moves.partition_point(|(b, _)| b < byte);
                let to = moves.partition_point(|(b, _)| b <= byte);
                let next = moves.get(from..to).unwrap_or(&[]);
                // Directly behind a match that asks for a boundary there stands no letter or digit.
                let open = begun.ended || (ends && (!bounded || !fold_is_word(*byte)));
                if open || !next.is_empty() {
                    go(*byte, next);
                }
            }
        } else {
            for next in moves.chunk_by(|a, b| a.0 == b.0) {
                go(next.first().map_or(0, |m| m.0), next);
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
            sieves: vec![0; SIEVE_LEN + SECOND_LEN],
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
            let hash = sieve_hash(key);
            self.mark(sieve_at(hash), hash);
            if !sleepy {
                for &next in seconds.as_ref().unwrap_or(&any) {
                    let hash = second_hash(key, next);
                    self.mark(second_at(hash), hash);
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

    fn mark(&mut self, at: usize, hash: u32) {
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

/// No match begins like that.
pub(super) const NEVER: u16 = u16::MAX;
/// No match ends from there on.
const FAR: u8 = u8::MAX;

/// So many of the first 16 bytes are digits, at least; 15 stands for more, too.
pub(super) fn least_digits(automaton: &Automaton, core: &Core) -> u8 {
    let kinds = core.kinds(automaton);
    let mut least = 15;
    // By state, the fewest digits on a way to it; the first byte is a digit or wakes.
    let mut layer: BTreeMap<u16, u8> = core.states.iter().map(|&s| (s, 0)).collect();
    for bytes in 0..=16 {
        let mut next = BTreeMap::new();
        for (state, digits) in layer {
            if bytes == 16 || bytes > 0 && automaton.accepts(state) {
                least = least.min(digits);
                continue;
            }
            for kind in kinds.iter().filter(|k| bytes > 0 || k.takes || k.digit) {
                let to = automaton.next(state, kind.byte);
                let digits = digits + u8::from(kind.digit);
                if to != 0 && digits < least {
                    let known = next.entry(to).or_insert(digits);
                    *known = digits.min(*known);
                }
            }
        }
        layer = next;
    }
    least
}

/// Digits needed among the first 16 bytes and how the number goes on ([`GOES_ON`]): for every length of the
/// first run of digits (0 to 15) 256 places, by the byte behind that run; [`NEVER`] where no match begins
/// like that. `bounded`: it ends where a word does, so neither inside a run nor before a letter.
pub(super) fn digits(automaton: &Automaton, core: &Core, bounded: bool) -> Vec<u16> {
    let n = automaton.states();
    let class_of = |byte: u8| {
        let class = automaton.classes.get(usize::from(byte));
        usize::from(class.copied().unwrap_or(0))
    };
    // A byte per class and kind: (byte, digit).
    let mut bytes_of: Vec<(u8, bool)> = Vec::new();
    let mut seen = HashSet::default();
    for byte in 0..=255u8 {
        let kind = (byte.is_ascii_digit(), byte.is_ascii_alphanumeric());
        if seen.insert((class_of(byte), kind, core.takes(byte))) {
            bytes_of.push((byte, byte.is_ascii_digit()));
        }
    }
    // Least digits among the bytes `at ..` 16, by state; filled from the back. The dead state stays
    // out: nothing leaves it.
    let mut rows = vec![vec![0u8; n]];
    let live: Vec<u16> = (1..n).filter_map(|s| u16::try_from(s).ok()).collect();
    for _ in 0..16 {
        let behind = rows.last().cloned().unwrap_or_default();
        let mut row = vec![FAR; n];
        for &state in &live {
            let mut least = if automaton.accepts(state) { 0 } else { FAR };
            for &(byte, digit) in &bytes_of {
                let next = automaton.next(state, byte);
                if next != 0
                    && let Some(&rest) = behind.get(usize::from(next))
                    && rest != FAR
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
    let mut states: BTreeSet<u16> = core.states.iter().copied().collect();
    let mut ended = false;
    for run in 0..16usize {
        let digits = u8::try_from(run).unwrap_or(15);
        // A match may end with the run, or inside: then the run alone is all there is.
        let ends = states.iter().any(|&s| automaton.accepts(s)) && run > 0;
        ended = ends || ended && !bounded;
        let mut row: Vec<u16> = (0..=255u8)
            .map(|byte| match run {
                15 => asks(digits, GOES_ON),
                _ if ended && !(bounded && byte.is_ascii_alphanumeric()) => asks(digits, GOES_ON),
                _ => NEVER,
            })
            .collect();
        let behind = 15usize.checked_sub(run).and_then(|rest| rows.get(rest));
        for &(byte, digit) in &bytes_of {
            if digit || run == 0 && !core.takes(byte) {
                continue;
            }
            let on: BTreeSet<u16> = states
                .iter()
                .map(|&state| automaton.next(state, byte))
                .filter(|&next| next != 0)
                .collect();
            let more = on
                .iter()
                .filter_map(|&next| behind?.get(usize::from(next)).copied())
                .min();
            let Some(more) = more.filter(|&more| more != FAR) else {
                continue;
            };
            let asked = asks(digits + more, goes_on(automaton, on, bounded, &bytes_of));
            let alike = |other: &u8| {
                class_of(*other) == class_of(byte)
                    && other.is_ascii_alphanumeric() == byte.is_ascii_alphanumeric()
                    && !other.is_ascii_digit()
                    && (core.takes(*other) == core.takes(byte) || run > 0)
            };
            for other in (0..=255u8).filter(alike) {
                if let Some(slot) = row.get_mut(usize::from(other)) {
                    *slot = match *slot {
                        NEVER => asked,
                        had => asks(least(had).min(least(asked)), (had | asked) & GOES_ON),
                    };
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

/// How many digits may follow the first run of digits and the byte behind it, bit by bit; the last: so many
/// or more. `on`: the states behind that byte.
fn goes_on(
    automaton: &Automaton,
    mut on: BTreeSet<u16>,
    bounded: bool,
    bytes_of: &[(u8, bool)],
) -> u16 {
    let last = GOES_ON.count_ones() - 1;
    let mut may = 0;
    for run in 0..=last {
        let from_here = GOES_ON & (u16::MAX << run);
        if on.iter().any(|&s| automaton.accepts(s)) {
            // Behind a bounded match stands no digit.
            may |= if bounded { 1 << run } else { from_here };
        }
        let leaves = |digit: bool| {
            let mut bytes = bytes_of.iter().filter(move |b| b.1 == digit);
            bytes.any(|b| on.iter().any(|&s| automaton.next(s, b.0) != 0))
        };
        if leaves(false) || run == last && leaves(true) {
            may |= 1 << run;
        }
        on = on
            .iter()
            .flat_map(|&s| (b'0'..=b'9').map(move |b| (s, b)))
            .map(|(s, b)| automaton.next(s, b))
            .filter(|&t| t != 0)
            .collect();
    }
    may
}

/// What a detector asks for in a set: so many digits among 16 bytes, and how the number goes on.
pub(super) const fn asks(digits: u8, goes_on: u16) -> u16 {
    (digits as u16) << GOES_ON.count_ones() | goes_on
}

/// The digits asked for.
const fn least(asked: u16) -> u8 {
    (asked >> GOES_ON.count_ones()) as u8
}

/// Every match holds a digit among so many of its first bytes; 17: not among 16.
pub(super) fn digit_by(automaton: &Automaton, core: &Core) -> u8 {
    let kinds = core.kinds(automaton);
    let mut states: BTreeSet<u16> = core.states.iter().copied().collect();
    for by in 1..=16 {
        let on = |&s: &u16| {
            let kinds = kinds.iter().filter(|k| !k.digit && (by > 1 || k.takes));
            kinds.map(move |k| automaton.next(s, k.byte))
        };
        states = states.iter().flat_map(on).filter(|&to| to != 0).collect();
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
pub(super) fn word_run(automaton: &Automaton, core: &Core) -> u8 {
    if !matches!(core.wakes, Wakes::Word | Wakes::Digit) {
        return 0;
    }
    // One byte of every class, letters and digits apart.
    let mut seen = HashSet::default();
    let class = |b: u8| automaton.classes.get(usize::from(b)).copied();
    let mut bytes: Vec<u8> = (0..=255u8).collect();
    bytes.retain(|&b| seen.insert((class(b), b.is_ascii_alphanumeric())));
    if core
        .steps(automaton)
        .any(|(b, _)| !b.is_ascii_alphanumeric())
    {
        return 0;
    }
    let mut states: BTreeSet<u16> = core.steps(automaton).map(|(_, to)| to).collect();
    for run in 1..16 {
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

/// The bytes that a match may begin with.
pub(super) fn first_set(automaton: &Automaton) -> Bytes {
    let mut set = Bytes::default();
    for byte in (0..=255u8).filter(|&b| automaton.next(automaton.start, b) != 0) {
        if let Some(word) = set.get_mut(usize::from(byte >> 6)) {
            *word |= 1 << (byte & 63);
        }
    }
    set
}
