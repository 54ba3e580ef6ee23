//! Detectors: every line there once, and all of them consistent.
//!
//! Examples are not run here; that needs the scanner (`detect`, R0401).

use super::checks;
use super::codes;
use super::conditions::Conditions;
use super::header;
use super::model::{AnyOf, Beside, ConfidenceTable, Context, Detector, Pattern, Place, Sequence};
use super::names::twice;
use super::patterns;
use super::report::{Sourced, at};
use super::values;
use super::words;
use crate::diagnostics::Diagnostic;
use crate::syntax::ast::{
    self, Check, CheckKind, Confidence, ConfidenceRule, DetectorClause, LowerHow, Path, Phrase,
    Span, Spanned, Text,
};
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
    first_word: Option<usize>,
    reported_as: Option<(usize, Span)>,
    hidden: Option<Span>,
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
        let id = &detector.item.id;
        let mut lines = Lines::default();
        for clause in &detector.item.clauses {
            self.line(detector, clause, &mut lines);
        }
        self.missing_lines(detector, &lines);
        self.forms(detector, &lines);
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
        if library && lines.hidden.is_none() && lines.reported_as.is_none() {
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
            reported_as: lines.reported_as.map(|(whole, _)| whole),
            sequences: lines.sequences,
            any: lines.any.map(|(any, _)| any),
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
        let mut phrases: Vec<String> = Vec::new();
        let mut place: Option<Place> = None;
        let mut right = true;
        for text in items {
            right &= values::not_empty(self.report, source, text, "the phrase");
            phrases.push(text.value.clone());
            let here = at(source, text.span);
            place = Some(place.map_or(here, |p| at(source, p.span.to(text.span))));
        }
        if let Some(path) = list {
            place = Some(at(source, path.span));
            match self.list(source, path) {
                Some(words) => phrases.extend(words),
                None => right = false,
            }
        }
        if !right || phrases.is_empty() {
            return None;
        }
        let phrases = phrases.iter().map(String::as_str);
        patterns::check(self.report, words::pattern(phrases, inflected, place?))
    }

    /// The elements of a named list.
    fn list(&mut self, source: u32, path: &Path) -> Option<Vec<String>> {
        let names = self.names;
        let Some((&key, list)) = names.lists.get_key_value(path.value.as_str()) else {
            self.report.unknown(
                &codes::UNKNOWN_LIST,
                at(source, path.span),
                "list",
                &path.value,
                names.lists.keys().copied(),
            );
            return None;
        };
        self.used.insert(key);
        let mut right = true;
        for text in &list.item.items {
            right &= values::not_empty(self.report, list.source, text, "the phrase");
        }
        right.then(|| list.item.items.iter().map(|t| t.value.clone()).collect())
    }

    /// A check with the elements of its lists; outer `None` where one is not there.
    fn resolved_all(&mut self, source: u32, check: Option<&Check>) -> Option<Option<Check>> {
        match check {
            Some(check) => self.resolved(source, check).map(Some),
            None => Some(None),
        }
    }

    fn resolved(&mut self, source: u32, check: &Check) -> Option<Check> {
        let mut all = |parts: &[Check]| -> Option<Vec<Check>> {
            parts.iter().map(|c| self.resolved(source, c)).collect()
        };
        let kind = match &check.kind {
            CheckKind::And(parts) => CheckKind::And(all(parts)?),
            CheckKind::Or(parts) => CheckKind::Or(all(parts)?),
            CheckKind::Not(inner) => CheckKind::Not(Box::new(self.resolved(source, inner)?)),
            CheckKind::InList { word, list, .. } => CheckKind::InList {
                word: word.clone(),
                list: list.clone(),
                words: self.list(source, list)?.into(),
            },
            other => other.clone(),
        };
        Some(Check {
            kind,
            span: check.span,
        })
    }

    /// The words of phrases and named lists.
    fn phrases(&mut self, source: u32, phrases: &[Phrase]) -> Option<Vec<String>> {
        let mut words = Vec::new();
        for phrase in phrases {
            match phrase {
                Phrase::Text(text) => {
                    if !values::not_empty(self.report, source, text, "the phrase") {
                        return None;
                    }
                    words.push(text.value.clone());
                }
                Phrase::Name(path) => words.extend(self.list(source, path)?),
            }
        }
        Some(words)
    }

    /// A number between `least` and `most`, for `what`.
    fn number_in(
        &mut self,
        source: u32,
        number: &Spanned<i64>,
        (least, most): (i64, i64),
        what: &str,
    ) -> Option<u16> {
        if (least..=most).contains(&number.value) {
            return u16::try_from(number.value).ok();
        }
        let text = format!("{} cannot be {}", what, number.value);
        let place = at(source, number.span);
        self.report.push(
            Diagnostic::new(&codes::NUMBER_OUT_OF_RANGE, place, text)
                .label(format!("expected {least} to {most}")),
        );
        None
    }

    /// A sequence, and the pattern of its last part, at which it is looked for.
    fn sequence(&mut self, source: u32, sequence: &ast::Sequence) -> Option<(Sequence, Pattern)> {
        let mut parts = Vec::new();
        let mut gaps = Vec::new();
        for part in &sequence.parts {
            parts.push(self.phrases(source, &part.phrases)?);
            if let Some(gap) = &part.gap {
                gaps.push(self.number_in(source, gap, (0, MOST_GAP), "a gap")?);
            }
        }
        let anchor = parts.last()?.iter().map(String::as_str);
        let place = at(source, sequence.span);
        let anchor = words::pattern(anchor, sequence.inflected, place);
        let anchor = patterns::check(self.report, anchor)?;
        Some((
            Sequence {
                inflected: sequence.inflected,
                parts,
                gaps,
                either: sequence.either,
            },
            anchor,
        ))
    }

    fn any_of(&mut self, detector: Sourced<'a, ast::Detector>, any: &ast::AnyOf) -> Option<AnyOf> {
        let source = detector.source;
        let (mut marks, mut texts) = (Vec::new(), None);
        let mut words = Vec::new();
        for phrase in &any.phrases {
            if let Phrase::Name(path) = phrase
                && let Some(&other) = self.names.detector_at.get(path.value.as_str())
            {
                marks.push(other);
                continue;
            }
            words.extend(self.phrases(source, std::slice::from_ref(phrase))?);
        }
        let least = self.number_in(source, &any.least, (2, 50), "the number of marks")?;
        let within = self.number_in(source, &any.within, (1, WIDEST_REGION), "the region")?;
        if !words.is_empty() {
            if words.len() > MOST_MARKS {
                let text = format!("{} phrases in one `any`", words.len());
                let place = at(source, any.span);
                self.report.push(
                    Diagnostic::new(&codes::NUMBER_OUT_OF_RANGE, place, text)
                        .label(format!("at most {MOST_MARKS}")),
                );
                return None;
            }
            let place = at(source, any.span);
            let pattern = words::pattern(words.iter().map(String::as_str), false, place);
            let pattern = patterns::check(self.report, pattern)?;
            texts = Some(self.names.detectors.len() + self.anonymous.len());
            marks.extend(texts);
            self.anonymous.push(Detector {
                id: format!("{}#marks", detector.item.id.value),
                title: detector.item.title.value.clone(),
                hidden: true,
                patterns: vec![pattern],
                confidence: ConfidenceTable {
                    plain: Some(Confidence::High),
                    context: Some(Confidence::High),
                    check: Some(Confidence::High),
                    both: Some(Confidence::High),
                },
                place,
                ..Detector::default()
            });
        }
        Some(AnyOf {
            least,
            times: any.times,
            marks,
            texts,
            within,
        })
    }

    /// The detector as which this one's findings come out: one that is itself, and shown.
    fn reported_as(
        &mut self,
        detector: Sourced<'a, ast::Detector>,
        path: &Path,
    ) -> Option<(usize, Span)> {
        let whole = self.detector(detector.source, path)?;
        let item = self.names.detectors.get(whole)?.item;
        let passed_on = |c: &DetectorClause| {
            matches!(c, DetectorClause::ReportedAs(_) | DetectorClause::Hidden(_))
        };
        if item.id.value == detector.item.id.value || item.clauses.iter().any(passed_on) {
            let text = format!("nothing can be reported as `{}`", path.value);
            self.report.push(
                Diagnostic::new(&codes::NOT_REPORTED, detector.at(path.span), text)
                    .label("hidden, reported as another one, or this one itself"),
            );
            return None;
        }
        Some((whole, path.span))
    }

    fn first_word(&mut self, source: u32, path: &Path) -> Option<usize> {
        let words = self.list(source, path)?;
        Some(self.word_list(words))
    }

    /// The place of these words among the policy's lists.
    pub(super) fn word_list(&mut self, words: Vec<String>) -> usize {
        let known = self.lists.iter().position(|list| *list == words);
        known.unwrap_or_else(|| {
            self.lists.push(words);
            self.lists.len() - 1
        })
    }

    fn beside(
        &mut self,
        detector: Sourced<'a, ast::Detector>,
        beside: &'a ast::Beside,
    ) -> Option<Beside> {
        let source = detector.source;
        let own = self.names.detector_at.get(detector.item.id.value.as_str());
        let own = own.copied();
        let mut detectors = Vec::new();
        let mut words = Vec::new();
        for target in &beside.targets {
            match target {
                ast::Target::Detector(path)
                    if self.names.lists.contains_key(path.value.as_str()) =>
                {
                    words.extend(self.list(source, path)?);
                }
                target => detectors.extend(self.any_target(source, target)?),
            }
        }
        detectors.retain(|d| Some(*d) != own);
        detectors.sort_unstable();
        detectors.dedup();
        if detectors.is_empty() && words.is_empty() {
            self.report.push(
                Diagnostic::new(
                    &codes::NEVER_BESIDE,
                    at(source, beside.span),
                    "nothing but itself could stand beside",
                )
                .label("would never hold"),
            );
            return None;
        }
        let within = self.number_in(source, &beside.within, (1, WIDEST), "a window")?;
        Some(Beside {
            detectors,
            words,
            within,
            check: beside.check,
        })
    }

    /// A detector has patterns, or sequences, or marks.
    fn forms(&mut self, detector: Sourced<'a, ast::Detector>, lines: &Lines<'a>) {
        let is = |what: fn(&DetectorClause) -> bool| detector.item.clauses.iter().any(what);
        let sequence = is(|c| matches!(c, DetectorClause::Sequence(_)));
        let any = is(|c| matches!(c, DetectorClause::AnyOf(_)));
        let plain = lines.has_pattern || lines.check.is_some() || lines.digits.is_some();
        let plain = plain || !lines.after.is_empty() || lines.first_word.is_some();
        if u8::from(sequence) + u8::from(any) + u8::from(plain) > 1 {
            self.report.push(
                Diagnostic::new(
                    &codes::TWO_FORMS,
                    detector.at(detector.item.id.span),
                    format!(
                        "`{}` has lines of more than one form",
                        detector.item.id.value
                    ),
                )
                .label("expected patterns, or sequences, or `any`")
                .help("make two detectors of it; `check`, `after` and `digits` belong to patterns"),
            );
        }
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
            (
                !lines.has_pattern && !composite(detector.item),
                "pattern",
                "pattern /\\b\\d{8}\\b/",
            ),
            (
                lines.confidence.is_none(),
                "confidence",
                "confidence low, with context medium",
            ),
            (
                lines.label.is_none() && lines.hidden.is_none() && lines.reported_as.is_none(),
                "redact as",
                "redact as \"NUMBER\"",
            ),
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

fn words_around(context: &ast::Context) -> Context {
    Context {
        words: context.words.iter().map(|w| w.value.clone()).collect(),
        within: u16::try_from(context.within.as_ref().map_or(WINDOW, |w| w.value)).unwrap_or(80),
        before_only: context.before_only,
    }
}

/// Is it made of other parts than patterns?
fn composite(detector: &ast::Detector) -> bool {
    let parts =
        |c: &DetectorClause| matches!(c, DetectorClause::Sequence(_) | DetectorClause::AnyOf(_));
    detector.clauses.iter().any(parts)
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
