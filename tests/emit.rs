//! Plan, code and linker: three readings of random policies must agree, and a linked module must be
//! closed, valid and whole.
//!
//! The three readings are the condition itself on the event (`random::holds`), the plan's interpreter
//! on the facts that the kernel fills from a frame, and the emitted code run in a linked module by a
//! small WebAssembly interpreter.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // tests

#[path = "emit/random.rs"]
mod random;
#[path = "emit/stub.rs"]
mod stub;

use random::{Pin, Random, Shape};
use riegel::check::model::{Condition, Event, Leaf, Policy};
use riegel::emit::{self, Kernel};
use riegel::plan::facts::{ParamFacts, QuestionKind};
use riegel::plan::{Interpreter, Plan, plan};
use riegel::tables::TableWriter;
use riegel_kernel::config;
use riegel_kernel::event::{Facts, Frame};
use riegel_kernel::layout::{Header, LAYOUT, TABLES_MAGIC};
use riegel_kernel::tables::Tables;
use std::collections::BTreeSet;
use stub::{FACTS, Spoil, TABLES, kernel};
use wasmi::{Engine, Instance, Linker, Memory, Module, Store};

fn tables_of(policy: &Policy, plan: &Plan) -> Vec<u8> {
    let mut writer = TableWriter::default();
    let mut header = Header {
        magic: TABLES_MAGIC,
        layout: LAYOUT,
        schema: riegel::abi::schema_hash(policy),
        ..Header::default()
    };
    plan.write(policy, &mut writer).fill(&mut header);
    writer.finish(header)
}

fn linked(policy: &Policy, plan: &Plan, spoil: Spoil) -> Result<Vec<u8>, &'static str> {
    let stub = kernel(spoil);
    let kernel = Kernel::read(&stub).map_err(|d| d.code.id)?;
    let code = emit::code(plan, kernel.first_helper());
    let sections = [("riegel.policy", b"{}".to_vec())];
    emit::link(&kernel, &tables_of(policy, plan), 0, &code, &[], &sections).map_err(|d| d.code.id)
}

/// A linked module, running.
struct Running {
    store: Store<()>,
    instance: Instance,
    memory: Memory,
}

impl Running {
    fn new(wasm: &[u8]) -> Self {
        let engine = Engine::default();
        let module = Module::new(&engine, wasm).unwrap();
        assert_eq!(module.imports().count(), 0);
        let mut store = Store::new(&engine, ());
        let instance = Linker::new(&engine)
            .instantiate_and_start(&mut store, &module)
            .unwrap();
        let memory = instance.get_memory(&store, "memory").unwrap();
        Running {
            store,
            instance,
            memory,
        }
    }

    fn put(&mut self, words: &[u64], nums: &[i32]) {
        let mut bytes: Vec<u8> = words.iter().flat_map(|w| w.to_le_bytes()).collect();
        bytes.extend(nums.iter().flat_map(|n| n.to_le_bytes()));
        assert!(FACTS + bytes.len() < TABLES as usize);
        self.memory.write(&mut self.store, FACTS, &bytes).unwrap();
    }

    fn words(&self, count: usize) -> Vec<u64> {
        let mut bytes = vec![0; count * 8];
        self.memory.read(&self.store, FACTS, &mut bytes).unwrap();
        let words = bytes.chunks_exact(8);
        words
            .map(|w| u64::from_le_bytes(w.try_into().unwrap()))
            .collect()
    }

    fn rules(&mut self, phase: i32) {
        let rules = self
            .instance
            .get_typed_func::<(i32, i32), ()>(&self.store, "rules");
        rules
            .unwrap()
            .call(&mut self.store, (FACTS as i32, phase))
            .unwrap();
    }

    fn clauses(&mut self, rule: u32) -> u64 {
        let clauses = self
            .instance
            .get_typed_func::<(i32, i32), i64>(&self.store, "clauses");
        let bits = clauses
            .unwrap()
            .call(&mut self.store, (FACTS as i32, rule as i32));
        bits.unwrap() as u64
    }
}

