//! How much a tenant may ask for: a bucket that fills evenly and is emptied by use.
//!
//! A bucket may go below zero by what one request needed, since the time of a decision is known
//! only afterwards; the next request waits until it is above zero again.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// A bucket.
pub struct Bucket {
    per_second: f64,
    most: f64,
    state: Mutex<(f64, Instant)>,
}

impl Bucket {
    /// Full at the beginning.
    pub fn new(per_second: f64, most: f64) -> Self {
        Bucket {
            per_second: per_second.max(1e-3),
            most: most.max(1.0),
            state: Mutex::new((most.max(1.0), Instant::now())),
        }
    }

    /// Takes so much; refuses where there is nothing left, and says when to come again.
    pub fn take(&self, amount: f64, now: Instant) -> Result<(), Duration> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let passed = now.saturating_duration_since(state.1).as_secs_f64();
        state.0 = (state.0 + passed * self.per_second).min(self.most);
        state.1 = now;
        if state.0 <= 0.0 || state.0 < amount.min(self.most) {
            let missing = amount.min(self.most) - state.0;
            return Err(Duration::from_secs_f64(
                (missing / self.per_second).clamp(0.001, 3600.0),
            ));
        }
        state.0 -= amount;
        Ok(())
    }

    /// Takes afterwards what was used.
    pub fn charge(&self, amount: f64) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.0 -= amount;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bucket_empties_and_fills() {
        let bucket = Bucket::new(10.0, 5.0);
        let start = Instant::now();
        for _ in 0..5 {
            assert!(bucket.take(1.0, start).is_ok());
        }
        let wait = bucket.take(1.0, start).err();
        assert!(wait.is_some_and(|wait| wait <= Duration::from_millis(101)));
        let later = start + Duration::from_millis(150);
        assert!(bucket.take(1.0, later).is_ok());
        assert!(bucket.take(1.0, later).is_err());
        bucket.charge(100.0);
        assert!(bucket.take(1.0, later + Duration::from_secs(5)).is_err());
        assert!(bucket.take(1.0, later + Duration::from_secs(20)).is_ok());
    }

    #[test]
    fn more_than_a_bucket_holds_takes_all_of_it() {
        let bucket = Bucket::new(1.0, 5.0);
        let start = Instant::now();
        assert!(bucket.take(50.0, start).is_ok());
        assert!(bucket.take(1.0, start + Duration::from_secs(10)).is_err());
        assert!(bucket.take(1.0, start + Duration::from_secs(60)).is_ok());
    }
}
