//! `riegel simulate`: the real binary, real files, and no content in what it says.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests"
)]

use serde_json::Value as Json;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

const POLICY: &str = r#"
policy demo "Demo" {
  version   "1.0.0"
  languages de, en
  on_error  block
}
attribute action: enum { paste, upload } required
attribute user.roles: set = []
param bulk_limit: int in 1..50 = 10
detector demo.customer "Kundennummer" {
  title      { en "Customer number" }
  class      personal
  pattern    /\bKD-\d{6}\b/
  confidence medium
  redact as  "CUSTOMER"
  examples   "KD-123456"
  counterexamples "KD-12345"
}
rule customer_leaves {
  when action = paste and found demo.customer
  unless user.roles has "service"
  then warn
  cite "Hausordnung, § 4"
  say { de "Kundennummer." en "Customer number." }
}
rule bulk {
  when count demo.customer >= bulk_limit
  then justify
  cite "Hausordnung, § 5"
  say { de "Das sind viele." en "These are many." }
  stage observe from 2026-01-01, enforce from 2027-02-01
}
"#;

const LAYER: &str = r#"
policy client "Client" {
  version   "1.0.0"
  languages de, en
}
extends demo
tighten customer_leaves {
  then block
}
"#;

const EVENTS: &str = r#"{"action": "paste", "content": "Kunde KD-123456"}
{"action": "paste", "content": "nichts"}

{"action": "upload", "content": "KD-123456 KD-123457 KD-123458"}
{"action": "paste", "user": {"roles": ["service"]}, "content": "Kunde KD-123456"}
"#;

fn folder(name: &str) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    std::fs::create_dir_all(&path).unwrap();
    std::fs::write(path.join("demo.riegel"), POLICY).unwrap();
    std::fs::write(path.join("client.riegel"), LAYER).unwrap();
    std::fs::write(path.join("events.jsonl"), EVENTS).unwrap();
    path
}

fn simulate(folder: &Path, args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_riegel"))
        .current_dir(folder)
        .args([&["simulate", "demo.riegel", "--today", "2026-12-01"], args].concat())
        .output()
        .unwrap()
}

