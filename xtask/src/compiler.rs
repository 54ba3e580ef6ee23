//! `cargo xtask compiler`: the package `@riegel/compiler`.
//!
//! The crate `riegel`, built small for WebAssembly, `wasm-bindgen`'s JavaScript around it
//! (`xtask/bindgen`), and the package's own build, which makes the module smaller still and packs it.
//! `wasm-opt` comes from npm; nothing has to be installed by hand.

use crate::kernel::toolchain::{TARGET, Toolchain};
use crate::npm::{browsers, no_registry, packages, script};
use crate::run::{Outcome, cargo, encoded_flags, output, root, run, say};
use crate::{guard, node, quality};
use std::path::Path;
use std::process::Command;

/// Folders with a lock file.
pub const PACKAGE: &str = "www/compiler";
const PACKAGING: &str = "www/compiler/test/packaging";

/// How it is compiled: as small as can be, with the kernel's vectors (no engine without them runs what
/// it compiles).
const FLAGS: [&str; 3] = [
    "-Ctarget-feature=+simd128",
    "-Zunstable-options",
    "-Cpanic=immediate-abort",
];
const PROFILE: [(&str, &str); 4] = [
    ("CARGO_PROFILE_RELEASE_OPT_LEVEL", "z"),
    ("CARGO_PROFILE_RELEASE_LTO", "fat"),
    ("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "1"),
    ("CARGO_PROFILE_RELEASE_PANIC", "abort"),
];

/// `cargo xtask compiler [--build]`
pub fn main(arguments: &[String]) -> Outcome {
    match arguments {
        [] => check(&quality::scanner()?),
        [flag] if flag == "--build" => build(),
        _ => Err("usage: cargo xtask compiler [--build]".into()),
    }
}

/// Builds `www/compiler/dist`.
pub fn build() -> Outcome {
    let toolchain = Toolchain::get()?;
    say(&format!(
        "the compiler for browsers, with {}",
        toolchain.describe()
    ));
    let target = root().join("target/compiler");
    let mut flags: Vec<String> = FLAGS.iter().map(|flag| (*flag).to_owned()).collect();
    // No path of this machine goes into the module.
    flags.push(format!("--remap-path-prefix={}=.", root().display()));
    run(toolchain
        .cargo_with_small_std("rustc")
        .current_dir(root())
        .args(["--release", "--quiet", "--locked", "-p", "riegel", "--lib"])
        .args(["--crate-type", "cdylib", "--features", "browser"])
        .args(["--target", TARGET, "--target-dir"])
        .arg(&target)
        .envs(PROFILE)
        .env("CARGO_ENCODED_RUSTFLAGS", encoded_flags(&flags)))?;
    node::get()?;
    let made = root().join(PACKAGE).join("target/bindgen");
    let tool = |arguments: &[&Path]| {
        run(cargo()
            .args([
                "run",
                "--release",
                "--quiet",
                "--locked",
                "-p",
                "riegel-bindgen",
                "--",
            ])
            .args(arguments))
    };
    tool(&[&target.join(TARGET).join("release/riegel.wasm"), &made])?;
    run(Command::new("node")
        .current_dir(root().join(PACKAGE))
        .arg("scripts/library.mjs")
        .arg(made.join("library")))?;
    tool(&[
        Path::new("--pack"),
        &made.join("library"),
        &made.join("library.packed"),
    ])?;
    no_registry(PACKAGE)?;
    packages(PACKAGE)?;
    script(PACKAGE, Path::new("riegel"), "build")
}

/// Builds the package; its tests against the command line, in Node, Chromium and Firefox; then its
/// README's examples in a project of their own.
pub fn check(riegel: &Path) -> Outcome {
    native_stays_native()?;
    build()?;
    browsers()?;
    packages(guard::PACKAGE)?;
    script(guard::PACKAGE, riegel, "build")?;
    say("@riegel/compiler in Node, Chromium and Firefox");
    script(PACKAGE, riegel, "test")?;

    say("@riegel/compiler as others install it");
    no_registry(PACKAGING)?;
    packages(PACKAGING)?;
    script(PACKAGE, riegel, "test:packaging")
}

/// What the browser needs, nobody else builds.
fn native_stays_native() -> Outcome {
    let tree = output(cargo().args([
        "tree",
        "--locked",
        "-p",
        "riegel-host",
        "-e",
        "normal",
        "--prefix",
        "none",
    ]))?;
    match tree
        .lines()
        .find(|line| line.starts_with("wasm-bindgen ") || line.starts_with("js-sys "))
    {
        Some(line) => Err(format!(
            "the native program depends on {line}: it belongs to the feature `browser`"
        )),
        None => Ok(()),
    }
}
