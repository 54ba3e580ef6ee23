//! JSON as an event needs it: every key at most once, and places that people count in.
//!
//! RFC 8259 leaves open what two equal keys in one object mean. Readers differ (first wins, last
//! wins), and where the program that checks and the program that sends differ, something passes
//! unchecked. Here two equal keys are a mistake, wherever they stand.

use crate::errors::{self, Problem};
use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value as Json};
use std::fmt;

/// What was read, and the JSON pointers of keys that stand in their object a second time.
pub type Parsed = (Json, Vec<String>);

/// Reads one JSON text. A byte order mark before it is no part of it.
pub fn parse(text: &str) -> Result<Parsed, Problem> {
    let text = text.strip_prefix('\u{FEFF}').unwrap_or(text);
    let mut twice = Vec::new();
    let mut reader = serde_json::Deserializer::from_str(text);
    let node = Node {
        place: &Place::ROOT,
        twice: &mut twice,
    };
    node.deserialize(&mut reader)
        .and_then(|json| reader.end().map(|()| json))
        .map(|json| (json, twice))
        .map_err(|error| {
            let (line, column) = place(text, &error);
            Problem::new(&errors::EVENT_JSON, message(&error))
                .at(format!("line {line}, column {column}"))
                .help("an event is one JSON object, see `riegel explain E3001`")
        })
}

/// Where a value stands. It becomes a JSON pointer (RFC 6901) when somebody has to be told.
#[derive(Clone, Copy)]
pub struct Place<'a> {
    above: Option<&'a Place<'a>>,
    step: Step<'a>,
}

#[derive(Clone, Copy)]
enum Step<'a> {
    Root,
    Key(&'a str),
    Index(usize),
}

impl<'a> Place<'a> {
    /// The whole text.
    pub const ROOT: Place<'static> = Place {
        above: None,
        step: Step::Root,
    };

    /// Below a key.
    pub fn key(&'a self, key: &'a str) -> Self {
        self.below(Step::Key(key))
    }

    /// Below an index.
    pub fn index(&'a self, index: usize) -> Self {
        self.below(Step::Index(index))
    }

    fn below(&'a self, step: Step<'a>) -> Self {
        Place {
            above: Some(self),
            step,
        }
    }

    /// The JSON pointer.
    pub fn pointer(&self) -> String {
        let mut out = self.above.map(Place::pointer).unwrap_or_default();
        match self.step {
            Step::Root => {}
            Step::Key(key) => {
                out.push('/');
                out.push_str(&key.replace('~', "~0").replace('/', "~1"));
            }
            Step::Index(index) => out.push_str(&format!("/{index}")),
        }
        out
    }
}

/// What serde says, without its place and without anything from the text.
fn message(error: &serde_json::Error) -> &'static str {
    match error.classify() {
        serde_json::error::Category::Eof => "the JSON ends too early",
        _ => "this is not JSON",
    }
}

/// Line and column from 1, in characters; serde counts bytes, and none after a line end.
fn place(text: &str, error: &serde_json::Error) -> (usize, usize) {
    let line = text.split('\n').nth(error.line().saturating_sub(1));
    let before = line.unwrap_or_default().char_indices();
    let column = before.take_while(|(at, _)| *at < error.column()).count();
    (error.line().max(1), column.max(1))
}

/// One value, wherever it stands.
struct Node<'a> {
    place: &'a Place<'a>,
    twice: &'a mut Vec<String>,
}

impl<'de> DeserializeSeed<'de> for Node<'_> {
    type Value = Json;

    fn deserialize<D: Deserializer<'de>>(self, reader: D) -> Result<Json, D::Error> {
        reader.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Node<'_> {
    type Value = Json;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E: Error>(self) -> Result<Json, E> {
        Ok(Json::Null)
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Json, E> {
        Ok(value.into())
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Json, E> {
        Ok(value.into())
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Json, E> {
        Ok(value.into())
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Json, E> {
        Ok(value.into())
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<Json, E> {
        Ok(value.into())
    }

    fn visit_string<E: Error>(self, value: String) -> Result<Json, E> {
        Ok(value.into())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Json, A::Error> {
        let mut out = Vec::new();
        loop {
            let place = self.place.index(out.len());
            let node = Node {
                place: &place,
                twice: self.twice,
            };
            match items.next_element_seed(node)? {
                Some(item) => out.push(item),
                None => return Ok(out.into()),
            }
        }
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Json, A::Error> {
        let mut out = Map::new();
        while let Some(key) = entries.next_key::<String>()? {
            let place = self.place.key(&key);
            let before = self.twice.len();
            let node = Node {
                place: &place,
                twice: self.twice,
            };
            let value = entries.next_value_seed(node)?;
            if out.contains_key(&key) {
                self.twice.insert(before, place.pointer());
            }
            out.insert(key, value);
        }
        Ok(out.into())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    #[test]
    fn what_is_read_is_what_serde_reads() {
        for text in [
            r#"{"a":[1,-2,2.5,true,null,"x\u00e4\n",{"b":{}}],"c":18446744073709551615}"#,
            "[]",
            " \"x\" ",
        ] {
            let whole: Json = serde_json::from_str(text).unwrap();
            assert_eq!(parse(text).unwrap(), (whole, Vec::new()), "{text}");
        }
    }

    #[test]
    fn places_count_from_one_in_characters() {
        for (text, place) in [
            ("", "line 1, column 1"),
            ("\n", "line 2, column 1"),
            ("{\"a\": 1\n", "line 2, column 1"),
            ("{\"Größe\" 1}", "line 1, column 10"),
            ("{\n \"ä\": x}", "line 2, column 7"),
            ("{}}", "line 1, column 3"),
            ("\u{FEFF}{}}", "line 1, column 3"),
        ] {
            assert_eq!(parse(text).unwrap_err().place, place, "{text:?}");
        }
    }

    #[test]
    fn equal_keys_are_told_wherever_they_stand() {
        let (_, twice) = parse(r#"{"a":1,"b/c":[{"x":1,"x":2}],"a":3,"a":4}"#).unwrap();
        assert_eq!(twice, ["/b~1c/0/x", "/a", "/a"]);
    }
}
