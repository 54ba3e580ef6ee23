//! Automata as small programs, which the kernel walks (`riegel_kernel::walk` runs them and says
//! what each operation does).
//!
//! Most states of an automaton read one letter of a word, or one more of twenty digits, and go to a
//! state that only they lead to. Such a state is a single byte here: the letter. States lie in
//! topological order, so that every jump goes forward and every walk ends; and words stand there as
//! they are written, so that the module packs well.

use super::automaton::{Automaton, TooLarge};
use crate::parallel;
use riegel_kernel::walk::{BELOW, END, FINAL, HOWS, LITERALS, MATCH, NAME, Test};
use std::collections::{BTreeMap, BTreeSet};

/// Bytes that lead to the same state.
pub(super) type Bytes = [u64; 4];

/// Bytes of sets that many automata share, the most frequent first.
#[derive(Clone, Debug, Default)]
pub(super) struct Pool {
    index: BTreeMap<Bytes, u8>,
    list: Vec<Bytes>,
}

/// Sets that a test may be widened to.
const CANDIDATES: usize = 600;

impl Pool {
    /// The sets of these automata that no literal is.
    pub(super) fn of<'a>(automata: impl Iterator<Item = &'a Automaton>) -> Pool {
        let automata: Vec<&Automaton> = automata.collect();
        let all: Vec<Vec<Row>> = parallel::map(&automata, |automaton| rows(automaton));
        let rows = || all.iter().flatten();
        // First as they are; then as wide as they may be, so that they are fewer.
        let exact = counted(rows().flat_map(|row| row.iter().map(|m| m.bytes)));
        let exact: Vec<Bytes> = exact.into_iter().take(CANDIDATES).collect();
        let wide = parallel::map(&all, |rows| {
            let moves = rows.iter().flatten();
            moves.map(|m| widest(m, &exact)).collect::<Vec<Bytes>>()
        });
        let mut list = counted(wide.into_iter().flatten());
        list.truncate(256);
        let index = (0u8..=255).zip(&list).map(|(i, b)| (*b, i)).collect();
        Pool { index, list }
    }

    /// The number of a set that no automaton tests.
    pub(super) fn add(&mut self, bytes: Bytes) -> u16 {
        let known = self.list.iter().position(|b| *b == bytes);
        let index = known.unwrap_or_else(|| {
            self.list.push(bytes);
            self.list.len() - 1
        });
        u16::try_from(index).unwrap_or(u16::MAX)
    }

    /// The table that the kernel reads: 32 bytes per set.
    pub(super) fn bytes(&self) -> Vec<u8> {
        let words = self.list.iter().flatten();
        words.flat_map(|word| word.to_le_bytes()).collect()
    }
}

/// Sets, the most frequent first.
fn counted(sets: impl Iterator<Item = Bytes>) -> Vec<Bytes> {
    let mut counts: BTreeMap<Bytes, usize> = BTreeMap::new();
    for bytes in sets {
        *counts.entry(bytes).or_default() += 1;
    }
    let mut list: Vec<(usize, Bytes)> = counts.into_iter().map(|(b, n)| (n, b)).collect();
    list.sort_unstable_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(&b.1)));
    list.into_iter().map(|(_, bytes)| bytes).collect()
}

/// The first of the sets that holds these bytes and beside them only such as were asked for before; else
/// these bytes.
fn widest(asked: &Move, sets: &[Bytes]) -> Bytes {
    let fits = |set: &&Bytes| {
        let mut words = set.iter().zip(asked.bytes.iter().zip(&asked.before));
        words.all(|(set, (own, before))| own & !set == 0 && set & !(own | before) == 0)
    };
    sets.iter().find(fits).copied().unwrap_or(asked.bytes)
}

/// The tests of a state that are no literals.
type Row = Vec<Move>;

/// A way on, with what the tests before it have asked for.
#[derive(Clone, Debug)]
struct Move {
    to: u16,
    bytes: Bytes,
    before: Bytes,
}

/// The states' ways on by sets, in the order of their tests.
fn rows(automaton: &Automaton) -> Vec<Row> {
    let moves = moves(automaton);
    let fold = folds(&moves);
    let row = |moves: &Vec<(u16, Bytes)>| {
        let ordered = ordered(moves, fold, None);
        ordered.front.into_iter().chain(ordered.sets).collect()
    };
    moves.iter().map(row).collect()
}

