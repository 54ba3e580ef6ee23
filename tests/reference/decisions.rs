//! Paragraphs 1, 2 and 38 to 41: from conditions to a verdict.

use crate::generate::build::*;
use riegel::abi::record::Decision;
use riegel::check::model::*;
use riegel::reference;
use riegel::syntax::ast::{Confidence, Date, Stage, Verdict};
use riegel_kernel::layout::ErrorCode;

const DAY: i32 = 20_000;

fn day(days: i32) -> Date {
    Date::from_days(days).unwrap()
}

fn decide(policy: &Policy, event: &Event) -> Decision {
    reference::decide(policy, event, &Vec::new(), [7; 16])
}

fn slot(ty: SlotType, default: Option<Value>) -> Slot {
    Slot {
        name: "a".into(),
        ty,
        required: false,
        default,
        printable: false,
    }
}

/// Whether a leaf holds for these values.
fn leaf(leaf: Leaf, slots: Vec<Slot>, values: Vec<Option<Value>>) -> bool {
    let mut policy = policy(vec![], vec![rule("r", Condition::Leaf(leaf), Verdict::Log)]);
    policy.slots = slots;
    let event = Event { values, ..said("") };
    !decide(&policy, &event).rules.is_empty()
}

#[test]
fn p1_and_40_absent_values() {
    let text = |t: &str| Some(Value::Text(t.into()));
    let two = || vec![slot(SlotType::String, None), slot(SlotType::String, None)];
    assert!(leaf(Leaf::Same(0, 1), two(), vec![text("a"), text("a")]));
    assert!(
        !leaf(Leaf::Same(0, 1), two(), vec![None, None]),
        "absent equals nothing"
    );
    assert!(!leaf(
        Leaf::StringIn(0, vec!["".into()]),
        two(),
        vec![None, None]
    ));
    assert!(leaf(
        Leaf::StringIn(0, vec!["".into()]),
        two(),
        vec![text(""), None]
    ));
    let int = || vec![slot(SlotType::Int, None)];
    for comparison in [Comparison::Ne, Comparison::Lt, Comparison::Ge] {
        assert!(!leaf(
            Leaf::Int(0, comparison, Number::Const(1)),
            int(),
            vec![None]
        ));
    }
    let defaulted = vec![slot(SlotType::Int, Some(Value::Int(3)))];
    assert!(
        leaf(Leaf::Known(0), defaulted, vec![None]),
        "a default counts as known"
    );
}

#[test]
fn p1_hosts_match_at_dots() {
    let host = |glob: &str, host: &str| {
        let value = Some(Value::Text(host.into()));
        leaf(
            Leaf::HostIn(0, vec![glob.into()]),
            vec![slot(SlotType::Host, None)],
            vec![value],
        )
    };
    assert!(host("a.example", "a.example") && !host("a.example", "b.a.example"));
    assert!(host("*.example", "b.a.example") && !host("*.a.example", "a.example"));
    assert!(!host("*.a.example", "xa.example"));
}

#[test]
fn p2_unknown_enum_values() {
    let kinds = || SlotType::Enum(vec!["x".into(), "y".into()]);
    let run = |default, required| {
        let mut policy = policy(
            vec![],
            vec![rule(
                "r",
                Condition::Leaf(Leaf::EnumIn(0, vec![1])),
                Verdict::Log,
            )],
        );
        policy.slots = vec![Slot {
            required,
            ..slot(kinds(), default)
        }];
        let event = Event {
            values: vec![Some(Value::Enum(None))],
            ..said("")
        };
        let decision = decide(&policy, &event);
        (
            decision.rules.len(),
            decision.flags & 4,
            decision.slot,
            decision.error,
        )
    };
    assert_eq!(
        run(Some(Value::Enum(Some(1))), false),
        (1, 4, 0, ErrorCode::None)
    );
    assert_eq!(run(None, false), (0, 4, 0, ErrorCode::None));
    assert_eq!(run(None, true), (0, 4, 0, ErrorCode::Required));
}

fn staged(steps: Vec<(Stage, Date)>) -> Policy {
    let mut hit = rule("r", Condition::Const(true), Verdict::Block);
    hit.obligations = vec![0, 1, 2, 3];
    let mut policy = policy(vec![], vec![hit]);
    policy.obligations = vec![
        Obligation::Show,
        Obligation::Train("t".into()),
        Obligation::Label("l".into()),
        Obligation::Disclose,
    ];
    policy.stages = steps;
    policy
}

#[test]
fn p38_stages() {
    let (show, train, label, disclose) = (0, 0x5001, 0x6002, 0x4003);
    let steps = vec![
        (Stage::Observe, day(DAY)),
        (Stage::Warn, day(DAY + 10)),
        (Stage::Enforce, day(DAY + 20)),
    ];
    let policy = staged(steps);
    let on = |today: i32| {
        let decision = decide(&policy, &Event { today, ..said("") });
        assert_eq!(decision.verdict, Verdict::Block);
        (
            decision.effective,
            decision.obligations,
            decision.would,
            decision.flags & 16,
        )
    };
    let before = (Verdict::Allow, vec![disclose, train], vec![show, label], 16);
    assert_eq!(on(DAY - 1), before);
    assert_eq!(on(DAY), (Verdict::Log, before.1, before.2, 16));
    assert_eq!(
        on(DAY + 10),
        (Verdict::Warn, vec![show, disclose, train], vec![label], 16)
    );
    assert_eq!(
        on(DAY + 20),
        (
            Verdict::Block,
            vec![show, disclose, train, label],
            vec![],
            0
        )
    );
}

