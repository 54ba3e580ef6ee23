//! The heap behind a frame's fixed part: texts and lists of texts.
//!
//! Writing: each text goes to the end unless an equal one is already there, and
//! its offset counts from the first byte of the frame. A list is written as its
//! pairs first, its texts after it. Reading: every pair is checked against the
//! whole frame.
//!
//! ```text
//! set ["b", "a"]  ->  | off len | off len | b | a |
//! ```

use super::AbiError;
use std::collections::HashMap;

/// A heap that grows behind `base` bytes.
pub(super) struct Heap {
    base: usize,
    bytes: Vec<u8>,
    known: HashMap<Vec<u8>, u32>,
}

impl Heap {
    pub(super) fn new(base: usize) -> Self {
        Heap {
            base,
            bytes: Vec::new(),
            known: HashMap::new(),
        }
    }

    fn end(&self) -> Result<u32, AbiError> {
        size(self.base.saturating_add(self.bytes.len()))
    }

    /// Offset and length of a text.
    pub(super) fn text(&mut self, text: &[u8]) -> Result<[u32; 2], AbiError> {
        let len = size(text.len())?;
        if let Some(&at) = self.known.get(text) {
            return Ok([at, len]);
        }
        let at = self.end()?;
        self.bytes.extend_from_slice(text);
        self.end()?;
        self.known.insert(text.to_vec(), at);
        Ok([at, len])
    }

    /// Offset and number of entries of a list of texts.
    pub(super) fn list(&mut self, texts: &[impl AsRef<[u8]>]) -> Result<[u32; 2], AbiError> {
        let at = self.end()?;
        let first = self.bytes.len();
        self.bytes.resize(first + texts.len() * 8, 0);
        for (i, text) in texts.iter().enumerate() {
            let [offset, len] = self.text(text.as_ref())?;
            let pair = first + i * 8..first + i * 8 + 8;
            if let Some(to) = self.bytes.get_mut(pair) {
                to.copy_from_slice(&pair_bytes([offset, len]));
            }
        }
        Ok([at, size(texts.len())?])
    }

    pub(super) fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }
}

/// Two u32, little-endian.
pub(super) fn pair_bytes([a, b]: [u32; 2]) -> [u8; 8] {
    (u64::from(a) | u64::from(b) << 32).to_le_bytes()
}

/// A length as the layout writes it.
pub(super) fn size(n: usize) -> Result<u32, AbiError> {
    u32::try_from(n).map_err(|_| AbiError::new(AbiError::SIZE, "more than 4 GiB"))
}

/// Two u32 at `at`.
pub(super) fn read_pair(bytes: &[u8], at: usize) -> Option<[u32; 2]> {
    let raw: [u8; 8] = bytes.get(at..at.checked_add(8)?)?.try_into().ok()?;
    let both = u64::from_le_bytes(raw);
    Some([both as u32, (both >> 32) as u32])
}

/// The text at an offset.
pub(super) fn read_text(bytes: &[u8], [at, len]: [u32; 2]) -> Result<String, AbiError> {
    let (at, len) = (at as usize, len as usize);
    let text = at
        .checked_add(len)
        .and_then(|end| bytes.get(at..end))
        .ok_or_else(|| AbiError::new(AbiError::POINTER, "a text lies outside the frame"))?;
    match std::str::from_utf8(text) {
        Ok(text) => Ok(text.to_owned()),
        Err(_) => Err(AbiError::new(AbiError::TEXT, "a text is not UTF-8")),
    }
}

/// The list of texts at an offset.
pub(super) fn read_list(bytes: &[u8], [at, count]: [u32; 2]) -> Result<Vec<String>, AbiError> {
    let (at, count) = (at as usize, count as usize);
    count
        .checked_mul(8)
        .and_then(|len| bytes.get(at..at.checked_add(len)?))
        .ok_or_else(|| AbiError::new(AbiError::POINTER, "a list lies outside the frame"))?
        .chunks_exact(8)
        .map(|pair| {
            let pair = read_pair(pair, 0).unwrap_or_default();
            read_text(bytes, pair)
        })
        .collect()
}
