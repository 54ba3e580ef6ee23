//! Events as JavaScript writes them: the same as `riegel decide --event` and `@riegel/guard` take.
//!
//! Attributes are nested or dotted; a misspelt one is an error, because it would silently switch a rule
//! off. Error messages name attributes and types, never a value: values may be content.

use super::options::date;
use crate::check::model::{Event, Part, Value};
use crate::manifest::{Schema, SlotInfo};
use crate::syntax::near::closest;
use serde_json::{Map, Value as Json};
use wasm_bindgen::prelude::*;

const ROLES: [&str; 6] = ["system", "user", "assistant", "tool", "document", "other"];
const DIRECTIONS: [&str; 2] = ["outbound", "inbound"];

#[wasm_bindgen]
extern "C" {
    /// The engine's own parser of addresses knows IDNA.
    type URL;
    #[wasm_bindgen(constructor, catch)]
    fn new(address: &str) -> Result<URL, JsValue>;
    #[wasm_bindgen(method, getter)]
    fn hostname(this: &URL) -> String;
}

/// Reads an event; `today` is the day where it does not say one.
pub fn read(json: Json, schema: &Schema, today: i32) -> Result<Event, String> {
    let Json::Object(mut object) = json else {
        return Err("an event is an object".to_owned());
    };
    let mut event = Event {
        values: vec![None; schema.slots.len()],
        today,
        ..Event::default()
    };
    let mut content = object.remove("content");
    if let Some(Json::Object(mut inner)) = content.take_if(|content| content.is_object()) {
        content = match (inner.remove("text"), inner.remove("parts")) {
            (Some(_), Some(_)) => return Err("`content` has `text` and `parts`".to_owned()),
            (text, parts) => text.or(parts),
        };
        object.insert("content".to_owned(), Json::Object(inner));
    }
    attributes(object, "", schema, &mut event)?;
    parts(content.unwrap_or(Json::Null), &mut event)?;
    let length = schema
        .slots
        .iter()
        .position(|slot| slot.name == "content.length");
    if let Some(value @ None) = length.and_then(|at| event.values.get_mut(at)) {
        *value = Some(Value::Int(
            i32::try_from(event.text.len()).unwrap_or(i32::MAX),
        ));
    }
    Ok(event)
}

fn attributes(
    object: Map<String, Json>,
    outer: &str,
    schema: &Schema,
    event: &mut Event,
) -> Result<(), String> {
    for (key, json) in object {
        let name = match outer {
            "" => key,
            outer => format!("{outer}.{key}"),
        };
        let slot = schema.slots.iter().position(|slot| slot.name == name);
        match (
            slot.and_then(|at| schema.slots.get(at).zip(event.values.get_mut(at))),
            json,
        ) {
            (_, Json::Null) => {}
            (Some((_, Some(_))), _) => return Err(format!("`{name}` is given twice")),
            (Some((slot, place)), json) => *place = Some(value(slot, &json)?),
            (None, Json::Object(inner)) => attributes(inner, &name, schema, event)?,
            (None, json) if name == "today" => {
                let day = json.as_str().and_then(date);
                event.today = day
                    .ok_or("`today` is written YYYY-MM-DD and must exist")?
                    .days();
            }
            (None, _) => return Err(unknown(&name, schema)),
        }
    }
    Ok(())
}

fn unknown(name: &str, schema: &Schema) -> String {
    let names = schema.slots.iter().map(|slot| slot.name.as_str());
    match closest(name, names.chain(["today", "content"])) {
        Some(near) => format!("the policy has no attribute `{name}`; did you mean `{near}`?"),
        None => format!("the policy has no attribute `{name}`"),
    }
}

