//! What of a kernel can be reached, and so what is left of it without some of its parts.
//!
//! The kernel exports the first functions of an optional part as `optional.NAME` (or `optional.NAME.…`,
//! where there are several). Without the part they are emptied, and so is every other function that nothing
//! else calls. No index changes: an empty body is three bytes.
//!
//! `cargo xtask kernel` uses this very file to write `kernel/riegel_kernel.wasm`, the kernel without any
//! part, so it needs nothing of this crate.

use std::collections::BTreeSet;
use wasm_encoder::{
    CodeSection, ExportKind, ExportSection, Function, Instruction, Module, RawSection,
};
use wasmparser::{
    BinaryReaderError, CompositeInnerType, ElementItems, ExternalKind, FunctionBody, Operator,
    Parser, Payload,
};

/// How the exports of parts begin.
pub const PREFIX: &str = "optional.";

/// The part to which the function of this export belongs, if any.
pub fn part(export: &str) -> Option<&str> {
    export.strip_prefix(PREFIX)?.split('.').next()
}

/// What is left of the kernel's functions, imports not counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Body {
    /// All of it.
    Whole,
    /// Nothing: it returns nothing, and is called for nothing.
    Empty,
    /// Nothing: nobody calls it.
    Unreachable,
}

/// Which functions of the kernel stay when the parts go of which `is_unused` says so.
pub fn bodies(
    wasm: &[u8],
    is_unused: impl Fn(&str) -> bool,
) -> Result<Vec<Body>, BinaryReaderError> {
    let mut results: Vec<bool> = Vec::new();
    let mut types: Vec<u32> = Vec::new();
    let mut imports = 0u32;
    let mut gone: BTreeSet<u32> = BTreeSet::new();
    let mut todo: Vec<u32> = Vec::new();
    let mut calls: Vec<Vec<u32>> = Vec::new();
    for payload in Parser::new(0).parse_all(wasm) {
        match payload? {
            Payload::TypeSection(section) => {
                for group in section {
                    for ty in group?.into_types() {
                        results.push(match ty.composite_type.inner {
                            CompositeInnerType::Func(f) => !f.results().is_empty(),
                            _ => true,
                        });
                    }
                }
            }
            Payload::ImportSection(section) => imports = section.count(),
            Payload::FunctionSection(section) => {
                for ty in section {
                    types.push(ty?);
                }
            }
            Payload::ExportSection(section) => {
                for export in section {
                    let export = export?;
                    if export.kind != ExternalKind::Func {
                        continue;
                    }
                    match part(export.name) {
                        Some(part) if is_unused(part) => _ = gone.insert(export.index),
                        // Called from inside, or not at all.
                        Some(_) => {}
                        None => todo.push(export.index),
                    }
                }
            }
            Payload::StartSection { func, .. } => todo.push(func),
            // A function that stands in a table may be called by anybody.
            Payload::ElementSection(section) => {
                for element in section {
                    match element?.items {
                        ElementItems::Functions(functions) => {
                            for function in functions {
                                todo.push(function?);
                            }
                        }
                        ElementItems::Expressions(..) => {
                            return Ok(vec![Body::Whole; types.len()]);
                        }
                    }
                }
            }
            Payload::CodeSectionEntry(body) => {
                let mut called = Vec::new();
                for operator in body.get_operators_reader()? {
                    match operator? {
                        Operator::Call { function_index }
                        | Operator::ReturnCall { function_index }
                        | Operator::RefFunc { function_index } => called.push(function_index),
                        _ => {}
                    }
                }
                calls.push(called);
            }
            _ => {}
        }
    }
    let mut reached = vec![false; types.len()];
    while let Some(function) = todo.pop() {
        let Some(own) = function.checked_sub(imports) else {
            continue;
        };
        if let Some(seen) = reached.get_mut(own as usize)
            && !*seen
        {
            *seen = true;
            if !gone.contains(&function) {
                todo.extend(calls.get(own as usize).into_iter().flatten());
            }
        }
    }
    let body = |(own, ty): (usize, &u32)| {
        let function = u32::try_from(own)
            .unwrap_or(u32::MAX)
            .saturating_add(imports);
        let silent = results.get(*ty as usize) == Some(&false);
        match (reached.get(own), gone.contains(&function)) {
            (Some(true), false) => Body::Whole,
            (Some(true), true) if silent => Body::Empty,
            _ => Body::Unreachable,
        }
    };
    Ok(types.iter().enumerate().map(body).collect())
}

impl Body {
    /// The function's body, given what it is in the whole kernel.
    pub fn of(self, whole: &FunctionBody<'_>) -> Vec<u8> {
        let mut nothing = Function::new([]);
        match self {
            Body::Whole => return whole.as_bytes().to_vec(),
            Body::Empty => {}
            Body::Unreachable => _ = nothing.instruction(&Instruction::Unreachable),
        }
        nothing.instruction(&Instruction::End);
        nothing.into_raw_body()
    }
}

/// The kernel without the parts of which `is_unused` says so.
pub fn without(
    wasm: &[u8],
    is_unused: impl Fn(&str) -> bool,
) -> Result<Vec<u8>, BinaryReaderError> {
    let left = bodies(wasm, &is_unused)?;
    let make = |index, body: &FunctionBody<'_>, _| {
        let left = left.get(index).copied().unwrap_or(Body::Whole);
        Ok(left.of(body))
    };
    with_bodies(wasm, |name| part(name).is_none_or(|p| !is_unused(p)), make)
}

/// The module with other code: each body is what `make` makes of it, given its index and how many
/// parameters it has. `keep`: of which names the exports stay.
pub fn with_bodies(
    wasm: &[u8],
    keep: impl Fn(&str) -> bool,
    mut make: impl FnMut(usize, &FunctionBody<'_>, u32) -> Result<Vec<u8>, BinaryReaderError>,
) -> Result<Vec<u8>, BinaryReaderError> {
    let mut module = Module::new();
    let mut code = CodeSection::new();
    let mut params = Vec::new();
    let mut types = Vec::new();
    let mut left = 0;
    for payload in Parser::new(0).parse_all(wasm) {
        let payload = payload?;
        match &payload {
            Payload::TypeSection(section) => {
                for ty in section.clone().into_iter_err_on_gc_types() {
                    params.push(ty?.params().len() as u32);
                }
            }
            Payload::FunctionSection(section) => {
                for ty in section.clone() {
                    types.push(ty?);
                }
            }
            Payload::ExportSection(section) => {
                let mut exports = ExportSection::new();
                for export in section.clone() {
                    let export = export?;
                    if keep(export.name) {
                        let kind = match export.kind {
                            ExternalKind::Memory => ExportKind::Memory,
                            ExternalKind::Global => ExportKind::Global,
                            ExternalKind::Table => ExportKind::Table,
                            _ => ExportKind::Func,
                        };
                        exports.export(export.name, kind, export.index);
                    }
                }
                module.section(&exports);
                continue;
            }
            Payload::CodeSectionStart { count, .. } => {
                left = *count;
                continue;
            }
            Payload::CodeSectionEntry(body) => {
                let index = code.len() as usize;
                let ty = types.get(index).and_then(|&ty| params.get(ty as usize));
                code.raw(&make(index, body, ty.copied().unwrap_or(0))?);
                left -= 1;
                if left == 0 {
                    module.section(&std::mem::take(&mut code));
                }
                continue;
            }
            _ => {}
        }
        if let Some((id, range)) = payload.as_section()
            && let Some(data) = wasm.get(range)
        {
            module.section(&RawSection { id, data });
        }
    }
    Ok(module.finish())
}
