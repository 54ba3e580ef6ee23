//! What a file declares by name: attributes, lists, groups, parameters, conditions.

use crate::hashed::Hashed;
use std::sync::Arc;

use super::{Expr, Literal, Name, Path, Span, Spanned, Text};

/// An attribute of the event.
#[derive(Clone, Debug, PartialEq)]
pub struct Attribute {
    /// Dotted name.
    pub name: Path,
    /// Its type.
    pub ty: Spanned<Type>,
    /// What it is worth when the host did not send it.
    pub default: AttributeDefault,
    /// `printable`: messages may show its value.
    pub printable: bool,
    /// Whole declaration.
    pub span: Span,
}

/// `required`, `= value`, or `= absent`.
#[derive(Clone, Debug, PartialEq)]
pub enum AttributeDefault {
    /// An event without it ends in `on_error`.
    Required,
    /// This value.
    Value(Literal),
    /// Absent: equals nothing (string, host, date, int: comparisons are false).
    Absent(Span),
}

/// Type of an attribute or parameter.
#[derive(Clone, Debug, PartialEq)]
pub enum Type {
    /// `bool`
    Bool,
    /// `int`, signed 32 bits
    Int,
    /// `date`
    Date,
    /// `string`
    String,
    /// `host`
    Host,
    /// `enum { a, b }`
    Enum(Vec<Name>),
    /// `set` of strings
    Set,
    /// `list of string max N` / `list of host max N` (parameters only)
    ListOf {
        /// Element type: `String` or `Host`.
        host: bool,
        /// Most elements.
        max: Spanned<i64>,
    },
}

/// A named list of strings.
#[derive(Clone, Debug, PartialEq)]
pub struct List {
    /// Name (may be dotted in libraries: `lib.ai_hosts` is written `list ai_hosts`).
    pub name: Path,
    /// Elements.
    pub items: Vec<Text>,
    /// `from "file"`: the elements are the lines of a file, and `items` is empty until it was read.
    pub file: Option<Text>,
    /// `hashed list` or `fingerprint`: the file holds hashes, and `items` stays empty.
    pub hashed: Option<HashedList>,
    /// `relaxable`
    pub relaxable: bool,
    /// Whole declaration.
    pub span: Span,
}

/// What a `hashed list` and a `fingerprint` say beside their name and file.
#[derive(Clone, Debug, PartialEq)]
pub struct HashedList {
    /// `fingerprint`: the file holds passages of documents.
    pub passages: bool,
    /// `key clients_key`: the parameter that holds the key.
    pub key: Option<Name>,
    /// What the file holds; `None` until it was read, and where it cannot be.
    pub list: Option<Arc<Hashed>>,
}

/// A named union of detectors.
#[derive(Clone, Debug, PartialEq)]
pub struct Group {
    /// Name.
    pub name: Name,
    /// Members.
    pub members: Vec<Target>,
    /// Whole declaration.
    pub span: Span,
}

/// What a finding condition speaks of.
#[derive(Clone, Debug, PartialEq)]
pub enum Target {
    /// `payment.card`: a detector, or a group when the path has no dot and names one.
    Detector(Path),
    /// `class personal`
    Class(Name),
    /// `tag contact`
    Tag(Name),
    /// `group gdpr_personal`
    Group(Name),
}

/// The direction in which a parameter's values become stricter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stricter {
    /// `stricter up`: greater, later, true, or more elements.
    Up,
    /// `stricter down`: smaller, earlier, false, or fewer elements.
    Down,
}

impl Stricter {
    /// The word of the language.
    pub fn as_str(self) -> &'static str {
        match self {
            Stricter::Up => "up",
            Stricter::Down => "down",
        }
    }
}

/// A value that a host may set.
#[derive(Clone, Debug, PartialEq)]
pub struct Param {
    /// Name; dotted where a policy narrows a parameter of one that it includes.
    pub name: Path,
    /// Type: bool, int, date or `list of …`.
    pub ty: Spanned<Type>,
    /// `in 1..50`, inclusive (int only).
    pub range: Option<(Spanned<i64>, Spanned<i64>)>,
    /// Default.
    pub default: Literal,
    /// `stricter down`: the direction in which a layer may narrow it.
    pub stricter: Option<Spanned<Stricter>>,
    /// `relaxable`
    pub relaxable: bool,
    /// Whole declaration.
    pub span: Span,
}

/// A named condition.
#[derive(Clone, Debug, PartialEq)]
pub struct Let {
    /// Name.
    pub name: Name,
    /// The condition.
    pub value: Expr,
    /// `relaxable`
    pub relaxable: bool,
    /// Whole declaration.
    pub span: Span,
}
