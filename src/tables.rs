//! Grows the tables of a module: appends blobs, remembers equal ones, gives back
//! offsets from the table base. `plan` and `detect` write into one writer; the
//! header goes in last (layout: `riegel_kernel::layout::Header`).

use riegel_kernel::layout::Header;
use std::collections::HashMap;

/// The tables under construction; room for the header is kept at the front.
#[derive(Debug)]
pub struct TableWriter {
    bytes: Vec<u8>,
    known: HashMap<Vec<u8>, u32>,
}

impl Default for TableWriter {
    fn default() -> Self {
        TableWriter {
            bytes: vec![0; Header::SIZE],
            known: HashMap::new(),
        }
    }
}

impl TableWriter {
    /// Appends `blob` at a multiple of `align` and gives its offset; an equal blob is stored once.
    pub fn append(&mut self, blob: &[u8], align: usize) -> u32 {
        if let Some(&at) = self.known.get(blob)
            && (at as usize).is_multiple_of(align)
        {
            return at;
        }
        while !self.bytes.len().is_multiple_of(align) {
            self.bytes.push(0);
        }
        let at = u32::try_from(self.bytes.len()).unwrap_or(u32::MAX);
        self.bytes.extend_from_slice(blob);
        self.known.insert(blob.to_vec(), at);
        at
    }

    /// Appends a list of u16; gives offset and count.
    pub fn list(&mut self, items: &[u16]) -> (u32, u32) {
        let bytes: Vec<u8> = items.iter().flat_map(|i| i.to_le_bytes()).collect();
        (
            self.append(&bytes, 2),
            u32::try_from(items.len()).unwrap_or(u32::MAX),
        )
    }

    /// Appends a text; gives offset and length.
    pub fn text(&mut self, text: &[u8]) -> (u32, u32) {
        (
            self.append(text, 1),
            u32::try_from(text.len()).unwrap_or(u32::MAX),
        )
    }

    /// Bytes so far.
    pub fn len(&self) -> usize {
        self.bytes.len()
    }

    /// Never true: the header's room is always there.
    pub fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    /// Puts the header in front (its `len` is filled in here) and gives the tables.
    pub fn finish(mut self, mut header: Header) -> Vec<u8> {
        while !self.bytes.len().is_multiple_of(16) {
            self.bytes.push(0);
        }
        header.len = u32::try_from(self.bytes.len()).unwrap_or(u32::MAX);
        for (to, from) in self.bytes.iter_mut().zip(header.write()) {
            *to = from;
        }
        self.bytes
    }
}
