//! The section `signature`, to the byte.
//!
//! ```text
//! 00 | size, two bytes | 09 "signature"
//! 01 version | 01 module | 01 SHA-256 | 01 signed hashes | 01 hash | 32 bytes | n
//! n × ( 10 | 16 bytes of key id | 01 Ed25519 | 40 | 64 bytes of signature )
//! ```
//!
//! The convention encodes numbers as LEB128; all of them are below 128 here, and the size is between 131
//! and 712, so everything has its place and is compared or copied, never parsed. The hash is the
//! SHA-256 of all bytes of the file behind the section.

use super::keys::{KeyId, Signature};
use super::refused::Refused;
use std::borrow::Cow;

/// Most signatures of one file.
pub const MOST_SIGNATURES: usize = 8;

/// `\0asm` and version 1.
const PREAMBLE: &[u8; 8] = b"\0asm\x01\0\0\0";
const NAME: &[u8; 10] = b"\x09signature";
/// Version 1, a module, SHA-256, one signed set of one hash.
const FIXED: &[u8; 5] = &[1; 5];
const HASH: usize = 32;
/// Before the signatures: name, what is fixed, hash, count.
const HEAD: usize = NAME.len() + FIXED.len() + HASH + 1;
/// A signature: length and key id, algorithm, length and signature.
const ENTRY: usize = 1 + 16 + 1 + 1 + 64;

/// What the section says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Section {
    /// Of everything behind it.
    pub hash: [u8; HASH],
    /// Key and signature.
    pub signatures: Vec<(KeyId, Signature)>,
}

/// The module that a file holds: without the section `signature`, if it begins with one. Nothing is verified.
pub fn bare(module: &[u8]) -> Cow<'_, [u8]> {
    match apart(module) {
        Some((_, rest)) => Cow::Owned(without(rest)),
        None => Cow::Borrowed(module),
    }
}

/// A module of these sections.
pub(super) fn without(rest: &[u8]) -> Vec<u8> {
    [PREAMBLE, rest].concat()
}

/// The content of the first section, where that is `signature`, and what stands behind it.
fn apart(module: &[u8]) -> Option<(&[u8], &[u8])> {
    let [0, low, high, rest @ ..] = module.strip_prefix(PREAMBLE)? else {
        return None;
    };
    if *low < 0x80 || *high >= 0x80 {
        return None;
    }
    let (content, rest) =
        rest.split_at_checked(usize::from(low & 0x7F) | usize::from(*high) << 7)?;
    Some((content.strip_prefix(NAME)?, rest))
}

/// The section, where there is one, and what it is about.
pub(super) fn split(module: &[u8]) -> Result<(Option<Section>, &[u8]), Refused> {
    let unfit = |why: &str| Refused::new(Refused::FORM, why);
    let sections = module
        .strip_prefix(PREAMBLE)
        .ok_or_else(|| unfit("the file is no WebAssembly module"))?;
    let (section, rest) = match apart(module) {
        Some((payload, rest)) => {
            let section = Section::read(payload);
            let section =
                section.ok_or_else(|| unfit("the section `signature` has another form"))?;
            (Some(section), rest)
        }
        None => (None, sections),
    };
    Ok((section, rest))
}

impl Section {
    fn read(payload: &[u8]) -> Option<Section> {
        let (hash, rest) = payload.strip_prefix(FIXED)?.split_first_chunk()?;
        let (count, entries) = rest.split_first()?;
        let (entries, []) = entries.as_chunks::<ENTRY>() else {
            return None;
        };
        if entries.len() != usize::from(*count) || !(1..=MOST_SIGNATURES).contains(&entries.len()) {
            return None;
        }
        let mut signatures: Vec<(KeyId, Signature)> = Vec::with_capacity(entries.len());
        for entry in entries {
            let (id, rest) = entry.strip_prefix(&[16])?.split_first_chunk()?;
            let id = KeyId(*id);
            let signature = rest.strip_prefix(&[1, 64])?.try_into().ok()?;
            if signatures.iter().any(|(other, _)| *other == id) {
                return None;
            }
            signatures.push((id, signature));
        }
        Some(Section {
            hash: *hash,
            signatures,
        })
    }

    /// A module that begins with this section.
    pub(super) fn write(&self, rest: &[u8]) -> Vec<u8> {
        let size = HEAD + ENTRY * self.signatures.len();
        let mut out = Vec::with_capacity(PREAMBLE.len() + 3 + size + rest.len());
        out.extend(PREAMBLE);
        out.extend([0, byte(size & 0x7F) | 0x80, byte(size >> 7)]);
        out.extend(NAME);
        out.extend(FIXED);
        out.extend(self.hash);
        out.push(byte(self.signatures.len()));
        for (id, signature) in &self.signatures {
            out.push(16);
            out.extend(id.0);
            out.extend([1, 64]);
            out.extend(signature);
        }
        out.extend(rest);
        out
    }
}

fn byte(number: usize) -> u8 {
    u8::try_from(number).unwrap_or(u8::MAX)
}
