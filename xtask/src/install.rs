//! Installing what is missing.
//!
//! One way in: Debian's packages, as root or through sudo. It says what it is
//! about to install and asks first, but only where a person can answer: standard
//! input is a terminal and `CI` is not set.

use crate::run::{Outcome, ask, attempt, run};
use std::io::{IsTerminal, Write};
use std::process::Command;
use std::time::Duration;

/// Installs Debian packages; `why` is shown to whoever waits.
pub fn debian(packages: &[&str], why: &str) -> Outcome {
    let list = packages.join(" ");
    if ask("apt-get", &["--version"]).is_none() {
        return Err(format!(
            "{why}: please install it (on Debian the packages are: {list})"
        ));
    }
    let sudo = if is_root() {
        false
    } else if attempt(
        Command::new("sudo").args(["-n", "true"]),
        Duration::from_secs(5),
    ) || person_is_there()
    {
        true
    } else {
        return Err(format!(
            "{why}: please run `sudo apt-get install --no-install-recommends {list}`"
        ));
    };
    println!("{why}: installing {list} with apt-get");
    if person_is_there() && !agreed() {
        return Err(format!("not installed: {list}"));
    }
    // The lists of packages may be missing or old, and then so is what they name. Without a network the
    // packages may still be there.
    if let Err(error) = run(apt(sudo).args(["update", "-q"])) {
        println!("{error}; going on with the lists that are there");
    }
    run(apt(sudo)
        .args(["install", "-y", "-q", "--no-install-recommends"])
        .args(packages))
}

fn apt(sudo: bool) -> Command {
    let mut command = Command::new(if sudo { "sudo" } else { "apt-get" });
    if sudo {
        command.arg("apt-get");
    }
    command.env("DEBIAN_FRONTEND", "noninteractive");
    command
}

fn is_root() -> bool {
    ask("id", &["-u"]).as_deref() == Some("0")
}

fn person_is_there() -> bool {
    std::io::stdin().is_terminal() && std::env::var_os("CI").is_none()
}

fn agreed() -> bool {
    print!("go on? [Y/n] ");
    let _ = std::io::stdout().flush();
    let mut answer = String::new();
    if std::io::stdin().read_line(&mut answer).is_err() {
        return false;
    }
    matches!(answer.trim().to_lowercase().as_str(), "" | "y" | "yes")
}
