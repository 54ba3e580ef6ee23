//! People come with tokens of a provider, which is a small server of this file.

use super::host::{Host, POLICY, demo, event};
use super::outside::server;
use riegel_host::serve::store::{Place, open};
use ring::rand::SystemRandom;
use ring::signature::{Ed25519KeyPair, KeyPair};
use serde_json::{Value as Json, json};
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

const DECIDE: &str = "/v1/tenants/demo/decide";

/// A provider of identities.
pub struct Provider {
    issuer: String,
    key: Arc<Ed25519KeyPair>,
}

fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let mut out = String::new();
    for three in bytes.chunks(3) {
        let mut word = [0_u8; 4];
        word[1..=three.len()].copy_from_slice(three);
        let word = u32::from_be_bytes(word);
        for n in 0..=three.len() {
            out.push(DIGITS[((word >> (18 - 6 * n)) & 63) as usize] as char);
        }
    }
    out
}

impl Provider {
    pub fn start() -> Self {
        let seed = Ed25519KeyPair::generate_pkcs8(&SystemRandom::new()).unwrap();
        let key = Arc::new(Ed25519KeyPair::from_pkcs8(seed.as_ref()).unwrap());
        let public = base64(key.public_key().as_ref());
        let keys = json!({"keys": [
            {"kty": "OKP", "crv": "Ed25519", "alg": "EdDSA", "use": "sig", "kid": "k", "x": public}
        ]})
        .to_string();
        let address = server(move |mut stream| {
            let mut lines = BufReader::new(stream.try_clone().unwrap()).lines();
            while lines.next().is_some_and(|line| !line.unwrap().is_empty()) {}
            let _ = write!(
                stream,
                "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\
                 connection: close\r\n\r\n{keys}",
                keys.len()
            );
        });
        Provider {
            issuer: format!("http://{address}"),
            key,
        }
    }

    /// What `riegel.toml` says of it.
    pub fn settings(&self, more: &str) -> String {
        let issuer = &self.issuer;
        format!(
            "[[identity]]\nissuer = \"{issuer}\"\naudience = \"riegel\"\njwks = \"{issuer}/keys\"\n{more}\n"
        )
    }

    /// A token with these rights.
    pub fn token(&self, sub: &str, rights: &[&str], more: Json) -> String {
        let now = std::time::SystemTime::UNIX_EPOCH
            .elapsed()
            .unwrap()
            .as_secs();
        let mut claims = json!({
            "iss": self.issuer, "aud": "riegel", "sub": sub, "exp": now + 600, "riegel_roles": rights,
        });
        for (name, value) in more.as_object().into_iter().flatten() {
            claims[name] = value.clone();
        }
        let head = json!({"alg": "EdDSA", "kid": "k", "typ": "JWT"});
        let parts = [head, claims].map(|part| base64(part.to_string().as_bytes()));
        let signed = parts.join(".");
        let signature = base64(self.key.sign(signed.as_bytes()).as_ref());
        format!("{signed}.{signature}")
    }
}

/// A host that believes a provider.
fn believing(name: &str, more: &str) -> (Host, Provider) {
    let (folder, provider) = (demo(name), Provider::start());
    std::fs::write(folder.join("riegel.toml"), provider.settings(more)).unwrap();
    (Host::start(&folder), provider)
}

fn records(host: &Host, key: &str) -> Vec<Json> {
    let text = host.get("/v1/tenants/demo/audit", Some(key)).text;
    let lines = text
        .lines()
        .map(|line| serde_json::from_str::<Json>(line).unwrap());
    lines.map(|line| line["record"].clone()).collect()
}

/// Every text of a table.
fn table(folder: &Path, what: &str) -> String {
    let mut sql = open(&Place::File(folder.join(".riegel/riegel.db"))).unwrap();
    format!("{:?}", sql.rows(what, &[]).unwrap())
}

