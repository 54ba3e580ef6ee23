//! The shared store: any number of hosts on one PostgreSQL. Each host writes its own audit
//! chain, so hosts never wait for each other's.

use super::{Row, Sql, Value, failed};
use crate::errors::Problem;
use crate::serve::wire;
use postgres::config::{Host, SslMode};
use postgres::types::{IsNull, ToSql, Type, private::BytesMut, to_sql_checked};
use postgres::{Client, NoTls, Statement};
use std::collections::HashMap;
use std::error::Error;
use std::path::Path;
use tokio_postgres_rustls::MakeRustlsConnect;

/// A connection, and the statements that were prepared on it.
pub struct Postgres {
    client: Client,
    prepared: HashMap<String, Statement>,
}

/// Connects. Beyond this machine only with TLS, and the server's certificate and name are always
/// checked: by the public authorities, or those of `sslrootcert=FILE`. `sslmode=disable` goes without.
pub fn open(address: &str) -> Result<Postgres, Problem> {
    let (address, tls) = secured(address)?;
    let mut config: postgres::Config = address.parse().map_err(|_| unreadable())?;
    config.connect_timeout(std::time::Duration::from_secs(5));
    config.application_name("riegel");
    let encrypted = match tls {
        Tls::None => false,
        Tls::BeyondThisMachine(_) => !config.get_hosts().iter().all(is_here),
        Tls::Always(_) => true,
    };
    let client = match tls {
        Tls::BeyondThisMachine(authority) | Tls::Always(authority) if encrypted => {
            let trusting = wire::trusting(authority.as_deref().map(Path::new)).map_err(|_| {
                failed("`sslrootcert` of PostgreSQL's address names no certificates in PEM")
            })?;
            config.ssl_mode(SslMode::Require);
            config.connect(MakeRustlsConnect::new(trusting))
        }
        _ => {
            config.ssl_mode(SslMode::Disable);
            config.connect(NoTls)
        }
    };
    Ok(Postgres {
        client: client.map_err(|e| problem(&e))?,
        prepared: HashMap::new(),
    })
}

fn unreadable() -> Problem {
    failed("the address of PostgreSQL cannot be read")
}

/// When the connection is encrypted, and the file of whom it trusts then.
#[derive(Debug, PartialEq)]
enum Tls {
    None,
    BeyondThisMachine(Option<String>),
    Always(Option<String>),
}

/// Takes what is said of TLS out of an address.
fn secured(address: &str) -> Result<(String, Tls), Problem> {
    let (place, query) = address.split_once('?').unwrap_or((address, ""));
    let (mut mode, mut authority, mut rest) = (None, None, Vec::new());
    for part in query.split('&').filter(|part| !part.is_empty()) {
        match part.split_once('=') {
            Some(("sslmode", value)) => mode = Some(value),
            Some(("sslrootcert", value)) => authority = Some(unescaped(value)?),
            _ => rest.push(part),
        }
    }
    let tls = match mode {
        None => Tls::BeyondThisMachine(authority),
        Some("disable") => Tls::None,
        Some("require" | "verify-ca" | "verify-full") => Tls::Always(authority),
        Some(_) => {
            return Err(failed(
                "`sslmode` of PostgreSQL's address is `verify-full`, or `disable`",
            ));
        }
    };
    let query = if rest.is_empty() { "" } else { "?" };
    Ok((format!("{place}{query}{}", rest.join("&")), tls))
}

/// A value of an address, whose `%2F` is a slash.
fn unescaped(text: &str) -> Result<String, Problem> {
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let Some((&first, behind)) = rest.split_first() {
        rest = behind;
        if first != b'%' {
            bytes.push(first);
            continue;
        }
        let digits = rest.get(..2).and_then(|d| std::str::from_utf8(d).ok());
        let byte = digits.and_then(|d| u8::from_str_radix(d, 16).ok());
        bytes.push(byte.ok_or_else(unreadable)?);
        rest = rest.get(2..).unwrap_or(&[]);
    }
    String::from_utf8(bytes).map_err(|_| unreadable())
}

/// Is the server on this machine?
fn is_here(host: &Host) -> bool {
    match host {
        Host::Tcp(name) => {
            let address = name.parse::<std::net::IpAddr>();
            name == "localhost" || address.is_ok_and(|address| address.is_loopback())
        }
        #[cfg(unix)]
        Host::Unix(_) => true,
    }
}

/// What happened, by its class; PostgreSQL's own text may hold values.
fn problem(error: &postgres::Error) -> Problem {
    let source = error.source();
    let io = source.and_then(|s| s.downcast_ref::<std::io::Error>());
    let tls = io.and_then(|io| io.get_ref()?.downcast_ref::<rustls::Error>());
    failed(&match (error.code(), tls) {
        (Some(state), _) => format!("PostgreSQL says SQLSTATE {}", state.code()),
        (None, Some(tls)) => format!(
            "PostgreSQL's certificate is not to be trusted, or its TLS not understood: {tls}; \
             `sslrootcert=FILE` in the address names its authority"
        ),
        (None, None) if error.is_closed() => "the connection to PostgreSQL is closed".to_owned(),
        (None, None) if source.is_some_and(|s| s.to_string() == WITHOUT) => {
            "PostgreSQL does not speak TLS: switch it on there (`ssl = on`), or write \
             `?sslmode=disable` behind the address if the network is your own"
                .to_owned()
        }
        (None, None) => "PostgreSQL cannot be reached".to_owned(),
    })
}

/// How `postgres` says that the server has no TLS.
const WITHOUT: &str = "server does not support TLS";

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
}

impl Postgres {
    /// Takes the deleted rows out of the tables that name people.
    pub fn forget(&mut self) -> Result<bool, Problem> {
        self.client
            .batch_execute("VACUUM subject, approval, version, api_key_maker")
            .map(|()| true)
            .map_err(|e| problem(&e))
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    fn read(address: &str) -> (String, Tls) {
        secured(address).unwrap()
    }

    #[test]
    fn addresses_say_whether_tls_is_asked_for() {
        let plain = "postgres://riegel@db.example/riegel";
        let (place, tls) = read(plain);
        assert_eq!((place.as_str(), tls), (plain, Tls::BeyondThisMachine(None)));
        let (place, tls) = read(&format!(
            "{plain}?connect_timeout=3&sslmode=verify-full&sslrootcert=%2Fetc/ca.pem"
        ));
        assert_eq!(place, format!("{plain}?connect_timeout=3"));
        assert_eq!(tls, Tls::Always(Some("/etc/ca.pem".to_owned())));
        assert_eq!(read(&format!("{plain}?sslmode=disable")).1, Tls::None);
        for wrong in [
            "sslmode=prefer",
            "sslmode=allow",
            "sslrootcert=%2",
            "sslrootcert=%ff",
        ] {
            assert!(secured(&format!("{plain}?{wrong}")).is_err(), "{wrong}");
        }
    }

    #[test]
    fn only_this_machine_goes_without() {
        let here = |address: &str| {
            let config: postgres::Config = address.parse().unwrap();
            config.get_hosts().iter().all(is_here)
        };
        assert!(here("postgres://riegel@127.0.0.1:5433/riegel"));
        assert!(here("postgres://riegel@localhost,[::1]/riegel"));
        assert!(here("postgres://riegel@%2Frun%2Fpostgresql/riegel"));
        assert!(!here("postgres://riegel@localhost.example/riegel"));
        assert!(!here("postgres://riegel@localhost,10.0.0.7/riegel"));
    }
}
