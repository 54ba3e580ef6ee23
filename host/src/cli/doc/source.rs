//! What a policy says in its own words: clauses of rules and the conditions that they name.

use riegel::check::model::{Place, Policy, Rule};
use riegel::syntax::ast::{Clause, File, Item, Rule as Written, Span};
use riegel::syntax::parse;

/// The policy's sources as trees, beside their texts.
pub struct Sources<'p> {
    files: Vec<(File, &'p str)>,
}

impl<'p> Sources<'p> {
    /// Reads all of them again; they were checked before.
    pub fn of(policy: &'p Policy) -> Self {
        let files = policy.sources.iter().map(|source| {
            let (file, _) = parse(&source.text, 0);
            (file, source.text.as_str())
        });
        Sources {
            files: files.collect(),
        }
    }

    /// `when …` and `unless …` of a rule as written.
    pub fn clauses(&self, rule: &Rule) -> Vec<String> {
        let Some((written, text)) = self.written(rule.place) else {
            return Vec::new();
        };
        let clauses = written.clauses.iter().filter_map(|clause| match clause {
            Clause::When(expr) => Some(format!("when {}", folded(text, expr.span))),
            Clause::Unless(expr) => Some(format!("unless {}", folded(text, expr.span))),
            _ => None,
        });
        clauses.collect()
    }

    fn written(&self, place: Place) -> Option<(&Written, &'p str)> {
        let (file, text) = self.files.get(place.source as usize)?;
        file.items.iter().find_map(|item| match item {
            Item::Rule(rule) if holds(rule.span, place.span) => Some((rule, *text)),
            _ => None,
        })
    }

    /// For whom an exception holds, as written.
    pub fn exception(&self, place: Place) -> Option<String> {
        let (file, text) = self.files.get(place.source as usize)?;
        file.items.iter().find_map(|item| match item {
            Item::Except(except) if holds(except.span, place.span) => {
                Some(format!(": when {}", folded(text, except.when.span)))
            }
            _ => None,
        })
    }

    /// The lists of the policies themselves, those of the library apart.
    pub fn lists(&self) -> Vec<(String, Listed)> {
        let files = self.files.iter().filter(|(file, _)| file.policy.is_some());
        let items = files.flat_map(|(file, _)| &file.items);
        let lists = items.filter_map(|item| match item {
            Item::List(list) => Some(list),
            _ => None,
        });
        let shown = lists.map(|list| {
            let words = || list.items.iter().map(|word| word.value.clone()).collect();
            let file = list.file.as_ref().map(|file| file.value.clone());
            let what = match (&list.hashed, file) {
                (Some(_), file) => Listed::Hashed(file.unwrap_or_default()),
                (None, Some(file)) => Listed::File(file),
                (None, None) => Listed::Words(words()),
            };
            (list.name.value.clone(), what)
        });
        shown.collect()
    }

    /// The conditions that rules name, with their definitions: those of the policies themselves.
    pub fn terms(&self) -> Vec<(String, String)> {
        let mut terms: Vec<(String, String)> = Vec::new();
        for (file, text) in self.files.iter().filter(|(file, _)| file.policy.is_some()) {
            for item in &file.items {
                if let Item::Let(term) = item {
                    let pair = (term.name.value.clone(), folded(text, term.value.span));
                    if !terms.contains(&pair) {
                        terms.push(pair);
                    }
                }
            }
        }
        terms
    }
}

/// What a list holds.
pub enum Listed {
    /// Words.
    Words(Vec<String>),
    /// The lines of a file.
    File(String),
    /// The checksums in a file.
    Hashed(String),
}

/// Does a place lie in it?
fn holds(span: Span, place: Span) -> bool {
    span.start <= place.start && place.end <= span.end
}

/// A piece of source in one line.
fn folded(text: &str, span: Span) -> String {
    let written = text.get(span.range()).unwrap_or_default();
    written.split_whitespace().collect::<Vec<_>>().join(" ")
}
