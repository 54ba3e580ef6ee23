//! The audit log: append-only, hash-chained, signed, without content.
//!
//! Every tenant has its own chains, one per *writer* (a host process). A record's hash covers the
//! one before it, so a changed or missing record in the middle is noticed by anybody; from time
//! to time a writer signs a *checkpoint* with the heads of all chains of the tenant, so that a
//! chain that was rewritten as a whole is noticed too. A chain begins with the heads that its
//! writer found.
//!
//! ```text
//! writer A   begin ─ 1 ─ 2 ─ 3 ───────┐        hash(n) = SHA-256(tenant, writer, n, hash(n-1), body)
//! writer B          begin(A:3) ─ 1 ─ 2 ┴─ checkpoint {A: 3, B: 2} signed
//! ```
//!
//! **Erasure beside an append-only log.** A record names a person by a pseudonym, an HMAC under a
//! key that belongs to that person alone and lies in another table. Who deletes the key leaves the
//! chain whole and the person unknown. The pseudonym changes with the period, so that nobody
//! without the key can follow a person for longer.
//!
//! What a record holds: time, kind, verdicts, rules, detectors and how often, lengths, the
//! digests of module and configuration. Never content, never a name.
//!
//! | file | idea |
//! | --- | --- |
//! | `book` | a writer's chains, while it writes |
//! | `verify` | reads a log like a stranger |
//! | `export` | JSON lines, CEF, OCSF |
//! | `retention` | what is too old is cut off, signed |

mod book;
pub mod export;
pub mod retention;
pub mod verify;

pub use book::{Book, Draft, Receipt, TenantKeys};

use crate::serve::keys::sha256;

/// A link of a chain.
pub type Hash = [u8; 32];

/// Before the first record.
pub const NOTHING: Hash = [0; 32];

/// When a record was written, in milliseconds since 1970: a body begins with it.
pub fn written_at(body: &str) -> Option<i64> {
    let rest = body.strip_prefix("{\"at\":")?;
    let (digits, _) = rest.split_once([',', '}'])?;
    digits.parse().ok()
}

/// The hash of a record.
pub fn link(tenant: &str, writer: &str, seq: i64, before: &Hash, body: &str) -> Hash {
    let mut bytes = Vec::with_capacity(128 + body.len());
    bytes.extend(b"riegel.audit.1\0");
    for text in [tenant, writer] {
        bytes.extend((text.len() as u64).to_le_bytes());
        bytes.extend(text.as_bytes());
    }
    bytes.extend(seq.to_le_bytes());
    bytes.extend(before);
    bytes.extend(body.as_bytes());
    sha256(&bytes)
}
