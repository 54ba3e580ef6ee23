//! The custom sections of JSON: what a module says about itself.
//!
//! Their shapes are declared in [`crate::manifest`], for hosts in any language; here they are filled.
//! One file per section. JSON is written compactly, with the keys in the order of declaration, so that
//! equal policies give equal bytes.

pub mod bound;
pub mod policy;
pub mod schema;
pub mod selftest;

use serde::Serialize;

/// A section's bytes.
pub fn json(value: &impl Serialize) -> Vec<u8> {
    // Serialising our own plain structures into memory cannot fail.
    serde_json::to_vec(value).unwrap_or_default()
}

/// Bytes as hexadecimal digits.
pub fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digit = |n: u8| char::from(*DIGITS.get(usize::from(n)).unwrap_or(&b'0'));
    bytes
        .iter()
        .flat_map(|b| [digit(b >> 4), digit(b & 15)])
        .collect()
}
