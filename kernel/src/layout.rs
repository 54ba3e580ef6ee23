//! The bytes that everybody shares: tables, event frame, configuration frame, decision record.
//!
//! Everything is little-endian, nothing is aligned beyond what its own size asks,
//! and every structure is read through the `read` that stands beside its fields.
//! Offsets in the tables count from the table base; offsets in a frame from the
//! frame's first byte; offsets in a record from the record's first byte.
//!
//! ```text
//! tables   Header | sections named by Header (see `Section`)
//! frame    FrameHeader | slot values (8 bytes each) | PartEntry … | heap
//! record   RecordHeader | RuleHit … | obligation u16 … | would u16 … | zeros to a multiple of 8 | demand u64 … | FindingEntry …
//! facts    words: attribute bits, demand bits, fired bits (u64 each), then nums (i32 each)
//! ```

use crate::memory::{Plain, plain, plain_bytes};

#[cfg(target_endian = "big")]
compile_error!("tables, frames and records are little-endian, and read where they lie");

/// Named in the kernel's custom section `riegel.layout` and in every table header:
/// a kernel and tables that differ are never linked. Change it with the layout.
pub const LAYOUT: u32 = fnv1a(b"riegel layout 27");

/// "No index": an unused reference.
pub const NONE: u32 = u32::MAX;

/// FNV-1a, 32 bits: the hash of all dictionaries in the tables.
pub const fn fnv1a(bytes: &[u8]) -> u32 {
    let mut hash: u32 = 0x811c_9dc5;
    let mut i = 0;
    while i < bytes.len() {
        hash = (hash ^ bytes[i] as u32).wrapping_mul(0x0100_0193);
        i += 1;
    }
    hash
}

