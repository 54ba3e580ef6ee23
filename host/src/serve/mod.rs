//! The edge host, `riegel serve`: many tenants on one machine, each behind its own bolt.
//!
//! ```text
//! connection ─ http ─ who? (people) ─ room? (tenants::quota) ─ event ─ module ─ record (audit) ─ answer
//!                                              │                   │              │
//!                                     limits per tenant     fresh instance   committed before
//!                                                                            it is answered
//! ```
//!
//! | room | what it does |
//! | --- | --- |
//! | `config`, `settings` | what an administrator sets, in files and through the API |
//! | `http` | requests and answers |
//! | `tenants` | compartments: modules, limits, lanes |
//! | `versions`, `bundle`, `compare` | changes of policies, and the watch |
//! | `people` | keys, tokens, roles |
//! | `approvals`, `notices`, `mail` | what somebody else has to allow, and who is told |
//! | `audit`, `forward` | the log, and its way to other systems |
//! | `store` | SQLite or PostgreSQL, one thread |
//! | `keys` | keys at rest |
//! | `metrics`, `traces` | counts and spans |
//! | `wire` | lines to other machines |
//!
//! **Invariant:** content lives in `http::decide` and below for one request. No log, no record, no
//! metric and no answer holds any of it; an approver's excerpt is the one exception, sealed.

pub mod approvals;
pub mod audit;
mod bundle;
mod clock;
mod compare;
pub mod config;
mod forward;
pub mod http;
pub mod keys;
mod mail;
mod metrics;
mod notices;
pub mod people;
mod settings;
pub mod store;
pub mod tenants;
mod traces;
mod versions;
mod wire;

use crate::errors::{self, Problem};
use crate::runtime::hex;
use audit::{Book, Draft, Receipt};
use config::Config;
use keys::{Key, random};
use metrics::HostCounters;
use people::api_keys::{self, ApiKeys};
use people::tokens::Tokens;
use std::collections::{BTreeMap, BTreeSet};
use std::future::Future;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering::Relaxed, Ordering::SeqCst};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use store::Place;
use store::worker::Store;
use tenants::folder::{self, Described};
use tenants::load::Loader;
use tenants::{Policies, Tenant, Tenants};
use tokio::net::TcpListener;
use tokio::sync::Semaphore;
use traces::Tracer;

/// Time between two signed checkpoints.
const CHECKPOINTS: Duration = Duration::from_secs(10);
/// Tries to empty the journal while somebody waits for it.
const WIPES: u32 = 10;
const MINUTE: Duration = Duration::from_secs(60);

/// What tells an administrator what happens: names and codes, never content.
pub type Say = Box<dyn Fn(&str) + Send + Sync>;

/// A host.
pub struct Edge {
    config: Config,
    folder: PathBuf,
    place: Place,
    loader: Loader,
    tenants: Tenants,
    described: Mutex<BTreeMap<String, Described>>,
    /// Those of them that stand in files.
    in_files: Mutex<BTreeSet<String>>,
    store: Store,
    /// A connection for what is only read, so that nobody's long list holds up a record.
    reader: Store,
    keys: ApiKeys,
    tokens: Tokens,
    counters: Arc<HostCounters>,
    tracer: Option<Tracer>,
    open: AtomicBool,
    stopping: AtomicBool,
    /// How often something was deleted that must be gone from the disk, and of which of them it is.
    deleted: AtomicU64,
    wiped: AtomicU64,
    /// Could the last record not be written?
    unwritten: AtomicBool,
    /// When the store answered last.
    ready: AtomicI64,
    heavy: Semaphore,
    loading: Semaphore,
    process: String,
    requests: AtomicU64,
    say: Say,
}

/// Where a host keeps its state.
pub struct State {
    /// The database.
    pub place: Place,
    /// The key that opens it.
    pub master: Key,
    /// The folder of everything else.
    pub data: PathBuf,
}

