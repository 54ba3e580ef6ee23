//! The scanner: one pass over a part's normalised view.
//!
//! A chunk of 32 blocks goes through five short loops, each sparing the next:
//!
//! | step | what it does |
//! | --- | --- |
//! | `read` | 64 bytes become masks and a folded copy (`blocks.rs`) |
//! | `survey` | *starts*: token starts (a word byte after a non-word byte), and the few special bytes that some pattern begins with |
//! | `sift` | the first sieve: may a match begin with these four folded bytes? |
//! | `choose` | the second sieve: may it go on like this? Or is there a digit near? |
//! | `wake_all` | the wake table says which groups; a group whose matches hold digits asks for enough of them |
//!
//! All of that is computed from the automata by the compiler (`src/detect/wake.rs`), nothing by hand.
//! A woken group is walked once, and names the detectors that may match from here (nobody shadows
//! anybody). `judge.rs` then walks the own automaton of each, which gives its ends, and tries these,
//! longest first: boundaries, check, context.
//!
//! Groups of other kinds: a *run-back trigger* (the `@` of an e-mail address) is a
//! special of its own; from it the scanner goes back over the bytes that may stand
//! before it and tries the starts from the left;
//! a *free* group has no boundary at its start and looks at every byte; a *listed* group is woken by
//! capitalised words that are in a list (`words.rs`).
//!
//! What it never does: look at a byte twice for two detectors of a group, go back
//! in the text by more than a trigger's run, or walk further than the group's
//! longest match. So the cost is linear, and `riegel.bound` says with which factor.

use crate::blocks::{BLOCK, Carry, Masks, PAD, Wanted, Way, capitals, fold};
use crate::judge::Judge;
use crate::layout::{
    GroupEntry, SECOND_ANY, SIEVE_LEN, WAKE_BITS, name_slot, second_hash, sieve_at, sieve_has,
    sieve_hash, wake_slot,
};
use crate::memory::{byte, four, put_four, two};
use crate::tables::Tables;
use crate::words::{WORD_SIEVE, contains, key, sieve};

/// Longest match of any automaton, in bytes.
pub const LONGEST: usize = 1024;
/// Most groups that the wake table can name.
pub const MOST_WAKES: usize = 32;
/// Most groups of a module.
pub const MOST_GROUPS: usize = 128;

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
/// Bytes that a scanner needs for the folded blocks of a chunk, and the one behind them.
pub const FOLDED: usize = (CHUNK + 1) * BLOCK;

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
    #[inline(never)]
    pub fn bind(tables: &Tables<'t>, index: usize) -> Option<Self> {
        let entry = tables.group(index)?;
        let extra = match entry.kind {
            0 => 16 * entry.stride,
            5 => 2 << (entry.run_max & 15),
            _ => 32,
        };
        let extra = tables.slice(entry.extra_at, extra);
        let classes = tables.slice(entry.classes_at, 256);
        let trans = tables.slice(entry.trans_at, entry.trans_n * 2);
        let walks = classes.len() == 256 && trans.len() == entry.trans_n as usize * 2;
        (walks || entry.kind == 5).then_some(Group {
            entry: *entry,
            classes,
            trans,
            extra,
        })
    }

    /// Walks from `start`; every end (one past the last byte) goes into `ends`, with its set.
    #[inline(never)]
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
    #[cfg_attr(feature = "module", unsafe(export_name = "optional.sparse"))]
    fn walk_sparse(&self, view: View<'_>, start: usize, last: usize, ends: &mut Ends<'_>) {
        // SAFETY: `Tables::new` followed every state, its ranges and its targets.
        let code = |at: usize| unsafe { two(self.trans, 2 * at) };
        let mut state = self.entry.start as usize;
        let mut head = code(state);
        for at in start..=last {
            // SAFETY: `at <= last <= view.len`, and the padding follows; there are 256 classes.
            let class =
                unsafe { u16::from(byte(self.classes, usize::from(byte(view.padded, at)))) };
            let mut range = state + 1 + usize::from(head >> 15);
            let on = if head & 0x4000 != 0 {
                code(range + usize::from(class))
            } else {
                let mut on = 0;
                for _ in 0..head & 0x3FFF {
                    let ends = code(range);
                    if class <= ends & 0xFF {
                        if class >= ends >> 8 {
                            on = code(range + 1);
                        }
                        break;
                    }
                    range += 2;
                }
                on
            };
            if on == 0 {
                return;
            }
            state = (state + usize::from(on)) & 0xFFFF;
            head = code(state);
            if head & 0x8000 != 0 && at > start {
                ends.put(at, u32::from(code(state + 1)));
            }
        }
    }

    /// Digits that must stand among the first 16 bytes of a match that begins with a run of so many, and
    /// has this byte behind them.
    #[inline(always)]
    fn need(&self, run: usize, behind: u8) -> u32 {
        if self.entry.digit_by > 16 {
            return 0;
        }
        let class = self.classes.get(usize::from(behind)).copied().unwrap_or(0);
        let at = run * self.entry.stride as usize + usize::from(class);
        u32::from(self.extra.get(at).copied().unwrap_or(0))
    }

    /// The detectors of a set.
    #[inline]
    pub fn detectors(&self, tables: &Tables<'t>, set: u16) -> impl Iterator<Item = u16> + use<'t> {
        let at = self.entry.sets_at + 8 * u32::from(set);
        let n = tables.word(at + 4);
        tables.list(tables.word(at), n)
    }

    fn holds(&self, b: u8) -> bool {
        self.extra
            .get(usize::from(b >> 3))
            .is_some_and(|m| m & (1 << (b & 7)) != 0)
    }
}

