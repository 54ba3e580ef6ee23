//! Whoever does not play by the rules gets a refusal, never a failure, and never another's data.

use super::host::{Host, demo, event, folder};
use serde_json::json;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

/// Sends bytes as they are; gives the status of the answer, 0 where the connection was closed.
fn raw(host: &Host, bytes: &[u8]) -> (u16, String) {
    let mut stream = TcpStream::connect(&host.address).unwrap();
    stream
        .set_read_timeout(Some(Duration::from_secs(20)))
        .unwrap();
    // A host that has heard enough closes before everything is sent.
    let _ = stream.write_all(bytes);
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer);
    let text = String::from_utf8_lossy(&answer).into_owned();
    let status = text
        .split(' ')
        .nth(1)
        .and_then(|s| s.parse().ok())
        .unwrap_or(0);
    (status, text)
}

fn request(head: &str, body: &[u8]) -> Vec<u8> {
    let mut bytes = head.replace('\n', "\r\n").into_bytes();
    bytes.extend(b"\r\n\r\n");
    bytes.extend(body);
    bytes
}

/// A host that waits for two seconds at most.
fn impatient(name: &str) -> Host {
    let folder = demo(name);
    let limits = "[limits]\nheader_seconds = 2\nbody_seconds = 2\n";
    std::fs::write(folder.join("riegel.toml"), limits).unwrap();
    Host::start(&folder)
}

fn still_decides(host: &Host) {
    assert_eq!(host.decide("stopp")["effective"], "block");
}

#[test]
fn bad_json_and_bad_utf8_are_refused_with_a_code_and_a_place() {
    let host = impatient("json");
    let deep = "[".repeat(100_000);
    let nested = format!(
        "{{\"action\":\"paste\",\"user\":{}",
        "{\"a\":".repeat(5_000)
    );
    let bodies: [&[u8]; 14] = [
        b"",
        b"{",
        b"[]",
        b"null",
        b"\"geheim\"",
        b"\xff\xfe{}",
        b"{\"content\":\"\xff\"}",
        b"{\"action\":\"paste\",\"action\":\"upload\"}",
        b"{\"geheim\": 1}",
        b"{\"action\":\"paste\",\"content\":{\"text\":\"a\",\"parts\":[]}}",
        b"{\"action\":\"paste\",\"content_file\":\"/etc/passwd\"}",
        b"{\"action\":\"paste\",\"user\":{\"id\":9e999}}",
        deep.as_bytes(),
        nested.as_bytes(),
    ];
    for body in bodies {
        let kind = [("content-type", "application/json")];
        let answer = host.send("/v1/tenants/demo/decide", None, &kind, body);
        let start = String::from_utf8_lossy(body)
            .chars()
            .take(40)
            .collect::<String>();
        assert!(
            answer.status == 400 || answer.status == 422,
            "{start}: {answer:?}"
        );
        assert_eq!(answer.headers["content-type"], "application/problem+json");
        assert!(answer.json()["code"].as_str().unwrap().starts_with('E'));
        assert!(!answer.text.contains("root:"), "{answer:?}");
    }
    // A page of another origin can send these types without being asked about.
    for kind in [
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data",
    ] {
        let answer = host.send(
            "/v1/tenants/demo/decide",
            None,
            &[("content-type", kind)],
            b"{}",
        );
        assert_eq!(answer.status, 415);
    }
    still_decides(&host);
}

#[test]
fn paths_lead_nowhere() {
    let folder = demo("paths");
    std::fs::write(folder.join("secret.txt"), "streng geheim").unwrap();
    let host = Host::start(&folder);
    let key = host.key(&["*:administrator"]);
    for path in [
        "/v1/tenants/../../secret.txt/policy",
        "/v1/tenants/..%2f..%2fsecret.txt/policy",
        "/v1/tenants/demo%00/policy",
        "/v1/tenants/demo%2f..%2fdemo/policy",
        "/v1/tenants//policy",
        "/v1/tenants/%ff%fe/policy",
        "/console/..%2f..%2f..%2fsecret.txt",
        "/console/../riegel.db",
        "/v1/tenants/demo/versions/-1/activate",
        "/v1/tenants/demo/approvals/../../keys",
        "/v1/tenants/demo/../other/policy",
        "//v1/tenants",
        "/v1/tenants/DEMO/policy",
        "/%",
        "/v1/tenants/demo/versions/99999999999999999999/activate",
    ] {
        for method in ["GET", "POST", "DELETE", "PUT", "TRACE", "CONNECT", "QQQQ"] {
            let head = format!(
                "{method} {path} HTTP/1.1\nHost: localhost\nAuthorization: Bearer {key}\nConnection: close\nContent-Length: 0"
            );
            let (status, text) = raw(&host, &request(&head, b""));
            assert!(status < 500, "{method} {path}: {text}");
            assert!(status == 0 || status >= 400, "{method} {path}: {text}");
            assert!(!text.contains("streng geheim"));
        }
    }
}

