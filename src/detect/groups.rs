//! Which detectors are woken together, and by what.
//!
//! Every detector has an automaton of its own, which says exactly what it matches. It also tells the
//! detector's kind: woken at token starts and specials, run back from a trigger, or free. Those of one
//! kind and one temper (numbers, shapes with digits in them, words) form a group with a *coarse*
//! automaton (`coarse.rs`), so that a start is walked once for all of them; whom it names, walks
//! its own. A group of one needs none. What wakes a group is worked out from its members.

use super::ScanTables;
use super::automaton::{Automaton, Part, TooLarge};
use super::coarse::{self, Share, Sight};
use super::codes;
use super::lists;
use super::pattern::Shape;
use super::wake::{self, Grams, RunBack};
use crate::check::model::Policy;
use crate::diagnostics::Diagnostic;
use crate::tables::TableWriter;
use riegel_kernel::blocks::{MOST_UPPER_HALVES, Wanted};
use riegel_kernel::layout::{GroupEntry, NONE, name_slot};
use riegel_kernel::scan::{MOST_GROUPS, MOST_WAKES};
use std::collections::{BTreeMap, BTreeSet};

/// A detector with more beginnings than this is not named by them: they would fill the table.
const MOST_NAMED: usize = 400;

/// How the detectors of a group are woken; detectors of unlike kinds are never together.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    /// At token starts and specials. The temper keeps detectors apart whose filters would spoil
    /// each other: 0 begins with digits, `+` or `(`, 1 holds digits, 2 literals; and those with too
    /// many 4-grams: 3 with a digit near, 4 long runs of letters and digits, 5 anything; 6 literals with
    /// many beginnings.
    Wake { temper: u8 },
    /// Back from this byte.
    RunBack { trigger: u8 },
    /// At every byte.
    Free,
    /// At the words of this list.
    Listed(usize),
}

impl Kind {
    /// How closely coarse automata of this kind look.
    fn sight(&self) -> Sight {
        Sight {
            alike: !matches!(self, Kind::RunBack { .. }),
            apart: matches!(self, Kind::Wake { temper: 0 | 1 }),
        }
    }
}

/// A detector on its way into a group.
#[derive(Clone, Debug)]
struct Member {
    detector: u16,
    automaton: Automaton,
    /// The 4-grams it may begin with; `None`: too many.
    grams: Option<Grams>,
    max_len: u32,
    /// A boundary is asked at its end (never of a lead).
    bounded: bool,
    /// Every match holds a digit among so many of its first bytes.
    digit_by: u8,
    /// Letters and digits that every match begins with, at least.
    word_run: u8,
    /// Steps that judging it costs at one start, at most.
    judging: u64,
}

/// Who says which members may match at a start.
#[derive(Clone, Debug)]
enum Naming {
    /// Nobody: there is one.
    Alone,
    /// A coarse automaton.
    Coarse(Automaton),
    /// The 4-gram there.
    Grams,
}

/// A finished group.
#[derive(Clone, Debug)]
pub(super) struct Group {
    kind: Kind,
    members: Vec<Member>,
    naming: Naming,
    run_back: Option<RunBack>,
    wake_bit: u8,
}

impl Group {
    /// The automaton that is walked; none: the 4-gram is enough.
    fn automaton(&self) -> Option<&Automaton> {
        match &self.naming {
            Naming::Alone => self.members.first().map(|m| &m.automaton),
            Naming::Coarse(automaton) => Some(automaton),
            Naming::Grams => None,
        }
    }

    fn max_len(&self) -> u32 {
        self.members.iter().map(|m| m.max_len).max().unwrap_or(0)
    }
}

/// All groups of a module, and the values behind leads.
#[derive(Clone, Debug, Default)]
pub(super) struct Grouped {
    groups: Vec<Group>,
    specials: Vec<u8>,
    values: Vec<Member>,
}