/// The ways on of a state.
struct Ordered {
    /// A set that stands at the beginning.
    front: Option<Move>,
    /// The state that each leads to, and the byte.
    literals: Vec<(u16, u8)>,
    sets: Vec<Move>,
    /// A literal that stands at the end.
    end: Option<(u16, u8)>,
}

/// Ways on in the order of their tests: literals by their bytes, then sets from the smallest on. `last`
/// stands at the end, a literal too.
fn ordered(moves: &[(u16, Bytes)], fold: bool, last: Option<u16>) -> Ordered {
    let mut literals = Vec::new();
    let mut end = None;
    let mut sets = Vec::new();
    let mut before = Bytes::default();
    let front = front(moves, fold);
    for &(to, bytes) in moves.iter().filter(|m| Some(m.0) != front) {
        match literal(&bytes, fold) {
            Some(byte) if Some(to) == last => end = Some((to, byte)),
            Some(byte) => {
                literals.push((to, byte));
                add(&mut before, &bytes);
            }
            None => sets.push((Some(to) == last, count(&bytes), to, bytes)),
        }
    }
    literals.sort_unstable_by_key(|&(to, byte)| (byte, to));
    sets.sort_unstable();
    let asked = |(_, _, to, bytes): (bool, u32, u16, Bytes)| {
        let asked = Move { to, bytes, before };
        add(&mut before, &bytes);
        asked
    };
    let sets = sets.into_iter().map(asked).collect();
    let first = moves.iter().find(|m| Some(m.0) == front);
    let front = first.map(|&(to, bytes)| Move {
        to,
        bytes,
        before: Bytes::default(),
    });
    Ordered {
        front,
        literals,
        sets,
        end,
    }
}

/// More literals than this have their turn only behind one more digit or letter.
const MANY: usize = 3;

/// Where the set leads that is asked for first: one more digit of a number that may end in many ways.
fn front(moves: &[(u16, Bytes)], fold: bool) -> Option<u16> {
    let literals = moves.iter().filter(|m| literal(&m.1, fold).is_some());
    if literals.count() <= MANY {
        return None;
    }
    let digits = |m: &&(u16, Bytes)| (b'0'..=b'9').filter(|&b| has(&m.1, b)).count() > 4;
    moves.iter().find(digits).map(|m| m.0)
}

fn add(all: &mut Bytes, more: &Bytes) {
    for (word, more) in all.iter_mut().zip(more) {
        *word |= more;
    }
}

/// A program.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Code {
    /// Its bytes; it begins with the first.
    pub(super) bytes: Vec<u8>,
    /// Small letters in it stand for capitals too.
    pub(super) fold: bool,
}

/// Where each state leads, the targets ascending, each with its bytes.
fn moves(automaton: &Automaton) -> Vec<Vec<(u16, Bytes)>> {
    let mut of_class = vec![Bytes::default(); automaton.stride];
    for byte in 0..=255u8 {
        let class = automaton.classes.get(usize::from(byte)).copied();
        if let Some(bytes) = of_class.get_mut(usize::from(class.unwrap_or(0)))
            && let Some(word) = bytes.get_mut(usize::from(byte >> 6))
        {
            *word |= 1 << (byte & 63);
        }
    }
    let row = |row: &[u16]| {
        let mut moves: Vec<(u16, Bytes)> = Vec::new();
        for (&to, bytes) in row.iter().zip(&of_class).filter(|(to, _)| **to != 0) {
            match moves.iter_mut().find(|m| m.0 == to) {
                Some((_, all)) => add(all, bytes),
                None => moves.push((to, *bytes)),
            }
        }
        moves.sort_unstable_by_key(|m| m.0);
        moves
    };
    automaton
        .trans
        .chunks(automaton.stride.max(1))
        .map(row)
        .collect()
}

fn has(bytes: &Bytes, byte: u8) -> bool {
    let word = bytes.get(usize::from(byte >> 6)).copied().unwrap_or(0);
    word >> (byte & 63) & 1 != 0
}

fn count(bytes: &Bytes) -> u32 {
    bytes.iter().map(|word| word.count_ones()).sum()
}

