//! Signatures: what is signed is believed, and nothing else is.
//!
//! All keys are invented: their seeds are a number, repeated. `RIEGEL_WRITE=1 cargo test --release --test
//! signing` writes the vectors that `@riegel/guard/trust` is tested with (`tests/signing/vectors.json`).
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests"
)]

#[path = "signing/vectors.rs"]
mod vectors;

use proptest::prelude::*;
use riegel::signing::data::{self, About};
use riegel::signing::{
    self, Expected, KeyId, PublicKey, Refused, SignedModule, SigningKey, Trust, Trusted, bare, date,
};
use riegel::syntax::ast::Date;
use riegel::version::Version;

const TODAY: Date = Date {
    year: 2027,
    month: 6,
    day: 15,
};

fn key(n: u8) -> SigningKey {
    SigningKey::from_seed(&[n; 32])
}

fn version(text: &str) -> Version {
    Version::parse(text).unwrap()
}

/// A module that does nothing but say who it is; what is signed does not depend on more.
fn module(policy: &str, version: &str) -> Vec<u8> {
    let mut module = b"\0asm\x01\0\0\0".to_vec();
    let info = format!(r#"{{"id":"{policy}","version":"{version}"}}"#);
    module.extend([0, u8::try_from(14 + info.len()).unwrap(), 13]);
    module.extend(b"riegel.policy");
    module.extend(info.bytes());
    module.extend([1, 4, 1, 0x60, 0, 0]);
    module
}

fn about(version_text: &str) -> About {
    About {
        policy: "acme".to_owned(),
        tenant: Some("meyer".to_owned()),
        name: "params".to_owned(),
        version: version(version_text),
    }
}

fn trust(keys: &[u8]) -> Trust {
    let keys = keys.iter().map(|n| Trusted::new(key(*n).public()));
    Trust {
        keys: keys.collect(),
    }
}

fn expected(lowest: Option<&Version>) -> Expected<'_> {
    Expected {
        policy: "acme",
        lowest,
        today: TODAY,
    }
}

fn verify(module: &[u8], trust: &Trust) -> Result<SignedModule, &'static str> {
    signing::verify(module, trust, &expected(None)).map_err(|refused| refused.code)
}

fn verify_data<'d>(file: &'d [u8], trust: &Trust) -> Result<&'d [u8], &'static str> {
    let signed = data::verify(file, trust, &expected(None), Some("meyer"), "params");
    signed
        .map(|signed| signed.data)
        .map_err(|refused| refused.code)
}

#[test]
fn a_signed_module_is_the_module_and_who_signed_it() {
    let plain = module("acme", "1.2.0");
    let signed = signing::sign(&plain, &key(1)).unwrap();
    assert_eq!(bare(&signed), plain);
    assert_eq!(bare(&plain), plain);
    let believed = verify(&signed, &trust(&[2, 1])).unwrap();
    assert_eq!(believed.module, plain);
    assert_eq!(believed.version, version("1.2.0"));
    assert_eq!(believed.keys, [key(1).public().id()]);
    assert_eq!(
        signing::sign(&signed, &key(1)).unwrap(),
        signed,
        "the same key twice is once"
    );
    assert_eq!(verify(&plain, &trust(&[1])), Err(Refused::UNSIGNED));
    assert_eq!(verify(&signed, &trust(&[2])), Err(Refused::FOREIGN));
    assert_eq!(verify(&signed, &trust(&[])), Err(Refused::FOREIGN));
}

/// The bytes are those of the tool convention's example for an entire module, with a key id.
#[test]
fn the_section_is_that_of_the_convention() {
    use sha2::{Digest, Sha256};
    let plain = module("acme", "1.2.0");
    let signed = signing::sign(&plain, &key(1)).unwrap();
    let hash = Sha256::digest(&plain[8..]);
    let message = [b"wasmsig\x01\x01\x01".as_slice(), &hash].concat();
    let own = ed25519_dalek::SigningKey::from_bytes(&[1; 32]);
    let signature = ed25519_dalek::Signer::sign(&own, &message).to_bytes();
    let id = Sha256::digest([[1].as_slice(), own.verifying_key().as_bytes()].concat());
    let mut section = b"\x09signature\x01\x01\x01\x01\x01".to_vec();
    section.extend(hash);
    section.extend([1, 16]);
    section.extend(&id[..16]);
    section.extend([1, 64]);
    section.extend(signature);
    let size = [u8::try_from(section.len() & 0x7F).unwrap() | 0x80, 1];
    let whole = [&plain[..8], &[0], &size, &section, &plain[8..]].concat();
    assert_eq!(signed, whole);
}