/// Groups the detectors. `judging`: by detector, the steps that judging it costs at one start.
pub(super) fn group(
    policy: &Policy,
    shapes: &[Option<Shape>],
    judging: &[u64],
) -> Result<Grouped, Vec<Diagnostic>> {
    let mut by_kind: BTreeMap<Kind, Vec<Member>> = BTreeMap::new();
    let mut grouped = Grouped::default();
    let mut problems = Vec::new();
    for (index, (detector, shape)) in policy.detectors.iter().zip(shapes).enumerate() {
        let Some(shape) = shape else { continue };
        let exact = |tree, digits, max_len, bounded| -> Result<Member, TooLarge> {
            let automaton = Automaton::union(&[Part {
                detector: 0,
                tree,
                digits,
            }])?;
            automaton.sparse()?;
            Ok(Member {
                detector: u16::try_from(index).map_err(|_| TooLarge)?,
                max_len,
                bounded,
                digit_by: wake::digit_by(&automaton),
                word_run: wake::word_run(&automaton),
                grams: wake::grams(&automaton, bounded, false),
                judging: judging.get(index).copied().unwrap_or(0),
                automaton,
            })
        };
        let span = || exact(&shape.span, shape.digits, shape.max_len, shape.end);
        let members = match &shape.lead {
            Some(lead) => {
                exact(lead, 0, shape.max_lead, false).and_then(|lead| Ok((lead, Some(span()?))))
            }
            None => span().map(|span| (span, None)),
        };
        match members {
            Ok((mut member, value)) => {
                let mut kind = match detector.first_word {
                    Some(list) => Kind::Listed(list),
                    None => kind(&member, shape, &mut grouped.specials),
                };
                if kind == (Kind::Wake { temper: 2 }) {
                    // Words have a second look.
                    member.grams = wake::grams(&member.automaton, member.bounded, true);
                    if member
                        .grams
                        .as_ref()
                        .is_some_and(|g| g.hashes().len() > MOST_NAMED)
                    {
                        kind = Kind::Wake { temper: 6 };
                    }
                }
                by_kind.entry(kind).or_default().push(member);
                grouped.values.extend(value);
            }
            Err(_) => problems.push(
                Diagnostic::new(
                    &codes::R0402,
                    detector.place,
                    format!(
                        "the patterns of `{}` make an automaton that does not fit",
                        detector.id
                    ),
                )
                .help("split the detector, or shorten its bounded repetitions"),
            ),
        }
    }
    for (kind, members) in by_kind {
        unite(&kind, members, &mut grouped.groups);
    }
    grouped.settle();
    if grouped.groups.len() > MOST_GROUPS
        && let Some(detector) = policy.detectors.first()
    {
        let text = format!(
            "the detectors need {} groups, at most {MOST_GROUPS} fit",
            grouped.groups.len()
        );
        problems.push(Diagnostic::new(&codes::R0403, detector.place, text));
    }
    if problems.is_empty() {
        Ok(grouped)
    } else {
        Err(problems)
    }
}

/// The kind of a detector, from its automaton.
fn kind(member: &Member, shape: &Shape, specials: &mut Vec<u8>) -> Kind {
    let alone = &member.automaton;
    let first = wake::first_bytes(alone);
    let is_word = |b: &u8| b.is_ascii_alphanumeric() || (0xC3..=0xEE).contains(b) && *b != 0xE2;
    let at_starts = shape.start || !first.iter().any(is_word);
    let saturated = member.grams.is_none();
    if saturated
        && let Some(run) = wake::run_back(alone)
        && make_room(specials, &[run.trigger])
    {
        return Kind::RunBack {
            trigger: run.trigger,
        };
    }
    let starts: Vec<u8> = first.iter().copied().filter(|b| !is_word(b)).collect();
    if !at_starts || !make_room(specials, &starts) {
        return Kind::Free;
    }
    let numeric = first
        .iter()
        .all(|b| b.is_ascii_digit() || matches!(b, b'+' | b'('));
    let temper = match (saturated, numeric, member.digit_by <= 16) {
        (true, _, true) => 3,
        (true, ..) if member.word_run > 8 => 4,
        (true, ..) => 5,
        (_, true, true) => 0,
        (_, false, true) => 1,
        _ => 2,
    };
    Kind::Wake { temper }
}

/// Adds bytes to the specials, all or none: the kernel looks for so many at once.
fn make_room(specials: &mut Vec<u8>, new: &[u8]) -> bool {
    let mut all = specials.clone();
    all.extend(new.iter().filter(|b| !specials.contains(b)));
    let halves: BTreeSet<u8> = all.iter().map(|b| b >> 4).collect();
    let fits = halves.len() <= MOST_UPPER_HALVES;
    if fits {
        *specials = all;
    }
    fits
}

