//! The normalised view of a part and the way back (semantics 25).
//!
//! Most text needs no change: [`count`] is one fast pass that says so, and the
//! scanner then reads the content where it lies. Otherwise [`write`] copies the
//! part and leaves a short list of steps: from view position `view` on, the
//! original position is `origin + (position - view)`, until the next step.
//!
//! ```text
//! original   4 1 1 1 [C2 A0] 1 1     NBSP, two bytes
//! view       4 1 1 1    ␣    1 1
//! steps      (0 -> 0)  (5 -> 6)
//! ```
//! A replaced character needs no step of its own: it starts where the run before
//! it ends, and its length is told by its first original byte.

use crate::blocks::each_suspicious;

/// What becomes of a byte sequence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Change {
    /// Dropped; so many bytes.
    Drop(usize),
    /// Replaced by one byte; so many bytes.
    Put(u8, usize),
}

/// The change at `at`, if any. Only sequences of the table count, so invalid UTF-8 stays.
#[inline]
fn change(text: &[u8], at: usize) -> Option<Change> {
    let lead = *text.get(at)?;
    let one = *text.get(at + 1)?;
    if lead == 0xC2 {
        return match one {
            0xA0 => Some(Change::Put(b' ', 2)),
            0xAD => Some(Change::Drop(2)),
            _ => None,
        };
    }
    if !matches!(lead, 0xE2 | 0xE3 | 0xEF) {
        return None;
    }
    let two = *text.get(at + 2)?;
    match (lead, one, two) {
        (0xE2, 0x80, 0x80..=0x8A | 0xAF) | (0xE2, 0x81, 0x9F) | (0xE3, 0x80, 0x80) => {
            Some(Change::Put(b' ', 3))
        }
        (0xE2, 0x80, 0x8B..=0x8F | 0xAA..=0xAE)
        | (0xE2, 0x81, 0xA0..=0xA4 | 0xA6..=0xA9)
        | (0xEF, 0xBB, 0xBF) => Some(Change::Drop(3)),
        (0xE2, 0x80, 0x90 | 0x91) | (0xE2, 0x88, 0x92) => Some(Change::Put(b'-', 3)),
        (0xEF, 0xBC, 0x81..=0xBF) => Some(Change::Put(two - 0x81 + 0x21, 3)),
        (0xEF, 0xBD, 0x80..=0x9E) => Some(Change::Put(two - 0x80 + 0x60, 3)),
        _ => None,
    }
}

/// Number of changes in `text`.
pub fn count(text: &[u8]) -> usize {
    // What has no place is only counted.
    pass(text, &mut [], &mut []).changes
}

/// Writes the view of `text` into `view` and its steps (pairs of u32: view, origin) into `steps`.
/// Gives the length of the view and the number of steps, or (0, 0) where nothing changes and nothing
/// was written; `None` where a buffer is too small (`view` as long as `text`, `steps` two u32 per
/// change and two more are always enough).
pub fn write(text: &[u8], view: &mut [u8], steps: &mut [u32]) -> Option<(usize, usize)> {
    let done = pass(text, view, steps);
    match done.changes {
        0 => Some((0, 0)),
        _ => done.fits.then_some((done.len, done.n)),
    }
}

#[inline(never)]
fn pass<'a>(text: &'a [u8], view: &'a mut [u8], steps: &'a mut [u32]) -> Written<'a> {
    let mut done = Written {
        text,
        view,
        steps,
        from: 0,
        len: 0,
        n: 0,
        changes: 0,
        fits: true,
    };
    done.step();
    each_suspicious(text, |at| {
        if let Some(change) = change(text, at) {
            done.run(at);
            let len = match change {
                Change::Drop(len) => len,
                Change::Put(byte, len) => {
                    match done.view.get_mut(done.len) {
                        Some(slot) => *slot = byte,
                        None => done.fits = false,
                    }
                    done.len += 1;
                    len
                }
            };
            done.from = at + len;
            done.changes += 1;
            done.step();
        }
    });
    if done.changes > 0 {
        done.run(text.len());
    }
    done
}

/// A view under way.
struct Written<'a> {
    text: &'a [u8],
    view: &'a mut [u8],
    steps: &'a mut [u32],
    /// The text has been read up to here.
    from: usize,
    /// The view has been written up to here.
    len: usize,
    /// Steps so far.
    n: usize,
    changes: usize,
    fits: bool,
}

impl Written<'_> {
    /// Copies what lies before `at`.
    #[inline(never)]
    fn run(&mut self, at: usize) {
        let text = self.text.get(self.from..at).unwrap_or(&[]);
        match self.view.get_mut(self.len..self.len + text.len()) {
            Some(to) => to.copy_from_slice(text),
            None => self.fits = false,
        }
        self.len += text.len();
    }

    /// A step from here on; one at the same view position replaces the one before.
    #[inline(never)]
    fn step(&mut self) {
        let (steps, _) = self.steps.as_chunks_mut::<2>();
        if let Some(&[view, _]) = self.n.checked_sub(1).and_then(|last| steps.get(last))
            && view as usize == self.len
        {
            self.n -= 1;
        }
        match steps.get_mut(self.n) {
            Some(step) => *step = [self.len as u32, self.from as u32],
            None => self.fits = false,
        }
        self.n += 1;
    }
}

/// The way back from view positions to original positions; without steps they are the same.
#[derive(Clone, Copy, Debug)]
pub struct Origin<'a> {
    /// The original part.
    pub text: &'a [u8],
    /// Pairs of (view, origin), or empty.
    pub steps: &'a [u32],
}

impl Origin<'_> {
    /// Original position of the view byte `at`.
    pub fn of(&self, at: usize) -> usize {
        let pairs = self.steps.len() / 2;
        if pairs == 0 {
            return at;
        }
        let (mut low, mut high) = (0, pairs);
        while high - low > 1 {
            let middle = (low + high) / 2;
            if self
                .steps
                .get(2 * middle)
                .is_some_and(|&v| v as usize <= at)
            {
                low = middle;
            } else {
                high = middle;
            }
        }
        let view = self.steps.get(2 * low).copied().unwrap_or(0) as usize;
        let origin = self.steps.get(2 * low + 1).copied().unwrap_or(0) as usize;
        origin + at.saturating_sub(view)
    }

    /// Original span of the view span `[start, end)`, which is not empty.
    pub fn span(&self, start: usize, end: usize) -> (usize, usize) {
        if self.steps.is_empty() {
            return (start, end);
        }
        let last = self.of(end - 1);
        let len = match change(self.text, last) {
            Some(Change::Put(_, len)) => len,
            _ => 1,
        };
        (self.of(start), last + len)
    }
}
