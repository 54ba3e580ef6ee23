//! JSON to attribute values, checked against the schema.
//!
//! Objects are walked as deep as they go, and their keys joined with dots, so that
//! `{"user": {"id": 1}}` and `{"user.id": 1}` are the same thing. Every place in a
//! message is a JSON pointer (RFC 6901) into the event as it was written.

use super::json::Place;
use super::{host_name, today};
use crate::errors::{self, Problem};
use riegel::check::model::Value;
use riegel::manifest::{Schema, SlotInfo};
use riegel::syntax::near::closest;
use serde_json::{Map, Value as Json};

/// The values of one event while they are read.
pub struct Values<'a> {
    schema: &'a Schema,
    values: Vec<Option<Value>>,
    given: Vec<bool>,
    today: Option<i32>,
}

impl<'a> Values<'a> {
    /// Nothing is known yet.
    pub fn new(schema: &'a Schema) -> Self {
        Values {
            schema,
            values: vec![None; schema.slots.len()],
            given: vec![false; schema.slots.len()],
            today: None,
        }
    }

    /// Takes an object whose keys continue the dotted `name`; `place` says where it stands.
    pub fn take_object(
        &mut self,
        object: Map<String, Json>,
        name: &str,
        place: &Place<'_>,
        problems: &mut Vec<Problem>,
        warnings: &mut Vec<Problem>,
    ) {
        for (key, value) in object {
            let place = place.key(&key);
            let slot = self.slot(name, &key);
            let name = || match name {
                "" => key.clone(),
                outer => format!("{outer}.{key}"),
            };
            match (slot, value) {
                (None, Json::Object(inner)) => {
                    self.take_object(inner, &name(), &place, problems, warnings);
                }
                (None, json) if name() == "today" => match date(&json) {
                    Some(day) => self.today = Some(day.days()),
                    None => problems.push(not_a_date("today").at(place.pointer())),
                },
                (None, _) => problems.push(self.unknown(&name()).at(place.pointer())),
                (Some(index), json) => {
                    if let Err(problem) = self.take(index, &json, &place, warnings) {
                        problems.push(problem);
                    }
                }
            }
        }
    }

    /// The attribute `name.key`; `name` may be empty.
    fn slot(&self, name: &str, key: &str) -> Option<usize> {
        let length = key.len() + if name.is_empty() { 0 } else { name.len() + 1 };
        self.schema.slots.iter().position(|slot| {
            if slot.name.len() != length {
                return false;
            }
            let rest = match name {
                "" => Some(slot.name.as_str()),
                outer => slot
                    .name
                    .strip_prefix(outer)
                    .and_then(|rest| rest.strip_prefix('.')),
            };
            rest == Some(key)
        })
    }

    /// `today`, if the event said it.
    pub fn today(&self) -> Option<i32> {
        self.today
    }

    /// Gives an attribute a value that the host derives, where the policy has the
    /// attribute and the event did not say it.
    pub fn fill(&mut self, name: &str, value: impl FnOnce() -> Value) {
        let index = self.schema.slots.iter().position(|slot| slot.name == name);
        if let Some(index) = index
            && let Some(slot @ None) = self.values.get_mut(index)
        {
            *slot = Some(value());
        }
    }

    /// Value per slot.
    pub fn finish(self) -> Vec<Option<Value>> {
        self.values
    }

    fn take(
        &mut self,
        index: usize,
        json: &Json,
        place: &Place<'_>,
        warnings: &mut Vec<Problem>,
    ) -> Result<(), Problem> {
        let Some(slot) = self.schema.slots.get(index) else {
            return Ok(());
        };
        if let Some(given) = self.given.get_mut(index)
            && std::mem::replace(given, true)
        {
            return Err(
                Problem::new(&errors::TWICE, format!("`{}` is given twice", slot.name))
                    .at(place.pointer())
                    .help("keep one of the two"),
            );
        }
        if json.is_null() {
            return Ok(());
        }
        let value = value(slot, json, place)?;
        if value == Value::Enum(None) {
            warnings.push(unknown_value(slot, json).at(place.pointer()));
        }
        if let Some(known) = self.values.get_mut(index) {
            *known = Some(value);
        }
        Ok(())
    }

