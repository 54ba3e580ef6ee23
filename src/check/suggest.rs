//! Near names: the one that was probably meant.
//!
//! Distance counts inserted, dropped, changed and swapped letters (optimal string
//! alignment). A third of the name may differ. A last segment alone counts as
//! near: `host` for `destination.host`.

/// The nearest of `known`, if one is near enough; the first of equals.
pub(super) fn nearest<'n>(name: &str, known: impl IntoIterator<Item = &'n str>) -> Option<&'n str> {
    let folded = name.to_lowercase();
    let allowed = (folded.chars().count() / 3).max(1);
    known
        .into_iter()
        .filter_map(|k| {
            let distance = if k.rsplit('.').next() == Some(name) || name.rsplit('.').next() == Some(k)
            {
                1
            } else {
                distance(&folded, &k.to_lowercase())
            };
            (distance <= allowed).then_some((distance, k))
        })
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, k)| k)
}

/// A few of them, for a help line.
pub(super) fn some_of(known: &[&str]) -> Option<String> {
    const SHOWN: usize = 8;
    if known.is_empty() {
        return None;
    }
    let mut list: Vec<String> = known.iter().take(SHOWN).map(|k| format!("`{k}`")).collect();
    if known.len() > SHOWN {
        list.push(format!("and {} more", known.len() - SHOWN));
    }
    Some(list.join(", "))
}

fn distance(a: &str, b: &str) -> usize {
    let a: Vec<char> = a.chars().collect();
    let b: Vec<char> = b.chars().collect();
    let mut before: Vec<usize> = Vec::new();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut next = vec![i + 1];
        for (j, y) in b.iter().enumerate() {
            let mut best = (row[j] + usize::from(x != y)).min(row[j + 1] + 1).min(next[j] + 1);
            if i > 0 && j > 0 && *x == b[j - 1] && a[i - 1] == *y {
                best = best.min(before[j - 1] + 1);
            }
            next.push(best);
        }
        before = std::mem::replace(&mut row, next);
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn near_names() {
        let known = ["payment.card", "destination.host", "user.roles"];
        assert_eq!(nearest("payment.crad", known), Some("payment.card"));
        assert_eq!(nearest("host", known), Some("destination.host"));
        assert_eq!(nearest("User.Roles", known), Some("user.roles"));
        assert_eq!(nearest("weather", known), None);
    }
}
