//! Paragraphs 1, 2 and 40: what the event says, with defaults put in.
//!
//! A value of another type than its slot's cannot come out of a frame; here it
//! counts as not sent.

use crate::check::model::{
    Config, DateNumber, Event, Number, ParamType, ParamValue, Policy, Slot, SlotType, Value,
};
use crate::hashed::Key;

/// Attributes and parameters, read once per decision.
#[derive(Debug)]
pub struct Values {
    slots: Vec<Option<Value>>,
    params: Vec<ParamValue>,
    /// Today, in days.
    pub today: i32,
    /// First required attribute that is absent.
    pub missing: Option<usize>,
    /// First enum attribute with a value that the schema does not know.
    pub unknown: Option<usize>,
}

impl Values {
    /// Reads an event and a configuration.
    pub fn new(policy: &Policy, event: &Event, config: &Config) -> Values {
        let mut values = Values {
            slots: Vec::new(),
            params: Vec::new(),
            today: event.today,
            missing: None,
            unknown: None,
        };
        for (i, slot) in policy.slots.iter().enumerate() {
            let sent = event.values.get(i).and_then(Option::as_ref);
            let sent = sent.filter(|value| fits(slot, value)).cloned();
            if sent == Some(Value::Enum(None)) {
                values.unknown = values.unknown.or(Some(i));
            }
            let known = sent.filter(|value| *value != Value::Enum(None));
            if slot.required && known.is_none() {
                values.missing = values.missing.or(Some(i));
            }
            values.slots.push(known.or_else(|| slot.default.clone()));
        }
        for (i, param) in policy.params.iter().enumerate() {
            let set = config.get(i).cloned().flatten();
            values.params.push(set.unwrap_or_else(|| match &param.ty {
                ParamType::Bool(default) => ParamValue::Bool(*default),
                ParamType::Int { default, .. } => ParamValue::Int(*default),
                ParamType::Date(default) => ParamValue::Date(*default),
                ParamType::List { default, .. } => ParamValue::List(default.clone()),
                ParamType::Key => ParamValue::List(Vec::new()),
            }));
        }
        values
    }

    /// An attribute; `None`: absent.
    pub fn slot(&self, slot: usize) -> Option<&Value> {
        self.slots.get(slot)?.as_ref()
    }

    /// A string or host attribute.
    pub fn text(&self, slot: usize) -> Option<&str> {
        match self.slot(slot)? {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }

    /// A date attribute, or today.
    pub fn day(&self, slot: Option<usize>) -> Option<i32> {
        let Some(slot) = slot else {
            return Some(self.today);
        };
        match self.slot(slot)? {
            Value::Date(date) => Some(date.days()),
            _ => None,
        }
    }

    /// A parameter.
    pub fn param(&self, param: usize) -> Option<&ParamValue> {
        self.params.get(param)
    }

    /// The key of a hashed list that this parameter holds.
    pub fn key(&self, param: usize) -> Option<Key> {
        match self.param(param)? {
            ParamValue::Key(key) => Some(*key),
            _ => None,
        }
    }

    /// The right side of an int comparison.
    pub fn number(&self, number: Number) -> Option<i32> {
        match number {
            Number::Const(number) => Some(number),
            Number::Param(param) => match self.param(param)? {
                ParamValue::Int(number) => Some(*number),
                _ => None,
            },
        }
    }

    /// The right side of a date comparison.
    pub fn date_number(&self, number: DateNumber) -> Option<i32> {
        match number {
            DateNumber::Const(date) => Some(date.days()),
            DateNumber::Param(param) => match self.param(param)? {
                ParamValue::Date(date) => Some(date.days()),
                _ => None,
            },
        }
    }
}

fn fits(slot: &Slot, value: &Value) -> bool {
    matches!(
        (&slot.ty, value),
        (SlotType::Bool, Value::Bool(_))
            | (SlotType::Int, Value::Int(_))
            | (SlotType::Date, Value::Date(_))
            | (SlotType::String | SlotType::Host, Value::Text(_))
            | (SlotType::Enum(_), Value::Enum(_))
            | (SlotType::Set, Value::Set(_))
    )
}
