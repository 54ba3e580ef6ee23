//! The syntax tree: what a person wrote, with the place of every word.
//!
//! Nothing here is resolved: a name is a name, a date is a date, a regular
//! expression is the text between its slashes. `check` gives them meaning.
//! Every node carries its [`Span`] (bytes into its own source file), so that a
//! diagnostic can point at exactly what is wrong and the playground can light up
//! the clause that held.
//!
//! | file | idea |
//! | --- | --- |
//! | `file` | a file as a whole: header, items and comments |
//! | `declaration` | what a file declares by name: attributes, lists, groups, parameters, conditions |
//! | `rule` | rules and their exceptions |
//! | `condition` | conditions: what `when`, `unless` and `let` say |
//! | `detector` | detectors: what they look for and how sure they are |
//! | `check` | the checks of detectors: data, not code |
//! | `test` | tests of a policy, written beside its rules |
//! | `value` | constants as written, and regular expressions |
//! | `level` | words with an order: verdicts, stages, confidences |
//! | `date` | civil dates, and their day numbers |
//! | `place` | where something was written: spans, and the words that carry one |

mod check;
mod condition;
mod date;
mod declaration;
mod detector;
mod file;
mod level;
mod place;
mod rule;
mod test;
mod value;

pub use check::{Check, CheckKind, NumberCheck, NumberEquals, Slice, Weights, WeightsEquals};
pub use condition::{CompareOp, DateOp, Expr, ExprKind, InSet, Measure, Near, Operand, PartFilter};
pub use date::Date;
pub use declaration::{
    Attribute, AttributeDefault, Group, HashedList, Let, List, Param, Stricter, Target, Type,
};
pub use detector::{
    AnyOf, Beside, ConfidenceRule, Context, Detector, DetectorClause, Lower, LowerHow, Phrase,
    Sequence, SequencePart,
};
pub use file::{Comment, File, Item, Policy, Setting, Stages};
pub use level::{Confidence, Stage, Verdict};
pub use place::{Name, Path, Span, Spanned, Text};
pub use rule::{Clause, Except, Messages, Obligation, ObligationKind, Rule, Then};
pub use test::{Expect, Test, TestLine};
pub use value::{Literal, LiteralValue, Regex};
