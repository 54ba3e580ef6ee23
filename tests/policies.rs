//! Every policy that Riegel ships is held to what it asks of others: it parses, is
//! laid out by the formatter, checks without an error or a warning, its detectors find their examples and not
//! their counterexamples, and its tests pass in the reference evaluator and in the
//! kernel.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests"
)]

use riegel::abi::record::Decision;
use riegel::check::model::{Detector, Expectation, Expected, Policy, Rule, Test};
use riegel::check::{Checked, Options, Resolver, check};
use riegel::diagnostics::{Diagnostic, line_column};
use riegel::hashed::make;
use riegel::reference::{Reference, coverage};
use riegel::syntax::ast::Date;
use riegel::syntax::format;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// The day on which everything is checked, so that no review date makes a test fail by itself.
const TODAY: Date = Date {
    year: 2026,
    month: 12,
    day: 1,
};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("policies")
}

/// Reads `lib.payment` from `policies/lib/payment.riegel`, `msp.provider` from the examples.
struct Files;

impl Resolver for Files {
    fn resolve(&self, path: &str) -> Option<String> {
        let path = format!("{}.riegel", path.replace('.', "/"));
        let folders = [root(), root().join("examples")];
        folders
            .iter()
            .find_map(|folder| fs::read_to_string(folder.join(&path)).ok())
    }

    fn file(&self, from: &str, path: &str) -> Option<String> {
        let (folder, _) = from.split_once('.')?;
        fs::read_to_string(root().join(folder).join(path)).ok()
    }
}

/// All policies and libraries, as (name, text).
fn sources() -> Vec<(String, String)> {
    let mut all = Vec::new();
    for folder in ["lib", "packs", "examples", "examples/msp"] {
        for entry in fs::read_dir(root().join(folder)).unwrap() {
            let path = entry.unwrap().path();
            if path.extension().is_none_or(|e| e != "riegel") {
                continue;
            }
            let folder = folder.trim_start_matches("examples/");
            let name = format!("{folder}.{}", path.file_stem().unwrap().to_str().unwrap());
            all.push((name, fs::read_to_string(&path).unwrap()));
        }
    }
    all.sort();
    all
}

fn checked(name: &str, text: &str, all_detectors: bool) -> Checked {
    let options = Options {
        today: Some(TODAY),
        all_detectors,
    };
    check(name, text, &Files, &options)
}

fn told(diagnostics: &[Diagnostic], texts: &[String]) -> String {
    let mut lines = String::new();
    for d in diagnostics {
        let text = texts
            .get(d.place.source as usize)
            .map_or("", String::as_str);
        let (line, column) = line_column(text, d.place.span.start as usize);
        lines += &format!(
            "\n{}:{line}:{column}: {}: {} ({})",
            d.place.source,
            d.code.id,
            d.message,
            d.help.as_deref().unwrap_or("")
        );
    }
    lines
}

/// The detectors that this file declares and that come out under their own names.
fn shown(policy: &Policy) -> impl Iterator<Item = &Detector> {
    let own = policy.detectors.iter().filter(|d| d.place.source == 0);
    own.filter(|d| !d.hidden && d.reported_as.is_none() && !d.id.contains('#'))
}

fn policy(name: &str, text: &str) -> Policy {
    let checked = checked(name, text, true);
    checked
        .policy
        .unwrap_or_else(|| panic!("{name} does not check"))
}

#[test]
fn every_policy_parses_and_checks_without_a_warning() {
    let mut problems = String::new();
    for (name, text) in sources() {
        let checked = checked(&name, &text, false);
        let texts: Vec<String> = checked.sources.iter().map(|s| s.text.clone()).collect();
        if !checked.diagnostics.is_empty() {
            problems += &format!("\n{name}:{}", told(&checked.diagnostics, &texts));
        }
    }
    assert!(problems.is_empty(), "{problems}");
}

