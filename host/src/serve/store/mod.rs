//! Where the host keeps what must outlive it: audit records, keys, approvals, versions.
//!
//! Two databases, one language: everything above this room says SQL that both SQLite and
//! PostgreSQL understand, with `$1, $2 …` in ascending order, through the small trait [`Sql`].
//! What differs (opening, types, how a transaction begins) stands in `sqlite` and `postgres`,
//! and one suite of tests runs on both.
//!
//! One thread owns the connection ([`worker`]): writers do not wait for each other's locks,
//! and what arrives while a commit is on its way goes into the next one (group commit).

mod postgres;
mod schema;
mod sqlite;
pub mod worker;

use crate::errors::{self, Problem};
use std::path::PathBuf;

/// A value that goes into the database or comes out.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// Nothing.
    Null,
    /// A number.
    Int(i64),
    /// A text.
    Text(String),
    /// Bytes.
    Blob(Vec<u8>),
}

/// One row of an answer.
pub type Row = Vec<Value>;

/// What both databases can do.
pub trait Sql: Send {
    /// Changes rows; gives how many.
    fn change(&mut self, sql: &str, values: &[Value]) -> Result<u64, Problem>;
    /// Reads rows.
    fn rows(&mut self, sql: &str, values: &[Value]) -> Result<Vec<Row>, Problem>;
    /// Begins a transaction.
    fn begin(&mut self) -> Result<(), Problem>;
    /// Begins one that only reads: it sees one moment, and nobody who writes waits for it.
    fn begin_reading(&mut self) -> Result<(), Problem>;
    /// Ends it; when this returns, what it did outlives a crash.
    fn commit(&mut self) -> Result<(), Problem>;
    /// Takes it back.
    fn rollback(&mut self);
}

/// Which database.
#[derive(Clone, Debug)]
pub enum Place {
    /// A file.
    File(PathBuf),
    /// `postgres://…`
    Postgres(String),
}

/// Opens it, and makes the tables that are missing.
pub fn open(place: &Place) -> Result<Box<dyn Sql>, Problem> {
    let mut sql: Box<dyn Sql> = match place {
        Place::File(file) => Box::new(sqlite::open(file)?),
        Place::Postgres(address) => Box::new(postgres::open(address)?),
    };
    let bytes = match place {
        Place::File(_) => "BLOB",
        Place::Postgres(_) => "BYTEA",
    };
    schema::make(&mut *sql, bytes)?;
    Ok(sql)
}

/// Makes sure that what was deleted is gone from the disk as well, where that can be asked for: on a
/// connection of its own, so that no record waits for it. Says no where somebody still reads what was
/// there before, and then it has to be asked again.
pub fn forget(place: &Place) -> Result<bool, Problem> {
    match place {
        Place::File(file) => sqlite::open(file)?.forget(),
        Place::Postgres(address) => postgres::open(address)?.forget(),
    }
}

/// Writes something that differs from what is there: a full disk still reads.
pub fn touch(sql: &mut dyn Sql) -> Result<(), Problem> {
    sql.change(
        "INSERT INTO meta (name, value) VALUES ('ready', $1)
         ON CONFLICT (name) DO UPDATE SET value = excluded.value",
        &[crate::serve::clock::now().to_string().into()],
    )
    .map(drop)
}

/// Runs something as one transaction.
pub fn whole<T>(
    sql: &mut dyn Sql,
    work: impl FnOnce(&mut dyn Sql) -> Result<T, Problem>,
) -> Result<T, Problem> {
    sql.begin()?;
    end(sql, work)
}

/// Reads something as of one moment.
pub fn reading<T>(
    sql: &mut dyn Sql,
    work: impl FnOnce(&mut dyn Sql) -> Result<T, Problem>,
) -> Result<T, Problem> {
    sql.begin_reading()?;
    end(sql, work)
}

fn end<T>(
    sql: &mut dyn Sql,
    work: impl FnOnce(&mut dyn Sql) -> Result<T, Problem>,
) -> Result<T, Problem> {
    match work(sql).and_then(|out| sql.commit().map(|()| out)) {
        Ok(out) => Ok(out),
        Err(problem) => {
            sql.rollback();
            Err(problem)
        }
    }
}

/// A database that does not do what it should. Its own words may hold values, so only the kind
/// of its error is kept.
fn failed(what: &str) -> Problem {
    Problem::new(&errors::STORE, format!("the store failed: {what}"))
        .help("check the disk, or the database's address and rights")
}

impl Value {
    /// A number, or 0.
    pub fn int(&self) -> i64 {
        match self {
            Value::Int(value) => *value,
            _ => 0,
        }
    }

    /// A text, or nothing.
    pub fn text(&self) -> &str {
        match self {
            Value::Text(text) => text,
            _ => "",
        }
    }

    /// Bytes, or none.
    pub fn bytes(&self) -> &[u8] {
        match self {
            Value::Blob(bytes) => bytes,
            _ => &[],
        }
    }
}

impl From<i64> for Value {
    fn from(value: i64) -> Self {
        Value::Int(value)
    }
}

impl From<&str> for Value {
    fn from(value: &str) -> Self {
        Value::Text(value.to_owned())
    }
}

impl From<String> for Value {
    fn from(value: String) -> Self {
        Value::Text(value)
    }
}

impl From<Vec<u8>> for Value {
    fn from(value: Vec<u8>) -> Self {
        Value::Blob(value)
    }
}

impl From<&[u8]> for Value {
    fn from(value: &[u8]) -> Self {
        Value::Blob(value.to_vec())
    }
}

/// The values of a row by place; what is not there is `Null`.
pub fn at(row: &Row, index: usize) -> &Value {
    row.get(index).unwrap_or(&Value::Null)
}
