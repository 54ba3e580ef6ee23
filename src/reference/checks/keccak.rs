//! Keccak-256 with its first padding, as Ethereum and Monero use it (The Keccak reference 3.0;
//! FIPS 202 changed the padding).

/// Lanes by x and y.
type State = [[u64; 5]; 5];

/// Rotations of rho by x and y (FIPS 202, table 2).
const ROTATIONS: [[u32; 5]; 5] = [
    [0, 36, 3, 41, 18],
    [1, 44, 10, 45, 2],
    [62, 6, 43, 15, 61],
    [28, 55, 25, 21, 56],
    [27, 20, 39, 8, 14],
];

/// The constants of iota.
const ROUNDS: [u64; 24] = [
    0x0000_0000_0000_0001,
    0x0000_0000_0000_8082,
    0x8000_0000_0000_808a,
    0x8000_0000_8000_8000,
    0x0000_0000_0000_808b,
    0x0000_0000_8000_0001,
    0x8000_0000_8000_8081,
    0x8000_0000_0000_8009,
    0x0000_0000_0000_008a,
    0x0000_0000_0000_0088,
    0x0000_0000_8000_8009,
    0x0000_0000_8000_000a,
    0x0000_0000_8000_808b,
    0x8000_0000_0000_008b,
    0x8000_0000_0000_8089,
    0x8000_0000_0000_8003,
    0x8000_0000_0000_8002,
    0x8000_0000_0000_0080,
    0x0000_0000_0000_800a,
    0x8000_0000_8000_000a,
    0x8000_0000_8000_8081,
    0x8000_0000_0000_8080,
    0x0000_0000_8000_0001,
    0x8000_0000_8000_8008,
];

/// The digest of a message of any length.
#[allow(clippy::indexing_slicing, reason = "x and y are below 5")]
pub(super) fn keccak256(message: &[u8]) -> Vec<u8> {
    let mut padded = message.to_vec();
    padded.push(1);
    while !padded.len().is_multiple_of(136) {
        padded.push(0);
    }
    if let Some(last) = padded.last_mut() {
        *last |= 0x80;
    }
    let mut state = State::default();
    for block in padded.chunks_exact(136) {
        for (i, lane) in block.chunks_exact(8).enumerate() {
            let lane = lane.iter().rev().fold(0, |n, &b| n << 8 | u64::from(b));
            state[i % 5][i / 5] ^= lane;
        }
        for constant in ROUNDS {
            state = round(&state, constant);
        }
    }
    let lanes = (0..4).map(|i| state[i % 5][i / 5]);
    lanes.flat_map(u64::to_le_bytes).collect()
}

#[allow(clippy::indexing_slicing, reason = "x and y are below 5")]
fn round(a: &State, constant: u64) -> State {
    let parity: Vec<u64> = a.iter().map(|c| c.iter().fold(0, |n, l| n ^ l)).collect();
    let mut b = State::default();
    for x in 0..5 {
        let theta = parity[(x + 4) % 5] ^ parity[(x + 1) % 5].rotate_left(1);
        for y in 0..5 {
            b[y][(2 * x + 3 * y) % 5] = (a[x][y] ^ theta).rotate_left(ROTATIONS[x][y]);
        }
    }
    let mut c = State::default();
    for x in 0..5 {
        for y in 0..5 {
            c[x][y] = b[x][y] ^ (!b[(x + 1) % 5][y] & b[(x + 2) % 5][y]);
        }
    }
    c[0][0] ^= constant;
    c
}
