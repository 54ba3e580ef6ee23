//! Golden tests of every diagnostic: `tests/diagnostics/NAME.riegel` beside what
//! `riegel check` says of it, `NAME.stderr`.
//!
//! `RIEGEL_BLESS=1` rewrites the `.stderr` files; read the difference before you
//! commit it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // tests

use riegel::check::{Checked, Options, Resolver, check, check_layers};
use riegel::diagnostics::{self, line_column};
use riegel::syntax::ast::Date;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// A small event schema and a library of two detectors.
struct Library;

const EVENT: &str = include_str!("diagnostics/lib/event.riegel");
const PAYMENT: &str = include_str!("diagnostics/lib/payment.riegel");
const BROKEN: &str = include_str!("diagnostics/lib/broken.riegel");
const POLICY: &str = include_str!("diagnostics/lib/policy.riegel");
const BASE: &str = include_str!("diagnostics/lib/base.riegel");
const SMALL: &str = include_str!("diagnostics/lib/small.riegel");
const CIRCLE: &str = include_str!("diagnostics/lib/circle.riegel");

impl Resolver for Library {
    fn resolve(&self, path: &str) -> Option<String> {
        match path {
            "lib.event" => Some(EVENT.to_owned()),
            "lib.payment" => Some(PAYMENT.to_owned()),
            "lib.broken" => Some(BROKEN.to_owned()),
            "packs.other" => Some(POLICY.to_owned()),
            "packs.base" => Some(BASE.to_owned()),
            "packs.small" => Some(SMALL.to_owned()),
            "packs.circle" => Some(CIRCLE.to_owned()),
            _ => None,
        }
    }

    fn file(&self, _from: &str, path: &str) -> Option<String> {
        match path {
            "firms.hashed" => Some(include_str!("diagnostics/lib/firms.hashed").to_owned()),
            "guessable.hashed" => Some(include_str!("diagnostics/lib/guessable.hashed").to_owned()),
            "keyed.hashed" => Some(include_str!("diagnostics/lib/keyed.hashed").to_owned()),
            "edited.hashed" => Some("riegel hashed list 1\nkind phrases\nwords 1 9\n".to_owned()),
            _ => None,
        }
    }

    fn names(&self) -> Vec<String> {
        [
            "lib.event",
            "lib.payment",
            "lib.broken",
            "packs.other",
            "packs.base",
        ]
        .map(str::to_owned)
        .to_vec()
    }
}

const OPTIONS: Options = Options {
    today: Some(Date {
        year: 2026,
        month: 12,
        day: 1,
    }),
    all_detectors: false,
};

fn directory() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/diagnostics")
}

/// What `riegel check` says: the checker, and for a policy without errors its own detectors.
fn run(name: &str, text: &str) -> Checked {
    let mut checked = match name {
        // As `riegel build policy.riegel --layer layer_disagrees.riegel`.
        "layer_disagrees.riegel" => check_layers(
            &[("policy.riegel", POLICY), (name, text)],
            &Library,
            &OPTIONS,
        ),
        _ => check(name, text, &Library, &OPTIONS),
    };
    if let Some(policy) = &checked.policy {
        let detectors = riegel::detect::examples::check_own(policy);
        if !detectors.is_empty() {
            checked.diagnostics.extend(detectors);
            checked.policy = None;
        }
    }
    checked
}

/// Every golden source: the files, and three that are too large to write down.
fn sources() -> Vec<(String, String)> {
    let mut all: Vec<(String, String)> = fs::read_dir(directory())
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|e| e == "riegel"))
        .map(|path| {
            let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
            (name, fs::read_to_string(&path).unwrap())
        })
        .collect();
    let header = "policy large \"Large\" { version \"1.0.0\" languages en }\n";
    let labels: Vec<String> = (0..4096).map(|i| format!("label \"{i}\"")).collect();
    all.push((
        "too_many_obligations".to_owned(),
        format!(
            "{header}rule r {{ when true then log {} }}",
            labels.join(" ")
        ),
    ));
    all.push((
        "layer_disagrees".to_owned(),
        format!("{header}extends packs.base\n"),
    ));
    all.push((
        "file_too_large".to_owned(),
        format!("{header}{}", "// a long comment\n".repeat(60_000)),
    ));
    all.push((
        "text_too_long".to_owned(),
        format!(
            "{header}list a = \"{}\"",
            "x".repeat(riegel::syntax::LONGEST_TEXT + 1)
        ),
    ));
    all.sort();
    all
}

/// The codes that a text can raise; those of later rooms need a damaged kernel or a huge policy.
fn own_codes() -> impl Iterator<Item = &'static diagnostics::Code> {
    [
        riegel::syntax::codes::ALL,
        riegel::check::codes::ALL,
        riegel::detect::codes::ALL,
    ]
    .into_iter()
    .flatten()
    .copied()
}

