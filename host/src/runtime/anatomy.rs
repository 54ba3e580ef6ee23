//! A module taken apart without running it: sections and their sizes, imports,
//! exports, and what the custom sections say.
//!
//! This is the first reading of bytes that nobody has vouched for, so it only
//! reads: wasmparser finds the sections, serde the JSON in them. Nothing is
//! compiled before all of it was believed. `riegel inspect` shows the same facts.

use crate::errors::{self, Problem};
use riegel::manifest::{ABI_VERSION, Bound, PolicyInfo, Schema, Selftest};
use serde::de::DeserializeOwned;
use std::ops::Range;
use wasmparser::{ExternalKind, FuncType, Parser, Payload, TypeRef, ValType};

/// What a module consists of.
#[derive(Clone, Debug, PartialEq)]
pub struct Anatomy {
    /// Sections in the order of the file.
    pub sections: Vec<Section>,
    /// Exports: name, and what it is.
    pub exports: Vec<(String, String)>,
    /// How to write a frame.
    pub schema: Schema,
    /// What to show.
    pub info: PolicyInfo,
    /// What it may cost.
    pub bound: Bound,
    /// What it must answer.
    pub selftest: Selftest,
}

/// A section.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Section {
    /// `code`, `data`, or the name of a custom section.
    pub name: String,
    /// Bytes of its content.
    pub bytes: usize,
}

/// What a host calls: name, parameters, results.
const CALLS: [(&str, usize, usize); 4] = [
    ("abi_version", 0, 1),
    ("reserve", 2, 1),
    ("decide", 2, 1),
    ("configure", 1, 1),
];

/// Takes a module apart and checks everything that can be checked without compiling.
pub fn read(module: &[u8]) -> Result<Anatomy, Problem> {
    if !module.starts_with(b"\0asm") {
        return Err(malformed("the file does not begin like WebAssembly"));
    }
    let mut scan = Scan::default();
    for payload in Parser::new(0).parse_all(module) {
        let payload = payload.map_err(|error| malformed(error.message()))?;
        scan.take(&payload)
            .map_err(|error| malformed(error.message()))?;
    }
    scan.closed()?;
    scan.complete()?;
    let schema: Schema = scan.json(module, "riegel.schema")?;
    if schema.abi != ABI_VERSION {
        return Err(Problem::new(
            &errors::ABI,
            format!(
                "the module has ABI version {}, this host {ABI_VERSION}",
                schema.abi
            ),
        )
        .help(if schema.abi > ABI_VERSION {
            "update this host"
        } else {
            "build the policy again with this `riegel`"
        }));
    }
    let anatomy = Anatomy {
        info: scan.json(module, "riegel.policy")?,
        bound: scan.json(module, "riegel.bound")?,
        selftest: scan.json(module, "riegel.selftest")?,
        schema,
        exports: scan.exports_for_people(),
        sections: scan.sections,
    };
    references_hold(&anatomy.info)?;
    failures_are_settled(&anatomy.info)?;
    Ok(anatomy)
}

fn malformed(why: &str) -> Problem {
    Problem::new(&errors::MALFORMED, format!("the module is damaged: {why}"))
        .help("build it again with `riegel build`")
}

/// Indices inside `riegel.policy` point to something.
fn references_hold(info: &PolicyInfo) -> Result<(), Problem> {
    let inside = |list: &[u16], len: usize| list.iter().all(|i| usize::from(*i) < len);
    let fine = info.rules.iter().all(|rule| {
        inside(&rule.obligations, info.obligations.len())
            && inside(&rule.redact, info.detectors.len())
            && inside(&rule.detectors, info.detectors.len())
    });
    if fine {
        Ok(())
    } else {
        Err(Problem::new(
            &errors::SECTION,
            "`riegel.policy` speaks of a detector or an obligation that it does not list",
        )
        .help("build the policy again"))
    }
}

/// What a host goes by when the module fails says something, and never `allow`: an
/// unreadable stage would lift the cap of `on_error` down to nothing.
fn failures_are_settled(info: &PolicyInfo) -> Result<(), Problem> {
    let strict = ["justify", "approve", "block"].contains(&info.on_error.as_str());
    let staged = info.stages.iter().all(|(stage, day)| {
        ["observe", "warn", "enforce"].contains(&stage.as_str())
            && crate::event::parse_date(day).is_ok()
    });
    if strict && staged {
        Ok(())
    } else {
        Err(Problem::new(
            &errors::SECTION,
            "`riegel.policy` does not say what applies when the module fails",
        )
        .help("build the policy again"))
    }
}

#[derive(Default)]
struct Scan {
    sections: Vec<Section>,
    custom: Vec<(String, Range<usize>)>,
    types: Vec<FuncType>,
    functions: Vec<u32>,
    imports: Vec<String>,
    exports: Vec<(String, ExternalKind, u32)>,
    memories: usize,
    shared_or_64: bool,
}

