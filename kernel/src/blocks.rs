//! 64 bytes at a time become 64-bit masks, one bit per byte, as simdjson does it.
//!
//! Three ways to the same masks: `simd128` in WebAssembly, SSE2 on x86-64, and a
//! portable loop over a class table everywhere else (and, for the tests, on any
//! machine: [`Way`] chooses). A test holds them together; only this file knows
//! which one runs.

use crate::context::MASKS;
use crate::text::{is_lead2, is_lead3};

/// Bytes in a block.
pub const BLOCK: usize = 64;
/// Zero bytes that must follow a view: one block to fill up the last one, and one of look-ahead.
pub const PAD: usize = 2 * BLOCK;
/// Most different upper halves (`b >> 4`) among them; with triggers one less.
pub const MOST_UPPER_HALVES: usize = 8;
/// In [`Wanted`]'s tables: the triggers.
const TRIGGER: u8 = 0x80;

/// What the scanner wants to know of a block.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Masks {
    /// ASCII digits.
    pub digit: u64,
    /// ASCII letters and digits, and bytes of letters beyond ASCII (semantics 26).
    pub word: u64,
    /// Bytes of the specials.
    pub special: u64,
    /// The triggers among them, where they are told apart ([`Wanted::told`]).
    pub trigger: u64,
}

/// Bytes to look for besides letters and digits.
///
/// Every upper half among them has a bit: `upper[b >> 4]` is that bit, and `lower[b & 15]` holds the
/// bits of the upper halves with which that lower half is wanted. Both together are exact, and cost two
/// table look-ups in a vector. Where the triggers among them are told apart, the highest bit is for them
/// alone: it may say the same of other bytes too, but of none that is wanted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Wanted {
    lower: [u8; 16],
    upper: [u8; 16],
    /// The highest bit is for triggers.
    told: bool,
}

impl Wanted {
    /// Bytes it takes in the tables.
    pub const SIZE: u32 = 32;

    /// Looks for these bytes, at most [`MOST_UPPER_HALVES`] upper halves; what is beyond is left out.
    pub fn new(bytes: &[u8]) -> Self {
        let mut wanted = Wanted::default();
        let mut halves = 0;
        for &b in bytes {
            let (lower, upper) = (usize::from(b & 15), usize::from(b >> 4));
            if wanted.upper[upper] == 0 && halves < MOST_UPPER_HALVES {
                wanted.upper[upper] = 1 << halves;
                halves += 1;
            }
            wanted.lower[lower] |= wanted.upper[upper];
        }
        wanted
    }

    /// Tells some of these bytes from the others ([`Masks::trigger`]); `None` where there is no room.
    pub fn told(mut self, bytes: &[u8], triggers: &[u8]) -> Option<Self> {
        if self.upper.iter().any(|&bits| bits & TRIGGER != 0) {
            return None;
        }
        for &b in triggers {
            self.lower[usize::from(b & 15)] |= TRIGGER;
            self.upper[usize::from(b >> 4)] |= TRIGGER;
        }
        self.told = true;
        let is_trigger = |b: &u8| self.of(*b) & TRIGGER != 0;
        let exact = bytes.iter().all(|b| is_trigger(b) == triggers.contains(b));
        exact.then_some(self)
    }

    /// The bits that say that a byte is wanted.
    #[inline(always)]
    const fn plain(&self) -> u8 {
        if self.told { !TRIGGER } else { u8::MAX }
    }

    /// Its bytes in the tables.
    pub fn write(&self) -> [u8; Self::SIZE as usize] {
        let mut out = [0; Self::SIZE as usize];
        let (lower, upper) = out.split_at_mut(16);
        lower.copy_from_slice(&self.lower);
        upper.copy_from_slice(&self.upper);
        out
    }

    /// Reads what [`Wanted::write`] wrote; `told`: its triggers are told apart.
    pub fn read(bytes: &[u8], told: bool) -> Option<Self> {
        let (lower, rest) = bytes.split_first_chunk()?;
        let (upper, _) = rest.split_first_chunk()?;
        Some(Wanted {
            lower: *lower,
            upper: *upper,
            told,
        })
    }

    /// The bytes. For ways without a look-up in a vector.
    #[cfg(target_arch = "x86_64")]
    fn bytes(&self) -> impl Iterator<Item = u8> {
        let halves = (0..16u8).filter(|&half| self.upper[usize::from(half)] != 0);
        halves.flat_map(|half| {
            (0..16)
                .map(move |low| half << 4 | low)
                .filter(|&b| self.of(b) & self.plain() != 0)
        })
    }

    /// What both tables say of a byte.
    #[inline(always)]
    const fn of(&self, b: u8) -> u8 {
        self.lower[(b & 15) as usize] & self.upper[(b >> 4) as usize]
    }
}

