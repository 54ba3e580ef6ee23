//! Scan throughput natively and in wasmtime: `bench THIRTY PLAIN EVERYTHING REPOSITORY TEXTS` prints one
//! line of JSON; `bench sizes REPOSITORY` prints the bytes of tables that each detector of the library brings
//! into a module that looks for nothing else.
//!
//! `cargo xtask bench` runs it, beside its twin for V8 (`tests/bench/scan.mjs`). Each
//! pass goes over the whole corpus, document by document; the fastest of about a second
//! counts, and every pass must find the same.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a measuring program that cannot go on should stop"
)]

use regex_automata::meta::Regex;
use regex_automata::util::syntax;
use riegel::check::model::{Event as Model, Part};
use riegel::check::{Options, check};
use riegel::compile::prepare;
use riegel::emit::KERNEL;
use riegel::library::Library;
use riegel::manifest::Schema;
use riegel_host::event::Event;
use riegel_host::runtime::{Guard, Limits, Runtime, Session};
use riegel_kernel::blocks::{PAD, Wanted, Way, masks_only};
use serde_json::{Map, Value as Json, json};
use std::fs;
use std::path::Path;
use std::time::Instant;

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    if let [_, sizes, root] = arguments.as_slice()
        && sizes == "sizes"
    {
        println!("{}", self::sizes(Path::new(root)));
        return;
    }
    let [_, thirty, plain, everything, root, texts] = arguments.as_slice() else {
        panic!("usage: bench THIRTY PLAIN EVERYTHING REPOSITORY TEXTS");
    };
    let [thirty, plain, everything] =
        [thirty, plain, everything].map(|path| fs::read(path).unwrap());
    let (root, texts) = (Path::new(root), Path::new(texts));

    let start = Instant::now();
    let runtime = Runtime::new(Limits::default()).expect("an engine");
    let guard = runtime.load(&thirty).expect("the module loads");
    let schema = &guard.anatomy().schema;
    let event = |text: &[u8]| event(schema, text);
    let mut session = guard.session();
    session.decide(&event(b"one@example.org"));
    let cold = start.elapsed().as_secs_f64() * 1e6;

    let [plain, all] =
        [plain, everything].map(|module| runtime.load(&module).expect("the module loads"));
    let (mut plain_session, mut all_session) = (plain.session(), all.session());

    let regex = regex(root);
    let mut corpora = Map::new();
    let prose = |name| {
        (
            name,
            root.join(format!("tests/corpus/benign/benign_{name}.txt")),
        )
    };
    let other = |name| (name, texts.join(format!("{name}.txt")));
    for (name, path) in [prose("de"), prose("en"), other("logs"), other("dense")] {
        let text = fs::read_to_string(path).unwrap();
        let docs = documents(&text);
        let size: usize = docs.iter().map(|d| d.len()).sum();
        let rate = |(findings, seconds): (u64, f64)| json!({"mb_s": size as f64 / seconds / 1e6, "findings": findings});
        let pass = |guard: &Guard, session: &mut Session| {
            let schema = &guard.anatomy().schema;
            let events: Vec<Event> = docs
                .iter()
                .map(|d| self::event(schema, d.as_bytes()))
                .collect();
            best(|| events.iter().map(|e| findings(session, e)).sum())
        };
        let thirty = pass(&guard, &mut session);
        let plain = pass(&plain, &mut plain_session);
        let everything = pass(&all, &mut all_session);
        let searched = best(|| docs.iter().map(|d| regex.find_iter(d).count() as u64).sum());
        let padded: Vec<Vec<u8>> = docs
            .iter()
            .map(|d| {
                let mut bytes = d.as_bytes().to_vec();
                bytes.resize(d.len() + PAD, 0);
                bytes
            })
            .collect();
        // The bytes that the library's patterns begin with, besides letters and digits.
        let specials = b"\xE2@(+[\\%;-";
        let wanted = Wanted::new(specials);
        let wanted = wanted.told(specials, b"@").unwrap_or(wanted);
        let masks = best(|| {
            let passes = padded
                .iter()
                .map(|p| masks_only(Way::Simd, p, p.len() - PAD, &wanted));
            passes.fold(0, u64::wrapping_add)
        });
        let small: Vec<Event> = kilobytes(&docs)
            .into_iter()
            .map(|d| event(d.as_bytes()))
            .collect();
        let decisions = best(|| small.iter().map(|e| findings(&mut session, e)).sum());
        corpora.insert(
            name.to_owned(),
            json!({
                "bytes": size,
                "documents": docs.len(),
                "thirty": rate(thirty),
                "plain": rate(plain),
                "everything": rate(everything),
                "regex": rate(searched),
                "masks": rate((0, masks.1)),
                "decision_us": decisions.1 * 1e6 / small.len() as f64,
            }),
        );
    }
    println!(
        "{}",
        Json::from(Map::from_iter([
            ("cold_us".to_owned(), json!(cold)),
            ("corpora".to_owned(), Json::from(corpora)),
        ]))
    );
}

