//! Detectors: what they look for and how sure they are.

use super::{Check, Confidence, Messages, Name, Path, Regex, Span, Spanned, Text};

/// `detector at.svnr "…" { … }`
#[derive(Clone, Debug, PartialEq)]
pub struct Detector {
    /// Stable id.
    pub id: Path,
    /// Name for people, in every language that has no title of its own.
    pub title: Text,
    /// Lines in source order.
    pub clauses: Vec<DetectorClause>,
    /// Whole detector.
    pub span: Span,
}

/// One line of a detector.
#[derive(Clone, Debug, PartialEq)]
pub enum DetectorClause {
    /// `title { de "E-Mail-Adresse" }`: the name in other languages
    Title(Messages),
    /// `class personal`
    Class(Name),
    /// `tags contact, person`
    Tags(Vec<Name>),
    /// `pattern /…/` (any number: alternatives)
    Pattern(Regex),
    /// `digits 2`: a span holds at least so many digits
    Digits(Spanned<i64>),
    /// `after /…/`: what must stand directly before the span, not part of it
    After(Regex),
    /// `words "a", "b"`: phrases; `words inflected "a", "b"` allows endings; `words list_name`
    Words {
        /// Endings of up to three letters may follow.
        inflected: bool,
        /// The phrases.
        items: Vec<Text>,
        /// A named list.
        list: Option<Path>,
    },
    /// `check luhn and prefix "4", "51" or …`
    Check(Check),
    /// `context "a", "b" within 80`
    Context(Context),
    /// `confidence low, with check medium, with check and context high`
    Confidence(ConfidenceRule),
    /// `lower "4111111111111111", prefix "10."`: test values, one level lower
    Lower(Vec<Lower>),
    /// `lower when placeholder`: one level lower where the check holds
    LowerWhen(Check),
    /// `yields to payment.card, bank.iban`
    YieldsTo(Vec<Path>),
    /// `redact as "SVNR"`
    RedactAs(Text),
    /// `examples "…", "…"`
    Examples(Vec<Text>),
    /// `counterexamples "…"`
    Counterexamples(Vec<Text>),
}

/// `lower` values: whole value, or its beginning.
#[derive(Clone, Debug, PartialEq)]
pub struct Lower {
    /// `prefix`, `suffix` or neither (whole value).
    pub how: LowerHow,
    /// Compared without separators, case folded.
    pub text: Text,
}

/// How a `lower` value is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LowerHow {
    /// The whole value.
    Whole,
    /// `prefix "…"`
    Prefix,
    /// `suffix "…"`
    Suffix,
}

/// Context words.
#[derive(Clone, Debug, PartialEq)]
pub struct Context {
    /// Stems; words of two or three letters match whole words only.
    pub words: Vec<Text>,
    /// `within 80` (default 80).
    pub within: Option<Spanned<i64>>,
    /// `before`: only on the left side.
    pub before_only: bool,
    /// Where.
    pub span: Span,
}

/// Confidence by evidence; `None` is "no finding".
#[derive(Clone, Debug, PartialEq)]
pub struct ConfidenceRule {
    /// Pattern only (`none`, `low`, …).
    pub pattern: Option<Confidence>,
    /// `with check …`; absent when the detector has no check.
    pub check: Option<Option<Confidence>>,
    /// `with context …`, for detectors without a check (pattern and context).
    pub context: Option<Option<Confidence>>,
    /// `with check and context …`
    pub both: Option<Option<Confidence>>,
    /// Where.
    pub span: Span,
}
