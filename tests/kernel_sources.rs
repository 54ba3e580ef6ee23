//! The kernel that the repository carries must come from the sources beside it.
#![allow(clippy::expect_used, reason = "tests")]

use std::fs;
use std::path::Path;

#[path = "../xtask/src/kernel/sources.rs"]
mod sources;

#[test]
fn the_committed_kernel_is_built_from_these_sources() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let committed = fs::read_to_string(root.join("kernel/riegel_kernel.sources"))
        .expect("kernel/riegel_kernel.sources is in the repository");
    let now = sources::hash(root).expect("the kernel's sources can be read");
    assert_eq!(
        committed.trim(),
        now,
        "the kernel's sources have moved on: run `cargo xtask kernel` and commit both files"
    );
}
