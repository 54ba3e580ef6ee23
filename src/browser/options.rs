//! What a caller may say beside a policy's text.

use crate::check::model::Source;
use crate::syntax::ast::Date;
use serde::Deserialize;
use std::collections::BTreeMap;
use wasm_bindgen::{JsError, JsValue};

/// See `Options` in `types.rs`.
#[derive(Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Options {
    /// What the policy is called in diagnostics, and in the module.
    pub name: String,
    /// `YYYY-MM-DD`.
    today: Option<String>,
    /// Policies and lists beside it: dotted name or file name, and text.
    pub files: BTreeMap<String, String>,
    /// Layers over it, in their order: name and text.
    pub layers: Vec<(String, String)>,
}

impl Default for Options {
    fn default() -> Self {
        Options {
            name: "policy.riegel".to_owned(),
            today: None,
            files: BTreeMap::new(),
            layers: Vec::new(),
        }
    }
}

impl Options {
    /// Reads them; none are fine too.
    pub fn read(value: JsValue) -> Result<Self, JsError> {
        if value.is_undefined() || value.is_null() {
            return Ok(Options::default());
        }
        let options: Options = serde_wasm_bindgen::from_value(value)
            .map_err(|error| JsError::new(&format!("these options cannot be read: {error}")))?;
        if options.today.is_some() && options.today().is_none() {
            return Err(JsError::new("`today` is written YYYY-MM-DD and must exist"));
        }
        Ok(options)
    }

    /// The day on which a policy is checked.
    pub fn today(&self) -> Option<Date> {
        date(self.today.as_deref()?)
    }
}

/// A day that exists.
pub fn date(text: &str) -> Option<Date> {
    let mut parts = text.splitn(3, '-');
    let shaped = text.len() == 10 && text.bytes().all(|b| b == b'-' || b.is_ascii_digit());
    let date = Date {
        year: parts.next()?.parse().ok()?,
        month: parts.next()?.parse().ok()?,
        day: parts.next()?.parse().ok()?,
    };
    let real = shaped && date.year > 0 && (1..=12).contains(&date.month) && date.day > 0;
    (real && Date::from_days(date.days()) == Some(date)).then_some(date)
}

/// A single source, for diagnostics of a text that was not checked.
pub fn sources(name: &str, text: &str) -> Vec<Source> {
    vec![Source {
        name: name.to_owned(),
        text: text.to_owned(),
    }]
}
