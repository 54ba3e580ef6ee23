//! Drops what no host reads from a module: the sections `name` and `producers`.
//!
//! `target_features` stays, since wasm-opt reads it; the linker flag that strips
//! everything would take it along.

/// The module without those sections; `None` where the bytes are no module.
pub fn strip(wasm: &[u8]) -> Option<Vec<u8>> {
    let mut out = wasm.get(..8)?.to_vec();
    let mut at = 8;
    while at < wasm.len() {
        let (len, body) = leb(wasm, at + 1)?;
        let end = body.checked_add(len)?;
        let section = wasm.get(at..end)?;
        let mut keep = true;
        if section.first() == Some(&0) {
            let (n, name_at) = leb(wasm, body)?;
            let name = wasm.get(name_at..name_at.checked_add(n)?)?;
            keep = name != b"name" && name != b"producers";
        }
        if keep {
            out.extend_from_slice(section);
        }
        at = end;
    }
    Some(out)
}

/// An unsigned LEB128 number and the place behind it.
fn leb(bytes: &[u8], mut at: usize) -> Option<(usize, usize)> {
    let mut value = 0usize;
    for shift in (0..35).step_by(7) {
        let byte = *bytes.get(at)?;
        at += 1;
        value |= usize::from(byte & 0x7F) << shift;
        if byte < 0x80 {
            return Some((value, at));
        }
    }
    None
}
