//! Diagnostics for people: the line, the words, what to do.
//!
//! One block per diagnostic, drawn by `annotate-snippets` in the manner of rustc;
//! a summary line ends the whole. A suggestion is shown as the corrected line.

use super::{Diagnostic, Severity};
use crate::check::model::{Place, Source};
use annotate_snippets::{AnnotationKind, Group, Level, Patch, Renderer, Snippet};

/// All diagnostics as text for a terminal.
pub fn render(diagnostics: &[Diagnostic], sources: &[Source], color: bool) -> String {
    let renderer = if color {
        Renderer::styled()
    } else {
        Renderer::plain()
    };
    let mut out = String::new();
    for diagnostic in diagnostics {
        out.push_str(&renderer.render(&report(diagnostic, sources)));
        out.push_str("\n\n");
    }
    out.push_str(&summary(diagnostics));
    out
}

fn report<'d>(diagnostic: &'d Diagnostic, sources: &'d [Source]) -> Vec<Group<'d>> {
    let level = match diagnostic.code.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
    };
    let title = level
        .primary_title(diagnostic.message.as_str())
        .id(diagnostic.code.id);
    let mut group = Group::with_title(title);
    if let Some(source) = source(diagnostic.place, sources) {
        let mut snippet = snippet(source).annotation(
            AnnotationKind::Primary
                .span(range(diagnostic.place, source))
                .label(Some(diagnostic.label.as_str()).filter(|l| !l.is_empty())),
        );
        for (place, text) in &diagnostic.also {
            if place.source == diagnostic.place.source {
                snippet = snippet.annotation(
                    AnnotationKind::Context
                        .span(range(*place, source))
                        .label(text.as_str()),
                );
            }
        }
        group = group.element(snippet);
    }
    for (place, text) in &diagnostic.also {
        if place.source != diagnostic.place.source
            && let Some(source) = self::source(*place, sources)
        {
            group = group.element(
                snippet(source).annotation(
                    AnnotationKind::Context
                        .span(range(*place, source))
                        .label(text.as_str()),
                ),
            );
        }
    }
    if let Some(example) = &diagnostic.example {
        group = group.element(Level::NOTE.message(example.as_str()));
    }
    if let Some(help) = &diagnostic.help {
        group = group.element(Level::HELP.message(help.as_str()));
    }
    let mut groups = vec![group];
    if let (Some(instead), Some(source)) =
        (&diagnostic.suggestion, source(diagnostic.place, sources))
    {
        groups.push(
            Level::HELP.secondary_title("this would be right").element(
                Snippet::source(source.text.as_str())
                    .path(shown(&source.name))
                    .patch(Patch::new(
                        range(diagnostic.place, source),
                        instead.as_str(),
                    )),
            ),
        );
    }
    groups
}

fn source(place: Place, sources: &[Source]) -> Option<&Source> {
    sources.get(place.source as usize)
}

fn snippet(source: &Source) -> Snippet<'_, annotate_snippets::Annotation<'_>> {
    Snippet::source(source.text.as_str()).path(shown(&source.name))
}

/// The place as a range that surely lies in the text, on character boundaries.
fn range(place: Place, source: &Source) -> std::ops::Range<usize> {
    let floor = |at: u32| {
        let mut at = (at as usize).min(source.text.len());
        while !source.text.is_char_boundary(at) {
            at -= 1;
        }
        at
    };
    let start = floor(place.span.start);
    start..floor(place.span.end).max(start)
}

fn summary(diagnostics: &[Diagnostic]) -> String {
    let count = |severity| {
        diagnostics
            .iter()
            .filter(|d| d.code.severity == severity)
            .count()
    };
    let told = |n: usize, one: &str| match n {
        0 => None,
        1 => Some(format!("1 {one}")),
        n => Some(format!("{n} {one}s")),
    };
    let parts: Vec<String> = [
        told(count(Severity::Error), "error"),
        told(count(Severity::Warning), "warning"),
    ]
    .into_iter()
    .flatten()
    .collect();
    if parts.is_empty() {
        String::new()
    } else {
        let first = diagnostics
            .iter()
            .min_by_key(|d| std::cmp::Reverse(d.code.severity))
            .map_or("", |d| d.code.id);
        format!("{}; `riegel explain {first}` says more\n", parts.join(", "))
    }
}

/// A file's name without what steers a terminal; the rest of a page the renderer looks after.
fn shown(name: &str) -> String {
    let sign = |c: char| match c {
        c if c.is_control() => '\u{FFFD}',
        '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' => '\u{FFFD}',
        c => c,
    };
    name.chars().map(sign).collect()
}
