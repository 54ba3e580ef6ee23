//! The tables. Made when missing; a later version adds what it needs and raises the number.

use super::{Sql, at, whole};
use crate::errors::{self, Problem};

const VERSION: i64 = 1;

/// `BYTES` stands for the type of bytes, which the two databases call differently.
const TABLES: &str = "
CREATE TABLE IF NOT EXISTS meta (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS secret (
  tenant TEXT NOT NULL, name TEXT NOT NULL, sealed BYTES NOT NULL, PRIMARY KEY (tenant, name));
CREATE TABLE IF NOT EXISTS subject (
  tenant TEXT NOT NULL, tag BYTES NOT NULL, sealed BYTES NOT NULL, PRIMARY KEY (tenant, tag));
CREATE TABLE IF NOT EXISTS audit (
  tenant TEXT NOT NULL, writer TEXT NOT NULL, seq BIGINT NOT NULL, at BIGINT NOT NULL,
  body TEXT NOT NULL, hash BYTES NOT NULL, PRIMARY KEY (tenant, writer, seq));
CREATE INDEX IF NOT EXISTS audit_at ON audit (tenant, at);
CREATE TABLE IF NOT EXISTS chain (
  tenant TEXT NOT NULL, writer TEXT NOT NULL, seq BIGINT NOT NULL, hash BYTES NOT NULL,
  PRIMARY KEY (tenant, writer));
CREATE TABLE IF NOT EXISTS checkpoint (
  tenant TEXT NOT NULL, writer TEXT NOT NULL, n BIGINT NOT NULL, at BIGINT NOT NULL,
  body TEXT NOT NULL, signature BYTES NOT NULL, PRIMARY KEY (tenant, writer, n));
CREATE TABLE IF NOT EXISTS cut (
  tenant TEXT NOT NULL, writer TEXT NOT NULL, seq BIGINT NOT NULL, at BIGINT NOT NULL,
  body TEXT NOT NULL, signature BYTES NOT NULL, PRIMARY KEY (tenant, writer));
CREATE TABLE IF NOT EXISTS api_key (
  id TEXT PRIMARY KEY, name TEXT NOT NULL, hash TEXT NOT NULL, grants TEXT NOT NULL,
  made BIGINT NOT NULL, expires BIGINT, revoked BIGINT);
CREATE TABLE IF NOT EXISTS api_key_maker (id TEXT PRIMARY KEY, maker TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS approval (
  tenant TEXT NOT NULL, id TEXT NOT NULL, made BIGINT NOT NULL, expires BIGINT NOT NULL,
  state TEXT NOT NULL, role TEXT NOT NULL, binding BYTES NOT NULL, requester BYTES NOT NULL,
  summary TEXT NOT NULL, excerpt BYTES, decided TEXT NOT NULL, PRIMARY KEY (tenant, id));
CREATE INDEX IF NOT EXISTS approval_state ON approval (tenant, state, made);
CREATE TABLE IF NOT EXISTS sent (
  tenant TEXT NOT NULL, target TEXT NOT NULL, writer TEXT NOT NULL, seq BIGINT NOT NULL,
  PRIMARY KEY (tenant, target, writer));
CREATE TABLE IF NOT EXISTS tenant (name TEXT PRIMARY KEY, settings TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS version (
  tenant TEXT NOT NULL, n BIGINT NOT NULL, made BIGINT NOT NULL, author TEXT NOT NULL,
  digest TEXT NOT NULL, label TEXT NOT NULL, note TEXT NOT NULL, module BYTES NOT NULL,
  PRIMARY KEY (tenant, n));
CREATE TABLE IF NOT EXISTS active (
  tenant TEXT PRIMARY KEY, n BIGINT NOT NULL, canary BIGINT, share BIGINT NOT NULL,
  revision BIGINT NOT NULL)";

/// Makes what is missing.
pub fn make(sql: &mut dyn Sql, bytes: &str) -> Result<(), Problem> {
    whole(sql, |sql| {
        if bytes == "BYTEA" {
            // Two hosts that start at once: PostgreSQL's IF NOT EXISTS does not wait for the other.
            sql.rows("SELECT 1::bigint FROM pg_advisory_xact_lock(8241470)", &[])?;
        }
        for statement in TABLES.replace("BYTES", bytes).split(';') {
            sql.change(statement.trim(), &[])?;
        }
        sql.change(
            "INSERT INTO meta (name, value) VALUES ('version', '1') ON CONFLICT DO NOTHING",
            &[],
        )?;
        let rows = sql.rows("SELECT value FROM meta WHERE name = 'version'", &[])?;
        let found = rows.first().map(|row| at(row, 0).text().to_owned());
        match found.and_then(|version| version.parse::<i64>().ok()) {
            Some(VERSION) => Ok(()),
            _ => Err(
                Problem::new(&errors::STORE, "the store was written by another version")
                    .help("use the `riegel` that wrote it, or another `--data`"),
            ),
        }
    })
}
