//! A checked view of the tables: checked once when they are bound, trusted afterwards.
//!
//! The check walks every reference that an inner loop follows without asking:
//! automaton transitions, class maps, the wake table. All other reads go through
//! `get` and end in "nothing" rather than outside.

use crate::layout::{
    DetectorEntry, GroupEntry, Header, LAYOUT, ParamEntry, QuestionEntry, RuleEntry, SIEVE_LEN,
    SameEntry, SlotEntry, TABLES_MAGIC, WAKE_BITS,
};
use crate::scan::MOST_WAKES;
use crate::words::WORD_SIEVE;

/// What there is to know of tables.
#[derive(Clone, Copy, Debug)]
pub struct Bound<'a> {
    /// All bytes.
    pub bytes: &'a [u8],
    /// The header.
    pub header: Header,
}

/// The tables of one module.
#[cfg(not(all(target_arch = "wasm32", feature = "module")))]
#[derive(Clone, Copy, Debug)]
pub struct Tables<'a>(Bound<'a>);

/// The tables of this module, which has one set of them for ever: they lie in one place that every
/// function knows, so that none has to be told.
#[cfg(all(target_arch = "wasm32", feature = "module"))]
#[derive(Clone, Copy, Debug)]
pub struct Tables<'a>(core::marker::PhantomData<&'a [u8]>);

#[cfg(all(target_arch = "wasm32", feature = "module"))]
static mut BOUND: Bound<'static> = Bound {
    bytes: &[],
    header: Header::NOTHING,
};

impl<'a> core::ops::Deref for Tables<'a> {
    type Target = Bound<'a>;

    #[cfg(not(all(target_arch = "wasm32", feature = "module")))]
    fn deref(&self) -> &Bound<'a> {
        &self.0
    }

    #[cfg(all(target_arch = "wasm32", feature = "module"))]
    #[inline(always)]
    fn deref(&self) -> &Bound<'a> {
        // SAFETY: an instance runs on one thread, and `bind` has written it before there were `Tables`.
        unsafe { &*core::ptr::addr_of!(BOUND) }
    }
}

/// Why tables are refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TableError {
    /// Too short, or another magic.
    Magic,
    /// Made for another kernel.
    Layout,
    /// Something points outside.
    Range,
}

macro_rules! entries {
    ($($name:ident, $entry:ident, $at:ident, $n:ident;)+) => {
        $(#[doc = concat!("The `", stringify!($entry), "` with this index.")]
        #[inline(never)]
        pub fn $name(&self, index: usize) -> Option<&'a $entry> {
            if index >= self.header.$n as usize { return None; }
            $entry::view(self.bytes, self.header.$at as usize + index * $entry::SIZE)
        })+
    };
}

impl<'a> Bound<'a> {
    /// Binds tables without a look at what the header points at.
    fn of(bytes: &'a [u8]) -> Result<Self, TableError> {
        let header = *Header::view(bytes, 0).ok_or(TableError::Magic)?;
        if header.magic != TABLES_MAGIC {
            return Err(TableError::Magic);
        }
        if header.layout != LAYOUT {
            return Err(TableError::Layout);
        }
        let bytes = bytes.get(..header.len as usize).ok_or(TableError::Range)?;
        Ok(Bound { bytes, header })
    }
}

#[cfg(not(all(target_arch = "wasm32", feature = "module")))]
impl<'a> Tables<'a> {
    /// Binds tables and checks what the scanner relies on.
    pub fn new(bytes: &'a [u8]) -> Result<Self, TableError> {
        let tables = Self::trusted(bytes)?;
        tables.check().ok_or(TableError::Range)?;
        Ok(tables)
    }

    /// Binds tables that the linker checked and the module's digest covers.
    pub fn trusted(bytes: &'a [u8]) -> Result<Self, TableError> {
        Bound::of(bytes).map(Tables)
    }
}

