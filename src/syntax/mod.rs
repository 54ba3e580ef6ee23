//! Text and tree.
//!
//! ```text
//! text --lexer--> tokens (+ comments) --grammar--> ast::File --print--> text
//!          |                              |
//!          +---------- sink: errors ------+
//! ```
//!
//! [`parse`] reads a file and always gives a tree: of a damaged file it holds what
//! could be read, and the errors say what could not. A tree that comes with an
//! error is for editors, not for the compiler.
//!
//! **Invariants.** Parsing never panics and never fails. Nesting ends at
//! [`DEEPEST`], a text at [`LONGEST_TEXT`], a file at [`LONGEST_FILE`], errors at
//! [`MOST_ERRORS`]; time is linear in the file. Every span lies inside the text
//! and on character boundaries. (`tests/syntax.rs` guards them.)

pub mod ast;
pub mod codes;
mod grammar;
mod lexer;
pub mod near;
mod places;
mod print;
pub mod regex;
mod shape;
mod sink;
mod stream;
mod text;
mod token;

pub use lexer::LONGEST_TEXT;
pub use places::without_places;
pub use print::{format, print};
pub use sink::MOST_ERRORS;
pub use stream::DEEPEST;

use std::cell::RefCell;

use crate::diagnostics::Diagnostic;
use ast::{File, Span};
use sink::Sink;
use stream::{Shared, Tokens};

/// Longest file, in bytes.
pub const LONGEST_FILE: usize = 1 << 20;

/// Reads one file. `source` is its index in the caller's table of sources and
/// goes into every [`Place`](crate::check::model::Place).
///
/// The tree is whole exactly when there are no diagnostics.
pub fn parse(text: &str, source: u32) -> (File, Vec<Diagnostic>) {
    let mut sink = Sink::new(source);
    if text.len() > LONGEST_FILE {
        let span = Span::new(0, text.chars().next().map_or(0, char::len_utf8));
        let message = format!("this file has {} bytes", text.len());
        let error = sink.diagnostic(&codes::FILE_TOO_LARGE, span, message);
        sink.push(error.help(format!(
            "a file has at most {LONGEST_FILE} bytes; move parts of it into a library and `use` it"
        )));
        return (File::default(), sink.into_sorted());
    }
    let lexed = lexer::lex(text, &mut sink);
    let shared = Shared {
        tokens: lexed.tokens,
        sink: RefCell::new(sink),
        wishes: RefCell::default(),
    };
    let mut file = grammar::file(Tokens::new(&shared));
    file.comments = lexed.comments;
    (file, shared.sink.into_inner().into_sorted())
}
