//! Whatever a module is turned into: loading it ends in a coded refusal, or in a guard
//! whose decisions fail closed. Never a panic, never a hang.
//!
//! The fuzz target `loader` covers the linker's own checks and wasmparser. This test
//! covers the host: [`Runtime::load`] with wasmtime behind it, and the decision after
//! it. It is a test of its own, because wasmtime would have to be built once more for
//! the fuzzer.
//!
//! Each damaged module is tried twice: as it is, which the digest must notice, and with
//! its digest made anew, as somebody would who means harm; then everything behind the
//! digest has to stand on its own.
//!
//! `RIEGEL_CASES` sets how many are tried: a tenth of it from a small module, a
//! hundredth from one that the linker wrote. `RIEGEL_SEED` is where the dice begin.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests"
)]

#[path = "../../tests/generate/rng.rs"]
#[allow(dead_code, reason = "another part is used elsewhere")]
mod rng;
mod support;

use riegel::check::model::{Event as Model, Part};
use riegel::check::{Options, check};
use riegel::compile::compile;
use riegel::emit::KERNEL;
use riegel::library::Library;
use riegel::syntax::ast::Verdict;
use riegel_host::event::Event;
use riegel_host::runtime::{Limits, Runtime};
use riegel_kernel::layout::RECORD_STAGED;
use rng::Rng;
use std::collections::BTreeMap;
use std::time::Duration;
use support::{Recipe, signed};

/// What `RIEGEL_CASES` is when nobody says.
const CASES: u64 = 40_000;
/// One in so many is made from a small module, which takes no time to compile.
const SMALL: u64 = 10;
/// One in so many is made from a module that the linker wrote.
const LINKED: u64 = 100;

/// A section: its number and its bytes.
type Section = (u8, Vec<u8>);

/// A module apart from its digest, in sections.
fn sections(module: &[u8]) -> Vec<Section> {
    let mut rest = &module[8..];
    let mut all = Vec::new();
    while let [id, more @ ..] = rest {
        let mut len = 0_usize;
        let mut at = 0;
        loop {
            len |= usize::from(more[at] & 0x7F) << (7 * at);
            at += 1;
            if more[at - 1] < 0x80 {
                break;
            }
        }
        let (bytes, behind) = more[at..].split_at(len);
        all.push((*id, bytes.to_vec()));
        rest = behind;
    }
    let digest = all.pop().unwrap();
    assert!(digest.1.starts_with(b"\x0driegel.digest"));
    all
}

/// The module of these sections, unsigned; `lie` is added to the length of one of them.
fn module(sections: &[Section], lie: Option<(usize, i64)>) -> Vec<u8> {
    let mut out = b"\0asm\x01\0\0\0".to_vec();
    for (i, (id, bytes)) in sections.iter().enumerate() {
        out.push(*id);
        let said = match lie {
            Some((at, lie)) if at == i => i64::try_from(bytes.len()).unwrap() + lie,
            _ => i64::try_from(bytes.len()).unwrap(),
        };
        let mut len = said as u32;
        while len >= 0x80 {
            out.push(len as u8 | 0x80);
            len >>= 7;
        }
        out.push(len as u8);
        out.extend_from_slice(bytes);
    }
    out
}

/// One kind of damage; the damaged module without a digest.
fn damaged(kind: usize, whole: &[Section], rng: &mut Rng) -> Vec<u8> {
    let mut parts = whole.to_vec();
    let at = rng.below(parts.len());
    let custom: Vec<usize> = (0..parts.len()).filter(|&i| parts[i].0 == 0).collect();
    match kind {
        0 => {
            // Bytes anywhere.
            let mut bytes = module(&parts, None);
            for _ in 0..=rng.below(4) {
                let at = rng.below(bytes.len());
                bytes[at] ^= 1 << rng.below(8);
            }
            bytes
        }
        1 => {
            // Bytes of one section, so that short sections are not left out.
            let bytes = &mut parts[at].1;
            for _ in 0..=rng.below(3) {
                let at = rng.below(bytes.len());
                bytes[at] = *rng.pick(&[0, 1, 0x0B, 0x7F, 0x80, 0xFF, rng.clone().next() as u8]);
            }
            module(&parts, None)
        }
        2 => {
            // A number of a custom section: a bound, an index, an ABI version, a vector.
            let bytes = &mut parts[*rng.pick(&custom)].1;
            let digits: Vec<usize> = (0..bytes.len())
                .filter(|&i| bytes[i].is_ascii_digit())
                .collect();
            if let Some(&at) = digits.get(rng.below(digits.len())) {
                let number = *rng.pick(&["0", "9", "-1", "99999999999", "1e9", "null", "[]"]);
                bytes.splice(at..=at, number.bytes());
            }
            module(&parts, None)
        }
        3 => {
            let mut bytes = module(&parts, None);
            bytes.truncate(rng.below(bytes.len()));
            bytes
        }
        4 => {
            parts.truncate(at);
            module(&parts, None)
        }
        5 => {
            let other = rng.below(parts.len());
            parts.swap(at, other);
            module(&parts, None)
        }
        6 => {
            let again = parts[*rng.pick(&custom)].clone();
            parts.insert(at, again);
            module(&parts, None)
        }
        7 => {
            let again = parts[at].clone();
            parts.insert(rng.below(parts.len() + 1), again);
            module(&parts, None)
        }
        8 => {
            parts.remove(at);
            module(&parts, None)
        }
        9 => {
            let lie = *rng.pick(&[-1, 1, -7, 100, 1 << 31, i64::from(u32::MAX)]);
            module(&parts, Some((at, lie)))
        }
        _ => {
            // A section that no linker of ours writes: start, or any number.
            let id = *rng.pick(&[8, 13, 63, 255]);
            let bytes = vec![rng.below(8) as u8; 1 + rng.below(3)];
            parts.insert(at, (id, bytes));
            module(&parts, None)
        }
    }
}

