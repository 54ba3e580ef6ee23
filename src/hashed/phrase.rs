//! The key of a phrase: its words, folded, one behind the other (semantics 60). So `K-48213` and
//! `k 48 213` are one, and `Müller` is `MUELLER`.

use riegel_kernel::text::{fold_at, is_word};

/// The keys of the words of a text, in order.
pub fn words(text: &str) -> Vec<Vec<u8>> {
    let text = text.as_bytes();
    let mut words: Vec<Vec<u8>> = Vec::new();
    let (mut at, mut last) = (0, None);
    while at < text.len() {
        let (a, b, len) = fold_at(text, at);
        if is_word(text, at) {
            if last != Some(at) {
                words.push(Vec::new());
            }
            let key: &[u8] = match (a, b, len) {
                (0xC3, 0xA4, 2) => b"ae",
                (0xC3, 0xB6, 2) => b"oe",
                (0xC3, 0xBC, 2) => b"ue",
                (0xC3, 0x9F, 2) => b"ss",
                (_, _, 2) => &[a, b],
                _ => &[a],
            };
            if let Some(word) = words.last_mut() {
                word.extend(key);
            }
            last = Some(at + usize::from(len));
        }
        at += usize::from(len);
    }
    words
}

/// log2 of the texts like these words that somebody would have to try.
pub fn spaces(words: &[Vec<u8>]) -> f64 {
    words.iter().map(|word| space(word)).sum()
}

/// The same of one word: a number by its digits, a word as one of a large dictionary, what mixes both by its
/// characters.
fn space(word: &[u8]) -> f64 {
    /// log2 of the words and names of the languages around.
    const DICTIONARY: f64 = 17.0;
    let digits = word.iter().filter(|b| b.is_ascii_digit()).count();
    let len = word.len() as f64;
    if digits == word.len() {
        len * 10f64.log2()
    } else if digits == 0 {
        (len * 26f64.log2()).min(DICTIONARY)
    } else {
        len * 36f64.log2()
    }
}
