//! `cargo xtask guard`: the package `@riegel/guard`, its own tests and every runtime.
//!
//! The runtimes are packages too.

use crate::npm::{browsers, no_registry, packages, script};
use crate::run::{Outcome, root, run, say};
use crate::{node, python, quality};
use std::path::Path;
use std::process::Command;

/// Folders with a lock file.
pub const PACKAGE: &str = "www/guard";
const PACKAGING: &str = "www/guard/test/packaging";
const RUNTIMES: &str = "tests/runtimes";

/// `cargo xtask guard`
pub fn main(arguments: &[String]) -> Outcome {
    match arguments {
        [] => check(&quality::scanner()?),
        _ => Err("usage: cargo xtask guard".into()),
    }
}

/// The package's tests, its README's examples in a project of their own, then the shared
/// vectors through it in every runtime.
pub fn check(compiler: &Path) -> Outcome {
    say("@riegel/guard");
    node::get()?;
    for folder in [PACKAGE, PACKAGING, RUNTIMES] {
        no_registry(folder)?;
    }
    packages(PACKAGE)?;
    script(PACKAGE, compiler, "test")?;

    say("@riegel/guard as others install it");
    browsers()?;
    packages(PACKAGING)?;
    script(PACKAGE, compiler, "test:packaging")?;

    say("@riegel/guard in every runtime");
    packages(RUNTIMES)?;
    run(Command::new("node")
        .current_dir(root())
        .env("PYTHON", python::get()?)
        .arg(format!("{RUNTIMES}/run.mjs")))
}