/// Fields in order, packed; gives the struct, its size, `view`, `read` and `write`.
///
/// The struct *is* its bytes, so that nothing is taken apart field by field: that was a tenth of the
/// kernel. A field cannot be borrowed, only read.
macro_rules! packed {
    ($(#[$meta:meta])* $name:ident { $($(#[$fmeta:meta])* $field:ident : $ty:ident),+ $(,)? }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
        #[repr(C, packed)]
        pub struct $name { $($(#[$fmeta])* pub $field: $ty),+ }
        // SAFETY: packed integers: no padding, any bytes are a value.
        unsafe impl Plain for $name {}
        impl $name {
            /// All zero.
            pub const NOTHING: Self = $name { $($field: 0),+ };
            /// Bytes it takes.
            pub const SIZE: usize = 0 $(+ core::mem::size_of::<$ty>())+;
            /// It at `at`; `None` where the bytes end too early.
            pub fn view(bytes: &[u8], at: usize) -> Option<&Self> {
                Some(plain::<Self, { Self::SIZE }>(slice(bytes, at)?))
            }
            /// Reads it at `at`; `None` where the bytes end too early.
            pub fn read(bytes: &[u8], at: usize) -> Option<Self> {
                Self::view(bytes, at).copied()
            }
            /// Its bytes, where they lie.
            pub fn bytes(&self) -> &[u8; Self::SIZE] {
                plain_bytes(self)
            }
            /// Its bytes.
            pub fn write(&self) -> [u8; Self::SIZE] {
                *self.bytes()
            }
        }
    };
}

/// So many bytes from `at` on.
fn slice<const N: usize>(bytes: &[u8], at: usize) -> Option<&[u8; N]> {
    bytes.get(at..)?.first_chunk()
}

// ---------------------------------------------------------------- tables

/// `RGT1`
pub const TABLES_MAGIC: u32 = u32::from_le_bytes(*b"RGT1");

packed! {
    /// First bytes of the tables. `…_at` are offsets from the table base, `…_n` counts of entries.
    Header {
        /// [`TABLES_MAGIC`]
        magic: u32,
        /// [`LAYOUT`]
        layout: u32,
        /// Length of all tables, header included.
        len: u32,
        /// Hash of the schema (slot names and types); frames carry it.
        schema: u32,
        /// Hash of the texts that frames may give ids of; frames that do carry it.
        dictionary: u32,
        /// First eight bytes of the SHA-256 of what this module was built from.
        build: u64,
        /// The other eight.
        build2: u64,
        /// Verdict where evaluation cannot go on (3 justify, 5 approve, 6 block).
        on_error: u8,
        /// 1: some detector is made of others, or leans on others (`compose.rs`).
        composes: u8,
        /// 1: the triggers are told from the other specials ([`crate::blocks::Masks::trigger`]).
        triggered: u8,
        /// 1: encoded texts are read (`encoded.rs`).
        decodes: u8,
        /// Wake bits of the groups that have second looks (in the second sieve).
        looked: u32,
        /// Most findings per detector.
        max_findings: u32,
        /// Stage list of the policy (offset), [`NONE`]: always enforced.
        stage_at: u32,
        /// Attribute bit words in the facts.
        bit_words: u32,
        /// Demand words (detectors / 64, rounded up).
        demand_words: u32,
        /// Fired words (rules / 64, rounded up).
        fired_words: u32,
        /// Numbers in the facts.
        nums: u32,
        /// [`SlotEntry`]
        slots_at: u32,
        /// How many.
        slots_n: u32,
        /// [`SameEntry`]
        sames_at: u32,
        /// How many.
        sames_n: u32,
        /// [`ParamEntry`]
        params_at: u32,
        /// How many.
        params_n: u32,
        /// Bytes that the values of list parameters take in memory.
        lists_len: u32,
        /// [`QuestionEntry`]
        questions_at: u32,
        /// How many.
        questions_n: u32,
        /// [`RuleEntry`]
        rules_at: u32,
        /// How many.
        rules_n: u32,
        /// Obligations of all rules, and one more for each rule.
        listed: u32,
        /// Findings that 1,024 bytes can hold at most.
        findings_per_kib: u32,
        /// Sieve of the words that wake somebody (see `words.rs`), [`NONE`]: none do.
        word_sieve_at: u32,
        /// [`DetectorEntry`]
        detectors_at: u32,
        /// How many.
        detectors_n: u32,
        /// [`GroupEntry`]
        groups_at: u32,
        /// How many.
        groups_n: u32,
        /// 2^14 bytes: which start groups wake on a hashed 4-gram (bit = `GroupEntry::wake_bit`).
        wake_at: u32,
        /// Two sieves: of 4-grams (is the wake table worth a look?), and of 6-grams and
        /// 8-grams (for the groups in `looked`; [`SECOND_ANY`] where they are too many).
        sieve_at: u32,
        /// 256 bytes: which groups a start with this byte wakes whatever follows.
        begun_at: u32,
        /// Bytes at which a match may start, besides token starts, and the trigger among them
        /// ([`crate::blocks::Wanted`]).
        wanted_at: u32,
        /// Sets of bytes, 32 bytes each: the first 256 at most are those of the automata (see `walk.rs`).
        sets_at: u32,
        /// How many.
        sets_n: u32,
    }
}

packed! {
    /// An attribute of the event.
    SlotEntry {
        /// [`SlotKind`]
        kind: u8,
        /// bit 0: required; bit 1: has a default.
        flags: u8,
        /// Variants of an enum; with [`SLOT_TEXTS`] how many texts there are.
        variants: u16,
        /// bool 0 or 1; int, date: the value (i32 bits); enum: variant index; string, host: offset of the
        /// text; set: offset of (offset u32, length u32) pairs.
        default: u32,
        /// Length of a default text, or how many elements a default set has.
        default_len: u32,
        /// bool: its bit; enum: bit of variant 0; set, host with [`SLOT_TEXTS`]: bit of constant 0.
        /// [`NONE`]: nobody asks.
        bit: u32,
        /// Bit that says the attribute is known (sent, or defaulted). [`NONE`]: nobody asks.
        known_bit: u32,
        /// int, date: where the value goes; string: where the constant's id goes (0: no constant).
        num: u32,
        /// Dictionary of constants (string, set, host): offset of `dict_mask + 1` u32 buckets
        /// (entry index + 1, 0: empty; linear probing), followed by [`DictEntry`]s.
        dict_at: u32,
        /// Buckets − 1 (a power of two minus one).
        dict_mask: u32,
    }
}

/// `SlotEntry::flags`: an event without it ends in `on_error`.
pub const SLOT_REQUIRED: u8 = 1;
/// `SlotEntry::flags`: `default` is meant.
pub const SLOT_HAS_DEFAULT: u8 = 2;
/// `SlotEntry::flags`: a frame may say which of the policy's texts a value is, instead of its bytes.
/// The second number is then [`NONE`]. string: the first is the text's number from 1 on, 0 for any other
/// text; set, host: the first has bit i where text i is in the set, or matches the host.
pub const SLOT_TEXTS: u8 = 4;

/// Types of attributes, as numbered in `SlotEntry::kind`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum SlotKind {
    /// Frame value: 0 absent, 1 false, 2 true.
    Bool = 0,
    /// Frame value: 0 absent, 1 present; then an i32.
    Int = 1,
    /// As int: days since 1970-01-01.
    Date = 2,
    /// Frame value: offset of the bytes (0 absent), then their length.
    String = 3,
    /// As string: lower-case A-labels, no port, no trailing dot.
    Host = 4,
    /// Frame value: 0 absent, variant + 1, or [`NONE`] for a value that the schema does not know.
    Enum = 5,
    /// Frame value: offset of a list of (offset u32, length u32) (0 absent), then how many.
    Set = 6,
}

packed! {
    /// A constant that some rule compares with.
    DictEntry {
        /// FNV-1a of the text.
        hash: u32,
        /// Offset of the text. A host glob `*.x.y` is stored as `.x.y`.
        text_at: u32,
        /// Its length.
        text_len: u32,
        /// string: id from 1 on; set: added to `SlotEntry::bit`; host: offset of a list of u16 bits.
        value: u32,
        /// host: how many bits.
        value_n: u32,
    }
}

packed! {
    /// Two string or host attributes compared with each other, or one looked up in a list parameter.
    SameEntry {
        /// Slot.
        a: u16,
        /// The other slot, or a parameter.
        b: u16,
        /// 0: slot with slot; 1: slot in list parameter `b`.
        kind: u32,
        /// The bit to set where they are equal.
        bit: u32,
    }
}

packed! {
    /// A parameter.
    ParamEntry {
        /// 0 bool, 1 int, 2 date, 3 list.
        kind: u8,
        /// Unused, zero.
        pad: u8,
        /// Unused, zero.
        pad2: u16,
        /// bool: its bit ([`NONE`] if unused); int, date: its place in the nums; list: offset of its
        /// region inside the list memory.
        place: u32,
        /// Default (i32 bits); list: offset of the default (u32 count, then (u32 offset, u32 length)…).
        default: u32,
        /// Least value (i32 bits).
        min: u32,
        /// Greatest value (i32 bits); list: most elements.
        max: u32,
    }
}

/// Longest element of a list parameter, in bytes.
pub const LIST_TEXT: usize = 255;
/// Bytes one element of a list parameter takes in the list memory (length byte and text).
pub const LIST_ELEMENT: usize = 256;

packed! {
    /// Something that rules ask about the findings; the answer goes to the nums.
    QuestionEntry {
        /// 0 count of overlap groups; 1 distinct values; 2 near (1 or 0).
        kind: u8,
        /// Least confidence, 1 to 3.
        confidence: u8,
        /// Roles, bit by [`Role`].
        roles: u8,
        /// Directions, bit by [`Direction`].
        directions: u8,
        /// Where the answer goes.
        num: u32,
        /// Detectors (u16 list).
        a_at: u32,
        /// How many.
        a_n: u32,
        /// The other detectors of `near`.
        b_at: u32,
        /// How many.
        b_n: u32,
        /// `near`: most bytes between the two spans in the normalised view.
        within: u32,
    }
}

packed! {
    /// What a rule yields when the emitted code says that it fired.
    RuleEntry {
        /// Verdict, 0 to 6.
        verdict: u8,
        /// Unused, zero.
        pad: u8,
        /// Obligation indices (u16 list): how many.
        obligations_n: u16,
        /// Where.
        obligations_at: u32,
        /// Stage list (offset), or [`NONE`]: the policy's.
        stage_at: u32,
        /// Detectors (u16 list) whose findings it redacts.
        redact_at: u32,
        /// How many; with `verdict` or an obligation of redaction at least one.
        redact_n: u32,
    }
}

packed! {
    /// One step of a stage list. A list is a u32 count and that many steps, by date.
    StageStep {
        /// First day (days since 1970-01-01).
        from: i32,
        /// Strongest effective verdict: 1 observe, 2 warn, 6 enforce.
        cap: u32,
    }
}

/// Obligation kinds. The list of a policy's obligations stands in `riegel.policy`; in the tables an
/// obligation is a u16: kind in the upper 4 bits, index into that list in the lower 12.
/// Index 0 of the list is always `show`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum ObligationKind {
    /// Show the message.
    Show = 0,
    /// Ask for a reason.
    Justify = 1,
    /// Replace the flagged findings.
    Redact = 2,
    /// Hold until a role approves.
    Approve = 3,
    /// Tell people that AI is used.
    Disclose = 4,
    /// A training unit.
    Train = 5,
    /// A label.
    Label = 6,
    /// A notice to a role.
    Notify = 7,
}

packed! {
    /// A detector.
    DetectorEntry {
        /// `DETECTOR_…` bits.
        flags: u8,
        /// Confidence (0 none, 1 low, 2 medium, 3 high) with neither check nor context …
        plain: u8,
        /// … with context only,
        context: u8,
        /// … with check only,
        check: u8,
        /// … with both.
        both: u8,
        /// 1: context words count only before the span.
        context_before: u8,
        /// Among equal findings the lower rank wins.
        rank: u16,
        /// Check program (see `check.rs`): offset.
        check_at: u32,
        /// Its length.
        check_n: u32,
        /// Context block (see `context.rs`): offset, [`NONE`]: no context words.
        context_at: u32,
        /// Window in bytes of the normalised view.
        context_within: u32,
        /// Values one level lower: offset of a list (see `scan/judge.rs`).
        lower_at: u32,
        /// How many.
        lower_n: u32,
        /// Detectors (u16 list) that this one gives way to.
        yields_at: u32,
        /// How many.
        yields_n: u32,
        /// Its automaton (of the lead, where there is one; see `walk.rs`), [`NONE`]: no pattern.
        code_at: u32,
        /// With [`DETECTOR_AFTER`]: the automaton of the span after the lead.
        value_at: u32,
        /// Longest match in bytes.
        max_len: u16,
        /// The same of the span after the lead.
        value_len: u16,
        /// Where small letters stand for capitals too: 1 in its automaton, 2 in that of the span after the lead.
        folds: u8,
        /// Bytes that stand before the one that wakes it, at most,
        back: u8,
        /// which: a set of bytes ([`Header::sets_at`]),
        back_set: u16,
        /// and at least.
        least_back: u8,
        /// With such bytes: those that its matches begin with.
        first_set: u16,
        /// It only finds in a column whose head says so (see `cells.rs`): [`CELL_ITSELF`], [`CELL_BEHIND`]; 0: anywhere.
        cell: u8,
        /// Shortest span in bytes, at least 1.
        min_len: u32,
        /// Sequences (see `sequence.rs`): offset of a u32 count and that many offsets, [`NONE`]: it is none.
        sequences_at: u32,
        /// [`AnyEntry`] (offset), [`NONE`]: it is not made of marks.
        any_at: u32,
        /// [`BesideEntry`] (offset), [`NONE`]: nothing stands for anything.
        beside_at: u32,
        /// Words that speak against it: block (see `context.rs`), [`NONE`]: no such words.
        against_at: u32,
        /// Their window in bytes of the normalised view.
        against_within: u32,
        /// Check program of `lower when`: offset.
        lower_check_at: u32,
        /// Its length; 0: none.
        lower_check_n: u32,
        /// The detector as whose its findings come out; 65,535: its own.
        reported_as: u16,
        /// How many detectors it demands beside itself.
        demands_n: u16,
        /// Which (u16 list).
        demands_at: u32,
        /// [`ExactEntry`] (offset), [`NONE`]: it has no hashed list.
        exact_at: u32,
    }
}

packed! {
    /// A hashed list (see `exact.rs`).
    ExactEntry {
        /// First half of the hash's key; unused where a parameter holds it.
        salt: u64,
        /// The other half.
        salt2: u64,
        /// Bit n: there are phrases whose key has n bytes. Bit 0: a key may have any length.
        lengths: u64,
        /// The parameter that holds the hash's key, [`NONE`]: it is `salt`.
        param: u32,
        /// The upper 32 bits of the hash of nothing under the right key.
        check: u32,
        /// Fewest words of a phrase, at least 1,
        least: u8,
        /// and most.
        most: u8,
        /// log2 of the buckets, 1 to 16.
        bits: u8,
        /// Unused, zero.
        pad: u8,
        /// The buckets (u32), a multiple of 4.
        buckets_at: u32,
    }
}

packed! {
    /// A detector made of marks close together; without marks one that reads what is written, whose findings
    /// are shown likewise.
    AnyEntry {
        /// How many marks.
        least: u16,
        /// 1: equal marks count each time.
        times: u16,
        /// Bytes from the first mark's beginning to the last one's.
        within: u32,
        /// Detectors whose findings are the marks (u16 list).
        marks_at: u32,
        /// How many.
        marks_n: u32,
        /// The one among them whose findings are told apart by their values; 65,535: none.
        texts: u16,
        /// Unused, zero.
        pad: u16,
    }
}

packed! {
    /// What stands for a detector's check or context.
    BesideEntry {
        /// 1: for the check; 0: for the context.
        check: u32,
        /// Bytes of the view between.
        within: u32,
        /// Detectors (u16 list).
        detectors_at: u32,
        /// How many.
        detectors_n: u32,
        /// Words: block (see `context.rs`), [`NONE`]: none.
        words_at: u32,
    }
}

/// No letter or digit directly before the span.
pub const DETECTOR_START: u8 = 1;
/// No letter or digit directly after the span.
pub const DETECTOR_END: u8 = 2;
/// Digits only: a separator (`. , - /`) with a further digit is no boundary either.
pub const DETECTOR_DIGITS: u8 = 4;
/// Of class `secret`: the underscore counts as a letter at the boundaries, and encoded texts are read.
pub const DETECTOR_SECRET: u8 = 8;
/// There is a check program.
pub const DETECTOR_CHECK: u8 = 16;
/// In what a detector of a set asks for, below the digits among 16 bytes: how many digits may follow its
/// first run of digits and the byte behind that, bit by bit; the last: so many or more.
pub const GOES_ON: u16 = 0x7FF;
/// In `cell`: its match begins in the column.
pub const CELL_ITSELF: u8 = 1;
/// In `cell`: its match begins with what parts the cells; the column is that of the next byte.
pub const CELL_BEHIND: u8 = 2;
/// Its findings never come out.
pub const DETECTOR_HIDDEN: u8 = 64;
/// The automaton matches the lead; the span is what `value_group` matches directly after it.
pub const DETECTOR_AFTER: u8 = 32;

packed! {
    /// Detectors that are woken together.
    GroupEntry {
        /// 0 woken at token starts and specials; 1 at a special that stands in its matches; 2 every position; 4 at
        /// the words of a list; 5 like 0, and the 4-gram names the detectors; 6 in columns that are theirs;
        /// 7 where a part is not read as it is written.
        kind: u8,
        /// kinds 0, 1 and 5: bit in the wake table.
        wake_bit: u8,
        /// kind 1: 1: behind the special stands a letter or digit.
        worded: u8,
        /// What names its detectors: 0 nothing, all are tried; 1 the first run of digits; 2 a program (see
        /// `walk.rs`); 3 one that folds.
        naming: u8,
        /// 1: its 4-grams are too many for the wake table; every start (kind 1: special)
        /// wakes it whose byte `Header::begun_at` names.
        every: u8,
        /// kind 0: so many letters and digits every match begins with, at least.
        word_run: u8,
        /// kind 0: every match holds a digit among so many first bytes; 17: not among 16.
        digit_by: u8,
        /// kind 5: log2 of the buckets in its table of names.
        bits: u8,
        /// kind 5: bits of a set's number in there.
        set_bits: u8,
        /// Unused, zero.
        pad: u8,
        /// Unused, zero.
        pad2: u16,
        /// naming 1: 256 bytes, byte -> class; then 16 rows of `stride` u16: where the first run of digits has
        /// length r ≤ 15 and the byte behind it class c, the set `[r][c]` − 1 may match. kind 2: 32-byte set of first bytes. kind 4: the list (see `words.rs`). kind 5: the table of names
        /// ([`name_at`]): by bucket the number of the first of its places, and how many there are, u16 each; then
        /// the places, in each the check bits of a hash over the number + 1 of a set.
        extra_at: u32,
        /// kind 5: bytes of the table of names.
        table_len: u32,
        /// naming 2 and 3: the program.
        code_at: u32,
        /// naming 1: classes.
        stride: u32,
        /// Per set: u32 offset and u32 count of pairs of u16: a detector, and how many of the first 16 bytes
        /// are digits in its matches, at least; these ascending.
        sets_at: u32,
        /// How many sets.
        sets_n: u32,
        /// Detectors of the group (u16 list).
        members_at: u32,
        /// How many.
        members_n: u32,
        /// Longest match in bytes.
        max_len: u32,
    }
}

/// log2 of the places in the wake table, a u32 each.
pub const WAKE_BITS: u32 = 13;

/// log2 of the bits in a sieve.
pub const SIEVE_BITS: u32 = 16;
/// Bytes in a sieve.
pub const SIEVE_LEN: usize = 1 << (SIEVE_BITS - 3);
/// Bytes in the second sieve, which stands behind the first.
pub const SECOND_LEN: usize = 2 * SIEVE_LEN;

/// Stands for whatever follows in [`second_hash`]: the 4-gram goes on in too many ways.
pub const SECOND_ANY: u32 = 0;

/// Hash of a folded 4-gram for the first sieve. In a sieve a hash has two bits of one u32: it stands
/// at byte [`sieve_at`], and both bits of [`sieve_bits`] are set.
#[inline(always)]
pub const fn sieve_hash(key: u32) -> u32 {
    key.wrapping_mul(0x9E37_79B1)
}

/// Hash of a folded 4-gram and the folded bytes behind it (two, or four), or their [`letters`].
#[inline(always)]
pub const fn second_hash(key: u32, next: u32) -> u32 {
    key.wrapping_mul(0x85EB_CA6B) ^ next.wrapping_mul(0x27D4_EB2F)
}

/// Of the folded bytes behind a 4-gram the letters up to the first other byte; the rest is ones. So a word
/// and its end are one hash, whatever follows.
#[inline(always)]
pub const fn letters(next: u32) -> u32 {
    let low = next & 0x7F7F_7F7F;
    let letter = (low + 0x1F1F_1F1F) & !(low + 0x0505_0505) & !next;
    let other = !letter & 0x8080_8080;
    let first = other & other.wrapping_neg();
    next | !(first >> 7).wrapping_sub(1)
}

/// Bucket of a [`second_hash`] in the table of names with 2^`bits` buckets (`bits` from 1 to 14); and the
/// hash's check bits: a place holds as many of them as the number of its set leaves free.
#[inline(always)]
pub const fn name_at(hash: u32, bits: u32) -> (usize, u16) {
    let mixed = (hash ^ hash >> 15).wrapping_mul(0x9E37_79B1);
    let bucket = mixed >> ((32 - bits) & 31);
    (bucket as usize, (mixed >> 2) as u16)
}

/// Byte of a hash's u32 in the first sieve.
#[inline(always)]
pub const fn sieve_at(hash: u32) -> usize {
    (hash >> (37 - SIEVE_BITS) << 2) as usize
}

/// Byte of a hash's u32 in both, where it is one of the second sieve.
#[inline(always)]
pub const fn second_at(hash: u32) -> usize {
    SIEVE_LEN + (hash >> (36 - SIEVE_BITS) << 2) as usize
}

/// Does the u32 have both bits of a hash? In the lowest bit of the answer.
#[inline(always)]
pub const fn sieve_has(word: u32, hash: u32) -> u32 {
    word.wrapping_shr(hash >> 16) & word.wrapping_shr(hash >> 11)
}

/// Both bits of a hash.
#[inline(always)]
pub const fn sieve_bits(hash: u32) -> u32 {
    1u32.wrapping_shl(hash >> 16) | 1u32.wrapping_shl(hash >> 11)
}

/// Folds a byte for the sieves and the wake table: letters to lower case, digits to `0`. `blocks.rs` does the same to 64 at a time.
#[inline(always)]
pub const fn fold(b: u8) -> u8 {
    let x = b | 0x20;
    if x.wrapping_sub(b'0') < 10 { b'0' } else { x }
}

/// Place of a folded 4-gram in the wake table. What falls together in the sieve does not here.
#[inline(always)]
pub const fn wake_slot(key: u32) -> usize {
    (key.wrapping_mul(0xC2B2_AE35) >> (32 - WAKE_BITS)) as usize
}

// ---------------------------------------------------------------- event frame

/// `RGE1`
pub const FRAME_MAGIC: u32 = u32::from_le_bytes(*b"RGE1");

packed! {
    /// First bytes of an event frame; slot values follow (8 bytes each), then parts, then the heap.
    FrameHeader {
        /// [`FRAME_MAGIC`]
        magic: u32,
        /// Hash of the schema it was written for.
        schema: u32,
        /// Slot values.
        slots: u32,
        /// Parts.
        parts: u32,
        /// Days since 1970-01-01 in the policy's time zone.
        today: i32,
        /// Zero, or `Header::dictionary`: values may be ids (see [`SLOT_TEXTS`]).
        dictionary: u32,
    }
}

packed! {
    /// One part of the content. Parts do not overlap and stand in ascending order.
    PartEntry {
        /// First byte in the content.
        offset: u32,
        /// Bytes.
        len: u32,
        /// [`Role`]
        role: u8,
        /// [`Direction`]
        direction: u8,
        /// Host's own number for where it came from; copied nowhere.
        origin: u16,
    }
}

/// Who wrote a part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Role {
    /// System prompt.
    System = 0,
    /// A person.
    User = 1,
    /// A model.
    Assistant = 2,
    /// A tool's answer.
    Tool = 3,
    /// A document.
    Document = 4,
    /// Anything else.
    Other = 5,
}

/// Which way a part goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Direction {
    /// Towards the AI service.
    Outbound = 0,
    /// Back from it.
    Inbound = 1,
}

