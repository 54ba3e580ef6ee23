//! Conditions over findings, and what they may speak of: detectors, classes,
//! tags, groups, parts.
//!
//! `content contains` and `content matches` are detectors without a name. Equal
//! ones are one. `contains` is an escaped pattern with the `i` flag (semantics 31).

use super::codes;
use super::conditions::{Conditions, DEEPEST};
use super::model::{
    CLASSES, Comparison, Condition, ConfidenceTable, Detector, Findings, Leaf, Number, ParamType,
    Pattern, Place,
};
use super::patterns;
use super::report::at;
use super::values;
use crate::diagnostics::Diagnostic;
use crate::syntax::ast::{
    CompareOp, Confidence, LiteralValue, Measure, Name, Near, Operand, PartFilter, Path, Regex,
    Spanned, Target, Text,
};

/// Most bytes between the two findings of `near`.
const WIDEST: i64 = 65_535;

/// The place that a target stands at.
pub(super) fn target_span(target: &Target) -> crate::syntax::ast::Span {
    match target {
        Target::Detector(name) | Target::Class(name) | Target::Tag(name) | Target::Group(name) => {
            name.span
        }
    }
}

/// Role bits and direction bits of a part filter; everything where nothing is said.
pub(super) fn part_bits(part: &PartFilter) -> (u8, u8) {
    const ROLES: [&str; 6] = ["system", "user", "assistant", "tool", "document", "other"];
    let roles = part
        .roles
        .iter()
        .filter_map(|r| ROLES.iter().position(|known| *known == r.value))
        .fold(0_u8, |bits, i| bits | 1 << i);
    let directions = match part.direction.as_ref().map(|d| d.value.as_str()) {
        Some("outbound") => 1,
        Some("inbound") => 2,
        _ => 3,
    };
    (if roles == 0 { 0x3F } else { roles }, directions)
}

