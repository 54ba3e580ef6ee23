//! A kernel of a few instructions: what the linker must find in one, and exports that pass straight
//! through to the functions it imports.

use riegel_kernel::layout;
use wasm_encoder::{
    CodeSection, ConstExpr, CustomSection, DataCountSection, DataSection, EntityType, ExportKind,
    ExportSection, Function, FunctionSection, GlobalSection, GlobalType, ImportSection,
    Instruction as I, MemorySection, MemoryType, Module, TypeSection, ValType,
};

/// Where tests may put facts: below `__heap_base`, which has an odd address on purpose.
pub const FACTS: usize = 4096;
const HEAP_BASE: i32 = 40_003;
/// Where the linker must put the tables.
pub const TABLES: i32 = 40_016;

/// How to spoil it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Spoil {
    Nothing,
    Layout,
    ExtraImport,
    MissingImport,
    WrongType,
    NoHeapBase,
    /// Without data sections: not spoilt, only poor.
    NoData,
}

pub fn kernel(spoil: Spoil) -> Vec<u8> {
    let mut types = TypeSection::new();
    types.ty().function([], [ValType::I32]);
    types
        .ty()
        .function([ValType::I32, ValType::I32], [ValType::I64]);
    types.ty().function([ValType::I32, ValType::I32], []);
    types
        .ty()
        .function([ValType::I32, ValType::I32], [ValType::I32]);

    let mut imports = ImportSection::new();
    // Not in the order in which anybody would guess.
    imports.import("riegel", "clauses", EntityType::Function(1));
    let rules_type = if spoil == Spoil::WrongType { 1 } else { 2 };
    imports.import("riegel", "rules", EntityType::Function(rules_type));
    imports.import("riegel", "slots", EntityType::Function(3));
    if spoil != Spoil::MissingImport {
        imports.import("riegel", "tables", EntityType::Function(0));
    }
    if spoil == Spoil::ExtraImport {
        imports.import("env", "clock", EntityType::Function(0));
    }

    let mut functions = FunctionSection::new();
    functions.function(2).function(1).function(0).function(3);

    let mut memory = MemorySection::new();
    memory.memory(MemoryType {
        minimum: 1,
        maximum: None,
        memory64: false,
        shared: false,
        page_size_log2: None,
    });

    let mut globals = GlobalSection::new();
    let i32_constant = GlobalType {
        val_type: ValType::I32,
        mutable: false,
        shared: false,
    };
    globals.global(i32_constant, &ConstExpr::i32_const(1024));
    globals.global(i32_constant, &ConstExpr::i32_const(HEAP_BASE));

    let mut exports = ExportSection::new();
    exports.export("memory", ExportKind::Memory, 0);
    exports.export("rules", ExportKind::Func, 4);
    exports.export("clauses", ExportKind::Func, 5);
    exports.export("tables", ExportKind::Func, 6);
    exports.export("slots", ExportKind::Func, 7);
    if spoil != Spoil::NoHeapBase {
        exports.export("__heap_base", ExportKind::Global, 1);
    }
    exports.export("__data_end", ExportKind::Global, 0);

    let mut code = CodeSection::new();
    for (imported, arguments) in [(1, 2), (0, 2), (3, 0), (2, 2)] {
        let mut body = Function::new([]);
        for argument in 0..arguments {
            body.instruction(&I::LocalGet(argument));
        }
        body.instruction(&I::Call(imported)).instruction(&I::End);
        code.function(&body);
    }

    let mut module = Module::new();
    module
        .section(&types)
        .section(&imports)
        .section(&functions)
        .section(&memory)
        .section(&globals)
        .section(&exports);
    if spoil != Spoil::NoData {
        module.section(&DataCountSection { count: 1 });
    }
    module.section(&code);
    if spoil != Spoil::NoData {
        let mut data = DataSection::new();
        data.active(0, &ConstExpr::i32_const(1024), *b"kernel");
        module.section(&data);
    }
    let layout = layout::LAYOUT ^ u32::from(spoil == Spoil::Layout);
    for (name, content) in [
        ("riegel.layout", layout.to_le_bytes().to_vec()),
        ("name", vec![0, 2, 1, b'k']),
        ("producers", vec![0]),
        ("target_features", vec![0]),
    ] {
        module.section(&CustomSection {
            name: name.into(),
            data: content.into(),
        });
    }
    module.finish()
}