// ---------------------------------------------------------------- configuration frame

/// `RGC1`
pub const CONFIG_MAGIC: u32 = u32::from_le_bytes(*b"RGC1");

packed! {
    /// First bytes of a configuration frame; `count` [`ConfigEntry`] follow, then the heap.
    ConfigHeader {
        /// [`CONFIG_MAGIC`]
        magic: u32,
        /// Hash of the schema it was written for.
        schema: u32,
        /// Entries.
        count: u32,
    }
}

packed! {
    /// A parameter's value. A parameter that is not named gets its default.
    ConfigEntry {
        /// Index of the parameter.
        param: u32,
        /// bool 0 or 1; int, date: i32 bits; list: offset of a list of (offset u32, length u32).
        value: u32,
        /// list: how many.
        count: u32,
    }
}

/// What `configure` returns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
pub enum ConfigStatus {
    /// Taken.
    Ok = 0,
    /// Not a configuration frame, or it ends too early.
    Malformed = 1,
    /// Written for another schema.
    Schema = 2,
    /// No such parameter, or it is named twice.
    Unknown = 3,
    /// Outside its range, too many elements, or an element too long.
    Range = 4,
}

// ---------------------------------------------------------------- decision record

/// `RGD1`
pub const RECORD_MAGIC: u32 = u32::from_le_bytes(*b"RGD1");

