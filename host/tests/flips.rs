//! One flipped bit in the built baseline: refused with a code, in whichever section it lies.
//!
//! In CI a sample: the frame of every section (its number, its length, its name), its first and
//! last bytes, and bytes spread over the whole module, each with all eight bits. With
//! `RIEGEL_FLIPS=all` every bit of every byte is tried, which takes an hour or so.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests"
)]

use riegel::check::{Options, check};
use riegel::compile::compile;
use riegel::emit::KERNEL;
use riegel::library::Library;
use riegel_host::runtime::{Limits, Runtime};
use std::collections::BTreeSet;
use std::ops::Range;

const BASELINE: &str = include_str!("../../policies/packs/baseline.riegel");
/// Bytes at both ends of each section that are tried.
const EDGE: usize = 4;
/// Bytes over the whole module that are tried in CI.
const SPREAD: usize = 101;

fn baseline() -> Vec<u8> {
    let checked = check("baseline.riegel", BASELINE, &Library, &Options::default());
    compile(&checked.policy.unwrap(), KERNEL).unwrap().wasm
}

/// Number and bytes of each section, its number and its length included.
fn sections(module: &[u8]) -> Vec<(u8, Range<usize>)> {
    let mut all = Vec::new();
    let mut at = 8;
    while at < module.len() {
        let start = at;
        let (mut len, mut shift) = (0_usize, 0);
        loop {
            at += 1;
            len |= usize::from(module[at] & 0x7F) << shift;
            shift += 7;
            if module[at] < 0x80 {
                break;
            }
        }
        at += 1 + len;
        all.push((module[start], start..at));
    }
    assert_eq!(at, module.len());
    all
}

/// The bytes that are tried.
fn places(module: &[u8], sections: &[(u8, Range<usize>)]) -> BTreeSet<usize> {
    if std::env::var("RIEGEL_FLIPS").is_ok_and(|flips| flips == "all") {
        return (0..module.len()).collect();
    }
    let mut places: BTreeSet<usize> = (0..8).collect();
    for (_, range) in sections {
        // Number, length (at most five bytes) and the beginning of what follows.
        places.extend(range.clone().take(6 + EDGE));
        places.extend(range.clone().rev().take(EDGE));
        places.insert(range.start.midpoint(range.end));
    }
    places.extend((0..module.len()).step_by(module.len() / SPREAD));
    places
}

#[test]
fn a_flipped_bit_in_any_section_of_the_baseline_is_refused_with_a_code() {
    let runtime = Runtime::new(Limits::default()).unwrap();
    let module = baseline();
    runtime.load(&module).expect("the module as it was built");
    let sections = sections(&module);
    let names = |name: &str| {
        let holds = |range: &Range<usize>| {
            let head = &module[range.start..range.end.min(range.start + 32)];
            head.windows(name.len()).any(|w| w == name.as_bytes())
        };
        sections.iter().any(|(id, range)| *id == 0 && holds(range))
    };
    for name in ["schema", "policy", "bound", "selftest", "digest"] {
        assert!(names(&format!("riegel.{name}")), "{name}");
    }
    for id in [1, 3, 5, 7, 10, 11] {
        assert!(
            sections.iter().any(|(known, _)| *known == id),
            "section {id}"
        );
    }

    let places = places(&module, &sections);
    let mut damaged = module.clone();
    for at in &places {
        for bit in 0..8 {
            damaged[*at] ^= 1 << bit;
            let Err(problem) = runtime.load(&damaged) else {
                panic!("bit {bit} of byte {at} went unnoticed");
            };
            let code = problem.kind.id;
            assert!(["E2002", "E2003"].contains(&code), "byte {at}: {problem}");
            assert!(problem.help.is_some());
            damaged[*at] ^= 1 << bit;
        }
    }
    assert!(damaged == module && places.len() > 8 * sections.len());
}
