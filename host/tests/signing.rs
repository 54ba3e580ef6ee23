//! Signing as an administrator does it: keys, modules, data, trust sets, a change of keys; and what a
//! host takes.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests"
)]

use riegel::signing::{self, Expected, SigningKey, Trust, Trusted};
use riegel::syntax::ast::Date;
use riegel::version::Version;
use riegel_host::errors::Problem;
use riegel_host::runtime::{Limits, Runtime};
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

const POLICY: &str = r#"
policy acme "Acme" {
  version   "1.2.0"
  languages en
  on_error  block
}
attribute secret: bool = true
rule stop { when secret then block say { en "No." } }
"#;
const TODAY: Date = Date {
    year: 2027,
    month: 6,
    day: 15,
};

fn folder(name: &str) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("signing-{name}"));
    let _ = std::fs::remove_dir_all(&path);
    std::fs::create_dir_all(&path).unwrap();
    std::fs::write(path.join("acme.riegel"), POLICY).unwrap();
    path
}

fn riegel(folder: &Path, line: &str) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_riegel"));
    command.current_dir(folder).args(line.split(' '));
    command.output().unwrap()
}

fn fine(folder: &Path, line: &str) -> String {
    let output = riegel(folder, line);
    let err = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(0), "{line}: {err}");
    String::from_utf8(output.stdout).unwrap()
}

fn refused(folder: &Path, line: &str, exit: i32, code: &str) -> String {
    let output = riegel(folder, line);
    let err = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(exit), "{line}: {err}");
    assert!(err.contains(&format!("error[{code}]")), "{line}: {err}");
    assert!(err.contains("help"), "{line}: {err}");
    err
}

fn read(folder: &Path, name: &str) -> Vec<u8> {
    std::fs::read(folder.join(name)).unwrap()
}

/// A folder with a built and signed module, and a trust set.
fn signed(name: &str) -> PathBuf {
    let f = folder(name);
    fine(&f, "build acme.riegel");
    std::fs::copy(f.join("acme.wasm"), f.join("plain.wasm")).unwrap();
    fine(&f, "key company.key --signing");
    fine(&f, "sign acme.wasm --key company.key");
    fine(&f, "trust add trust.json company.key.pub --name Build");
    f
}

#[test]
fn from_a_key_to_a_verified_module() {
    let f = signed("whole");
    let out = fine(
        &f,
        "verify-signature acme.wasm --trust trust.json --policy acme --lowest 1.2.0 -o bare.wasm",
    );
    assert!(
        out.contains("believed") && out.contains("acme 1.2.0") && out.contains("Build"),
        "{out}"
    );
    assert_eq!(read(&f, "bare.wasm"), read(&f, "plain.wasm"));
    fine(&f, "verify-signature acme.wasm --trust company.key.pub");
    let json = fine(
        &f,
        "verify-signature acme.wasm --trust trust.json --format json",
    );
    let json: Value = serde_json::from_str(&json).unwrap();
    assert_eq!(json["version"], "1.2.0");
    assert_eq!(json["keys"].as_array().unwrap().len(), 1);
    let shown = fine(&f, "inspect acme.wasm");
    assert!(shown.contains("not verified here"), "{shown}");
    let line = |name: &str| {
        let out = fine(&f, &format!("inspect {name} --format json"));
        let json: Value = serde_json::from_str(&out).unwrap();
        (
            json["digest"].clone(),
            json["signed_with"].as_array().unwrap().len(),
        )
    };
    assert_eq!(line("acme.wasm").0, line("plain.wasm").0, "the same module");
    assert_eq!((line("acme.wasm").1, line("plain.wasm").1), (1, 0));

    let verify = "verify-signature acme.wasm --trust trust.json";
    refused(&f, &format!("{verify} --policy other"), 1, "E8008");
    refused(&f, &format!("{verify} --lowest 1.2.1"), 1, "E8007");
    refused(
        &f,
        "verify-signature plain.wasm --trust trust.json",
        1,
        "E8001",
    );
    refused(
        &f,
        "verify-signature acme.wasm --trust acme.riegel",
        2,
        "E8009",
    );
    refused(
        &f,
        "verify-signature acme.wasm --trust company.key",
        2,
        "E8010",
    );
    fine(&f, "key stranger.key --signing");
    refused(
        &f,
        "verify-signature acme.wasm --trust stranger.key.pub",
        1,
        "E8003",
    );
}