#[test]
fn every_flipped_bit_is_refused() {
    let signed = signing::sign(&module("acme", "1.2.0"), &key(1)).unwrap();
    let file = data::sign(b"{\"limit\":3}", &about("1.0.0"), &key(1)).unwrap();
    assert!(verify(&signed, &trust(&[1])).is_ok() && verify_data(&file, &trust(&[1])).is_ok());
    for (bytes, is_module) in [(&signed, true), (&file, false)] {
        for bit in 0..bytes.len() * 8 {
            let mut damaged = bytes.clone();
            damaged[bit / 8] ^= 1 << (bit % 8);
            let refused = match is_module {
                true => verify(&damaged, &trust(&[1])).err(),
                false => verify_data(&damaged, &trust(&[1])).err(),
            };
            let code = refused.unwrap_or_else(|| panic!("bit {bit} was not noticed"));
            assert!(code.starts_with("E80"), "{code}");
        }
        for len in 0..bytes.len() {
            let cut = &bytes[..len];
            let believed = match is_module {
                true => verify(cut, &trust(&[1])).is_ok(),
                false => verify_data(cut, &trust(&[1])).is_ok(),
            };
            assert!(!believed, "cut to {len}");
        }
    }
}

/// Of two signatures one may be damaged into a stranger's; the module is the same all the while.
#[test]
fn two_signatures_and_every_flipped_bit() {
    let plain = module("acme", "1.2.0");
    let signed = signing::sign(&plain, &key(1)).unwrap();
    let signed = signing::sign(&signed, &key(2)).unwrap();
    assert_eq!(bare(&signed), plain);
    let ids = [key(1).public().id(), key(2).public().id()];
    assert_eq!(signing::signers(&signed).unwrap(), ids);
    assert_eq!(verify(&signed, &trust(&[1, 2])).unwrap().keys, ids);
    for n in [1, 2] {
        assert_eq!(verify(&signed, &trust(&[n])).unwrap().module, plain);
    }
    let (mut refused, mut strangers) = (0, 0);
    for bit in 0..signed.len() * 8 {
        let mut damaged = signed.clone();
        damaged[bit / 8] ^= 1 << (bit % 8);
        match verify(&damaged, &trust(&[1, 2])) {
            Ok(believed) => {
                assert_eq!(believed.module, plain);
                assert_eq!(believed.keys.len(), 1);
                strangers += 1;
            }
            Err(_) => refused += 1,
        }
    }
    assert_eq!(
        (refused + strangers, strangers),
        (signed.len() * 8, 2 * 128)
    );
}

#[test]
fn days_and_revocation() {
    let signed = signing::sign(&module("acme", "1.2.0"), &key(1)).unwrap();
    let both = signing::sign(&signed, &key(2)).unwrap();
    let with = |from: &str, until: &str, revoked: &str| {
        let mut trust = trust(&[1]);
        trust.keys[0].from = date(from);
        trust.keys[0].until = date(until);
        trust.keys[0].revoked = date(revoked);
        trust
    };
    for (from, until, revoked, code) in [
        ("2027-06-15", "2027-06-15", "", None),
        ("2027-06-16", "", "", Some(Refused::DAY)),
        ("", "2027-06-14", "", Some(Refused::DAY)),
        ("", "", "2027-01-01", Some(Refused::REVOKED)),
        ("", "", "2999-01-01", Some(Refused::REVOKED)),
        ("2027-06-16", "", "2027-01-01", Some(Refused::REVOKED)),
    ] {
        let mut trust = with(from, until, revoked);
        assert_eq!(
            verify(&signed, &trust).err(),
            code,
            "{from} {until} {revoked}"
        );
        trust.keys.push(Trusted::new(key(2).public()));
        assert!(verify(&both, &trust).is_ok(), "the other key counts");
        assert_eq!(Trust::parse(&trust.text()).unwrap(), trust);
    }
}

