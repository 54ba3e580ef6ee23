//! A detector as a whole: the lines that it needs, and those that do not go together.

use super::{EXAMPLES, Lines, WIDEST};
use crate::check::conditions::Conditions;
use crate::check::names::twice;
use crate::check::report::{Sourced, at};
use crate::check::{codes, header, values};
use crate::diagnostics::Diagnostic;
use crate::syntax::ast::{self, DetectorClause, Path, Text};

impl<'a> Conditions<'_, 'a> {
    /// A detector has patterns, or sequences, or marks.
    pub(super) fn forms(&mut self, detector: Sourced<'a, ast::Detector>, lines: &Lines<'a>) {
        let is = |what: fn(&DetectorClause) -> bool| detector.item.clauses.iter().any(what);
        let sequence = is(|c| matches!(c, DetectorClause::Sequence(_)));
        let any = is(|c| matches!(c, DetectorClause::AnyOf(_)));
        let plain = lines.has_pattern || lines.check.is_some() || lines.digits.is_some();
        let plain = plain || !lines.after.is_empty() || lines.first_word.is_some();
        let exact = lines.exact.is_some();
        if u8::from(sequence) + u8::from(any) + u8::from(plain) + u8::from(exact) > 1 {
            self.report.push(
                Diagnostic::new(
                    &codes::TWO_FORMS,
                    detector.at(detector.item.id.span),
                    format!(
                        "`{}` has lines of more than one form",
                        detector.item.id.value
                    ),
                )
                .label("expected patterns, or sequences, or `any`, or a hashed list")
                .help("make two detectors of it; `check`, `after` and `digits` belong to patterns"),
            );
        }
    }

    /// What reads a part as it is written has nothing around it that is read likewise.
    pub(super) fn verbatim(&mut self, detector: Sourced<'a, ast::Detector>, lines: &Lines<'a>) {
        let around = |c: &&DetectorClause| {
            matches!(
                c,
                DetectorClause::Sequence(_)
                    | DetectorClause::AnyOf(_)
                    | DetectorClause::FirstWord(_)
                    | DetectorClause::Context(_)
                    | DetectorClause::Against(_)
                    | DetectorClause::Beside(_)
            )
        };
        let around = detector.item.clauses.iter().any(|c| around(&c)) || lines.exact.is_some();
        if let Some(span) = lines.verbatim.filter(|_| around) {
            let text = format!("`{}` looks around", detector.item.id.value);
            self.report.push(
                Diagnostic::new(&codes::VERBATIM_ALONE, detector.at(span), text)
                    .label("a verbatim detector has patterns, and a check at most")
                    .help("leave out `verbatim`, or what looks at the surroundings"),
            );
        }
    }

    pub(super) fn titles(&mut self, source: u32, titles: &ast::Messages) {
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

    pub(super) fn context(&mut self, source: u32, context: &ast::Context) {
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

    pub(super) fn label(&mut self, source: u32, label: &Text) {
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

    pub(super) fn missing_lines(
        &mut self,
        detector: Sourced<'a, ast::Detector>,
        lines: &Lines<'a>,
    ) {
        let missing = [
            (lines.class.is_none(), "class", "class personal"),
            (
                !lines.has_pattern && lines.exact.is_none() && !composite(detector.item),
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

    pub(super) fn yields_to(
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

    pub(super) fn few_examples(&mut self, detector: Sourced<'a, ast::Detector>, lines: &Lines<'a>) {
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

/// Is it made of other parts than patterns?
fn composite(detector: &ast::Detector) -> bool {
    let parts =
        |c: &DetectorClause| matches!(c, DetectorClause::Sequence(_) | DetectorClause::AnyOf(_));
    detector.clauses.iter().any(parts)
}
