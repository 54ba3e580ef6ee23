//! Laws of the boundary: what was written is read back, and no bytes make a reader fail.
#![allow(clippy::unwrap_used, reason = "tests")]

use super::*;
use crate::abi::record::Decision;
use crate::check::model::{Event, ParamValue, Part, Value};
use crate::manifest::{ParamInfo, Schema, SlotInfo};
use crate::syntax::ast::{Date, Verdict};
use proptest::prelude::*;
use riegel_kernel::layout::{ErrorCode, FindingEntry, RuleHit};

fn slot(name: &str, ty: &str) -> SlotInfo {
    SlotInfo {
        name: name.into(),
        ty: ty.into(),
        required: false,
        default: None,
        printable: false,
        variants: match ty {
            "enum" => vec!["one".into(), "two".into()],
            _ => Vec::new(),
        },
        texts: None,
    }
}

fn param(name: &str, ty: &str, max: Option<i32>) -> ParamInfo {
    ParamInfo {
        name: name.into(),
        ty: ty.into(),
        default: serde_json::Value::Null,
        min: max.map(|_| 0),
        max,
    }
}

fn sample() -> Schema {
    let types = ["bool", "int", "date", "string", "host", "enum", "set"];
    let mut schema = Schema {
        abi: 1,
        hash: 0,
        dictionary: 0,
        time_zone: "Europe/Berlin".into(),
        slots: types.iter().map(|ty| slot(ty, ty)).collect(),
        params: vec![
            param("flag", "bool", None),
            param("limit", "int", Some(50)),
            param("day", "date", None),
            param("names", "strings", Some(3)),
        ],
    };
    schema.hash = hash_of(&schema);
    schema
}

fn date() -> impl Strategy<Value = Date> {
    (-700_000..2_900_000).prop_filter_map("outside the calendar", Date::from_days)
}

fn event() -> impl Strategy<Value = Event> {
    let text = "[a-c]{0,2}";
    let values = (
        proptest::option::of(any::<bool>().prop_map(Value::Bool)),
        proptest::option::of(any::<i32>().prop_map(Value::Int)),
        proptest::option::of(date().prop_map(Value::Date)),
        proptest::option::of(text.prop_map(Value::Text)),
        proptest::option::of(text.prop_map(Value::Text)),
        proptest::option::of(proptest::option::of(0..2_u16).prop_map(Value::Enum)),
        proptest::option::of(proptest::collection::vec(text, 0..4).prop_map(Value::Set)),
    );
    let lens = proptest::collection::vec((0..9_u32, 0..3_u32, 0..6_u8, 0..2_u8), 0..4);
    (values, any::<i32>(), lens).prop_map(|(v, today, lens)| {
        let mut at = 0;
        let mut parts = Vec::new();
        for (len, gap, role, direction) in lens {
            at += gap;
            parts.push(Part {
                offset: at,
                len,
                role,
                direction,
            });
            at += len;
        }
        Event {
            values: vec![v.0, v.1, v.2, v.3, v.4, v.5, v.6],
            today,
            text: vec![b'x'; at as usize],
            parts,
        }
    })
}

fn decision() -> impl Strategy<Value = Decision> {
    let rules =
        proptest::collection::btree_map(any::<u16>(), (0..7_u8, 0..7_u8, any::<u64>()), 0..5);
    let obligations = proptest::collection::btree_set((1..8_u16, 1..20_u16), 0..5);
    let findings = proptest::collection::btree_map((0..3_u32, 0..9_u32, 1..5_u32), 1..4_u8, 0..5);
    (
        rules,
        obligations.clone(),
        obligations,
        findings,
        any::<[u8; 16]>(),
        any::<u64>(),
    )
        .prop_map(|(rules, now, later, findings, build, config)| {
            let code = |set: &std::collections::BTreeSet<(u16, u16)>| -> Vec<u16> {
                set.iter().map(|(kind, index)| kind << 12 | index).collect()
            };
            let mut spans: Vec<_> = findings.into_iter().collect();
            spans.sort_by_key(|&((part, start, len), _)| (part, start, std::cmp::Reverse(len)));
            let would = later.difference(&now).copied().collect();
            Decision {
                flags: 8,
                verdict: Verdict::Block,
                effective: Verdict::Log,
                error: ErrorCode::None,
                slot: 255,
                build,
                config,
                rules: rules
                    .into_iter()
                    .map(|(rule, (a, b, clauses))| RuleHit {
                        rule,
                        verdict: a.max(b),
                        effective: a.min(b),
                        clauses,
                    })
                    .collect(),
                obligations: code(&now),
                would: code(&would),
                demand: vec![0b10, 0],
                findings: spans
                    .into_iter()
                    .enumerate()
                    .map(|(i, ((part, start, len), confidence))| FindingEntry {
                        detector: 1,
                        confidence,
                        flags: 0,
                        part,
                        start,
                        end: start + len,
                        distinct: i as u32 + 1,
                    })
                    .collect(),
            }
        })
}

