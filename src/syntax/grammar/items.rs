//! Items: declarations, exceptions, and the doors to rules, detectors and tests.

use nom::Parser;
use nom::combinator::{cut, opt};
use nom::sequence::preceded;

use super::expr::expr;
use super::terms::{
    bracketed, date, int, list, literal, name, one_of, path, sign, spanned, target, text, word,
};
use super::{detector, rule, test};
use super::{named, named_or};
use crate::syntax::ast::{
    Attribute, AttributeDefault, Except, Group, HashedList, Item, Let, List, Param, Span, Spanned,
    Stricter, Type,
};
use crate::syntax::stream::{Parsed, Tokens};

/// What to do where `use` has no path.
const USE: &str = "a path has no quotes: `use lib.contact`";
/// What to do where `extends` or `include` has no path.
const POLICIES: &str = "name a policy, without quotes: `extends packs.baseline`";

/// The item of this keyword, which stands before `i`; it begins at `start`.
pub(super) fn item<'a>(
    i: Tokens<'a>,
    keyword: &'static str,
    start: Span,
    relaxable: bool,
) -> Parsed<'a, Item> {
    match keyword {
        "use" => named_or(i, "a path", USE, path("a path")).map_item(Item::Use),
        "extends" => named_or(i, "a path", POLICIES, path("a path")).map_item(Item::Extends),
        "include" => named_or(i, "a path", POLICIES, list(path("a path"))).map_item(Item::Include),
        "attribute" => attribute(i, start).map_item(Item::Attribute),
        "list" => strings(i, start, relaxable).map_item(Item::List),
        "hashed" => hashed(i, start, false).map_item(Item::List),
        "fingerprint" => hashed(i, start, true).map_item(Item::List),
        "group" => group(i, start).map_item(Item::Group),
        "param" => param(i, start, relaxable).map_item(Item::Param),
        "let" => condition(i, start, relaxable).map_item(Item::Let),
        "rule" => rule::rule(i, start, relaxable).map_item(Item::Rule),
        "tighten" => rule::tighten(i, start).map_item(Item::Tighten),
        "except" => except(i, start).map_item(Item::Except),
        "detector" => detector::detector(i, start).map_item(Item::Detector),
        _ => test::test(i, start).map_item(Item::Test),
    }
}

/// Wraps a parsed node into its item.
trait MapItem<'a, T> {
    fn map_item(self, wrap: impl FnOnce(T) -> Item) -> Parsed<'a, Item>;
}

impl<'a, T> MapItem<'a, T> for Parsed<'a, T> {
    fn map_item(self, wrap: impl FnOnce(T) -> Item) -> Parsed<'a, Item> {
        self.map(|(rest, node)| (rest, wrap(node)))
    }
}