#[test]
fn older_versions_and_other_policies_are_refused() {
    let trust = trust(&[1]);
    let signed = signing::sign(&module("acme", "1.2.0"), &key(1)).unwrap();
    let file = data::sign(b"", &about("1.2.0"), &key(1)).unwrap();
    for (lowest, code) in [
        ("1.2.0-rc.1", None),
        ("1.2.0", None),
        ("1.2.0+later", None),
        ("1.2.1-rc.1", Some(Refused::OLDER)),
        ("1.10.0", Some(Refused::OLDER)),
    ] {
        let lowest = version(lowest);
        let expected = expected(Some(&lowest));
        let code_of = |refused: Refused| refused.code;
        assert_eq!(
            signing::verify(&signed, &trust, &expected)
                .map_err(code_of)
                .err(),
            code
        );
        let data = data::verify(&file, &trust, &expected, Some("meyer"), "params");
        assert_eq!(data.map_err(code_of).err(), code);
    }
    let other = signing::sign(&module("acme2", "1.2.0"), &key(1)).unwrap();
    assert_eq!(verify(&other, &trust), Err(Refused::OTHER));
    for (policy, tenant, name) in [
        ("acme2", Some("meyer"), "params"),
        ("acme", Some("kranz"), "params"),
        ("acme", None, "params"),
        ("acme", Some("meyer"), "clients"),
    ] {
        let expected = Expected {
            policy,
            lowest: None,
            today: TODAY,
        };
        let refused = data::verify(&file, &trust, &expected, tenant, name).unwrap_err();
        assert_eq!(refused.code, Refused::OTHER);
    }
}

#[test]
fn what_cannot_be_signed() {
    for nothing in [&b""[..], b"\0asm", b"\0asm\x01\0\0\0", b"policy acme"] {
        assert_eq!(
            signing::sign(nothing, &key(1)).unwrap_err().code,
            Refused::FORM
        );
    }
    let mut twice = module("acme", "1.2.0");
    twice.extend(&module("other", "9.0.0")[8..]);
    assert_eq!(
        signing::sign(&twice, &key(1)).unwrap_err().code,
        Refused::FORM
    );
    let mut signed = signing::sign(&module("acme", "1.2.0"), &key(1)).unwrap();
    let last = signed.len() - 1;
    signed[last] ^= 1;
    assert_eq!(
        signing::sign(&signed, &key(2)).unwrap_err().code,
        Refused::SIGNATURE
    );
    let mut many = module("acme", "1.2.0");
    for n in 1..=8 {
        many = signing::sign(&many, &key(n)).unwrap();
    }
    assert_eq!(verify(&many, &trust(&[8])).unwrap().keys.len(), 1);
    assert_eq!(
        signing::sign(&many, &key(9)).unwrap_err().code,
        Refused::FORM
    );
    for word in ["", "two words", "line\nbreak", "käse", &"x".repeat(129)] {
        let about = About {
            name: word.to_owned(),
            ..about("1.0.0")
        };
        assert_eq!(
            data::sign(b"", &about, &key(1)).unwrap_err().code,
            Refused::FORM
        );
    }
}

#[test]
fn data_is_given_back_to_the_byte() {
    for payload in [&b""[..], b"\n\nsignature x", b"\0\xFF", "ä\n".as_bytes()] {
        let file = data::sign(payload, &about("1.0.0"), &key(1)).unwrap();
        let file = data::sign_again(&file, &key(2)).unwrap();
        for n in [1, 2] {
            assert_eq!(verify_data(&file, &trust(&[n])), Ok(payload));
        }
        let untenanted = About {
            tenant: None,
            ..about("1.0.0")
        };
        let file = data::sign(payload, &untenanted, &key(1)).unwrap();
        let signed = data::verify(&file, &trust(&[1]), &expected(None), None, "params").unwrap();
        assert_eq!((signed.about, signed.data), (untenanted, payload));
        assert_eq!(verify_data(&file, &trust(&[1])), Err(Refused::OTHER));
    }
    assert_eq!(verify_data(b"{}", &trust(&[1])), Err(Refused::UNSIGNED));
}

/// A signature of the one kind is worth nothing for the other.
#[test]
fn a_module_is_no_data() {
    let signed = signing::sign(&module("acme", "1.2.0"), &key(1)).unwrap();
    let file = data::sign(&signed, &about("1.0.0"), &key(1)).unwrap();
    assert_eq!(verify(&file, &trust(&[1])), Err(Refused::FORM));
    assert_eq!(verify_data(&signed, &trust(&[1])), Err(Refused::UNSIGNED));
}

