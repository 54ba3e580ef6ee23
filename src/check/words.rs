//! `words`: phrases become one pattern.
//!
//! A blank in a phrase stands for one to three blanks, tabs or line ends; the
//! phrase begins and ends at a boundary; letters are folded. `inflected` lets a
//! German or English ending follow.

use super::model::{Pattern, Place};

/// What stands for a blank.
const BLANK: &str = r"[ \t\r\n]{1,3}";
/// Endings of an inflected phrase.
const ENDINGS: &str = "(?:e|er|es|en|em|n|s)?";

/// The pattern of some phrases.
pub(super) fn pattern<'t>(
    phrases: impl IntoIterator<Item = &'t str>,
    inflected: bool,
    place: Place,
) -> Pattern {
    let alternatives: Vec<String> = phrases
        .into_iter()
        .map(|phrase| {
            let words: Vec<String> = phrase.split_whitespace().map(word).collect();
            words.join(BLANK)
        })
        .collect();
    let endings = if inflected { ENDINGS } else { "" };
    Pattern {
        regex: format!(r"\b(?:{}){endings}\b", alternatives.join("|")),
        fold: true,
        place,
    }
}

/// A word as a pattern: umlauts and the sharp s may be written either way.
fn word(word: &str) -> String {
    let escaped = regex_syntax::escape(word);
    let mut out = String::with_capacity(escaped.len());
    for c in escaped.chars() {
        match c {
            'ä' | 'Ä' => out.push_str("(?:ä|ae)"),
            'ö' | 'Ö' => out.push_str("(?:ö|oe)"),
            'ü' | 'Ü' => out.push_str("(?:ü|ue)"),
            'ß' => out.push_str("(?:ß|ss)"),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::pattern;
    use crate::check::model::Place;

    #[test]
    fn phrases_become_a_pattern() {
        let p = pattern(["streng geheim", "C++"], true, Place::default());
        assert_eq!(
            p.regex,
            r"\b(?:streng[ \t\r\n]{1,3}geheim|C\+\+)(?:e|er|es|en|em|n|s)?\b"
        );
        assert!(p.fold);
    }
}
