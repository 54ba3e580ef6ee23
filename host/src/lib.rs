//! The edge host of Riegel: loads a module, feeds it events, and never lets a
//! failure pass for an `allow`.
//!
//! * [`runtime`] runs a module in wasmtime, within limits.
//! * [`event`] reads an event from JSON, checked against the module's schema.
//! * [`content`] is the type that keeps content out of logs.
//! * [`serve`] is the edge host.
//! * [`cli`] is the command line `riegel`.
//!
//! **Invariant:** `runtime` and `event` write to no file and no stream; only
//! `cli` speaks to people.

pub mod cli;
pub mod content;
pub mod errors;
pub mod event;
pub mod runtime;
pub mod serve;
