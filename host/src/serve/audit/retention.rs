//! What is too old goes: the beginning of a chain, up to the first record that is young enough, and no
//! further than a checkpoint has signed.
//! A signed cut says where the chain now begins, so that what is left can still be verified.

use super::{Hash, NOTHING, TenantKeys, link, written_at};
use crate::errors::Problem;
use crate::runtime::{from_hex, hex};
use crate::serve::store::{Sql, at};
use serde_json::{Value as Json, json};

/// Cuts off what was written before `limit`; gives the number of records.
pub fn cut(sql: &mut dyn Sql, tenant: &str, keys: &TenantKeys, limit: i64) -> Result<u64, Problem> {
    // Mostly nothing is too old, and that must cost nothing: this is asked every minute.
    let any = sql.rows(
        "SELECT seq FROM audit WHERE tenant = $1 AND at < $2 LIMIT 1",
        &[tenant.into(), limit.into()],
    )?;
    if any.is_empty() {
        return Ok(0);
    }
    let signing = keys.signing();
    let mut gone = 0;
    let writers = sql.rows(
        "SELECT writer FROM chain WHERE tenant = $1",
        &[tenant.into()],
    )?;
    let signed = signed_heads(sql, tenant)?;
    for row in writers {
        let writer = at(&row, 0).text();
        let Some(last) = signed.get(writer).and_then(|head| head.get(0)?.as_i64()) else {
            continue;
        };
        let Some((seq, hash)) = old_until(sql, tenant, writer, limit, last)? else {
            continue;
        };
        let checkpoints = checkpoints_to_keep(sql, tenant, writer, limit)?;
        let body = json!({
            "at": crate::serve::clock::now(),
            "checkpoints": checkpoints,
            "hash": hex(&hash),
            "key": hex(&signing.public()?),
            "seq": seq,
            "tenant": tenant,
            "writer": writer,
        })
        .to_string();
        let signature = signing.signer()?.sign(body.as_bytes());
        sql.change(
            "INSERT INTO cut (tenant, writer, seq, at, body, signature) VALUES ($1, $2, $3, $4, $5, $6)
             ON CONFLICT (tenant, writer) DO UPDATE SET seq = excluded.seq, at = excluded.at,
             body = excluded.body, signature = excluded.signature",
            &[
                tenant.into(),
                writer.into(),
                seq.into(),
                crate::serve::clock::now().into(),
                body.as_str().into(),
                signature.as_ref().into(),
            ],
        )?;
        gone += sql.change(
            "DELETE FROM audit WHERE tenant = $1 AND writer = $2 AND seq <= $3",
            &[tenant.into(), writer.into(), seq.into()],
        )?;
        sql.change(
            "DELETE FROM checkpoint WHERE tenant = $1 AND writer = $2 AND n < $3",
            &[tenant.into(), writer.into(), checkpoints.into()],
        )?;
    }
    Ok(gone)
}

/// Records that are read at once.
const PAGE: i64 = 2_000;

/// The last record before the first one that is young enough, with its hash; at most the one that was
/// signed last. What goes is read before: records go only as they were written, in their place, with the time
/// that stands in them. A clock that was wrong for a while, or a hand in the table, takes no young ones away.
fn old_until(
    sql: &mut dyn Sql,
    tenant: &str,
    writer: &str,
    limit: i64,
    last: i64,
) -> Result<Option<(i64, Hash)>, Problem> {
    let cut = sql.rows(
        "SELECT seq, body FROM cut WHERE tenant = $1 AND writer = $2",
        &[tenant.into(), writer.into()],
    )?;
    let (mut seq, mut hash) = cut.first().map_or((0, NOTHING), |row| {
        let body: Json = serde_json::from_str(at(row, 1).text()).unwrap_or_default();
        let hash = body.get("hash").and_then(Json::as_str).and_then(from_hex);
        let hash = hash.and_then(|hash| hash.try_into().ok());
        (at(row, 0).int(), hash.unwrap_or(NOTHING))
    });
    let begun = seq;
    'pages: loop {
        let rows = sql.rows(
            "SELECT seq, at, body, hash FROM audit WHERE tenant = $1 AND writer = $2 AND seq > $3 AND seq <= $4
             ORDER BY seq LIMIT $5",
            &[tenant.into(), writer.into(), seq.into(), last.into(), PAGE.into()],
        )?;
        for row in &rows {
            let (next, body) = (at(row, 0).int(), at(row, 2).text());
            let own: Hash = at(row, 3).bytes().try_into().unwrap_or(NOTHING);
            let written = written_at(body);
            let whole = next == seq + 1
                && link(tenant, writer, next, &hash, body) == own
                && written == Some(at(row, 1).int());
            if !whole || written.is_none_or(|written| written >= limit) {
                break 'pages;
            }
            (seq, hash) = (next, own);
        }
        if rows.len() < usize::try_from(PAGE).unwrap_or(usize::MAX) {
            break;
        }
    }
    Ok((seq > begun).then_some((seq, hash)))
}

/// The first checkpoint of a writer that stays: the first one that is young enough, else the last.
fn checkpoints_to_keep(
    sql: &mut dyn Sql,
    tenant: &str,
    writer: &str,
    limit: i64,
) -> Result<i64, Problem> {
    let rows = sql.rows(
        "SELECT COALESCE(MIN(CASE WHEN at >= $1 THEN n END), MAX(n), 1) FROM checkpoint
         WHERE tenant = $2 AND writer = $3",
        &[limit.into(), tenant.into(), writer.into()],
    )?;
    Ok(rows.first().map_or(1, |row| at(row, 0).int()))
}

/// The heads that checkpoints have signed. A later checkpoint of a writer holds all heads of an
/// earlier one, or newer ones: the last of each writer says it all.
fn signed_heads(sql: &mut dyn Sql, tenant: &str) -> Result<serde_json::Map<String, Json>, Problem> {
    let rows = sql.rows(
        "SELECT c.body FROM checkpoint c JOIN (
           SELECT writer, MAX(n) AS last FROM checkpoint WHERE tenant = $1 GROUP BY writer
         ) newest ON c.writer = newest.writer AND c.n = newest.last WHERE c.tenant = $2",
        &[tenant.into(), tenant.into()],
    )?;
    let mut heads = serde_json::Map::new();
    for row in rows {
        let json: Json = serde_json::from_str(at(&row, 0).text()).unwrap_or_default();
        if let Some(Json::Object(more)) = json.get("heads") {
            for (writer, head) in more {
                let newer = |old: &Json| {
                    head.get(0).and_then(Json::as_i64) > old.get(0).and_then(Json::as_i64)
                };
                if heads.get(writer).is_none_or(newer) {
                    heads.insert(writer.clone(), head.clone());
                }
            }
        }
    }
    Ok(heads)
}
