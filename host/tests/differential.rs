//! The host's wasmtime, native kernel and reference: the same records.
//!
//! `tests/differential.rs` asks reference and native kernel about very many events,
//! and an interpreter about some. Here every event goes the way it goes in the
//! field: the linked module is loaded with all its checks, its parameters are set
//! on the guard, and a session is asked; so a host that refuses a right module or
//! does not believe a right record fails here too.
//!
//! `RIEGEL_CASES` sets how many events are tried in all tests of this kind: a tenth
//! of them here, because a policy has to be compiled to machine code first.
//! `RIEGEL_SEED` is where the policies begin.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests"
)]

#[path = "../../tests/differential/count.rs"]
mod count;
#[path = "../../tests/generate/mod.rs"]
mod generate;
#[path = "../../tests/differential/shrink.rs"]
mod shrink;

use count::{Counts, environment};
use generate::{Rng, case_with};
use riegel::abi::{config, record};
use riegel::check::model::{Config, Event as Model, Policy};
use riegel::compile::{compile, prepare};
use riegel::emit::KERNEL;
use riegel::native::Native;
use riegel::reference::Reference;
use riegel_host::event::Event;
use riegel_host::runtime::{Guard, Limits, Runtime};
use riegel_kernel::blocks::Way;
use riegel_kernel::layout::ConfigStatus;

/// Events that are tried when nobody says how many.
const CASES: u64 = 4_000;
/// Of `RIEGEL_CASES`, one in so many is tried here.
const SHARE: u64 = 10;
/// Events per policy: machine code costs more than a decision.
const EVENTS: usize = 32;

/// A policy made ready everywhere.
struct Engines {
    reference: Reference,
    native: Native,
    guard: Guard,
}

/// Who said something else than the reference, and what both said.
struct Disagreement {
    engine: &'static str,
    said: String,
    right: String,
}

impl Disagreement {
    fn new(engine: &'static str, said: &[u8], right: &[u8]) -> Self {
        Disagreement {
            engine,
            said: format!("{:#?}", record::decode(said)),
            right: format!("{:#?}", record::decode(right)),
        }
    }
}

impl Engines {
    fn new(runtime: &Runtime, policy: &Policy) -> Engines {
        let prepared = prepare(policy, KERNEL).expect("generated policies compile");
        let wasm = compile(policy, KERNEL).expect("and link").wasm;
        Engines {
            reference: Reference::new(policy).with_build(prepared.build),
            native: Native::new(prepared).expect("the tables are sound"),
            guard: runtime.load(&wasm).expect("and are loaded"),
        }
    }

    /// The record of the reference, or the engine that gives another.
    fn compare(&self, model: &Model, values: &Config) -> Result<Vec<u8>, Disagreement> {
        let schema = &self.guard.anatomy().schema;
        let right = record::encode(&self.reference.decide(model, values));
        let event = Event::new(schema, model.clone()).expect("generated events fit the schema");

        let mut native = self.native.clone();
        if values.iter().any(Option::is_some) {
            let settings = config::encode(schema, values).expect("generated values are in range");
            assert_eq!(native.configure(&settings), ConfigStatus::Ok);
        }
        let said = native.decide(Way::Simd, event.frame(), event.content().as_bytes());
        if said != right {
            return Err(Disagreement::new("native kernel", &said, &right));
        }

        let mut guard = self.guard.clone();
        guard.configure(values).expect("the module takes them");
        let mut session = guard.session();
        for engine in ["wasmtime", "wasmtime, asked again"] {
            let outcome = session.decide(&event);
            if let Some(failure) = outcome.failure {
                return Err(Disagreement {
                    said: format!("{failure:?}"),
                    ..Disagreement::new(engine, &[], &right)
                });
            }
            // Reading a record and writing it again gives the same bytes: the host's
            // `lying_records_are_not_believed` watches over that.
            let said = record::encode(&outcome.decision);
            if said != right {
                return Err(Disagreement::new(engine, &said, &right));
            }
        }
        Ok(right)
    }
}

#[test]
fn wasmtime_agrees_on_generated_cases() {
    let cases = environment("RIEGEL_CASES").map_or(CASES, |cases| cases.div_ceil(SHARE));
    let seed = environment("RIEGEL_SEED").unwrap_or(1);
    // No decision is late here because the machine is busy.
    let runtime = Runtime::new(Limits {
        floor: Limits::default().ceiling,
        ..Limits::default()
    })
    .unwrap();
    let counts = count::all(cases.div_ceil(EVENTS as u64), |tried, counts| {
        try_policy(&runtime, seed + tried, counts);
    });
    counts.report("generated cases in wasmtime", seed);
    assert!(counts.events >= cases);
    // A single policy that somebody asks for need not say much.
    if cases >= CASES {
        for speaking in [counts.with_finding, counts.with_rule] {
            assert!(
                speaking * 10 >= counts.events * 3,
                "too few cases have a finding or fire a rule to say anything: {counts:?}"
            );
        }
    }
}

fn try_policy(runtime: &Runtime, seed: u64, counts: &mut Counts) {
    let case = case_with(&mut Rng::new(seed), EVENTS);
    let engines = Engines::new(runtime, &case.policy);
    for (number, (event, values)) in case.events.iter().enumerate() {
        match engines.compare(event, values) {
            Ok(record) => counts.add(&record::decode(&record).unwrap()),
            Err(_) => {
                let smaller = shrink::shrink(event, |e| engines.compare(e, values).is_err());
                println!("policy: {:#?}", case.policy);
                println!("values: {values:?}");
                println!("event: {:?}, today {}", smaller.values, smaller.today);
                println!("parts: {:?}", smaller.parts);
                println!("text: {}", smaller.text.escape_ascii());
                match engines.compare(&smaller, values) {
                    Err(disagreement) => {
                        println!("reference: {}", disagreement.right);
                        println!("{}: {}", disagreement.engine, disagreement.said);
                    }
                    Ok(_) => println!("this case fails now and then"),
                }
                panic!("RIEGEL_SEED={seed} RIEGEL_CASES=1, event {number}");
            }
        }
    }
}
