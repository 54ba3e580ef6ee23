//! Detectors: every line there once, and all of them consistent.
//!
//! Examples are not run here; that needs the scanner (`detect`, R0401).

use super::checks;
use super::codes;
use super::conditions::Conditions;
use super::header;
use super::model::{ConfidenceTable, Context, Detector, Pattern, Place};
use super::names::twice;
use super::patterns;
use super::report::{Sourced, at};
use super::values;
use super::words;
use crate::diagnostics::Diagnostic;
use crate::syntax::ast::{
    self, Check, Confidence, ConfidenceRule, DetectorClause, LowerHow, Path, Span, Spanned, Text,
};
use std::collections::BTreeMap;

/// Window of context words where none is given.
const WINDOW: i64 = 80;
/// The widest window.
const WIDEST: i64 = 1000;
/// Most digits that a detector can ask for (semantics 27).
const MOST_DIGITS: i64 = 15;
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
        let id = &detector.item.id;
        let mut lines = Lines::default();
        for clause in &detector.item.clauses {
            self.line(detector.source, clause, &mut lines);
        }
        self.missing_lines(detector, &lines);
        let confidence = lines
            .confidence
            .map(|rule| table(rule, lines.check.is_some(), lines.context.is_some()));
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
        if library {
            self.few_examples(detector, &lines);
        }
        let wrong = self.report.diagnostics[before..]
            .iter()
            .any(Diagnostic::is_error);
        if wrong {
            return None;
        }
        Some(Detector {
            id: id.value.clone(),
            title: detector.item.title.value.clone(),
            titles: lines.titles.map_or_else(BTreeMap::new, by_language),
            class: lines.class?.value.clone(),
            tags: lines.tags,
            patterns: lines.patterns,
            digits: lines
                .digits
                .map_or(0, |n| u8::try_from(n.value).unwrap_or(0)),
            after: lines.after,
            check: lines.check.cloned(),
            context: lines.context.map(|c| Context {
                words: c.words.iter().map(|w| w.value.clone()).collect(),
                within: u16::try_from(c.within.as_ref().map_or(WINDOW, |w| w.value)).unwrap_or(80),
                before_only: c.before_only,
            }),
            confidence: confidence?,
            lower: lines.lower,
            lower_when: lines.lower_when.cloned(),
            yields_to,
            label: lines.label?.value.clone(),
            examples: lines.examples,
            counterexamples: lines.counterexamples,
            place: detector.at(id.span),
        })
    }

    fn line(&mut self, source: u32, clause: &'a DetectorClause, lines: &mut Lines<'a>) {
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
                lines.has_pattern = true;
                let pattern = self.words(source, *inflected, items, list.as_ref());
                lines.patterns.extend(pattern);
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

    fn regex(&mut self, source: u32, regex: &ast::Regex) -> Option<Pattern> {
        patterns::check(
            self.report,
            Pattern {
                regex: regex.pattern.clone(),
                fold: regex.fold,
                place: at(source, regex.span),
            },
        )
    }

    fn words(
        &mut self,
        source: u32,
        inflected: bool,
        items: &[Text],
        list: Option<&Path>,
    ) -> Option<Pattern> {
        let mut phrases: Vec<&str> = Vec::new();
        let mut place: Option<Place> = None;
        let mut right = true;
        for text in items {
            right &= values::not_empty(self.report, source, text, "the phrase");
            phrases.push(&text.value);
            let here = at(source, text.span);
            place = Some(place.map_or(here, |p| at(source, p.span.to(text.span))));
        }
        if let Some(path) = list {
            let names = self.names;
            place = Some(at(source, path.span));
            match names.lists.get_key_value(path.value.as_str()) {
                Some((&key, list)) => {
                    self.used.insert(key);
                    for text in &list.item.items {
                        right &= values::not_empty(self.report, list.source, text, "the phrase");
                        phrases.push(&text.value);
                    }
                }
                None => {
                    right = false;
                    self.report.unknown(
                        &codes::UNKNOWN_LIST,
                        at(source, path.span),
                        "list",
                        &path.value,
                        names.lists.keys().copied(),
                    );
                }
            }
        }
        if !right || phrases.is_empty() {
            return None;
        }
        patterns::check(self.report, words::pattern(phrases, inflected, place?))
    }

    fn titles(&mut self, source: u32, titles: &ast::Messages) {
        for (i, (language, title)) in titles.texts.iter().enumerate() {
            let mut before = titles.texts.iter().take(i);
            match before.find(|(l, _)| l.value == language.value) {
                Some((first, _)) => {
                    let first = at(source, first.span);
                    twice(self.report, source, "language", language, first);
                }
                None => header::language(self.report, source, language),
            }
            values::not_empty(self.report, source, title, "the title");
        }
    }

    fn context(&mut self, source: u32, context: &ast::Context) {
        for word in &context.words {
            values::not_empty(self.report, source, word, "the context word");
        }
        if let Some(within) = &context.within
            && !(1..=WIDEST).contains(&within.value)
        {
            self.report.push(
                Diagnostic::new(
                    &codes::WINDOW_OUT_OF_RANGE,
                    at(source, within.span),
                    format!("`{}` bytes are no window", within.value),
                )
                .label(format!("expected 1 to {WIDEST}")),
            );
        }
    }

    fn label(&mut self, source: u32, label: &Text) {
        let right = label.value.starts_with(|c: char| c.is_ascii_uppercase())
            && label.value.len() <= 32
            && label
                .value
                .bytes()
                .all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_');
        if right {
            return;
        }
        let better: String = label
            .value
            .trim_matches(['[', ']'])
            .to_uppercase()
            .chars()
            .map(|c| if c.is_ascii_alphanumeric() { c } else { '_' })
            .collect();
        self.report.push(
            Diagnostic::new(
                &codes::BAD_LABEL,
                at(source, label.span),
                format!("`{}` is not a redaction label", label.value),
            )
            .label("expected capital letters, digits and `_`, at most 32")
            .suggest(values::quoted(&better)),
        );
    }

    fn missing_lines(&mut self, detector: Sourced<'a, ast::Detector>, lines: &Lines<'a>) {
        let missing = [
            (lines.class.is_none(), "class", "class personal"),
            (!lines.has_pattern, "pattern", "pattern /\\b\\d{8}\\b/"),
            (
                lines.confidence.is_none(),
                "confidence",
                "confidence low, with context medium",
            ),
            (lines.label.is_none(), "redact as", "redact as \"NUMBER\""),
        ];
        for (_, what, example) in missing.into_iter().filter(|(missing, ..)| *missing) {
            self.report.push(
                Diagnostic::new(
                    &codes::MISSING_LINE,
                    detector.at(detector.item.id.span),
                    format!("the detector `{}` has no `{what}`", detector.item.id.value),
                )
                .label(format!("needs `{what}`"))
                .help(format!("add a line such as `{example}`")),
            );
        }
    }

    fn yields_to(
        &mut self,
        detector: Sourced<'a, ast::Detector>,
        paths: &[&'a Path],
    ) -> Vec<usize> {
        let mut all = Vec::new();
        for path in paths {
            if path.value == detector.item.id.value {
                self.report.push(
                    Diagnostic::new(
                        &codes::YIELDS_TO_ITSELF,
                        detector.at(path.span),
                        format!("`{}` yields to itself", path.value),
                    )
                    .label("would never be found"),
                );
            } else if let Some(other) = self.detector(detector.source, path) {
                all.push(other);
            }
        }
        all.sort_unstable();
        all.dedup();
        all
    }

    fn few_examples(&mut self, detector: Sourced<'a, ast::Detector>, lines: &Lines<'a>) {
        for (count, what) in [
            (lines.examples.len(), "examples"),
            (lines.counterexamples.len(), "counterexamples"),
        ] {
            if count < EXAMPLES {
                self.report.push(
                    Diagnostic::new(
                        &codes::FEW_EXAMPLES,
                        detector.at(detector.item.id.span),
                        format!(
                            "`{}` has {count} of {EXAMPLES} {what}",
                            detector.item.id.value
                        ),
                    )
                    .label(format!("a detector of a library has at least {EXAMPLES}")),
                );
            }
        }
    }
}

fn by_language(titles: &ast::Messages) -> BTreeMap<String, String> {
    let texts = titles.texts.iter();
    texts
        .map(|(language, title)| (language.value.clone(), title.value.clone()))
        .collect()
}

/// Confidence by evidence, or why the line does not fit.
fn table(
    rule: &ConfidenceRule,
    check: bool,
    context: bool,
) -> Result<ConfidenceTable, (&'static str, &'static str)> {
    if (rule.check.is_some() || rule.both.is_some()) && !check {
        return Err(("there is no check that could hold", "speaks of a check"));
    }
    if (rule.context.is_some() || rule.both.is_some()) && !context {
        return Err(("there are no context words", "speaks of context"));
    }
    if check && rule.check.is_none() && rule.both.is_none() {
        return Err(("the check changes nothing", "add `with check …`"));
    }
    let certain = rule.pattern == Some(Confidence::High);
    if context && !certain && rule.context.is_none() && rule.both.is_none() {
        return Err(("the context words change nothing", "add `with context …`"));
    }
    let plain = rule.pattern;
    let with_check = rule.check.unwrap_or(plain);
    let with_context = rule.context.unwrap_or(plain);
    let both = match (check, context) {
        (true, true) => rule
            .both
            .unwrap_or_else(|| stronger(with_check, with_context)),
        (true, false) => with_check,
        (false, true) => with_context,
        (false, false) => plain,
    };
    let table = ConfidenceTable {
        plain,
        context: with_context,
        check: with_check,
        both,
    };
    if with_check < plain || with_context < plain || both < with_check || both < with_context {
        return Err((
            "more evidence must not lower the confidence",
            "weaker with more evidence",
        ));
    }
    if both.is_none() {
        return Err(("nothing would ever be found", "always `none`"));
    }
    Ok(table)
}

fn stronger(a: Option<Confidence>, b: Option<Confidence>) -> Option<Confidence> {
    a.max(b)
}
