//! Paragraph 42: phrases that follow each other.

use super::boundary::is_word;
use super::context::{How, WordSet};
use crate::check::model;

/// A sequence, ready to be searched.
#[derive(Clone, Debug)]
pub struct Sequence {
    anchor: WordSet,
    /// The other parts, the nearest first, with the words that may stand between.
    others: Vec<(WordSet, usize)>,
    either: bool,
}

impl Sequence {
    /// Folds and expands the phrases.
    pub fn new(sequence: &model::Sequence) -> Sequence {
        let how = match sequence.inflected {
            true => How::Inflected,
            false => How::Whole,
        };
        let mut parts = sequence.parts.iter().rev();
        Sequence {
            anchor: WordSet::new(parts.next().map_or(&[][..], |p| p), how),
            others: parts
                .zip(sequence.gaps.iter().rev())
                .map(|(part, gap)| (WordSet::new(part, how), usize::from(*gap)))
                .collect(),
            either: sequence.either,
        }
    }

    /// The span of the sequence whose last part is exactly `(start, end)`.
    pub fn around(
        &self,
        view: &[u8],
        folded: &[u8],
        (start, end): (usize, usize),
    ) -> Option<(usize, usize)> {
        let (_, last) = self
            .anchor
            .places(folded, start..end)
            .find(|p| p.0 == start)?;
        if last != end {
            return None;
        }
        let (mut from, mut to) = (start, end);
        for (words, gap) in &self.others {
            let reach = 16 * (gap + 1);
            let left = words
                .places(folded, from.saturating_sub(reach)..from)
                .last();
            if let Some((start, _)) = left.filter(|(_, end)| close(view, *end, from, *gap)) {
                from = start;
                continue;
            }
            let right = words
                .places(folded, to..folded.len().min(to + reach))
                .next();
            match right.filter(|(start, _)| self.either && close(view, to, *start, *gap)) {
                Some((_, end)) => to = end,
                None => return None,
            }
        }
        Some((from, to))
    }
}

/// At most so many words between, and no blank line.
fn close(view: &[u8], from: usize, to: usize, gap: usize) -> bool {
    let between: Vec<bool> = (from..to).map(|at| is_word(view, at)).collect();
    let words = between.split(|word| !word).filter(|run| !run.is_empty());
    let text = view.get(from..to).unwrap_or_default();
    let lines: Vec<&[u8]> = text.split(|b| *b == b'\n').collect();
    let inner = lines
        .get(1..lines.len().saturating_sub(1))
        .unwrap_or_default();
    let blank = |line: &&[u8]| line.iter().all(|b| matches!(b, b' ' | b'\t' | b'\r'));
    words.count() <= gap && !inner.iter().any(blank)
}
