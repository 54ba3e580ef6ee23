//! Trees without places, for comparing.
//!
//! Two files that say the same differ in every span. [`without_places`] sets all
//! spans to nothing and takes away where comments stood (not what they say, nor
//! their order), so that `==` compares what was written.

use super::ast::*;

/// The tree with every span set to `0..0`.
pub fn without_places(mut file: File) -> File {
    file.strip();
    file
}

trait Strip {
    fn strip(&mut self);
}

impl<T: Strip> Strip for Vec<T> {
    fn strip(&mut self) {
        self.iter_mut().for_each(Strip::strip);
    }
}

impl<T: Strip> Strip for Option<T> {
    fn strip(&mut self) {
        self.iter_mut().for_each(Strip::strip);
    }
}

impl<T: Strip> Strip for Box<T> {
    fn strip(&mut self) {
        self.as_mut().strip();
    }
}

impl<A: Strip, B: Strip> Strip for (A, B) {
    fn strip(&mut self) {
        self.0.strip();
        self.1.strip();
    }
}

impl<T: Strip> Strip for Spanned<T> {
    fn strip(&mut self) {
        self.value.strip();
        self.span.strip();
    }
}

impl Strip for Span {
    fn strip(&mut self) {
        *self = Span::default();
    }
}

impl Strip for Comment {
    fn strip(&mut self) {
        self.span.strip();
        self.own_line = false;
    }
}

/// Things without spans inside.
macro_rules! plain {
    ($($type:ty),+) => { $(impl Strip for $type { fn strip(&mut self) {} })+ };
}

plain!(
    String, i64, Date, Verdict, Stage, Confidence, CompareOp, DateOp, Stricter
);

/// Structures: their fields that hold spans.
macro_rules! fields {
    ($($type:ty { $($field:ident),+ })+) => {
        $(impl Strip for $type {
            fn strip(&mut self) {
                $(self.$field.strip();)+
            }
        })+
    };
}

fields! {
    File { policy, items, comments }
    Policy { id, title, settings, span }
    Stages { steps, span }
    Attribute { name, ty, default, span }
    List { name, items, file, hashed, span }
    HashedList { key }
    Group { name, members, span }
    Param { name, ty, range, default, stricter, span }
    Let { name, value, span }
    Rule { name, clauses, span }
    Then { verdict, redact, approve_by }
    Obligation { kind, span }
    Messages { texts, span }
    Except { rule, when, because, until, span }
    Expr { kind, span }
    Near { a, b, confidence, within, part }
    Measure { target, confidence, part }
    PartFilter { roles, direction }
    Regex { span }
    Detector { id, title, clauses, span }
    Lower { text }
    Context { words, within, span }
    Sequence { parts, span }
    SequencePart { phrases, gap }
    AnyOf { least, phrases, within, span }
    Beside { targets, within, span }
    ConfidenceRule { span }
    Check { kind, span }
    Weights { slice, signs }
    NumberCheck { slice, equals }
    Test { name, lines, span }
    Literal { value, span }
}

/// Enumerations: what each variant holds.
macro_rules! variants {
    ($($type:ty { $($pattern:pat => [$($part:ident),*]),+ $(,)? })+) => {
        $(impl Strip for $type {
            fn strip(&mut self) {
                match self {
                    $($pattern => { $($part.strip();)* })+
                }
            }
        })+
    };
}

