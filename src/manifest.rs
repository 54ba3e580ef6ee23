//! What a module says about itself, in custom sections of JSON. A host in any
//! language reads these and needs nothing else.
//!
//! | section | content |
//! | --- | --- |
//! | `riegel.schema` | [`Schema`]: how to write an event frame and a configuration frame |
//! | `riegel.policy` | [`PolicyInfo`]: what to show for a decision record |
//! | `riegel.bound` | [`Bound`]: what one decision may cost |
//! | `riegel.selftest` | [`Selftest`]: vectors a host runs when it loads the module |
//! | `riegel.digest` | 32 bytes: SHA-256 of all bytes before this section, which is the last |

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// ABI version that this crate writes.
pub const ABI_VERSION: u32 = 1;

/// `riegel.schema`
#[derive(Clone, Debug, Serialize, Deserialize, PartialEq)]
pub struct Schema {
    /// [`ABI_VERSION`]
    pub abi: u32,
    /// Goes into every frame: FNV-1a of slot names and types and parameter names and types.
    pub hash: u32,
    /// Goes into every frame that gives texts by number.
    #[serde(default)]
    pub dictionary: u32,
    /// IANA name of the zone in which `today` is computed.
    pub time_zone: String,
    /// Slots in frame order.
    pub slots: Vec<SlotInfo>,
    /// Parameters in order.
    pub params: Vec<ParamInfo>,
}

/// An attribute.
#[derive(Clone, Debug, Serialize, Deserialize, PartialEq)]
pub struct SlotInfo {
    /// Dotted name.
    pub name: String,
    /// `bool`, `int`, `date`, `string`, `host`, `enum`, `set`
    #[serde(rename = "type")]
    pub ty: String,
    /// An event without it ends in `on_error`.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub required: bool,
    /// Default for people; the module applies it itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default: Option<serde_json::Value>,
    /// Messages may show it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub printable: bool,
    /// Enum variants.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub variants: Vec<String>,
    /// A frame may say which of these the value is, instead of its bytes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub texts: Option<Vec<String>>,
}

/// A parameter.
#[derive(Clone, Debug, Serialize, Deserialize, PartialEq)]
pub struct ParamInfo {
    /// Name.
    pub name: String,
    /// `bool`, `int`, `date`, `strings`, `hosts`
    #[serde(rename = "type")]
    pub ty: String,
    /// Default (dates as `YYYY-MM-DD`).
    pub default: serde_json::Value,
    /// int: least.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min: Option<i32>,
    /// int: greatest; lists: most elements.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max: Option<i32>,
}

/// `riegel.policy`
#[derive(Clone, Debug, Serialize, Deserialize, PartialEq)]
pub struct PolicyInfo {
    /// Identifier.
    pub id: String,
    /// Title.
    pub title: String,
    /// Version.
    pub version: String,
    /// Hex of the record's `build` and `build2` (little-endian bytes, 32 digits).
    pub build: String,
    /// Version of the compiler.
    pub compiler: String,
    /// Languages, first is the fallback.
    pub languages: Vec<String>,
    /// `YYYY-MM-DD`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub review_by: Option<String>,
    /// `block`, `approve` or `justify`
    pub on_error: String,
    /// Stages: (`observe`, `2026-12-01`) …
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub stages: Vec<(String, String)>,
    /// Ids of the policies that it is composed of; 0 is this policy.
    pub layers: Vec<String>,
    /// Rules by index.
    pub rules: Vec<RuleInfo>,
    /// Obligations by index; 0 is `show`.
    pub obligations: Vec<ObligationInfo>,
    /// Detectors by index.
    pub detectors: Vec<DetectorInfo>,
    /// Source names, for clauses.
    pub sources: Vec<String>,
}

/// A rule.
#[derive(Clone, Debug, Serialize, Deserialize, PartialEq)]
pub struct RuleInfo {
    /// Identifier.
    pub id: String,
    /// Layer that set it: index into [`PolicyInfo::layers`].
    #[serde(default)]
    pub layer: u16,
    /// What layers above added: (layer, in words).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tightened: Vec<(u16, Vec<String>)>,
    /// Verdict.
    pub verdict: String,
    /// Legal bases.
    pub cite: Vec<String>,
    /// Language -> message.
    pub say: BTreeMap<String, String>,
    /// Language -> hint.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub hint: BTreeMap<String, String>,
    /// Obligation indices.
    pub obligations: Vec<u16>,
    /// Detectors that its findings messages count and that it redacts.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub redact: Vec<u16>,
    /// Detectors its condition speaks of, else those that it redacts: `{count}` counts their findings.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub detectors: Vec<u16>,
    /// Clauses: (source, start, end, line, text as written).
    pub clauses: Vec<ClauseInfo>,
    /// Own stages.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stages: Option<Vec<(String, String)>>,
    /// Exceptions: (reason, last day).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub exceptions: Vec<(String, String)>,
}

/// A clause of a rule.
#[derive(Clone, Debug, Serialize, Deserialize, PartialEq)]
pub struct ClauseInfo {
    /// Source index.
    pub source: u32,
    /// First byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
    /// As written, white space folded.
    pub text: String,
}

/// An obligation.
#[derive(Clone, Debug, Serialize, Deserialize, PartialEq)]
pub struct ObligationInfo {
    /// `show`, `justify`, `redact`, `approve`, `disclose`, `train`, `label`, `notify`
    pub kind: String,
    /// Role, unit or label.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub argument: String,
}

/// A detector.
#[derive(Clone, Debug, Serialize, Deserialize, PartialEq)]
pub struct DetectorInfo {
    /// Stable id.
    pub id: String,
    /// Name for people, where [`Self::titles`] has none.
    pub title: String,
    /// Language -> name for people; only languages of the policy.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub titles: BTreeMap<String, String>,
    /// Class; empty for `content …`.
    pub class: String,
    /// Placeholder, such as `IBAN`.
    pub label: String,
}

impl DetectorInfo {
    /// Name for people in a language.
    pub fn title_in(&self, language: &str) -> &str {
        self.titles.get(language).unwrap_or(&self.title)
    }
}

/// `riegel.bound`: steps are automaton transitions or comparisons, about a nanosecond each.
#[derive(Clone, Debug, Serialize, Deserialize, PartialEq)]
pub struct Bound {
    /// Steps of a decision without content, at most.
    pub steps: u64,
    /// Steps per byte of content, at most.
    pub steps_per_byte: u64,
    /// Longest match in bytes.
    pub longest_match: u32,
    /// Bytes of memory without content.
    pub memory: u64,
    /// Bytes of memory per byte of content, at most.
    pub memory_per_byte: u64,
}

/// `riegel.selftest`
#[derive(Clone, Debug, Serialize, Deserialize, PartialEq)]
pub struct Selftest {
    /// The vectors.
    pub vectors: Vec<Vector>,
}

/// One vector: bytes in, bytes out, in hex.
#[derive(Clone, Debug, Serialize, Deserialize, PartialEq)]
pub struct Vector {
    /// Name of the test it comes from.
    pub name: String,
    /// Event frame.
    pub frame: String,
    /// Content.
    pub text: String,
    /// Decision record.
    pub record: String,
}