/// What a block leaves for the next: leads whose continuation bytes are still to come.
#[derive(Clone, Copy, Debug, Default)]
pub struct Carry {
    lead2: u64,
    lead3: u64,
}

/// Which code computes the masks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// The fastest that the target has.
    Simd,
    /// The plain loop.
    Portable,
}

/// Raw masks of a block before letters beyond ASCII are resolved.
#[derive(Default)]
struct Raw {
    digit: u64,
    alnum: u64,
    special: u64,
    trigger: u64,
    high: u64,
}

/// Masks of the bytes beyond ASCII in a block.
struct High {
    /// Leads of two-byte letters.
    lead2: u64,
    /// Continuation bytes.
    cont: u64,
}

impl Masks {
    /// The masks of a block; what `carry` brings from the block before is used, and renewed.
    #[inline(always)]
    pub fn of(way: Way, block: &[u8; BLOCK], wanted: &Wanted, carry: &mut Carry) -> Masks {
        let raw = if way.simd() {
            simd::raw(block, wanted)
        } else {
            portable(block, wanted)
        };
        let mut word = raw.alnum;
        if raw.high != 0 || carry.lead2 | carry.lead3 != 0 {
            let High { lead2, cont } = if way.simd() {
                simd::high(block)
            } else {
                portable_high(block)
            };
            // Umlauts have leads of two bytes: the others are rare enough for a look of their own.
            let others = raw.high & !cont & !lead2;
            let lead3 = match others {
                0 => 0,
                _ if way.simd() => simd::lead3(block),
                _ => portable_lead3(block),
            };
            let leads = lead2 | lead3;
            let reach = (leads << 1)
                | ((carry.lead2 | carry.lead3) >> 63)
                | (lead3 << 2)
                | (carry.lead3 >> 62);
            word |= leads | (cont & reach);
            *carry = Carry { lead2, lead3 };
        }
        Masks {
            digit: raw.digit,
            word,
            special: raw.special,
            trigger: raw.trigger & raw.special,
        }
    }
}

impl Way {
    /// Vectors? In a module always: there the plain loop is not even compiled.
    #[inline(always)]
    fn simd(self) -> bool {
        cfg!(all(target_arch = "wasm32", target_feature = "simd128")) || self == Way::Simd
    }
}

/// Folds a block for the sieve, byte by byte as [`crate::layout::fold`] does it.
#[inline(always)]
pub fn fold(way: Way, block: &[u8; BLOCK], out: &mut [u8; BLOCK]) {
    if way.simd() {
        simd::fold(block, out);
    } else {
        for (to, &b) in out.iter_mut().zip(block) {
            *to = crate::layout::fold(b);
        }
    }
}

fn portable(block: &[u8; BLOCK], wanted: &Wanted) -> Raw {
    let mut raw = Raw::default();
    for (i, &b) in block.iter().enumerate() {
        let bit = 1u64 << i;
        raw.digit |= if b.is_ascii_digit() { bit } else { 0 };
        raw.alnum |= if b.is_ascii_alphanumeric() { bit } else { 0 };
        raw.high |= if b >= 0x80 { bit } else { 0 };
        let found = wanted.of(b);
        raw.special |= if found & wanted.plain() != 0 { bit } else { 0 };
        raw.trigger |= if found & TRIGGER != 0 { bit } else { 0 };
    }
    raw
}

fn portable_high(block: &[u8; BLOCK]) -> High {
    let (mut lead2, mut cont) = (0, 0);
    for (i, &b) in block.iter().enumerate() {
        let bit = 1u64 << i;
        lead2 |= if is_lead2(b) { bit } else { 0 };
        cont |= if (0x80..0xC0).contains(&b) { bit } else { 0 };
    }
    High { lead2, cont }
}

fn portable_lead3(block: &[u8; BLOCK]) -> u64 {
    let bit = |(i, &b): (usize, &u8)| u64::from(is_lead3(b)) << i;
    block.iter().enumerate().map(bit).sum()
}

