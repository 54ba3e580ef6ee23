//! Which sources a kernel module came from.
//!
//! Two toolchains make different bytes of the same kernel, so the repository
//! does not compare modules: beside `kernel/riegel_parts.wasm` it keeps a hash
//! of everything that goes into it, and a test (`tests/kernel_sources.rs`,
//! which includes this very file) fails when the sources have moved on.
//!
//! The hash is SHA-256 over, in this order: [`FLAGS`], [`CORE`] and [`PROFILE`], then for each file
//! (`kernel/Cargo.toml`, and every `.rs` below `kernel/src`, sorted by path) its
//! path with `/`, a NUL, its bytes with `\r\n` read as `\n`, and a NUL.

use sha2::{Digest, Sha256};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// How the kernel is compiled. Each flag goes to rustc as it stands, for either toolchain.
pub const FLAGS: &[&str] = &[
    "-Ctarget-feature=+simd128",
    "-Zunstable-options",
    "-Cpanic=immediate-abort",
    "-Clink-arg=--export=__heap_base",
    "-Clink-arg=--stack-first",
    "-Clink-arg=-zstack-size=65536",
    // What is worth inlining says so itself; the rest is smaller apart.
    "-Cllvm-args=--inline-threshold=0",
    "-Clink-arg=--strip-all",
    "-Clink-arg=--compress-relocations",
    "-Clink-arg=--keep-section=riegel.layout",
];

/// How `core` is compiled: panics trap at once, and sorting is small instead of clever
/// (a kernel's `sort_unstable` would otherwise be a third of it).
pub const CORE: &[&str] = &[
    "-Zbuild-std=core,panic_abort",
    "-Zbuild-std-features=optimize_for_size",
];

/// The profile, as environment variables of cargo.
pub const PROFILE: &[(&str, &str)] = &[
    ("CARGO_PROFILE_RELEASE_OPT_LEVEL", "s"),
    ("CARGO_PROFILE_RELEASE_LTO", "fat"),
    ("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "1"),
    ("CARGO_PROFILE_RELEASE_DEBUG", "false"),
];

/// The hash of the kernel sources below `root` (the repository), in hex.
pub fn hash(root: &Path) -> io::Result<String> {
    let kernel = root.join("kernel");
    let mut files = vec![kernel.join("Cargo.toml")];
    collect(&kernel.join("src"), &mut files)?;
    let mut named: Vec<(String, PathBuf)> = files
        .into_iter()
        .map(|file| (name(root, &file), file))
        .collect();
    named.sort();
    let mut hasher = Sha256::new();
    for flag in FLAGS.iter().chain(CORE) {
        hasher.update(flag.as_bytes());
        hasher.update([0]);
    }
    for (key, value) in PROFILE {
        hasher.update(format!("{key}={value}").as_bytes());
        hasher.update([0]);
    }
    for (name, file) in named {
        hasher.update(name.as_bytes());
        hasher.update([0]);
        hasher.update(unix_lines(&fs::read(file)?));
        hasher.update([0]);
    }
    Ok(hasher
        .finalize()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect())
}

/// Path below the repository, with `/` on every system.
fn name(root: &Path, file: &Path) -> String {
    let below = file.strip_prefix(root).unwrap_or(file);
    let parts: Vec<_> = below
        .components()
        .map(|part| part.as_os_str().to_string_lossy().into_owned())
        .collect();
    parts.join("/")
}

fn collect(dir: &Path, files: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(dir)? {
        let path = entry?.path();
        if path.is_dir() {
            collect(&path, files)?;
        } else if path.extension().is_some_and(|e| e == "rs") {
            files.push(path);
        }
    }
    Ok(())
}

fn unix_lines(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len());
    for (i, &byte) in bytes.iter().enumerate() {
        if byte == b'\r' && bytes.get(i + 1) == Some(&b'\n') {
            continue;
        }
        out.push(byte);
    }
    out
}
