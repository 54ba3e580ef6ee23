//! Blocks, and how reading goes on behind an error.
//!
//! A block is `{`, lines that begin with one of its words, `}`. A damaged line is
//! reported and skipped up to the next word that begins a line of this block, and
//! its siblings stay. Which word that is needs care, because some of them also
//! stand inside lines (`check` in `with check medium`): a *plain* word counts only
//! at the beginning of a line of text or behind something that ends a clause.
//!
//! A misspelt word is reported and then read as the word it was meant to be, so
//! that one slip is one error. A block that runs into the next item was not
//! closed: it ends there, and the item is read.

use crate::diagnostics::Diagnostic;
use crate::syntax::ast::Span;
use crate::syntax::codes;
use crate::syntax::near::closest;
use crate::syntax::stream::{Fault, Parsed, Tokens, Wish};
use crate::syntax::token::{Kind, Token, clip};

/// The words that begin an item.
pub(super) const ITEMS: [&str; 16] = [
    "policy",
    "use",
    "attribute",
    "list",
    "hashed",
    "fingerprint",
    "group",
    "param",
    "let",
    "rule",
    "except",
    "detector",
    "test",
    "extends",
    "include",
    "tighten",
];

/// A kind of block.
pub(super) struct Block {
    /// What it is, for messages: `rule`.
    pub what: &'static str,
    /// Words that only ever begin a line.
    pub strong: &'static [&'static str],
    /// Words that begin a line and may stand inside one.
    pub plain: &'static [&'static str],
}

impl Block {
    /// The word of this block, if it is one.
    pub fn word(&self, word: Option<&str>) -> Option<&'static str> {
        let all = self.strong.iter().chain(self.plain);
        all.copied().find(|w| Some(*w) == word)
    }

    /// All words.
    fn words(&self) -> impl Iterator<Item = &'static str> {
        self.strong.iter().chain(self.plain).copied()
    }

    /// True where a line of this block begins for sure.
    fn resumes(&self, i: Tokens<'_>) -> bool {
        let token = i.peek();
        let Some(word) = self.word(token.word()) else {
            return false;
        };
        let ended = || {
            let before = i.at.checked_sub(1).and_then(|k| i.shared.tokens.get(k));
            before.is_some_and(ends_clause)
        };
        token.first || self.strong.contains(&word) || ended()
    }
}

/// True for a token that usually ends what it stands in.
fn ends_clause(token: &Token<'_>) -> bool {
    match token.kind {
        Kind::Text(_) | Kind::Regex { .. } | Kind::Int(_) | Kind::Date(_) => true,
        Kind::Sign(sign) => matches!(sign, "}" | "]" | ")" | "{"),
        _ => false,
    }
}

/// True where an item begins although a block is open.
fn begins_item(i: Tokens<'_>, block: Option<&Block>) -> bool {
    let token = i.peek();
    let Some(word) = token.word().filter(|_| token.first) else {
        return false;
    };
    if block.is_some_and(|b| b.word(Some(word)).is_some()) {
        return false;
    }
    let next = i.ahead(1);
    match word {
        "relaxable" => next.word().is_some(),
        "test" => next.is_text(),
        _ => {
            ITEMS.contains(&word) && (next.word().is_some() || token.column_zero && nameless(next))
        }
    }
}

/// True for what stands behind an item's word where its name was forgotten or written wrongly:
/// `rule {`, `use "lib.event"`. In the first column that is an item all the same, with an error of
/// its own.
fn nameless(next: &Token<'_>) -> bool {
    next.is_sign("{") || matches!(next.kind, Kind::Text(_) | Kind::Int(_) | Kind::Date(_))
}

/// Reads the lines of a block behind its `{`, and the `}`.
pub(super) fn lines<'a, T>(
    i: Tokens<'a>,
    block: &Block,
    line: impl Fn(Tokens<'a>, &'static str) -> Parsed<'a, T>,
) -> (Tokens<'a>, Vec<T>) {
    let open = i.before();
    let mut i = i;
    let mut out = Vec::new();
    loop {
        let token = i.peek();
        if token.is_sign("}") {
            return (i.skip(), out);
        }
        if stop(i) || begins_item(i, Some(block)) {
            unclosed(i, block.what, open);
            return (i, out);
        }
        let keyword = match block.word(token.word()) {
            Some(keyword) => Some(keyword),
            None => not_a_line(i, block),
        };
        i = match keyword {
            None => resync(i, i.at + 1, Some(block)),
            Some(keyword) => match line(i.skip(), keyword) {
                Ok((rest, value)) => {
                    out.push(value);
                    rest
                }
                Err(error) => {
                    let at = report(i, error);
                    resync(i, at.max(i.at + 1), Some(block))
                }
            },
        };
    }
}

/// True at the end, or when the sink is full.
pub(super) fn stop(i: Tokens<'_>) -> bool {
    i.peek().kind == Kind::End || i.shared.sink.borrow().is_full()
}

/// Says that the brace at `open` has no partner before this place.
pub(super) fn unclosed(i: Tokens<'_>, what: &str, open: Span) {
    let mut sink = i.shared.sink.borrow_mut();
    if sink.is_full() || sink.swallowed {
        return;
    }
    let here = sink.place(i.peek().span);
    let error = sink
        .diagnostic(
            &codes::UNCLOSED_BRACE,
            open,
            format!("this {what} is not closed"),
        )
        .label("opens here")
        .also(here, "a `}` is expected before this")
        .help("add `}`");
    sink.push(error);
}

