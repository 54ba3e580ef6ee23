//! The host's certificates: read at the start, and again when their files change, as they do when
//! a certificate is renewed. Connections that are open go on; new ones get the new certificate. Until
//! the files fit together the old ones stay in use.

use crate::errors::{self, Problem};
use crate::serve::Edge;
use crate::serve::config::Tls;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, SystemTime};
use tokio_rustls::TlsAcceptor;

const EVERY: Duration = Duration::from_secs(1);

/// Certificates in use.
pub struct Certificates {
    tls: Tls,
    /// What the files were when they were read first.
    first: Seen,
    current: RwLock<TlsAcceptor>,
}

/// When each file was changed, and its length; `None` where it is not there.
type Seen = Vec<Option<(SystemTime, u64)>>;

impl Certificates {
    /// Reads them.
    pub fn read(tls: &Tls) -> Result<Self, Problem> {
        Ok(Certificates {
            first: look(tls),
            current: RwLock::new(acceptor(tls)?),
            tls: tls.clone(),
        })
    }

    /// For the next connection.
    pub fn acceptor(&self) -> TlsAcceptor {
        let current = self.current.read();
        current.unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Reads them again whenever a file changed.
    pub async fn watch(self: Arc<Self>, edge: Arc<Edge>) {
        let mut known = self.first.clone();
        loop {
            tokio::time::sleep(EVERY).await;
            let (tls, before) = (self.tls.clone(), known.clone());
            let read = tokio::task::spawn_blocking(move || {
                let seen = look(&tls);
                let read = (seen != before).then(|| acceptor(&tls));
                (seen, read)
            });
            let Ok((seen, Some(read))) = read.await else {
                continue;
            };
            known = seen;
            match read {
                Ok(new) => {
                    let current = self.current.write();
                    *current.unwrap_or_else(PoisonError::into_inner) = new;
                    edge.log("certificates: read again");
                }
                Err(problem) => edge.log(&format!("the old certificates stay: {problem}")),
            }
        }
    }
}

fn look(tls: &Tls) -> Seen {
    let seen = |file: &PathBuf| {
        let about = std::fs::metadata(file).ok()?;
        Some((about.modified().ok()?, about.len()))
    };
    let files = [Some(&tls.certificate), Some(&tls.key), tls.clients.as_ref()];
    files.into_iter().flatten().map(seen).collect()
}

fn acceptor(tls: &Tls) -> Result<TlsAcceptor, Problem> {
    let unusable = |file: &Path| {
        Problem::new(
            &errors::CONFIG,
            "the file does not hold what TLS needs here",
        )
        .at(file.display().to_string())
        .help("certificates and keys are PEM files")
    };
    let chain = |file: &Path| -> Result<Vec<CertificateDer<'static>>, Problem> {
        let read = CertificateDer::pem_file_iter(file).and_then(Iterator::collect);
        read.map_err(|_| unusable(file))
    };
    let key = PrivateKeyDer::from_pem_file(&tls.key).map_err(|_| unusable(&tls.key))?;
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = rustls::ServerConfig::builder_with_provider(provider.clone())
        .with_safe_default_protocol_versions()
        .map_err(|_| unusable(&tls.certificate))?;
    let builder = match &tls.clients {
        None => builder.with_no_client_auth(),
        Some(file) => {
            let mut roots = rustls::RootCertStore::empty();
            for certificate in chain(file)? {
                roots.add(certificate).map_err(|_| unusable(file))?;
            }
            let verifier = rustls::server::WebPkiClientVerifier::builder_with_provider(
                Arc::new(roots),
                provider,
            );
            builder.with_client_cert_verifier(verifier.build().map_err(|_| unusable(file))?)
        }
    };
    let mut config = builder
        .with_single_cert(chain(&tls.certificate)?, key)
        .map_err(|_| unusable(&tls.certificate))?;
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(TlsAcceptor::from(Arc::new(config)))
}
