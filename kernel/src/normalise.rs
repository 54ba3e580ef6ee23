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
//! steps      (0 -> 0)  (5 -> 6, 2)
//! ```
//! A replaced character needs no step of its own: it starts where the run before
//! it ends, and the step behind it tells its length. Of several bytes that replace
//! one sequence (`&auml;`) each but the last stands for one byte of it, the last
//! for the rest. What becomes of what is told in `reading.rs`.

use crate::blocks::{STRIDE, each_possible, each_suspicious};
use crate::reading::{change, plain_until};

/// Where changes are, roughly, so that [`write`] need not search again: one bit for each of at most 512
/// stretches of every part.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Marks {
    bits: [u64; 8],
    /// Bytes of a stretch: [`STRIDE`] shifted by this.
    shift: u32,
}

impl Marks {
    /// For parts of at most so many bytes.
    pub fn new(longest: usize) -> Self {
        let mut marks = Marks::default();
        while (longest / STRIDE) >> marks.shift >= 512 {
            marks.shift += 1;
        }
        marks
    }

    /// Bytes of a stretch.
    fn stretch(&self) -> usize {
        STRIDE << self.shift
    }

    /// Word and bit of the stretch around `at`.
    fn place(&self, at: usize) -> (usize, u64) {
        let stretch = (at / STRIDE) >> self.shift;
        (stretch / 64, 1 << (stretch % 64))
    }

    fn set(&mut self, at: usize) {
        let (word, bit) = self.place(at);
        if let Some(word) = self.bits.get_mut(word) {
            *word |= bit;
        }
    }

    fn is_set(&self, at: usize) -> bool {
        let (word, bit) = self.place(at);
        self.bits.get(word).is_none_or(|word| word & bit != 0)
    }
}

/// Number of changes in `text`; marks where they are.
pub fn count(text: &[u8], marks: &mut Marks) -> usize {
    // What has no place is only counted.
    let mut done = Written::new(text, &mut [], &mut [], false);
    done.search(0, text.len(), marks);
    if done.quoted {
        done = Written::new(text, &mut [], &mut [], true);
        done.search(0, text.len(), marks);
    }
    done.changes
}

/// Writes the view of `text` into `view` and its steps into `steps`, searching where `marks` say.
/// Gives the length of the view and the number of steps, or (0, 0) where nothing changes and nothing
/// was written; `None` where a buffer is too small (`view` as long as `text`, `steps` one per
/// change and one more are always enough) or the text has a gigabyte.
pub fn write(
    text: &[u8],
    marks: &Marks,
    view: &mut [u8],
    steps: &mut [u64],
) -> Option<(usize, usize)> {
    let mut done = Written::new(text, view, steps, false);
    done.search_marked(marks);
    if done.quoted {
        done = Written::new(text, view, steps, true);
        done.search_marked(marks);
    }
    if done.changes == 0 {
        return Some((0, 0));
    }
    done.run(text.len());
    (done.fits && text.len() >> PLACE == 0).then_some((done.len, done.n))
}

/// A view under way.
struct Written<'a> {
    text: &'a [u8],
    view: &'a mut [u8],
    steps: &'a mut [u64],
    /// The part is quoted-printable: known from the start (`all`), or seen on the way.
    all: bool,
    quoted: bool,
    /// The text has been read up to here.
    from: usize,
    /// Greek and Cyrillic letters stay up to here.
    plain: usize,
    /// The view has been written up to here.
    len: usize,
    /// Steps so far.
    n: usize,
    changes: usize,
    fits: bool,
}

impl<'a> Written<'a> {
    fn new(text: &'a [u8], view: &'a mut [u8], steps: &'a mut [u64], all: bool) -> Self {
        let mut done = Written {
            text,
            view,
            steps,
            all,
            quoted: false,
            from: 0,
            plain: 0,
            len: 0,
            n: 0,
            changes: 0,
            fits: true,
        };
        done.step(0);
        done
    }

    /// Makes the changes between `from` and `to`, multiples of [`STRIDE`] or the text's ends; marks them.
    #[inline(never)]
    fn search(&mut self, from: usize, to: usize, marks: &mut Marks) {
        let text = self.text;
        if self.all {
            let part = text.get(from..to.min(text.len())).unwrap_or(&[]);
            each_possible(part, |at| self.take(from + at, marks));
        } else {
            each_suspicious(text, from, to, |at| self.take(at, marks));
        }
    }

    #[inline(never)]
    fn search_marked(&mut self, marks: &Marks) {
        let mut again = *marks;
        for at in (0..self.text.len()).step_by(marks.stretch()) {
            if marks.is_set(at) {
                self.search(at, at + marks.stretch(), &mut again);
            }
        }
    }