/// Finds the state of a folder of policies, and makes what is missing.
pub fn state(folder: &Path, config: &Config) -> Result<State, Problem> {
    let data = config
        .data
        .clone()
        .unwrap_or_else(|| folder.join(".riegel"));
    if !folder.is_dir() {
        return Err(Problem::new(&errors::UNREADABLE, "there is no such folder")
            .at(folder.display().to_string())
            .help("name the folder with the policies"));
    }
    let data = tenants::load::folder(&data)?;
    let place = match &config.database {
        None => Place::File(data.join("riegel.db")),
        Some(address) if address.starts_with("postgres") => Place::Postgres(address.clone()),
        Some(_) => {
            return Err(
                Problem::new(&errors::CONFIG, "the database is not one that is known")
                    .help("write `postgres://user@host/name`, or leave it out for SQLite"),
            );
        }
    };
    if let Place::File(file) = &place {
        // The store is made before the key: a key without a store is one that lost it, and a host that had
        // keys yesterday is not open to everybody because its database is gone.
        let empty = std::fs::metadata(file).map_or(true, |about| about.len() == 0);
        if empty && data.join("master.key").is_file() {
            return Err(Problem::new(
                &errors::STORE,
                "there is a master key, but its store is gone",
            )
            .at(file.display().to_string())
            .help("put the store back from a backup; to begin anew, take `master.key` away too"));
        }
        if empty {
            store::open(&place)?;
        }
    }
    let master = Key::master(&data, std::env::var("RIEGEL_MASTER_KEY").ok().as_deref())?;
    Ok(State {
        place,
        master,
        data,
    })
}

impl Edge {
    /// Everything but the listening.
    pub async fn start(folder: &Path, config: Config, say: Say) -> Result<Arc<Self>, Problem> {
        let State {
            place,
            master,
            data,
        } = state(folder, &config)?;
        let in_files = folder::read(folder, &config)?;
        let loader = Loader::new(&config.limits, &data)?;
        let for_reader = master.clone();
        let store = Store::start(place.clone(), |_| Book::new(master, CHECKPOINTS))?;
        let reader = Store::start(place.clone(), |_| Book::new(for_reader, CHECKPOINTS))?;
        let root = folder.to_owned();
        let stored = reader.read(move |sql| settings::stored(sql, &root)).await?;
        let names = in_files.keys().cloned().collect();
        let described = settings::merge(in_files, stored);
        if described.is_empty() {
            return Err(Problem::new(&errors::CONFIG, "the folder has no tenants")
                .at(folder.display().to_string())
                .help("put a policy there (`NAME.riegel`), or name tenants in `riegel.toml`"));
        }
        let known_keys = reader.read(|sql| api_keys::any(sql)).await?;
        let open = config.open_on_loopback
            && config.local_only()
            && config.identity.is_empty()
            && !known_keys;
        if let Some(mail) = &config.mail {
            mail.check()?;
        }
        let counters = Arc::new(HostCounters::default());
        let traces = config.traces.as_ref();
        let tracer = traces.map(|traces| Tracer::start(traces, counters.clone()));
        let tracer = tracer.transpose()?;
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let edge = Arc::new(Edge {
            keys: ApiKeys::new(reader.clone())?,
            tokens: Tokens::new(&config.identity)?,
            folder: folder.to_owned(),
            place,
            loader,
            tenants: Tenants::default(),
            described: Mutex::new(described.clone()),
            in_files: Mutex::new(names),
            store,
            reader,
            tracer,
            counters,
            open: AtomicBool::new(open),
            stopping: AtomicBool::new(false),
            // The last run may have ended before it was done.
            deleted: AtomicU64::new(1),
            wiped: AtomicU64::new(0),
            unwritten: AtomicBool::new(false),
            ready: AtomicI64::new(0),
            heavy: Semaphore::new(1),
            loading: Semaphore::new(cores),
            process: hex(&random::<4>()?),
            requests: AtomicU64::new(0),
            say,
            config,
        });
        let mut coming = tokio::task::JoinSet::new();
        for (name, described) in described {
            let edge = edge.clone();
            coming.spawn(async move { edge.add(&name, &described).await });
        }
        while let Some(added) = coming.join_next().await {
            added.unwrap_or(Ok(()))?;
        }
        Ok(edge)
    }

    /// Adds a tenant, or replaces it by one that is set up differently.
    async fn add(self: &Arc<Self>, name: &str, described: &Described) -> Result<(), Problem> {
        let (name, days): (Arc<str>, u32) = (name.into(), described.config.pseudonym_days);
        let tenant = name.clone();
        let keys = self
            .store
            .run(move |sql, book| book.admit(sql, &tenant, days))
            .await?;
        let tenant = Arc::new(Tenant::new(name.clone(), described.config.clone(), keys));
        let before = self.tenants.get(&name);
        if let Some(before) = &before {
            // What it decides with until the new files are loaded, or if they cannot be.
            tenant.set_policies(Policies::clone(&before.policies()));
        }
        versions::refresh(self, &tenant, described, before.is_some()).await;
        self.tenants.put(tenant);
        Ok(())
    }

