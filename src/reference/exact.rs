//! Paragraph 60: phrases that a list knows by their hashes.

use super::boundary::{Flags, is_word, may_end, may_start};
use super::fold::fold;
use crate::check::model::Known;
use crate::hashed::{self, Key, Keyed, Kind};
use std::collections::BTreeSet;

/// Most bytes between two words of a phrase.
const GAP: usize = 8;
/// Longest keys of phrases and of passages.
const LONGEST: (usize, usize) = (63, 255);

/// A hashed list, ready to be asked.
#[derive(Clone, Debug)]
pub struct Exact {
    known: Known,
    bits: u32,
    values: BTreeSet<u64>,
}

impl Exact {
    /// Of a policy's list.
    pub fn new(known: &Known) -> Self {
        let bits = known.list.bucket_bits();
        // 48 bits are in the file, 32 beside the bucket's in a module.
        let values = known.list.values.iter().map(|v| v >> (16 - bits));
        Exact {
            bits,
            values: values.collect(),
            known: known.clone(),
        }
    }

    /// The parameter that holds the key.
    pub fn param(&self) -> Option<usize> {
        self.known.key
    }

    /// The key to hash with, where it is there and the right one.
    pub fn key(&self, held: Option<Key>) -> Option<Key> {
        match self.known.list.keyed {
            Keyed::Salt(salt) => Some(salt),
            Keyed::Held(check) => held.filter(|key| hashed::key_check(key) == check),
        }
    }

    /// Every start with its ends, longest first.
    pub fn spans(&self, view: &[u8], key: &Key) -> Vec<(usize, Vec<usize>)> {
        let words = words(view);
        let list = &self.known.list;
        let longest = match list.kind {
            Kind::Phrases => LONGEST.0,
            Kind::Passages => LONGEST.1,
        };
        let flags = Flags {
            start: true,
            end: true,
            digits: true,
            underscore: false,
        };
        let mut all = Vec::new();
        for (i, &(start, _)) in words.iter().enumerate() {
            if !may_start(view, start, flags) {
                continue;
            }
            let (mut text, mut ends) = (Vec::new(), Vec::new());
            let mut before = start;
            for (n, &(from, to)) in words.iter().skip(i).take(list.most.into()).enumerate() {
                if from - before > GAP {
                    break;
                }
                before = to;
                text.extend(spelled(view.get(from..to).unwrap_or_default()));
                if text.len() > longest {
                    break;
                }
                let length = list.kind == Kind::Passages || list.lengths >> text.len() & 1 == 1;
                let hash = hashed::hash(key, &text) >> (32 - self.bits);
                let known = n + 1 >= list.least.into() && length && self.values.contains(&hash);
                if known && may_end(view, to, flags) {
                    ends.push(to);
                }
            }
            ends.reverse();
            all.push((start, ends));
        }
        all
    }
}

/// The runs of word bytes.
fn words(view: &[u8]) -> Vec<(usize, usize)> {
    let mut all: Vec<(usize, usize)> = Vec::new();
    for at in (0..view.len()).filter(|&at| is_word(view, at)) {
        match all.last_mut() {
            Some((_, end)) if *end == at => *end = at + 1,
            _ => all.push((at, at + 1)),
        }
    }
    all
}

/// A word folded, umlauts and the sharp s written out.
fn spelled(word: &[u8]) -> Vec<u8> {
    let folded = fold(word);
    let mut out = Vec::new();
    let mut at = 0;
    while let Some(&byte) = folded.get(at) {
        let pair: &[u8] = match folded.get(at..at + 2) {
            Some([0xC3, 0xA4]) => b"ae",
            Some([0xC3, 0xB6]) => b"oe",
            Some([0xC3, 0xBC]) => b"ue",
            Some([0xC3, 0x9F]) => b"ss",
            _ => &[],
        };
        if pair.is_empty() {
            out.push(byte);
            at += 1;
        } else {
            out.extend(pair);
            at += 2;
        }
    }
    out
}