packed! {
    /// First bytes of a decision record.
    RecordHeader {
        /// [`RECORD_MAGIC`]
        magic: u32,
        /// Bytes of the whole record.
        len: u32,
        /// ABI version.
        version: u16,
        /// `RECORD_…` bits.
        flags: u16,
        /// Verdict before stages.
        verdict: u8,
        /// Verdict that applies.
        effective: u8,
        /// [`ErrorCode`]
        error: u8,
        /// Slot that the error or the flag `RECORD_UNKNOWN_VALUE` speaks of first, 255: none.
        slot: u8,
        /// Build id: first and
        build: u64,
        /// second half.
        build2: u64,
        /// Digest of the configuration in force (FNV-1a 64 of the frame; 0: defaults).
        config: u64,
        /// [`RuleHit`]s.
        rules: u16,
        /// Obligations (u16).
        obligations: u16,
        /// Obligations that would apply without stages (u16).
        would: u16,
        /// Demand words (u64), bit = detector.
        demand: u16,
        /// [`FindingEntry`]s.
        findings: u32,
        /// Zero.
        reserved: u32,
    }
}

/// A detector had more findings than the policy's cap.
pub const RECORD_TRUNCATED: u16 = 1;
/// `on_error` has the say; see `error`.
pub const RECORD_ERROR: u16 = 2;
/// An enum attribute had a value that the schema does not know.
pub const RECORD_UNKNOWN_VALUE: u16 = 4;
/// The content was read.
pub const RECORD_CONTENT_READ: u16 = 8;
/// Some rule is below its `enforce` day.
pub const RECORD_STAGED: u16 = 16;

