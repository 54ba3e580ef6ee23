//! A writer's chains. The store's thread owns the book, so nothing here locks.

use super::{Hash, NOTHING, link};
use crate::errors::{self, Problem};
use crate::runtime::hex;
use crate::serve::keys::{Key, random, sha256};
use crate::serve::people::alike;
use crate::serve::store::{Sql, Value, at};
use serde_json::{Value as Json, json};
use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// What is to be recorded.
pub struct Draft {
    /// Whose chain.
    pub tenant: Arc<str>,
    /// Milliseconds since 1970.
    pub at: i64,
    /// What happened, such as `decision`.
    pub kind: &'static str,
    /// Whom it is about; only the pseudonym is written.
    pub subject: Option<String>,
    /// JSON members that follow, without braces: `"verdict":"block","bytes":12`.
    pub members: String,
}

/// Where a record stands.
#[derive(Clone, Debug)]
pub struct Receipt {
    /// Its writer.
    pub writer: Arc<str>,
    /// Its number.
    pub seq: i64,
}

/// A tenant's keys, as far as records need them.
#[derive(Clone)]
pub struct TenantKeys {
    /// Everything else is derived from it.
    pub root: Key,
    /// Days after which pseudonyms change.
    pub pseudonym_days: u32,
}

impl TenantKeys {
    /// Under which a person's key lies; blanks around a name and capitals make no other person.
    pub fn tag(&self, person: &str) -> [u8; 32] {
        let person = alike(person);
        self.root.derive("person", 0).mac(&[person.as_bytes()])
    }

    /// Which period a moment belongs to.
    pub fn period(&self, at: i64) -> i64 {
        at.div_euclid(86_400_000 * i64::from(self.pseudonym_days.max(1)))
    }

    /// The tenant's audit signing key.
    pub fn signing(&self) -> Key {
        self.root.derive("checkpoint", 0)
    }
}

#[derive(Clone)]
struct Head {
    seq: i64,
    hash: Hash,
}

/// A row that waits for the flush.
struct Waiting {
    tenant: Arc<str>,
    seq: i64,
    at: i64,
    body: String,
    hash: Hash,
}

/// How a tenant's checkpoints stand.
#[derive(Clone, Default)]
struct Marks {
    n: i64,
    last: Option<Hash>,
    unsigned: u64,
}

/// The chains of one writer.
pub struct Book {
    writer: Arc<str>,
    master: Key,
    keys: HashMap<Arc<str>, TenantKeys>,
    heads: HashMap<Arc<str>, Head>,
    marks: HashMap<Arc<str>, Marks>,
    people: HashMap<(Arc<str>, [u8; 32]), Key>,
    waiting: Vec<Waiting>,
    checkpoint_every: Duration,
    checkpointed: Instant,
}

/// How the chains stood.
pub struct Mark(HashMap<Arc<str>, Head>);

/// People whose keys are kept in memory.
const PEOPLE: usize = 100_000;
/// Records of a tenant after which a checkpoint is due before its time.
const UNSIGNED: u64 = 10_000;
/// Rows of one statement, largest first.
const CHUNKS: [usize; 3] = [64, 8, 1];

impl Book {
    /// An empty one, with a new writer.
    pub fn new(master: Key, checkpoint_every: Duration) -> Result<Self, Problem> {
        Ok(Book {
            writer: new_writer()?,
            master,
            keys: HashMap::new(),
            heads: HashMap::new(),
            marks: HashMap::new(),
            people: HashMap::new(),
            waiting: Vec::new(),
            checkpoint_every,
            checkpointed: Instant::now(),
        })
    }

    /// The tenant's keys: from the store, or made now.
    pub fn admit(
        &mut self,
        sql: &mut dyn Sql,
        tenant: &Arc<str>,
        pseudonym_days: u32,
    ) -> Result<TenantKeys, Problem> {
        let about = format!("root of {tenant}");
        let fresh = Key::random()?;
        sql.change(
            "INSERT INTO secret (tenant, name, sealed) VALUES ($1, 'root', $2) ON CONFLICT DO NOTHING",
            &[
                (&**tenant).into(),
                self.master.seal(&about, fresh.bytes())?.into(),
            ],
        )?;
        let rows = sql.rows(
            "SELECT sealed FROM secret WHERE tenant = $1 AND name = 'root'",
            &[(&**tenant).into()],
        )?;
        let sealed = rows.first().map(|row| at(row, 0).bytes().to_vec());
        let root = self.master.open(&about, &sealed.unwrap_or_default())?;
        let keys = TenantKeys {
            root: Key::from_bytes(&root).ok_or_else(no_tenant)?,
            pseudonym_days,
        };
        self.keys.insert(tenant.clone(), keys.clone());
        Ok(keys)
    }

