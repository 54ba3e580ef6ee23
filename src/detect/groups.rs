//! Which detectors are woken together, and by what.
//!
//! Every detector has an automaton of its own, which says exactly what it matches. It also tells the
//! detector's kind: woken at token starts and specials, run back from a trigger, or free. Those of one
//! kind and one temper (numbers, shapes with digits in them, words) form a group with a *coarse*
//! automaton (`coarse.rs`), so that a start is walked once for all of them; whom it names, walks
//! its own. A group of one needs none. What wakes a group is worked out from its members.

use super::ScanTables;
use super::automaton::{Automaton, Part, TooLarge};
use super::coarse::{self, Share};
use super::code::{self, Pool};
use super::codes;
use super::headed;
use super::lists;
use super::pattern::Shape;
use super::wake::{self, Core, Grams, Wakes};
use crate::check::model::{Detector, Policy};
use crate::diagnostics::Diagnostic;
use crate::parallel;
use crate::tables::TableWriter;
use riegel_kernel::blocks::{MOST_UPPER_HALVES, Wanted};
use riegel_kernel::cells::MOST_CELLS;
use riegel_kernel::layout::{GOES_ON, GroupEntry, NONE, name_at};
use riegel_kernel::scan::{MOST_GROUPS, MOST_WAKES};
use riegel_kernel::table::{LONGEST_ROW, STATEMENT};
use std::collections::{BTreeMap, BTreeSet};

/// A detector with more beginnings than this is named by their 4-grams alone, or they would fill the table.
const MOST_NAMED: usize = 3_000;
/// One with more 4-grams than this is not named by them at all.
const MOST_FIRST: usize = 1_500;
/// So many letters and digits in a row are rare.
const LONG: u8 = 8;
/// So many need no naming.
const FEW: usize = 3;

/// How the detectors of a group are woken; detectors of unlike kinds are never together.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    /// At token starts and specials. The temper keeps detectors apart whose filters would spoil
    /// each other: 0 begins with digits, `+` or `(`, 1 holds digits, 2 literals; and those with too
    /// many 4-grams: 3 with a digit near, 4 and 7 long runs of letters and digits, 5 anything; 6 literals
    /// with many beginnings.
    Wake { temper: u8 },
    /// At this special, and back from it.
    Special(u8),
    /// At every byte.
    Free,
    /// At the words of this list.
    Listed(usize),
    /// Nothing; they are tried in columns that are theirs.
    Columned,
    /// Nothing; they are tried where the view is not what is written.
    Verbatim,
}

/// A detector on its way into a group.
#[derive(Clone, Debug)]
struct Member {
    detector: u16,
    automaton: Automaton,
    /// Where it is woken.
    core: Core,
    /// The 4-grams it may begin with; `None`: too many.
    grams: Option<Grams>,
    max_len: u32,
    /// A boundary is asked at its end (never of a lead).
    bounded: bool,
    /// Every match holds a digit among so many of its first bytes.
    digit_by: u8,
    /// So many of the first 16 bytes are digits, at least.
    digits: u8,
    /// Letters and digits that every match begins with, at least.
    word_run: u8,
    /// Steps that judging it costs at one start, at most.
    judging: u64,
}

impl Member {
    /// Has it woken there, by no 4-grams.
    fn settle(&mut self, core: Core) {
        self.digit_by = wake::digit_by(&self.automaton, &core);
        self.digits = wake::least_digits(&self.automaton, &core);
        self.word_run = wake::word_run(&self.automaton, &core);
        self.core = core;
        self.grams = None;
    }
}

/// Who says which members may match at a start.
#[derive(Clone, Debug)]
enum Naming {
    /// Nobody: all are tried.
    All,
    /// The first run of digits and the byte behind it.
    Digits,
    /// A coarse automaton.
    Coarse(Automaton),
    /// The 4-gram there and what follows it.
    Grams,
}

