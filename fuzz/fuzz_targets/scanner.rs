//! Any content under every detector of the library: both ways of reading a block find the
//! same, and a host believes the record.
#![no_main]

use libfuzzer_sys::fuzz_target;
use riegel::abi::record;
use riegel::check::model::Policy;
use riegel::native::Native;
use riegel_kernel::blocks::Way;
use std::sync::LazyLock;

static READY: LazyLock<(Policy, Native)> = LazyLock::new(|| {
    let policy = riegel_fuzz::policy(riegel_fuzz::EVERYTHING);
    let native = riegel_fuzz::native(&policy);
    (policy, native)
});

// What is compiled beforehand does not count as the first input's time.
fuzz_target!(
    init: {
        LazyLock::force(&READY);
    },
    |content: &[u8]| {
        let (policy, native) = &*READY;
        let frame = riegel_fuzz::plain_frame(policy, content.len());
        let fast = native.decide(Way::Simd, &frame, content);
        assert_eq!(fast, native.decide(Way::Portable, &frame, content));
        if let Err(error) = record::decode(&fast) {
            panic!("{error}");
        }
    }
);
