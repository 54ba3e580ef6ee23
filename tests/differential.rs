//! The oracle against the kernel: generated policies and events are put to both, and
//! the records must be equal byte for byte.
//!
//! The kernel runs natively here, in each of its ways of reading a block, so that a
//! difference is a difference of meaning and not of an engine. A failing seed is a
//! whole bug report: `case(&mut Rng::new(seed))` is the policy and its events.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests"
)]

#[path = "generate/mod.rs"]
mod generate;

use generate::{Rng, case};
use riegel::abi::{config, frame, record, schema};
use riegel::compile::prepare;
use riegel::native::Native;
use riegel::reference::Reference;
use riegel_kernel::blocks::Way;
use riegel_kernel::layout::ConfigStatus;

/// The differences of one case, in words.
fn differences(seed: u64) -> Vec<String> {
    let case = case(&mut Rng::new(seed));
    let schema = schema(&case.policy);
    let prepared = match prepare(&case.policy, riegel::emit::KERNEL) {
        Ok(prepared) => prepared,
        Err(problems) => return vec![format!("seed {seed} does not compile: {problems:?}")],
    };
    let reference = Reference::new(&case.policy).with_build(prepared.build);
    let unset = Native::new(prepared).unwrap();
    let mut found = Vec::new();
    for (number, (event, settings)) in case.events.iter().enumerate() {
        let mut native = unset.clone();
        if settings.iter().any(Option::is_some) {
            let frame = config::encode(&schema, settings).unwrap();
            assert_eq!(native.configure(&frame), ConfigStatus::Ok);
        }
        let frame = frame::encode(&schema, event).unwrap();
        let expected = reference.decide(event, settings);
        for way in [Way::Portable, Way::Simd] {
            let record = native.decide(way, &frame, &event.text);
            if record != record::encode(&expected) {
                found.push(format!(
                    "seed {seed} event {number} {way:?}\n  expected {expected:?}\n  kernel   {:?}",
                    record::decode(&record)
                ));
            }
        }
    }
    found
}

#[test]
fn kernel_and_reference_agree() {
    let seeds: u64 = std::env::var("RIEGEL_CASES").map_or(300, |n| n.parse().unwrap());
    let found: Vec<String> = (0..seeds).flat_map(differences).collect();
    let shown = found.iter().take(5).cloned().collect::<Vec<_>>();
    assert!(
        found.is_empty(),
        "{} differences\n{}",
        found.len(),
        shown.join("\n")
    );
}
