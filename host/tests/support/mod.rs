//! Hand-made modules: the right exports and sections, and any body for `decide`.

#![allow(clippy::unwrap_used, clippy::expect_used, dead_code, reason = "tests")]

use riegel::abi::record::{self, Decision};
use riegel::manifest::{
    ABI_VERSION, Bound, ObligationInfo, PolicyInfo, Schema, Selftest, SlotInfo, Vector,
};
use riegel::syntax::ast::Verdict;
use riegel_kernel::layout::ErrorCode;
use sha2::{Digest, Sha256};
use wasm_encoder::{
    CodeSection, ConstExpr, CustomSection, DataSection, EntityType, ExportKind, ExportSection,
    Function, FunctionSection, ImportSection, Instruction, MemorySection, MemoryType, Module,
    TypeSection, ValType,
};

/// Where the record lies in the memory of a hand-made module.
pub const RECORD_AT: i32 = 1024;
/// Where `reserve` says that the frame goes.
pub const FRAME_AT: i32 = 8192;

/// Everything that can be varied.
pub struct Recipe {
    pub decide: Vec<Instruction<'static>>,
    pub record: Vec<u8>,
    pub import: bool,
    pub abi: u32,
    pub abi_function: i32,
    pub bound: Bound,
    pub info: PolicyInfo,
    pub vectors: Vec<Vector>,
    pub without: Option<&'static str>,
    pub reserve: i32,
}

impl Default for Recipe {
    fn default() -> Self {
        Recipe {
            decide: vec![Instruction::I32Const(RECORD_AT)],
            record: record::encode(&allow()),
            import: false,
            abi: ABI_VERSION,
            abi_function: 1,
            bound: Bound {
                steps: 1000,
                steps_per_byte: 10,
                longest_match: 64,
                memory: 1 << 20,
                memory_per_byte: 2,
            },
            info: info(),
            vectors: Vec::new(),
            without: None,
            reserve: FRAME_AT,
        }
    }
}

pub fn info() -> PolicyInfo {
    PolicyInfo {
        id: "hand_made".to_owned(),
        title: "Hand-made".to_owned(),
        version: "1".to_owned(),
        build: "00".repeat(16),
        compiler: "0".to_owned(),
        languages: vec!["en".to_owned()],
        review_by: None,
        on_error: "block".to_owned(),
        stages: Vec::new(),
        layers: Vec::new(),
        rules: Vec::new(),
        obligations: vec![ObligationInfo {
            kind: "show".to_owned(),
            argument: String::new(),
        }],
        detectors: Vec::new(),
        sources: Vec::new(),
    }
}

pub fn schema(abi: u32) -> Schema {
    let slot = |name: &str, ty: &str, variants: &[&str]| SlotInfo {
        name: name.to_owned(),
        ty: ty.to_owned(),
        required: false,
        default: None,
        printable: false,
        variants: variants.iter().map(|v| (*v).to_owned()).collect(),
        texts: None,
    };
    Schema {
        abi,
        hash: 7,
        dictionary: 0,
        time_zone: "Europe/Berlin".to_owned(),
        slots: vec![
            slot("action", "enum", &["paste", "upload"]),
            slot("user.id", "string", &[]),
            slot("user.roles", "set", &[]),
            slot("user.second_factor", "bool", &[]),
            slot("destination.host", "host", &[]),
            slot("contract.until", "date", &[]),
            slot("content.length", "int", &[]),
            slot("content.language", "string", &[]),
        ],
        params: Vec::new(),
    }
}

/// The decision of a module that has nothing to say.
pub fn allow() -> Decision {
    Decision {
        flags: 0,
        verdict: Verdict::Allow,
        effective: Verdict::Allow,
        error: ErrorCode::None,
        slot: 255,
        build: [0; 16],
        config: 0,
        rules: Vec::new(),
        obligations: Vec::new(),
        would: Vec::new(),
        demand: Vec::new(),
        findings: Vec::new(),
    }
}

impl Recipe {
    pub fn decide(body: Vec<Instruction<'static>>) -> Self {
        Recipe {
            decide: body,
            ..Recipe::default()
        }
    }

    pub fn bytes(&self) -> Vec<u8> {
        let mut module = self.code();
        let mut section = |name: &str, json: Vec<u8>| {
            if self.without != Some(leak(name)) {
                module.section(&CustomSection {
                    name: name.into(),
                    data: json.into(),
                });
            }
        };
        let json = |value: serde_json::Result<Vec<u8>>| value.unwrap();
        section("riegel.schema", json(serde_json::to_vec(&schema(self.abi))));
        section("riegel.policy", json(serde_json::to_vec(&self.info)));
        section("riegel.bound", json(serde_json::to_vec(&self.bound)));
        let selftest = Selftest {
            vectors: self.vectors.clone(),
        };
        section("riegel.selftest", json(serde_json::to_vec(&selftest)));
        signed(module.finish())
    }

    fn code(&self) -> Module {
        use ValType::I32;
        let mut module = Module::new();
        let mut types = TypeSection::new();
        types.ty().function([], [I32]);
        types.ty().function([I32, I32], [I32]);
        types.ty().function([I32], [I32]);
        module.section(&types);
        if self.import {
            let mut imports = ImportSection::new();
            imports.import("env", "clock", EntityType::Function(0));
            module.section(&imports);
        }
        let first = u32::from(self.import);
        let mut functions = FunctionSection::new();
        for ty in [0, 1, 1, 2] {
            functions.function(ty);
        }
        module.section(&functions);
        let mut memories = MemorySection::new();
        memories.memory(MemoryType {
            minimum: 2,
            maximum: None,
            memory64: false,
            shared: false,
            page_size_log2: None,
        });
        module.section(&memories);
        let mut exports = ExportSection::new();
        exports.export("memory", ExportKind::Memory, 0);
        for (i, name) in ["abi_version", "reserve", "decide", "configure"]
            .iter()
            .enumerate()
        {
            if self.without != Some(*name) {
                let index = u32::try_from(i).unwrap();
                exports.export(name, ExportKind::Func, first + index);
            }
        }
        module.section(&exports);
        let mut code = CodeSection::new();
        let bodies = [
            vec![Instruction::I32Const(self.abi_function)],
            vec![Instruction::I32Const(self.reserve)],
            self.decide.clone(),
            vec![Instruction::I32Const(0)],
        ];
        for body in bodies {
            let mut function = Function::new([]);
            for instruction in &body {
                function.instruction(instruction);
            }
            function.instruction(&Instruction::End);
            code.function(&function);
        }
        module.section(&code);
        let mut data = DataSection::new();
        data.active(
            0,
            &ConstExpr::i32_const(RECORD_AT),
            self.record.iter().copied(),
        );
        module.section(&data);
        module
    }
}

fn leak(name: &str) -> &'static str {
    Box::leak(name.to_owned().into_boxed_str())
}

/// Appends the digest section.
pub fn signed(mut module: Vec<u8>) -> Vec<u8> {
    let digest = Sha256::digest(&module);
    let name = b"riegel.digest";
    module.push(0);
    module.push(u8::try_from(1 + name.len() + digest.len()).unwrap());
    module.push(u8::try_from(name.len()).unwrap());
    module.extend_from_slice(name);
    module.extend_from_slice(&digest);
    module
}
