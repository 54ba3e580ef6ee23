//! `cargo xtask soak [CASES] [SECONDS]`: the differential test for very long, then each fuzz target for
//! long. What came out goes into `docs/benchmarks.md` by hand, with its seed.

use crate::fuzz;
use crate::run::{Outcome, cargo, root, run, say};
use std::time::{Instant, SystemTime, UNIX_EPOCH};

/// Cases of one run of the test, after which it is said how far it is.
const STRETCH: u64 = 250_000;
/// Generated cases, where nothing else is said.
const CASES: u64 = 5_000_000;
/// Seconds for each fuzz target, where nothing else is said.
const SECONDS: u32 = 1_800;

/// `cargo xtask soak [CASES] [SECONDS]`; `RIEGEL_SEED` says where to begin.
pub fn main(arguments: &[String]) -> Outcome {
    let usage = || "usage: cargo xtask soak [CASES] [SECONDS]".to_owned();
    let number = |i: usize| {
        arguments
            .get(i)
            .map(|a| a.parse::<u64>().map_err(|_| usage()))
    };
    let cases = number(0).transpose()?.unwrap_or(CASES);
    let seconds = number(1).transpose()?;
    let seconds = seconds.map_or(Ok(SECONDS), |s| u32::try_from(s).map_err(|_| usage()))?;
    if arguments.len() > 2 {
        return Err(usage());
    }
    let today = || {
        SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .map_or(1, |d| d.as_secs())
    };
    let seed = std::env::var("RIEGEL_SEED")
        .ok()
        .and_then(|seed| seed.parse().ok());
    let seed: u64 = seed.unwrap_or_else(today);
    say(&format!("{cases} generated cases from seed {seed} on"));
    let begun = Instant::now();
    let mut done = 0;
    while done < cases {
        let now = STRETCH.min(cases - done);
        // A policy brings several cases, so that no seed comes twice.
        let from = seed.wrapping_add(done);
        run(cargo()
            .current_dir(root())
            .args([
                "test",
                "--release",
                "--quiet",
                "--package",
                "riegel",
                "--test",
                "differential",
            ])
            .env("RIEGEL_SEED", from.to_string())
            .env("RIEGEL_CASES", now.to_string()))?;
        done += now;
        let minutes = begun.elapsed().as_secs() / 60;
        println!("{done} of {cases} cases agree, {minutes} minutes");
    }
    match seconds {
        0 => Ok(()),
        seconds => fuzz::smoke(seconds, fuzz::TARGETS.iter().copied()),
    }
}