/// Bytes that are looked at in one go for changes of the view.
pub const STRIDE: usize = 128;
/// Classes of [`SUSPECT_LOWER`] that count only where the next byte has not this same bit.
const BEFORE: u8 = 0x30;
/// Which bytes may belong to a change of the view (semantics 25), in the way of [`Wanted`]'s tables.
///
/// Not the leads of two and three bytes give a change away but what follows: `§` and quotation marks
/// begin like a no-break blank and a zero-width blank, and stand in every text. So that those and the
/// umlauts cost nothing, the tables name these bytes:
///
/// | bit | bytes | for |
/// | --- | --- | --- |
/// | 0 | `%` `&` | escapes, entities |
/// | 1 | 81-84 88 89, B1-B4 B8 B9 | U+2040-213F, the minus; superscripts |
/// | 2 | 90-92 | hyphens, circled digits |
/// | 3 | A0, AA-AF, C0, CA-CF | blank, soft hyphen, directions; Greek |
/// | 4 | 80, before 80-8F and the like | U+2000-200F |
/// | 5 | CR `-` `=`, before a line end, a capital and the like | line ends, hyphenation, quoted-printable |
/// | 6 | D0-FF without D2, E2, F2 | leads of everything else |
const SUSPECT_LOWER: [u8; 16] = {
    let rows: [&[u8]; 7] = [
        &[5, 6],
        &[1, 2, 3, 4, 8, 9],
        &[0, 1, 2],
        &[0, 10, 11, 12, 13, 14, 15],
        &[0],
        &[13],
        &[0, 1, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15],
    ];
    let mut table = [0; 16];
    let mut bit = 0;
    while bit < rows.len() {
        let mut i = 0;
        while i < rows[bit].len() {
            table[rows[bit][i] as usize] |= 1 << bit;
            i += 1;
        }
        bit += 1;
    }
    table
};
/// Upper halves of the same.
const SUSPECT_UPPER: [u8; 16] = [
    0x20, 0, 0x21, 0x20, 0, 0, 0, 0, 0x12, 0x04, 0x08, 0x02, 0x08, 0x40, 0x40, 0x40,
];

/// The classes of a byte in those tables.
#[inline(always)]
const fn suspect(b: u8) -> u8 {
    SUSPECT_LOWER[(b & 15) as usize] & SUSPECT_UPPER[(b >> 4) as usize]
}

/// Which of the first sixteen bytes may belong to a change of the view?
#[inline(always)]
pub fn suspects(way: Way, bytes: &[u8; 17]) -> u16 {
    if way.simd() {
        simd::suspects(bytes)
    } else {
        portable_suspects(bytes)
    }
}

fn portable_suspects(bytes: &[u8; 17]) -> u16 {
    let bit = |(i, two): (usize, &[u8])| match *two {
        [b, next] => u16::from(suspect(b) & !(next & BEFORE) != 0) << i,
        _ => 0,
    };
    bytes.windows(2).enumerate().map(bit).sum()
}

/// Hands over, in order, the positions from `from` to about `to` of bytes that may belong to a change of
/// the view.
#[inline(always)]
pub fn each_suspicious(text: &[u8], from: usize, to: usize, mut take: impl FnMut(usize)) {
    let mut at = from;
    loop {
        at = quiet_until(text, at, to);
        if at >= to || at >= text.len() {
            break;
        }
        for (i, mut mask) in suspects_from(text, at).into_iter().enumerate() {
            while mask != 0 {
                take(at + 64 * i + mask.trailing_zeros() as usize);
                mask &= mask - 1;
            }
        }
        at += STRIDE;
    }
}

/// Where a stretch of [`STRIDE`] bytes with a suspect begins, or the text's last stretch, or `to`.
/// Nothing is called in here: a call would drive the tables out of the registers.
#[inline(never)]
fn quiet_until(text: &[u8], mut at: usize, to: usize) -> usize {
    while at < to
        && let Some(window) = text.get(at..).and_then(|rest| rest.first_chunk())
        && !simd::any_suspect(window)
    {
        at += STRIDE;
    }
    at
}

/// [`suspects`] of a stretch; what is behind the text is none.
#[inline(never)]
fn suspects_from(text: &[u8], at: usize) -> [u64; 2] {
    let rest = text.get(at..).unwrap_or(&[]);
    let mut last = [0; STRIDE + 1];
    let window = match rest.first_chunk() {
        Some(window) => window,
        None => {
            if let Some(to) = last.get_mut(..rest.len()) {
                to.copy_from_slice(rest);
            }
            &last
        }
    };
    let mut masks = [0; 2];
    for i in 0..STRIDE / 16 {
        if let Some(bytes) = window.get(16 * i..).and_then(|w| w.first_chunk())
            && let Some(mask) = masks.get_mut(i / 4)
        {
            *mask |= u64::from(simd::suspects(bytes)) << (16 * (i % 4));
        }
    }
    masks
}

/// The same without a look at what follows a byte: hands over every `=` too.
pub fn each_possible(text: &[u8], mut take: impl FnMut(usize)) {
    for (at, &b) in text.iter().enumerate() {
        if suspect(b) != 0 {
            take(at);
        }
    }
}

/// The bytes of a block that a capitalised word may begin with: `A` to `Z`, and the leads C3 to C5.
#[inline(always)]
pub fn capitals(block: &[u8; BLOCK]) -> u64 {
    simd::capitals(block)
}

/// Bytes of a block from `+` to the end of ASCII: all signs of base 64 are among them.
#[inline(always)]
pub fn dense(block: &[u8; BLOCK]) -> u64 {
    simd::dense(block)
}

/// The signs of base 64 in a block, of either alphabet.
#[inline(never)]
pub fn signs(block: &[u8; BLOCK]) -> u64 {
    simd::signs(block)
}

