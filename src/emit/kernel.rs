//! A kernel's shape: what the linker relies on, checked before anything is linked.
//!
//! A kernel is a WebAssembly module made by rustc and lld from `kernel/`. Imported functions come first
//! in the index space, so an import can be replaced by a function of our own without renumbering
//! anything, provided that functions are all it imports. That, the place behind its data, and the
//! layout hash are read here.

use super::UNFIT_KERNEL;
use crate::check::model::Place;
use crate::diagnostics::Diagnostic;
use wasmparser::{
    BinaryReaderError, CompositeInnerType, ExternalKind, Operator, Parser, Payload, TypeRef,
    ValType,
};

/// The four functions a kernel imports from the module `riegel`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Import {
    /// `rules(facts: i32, phase: i32)`
    Rules,
    /// `clauses(facts: i32, rule: i32) -> i64`
    Clauses,
    /// `tables() -> i32`
    Tables,
    /// `slots(facts: i32, frame: i32) -> i32`
    Slots,
}

impl Import {
    /// How many there are.
    const ALL: usize = 4;

    fn named(name: &str) -> Option<Self> {
        match name {
            "rules" => Some(Import::Rules),
            "clauses" => Some(Import::Clauses),
            "tables" => Some(Import::Tables),
            "slots" => Some(Import::Slots),
            _ => None,
        }
    }

    fn signature(self) -> (&'static [ValType], &'static [ValType]) {
        const TWO: &[ValType] = &[ValType::I32, ValType::I32];
        match self {
            Import::Rules => (TWO, &[]),
            Import::Clauses => (TWO, &[ValType::I64]),
            Import::Tables => (&[], &[ValType::I32]),
            Import::Slots => (TWO, &[ValType::I32]),
        }
    }
}

/// A kernel that can be linked.
#[derive(Clone, Debug)]
pub struct Kernel<'a> {
    /// The module.
    pub(super) wasm: &'a [u8],
    /// Imports in index order, with their type indices.
    pub(super) imports: Vec<(Import, u32)>,
    /// All functions, imports included: the index of the first helper.
    pub(super) functions: u32,
    /// First address behind its data, a multiple of 16: where the tables go.
    pub(super) tables_at: u32,
    /// What `riegel.layout` says.
    pub(super) layout: u32,
}

/// A refusal.
pub(super) fn unfit(message: impl Into<String>) -> Box<Diagnostic> {
    let diagnostic = Diagnostic::new(&UNFIT_KERNEL, Place::default(), message);
    Box::new(diagnostic.help("rebuild the kernel with `cargo xtask kernel`"))
}

/// Not even WebAssembly.
pub(super) fn unreadable(error: &BinaryReaderError) -> Box<Diagnostic> {
    unfit(format!("the kernel cannot be read: {error}"))
}

impl<'a> Kernel<'a> {
    /// Reads and checks a kernel.
    ///
    /// # Errors
    /// `R0502`.
    pub fn read(wasm: &'a [u8]) -> Result<Self, Box<Diagnostic>> {
        let survey = Survey::of(wasm).map_err(|e| unreadable(&e))?;
        let mut imports = Vec::new();
        for (module, name, ty) in &survey.imports {
            let import = Import::named(name)
                .filter(|i| *module == "riegel" && !imports.iter().any(|(known, _)| known == i))
                .ok_or_else(|| unfit(format!("unexpected import `{module}.{name}`")))?;
            let index = ty
                .filter(|ty| survey.has_signature(*ty, import))
                .ok_or_else(|| unfit(format!("import `{module}.{name}` has another type")))?;
            imports.push((import, index));
        }
        if imports.len() != Import::ALL {
            return Err(unfit(format!(
                "the kernel imports {} of the four functions `rules`, `clauses`, `tables` and `slots`",
                imports.len()
            )));
        }
        if survey.memories != 1 {
            return Err(unfit("the kernel must have exactly one memory"));
        }
        let layout = survey
            .layout
            .ok_or_else(|| unfit("the kernel has no section `riegel.layout` of four bytes"))?;
        let heap = survey
            .heap_export
            .and_then(|at| *survey.globals.get(at as usize)?)
            .ok_or_else(|| unfit("the kernel does not export a constant `__heap_base`"))?;
        let tables_at = heap
            .cast_unsigned()
            .checked_next_multiple_of(16)
            .ok_or_else(|| unfit("the kernel leaves no room for tables"))?;
        Ok(Kernel {
            wasm,
            functions: survey.functions + Import::ALL as u32,
            imports,
            tables_at,
            layout,
        })
    }

    /// Where the tables go.
    pub fn tables_at(&self) -> u32 {
        self.tables_at
    }

    /// Index of the first function behind the kernel's own: where helpers go.
    pub fn first_helper(&self) -> u32 {
        self.functions
    }
}

/// What stands in the sections of a kernel.
#[derive(Default)]
struct Survey<'a> {
    /// By type index: parameters and results of function types.
    types: Vec<Option<(Vec<ValType>, Vec<ValType>)>>,
    /// Module, name, type index where it is a function.
    imports: Vec<(&'a str, &'a str, Option<u32>)>,
    /// Functions of its own.
    functions: u32,
    memories: u32,
    /// By global index: the value of a constant `i32`.
    globals: Vec<Option<i32>>,
    heap_export: Option<u32>,
    layout: Option<u32>,
}

impl<'a> Survey<'a> {
    fn of(wasm: &'a [u8]) -> Result<Self, BinaryReaderError> {
        let mut survey = Survey::default();
        for payload in Parser::new(0).parse_all(wasm) {
            survey.see(payload?)?;
        }
        Ok(survey)
    }

    fn see(&mut self, payload: Payload<'a>) -> Result<(), BinaryReaderError> {
        match payload {
            Payload::TypeSection(types) => {
                for group in types {
                    for ty in group?.into_types() {
                        self.types.push(match ty.composite_type.inner {
                            CompositeInnerType::Func(f) => {
                                Some((f.params().to_vec(), f.results().to_vec()))
                            }
                            _ => None,
                        });
                    }
                }
            }
            Payload::ImportSection(imports) => {
                for import in imports.into_imports() {
                    let import = import?;
                    let ty = match import.ty {
                        TypeRef::Func(ty) => Some(ty),
                        _ => None,
                    };
                    self.imports.push((import.module, import.name, ty));
                }
            }
            Payload::FunctionSection(functions) => self.functions = functions.count(),
            Payload::MemorySection(memories) => self.memories = memories.count(),
            Payload::GlobalSection(globals) => {
                for global in globals {
                    let mut init = global?.init_expr.get_operators_reader();
                    self.globals.push(match init.read()? {
                        Operator::I32Const { value } => Some(value),
                        _ => None,
                    });
                }
            }
            Payload::ExportSection(exports) => {
                for export in exports {
                    let export = export?;
                    if export.name == "__heap_base" && export.kind == ExternalKind::Global {
                        self.heap_export = Some(export.index);
                    }
                }
            }
            Payload::CustomSection(custom) if custom.name() == "riegel.layout" => {
                self.layout = custom.data().try_into().ok().map(u32::from_le_bytes);
            }
            _ => {}
        }
        Ok(())
    }

    fn has_signature(&self, ty: u32, import: Import) -> bool {
        let (params, results) = import.signature();
        matches!(
            self.types.get(ty as usize),
            Some(Some((p, r))) if p == params && r == results
        )
    }
}
