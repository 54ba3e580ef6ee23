//! The syntax tree: what a person wrote, with the place of every word.
//!
//! Nothing here is resolved: a name is a name, a date is a date, a regular
//! expression is the text between its slashes. `check` gives them meaning.
//! Every node carries its [`Span`] (bytes into its own source file), so that a
//! diagnostic can point at exactly what is wrong and the playground can light up
//! the clause that held.

/// A half-open byte range in one source file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Span {
    /// First byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
}

/// A value and where it was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spanned<T> {
    /// What was written.
    pub value: T,
    /// Where.
    pub span: Span,
}

/// A simple word: `bulk_limit`, `de`, `block`.
pub type Name = Spanned<String>;
/// A dotted path, joined by dots: `destination.host`, `payment.card`, `packs.dsgvo`.
pub type Path = Spanned<String>;
/// A quoted text, unescaped.
pub type Text = Spanned<String>;

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

/// A civil date as written (already validated by the parser as a calendar date).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Date {
    /// Year, 1..=9999.
    pub year: u16,
    /// Month, 1..=12.
    pub month: u8,
    /// Day, 1..=31.
    pub day: u8,
}

/// Weakest first; the order is the language's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Verdict {
    /// Nothing to say.
    Allow = 0,
    /// Write it down.
    Log = 1,
    /// Show a message.
    Warn = 2,
    /// Ask for a reason.
    Justify = 3,
    /// Replace the named findings.
    Redact = 4,
    /// Hold until a role approves.
    Approve = 5,
    /// Stop.
    Block = 6,
}

/// Roll-out stages, in source order.
#[derive(Clone, Debug, PartialEq)]
pub struct Stages {
    /// `observe from DATE`, …
    pub steps: Vec<(Spanned<Stage>, Spanned<Date>)>,
    /// Whole clause.
    pub span: Span,
}

/// How far a policy or rule has been rolled out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Stage {
    /// Cap `log`.
    Observe = 1,
    /// Cap `warn`.
    Warn = 2,
    /// No cap.
    Enforce = 3,
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
    /// `extends packs.dsgvo` (reserved: layers)
    Extends(Path),
    /// `include packs.a, packs.b` (reserved: composition)
    Include(Vec<Path>),
    /// `tighten rule_name { … }` (reserved: layers)
    Tighten(Rule),
}

/// An attribute of the event.
#[derive(Clone, Debug, PartialEq)]
pub struct Attribute {
    /// Dotted name.
    pub name: Path,
    /// Its type.
    pub ty: Spanned<Type>,
    /// What it is worth when the host did not send it.
    pub default: AttributeDefault,
    /// `printable`: messages may show its value.
    pub printable: bool,
    /// Whole declaration.
    pub span: Span,
}

/// `required`, `= value`, or `= absent`.
#[derive(Clone, Debug, PartialEq)]
pub enum AttributeDefault {
    /// An event without it ends in `on_error`.
    Required,
    /// This value.
    Value(Literal),
    /// Absent: equals nothing (string, host, date, int: comparisons are false).
    Absent(Span),
}

/// Type of an attribute or parameter.
#[derive(Clone, Debug, PartialEq)]
pub enum Type {
    /// `bool`
    Bool,
    /// `int`, signed 32 bits
    Int,
    /// `date`
    Date,
    /// `string`
    String,
    /// `host`
    Host,
    /// `enum { a, b }`
    Enum(Vec<Name>),
    /// `set` of strings
    Set,
    /// `list of string max N` / `list of host max N` (parameters only)
    ListOf {
        /// Element type: `String` or `Host`.
        host: bool,
        /// Most elements.
        max: Spanned<i64>,
    },
}

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

/// A named list of strings.
#[derive(Clone, Debug, PartialEq)]
pub struct List {
    /// Name (may be dotted in libraries: `lib.ai_hosts` is written `list ai_hosts`).
    pub name: Path,
    /// Elements.
    pub items: Vec<Text>,
    /// `relaxable`
    pub relaxable: bool,
    /// Whole declaration.
    pub span: Span,
}

