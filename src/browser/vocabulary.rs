//! What a person may write: the names that a policy and the libraries it uses declare.
//!
//! From trees, not from a checked policy: while somebody types there is none.

use super::files::Files;
use crate::check::Resolver;
use crate::syntax::ast::{DetectorClause, File, Item, Type};
use crate::syntax::parse;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// Names by what they are.
#[derive(Default, Serialize)]
pub struct Vocabulary {
    libraries: Vec<String>,
    attributes: Vec<Attribute>,
    detectors: Vec<Detector>,
    classes: BTreeSet<String>,
    groups: Vec<String>,
    lists: Vec<String>,
    params: Vec<String>,
    lets: Vec<String>,
    rules: Vec<String>,
}

#[derive(Serialize)]
struct Attribute {
    name: String,
    #[serde(rename = "type")]
    ty: &'static str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    variants: Vec<String>,
}

#[derive(Serialize)]
struct Detector {
    id: String,
    title: String,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    titles: BTreeMap<String, String>,
}

/// Everything that is declared in a policy and in what it uses, extends or includes.
pub fn of(source: &str, files: &Files<'_>) -> Vocabulary {
    let mut vocabulary = Vocabulary {
        libraries: files.names(),
        ..Vocabulary::default()
    };
    let mut seen = BTreeSet::new();
    let mut waiting = vec![source.to_owned()];
    while let Some(text) = waiting.pop() {
        let (file, _) = parse(&text, 0);
        let used: Vec<String> = used(&file).collect();
        let new = used.into_iter().filter(|path| seen.insert(path.clone()));
        waiting.extend(new.filter_map(|path| files.resolve(&path)));
        vocabulary.take(file);
    }
    vocabulary
}

fn used(file: &File) -> impl Iterator<Item = String> {
    file.items.iter().flat_map(|item| match item {
        Item::Use(path) | Item::Extends(path) => vec![path.value.clone()],
        Item::Include(paths) => paths.iter().map(|path| path.value.clone()).collect(),
        _ => Vec::new(),
    })
}

impl Vocabulary {
    fn take(&mut self, file: File) {
        for item in file.items {
            match item {
                Item::Attribute(attribute) => self.attributes.push(Attribute {
                    name: attribute.name.value,
                    ty: type_word(&attribute.ty.value),
                    variants: match attribute.ty.value {
                        Type::Enum(names) => names.into_iter().map(|name| name.value).collect(),
                        _ => Vec::new(),
                    },
                }),
                Item::Detector(detector) => self.detector(detector),
                Item::Group(group) => self.groups.push(group.name.value),
                Item::List(list) => self.lists.push(list.name.value),
                Item::Param(param) => self.params.push(param.name.value),
                Item::Let(named) => self.lets.push(named.name.value),
                Item::Rule(rule) => self.rules.push(rule.name.value),
                _ => {}
            }
        }
    }

    fn detector(&mut self, detector: crate::syntax::ast::Detector) {
        let mut titles = BTreeMap::new();
        for clause in detector.clauses {
            match clause {
                DetectorClause::Title(texts) => {
                    let texts = texts.texts.into_iter();
                    titles.extend(texts.map(|(language, text)| (language.value, text.value)));
                }
                DetectorClause::Class(name) => {
                    self.classes.insert(name.value);
                }
                _ => {}
            }
        }
        self.detectors.push(Detector {
            id: detector.id.value,
            title: detector.title.value,
            titles,
        });
    }
}

fn type_word(ty: &Type) -> &'static str {
    match ty {
        Type::Bool => "bool",
        Type::Int => "int",
        Type::Date => "date",
        Type::String => "string",
        Type::Host => "host",
        Type::Enum(_) => "enum",
        Type::Set => "set",
        Type::ListOf { .. } => "list",
    }
}
