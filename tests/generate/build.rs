//! Short ways to write parts of a checked policy by hand.

use riegel::check::model::*;
use riegel::syntax::ast::{
    Check, CheckKind, Confidence, Literal, LiteralValue, NumberCheck, NumberEquals, Slice, Span,
    Spanned, Verdict, Weights, WeightsEquals,
};

/// A value without a place.
pub fn spanned<T>(value: T) -> Spanned<T> {
    Spanned {
        value,
        span: Span::default(),
    }
}

/// A pattern.
pub fn pattern(regex: &str, fold: bool) -> Pattern {
    Pattern {
        regex: regex.into(),
        fold,
        place: Place::default(),
    }
}

pub fn check(kind: CheckKind) -> Check {
    Check {
        kind,
        span: Span::default(),
    }
}

/// `a and b`
pub fn all(checks: Vec<Check>) -> Check {
    check(CheckKind::And(checks))
}

/// `a or b`
pub fn any(checks: Vec<Check>) -> Check {
    check(CheckKind::Or(checks))
}

/// `not a`
pub fn not(one: Check) -> Check {
    check(CheckKind::Not(Box::new(one)))
}

fn literal(value: LiteralValue) -> Literal {
    Literal {
        value,
        span: Span::default(),
    }
}

/// `name(1, 2) on …`
pub fn ints(name: &str, args: &[i64], slice: Option<Slice>) -> Check {
    check(CheckKind::Call {
        name: spanned(name.into()),
        args: args
            .iter()
            .map(|n| literal(LiteralValue::Int(*n)))
            .collect(),
        slice,
    })
}

/// `name("a", "b") on …`
pub fn texts(name: &str, args: &[&str], slice: Option<Slice>) -> Check {
    check(CheckKind::Call {
        name: spanned(name.into()),
        args: args
            .iter()
            .map(|text| literal(LiteralValue::Text((*text).into())))
            .collect(),
        slice,
    })
}

/// `follows(within, "a", "b")`.
pub fn follows(within: i64, words: &[&str]) -> Check {
    around("follows", within, words)
}

/// `precedes(within, "a", "b")`.
pub fn precedes(within: i64, words: &[&str]) -> Check {
    around("precedes", within, words)
}

fn around(name: &str, within: i64, words: &[&str]) -> Check {
    let words = words.iter().map(|w| LiteralValue::Text((*w).into()));
    check(CheckKind::Call {
        name: spanned(name.into()),
        args: [LiteralValue::Int(within)]
            .into_iter()
            .chain(words)
            .map(literal)
            .collect(),
        slice: None,
    })
}

/// `on from..to`, open without `to`.
pub fn on(from: i64, to: Option<i64>) -> Option<Slice> {
    Some(Slice::Range(spanned(from), to.map(spanned)))
}

/// `on run n`
pub fn on_run(n: i64) -> Option<Slice> {
    Some(Slice::Run(spanned(n)))
}

/// A weighted sum over the whole value; change the fields that matter.
pub fn weights(weights: &[i64], modulus: i64, equals: WeightsEquals) -> Weights {
    Weights {
        weights: weights.to_vec(),
        repeat: false,
        digit_sum: false,
        letters_two_digits: false,
        map: Vec::new(),
        odd_map: Vec::new(),
        slice: None,
        plus: None,
        modulus,
        times: None,
        complement: false,
        second: None,
        signs: None,
        equals,
        ten_is: None,
    }
}

/// The check of a weighted sum.
pub fn weighed(weights: Weights) -> Check {
    check(CheckKind::Weights(Box::new(weights)))
}

/// The check of a number; change the fields that matter.
pub fn number(slice: Option<Slice>, modulus: i64, equals: NumberEquals) -> NumberCheck {
    NumberCheck {
        slice,
        plus: None,
        times: None,
        modulus,
        complement: false,
        second: None,
        equals,
    }
}

/// The check of a number.
pub fn numbered(number: NumberCheck) -> Check {
    check(CheckKind::Number(Box::new(number)))
}

/// `name(word)`
pub fn worded(name: &str, word: &str) -> Check {
    check(CheckKind::Call {
        name: spanned(name.into()),
        args: vec![literal(LiteralValue::Word(word.into()))],
        slice: None,
    })
}

/// A confidence by its number, 0 is none.
pub fn level(number: u8) -> Option<Confidence> {
    match number {
        1 => Some(Confidence::Low),
        2 => Some(Confidence::Medium),
        3 => Some(Confidence::High),
        _ => None,
    }
}

/// plain, context, check, both
pub fn table(levels: [u8; 4]) -> ConfidenceTable {
    ConfidenceTable {
        plain: level(levels[0]),
        context: level(levels[1]),
        check: level(levels[2]),
        both: level(levels[3]),
    }
}

/// A detector with patterns and nothing else; a match is worth medium.
pub fn detector(id: &str, patterns: &[&str]) -> Detector {
    Detector {
        id: id.into(),
        title: id.into(),
        class: "technical".into(),
        patterns: patterns.iter().map(|p| pattern(p, false)).collect(),
        confidence: table([2, 2, 2, 2]),
        label: id.to_uppercase(),
        ..Detector::default()
    }
}

/// Context words.
pub fn context(words: &[&str], within: u16, before_only: bool) -> Option<Context> {
    Some(Context {
        words: words.iter().map(|word| (*word).into()).collect(),
        within,
        before_only,
    })
}

/// `found d1, d2` at this confidence, in all parts.
pub fn findings(detectors: &[usize], confidence: Confidence) -> Findings {
    Findings {
        detectors: detectors.to_vec(),
        confidence,
        roles: 0x3F,
        directions: 3,
    }
}

/// `found …`
pub fn found(detectors: &[usize], confidence: Confidence) -> Condition {
    Condition::Leaf(Leaf::Count(
        findings(detectors, confidence),
        Comparison::Ge,
        Number::Const(1),
    ))
}

/// A rule with one clause: its condition.
pub fn rule(id: &str, condition: Condition, verdict: Verdict) -> Rule {
    Rule {
        id: id.into(),
        layer: 0,
        tightened: vec![],
        clauses: vec![Clause {
            condition: condition.clone(),
            place: Place::default(),
        }],
        condition,
        verdict,
        obligations: Vec::new(),
        redact: Vec::new(),
        cite: vec!["§ 1".into()],
        say: vec!["…".into()],
        hint: Vec::new(),
        stages: None,
        exceptions: Vec::new(),
        place: Place::default(),
    }
}

/// A policy without attributes.
pub fn policy(detectors: Vec<Detector>, rules: Vec<Rule>) -> Policy {
    Policy {
        id: "sample".into(),
        title: "Sample".into(),
        version: "1.0.0".into(),
        languages: vec!["de".into()],
        review_by: None,
        on_error: Verdict::Block,
        time_zone: "Europe/Berlin".into(),
        max_findings: 4096,
        stages: Vec::new(),
        slots: Vec::new(),
        params: Vec::new(),
        detectors,
        rules,
        obligations: vec![Obligation::Show],
        tests: Vec::new(),
        lists: Vec::new(),
        layers: vec![],
        sources: vec![Source {
            name: "sample".into(),
            text: String::new(),
        }],
    }
}

/// One part of user text on its way out.
pub fn said(text: impl AsRef<[u8]>) -> Event {
    let text = text.as_ref();
    Event {
        values: Vec::new(),
        today: 20_000,
        text: text.to_vec(),
        parts: vec![Part {
            offset: 0,
            len: text.len() as u32,
            role: 1,
            direction: 0,
        }],
    }
}