/// Facts as the kernel fills them, parameters included.
fn facts(policy: &Policy, plan: &Plan, tables: &[u8], event: &Event) -> (Vec<u64>, Vec<i32>) {
    let tables = Tables::new(tables).unwrap();
    let frame = riegel::abi::frame::encode(&riegel::abi::schema(policy), event).unwrap();
    let mut settings = vec![0; config::settings_len(&tables)];
    config::defaults(&tables, &mut settings);
    let mut words = vec![0; plan.words() as usize];
    let mut nums = vec![0; plan.facts.nums() as usize];
    let mut facts = Facts {
        words: &mut words,
        nums: &mut nums,
    };
    let filled = Frame::new(&tables, &frame)
        .unwrap()
        .facts(&tables, &settings, &mut facts);
    assert!(filled.error.is_none());
    for (index, place) in plan.facts.params.iter().enumerate() {
        let value = config::value(&settings, index);
        match *place {
            ParamFacts::Bit(bit) => {
                words[bit as usize / 64] |= u64::from(value == 1) << (bit % 64);
            }
            ParamFacts::Num(num) => nums[num as usize] = value,
            ParamFacts::Unused | ParamFacts::List(_) => {}
        }
    }
    (words, nums)
}

/// What a finding leaf is worth when the questions have these answers.
fn answered(leaf: &Leaf, policy: &Policy, plan: &Plan, nums: &[i32]) -> bool {
    let answer = |kind: &QuestionKind, findings| {
        let num = plan.facts.question(kind, findings);
        num.map_or(0, |num| nums[num as usize])
    };
    match leaf {
        Leaf::Count(findings, comparison, right) => {
            let left = answer(&QuestionKind::Count, findings);
            comparison.holds(left, random::number(policy, *right))
        }
        Leaf::Distinct(findings, comparison, right) => {
            let left = answer(&QuestionKind::Distinct, findings);
            comparison.holds(left, random::number(policy, *right))
        }
        Leaf::Near(findings, others, within) => {
            answer(&QuestionKind::Near(others.clone(), *within), findings) != 0
        }
        _ => unreachable!(),
    }
}

/// Detectors that a condition names.
fn named(condition: &Condition, detectors: &mut BTreeSet<usize>) -> bool {
    match condition {
        Condition::Const(_) => false,
        Condition::And(all) | Condition::Or(all) => {
            all.iter().fold(false, |any, c| named(c, detectors) | any)
        }
        Condition::Not(inner) => named(inner, detectors),
        Condition::Leaf(Leaf::Count(f, ..) | Leaf::Distinct(f, ..)) => {
            detectors.extend(&f.detectors);
            true
        }
        Condition::Leaf(Leaf::Near(f, others, _)) => {
            detectors.extend(&f.detectors);
            detectors.extend(others);
            true
        }
        Condition::Leaf(_) => false,
    }
}

fn bits(set: &BTreeSet<usize>, words: u32) -> Vec<u64> {
    let mut bits = vec![0; words as usize];
    for at in set {
        bits[at / 64] |= 1 << (at % 64);
    }
    bits
}

/// What must come out: demand and fired after both phases, by the plainest reading.
fn expected(policy: &Policy, plan: &Plan, event: &Event, nums: &[i32]) -> (Vec<u64>, Vec<u64>) {
    let (mut demand, mut fired) = (BTreeSet::new(), BTreeSet::new());
    for (index, rule) in policy.rules.iter().enumerate() {
        let mut detectors: BTreeSet<usize> = rule.redact.iter().copied().collect();
        let asks = named(&rule.condition, &mut detectors);
        if asks && random::holds(&rule.condition, policy, event, true, &|_, even| even) {
            demand.extend(&detectors);
        }
        let real = |leaf: &Leaf, _: bool| answered(leaf, policy, plan, nums);
        if random::holds(&rule.condition, policy, event, true, &real) {
            fired.insert(index);
            demand.extend(&detectors);
        }
    }
    (
        bits(&demand, plan.demand_words),
        bits(&fired, plan.fired_words),
    )
}

