//! Detectors: every line there once, and all of them consistent.
//!
//! | file | idea |
//! | --- | --- |
//! | here | the lines one after the other, each once, and the detector that they make |
//! | `parts` | what the lines hold: patterns, phrases, sequences, marks, other detectors |
//! | `whole` | what must be there, and what does not go together |
//! | `confidence` | evidence and the confidence that it gives |
//!
//! Examples are not run here; that needs the scanner (`detect`, R0401).

mod confidence;
mod parts;
mod whole;

use crate::check::conditions::Conditions;
use crate::check::model::{AnyOf, Beside, Context, Detector, Known, Pattern, Sequence};
use crate::check::report::{Sourced, at};
use crate::check::{checks, codes, values};
use crate::diagnostics::Diagnostic;
use crate::syntax::ast::{
    self, Check, ConfidenceRule, DetectorClause, LowerHow, Path, Span, Spanned, Text,
};
use confidence::table;
use std::collections::BTreeMap;

/// Window of context words where none is given.
const WINDOW: i64 = 80;
/// The widest window.
const WIDEST: i64 = 512;
/// Most digits that a detector can ask for (semantics 27).
const MOST_DIGITS: i64 = 15;
/// Most words between two parts of a sequence.
const MOST_GAP: i64 = 12;
/// The widest region of marks, in bytes.
const WIDEST_REGION: i64 = 4_000;
/// Most phrases of `any`.
const MOST_MARKS: usize = 60;
/// How many examples and counterexamples a library's detector ships (catalogue, rule 7).
const EXAMPLES: usize = 3;

/// Lines of one detector, as they are met.
#[derive(Default)]
struct Lines<'a> {
    titles: Option<&'a ast::Messages>,
    class: Option<&'a ast::Name>,
    check: Option<&'a Check>,
    context: Option<&'a ast::Context>,
    confidence: Option<&'a ConfidenceRule>,
    label: Option<&'a Text>,
    digits: Option<&'a Spanned<i64>>,
    tags: Vec<String>,
    patterns: Vec<Pattern>,
    after: Vec<Pattern>,
    lower: Vec<(LowerHow, String)>,
    lower_when: Option<&'a Check>,
    yields_to: Vec<&'a Path>,
    examples: Vec<String>,
    counterexamples: Vec<String>,
    has_pattern: bool,
    sequences: Vec<Sequence>,
    any: Option<(AnyOf, Span)>,
    exact: Option<(Known, Span)>,
    first_word: Option<usize>,
    reported_as: Option<(usize, Span)>,
    hidden: Option<Span>,
    verbatim: Option<Span>,
    beside: Option<(Beside, Span)>,
    against: Option<&'a ast::Context>,
}

