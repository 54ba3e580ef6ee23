//! The scanner: one pass over a part's normalised view.
//!
//! 1. 64 bytes become masks (`blocks.rs`), one block of look-ahead.
//! 2. *Starts* are token starts (a word byte after a non-word byte) and the few
//!    special bytes that some pattern begins with. At a start, four folded bytes
//!    are looked for in a sieve; what passes is queued, and after some blocks the
//!    wake table says which automata could match at each queued start at all.
//!    Where the start is a digit, or every match of a group holds digits, the
//!    number of digits in the next 16 bytes must reach what the automaton needs.
//!    All of that is computed from the automata by the compiler, nothing by hand.
//! 3. A woken group is a union automaton: it is walked once, remembers every end
//!    at which it matches, and says which detectors match there (match-all: nobody
//!    shadows anybody).
//! 4. `judge.rs` tries the ends, longest first: boundaries, check, context.
//!
//! Groups of other kinds: a *run-back trigger* (the `@` of an e-mail address) is a
//! special of its own; from it the scanner goes back over the bytes that may stand
//! before it and tries the starts from the left;
//! a *free* group has no boundary at its start and looks at every byte.
//!
//! What it never does: look at a byte twice for two detectors of a group, go back
//! in the text by more than a trigger's run, or walk further than the group's
//! longest match. So the cost is linear, and `riegel.bound` says with which factor.

use crate::blocks::{BLOCK, Carry, Masks, PAD, Wanted, Way};
use crate::judge::{Judge, MOST_ENDS};
use crate::layout::{
    GroupEntry, SIEVE_LEN, WAKE_BITS, WAKE_SECOND, second_place, sieve_place, wake_key, wake_slot,
};
use crate::memory::{byte, four, two};
use crate::tables::Tables;

/// Longest match of any automaton, in bytes.
pub const LONGEST: usize = 1024;
/// Most groups of a module.
pub const MOST_GROUPS: usize = 24;

/// A view to scan: `len` bytes, followed by at least [`PAD`] zero bytes.
#[derive(Clone, Copy, Debug)]
pub struct View<'a> {
    /// The bytes with their padding.
    pub padded: &'a [u8],
    /// Length without padding.
    pub len: usize,
}

impl<'a> View<'a> {
    /// The bytes without padding.
    #[inline]
    pub fn bytes(&self) -> &'a [u8] {
        self.padded.get(..self.len).unwrap_or(&[])
    }
}

/// Ends found on one walk, in memory of the caller's that need not be cleared.
#[derive(Debug)]
pub struct Ends<'w> {
    list: &'w mut [u64],
    n: usize,
}

/// Places that [`Ends`] needs.
pub const ENDS: usize = LONGEST + 1;
/// Places that a scanner's queue needs.
pub const QUEUE: usize = CHUNK * BLOCK + 1;

impl<'w> Ends<'w> {
    /// No ends, in a list of [`ENDS`] places.
    pub fn new(list: &'w mut [u64]) -> Self {
        Ends { list, n: 0 }
    }

    #[inline]
    fn put(&mut self, end: usize, set: u32) {
        if let Some(slot) = self.list.get_mut(self.n) {
            *slot = end as u64 | u64::from(set) << 32;
            self.n += 1;
        }
    }

    /// The ends with their sets of detectors, shortest first.
    #[inline]
    pub fn list(&self) -> impl DoubleEndedIterator<Item = (u32, u16)> + ExactSizeIterator {
        let list = self.list.get(..self.n).unwrap_or(&[]);
        list.iter().map(|&e| (e as u32, (e >> 32) as u16))
    }
}

/// A group ready to walk.
#[derive(Clone, Copy, Debug, Default)]
pub struct Group<'t> {
    /// Its entry.
    pub entry: GroupEntry,
    classes: &'t [u8],
    trans: &'t [u8],
    extra: &'t [u8],
}