fn agree(seed: u64, shape: &Shape, events: usize) -> bool {
    let mut random = Random::new(seed);
    let policy = random::policy(&mut random, shape);
    let plan = plan(&policy);
    let tables = tables_of(&policy, &plan);
    let wasm = linked(&policy, &plan, Spoil::Nothing).unwrap();
    let mut running = Running::new(&wasm);
    let interpreter = Interpreter::new(&plan);
    for _ in 0..events {
        let event = random::event(&mut random, &policy, shape);
        let (mut words, mut nums) = facts(&policy, &plan, &tables, &event);
        running.put(&words, &nums);
        running.rules(0);
        interpreter.rules(&mut words, &nums, 0);
        assert_eq!(running.words(words.len()), words, "phase 0, seed {seed}");
        for question in &plan.facts.questions {
            nums[question.num as usize] = match question.kind {
                QuestionKind::Near(..) => random.below(2) as i32,
                _ => random.below(5) as i32,
            };
        }
        running.put(&words, &nums);
        running.rules(1);
        interpreter.rules(&mut words, &nums, 1);
        assert_eq!(running.words(words.len()), words, "phase 1, seed {seed}");
        let (demand, fired) = expected(&policy, &plan, &event, &nums);
        let (demand_at, fired_at) = (plan.demand_at() as usize, plan.fired_at() as usize);
        assert_eq!(words[demand_at..fired_at], demand, "demand, seed {seed}");
        assert_eq!(words[fired_at..], fired, "fired, seed {seed}");
        for (index, rule) in policy.rules.iter().enumerate() {
            let bits = interpreter.clauses(&words, &nums, index as u32);
            assert_eq!(
                running.clauses(index as u32),
                bits,
                "seed {seed} rule {index}"
            );
            for (i, clause) in rule.clauses.iter().enumerate() {
                let real = |leaf: &Leaf, _: bool| answered(leaf, &policy, &plan, &nums);
                let holds = random::holds(&clause.condition, &policy, &event, true, &real);
                assert_eq!(
                    bits >> i & 1 == 1,
                    holds,
                    "seed {seed} rule {index} clause {i}"
                );
            }
        }
        assert_eq!(running.clauses(policy.rules.len() as u32), 0);
    }
    plan.index.is_some()
}

#[test]
fn three_readings_of_small_policies_agree() {
    for seed in 0..1500 {
        let shape = Shape {
            rules: 1 + seed as usize % 7,
            pinned: None,
            words: 4 + seed as usize % 120,
        };
        agree(seed, &shape, 8);
    }
}

#[test]
fn three_readings_of_indexed_policies_agree() {
    let mut indexed = 0;
    for seed in 0..60 {
        let shape = Shape {
            rules: 20 + seed as usize % 60,
            pinned: Some(if seed % 2 == 0 { Pin::Text } else { Pin::Enum }),
            words: 12,
        };
        indexed += usize::from(agree(seed, &shape, 40));
    }
    assert!(indexed > 50, "only {indexed} policies got an index");
}

#[test]
fn three_readings_of_a_large_policy_agree() {
    for (seed, pinned) in [(1, None), (2, Some(Pin::Text)), (3, Some(Pin::Enum))] {
        let shape = Shape {
            rules: 1500,
            pinned,
            words: 300,
        };
        agree(seed, &shape, 10);
    }
}

fn small() -> (Policy, Plan) {
    let shape = Shape {
        rules: 2,
        pinned: None,
        words: 3,
    };
    let policy = random::policy(&mut Random::new(7), &shape);
    let plan = plan(&policy);
    (policy, plan)
}

