//! What a host remembers about a tenant's last decisions, so that one that loops or traps does
//! not cost the others anything.
//!
//! * *quick*: decided where the request is read, on the thread that reads.
//! * *slow*: for some seconds after a decision that took long, on a thread apart, one at a time.
//! * *suspended*: after failures in a row, not at all for a while, which grows with every further
//!   failure; requests get the policy's `on_error` at once. One decision then tries again.

use std::sync::atomic::{AtomicI64, AtomicU32, Ordering::Relaxed};
use std::time::Duration;

/// A decision that needs more processor time is slow.
pub const SLOW: Duration = Duration::from_millis(25);
/// How long a tenant stays in the slow lane.
const SLOW_FOR: i64 = 10_000;
/// Failures in a row that suspend.
const FAILURES: u32 = 3;
/// The longest suspension.
const LONGEST: i64 = 60_000;

/// Where the next decision is made.
#[derive(Debug, PartialEq, Eq)]
pub enum Lane {
    /// Here.
    Quick,
    /// On a thread apart.
    Slow,
    /// Nowhere.
    Suspended,
}

/// The memory.
#[derive(Default)]
pub struct Health {
    slow_until: AtomicI64,
    suspended_until: AtomicI64,
    failures: AtomicU32,
}

impl Health {
    /// The lane at a moment (milliseconds).
    pub fn lane(&self, now: i64) -> Lane {
        if now < self.suspended_until.load(Relaxed) {
            Lane::Suspended
        } else if now < self.slow_until.load(Relaxed) {
            Lane::Slow
        } else {
            Lane::Quick
        }
    }

    /// A decision was made.
    pub fn decided(&self, took: Duration, now: i64) {
        self.failures.store(0, Relaxed);
        if took > SLOW {
            self.slow_until.store(now + SLOW_FOR, Relaxed);
        }
    }

    /// A decision failed.
    pub fn failed(&self, now: i64) {
        self.slow_until.store(now + LONGEST + SLOW_FOR, Relaxed);
        let failures = self.failures.fetch_add(1, Relaxed) + 1;
        if failures >= FAILURES {
            let pause = 1_000_i64 << (failures - FAILURES).min(6);
            self.suspended_until
                .store(now + pause.min(LONGEST), Relaxed);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn failures_in_a_row_suspend_longer_and_longer() {
        let health = Health::default();
        assert_eq!(health.lane(0), Lane::Quick);
        health.decided(SLOW * 2, 0);
        assert_eq!(health.lane(1), Lane::Slow);
        assert_eq!(health.lane(SLOW_FOR), Lane::Quick);
        for _ in 0..FAILURES {
            health.failed(0);
        }
        assert_eq!(health.lane(999), Lane::Suspended);
        assert_eq!(health.lane(1_000), Lane::Slow);
        health.failed(1_000);
        assert_eq!(health.lane(2_999), Lane::Suspended);
        for _ in 0..50 {
            health.failed(5_000);
        }
        assert_eq!(health.lane(5_000 + LONGEST - 1), Lane::Suspended);
        assert_eq!(health.lane(5_000 + LONGEST), Lane::Slow);
        health.decided(Duration::ZERO, 70_000);
        assert_eq!(health.lane(200_000), Lane::Quick);
    }
}
