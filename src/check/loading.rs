//! From one file to all files: follows `use`, `extends` and `include`.
//!
//! A library is read once, however often it is used; libraries may use each other in any shape. A
//! policy is read once per place that names it, because each place has its own scope
//! ([`Scope`]): two policies that extend the same third one do not share its names.
//!
//! ```text
//! client ──extends──▶ sector ──extends──▶ baseline ──use──▶ lib.event
//!    └────include──▶ packs.hipaa ──use──▶ lib.health           ▲
//!                        └──────────────use───────────────────┘
//! ```

use super::Resolver;
use super::codes;
use super::layers::{How, Link, Scope, Unit, qualify};
use super::model::{Place, Source};
use super::report::{Report, at};
use crate::diagnostics::Diagnostic;
use crate::hashed::Hashed;
use crate::syntax::ast::{File, Item, List, Path, Spanned};
use std::collections::BTreeMap;
use std::sync::Arc;

/// How many policies may stand on each other, and inside each other.
const DEEPEST: usize = 32;

/// All files of a policy, the policy itself first, libraries in the order in
/// which they are met, depth first; then the policies that it stands on.
#[derive(Debug, Default)]
pub(super) struct Loaded {
    pub sources: Vec<Source>,
    pub files: Vec<File>,
    /// What each file is here, by source.
    pub units: Vec<Unit>,
}

/// Reads the files and everything that they name. `given` are the baseline and the layers over it;
/// the last one is the policy.
pub(super) fn load(given: &[(&str, &str)], resolver: &dyn Resolver, report: &mut Report) -> Loaded {
    let mut loading = Loading {
        loaded: Loaded::default(),
        resolver,
        report,
        libraries: BTreeMap::new(),
        open: Vec::new(),
    };
    loading.policy(given, None, None);
    let mut loaded = loading.loaded;
    qualify(&mut loaded.files, &loaded.units);
    loaded
}

struct Loading<'r> {
    loaded: Loaded,
    resolver: &'r dyn Resolver,
    report: &'r mut Report,
    libraries: BTreeMap<String, u32>,
    /// The policies that are being read, by the names under which they were found.
    open: Vec<String>,
}

