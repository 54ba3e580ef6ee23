//! What a host gives to a module at most: bytes, memory, time.
//!
//! Time is not a constant. A module carries its own bound (`riegel.bound`: steps,
//! and steps per byte of content, about a nanosecond each); the deadline of a
//! decision is that bound times a slack for slow machines, never below a floor, so
//! that a short text on a busy machine does not time out, and never above a
//! ceiling, so that one decision does not occupy a thread for minutes.
//!
//! Memory is held by the store's limiter, not computed: the bound's bytes per byte of
//! content are the worst case, which ordinary content is far from. A module that
//! asks for more than there is answers with a coded error of its own.

use riegel::manifest::Bound;
use std::time::Duration;

/// Limits of a host.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Longest module in bytes.
    pub module_bytes: usize,
    /// Longest content in bytes.
    pub content_bytes: usize,
    /// Most linear memory of one instance, in bytes.
    pub memory_bytes: usize,
    /// A session throws its instance away when its memory grew beyond this.
    pub session_bytes: usize,
    /// Most steps per byte of content that a module may need.
    pub steps_per_byte: u64,
    /// Most steps that a module may need without content.
    pub steps: u64,
    /// Instances at the same time.
    pub instances: u32,
    /// Bytes of a finished instance's memory that are kept for the next one.
    pub resident_bytes: usize,
    /// Deadline of the shortest decision.
    pub floor: Duration,
    /// Deadline of the longest decision.
    pub ceiling: Duration,
    /// Nanoseconds that one step of the bound may take.
    pub slack: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Limits {
            module_bytes: 16 << 20,
            content_bytes: 64 << 20,
            memory_bytes: 1 << 30,
            session_bytes: 64 << 20,
            steps_per_byte: 3_000_000,
            steps: 1_000_000_000,
            instances: 32,
            resident_bytes: 1 << 20,
            floor: Duration::from_millis(500),
            ceiling: Duration::from_secs(60),
            slack: 8,
        }
    }
}

impl Limits {
    /// How long a decision over `content` bytes may take.
    pub fn deadline(&self, bound: &Bound, content: usize) -> Duration {
        let steps = u64::try_from(content)
            .unwrap_or(u64::MAX)
            .saturating_mul(bound.steps_per_byte)
            .saturating_add(bound.steps);
        let time = Duration::from_nanos(steps.saturating_mul(u64::from(self.slack)));
        time.clamp(self.floor, self.ceiling.max(self.floor))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bound() -> Bound {
        Bound {
            steps: 1000,
            steps_per_byte: 100,
            longest_match: 64,
            memory: 1 << 20,
            memory_per_byte: 4,
        }
    }

    #[test]
    fn deadlines_follow_the_bound() {
        let limits = Limits::default();
        assert_eq!(limits.deadline(&bound(), 10), limits.floor);
        let megabytes = limits.deadline(&bound(), 10 << 20);
        assert!(megabytes > Duration::from_secs(8) && megabytes < Duration::from_secs(9));
        assert_eq!(limits.deadline(&bound(), usize::MAX), limits.ceiling);
    }
}
