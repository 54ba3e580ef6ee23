//! The command line from outside: the built binary, real files, exit codes, and the
//! pages that people see in German and English.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests"
)]

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

const POLICY: &str = r#"
policy demo "Demo" {
  version   "1.0.0"
  languages de, en
  on_error  block
}
attribute action: enum { paste, upload } required
attribute user.roles: set = []
attribute destination.host: host = absent printable
param bulk_limit: int in 1..50 = 10
detector demo.customer "Kundennummer" {
  title      { en "Customer number" }
  class      personal
  pattern    /\bKD-\d{6}\b/
  context    "Kunde", "customer"
  confidence medium, with context high
  redact as  "CUSTOMER"
  examples   "KD-123456"
  counterexamples "KD-12345"
}
rule customer_leaves {
  when action = paste and found demo.customer
  unless user.roles has "service"
  then block
  cite "Hausordnung, § 4"
  say {
    de "{count} Kundennummer(n) gefunden. Sie bleiben im Haus, nicht bei {destination.host}."
    en "{count} customer number(s) found. They stay in the house, not at {destination.host}."
  }
  hint { de "Nutzen Sie das interne Modell." en "Use the in-house model." }
  train "customers-basics"
}
rule bulk {
  when count demo.customer >= bulk_limit
  then warn
  cite "Hausordnung, § 5"
  say { de "Das sind viele." en "These are many." }
  stage observe from 2026-01-01, enforce from 2027-02-01
}
test "a customer number is stopped" {
  given  action = paste
  text   "Kunde KD-123456"
  expect block by customer_leaves
  expect found demo.customer (high) at "KD-123456"
  expect no bulk
}
test "service may" {
  given  action = paste, user.roles = ["service"]
  text   "Kunde KD-123456"
  expect allow
}
"#;

const EVENT: &str = r#"{"action": "paste", "destination": {"host": "ChatGPT.com"}, "today": "2026-12-01",
  "content": "Sehr geehrte Frau Muster,\nder Kunde KD-471100 hat die Größe geändert.\nDanke!\n"}"#;

/// A folder of its own per test, with the policy and the event in it.
fn folder(name: &str) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    std::fs::create_dir_all(&path).unwrap();
    std::fs::write(path.join("demo.riegel"), POLICY).unwrap();
    std::fs::write(path.join("event.json"), EVENT).unwrap();
    path
}

fn command(folder: &Path, args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_riegel"));
    command.current_dir(folder).args(args);
    for name in [
        "LC_ALL",
        "LC_MESSAGES",
        "LANG",
        "NO_COLOR",
        "CLICOLOR_FORCE",
    ] {
        command.env_remove(name);
    }
    command
}

fn riegel(folder: &Path, args: &[&str]) -> Output {
    command(folder, args).output().unwrap()
}

/// `riegel decide` about the event, under the policy.
fn decide(folder: &Path, more: &[&str]) -> Output {
    let args = ["decide", "demo.riegel", "--event", "event.json"];
    riegel(folder, &[&args, more].concat())
}

fn with_input(folder: &Path, args: &[&str], input: &str) -> Output {
    let mut child = command(folder, args)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // A program that stops early reads no further, which is not the test's concern.
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    child.wait_with_output().unwrap()
}

