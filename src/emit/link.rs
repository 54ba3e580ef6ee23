//! One module out of kernel, code and tables.
//!
//! Section by section, in the kernel's order:
//!
//! ```text
//! type       as it is (our functions have the imports' types)
//! import     gone: each becomes a function with the same index
//! function   + four in front, + helpers behind
//! memory     minimum raised to the end of the tables
//! export     without `__heap_base` and `__data_end`
//! data count + 1          (counted, where present)
//! code       + four bodies in front, + helpers behind; without the optional parts that nobody uses
//! data       + the tables, at the first free address
//! custom     only `target_features`
//! ```
//!
//! Bodies are copied as bytes: no index in them changes. What a kernel does not have is added where it
//! belongs (a kernel without data still gets its tables), so nothing depends on a section being there.
//! The free memory of the running module begins behind the tables: the kernel learns their length from
//! the header.

use super::code::{Code, HelperType};
use super::digest::seal;
use super::kernel::{Import, Kernel, unfit, unreadable};
use super::reach::{Body, bodies, part};
use super::{INVALID_MODULE, LAYOUT_MISMATCH, TOO_LARGE};
use crate::check::model::Place;
use crate::diagnostics::Diagnostic;
use riegel_kernel::layout::Header;
use std::borrow::Cow;
use wasm_encoder::reencode::{Reencode, RoundtripReencoder};
use wasm_encoder::{
    CodeSection, ConstExpr, CustomSection, DataCountSection, DataSection, ExportSection, Function,
    FunctionSection, Instruction, MemorySection, Module, RawSection,
};
use wasmparser::{Parser, Payload};

const PAGE: u64 = 65_536;
const DROPPED_EXPORTS: [&str; 2] = ["__heap_base", "__data_end"];

/// Custom sections to append: name and content, in this order.
pub type Sections<'a> = [(&'a str, Vec<u8>)];

/// Links a module without these optional parts: no imports, validated, with its custom sections and its digest.
/// Its memory begins with at least `memory` bytes.
///
/// # Errors
/// `R0501` where kernel and tables differ in layout, `R0502` where the kernel has something that cannot
/// be linked, `R0503` where the result is not valid, `R0505` where it does not fit into memory.
pub fn link(
    kernel: &Kernel,
    tables: &[u8],
    memory: u64,
    code: &Code,
    unused: &[&str],
    sections: &Sections,
) -> Result<Vec<u8>, Box<Diagnostic>> {
    let header = Header::read(tables, 0).map_or(0, |h| h.layout);
    if header != kernel.layout {
        return Err(Diagnostic::new(
            &LAYOUT_MISMATCH,
            Place::default(),
            format!(
                "the kernel has layout {:08x}, the tables have {header:08x}",
                kernel.layout
            ),
        )
        .help("rebuild the kernel with `cargo xtask kernel`")
        .into());
    }
    let mut linker = Linker {
        kernel,
        tables,
        memory,
        code,
        bodies: bodies(kernel.wasm, |part| unused.contains(&part)).map_err(|e| unreadable(&e))?,
        next: 0,
        module: Module::new(),
        code_section: CodeSection::new(),
        has_data: false,
        features: None,
    };
    for payload in Parser::new(0).parse_all(kernel.wasm) {
        linker.payload(payload.map_err(|e| unreadable(&e))?)?;
    }
    let mut module = linker.finish();
    for (name, data) in sections {
        module.section(&CustomSection {
            name: (*name).into(),
            data: data.into(),
        });
    }
    let wasm = seal(module.finish());
    validate(&wasm)?;
    Ok(wasm)
}

struct Linker<'a> {
    kernel: &'a Kernel<'a>,
    tables: &'a [u8],
    memory: u64,
    code: &'a Code,
    /// What is left of the kernel's functions, and the one whose body comes next.
    bodies: Vec<Body>,
    next: usize,
    module: Module,
    code_section: CodeSection,
    has_data: bool,
    features: Option<&'a [u8]>,
}