#[test]
fn heads_that_are_too_large_too_many_or_broken() {
    let host = impatient("heads");
    let path = "POST /v1/tenants/demo/decide HTTP/1.1\nHost: localhost";
    let long = format!("{path}\nX-Long: {}", "a".repeat(1 << 20));
    let many = format!(
        "{path}{}",
        (0..500).map(|i| format!("\nX-{i}: 1")).collect::<String>()
    );
    let heads = [
        long.clone(),
        many,
        format!("{path}\nContent-Length: -1"),
        format!("{path}\nContent-Length: 99999999999999999999"),
        format!("{path}\nContent-Length: 3\nContent-Length: 5"),
        format!("{path}\nTransfer-Encoding: chunked\nContent-Length: 5"),
        format!("{path}\nTransfer-Encoding: gzip"),
        format!("{path}\n: x"),
        format!("{path}\nA B: x"),
        format!("{path}\nAuthorization: Bearer {}", "a".repeat(4096)),
        format!("{path}\nAuthorization: Basic Zzz"),
        format!("{path}\nAuthorization: Bearer \u{1}"),
        "GET / HTTP/9.9\nHost: localhost".to_owned(),
        "GET http://[::1 HTTP/1.1".to_owned(),
        "\0\0\0\0".to_owned(),
        format!("GET /{} HTTP/1.1\nHost: a", "b".repeat(70_000)),
        "PRI * HTTP/2.0".to_owned(),
    ];
    for head in heads {
        let (status, text) = raw(&host, &request(&head, b"xyz"));
        let start: String = head.chars().take(80).collect();
        assert!(status < 500, "{start}: {text}");
        assert!(status == 0 || status >= 400, "{start}: {text}");
    }
    for code in [
        "no key",
        "rgl_",
        "rgl_000000000000_00",
        "ey.ey.ey",
        "eyJhbGciOiJub25lIn0.e30.",
    ] {
        assert_eq!(host.get("/v1/me", Some(code)).status, 401, "{code}");
    }
    let unknown = format!("rgl_{}_{}", "0".repeat(12), "0".repeat(64));
    for _ in 0..5 {
        assert_eq!(host.get("/v1/me", Some(&unknown)).status, 401);
    }
    still_decides(&host);
}

#[test]
fn a_secret_cannot_be_tried_without_end_and_its_owner_still_comes_in() {
    let host = Host::start(&demo("tries"));
    let key = host.key(&["demo:viewer"]);
    assert_eq!(host.get("/v1/me", Some(&key)).status, 200);
    let wrong = format!("{}{}", &key[..key.len() - 4], "0000");
    let other = host.key(&["demo:viewer"]);
    let tries: Vec<u16> = (0..60)
        .map(|_| host.get("/v1/me", Some(&wrong)).status)
        .collect();
    assert!(
        tries.iter().all(|status| [401, 429].contains(status)),
        "{tries:?}"
    );
    assert!(tries.contains(&429), "{tries:?}");
    let refused = (0..60).map(|_| host.get("/v1/me", Some(&wrong)));
    let refused = refused.into_iter().find(|answer| answer.status == 429);
    assert!(refused.unwrap().text.contains("wrong secrets"));
    assert_eq!(host.get("/v1/me", Some(&key)).status, 200);
    assert_eq!(host.get("/v1/me", Some(&other)).status, 200);
}

