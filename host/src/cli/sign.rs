//! `riegel sign`: modules, and data that configures one.

use super::console::{BOLD, Console, styled};
use super::text::one_line;
use super::{Ended, key, policy, write};
use crate::errors::{self, Problem};
use riegel::signing::data::{self, About};
use riegel::signing::{self, SigningKey};
use riegel::version::Version;
use std::path::{Path, PathBuf};

const EXAMPLES: &str = "\
Examples:
  riegel key company.key --signing
  riegel build acme.riegel -o acme.wasm
  riegel sign acme.wasm --key company.key
  riegel sign acme.wasm --key next.key               a second signature, while keys change
  riegel sign params.json --key company.key --policy acme --version 1.4.0 -o params.signed
  riegel sign clients.hashed --key company.key --policy acme --tenant meyer --version 7.0.0

A module is signed where it lies: its bytes stay the same but for the first section. Data gets a head,
and goes to FILE.signed.

Exit codes: 0 signed, 2 a file cannot be read or written, or is not what can be signed.";

/// Sign a module, or data that configures one
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    /// Module (.wasm), data, or data that is signed already
    #[arg(value_name = "FILE")]
    file: String,
    /// Signing key (`riegel key FILE --signing` makes one)
    #[arg(long, value_name = "FILE")]
    key: String,
    /// Data: id of the policy that it configures
    #[arg(long, value_name = "ID")]
    policy: Option<String>,
    /// Data: the tenant it is for, where several share a policy
    #[arg(long, value_name = "TENANT")]
    tenant: Option<String>,
    /// Data: what it is for the policy [default: the file's name]
    #[arg(long, value_name = "NAME")]
    name: Option<String>,
    /// Data: its version, to be raised with every change
    #[arg(long, value_name = "VERSION", value_parser = version)]
    version: Option<Version>,
    /// Where the signed file goes
    #[arg(short, long, value_name = "OUT")]
    output: Option<PathBuf>,
}

/// `--version` and `--lowest`, for clap.
pub fn version(text: &str) -> Result<Version, String> {
    Version::parse(text).ok_or_else(|| "a version is written 1.4.0 (semver.org)".to_owned())
}

/// Runs it.
pub fn run(args: &Args, console: &Console) -> Ended {
    let key = key::read_signing(&args.key)?;
    let bytes = policy::read_file(&args.file)?;
    let place = |refused| Problem::from(refused).at(args.file.as_str());
    let named = args.policy.is_some()
        || args.tenant.is_some()
        || args.name.is_some()
        || args.version.is_some();
    let again = bytes.starts_with(data::FIRST.as_bytes());
    let module = policy::is_module(&bytes);
    if named && (again || module) {
        return Err(
            Problem::new(&errors::ARGUMENT, "the file says itself what it is")
                .at(&args.file)
                .help("leave out `--policy`, `--tenant`, `--name` and `--version`")
                .into(),
        );
    }
    let (signed, what) = if module {
        // What is signed would also load: digest, bound, self-test.
        policy::load(&args.file, &bytes, &[])?;
        let name = signing::named(&bytes).map_err(place)?;
        let signed = signing::sign(&bytes, &key).map_err(place)?;
        (signed, format!("{} {}", name.policy, name.version))
    } else if again {
        let (about, _) = data::about(&bytes).map_err(place)?;
        let signed = data::sign_again(&bytes, &key).map_err(place)?;
        (signed, describe(&about))
    } else {
        let about = about(args)?;
        let signed = data::sign(&bytes, &about, &key).map_err(place)?;
        (signed, describe(&about))
    };
    let output = output(args, module || again)?;
    write::file(&output, &signed)?;
    console.print(&format!(
        "{}  {}\n  signed with key {}\n",
        styled(BOLD, &one_line(&output.display().to_string())),
        one_line(&what),
        id(&key)
    ))?;
    Ok(0)
}

fn id(key: &SigningKey) -> String {
    key.public().id().to_string()
}

/// Data in one line.
pub fn describe(about: &About) -> String {
    let tenant = about.tenant.as_ref();
    let tenant = tenant.map_or(String::new(), |tenant| format!(" of {tenant}"));
    format!(
        "{} for {}{tenant}, version {}",
        about.name, about.policy, about.version
    )
}

fn about(args: &Args) -> Result<About, Problem> {
    let (Some(policy), Some(version)) = (&args.policy, &args.version) else {
        return Err(Problem::new(
            &errors::ARGUMENT,
            "data is signed for a policy, with a version",
        )
        .at(&args.file)
        .help("say which: `--policy acme --version 1.0.0`"));
    };
    let name = Path::new(&args.file).file_name().unwrap_or_default();
    Ok(About {
        policy: policy.clone(),
        tenant: args.tenant.clone(),
        name: args
            .name
            .clone()
            .unwrap_or_else(|| name.to_string_lossy().into_owned()),
        version: version.clone(),
    })
}

fn output(args: &Args, in_place: bool) -> Result<PathBuf, Problem> {
    match &args.output {
        Some(output) => Ok(output.clone()),
        None if args.file == "-" => Err(Problem::new(
            &errors::ARGUMENT,
            "what comes from standard input has no name",
        )
        .help("say where it goes: `-o OUT`")),
        None if in_place => Ok(PathBuf::from(&args.file)),
        None => Ok(PathBuf::from(format!("{}.signed", args.file))),
    }
}
