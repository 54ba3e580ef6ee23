//! Every name of a policy and its libraries, in one place.
//!
//! Attributes, parameters, `let` conditions and lists share one space of names,
//! detectors and groups another, rules a third: where a word stands decides which
//! is meant. Libraries add to the same spaces, so a name is declared once; only a layer may declare
//! an inherited name anew, where `layers` allows it.
//!
//! Slots come in the order of the frame: those of the libraries in the order in
//! which they were read, then the policy's own.

use super::attributes;
use super::codes;
use super::layers::{Units, inherit};
use super::model::{Param, ParamType, Place, Slot};
use super::params;
use super::report::{Report, Sourced, at};
use crate::diagnostics::Diagnostic;
use crate::hashed::{self, Keyed};
use crate::syntax::ast::{self, DetectorClause, File, Item};
use std::collections::BTreeMap;
use std::ops::Bound::{Included, Unbounded};

/// What the value names are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Attribute,
    Param,
    Let,
    List,
}

impl Kind {
    pub fn word(self) -> &'static str {
        match self {
            Kind::Attribute => "an attribute",
            Kind::Param => "a parameter",
            Kind::Let => "a condition",
            Kind::List => "a list",
        }
    }
}

/// A value name's first declaration.
#[derive(Clone, Copy, Debug)]
struct Declared {
    kind: Kind,
    place: Place,
    relaxable: bool,
}

/// A layer that cannot stand: what is wrong, and the rules that it would weaken.
#[derive(Clone, Debug)]
pub(super) struct Rejected {
    pub diagnostic: Diagnostic,
    pub rules: Vec<String>,
    /// The attribute, where it is one: then the rules that speak of it.
    pub slot: Option<usize>,
}

/// All names.
#[derive(Debug, Default)]
pub(super) struct Names<'a> {
    pub slots: Vec<Slot>,
    pub slot_at: BTreeMap<&'a str, usize>,
    pub params: Vec<Param>,
    pub param_at: BTreeMap<&'a str, usize>,
    pub lists: BTreeMap<&'a str, Sourced<'a, ast::List>>,
    pub lets: BTreeMap<&'a str, Sourced<'a, ast::Let>>,
    pub groups: BTreeMap<&'a str, Sourced<'a, ast::Group>>,
    /// Sorted by id.
    pub detectors: Vec<Sourced<'a, ast::Detector>>,
    pub detector_at: BTreeMap<&'a str, usize>,
    /// What is inherited first, in source order.
    pub rules: Vec<Sourced<'a, ast::Rule>>,
    pub rule_at: BTreeMap<&'a str, usize>,
    /// What layers add to rules, in the order of the layers.
    pub tightened: Vec<Sourced<'a, ast::Rule>>,
    /// Exceptions of every policy.
    pub exceptions: Vec<Sourced<'a, ast::Except>>,
    /// Layers that cannot stand.
    pub rejected: Vec<Rejected>,
    /// Where each slot is declared.
    pub slot_places: Vec<Place>,
    values: BTreeMap<&'a str, Declared>,
    targets: BTreeMap<&'a str, Place>,
}

impl<'a> Names<'a> {
    /// Collects them from all files: libraries, then the policies, what is inherited first.
    pub fn collect(files: &'a [File], units: &Units<'_>, report: &mut Report) -> Self {
        let mut names = Names::default();
        let count = u32::try_from(files.len()).unwrap_or(u32::MAX);
        let libraries = (0..count).filter(|&unit| !units.is_policy(unit));
        let policies = units.policies().iter().copied();
        for source in libraries.chain(policies) {
            for item in files.get(source as usize).map_or(&[][..], |f| &f.items) {
                names.item(source, item, (files, units), report);
            }
        }
        names
            .detectors
            .sort_by(|a, b| a.item.id.value.cmp(&b.item.id.value));
        names.detector_at = names
            .detectors
            .iter()
            .enumerate()
            .map(|(i, d)| (d.item.id.value.as_str(), i))
            .collect();
        names
    }