impl Loading<'_> {
    /// Reads the last of the given files, the libraries that it uses, and the policies below it.
    fn policy(
        &mut self,
        given: &[(&str, &str)],
        scope: Option<&Scope>,
        named: Option<Place>,
    ) -> u32 {
        let ((name, text), below) = match given.split_last() {
            Some((last, below)) => (*last, below),
            None => (("", ""), given),
        };
        let source = self.read(name, text.to_owned());
        let own = self.file(source).and_then(|f| f.policy.as_ref());
        let own = own.map(|p| p.id.value.clone());
        let scope = match (scope, &own) {
            (Some(scope), Some(id)) => scope.clone().filled(id),
            (Some(scope), None) => scope.clone(),
            (None, _) => Scope::default(),
        };
        if let Some(unit) = self.loaded.units.get_mut(source as usize) {
            unit.scope = Some(scope.clone());
            unit.named = named;
        }
        self.follow_uses(source);
        if own.is_none() {
            if named.is_some() || !below.is_empty() {
                self.no_policy(source, named, name);
            }
            return source;
        }
        self.open.push(name.to_owned());
        self.base(source, below, &scope);
        for path in self.paths(source, |item| match item {
            Item::Include(paths) => paths.clone(),
            _ => Vec::new(),
        }) {
            let inner = scope.inner();
            if let Some(text) = self.resolved(source, &path)
                && self.is_first(source, &path, (&text, &inner))
            {
                let place = at(source, path.span);
                let to = self.policy(&[(&path.value, &text)], Some(&inner), Some(place));
                self.link(source, to, How::Include);
            }
        }
        self.open.pop();
        source
    }

    /// What the policy extends: what its file says, or the file given before it.
    fn base(&mut self, source: u32, below: &[(&str, &str)], scope: &Scope) {
        let extends = self.paths(source, |item| match item {
            Item::Extends(path) => vec![path.clone()],
            _ => Vec::new(),
        });
        for path in extends.iter().skip(1) {
            self.report.push(
                Diagnostic::new(
                    &codes::SECOND_BASE,
                    at(source, path.span),
                    "a policy extends one policy",
                )
                .label("a second one")
                .help("join policies with `include`, or let one of them extend the other"),
            );
        }
        let first = extends.first();
        let named = first.map(|path| at(source, path.span));
        if below.is_empty() {
            if let Some(path) = first
                && let Some(text) = self.resolved(source, path)
            {
                let to = self.policy(&[(&path.value, &text)], Some(scope), named);
                self.link(source, to, How::Extends);
            }
            return;
        }
        let header = self.file(source).and_then(|f| f.policy.as_ref());
        let header = header.map(|p| at(source, p.id.span));
        let to = self.policy(below, Some(scope), named.or(header));
        self.link(source, to, How::Extends);
        let id = self.file(to).and_then(|f| f.policy.as_ref());
        let id = id.map(|p| p.id.value.clone());
        if let (Some(path), Some(id)) = (first, id)
            && path.value.rsplit('.').next() != Some(id.as_str())
        {
            self.report.push(
                Diagnostic::new(
                    &codes::LAYER_DISAGREES,
                    at(source, path.span),
                    format!("this layer extends `{}`, but stands on `{id}`", path.value),
                )
                .label(format!("`{id}` was given before it"))
                .help("give the layers in the order in which they stand on each other, the baseline first"),
            );
        }
    }

    /// The text of a policy that another one names.
    fn resolved(&mut self, source: u32, path: &Path) -> Option<String> {
        let place = at(source, path.span);
        if self.open.contains(&path.value) || self.open.len() >= DEEPEST {
            self.report.push(
                Diagnostic::new(
                    &codes::POLICY_CYCLE,
                    place,
                    format!("`{}` stands on itself", path.value),
                )
                .label("would never end")
                .help(format!(
                    "policies stand on each other at most {DEEPEST} deep, and none on itself"
                )),
            );
            return None;
        }
        let text = self.resolver.resolve(&path.value);
        if text.is_none() {
            let names = self.resolver.names();
            let names = names.iter().map(String::as_str);
            let policies = names.filter(|n| !n.starts_with("lib."));
            self.report.unknown(
                &codes::UNKNOWN_POLICY,
                place,
                "policy",
                &path.value,
                policies,
            );
        }
        text
    }

    fn no_policy(&mut self, source: u32, named: Option<Place>, name: &str) {
        let here = at(source, crate::syntax::ast::Span::default());
        self.report.push(
            Diagnostic::new(
                &codes::NOT_A_POLICY,
                named.unwrap_or(here),
                format!("`{name}` is no policy"),
            )
            .label("has no `policy` header")
            .help("a library of detectors and lists is reached with `use`"),
        );
    }

    /// Two policies of one name cannot be told apart: neither beside each other, nor in two layers.
    fn is_first(&mut self, source: u32, path: &Path, (text, inner): (&str, &Scope)) -> bool {
        let Some(header) = crate::syntax::parse(text, source).0.policy else {
            return true;
        };
        let prefix = inner.clone().filled(&header.id.value).prefix();
        let of = |unit: &Unit| unit.scope.as_ref().map(Scope::prefix);
        let mut units = self.loaded.units.iter();
        let Some(first) = units.position(|unit| of(unit).as_ref() == Some(&prefix)) else {
            return true;
        };
        let id = prefix.trim_end_matches('.');
        let again = self.loaded.sources.get(first).map(|s| s.name.as_str()) == Some(&path.value);
        let mut diagnostic = Diagnostic::new(
            &codes::SECOND_BASE,
            at(source, path.span),
            match again {
                true => format!("`{}` is included twice", path.value),
                false => format!("two included policies have the id `{id}`"),
            },
        )
        .label(match again {
            true => "its rules are here already",
            false => "their rules would have the same ids",
        })
        .help(match again {
            true => "take it out here; `tighten` makes rules stronger that are here already",
            false => "give one of them another id",
        });
        if let Some(named) = self.loaded.units.get(first).and_then(|unit| unit.named) {
            diagnostic = diagnostic.also(named, "included here");
        }
        self.report.push(diagnostic);
        false
    }

    /// Follows `use`, with a stack of those still to follow, the next one on top.
    fn follow_uses(&mut self, root: u32) {
        let mut open = uses(&self.loaded, root);
        while let Some((from, path)) = open.pop() {
            if let Some(&known) = self.libraries.get(&path.value) {
                self.link(from, known, How::Use);
                continue;
            }
            let place = at(from, path.span);
            let Some(text) = self.resolver.resolve(&path.value) else {
                let names = self.resolver.names();
                self.report.unknown(
                    &codes::UNKNOWN_LIBRARY,
                    place,
                    "library",
                    &path.value,
                    names.iter().map(String::as_str),
                );
                continue;
            };
            let source = self.read(&path.value, text);
            self.libraries.insert(path.value.clone(), source);
            self.link(from, source, How::Use);
            if self.file(source).is_some_and(|f| f.policy.is_some()) {
                self.report.push(
                    Diagnostic::new(
                        &codes::POLICY_AS_LIBRARY,
                        place,
                        format!("`{}` is a policy, not a library", path.value),
                    )
                    .label("has a `policy` header")
                    .help(format!(
                        "write `include {0}` to take its rules along, or `extends {0}` for a layer over it",
                        path.value
                    )),
                );
            }
            open.extend(uses(&self.loaded, source));
        }
    }

    fn link(&mut self, from: u32, to: u32, how: How) {
        if let Some(unit) = self.loaded.units.get_mut(from as usize) {
            unit.links.push(Link { how, to });
        }
    }

    fn file(&self, source: u32) -> Option<&File> {
        self.loaded.files.get(source as usize)
    }

    fn paths(&self, source: u32, of: impl Fn(&Item) -> Vec<Path>) -> Vec<Path> {
        let items = self.file(source).map_or(&[][..], |f| &f.items);
        items.iter().flat_map(of).collect()
    }

    fn read(&mut self, name: &str, text: String) -> u32 {
        let source = u32::try_from(self.loaded.sources.len()).unwrap_or(u32::MAX);
        let (mut file, diagnostics) = crate::syntax::parse(&text, source);
        self.report.diagnostics.extend(diagnostics);
        for item in &mut file.items {
            if let Item::List(list) = item {
                fill(list, (source, name), self.resolver, self.report);
            }
        }
        self.loaded.sources.push(Source {
            name: name.to_owned(),
            text,
        });
        self.loaded.files.push(file);
        self.loaded.units.push(Unit::default());
        source
    }
}

