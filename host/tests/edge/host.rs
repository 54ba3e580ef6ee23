//! A host in a folder of its own, on a port of its own.

use serde_json::{Value as Json, json};
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

/// A policy that is built in milliseconds: `stop` blocks, `frag` needs legal, `wort` is logged.
pub const POLICY: &str = r#"
policy demo "Demo" {
  version   "1.0.0"
  languages de, en
  on_error  block
}
attribute action: enum { paste, upload } required
attribute user.id: string = absent
attribute destination.host: host = absent printable
detector demo.customer "Kundennummer" {
  title      { en "Customer number" }
  class      personal
  pattern    /\bKD-\d{6}\b/
  confidence medium
  redact as  "KUNDE"
  examples   "KD-123456"
  counterexamples "KD-1"
}
rule stop {
  when content contains "stopp"
  then block
  cite "Test"
  say { de "Gestoppt für {destination.host}." en "Stopped for {destination.host}." }
}
rule ask {
  when found demo.customer and content contains "frag"
  then approve by "legal"
  cite "Test"
  say { de "Bitte fragen." en "Please ask." }
}
rule note {
  when found demo.customer
  then log
  cite "Test"
  say { de "Notiert." en "Noted." }
}
"#;

static NUMBER: AtomicU32 = AtomicU32::new(0);

/// A folder for one test.
pub fn folder(name: &str) -> PathBuf {
    let number = NUMBER.fetch_add(1, Ordering::Relaxed);
    let path = Path::new(env!("CARGO_TARGET_TMPDIR"))
        .join(format!("edge-{name}-{}-{number}", std::process::id()));
    let _ = std::fs::remove_dir_all(&path);
    std::fs::create_dir_all(&path).unwrap();
    path
}

/// A folder with one tenant, `demo`.
pub fn demo(name: &str) -> PathBuf {
    let path = folder(name);
    std::fs::write(path.join("demo.riegel"), POLICY).unwrap();
    path
}

pub static AGENT: LazyLock<ureq::Agent> = LazyLock::new(|| {
    ureq::Agent::config_builder()
        .http_status_as_error(false)
        .max_redirects(0)
        .max_idle_connections_per_host(64)
        .timeout_global(Some(Duration::from_secs(60)))
        .build()
        .new_agent()
});

/// An answer.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: ureq::http::HeaderMap,
    pub text: String,
}

impl Answer {
    pub fn json(&self) -> Json {
        serde_json::from_str(&self.text).unwrap_or_else(|_| panic!("no JSON: {self:?}"))
    }

    pub fn of(answer: Result<ureq::http::Response<ureq::Body>, ureq::Error>) -> Self {
        let mut answer = answer.unwrap();
        let bytes = answer.body_mut().read_to_vec().unwrap();
        Answer {
            status: answer.status().as_u16(),
            headers: answer.headers().clone(),
            text: String::from_utf8_lossy(&bytes).into_owned(),
        }
    }
}

/// A running host.
pub struct Host {
    pub address: String,
    pub folder: PathBuf,
    child: Child,
    extra: Vec<String>,
}

impl Host {
    pub fn start(folder: &Path) -> Self {
        Host::start_with(folder, &[])
    }