#[test]
fn a_change_of_keys() {
    let f = signed("change");
    fine(&f, "key next.key --signing");
    fine(
        &f,
        "trust add trust.json company.key.pub --until 2028-01-31",
    );
    fine(&f, "trust add trust.json next.key.pub --from 2028-01-01");
    let verify =
        |today: &str| format!("verify-signature acme.wasm --trust trust.json --today {today}");
    fine(&f, &verify("2028-01-31"));
    refused(&f, &verify("2028-02-01"), 1, "E8006");
    fine(&f, "sign acme.wasm --key next.key");
    for day in ["2027-12-31", "2028-01-15", "2028-02-01"] {
        fine(&f, &verify(day));
    }
    let trust = Trust::parse(&String::from_utf8(read(&f, "trust.json")).unwrap()).unwrap();
    let ids: Vec<String> = trust
        .keys
        .iter()
        .map(|key| key.key.id().to_string())
        .collect();
    assert_eq!(trust.keys[0].name, "Build", "what is not said stays");
    fine(
        &f,
        &format!("trust revoke trust.json {} --on 2028-01-10", &ids[1][..8]),
    );
    refused(&f, &verify("2028-02-01"), 1, "E8005");
    fine(&f, &verify("2028-01-15"));
    let shown = fine(&f, "trust show trust.json --today 2028-01-15");
    assert!(
        shown.contains("revoked 2028-01-10") && shown.contains("until 2028-01-31"),
        "{shown}"
    );
    refused(&f, "trust add trust.json next.key.pub", 2, "E8005");
    refused(&f, "trust revoke trust.json 0", 2, "E6004");
    refused(
        &f,
        "trust add trust.json company.key.pub --from 2029-01-01",
        2,
        "E8009",
    );
}

#[test]
fn data_goes_to_its_place_only() {
    let f = signed("data");
    std::fs::write(f.join("params.json"), "{\"limit\": 3}").unwrap();
    fine(
        &f,
        "sign params.json --key company.key --policy acme --tenant meyer --version 1.4.0",
    );
    let verify = "verify-signature params.json.signed --trust trust.json --policy acme";
    fine(
        &f,
        &format!("{verify} --tenant meyer --name params.json --lowest 1.4.0 -o back.json"),
    );
    assert_eq!(read(&f, "back.json"), read(&f, "params.json"));
    fine(&f, "key next.key --signing");
    fine(&f, "sign params.json.signed --key next.key");
    let out = fine(
        &f,
        "verify-signature params.json.signed --trust next.key.pub",
    );
    assert!(
        out.contains("params.json for acme of meyer, version 1.4.0"),
        "{out}"
    );
    refused(&f, &format!("{verify} --tenant kranz"), 1, "E8008");
    refused(&f, &format!("{verify} --lowest 1.5.0"), 1, "E8007");
    refused(&f, "sign params.json --key company.key", 2, "E6004");
    refused(
        &f,
        "sign params.json --key company.key.pub --policy acme --version 1.0.0",
        2,
        "E8010",
    );
    refused(
        &f,
        "sign acme.wasm --key company.key --version 1.0.0",
        2,
        "E6004",
    );
    refused(
        &f,
        "verify-signature params.json --trust trust.json",
        1,
        "E8001",
    );
}

#[test]
fn keys_are_kept() {
    let f = folder("keys");
    let out = fine(&f, "key company.key --signing");
    let private = read(&f, "company.key");
    assert!(private.starts_with(b"riegel signing key 1\nid "));
    let secret = String::from_utf8(private.clone()).unwrap();
    let secret = secret
        .lines()
        .nth(2)
        .unwrap()
        .strip_prefix("key 81")
        .unwrap();
    assert!(!out.contains(&secret[..16]), "the secret is not shown");
    #[cfg(unix)]
    {
        let mode = |name: &str| {
            let meta = std::fs::metadata(f.join(name)).unwrap();
            std::os::unix::fs::PermissionsExt::mode(&meta.permissions()) & 0o777
        };
        assert_eq!(mode("company.key"), 0o600);
        refused(&f, "key company.key --signing", 2, "E6002");
        assert_eq!(read(&f, "company.key"), private);
        fine(&f, "key company.key --signing --force");
        assert_eq!(mode("company.key"), 0o600);
    }
    assert_ne!(read(&f, "company.key"), private);
    // Half a pair in the way is noticed before anything is written.
    std::fs::write(f.join("other.key.pub"), "mine").unwrap();
    refused(&f, "key other.key --signing", 2, "E6002");
    assert!(!f.join("other.key").exists());
}

#[test]
fn only_what_loads_is_signed() {
    let f = signed("loads");
    let mut damaged = read(&f, "plain.wasm");
    let middle = damaged.len() / 2;
    damaged[middle] ^= 1;
    std::fs::write(f.join("damaged.wasm"), &damaged).unwrap();
    refused(&f, "sign damaged.wasm --key company.key", 2, "E2003");
    assert_eq!(read(&f, "damaged.wasm"), damaged);
}

