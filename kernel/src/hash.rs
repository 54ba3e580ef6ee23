//! Digests that checksums of addresses and keys are made of. Their constants lie
//! in the tables of the policies that need them, not here.

/// Bytes of a message and its padding at most.
const MESSAGE: usize = 192;

/// SHA-256 (FIPS 180-4) of at most 183 bytes; longer ones are cut. `constants`: the 64 round
/// constants, then the first state, u32 each.
#[inline(never)]
pub(crate) fn sha256(constants: &[u8], message: &[u8]) -> [u8; 32] {
    let constants = constants.as_chunks::<4>().0;
    let constant = |i: usize| {
        constants
            .get(i)
            .map_or(0, |bytes| u32::from_le_bytes(*bytes))
    };
    let mut state: [u32; 8] = core::array::from_fn(|i| constant(64 + i));
    // The message, a bit, zeros, and its length in the last eight bytes.
    let mut padded = [0u8; MESSAGE];
    let n = message.len().min(MESSAGE - 9);
    for (to, &from) in padded.iter_mut().zip(message.iter().take(n).chain(&[0x80])) {
        *to = from;
    }
    let end = (n + 72) / 64 * 64;
    if let Some([.., a, b]) = padded.get_mut(..end) {
        [*a, *b] = (n as u16 * 8).to_be_bytes();
    }
    for block in padded.get(..end).unwrap_or(&[]).as_chunks::<64>().0 {
        let mut w = [0u32; 16];
        for (to, from) in w.iter_mut().zip(block.as_chunks::<4>().0) {
            *to = u32::from_be_bytes(*from);
        }
        let before = state;
        for i in 0..64 {
            let [a, b, c, d, e, f, g, h] = state;
            let next = w[i % 16];
            let t1 = h
                .wrapping_add(e.rotate_right(6) ^ e.rotate_right(11) ^ e.rotate_right(25))
                .wrapping_add(e & f ^ !e & g)
                .wrapping_add(constant(i))
                .wrapping_add(next);
            let t2 = (a.rotate_right(2) ^ a.rotate_right(13) ^ a.rotate_right(22))
                .wrapping_add(a & b ^ a & c ^ b & c);
            state = [t1.wrapping_add(t2), a, b, c, d.wrapping_add(t1), e, f, g];
            let (x, y) = (w[(i + 1) % 16], w[(i + 14) % 16]);
            w[i % 16] = next
                .wrapping_add(x.rotate_right(7) ^ x.rotate_right(18) ^ x >> 3)
                .wrapping_add(w[(i + 9) % 16])
                .wrapping_add(y.rotate_right(17) ^ y.rotate_right(19) ^ y >> 10);
        }
        for (now, before) in state.iter_mut().zip(before) {
            *now = now.wrapping_add(before);
        }
    }
    let mut out = [0; 32];
    for (bytes, word) in out.as_chunks_mut::<4>().0.iter_mut().zip(state) {
        *bytes = word.to_be_bytes();
    }
    out
}

/// Bytes that Keccak-256 takes at once.
const RATE: usize = 136;

/// Keccak-256 as Ethereum and Monero use it (padding 0x01, not SHA-3's), of less than [`RATE`]
/// bytes; longer ones are cut. `constants`: those of the 24 rounds, u64 each.
#[inline(never)]
pub(crate) fn keccak256(constants: &[u8], message: &[u8]) -> [u8; 32] {
    let mut bytes = [0u8; 200];
    let n = message.len().min(RATE - 1);
    for (to, from) in bytes.iter_mut().zip(message.iter().take(n)) {
        *to = *from;
    }
    if let Some(end) = bytes.get_mut(n) {
        *end = 1;
    }
    bytes[RATE - 1] |= 0x80;
    let mut s = [0u64; 25];
    for (lane, bytes) in s.iter_mut().zip(bytes.as_chunks::<8>().0) {
        *lane = u64::from_le_bytes(*bytes);
    }
    for constant in constants.as_chunks::<8>().0 {
        let c: [u64; 5] =
            core::array::from_fn(|x| (0..5).fold(0, |sum, y| sum ^ s[(x + 5 * y) % 25]));
        for (i, lane) in s.iter_mut().enumerate() {
            *lane ^= c[(i + 4) % 5] ^ c[(i + 1) % 5].rotate_left(1);
        }
        // Rho and pi: along the one cycle of all lanes but the first.
        let (mut x, mut y) = (1, 0);
        let mut moved = s[1];
        for t in 1..25u32 {
            (x, y) = (y, (2 * x + 3 * y) % 5);
            let slot = &mut s[(x + 5 * y) % 25];
            moved = core::mem::replace(slot, moved.rotate_left(t * (t + 1) / 2 % 64));
        }
        for row in s.as_chunks_mut::<5>().0 {
            let old = *row;
            for (x, lane) in row.iter_mut().enumerate() {
                *lane = old[x % 5] ^ !old[(x + 1) % 5] & old[(x + 2) % 5];
            }
        }
        s[0] ^= u64::from_le_bytes(*constant);
    }
    let mut out = [0; 32];
    for (bytes, lane) in out.as_chunks_mut::<8>().0.iter_mut().zip(s) {
        *bytes = lane.to_le_bytes();
    }
    out
}
