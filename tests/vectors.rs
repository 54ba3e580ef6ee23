//! One corpus, every engine: the vectors, run natively and as emitted modules.
//!
//! A vector is an event, its frame, its content, and the record that is right. The
//! events are the tests of the policies in `tests/vectors` and `policies/packs`, and
//! bytes that no test can say: frames that are damaged, content that is not UTF-8.
//! The records come from the reference evaluator. `cargo xtask vectors --write` writes
//! `tests/vectors/*.json`; here they are compared with what the reference says today,
//! and put to the native kernel and to the linked module. Node and Python read the
//! same files (`tests/conformance`).
//!
//! The build id of a record (bytes 16 to 31) depends on the kernel's bytes and is
//! zero in the files. `RIEGEL_KERNEL` names another kernel to link with,
//! `RIEGEL_MODULES` a directory in which the modules are left.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests"
)]

#[path = "vectors/bytes.rs"]
mod bytes;
#[path = "vectors/corpus.rs"]
mod corpus;
#[path = "running/mod.rs"]
mod running;

use corpus::{Corpus, Vector, from_hex, to_hex};
use riegel::compile::{compile, prepare};
use riegel::native::Native;
use riegel_kernel::blocks::Way;
use riegel_kernel::layout::ConfigStatus;
use running::Running;
use std::fs;
use std::io::Write;
use std::path::PathBuf;

/// The kernel to link with.
fn kernel() -> Vec<u8> {
    match std::env::var_os("RIEGEL_KERNEL") {
        Some(path) => fs::read(path).expect("RIEGEL_KERNEL can be read"),
        None => riegel::emit::KERNEL.to_vec(),
    }
}

/// The record in hex, without its build id, which must be the module's.
fn without_build(mut record: Vec<u8>, build: [u8; 16]) -> String {
    assert_eq!(record[16..32], build, "the record carries the build id");
    record[16..32].fill(0);
    to_hex(&record)
}

#[test]
fn every_engine_gives_the_records_of_the_vectors() {
    let kernel = kernel();
    let write = std::env::var_os("RIEGEL_WRITE_VECTORS").is_some();
    let modules = std::env::var_os("RIEGEL_MODULES").map(PathBuf::from);
    if let Some(directory) = &modules {
        fs::create_dir_all(directory).unwrap();
    }
    let mut count = 0;
    for corpus in corpus::all() {
        let policy = &corpus.policy;
        let prepared = prepare(policy, &kernel).expect("the policies compile");
        let build = prepared.build;
        let wasm = compile(policy, &kernel).expect("and link").wasm;
        if let Some(directory) = &modules {
            fs::write(directory.join(format!("{}.wasm", corpus.name)), &wasm).unwrap();
        }
        let expected = corpus.vectors();
        if write {
            corpus.write(&expected);
        } else {
            compare(&corpus, &expected);
        }
        let native = Native::new(prepared).expect("the tables are sound");
        let mut shared = Running::new(&wasm);
        for vector in &expected {
            let (frame, text) = (from_hex(&vector.frame), from_hex(&vector.text));
            let mut native = native.clone();
            let mut fresh = None;
            if let Some(settings) = &vector.config {
                let settings = from_hex(settings);
                assert_eq!(native.configure(&settings), ConfigStatus::Ok);
                let running = fresh.insert(Running::new(&wasm));
                assert_eq!(running.configure(&settings), 0);
            }
            let running = fresh.as_mut().unwrap_or(&mut shared);
            let said = [
                ("vectors", native.decide(Way::Simd, &frame, &text)),
                ("plain loop", native.decide(Way::Portable, &frame, &text)),
                ("module", running.decide(&frame, &text)),
            ];
            for (engine, record) in said {
                assert_eq!(
                    without_build(record, build),
                    vector.record,
                    "{}, {}, {engine}",
                    corpus.name,
                    vector.name
                );
            }
        }
        count += expected.len();
    }
    report(count);
}

/// The files must say what the reference says.
fn compare(corpus: &Corpus, expected: &[Vector]) {
    let committed = corpus.read();
    for (committed, expected) in committed.iter().zip(expected) {
        assert_eq!(
            committed, expected,
            "tests/vectors/{}.json is not what the reference says: `cargo xtask vectors --write`, and look at what changed",
            corpus.name
        );
    }
    assert_eq!(
        committed.len(),
        expected.len(),
        "tests/vectors/{}.json has other vectors: `cargo xtask vectors --write`",
        corpus.name
    );
}

fn report(count: usize) {
    println!("vectors: {count}");
    assert!(count >= 120, "there are at least 120 vectors");
    if let Some(path) = std::env::var_os("RIEGEL_COUNTS") {
        let mut options = fs::OpenOptions::new();
        let mut file = options.create(true).append(true).open(path).unwrap();
        writeln!(file, "vectors: {count}").unwrap();
    }
}
