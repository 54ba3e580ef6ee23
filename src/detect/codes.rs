//! Diagnostics of this room: R04xx.

use crate::diagnostics::{Code, Severity};

macro_rules! codes {
    ($($(#[$meta:meta])* $name:ident $title:literal;)+) => {
        $($(#[$meta])* pub static $name: Code = Code {
            id: stringify!($name),
            title: $title,
            severity: Severity::Error,
            page: crate::diagnostics::page!(concat!("../../docs/diagnostics/", stringify!($name), ".md")),
        };)+
        /// All codes of this room.
        pub static ALL: &[&Code] = &[$(&$name),+];
    };
}

codes! {
    /// An example gives no finding at medium or more, or a counterexample gives one.
    R0401 "an example does not hold";
    /// A pattern cannot become an automaton of the size that fits.
    R0402 "a pattern is too large";
    /// More detectors or groups than a module holds.
    R0403 "too many detectors";
    /// A check has arguments that its program cannot hold.
    R0404 "a check cannot be compiled";
}
