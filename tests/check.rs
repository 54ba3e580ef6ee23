//! What the checker makes of a right policy: the model that every other room reads.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // tests

use riegel::check::model::{
    Comparison, Condition, Expected, Leaf, Number, Obligation, Policy, SlotType, Value,
};
use riegel::check::{Options, Resolver, check};
use riegel::syntax::ast::{Confidence, Verdict};

struct Library;

impl Resolver for Library {
    fn resolve(&self, path: &str) -> Option<String> {
        match path {
            "lib.event" => Some(include_str!("diagnostics/lib/event.riegel").to_owned()),
            "lib.payment" => Some(format!(
                "use lib.event\nuse lib.payment\n{}",
                include_str!("diagnostics/lib/payment.riegel")
            )),
            _ => None,
        }
    }
}

fn policy(body: &str, all_detectors: bool) -> Policy {
    let text = format!(
        "policy demo \"Demo\" {{ version \"1.0.0\" languages de, en }}\nattribute own.flag: bool = false\nuse lib.payment\n{body}"
    );
    let options = Options {
        all_detectors,
        ..Options::default()
    };
    let checked = check("demo.riegel", &text, &Library, &options);
    let told = riegel::diagnostics::render(&checked.diagnostics, &checked.sources, false);
    checked.policy.unwrap_or_else(|| panic!("{told}"))
}

const SAY: &str = "say { en \"Stop.\" de \"Halt.\" }";

fn ids(policy: &Policy) -> Vec<&str> {
    policy.detectors.iter().map(|d| d.id.as_str()).collect()
}

#[test]
fn slots_come_from_libraries_first() {
    let policy = policy("rule a { when own.flag then log }", false);
    assert_eq!(policy.slots.first().unwrap().name, "action");
    assert!(policy.slots.first().unwrap().required);
    let last = policy.slots.last().unwrap();
    assert_eq!(
        (last.name.as_str(), &last.ty),
        ("own.flag", &SlotType::Bool)
    );
    assert_eq!(last.default, Some(Value::Bool(false)));
    let sources: Vec<&str> = policy.sources.iter().map(|s| s.name.as_str()).collect();
    assert_eq!(sources, ["demo.riegel", "lib.payment", "lib.event"]);
}