const KINDS: usize = 11;

/// What became of the modules with a digest made anew: code of the refusal, or how the
/// decision ended.
type Ends = BTreeMap<&'static str, u64>;

fn try_one(runtime: &Runtime, whole: &[Section], seed: u64, ends: &mut Ends) {
    let mut rng = Rng::new(seed);
    let kind = (seed % KINDS as u64) as usize;
    let bytes = damaged(kind, whole, &mut rng);
    let again = format!("RIEGEL_SEED={seed}");

    // The digest as it was: the file ends with it, but it is that of another module.
    let right = signed(module(whole, None));
    let mut as_it_is = bytes.clone();
    as_it_is.extend_from_slice(&right[module(whole, None).len()..]);
    if as_it_is != right {
        let Err(problem) = runtime.load(&as_it_is) else {
            panic!("damage of kind {kind} went unnoticed, {again}");
        };
        assert_eq!(problem.kind.id, "E2003", "{again}");
    }

    let guard = match runtime.load(&signed(bytes)) {
        Ok(guard) => guard,
        Err(problem) => {
            assert!(problem.kind.id.starts_with('E'), "{again}");
            assert!(problem.help.is_some(), "no next step, {again}");
            *ends.entry(problem.kind.id).or_default() += 1;
            return;
        }
    };
    let text = b"IBAN DE89 3704 0044 0532 0130 00, 4012 8888 8888 1881".to_vec();
    let model = Model {
        values: Vec::new(),
        today: 20_833,
        parts: vec![Part {
            offset: 0,
            len: u32::try_from(text.len()).unwrap(),
            role: 1,
            direction: 0,
        }],
        text,
    };
    let Ok(event) = Event::new(&guard.anatomy().schema, model) else {
        *ends.entry("no event fits").or_default() += 1;
        return;
    };
    let mut session = guard.session();
    for _ in 0..2 {
        let outcome = session.decide(&event);
        let end = match outcome.failure {
            None => "decided",
            Some(_) => {
                // Only the policy's own stages make it weaker.
                let decision = outcome.decision;
                let staged = decision.flags & RECORD_STAGED != 0;
                assert!(
                    decision.verdict >= Verdict::Justify
                        && (staged || decision.effective == decision.verdict),
                    "a failure ended in {decision:?}, {again}"
                );
                "on_error"
            }
        };
        *ends.entry(end).or_default() += 1;
    }
}

fn runtime() -> Runtime {
    // A changed bound may ask for a minute; nobody waits that long here.
    Runtime::new(Limits {
        floor: Duration::from_millis(100),
        ceiling: Duration::from_millis(500),
        memory_bytes: 64 << 20,
        ..Limits::default()
    })
    .unwrap()
}

fn environment(name: &str) -> Option<u64> {
    std::env::var(name).ok()?.parse().ok()
}

fn try_many(what: &str, whole: &[u8], share: u64) {
    let cases = environment("RIEGEL_CASES").unwrap_or(CASES) / share;
    let begin = environment("RIEGEL_SEED").unwrap_or(0);
    let runtime = runtime();
    assert!(runtime.load(whole).is_ok(), "the module itself is sound");
    let whole = sections(whole);
    let mut ends = Ends::new();
    for seed in begin..begin + cases {
        try_one(&runtime, &whole, seed, &mut ends);
    }
    println!("{what}: {cases} damaged modules, each with the old and with a new digest: {ends:?}");
    if cases < CASES / share {
        return;
    }
    for needed in ["E2004", "E2006", "E2007", "E2010", "decided"] {
        assert!(
            ends.contains_key(needed),
            "no case ended in {needed}: {ends:?}"
        );
    }
}

#[test]
fn a_damaged_small_module_is_refused_or_decides() {
    try_many("small", &Recipe::default().bytes(), SMALL);
}

#[test]
fn a_damaged_linked_module_is_refused_or_decides() {
    const POLICY: &str = include_str!("../../tests/vectors/reading.riegel");
    let policy = check("reading", POLICY, &Library, &Options::default())
        .policy
        .unwrap();
    let module = compile(&policy, KERNEL).unwrap();
    try_many("linked", &module.wasm, LINKED);
}