/// Blocks that are sifted before anybody is woken.
const CHUNK: usize = 32;

/// In the queue: the second sieve has the start.
const FITS: u32 = 1 << 16;

/// Some blocks on their way through the filters, one step after the other: short loops, in which
/// everything has a register. A start is a position relative to `base`.
struct Chunk<'w> {
    /// First byte of the first block.
    base: usize,
    /// How many blocks.
    blocks: usize,
    /// The blocks and the one behind them, folded.
    folded: &'w mut [u8],
    /// Masks of the blocks, and of the one behind them.
    masks: [Masks; CHUNK + 1],
    /// Is the last byte before the chunk a letter or digit? Then 1.
    last_word: u64,
    carry: Carry,
    /// Starts, and those that may wake somebody whatever their 4-gram is.
    starts: [u64; CHUNK],
    anyhow: [u64; CHUNK],
    /// Starts that the sieve let through, later with [`FITS`].
    queue: &'w mut [u32],
    queued: usize,
}

impl<'w> Chunk<'w> {
    fn new(queue: &'w mut [u32], folded: &'w mut [u8]) -> Self {
        Chunk {
            base: 0,
            blocks: 0,
            folded,
            masks: [Masks::default(); CHUNK + 1],
            last_word: 0,
            carry: Carry::default(),
            starts: [0; CHUNK],
            anyhow: [0; CHUNK],
            queue,
            queued: 0,
        }
    }

    /// Reads blocks, beginning behind those that are known already.
    #[inline(always)]
    fn read(&mut self, way: Way, known: usize, blocks: &[[u8; BLOCK]], wanted: &Wanted) {
        let (slots, _) = self.folded.as_chunks_mut::<BLOCK>();
        let mut carry = self.carry;
        let places = slots.iter_mut().zip(&mut self.masks).skip(known);
        for (block, (slot, masks)) in blocks.iter().zip(places) {
            *masks = Masks::of(way, block, wanted, &mut carry);
            fold(way, block, slot);
        }
        self.carry = carry;
    }

    /// Begins anew with the block of look-ahead as the first.
    fn advance(&mut self) {
        let n = self.blocks;
        self.base += n * BLOCK;
        self.masks.swap(0, n);
        let (slots, _) = self.folded.as_chunks_mut::<BLOCK>();
        slots.swap(0, n);
        self.queued = 0;
    }

    /// The digits among the 16 bytes from a start on.
    #[inline(always)]
    fn window(&self, at: usize) -> u32 {
        let digits_at = |i: usize| self.masks.get(i).map_or(0, |m| m.digit);
        digits(digits_at(at / BLOCK), digits_at(at / BLOCK + 1), at % BLOCK)
    }
}

