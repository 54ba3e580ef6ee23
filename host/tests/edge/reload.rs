//! Policies change while they decide: no request fails, and no decision is made of two of them.

use super::host::{Host, POLICY, event, folder};
use serde_json::json;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};
use std::time::{Duration, Instant};

/// Version `n` blocks `wort-n` and says so; a mixture of two would show.
fn policy(n: usize) -> String {
    POLICY
        .replace("1.0.0", &format!("{n}.0.0"))
        .replace("rule stop {", &format!("rule stop_{n} {{"))
        .replace("\"stopp\"", &format!("\"wort-{n}\""))
}

/// `RIEGEL_SWAPS` says how often (1,000).
#[test]
fn a_thousand_swaps_under_load() {
    let swaps: usize = std::env::var("RIEGEL_SWAPS")
        .ok()
        .and_then(|n| n.parse().ok())
        .unwrap_or(1_000);
    let folder = folder("swaps");
    std::fs::create_dir(folder.join("demo")).unwrap();
    std::fs::write(folder.join("demo/policy.riegel"), policy(0)).unwrap();
    std::fs::write(
        folder.join("demo/tenant.toml"),
        "policy = \"policy.riegel\"\n[limits]\nrequests_per_second = 1000000\nburst = 1000000\n",
    )
    .unwrap();
    let host = Host::start(&folder);
    let key = host.key(&["demo:author", "demo:decide"]);
    let other = host.key(&["demo:author"]);
    for n in 1..=3 {
        let given = host.send(
            "/v1/tenants/demo/versions",
            Some(&key),
            &[],
            policy(n).as_bytes(),
        );
        assert_eq!(given.status, 201, "{given:?}");
    }
    let (over, decided) = (AtomicBool::new(false), AtomicU64::new(0));
    let seen = [const { AtomicU64::new(0) }; 4];
    std::thread::scope(|scope| {
        for _ in 0..3 {
            scope.spawn(|| {
                let event = event("wort-0 wort-1 wort-2 wort-3");
                while !over.load(Relaxed) {
                    let answer = host.post("/v1/tenants/demo/decide", Some(&key), &event);
                    assert_eq!(answer.status, 200, "{answer:?}");
                    let decision = answer.json();
                    let version: usize = decision["policy"]["version"]
                        .as_str()
                        .unwrap()
                        .split('.')
                        .next()
                        .unwrap()
                        .parse()
                        .unwrap();
                    let rules = decision["rules"].as_array().unwrap();
                    assert_eq!(rules.len(), 1, "{decision}");
                    assert_eq!(rules[0]["id"], format!("stop_{version}"), "{decision}");
                    seen[version].fetch_add(1, Relaxed);
                    decided.fetch_add(1, Relaxed);
                }
            });
        }
        for swap in 0..swaps {
            let number = swap % 4;
            let path = format!("/v1/tenants/demo/versions/{number}/activate");
            let answer = host.post(&path, Some(&other), &json!({}));
            assert_eq!(answer.status, 200, "{answer:?}");
        }
        over.store(true, Relaxed);
    });
    assert!(
        decided.load(Relaxed) > swaps as u64 / 4,
        "{decided:?} decisions"
    );
    for (version, count) in seen.iter().enumerate() {
        assert!(count.load(Relaxed) > 0, "version {version} never decided");
    }
    let (fine, text) = host.verify();
    assert!(fine, "{text}");
}

/// What was built is kept for the next start: each tenant finds its own, though all policies lie in one
/// folder and so look at the same files.
#[test]
fn policies_in_one_folder_stay_apart() {
    let folder = folder("apart");
    for n in 0..6 {
        std::fs::write(folder.join(format!("tenant-{n}.riegel")), policy(n)).unwrap();
    }
    for _ in 0..2 {
        let host = Host::start(&folder);
        for n in 0..6 {
            let path = format!("/v1/tenants/tenant-{n}/decide");
            let decision = host.post(&path, None, &event(&format!("wort-{n}"))).json();
            assert_eq!(
                decision["policy"]["version"],
                format!("{n}.0.0"),
                "{decision}"
            );
            assert_eq!(decision["effective"], "block", "{decision}");
        }
        assert!(host.stop());
    }
}

fn eventually(what: &str, mut holds: impl FnMut() -> bool) {
    let start = Instant::now();
    while !holds() {
        assert!(start.elapsed() < Duration::from_secs(30), "never: {what}");
        std::thread::sleep(Duration::from_millis(50));
    }
}

