//! Sorting without much code: a heap sort over indices.
//!
//! The standard library's sort is faster and takes ten kilobytes in every module;
//! findings are few, so the module stays small instead. In place, no worst case
//! above n log n, not stable (every order here is total).

/// What a sort asks of whoever owns the things.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ask {
    /// Does the first belong before the second?
    Less,
    /// Exchange the two; the answer is not read.
    Swap,
}

/// Sorts `n` things, which only `things` knows, by their places. One copy of this code serves all.
#[inline(never)]
pub fn sort(n: usize, things: &mut dyn FnMut(Ask, usize, usize) -> bool) {
    // The first half makes the heap, from the last parent on; the second takes the greatest off.
    for turn in (0..n / 2 + n).rev() {
        let (mut root, end) = if turn >= n { (turn - n, n) } else { (0, turn) };
        if turn < n {
            things(Ask::Swap, 0, end);
        }
        loop {
            let mut child = 2 * root + 1;
            if child >= end {
                break;
            }
            if child + 1 < end && things(Ask::Less, child, child + 1) {
                child += 1;
            }
            if !things(Ask::Less, root, child) {
                break;
            }
            things(Ask::Swap, root, child);
            root = child;
        }
    }
}
