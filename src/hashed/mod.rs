//! Hashed lists: phrases and passages that a module recognises without holding them (semantics 60).
//!
//! `riegel hash-list` and `riegel fingerprint` make the files, `hashed list` and `fingerprint` in a policy
//! read them. A file is text, the same for the same input:
//!
//! ```text
//! riegel hashed list 1
//! kind phrases                   phrases | passages
//! words 1 4                      fewest and most words
//! lengths 0000000000000fe0       bit n: there are keys of n bytes; 1: any length (passages)
//! space 61                       log2 of the values that somebody who guesses has to try, at least
//! salt 0f1e…                     what the hashes are keyed with; or
//! key 9a3c41d2                   the first bits of the hash of nothing under the key that a host holds
//! values 1204
//! 03a94c1e77b2 …                 the upper 48 bits of every hash, ascending
//! ```
//!
//! | file | idea |
//! | --- | --- |
//! | here | what a file holds, and its text |
//! | `phrase` | the key of a phrase: what is hashed |
//! | `make` | from values and documents to a list |

pub mod make;
pub mod phrase;

use siphasher::sip::SipHasher24;
use std::fmt::Write as _;

/// A key: of a salt, or that a host holds.
pub type Key = [u8; 16];

/// First line of a file.
const FIRST: &str = "riegel hashed list 1";
/// Least log2 of the space of values for a list without a key (semantics 24).
pub const LEAST_SPACE: u32 = 40;
/// Hex digits of a value.
const DIGITS: usize = 12;
/// Most values.
pub const MOST_VALUES: usize = 1 << 20;

/// What the hashes stand for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Names, numbers: whole phrases.
    Phrases,
    /// Some of all runs of so many words of documents.
    Passages,
}

/// What the hashes are keyed with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keyed {
    /// A salt, which stands in the module.
    Salt(Key),
    /// A key that the host holds: the upper 32 bits of the hash of nothing, which tell a wrong one.
    Held(u32),
}

/// A hashed list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hashed {
    /// What it is.
    pub kind: Kind,
    /// Fewest words of a phrase.
    pub least: u8,
    /// Most words of a phrase.
    pub most: u8,
    /// Bit n: there are phrases whose keys have n bytes; bit 0: any length.
    pub lengths: u64,
    /// log2 of the number of values that somebody who guesses has to try, at least.
    pub space: u32,
    /// What the hashes are keyed with.
    pub keyed: Keyed,
    /// The upper 48 bits of the hashes, ascending, each once.
    pub values: Vec<u64>,
}

/// Why a file is no hashed list: the line, from 1 on, and what was expected there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// Line, from 1 on.
    pub line: usize,
    /// What is wrong with it.
    pub why: &'static str,
}

/// The hash of a key text: SipHash-2-4.
pub fn hash(key: &Key, text: &[u8]) -> u64 {
    SipHasher24::new_with_key(key).hash(text)
}

/// What tells the right key from a wrong one.
pub fn key_check(key: &Key) -> u32 {
    u32::try_from(hash(key, b"") >> 32).unwrap_or(0)
}

/// What a list keeps of a hash.
pub fn kept(hash: u64) -> u64 {
    hash >> 16
}

impl Hashed {
    /// log2 of the buckets in a module (layout: `riegel_kernel::exact`): about four values in each.
    pub fn bucket_bits(&self) -> u32 {
        (self.values.len() / 4).max(2).ilog2().clamp(1, 16)
    }

    /// How many phrases that are not in the list, in 2^32, are taken for one that is, on average.
    pub fn false_positives(&self) -> f64 {
        self.values.len() as f64 / f64::from(1u32 << self.bucket_bits())
    }

    /// Its file.
    pub fn text(&self) -> String {
        let kind = match self.kind {
            Kind::Phrases => "phrases",
            Kind::Passages => "passages",
        };
        let keyed = match self.keyed {
            Keyed::Salt(salt) => format!("salt {}", hex(&salt)),
            Keyed::Held(check) => format!("key {check:08x}"),
        };
        let mut out = format!(
            "{FIRST}\nkind {kind}\nwords {} {}\nlengths {:016x}\nspace {}\n{keyed}\nvalues {}\n",
            self.least,
            self.most,
            self.lengths,
            self.space,
            self.values.len()
        );
        for line in self.values.chunks(8) {
            for (i, value) in line.iter().enumerate() {
                let blank = if i == 0 { "" } else { " " };
                // Writing to a text does not fail.
                let _ = write!(out, "{blank}{value:012x}");
            }
            out.push('\n');
        }
        out
    }

