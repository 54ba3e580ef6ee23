//! Reads a log like a stranger: hashes, signatures, and whether everything that anything points
//! to is there.
//!
//! What it can notice: a changed, missing, doubled or moved record; a chain that was rewritten
//! (against a checkpoint or another chain's beginning); a chain that is gone; a checkpoint that is
//! gone or forged; a record that stands at another time than it was written. What it cannot from the store
//! alone: a log that was cut off at its end together with the checkpoints that saw the end, or put back
//! from an older copy. Whoever wants to know that keeps heads and public key elsewhere (`--save`, `--kept`).

use super::{Hash, NOTHING, link, written_at};
use crate::errors::Problem;
use crate::runtime::from_hex;
use crate::runtime::hex;
use crate::serve::keys::sha256;
use crate::serve::store::{Sql, at};
use ring::signature::{ED25519, UnparsedPublicKey};
use serde::Serialize;
use serde_json::Value as Json;
use std::collections::BTreeMap;

/// What came out for one tenant.
#[derive(Debug, Default, Serialize)]
pub struct Report {
    /// Whose log.
    pub tenant: String,
    /// Records read.
    pub records: u64,
    /// Chains read.
    pub chains: u64,
    /// Checkpoints whose signature holds.
    pub checkpoints: u64,
    /// Records after the last checkpoint of their chain: not signed yet.
    pub unsigned: u64,
    /// The key that signed, in hex.
    pub key: Option<String>,
    /// Where each chain ends: writer, number, hash in hex. Kept elsewhere, they show later that nothing
    /// was cut off.
    pub heads: BTreeMap<String, (i64, String)>,
    /// What is wrong.
    pub faults: Vec<String>,
}

/// Rows that are read at once.
const PAGE: i64 = 2_000;
/// Faults that are told; after that nobody learns more from another one.
const MOST: usize = 100;

/// Tenants that have a log.
pub fn tenants(sql: &mut dyn Sql) -> Result<Vec<String>, Problem> {
    let rows = sql.rows(
        "SELECT tenant FROM chain UNION SELECT tenant FROM checkpoint UNION SELECT tenant FROM cut
         UNION SELECT DISTINCT tenant FROM audit ORDER BY tenant",
        &[],
    )?;
    Ok(rows
        .iter()
        .map(|row| at(row, 0).text().to_owned())
        .collect())
}

/// Checks the log of a tenant. `trusted` is the public key that somebody kept elsewhere, `kept` the heads
/// of an earlier report: what they saw must be there still, or have been cut off under a signature.
pub fn tenant(
    sql: &mut dyn Sql,
    tenant: &str,
    trusted: Option<&[u8]>,
    kept: Option<&Json>,
) -> Result<Report, Problem> {
    let mut check = Check {
        tenant,
        trusted: trusted.map(<[u8]>::to_vec),
        claims: BTreeMap::new(),
        report: Report {
            tenant: tenant.to_owned(),
            ..Report::default()
        },
    };
    check.claim("the heads that were kept", kept);
    let cuts = check.cuts(sql)?;
    check.checkpoints(sql, &cuts)?;
    check.chains(sql, &cuts)?;
    check.report.key = check.trusted.as_deref().map(hex);
    Ok(check.report)
}

/// Where a chain begins that retention has shortened.
struct Cut {
    /// The last record that is gone.
    seq: i64,
    hash: Hash,
    /// The first checkpoint of the writer that is left.
    checkpoints: i64,
}

type Cuts = BTreeMap<String, Cut>;

struct Check<'a> {
    tenant: &'a str,
    trusted: Option<Vec<u8>>,
    /// What somebody says about a chain: writer, number, hash.
    claims: BTreeMap<String, BTreeMap<i64, String>>,
    report: Report,
}

