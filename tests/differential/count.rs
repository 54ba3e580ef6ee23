//! Running many generated cases, and how much they had to say.

use riegel::abi::record::Decision;
use std::io::Write;
use std::sync::atomic::{AtomicU64, Ordering};

/// Counts over many events.
#[derive(Clone, Copy, Debug, Default)]
pub struct Counts {
    /// Events.
    pub events: u64,
    /// Those with a finding.
    pub with_finding: u64,
    /// Those that fired a rule.
    pub with_rule: u64,
}

impl Counts {
    /// Counts a decision.
    pub fn add(&mut self, decision: &Decision) {
        self.events += 1;
        self.with_finding += u64::from(!decision.findings.is_empty());
        self.with_rule += u64::from(!decision.rules.is_empty());
    }

    /// Both together.
    pub fn plus(self, other: Counts) -> Counts {
        Counts {
            events: self.events + other.events,
            with_finding: self.with_finding + other.with_finding,
            with_rule: self.with_rule + other.with_rule,
        }
    }

    /// Prints them, also into the file that `cargo xtask test` reads at its end.
    /// `what` says which cases these are.
    pub fn report(&self, what: &str, seed: u64) {
        let percent = |n: u64| n * 100 / self.events.max(1);
        let line = format!(
            "{what}: {} ({} % with findings, {} % with a matching rule), seed {seed}",
            self.events,
            percent(self.with_finding),
            percent(self.with_rule)
        );
        println!("{line}");
        if let Some(path) = std::env::var_os("RIEGEL_COUNTS") {
            let mut file = std::fs::OpenOptions::new()
                .create(true)
                .append(true)
                .open(path)
                .unwrap();
            writeln!(file, "{line}").unwrap();
        }
    }
}

/// A number from the environment.
pub fn environment(name: &str) -> Option<u64> {
    std::env::var(name).ok()?.parse().ok()
}

/// Tries so many policies, from 0 on, on all processors, and passes a panic on.
pub fn all(policies: u64, try_policy: impl Fn(u64, &mut Counts) + Sync) -> Counts {
    let next = AtomicU64::new(0);
    let worker = || {
        let mut counts = Counts::default();
        loop {
            let policy = next.fetch_add(1, Ordering::Relaxed);
            if policy >= policies {
                return counts;
            }
            try_policy(policy, &mut counts);
        }
    };
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        let workers: Vec<_> = (0..threads).map(|_| scope.spawn(worker)).collect();
        workers
            .into_iter()
            .map(|worker| {
                worker
                    .join()
                    .unwrap_or_else(|panic| std::panic::resume_unwind(panic))
            })
            .fold(Counts::default(), Counts::plus)
    })
}