impl<'a> Conditions<'_, 'a> {
    /// The detectors of a target, ascending.
    pub(super) fn target(&mut self, source: u32, target: &'a Target) -> Option<Vec<usize>> {
        let found = self.any_target(source, target)?;
        if let Some(&hidden) = found.iter().find(|d| self.names.is_hidden(**d)) {
            let place = at(source, target_span(target));
            self.hidden(place, hidden);
            return None;
        }
        Some(found)
    }

    /// The same, hidden detectors too.
    pub(super) fn any_target(&mut self, source: u32, target: &'a Target) -> Option<Vec<usize>> {
        let mut open = Vec::new();
        self.target_within(source, target, &mut open)
    }

    /// The files that the asking one sees.
    fn seen(&self) -> impl Fn(u32) -> bool + use<'_, 'a> {
        let (units, asker) = (self.units, self.asker);
        move |source| units.sees(asker, source)
    }

    fn hidden(&mut self, place: Place, detector: usize) {
        let id = self.names.detectors.get(detector).map(|d| &d.item.id.value);
        let text = format!("`{}` is hidden", id.map_or("", |id| id));
        self.report.push(
            Diagnostic::new(&codes::HIDDEN_ASKED, place, text)
                .label("only other detectors can ask for it")
                .help("leave out its line `hidden`, or ask for a detector that uses it"),
        );
    }

    fn target_within(
        &mut self,
        source: u32,
        target: &'a Target,
        open: &mut Vec<&'a str>,
    ) -> Option<Vec<usize>> {
        let names = self.names;
        match target {
            Target::Detector(path) => {
                if let Some(&detector) = names.detector_at.get(path.value.as_str()) {
                    return Some(vec![detector]);
                }
                if names.groups.contains_key(path.value.as_str()) {
                    return self.group(source, path, open);
                }
                self.report.unknown(
                    &codes::UNKNOWN_DETECTOR,
                    at(source, path.span),
                    "detector",
                    &path.value,
                    names.detector_at.keys().chain(names.groups.keys()).copied(),
                );
                None
            }
            Target::Class(class) => {
                if !CLASSES.contains(&class.value.as_str()) {
                    self.report.unknown(
                        &codes::UNKNOWN_CLASS,
                        at(source, class.span),
                        "class",
                        &class.value,
                        CLASSES,
                    );
                    return None;
                }
                let detectors = names.of_class(&class.value, self.seen());
                if detectors.is_empty() {
                    self.report.push(
                        Diagnostic::new(
                            &codes::EMPTY_CLASS,
                            at(source, class.span),
                            format!("no detector here has the class `{}`", class.value),
                        )
                        .label("would never be found")
                        .help("`use` a library with such detectors, or leave it out"),
                    );
                    return None;
                }
                Some(detectors)
            }
            Target::Tag(tag) => {
                let detectors = names.of_tag(&tag.value, self.seen());
                if detectors.is_empty() {
                    let tags = names.tags();
                    self.report.unknown(
                        &codes::UNKNOWN_TAG,
                        at(source, tag.span),
                        "tag",
                        &tag.value,
                        tags,
                    );
                    return None;
                }
                Some(detectors)
            }
            Target::Group(name) => self.group(source, name, open),
        }
    }

    fn group(
        &mut self,
        source: u32,
        name: &'a Name,
        open: &mut Vec<&'a str>,
    ) -> Option<Vec<usize>> {
        let names = self.names;
        let Some((&key, group)) = names.groups.get_key_value(name.value.as_str()) else {
            self.report.unknown(
                &codes::UNKNOWN_GROUP,
                at(source, name.span),
                "group",
                &name.value,
                names.groups.keys().copied(),
            );
            return None;
        };
        self.used.insert(key);
        let asker = self.asks(group.source);
        if let Some(known) = self.groups.get(&(key, asker)) {
            return known.clone();
        }
        if open.len() >= DEEPEST {
            self.report.push(
                Diagnostic::new(
                    &codes::TOO_LARGE,
                    at(source, name.span),
                    format!("groups name each other too deeply at `{key}`"),
                )
                .label(format!("at most {DEEPEST} deep")),
            );
            return None;
        }
        if open.contains(&key) {
            self.report.push(
                Diagnostic::new(
                    &codes::LET_CYCLE,
                    at(source, name.span),
                    format!("the group `{key}` contains itself"),
                )
                .label("would never end")
                .also(group.at(group.item.name.span), "declared here"),
            );
            return None;
        }
        open.push(key);
        let outside = std::mem::replace(&mut self.asker, asker);
        let mut all = Some(Vec::new());
        for member in &group.item.members {
            let found = self.target_within(group.source, member, open);
            all = all.zip(found).map(|(mut all, found)| {
                all.extend(found);
                all
            });
        }
        self.asker = outside;
        open.pop();
        let all = all.map(|mut all: Vec<usize>| {
            all.sort_unstable();
            all.dedup();
            all
        });
        self.groups.insert((key, asker), all.clone());
        all
    }

    /// Looks at every group, so that mistakes in unused ones are told too.
    pub(super) fn all_groups(&mut self) {
        let names = self.names;
        let used = self.used.clone();
        for group in names.groups.values() {
            self.group(group.source, &group.item.name, &mut Vec::new());
        }
        self.used = used;
    }

    /// The detectors of several targets, ascending.
    pub(super) fn targets(&mut self, source: u32, targets: &'a [Target]) -> Option<Vec<usize>> {
        let found: Vec<Option<Vec<usize>>> =
            targets.iter().map(|t| self.target(source, t)).collect();
        let mut all: Vec<usize> = found.into_iter().collect::<Option<Vec<_>>>()?.concat();
        all.sort_unstable();
        all.dedup();
        Some(all)
    }

    fn findings(
        &self,
        detectors: Vec<usize>,
        confidence: Option<&Spanned<Confidence>>,
        part: &PartFilter,
    ) -> Findings {
        let (roles, directions) = part_bits(part);
        Findings {
            detectors,
            confidence: confidence.map_or(Confidence::Medium, |c| c.value),
            roles,
            directions,
        }
    }

    pub(super) fn found(
        &mut self,
        source: u32,
        targets: &'a [Target],
        confidence: Option<&Spanned<Confidence>>,
        part: &PartFilter,
    ) -> Option<Condition> {
        let detectors = self.targets(source, targets)?;
        let findings = self.findings(detectors, confidence, part);
        Some(present(findings))
    }

    pub(super) fn measure(
        &mut self,
        source: u32,
        measure: &'a Measure,
        op: &Spanned<CompareOp>,
        number: &Operand,
        leaf: fn(Findings, Comparison, Number) -> Leaf,
    ) -> Option<Condition> {
        let detectors = self.target(source, &measure.target);
        let number = self.number(source, number);
        let findings = self.findings(detectors?, measure.confidence.as_ref(), &measure.part);
        let op = match op.value {
            CompareOp::Eq => Comparison::Eq,
            CompareOp::Ne => Comparison::Ne,
            CompareOp::Lt => Comparison::Lt,
            CompareOp::Le => Comparison::Le,
            CompareOp::Gt => Comparison::Gt,
            CompareOp::Ge => Comparison::Ge,
        };
        Some(Condition::Leaf(leaf(findings, op, number?)))
    }

    /// What a count is compared with: within what can be counted.
    fn number(&mut self, source: u32, operand: &Operand) -> Option<Number> {
        let (word, span) = match operand {
            Operand::Path(path) => (path.value.as_str(), path.span),
            Operand::Literal(literal) => match &literal.value {
                LiteralValue::Int(n) => {
                    let place = at(source, literal.span);
                    let n = values::int(self.report, place, *n)?;
                    return self.reachable(place, n, n).then_some(Number::Const(n));
                }
                LiteralValue::Word(word) => (word.as_str(), literal.span),
                other => {
                    self.report.push(
                        Diagnostic::new(
                            &codes::WRONG_TYPE,
                            at(source, literal.span),
                            format!(
                                "a count is a number, this is {}",
                                values::literal_name(other)
                            ),
                        )
                        .label("expected a number or an `int` parameter"),
                    );
                    return None;
                }
            },
        };
        let place = at(source, span);
        let Some(&param) = self.names.param_at.get(word) else {
            self.unknown_param(place, word);
            return None;
        };
        match self.names.params.get(param).map(|p| &p.ty) {
            Some(ParamType::Int { min, max, .. }) => {
                let (min, max) = (*min, *max);
                self.reachable(place, min, max)
                    .then_some(Number::Param(param))
            }
            _ => {
                self.report.push(
                    Diagnostic::new(
                        &codes::WRONG_TYPE,
                        place,
                        format!("the parameter `{word}` is not an int"),
                    )
                    .label("expected an `int` parameter"),
                );
                None
            }
        }
    }

    fn reachable(&mut self, place: Place, min: i32, max: i32) -> bool {
        let cap = i64::from(self.max_findings);
        let (wrong, label) = if min < 0 {
            (min, "a count is never negative".to_owned())
        } else if i64::from(max) > cap {
            (max, format!("at most {cap} findings are kept"))
        } else {
            return true;
        };
        self.report.push(
            Diagnostic::new(
                &codes::COUNT_OUT_OF_REACH,
                place,
                format!("a count cannot be compared with `{wrong}`"),
            )
            .label(label)
            .help("the header's `max_findings` sets the cap, a parameter's `in 1..50` its range"),
        );
        false
    }

    pub(super) fn near(&mut self, source: u32, near: &'a Near) -> Option<Condition> {
        let a = self.target(source, &near.a);
        let b = self.target(source, &near.b);
        let within = u32::try_from(near.within.value)
            .ok()
            .filter(|n| i64::from(*n) <= WIDEST);
        if within.is_none() {
            self.report.push(
                Diagnostic::new(
                    &codes::WINDOW_OUT_OF_RANGE,
                    at(source, near.within.span),
                    format!("`{}` bytes are no window", near.within.value),
                )
                .label(format!("expected 0 to {WIDEST}")),
            );
        }
        let findings = self.findings(a?, near.confidence.as_ref(), &near.part);
        Some(Condition::Leaf(Leaf::Near(findings, b?, within?)))
    }

    pub(super) fn contains(
        &mut self,
        source: u32,
        text: &Text,
        part: &PartFilter,
    ) -> Option<Condition> {
        if !values::not_empty(self.report, source, text, "the text to look for") {
            return None;
        }
        let pattern = Pattern {
            regex: regex_syntax::escape(&text.value),
            fold: true,
            place: at(source, text.span),
        };
        let pattern = patterns::check(self.report, pattern)?;
        Some(self.anonymous(
            format!("content contains {}", values::quoted(&text.value)),
            pattern,
            part,
        ))
    }

    pub(super) fn content_matches(
        &mut self,
        source: u32,
        regex: &Regex,
        part: &PartFilter,
    ) -> Option<Condition> {
        let pattern = patterns::check(
            self.report,
            Pattern {
                regex: regex.pattern.clone(),
                fold: regex.fold,
                place: at(source, regex.span),
            },
        )?;
        let flag = if regex.fold { "i" } else { "" };
        Some(self.anonymous(
            format!("content matches /{}/{flag}", regex.pattern),
            pattern,
            part,
        ))
    }

    fn anonymous(&mut self, title: String, pattern: Pattern, part: &PartFilter) -> Condition {
        let first = self.names.detectors.len();
        let same = |d: &Detector| {
            d.patterns
                .iter()
                .any(|p| p.regex == pattern.regex && p.fold == pattern.fold)
        };
        let index = match self.anonymous.iter().position(same) {
            Some(index) => index,
            None => {
                let place = pattern.place;
                self.anonymous.push(Detector {
                    id: format!("content#{}", self.anonymous.len() + 1),
                    title,
                    patterns: vec![pattern],
                    confidence: ConfidenceTable {
                        plain: Some(Confidence::High),
                        context: Some(Confidence::High),
                        check: Some(Confidence::High),
                        both: Some(Confidence::High),
                    },
                    label: "TEXT".to_owned(),
                    place,
                    ..Detector::default()
                });
                self.anonymous.len() - 1
            }
        };
        present(self.findings(vec![first + index], None, part))
    }

    /// A detector by its id, as tests and `yields to` name it.
    pub(super) fn detector(&mut self, source: u32, path: &Path) -> Option<usize> {
        let found = self.names.detector_at.get(path.value.as_str()).copied();
        if found.is_none() {
            self.report.unknown(
                &codes::UNKNOWN_DETECTOR,
                at(source, path.span),
                "detector",
                &path.value,
                self.names.detector_at.keys().copied(),
            );
        }
        found
    }
}

fn present(findings: Findings) -> Condition {
    Condition::Leaf(Leaf::Count(findings, Comparison::Ge, Number::Const(1)))
}
