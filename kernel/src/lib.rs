//! The kernel: the part of a module that is the same for every policy.
//!
//! A policy's rules are emitted as WebAssembly code and its detectors as tables;
//! this crate is what reads both. Built to `wasm32` it is linked into every module
//! (`wasm.rs` has the exports); built natively it is what tests, fuzzers and
//! sanitizers run. It needs no allocator and imports four things, which the
//! linker replaces by emitted code: `rules`, `clauses`, `slots` and `tables`.
//!
//! | file | what it owns |
//! | --- | --- |
//! | `layout` | the bytes of tables, frames and records |
//! | `tables` | a checked view of the tables |
//! | `event`, `config` | frames in, facts and settings out |
//! | `normalise`, `reading`, `text` | the view that detectors read, what it changes, letters and folding |
//! | `blocks`, `scan`, `walk` | the pass over the content, and along an automaton |
//! | `judge`, `check`, `written`, `around`, `hash`, `context` | from match to finding |
//! | `table`, `cells` | columns of tables that stand in the content, and their heads; who is only tried there (`tables` are the module's own) |
//! | `encoded` | texts in base64 and hexadecimal digits |
//! | `verbatim` | what can only be seen in a part as it is written |
//! | `words`, `exact` | lists of words, and of phrases that only their hashes tell |
//! | `sequence`, `compose` | phrases that follow each other, marks close together, findings beside each other |
//! | `findings` | giving way, overlaps, counting |
//! | `decide`, `record` | one decision from frame to record |
//! | `sort` | a small sort |
//! | `memory` | reads without bounds checks, and buffers cut from one block |
#![cfg_attr(not(test), no_std)]

mod around;
pub mod blocks;
pub mod cells;
pub mod check;
pub mod compose;
pub mod config;
pub mod context;
pub mod decide;
pub mod encoded;
pub mod event;
pub mod exact;
pub mod findings;
mod hash;
pub mod judge;
pub mod layout;
pub mod memory;
pub mod normalise;
pub mod reading;
pub mod record;
pub mod scan;
pub mod sequence;
pub mod sort;
pub mod table;
pub mod tables;
pub mod text;
pub mod verbatim;
pub mod walk;
#[cfg(all(target_arch = "wasm32", feature = "module"))]
mod wasm;
pub mod words;
mod written;
