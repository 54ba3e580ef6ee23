//! Counts for Prometheus: how many, how long, how strong. Never who and never what.

use std::fmt::Write;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::Duration;

/// Upper bounds of the times, in microseconds.
const BOUNDS: [u64; 12] = [
    25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 50_000, 250_000, 1_000_000,
];

/// Words of the verdicts, weakest first.
pub const VERDICTS: [&str; 7] = [
    "allow", "log", "warn", "justify", "redact", "approve", "block",
];

/// A tenant's counts since the host started.
#[derive(Default)]
pub struct Counters {
    verdicts: [AtomicU64; 7],
    failures: AtomicU64,
    refused: AtomicU64,
    bytes: AtomicU64,
    times: [AtomicU64; 13],
    micros: AtomicU64,
}

impl Counters {
    /// A decision was made.
    pub fn decided(&self, effective: usize, failed: bool, bytes: usize, took: Duration) {
        if let Some(count) = self.verdicts.get(effective) {
            count.fetch_add(1, Relaxed);
        }
        if failed {
            self.failures.fetch_add(1, Relaxed);
        }
        self.bytes.fetch_add(bytes as u64, Relaxed);
        let micros = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
        self.micros.fetch_add(micros, Relaxed);
        let place = BOUNDS.partition_point(|bound| *bound < micros);
        if let Some(count) = self.times.get(place) {
            count.fetch_add(1, Relaxed);
        }
    }

    /// A request was turned away by a limit.
    pub fn refused(&self) {
        self.refused.fetch_add(1, Relaxed);
    }

    /// Decisions by effective verdict.
    pub fn verdicts(&self) -> [u64; 7] {
        std::array::from_fn(|i| self.verdicts.get(i).map_or(0, |n| n.load(Relaxed)))
    }
}

/// Counts of the whole host.
#[derive(Default)]
pub struct HostCounters {
    /// Connections that are open.
    pub connections: AtomicU64,
    /// Connections that were not taken.
    pub connections_refused: AtomicU64,
    /// Requests without a known key.
    pub unauthenticated: AtomicU64,
    /// Policies that were replaced while running.
    pub reloads: AtomicU64,
    /// Policies that could not be loaded.
    pub reload_failures: AtomicU64,
    /// Records that could not be written; what they were about was refused.
    pub records_failed: AtomicU64,
    /// Records of the log that other systems took.
    pub records_sent: AtomicU64,
    /// Tries to send the log that failed.
    pub sending_failures: AtomicU64,
    /// Notices of approvals that nobody took.
    pub notices_lost: AtomicU64,
    /// Spans that a collector took.
    pub spans_sent: AtomicU64,
    /// Spans that nobody took.
    pub spans_lost: AtomicU64,
}

