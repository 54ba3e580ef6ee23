//! Paragraph 31: case folding of bytes, one character for another of equal length.
//!
//! The paragraph lists the table; here it is derived from the standard library,
//! which keeps the two honest (`tests/reference.rs` compares them). Since every
//! pair has equal length, a folded view has the positions of the view.

/// The small letter, where folding changes the character.
pub fn fold_char(c: char) -> char {
    let mut lower = c.to_lowercase();
    match (lower.next(), lower.next()) {
        (Some(small), None) if u32::from(c) <= 0x4FF && small.len_utf8() == c.len_utf8() => small,
        _ => c,
    }
}

/// Folds bytes; broken UTF-8 stays as it is.
pub fn fold(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        let two = bytes
            .get(at..at + 2)
            .and_then(|b| std::str::from_utf8(b).ok());
        match two.and_then(|text| text.chars().next()) {
            Some(c) if c.len_utf8() == 2 => {
                let mut buffer = [0; 4];
                out.extend(fold_char(c).encode_utf8(&mut buffer).bytes());
                at += 2;
            }
            _ => {
                out.push(byte.to_ascii_lowercase());
                at += 1;
            }
        }
    }
    out
}
