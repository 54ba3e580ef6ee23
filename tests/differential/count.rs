//! How much the generated cases had to say.

use riegel::abi::record::Decision;
use std::io::Write;

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
