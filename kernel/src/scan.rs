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
//! What wakes need not be the first byte: where a match may begin with signs, its first letter does, or
//! the `@` of an e-mail address; the judge goes back over the bytes that may stand before it and tries the
//! starts from the left. Groups of other kinds:
//! a *free* group has no boundary at its start and looks at every byte; a *listed* group is woken by
//! capitalised words that are in a list (`words.rs`).
//!
//! What it never does: look at a byte twice for two detectors of a group, go back
//! in the text by more than such a run, or walk further than the group's
//! longest match. So the cost is linear, and `riegel.bound` says with which factor.

use crate::blocks::{BLOCK, Carry, Masks, PAD, Wanted, Way, capitals, fold};
use crate::cells;
use crate::judge::Judge;
use crate::layout::{
    GOES_ON, GroupEntry, SECOND_ANY, SECOND_LEN, SIEVE_LEN, WAKE_BITS, letters, name_at, second_at,
    second_hash, sieve_at, sieve_has, sieve_hash, wake_slot,
};
use crate::memory::{four, put_four};
use crate::tables::Tables;
use crate::walk::holds;
use crate::words::{WORD_SIEVE, contains, key, sieve};

/// Longest match of any automaton, in bytes.
pub const LONGEST: usize = 1024;
/// Different things that groups may ask for at a start.
const ASKED: usize = 4;
/// Most groups that the wake table can name.
pub const MOST_WAKES: usize = 32;
/// Most groups of a module.
pub const MOST_GROUPS: usize = 64;

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

    /// None.
    #[inline]
    pub fn clear(&mut self) {
        self.n = 0;
    }

    /// One more, with its set.
    #[inline]
    pub fn put(&mut self, end: usize, set: u32) {
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

/// A group ready to name its detectors.
#[derive(Clone, Copy, Debug)]
pub struct Group<'t> {
    /// Its entry.
    pub entry: &'t GroupEntry,
    extra: &'t [u8],
}

impl<'t> Group<'t> {
    /// Binds a group of checked tables.
    #[inline(never)]
    pub fn bind(tables: &Tables<'t>, index: usize) -> Option<Self> {
        let entry = tables.group(index)?;
        let extra = match entry.kind {
            0 => 256 + 32 * entry.stride,
            5 => entry.table_len,
            _ => 32,
        };
        Some(Group {
            entry,
            extra: tables.slice(entry.extra_at, extra),
        })
    }

    /// The u16 at a place of its table.
    #[inline(never)]
    fn place(&self, at: usize) -> u16 {
        let place = self.extra.get(at..).and_then(|e| e.first_chunk());
        place.map_or(0, |p| u16::from_le_bytes(*p))
    }
}

/// Blocks that are sifted before anybody is woken.
const CHUNK: usize = 32;

/// In the queue: bit by bit, which ways [`behind`] it the second sieve has.
const FITS: u32 = 16;

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
    /// Starts that the sieve let through, later with what [`FITS`].
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
        sixteen(digits_at(at / BLOCK), digits_at(at / BLOCK + 1), at % BLOCK)
    }
}