/// What parts lines and cells in a block: line feeds, tabs, `"`, `,`, `;`, `|`.
#[inline(always)]
pub fn parting(block: &[u8; BLOCK]) -> u64 {
    simd::parting(block)
}

/// Does a place of a text fulfil `begins`? Only those are asked where `i..e` or `c..a` stands, in small
/// letters or capitals: INSERT and CREATE.
#[inline(never)]
pub fn may_begin(text: &[u8], begins: impl Fn(usize) -> bool) -> bool {
    let mut at = 0;
    while let Some(window) = text.get(at..).and_then(|rest| rest.first_chunk()) {
        let mut mask = simd::statements(window);
        while mask != 0 {
            if begins(at + mask.trailing_zeros() as usize) {
                return true;
            }
            mask &= mask - 1;
        }
        at += 16;
    }
    (at..text.len()).any(begins)
}

#[cfg(not(any(
    target_arch = "x86_64",
    all(target_arch = "wasm32", target_feature = "simd128")
)))]
fn portable_parting(block: &[u8; BLOCK]) -> u64 {
    let is = |b: &u8| b"\t\n\",;|".contains(b);
    let bits = block.iter().rev();
    bits.fold(0, |mask, b| mask << 1 | u64::from(is(b)))
}

#[cfg(not(any(
    target_arch = "x86_64",
    all(target_arch = "wasm32", target_feature = "simd128")
)))]
fn portable_statements(bytes: &[u8; 19]) -> u16 {
    let bit = |(i, four): (usize, &[u8])| match *four {
        [a, _, _, d] => u16::from(matches!((a | 0x20, d | 0x20), (b'i', b'e') | (b'c', b'a'))) << i,
        _ => 0,
    };
    bytes.windows(4).enumerate().map(bit).sum()
}

/// Is it a sign of base 64, of either alphabet?
#[inline(always)]
pub const fn is_sign(b: u8) -> bool {
    // One bit each, from `@` on, and before.
    let signs: u64 = if b < 64 {
        0x03FF_A800_0000_0000
    } else {
        0x07FF_FFFE_87FF_FFFE
    };
    b < 0x80 && signs >> (b & 63) & 1 != 0
}

#[cfg(not(any(
    target_arch = "x86_64",
    all(target_arch = "wasm32", target_feature = "simd128")
)))]
fn portable_signs(block: &[u8; BLOCK]) -> u64 {
    let bits = block.iter().rev();
    bits.fold(0, |mask, &b| mask << 1 | u64::from(is_sign(b)))
}

#[cfg(not(any(
    target_arch = "x86_64",
    all(target_arch = "wasm32", target_feature = "simd128")
)))]
fn portable_dense(block: &[u8; BLOCK]) -> u64 {
    let is = |b: &u8| (b'+'..0x80).contains(b);
    block
        .iter()
        .rev()
        .fold(0, |mask, b| mask << 1 | u64::from(is(b)))
}

#[cfg(not(any(
    target_arch = "x86_64",
    all(target_arch = "wasm32", target_feature = "simd128")
)))]
fn portable_capitals(block: &[u8; BLOCK]) -> u64 {
    let bit = |(i, &b): (usize, &u8)| u64::from(is_capital(b)) << i;
    block.iter().enumerate().map(bit).sum()
}

/// May a capitalised word begin with this byte?
pub const fn is_capital(b: u8) -> bool {
    matches!(b, b'A'..=b'Z' | 0xC3..=0xC5)
}

/// At which of the first sixteen bytes may a context word begin (`context.rs`)?
#[inline(always)]
pub fn begins(bytes: &[u8; 18], masks: &[u8; MASKS]) -> u16 {
    simd::begins(bytes, masks)
}

#[cfg(not(all(target_arch = "wasm32", target_feature = "simd128")))]
fn portable_begins(bytes: &[u8; 18], masks: &[u8; MASKS]) -> u16 {
    let bit = |(i, three): (usize, &[u8])| match *three {
        [a, b, c] => u16::from(crate::context::fit(&[a, b, c], masks) != 0) << i,
        _ => 0,
    };
    bytes.windows(3).enumerate().map(bit).sum()
}

#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
mod simd {
    //! WebAssembly `simd128`. Signed comparisons, because engines on x86-64 have one instruction for
    //! them and four for the unsigned ones.
    use super::{BEFORE, BLOCK, High, MASKS, Raw, STRIDE, SUSPECT_LOWER, SUSPECT_UPPER, Wanted};
    use core::arch::wasm32::{
        i8x16_bitmask, i8x16_eq, i8x16_lt, i8x16_splat, u8x16_add, u8x16_eq, u8x16_splat,
        u8x16_swizzle, u16x8_shr, v128, v128_and, v128_andnot, v128_any_true, v128_load, v128_or,
        v128_store,
    };

