//! Makes a kernel smaller without a change to what it does.
//!
//! The compiler numbers a function's locals in the order in which it met them. Here each type's locals
//! are numbered by how often they are used: the same few numbers then stand nearly everywhere, which
//! makes a kernel 1 % smaller when it is compressed (as `wasm-opt --reorder-locals` does it).

use super::reach::with_bodies;
use wasm_encoder::reencode::{Reencode, RoundtripReencoder};
use wasm_encoder::{Encode, Function};
use wasmparser::{BinaryReaderError, FunctionBody, Operator, ValType};

/// The module with its locals numbered by their use.
pub fn locals_by_use(wasm: &[u8]) -> Result<Vec<u8>, BinaryReaderError> {
    with_bodies(wasm, |_| true, |_, body, params| renumbered(body, params))
}

fn renumbered(body: &FunctionBody<'_>, params: u32) -> Result<Vec<u8>, BinaryReaderError> {
    let mut locals: Vec<(ValType, u32, usize)> = Vec::new();
    for declared in body.get_locals_reader()? {
        let (n, ty) = declared?;
        for _ in 0..n {
            locals.push((ty, params + locals.len() as u32, 0));
        }
    }
    let mut types: Vec<ValType> = Vec::new();
    for (ty, ..) in &locals {
        if !types.contains(ty) {
            types.push(*ty);
        }
    }
    let reader = body.get_operators_reader()?;
    for operator in reader {
        if let Operator::LocalGet { local_index }
        | Operator::LocalSet { local_index }
        | Operator::LocalTee { local_index } = operator?
            && let Some(at) = local_index.checked_sub(params)
            && let Some(local) = locals.get_mut(at as usize)
        {
            local.2 += 1;
        }
    }
    let place = |ty: &ValType| types.iter().position(|t| t == ty);
    locals.sort_by_key(|(ty, index, uses)| (place(ty), usize::MAX - uses, *index));
    let mut new = vec![0; locals.len()];
    for (at, (_, old, _)) in locals.iter().enumerate() {
        if let Some(slot) = new.get_mut((*old - params) as usize) {
            *slot = params + at as u32;
        }
    }
    let number = |index: u32| {
        let own = index
            .checked_sub(params)
            .and_then(|at| new.get(at as usize));
        own.copied().unwrap_or(index)
    };
    let declared = locals
        .iter()
        .map(|(ty, ..)| RoundtripReencoder.val_type(*ty));
    let declared: Result<Vec<_>, _> = declared.collect();
    let mut out = Function::new_with_locals_types(declared.unwrap_or_default()).into_raw_body();
    let bytes = body.as_bytes();
    let start = body.range().start;
    let mut reader = body.get_operators_reader()?;
    while !reader.eof() {
        let from = reader.original_position() - start;
        let operator = reader.read()?;
        let to = reader.original_position() - start;
        let (code, index) = match operator {
            Operator::LocalGet { local_index } => (0x20, local_index),
            Operator::LocalSet { local_index } => (0x21, local_index),
            Operator::LocalTee { local_index } => (0x22, local_index),
            _ => {
                out.extend_from_slice(bytes.get(from..to).unwrap_or_default());
                continue;
            }
        };
        out.push(code);
        number(index).encode(&mut out);
    }
    Ok(out)
}
