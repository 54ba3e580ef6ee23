//! API keys: `rgl_` id `_` secret. The store has the id and an Argon2id hash of the secret; the
//! key itself is shown once, when it is made.
//!
//! Argon2 is slow on purpose, so a key that was recognised is remembered (by a MAC under a key of
//! this process) and only its rights are looked up again every minute; requests that come with the
//! same new key share one try. Ids that are not there cost a look into memory, and wrong secrets may
//! be tried for one id only so many times a second: guessing 256 bits is hopeless, but trying must
//! not occupy the processor, nor keep others out.

use super::{ERASED, Grant, Principal, alike, person_in};
use crate::errors::{self, Problem};
use crate::runtime::hex;
use crate::serve::clock;
use crate::serve::keys::{Key, random};
use crate::serve::store::worker::Store;
use crate::serve::store::{Row, Sql, Value, at};
use crate::serve::tenants::quota::Bucket;
use argon2::Argon2;
use std::collections::{HashMap, HashSet};
use std::sync::atomic::{AtomicU64, Ordering::SeqCst};
use std::sync::{Arc, Mutex, PoisonError, RwLock, Weak};
use std::time::{Duration, Instant};
use tokio::sync::{OnceCell, Semaphore};

const PREFIX: &str = "rgl_";
const ID: usize = 12;
const SECRET: usize = 64;
/// How long a recognised key is believed without being looked up.
const REMEMBER: Duration = Duration::from_secs(60);
const MOST: usize = 10_000;
/// Tries after which those that are over are swept out.
const TRYING: usize = 1_000;
/// Time between two looks at which ids there are.
const LOOK: Duration = Duration::from_millis(200);

/// Recognises keys.
pub struct ApiKeys {
    store: Store,
    process: Key,
    known: Mutex<HashMap<[u8; 32], Known>>,
    /// Raised with every revocation: what was read before it may be old.
    revocations: AtomicU64,
    /// Tries that run; whoever comes with the same text waits for the same answer.
    trying: Mutex<HashMap<[u8; 32], Weak<OnceCell<bool>>>>,
    ids: RwLock<HashSet<String>>,
    /// When the store was last asked which ids there are.
    looked: tokio::sync::Mutex<Option<Instant>>,
    lanes: Mutex<HashMap<String, Arc<Bucket>>>,
    lane: Semaphore,
}

/// A key that was recognised.
#[derive(Clone)]
struct Known {
    principal: Principal,
    /// When its rights were looked up; they are looked up now where nothing is said.
    looked_up: Option<Instant>,
}

/// A key as an administrator sees it.
#[derive(serde::Serialize)]
pub struct Listed {
    id: String,
    name: String,
    grants: Vec<Grant>,
    made: i64,
    expires: Option<i64>,
    revoked: Option<i64>,
}

/// Why a key was not taken.
pub enum Refused {
    /// It is none, or not one of ours.
    Unknown,
    /// Too many wrong secrets for this id.
    Later(Duration),
    /// The store failed.
    Store(Problem),
}

impl ApiKeys {
    /// Over a store.
    pub fn new(store: Store) -> Result<Self, Problem> {
        Ok(ApiKeys {
            store,
            process: Key::random()?,
            known: Mutex::default(),
            revocations: AtomicU64::new(0),
            trying: Mutex::default(),
            ids: RwLock::default(),
            looked: tokio::sync::Mutex::default(),
            lanes: Mutex::default(),
            lane: Semaphore::new(1),
        })
    }

    /// Whose key is this?
    pub async fn recognise(&self, key: &str) -> Result<Principal, Refused> {
        let (id, secret) = split(key).ok_or(Refused::Unknown)?;
        let seen = self.process.mac(&[key.as_bytes()]);
        let known = self.remembered(&seen);
        if let Some(known) = &known
            && known
                .looked_up
                .is_some_and(|when| when.elapsed() < REMEMBER)
        {
            return Ok(known.principal.clone());
        }
        let revocations = self.revocations.load(SeqCst);
        if !self.is_there(id).await? {
            return Err(Refused::Unknown);
        }
        let row = self.row(id).await?;
        let expired = match at(&row, 3) {
            Value::Int(day) => *day <= clock::now(),
            _ => false,
        };
        if expired || *at(&row, 4) != Value::Null {
            return Err(Refused::Unknown);
        }
        // A key that was recognised once is the same key still; only its rights may have changed.
        if known.is_none() && !self.tried(seen, id, secret, at(&row, 1).text()).await? {
            return Err(Refused::Unknown);
        }
        let principal = Principal {
            name: format!("key {id}"),
            person: None,
            grants: serde_json::from_str(at(&row, 2).text()).unwrap_or_default(),
            maker: match at(&row, 5) {
                Value::Text(maker) => Some(maker.clone()),
                _ => None,
            },
        };
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= MOST {
            known.clear();
        }
        // Where a key was revoked meanwhile, what was read is not relied on a second time.
        let still = self.revocations.load(SeqCst) == revocations;
        let entry = Known {
            principal: principal.clone(),
            looked_up: still.then(Instant::now),
        };
        known.insert(seen, entry);
        Ok(principal)
    }

