//! Patterns: regular expressions that a finite automaton can hold.
//!
//! The syntax is that of the `regex` crate without look-around and
//! back-references. `\d`, `\w`, `\s` and their like mean ASCII. A boundary `\b`
//! stands only as the first or last thing of a pattern, where the scanner asks it
//! by its own rule (semantics 26); `^`, `$` and `\B` have no meaning in a part of
//! a conversation. A pattern matches at least one byte and at most
//! [`LONGEST`] (semantics 27), so every repetition has an end.
//!
//! In the checked policy the ASCII classes are written out, so that every room that
//! parses a pattern with `regex-syntax` reads it alike.

use super::codes;
use super::model::Pattern;
use super::report::Report;
use crate::diagnostics::Diagnostic;
use crate::syntax::ast::Span;
use regex_syntax::ast::{
    self, AssertionKind, Ast, ClassPerl, ClassPerlKind, ClassSet, ClassSetItem, RepetitionKind,
    RepetitionRange,
};

/// The longest match in bytes.
const LONGEST: usize = 1024;

/// Why a pattern was refused, with the bytes of the pattern that are to blame.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Refused {
    code: &'static crate::diagnostics::Code,
    range: std::ops::Range<usize>,
    message: String,
    label: String,
    instead: Option<String>,
}

fn refused(
    code: &'static crate::diagnostics::Code,
    range: std::ops::Range<usize>,
    message: &str,
    label: impl Into<String>,
) -> Refused {
    Refused {
        code,
        range,
        message: message.to_owned(),
        label: label.into(),
        instead: None,
    }
}

fn bytes(span: &ast::Span) -> std::ops::Range<usize> {
    span.start.offset..span.end.offset
}

/// Reads a pattern and gives it with ASCII classes written out.
fn parse(regex: &str, fold: bool) -> Result<String, Refused> {
    let tree = ast::parse::ParserBuilder::new()
        .nest_limit(100)
        .build()
        .parse(regex)
        .map_err(|error| syntax_error(&error))?;
    inside(&tree).map_err(|mut refused| {
        // A pattern that is nothing but `a*` may not match nothing.
        if matches!(tree, Ast::Repetition(_)) {
            refused.instead = refused.instead.map(|i| i.replacen("{0,", "{1,", 1));
        }
        refused
    })?;
    let written = ascii_classes(regex, &tree);
    let whole = 0..regex.len();
    let hir = regex_syntax::ParserBuilder::new()
        .case_insensitive(fold)
        .unicode(true)
        .utf8(true)
        .build()
        .parse(&written)
        .map_err(|error| {
            let why = match &error {
                regex_syntax::Error::Translate(error) => error.kind().to_string(),
                _ => "cannot be read".to_owned(),
            };
            refused(
                &codes::BAD_REGEX,
                whole.clone(),
                "this is not a regular expression",
                why,
            )
        })?;
    let properties = hir.properties();
    match properties.minimum_len() {
        Some(0) => {
            return Err(refused(
                &codes::EMPTY_MATCH,
                whole,
                "the pattern can match nothing at all",
                "would be found everywhere",
            ));
        }
        None => {
            return Err(refused(
                &codes::BAD_REGEX,
                whole,
                "the pattern never matches",
                "an empty class",
            ));
        }
        Some(_) => {}
    }
    match properties.maximum_len() {
        Some(longest) if longest <= LONGEST => Ok(written),
        longest => Err(refused(
            &codes::MATCH_TOO_LONG,
            whole,
            &format!("a match could be longer than {LONGEST} bytes"),
            match longest {
                Some(longest) => format!("up to {longest} bytes"),
                None => "no limit".to_owned(),
            },
        )),
    }
}

