//! The log on its way to other systems: syslog (RFC 5424 over UDP, TCP, TLS) and HTTP.
//!
//! Per tenant and target the store notes how far each chain was taken, after it was taken: a record
//! is sent at least once, in the order of its chain, also after a crash or a day without the other
//! system. Its writer and number are in it, by which a receiver knows what it has. Syslog has no
//! receipt: over it, what the network took counts as taken. HTTP has one.

use super::Edge;
use super::audit::export::{self, Form};
use super::config::Target;
use super::people::tokens::agent;
use super::store::{Row, at};
use super::tenants::Tenant;
use super::wire;
use crate::errors::{self, Problem};
use std::collections::BTreeMap;
use std::io::{self, Write};
use std::net::{ToSocketAddrs, UdpSocket};
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::time::Duration;

const EVERY: Duration = Duration::from_secs(1);
/// Records of one message.
const PAGE: i64 = 500;
/// Facility *log audit*, and the severity *informational*.
const PRIORITY: u8 = 13 * 8 + 6;

/// How records travel.
#[derive(Debug, PartialEq)]
enum Way<'a> {
    Udp((&'a str, u16)),
    Tcp((&'a str, u16), bool),
    Http(&'a str),
}

fn way(to: &str) -> Option<Way<'_>> {
    if to.starts_with("http://") || to.starts_with("https://") {
        return Some(Way::Http(to));
    }
    let (scheme, rest) = to.split_once("://")?;
    let place = wire::split(rest)?;
    match scheme {
        "syslog+udp" => Some(Way::Udp(place)),
        "syslog+tcp" => Some(Way::Tcp(place, false)),
        "syslog+tls" => Some(Way::Tcp(place, true)),
        _ => None,
    }
}

/// Can the target be used at all?
pub fn check(target: &Target) -> Result<(), Problem> {
    match way(&target.to) {
        Some(_) => Ok(()),
        None => Err(
            Problem::new(&errors::CONFIG, "the log cannot be sent there")
                .at(target.to.clone())
                .help("write `syslog+udp://`, `syslog+tcp://` or `syslog+tls://HOST:PORT`, or `https://…`"),
        ),
    }
}

/// Sends until the host ends.
pub async fn run(edge: Arc<Edge>) {
    let mut silent: BTreeMap<(Arc<str>, String), ()> = BTreeMap::new();
    let mut clock = tokio::time::interval(EVERY);
    clock.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        clock.tick().await;
        // Side by side: a receiver that is slow holds up nobody else's log.
        let mut coming = tokio::task::JoinSet::new();
        for tenant in edge.tenants.list() {
            for target in tenant.config.send.clone() {
                let (edge, tenant) = (edge.clone(), tenant.clone());
                coming.spawn(async move {
                    let sent = forward(&edge, &tenant, &target).await;
                    (tenant.name.clone(), target.to, sent)
                });
            }
        }
        while let Some(done) = coming.join_next().await {
            let Ok((tenant, to, sent)) = done else {
                continue;
            };
            match sent {
                Ok(count) => {
                    edge.counters.records_sent.fetch_add(count, Relaxed);
                    silent.remove(&(tenant, to));
                }
                Err(problem) => {
                    edge.counters.sending_failures.fetch_add(1, Relaxed);
                    // Said once, until it works again.
                    if silent.insert((tenant.clone(), to), ()).is_none() {
                        edge.log(&format!("tenant {tenant}: {problem}"));
                    }
                }
            }
        }
    }
}

/// Sends what a target does not have yet, a page per chain; gives how many.
async fn forward(edge: &Edge, tenant: &Arc<Tenant>, target: &Target) -> Result<u64, Problem> {
    let (name, to) = (tenant.name.clone(), target.to.clone());
    let pages = edge.reader.read(move |sql| {
        let writers = sql.rows(
            "SELECT c.writer, COALESCE(s.seq, 0) FROM chain c
             LEFT JOIN sent s ON s.tenant = c.tenant AND s.writer = c.writer AND s.target = $1
             WHERE c.tenant = $2 AND c.seq > COALESCE(s.seq, 0)",
            &[to.as_str().into(), (&*name).into()],
        )?;
        let mut pages = Vec::new();
        for row in writers {
            let writer = at(&row, 0).text().to_owned();
            let rows = sql.rows(
                "SELECT at, writer, seq, body, hash FROM audit
                 WHERE tenant = $1 AND writer = $2 AND seq > $3 ORDER BY seq LIMIT $4",
                &[
                    (&*name).into(),
                    writer.as_str().into(),
                    at(&row, 1).clone(),
                    PAGE.into(),
                ],
            )?;
            if !rows.is_empty() {
                pages.push((writer, rows));
            }
        }
        Ok(pages)
    });
    let mut sent = 0;
    for (writer, rows) in pages.await? {
        let last = rows.last().map_or(0, |row| at(row, 2).int());
        let count = rows.len() as u64;
        let (target, name) = (target.clone(), tenant.name.clone());
        let to = target.to.clone();
        super::versions::blocking(move || {
            deliver(&target, &name, &rows).map_err(|error| wire::unreachable(&target.to, &error))
        })
        .await?;
        let name = tenant.name.clone();
        edge.store
            .run(move |sql, _| {
                sql.change(
                    "INSERT INTO sent (tenant, target, writer, seq) VALUES ($1, $2, $3, $4)
                     ON CONFLICT (tenant, target, writer) DO UPDATE SET seq = excluded.seq",
                    &[
                        (&*name).into(),
                        to.as_str().into(),
                        writer.as_str().into(),
                        last.into(),
                    ],
                )
            })
            .await?;
        sent += count;
    }
    Ok(sent)
}

fn deliver(target: &Target, tenant: &str, rows: &[Row]) -> io::Result<()> {
    let form = target.form;
    let line = |row: &Row| export::line(form, tenant, row);
    let authority = target.authority.as_deref();
    match way(&target.to) {
        None => Err(io::ErrorKind::InvalidInput.into()),
        Some(Way::Http(address)) => {
            let lines: String = rows.iter().map(line).collect();
            let kind = match form {
                Form::Cef => "text/plain; charset=utf-8",
                Form::Jsonl | Form::Ocsf => "application/x-ndjson",
            };
            let agent = agent(authority).map_err(|_| io::ErrorKind::InvalidInput)?;
            let mut request = agent.post(address).header("content-type", kind);
            if let Ok(token) = std::env::var("RIEGEL_SEND_TOKEN") {
                request = request.header("authorization", format!("Bearer {token}"));
            }
            let sent = request.send(&lines);
            sent.map(drop)
                .map_err(|_| io::ErrorKind::ConnectionRefused.into())
        }
        Some(Way::Udp(place)) => {
            let to = place.to_socket_addrs()?.next();
            let to = to.ok_or(io::ErrorKind::NotFound)?;
            let here = if to.is_ipv4() { "0.0.0.0:0" } else { "[::]:0" };
            let socket = UdpSocket::bind(here)?;
            socket.connect(to)?;
            for row in rows {
                socket.send(message(&line(row), row).as_bytes())?;
            }
            Ok(())
        }
        Some(Way::Tcp(place, tls)) => {
            let mut wire = wire::connect(place, tls, authority)?;
            let mut bytes = Vec::new();
            for row in rows {
                // RFC 6587: the length before each, so that nothing in one begins another.
                let message = message(&line(row), row);
                bytes.extend(format!("{} ", message.len()).as_bytes());
                bytes.extend(message.as_bytes());
            }
            wire.write_all(&bytes)?;
            wire.flush()
        }
    }
}

/// RFC 5424.
fn message(line: &str, row: &Row) -> String {
    let when = jiff::Timestamp::from_millisecond(at(row, 0).int()).unwrap_or_default();
    format!(
        "<{PRIORITY}>1 {} - riegel - audit - {}",
        when.strftime("%FT%T.%3fZ"),
        line.trim_end()
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn targets() {
        assert_eq!(
            way("syslog+udp://siem.example:514"),
            Some(Way::Udp(("siem.example", 514)))
        );
        assert_eq!(
            way("syslog+tls://[::1]:6514"),
            Some(Way::Tcp(("::1", 6514), true))
        );
        assert_eq!(
            way("https://siem.example/in"),
            Some(Way::Http("https://siem.example/in"))
        );
        for text in [
            "",
            "syslog://a:1",
            "syslog+tcp://a",
            "syslog+tcp://:1",
            "file:///etc/x",
            "syslog+tcp://a b:1",
        ] {
            assert_eq!(way(text), None, "{text}");
        }
    }
}
