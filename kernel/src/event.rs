//! The event frame: checked completely, then turned into facts.
//!
//! The facts are what the emitted rules read: attribute bits, then demand and
//! fired bits (all u64 words), then numbers. Strings are looked up here, in the
//! tables' dictionaries, so that no host re-implements a comparison.

use crate::config;
use crate::layout::{
    DictEntry, Direction, ErrorCode, FRAME_MAGIC, FrameHeader, NONE, PartEntry, Role,
    SLOT_HAS_DEFAULT, SLOT_REQUIRED, SLOT_TEXTS, SlotEntry, SlotKind, fnv1a,
};
use crate::tables::Tables;

/// Bytes of a slot value.
pub const SLOT: usize = 8;

/// A frame whose header, slots and parts lie inside it.
#[derive(Clone, Copy, Debug)]
pub struct Frame<'f> {
    bytes: &'f [u8],
    /// The header.
    pub header: &'f FrameHeader,
}

/// What an evaluation works with; see the module's first lines.
#[derive(Debug)]
pub struct Facts<'w> {
    /// Attribute bits, demand bits, fired bits.
    pub words: &'w mut [u64],
    /// Numbers.
    pub nums: &'w mut [i32],
}

impl Facts<'_> {
    /// Sets a bit, where there is one.
    #[inline(never)]
    pub fn set(&mut self, bit: u32) {
        if bit != NONE
            && let Some(word) = self.words.get_mut(bit as usize / 64)
        {
            *word |= 1 << (bit % 64);
        }
    }

    /// Sets a number, where it has a place.
    #[inline(never)]
    pub fn put(&mut self, num: u32, value: i32) {
        if num != NONE
            && let Some(slot) = self.nums.get_mut(num as usize)
        {
            *slot = value;
        }
    }
}

impl<'f> Frame<'f> {
    /// Checks header and lengths.
    pub fn new(tables: &Tables<'_>, bytes: &'f [u8]) -> Result<Self, ErrorCode> {
        let header = FrameHeader::view(bytes, 0).ok_or(ErrorCode::Frame)?;
        if header.magic != FRAME_MAGIC {
            return Err(ErrorCode::Frame);
        }
        if header.schema != tables.header.schema
            || header.slots != tables.header.slots_n
            || (header.dictionary != 0 && header.dictionary != tables.header.dictionary)
        {
            return Err(ErrorCode::Schema);
        }
        let end = FrameHeader::SIZE as u64
            + u64::from(header.slots) * SLOT as u64
            + u64::from(header.parts) * PartEntry::SIZE as u64;
        if end > bytes.len() as u64 {
            return Err(ErrorCode::Frame);
        }
        Ok(Frame { bytes, header })
    }

    /// A slot's two numbers.
    fn slot(&self, index: usize) -> (u32, u32) {
        let at = FrameHeader::SIZE + index * SLOT;
        (self.word(at), self.word(at + 4))
    }

    fn word(&self, at: usize) -> u32 {
        match self.bytes.get(at..at + 4) {
            Some(&[a, b, c, d]) => u32::from_le_bytes([a, b, c, d]),
            _ => 0,
        }
    }

