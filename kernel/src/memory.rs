//! The home of `unsafe`: reading without bounds checks for the scanner's inner
//! loops, and carving typed slices out of one block of memory.
//!
//! Outside of it `unsafe` stands in the inner loops of `scan.rs` that call these
//! functions, around vectors in `blocks.rs`, and where the module meets its own
//! memory in `wasm.rs`. Everything else is safe Rust on slices. In WebAssembly a wrong
//! offset could reach nothing but the module's own memory; natively the callers'
//! promises below are what AddressSanitizer checks in the tests.

/// Types that any bytes are a valid value of.
///
/// # Safety
/// No padding, no invalid bit patterns.
pub unsafe trait Plain: Copy {}
// SAFETY: integers have neither padding nor invalid values.
unsafe impl Plain for u8 {}
// SAFETY: as above.
unsafe impl Plain for u16 {}
// SAFETY: as above.
unsafe impl Plain for u32 {}
// SAFETY: as above.
unsafe impl Plain for i32 {}
// SAFETY: as above.
unsafe impl Plain for u64 {}

/// The value that these bytes are, where they lie. `T` has no alignment and `N` bytes, or this does not
/// compile.
#[inline(always)]
pub fn plain<T: Plain, const N: usize>(bytes: &[u8; N]) -> &T {
    const { assert!(align_of::<T>() == 1 && size_of::<T>() == N) };
    // SAFETY: as long as the bytes, aligned anywhere, and every bit pattern is a T (`Plain`).
    unsafe { &*bytes.as_ptr().cast::<T>() }
}

/// The bytes that this value is.
#[inline(always)]
pub fn plain_bytes<T: Plain, const N: usize>(value: &T) -> &[u8; N] {
    const { assert!(size_of::<T>() == N) };
    // SAFETY: as long as the value, which has no padding (`Plain`).
    unsafe { &*core::ptr::from_ref(value).cast::<[u8; N]>() }
}

/// Cuts `count` values of `T` off the front of `memory`, which is aligned forward first.
/// `None` where it is too small.
#[inline(always)]
pub fn carve<'a, T: Plain>(memory: &mut &'a mut [u8], count: usize) -> Option<&'a mut [T]> {
    let front = front(memory, count.checked_mul(size_of::<T>())?, align_of::<T>())?;
    // SAFETY: `front` has exactly `count` times the bytes of T, is aligned for T, is borrowed for 'a
    // alone, and every bit pattern is a T (`Plain`).
    Some(unsafe { core::slice::from_raw_parts_mut(front.as_mut_ptr().cast::<T>(), count) })
}

/// As [`carve`], for where size counts more than time.
pub fn cut<'a, T: Plain>(memory: &mut &'a mut [u8], count: usize) -> Option<&'a mut [T]> {
    #[inline(never)]
    fn eights<'a>(memory: &mut &'a mut [u8], bytes: usize) -> Option<&'a mut [u8]> {
        front(memory, bytes, 8)
    }
    const { assert!(align_of::<T>() <= 8) };
    let front = eights(memory, count.checked_mul(size_of::<T>())?)?;
    // SAFETY: as above; a multiple of 8 is one of T's alignment.
    Some(unsafe { core::slice::from_raw_parts_mut(front.as_mut_ptr().cast::<T>(), count) })
}

/// So many bytes off the front, at a multiple of `align` (a power of two).
#[inline(always)]
fn front<'a>(memory: &mut &'a mut [u8], bytes: usize, align: usize) -> Option<&'a mut [u8]> {
    let skip = memory.as_ptr().addr().wrapping_neg() & (align - 1);
    let end = skip.checked_add(bytes)?;
    if end > memory.len() {
        return None;
    }
    let (front, rest) = core::mem::take(memory).split_at_mut(end);
    *memory = rest;
    front.get_mut(skip..)
}

/// `bytes[at]`.
///
/// # Safety
/// `at < bytes.len()`.
#[inline(always)]
pub unsafe fn byte(bytes: &[u8], at: usize) -> u8 {
    debug_assert!(at < bytes.len());
    // SAFETY: the caller's promise.
    unsafe { *bytes.as_ptr().add(at) }
}

/// Four bytes from `at`, little-endian, at any alignment.
///
/// # Safety
/// `at + 4 <= bytes.len()`.
#[inline(always)]
pub unsafe fn four(bytes: &[u8], at: usize) -> u32 {
    debug_assert!(at + 4 <= bytes.len());
    // SAFETY: the caller's promise; `read_unaligned` asks for no alignment.
    u32::from_le(unsafe { bytes.as_ptr().add(at).cast::<u32>().read_unaligned() })
}

/// Two bytes at `at` (a table of u16 in the tables), little-endian, at any alignment.
///
/// # Safety
/// `at + 2 <= bytes.len()`.
#[inline(always)]
pub unsafe fn two(bytes: &[u8], at: usize) -> u16 {
    debug_assert!(at + 2 <= bytes.len());
    // SAFETY: the caller's promise; `read_unaligned` asks for no alignment.
    u16::from_le(unsafe { bytes.as_ptr().add(at).cast::<u16>().read_unaligned() })
}

/// Writes `values[at]`.
///
/// # Safety
/// `at < values.len()`.
#[inline(always)]
pub unsafe fn put_four(values: &mut [u32], at: usize, value: u32) {
    debug_assert!(at < values.len());
    // SAFETY: the caller's promise.
    unsafe { *values.as_mut_ptr().add(at) = value }
}