/// A scanner bound to tables, for one demand.
pub struct Scanner<'w, 't> {
    /// The tables.
    pub tables: Tables<'t>,
    /// By wake bit.
    groups: [Group<'t>; MOST_WAKES],
    /// By byte: groups that every start with that byte wakes (their 4-grams are too many).
    begun: &'t [u8],
    wake: &'t [u8],
    /// Two sieves: of 4-grams, only what passes is looked up in `wake`; of 6- and 8-grams.
    sieve: &'t [u8],
    wake_mask: u32,
    /// Groups whose matches hold digits near their start, whatever they start with.
    sleepy: u32,
    /// Groups that `begun` wakes at token starts, and those that it wakes at specials.
    at_starts: u32,
    at_specials: u32,
    /// Groups whose longer beginnings are in the second sieve.
    looked: u32,
    /// Letters and digits that the matches of `at_starts` begin with, at least; and among how many first
    /// bytes each holds a digit (17: not all of them do).
    word_run: u32,
    digit_by: u32,
    wanted: Wanted,
    triggered: bool,
    free: [u8; MOST_GROUPS],
    free_n: usize,
    /// Groups that the words of a list wake, and the sieve of these words.
    listed: [u8; MOST_GROUPS],
    listed_n: usize,
    word_sieve: &'t [u8],
    ends: Ends<'w>,
    queue: &'w mut [u32],
    folded: &'w mut [u8],
}

impl<'w, 't> Scanner<'w, 't> {
    /// Binds the groups that hold a demanded detector (`demand`: bit per detector); `ends` has
    /// [`ENDS`] places, `queue` [`QUEUE`], `folded` [`FOLDED`].
    #[inline(never)]
    pub fn new(
        tables: Tables<'t>,
        demand: &[u64],
        ends: &'w mut [u64],
        (queue, folded): (&'w mut [u32], &'w mut [u8]),
    ) -> Self {
        let wanted = tables.slice(tables.header.wanted_at, Wanted::SIZE);
        let wanted = Wanted::read(wanted).unwrap_or_default();
        let mut scanner = Scanner {
            tables,
            groups: [Group::default(); MOST_WAKES],
            begun: tables.slice(tables.header.begun_at, 4 * 256),
            wake: tables.slice(tables.header.wake_at, 4 << WAKE_BITS),
            sieve: tables.slice(tables.header.sieve_at, 2 * SIEVE_LEN as u32),
            wake_mask: 0,
            sleepy: 0,
            at_starts: 0,
            at_specials: 0,
            looked: tables.header.looked,
            word_run: 16,
            digit_by: 1,
            triggered: wanted.is_triggered(),
            wanted,
            free: [0; MOST_GROUPS],
            free_n: 0,
            listed: [0; MOST_GROUPS],
            listed_n: 0,
            word_sieve: tables.slice(tables.header.word_sieve_at, 4 * WORD_SIEVE as u32),
            ends: Ends::new(ends),
            queue,
            folded,
        };
        if scanner.wake.len() != 4 << WAKE_BITS
            || scanner.sieve.len() != 2 * SIEVE_LEN
            || scanner.begun.len() != 4 * 256
            || scanner.queue.len() < QUEUE
            || scanner.folded.len() < FOLDED
        {
            scanner.wake = &[];
        }
        for index in 0..MOST_GROUPS.min(tables.header.groups_n as usize) {
            let Some(group) = Group::bind(&tables, index) else {
                continue;
            };
            // Behind the groups stand the automata of single detectors.
            if group.entry.kind == 3 {
                break;
            }
            if demanded(&tables, &group.entry, demand) {
                scanner.arm(index as u8, group);
            }
        }
        scanner
    }

