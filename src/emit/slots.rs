//! The function that reads a frame of numbers (see [`crate::plan::quick`]).
//!
//! ```text
//! slots(facts, frame) -> i32
//! block
//!   per slot: load eight bytes; leave where they are unusual; put them into words and nums
//!   write words and nums; zero the frame; return 1
//! end
//! 0
//! ```
//!
//! The kernel calls it with a frame of exactly header and slots. Where it gives 0 the kernel reads the
//! frame with its tables, and writes all of the facts anew.

use super::assemble::{ARGUMENT as FRAME, FACTS, Layout, Piece};
use crate::plan::Plan;
use crate::plan::quick::{QuickKind, QuickSlot};
use riegel_kernel::event::SLOT;
use riegel_kernel::layout::{FRAME_MAGIC, FrameHeader};
use wasm_encoder::{BlockType, Function, Instruction as I, MemArg};

/// The slot under way.
const VALUE: u32 = 2;
/// The first attribute word.
const WORDS: u32 = 3;
/// Policies with more words are read by the kernel.
const MOST_WORDS: u32 = 256;
/// The second number of a value that is given by number, in place.
const BY_NUMBER: i64 = -1 << 32;

/// Emits it.
pub(super) fn slots(plan: &Plan, layout: Layout) -> Function {
    let quick = &plan.quick;
    let never = layout.bit_words > MOST_WORDS
        || quick.slots.iter().any(|slot| slot.kind == QuickKind::Never);
    if never {
        let mut piece = Piece::default();
        piece.op(&I::I32Const(0));
        return piece.plain_function(0, &Piece::default());
    }
    let mut piece = Piece::default();
    piece.op(&I::Block(BlockType::Empty));
    let count = u32::try_from(quick.slots.len()).unwrap_or(u32::MAX);
    header(&mut piece, 0, FRAME_MAGIC, quick.schema);
    header(&mut piece, 8, count, 0);
    load32(&mut piece, 20);
    piece
        .op(&I::I32Const(quick.dictionary.cast_signed()))
        .op(&I::I32Ne)
        .op(&I::BrIf(0));
    let mut writer = Writer {
        piece,
        layout,
        filled: vec![false; plan.facts.nums() as usize],
    };
    writer.number(Some(0), |piece| load32(piece, 16));
    for (at, slot) in (0u64..).zip(&quick.slots) {
        writer.slot(slot, FrameHeader::SIZE as u64 + at * SLOT as u64);
    }
    writer.finish(quick.slots.len())
}

/// Leaves where eight bytes of the header are others.
fn header(piece: &mut Piece, at: u64, low: u32, high: u32) {
    let both = u64::from(low) | u64::from(high) << 32;
    piece
        .op(&I::LocalGet(FRAME))
        .op(&I::I64Load(memory(at)))
        .op(&I::I64Const(both.cast_signed()))
        .op(&I::I64Ne)
        .op(&I::BrIf(0));
}

fn load32(piece: &mut Piece, at: u64) {
    piece.op(&I::LocalGet(FRAME)).op(&I::I32Load(MemArg {
        offset: at,
        align: 2,
        memory_index: 0,
    }));
}

fn memory(offset: u64) -> MemArg {
    MemArg {
        offset,
        align: 3,
        memory_index: 0,
    }
}

struct Writer {
    piece: Piece,
    layout: Layout,
    /// Numbers that were written.
    filled: Vec<bool>,
}

impl Writer {
    fn slot(&mut self, slot: &QuickSlot, at: u64) {
        self.piece
            .op(&I::LocalGet(FRAME))
            .op(&I::I64Load(memory(at)))
            .op(&I::LocalSet(VALUE));
        let range = |texts: u32| (1i64 << texts.min(62)) - 1;
        match slot.kind {
            QuickKind::Never => {}
            QuickKind::Bytes => {
                self.value().op(&I::I64Const(0)).op(&I::I64Ne);
                self.piece.op(&I::BrIf(0));
            }
            QuickKind::Bool => {
                self.leave_outside(slot, 0, 1, 2);
                let test = if slot.default == 1 {
                    (1, I::I64Ne)
                } else {
                    (2, I::I64Eq)
                };
                if let Some(bit) = slot.bit {
                    self.value().op(&I::I64Const(test.0)).op(&test.1);
                    self.piece.op(&I::I64ExtendI32U);
                    self.or(bit);
                }
            }
            QuickKind::Number => {
                let (least, most) = if slot.required { (1, 0) } else { (0, 1) };
                self.value().op(&I::I32WrapI64);
                if least > 0 {
                    self.piece.op(&I::I32Const(least)).op(&I::I32Sub);
                }
                self.piece
                    .op(&I::I32Const(most))
                    .op(&I::I32GtU)
                    .op(&I::BrIf(0));
                let default = slot.default.cast_signed();
                self.number(slot.num, |piece| {
                    piece
                        .op(&I::LocalGet(VALUE))
                        .op(&I::I64Const(32))
                        .op(&I::I64ShrU)
                        .op(&I::I32WrapI64)
                        .op(&I::I32Const(default))
                        .op(&I::LocalGet(VALUE))
                        .op(&I::I32WrapI64)
                        .op(&I::Select);
                });
                if let Some(bit) = slot.known_bit {
                    self.value().op(&I::I64Const(1)).op(&I::I64And);
                    self.or(bit);
                }
                return;
            }
            QuickKind::Variant(variants) => {
                self.leave_outside(slot, 0, 1, variants.into());
                self.default(slot.default.into());
                if let Some(bit) = slot.bit {
                    // Bit v - 1, and none for 0.
                    self.piece
                        .op(&I::I64Const(1))
                        .op(&I::LocalGet(VALUE))
                        .op(&I::I64Shl);
                    self.piece.op(&I::I64Const(1)).op(&I::I64ShrU);
                    self.or(bit);
                }
            }
            QuickKind::Text(texts) => {
                self.leave_outside(slot, BY_NUMBER, 0, texts.into());
                self.known(slot.known_bit);
                self.default(slot.default.into());
                self.number(slot.num, |piece| {
                    piece.op(&I::LocalGet(VALUE)).op(&I::I32WrapI64);
                });
                return;
            }
            QuickKind::Mask(texts) => {
                self.leave_outside(slot, BY_NUMBER, 0, range(texts));
                self.known(slot.known_bit);
                self.default(slot.default.into());
                if let Some(bit) = slot.bit {
                    self.value().op(&I::I64Const(range(32))).op(&I::I64And);
                    self.or(bit);
                }
                return;
            }
        }
        self.known(slot.known_bit);
    }