/// `destination.kind: enum { ai_chat, ai_api } = ai_api printable`
fn attribute(i: Tokens<'_>, start: Span) -> Parsed<'_, Attribute> {
    let (rest, name) = named(i, "the attribute's name", path("the attribute's name"))?;
    let (rest, ty) = preceded(sign(":"), cut(spanned(plain_type))).parse(rest)?;
    let (rest, default) = default(rest)?;
    let (rest, printable) = opt(word("printable")).parse(rest)?;
    Ok((
        rest,
        Attribute {
            name,
            ty,
            default,
            printable: printable.is_some(),
            span: rest.since(start),
        },
    ))
}

/// `required`, `= absent`, `= value`
fn default(i: Tokens<'_>) -> Parsed<'_, AttributeDefault> {
    if i.peek_word() == Some("required") {
        return Ok((i.skip(), AttributeDefault::Required));
    }
    let _ = word("required")(i);
    let (rest, _) = sign("=")(i)?;
    if rest.peek_word() == Some("absent") {
        return Ok((rest.skip(), AttributeDefault::Absent(rest.peek().span)));
    }
    cut(literal).map(AttributeDefault::Value).parse(rest)
}

const TYPES: &[(&str, &str)] = &[
    ("bool", "bool"),
    ("int", "int"),
    ("date", "date"),
    ("string", "string"),
    ("host", "host"),
    ("set", "set"),
    ("enum", "enum"),
];

fn plain_type(i: Tokens<'_>) -> Parsed<'_, Type> {
    let (rest, word) = one_of("a type", TYPES)(i)?;
    let ty = match word.value {
        "bool" => Type::Bool,
        "int" => Type::Int,
        "date" => Type::Date,
        "string" => Type::String,
        "host" => Type::Host,
        "set" => Type::Set,
        _ => {
            return cut(bracketed("{", "}", name("a value")))
                .map(Type::Enum)
                .parse(rest);
        }
    };
    Ok((rest, ty))
}

fn param_type(i: Tokens<'_>) -> Parsed<'_, Type> {
    if i.peek_word() != Some("list") {
        let _ = word("list")(i);
        return plain_type(i);
    }
    const ELEMENTS: &[(&str, bool)] = &[("string", false), ("host", true)];
    let element = preceded(word("of"), one_of("an element type", ELEMENTS));
    let (rest, (element, max)) = cut((element, preceded(word("max"), int))).parse(i.skip())?;
    Ok((
        rest,
        Type::ListOf {
            host: element.value,
            max,
        },
    ))
}

/// `banks = "a", "b"`
fn strings(i: Tokens<'_>, start: Span, relaxable: bool) -> Parsed<'_, List> {
    let (rest, name) = named(i, "the list's name", path("the list's name"))?;
    let (rest, file) = opt(preceded(word("from"), cut(text("a file's name")))).parse(rest)?;
    let (rest, items) = match file {
        Some(_) => (rest, Vec::new()),
        None => preceded(sign("="), cut(list(text("a text")))).parse(rest)?,
    };
    let span = rest.since(start);
    Ok((
        rest,
        List {
            name,
            items,
            file,
            hashed: None,
            relaxable,
            span,
        },
    ))
}

/// `list clients from "clients.hashed" key clients_key`
fn hashed(i: Tokens<'_>, start: Span, passages: bool) -> Parsed<'_, List> {
    let i = match passages {
        true => i,
        false => cut(word("list")).parse(i)?.0,
    };
    let (rest, name) = named(i, "the list's name", path("the list's name"))?;
    let (rest, file) = cut(preceded(word("from"), text("a file's name"))).parse(rest)?;
    let (rest, key) = opt(preceded(word("key"), cut(self::name("the key's name")))).parse(rest)?;
    let span = rest.since(start);
    Ok((
        rest,
        List {
            name,
            items: Vec::new(),
            file: Some(file),
            hashed: Some(HashedList {
                passages,
                key,
                list: None,
            }),
            relaxable: false,
            span,
        },
    ))
}

/// `gdpr_personal = class personal, tag contact`
fn group(i: Tokens<'_>, start: Span) -> Parsed<'_, Group> {
    let (rest, name) = named(i, "the group's name", name("the group's name"))?;
    let (rest, members) = preceded(sign("="), cut(list(target))).parse(rest)?;
    let span = rest.since(start);
    Ok((
        rest,
        Group {
            name,
            members,
            span,
        },
    ))
}

/// `bulk_limit: int in 1..50 = 10 stricter down`
fn param(i: Tokens<'_>, start: Span, relaxable: bool) -> Parsed<'_, Param> {
    let (rest, name) = named(i, "the parameter's name", path("the parameter's name"))?;
    let (rest, ty) = preceded(sign(":"), cut(spanned(param_type))).parse(rest)?;
    let (rest, range) = opt(preceded(word("in"), cut(range))).parse(rest)?;
    let (rest, default) = preceded(sign("="), cut(literal)).parse(rest)?;
    let (rest, stricter) = opt(preceded(
        word("stricter"),
        cut(one_of("a direction", DIRECTIONS)),
    ))
    .parse(rest)?;
    let span = rest.since(start);
    Ok((
        rest,
        Param {
            name,
            ty,
            range,
            default,
            stricter,
            relaxable,
            span,
        },
    ))
}

const DIRECTIONS: &[(&str, Stricter)] = &[("up", Stricter::Up), ("down", Stricter::Down)];

fn range(i: Tokens<'_>) -> Parsed<'_, (Spanned<i64>, Spanned<i64>)> {
    let (rest, (low, _, high)) = (int, sign(".."), int).parse(i)?;
    Ok((rest, (low, high)))
}

/// `leaves_house = …`
fn condition(i: Tokens<'_>, start: Span, relaxable: bool) -> Parsed<'_, Let> {
    let (rest, name) = named(i, "the condition's name", name("the condition's name"))?;
    let (rest, value) = preceded(sign("="), cut(expr)).parse(rest)?;
    let span = rest.since(start);
    Ok((
        rest,
        Let {
            name,
            value,
            relaxable,
            span,
        },
    ))
}

/// `card_number_leaves when … because "…" until DATE`
fn except(i: Tokens<'_>, start: Span) -> Parsed<'_, Except> {
    let (rest, rule) = named(i, "the name of a rule", path("the name of a rule"))?;
    let (rest, when) = preceded(word("when"), cut(expr)).parse(rest)?;
    let (rest, because) = preceded(word("because"), cut(text("a reason, a text"))).parse(rest)?;
    let (rest, until) = preceded(word("until"), cut(date)).parse(rest)?;
    let span = rest.since(start);
    Ok((
        rest,
        Except {
            rule,
            when,
            because,
            until,
            span,
        },
    ))
}