#[test]
fn a_host_takes_signed_modules() {
    let f = signed("host");
    let (plain, module) = (read(&f, "plain.wasm"), read(&f, "acme.wasm"));
    let trust = Trust::parse(&String::from_utf8(read(&f, "trust.json")).unwrap()).unwrap();
    let runtime = Runtime::new(Limits {
        instances: 4,
        ..Limits::default()
    })
    .unwrap();
    let load = |bytes: &[u8], policy: &str, lowest: &str| {
        let lowest = Version::parse(lowest);
        let expected = Expected {
            policy,
            lowest: lowest.as_ref(),
            today: TODAY,
        };
        runtime
            .load_signed(bytes, &trust, &expected)
            .map(|guard| *guard.digest())
            .map_err(|problem: Problem| problem.kind.id)
    };
    let digest = load(&module, "acme", "1.2.0").unwrap();
    assert_eq!(load(&plain, "acme", "1.2.0"), Err("E8001"));
    assert_eq!(load(&module, "meyer", "1.2.0"), Err("E8008"));
    assert_eq!(load(&module, "acme", "1.2.1"), Err("E8007"));
    // Without a trust set the signature is passed over, not the digest.
    for bytes in [&plain, &module] {
        assert_eq!(*runtime.load(bytes).unwrap().digest(), digest);
    }
    let signature = 8 + module.len() - plain.len();
    let ends = (0..24).chain(signature..signature + 20);
    let inside = (24..signature).step_by(9);
    for at in ends.chain(inside).chain(module.len() - 60..module.len()) {
        let mut damaged = module.clone();
        damaged[at] ^= 4;
        assert!(load(&damaged, "acme", "1.2.0").is_err(), "byte {at}");
        if let Ok(guard) = runtime.load(&damaged) {
            assert!(at > 20 && at < signature, "byte {at}");
            assert_eq!(*guard.digest(), digest, "only the signature differs");
        }
    }
    let small = Limits {
        module_bytes: 100,
        instances: 4,
        ..Limits::default()
    };
    let small = Runtime::new(small).unwrap();
    let expected = Expected {
        policy: "acme",
        lowest: None,
        today: TODAY,
    };
    let problem = small.load_signed(&module, &trust, &expected).err().unwrap();
    assert_eq!(problem.kind.id, "E2001");
}

/// `wasmsign2` is the convention's other implementation. It writes a length before the set of signed
/// hashes and before each signature, which the convention's text does not have; all else is the same.
#[test]
fn another_implementation_agrees() {
    let f = signed("wasmsign2");
    let key = SigningKey::read(&String::from_utf8(read(&f, "company.key")).unwrap()).unwrap();
    let ours = signing::sign(&read(&f, "plain.wasm"), &key).unwrap();
    let (head, rest) = ours.split_at(11 + 131);
    let (fixed, entry) = head.split_at(11 + 10 + 5 + 32 + 1);
    let theirs: [&[u8]; 6] = [
        &[0, 0x85, 1],
        &fixed[11..25],
        &[1 + 32 + 1 + 1 + 83],
        &fixed[25..],
        &[83],
        entry,
    ];
    let theirs = [&ours[..8], &theirs.concat()[..], rest].concat();
    let serialised = key.public().to_string();
    let serialised: Vec<u8> = (0..33)
        .map(|i| u8::from_str_radix(&serialised[2 * i..2 * i + 2], 16).unwrap())
        .collect();
    let public = wasmsign2::PublicKey::from_bytes(&serialised).unwrap();
    public
        .verify(&mut &theirs[..], None)
        .expect("wasmsign2 believes our signature");
    let mut changed = theirs.clone();
    *changed.last_mut().unwrap() ^= 1;
    assert!(public.verify(&mut &changed[..], None).is_err());
    // And the other way round: what it signs, put into the convention's form, is believed here.
    let pair = wasmsign2::KeyPair::generate();
    let module = wasmsign2::Module::deserialize(&mut &read(&f, "plain.wasm")[..]).unwrap();
    let public = riegel::signing::PublicKey::parse(&hex(&pair.pk.to_bytes())).unwrap();
    let id = (0..16).map(|i| {
        let id = public.id().to_string();
        u8::from_str_radix(&id[2 * i..2 * i + 2], 16).unwrap()
    });
    let module = pair.sk.sign(module, Some(&id.collect())).unwrap();
    let mut signed = Vec::new();
    module.serialize(&mut signed).unwrap();
    let mut ours = [
        &signed[..9],
        &[0x83, 1],
        &signed[11..25],
        &signed[26..60],
        &signed[61..],
    ]
    .concat();
    let size = usize::from(signed[9] & 0x7F) | usize::from(signed[10]) << 7;
    assert_eq!(size, 133);
    let trust = Trust {
        keys: vec![Trusted::new(public)],
    };
    let expected = Expected {
        policy: "acme",
        lowest: None,
        today: TODAY,
    };
    let believed = signing::verify(&ours, &trust, &expected).unwrap();
    assert_eq!(believed.module, read(&f, "plain.wasm"));
    *ours.last_mut().unwrap() ^= 1;
    assert!(signing::verify(&ours, &trust, &expected).is_err());
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