/// Bytes of tables by detector, over those of a module that looks for one rare word.
fn sizes(root: &Path) -> Json {
    let mut files: Vec<_> = fs::read_dir(root.join("policies/lib"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|e| e == "riegel"))
        .collect();
    files.sort();
    let least = tables_of("", "content contains \"zyxwvut\"").expect("a policy");
    let mut sizes = Map::new();
    for path in files {
        let library = path.file_stem().unwrap().to_string_lossy().into_owned();
        let text = fs::read_to_string(&path).unwrap();
        for line in text.lines() {
            let Some(id) = line
                .strip_prefix("detector ")
                .and_then(|l| l.split(' ').next())
            else {
                continue;
            };
            // Hidden ones, and parts of others, cannot be asked for.
            let wanted = format!("found {id} (low)");
            if let Some(bytes) = tables_of(&format!("use lib.{library}\n"), &wanted) {
                sizes.insert(id.to_owned(), json!(bytes.saturating_sub(least)));
            }
        }
    }
    Json::from(sizes)
}

/// Bytes of tables of a policy with one rule; `None` where it is no policy.
fn tables_of(uses: &str, when: &str) -> Option<usize> {
    let text = format!(
        "policy size \"Size\" {{\n version \"1.0.0\"\n languages en\n on_error block\n}}\n{uses}\
         rule one {{\n when {when}\n then log\n cite \"benchmark\"\n say {{ en \"one\" }}\n}}\n"
    );
    let policy = check("size", &text, &Library, &Options::default()).policy?;
    Some(prepare(&policy, KERNEL).expect("it compiles").tables.len())
}

/// An event without attributes, one part of content.
fn event(schema: &Schema, text: &[u8]) -> Event {
    let model = Model {
        today: 20_833,
        text: text.to_vec(),
        parts: vec![Part {
            offset: 0,
            len: u32::try_from(text.len()).unwrap(),
            role: 1,
            direction: 0,
        }],
        ..Model::default()
    };
    Event::new(schema, model).expect("the event fits the schema")
}

fn findings(session: &mut Session, event: &Event) -> u64 {
    session.decide(event).decision.findings.len() as u64
}

/// All twelve patterns in one search, as the `regex` crate does it, with ASCII classes.
fn regex(root: &Path) -> Regex {
    let file = fs::read_to_string(root.join("tests/bench/patterns.json")).unwrap();
    let json: Json = serde_json::from_str(&file).unwrap();
    let patterns: Vec<String> = json["patterns"]
        .as_object()
        .unwrap()
        .values()
        .map(|p| {
            p.as_str()
                .unwrap()
                .replace("\\b", "(?-u:\\b)")
                .replace("\\d", "[0-9]")
        })
        .collect();
    Regex::builder()
        .syntax(syntax::Config::new().unicode(true))
        .build_many(&patterns)
        .unwrap()
}

/// Pieces of about one kilobyte, cut at blanks.
fn kilobytes<'t>(docs: &[&'t str]) -> Vec<&'t str> {
    let mut pieces = Vec::new();
    for doc in docs {
        let mut rest = *doc;
        while !rest.is_empty() {
            let from = (1000.min(rest.len())..=rest.len())
                .find(|&at| rest.is_char_boundary(at))
                .unwrap_or(rest.len());
            let end = rest[from..].find(' ').map_or(rest.len(), |at| from + at);
            let (piece, tail) = rest.split_at(end);
            pieces.push(piece);
            rest = tail;
        }
    }
    pieces
}

/// The fastest pass of about a second, and what it counted.
fn best(mut pass: impl FnMut() -> u64) -> (u64, f64) {
    let value = pass();
    let (mut seconds, mut total, mut runs) = (f64::INFINITY, 0.0, 0);
    while total < 1.0 || runs < 3 {
        let start = Instant::now();
        assert_eq!(pass(), value, "two passes counted differently");
        let took = start.elapsed().as_secs_f64();
        seconds = seconds.min(took);
        total += took;
        runs += 1;
    }
    (value, seconds)
}

/// Documents of about 100,000 bytes, cut between lines, as `tests/bench/measure.mjs` cuts them.
fn documents(text: &str) -> Vec<&str> {
    let mut docs = Vec::new();
    let (mut start, mut size) = (0, 0);
    for line in text.split_inclusive('\n') {
        if size >= 100_000 {
            docs.extend(text.get(start..start + size));
            (start, size) = (start + size, 0);
        }
        size += line.len();
    }
    docs.extend(text.get(start..));
    docs
}
