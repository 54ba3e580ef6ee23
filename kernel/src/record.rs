//! The decision record: written once, in one order, so that equal decisions are equal bytes.
//!
//! ```text
//! RecordHeader | RuleHit … (by rule) | obligations u16 … | would u16 … (ascending, each once)
//!              | zero to a multiple of 8 | demand u64 … | FindingEntry …
//! ```

use crate::judge::Found;
use crate::layout::{
    ErrorCode, FindingEntry, NONE, RECORD_ERROR, RECORD_MAGIC, RECORD_STAGED, RecordHeader, RuleHit,
};
use crate::tables::Tables;

/// ABI version of the record.
pub const ABI_VERSION: u16 = 1;

/// A record under way.
#[derive(Debug)]
pub struct Record<'r> {
    /// Its header, counts still open.
    pub header: RecordHeader,
    out: &'r mut [u8],
    at: usize,
    obligations: Ascending<'r>,
    would: Ascending<'r>,
}

/// Numbers in ascending order, each once.
#[derive(Debug)]
struct Ascending<'r> {
    room: &'r mut [u16],
    n: usize,
}

impl Ascending<'_> {
    /// Where it stands or belongs, and whether it stands there.
    #[inline(never)]
    fn place(&self, number: u16) -> (usize, bool) {
        let (mut from, mut to) = (0, self.n);
        while from < to {
            let middle = (from + to) / 2;
            if self.get(middle) < number {
                from = middle + 1;
            } else {
                to = middle;
            }
        }
        (from, from < self.n && self.get(from) == number)
    }

    fn get(&self, at: usize) -> u16 {
        self.room.get(at).copied().unwrap_or(u16::MAX)
    }

    #[inline(never)]
    fn add(&mut self, number: u16) {
        let n = self.n;
        let mut at = n;
        // Mostly it is the first, or the next.
        if n > 0 && self.get(n - 1) >= number {
            let (place, known) = self.place(number);
            if known {
                return;
            }
            at = place;
        }
        let mut next = number;
        for slot in self.room.get_mut(at..=n).unwrap_or(&mut []) {
            core::mem::swap(slot, &mut next);
            self.n = n + 1;
        }
    }
}

impl<'r> Record<'r> {
    /// Most bytes of a record.
    pub fn most(rules: usize, demand_words: usize, listed: usize, found: usize) -> usize {
        RecordHeader::SIZE
            + rules * RuleHit::SIZE
            + 4 * listed
            + 8
            + 8 * demand_words
            + found * FindingEntry::SIZE
    }

    /// An empty record: `allow`. The lists hold every obligation of every rule and one `show` each.
    pub fn new(
        tables: &Tables<'_>,
        config: u64,
        out: &'r mut [u8],
        obligations: &'r mut [u16],
        would: &'r mut [u16],
    ) -> Self {
        let header = RecordHeader {
            magic: RECORD_MAGIC,
            version: ABI_VERSION,
            slot: 255,
            build: tables.header.build,
            build2: tables.header.build2,
            config,
            ..RecordHeader::default()
        };
        let at = RecordHeader::SIZE;
        Record {
            header,
            out,
            at,
            obligations: Ascending {
                room: obligations,
                n: 0,
            },
            would: Ascending { room: would, n: 0 },
        }
    }

    #[inline(always)]
    fn put(&mut self, bytes: &[u8]) {
        if let Some(slot) = self.out.get_mut(self.at..self.at + bytes.len()) {
            slot.copy_from_slice(bytes);
            self.at += bytes.len();
        }
    }

    #[inline(never)]
    fn put_two(&mut self, number: u16) {
        self.put(&number.to_le_bytes());
    }

    /// Names the first reason why `on_error` has the say.
    #[inline(never)]
    pub fn blame(&mut self, code: ErrorCode) {
        if self.header.error == 0 {
            self.header.error = code as u8;
            self.header.flags |= RECORD_ERROR;
        }
    }

    /// Gives `on_error` its say, under the policy's stage on that day (no day: uncapped).
    #[inline(never)]
    pub fn on_error(&mut self, tables: &Tables<'_>, today: Option<i32>) {
        let cap = today.map_or(6, |day| crate::decide::cap(tables, NONE, day));
        let verdict = tables.header.on_error;
        self.header.verdict = self.header.verdict.max(verdict);
        self.header.effective = self.header.effective.max(verdict.min(cap));
        if cap != 6 {
            self.header.flags |= RECORD_STAGED;
        }
    }

    /// A rule that fired.
    pub fn rule(&mut self, hit: RuleHit) {
        self.put(hit.bytes());
        self.header.rules += 1;
        self.header.verdict = self.header.verdict.max(hit.verdict);
        self.header.effective = self.header.effective.max(hit.effective);
    }

    /// An obligation in force.
    #[inline(always)]
    pub fn obligation(&mut self, obligation: u16) {
        self.obligations.add(obligation);
    }

    /// An obligation that would be in force without stages.
    pub fn would(&mut self, obligation: u16) {
        self.would.add(obligation);
    }

    /// Writes lists, demand and findings, then the header; gives the record's length.
    pub fn finish(&mut self, demand: &[u64], found: &[Found]) -> usize {
        self.header.obligations = self.obligations.n as u16;
        for i in 0..self.obligations.n {
            self.put_two(self.obligations.get(i));
        }
        for i in 0..self.would.n {
            let obligation = self.would.get(i);
            if !self.obligations.place(obligation).1 {
                self.put_two(obligation);
                self.header.would += 1;
            }
        }
        while !self.at.is_multiple_of(8) {
            self.put_two(0);
        }
        for word in demand {
            self.put(&word.to_le_bytes());
            self.header.demand += 1;
        }
        for f in found {
            let entry = FindingEntry {
                detector: f.detector,
                confidence: f.confidence,
                flags: f.flags,
                part: f.part,
                start: f.start,
                end: f.end,
                distinct: f.distinct,
            };
            self.put(entry.bytes());
            self.header.findings += 1;
        }
        self.header.len = self.at as u32;
        if let Some(front) = self.out.first_chunk_mut() {
            *front = *self.header.bytes();
        }
        self.at
    }
}