impl Scan {
    fn take(&mut self, payload: &Payload<'_>) -> wasmparser::Result<()> {
        if let Payload::CustomSection(section) = payload {
            self.custom.push((section.name().to_owned(), {
                let at = section.data_offset();
                at..at + section.data().len()
            }));
            self.section(section.name(), &section.range());
            return Ok(());
        }
        if let Some((id, range)) = payload.as_section() {
            self.section(section_name(id), &range);
        }
        match payload {
            Payload::TypeSection(types) => {
                for group in types.clone() {
                    for ty in group?.into_types() {
                        if let wasmparser::CompositeInnerType::Func(func) = ty.composite_type.inner
                        {
                            self.types.push(func);
                        }
                    }
                }
            }
            Payload::ImportSection(imports) => {
                for import in imports.clone().into_imports() {
                    let import = import?;
                    self.imports
                        .push(format!("{}.{}", import.module, import.name));
                    if let TypeRef::Func(ty) = import.ty {
                        self.functions.push(ty);
                    }
                }
            }
            Payload::FunctionSection(functions) => {
                for ty in functions.clone() {
                    self.functions.push(ty?);
                }
            }
            Payload::MemorySection(memories) => {
                for memory in memories.clone() {
                    let memory = memory?;
                    self.memories += 1;
                    self.shared_or_64 |= memory.shared || memory.memory64;
                }
            }
            Payload::ExportSection(exports) => {
                for export in exports.clone() {
                    let export = export?;
                    self.exports
                        .push((export.name.to_owned(), export.kind, export.index));
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn section(&mut self, name: &str, range: &Range<usize>) {
        self.sections.push(Section {
            name: name.to_owned(),
            bytes: range.len(),
        });
    }

    fn closed(&self) -> Result<(), Problem> {
        match self.imports.first() {
            None => Ok(()),
            Some(first) => Err(Problem::new(
                &errors::IMPORTS,
                format!(
                    "the module has {} imports, the first is `{first}`",
                    self.imports.len()
                ),
            )
            .help("only modules built by `riegel build` can be loaded")),
        }
    }

    fn complete(&self) -> Result<(), Problem> {
        let missing = |name: &str, what: &str| {
            Err(Problem::new(
                &errors::EXPORTS,
                format!("the module does not export `{name}` as {what}"),
            )
            .help("only modules built by `riegel build` can be loaded"))
        };
        let memory = self
            .exports
            .iter()
            .any(|(name, kind, _)| name == "memory" && *kind == ExternalKind::Memory);
        if !memory || self.memories != 1 || self.shared_or_64 {
            return missing("memory", "its only, plain 32-bit memory");
        }
        for (name, params, results) in CALLS {
            let fits = self
                .function(name)
                .is_some_and(|ty| all_i32(ty.params(), params) && all_i32(ty.results(), results));
            if !fits {
                return missing(name, "a function of the right type");
            }
        }
        Ok(())
    }

    fn function(&self, name: &str) -> Option<&FuncType> {
        let (_, _, index) = self.exports.iter().find(|(exported, kind, _)| {
            exported == name && matches!(kind, ExternalKind::Func | ExternalKind::FuncExact)
        })?;
        let ty = self.functions.get(usize::try_from(*index).ok()?)?;
        self.types.get(usize::try_from(*ty).ok()?)
    }

    fn exports_for_people(&self) -> Vec<(String, String)> {
        self.exports
            .iter()
            .map(|(name, kind, _)| {
                let what = match (kind, self.function(name)) {
                    (ExternalKind::Memory, _) => "memory".to_owned(),
                    (_, Some(ty)) => {
                        let list = |types: &[ValType]| {
                            let words: Vec<String> = types.iter().map(ValType::to_string).collect();
                            words.join(", ")
                        };
                        format!("({}) -> {}", list(ty.params()), list(ty.results()))
                    }
                    _ => "other".to_owned(),
                };
                (name.clone(), what)
            })
            .collect()
    }

    fn json<T: DeserializeOwned>(&self, module: &[u8], name: &str) -> Result<T, Problem> {
        let refuse = |why: &str| {
            Problem::new(&errors::SECTION, format!("section `{name}` {why}"))
                .help("update this host, or build the policy again")
        };
        let mut found = self.custom.iter().filter(|(n, _)| n == name);
        let (_, range) = found.next().ok_or_else(|| refuse("is missing"))?;
        if found.next().is_some() {
            return Err(refuse("stands there twice"));
        }
        let bytes = module.get(range.clone()).unwrap_or_default();
        serde_json::from_slice(bytes).map_err(|_| refuse("is not what this host knows"))
    }
}

fn all_i32(types: &[ValType], count: usize) -> bool {
    types.len() == count && types.iter().all(|ty| *ty == ValType::I32)
}

fn section_name(id: u8) -> &'static str {
    match id {
        1 => "type",
        2 => "import",
        3 => "function",
        4 => "table",
        5 => "memory",
        6 => "global",
        7 => "export",
        8 => "start",
        9 => "element",
        10 => "code",
        11 => "data",
        12 => "data count",
        _ => "other",
    }
}
