//! What an administrator sets: `riegel.toml` in the folder of policies, the environment, the
//! command line; the later wins. Without any of it the host runs with the values below.
//!
//! ```toml
//! listen = "127.0.0.1:8470"
//!
//! [tenants.default]
//! policy = "packs/baseline.riegel"
//! layers = []
//! parameters = { bulk_limit = 5 }
//! ```
//!
//! An unknown key is an error: a misspelt limit would be no limit.

use super::audit::export::Form;
use crate::errors::{self, Problem};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// The file's name in the folder of policies.
pub const FILE: &str = "riegel.toml";

/// Everything that can be set.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// Where the host listens.
    pub listen: SocketAddr,
    /// Folder of its state: database, keys, compiled modules.
    pub data: Option<PathBuf>,
    /// `postgres://…` instead of the embedded store.
    pub database: Option<String>,
    /// May programs on this machine ask for decisions without a key, while the host listens on
    /// loopback only?
    pub open_on_loopback: bool,
    /// TLS, and who may connect.
    pub tls: Option<Tls>,
    /// Limits of the host.
    pub limits: HostLimits,
    /// Who signs tokens that are believed.
    pub identity: Vec<Identity>,
    /// Where traces go.
    pub traces: Option<Traces>,
    /// Who sends mail.
    pub mail: Option<Mail>,
    /// Tenants that have no folder of their own.
    pub tenants: BTreeMap<String, TenantConfig>,
}

/// Certificates.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tls {
    /// Chain in PEM.
    pub certificate: PathBuf,
    /// Key in PEM.
    pub key: PathBuf,
    /// Whoever connects shows a certificate of this authority.
    pub clients: Option<PathBuf>,
}

/// A collector of traces (OpenTelemetry).
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Traces {
    /// Such as `http://localhost:4318/v1/traces`: OTLP over HTTP, in JSON.
    pub endpoint: String,
    /// Of how many of a hundred requests that bring no trace of their own.
    #[serde(default = "all")]
    pub share: u8,
    /// Its certificate authority in PEM, if it is not a public one.
    pub authority: Option<PathBuf>,
}

fn all() -> u8 {
    100
}

/// A mail server; its password is `RIEGEL_MAIL_PASSWORD`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mail {
    /// `smtps://mail.example:465`, or a relay: `smtp://127.0.0.1:25`.
    pub server: String,
    /// Who sends.
    pub from: String,
    /// As whom the host signs in.
    pub user: Option<String>,
    /// Where approvers find the console; stands in the mail.
    pub console: Option<String>,
    /// The server's certificate authority in PEM, if it is not a public one.
    pub authority: Option<PathBuf>,
}

/// Where a tenant's log is sent.
#[derive(Clone, Debug, Serialize, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct Target {
    /// `syslog+udp://`, `syslog+tcp://`, `syslog+tls://HOST:PORT`, or `https://…`.
    pub to: String,
    /// How its lines look.
    pub form: Form,
    /// The receiver's certificate authority in PEM, if it is not a public one.
    pub authority: Option<PathBuf>,
}

/// Limits of the whole host.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct HostLimits {
    /// Connections at the same time.
    pub connections: usize,
    /// Bytes of a request's head.
    pub header_bytes: usize,
    /// Seconds for a request's head, also between two requests of a connection.
    pub header_seconds: u64,
    /// Seconds for a request's body.
    pub body_seconds: u64,
    /// Seconds that running requests have when the host stops.
    pub stop_seconds: u64,
    /// Instances at the same time, over all tenants.
    pub instances: u32,
}

/// Limits of one tenant.
#[derive(Clone, Debug, Serialize, Deserialize, PartialEq)]
#[serde(deny_unknown_fields, default)]
pub struct TenantLimits {
    /// Requests per second, over a longer time.
    pub requests_per_second: u32,
    /// Requests at once, after a quiet time.
    pub burst: u32,
    /// Bytes of one request's body.
    pub body_bytes: usize,
    /// Bytes of bodies per second, over a longer time.
    pub bytes_per_second: u64,
    /// Requests at the same time.
    pub concurrent: usize,
    /// Bytes of one instance's memory.
    pub memory_bytes: usize,
    /// Milliseconds of the longest decision.
    pub decision_ms: u64,
    /// Milliseconds of processor time per second.
    pub cpu_ms_per_second: u64,
    /// Approvals that wait at the same time.
    pub open_approvals: u32,
}

