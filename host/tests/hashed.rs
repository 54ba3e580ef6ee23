//! Hashed lists and fingerprints, from the documents of a company to the decision.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests"
)]

use serde_json::{Value, json};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

const POLICY: &str = r#"
policy acme "Acme" {
  version   "1.0.0"
  languages de, en
  on_error  block
}
attribute action: enum { paste, upload } required
LISTS
rule client_leaves {
  when action = paste and found acme.known
  then warn
  say { de "Ein Mandant: {count}." en "A client: {count}." }
}
"#;
const NAMES: &str = r#"hashed list clients from "clients.hashed" key clients_key
detector acme.known "Client" { title { de "Mandant" } class trade_secret words clients confidence high redact as "CLIENT" }"#;
const PRINTS: &str = r#"fingerprint paper from "paper.prints"
detector acme.known "Paper" { title { de "Papier" } class trade_secret any 3 times of [paper] within 800 confidence high redact as "PAPER" }"#;

/// An invented strategy paper.
const PAPER: &str = "Das Vorhaben Nordlicht beginnt im dritten Quartal mit der Werkzeughalle in Aalen. \
    Bis dahin kauft die Gesellschaft sämtliche Anteile des Zulieferers und verlegt dessen Gießerei nach Györ. \
    Der Vorstand rechnet mit Kosten von 14,2 Millionen Euro und einer Ersparnis von jährlich 3,9 Millionen. \
    Die Belegschaft erfährt davon erst, wenn das Kartellamt zugestimmt hat und die Bank den Rahmen erhöht.";
/// The same passage after small edits.
const EDITED: &str = "Zur Info: bis dahin kauft die Gesellschaft alle Anteile des Zulieferers und verlegt \
    dessen Giesserei nach Györ. Der Vorstand rechnet mit Kosten von 14,2 Millionen Euro, und einer \
    Ersparnis von jährlich rund 3,9 Millionen. Was meinst du?";

fn folder(name: &str, lists: &str) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("hashed-{name}"));
    let _ = std::fs::remove_dir_all(&path);
    std::fs::create_dir_all(&path).unwrap();
    std::fs::write(path.join("acme.riegel"), POLICY.replace("LISTS", lists)).unwrap();
    path
}

fn riegel(folder: &Path, args: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_riegel"));
    command.current_dir(folder).args(args);
    command.env_remove("LANG").env_remove("LC_ALL");
    command.output().unwrap()
}

fn fine(output: &Output) -> String {
    let err = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{err}");
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn refused(output: &Output, code: i32, says: &str) {
    let err = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(code), "{err}");
    assert!(err.contains(says), "{err}");
}

fn decide(folder: &Path, content: &str, more: &[&str]) -> Value {
    let event = json!({ "action": "paste", "content": content });
    std::fs::write(folder.join("event.json"), event.to_string()).unwrap();
    let args = [
        "decide",
        "acme.riegel",
        "--event",
        "event.json",
        "--format",
        "json",
    ];
    serde_json::from_str(&fine(&riegel(folder, &[&args, more].concat()))).unwrap()
}

/// The texts of the findings; their places count code points.
fn found(decision: &Value, content: &str) -> Vec<String> {
    let findings = decision["findings"].as_array().unwrap().iter();
    let span = |f: &Value| {
        let at = |name: &str| f[name].as_u64().unwrap() as usize;
        let from = content.chars().skip(at("start"));
        from.take(at("end") - at("start")).collect()
    };
    findings.map(span).collect()
}

