//! Which detectors share an automaton, and how it is woken.
//!
//! Every detector is first built alone, which tells its kind: woken at token starts
//! and specials, run back from a trigger, or free. Then those of one kind and one
//! temper (numbers, shapes with digits in them, literals) are united; a union that
//! does not fit is halved. A detector stands in exactly one union.

use super::ScanTables;
use super::automaton::{Automaton, Part, TooLarge};
use super::codes;
use super::lists;
use super::pattern::Shape;
use super::wake::{self, RunBack};
use crate::check::model::Policy;
use crate::diagnostics::Diagnostic;
use crate::tables::TableWriter;
use riegel_kernel::blocks::{MOST_UPPER_HALVES, Wanted};
use riegel_kernel::layout::{GroupEntry, NONE};
use riegel_kernel::scan::{MOST_GROUPS, MOST_WAKES};
use std::collections::{BTreeMap, BTreeSet};

/// How the detectors of a group are woken; detectors of unlike kinds are never united.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    /// At token starts and specials. The temper keeps detectors apart whose filters would spoil
    /// each other: 0 begins with digits, `+` or `(`, 1 holds digits, 2 literals, 3 anything.
    Wake { temper: u8 },
    /// Back from this byte.
    RunBack { trigger: u8 },
    /// At every byte.
    Free,
    /// Behind a lead.
    Value,
    /// At the words of this list.
    Listed(usize),
}

/// States of detectors that are worth a try in one union.
const MOST_TOGETHER: usize = 9_000;

/// A finished group.
#[derive(Clone, Debug)]
pub(super) struct Group {
    kind: Kind,
    members: Vec<u16>,
    automaton: Automaton,
    run_back: Option<RunBack>,
    max_len: u32,
    wake_bit: u8,
    encoding: Encoding,
    /// Every member asks for a boundary at its end.
    bounded: bool,
}

/// How an automaton is written.
#[derive(Clone, Debug)]
enum Encoding {
    Dense(Vec<u16>),
    Sparse(Vec<u16>, u16),
}

/// All groups of a module.
#[derive(Clone, Debug, Default)]
pub(super) struct Grouped {
    groups: Vec<Group>,
    specials: Vec<u8>,
}

/// One detector's tree with its kind.
struct Member<'p> {
    part: Part<'p>,
    /// States of its automaton alone; a union has rarely more than all of them together.
    states: usize,
    max_len: u32,
    /// A boundary is asked at its end (never of a lead).
    bounded: bool,
}