    /// With more on the command line.
    pub fn start_with(folder: &Path, extra: &[&str]) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_riegel"))
            .args(["serve", "--listen", "127.0.0.1:0"])
            .args(extra)
            .arg(folder)
            .env_remove("RIEGEL_DATABASE")
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut errors = child.stderr.take().unwrap();
        let log = folder.with_extension("stderr");
        std::thread::spawn(move || {
            let mut text = Vec::new();
            let mut buffer = [0; 4096];
            while let Ok(n @ 1..) = errors.read(&mut buffer) {
                text.extend_from_slice(&buffer[..n]);
                let _ = std::fs::write(&log, &text);
            }
        });
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let first = lines.next().map(Result::unwrap).unwrap_or_else(|| {
            std::thread::sleep(Duration::from_millis(200));
            panic!(
                "the host did not start: {}",
                std::fs::read_to_string(folder.with_extension("stderr")).unwrap_or_default()
            )
        });
        std::thread::spawn(move || for _ in lines {});
        let address = first.split("http://").nth(1).unwrap().trim_end_matches('/');
        Host {
            address: address.to_owned(),
            folder: folder.to_owned(),
            child,
            extra: extra.iter().map(|text| (*text).to_owned()).collect(),
        }
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// What the host said on standard error.
    pub fn said(&self) -> String {
        std::fs::read_to_string(self.folder.with_extension("stderr")).unwrap_or_default()
    }

    pub fn get(&self, path: &str, key: Option<&str>) -> Answer {
        let mut request = AGENT.get(self.url(path));
        if let Some(key) = key {
            request = request.header("authorization", format!("Bearer {key}"));
        }
        Answer::of(request.call())
    }

    pub fn delete(&self, path: &str, key: &str) -> Answer {
        let request = AGENT.delete(self.url(path));
        Answer::of(
            request
                .header("authorization", format!("Bearer {key}"))
                .call(),
        )
    }

    pub fn post(&self, path: &str, key: Option<&str>, body: &Json) -> Answer {
        self.send(
            path,
            key,
            &[("content-type", "application/json")],
            body.to_string().as_bytes(),
        )
    }

    pub fn send(
        &self,
        path: &str,
        key: Option<&str>,
        headers: &[(&str, &str)],
        body: &[u8],
    ) -> Answer {
        let mut request = AGENT.post(self.url(path));
        if let Some(key) = key {
            request = request.header("authorization", format!("Bearer {key}"));
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        Answer::of(request.send(body))
    }

    /// A decision at the tenant `demo`.
    pub fn decide(&self, content: &str) -> Json {
        let answer = self.post("/v1/tenants/demo/decide", None, &event(content));
        assert_eq!(answer.status, 200, "{answer:?}");
        answer.json()
    }

    /// A key with these grants.
    pub fn key(&self, grants: &[&str]) -> String {
        let mut command = Command::new(env!("CARGO_BIN_EXE_riegel"));
        command.args(["api-key", "--name", "test"]);
        for grant in grants {
            command.args(["--grant", grant]);
        }
        command.args(self.place());
        let out = command.output().unwrap();
        assert!(out.status.success(), "{out:?}");
        String::from_utf8(out.stdout).unwrap().trim().to_owned()
    }

    fn place(&self) -> Vec<String> {
        let mut place = self.extra.clone();
        place.push(self.folder.display().to_string());
        place
    }

    /// `riegel audit verify`: is all well, and what was said.
    pub fn verify(&self) -> (bool, String) {
        verify(
            &self.folder,
            &self.extra.iter().map(String::as_str).collect::<Vec<_>>(),
        )
    }

    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// SIGKILL.
    pub fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// SIGTERM; waits for the end.
    pub fn stop(mut self) -> bool {
        let id = self.child.id().to_string();
        assert!(Command::new("kill").arg(id).status().unwrap().success());
        self.child.wait().unwrap().success()
    }
}

impl Drop for Host {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

pub fn verify(folder: &Path, extra: &[&str]) -> (bool, String) {
    let out = Command::new(env!("CARGO_BIN_EXE_riegel"))
        .args(["audit", "verify"])
        .args(extra)
        .arg(folder)
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&out.stdout).into_owned();
    let code = out.status.code();
    assert!(
        code == Some(0) || code == Some(1),
        "{text}{}",
        String::from_utf8_lossy(&out.stderr)
    );
    (code == Some(0), text)
}

pub fn event(content: &str) -> Json {
    json!({
        "action": "paste", "user": {"id": "u-1"}, "destination.host": "chat.example",
        "content": content,
    })
}
