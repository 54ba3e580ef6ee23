//! What `@riegel/guard/trust` must say to the same files: `vectors.json`, checked in.

use super::{about, key, module};
use riegel::emit::sections::hex;
use riegel::signing::data::{self, About};
use riegel::signing::{self, Expected, KeyId, Refused, Trust, Trusted, date};
use riegel::version::Version;
use serde_json::{Value, json};

struct Case {
    name: &'static str,
    file: Vec<u8>,
    trust: Trust,
    expected: Value,
}

fn trusted(n: u8, from: &str, until: &str, revoked: &str) -> Trusted {
    Trusted {
        from: date(from),
        until: date(until),
        revoked: date(revoked),
        name: format!("Invented key {n}"),
        ..Trusted::new(key(n).public())
    }
}

fn trust(keys: Vec<Trusted>) -> Trust {
    Trust { keys }
}

fn plain(n: u8) -> Trust {
    trust(vec![trusted(n, "", "", "")])
}

fn for_module(lowest: Option<&str>) -> Value {
    json!({ "policy": "acme", "lowest": lowest, "today": "2027-06-15" })
}

fn for_data(lowest: Option<&str>) -> Value {
    json!({ "policy": "acme", "tenant": "meyer", "name": "params", "lowest": lowest, "today": "2027-06-15" })
}

fn with(mut value: Value, field: &str, text: Value) -> Value {
    value[field] = text;
    value
}

fn cases() -> Vec<Case> {
    let sign = |module: &[u8], n| signing::sign(module, &key(n)).unwrap();
    let one = sign(&module("acme", "1.2.0"), 1);
    let two = sign(&one, 2);
    let payload = br#"{"bulk_limit":3,"partners":["bank.example"]}"#;
    let data_one = data::sign(payload, &about("1.2.0"), &key(1)).unwrap();
    let data_two = data::sign_again(&data_one, &key(2)).unwrap();
    let plain_data = About {
        tenant: None,
        ..about("7.0.0")
    };
    let mut changed = one.clone();
    *changed.last_mut().unwrap() ^= 1;
    let mut forged = one.clone();
    forged[80] ^= 1;
    let mut changed_data = data_one.clone();
    *changed_data.last_mut().unwrap() ^= 1;
    let mut cases = Vec::new();
    let mut add = |name, file: &[u8], trust: Trust, expected: Value| {
        cases.push(Case {
            name,
            file: file.to_vec(),
            trust,
            expected,
        });
    };
    let any = for_module(None);
    add("a signed module", &one, plain(1), any.clone());
    add(
        "not signed",
        &module("acme", "1.2.0"),
        plain(1),
        any.clone(),
    );
    add("two signatures, the old key", &two, plain(1), any.clone());
    add("two signatures, the new key", &two, plain(2), any.clone());
    let overlap = trust(vec![
        trusted(1, "", "2027-06-30", ""),
        trusted(2, "2027-06-01", "", ""),
    ]);
    add("two signatures, both keys", &two, overlap, any.clone());
    let mended = trust(vec![
        trusted(1, "", "", "2027-06-01"),
        trusted(2, "", "", ""),
    ]);
    add("two signatures, one key revoked", &two, mended, any.clone());
    add("a foreign key", &one, plain(3), any.clone());
    add("no keys", &one, trust(vec![]), any.clone());
    add(
        "a revoked key",
        &one,
        trust(vec![trusted(1, "", "", "2099-01-01")]),
        any.clone(),
    );
    add(
        "a key of tomorrow",
        &one,
        trust(vec![trusted(1, "2027-06-16", "", "")]),
        any.clone(),
    );
    add(
        "a key of yesterday",
        &one,
        trust(vec![trusted(1, "", "2027-06-14", "")]),
        any.clone(),
    );
    add(
        "a key of today",
        &one,
        trust(vec![trusted(1, "2027-06-15", "2027-06-15", "")]),
        any.clone(),
    );
    add(
        "changed after it was signed",
        &changed,
        plain(1),
        any.clone(),
    );
    add("a forged signature", &forged, plain(1), any.clone());
    add(
        "another policy",
        &sign(&module("other", "1.2.0"), 1),
        plain(1),
        any.clone(),
    );
    for (name, lowest) in [
        ("the version itself", "1.2.0"),
        ("a version before it", "1.2.0-rc.11"),
        ("a version behind it", "1.10.0"),
        ("the next version's candidate", "1.2.1-rc.1"),
    ] {
        add(name, &one, plain(1), for_module(Some(lowest)));
    }
    let candidate = sign(&module("acme", "2.0.0-rc.2"), 1);
    add(
        "a candidate, lowest a later one",
        &candidate,
        plain(1),
        for_module(Some("2.0.0-rc.11")),
    );
    add(
        "a candidate, lowest an earlier word",
        &candidate,
        plain(1),
        for_module(Some("2.0.0-alpha")),
    );
    add(
        "a candidate, lowest a number",
        &candidate,
        plain(1),
        for_module(Some("2.0.0-99")),
    );
    add(
        "a candidate, lowest without its last word",
        &candidate,
        plain(1),
        for_module(Some("2.0.0-rc")),
    );
    let any = for_data(None);
    add("signed data", &data_one, plain(1), any.clone());
    add("data with two signatures", &data_two, plain(2), any.clone());
    add("data, changed", &changed_data, plain(1), any.clone());
    add("data, a foreign key", &data_one, plain(3), any.clone());
    add("data, older", &data_one, plain(1), for_data(Some("1.3.0")));
    add(
        "data of another policy",
        &data_one,
        plain(1),
        with(any.clone(), "policy", json!("other")),
    );
    add(
        "data of another tenant",
        &data_one,
        plain(1),
        with(any.clone(), "tenant", json!("kranz")),
    );
    add(
        "data of a tenant, for nobody",
        &data_one,
        plain(1),
        with(any.clone(), "tenant", Value::Null),
    );
    add(
        "data of another name",
        &data_one,
        plain(1),
        with(any.clone(), "name", json!("lists")),
    );
    let nobodys = data::sign(b"\n\n\0\xFF", &plain_data, &key(1)).unwrap();
    add(
        "data without a tenant",
        &nobodys,
        plain(1),
        with(any.clone(), "tenant", Value::Null),
    );
    add(
        "data without a tenant, for one",
        &nobodys,
        plain(1),
        any.clone(),
    );
    add("no signed data", b"{}", plain(1), any);
    cases
}

