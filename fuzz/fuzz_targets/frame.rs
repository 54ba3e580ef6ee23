//! Any bytes as an event frame or a configuration frame: the kernel gives a record that a
//! host believes, and reads what the compiler's own reader reads.
#![no_main]

use libfuzzer_sys::fuzz_target;
use riegel::abi::{config, frame, record, schema};
use riegel::check::model::Policy;
use riegel::manifest::Schema;
use riegel::native::Native;
use riegel_kernel::blocks::Way;
use riegel_kernel::layout::{ConfigStatus, ErrorCode};
use std::sync::LazyLock;

struct Ready {
    policy: Policy,
    schema: Schema,
    native: Native,
}

static READY: LazyLock<Ready> = LazyLock::new(|| {
    let policy = riegel_fuzz::policy(include_str!("../../tests/vectors/attributes.riegel"));
    Ready {
        schema: schema(&policy),
        native: riegel_fuzz::native(&policy),
        policy,
    }
});

// What is compiled beforehand does not count as the first input's time.
fuzz_target!(
    init: {
        LazyLock::force(&READY);
    },
    |data: &[u8]| {
        let ready = &*READY;
        let (mut bytes, content) = data.split_at(data.len() * 3 / 4);
        let mut plain = riegel_fuzz::plain_frame(&ready.policy, content.len());
        // Every other input is damage to a sound frame: without it, few would pass the header.
        let first = data.first().copied().unwrap_or(0);
        if first % 4 == 2 {
            plain = riegel_fuzz::plain_config(&ready.policy);
        }
        if first % 2 == 0 {
            for change in bytes.chunks_exact(2).take(16) {
                let at = usize::from(change[0]) % plain.len();
                plain[at] ^= change[1];
            }
            plain.extend_from_slice(bytes);
            bytes = &plain;
        }
        let mut native = ready.native.clone();
        let settings = config::decode(&ready.schema, bytes);
        let taken = native.configure(bytes) == ConfigStatus::Ok;
        // The kernel compares bytes and reads no UTF-8.
        if !settings.as_ref().is_err_and(|error| error.code == "E1010") {
            assert_eq!(taken, settings.is_ok(), "{settings:?}");
        }
        let native = &ready.native;
        let answer = native.decide(Way::Simd, bytes, content);
        assert_eq!(answer, native.decide(Way::Portable, bytes, content));
        let decision = match record::decode(&answer) {
            Ok(decision) => decision,
            Err(error) => panic!("{error}"),
        };
        if frame::decode(&ready.schema, bytes, content).is_ok() {
            assert_ne!(decision.error, ErrorCode::Frame);
            assert_ne!(decision.error, ErrorCode::Schema);
            assert_ne!(decision.error, ErrorCode::Part);
        }
    }
);
