//! The shapes of tokens, written with nom.
//!
//! Nothing is judged here: a date may be impossible and a number too long. The
//! lexer evaluates what these parsers recognise, so that a damaged token still is
//! a token and the grammar goes on behind it.

use nom::IResult;
use nom::Parser;
use nom::branch::alt;
use nom::bytes::complete::{tag, take_till, take_while, take_while1};
use nom::character::complete::{char, digit1, none_of, one_of};
use nom::combinator::{map, not, opt, peek, recognize, value};
use nom::multi::many0_count;
use nom::sequence::{delimited, pair, preceded};

/// A token's shape.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Shape<'a> {
    /// `// …` or `# …`
    Comment(&'a str),
    /// A name or dotted path.
    Word(&'a str),
    /// Digits and what hangs on them.
    Number(&'a str),
    /// Digits, hyphen, digits, hyphen, digits.
    Date(&'a str),
    /// `"…"`, without its quotes.
    Text(&'a str),
    /// `"""…"""`, without its quotes.
    Block(&'a str),
    /// An opening quote (of this length) whose text does not end.
    OpenText(usize),
    /// `/…/` and its flags.
    Regex(&'a str, &'a str),
    /// `/…` up to the line end.
    OpenRegex(&'a str),
    /// A sign of the language.
    Sign(&'static str),
    /// A sign of other languages, and what it is called here.
    Foreign(&'static str, &'static str),
    /// Characters that begin no token.
    Stray(&'a str),
}

/// How the lexer reads at this place.
#[derive(Clone, Copy)]
pub(super) struct Mode {
    /// The word before asks for a regular expression.
    pub regex: bool,
    /// Texts end on their line: the second reading of a file with an open quote.
    pub one_line: bool,
}

type Shaped<'a> = IResult<&'a str, Shape<'a>>;

fn is_name_start(c: char) -> bool {
    c.is_ascii_alphabetic() || c == '_'
}

fn is_name(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_'
}

/// Blanks between tokens.
pub(super) fn blanks(input: &str) -> IResult<&str, &str> {
    take_while(|c| matches!(c, ' ' | '\t' | '\r' | '\n'))(input)
}

/// The token at the beginning of `input`, which is not blank. Never fails on a
/// text that is not empty.
pub(super) fn shape(mode: Mode) -> impl Fn(&str) -> Shaped<'_> {
    move |input| {
        if mode.regex && input.starts_with('/') && !input.starts_with("//") {
            return regex(input);
        }
        alt((
            word,
            |i| text(i, mode.one_line),
            comment,
            date,
            number,
            foreign,
            sign,
            stray,
        ))
        .parse(input)
    }
}

fn comment(input: &str) -> Shaped<'_> {
    let marker = alt((tag("//"), tag("#")));
    map(
        recognize(pair(marker, take_till(|c| c == '\n'))),
        |text: &str| Shape::Comment(text.trim_end()),
    )
    .parse(input)
}

fn word(input: &str) -> Shaped<'_> {
    let first = pair(take_while1(is_name_start), take_while(is_name));
    let more = many0_count(pair(char('.'), take_while1(is_name)));
    map(recognize(pair(first, more)), Shape::Word).parse(input)
}

fn date(input: &str) -> Shaped<'_> {
    let day = pair(
        pair(digit1, char('-')),
        pair(pair(digit1, char('-')), digit1),
    );
    map(recognize(day), Shape::Date).parse(input)
}

fn number(input: &str) -> Shaped<'_> {
    let digits = pair(opt(one_of("+-")), pair(digit1, take_while(is_name)));
    let fraction = pair(char('.'), take_while1(is_name));
    map(recognize(pair(digits, opt(fraction))), Shape::Number).parse(input)
}

fn text(input: &str, one_line: bool) -> Shaped<'_> {
    if input.starts_with("\"\"\"") {
        return block(input);
    }
    let plain = take_while1(move |c| c != '\\' && c != '"' && !(one_line && c == '\n'));
    let escape = recognize(pair(
        char('\\'),
        opt(none_of(if one_line { "\n" } else { "" })),
    ));
    let body = recognize(many0_count(alt((plain, escape))));
    let closed: IResult<&str, &str> = delimited(char('"'), body, char('"')).parse(input);
    if let Ok((rest, raw)) = closed {
        return Ok((rest, Shape::Text(raw)));
    }
    value(Shape::OpenText(1), peek(char('"'))).parse(input)
}

fn block(input: &str) -> Shaped<'_> {
    let quotes = || tag("\"\"\"");
    let plain = take_while1(|c| c != '\\' && c != '"');
    let escape = recognize(pair(char('\\'), opt(none_of(""))));
    let quote = recognize(preceded(not(quotes()), char('"')));
    let body = recognize(many0_count(alt((plain, escape, quote))));
    let closed: IResult<&str, &str> = delimited(quotes(), body, quotes()).parse(input);
    if let Ok((rest, raw)) = closed {
        return Ok((rest, Shape::Block(raw)));
    }
    value(Shape::OpenText(3), peek(quotes())).parse(input)
}

fn regex(input: &str) -> Shaped<'_> {
    let plain = take_while1(|c| c != '\\' && c != '/' && c != '\n');
    let escape = recognize(pair(char('\\'), none_of("\n")));
    let body = recognize(many0_count(alt((plain, escape))));
    let closed = pair(delimited(char('/'), body, char('/')), take_while(is_name));
    let open = preceded(char('/'), take_till(|c| c == '\n'));
    alt((
        map(closed, |(pattern, flags)| Shape::Regex(pattern, flags)),
        map(open, |rest: &str| Shape::OpenRegex(rest.trim_end())),
    ))
    .parse(input)
}

fn foreign(input: &str) -> Shaped<'_> {
    alt((
        value(Shape::Foreign("==", "="), tag("==")),
        value(Shape::Foreign("=>", ">="), tag("=>")),
        value(Shape::Foreign("=<", "<="), tag("=<")),
        value(Shape::Foreign("<>", "!="), tag("<>")),
        value(Shape::Foreign("&&", "and"), tag("&&")),
        value(Shape::Foreign("||", "or"), tag("||")),
        value(
            Shape::Foreign("!", "not"),
            preceded(peek(not(tag("!="))), tag("!")),
        ),
    ))
    .parse(input)
}

fn sign(input: &str) -> Shaped<'_> {
    let long = alt((
        value("..", tag("..")),
        value("!=", tag("!=")),
        value("<=", tag("<=")),
        value(">=", tag(">=")),
    ));
    let brackets = alt((
        value("{", char('{')),
        value("}", char('}')),
        value("[", char('[')),
        value("]", char(']')),
        value("(", char('(')),
        value(")", char(')')),
    ));
    let short = alt((
        value(",", char(',')),
        value(":", char(':')),
        value("=", char('=')),
        value("<", char('<')),
        value(">", char('>')),
    ));
    map(alt((long, brackets, short)), Shape::Sign).parse(input)
}

/// A run of characters that begin nothing.
fn stray(input: &str) -> Shaped<'_> {
    let more = take_while(|c: char| {
        !c.is_ascii_alphanumeric() && !" \t\r\n_\"#/!&|<>={}[](),:.+-".contains(c)
    });
    map(recognize(pair(none_of(""), more)), Shape::Stray).parse(input)
}
