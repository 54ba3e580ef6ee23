//! The shared store: any number of hosts on one PostgreSQL. Each host writes its own audit
//! chain, so hosts never wait for each other's.

use super::{Row, Sql, Value, failed};
use crate::errors::Problem;
use postgres::types::{IsNull, ToSql, Type, private::BytesMut, to_sql_checked};
use postgres::{Client, NoTls, Statement};
use std::collections::HashMap;
use std::error::Error;

/// A connection, and the statements that were prepared on it.
pub struct Postgres {
    client: Client,
    prepared: HashMap<String, Statement>,
}

/// Connects.
pub fn open(address: &str) -> Result<Postgres, Problem> {
    let mut config: postgres::Config = address
        .parse()
        .map_err(|_| failed("the address of PostgreSQL cannot be read"))?;
    config.connect_timeout(std::time::Duration::from_secs(5));
    config.application_name("riegel");
    let client = config.connect(NoTls).map_err(|e| problem(&e))?;
    Ok(Postgres {
        client,
        prepared: HashMap::new(),
    })
}

/// What happened, by its class; PostgreSQL's own text may hold values.
fn problem(error: &postgres::Error) -> Problem {
    failed(&match error.code() {
        Some(state) => format!("PostgreSQL says SQLSTATE {}", state.code()),
        None if error.is_closed() => "the connection to PostgreSQL is closed".to_owned(),
        None => "PostgreSQL cannot be reached".to_owned(),
    })
}

impl ToSql for Value {
    fn to_sql(
        &self,
        ty: &Type,
        out: &mut BytesMut,
    ) -> Result<IsNull, Box<dyn Error + Sync + Send>> {
        match self {
            Value::Null => Ok(IsNull::Yes),
            Value::Int(value) => value.to_sql(ty, out),
            Value::Text(text) => text.to_sql(ty, out),
            Value::Blob(bytes) => bytes.to_sql(ty, out),
        }
    }

    fn accepts(ty: &Type) -> bool {
        [Type::INT8, Type::TEXT, Type::BYTEA].contains(ty)
    }

    to_sql_checked!();
}

impl Postgres {
    fn statement(&mut self, sql: &str) -> Result<Statement, Problem> {
        if let Some(statement) = self.prepared.get(sql) {
            return Ok(statement.clone());
        }
        let statement = self.client.prepare(sql).map_err(|e| problem(&e))?;
        self.prepared.insert(sql.to_owned(), statement.clone());
        Ok(statement)
    }
}

fn borrowed(values: &[Value]) -> Vec<&(dyn ToSql + Sync)> {
    values.iter().map(|v| v as &(dyn ToSql + Sync)).collect()
}

impl Sql for Postgres {
    fn change(&mut self, sql: &str, values: &[Value]) -> Result<u64, Problem> {
        let statement = self.statement(sql)?;
        let changed = self.client.execute(&statement, &borrowed(values));
        changed.map_err(|e| problem(&e))
    }

    fn rows(&mut self, sql: &str, values: &[Value]) -> Result<Vec<Row>, Problem> {
        let statement = self.statement(sql)?;
        let rows = self.client.query(&statement, &borrowed(values));
        let read = |row: postgres::Row| -> Result<Row, postgres::Error> {
            (0..row.len())
                .map(|i| {
                    Ok(match row.columns().get(i).map(postgres::Column::type_) {
                        Some(&Type::INT8) => row
                            .try_get::<_, Option<i64>>(i)?
                            .map_or(Value::Null, Value::Int),
                        Some(&Type::BYTEA) => row
                            .try_get::<_, Option<Vec<u8>>>(i)?
                            .map_or(Value::Null, Value::Blob),
                        _ => row
                            .try_get::<_, Option<String>>(i)?
                            .map_or(Value::Null, Value::Text),
                    })
                })
                .collect()
        };
        rows.and_then(|rows| rows.into_iter().map(read).collect())
            .map_err(|e| problem(&e))
    }

    fn begin(&mut self) -> Result<(), Problem> {
        self.client.batch_execute("BEGIN").map_err(|e| problem(&e))
    }

    fn begin_reading(&mut self) -> Result<(), Problem> {
        self.client
            .batch_execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
            .map_err(|e| problem(&e))
    }

    fn commit(&mut self) -> Result<(), Problem> {
        self.client.batch_execute("COMMIT").map_err(|e| problem(&e))
    }

    fn rollback(&mut self) {
        // A connection that is gone has taken everything back already.
        let _ = self.client.batch_execute("ROLLBACK");
    }

    fn forget(&mut self) -> Result<(), Problem> {
        self.client
            .batch_execute("VACUUM subject")
            .map_err(|e| problem(&e))
    }
}
