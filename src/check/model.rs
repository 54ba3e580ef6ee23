//! A checked policy: every name resolved, every type right, every text there.
//!
//! This is what `plan`, `detect` and `reference` read. It knows nothing of bytes
//! and tables. Indices are positions in the vectors of [`Policy`].

use crate::hashed::{Hashed, Key};
use crate::syntax::ast::{Check, Confidence, Date, LowerHow, Span, Stage, Stricter, Verdict};
use std::collections::BTreeMap;
use std::sync::Arc;

/// A place in one of the sources of a policy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
pub struct Place {
    /// Index into [`Policy::sources`].
    pub source: u32,
    /// Bytes.
    pub span: Span,
}

/// A source text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// Name as given by the caller (`baseline.riegel`, `lib.payment`).
    pub name: String,
    /// Its text.
    pub text: String,
}

/// A whole policy.
#[derive(Clone, Debug)]
pub struct Policy {
    /// Identifier.
    pub id: String,
    /// Title for people.
    pub title: String,
    /// Version text.
    pub version: String,
    /// Languages of its messages, first is the fallback.
    pub languages: Vec<String>,
    /// Review date.
    pub review_by: Option<Date>,
    /// Verdict when evaluation cannot go on: justify, approve or block.
    pub on_error: Verdict,
    /// IANA name of the time zone in which `today` is computed.
    pub time_zone: String,
    /// Most findings per detector.
    pub max_findings: u32,
    /// Roll-out of the policy, ascending by date; empty: enforced.
    pub stages: Vec<(Stage, Date)>,
    /// Attributes in the order of the frame.
    pub slots: Vec<Slot>,
    /// Parameters.
    pub params: Vec<Param>,
    /// Detectors that some rule or test needs, sorted by id; then anonymous ones for `content …`.
    pub detectors: Vec<Detector>,
    /// Rules in source order.
    pub rules: Vec<Rule>,
    /// Obligations, each once; index 0 is always `Show`.
    pub obligations: Vec<Obligation>,
    /// Tests.
    pub tests: Vec<Test>,
    /// Lists that detectors look words up in.
    pub lists: Vec<Vec<String>>,
    /// The policies that it is composed of, the policy itself first.
    pub layers: Vec<Layer>,
    /// Sources, the policy itself first.
    pub sources: Vec<Source>,
}

impl Policy {
    /// A file without a `policy` header: detectors and lists for others, and no rules. Only a
    /// header names languages, and no header goes without them.
    pub fn is_library(&self) -> bool {
        self.languages.is_empty()
    }
}

/// A policy among those that a policy is composed of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Layer {
    /// Its id, behind those of the policies that it is included in.
    pub id: String,
    /// Its version.
    pub version: String,
    /// Where its header names it.
    pub place: Place,
}

/// What a layer added to an inherited rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tightening {
    /// Index into [`Policy::layers`].
    pub layer: u16,
    /// In words, in the order in which they were written: `then block`, `when …`.
    pub what: Vec<String>,
    /// Where.
    pub place: Place,
}

/// An attribute.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Slot {
    /// Dotted name.
    pub name: String,
    /// Type.
    pub ty: SlotType,
    /// `required`.
    pub required: bool,
    /// Default; `None` with `required` false: absent.
    pub default: Option<Value>,
    /// Messages may show it.
    pub printable: bool,
}

/// Type of an attribute.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SlotType {
    /// Boolean.
    Bool,
    /// Signed 32 bits.
    Int,
    /// Civil date.
    Date,
    /// Text, compared byte by byte.
    String,
    /// Host name.
    Host,
    /// One of these.
    Enum(Vec<String>),
    /// Set of texts.
    Set,
}

/// A value of an attribute.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// bool
    Bool(bool),
    /// int
    Int(i32),
    /// date
    Date(Date),
    /// string or host
    Text(String),
    /// Index of the variant; `None`: a value that the schema does not know (only in events).
    Enum(Option<u16>),
    /// set of strings
    Set(Vec<String>),
}

/// A parameter.
#[derive(Clone, Debug)]
pub struct Param {
    /// Name.
    pub name: String,
    /// Type, range and default.
    pub ty: ParamType,
    /// The direction in which its values become stricter; a layer may narrow it that way.
    pub stricter: Option<Stricter>,
}

