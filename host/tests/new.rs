//! `riegel new`, as a new user runs it: what it writes compiles without a warning, passes its tests,
//! and does on each day of the roll-out what it says.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests"
)]

use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

fn folder(name: &str) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = std::fs::remove_dir_all(&path);
    std::fs::create_dir_all(&path).unwrap();
    path
}

fn riegel(folder: &Path, args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_riegel"))
        .current_dir(folder)
        .args(args)
        .stdin(Stdio::null())
        .output()
        .unwrap()
}

fn fine(folder: &Path, args: &[&str]) -> String {
    let output = riegel(folder, args);
    assert_eq!(String::from_utf8_lossy(&output.stderr), "", "{args:?}");
    assert_eq!(output.status.code(), Some(0), "{args:?}");
    String::from_utf8(output.stdout).unwrap()
}

/// What the office's policy says about an event.
fn decided(folder: &Path, event: &Value) -> Value {
    std::fs::write(folder.join("event.json"), event.to_string()).unwrap();
    let args = ["decide", "office.riegel", "--event", "event.json"];
    let said = fine(folder, &[&args[..], &["--format", "json"]].concat());
    serde_json::from_str(&said).unwrap()
}

const ZURICH: &[&str] = &[
    "new",
    "--country",
    "ch",
    "--branch",
    "fiduciary",
    "--laws",
    "dsgvo,berufsgeheimnis",
    "--services",
    "chatgpt,claude",
    "--clients",
    "K-10023",
    "--rollout",
    "14",
    "--lang",
    "de",
    "--from",
    "2026-11-23",
    "-o",
    "treuhand",
];

fn names(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).unwrap();
    let mut names: Vec<String> = entries
        .map(|e| e.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

#[test]
fn a_fiduciary_office_in_zurich() {
    let folder = folder("new_zurich");
    let said = fine(&folder, &[ZURICH, &["--yes"]].concat());
    for part in [
        "Schweiz",
        "baseline, dsgvo, berufsgeheimnis",
        "2026-12-07 durchsetzen",
    ] {
        assert!(said.contains(part), "{part}\n{said}");
    }
    let treuhand = folder.join("treuhand");
    assert_eq!(names(&treuhand), ["office.riegel", "paste.json"]);
    let checked = fine(
        &treuhand,
        &["check", "office.riegel", "--today", "2026-11-23"],
    );
    assert!(!checked.contains("warning"), "{checked}");
    fine(&treuhand, &["fmt", "--check", "office.riegel"]);
    let tested = fine(&treuhand, &["test", "office.riegel"]);
    assert!(tested.contains("20 passed"), "{tested}");
    let covered = fine(&treuhand, &["coverage", "office.riegel"]);
    assert!(
        covered.contains("2 of 2 rules, 7 of 7 clauses"),
        "{covered}"
    );
    // What was chosen is approved, by the policy itself.
    let question = serde_json::json!({
        "action": "prompt",
        "today": "2026-12-07",
        "destination": { "host": "chatgpt.com", "account": "company" },
        "user": { "trainings": ["ai-basics"] },
        "content": "Wie schreibt man einen guten Betreff?",
    });
    let said = decided(&treuhand, &question);
    assert_eq!(said["verdict"], "allow", "{said:#}");
    // The same event on a day of each stage.
    let event: Value =
        serde_json::from_slice(&std::fs::read(treuhand.join("paste.json")).unwrap()).unwrap();
    assert!(
        event["content"]
            .as_str()
            .unwrap()
            .contains("756.9217.0769.85")
    );
    for (day, effective) in [
        ("2026-11-23", "log"),
        ("2026-11-30", "warn"),
        ("2026-12-07", "block"),
    ] {
        let mut event = event.clone();
        event["today"] = day.into();
        let said = decided(&treuhand, &event);
        assert_eq!(said["effective"], effective, "{day}: {said:#}");
        assert_eq!(said["verdict"], "block", "{day}: {said:#}");
    }
    // Nothing is overwritten.
    let before = std::fs::read(treuhand.join("office.riegel")).unwrap();
    let again = riegel(&folder, &[ZURICH, &["--yes"]].concat());
    assert_eq!(again.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&again.stderr).contains("E6002"));
    assert_eq!(
        std::fs::read(treuhand.join("office.riegel")).unwrap(),
        before
    );
    assert_eq!(names(&folder), ["treuhand"]);
}

#[test]
fn without_a_terminal_nothing_is_written_unasked() {
    let folder = folder("new_unasked");
    let output = riegel(&folder, ZURICH);
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stdout).contains("Zusammenfassung"));
    assert!(String::from_utf8_lossy(&output.stderr).contains("--yes"));
    for wrong in [
        &["new", "--branch", "law", "--yes"][..],
        &["new", "--country", "de", "--yes"],
        &[
            "new",
            "--country",
            "de",
            "--branch",
            "law",
            "--services",
            "chatgtp",
            "--yes",
        ],
        &[
            "new",
            "--country",
            "de",
            "--branch",
            "law",
            "--clients",
            "Muster AG",
            "--yes",
        ],
        &[
            "new",
            "--country",
            "de",
            "--branch",
            "law",
            "--laws",
            "gdpr",
            "--yes",
        ],
        &[
            "new",
            "--country",
            "de",
            "--branch",
            "law",
            "--rollout",
            "7",
            "--yes",
        ],
    ] {
        let output = riegel(&folder, wrong);
        assert_eq!(output.status.code(), Some(2), "{wrong:?}");
        assert!(!output.stderr.is_empty());
    }
    assert!(names(&folder).is_empty(), "{:?}", names(&folder));
}

/// Every country with every branch writes: what is written has been checked, and a warning refuses.
#[test]
fn every_country_and_branch() {
    let folder = folder("new_all");
    for (country, lang) in [("de", "de"), ("at", "en"), ("ch", "de"), ("li", "en")] {
        for branch in [
            "fiduciary",
            "law",
            "medical",
            "software",
            "trade",
            "public",
            "msp",
            "other",
        ] {
            let at = format!("{country}_{branch}");
            let clients = match branch {
                "msp" => "Müller & Söhne, Demo GmbH",
                "law" => "10023",
                _ => "KD.10023",
            };
            fine(
                &folder,
                &[
                    "new",
                    "--country",
                    country,
                    "--branch",
                    branch,
                    "--lang",
                    lang,
                    "--services",
                    "Claude, ki.muster.example",
                    "--clients",
                    clients,
                    "--rollout",
                    "30",
                    "--yes",
                    "-o",
                    &at,
                ],
            );
        }
    }
    for at in ["at_medical", "de_law", "de_public", "li_trade"] {
        fine(&folder, &["test", "-q", &format!("{at}/office.riegel")]);
    }
    // What no pack knows of Liechtenstein's professions is said, not left out.
    let law = std::fs::read_to_string(folder.join("li_law/office.riegel")).unwrap();
    assert!(law.contains("no pack knows professional secrecy"), "{law}");
    let msp = folder.join("de_msp");
    assert_eq!(
        names(&msp),
        [
            "client_demo_gmbh.riegel",
            "client_mueller_soehne.riegel",
            "office.riegel",
            "paste.json"
        ]
    );
    fine(
        &msp,
        &[
            "test",
            "office.riegel",
            "client_demo_gmbh.riegel",
            "client_mueller_soehne.riegel",
        ],
    );
}
