//! Paragraph 46: words and phrases of a list, by their keys.

use crate::reference::boundary::is_word;

/// The runs of word bytes, folded: letters small, digits alike.
fn runs(text: &[u8]) -> Vec<Vec<u8>> {
    let wordy: Vec<bool> = (0..text.len()).map(|at| is_word(text, at)).collect();
    let mut runs: Vec<Vec<u8>> = Vec::new();
    for (at, byte) in text.iter().enumerate() {
        if !wordy[at] {
            continue;
        }
        if at == 0 || !wordy[at - 1] {
            runs.push(Vec::new());
        }
        let folded = match byte {
            b'0'..=b'9' => b'0',
            byte => byte | 0x20,
        };
        if let Some(run) = runs.last_mut() {
            run.push(folded);
        }
    }
    runs
}

/// The key of a text; `None` where it holds no word, or is longer than 64 bytes.
fn key(text: &[u8]) -> Option<u64> {
    let eight = |bytes: &[u8]| {
        let mut number = 0u64;
        for (at, byte) in bytes.iter().take(8).enumerate() {
            number |= u64::from(*byte) << (8 * at);
        }
        number
    };
    if text.is_empty() || text.len() > 64 {
        return None;
    }
    let last = match text.len() > 8 {
        true => eight(&text[text.len() - 8..]),
        false => 0,
    };
    let mixed = eight(text).wrapping_mul(0x9E37_79B9_7F4A_7C15)
        ^ last.wrapping_mul(0xC2B2_AE3D_27D4_EB4F)
        ^ text.len() as u64;
    Some((mixed ^ (mixed >> 29)).wrapping_mul(0xBF58_476D_1CE4_E5B9))
}

/// True where the list holds this word of the span (counted from 1), or the whole span.
pub fn holds(words: &[String], span: &[u8], word: Option<usize>) -> bool {
    let runs = runs(span);
    let text = match word {
        None => runs.join(&b' '),
        Some(255) => runs.last().cloned().unwrap_or_default(),
        Some(word) => match word.checked_sub(1).and_then(|i| runs.get(i)) {
            Some(run) => run.clone(),
            None => return false,
        },
    };
    contains(words, &text)
}

/// True where the list holds the folded text.
fn contains(words: &[String], text: &[u8]) -> bool {
    let kept = |key: u64| key >> 38;
    let Some(wanted) = key(text).map(kept) else {
        return false;
    };
    let texts = words.iter().map(|word| runs(word.as_bytes()).join(&b' '));
    texts
        .filter_map(|text| key(&text))
        .any(|key| kept(key) == wanted)
}

/// Paragraph 46: does a match that begins here begin with a word of the list?
pub fn first_word(words: &[String], view: &[u8], start: usize) -> bool {
    let capital = matches!(view.get(start), Some(b'A'..=b'Z' | 0xC3..=0xC5));
    if !capital || start > 0 && is_word(view, start - 1) {
        return false;
    }
    let end = (start..view.len()).find(|at| !is_word(view, *at));
    let end = end.unwrap_or(view.len());
    let word = view.get(start..end).unwrap_or_default();
    word.len() <= 32 && holds(words, word, Some(1))
}