/// The byte that stands for these, if one does.
fn literal(bytes: &Bytes, fold: bool) -> Option<u8> {
    let many = count(bytes);
    if many > 2 {
        return None;
    }
    let first = (0..=255u8).find(|&b| has(bytes, b))?;
    let alone = many == 1;
    match (fold, first.is_ascii_alphabetic()) {
        (false, _) | (_, false) => alone.then_some(first),
        (true, true) => {
            let small = first.to_ascii_lowercase();
            (many == 2 && first.is_ascii_uppercase() && has(bytes, small)).then_some(small)
        }
    }
}

/// Do more of its letters stand for both cases than for one?
fn folds(moves: &[Vec<(u16, Bytes)>]) -> bool {
    let (mut both, mut one) = (0usize, 0usize);
    for (_, bytes) in moves.iter().flatten() {
        both += usize::from(literal(bytes, true).is_some_and(|b| b.is_ascii_alphabetic()));
        one += usize::from(literal(bytes, false).is_some_and(|b| b.is_ascii_alphabetic()));
    }
    both > one
}

/// Runs of neighbours.
fn ranges(bytes: &Bytes) -> Vec<(u8, u8)> {
    let mut out: Vec<(u8, u8)> = Vec::new();
    for byte in (0..=255u8).filter(|&b| has(bytes, b)) {
        match out.last_mut() {
            Some((_, last)) if u16::from(*last) + 1 == u16::from(byte) => *last = byte,
            _ => out.push((byte, byte)),
        }
    }
    out
}

/// A test with where it leads: a state.
#[derive(Clone, Debug)]
struct Branch {
    test: Vec<u8>,
    kind: Test,
    to: u16,
}

/// The tests for these bytes: one, but for rare sets.
fn tests(asked: &Move, pool: &Pool) -> Vec<Branch> {
    let branch = |kind, test| Branch {
        test,
        kind,
        to: asked.to,
    };
    let wide = widest(asked, &pool.list);
    if let Some(&set) = pool.index.get(&wide) {
        return vec![branch(Test::Set, vec![set])];
    }
    let mut all = asked.bytes;
    add(&mut all, &asked.before);
    // Between the ranges only what was asked for before: then they are one.
    let ranges = match (ranges(&asked.bytes), ranges(&all)) {
        (own, all) if all.len() < own.len() => all,
        (own, _) => own,
    };
    let range = |&(low, high): &(u8, u8)| branch(Test::Range, vec![low, high]);
    ranges.iter().map(range).collect()
}

/// One state, laid out but for its jumps.
struct Laid {
    state: u16,
    begins: Vec<u8>,
    branches: Vec<Branch>,
    /// So many stand first, and behind them so many literals.
    front: usize,
    literals: usize,
    /// The last branch leads to what stands directly behind: the next state, or a match without a way on.
    flows: bool,
}

/// Writes an automaton. With `sets` its matches name them (an index into
/// [`Automaton::distinct_sets`]), otherwise they just end.
///
/// # Errors
/// [`TooLarge`]
pub(super) fn write(automaton: &Automaton, pool: &Pool, sets: bool) -> Result<Code, TooLarge> {
    let moves = moves(automaton);
    let fold = folds(&moves);
    let of = |state: u16| moves.get(usize::from(state)).map_or(&[][..], Vec::as_slice);
    // A match without a way on is written wherever it is needed.
    let is_final = |state: u16| !sets && automaton.accepts(state) && of(state).is_empty();
    let order = order(automaton.start, &moves);
    let distinct = automaton.distinct_sets();
    let mut laid = Vec::new();
    for (i, &state) in order.iter().enumerate() {
        if is_final(state) && state != automaton.start {
            continue;
        }
        let behind = order.get(i + 1..).unwrap_or(&[]);
        let next = behind.iter().copied().find(|&s| !is_final(s));
        // What flows on stands last: to the state behind, else to a match without a way on.
        let leads =
            |wanted: &dyn Fn(u16) -> bool| of(state).iter().map(|m| m.0).find(|&to| wanted(to));
        let front = front(of(state), fold);
        let last = leads(&|to| Some(to) == next && Some(to) != front).or_else(|| leads(&is_final));
        let Ordered {
            literals,
            front,
            sets: ways,
            end,
        } = ordered(of(state), fold, last);
        let literal = |(to, byte)| {
            let test = vec![byte];
            let kind = Test::Literal;
            Branch { test, kind, to }
        };
        let mut branches: Vec<Branch> = Vec::new();
        if let Some(asked) = &front {
            branches.extend(tests(asked, pool));
        }
        let front = branches.len();
        branches.extend(literals.into_iter().map(literal));
        let literals = branches.len() - front;
        let mut flows = end.is_some();
        for asked in &ways {
            let more = tests(asked, pool);
            flows |= Some(asked.to) == last && more.len() == 1;
            branches.extend(more);
        }
        branches.extend(end.map(literal));
        let begins = match automaton.set(state) {
            Some(set) if sets => {
                let index = distinct.iter().position(|s| s == set).unwrap_or(0);
                let index = u16::try_from(index).map_err(|_| TooLarge)?;
                let [low, high] = index.to_le_bytes();
                vec![NAME, low, high]
            }
            Some(_) => vec![MATCH],
            None => Vec::new(),
        };
        laid.push(Laid {
            state,
            begins,
            flows,
            front,
            literals,
            branches,
        });
    }
    settle(&laid, &is_final).map(|bytes| Code { bytes, fold })
}

