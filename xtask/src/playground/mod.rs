//! `cargo xtask playground`: the page that `riegel playground` serves.
//!
//! The program carries the built page, so the repository does too (`www/playground/built`), with the
//! hash of the sources it came from. `--write` builds it; without, the hash is compared, the page is
//! built once more beside it and compared (but for the compiler's module, whose bytes differ between
//! toolchains), and the program is driven in Chromium and Firefox as a person would.

pub mod sources;

use crate::npm::{browsers, no_registry, packages, script};
use crate::run::{Outcome, root, run, say};
use crate::{compiler, guard, quality};
use std::fs;
use std::path::Path;
use std::process::Command;

const PACKAGE: &str = "www/playground";

/// `cargo xtask playground [--write]`
pub fn main(arguments: &[String]) -> Outcome {
    match arguments {
        [] => {
            let riegel = quality::scanner()?;
            compiler::build()?;
            packages(guard::PACKAGE)?;
            script(guard::PACKAGE, &riegel, "build")?;
            check(&riegel)
        }
        [flag] if flag == "--write" => write(),
        _ => Err("usage: cargo xtask playground [--write]".into()),
    }
}

/// Builds the page into the repository.
fn write() -> Outcome {
    compiler::build()?;
    packages(guard::PACKAGE)?;
    script(guard::PACKAGE, Path::new("riegel"), "build")?;
    say("the playground");
    page(&["built"])?;
    fs::write(noted(), format!("{}\n", hash()?))
        .map_err(|error| format!("cannot write {}: {error}", noted().display()))?;
    println!("commit {PACKAGE}/built");
    Ok(())
}

/// Compares hash and page, then drives the program. The packages must have been built.
pub fn check(riegel: &Path) -> Outcome {
    say("the playground, from these sources");
    if fs::read_to_string(noted()).unwrap_or_default().trim() != hash()? {
        return Err(
            "the playground's sources have moved on: run `cargo xtask playground --write`".into(),
        );
    }
    no_registry(PACKAGE)?;
    page(&["target/fresh", "--compare", "built"])?;
    say("the playground in Chromium and Firefox");
    browsers()?;
    script(PACKAGE, riegel, "test")
}

fn page(arguments: &[&str]) -> Outcome {
    packages(PACKAGE)?;
    run(Command::new("node")
        .current_dir(root().join(PACKAGE))
        .arg("scripts/build.mjs")
        .args(arguments))
}

fn noted() -> std::path::PathBuf {
    root().join(PACKAGE).join("built/sources")
}

fn hash() -> Outcome<String> {
    sources::hash(&root()).map_err(|error| format!("cannot read the playground's sources: {error}"))
}