#[test]
fn nothing_shows_the_name_of_an_erased_person() {
    let (host, provider) = believing("erased-name", "");
    let person = "anna.schmidt@firma.example";
    let anna = provider.token(person, &["demo:administrator", "demo:approver"], json!({}));
    let bob = provider.token("bob", &["demo:administrator", "demo:decide"], json!({}));
    let given = host.send(
        "/v1/tenants/demo/versions",
        Some(&anna),
        &[],
        POLICY.replace("1.0.0", "2.0.0").as_bytes(),
    );
    assert_eq!(given.status, 201, "{given:?}");
    let body = json!({"name": "x", "grants": [{"tenant": "demo", "role": "author"}]});
    let made = host.post("/v1/keys", Some(&anna), &body).json();
    let key = made["key"].as_str().unwrap();
    let by_key = host.send(
        "/v1/tenants/demo/versions",
        Some(key),
        &[],
        POLICY.replace("1.0.0", "3.0.0").as_bytes(),
    );
    assert_eq!(by_key.status, 201, "{by_key:?}");
    let mut decision = event("stopp");
    decision["user"]["id"] = json!("Anna.Schmidt@firma.example ");
    assert_eq!(host.post(DECIDE, Some(&bob), &decision).status, 200);
    assert!(
        host.get("/v1/tenants/demo/versions", Some(&bob))
            .text
            .contains(person)
    );
    // One person is one pseudonym, whether they act or are acted upon.
    let of = |kind: &str, records: &[Json]| {
        let found = records.iter().find(|record| record["kind"] == kind);
        found.unwrap_or_else(|| panic!("{kind}"))["subject"].clone()
    };
    let before = records(&host, &bob);
    assert_eq!(of("policy.given", &before), of("key.made", &before));
    assert_eq!(of("policy.given", &before), of("decision", &before));
    // Whoever erases themselves is not written down anew.
    let erase = |key: &str| {
        host.post(
            "/v1/tenants/demo/erase",
            Some(key),
            &json!({"person": person}),
        )
    };
    assert_eq!(erase(&anna).json(), json!({"erased": true, "wiped": true}));
    assert_eq!(of("person.erased", &records(&host, &bob)), Json::Null);
    assert_eq!(erase(&bob).json()["erased"], false);
    assert!(
        !host
            .get("/v1/tenants/demo/versions", Some(&bob))
            .text
            .contains("anna")
    );
    assert_eq!(
        table(&host.folder, "SELECT author FROM version WHERE n = 1")
            .matches("erased")
            .count(),
        1
    );
    assert_eq!(
        table(&host.folder, "SELECT maker FROM api_key_maker")
            .matches("erased")
            .count(),
        1
    );
    let subjects = table(&host.folder, "SELECT tag FROM subject");
    assert_eq!(subjects.matches("Blob").count(), 2, "bob and the key");
    // Nobody can say any more that it was somebody else who gave them.
    for number in [1, 2] {
        let path = format!("/v1/tenants/demo/versions/{number}/activate");
        for who in [&anna, &bob] {
            let refused = host.post(&path, Some(who), &json!({}));
            assert_eq!(refused.status, 409, "{refused:?}");
            assert!(refused.text.contains("erased"), "{refused:?}");
        }
    }
}

#[test]
fn whoever_asks_does_not_approve_however_their_name_is_written() {
    let (host, provider) = believing("asks", "person = \"preferred_username\"");
    let program = host.key(&["demo:decide"]);
    let token = |sub: &str, name: &str| {
        let rights = ["demo:approver", "demo:administrator"];
        provider.token(sub, &rights, json!({"preferred_username": name}))
    };
    let (alice, bob) = (token("0a1b", "Alice"), token("0c2d", "bob"));
    let ask = |key: &str, user: Option<&str>| {
        let mut body = event("frag KD-123456");
        body.as_object_mut().unwrap().remove("user");
        if let Some(user) = user {
            body["user"] = json!({"id": user});
        }
        let asked = host
            .post("/v1/tenants/demo/approvals", Some(key), &body)
            .json();
        asked["approvals"][0]["id"].as_str().unwrap().to_owned()
    };
    let word = |key: &str, id: &str| {
        let path = format!("/v1/tenants/demo/approvals/{id}/decision");
        host.post(&path, Some(key), &json!({"approve": true}))
            .status
    };
    let made = |maker: &str, role: &str| {
        let body = json!({"name": "x", "grants": [{"tenant": "demo", "role": role}]});
        let made = host.post("/v1/keys", Some(maker), &body).json();
        made["key"].as_str().unwrap().to_owned()
    };
    let hers = made(&alice, "approver");
    for user in ["alice", "Alice", " ALICE "] {
        let id = ask(&program, Some(user));
        assert_eq!(word(&alice, &id), 409, "{user:?}");
        assert_eq!(word(&hers, &id), 409, "{user:?}");
        assert_eq!(word(&bob, &id), 200, "{user:?}");
    }
    // Where the event names nobody, whoever sent it has asked.
    for sender in [&alice, &made(&alice, "decide")] {
        let id = ask(sender, None);
        assert_eq!(word(&alice, &id), 409);
        assert_eq!(word(&hers, &id), 409);
        assert_eq!(word(&bob, &id), 200);
    }
    // A token without the claim names nobody.
    let nameless = provider.token("0a1b", &["demo:approver"], json!({}));
    assert_eq!(host.get("/v1/me", Some(&nameless)).status, 401);
}

