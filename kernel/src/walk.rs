//! Walking an automaton that is written as a small program.
//!
//! A state is a row of operations; the next byte goes through them until one of its tests fits.
//!
//! | byte | means |
//! | --- | --- |
//! | 00 | nothing fits: the walk is over |
//! | 01 | a match ends here |
//! | 02 | a match ends here, and the walk is over |
//! | 03, set (u16) | the detectors of a set may match |
//! | 12, byte, place (u16) | below this byte, the operations at that place have their turn |
//! | 04-06 | *literal*: fits one byte, which follows |
//! | 08-0A | *set*: fits the bytes of a set, whose number follows |
//! | 0C-0E | *range*: fits the bytes between two, which follow |
//! | from 20 on | fits this byte; if it does not, the walk is over |
//!
//! The lowest two bits of a test say what then: 0, it goes on directly behind, and else the walk is over;
//! 1, it goes on as many bytes further as the byte behind the test says; 2, at the place in the program that
//! the two bytes behind it say (many states in a row lead to one, and such rows pack well); and else the
//! next operation has its turn. Every jump goes forward, so every walk ends. Where the program folds, a
//! small letter in a literal stands for the capital too.

use crate::memory::byte;
use crate::scan::{Ends, View};

/// Nothing fits.
pub const END: u8 = 0;
/// A match ends.
pub const MATCH: u8 = 1;
/// A match ends, and the walk.
pub const FINAL: u8 = 2;
/// Detectors may match.
pub const NAME: u8 = 3;
/// Below a byte, on with other operations.
pub const BELOW: u8 = 0x12;
/// Ways to go on, per test.
pub const HOWS: u8 = 4;
/// A byte from here on is a literal.
pub const LITERALS: u8 = 0x20;

/// Tests, as they stand in a program (times [`HOWS`]).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Test {
    /// One byte.
    Literal = 1,
    /// The bytes of a set.
    Set = 2,
    /// The bytes from one to another.
    Range = 3,
}

/// Is the byte in a set of 32 bytes?
#[inline]
pub fn holds(set: &[u8], byte: u8) -> bool {
    let bits = set.get(usize::from(byte >> 3)).copied().unwrap_or(0);
    bits >> (byte & 7) & 1 != 0
}

/// The byte at a place of a program; behind its end nothing fits.
#[inline(always)]
fn at_place(code: &[u8], pc: usize) -> u8 {
    match code.get(pc) {
        Some(&byte) => byte,
        None => END,
    }
}

/// A program ready to walk.
#[derive(Clone, Copy, Debug)]
pub struct Program<'t> {
    /// Its bytes; what stands behind them does not matter.
    pub code: &'t [u8],
    /// Sets of bytes, 32 bytes each.
    pub sets: &'t [u8],
    /// Small letters stand for capitals too.
    pub fold: bool,
}

impl Program<'_> {
    /// Walks from `start`, and reads no byte from `last` on. `last` is at most the view's length and one.
    #[inline(never)]
    pub fn walk(&self, view: View<'_>, start: usize, last: usize, ends: &mut Ends<'_>) {
        let code = self.code;
        let mut pc = 0;
        let mut at = start;
        'state: loop {
            // SAFETY: `at <= last <= view.len + 1`, and the padding follows.
            let raw = unsafe { byte(view.padded, at) };
            let folds = self.fold && raw.is_ascii_uppercase();
            let folded = raw | u8::from(folds) << 5;
            loop {
                let op = at_place(code, pc);
                pc += 1;
                if op >= LITERALS {
                    if op != folded || at == last {
                        return;
                    }
                    at += 1;
                    continue 'state;
                }
                if op < HOWS {
                    if op == END {
                        return;
                    }
                    let mut set = 0;
                    if op == NAME {
                        set =
                            u32::from(at_place(code, pc)) | u32::from(at_place(code, pc + 1)) << 8;
                        pc += 2;
                    }
                    if at > start {
                        ends.put(at, set);
                    }
                    if op == FINAL {
                        return;
                    }
                    continue;
                }
                let first = at_place(code, pc);
                pc += 1;
                let fits = match op / HOWS {
                    1 => first == folded,
                    2 => holds(self.sets.get(32 * usize::from(first)..).unwrap_or(&[]), raw),
                    3 => {
                        let second = at_place(code, pc);
                        pc += 1;
                        first <= raw && raw <= second
                    }
                    _ => folded < first,
                };
                let how = usize::from(op % HOWS);
                if !fits {
                    if how == 0 {
                        return;
                    }
                    pc += how;
                    continue;
                }
                if how > 0 {
                    let low = usize::from(at_place(code, pc));
                    let place = low | usize::from(at_place(code, pc + 1)) << 8;
                    // A place is never behind us.
                    pc = if how > 1 { place.max(pc) } else { pc + 1 + low };
                }
                // Nothing is read: other operations have their turn.
                if op >= BELOW {
                    continue;
                }
                if at == last {
                    return;
                }
                at += 1;
                continue 'state;
            }
        }
    }
}
