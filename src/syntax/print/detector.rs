//! Detectors and their checks.

use super::expr::fill;
use super::items::messages;
use super::page::{Gap, Page, WIDTH};
use super::words::{joined, literal, quoted, regex, target, target_start};
use crate::syntax::ast::*;

/// Width of the column of keywords: `confidence`.
const COLUMN: usize = 10;

pub(super) fn detector(page: &mut Page<'_>, detector: &Detector) {
    let title = quoted(&detector.title.value);
    page.push(&format!("detector {} {title} {{", detector.id.value));
    page.opens_block();
    for clause in &detector.clauses {
        let (word, start) = head(clause);
        page.start_line(2, start, Gap::AsWritten);
        if matches!(
            clause,
            DetectorClause::Hidden(_) | DetectorClause::Verbatim(_)
        ) {
            page.push(word);
            continue;
        }
        page.push(&format!("{word:COLUMN$} "));
        value(page, clause);
    }
    page.close(0, detector.span.end);
}

/// The keyword, and where the clause stands (its value, which is near enough).
fn head(clause: &DetectorClause) -> (&'static str, u32) {
    let first = |texts: &[Spanned<String>]| texts.first().map_or(0, |t| t.span.start);
    match clause {
        DetectorClause::Title(titles) => ("title", titles.span.start),
        DetectorClause::Class(name) => ("class", name.span.start),
        DetectorClause::Tags(tags) => ("tags", first(tags)),
        DetectorClause::Pattern(pattern) => ("pattern", pattern.span.start),
        DetectorClause::Digits(least) => ("digits", least.span.start),
        DetectorClause::After(pattern) => ("after", pattern.span.start),
        DetectorClause::Words { items, list, .. } => (
            "words",
            list.as_ref().map_or(first(items), |l| l.span.start),
        ),
        DetectorClause::Sequence(sequence) => ("sequence", sequence.span.start),
        DetectorClause::AnyOf(any) => ("any", any.span.start),
        DetectorClause::FirstWord(list) => ("first word", list.span.start),
        DetectorClause::Hidden(span) => ("hidden", span.start),
        DetectorClause::Verbatim(span) => ("verbatim", span.start),
        DetectorClause::ReportedAs(path) => ("reported as", path.span.start),
        DetectorClause::Beside(beside) => ("beside", beside.span.start),
        DetectorClause::Against(words) => ("against", words.span.start),
        DetectorClause::Check(check) => ("check", check.span.start),
        DetectorClause::Context(context) => ("context", context.span.start),
        DetectorClause::Confidence(rule) => ("confidence", rule.span.start),
        DetectorClause::Lower(values) => ("lower", values.first().map_or(0, |l| l.text.span.start)),
        DetectorClause::LowerWhen(check) => ("lower when", check.span.start),
        DetectorClause::YieldsTo(paths) => ("yields to", first(paths)),
        DetectorClause::RedactAs(text) => ("redact as", text.span.start),
        DetectorClause::Examples(texts) => ("examples", first(texts)),
        DetectorClause::Counterexamples(texts) => ("counterexamples", first(texts)),
    }
}

fn value(page: &mut Page<'_>, clause: &DetectorClause) {
    let indent = COLUMN + 3;
    let texts = |page: &mut Page<'_>, texts: &[Text]| {
        fill(
            page,
            indent,
            texts.iter().map(|t| (t.span.start, quoted(&t.value))),
        );
    };
    let names = |page: &mut Page<'_>, names: &[Name]| {
        fill(
            page,
            indent,
            names.iter().map(|n| (n.span.start, n.value.clone())),
        );
    };
    match clause {
        DetectorClause::Title(titles) => self::titles(page, titles),
        DetectorClause::Class(name) => page.push(&name.value),
        DetectorClause::Tags(list) | DetectorClause::YieldsTo(list) => names(page, list),
        DetectorClause::Pattern(pattern) | DetectorClause::After(pattern) => {
            page.push(&regex(pattern));
        }
        DetectorClause::Digits(least) => page.push(&least.value.to_string()),
        DetectorClause::Words {
            inflected,
            items,
            list,
        } => {
            if *inflected {
                page.push("inflected ");
            }
            match list {
                Some(list) => page.push(&list.value),
                None => texts(page, items),
            }
        }
        DetectorClause::Sequence(sequence) => self::sequence(page, sequence),
        DetectorClause::AnyOf(any) => {
            let times = if any.times { " times" } else { "" };
            page.push(&format!("{}{times} of [", any.least.value));
            phrases(page, indent + 2, &any.phrases);
            page.push(&format!("] within {}", any.within.value));
        }
        DetectorClause::FirstWord(list) => page.push(&format!("in {}", list.value)),
        DetectorClause::ReportedAs(path) => page.push(&path.value),
        DetectorClause::Hidden(_) | DetectorClause::Verbatim(_) => {}
        DetectorClause::Beside(beside) => {
            let targets = beside.targets.iter();
            fill(page, indent, targets.map(|t| (target_start(t), target(t))));
            let stands_for = if beside.check { "check" } else { "context" };
            page.push(&format!(" within {} as {stands_for}", beside.within.value));
        }
        DetectorClause::Against(context) => {
            texts(page, &context.words);
            if let Some(within) = &context.within {
                page.push(&format!(" within {}", within.value));
            }
        }
        DetectorClause::Check(check) | DetectorClause::LowerWhen(check) => {
            checks(page, indent, check);
        }
        DetectorClause::Context(context) => {
            texts(page, &context.words);
            if context.before_only {
                page.push(" before");
            }
            if let Some(within) = &context.within {
                page.push(&format!(" within {}", within.value));
            }
        }
        DetectorClause::Confidence(rule) => page.push(&confidence(rule)),
        DetectorClause::Lower(values) => {
            fill(
                page,
                indent,
                values.iter().map(|l| (l.text.span.start, lower(l))),
            );
        }
        DetectorClause::RedactAs(text) => page.push(&quoted(&text.value)),
        DetectorClause::Examples(list) | DetectorClause::Counterexamples(list) => texts(page, list),
    }
}