/// One group for all, or halves where their coarse automaton does not fit.
fn unite(kind: &Kind, mut members: Vec<Member>, groups: &mut Vec<Group>) {
    let naming = match kind {
        _ if members.len() == 1 => Ok(Naming::Alone),
        Kind::Wake { temper: 2 } => Ok(Naming::Grams),
        _ => coarse_of(kind, &members).map(Naming::Coarse),
    };
    let Ok(naming) = naming else {
        let rest = members.split_off(members.len() / 2);
        unite(kind, members, groups);
        unite(kind, rest, groups);
        return;
    };
    let group = Group {
        kind: kind.clone(),
        run_back: None,
        naming,
        wake_bit: 0,
        members,
    };
    let run_back = match (kind, group.automaton()) {
        (Kind::RunBack { .. }, Some(automaton)) => wake::run_back(automaton),
        _ => None,
    };
    groups.push(Group { run_back, ..group });
}

fn coarse_of(kind: &Kind, members: &[Member]) -> Result<Automaton, TooLarge> {
    let sight = kind.sight();
    let mut shares: Vec<Share<'_>> = Vec::new();
    for m in members {
        let share = Share {
            detector: m.detector,
            automaton: &m.automaton,
            bounded: m.bounded,
            bytes: u16::MAX,
        };
        shares.push(match kind {
            // It must come as far as the trigger.
            Kind::RunBack { .. } => share,
            _ => Share {
                bytes: coarse::far(share, sight),
                ..share
            },
        });
    }
    let automaton = coarse::union(&shares, sight);
    let automaton = automaton?;
    automaton.sparse()?;
    if let Kind::RunBack { trigger } = kind {
        wake::run_back(&automaton)
            .filter(|run| run.trigger == *trigger)
            .ok_or(TooLarge)?;
    }
    Ok(automaton)
}

impl Grouped {
    /// Gives wake bits; groups for which there are none left look at every byte instead.
    fn settle(&mut self) {
        let mut wakes = 0usize;
        for group in &mut self.groups {
            if matches!(group.kind, Kind::Wake { .. } | Kind::RunBack { .. }) {
                if wakes < MOST_WAKES {
                    group.wake_bit = u8::try_from(wakes).unwrap_or(0);
                    wakes += 1;
                } else {
                    group.kind = Kind::Free;
                }
            }
        }
    }

    /// Automaton steps per byte of content, at most: a token start needs a byte before it, so at
    /// every second byte a group may be walked for its longest match; specials, triggers and free
    /// groups may be walked at every byte. Then those whom it names on one way at most walk their own
    /// automata, and are judged.
    pub(super) fn steps_per_byte(&self) -> u64 {
        let value = |detector: u16| {
            let value = self.values.iter().find(|v| v.detector == detector);
            value.map_or(0, |v| 8 * (u64::from(v.max_len) + 1))
        };
        // It is only judged behind a match, and inside the letters and digits that a match begins with no
        // other one begins.
        let cost = |member: &Member| {
            let judged = value(member.detector) + member.judging;
            let apart = u64::from(member.word_run) + 1;
            u64::from(member.max_len) + 1 + judged.div_ceil(apart.div_ceil(2))
        };
        let group = |g: &Group| {
            let costs: BTreeMap<u16, u64> =
                g.members.iter().map(|m| (m.detector, cost(m))).collect();
            let walk = match &g.naming {
                Naming::Coarse(coarse) => u64::from(g.max_len()) + 1 + dearest(coarse, &costs),
                Naming::Alone => costs.values().sum(),
                Naming::Grams => {
                    // It is asked three times.
                    let cost = |set: &BTreeSet<u16>| set.iter().filter_map(|d| costs.get(d)).sum();
                    3 * named(g).0.values().map(cost).max().unwrap_or(0u64)
                }
            };
            let special = g.members.iter().any(|m| {
                let first = wake::first_bytes(&m.automaton);
                first.iter().any(|b| self.specials.contains(b))
            });
            match &g.kind {
                Kind::Wake { .. } if !special => walk.div_ceil(2),
                Kind::Listed(_) => walk.div_ceil(2),
                // A run does not hold its trigger, so a byte stands in one run at most.
                Kind::Wake { .. } | Kind::Free | Kind::RunBack { .. } => walk,
            }
        };
        self.groups.iter().map(group).sum::<u64>() + 1
    }
}