/// Checks a pattern and reports what is wrong with it, at its place in the source.
pub(super) fn check(report: &mut Report, pattern: Pattern) -> Option<Pattern> {
    match parse(&pattern.regex, pattern.fold) {
        Ok(regex) => Some(Pattern { regex, ..pattern }),
        Err(refused) => {
            let whole = pattern.place.span;
            // Texts that became patterns have no offsets of their own.
            let written = pattern.regex.len() + 2
                == (whole.end - whole.start) as usize - usize::from(pattern.fold);
            let mut place = pattern.place;
            if written {
                let start = whole.start as usize + 1;
                place.span = Span::new(start + refused.range.start, start + refused.range.end);
            }
            let mut d = Diagnostic::new(refused.code, place, refused.message).label(refused.label);
            if refused.code == &codes::BOUNDARY_INSIDE {
                d = d.help(
                    "a detector may have several `pattern` lines, each with its own boundaries",
                );
            }
            if let Some(instead) = refused.instead.filter(|_| written) {
                d = d.suggest(instead);
            }
            report.push(d);
            None
        }
    }
}

fn syntax_error(error: &ast::Error) -> Refused {
    let range = bytes(error.span());
    match error.kind() {
        ast::ErrorKind::UnsupportedLookAround => refused(
            &codes::NOT_REGULAR,
            range,
            "look-around is not possible",
            "no automaton can do this; use `after` for what must stand before, and a check for the rest",
        ),
        ast::ErrorKind::UnsupportedBackreference => refused(
            &codes::NOT_REGULAR,
            range,
            "a back-reference is not possible",
            "no automaton can remember a text",
        ),
        kind => refused(
            &codes::BAD_REGEX,
            range,
            "this is not a regular expression",
            kind.to_string(),
        ),
    }
}

/// Looks inside: `\b` as the first or last thing is at an end, not inside.
fn inside(tree: &Ast) -> Result<(), Refused> {
    let Ast::Concat(concat) = tree else {
        return inner(tree);
    };
    let at_an_end = |i: usize| i == 0 || i + 1 == concat.asts.len();
    let is_boundary =
        |ast: &Ast| matches!(ast, Ast::Assertion(a) if a.kind == AssertionKind::WordBoundary);
    concat
        .asts
        .iter()
        .enumerate()
        .filter(|(i, ast)| !(at_an_end(*i) && is_boundary(ast)))
        .try_for_each(|(_, ast)| inner(ast))
}

/// Refuses assertions and endless repetitions wherever they stand.
fn inner(tree: &Ast) -> Result<(), Refused> {
    match tree {
        Ast::Assertion(assertion) => Err(refused(
            &codes::BOUNDARY_INSIDE,
            bytes(&assertion.span),
            "this cannot stand inside a pattern",
            match assertion.kind {
                AssertionKind::WordBoundary => {
                    "`\\b` stands only at both ends of the whole pattern"
                }
                _ => "a part of a conversation has no such place; only `\\b` at both ends",
            },
        )),
        Ast::Repetition(repetition) => {
            let least = match repetition.op.kind {
                RepetitionKind::ZeroOrMore => Some(0),
                RepetitionKind::OneOrMore => Some(1),
                RepetitionKind::Range(RepetitionRange::AtLeast(n)) => Some(n),
                RepetitionKind::ZeroOrOne | RepetitionKind::Range(_) => None,
            };
            if let Some(least) = least {
                let lazy = if repetition.greedy { "" } else { "?" };
                let mut r = refused(
                    &codes::UNBOUNDED_REPEAT,
                    bytes(&repetition.op.span),
                    "a repetition needs an end",
                    "repeats without limit",
                );
                r.instead = Some(format!(
                    "{{{least},{}}}{lazy}",
                    least.saturating_add(200).max(200)
                ));
                return Err(r);
            }
            inner(&repetition.ast)
        }
        Ast::Group(group) => inner(&group.ast),
        Ast::Alternation(alternation) => alternation.asts.iter().try_for_each(inner),
        Ast::Concat(concat) => concat.asts.iter().try_for_each(inner),
        Ast::Empty(_)
        | Ast::Flags(_)
        | Ast::Literal(_)
        | Ast::Dot(_)
        | Ast::ClassUnicode(_)
        | Ast::ClassPerl(_)
        | Ast::ClassBracketed(_) => Ok(()),
    }
}

