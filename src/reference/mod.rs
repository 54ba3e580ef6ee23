//! The oracle: what a decision must be, said a second time, plainly.
//!
//! Everything a module answers is also answered here, from the checked policy
//! alone, by the shortest road from the words of `docs/semantics.md` to a result.
//! The kernel has tables, masks, queues and lanes; this room has vectors and
//! loops. They share the byte layout of a record and nothing of how its contents
//! are found. Generated policies and events are put to both, and the records must
//! be equal byte for byte: where they differ, one of the two is wrong, or the text.
//!
//! ```text
//! part --normalise (25)--> view --pattern, boundary (26-28)--> ends
//!      --value, checks (29)--> held --context (30), fold (31), lower (32)--> confidence
//!      --findings (27, 33-36)--> findings --facts (37)--> leaves --decide (38-41)--> Decision
//! ```
//!
//! Each file opens with the paragraph it stands for. When a paragraph changes, its
//! file changes, and nothing else should have to.
//!
//! **Never fast, always affordable.** A start costs O(pattern states × match length),
//! a part costs that times its bytes. Patterns are compiled once per [`Reference`],
//! so that many events can be put to one policy.
//!
//! **Never fails.** A policy that `check` let through is decided. A pattern that
//! does not compile, an index that leads nowhere, a value of the wrong type: they
//! match nothing and are absent; `check` refuses them long before.

pub mod boundary;
pub mod checks;
pub mod context;
mod coverage;
mod decide;
mod encoded;
mod exact;
mod facts;
pub mod findings;
pub mod fold;
pub mod normalise;
pub mod pattern;
mod sequence;
mod table;
pub mod value;
mod values;

pub use coverage::{ClauseCoverage, RuleCoverage, coverage};

use crate::abi::record::Decision;
use crate::abi::{config, schema};
use crate::check::model::{Config, Event, Policy};
use crate::manifest::Schema;

/// A policy made ready to be asked: its patterns are compiled.
#[derive(Debug)]
pub struct Reference {
    policy: Policy,
    schema: Schema,
    scanners: Vec<findings::Scanner>,
    build: [u8; 16],
}

impl Reference {
    /// Compiles the policy's patterns.
    pub fn new(policy: &Policy) -> Reference {
        Reference {
            schema: schema(policy),
            scanners: findings::scanners(policy),
            policy: policy.clone(),
            build: [0; 16],
        }
    }

    /// Sets the build id that the decisions carry; zeros without.
    pub fn with_build(mut self, build: [u8; 16]) -> Reference {
        self.build = build;
        self
    }

    /// The decision of this event under this configuration. A configuration that a
    /// module would refuse leaves the defaults in force (17: all or nothing); one
    /// that sets nothing is no configuration, and its digest is 0.
    pub fn decide(&self, event: &Event, config: &Config) -> Decision {
        let (config, digest) = config_of(&self.schema, config);
        let mut decision = decide::decide(&self.policy, &self.scanners, event, &config);
        decision.build = self.build;
        decision.config = digest;
        decision
    }
}

/// The configuration that is in force, and its digest.
fn config_of(schema: &Schema, config: &Config) -> (Config, u64) {
    if config.iter().any(Option::is_some)
        && let Ok(frame) = config::encode(schema, config)
    {
        return (config.clone(), config::digest(&frame));
    }
    (Config::new(), 0)
}

/// One decision; for many on the same policy see [`Reference`].
pub fn decide(policy: &Policy, event: &Event, config: &Config, build: [u8; 16]) -> Decision {
    Reference::new(policy)
        .with_build(build)
        .decide(event, config)
}