    fn item(
        &mut self,
        source: u32,
        item: &'a Item,
        around: (&'a [File], &Units<'_>),
        report: &mut Report,
    ) {
        match item {
            Item::Attribute(attribute) => self.attribute(source, attribute, around.1, report),
            Item::Param(param) => self.param(source, param, around, report),
            Item::List(list) => {
                let name = (&list.name, Kind::List, list.relaxable);
                if self.value(source, name, around, report) {
                    self.lists
                        .insert(&list.name.value, Sourced { source, item: list });
                    if let Some(hashed) = &list.hashed {
                        self.key(source, list, hashed, around, report);
                    }
                }
            }
            Item::Let(value) => {
                let name = (&value.name, Kind::Let, value.relaxable);
                if self.value(source, name, around, report) {
                    self.lets.insert(
                        &value.name.value,
                        Sourced {
                            source,
                            item: value,
                        },
                    );
                }
            }
            Item::Group(group) => {
                if self.target(source, &group.name, around, report) {
                    self.groups.insert(
                        &group.name.value,
                        Sourced {
                            source,
                            item: group,
                        },
                    );
                }
            }
            Item::Detector(detector) => {
                if self.target(source, &detector.id, around, report) {
                    self.detectors.push(Sourced {
                        source,
                        item: detector,
                    });
                }
            }
            Item::Rule(rule) => self.rule(Sourced { source, item: rule }, around.1, report),
            Item::Tighten(rule) => self.tightened.push(Sourced { source, item: rule }),
            Item::Except(except) => self.exceptions.push(Sourced {
                source,
                item: except,
            }),
            Item::Use(_) | Item::Test(_) | Item::Extends(_) | Item::Include(_) => {}
        }
    }

    /// The parameter that holds the key of a hashed list; several lists may have one key.
    fn key(
        &mut self,
        source: u32,
        list: &'a ast::List,
        hashed: &'a ast::HashedList,
        around: (&'a [File], &Units<'_>),
        report: &mut Report,
    ) {
        hashed_file(source, list, hashed, report);
        let Some(key) = &hashed.key else { return };
        let known = self.param_at.get(key.value.as_str());
        if known
            .and_then(|&p| self.params.get(p))
            .is_some_and(|p| p.ty == ParamType::Key)
        {
            return;
        }
        if self.value(source, (key, Kind::Param, false), around, report) {
            self.param_at.insert(&key.value, self.params.len());
            self.params.push(Param {
                name: key.value.clone(),
                ty: ParamType::Key,
                stricter: None,
            });
        }
    }

    /// Equal attributes of several policies are one; the event is the same for all.
    fn attribute(
        &mut self,
        source: u32,
        attribute: &'a ast::Attribute,
        units: &Units<'_>,
        report: &mut Report,
    ) {
        let name = &attribute.name;
        let place = at(source, name.span);
        let Some(first) = self.values.get(name.value.as_str()).copied() else {
            self.values.insert(
                &name.value,
                Declared {
                    kind: Kind::Attribute,
                    place,
                    relaxable: false,
                },
            );
            self.apart(name, place, report);
            if let Some(slot) = attributes::slot(report, source, attribute) {
                self.slot_at.insert(&name.value, self.slots.len());
                self.slots.push(slot);
                self.slot_places.push(place);
            }
            return;
        };
        let known = self.slot_at.get(name.value.as_str());
        let known = known.and_then(|&i| self.slots.get(i));
        if first.kind != Kind::Attribute || first.place.source == source {
            twice(report, source, "name", name, first.place);
            return;
        }
        let (Some(slot), Some(known)) = (attributes::slot(report, source, attribute), known) else {
            return;
        };
        if slot == *known {
            return;
        }
        if units.extends(source, first.place.source) {
            let rejected = inherit::redefined("attribute", name, source, first.place);
            self.rejected.push(Rejected {
                diagnostic: rejected,
                rules: Vec::new(),
                slot: self.slot_at.get(name.value.as_str()).copied(),
            });
            return;
        }
        report.push(
            Diagnostic::new(
                &codes::UNEQUAL,
                place,
                format!("the attribute `{}` is declared in two ways", name.value),
            )
            .label("not the same as elsewhere")
            .also(first.place, "first declared here")
            .help("an event has one attribute of a name: give both the same type, default and `printable`, or another name"),
        );
    }

    /// `a` cannot be a value of its own where `a.b` is: an event is JSON.
    fn apart(&self, name: &ast::Name, place: Place, report: &mut Report) {
        let is_attribute = |declared: &Declared| declared.kind == Kind::Attribute;
        let inside = format!("{}.", name.value);
        let above = name
            .value
            .rmatch_indices('.')
            .map(|(at, _)| &name.value[..at]);
        let other = above
            .clone()
            .find_map(|above| self.values.get_key_value(above));
        let other = other.or_else(|| {
            let behind = self
                .values
                .range::<str, _>((Included(inside.as_str()), Unbounded))
                .next();
            behind.filter(|(other, _)| other.starts_with(&inside))
        });
        if let Some((other, declared)) = other.filter(|(_, declared)| is_attribute(declared)) {
            report.push(
                Diagnostic::new(
                    &codes::NAME_IN_NAME,
                    place,
                    format!("no event can hold both `{}` and `{other}`", name.value),
                )
                .label("one is inside the other")
                .also(declared.place, "the other one")
                .help("give one of them another name"),
            );
        }
    }