/// A line for every part behind the first.
fn sequence(page: &mut Page<'_>, sequence: &Sequence) {
    let indent = COLUMN + 3;
    if sequence.inflected {
        page.push("inflected ");
    }
    for (i, part) in sequence.parts.iter().enumerate() {
        if i > 0 {
            let start = part.phrases.first().map_or(0, phrase_start);
            page.start_line(indent, start, Gap::No);
            page.push("then ");
        }
        page.push("[");
        phrases(page, indent + 2, &part.phrases);
        page.push("]");
        if let Some(gap) = &part.gap {
            page.push(&format!(" gap {} words", gap.value));
        }
    }
    if sequence.either {
        page.push(" either order");
    }
}

fn phrase_start(phrase: &Phrase) -> u32 {
    match phrase {
        Phrase::Text(text) | Phrase::Name(text) => text.span.start,
    }
}

fn phrases(page: &mut Page<'_>, indent: usize, phrases: &[Phrase]) {
    let one = |phrase: &Phrase| match phrase {
        Phrase::Text(text) => quoted(&text.value),
        Phrase::Name(name) => name.value.clone(),
    };
    fill(
        page,
        indent,
        phrases.iter().map(|p| (phrase_start(p), one(p))),
    );
}

/// Short titles stand on one line, as the other lines of a detector do.
fn titles(page: &mut Page<'_>, titles: &Messages) {
    let texts: Vec<String> = titles
        .texts
        .iter()
        .map(|(language, title)| format!("{} {}", language.value, quoted(&title.value)))
        .collect();
    let line = format!("{{ {} }}", texts.join(" "));
    let inside = page.comments_before(titles.span.end);
    if !inside && page.column() + line.chars().count() <= WIDTH {
        page.push(&line);
    } else {
        messages(page, titles);
    }
}

fn lower(lower: &Lower) -> String {
    let how = match lower.how {
        LowerHow::Whole => "",
        LowerHow::Prefix => "prefix ",
        LowerHow::Suffix => "suffix ",
    };
    format!("{how}{}", quoted(&lower.text.value))
}

fn confidence(rule: &ConfidenceRule) -> String {
    let level = |level: Option<Confidence>| level.map_or("none", Confidence::as_str);
    let mut out = level(rule.pattern).to_owned();
    let steps = [
        ("check", rule.check),
        ("context", rule.context),
        ("check and context", rule.both),
    ];
    for (evidence, step) in steps {
        if let Some(step) = step {
            out.push_str(&format!(", with {evidence} {}", level(step)));
        }
    }
    out
}

/// A check, one operand per line where it is long or holds comments.
fn checks(page: &mut Page<'_>, indent: usize, check: &Check) {
    let line = flat(check);
    let (parts, joint) = match &check.kind {
        CheckKind::And(parts) => (parts, "and "),
        CheckKind::Or(parts) => (parts, "or "),
        CheckKind::Call { name, args, slice }
            if !args.is_empty() && page.column() + line.chars().count() > WIDTH =>
        {
            page.push(&format!("{}(", name.value));
            let args = args.iter().map(|a| (a.span.start, literal(a)));
            fill(page, indent + 2, args);
            return page.push(&format!("){}", self::slice(slice)));
        }
        _ => return page.push(&line),
    };
    let last = parts.last().map_or(0, |p| p.span.start);
    if page.column() + line.chars().count() <= WIDTH && !page.comments_before(last) {
        return page.push(&line);
    }
    for (index, part) in parts.iter().enumerate() {
        if index > 0 {
            page.start_line(indent, part.span.start, Gap::No);
            page.push(joint);
        }
        if brackets(part, joint == "and ") {
            page.push("(");
            checks(page, indent + 2, part);
            page.push(")");
        } else {
            checks(page, indent + 2, part);
        }
    }
}