/// A scanner bound to tables, for one demand.
pub struct Scanner<'w, 't> {
    /// The tables.
    pub tables: Tables<'t>,
    /// By wake bit.
    groups: [Option<Group<'t>>; MOST_WAKES],
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
    /// Behind the specials of these stands a letter or digit.
    worded: bool,
    /// Groups whose longer beginnings are in the second sieve.
    looked: u32,
    /// What the groups of `at_starts` ask for: letters and digits that their matches begin with, at least;
    /// and among how many first bytes each holds a digit (17: not all of them do).
    asked: [(u32, u32); ASKED],
    asked_n: usize,
    wanted: Wanted,
    triggered: bool,
    /// Bit per group: at every byte.
    free: u64,
    /// Groups that are tried in the cells of tables.
    columned: u64,
    /// Groups that the words of a list wake, and the sieve of these words.
    listed: u64,
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
        let wanted = Wanted::read(wanted, tables.header.triggered != 0).unwrap_or_default();
        let mut scanner = Scanner {
            tables,
            groups: [None; MOST_WAKES],
            begun: tables.slice(tables.header.begun_at, 4 * 256),
            wake: tables.slice(tables.header.wake_at, 4 << WAKE_BITS),
            sieve: tables.slice(tables.header.sieve_at, (SIEVE_LEN + SECOND_LEN) as u32),
            wake_mask: 0,
            sleepy: 0,
            at_starts: 0,
            at_specials: 0,
            worded: true,
            looked: tables.header.looked,
            asked: [(16, 1); ASKED],
            asked_n: 0,
            triggered: tables.header.triggered != 0,
            wanted,
            free: 0,
            columned: 0,
            listed: 0,
            word_sieve: tables.slice(tables.header.word_sieve_at, 4 * WORD_SIEVE as u32),
            ends: Ends::new(ends),
            queue,
            folded,
        };
        if scanner.wake.len() != 4 << WAKE_BITS
            || scanner.sieve.len() != SIEVE_LEN + SECOND_LEN
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
            if demanded(&tables, group.entry, demand) {
                scanner.arm(index as u8, group);
            }
        }
        scanner
    }

    fn arm(&mut self, index: u8, group: Group<'t>) {
        let entry = group.entry;
        let own = 1u64 << (index & 63);
        match entry.kind {
            2 => self.free |= own,
            6 => self.columned |= own,
            4 if self.word_sieve.len() == 4 * WORD_SIEVE => self.listed |= own,
            _ => {}
        }
        if !matches!(entry.kind, 0 | 1 | 5) {
            return;
        }
        let bit = 1 << (entry.wake_bit & 31);
        self.wake_mask |= bit;
        if entry.every != 0 && entry.kind == 0 {
            self.at_starts |= bit;
            self.worded &= entry.word_run != 0;
            let (run, by) = (u32::from(entry.word_run), u32::from(entry.digit_by));
            // The last place takes in all that have none of their own.
            if let Some(asked) = self.asked.get_mut(self.asked_n.min(ASKED - 1)) {
                *asked = (asked.0.min(run), asked.1.max(by));
                self.asked_n += 1;
            }
        } else if entry.every != 0 {
            self.at_specials |= bit;
            self.worded &= entry.worded != 0;
        }
        if entry.digit_by <= 16 {
            self.sleepy |= bit;
        }
        if let Some(slot) = self.groups.get_mut(usize::from(entry.wake_bit)) {
            *slot = Some(group);
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
            self.find_words(&mut chunk, view, judge);
            todo -= chunk.blocks;
            known = 1;
            chunk.advance();
        }
        (self.queue, self.folded) = (chunk.queue, chunk.folded);
        let mut columned = self.columned;
        while columned != 0 {
            let index = columned.trailing_zeros();
            columned &= columned - 1;
            if let Some(group) = self.tables.group(index as usize) {
                cells::scan(judge, view, group, self.ends.list);
            }
        }
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
            for &(many, by) in self.asked.iter().take(self.asked_n) {
                let mut asked = starts & run(words, many);
                if by <= 16 {
                    asked &= near_digit((now.digit, next.digit), by);
                }
                anyhow |= asked;
            }
            if self.at_starts | self.at_specials != 0 {
                let specials = if self.triggered {
                    now.trigger
                } else {
                    now.special
                };
                anyhow |= specials & (ahead(words, 1) | u64::from(self.worded).wrapping_sub(1));
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

    /// Those of the groups that find there what they ask for.
    #[inline(never)]
    fn asking(&self, mut groups: u32, chunk: &Chunk<'_>, at: usize) -> u32 {
        let words = |i: usize| chunk.masks.get(i).map_or(0, |m| m.word);
        let run = (!sixteen(words(at / BLOCK), words(at / BLOCK + 1), at % BLOCK)).trailing_zeros();
        let digit = chunk.window(at).trailing_zeros();
        let mut asking = groups;
        while groups != 0 {
            let bit = groups.trailing_zeros();
            groups &= groups - 1;
            if let Some(Some(group)) = self.groups.get(bit as usize)
                && (run < u32::from(group.entry.word_run)
                    || group.entry.digit_by <= 16 && digit >= u32::from(group.entry.digit_by))
            {
                asking &= !(1 << bit);
            }
        }
        asking
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
    /// on as some match does. Without a branch either.
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
                let look = |i| {
                    let hash = second_hash(key, behind(next, i));
                    (sieve_has(four(self.sieve, second_at(hash)), hash) & 1) << i
                };
                let fits = look(0) | look(1) | look(2) | look(3);
                put_four(chunk.queue, kept, at | fits << FITS);
                kept += usize::from(fits | near != 0);
            }
        }
        chunk.queued = kept;
    }

    /// Looks the queued starts up in the wake table and wakes the groups.
    #[inline(never)]
    fn wake_all(&mut self, chunk: &Chunk<'_>, view: View<'_>, judge: &mut Judge<'_, 't>) {
        for &queued in chunk.queue.get(..chunk.queued).unwrap_or(&[]) {
            let (at, fits) = ((queued & 0xFFFF) as usize, queued >> FITS);
            let start = chunk.base + at;
            let window = chunk.window(at);
            let asleep = if window == 0 { self.sleepy } else { 0 };
            let misfits = if fits == 0 { self.looked } else { 0 };
            // SAFETY: as in `sift`; `wake_slot` stays below the wake table's length.
            let key = unsafe { four(chunk.folded, at) };
            let woken = unsafe { four(self.wake, 4 * wake_slot(key)) };
            let groups = woken & !misfits & self.wake_mask & !asleep;
            if groups != 0 {
                // SAFETY: behind the last block stands another.
                let next = unsafe { four(chunk.folded, at + 4) };
                self.wake(view, start, groups, (key, next, fits), window, judge);
            }
        }
        for i in 0..chunk.blocks {
            let mut anyhow = chunk.anyhow.get(i).copied().unwrap_or(0);
            while anyhow != 0 {
                let at = i * BLOCK + anyhow.trailing_zeros() as usize;
                anyhow &= anyhow - 1;
                let groups = self.begun(view, chunk.base + at);
                let groups = self.asking(groups, chunk, at);
                self.wake(
                    view,
                    chunk.base + at,
                    groups,
                    (0, 0, 0),
                    chunk.window(at),
                    judge,
                );
            }
        }
        let mut free = self.free;
        while free != 0 {
            let index = free.trailing_zeros();
            free &= free - 1;
            self.free(
                index as u8,
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
        if self.listed == 0 {
            return;
        }
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
            let mut listed = self.listed;
            while listed != 0 {
                let index = listed.trailing_zeros();
                listed &= listed - 1;
                let Some(group) = Group::bind(&self.tables, index as usize) else {
                    continue;
                };
                if contains(self.tables.bytes, group.entry.extra_at, key) {
                    let mut walker = Walker {
                        group: &group,
                        ends: &mut self.ends,
                        view,
                        start: chunk.base + at,
                        window: u32::MAX,
                    };
                    walker.start(judge);
                }
            }
        }
    }

    /// A start at which some groups may match; `window`: digits among the 16 bytes from here.
    #[inline(never)]
    fn wake(
        &mut self,
        view: View<'_>,
        start: usize,
        mut groups: u32,
        hash: (u32, u32, u32),
        window: u32,
        judge: &mut Judge<'_, 't>,
    ) {
        while groups != 0 {
            let bit = groups.trailing_zeros() as usize;
            groups &= groups - 1;
            if let Some(Some(group)) = self.groups.get(bit)
                && start < view.len
            {
                let mut walker = Walker {
                    group,
                    ends: &mut self.ends,
                    view,
                    start,
                    window,
                };
                match (group.entry.kind, group.entry.naming) {
                    (5, _) => walker.by_hash(hash, judge),
                    (_, 1) => walker.by_digits(judge),
                    _ => walker.start(judge),
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
            ends: &mut self.ends,
            view,
            start: 0,
            window: u32::MAX,
        };
        for at in from..view.len.min(to) {
            if holds(group.extra, view.padded.get(at).copied().unwrap_or(0)) {
                walker.start = at;
                walker.start(judge);
            }
        }
    }
}

/// Has those judged whom a group names.
struct Walker<'s, 'w, 't> {
    group: &'s Group<'t>,
    ends: &'s mut Ends<'w>,
    view: View<'s>,
    start: usize,
    /// The digits among the 16 bytes from there.
    window: u32,
}

impl<'t> Walker<'_, '_, 't> {
    /// Whom the group's program names at the start; without one, all its members.
    #[inline(never)]
    fn start(&mut self, judge: &mut Judge<'_, 't>) {
        let entry = self.group.entry;
        if entry.naming < 2 {
            self.judge_all(0, judge);
        } else {
            self.by_program(judge);
        }
    }

    /// Whom the group's program names.
    #[inline(never)]
    #[cfg_attr(feature = "module", unsafe(export_name = "optional.by_program"))]
    fn by_program(&mut self, judge: &mut Judge<'_, 't>) {
        let entry = self.group.entry;
        self.ends.clear();
        // A name may show one byte behind the match, which may be the padding.
        let last = self.view.len.min(self.start + entry.max_len as usize) + 1;
        let (start, folds) = (self.start, entry.naming == 3);
        judge
            .tables
            .walk(entry.code_at, folds, self.view, (start, last), self.ends);
        // On its way an automaton names each at most once.
        for (_, set) in self.ends.list() {
            self.judge_all(set, judge);
        }
    }

    /// Has the detectors of a set judged that ask for no more digits than there are.
    #[inline(never)]
    fn judge_all(&self, set: u16, judge: &mut Judge<'_, 't>) {
        self.judge_those(set, judge, |_| true);
    }

    /// The same of those of them that fit by what they ask for.
    #[inline(always)]
    fn judge_those(&self, set: u16, judge: &mut Judge<'_, 't>, fits: impl Fn(u16) -> bool) {
        let at = self.group.entry.sets_at + 8 * u32::from(set);
        let tables = judge.tables;
        let (at, n) = (tables.word(at), tables.word(at + 4));
        for &[a, b, c, d] in tables.slice(at, 4 * n).as_chunks().0 {
            let asked = u16::from_le_bytes([c, d]);
            if u32::from(asked >> GOES_ON.count_ones()) > self.window.count_ones() {
                break;
            }
            if fits(asked) {
                judge.woken(self.view, u16::from_le_bytes([a, b]), self.start);
            }
        }
    }

    /// Whom the first run of digits and the byte behind it name, where the number goes on as they ask.
    #[inline(never)]
    #[cfg_attr(feature = "module", unsafe(export_name = "optional.by_digits"))]
    fn by_digits(&mut self, judge: &mut Judge<'_, 't>) {
        let run = (!self.window).trailing_zeros().min(15);
        let second = (!(self.window >> run >> 1)).trailing_zeros();
        // Of what lies beyond the window nothing is known.
        let fits = match run + 1 + second {
            ..16 => 1 << second.min(GOES_ON.count_ones() - 1),
            _ => GOES_ON,
        };
        let behind = self.view.padded.get(self.start + run as usize).copied();
        let class = self.group.extra.get(usize::from(behind.unwrap_or(0)));
        let class = usize::from(class.copied().unwrap_or(0));
        let place = (run * self.group.entry.stride) as usize + class;
        if let Some(set) = self.group.place(256 + 2 * place).checked_sub(1) {
            self.judge_those(set, judge, |asked| asked & fits != 0);
        }
    }

    /// Whom the 4-gram and what follows it name.
    #[inline(never)]
    #[cfg_attr(feature = "module", unsafe(export_name = "optional.by_hash"))]
    fn by_hash(&mut self, (key, next, fits): (u32, u32, u32), judge: &mut Judge<'_, 't>) {
        let (bits, sets) = (u32::from(self.group.entry.bits), self.group.entry.set_bits);
        // Those with digits near have only the first, whatever the sieve says.
        let mut fits = fits | 1;
        while fits != 0 {
            let next = behind(next, fits.trailing_zeros());
            fits &= fits - 1;
            let (bucket, check) = name_at(second_hash(key, next), bits);
            let from = usize::from(self.group.place(2 * bucket));
            for i in from..usize::from(self.group.place(2 * bucket + 2)) {
                let place = self.group.place(2 * i);
                let set = place & !(u16::MAX << (sets & 15));
                if place >> (sets & 15) == check >> (sets & 15)
                    && let Some(set) = set.checked_sub(1)
                {
                    self.judge_all(set, judge);
                }
            }
        }
    }
}

/// The four ways in which the sieve and the table of names may know what follows a 4-gram.
#[inline(always)]
fn behind(next: u32, way: u32) -> u32 {
    match way {
        0 => SECOND_ANY,
        1 => next & 0xFFFF,
        2 => next,
        _ => letters(next),
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

/// Bit by bit: are so many bits (at most 16) set from here on?
#[inline(always)]
fn run((now, next): (u64, u64), many: u32) -> u64 {
    let (mut now, mut next) = (now, next);
    let mut have = 1;
    while have < many {
        let more = have.min(many - have);
        now &= now >> more | next << (64 - more);
        next &= next >> more;
        have += more;
    }
    now
}

/// Bit by bit: is the bit so far ahead (at most 63) set?
#[inline(always)]
fn ahead((now, next): (u64, u64), far: u32) -> u64 {
    now >> far | next << 1 << (63 - far)
}

/// The 16 bits from `bit` on.
#[inline(always)]
fn sixteen(now: u64, next: u64, bit: usize) -> u32 {
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