/// A named union of detectors.
#[derive(Clone, Debug, PartialEq)]
pub struct Group {
    /// Name.
    pub name: Name,
    /// Members.
    pub members: Vec<Target>,
    /// Whole declaration.
    pub span: Span,
}

/// What a finding condition speaks of.
#[derive(Clone, Debug, PartialEq)]
pub enum Target {
    /// `payment.card`: a detector, or a group when the path has no dot and names one.
    Detector(Path),
    /// `class personal`
    Class(Name),
    /// `tag contact`
    Tag(Name),
    /// `group gdpr_personal`
    Group(Name),
}

/// A value that a host may set.
#[derive(Clone, Debug, PartialEq)]
pub struct Param {
    /// Name.
    pub name: Name,
    /// Type: bool, int, date or `list of …`.
    pub ty: Spanned<Type>,
    /// `in 1..50`, inclusive (int only).
    pub range: Option<(Spanned<i64>, Spanned<i64>)>,
    /// Default.
    pub default: Literal,
    /// `relaxable`
    pub relaxable: bool,
    /// Whole declaration.
    pub span: Span,
}

/// A named condition.
#[derive(Clone, Debug, PartialEq)]
pub struct Let {
    /// Name.
    pub name: Name,
    /// The condition.
    pub value: Expr,
    /// `relaxable`
    pub relaxable: bool,
    /// Whole declaration.
    pub span: Span,
}

/// A rule; also the body of a reserved `tighten`.
#[derive(Clone, Debug, PartialEq)]
pub struct Rule {
    /// Identifier.
    pub name: Name,
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

/// How sure a detector is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Confidence {
    /// Shape only.
    Low = 1,
    /// Check or context.
    Medium = 2,
    /// Check and context.
    High = 3,
}

/// `in user`, `in assistant outbound`; empty: every part.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct PartFilter {
    /// `system user assistant tool document other`
    pub roles: Vec<Name>,
    /// `inbound` or `outbound`
    pub direction: Option<Name>,
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

/// `detector at.svnr "…" { … }`
#[derive(Clone, Debug, PartialEq)]
pub struct Detector {
    /// Stable id.
    pub id: Path,
    /// Name for people.
    pub title: Text,
    /// Lines in source order.
    pub clauses: Vec<DetectorClause>,
    /// Whole detector.
    pub span: Span,
}

/// One line of a detector.
#[derive(Clone, Debug, PartialEq)]
pub enum DetectorClause {
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

/// A check: data, not code.
#[derive(Clone, Debug, PartialEq)]
pub struct Check {
    /// What.
    pub kind: CheckKind,
    /// Where.
    pub span: Span,
}

/// The checks of the language. Positions count from 1, over the *value*: the
/// span's letters and digits, without separators, upper-cased.
#[derive(Clone, Debug, PartialEq)]
pub enum CheckKind {
    /// `a and b`
    And(Vec<Check>),
    /// `a or b`
    Or(Vec<Check>),
    /// `not a`
    Not(Box<Check>),
    /// `name(arg, arg, …)` or a bare `name`; `slice` is `on 1..9` / `on 3..`
    Call {
        /// `luhn`, `mod97`, `iso7064`, `ean13`, `verhoeff`, `crc32_base62`, `iban`, `date`, `range`,
        /// `prefix`, `length`, `distinct_digits`, `not_all_same`, `octets`, `phone` …
        name: Name,
        /// Arguments.
        args: Vec<Literal>,
        /// Which part of the value it reads; `None`: all of it.
        slice: Option<Slice>,
    },
    /// `weights(3,7,9,…) mod 11 equals digit 4`
    Weights(Box<Weights>),
}

/// A part of the value: `on 1..9`, `on 3..`, `on run 1`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Slice {
    /// 1-based, inclusive; an open end reaches to the last character.
    Range(Spanned<i64>, Option<Spanned<i64>>),
    /// The n-th maximal run of digits in the span as written (1-based).
    Run(Spanned<i64>),
}

