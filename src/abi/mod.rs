//! What crosses a module's boundary, on the host's side of it.
//!
//! A module knows four byte structures: the event frame and the configuration
//! frame that go in, the decision record that comes out, and the tables inside,
//! which are nobody else's business. Their layout is declared once, in
//! [`riegel_kernel::layout`]; this room reads and writes the three outer ones.
//! `docs/abi.md` says the same for people who write a host in another language.
//!
//! ```text
//! Policy --schema--> Schema                 (custom section `riegel.schema`)
//! Schema + Event  --frame::encode--> bytes  --> reserve, decide
//! Schema + Config --config::encode--> bytes --> reserve, configure
//! bytes --record::decode--> Decision --record::validate--> fit to be shown
//! ```
//!
//! **Writing is deterministic.** Equal events give equal frames: the heap stands
//! in slot order, equal texts are stored once, nothing depends on a hash map.
//! So identical frames, and with them identical records, can be promised across
//! hosts (`docs/semantics.md` 3).
//!
//! **Reading is total.** Whatever the bytes, a reader gives a value or a coded
//! [`AbiError`]; it never panics and never allocates more than the bytes warrant.
//! A host reads records from a module that it may not trust, a fuzzer reads frames
//! from nobody at all.

pub mod config;
mod error;
pub mod frame;
mod heap;
pub mod record;
mod schema;
#[cfg(test)]
mod tests;

pub use error::AbiError;
pub use schema::{hash_of, schema, schema_hash, with_texts};