    fn value(&mut self) -> &mut Piece {
        self.piece.op(&I::LocalGet(VALUE))
    }

    /// Leaves unless `base + least <= value <= base + most`, or it is absent and may be.
    fn leave_outside(&mut self, slot: &QuickSlot, base: i64, least: i64, most: i64) {
        // Absent is 0: directly below a range from 1 on, and far away from a number of a text.
        let absent_fits = base == 0 && !slot.required;
        let from = base + if absent_fits { 0 } else { least };
        self.value();
        if from != 0 {
            self.piece.op(&I::I64Const(from)).op(&I::I64Sub);
        }
        self.piece
            .op(&I::I64Const(base + most - from))
            .op(&I::I64GtU);
        if base != 0 && !slot.required {
            self.value().op(&I::I64Const(0)).op(&I::I64Ne);
            self.piece.op(&I::I32And);
        }
        self.piece.op(&I::BrIf(0));
    }

    /// Puts the default in place of an absent value.
    fn default(&mut self, default: i64) {
        if default != 0 {
            self.value()
                .op(&I::I64Const(default))
                .op(&I::LocalGet(VALUE));
            self.piece
                .op(&I::I64Eqz)
                .op(&I::I32Eqz)
                .op(&I::Select)
                .op(&I::LocalSet(VALUE));
        }
    }

    /// The bit that says it was sent.
    fn known(&mut self, bit: Option<u32>) {
        if let Some(bit) = bit {
            self.value()
                .op(&I::I64Const(0))
                .op(&I::I64Ne)
                .op(&I::I64ExtendI32U);
            self.or(bit);
        }
    }

    /// Shifts what lies on the stack to a bit and puts it into its word.
    fn or(&mut self, bit: u32) {
        if !bit.is_multiple_of(64) {
            self.piece
                .op(&I::I64Const((bit % 64).into()))
                .op(&I::I64Shl);
        }
        let word = WORDS + bit / 64;
        self.piece
            .op(&I::LocalGet(word))
            .op(&I::I64Or)
            .op(&I::LocalSet(word));
    }

    /// Writes a number, if somebody asks for it.
    fn number(&mut self, num: Option<u32>, value: impl FnOnce(&mut Piece)) {
        let Some(num) = num else { return };
        self.piece.op(&I::LocalGet(FACTS));
        value(&mut self.piece);
        self.piece.op(&I::I32Store(MemArg {
            offset: u64::from(self.layout.words) * 8 + u64::from(num) * 4,
            align: 2,
            memory_index: 0,
        }));
        if let Some(filled) = self.filled.get_mut(num as usize) {
            *filled = true;
        }
    }

    fn finish(mut self, slots: usize) -> Function {
        for word in 0..self.layout.words {
            self.piece.op(&I::LocalGet(FACTS));
            if word < self.layout.bit_words {
                self.piece.op(&I::LocalGet(WORDS + word));
            } else {
                self.piece.op(&I::I64Const(0));
            }
            self.piece.op(&I::I64Store(memory(u64::from(word) * 8)));
        }
        for num in 0..self.layout_nums() {
            if !self.filled.get(num as usize).is_some_and(|filled| *filled) {
                self.number(Some(num), |piece| {
                    piece.op(&I::I32Const(0));
                });
            }
        }
        for at in 0..FrameHeader::SIZE / 8 + slots {
            self.piece
                .op(&I::LocalGet(FRAME))
                .op(&I::I64Const(0))
                .op(&I::I64Store(memory(at as u64 * 8)));
        }
        self.piece
            .op(&I::I32Const(1))
            .op(&I::Return)
            .op(&I::End)
            .op(&I::I32Const(0));
        self.piece
            .plain_function(1 + self.layout.bit_words, &Piece::default())
    }

    fn layout_nums(&self) -> u32 {
        u32::try_from(self.filled.len()).unwrap_or(u32::MAX)
    }
}