/// What the detectors that are named on one way through the automaton cost together, at most.
fn dearest(coarse: &Automaton, costs: &BTreeMap<u16, u64>) -> u64 {
    let set = |state: u16| -> u64 {
        let set = state.checked_sub(coarse.first_match);
        let set = set.and_then(|i| coarse.sets.get(usize::from(i)));
        set.map_or(0, |set| set.iter().filter_map(|d| costs.get(d)).sum())
    };
    // Depth first; there are no cycles.
    let mut known: Vec<Option<u64>> = vec![None; coarse.states()];
    let mut todo = vec![coarse.start];
    while let Some(&state) = todo.last() {
        let mut most = 0;
        let mut ready = true;
        let row = usize::from(state) * coarse.stride;
        for &to in coarse.trans.get(row..row + coarse.stride).unwrap_or(&[]) {
            match known.get(usize::from(to)).copied().flatten() {
                _ if to == 0 => {}
                Some(cost) => most = most.max(cost),
                None => {
                    todo.push(to);
                    ready = false;
                }
            }
        }
        if ready {
            if let Some(slot) = known.get_mut(usize::from(state)) {
                *slot = Some(most + set(state));
            }
            todo.pop();
        }
    }
    known
        .get(usize::from(coarse.start))
        .copied()
        .flatten()
        .unwrap_or(0)
}

/// Where the automata of detectors lie in the tables, as indices of groups.
#[derive(Clone, Debug, Default)]
pub(super) struct Own {
    /// By detector: of the pattern, or of the lead.
    pub(super) first: BTreeMap<u16, u32>,
    /// By detector: of the value behind the lead.
    pub(super) value: BTreeMap<u16, u32>,
}

/// Writes the groups, and behind them the automata of their members.
pub(super) fn write(
    grouped: &Grouped,
    lists: &[Vec<String>],
    tables: &mut TableWriter,
) -> (ScanTables, Own) {
    let mut filter = wake::Filter::new();
    let mut entries = Vec::new();
    let mut looked = 0;
    for group in &grouped.groups {
        let mut entry = match group.automaton() {
            Some(automaton) => entry(group, automaton, tables),
            None => gram_entry(group, tables),
        };
        if let Kind::Listed(list) = group.kind {
            let list = lists.get(list).map_or(&[][..], Vec::as_slice);
            entry.extra_at = lists::table(list, tables);
        }
        if matches!(group.kind, Kind::Wake { .. } | Kind::RunBack { .. }) {
            let bit = 1u32 << group.wake_bit;
            // Only words are worth a second look; numbers have their digits.
            let words = matches!(group.kind, Kind::Wake { temper: 2 | 6 });
            looked |= if words { bit } else { 0 };
            for (grams, first) in wakes(group) {
                match &grams {
                    Some(grams) => filter.add(bit, grams, entry.digit_by <= 16),
                    None => {
                        filter.add_bytes(bit, &first);
                        entry.every = 1;
                    }
                }
            }
        }
        entries.extend(entry.write());
    }
    let mut own = Own::default();
    let mut next = u32::try_from(grouped.groups.len()).unwrap_or(u32::MAX);
    let members = grouped.groups.iter().enumerate().flat_map(|(index, g)| {
        let alone = matches!(g.naming, Naming::Alone).then_some(index);
        g.members.iter().map(move |m| (m, alone, false))
    });
    let values = grouped.values.iter().map(|m| (m, None, true));
    for (member, alone, is_value) in members.chain(values) {
        let place = if is_value {
            &mut own.value
        } else {
            &mut own.first
        };
        if let Some(index) = alone {
            place.insert(member.detector, u32::try_from(index).unwrap_or(0));
            continue;
        }
        place.insert(member.detector, next);
        next += 1;
        entries.extend(own_entry(member, tables).write());
    }
    let waking = grouped.groups.iter().filter_map(|g| match g.kind {
        Kind::Listed(list) => lists.get(list),
        _ => None,
    });
    let waking: Vec<&Vec<String>> = waking.collect();
    let mut scan = ScanTables {
        word_sieve_at: match waking.as_slice() {
            [] => NONE,
            some => tables.append(&lists::word_sieve(some.iter().copied()), 16),
        },
        groups_at: tables.append(&entries, 4),
        groups_n: next,
        looked,
        ..ScanTables::default()
    };
    if !grouped.groups.is_empty() {
        scan.wake_at = tables.append(&words(&filter.wake), 16);
        scan.sieve_at = tables.append(&filter.sieves, 16);
        scan.begun_at = tables.append(&words(&filter.begun), 16);
        let mut wanted = Wanted::new(&grouped.specials);
        let begun = |b: &&u8| filter.begun.get(usize::from(**b)).is_some_and(|&g| g != 0);
        let triggers: Vec<u8> = grouped.specials.iter().filter(begun).copied().collect();
        if let [trigger] = *triggers {
            wanted = wanted.triggered(trigger);
        }
        scan.wanted_at = tables.append(&wanted.write(), 16);
    }
    (scan, own)
}

