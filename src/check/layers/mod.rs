//! Layers and composition: which policy stands on which, and what that allows (semantics 19, 20,
//! 50 to 57).
//!
//! A policy that `extends` another one is a *layer* over it; one that `include`s others takes their
//! rules along. Both *inherit*: they see what is declared below, and may make it stricter. Everything
//! is composed here, before any rule is lowered, so that `plan` and `reference` see one checked policy
//! and know nothing of layers.
//!
//! | file | idea |
//! | --- | --- |
//! | here | units (a file in its place), scopes, who sees and who inherits what |
//! | `qualify` | names of included policies get the policy's id in front |
//! | `header` | one header out of several: the strictest `on_error`, stages per rule |
//! | `inherit` | what a layer may declare anew, and what not |
//! | `tighten` | a rule and what layers add to it |
//! | `stand` | exceptions, attributes and detectors of a layer against what is below |
//! | `direction` | parameters are used in the direction in which they are said to be stricter |
//! | `example` | an event in which an inherited rule fires: what a rejected layer would weaken |
//!
//! **Names are lexical.** What a rule, a condition or a group means is decided by the file in which it
//! stands: its own names, those it inherits, and the libraries that these use. A layer's detectors do
//! not join the `class personal` of an inherited rule; otherwise a new detector could make an
//! `unless found class …` hold, and weaken what it stands on.

pub(super) mod direction;
pub(super) mod example;
pub(super) mod header;
pub(super) mod inherit;
mod qualify;
mod stand;
mod tighten;

pub(super) use qualify::qualify;

use super::model::Place;
use std::collections::BTreeSet;

/// How a file names another one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum How {
    Use,
    Extends,
    Include,
}

/// A file that another one names.
#[derive(Clone, Copy, Debug)]
pub(super) struct Link {
    pub how: How,
    pub to: u32,
}

/// What a file is here; its index is that of its source.
#[derive(Clone, Debug, Default)]
pub(super) struct Unit {
    /// The scope of a policy's names; libraries have none of their own.
    pub scope: Option<Scope>,
    /// In the order in which they were followed.
    pub links: Vec<Link>,
    /// Where another policy names this one.
    pub named: Option<Place>,
}

/// Where a policy's names live: those of the policy itself, and of what it extends, have no prefix;
/// those of an included policy have its id in front.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Scope {
    /// Ids of the policies around, each with a dot behind.
    outer: String,
    /// The included policy whose names these are; `None`: the policy that is compiled.
    id: Option<String>,
    /// It takes the id of the next policy that is read.
    open: bool,
}

impl Scope {
    /// The scope of a policy that is included here; its id is not yet known.
    pub fn inner(&self) -> Scope {
        Scope {
            outer: self.prefix(),
            id: None,
            open: true,
        }
    }

    /// With the id of the included policy, unless it has one.
    pub fn filled(mut self, id: &str) -> Scope {
        if self.open {
            self.id = Some(id.to_owned());
            self.open = false;
        }
        self
    }

    /// What stands before the names of this scope.
    pub fn prefix(&self) -> String {
        match &self.id {
            Some(id) => format!("{}{id}.", self.outer),
            None => self.outer.clone(),
        }
    }

    /// A name of this scope as the whole policy knows it. A policy `hipaa` that calls a detector
    /// `hipaa.care_date` has said where it belongs already.
    pub fn qualified(&self, name: &str) -> String {
        let own = self.id.as_deref().and_then(|id| name.strip_prefix(id));
        match own.is_some_and(|rest| rest.starts_with('.')) {
            true => format!("{}{name}", self.outer),
            false => format!("{}{name}", self.prefix()),
        }
    }
}

/// Who names whom, with everything that follows from it.
#[derive(Debug)]
pub(super) struct Units<'u> {
    units: &'u [Unit],
    /// Everything that a file reaches, itself included.
    reached: Vec<BTreeSet<u32>>,
    /// Policies in their order: what is inherited before what inherits, the policy itself last.
    policies: Vec<u32>,
}