#[test]
fn a_right_key_is_no_guess_however_many_come_with_it_and_whoever_revokes_others() {
    let host = Host::start(&demo("revoked"));
    let program = host.key(&["demo:decide"]);
    let admin = host.key(&["demo:administrator"]);
    let decide = || {
        let path = "/v1/tenants/demo/decide";
        host.post(path, Some(&program), &event("Hallo")).status
    };
    // Nobody has seen the key yet: all of them wait for one try.
    let start = std::time::Instant::now();
    std::thread::scope(|scope| {
        let all: Vec<_> = (0..48).map(|_| scope.spawn(decide)).collect();
        for one in all {
            assert_eq!(one.join().unwrap(), 200);
        }
    });
    assert!(start.elapsed() < Duration::from_secs(10));
    let done = std::sync::atomic::AtomicBool::new(false);
    std::thread::scope(|scope| {
        for _ in 0..16 {
            scope.spawn(|| {
                while !done.load(std::sync::atomic::Ordering::Relaxed) {
                    assert_eq!(decide(), 200);
                    // Below what the tenant may ask for in a second.
                    std::thread::sleep(Duration::from_millis(20));
                }
            });
        }
        for _ in 0..12 {
            let body = json!({"name": "x", "grants": [{"tenant": "demo", "role": "viewer"}]});
            let made = host.post("/v1/keys", Some(&admin), &body).json();
            let (id, key) = (made["id"].as_str().unwrap(), made["key"].as_str().unwrap());
            assert_eq!(host.get("/v1/me", Some(key)).status, 200);
            let path = format!("/v1/keys/{id}");
            assert_eq!(host.delete(&path, &admin).status, 204);
            assert_eq!(host.get("/v1/me", Some(key)).status, 401);
        }
        done.store(true, std::sync::atomic::Ordering::Relaxed);
    });
}

#[test]
fn a_page_in_a_browser_is_not_a_program_on_this_machine() {
    let host = impatient("rebinding");
    let body = event("x").to_string();
    for line in [
        "Host: evil.example",
        "Host: 127.0.0.1.evil.example",
        "Host: localhost\nX-Forwarded-For: 203.0.113.7",
        "Host: localhost\nForwarded: for=203.0.113.7",
        "Host: localhost\nSec-Fetch-Site: cross-site",
    ] {
        let head = format!(
            "POST /v1/tenants/demo/decide HTTP/1.1\n{line}\nContent-Type: application/json\nConnection: close\nContent-Length: {}",
            body.len()
        );
        let (status, text) = raw(&host, &request(&head, body.as_bytes()));
        assert_eq!(status, 401, "{line}: {text}");
    }
}

#[test]
fn slow_and_half_requests_do_not_hold_the_host() {
    let folder = folder("slow");
    std::fs::write(folder.join("demo.riegel"), super::host::POLICY).unwrap();
    std::fs::write(
        folder.join("riegel.toml"),
        "[limits]\nheader_seconds = 1\nbody_seconds = 1\nconnections = 60\n",
    )
    .unwrap();
    let host = Host::start(&folder);
    let mut slow: Vec<TcpStream> = Vec::new();
    for i in 0..50 {
        let mut stream = TcpStream::connect(&host.address).unwrap();
        let start: &[u8] = match i % 3 {
            0 => b"POST /v1/tenants/de",
            1 => b"POST /v1/tenants/demo/decide HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 500\r\n\r\n{\"a",
            _ => b"",
        };
        stream.write_all(start).unwrap();
        slow.push(stream);
    }
    still_decides(&host);
    for mut stream in slow {
        stream
            .set_read_timeout(Some(Duration::from_secs(20)))
            .unwrap();
        let mut answer = Vec::new();
        // The host ends them by itself.
        let ended = stream.read_to_end(&mut answer);
        assert!(
            ended.is_ok() || ended.is_err_and(|e| e.kind() == std::io::ErrorKind::ConnectionReset)
        );
        let text = String::from_utf8_lossy(&answer);
        assert!(
            answer.is_empty() || text.starts_with("HTTP/1.1 408"),
            "{text}"
        );
    }
    still_decides(&host);
    // Connections beyond the limit are closed, and those that are there go on.
    let crowd: Vec<_> = (0..200)
        .filter_map(|_| TcpStream::connect(&host.address).ok())
        .collect();
    drop(crowd);
    std::thread::sleep(Duration::from_millis(300));
    still_decides(&host);
}