    fn param(
        &mut self,
        source: u32,
        param: &'a ast::Param,
        around: (&'a [File], &Units<'_>),
        report: &mut Report,
    ) {
        let name = param.name.value.as_str();
        let first = self.values.get(name).copied();
        let inherited = first.filter(|first| {
            first.kind == Kind::Param && around.1.inherits(source, first.place.source)
        });
        let Some(first) = inherited else {
            let declared = (&param.name, Kind::Param, param.relaxable);
            if self.value(source, declared, around, report)
                && let Some(checked) = params::param(report, source, param)
            {
                self.param_at.insert(name, self.params.len());
                self.params.push(checked);
            }
            return;
        };
        let Some(mut narrowed) = params::param(report, source, param) else {
            return;
        };
        let Some(known) = self
            .param_at
            .get(name)
            .and_then(|&i| self.params.get_mut(i))
        else {
            return;
        };
        match inherit::narrower(known, &narrowed, first.relaxable) {
            Ok(()) => {
                narrowed.stricter = narrowed.stricter.or(known.stricter);
                *known = narrowed;
                // What is relaxable stays so only where the layer says it again.
                if let Some(declared) = self.values.get_mut(name) {
                    declared.place = at(source, param.name.span);
                    declared.relaxable = first.relaxable && param.relaxable;
                }
            }
            Err(why) => {
                let diagnostic = inherit::widened(param, source, first.place, &why);
                let rules = inherit::resting_on(around.0, name, source);
                self.rejected.push(Rejected {
                    diagnostic,
                    rules,
                    slot: None,
                });
            }
        }
    }

    fn rule(&mut self, rule: Sourced<'a, ast::Rule>, units: &Units<'_>, report: &mut Report) {
        let name = &rule.item.name;
        let known = self.rule_at.get(name.value.as_str()).copied();
        let Some((index, first)) = known.and_then(|i| Some((i, *self.rules.get(i)?))) else {
            self.rule_at.insert(&name.value, self.rules.len());
            self.rules.push(rule);
            return;
        };
        let place = first.at(first.item.name.span);
        if !units.inherits(rule.source, first.source) {
            twice(report, rule.source, "rule", name, place);
            return;
        }
        let above = self
            .tightened
            .iter()
            .find(|t| t.item.name.value == name.value);
        if first.item.relaxable && above.is_none() {
            if let Some(known) = self.rules.get_mut(index) {
                *known = rule;
            }
            return;
        }
        let mut diagnostic = inherit::redefined("rule", name, rule.source, place);
        if let Some(above) = above.filter(|_| first.item.relaxable) {
            diagnostic.also = vec![
                (place, "`relaxable`".to_owned()),
                (
                    above.at(above.item.name.span),
                    "but made stricter here".to_owned(),
                ),
            ];
        }
        self.rejected.push(Rejected {
            diagnostic,
            rules: vec![name.value.clone()],
            slot: None,
        });
    }