/// Types of parameters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ParamType {
    /// `bool = …`
    Bool(bool),
    /// `int in min..max = default`
    Int {
        /// Least.
        min: i32,
        /// Greatest.
        max: i32,
        /// Default.
        default: i32,
    },
    /// `date = …`
    Date(Date),
    /// `list of string max n = […]`
    List {
        /// Elements are hosts (normalised) instead of strings.
        host: bool,
        /// Most elements.
        max: u16,
        /// Default.
        default: Vec<String>,
    },
    /// `key`: of a hashed list; nothing until the host sets it.
    Key,
}

/// A detector.
#[derive(Clone, Debug, Default)]
pub struct Detector {
    /// Stable id; anonymous ones are `content#1`, `content#2` …, the marks of `any` in `a.b` are `a.b#marks`.
    pub id: String,
    /// Name for people, where [`Self::titles`] has none.
    pub title: String,
    /// Language -> name for people.
    pub titles: BTreeMap<String, String>,
    /// One of [`CLASSES`]; empty for anonymous ones.
    pub class: String,
    /// Tags.
    pub tags: Vec<String>,
    /// Never shown: only there for other detectors.
    pub hidden: bool,
    /// Reads parts as they are written, not their view.
    pub verbatim: bool,
    /// `reported as`: its findings come out as those of this detector.
    pub reported_as: Option<usize>,
    /// What matches the span (alternatives). `words` are already patterns.
    pub patterns: Vec<Pattern>,
    /// A span holds at least so many ASCII digits (`digits 2`); else it is no match.
    pub digits: u8,
    /// What must stand directly before the span.
    pub after: Vec<Pattern>,
    /// `sequence`: what must stand beside a match, which is a sequence's last part.
    pub sequences: Vec<Sequence>,
    /// `any`: several marks close together; then there are no patterns.
    pub any: Option<AnyOf>,
    /// `first word in`: a match begins with a word of this list of the policy.
    pub first_word: Option<usize>,
    /// `words` of a hashed list; then there are no patterns.
    pub exact: Option<Known>,
    /// The check.
    pub check: Option<Check>,
    /// Context words.
    pub context: Option<Context>,
    /// Words before the span that speak against it.
    pub against: Option<Context>,
    /// What stands for the check or the context.
    pub beside: Option<Beside>,
    /// By evidence.
    pub confidence: ConfidenceTable,
    /// One level lower.
    pub lower: Vec<(LowerHow, String)>,
    /// `lower when …`: one level lower where it holds.
    pub lower_when: Option<Check>,
    /// Indices of detectors it gives way to.
    pub yields_to: Vec<usize>,
    /// Redaction label, such as `IBAN`.
    pub label: String,
    /// Examples (each must give a finding at medium or more, alone or beside the first context word).
    pub examples: Vec<String>,
    /// Counterexamples (never above the pattern-only confidence).
    pub counterexamples: Vec<String>,
    /// Where it is declared.
    pub place: Place,
}

/// A hashed list as a detector reads it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Known {
    /// The list.
    pub list: Arc<Hashed>,
    /// The parameter that holds its key; `None`: it has a salt.
    pub key: Option<usize>,
}

/// The classes of detectors.
pub const CLASSES: [&str; 10] = [
    "personal",
    "special",
    "health",
    "financial",
    "payment",
    "secret",
    "trade_secret",
    "government",
    "technical",
    "ai_risk",
];

/// A regular expression in the syntax of the `regex` crate, without look-around; `\b` only at its ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pattern {
    /// The text between the slashes.
    pub regex: String,
    /// Case folded.
    pub fold: bool,
    /// Where.
    pub place: Place,
}

/// Phrases that follow each other (semantics 42). The last part is what the patterns match.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sequence {
    /// Endings may follow the phrases.
    pub inflected: bool,
    /// Two parts at least.
    pub parts: Vec<Vec<String>>,
    /// Words between a part and the next, at most.
    pub gaps: Vec<u16>,
    /// The parts may stand on either side.
    pub either: bool,
}

/// Marks close together (semantics 43).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AnyOf {
    /// How many.
    pub least: u16,
    /// Equal marks count each time.
    pub times: bool,
    /// Indices of the detectors whose findings are the marks.
    pub marks: Vec<usize>,
    /// The one among them that finds the phrases: its findings are told apart by their values.
    pub texts: Option<usize>,
    /// Bytes from the first mark's beginning to the last one's, at most.
    pub within: u16,
}

/// A finding or a word beside the span (semantics 44).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Beside {
    /// Indices of detectors.
    pub detectors: Vec<usize>,
    /// Words, whole ones.
    pub words: Vec<String>,
    /// Bytes of the view between, at most.
    pub within: u16,
    /// It stands for the check, else for the context.
    pub check: bool,
}

