//! Versions of policies and of signed data: Semantic Versioning 2.0.0 (semantics 63).

use std::cmp::Ordering;
use std::fmt;

/// Longest version in bytes where one is signed.
pub const LONGEST: usize = 64;

/// A version, such as `1.4.0` or `2.0.0-rc.1+build.7`.
///
/// Two versions are equal where neither is lower: what follows a `+` does not count.
#[derive(Clone, Debug)]
pub struct Version {
    text: String,
    core: [u32; 3],
    pre: Vec<String>,
}

impl Version {
    /// Reads one.
    pub fn parse(text: &str) -> Option<Version> {
        let (rest, build) = match text.split_once('+') {
            Some((rest, build)) => (rest, Some(build)),
            None => (text, None),
        };
        let (core, pre) = match rest.split_once('-') {
            Some((core, pre)) => (core, Some(pre)),
            None => (rest, None),
        };
        let words = |list: Option<&str>| -> Option<Vec<String>> {
            let words = list.into_iter().flat_map(|list| list.split('.'));
            words.map(|w| is_word(w).then(|| w.to_owned())).collect()
        };
        words(build)?;
        let numbers: Option<Vec<u32>> = core.split('.').map(number).collect();
        Some(Version {
            text: text.to_owned(),
            core: numbers?.try_into().ok()?,
            pre: words(pre)?,
        })
    }

    /// As it was written.
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

fn number(text: &str) -> Option<u32> {
    let shaped = text.len() <= 9
        && text.bytes().all(|b| b.is_ascii_digit())
        && (text == "0" || !text.starts_with('0'));
    shaped.then(|| text.parse().ok()).flatten()
}

fn is_word(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
}

/// Numbers by value, of any length; other words by their bytes; numbers come first.
fn words(one: &str, other: &str) -> Ordering {
    let numeric = |word: &str| word.bytes().all(|b| b.is_ascii_digit());
    match (numeric(one), numeric(other)) {
        (true, true) => {
            let [one, other] = [one, other].map(|word| word.trim_start_matches('0'));
            one.len().cmp(&other.len()).then_with(|| one.cmp(other))
        }
        (false, false) => one.cmp(other),
        (one, _) => {
            if one {
                Ordering::Less
            } else {
                Ordering::Greater
            }
        }
    }
}

impl Ord for Version {
    fn cmp(&self, other: &Self) -> Ordering {
        let pre = || match (self.pre.is_empty(), other.pre.is_empty()) {
            (true, true) => Ordering::Equal,
            (true, false) => Ordering::Greater,
            (false, true) => Ordering::Less,
            (false, false) => {
                let mut pairs = self.pre.iter().zip(&other.pre).map(|(a, b)| words(a, b));
                pairs
                    .find(|order| order.is_ne())
                    .unwrap_or_else(|| self.pre.len().cmp(&other.pre.len()))
            }
        };
        self.core.cmp(&other.core).then_with(pre)
    }
}

impl PartialOrd for Version {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Version {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Version {}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::Version;

    #[test]
    fn what_is_a_version() {
        for good in ["1.0.0", "0.12.3-rc.1", "1.0.0+build.7", "1.0.0-a-b.0+0.1-2"] {
            assert!(Version::parse(good).is_some(), "{good}");
        }
        for bad in [
            "1",
            "1.0",
            "01.0.0",
            "1.0.0-",
            "v1.0.0",
            "",
            "1.0.0.0",
            "1.0.0+",
            "1.0.0-a..b",
            "1.0.-1",
            "1234567890.0.0",
            "+1.0.0",
            "1.0.0 ",
        ] {
            assert!(Version::parse(bad).is_none(), "{bad}");
        }
    }

    /// The order of the specification's clause 11, and what it leaves to reading.
    #[test]
    fn the_order() {
        let ascending = [
            "0.9.10",
            "1.0.0-0",
            "1.0.0-2",
            "1.0.0-11",
            "1.0.0-99999999999999999999",
            "1.0.0-100000000000000000000",
            "1.0.0-alpha",
            "1.0.0-alpha.1",
            "1.0.0-alpha.beta",
            "1.0.0-beta",
            "1.0.0-beta.2",
            "1.0.0-beta.11",
            "1.0.0-rc.1",
            "1.0.0",
            "1.0.1",
            "1.2.0",
            "1.10.0",
            "2.0.0",
        ];
        let versions: Vec<Version> = ascending
            .iter()
            .map(|v| Version::parse(v).unwrap())
            .collect();
        for (i, one) in versions.iter().enumerate() {
            for (j, other) in versions.iter().enumerate() {
                assert_eq!(one.cmp(other), i.cmp(&j), "{one} and {other}");
            }
        }
        assert_eq!(Version::parse("1.0.0+a"), Version::parse("1.0.0+b"));
    }
}
