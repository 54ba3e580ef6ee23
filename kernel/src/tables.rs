//! A checked view of the tables: checked once when they are bound, trusted afterwards.
//!
//! The check walks every reference that an inner loop follows without asking:
//! automaton transitions, class maps, the wake table. All other reads go through
//! `get` and end in "nothing" rather than outside.

use crate::cells::MOST_CELLS;
use crate::layout::{
    DetectorEntry, GroupEntry, Header, LAYOUT, ParamEntry, QuestionEntry, RuleEntry, SECOND_LEN,
    SIEVE_LEN, SameEntry, SlotEntry, TABLES_MAGIC, WAKE_BITS,
};
use crate::scan::{Ends, MOST_WAKES, View};
use crate::walk::Program;
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
        let (pairs, _) = self.slice(at, n.saturating_mul(2)).as_chunks();
        pairs.iter().map(|pair| u16::from_le_bytes(*pair))
    }

    /// Is the number in the list?
    #[inline(never)]
    pub fn lists(&self, at: u32, n: u32, wanted: u16) -> bool {
        self.list(at, n).any(|number| number == wanted)
    }

    /// Walks the program at `at` of the tables, from the first of two places to the other.
    #[inline(never)]
    pub fn walk(
        &self,
        at: u32,
        fold: bool,
        view: View<'_>,
        (start, last): (usize, usize),
        ends: &mut Ends<'_>,
    ) {
        let behind = |at: u32| self.bytes.get(at as usize..).unwrap_or(&[]);
        let program = Program {
            code: behind(at),
            sets: behind(self.header.sets_at),
            fold,
        };
        program.walk(view, start, last, ends);
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
        whole(h.sets_at, h.sets_n as usize, 32)?;
        if (h.detectors_n as usize) > h.demand_words as usize * 64
            || (h.rules_n as usize) > h.fired_words as usize * 64
        {
            return None;
        }
        if h.groups_n > 0 {
            whole(h.wake_at, 1 << WAKE_BITS, 4)?;
            whole(h.sieve_at, SIEVE_LEN + SECOND_LEN, 1)?;
            whole(h.begun_at, 256, 4)?;
            whole(h.wanted_at, crate::blocks::Wanted::SIZE as usize, 1)?;
        }
        for index in 0..h.groups_n as usize {
            let g = self.group(index)?;
            let sets = whole(g.sets_at, g.sets_n as usize, 8)?;
            for &[a, b, c, d, n0, n1, n2, n3] in sets.as_chunks().0 {
                let (at, n) = (
                    u32::from_le_bytes([a, b, c, d]),
                    u32::from_le_bytes([n0, n1, n2, n3]),
                );
                whole(at, n as usize, 4)?;
                let mut numbers = self.list(at, 2 * n).step_by(2);
                if numbers.any(|d| u32::from(d) >= h.detectors_n) {
                    return None;
                }
            }
            if usize::from(g.wake_bit) >= MOST_WAKES {
                return None;
            }
            match (g.kind, g.naming) {
                (0, 1) => {
                    let classes = whole(g.extra_at, 256 + 32 * g.stride as usize, 1)?;
                    if classes.iter().take(256).any(|&c| u32::from(c) >= g.stride) {
                        return None;
                    }
                }
                (0 | 1, _) => (),
                (2, _) => whole(g.extra_at, 32, 1).map(|_| ())?,
                (4, _) => whole(h.word_sieve_at, WORD_SIEVE, 4).map(|_| ())?,
                (5, _) if (1..=14).contains(&g.bits) && g.set_bits < 16 => {
                    whole(g.extra_at, g.table_len as usize, 1).map(|_| ())?
                }
                (6 | 7, _) if g.members_n <= MOST_CELLS => {
                    let mut members = self.list(g.members_at, g.members_n);
                    if members.any(|d| u32::from(d) >= h.detectors_n) {
                        return None;
                    }
                }
                _ => return None,
            }
        }
        Some(())
    }
}