/// Reports a token behind an item, on its line, that neither goes on with the item
/// nor begins one; false where the token stands alone or is near to an item's word.
pub(super) fn trailing(i: Tokens<'_>) -> bool {
    let token = i.peek();
    let word = token.word().unwrap_or("");
    let wishes = i.shared.wishes.borrow();
    let joint = wishes.at == i.at && closest(word, words_of(&wishes.list)).is_some();
    drop(wishes);
    let trails = !token.first && (joint || closest(word, ITEMS).is_none());
    if trails {
        i.wish(Wish::Thing("an item"));
        unexpected(i);
    }
    trails
}

/// Reports a token that begins no line; the word it was meant to be, if near.
fn not_a_line(i: Tokens<'_>, block: &Block) -> Option<&'static str> {
    let token = i.peek();
    let mut wishes = i.shared.wishes.borrow_mut();
    if wishes.at != i.at {
        wishes.at = i.at;
        wishes.list.clear();
    }
    let wished: Vec<&'static str> = words_of(&wishes.list).collect();
    for word in block.words() {
        if !wishes.list.contains(&Wish::Word(word)) {
            wishes.list.push(Wish::Word(word));
        }
    }
    wishes.list.push(Wish::Word("}"));
    drop(wishes);
    let Some(word) = token.word() else {
        unexpected(i);
        return None;
    };
    let meant = closest(word, block.words());
    // `when a adn b`: rather a joint misspelt than a line, unless a line begins here.
    let joint = closest(word, wished.iter().copied());
    if !token.first && (joint.is_some() || meant.is_none()) {
        unexpected(i);
        return None;
    }
    let mut sink = i.shared.sink.borrow_mut();
    let message = format!("no line of a {} begins with `{}`", block.what, clip(word));
    let error = sink.diagnostic(&codes::UNKNOWN_CLAUSE, token.span, message);
    let error = match meant {
        Some(meant) => error
            .help(format!("did you mean `{meant}`?"))
            .suggest(meant),
        None => error.help(format!("lines begin with {}", quoted(block.words()))),
    };
    sink.push(error);
    meant
}

/// Reports "expected …, found …" with the wishes of this place.
fn unexpected(i: Tokens<'_>) {
    let fault = Fault {
        at: i.at,
        code: &codes::UNEXPECTED,
        message: None,
        help: None,
    };
    report_fault(i, fault);
}

/// Reports the error of a line; the token it stands at.
pub(super) fn report(i: Tokens<'_>, error: nom::Err<Fault>) -> usize {
    match error {
        nom::Err::Error(fault) | nom::Err::Failure(fault) => report_fault(i, fault),
        nom::Err::Incomplete(_) => i.at,
    }
}

fn report_fault(i: Tokens<'_>, fault: Fault) -> usize {
    let tokens = &i.shared.tokens;
    let Some(token) = tokens.get(fault.at).or(tokens.last()) else {
        return fault.at;
    };
    let wishes = i.shared.wishes.borrow();
    let list: &[Wish] = if wishes.at == fault.at {
        &wishes.list
    } else {
        &[]
    };
    let meant = token.word().and_then(|w| closest(w, words_of(list)));
    let mut sink = i.shared.sink.borrow_mut();
    let bare = fault.message.is_none();
    let message = fault.message.unwrap_or_else(|| {
        if list.is_empty() {
            format!("unexpected {}", token.describe())
        } else {
            format!("expected {}, found {}", wished(list), token.describe())
        }
    });
    let mut error: Diagnostic = sink.diagnostic(fault.code, token.span, message);
    if bare {
        error = error.label("not expected here");
    }
    error = match (meant, fault.help) {
        (Some(meant), _) => error
            .help(format!("did you mean `{meant}`?"))
            .suggest(meant),
        (None, Some(help)) => error.help(help),
        (None, None) => error,
    };
    sink.push(error);
    fault.at
}

fn words_of(wishes: &[Wish]) -> impl Iterator<Item = &'static str> {
    wishes.iter().filter_map(|wish| match wish {
        Wish::Word(word) => Some(*word),
        Wish::Thing(_) => None,
    })
}

/// `a text, `in` or `and``; at most nine.
fn wished(wishes: &[Wish]) -> String {
    const MOST: usize = 9;
    let mut shown: Vec<String> = wishes
        .iter()
        .take(MOST)
        .map(|wish| match wish {
            Wish::Word(word) => format!("`{word}`"),
            Wish::Thing(thing) => (*thing).to_owned(),
        })
        .collect();
    if wishes.len() > MOST {
        return format!("{} …", shown.join(", "));
    }
    let last = shown.pop().unwrap_or_default();
    if shown.is_empty() {
        last
    } else {
        format!("{} or {last}", shown.join(", "))
    }
}

fn quoted(words: impl Iterator<Item = &'static str>) -> String {
    let words: Vec<String> = words.map(|w| format!("`{w}`")).collect();
    words.join(" ")
}

/// Goes on at the next line of the block, at its `}`, or at the next item; outside of
/// a block at the next item. Braces are counted from the damaged line's beginning;
/// nothing before token `from` ends the search.
fn resync<'a>(i: Tokens<'a>, from: usize, block: Option<&Block>) -> Tokens<'a> {
    let mut i = i;
    let mut depth = 0_usize;
    loop {
        let token = i.peek();
        if token.kind == Kind::End {
            return i;
        }
        let here = i.at >= from;
        if here && begins_item(i, block) && (depth == 0 || token.column_zero) {
            return i;
        }
        let goes_on = |block: &Block| token.is_sign("}") || block.resumes(i);
        if here && depth == 0 && block.is_some_and(goes_on) {
            return i;
        }
        if token.is_sign("{") {
            depth += 1;
        } else if token.is_sign("}") {
            depth = depth.saturating_sub(1);
        }
        i = i.skip();
    }
}

/// Goes on at the next item at or behind token `from`.
pub(super) fn resync_items(i: Tokens<'_>, from: usize) -> Tokens<'_> {
    resync(i, from, None)
}
