//! From a text or a module to a version that decides.

use super::folder::{Described, fingerprint};
use crate::cli::{parameter, policy, stop::Stop};
use crate::errors::{self, Problem};
use crate::runtime::hex;
use crate::runtime::{Guard, Limits, Runtime};
use crate::serve::config::{HostLimits, TenantConfig};
use crate::serve::keys::sha256;
use riegel::signing::{self, Expected, Trust};
use riegel::version::Version;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// The engine's limits: what all tenants share.
pub fn host_limits(limits: &HostLimits) -> Limits {
    Limits {
        instances: limits.instances.max(1),
        memory_bytes: 1 << 30,
        resident_bytes: 256 << 10,
        floor: Duration::from_millis(100),
        ceiling: Duration::from_secs(30),
        ..Limits::default()
    }
}

/// A tenant's limits, inside those of the host.
fn limits(host: &HostLimits, tenant: &TenantConfig) -> Limits {
    let outer = host_limits(host);
    let ceiling = Duration::from_millis(tenant.limits.decision_ms.max(1));
    Limits {
        content_bytes: tenant.limits.body_bytes,
        memory_bytes: tenant.limits.memory_bytes.min(outer.memory_bytes),
        floor: outer.floor.min(ceiling),
        ceiling: ceiling.min(outer.ceiling),
        ..outer
    }
}

/// What loads modules for a host.
pub struct Loader {
    runtime: Runtime,
    limits: HostLimits,
    modules: PathBuf,
}

impl Loader {
    /// Makes the engine; compiled modules and built ones are kept below `data`.
    pub fn new(limits: &HostLimits, data: &Path) -> Result<Self, Problem> {
        let modules = folder(&data.join("modules"))?;
        let cache = folder(&data.join("compiled"))?;
        Ok(Loader {
            runtime: Runtime::with_cache(host_limits(limits), &cache)?,
            limits: limits.clone(),
            modules,
        })
    }

    /// Loads the policy that a tenant's files name.
    pub fn from_files(&self, described: &Described) -> Result<super::Version, Problem> {
        if let Some(reference) = &described.config.oci {
            let bytes = super::registry::pull(reference, &self.modules)?;
            return self.from_bytes(&described.config, &bytes, 0, fingerprint(described));
        }
        let file = described.config.policy.as_ref().ok_or_else(|| {
            Problem::new(&errors::NO_POLICY, "the tenant names no policy")
                .help("set `policy` in its `tenant.toml`, or activate a version")
        })?;
        let print = fingerprint(described);
        let built = self.built(&print);
        let known = std::fs::read_to_string(&built).ok();
        let known = known.and_then(|digest| crate::runtime::from_hex(digest.trim()));
        let known = known.and_then(|digest| std::fs::read(self.module_file(&digest)).ok());
        if let Some(bytes) = known
            && let Ok(version) = self.from_bytes(&described.config, &bytes, 0, print.clone())
        {
            return Ok(version);
        }
        for file in std::iter::once(file).chain(&described.config.layers) {
            lies_there(&described.folder.join(file))?;
        }
        let path = |file: &PathBuf| described.folder.join(file).display().to_string();
        let layers = policy::Layers::of(described.config.layers.iter().map(path).collect());
        let bytes = policy::module(&path(file), &layers, None).map_err(Stop::into_problem)?;
        let version = self.from_bytes(&described.config, &bytes, 0, print)?;
        crate::cli::write::file(&built, hex(&version.served).as_bytes())?;
        Ok(version)
    }

    /// What a tenant's registry gave before the host was started; the registry is asked a moment later, and
    /// may be away until then.
    pub fn from_before(&self, described: &Described) -> Option<super::Version> {
        let reference = described.config.oci.as_ref()?;
        let bytes = super::registry::last(reference, &self.modules)?;
        let version = self.from_bytes(&described.config, &bytes, 0, String::new());
        version.ok()
    }

    /// Where it is noted which module was built from files that look like this, by this program.
    fn built(&self, fingerprint: &str) -> PathBuf {
        let program = std::env::current_exe().and_then(std::fs::metadata);
        let program = program.map(|about| (about.len(), about.modified().ok()));
        let about = format!("{fingerprint}\n{program:?}\n{}", env!("CARGO_PKG_VERSION"));
        self.modules
            .join(format!("{}.built", hex(&sha256(about.as_bytes()))))
    }

    /// Loads a module.
    pub fn from_bytes(
        &self,
        config: &TenantConfig,
        bytes: &[u8],
        number: i64,
        fingerprint: String,
    ) -> Result<super::Version, Problem> {
        let signed;
        let module = match &config.trust {
            None => bytes,
            Some(file) => {
                signed = trusted(config, file, bytes)?;
                signed.as_slice()
            }
        };
        let mut guard = self
            .runtime
            .load_within(limits(&self.limits, config), module)?;
        configure(&mut guard, config)?;
        // By all of its bytes: the module's digest does not speak of its signatures.
        let served = sha256(bytes);
        let kept = self.module_file(&served);
        if !kept.is_file() {
            crate::cli::write::file(&kept, bytes)?;
        }
        Ok(super::Version {
            guard,
            number,
            fingerprint,
            served,
        })
    }