/// The page that Prometheus reads.
pub fn page<'a>(
    host: &HostCounters,
    tenants: impl Iterator<Item = (&'a str, &'a Counters)>,
) -> String {
    let mut out = String::new();
    let mut single = |name: &str, kind: &str, help: &str, value: &AtomicU64| {
        let _ = writeln!(
            out,
            "# HELP riegel_{name} {help}\n# TYPE riegel_{name} {kind}\nriegel_{name} {}",
            value.load(Relaxed)
        );
    };
    single(
        "connections",
        "gauge",
        "Open connections.",
        &host.connections,
    );
    single(
        "connections_refused_total",
        "counter",
        "Connections that were not taken.",
        &host.connections_refused,
    );
    single(
        "unauthenticated_total",
        "counter",
        "Requests without a known key.",
        &host.unauthenticated,
    );
    single(
        "policy_reloads_total",
        "counter",
        "Policies that were replaced while running.",
        &host.reloads,
    );
    single(
        "policy_reload_failures_total",
        "counter",
        "Policies that could not be loaded.",
        &host.reload_failures,
    );
    for (name, help, value) in [
        (
            "audit_records_failed_total",
            "Records that could not be written.",
            &host.records_failed,
        ),
        (
            "audit_records_sent_total",
            "Records of the log that other systems took.",
            &host.records_sent,
        ),
        (
            "audit_sending_failures_total",
            "Tries to send the log that failed.",
            &host.sending_failures,
        ),
        (
            "notices_lost_total",
            "Notices of approvals that nobody took.",
            &host.notices_lost,
        ),
        (
            "spans_sent_total",
            "Spans that a collector took.",
            &host.spans_sent,
        ),
        (
            "spans_lost_total",
            "Spans that nobody took.",
            &host.spans_lost,
        ),
    ] {
        single(name, "counter", help, value);
    }
    let tenants: Vec<_> = tenants.collect();
    let head = |out: &mut String, name: &str, kind: &str, help: &str| {
        let _ = writeln!(
            out,
            "# HELP riegel_{name} {help}\n# TYPE riegel_{name} {kind}"
        );
    };
    head(
        &mut out,
        "decisions_total",
        "counter",
        "Decisions by effective verdict.",
    );
    for (tenant, counters) in &tenants {
        for (verdict, count) in VERDICTS.iter().zip(&counters.verdicts) {
            let _ = writeln!(
                out,
                "riegel_decisions_total{{tenant=\"{tenant}\",verdict=\"{verdict}\"}} {}",
                count.load(Relaxed)
            );
        }
    }
    type Get = fn(&Counters) -> &AtomicU64;
    let columns: [(&str, &str, Get); 3] = [
        (
            "decision_failures_total",
            "Decisions that ended in on_error.",
            |c| &c.failures,
        ),
        (
            "requests_refused_total",
            "Requests turned away by a limit.",
            |c| &c.refused,
        ),
        (
            "content_bytes_total",
            "Bytes of content that were decided about.",
            |c| &c.bytes,
        ),
    ];
    for (name, help, get) in columns {
        head(&mut out, name, "counter", help);
        for (tenant, counters) in &tenants {
            let value = get(counters).load(Relaxed);
            let _ = writeln!(out, "riegel_{name}{{tenant=\"{tenant}\"}} {value}");
        }
    }
    head(
        &mut out,
        "decision_seconds",
        "histogram",
        "Time of a decision.",
    );
    for (tenant, counters) in &tenants {
        let mut sum = 0;
        for (i, count) in counters.times.iter().enumerate() {
            sum += count.load(Relaxed);
            let bound = BOUNDS.get(i).map_or_else(
                || "+Inf".to_owned(),
                |micros| format!("{}", *micros as f64 / 1e6),
            );
            let _ = writeln!(
                out,
                "riegel_decision_seconds_bucket{{tenant=\"{tenant}\",le=\"{bound}\"}} {sum}"
            );
        }
        let seconds = counters.micros.load(Relaxed) as f64 / 1e6;
        let _ = writeln!(
            out,
            "riegel_decision_seconds_sum{{tenant=\"{tenant}\"}} {seconds}\nriegel_decision_seconds_count{{tenant=\"{tenant}\"}} {sum}"
        );
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_decision_is_in_one_bucket() {
        let counters = Counters::default();
        for micros in [0, 25, 26, 999_999, 1_000_000, 5_000_000] {
            counters.decided(6, false, 3, Duration::from_micros(micros));
        }
        let page = page(&HostCounters::default(), [("a", &counters)].into_iter());
        for line in [
            "riegel_decisions_total{tenant=\"a\",verdict=\"block\"} 6",
            "riegel_decision_seconds_bucket{tenant=\"a\",le=\"0.000025\"} 2",
            "riegel_decision_seconds_bucket{tenant=\"a\",le=\"1\"} 5",
            "riegel_decision_seconds_bucket{tenant=\"a\",le=\"+Inf\"} 6",
            "riegel_decision_seconds_count{tenant=\"a\"} 6",
            "riegel_content_bytes_total{tenant=\"a\"} 18",
        ] {
            assert!(page.lines().any(|l| l == line), "{line}\n{page}");
        }
    }
}
