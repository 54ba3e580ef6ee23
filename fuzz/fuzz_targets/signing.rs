//! Any bytes where something signed, a trust set or a key is expected: a coded refusal. What was signed
//! here is believed only as it is.
#![no_main]

use libfuzzer_sys::fuzz_target;
use riegel::signing::data::{self, About};
use riegel::signing::{self, Expected, PublicKey, SigningKey, Trust, Trusted, bare};
use riegel::syntax::ast::Date;
use riegel::version::Version;
use std::sync::LazyLock;

const TODAY: Date = Date {
    year: 2027,
    month: 1,
    day: 1,
};
const EXPECTED: Expected<'static> = Expected {
    policy: "p",
    lowest: None,
    today: TODAY,
};
/// A module that says who it is and nothing else.
const MODULE: &[u8] = b"\0asm\x01\0\0\0\0\x2A\x0Driegel.policy{\"id\":\"p\",\"version\":\"1.0.0\"}";

struct Signed {
    trust: Trust,
    module: Vec<u8>,
    data: Vec<u8>,
}

static SIGNED: LazyLock<Signed> = LazyLock::new(|| {
    let key = SigningKey::from_seed(&[7; 32]);
    let version = Version::parse("1.0.0").unwrap_or_else(|| panic!("a version"));
    let about = About {
        policy: "p".into(),
        tenant: None,
        name: "n".into(),
        version,
    };
    let fine =
        |signed: Result<Vec<u8>, signing::Refused>| signed.unwrap_or_else(|why| panic!("{why}"));
    Signed {
        trust: Trust {
            keys: vec![Trusted::new(key.public())],
        },
        module: fine(signing::sign(MODULE, &key)),
        data: fine(data::sign(b"data", &about, &key)),
    }
});

fuzz_target!(|bytes: &[u8]| {
    let text = String::from_utf8_lossy(bytes);
    if let Ok(trust) = Trust::parse(&text) {
        assert_eq!(Trust::parse(&trust.text()), Ok(trust));
    }
    if let Ok(key) = PublicKey::read(&text) {
        assert_eq!(PublicKey::read(&key.text()), Ok(key));
    }
    let _ = SigningKey::read(&text).is_ok();
    if let (Some(one), Some(rest)) = (bytes.first(), bytes.get(1..)) {
        let other = Version::parse(&String::from_utf8_lossy(rest));
        let fixed = Version::parse(["1.0.0-a.1", "0.0.0", "9.9.9-0"][usize::from(one % 3)]);
        assert_eq!(
            other.partial_cmp(&fixed),
            fixed.partial_cmp(&other).map(|order| order.reverse())
        );
    }
    whole(bytes);
    changed(bytes);
});

fn whole(bytes: &[u8]) {
    let signed = &*SIGNED;
    let _ = (
        bare(bytes),
        signing::signers(bytes),
        signing::named(bytes),
        data::about(bytes),
    );
    assert!(signing::verify(bytes, &signed.trust, &EXPECTED).is_err() || bytes == signed.module);
    assert!(
        data::verify(bytes, &signed.trust, &EXPECTED, None, "n").is_err() || bytes == signed.data
    );
}

/// Changes to what was signed: pairs of (position, byte).
fn changed(bytes: &[u8]) {
    let signed = &*SIGNED;
    let damage = |file: &[u8]| {
        let mut file = file.to_vec();
        for pair in bytes.chunks_exact(3) {
            let at = usize::from(u16::from_le_bytes([pair[0], pair[1]])) % file.len();
            file[at] = pair[2];
        }
        file
    };
    whole(&damage(&signed.module));
    whole(&damage(&signed.data));
}
