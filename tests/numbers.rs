//! Texts by number: what a frame of numbers gives, whatever stands in it, is what the kernel says that reads
//! it with tables, and what the same event gives in bytes.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

#[path = "running/mod.rs"]
mod running;

use riegel::abi::frame;
use riegel::check::model::{Event, Policy, Value};
use riegel::check::{Options, Resolver, check};
use riegel::compile::{Module, compile, prepare};
use riegel::emit::KERNEL;
use riegel::native::Native;
use riegel::reference::Reference;
use riegel_kernel::blocks::Way;
use riegel_kernel::layout::{ErrorCode, RecordHeader};
use running::Running;

const POLICY: &str = r#"
policy numbers "Numbers" {
  version "1.0.0"
  languages en
  on_error block
}
attribute action: enum { paste, upload } required
attribute kind: enum { chat, api, other } = api
attribute mode: enum { fast, slow } = absent
attribute tenant: string = absent
attribute team: string = "red"
attribute note: string = absent
attribute source: host required
attribute site: host = "eu.files.test"
attribute roles: set = ["guest"]
attribute labels: set = absent
attribute approved: bool = true
attribute trained: bool = absent
attribute size: int = 7
attribute score: int = absent
attribute due: date = absent
param limit: int in 1..1000 = 100

rule a { when action = upload and kind = api and not mode = fast then log cite "t" say { en "a" } }
rule b { when tenant in ["acme", "globex"] or not team = "red" then warn cite "t" say { en "b" } }
rule c { when source matches "*.example" or source = "a.test" then log cite "t" say { en "c" } }
rule d { when site matches "*.files.test" and site is known then log cite "t" say { en "d" } }
rule e { when roles has "guest" and not labels has "secret" then log cite "t" say { en "e" } }
rule f { when approved and not trained and trained is known then block cite "t" say { en "f" } }
rule g { when size < limit and score > 3 then log cite "t" say { en "g" } }
rule h { when due < 2027-01-01 or tenant is known or labels is known then log cite "t" say { en "h" } }
rule i { when note is known and mode is known then log cite "t" say { en "i" } }
"#;

struct Nowhere;

impl Resolver for Nowhere {
    fn resolve(&self, _: &str) -> Option<String> {
        None
    }
}

fn policy() -> Policy {
    let checked = check("numbers", POLICY, &Nowhere, &Options::default());
    checked
        .policy
        .unwrap_or_else(|| panic!("{:?}", checked.diagnostics))
}

/// Module, native kernel, reference.
fn engines(policy: &Policy) -> (Module, Native, Reference) {
    let prepared = prepare(policy, KERNEL).unwrap();
    let reference = Reference::new(policy).with_build(prepared.build);
    let native = Native::new(prepared).unwrap();
    (compile(policy, KERNEL).unwrap(), native, reference)
}

fn event(policy: &Policy, values: &[(&str, Value)]) -> Event {
    let slots = policy.slots.iter();
    let value = |name: &str| {
        values
            .iter()
            .find(|(n, _)| *n == name)
            .map(|(_, v)| v.clone())
    };
    Event {
        values: slots.map(|slot| value(&slot.name)).collect(),
        today: 20_833,
        text: Vec::new(),
        parts: Vec::new(),
    }
}

fn text(text: &str) -> Value {
    Value::Text(text.into())
}

fn events(policy: &Policy) -> Vec<Event> {
    let least = [
        ("action", Value::Enum(Some(1))),
        ("source", text("b.a.example")),
    ];
    let sets = |list: &[&str]| Value::Set(list.iter().map(|t| (*t).to_string()).collect());
    let more = [
        ("kind", Value::Enum(Some(2))),
        ("kind", Value::Enum(None)),
        ("mode", Value::Enum(Some(0))),
        ("tenant", text("globex")),
        ("tenant", text("")),
        ("team", text("blue")),
        ("note", text("ü")),
        ("source", text("a.test")),
        ("source", text(".example")),
        ("site", text("files.test")),
        ("roles", sets(&[])),
        ("roles", sets(&["x", "guest", "guest"])),
        ("labels", sets(&["public", "secret"])),
        ("approved", Value::Bool(false)),
        ("trained", Value::Bool(false)),
        ("size", Value::Int(-1)),
        ("score", Value::Int(4)),
    ];
    let mut events = vec![event(policy, &[]), event(policy, &least)];
    for (name, value) in more {
        let kept = least.iter().filter(|(n, _)| *n != name).cloned();
        let values: Vec<_> = kept.chain([(name, value)]).collect();
        events.push(event(policy, &values));
    }
    events
}