    /// Is this the key's secret? One try for all who ask at once.
    async fn tried(
        &self,
        seen: [u8; 32],
        id: &str,
        secret: &str,
        hash: &str,
    ) -> Result<bool, Refused> {
        let cell = self.attempt(seen);
        let tried = cell.get_or_try_init(|| async {
            let turn = self.lane.acquire().await;
            let tries = self.tries(id);
            tries.take(1.0, Instant::now()).map_err(Refused::Later)?;
            let (secret, hash) = (secret.to_owned(), hash.to_owned());
            let fits = tokio::task::spawn_blocking(move || fits(&secret, &hash)).await;
            drop(turn);
            let fits = fits.unwrap_or(false);
            if fits {
                // Whoever has the secret does not guess.
                tries.charge(-1.0);
            }
            Ok(fits)
        });
        tried.await.copied()
    }

    /// The try of this text that runs, or a new one.
    fn attempt(&self, seen: [u8; 32]) -> Arc<OnceCell<bool>> {
        let mut trying = self.trying.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(cell) = trying.get(&seen).and_then(Weak::upgrade) {
            return cell;
        }
        if trying.len() >= TRYING {
            trying.retain(|_, cell| cell.strong_count() > 0);
        }
        let cell = Arc::new(OnceCell::new());
        trying.insert(seen, Arc::downgrade(&cell));
        cell
    }

    /// Is there a key with this id? The store is asked a few times a second, however many ids are
    /// guessed; whoever comes with a new key waits until then. All who wait are answered by the
    /// same look, and an id that is known waits for nobody: guessing keeps no owner out.
    async fn is_there(&self, id: &str) -> Result<bool, Refused> {
        if self.has(id) {
            return Ok(true);
        }
        let came = Instant::now();
        let mut looked = self.looked.lock().await;
        if looked.is_some_and(|when| when >= came) {
            return Ok(self.has(id));
        }
        if let Some(when) = *looked {
            tokio::time::sleep(LOOK.saturating_sub(when.elapsed())).await;
        }
        let now = Instant::now();
        let rows = self
            .store
            .read(|sql| sql.rows("SELECT id FROM api_key", &[]))
            .await
            .map_err(Refused::Store)?;
        let found = rows.iter().map(|row| at(row, 0).text().to_owned());
        *self.ids.write().unwrap_or_else(PoisonError::into_inner) = found.collect();
        *looked = Some(now);
        Ok(self.has(id))
    }

    fn has(&self, id: &str) -> bool {
        let ids = self.ids.read().unwrap_or_else(PoisonError::into_inner);
        ids.contains(id)
    }

    async fn row(&self, id: &str) -> Result<Row, Refused> {
        let id = id.to_owned();
        let rows = self.store.read(move |sql| {
            sql.rows(
                "SELECT k.id, k.hash, k.grants, k.expires, k.revoked, m.maker FROM api_key k
                 LEFT JOIN api_key_maker m ON m.id = k.id WHERE k.id = $1",
                &[id.as_str().into()],
            )
        });
        let rows = rows.await.map_err(Refused::Store)?;
        rows.into_iter().next().ok_or(Refused::Unknown)
    }

    /// How often a secret may be tried with this id.
    fn tries(&self, id: &str) -> Arc<Bucket> {
        let mut lanes = self.lanes.lock().unwrap_or_else(PoisonError::into_inner);
        let lane = lanes.entry(id.to_owned());
        lane.or_insert_with(|| Arc::new(Bucket::new(2.0, 20.0)))
            .clone()
    }

    fn remembered(&self, seen: &[u8; 32]) -> Option<Known> {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.get(seen).cloned()
    }

    /// Forgets a key that was revoked. Keys that it made are looked up again; everybody else's stay
    /// as they are.
    pub fn forget(&self, id: &str) {
        self.revocations.fetch_add(1, SeqCst);
        let name = format!("key {id}");
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.retain(|_, known| known.principal.name != name);
        for known in known.values_mut() {
            if known.principal.maker.as_ref() == Some(&name) {
                known.looked_up = None;
            }
        }
    }

    /// Looks everybody's rights up again, after a maker was erased.
    pub fn look_again(&self) {
        self.revocations.fetch_add(1, SeqCst);
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        for known in known.values_mut() {
            known.looked_up = None;
        }
    }
}

fn split(key: &str) -> Option<(&str, &str)> {
    let (id, secret) = key.strip_prefix(PREFIX)?.split_once('_')?;
    let fine =
        |text: &str, len: usize| text.len() == len && text.bytes().all(|b| b.is_ascii_hexdigit());
    (fine(id, ID) && fine(secret, SECRET)).then_some((id, secret))
}