#[test]
fn only_needed_detectors_stay() {
    let body = format!(
        "detector own.id \"Own\" {{ class personal pattern /\\bK\\d{{6}}\\b/ confidence medium redact as \"OWN\" yields to payment.cvv }}
         rule a {{ when found own.id or content contains \"Geheim 1\" or content matches /\\bx[0-9]\\b/ then redact {SAY} }}
         rule b {{ when content contains \"Geheim 1\" in assistant inbound then log }}"
    );
    let small = policy(&body, false);
    assert_eq!(
        ids(&small),
        ["own.id", "payment.cvv", "content#1", "content#2"]
    );
    assert_eq!(small.detectors[0].yields_to, [1]);
    assert_eq!(small.detectors[0].patterns[0].regex, r"\bK[0-9]{6}\b");
    assert!(small.detectors[2].patterns[0].fold);
    assert_eq!(small.rules[0].redact, [0, 2, 3]);
    let Condition::Leaf(Leaf::Count(findings, Comparison::Ge, Number::Const(1))) =
        &small.rules[1].condition
    else {
        panic!("a finding is asked for");
    };
    assert_eq!(
        (
            findings.detectors.as_slice(),
            findings.roles,
            findings.directions
        ),
        (&[2][..], 4, 2)
    );
    let all = policy(&body, true);
    assert_eq!(
        ids(&all),
        [
            "own.id",
            "payment.card",
            "payment.cvv",
            "content#1",
            "content#2"
        ]
    );
}

#[test]
fn a_rule_in_full() {
    let policy = policy(
        &format!(
            "let sent = action in [paste, prompt]
             rule a {{
               when sent and (found class payment (high) in user or user.id != \"x\")
               unless user.roles has \"dpo\"
               then approve
               {SAY}
               redact payment.card
               train \"basics\"
               train \"basics\"
             }}
             except a when own.flag because \"trial\" until 2027-06-30"
        ),
        false,
    );
    let rule = &policy.rules[0];
    assert_eq!(rule.verdict, Verdict::Approve);
    let obligations: Vec<&Obligation> = rule
        .obligations
        .iter()
        .map(|&i| &policy.obligations[i])
        .collect();
    assert_eq!(
        obligations,
        [
            &Obligation::Approve("dpo".into()),
            &Obligation::Redact,
            &Obligation::Train("basics".into())
        ]
    );
    assert_eq!(policy.obligations[0], Obligation::Show);
    assert_eq!(rule.say, ["Halt.", "Stop."]);
    assert!(rule.hint.is_empty());
    // The `let` is one clause, `!=` is one, `unless` is the last.
    assert_eq!(rule.clauses.len(), 4);
    assert!(matches!(
        rule.clauses[0].condition,
        Condition::Leaf(Leaf::EnumIn(..))
    ));
    assert!(matches!(rule.clauses[2].condition, Condition::Not(_)));
    assert!(matches!(
        rule.clauses[3].condition,
        Condition::Leaf(Leaf::HasAny(..))
    ));
    let Condition::And(all) = &rule.condition else {
        panic!("when, unless and exception are joined");
    };
    assert_eq!(all.len(), 3);
    assert!(matches!(all[1], Condition::Not(_)) && matches!(all[2], Condition::Not(_)));
    assert_eq!(rule.redact, [0]);
    assert_eq!(rule.exceptions[0].because, "trial");
}

#[test]
fn a_test_in_full() {
    let policy = policy(
        &format!(
            "rule a {{ when found payment.card then block {SAY} train \"t\" }}
             test \"x\" {{
               given action = paste, destination.host = \"Chat.Example.\"
               text \"eins\"
               text assistant inbound \"zwei\"
               today 2027-01-15
               expect block by a
               expect not found payment.cvv
               expect found payment.card (low) at \"eins\"
               expect obligation train \"t\"
             }}"
        ),
        false,
    );
    let test = &policy.tests[0];
    assert_eq!(ids(&policy), ["payment.card", "payment.cvv"]);
    assert_eq!(test.event.values[0], Some(Value::Enum(Some(0))));
    assert!(
        test.event
            .values
            .contains(&Some(Value::Text("chat.example".into())))
    );
    assert_eq!(test.event.text, b"einszwei");
    let parts: Vec<(u32, u32, u8, u8)> = test
        .event
        .parts
        .iter()
        .map(|p| (p.offset, p.len, p.role, p.direction))
        .collect();
    assert_eq!(parts, [(0, 4, 1, 0), (4, 4, 2, 1)]);
    assert!(matches!(&test.expect[0].what, Expected::Verdict(Verdict::Block, by) if by == &[0]));
    assert!(matches!(test.expect[1].what, Expected::NotFound(1)));
    assert!(matches!(
        test.expect[2].what,
        Expected::Found {
            detector: 0,
            confidence: Confidence::Low,
            ..
        }
    ));
    assert!(matches!(test.expect[3].what, Expected::Obligation(1)));
}

#[test]
fn words_become_one_pattern() {
    let policy = policy(
        "list names = \"Projekt Adler\", \"Falke\"
         detector own.project \"Project\" { class trade_secret words inflected names confidence medium redact as \"P\" }
         rule a { when found own.project then log }",
        false,
    );
    assert_eq!(
        policy.detectors[0].patterns[0].regex,
        r"\b(?:Projekt[ \t\r\n]{1,3}Adler|Falke)(?:e|er|es|en|em|n|s)?\b"
    );
}

#[test]
fn large_policies_end() {
    // Each would take forever if conditions and groups were written out without a limit.
    let lets: String = (1..40)
        .map(|i| format!("let a{i} = a{} and a{}\n", i - 1, i - 1))
        .collect();
    let groups: String = (1..60)
        .map(|i| format!("group g{i} = group g{}, group g{}\n", i - 1, i - 1))
        .collect();
    let choices: Vec<String> = (0..60)
        .map(|i| format!("(user.id = \"a{i}\" or tenant.id = \"b{i}\")"))
        .collect();
    let text = format!(
        "policy demo \"Demo\" {{ version \"1.0.0\" languages en }}\nuse lib.payment\nlet a0 = user.id is known\n{lets}group g0 = payment.card\n{groups}let many = {}\nrule a {{ when a39 and many and found g59 then log }}",
        choices.join(" and ")
    );
    let checked = check("demo.riegel", &text, &Library, &Options::default());
    assert_eq!(
        checked
            .diagnostics
            .iter()
            .filter(|d| d.code.id == "R0241")
            .count(),
        1
    );
}
