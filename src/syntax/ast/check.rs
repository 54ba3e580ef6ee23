//! The checks of detectors: data, not code.

use super::{Literal, Name, Path, Span, Spanned, Text};
use std::sync::Arc;

/// A check: data, not code.
#[derive(Clone, Debug, PartialEq)]
pub struct Check {
    /// What.
    pub kind: CheckKind,
    /// Where.
    pub span: Span,
}

/// The checks of the language. Positions count from 1, over the *value*: the
/// span's letters and digits, without separators, upper-cased.
#[derive(Clone, Debug, PartialEq)]
pub enum CheckKind {
    /// `a and b`
    And(Vec<Check>),
    /// `a or b`
    Or(Vec<Check>),
    /// `not a`
    Not(Box<Check>),
    /// `name(arg, arg, …)` or a bare `name`; `slice` is `on 1..9` / `on 3..`
    Call {
        /// A name of the table in `docs/language.md`.
        name: Name,
        /// Arguments.
        args: Vec<Literal>,
        /// Which part of the value it reads; `None`: all of it.
        slice: Option<Slice>,
    },
    /// `weights(3,7,9,…) mod 11 equals digit 4`
    Weights(Box<Weights>),
    /// `number on 1..8 mod 23 equals signs "TRWAGMYFPDXBNJZSQVHLCKE" last`
    Number(Box<NumberCheck>),
    /// `word 2 in surnames`, `value in towns`
    InList {
        /// Which word of the span, from 1, 255 the last one; none: all of it.
        word: Option<Spanned<i64>>,
        /// The list.
        list: Path,
        /// Its elements, once they are known.
        words: Arc<[String]>,
    },
}

/// A part of the value: `on 1..9`, `on 3..`, `on run 1`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Slice {
    /// 1-based, inclusive; an open end reaches to the last character.
    Range(Spanned<i64>, Option<Spanned<i64>>),
    /// The n-th maximal run of digits in the span as written (1-based).
    Run(Spanned<i64>),
}

/// A weighted sum.
#[derive(Clone, Debug, PartialEq)]
pub struct Weights {
    /// One weight per character of the slice; `repeat` starts over.
    pub weights: Vec<i64>,
    /// `weights repeat (7,3,1)`
    pub repeat: bool,
    /// `digit sum`: add the digits of each product.
    pub digit_sum: bool,
    /// `letters two_digits`: A=01 … Z=26 written as two digits before weighing; else A=10 … Z=35.
    pub letters_two_digits: bool,
    /// `map(…)`: what 0-9 and A-Z are worth, 36 numbers; empty: 0 to 35.
    pub map: Vec<i64>,
    /// `odd map(…)`: the same for the 1st, 3rd … character that is weighed; empty: as all others.
    pub odd_map: Vec<i64>,
    /// Which part of the value is weighed; `None`: all of it.
    pub slice: Option<Slice>,
    /// `plus n`: added to the sum.
    pub plus: Option<i64>,
    /// `mod n`
    pub modulus: i64,
    /// `times n`: the rest times this.
    pub times: Option<i64>,
    /// `complement`: (modulus − rest) mod modulus
    pub complement: bool,
    /// The second `mod n`.
    pub second: Option<i64>,
    /// `signs "…"`: the result is an index into this alphabet, and that character is compared.
    pub signs: Option<Text>,
    /// `equals digit 4` (1-based position; 0 = last) or `equals 0` (a constant).
    pub equals: WeightsEquals,
    /// `ten is X`: the sign that stands for 10 (`X`), else 10 is invalid.
    pub ten_is: Option<char>,
}

/// What the weighted sum must equal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WeightsEquals {
    /// The digit at this 1-based position; 0: the last.
    Digit(i64),
    /// A constant.
    Constant(i64),
}

/// A number of many digits, its rest, and what that must equal.
#[derive(Clone, Debug, PartialEq)]
pub struct NumberCheck {
    /// Which digits of the value; `None`: all of it.
    pub slice: Option<Slice>,
    /// `plus n`: added to the number.
    pub plus: Option<i64>,
    /// `times n`: the sum times this.
    pub times: Option<i64>,
    /// `mod n`
    pub modulus: i64,
    /// `complement`: (modulus − rest) mod modulus
    pub complement: bool,
    /// The second `mod n`.
    pub second: Option<i64>,
    /// `equals …`
    pub equals: NumberEquals,
}

/// What the rest of a number must equal.
#[derive(Clone, Debug, PartialEq)]
pub enum NumberEquals {
    /// A constant.
    Constant(i64),
    /// `number on 10..11`: the digits there, as a number.
    Number(Slice),
    /// `signs "TRWAG…" last`: the character of the alphabet with this index stands at this 1-based
    /// position; 0: the last.
    Signs(Text, i64),
}
