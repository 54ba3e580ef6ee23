//! Detectors: what they look for and how sure they are.

use super::{Check, Confidence, Messages, Name, Path, Regex, Span, Spanned, Target, Text};

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
    /// `sequence ["ignore"] then ["instructions"] gap 6 words` (any number: alternatives)
    Sequence(Sequence),
    /// `any 3 of ["Diagnose", "Befund"] within 3000`
    AnyOf(AnyOf),
    /// `first word in given_names`: the scanner wakes at words of this list
    FirstWord(Path),
    /// `hidden`: never shown, only there for other detectors
    Hidden(Span),
    /// `verbatim`: reads parts as they are written, not their normalised view
    Verbatim(Span),
    /// `reported as person.name`: its findings come out as those of that detector
    ReportedAs(Path),
    /// `beside person.name, person_words within 80 as check`
    Beside(Beside),
    /// `against "order no" within 30`: words before the span that speak against it
    Against(Context),
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

/// Words or phrases of a list, or one written here.
#[derive(Clone, Debug, PartialEq)]
pub enum Phrase {
    /// `"ignore"`
    Text(Text),
    /// The name of a list; in `any` also of a detector.
    Name(Path),
}

/// Phrases that follow each other with few words between.
#[derive(Clone, Debug, PartialEq)]
pub struct Sequence {
    /// Endings may follow, as of `words inflected`.
    pub inflected: bool,
    /// At least two.
    pub parts: Vec<SequencePart>,
    /// `either order`: the parts may stand before or behind each other.
    pub either: bool,
    /// Where.
    pub span: Span,
}

/// One part of a sequence.
#[derive(Clone, Debug, PartialEq)]
pub struct SequencePart {
    /// Alternatives.
    pub phrases: Vec<Phrase>,
    /// `gap 6 words` between the part before and this one; the first has none.
    pub gap: Option<Spanned<i64>>,
}

/// Several marks close together.
#[derive(Clone, Debug, PartialEq)]
pub struct AnyOf {
    /// How many, at least.
    pub least: Spanned<i64>,
    /// `times`: equal marks count each time.
    pub times: bool,
    /// What counts.
    pub phrases: Vec<Phrase>,
    /// Bytes from the first to the last mark's beginning, at most.
    pub within: Spanned<i64>,
    /// Where.
    pub span: Span,
}

/// Another finding, or a word, beside the span.
#[derive(Clone, Debug, PartialEq)]
pub struct Beside {
    /// Detectors, classes, tags, groups; a path may also be the name of a list of words.
    pub targets: Vec<Target>,
    /// Bytes between, at most.
    pub within: Spanned<i64>,
    /// It stands for the check, else for the context.
    pub check: bool,
    /// Where.
    pub span: Span,
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
