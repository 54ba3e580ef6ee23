//! Reference, native kernel (vectors and plain loop) and emitted module: the same records.
//!
//! Policies and events come from `tests/generate`. The reference shares no scanning
//! code with the kernel, so a case on which they differ shows a mistake in one of
//! them, or a gap in `docs/semantics.md`. Emitted code is asked on a sample here, in
//! a small interpreter; `host/tests/differential.rs` asks it in wasmtime.
//!
//! `RIEGEL_CASES` sets how many events are tried (50,000 in CI), `RIEGEL_SEED` where
//! the policies begin. A case that fails is made smaller before it is shown.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests"
)]

#[path = "differential/count.rs"]
mod count;
#[path = "differential/shrink.rs"]
mod shrink;

#[path = "generate/mod.rs"]
mod generate;
#[path = "running/mod.rs"]
mod running;

use count::{Counts, environment};
use generate::{Rng, case};
use riegel::abi::{config, frame, record, with_texts};
use riegel::check::model::{Config, Event, Policy};
use riegel::compile::{compile, prepare};
use riegel::emit::KERNEL;
use riegel::native::Native;
use riegel::reference::Reference;
use riegel_kernel::blocks::Way;
use riegel_kernel::layout::ConfigStatus;
use running::Running;

/// Events that are tried when nobody says how many.
const CASES: u64 = 4_000;
/// Emitted code is asked for one policy in so many.
const SAMPLE: u64 = 20;

/// A policy made ready everywhere.
struct Engines {
    policy: Policy,
    reference: Reference,
    native: Native,
    wasm: Option<Vec<u8>>,
}

/// What an engine said, and what it should have said.
struct Disagreement {
    engine: &'static str,
    said: Vec<u8>,
    right: Vec<u8>,
}

impl Engines {
    fn new(policy: Policy, with_module: bool) -> Engines {
        let prepared = prepare(&policy, KERNEL).expect("generated policies compile");
        Engines {
            reference: Reference::new(&policy).with_build(prepared.build),
            native: Native::new(prepared).expect("the tables are sound"),
            wasm: with_module.then(|| compile(&policy, KERNEL).expect("and link").wasm),
            policy,
        }
    }

    /// The reference's record, or the engine that gives another.
    fn compare(&self, event: &Event, values: &Config) -> Result<Vec<u8>, Disagreement> {
        let schema = with_texts(&self.policy, &self.native.prepared().plan);
        let frame = frame::encode(&schema, event).expect("generated events fit the schema");
        let numbers = frame::encode_numbers(&schema, event).expect("and with numbers");
        let right = record::encode(&self.reference.decide(event, values));
        let settings = values
            .iter()
            .any(Option::is_some)
            .then(|| config::encode(&schema, values).expect("generated values are in range"));
        let mut native = self.native.clone();
        if let Some(settings) = &settings {
            assert_eq!(native.configure(settings), ConfigStatus::Ok);
        }
        let said = |engine, said: Vec<u8>| {
            if said == right {
                Ok(())
            } else {
                Err(Disagreement {
                    engine,
                    said,
                    right: right.clone(),
                })
            }
        };
        said(
            "native kernel with vectors",
            native.decide(Way::Simd, &frame, &event.text),
        )?;
        said(
            "native kernel, plain loop",
            native.decide(Way::Portable, &frame, &event.text),
        )?;
        said(
            "native kernel, texts by number",
            native.decide(Way::Simd, &numbers, &event.text),
        )?;
        if let Some(wasm) = &self.wasm {
            let mut running = Running::new(wasm);
            if let Some(settings) = &settings {
                assert_eq!(running.configure(settings), 0);
            }
            said("emitted module", running.decide(&frame, &event.text))?;
            said(
                "emitted module, texts by number",
                running.decide(&numbers, &event.text),
            )?;
            said(
                "emitted module, asked again",
                running.decide(&frame, &event.text),
            )?;
        }
        Ok(right)
    }
}

#[test]
fn all_engines_agree_on_generated_cases() {
    let cases = environment("RIEGEL_CASES").unwrap_or(CASES);
    let seed = environment("RIEGEL_SEED").unwrap_or(1);
    // Every policy brings the same number of events.
    let policies = cases / generate::EVENTS as u64 + 1;
    let counts = count::all(policies, |tried, counts| {
        try_policy(seed + tried, tried.is_multiple_of(SAMPLE), counts);
    });
    counts.report("generated cases", seed);
    assert!(counts.events >= cases);
    assert!(
        counts.with_finding * 10 >= counts.events * 3,
        "too few cases have a finding to say anything"
    );
    assert!(
        counts.with_rule * 10 >= counts.events * 3,
        "too few cases fire a rule to say anything"
    );
}

fn try_policy(seed: u64, with_module: bool, counts: &mut Counts) {
    let case = case(&mut Rng::new(seed));
    let engines = Engines::new(case.policy, with_module);
    // Without content emitted code reads the frame: another path to the same record.
    let bare = case.events.iter().map(|(event, values)| {
        let attributes = Event {
            text: Vec::new(),
            parts: Vec::new(),
            ..event.clone()
        };
        (attributes, values.clone())
    });
    let bare: Vec<_> = bare.collect();
    for (event, values) in &bare {
        if let Err(disagreement) = engines.compare(event, values) {
            show(&engines.policy, event, values, &disagreement);
            panic!("RIEGEL_SEED={seed} RIEGEL_CASES=1, without content");
        }
    }
    for (number, (event, values)) in case.events.iter().enumerate() {
        match engines.compare(event, values) {
            Ok(record) => counts.add(&record::decode(&record).unwrap()),
            Err(_) => {
                let smaller = shrink::shrink(event, |e| engines.compare(e, values).is_err());
                let Err(disagreement) = engines.compare(&smaller, values) else {
                    panic!("a case that fails now and then: RIEGEL_SEED={seed}, event {number}");
                };
                show(&engines.policy, &smaller, values, &disagreement);
                panic!("RIEGEL_SEED={seed} RIEGEL_CASES=1, event {number}");
            }
        }
    }
}

fn show(policy: &Policy, event: &Event, values: &Config, disagreement: &Disagreement) {
    println!("policy: {policy:#?}");
    println!("values: {values:?}");
    println!("event: {:?}, today {}", event.values, event.today);
    println!("parts: {:?}", event.parts);
    println!("text: {}", event.text.escape_ascii());
    println!("reference: {:#?}", record::decode(&disagreement.right));
    println!(
        "{}: {:#?}",
        disagreement.engine,
        record::decode(&disagreement.said)
    );
}
