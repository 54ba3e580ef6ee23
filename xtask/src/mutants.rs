//! `cargo xtask mutants`: do the tests notice?
//!
//! `tests/mutants/*.patch` are small, realistic mistakes in kernel, emitter and the composition of layers:
//! an end one too far, a boundary forgotten, a comparison the wrong way round. Each
//! is applied to a copy of the work tree in `target/mutants`, and the tests that
//! should notice are run there. A mutant that survives is a failure; so is a patch
//! that no longer applies, or code that no longer compiles.
//!
//! The first lines of a patch say what it breaks and which tests must notice:
//!
//! ```text
//! breaks: the check digit is doubled on the wrong side
//! caught by: -p riegel --test differential
//! ```

use crate::run::{Outcome, ask, attempt, cargo, root, run, say};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

/// Longest time that the tests of one mutant may take: a mutant that loops is caught, too.
const LIMIT: Duration = Duration::from_secs(900);

/// A seeded mistake.
struct Mutant {
    name: String,
    patch: PathBuf,
    breaks: String,
    tests: Vec<String>,
}

/// `cargo xtask mutants [NAME]`
pub fn main(arguments: &[String]) -> Outcome {
    let all = list()?;
    match arguments {
        [] => try_all(all),
        [name] => {
            let chosen: Vec<Mutant> = all.into_iter().filter(|m| &m.name == name).collect();
            if chosen.is_empty() {
                return Err(format!("no mutant `{name}` in tests/mutants"));
            }
            try_all(chosen)
        }
        _ => Err("usage: cargo xtask mutants [NAME]".into()),
    }
}

/// Tries some of them, spread over the list.
pub fn sample(count: usize) -> Outcome {
    let all = list()?;
    let step = all.len().div_ceil(count.max(1)).max(1);
    try_all(all.into_iter().step_by(step).collect())
}

fn try_all(mutants: Vec<Mutant>) -> Outcome {
    let copy = root().join("target/mutants");
    let mut survivors = Vec::new();
    // What an earlier run left may be gone from the repository by now.
    if copy.exists() {
        fs::remove_dir_all(&copy)
            .map_err(|error| format!("cannot remove {}: {error}", copy.display()))?;
    }
    copy_tree(&copy)?;
    say("mutants: the tests pass without one");
    let unique: std::collections::BTreeSet<&[String]> =
        mutants.iter().map(|m| m.tests.as_slice()).collect();
    for tests in unique {
        run(&mut test(&copy, tests))?;
    }
    let total = mutants.len();
    for mutant in &mutants {
        say(&format!("mutant {}: {}", mutant.name, mutant.breaks));
        copy_tree(&copy)?;
        apply(&copy, &mutant.patch)?;
        // A mutant that does not compile would be caught by nobody's test.
        run(test(&copy, &mutant.tests).arg("--no-run"))?;
        if attempt(&mut test(&copy, &mutant.tests), LIMIT) {
            println!("SURVIVED");
            survivors.push(mutant.name.clone());
        } else {
            println!("caught");
        }
    }
    println!("\nmutants: {} of {total} caught", total - survivors.len());
    if survivors.is_empty() {
        Ok(())
    } else {
        Err(format!("these mutants survived: {}", survivors.join(", ")))
    }
}

fn list() -> Outcome<Vec<Mutant>> {
    let directory = root().join("tests/mutants");
    let entries = fs::read_dir(&directory)
        .map_err(|error| format!("cannot read {}: {error}", directory.display()))?;
    let mut mutants = Vec::new();
    for entry in entries.flatten() {
        let patch = entry.path();
        if patch.extension().is_some_and(|e| e == "patch") {
            mutants.push(read(patch)?);
        }
    }
    mutants.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(mutants)
}

fn read(patch: PathBuf) -> Outcome<Mutant> {
    let text = fs::read_to_string(&patch)
        .map_err(|error| format!("cannot read {}: {error}", patch.display()))?;
    let field = |key: &str| {
        text.lines()
            .find_map(|line| line.strip_prefix(key))
            .map(|value| value.trim().to_owned())
            .ok_or_else(|| format!("{} has no line `{key}`", patch.display()))
    };
    Ok(Mutant {
        name: patch
            .file_stem()
            .map(|name| name.to_string_lossy().into_owned())
            .unwrap_or_default(),
        breaks: field("breaks:")?,
        tests: field("caught by:")?
            .split_whitespace()
            .map(str::to_owned)
            .collect(),
        patch,
    })
}

/// Copies what git knows, and what it would add. Files that are the same stay as they
/// are, so that only what a mutant touched is compiled again.
fn copy_tree(to: &Path) -> Outcome {
    let listed = ask(
        "git",
        &[
            "-C",
            &root().to_string_lossy(),
            "ls-files",
            "-z",
            "--cached",
            "--others",
            "--exclude-standard",
        ],
    )
    .ok_or("git cannot list the files of the work tree")?;
    for name in listed.split('\0').filter(|name| !name.is_empty()) {
        let (from, to) = (root().join(name), to.join(name));
        let Ok(bytes) = fs::read(&from) else {
            continue; // deleted, but not yet committed
        };
        if fs::read(&to).is_ok_and(|old| old == bytes) {
            continue;
        }
        let written = to
            .parent()
            .map_or(Ok(()), fs::create_dir_all)
            .and_then(|()| fs::write(&to, bytes));
        written.map_err(|error| format!("cannot write {}: {error}", to.display()))?;
    }
    Ok(())
}

fn apply(copy: &Path, patch: &Path) -> Outcome {
    // `git apply` inside a work tree takes paths from its top; the copy is no work tree of its own.
    run(Command::new("patch")
        .current_dir(copy)
        .args(["--strip=1", "--quiet", "--no-backup-if-mismatch", "--input"])
        .arg(patch))
}

fn test(copy: &Path, tests: &[String]) -> Command {
    let mut command = cargo();
    command
        .current_dir(copy)
        .args(["test", "--release", "--quiet"])
        .args(tests)
        .env("CARGO_TARGET_DIR", root().join("target/mutants-target"))
        .env("RIEGEL_CASES", "2000");
    command
}
