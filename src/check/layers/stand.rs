//! Whether a layer can stand on what it inherits: exceptions, `tighten`, attributes and detectors,
//! each against what is below; and the event that shows why it cannot.

use super::super::codes;
use super::super::conditions::Conditions;
use super::super::model::{
    Comparison, Condition, DateNumber, Detector, Findings, Layer, Leaf, Number,
};
use super::super::report::Sourced;
use super::super::rules::{Around, Lowered, whole};
use super::super::satisfiable::World;
use super::example::{Stuff, example};
use crate::diagnostics::Diagnostic;
use crate::syntax::ast::{self, Confidence, DetectorClause, Except, Verdict};

impl<'a> Conditions<'_, 'a> {
    /// The exceptions with the rules that they speak of. Those of a rule that a layer replaced are
    /// gone with it.
    pub(in crate::check) fn exceptions_of_rules(
        &mut self,
        ids: &[&str],
    ) -> Vec<(usize, Sourced<'a, Except>)> {
        let names = self.names;
        let mut all = Vec::new();
        for except in &names.exceptions {
            let Some(index) = self.rule_index(except.source, &except.item.rule, ids) else {
                continue;
            };
            let of_replaced = names
                .rules
                .get(index)
                .is_some_and(|rule| self.units.inherits(rule.source, except.source));
            if !of_replaced {
                all.push((index, *except));
            }
        }
        all
    }

    /// What layers add, with the rules that they speak of.
    pub(in crate::check) fn tightenings_of_rules(
        &mut self,
        ids: &[&str],
    ) -> Vec<(usize, Sourced<'a, ast::Rule>)> {
        let names = self.names;
        let mut all = Vec::new();
        for more in &names.tightened {
            let Some(index) = self.rule_index(more.source, &more.item.name, ids) else {
                continue;
            };
            let Some(rule) = names.rules.get(index) else {
                continue;
            };
            if self.units.inherits(more.source, rule.source) {
                all.push((index, *more));
                continue;
            }
            self.report.push(
                Diagnostic::new(
                    &codes::NOT_INHERITED,
                    more.at(more.item.name.span),
                    format!("`{}` is not inherited", more.item.name.value),
                )
                .label("a rule of this policy itself")
                .also(rule.at(rule.item.name.span), "declared here")
                .help("`tighten` speaks of a rule of a policy below; change a rule of your own where it stands"),
            );
        }
        all
    }

    /// Whether the exception may be made: of a rule of its own policy, or of a relaxable one that
    /// nothing between has made stricter.
    fn may_except(&self, rule: Sourced<'a, ast::Rule>, except: Sourced<'a, Except>) -> bool {
        if rule.source == except.source {
            return true;
        }
        let between = self
            .names
            .tightened
            .iter()
            .any(|t| t.item.name.value == rule.item.name.value && t.source != except.source);
        rule.item.relaxable && !between
    }

    /// Tells what cannot stand: what names said, exceptions, attributes, detectors.
    pub(in crate::check) fn stand(&mut self, lowered: &[&Lowered], around: Around<'_>) {
        if !self.units.is_composed() {
            return;
        }
        let names = self.names;
        for rejected in &names.rejected {
            let mut diagnostic = rejected.diagnostic.clone();
            let layer = diagnostic.place.source;
            let mut rules = rejected.rules.clone();
            if let Some(slot) = rejected.slot {
                let names_it = |l: &&&Lowered| mentions(&l.rule.condition, slot);
                rules = lowered
                    .iter()
                    .filter(names_it)
                    .map(|l| l.rule.id.clone())
                    .collect();
            }
            diagnostic.message = format!(
                "{}: {}",
                Self::layer_name(around, layer),
                diagnostic.message
            );
            let mut itself = rules.iter();
            let itself = itself.any(|r| diagnostic.message.contains(&format!("the rule `{r}` ")));
            if !rules.is_empty() && !itself {
                let s = if rules.len() == 1 { "s" } else { "" };
                diagnostic.message =
                    format!("{}; {} rest{s} on it", diagnostic.message, told(&rules));
            }
            let resting = lowered.iter().filter(|l| rules.contains(&l.rule.id));
            let mut shown = resting.filter_map(|rule| self.shown(around, rule, &whole(rule, &[])));
            diagnostic.example = shown.next();
            self.report.push(diagnostic);
        }
        for except in &names.exceptions {
            let index = names.rule_at.get(except.item.rule.value.as_str());
            let rule = index.and_then(|i| names.rules.get(*i));
            let Some(rule) = rule.filter(|r| !self.may_except(**r, *except)) else {
                continue;
            };
            if self.units.inherits(rule.source, except.source) {
                continue;
            }
            self.refuse(*rule, *except, lowered, around);
        }
        self.required(lowered, around);
        self.reported(around);
    }

    fn refuse(
        &mut self,
        rule: Sourced<'a, ast::Rule>,
        except: Sourced<'a, Except>,
        lowered: &[&Lowered],
        around: Around<'_>,
    ) {
        let name = &rule.item.name.value;
        let layer = Self::layer_name(around, except.source);
        let why = match rule.item.relaxable {
            true => "`relaxable`, but a layer between made it stricter",
            false => "inherited from here, and not `relaxable`",
        };
        let mut diagnostic = Diagnostic::new(
            &codes::EXCEPTION_REFUSED,
            except.at(except.item.rule.span),
            format!("{layer}: an exception would weaken the rule `{name}`"),
        )
        .label("an exception")
        .also(rule.at(rule.item.name.span), why)
        .help("ask whoever keeps the policy below for the exception, or for a `relaxable rule`");
        let same = lowered.iter().find(|l| l.rule.id == *name);
        if let Some(rule) = same {
            self.begin(except.source);
            let before = self.report.diagnostics.len();
            let when = self.lower(except.source, &except.item.when);
            self.report.diagnostics.truncate(before);
            let until = Condition::Leaf(Leaf::Date(
                None,
                Comparison::Le,
                DateNumber::Const(except.item.until.value),
            ));
            let all = when.map(|when| Condition::And(vec![whole(rule, &[]), when, until]));
            diagnostic.example = all.and_then(|all| self.shown(around, rule, &all));
        }
        self.report.push(diagnostic);
    }

    /// An event that the policies below understand must stay one: a required attribute more, and
    /// what was decided before ends in `on_error`, without its obligations.
    fn required(&mut self, lowered: &[&Lowered], around: Around<'_>) {
        let names = self.names;
        for (slot, place) in names.slots.iter().zip(&names.slot_places) {
            if !slot.required {
                continue;
            }
            for &unit in self.units.policies() {
                let bases = self.units.bases(unit);
                let added = self.units.sees(unit, place.source)
                    && bases
                        .first()
                        .is_some_and(|b| !self.units.sees(*b, place.source));
                if !added {
                    continue;
                }
                let layer = Self::layer_name(around, unit);
                let header = Self::layer_of(around, unit).map_or(*place, |l| l.place);
                let own = place.source == unit;
                let mut diagnostic = Diagnostic::new(
                    &codes::REQUIRED_ADDED,
                    if own { *place } else { header },
                    format!(
                        "{layer}: requires `{}`, which nothing below requires",
                        slot.name
                    ),
                )
                .label("an event without it would end in `on_error`, whatever the rules below say");
                if !own {
                    diagnostic = diagnostic.also(*place, "required here");
                }
                let below = lowered
                    .iter()
                    .filter(|l| bases.contains(&l.rule.place.source));
                let mut shown =
                    below.filter_map(|rule| self.shown(around, rule, &whole(rule, &[])));
                diagnostic.example = shown.next();
                self.report.push(
                    diagnostic.help("give the attribute a careful default; or let the policy below `use` the library"),
                );
            }
        }
    }

    /// A detector that is reported as an inherited one gives that one findings it did not have.
    fn reported(&mut self, around: Around<'_>) {
        let names = self.names;
        for detector in &names.detectors {
            let mut clauses = detector.item.clauses.iter();
            let Some(path) = clauses.find_map(|c| match c {
                DetectorClause::ReportedAs(path) => Some(path),
                _ => None,
            }) else {
                continue;
            };
            let whole = names.detector_at.get(path.value.as_str());
            let Some(whole) = whole.and_then(|i| names.detectors.get(*i)) else {
                continue;
            };
            let policies = self.units.policies().iter();
            let mut touched = policies.filter(|&&unit| {
                self.units.sees(unit, whole.source) && !self.units.sees(unit, detector.source)
            });
            if touched.next().is_some() {
                self.report.push(
                    Diagnostic::new(
                        &codes::DETECTOR_CHANGED,
                        detector.at(path.span),
                        format!(
                            "{}: `{}` would change the inherited detector `{}`",
                            Self::layer_name(around, detector.source),
                            detector.item.id.value,
                            path.value
                        ),
                    )
                    .label("gives it findings that it does not have below")
                    .also(whole.at(whole.item.id.span), "inherited from here")
                    .help(
                        "leave out `reported as`, and speak of both detectors in rules of your own",
                    ),
                );
            }
        }
    }

    fn layer_of<'p>(around: Around<'p>, unit: u32) -> Option<&'p Layer> {
        let mut layers = around.headers.layers.iter();
        layers.find(|layer| layer.place.source == unit)
    }

    pub(super) fn layer_name(around: Around<'_>, unit: u32) -> String {
        let layer = Self::layer_of(around, unit);
        format!("layer `{}`", layer.map_or("", |l| l.id.as_str()))
    }

    /// The example of an event in which the rule fires.
    pub(in crate::check) fn shown(
        &self,
        around: Around<'_>,
        rule: &Lowered,
        condition: &Condition,
    ) -> Option<String> {
        let own = around.detectors.len();
        let detector = |index: usize| -> Option<&Detector> {
            match index.checked_sub(own) {
                Some(anonymous) => self.anonymous.get(anonymous),
                None => around.detectors.get(index)?.as_ref(),
            }
        };
        let knows = |slot: usize| {
            let place = self.names.slot_places.get(slot);
            place.is_some_and(|p| self.units.sees(rule.rule.place.source, p.source))
        };
        let stuff = Stuff {
            world: World {
                slots: &self.names.slots,
                params: &self.names.params,
                max_findings: self.max_findings,
            },
            detector: &detector,
            knows: &knows,
        };
        let lines = example(stuff, condition)?;
        let verdict = rule.rule.verdict;
        if lines.is_empty() || verdict == Verdict::Allow {
            return None;
        }
        Some(format!(
            "below, `{}` says `{}` of this event:\n  {}",
            rule.rule.id,
            verdict.as_str(),
            lines.join("\n  ")
        ))
    }

    /// The same, of an event in which nothing of the rule's targets is found.
    pub(in crate::check) fn shown_unfound(
        &self,
        around: Around<'_>,
        rule: &Lowered,
    ) -> Option<String> {
        let found = Condition::Leaf(Leaf::Count(
            Findings {
                detectors: rule.rule.redact.clone(),
                confidence: Confidence::Low,
                roles: 0x3F,
                directions: 3,
            },
            Comparison::Ge,
            Number::Const(1),
        ));
        let none = Condition::Not(Box::new(found));
        self.shown(around, rule, &Condition::And(vec![whole(rule, &[]), none]))
    }
}

/// Whether a condition speaks of an attribute.
fn mentions(condition: &Condition, slot: usize) -> bool {
    match condition {
        Condition::Const(_) => false,
        Condition::And(all) | Condition::Or(all) => all.iter().any(|c| mentions(c, slot)),
        Condition::Not(inner) => mentions(inner, slot),
        Condition::Leaf(leaf) => leaf.slots().contains(&Some(slot)),
    }
}

/// `the rules `a`, `b` and 3 more`.
fn told(rules: &[String]) -> String {
    let first: Vec<String> = rules.iter().take(3).map(|r| format!("`{r}`")).collect();
    let more = rules.len().saturating_sub(first.len());
    let word = if rules.len() == 1 {
        "the rule"
    } else {
        "the rules"
    };
    match more {
        0 => format!("{word} {}", first.join(", ")),
        more => format!("{word} {} and {more} more", first.join(", ")),
    }
}
