//! Attributes: what a host may say about an event, each with its careful default.

use super::codes;
use super::model::{Slot, SlotType};
use super::names::twice;
use super::report::{Report, at};
use super::values;
use crate::diagnostics::Diagnostic;
use crate::syntax::ast::{Attribute, AttributeDefault, Type};

/// The slot of an attribute.
pub(super) fn slot(report: &mut Report, source: u32, attribute: &Attribute) -> Option<Slot> {
    let ty = match &attribute.ty.value {
        Type::Bool => SlotType::Bool,
        Type::Int => SlotType::Int,
        Type::Date => SlotType::Date,
        Type::String => SlotType::String,
        Type::Host => SlotType::Host,
        Type::Set => SlotType::Set,
        Type::Enum(variants) => {
            for (i, name) in variants.iter().enumerate() {
                if let Some(first) = variants.iter().take(i).find(|v| v.value == name.value) {
                    twice(report, source, "enum value", name, at(source, first.span));
                }
            }
            SlotType::Enum(variants.iter().map(|v| v.value.clone()).collect())
        }
        Type::ListOf { .. } => {
            report.push(
                Diagnostic::new(
                    &codes::BAD_PARAM_TYPE,
                    at(source, attribute.ty.span),
                    "an attribute cannot be a list",
                )
                .label("only parameters are lists")
                .suggest("set"),
            );
            return None;
        }
    };
    let default = match &attribute.default {
        AttributeDefault::Required | AttributeDefault::Absent(_) => None,
        AttributeDefault::Value(literal) => Some(values::value(
            report,
            source,
            literal,
            &ty,
            &attribute.name.value,
        )?),
    };
    Some(Slot {
        name: attribute.name.value.clone(),
        ty,
        required: attribute.default == AttributeDefault::Required,
        default,
        printable: attribute.printable,
    })
}
