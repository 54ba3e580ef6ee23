//! Paragraphs 26 and 27, patterns: all ends at a start.
//!
//! A detector's patterns become one Thompson automaton (that of `regex-automata`,
//! Unicode classes on, no promise of UTF-8), and its states are walked as a set,
//! byte by byte, by hand: no search engine, no prefilter, no preference of one
//! branch over another. Whenever the set holds a match state, that is an end.
//!
//! The `\b` at the ends of a pattern are taken off first and become the boundary
//! flags; look-around in any other place matches nowhere.

use crate::check::model::Pattern;
use regex_automata::nfa::thompson::{self, NFA, State, WhichCaptures};
use regex_automata::util::primitives::StateID;
use regex_syntax::hir::{Class, Hir, HirKind};

/// Longest match in bytes.
const LONGEST: usize = 1024;

/// Alternative patterns as one automaton.
#[derive(Clone, Debug)]
pub struct Matcher {
    nfa: Option<NFA>,
    first: Vec<bool>,
    /// All patterns begin with `\b`.
    pub start: bool,
    /// All patterns end with `\b`.
    pub end: bool,
    /// No pattern can match an ASCII letter or a byte above 7F.
    pub digits: bool,
}

impl Matcher {
    /// Compiles the alternatives. Those that do not parse match nothing.
    pub fn new(patterns: &[Pattern]) -> Matcher {
        let trees: Vec<Hir> = patterns.iter().filter_map(parse).collect();
        let bare: Vec<Hir> = trees
            .iter()
            .map(|tree| strip(&strip(tree, Side::Start), Side::End))
            .collect();
        let config = thompson::Config::new()
            .utf8(false)
            .which_captures(WhichCaptures::None);
        let nfa = thompson::Compiler::new()
            .configure(config)
            .build_many_from_hir(&bare)
            .ok();
        let mut matcher = Matcher {
            nfa,
            first: vec![false; 256],
            start: !trees.is_empty() && trees.iter().all(|tree| has(tree, Side::Start)),
            end: !trees.is_empty() && trees.iter().all(|tree| has(tree, Side::End)),
            digits: !bare.is_empty() && bare.iter().all(is_digits),
        };
        if let Some(nfa) = &matcher.nfa {
            let start = closure(nfa, vec![nfa.start_anchored()]);
            let leads = |byte| !step(nfa, &start, byte).is_empty();
            matcher.first = (0..=255).map(leads).collect();
        }
        matcher
    }

    /// Every end of a non-empty match that begins at `at`, longest first.
    pub fn ends(&self, bytes: &[u8], at: usize) -> Vec<usize> {
        let Some(nfa) = &self.nfa else {
            return Vec::new();
        };
        let wakes = |byte: &u8| self.first.get(usize::from(*byte)) == Some(&true);
        if !bytes.get(at).is_some_and(wakes) {
            return Vec::new();
        }
        let mut ends = Vec::new();
        let mut states = closure(nfa, vec![nfa.start_anchored()]);
        for (i, &byte) in bytes.iter().enumerate().skip(at).take(LONGEST) {
            let next = step(nfa, &states, byte);
            if next.is_empty() {
                break;
            }
            states = closure(nfa, next);
            let accepts = |id: &StateID| matches!(nfa.state(*id), State::Match { .. });
            if states.iter().any(accepts) {
                ends.push(i + 1);
            }
        }
        ends.reverse();
        ends
    }
}

/// The states that a byte leads to.
fn step(nfa: &NFA, states: &[StateID], byte: u8) -> Vec<StateID> {
    states
        .iter()
        .filter_map(|&id| match nfa.state(id) {
            State::ByteRange { trans } => trans.matches_byte(byte).then_some(trans.next),
            State::Sparse(sparse) => sparse.matches_byte(byte),
            State::Dense(dense) => dense.matches_byte(byte),
            _ => None,
        })
        .collect()
}

/// All states that are reached without reading.
fn closure(nfa: &NFA, mut todo: Vec<StateID>) -> Vec<StateID> {
    let mut seen = Vec::new();
    while let Some(id) = todo.pop() {
        if seen.contains(&id) {
            continue;
        }
        seen.push(id);
        match nfa.state(id) {
            State::Union { alternates } => todo.extend(alternates.iter()),
            State::BinaryUnion { alt1, alt2 } => todo.extend([alt1, alt2]),
            State::Capture { next, .. } => todo.push(*next),
            _ => {}
        }
    }
    seen
}

fn parse(pattern: &Pattern) -> Option<Hir> {
    crate::syntax::regex::parse(&pattern.regex, pattern.fold).ok()
}

/// The two ends of a pattern.
#[derive(Clone, Copy, PartialEq)]
enum Side {
    Start,
    End,
}

impl Side {
    fn of(self, parts: &[Hir]) -> usize {
        match self {
            Side::Start => 0,
            Side::End => parts.len().saturating_sub(1),
        }
    }
}

/// True when a look-around (`\b` is the only one that `check` allows) stands at this end.
fn has(tree: &Hir, side: Side) -> bool {
    match tree.kind() {
        HirKind::Look(_) => true,
        HirKind::Capture(group) => has(&group.sub, side),
        HirKind::Concat(parts) => parts.get(side.of(parts)).is_some_and(|p| has(p, side)),
        HirKind::Alternation(parts) => parts.iter().all(|part| has(part, side)),
        _ => false,
    }
}

/// The pattern without the look-around at this end.
fn strip(tree: &Hir, side: Side) -> Hir {
    match tree.kind() {
        HirKind::Look(_) => Hir::empty(),
        HirKind::Capture(group) => strip(&group.sub, side),
        HirKind::Concat(parts) => {
            let at = side.of(parts);
            let one = |(i, part): (usize, &Hir)| match i == at {
                true => strip(part, side),
                false => part.clone(),
            };
            Hir::concat(parts.iter().enumerate().map(one).collect())
        }
        HirKind::Alternation(parts) => {
            Hir::alternation(parts.iter().map(|part| strip(part, side)).collect())
        }
        _ => tree.clone(),
    }
}

/// True when nothing in the pattern is a letter or a byte above 7F.
fn is_digits(tree: &Hir) -> bool {
    let plain = |from: u32, to: u32| {
        to <= 0x7F && !(from..=to).any(|c| u8::try_from(c).is_ok_and(|c| c.is_ascii_alphabetic()))
    };
    match tree.kind() {
        HirKind::Empty | HirKind::Look(_) => true,
        HirKind::Literal(literal) => literal.0.iter().all(|&b| plain(b.into(), b.into())),
        HirKind::Class(Class::Unicode(class)) => class
            .iter()
            .all(|range| plain(range.start().into(), range.end().into())),
        HirKind::Class(Class::Bytes(class)) => class
            .iter()
            .all(|range| plain(range.start().into(), range.end().into())),
        HirKind::Repetition(repetition) => is_digits(&repetition.sub),
        HirKind::Capture(group) => is_digits(&group.sub),
        HirKind::Concat(parts) | HirKind::Alternation(parts) => parts.iter().all(is_digits),
    }
}
