//! Whole modules: generated policies are compiled with the real kernel, run by a small WebAssembly
//! interpreter, and must give the reference's records byte for byte.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests"
)]

#[path = "generate/mod.rs"]
mod generate;
#[path = "running/mod.rs"]
mod running;

use generate::{Rng, case};
use riegel::abi::{config, frame, record};
use riegel::check::model::{Config, Expectation, Place, Policy, Test};
use riegel::compile::{Module, compile};
use riegel::emit::{KERNEL, verify_digest};
use riegel::manifest::{PolicyInfo, Schema, Selftest};
use riegel::reference::Reference;
use running::Running;

fn compiled(policy: &Policy) -> Module {
    try_compiled(policy).expect("a pattern is too large")
}

/// `None` where a generated pattern is too large for an automaton, which is a right answer too.
fn try_compiled(policy: &Policy) -> Option<Module> {
    match compile(policy, KERNEL) {
        Ok(module) => Some(module),
        Err(problems) if problems.iter().all(|p| p.code.id == "R0402") => None,
        Err(problems) => panic!("{problems:?}"),
    }
}

fn custom<'a>(wasm: &'a [u8], name: &str) -> &'a [u8] {
    for payload in wasmparser::Parser::new(0).parse_all(wasm) {
        if let wasmparser::Payload::CustomSection(section) = payload.unwrap()
            && section.name() == name
        {
            return section.data();
        }
    }
    panic!("no section {name}")
}

#[test]
fn modules_and_reference_give_equal_records() {
    let (mut fired, mut modules) = (0, 0);
    for seed in 0..60 {
        let case = case(&mut Rng::new(seed));
        let Some(module) = try_compiled(&case.policy) else {
            continue;
        };
        modules += 1;
        let build = build_of(&module);
        let reference = Reference::new(&case.policy).with_build(build);
        for (number, (event, values)) in case.events.iter().enumerate() {
            let frame = frame::encode(&module.schema, event).unwrap();
            // A fresh instance for each configuration: settings outlast decisions.
            let mut host = Running::new(&module.wasm);
            let nothing = Config::new();
            let taken = values.iter().any(Option::is_some)
                && config::encode(&module.schema, values)
                    .is_ok_and(|frame| host.configure(&frame) == 0);
            let set = if taken { values } else { &nothing };
            let bytes = host.decide(&frame, &event.text);
            let expected = reference.decide(event, set);
            assert_eq!(
                record::decode(&bytes).as_ref(),
                Ok(&expected),
                "seed {seed}, event {number}"
            );
            assert_eq!(bytes, record::encode(&expected));
            assert_eq!(record::validate(&expected, &module.info), Ok(()));
            // The same again on the same instance: nothing of a decision is left.
            assert_eq!(host.decide(&frame, &event.text), bytes);
            fired += expected.rules.len();
        }
    }
    assert!(
        modules > 20 && fired > 100,
        "{modules} modules, {fired} rules fired"
    );
}

fn build_of(module: &Module) -> [u8; 16] {
    let digits = module.info.build.as_bytes().chunks(2);
    let bytes: Vec<u8> = digits
        .map(|d| u8::from_str_radix(std::str::from_utf8(d).unwrap(), 16).unwrap())
        .collect();
    bytes.try_into().unwrap()
}

fn unhex(text: &str) -> Vec<u8> {
    let digits = text.as_bytes().chunks(2);
    digits
        .map(|d| u8::from_str_radix(std::str::from_utf8(d).unwrap(), 16).unwrap())
        .collect()
}

#[test]
fn sections_say_what_the_module_is() {
    let case = case(&mut Rng::new(3));
    let mut policy = case.policy;
    policy.tests = case
        .events
        .iter()
        .enumerate()
        .map(|(n, (event, _))| Test {
            name: format!("test {n}"),
            event: event.clone(),
            config: Config::new(),
            expect: Vec::<Expectation>::new(),
            place: Place::default(),
        })
        .collect();
    let module = compiled(&policy);
    verify_digest(&module.wasm).unwrap();
    let schema: Schema = serde_json::from_slice(custom(&module.wasm, "riegel.schema")).unwrap();
    assert_eq!(schema, module.schema);
    let info: PolicyInfo = serde_json::from_slice(custom(&module.wasm, "riegel.policy")).unwrap();
    assert_eq!(info, module.info);
    assert_eq!(info.rules.len(), policy.rules.len());
    let selftest: Selftest =
        serde_json::from_slice(custom(&module.wasm, "riegel.selftest")).unwrap();
    assert_eq!(selftest.vectors.len(), 3);
    let mut host = Running::new(&module.wasm);
    for vector in &selftest.vectors {
        let bytes = host.decide(&unhex(&vector.frame), &unhex(&vector.text));
        assert_eq!(bytes, unhex(&vector.record), "{}", vector.name);
    }
    assert!(module.bound.steps > 0 && module.bound.memory > module.tables_len as u64);
}

#[test]
fn compiling_twice_gives_the_same_bytes() {
    let mut compared = 0;
    for seed in 0..12 {
        let case = case(&mut Rng::new(seed));
        if let Some(module) = try_compiled(&case.policy) {
            assert_eq!(module.wasm, compiled(&case.policy).wasm);
            compared += 1;
        }
    }
    assert!(compared > 2);
}

#[test]
fn what_does_not_fit_is_refused() {
    let mut policy = case(&mut Rng::new(1)).policy;
    let rule = policy.rules[0].clone();
    policy.rules.resize(65_536, rule);
    let refused = compile(&policy, KERNEL).map(|_| ()).unwrap_err();
    assert_eq!(refused[0].code.id, "R0505");
    let refused = compile(&case(&mut Rng::new(1)).policy, b"\0asm\x01\0\0\0").map(|_| ());
    assert_eq!(refused.unwrap_err()[0].code.id, "R0502");
}