#[test]
fn every_policy_is_laid_out() {
    for (name, text) in sources() {
        let printed = format(&text).unwrap_or_else(|_| panic!("{name} does not parse"));
        assert_eq!(printed, text, "{name}: run `riegel fmt`");
    }
}

/// What stands between "```riegel" and "```" in a page.
fn examples(page: &str) -> Vec<&str> {
    let blocks = page.split("```riegel\n").skip(1);
    blocks
        .map(|block| block.split("```").next().unwrap_or(""))
        .collect()
}

#[test]
fn the_pages_for_new_users_hold() {
    let baseline = include_str!("../policies/packs/baseline.riegel");
    let readme = examples(include_str!("../README.md"));
    assert!(!readme.is_empty());
    for rule in readme {
        assert!(baseline.contains(rule), "not in the baseline:\n{rule}");
    }
    let guide = examples(include_str!("../docs/writing-policies.md"));
    assert!(guide.len() >= 2);
    let options = Options {
        today: Some(TODAY),
        all_detectors: false,
    };
    for text in guide {
        let checked = check("guide", text, &Guide, &options);
        assert!(
            checked.diagnostics.is_empty(),
            "{:?}\n{text}",
            checked.diagnostics
        );
        assert_eq!(format(text).as_deref(), Ok(text));
    }
}

/// The library, and the hashed lists of the guide.
struct Guide;

impl Resolver for Guide {
    fn resolve(&self, path: &str) -> Option<String> {
        Files.resolve(path)
    }

    fn file(&self, from: &str, path: &str) -> Option<String> {
        let made = match path {
            "clients.hashed" => make::phrases(["Erika Muster"], Some(&[7; 16])),
            "strategy.prints" => make::passages(["Wir gehen im Mai nach Györ"], [], None),
            _ => return Files.file(from, path),
        };
        made.ok().map(|list| list.text())
    }
}

/// A title without a language of its own is English, or `en` stands beside it.
#[test]
fn every_detector_has_a_german_title() {
    let mut seen = 0;
    for (name, text) in sources() {
        for d in shown(&policy(&name, &text)) {
            assert!(d.titles.contains_key("de"), "{} has no German title", d.id);
            assert!(
                d.titles.len() > 1 || d.title.is_ascii(),
                "{} has no English title",
                d.id
            );
            seen += 1;
        }
    }
    assert!(seen >= 36, "only {seen} detectors");
}

#[test]
fn every_detector_finds_its_examples_and_not_its_counterexamples() {
    let (mut problems, mut seen) = (String::new(), BTreeSet::new());
    for (name, text) in sources() {
        let policy = policy(&name, &text);
        for d in shown(&policy) {
            assert!(d.examples.len() >= 3, "{} has too few examples", d.id);
            assert!(
                d.counterexamples.len() >= 3,
                "{} has too few counterexamples",
                d.id
            );
            seen.insert(d.id.clone());
        }
        for d in riegel::detect::examples::check(&policy) {
            problems += &format!("\n{name}: {}", d.message);
        }
    }
    assert!(problems.is_empty(), "{problems}");
    assert!(seen.len() >= 36, "only {} detectors", seen.len());
}

