//! How well the library finds: second opinions on check digits, and the corpus.
//!
//! Both are Python programs that start one scanner for all their documents:
//! `tests/oracles/run.py` fails on any disagreement, `tests/corpus/measure.py` where
//! something is worse than `tests/corpus/floors.json` says. `cargo xtask corpus --write`
//! writes the floors.

use crate::python;
use crate::run::{Outcome, cargo, root, run, say};
use std::path::{Path, PathBuf};
use std::process::Command;

/// How many disagreements of a format are shown.
const SHOWN: &str = "3";

/// `cargo xtask oracles`
pub fn oracles(arguments: &[String]) -> Outcome {
    match arguments {
        [] => check_oracles(&scanner()?),
        _ => Err("usage: cargo xtask oracles".into()),
    }
}

/// `cargo xtask corpus [--write]`
pub fn corpus(arguments: &[String]) -> Outcome {
    match arguments {
        [] => check_corpus(&scanner()?, "--floors"),
        [flag] if flag == "--write" => check_corpus(&scanner()?, "--write-floors"),
        _ => Err("usage: cargo xtask corpus [--write]".into()),
    }
}

/// Both, as steps of `cargo xtask test`.
pub fn check(scanner: &Path) -> Outcome {
    check_oracles(scanner)?;
    check_corpus(scanner, "--floors")
}

/// The command line of this work tree, built; the examples beside it.
///
/// The whole workspace with what its tests depend on, because cargo unites the features of what
/// it builds in one call: asked for less, it would build wasmtime once more for the tests.
pub fn scanner() -> Outcome<PathBuf> {
    run(cargo().args([
        "build",
        "--release",
        "--quiet",
        "--workspace",
        "--bins",
        "--examples",
    ]))?;
    let name = format!("riegel{}", std::env::consts::EXE_SUFFIX);
    Ok(root().join("target/release").join(name))
}

fn check_oracles(scanner: &Path) -> Outcome {
    say("check digits: second opinions");
    run(program("tests/oracles/run.py", scanner)?.args(["--show", SHOWN]))
}

fn check_corpus(scanner: &Path, what: &str) -> Outcome {
    say("the corpus: recall, precision, benign text");
    run(program("tests/corpus/measure.py", scanner)?.arg(what))
}

/// A Python program of the tests, told which scanner to use.
fn program(path: &str, scanner: &Path) -> Outcome<Command> {
    let mut command = Command::new(python::get()?);
    command
        .current_dir(root())
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .env("RIEGEL", scanner)
        .arg(path);
    Ok(command)
}
