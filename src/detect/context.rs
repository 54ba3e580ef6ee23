//! Context words to the kernel's block (layout: `riegel_kernel::context`).

use crate::check::model::Context;
use crate::tables::TableWriter;
use riegel_kernel::context::bitmap_place;
use riegel_kernel::text::{fold_at, fold_into};

/// A text as the kernel folds it.
pub(super) fn fold(text: &str) -> Vec<u8> {
    let mut out = vec![0; text.len()];
    fold_into(text.as_bytes(), &mut out);
    out
}

/// A text as a key (semantics 36).
pub(super) fn key(text: &str) -> Vec<u8> {
    let bytes = text.as_bytes();
    let mut out = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        let (a, b, len) = fold_at(bytes, at);
        if a >= 0x80 || a.is_ascii_alphanumeric() {
            out.push(a);
            if len == 2 {
                out.push(b);
            }
        }
        at += len;
    }
    out
}

/// All spellings: every ä ö ü ß either way.
fn spellings(word: &str) -> Vec<Vec<u8>> {
    let folded = String::from_utf8(fold(word)).unwrap_or_default();
    let mut all: Vec<Vec<u8>> = vec![Vec::new()];
    for c in folded.chars() {
        let other = match c {
            'ä' => "ae",
            'ö' => "oe",
            'ü' => "ue",
            'ß' => "ss",
            _ => "",
        };
        let mut next = Vec::new();
        for begun in &all {
            let mut own = [0u8; 4];
            next.push([begun, c.encode_utf8(&mut own).as_bytes()].concat());
            if !other.is_empty() {
                next.push([begun, other.as_bytes()].concat());
            }
        }
        all = next;
    }
    all.retain(|w| !w.is_empty());
    all
}

/// Writes the block; gives its offset.
pub(super) fn write(context: &Context, tables: &mut TableWriter) -> u32 {
    let mut words: Vec<(Vec<u8>, bool)> = context
        .words
        .iter()
        .flat_map(|word| {
            let whole = word.chars().count() <= 3;
            spellings(word).into_iter().map(move |w| (w, whole))
        })
        .filter(|(w, _)| w.len() <= usize::from(u8::MAX))
        .collect();
    words.sort();
    words.dedup();
    let mut bitmap = [0u8; 64];
    let mut set = |a: u8, b: u8| {
        let (byte, bit) = bitmap_place(a, b);
        if let Some(slot) = bitmap.get_mut(byte) {
            *slot |= bit;
        }
    };
    let mut entries = Vec::new();
    for (word, whole) in &words {
        match word.as_slice() {
            [a] => (0..=255).for_each(|b| set(*a, b)),
            [a, b, ..] => set(*a, *b),
            [] => continue,
        }
        let (at, len) = tables.text(word);
        entries.extend(at.to_le_bytes());
        entries.extend([u8::try_from(len).unwrap_or(u8::MAX), u8::from(*whole), 0, 0]);
    }
    let count = u16::try_from(entries.len() / 8).unwrap_or(u16::MAX);
    let mut block = count.to_le_bytes().to_vec();
    block.extend([0, 0]);
    block.extend(bitmap);
    block.extend(entries);
    tables.append(&block, 4)
}
