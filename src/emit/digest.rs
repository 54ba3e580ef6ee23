//! The last section: SHA-256 of everything before it (semantics 21).
//!
//! ```text
//! 00 | 2e | 0d | "riegel.digest" | 32 bytes
//! id   len  name length
//! ```
//!
//! The section's own 16 header bytes are not under the hash, so they are compared literally; a flipped
//! bit anywhere in the module then breaks the header, the hash, or what is hashed. Whether somebody
//! damaged a module on purpose is the signature's business.

use super::DAMAGED_MODULE;
use crate::check::model::Place;
use crate::diagnostics::Diagnostic;
use sha2::{Digest, Sha256};

const HEADER: [u8; 16] = *b"\x00\x2e\x0driegel.digest";
const SECTION: usize = HEADER.len() + 32;
/// `\0asm` and version 1.
const PREAMBLE: [u8; 8] = *b"\0asm\x01\0\0\0";

/// Appends the digest section.
pub(super) fn seal(mut wasm: Vec<u8>) -> Vec<u8> {
    let digest = Sha256::digest(&wasm);
    wasm.extend(HEADER);
    wasm.extend(digest);
    wasm
}

/// Checks a module's digest. Every single damaged byte, and every cut or grown module, is refused.
///
/// # Errors
/// `R0504` with what is wrong.
pub fn verify_digest(wasm: &[u8]) -> Result<(), Box<Diagnostic>> {
    let damaged =
        |message: &str| Box::new(Diagnostic::new(&DAMAGED_MODULE, Place::default(), message));
    let Some((hashed, section)) = wasm
        .len()
        .checked_sub(SECTION)
        .and_then(|n| wasm.split_at_checked(n))
    else {
        return Err(damaged("the module is too short to have a digest"));
    };
    let Some(digest) = section.strip_prefix(&HEADER) else {
        return Err(damaged(
            "the module does not end with the section `riegel.digest`",
        ));
    };
    if Sha256::digest(hashed).as_slice() != digest {
        return Err(damaged("the module does not match its digest"));
    }
    if ends_at_section(hashed) {
        Ok(())
    } else {
        Err(damaged("the digest does not stand in a section of its own"))
    }
}

/// True when these bytes are a preamble and whole sections: what follows is then a section.
fn ends_at_section(bytes: &[u8]) -> bool {
    let Some(mut rest) = bytes.strip_prefix(&PREAMBLE) else {
        return false;
    };
    while let [_id, tail @ ..] = rest {
        let Some((len, tail)) = leb128(tail) else {
            return false;
        };
        let Some(next) = tail.get(len..) else {
            return false;
        };
        rest = next;
    }
    true
}

/// An unsigned LEB128 of at most 32 bits, and what follows.
fn leb128(bytes: &[u8]) -> Option<(usize, &[u8])> {
    let mut value = 0u64;
    for (i, byte) in bytes.iter().enumerate().take(5) {
        value |= u64::from(byte & 0x7F) << (7 * i);
        if byte & 0x80 == 0 {
            return Some((usize::try_from(value).ok()?, bytes.get(i + 1..)?));
        }
    }
    None
}
