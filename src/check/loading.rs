//! From one file to all files: follows `use`, once per library, in source order.
//!
//! Libraries may use each other in any shape; a library that was read is not
//! read again, so cycles end by themselves.

use super::Resolver;
use super::codes;
use super::model::Source;
use super::report::{Report, at};
use crate::diagnostics::Diagnostic;
use crate::hashed::Hashed;
use crate::syntax::ast::{File, Item, List, Path, Spanned};
use std::collections::BTreeSet;
use std::sync::Arc;

/// All files of a policy, the policy itself first, libraries in the order in
/// which they are met, depth first.
#[derive(Debug, Default)]
pub(super) struct Loaded {
    pub sources: Vec<Source>,
    pub files: Vec<File>,
}

/// Reads the file and everything that it uses.
pub(super) fn load(name: &str, text: &str, resolver: &dyn Resolver, report: &mut Report) -> Loaded {
    let mut loaded = Loaded::default();
    let mut seen = BTreeSet::new();
    let root = read(&mut loaded, name, text.to_owned(), resolver, report);
    // A stack of uses still to follow, the next one on top.
    let mut open = uses(&loaded, root);
    while let Some((from, path)) = open.pop() {
        if !seen.insert(path.value.clone()) {
            continue;
        }
        let place = at(from, path.span);
        let Some(text) = resolver.resolve(&path.value) else {
            let names = resolver.names();
            report.unknown(
                &codes::UNKNOWN_LIBRARY,
                place,
                "library",
                &path.value,
                names.iter().map(String::as_str),
            );
            continue;
        };
        let source = read(&mut loaded, &path.value, text, resolver, report);
        if loaded
            .files
            .get(source as usize)
            .is_some_and(|f| f.policy.is_some())
        {
            report.push(
                Diagnostic::new(
                    &codes::POLICY_AS_LIBRARY,
                    place,
                    format!("`{}` is a policy, not a library", path.value),
                )
                .label("has a `policy` header")
                .help("composing policies (`include`, `extends`) comes with a later version; move what both need into a file without a header"),
            );
        }
        open.extend(uses(&loaded, source));
    }
    loaded
}

fn read(
    loaded: &mut Loaded,
    name: &str,
    text: String,
    resolver: &dyn Resolver,
    report: &mut Report,
) -> u32 {
    let source = u32::try_from(loaded.sources.len()).unwrap_or(u32::MAX);
    let (mut file, diagnostics) = crate::syntax::parse(&text, source);
    report.diagnostics.extend(diagnostics);
    for item in &mut file.items {
        if let Item::List(list) = item {
            fill(list, (source, name), resolver, report);
        }
    }
    loaded.sources.push(Source {
        name: name.to_owned(),
        text,
    });
    loaded.files.push(file);
    source
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
