//! Constants as written, and regular expressions.

use super::{Date, Span};

/// A constant as written.
#[derive(Clone, Debug, PartialEq)]
pub struct Literal {
    /// Its value.
    pub value: LiteralValue,
    /// Where.
    pub span: Span,
}

/// The kinds of constants.
#[derive(Clone, Debug, PartialEq)]
pub enum LiteralValue {
    /// `true`, `false`
    Bool(bool),
    /// `42`, `-3`, `4_096`
    Int(i64),
    /// `2027-12-02`
    Date(Date),
    /// `"text"`
    Text(String),
    /// A bare word: an enum value, or a name to resolve.
    Word(String),
    /// `[a, "b", 3]`
    List(Vec<Literal>),
}

/// `/…/` with its flags; `/a\/b/` keeps the backslash.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Regex {
    /// The text between the slashes.
    pub pattern: String,
    /// `i` after the closing slash: case folded.
    pub fold: bool,
    /// Where, slashes included.
    pub span: Span,
}
