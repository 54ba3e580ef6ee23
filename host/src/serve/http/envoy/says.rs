//! What a body says, as whoever it is meant for will read it.
//!
//! AI services speak JSON. Its texts are escaped (`\\n`, `\\u00fc`), and a scanner that looks at the
//! escapes finds neither the word nor its beginning. So JSON is read, and decided about is what it
//! says: a line per value, with its name. An answer that comes as events (`data: {…}`) or as JSON
//! lines holds a sentence in pieces; pieces from the same place are put together again.

use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use std::collections::HashMap;
use std::fmt;

const NO_TEXT: &str = "the body is not UTF-8 text";

/// The text of a body that calls itself `kind`.
pub fn read(bytes: &[u8], kind: &str) -> Result<String, &'static str> {
    let text = std::str::from_utf8(bytes).map_err(|_| NO_TEXT)?;
    // UTF-16 of plain letters is UTF-8 as well, with a zero in every other place.
    if text.contains('\0') {
        return Err(NO_TEXT);
    }
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    if kind.starts_with("application/x-www-form-urlencoded") {
        return form(text).ok_or(NO_TEXT);
    }
    let mut said = Said::default();
    if said.json(text) || said.events(text) {
        return Ok(said.text());
    }
    Ok(text.to_owned())
}

/// Values by place, in the order in which the places were met.
#[derive(Default)]
struct Said {
    places: HashMap<String, usize>,
    values: Vec<(String, String)>,
    /// Put pieces from the same place together?
    joins: bool,
    last: HashMap<usize, String>,
}

impl Said {
    /// Reads one JSON document; nothing of it is kept where it is none.
    fn json(&mut self, text: &str) -> bool {
        let before = self.values.len();
        let mut reader = serde_json::Deserializer::from_str(text);
        let seed = Note {
            said: self,
            path: String::new(),
            name: "",
        };
        let read = seed.deserialize(&mut reader).and_then(|()| reader.end());
        if read.is_err() && !self.joins {
            self.values.truncate(before);
        }
        read.is_ok()
    }

    /// Reads server-sent events or JSON lines, if every line is of that kind.
    fn events(&mut self, text: &str) -> bool {
        self.joins = true;
        let mut any = false;
        for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
            let data = line.strip_prefix("data:").map(str::trim);
            let other = ["event:", "id:", "retry:", ":"];
            match data {
                Some("[DONE]") => {}
                None if other.iter().any(|start| line.starts_with(start)) => {}
                _ if self.json(data.unwrap_or(line)) => any = true,
                // Not JSON: what it says stands there, but not in pieces.
                Some(data) => self.add("", "", data),
                None => return false,
            }
        }
        any
    }

    fn add(&mut self, path: &str, name: &str, value: &str) {
        if self.joins {
            let next = self.values.len();
            let place = *self.places.entry(path.to_owned()).or_insert(next);
            if let Some((_, text)) = self.values.get_mut(place) {
                // An id or a model's name is the same in every piece.
                if self.last.insert(place, value.to_owned()).as_deref() != Some(value) {
                    text.push_str(value);
                }
                return;
            }
            self.last.insert(place, value.to_owned());
        }
        self.values.push((name.to_owned(), value.to_owned()));
    }

    fn text(&self) -> String {
        let mut out = String::new();
        for (name, value) in &self.values {
            if !name.is_empty() {
                out.push_str(name);
                out.push_str(": ");
            }
            out.push_str(value);
            out.push('\n');
        }
        out
    }
}

/// Where a value is noted. A name that stands twice is noted twice: who reads it later may take
/// either.
struct Note<'a> {
    said: &'a mut Said,
    path: String,
    name: &'a str,
}