fn out(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn err(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

fn json(output: &Output) -> Json {
    serde_json::from_str(&out(output)).unwrap()
}

#[test]
fn verdicts_and_rules_are_counted() {
    let folder = folder("simulate_counts");
    let output = simulate(
        &folder,
        &["--events", "events.jsonl", "--param", "bulk_limit=3"],
    );
    assert_eq!(err(&output), "");
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(
        out(&output),
        "\
demo  1.0.0  4 Ereignisse

  Entscheidung   gilt  ohne Einführungsstufen
  Begründung     0     1
  Hinweis        1     1
  protokolliert  1     0
  erlaubt        2     2

  Regel            greift  entscheidet
  customer_leaves  1       1
  bulk             1       1
"
    );
}

#[test]
fn a_layer_is_compared_with_what_it_stands_on() {
    let folder = folder("simulate_against");
    let layered = [
        "--layer",
        "client.riegel",
        "--against",
        "demo.riegel",
        "--events",
        "events.jsonl",
        "--format",
        "json",
    ];
    let output = simulate(&folder, &layered);
    assert_eq!(err(&output), "");
    let json = json(&output);
    assert_eq!(json["events"], 4);
    assert_eq!(json["effective"]["block"], 1);
    assert_eq!(json["changes"]["stronger"], 1);
    assert_eq!(json["changes"]["weaker"], 0);
    assert_eq!(json["changes"]["equal"], 3);
    assert_eq!(json["changes"]["moves"][0]["from"], "warn");
    assert_eq!(json["changes"]["moves"][0]["to"], "block");
    let rules = json["rules"].as_array().unwrap();
    let rule = rules
        .iter()
        .find(|rule| rule["id"] == "customer_leaves")
        .unwrap();
    assert_eq!((&rule["stronger"], &rule["weaker"]), (&1.into(), &0.into()));
    assert_eq!(
        (&rule["fires"], &rule["fires_against"]),
        (&1.into(), &1.into())
    );
}

#[test]
fn a_milder_policy_is_weaker_by_the_rule_that_had_decided() {
    let folder = folder("simulate_weaker");
    std::fs::write(
        folder.join("old.riegel"),
        POLICY.replace("then warn", "then block"),
    )
    .unwrap();
    let args = [
        "--against",
        "old.riegel",
        "--events",
        "events.jsonl",
        "--lang",
        "en",
    ];
    let output = simulate(&folder, &args);
    let page = out(&output);
    assert!(page.contains("Compared with demo 1.0.0"), "{page}");
    assert!(page.contains("block → warn  1"), "{page}");
    assert!(
        page.contains("customer_leaves  0         1       1           1"),
        "{page}"
    );
}

#[test]
fn enforced_counts_what_stages_hold_back() {
    let folder = folder("simulate_enforced");
    let args = [
        "--events",
        "events.jsonl",
        "--param",
        "bulk_limit=3",
        "--format",
        "json",
    ];
    let rule = |output: &Output| json(output)["rules"][1].clone();
    let staged = simulate(&folder, &args);
    let enforced = simulate(&folder, &[&args[..], &["--enforced"]].concat());
    assert_eq!(json(&staged)["basis"], "effective");
    assert_eq!(json(&enforced)["basis"], "verdict");
    assert_eq!(rule(&staged)["fires"], 1);
    assert_eq!(rule(&enforced)["decides"], 1);
}

#[test]
fn a_bad_line_is_named_by_number_and_code_and_nothing_else() {
    let folder = folder("simulate_bad");
    let lines = "\u{FEFF}{\"action\": \"paste\", \"content\": \"fine\"}\n\
        {\"action\": \"paste\", \"geheimnis_a\": \"geheim\"}\n\
        geheim\n\
        {\"action\": 17, \"content\": \"geheim\"}\n\
        {\"content_file\": \"geheim.txt\", \"action\": \"paste\"}\n";
    let mut bytes = lines.as_bytes().to_vec();
    bytes.extend(b"\xff geheim\n");
    std::fs::write(folder.join("bad.jsonl"), &bytes).unwrap();
    for format in ["human", "json"] {
        let output = simulate(&folder, &["--events", "bad.jsonl", "--format", format]);
        assert_eq!(output.status.code(), Some(1));
        let said = format!("{}{}", out(&output), err(&output));
        assert!(!said.contains("geheim"), "{said}");
    }
    let output = simulate(&folder, &["--events", "bad.jsonl"]);
    for (line, code) in [
        (2, "E3002"),
        (3, "E3001"),
        (4, "E3003"),
        (5, "E6001"),
        (6, "E3001"),
    ] {
        let said = err(&output);
        let at = said.find(&format!("bad.jsonl:{line}\n")).unwrap();
        let before = &said[..at];
        assert!(before.rfind(code) >= before.rfind("error["), "{said}");
    }
    let listed = json(&simulate(
        &folder,
        &["--events", "bad.jsonl", "--format", "json"],
    ));
    assert_eq!(listed["events"], 1);
    assert_eq!(listed["bad_lines"], 5);
    assert_eq!(
        listed["bad"][0],
        serde_json::json!({ "line": 2, "code": "E3002" })
    );
}

#[test]
fn an_empty_file_is_an_error() {
    let folder = folder("simulate_empty");
    std::fs::write(folder.join("empty.jsonl"), "\n\n").unwrap();
    let output = simulate(&folder, &["--events", "empty.jsonl"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(err(&output).contains("E6010"), "{}", err(&output));
    let output = simulate(&folder, &["--events", "missing.jsonl"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(err(&output).contains("E6001"), "{}", err(&output));
}