/// Reads the lines of a list's file: one element each; empty ones and those behind `#` do not count.
fn fill(
    list: &mut List,
    (source, name): (u32, &str),
    resolver: &dyn Resolver,
    report: &mut Report,
) {
    let Some(file) = &list.file else { return };
    let Some(text) = resolver.file(name, &file.value) else {
        report.push(
            Diagnostic::new(
                &codes::NO_SUCH_FILE,
                at(source, file.span),
                format!("there is no file `{}`", file.value),
            )
            .label("cannot be read")
            .help("the name counts from the folder of this file"),
        );
        return;
    };
    if let Some(hashed) = &mut list.hashed {
        match Hashed::parse(&text) {
            Ok(read) => hashed.list = Some(Arc::new(read)),
            Err(refused) => report.push(
                Diagnostic::new(
                    &codes::NOT_HASHED,
                    at(source, file.span),
                    format!("`{}` is not a hashed list", file.value),
                )
                .label(format!("line {}: {}", refused.line, refused.why))
                .help("`riegel hash-list` and `riegel fingerprint` make such files; they are not edited by hand"),
            ),
        }
        return;
    }
    let lines = text.lines().map(str::trim);
    let lines = lines.filter(|line| !line.is_empty() && !line.starts_with('#'));
    let element = |line: &str| Spanned {
        value: line.to_owned(),
        span: file.span,
    };
    list.items = lines.map(element).collect();
}

fn uses(loaded: &Loaded, source: u32) -> Vec<(u32, Path)> {
    let items = loaded
        .files
        .get(source as usize)
        .map_or(&[][..], |f| &f.items);
    items
        .iter()
        .rev()
        .filter_map(|item| match item {
            Item::Use(path) => Some((source, path.clone())),
            _ => None,
        })
        .collect()
}