#[test]
fn bodies_beyond_the_limit_are_not_read() {
    let folder = folder("bodies");
    std::fs::create_dir(folder.join("demo")).unwrap();
    std::fs::write(folder.join("demo/policy.riegel"), super::host::POLICY).unwrap();
    std::fs::write(
        folder.join("demo/tenant.toml"),
        "policy = \"policy.riegel\"\n[limits]\nbody_bytes = 10_000\nrequests_per_second = 5\nburst = 12\n",
    )
    .unwrap();
    let host = Host::start(&folder);
    let answer = host.post("/v1/tenants/demo/decide", None, &event(&"a".repeat(20_000)));
    assert_eq!(answer.status, 413);
    let head = "POST /v1/tenants/demo/decide HTTP/1.1\nHost: localhost\nContent-Type: application/json\nConnection: close\nTransfer-Encoding: chunked";
    let mut body = Vec::new();
    for _ in 0..100 {
        body.extend(b"400\r\n");
        body.extend([b' '; 1024]);
        body.extend(b"\r\n");
    }
    let (status, text) = raw(&host, &request(head, &body));
    assert!([0, 413].contains(&status), "{text}");
    let statuses: Vec<u16> = (0..30)
        .map(|_| {
            host.post("/v1/tenants/demo/decide", None, &json!({"action": "paste"}))
                .status
        })
        .collect();
    assert!(
        statuses.iter().all(|s| [200, 429].contains(s)),
        "{statuses:?}"
    );
    assert!(
        statuses.iter().filter(|s| **s == 429).count() >= 10,
        "{statuses:?}"
    );
    let late = host.post("/v1/tenants/demo/decide", None, &json!({"action": "paste"}));
    if late.status == 429 {
        assert!(
            late.headers["retry-after"]
                .to_str()
                .unwrap()
                .parse::<u32>()
                .unwrap()
                >= 1
        );
    }
}

#[test]
fn guessing_keys_keeps_no_owner_out() {
    let host = impatient("guesses");
    let key = host.key(&["demo:viewer"]);
    // Ids that are not there wait for the next look at the store, all of them for the same one:
    // one after the other, these would take longer than their senders wait.
    std::thread::scope(|scope| {
        for n in 0..400_u32 {
            let host = &host;
            scope.spawn(move || {
                let guess = format!("rgl_{n:012x}_{}", "0".repeat(64));
                assert_eq!(host.get("/v1/me", Some(&guess)).status, 401);
            });
        }
        assert_eq!(host.get("/v1/me", Some(&key)).status, 200);
    });
    assert_eq!(host.get("/v1/me", Some(&key)).status, 200);
}

#[test]
fn a_batch_is_no_way_around_the_limit() {
    let folder = folder("batches");
    std::fs::create_dir(folder.join("demo")).unwrap();
    std::fs::write(folder.join("demo/policy.riegel"), super::host::POLICY).unwrap();
    std::fs::write(
        folder.join("demo/tenant.toml"),
        "policy = \"policy.riegel\"\n[limits]\nrequests_per_second = 1\nburst = 50\n",
    )
    .unwrap();
    let host = Host::start(&folder);
    let lines = format!("{}\n", event("gut")).repeat(100);
    let send = || {
        let kind = [("content-type", "application/x-ndjson")];
        let path = "/v1/tenants/demo/decide/batch";
        host.send(path, None, &kind, lines.as_bytes())
    };
    let first = send();
    assert_eq!((first.status, first.text.lines().count()), (200, 100));
    assert_eq!(send().status, 429, "a hundred decisions were one request");
}

#[test]
fn a_connection_with_nothing_to_do_ends_over_http_2_too() {
    let folder = folder("idle");
    std::fs::write(folder.join("demo.riegel"), super::host::POLICY).unwrap();
    std::fs::write(folder.join("riegel.toml"), "[limits]\nheader_seconds = 1\n").unwrap();
    let host = Host::start(&folder);
    // A client that says hello and answers every ping.
    let mut stream = TcpStream::connect(&host.address).unwrap();
    stream
        .write_all(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")
        .unwrap();
    stream.write_all(&[0, 0, 0, 4, 0, 0, 0, 0, 0]).unwrap();
    stream
        .set_read_timeout(Some(Duration::from_secs(20)))
        .unwrap();
    let (start, mut pings) = (std::time::Instant::now(), 0);
    loop {
        let mut head = [0; 9];
        // The end, as the host sees fit.
        if stream.read_exact(&mut head).is_err() {
            break;
        }
        let size = (usize::from(head[1]) << 8) | usize::from(head[2]);
        let mut body = vec![0; size];
        stream.read_exact(&mut body).unwrap();
        let (kind, flags) = (head[3], head[4]);
        let answer: &[u8] = match kind {
            4 if flags & 1 == 0 => &[0, 0, 0, 4, 1, 0, 0, 0, 0],
            6 if flags & 1 == 0 => {
                pings += 1;
                &[0, 0, 8, 6, 1, 0, 0, 0, 0]
            }
            _ => continue,
        };
        let _ = stream.write_all(answer);
        if kind == 6 {
            let _ = stream.write_all(&body);
        }
        assert!(start.elapsed() < Duration::from_secs(15), "{pings} pings");
    }
    assert!(start.elapsed() < Duration::from_secs(15), "{pings} pings");
    assert!(start.elapsed() > Duration::from_secs(1));
    still_decides(&host);
}