    /// Adds a record to its chain; it is written by the next [`Book::flush`].
    pub fn add(&mut self, sql: &mut dyn Sql, draft: Draft) -> Result<Receipt, Problem> {
        if !self.heads.contains_key(&draft.tenant) {
            self.begin(sql, &draft.tenant, draft.at)?;
        }
        let subject = match &draft.subject {
            Some(person) => Some(self.pseudonym(sql, &draft.tenant, person, draft.at)?),
            None => None,
        };
        let mut body = format!("{{\"at\":{},\"kind\":\"{}\"", draft.at, draft.kind);
        if let Some(subject) = subject {
            body.push_str(&format!(",\"subject\":\"{subject}\""));
        }
        if !draft.members.is_empty() {
            body.push(',');
            body.push_str(&draft.members);
        }
        body.push('}');
        self.push(&draft.tenant, draft.at, body)
    }

    /// The tenants that have a log here.
    pub fn tenants(&self) -> Vec<Arc<str>> {
        let mut names: Vec<_> = self.keys.keys().cloned().collect();
        names.sort();
        names
    }

    /// The same, where the tenant has a log here; a key may be for a tenant that is not there yet.
    pub fn add_known(&mut self, sql: &mut dyn Sql, draft: Draft) -> Result<(), Problem> {
        if !self.keys.contains_key(&draft.tenant) {
            return Ok(());
        }
        self.add(sql, draft).map(drop)
    }

    fn push(&mut self, tenant: &Arc<str>, at: i64, body: String) -> Result<Receipt, Problem> {
        let head = self.heads.get_mut(tenant).ok_or_else(no_tenant)?;
        head.seq += 1;
        head.hash = link(tenant, &self.writer, head.seq, &head.hash, &body);
        self.waiting.push(Waiting {
            tenant: tenant.clone(),
            seq: head.seq,
            at,
            body,
            hash: head.hash,
        });
        self.marks.entry(tenant.clone()).or_default().unsigned += 1;
        Ok(Receipt {
            writer: self.writer.clone(),
            seq: head.seq,
        })
    }

    /// A new chain begins with the heads of the others.
    fn begin(&mut self, sql: &mut dyn Sql, tenant: &Arc<str>, now: i64) -> Result<(), Problem> {
        if !self.keys.contains_key(tenant) {
            return Err(no_tenant());
        }
        let heads = heads(sql, tenant)?;
        self.heads.insert(
            tenant.clone(),
            Head {
                seq: 0,
                hash: NOTHING,
            },
        );
        let body = json!({"at": now, "kind": "begin", "heads": heads, "riegel": env!("CARGO_PKG_VERSION")});
        self.push(tenant, now, body.to_string()).map(drop)
    }

    /// Whom the records of a period call by this name.
    fn pseudonym(
        &mut self,
        sql: &mut dyn Sql,
        tenant: &Arc<str>,
        person: &str,
        now: i64,
    ) -> Result<String, Problem> {
        let keys = self.keys.get(tenant).ok_or_else(no_tenant)?.clone();
        let tag = keys.tag(person);
        let known = self.people.get(&(tenant.clone(), tag)).cloned();
        let key = match known {
            Some(key) => key,
            None => {
                let about = format!("person {}", hex(&tag));
                let sealing = keys.root.derive("people", 0);
                let fresh = Key::random()?;
                sql.change(
                    "INSERT INTO subject (tenant, tag, sealed) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
                    &[
                        (&**tenant).into(),
                        tag.as_slice().into(),
                        sealing.seal(&about, fresh.bytes())?.into(),
                    ],
                )?;
                let rows = sql.rows(
                    "SELECT sealed FROM subject WHERE tenant = $1 AND tag = $2",
                    &[(&**tenant).into(), tag.as_slice().into()],
                )?;
                let sealed = rows.first().map(|row| at(row, 0).bytes().to_vec());
                let bytes = sealing.open(&about, &sealed.unwrap_or_default())?;
                let key = Key::from_bytes(&bytes).ok_or_else(no_tenant)?;
                if self.people.len() >= PEOPLE {
                    self.people.clear();
                }
                self.people.insert((tenant.clone(), tag), key.clone());
                key
            }
        };
        let mac = key.mac(&[&keys.period(now).to_le_bytes()]);
        Ok(hex(mac.get(..12).unwrap_or(&mac)))
    }

    /// Destroys a person's key. Records stay, and nobody can say whom they are about.
    pub fn erase(
        &mut self,
        sql: &mut dyn Sql,
        tenant: &Arc<str>,
        person: &str,
    ) -> Result<bool, Problem> {
        let tag = self.keys.get(tenant).ok_or_else(no_tenant)?.tag(person);
        self.people.remove(&(tenant.clone(), tag));
        let gone = sql.change(
            "DELETE FROM subject WHERE tenant = $1 AND tag = $2",
            &[(&**tenant).into(), tag.as_slice().into()],
        )?;
        Ok(gone > 0)
    }

    /// Forgets what another host may have erased.
    pub fn forget_people(&mut self) {
        self.people.clear();
    }

