//! `cargo xtask widget`: the package `@riegel/widget`, in Node, Chromium and Firefox.
//!
//! It stands on `@riegel/guard`, which is built first.

use crate::npm::{browsers, no_registry, packages, script};
use crate::run::{Outcome, say};
use crate::{guard, node, quality};
use std::path::Path;

/// Folders with a lock file.
const PACKAGE: &str = "www/widget";
const PACKAGING: &str = "www/widget/test/packaging";

/// `cargo xtask widget`
pub fn main(arguments: &[String]) -> Outcome {
    match arguments {
        [] => check(&quality::scanner()?),
        _ => Err("usage: cargo xtask widget".into()),
    }
}

/// The package's tests, driven as a person would, then its README's examples in a
/// project of their own.
pub fn check(compiler: &Path) -> Outcome {
    say("@riegel/widget in Node, Chromium and Firefox");
    node::get()?;
    browsers()?;
    for folder in [PACKAGE, PACKAGING] {
        no_registry(folder)?;
    }
    packages(guard::PACKAGE)?;
    script(guard::PACKAGE, compiler, "build")?;
    packages(PACKAGE)?;
    script(PACKAGE, compiler, "test")?;

    say("@riegel/widget as others install it");
    packages(PACKAGING)?;
    script(PACKAGE, compiler, "test:packaging")
}
