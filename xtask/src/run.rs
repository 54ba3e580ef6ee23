//! Running other programs, and saying so.
//!
//! Every step prints the command it runs, as a person would type it, so that
//! whatever fails can be repeated by hand.

use std::ffi::{OsStr, OsString};
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::LazyLock;
use std::time::{Duration, Instant};

/// What a step gives: something, or a sentence about what went wrong.
pub type Outcome<T = ()> = Result<T, String>;

/// The repository.
pub fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().unwrap_or(here).to_path_buf()
}

/// Cargo, as it runs us.
pub fn cargo() -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(root());
    // What `cargo xtask` was itself compiled with is not meant for others.
    for key in ["RUSTFLAGS", "CARGO_ENCODED_RUSTFLAGS"] {
        command.env_remove(key);
    }
    command
}

/// Prints a headline; with the minutes since the first one, where there are any.
pub fn say(text: &str) {
    static FIRST: LazyLock<Instant> = LazyLock::new(Instant::now);
    match FIRST.elapsed().as_secs() / 60 {
        0 => println!("\n== {text}"),
        minutes => println!("\n== {text} (after {minutes} min)"),
    }
}

/// Prints the command and runs it; its output goes to the terminal.
pub fn run(command: &mut Command) -> Outcome {
    println!("$ {}", show(command));
    let status = command
        .status()
        .map_err(|error| format!("cannot run `{}`: {error}", show(command)))?;
    if status.success() {
        Ok(())
    } else {
        Err(format!("`{}` failed ({status})", show(command)))
    }
}

/// Runs the command and gives what it wrote to standard output.
pub fn output(command: &mut Command) -> Outcome<String> {
    println!("$ {}", show(command));
    let output = command
        .stderr(Stdio::inherit())
        .output()
        .map_err(|error| format!("cannot run `{}`: {error}", show(command)))?;
    if output.status.success() {
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    } else {
        Err(format!("`{}` failed ({})", show(command), output.status))
    }
}

/// Asks a program something in silence: `None` where it is missing or fails.
pub fn ask<S: AsRef<OsStr>>(program: S, arguments: &[&str]) -> Option<String> {
    let output = Command::new(program)
        .args(arguments)
        .stdin(Stdio::null())
        .output()
        .ok()?;
    output
        .status
        .success()
        .then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// Tries a command in silence and gives up after `limit`; true where it succeeded.
pub fn attempt(command: &mut Command, limit: Duration) -> bool {
    let quiet = command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    let Ok(mut child) = quiet.spawn() else {
        return false;
    };
    let end = Instant::now() + limit;
    loop {
        match child.try_wait() {
            Ok(Some(status)) => return status.success(),
            Ok(None) if Instant::now() < end => std::thread::sleep(Duration::from_millis(100)),
            _ => {
                let _ = child.kill();
                let _ = child.wait();
                return false;
            }
        }
    }
}

/// The command as a person would type it.
fn show(command: &Command) -> String {
    let mut words: Vec<String> = command
        .get_envs()
        .filter_map(|(key, value)| Some((key, value?)))
        .filter(|(key, _)| *key != "CARGO_ENCODED_RUSTFLAGS" && *key != "PATH")
        .map(|(key, value)| format!("{}={}", key.to_string_lossy(), quoted(value)))
        .collect();
    let program = Path::new(command.get_program());
    words.push(match program.file_name() {
        Some(name) if name == "cargo" && !program.starts_with("/usr/bin") => "cargo".to_owned(),
        _ => program.display().to_string(),
    });
    words.extend(command.get_args().map(quoted));
    words.join(" ")
}

fn quoted(word: &OsStr) -> String {
    let text = word.to_string_lossy();
    if text.is_empty() || text.contains([' ', '\'', '"', '$', '*']) {
        format!("'{text}'")
    } else {
        text.into_owned()
    }
}

/// Joins rustc flags for `CARGO_ENCODED_RUSTFLAGS`, where blanks in paths do no harm.
pub fn encoded_flags(flags: &[String]) -> OsString {
    flags.join("\u{1f}").into()
}

/// What the runs of cargo's test runner added up to.
#[derive(Debug, Default)]
pub struct Tally {
    /// Lines `test result: …`, as the runner wrote them.
    pub results: Vec<String>,
    /// Tests that passed.
    pub passed: u64,
    /// Tests that failed.
    pub failed: u64,
}

impl Tally {
    /// Runs a command, shows its output as it comes, and keeps the runner's own results.
    pub fn run(&mut self, command: &mut Command) -> Outcome {
        println!("$ {}", show(command));
        let mut child = command
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|error| format!("cannot run `{}`: {error}", show(command)))?;
        if let Some(output) = child.stdout.take() {
            for line in BufReader::new(output).lines().map_while(Result::ok) {
                println!("{line}");
                if line.starts_with("test result:") {
                    self.passed += number_before(&line, " passed");
                    self.failed += number_before(&line, " failed");
                    self.results.push(line);
                }
            }
        }
        match child.wait() {
            Ok(status) if status.success() => Ok(()),
            Ok(status) => Err(format!("`{}` failed ({status})", show(command))),
            Err(error) => Err(format!("`{}` failed: {error}", show(command))),
        }
    }
}

/// The 12 of `…; 12 failed`.
fn number_before(line: &str, word: &str) -> u64 {
    line.find(word)
        .and_then(|end| line.get(..end)?.rsplit(' ').next()?.parse().ok())
        .unwrap_or(0)
}