    #[inline(always)]
    fn load(block: &[u8; BLOCK]) -> [v128; 4] {
        let at = block.as_ptr().cast::<v128>();
        // SAFETY: 64 bytes are four vectors of 16, at any alignment.
        unsafe {
            [
                v128_load(at),
                v128_load(at.add(1)),
                v128_load(at.add(2)),
                v128_load(at.add(3)),
            ]
        }
    }

    #[inline(always)]
    fn bits(v: &[v128; 4], f: impl Fn(v128) -> v128) -> u64 {
        let m = |i: usize| u32::from(i8x16_bitmask(f(v[i])));
        u64::from(m(0) | m(1) << 16) | u64::from(m(2) | m(3) << 16) << 32
    }

    /// `low <= x < low + count`: moved to the bottom of the signed range, then one compare.
    #[inline(always)]
    fn small(x: v128) -> v128 {
        v128_or(x, u8x16_splat(0x20))
    }

    #[inline(always)]
    fn within(x: v128, low: u8, count: u8) -> v128 {
        let moved = u8x16_add(x, u8x16_splat(0x80u8.wrapping_sub(low)));
        i8x16_lt(moved, u8x16_splat(0x80u8.wrapping_add(count)))
    }

    /// Not zero: a suspect. Sixteen bytes and the one behind them must be readable.
    #[inline(always)]
    unsafe fn suspect(at: *const u8) -> v128 {
        // SAFETY: 16 bytes are a vector; the caller's promise for those one further.
        let (lower, upper, x, next): (v128, v128, v128, v128) = unsafe {
            (
                core::mem::transmute(SUSPECT_LOWER),
                core::mem::transmute(SUSPECT_UPPER),
                v128_load(at.cast()),
                v128_load(at.add(1).cast()),
            )
        };
        v128_andnot(both(x, lower, upper), v128_and(next, u8x16_splat(BEFORE)))
    }

    #[inline(always)]
    pub(super) fn any_suspect(window: &[u8; STRIDE + 1]) -> bool {
        let at = window.as_ptr();
        // SAFETY: eight times 16 bytes and one more are the window.
        let two = |i: usize| unsafe { v128_or(suspect(at.add(i)), suspect(at.add(i + 16))) };
        v128_any_true(v128_or(v128_or(two(0), two(32)), v128_or(two(64), two(96))))
    }

    #[inline(always)]
    pub(super) fn suspects(bytes: &[u8; 17]) -> u16 {
        // SAFETY: 16 bytes and one more.
        let found = unsafe { suspect(bytes.as_ptr()) };
        !i8x16_bitmask(i8x16_eq(found, i8x16_splat(0)))
    }

    #[inline(always)]
    pub(super) fn dense(block: &[u8; BLOCK]) -> u64 {
        bits(&load(block), |x| within(x, b'+', 0x55))
    }

    #[inline(always)]
    pub(super) fn parting(block: &[u8; BLOCK]) -> u64 {
        let is = |x, b| u8x16_eq(x, u8x16_splat(b));
        bits(&load(block), |x| {
            let cells = v128_or(v128_or(is(x, b','), is(x, b';')), is(x, b'|'));
            v128_or(v128_or(within(x, b'\t', 2), is(x, b'"')), cells)
        })
    }

    #[inline(always)]
    pub(super) fn statements(bytes: &[u8; 19]) -> u16 {
        // SAFETY: twice sixteen of the 19 bytes.
        let (first, fourth) = unsafe {
            let at = bytes.as_ptr();
            (v128_load(at.cast()), v128_load(at.add(3).cast()))
        };
        let (first, fourth) = (small(first), small(fourth));
        let pair = |a, d| {
            v128_and(
                u8x16_eq(first, u8x16_splat(a)),
                u8x16_eq(fourth, u8x16_splat(d)),
            )
        };
        i8x16_bitmask(v128_or(pair(b'i', b'e'), pair(b'c', b'a')))
    }

    #[inline(always)]
    pub(super) fn signs(block: &[u8; BLOCK]) -> u64 {
        let v = load(block);
        // One after the other: what is rare may be slow, and is small so.
        let one = |b| bits(&v, |x| within(x, b, 1));
        let letters = bits(&v, |x| within(small(x), b'a', 26));
        letters | bits(&v, |x| within(x, b'/', 11)) | one(b'+') | one(b'-') | one(b'_')
    }

    #[inline(always)]
    pub(super) fn capitals(block: &[u8; BLOCK]) -> u64 {
        bits(&load(block), |x| {
            v128_or(within(x, b'A', 26), within(x, 0xC3, 3))
        })
    }

