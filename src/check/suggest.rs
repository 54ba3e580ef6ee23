//! Near names: the one that was probably meant.
//!
//! Slips are counted by [`crate::syntax::near`]. Dotted names have one more way of
//! being near: a last segment alone (`host` for `destination.host`), or a wrong
//! head (`users.roles` for `user.roles` is a slip, `staff.roles` is not).

use crate::syntax::near::closest;

/// The nearest of `known`, if one is near enough; the first of equals.
pub(super) fn nearest<'n>(name: &str, known: impl IntoIterator<Item = &'n str>) -> Option<&'n str> {
    let known: Vec<&str> = known.into_iter().collect();
    let last = |k: &str| k.rsplit('.').next().map(str::to_lowercase);
    closest(name, known.iter().copied()).or_else(|| {
        let same_end =
            |k: &&str| (!name.contains('.') || !k.contains('.')) && last(k) == last(name);
        known.iter().copied().find(same_end)
    })
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
