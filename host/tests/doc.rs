//! `riegel doc`: one self-contained page, escaped, in both languages.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests"
)]

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

const POLICY: &str = r#"
policy demo "Demo <b>& \"Söhne\"" {
  version   "1.0.0"
  languages de, en
  review by 2027-06-30
  on_error  approve
  stage observe from 2026-12-01, warn from 2026-12-10, enforce from 2027-01-01
}
attribute action: enum { paste, upload } required
param bulk_limit: int in 1..50 = 10 stricter down
detector demo.customer "Kundennummer" {
  title      { en "Customer number" }
  class      personal
  pattern    /\bKD-\d{6}\b/
  confidence medium
  redact as  "CUSTOMER"
  examples   "KD-123456"
  counterexamples "KD-12345"
}
detector demo.draft "Entwurf" {
  class      technical
  words      "Entwurfsfassung"
  confidence medium
  redact as  "DRAFT"
  examples   "Entwurfsfassung"
  counterexamples "Entwurf"
}
list partners = "Muster AG", "Beispiel GmbH"
detector demo.partner "Partner" {
  class      trade_secret
  words      partners
  confidence medium
  redact as  "PARTNER"
  examples   "Muster AG"
  counterexamples "Muster"
}
let pasted = action = paste
rule customer_leaves {
  when pasted and count demo.customer >= bulk_limit
  unless found demo.draft
  then approve by "dpo"
  cite "<script>alert(1)</script>"
  say { de "{count} Nummern <i>gefunden</i>." en "{count} numbers <i>found</i>." }
  hint { de "Bitte weglassen." en "Please leave them out." }
}
except customer_leaves when action = upload because "Projekt | 7" until 2027-03-31
"#;

fn folder(name: &str) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    std::fs::create_dir_all(&path).unwrap();
    std::fs::write(path.join("demo.riegel"), POLICY).unwrap();
    path
}

fn doc(folder: &Path, args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_riegel"))
        .current_dir(folder)
        .args([&["doc", "demo.riegel", "--today", "2026-12-01"], args].concat())
        .output()
        .unwrap()
}

fn page(folder: &Path, args: &[&str]) -> String {
    let output = doc(folder, args);
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
    assert_eq!(output.status.code(), Some(0));
    String::from_utf8(output.stdout).unwrap()
}

/// Levels of headings, in order.
fn headings(page: &str) -> Vec<u32> {
    let level = |tag: &str| tag.chars().next().and_then(|c| c.to_digit(10));
    page.split("<h").skip(1).filter_map(level).collect()
}

#[test]
fn the_page_is_one_file_and_every_text_is_escaped() {
    let folder = folder("doc_html");
    for args in [
        &["--lang", "de", "--impact"][..],
        &["--lang", "en", "--impact"],
    ] {
        let page = page(&folder, args);
        for never in [
            "<script", "<i>", "<b>&", "src=", "href=", "url(", "@import", "http",
        ] {
            assert!(!page.contains(never), "{never}");
        }
        assert_eq!(page.matches("<style>").count(), 1);
        assert!(page.contains("prefers-color-scheme:dark") && page.contains("@media print"));
        let levels = headings(&page);
        assert_eq!(levels.iter().filter(|level| **level == 1).count(), 1);
        assert!(
            levels.windows(2).all(|pair| pair[1] <= pair[0] + 1),
            "{levels:?}"
        );
        assert!(page.contains("&lt;script&gt;alert(1)&lt;/script&gt;"));
    }
}

