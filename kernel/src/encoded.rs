//! Text in base64 or hexadecimal digits (semantics 61): what looks like it is decoded once, and the
//! detectors of class `secret` read it as a part of its own. Their findings span the encoded text.

use crate::blocks::{BLOCK, PAD, Way, dense, is_sign, signs};
use crate::compose::compose;
use crate::findings::{Set, settle};
use crate::judge::{Judge, NOWHERE};
use crate::layout::{DETECTOR_SECRET, FINDING_ENCODED};
use crate::scan::{Scanner, View};

/// Shortest run.
pub const SHORTEST: usize = 24;
const _: () = assert!(SHORTEST == 8 + 16, "`long` counts so many");
/// Shortest run of hexadecimal digits.
pub const SHORTEST_HEX: usize = 32;
/// So much of a run is decoded.
pub const LONGEST_RUN: usize = 65_536;
/// A line of a run that goes on has so many of its signs at least.
pub const LINE: usize = 60;
/// Bytes that a run decodes to, at most.
pub const DECODED: usize = LONGEST_RUN / 4 * 3;

/// What a sign of base 64 stands for, in either alphabet; 64: it is none.
fn sextet(b: u8) -> u8 {
    match b {
        b'A'..=b'Z' => b - b'A',
        b'a'..=b'z' => b - b'a' + 26,
        b'0'..=b'9' => b - b'0' + 52,
        b'+' | b'-' => 62,
        b'/' | b'_' => 63,
        _ => 64,
    }
}

/// What a hexadecimal digit stands for; 16: it is none.
fn nibble(b: u8) -> u8 {
    match b {
        b'0'..=b'9' => b - b'0',
        b'a'..=b'f' => b - b'a' + 10,
        b'A'..=b'F' => b - b'A' + 10,
        _ => 16,
    }
}

fn at(view: &[u8], at: usize) -> u8 {
    view.get(at).copied().unwrap_or(0)
}

/// Where as many bits in a row as the shortest run has end.
#[inline(always)]
fn long(mask: u64) -> u64 {
    let two = mask & mask << 1;
    let four = two & two << 2;
    let eight = four & four << 4;
    eight & eight << 8 & eight << 16
}

/// The end of the run that begins at `start`, and how many of its bytes are signs.
fn run(view: &[u8], start: usize) -> (usize, usize) {
    let (mut end, mut signs) = (start, 0);
    loop {
        let rest = view.get(end..).unwrap_or(&[]);
        let line = rest.iter().take_while(|&&b| is_sign(b)).count();
        end += line;
        signs += line;
        let next = end + usize::from(at(view, end) == b'\r');
        if line < LINE || at(view, next) != b'\n' || !is_sign(at(view, next + 1)) {
            return (end, signs);
        }
        end = next + 1;
    }
}

/// Decodes the signs of a run by `of` into `out`, `bits` of each; gives how many bytes, and 0 where one is
/// no sign or they are no text.
fn decode(run: &[u8], bits: u32, of: impl Fn(u8) -> u8, out: &mut [u8]) -> usize {
    let (mut value, mut held, mut n, mut high) = (0u32, 0, 0, 0);
    for &sign in run {
        if sign == b'\r' || sign == b'\n' {
            continue;
        }
        let digit = of(sign);
        if u32::from(digit) >> bits != 0 {
            return 0;
        }
        value = value << bits | u32::from(digit);
        held += bits;
        if held < 8 {
            continue;
        }
        held -= 8;
        let b = (value >> held) as u8;
        if b < 0x20 && !matches!(b, b'\t' | b'\n' | b'\r') || b == 0x7F {
            return 0;
        }
        high += usize::from(b >= 0x80);
        // It is more than one in eight whatever follows.
        if high * 8 > run.len() {
            return 0;
        }
        let Some(slot) = out.get_mut(n) else { break };
        *slot = b;
        n += 1;
    }
    if high * 8 > n { 0 } else { n }
}

/// Reads the encoded texts of a view.
#[inline(never)]
#[cfg_attr(feature = "module", unsafe(export_name = "optional.encoded"))]
pub fn search<'t>(
    way: Way,
    scanner: &mut Scanner<'_, 't>,
    judge: &mut Judge<'_, 't>,
    view: View<'_>,
    buffer: &mut [u8],
) {
    let Some(most) = buffer.len().checked_sub(PAD) else {
        return;
    };
    let most = most.min(DECODED);
    let bytes = view.bytes();
    // A window of 64 bytes holds every run of 24 that begins in its first 40; behind the view stand zeros.
    let (mut base, mut done) = (0, 0);
    while base < bytes.len()
        && let Some(window) = view.padded.get(base..).and_then(|rest| rest.first_chunk())
    {
        let mut ends = long(dense(window));
        if ends != 0 {
            ends = long(signs(window));
        }
        if ends == 0 {
            base += BLOCK - SHORTEST;
            continue;
        }
        let first = base + ends.trailing_zeros() as usize + 1 - SHORTEST;
        let front = bytes.get(done..first).unwrap_or(&[]);
        let start = first - front.iter().rev().take_while(|&&b| is_sign(b)).count();
        let (end, count) = run(bytes, start);
        (base, done) = (end, end);
        let text = bytes.get(start..end).unwrap_or(&[]);
        let Some(out) = buffer.get_mut(..most) else {
            return;
        };
        let mut len = 0;
        if count >= SHORTEST_HEX && count.is_multiple_of(2) {
            len = decode(text, 4, nibble, out);
        }
        if len == 0 {
            len = decode(text, 6, sextet, out);
        }
        let padding = (0..2).take_while(|i| at(bytes, end + i) == b'=').count();
        if len > 0 {
            if let Some(pad) = buffer.get_mut(len..len + PAD) {
                pad.fill(0);
            }
            let view = View {
                padded: buffer,
                len,
            };
            inside(way, scanner, judge, view, (start, end + padding));
        }
    }
}

/// The secrets in a decoded text, which stands at `span` of the view.
fn inside<'t>(
    way: Way,
    scanner: &mut Scanner<'_, 't>,
    judge: &mut Judge<'_, 't>,
    view: View<'_>,
    span: (usize, usize),
) {
    let from = judge.n;
    judge.table.get_mut().forget();
    let tables = judge.tables;
    for (index, last) in judge.last_end.iter_mut().enumerate() {
        let entry = tables.detector(index);
        let secret = entry.is_some_and(|e| e.flags & DETECTOR_SECRET != 0);
        *last = if secret { 0 } else { NOWHERE };
    }
    scanner.scan(way, view, judge);
    compose(judge, view, from);
    let found = judge.found.get_mut(from..judge.n).unwrap_or(&mut []);
    let n = settle(&tables, found);
    // They all stand at one place now: of each detector one is enough.
    let mut seen = Set([0; crate::findings::SET_WORDS]);
    let mut kept = from;
    for i in from..from + n {
        let Some(&f) = judge.found.get(i) else { break };
        if seen.add_one(f.detector)
            && let Some(slot) = judge.found.get_mut(kept)
        {
            *slot = f;
            slot.view_start = span.0 as u32;
            slot.view_end = span.1 as u32;
            slot.flags |= FINDING_ENCODED;
            kept += 1;
        }
    }
    judge.n = kept;
}