    fn unknown(&self, name: &str) -> Problem {
        let names = self.schema.slots.iter().map(|slot| slot.name.as_str());
        let known = ["today", "content", "content_file"];
        let inside = format!("{name}.");
        let group = names.clone().find_map(|known| known.strip_prefix(&inside));
        let help = match closest(name, names.chain(known)) {
            _ if let Some(first) = group => {
                format!("`{name}` is an object: `\"{name}\": {{\"{first}\": …}}`")
            }
            Some(near) => format!("did you mean `{near}`?"),
            None => "`riegel inspect` lists the attributes of the policy".to_owned(),
        };
        Problem::new(
            &errors::UNKNOWN_ATTRIBUTE,
            format!("the policy has no attribute `{name}`"),
        )
        .help(help)
    }
}

/// One value, by the type of its slot.
fn value(slot: &SlotInfo, json: &Json, place: &Place<'_>) -> Result<Value, Problem> {
    let wrong = |expected: &str| {
        Problem::new(
            &errors::WRONG_TYPE,
            format!("`{}` is {}", slot.name, kind_of(json, &slot.ty)),
        )
        .at(place.pointer())
        .help(format!("write {expected}"))
    };
    match slot.ty.as_str() {
        "bool" => json
            .as_bool()
            .map(Value::Bool)
            .ok_or_else(|| wrong("`true` or `false`")),
        "int" => json
            .as_i64()
            .and_then(|n| i32::try_from(n).ok())
            .map(Value::Int)
            .ok_or_else(|| wrong("a whole number between -2147483648 and 2147483647")),
        "date" => match json {
            Json::String(_) => date(json)
                .map(Value::Date)
                .ok_or_else(|| not_a_date(&slot.name).at(place.pointer())),
            _ => Err(wrong("a date such as `\"2027-01-31\"`")),
        },
        "string" => json
            .as_str()
            .map(|text| Value::Text(text.to_owned()))
            .ok_or_else(|| wrong("a text")),
        "host" => {
            let name = json.as_str().ok_or_else(|| wrong("a host name"))?;
            host_name::normalise(name)
                .map(Value::Text)
                .map_err(|problem| problem.at(place.pointer()))
        }
        "enum" => {
            let word = json
                .as_str()
                .ok_or_else(|| wrong(&format!("one of {}", quoted(&slot.variants))))?;
            let index = slot.variants.iter().position(|variant| variant == word);
            Ok(Value::Enum(index.and_then(|i| u16::try_from(i).ok())))
        }
        "set" => {
            let items = json.as_array().ok_or_else(|| wrong("a list of texts"))?;
            let texts: Option<Vec<String>> = items
                .iter()
                .map(|item| item.as_str().map(str::to_owned))
                .collect();
            texts
                .map(Value::Set)
                .ok_or_else(|| wrong("a list that holds texts only"))
        }
        other => Err(Problem::new(
            &errors::SECTION,
            format!("`{}` has the unknown type `{other}`", slot.name),
        )
        .at(place.pointer())
        .help("the module is newer than this host; update the host")),
    }
}

fn date(json: &Json) -> Option<riegel::syntax::ast::Date> {
    json.as_str().and_then(|text| today::parse_date(text).ok())
}

fn not_a_date(name: &str) -> Problem {
    Problem::new(&errors::DATE, format!("`{name}` is not a date"))
        .help("write a day of the calendar as `YYYY-MM-DD`")
}

fn unknown_value(slot: &SlotInfo, json: &Json) -> Problem {
    let word = json.as_str().unwrap_or_default();
    let near = closest(word, slot.variants.iter().map(String::as_str));
    let help = match near {
        Some(near) => format!("did you mean `{near}`? It counts as not sent"),
        None => format!(
            "it counts as not sent; the policy knows {}",
            quoted(&slot.variants)
        ),
    };
    Problem::new(
        &errors::UNKNOWN_VALUE,
        format!("`{}` has a value that the policy does not know", slot.name),
    )
    .help(help)
}

fn quoted(words: &[String]) -> String {
    let words: Vec<String> = words.iter().map(|word| format!("`{word}`")).collect();
    words.join(", ")
}

/// What stands there, as seen from the type that was expected.
fn kind_of(json: &Json, ty: &str) -> &'static str {
    match json {
        Json::Null => "null",
        Json::Bool(_) => "a truth value",
        Json::Number(_) if ty == "int" => "a number that does not fit",
        Json::Number(_) => "a number",
        Json::Array(_) if ty == "set" => "a list that holds more than texts",
        Json::String(_) => "a text",
        Json::Array(_) => "a list",
        Json::Object(_) => "an object",
    }
}