    #[inline(always)]
    pub(super) fn begins(bytes: &[u8; 18], masks: &[u8; MASKS]) -> u16 {
        let (text, table) = (bytes.as_ptr(), masks.as_ptr().cast::<v128>());
        let three = |i: usize| {
            // SAFETY: 16 bytes from the first, second and third of 18; 96 bytes are six vectors.
            let (x, lower, upper) = unsafe {
                (
                    v128_load(text.add(i).cast()),
                    v128_load(table.add(2 * i)),
                    v128_load(table.add(2 * i + 1)),
                )
            };
            both(x, lower, upper)
        };
        let all = v128_and(v128_and(three(0), three(1)), three(2));
        !i8x16_bitmask(i8x16_eq(all, i8x16_splat(0)))
    }

    /// What the tables say of the lower and of the upper half.
    #[inline(always)]
    fn both(x: v128, lower: v128, upper: v128) -> v128 {
        let low = u8x16_swizzle(lower, v128_and(x, u8x16_splat(15)));
        // As words: an engine has no shift of bytes, and would make it of this and another constant.
        let high = u8x16_swizzle(upper, v128_and(u16x8_shr(x, 4), u8x16_splat(15)));
        v128_and(low, high)
    }

    #[inline(always)]
    pub(super) fn raw(block: &[u8; BLOCK], wanted: &Wanted) -> Raw {
        // SAFETY: 16 bytes are a vector.
        let (lower, upper): (v128, v128) = unsafe {
            (
                core::mem::transmute(wanted.lower),
                core::mem::transmute(wanted.upper),
            )
        };
        let plain = u8x16_splat(wanted.plain());
        let mut raw = Raw::default();
        // One vector after the other: all masks of all four at once want more registers than there are.
        let mut add = |x: v128, shift: u32| {
            let digit = within(x, b'0', 10);
            let letter = within(v128_or(x, u8x16_splat(0x20)), b'a', 26);
            let special = both(x, lower, upper);
            raw.digit |= u64::from(i8x16_bitmask(digit)) << shift;
            raw.alnum |= u64::from(i8x16_bitmask(v128_or(digit, letter))) << shift;
            let plain = v128_and(special, plain);
            raw.special |= u64::from(i8x16_bitmask(i8x16_eq(plain, i8x16_splat(0)))) << shift;
            raw.trigger |= u64::from(i8x16_bitmask(special)) << shift;
            raw.high |= u64::from(i8x16_bitmask(x)) << shift;
        };
        let v = load(block);
        add(v[0], 0);
        add(v[1], 16);
        add(v[2], 32);
        add(v[3], 48);
        raw.special = !raw.special;
        raw
    }

    #[inline(always)]
    pub(super) fn high(block: &[u8; BLOCK]) -> High {
        let v = load(block);
        High {
            lead2: bits(&v, |x| within(x, 0xC3, 29)),
            cont: bits(&v, |x| i8x16_lt(x, u8x16_splat(0xC0))),
        }
    }

    #[inline(always)]
    pub(super) fn lead3(block: &[u8; BLOCK]) -> u64 {
        bits(&load(block), |x| {
            v128_andnot(within(x, 0xE0, 15), u8x16_eq(x, u8x16_splat(0xE2)))
        })
    }

    #[inline(always)]
    pub(super) fn fold(block: &[u8; BLOCK], out: &mut [u8; BLOCK]) {
        let one = |x: v128| {
            let x = v128_or(x, u8x16_splat(0x20));
            let digit = i8x16_lt(u8x16_add(x, u8x16_splat(0x50)), i8x16_splat(-118));
            v128_andnot(x, v128_and(digit, u8x16_splat(0x0F)))
        };
        let v = load(block);
        let at = out.as_mut_ptr().cast::<v128>();
        // SAFETY: 64 bytes are four vectors of 16, at any alignment.
        unsafe {
            v128_store(at, one(v[0]));
            v128_store(at.add(1), one(v[1]));
            v128_store(at.add(2), one(v[2]));
            v128_store(at.add(3), one(v[3]));
        }
    }
}

#[cfg(target_arch = "x86_64")]
mod simd {
    //! SSE2, which every x86-64 has.
    pub(super) use super::portable_begins as begins;
    use super::{BLOCK, High, Raw, STRIDE, TRIGGER, Wanted};
    use core::arch::x86_64::{
        __m128i, _mm_add_epi8, _mm_and_si128, _mm_andnot_si128, _mm_cmpeq_epi8, _mm_cmplt_epi8,
        _mm_loadu_si128, _mm_movemask_epi8, _mm_or_si128, _mm_set1_epi8, _mm_setzero_si128,
    };

    #[inline(always)]
    fn load(block: &[u8; BLOCK]) -> [__m128i; 4] {
        // SAFETY: 64 bytes are four vectors of 16; `__m128i` has no invalid values.
        unsafe { core::mem::transmute(*block) }
    }

    #[inline(always)]
    fn bits(v: &[__m128i; 4], f: impl Fn(__m128i) -> __m128i) -> u64 {
        // SAFETY: SSE2 is part of x86-64.
        let m = |i: usize| u64::from(unsafe { _mm_movemask_epi8(f(v[i])) } as u32);
        m(0) | m(1) << 16 | m(2) << 32 | m(3) << 48
    }