/// Context words of a detector.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Context {
    /// As written; `detect` folds them and adds ae/oe/ue/ss spellings.
    pub words: Vec<String>,
    /// Window in bytes of the normalised view.
    pub within: u16,
    /// Only on the left side.
    pub before_only: bool,
}

/// Confidence by evidence. `None`: no finding.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ConfidenceTable {
    /// Neither check nor context (or: the check failed).
    pub plain: Option<Confidence>,
    /// Context without a held check.
    pub context: Option<Confidence>,
    /// Check without context.
    pub check: Option<Confidence>,
    /// Both. Without a check in the detector: equal to `context`, and `check` equal to `plain`.
    pub both: Option<Confidence>,
}

/// A rule.
#[derive(Clone, Debug)]
pub struct Rule {
    /// Identifier (qualified where composed).
    pub id: String,
    /// The layer that set it: index into [`Policy::layers`]; 0: the policy itself.
    pub layer: u16,
    /// What layers above added to it, in their order.
    pub tightened: Vec<Tightening>,
    /// All of it: `when and not unless … and not (exception and today <= until) …`.
    pub condition: Condition,
    /// The leaves of `when` and `unless` as written, in source order; bit i of the record's clause bits.
    /// At most 64.
    pub clauses: Vec<Clause>,
    /// Verdict.
    pub verdict: Verdict,
    /// Indices into [`Policy::obligations`], the verdict's own first, each once.
    pub obligations: Vec<usize>,
    /// Detectors whose findings are redacted.
    pub redact: Vec<usize>,
    /// Legal bases.
    pub cite: Vec<String>,
    /// Message per language, in the order of [`Policy::languages`].
    pub say: Vec<String>,
    /// Hint per language, or empty.
    pub hint: Vec<String>,
    /// Own stages, ascending by date; `None`: the policy's.
    pub stages: Option<Vec<(Stage, Date)>>,
    /// Exceptions (their condition is already part of `condition`).
    pub exceptions: Vec<Exception>,
    /// Where.
    pub place: Place,
}

/// A leaf of `when` or `unless`, for explanation: a `let` counts as one leaf.
#[derive(Clone, Debug)]
pub struct Clause {
    /// What it says.
    pub condition: Condition,
    /// Where.
    pub place: Place,
}

/// An exception, for explanation.
#[derive(Clone, Debug)]
pub struct Exception {
    /// Why.
    pub because: String,
    /// Last day.
    pub until: Date,
    /// Where.
    pub place: Place,
}

/// An obligation; equal ones are one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Obligation {
    /// Show the message.
    Show,
    /// Ask for a reason.
    Justify,
    /// Replace the flagged findings.
    Redact,
    /// Hold until this role approves.
    Approve(String),
    /// Tell people that AI is used.
    Disclose,
    /// A training unit.
    Train(String),
    /// A label.
    Label(String),
    /// A notice to a role.
    Notify(String),
}

/// A condition; every leaf has two values.
#[derive(Clone, Debug, PartialEq)]
pub enum Condition {
    /// A constant.
    Const(bool),
    /// All.
    And(Vec<Condition>),
    /// Any.
    Or(Vec<Condition>),
    /// Not.
    Not(Box<Condition>),
    /// A test on the event or the findings.
    Leaf(Leaf),
}

/// The tests. An absent attribute makes every one of them false.
#[derive(Clone, Debug, PartialEq)]
pub enum Leaf {
    /// A boolean attribute is true.
    Bool(usize),
    /// A boolean parameter is true.
    ParamBool(usize),
    /// The host sent it (or it has a default).
    Known(usize),
    /// An enum attribute is one of these variants.
    EnumIn(usize, Vec<u16>),
    /// A string attribute is one of these.
    StringIn(usize, Vec<String>),
    /// A host attribute is one of these globs (`a.b.c` or `*.b.c`, lower-case A-labels).
    HostIn(usize, Vec<String>),
    /// A string or host attribute is an element of a list parameter.
    InParam(usize, usize),
    /// Two string or two host attributes are known and equal.
    Same(usize, usize),
    /// A set attribute holds one of these.
    HasAny(usize, Vec<String>),
    /// An int attribute compared.
    Int(usize, Comparison, Number),
    /// A date attribute, or today (`None`), compared.
    Date(Option<usize>, Comparison, DateNumber),
    /// Findings: number of overlap groups of these detectors (`found` is `>= 1`).
    Count(Findings, Comparison, Number),
    /// Findings: number of distinct values.
    Distinct(Findings, Comparison, Number),
    /// Two disjoint findings with at most that many bytes between them, in one part.
    Near(Findings, Vec<usize>, u32),
}

