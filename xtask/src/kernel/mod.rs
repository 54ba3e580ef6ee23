//! `cargo xtask kernel`: the fixed part of every module, compiled.
//!
//! It is written twice: `kernel/riegel_parts.wasm` has all optional parts, and the linker takes from it;
//! `kernel/riegel_kernel.wasm` is what is left for a policy that needs none of them. A test holds both
//! to their limits, and the second to the first (`tests/kernel_size.rs`).
//!
//! The repository carries the result, so that nobody who only wants to compile
//! a policy needs a WebAssembly toolchain. Beside it stands the hash of the
//! sources it came from (`sources.rs`). With `--check` nothing in the repository
//! changes: the hash is compared, and the kernel is built once more in `target/`
//! to show that it can be.

mod pack;
#[path = "../../../src/emit/reach.rs"]
mod reach;
mod sources;
mod strip;
pub mod toolchain;

use crate::run::{Outcome, encoded_flags, root, run, say};
use sha2::{Digest, Sha256};
use std::fs;
use std::path::{Path, PathBuf};
use toolchain::{TARGET, Toolchain};

/// The kernel in the repository, with all its parts.
pub fn committed() -> PathBuf {
    root().join("kernel/riegel_parts.wasm")
}

/// The same without any.
fn committed_core() -> PathBuf {
    root().join("kernel/riegel_kernel.wasm")
}

fn hash_file() -> PathBuf {
    root().join("kernel/riegel_kernel.sources")
}

/// `cargo xtask kernel [--check]`
pub fn main(arguments: &[String]) -> Outcome {
    match arguments {
        [] => write(),
        [flag] if flag == "--check" => check().map(|_| ()),
        _ => Err("usage: cargo xtask kernel [--check]".into()),
    }
}

/// Builds the kernel into the repository.
fn write() -> Outcome {
    let built = build(&root().join("target/kernel"))?;
    copy(&built, &committed())?;
    fs::write(hash_file(), format!("{}\n", source_hash()?))
        .map_err(|error| format!("cannot write {}: {error}", hash_file().display()))?;
    let core = reach::without(&read(&built)?, |_| true).map_err(|error| error.to_string())?;
    fs::write(committed_core(), core)
        .map_err(|error| format!("cannot write {}: {error}", committed_core().display()))?;
    println!("wrote {}", describe(&committed_core())?);
    println!("wrote {}", describe(&committed())?);
    Ok(())
}

/// Compares the hash, and builds a second kernel beside the committed one; gives its path.
pub fn check() -> Outcome<PathBuf> {
    let committed_hash = fs::read_to_string(hash_file())
        .map_err(|error| format!("cannot read {}: {error}", hash_file().display()))?;
    if committed_hash.trim() != source_hash()? {
        return Err("the kernel's sources have moved on: run `cargo xtask kernel`".into());
    }
    println!("the committed kernel comes from these sources");
    let built = build(&root().join("target/kernel-check"))?;
    let fresh = root().join("target/kernel-check/riegel_parts.wasm");
    copy(&built, &fresh)?;
    println!("committed {}", describe(&committed_core())?);
    println!("committed {}", describe(&committed())?);
    println!("rebuilt   {}", describe(&fresh)?);
    if read(&fresh)? == read(&committed())? {
        println!("both are the same to the byte");
    } else {
        println!("their bytes differ (another toolchain made the committed one)");
    }
    Ok(fresh)
}

/// Builds the kernel with `target` as cargo's target directory; gives the module's path.
fn build(target: &Path) -> Outcome<PathBuf> {
    let toolchain = Toolchain::get()?;
    say(&format!(
        "building the kernel with {}",
        toolchain.describe()
    ));
    let mut flags: Vec<String> = sources::FLAGS
        .iter()
        .map(|flag| (*flag).to_owned())
        .collect();
    // No path of this machine goes into the module.
    flags.push(format!("--remap-path-prefix={}=.", root().display()));
    run(toolchain
        .cargo("rustc")
        .current_dir(root())
        .args(["--release", "--quiet", "--locked"])
        .args(["-p", "riegel-kernel", "--lib", "--crate-type", "cdylib"])
        .args(["--features", "module"])
        .args(["--target", TARGET])
        .arg("--target-dir")
        .arg(target)
        .envs(sources::PROFILE.iter().copied())
        .env("CARGO_ENCODED_RUSTFLAGS", encoded_flags(&flags)))?;
    let path = target.join(TARGET).join("release/riegel_kernel.wasm");
    let stripped = strip::strip(&read(&path)?)
        .ok_or_else(|| format!("{} is not a WebAssembly module", path.display()))?;
    let stripped = pack::locals_by_use(&stripped).map_err(|error| error.to_string())?;
    fs::write(&path, stripped)
        .map_err(|error| format!("cannot write {}: {error}", path.display()))?;
    Ok(path)
}

fn source_hash() -> Outcome<String> {
    sources::hash(&root()).map_err(|error| format!("cannot read the kernel's sources: {error}"))
}

fn read(path: &Path) -> Outcome<Vec<u8>> {
    fs::read(path).map_err(|error| format!("cannot read {}: {error}", path.display()))
}

fn copy(from: &Path, to: &Path) -> Outcome {
    fs::copy(from, to).map(|_| ()).map_err(|error| {
        format!(
            "cannot copy {} to {}: {error}",
            from.display(),
            to.display()
        )
    })
}

/// Path, size and the beginning of the hash.
fn describe(path: &Path) -> Outcome<String> {
    let bytes = read(path)?;
    let hash = Sha256::digest(&bytes);
    let start: String = hash
        .iter()
        .take(6)
        .map(|byte| format!("{byte:02x}"))
        .collect();
    Ok(format!(
        "{}: {} bytes, {} gzip, sha256 {start}…",
        path.strip_prefix(root()).unwrap_or(path).display(),
        bytes.len(),
        gzip(&bytes)
    ))
}

/// How long it is with gzip, at level 9: 18 bytes around the deflated ones.
pub fn gzip(bytes: &[u8]) -> usize {
    miniz_oxide::deflate::compress_to_vec(bytes, 9).len() + 18
}