/// The pattern with `\d`, `\s`, `\w` and their negations written out as ASCII
/// classes. Brackets may stand in brackets, so it is a replacement of spans.
fn ascii_classes(regex: &str, tree: &Ast) -> String {
    let mut found = Vec::new();
    perl_classes(tree, &mut found);
    found.sort_by_key(|perl| perl.span.start.offset);
    let mut out = String::new();
    let mut copied = 0;
    for perl in found {
        let not = if perl.negated { "^" } else { "" };
        let class = match perl.kind {
            ClassPerlKind::Digit => "0-9",
            ClassPerlKind::Space => r"\t\n\x0B\x0C\r ",
            ClassPerlKind::Word => "0-9A-Za-z_",
        };
        let range = bytes(&perl.span);
        out.push_str(regex.get(copied..range.start).unwrap_or(""));
        out.push_str(&format!("[{not}{class}]"));
        copied = range.end;
    }
    out.push_str(regex.get(copied..).unwrap_or(""));
    out
}

fn perl_classes<'t>(tree: &'t Ast, found: &mut Vec<&'t ClassPerl>) {
    match tree {
        Ast::ClassPerl(perl) => found.push(perl),
        Ast::ClassBracketed(class) => perl_in_set(&class.kind, found),
        Ast::Repetition(repetition) => perl_classes(&repetition.ast, found),
        Ast::Group(group) => perl_classes(&group.ast, found),
        Ast::Alternation(alternation) => {
            alternation.asts.iter().for_each(|a| perl_classes(a, found));
        }
        Ast::Concat(concat) => concat.asts.iter().for_each(|a| perl_classes(a, found)),
        Ast::Empty(_)
        | Ast::Flags(_)
        | Ast::Literal(_)
        | Ast::Dot(_)
        | Ast::Assertion(_)
        | Ast::ClassUnicode(_) => {}
    }
}

fn perl_in_set<'t>(set: &'t ClassSet, found: &mut Vec<&'t ClassPerl>) {
    match set {
        ClassSet::Item(item) => perl_in_item(item, found),
        ClassSet::BinaryOp(op) => {
            perl_in_set(&op.lhs, found);
            perl_in_set(&op.rhs, found);
        }
    }
}

fn perl_in_item<'t>(item: &'t ClassSetItem, found: &mut Vec<&'t ClassPerl>) {
    match item {
        ClassSetItem::Perl(perl) => found.push(perl),
        ClassSetItem::Bracketed(class) => perl_in_set(&class.kind, found),
        ClassSetItem::Union(union) => union.items.iter().for_each(|i| perl_in_item(i, found)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::{codes, parse};

    #[test]
    fn boundaries_stay_at_the_ends() {
        assert_eq!(
            parse(r"\b[0-9]{2}[ -]?x\b", false),
            Ok(r"\b[0-9]{2}[ -]?x\b".into())
        );
    }

    #[test]
    fn classes_are_ascii() {
        assert_eq!(
            parse(r"\d[\w-]\D", false),
            Ok("[0-9][[0-9A-Za-z_]-][^0-9]".into())
        );
        assert_eq!(
            parse(r"[^\d\s]x", false),
            Ok(r"[^[0-9][\t\n\x0B\x0C\r ]]x".into())
        );
    }

    #[test]
    fn refusals() {
        for (pattern, code) in [
            ("a(", &codes::BAD_REGEX),
            ("(?=a)b", &codes::NOT_REGULAR),
            (r"(a)\1", &codes::NOT_REGULAR),
            (r"a\bb", &codes::BOUNDARY_INSIDE),
            ("^a", &codes::BOUNDARY_INSIDE),
            ("a?", &codes::EMPTY_MATCH),
            ("a{2,}", &codes::UNBOUNDED_REPEAT),
            ("(ab){600}", &codes::MATCH_TOO_LONG),
        ] {
            assert_eq!(
                parse(pattern, false).err().map(|r| r.code.id),
                Some(code.id),
                "{pattern}"
            );
        }
    }
}
