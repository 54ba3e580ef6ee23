//! What the fuzz targets share: the shipped baseline, ready to run natively.
#![allow(
    clippy::expect_used,
    reason = "a fuzz target that cannot start should say so"
)]

use riegel::check::model::{ParamValue, Policy};
use riegel::check::{Options, check};
use riegel::compile::prepare;
use riegel::emit::KERNEL;
use riegel::library::Library;
use riegel::native::Native;
use riegel::syntax::ast::Date;
use riegel_kernel::layout::{FrameHeader, PartEntry};

/// A policy whose rules ask for every detector of the library.
pub const EVERYTHING: &str = include_str!("../../tests/bench/everything.riegel");

/// Checks a policy that is known to be right.
pub fn policy(text: &str) -> Policy {
    check("fuzz.riegel", text, &Library, &Options::default())
        .policy
        .expect("the policy has no errors")
}

/// The same, ready to run.
pub fn native(policy: &Policy) -> Native {
    Native::new(prepare(policy, KERNEL).expect("the policy compiles"))
        .expect("the tables are sound")
}

/// A frame with no attribute and one part: all of the content.
pub fn plain_frame(policy: &Policy, content: usize) -> Vec<u8> {
    let schema = riegel::abi::schema(policy);
    let slots = u32::try_from(schema.slots.len()).expect("few slots");
    let header = FrameHeader {
        magic: riegel_kernel::layout::FRAME_MAGIC,
        schema: schema.hash,
        slots,
        parts: 1,
        today: 20_833,
        dictionary: 0,
    };
    let part = PartEntry {
        offset: 0,
        len: u32::try_from(content).expect("a fuzzer's input is short"),
        role: 1,
        direction: 0,
        origin: 0,
    };
    let mut frame = header.write().to_vec();
    frame.resize(frame.len() + 8 * schema.slots.len(), 0);
    frame.extend(part.write());
    frame
}

/// A configuration frame with a value for every parameter.
pub fn plain_config(policy: &Policy) -> Vec<u8> {
    let schema = riegel::abi::schema(policy);
    let values = schema.params.iter().map(|param| {
        Some(match param.ty.as_str() {
            "bool" => ParamValue::Bool(true),
            "int" => ParamValue::Int(param.min.unwrap_or(0)),
            "date" => ParamValue::Date(Date {
                year: 2027,
                month: 1,
                day: 1,
            }),
            "key" => return None,
            _ => ParamValue::List(vec!["a.example".to_owned()]),
        })
    });
    let values: Vec<Option<ParamValue>> = values.collect();
    riegel::abi::config::encode(&schema, &values).unwrap_or_default()
}
