//! The worked example of `docs/abi.md`: the bytes printed there are the bytes written here.

use crate::generate::build::*;
use riegel::abi::{config, frame, record, schema};
use riegel::check::model::*;
use riegel::reference;
use riegel::syntax::ast::{Confidence, Date, Verdict};

/// The policy that the document describes in words.
fn sample() -> Policy {
    let slot = |name: &str, ty: SlotType| Slot {
        name: name.into(),
        ty,
        required: false,
        default: None,
        printable: false,
    };
    let card = Detector {
        class: "payment".into(),
        check: Some(ints("luhn", &[], None)),
        confidence: table([0, 1, 2, 3]),
        ..detector("payment.card", &[r"\b\d{4}(?: ?\d{4}){3}\b"])
    };
    let mut leaves = rule(
        "card_leaves",
        found(&[0], Confidence::Medium),
        Verdict::Block,
    );
    leaves.obligations = vec![0, 1];
    let mut policy = policy(vec![card], vec![leaves]);
    policy.obligations = vec![Obligation::Show, Obligation::Train("cards".into())];
    let kinds = vec!["ai_chat".into(), "ai_api".into()];
    policy.slots = vec![
        slot("destination.kind", SlotType::Enum(kinds)),
        slot("destination.host", SlotType::Host),
        slot("user.roles", SlotType::Set),
    ];
    policy.params = vec![Param {
        name: "bulk_limit".into(),
        ty: ParamType::Int {
            min: 1,
            max: 50,
            default: 10,
        },
        stricter: None,
    }];
    policy
}

/// Sixteen bytes a line, as in the document.
fn hex(bytes: &[u8]) -> String {
    let line = |(i, row): (usize, &[u8])| {
        let row: Vec<String> = row.iter().map(|b| format!("{b:02x}")).collect();
        format!("{:04x}  {}\n", i * 16, row.join(" "))
    };
    bytes.chunks(16).enumerate().map(line).collect()
}

#[test]
fn the_document_shows_the_bytes_that_are_written() {
    let policy = sample();
    let schema = schema(&policy);
    let mut event = said("Karte 4111 1111 1111 1111");
    event.today = Date {
        year: 2027,
        month: 1,
        day: 15,
    }
    .days();
    event.values = vec![
        Some(Value::Enum(Some(0))),
        Some(Value::Text("chat.example".into())),
        Some(Value::Set(vec!["dpo".into(), "staff".into()])),
    ];
    let set = vec![Some(ParamValue::Int(3))];
    let frame = frame::encode(&schema, &event).unwrap();
    let settings = config::encode(&schema, &set).unwrap();
    let build: Vec<u8> = (0..16).collect();
    let decision = reference::decide(&policy, &event, &set, build.try_into().unwrap());
    let document = include_str!("../../docs/abi.md");
    for bytes in [frame, settings, record::encode(&decision)] {
        let shown = hex(&bytes);
        assert!(
            document.contains(&shown),
            "docs/abi.md should show\n{shown}"
        );
    }
    let hash = format!("0x{:08x}", schema.hash);
    assert!(document.contains(&hash), "docs/abi.md should name {hash}");
}
