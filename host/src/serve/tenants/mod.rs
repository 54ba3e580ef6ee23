//! Tenants: each behind its own bolt.
//!
//! A tenant has its own module, keys, audit chains, limits and memory of failures; what it shares
//! with the others is code. A decision is made in a fresh instance, which is wiped and given back
//! afterwards; which lane it takes, `health` says.
//!
//! A tenant without a working module does not allow everything and does not fail silently: every
//! decision is `block`, and says why (semantics 16: a module that could not be verified has no
//! say).
//!
//! | file | idea |
//! | --- | --- |
//! | `folder` | which tenants there are, from files |
//! | `load`, `registry` | from a text, a module or a registry to a version that decides |
//! | `quota` | how much a tenant may ask for |
//! | `health` | what it must not cost the others |

pub mod folder;
pub mod health;
pub mod load;
pub mod quota;
mod registry;

pub use registry::base64;

use super::audit::TenantKeys;
use super::config::TenantConfig;
use super::metrics::Counters;
use crate::errors::{self, Problem};
use crate::event::Event;
use crate::runtime::{Guard, Outcome};
use cpu_time::ThreadTime;
use health::{Health, Lane};
use quota::Bucket;
use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, Instant};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Content beyond this is decided on a thread apart from the start.
const QUICK_BYTES: usize = 128 << 10;
/// What a decision may take on the thread that reads requests.
const QUICK: Duration = Duration::from_millis(50);
/// How long a decision waits for its turn in the slow lane.
const PATIENCE: Duration = Duration::from_secs(5);

/// A module that decides, and where it came from.
pub struct Version {
    /// The module.
    pub guard: Guard,
    /// Its number, where it was given through the API; 0: from the folder.
    pub number: i64,
    /// What its files looked like.
    pub fingerprint: String,
    /// SHA-256 of the file, signatures and all, as others fetch it.
    pub served: [u8; 32],
}

/// What a tenant decides with.
#[derive(Clone, Default)]
pub struct Policies {
    /// The version for everybody.
    pub stable: Option<Arc<Version>>,
    /// The version for some, and how many of a hundred.
    pub canary: Option<(Arc<Version>, u8)>,
    /// Why the newest could not be loaded.
    pub fault: Option<Problem>,
}

/// A tenant.
pub struct Tenant {
    /// Its name.
    pub name: Arc<str>,
    /// What its administrator set.
    pub config: TenantConfig,
    /// Its keys.
    pub keys: TenantKeys,
    /// Counts.
    pub counters: Counters,
    policies: RwLock<Arc<Policies>>,
    requests: Bucket,
    bytes: Bucket,
    cpu: Bucket,
    running: Arc<Semaphore>,
    slow: Arc<Semaphore>,
    /// Notices on their way.
    pub notices: Arc<Semaphore>,
    health: Health,
}

/// A request that is let in; dropped when it is answered.
pub struct Admission {
    _running: OwnedSemaphorePermit,
}

/// A tenant's name: small letters, digits, `-` and `_`, 63 at most.
pub fn is_name(name: &str) -> bool {
    let fine = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-' || b == b'_';
    let first = name.bytes().next();
    (1..=63).contains(&name.len())
        && name.bytes().all(fine)
        && first.is_some_and(|b| b.is_ascii_alphanumeric())
}

impl Tenant {
    /// A tenant that has no policy yet.
    pub fn new(name: Arc<str>, config: TenantConfig, keys: TenantKeys) -> Self {
        let limits = &config.limits;
        let rate = f64::from(limits.requests_per_second);
        let bytes = limits.bytes_per_second as f64;
        let cpu = limits.cpu_ms_per_second as f64 / 1e3;
        Tenant {
            requests: Bucket::new(rate, f64::from(limits.burst)),
            bytes: Bucket::new(bytes, bytes.max(limits.body_bytes as f64)),
            cpu: Bucket::new(cpu, cpu * 2.0),
            running: Arc::new(Semaphore::new(limits.concurrent.max(1))),
            slow: Arc::new(Semaphore::new(1)),
            notices: Arc::new(Semaphore::new(2)),
            health: Health::default(),
            policies: RwLock::new(Arc::default()),
            counters: Counters::default(),
            name,
            config,
            keys,
        }
    }