impl<'t> Group<'t> {
    /// Binds a group of checked tables.
    pub fn bind(tables: &Tables<'t>, index: usize) -> Option<Self> {
        let entry = tables.group(index)?;
        let extra = match entry.kind {
            0 => tables.slice(entry.digits_at, 16),
            1 => tables.slice(entry.run_at, 32),
            2 => tables.slice(entry.first_at, 32),
            _ => &[],
        };
        let classes = tables.slice(entry.classes_at, 256);
        let trans = tables.slice(entry.trans_at, entry.trans_n * 2);
        (classes.len() == 256 && trans.len() == entry.trans_n as usize * 2).then_some(Group {
            entry,
            classes,
            trans,
            extra,
        })
    }

    /// Walks from `start`; every end (one past the last byte) goes into `ends`, with its set.
    #[inline]
    pub fn walk(&self, view: View<'_>, start: usize, ends: &mut Ends<'_>) {
        ends.n = 0;
        let last = view.len.min(start + self.entry.max_len as usize);
        if self.entry.sparse != 0 {
            self.walk_sparse(view, start, last, ends);
            return;
        }
        let mut state = self.entry.start;
        let mut at = start;
        loop {
            // A match shows one byte late: on the byte behind it, which may be the padding.
            // SAFETY: `at <= last <= view.len`, and the padding follows; classes are below the
            // stride and transitions below their number (checked by `Tables::new`).
            state = unsafe {
                let class = byte(self.classes, usize::from(byte(view.padded, at)));
                u32::from(two(self.trans, 2 * (state as usize + usize::from(class))))
            };
            if state == 0 {
                return;
            }
            if state >= self.entry.first_match && at > start {
                ends.put(at, (state - self.entry.first_match) / self.entry.stride);
            }
            if at == last {
                return;
            }
            at += 1;
        }
    }

    /// The same in the sparse encoding: per state a head (bit 15: a match state, whose set follows;
    /// bit 14: a row; else how many ranges), then per range first class << 8 | last class, and how far
    /// on the next state lies (modulo 2^16); in a row that distance for every class, 0: dead. The dead
    /// state is a zero at 0.
    #[inline(never)]
    fn walk_sparse(&self, view: View<'_>, start: usize, last: usize, ends: &mut Ends<'_>) {
        let code = |at: usize| match self.trans.get(2 * at..2 * at + 2) {
            Some(&[a, b]) => u16::from_le_bytes([a, b]),
            _ => 0,
        };
        let mut state = self.entry.start as usize;
        for at in start..=last {
            let class = self
                .classes
                .get(usize::from(view.padded.get(at).copied().unwrap_or(0)))
                .map_or(0, |&c| u16::from(c));
            let head = code(state);
            let here = state;
            let mut range = state + 1 + usize::from(head >> 15);
            if head & 0x4000 != 0 {
                let on = code(range + usize::from(class));
                state = if on == 0 {
                    0
                } else {
                    (here + usize::from(on)) & 0xFFFF
                };
                range = usize::MAX;
            } else {
                state = 0;
            }
            let end = range.saturating_add(2 * usize::from(head & 0x3FFF));
            while range < end {
                let ends = code(range);
                if class <= ends & 0xFF {
                    if class >= ends >> 8 {
                        state = (here + usize::from(code(range + 1))) & 0xFFFF;
                    }
                    break;
                }
                range += 2;
            }
            if state == 0 {
                return;
            }
            if code(state) & 0x8000 != 0 && at > start {
                ends.put(at, u32::from(code(state + 1)));
            }
        }
    }

    /// The detectors of a set.
    #[inline]
    pub fn detectors(&self, tables: &Tables<'t>, set: u16) -> impl Iterator<Item = u16> + use<'t> {
        let at = self.entry.sets_at + 8 * u32::from(set);
        let n = tables.word(at + 4).unwrap_or(0);
        tables.list(tables.word(at).unwrap_or(0), n)
    }

    fn holds(&self, b: u8) -> bool {
        self.extra
            .get(usize::from(b >> 3))
            .is_some_and(|m| m & (1 << (b & 7)) != 0)
    }
}

/// Blocks that are sifted before anybody is woken.
const CHUNK: usize = 32;

/// The starts of some blocks that may wake somebody.
struct Chunk<'w> {
    /// First byte of the first block.
    base: usize,
    /// Blocks so far.
    blocks: usize,
    /// Starts, relative to `base`.
    queue: &'w mut [u16],
    queued: usize,
    /// Digit masks of the blocks, and of the one behind them.
    digits: [u64; CHUNK + 1],
    /// Special masks of the blocks.
    specials: [u64; CHUNK],
}

