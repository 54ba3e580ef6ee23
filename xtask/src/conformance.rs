//! `cargo xtask vectors`: one corpus, every engine.
//!
//! `tests/vectors/*.riegel` hold policies with tests; `tests/vectors/*.json` hold,
//! for every test, the event, its frame, the content and the record that the
//! reference evaluator gave. `cargo xtask vectors --write` makes the JSON anew; without
//! it, the vectors are run: reference and native kernel (Rust), V8 (Node), wasmtime
//! from Python. The modules are linked with the kernel that `RIEGEL_KERNEL` names,
//! else with the committed one.

use crate::run::{Outcome, Tally, cargo, root, run, say};
use crate::{node, python};
use std::path::{Path, PathBuf};
use std::process::Command;

/// Where the modules of the vectors go.
fn modules(name: &str) -> PathBuf {
    root().join("target/vectors").join(name)
}

/// `cargo xtask vectors [--write]`
pub fn main(arguments: &[String]) -> Outcome {
    match arguments {
        [] => check("committed", None, &mut Tally::default()),
        [flag] if flag == "--write" => {
            run(native(&modules("committed"), None).env("RIEGEL_WRITE_VECTORS", "1"))
        }
        _ => Err("usage: cargo xtask vectors [--write]".into()),
    }
}

/// Runs all vectors on modules linked with a kernel, in every engine but the Rust one's wasmtime.
pub fn check(name: &str, kernel: Option<&Path>, tally: &mut Tally) -> Outcome {
    let modules = modules(name);
    say(&format!(
        "vectors on the {name} kernel: reference and native kernel"
    ));
    tally.run(&mut native(&modules, kernel))?;
    say(&format!("vectors on the {name} kernel: V8"));
    println!("node {}", node::get()?);
    run(Command::new("node")
        .current_dir(root())
        .arg("tests/conformance/vectors.mjs")
        .arg(&modules))?;
    say(&format!(
        "vectors on the {name} kernel: wasmtime from Python"
    ));
    run(Command::new(python::get()?)
        .current_dir(root())
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .arg("tests/conformance/vectors.py")
        .arg(&modules))
}

/// The Rust test that runs the vectors natively, and leaves their modules in a directory.
fn native(modules: &Path, kernel: Option<&Path>) -> Command {
    let mut command = cargo();
    command
        .args([
            "test",
            "--release",
            "--quiet",
            "--workspace",
            "--test",
            "vectors",
        ])
        .env("RIEGEL_MODULES", modules);
    if let Some(kernel) = kernel {
        command.env("RIEGEL_KERNEL", kernel);
    }
    command
}