    #[inline(always)]
    fn splat(b: u8) -> __m128i {
        // SAFETY: SSE2 is part of x86-64.
        unsafe { _mm_set1_epi8(b as i8) }
    }

    #[inline(always)]
    fn small(x: __m128i) -> __m128i {
        // SAFETY: SSE2 is part of x86-64.
        unsafe { _mm_or_si128(x, splat(0x20)) }
    }

    /// `low <= x < low + count`: moved to the bottom of the signed range, then one compare.
    #[inline(always)]
    fn within(x: __m128i, low: u8, count: u8) -> __m128i {
        // SAFETY: SSE2 is part of x86-64.
        unsafe {
            let moved = _mm_add_epi8(x, splat(0x80u8.wrapping_sub(low)));
            _mm_cmplt_epi8(moved, splat(0x80u8.wrapping_add(count)))
        }
    }

    /// A suspect, by ranges: SSE2 has no look-up. Sixteen bytes and the one behind them must be readable.
    #[inline(always)]
    unsafe fn suspect(at: *const u8) -> __m128i {
        // SAFETY: SSE2 is part of x86-64; the caller's promise for the bytes.
        unsafe {
            let (x, next) = (
                _mm_loadu_si128(at.cast()),
                _mm_loadu_si128(at.add(1).cast()),
            );
            let or = |a, b| _mm_or_si128(a, b);
            let lacks = |bit| _mm_cmpeq_epi8(_mm_and_si128(next, splat(bit)), splat(0));
            let pairs = _mm_and_si128(lacks(0x20), any(x, b"\r-="));
            let ascii = or(within(x, b'%', 2), pairs);
            if _mm_movemask_epi8(x) == 0 {
                return ascii;
            }
            let two = _mm_cmpeq_epi8(_mm_and_si128(x, splat(15)), splat(2));
            let leads = _mm_andnot_si128(two, within(x, 0xD0, 48));
            let punctuation = _mm_and_si128(lacks(0x10), any(x, &[0x80]));
            let low = or(
                or(within(x, 0x81, 4), within(x, 0x88, 2)),
                within(x, 0x90, 3),
            );
            let high = or(
                or(within(x, 0xB1, 4), within(x, 0xB8, 2)),
                within(x, 0xAA, 6),
            );
            let rest = or(within(x, 0xCA, 6), any(x, &[0xA0, 0xC0]));
            or(or(or(ascii, leads), or(low, high)), or(punctuation, rest))
        }
    }

    #[inline(always)]
    pub(super) fn any_suspect(window: &[u8; STRIDE + 1]) -> bool {
        let at = window.as_ptr();
        // SAFETY: eight times 16 bytes and one more are the window.
        let two = |i: usize| unsafe { _mm_or_si128(suspect(at.add(i)), suspect(at.add(i + 16))) };
        // SAFETY: SSE2 is part of x86-64.
        unsafe {
            let (a, b) = (
                _mm_or_si128(two(0), two(32)),
                _mm_or_si128(two(64), two(96)),
            );
            _mm_movemask_epi8(_mm_or_si128(a, b)) != 0
        }
    }

    #[inline(always)]
    pub(super) fn suspects(bytes: &[u8; 17]) -> u16 {
        // SAFETY: 16 bytes and one more; SSE2 is part of x86-64.
        unsafe { _mm_movemask_epi8(suspect(bytes.as_ptr())) as u16 }
    }

    #[inline(always)]
    pub(super) fn parting(block: &[u8; BLOCK]) -> u64 {
        bits(&load(block), |x| any(x, b"\t\n\",;|"))
    }

    #[inline(always)]
    pub(super) fn statements(bytes: &[u8; 19]) -> u16 {
        let at = bytes.as_ptr();
        // SAFETY: SSE2 is part of x86-64; twice sixteen of the 19 bytes.
        unsafe {
            let first = small(_mm_loadu_si128(at.cast()));
            let fourth = small(_mm_loadu_si128(at.add(3).cast()));
            let pair = |a: &[u8], d: &[u8]| _mm_and_si128(any(first, a), any(fourth, d));
            _mm_movemask_epi8(_mm_or_si128(pair(b"i", b"e"), pair(b"c", b"a"))) as u16
        }
    }

    #[inline(always)]
    pub(super) fn dense(block: &[u8; BLOCK]) -> u64 {
        bits(&load(block), |x| within(x, b'+', 0x55))
    }

    #[inline(always)]
    pub(super) fn signs(block: &[u8; BLOCK]) -> u64 {
        let v = load(block);
        // One after the other: what is rare may be slow, and is small so.
        let one = |b| bits(&v, |x| within(x, b, 1));
        let letters = bits(&v, |x| within(small(x), b'a', 26));
        letters | bits(&v, |x| within(x, b'/', 11)) | one(b'+') | one(b'-') | one(b'_')
    }