/// The states in topological order, the deepest successor of each directly behind it where it is free.
fn order(start: u16, moves: &[Vec<(u16, Bytes)>]) -> Vec<u16> {
    let of = |state: u16| moves.get(usize::from(state)).map_or(&[][..], Vec::as_slice);
    let mut depth = vec![0u32; moves.len()];
    let mut done = Vec::new();
    // Twice: the depths are known only after the first time.
    for _ in 0..2 {
        done.clear();
        let mut seen: BTreeSet<u16> = BTreeSet::new();
        let mut todo = vec![(start, false)];
        while let Some((state, ready)) = todo.pop() {
            if ready {
                let deepest = of(state).iter().filter_map(|m| depth.get(usize::from(m.0)));
                let deepest = deepest.max().map_or(0, |d| d + 1);
                if let Some(slot) = depth.get_mut(usize::from(state)) {
                    *slot = deepest;
                }
                done.push(state);
                continue;
            }
            if !seen.insert(state) {
                continue;
            }
            todo.push((state, true));
            let mut next: Vec<u16> = of(state).iter().map(|m| m.0).collect();
            // The last one pushed is finished first, and stands furthest behind.
            next.sort_by_key(|&to| {
                let depth = depth.get(usize::from(to)).copied().unwrap_or(0);
                (std::cmp::Reverse(depth), to)
            });
            todo.extend(
                next.into_iter()
                    .filter(|s| !seen.contains(s))
                    .map(|s| (s, false)),
            );
        }
    }
    done.reverse();
    done
}

/// More literals than this are not tried one after the other.
const MOST_TRIED: usize = 8;

/// Writes the tests of literals, which come by their bytes, as a tree; the first of them has this number.
fn tree(
    out: &mut Vec<u8>,
    (number, literals): (usize, &[Branch]),
    jump: &mut impl FnMut(&mut Vec<u8>, usize, &Branch),
) {
    if literals.len() <= MOST_TRIED {
        for (i, branch) in literals.iter().enumerate() {
            jump(out, number + i, branch);
        }
        return;
    }
    let (low, high) = literals.split_at(literals.len() / 2);
    let middle = high.first().and_then(|b| b.test.first()).copied();
    let below = |out: &mut Vec<u8>, byte: u8| {
        out.extend([BELOW, byte, 0, 0]);
        out.len()
    };
    let here = |out: &mut Vec<u8>, from: usize| {
        // A program that is so long is refused.
        let here = u16::try_from(out.len()).unwrap_or(0).to_le_bytes();
        if let Some(place) = out.get_mut(from - 2..from) {
            place.copy_from_slice(&here);
        }
    };
    let to_low = below(out, middle.unwrap_or(0));
    tree(out, (number + low.len(), high), jump);
    // Every byte is below FF; that one itself fits none of the others.
    let to_end = below(out, u8::MAX);
    here(out, to_low);
    tree(out, (number, low), jump);
    here(out, to_end);
}

/// Where so many ways lead to a state, each says its place: alike in every row, they pack well.
const SHARED_BY: usize = 8;

