//! What the edge host costs, measured in one run against a bare axum handler that parses the same
//! JSON. `cargo xtask bench` starts it; by hand: `edge RIEGEL FOLDER`, where FOLDER keeps the 200
//! modules for the next run. Prints one JSON object.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a program for developers"
)]

#[path = "../tests/support/mod.rs"]
mod support;

use axum::Router;
use axum::body::Bytes;
use axum::routing::post;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto;
use serde_json::{Value as Json, json};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};
use std::time::{Duration, Instant};
use wasm_encoder::{BlockType, Instruction};

const CONNECTIONS: usize = 64;
const TENANTS: usize = 200;
const WARM: Duration = Duration::from_millis(700);
const TIME: Duration = Duration::from_secs(3);
/// Requests per second of the tenant that must not notice its neighbours, and for how long.
const RATE: u32 = 200;
const WATCHED: Duration = Duration::from_secs(5);

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments
        .iter()
        .map(String::as_str)
        .collect::<Vec<_>>()
        .as_slice()
    {
        ["bare"] => bare(),
        [riegel, folder] => println!("{}", measure(riegel, Path::new(folder))),
        _ => panic!("usage: edge RIEGEL FOLDER"),
    }
}

/// The handler to compare with: the same HTTP stack, the same JSON, nothing else.
fn bare() {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let handler = |body: Bytes| async move {
            match serde_json::from_slice::<Json>(&body) {
                Ok(Json::Object(event)) if event.contains_key("content") => {
                    "{\"effective\":\"allow\"}"
                }
                _ => "{\"effective\":\"block\"}",
            }
        };
        let router = Router::new().route("/v1/tenants/{tenant}/decide", post(handler));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        println!("http://{}/", listener.local_addr().unwrap());
        loop {
            let (stream, _) = listener.accept().await.unwrap();
            stream.set_nodelay(true).unwrap();
            let router = router.clone();
            tokio::spawn(async move {
                let service = hyper::service::service_fn(move |request: hyper::Request<_>| {
                    let request = request.map(axum::body::Body::new);
                    tower_service::Service::call(&mut router.clone(), request)
                });
                let builder = auto::Builder::new(TokioExecutor::new());
                let _ = builder
                    .serve_connection(TokioIo::new(stream), service)
                    .await;
            });
        }
    });
}

struct Server {
    child: Child,
    address: String,
}

impl Server {
    fn start(command: &mut Command) -> Self {
        let mut child = command
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let first = lines.next().expect("the server did not start").unwrap();
        std::thread::spawn(move || for _ in lines {});
        let address = first
            .split("http://")
            .nth(1)
            .unwrap()
            .trim_end_matches('/')
            .to_owned();
        Server { child, address }
    }

    fn riegel(program: &str, folder: &Path) -> Self {
        Server::start(
            Command::new(program)
                .args(["serve", "--listen", "127.0.0.1:0"])
                .arg(folder),
        )
    }

    /// Processor time of the process, in microseconds.
    fn cpu(&self) -> f64 {
        let text = std::fs::read_to_string(format!("/proc/{}/stat", self.child.id())).unwrap();
        let fields: Vec<&str> = text.rsplit(") ").next().unwrap().split(' ').collect();
        let ticks: f64 = fields[11].parse::<f64>().unwrap() + fields[12].parse::<f64>().unwrap();
        ticks * 10_000.0
    }

