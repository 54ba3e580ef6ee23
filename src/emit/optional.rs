//! The kernel's optional parts: what no detector of a policy needs is taken out of its module.
//!
//! The kernel exports the first function of every such part as `optional.NAME`. Where a policy does not
//! use the part, the linker empties that function and every other one that nothing else calls. No index
//! changes: an empty body is three bytes.

use super::kernel::unreadable;
use crate::check::model::{Detector, Policy};
use crate::diagnostics::Diagnostic;
use crate::syntax::ast::{Check, CheckKind};
use std::collections::BTreeSet;
use wasmparser::{CompositeInnerType, ElementItems, ExternalKind, Operator, Parser, Payload};

/// How the exports begin.
pub(super) const PREFIX: &str = "optional.";

/// The parts that a policy does not use.
pub fn unused(policy: &Policy) -> Vec<&'static str> {
    let some = |uses: fn(&Detector) -> bool| policy.detectors.iter().any(uses);
    let checks = |d: &Detector, is: fn(&CheckKind) -> bool| {
        let all = [&d.check, &d.lower_when];
        all.into_iter().flatten().any(|check| holds_one(check, is))
    };
    let parts = [
        (
            "written",
            policy.detectors.iter().any(|d| {
                checks(d, |kind| match kind {
                    CheckKind::Call { name, .. } => crate::detect::reads_written(&name.value),
                    _ => false,
                })
            }),
        ),
        (
            "lists",
            policy
                .detectors
                .iter()
                .any(|d| checks(d, |kind| matches!(kind, CheckKind::InList { .. }))),
        ),
        (
            "number",
            policy
                .detectors
                .iter()
                .any(|d| checks(d, |kind| matches!(kind, CheckKind::Number(_)))),
        ),
        ("against", some(|d| d.against.is_some())),
        ("find_words", some(|d| d.first_word.is_some())),
        ("sequence", some(|d| !d.sequences.is_empty())),
        (
            "compose",
            some(|d| d.any.is_some() || d.beside.is_some() || d.reported_as.is_some()),
        ),
    ];
    let unused = parts.into_iter().filter(|(_, used)| !used);
    unused.map(|(name, _)| name).collect()
}

fn holds_one(check: &Check, is: fn(&CheckKind) -> bool) -> bool {
    match &check.kind {
        CheckKind::And(all) | CheckKind::Or(all) => all.iter().any(|c| holds_one(c, is)),
        CheckKind::Not(one) => holds_one(one, is),
        kind => is(kind),
    }
}

/// What is left of the kernel's functions, imports not counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Body {
    /// All of it.
    Whole,
    /// Nothing: it returns nothing, and is called for nothing.
    Empty,
    /// Nothing: nobody calls it.
    Unreachable,
}

/// Which functions of the kernel stay when these parts go.
pub(super) fn bodies(wasm: &[u8], unused: &[&str]) -> Result<Vec<Body>, Box<Diagnostic>> {
    let unread = |e: wasmparser::BinaryReaderError| unreadable(&e);
    let mut results: Vec<bool> = Vec::new();
    let mut types: Vec<u32> = Vec::new();
    let mut imports = 0u32;
    let mut gone: BTreeSet<u32> = BTreeSet::new();
    let mut todo: Vec<u32> = Vec::new();
    let mut calls: Vec<Vec<u32>> = Vec::new();
    for payload in Parser::new(0).parse_all(wasm) {
        match payload.map_err(unread)? {
            Payload::TypeSection(section) => {
                for group in section {
                    for ty in group.map_err(unread)?.into_types() {
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
                    types.push(ty.map_err(unread)?);
                }
            }
            Payload::ExportSection(section) => {
                for export in section {
                    let export = export.map_err(unread)?;
                    if export.kind != ExternalKind::Func {
                        continue;
                    }
                    match export.name.strip_prefix(PREFIX) {
                        Some(part) if unused.contains(&part) => _ = gone.insert(export.index),
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
                    match element.map_err(unread)?.items {
                        ElementItems::Functions(functions) => {
                            for function in functions {
                                todo.push(function.map_err(unread)?);
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
                for operator in body.get_operators_reader().map_err(unread)? {
                    match operator.map_err(unread)? {
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
