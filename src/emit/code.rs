//! The functions of a policy: what the kernel calls instead of its imports.
//!
//! ```text
//! rules(facts, phase)   phase 0: fire what needs no findings, demand what is open
//!                       phase 1: fire what needs findings
//! clauses(facts, rule)  bit i: clause i holds
//! slots(facts, frame)   reads a frame of numbers, see `slots.rs`
//! ```
//!
//! Code is straight: a rule is a block that its first failing conjunct leaves. With an index, one jump
//! table on one attribute picks the rules of its value; the others are walked behind it. Engines
//! compile functions of some tens of kilobytes best, so code is cut into helpers of at most
//! [`LIMIT`] bytes; `rules` and `clauses` themselves only call them. Helpers come after all functions
//! of the kernel, hence `first_helper`.

use super::assemble::{ARGUMENT, Layout, Piece};
use super::test::{leave_unless, value};
use crate::plan::index::Index;
use crate::plan::{Plan, RulePlan, Test};
use wasm_encoder::{BlockType, Function, Instruction};

/// A function is closed when it has this many bytes.
const LIMIT: usize = 32 * 1024;
/// … or this many cases of a jump table.
const MOST_CASES: usize = 1024;

/// The code of a policy.
#[derive(Clone, Debug)]
pub struct Code {
    /// `(facts: i32, phase: i32)`
    pub rules: Function,
    /// `(facts: i32, rule: i32) -> i64`
    pub clauses: Function,
    /// `(facts: i32, frame: i32) -> i32`
    pub slots: Function,
    /// Further functions in index order.
    pub helpers: Vec<(HelperType, Function)>,
}

/// The type of a helper.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HelperType {
    /// As `rules`.
    Rules,
    /// As `clauses`.
    Clauses,
}

/// Emits a plan; helpers get function indices from `first_helper` on.
pub fn code(plan: &Plan, first_helper: u32) -> Code {
    let mut builder = Builder {
        layout: Layout {
            bit_words: plan.facts.bit_words(),
            demand_at: plan.demand_at(),
            fired_at: plan.fired_at(),
            words: plan.words(),
        },
        first_helper,
        helpers: Vec::new(),
    };
    let rules = builder.rules(plan);
    let clauses = builder.clauses(plan);
    Code {
        rules,
        clauses,
        slots: super::slots::slots(plan, builder.layout),
        helpers: builder.helpers,
    }
}

/// Code for one value of a jump table.
struct Case {
    value: u32,
    code: Piece,
}

struct Builder {
    layout: Layout,
    first_helper: u32,
    helpers: Vec<(HelperType, Function)>,
}

impl Builder {
    /// Adds a helper and gives its index.
    fn helper(&mut self, ty: HelperType, function: Function) -> u32 {
        let index = u32::try_from(self.helpers.len()).unwrap_or(u32::MAX);
        self.helpers.push((ty, function));
        self.first_helper.saturating_add(index)
    }

    fn rules(&mut self, plan: &Plan) -> Function {
        let first = self.phase(plan, false);
        let second = self.phase(plan, true);
        let mut body = Piece::default();
        let calls = |functions: &[u32]| {
            let mut piece = Piece::default();
            for function in functions {
                piece.call(*function);
            }
            piece
        };
        if !second.is_empty() {
            body.op(&Instruction::LocalGet(ARGUMENT))
                .op(&Instruction::If(BlockType::Empty))
                .piece(&calls(&second))
                .op(&Instruction::Return)
                .op(&Instruction::End);
        } else if !first.is_empty() {
            body.op(&Instruction::LocalGet(ARGUMENT))
                .op(&Instruction::If(BlockType::Empty))
                .op(&Instruction::Return)
                .op(&Instruction::End);
        }
        body.piece(&calls(&first));
        body.dispatcher()
    }

    /// The helpers of one phase, in the order in which they are called.
    fn phase(&mut self, plan: &Plan, with_findings: bool) -> Vec<u32> {
        let mut walked = Vec::new();
        let mut cases = Vec::new();
        for (at, rule) in (0u32..).zip(&plan.rules) {
            let Some((test, action)) = self.action(rule, at, with_findings) else {
                continue;
            };
            match plan.index.and_then(|index| index.keys(test)) {
                Some((keys, rest)) => {
                    let code = self.guarded(&rest, &action);
                    cases.extend(keys.into_iter().map(|value| Case {
                        value,
                        code: code.clone(),
                    }));
                }
                None => walked.push(self.guarded(test, &action)),
            }
        }
        let mut functions = Vec::new();
        if let Some(index) = plan.index {
            cases.sort_by_key(|case| case.value);
            for cases in chunks(cases, |case| case.code.len()) {
                let body = self.indexed(index, &cases);
                functions.push(self.helper(HelperType::Rules, body.function(self.layout)));
            }
        }
        for pieces in chunks(walked, Piece::len) {
            let mut body = Piece::default();
            for piece in &pieces {
                body.piece(piece);
            }
            functions.push(self.helper(HelperType::Rules, body.function(self.layout)));
        }
        functions
    }

