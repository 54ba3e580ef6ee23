//! Patterns: regular expressions that a finite automaton can hold.
//!
//! The syntax is that of the `regex` crate without look-around and
//! back-references. `\d`, `\w`, `\s` and their like mean ASCII. A boundary `\b`
//! stands only as the first or last thing of a pattern, where the scanner asks it
//! by its own rule (semantics 26); `^`, `$` and `\B` have no meaning in a part of
//! a conversation. A pattern matches at least one byte and at most
//! [`LONGEST`] (semantics 27), so every repetition has an end.
//!
//! [`parse`] is what `detect` builds its automata from, so that both rooms read a
//! pattern alike.

use super::codes;
use super::model::Pattern;
use super::report::Report;
use crate::diagnostics::Diagnostic;
use crate::syntax::ast::Span;
use regex_syntax::ast::{
    self, AssertionKind, Ast, ClassAscii, ClassAsciiKind, ClassPerl, ClassPerlKind, ClassSet,
    ClassSetItem, RepetitionKind, RepetitionRange,
};
use regex_syntax::hir::{ClassUnicode, ClassUnicodeRange, Hir, translate::TranslatorBuilder};

/// The longest match in bytes.
pub const LONGEST: usize = 1024;

/// A pattern, read.
#[derive(Clone, Debug)]
pub struct Parsed {
    /// What matches, without the boundaries; Unicode, never invalid UTF-8.
    pub hir: Hir,
    /// `\b` at the start.
    pub boundary_before: bool,
    /// `\b` at the end.
    pub boundary_after: bool,
}

/// Why a pattern was refused, with the bytes of the pattern that are to blame.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    code: &'static crate::diagnostics::Code,
    range: std::ops::Range<usize>,
    message: String,
    label: String,
    instead: Option<String>,
}

impl std::fmt::Display for Refused {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.message, self.label)
    }
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

/// Reads a pattern.
pub fn parse(regex: &str, fold: bool) -> Result<Parsed, Refused> {
    let mut tree = ast::parse::ParserBuilder::new()
        .nest_limit(100)
        .build()
        .parse(regex)
        .map_err(|error| syntax_error(&error))?;
    let (boundary_before, boundary_after) = take_boundaries(&mut tree);
    ascii_classes(&mut tree);
    inner(&tree)?;
    let whole = 0..regex.len();
    let hir = TranslatorBuilder::new()
        .case_insensitive(fold)
        .unicode(true)
        .utf8(true)
        .build()
        .translate(regex, &tree)
        .map_err(|error| {
            refused(
                &codes::BAD_REGEX,
                bytes(error.span()),
                "this is not a regular expression",
                error.kind().to_string(),
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
        Some(longest) if longest <= LONGEST => Ok(Parsed {
            hir,
            boundary_before,
            boundary_after,
        }),
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
        Ok(_) => Some(pattern),
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

/// Takes `\b` off both ends.
fn take_boundaries(tree: &mut Ast) -> (bool, bool) {
    let is_boundary =
        |ast: &Ast| matches!(ast, Ast::Assertion(a) if a.kind == AssertionKind::WordBoundary);
    let Ast::Concat(concat) = tree else {
        return (false, false);
    };
    let before = concat.asts.first().is_some_and(is_boundary);
    if before {
        concat.asts.remove(0);
    }
    let after = concat.asts.last().is_some_and(is_boundary);
    if after {
        concat.asts.pop();
    }
    (before, after)
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

/// `\d`, `\s`, `\w` and their negations become their ASCII classes.
fn ascii_classes(tree: &mut Ast) {
    match tree {
        Ast::ClassPerl(perl) => {
            let span = perl.span;
            *tree = Ast::class_bracketed(ast::ClassBracketed {
                span,
                negated: false,
                kind: ClassSet::Item(ClassSetItem::Ascii(ascii(perl))),
            });
        }
        Ast::ClassBracketed(class) => ascii_set(&mut class.kind),
        Ast::Repetition(repetition) => ascii_classes(&mut repetition.ast),
        Ast::Group(group) => ascii_classes(&mut group.ast),
        Ast::Alternation(alternation) => alternation.asts.iter_mut().for_each(ascii_classes),
        Ast::Concat(concat) => concat.asts.iter_mut().for_each(ascii_classes),
        Ast::Empty(_)
        | Ast::Flags(_)
        | Ast::Literal(_)
        | Ast::Dot(_)
        | Ast::Assertion(_)
        | Ast::ClassUnicode(_) => {}
    }
}

fn ascii_set(set: &mut ClassSet) {
    match set {
        ClassSet::Item(item) => ascii_item(item),
        ClassSet::BinaryOp(op) => {
            ascii_set(&mut op.lhs);
            ascii_set(&mut op.rhs);
        }
    }
}

fn ascii_item(item: &mut ClassSetItem) {
    match item {
        ClassSetItem::Perl(perl) => *item = ClassSetItem::Ascii(ascii(perl)),
        ClassSetItem::Bracketed(class) => ascii_set(&mut class.kind),
        ClassSetItem::Union(union) => union.items.iter_mut().for_each(ascii_item),
        _ => {}
    }
}

fn ascii(perl: &ClassPerl) -> ClassAscii {
    ClassAscii {
        span: perl.span,
        kind: match perl.kind {
            ClassPerlKind::Digit => ClassAsciiKind::Digit,
            ClassPerlKind::Space => ClassAsciiKind::Space,
            ClassPerlKind::Word => ClassAsciiKind::Word,
        },
        negated: perl.negated,
    }
}

/// A text as a pattern that folds what semantics 31 folds: simple folding of
/// U+0000 to U+04FF between characters of equal UTF-8 length.
pub(super) fn folded_literal(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars() {
        let mut class = ClassUnicode::new([ClassUnicodeRange::new(c, c)]);
        let folded = class.try_case_fold_simple().is_ok();
        let same: Vec<char> = class
            .ranges()
            .iter()
            .flat_map(|r| r.start()..=r.end())
            .filter(|s| {
                u32::from(c) <= 0x4FF && u32::from(*s) <= 0x4FF && s.len_utf8() == c.len_utf8()
            })
            .collect();
        if folded && same.len() > 1 {
            out.push('[');
            out.extend(same);
            out.push(']');
        } else {
            out.push_str(&regex_syntax::escape(&c.to_string()));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::{codes, folded_literal, parse};

    #[test]
    fn boundaries_are_taken_off() {
        let p = parse(r"\b\d{2}[ -]?x\b", false).map(|p| (p.boundary_before, p.boundary_after));
        assert_eq!(p, Ok((true, true)));
        let p = parse("a|b", false).map(|p| (p.boundary_before, p.boundary_after));
        assert_eq!(p, Ok((false, false)));
    }

    #[test]
    fn digits_are_ascii() {
        let longest = |r| {
            parse(r, false)
                .ok()
                .and_then(|p| p.hir.properties().maximum_len())
        };
        assert_eq!(longest(r"\d[\w-]"), Some(2));
        assert_eq!(longest(r"[^\d]"), Some(4));
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

    #[test]
    fn contains_folds_by_the_table() {
        assert_eq!(folded_literal("kß."), "[Kk]ß\\.");
        assert_eq!(folded_literal("ä"), "[Ää]");
        assert_eq!(folded_literal("σ"), "[Σςσ]");
    }
}