    /// Writes what waits.
    pub fn flush(&mut self, sql: &mut dyn Sql) -> Result<(), Problem> {
        let mut touched: HashMap<Arc<str>, Head> = HashMap::new();
        let mut rest = self.waiting.as_slice();
        while !rest.is_empty() {
            let size = CHUNKS
                .into_iter()
                .find(|size| *size <= rest.len())
                .unwrap_or(1);
            let (now, later) = rest.split_at(size);
            let mut values = Vec::with_capacity(size * 6);
            for row in now {
                values.extend::<[Value; 6]>([
                    (&*row.tenant).into(),
                    (&*self.writer).into(),
                    row.seq.into(),
                    row.at.into(),
                    row.body.as_str().into(),
                    row.hash.as_slice().into(),
                ]);
                let head = Head {
                    seq: row.seq,
                    hash: row.hash,
                };
                touched.insert(row.tenant.clone(), head);
            }
            sql.change(&insert(size), &values)?;
            rest = later;
        }
        for (tenant, head) in touched {
            sql.change(
                "INSERT INTO chain (tenant, writer, seq, hash) VALUES ($1, $2, $3, $4)
                 ON CONFLICT (tenant, writer) DO UPDATE SET seq = excluded.seq, hash = excluded.hash",
                &[
                    (&*tenant).into(),
                    (&*self.writer).into(),
                    head.seq.into(),
                    head.hash.as_slice().into(),
                ],
            )?;
        }
        self.waiting.clear();
        Ok(())
    }

    /// Is it time to sign?
    pub fn checkpoint_is_due(&self, now: Instant, last: bool) -> bool {
        let most = self.marks.values().map(|marks| marks.unsigned).max();
        match most.unwrap_or(0) {
            0 => false,
            UNSIGNED.. => true,
            _ => last || now.duration_since(self.checkpointed) >= self.checkpoint_every,
        }
    }

    /// Signs the heads of every tenant that has new records.
    pub fn checkpoint(&mut self, sql: &mut dyn Sql) -> Result<(), Problem> {
        self.checkpointed = Instant::now();
        let due: Vec<Arc<str>> = self
            .marks
            .iter()
            .filter(|(_, marks)| marks.unsigned > 0)
            .map(|(tenant, _)| tenant.clone())
            .collect();
        for tenant in due {
            let signing = self.keys.get(&tenant).ok_or_else(no_tenant)?.signing();
            let marks = self.marks.get(&tenant).cloned().unwrap_or_default();
            let now = crate::serve::clock::now();
            let n = marks.n + 1;
            let body = json!({
                "at": now,
                "heads": heads(sql, &tenant)?,
                "key": hex(&signing.public()?),
                "n": n,
                "previous": marks.last.as_ref().map(|hash| hex(hash)),
                "tenant": &*tenant,
                "writer": &*self.writer,
            })
            .to_string();
            let signature = signing.signer()?.sign(body.as_bytes());
            sql.change(
                "INSERT INTO checkpoint (tenant, writer, n, at, body, signature) VALUES ($1, $2, $3, $4, $5, $6)",
                &[
                    (&*tenant).into(),
                    (&*self.writer).into(),
                    n.into(),
                    now.into(),
                    body.as_str().into(),
                    signature.as_ref().into(),
                ],
            )?;
            self.marks.insert(
                tenant,
                Marks {
                    n,
                    last: Some(sha256(body.as_bytes())),
                    unsigned: 0,
                },
            );
        }
        Ok(())
    }

    /// How the chains stand.
    pub fn mark(&self) -> Mark {
        Mark(self.heads.clone())
    }

    /// Takes back what was added since.
    pub fn back_to(&mut self, mark: Mark) {
        self.heads = mark.0;
        self.waiting.clear();
        self.people.clear();
    }

    /// After a failure: a new writer with new chains. What the old one wrote is whole as far as
    /// it was committed.
    pub fn begin_anew(&mut self) {
        if let Ok(writer) = new_writer() {
            self.writer = writer;
        }
        self.heads.clear();
        self.marks.clear();
        self.waiting.clear();
        self.people.clear();
    }
}

fn new_writer() -> Result<Arc<str>, Problem> {
    Ok(hex(&random::<8>()?).into())
}

fn insert(rows: usize) -> String {
    let row = |i: usize| {
        let n = i * 6;
        format!(
            "(${}, ${}, ${}, ${}, ${}, ${})",
            n + 1,
            n + 2,
            n + 3,
            n + 4,
            n + 5,
            n + 6
        )
    };
    let rows: Vec<String> = (0..rows).map(row).collect();
    format!(
        "INSERT INTO audit (tenant, writer, seq, at, body, hash) VALUES {}",
        rows.join(", ")
    )
}

/// The heads of a tenant's chains.
fn heads(sql: &mut dyn Sql, tenant: &str) -> Result<Json, Problem> {
    let rows = sql.rows(
        "SELECT writer, seq, hash FROM chain WHERE tenant = $1 ORDER BY writer",
        &[tenant.into()],
    )?;
    let mut heads = serde_json::Map::new();
    for row in rows {
        heads.insert(
            at(&row, 0).text().to_owned(),
            json!([at(&row, 1).int(), hex(at(&row, 2).bytes())]),
        );
    }
    Ok(Json::Object(heads))
}

fn no_tenant() -> Problem {
    Problem::new(&errors::STORE, "the keys of this tenant are gone")
        .help("restore the store and the master key from the same backup")
}
