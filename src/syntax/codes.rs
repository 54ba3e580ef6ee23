//! The diagnostics of this room, each declared once.
//!
//! A code is a promise: its number never changes its meaning and is never used
//! again. Its page in `docs/diagnostics/` is compiled in, so that
//! `riegel explain R0006` works without a network and without a checkout.

use crate::diagnostics::{Code, Severity};

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident = $id:literal, $title:literal;)+) => {
        $(
            $(#[$doc])*
            pub static $name: Code = Code {
                id: $id,
                title: $title,
                severity: Severity::Error,
                page: crate::diagnostics::page!(concat!("../../docs/diagnostics/", $id, ".md")),
            };
        )+

        /// Every code of the syntax, by number.
        pub static ALL: &[&Code] = &[$(&$name),+];
    };
}

codes! {
    /// The grammar expects something else here.
    UNEXPECTED = "R0001", "unexpected word or sign";
    /// A text has no closing quote.
    UNTERMINATED_TEXT = "R0002", "unterminated text";
    /// A backslash is followed by something without a meaning.
    BAD_ESCAPE = "R0003", "unknown escape";
    /// A regular expression does not end on its line.
    UNTERMINATED_REGEX = "R0004", "unterminated regular expression";
    /// A number that cannot be read.
    BAD_NUMBER = "R0005", "malformed number";
    /// A day that no calendar has.
    BAD_DATE = "R0006", "impossible date";
    /// No item begins with this word.
    UNKNOWN_ITEM = "R0007", "unknown item";
    /// No line of this block begins with this word.
    UNKNOWN_CLAUSE = "R0008", "unknown clause";
    /// Not one of the seven verdicts.
    UNKNOWN_VERDICT = "R0009", "unknown verdict";
    /// A block is not closed.
    UNCLOSED_BRACE = "R0010", "unclosed brace";
    /// Something has no name.
    MISSING_NAME = "R0011", "missing name";
    /// Brackets or `not` nest beyond the limit.
    TOO_DEEP = "R0012", "nested too deeply";
    /// The file is longer than a policy may be.
    FILE_TOO_LARGE = "R0013", "file too large";
    /// One text is longer than a text may be.
    TEXT_TOO_LONG = "R0014", "text too long";
    /// A character that the language does not use.
    STRAY_CHARACTER = "R0015", "stray character";
    /// A file has one header at most.
    SECOND_HEADER = "R0016", "second policy header";
    /// The header is not the first thing in its file.
    LATE_HEADER = "R0017", "policy header after items";
    /// Reading stopped.
    TOO_MANY_ERRORS = "R0018", "too many errors";
    /// Not one of the words that may stand here.
    UNKNOWN_WORD = "R0019", "unknown word";
    /// A part of a clause is written twice.
    REPEATED_PART = "R0020", "repeated part";
}

#[cfg(test)]
#[allow(clippy::panic, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn every_code_has_its_own_number_and_a_page_with_two_examples() {
        for (index, code) in ALL.iter().enumerate() {
            assert_eq!(code.id, format!("R{:04}", index + 1));
            assert!(
                code.page.starts_with(&format!("# {}", code.id)),
                "{}",
                code.id
            );
            assert!(code.page.contains("Wrong:"), "{}", code.id);
            assert!(code.page.contains("Right:"), "{}", code.id);
        }
    }
}