/// A finished group.
#[derive(Clone, Debug)]
pub(super) struct Group {
    kind: Kind,
    members: Vec<Member>,
    naming: Naming,
    wake_bit: u8,
}

impl Group {
    /// The automaton that names its members.
    fn coarse(&self) -> Option<&Automaton> {
        match &self.naming {
            Naming::Coarse(automaton) => Some(automaton),
            _ => None,
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
    values: Vec<Value>,
}

/// What stands behind a lead.
#[derive(Clone, Debug)]
struct Value {
    detector: u16,
    automaton: Automaton,
    max_len: u32,
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
    let some: Vec<(usize, &Detector, &Shape)> = policy
        .detectors
        .iter()
        .zip(shapes)
        .enumerate()
        .filter_map(|(index, (detector, shape))| Some((index, detector, shape.as_ref()?)))
        .collect();
    let of = |&(index, detector, shape): &(usize, &Detector, &Shape)| {
        let number = u16::try_from(index).map_err(|_| TooLarge)?;
        let judging = judging.get(index).copied().unwrap_or(0);
        let (member, value) = member(number, detector, shape, judging)?;
        let listed = detector.first_word.is_some()
            || detector.verbatim
            || headed(detector, Some(shape)) != 0;
        let triggered = (!listed).then(|| triggered(&member, shape)).flatten();
        Ok((member, value, triggered))
    };
    let members = parallel::map(&some, of);
    let mut ready: Vec<Ready> = Vec::new();
    for (&(_, detector, shape), member) in some.iter().zip(members) {
        match member {
            Ok((mut member, value, triggered)) => {
                let kind = match detector.first_word {
                    Some(list) => Kind::Listed(list),
                    None if detector.verbatim => Kind::Verbatim,
                    None if headed(detector, Some(shape)) != 0 => Kind::Columned,
                    None => kind(&mut member, shape, triggered, &mut grouped.specials),
                };
                ready.push(Ready {
                    kind,
                    member,
                    value,
                    bounded: shape.end,
                });
            }
            Err(TooLarge) => problems.push(too_large(detector)),
        }
    }
    let second = parallel::map(&ready, Ready::second);
    for (ready, (grams, back)) in ready.into_iter().zip(second) {
        let Ready {
            mut kind,
            mut member,
            value,
            ..
        } = ready;
        member.grams = grams.or(member.grams);
        if let Some(back) = back {
            let back = back.and_then(|back| run_back(&mut member, back, &mut grouped.specials));
            kind = back.unwrap_or(Kind::Wake { temper: 6 });
        }
        by_kind.entry(kind).or_default().push(member);
        grouped.values.extend(value);
    }
    for (kind, members) in by_kind {
        if matches!(kind, Kind::Columned | Kind::Verbatim) {
            for some in members.chunks(MOST_CELLS as usize) {
                unite(&kind, some.to_vec(), &mut grouped.groups);
            }
        } else {
            unite(&kind, members, &mut grouped.groups);
        }
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

/// A member and its kind, before a second look at it.
struct Ready {
    kind: Kind,
    member: Member,
    value: Option<Value>,
    /// A boundary is asked at the span's end.
    bounded: bool,
}

/// What wakes behind a run of bytes, and its 4-grams.
type Triggered = (Core, Option<Grams>);

impl Ready {
    /// The 4-grams of a second look, and where too many words would wake the member, what else might;
    /// outer `None`: they are few.
    fn second(&self) -> (Option<Grams>, Option<Option<Triggered>>) {
        let member = &self.member;
        let mut grams = None;
        if self.kind == (Kind::Wake { temper: 2 })
            && !matches!(member.core.wakes, Wakes::Trigger(_))
        {
            // Words have a second look.
            let behind = self.value.as_ref().map(|v| &v.automaton);
            let (automaton, core) = (&member.automaton, &member.core);
            grams = wake::grams(automaton, behind, core, self.bounded, true);
        }
        let first = grams.as_ref().or(member.grams.as_ref());
        let first = first.map_or(0, |g| g.first().len());
        let named = matches!(self.kind, Kind::Wake { temper: 1 | 2 });
        let crowded = named && first > MOST_FIRST;
        let back = crowded.then(|| Core::triggered(&member.automaton, member.bounded));
        (grams, back)
    }
}

/// A detector with its automaton, and that of the value behind it where it is a lead.
fn member(
    number: u16,
    detector: &Detector,
    shape: &Shape,
    judging: u64,
) -> Result<(Member, Option<Value>), TooLarge> {
    let automaton = |tree, digits| {
        Automaton::union(&[Part {
            detector: 0,
            tree,
            digits,
        }])
    };
    let span = automaton(&shape.span, shape.digits)?;
    let (first, value) = match &shape.lead {
        Some(lead) => (automaton(lead, 0)?, Some(span)),
        None => (span, None),
    };
    // Without a boundary, only a sign at the beginning makes sure that the letter behind it wakes.
    let anchored = shape.start && detector.first_word.is_none();
    let core = Core::of(&first).filter(|core| anchored || core.leads(&first));
    let grams = |core: &Core| wake::grams(&first, value.as_ref(), core, shape.end, false);
    let start = Core::start(&first);
    let (core, grams) = match core {
        Some(core) => {
            let own = grams(&core);
            // Signs may be rarer than what follows them.
            let many = |g: &Option<Grams>| g.as_ref().map_or(usize::MAX, |g| g.first().len());
            let signs = (core.back > 0 && many(&own) > MOST_NAMED / 3).then(|| grams(&start));
            match signs {
                Some(signs) if many(&signs) < many(&own) / 2 => (start, signs),
                _ => (core, own),
            }
        }
        None => (start.clone(), grams(&start)),
    };
    let member = Member {
        detector: number,
        max_len: match value {
            Some(_) => shape.max_lead,
            None => shape.max_len,
        },
        bounded: shape.end && value.is_none(),
        digit_by: wake::digit_by(&first, &core),
        digits: wake::least_digits(&first, &core),
        word_run: wake::word_run(&first, &core),
        grams,
        core,
        judging,
        automaton: first,
    };
    let value = value.map(|automaton| Value {
        detector: number,
        automaton,
        max_len: shape.max_len,
    });
    Ok((member, value))
}

/// The diagnostic for a detector whose automaton does not fit.
pub(super) fn too_large(detector: &Detector) -> Diagnostic {
    let text = format!(
        "the patterns of `{}` make an automaton that does not fit",
        detector.id
    );
    Diagnostic::new(&codes::R0402, detector.place, text)
        .help("split the detector, or shorten its bounded repetitions")
}

/// 4-grams that a member's matches begin with.
fn first_grams(member: &Member) -> usize {
    member
        .grams
        .as_ref()
        .map_or(usize::MAX, |g| g.first().len())
}

/// Do its matches begin where words do, or with what is none?
fn at_starts(member: &Member, shape: &Shape) -> bool {
    let bytes = member.core.first_bytes(&member.automaton);
    let worded = member.core.wakes == Wakes::Word;
    shape.start || worded || !bytes.iter().any(|&b| wake::is_word(b))
}

/// What wakes it behind a run of bytes, where its own beginning would wake it too often: what may begin
/// inside a word would be tried at every letter.
fn triggered(member: &Member, shape: &Shape) -> Option<Triggered> {
    let often = first_grams(member) > MOST_FIRST || !at_starts(member, shape);
    often.then(|| Core::triggered(&member.automaton, member.bounded))?
}

/// The kind of a detector, from its automaton.
fn kind(
    member: &mut Member,
    shape: &Shape,
    triggered: Option<Triggered>,
    specials: &mut Vec<u8>,
) -> Kind {
    if let Some(triggered) = triggered
        && let Some(back) = run_back(member, triggered, specials)
    {
        return back;
    }
    let bytes = member.core.first_bytes(&member.automaton);
    let saturated = member.grams.is_none();
    let (first, at_starts) = (first_grams(member), at_starts(member, shape));
    let starts: Vec<u8> = bytes
        .iter()
        .copied()
        .filter(|&b| !wake::is_word(b))
        .collect();
    if !at_starts || !make_room(specials, &starts) {
        return Kind::Free;
    }
    let numeric = bytes
        .iter()
        .all(|b| b.is_ascii_digit() || matches!(b, b'+' | b'('));
    // A long run of letters and digits is rarer than many 4-grams.
    let long = member.word_run >= LONG && first > MOST_NAMED / 4;
    if long {
        member.grams = None;
    }
    if first > MOST_FIRST
        && let Some(&sign) = bytes.first()
        && starts.len() == bytes.len()
    {
        member.grams = None;
        return Kind::Special(sign);
    }
    if first > MOST_FIRST
        && shape.start
        && let Some(core) = Core::number(&member.automaton)
    {
        member.settle(core);
        return Kind::Wake { temper: 0 };
    }
    // With a digit near, that says more than many 4-grams.
    let near = member.digit_by <= 16 && first > MOST_FIRST;
    if near {
        member.grams = None;
    }
    let temper = match (saturated || long || near, numeric, member.digit_by <= 16) {
        _ if long && member.word_run == 16 => 4,
        (true, _, true) => 3,
        (true, ..) if member.word_run >= LONG => 7,
        (true, ..) => 5,
        (_, true, true) => 0,
        (_, false, true) => 1,
        _ => 2,
    };
    Kind::Wake { temper }
}

/// Run back, where that is possible.
fn run_back(member: &mut Member, (core, grams): Triggered, specials: &mut Vec<u8>) -> Option<Kind> {
    let Wakes::Trigger(trigger) = core.wakes else {
        return None;
    };
    if !make_room(specials, &[trigger]) {
        return None;
    }
    let few = grams.is_some();
    member.settle(core);
    member.grams = grams;
    Some(match few {
        true => Kind::Wake { temper: 2 },
        false => Kind::Special(trigger),
    })
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
        Kind::Wake { temper: 1 | 2 } => Ok(Naming::Grams),
        Kind::Wake { temper: 0 | 3 } => Ok(Naming::Digits),
        Kind::Wake { temper: 4.. } if members.len() > FEW => {
            coarse_of(&members).map(Naming::Coarse)
        }
        // Few, and seldom woken.
        _ => Ok(Naming::All),
    };
    let Ok(naming) = naming else {
        let rest = members.split_off(members.len() / 2);
        unite(kind, members, groups);
        unite(kind, rest, groups);
        return;
    };
    let group = Group {
        kind: kind.clone(),
        naming,
        wake_bit: 0,
        members,
    };
    groups.push(group);
}

fn coarse_of(members: &[Member]) -> Result<Automaton, TooLarge> {
    let mut shares: Vec<Share<'_>> = Vec::new();
    for m in members {
        let share = Share {
            detector: m.detector,
            automaton: &m.automaton,
            starts: &m.core.states,
            bounded: m.bounded,
            bytes: u16::MAX,
        };
        shares.push(Share {
            bytes: coarse::far(share),
            ..share
        });
    }
    coarse::union(&shares)
}

impl Grouped {
    /// Gives wake bits; groups for which there are none left look at every byte instead.
    fn settle(&mut self) {
        let mut wakes = 0usize;
        for group in &mut self.groups {
            if matches!(group.kind, Kind::Wake { .. } | Kind::Special(_)) {
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
    /// Where only some are looked for, the others end at once.
    pub(super) fn steps_per_byte(&self, is_wanted: impl Fn(u16) -> bool) -> u64 {
        let value = |detector: u16| {
            let value = self.values.iter().find(|v| v.detector == detector);
            value.map_or(0, |v| 8 * (u64::from(v.max_len) + 1))
        };
        // It is only judged behind a match, and inside the letters and digits that a match begins with no
        // other one begins.
        let cost = |member: &Member| {
            if !is_wanted(member.detector) {
                return 1;
            }
            let judged = value(member.detector) + member.judging;
            let apart = u64::from(member.word_run) + 1;
            // What stands before the byte that wakes holds no other such byte.
            let tried = match member.core.again {
                true => u64::from(member.core.back).div_ceil(4) + 1,
                false => 1 + u64::from(member.core.back > 0),
            };
            tried * (u64::from(member.max_len) + 1 + judged.div_ceil(apart.div_ceil(2)))
        };
        let group = |g: &Group| {
            let costs: BTreeMap<u16, u64> =
                g.members.iter().map(|m| (m.detector, cost(m))).collect();
            let walk = match &g.naming {
                Naming::Coarse(coarse) => u64::from(g.max_len()) + 1 + dearest(coarse, &costs),
                Naming::All => costs.values().sum(),
                Naming::Digits => {
                    let (_, rows) = by_digits(g);
                    let cost = |set: &Set| set.iter().filter_map(|(d, _)| costs.get(d)).sum();
                    rows.iter().map(cost).max().unwrap_or(0u64)
                }
                Naming::Grams => {
                    // It is asked three times.
                    let cost = |set: &BTreeSet<u16>| set.iter().filter_map(|d| costs.get(d)).sum();
                    let sets = by_hash(g);
                    3 * sets.values().map(cost).max().unwrap_or(0u64)
                }
            };
            let special = g.members.iter().any(|m| {
                let first = m.core.first_bytes(&m.automaton);
                first.iter().any(|b| self.specials.contains(b))
            });
            match &g.kind {
                Kind::Wake { .. } if !special => walk.div_ceil(2),
                Kind::Listed(_) => walk.div_ceil(2),
                // Heads are read once per table; for a value in a statement its line, and the names there.
                Kind::Columned => {
                    walk + 16 * g.members.len() as u64 + 2 * (LONGEST_ROW + STATEMENT) as u64
                }
                Kind::Wake { .. } | Kind::Free | Kind::Special(_) | Kind::Verbatim => walk,
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

/// Where an automaton lies in the tables.
#[derive(Clone, Copy, Debug)]
pub(super) struct Written {
    pub(super) at: u32,
    pub(super) fold: bool,
    /// Bytes before the one that wakes, at least and at most, and the set of them.
    pub(super) back: (u8, u8, usize),
    /// With such bytes: the set of those that its matches begin with.
    pub(super) first: u16,
}

/// The automata of detectors in the tables.
#[derive(Clone, Debug, Default)]
pub(super) struct Own {
    /// By detector: of the pattern, or of the lead.
    pub(super) first: BTreeMap<u16, Written>,
    /// By detector: of the value behind the lead.
    pub(super) value: BTreeMap<u16, Written>,
}

/// Those whose automata are too large.
pub(super) type Unwritten = Vec<u16>;

/// Writes the groups and the automata of their members.
///
/// # Errors
/// The detectors whose automata do not fit.
pub(super) fn write(
    grouped: &Grouped,
    lists: &[Vec<String>],
    tables: &mut TableWriter,
) -> Result<(ScanTables, Own), Unwritten> {
    let members = || grouped.groups.iter().flat_map(|g| &g.members);
    let coarse = grouped.groups.iter().filter_map(Group::coarse);
    let own = members().map(|m| &m.automaton);
    let values = grouped.values.iter().map(|v| &v.automaton);
    let mut pool = Pool::of(own.chain(values).chain(coarse));
    let mut filter = wake::Filter::new();
    let mut entries = Vec::new();
    let mut looked = 0;
    for group in &grouped.groups {
        let all = || {
            group
                .members
                .iter()
                .map(|m| m.detector)
                .collect::<Unwritten>()
        };
        let mut entry = entry(group, &pool, tables).map_err(|_| all())?;
        if let Kind::Listed(list) = group.kind {
            let list = lists.get(list).map_or(&[][..], Vec::as_slice);
            entry.extra_at = lists::table(list, tables);
        }
        if matches!(group.kind, Kind::Wake { .. } | Kind::Special(_)) {
            if matches!(group.kind, Kind::Wake { temper: 6 }) {
                entry.digit_by = 17;
            }
            let bit = 1u32 << group.wake_bit;
            // Only words are worth a second look; numbers have their digits.
            let words = matches!(group.kind, Kind::Wake { temper: 2 | 6 });
            looked |= if words { bit } else { 0 };
            // Where one is woken by every start, 4-grams of the others say nothing.
            let wakes = wakes(group);
            entry.every = u8::from(wakes.iter().any(|(grams, _)| grams.is_none()));
            for (grams, first) in wakes {
                match grams {
                    Some(grams) if entry.every == 0 => {
                        filter.add(bit, &grams, entry.digit_by <= 16);
                    }
                    _ => filter.add_bytes(bit, &first),
                }
            }
        }
        entries.extend(entry.write());
    }
    let mut own = Own::default();
    let mut known: BTreeMap<code::Code, u32> = BTreeMap::new();
    let automata = members().map(|m| &m.automaton);
    let automata: Vec<&Automaton> = automata
        .chain(grouped.values.iter().map(|v| &v.automaton))
        .collect();
    let mut codes = parallel::map(&automata, |a| code::write(a, &pool, false)).into_iter();
    // They come in the order of their automata.
    let mut written = |detector, back| -> Result<Written, Unwritten> {
        let code = codes
            .next()
            .and_then(Result::ok)
            .ok_or_else(|| vec![detector])?;
        let fold = code.fold;
        let at = *known
            .entry(code)
            .or_insert_with_key(|code| tables.append(&code.bytes, 1));
        Ok(Written {
            at,
            fold,
            back,
            first: 0,
        })
    };
    let mut backs = Vec::new();
    for group in &grouped.groups {
        let woken = matches!(group.kind, Kind::Wake { .. } | Kind::Special(_));
        for member in &group.members {
            let mut back = (0, 0, 0);
            if woken && member.core.back > 0 {
                backs.push((member.core.before, wake::first_set(&member.automaton)));
                back = (member.core.least, member.core.back, backs.len() - 1);
            }
            let place = written(member.detector, back)?;
            own.first.insert(member.detector, place);
        }
    }
    for value in &grouped.values {
        let place = written(value.detector, (0, 0, 0))?;
        own.value.insert(value.detector, place);
    }
    for place in own.first.values_mut().filter(|w| w.back.1 > 0) {
        let (before, first) = backs.get(place.back.2).copied().unwrap_or_default();
        place.back.2 = pool.add(before).into();
        place.first = pool.add(first);
    }
    let sets = pool.bytes();
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
        sets_n: u32::try_from(sets.len() / 32).unwrap_or(u32::MAX),
        sets_at: tables.append(&sets, 4),
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
        if !triggers.is_empty()
            && let Some(told) = wanted.told(&grouped.specials, &triggers)
        {
            wanted = told;
            scan.triggered = true;
        }
        scan.wanted_at = tables.append(&wanted.write(), 16);
    }
    Ok((scan, own))
}

/// The 4-grams that wake a group, with the first bytes where they are too many.
fn wakes(group: &Group) -> Vec<(Option<Grams>, Vec<u8>)> {
    let of = |m: &Member| (m.grams.clone(), m.core.first_bytes(&m.automaton));
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

/// Detectors, each with what it asks for ([`wake::asks`]).
type Set = BTreeSet<(u16, u16)>;

/// Sets of detectors on their way into the tables, each once.
#[derive(Default)]
struct Sets {
    known: BTreeMap<Vec<(u16, u16)>, usize>,
}

impl Sets {
    /// The number of a set, whose detectors come by the digits they ask for.
    fn number(&mut self, set: impl IntoIterator<Item = (u16, u16)>) -> usize {
        let mut set: Vec<(u16, u16)> = set.into_iter().collect();
        set.sort_by_key(|&(detector, asks)| (asks, detector));
        let next = self.known.len();
        *self.known.entry(set).or_insert(next)
    }

    fn write(self, tables: &mut TableWriter) -> (u32, u32) {
        let mut sets: Vec<(Vec<(u16, u16)>, usize)> = self.known.into_iter().collect();
        sets.sort_by_key(|(_, number)| *number);
        let mut list = Vec::new();
        for (set, _) in &sets {
            let pairs: Vec<u16> = set
                .iter()
                .flat_map(|&(detector, asks)| [detector, asks])
                .collect();
            let (at, _) = tables.list(&pairs);
            list.extend(at.to_le_bytes());
            list.extend(wide(set.len()).to_le_bytes());
        }
        (tables.append(&list, 4), wide(sets.len()))
    }
}

/// The entry of a group.
fn entry(group: &Group, pool: &Pool, tables: &mut TableWriter) -> Result<GroupEntry, TooLarge> {
    let members = || group.members.iter();
    let digit_by = match group.kind {
        Kind::Wake { .. } => members().map(|m| m.digit_by).max().unwrap_or(17),
        _ => 17,
    };
    let listed: Vec<u16> = members().map(|m| m.detector).collect();
    let (members_at, members_n) = tables.list(&listed);
    let entry = GroupEntry {
        kind: match group.kind {
            Kind::Wake { .. } => 0,
            Kind::Special(_) => 1,
            Kind::Free => 2,
            Kind::Listed(_) => 4,
            Kind::Columned => 6,
            Kind::Verbatim => 7,
        },
        wake_bit: group.wake_bit,
        // Only asked of those that every start wakes.
        word_run: match group.kind {
            Kind::Wake {
                temper: 0 | 3..=5 | 7,
            } => members().map(|m| m.word_run).min().unwrap_or(0),
            _ => 0,
        },
        digit_by,
        extra_at: match &group.kind {
            Kind::Free => {
                let first = members().flat_map(|m| m.core.first_bytes(&m.automaton));
                tables.append(&bytes_set(&first.collect::<Vec<u8>>()), 1)
            }
            _ => NONE,
        },
        worded: u8::from(members().all(|m| m.core.worded(&m.automaton))),
        members_at,
        members_n,
        max_len: group.max_len(),
        ..GroupEntry::default()
    };
    let mut sets = Sets::default();
    let entry = match &group.naming {
        Naming::All => {
            sets.number(members().map(|m| (m.detector, wake::asks(m.digits, GOES_ON))));
            entry
        }
        Naming::Digits => {
            let (classes, rows) = by_digits(group);
            let mut extra = classes;
            for row in &rows {
                let number = match row.is_empty() {
                    true => 0,
                    false => sets.number(row.iter().copied()) + 1,
                };
                extra.extend(u16::try_from(number).unwrap_or(0).to_le_bytes());
            }
            GroupEntry {
                naming: 1,
                stride: wide(rows.len() / 16),
                extra_at: tables.append(&extra, 2),
                ..entry
            }
        }
        Naming::Grams => {
            let (extra, bits, set_bits) = names(group, &mut sets).ok_or(TooLarge)?;
            GroupEntry {
                kind: 5,
                bits,
                set_bits,
                table_len: wide(extra.len()),
                extra_at: tables.append(&extra, 2),
                ..entry
            }
        }
        Naming::Coarse(automaton) => {
            let code = code::write(automaton, pool, true)?;
            for set in automaton.distinct_sets() {
                // None ask for more digits than there must be anyhow: a program has looked.
                sets.number(set.into_iter().map(|d| (d, wake::asks(0, GOES_ON))));
            }
            GroupEntry {
                naming: if code.fold { 3 } else { 2 },
                code_at: tables.append(&code.bytes, 1),
                ..entry
            }
        }
    };
    let (sets_at, sets_n) = sets.write(tables);
    Ok(GroupEntry {
        sets_at,
        sets_n,
        ..entry
    })
}

/// By the length of the first run of digits (0 to 15) and the class of the byte behind it: who may match,
/// with the digits that they ask for. And the classes, by byte.
fn by_digits(group: &Group) -> (Vec<u8>, Vec<Set>) {
    let needs: Vec<(u16, Vec<u16>)> = group
        .members
        .iter()
        .map(|m| (m.detector, wake::digits(&m.automaton, &m.core, m.bounded)))
        .collect();
    // Bytes are alike where no member tells them apart.
    let mut known: BTreeMap<Vec<u16>, usize> = BTreeMap::new();
    let mut classes = Vec::new();
    let mut columns: Vec<Vec<u16>> = Vec::new();
    for byte in 0..=255u8 {
        let column: Vec<u16> = needs
            .iter()
            .flat_map(|(_, need)| {
                (0..16).map(move |run| need.get(run * 256 + usize::from(byte)).copied())
            })
            .map(|need| need.unwrap_or(wake::NEVER))
            .collect();
        let class = *known.entry(column.clone()).or_insert_with(|| {
            columns.push(column);
            columns.len() - 1
        });
        classes.push(u8::try_from(class).unwrap_or(0));
    }
    let mut rows = Vec::new();
    for run in 0..16 {
        for column in &columns {
            let need = |(i, (detector, _)): (usize, &(u16, Vec<u16>))| {
                let need = column.get(16 * i + run).copied()?;
                (need != wake::NEVER).then_some((*detector, need))
            };
            rows.push(needs.iter().enumerate().filter_map(need).collect());
        }
    }
    (classes, rows)
}

/// The members by the hashes that name them.
fn by_hash(group: &Group) -> BTreeMap<u32, BTreeSet<u16>> {
    let mut named: BTreeMap<u32, BTreeSet<u16>> = BTreeMap::new();
    for member in &group.members {
        let Some(grams) = &member.grams else { continue };
        let mut hashes = grams.hashes();
        if hashes.len() > MOST_NAMED {
            hashes = grams.first();
        }
        for hash in hashes {
            named.entry(hash).or_default().insert(member.detector);
        }
    }
    named
}

/// The table of names, the bits of its buckets' number, and those of a set's.
fn names(group: &Group, sets: &mut Sets) -> Option<(Vec<u8>, u8, u8)> {
    let digits: BTreeMap<u16, u8> = group
        .members
        .iter()
        .map(|m| (m.detector, m.digits))
        .collect();
    let numbered: Vec<(u32, u16)> = by_hash(group)
        .into_iter()
        .filter_map(|(hash, set)| {
            let pairs = set
                .into_iter()
                .map(|d| (d, wake::asks(digits.get(&d).copied().unwrap_or(0), GOES_ON)));
            Some((hash, u16::try_from(sets.number(pairs) + 1).ok()?))
        })
        .collect();
    let most = numbered.iter().map(|n| n.1).max().unwrap_or(0);
    let set_bits = 16 - most.leading_zeros().min(15);
    let bits = (numbered.len() / 2).max(2).ilog2().min(14);
    let mut buckets: Vec<Vec<u16>> = vec![Vec::new(); 1 << bits];
    for &(hash, set) in &numbered {
        let (bucket, check) = name_at(hash, bits);
        let place = check & (u16::MAX.checked_shl(set_bits).unwrap_or(0)) | set;
        buckets.get_mut(bucket)?.push(place);
    }
    let mut begins = buckets.len() + 1;
    let mut table: Vec<u16> = Vec::new();
    for bucket in &buckets {
        table.push(u16::try_from(begins).ok()?);
        begins += bucket.len();
    }
    table.push(u16::try_from(begins).ok()?);
    table.extend(buckets.into_iter().flatten());
    let table = table.into_iter().flat_map(u16::to_le_bytes).collect();
    Some((
        table,
        u8::try_from(bits).ok()?,
        u8::try_from(set_bits).ok()?,
    ))
}

fn wide(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}
