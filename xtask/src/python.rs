//! A Python with the packages that tests need, in a virtual environment below `target/`.

use crate::install;
use crate::run::{Outcome, ask, root, run};
use std::path::PathBuf;
use std::process::Command;

/// A host for the vectors, and the second opinion on check digits (its version is in
/// `tests/oracles/run.py` too: another one may know other formats).
const PACKAGES: [&str; 2] = ["wasmtime", "python-stdnum==2.2"];
/// Fails where one of them is missing, or is another version.
const THERE: &str = "import wasmtime, stdnum; assert stdnum.__version__ == '2.2'";

/// The interpreter of the virtual environment; made where it is missing.
pub fn get() -> Outcome<PathBuf> {
    let environment = root().join("target/venv");
    let python = environment.join("bin/python");
    if ask(&python, &["-c", THERE]).is_some() {
        return Ok(python);
    }
    let has_venv = || ask("python3", &["-c", "import venv, ensurepip"]).is_some();
    if !has_venv() {
        install::debian(
            &["python3", "python3-venv"],
            "the Python tests need Python with venv",
        )?;
    }
    println!("installing {} into target/venv", PACKAGES.join(" and "));
    run(Command::new("python3")
        .args(["-m", "venv"])
        .arg(&environment))?;
    run(Command::new(&python)
        .args(["-m", "pip", "install", "--quiet"])
        .args(PACKAGES))?;
    Ok(python)
}