    /// What it decides with now. Whoever holds the answer goes on with it, also when it is
    /// replaced meanwhile.
    pub fn policies(&self) -> Arc<Policies> {
        self.policies
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Replaces it, whole.
    pub fn set_policies(&self, policies: Policies) {
        let mut place = self
            .policies
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        *place = Arc::new(policies);
    }

    /// Which version decides about this person; the same one each time. About nobody in particular
    /// the stable one decides: all of them would be one person, and a share of one is all or none.
    pub fn version(&self, person: Option<&str>) -> Result<Arc<Version>, Problem> {
        let policies = self.policies();
        if let (Some(person), Some((canary, share))) = (person, &policies.canary) {
            let mac = self
                .keys
                .root
                .derive("canary", canary.number)
                .mac(&[person.as_bytes()]);
            let number = u16::from_le_bytes([
                mac.first().copied().unwrap_or(0),
                mac.get(1).copied().unwrap_or(0),
            ]);
            if number % 100 < u16::from(*share) {
                return Ok(canary.clone());
            }
        }
        policies.stable.clone().ok_or_else(|| {
            policies.fault.clone().unwrap_or_else(|| {
                Problem::new(&errors::NO_POLICY, "the tenant has no policy yet")
                    .help("name one in its `tenant.toml`, or activate a version")
            })
        })
    }

    /// Lets a request in, or says when to come again.
    pub fn admit(&self) -> Result<Admission, Duration> {
        let now = Instant::now();
        self.cpu.take(0.0, now)?;
        let running = self
            .running
            .clone()
            .try_acquire_owned()
            .map_err(|_| Duration::from_millis(100))?;
        self.requests.take(1.0, now)?;
        Ok(Admission { _running: running })
    }

    /// Counts what a batch asks for beyond its first decision.
    pub fn charge_requests(&self, requests: usize) {
        self.requests.charge(requests as f64);
    }

    /// Lets a body in.
    pub fn admit_bytes(&self, bytes: usize) -> Result<(), Duration> {
        self.bytes.take(bytes as f64, Instant::now())
    }

    /// Decides; a failure of any kind ends in `on_error`.
    pub async fn decide(
        self: &Arc<Self>,
        version: &Arc<Version>,
        event: Event,
    ) -> (Event, Outcome) {
        let now = super::clock::running();
        match self.health.lane(now) {
            Lane::Suspended => {
                let outcome = version.guard.failed(event.today(), suspended());
                (event, outcome)
            }
            Lane::Quick if event.content().len() <= QUICK_BYTES => {
                let (outcome, took) = timed(|| version.guard.decide_within(&event, QUICK));
                self.cpu.charge(took.as_secs_f64());
                let timed_out = |p: &Problem| p.kind == &errors::TIME_OUT;
                if outcome.failure.as_ref().is_some_and(timed_out) {
                    return self.decide_apart(version.clone(), event).await;
                }
                self.remember(&outcome, took);
                (event, outcome)
            }
            Lane::Quick | Lane::Slow => self.decide_apart(version.clone(), event).await,
        }
    }

    /// A turn in the tenant's slow lane, for work that takes long: its own decisions on that lane
    /// wait, nobody else's.
    pub async fn turn_apart(&self) -> Option<OwnedSemaphorePermit> {
        self.slow.clone().acquire_owned().await.ok()
    }

    /// Counts processor time that was used elsewhere.
    pub fn charge_time(&self, used: Duration) {
        self.cpu.charge(used.as_secs_f64());
    }

    async fn decide_apart(
        self: &Arc<Self>,
        version: Arc<Version>,
        event: Event,
    ) -> (Event, Outcome) {
        let turn = tokio::time::timeout(PATIENCE, self.slow.clone().acquire_owned()).await;
        let Ok(Ok(turn)) = turn else {
            let outcome = version.guard.failed(event.today(), suspended());
            return (event, outcome);
        };
        if self.health.lane(super::clock::running()) == Lane::Suspended {
            let outcome = version.guard.failed(event.today(), suspended());
            return (event, outcome);
        }
        let (today, guard) = (event.today(), version.guard.clone());
        let tenant = self.clone();
        let work = tokio::task::spawn_blocking(move || {
            let (outcome, took) = timed(|| version.guard.decide(&event));
            tenant.cpu.charge(took.as_secs_f64());
            tenant.remember(&outcome, took);
            drop(turn);
            (event, outcome)
        });
        work.await.unwrap_or_else(|_| {
            let lost = Problem::new(&errors::INSTANCE, "the decision was lost")
                .help("try again; please report it if it stays");
            let none = Event::new(&guard.anatomy().schema, Default::default());
            (none.unwrap_or_default(), guard.failed(today, lost))
        })
    }

    fn remember(&self, outcome: &Outcome, took: Duration) {
        let now = super::clock::running();
        match &outcome.failure {
            None => self.health.decided(took, now),
            // Content that is too long says nothing about the module.
            Some(problem) if problem.kind == &errors::CONTENT_SIZE => {}
            Some(_) => self.health.failed(now),
        }
    }
}

/// Processor time, not the clock on the wall: on a busy machine everybody would look slow. Below a
/// millisecond the two are the same, and the clock on the wall is the cheaper one to read.
fn timed(decide: impl FnOnce() -> Outcome) -> (Outcome, Duration) {
    let (used, passed) = (ThreadTime::now(), Instant::now());
    let outcome = decide();
    let passed = passed.elapsed();
    let took = if passed < Duration::from_millis(1) {
        passed
    } else {
        used.elapsed()
    };
    (outcome, took)
}

fn suspended() -> Problem {
    Problem::new(
        &errors::SUSPENDED,
        "the tenant's module failed several times and rests for a while",
    )
    .help("look at the tenant's policy; it is tried again by itself")
}

/// All tenants, by name.
#[derive(Default)]
pub struct Tenants {
    all: RwLock<HashMap<Arc<str>, Arc<Tenant>>>,
}

impl Tenants {
    /// One of them.
    pub fn get(&self, name: &str) -> Option<Arc<Tenant>> {
        let all = self.all.read().unwrap_or_else(PoisonError::into_inner);
        all.get(name).cloned()
    }