/// Who signs tokens.
#[derive(Clone, Debug, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct Identity {
    /// `iss` of its tokens; its discovery document lies below it.
    pub issuer: String,
    /// `aud` that a token for this host has.
    pub audience: String,
    /// Where its keys are, if not where discovery says.
    pub jwks: Option<String>,
    /// Claim with a list of `tenant:role`.
    #[serde(default = "roles_claim")]
    pub roles_claim: String,
    /// Claim that names the person, as `user.id` of an event does. Whoever it names must not be able
    /// to change it.
    #[serde(default = "person_claim")]
    pub person: String,
    /// Tenants for which its word counts; empty: all of them, and `*`.
    #[serde(default)]
    pub tenants: Vec<String>,
    /// Its certificate authority in PEM, if it is not a public one.
    pub authority: Option<PathBuf>,
}

fn person_claim() -> String {
    "sub".to_owned()
}

fn roles_claim() -> String {
    "riegel_roles".to_owned()
}

/// One tenant.
#[derive(Clone, Debug, Serialize, Deserialize, PartialEq)]
#[serde(deny_unknown_fields, default)]
pub struct TenantConfig {
    /// A `.riegel` text or a `.wasm` module, from the folder of this file; without it, the
    /// versions that were given through the API.
    pub policy: Option<PathBuf>,
    /// Instead of it, a module in an OCI registry: `registry.example/policies/demo:stable`.
    pub oci: Option<String>,
    /// Seconds after which the registry is asked again.
    pub oci_seconds: u32,
    /// Layers over it.
    pub layers: Vec<PathBuf>,
    /// Values of its parameters.
    pub parameters: BTreeMap<String, serde_json::Value>,
    /// Limits.
    pub limits: TenantLimits,
    /// Is every decision recorded, also one that allows without a word?
    pub record_allowed: bool,
    /// Days that audit records are kept.
    pub retention_days: u32,
    /// Days after which a person gets another pseudonym.
    pub pseudonym_days: u32,
    /// Hours after which an approval that nobody decided expires.
    pub approval_hours: u32,
    /// How many people approve.
    pub approvers: u32,
    /// Must somebody else than its author activate a version?
    pub two_persons: bool,
    /// Is told of approvals.
    pub webhook: Option<String>,
    /// Signs what the webhook is told (HMAC-SHA-256).
    #[serde(skip_serializing)]
    pub webhook_secret: Option<String>,
    /// Who is told by mail that an approval waits: role -> addresses; `*` for every other role.
    pub mail: BTreeMap<String, Vec<String>>,
    /// Where the log is sent.
    pub send: Vec<Target>,
    /// May anybody fetch the module? Extensions have no key. Its rules can be read then, and guesses
    /// tried at hashed lists without a key.
    pub published: bool,
    /// A trust set (`riegel trust`): only modules that one of its keys has signed are taken.
    pub trust: Option<PathBuf>,
    /// With `trust`: the id of the policy that the module must be.
    pub policy_id: Option<String>,
    /// With `trust`: the lowest version that is taken.
    pub lowest_version: Option<String>,
}

impl Default for Config {
    fn default() -> Self {
        Config {
            listen: SocketAddr::from(([127, 0, 0, 1], 8470)),
            data: None,
            database: None,
            open_on_loopback: true,
            tls: None,
            limits: HostLimits::default(),
            identity: Vec::new(),
            traces: None,
            mail: None,
            tenants: BTreeMap::new(),
        }
    }
}

impl Default for HostLimits {
    fn default() -> Self {
        HostLimits {
            connections: 1024,
            header_bytes: 16 << 10,
            header_seconds: 15,
            body_seconds: 30,
            stop_seconds: 20,
            instances: 512,
        }
    }
}

impl Default for TenantLimits {
    fn default() -> Self {
        TenantLimits {
            requests_per_second: 2_000,
            burst: 4_000,
            body_bytes: 2 << 20,
            bytes_per_second: 64 << 20,
            concurrent: 256,
            memory_bytes: 256 << 20,
            decision_ms: 2_000,
            cpu_ms_per_second: 1_000,
            open_approvals: 200,
        }
    }
}

impl Default for TenantConfig {
    fn default() -> Self {
        TenantConfig {
            policy: None,
            oci: None,
            oci_seconds: 60,
            layers: Vec::new(),
            parameters: BTreeMap::new(),
            limits: TenantLimits::default(),
            record_allowed: false,
            retention_days: 180,
            pseudonym_days: 30,
            approval_hours: 24,
            approvers: 1,
            two_persons: true,
            webhook: None,
            webhook_secret: None,
            mail: BTreeMap::new(),
            send: Vec::new(),
            published: false,
            trust: None,
            policy_id: None,
            lowest_version: None,
        }
    }
}

