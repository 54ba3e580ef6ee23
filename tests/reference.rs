//! The reference against `docs/semantics.md`: each test names the paragraph it stands for.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests"
)]

#[path = "reference/checks/mod.rs"]
mod checks;
#[path = "reference/decisions.rs"]
mod decisions;
#[path = "reference/findings.rs"]
mod findings;
#[path = "generate/mod.rs"]
mod generate;
#[path = "reference/reading.rs"]
mod reading;
#[path = "reference/worked_example.rs"]
mod worked_example;

use generate::{Rng, case};
use riegel::abi::record;
use riegel::reference::Reference;

#[test]
fn generated_cases_speak_and_their_records_are_canonical() {
    let (mut events, mut with_finding, mut with_rule, mut failed) = (0, 0, 0, 0);
    for seed in 0..200 {
        let case = case(&mut Rng::new(seed));
        let reference = Reference::new(&case.policy);
        for (event, config) in &case.events {
            let decision = reference.decide(event, config);
            let bytes = record::encode(&decision);
            assert_eq!(
                record::decode(&bytes).as_ref(),
                Ok(&decision),
                "seed {seed}"
            );
            events += 1;
            with_finding += usize::from(!decision.findings.is_empty());
            with_rule += usize::from(!decision.rules.is_empty());
            failed += usize::from(decision.flags & 2 != 0);
        }
    }
    println!(
        "{events} events, {with_finding} with a finding, {with_rule} with a rule, {failed} errors"
    );
    assert!(with_finding * 2 >= events && with_rule * 2 >= events);
}