    /// Is it still signed by somebody who is trusted today? A key may have been revoked since it was loaded.
    pub fn holds(&self, config: &TenantConfig, version: &super::Version) -> bool {
        let Some(file) = &config.trust else {
            return true;
        };
        let bytes = std::fs::read(self.module_file(&version.served));
        bytes.is_ok_and(|bytes| trusted(config, file, &bytes).is_ok())
    }

    /// Where the bytes of a loaded module lie.
    pub fn module_file(&self, digest: &[u8]) -> PathBuf {
        self.modules.join(format!("{}.wasm", hex(digest)))
    }
}

/// Most bytes of a policy's file, as over the network.
const MOST_FILE: u64 = 16 << 20;

/// A file that can be read to its end: a pipe, a device or a file without an end would hold up the others.
fn lies_there(file: &Path) -> Result<(), Problem> {
    let at = || file.display().to_string();
    let about = std::fs::metadata(file).map_err(|error| {
        let text = format!("cannot read the file: {error}");
        Problem::new(&errors::UNREADABLE, text)
            .at(at())
            .help("check the path")
    })?;
    if !about.is_file() {
        let problem = Problem::new(&errors::UNREADABLE, "this is no file");
        return Err(problem.at(at()).help("put the policy itself there"));
    }
    if about.len() > MOST_FILE {
        let problem = Problem::new(&errors::UNREADABLE, "the file is larger than 16 MB");
        return Err(problem.at(at()).help("a policy or a module is smaller"));
    }
    Ok(())
}

/// The module in a file that somebody trusted has signed, and that is the policy of this tenant.
fn trusted(config: &TenantConfig, file: &Path, bytes: &[u8]) -> Result<Vec<u8>, Problem> {
    let unset = |what: &str, help: &str| {
        Problem::new(&errors::CONFIG, what.to_owned())
            .at(file.display().to_string())
            .help(help)
    };
    let policy = config.policy_id.as_deref().ok_or_else(|| {
        unset(
            "a trust set needs to know which policy is expected",
            "set `policy_id` beside `trust`",
        )
    })?;
    lies_there(file)?;
    let text = std::fs::read_to_string(file)
        .map_err(|_| unset("the trust set cannot be read", "check the path"))?;
    let trust = Trust::parse(&text)?;
    let lowest = match &config.lowest_version {
        None => None,
        Some(text) => Some(Version::parse(text).ok_or_else(|| {
            unset(
                "`lowest_version` is not a version",
                "write it as in a policy's header: `1.4.0`",
            )
        })?),
    };
    let today = policy::checking_day(None)
        .ok_or_else(|| unset("the day is not known", "check the clock of this machine"))?;
    let expected = Expected {
        policy,
        lowest: lowest.as_ref(),
        today,
    };
    Ok(signing::verify(bytes, &trust, &expected)?.module)
}

/// Sets a tenant's parameters.
fn configure(guard: &mut Guard, config: &TenantConfig) -> Result<(), Problem> {
    if config.parameters.is_empty() {
        return Ok(());
    }
    let texts: Vec<String> = config
        .parameters
        .iter()
        .map(|(name, value)| format!("{name}={}", written(value)))
        .collect();
    let values = parameter::read(&texts, &guard.anatomy().schema).map_err(first)?;
    guard.configure(&values)
}

/// A value of the file as the command line writes it.
fn written(value: &serde_json::Value) -> String {
    match value {
        serde_json::Value::String(text) => text.clone(),
        serde_json::Value::Array(items) => {
            let items: Vec<String> = items.iter().map(written).collect();
            items.join(",")
        }
        other => other.to_string(),
    }
}

fn first(problems: Vec<Problem>) -> Problem {
    problems.into_iter().next().unwrap_or_else(|| {
        Problem::new(&errors::CONFIG, "the parameters cannot be used")
            .help("`riegel inspect` lists them")
    })
}

/// A folder; one that is made here only this user reads.
pub fn folder(path: &Path) -> Result<PathBuf, Problem> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    let made = builder.create(path);
    made.map_err(|error| {
        Problem::new(
            &errors::UNWRITABLE,
            format!("cannot make the folder: {error}"),
        )
        .at(path.display().to_string())
        .help("choose another place with `--data`")
    })?;
    // Relative paths would change their meaning with the working folder.
    std::path::absolute(path).map_err(|error| {
        Problem::new(
            &errors::UNREADABLE,
            format!("cannot find the folder: {error}"),
        )
        .at(path.display().to_string())
        .help("check the path")
    })
}