impl Leaf {
    /// The attributes that it speaks of: none, one, or two that are compared.
    pub fn slots(&self) -> [Option<usize>; 2] {
        match self {
            Leaf::Bool(slot)
            | Leaf::Known(slot)
            | Leaf::EnumIn(slot, _)
            | Leaf::StringIn(slot, _)
            | Leaf::HostIn(slot, _)
            | Leaf::InParam(slot, _)
            | Leaf::HasAny(slot, _)
            | Leaf::Int(slot, ..)
            | Leaf::Date(Some(slot), ..) => [Some(*slot), None],
            Leaf::Same(a, b) => [Some(*a), Some(*b)],
            Leaf::ParamBool(_)
            | Leaf::Date(None, ..)
            | Leaf::Count(..)
            | Leaf::Distinct(..)
            | Leaf::Near(..) => [None, None],
        }
    }
}

/// Which findings a leaf speaks of.
#[derive(Clone, Debug, PartialEq)]
pub struct Findings {
    /// Detectors, ascending.
    pub detectors: Vec<usize>,
    /// Least confidence.
    pub confidence: Confidence,
    /// Bit per role (system 0, user 1, assistant 2, tool 3, document 4, other 5).
    pub roles: u8,
    /// Bit per direction (outbound 0, inbound 1).
    pub directions: u8,
}

/// Comparisons.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Comparison {
    /// =
    Eq,
    /// !=
    Ne,
    /// <
    Lt,
    /// <=
    Le,
    /// >
    Gt,
    /// >=
    Ge,
}

/// Right side of an int comparison.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Number {
    /// A constant.
    Const(i32),
    /// An int parameter.
    Param(usize),
}

/// Right side of a date comparison.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DateNumber {
    /// A constant.
    Const(Date),
    /// A date parameter.
    Param(usize),
}

impl Comparison {
    /// Applies it.
    pub fn holds<T: Ord>(self, left: T, right: T) -> bool {
        match self {
            Comparison::Eq => left == right,
            Comparison::Ne => left != right,
            Comparison::Lt => left < right,
            Comparison::Le => left <= right,
            Comparison::Gt => left > right,
            Comparison::Ge => left >= right,
        }
    }
}

/// An event as tests and the reference see it: what a host would send.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Event {
    /// Value per slot; `None`: not sent.
    pub values: Vec<Option<Value>>,
    /// Today.
    pub today: i32,
    /// The content, all parts.
    pub text: Vec<u8>,
    /// Parts.
    pub parts: Vec<Part>,
}

/// One part of the content.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Part {
    /// First byte.
    pub offset: u32,
    /// Bytes.
    pub len: u32,
    /// 0 system, 1 user, 2 assistant, 3 tool, 4 document, 5 other.
    pub role: u8,
    /// 0 outbound, 1 inbound.
    pub direction: u8,
}

/// Parameter values set by a host: `None` is the default.
pub type Config = Vec<Option<ParamValue>>;

/// A parameter's value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ParamValue {
    /// bool
    Bool(bool),
    /// int
    Int(i32),
    /// date
    Date(Date),
    /// list
    List(Vec<String>),
    /// key
    Key(Key),
}

/// A test of the policy.
#[derive(Clone, Debug)]
pub struct Test {
    /// Name.
    pub name: String,
    /// What happens.
    pub event: Event,
    /// Parameters.
    pub config: Config,
    /// What must come out.
    pub expect: Vec<Expectation>,
    /// Where.
    pub place: Place,
}

/// One expectation of a test.
#[derive(Clone, Debug)]
pub struct Expectation {
    /// What.
    pub what: Expected,
    /// Where.
    pub place: Place,
}

/// What a test expects.
#[derive(Clone, Debug)]
pub enum Expected {
    /// The effective verdict, and rules that fired.
    Verdict(Verdict, Vec<usize>),
    /// The verdict before stages, and rules that fired.
    Would(Verdict, Vec<usize>),
    /// A rule that did not fire.
    NoRule(usize),
    /// A finding.
    Found {
        /// Detector.
        detector: usize,
        /// Least confidence.
        confidence: Confidence,
        /// Its exact text.
        at: Option<String>,
    },
    /// No finding at medium or more.
    NotFound(usize),
    /// An obligation in force (index).
    Obligation(usize),
    /// The content was not read.
    Unread,
}