impl TenantConfig {
    /// Reads `tenant.toml`.
    pub fn read(file: &Path) -> Result<Self, Problem> {
        parse(file)
    }

    /// What the types cannot say.
    pub fn check(&self) -> Result<(), Problem> {
        self.send.iter().try_for_each(super::forward::check)?;
        let mut addresses = self.mail.values().flatten();
        match addresses.find(|to| !super::mail::is_address(to)) {
            Some(_) => Err(Problem::new(&errors::CONFIG, "a recipient is no address")
                .at("mail")
                .help("write one address per text, without a name")),
            None => Ok(()),
        }
    }
}

impl Config {
    /// Reads the folder's file, if there is one.
    pub fn read(folder: &Path) -> Result<Self, Problem> {
        let file = folder.join(FILE);
        if file.is_file() {
            parse(&file)
        } else {
            Ok(Config::default())
        }
    }

    /// Takes what the environment says: `RIEGEL_LISTEN`, `RIEGEL_DATA`, `RIEGEL_DATABASE`, and
    /// OpenTelemetry's `OTEL_EXPORTER_OTLP_TRACES_ENDPOINT` and `OTEL_EXPORTER_OTLP_ENDPOINT`.
    pub fn with_environment(
        mut self,
        get: impl Fn(&str) -> Option<String>,
    ) -> Result<Self, Problem> {
        if let Some(listen) = get("RIEGEL_LISTEN") {
            self.listen = listen.parse().map_err(|_| {
                Problem::new(&errors::CONFIG, "`RIEGEL_LISTEN` is not an address")
                    .help("write `127.0.0.1:8470` or `[::]:8470`")
            })?;
        }
        let base = get("OTEL_EXPORTER_OTLP_ENDPOINT");
        let base = base.map(|base| format!("{}/v1/traces", base.trim_end_matches('/')));
        if let Some(endpoint) = get("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT").or(base) {
            self.traces = Some(Traces {
                endpoint,
                share: self.traces.as_ref().map_or(100, |traces| traces.share),
                authority: self.traces.and_then(|traces| traces.authority),
            });
        }
        if let Some(data) = get("RIEGEL_DATA") {
            self.data = Some(PathBuf::from(data));
        }
        if let Some(database) = get("RIEGEL_DATABASE") {
            self.database = Some(database);
        }
        Ok(self)
    }

    /// Is every place where the host can be reached on this machine?
    pub fn local_only(&self) -> bool {
        self.listen.ip().is_loopback()
    }
}

impl HostLimits {
    /// For a request's head.
    pub fn header_time(&self) -> Duration {
        Duration::from_secs(self.header_seconds.max(1))
    }

    /// For a request's body.
    pub fn body_time(&self) -> Duration {
        Duration::from_secs(self.body_seconds.max(1))
    }
}

fn parse<T: for<'de> Deserialize<'de>>(file: &Path) -> Result<T, Problem> {
    let place = file.display().to_string();
    let text = std::fs::read_to_string(file).map_err(|error| {
        Problem::new(
            &errors::UNREADABLE,
            format!("cannot read the file: {error}"),
        )
        .at(&place)
        .help("check the path and the permissions")
    })?;
    toml::from_str(&text).map_err(|error| {
        let line = error
            .span()
            .and_then(|span| text.get(..span.start))
            .map_or(1, |before| before.matches('\n').count() + 1);
        Problem::new(&errors::CONFIG, error.message().replace('\n', "; "))
            .at(format!("{place}: line {line}"))
            .help("`riegel explain E9001` lists the keys")
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    #[test]
    fn a_misspelt_key_is_an_error() {
        for text in [
            "lisen = \"127.0.0.1:1\"",
            "[limits]\nconnexions = 3",
            "[tenants.a]\npolicie = \"x\"",
            "[tenants.a.limits]\nburts = 1",
        ] {
            assert!(toml::from_str::<Config>(text).is_err(), "{text}");
        }
    }

    #[test]
    fn the_environment_wins() {
        let config = Config::default()
            .with_environment(|name| (name == "RIEGEL_LISTEN").then(|| "0.0.0.0:1".to_owned()))
            .unwrap();
        assert!(!config.local_only());
        assert!(
            Config::default()
                .with_environment(|name| (name == "RIEGEL_LISTEN").then(|| "x".to_owned()))
                .is_err()
        );
    }
}
