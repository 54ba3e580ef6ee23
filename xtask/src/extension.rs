//! `cargo xtask extension`: the browser extension, built, weighed, linted and driven in Chromium
//! and Firefox.
//!
//! It takes its SDK and its widget from their sources, so neither is built first.

use crate::npm::{browsers, no_registry, packages, script};
use crate::run::{Outcome, say};
use crate::{node, quality};
use std::path::Path;

/// The folder with the lock file.
const PACKAGE: &str = "www/extension";

/// `cargo xtask extension [--full]`
pub fn main(arguments: &[String]) -> Outcome {
    match arguments {
        [] => check(&quality::scanner()?, false),
        [full] if full == "--full" => check(&quality::scanner()?, true),
        _ => Err("usage: cargo xtask extension [--full]".into()),
    }
}

/// Every page, way in and verdict pairwise, or all of them. The browsers' policy files
/// in /etc are written for the tests, and put back.
pub fn check(compiler: &Path, full: bool) -> Outcome {
    say(if full {
        "the browser extension in Chromium and Firefox, every case"
    } else {
        "the browser extension in Chromium and Firefox"
    });
    node::get()?;
    browsers()?;
    no_registry(PACKAGE)?;
    packages(PACKAGE)?;
    script(PACKAGE, compiler, if full { "test:full" } else { "test" })
}
