//! Pieces of code as bytes.
//!
//! Branch labels in WebAssembly are relative and locals are numbered alike in all our functions, so a
//! piece of code can be encoded once, measured, and put into whichever function has room. Every
//! function made here has the parameters `(facts: i32, rule_or_phase: i32)` and, behind them, one
//! `i64` local per attribute word, loaded at entry where there are few.

use wasm_encoder::{BlockType, Encode, Function, Instruction, MemArg, ValType};

/// Attribute words are kept in locals up to this many; beyond, they are loaded where they are used.
const CACHED_WORDS: u32 = 8;

/// Local 0: where the facts are.
pub(super) const FACTS: u32 = 0;
/// Local 1: the phase, or the rule.
pub(super) const ARGUMENT: u32 = 1;

/// Offsets in the facts, all known when compiling.
#[derive(Clone, Copy, Debug)]
pub(super) struct Layout {
    /// Attribute words.
    pub bit_words: u32,
    /// First demand word.
    pub demand_at: u32,
    /// First fired word.
    pub fired_at: u32,
    /// All words: the nums follow.
    pub words: u32,
}

impl Layout {
    fn cached(self) -> u32 {
        if self.bit_words <= CACHED_WORDS {
            self.bit_words
        } else {
            0
        }
    }
}

/// Encoded instructions.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Piece {
    bytes: Vec<u8>,
}

impl Piece {
    /// Bytes.
    pub fn len(&self) -> usize {
        self.bytes.len()
    }

    /// Nothing in it.
    pub fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    /// Appends one instruction.
    pub fn op(&mut self, instruction: &Instruction) -> &mut Self {
        instruction.encode(&mut self.bytes);
        self
    }

    /// Appends another piece.
    pub fn piece(&mut self, other: &Piece) -> &mut Self {
        self.bytes.extend(&other.bytes);
        self
    }

    /// Pushes an attribute word.
    pub fn word(&mut self, layout: Layout, word: u32) -> &mut Self {
        if word < layout.cached() {
            self.op(&Instruction::LocalGet(2 + word))
        } else {
            self.load_word(word)
        }
    }

    fn load_word(&mut self, word: u32) -> &mut Self {
        self.op(&Instruction::LocalGet(FACTS))
            .op(&Instruction::I64Load(at_word(word)))
    }

    /// Pushes a number.
    pub fn num(&mut self, layout: Layout, num: u32) -> &mut Self {
        self.op(&Instruction::LocalGet(FACTS))
            .op(&Instruction::I32Load(MemArg {
                offset: u64::from(layout.words) * 8 + u64::from(num) * 4,
                align: 2,
                memory_index: 0,
            }))
    }

    /// Sets bits of a word.
    pub fn set(&mut self, word: u32, mask: u64) -> &mut Self {
        self.op(&Instruction::LocalGet(FACTS))
            .load_word(word)
            .op(&Instruction::I64Const(mask.cast_signed()))
            .op(&Instruction::I64Or)
            .op(&Instruction::I64Store(at_word(word)))
    }

    /// `block … end` around what `inside` appends.
    pub fn block(&mut self, inside: impl FnOnce(&mut Piece)) -> &mut Self {
        self.op(&Instruction::Block(BlockType::Empty));
        inside(self);
        self.op(&Instruction::End)
    }

    /// Calls a function of two `i32` with our own arguments.
    pub fn call(&mut self, function: u32) -> &mut Self {
        self.op(&Instruction::LocalGet(FACTS))
            .op(&Instruction::LocalGet(ARGUMENT))
            .op(&Instruction::Call(function))
    }

    /// A whole function body: locals, words loaded into them, this piece, end.
    pub fn function(&self, layout: Layout) -> Function {
        let mut entry = Piece::default();
        for word in 0..layout.cached() {
            entry.load_word(word).op(&Instruction::LocalSet(2 + word));
        }
        self.plain_function(layout.cached(), &entry)
    }

    /// A function body without loaded words: one that only calls others.
    pub fn dispatcher(&self) -> Function {
        self.plain_function(0, &Piece::default())
    }

    /// A function body with so many `i64` locals.
    pub fn plain_function(&self, words: u32, entry: &Piece) -> Function {
        let mut function = Function::new((words > 0).then_some((words, ValType::I64)));
        function.raw(entry.bytes.iter().copied());
        function.raw(self.bytes.iter().copied());
        function.instruction(&Instruction::End);
        function
    }
}

fn at_word(word: u32) -> MemArg {
    MemArg {
        offset: u64::from(word) * 8,
        align: 3,
        memory_index: 0,
    }
}
