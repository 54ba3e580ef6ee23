//! The regular expressions of detectors: those of `regex-syntax`, Unicode in
//! literals and classes, with one difference: `\d`, `\w` and `\s` mean ASCII.
//!
//! An identifier is written in ASCII digits, and the normalised view has already
//! turned full-width ones into them; the Unicode classes would make an automaton a
//! hundred times larger and find nothing more. `\p{L}` and the like are there for
//! those who want them. And the `i` flag does not take the long s (U+017F) for an s, nor the
//! Kelvin sign (U+212A) for a k: every s and k of every word would carry them.

use regex_syntax::ast::parse::Parser as AstParser;
use regex_syntax::ast::{
    Ast, ClassAscii, ClassAsciiKind, ClassBracketed, ClassPerl, ClassPerlKind, ClassSet,
    ClassSetItem,
};
use regex_syntax::hir::translate::TranslatorBuilder;
use regex_syntax::hir::{Class, ClassUnicode, ClassUnicodeRange, Hir, HirKind};

/// Parses a pattern; `fold`: case folded by the pinned tables of `regex-syntax`.
///
/// # Errors
/// What `regex-syntax` has against it, with the place inside the pattern.
pub fn parse(pattern: &str, fold: bool) -> Result<Hir, Box<regex_syntax::Error>> {
    let mut ast = AstParser::new()
        .parse(pattern)
        .map_err(|e| Box::new(e.into()))?;
    ascii(&mut ast);
    TranslatorBuilder::new()
        .utf8(false)
        .unicode(true)
        .case_insensitive(fold)
        .build()
        .translate(pattern, &ast)
        .map_err(|e| Box::new(e.into()))
        .map(|tree| if fold { plain(tree) } else { tree })
}

/// Without the long s and the Kelvin sign where they stand for s and k.
fn plain(tree: Hir) -> Hir {
    let all = |trees: Vec<Hir>| trees.into_iter().map(plain).collect();
    match tree.into_kind() {
        HirKind::Class(Class::Unicode(mut class)) => {
            for (letter, other) in [('s', '\u{17F}'), ('k', '\u{212A}')] {
                let has = |c: char| {
                    let mut ranges = class.ranges().iter();
                    ranges.any(|r| r.start() <= c && c <= r.end())
                };
                if has(letter) && has(other) {
                    let range = ClassUnicodeRange::new(other, other);
                    class.difference(&ClassUnicode::new([range]));
                }
            }
            Hir::class(Class::Unicode(class))
        }
        HirKind::Repetition(mut repetition) => {
            repetition.sub = Box::new(plain(*repetition.sub));
            Hir::repetition(repetition)
        }
        HirKind::Capture(mut capture) => {
            capture.sub = Box::new(plain(*capture.sub));
            Hir::capture(capture)
        }
        HirKind::Concat(parts) => Hir::concat(all(parts)),
        HirKind::Alternation(parts) => Hir::alternation(all(parts)),
        HirKind::Empty => Hir::empty(),
        HirKind::Literal(literal) => Hir::literal(literal.0),
        HirKind::Class(class) => Hir::class(class),
        HirKind::Look(look) => Hir::look(look),
    }
}

/// Turns Perl classes into their ASCII counterparts.
fn ascii(ast: &mut Ast) {
    match ast {
        Ast::ClassPerl(class) => {
            let item = ClassSetItem::Ascii(counterpart(class));
            *ast = Ast::class_bracketed(ClassBracketed {
                span: class.span,
                negated: false,
                kind: ClassSet::Item(item),
            });
        }
        Ast::ClassBracketed(class) => set(&mut class.kind),
        Ast::Repetition(repetition) => ascii(&mut repetition.ast),
        Ast::Group(group) => ascii(&mut group.ast),
        Ast::Alternation(alternation) => alternation.asts.iter_mut().for_each(ascii),
        Ast::Concat(concat) => concat.asts.iter_mut().for_each(ascii),
        _ => {}
    }
}

fn set(kind: &mut ClassSet) {
    match kind {
        ClassSet::Item(item) => self::item(item),
        ClassSet::BinaryOp(op) => {
            set(&mut op.lhs);
            set(&mut op.rhs);
        }
    }
}

fn item(item: &mut ClassSetItem) {
    match item {
        ClassSetItem::Perl(class) => *item = ClassSetItem::Ascii(counterpart(class)),
        ClassSetItem::Bracketed(class) => set(&mut class.kind),
        ClassSetItem::Union(union) => union.items.iter_mut().for_each(self::item),
        _ => {}
    }
}

fn counterpart(class: &ClassPerl) -> ClassAscii {
    ClassAscii {
        span: class.span,
        kind: match class.kind {
            ClassPerlKind::Digit => ClassAsciiKind::Digit,
            ClassPerlKind::Space => ClassAsciiKind::Space,
            ClassPerlKind::Word => ClassAsciiKind::Word,
        },
        negated: class.negated,
    }
}
