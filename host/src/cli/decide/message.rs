//! Messages of rules with their placeholders filled (semantics 17): counts, names of
//! detectors, and attributes that the policy marked `printable`. Never findings.
//! Values are inserted as plain, harmless text.

use super::words::Lang;
use crate::cli::text::harmless;
use riegel::abi::record::Decision;
use riegel::check::model::Value;
use riegel::manifest::{PolicyInfo, RuleInfo, Schema, SlotInfo};
use riegel_kernel::layout::FindingEntry;
use std::collections::BTreeMap;

/// What messages are filled from.
pub struct Facts<'a> {
    /// The policy.
    pub info: &'a PolicyInfo,
    /// Its attributes.
    pub schema: &'a Schema,
    /// What the event said.
    pub values: &'a [Option<Value>],
    /// What came out.
    pub decision: &'a Decision,
    /// Language of the reader.
    pub lang: Lang,
}

impl Facts<'_> {
    /// The text in the reader's language, else in the policy's first, filled.
    pub fn text(&self, texts: &BTreeMap<String, String>, rule: &RuleInfo) -> Option<String> {
        let fallback = self.info.languages.first().map(String::as_str);
        let text = texts
            .get(self.lang.code())
            .or_else(|| texts.get(fallback.unwrap_or_default()))
            .or_else(|| texts.values().next())?;
        Some(harmless(&self.fill(text, rule)))
    }

    /// `{name}` is a placeholder, `{{` a brace.
    fn fill(&self, text: &str, rule: &RuleInfo) -> String {
        let mut out = String::new();
        let mut rest = text;
        while let Some((before, tail)) = rest.split_once('{') {
            out.push_str(before);
            if let Some(tail) = tail.strip_prefix('{') {
                out.push('{');
                rest = tail;
                continue;
            }
            let Some((name, after)) = tail.split_once('}') else {
                out.push('{');
                rest = tail;
                continue;
            };
            match self.placeholder(name.trim(), rule) {
                Some(value) => out.push_str(&value),
                None => out.push_str(&format!("{{{name}}}")),
            }
            rest = after;
        }
        out.push_str(rest);
        out
    }

    fn placeholder(&self, name: &str, rule: &RuleInfo) -> Option<String> {
        match name {
            "count" => Some(self.count(rule).to_string()),
            "detectors" => Some(self.detectors(rule)),
            "rule" => Some(rule.id.clone()),
            "role" => Some(self.role(rule)),
            _ => {
                let index = self
                    .schema
                    .slots
                    .iter()
                    .position(|slot| slot.name == name)?;
                let slot = self.schema.slots.get(index)?;
                slot.printable.then(|| {
                    let sent = self.values.get(index).and_then(Option::as_ref);
                    sent.and_then(|value| show(slot, value))
                        .or_else(|| slot.default.as_ref().map(show_json))
                        .unwrap_or_else(|| self.lang.pick("unbekannt", "unknown").to_owned())
                })
            }
        }
    }

    /// Who approves.
    fn role(&self, rule: &RuleInfo) -> String {
        rule.obligations
            .iter()
            .filter_map(|index| self.info.obligations.get(usize::from(*index)))
            .find(|obligation| obligation.kind == "approve")
            .map(|obligation| obligation.argument.clone())
            .unwrap_or_default()
    }

    /// Findings that the rule speaks of; from low confidence up only where no other is there.
    fn findings(&self, rule: &RuleInfo) -> Vec<&FindingEntry> {
        let about: Vec<&FindingEntry> = self
            .decision
            .findings
            .iter()
            .filter(|finding| rule.detectors.contains(&{ finding.detector }))
            .collect();
        let sure: Vec<&FindingEntry> = about
            .iter()
            .copied()
            .filter(|finding| finding.confidence >= 2)
            .collect();
        if sure.is_empty() { about } else { sure }
    }

    /// Overlapping findings count once, as in rules (semantics 37).
    fn count(&self, rule: &RuleInfo) -> usize {
        let mut groups = 0;
        let mut reached: Option<(u32, u32)> = None;
        for finding in self.findings(rule) {
            match &mut reached {
                Some((part, end)) if *part == finding.part && finding.start < *end => {
                    *end = (*end).max(finding.end);
                }
                _ => {
                    groups += 1;
                    reached = Some((finding.part, finding.end));
                }
            }
        }
        groups
    }

    fn detectors(&self, rule: &RuleInfo) -> String {
        let mut titles: Vec<&str> = Vec::new();
        for finding in self.findings(rule) {
            if let Some(detector) = self.info.detectors.get(usize::from(finding.detector))
                && let title = detector.title_in(self.lang.code())
                && !titles.contains(&title)
            {
                titles.push(title);
            }
        }
        match titles.split_last() {
            None => String::new(),
            Some((only, [])) => (*only).to_owned(),
            Some((last, others)) => format!(
                "{} {} {last}",
                others.join(", "),
                self.lang.pick("und", "and")
            ),
        }
    }
}

fn show(slot: &SlotInfo, value: &Value) -> Option<String> {
    Some(match value {
        Value::Bool(value) => value.to_string(),
        Value::Int(value) => value.to_string(),
        Value::Date(value) => value.to_string(),
        Value::Text(value) => value.clone(),
        Value::Enum(Some(index)) => slot.variants.get(usize::from(*index))?.clone(),
        Value::Enum(None) => return None,
        Value::Set(values) => values.join(", "),
    })
}

fn show_json(value: &serde_json::Value) -> String {
    match value {
        serde_json::Value::String(text) => text.clone(),
        serde_json::Value::Array(items) => {
            let items: Vec<String> = items.iter().map(show_json).collect();
            items.join(", ")
        }
        other => other.to_string(),
    }
}
