//! Everything that is written on one line.

use crate::syntax::ast::*;

/// Texts with line breaks become blocks when their one-line form is longer.
const LONG_TEXT: usize = 60;

/// A text between quotes, on one line.
pub(super) fn quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            _ => escaped(c, &mut out),
        }
    }
    out.push('"');
    out
}

fn escaped(c: char, out: &mut String) {
    match c {
        '\\' => out.push_str("\\\\"),
        '\n' => out.push_str("\\n"),
        '\t' => out.push_str("\\t"),
        '\r' => out.push_str("\\r"),
        _ if c.is_control() || hidden(c) => out.push_str(&format!("\\u{{{:x}}}", u32::from(c))),
        _ => out.push(c),
    }
}

/// Characters that no reader would see, or that turn the line around.
fn hidden(c: char) -> bool {
    matches!(u32::from(c), 0xa0 | 0xad | 0x2000..=0x200f | 0x2028..=0x202f | 0x205f..=0x206f | 0x3000 | 0xfeff)
}

/// A text, as a `"""` block when it has several lines and is long. The block's
/// closing line pins the indentation, so only texts that end with a line break, or
/// have a line that is not indented, can be blocks.
pub(super) fn text(text: &str, indent: usize) -> String {
    let line = quoted(text);
    let lines: Vec<&str> = text.split('\n').collect();
    let pinned = text.ends_with('\n')
        || lines
            .iter()
            .any(|l| l.chars().next().is_some_and(|c| !matches!(c, ' ' | '\t')));
    let ragged = lines.iter().any(|l| l.ends_with(char::is_whitespace));
    if lines.len() < 2 || line.chars().count() <= LONG_TEXT || !pinned || ragged {
        return line;
    }
    let blank = " ".repeat(indent);
    let mut out = String::from("\"\"\"");
    let last = lines.len() - 1;
    for (index, line) in lines.iter().enumerate() {
        out.push('\n');
        if !line.is_empty() || index == last {
            out.push_str(&blank);
        }
        let mut before = ' ';
        let mut characters = line.chars().peekable();
        while let Some(c) = characters.next() {
            // No three quotes in a row, and none before the closing ones.
            let ends = characters.peek().is_none() && index == last;
            if c == '"' && (before == '"' || ends) {
                out.push_str("\\\"");
            } else {
                escaped(c, &mut out);
            }
            before = c;
        }
    }
    out.push_str("\"\"\"");
    out
}

/// `a, b, c`
pub(super) fn joined<T>(list: &[T], one: impl Fn(&T) -> String) -> String {
    list.iter().map(one).collect::<Vec<_>>().join(", ")
}

pub(super) fn literal(literal: &Literal) -> String {
    match &literal.value {
        LiteralValue::Bool(value) => value.to_string(),
        LiteralValue::Int(number) => number.to_string(),
        LiteralValue::Date(date) => date.to_string(),
        LiteralValue::Text(text) => quoted(text),
        LiteralValue::Word(word) => word.clone(),
        LiteralValue::List(list) => format!("[{}]", joined(list, self::literal)),
    }
}

pub(super) fn target(target: &Target) -> String {
    match target {
        Target::Detector(path) => path.value.clone(),
        Target::Class(name) => format!("class {}", name.value),
        Target::Tag(name) => format!("tag {}", name.value),
        Target::Group(name) => format!("group {}", name.value),
    }
}

/// Where a target was written.
pub(super) fn target_start(target: &Target) -> u32 {
    match target {
        Target::Detector(name) | Target::Class(name) | Target::Tag(name) | Target::Group(name) => {
            name.span.start
        }
    }
}

pub(super) fn regex(regex: &Regex) -> String {
    format!("/{}/{}", regex.pattern, if regex.fold { "i" } else { "" })
}

/// ` (high)`, or nothing.
pub(super) fn confidence(confidence: &Option<Spanned<Confidence>>) -> String {
    let level = confidence.as_ref().map(|c| c.value.as_str());
    level.map_or(String::new(), |level| format!(" ({level})"))
}

/// `user assistant outbound`
pub(super) fn parts(filter: &PartFilter) -> String {
    let words: Vec<&str> = filter
        .roles
        .iter()
        .chain(&filter.direction)
        .map(|word| word.value.as_str())
        .collect();
    words.join(" ")
}

/// ` in user outbound`, or nothing.
pub(super) fn part_filter(filter: &PartFilter) -> String {
    let words = parts(filter);
    if words.is_empty() {
        words
    } else {
        format!(" in {words}")
    }
}

pub(super) fn stages(stages: &Stages) -> String {
    joined(&stages.steps, |(stage, from)| {
        let stage = match stage.value {
            Stage::Observe => "observe",
            Stage::Warn => "warn",
            Stage::Enforce => "enforce",
        };
        format!("{stage} from {}", from.value)
    })
}

pub(super) fn compare_op(op: CompareOp) -> &'static str {
    match op {
        CompareOp::Eq => "=",
        CompareOp::Ne => "!=",
        CompareOp::Lt => "<",
        CompareOp::Le => "<=",
        CompareOp::Gt => ">",
        CompareOp::Ge => ">=",
    }
}

pub(super) fn date_op(op: DateOp) -> &'static str {
    match op {
        DateOp::On => "on",
        DateOp::OnOrAfter => "on or after",
        DateOp::OnOrBefore => "on or before",
        DateOp::After => "after",
        DateOp::Before => "before",
    }
}

pub(super) fn type_name(ty: &Type) -> String {
    match ty {
        Type::Bool => "bool".into(),
        Type::Int => "int".into(),
        Type::Date => "date".into(),
        Type::String => "string".into(),
        Type::Host => "host".into(),
        Type::Set => "set".into(),
        Type::Enum(values) => format!("enum {{ {} }}", joined(values, |v| v.value.clone())),
        Type::ListOf { host, max } => {
            let element = if *host { "host" } else { "string" };
            format!("list of {element} max {}", max.value)
        }
    }
}

/// An obligation with its word.
pub(super) fn obligation(obligation: &Obligation) -> String {
    match &obligation.kind {
        ObligationKind::Redact(targets) if targets.is_empty() => "redact".into(),
        ObligationKind::Redact(targets) => format!("redact {}", joined(targets, target)),
        ObligationKind::Justify => "justify".into(),
        ObligationKind::Approve(None) => "approve".into(),
        ObligationKind::Approve(Some(role)) => format!("approve by {}", quoted(&role.value)),
        ObligationKind::Disclose => "disclose".into(),
        ObligationKind::Train(unit) => format!("train {}", quoted(&unit.value)),
        ObligationKind::Label(label) => format!("label {}", quoted(&label.value)),
        ObligationKind::Notify(role) => format!("notify {}", quoted(&role.value)),
    }
}
