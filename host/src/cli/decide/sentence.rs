//! The first sentence of a message, for the headline.

/// Up to the first full stop that ends a sentence: a capital letter follows, or nothing.
pub fn first_sentence(text: &str) -> &str {
    let mut ends = text.match_indices(['.', '!', '?']).map(|(i, _)| i + 1);
    let end = ends.find(|end| {
        let mut rest = text.get(*end..).unwrap_or_default().chars();
        match rest.next() {
            None => true,
            Some(blank) if blank.is_whitespace() => {
                let before = text.get(..*end - 1).unwrap_or_default();
                let word = before
                    .rsplit(char::is_whitespace)
                    .next()
                    .unwrap_or_default();
                let whole = word.chars().count() > 3 || word.ends_with(')');
                whole && rest.next().is_some_and(char::is_uppercase)
            }
            Some(_) => false,
        }
    });
    end.and_then(|end| text.get(..end)).unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_sentence_is_not_cut_at_abbreviations() {
        assert_eq!(
            first_sentence("Karte gefunden. Bitte schwärzen."),
            "Karte gefunden."
        );
        assert_eq!(
            first_sentence("Karte gefunden (1). Bitte schwärzen."),
            "Karte gefunden (1)."
        );
        assert_eq!(
            first_sentence("Siehe Art. 9 DSGVO und z. B. Befunde. Danke."),
            "Siehe Art. 9 DSGVO und z. B. Befunde."
        );
        assert_eq!(
            first_sentence("chatgpt.com ist nicht freigegeben"),
            "chatgpt.com ist nicht freigegeben"
        );
    }
}
