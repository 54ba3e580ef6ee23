//! Paragraph 30: context words beside a span.
//!
//! Everything happens in the folded view of the part, which has the positions of
//! the view. A word is expanded to all its spellings and looked for at every
//! place of the two windows.

use super::boundary::is_boundary;
use super::fold::fold;
use crate::check::model::Context;

/// A context word, ready to be searched.
#[derive(Clone, Debug)]
struct Word {
    /// All spellings, folded.
    spellings: Vec<Vec<u8>>,
    /// At most three characters as written: whole words only.
    short: bool,
}

/// The context words of a detector.
#[derive(Clone, Debug)]
pub struct Words {
    words: Vec<Word>,
    within: usize,
    before_only: bool,
}

impl Words {
    /// Folds and expands the words.
    pub fn new(context: &Context) -> Words {
        let word = |text: &String| Word {
            spellings: spellings(text),
            short: text.chars().count() <= 3,
        };
        Words {
            words: context.words.iter().map(word).collect(),
            within: usize::from(context.within),
            before_only: context.before_only,
        }
    }

    /// True when some word stands beside the span. `folded` is the folded view of the part.
    pub fn beside(&self, folded: &[u8], start: usize, end: usize) -> bool {
        let left = start.saturating_sub(self.within)..start;
        let right = end..folded.len().min(end.saturating_add(self.within));
        self.inside(folded, left) || !self.before_only && self.inside(folded, right)
    }

    fn inside(&self, folded: &[u8], window: std::ops::Range<usize>) -> bool {
        window.clone().any(|at| {
            self.words.iter().any(|word| {
                word.spellings.iter().any(|spelling| {
                    let end = at + spelling.len();
                    let there = end <= window.end && folded.get(at..end) == Some(spelling);
                    there && (!word.short || is_boundary(folded, at) && is_boundary(folded, end))
                })
            })
        })
    }
}

/// The word with every umlaut and sharp s written either way.
fn spellings(word: &str) -> Vec<Vec<u8>> {
    let folded = String::from_utf8(fold(word.as_bytes())).unwrap_or_default();
    let mut all = vec![Vec::new()];
    for c in folded.chars() {
        let mut ways = vec![c.to_string()];
        match c {
            'ä' => ways.push("ae".into()),
            'ö' => ways.push("oe".into()),
            'ü' => ways.push("ue".into()),
            'ß' => ways.push("ss".into()),
            _ => {}
        }
        all = all
            .iter()
            .flat_map(|begun: &Vec<u8>| {
                ways.iter().map(move |way| [begun, way.as_bytes()].concat())
            })
            .collect();
    }
    all.retain(|spelling| !spelling.is_empty());
    all
}
