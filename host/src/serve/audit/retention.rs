//! What is too old goes: the beginning of a chain, up to a record that a checkpoint has signed.
//! A signed cut says where the chain now begins, so that what is left can still be verified.

use super::TenantKeys;
use crate::errors::Problem;
use crate::runtime::hex;
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
        let old = sql.rows(
            "SELECT seq, hash FROM audit WHERE tenant = $1 AND writer = $2 AND at < $3 AND seq <= $4
             ORDER BY seq DESC LIMIT 1",
            &[tenant.into(), writer.into(), limit.into(), last.into()],
        )?;
        let Some(old) = old.first() else { continue };
        let (seq, hash) = (at(old, 0).int(), at(old, 1).bytes());
        let checkpoints = checkpoints_to_keep(sql, tenant, writer, limit)?;
        let body = json!({
            "at": crate::serve::clock::now(),
            "checkpoints": checkpoints,
            "hash": hex(hash),
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