/// Gives the jumps their lengths and writes everything.
fn settle(laid: &[Laid], is_final: &impl Fn(u16) -> bool) -> Result<Vec<u8>, TooLarge> {
    let ways = || {
        laid.iter().enumerate().flat_map(|(i, state)| {
            let branches = state.branches.iter().enumerate();
            branches.map(move |(j, branch)| ((i, j), branch.to))
        })
    };
    let mut leading: BTreeMap<u16, usize> = BTreeMap::new();
    for (_, to) in ways().filter(|w| !is_final(w.1)) {
        *leading.entry(to).or_default() += 1;
    }
    let many = |to| leading.get(&to).is_some_and(|&n| n >= SHARED_BY);
    // Jumps by state and branch that say a place; more and more of them.
    let mut wide: BTreeSet<(usize, usize)> = ways().filter(|w| many(w.1)).map(|w| w.0).collect();
    loop {
        let mut out: Vec<u8> = Vec::new();
        let mut places: BTreeMap<u16, usize> = BTreeMap::new();
        let mut finals: Vec<usize> = Vec::new();
        // Where a jump's distance stands, which branch it is, and the target.
        let mut jumps: Vec<(usize, (usize, usize), u16)> = Vec::new();
        for (i, state) in laid.iter().enumerate() {
            places.insert(state.state, out.len());
            out.extend(&state.begins);
            let behind = state.front + state.literals;
            let literals = state.branches.get(state.front..behind).unwrap_or(&[]);
            let jump = |out: &mut Vec<u8>, j: usize, branch: &Branch| {
                let far = wide.contains(&(i, j));
                out.push(branch.kind as u8 * HOWS + 1 + u8::from(far));
                out.extend(&branch.test);
                let at = out.len();
                out.extend(&[0, 0][..1 + usize::from(far)]);
                (at, (i, j), branch.to)
            };
            for (j, branch) in state.branches.iter().enumerate().take(state.front) {
                jumps.push(jump(&mut out, j, branch));
            }
            tree(&mut out, (state.front, literals), &mut |out, j, branch| {
                jumps.push(jump(out, j, branch));
            });
            for (j, branch) in state.branches.iter().enumerate().skip(behind) {
                let flows = state.flows && j + 1 == state.branches.len();
                if !flows {
                    jumps.push(jump(&mut out, j, branch));
                    continue;
                }
                match (branch.kind, branch.test.as_slice()) {
                    (Test::Literal, &[byte]) if byte >= LITERALS => out.push(byte),
                    (kind, test) => {
                        out.push(kind as u8 * HOWS);
                        out.extend(test);
                    }
                }
                if is_final(branch.to) {
                    finals.push(out.len());
                    out.push(FINAL);
                }
            }
            if !state.flows {
                // Nothing else fits. Where a match without a way on is wanted, this is none.
                out.push(END);
            }
        }
        if jumps.iter().any(|j| is_final(j.2)) {
            finals.push(out.len());
            out.push(FINAL);
        }
        let mut widened = false;
        for (at, branch, to) in jumps {
            let far = wide.contains(&branch);
            let from = at + 1 + usize::from(far);
            let target = if is_final(to) {
                finals.get(finals.partition_point(|&f| f < from)).copied()
            } else {
                places.get(&to).copied()
            };
            let target = target.ok_or(TooLarge)?;
            let distance = target.checked_sub(from).ok_or(TooLarge)?;
            if !far && distance > 255 {
                widened |= wide.insert(branch);
            }
            let operand = if far { target } else { distance };
            let [low, high] = u16::try_from(operand).map_err(|_| TooLarge)?.to_le_bytes();
            if let Some(slot) = out.get_mut(at) {
                *slot = low;
            }
            if far && let Some(slot) = out.get_mut(at + 1) {
                *slot = high;
            }
        }
        if !widened {
            // Places are numbers of 16 bits.
            return u16::try_from(out.len()).map(|_| out).map_err(|_| TooLarge);
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::{END, Pool, write};
    use crate::detect::automaton::{Automaton, Part};

    /// What never matches (three letters with four digits) ends at once, and does not run on into the
    /// program that stands behind.
    #[test]
    fn what_never_matches_ends_at_once() {
        let tree = regex_syntax::parse("[a-z]{3}").unwrap();
        let part = Part {
            detector: 0,
            tree: &tree,
            digits: 4,
        };
        let automaton = Automaton::union(&[part]).unwrap();
        let pool = Pool::of([&automaton].into_iter());
        assert_eq!(write(&automaton, &pool, false).unwrap().bytes, [END]);
    }
}
