//! Sorting without much code: a heap sort over indices.
//!
//! The standard library's sort is faster and takes ten kilobytes in every module;
//! findings are few, so the module stays small instead. In place, no worst case
//! above n log n, not stable (every order here is total).

/// Sorts `n` things: `less(i, j)` compares the things at two places, `swap` exchanges them.
pub fn sort<T: ?Sized>(
    things: &mut T,
    n: usize,
    less: fn(&T, usize, usize) -> bool,
    swap: fn(&mut T, usize, usize),
) {
    let sift = |things: &mut T, mut root: usize, end: usize| {
        loop {
            let mut child = 2 * root + 1;
            if child >= end {
                return;
            }
            if child + 1 < end && less(things, child, child + 1) {
                child += 1;
            }
            if !less(things, root, child) {
                return;
            }
            swap(things, root, child);
            root = child;
        }
    };
    for root in (0..n / 2).rev() {
        sift(things, root, n);
    }
    for end in (1..n).rev() {
        swap(things, 0, end);
        sift(things, 0, end);
    }
}

/// Sorts numbers in ascending order.
pub fn ascending(numbers: &mut [u16]) {
    let n = numbers.len();
    sort(
        numbers,
        n,
        |s, i, j| s.get(i) < s.get(j),
        |s, i, j| s.swap(i, j),
    );
}