    /// The part with this index (below `header.parts`).
    pub fn part(&self, index: usize) -> Option<&'f PartEntry> {
        let at = FrameHeader::SIZE
            + self.header.slots as usize * SLOT
            + index.checked_mul(PartEntry::SIZE)?;
        PartEntry::view(self.bytes, at)
    }

    /// Checks all parts against the length of the content.
    pub fn check_parts(&self, content: usize) -> Result<(), ErrorCode> {
        let mut free = 0u64;
        for index in 0..self.header.parts as usize {
            let part = self.part(index).ok_or(ErrorCode::Part)?;
            let end = u64::from(part.offset) + u64::from(part.len);
            if u64::from(part.offset) < free
                || end > content as u64
                || part.role > Role::Other as u8
                || part.direction > Direction::Inbound as u8
            {
                return Err(ErrorCode::Part);
            }
            free = end;
        }
        Ok(())
    }

    /// The bytes of a string or host slot, or its default; `None` where it is absent.
    fn string(
        &self,
        tables: &Tables<'f>,
        entry: &SlotEntry,
        index: usize,
    ) -> Result<Option<&'f [u8]>, ErrorCode> {
        let (at, len) = self.slot(index);
        if at != 0 {
            return text(self.bytes, at, len.into()).map(Some);
        }
        Ok((entry.flags & SLOT_HAS_DEFAULT != 0)
            .then(|| tables.slice(entry.default, entry.default_len)))
    }

    /// As `string`, of any slot.
    #[inline(never)]
    fn value(&self, tables: &Tables<'f>, slot: u16) -> Result<Option<&'f [u8]>, ErrorCode> {
        match tables.slot(usize::from(slot)) {
            Some(entry) => self.string(tables, entry, usize::from(slot)),
            None => Ok(None),
        }
    }

    /// Fills the facts.
    pub fn facts(&self, tables: &Tables<'f>, lists: &[u8], facts: &mut Facts<'_>) -> Filled {
        facts.put(0, self.header.today);
        let mut filled = Filled::default();
        let mut missing = None;
        for index in 0..self.header.slots as usize {
            let slot = u8::try_from(index).unwrap_or(255);
            let Some(entry) = tables.slot(index) else {
                break;
            };
            let sent = match self.fill(tables, entry, index, facts) {
                Ok(sent) => sent,
                Err(code) => {
                    filled.error = Some((code, slot));
                    return filled;
                }
            };
            match sent {
                Sent::Known => facts.set(entry.known_bit),
                Sent::Unknown => filled.unknown = filled.unknown.or(Some(slot)),
                Sent::Absent => {}
            }
            if sent != Sent::Known && entry.flags & SLOT_REQUIRED != 0 && missing.is_none() {
                missing = Some((ErrorCode::Required, slot));
            }
        }
        let compared = match tables.header.sames_n {
            0 => Ok(()),
            _ => self.compare(tables, lists, facts),
        };
        filled.error = match compared {
            Err(code) => Some((code, 255)),
            Ok(()) => missing,
        };
        filled
    }

    #[inline(never)]
    fn fill(
        &self,
        tables: &Tables<'f>,
        entry: &SlotEntry,
        index: usize,
        facts: &mut Facts<'_>,
    ) -> Result<Sent, ErrorCode> {
        let (a, b) = self.slot(index);
        let default = entry.flags & SLOT_HAS_DEFAULT != 0;
        let known = |sent: bool| {
            if sent || default {
                Sent::Known
            } else {
                Sent::Absent
            }
        };
        if entry.kind == SlotKind::Bool as u8 {
            let value = match a {
                0 => default && entry.default == 1,
                1 => false,
                2 => true,
                _ => return Err(ErrorCode::Frame),
            };
            if value {
                facts.set(entry.bit);
            }
            return Ok(known(a != 0));
        }
        if entry.kind == SlotKind::Int as u8 || entry.kind == SlotKind::Date as u8 {
            let value = match a {
                0 if default => entry.default as i32,
                0 => return Ok(Sent::Absent),
                1 => b as i32,
                _ => return Err(ErrorCode::Frame),
            };
            facts.put(entry.num, value);
            return Ok(Sent::Known);
        }
        if entry.kind == SlotKind::Enum as u8 {
            if a == NONE || a == 0 {
                if default && entry.bit != NONE {
                    facts.set(entry.bit + entry.default);
                }
                // An unknown value is flagged even where the default stands in for it.
                return Ok(match (a, default) {
                    (0, true) => Sent::Known,
                    (0, false) => Sent::Absent,
                    _ => {
                        if default {
                            facts.set(entry.known_bit);
                        }
                        Sent::Unknown
                    }
                });
            }
            if a > u32::from(entry.variants) {
                return Err(ErrorCode::Frame);
            }
            if entry.bit != NONE {
                facts.set(entry.bit + a - 1);
            }
            return Ok(Sent::Known);
        }
        self.texts(tables, entry, index, facts)
    }

    /// As `fill`, of a slot whose value is text.
    #[inline(never)]
    #[cfg_attr(feature = "module", unsafe(export_name = "optional.texts"))]
    fn texts(
        &self,
        tables: &Tables<'f>,
        entry: &SlotEntry,
        index: usize,
        facts: &mut Facts<'_>,
    ) -> Result<Sent, ErrorCode> {
        let (a, b) = self.slot(index);
        if b == NONE {
            // Which of the policy's texts it is.
            let texts = u32::from(entry.variants);
            let set = entry.kind != SlotKind::String as u8;
            if self.header.dictionary == 0
                || entry.flags & SLOT_TEXTS == 0
                || (if set {
                    u64::from(a) >> texts
                } else {
                    u64::from(a > texts)
                }) != 0
            {
                return Err(ErrorCode::Frame);
            }
            if !set {
                facts.put(entry.num, a as i32);
            } else if let Some(word) = facts.words.get_mut(entry.bit as usize / 64) {
                *word |= u64::from(a) << (entry.bit % 64);
            }
            return Ok(Sent::Known);
        }
        if entry.kind == SlotKind::Set as u8 {
            return self.set(tables, entry, (a, b), facts);
        }
        let Some(text) = self.string(tables, entry, index)? else {
            return Ok(Sent::Absent);
        };
        if entry.dict_mask != NONE {
            if entry.kind == SlotKind::Host as u8 {
                hosts(tables, entry, text, facts);
            } else {
                let id = look_up(tables, entry, text).map_or(0, |c| c.value);
                facts.put(entry.num, id as i32);
            }
        }
        Ok(Sent::Known)
    }

    /// The constants that are in a set, which the frame holds at `a` (0: it does not), `b` texts of it.
    #[inline(never)]
    #[cfg_attr(feature = "module", unsafe(export_name = "optional.sets"))]
    fn set(
        &self,
        tables: &Tables<'f>,
        entry: &SlotEntry,
        (a, b): (u32, u32),
        facts: &mut Facts<'_>,
    ) -> Result<Sent, ErrorCode> {
        let (from, list) = if a != 0 {
            (self.bytes, text(self.bytes, a, u64::from(b) * 8)?)
        } else if entry.flags & SLOT_HAS_DEFAULT != 0 {
            let n = entry.default_len.saturating_mul(8);
            (tables.bytes, tables.slice(entry.default, n))
        } else {
            return Ok(Sent::Absent);
        };
        for pair in list.as_chunks::<8>().0 {
            let [o0, o1, o2, o3, l0, l1, l2, l3] = *pair;
            let at = u32::from_le_bytes([o0, o1, o2, o3]);
            let len = u32::from_le_bytes([l0, l1, l2, l3]);
            let text = text(from, at, len.into())?;
            if let Some(constant) = look_up(tables, entry, text) {
                facts.set(entry.bit.saturating_add(constant.value));
            }
        }
        Ok(Sent::Known)
    }

    /// Attributes compared with each other, or looked up in list parameters.
    #[inline(never)]
    #[cfg_attr(feature = "module", unsafe(export_name = "optional.sames"))]
    fn compare(
        &self,
        tables: &Tables<'f>,
        lists: &[u8],
        facts: &mut Facts<'_>,
    ) -> Result<(), ErrorCode> {
        for index in 0..tables.header.sames_n as usize {
            let Some(same) = tables.same(index) else {
                break;
            };
            let Some(a) = self.value(tables, same.a)? else {
                continue;
            };
            let equal = if same.kind == 0 {
                self.value(tables, same.b)? == Some(a)
            } else {
                config::list_has(tables, lists, usize::from(same.b), a)
            };
            if equal {
                facts.set(same.bit);
            }
        }
        Ok(())
    }
}

