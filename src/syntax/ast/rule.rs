//! Rules and their exceptions.

use super::{Date, Expr, Name, Path, Span, Spanned, Stages, Target, Text, Verdict};

/// A rule; also the body of a `tighten`.
#[derive(Clone, Debug, PartialEq)]
pub struct Rule {
    /// Identifier; of a `tighten` the id of an inherited rule, which may be dotted.
    pub name: Path,
    /// `relaxable`
    pub relaxable: bool,
    /// Clauses in source order.
    pub clauses: Vec<Clause>,
    /// Whole rule.
    pub span: Span,
}

/// One line of a rule.
#[derive(Clone, Debug, PartialEq)]
pub enum Clause {
    /// `when …` (exactly one per rule, except in `tighten`)
    When(Expr),
    /// `unless …` (any number; each can stop the rule)
    Unless(Expr),
    /// `then block`, `then redact payment.card, class secret`, `then approve by "dpo"`
    Then(Then),
    /// `redact …`, `justify`, `approve by …`, `disclose`, `train …`, `label …`, `notify …`
    /// beside `then`
    Also(Obligation),
    /// `cite "…"`: one legal basis (any number)
    Cite(Text),
    /// `say { de "…" en "…" }`
    Say(Messages),
    /// `hint { … }`
    Hint(Messages),
    /// `stage …`
    Stage(Stages),
    /// `rests on data.labels`: the rule may rest on the host sending these
    RestsOn(Vec<Path>),
}

/// The verdict of a rule, with what it needs.
#[derive(Clone, Debug, PartialEq)]
pub struct Then {
    /// Verdict.
    pub verdict: Spanned<Verdict>,
    /// Targets of `redact`; roles of `approve by`.
    pub redact: Vec<Target>,
    /// Role of `approve by "dpo"`.
    pub approve_by: Option<Text>,
}

/// What a host must do when a rule matched.
#[derive(Clone, Debug, PartialEq)]
pub struct Obligation {
    /// Which.
    pub kind: ObligationKind,
    /// Where.
    pub span: Span,
}

/// The obligations of the language.
#[derive(Clone, Debug, PartialEq)]
pub enum ObligationKind {
    /// `redact payment.card, class personal`; empty: the detectors in `when`.
    Redact(Vec<Target>),
    /// `justify`
    Justify,
    /// `approve by "dpo"`
    Approve(Option<Text>),
    /// `disclose`: people are told that AI is used
    Disclose,
    /// `train "pci-basics"`
    Train(Text),
    /// `label "confidential"`
    Label(Text),
    /// `notify "dpo"`
    Notify(Text),
}

/// Texts by language.
#[derive(Clone, Debug, PartialEq)]
pub struct Messages {
    /// `de "…"`, in source order.
    pub texts: Vec<(Name, Text)>,
    /// Whole block.
    pub span: Span,
}

/// `except RULE when COND because "…" until DATE`
#[derive(Clone, Debug, PartialEq)]
pub struct Except {
    /// The rule it speaks of.
    pub rule: Path,
    /// When it holds.
    pub when: Expr,
    /// Why.
    pub because: Text,
    /// Last day.
    pub until: Spanned<Date>,
    /// Whole item.
    pub span: Span,
}
