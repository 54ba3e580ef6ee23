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
        let within = |span: Span| span.start <= place.span.start && place.span.end <= span.end;
        file.items.iter().find_map(|item| match item {
            Item::Rule(rule) if within(rule.span) => Some((rule, *text)),
            _ => None,
        })
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

/// A piece of source in one line.
fn folded(text: &str, span: Span) -> String {
    let written = text.get(span.range()).unwrap_or_default();
    written.split_whitespace().collect::<Vec<_>>().join(" ")
}