/// What came of filling the facts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Filled {
    /// First slot that had an enum value which the schema does not know.
    pub unknown: Option<u8>,
    /// Why no rule can be evaluated, with the slot it speaks of (255: none).
    pub error: Option<(ErrorCode, u8)>,
}

/// What came of a slot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sent {
    Known,
    Unknown,
    Absent,
}

/// So many bytes from an offset of a frame or of the tables.
#[inline(never)]
fn text(bytes: &[u8], at: u32, len: u64) -> Result<&[u8], ErrorCode> {
    let end = u64::from(at) + len;
    if end > bytes.len() as u64 {
        return Err(ErrorCode::Frame);
    }
    bytes.get(at as usize..end as usize).ok_or(ErrorCode::Frame)
}

/// The dictionary entry of a text.
#[inline(never)]
fn look_up<'t>(tables: &Tables<'t>, entry: &SlotEntry, text: &[u8]) -> Option<&'t DictEntry> {
    if entry.dict_mask == NONE {
        return None;
    }
    let buckets = entry.dict_mask.checked_add(1)?;
    let entries = entry.dict_at.checked_add(buckets.checked_mul(4)?)? as usize;
    let hash = fnv1a(text);
    let mut bucket = hash & entry.dict_mask;
    for _ in 0..buckets {
        let index = tables.word(entry.dict_at + 4 * bucket);
        if index == 0 {
            return None;
        }
        let found = DictEntry::view(
            tables.bytes,
            entries + (index as usize - 1) * DictEntry::SIZE,
        )?;
        if found.hash == hash && tables.slice(found.text_at, found.text_len) == text {
            return Some(found);
        }
        bucket = (bucket + 1) & entry.dict_mask;
    }
    None
}

/// A host: the whole name, then every rest that begins with a dot.
#[inline(never)]
#[cfg_attr(feature = "module", unsafe(export_name = "optional.hosts"))]
fn hosts(tables: &Tables<'_>, entry: &SlotEntry, host: &[u8], facts: &mut Facts<'_>) {
    let mut mark = |text: &[u8]| {
        if let Some(found) = look_up(tables, entry, text) {
            for bit in tables.list(found.value, found.value_n) {
                facts.set(u32::from(bit));
            }
        }
    };
    // A longer name than any DNS name has no constant.
    if host.len() > 255 {
        return;
    }
    for i in 0..host.len().max(1) {
        if i == 0 || host.get(i) == Some(&b'.') {
            mark(host.get(i..).unwrap_or(&[]));
        }
    }
}