/// Groups the detectors.
pub(super) fn group(policy: &Policy, shapes: &[Option<Shape>]) -> Result<Grouped, Vec<Diagnostic>> {
    let mut by_kind: BTreeMap<Kind, Vec<Member<'_>>> = BTreeMap::new();
    let mut specials: Vec<u8> = Vec::new();
    let mut problems = Vec::new();
    for (index, (detector, shape)) in policy.detectors.iter().zip(shapes).enumerate() {
        let index = u16::try_from(index).unwrap_or(u16::MAX);
        let Some(shape) = shape else { continue };
        let (tree, digits, max_len) = match &shape.lead {
            Some(lead) => (lead, 0, shape.max_lead),
            None => (&shape.span, shape.digits, shape.max_len),
        };
        let part = Part {
            detector: index,
            tree,
            digits,
        };
        match Automaton::union(&[part]) {
            Ok(alone) => {
                let kind = match detector.first_word {
                    Some(list) => Kind::Listed(list),
                    None => kind(&alone, shape, &mut specials),
                };
                let bounded = shape.lead.is_none() && shape.end;
                by_kind.entry(kind).or_default().push(Member {
                    part,
                    states: alone.states(),
                    max_len,
                    bounded,
                });
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
        if shape.lead.is_some() {
            let part = Part {
                detector: index,
                tree: &shape.span,
                digits: shape.digits,
            };
            let states = Automaton::union(&[part]).map_or(0, |alone| alone.states());
            let member = Member {
                part,
                states,
                max_len: shape.max_len,
                bounded: shape.end,
            };
            by_kind.entry(Kind::Value).or_default().push(member);
        }
    }
    let mut grouped = Grouped {
        groups: Vec::new(),
        specials,
    };
    for (kind, members) in by_kind {
        if unite(&kind, &members, &mut grouped.groups).is_err() {
            let detector = members
                .first()
                .and_then(|m| policy.detectors.get(usize::from(m.part.detector)));
            let place = detector.map(|d| d.place).unwrap_or_default();
            problems.push(Diagnostic::new(
                &codes::R0402,
                place,
                "an automaton does not fit",
            ));
        }
    }
    grouped.settle();
    if grouped.groups.len() > MOST_GROUPS
        && let Some(detector) = policy.detectors.first()
    {
        let text = format!(
            "the detectors need {} automata, at most {MOST_GROUPS} fit",
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

/// The kind of a detector, from its automaton alone.
fn kind(alone: &Automaton, shape: &Shape, specials: &mut Vec<u8>) -> Kind {
    let first = wake::first_bytes(alone);
    let is_word = |b: &u8| b.is_ascii_alphanumeric() || (0xC3..=0xEE).contains(b) && *b != 0xE2;
    let at_starts = shape.start || !first.iter().any(is_word);
    let saturated = wake::saturated(alone, shape.end);
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
    let temper = match (saturated, numeric, wake::sleepy(alone)) {
        (true, ..) => 3,
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

/// Unites members; halves them where the union does not fit.
fn unite(kind: &Kind, members: &[Member<'_>], groups: &mut Vec<Group>) -> Result<(), ()> {
    let list: Vec<Part<'_>> = members.iter().map(|m| m.part).collect();
    // Digits wake often, so their table is the fast one where it fits.
    let fast = matches!(kind, Kind::Wake { temper: 0 } | Kind::RunBack { .. });
    let states: usize = members.iter().map(|m| m.states).sum();
    let union = match members.len() > 1 && states > MOST_TOGETHER {
        true => Err(TooLarge),
        false => Automaton::union(&list),
    };
    let encoded = union.and_then(|automaton| {
        let dense = automaton.dense().ok().filter(|_| fast).map(Encoding::Dense);
        let encoding = match dense {
            Some(dense) => dense,
            None => automaton
                .sparse()
                .map(|(code, start)| Encoding::Sparse(code, start))?,
        };
        Ok((automaton, encoding))
    });
    // Many words together may have too many 4-grams: then half of them each.
    let bounded = members.iter().all(|m| m.bounded);
    let crowded = |automaton: &Automaton| {
        members.len() > 1
            && matches!(kind, Kind::Wake { temper } if *temper != 3)
            && wake::saturated(automaton, bounded)
    };
    let encoded = encoded.and_then(|(automaton, encoding)| match crowded(&automaton) {
        true => Err(TooLarge),
        false => Ok((automaton, encoding)),
    });
    match encoded {
        Ok((automaton, encoding)) => {
            let run_back = match kind {
                Kind::RunBack { trigger, .. } => Some(
                    wake::run_back(&automaton)
                        .filter(|run| run.trigger == *trigger)
                        .ok_or(())?,
                ),
                _ => None,
            };
            groups.push(Group {
                kind: kind.clone(),
                members: members.iter().map(|m| m.part.detector).collect(),
                run_back,
                max_len: members.iter().map(|m| m.max_len).max().unwrap_or(0),
                automaton,
                wake_bit: 0,
                encoding,
                bounded,
            });
            Ok(())
        }
        Err(_) if members.len() > 1 => {
            let (left, right) = members.split_at(members.len() / 2);
            unite(kind, left, groups)?;
            unite(kind, right, groups)
        }
        Err(_) => Err(()),
    }
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

    /// The group that holds a detector's value automaton.
    pub(super) fn value_of(&self, detector: usize) -> Option<u32> {
        self.groups
            .iter()
            .position(|g| {
                matches!(g.kind, Kind::Value)
                    && g.members.iter().any(|&m| usize::from(m) == detector)
            })
            .and_then(|i| u32::try_from(i).ok())
    }

    /// Automaton steps per byte of content, at most: a token start needs a byte before it, so at
    /// every second byte a group may be walked for its longest match; specials, triggers and free
    /// groups may be walked at every byte.
    pub(super) fn steps_per_byte(&self) -> u64 {
        self.groups
            .iter()
            .map(|g| {
                let walk = u64::from(g.max_len) + 1;
                let special = wake::first_bytes(&g.automaton)
                    .iter()
                    .any(|b| self.specials.contains(b));
                match &g.kind {
                    Kind::Wake { .. } if !special => walk.div_ceil(2),
                    Kind::Listed(_) => walk.div_ceil(2),
                    Kind::Wake { .. } | Kind::Free | Kind::Value => walk,
                    Kind::RunBack { .. } => {
                        walk * u64::from(g.run_back.as_ref().map_or(1, |r| r.run_max)).div_ceil(2)
                    }
                }
            })
            .sum::<u64>()
            + 1
    }
}

/// Writes the groups.
pub(super) fn write(
    grouped: &Grouped,
    lists: &[Vec<String>],
    tables: &mut TableWriter,
) -> ScanTables {
    let mut filter = wake::Filter::new();
    let mut entries = Vec::new();
    let mut looked = 0;
    for group in &grouped.groups {
        let mut entry = entry(group, tables);
        if let Kind::Listed(list) = group.kind {
            let list = lists.get(list).map_or(&[][..], Vec::as_slice);
            entry.extra_at = lists::table(list, tables);
        }
        if matches!(group.kind, Kind::Wake { .. } | Kind::RunBack { .. }) {
            let bit = 1u32 << group.wake_bit;
            // Only words are worth a second look; numbers have their digits.
            let words = matches!(group.kind, Kind::Wake { temper: 2 });
            looked |= if words { bit } else { 0 };
            let (grams, first) = match &group.run_back {
                Some(run) => (
                    wake::grams_at(&group.automaton, group.bounded, run),
                    vec![run.trigger],
                ),
                None => (
                    wake::grams(&group.automaton, group.bounded, words),
                    wake::first_bytes(&group.automaton),
                ),
            };
            match &grams {
                Some(grams) => filter.add(bit, grams, entry.digit_by <= 16),
                None => {
                    filter.add_bytes(bit, &first);
                    entry.every = 1;
                }
            }
        }
        entries.extend(entry.write());
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
        groups_n: u32::try_from(grouped.groups.len()).unwrap_or(u32::MAX),
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
    scan
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

fn entry(group: &Group, tables: &mut TableWriter) -> GroupEntry {
    let automaton = &group.automaton;
    let stride = automaton.stride;
    let wide = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
    let (sparse, code, start) = match &group.encoding {
        Encoding::Dense(code) => (0, code, wide(usize::from(automaton.start) * stride)),
        Encoding::Sparse(code, start) => (1, code, u32::from(*start)),
    };
    let trans: Vec<u8> = code.iter().flat_map(|t| t.to_le_bytes()).collect();
    let mut sets = Vec::new();
    let distinct = if sparse == 1 {
        automaton.distinct_sets()
    } else {
        automaton.sets.clone()
    };
    for set in &distinct {
        let (at, n) = tables.list(set);
        sets.extend(at.to_le_bytes());
        sets.extend(n.to_le_bytes());
    }
    let run = group.run_back.as_ref();
    let extra_at = match (&group.kind, run) {
        (Kind::Wake { .. }, _) => tables.append(&wake::digits(automaton), 1),
        (Kind::RunBack { .. }, Some(run)) => tables.append(&bytes_set(&run.run), 1),
        (Kind::Free, _) => tables.append(&bytes_set(&wake::first_bytes(automaton)), 1),
        _ => NONE,
    };
    let (members_at, members_n) = tables.list(&group.members);
    let kind = match group.kind {
        Kind::Wake { .. } => 0,
        Kind::RunBack { .. } => 1,
        Kind::Free => 2,
        Kind::Value => 3,
        Kind::Listed(_) => 4,
    };
    GroupEntry {
        kind,
        wake_bit: group.wake_bit,
        trigger: run.map_or(0, |r| r.trigger),
        sparse,
        every: 0,
        word_run: wake::word_run(automaton),
        digit_by: match kind {
            0 => wake::digit_by(automaton),
            _ => 17,
        },
        pad: 0,
        extra_at,
        run_max: run.map_or(0, |r| r.run_max),
        classes_at: tables.append(&automaton.classes, 1),
        trans_at: tables.append(&trans, 2),
        trans_n: wide(code.len()),
        start,
        first_match: wide(usize::from(automaton.first_match) * stride),
        stride: wide(stride),
        sets_at: tables.append(&sets, 4),
        sets_n: wide(distinct.len()),
        members_at,
        members_n,
        max_len: group.max_len,
    }
}
