//! The schema of a policy: what a host needs to write frames, and the hash that
//! keeps a frame from being read by a module with other slots.
//!
//! The hash is FNV-1a (32 bits) over one line per slot and parameter:
//!
//! ```text
//! slot destination.kind enum(ai_chat,ai_api)\n
//! slot user.roles set\n
//! param bulk_limit int\n
//! param partners hosts\n
//! ```
//!
//! Defaults, `required` and ranges are not part of it: they change what a module
//! decides, not how a frame is written.

use crate::check::model::{ParamType, Policy, SlotType, Value};
use crate::manifest::{ABI_VERSION, ParamInfo, Schema, SlotInfo};
use crate::plan::{Plan, quick};
use riegel_kernel::layout::fnv1a;
use serde_json::Value as Json;

/// What goes into the custom section `riegel.schema`.
pub fn schema(policy: &Policy) -> Schema {
    let slots: Vec<SlotInfo> = policy
        .slots
        .iter()
        .map(|slot| {
            let variants = match &slot.ty {
                SlotType::Enum(variants) => variants.clone(),
                _ => Vec::new(),
            };
            SlotInfo {
                name: slot.name.clone(),
                ty: slot_type(&slot.ty).to_owned(),
                required: slot.required,
                default: slot.default.as_ref().map(|value| json(value, &variants)),
                printable: slot.printable,
                variants,
                texts: None,
            }
        })
        .collect();
    let params = policy
        .params
        .iter()
        .map(|param| param_info(&param.name, &param.ty))
        .collect();
    let mut schema = Schema {
        abi: ABI_VERSION,
        hash: 0,
        dictionary: 0,
        time_zone: policy.time_zone.clone(),
        slots,
        params,
    };
    schema.hash = hash_of(&schema);
    schema
}

/// The schema with the texts that frames may give by number.
pub fn with_texts(policy: &Policy, plan: &Plan) -> Schema {
    let mut schema = schema(policy);
    schema.dictionary = plan.quick.dictionary;
    let facts = policy.slots.iter().zip(&plan.facts.slots);
    for (info, (slot, facts)) in schema.slots.iter_mut().zip(facts) {
        info.texts = quick::texts(slot, facts);
    }
    schema
}

/// The hash that every frame for this policy carries.
pub fn schema_hash(policy: &Policy) -> u32 {
    schema(policy).hash
}

/// The hash of slot names and types and parameter names and types.
pub fn hash_of(schema: &Schema) -> u32 {
    let mut text = String::new();
    for slot in &schema.slots {
        text.push_str(&format!("slot {} {}", slot.name, slot.ty));
        if slot.ty == "enum" {
            text.push_str(&format!("({})", slot.variants.join(",")));
        }
        text.push('\n');
    }
    for param in &schema.params {
        text.push_str(&format!("param {} {}\n", param.name, param.ty));
    }
    fnv1a(text.as_bytes())
}

fn slot_type(ty: &SlotType) -> &'static str {
    match ty {
        SlotType::Bool => "bool",
        SlotType::Int => "int",
        SlotType::Date => "date",
        SlotType::String => "string",
        SlotType::Host => "host",
        SlotType::Enum(_) => "enum",
        SlotType::Set => "set",
    }
}

fn param_info(name: &str, ty: &ParamType) -> ParamInfo {
    let (ty, default, min, max) = match ty {
        ParamType::Bool(default) => ("bool", Json::from(*default), None, None),
        ParamType::Int { min, max, default } => {
            ("int", Json::from(*default), Some(*min), Some(*max))
        }
        ParamType::Date(default) => ("date", Json::from(default.to_string()), None, None),
        ParamType::List { host, max, default } => (
            if *host { "hosts" } else { "strings" },
            Json::from(default.clone()),
            None,
            Some(i32::from(*max)),
        ),
        ParamType::Key => ("key", Json::Null, None, None),
    };
    ParamInfo {
        name: name.to_owned(),
        ty: ty.to_owned(),
        default,
        min,
        max,
    }
}

fn json(value: &Value, variants: &[String]) -> Json {
    match value {
        Value::Bool(value) => Json::from(*value),
        Value::Int(value) => Json::from(*value),
        Value::Date(value) => Json::from(value.to_string()),
        Value::Text(value) => Json::from(value.clone()),
        Value::Enum(variant) => variant
            .and_then(|index| variants.get(usize::from(index)))
            .map_or(Json::Null, |name| Json::from(name.clone())),
        Value::Set(values) => Json::from(values.clone()),
    }
}