variants! {
    Setting {
        Setting::Version(a) | Setting::TimeZone(a) => [a],
        Setting::Languages(a) => [a],
        Setting::ReviewBy(a) => [a],
        Setting::OnError(a) => [a],
        Setting::MaxFindings(a) => [a],
        Setting::Stage(a) => [a],
    }
    Item {
        Item::Use(a) | Item::Extends(a) => [a],
        Item::Include(a) => [a],
        Item::Attribute(a) => [a],
        Item::List(a) => [a],
        Item::Group(a) => [a],
        Item::Param(a) => [a],
        Item::Let(a) => [a],
        Item::Rule(a) | Item::Tighten(a) => [a],
        Item::Except(a) => [a],
        Item::Detector(a) => [a],
        Item::Test(a) => [a],
    }
    AttributeDefault {
        AttributeDefault::Required => [],
        AttributeDefault::Value(a) => [a],
        AttributeDefault::Absent(a) => [a],
    }
    Type {
        Type::Enum(a) => [a],
        Type::ListOf { max, .. } => [max],
        _ => [],
    }
    LiteralValue {
        LiteralValue::List(a) => [a],
        _ => [],
    }
    Target {
        Target::Detector(a) | Target::Class(a) | Target::Tag(a) | Target::Group(a) => [a],
    }
    Clause {
        Clause::When(a) | Clause::Unless(a) => [a],
        Clause::Then(a) => [a],
        Clause::Also(a) => [a],
        Clause::Cite(a) => [a],
        Clause::Say(a) | Clause::Hint(a) => [a],
        Clause::Stage(a) => [a],
        Clause::RestsOn(a) => [a],
    }
    ObligationKind {
        ObligationKind::Redact(a) => [a],
        ObligationKind::Approve(a) => [a],
        ObligationKind::Train(a) | ObligationKind::Label(a) | ObligationKind::Notify(a) => [a],
        ObligationKind::Justify | ObligationKind::Disclose => [],
    }
    ExprKind {
        ExprKind::And(a) | ExprKind::Or(a) => [a],
        ExprKind::Not(a) | ExprKind::Paren(a) => [a],
        ExprKind::Const(_) => [],
        ExprKind::Path(a) | ExprKind::Known(a) | ExprKind::Rule(a) => [a],
        ExprKind::Compare(a, b, c) => [a, b, c],
        ExprKind::In(a, b) => [a, b],
        ExprKind::InRange(a, b, c) => [a, b, c],
        ExprKind::Has(a, b) => [a, b],
        ExprKind::Matches(a, b) => [a, b],
        ExprKind::DateIs(a, b, c) => [a, b, c],
        ExprKind::Contains(a, b) => [a, b],
        ExprKind::ContentMatches(a, b) => [a, b],
        ExprKind::Found(a, b, c) => [a, b, c],
        ExprKind::Count(a, b, c) | ExprKind::Distinct(a, b, c) => [a, b, c],
        ExprKind::Near(a) => [a],
    }
    Operand {
        Operand::Path(a) => [a],
        Operand::Literal(a) => [a],
    }
    InSet {
        InSet::Literals(a) => [a],
        InSet::Named(a) => [a],
    }
    DetectorClause {
        DetectorClause::Title(a) => [a],
        DetectorClause::Class(a) => [a],
        DetectorClause::Tags(a) | DetectorClause::YieldsTo(a) => [a],
        DetectorClause::Pattern(a) | DetectorClause::After(a) => [a],
        DetectorClause::Words { items, list, .. } => [items, list],
        DetectorClause::Digits(a) => [a],
        DetectorClause::Sequence(a) => [a],
        DetectorClause::AnyOf(a) => [a],
        DetectorClause::FirstWord(a) | DetectorClause::ReportedAs(a) => [a],
        DetectorClause::Hidden(a) | DetectorClause::Verbatim(a) => [a],
        DetectorClause::Beside(a) => [a],
        DetectorClause::Against(a) => [a],
        DetectorClause::Check(a) | DetectorClause::LowerWhen(a) => [a],
        DetectorClause::Context(a) => [a],
        DetectorClause::Confidence(a) => [a],
        DetectorClause::Lower(a) => [a],
        DetectorClause::RedactAs(a) => [a],
        DetectorClause::Examples(a) | DetectorClause::Counterexamples(a) => [a],
    }
    Phrase {
        Phrase::Text(a) | Phrase::Name(a) => [a],
    }
    CheckKind {
        CheckKind::And(a) | CheckKind::Or(a) => [a],
        CheckKind::Not(a) => [a],
        CheckKind::Call { name, args, slice } => [name, args, slice],
        CheckKind::Weights(a) => [a],
        CheckKind::Number(a) => [a],
        CheckKind::InList { word, list, .. } => [word, list],
    }
    NumberEquals {
        NumberEquals::Constant(_) => [],
        NumberEquals::Number(a) => [a],
        NumberEquals::Signs(a, _) => [a],
    }
    Slice {
        Slice::Range(a, b) => [a, b],
        Slice::Run(a) => [a],
    }
    TestLine {
        TestLine::Given(a) => [a],
        TestLine::Today(a) => [a],
        TestLine::Param(a, b) => [a, b],
        TestLine::Text { part, text } => [part, text],
        TestLine::Expect(a) => [a],
    }
    Expect {
        Expect::Verdict(a, b) | Expect::Would(a, b) => [a, b],
        Expect::NoRule(a) | Expect::NotFound(a) => [a],
        Expect::Found { detector, confidence, at } => [detector, confidence, at],
        Expect::Obligation(a) => [a],
        Expect::Unread(a) => [a],
    }
}