#[test]
fn numbers_say_what_bytes_say() {
    let policy = policy();
    let (module, native, reference) = engines(&policy);
    let mut running = Running::new(&module.wasm);
    for event in events(&policy) {
        let right = riegel::abi::record::encode(&reference.decide(&event, &Vec::new()));
        let bytes = frame::encode(&module.schema, &event).unwrap();
        let numbers = frame::encode_numbers(&module.schema, &event).unwrap();
        assert_eq!(numbers.len(), 24 + 8 * policy.slots.len(), "no heap");
        for frame in [&bytes, &numbers] {
            assert_eq!(native.decide(Way::Simd, frame, &[]), right, "{event:?}");
            assert_eq!(running.decide(frame, &[]), right, "{event:?}");
        }
    }
}

#[test]
fn every_changed_byte_gives_one_record() {
    let policy = policy();
    let (module, native, _) = engines(&policy);
    let mut running = Running::new(&module.wasm);
    for event in events(&policy).iter().step_by(3) {
        let whole = frame::encode_numbers(&module.schema, event).unwrap();
        for at in 0..whole.len() {
            for change in [0x01, 0x02, 0x04, 0x20, 0x80, 0xFF] {
                let mut frame = whole.clone();
                frame[at] ^= change;
                let said = running.decide(&frame, &[]);
                assert_eq!(said, native.decide(Way::Simd, &frame, &[]), "{at} {change}");
            }
        }
        for len in 0..whole.len() {
            let frame = &whole[..len];
            assert_eq!(
                running.decide(frame, &[]),
                native.decide(Way::Simd, frame, &[])
            );
        }
    }
}

#[test]
fn numbers_that_mean_nothing_are_refused() {
    let policy = policy();
    let (module, native, _) = engines(&policy);
    let mut running = Running::new(&module.wasm);
    let event = &events(&policy)[1];
    let whole = frame::encode_numbers(&module.schema, event).unwrap();
    let slot = |name: &str| 24 + 8 * policy.slots.iter().position(|s| s.name == name).unwrap();
    let mut error = |changes: &[(usize, u32)]| {
        let mut frame = whole.clone();
        for (at, value) in changes {
            frame[*at..at + 4].copy_from_slice(&value.to_le_bytes());
        }
        let said = running.decide(&frame, &[]);
        assert_eq!(said, native.decide(Way::Simd, &frame, &[]));
        RecordHeader::read(&said, 0).unwrap().error
    };
    const NUMBER: u32 = u32::MAX;
    let (tenant, roles, source) = (slot("tenant"), slot("roles"), slot("source"));
    assert_eq!(error(&[]), ErrorCode::None as u8);
    assert_eq!(
        error(&[(tenant, 2), (tenant + 4, NUMBER)]),
        ErrorCode::None as u8
    );
    for changes in [
        [(tenant, 3), (tenant + 4, NUMBER)],
        [(roles, 2), (roles + 4, NUMBER)],
        [(source, 4), (source + 4, NUMBER)],
        // A frame without a dictionary has no numbers.
        [(20, 0), (tenant + 4, NUMBER)],
    ] {
        assert_eq!(error(&changes), ErrorCode::Frame as u8, "{changes:?}");
    }
    assert_eq!(
        error(&[(20, module.schema.dictionary ^ 1)]),
        ErrorCode::Schema as u8
    );
}

/// A required attribute whose bytes are compared has no number: the kernel has to miss it.
#[test]
fn a_required_attribute_without_numbers_is_missed() {
    let text = POLICY.replace(
        "attribute kind:",
        "attribute owner: string required\nattribute kind:",
    ) + r#"rule j { when tenant = owner then log cite "t" say { en "j" } }"#;
    let policy = check("numbers", &text, &Nowhere, &Options::default());
    let policy = policy.policy.unwrap();
    let (module, native, reference) = engines(&policy);
    let mut running = Running::new(&module.wasm);
    for event in events(&policy) {
        let right = riegel::abi::record::encode(&reference.decide(&event, &Vec::new()));
        let numbers = frame::encode_numbers(&module.schema, &event).unwrap();
        assert_eq!(native.decide(Way::Simd, &numbers, &[]), right);
        assert_eq!(running.decide(&numbers, &[]), right);
        let error = RecordHeader::read(&right, 0).unwrap().error;
        assert_eq!(error, ErrorCode::Required as u8);
    }
}