impl<'u> Units<'u> {
    pub fn new(units: &'u [Unit]) -> Self {
        let count = u32::try_from(units.len()).unwrap_or(u32::MAX);
        let mut all = Units {
            units,
            reached: Vec::new(),
            policies: Vec::new(),
        };
        all.reached = (0..count).map(|unit| all.reach(unit, |_| true)).collect();
        if count > 0 {
            all.sort(0);
        }
        all
    }

    fn reach(&self, from: u32, along: impl Fn(How) -> bool) -> BTreeSet<u32> {
        let mut seen = BTreeSet::new();
        let mut open = vec![from];
        while let Some(unit) = open.pop() {
            if seen.insert(unit) {
                let links = self.links(unit).iter().filter(|l| along(l.how));
                open.extend(links.map(|l| l.to));
            }
        }
        seen
    }

    fn sort(&mut self, unit: u32) {
        let units = self.units;
        let links = units.get(unit as usize).map_or(&[][..], |u| &u.links);
        for link in links.iter().filter(|l| l.how != How::Use) {
            self.sort(link.to);
        }
        self.policies.push(unit);
    }

    fn links(&self, unit: u32) -> &[Link] {
        self.units.get(unit as usize).map_or(&[], |u| &u.links)
    }

    /// Policies, what is inherited before what inherits; the policy itself is the last.
    pub fn policies(&self) -> &[u32] {
        &self.policies
    }

    /// Is it a policy, or the file that was asked about?
    pub fn is_policy(&self, unit: u32) -> bool {
        let scope = self.units.get(unit as usize).map(|u| &u.scope);
        unit == 0 || scope.is_some_and(Option::is_some)
    }

    /// Is there more than one policy?
    pub fn is_composed(&self) -> bool {
        self.policies.len() > 1
    }

    /// What a file sees: itself, and whatever it names, directly or through others.
    pub fn sees(&self, unit: u32, other: u32) -> bool {
        let reached = self.reached.get(unit as usize);
        reached.is_some_and(|reached| reached.contains(&other))
    }

    /// Is `other` a policy below `unit`, or a library that one of those sees?
    pub fn inherits(&self, unit: u32, other: u32) -> bool {
        let below = |&&policy: &&u32| policy != unit && self.sees(unit, policy);
        let mut below = self.policies.iter().filter(below);
        self.is_policy(unit) && below.any(|&policy| self.sees(policy, other))
    }

    /// The same, of a policy that this one is a layer over.
    pub fn extends(&self, unit: u32, other: u32) -> bool {
        self.bases(unit).iter().any(|&base| self.sees(base, other))
    }

    /// The policies that this one stands on as a layer, the next one first.
    pub fn bases(&self, unit: u32) -> Vec<u32> {
        let mut bases = Vec::new();
        let mut at = unit;
        while let Some(base) = self.base(at) {
            bases.push(base);
            at = base;
        }
        bases
    }

    /// What it extends.
    pub fn base(&self, unit: u32) -> Option<u32> {
        let mut links = self.links(unit).iter();
        links.find(|l| l.how == How::Extends).map(|l| l.to)
    }

    /// What it includes.
    pub fn included(&self, unit: u32) -> impl Iterator<Item = u32> {
        let links = self.links(unit).iter();
        links.filter(|l| l.how == How::Include).map(|l| l.to)
    }

    /// Where another policy names it.
    pub fn named(&self, unit: u32) -> Option<Place> {
        self.units.get(unit as usize).and_then(|u| u.named)
    }

    /// The number of a policy among [`super::model::Policy::layers`]: by source, the policy itself 0.
    pub fn layer(&self, unit: u32) -> u16 {
        let before = (0..unit).filter(|&u| self.is_policy(u)).count();
        u16::try_from(before).unwrap_or(u16::MAX)
    }

    /// How a policy is called where several are composed: its id, behind those it is included in.
    pub fn called(&self, unit: u32, id: &str) -> String {
        let scope = self.units.get(unit as usize).and_then(|u| u.scope.as_ref());
        scope.map_or_else(|| id.to_owned(), |scope| format!("{}{id}", scope.outer))
    }
}