    /// Makes the change of the character to which the byte at `at` belongs, if there is one.
    #[inline(never)]
    fn take(&mut self, hit: usize, marks: &mut Marks) {
        let mut at = hit;
        while at > self.from && at + 3 > hit && self.text.get(at).is_some_and(|b| b & 0xC0 == 0x80)
        {
            at -= 1;
        }
        if at < self.from {
            return;
        }
        if self.text.get(at).is_some_and(|b| (0xCE..=0xD1).contains(b)) {
            if at >= self.plain {
                self.plain = plain_until(self.text, at);
            }
            if at < self.plain {
                return;
            }
        }
        let Some(change) = change(self.text, at, self.all) else {
            return;
        };
        marks.set(hit);
        self.run(at);
        self.put(change.bytes());
        let len = usize::from(change.len);
        self.from = at + len;
        self.changes += 1;
        self.quoted |= change.quoted && !self.all;
        self.step(match change.bytes().len() {
            0 => 0,
            n => len + 1 - n,
        });
    }

    /// Copies what lies before `at`.
    fn run(&mut self, at: usize) {
        let text = self.text;
        self.put(text.get(self.from..at).unwrap_or(&[]));
    }

    /// Appends to the view.
    #[inline(never)]
    fn put(&mut self, bytes: &[u8]) {
        match self.view.get_mut(self.len..self.len + bytes.len()) {
            Some(to) => to.copy_from_slice(bytes),
            None => self.fits = false,
        }
        self.len += bytes.len();
    }

    /// A step from here on; one at the same view position is moved. `tail`: so many bytes of the
    /// original stand behind the last byte of the view, 0 where it was not replaced.
    #[inline(never)]
    fn step(&mut self, tail: usize) {
        let mut step =
            (self.len as u64) << (PLACE + TAIL) | (self.from as u64) << TAIL | tail as u64;
        if let Some(&last) = self.n.checked_sub(1).and_then(|last| self.steps.get(last))
            && view_of(last) == self.len
        {
            self.n -= 1;
            step |= tail_of(last) as u64;
        }
        match self.steps.get_mut(self.n) {
            Some(to) => *to = step,
            None => self.fits = false,
        }
        self.n += 1;
    }
}

/// Bits of a position in a step.
const PLACE: u32 = 30;
/// Bits of a length in a step.
const TAIL: u32 = 4;

/// View position of a step.
fn view_of(step: u64) -> usize {
    (step >> (PLACE + TAIL)) as usize
}

/// Original position of a step.
fn origin_of(step: u64) -> usize {
    (step >> TAIL) as usize & ((1 << PLACE) - 1)
}

/// Bytes of the original behind the view byte before a step.
fn tail_of(step: u64) -> usize {
    step as usize & ((1 << TAIL) - 1)
}

/// The way back from view positions to original positions; without steps they are the same.
#[derive(Clone, Copy, Debug)]
pub struct Origin<'a> {
    /// The steps that [`write`] left, or none.
    pub steps: &'a [u64],
}

impl Origin<'_> {
    /// Number of steps up to the view byte `at`.
    fn upto(&self, at: usize) -> usize {
        self.steps.partition_point(|&step| view_of(step) <= at)
    }

    /// Original position of the view byte `at`.
    pub fn of(&self, at: usize) -> usize {
        match self.upto(at).checked_sub(1).and_then(|i| self.steps.get(i)) {
            Some(&step) => origin_of(step) + (at - view_of(step)),
            None => at,
        }
    }

    /// Where the original was changed: up to the end of each change, from behind as many of its bytes as the
    /// view has for them.
    pub fn changes(self) -> impl Iterator<Item = (usize, usize)> {
        let mut before = 0;
        self.steps.iter().filter_map(move |&step| {
            let first = view_of(step) + before;
            before = origin_of(step) - view_of(step);
            (origin_of(step) > 0).then_some((first, origin_of(step)))
        })
    }

    /// Bytes of the view that begin before the original position `at`.
    pub fn back(&self, at: usize) -> usize {
        let upto = self.steps.partition_point(|&step| origin_of(step) <= at);
        let before = upto.checked_sub(1).and_then(|i| self.steps.get(i));
        let before = before.map_or(0, |&step| origin_of(step) - view_of(step));
        let next = self.steps.get(upto).map_or(usize::MAX, |&s| view_of(s));
        (at - before).min(next)
    }

    /// Original span of the view span `[start, end)`, which is not empty.
    pub fn span(&self, start: usize, end: usize) -> (usize, usize) {
        let last = end - 1;
        let len = match self.steps.get(self.upto(last)) {
            Some(&step) if view_of(step) == end => tail_of(step).max(1),
            _ => 1,
        };
        (self.of(start), self.of(last) + len)
    }
}
