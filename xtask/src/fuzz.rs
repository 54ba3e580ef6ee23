//! `cargo xtask fuzz [SECONDS] [TARGET]`: builds the fuzz targets and runs each for a while.
//!
//! The targets are ordinary cargo-fuzz targets (`cargo fuzz run scanner` works
//! too, with `RUSTC_BOOTSTRAP=1`), but nothing needs to be installed for a smoke
//! run: the compiler is given the same flags that cargo-fuzz gives it. What a
//! run finds lands in `fuzz/artifacts`, with the command that repeats it. `RIEGEL_SEED`
//! says where chance begins; without it the clock does.

use crate::run::{Outcome, cargo, encoded_flags, root, run, say};
use std::fs;
use std::process::Command;
use std::time::{SystemTime, UNIX_EPOCH};

/// Coverage for libFuzzer, and AddressSanitizer: what cargo-fuzz passes.
const FLAGS: &[&str] = &[
    "-Cpasses=sancov-module",
    "-Cllvm-args=-sanitizer-coverage-level=4",
    "-Cllvm-args=-sanitizer-coverage-inline-8bit-counters",
    "-Cllvm-args=-sanitizer-coverage-pc-table",
    "-Cllvm-args=-sanitizer-coverage-trace-compares",
    "--cfg",
    "fuzzing",
    "-Cdebug-assertions",
    "-Ccodegen-units=1",
    "-Zsanitizer=address",
];

/// Sanitizers and libFuzzer are asked for on this target only.
pub const SANITIZER_TARGET: &str = "x86_64-unknown-linux-gnu";

/// What there is to fuzz.
pub const TARGETS: &[&str] = &["parser", "loader", "frame", "scanner", "hashed", "signing"];

/// `cargo xtask fuzz [SECONDS] [TARGET]`
pub fn main(arguments: &[String]) -> Outcome {
    let mut seconds = 20;
    let mut only: Option<&str> = None;
    for argument in arguments {
        if let Ok(number) = argument.parse() {
            seconds = number;
        } else if let Some(target) = TARGETS.iter().find(|target| *target == argument) {
            only = Some(target);
        } else {
            return Err(format!(
                "usage: cargo xtask fuzz [SECONDS] [{}]",
                TARGETS.join("|")
            ));
        }
    }
    let all = TARGETS.iter().copied();
    smoke(seconds, all.filter(|name| only.is_none_or(|o| o == *name)))
}

/// Runs these targets for so many seconds each.
pub fn smoke(seconds: u32, targets: impl Iterator<Item = &'static str>) -> Outcome {
    if !supported() {
        println!("fuzzing is skipped: libFuzzer is used on {SANITIZER_TARGET} only");
        return Ok(());
    }
    say("building the fuzz targets");
    let flags: Vec<String> = FLAGS.iter().map(|flag| (*flag).to_owned()).collect();
    run(cargo()
        .current_dir(root().join("fuzz"))
        .args(["build", "--release", "--quiet", "--locked", "--bins"])
        .args(["--target", SANITIZER_TARGET])
        .env("RUSTC_BOOTSTRAP", "1")
        .env("CARGO_ENCODED_RUSTFLAGS", encoded_flags(&flags)))?;
    let given = std::env::var("RIEGEL_SEED");
    let given = given.ok().and_then(|seed| seed.parse::<u32>().ok());
    let seed = given.unwrap_or_else(|| {
        let now = SystemTime::now().duration_since(UNIX_EPOCH);
        now.map_or(1, |now| now.subsec_nanos().max(1))
    });
    for target in targets {
        say(&format!(
            "fuzzing `{target}` for {seconds} seconds, seed {seed}"
        ));
        let fuzz = root().join("fuzz");
        let corpus = fuzz.join("corpus").join(target);
        let artifacts = fuzz.join("artifacts").join(target);
        for directory in [&corpus, &artifacts] {
            fs::create_dir_all(directory)
                .map_err(|error| format!("cannot make {}: {error}", directory.display()))?;
        }
        let binary = fuzz
            .join("target")
            .join(SANITIZER_TARGET)
            .join("release")
            .join(target);
        let mut command = Command::new(binary);
        command
            .current_dir(&fuzz)
            .arg(format!("-seed={seed}"))
            .arg(format!("-max_total_time={seconds}"))
            .arg(format!("-artifact_prefix={}/", artifacts.display()))
            .args([
                "-timeout=20",
                "-max_len=4096",
                "-print_final_stats=0",
                "-verbosity=0",
            ])
            .arg(&corpus);
        let seeds = fuzz.join("seeds").join(target);
        if seeds.is_dir() {
            command.arg(seeds);
        }
        run(&mut command)?;
    }
    Ok(())
}

/// Where AddressSanitizer and libFuzzer are used.
pub fn supported() -> bool {
    cfg!(all(
        target_arch = "x86_64",
        target_os = "linux",
        target_env = "gnu"
    ))
}
