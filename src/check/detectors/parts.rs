//! What the lines of a detector hold: every list, phrase and other detector that they name
//! looked up, every number within its range.

use super::{MOST_GAP, MOST_MARKS, WIDEST, WIDEST_REGION};
use crate::check::conditions::Conditions;
use crate::check::model::{
    AnyOf, Beside, ConfidenceTable, Detector, Known, Pattern, Place, Sequence,
};
use crate::check::report::{Sourced, at};
use crate::check::{codes, patterns, values, words};
use crate::diagnostics::Diagnostic;
use crate::syntax::ast::{
    self, Check, CheckKind, Confidence, DetectorClause, Path, Phrase, Span, Spanned, Text,
};

impl<'a> Conditions<'_, 'a> {
    pub(super) fn regex(&mut self, source: u32, regex: &ast::Regex) -> Option<Pattern> {
        patterns::check(
            self.report,
            Pattern {
                regex: regex.pattern.clone(),
                fold: regex.fold,
                place: at(source, regex.span),
            },
        )
    }

    pub(super) fn words(
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

    /// A hashed list of this name.
    pub(super) fn hashed(&mut self, path: &Path) -> Option<Known> {
        let names = self.names;
        let (&name, list) = names.lists.get_key_value(path.value.as_str())?;
        let hashed = list.item.hashed.as_ref()?;
        self.used.insert(name);
        Some(Known {
            list: hashed.list.clone()?,
            key: hashed
                .key
                .as_ref()
                .and_then(|key| names.param_at.get(key.value.as_str()).copied()),
        })
    }

    /// The elements of a named list.
    pub(super) fn list(&mut self, source: u32, path: &Path) -> Option<Vec<String>> {
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
        if list.item.hashed.is_some() {
            self.report.push(
                Diagnostic::new(
                    &codes::HASHED_ELSEWHERE,
                    at(source, path.span),
                    format!("`{key}` holds hashes, and no words"),
                )
                .label("cannot be read here")
                .help(format!("a detector looks for it with `words {key}`, or `any 3 times of [{key}] within 800`")),
            );
            return None;
        }
        let mut right = true;
        for text in &list.item.items {
            right &= values::not_empty(self.report, list.source, text, "the phrase");
        }
        right.then(|| list.item.items.iter().map(|t| t.value.clone()).collect())
    }

    /// A check with the elements of its lists; outer `None` where one is not there.
    pub(super) fn resolved_all(
        &mut self,
        source: u32,
        check: Option<&Check>,
    ) -> Option<Option<Check>> {
        match check {
            Some(check) => self.resolved(source, check).map(Some),
            None => Some(None),
        }
    }

    pub(super) fn resolved(&mut self, source: u32, check: &Check) -> Option<Check> {
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
    pub(super) fn phrases(&mut self, source: u32, phrases: &[Phrase]) -> Option<Vec<String>> {
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
    pub(super) fn number_in(
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
    pub(super) fn sequence(
        &mut self,
        source: u32,
        sequence: &ast::Sequence,
    ) -> Option<(Sequence, Pattern)> {
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

    pub(super) fn any_of(
        &mut self,
        detector: Sourced<'a, ast::Detector>,
        any: &ast::AnyOf,
    ) -> Option<AnyOf> {
        let source = detector.source;
        let (mut marks, mut texts) = (Vec::new(), None);
        let mut words = Vec::new();
        let place = at(source, any.span);
        for phrase in &any.phrases {
            if let Phrase::Name(path) = phrase
                && let Some(known) = self.hashed(path)
            {
                marks.push(self.marks(detector, place, Vec::new(), Some(known)));
                continue;
            }
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
            let pattern = words::pattern(words.iter().map(String::as_str), false, place);
            let pattern = patterns::check(self.report, pattern)?;
            texts = Some(self.marks(detector, place, vec![pattern], None));
            marks.extend(texts);
        }
        Some(AnyOf {
            least,
            times: any.times,
            marks,
            texts,
            within,
        })
    }

    /// A hidden detector for the marks of one that has none of its own; gives its index.
    fn marks(
        &mut self,
        detector: Sourced<'a, ast::Detector>,
        place: Place,
        patterns: Vec<Pattern>,
        exact: Option<Known>,
    ) -> usize {
        let id = &detector.item.id.value;
        let others = self.anonymous.iter().filter(|d| d.place == place).count();
        let number = if others == 0 {
            String::new()
        } else {
            format!("{}", others + 1)
        };
        self.anonymous.push(Detector {
            id: format!("{id}#marks{number}"),
            title: detector.item.title.value.clone(),
            hidden: true,
            patterns,
            exact,
            confidence: ConfidenceTable {
                plain: Some(Confidence::High),
                context: Some(Confidence::High),
                check: Some(Confidence::High),
                both: Some(Confidence::High),
            },
            place,
            ..Detector::default()
        });
        self.names.detectors.len() + self.anonymous.len() - 1
    }

    /// The detector as which this one's findings come out: one that is itself, and shown.
    pub(super) fn reported_as(
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

    pub(super) fn first_word(&mut self, source: u32, path: &Path) -> Option<usize> {
        let words = self.list(source, path)?;
        Some(self.word_list(words))
    }

    /// The place of these words among the policy's lists.
    pub(in crate::check) fn word_list(&mut self, words: Vec<String>) -> usize {
        let known = self.lists.iter().position(|list| *list == words);
        known.unwrap_or_else(|| {
            self.lists.push(words);
            self.lists.len() - 1
        })
    }

    pub(super) fn beside(
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
}