#[test]
fn files_are_watched_and_a_broken_one_changes_nothing() {
    let folder = folder("watch");
    let file = folder.join("demo.riegel");
    std::fs::write(&file, policy(1)).unwrap();
    let host = Host::start(&folder);
    let version = || {
        host.decide("wort-2")["policy"]["version"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    assert_eq!(version(), "1.0.0");
    std::fs::write(&file, policy(2)).unwrap();
    eventually("the new text", || version() == "2.0.0");
    assert_eq!(host.decide("wort-2")["effective"], "block");
    let fault = || {
        let metrics = host.get("/metrics", None).text;
        metrics
            .lines()
            .any(|line| line == "riegel_policy_reload_failures_total 1")
    };
    std::fs::write(&file, "policy demo {").unwrap();
    eventually("the fault", fault);
    assert_eq!(version(), "2.0.0", "what works stays");
    std::fs::write(&file, policy(3)).unwrap();
    eventually("the mended text", || version() == "3.0.0");
    // Tenants come and go with their files.
    std::fs::write(folder.join("more.riegel"), policy(1)).unwrap();
    eventually("a new tenant", || {
        host.post("/v1/tenants/more/decide", None, &event("x"))
            .status
            == 200
    });
    std::fs::remove_file(folder.join("more.riegel")).unwrap();
    eventually("a tenant that left", || {
        host.post("/v1/tenants/more/decide", None, &event("x"))
            .status
            == 404
    });
    // A misspelt limit is said, and nothing changes.
    std::fs::write(folder.join("riegel.toml"), "[tenants.demo]\npolcy = 1\n").unwrap();
    eventually("the complaint", || host.said().contains("E9001"));
    assert_eq!(version(), "3.0.0");
}

#[test]
fn running_requests_come_to_their_end_when_the_host_stops() {
    use std::io::{Read, Write};
    let folder = super::host::demo("graceful");
    let host = Host::start(&folder);
    let body = event("stopp").to_string();
    let mut stream = std::net::TcpStream::connect(&host.address).unwrap();
    let head = format!(
        "POST /v1/tenants/demo/decide HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes()).unwrap();
    stream.write_all(&body.as_bytes()[..10]).unwrap();
    std::thread::sleep(Duration::from_millis(200));
    let address = host.address.clone();
    let stopping = std::thread::spawn(move || host.stop());
    eventually("no new connections", || {
        std::net::TcpStream::connect(&address).is_err()
    });
    stream.write_all(&body.as_bytes()[10..]).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(
        answer.starts_with("HTTP/1.1 200") && answer.contains("\"effective\":\"block\""),
        "{answer}"
    );
    assert!(stopping.join().unwrap(), "stopped in order");
    let (fine, text) = super::host::verify(&folder, &[]);
    assert!(fine && text.contains("2 records"), "{text}");
}

/// A file that somebody is still writing is often a policy already: one without its last rules.
#[test]
fn a_file_that_is_still_being_written_does_not_decide() {
    use std::io::Write;
    let folder = super::host::demo("half");
    let host = Host::start(&folder);
    let text = policy(2);
    let (start, rest) = text.split_at(text.find("rule stop_2").unwrap());
    let mut file = std::fs::File::create(folder.join("demo.riegel")).unwrap();
    file.write_all(start.as_bytes()).unwrap();
    for _ in 0..30 {
        file.write_all(b"// more is coming\n").unwrap();
        file.flush().unwrap();
        assert_eq!(
            host.decide("stopp")["effective"],
            "block",
            "half a policy decides"
        );
        std::thread::sleep(Duration::from_millis(100));
    }
    file.write_all(rest.as_bytes()).unwrap();
    drop(file);
    eventually("the whole text", || {
        host.decide("wort-2")["rules"][0]["id"] == "stop_2"
    });
}

/// Waits until it holds, ten seconds at most.
fn until(what: &str, mut holds: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !holds() {
        assert!(begun.elapsed() < Duration::from_secs(10), "{what}");
        std::thread::sleep(Duration::from_millis(100));
    }
}

fn riegel(folder: &std::path::Path, args: &[&str]) -> String {
    let done = std::process::Command::new(env!("CARGO_BIN_EXE_riegel"))
        .current_dir(folder)
        .args(args)
        .output()
        .unwrap();
    assert!(done.status.success(), "{args:?}: {done:?}");
    String::from_utf8(done.stdout).unwrap()
}

/// Whoever revokes a key wants what it signed to end now, on hosts that run, too: from files and from the API.
#[test]
fn what_a_revoked_key_signed_decides_no_more() {
    let folder = folder("revoked");
    for tenant in ["files", "given"] {
        let place = folder.join(tenant);
        std::fs::create_dir(&place).unwrap();
        std::fs::write(place.join("demo.riegel"), POLICY).unwrap();
        riegel(&place, &["build", "demo.riegel", "-o", "demo.wasm"]);
        riegel(&place, &["key", "company.key", "--signing"]);
        riegel(
            &place,
            &[
                "trust",
                "add",
                "trust.json",
                "company.key.pub",
                "--name",
                "Build",
            ],
        );
        riegel(&place, &["sign", "demo.wasm", "--key", "company.key"]);
        std::fs::remove_file(place.join("demo.riegel")).unwrap();
        std::fs::write(
            place.join("tenant.toml"),
            "policy = \"demo.wasm\"\ntrust = \"trust.json\"\npolicy_id = \"demo\"\ntwo_persons = false\n",
        )
        .unwrap();
    }
    let host = Host::start(&folder);
    let key = host.key(&["given:author", "given:decide", "files:decide"]);
    let module = std::fs::read(folder.join("given/demo.wasm")).unwrap();
    let given = host.send("/v1/tenants/given/versions", Some(&key), &[], &module);
    assert_eq!(given.status, 201, "{given:?}");
    let path = "/v1/tenants/given/versions/1/activate";
    assert_eq!(host.post(path, Some(&key), &json!({})).status, 200);
    let decided = |tenant: &str| {
        let path = format!("/v1/tenants/{tenant}/decide");
        host.post(&path, Some(&key), &event("Guten Tag")).json()["effective"].clone()
    };
    for tenant in ["files", "given"] {
        assert_eq!(decided(tenant), "allow", "{tenant}");
        let place = folder.join(tenant);
        let shown = riegel(&place, &["trust", "show", "trust.json"]);
        let id = shown.split_whitespace().nth(1).unwrap();
        riegel(&place, &["trust", "revoke", "trust.json", id]);
        until(tenant, || decided(tenant) == "block");
    }
}

/// One tenant's folder holds up nobody else.
#[test]
fn what_is_no_file_or_has_no_end_holds_up_nobody() {
    let folder = folder("endless");
    for tenant in ["a", "b"] {
        std::fs::create_dir(folder.join(tenant)).unwrap();
        std::fs::write(folder.join(tenant).join("demo.riegel"), policy(1)).unwrap();
        std::fs::write(
            folder.join(tenant).join("tenant.toml"),
            "policy = \"demo.riegel\"\n",
        )
        .unwrap();
    }
    let host = Host::start(&folder);
    let key = host.key(&["a:decide", "b:decide"]);
    let version = |tenant: &str| {
        let path = format!("/v1/tenants/{tenant}/decide");
        let decision = host.post(&path, Some(&key), &event("Guten Tag")).json();
        decision["policy"]["version"].as_str().unwrap().to_owned()
    };
    let policy_of = |tenant: &str| folder.join(tenant).join("demo.riegel");
    let made = |what: &str, args: &[&str]| {
        let _ = std::fs::remove_file(policy_of("a"));
        let done = std::process::Command::new(args[0])
            .args(&args[1..])
            .arg(policy_of("a"))
            .status();
        assert!(done.unwrap().success(), "{what}");
    };
    for (n, (what, args)) in [
        ("a pipe", &["mkfifo"][..]),
        ("a device", &["ln", "-s", "/dev/zero"]),
        ("a huge file", &["truncate", "-s", "6G"]),
    ]
    .into_iter()
    .enumerate()
    {
        made(what, args);
        until(what, || {
            host.said().matches("tenant a: [E6001]").count() > n
        });
        std::fs::write(policy_of("b"), policy(10 + n)).unwrap();
        until(what, || version("b") == format!("{}.0.0", 10 + n));
        assert_eq!(version("a"), "1.0.0", "{what}");
    }
    std::fs::remove_file(policy_of("a")).unwrap();
    std::fs::write(policy_of("a"), policy(2)).unwrap();
    until("the policy is back", || version("a") == "2.0.0");
    assert!(host.stop());
}