fn out(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn err(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

fn code(output: &Output) -> i32 {
    output.status.code().unwrap()
}

/// The page without what differs between builds and machines: build id and time.
fn page(output: &Output) -> String {
    let text = out(output);
    let Some((before, footer)) = text.trim_end().rsplit_once('\n') else {
        return text;
    };
    let mut parts = footer.split("  ·  ");
    let name = parts.next().unwrap_or_default();
    let read = parts.next().unwrap_or_default();
    assert!(parts.next().is_some_and(|time| time.ends_with(" µs")));
    let name = name.split_once(" (").map_or(name, |(name, _)| name);
    format!("{before}\n{name}  ·  {read}\n")
}

#[test]
fn decide_in_german() {
    let folder = folder("decide_in_german");
    let output = decide(&folder, &["--lang", "de"]);
    assert_eq!(err(&output), "");
    assert_eq!(code(&output), 0);
    assert_eq!(
        page(&output),
        "\
GESTOPPT  1 Kundennummer(n) gefunden.

Warum
  Stopp  customer_leaves
         Sie bleiben im Haus, nicht bei chatgpt.com.
         Grundlage: Hausordnung, § 4
         weil action = paste; found demo.customer

Was zu tun ist
  • Nutzen Sie das interne Modell.
  • Schulung absolvieren: customers-basics

Inhalt
  │ Sehr geehrte Frau Muster,
  │ der Kunde [KD-471100]{CUSTOMER} hat die Größe geändert.
  │ Danke!

Funde
  Kundennummer  hoch  Zeile 2, Spalte 11

demo 1.0.0  ·  80 Bytes gelesen
"
    );
}

#[test]
fn decide_in_english_with_stages_and_parameters() {
    let folder = folder("decide_in_english");
    let output = decide(
        &folder,
        &["--param", "bulk_limit=1", "--exit-code", "--lang", "en"],
    );
    assert_eq!(err(&output), "");
    assert_eq!(code(&output), 20);
    assert_eq!(
        page(&output),
        "\
BLOCKED  1 customer number(s) found.

Why
  block  customer_leaves
         They stay in the house, not at chatgpt.com.
         Legal basis: Hausordnung, § 4
         because action = paste; found demo.customer
  log    bulk
         These are many.
         Legal basis: Hausordnung, § 5
         because count demo.customer >= bulk_limit
         ↗ from 2027-02-01: warn

What to do
  • Use the in-house model.
  • Take the training unit: customers-basics

Content
  │ Sehr geehrte Frau Muster,
  │ der Kunde [KD-471100]{CUSTOMER} hat die Größe geändert.
  │ Danke!

Findings
  Customer number  high  line 2, column 11

demo 1.0.0  ·  80 bytes read
"
    );
}

#[test]
fn decide_for_programs_shows_no_content() {
    let folder = folder("decide_json");
    let output = decide(&folder, &["--format", "json"]);
    let text = out(&output);
    assert!(!text.contains("KD-471100") && !text.contains("Muster"));
    let json: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(json["effective"], "block");
    assert_eq!(json["rules"][0]["id"], "customer_leaves");
    assert_eq!(json["rules"][0]["cite"][0], "Hausordnung, § 4");
    let finding = &json["findings"][0];
    assert_eq!(finding["detector"], "demo.customer");
    assert_eq!(
        (&finding["start"], &finding["end"]),
        (&36.into(), &45.into())
    );
    assert_eq!(json["demanded"], serde_json::json!(["demo.customer"]));
    assert_eq!(json["policy"]["id"], "demo");
}

/// A program reads standard output alone: what a person is warned of stands there, too.
#[test]
fn programs_are_warned_in_json() {
    let folder = folder("json_warnings");
    let event = r#"{"action": "pasta", "content": "x"}"#;
    std::fs::write(folder.join("event.json"), event).unwrap();
    let output = decide(&folder, &["--format", "json"]);
    assert_eq!((code(&output), err(&output)), (0, String::new()));
    let json: serde_json::Value = serde_json::from_str(&out(&output)).unwrap();
    let warning = &json["warnings"][0];
    assert_eq!(
        (&warning["code"], &warning["severity"]),
        (&"E3007".into(), &"warning".into())
    );
    assert_eq!(warning["place"], "event.json: /action");
    assert_eq!(json["unknown_value"], true);
    assert!(err(&decide(&folder, &[])).contains("warning[E3007]"));
}

#[test]
fn colour_only_where_it_is_wanted() {
    let folder = folder("colour");
    assert!(!out(&decide(&folder, &[])).contains('\u{1b}'));
    let colour = out(&decide(&folder, &["--color", "always"]));
    assert!(colour.contains("\u{1b}[") && !colour.contains("{CUSTOMER}"));
}

#[test]
fn the_language_is_the_policys_first_unless_asked() {
    let folder = folder("language");
    assert!(out(&decide(&folder, &[])).starts_with("GESTOPPT"));
    assert!(out(&decide(&folder, &["--lang", "en"])).starts_with("BLOCKED"));
}

#[test]
fn built_modules_decide_and_damaged_ones_are_refused() {
    let folder = folder("build");
    let built = riegel(&folder, &["build", "demo.riegel", "-o", "demo.wasm"]);
    assert_eq!((code(&built), err(&built)), (0, String::new()));
    assert!(out(&built).contains("code (kernel and rules)"));
    let text = page(&riegel(
        &folder,
        &["decide", "demo.wasm", "--event", "event.json"],
    ));
    assert!(text.starts_with("GESTOPPT"));
    // Where the policy lay does not matter, and the module does not say it.
    let whole = folder.join("demo.riegel").display().to_string();
    let elsewhere = riegel(&folder, &["build", &whole, "-o", "elsewhere.wasm"]);
    assert_eq!(elsewhere.status.code(), Some(0));
    assert_eq!(
        std::fs::read(folder.join("demo.wasm")).unwrap(),
        std::fs::read(folder.join("elsewhere.wasm")).unwrap()
    );
    let again = riegel(&folder, &["build", "demo.riegel", "-o", "again.wasm"]);
    assert_eq!(code(&again), 0);
    let module = std::fs::read(folder.join("demo.wasm")).unwrap();
    assert!(module == std::fs::read(folder.join("again.wasm")).unwrap());
    let step = module.len() / 23;
    for at in (8..module.len()).step_by(step) {
        let mut damaged = module.clone();
        damaged[at] ^= 4;
        std::fs::write(folder.join("damaged.wasm"), damaged).unwrap();
        let output = riegel(
            &folder,
            &["decide", "damaged.wasm", "--event", "event.json"],
        );
        assert_eq!(code(&output), 2);
        assert!(
            err(&output).contains("[E200"),
            "byte {at}: {}",
            err(&output)
        );
        assert_eq!(out(&output), "");
    }
}

#[test]
fn inspect_shows_what_is_inside() {
    let folder = folder("inspect");
    let text = out(&riegel(&folder, &["inspect", "demo.riegel"]));
    for line in [
        "demo  1.0.0  Demo",
        "Imports  none",
        "bulk_limit  = 10  a whole number from 1 to 50",
        "Hausordnung, § 4",
        "demo.customer",
    ] {
        assert!(text.contains(line), "{line} is missing in\n{text}");
    }
    let json = out(&riegel(
        &folder,
        &["inspect", "demo.riegel", "--format", "json"],
    ));
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(json["imports"], serde_json::json!([]));
    assert_eq!(json["policy"]["rules"].as_array().unwrap().len(), 2);
}

#[test]
fn tests_of_a_policy_pass_and_fail() {
    let folder = folder("test");
    let output = riegel(&folder, &["test", "demo.riegel"]);
    assert_eq!(code(&output), 0, "{}", out(&output));
    assert!(out(&output).ends_with("2 passed in 1 file\n"));
    let wrong = POLICY.replace("expect no bulk", "expect warn by bulk");
    std::fs::write(folder.join("wrong.riegel"), wrong).unwrap();
    let output = riegel(&folder, &["test", "wrong.riegel"]);
    assert_eq!(code(&output), 1);
    let text = out(&output);
    assert!(text.contains("expect warn by bulk"), "{text}");
    assert!(text.contains("but: block: by customer_leaves"), "{text}");
    assert!(text.contains("1 passed, 1 failed in 1 file"), "{text}");
    let none = POLICY.split("test \"").next().unwrap();
    std::fs::write(folder.join("none.riegel"), none).unwrap();
    let output = riegel(&folder, &["test", "none.riegel"]);
    assert_eq!(code(&output), 2);
    assert!(err(&output).contains("E6007"));
}

#[test]
fn check_names_what_is_wrong() {
    let folder = folder("check");
    let output = riegel(&folder, &["check", "demo.riegel"]);
    assert_eq!(code(&output), 0, "{}", err(&output));
    assert!(out(&output).starts_with("ok  demo.riegel: 2 rules"));
    std::fs::write(
        folder.join("bad.riegel"),
        POLICY.replace("action =", "actoin ="),
    )
    .unwrap();
    let output = riegel(&folder, &["check", "bad.riegel"]);
    assert_eq!(code(&output), 1);
    assert!(err(&output).contains("bad.riegel") && err(&output).contains("error[R0"));
    let output = riegel(&folder, &["check", "bad.riegel", "--format", "json"]);
    assert_eq!((code(&output), err(&output)), (1, String::new()));
    let json: serde_json::Value = serde_json::from_str(&out(&output)).unwrap();
    assert_eq!(json["files"][0]["ok"], false);
    let place = |text: &str| {
        std::fs::write(folder.join("marked.riegel"), text).unwrap();
        let json = out(&riegel(
            &folder,
            &["check", "marked.riegel", "--format", "json"],
        ));
        let json: serde_json::Value = serde_json::from_str(&json).unwrap();
        let first = &json["files"][0]["diagnostics"][0];
        (first["line"].clone(), first["column"].clone())
    };
    for text in ["polcy", "\u{FEFF}polcy"] {
        assert_eq!(place(text), (1.into(), 1.into()));
    }
    let decided = riegel(&folder, &["decide", "bad.riegel", "--event", "event.json"]);
    assert_eq!((code(&decided), out(&decided)), (1, String::new()));
}

#[test]
fn fmt_is_idempotent_and_checks() {
    let folder = folder("fmt");
    assert_eq!(code(&riegel(&folder, &["fmt", "demo.riegel"])), 0);
    assert_eq!(
        code(&riegel(&folder, &["fmt", "--check", "demo.riegel"])),
        0
    );
    std::fs::write(
        folder.join("wide.riegel"),
        POLICY.replace("then block", "then    block"),
    )
    .unwrap();
    let output = riegel(&folder, &["fmt", "--check", "wide.riegel"]);
    assert_eq!(code(&output), 1);
    assert!(out(&output).contains("would change  wide.riegel"));
}

#[test]
fn explain_knows_both_kinds_of_codes() {
    let folder = folder("explain");
    assert!(out(&riegel(&folder, &["explain", "e2003"])).starts_with("E2003: "));
    assert!(out(&riegel(&folder, &["explain", "R0101"])).starts_with("R0101: "));
    let list = out(&riegel(&folder, &["explain", "--list"]));
    assert!(list.lines().count() > 60);
    assert_eq!(code(&riegel(&folder, &["explain", "X1"])), 2);
}

#[test]
fn scan_lines_in_code_points() {
    let folder = folder("scan_jsonl");
    let input = "{\"id\":\"1\",\"text\":\"😀 Größe: Kunde KD-471100!\"}\nno JSON\n\n{\"id\":2,\"text\":\"\"}\n{\"id\":\"3\"}\n";
    let output = with_input(
        &folder,
        &["scan", "--policy", "demo.riegel", "--jsonl"],
        input,
    );
    assert_eq!(
        out(&output),
        "{\"id\":\"1\",\"findings\":[{\"detector\":\"demo.customer\",\"start\":15,\"end\":24,\"confidence\":\"high\"}]}\n\
         {\"id\":2,\"findings\":[]}\n"
    );
    assert_eq!(code(&output), 1);
    let complaints = err(&output);
    assert!(complaints.contains("stdin:2") && complaints.contains("stdin:5"));
    assert_eq!(complaints.matches("error[E5001]").count(), 2);
}

#[test]
fn scan_never_shows_what_it_found() {
    let folder = folder("scan_human");
    std::fs::write(
        folder.join("letter.txt"),
        "Hallo,\nKunde KD-471100 fragt.\n",
    )
    .unwrap();
    // The policy's first language, as in `decide`.
    let output = riegel(&folder, &["scan", "--policy", "demo.riegel", "letter.txt"]);
    assert_eq!((code(&output), err(&output)), (0, String::new()));
    assert_eq!(
        out(&output),
        "letter.txt:2:7  demo.customer  hoch  [CUSTOMER, 9 Zeichen]  Kundennummer\n"
    );
    let english = riegel(
        &folder,
        &[
            "scan",
            "--policy",
            "demo.riegel",
            "--lang",
            "en",
            "letter.txt",
        ],
    );
    assert_eq!(
        out(&english),
        "letter.txt:2:7  demo.customer  high  [CUSTOMER, 9 characters]  Customer number\n"
    );
}

#[test]
fn detectors_of_the_library_have_names_in_both_languages() {
    let folder = folder("titles");
    std::fs::write(folder.join("letter.txt"), "An: max.muster@firma.de\n").unwrap();
    for (lang, title) in [("de", "E-Mail-Adresse"), ("en", "E-mail address")] {
        let page = out(&riegel(&folder, &["scan", "--lang", lang, "letter.txt"]));
        assert!(page.contains(title), "{page}");
    }
    // Without a word about it, the library is shown in English.
    assert!(out(&riegel(&folder, &["scan", "letter.txt"])).contains("E-mail address"));

    for (lang, title) in [("de", "Kundennummer"), ("en", "Customer number")] {
        let run = |format: &str| out(&decide(&folder, &["--lang", lang, "--format", format]));
        let page = run("human");
        let heading = if lang == "de" { "Funde" } else { "Findings" };
        let (_, findings) = page.split_once(heading).unwrap();
        assert!(findings.contains(title), "{page}");
        let json: serde_json::Value = serde_json::from_str(&run("json")).unwrap();
        assert_eq!(json["findings"][0]["title"], title);
    }
}

#[test]
fn mistakes_have_codes_places_and_next_steps() {
    let folder = folder("mistakes");
    std::fs::write(
        folder.join("typo.json"),
        r#"{"action":"paste","user":{"rolse":[]}}"#,
    )
    .unwrap();
    for (args, expected) in [
        (
            vec!["decide", "demo.riegel", "--event", "nothing.json"],
            vec!["error[E6001]", "nothing.json"],
        ),
        (
            vec!["decide", "demo.riegel", "--event", "typo.json"],
            vec![
                "error[E3002]",
                "typo.json: /user/rolse",
                "did you mean `user.roles`?",
            ],
        ),
        (
            vec!["decide", "event.json", "--event", "event.json"],
            vec!["error[E6003]", "event.json"],
        ),
        (
            vec![
                "decide",
                "demo.riegel",
                "--event",
                "event.json",
                "--param",
                "bulk_limit=51",
            ],
            vec!["error[E6004]", "a whole number from 1 to 50"],
        ),
    ] {
        let output = riegel(&folder, &args);
        assert_eq!(code(&output), 2, "{args:?}");
        assert_eq!(out(&output), "");
        let complaint = err(&output);
        for text in expected {
            assert!(
                complaint.contains(text),
                "{text} is missing in\n{complaint}"
            );
        }
        assert!(complaint.contains("help"), "{complaint}");
    }
}

#[test]
fn required_attributes_that_are_missing_end_in_on_error() {
    let folder = folder("required");
    std::fs::write(folder.join("empty.json"), r#"{"content":"x"}"#).unwrap();
    let output = riegel(
        &folder,
        &[
            "decide",
            "demo.riegel",
            "--event",
            "empty.json",
            "--exit-code",
            "--lang",
            "en",
        ],
    );
    assert_eq!(code(&output), 20);
    assert!(page(&output).contains("A required attribute is missing: `action`"));
}

#[test]
fn the_baseline_stops_a_real_paste() {
    let folder = folder("baseline");
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../policies");
    let policy = root.join("packs/baseline.riegel").display().to_string();
    let event = root.join("examples/paste.json").display().to_string();
    let built = riegel(&folder, &["build", &policy, "-o", "baseline.wasm"]);
    assert_eq!(code(&built), 0, "{}", err(&built));
    let decide = |lang| {
        page(&riegel(
            &folder,
            &["decide", "baseline.wasm", "--event", &event, "--lang", lang],
        ))
    };
    for (lang, words) in [
        (
            "de",
            [
                "personal_data_unprotected",
                "]{IBAN}",
                "]{EMAIL}",
                "Grundlage: DSGVO Art.",
            ],
        ),
        (
            "en",
            [
                "personal_data_unprotected",
                "]{IBAN}",
                "]{EMAIL}",
                "Legal basis: DSGVO Art.",
            ],
        ),
    ] {
        let text = decide(lang);
        for word in words {
            assert!(text.contains(word), "{word} is missing in\n{text}");
        }
        assert!(
            text.lines().all(|line| line.chars().count() <= 100),
            "{text}"
        );
    }
}

/// The other events that the README names.
#[test]
fn the_example_events_are_decided() {
    let folder = folder("examples");
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../policies");
    let policy = root.join("packs/baseline.riegel").display().to_string();
    let built = riegel(&folder, &["build", &policy, "-o", "baseline.wasm"]);
    assert_eq!(code(&built), 0, "{}", err(&built));
    let mut seen = 0;
    for (name, effective, rule) in [
        ("paste", "redact", Some("personal_data_unprotected")),
        ("clean", "allow", None),
        ("upload", "block", Some("special_categories_leave")),
        ("answer", "approve", Some("unchecked_answer_in_contract")),
    ] {
        let event = root
            .join(format!("examples/{name}.json"))
            .display()
            .to_string();
        let args = [
            "decide",
            "baseline.wasm",
            "--event",
            &event,
            "--format",
            "json",
        ];
        let output = riegel(&folder, &args);
        assert_eq!((code(&output), err(&output)), (0, String::new()), "{name}");
        let json: serde_json::Value = serde_json::from_str(&out(&output)).unwrap();
        assert_eq!(json["effective"], effective, "{name}");
        let first = json["rules"][0]["id"].as_str();
        assert_eq!(first, rule, "{name}");
        seen += 1;
    }
    let files = std::fs::read_dir(root.join("examples")).unwrap();
    let events = files.filter(|file| {
        let path = file.as_ref().unwrap().path();
        path.extension().is_some_and(|e| e == "json")
    });
    assert_eq!(events.count(), seen, "an event that is not tried");
}

#[test]
fn scan_takes_a_library_too() {
    let folder = folder("scan_library");
    let library = "detector acme.part \"Part\" {\n  class trade_secret\n  pattern /\\bACME-\\d{4}\\b/\n  \
                   confidence high\n  redact as \"PART\"\n}\n";
    std::fs::write(folder.join("acme.riegel"), library).unwrap();
    std::fs::write(folder.join("note.txt"), "Teil ACME-1234 fehlt.\n").unwrap();
    let output = riegel(&folder, &["scan", "--policy", "acme.riegel", "note.txt"]);
    assert_eq!((code(&output), err(&output)), (0, String::new()));
    assert!(out(&output).contains("note.txt:1:6") && out(&output).contains("acme.part"));
}

/// A file that lost its beginning, or all of it, must not become a module that allows everything.
#[test]
fn a_library_is_not_built_and_decides_nothing() {
    let folder = folder("no_library");
    std::fs::write(folder.join("empty.riegel"), "").unwrap();
    std::fs::write(folder.join("event.json"), r#"{"content":"x"}"#).unwrap();
    for args in [
        vec!["build", "empty.riegel", "-o", "empty.wasm"],
        vec!["decide", "empty.riegel", "--event", "event.json"],
        vec!["inspect", "empty.riegel"],
        vec!["test", "empty.riegel"],
        vec!["scan", "--policy", "empty.riegel", "event.json"],
    ] {
        let output = riegel(&folder, &args);
        assert_eq!(
            (code(&output), out(&output)),
            (2, String::new()),
            "{args:?}"
        );
        assert!(err(&output).contains("error[E6003]"), "{}", err(&output));
    }
    assert!(!folder.join("empty.wasm").exists());
    let checked = riegel(&folder, &["check", "empty.riegel"]);
    assert_eq!(out(&checked), "ok  empty.riegel: a library, 0 detectors\n");
}

#[test]
fn a_module_is_not_taken_for_a_text() {
    let folder = folder("module_as_text");
    assert_eq!(code(&riegel(&folder, &["build", "demo.riegel"])), 0);
    for command in ["check", "test", "fmt", "build"] {
        let output = riegel(&folder, &[command, "demo.wasm"]);
        assert_eq!((code(&output), out(&output)), (2, String::new()));
        let said = err(&output);
        assert!(
            said.contains("error[E6003]: the file is a module"),
            "{said}"
        );
    }
}

#[test]
fn nothing_is_written_over_what_it_was_made_from() {
    let folder = folder("written_over");
    std::fs::create_dir_all(folder.join("sub")).unwrap();
    std::fs::write(folder.join("text.wasm"), POLICY).unwrap();
    for args in [
        vec!["build", "demo.riegel", "-o", "demo.riegel"],
        vec!["build", "demo.riegel", "-o", "sub/../demo.riegel"],
        vec!["build", "text.wasm"],
    ] {
        let output = riegel(&folder, &args);
        assert_eq!(code(&output), 2, "{args:?}");
        assert!(err(&output).contains("error[E6004]"), "{}", err(&output));
    }
    for name in ["demo.riegel", "text.wasm"] {
        assert_eq!(std::fs::read_to_string(folder.join(name)).unwrap(), POLICY);
    }
}

/// Links, devices and rights stay what they are.
#[cfg(unix)]
#[test]
fn writing_keeps_links_and_rights() {
    use std::os::unix::fs::{FileTypeExt, PermissionsExt, symlink};
    let folder = folder("links");
    let wide = POLICY.replace("then block", "then    block");
    let real = folder.join("real.riegel");
    let link = folder.join("link.riegel");
    std::fs::write(&real, wide).unwrap();
    std::fs::set_permissions(&real, std::fs::Permissions::from_mode(0o640)).unwrap();
    let _ = std::fs::remove_file(&link);
    symlink("real.riegel", &link).unwrap();
    assert_eq!(code(&riegel(&folder, &["fmt", "link.riegel"])), 0);
    assert!(std::fs::symlink_metadata(&link).unwrap().is_symlink());
    let mode = std::fs::metadata(&real).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o640);
    assert_eq!(
        code(&riegel(&folder, &["fmt", "--check", "real.riegel"])),
        0
    );
    // A pipe that nobody writes to would not end; the null device takes everything.
    let output = riegel(&folder, &["build", "demo.riegel", "-o", "/dev/stdout"]);
    assert_eq!(code(&output), 0, "{}", err(&output));
    assert!(output.stdout.starts_with(b"\0asm"));
    let null = std::fs::symlink_metadata("/dev/null").unwrap();
    assert!(null.file_type().is_char_device());
}

#[test]
fn parts_are_shown_one_by_one() {
    let folder = folder("parts");
    let event = r#"{"action": "paste", "today": "2026-12-01", "content": [
        {"role": "system", "text": "Antworte kurz."},
        {"role": "user", "text": "Guten Tag,\nKunde KD-471100"},
        {"role": "assistant", "direction": "inbound", "text": "Kunde KD-471101 fehlt."}]}"#;
    std::fs::write(folder.join("event.json"), event).unwrap();
    let text = page(&decide(&folder, &[]));
    let shown = "\
Inhalt
  Teil 1: system
  │ Antworte kurz.
  Teil 2: user
  │ Guten Tag,
  │ Kunde [KD-471100]{CUSTOMER}
  Teil 3: assistant, kommt zurück
  │ Kunde [KD-471101]{CUSTOMER} fehlt.

Funde
  Kundennummer  hoch  Zeile 2, Spalte 7, Teil 2
  Kundennummer  hoch  Zeile 1, Spalte 7, Teil 3
";
    assert!(text.contains(shown), "{text}");
    let json = out(&decide(&folder, &["--format", "json"]));
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    let places: Vec<_> = (0..2)
        .map(|i| &json["findings"][i])
        .map(|finding| (&finding["part"], &finding["line"], &finding["column"]))
        .collect();
    let (one, two, seven) = (1.into(), 2.into(), 7.into());
    assert_eq!(places, [(&one, &two, &seven), (&two, &one, &seven)]);
}

/// Of a long conversation only what matters is shown.
#[test]
fn of_many_parts_only_those_with_findings_are_shown() {
    let folder = folder("many_parts");
    let part = |i: usize| match i {
        40 => r#"{"role": "user", "text": "Kunde KD-471100"}"#.to_owned(),
        _ => format!(
            r#"{{"role": "user", "text": "{}"}}"#,
            "Guten Tag. ".repeat(9)
        ),
    };
    let parts: Vec<String> = (1..=60).map(part).collect();
    let event = format!(
        r#"{{"action": "paste", "today": "2026-12-01", "content": [{}]}}"#,
        parts.join(",")
    );
    std::fs::write(folder.join("event.json"), event).unwrap();
    let text = page(&decide(&folder, &[]));
    assert!(
        text.contains("Inhalt\n  Teil 40: user\n  │ Kunde [KD-471100]{CUSTOMER}\n\nFunde"),
        "{text}"
    );
}

#[test]
fn events_of_other_programs_are_read_or_refused_with_a_place() {
    let folder = folder("other_events");
    let marked = format!("\u{FEFF}{EVENT}").replace('\n', "\r\n");
    std::fs::write(folder.join("event.json"), marked).unwrap();
    assert!(out(&decide(&folder, &[])).starts_with("GESTOPPT"));
    for (event, code, place) in [
        ("", "E3001", "event.json: line 1, column 1"),
        ("{\"action\":\n", "E3001", "event.json: line 2, column 1"),
        (
            r#"{"action":"paste","action":"x"}"#,
            "E3006",
            "event.json: /action",
        ),
        (r#"{"user":7}"#, "E3002", "{\"roles\": …}"),
        ("{\"\\u001b[2J\":1}", "E3002", "event.json: /␛[2J"),
    ] {
        std::fs::write(folder.join("event.json"), event).unwrap();
        let output = decide(&folder, &["--color", "never"]);
        let said = err(&output);
        assert!(said.contains(code) && said.contains(place), "{said}");
        assert!(!said.contains('\u{1b}'));
    }
    let twice = with_input(&folder, &["decide", "-", "--event", "-"], POLICY);
    assert!(err(&twice).contains("error[E6004]"), "{}", err(&twice));
}

/// Who unpacks somebody's files and checks them has not agreed to what their names say.
#[cfg(unix)]
#[test]
fn names_of_files_do_not_steer_the_terminal() {
    let folder = folder("names");
    let name = "a\u{1b}]0;x\u{7}b.riegel";
    let wide = POLICY.replace("then block", "then    block");
    for text in [wide.as_str(), "policy x", ""] {
        std::fs::write(folder.join(name), text).unwrap();
        for args in [
            vec!["check", name],
            vec!["fmt", "--check", name],
            vec!["test", name],
            vec!["build", name, "-o", "a\u{1b}]0;x\u{7}b.wasm"],
            vec!["scan", "--policy", "demo.riegel", name],
            vec!["inspect", name],
            vec!["fmt", name],
        ] {
            let args = [args, vec!["--color", "always"]].concat();
            let output = riegel(&folder, &args);
            for said in [out(&output), err(&output)] {
                assert!(
                    !said.contains("\u{1b}]") && !said.contains('\u{7}'),
                    "{args:?}: {said}"
                );
            }
        }
    }
}

#[test]
fn silence_of_one_file_is_no_success() {
    let folder = folder("silent");
    let none = POLICY.split("test \"").next().unwrap();
    std::fs::write(folder.join("none.riegel"), none).unwrap();
    let output = riegel(&folder, &["test", "demo.riegel", "none.riegel"]);
    assert_eq!(code(&output), 2);
    assert!(out(&output).ends_with("2 passed in 2 files\n"));
    assert!(err(&output).contains("E6007") && err(&output).contains("--> none.riegel"));
    let only = riegel(
        &folder,
        &["test", "demo.riegel", "none.riegel", "--only", "service"],
    );
    assert_eq!((code(&only), err(&only)), (0, String::new()));
    let nobody = riegel(&folder, &["test", "demo.riegel", "--only", "nobody"]);
    assert_eq!(code(&nobody), 2);
    assert!(err(&nobody).contains("no test has this in its name"));
}

/// A detector that nobody asked for finds nothing, whatever the text says.
#[test]
fn what_was_not_searched_is_not_taken_for_not_found() {
    let folder = folder("not_searched");
    let with = |given: &str| {
        let test = format!(
            "test \"none\" {{\n  given {given}\n  text \"Kunde KD-12345\"\n  expect not found demo.customer\n}}\n"
        );
        // Only the first rule, which no upload can fire.
        let before = POLICY.split("rule bulk").next().unwrap();
        std::fs::write(folder.join("one.riegel"), format!("{before}{test}")).unwrap();
        riegel(&folder, &["test", "one.riegel"])
    };
    assert_eq!(code(&with("action = paste")), 0);
    let unseen = with("action = upload");
    assert_eq!(code(&unseen), 1, "{}", err(&unseen));
    assert!(
        out(&unseen).contains("but: not searched"),
        "{}",
        out(&unseen)
    );
}

#[test]
fn lines_to_scan_are_objects() {
    let folder = folder("scan_objects");
    let input = "\u{FEFF}{\"id\":\"1\",\"text\":\"\"}\r\n[\"2\",\"KD-471100\"]\n{\"id\":null,\"text\":\"\"}\n";
    let output = with_input(
        &folder,
        &["scan", "--policy", "demo.riegel", "--jsonl"],
        input,
    );
    assert_eq!(out(&output), "{\"id\":\"1\",\"findings\":[]}\n");
    assert_eq!(err(&output).matches("error[E5001]").count(), 2);
    assert_eq!(code(&output), 1);
}

const LAYER: &str = r#"
policy workshop "Workshop" { version "1.0.0" languages de }
extends demo
tighten customer_leaves { when action = upload and found demo.customer notify "sales" }
rule uploads { when action = upload then log }
test "an upload" {
  given  action = upload
  text   "Kunde KD-123456"
  expect block by customer_leaves, uploads
}
"#;

#[test]
fn layers_are_put_over_a_policy() {
    let folder = folder("layers");
    std::fs::write(folder.join("workshop.riegel"), LAYER).unwrap();
    let over = ["demo.riegel", "--layer", "workshop.riegel"];

    let tested = riegel(&folder, &[&["test"], &over[..]].concat());
    assert_eq!(code(&tested), 0, "{}{}", out(&tested), err(&tested));
    assert!(out(&tested).contains("1 passed"));

    let built = [&["build"], &over[..], &["-o", "workshop.wasm"]].concat();
    assert_eq!(code(&riegel(&folder, &built)), 0);
    let text = out(&riegel(
        &folder,
        &["inspect", "workshop.wasm", "--effective"],
    ));
    for line in [
        "Layers (2)",
        "workshop: 1 rule",
        "demo: 2 rules",
        "block    customer_leaves  demo",
        "+ workshop: when action = upload and found demo.customer",
        "+ workshop: notify \"sales\"",
        "log      uploads          workshop",
    ] {
        assert!(text.contains(line), "{line} is missing in\n{text}");
    }
    // Without `--layer` the policy that it extends is found beside it.
    let alone = riegel(&folder, &["inspect", "workshop.riegel", "--effective"]);
    assert_eq!(out(&alone), text);

    let weak = LAYER.replace("notify", "then warn notify");
    std::fs::write(folder.join("workshop.riegel"), weak).unwrap();
    let refused = riegel(&folder, &[&["check"], &over[..]].concat());
    assert_eq!(code(&refused), 1);
    for line in ["R0602", "`workshop`", "`customer_leaves`", "KD-123456"] {
        assert!(err(&refused).contains(line), "{}", err(&refused));
    }
}

#[test]
fn coverage_names_what_no_test_hangs_on() {
    let folder = folder("coverage");
    let output = riegel(&folder, &["coverage", "demo.riegel"]);
    assert_eq!(code(&output), 1, "{}", err(&output));
    let text = out(&output);
    for line in [
        "gaps  demo.riegel: ",
        "1 of 2 rules, 1 of 4 clauses, 2 tests",
        "no test in which it fires",
        "no test decides where this does not hold: action = paste",
        "demo.riegel:33",
    ] {
        assert!(text.contains(line), "{line} is missing in\n{text}");
    }
    let output = riegel(&folder, &["coverage", "demo.riegel", "--format", "json"]);
    let json: serde_json::Value = serde_json::from_str(&out(&output)).unwrap();
    assert_eq!(json[0]["rules"][1]["missing"][0]["line"], 33);

    // Without the test of the exception nothing decides by it.
    let text = POLICY.replace(
        "user.roles = [\"service\"]",
        "destination.host = \"a.example\"",
    );
    let text = text.replace("expect allow", "expect block");
    assert_ne!(text, POLICY);
    std::fs::write(folder.join("demo.riegel"), text).unwrap();
    let text = out(&riegel(&folder, &["coverage", "demo.riegel"]));
    let line = "no test decides where this holds: user.roles has \"service\"";
    assert!(text.contains(line), "{line} is missing in\n{text}");
}