#[test]
fn files_of_keys() {
    let pair = key(7);
    let (private, public) = (pair.text(), pair.public().text());
    assert_eq!(SigningKey::read(&private).unwrap().public(), pair.public());
    assert_eq!(
        PublicKey::read(&public.replace('\n', "\r\n")).unwrap(),
        pair.public()
    );
    for (text, damage) in [(&private, true), (&public, false)] {
        for at in 0..text.len() - 1 {
            let mut damaged = text.clone().into_bytes();
            damaged[at] = if damaged[at] == b'0' { b'1' } else { b'0' };
            let damaged = String::from_utf8(damaged).unwrap();
            let code = match damage {
                true => SigningKey::read(&damaged).map(|_| ()).unwrap_err().code,
                false => PublicKey::read(&damaged).map(|_| ()).unwrap_err().code,
            };
            assert_eq!(code, Refused::KEY);
        }
    }
    assert!(SigningKey::read(&public).is_err() && PublicKey::read(&private).is_err());
    let id = pair.public().id();
    assert_eq!(KeyId::parse(&id.to_string()), Some(id));
    // The point of order one: its signatures fit anything.
    assert_eq!(PublicKey::parse(&format!("0101{}", "0".repeat(62))), None);
}

#[test]
fn trust_sets_are_read_strictly() {
    let one = key(1).public().to_string();
    let good = format!(
        r#"{{"keys":[{{"key":"{one}","name":"Büro","from":"2027-01-01","until":"2027-01-01"}}]}}"#
    );
    assert!(Trust::parse(&good).is_ok() && Trust::parse(r#"{"keys":[]}"#).is_ok());
    let twice = format!(r#"{{"keys":[{{"key":"{one}"}},{{"key":"{one}"}}]}}"#);
    for bad in [
        "",
        "{}",
        "[]",
        r#"{"keys":[],"more":1}"#,
        &twice,
        &good.replace("name", "nam"),
        &good.replace("2027-01-01\"}", "2026-12-31\"}"),
        &good.replace("2027-01-01", "2027-02-30"),
        &good.replace("2027-01-01", "2027-1-01"),
        &good.replace("2027-01-01", "2027-00-01"),
        &good.replace("Büro", "a\\u001bb"),
        &good.replace(&one, &one[2..]),
        &good.replace(&one, &one.to_uppercase()),
        &format!(r#"{{"keys":[{}]}}"#, vec!["{}"; 65].join(",")),
    ] {
        assert_eq!(Trust::parse(bad).unwrap_err().code, Refused::TRUST, "{bad}");
    }
}

#[test]
fn the_vectors_are_up_to_date() {
    vectors::check();
}

proptest! {
    #[test]
    fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..400), head in 0..4) {
        let head: &[u8] = match head {
            0 => b"",
            1 => b"\0asm\x01\0\0\0\0\x83\x01\x09signature\x01\x01\x01\x01\x01",
            2 => b"riegel signed data 1\npolicy acme\n",
            _ => b"\0asm\x01\0\0\0",
        };
        let file = [head, &bytes].concat();
        prop_assert!(verify(&file, &trust(&[1])).is_err());
        prop_assert!(verify_data(&file, &trust(&[1])).is_err());
        let _ = (bare(&file), signing::signers(&file), signing::named(&file), data::about(&file));
        let _ = (Trust::parse(&String::from_utf8_lossy(&bytes)), SigningKey::read(&String::from_utf8_lossy(&bytes)).is_ok());
    }

    #[test]
    fn any_data_comes_back(
        payload in prop::collection::vec(any::<u8>(), 0..300),
        policy in "[A-Za-z0-9._-]{1,40}",
        tenant in prop::option::of("[A-Za-z0-9._-]{1,40}"),
        name in "[A-Za-z0-9._-]{1,40}",
        keys in prop::collection::hash_set(1u8..9, 1..5),
    ) {
        let about = About { policy: policy.clone(), tenant: tenant.clone(), name: name.clone(), version: version("1.0.0") };
        let mut file = data::sign(&payload, &about, &key(9)).unwrap();
        for n in &keys {
            file = data::sign_again(&file, &key(*n)).unwrap();
        }
        let expected = Expected { policy: &policy, lowest: None, today: TODAY };
        for n in keys {
            let signed = data::verify(&file, &trust(&[n]), &expected, tenant.as_deref(), &name).unwrap();
            prop_assert_eq!(signed.data, &payload[..]);
            prop_assert_eq!(&signed.about, &about);
        }
    }
}