    fn arm(&mut self, index: u8, group: Group<'t>) {
        let entry = &group.entry;
        if entry.kind == 2
            && let Some(slot) = self.free.get_mut(self.free_n)
        {
            *slot = index;
            self.free_n += 1;
        }
        if entry.kind == 4
            && self.word_sieve.len() == 4 * WORD_SIEVE
            && let Some(slot) = self.listed.get_mut(self.listed_n)
        {
            *slot = index;
            self.listed_n += 1;
        }
        if !matches!(entry.kind, 0 | 1 | 5) {
            return;
        }
        let bit = 1 << (entry.wake_bit & 31);
        self.wake_mask |= bit;
        if entry.every != 0 && entry.kind == 0 {
            self.at_starts |= bit;
            self.word_run = self.word_run.min(u32::from(entry.word_run));
            self.digit_by = self.digit_by.max(u32::from(entry.digit_by));
        } else if entry.every != 0 {
            self.at_specials |= bit;
        }
        if entry.digit_by <= 16 {
            self.sleepy |= bit;
        }
        if let Some(slot) = self.groups.get_mut(usize::from(entry.wake_bit)) {
            *slot = group;
        }
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
        let mut todo = view.len.div_ceil(BLOCK);
        let mut chunk = Chunk::new(
            core::mem::take(&mut self.queue),
            core::mem::take(&mut self.folded),
        );
        let mut known = 0;
        while todo > 0 {
            chunk.blocks = todo.min(CHUNK);
            let first = chunk.base / BLOCK;
            // The padding holds a block behind the last one.
            let new = blocks
                .get(first + known..=first + chunk.blocks)
                .unwrap_or(&[]);
            self.read(way, known, new, &mut chunk);
            self.survey(&mut chunk);
            self.sift(&mut chunk);
            self.choose(&mut chunk);
            self.wake_all(&chunk, view, judge);
            if self.listed_n > 0 {
                self.find_words(&mut chunk, view, judge);
            }
            todo -= chunk.blocks;
            known = 1;
            chunk.advance();
        }
        (self.queue, self.folded) = (chunk.queue, chunk.folded);
    }

    #[inline(never)]
    fn read(&self, way: Way, known: usize, blocks: &[[u8; BLOCK]], chunk: &mut Chunk<'_>) {
        chunk.read(way, known, blocks, &self.wanted);
    }

    /// Finds the starts, and which of them may wake a group whose 4-grams are too many: at its first
    /// bytes, where enough letters and digits follow, and digits are near.
    #[inline(never)]
    fn survey(&self, chunk: &mut Chunk<'_>) {
        let mut last_word = chunk.last_word;
        let last = self.word_run.saturating_sub(1);
        for i in 0..chunk.blocks {
            let Some(&[now, next]) = chunk.masks.get(i..i + 2).and_then(|m| m.first_chunk()) else {
                break;
            };
            let words = (now.word, next.word);
            let starts = now.word & !(now.word << 1 | last_word);
            if let Some(slot) = chunk.starts.get_mut(i) {
                *slot = starts | now.special;
            }
            last_word = now.word >> 63;
            let mut anyhow = 0;
            if self.at_starts != 0 {
                anyhow = starts & ahead(words, last) & ahead(words, last / 2);
                if self.digit_by <= 16 {
                    anyhow &= near_digit((now.digit, next.digit), self.digit_by);
                }
            }
            if self.at_starts | self.at_specials != 0 {
                anyhow |= if self.triggered {
                    now.trigger
                } else {
                    now.special
                };
            }
            if let Some(slot) = chunk.anyhow.get_mut(i) {
                *slot = anyhow;
            }
        }
        chunk.last_word = last_word;
    }

    /// Groups that the byte at `at` wakes whatever follows.
    #[inline(always)]
    fn begun(&self, view: View<'_>, at: usize) -> u32 {
        let first = view.padded.get(at).copied().unwrap_or(0);
        // SAFETY: `new` made sure that there are 256 of them.
        let groups = unsafe { four(self.begun, 4 * usize::from(first)) };
        groups & (self.at_starts | self.at_specials)
    }

