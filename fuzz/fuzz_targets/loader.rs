//! Any bytes where a module or a kernel is expected: a coded refusal, never a panic. Bytes
//! that the digest vouches for are what the linker wrote.
#![no_main]

use libfuzzer_sys::fuzz_target;
use riegel::compile::compile;
use riegel::emit::{KERNEL, Kernel, verify_digest};
use riegel::manifest::{Bound, PolicyInfo, Schema, Selftest};
use std::sync::LazyLock;

static MODULE: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let text = include_str!("../../tests/vectors/stages.riegel");
    let policy = riegel_fuzz::policy(text);
    match compile(&policy, KERNEL) {
        Ok(module) => module.wasm,
        Err(errors) => panic!("{errors:?}"),
    }
});

// What is compiled beforehand does not count as the first input's time.
fuzz_target!(
    init: {
        LazyLock::force(&MODULE);
    },
    |data: &[u8]| {
        // Damage to a whole module costs a thousand times as much to check as a small file,
        // so only some inputs are that.
        match data.split_first() {
            Some((first, changes)) if first % 8 == 0 => changed_module(changes),
            Some((_, file)) => whole_file(file),
            None => whole_file(data),
        }
    }
);

fn whole_file(data: &[u8]) {
    assert!(verify_digest(data).is_err(), "nobody guesses a digest");
    let _ = Kernel::read(data);
    let _ = serde_json::from_slice::<Schema>(data);
    let _ = serde_json::from_slice::<PolicyInfo>(data);
    let _ = serde_json::from_slice::<Bound>(data);
    let _ = serde_json::from_slice::<Selftest>(data);
}

/// Changes to a module: pairs of (position, byte).
fn changed_module(data: &[u8]) {
    let mut module = MODULE.clone();
    for change in data.chunks_exact(4) {
        let at = u32::from_le_bytes([change[0], change[1], change[2], 0]) as usize;
        let len = module.len();
        module[at % len] = change[3];
    }
    let intact = module == *MODULE;
    assert_eq!(verify_digest(&module).is_ok(), intact);
    let _ = wasmparser::validate(&module);
}