#[test]
fn an_erasure_holds_nobody_up_and_says_when_it_is_not_on_the_disk() {
    let host = Host::start(&demo("wiped"));
    let (admin, program) = (
        host.key(&["demo:administrator"]),
        host.key(&["demo:decide"]),
    );
    let decide = || {
        let start = Instant::now();
        assert_eq!(
            host.post(DECIDE, Some(&program), &event("stopp")).status,
            200
        );
        start.elapsed()
    };
    decide();
    let journal = host.folder.join(".riegel/riegel.db-wal");
    let size = || std::fs::metadata(&journal).unwrap().len();
    let erase = |person: &str| {
        let body = json!({"person": person});
        host.post("/v1/tenants/demo/erase", Some(&admin), &body)
    };
    // Somebody reads: a backup, `audit verify` of a long log.
    let mut reader = open(&Place::File(host.folder.join(".riegel/riegel.db"))).unwrap();
    reader.begin_reading().unwrap();
    reader.rows("SELECT COUNT(*) FROM audit", &[]).unwrap();
    decide();
    let slowest = std::thread::scope(|scope| {
        let erased = scope.spawn(|| erase("u-1"));
        let mut slowest = Duration::ZERO;
        while !erased.is_finished() {
            slowest = slowest.max(decide());
        }
        let erased = erased.join().unwrap();
        assert_eq!(erased.status, 202, "{erased:?}");
        assert_eq!(erased.json(), json!({"erased": true, "wiped": false}));
        slowest
    });
    assert!(slowest < Duration::from_secs(3), "{slowest:?}");
    assert!(size() > 0);
    reader.commit().unwrap();
    // Nothing more to erase, but what was left is tried again.
    let start = Instant::now();
    loop {
        let again = erase("nobody");
        if again.status == 200 {
            assert_eq!(again.json(), json!({"erased": false, "wiped": true}));
            break;
        }
        assert!(start.elapsed() < Duration::from_secs(30));
    }
}

#[test]
fn a_provider_that_is_taken_out_of_the_file_is_believed_no_more() {
    let (host, provider) = believing("taken-out", "");
    let token = provider.token("anna", &["*:administrator"], json!({}));
    assert_eq!(host.get("/v1/me", Some(&token)).status, 200);
    let file = host.folder.join("riegel.toml");
    std::fs::write(&file, "").unwrap();
    let becomes = |status: u16| {
        let start = Instant::now();
        while host.get("/v1/me", Some(&token)).status != status {
            assert!(start.elapsed() < Duration::from_secs(30), "never {status}");
            std::thread::sleep(Duration::from_millis(100));
        }
    };
    becomes(401);
    let fresh = provider.token("bert", &["*:administrator"], json!({}));
    assert_eq!(host.get("/v1/me", Some(&fresh)).status, 401);
    std::fs::write(&file, provider.settings("")).unwrap();
    becomes(200);
}

#[test]
fn a_key_for_everything_stands_in_every_log_with_what_it_may() {
    let folder = demo("everything");
    std::fs::write(folder.join("other.riegel"), POLICY).unwrap();
    let host = Host::start(&folder);
    let root = host.key(&["*:administrator"]);
    let make = |grants: Json| {
        let body = json!({"name": "x", "grants": grants});
        let made = host.post("/v1/keys", Some(&root), &body).json();
        made["id"].as_str().unwrap().to_owned()
    };
    let everywhere = make(json!([
        {"tenant": "*", "role": "administrator"}, {"tenant": "other", "role": "viewer"},
    ]));
    let one = make(json!([{"tenant": "demo", "role": "decide"}]));
    assert_eq!(
        host.delete(&format!("/v1/keys/{everywhere}"), &root).status,
        204
    );
    // Twice is once.
    assert_eq!(
        host.delete(&format!("/v1/keys/{everywhere}"), &root).status,
        404
    );
    let notes = |tenant: &str| -> Vec<Json> {
        let text = host
            .get(&format!("/v1/tenants/{tenant}/audit"), Some(&root))
            .text;
        let lines = text
            .lines()
            .map(|line| serde_json::from_str::<Json>(line).unwrap());
        let records = lines.map(|line| line["record"].clone());
        records
            .filter(|record| record["kind"].as_str().unwrap().starts_with("key."))
            .map(|record| json!([record["kind"], record["key"], record["grants"]]))
            .collect()
    };
    let all = json!({"tenant": "*", "role": "administrator"});
    let (here, there) = (
        json!([all]),
        json!([all, {"tenant": "other", "role": "viewer"}]),
    );
    assert_eq!(
        notes("demo"),
        [
            json!(["key.made", everywhere, here]),
            json!(["key.made", one, [{"tenant": "demo", "role": "decide"}]]),
            json!(["key.revoked", everywhere, here]),
        ]
    );
    assert_eq!(
        notes("other"),
        [
            json!(["key.made", everywhere, there]),
            json!(["key.revoked", everywhere, there])
        ]
    );
}
