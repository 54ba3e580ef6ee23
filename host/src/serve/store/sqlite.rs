//! The embedded store. A commit is on the disk when it returns (`synchronous = FULL`), and what
//! is deleted is overwritten (`secure_delete`): an erased key must not lie in a free page.

use super::{Row, Sql, Value, failed};
use crate::errors::Problem;
use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{Connection, ErrorCode, ToSql, params_from_iter};
use std::path::Path;
use std::time::{Duration, Instant};

/// How long a lock of somebody else is waited for.
const PATIENCE: Duration = Duration::from_secs(10);

/// How long emptying the journal waits for those who read.
const MOMENT: Duration = Duration::from_millis(20);

/// A connection.
pub struct Sqlite(Connection);

/// Opens a file, and makes it if it is not there.
pub fn open(file: &Path) -> Result<Sqlite, Problem> {
    let connection =
        Connection::open(file).map_err(|e| problem(&e).at(file.display().to_string()))?;
    connection
        .busy_timeout(PATIENCE)
        .and_then(|()| journal(&connection))
        .and_then(|()| {
            connection.execute_batch(
                "PRAGMA synchronous = FULL; PRAGMA secure_delete = ON;
                 PRAGMA foreign_keys = ON; PRAGMA wal_autocheckpoint = 1000;",
            )
        })
        .map_err(|e| problem(&e).at(file.display().to_string()))?;
    connection.set_prepared_statement_cache_capacity(64);
    Ok(Sqlite(connection))
}

/// Chooses the journal. Where others open the same new file, this is *busy* at once, whatever
/// the timeout says: none of them would let go.
fn journal(connection: &Connection) -> rusqlite::Result<()> {
    let start = Instant::now();
    loop {
        match connection.execute_batch("PRAGMA journal_mode = WAL;") {
            Err(error)
                if error.sqlite_error_code() == Some(ErrorCode::DatabaseBusy)
                    && start.elapsed() < PATIENCE =>
            {
                std::thread::sleep(Duration::from_millis(5));
            }
            done => return done,
        }
    }
}

fn problem(error: &rusqlite::Error) -> Problem {
    failed(&match error.sqlite_error_code() {
        Some(code) => format!("SQLite says {code:?}"),
        None => "SQLite could not read a value".to_owned(),
    })
}

impl ToSql for Value {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Value::Null => ValueRef::Null,
            Value::Int(value) => ValueRef::Integer(*value),
            Value::Text(text) => ValueRef::Text(text.as_bytes()),
            Value::Blob(bytes) => ValueRef::Blob(bytes),
        }))
    }
}

impl From<ValueRef<'_>> for Value {
    fn from(value: ValueRef<'_>) -> Self {
        match value {
            ValueRef::Integer(value) => Value::Int(value),
            ValueRef::Text(text) => Value::Text(String::from_utf8_lossy(text).into_owned()),
            ValueRef::Blob(bytes) => Value::Blob(bytes.to_vec()),
            ValueRef::Null | ValueRef::Real(_) => Value::Null,
        }
    }
}

impl Sql for Sqlite {
    fn change(&mut self, sql: &str, values: &[Value]) -> Result<u64, Problem> {
        let mut statement = self.0.prepare_cached(sql).map_err(|e| problem(&e))?;
        let changed = statement.execute(params_from_iter(values));
        changed.map(|n| n as u64).map_err(|e| problem(&e))
    }

    fn rows(&mut self, sql: &str, values: &[Value]) -> Result<Vec<Row>, Problem> {
        let mut statement = self.0.prepare_cached(sql).map_err(|e| problem(&e))?;
        let columns = statement.column_count();
        let rows = statement.query_map(params_from_iter(values), |row| {
            (0..columns)
                .map(|i| row.get_ref(i).map(Value::from))
                .collect()
        });
        rows.and_then(Iterator::collect).map_err(|e| problem(&e))
    }

    fn begin(&mut self) -> Result<(), Problem> {
        self.0
            .execute_batch("BEGIN IMMEDIATE")
            .map_err(|e| problem(&e))
    }

    fn begin_reading(&mut self) -> Result<(), Problem> {
        self.0
            .execute_batch("BEGIN DEFERRED")
            .map_err(|e| problem(&e))
    }

    fn commit(&mut self) -> Result<(), Problem> {
        self.0.execute_batch("COMMIT").map_err(|e| problem(&e))
    }

    fn rollback(&mut self) {
        // Nothing to take back where the transaction never began.
        let _ = self.0.execute_batch("ROLLBACK");
    }
}

impl Sqlite {
    /// Writes the journal back and empties it: what was deleted lies there too. Whoever writes waits
    /// meanwhile, so this is patient for a moment only.
    pub fn forget(&self) -> Result<bool, Problem> {
        self.0.busy_timeout(MOMENT).map_err(|e| problem(&e))?;
        let emptied = self
            .0
            .query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| {
                Ok(row.get::<_, i64>(0)? == 0)
            });
        match emptied {
            Err(error) if error.sqlite_error_code() == Some(ErrorCode::DatabaseBusy) => Ok(false),
            done => done.map_err(|e| problem(&e)),
        }
    }
}
