//! The kernel's own tests once more, natively, under AddressSanitizer.
//!
//! The kernel reads without bounds checks in two modules; in WebAssembly a wrong
//! offset would stay inside the module's memory and might go unnoticed, natively
//! the sanitizer stops at the first one.

use crate::fuzz::{SANITIZER_TARGET, supported};
use crate::run::{Outcome, Tally, cargo, encoded_flags, root, say};

/// Runs them; on other platforms it says that it did not.
pub fn check(tally: &mut Tally) -> Outcome {
    say("the kernel's tests under AddressSanitizer");
    if !supported() {
        println!("skipped: AddressSanitizer is used on {SANITIZER_TARGET} only");
        return Ok(());
    }
    sanitized(tally, &["--package", "riegel-kernel"])?;
    say("generated cases on the native kernel under AddressSanitizer");
    sanitized(tally, &["--package", "riegel", "--test", "differential"])
}

/// Generated cases under the sanitizer, which is slower.
const CASES: &str = "2000";

fn sanitized(tally: &mut Tally, what: &[&str]) -> Outcome {
    tally.run(
        cargo()
            .args(["test", "--release", "--quiet"])
            .args(what)
            .args(["--target", SANITIZER_TARGET, "--target-dir"])
            .arg(root().join("target/asan"))
            .env("RUSTC_BOOTSTRAP", "1")
            .env("RIEGEL_CASES", CASES)
            .env(
                "CARGO_ENCODED_RUSTFLAGS",
                encoded_flags(&[
                    "-Zsanitizer=address".to_owned(),
                    "-Cdebug-assertions".to_owned(),
                ]),
            ),
    )
}