    /// What is tested for a rule in a phase, and what follows.
    fn action<'a>(
        &self,
        rule: &'a RulePlan,
        at: u32,
        with_findings: bool,
    ) -> Option<(&'a Test, Piece)> {
        let mut action = Piece::default();
        let (test, fires, demands) = match (&rule.open, with_findings) {
            (Some(open), false) => (open, false, true),
            (Some(_), true) => (&rule.when, true, false),
            (None, false) => (&rule.when, true, true),
            (None, true) => return None,
        };
        if *test == Test::Const(false) {
            return None;
        }
        if fires {
            action.set(self.layout.fired_at + at / 64, 1 << (at % 64));
        }
        if demands {
            for (word, mask) in &rule.demand {
                action.set(self.layout.demand_at + word, *mask);
            }
        }
        (!action.is_empty()).then_some((test, action))
    }

    fn guarded(&self, test: &Test, action: &Piece) -> Piece {
        if *test == Test::Const(true) {
            return action.clone();
        }
        let mut piece = Piece::default();
        piece.block(|inside| {
            leave_unless(inside, self.layout, test);
            inside.piece(action);
        });
        piece
    }

    /// A jump on the index attribute.
    fn indexed(&self, index: Index, cases: &[Case]) -> Piece {
        let mut selector = Piece::default();
        match index {
            Index::Id { num, .. } => {
                selector.num(self.layout, num);
            }
            Index::Variant {
                word,
                shift,
                variants,
            } => {
                let mask = u64::MAX >> (64 - variants.clamp(1, 64));
                // The one set bit of the range; 64 where there is none.
                selector
                    .word(self.layout, word)
                    .op(&Instruction::I64Const(i64::from(shift)))
                    .op(&Instruction::I64ShrU)
                    .op(&Instruction::I64Const(mask.cast_signed()))
                    .op(&Instruction::I64And)
                    .op(&Instruction::I64Ctz)
                    .op(&Instruction::I32WrapI64);
            }
        }
        switch(&selector, cases)
    }

    fn clauses(&mut self, plan: &Plan) -> Function {
        let cases = (0u32..).zip(&plan.rules).filter_map(|(value, rule)| {
            let mut code = self.clause_bits(&rule.clauses)?;
            code.op(&Instruction::Return);
            Some(Case { value, code })
        });
        let cases: Vec<Case> = cases.collect();
        let mut selector = Piece::default();
        selector.op(&Instruction::LocalGet(ARGUMENT));
        let mut body = Piece::default();
        for cases in chunks(cases, |case| case.code.len()) {
            let last = cases.last().map_or(0, |case| case.value);
            let mut inside = switch(&selector, &cases);
            inside.op(&Instruction::I64Const(0));
            let helper = self.helper(HelperType::Clauses, inside.function(self.layout));
            body.op(&Instruction::LocalGet(ARGUMENT))
                .op(&Instruction::I32Const(last.cast_signed()))
                .op(&Instruction::I32LeU)
                .op(&Instruction::If(BlockType::Empty))
                .call(helper)
                .op(&Instruction::Return)
                .op(&Instruction::End);
        }
        body.op(&Instruction::I64Const(0));
        body.dispatcher()
    }

    /// Leaves the clause bits on the stack; `None`: there are no clauses.
    fn clause_bits(&self, clauses: &[Test]) -> Option<Piece> {
        let mut piece = Piece::default();
        let mut always = 0u64;
        for (at, clause) in clauses.iter().enumerate() {
            if *clause == Test::Const(true) {
                always |= 1 << at;
            }
        }
        if clauses.is_empty() {
            return None;
        }
        piece.op(&Instruction::I64Const(always.cast_signed()));
        for (at, clause) in (0i64..).zip(clauses) {
            if matches!(clause, Test::Const(_)) {
                continue;
            }
            value(&mut piece, self.layout, clause);
            piece.op(&Instruction::I64ExtendI32U);
            if at > 0 {
                piece
                    .op(&Instruction::I64Const(at))
                    .op(&Instruction::I64Shl);
            }
            piece.op(&Instruction::I64Or);
        }
        Some(piece)
    }
}

/// `switch (selector)` over cases in ascending order of their values; equal values run one after the
/// other, and values without a case do nothing.
///
/// ```text
/// block                     done
///   block … block           one per value, the first innermost
///     selector - first; br_table
///   end code of the first value; br done
///   …
/// end
/// ```
fn switch(selector: &Piece, cases: &[Case]) -> Piece {
    let mut values: Vec<(u32, Piece)> = Vec::new();
    for case in cases {
        match values.last_mut() {
            Some((value, code)) if *value == case.value => {
                code.piece(&case.code);
            }
            _ => values.push((case.value, case.code.clone())),
        }
    }
    let (Some((first, _)), Some((last, _))) = (values.first(), values.last()) else {
        return Piece::default();
    };
    let (first, last) = (*first, *last);
    let done = u32::try_from(values.len()).unwrap_or(u32::MAX);
    let mut labels = vec![done; (last - first) as usize + 1];
    for (label, (value, _)) in (0u32..).zip(&values) {
        if let Some(slot) = labels.get_mut((value - first) as usize) {
            *slot = label;
        }
    }
    let mut piece = Piece::default();
    for _ in 0..=done {
        piece.op(&Instruction::Block(BlockType::Empty));
    }
    piece.piece(selector);
    if first > 0 {
        piece
            .op(&Instruction::I32Const(first.cast_signed()))
            .op(&Instruction::I32Sub);
    }
    piece.op(&Instruction::BrTable(labels.into(), done));
    for (label, (_, code)) in (1u32..).zip(&values) {
        piece
            .op(&Instruction::End)
            .piece(code)
            .op(&Instruction::Br(done - label));
    }
    piece.op(&Instruction::End);
    piece
}

/// Cuts a list into runs of at most [`LIMIT`] bytes (one item may be larger).
fn chunks<T>(items: Vec<T>, size: impl Fn(&T) -> usize) -> Vec<Vec<T>> {
    let mut chunks: Vec<Vec<T>> = Vec::new();
    let mut bytes = 0;
    for item in items {
        let next = size(&item);
        match chunks.last_mut() {
            Some(chunk) if bytes + next <= LIMIT && chunk.len() < MOST_CASES => {
                chunk.push(item);
                bytes += next;
            }
            _ => {
                chunks.push(vec![item]);
                bytes = next;
            }
        }
    }
    chunks
}
