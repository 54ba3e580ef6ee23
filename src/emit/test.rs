//! A plan's test as WebAssembly.
//!
//! Two forms: [`value`] leaves an `i32` (1 or 0), [`leave_unless`] branches out of the enclosing block
//! where the test fails. Conjunctions at the top of a rule use the second: one compare and branch per
//! conjunct, and most events leave at the first. Inside an expression, cheap tests are combined with
//! `i32.and`/`i32.or` and dear ones stand in a block that is left early; tests have no effects, so both mean the same.

use super::assemble::{Layout, Piece};
use crate::check::model::Comparison;
use crate::plan::test::{IdCheck, id_checks};
use crate::plan::{Right, Test};
use wasm_encoder::{BlockType, Instruction, ValType};

/// A list is left early, as soon as it is settled, when what follows its first test costs more.
const GUARDED: u64 = 16;

/// Leaves 1 or 0 on the stack.
pub(super) fn value(piece: &mut Piece, layout: Layout, test: &Test) {
    match test {
        Test::Const(value) => {
            piece.op(&Instruction::I32Const((*value).into()));
        }
        Test::Bits {
            word,
            mask,
            value,
            equal,
        } => bits(piece, layout, *word, (*mask, *value), *equal),
        Test::Num {
            num,
            comparison,
            right,
        } => {
            piece.num(layout, *num);
            match right {
                Right::Const(value) => piece.op(&Instruction::I32Const(*value)),
                Right::Num(num) => piece.num(layout, *num),
            };
            piece.op(&match comparison {
                Comparison::Eq => Instruction::I32Eq,
                Comparison::Ne => Instruction::I32Ne,
                Comparison::Lt => Instruction::I32LtS,
                Comparison::Le => Instruction::I32LeS,
                Comparison::Gt => Instruction::I32GtS,
                Comparison::Ge => Instruction::I32GeS,
            });
        }
        Test::In { num, ids, inside } => {
            for (at, check) in id_checks(ids).iter().enumerate() {
                among(piece, layout, *num, *check);
                if at > 0 {
                    piece.op(&Instruction::I32Or);
                }
            }
            if !inside {
                piece.op(&Instruction::I32Eqz);
            }
        }
        Test::All(tests) => list(piece, layout, tests, true),
        Test::Any(tests) => list(piece, layout, tests, false),
    }
}

/// Branches to the enclosing block's end where the test fails.
pub(super) fn leave_unless(piece: &mut Piece, layout: Layout, test: &Test) {
    match test {
        Test::Const(true) => {}
        Test::All(tests) => {
            for test in tests {
                leave_unless(piece, layout, test);
            }
        }
        _ => {
            value(piece, layout, &test.clone().negate());
            piece.op(&Instruction::BrIf(0));
        }
    }
}

fn bits(piece: &mut Piece, layout: Layout, word: u32, (mask, value): (u64, u64), equal: bool) {
    piece
        .word(layout, word)
        .op(&Instruction::I64Const(mask.cast_signed()))
        .op(&Instruction::I64And);
    // A single bit that must be set is one that is not clear: comparing with 0 is free.
    let (value, equal) = if value == mask && mask.is_power_of_two() {
        (0, !equal)
    } else {
        (value, equal)
    };
    match (value, equal) {
        (0, true) => {
            piece.op(&Instruction::I64Eqz);
        }
        (value, equal) => {
            piece
                .op(&Instruction::I64Const(value.cast_signed()))
                .op(if equal {
                    &Instruction::I64Eq
                } else {
                    &Instruction::I64Ne
                });
        }
    }
}

fn among(piece: &mut Piece, layout: Layout, num: u32, check: IdCheck) {
    let id = |id: u32| Instruction::I32Const(id.cast_signed());
    match check {
        IdCheck::Range { first, last } if first == last => {
            piece
                .num(layout, num)
                .op(&id(first))
                .op(&Instruction::I32Eq);
        }
        IdCheck::Range { first, last } => {
            piece
                .num(layout, num)
                .op(&id(first))
                .op(&Instruction::I32Sub)
                .op(&id(last - first))
                .op(&Instruction::I32LeU);
        }
        IdCheck::Mask { first, mask } => {
            // (mask >> (num - first)) & 1, and num - first < 64: a shift is taken modulo 64.
            piece
                .op(&Instruction::I64Const(mask.cast_signed()))
                .num(layout, num)
                .op(&id(first))
                .op(&Instruction::I32Sub)
                .op(&Instruction::I64ExtendI32U)
                .op(&Instruction::I64ShrU)
                .op(&Instruction::I32WrapI64)
                .op(&Instruction::I32Const(1))
                .op(&Instruction::I32And)
                .num(layout, num)
                .op(&id(first))
                .op(&Instruction::I32Sub)
                .op(&Instruction::I32Const(64))
                .op(&Instruction::I32LtU)
                .op(&Instruction::I32And);
        }
    }
}

/// All of the tests (`all`), or any.
fn list(piece: &mut Piece, layout: Layout, tests: &[Test], all: bool) {
    let [first, rest @ ..] = tests else {
        piece.op(&Instruction::I32Const(all.into()));
        return;
    };
    if rest.iter().map(Test::cost).sum::<u64>() <= GUARDED {
        value(piece, layout, first);
        for test in rest {
            value(piece, layout, test);
            piece.op(if all {
                &Instruction::I32And
            } else {
                &Instruction::I32Or
            });
        }
        return;
    }
    let [guards @ .., last] = tests else { return };
    piece.op(&Instruction::Block(BlockType::Result(ValType::I32)));
    for test in guards {
        // Leaves with the answer as soon as it is settled.
        piece.op(&Instruction::I32Const((!all).into()));
        if all {
            value(piece, layout, &test.clone().negate());
        } else {
            value(piece, layout, test);
        }
        piece.op(&Instruction::BrIf(0)).op(&Instruction::Drop);
    }
    value(piece, layout, last);
    piece.op(&Instruction::End);
}
