//! `cargo xtask test`: everything, from a fresh clone, in one command.
//!
//! It installs what is missing, says what it does while it does it, and stops at
//! the first step that fails. The tests of the workspace come last, so that the
//! closing lines are their own, followed by the numbers.

use crate::kernel;
use crate::mutants;
use crate::run::{Outcome, Tally, cargo, root, run, say};
use crate::{
    asan, browser, compiler, conformance, edge, extension, fuzz, guard, node, playground, python,
    quality, widget,
};
use std::fs;
use std::time::Instant;

/// Generated cases, unless `RIEGEL_CASES` says otherwise.
const CASES: &str = "50000";
/// Seconds that each fuzz target runs.
const FUZZ_SECONDS: u32 = 15;
/// Mutants that are tried; all of them with `cargo xtask mutants`.
const MUTANTS: usize = 3;

/// `cargo xtask test [--full]`
pub fn main(arguments: &[String]) -> Outcome {
    let full = match arguments {
        [] => false,
        [full] if full == "--full" => true,
        _ => return Err("usage: cargo xtask test [--full]".into()),
    };
    let started = Instant::now();
    let mut tally = Tally::default();
    let counts = root().join("target/counts.txt");
    let _ = fs::remove_file(&counts);

    say("tools");
    println!("node {}", node::get()?);
    println!("python with its packages: {}", python::get()?.display());

    say("kernel");
    let fresh = kernel::check()?;

    say("format");
    run(cargo().args(["fmt", "--all", "--check"]))?;

    say("lints");
    run(cargo()
        .args([
            "clippy",
            "--release",
            "--quiet",
            "--workspace",
            "--all-targets",
        ])
        .args(["--", "-D", "warnings"]))?;

    browser::check()?;

    conformance::check("committed", None, &mut tally)?;
    conformance::check("rebuilt", Some(&fresh), &mut tally)?;
    let riegel = quality::scanner()?;
    guard::check(&riegel)?;
    widget::check(&riegel)?;
    compiler::check(&riegel)?;
    playground::check(&riegel)?;
    extension::check(&riegel, full)?;
    edge::check(&riegel)?;
    quality::check(&riegel)?;
    asan::check(&mut tally)?;
    fuzz::smoke(FUZZ_SECONDS, fuzz::TARGETS.iter().copied())?;
    mutants::sample(MUTANTS)?;

    say("the tests of the workspace");
    let cases = std::env::var("RIEGEL_CASES").unwrap_or_else(|_| CASES.into());
    let postgres = edge::Postgres::start()?;
    tally.run(
        cargo()
            .args(["test", "--release", "--workspace"])
            .env("RIEGEL_TEST_POSTGRES", &postgres.address)
            .env("RIEGEL_CASES", cases)
            .env("RIEGEL_COUNTS", &counts),
    )?;

    say("summary");
    for result in &tally.results {
        println!("{result}");
    }
    print!("{}", fs::read_to_string(&counts).unwrap_or_default());
    println!("diagnostics: {}", golden_diagnostics());
    println!("time: {} minutes", started.elapsed().as_secs().div_ceil(60));
    println!("{} passed, {} failed", tally.passed, tally.failed);
    Ok(())
}

/// Golden pairs: a policy, and beside it what the compiler says about it.
fn golden_diagnostics() -> usize {
    let Ok(entries) = fs::read_dir(root().join("tests/diagnostics")) else {
        return 0;
    };
    entries
        .flatten()
        .filter(|entry| entry.path().extension().is_some_and(|e| e == "stderr"))
        .count()
}
