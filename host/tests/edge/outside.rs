//! What the host sends to others: its log, notices, spans. The others are small servers of this
//! file; what they take is looked at to the byte.

use super::host::{AGENT, Host, POLICY, demo, event, folder};
use serde_json::{Value as Json, json};
use std::collections::BTreeSet;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

fn eventually(what: &str, mut holds: impl FnMut() -> bool) {
    let start = Instant::now();
    while !holds() {
        assert!(start.elapsed() < Duration::from_secs(45), "never: {what}");
        std::thread::sleep(Duration::from_millis(50));
    }
}

/// A server that gives every connection to a function.
pub fn server(serve: impl Fn(TcpStream) + Send + Sync + 'static) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let serve = Arc::new(serve);
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let serve = serve.clone();
            std::thread::spawn(move || serve(stream));
        }
    });
    address
}

type Taken = Arc<Mutex<Vec<(String, String)>>>;

/// An HTTP server that refuses the first requests, and then notes heads and bodies.
fn http(refuse: u64) -> (String, Taken) {
    let taken: Taken = Arc::default();
    let (notes, count) = (taken.clone(), AtomicU64::new(0));
    let address = server(move |stream| {
        let mut reader = BufReader::new(stream);
        loop {
            let (mut head, mut length) = (String::new(), 0);
            loop {
                let mut line = String::new();
                if reader.read_line(&mut line).unwrap_or(0) == 0 {
                    return;
                }
                let small = line.to_ascii_lowercase();
                if let Some(text) = small.strip_prefix("content-length:") {
                    length = text.trim().parse().unwrap();
                }
                if line.trim().is_empty() {
                    break;
                }
                head.push_str(&small);
            }
            let mut body = vec![0; length];
            reader.read_exact(&mut body).unwrap();
            let fine = count.fetch_add(1, Relaxed) >= refuse;
            if fine {
                let body = String::from_utf8(body).unwrap();
                notes.lock().unwrap().push((head, body));
            }
            let status = if fine { "200 OK" } else { "503 Later" };
            let answer = format!("HTTP/1.1 {status}\r\ncontent-length: 0\r\n\r\n");
            if reader.get_mut().write_all(answer.as_bytes()).is_err() {
                return;
            }
        }
    });
    (address, taken)
}

fn places(taken: &Taken) -> Vec<(String, i64)> {
    let taken = taken.lock().unwrap();
    let lines = taken.iter().flat_map(|(_, body)| body.lines());
    lines
        .map(|line| {
            let json: Json = serde_json::from_str(line).unwrap();
            let writer = json["writer"].as_str().unwrap().to_owned();
            (writer, json["seq"].as_i64().unwrap())
        })
        .collect()
}