impl<'a> Linker<'a> {
    fn payload(&mut self, payload: Payload<'a>) -> Result<(), Box<Diagnostic>> {
        let unread = |e: wasmparser::BinaryReaderError| unreadable(&e);
        match payload {
            Payload::FunctionSection(functions) => {
                let mut out = FunctionSection::new();
                for (_, ty) in &self.kernel.imports {
                    out.function(*ty);
                }
                for ty in functions {
                    out.function(ty.map_err(unread)?);
                }
                for (ty, _) in &self.code.helpers {
                    out.function(self.type_of(*ty)?);
                }
                self.module.section(&out);
            }
            Payload::MemorySection(memories) => {
                let mut out = MemorySection::new();
                for memory in memories {
                    let mut memory = RoundtripReencoder
                        .memory_type(memory.map_err(unread)?)
                        .map_err(|e| unfit(e.to_string()))?;
                    memory.minimum = memory.minimum.max(self.pages());
                    if memory.maximum.is_some_and(|max| max < memory.minimum) {
                        return Err(unfit("the kernel's memory may not grow to hold the tables"));
                    }
                    if memory.minimum > PAGE {
                        return Err(Diagnostic::new(
                            &TOO_LARGE,
                            Place::default(),
                            "the tables do not fit into memory",
                        )
                        .into());
                    }
                    out.memory(memory);
                }
                self.module.section(&out);
            }
            Payload::ExportSection(exports) => {
                let mut out = ExportSection::new();
                for export in exports {
                    let export = export.map_err(unread)?;
                    let dropped =
                        DROPPED_EXPORTS.contains(&export.name) || part(export.name).is_some();
                    if !dropped {
                        let kind = RoundtripReencoder
                            .export_kind(export.kind)
                            .map_err(|e| unfit(e.to_string()))?;
                        out.export(export.name, kind, export.index);
                    }
                }
                self.module.section(&out);
            }
            Payload::DataCountSection { count, .. } => {
                self.module.section(&DataCountSection { count: count + 1 });
            }
            Payload::CodeSectionStart { .. } => {
                for (import, _) in &self.kernel.imports {
                    match import {
                        Import::Rules => self.code_section.function(&self.code.rules),
                        Import::Clauses => self.code_section.function(&self.code.clauses),
                        Import::Tables => self.code_section.function(&self.address()),
                        Import::Slots => self.code_section.function(&self.code.slots),
                    };
                }
            }
            Payload::CodeSectionEntry(body) => {
                let left = self.bodies.get(self.next).copied().unwrap_or(Body::Whole);
                self.next += 1;
                self.code_section.raw(&left.of(&body));
            }
            Payload::DataSection(data) => {
                self.close_code();
                let mut out = DataSection::new();
                RoundtripReencoder
                    .parse_data_section(&mut out, data)
                    .map_err(|e| unfit(e.to_string()))?;
                self.append_tables(out);
            }
            Payload::CustomSection(custom) => {
                if custom.name() == "target_features" {
                    self.features = Some(custom.data());
                }
            }
            Payload::ImportSection(_) => {}
            other => {
                if let Some((id, range)) = other.as_section() {
                    let data = self.kernel.wasm.get(range).unwrap_or_default();
                    self.module.section(&RawSection { id, data });
                }
            }
        }
        Ok(())
    }

    /// The type index of a helper: that of the import it helps.
    fn type_of(&self, helper: HelperType) -> Result<u32, Box<Diagnostic>> {
        let import = match helper {
            HelperType::Rules => Import::Rules,
            HelperType::Clauses => Import::Clauses,
        };
        let found = self.kernel.imports.iter().find(|(i, _)| *i == import);
        found
            .map(|(_, ty)| *ty)
            .ok_or_else(|| unfit("an import is missing"))
    }

    fn pages(&self) -> u64 {
        let tables = u64::from(self.kernel.tables_at) + self.tables.len() as u64;
        tables.max(self.memory).div_ceil(PAGE)
    }

    /// `riegel.tables`: a constant.
    fn address(&self) -> Function {
        let mut function = Function::new([]);
        function.instruction(&Instruction::I32Const(self.kernel.tables_at.cast_signed()));
        function.instruction(&Instruction::End);
        function
    }

    /// Writes the code section, once all bodies of the kernel are in it.
    fn close_code(&mut self) {
        if self.code_section.is_empty() {
            return;
        }
        for (_, function) in &self.code.helpers {
            self.code_section.function(function);
        }
        self.module.section(&std::mem::take(&mut self.code_section));
    }

    fn append_tables(&mut self, mut data: DataSection) {
        let at = ConstExpr::i32_const(self.kernel.tables_at.cast_signed());
        data.active(0, &at, self.tables.iter().copied());
        self.module.section(&data);
        self.has_data = true;
    }

    fn finish(mut self) -> Module {
        self.close_code();
        if !self.has_data {
            self.append_tables(DataSection::new());
        }
        if let Some(data) = self.features {
            self.module.section(&CustomSection {
                name: "target_features".into(),
                data: Cow::Borrowed(data),
            });
        }
        self.module
    }
}

/// What every engine will check again when it loads the module. In a browser, `WebAssembly.validate`
/// does it and the validator is not carried along.
#[cfg(not(target_arch = "wasm32"))]
fn validate(wasm: &[u8]) -> Result<(), Box<Diagnostic>> {
    use wasmparser::{Validator, WasmFeatures};
    let mut features = WasmFeatures::WASM2;
    features.set(WasmFeatures::RELAXED_SIMD, false);
    Validator::new_with_features(features)
        .validate_all(wasm)
        .map(|_| ())
        .map_err(|e| Diagnostic::new(&INVALID_MODULE, Place::default(), e.to_string()).into())
}

/// The browser validates.
#[cfg(target_arch = "wasm32")]
fn validate(_: &[u8]) -> Result<(), Box<Diagnostic>> {
    let _ = &INVALID_MODULE;
    Ok(())
}