/// The 4-grams that wake a group, with the first bytes where they are too many.
fn wakes(group: &Group) -> Vec<(Option<Grams>, Vec<u8>)> {
    if let (Some(run), Some(automaton)) = (&group.run_back, group.automaton()) {
        let bounded = group.members.iter().all(|m| m.bounded);
        let grams = wake::grams_at(automaton, bounded, run);
        return vec![(grams, vec![run.trigger])];
    }
    let of = |m: &Member| (m.grams.clone(), wake::first_bytes(&m.automaton));
    group.members.iter().map(of).collect()
}

fn words(list: &[u32]) -> Vec<u8> {
    list.iter().flat_map(|w| w.to_le_bytes()).collect()
}

fn bytes_set(bytes: &[u8]) -> [u8; 32] {
    let mut set = [0u8; 32];
    for &b in bytes {
        if let Some(slot) = set.get_mut(usize::from(b >> 3)) {
            *slot |= 1 << (b & 7);
        }
    }
    set
}

/// A dense table of more u16 than this is not worth its bytes.
const MOST_DENSE: usize = 8_192;

/// The entry of a group.
fn entry(group: &Group, automaton: &Automaton, tables: &mut TableWriter) -> GroupEntry {
    // Digits wake often, so their table is the fast one where it fits.
    let fast = matches!(group.kind, Kind::Wake { temper: 0 } | Kind::RunBack { .. });
    let run = group.run_back.as_ref();
    let digit_by = match group.kind {
        Kind::Wake { .. } => group.members.iter().map(|m| m.digit_by).max().unwrap_or(17),
        _ => 17,
    };
    let extra_at = match (&group.kind, run) {
        (Kind::Wake { .. }, _) if digit_by <= 16 => tables.append(&digits(group, automaton), 1),
        (Kind::RunBack { .. }, Some(run)) => tables.append(&bytes_set(&run.run), 1),
        (Kind::Free, _) => tables.append(&bytes_set(&wake::first_bytes(automaton)), 1),
        _ => NONE,
    };
    let members: Vec<u16> = group.members.iter().map(|m| m.detector).collect();
    let (members_at, members_n) = tables.list(&members);
    let kind = match group.kind {
        Kind::Wake { .. } => 0,
        Kind::RunBack { .. } => 1,
        Kind::Free => 2,
        Kind::Listed(_) => 4,
    };
    let members = || group.members.iter();
    GroupEntry {
        kind,
        wake_bit: group.wake_bit,
        trigger: run.map_or(0, |r| r.trigger),
        coarse: matches!(group.naming, Naming::Coarse(_)).into(),
        // Only asked of those that every start wakes.
        word_run: match group.kind {
            Kind::Wake { temper: 3..=5 } => members().map(|m| m.word_run).min().unwrap_or(0),
            _ => 0,
        },
        digit_by,
        extra_at,
        run_max: run.map_or(0, |r| r.run_max),
        members_at,
        members_n,
        max_len: group.max_len(),
        ..walked(
            automaton,
            fast,
            matches!(group.naming, Naming::Coarse(_)),
            tables,
        )
    }
}

/// The members by the place of their 4-grams in the table of names, which has so many bits.
fn named(group: &Group) -> (BTreeMap<usize, BTreeSet<u16>>, u32) {
    let hashes = |m: &Member| m.grams.as_ref().map(Grams::hashes).unwrap_or_default();
    let all: Vec<(u16, u32)> = group
        .members
        .iter()
        .flat_map(|m| hashes(m).into_iter().map(|h| (m.detector, h)))
        .collect();
    let bits = (2 * all.len()).max(256).ilog2().min(15);
    let mut named: BTreeMap<usize, BTreeSet<u16>> = BTreeMap::new();
    for (detector, hash) in all {
        let slot = name_slot(hash, bits);
        named.entry(slot).or_default().insert(detector);
    }
    (named, bits)
}