    /// Reads a file.
    ///
    /// # Errors
    /// The first line that is not as it should be.
    pub fn parse(text: &str) -> Result<Hashed, Refused> {
        let mut lines = Lines {
            lines: text.lines(),
            line: 0,
        };
        if lines.next() != FIRST {
            return lines.no("expected `riegel hashed list 1`");
        }
        let kind = match lines.after("kind") {
            Some("phrases") => Kind::Phrases,
            Some("passages") => Kind::Passages,
            _ => return lines.no("expected `kind phrases` or `kind passages`"),
        };
        let words = lines.after("words").and_then(|w| w.split_once(' '));
        let words = words.and_then(|(a, b)| Some((a.parse().ok()?, b.parse().ok()?)));
        let Some((least, most)) = words.filter(|&(a, b)| 1 <= a && a <= b && b <= 8) else {
            return lines.no("expected the fewest and the most words, 1 to 8");
        };
        let lengths = lines.after("lengths").and_then(|l| digits(l, 16));
        let any = u64::from(kind == Kind::Passages);
        let Some(lengths) = lengths.filter(|l| l & 1 == any && *l != 0) else {
            return lines.no("expected the lengths, 16 hexadecimal digits");
        };
        let space = lines.after("space").and_then(|s| s.parse().ok());
        let Some(space) = space.filter(|s| *s <= 4096) else {
            return lines.no("expected `space` and a number");
        };
        let line = lines.next();
        let keyed = match line.split_once(' ') {
            Some(("salt", salt)) => key_of(salt).map(Keyed::Salt),
            Some(("key", check)) => digits(check, 8)
                .and_then(|c| u32::try_from(c).ok())
                .map(Keyed::Held),
            _ => None,
        };
        let Some(keyed) = keyed else {
            return lines.no("expected `salt` with 32 hexadecimal digits, or `key` with 8");
        };
        let count: Option<usize> = lines.after("values").and_then(|n| n.parse().ok());
        let Some(count) = count.filter(|n| (1..=MOST_VALUES).contains(n)) else {
            return lines.no("expected how many values there are, 1 to 1,048,576");
        };
        let mut values: Vec<u64> = Vec::new();
        while values.len() < count {
            for value in lines.next().split(' ') {
                match digits(value, DIGITS) {
                    Some(value) if values.last().is_none_or(|last| *last < value) => {
                        values.push(value);
                    }
                    Some(_) => return lines.no("the values are not in order"),
                    None => return lines.no("expected values of 12 hexadecimal digits"),
                }
            }
        }
        if values.len() > count || !lines.next().is_empty() {
            return lines.no("there are more values than the list says");
        }
        Ok(Hashed {
            kind,
            least,
            most,
            lengths,
            space,
            keyed,
            values,
        })
    }
}

struct Lines<'t> {
    lines: std::str::Lines<'t>,
    line: usize,
}

impl<'t> Lines<'t> {
    fn next(&mut self) -> &'t str {
        self.line += 1;
        self.lines.next().unwrap_or("")
    }

    /// What stands behind the word on the next line.
    fn after(&mut self, word: &str) -> Option<&'t str> {
        self.next().strip_prefix(word)?.strip_prefix(' ')
    }

    fn no<T>(&self, why: &'static str) -> Result<T, Refused> {
        let line = self.line;
        Err(Refused { line, why })
    }
}

/// So many hexadecimal digits in small letters.
fn digits(text: &str, n: usize) -> Option<u64> {
    let small = |b: u8| b.is_ascii_digit() || (b'a'..=b'f').contains(&b);
    (text.len() == n && text.bytes().all(small)).then(|| u64::from_str_radix(text, 16).ok())?
}

/// A key as 32 hexadecimal digits.
pub fn hex(key: &Key) -> String {
    key.iter().map(|b| format!("{b:02x}")).collect()
}

/// The key that these 32 hexadecimal digits (small letters) are.
pub fn key_of(text: &str) -> Option<Key> {
    let (upper, lower) = (text.get(..16)?, text.get(16..)?);
    let mut key = [0; 16];
    let halves = [digits(upper, 16)?, digits(lower, 16)?];
    for (to, half) in key.chunks_exact_mut(8).zip(halves) {
        to.copy_from_slice(&half.to_be_bytes());
    }
    Some(key)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    #[test]
    fn a_file_is_read_back_as_it_was_written() {
        let values: Vec<String> = (0..200).map(|n| format!("Kunde {n}")).collect();
        let values = || values.iter().map(String::as_str);
        for key in [None, Some([9; 16])] {
            let list = make::phrases(values(), key.as_ref()).unwrap();
            assert_eq!(Hashed::parse(&list.text()).as_ref(), Ok(&list));
        }
    }

    #[test]
    fn every_line_is_looked_at() {
        let list = make::phrases(["Erika Muster", "10482"], None).unwrap();
        let text = list.text();
        for line in 0..text.lines().count() {
            let mut lines: Vec<&str> = text.lines().collect();
            lines.remove(line);
            let refused = Hashed::parse(&lines.join("\n")).unwrap_err();
            assert_eq!(refused.line, line + 1, "without line {}", line + 1);
        }
        assert_eq!(
            Hashed::parse(&format!("{text}x")).unwrap_err().line,
            text.lines().count() + 1
        );
    }

    #[test]
    fn a_key_is_32_small_hexadecimal_digits() {
        let key = *b"0123456789abcdef";
        assert_eq!(key_of(&hex(&key)), Some(key));
        for wrong in [
            "",
            "00",
            "0123456789ABCDEF0123456789ABCDEF",
            "ü123456789abcdef0123456789abcdef",
        ] {
            assert_eq!(key_of(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_number_is_easier_to_guess_than_a_name() {
        let bits = |value| make::phrases([value], None).unwrap().space;
        assert_eq!(bits("10482"), 16);
        assert_eq!(bits("Erika Muster"), 34);
        assert!(bits("CH93 0076 2011 6238 5295 7") >= LEAST_SPACE);
        let both = make::phrases(["Erika Muster", "7"], None).unwrap();
        assert_eq!(both.space, 3, "the easiest counts");
        let passage = make::passages(["1 2 3 4 5"], [], None).unwrap();
        assert_eq!(passage.space, 16, "five digits");
    }
}