    /// Memory that is its own, in bytes.
    fn memory(&self) -> f64 {
        let text =
            std::fs::read_to_string(format!("/proc/{}/smaps_rollup", self.child.id())).unwrap();
        let line = text.lines().find(|line| line.starts_with("Pss:")).unwrap();
        line.split_whitespace()
            .nth(1)
            .unwrap()
            .parse::<f64>()
            .unwrap()
            * 1024.0
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// One connection that is kept.
struct Line {
    stream: TcpStream,
    buffer: Vec<u8>,
}

impl Line {
    fn to(address: &str) -> Self {
        let stream = TcpStream::connect(address).unwrap();
        stream.set_nodelay(true).unwrap();
        Line {
            stream,
            buffer: vec![0; 64 << 10],
        }
    }

    /// Sends a request; gives status and body.
    fn ask(&mut self, request: &[u8]) -> (u16, &[u8]) {
        self.stream.write_all(request).unwrap();
        let mut have = 0;
        loop {
            let came = self.stream.read(&mut self.buffer[have..]).unwrap();
            assert!(came > 0, "the server hung up");
            have += came;
            let text = &self.buffer[..have];
            let Some(head) = text.windows(4).position(|w| w == b"\r\n\r\n") else {
                continue;
            };
            let header = String::from_utf8_lossy(&text[..head]).to_lowercase();
            let length = header
                .split("content-length: ")
                .nth(1)
                .and_then(|rest| rest.split("\r\n").next())
                .unwrap()
                .parse::<usize>()
                .unwrap();
            if have >= head + 4 + length {
                let status = header[9..12].parse().unwrap();
                return (status, &self.buffer[head + 4..head + 4 + length]);
            }
        }
    }
}

fn request(tenant: &str, event: &Json) -> Vec<u8> {
    let body = event.to_string();
    format!(
        "POST /v1/tenants/{tenant}/decide HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )
    .into_bytes()
}

/// Requests per second, and processor time of the server per request.
fn load(server: &Server, requests: &[Vec<u8>], expect: &str) -> (f64, f64) {
    let (over, count) = (AtomicBool::new(false), AtomicU64::new(0));
    let mut out = (0.0, 0.0);
    std::thread::scope(|scope| {
        for connection in 0..CONNECTIONS {
            let (over, count) = (&over, &count);
            scope.spawn(move || {
                let mut line = Line::to(&server.address);
                let mut next = connection * requests.len() / CONNECTIONS;
                while !over.load(Relaxed) {
                    let (status, body) = line.ask(&requests[next % requests.len()]);
                    assert_eq!(status, 200);
                    assert!(
                        body.windows(expect.len()).any(|w| w == expect.as_bytes()),
                        "{}",
                        String::from_utf8_lossy(body)
                    );
                    count.fetch_add(1, Relaxed);
                    next += 1;
                }
            });
        }
        std::thread::sleep(WARM);
        let (start, cpu, before) = (Instant::now(), server.cpu(), count.load(Relaxed));
        std::thread::sleep(TIME);
        let (cpu, done) = (server.cpu() - cpu, (count.load(Relaxed) - before) as f64);
        out = (done / start.elapsed().as_secs_f64(), cpu / done);
        over.store(true, Relaxed);
    });
    out
}

/// The 99th of a hundred, in microseconds, at a fixed rate.
fn p99(server: &Server, request: &[u8]) -> f64 {
    let mut line = Line::to(&server.address);
    let mut times = Vec::new();
    let start = Instant::now();
    for number in 0.. {
        let due = start + Duration::from_secs(1) / RATE * number;
        if due > start + WATCHED {
            break;
        }
        std::thread::sleep(due.saturating_duration_since(Instant::now()));
        let (status, body) = line.ask(request);
        assert_eq!(status, 200);
        assert!(body.windows(16).any(|w| w == b"\"on_error\":false"));
        // From when it was due: waiting in line counts.
        times.push(due.elapsed().as_secs_f64() * 1e6);
    }
    times.sort_by(f64::total_cmp);
    times[times.len() * 99 / 100]
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .unwrap()
        .to_owned()
}

/// A kilobyte of German that holds nothing, and one that holds an address.
fn events() -> (Json, Json) {
    let prose = "Die Pumpe läuft leider auch nach dem Tausch der Dichtung nur zehn Minuten und schaltet dann ab. ";
    let prose: String = prose.repeat(20).chars().take(980).collect();
    let address = ["jutta.kranz", "werkstatt-sued.example"].join("@");
    let benign = json!({
        "action": "prompt", "today": "2026-12-01", "purpose": "draft", "tenant": {"id": "muster-pumpen"},
        "user": {"id": "u-4711", "roles": ["sales"], "trainings": ["ai-basics"], "second_factor": true},
        "destination": {
            "host": "assistent.muster-pumpen.example", "kind": "ai_chat", "region": "de", "approved": true,
            "account": "company", "processing_agreement": true, "no_training": true,
        },
        "content": prose,
    });
    let found = json!({
        "action": "paste", "today": "2026-12-01", "user": {"id": "u-4711", "roles": ["sales"]},
        "destination": {"host": "chatgpt.com", "service": "chatgpt", "kind": "ai_chat"},
        "content": format!("{prose} {address}"),
    });
    (benign, found)
}

const LIMITS: &str = "[limits]\nrequests_per_second = 100000000\nburst = 100000000\nbytes_per_second = 100000000000\ncpu_ms_per_second = 1000000\n";

/// A tenant with a folder of its own.
fn tenant(folder: &Path, name: &str, policy: &str, limits: &str) {
    let own = folder.join(name);
    std::fs::create_dir_all(&own).unwrap();
    write(&own.join("policy.riegel"), policy);
    write(
        &own.join("tenant.toml"),
        &format!("policy = \"policy.riegel\"\n{limits}"),
    );
}

fn measure(riegel: &str, folder: &Path) -> Json {
    let baseline = std::fs::read_to_string(root().join("policies/packs/baseline.riegel")).unwrap();
    let (benign, found) = events();
    let me = std::env::current_exe().unwrap();
    let bare = Server::start(Command::new(me).arg("bare"));
    let (bare_rps, bare_cpu) = load(&bare, &[request("a", &benign)], "allow");
    drop(bare);

    let one = folder.join("one");
    tenant(&one, "t", &baseline, LIMITS);
    let server = Server::riegel(riegel, &one);
    let (rps, cpu) = load(&server, &[request("t", &benign)], "\"effective\":\"allow\"");
    let (found_rps, found_cpu) = load(&server, &[request("t", &found)], "\"record\":");
    drop(server);
    let idle = Server::riegel(riegel, &one);
    Line::to(&idle.address).ask(&request("t", &benign));
    std::thread::sleep(Duration::from_secs(1));
    let one_memory = idle.memory();
    drop(idle);

    let many = folder.join("many");
    for n in 0..TENANTS {
        // Another version is another module: build, digest, code and memory image are its own.
        let policy = baseline.replacen("\"1.0.0\"", &format!("\"1.0.{n}\""), 1);
        tenant(&many, &format!("t{n}"), &policy, LIMITS);
    }
    let server = Server::riegel(riegel, &many);
    let requests: Vec<Vec<u8>> = (0..TENANTS)
        .map(|n| request(&format!("t{n}"), &benign))
        .collect();
    let mut line = Line::to(&server.address);
    for request in &requests {
        assert_eq!(line.ask(request).0, 200);
    }
    std::thread::sleep(Duration::from_secs(1));
    let memory = (server.memory() - one_memory) / (TENANTS - 1) as f64;
    let (one_rps, one_cpu) = load(&server, &requests[..1], "\"on_error\":false");
    let (many_rps, many_cpu) = load(&server, &requests, "\"on_error\":false");
    drop(server);

    let (alone, beside) = neighbours(riegel, &folder.join("neighbours"), &baseline, &benign);
    json!({
        "bare": {"rps": bare_rps, "cpu_us": bare_cpu},
        "benign": {"rps": rps, "cpu_us": cpu},
        "recorded": {"rps": found_rps, "cpu_us": found_cpu},
        "one_of_200": {"rps": one_rps, "cpu_us": one_cpu},
        "all_of_200": {"rps": many_rps, "cpu_us": many_cpu},
        "bytes_per_tenant": memory,
        "p99_alone_us": alone,
        "p99_beside_us": beside,
    })
}

fn write(file: &Path, text: &str) {
    if std::fs::read_to_string(file).ok().as_deref() != Some(text) {
        std::fs::write(file, text).unwrap();
    }
}

/// p99 of a tenant alone, and beside one that loops, one that grows, one that floods at ten times
/// its quota and one that is corrupt.
fn neighbours(riegel: &str, folder: &Path, baseline: &str, benign: &Json) -> (f64, f64) {
    std::fs::create_dir_all(folder).unwrap();
    let endless = support::Recipe::decide(vec![
        Instruction::Loop(BlockType::Empty),
        Instruction::Br(0),
        Instruction::End,
        Instruction::I32Const(0),
    ])
    .bytes();
    let greedy = support::Recipe::decide(vec![
        Instruction::Loop(BlockType::Empty),
        Instruction::I32Const(16),
        Instruction::MemoryGrow(0),
        Instruction::I32Const(-1),
        Instruction::I32Ne,
        Instruction::BrIf(0),
        Instruction::End,
        Instruction::Unreachable,
    ])
    .bytes();
    let mut corrupt = endless.clone();
    corrupt[60] ^= 4;
    for (name, module) in [("loops", endless), ("grows", greedy), ("corrupt", corrupt)] {
        std::fs::write(folder.join(format!("{name}.wasm")), module).unwrap();
    }
    tenant(folder, "fifth", baseline, "");
    tenant(
        folder,
        "floods",
        baseline,
        "[limits]\nrequests_per_second = 100\nburst = 100\n",
    );
    let server = Server::riegel(riegel, folder);
    let fifth = request("fifth", benign);
    p99(&server, &fifth);
    let alone = p99(&server, &fifth);
    let over = AtomicBool::new(false);
    let mut beside = 0.0;
    std::thread::scope(|scope| {
        for (name, pause) in [("loops", 2), ("grows", 2), ("corrupt", 2), ("floods", 1)] {
            let (server, over) = (&server, &over);
            scope.spawn(move || {
                let mut line = Line::to(&server.address);
                let request = request(
                    name,
                    &json!({"action": "paste", "destination.host": "chatgpt.com", "content": "x"}),
                );
                while !over.load(Relaxed) {
                    let (status, _) = line.ask(&request);
                    assert!([200, 429].contains(&status), "{status}");
                    std::thread::sleep(Duration::from_millis(pause));
                }
            });
        }
        std::thread::sleep(WARM);
        beside = p99(&server, &fifth);
        over.store(true, Relaxed);
    });
    (alone, beside)
}