impl<'a> Conditions<'_, 'a> {
    /// All detectors, by the indices of [`super::names::Names::detectors`]; wrong ones are `None`.
    pub(super) fn detectors(&mut self, library: bool) -> Vec<Option<Detector>> {
        let all = self.names.detectors.clone();
        all.iter().map(|d| self.one_detector(*d, library)).collect()
    }

    fn one_detector(
        &mut self,
        detector: Sourced<'a, ast::Detector>,
        library: bool,
    ) -> Option<Detector> {
        let before = self.report.diagnostics.len();
        self.begin(detector.source);
        let id = &detector.item.id;
        let mut lines = Lines::default();
        for clause in &detector.item.clauses {
            self.line(detector, clause, &mut lines);
        }
        self.missing_lines(detector, &lines);
        self.forms(detector, &lines);
        self.verbatim(detector, &lines);
        let beside = |check: bool| lines.beside.as_ref().is_some_and(|(b, _)| b.check == check);
        let checked = lines.check.is_some() || beside(true);
        let context = lines.context.is_some() || beside(false);
        let confidence = lines.confidence.map(|rule| table(rule, checked, context));
        let confidence = match (confidence, lines.confidence) {
            (Some(Ok(table)), _) => Some(table),
            (Some(Err((message, label))), Some(rule)) => {
                self.report.push(
                    Diagnostic::new(&codes::CONFIDENCE_MISMATCH, detector.at(rule.span), message)
                        .label(label),
                );
                None
            }
            _ => None,
        };
        let yields_to = self.yields_to(detector, &lines.yields_to);
        let shown = lines.hidden.is_none() && lines.reported_as.is_none();
        // An example of a hashed list would tell what is in it.
        if library && shown && !self.is_hashed(&lines) {
            self.few_examples(detector, &lines);
        }
        let wrong = self.report.diagnostics[before..]
            .iter()
            .any(Diagnostic::is_error);
        if wrong {
            return None;
        }
        let check = self.resolved_all(detector.source, lines.check)?;
        let lower_when = self.resolved_all(detector.source, lines.lower_when)?;
        Some(Detector {
            id: id.value.clone(),
            title: detector.item.title.value.clone(),
            titles: lines.titles.map_or_else(BTreeMap::new, by_language),
            class: lines.class?.value.clone(),
            tags: lines.tags,
            hidden: lines.hidden.is_some(),
            verbatim: lines.verbatim.is_some(),
            reported_as: lines.reported_as.map(|(whole, _)| whole),
            sequences: lines.sequences,
            any: lines.any.map(|(any, _)| any),
            exact: lines.exact.map(|(known, _)| known),
            first_word: lines.first_word,
            against: lines.against.map(words_around),
            beside: lines.beside.map(|(beside, _)| beside),
            patterns: lines.patterns,
            digits: lines
                .digits
                .map_or(0, |n| u8::try_from(n.value).unwrap_or(0)),
            after: lines.after,
            check,
            context: lines.context.map(words_around),
            confidence: confidence?,
            lower: lines.lower,
            lower_when,
            yields_to,
            label: lines.label.map_or_else(String::new, |l| l.value.clone()),
            examples: lines.examples,
            counterexamples: lines.counterexamples,
            place: detector.at(id.span),
        })
    }

    /// Does the detector look for a hashed list?
    fn is_hashed(&self, lines: &Lines<'a>) -> bool {
        let marks = lines.any.iter().flat_map(|(any, _)| &any.marks);
        let mut own = marks.filter_map(|m| m.checked_sub(self.names.detectors.len()));
        let hashed = |own: usize| self.anonymous.get(own).is_some_and(|d| d.exact.is_some());
        lines.exact.is_some() || own.any(hashed)
    }

    fn line(
        &mut self,
        detector: Sourced<'a, ast::Detector>,
        clause: &'a DetectorClause,
        lines: &mut Lines<'a>,
    ) {
        let source = detector.source;
        match clause {
            DetectorClause::Title(titles) => {
                let first = lines.titles.map(|t| t.span);
                if self.once(source, "title", titles.span, first) {
                    lines.titles = Some(titles);
                }
                self.titles(source, titles);
            }
            DetectorClause::Class(class) => {
                let first = lines.class.map(|c| c.span);
                if self.once(source, "class", class.span, first) {
                    lines.class = Some(class);
                }
                if !super::model::CLASSES.contains(&class.value.as_str()) {
                    self.report.unknown(
                        &codes::UNKNOWN_CLASS,
                        at(source, class.span),
                        "class",
                        &class.value,
                        super::model::CLASSES,
                    );
                }
            }
            DetectorClause::Tags(tags) => {
                for tag in tags {
                    if !lines.tags.contains(&tag.value) {
                        lines.tags.push(tag.value.clone());
                    }
                }
            }
            DetectorClause::Pattern(regex) => {
                lines.has_pattern = true;
                let pattern = self.regex(source, regex);
                lines.patterns.extend(pattern);
            }
            DetectorClause::Digits(n) => {
                let first = lines.digits.map(|d| d.span);
                if self.once(source, "digits", n.span, first) {
                    lines.digits = Some(n);
                }
                if !(0..=MOST_DIGITS).contains(&n.value) {
                    self.report.push(
                        Diagnostic::new(
                            &codes::DIGITS_OUT_OF_RANGE,
                            at(source, n.span),
                            format!("`digits {}` cannot be asked", n.value),
                        )
                        .label(format!("expected 0 to {MOST_DIGITS}")),
                    );
                }
            }
            DetectorClause::After(regex) => {
                let pattern = self.regex(source, regex);
                lines.after.extend(pattern);
            }
            DetectorClause::Words {
                inflected,
                items,
                list,
            } => {
                if let Some(path) = list
                    && let Some(known) = self.hashed(path)
                {
                    let first = lines.exact.as_ref().map(|(_, span)| *span);
                    if self.once(source, "words", path.span, first) {
                        lines.exact = Some((known, path.span));
                    }
                    return;
                }
                lines.has_pattern = true;
                let pattern = self.words(source, *inflected, items, list.as_ref());
                lines.patterns.extend(pattern);
            }
            DetectorClause::Sequence(sequence) => {
                if let Some((sequence, anchor)) = self.sequence(source, sequence) {
                    lines.patterns.push(anchor);
                    lines.sequences.push(sequence);
                }
            }
            DetectorClause::AnyOf(any) => {
                let first = lines.any.as_ref().map(|(_, span)| *span);
                if self.once(source, "any", any.span, first)
                    && let Some(found) = self.any_of(detector, any)
                {
                    lines.any = Some((found, any.span));
                }
            }
            DetectorClause::FirstWord(path) => lines.first_word = self.first_word(source, path),
            DetectorClause::ReportedAs(path) => {
                let first = lines.reported_as.map(|(_, span)| span);
                if self.once(source, "reported as", path.span, first) {
                    lines.reported_as = self.reported_as(detector, path);
                }
            }
            DetectorClause::Hidden(span) => {
                if self.once(source, "hidden", *span, lines.hidden) {
                    lines.hidden = Some(*span);
                }
            }
            DetectorClause::Verbatim(span) => {
                if self.once(source, "verbatim", *span, lines.verbatim) {
                    lines.verbatim = Some(*span);
                }
            }
            DetectorClause::Beside(beside) => {
                let first = lines.beside.as_ref().map(|(_, span)| *span);
                if self.once(source, "beside", beside.span, first)
                    && let Some(found) = self.beside(detector, beside)
                {
                    lines.beside = Some((found, beside.span));
                }
            }
            DetectorClause::Against(words) => {
                let first = lines.against.map(|c| c.span);
                if self.once(source, "against", words.span, first) {
                    lines.against = Some(words);
                }
                self.context(source, words);
            }
            DetectorClause::Check(check) => {
                let first = lines.check.map(|c| c.span);
                if self.once(source, "check", check.span, first) {
                    lines.check = Some(check);
                }
                checks::check(self.report, source, check);
            }
            DetectorClause::Context(context) => {
                let first = lines.context.map(|c| c.span);
                if self.once(source, "context", context.span, first) {
                    lines.context = Some(context);
                }
                self.context(source, context);
            }
            DetectorClause::Confidence(rule) => {
                let first = lines.confidence.map(|c| c.span);
                if self.once(source, "confidence", rule.span, first) {
                    lines.confidence = Some(rule);
                }
            }
            DetectorClause::Lower(all) => {
                for lower in all {
                    if values::not_empty(self.report, source, &lower.text, "the text") {
                        lines.lower.push((lower.how, lower.text.value.clone()));
                    }
                }
            }
            DetectorClause::LowerWhen(check) => {
                let first = lines.lower_when.map(|c| c.span);
                if self.once(source, "lower when", check.span, first) {
                    lines.lower_when = Some(check);
                }
                checks::check(self.report, source, check);
            }
            DetectorClause::YieldsTo(paths) => lines.yields_to.extend(paths),
            DetectorClause::RedactAs(label) => {
                let first = lines.label.map(|l| l.span);
                if self.once(source, "redact as", label.span, first) {
                    lines.label = Some(label);
                }
                self.label(source, label);
            }
            DetectorClause::Examples(texts) => {
                lines.examples.extend(texts.iter().map(|t| t.value.clone()));
            }
            DetectorClause::Counterexamples(texts) => {
                lines
                    .counterexamples
                    .extend(texts.iter().map(|t| t.value.clone()));
            }
        }
    }

    fn once(&mut self, source: u32, what: &str, span: Span, first: Option<Span>) -> bool {
        let Some(first) = first else {
            return true;
        };
        self.report.push(
            Diagnostic::new(
                &codes::LINE_TWICE,
                at(source, span),
                format!("`{what}` stands here twice"),
            )
            .label("given again")
            .also(at(source, first), "first given here"),
        );
        false
    }
}

fn by_language(titles: &ast::Messages) -> BTreeMap<String, String> {
    let texts = titles.texts.iter();
    texts
        .map(|(language, title)| (language.value.clone(), title.value.clone()))
        .collect()
}

fn words_around(context: &ast::Context) -> Context {
    Context {
        words: context.words.iter().map(|w| w.value.clone()).collect(),
        within: u16::try_from(context.within.as_ref().map_or(WINDOW, |w| w.value)).unwrap_or(80),
        before_only: context.before_only,
    }
}