impl Check<'_> {
    fn fault(&mut self, what: String) {
        if self.report.faults.len() < MOST {
            self.report.faults.push(what);
        }
    }

    /// Is the body signed by the one key of this log?
    fn signed(&mut self, what: &str, body: &str, signature: &[u8]) -> Option<Json> {
        let json: Json = serde_json::from_str(body).unwrap_or_default();
        let key = json.get("key").and_then(Json::as_str).and_then(from_hex);
        let Some(key) = key else {
            self.fault(format!("{what} names no key"));
            return None;
        };
        if self.trusted.get_or_insert_with(|| key.clone()) != &key {
            self.fault(format!("{what} is signed by another key"));
            return None;
        }
        let holds = UnparsedPublicKey::new(&ED25519, &key).verify(body.as_bytes(), signature);
        if holds.is_err() {
            self.fault(format!("{what} has a wrong signature"));
            return None;
        }
        let mine = json.get("tenant").and_then(Json::as_str) == Some(self.tenant);
        if !mine {
            self.fault(format!("{what} belongs to another tenant"));
            return None;
        }
        Some(json)
    }

    fn claim(&mut self, what: &str, heads: Option<&Json>) {
        for (writer, head) in heads.and_then(Json::as_object).into_iter().flatten() {
            let seq = head.get(0).and_then(Json::as_i64).unwrap_or(0);
            let hash = head.get(1).and_then(Json::as_str).unwrap_or_default();
            let chain = self.claims.entry(writer.clone()).or_default();
            let before = chain.insert(seq, hash.to_owned());
            if before.is_some_and(|before| before != hash) {
                self.fault(format!("{what} contradicts another about {writer} {seq}"));
            }
        }
    }

    fn checkpoints(&mut self, sql: &mut dyn Sql, cuts: &Cuts) -> Result<(), Problem> {
        let rows = sql.rows(
            "SELECT writer, n, body, signature FROM checkpoint WHERE tenant = $1 ORDER BY writer, n",
            &[self.tenant.into()],
        )?;
        let mut before: Option<(String, i64, Hash)> = None;
        for row in rows {
            let (writer, n) = (at(&row, 0).text().to_owned(), at(&row, 1).int());
            let what = format!("checkpoint {writer} {n}");
            let body = at(&row, 2).text();
            let Some(json) = self.signed(&what, body, at(&row, 3).bytes()) else {
                continue;
            };
            let same = json.get("writer").and_then(Json::as_str) == Some(writer.as_str())
                && json.get("n").and_then(Json::as_i64) == Some(n);
            if !same {
                self.fault(format!("{what} stands in another's place"));
            }
            let previous = json.get("previous").and_then(Json::as_str);
            match &before {
                Some((who, last, hash)) if *who == writer => {
                    if n != last + 1 || previous != Some(hex(hash).as_str()) {
                        self.fault(format!("a checkpoint before {what} is missing"));
                    }
                }
                // The first that is left: a cut says which that is.
                _ => {
                    let first = cuts.get(&writer).map_or(1, |cut| cut.checkpoints);
                    if n != first || (n == 1 && previous.is_some()) {
                        self.fault(format!("a checkpoint before {what} is missing"));
                    }
                }
            }
            self.claim(&what, json.get("heads"));
            self.report.checkpoints += 1;
            before = Some((writer, n, sha256(body.as_bytes())));
        }
        Ok(())
    }

    fn chains(&mut self, sql: &mut dyn Sql, cuts: &Cuts) -> Result<(), Problem> {
        let rows = sql.rows(
            "SELECT writer, seq, hash FROM chain WHERE tenant = $1 ORDER BY writer",
            &[self.tenant.into()],
        )?;
        let mut ends: BTreeMap<String, (i64, Vec<u8>)> = BTreeMap::new();
        for row in &rows {
            let end = (at(row, 1).int(), at(row, 2).bytes().to_vec());
            ends.insert(at(row, 0).text().to_owned(), end);
        }
        let rows = sql.rows(
            "SELECT DISTINCT writer FROM audit WHERE tenant = $1",
            &[self.tenant.into()],
        )?;
        for row in &rows {
            let writer = at(row, 0).text();
            if !ends.contains_key(writer) {
                self.fault(format!("chain {writer} is not in the list of chains"));
                ends.insert(writer.to_owned(), (i64::MAX, Vec::new()));
            }
        }
        let mut walked = BTreeMap::new();
        for (writer, end) in &ends {
            let start = cuts.get(writer);
            let start = start.map_or((0, NOTHING), |cut| (cut.seq, cut.hash));
            walked.insert(writer.clone(), self.walk(sql, writer, start, end)?);
        }
        self.settle(sql, &walked, cuts)
    }

    /// Do the records hold what was claimed about them? A chain that was walked later than another one
    /// may have begun with a claim about it: such a record is read once more. Its hash was checked by then.
    fn settle(
        &mut self,
        sql: &mut dyn Sql,
        walked: &BTreeMap<String, BTreeMap<i64, String>>,
        cuts: &Cuts,
    ) -> Result<(), Problem> {
        for (writer, claims) in std::mem::take(&mut self.claims) {
            let cut = cuts.get(&writer).map_or(0, |cut| cut.seq);
            let met = walked.get(&writer);
            for (seq, hash) in claims {
                if seq <= cut {
                    continue;
                }
                let found = match met.and_then(|met| met.get(&seq)) {
                    Some(hash) => Some(hash.clone()),
                    None => sql
                        .rows(
                            "SELECT hash FROM audit WHERE tenant = $1 AND writer = $2 AND seq = $3",
                            &[self.tenant.into(), writer.as_str().into(), seq.into()],
                        )?
                        .first()
                        .map(|row| hex(at(row, 0).bytes())),
                };
                match found {
                    None => self.fault(format!("record {writer} {seq} is missing")),
                    Some(found) if found != hash => {
                        self.fault(format!(
                            "record {writer} {seq} is not the one that was signed"
                        ));
                    }
                    Some(_) => {}
                }
            }
        }
        Ok(())
    }

    fn cuts(&mut self, sql: &mut dyn Sql) -> Result<Cuts, Problem> {
        let rows = sql.rows(
            "SELECT writer, seq, body, signature FROM cut WHERE tenant = $1",
            &[self.tenant.into()],
        )?;
        let mut cuts = BTreeMap::new();
        for row in rows {
            let (writer, seq) = (at(&row, 0).text().to_owned(), at(&row, 1).int());
            let what = format!("the cut of {writer} at {seq}");
            let Some(json) = self.signed(&what, at(&row, 2).text(), at(&row, 3).bytes()) else {
                continue;
            };
            let hash = json.get("hash").and_then(Json::as_str).and_then(from_hex);
            let hash: Option<Hash> = hash.and_then(|bytes| bytes.try_into().ok());
            let same = json.get("writer").and_then(Json::as_str) == Some(writer.as_str())
                && json.get("seq").and_then(Json::as_i64) == Some(seq);
            match hash {
                Some(hash) if same => {
                    let kept = json.get("checkpoints").and_then(Json::as_i64);
                    let cut = Cut {
                        seq,
                        hash,
                        checkpoints: kept.unwrap_or(1),
                    };
                    cuts.insert(writer, cut);
                }
                _ => self.fault(format!("{what} stands in another's place")),
            }
        }
        Ok(cuts)
    }

    /// Walks one chain; gives the hashes of records that somebody made a claim about.
    fn walk(
        &mut self,
        sql: &mut dyn Sql,
        writer: &str,
        start: (i64, Hash),
        end: &(i64, Vec<u8>),
    ) -> Result<BTreeMap<i64, String>, Problem> {
        self.report.chains += 1;
        let claimed = self.claims.get(writer).cloned().unwrap_or_default();
        let signed = claimed.keys().next_back().copied().unwrap_or(0);
        let mut met = BTreeMap::new();
        let (mut seq, mut hash) = start;
        loop {
            let rows = sql.rows(
                "SELECT seq, body, hash, at FROM audit WHERE tenant = $1 AND writer = $2 AND seq > $3
                 ORDER BY seq LIMIT $4",
                &[self.tenant.into(), writer.into(), seq.into(), PAGE.into()],
            )?;
            for row in &rows {
                let found = at(row, 0).int();
                if found != seq + 1 {
                    self.fault(format!(
                        "records {writer} {} to {} are missing",
                        seq + 1,
                        found - 1
                    ));
                }
                let body = at(row, 1).text();
                let stored: Hash = at(row, 2).bytes().try_into().unwrap_or(NOTHING);
                if found == seq + 1 && link(self.tenant, writer, found, &hash, body) != stored {
                    self.fault(format!("record {writer} {found} does not fit its hash"));
                }
                // Order and retention go by the column.
                if written_at(body) != Some(at(row, 3).int()) {
                    self.fault(format!("record {writer} {found} stands at another time"));
                }
                if body.contains("\"kind\":\"begin\"") {
                    let json: Json = serde_json::from_str(body).unwrap_or_default();
                    let what = format!("the beginning of {writer}");
                    self.claim(&what, json.get("heads"));
                }
                if claimed.contains_key(&found) || self.is_claimed(writer, found) {
                    met.insert(found, hex(&stored));
                }
                self.report.unsigned += u64::from(found > signed);
                self.report.records += 1;
                (seq, hash) = (found, stored);
            }
            if rows.len() < usize::try_from(PAGE).unwrap_or(usize::MAX) {
                break;
            }
        }
        if end.0 != i64::MAX && (seq != end.0 || hash.as_slice() != end.1.as_slice()) {
            self.fault(format!("chain {writer} ends at {seq}, not at {}", end.0));
        }
        let head = (seq, hex(&hash));
        self.report.heads.insert(writer.to_owned(), head);
        met.insert(seq, hex(&hash));
        Ok(met)
    }

    fn is_claimed(&self, writer: &str, seq: i64) -> bool {
        self.claims
            .get(writer)
            .is_some_and(|claims| claims.contains_key(&seq))
    }
}
