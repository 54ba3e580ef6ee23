//! Every name of a policy and its libraries, in one place.
//!
//! Attributes, parameters, `let` conditions and lists share one space of names,
//! detectors and groups another, rules a third: where a word stands decides which
//! is meant. Libraries add to the same spaces, so a name is declared once.
//!
//! Slots come in the order of the frame: those of the libraries in the order in
//! which they were read, then the policy's own.

use super::attributes;
use super::codes;
use super::model::{Param, ParamType, Place, Slot};
use super::params;
use super::report::{Report, Sourced, at};
use crate::diagnostics::Diagnostic;
use crate::hashed::{self, Keyed};
use crate::syntax::ast::{self, DetectorClause, File, Item};
use std::collections::BTreeMap;

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
    pub rules: Vec<Sourced<'a, ast::Rule>>,
    pub rule_at: BTreeMap<&'a str, usize>,
    values: BTreeMap<&'a str, (Kind, Place)>,
    targets: BTreeMap<&'a str, Place>,
}

impl<'a> Names<'a> {
    /// Collects them from all files.
    pub fn collect(files: &'a [File], report: &mut Report) -> Self {
        let mut names = Names::default();
        let libraries_first = (1..files.len()).chain((!files.is_empty()).then_some(0));
        for index in libraries_first {
            let source = u32::try_from(index).unwrap_or(u32::MAX);
            for item in files.get(index).map_or(&[][..], |f| &f.items) {
                names.item(source, item, report);
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

    fn item(&mut self, source: u32, item: &'a Item, report: &mut Report) {
        match item {
            Item::Attribute(attribute) => {
                if self.value(source, &attribute.name, Kind::Attribute, report)
                    && let Some(slot) = attributes::slot(report, source, attribute)
                {
                    self.slot_at.insert(&attribute.name.value, self.slots.len());
                    self.slots.push(slot);
                }
            }
            Item::Param(param) => {
                if self.value(source, &param.name, Kind::Param, report)
                    && let Some(checked) = params::param(report, source, param)
                {
                    self.param_at.insert(&param.name.value, self.params.len());
                    self.params.push(checked);
                }
            }
            Item::List(list) => {
                if self.value(source, &list.name, Kind::List, report) {
                    self.lists
                        .insert(&list.name.value, Sourced { source, item: list });
                    if let Some(hashed) = &list.hashed {
                        self.key(source, list, hashed, report);
                    }
                }
            }
            Item::Let(value) => {
                if self.value(source, &value.name, Kind::Let, report) {
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
                if self.target(source, &group.name, report) {
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
                if self.target(source, &detector.id, report) {
                    self.detectors.push(Sourced {
                        source,
                        item: detector,
                    });
                }
            }
            Item::Rule(rule) => {
                let first = self.rule_at.get(rule.name.value.as_str()).copied();
                if let Some(first) = first.and_then(|i| self.rules.get(i)) {
                    let place = first.at(first.item.name.span);
                    twice(report, source, "rule", &rule.name, place);
                } else {
                    self.rule_at.insert(&rule.name.value, self.rules.len());
                    self.rules.push(Sourced { source, item: rule });
                }
            }
            Item::Use(_)
            | Item::Except(_)
            | Item::Test(_)
            | Item::Extends(_)
            | Item::Include(_)
            | Item::Tighten(_) => {}
        }
    }

    /// The parameter that holds the key of a hashed list; several lists may have one key.
    fn key(
        &mut self,
        source: u32,
        list: &'a ast::List,
        hashed: &'a ast::HashedList,
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
        if self.value(source, key, Kind::Param, report) {
            self.param_at.insert(&key.value, self.params.len());
            self.params.push(Param {
                name: key.value.clone(),
                ty: ParamType::Key,
            });
        }
    }

    fn value(&mut self, source: u32, name: &'a ast::Name, kind: Kind, report: &mut Report) -> bool {
        if let Some((_, first)) = self.values.get(name.value.as_str()) {
            twice(report, source, "name", name, *first);
            return false;
        }
        self.values
            .insert(&name.value, (kind, at(source, name.span)));
        true
    }

    fn target(&mut self, source: u32, name: &'a ast::Name, report: &mut Report) -> bool {
        if let Some(first) = self.targets.get(name.value.as_str()) {
            twice(report, source, "detector or group", name, *first);
            return false;
        }
        self.targets.insert(&name.value, at(source, name.span));
        true
    }

    /// What a value name is, also where its declaration was wrong.
    pub fn kind(&self, name: &str) -> Option<Kind> {
        self.values.get(name).map(|(kind, _)| *kind)
    }

    /// The value names of some kinds.
    pub fn of_kind<'n>(&'n self, kinds: &'n [Kind]) -> impl Iterator<Item = &'n str> {
        self.values
            .iter()
            .filter(|(_, (kind, _))| kinds.contains(kind))
            .map(|(name, _)| *name)
    }

    /// Detectors of a class.
    pub fn of_class(&self, class: &str) -> Vec<usize> {
        self.detectors_with(|clause| matches!(clause, DetectorClause::Class(c) if c.value == class))
    }

    /// Detectors that carry a tag.
    pub fn of_tag(&self, tag: &str) -> Vec<usize> {
        self.detectors_with(
            |clause| matches!(clause, DetectorClause::Tags(tags) if tags.iter().any(|t| t.value == tag)),
        )
    }

    fn detectors_with(&self, is_it: impl Fn(&DetectorClause) -> bool) -> Vec<usize> {
        (0..self.detectors.len())
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
        (Keyed::Salt(_), None) if read.space < hashed::LEAST_SPACE => report.push(
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
