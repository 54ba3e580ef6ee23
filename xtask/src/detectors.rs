//! `cargo xtask detectors`: writes `docs/detectors.md` from the library.
//!
//! The page is made by the Rust test that also sees whether it is stale (`tests/detectors.rs`).

use crate::run::{Outcome, cargo, run, say};

/// `cargo xtask detectors`
pub fn main(arguments: &[String]) -> Outcome {
    if !arguments.is_empty() {
        return Err("usage: cargo xtask detectors".into());
    }
    say("docs/detectors.md");
    run(cargo()
        .args(["test", "--release", "--quiet", "--workspace"])
        .args(["--test", "detectors"])
        .env("RIEGEL_WRITE_DETECTORS", "1"))
}