    /// Puts the starts that may wake somebody into the queue. No branch depends on what stands
    /// there: a wrong guess costs more than the whole look.
    #[inline(never)]
    fn sift(&self, chunk: &mut Chunk<'_>) {
        let mut queued = 0;
        let mut base = 0;
        for &starts in chunk.starts.iter().take(chunk.blocks) {
            let mut starts = starts;
            while starts != 0 {
                let bit = starts.trailing_zeros() as usize;
                starts &= starts - 1;
                // SAFETY: `new` made sure of the lengths. A start lies in a block that another one
                // follows; `sieve_at` stays below the sieve's length; there are at most as many
                // starts as bytes.
                unsafe {
                    let hash = sieve_hash(four(chunk.folded, base + bit));
                    let known = sieve_has(four(self.sieve, sieve_at(hash)), hash);
                    put_four(chunk.queue, queued, (base + bit) as u32);
                    queued += (known & 1) as usize;
                }
            }
            base += BLOCK;
        }
        chunk.queued = queued;
    }

    /// Keeps the queued starts that are worth a look into the wake table: with digits near, or going
    /// on as some match does ([`FITS`]). Without a branch either.
    #[inline(never)]
    fn choose(&self, chunk: &mut Chunk<'_>) {
        let mut kept = 0;
        for i in 0..chunk.queued {
            let at = chunk.queue.get(i).copied().unwrap_or(0);
            let near = u32::from(chunk.window(at as usize) != 0);
            // SAFETY: as in `sift`; behind the last block stands another; `kept <= i`.
            unsafe {
                let key = four(chunk.folded, at as usize);
                let next = four(chunk.folded, at as usize + 4);
                let look = |next| {
                    let hash = second_hash(key, next);
                    sieve_has(four(self.sieve, SIEVE_LEN + sieve_at(hash)), hash)
                };
                let fits = (look(SECOND_ANY) | look(next & 0xFFFF) | look(next)) & 1;
                put_four(chunk.queue, kept, at | (fits * FITS));
                kept += (fits | near) as usize;
            }
        }
        chunk.queued = kept;
    }

    /// Looks the queued starts up in the wake table and wakes the groups.
    #[inline(never)]
    fn wake_all(&mut self, chunk: &Chunk<'_>, view: View<'_>, judge: &mut Judge<'_, 't>) {
        for &queued in chunk.queue.get(..chunk.queued).unwrap_or(&[]) {
            let at = (queued & !FITS) as usize;
            let start = chunk.base + at;
            let window = chunk.window(at);
            let asleep = if window == 0 { self.sleepy } else { 0 };
            let misfits = if queued & FITS == 0 { self.looked } else { 0 };
            // SAFETY: as in `sift`; `wake_slot` stays below the wake table's length.
            let key = unsafe { four(chunk.folded, at) };
            let woken = unsafe { four(self.wake, 4 * wake_slot(key)) };
            let groups = woken & !misfits & self.wake_mask & !asleep;
            if groups != 0 {
                // SAFETY: behind the last block stands another.
                let next = unsafe { four(chunk.folded, at + 4) };
                self.wake(view, start, (groups, key, next), window, judge);
            }
        }
        for i in 0..chunk.blocks {
            let mut anyhow = chunk.anyhow.get(i).copied().unwrap_or(0);
            while anyhow != 0 {
                let at = i * BLOCK + anyhow.trailing_zeros() as usize;
                anyhow &= anyhow - 1;
                let groups = self.begun(view, chunk.base + at);
                self.wake(
                    view,
                    chunk.base + at,
                    (groups, 0, 0),
                    chunk.window(at),
                    judge,
                );
            }
        }
        for i in 0..self.free_n {
            let index = self.free.get(i).copied().unwrap_or(0);
            self.free(
                index,
                view,
                (chunk.base, chunk.base + chunk.blocks * BLOCK),
                judge,
            );
        }
    }

