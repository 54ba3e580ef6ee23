//! The edge host as its users meet it: the real program, real HTTP, real files.
//!
//! | file | what it holds together |
//! | --- | --- |
//! | `api` | decisions, keys, roles, approvals, versions, the description |
//! | `hostile` | whoever does not play by the rules |
//! | `log` | the audit log: tampering, retention, erasure, crashes |
//! | `reload` | policies that change under load |
//! | `rights` | who counts as whom; settings, shares, comparisons |
//! | `outside` | what is sent to others: the log, notices, spans |
//! | `people` | tokens of a provider, who is whom, and whoever is to be forgotten |
//! | `isolation` | tenants that loop, flood, grow and break |

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests"
)]

mod api;
mod host;
mod hostile;
mod isolation;
mod log;
mod outside;
mod people;
mod reload;
mod rights;
#[path = "../support/mod.rs"]
mod support;