    /// All of them, by name.
    pub fn list(&self) -> Vec<Arc<Tenant>> {
        let all = self.all.read().unwrap_or_else(PoisonError::into_inner);
        let mut list: Vec<_> = all.values().cloned().collect();
        list.sort_by(|a, b| a.name.cmp(&b.name));
        list
    }

    /// Adds one, or replaces it.
    pub fn put(&self, tenant: Arc<Tenant>) {
        let mut all = self.all.write().unwrap_or_else(PoisonError::into_inner);
        all.insert(tenant.name.clone(), tenant);
    }

    /// Takes one away; its log stays.
    pub fn remove(&self, name: &str) {
        let mut all = self.all.write().unwrap_or_else(PoisonError::into_inner);
        all.remove(name);
    }
}

#[cfg(test)]
mod tests {
    use super::is_name;

    #[test]
    fn names_lead_nowhere() {
        for name in ["a", "kanzlei-meyer", "0_x"] {
            assert!(is_name(name), "{name}");
        }
        let long = "a".repeat(64);
        for name in [
            "",
            "..",
            "a/b",
            "a.b",
            "-a",
            "A",
            "ä",
            "a b",
            long.as_str(),
            "a\0",
        ] {
            assert!(!is_name(name), "{name}");
        }
    }
}