fn difference(expected: &str, found: &str) -> String {
    let (a, b): (Vec<&str>, Vec<&str>) = (expected.lines().collect(), found.lines().collect());
    let mut out = String::new();
    for i in 0..a.len().max(b.len()) {
        let (x, y) = (a.get(i), b.get(i));
        if x != y {
            out.extend(x.map(|x| format!("  - {x}\n")));
            out.extend(y.map(|y| format!("  + {y}\n")));
        }
    }
    out
}

#[test]
fn golden_files() {
    let bless = std::env::var("RIEGEL_BLESS").is_ok_and(|v| v == "1");
    let (mut raised, mut wrong) = (BTreeSet::new(), Vec::new());
    let all = sources();
    for (name, text) in &all {
        let file = format!("{name}.riegel");
        let checked = run(&file, text);
        raised.extend(checked.diagnostics.iter().map(|d| d.code.id));
        let failed = checked
            .diagnostics
            .iter()
            .any(diagnostics::Diagnostic::is_error);
        assert_eq!(
            checked.policy.is_none(),
            failed,
            "{name}: a policy exactly without errors"
        );
        for d in &checked.diagnostics {
            let source = &checked.sources[d.place.source as usize];
            let span = d.place.span.range();
            assert!(
                source.text.get(span.clone()).is_some(),
                "{name}: {} has a bad span",
                d.code.id
            );
            assert!(line_column(&source.text, span.start).0 >= 1);
        }
        let found = diagnostics::render(&checked.diagnostics, &checked.sources, false);
        let path = directory().join(format!("{name}.stderr"));
        let expected = fs::read_to_string(&path).unwrap_or_default();
        if expected == found && path.exists() {
            continue;
        }
        if bless {
            fs::write(&path, &found).unwrap();
        } else {
            wrong.push(format!("{name}.stderr\n{}", difference(&expected, &found)));
        }
    }
    println!("diagnostics: {} golden files", all.len());
    assert!(
        wrong.is_empty(),
        "{}\nRIEGEL_BLESS=1 rewrites them",
        wrong.join("\n")
    );
    assert!(all.len() >= 60, "{} golden files", all.len());
    let names: BTreeSet<&str> = all.iter().map(|(name, _)| name.as_str()).collect();
    for entry in fs::read_dir(directory()).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|e| e == "stderr") {
            let name = path.file_stem().unwrap().to_str().unwrap();
            assert!(names.contains(name), "{name}.stderr belongs to no policy");
        }
    }
    let unseen: Vec<&str> = own_codes()
        .map(|c| c.id)
        // A thousand detectors are no golden file, and R0310 comes before R0404.
        .filter(|id| !raised.contains(id) && !["R0403", "R0404"].contains(id))
        .collect();
    assert!(unseen.is_empty(), "no golden file raises {unseen:?}");
}

#[test]
fn every_code_has_a_page() {
    let mut ids = BTreeSet::new();
    for code in own_codes() {
        assert!(ids.insert(code.id), "{} is declared twice", code.id);
        assert!(
            code.page.starts_with(&format!("# {}", code.id)),
            "{}: no page",
            code.id
        );
        assert!(code.page.contains("```riegel"), "{}: no example", code.id);
        assert_eq!(diagnostics::explain(&code.id.to_lowercase()), Some(code));
    }
    for entry in
        fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/diagnostics")).unwrap()
    {
        let name = entry.unwrap().file_name().into_string().unwrap();
        let id = name.trim_end_matches(".md");
        let room = id.get(..3).unwrap_or("");
        if ["R00", "R01", "R02", "R03", "R04", "R06"].contains(&room) {
            assert!(ids.contains(id), "{name} belongs to no code");
        }
    }
    assert_eq!(diagnostics::explain("R9999"), None);
}

#[test]
fn json_names_the_place() {
    let checked = run("a.riegel", "policy p \"ü\" { version \"1\" languages en }");
    let json = serde_json::to_value(diagnostics::to_json(
        &checked.diagnostics[0],
        &checked.sources,
    ))
    .unwrap();
    assert_eq!(json["code"], "R0203");
    assert_eq!(
        (json["line"].clone(), json["column"].clone()),
        (1.into(), 24.into())
    );
}

/// What people read in the margin, programs get too.
#[test]
fn json_says_what_the_page_says() {
    for (name, text) in sources() {
        let checked = run(&format!("{name}.riegel"), &text);
        for diagnostic in &checked.diagnostics {
            let page =
                diagnostics::render(std::slice::from_ref(diagnostic), &checked.sources, false);
            let json =
                serde_json::to_value(diagnostics::to_json(diagnostic, &checked.sources)).unwrap();
            let also = json["also"].as_array().cloned().unwrap_or_default();
            assert_eq!(also.len(), diagnostic.also.len(), "{name}");
            for place in also.iter().chain([&json]) {
                assert!(place["line"].as_u64() >= Some(1) && place["column"].as_u64() >= Some(1));
                let label = place["label"].as_str().unwrap_or("");
                assert!(page.contains(label), "{name}: `{label}` is not in\n{page}");
            }
        }
    }
}
