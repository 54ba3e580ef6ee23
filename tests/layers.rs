//! Layers: fifty that weaken are refused, each with what it says (`tests/layers/weakening`), and the
//! event that it shows is one in which the rule below fires; layers that are accepted never weaken
//! what they stand on (`tests/layers/property.rs`).
//!
//! `RIEGEL_BLESS=1` rewrites the `.stderr` files; read the difference before you commit it.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests"
)]

#[path = "layers/property.rs"]
mod property;

use riegel::check::model::Policy;
use riegel::check::{Checked, Options, Resolver, check, check_layers};
use riegel::diagnostics;
use riegel::library::Library;
use riegel::reference::Reference;
use riegel::syntax::ast::Date;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

const OPTIONS: Options = Options {
    today: Some(Date {
        year: 2026,
        month: 12,
        day: 1,
    }),
    all_detectors: false,
};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The library, and the example provider.
struct Provider;

impl Resolver for Provider {
    fn resolve(&self, path: &str) -> Option<String> {
        let own = path.strip_prefix("msp.").map(|name| {
            let file = root().join(format!("policies/examples/msp/{name}.riegel"));
            fs::read_to_string(file).ok()
        });
        own.flatten().or_else(|| Library.resolve(path))
    }

    fn file(&self, from: &str, path: &str) -> Option<String> {
        Library.file(from, path)
    }
}

fn provided(name: &str) -> Checked {
    let text = Provider.resolve(&format!("msp.{name}")).unwrap();
    check(&format!("{name}.riegel"), &text, &Provider, &OPTIONS)
}

/// The layers that must be refused, by name.
fn weakening() -> Vec<(String, String, PathBuf)> {
    let mut all: Vec<(String, String, PathBuf)> =
        fs::read_dir(root().join("tests/layers/weakening"))
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .filter(|path| path.extension().is_some_and(|e| e == "riegel"))
            .map(|path| {
                let name = path.file_name().unwrap().to_str().unwrap().to_owned();
                let text = fs::read_to_string(&path).unwrap();
                (name, text, path.with_extension("stderr"))
            })
            .collect();
    all.sort();
    all
}

#[test]
fn fifty_layers_that_weaken_are_refused() {
    let bless = std::env::var("RIEGEL_BLESS").is_ok_and(|v| v == "1");
    let (mut wrong, mut codes, mut shown) = (String::new(), BTreeSet::new(), 0);
    let all = weakening();
    for (name, text, golden) in &all {
        let checked = check(name, text, &Provider, &OPTIONS);
        assert!(checked.policy.is_none(), "{name} is accepted");
        let errors = || checked.diagnostics.iter().filter(|d| d.is_error());
        assert!(
            errors().all(|d| d.code.id.starts_with("R06")),
            "{name} fails for another reason: {:?}",
            checked.diagnostics
        );
        codes.extend(errors().map(|d| d.code.id));
        let id = name.trim_end_matches(".riegel");
        for d in errors() {
            assert!(
                d.message.starts_with(&format!("layer `{id}`: ")),
                "{name} does not name the layer: {}",
                d.message
            );
        }
        for example in errors().filter_map(|d| d.example.as_deref()) {
            shown += 1;
            example_holds(name, text, example);
        }
        let found = diagnostics::render(&checked.diagnostics, &checked.sources, false);
        let expected = fs::read_to_string(golden).unwrap_or_default();
        if bless {
            fs::write(golden, &found).unwrap();
        } else if expected != found {
            wrong += &format!("\n{name}: expected\n{expected}\nfound\n{found}");
        }
    }
    println!("weakening layers: {}, {shown} events, {codes:?}", all.len());
    assert!(wrong.is_empty(), "{wrong}\nRIEGEL_BLESS=1 rewrites them");
    assert!(all.len() >= 50, "only {} layers", all.len());
    assert!(shown * 3 >= all.len() * 2, "only {shown} events are shown");
    assert!(codes.len() >= 8, "only {codes:?}");
}