fn hashed(secret: &str, salt: &[u8]) -> Option<[u8; 32]> {
    let mut out = [0; 32];
    Argon2::default()
        .hash_password_into(secret.as_bytes(), salt, &mut out)
        .ok()?;
    Some(out)
}

fn fits(secret: &str, stored: &str) -> bool {
    let parsed = stored.split_once('$').and_then(|(salt, hash)| {
        let from_hex = crate::runtime::from_hex;
        Some((from_hex(salt)?, from_hex(hash)?))
    });
    let Some((salt, hash)) = parsed else {
        return false;
    };
    // Both are hashes: where they differ tells nothing about the secret.
    hashed(secret, &salt).is_some_and(|found| found.as_slice() == hash)
}

/// Makes a key. What is returned is shown once and kept nowhere. `maker` is whom it counts as
/// where two persons are asked for; nobody, where it was made on the server itself.
pub fn make(
    sql: &mut dyn Sql,
    name: &str,
    grants: &[Grant],
    expires: Option<i64>,
    maker: Option<&str>,
) -> Result<String, Problem> {
    let (id, secret) = (
        hex(&random::<{ ID / 2 }>()?),
        hex(&random::<{ SECRET / 2 }>()?),
    );
    let salt = random::<16>()?;
    let hash = hashed(&secret, &salt).ok_or_else(|| {
        Problem::new(&errors::STORE, "the key could not be hashed").help("try again")
    })?;
    sql.change(
        "INSERT INTO api_key (id, name, hash, grants, made, expires) VALUES ($1, $2, $3, $4, $5, $6)",
        &[
            id.as_str().into(),
            name.into(),
            format!("{}${}", hex(&salt), hex(&hash)).into(),
            serde_json::to_string(grants).unwrap_or_default().into(),
            clock::now().into(),
            expires.map_or(Value::Null, Value::Int),
        ],
    )?;
    if let Some(maker) = maker {
        sql.change(
            "INSERT INTO api_key_maker (id, maker) VALUES ($1, $2)",
            &[id.as_str().into(), maker.into()],
        )?;
    }
    Ok(format!("{PREFIX}{id}_{secret}"))
}

/// All keys, without anything secret.
pub fn list(sql: &mut dyn Sql) -> Result<Vec<Listed>, Problem> {
    let rows = sql.rows(
        "SELECT id, name, grants, made, expires, revoked FROM api_key ORDER BY made, id",
        &[],
    )?;
    let time = |value: &Value| match value {
        Value::Int(time) => Some(*time),
        _ => None,
    };
    Ok(rows
        .iter()
        .map(|row| Listed {
            id: at(row, 0).text().to_owned(),
            name: at(row, 1).text().to_owned(),
            grants: serde_json::from_str(at(row, 2).text()).unwrap_or_default(),
            made: at(row, 3).int(),
            expires: time(at(row, 4)),
            revoked: time(at(row, 5)),
        })
        .collect())
}

impl Listed {
    /// What it may do.
    pub fn grants(&self) -> &[Grant] {
        &self.grants
    }

    /// Its id.
    pub fn id(&self) -> &str {
        &self.id
    }
}

/// Revokes a key.
pub fn revoke(sql: &mut dyn Sql, id: &str) -> Result<bool, Problem> {
    let changed = sql.change(
        "UPDATE api_key SET revoked = $1 WHERE id = $2 AND revoked IS NULL",
        &[clock::now().into(), id.into()],
    )?;
    Ok(changed > 0)
}

/// Takes a person out of the keys that they made, as far as these concern the tenant and
/// `governs` says yes. Such keys count as made by nobody who could be told from the others.
pub fn erase(
    sql: &mut dyn Sql,
    tenant: &str,
    person: &str,
    governs: impl Fn(&[Grant]) -> bool,
) -> Result<bool, Problem> {
    let rows = sql.rows(
        "SELECT m.id, m.maker, k.grants FROM api_key_maker m JOIN api_key k ON k.id = m.id",
        &[],
    )?;
    let mut gone = false;
    for row in rows {
        let grants: Vec<Grant> = serde_json::from_str(at(&row, 2).text()).unwrap_or_default();
        let concerns = |grant: &Grant| grant.tenant == "*" || grant.tenant == tenant;
        if is_of(at(&row, 1).text(), person) && grants.iter().any(concerns) && governs(&grants) {
            sql.change(
                "UPDATE api_key_maker SET maker = $1 WHERE id = $2",
                &[ERASED.into(), at(&row, 0).clone()],
            )?;
            gone = true;
        }
    }
    Ok(gone)
}

/// Is a principal's name this person's?
pub fn is_of(name: &str, person: &str) -> bool {
    person_in(name).is_some_and(|found| alike(found) == alike(person))
}

/// Is there any?
pub fn any(sql: &mut dyn Sql) -> Result<bool, Problem> {
    Ok(!sql.rows("SELECT id FROM api_key LIMIT 1", &[])?.is_empty())
}