#[test]
fn p39_errors() {
    let mut policy = staged(vec![(Stage::Warn, day(DAY))]);
    policy.slots = vec![Slot {
        required: true,
        ..slot(SlotType::Bool, None)
    }];
    policy.on_error = Verdict::Approve;
    let mut event = Event {
        today: DAY,
        ..said("abc")
    };
    let decision = decide(&policy, &event);
    assert_eq!((decision.error, decision.slot), (ErrorCode::Required, 0));
    assert_eq!(
        (decision.verdict, decision.effective),
        (Verdict::Approve, Verdict::Warn)
    );
    assert_eq!(
        (
            decision.rules.len(),
            decision.obligations.len(),
            decision.flags
        ),
        (0, 0, 2 | 16)
    );
    event.values = vec![Some(Value::Bool(true))];
    event.parts[0].len = 4;
    assert_eq!(decide(&policy, &event).error, ErrorCode::Part);
    event.parts[0].len = 3;
    event.parts[0].role = 6;
    assert_eq!(decide(&policy, &event).error, ErrorCode::Part);
}

#[test]
fn p15_and_39_redaction() {
    let mut redacts = rule("r", Condition::Const(true), Verdict::Redact);
    redacts.redact = vec![0];
    redacts.obligations = vec![1];
    let detector = Detector {
        confidence: table([1; 4]),
        ..detector("d", &["x"])
    };
    let mut policy = policy(vec![detector], vec![redacts]);
    policy.obligations.push(Obligation::Redact);
    policy.max_findings = 2;
    let on = |policy: &Policy, text: &str| {
        let decision = decide(policy, &said(text));
        let marked = decision
            .findings
            .iter()
            .filter(|f| f.flags & 2 != 0)
            .count();
        (decision.error, decision.verdict, marked)
    };
    assert_eq!(on(&policy, "x x"), (ErrorCode::None, Verdict::Redact, 2));
    assert_eq!(
        on(&policy, "y"),
        (ErrorCode::NothingToRedact, Verdict::Block, 0)
    );
    assert_eq!(
        on(&policy, "xxx"),
        (ErrorCode::RedactTruncated, Verdict::Block, 2)
    );
    policy.stages = vec![(Stage::Observe, day(1))];
    assert_eq!(
        on(&policy, "y"),
        (ErrorCode::None, Verdict::Redact, 0),
        "a pilot does not fail"
    );
    assert_eq!(on(&policy, "x"), (ErrorCode::None, Verdict::Redact, 0));
}

#[test]
fn p41_demand() {
    let detectors = vec![
        detector("a", &["x"]),
        Detector {
            yields_to: vec![2],
            ..detector("b", &["y"])
        },
        detector("c", &["z"]),
        detector("d", &["w"]),
    ];
    let flag = Condition::Leaf(Leaf::Bool(0));
    let negated = Condition::Not(Box::new(found(&[1], Confidence::Low)));
    let mut policy = policy(
        detectors,
        vec![
            rule("open", negated, Verdict::Log),
            rule(
                "shut",
                Condition::And(vec![flag, found(&[0, 3], Confidence::Low)]),
                Verdict::Log,
            ),
        ],
    );
    policy.slots = vec![slot(SlotType::Bool, None)];
    let decision = decide(&policy, &said("xyz"));
    assert_eq!(
        decision.demand,
        [0b110],
        "what `b` yields to is searched as well"
    );
    assert_eq!(decision.findings.len(), 2);
    assert!(decision.rules.is_empty());
    policy.rules.remove(0);
    let decision = decide(&policy, &said("xyz"));
    assert_eq!(
        (
            decision.demand[0],
            decision.flags & 8,
            decision.findings.len()
        ),
        (0, 0, 0)
    );
}

#[test]
fn p18_parameters() {
    let hit = Condition::Leaf(Leaf::Count(
        findings(&[0], Confidence::Medium),
        Comparison::Ge,
        Number::Param(0),
    ));
    let mut policy = policy(
        vec![detector("d", &["x"])],
        vec![rule("r", hit, Verdict::Warn)],
    );
    policy.params = vec![Param {
        name: "limit".into(),
        ty: ParamType::Int {
            min: 1,
            max: 5,
            default: 3,
        },
        stricter: None,
    }];
    let run = |value: Option<i32>| {
        let config = vec![value.map(ParamValue::Int)];
        let decision = reference::decide(&policy, &said("x x"), &config, [0; 16]);
        (decision.rules.len(), decision.config != 0)
    };
    assert_eq!(run(None), (0, false));
    assert_eq!(run(Some(2)), (1, true));
    assert_eq!(
        run(Some(0)),
        (0, false),
        "out of range: refused, the defaults stay"
    );
}

#[test]
fn clauses_say_what_held() {
    let (yes, no) = (Condition::Const(true), Condition::Const(false));
    let mut hit = rule(
        "r",
        Condition::Or(vec![no.clone(), yes.clone()]),
        Verdict::Log,
    );
    hit.clauses = [no, yes]
        .map(|condition| Clause {
            condition,
            place: Place::default(),
        })
        .to_vec();
    let decision = decide(&policy(vec![], vec![hit]), &said(""));
    assert_eq!({ decision.rules[0].clauses }, 0b10);
}