/// The entry of a group that needs no automaton.
fn gram_entry(group: &Group, tables: &mut TableWriter) -> GroupEntry {
    let (named, bits) = named(group);
    let mut places = vec![0u16; 1 << bits];
    let mut sets: Vec<u8> = Vec::new();
    let mut known: BTreeMap<BTreeSet<u16>, u16> = BTreeMap::new();
    for (slot, set) in named {
        let next = u16::try_from(known.len() + 1).unwrap_or(u16::MAX);
        let place = *known.entry(set.clone()).or_insert_with(|| {
            let (at, n) = tables.list(&set.into_iter().collect::<Vec<_>>());
            sets.extend(at.to_le_bytes());
            sets.extend(n.to_le_bytes());
            next
        });
        if let Some(slot) = places.get_mut(slot) {
            *slot = place;
        }
    }
    let places: Vec<u8> = places.iter().flat_map(|p| p.to_le_bytes()).collect();
    let members: Vec<u16> = group.members.iter().map(|m| m.detector).collect();
    let (members_at, members_n) = tables.list(&members);
    GroupEntry {
        kind: 5,
        wake_bit: group.wake_bit,
        digit_by: 17,
        extra_at: tables.append(&places, 2),
        run_max: bits,
        members_at,
        members_n,
        sets_at: tables.append(&sets, 4),
        sets_n: u32::try_from(sets.len() / 8).unwrap_or(u32::MAX),
        ..GroupEntry::default()
    }
}

/// The entry of a detector's own automaton.
fn own_entry(member: &Member, tables: &mut TableWriter) -> GroupEntry {
    GroupEntry {
        kind: 3,
        extra_at: NONE,
        digit_by: 17,
        max_len: member.max_len,
        ..walked(&member.automaton, false, false, tables)
    }
}

/// What the kernel needs to walk an automaton.
fn walked(automaton: &Automaton, fast: bool, sets: bool, tables: &mut TableWriter) -> GroupEntry {
    let stride = automaton.stride;
    let wide = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
    let small = |code: &Vec<u16>| code.len() <= MOST_DENSE;
    let dense = fast.then(|| automaton.dense().ok().filter(small)).flatten();
    let (sparse, code, start) = match dense {
        Some(code) => (0, code, wide(usize::from(automaton.start) * stride)),
        None => {
            let (code, start) = automaton.sparse().unwrap_or_default();
            (1, code, u32::from(start))
        }
    };
    let trans: Vec<u8> = code.iter().flat_map(|t| t.to_le_bytes()).collect();
    let distinct = match sparse {
        1 => automaton.distinct_sets(),
        _ => automaton.sets.clone(),
    };
    let mut list = Vec::new();
    for set in distinct.iter().filter(|_| sets) {
        let (at, n) = tables.list(set);
        list.extend(at.to_le_bytes());
        list.extend(n.to_le_bytes());
    }
    GroupEntry {
        sparse,
        classes_at: tables.append(&automaton.classes, 1),
        trans_at: tables.append(&trans, 2),
        trans_n: wide(code.len()),
        start,
        first_match: wide(usize::from(automaton.first_match) * stride),
        stride: wide(stride),
        sets_at: tables.append(&list, 4),
        sets_n: wide(list.len() / 8),
        ..GroupEntry::default()
    }
}

/// Digits that a start needs, by the length of its first run of digits and the class of the byte behind
/// it: what the least demanding member asks.
fn digits(group: &Group, automaton: &Automaton) -> Vec<u8> {
    const NEVER: u8 = 17;
    let class = |a: &Automaton, byte: usize| usize::from(a.classes.get(byte).copied().unwrap_or(0));
    let mut need = vec![NEVER; 16 * automaton.stride];
    for member in &group.members {
        let own = wake::digits(&member.automaton);
        let rows = own.chunks(member.automaton.stride.max(1));
        for (row, need) in rows.zip(need.chunks_mut(automaton.stride.max(1))) {
            for byte in 0..256 {
                let asked = row.get(class(&member.automaton, byte)).copied();
                if let (Some(asked), Some(slot)) = (asked, need.get_mut(class(automaton, byte))) {
                    *slot = (*slot).min(asked);
                }
            }
        }
    }
    need
}