/// The event of a diagnostic, as a test of the policy below: the rule fires there, and says so.
fn example_holds(name: &str, layer: &str, example: &str) {
    let (head, lines) = example.split_once(":\n").unwrap();
    let mut words = head.split('`').skip(1).step_by(2);
    let (rule, verdict) = (words.next().unwrap(), words.next().unwrap());
    let below = layer
        .lines()
        .find_map(|l| l.strip_prefix("extends "))
        .unwrap();
    let text = Provider.resolve(below).unwrap();
    // The event, in place of the tests of the policy below.
    let text = text.split("\ntest \"").next().unwrap();
    let text = format!("{text}\ntest \"shown\" {{\n{lines}\n  expect {verdict}\n}}\n");
    let checked = check(below, &text, &Provider, &OPTIONS);
    let policy = checked.policy.unwrap_or_else(|| {
        let page = diagnostics::render(&checked.diagnostics, &checked.sources, false);
        panic!("{name}: the event is not one:\n{lines}\n{page}")
    });
    let test = &policy.tests[0];
    let decision = Reference::new(&policy).decide(&test.event, &test.config);
    let fired = decision
        .rules
        .iter()
        .any(|hit| policy.rules[usize::from(hit.rule)].id == rule);
    assert!(fired, "{name}: `{rule}` does not fire here:\n{lines}");
}

fn layer_names(policy: &Policy) -> Vec<&str> {
    policy.layers.iter().map(|l| l.id.as_str()).collect()
}

#[test]
fn layers_know_who_set_what() {
    let checked = provided("kanzlei_meyer_lohn");
    let policy = checked.policy.unwrap();
    assert_eq!(
        layer_names(&policy),
        [
            "kanzlei_meyer_lohn",
            "kanzlei_meyer",
            "kanzlei",
            "provider",
            "baseline"
        ]
    );
    let rule = |id: &str| policy.rules.iter().find(|r| r.id == id).unwrap();
    let layer = |i: u16| policy.layers[usize::from(i)].id.as_str();
    assert_eq!(layer(rule("credentials_leave").layer), "baseline");
    let number = rule("client_number");
    assert_eq!(layer(number.layer), "kanzlei_meyer");
    assert_eq!(layer(number.tightened[0].layer), "kanzlei_meyer_lohn");
    assert_eq!(
        number.tightened[0].what,
        ["then block (before: redact)", "notify \"lohnbuero\""]
    );
    let new_service = rule("new_service");
    assert_eq!(layer(new_service.tightened[0].layer), "kanzlei");
    // Narrowed twice: by the sector and by the department.
    let limit = policy
        .params
        .iter()
        .find(|p| p.name == "list_limit")
        .unwrap();
    assert_eq!(
        limit.ty,
        riegel::check::model::ParamType::Int {
            min: 3,
            max: 5,
            default: 3
        }
    );
}

#[test]
fn included_rules_have_their_policy_in_front() {
    let policy = provided("software_sued").policy.unwrap();
    assert!(layer_names(&policy).contains(&"prompt_sicherheit"));
    let ids: Vec<&str> = policy.rules.iter().map(|r| r.id.as_str()).collect();
    assert!(ids.contains(&"prompt_sicherheit.harmful_instructions"));
    assert!(ids.contains(&"credentials_leave"));
    // Stages of a header speak of its own rules: those of the practices begin with `observe`.
    let policy = provided("praxis").policy.unwrap();
    let rule = |id: &str| policy.rules.iter().find(|r| r.id == id).unwrap();
    assert!(policy.stages.is_empty());
    assert_eq!(
        rule("finding_with_a_person").stages.as_ref().unwrap().len(),
        2
    );
    assert_eq!(rule("credentials_leave").stages, None);
}

/// A pack that a layer below has taken along already is one mistake with a next step, not one for each
/// of its rules.
#[test]
fn a_pack_is_taken_along_once() {
    let text = "policy sued \"Süd\" { version \"1.0.0\" languages de, en }\n\
                extends msp.software\ninclude packs.prompt_sicherheit\n";
    let checked = check("sued.riegel", text, &Provider, &OPTIONS);
    assert!(checked.policy.is_none());
    let errors: Vec<_> = checked.diagnostics.iter().collect();
    let [only] = errors[..] else {
        panic!("{errors:#?}")
    };
    assert_eq!(only.code.id, "R0614");
    assert_eq!(only.message, "`packs.prompt_sicherheit` is included twice");
    let (elsewhere, _) = only.also[0];
    let source = &checked.sources[elsewhere.source as usize];
    assert_eq!(source.name, "msp.software");
}