#[test]
fn every_rule_of_a_pack_has_two_tests_and_they_pass() {
    for (name, text) in sources() {
        if name.starts_with("lib.") {
            continue;
        }
        let policy = policy(&name, &text);
        let reference = Reference::new(&policy);
        let (mut fires, mut misses) = (BTreeSet::new(), BTreeSet::new());
        let mut problems = String::new();
        for test in &policy.tests {
            let decision = reference.decide(&test.event, &test.config);
            for expectation in &test.expect {
                match &expectation.what {
                    Expected::Verdict(_, rules) | Expected::Would(_, rules) => fires.extend(rules),
                    Expected::NoRule(rule) => {
                        misses.insert(rule);
                    }
                    _ => {}
                }
                if !holds(&policy, test, expectation, &decision) {
                    let fired: Vec<&str> = decision
                        .rules
                        .iter()
                        .filter_map(|hit| policy.rules.get(usize::from(hit.rule)))
                        .map(|rule| rule.id.as_str())
                        .collect();
                    problems += &format!(
                        "\n{:?}: expected {:?}, but {:?} by {fired:?}",
                        test.name, expectation.what, decision.effective
                    );
                }
            }
        }
        // What a policy takes from others is tested there.
        let own = |rule: &Rule| rule.layer == 0 || rule.tightened.iter().any(|t| t.layer == 0);
        for (index, rule) in policy.rules.iter().enumerate().filter(|(_, r)| own(r)) {
            for (what, rules) in [("fires", &fires), ("stays silent", &misses)] {
                if !rules.contains(&index) {
                    problems += &format!("\n{name}: no test in which `{}` {what}", rule.id);
                }
            }
        }
        assert!(problems.is_empty(), "{problems}");
    }
}

/// Every rule of a pack fires in a test and stays silent in another, and every clause decides in a
/// test in which it holds, and in one in which it does not. (Of the baseline: in one of the two.)
#[test]
fn every_clause_of_a_pack_is_exercised() {
    let (mut problems, mut clauses) = (String::new(), 0);
    for (name, text) in sources() {
        if !name.starts_with("packs.") {
            continue;
        }
        let policy = policy(&name, &text);
        for (rule, covered) in policy.rules.iter().zip(coverage(&policy)) {
            clauses += covered.clauses.len();
            for (clause, tests) in rule.clauses.iter().zip(&covered.clauses) {
                let some = tests.holds > 0 || tests.fails > 0;
                let enough = tests.is_full() || (some && name == "packs.baseline");
                if !enough {
                    let span = clause.place.span.range();
                    let written = policy.sources[clause.place.source as usize].text.get(span);
                    let written: Vec<&str> = written.unwrap_or("").split_whitespace().collect();
                    let how = if tests.holds == 0 {
                        "holds"
                    } else {
                        "does not hold"
                    };
                    problems += &format!("\n{name}: {}: {how}: {}", rule.id, written.join(" "));
                }
            }
            if covered.fires == 0 || covered.silent == 0 {
                problems += &format!("\n{name}: {}", rule.id);
            }
        }
    }
    println!("clauses of packs: {clauses}");
    assert!(problems.is_empty(), "no test decides by:{problems}");
}

fn holds(policy: &Policy, test: &Test, expectation: &Expectation, decision: &Decision) -> bool {
    let fired = |rule: &usize| decision.rules.iter().any(|h| usize::from(h.rule) == *rule);
    match &expectation.what {
        Expected::Verdict(verdict, rules) => {
            decision.effective == *verdict && rules.iter().all(fired)
        }
        Expected::Would(verdict, rules) => decision.verdict == *verdict && rules.iter().all(fired),
        Expected::NoRule(rule) => !fired(rule),
        Expected::Found {
            detector,
            confidence,
            at,
        } => decision.findings.iter().any(|f| {
            usize::from(f.detector) == *detector
                && f.confidence >= *confidence as u8
                && at.as_ref().is_none_or(|at| {
                    test.event.text.get(f.start as usize..f.end as usize) == Some(at.as_bytes())
                })
        }),
        Expected::NotFound(detector) => {
            let mut findings = decision.findings.iter();
            let of = |f: &riegel_kernel::layout::FindingEntry| {
                usize::from(f.detector) == *detector && f.confidence >= 2
            };
            decision.demanded(*detector) && !findings.any(of)
        }
        Expected::Obligation(index) => decision
            .obligations
            .iter()
            .any(|o| usize::from(o & 0x0FFF) == *index),
        Expected::Unread => policy
            .detectors
            .iter()
            .enumerate()
            .all(|(detector, _)| !decision.demanded(detector)),
    }
}