    #[inline(always)]
    pub(super) fn capitals(block: &[u8; BLOCK]) -> u64 {
        let v = load(block);
        bits(&v, |x| within(x, b'A', 26)) | bits(&v, |x| within(x, 0xC3, 3))
    }

    #[inline(always)]
    fn any(x: __m128i, set: &[u8]) -> __m128i {
        // SAFETY: SSE2 is part of x86-64.
        unsafe {
            let mut out = _mm_setzero_si128();
            for &b in set {
                out = _mm_or_si128(out, _mm_cmpeq_epi8(x, splat(b)));
            }
            out
        }
    }

    #[inline(always)]
    pub(super) fn raw(block: &[u8; BLOCK], wanted: &Wanted) -> Raw {
        let v = load(block);
        let digit = bits(&v, |x| within(x, b'0', 10));
        // SAFETY: SSE2 is part of x86-64.
        let letter = bits(&v, |x| {
            within(unsafe { _mm_or_si128(x, splat(0x20)) }, b'a', 26)
        });
        // SSE2 has no look-up: one comparison per wanted byte.
        let (mut special, mut trigger) = (0, 0);
        for b in wanted.bytes() {
            let found = bits(&v, |x| any(x, &[b]));
            special |= found;
            if wanted.of(b) & TRIGGER != 0 {
                trigger |= found;
            }
        }
        Raw {
            digit,
            alnum: digit | letter,
            special,
            trigger,
            high: bits(&v, |x| x),
        }
    }

    #[inline(always)]
    pub(super) fn high(block: &[u8; BLOCK]) -> High {
        let v = load(block);
        High {
            lead2: bits(&v, |x| within(x, 0xC3, 29)),
            cont: bits(&v, |x| within(x, 0x80, 0x40)),
        }
    }

    #[inline(always)]
    pub(super) fn lead3(block: &[u8; BLOCK]) -> u64 {
        // SAFETY: SSE2 is part of x86-64.
        bits(&load(block), |x| unsafe {
            _mm_andnot_si128(_mm_cmpeq_epi8(x, splat(0xE2)), within(x, 0xE0, 15))
        })
    }

    #[inline(always)]
    pub(super) fn fold(block: &[u8; BLOCK], out: &mut [u8; BLOCK]) {
        // SAFETY: SSE2 is part of x86-64.
        let folded = load(block).map(|x| unsafe {
            let x = _mm_or_si128(x, splat(0x20));
            // Signed: `0` becomes the least number.
            let digit = _mm_cmplt_epi8(_mm_add_epi8(x, splat(0x50)), splat(0x8A));
            _mm_andnot_si128(_mm_and_si128(digit, splat(0x0F)), x)
        });
        // SAFETY: four vectors of 16 are 64 bytes.
        *out = unsafe { core::mem::transmute::<[__m128i; 4], [u8; BLOCK]>(folded) };
    }
}

#[cfg(not(any(
    target_arch = "x86_64",
    all(target_arch = "wasm32", target_feature = "simd128")
)))]
mod simd {
    //! No vectors here: the plain loop under the same names.
    use super::{BLOCK, High, Raw, STRIDE, Wanted};
    pub(super) use super::{
        portable_begins as begins, portable_capitals as capitals, portable_dense as dense,
        portable_parting as parting, portable_signs as signs, portable_statements as statements,
    };

    pub(super) fn suspects(bytes: &[u8; 17]) -> u16 {
        super::portable_suspects(bytes)
    }

    pub(super) fn any_suspect(window: &[u8; STRIDE + 1]) -> bool {
        window.iter().any(|&b| super::suspect(b) != 0)
    }

    pub(super) fn raw(block: &[u8; BLOCK], wanted: &Wanted) -> Raw {
        super::portable(block, wanted)
    }

    pub(super) fn high(block: &[u8; BLOCK]) -> High {
        super::portable_high(block)
    }

    pub(super) fn lead3(block: &[u8; BLOCK]) -> u64 {
        super::portable_lead3(block)
    }

    pub(super) fn fold(block: &[u8; BLOCK], out: &mut [u8; BLOCK]) {
        super::fold(super::Way::Portable, block, out);
    }
}

/// Only the masks, of a padded text: what reading and classifying alone costs. For the benchmark.
pub fn masks_only(way: Way, padded: &[u8], len: usize, wanted: &Wanted) -> u64 {
    let mut carry = Carry::default();
    let mut sum = 0u64;
    for block in padded
        .as_chunks::<BLOCK>()
        .0
        .iter()
        .take(len.div_ceil(BLOCK))
    {
        let m = Masks::of(way, block, wanted, &mut carry);
        sum = sum
            .wrapping_add(u64::from((m.digit ^ m.special).count_ones()))
            .wrapping_add(u64::from((m.word & !(m.word << 1)).count_ones()));
    }
    sum
}
