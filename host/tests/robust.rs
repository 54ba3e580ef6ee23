//! Whatever the content, the first policy ends in a decision inside its bound.

#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests"
)]

use riegel::check::model::{Event as Model, Part};
use riegel::check::{Options, check};
use riegel::compile::compile;
use riegel::emit::KERNEL;
use riegel::library::Library;
use riegel::syntax::ast::{Date, Verdict};
use riegel_host::errors::Problem;
use riegel_host::event::{Event, Surroundings};
use riegel_host::runtime::{Guard, Limits, Runtime};
use riegel_kernel::layout::RECORD_CONTENT_READ;

const BASELINE: &str = include_str!("../../policies/packs/baseline.riegel");

fn guard() -> Guard {
    let options = Options {
        today: Some(Date {
            year: 2026,
            month: 12,
            day: 1,
        }),
        ..Options::default()
    };
    let policy = check("baseline", BASELINE, &Library, &options)
        .policy
        .unwrap();
    let module = compile(&policy, KERNEL).unwrap();
    Runtime::new(Limits::default())
        .unwrap()
        .load(&module.wasm)
        .unwrap()
}

/// An event that names no file and says its day.
struct Nowhere;

impl Surroundings for Nowhere {
    fn file(&self, name: &str) -> Result<Vec<u8>, Problem> {
        panic!("nobody asked for {name}")
    }

    fn today(&self, said: Option<i32>, _: &str) -> Result<i32, Problem> {
        Ok(said.expect("the event says its day"))
    }
}

/// A paste into a public chat, so that every detector is asked.
fn paste(guard: &Guard, text: Vec<u8>) -> Event {
    let json = br#"{"action": "paste", "destination": {"host": "chatgpt.com", "kind": "ai_chat"},
                    "user": {"id": "u"}, "tenant": {"id": "t"}, "today": "2026-12-01", "content": ""}"#;
    let schema = &guard.anatomy().schema;
    let values = riegel_host::event::read(std::str::from_utf8(json).unwrap(), schema, &Nowhere)
        .unwrap()
        .event
        .values()
        .to_vec();
    let len = u32::try_from(text.len()).unwrap();
    let parts = vec![Part {
        offset: 0,
        len,
        role: 1,
        direction: 0,
    }];
    let today = Date {
        year: 2026,
        month: 12,
        day: 1,
    }
    .days();
    Event::new(
        schema,
        Model {
            values,
            today,
            text,
            parts,
        },
    )
    .unwrap()
}

/// Bytes without a pattern, the same in every run.
fn random(n: usize) -> Vec<u8> {
    let mut state = 1u64;
    (0..n)
        .map(|_| {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            (state >> 56) as u8
        })
        .collect()
}

#[test]
fn every_content_ends_in_a_decision() {
    let guard = guard();
    let prose = "Sehr geehrte Frau Muster, anbei die Unterlagen zum Termin am Montag. ";
    let contents: Vec<(&str, Vec<u8>)> = vec![
        ("no text", Vec::new()),
        ("a million random bytes", random(1_000_000)),
        (
            "50 MB of text",
            prose
                .as_bytes()
                .iter()
                .copied()
                .cycle()
                .take(50_000_000)
                .collect(),
        ),
        ("10 million a", vec![b'a'; 10_000_000]),
        ("10 million 1", vec![b'1'; 10_000_000]),
        (
            "broken UTF-8",
            [0xC3, 0x28, 0xE2, 0x82, 0xF0, 0x9F, 0x92, 0xC2].repeat(100_000),
        ),
        (
            "no-break spaces only",
            "\u{A0}".repeat(500_000).into_bytes(),
        ),
        (
            "a card number everywhere",
            "4539 1488 0343 6467 ".repeat(50_000).into_bytes(),
        ),
    ];
    for (name, text) in contents {
        let outcome = guard.decide(&paste(&guard, text));
        assert_eq!(outcome.failure, None, "{name}");
        let decision = outcome.decision;
        assert_ne!(
            decision.flags & RECORD_CONTENT_READ,
            0,
            "{name}: the content was not read"
        );
        if name == "a card number everywhere" {
            assert_eq!(decision.effective, Verdict::Block, "{name}");
        }
    }
}

#[test]
fn three_changed_bytes_of_a_policy_end_in_a_diagnostic_or_a_module_that_decides() {
    const POLICY: &str = include_str!("../../tests/vectors/reading.riegel");
    let runtime = Runtime::new(Limits::default()).unwrap();
    let dice = random(6 * 400);
    let (mut refused, mut decided) = (0, 0);
    for throw in dice.chunks_exact(6) {
        let mut bytes = POLICY.as_bytes().to_vec();
        for pair in throw.chunks_exact(2) {
            let at =
                (usize::from(pair[0]) * bytes.len() / 256 + usize::from(pair[1]) * 7) % bytes.len();
            bytes[at] = pair[1] % 95 + 32;
        }
        let text = String::from_utf8_lossy(&bytes);
        let checked = check("changed", &text, &Library, &Options::default());
        let Some(policy) = checked.policy else {
            assert!(checked.diagnostics.iter().any(|d| d.is_error()), "{text}");
            refused += 1;
            continue;
        };
        match compile(&policy, KERNEL) {
            Ok(module) => {
                let guard = runtime.load(&module.wasm).unwrap();
                let values = Vec::new();
                let text = b"4012 8888 8888 1881".to_vec();
                let parts = vec![Part {
                    offset: 0,
                    len: 19,
                    role: 1,
                    direction: 0,
                }];
                let model = Model {
                    values,
                    today: 20_000,
                    text,
                    parts,
                };
                let event = Event::new(&guard.anatomy().schema, model).unwrap();
                assert_eq!(guard.decide(&event).failure, None);
                decided += 1;
            }
            Err(problems) => {
                assert!(!problems.is_empty());
                refused += 1;
            }
        }
    }
    println!("{refused} refused, {decided} decided");
    assert!(
        refused > 100 && decided > 10,
        "{refused} refused, {decided} decided"
    );
}