/// An included policy without stages has those of the one that includes it, however deep; one with
/// stages keeps them; what is extended is never capped from above.
#[test]
fn packs_without_stages_follow_who_includes_them() {
    const PILOT: &str = "stage observe from 2026-12-01, enforce from 2026-12-15";
    const QUICK: &str = "stage warn from 2026-12-05";
    struct Packs;
    impl Resolver for Packs {
        fn resolve(&self, path: &str) -> Option<String> {
            let policy = |stage: &str, names: &str| {
                let id = path.trim_start_matches("x.");
                format!(
                    "policy {id} \"P\" {{ version \"1.0.0\" languages en {stage} }}\n{names}\n\
                     rule {id}_rule {{ when a then block say {{ en \"x\" }} }}\n"
                )
            };
            Some(match path {
                "x.lib" => "attribute a: bool = false\n".to_owned(),
                "x.inner" => policy("", "use x.lib"),
                "x.plain" => policy("", "include x.inner\nuse x.lib"),
                "x.layered" => policy("", "extends x.inner"),
                "x.quick" => policy(QUICK, "include x.inner\nuse x.lib"),
                _ => return None,
            })
        }
    }
    let stages = |header: &str, names: &str| {
        let text = format!(
            "policy root \"Root\" {{ version \"1.0.0\" languages en {header} }}\n{names}\nuse x.lib\n\
             rule own {{ when a then block say {{ en \"x\" }} }}\n"
        );
        let checked = check("root.riegel", &text, &Packs, &OPTIONS);
        let policy = checked.policy.unwrap_or_else(|| {
            panic!(
                "{}",
                diagnostics::render(&checked.diagnostics, &checked.sources, false)
            )
        });
        let rules = policy.rules.iter().map(|rule| {
            let steps = rule.stages.as_ref().unwrap_or(&policy.stages);
            (rule.id.clone(), steps.len())
        });
        let rules: std::collections::BTreeMap<String, usize> = rules.collect();
        (rules, policy.stages.len())
    };
    let (rules, on_error) = stages(PILOT, "include x.plain, x.layered");
    assert!(rules.values().all(|steps| *steps == 2), "{rules:?}");
    assert_eq!((rules.len(), on_error), (5, 2));
    // A pack with stages keeps them, and hands them to what it includes itself.
    let (rules, on_error) = stages(PILOT, "include x.quick");
    assert_eq!(rules["quick.quick_rule"], 1);
    assert_eq!(rules["quick.inner.inner_rule"], 1);
    assert_eq!((rules["own"], on_error), (2, 3));
    // Nobody has stages: everything is enforced.
    let (rules, on_error) = stages("", "include x.plain");
    assert!(rules.values().all(|steps| *steps == 0), "{rules:?}");
    assert_eq!(on_error, 0);
    // A layer's stages are those of its own rules, and of what it includes.
    let (rules, on_error) = stages(PILOT, "extends x.inner\ninclude x.plain");
    assert_eq!(rules["inner_rule"], 0);
    assert_eq!((rules["own"], rules["plain.inner.inner_rule"]), (2, 2));
    assert_eq!(on_error, 0);
}

/// `--layer` gives the same as `extends`.
#[test]
fn layers_given_in_order_are_the_same() {
    let text = |name: &str| Provider.resolve(name).unwrap();
    let files = [
        ("baseline", text("packs.baseline")),
        ("provider", text("msp.provider")),
        ("kanzlei", text("msp.kanzlei")),
        ("kanzlei_meyer", text("msp.kanzlei_meyer")),
    ];
    let given: Vec<(&str, &str)> = files.iter().map(|(n, t)| (*n, t.as_str())).collect();
    let checked = check_layers(&given, &Provider, &OPTIONS);
    let given = checked.policy.unwrap_or_else(|| {
        panic!(
            "{}",
            diagnostics::render(&checked.diagnostics, &checked.sources, false)
        )
    });
    let found = provided("kanzlei_meyer").policy.unwrap();
    assert_eq!(given.rules.len(), found.rules.len());
    for (a, b) in given.rules.iter().zip(&found.rules) {
        assert_eq!((&a.id, a.verdict, a.layer), (&b.id, b.verdict, b.layer));
        assert_eq!(a.condition, b.condition);
    }
    // Without the layer between, the order is wrong.
    let short = [
        ("provider", files[1].1.as_str()),
        ("kanzlei_meyer", &files[3].1),
    ];
    let checked = check_layers(&short, &Provider, &OPTIONS);
    assert!(checked.diagnostics.iter().any(|d| d.code.id == "R0615"));
}
