//! Conditions: what `when`, `unless` and `let` say.

use super::{Confidence, Date, Literal, Name, Path, Regex, Span, Spanned, Target, Text};

/// A condition.
#[derive(Clone, Debug, PartialEq)]
pub struct Expr {
    /// What.
    pub kind: ExprKind,
    /// Where.
    pub span: Span,
}

/// The conditions of the language.
#[derive(Clone, Debug, PartialEq)]
pub enum ExprKind {
    /// `a and b and c`, flattened
    And(Vec<Expr>),
    /// `a or b or c`, flattened
    Or(Vec<Expr>),
    /// `not a`
    Not(Box<Expr>),
    /// `( a )`: kept for the printer
    Paren(Box<Expr>),
    /// `true`, `false`
    Const(bool),
    /// A bare path: a boolean attribute, a boolean parameter or a `let`.
    Path(Path),
    /// `path is known`: the host sent it
    Known(Path),
    /// `destination.kind = ai_chat`, `content.length >= 10`
    Compare(Operand, Spanned<CompareOp>, Operand),
    /// `x in [a, b]`, `x in list_name`, `x in param_name`
    In(Path, InSet),
    /// `content.length in 1..50`, inclusive
    InRange(Path, Spanned<i64>, Spanned<i64>),
    /// `user.roles has "dpo"`, `user.roles has any of ["a", "b"]`
    Has(Path, Vec<Text>),
    /// `destination.host matches "*.openai.com"`
    Matches(Path, Text),
    /// `on or after 2027-12-02` (subject: today), `consent.until before 2027-01-01`
    DateIs(Option<Path>, Spanned<DateOp>, Spanned<Date>),
    /// `content contains "…"`, case-folded, anywhere
    Contains(Text, PartFilter),
    /// `content matches /…/`
    ContentMatches(Regex, PartFilter),
    /// `found payment.card (high) in user`, `any of [d, class c] found`
    Found(Vec<Target>, Option<Spanned<Confidence>>, PartFilter),
    /// `count d >= n`
    Count(Measure, Spanned<CompareOp>, Operand),
    /// `distinct d >= n`
    Distinct(Measure, Spanned<CompareOp>, Operand),
    /// `near d, e within 200`
    Near(Box<Near>),
    /// `rule card_data_leaves`: the condition of that rule
    Rule(Path),
}

/// `near d, e (low) within 200 in user`
#[derive(Clone, Debug, PartialEq)]
pub struct Near {
    /// First detector.
    pub a: Target,
    /// Second detector, may be the same.
    pub b: Target,
    /// Least confidence.
    pub confidence: Option<Spanned<Confidence>>,
    /// Most bytes between the two spans.
    pub within: Spanned<i64>,
    /// Which parts.
    pub part: PartFilter,
}

/// What `count` and `distinct` count.
#[derive(Clone, Debug, PartialEq)]
pub struct Measure {
    /// Detectors (a class or group counts overlap groups).
    pub target: Target,
    /// Least confidence.
    pub confidence: Option<Spanned<Confidence>>,
    /// Which parts.
    pub part: PartFilter,
}

/// One side of a comparison.
#[derive(Clone, Debug, PartialEq)]
pub enum Operand {
    /// An attribute, parameter or bare enum value; resolved by `check`.
    Path(Path),
    /// A constant.
    Literal(Literal),
}

/// Right side of `in`.
#[derive(Clone, Debug, PartialEq)]
pub enum InSet {
    /// `[a, b]`
    Literals(Vec<Literal>),
    /// A `list` or a list parameter.
    Named(Path),
}

/// Comparison operators.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CompareOp {
    /// `=`
    Eq,
    /// `!=`
    Ne,
    /// `<`
    Lt,
    /// `<=`
    Le,
    /// `>`
    Gt,
    /// `>=`
    Ge,
}

/// Date comparisons.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DateOp {
    /// `on`
    On,
    /// `on or after`
    OnOrAfter,
    /// `on or before`
    OnOrBefore,
    /// `after`
    After,
    /// `before`
    Before,
}

/// `in user`, `in assistant outbound`; empty: every part.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct PartFilter {
    /// `system user assistant tool document other`
    pub roles: Vec<Name>,
    /// `inbound` or `outbound`
    pub direction: Option<Name>,
}