fn answer(case: &Case) -> Result<(Vec<u8>, Version, Vec<KeyId>), Refused> {
    let text = |field: &str| case.expected[field].as_str();
    let lowest = text("lowest").and_then(Version::parse);
    let expected = Expected {
        policy: text("policy").unwrap(),
        lowest: lowest.as_ref(),
        today: date(text("today").unwrap()).unwrap(),
    };
    match text("name") {
        Some(name) => data::verify(&case.file, &case.trust, &expected, text("tenant"), name)
            .map(|signed| (signed.data.to_vec(), signed.about.version, signed.keys)),
        None => signing::verify(&case.file, &case.trust, &expected)
            .map(|signed| (signed.module, signed.version, signed.keys)),
    }
}

fn written(case: &Case) -> Value {
    let trust: Value = serde_json::from_str(&case.trust.text()).unwrap();
    let mut out = json!({ "name": case.name, "file": hex(&case.file), "trust": trust, "expected": case.expected });
    match answer(case) {
        Ok((bytes, version, keys)) => {
            let keys: Vec<String> = keys.iter().map(KeyId::to_string).collect();
            out["answer"] =
                json!({ "bytes": hex(&bytes), "version": version.as_str(), "keys": keys });
        }
        Err(refused) => out["code"] = json!(refused.code),
    }
    out
}

/// The file is what this compiler says; with `RIEGEL_WRITE` it is written.
pub fn check() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/signing/vectors.json");
    let cases: Vec<String> = cases()
        .iter()
        .map(|case| format!("  {}", written(case)))
        .collect();
    let text = format!("[\n{}\n]\n", cases.join(",\n"));
    if std::env::var_os("RIEGEL_WRITE").is_some() {
        std::fs::write(path, &text).unwrap();
    }
    let checked_in = std::fs::read_to_string(path).unwrap_or_default();
    assert!(
        checked_in == text,
        "write them anew: RIEGEL_WRITE=1 cargo test --release --test signing"
    );
}
