//! `riegel.selftest`: what a host runs when it loads the module.
//!
//! The first tests of the policy that need no configuration, as bytes in and bytes out. The record is
//! the reference evaluator's, not the kernel's own: a host that finds another one has a damaged engine,
//! a wrong build, or a real disagreement, and refuses the module in every case.
//!
//! In the browser's compiler the evaluator would be a tenth of what people download. There the kernel
//! speaks, compiled with the compiler and run without WebAssembly; the bytes must be the same, and
//! `www/compiler/test/same.test.mjs` compares whole modules.

use crate::abi::frame;
use crate::check::model::{Policy, Test};
use crate::compile::Prepared;
use crate::manifest::{Schema, Selftest, Vector};

/// Name of the section.
pub const NAME: &str = "riegel.selftest";

/// Vectors in a module.
const MOST: usize = 3;

/// Up to three vectors.
pub fn selftest(policy: &Policy, schema: &Schema, prepared: &Prepared) -> Selftest {
    let chosen: Vec<&Test> = policy
        .tests
        .iter()
        .filter(|test| test.config.iter().all(Option::is_none))
        .take(MOST)
        .collect();
    if chosen.is_empty() {
        return Selftest {
            vectors: Vec::new(),
        };
    }
    let record = recorder(policy, prepared);
    let vectors = chosen.into_iter().filter_map(|test| {
        let frame = frame::encode(schema, &test.event).ok()?;
        Some(Vector {
            name: test.name.clone(),
            text: super::hex(&test.event.text),
            record: super::hex(&record(test, &frame)),
            frame: super::hex(&frame),
        })
    });
    Selftest {
        vectors: vectors.collect(),
    }
}

/// Who says what comes out of a test.
#[cfg(not(all(feature = "browser", target_arch = "wasm32")))]
fn recorder<'p>(policy: &'p Policy, prepared: &Prepared) -> impl Fn(&Test, &[u8]) -> Vec<u8> + 'p {
    let reference = crate::reference::Reference::new(policy).with_build(prepared.build);
    move |test, _| crate::abi::record::encode(&reference.decide(&test.event, &test.config))
}

/// Who says what comes out of a test.
#[cfg(all(feature = "browser", target_arch = "wasm32"))]
fn recorder(_: &Policy, prepared: &Prepared) -> impl Fn(&Test, &[u8]) -> Vec<u8> {
    let native = crate::native::Native::new(prepared.clone()).ok();
    move |test, frame| {
        let way = riegel_kernel::blocks::Way::Portable;
        let native = native.as_ref();
        native.map_or_else(Vec::new, |native| {
            native.decide(way, frame, &test.event.text)
        })
    }
}

/// The section's bytes.
pub fn section(selftest: &Selftest) -> Vec<u8> {
    super::json(selftest)
}
