//! `cargo xtask guard`: the package `@riegel/guard`, its own tests and every runtime.
//!
//! `npm ci` installs what the lock files name, where it is not there yet. The runtimes
//! are packages too; Chromium and Firefox come from the system, or from where
//! `CHROMIUM` and `FIREFOX` say.

use crate::run::{Outcome, ask, root, run, say};
use crate::{install, node, python, quality};
use std::fs;
use std::path::Path;
use std::process::Command;

/// Folders with a lock file.
const PACKAGE: &str = "www/guard";
const PACKAGING: &str = "www/guard/test/packaging";
const RUNTIMES: &str = "tests/runtimes";
/// A browser: the variable that names another one, where it is, and Debian's package.
const BROWSERS: [(&str, &str, &str); 2] = [
    ("CHROMIUM", "/usr/bin/chromium", "chromium"),
    ("FIREFOX", "/usr/bin/firefox-esr", "firefox-esr"),
];

/// `cargo xtask guard`
pub fn main(arguments: &[String]) -> Outcome {
    match arguments {
        [] => check(&quality::scanner()?),
        _ => Err("usage: cargo xtask guard".into()),
    }
}

/// The package's tests, its README's examples in a project of their own, then the shared
/// vectors through it in every runtime.
pub fn check(compiler: &Path) -> Outcome {
    say("@riegel/guard");
    node::get()?;
    for folder in [PACKAGE, PACKAGING, RUNTIMES] {
        no_registry(folder)?;
    }
    packages(PACKAGE)?;
    script(compiler, "test")?;

    say("@riegel/guard as others install it");
    browsers()?;
    packages(PACKAGING)?;
    script(compiler, "test:packaging")?;

    say("@riegel/guard in every runtime");
    packages(RUNTIMES)?;
    run(Command::new("node")
        .current_dir(root())
        .env("PYTHON", python::get()?)
        .arg(format!("{RUNTIMES}/run.mjs")))
}

/// Runs a script of the package, with our compiler.
fn script(compiler: &Path, name: &str) -> Outcome {
    run(npm()
        .env("RIEGEL", compiler)
        .args(["--prefix", PACKAGE, "--silent", "run", name]))
}

/// A lock file says what, not from where: the registry is a matter of whoever installs.
fn no_registry(folder: &str) -> Outcome {
    let path = root().join(folder).join("package-lock.json");
    let lock = fs::read_to_string(&path)
        .map_err(|error| format!("cannot read {}: {error}", path.display()))?;
    if lock.contains("\"resolved\"") {
        return Err(format!(
            "{folder}/package-lock.json names a registry: \
             write it with `npm install --package-lock-only --omit-lockfile-registry-resolved`"
        ));
    }
    Ok(())
}

/// Installs what a folder's lock file names, unless that was done since it changed.
fn packages(folder: &str) -> Outcome {
    let changed = |file: &str| {
        let there = fs::metadata(root().join(folder).join(file));
        there.and_then(|metadata| metadata.modified()).ok()
    };
    let installed = changed("node_modules/.package-lock.json");
    if installed.is_some() && installed >= changed("package-lock.json") {
        return Ok(());
    }
    if ask("npm", &["--version"]).is_none() {
        install::debian(&["npm"], "the tests of @riegel/guard need npm")?;
    }
    println!("installing what {folder}/package-lock.json names");
    run(npm().args(["--prefix", folder, "--no-audit", "--no-fund", "ci"]))
}

/// Makes sure that both browsers are there.
fn browsers() -> Outcome {
    let missing: Vec<&str> = BROWSERS
        .iter()
        .filter(|(variable, path, _)| {
            std::env::var_os(variable).is_none() && !Path::new(path).exists()
        })
        .map(|(_, _, package)| *package)
        .collect();
    if missing.is_empty() {
        return Ok(());
    }
    install::debian(&missing, "the vectors are run in browsers too")
}

fn npm() -> Command {
    let mut command = Command::new("npm");
    command.current_dir(root());
    command
}
