//! Which sources the committed playground came from: the page's own, those of the packages that it is
//! made with, and the compiler's. The library is served by the program and is none of them.
//!
//! The hash is SHA-256 over the files in order of their paths: the path with `/`, a NUL, the bytes with
//! `\r\n` read as `\n`, and a NUL. `tests/playground_sources.rs` includes this very file.

use sha2::{Digest, Sha256};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// Folders and files below the repository.
const SOURCES: [&str; 17] = [
    "Cargo.toml",
    "kernel/riegel_parts.wasm",
    "kernel/src",
    "policies/lib/data/bip39_english.txt",
    "policies/lib/data/tlds.txt",
    "src",
    "www/compiler/package-lock.json",
    "www/compiler/scripts",
    "www/compiler/src",
    "www/guard/scripts/build.mjs",
    "www/guard/src",
    "www/playground/index.html",
    "www/playground/package-lock.json",
    "www/playground/public",
    "www/playground/scripts",
    "www/playground/src",
    "www/playground/vite.config.ts",
];

/// What a build puts between the sources.
const MADE: [&str; 2] = ["www/compiler/src/riegel.js", "www/compiler/src/riegel.d.ts"];

/// The hash of the sources below `root` (the repository), in hex.
pub fn hash(root: &Path) -> io::Result<String> {
    let mut files = Vec::new();
    for source in SOURCES {
        collect(&root.join(source), &mut files)?;
    }
    let mut named: Vec<(String, PathBuf)> = files
        .into_iter()
        .map(|file| (name(root, &file), file))
        .filter(|(name, _)| !MADE.contains(&name.as_str()))
        .collect();
    named.sort();
    let mut hasher = Sha256::new();
    for (name, file) in named {
        hasher.update(name.as_bytes());
        hasher.update([0]);
        let bytes = fs::read(file)?;
        for (i, line) in bytes.split(|&byte| byte == b'\n').enumerate() {
            if i > 0 {
                hasher.update(b"\n");
            }
            hasher.update(line.strip_suffix(b"\r").unwrap_or(line));
        }
        hasher.update([0]);
    }
    let digest = hasher.finalize();
    Ok(digest.iter().map(|byte| format!("{byte:02x}")).collect())
}

fn collect(path: &Path, files: &mut Vec<PathBuf>) -> io::Result<()> {
    if !path.is_dir() {
        files.push(path.to_path_buf());
        return Ok(());
    }
    for entry in fs::read_dir(path)? {
        collect(&entry?.path(), files)?;
    }
    Ok(())
}

fn name(root: &Path, file: &Path) -> String {
    let below = file.strip_prefix(root).unwrap_or(file);
    let parts: Vec<_> = below.iter().map(|part| part.to_string_lossy()).collect();
    parts.join("/")
}