#[test]
fn clients_are_found_as_people_write_them() {
    let folder = folder("clients", NAMES);
    std::fs::write(
        folder.join("clients.csv"),
        "Nr;Name\n48213;Möbel Groß & Söhne GmbH\nK-7 119;Dr. Ida Wurmb\n",
    )
    .unwrap();
    fine(&riegel(&folder, &["key", "clients.key"]));
    let args = [
        "hash-list",
        "clients.csv",
        "--column",
        "Name",
        "--key",
        "clients.key",
        "-o",
        "clients.hashed",
    ];
    let said = fine(&riegel(&folder, &args));
    assert!(said.contains("2 values"), "{said}");
    let list = std::fs::read_to_string(folder.join("clients.hashed")).unwrap();
    assert!(!list.to_lowercase().contains("wurmb"));
    let content = "Die MOEBEL GROSS, Söhne GmbH und dr. ida\nwurmb haben Fragen; Ida Wurm nicht.";
    let set = ["--param", "clients_key=@clients.key"];
    let decision = decide(&folder, content, &set);
    assert_eq!(decision["verdict"], "warn");
    assert_eq!(
        found(&decision, content),
        ["MOEBEL GROSS, Söhne GmbH", "dr. ida\nwurmb"]
    );
    let module = fine(&riegel(&folder, &["build", "acme.riegel"]));
    assert!(module.contains("acme.wasm"));
    let bytes = std::fs::read(folder.join("acme.wasm")).unwrap();
    assert!(!bytes.windows(5).any(|w| w.eq_ignore_ascii_case(b"wurmb")));
}

#[test]
fn without_the_right_key_the_policy_says_so() {
    let folder = folder("keyless", NAMES);
    std::fs::write(folder.join("clients.txt"), "10482\n10519\n").unwrap();
    fine(&riegel(&folder, &["key", "clients.key"]));
    fine(&riegel(&folder, &["key", "other.key"]));
    let again = riegel(&folder, &["key", "clients.key"]);
    refused(&again, 2, "E6002");
    let args = [
        "hash-list",
        "clients.txt",
        "--key",
        "clients.key",
        "-o",
        "clients.hashed",
    ];
    fine(&riegel(&folder, &args));
    for more in [&[][..], &["--param", "clients_key=@other.key"]] {
        let decision = decide(&folder, "Nummer 10482 bitte", more);
        assert_eq!(
            (&decision["verdict"], &decision["error"]),
            (&json!("block"), &json!("key"))
        );
    }
    let content = "Nummer 10482 bitte, nicht 10483, 110482 oder 10482.5; und 10 519.";
    let decision = decide(&folder, content, &["--param", "clients_key=@clients.key"]);
    assert_eq!(found(&decision, content), ["10482", "10 519"]);
    let bad = [
        "decide",
        "acme.riegel",
        "--event",
        "event.json",
        "--param",
        "clients_key=00ff",
    ];
    refused(&riegel(&folder, &bad), 2, "riegel key");
}

#[test]
fn what_can_be_guessed_needs_a_key() {
    let lists = NAMES.replace(" key clients_key", "");
    let folder = folder("guessed", &lists);
    std::fs::write(folder.join("clients.txt"), "10482\n").unwrap();
    let said = fine(&riegel(
        &folder,
        &["hash-list", "clients.txt", "-o", "clients.hashed"],
    ));
    assert!(said.contains("2^16"), "{said}");
    refused(&riegel(&folder, &["check", "acme.riegel"]), 1, "R0324");
    std::fs::write(folder.join("clients.txt"), "CH93 0076 2011 6238 5295 7\n").unwrap();
    fine(&riegel(
        &folder,
        &["hash-list", "clients.txt", "-o", "clients.hashed"],
    ));
    let content = "von CH9300762011623852957 nach";
    assert_eq!(
        found(&decide(&folder, content, &[]), content),
        ["CH9300762011623852957"]
    );
    std::fs::write(folder.join("clients.txt"), "???\n").unwrap();
    refused(
        &riegel(&folder, &["hash-list", "clients.txt", "-o", "x"]),
        2,
        "clients.txt, row 1",
    );
}

#[test]
fn a_piece_of_a_paper_is_found_after_small_edits() {
    for kind in ["txt", "docx", "pdf"] {
        let folder = folder(&format!("paper-{kind}"), PRINTS);
        let file = format!("paper.{kind}");
        let bytes = match kind {
            "docx" => word(PAPER),
            "pdf" => pdf(PAPER),
            _ => PAPER.into(),
        };
        std::fs::write(folder.join(&file), bytes).unwrap();
        fine(&riegel(
            &folder,
            &["fingerprint", &file, "-o", "paper.prints"],
        ));
        let decision = decide(&folder, EDITED, &[]);
        let spans = found(&decision, EDITED);
        assert_eq!(spans.len(), 1, "{kind}: {spans:?}");
        assert!(spans[0].contains("Vorstand rechnet"), "{kind}: {spans:?}");
        let other = "Der Vorstand rechnet mit höheren Kosten, und die Bank wartet.";
        assert_eq!(decide(&folder, other, &[])["verdict"], "allow", "{kind}");
        // A passage that stands in a template does not count.
        std::fs::write(folder.join("template.txt"), PAPER).unwrap();
        let nothing = [
            "fingerprint",
            &file,
            "--without",
            "template.txt",
            "-o",
            "none.prints",
        ];
        if kind == "txt" {
            refused(&riegel(&folder, &nothing), 2, "E6009");
        }
    }
}