    /// Looks capitalised words up in the sieve of words, and what passes in the lists.
    #[inline(never)]
    #[cfg_attr(feature = "module", unsafe(export_name = "optional.find_words"))]
    fn find_words(&mut self, chunk: &mut Chunk<'_>, view: View<'_>, judge: &mut Judge<'_, 't>) {
        let (blocks, _) = view.padded.as_chunks::<BLOCK>();
        let mut queued = 0;
        for i in 0..chunk.blocks {
            let Some(&[now, next]) = chunk.masks.get(i..i + 2).and_then(|m| m.first_chunk()) else {
                break;
            };
            let block = blocks.get(chunk.base / BLOCK + i);
            let starts = chunk.starts.get(i).copied().unwrap_or(0) & now.word;
            let mut starts = block.map_or(0, capitals) & starts;
            while starts != 0 {
                let bit = starts.trailing_zeros() as usize;
                starts &= starts - 1;
                let run = (now.word >> bit) | next.word << 1 << (BLOCK - 1 - bit);
                let len = (!run).trailing_zeros();
                let at = i * BLOCK + bit;
                // SAFETY: behind the last block stands another one, and a word is cut at 32 bytes; the
                // sieve has as many places as a key can name; `queued` counts at most the starts.
                unsafe {
                    let key = word_key(chunk.folded, at, len.min(32));
                    let (place, bits) = sieve(key);
                    let known = four(self.word_sieve, 4 * place) & bits == bits && len <= 32;
                    put_four(chunk.queue, queued, at as u32 | len << 16);
                    queued += usize::from(known);
                }
            }
        }
        for i in 0..queued {
            let queued = chunk.queue.get(i).copied().unwrap_or(0);
            let (at, len) = ((queued & 0xFFFF) as usize, queued >> 16);
            // SAFETY: as above.
            let key = unsafe { word_key(chunk.folded, at, len) };
            for list in 0..self.listed_n {
                let index = self.listed.get(list).copied().unwrap_or(0);
                let Some(group) = Group::bind(&self.tables, usize::from(index)) else {
                    continue;
                };
                if contains(self.tables.bytes, group.entry.extra_at, key) {
                    let mut walker = Walker {
                        group: &group,
                        tables: &self.tables,
                        ends: &mut self.ends,
                        view,
                    };
                    walker.start(chunk.base + at, judge);
                }
            }
        }
    }

    /// A start at which some groups may match; `window`: digits among the 16 bytes from here.
    #[inline(always)]
    fn wake(
        &mut self,
        view: View<'_>,
        start: usize,
        (mut groups, key, next): (u32, u32, u32),
        window: u32,
        judge: &mut Judge<'_, 't>,
    ) {
        let run = (!window).trailing_zeros().min(15) as usize;
        let behind = view.padded.get(start + run).copied().unwrap_or(0);
        while groups != 0 {
            let bit = groups.trailing_zeros() as usize;
            groups &= groups - 1;
            if let Some(group) = self.groups.get(bit)
                && window.count_ones() >= group.need(run, behind)
                && start < view.len
            {
                let mut walker = Walker {
                    group,
                    tables: &self.tables,
                    ends: &mut self.ends,
                    view,
                };
                match group.entry.kind {
                    1 => walker.run_back(start, judge),
                    5 => walker.named((key, next), start, judge),
                    _ => walker.start(start, judge),
                }
            }
        }
    }

    /// A group without a boundary at its start: every byte from `from` to `to`.
    #[inline(never)]
    #[cfg_attr(feature = "module", unsafe(export_name = "optional.free"))]
    fn free(
        &mut self,
        index: u8,
        view: View<'_>,
        (from, to): (usize, usize),
        judge: &mut Judge<'_, 't>,
    ) {
        let Some(group) = Group::bind(&self.tables, usize::from(index)) else {
            return;
        };
        let mut walker = Walker {
            group: &group,
            tables: &self.tables,
            ends: &mut self.ends,
            view,
        };
        for at in from..view.len.min(to) {
            if group.holds(view.padded.get(at).copied().unwrap_or(0)) {
                walker.start(at, judge);
            }
        }
    }
}

/// Walks a group and has what it finds judged.
struct Walker<'s, 'w, 't> {
    group: &'s Group<'t>,
    tables: &'s Tables<'t>,
    ends: &'s mut Ends<'w>,
    view: View<'s>,
}

impl<'t> Walker<'_, '_, 't> {
    /// Walks from a start and has judged what may match there.
    #[inline(never)]
    fn start(&mut self, start: usize, judge: &mut Judge<'_, 't>) {
        self.group.walk(self.view, start, self.ends);
        if self.ends.n > 0 {
            self.name(start, judge);
        }
    }

