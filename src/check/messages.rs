//! Messages: every language of the policy, and only placeholders that a host may
//! fill in.
//!
//! A message may show counts, names of detectors, the rule, the approving role,
//! and attributes marked `printable`; never a finding (semantics 17). `{{` is a
//! brace.

use super::codes;
use super::model::Slot;
use super::names::{Names, twice};
use super::report::{Report, at};
use crate::diagnostics::Diagnostic;
use crate::syntax::ast::{Messages, Span, Text};

/// Placeholders that every message has.
const ALWAYS: [&str; 4] = ["count", "detectors", "rule", "role"];

/// The texts in the order of `languages`.
pub(super) fn messages(
    report: &mut Report,
    names: &Names<'_>,
    source: u32,
    text_of_source: &str,
    what: &str,
    messages: &Messages,
    languages: &[String],
) -> Vec<String> {
    for (i, (language, text)) in messages.texts.iter().enumerate() {
        let first = messages
            .texts
            .iter()
            .take(i)
            .find(|(l, _)| l.value == language.value);
        if let Some((first, _)) = first {
            twice(report, source, "language", language, at(source, first.span));
        } else if !languages.is_empty() && !languages.contains(&language.value) {
            let mut d = Diagnostic::new(
                &codes::SUPERFLUOUS_LANGUAGE,
                at(source, language.span),
                format!(
                    "the policy does not declare the language `{}`",
                    language.value
                ),
            );
            d = match super::suggest::nearest(&language.value, languages.iter().map(String::as_str))
                .filter(|near| !messages.texts.iter().any(|(l, _)| l.value == *near))
            {
                Some(near) => d
                    .label(format!("did you mean `{near}`?"))
                    .suggest(near.to_owned()),
                None => d.label("not declared").help(format!(
                    "declared are `{}`; add it to `languages` in the header, with a text in every message",
                    languages.join("`, `")
                )),
            };
            report.push(d);
        }
        let said = format!("`{what}` in `{}`", language.value);
        if super::values::not_empty(report, source, text, &said) {
            placeholders(report, names, source, text_of_source, text);
        }
    }
    let mut all = Vec::new();
    for language in languages {
        match messages.texts.iter().find(|(l, _)| l.value == *language) {
            Some((_, text)) => all.push(text.value.clone()),
            None => {
                report.push(
                    Diagnostic::new(
                        &codes::MISSING_TRANSLATION,
                        at(source, messages.span),
                        format!("`{what}` has no text in `{language}`"),
                    )
                    .label(format!("`{language}` is missing"))
                    .help("the header's `languages` asks for it in every message"),
                );
            }
        }
    }
    all
}

fn placeholders(report: &mut Report, names: &Names<'_>, source: u32, file: &str, text: &Text) {
    let mut rest = text.value.as_str();
    while let Some(open) = rest.find('{') {
        rest = rest.get(open + 1..).unwrap_or("");
        if let Some(after) = rest.strip_prefix('{') {
            rest = after;
            continue;
        }
        let Some(close) = rest.find('}') else {
            report.push(
                Diagnostic::new(
                    &codes::OPEN_PLACEHOLDER,
                    at(source, text.span),
                    "a placeholder in this text does not end",
                )
                .label("`{` without `}`")
                .help("write `{{` for a brace"),
            );
            return;
        };
        let name = rest.get(..close).unwrap_or("");
        rest = rest.get(close + 1..).unwrap_or("");
        placeholder(report, names, source, file, text, name);
    }
}

fn placeholder(
    report: &mut Report,
    names: &Names<'_>,
    source: u32,
    file: &str,
    text: &Text,
    name: &str,
) {
    if ALWAYS.contains(&name) {
        return;
    }
    let place = at(source, name_span(file, text.span, name));
    let printable = |slot: &&Slot| slot.printable;
    match names.slot_at.get(name).and_then(|&i| names.slots.get(i)) {
        Some(slot) if slot.printable => {}
        Some(_) => report.push(
            Diagnostic::new(
                &codes::NOT_PRINTABLE,
                place,
                format!("messages may not show `{name}`"),
            )
            .label("not marked `printable`")
            .help("leave it out, or mark the attribute `printable` where it says nothing about a person"),
        ),
        None => report.unknown(
            &codes::UNKNOWN_PLACEHOLDER,
            place,
            "placeholder",
            name,
            ALWAYS.into_iter().chain(
                names
                    .slots
                    .iter()
                    .filter(printable)
                    .map(|s| s.name.as_str()),
            ),
        ),
    }
}

/// The place of `{name}` in the text as written; the whole text where escapes hide it.
fn name_span(file: &str, text: Span, name: &str) -> Span {
    let written = file.get(text.range()).unwrap_or("");
    match written.find(&format!("{{{name}}}")) {
        Some(i) => {
            let start = text.start as usize + i + 1;
            Span::new(start, start + name.len())
        }
        None => text,
    }
}