impl<'de> DeserializeSeed<'de> for Note<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, reader: D) -> Result<(), D::Error> {
        reader.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Note<'_> {
    type Value = ();

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("JSON")
    }

    fn visit_str<E>(self, text: &str) -> Result<(), E> {
        self.said.add(&self.path, self.name, text);
        Ok(())
    }

    fn visit_u64<E>(self, number: u64) -> Result<(), E> {
        self.said.add(&self.path, self.name, &format!("{number} "));
        Ok(())
    }

    fn visit_i64<E>(self, number: i64) -> Result<(), E> {
        self.said.add(&self.path, self.name, &format!("{number} "));
        Ok(())
    }

    fn visit_f64<E>(self, number: f64) -> Result<(), E> {
        self.said.add(&self.path, self.name, &format!("{number} "));
        Ok(())
    }

    fn visit_bool<E>(self, _: bool) -> Result<(), E> {
        Ok(())
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        for number in 0.. {
            let seed = Note {
                said: &mut *self.said,
                path: format!("{}/{number}", self.path),
                name: self.name,
            };
            if items.next_element_seed(seed)?.is_none() {
                break;
            }
        }
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<(), A::Error> {
        while let Some(name) = members.next_key::<String>()? {
            let seed = Note {
                said: &mut *self.said,
                path: format!("{}/{name}", self.path),
                name: &name,
            };
            members.next_value_seed(seed)?;
        }
        Ok(())
    }
}

/// `a=b&c=d%20e`; nothing, where what is escaped is no text.
fn form(text: &str) -> Option<String> {
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        match byte {
            b'+' => out.push(b' '),
            b'&' => out.push(b'\n'),
            b'=' => out.extend(b": "),
            b'%' => {
                let digits = [rest.next()?, rest.next()?];
                let digits = std::str::from_utf8(&digits).ok()?;
                out.push(u8::from_str_radix(digits, 16).ok()?);
            }
            other => out.push(other),
        }
    }
    String::from_utf8(out).ok()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    #[test]
    fn json_is_read_as_it_reads() {
        let body = br#"{"model":"m","messages":[{"role":"user","content":"Zeile\nKD-123456 f\u00fcr M\u00fcller"}],"n":17,"n":18}"#;
        let text = read(body, "application/json").unwrap();
        assert_eq!(
            text,
            "model: m\nrole: user\ncontent: Zeile\nKD-123456 f\u{fc}r M\u{fc}ller\nn: 17 \nn: 18 \n"
        );
        assert_eq!(read(br#""st\u006fpp""#, "").unwrap(), "stopp\n");
    }

    #[test]
    fn pieces_of_a_stream_are_put_together() {
        let body = b"event: delta\ndata: {\"id\":\"x1\",\"delta\":{\"content\":\"bitte sto\"}}\n\n\
            data: {\"id\":\"x1\",\"delta\":{\"content\":\"pp\"}}\n\ndata: [DONE]\n";
        let text = read(body, "text/event-stream").unwrap();
        assert_eq!(text, "id: x1\ncontent: bitte stopp\n");
        let lines = b"{\"response\":\"sto\"}\n{\"response\":\"pp\"}\n";
        assert_eq!(read(lines, "").unwrap(), "response: stopp\n");
    }

    #[test]
    fn what_is_no_json_stays_as_it_is() {
        for text in [
            "gut",
            "{ kein JSON",
            "ein Satz.\nein zweiter",
            "[1] Quelle",
            "data: x",
            "es ist so",
        ] {
            assert_eq!(read(text.as_bytes(), "").unwrap(), text);
        }
        let sent = read(
            b"a=Jutta%20Kranz&b=%C3%BC+x",
            "application/x-www-form-urlencoded",
        );
        assert_eq!(sent.unwrap(), "a: Jutta Kranz\nb: \u{fc} x");
    }

    #[test]
    fn what_is_no_text_is_refused() {
        let utf16: Vec<u8> = "stopp".bytes().flat_map(|b| [b, 0]).collect();
        for bytes in [b"\xff\xfe".as_slice(), b"M\xfcller", &utf16] {
            assert!(read(bytes, "text/plain").is_err());
        }
        assert!(read(b"a=%ff", "application/x-www-form-urlencoded").is_err());
    }
}
