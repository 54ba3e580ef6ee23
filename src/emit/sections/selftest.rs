//! `riegel.selftest`: what a host runs when it loads the module.
//!
//! The first tests of the policy that need no configuration, as bytes in and bytes out. The record is
//! the reference evaluator's, not the kernel's own: a host that finds another one has a damaged engine,
//! a wrong build, or a real disagreement, and refuses the module in every case.

use crate::abi::{frame, record};
use crate::check::model::Policy;
use crate::manifest::{Schema, Selftest, Vector};
use crate::reference::Reference;

/// Name of the section.
pub const NAME: &str = "riegel.selftest";

/// Vectors in a module.
const MOST: usize = 3;

/// Up to three vectors.
pub fn selftest(policy: &Policy, schema: &Schema, build: [u8; 16]) -> Selftest {
    let chosen = policy
        .tests
        .iter()
        .filter(|test| test.config.iter().all(Option::is_none))
        .take(MOST);
    let mut reference = None;
    let mut vectors = Vec::new();
    for test in chosen {
        let Ok(frame) = frame::encode(schema, &test.event) else {
            continue;
        };
        let reference = reference.get_or_insert_with(|| Reference::new(policy).with_build(build));
        let decision = reference.decide(&test.event, &test.config);
        vectors.push(Vector {
            name: test.name.clone(),
            frame: super::hex(&frame),
            text: super::hex(&test.event.text),
            record: super::hex(&record::encode(&decision)),
        });
    }
    Selftest { vectors }
}

/// The section's bytes.
pub fn section(selftest: &Selftest) -> Vec<u8> {
    super::json(selftest)
}
