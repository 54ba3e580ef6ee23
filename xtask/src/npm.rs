//! npm packages of this repository, and the browsers that their tests drive.
//!
//! `npm ci` installs what a lock file names, where it is not there yet. Chromium and
//! Firefox come from the system, or from where `CHROMIUM` and `FIREFOX` say.

use crate::install;
use crate::run::{Outcome, ask, root, run};
use std::fs;
use std::path::Path;
use std::process::Command;

/// A browser: the variable that names another one, where it is, Debian's package, and the oldest version
/// that knows what our tests ask of it (Firefox: choosing files and frames over WebDriver BiDi).
const BROWSERS: [(&str, &str, &str, u32); 2] = [
    ("CHROMIUM", "/usr/bin/chromium", "chromium", 148),
    ("FIREFOX", "/usr/bin/firefox-esr", "firefox-esr", 153),
];

/// Runs a script of the package in a folder, with our compiler.
pub fn script(folder: &str, compiler: &Path, name: &str) -> Outcome {
    run(npm()
        .env("RIEGEL", compiler)
        .args(["--prefix", folder, "--silent", "run", name]))
}

/// A lock file says what, not from where: the registry is a matter of whoever installs.
pub fn no_registry(folder: &str) -> Outcome {
    let path = root().join(folder).join("package-lock.json");
    let lock = fs::read_to_string(&path)
        .map_err(|error| format!("cannot read {}: {error}", path.display()))?;
    if lock.contains("\"resolved\": \"http") {
        return Err(format!(
            "{folder}/package-lock.json names a registry: \
             write it with `npm install --package-lock-only --omit-lockfile-registry-resolved`"
        ));
    }
    Ok(())
}

/// Installs what a folder's lock file names, unless that was done since it changed.
pub fn packages(folder: &str) -> Outcome {
    let changed = |file: &str| {
        let there = fs::metadata(root().join(folder).join(file));
        there.and_then(|metadata| metadata.modified()).ok()
    };
    let installed = changed("node_modules/.package-lock.json");
    if installed.is_some() && installed >= changed("package-lock.json") {
        return Ok(());
    }
    if ask("npm", &["--version"]).is_none() {
        install::debian(&["npm"], "the tests of our packages need npm")?;
    }
    println!("installing what {folder}/package-lock.json names");
    run(npm().args(["--prefix", folder, "--no-audit", "--no-fund", "ci"]))
}

/// Makes sure that both browsers are there, and not too old.
pub fn browsers() -> Outcome {
    let missing = |(variable, path, _, least): &(&str, &str, &str, u32)| {
        std::env::var_os(variable).is_none()
            && (!Path::new(path).exists() || version(path).is_some_and(|major| major < *least))
    };
    let wanted: Vec<_> = BROWSERS.iter().filter(|b| missing(b)).collect();
    if wanted.is_empty() {
        return Ok(());
    }
    let packages: Vec<&str> = wanted.iter().map(|b| b.2).collect();
    install::debian(&packages, "our packages are tested in browsers of today")?;
    for (variable, path, _, least) in wanted {
        if let Some(major) = version(path).filter(|major| major < least) {
            return Err(format!(
                "{path} is version {major}, and the tests need {least}: \
                 upgrade it, or set {variable} to a newer one"
            ));
        }
    }
    Ok(())
}

/// The major version that a browser says it has: `Mozilla Firefox 153.7.0esr`.
fn version(path: &str) -> Option<u32> {
    let said = ask(path, &["--version"])?;
    said.split_whitespace()
        .find_map(|word| word.split('.').next()?.parse().ok())
}

fn npm() -> Command {
    let mut command = Command::new("npm");
    command.current_dir(root());
    command
}
