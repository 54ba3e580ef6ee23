//! Policies and their vectors: where they come from, and how they stand in files.

use crate::bytes;
use riegel::abi::{config, frame, record, schema};
use riegel::check::model::{Config, Event, Policy, Value};
use riegel::check::{Options, check};
use riegel::library::Library;
use riegel::manifest::Schema;
use riegel::reference::Reference;
use serde::{Deserialize, Serialize};
use serde_json::{Value as Json, json};
use std::fs;
use std::path::{Path, PathBuf};

const ROLES: [&str; 6] = ["system", "user", "assistant", "tool", "document", "other"];
const DIRECTIONS: [&str; 2] = ["outbound", "inbound"];

/// One vector. Everything but names and events is hex.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Vector {
    /// What it is about.
    pub name: String,
    /// The event, for hosts that write its frame; absent where the frame is damaged.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub event: Option<Json>,
    /// The configuration frame, where the module is configured first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub config: Option<String>,
    /// The event frame.
    pub frame: String,
    /// The content.
    pub text: String,
    /// The record, with a build id of zeros.
    pub record: String,
}

#[derive(Serialize, Deserialize)]
struct File {
    policy: String,
    vectors: Vec<Vector>,
}

/// A policy with vectors.
pub struct Corpus {
    /// Name of the file.
    pub name: String,
    /// Path below the repository.
    pub path: String,
    /// The checked policy.
    pub policy: Policy,
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).to_path_buf()
}

/// All policies that have vectors, by name.
pub fn all() -> Vec<Corpus> {
    let mut all = Vec::new();
    for folder in ["policies/packs", "tests/vectors"] {
        for entry in fs::read_dir(root().join(folder)).unwrap() {
            let file = entry.unwrap().path();
            // One pack is enough here: the tests of the others run in `tests/policies.rs`.
            let other = folder == "policies/packs" && !file.ends_with("baseline.riegel");
            if file.extension().is_some_and(|e| e == "riegel") && !other {
                all.push(Corpus::load(folder, &file));
            }
        }
    }
    all.sort_by(|a, b| a.name.cmp(&b.name));
    all
}

impl Corpus {
    fn load(folder: &str, file: &Path) -> Corpus {
        let name = file.file_stem().unwrap().to_str().unwrap().to_owned();
        let path = format!("{folder}/{name}.riegel");
        let text = fs::read_to_string(file).unwrap().replace("\r\n", "\n");
        let options = Options {
            // A fixed day: vectors must not change with the calendar.
            today: riegel::syntax::ast::Date::from_days(20_833),
            ..Options::default()
        };
        let checked = check(&path, &text, &Library, &options);
        let policy = checked.policy.unwrap_or_else(|| {
            let messages: Vec<_> = checked.diagnostics.iter().map(|d| &d.message).collect();
            panic!("{path} has errors: {messages:#?}")
        });
        Corpus { name, path, policy }
    }

    /// The vectors as the reference sees them.
    pub fn vectors(&self) -> Vec<Vector> {
        let reference = Reference::new(&self.policy);
        let schema = schema(&self.policy);
        let tests = self.policy.tests.iter();
        let mut vectors: Vec<Vector> = tests
            .map(|test| vector(&reference, &schema, &test.name, &test.event, &test.config))
            .collect();
        if self.path.starts_with("tests/") {
            let first = self.policy.tests.first().map(|test| &test.event).unwrap();
            for (name, text) in bytes::broken_texts() {
                let event = bytes::with_text(first, text);
                vectors.push(vector(&reference, &schema, &name, &event, &Config::new()));
            }
            for unknown in bytes::unknown_variants(&schema, first) {
                let name = "a value that the schema does not know";
                vectors.push(vector(&reference, &schema, name, &unknown, &Config::new()));
            }
            vectors.extend(bytes::damaged_frames(&self.policy, &schema, first));
        }
        vectors
    }

    fn file(&self) -> PathBuf {
        root()
            .join("tests/vectors")
            .join(format!("{}.json", self.name))
    }

    /// What stands in the repository.
    pub fn read(&self) -> Vec<Vector> {
        let text = fs::read_to_string(self.file()).expect("the vectors are in the repository");
        let file: File = serde_json::from_str(&text).expect("the vectors are JSON");
        file.vectors
    }

    /// Puts these into the repository, one line per vector.
    pub fn write(&self, vectors: &[Vector]) {
        let lines: Vec<String> = vectors
            .iter()
            .map(|vector| serde_json::to_string(vector).unwrap())
            .collect();
        let text = format!(
            "{{\"policy\": {}, \"vectors\": [\n{}\n]}}\n",
            json!(self.path),
            lines.join(",\n")
        );
        fs::write(self.file(), text).unwrap();
    }
}

/// A vector from an event.
fn vector(
    reference: &Reference,
    schema: &Schema,
    name: &str,
    event: &Event,
    values: &Config,
) -> Vector {
    let settings = values.iter().any(Option::is_some);
    Vector {
        name: name.to_owned(),
        event: Some(event_json(schema, event)),
        config: settings.then(|| to_hex(&config::encode(schema, values).unwrap())),
        frame: to_hex(&frame::encode(schema, event).unwrap()),
        text: to_hex(&event.text),
        record: to_hex(&record::encode(&reference.decide(event, values))),
    }
}

fn event_json(schema: &Schema, event: &Event) -> Json {
    let mut attributes = serde_json::Map::new();
    for (slot, value) in schema.slots.iter().zip(&event.values) {
        let Some(value) = value else { continue };
        let json = match value {
            Value::Bool(value) => json!(value),
            Value::Int(value) => json!(value),
            Value::Date(value) => json!(value.to_string()),
            Value::Text(value) => json!(value),
            Value::Set(values) => json!(values),
            Value::Enum(None) => json!("a value from the future"),
            Value::Enum(Some(variant)) => json!(slot.variants[usize::from(*variant)]),
        };
        attributes.insert(slot.name.clone(), json);
    }
    let parts: Vec<Json> = event
        .parts
        .iter()
        .map(|part| {
            json!({
                "offset": part.offset,
                "length": part.len,
                "role": ROLES[usize::from(part.role)],
                "direction": DIRECTIONS[usize::from(part.direction)],
            })
        })
        .collect();
    let today = riegel::syntax::ast::Date::from_days(event.today).unwrap();
    json!({"attributes": attributes, "today": today.to_string(), "parts": parts})
}

/// Bytes as hex digits.
pub fn to_hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Hex digits as bytes.
pub fn from_hex(hex: &str) -> Vec<u8> {
    (0..hex.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap())
        .collect()
}