#[test]
fn what_is_no_document_is_refused() {
    let folder = folder("documents", PRINTS);
    std::fs::write(folder.join("broken.docx"), b"PK\x03\x04nothing").unwrap();
    std::fs::write(folder.join("broken.pdf"), b"%PDF-1.7\nnothing").unwrap();
    // A locked or an old document of Office; bytes; a text without its mark in UTF-16.
    let utf16: Vec<u8> = PAPER.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let ole = [
        &[0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1][..],
        &utf16,
    ]
    .concat();
    std::fs::write(folder.join("old.doc"), ole).unwrap();
    std::fs::write(folder.join("utf16.txt"), utf16).unwrap();
    let bytes: Vec<u8> = (0..9000_u32).map(|i| (i * i % 251) as u8).collect();
    std::fs::write(folder.join("bytes.txt"), bytes).unwrap();
    for file in [
        "broken.docx",
        "broken.pdf",
        "old.doc",
        "utf16.txt",
        "bytes.txt",
    ] {
        refused(
            &riegel(&folder, &["fingerprint", file, "-o", "x"]),
            2,
            "E6008",
        );
    }
    assert!(!folder.join("x").exists());
    std::fs::write(
        folder.join("paper.prints"),
        "riegel hashed list 1\nkind phrases\n",
    )
    .unwrap();
    refused(&riegel(&folder, &["check", "acme.riegel"]), 1, "R0323");
}

/// A Word document of one paragraph, in two runs.
fn word(text: &str) -> Vec<u8> {
    let (one, two) = text.split_at(text.find("Kosten").unwrap());
    let xml = format!(
        "<?xml version=\"1.0\"?><w:document xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\">\
         <w:body><w:p><w:r><w:t>{one}</w:t></w:r><w:r><w:t xml:space=\"preserve\">{two}</w:t></w:r></w:p></w:body></w:document>"
    );
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    zip.start_file(
        "word/document.xml",
        zip::write::SimpleFileOptions::default(),
    )
    .unwrap();
    zip.write_all(xml.as_bytes()).unwrap();
    zip.finish().unwrap().into_inner()
}

/// A PDF of one page in WinAnsi, a line for each sentence.
fn pdf(text: &str) -> Vec<u8> {
    let mut page = "BT /F1 11 Tf 40 760 Td".to_owned();
    for line in text.split_inclusive(". ") {
        let line: String = line
            .chars()
            .map(|c| match c {
                'ä'..='ü' | 'ß' => format!("\\{:o}", c as u32),
                other => other.to_string(),
            })
            .collect();
        page += &format!(" ({line}) Tj 0 -14 Td");
    }
    page += " ET";
    let objects = [
        "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>".to_owned(),
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 2000 842] /Contents 5 0 R /Resources << /Font << /F1 4 0 R >> >> >>".to_owned(),
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>".to_owned(),
        format!("<< /Length {} >>\nstream\n{page}\nendstream", page.len()),
    ];
    let mut out = "%PDF-1.4\n".to_owned();
    let mut places = Vec::new();
    for (i, object) in objects.iter().enumerate() {
        places.push(out.len());
        out += &format!("{} 0 obj\n{object}\nendobj\n", i + 1);
    }
    let table = out.len();
    out += &format!("xref\n0 {}\n0000000000 65535 f \n", objects.len() + 1);
    for place in places {
        out += &format!("{place:010} 00000 n \n");
    }
    out += &format!(
        "trailer << /Size {} /Root 1 0 R >>\nstartxref\n{table}\n%%EOF\n",
        objects.len() + 1
    );
    out.into_bytes()
}