#[test]
fn the_log_reaches_other_systems_also_after_a_crash() {
    let (address, taken) = http(2);
    let syslog: Arc<Mutex<Vec<u8>>> = Arc::default();
    let notes = syslog.clone();
    let tcp = server(move |mut stream| {
        let mut bytes = Vec::new();
        let _ = stream.read_to_end(&mut bytes);
        notes.lock().unwrap().extend(bytes);
    });
    let folder = folder("forward");
    std::fs::create_dir(folder.join("demo")).unwrap();
    std::fs::write(folder.join("demo/policy.riegel"), POLICY).unwrap();
    let settings = format!(
        "policy = \"policy.riegel\"\n[[send]]\nto = \"http://{address}/in\"\nform = \"jsonl\"\n\
         [[send]]\nto = \"syslog+tcp://{tcp}\"\nform = \"cef\"\n"
    );
    std::fs::write(folder.join("demo/tenant.toml"), settings).unwrap();
    let host = Host::start(&folder);
    for _ in 0..30 {
        host.decide("stopp KD-123456");
    }
    eventually("all records", || {
        places(&taken).into_iter().collect::<BTreeSet<_>>().len() == 31
    });
    host.kill();
    let host = Host::start(&folder);
    for _ in 0..10 {
        host.decide("stopp KD-123456");
    }
    eventually("those after the crash", || {
        places(&taken).into_iter().collect::<BTreeSet<_>>().len() == 42
    });
    let all = places(&taken);
    let writers: BTreeSet<&String> = all.iter().map(|(writer, _)| writer).collect();
    assert_eq!(writers.len(), 2);
    for (head, body) in taken.lock().unwrap().iter() {
        assert!(head.contains("application/x-ndjson"), "{head}");
        assert!(!body.contains("123456") && !body.contains("u-1"), "{body}");
    }
    // RFC 6587: a length, a space, a message; RFC 5424: what the message begins with.
    eventually("syslog", || {
        let bytes = syslog.lock().unwrap().clone();
        let (mut rest, mut count) = (bytes.as_slice(), 0);
        while let Some(space) = rest.iter().position(|b| *b == b' ') {
            let length: usize = std::str::from_utf8(&rest[..space])
                .unwrap()
                .parse()
                .unwrap();
            let message = std::str::from_utf8(&rest[space + 1..space + 1 + length]).unwrap();
            assert!(message.starts_with("<110>1 20"), "{message}");
            assert!(
                message.contains(" - riegel - audit - CEF:0|Riegel|"),
                "{message}"
            );
            assert!(
                !message.contains("123456") && !message.contains('\n'),
                "{message}"
            );
            (rest, count) = (&rest[space + 1 + length..], count + 1);
        }
        count >= 42
    });
    let metrics = host.get("/metrics", None).text;
    assert!(
        metrics.contains("riegel_audit_records_sent_total "),
        "{metrics}"
    );
    let (fine, text) = host.verify();
    assert!(fine, "{text}");
    // A place that is none is said before the host starts to rely on it.
    std::fs::write(
        folder.join("demo/tenant.toml"),
        "policy = \"policy.riegel\"\n[[send]]\nto = \"ftp://x:1\"\nform = \"cef\"\n",
    )
    .unwrap();
    eventually("the complaint", || host.said().contains("E9001"));
}

#[test]
fn whoever_approves_is_told_by_mail_and_webhook_and_nothing_is_quoted() {
    let mails: Arc<Mutex<Vec<String>>> = Arc::default();
    let notes = mails.clone();
    let smtp = server(move |stream| {
        let mut reader = BufReader::new(stream);
        let mut all = String::new();
        let say = |reader: &mut BufReader<TcpStream>, text: &str| {
            let _ = reader.get_mut().write_all(format!("{text}\r\n").as_bytes());
        };
        say(&mut reader, "220 mail.example");
        let mut data = false;
        loop {
            let mut line = String::new();
            if reader.read_line(&mut line).unwrap_or(0) == 0 {
                return;
            }
            all.push_str(&line);
            match line.trim_end() {
                "." => {
                    data = false;
                    say(&mut reader, "250 taken");
                    notes.lock().unwrap().push(std::mem::take(&mut all));
                }
                _ if data => {}
                "DATA" => {
                    data = true;
                    say(&mut reader, "354 go on");
                }
                "QUIT" => return say(&mut reader, "221 bye"),
                text if text.starts_with("EHLO") => say(&mut reader, "250-mail\r\n250 8BITMIME"),
                _ => say(&mut reader, "250 fine"),
            }
        }
    });
    let (hook, taken) = http(1);
    let folder = folder("notices");
    let legal = ["legal", "kanzlei.example"].join("@");
    std::fs::create_dir(folder.join("demo")).unwrap();
    std::fs::write(folder.join("demo/policy.riegel"), POLICY).unwrap();
    std::fs::write(
        folder.join("riegel.toml"),
        format!(
            "[mail]\nserver = \"smtp://{smtp}\"\nfrom = \"{}\"\nconsole = \"https://riegel.example/\"\n",
            ["riegel", "kanzlei.example"].join("@")
        ),
    )
    .unwrap();
    std::fs::write(
        folder.join("demo/tenant.toml"),
        format!(
            "policy = \"policy.riegel\"\nwebhook = \"http://{hook}/\"\nwebhook_secret = \"s\"\nmail = {{ legal = [\"{legal}\"] }}\n"
        ),
    )
    .unwrap();
    let host = Host::start(&folder);
    let asked = host.post(
        "/v1/tenants/demo/approvals",
        None,
        &event("frag wegen KD-123456"),
    );
    assert_eq!(asked.status, 201, "{asked:?}");
    let id = asked.json()["approvals"][0]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    eventually("the mail", || !mails.lock().unwrap().is_empty());
    eventually("the webhook, at its second try", || {
        !taken.lock().unwrap().is_empty()
    });
    let mail = mails.lock().unwrap()[0].clone();
    assert!(mail.contains(&format!("RCPT TO:<{legal}>")), "{mail}");
    assert!(
        mail.contains(&id) && mail.contains("https://riegel.example/"),
        "{mail}"
    );
    assert!(mail.contains("Eine Freigabe wartet") && mail.contains("An approval waits"));
    let (head, body) = taken.lock().unwrap()[0].clone();
    assert!(head.contains("riegel-signature: sha256="), "{head}");
    assert!(
        body.contains(&id) && body.contains("approval.asked"),
        "{body}"
    );
    for text in [&mail, &body] {
        assert!(!text.contains("123456") && !text.contains("u-1"), "{text}");
    }
}