/// True for an operand that would join its neighbours without brackets.
fn brackets(check: &Check, tight: bool) -> bool {
    match check.kind {
        CheckKind::Or(_) => true,
        CheckKind::And(_) => tight,
        _ => false,
    }
}

/// An operand on one line, in brackets where it needs them.
fn inner(check: &Check, tight: bool) -> String {
    let text = flat(check);
    if brackets(check, tight) {
        format!("({text})")
    } else {
        text
    }
}

/// A check on one line.
fn flat(check: &Check) -> String {
    let join = |parts: &[Check], joint: &str, tight: bool| {
        let parts: Vec<String> = parts.iter().map(|p| inner(p, tight)).collect();
        parts.join(joint)
    };
    match &check.kind {
        CheckKind::And(parts) => join(parts, " and ", true),
        CheckKind::Or(parts) => join(parts, " or ", false),
        CheckKind::Not(part) => format!("not {}", inner(part, true)),
        CheckKind::Call { name, args, slice } => {
            let args = match args.as_slice() {
                [] => String::new(),
                some => format!("({})", joined(some, literal)),
            };
            format!("{}{args}{}", name.value, self::slice(slice))
        }
        CheckKind::Weights(weights) => self::weights(weights),
        CheckKind::InList { word, list, .. } => match word {
            Some(word) if word.value == 255 => format!("word last in {}", list.value),
            Some(word) => format!("word {} in {}", word.value, list.value),
            None => format!("value in {}", list.value),
        },
        CheckKind::Number(number) => self::number(number),
    }
}

/// ` on 1..9`, or nothing.
fn slice(slice: &Option<Slice>) -> String {
    match slice {
        None => String::new(),
        Some(Slice::Range(from, Some(to))) => format!(" on {}..{}", from.value, to.value),
        Some(Slice::Range(from, None)) => format!(" on {}..", from.value),
        Some(Slice::Run(run)) => format!(" on run {}", run.value),
    }
}

fn weights(w: &Weights) -> String {
    let mut out = String::from(if w.repeat {
        "weights repeat "
    } else {
        "weights"
    });
    out.push_str(&numbers(&w.weights));
    if w.letters_two_digits {
        out.push_str(" letters two_digits");
    }
    if !w.map.is_empty() {
        out.push_str(&format!(" map{}", numbers(&w.map)));
    }
    if !w.odd_map.is_empty() {
        out.push_str(&format!(" odd map{}", numbers(&w.odd_map)));
    }
    if w.digit_sum {
        out.push_str(" digit sum");
    }
    out.push_str(&slice(&w.slice));
    out.push_str(&step("plus", w.plus));
    out.push_str(&step("mod", Some(w.modulus)));
    out.push_str(&step("times", w.times));
    if w.complement {
        out.push_str(" complement");
    }
    out.push_str(&step("mod", w.second));
    if let Some(ten) = w.ten_is {
        out.push_str(&format!(" ten is {}", quoted(&ten.to_string())));
    }
    if let Some(alphabet) = &w.signs {
        out.push_str(&format!(" signs {}", quoted(&alphabet.value)));
    }
    out.push_str(" equals ");
    match w.equals {
        WeightsEquals::Digit(at) => out.push_str(&position(at)),
        WeightsEquals::Constant(constant) => out.push_str(&constant.to_string()),
    }
    out
}

fn number(n: &NumberCheck) -> String {
    let mut out = format!("number{}", slice(&n.slice));
    out.push_str(&step("plus", n.plus));
    out.push_str(&step("times", n.times));
    out.push_str(&step("mod", Some(n.modulus)));
    if n.complement {
        out.push_str(" complement");
    }
    out.push_str(&step("mod", n.second));
    out.push_str(" equals ");
    match &n.equals {
        NumberEquals::Constant(constant) => out.push_str(&constant.to_string()),
        NumberEquals::Number(digits) => {
            out.push_str(&format!("number{}", slice(&Some(digits.clone()))));
        }
        NumberEquals::Signs(alphabet, at) => {
            out.push_str(&format!(
                "signs {} {}",
                quoted(&alphabet.value),
                position(*at)
            ));
        }
    }
    out
}

/// `(7,3,1)`
fn numbers(numbers: &[i64]) -> String {
    let numbers: Vec<String> = numbers.iter().map(i64::to_string).collect();
    format!("({})", numbers.join(","))
}

/// ` mod 11`, or nothing.
fn step(word: &str, number: Option<i64>) -> String {
    number.map_or(String::new(), |n| format!(" {word} {n}"))
}

/// `digit 4`, `last`
fn position(at: i64) -> String {
    match at {
        0 => "last".to_owned(),
        at => format!("digit {at}"),
    }
}