#[cfg(all(target_arch = "wasm32", feature = "module"))]
impl Tables<'static> {
    /// Binds tables that the linker checked and the module's digest covers.
    ///
    /// # Safety
    /// Nothing of other tables is still in use.
    pub unsafe fn bind(bytes: &'static [u8]) -> Result<Self, TableError> {
        // SAFETY: the caller's promise.
        unsafe { *core::ptr::addr_of_mut!(BOUND) = Bound::of(bytes)? };
        Ok(Tables(core::marker::PhantomData))
    }
}

impl<'a> Tables<'a> {
    entries! {
        slot, SlotEntry, slots_at, slots_n;
        same, SameEntry, sames_at, sames_n;
        param, ParamEntry, params_at, params_n;
        question, QuestionEntry, questions_at, questions_n;
        rule, RuleEntry, rules_at, rules_n;
        detector, DetectorEntry, detectors_at, detectors_n;
        group, GroupEntry, groups_at, groups_n;
    }

    /// Bytes `at .. at + n`, or nothing.
    #[inline(never)]
    pub fn slice(&self, at: u32, n: u32) -> &'a [u8] {
        (at as usize)
            .checked_add(n as usize)
            .and_then(|end| self.bytes.get(at as usize..end))
            .unwrap_or(&[])
    }

    /// A u32 in the tables, 0 outside of them.
    #[inline(never)]
    pub fn word(&self, at: u32) -> u32 {
        let raw = self
            .bytes
            .get(at as usize..)
            .and_then(|raw| raw.first_chunk());
        raw.map_or(0, |raw| u32::from_le_bytes(*raw))
    }

    /// A list of u16.
    #[inline]
    pub fn list(&self, at: u32, n: u32) -> impl Iterator<Item = u16> + use<'a> {
        self.slice(at, n.saturating_mul(2))
            .chunks_exact(2)
            .map(|c| match c {
                [a, b] => u16::from_le_bytes([*a, *b]),
                _ => 0,
            })
    }

    /// Is the number in the list?
    #[inline(never)]
    pub fn lists(&self, at: u32, n: u32, wanted: u16) -> bool {
        self.list(at, n).any(|number| number == wanted)
    }

    #[cfg_attr(
        feature = "module",
        allow(dead_code, reason = "a module trusts its linker")
    )]
    fn check(&self) -> Option<()> {
        let h = &self.header;
        let whole = |at: u32, n: usize, size: usize| -> Option<&'a [u8]> {
            self.bytes
                .get(at as usize..(at as usize).checked_add(n.checked_mul(size)?)?)
        };
        whole(h.slots_at, h.slots_n as usize, SlotEntry::SIZE)?;
        whole(h.sames_at, h.sames_n as usize, SameEntry::SIZE)?;
        whole(h.params_at, h.params_n as usize, ParamEntry::SIZE)?;
        whole(h.questions_at, h.questions_n as usize, QuestionEntry::SIZE)?;
        whole(h.rules_at, h.rules_n as usize, RuleEntry::SIZE)?;
        whole(h.detectors_at, h.detectors_n as usize, DetectorEntry::SIZE)?;
        whole(h.groups_at, h.groups_n as usize, GroupEntry::SIZE)?;
        if (h.detectors_n as usize) > h.demand_words as usize * 64
            || (h.rules_n as usize) > h.fired_words as usize * 64
        {
            return None;
        }
        if h.groups_n > 0 {
            whole(h.wake_at, 1 << WAKE_BITS, 4)?;
            whole(h.sieve_at, 2 * SIEVE_LEN, 1)?;
            whole(h.begun_at, 256, 4)?;
            whole(h.wanted_at, crate::blocks::Wanted::SIZE as usize, 1)?;
        }
        for index in 0..h.groups_n as usize {
            let g = self.group(index)?;
            let sets = whole(g.sets_at, g.sets_n as usize, 8)?;
            for set in sets.chunks_exact(8) {
                let at = u32::from_le_bytes(set.get(..4)?.try_into().ok()?);
                let n = u32::from_le_bytes(set.get(4..)?.try_into().ok()?);
                whole(at, n as usize, 2)?;
                if self.list(at, n).any(|d| u32::from(d) >= h.detectors_n) {
                    return None;
                }
            }
            if g.kind == 5 && usize::from(g.wake_bit) < MOST_WAKES {
                if g.run_max == 0 || g.run_max > 15 {
                    return None;
                }
                whole(g.extra_at, 1 << g.run_max, 2)?;
                continue;
            }
            let classes = whole(g.classes_at, 256, 1)?;
            let trans = whole(g.trans_at, g.trans_n as usize, 2)?;
            if g.stride == 0 || usize::from(g.wake_bit) >= MOST_WAKES || g.start >= g.trans_n {
                return None;
            }
            // The walks read without asking.
            if g.sparse != 0 {
                sparse(trans, g.start, classes, g.stride)?;
            } else {
                if g.trans_n % g.stride != 0
                    || g.start % g.stride != 0
                    || g.first_match % g.stride != 0
                    || g.first_match > g.trans_n
                    || (g.coarse != 0 && (g.trans_n - g.first_match) / g.stride > g.sets_n)
                    || classes.iter().any(|&c| u32::from(c) >= g.stride)
                {
                    return None;
                }
                for pair in trans.chunks_exact(2) {
                    let to = u32::from(u16::from_le_bytes(pair.try_into().ok()?));
                    if to >= g.trans_n || to % g.stride != 0 {
                        return None;
                    }
                }
            }
            match g.kind {
                0 if g.digit_by > 16 => (),
                0 => whole(g.extra_at, 16, g.stride as usize).map(|_| ())?,
                1 | 2 => whole(g.extra_at, 32, 1).map(|_| ())?,
                3 => (),
                4 => whole(h.word_sieve_at, WORD_SIEVE, 4).map(|_| ())?,
                _ => return None,
            }
        }
        Some(())
    }
}

