//! `cargo xtask browser`: the compiler for the browser. The crate `riegel` needs no system.
//!
//! A playground compiles policies where there are no files, no clock and no threads.
//! Type checking for `wasm32-unknown-unknown` is enough to see that the crate, and
//! what it depends on, asks for none of them at compile time.

use crate::kernel::toolchain::{TARGET, Toolchain};
use crate::run::{Outcome, root, run, say};

/// `cargo xtask browser`
pub fn main(arguments: &[String]) -> Outcome {
    match arguments {
        [] => check(),
        _ => Err("usage: cargo xtask browser".into()),
    }
}

/// Checks the crate `riegel` for WebAssembly.
pub fn check() -> Outcome {
    let (mut cargo, name) = Toolchain::cargo_with_std("check")?;
    say(&format!("the compiler for the browser, with {name}"));
    // A folder of its own: another toolchain than the path's may be at work.
    run(cargo
        .current_dir(root())
        .args(["--release", "--quiet", "--locked", "-p", "riegel"])
        .args(["--target", TARGET, "--target-dir"])
        .arg(root().join("target/browser")))
}
