//! The grammar of `docs/language.md`, over tokens, with nom's combinators.
//!
//! ```text
//! terms     words, names, constants, lists          expr      conditions
//! block     { lines }, errors, going on             rule      rules, messages
//! items     declarations, exceptions                detector  detectors
//! header    the policy header                       check     checks
//! file      this module: items one after another    test      tests
//! ```
//!
//! Every parser is a function from [`Tokens`] to a result. Inside a line they
//! fail; `block` and this module catch, report and go on.

mod block;
mod check;
mod detector;
mod expr;
mod header;
mod items;
mod rule;
mod terms;
mod test;

use super::ast::{File, Span};
use super::codes;
use super::near::closest;
use super::stream::{Parsed, Tokens};
use super::token::clip;
use block::{ITEMS, report, resync_items, stop, trailing};

/// Reads all items of a file; errors go to the sink.
pub(super) fn file(i: Tokens<'_>) -> File {
    let mut file = File::default();
    let mut i = i;
    while !stop(i) {
        i = top(i, &mut file);
    }
    file
}

/// Reads one item, or reports and skips what is none.
fn top<'a>(i: Tokens<'a>, file: &mut File) -> Tokens<'a> {
    let token = i.peek();
    let Some(word) = token.word() else {
        let found = token.describe();
        let mut sink = i.shared.sink.borrow_mut();
        let message = format!("expected an item, found {found}");
        let error = sink.diagnostic(&codes::UNEXPECTED, token.span, message);
        sink.push(if token.is_sign("}") {
            error.help("no block is open here: remove the `}`, or look for one too many above")
        } else {
            error.help("items begin with a word, such as `rule` or `let`")
        });
        drop(sink);
        return resync_items(i, i.at + 1);
    };
    let relaxable = word == "relaxable";
    let head = if relaxable { i.skip() } else { i };
    let Some(keyword) = item_word(head) else {
        return resync_items(i, i.at + 1);
    };
    if keyword == "policy" {
        return header(head, file);
    }
    if relaxable && !matches!(keyword, "list" | "param" | "let" | "rule") {
        let mut sink = i.shared.sink.borrow_mut();
        let message = format!("a `{keyword}` cannot be `relaxable`");
        let error = sink.diagnostic(&codes::UNEXPECTED, token.span, message);
        sink.push(error.help("`relaxable` stands before `list`, `param`, `let` or `rule`"));
    }
    match items::item(head.skip(), keyword, token.span, relaxable) {
        Ok((rest, item)) => {
            file.items.push(item);
            rest
        }
        Err(error) => {
            let at = report(head, error);
            resync_items(i, at.max(i.at + 1))
        }
    }
}

/// The item that begins here; a misspelt word is reported and understood.
fn item_word(i: Tokens<'_>) -> Option<&'static str> {
    let token = i.peek();
    let found = token.word();
    if let Some(word) = ITEMS.into_iter().find(|w| Some(*w) == found) {
        return Some(word);
    }
    if trailing(i) {
        return None;
    }
    let mut sink = i.shared.sink.borrow_mut();
    let message = match found {
        Some(word) => format!("no item begins with `{}`", clip(word)),
        None => format!("expected an item, found {}", token.describe()),
    };
    let meant = closest(found.unwrap_or(""), ITEMS);
    let error = sink.diagnostic(&codes::UNKNOWN_ITEM, token.span, message);
    sink.push(match meant {
        Some(meant) => error.help(format!("did you mean `{meant}`?")).suggest(meant),
        None => error.help(
            "items are `use` `extends` `include` `attribute` `list` `hashed list` `fingerprint` `group` `param` `let` `rule` `tighten` `except` `detector` `test`",
        ),
    });
    meant
}

/// Reads the header and sees that it is the only one and the first thing.
fn header<'a>(i: Tokens<'a>, file: &mut File) -> Tokens<'a> {
    let span = i.peek().span;
    match header::policy(i.skip(), span) {
        Ok((rest, policy)) => {
            misplaced(i, span, file);
            file.policy.get_or_insert(policy);
            rest
        }
        Err(error) => {
            let at = report(i, error);
            resync_items(i, at.max(i.at + 1))
        }
    }
}

fn misplaced(i: Tokens<'_>, span: Span, file: &File) {
    let mut sink = i.shared.sink.borrow_mut();
    if let Some(first) = &file.policy {
        let there = sink.place(first.id.span);
        let message = "a file has one `policy` header";
        let error = sink.diagnostic(&codes::SECOND_HEADER, span, message);
        sink.push(error.also(there, "the first one").help("remove this one"));
    } else if !file.items.is_empty() {
        let message = "the `policy` header stands before all items";
        let error = sink.diagnostic(&codes::LATE_HEADER, span, message);
        sink.push(error.help("move it to the top of the file"));
    }
}

/// A failure to find a name, under its own code.
fn named<'a, T>(
    i: Tokens<'a>,
    what: &'static str,
    parser: impl Fn(Tokens<'a>) -> Parsed<'a, T>,
) -> Parsed<'a, T> {
    let help = "a name is letters a-z, digits and `_`, and does not begin with a digit";
    named_or(i, what, help, parser)
}

/// As [`named`], with another next step.
fn named_or<'a, T>(
    i: Tokens<'a>,
    what: &'static str,
    help: &'static str,
    parser: impl Fn(Tokens<'a>) -> Parsed<'a, T>,
) -> Parsed<'a, T> {
    match parser(i) {
        Err(nom::Err::Error(_)) => i.refuse(
            &codes::MISSING_NAME,
            format!("expected {what}, found {}", i.peek().describe()),
            Some(help),
        ),
        done => done,
    }
}