    /// Takes the name of a list or a condition; `false` where it cannot be declared here.
    fn value(
        &mut self,
        source: u32,
        (name, kind, relaxable): (&'a ast::Name, Kind, bool),
        (files, units): (&'a [File], &Units<'_>),
        report: &mut Report,
    ) -> bool {
        let mut declared = Declared {
            kind,
            place: at(source, name.span),
            relaxable,
        };
        if let Some(first) = self.values.get(name.value.as_str()).copied() {
            if !units.inherits(source, first.place.source) {
                twice(report, source, "name", name, first.place);
                return false;
            }
            if !first.relaxable || first.kind != kind {
                let what = first
                    .kind
                    .word()
                    .trim_start_matches("an ")
                    .trim_start_matches("a ");
                self.rejected.push(Rejected {
                    diagnostic: inherit::redefined(what, name, source, first.place),
                    rules: inherit::resting_on(files, &name.value, source),
                    slot: None,
                });
                return false;
            }
            declared.relaxable = relaxable;
        }
        self.values.insert(&name.value, declared);
        true
    }

    fn target(
        &mut self,
        source: u32,
        name: &'a ast::Name,
        (files, units): (&'a [File], &Units<'_>),
        report: &mut Report,
    ) -> bool {
        if let Some(&first) = self.targets.get(name.value.as_str()) {
            if units.inherits(source, first.source) {
                self.rejected.push(Rejected {
                    diagnostic: inherit::redefined("detector or group", name, source, first),
                    rules: inherit::resting_on(files, &name.value, source),
                    slot: None,
                });
            } else {
                twice(report, source, "detector or group", name, first);
            }
            return false;
        }
        self.targets.insert(&name.value, at(source, name.span));
        true
    }

    /// What a value name is, also where its declaration was wrong.
    pub fn kind(&self, name: &str) -> Option<Kind> {
        self.values.get(name).map(|declared| declared.kind)
    }

    /// The value names of some kinds.
    pub fn of_kind<'n>(&'n self, kinds: &'n [Kind]) -> impl Iterator<Item = &'n str> {
        self.values
            .iter()
            .filter(|(_, declared)| kinds.contains(&declared.kind))
            .map(|(name, _)| *name)
    }

    /// Detectors of a class that a file sees.
    pub fn of_class(&self, class: &str, sees: impl Fn(u32) -> bool) -> Vec<usize> {
        self.detectors_with(
            sees,
            |clause| matches!(clause, DetectorClause::Class(c) if c.value == class),
        )
    }

    /// Detectors that carry a tag and that a file sees.
    pub fn of_tag(&self, tag: &str, sees: impl Fn(u32) -> bool) -> Vec<usize> {
        self.detectors_with(
            sees,
            |clause| matches!(clause, DetectorClause::Tags(tags) if tags.iter().any(|t| t.value == tag)),
        )
    }

    fn detectors_with(
        &self,
        sees: impl Fn(u32) -> bool,
        is_it: impl Fn(&DetectorClause) -> bool,
    ) -> Vec<usize> {
        (0..self.detectors.len())
            .filter(|&i| sees(self.detectors[i].source))
            .filter(|&i| self.detectors[i].item.clauses.iter().any(&is_it))
            .filter(|&i| !self.is_hidden(i))
            .collect()
    }

    /// Is the detector only there for others?
    pub fn is_hidden(&self, detector: usize) -> bool {
        let hidden = |clause: &DetectorClause| {
            matches!(
                clause,
                DetectorClause::Hidden(_) | DetectorClause::ReportedAs(_)
            )
        };
        let detector = self.detectors.get(detector);
        detector.is_some_and(|d| d.item.clauses.iter().any(hidden))
    }

    /// Every tag, sorted.
    pub fn tags(&self) -> Vec<&'a str> {
        let mut tags: Vec<&str> = self
            .detectors
            .iter()
            .flat_map(|d| &d.item.clauses)
            .filter_map(|clause| match clause {
                DetectorClause::Tags(tags) => Some(tags),
                _ => None,
            })
            .flatten()
            .map(|t| t.value.as_str())
            .collect();
        tags.sort_unstable();
        tags.dedup();
        tags
    }
}

/// Does the file hold what the item says, and can nobody guess it (semantics 24)?
fn hashed_file(source: u32, list: &ast::List, hashed: &ast::HashedList, report: &mut Report) {
    let (Some(read), Some(file)) = (&hashed.list, &list.file) else {
        return;
    };
    let place = at(source, file.span);
    let name = &list.name.value;
    let passages = read.kind == hashed::Kind::Passages;
    if passages != hashed.passages {
        let (is, item) = match passages {
            true => ("passages of documents", "fingerprint"),
            false => ("phrases", "hashed list"),
        };
        report.push(
            Diagnostic::new(
                &codes::NOT_HASHED,
                place,
                format!("`{}` holds {is}", file.value),
            )
            .label("of the other kind")
            .help(format!("write `{item} {name} from …`")),
        );
    }
    match (read.keyed, &hashed.key) {
        // Who has a document knows its passages anyhow.
        (Keyed::Salt(_), None) if !passages && read.space < hashed::LEAST_SPACE => report.push(
            Diagnostic::new(
                &codes::GUESSABLE,
                place,
                format!("the values of `{name}` can be guessed by trying 2^{} of them", read.space),
            )
            .label(format!("at least 2^{} are needed without a key", hashed::LEAST_SPACE))
            .help("make the list with `riegel hash-list --key FILE` and write `key NAME` behind it: a host that holds the key searches it, and the module alone tells nothing"),
        ),
        (Keyed::Held(_), None) => report.push(
            Diagnostic::new(&codes::KEY_MISMATCH, place, format!("`{name}` was made with a key"))
                .label("needs `key` behind it")
                .help(format!("write `key {name}_key` behind it; the host sets it")),
        ),
        (Keyed::Salt(_), Some(key)) => report.push(
            Diagnostic::new(
                &codes::KEY_MISMATCH,
                at(source, key.span),
                format!("`{name}` was made without a key"),
            )
            .label("nothing to set")
            .help("take `key` out, or make the list again with `--key FILE`"),
        ),
        _ => {}
    }
}

/// Says that a name was declared before.
pub(super) fn twice(report: &mut Report, source: u32, what: &str, name: &ast::Name, first: Place) {
    report.push(
        Diagnostic::new(
            &codes::DUPLICATE_NAME,
            at(source, name.span),
            format!("the {what} `{}` is declared twice", name.value),
        )
        .label("declared again")
        .also(first, "first declared here")
        .help("give one of them another name"),
    );
}