#[test]
fn it_says_what_the_policy_says() {
    let folder = folder("doc_german");
    let page = page(&folder, &[]);
    for said in [
        "<html lang=\"de\">",
        "Demo &lt;b&gt;&amp; &quot;Söhne&quot;",
        "demo 1.0.0",
        "2027-06-30",
        "ab 2026-12-01: beobachten",
        "Prüfnummer ",
        "Stand: 2026-12-01",
        "Der Vorgang wartet auf eine Freigabe. Während der Einführung",
        "‹Anzahl› Nummern",
        "Bitte weglassen.",
        "Freigabe einholen bei: Datenschutz (dpo)",
        "<h3>Regel 1: Freigabe</h3>",
        "<dt>Kennung</dt><dd>customer_leaves</dd>",
        "<td>action</td><td>was geschieht",
        "<td>Datenschutzbeauftragte Person</td>",
        "Projekt | 7 (bis 2027-03-31): when action = upload",
        "<td>partners</td><td>Muster AG; Beispiel GmbH</td>",
        "when pasted and count demo.customer &gt;= bulk_limit\nunless found demo.draft",
        "<dt>Gesucht wird</dt><dd>Kundennummer</dd>",
        "<td>Technik</td><td>Entwurf</td>",
        "<td>pasted</td><td>action = paste</td>",
        "Angaben zu Personen</td><td>Kundennummer",
        "<td>bulk_limit</td><td>10</td><td>1 bis 50</td><td>nach unten</td>",
        "Der Eintrag enthält nicht:",
    ] {
        assert!(page.contains(said), "{said}\n{page}");
    }
    assert!(!page.contains("Folgenabschätzung"));
}

/// What a signature stands under: another number for another policy, and days that are over.
#[test]
fn a_page_says_which_version_it_is_and_what_has_ended() {
    let folder = folder("doc_versions");
    let number = |page: &str| {
        let (_, rest) = page.split_once("Prüfnummer ").unwrap();
        rest.chars().take(32).collect::<String>()
    };
    let before = page(&folder, &[]);
    assert!(number(&before).chars().all(|c| c.is_ascii_hexdigit()));
    assert_eq!(before.matches(&number(&before)).count(), 2);
    assert!(!before.contains("abgelaufen") && !before.contains("überfällig"));
    let changed = POLICY.replace("unless found demo.draft", "unless found demo.draft (low)");
    std::fs::write(folder.join("demo.riegel"), changed).unwrap();
    assert_ne!(number(&page(&folder, &[])), number(&before));
    let late = Command::new(env!("CARGO_BIN_EXE_riegel"))
        .current_dir(&folder)
        .args(["doc", "demo.riegel", "--today", "2027-07-01"])
        .output()
        .unwrap();
    let late = String::from_utf8(late.stdout).unwrap();
    assert!(late.contains("2027-06-30, überfällig"), "{late}");
    assert!(late.contains("2027-03-31, abgelaufen"), "{late}");
    // Without stages and exceptions the page says so, too.
    let plain: Vec<&str> = POLICY
        .lines()
        .filter(|line| !line.starts_with("except") && !line.contains("stage observe"))
        .collect();
    std::fs::write(folder.join("demo.riegel"), plain.join("\n")).unwrap();
    let plain = page(&folder, &[]);
    assert!(plain.contains("Keine. Jede Regel gilt für alle."));
    assert!(plain.contains("nie dazu, dass etwas unbemerkt durchgeht"));
}

#[test]
fn the_assessment_has_its_four_parts_and_asks() {
    let folder = folder("doc_impact");
    let page = page(&folder, &["--impact", "--lang", "en"]);
    for said in [
        "(a) Systematic",
        "(b) Necessity",
        "(c) Risks",
        "(d) Measures",
        "Art. 28(3)",
    ] {
        assert!(page.contains(said), "{said}");
    }
    assert!(page.matches("To be answered:").count() > 15);
    assert!(page.contains("Customer number"));
}

#[test]
fn markdown_and_files() {
    let folder = folder("doc_markdown");
    let output = doc(&folder, &["-o", "demo.md", "--lang", "en"]);
    assert_eq!(output.status.code(), Some(0));
    let page = std::fs::read_to_string(folder.join("demo.md")).unwrap();
    assert!(
        page.starts_with("# Demo &lt;b\\>&amp; \"Söhne\"\n"),
        "{page}"
    );
    assert!(page.contains("```riegel\nwhen pasted"), "{page}");
    assert!(!page.contains("<script"));
    let output = doc(&folder, &["-o", "demo.riegel"]);
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(
        std::fs::read_to_string(folder.join("demo.riegel")).unwrap(),
        POLICY
    );
}