    /// Serves until `stop` ends; then lets what runs come to its end.
    pub async fn serve(
        self: &Arc<Self>,
        listener: TcpListener,
        stop: impl Future<Output = ()>,
    ) -> Result<(), Problem> {
        let watch = tokio::spawn(versions::watch(self.clone()));
        let chores = tokio::spawn(self.clone().chores());
        let forward = tokio::spawn(forward::run(self.clone()));
        let edge = self.clone();
        let stop = async move {
            stop.await;
            edge.stopping.store(true, Relaxed);
            edge.log("stopping: no new requests; those that run come to their end");
        };
        let router = http::router(self.clone());
        let served = http::listen::serve(self.clone(), listener, router, stop).await;
        watch.abort();
        chores.abort();
        forward.abort();
        self.store.stop().await;
        served
    }

    /// What has to be done from time to time.
    async fn chores(self: Arc<Self>) {
        let mut clock = tokio::time::interval(MINUTE);
        clock.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            clock.tick().await;
            let swept = self.store.run(|sql, book| {
                book.forget_people();
                approvals::sweep(sql)?;
                api_keys::any(sql)
            });
            match swept.await {
                Ok(true) => self.open.store(false, Relaxed),
                Ok(false) => {}
                Err(problem) => self.log(&problem.to_string()),
            }
            if !self.wipe(false).await {
                self.log(
                    "what was erased is still in the store's journal, because somebody reads it; \
                     tried again in a minute",
                );
            }
            for tenant in self.tenants.list() {
                let days = i64::from(tenant.config.retention_days);
                if days == 0 {
                    continue;
                }
                let limit = clock::now() - days * 86_400_000;
                let (name, keys) = (tenant.name.clone(), tenant.keys.clone());
                let cut = self.store.run(move |sql, _| {
                    approvals::cut(sql, &name, limit)?;
                    audit::retention::cut(sql, &name, &keys, limit)
                });
                match cut.await {
                    Ok(0) => {}
                    Ok(gone) => self.log(&format!(
                        "tenant {}: {gone} records were older than {days} days",
                        tenant.name
                    )),
                    Err(problem) => self.log(&problem.to_string()),
                }
            }
        }
    }

    /// Writes a record; says once when that begins to fail, and once when it works again.
    async fn append(&self, draft: Draft) -> Result<Receipt, Problem> {
        let written = self.store.append(draft).await;
        if let Err(problem) = &written {
            self.counters.records_failed.fetch_add(1, Relaxed);
            if !self.unwritten.swap(true, Relaxed) {
                self.log(&format!(
                    "records cannot be written, so requests are refused: {problem}"
                ));
            }
        } else if self.unwritten.load(Relaxed) && self.unwritten.swap(false, Relaxed) {
            self.log("records are written again");
        }
        written
    }

    /// Sees to it that what was deleted is gone from the disk; says whether it is. `now`: something
    /// was deleted just now.
    async fn wipe(&self, now: bool) -> bool {
        if now {
            self.deleted.fetch_add(1, SeqCst);
        }
        let deleted = self.deleted.load(SeqCst);
        for _ in 0..WIPES {
            if self.wiped.load(SeqCst) >= deleted {
                return true;
            }
            let place = self.place.clone();
            match versions::blocking(move || store::forget(&place)).await {
                Ok(true) => {
                    self.wiped.fetch_max(deleted, SeqCst);
                }
                Ok(false) => tokio::time::sleep(Duration::from_millis(100)).await,
                Err(problem) => {
                    self.log(&problem.to_string());
                    return false;
                }
            }
        }
        self.wiped.load(SeqCst) >= deleted
    }

    /// May programs on this machine ask without a key?
    pub fn is_open(&self) -> bool {
        self.open.load(Relaxed)
    }

    /// Names of the tenants, and whether each can decide.
    pub fn tenant_names(&self) -> Vec<(String, bool)> {
        let list = self.tenants.list();
        list.iter()
            .map(|tenant| (tenant.name.to_string(), tenant.policies().stable.is_some()))
            .collect()
    }

    fn log(&self, text: &str) {
        (self.say)(text);
    }

    fn next_id(&self) -> String {
        format!("{}-{:x}", self.process, self.requests.fetch_add(1, Relaxed))
    }

    /// Notes what is now set up for a tenant.
    fn know(&self, name: &str, described: Option<Described>) {
        let mut known = self.described.lock();
        if let Ok(known) = &mut known {
            match described {
                Some(described) => known.insert(name.to_owned(), described),
                None => known.remove(name),
            };
        }
    }

    /// What the files and the store say about every tenant.
    fn known(&self) -> BTreeMap<String, Described> {
        let known = self.described.lock();
        known.unwrap_or_else(PoisonError::into_inner).clone()
    }
}