    /// Has the detectors judged that the group named.
    #[inline(never)]
    fn name(&self, start: usize, judge: &mut Judge<'_, 't>) {
        if self.group.entry.coarse == 0 {
            for detector in self.tables.list(self.group.entry.members_at, 1) {
                judge.judge(self.view, detector, start, Some(self.ends));
            }
            return;
        }
        // On its way a coarse automaton names each at most once.
        for (_, set) in self.ends.list() {
            self.judge_all(set, start, judge);
        }
    }

    /// Has the detectors of a set judged.
    #[inline(never)]
    fn judge_all(&self, set: u16, start: usize, judge: &mut Judge<'_, 't>) {
        for detector in self.group.detectors(self.tables, set) {
            judge.judge(self.view, detector, start, None);
        }
    }

    /// Has the detectors judged that the 4-gram and what follows it name.
    #[inline(never)]
    #[cfg_attr(feature = "module", unsafe(export_name = "optional.named"))]
    fn named(&mut self, (key, next): (u32, u32), start: usize, judge: &mut Judge<'_, 't>) {
        for next in [SECOND_ANY, next & 0xFFFF, next] {
            let place = name_slot(second_hash(key, next), self.group.entry.run_max);
            let place = self.group.extra.get(2 * place..);
            let set = place.and_then(|e| e.first_chunk());
            let set = set.map_or(0, |p| u16::from_le_bytes(*p));
            if let Some(set) = set.checked_sub(1) {
                self.judge_all(set, start, judge);
            }
        }
    }

    /// A trigger: tries the starts before it, from the left.
    #[inline(never)]
    #[cfg_attr(feature = "module", unsafe(export_name = "optional.run_back"))]
    fn run_back(&mut self, at: usize, judge: &mut Judge<'_, 't>) {
        let (group, text) = (self.group, self.view.padded);
        // The wake bit is that of a 4-gram, which two bytes may share: only the trigger counts.
        if text.get(at) != Some(&group.entry.trigger) {
            return;
        }
        let least = at.saturating_sub(group.entry.run_max as usize);
        let mut start = at;
        while start > least && text.get(start - 1).is_some_and(|&b| group.holds(b)) {
            start -= 1;
        }
        while start < at {
            self.start(start, judge);
            start += 1;
        }
    }
}

/// The key of the folded word of `len` bytes, at most 32, at `at`.
///
/// # Safety
/// 32 bytes from `at` lie in `folded`.
#[inline(always)]
unsafe fn word_key(folded: &[u8], at: usize, len: u32) -> u64 {
    // SAFETY: the caller's promise.
    unsafe {
        let eight = |at| u64::from(four(folded, at)) | u64::from(four(folded, at + 4)) << 32;
        let first = eight(at) & u64::MAX >> (64 - 8 * len.min(8));
        let last = if len > 8 {
            eight(at + len as usize - 8)
        } else {
            0
        };
        key(first, last, len)
    }
}

/// Bit by bit: is there a digit among so many bytes (1 to 16) from here on?
#[inline(always)]
fn near_digit((now, next): (u64, u64), many: u32) -> u64 {
    let mut near = now;
    let mut have = 1;
    while have < many {
        let more = have.min(many - have);
        near |= near >> more;
        have += more;
    }
    // Which of the bytes before the next block's first digit lie in this one; none: 15 is too far.
    near | u64::MAX << 1 << (64 - many) << (next | 0x8000).trailing_zeros()
}

/// Bit by bit: is the bit so far ahead (at most 63) set?
#[inline(always)]
fn ahead((now, next): (u64, u64), far: u32) -> u64 {
    now >> far | next << 1 << (63 - far)
}

/// The digits among the 16 bytes from `bit` on.
#[inline(always)]
fn digits(now: u64, next: u64, bit: usize) -> u32 {
    // In two steps, since a shift by 64 is none.
    (((now >> bit) | (next << 1 << (BLOCK - 1 - bit))) & 0xFFFF) as u32
}

/// Does the group hold a demanded detector?
fn demanded(tables: &Tables<'_>, entry: &GroupEntry, demand: &[u64]) -> bool {
    tables.list(entry.members_at, entry.members_n).any(|d| {
        demand
            .get(usize::from(d / 64))
            .is_some_and(|w| w & (1 << (d % 64)) != 0)
    })
}
