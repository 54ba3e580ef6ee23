//! Tests of a policy, written beside its rules.

use super::{
    Confidence, Date, Literal, Obligation, PartFilter, Path, Span, Spanned, Text, Verdict,
};

/// `test "…" { … }`
#[derive(Clone, Debug, PartialEq)]
pub struct Test {
    /// Name.
    pub name: Text,
    /// Lines in source order.
    pub lines: Vec<TestLine>,
    /// Whole test.
    pub span: Span,
}

/// One line of a test.
#[derive(Clone, Debug, PartialEq)]
pub enum TestLine {
    /// `given a = x, b = [y, z]`
    Given(Vec<(Path, Literal)>),
    /// `today 2027-01-15`
    Today(Spanned<Date>),
    /// `param bulk_limit = 3`
    Param(Path, Literal),
    /// `text "…"`, `text user inbound "…"`: one part each
    Text {
        /// Role and direction; default user, outbound.
        part: PartFilter,
        /// Content.
        text: Text,
    },
    /// `expect …`
    Expect(Expect),
}

/// What a test expects.
#[derive(Clone, Debug, PartialEq)]
pub enum Expect {
    /// `expect block by rule_a, rule_b` (rules optional); the effective verdict
    Verdict(Spanned<Verdict>, Vec<Path>),
    /// `expect would block by …`: before the stage's cap
    Would(Spanned<Verdict>, Vec<Path>),
    /// `expect no rule_a`
    NoRule(Path),
    /// `expect found d at "…"` / `expect found d (high)`
    Found {
        /// Detector.
        detector: Path,
        /// Least confidence.
        confidence: Option<Spanned<Confidence>>,
        /// The exact text of the span.
        at: Option<Text>,
    },
    /// `expect not found d`
    NotFound(Path),
    /// `expect obligation train "pci-basics"`
    Obligation(Obligation),
    /// `expect content unread`: nothing was demanded
    Unread(Span),
}
