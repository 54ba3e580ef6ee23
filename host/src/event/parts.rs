//! Content of an event: one text, a list of parts, or a file.
//!
//! Parts stand one after the other in one buffer, without anything between them;
//! the table of parts says where each begins. No finding crosses a part.
//!
//! `content` may also be an object: then `text`, `parts` or `file` is the content,
//! and its other keys are attributes (`content.language`, `content.mime` …).

use super::Surroundings;
use crate::errors::{self, Problem};
use riegel::check::model::Part;
use riegel::syntax::near::closest;
use serde_json::{Map, Value as Json};

/// Roles in the order of their numbers.
pub const ROLES: [&str; 6] = ["system", "user", "assistant", "tool", "document", "other"];
/// Directions in the order of their numbers.
pub const DIRECTIONS: [&str; 2] = ["outbound", "inbound"];

/// A piece of content as written, and its JSON pointer.
pub struct Written {
    json: Json,
    pointer: String,
    file: bool,
}

/// Takes what is content out of an event; the rest are attributes.
pub fn split(mut event: Map<String, Json>) -> (Vec<Written>, Map<String, Json>) {
    let mut found = Vec::new();
    let mut take = |object: &mut Map<String, Json>, key: &str, pointer: &str, file: bool| {
        if let Some(json) = object.remove(key) {
            found.push(Written {
                json,
                pointer: pointer.to_owned(),
                file,
            });
        }
    };
    take(&mut event, "content_file", "/content_file", true);
    if let Some(Json::Object(inner)) = event.get_mut("content") {
        take(inner, "text", "/content/text", false);
        take(inner, "parts", "/content/parts", false);
        take(inner, "file", "/content/file", true);
    } else {
        take(&mut event, "content", "/content", false);
    }
    (found, event)
}

/// Reads the content that `split` found.
pub fn read(
    written: Vec<Written>,
    surroundings: &dyn Surroundings,
    problems: &mut Vec<Problem>,
) -> (Vec<u8>, Vec<Part>) {
    let mut builder = Builder::default();
    let mut written = written.into_iter();
    if let Some(first) = written.next() {
        builder.take(first, surroundings, problems);
    }
    if let Some(second) = written.next() {
        problems.push(
            Problem::new(&errors::CONTENT, "the event has content twice")
                .at(second.pointer)
                .help("keep `content` or `content_file`"),
        );
    }
    (builder.bytes, builder.parts)
}

#[derive(Default)]
struct Builder {
    bytes: Vec<u8>,
    parts: Vec<Part>,
}

impl Builder {
    fn take(
        &mut self,
        written: Written,
        surroundings: &dyn Surroundings,
        problems: &mut Vec<Problem>,
    ) {
        let Written {
            json,
            pointer,
            file,
        } = written;
        match json {
            Json::Null => {}
            Json::String(name) if file => match surroundings.file(&name) {
                Ok(bytes) => self.push(&bytes, 1, 0),
                Err(problem) => problems.push(problem.at(pointer)),
            },
            Json::String(text) => self.push(text.as_bytes(), 1, 0),
            Json::Array(items) if !file => {
                for (i, item) in items.into_iter().enumerate() {
                    if let Err(problem) = self.part(&item, &format!("{pointer}/{i}")) {
                        problems.push(problem);
                    }
                }
            }
            _ => problems.push(
                Problem::new(&errors::CONTENT, "content is a text or a list of parts")
                    .at(pointer)
                    .help("see `riegel explain E3005`"),
            ),
        }
    }

    fn part(&mut self, json: &Json, pointer: &str) -> Result<(), Problem> {
        let problem =
            |message: &str, at: String| Problem::new(&errors::CONTENT, message.to_owned()).at(at);
        let object = match json {
            Json::String(text) => {
                self.push(text.as_bytes(), 1, 0);
                return Ok(());
            }
            Json::Object(object) => object,
            _ => {
                return Err(problem("a part is an object", pointer.to_owned())
                    .help("write `{\"role\": \"user\", \"text\": \"…\"}`"));
            }
        };
        let keys = ["role", "direction", "text"];
        if let Some(key) = object.keys().find(|key| !keys.contains(&key.as_str())) {
            let help = match closest(key, keys) {
                Some(near) => format!("did you mean `{near}`?"),
                None => "a part has `role`, `direction` and `text`".to_owned(),
            };
            let message = format!("a part has no `{key}`");
            return Err(problem(&message, pointer.to_owned()).help(help));
        }
        let word = |key: &str, words: &[&str], default: u8| match object.get(key) {
            None | Some(Json::Null) => Ok(default),
            Some(json) => json
                .as_str()
                .and_then(|word| words.iter().position(|known| *known == word))
                .and_then(|i| u8::try_from(i).ok())
                .ok_or_else(|| {
                    problem(
                        &format!("unknown {key} of a part"),
                        format!("{pointer}/{key}"),
                    )
                    .help(format!("one of {}", words.join(", ")))
                }),
        };
        let role = word("role", &ROLES, 1)?;
        let direction = word("direction", &DIRECTIONS, 0)?;
        let text = object.get("text").and_then(Json::as_str).ok_or_else(|| {
            problem("a part needs a `text`", pointer.to_owned())
                .help("write `{\"role\": \"user\", \"text\": \"…\"}`")
        })?;
        self.push(text.as_bytes(), role, direction);
        Ok(())
    }

    fn push(&mut self, bytes: &[u8], role: u8, direction: u8) {
        let clamp = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        self.parts.push(Part {
            offset: clamp(self.bytes.len()),
            len: clamp(bytes.len()),
            role,
            direction,
        });
        self.bytes.extend_from_slice(bytes);
    }
}
