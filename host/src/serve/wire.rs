//! A plain line to another machine: for syslog and mail. With TLS from the first byte, or without
//! where that was asked for.

use crate::errors::{self, Problem};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};
use std::io::{self, Read, Write};
use std::net::{TcpStream, ToSocketAddrs};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

const TIME: Duration = Duration::from_secs(10);

/// Reads and writes.
pub trait Wire: Read + Write + Send {}
impl<T: Read + Write + Send> Wire for T {}

/// `host:port`, also with an IPv6 address in brackets.
pub fn split(text: &str) -> Option<(&str, u16)> {
    let (host, port) = text.rsplit_once(':')?;
    let host = host
        .strip_prefix('[')
        .and_then(|host| host.strip_suffix(']'))
        .unwrap_or(host);
    let fine = |b: u8| b.is_ascii_alphanumeric() || b".-:_".contains(&b);
    let sound = !host.is_empty() && host.bytes().all(fine);
    sound.then_some((host, port.parse().ok()?))
}

/// Connects; `authority` is in PEM, `None` the public ones.
pub fn connect(
    (host, port): (&str, u16),
    tls: bool,
    authority: Option<&Path>,
) -> io::Result<Box<dyn Wire>> {
    let mut last = io::Error::from(io::ErrorKind::NotFound);
    for address in (host, port).to_socket_addrs()? {
        match TcpStream::connect_timeout(&address, TIME) {
            Ok(stream) => {
                stream.set_read_timeout(Some(TIME))?;
                stream.set_write_timeout(Some(TIME))?;
                if !tls {
                    return Ok(Box::new(stream));
                }
                return secured(stream, host, authority);
            }
            Err(error) => last = error,
        }
    }
    Err(last)
}

fn secured(stream: TcpStream, host: &str, authority: Option<&Path>) -> io::Result<Box<dyn Wire>> {
    let name = ServerName::try_from(host.to_owned()).map_err(io::Error::other)?;
    let config = Arc::new(trusting(authority)?);
    let connection = ClientConnection::new(config, name).map_err(io::Error::other)?;
    Ok(Box::new(StreamOwned::new(connection, stream)))
}

/// TLS that believes the authorities in a PEM file, or the public ones.
pub fn trusting(authority: Option<&Path>) -> io::Result<ClientConfig> {
    let mut roots = RootCertStore::empty();
    match authority {
        None => roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned()),
        Some(file) => {
            let read = CertificateDer::pem_file_iter(file).map_err(io::Error::other)?;
            for certificate in read {
                let certificate = certificate.map_err(io::Error::other)?;
                roots.add(certificate).map_err(io::Error::other)?;
            }
        }
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    Ok(ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(io::Error::other)?
        .with_root_certificates(roots)
        .with_no_client_auth())
}

/// What cannot be reached; the system's own words hold no content.
pub fn unreachable(to: &str, error: &io::Error) -> Problem {
    Problem::new(&errors::SENDING, format!("not taken: {}", error.kind()))
        .at(to.to_owned())
        .help("check the address and who listens there; it is tried again")
}