#[test]
fn a_span_per_request_in_the_senders_trace_and_no_content() {
    let (collector, taken) = http(0);
    let folder = demo("traces");
    std::fs::write(
        folder.join("riegel.toml"),
        format!("[traces]\nendpoint = \"http://{collector}/v1/traces\"\n"),
    )
    .unwrap();
    let host = Host::start(&folder);
    let trace = "4bf92f3577b34da6a3ce929d0e0e4736";
    let ask = |flags: &str| {
        AGENT
            .post(host.url("/v1/tenants/demo/decide"))
            .header("content-type", "application/json")
            .header(
                "traceparent",
                format!("00-{trace}-00f067aa0ba902b7-{flags}"),
            )
            .send(event("stopp KD-123456").to_string())
            .unwrap();
    };
    ask("00");
    ask("01");
    // A name that no tenant has, and an address that is none, are the sender's words.
    host.get("/v1/tenants/geheim/policy", None);
    host.get("/geheim", None);
    let spans = || -> Vec<Json> {
        let taken = taken.lock().unwrap();
        let bodies = taken
            .iter()
            .map(|(_, body)| serde_json::from_str::<Json>(body).unwrap());
        bodies
            .flat_map(|body| {
                let spans = &body["resourceSpans"][0]["scopeSpans"][0]["spans"];
                spans.as_array().unwrap().clone()
            })
            .collect()
    };
    eventually("three spans", || spans().len() == 3);
    let all = spans();
    let mine: Vec<&Json> = all.iter().filter(|span| span["traceId"] == trace).collect();
    assert_eq!(mine.len(), 1, "one was not to be recorded: {all:?}");
    assert_eq!(mine[0]["parentSpanId"], "00f067aa0ba902b7");
    assert_eq!(mine[0]["name"], "POST /v1/tenants/{tenant}/decide");
    let attributes = mine[0]["attributes"].to_string();
    for part in ["\"riegel.effective\"", "\"block\"", "\"demo\"", "\"200\""] {
        assert!(attributes.contains(part), "{attributes}");
    }
    let number = |key: &str| mine[0][key].as_str().unwrap().parse::<u128>().unwrap();
    assert!(number("endTimeUnixNano") > number("startTimeUnixNano"));
    let text = json!(all).to_string();
    for secret in ["geheim", "123456", "u-1", "chat.example"] {
        assert!(!text.contains(secret), "{text}");
    }
}
