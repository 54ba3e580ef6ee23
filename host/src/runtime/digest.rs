//! The digest of a module: its last section holds the SHA-256 of all bytes before
//! that section, so a flipped bit anywhere is noticed before anything is parsed.
//!
//! The section has a fixed shape, which makes its own header part of the check:
//!
//! ```text
//! … | 00 | size 2E | name length 0D | "riegel.digest" | 32 bytes of SHA-256 | end
//! ```

use crate::errors::{self, Problem};
use sha2::{Digest, Sha256};

const NAME: &[u8] = b"riegel.digest";
const HASH: usize = 32;
/// Section id, size, name length, name.
const HEAD: usize = 3 + NAME.len();

/// Checks it; gives the digest.
pub fn verify(module: &[u8]) -> Result<[u8; HASH], Problem> {
    let split = module
        .len()
        .checked_sub(HEAD + HASH)
        .and_then(|at| module.split_at_checked(at));
    let Some((before, section)) = split else {
        return Err(missing());
    };
    let (head, written) = section.split_at(HEAD);
    let expected_size = 1 + NAME.len() + HASH;
    let shaped = head.first() == Some(&0)
        && head.get(1).map(|b| usize::from(*b)) == Some(expected_size)
        && head.get(2).map(|b| usize::from(*b)) == Some(NAME.len())
        && head.get(3..) == Some(NAME);
    if !shaped {
        return Err(missing());
    }
    let computed: [u8; HASH] = Sha256::digest(before).into();
    if computed == written {
        Ok(computed)
    } else {
        Err(Problem::new(
            &errors::DIGEST,
            "the digest does not fit the bytes of the module",
        )
        .help("the file was damaged: fetch or build it again"))
    }
}

fn missing() -> Problem {
    Problem::new(
        &errors::NO_DIGEST,
        "the module does not end with its digest",
    )
    .help("the file was cut off or changed: fetch or build it again")
}
