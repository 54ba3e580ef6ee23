//! A file as a whole: header, items and comments.

use super::{
    Attribute, Date, Detector, Except, Group, Let, List, Name, Param, Path, Rule, Span, Spanned,
    Stage, Test, Text, Verdict,
};

/// One file: an optional policy header and its items, in source order.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct File {
    /// Header, absent in a library file (`policies/lib/*.riegel`).
    pub policy: Option<Policy>,
    /// Everything else in source order.
    pub items: Vec<Item>,
    /// Comments in source order, for the printer.
    pub comments: Vec<Comment>,
}

/// `// …` or `# …` up to the line end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Comment {
    /// The text with its marker, without the line end and trailing blanks.
    pub text: String,
    /// Where.
    pub span: Span,
    /// True when only blanks stand before it on its line.
    pub own_line: bool,
}

/// `policy pci_dss "PCI DSS 4.0.1" { … }`
#[derive(Clone, Debug, PartialEq)]
pub struct Policy {
    /// Identifier.
    pub id: Name,
    /// Title for people.
    pub title: Text,
    /// Settings in source order.
    pub settings: Vec<Setting>,
    /// Whole header.
    pub span: Span,
}

/// A line of the policy header.
#[derive(Clone, Debug, PartialEq)]
pub enum Setting {
    /// `version "1.0.0"`
    Version(Text),
    /// `languages de, en`
    Languages(Vec<Name>),
    /// `review by 2027-03-31`
    ReviewBy(Spanned<Date>),
    /// `on_error block`
    OnError(Spanned<Verdict>),
    /// `time_zone "Europe/Berlin"`
    TimeZone(Text),
    /// `max_findings 4096`
    MaxFindings(Spanned<i64>),
    /// `stage observe from 2026-12-01, warn from …`
    Stage(Stages),
}

/// Roll-out stages, in source order.
#[derive(Clone, Debug, PartialEq)]
pub struct Stages {
    /// `observe from DATE`, …
    pub steps: Vec<(Spanned<Stage>, Spanned<Date>)>,
    /// Whole clause.
    pub span: Span,
}

/// Anything at the top level below the header.
#[derive(Clone, Debug, PartialEq)]
pub enum Item {
    /// `use lib.payment`
    Use(Path),
    /// `attribute destination.kind: enum { ai_chat, ai_api } = ai_api`
    Attribute(Attribute),
    /// `list banks = "a", "b"`
    List(List),
    /// `group gdpr_personal = class personal, tag contact, bank.iban`
    Group(Group),
    /// `param bulk_limit: int in 1..50 = 10`
    Param(Param),
    /// `let leaves_house = …`
    Let(Let),
    /// `rule card_number_leaves { … }`
    Rule(Rule),
    /// `except card_number_leaves when … because "…" until DATE`
    Except(Except),
    /// `detector at.svnr "…" { … }`
    Detector(Detector),
    /// `test "…" { … }`
    Test(Test),
    /// `extends packs.dsgvo`: this policy is a layer over that one
    Extends(Path),
    /// `include packs.a, packs.b`: their rules belong to this policy too
    Include(Vec<Path>),
    /// `tighten rule_name { … }`: more of an inherited rule
    Tighten(Rule),
}