impl<'w> Chunk<'w> {
    fn new(queue: &'w mut [u16]) -> Self {
        Chunk {
            base: 0,
            blocks: 0,
            queue,
            queued: 0,
            digits: [0; CHUNK + 1],
            specials: [0; CHUNK],
        }
    }

    fn begin(&mut self, base: usize) {
        (self.base, self.blocks, self.queued) = (base, 0, 0);
    }
}

/// A scanner bound to tables, for one demand.
pub struct Scanner<'w, 't> {
    /// The tables.
    pub tables: Tables<'t>,
    groups: [Group<'t>; MOST_GROUPS],
    by_wake_bit: [u8; 8],
    /// By wake bit, for groups that every start wakes: 32-byte set of first bytes.
    firsts: [&'t [u8]; 8],
    /// By wake bit: digits needed, by the length of the first run (`GroupEntry::digits_at`).
    needs: [[u8; 16]; 8],
    wake: &'t [u8],
    /// Two bitmaps: over 4-grams, only what passes is looked up in `wake`; over 6-grams, a second look.
    sieve: &'t [u8],
    wake_mask: u8,
    /// Groups whose matches hold digits near their start, whatever they start with.
    sleepy: u8,
    /// Groups that every start wakes (their 4-grams are too many), and those that every special wakes.
    at_starts: u8,
    at_specials: u8,
    wanted: Wanted,
    free: [u8; MOST_GROUPS],
    free_n: usize,
    ends: Ends<'w>,
    queue: &'w mut [u16],
}

impl<'w, 't> Scanner<'w, 't> {
    /// Binds the groups that hold a demanded detector (`demand`: bit per detector); `ends` has
    /// [`ENDS`] places, `queue` [`QUEUE`].
    #[inline(never)]
    pub fn new(
        tables: Tables<'t>,
        demand: &[u64],
        ends: &'w mut [u64],
        queue: &'w mut [u16],
    ) -> Self {
        let mut scanner = Scanner {
            tables,
            groups: [Group::default(); MOST_GROUPS],
            by_wake_bit: [0; 8],
            firsts: [&[]; 8],
            needs: [[0; 16]; 8],
            wake: tables.slice(tables.header.wake_at, 1 << WAKE_BITS),
            sieve: tables.slice(tables.header.sieve_at, 2 * SIEVE_LEN as u32),
            wake_mask: 0,
            sleepy: 0,
            at_starts: 0,
            at_specials: 0,
            wanted: Wanted::new(tables.slice(
                tables.header.specials_at,
                u32::from(tables.header.specials_n),
            )),
            free: [0; MOST_GROUPS],
            free_n: 0,
            ends: Ends::new(ends),
            queue,
        };
        if scanner.wake.len() != 1 << WAKE_BITS || scanner.sieve.len() != 2 * SIEVE_LEN {
            (scanner.wake, scanner.sieve) = (&[], &[]);
        }
        for index in 0..MOST_GROUPS.min(tables.header.groups_n as usize) {
            let Some(group) = Group::bind(&tables, index) else {
                continue;
            };
            if let Some(slot) = scanner.groups.get_mut(index) {
                *slot = group;
            }
            if demanded(&tables, &group, demand) {
                scanner.arm(index as u8, &group);
            }
        }
        scanner
    }

    fn arm(&mut self, index: u8, group: &Group<'t>) {
        match group.entry.kind {
            0 | 1 => {
                let bit = 1 << group.entry.wake_bit;
                self.wake_mask |= bit;
                match (group.entry.every, group.entry.kind) {
                    (0, _) => {}
                    (_, 0) => {
                        self.at_starts |= bit;
                        if let Some(set) = self.firsts.get_mut(usize::from(group.entry.wake_bit)) {
                            *set = self.tables.slice(group.entry.first_at, 32);
                        }
                    }
                    _ => self.at_specials |= bit,
                }
                if group.entry.kind == 0
                    && let Some(needs) = self.needs.get_mut(usize::from(group.entry.wake_bit))
                {
                    for (to, from) in needs.iter_mut().zip(group.extra) {
                        *to = *from;
                    }
                    if needs.first().is_some_and(|&need| need > 0) {
                        self.sleepy |= bit;
                    }
                }
                if let Some(slot) = self.by_wake_bit.get_mut(usize::from(group.entry.wake_bit)) {
                    *slot = index;
                }
            }
            2 => {
                if let Some(slot) = self.free.get_mut(self.free_n) {
                    *slot = index;
                    self.free_n += 1;
                }
            }
            _ => {}
        }
    }

    /// The group with this index.
    #[inline]
    pub fn group(&self, index: usize) -> Option<&Group<'t>> {
        self.groups.get(index)
    }

    /// Scans one view; findings go to the judge.
    #[inline(never)]
    pub fn scan(&mut self, way: Way, view: View<'_>, judge: &mut Judge<'_, 't>) {
        if view.padded.len() < view.len.div_ceil(BLOCK) * BLOCK + BLOCK
            || view.padded.len() < view.len + PAD
            || self.wake.is_empty()
        {
            return;
        }
        let (blocks, _) = view.padded.as_chunks::<BLOCK>();
        let n = view.len.div_ceil(BLOCK);
        let mut chunk = Chunk::new(core::mem::take(&mut self.queue));
        let mut carry = Carry::default();
        let mut last_word = 0u64;
        let Some(first) = blocks.first() else { return };
        let mut next = Masks::of(way, first, &self.wanted, &mut carry);
        for index in 0..n {
            let now = next;
            next = match blocks.get(index + 1) {
                Some(block) => Masks::of(way, block, &self.wanted, &mut carry),
                None => Masks::default(),
            };
            let starts = (now.word & !((now.word << 1) | last_word)) | now.special;
            last_word = now.word >> 63;
            self.sift(&mut chunk, view, index * BLOCK, starts, (&now, &next));
            if chunk.blocks == CHUNK || index + 1 == n {
                self.wake_all(&chunk, view, judge);
                chunk.begin((index + 1) * BLOCK);
            }
        }
        self.queue = chunk.queue;
    }

    /// Puts the starts of a block that may wake somebody into the queue. No branch depends on what
    /// stands there: a wrong guess costs more than the whole look.
    #[inline(always)]
    fn sift(
        &self,
        chunk: &mut Chunk<'_>,
        view: View<'_>,
        base: usize,
        mut starts: u64,
        (now, next): (&Masks, &Masks),
    ) {
        if let Some(slot) = chunk.digits.get_mut(chunk.blocks) {
            *slot = now.digit;
        }
        if let Some(slot) = chunk.digits.get_mut(chunk.blocks + 1) {
            *slot = next.digit;
        }
        if let Some(slot) = chunk.specials.get_mut(chunk.blocks) {
            *slot = now.special;
        }
        // Starts that wake somebody whatever stands there.
        let mut anyhow = match (self.at_starts, self.at_starts & !self.sleepy) {
            (0, _) => 0,
            (_, 0) => near_digit(now.digit, next.digit),
            _ => u64::MAX,
        };
        if self.at_specials != 0 {
            anyhow |= now.special;
        }
        while starts != 0 {
            let bit = starts.trailing_zeros() as usize;
            starts &= starts - 1;
            // SAFETY: base + bit lies in a block that another one follows; `sieve_place` stays below
            // the sieve's length.
            let key = unsafe { wake_key(four(view.padded, base + bit)) };
            let (at, shift) = sieve_place(key);
            // SAFETY: as above.
            let known = unsafe { byte(self.sieve, at) } >> shift;
            let keep = (known | (anyhow >> bit) as u8) & 1;
            if let Some(slot) = chunk.queue.get_mut(chunk.queued) {
                *slot = (chunk.blocks * BLOCK + bit) as u16;
            }
            chunk.queued += usize::from(keep);
        }
        chunk.blocks += 1;
    }

    /// Looks the queued starts up in the wake table and wakes the groups.
    #[inline(never)]
    fn wake_all(&mut self, chunk: &Chunk<'_>, view: View<'_>, judge: &mut Judge<'_, 't>) {
        for &at in chunk.queue.get(..chunk.queued).unwrap_or(&[]) {
            let at = usize::from(at);
            let start = chunk.base + at;
            // SAFETY: as in `sift`; `wake_slot` stays below the wake table's length.
            let (key, entry) = unsafe {
                let key = wake_key(four(view.padded, start));
                (key, byte(self.wake, wake_slot(key)))
            };
            let mut groups = entry & self.wake_mask;
            if entry & WAKE_SECOND != 0 && !self.second(view, start, key) {
                groups = 0;
            }
            groups |= self.begun(view, start);
            let bit = at % BLOCK;
            if chunk
                .specials
                .get(at / BLOCK)
                .is_some_and(|m| m >> bit & 1 != 0)
            {
                groups |= self.at_specials;
            }
            if groups != 0 {
                let digits_at = |i: usize| chunk.digits.get(i).copied().unwrap_or(0);
                let window = digits(digits_at(at / BLOCK), digits_at(at / BLOCK + 1), bit);
                self.wake(view, start, groups, window, judge);
            }
        }
        if self.free_n > 0 {
            self.free(view, chunk.base, chunk.base + chunk.blocks * BLOCK, judge);
        }
    }

    /// The groups that every start wakes, as far as they begin with the byte that stands there.
    #[inline(always)]
    fn begun(&self, view: View<'_>, start: usize) -> u8 {
        let mut rest = self.at_starts;
        let mut groups = 0;
        while rest != 0 {
            let bit = rest.trailing_zeros() as usize;
            rest &= rest - 1;
            let b = view.padded.get(start).copied().unwrap_or(0);
            let set = self.firsts.get(bit & 7).copied().unwrap_or(&[]);
            if set
                .get(usize::from(b >> 3))
                .is_some_and(|m| m >> (b & 7) & 1 != 0)
            {
                groups |= 1 << bit;
            }
        }
        groups
    }

    /// The second look: do the two bytes behind the 4-gram fit?
    #[inline(always)]
    fn second(&self, view: View<'_>, start: usize, key: u32) -> bool {
        // SAFETY: a start lies before the padding, which is longer than eight bytes.
        let next = unsafe { wake_key(four(view.padded, start + 4)) } & 0xFFFF;
        let (at, shift) = second_place(key, next);
        self.sieve
            .get(SIEVE_LEN + at)
            .is_some_and(|m| m >> shift & 1 != 0)
    }

    /// A start at which some groups may match; `window`: digits among the 16 bytes from here.
    #[inline(always)]
    fn wake(
        &mut self,
        view: View<'_>,
        start: usize,
        mut groups: u8,
        window: u32,
        judge: &mut Judge<'_, 't>,
    ) {
        let run = (!window).trailing_zeros().min(15) as usize;
        let count = window.count_ones();
        while groups != 0 {
            let bit = groups.trailing_zeros() as usize;
            groups &= groups - 1;
            let need = self
                .needs
                .get(bit & 7)
                .and_then(|n| n.get(run))
                .copied()
                .unwrap_or(0);
            if count >= u32::from(need) {
                let index = usize::from(self.by_wake_bit.get(bit & 7).copied().unwrap_or(0));
                self.walk(index, view, start, judge);
            }
        }
    }

    /// Walks a group from a start, or back from its trigger.
    #[inline(never)]
    fn walk(&mut self, index: usize, view: View<'_>, start: usize, judge: &mut Judge<'_, 't>) {
        if start >= view.len {
            return;
        }
        match self.groups.get(index).map(|g| g.entry.kind) {
            Some(1) => self.run_back(index, view, start, judge),
            Some(_) => self.start(index, view, start, judge),
            None => {}
        }
    }

    /// Walks a group from a start and has its ends judged.
    fn start(&mut self, index: usize, view: View<'_>, start: usize, judge: &mut Judge<'_, 't>) {
        let Some(group) = self.groups.get(index) else {
            return;
        };
        group.walk(view, start, &mut self.ends);
        if self.ends.n > 0 {
            self.try_ends(index, view, start, judge);
        }
    }

    /// Has the ends of a walk judged, detector by detector.
    #[inline(never)]
    fn try_ends(&mut self, index: usize, view: View<'_>, start: usize, judge: &mut Judge<'_, 't>) {
        // Detectors in the order in which their longest end comes up; each is judged once.
        let mut seen = [0u64; 16];
        let Self {
            tables,
            groups,
            ends,
            ..
        } = self;
        let Some(group) = groups.get(index) else {
            return;
        };
        for (i, (_, set)) in ends.list().enumerate().rev() {
            for detector in group.detectors(tables, set) {
                let word = usize::from(detector / 64);
                let mask = 1u64 << (detector % 64);
                match seen.get_mut(word) {
                    Some(seen) if *seen & mask == 0 => *seen |= mask,
                    _ => continue,
                }
                if !judge.open(view, detector, start) {
                    continue;
                }
                let mut list = [0u32; MOST_ENDS];
                let mut n = 0;
                for (end, set) in ends.list().take(i + 1).rev() {
                    if group.detectors(tables, set).any(|d| d == detector)
                        && judge.ends(view, detector, end as usize)
                        && let Some(slot) = list.get_mut(n)
                    {
                        *slot = end;
                        n += 1;
                    }
                }
                judge.judge(view, groups, detector, start, list.get(..n).unwrap_or(&[]));
            }
        }
    }

    /// A trigger: tries the starts before it, from the left.
    fn run_back(&mut self, index: usize, view: View<'_>, at: usize, judge: &mut Judge<'_, 't>) {
        let Some(group) = self.groups.get(index) else {
            return;
        };
        // The wake bit is that of a 4-gram, which two bytes may share: only the trigger counts.
        if view.padded.get(at) != Some(&group.entry.trigger) {
            return;
        }
        let least = at.saturating_sub(group.entry.run_max as usize);
        let mut start = at;
        while start > least && view.padded.get(start - 1).is_some_and(|&b| group.holds(b)) {
            start -= 1;
        }
        while start < at {
            self.start(index, view, start, judge);
            start += 1;
        }
    }

    /// Groups without a boundary at their start: every byte from `from` to `to`.
    #[inline(never)]
    fn free(&mut self, view: View<'_>, from: usize, to: usize, judge: &mut Judge<'_, 't>) {
        for at in from..view.len.min(to) {
            let b = view.padded.get(at).copied().unwrap_or(0);
            for i in 0..self.free_n {
                let index = usize::from(self.free.get(i).copied().unwrap_or(0));
                if self.groups.get(index).is_some_and(|g| g.holds(b)) {
                    self.start(index, view, at, judge);
                }
            }
        }
    }
}

/// Bit by bit: is there a digit among the 16 bytes from here on?
#[inline(always)]
fn near_digit(now: u64, next: u64) -> u64 {
    if now | (next & 0x7FFF) == 0 {
        return 0;
    }
    let mut both = u128::from(now) | u128::from(next) << 64;
    both |= both >> 1;
    both |= both >> 2;
    both |= both >> 4;
    both |= both >> 8;
    both as u64
}

/// The digits among the 16 bytes from `bit` on.
#[inline(always)]
fn digits(now: u64, next: u64, bit: usize) -> u32 {
    let both = if bit == 0 {
        now
    } else {
        (now >> bit) | (next << (BLOCK - bit))
    };
    (both & 0xFFFF) as u32
}

/// Does the group hold a demanded detector?
fn demanded<'t>(tables: &Tables<'t>, group: &Group<'t>, demand: &[u64]) -> bool {
    tables
        .list(group.entry.members_at, group.entry.members_n)
        .any(|d| {
            demand
                .get(usize::from(d / 64))
                .is_some_and(|w| w & (1 << (d % 64)) != 0)
        })
}