#[test]
fn a_linked_module_is_closed_and_complete() {
    let (policy, plan) = small();
    for spoil in [Spoil::Nothing, Spoil::NoData] {
        let wasm = linked(&policy, &plan, spoil).unwrap();
        let mut custom = Vec::new();
        let mut exports = Vec::new();
        for payload in wasmparser::Parser::new(0).parse_all(&wasm) {
            match payload.unwrap() {
                wasmparser::Payload::ImportSection(_) => panic!("an import section"),
                wasmparser::Payload::CustomSection(section) => {
                    custom.push(section.name().to_string())
                }
                wasmparser::Payload::ExportSection(section) => {
                    exports.extend(section.into_iter().map(|e| e.unwrap().name.to_string()));
                }
                _ => {}
            }
        }
        assert_eq!(
            custom,
            ["target_features", "riegel.policy", "riegel.digest"]
        );
        assert_eq!(exports, ["memory", "rules", "clauses", "tables", "slots"]);

        let mut running = Running::new(&wasm);
        let address = running
            .instance
            .get_typed_func::<(), i32>(&running.store, "tables")
            .unwrap()
            .call(&mut running.store, ())
            .unwrap();
        assert_eq!(address, TABLES);
        let tables = tables_of(&policy, &plan);
        let mut found = vec![0; tables.len()];
        running
            .memory
            .read(&running.store, TABLES as usize, &mut found)
            .unwrap();
        assert_eq!(found, tables);
    }
}

#[test]
fn memory_holds_large_tables() {
    let (policy, plan) = small();
    let stub = kernel(Spoil::Nothing);
    let kernel = Kernel::read(&stub).unwrap();
    let mut tables = tables_of(&policy, &plan);
    tables.resize(300_000, 1);
    let code = emit::code(&plan, kernel.first_helper());
    let wasm = emit::link(&kernel, &tables, 0, &code, &[], &[]).unwrap();
    let running = Running::new(&wasm);
    assert_eq!(running.memory.size(&running.store), 6); // 40,016 + 300,000 bytes
    let wasm = emit::link(&kernel, &tables, 600_000, &code, &[], &[]).unwrap();
    let running = Running::new(&wasm);
    assert_eq!(running.memory.size(&running.store), 10);
}

#[test]
fn what_cannot_be_linked_is_refused() {
    let (policy, plan) = small();
    for (spoil, code) in [
        (Spoil::Layout, "R0501"),
        (Spoil::ExtraImport, "R0502"),
        (Spoil::MissingImport, "R0502"),
        (Spoil::WrongType, "R0502"),
        (Spoil::NoHeapBase, "R0502"),
    ] {
        assert_eq!(linked(&policy, &plan, spoil), Err(code));
    }
    for rubbish in [&b""[..], b"\0asm", b"hello, world"] {
        assert_eq!(
            Kernel::read(rubbish).map(|_| ()).map_err(|d| d.code.id),
            Err("R0502")
        );
    }
    // A kernel whose own code is wrong is caught by validation: a call with an argument too few.
    let mut broken = kernel(Spoil::Nothing);
    let call = broken.windows(2).position(|w| w == [0x10, 0x01]).unwrap();
    broken[call + 1] = 0x02;
    let kernel = Kernel::read(&broken).unwrap();
    let code = emit::code(&plan, kernel.first_helper());
    let refused = emit::link(&kernel, &tables_of(&policy, &plan), 0, &code, &[], &[]);
    assert_eq!(refused.map_err(|d| d.code.id), Err("R0503"));
}

#[test]
fn every_flipped_bit_is_noticed() {
    let policy = random::empty();
    let plan = plan(&policy);
    let wasm = linked(&policy, &plan, Spoil::Nothing).unwrap();
    emit::verify_digest(&wasm).unwrap();
    let mut damaged = wasm.clone();
    for at in 0..wasm.len() {
        for bit in 0..8 {
            damaged[at] ^= 1 << bit;
            assert!(
                emit::verify_digest(&damaged).is_err(),
                "byte {at} bit {bit}"
            );
            damaged[at] ^= 1 << bit;
        }
        assert!(emit::verify_digest(&wasm[..at]).is_err(), "cut at {at}");
    }
    damaged.push(0);
    assert!(emit::verify_digest(&damaged).is_err());
}

#[test]
fn equal_policies_give_equal_bytes() {
    let module = |seed| {
        let shape = Shape {
            rules: 40,
            pinned: Some(Pin::Text),
            words: 30,
        };
        let policy = random::policy(&mut Random::new(seed), &shape);
        linked(&policy, &plan(&policy), Spoil::Nothing).unwrap()
    };
    assert_eq!(module(5), module(5));
    assert_ne!(module(5), module(6));
}
