//! Who compiles Rust to `wasm32-unknown-unknown` here.
//!
//! Two toolchains can: the Rust in the path, where it has the source of `core`
//! (rustup's component `rust-src`), and Debian's `rustc-web`. Both compile `core`
//! from source, because only then does a panic cost one instruction instead of a
//! formatted message (`-Cpanic=immediate-abort`).
//!
//! The compiler itself is checked for this target too (`browser.rs`). It uses `std`: where
//! rustup brought that compiled (`rustup target add`), it is there, else it is compiled
//! from source as well; cargo fetches the crates behind it as it fetches our own.
//!
//! What is there is used; else rustup is asked (it gets two minutes, for there are
//! machines where it reaches no server), else Debian's packages are installed.

use super::sources::CORE;
use crate::install;
use crate::run::{Outcome, ask, attempt};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

/// The target of the kernel.
pub const TARGET: &str = "wasm32-unknown-unknown";

/// Debian's packages: rustc and cargo beside rustup's, the library's source, the linker.
const PACKAGES: [&str; 5] = [
    "rustc-web",
    "cargo-web",
    "rust-web-src",
    "libstd-rust-web-dev",
    "lld-22",
];

/// What is compiled from source where nobody has compiled `std` yet.
const STD: &str = "-Zbuild-std=std,panic_abort";

/// A toolchain that can build the kernel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Toolchain {
    /// The `cargo` in the path.
    Path,
    /// `/usr/bin/cargo`, beside rustup's.
    Debian,
}

impl Toolchain {
    /// Finds one, or installs one.
    pub fn get() -> Outcome<Toolchain> {
        if path_has_source() {
            return Ok(Toolchain::Path);
        }
        if debian_is_there() {
            return Ok(Toolchain::Debian);
        }
        if ask("rustup", &["--version"]).is_some() {
            println!("the kernel needs the source of `core`: rustup component add rust-src");
            let added = attempt(
                Command::new("rustup").args(["component", "add", "rust-src"]),
                Duration::from_secs(120),
            );
            if added && path_has_source() {
                return Ok(Toolchain::Path);
            }
            println!("rustup could not add it");
        }
        install::debian(&PACKAGES, "the kernel needs a Rust for WebAssembly")?;
        if debian_is_there() {
            Ok(Toolchain::Debian)
        } else {
            Err("the packages are installed, but /usr/bin/rustc is too old, or the source of `core` or the linker is missing".into())
        }
    }

    /// Name and version.
    pub fn describe(self) -> String {
        let version = match self {
            Toolchain::Path => ask("rustc", &["-V"]),
            Toolchain::Debian => ask("/usr/bin/rustc", &["-V"]),
        };
        version.unwrap_or_else(|| "an unknown rustc".into())
    }

    /// Cargo, set up to use this toolchain and no other, to compile `core` too.
    pub fn cargo(self, command: &str) -> Command {
        let mut cargo = self.unstable();
        cargo.arg(command).args(CORE);
        cargo
    }

    /// Cargo for crates that use `std`: of a toolchain that has it for [`TARGET`], or
    /// of one that can compile it. The second is its name.
    pub fn cargo_with_std(command: &str) -> Outcome<(Command, String)> {
        if std_is_there() {
            let mut cargo = crate::run::cargo();
            cargo.arg(command);
            return Ok((cargo, Toolchain::Path.describe()));
        }
        let toolchain = if debian_is_there() {
            Toolchain::Debian
        } else {
            Toolchain::get()?
        };
        let mut cargo = toolchain.unstable();
        cargo.arg(command).arg(STD);
        Ok((cargo, toolchain.describe()))
    }

    /// Cargo for crates that use `std` and that people download: `std` too is compiled anew and small,
    /// and panics say nothing (`-Cpanic=immediate-abort` belongs to the flags).
    pub fn cargo_with_small_std(self, command: &str) -> Command {
        let mut cargo = self.unstable();
        cargo
            .arg(command)
            .args([STD, "-Zbuild-std-features=optimize_for_size"]);
        cargo
    }

    /// Cargo, set up to use this toolchain and no other, with options `-Z`.
    fn unstable(self) -> Command {
        let mut cargo = match self {
            Toolchain::Path => crate::run::cargo(),
            Toolchain::Debian => {
                let mut cargo = Command::new("/usr/bin/cargo");
                let path = std::env::var("PATH").unwrap_or_default();
                cargo
                    .env("RUSTC", "/usr/bin/rustc")
                    .env("PATH", format!("/usr/bin:{path}"))
                    .env_remove("RUSTUP_TOOLCHAIN")
                    .env_remove("RUSTFLAGS");
                if let Some(linker) = debian_linker() {
                    cargo.env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER", linker);
                }
                cargo
            }
        };
        // `-Z` options of a stable toolchain.
        cargo.env("RUSTC_BOOTSTRAP", "1");
        cargo
    }
}

/// The path's `std`, compiled for the target.
fn std_is_there() -> bool {
    let Some(libraries) = ask("rustc", &["--print", "target-libdir", "--target", TARGET]) else {
        return false;
    };
    std::fs::read_dir(libraries).is_ok_and(|entries| {
        entries
            .flatten()
            .any(|entry| entry.file_name().to_string_lossy().starts_with("libstd-"))
    })
}

/// The source of `core`, and the linker that rustup's toolchains bring along.
fn path_has_source() -> bool {
    let Some(sysroot) = ask("rustc", &["--print", "sysroot"]) else {
        return false;
    };
    let rustlib = Path::new(&sysroot).join("lib/rustlib");
    let linker = std::fs::read_dir(&rustlib).is_ok_and(|entries| {
        entries
            .flatten()
            .any(|entry| entry.path().join("bin/rust-lld").is_file())
    });
    linker && rustlib.join("src/rust/library/core").is_dir()
}

/// Debian's linker: the package `lld-22`, or another of its versions.
fn debian_linker() -> Option<PathBuf> {
    (19..=30)
        .rev()
        .map(|version| PathBuf::from(format!("/usr/lib/llvm-{version}/bin/wasm-ld")))
        .find(|path| path.is_file())
}

fn debian_is_there() -> bool {
    let new_enough = ask("/usr/bin/rustc", &["-V"])
        .and_then(|version| minor(&version))
        .is_some_and(|minor| minor >= 95);
    new_enough
        && Path::new("/usr/bin/cargo").is_file()
        && Path::new("/usr/lib/rustlib/src/rust/library/core").is_dir()
        && debian_linker().is_some()
}

/// The 96 of `rustc 1.96.0 (…)`.
fn minor(version: &str) -> Option<u32> {
    version
        .strip_prefix("rustc 1.")?
        .split('.')
        .next()?
        .parse()
        .ok()
}