proptest! {
    #[test]
    fn an_event_comes_back(event in event()) {
        let schema = sample();
        let bytes = frame::encode(&schema, &event).unwrap();
        prop_assert_eq!(frame::decode(&schema, &bytes, &event.text).unwrap(), event);
    }

    #[test]
    fn a_configuration_comes_back(
        flag in proptest::option::of(any::<bool>().prop_map(ParamValue::Bool)),
        limit in proptest::option::of((0..=50).prop_map(ParamValue::Int)),
        day in proptest::option::of(date().prop_map(ParamValue::Date)),
        names in proptest::option::of(proptest::collection::vec("[a-c]{0,2}", 0..4).prop_map(ParamValue::List)),
    ) {
        let (schema, values) = (sample(), vec![flag, limit, day, names]);
        let bytes = config::encode(&schema, &values).unwrap();
        prop_assert_eq!(config::decode(&schema, &bytes).unwrap(), values);
    }

    #[test]
    fn a_record_comes_back(decision in decision()) {
        let bytes = record::encode(&decision);
        prop_assert_eq!(record::measure(&bytes).unwrap(), bytes.len());
        prop_assert_eq!(record::decode(&bytes).unwrap(), decision);
    }

    #[test]
    fn a_bent_record_is_refused_or_canonical(
        decision in decision(), at in any::<prop::sample::Index>(), byte in any::<u8>(),
    ) {
        let mut bytes = record::encode(&decision);
        *at.get_mut(&mut bytes) = byte;
        if let Ok(read) = record::decode(&bytes) {
            prop_assert_eq!(record::encode(&read), bytes);
        }
    }

    #[test]
    fn no_bytes_make_a_reader_fail(
        event in event(), noise in proptest::collection::vec(any::<u8>(), 0..200),
        at in any::<prop::sample::Index>(), byte in any::<u8>(), keep in any::<prop::sample::Index>(),
    ) {
        let schema = sample();
        let _ = frame::decode(&schema, &noise, &[]);
        let _ = config::decode(&schema, &noise);
        let _ = record::decode(&noise);
        let mut bytes = frame::encode(&schema, &event).unwrap();
        *at.get_mut(&mut bytes) = byte;
        let _ = frame::decode(&schema, &bytes, &event.text);
        bytes.truncate(keep.index(bytes.len()));
        let _ = frame::decode(&schema, &bytes, &event.text);
    }
}

#[test]
fn equal_texts_are_stored_once_in_slot_order() {
    let schema = sample();
    let mut event = Event {
        values: vec![None; 7],
        ..Event::default()
    };
    event.values[3] = Some(Value::Text("abc".into()));
    event.values[4] = Some(Value::Text("abc".into()));
    event.values[6] = Some(Value::Set(vec!["x".into(), "abc".into()]));
    let bytes = frame::encode(&schema, &event).unwrap();
    // header 24, values 56, then "abc", the list of two pairs, "x"
    assert_eq!(&bytes[80..83], b"abc");
    assert_eq!(bytes.len(), 80 + 3 + 16 + 1);
    assert_eq!(bytes[83..91], [99, 0, 0, 0, 1, 0, 0, 0]);
    assert_eq!(bytes[91..99], [80, 0, 0, 0, 3, 0, 0, 0]);
}

#[test]
fn errors_have_codes() {
    let schema = sample();
    let code = |bytes: &[u8]| record::decode(bytes).unwrap_err().code;
    assert_eq!(code(b""), AbiError::LENGTH);
    assert_eq!(code(&[0; 56]), AbiError::MAGIC);
    let wrong = [Some(ParamValue::Bool(true)), Some(ParamValue::Int(51))];
    let refused = config::encode(&schema, &wrong).unwrap_err();
    assert_eq!(refused.code, AbiError::RANGE);
    let event = Event {
        values: vec![Some(Value::Int(1))],
        ..Event::default()
    };
    let refused = frame::encode(&schema, &event).unwrap_err();
    assert_eq!(refused.code, AbiError::VALUE);
}