fn value(slot: &SlotInfo, json: &Json) -> Result<Value, String> {
    let wrong = || format!("`{}` is of type `{}`", slot.name, slot.ty);
    let text = || json.as_str().ok_or_else(wrong);
    Ok(match slot.ty.as_str() {
        "bool" => Value::Bool(json.as_bool().ok_or_else(wrong)?),
        "int" => {
            // What came from JavaScript may be a whole number in floating point.
            let number = json
                .as_f64()
                .filter(|n| n.fract() == 0.0)
                .ok_or_else(wrong)?;
            let fits = (f64::from(i32::MIN)..=f64::from(i32::MAX)).contains(&number);
            Value::Int(fits.then_some(number as i32).ok_or_else(wrong)?)
        }
        "date" => Value::Date(date(text()?).ok_or_else(wrong)?),
        "string" => Value::Text(text()?.to_owned()),
        "host" => {
            let host = host(text()?).ok_or_else(|| format!("`{}` is no host name", slot.name))?;
            Value::Text(host)
        }
        "enum" => {
            let word = text()?;
            let at = slot.variants.iter().position(|variant| variant == word);
            Value::Enum(at.and_then(|at| u16::try_from(at).ok()))
        }
        "set" => {
            let texts = json.as_array().ok_or_else(wrong)?.iter();
            let texts = texts.map(|text| text.as_str().map(str::to_owned));
            Value::Set(texts.collect::<Option<_>>().ok_or_else(wrong)?)
        }
        _ => return Err(wrong()),
    })
}

/// A host name as it is compared (semantics 3): lower-case A-labels, no port, no trailing dot.
fn host(name: &str) -> Option<String> {
    let bracketed = name
        .strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'));
    if let Ok(address) = bracketed.unwrap_or(name).parse::<std::net::Ipv6Addr>() {
        return Some(address.to_string());
    }
    if name.contains(|c: char| "/?#@%:\\".contains(c) || c.is_whitespace()) {
        return None;
    }
    let bare = name.strip_suffix('.').unwrap_or(name);
    // The label behind keeps the parser from reading numbers as an IPv4 address.
    let normal = URL::new(&format!("http://{bare}.a")).ok()?.hostname();
    let normal = normal.strip_suffix(".a")?;
    let label = |label: &str| {
        let known = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b"-_".contains(&b);
        (1..=63).contains(&label.len()) && label.bytes().all(known)
    };
    (normal.len() <= 253 && normal.split('.').all(label)).then(|| normal.to_owned())
}

fn parts(content: Json, event: &mut Event) -> Result<(), String> {
    match content {
        Json::Null => {}
        Json::String(text) => push(event, &text, 1, 0),
        Json::Array(items) => {
            for item in items {
                part(&item, event)?;
            }
        }
        _ => return Err("`content` is a text or a list of parts".to_owned()),
    }
    Ok(())
}

fn part(json: &Json, event: &mut Event) -> Result<(), String> {
    let object = match json {
        Json::String(text) => {
            push(event, text, 1, 0);
            return Ok(());
        }
        Json::Object(object) => object,
        _ => return Err("a part is a text or an object".to_owned()),
    };
    let keys = ["role", "direction", "text"];
    if object.keys().any(|key| !keys.contains(&key.as_str())) {
        return Err("a part has `role`, `direction` and `text`".to_owned());
    }
    let word = |key: &str, words: &[&str], default: u8| match object.get(key) {
        None | Some(Json::Null) => Ok(default),
        Some(json) => {
            let at = words.iter().position(|word| json.as_str() == Some(word));
            at.and_then(|at| u8::try_from(at).ok())
                .ok_or_else(|| format!("the {key} of a part is one of {}", words.join(", ")))
        }
    };
    let (role, direction) = (word("role", &ROLES, 1)?, word("direction", &DIRECTIONS, 0)?);
    let text = object
        .get("text")
        .and_then(Json::as_str)
        .ok_or("a part needs a `text`")?;
    push(event, text, role, direction);
    Ok(())
}

fn push(event: &mut Event, text: &str, role: u8, direction: u8) {
    let clamp = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
    event.parts.push(Part {
        offset: clamp(event.text.len()),
        len: clamp(text.len()),
        role,
        direction,
    });
    event.text.extend_from_slice(text.as_bytes());
}
