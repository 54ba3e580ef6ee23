//! Generated cases: a random policy and events that make it speak.
//!
//! The reference and every engine are asked the same cases, and their records must
//! be equal byte for byte. Most random policies and texts have nothing to say to
//! one another; therefore texts are glued from samples of the chosen detectors, and
//! conditions compare with values that events are drawn from. In the long run at
//! least half of the events have a finding and half fire a rule
//! (`tests/reference.rs` watches over that).
//!
//! ```ignore
//! #[path = "generate/mod.rs"]
//! mod generate;
//! let case = generate::case(&mut generate::Rng::new(seed));
//! ```
#![allow(
    dead_code,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests; each test binary uses another part"
)]

pub mod build;
pub mod events;
pub mod policies;
pub mod pool;
pub mod rng;

pub use rng::Rng;

use riegel::check::model::{Config, Event, Policy};

/// Events per policy, because compiling a policy costs more than deciding.
pub const EVENTS: usize = 8;

/// A policy and what happens to it.
#[derive(Clone, Debug)]
pub struct Case {
    /// The policy.
    pub policy: Policy,
    /// Events, each with its configuration. A configuration without any value means
    /// that the module is not configured.
    pub events: Vec<(Event, Config)>,
}

/// The case of this stream.
pub fn case(rng: &mut Rng) -> Case {
    case_with(rng, EVENTS)
}

/// The case of this stream with so many events. More events begin with the same ones.
pub fn case_with(rng: &mut Rng, events: usize) -> Case {
    let (policy, samples) = policies::policy(rng, &pool::pool());
    let events = (0..events)
        .map(|_| {
            (
                events::event(rng, &policy, &samples),
                events::config(rng, &policy),
            )
        })
        .collect();
    Case { policy, events }
}
