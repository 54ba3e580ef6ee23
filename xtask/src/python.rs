//! A Python with the package `wasmtime`, in a virtual environment below `target/`.

use crate::install;
use crate::run::{Outcome, ask, root, run};
use std::path::PathBuf;
use std::process::Command;

/// The interpreter of the virtual environment; made where it is missing.
pub fn get() -> Outcome<PathBuf> {
    let environment = root().join("target/venv");
    let python = environment.join("bin/python");
    if ask(&python, &["-c", "import wasmtime"]).is_some() {
        return Ok(python);
    }
    let has_venv = || ask("python3", &["-c", "import venv, ensurepip"]).is_some();
    if !has_venv() {
        install::debian(
            &["python3", "python3-venv"],
            "the Python host needs Python with venv",
        )?;
    }
    println!("installing the Python package wasmtime into target/venv");
    run(Command::new("python3")
        .args(["-m", "venv"])
        .arg(&environment))?;
    run(Command::new(&python).args(["-m", "pip", "install", "--quiet", "wasmtime"]))?;
    Ok(python)
}
