//! Conditions: a tree of words becomes a tree of two-valued tests.
//!
//! `!=` is the negation of `=`, so that it holds where the attribute is absent
//! (semantics 40). A `let` is lowered once and copied; one that names itself is
//! refused. `None` means that something was wrong and has been reported.

use super::codes;
use super::layers::Units;
use super::model::{Condition, DateNumber, Detector, Leaf, Place, SlotType};
use super::names::{Kind, Names};
use super::report::{Report, at};
use super::rules::{not, until};
use crate::check::model::Comparison;
use crate::diagnostics::Diagnostic;
use crate::syntax::ast::{Clause, DateOp, Expr, ExprKind, Path, Text};
use std::collections::{BTreeMap, BTreeSet};

/// What lowering needs and leaves behind.
#[derive(Debug)]
pub(super) struct Conditions<'n, 'a> {
    pub names: &'n Names<'a>,
    pub units: &'n Units<'n>,
    pub report: &'n mut Report,
    /// Detectors of `content …`; their indices follow those of [`Names::detectors`].
    pub anonymous: Vec<Detector>,
    /// Lists that detectors look words up in.
    pub lists: Vec<Vec<String>>,
    /// Cap of findings, for counts.
    pub max_findings: u32,
    /// Names of lists, conditions and groups that something used.
    pub used: BTreeSet<&'a str>,
    /// Groups that were expanded.
    pub groups: BTreeMap<(&'a str, u32), Option<Vec<usize>>>,
    /// The file whose condition is being lowered: it decides which detectors a class holds.
    pub asker: u32,
    lets: BTreeMap<(&'a str, u32), LetState>,
    /// Conditions of rules that conditions ask for, by index.
    rules: BTreeMap<usize, LetState>,
    /// Conditions named inside each other, now.
    depth: usize,
    /// Tests that named conditions brought into the present one.
    brought: usize,
}

/// Tests that named conditions may bring into one condition.
const MOST_TESTS: usize = 4096;
/// How deep named conditions and groups may name each other.
pub(super) const DEEPEST: usize = 64;

/// Tests in a condition, its connectives too.
fn size(condition: &Condition) -> usize {
    match condition {
        Condition::And(all) | Condition::Or(all) => 1 + all.iter().map(size).sum::<usize>(),
        Condition::Not(inner) => 1 + size(inner),
        Condition::Const(_) | Condition::Leaf(_) => 1,
    }
}

#[derive(Debug)]
enum LetState {
    Open,
    Done(Option<(Condition, usize)>),
}

impl<'n, 'a> Conditions<'n, 'a> {
    pub fn new(
        names: &'n Names<'a>,
        units: &'n Units<'n>,
        report: &'n mut Report,
        max_findings: u32,
    ) -> Self {
        Conditions {
            names,
            units,
            report,
            asker: 0,
            anonymous: Vec::new(),
            lists: Vec::new(),
            max_findings,
            used: BTreeSet::new(),
            groups: BTreeMap::new(),
            lets: BTreeMap::new(),
            rules: BTreeMap::new(),
            depth: 0,
            brought: 0,
        }
    }

    /// The condition of an expression.
    pub fn lower(&mut self, source: u32, expr: &'a Expr) -> Option<Condition> {
        let place = at(source, expr.span);
        match &expr.kind {
            ExprKind::And(all) => self.lower_all(source, all).map(Condition::And),
            ExprKind::Or(any) => self.lower_all(source, any).map(Condition::Or),
            ExprKind::Not(inner) => Some(Condition::Not(Box::new(self.lower(source, inner)?))),
            ExprKind::Paren(inner) => self.lower(source, inner),
            ExprKind::Const(value) => Some(Condition::Const(*value)),
            ExprKind::Path(path) => self.named(source, path),
            ExprKind::Known(path) => {
                let slot = self.slot(source, path)?;
                Some(Condition::Leaf(Leaf::Known(slot)))
            }
            ExprKind::Compare(left, op, right) => self.compare(place, left, op.value, right),
            ExprKind::In(path, set) => self.is_in(place, path, set),
            ExprKind::InRange(path, low, high) => self.in_range(source, path, low, high),
            ExprKind::Has(path, texts) => self.has(source, path, texts),
            ExprKind::Matches(path, text) => self.matches(source, path, text),
            ExprKind::DateIs(path, op, date) => {
                let slot = match path {
                    Some(path) => Some(self.date_slot(source, path)?),
                    None => None,
                };
                let op = match op.value {
                    DateOp::On => Comparison::Eq,
                    DateOp::OnOrAfter => Comparison::Ge,
                    DateOp::OnOrBefore => Comparison::Le,
                    DateOp::After => Comparison::Gt,
                    DateOp::Before => Comparison::Lt,
                };
                Some(Condition::Leaf(Leaf::Date(
                    slot,
                    op,
                    DateNumber::Const(date.value),
                )))
            }
            ExprKind::Contains(text, part) => self.contains(source, text, part),
            ExprKind::ContentMatches(regex, part) => self.content_matches(source, regex, part),
            ExprKind::Found(targets, confidence, part) => {
                self.found(source, targets, confidence.as_ref(), part)
            }
            ExprKind::Count(measure, op, number) => {
                self.measure(source, measure, op, number, Leaf::Count)
            }
            ExprKind::Distinct(measure, op, number) => {
                self.measure(source, measure, op, number, Leaf::Distinct)
            }
            ExprKind::Near(near) => self.near(source, near),
            ExprKind::Rule(path) => self.rule_holds(at(source, path.span), path),
        }
    }

    /// The condition of a rule as its own policy wrote it, with its exceptions; what layers added to
    /// it does not count, so that an `unless rule …` of below means what it meant there.
    fn rule_holds(&mut self, place: Place, path: &Path) -> Option<Condition> {
        let names = self.names;
        let Some(&index) = names.rule_at.get(path.value.as_str()) else {
            self.report.unknown(
                &codes::UNKNOWN_RULE,
                place,
                "rule",
                &path.value,
                names.rule_at.keys().copied(),
            );
            return None;
        };
        let rule = *names.rules.get(index)?;
        let name = rule.item.name.value.as_str();
        match self.rules.get(&index) {
            Some(LetState::Done(done)) => {
                let (condition, size) = done.clone()?;
                self.brought += size;
                if self.brought > MOST_TESTS {
                    if self.brought - size <= MOST_TESTS {
                        self.too_large(place, name);
                    }
                    return None;
                }
                return Some(condition);
            }
            Some(LetState::Open) => {
                self.report.push(
                    Diagnostic::new(
                        &codes::LET_CYCLE,
                        place,
                        format!("the rule `{name}` asks for itself"),
                    )
                    .label("would never end")
                    .also(rule.at(rule.item.name.span), "declared here"),
                );
                return None;
            }
            None => {}
        }
        if self.depth >= DEEPEST {
            self.too_large(place, name);
            return None;
        }
        self.rules.insert(index, LetState::Open);
        self.depth += 1;
        let outside = std::mem::take(&mut self.brought);
        let asker = std::mem::replace(&mut self.asker, rule.source);
        let mut all = Vec::new();
        for clause in &rule.item.clauses {
            match clause {
                Clause::When(e) => all.push(self.lower(rule.source, e)),
                Clause::Unless(e) => all.push(self.lower(rule.source, e).map(not)),
                _ => {}
            }
        }
        for except in &names.exceptions {
            if except.item.rule.value == name && !self.units.inherits(rule.source, except.source) {
                self.asker = except.source;
                let when = self.lower(except.source, &except.item.when);
                all.push(when.map(|when| not(until(when, except.item.until.value))));
            }
        }
        self.asker = asker;
        self.brought = outside;
        self.depth -= 1;
        let all: Option<Vec<Condition>> = all.into_iter().collect();
        let done = all.map(Condition::And).map(|c| {
            let size = size(&c);
            (c, size)
        });
        self.rules.insert(index, LetState::Done(done));
        // Once more, now that it is known: what it brings is counted there.
        self.rule_holds(place, path)
    }

    fn lower_all(&mut self, source: u32, all: &'a [Expr]) -> Option<Vec<Condition>> {
        // Every part is looked at before the first mistake counts.
        let parts: Vec<Option<Condition>> = all.iter().map(|e| self.lower(source, e)).collect();
        parts.into_iter().collect()
    }

    /// A path that stands alone: a boolean attribute or parameter, or a `let`.
    fn named(&mut self, source: u32, path: &'a Path) -> Option<Condition> {
        let names = self.names;
        let place = at(source, path.span);
        let name = path.value.as_str();
        if names.lets.contains_key(name) {
            return self.let_value(name, place);
        }
        if let Some(&slot) = names.slot_at.get(name) {
            return match names.slots.get(slot).map(|s| &s.ty) {
                Some(SlotType::Bool) => Some(Condition::Leaf(Leaf::Bool(slot))),
                Some(ty) => {
                    self.not_a_condition(place, name, super::values::type_name(ty), ty);
                    None
                }
                None => None,
            };
        }
        if let Some(&param) = names.param_at.get(name) {
            return match names.params.get(param).map(|p| &p.ty) {
                Some(super::model::ParamType::Bool(_)) => {
                    Some(Condition::Leaf(Leaf::ParamBool(param)))
                }
                _ => {
                    self.report.push(
                        Diagnostic::new(
                            &codes::NOT_A_CONDITION,
                            place,
                            format!("the parameter `{name}` is not a condition"),
                        )
                        .label("only a `bool` can stand alone"),
                    );
                    None
                }
            };
        }
        match names.kind(name) {
            Some(Kind::List) => {
                self.used
                    .extend(names.lists.get_key_value(name).map(|(key, _)| *key));
                self.report.push(
                    Diagnostic::new(
                        &codes::NOT_A_CONDITION,
                        place,
                        format!("the list `{name}` is not a condition"),
                    )
                    .label("say what is in it: `… in …`"),
                );
            }
            // Its declaration was wrong and has been reported.
            Some(_) => {}
            None if names.detector_at.contains_key(name) || names.groups.contains_key(name) => {
                self.report.push(
                    Diagnostic::new(
                        &codes::NOT_A_CONDITION,
                        place,
                        format!("the detector `{name}` is not a condition"),
                    )
                    .label("ask for a finding")
                    .suggest(format!("found {name}")),
                );
            }
            None => self.report.unknown(
                &codes::UNKNOWN_CONDITION,
                place,
                "condition",
                name,
                names.of_kind(&[Kind::Let, Kind::Attribute, Kind::Param]),
            ),
        }
        None
    }

    fn not_a_condition(&mut self, place: Place, name: &str, what: &str, ty: &SlotType) {
        let example = match ty {
            SlotType::Enum(variants) => variants
                .first()
                .map_or_else(|| format!("{name} = …"), |v| format!("{name} = {v}")),
            SlotType::Set => format!("{name} has \"…\""),
            SlotType::Int => format!("{name} >= 1"),
            _ => format!("{name} is known"),
        };
        self.report.push(
            Diagnostic::new(
                &codes::NOT_A_CONDITION,
                place,
                format!("`{name}` is {what}, not a condition"),
            )
            .label("neither true nor false")
            .help(format!("say what it should be, such as `{example}`")),
        );
    }

    fn let_value(&mut self, name: &str, place: Place) -> Option<Condition> {
        let names = self.names;
        let (&name, declared) = names.lets.get_key_value(name)?;
        self.used.insert(name);
        let key = (name, self.asks(declared.source));
        match self.lets.get(&key) {
            Some(LetState::Done(done)) => {
                let (condition, size) = done.as_ref()?;
                self.brought += size;
                if self.brought <= MOST_TESTS {
                    return Some(condition.clone());
                }
                if self.brought - size <= MOST_TESTS {
                    self.too_large(place, name);
                }
                return None;
            }
            Some(LetState::Open) => {
                self.report.push(
                    Diagnostic::new(&codes::LET_CYCLE, place, format!("`{name}` names itself"))
                        .label("would never end")
                        .also(declared.at(declared.item.name.span), "declared here"),
                );
                return None;
            }
            None => {}
        }
        if self.depth >= DEEPEST {
            self.too_large(place, name);
            return None;
        }
        self.lets.insert(key, LetState::Open);
        self.depth += 1;
        let outside = std::mem::take(&mut self.brought);
        let asker = std::mem::replace(&mut self.asker, key.1);
        let condition = self.lower(declared.source, &declared.item.value);
        self.asker = asker;
        self.brought = outside;
        self.depth -= 1;
        let done = condition.map(|c| {
            let size = size(&c);
            (c, size)
        });
        self.lets.insert(key, LetState::Done(done));
        // Once more, now that it is known: what it brings is counted there.
        self.let_value(name, place)
    }

    fn too_large(&mut self, place: Place, name: &str) {
        self.report.push(
            Diagnostic::new(
                &codes::TOO_LARGE,
                place,
                format!("with `{name}` this condition becomes too large"),
            )
            .label(format!(
                "named conditions bring at most {MOST_TESTS} tests, {DEEPEST} deep"
            ))
            .help("use lists and `any of` instead of long chains of conditions"),
        );
    }

    /// Begins a new condition of this file: what named conditions bring is counted anew.
    pub fn begin(&mut self, source: u32) {
        self.brought = 0;
        self.asker = source;
    }

    /// Who asks what a declaration in this file says: a policy's means what it means there, a
    /// library's what it means to whoever uses it.
    pub fn asks(&self, declared: u32) -> u32 {
        match self.units.is_policy(declared) {
            true => declared,
            false => self.asker,
        }
    }

    /// Lowers every `let`, so that mistakes in unused ones are told too;
    /// what only this pass uses does not count as used.
    pub fn all_lets(&mut self) {
        let names = self.names;
        for (name, declared) in &names.lets {
            let used = self.used.contains(name);
            self.begin(0);
            self.let_value(name, declared.at(declared.item.name.span));
            if !used {
                self.used.remove(name);
            }
        }
    }

    /// The slot of an attribute, or a diagnostic.
    pub fn slot(&mut self, source: u32, path: &Path) -> Option<usize> {
        let name = path.value.as_str();
        if let Some(&slot) = self.names.slot_at.get(name) {
            return Some(slot);
        }
        let place = at(source, path.span);
        match self.names.kind(name) {
            Some(Kind::Attribute) => {}
            Some(kind) => self.report.push(
                Diagnostic::new(
                    &codes::WRONG_TYPE,
                    place,
                    format!("`{name}` is {}, an attribute is expected", kind.word()),
                )
                .label("expected an attribute"),
            ),
            None => self.report.unknown(
                &codes::UNKNOWN_ATTRIBUTE,
                place,
                "attribute",
                name,
                self.names.slot_at.keys().copied(),
            ),
        }
        None
    }

    fn date_slot(&mut self, source: u32, path: &Path) -> Option<usize> {
        let slot = self.slot(source, path)?;
        let ty = &self.names.slots.get(slot)?.ty;
        if *ty == SlotType::Date {
            return Some(slot);
        }
        self.report.push(
            Diagnostic::new(
                &codes::WRONG_TYPE,
                at(source, path.span),
                format!(
                    "`{}` is {}, not a date",
                    path.value,
                    super::values::type_name(ty)
                ),
            )
            .label("expected a date"),
        );
        None
    }

    fn has(&mut self, source: u32, path: &Path, texts: &[Text]) -> Option<Condition> {
        let slot = self.slot(source, path)?;
        let ty = &self.names.slots.get(slot)?.ty;
        if *ty != SlotType::Set {
            self.report.push(
                Diagnostic::new(
                    &codes::HAS_NEEDS_SET,
                    at(source, path.span),
                    format!(
                        "`{}` is {}, not a set",
                        path.value,
                        super::values::type_name(ty)
                    ),
                )
                .label("`has` asks whether a set holds a text")
                .help("compare a single value with `=` or `in`"),
            );
            return None;
        }
        let texts = texts.iter().map(|t| t.value.clone()).collect();
        Some(Condition::Leaf(Leaf::HasAny(slot, texts)))
    }

    fn matches(&mut self, source: u32, path: &Path, text: &Text) -> Option<Condition> {
        let slot = self.slot(source, path)?;
        let ty = &self.names.slots.get(slot)?.ty;
        if *ty != SlotType::Host {
            self.report.push(
                Diagnostic::new(
                    &codes::MATCHES_NEEDS_HOST,
                    at(source, path.span),
                    format!("`{}` is {}, not a host", path.value, super::values::type_name(ty)),
                )
                .label("`matches` compares a host with `*.example.com`")
                .help("compare a text with `=` or `in`; search the content with `content matches /…/`"),
            );
            return None;
        }
        let glob = super::values::host(self.report, at(source, text.span), &text.value, true)?;
        Some(Condition::Leaf(Leaf::HostIn(slot, vec![glob])))
    }
}
