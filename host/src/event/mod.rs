//! Events as people and programs write them: JSON in, attributes and content out.
//!
//! ```json
//! {"action": "paste", "user": {"id": "u1", "roles": ["sales"]},
//!  "destination.host": "chatgpt.com", "today": "2026-12-01", "content": "…"}
//! ```
//!
//! Attributes may be nested or dotted. Each is checked against the schema that the
//! module carries: a name or a type that the policy does not know is an error with
//! a JSON pointer and a near name, because a misspelt attribute would silently
//! switch a rule off. Only an unknown *enum value* is a warning (semantics 2): new
//! values appear in the field before policies know them.
//!
//! The content stays apart from the attributes, in its own type (promise 5).
//!
//! | file | idea |
//! | --- | --- |
//! | `attributes` | flatten, look up, check the type |
//! | `host_name` | a name as it is compared: lower-case A-labels |
//! | `json` | the text, with every key at most once |
//! | `parts` | content: one text, a list of parts, or a file |
//! | `today` | the day in the policy's time zone |

mod attributes;
mod host_name;
mod json;
mod parts;
mod today;

pub use host_name::normalise as normalise_host;
pub use parts::ROLES;
pub use today::{parse_date, today_in};

use crate::content::Content;
use crate::errors::{self, Problem};
use riegel::abi;
use riegel::check::model::{Event as Model, Part, Value};
use riegel::manifest::Schema;
use serde_json::Value as Json;

/// An event, ready for a module: its frame is written, its content stands apart.
#[derive(Debug, Default)]
pub struct Event {
    frame: Vec<u8>,
    values: Vec<Option<Value>>,
    today: i32,
    parts: Vec<Part>,
    content: Content,
}

impl Event {
    /// Writes the frame of an event for the module with this schema.
    pub fn new(schema: &Schema, mut model: Model) -> Result<Self, Problem> {
        let frame = abi::frame::encode(schema, &model).map_err(|error| {
            Problem::new(
                &errors::FRAME,
                format!("the event does not fit the module: {error}"),
            )
            .help("read the event again with the schema of this module")
        })?;
        Ok(Event {
            frame,
            content: Content::from(std::mem::take(&mut model.text)),
            values: model.values,
            today: model.today,
            parts: model.parts,
        })
    }

    /// The event frame.
    pub fn frame(&self) -> &[u8] {
        &self.frame
    }

    /// Value per slot; `None`: not sent.
    pub fn values(&self) -> &[Option<Value>] {
        &self.values
    }

    /// Days since 1970-01-01.
    pub fn today(&self) -> i32 {
        self.today
    }

    /// Where the parts of the content begin and end, and who wrote them.
    pub fn parts(&self) -> &[Part] {
        &self.parts
    }

    /// Bytes of each part.
    pub fn spans(&self) -> impl Iterator<Item = std::ops::Range<usize>> {
        self.parts.iter().map(|part| {
            let start = part.offset as usize;
            start..start + part.len as usize
        })
    }

    /// The content.
    pub fn content(&self) -> &Content {
        &self.content
    }
}

/// An event and what a person should know about it.
#[derive(Debug)]
pub struct Reading {
    /// The event.
    pub event: Event,
    /// Unknown enum values, each with a near one.
    pub warnings: Vec<Problem>,
}

/// What the reader may need from outside.
pub trait Surroundings {
    /// The bytes of a file named by `content_file`.
    fn file(&self, name: &str) -> Result<Vec<u8>, Problem>;
    /// The day (since 1970-01-01), which the event may have said itself.
    fn today(&self, said: Option<i32>, time_zone: &str) -> Result<i32, Problem>;
}

/// Reads an event for the module with this schema. All problems at once.
pub fn read(
    text: &str,
    schema: &Schema,
    surroundings: &dyn Surroundings,
) -> Result<Reading, Vec<Problem>> {
    let (json, twice) = json::parse(text).map_err(|problem| vec![problem])?;
    let Json::Object(object) = json else {
        return Err(vec![
            Problem::new(&errors::EVENT_JSON, "an event is a JSON object")
                .help("write `{\"action\": \"paste\", \"content\": \"…\"}`"),
        ]);
    };
    let mut problems: Vec<Problem> = twice.into_iter().map(stands_twice).collect();
    let mut warnings = Vec::new();
    let (content, rest) = parts::split(object);
    let mut values = attributes::Values::new(schema);
    values.take_object(rest, "", &json::Place::ROOT, &mut problems, &mut warnings);
    let today = surroundings.today(values.today(), &schema.time_zone);
    let today = today.unwrap_or_else(|problem| {
        problems.push(problem);
        0
    });
    let (text, parts) = parts::read(content, surroundings, &mut problems);
    values.fill("content.length", || length_in_bytes(&text));
    if !problems.is_empty() {
        return Err(problems);
    }
    let model = Model {
        values: values.finish(),
        today,
        text,
        parts,
    };
    let event = Event::new(schema, model).map_err(|problem| vec![problem])?;
    Ok(Reading { event, warnings })
}

/// `content.length` is the number of bytes.
fn length_in_bytes(text: &[u8]) -> Value {
    Value::Int(i32::try_from(text.len()).unwrap_or(i32::MAX))
}

/// A key that its object has already.
fn stands_twice(pointer: String) -> Problem {
    Problem::new(&errors::TWICE, "the same key stands in this object twice")
        .at(pointer)
        .help("keep one of the two")
}