/// Are these the states of a sparse automaton (`scan.rs`), one behind the other, and is every target
/// one of them?
#[cfg_attr(
    feature = "module",
    allow(dead_code, reason = "a module trusts its linker")
)]
fn sparse(trans: &[u8], start: u32, classes: &[u8], stride: u32) -> Option<()> {
    let code = |at: usize| -> Option<usize> {
        let raw = trans.get(2 * at..2 * at + 2)?;
        Some(usize::from(u16::from_le_bytes(raw.try_into().ok()?)))
    };
    let n = trans.len() / 2;
    if n > 1 << 16 || classes.iter().any(|&c| u32::from(c) >= stride) {
        return None;
    }
    // Where the targets of a state stand: their number, the first, and the distance between two.
    let targets = |at: usize| -> Option<(usize, usize, usize)> {
        let head = code(at)?;
        let body = at + 1 + (head >> 15);
        Some(match head & 0x4000 {
            0 => (head & 0x3FFF, body + 1, 2),
            _ => (stride as usize, body, 1),
        })
    };
    let mut states = [0u64; 1 << 10];
    let mut at = 1;
    while at < n {
        *states.get_mut(at / 64)? |= 1 << (at % 64);
        let (count, first, apart) = targets(at)?;
        at = first + count * apart - (apart - 1);
    }
    let state = |at: usize| states.get(at / 64).is_some_and(|w| w >> (at % 64) & 1 != 0);
    // Nothing matches where the start is the dead state.
    if at != n || (start != 0 && !state(start as usize)) {
        return None;
    }
    for at in (1..n).filter(|&at| state(at)) {
        let (count, first, apart) = targets(at)?;
        for i in 0..count {
            let on = code(first + i * apart)?;
            if on != 0 && !state((at + on) & 0xFFFF) {
                return None;
            }
        }
    }
    Some(())
}