/// A weighted sum.
#[derive(Clone, Debug, PartialEq)]
pub struct Weights {
    /// One weight per character of the slice; `repeat` starts over.
    pub weights: Vec<i64>,
    /// `weights repeat (7,3,1)`
    pub repeat: bool,
    /// `digit sum`: add the digits of each product.
    pub digit_sum: bool,
    /// `letters two_digits`: A=01 … Z=26 written as two digits before weighing; else A=10 … Z=35.
    pub letters_two_digits: bool,
    /// Which part of the value is weighed; `None`: all of it.
    pub slice: Option<Slice>,
    /// `mod n`
    pub modulus: i64,
    /// `complement`: (modulus − sum mod modulus) mod modulus
    pub complement: bool,
    /// `equals digit 4` (1-based position; 0 = last) or `equals 0` (a constant).
    pub equals: WeightsEquals,
    /// `ten is X`: the sign that stands for 10 (`X`), else 10 is invalid.
    pub ten_is: Option<char>,
}

/// What the weighted sum must equal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WeightsEquals {
    /// The digit at this 1-based position; 0: the last.
    Digit(i64),
    /// A constant.
    Constant(i64),
}

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
    Param(Name, Literal),
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

impl Span {
    /// A span from byte offsets.
    pub fn new(start: usize, end: usize) -> Self {
        let clamp = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        Span {
            start: clamp(start),
            end: clamp(end),
        }
    }

    /// The smallest span that covers both.
    pub fn to(self, other: Span) -> Self {
        Span {
            start: self.start.min(other.start),
            end: self.end.max(other.end),
        }
    }

    /// As a range of `usize`, for slicing.
    pub fn range(self) -> std::ops::Range<usize> {
        self.start as usize..self.end as usize
    }
}

impl Verdict {
    /// All verdicts, weakest first.
    pub const ALL: [Verdict; 7] = [
        Verdict::Allow,
        Verdict::Log,
        Verdict::Warn,
        Verdict::Justify,
        Verdict::Redact,
        Verdict::Approve,
        Verdict::Block,
    ];

    /// The word of the language.
    pub fn as_str(self) -> &'static str {
        match self {
            Verdict::Allow => "allow",
            Verdict::Log => "log",
            Verdict::Warn => "warn",
            Verdict::Justify => "justify",
            Verdict::Redact => "redact",
            Verdict::Approve => "approve",
            Verdict::Block => "block",
        }
    }
}

impl Confidence {
    /// The word of the language.
    pub fn as_str(self) -> &'static str {
        match self {
            Confidence::Low => "low",
            Confidence::Medium => "medium",
            Confidence::High => "high",
        }
    }
}

impl Date {
    /// Days since 1970-01-01 in the proleptic Gregorian calendar
    /// (Howard Hinnant's `days_from_civil`).
    pub fn days(self) -> i32 {
        let y = i32::from(self.year) - i32::from(self.month <= 2);
        let era = y.div_euclid(400);
        let yoe = y.rem_euclid(400);
        let m = (i32::from(self.month) + 9) % 12;
        let doy = (153 * m + 2) / 5 + i32::from(self.day) - 1;
        let doe = yoe * 365 + yoe / 4 - yoe / 100 + doy;
        era * 146_097 + doe - 719_468
    }

    /// The date of a day number, inverse of [`Date::days`]; `None` outside years 1 to 9999.
    pub fn from_days(days: i32) -> Option<Self> {
        let z = days.checked_add(719_468)?;
        let era = z.div_euclid(146_097);
        let doe = z.rem_euclid(146_097);
        let yoe = (doe - doe / 1460 + doe / 36_524 - doe / 146_096) / 365;
        let doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
        let mp = (5 * doy + 2) / 153;
        let day = u8::try_from(doy - (153 * mp + 2) / 5 + 1).ok()?;
        let month = u8::try_from(if mp < 10 { mp + 3 } else { mp - 9 }).ok()?;
        let year = yoe + era * 400 + i32::from(month <= 2);
        Some(Date {
            year: u16::try_from(year)
                .ok()
                .filter(|y| (1..=9999).contains(y))?,
            month,
            day,
        })
    }
}

impl std::fmt::Display for Date {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}
