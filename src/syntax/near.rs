//! Near words: what a person probably meant.
//!
//! The distance counts insertions, deletions, replacements and swaps of two
//! neighbours (Damerau, restricted form), because `whne` is one slip, not two.
//! Words longer than [`LONGEST`] have no near word, so that a hostile name costs
//! nothing.

/// Longest word, in characters, for which a near word is sought.
pub const LONGEST: usize = 48;

/// The candidate that is nearest to `word` and near enough to be meant: one slip
/// in words of up to four letters, two in longer ones, never the word itself.
pub fn closest<'c>(word: &str, candidates: impl IntoIterator<Item = &'c str>) -> Option<&'c str> {
    let letters: Vec<char> = word
        .chars()
        .take(LONGEST + 1)
        .flat_map(char::to_lowercase)
        .collect();
    if letters.is_empty() || letters.len() > LONGEST {
        return None;
    }
    let allowed = match letters.len() {
        1 => 0,
        2..=4 => 1,
        _ => 2,
    };
    candidates
        .into_iter()
        .filter(|candidate| *candidate != word && !opposite(candidate, word))
        .filter_map(|candidate| {
            let other: Vec<char> = candidate.chars().take(LONGEST + 1).collect();
            (other.len().abs_diff(letters.len()) <= allowed && other.len() <= LONGEST)
                .then(|| (distance(&letters, &other), candidate))
        })
        .filter(|(far, _)| *far <= allowed)
        .min_by_key(|(far, _)| *far)
        .map(|(_, candidate)| candidate)
}

/// Is one of them the other's contrary (`approved`, `unapproved`)? A slip that would turn a rule around is
/// never offered.
fn opposite(a: &str, b: &str) -> bool {
    let last = |word| {
        str::rsplit(word, '.')
            .next()
            .unwrap_or_default()
            .to_lowercase()
    };
    let (a, b) = (last(a), last(b));
    let denies = |long: &str, short: &str| {
        let mut prefixes = ["un", "in", "no", "non", "not_", "no_"].into_iter();
        prefixes.any(|prefix| long.strip_prefix(prefix) == Some(short))
    };
    denies(&a, &b) || denies(&b, &a)
}

/// Slips between two words.
fn distance(a: &[char], b: &[char]) -> usize {
    let mut before: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut row = vec![i + 1];
        for (j, y) in b.iter().enumerate() {
            let at = |line: &[usize], k: usize| line.get(k).copied().unwrap_or(usize::MAX - 1);
            let mut best = (at(&last, j) + usize::from(x != y))
                .min(at(&last, j + 1) + 1)
                .min(at(&row, j) + 1);
            let swapped = i > 0 && j > 0 && a.get(i - 1) == Some(y) && b.get(j - 1) == Some(x);
            if swapped {
                best = best.min(at(&before, j - 1) + 1);
            }
            row.push(best);
        }
        before = std::mem::replace(&mut last, row);
    }
    last.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::closest;

    #[test]
    fn finds_slips_and_keeps_quiet_otherwise() {
        let words = ["when", "unless", "then", "block", "or"];
        assert_eq!(closest("whne", words), Some("when"));
        assert_eq!(closest("unles", words), Some("unless"));
        assert_eq!(closest("BLOCK", words), Some("block"));
        assert_eq!(closest("thn", words), Some("then"));
        assert_eq!(closest("when", words), Some("then"));
        assert_eq!(closest("x", words), None);
        assert_eq!(closest("unapproved", ["approved"]), None);
        assert_eq!(
            closest("aproved", ["unapproved", "approved"]),
            Some("approved")
        );
        assert_eq!(closest("frobnicate", words), None);
        assert_eq!(closest(&"w".repeat(1 << 20), words), None);
    }
}
