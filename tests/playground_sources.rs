//! The playground that the program carries must come from the sources beside it.
#![allow(clippy::expect_used, reason = "tests")]

use std::fs;
use std::path::Path;

#[path = "../xtask/src/playground/sources.rs"]
mod sources;

#[test]
fn the_committed_playground_is_built_from_these_sources() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let committed = fs::read_to_string(root.join("www/playground/built/sources"))
        .expect("www/playground/built/sources is in the repository");
    let now = sources::hash(root).expect("the playground's sources can be read");
    assert_eq!(
        committed.trim(),
        now,
        "the playground's sources have moved on: run `cargo xtask playground --write` and commit www/playground/built"
    );
}