packed! {
    /// A rule that fired.
    RuleHit {
        /// Index.
        rule: u16,
        /// Its verdict.
        verdict: u8,
        /// The verdict after its stage.
        effective: u8,
        /// Clauses that held, bit by clause in source order.
        clauses: u64,
    }
}

packed! {
    /// A finding: a span that a detector claims.
    FindingEntry {
        /// Index of the detector.
        detector: u16,
        /// 1 low, 2 medium, 3 high.
        confidence: u8,
        /// `FINDING_…` bits.
        flags: u8,
        /// Part.
        part: u32,
        /// First byte in the content (not in the part).
        start: u32,
        /// One past the last byte.
        end: u32,
        /// Equal for equal values of the same detector, from 1 on in order of appearance.
        distinct: u32,
    }
}

/// Another finding covers it in display and redaction.
pub const FINDING_ALSO: u8 = 1;
/// An obligation of redaction names it.
pub const FINDING_REDACT: u8 = 2;
/// It stands in an encoded text, which its span is.
pub const FINDING_ENCODED: u8 = 4;

/// Why `on_error` has the say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum ErrorCode {
    /// It does not.
    None = 0,
    /// The frame is not an event frame, or ends too early, or points outside itself.
    Frame = 1,
    /// The frame was written for another schema.
    Schema = 2,
    /// A required attribute is absent.
    Required = 3,
    /// A part lies outside the content, overlaps another, or has an unknown role or direction.
    Part = 4,
    /// There was nothing to redact.
    NothingToRedact = 5,
    /// Not all findings are known, so not all can be redacted.
    RedactTruncated = 6,
    /// The instance has no memory for this content.
    Memory = 7,
    /// A hashed list was asked for, and the host has not set its key.
    Key = 8,
}
