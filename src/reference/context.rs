//! Paragraph 30: context words beside a span.
//!
//! Everything happens in the folded view of the part, which has the positions of
//! the view. A word is expanded to all its spellings and looked for at every
//! place of the two windows.

use super::boundary::is_boundary;
use super::fold::fold;
use crate::check::model::Context;

/// How a word is found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum How {
    /// As a stem; words of at most three characters as wholes.
    Stem,
    /// As a whole word.
    Whole,
    /// As a whole word that an ending may follow.
    Inflected,
}

/// A word, ready to be searched.
#[derive(Clone, Debug)]
struct Word {
    /// All spellings, folded.
    spellings: Vec<Vec<u8>>,
    how: How,
}

impl Word {
    /// Every end of the word at `at`.
    fn ends(&self, folded: &[u8], at: usize) -> Vec<usize> {
        let ends = self.spellings.iter().filter_map(|s| end_of(folded, at, s));
        let endings: &[&[u8]] = match self.how {
            How::Inflected => &[b"", b"e", b"er", b"es", b"en", b"em", b"n", b"s"],
            _ => &[b""],
        };
        let mut all = Vec::new();
        for end in ends {
            for ending in endings {
                let last = end + ending.len();
                let there = folded.get(end..last).is_some_and(|b| b == *ending);
                let bounded = || is_boundary(folded, at) && is_boundary(folded, last);
                if there && (self.how == How::Stem || bounded()) {
                    all.push(last);
                }
            }
        }
        all
    }
}

/// Where a spelling that begins at `at` ends: a blank is one to three blanks, tabs or line ends.
fn end_of(folded: &[u8], mut at: usize, spelling: &[u8]) -> Option<usize> {
    for &byte in spelling {
        if byte == b' ' {
            let blank = |b: &&u8| matches!(b, b' ' | b'\t' | b'\r' | b'\n');
            let rest = folded.get(at..)?;
            let blanks = rest.iter().take(3).take_while(blank).count();
            if blanks == 0 {
                return None;
            }
            at += blanks;
        } else if folded.get(at) == Some(&byte) {
            at += 1;
        } else {
            return None;
        }
    }
    Some(at)
}

/// Some words.
#[derive(Clone, Debug)]
pub struct WordSet(Vec<Word>);

impl WordSet {
    /// Folds and expands the words.
    pub fn new(words: &[String], how: How) -> WordSet {
        let word = |text: &String| {
            let short = text.chars().count() <= 3;
            let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
            Word {
                spellings: spellings(&text),
                how: if short && how == How::Stem {
                    How::Whole
                } else {
                    how
                },
            }
        };
        WordSet(words.iter().map(word).collect())
    }

    /// Every place of a word in the window, with the longest end there, from the left.
    pub fn places(
        &self,
        folded: &[u8],
        window: std::ops::Range<usize>,
    ) -> impl Iterator<Item = (usize, usize)> {
        window.clone().filter_map(move |at| {
            let ends = self.0.iter().flat_map(|word| word.ends(folded, at));
            let end = ends.filter(|end| *end <= window.end).max()?;
            Some((at, end))
        })
    }
}

/// The context words of a detector.
#[derive(Clone, Debug)]
pub struct Words {
    /// The words.
    pub words: WordSet,
    /// Bytes on a side.
    pub within: usize,
    before_only: bool,
}

impl Words {
    /// Folds and expands the words.
    pub fn new(context: &Context) -> Words {
        Words {
            words: WordSet::new(&context.words, How::Stem),
            within: usize::from(context.within),
            before_only: context.before_only,
        }
    }

    /// True when some word stands beside the span. `folded` is the folded view of the part.
    pub fn beside(&self, folded: &[u8], start: usize, end: usize) -> bool {
        let left = start.saturating_sub(self.within)..start;
        let right = end..folded.len().min(end.saturating_add(self.within));
        let stands = |window| self.words.places(folded, window).next().is_some();
        stands(left) || !self.before_only && stands(right)
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
