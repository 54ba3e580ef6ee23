//! `test` blocks: an event, parameters, and what must come out.

use super::codes;
use super::conditions::Conditions;
use super::findings::part_bits;
use super::model::{Config, Event, Expectation, Expected, Obligation, Part, Test};
use super::params;
use super::report::{Sourced, at};
use super::rules::obligation;
use super::values;
use crate::diagnostics::Diagnostic;
use crate::syntax::ast::{self, Confidence, Date, Expect, PartFilter, Path, Span, TestLine};

/// Today in tests where nothing else is said.
pub(super) const TODAY: Date = Date {
    year: 2026,
    month: 12,
    day: 1,
};
/// Role `user`.
const USER: u8 = 1;

impl<'a> Conditions<'_, 'a> {
    /// Lowers one test.
    pub(super) fn test(
        &mut self,
        test: Sourced<'a, ast::Test>,
        rules: &[&str],
        obligations: &[Obligation],
        today: Option<Date>,
    ) -> Option<Test> {
        let before = self.report.diagnostics.len();
        let source = test.source;
        let mut event = Event {
            values: vec![None; self.names.slots.len()],
            today: today.unwrap_or(TODAY).days(),
            ..Event::default()
        };
        let mut config: Config = vec![None; self.names.params.len()];
        let mut expect = Vec::new();
        let mut day: Option<Span> = None;
        for line in &test.item.lines {
            match line {
                TestLine::Given(all) => {
                    for (path, literal) in all {
                        self.given(source, path, literal, &mut event);
                    }
                }
                TestLine::Today(date) => {
                    if let Some(first) = day {
                        self.given_twice(source, "today", date.span, Some(first));
                    }
                    day = Some(date.span);
                    event.today = date.value.days();
                }
                TestLine::Param(name, literal) => {
                    let Some(&param) = self.names.param_at.get(name.value.as_str()) else {
                        self.unknown_param(at(source, name.span), &name.value);
                        continue;
                    };
                    let value = self
                        .names
                        .params
                        .get(param)
                        .and_then(|p| params::set(self.report, source, p, literal));
                    if let Some(to) = config.get_mut(param) {
                        if to.is_some() {
                            self.given_twice(source, &name.value, name.span, None);
                        }
                        *to = value;
                    }
                }
                TestLine::Text { part, text } => add_part(&mut event, part, &text.value),
                TestLine::Expect(e) => {
                    expect.extend(self.expectation(source, e, rules, obligations));
                }
            }
        }
        if !test
            .item
            .lines
            .iter()
            .any(|l| matches!(l, TestLine::Expect(_)))
        {
            self.report.push(
                Diagnostic::new(
                    &codes::NO_EXPECTATION,
                    test.at(test.item.name.span),
                    "this test expects nothing",
                )
                .label("needs `expect`")
                .help("add a line such as `expect block by rule_name`"),
            );
        }
        let wrong = self.report.diagnostics[before..]
            .iter()
            .any(Diagnostic::is_error);
        if !wrong {
            self.incomplete(test, &event);
        }
        (!wrong).then(|| Test {
            name: test.item.name.value.clone(),
            event,
            config,
            expect,
            place: test.at(test.item.name.span),
        })
    }

    fn given(&mut self, source: u32, path: &Path, literal: &ast::Literal, event: &mut Event) {
        let Some(slot) = self.slot(source, path) else {
            return;
        };
        let names = self.names;
        let value = names
            .slots
            .get(slot)
            .and_then(|s| values::value(self.report, source, literal, &s.ty, &s.name));
        let Some(to) = event.values.get_mut(slot) else {
            return;
        };
        if to.is_some() {
            self.given_twice(source, &path.value, path.span, None);
        }
        *to = value;
    }

    fn given_twice(&mut self, source: u32, what: &str, span: Span, first: Option<Span>) {
        let mut d = Diagnostic::new(
            &codes::GIVEN_TWICE,
            at(source, span),
            format!("`{what}` is given twice in this test"),
        )
        .label("given again");
        if let Some(first) = first {
            d = d.also(at(source, first), "first given here");
        }
        self.report.push(d);
    }

    fn incomplete(&mut self, test: Sourced<'a, ast::Test>, event: &Event) {
        let missing: Vec<String> = self
            .names
            .slots
            .iter()
            .zip(&event.values)
            .filter(|(slot, value)| slot.required && value.is_none())
            .map(|(slot, _)| format!("`{}`", slot.name))
            .collect();
        if missing.is_empty() {
            return;
        }
        self.report.push(
            Diagnostic::new(
                &codes::GIVEN_INCOMPLETE,
                test.at(test.item.name.span),
                format!("this test does not give {}", missing.join(", ")),
            )
            .label("ends in `on_error`")
            .help("add it to `given`; an event without a required attribute is an error"),
        );
    }

    fn rules(&mut self, source: u32, paths: &[Path], rules: &[&str]) -> Option<Vec<usize>> {
        let found: Vec<Option<usize>> = paths
            .iter()
            .map(|p| self.rule_index(source, p, rules))
            .collect();
        found.into_iter().collect()
    }

    /// The index of a rule by its id.
    pub(super) fn rule_index(&mut self, source: u32, path: &Path, rules: &[&str]) -> Option<usize> {
        let found = rules.iter().position(|r| *r == path.value);
        if found.is_none() {
            self.report.unknown(
                &codes::UNKNOWN_RULE,
                at(source, path.span),
                "rule",
                &path.value,
                rules.iter().copied(),
            );
        }
        found
    }

    fn expectation(
        &mut self,
        source: u32,
        expect: &Expect,
        rules: &[&str],
        obligations: &[Obligation],
    ) -> Option<Expectation> {
        let (what, span) = match expect {
            Expect::Verdict(verdict, by) => (
                Expected::Verdict(verdict.value, self.rules(source, by, rules)?),
                verdict.span,
            ),
            Expect::Would(verdict, by) => (
                Expected::Would(verdict.value, self.rules(source, by, rules)?),
                verdict.span,
            ),
            Expect::NoRule(path) => (
                Expected::NoRule(self.rule_index(source, path, rules)?),
                path.span,
            ),
            Expect::Found {
                detector,
                confidence,
                at,
            } => (
                Expected::Found {
                    detector: self.detector(source, detector)?,
                    confidence: confidence.as_ref().map_or(Confidence::Medium, |c| c.value),
                    at: at.as_ref().map(|t| t.value.clone()),
                },
                detector.span,
            ),
            Expect::NotFound(path) => (Expected::NotFound(self.detector(source, path)?), path.span),
            Expect::Obligation(o) => {
                let wanted = obligation(&o.kind);
                let Some(index) = obligations.iter().position(|known| *known == wanted) else {
                    self.report.push(
                        Diagnostic::new(
                            &codes::OBLIGATION_UNASKED,
                            at(source, o.span),
                            "no rule asks for this obligation",
                        )
                        .label("can never be in force"),
                    );
                    return None;
                };
                (Expected::Obligation(index), o.span)
            }
            Expect::Unread(span) => (Expected::Unread, *span),
        };
        Some(Expectation {
            what,
            place: at(source, span),
        })
    }
}

fn add_part(event: &mut Event, part: &PartFilter, text: &str) {
    let (roles, directions) = part_bits(part);
    let role = if part.roles.is_empty() {
        USER
    } else {
        u8::try_from(roles.trailing_zeros()).unwrap_or(USER)
    };
    event.parts.push(Part {
        offset: u32::try_from(event.text.len()).unwrap_or(u32::MAX),
        len: u32::try_from(text.len()).unwrap_or(u32::MAX),
        role,
        direction: u8::from(directions == 2),
    });
    event.text.extend_from_slice(text.as_bytes());
}
