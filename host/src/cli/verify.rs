//! `riegel verify-signature`: by whom a module or data is signed, and whether that is believed.

use super::console::{BOLD, Console, GREEN, styled};
use super::sign::{describe, version};
use super::stop::Stop;
use super::text::one_line;
use super::trust::read;
use super::{Ended, Format, policy, write};
use crate::errors::{self, Problem};
use riegel::signing::data;
use riegel::signing::{self, Expected, KeyId, Refused, Trust};
use riegel::syntax::ast::Date;
use riegel::version::Version;
use serde_json::json;
use std::path::PathBuf;

const EXAMPLES: &str = "\
Examples:
  riegel verify-signature acme.wasm --trust trust.json --policy acme
  riegel verify-signature acme.wasm --trust company.key.pub --lowest 1.4.0
  riegel verify-signature params.signed --trust trust.json --policy acme --name params.json -o params.json

Without --policy (--tenant, --name) the file is taken for what it says it is: look at the answer.

Exit codes: 0 believed, 1 refused, 2 a file cannot be read or written.";

/// Check by whom a module or data is signed
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    /// Signed module or signed data
    #[arg(value_name = "FILE")]
    file: String,
    /// Trust set (`riegel trust add` makes one), or a public key
    #[arg(long, value_name = "FILE")]
    trust: String,
    /// The policy that is expected
    #[arg(long, value_name = "ID")]
    policy: Option<String>,
    /// Data: the tenant that is expected
    #[arg(long, value_name = "TENANT")]
    tenant: Option<String>,
    /// Data: the name that is expected
    #[arg(long, value_name = "NAME")]
    name: Option<String>,
    /// The lowest version that is taken
    #[arg(long, value_name = "VERSION", value_parser = version)]
    lowest: Option<Version>,
    /// Check as if it were this day
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = policy::day)]
    today: Option<Date>,
    /// Where the module goes without its signatures, or the data without its head
    #[arg(short, long, value_name = "OUT")]
    output: Option<PathBuf>,
    /// Output for people or for programs
    #[arg(long, value_enum, default_value = "human")]
    pub format: Format,
}

/// What was believed.
struct Believed {
    what: String,
    version: Version,
    keys: Vec<KeyId>,
    bytes: Vec<u8>,
}

/// Runs it.
pub fn run(args: &Args, console: &Console) -> Ended {
    let trust = read(&args.trust)?;
    let bytes = policy::read_file(&args.file)?;
    let today = policy::checking_day(args.today).ok_or_else(|| {
        Problem::new(&errors::ARGUMENT, "the day is not known").help("say it with `--today`")
    })?;
    let believed = match verify(args, &bytes, &trust, today) {
        Ok(believed) => believed,
        Err(refused) => {
            let problem = Problem::from(refused).at(&args.file);
            Stop::Problems(vec![problem]).report(console, args.format);
            return Ok(1);
        }
    };
    if let Some(output) = &args.output {
        write::file(output, &believed.bytes)?;
    }
    console.print(&match args.format {
        Format::Human => human(args, &believed, &trust),
        Format::Json => json_of(&believed),
    })?;
    Ok(0)
}

fn verify(args: &Args, bytes: &[u8], trust: &Trust, today: Date) -> Result<Believed, Refused> {
    let lowest = args.lowest.as_ref();
    if policy::is_module(bytes) {
        let name = signing::named(bytes)?;
        let policy = args.policy.as_deref().unwrap_or(&name.policy);
        let signed = signing::verify(
            bytes,
            trust,
            &Expected {
                policy,
                lowest,
                today,
            },
        )?;
        return Ok(Believed {
            what: format!("{policy} {}", signed.version),
            version: signed.version,
            keys: signed.keys,
            bytes: signed.module,
        });
    }
    let (about, _) = data::about(bytes)?;
    let policy = args.policy.as_deref().unwrap_or(&about.policy);
    let tenant = args.tenant.as_deref().or(about.tenant.as_deref());
    let name = args.name.as_deref().unwrap_or(&about.name);
    let expected = Expected {
        policy,
        lowest,
        today,
    };
    let signed = data::verify(bytes, trust, &expected, tenant, name)?;
    Ok(Believed {
        what: describe(&signed.about),
        version: signed.about.version,
        keys: signed.keys,
        bytes: signed.data.to_vec(),
    })
}

fn human(args: &Args, believed: &Believed, trust: &Trust) -> String {
    let mut out = format!(
        "{}  {}  {}\n",
        styled(BOLD, &one_line(&args.file)),
        styled(GREEN, "believed"),
        one_line(&believed.what)
    );
    for id in &believed.keys {
        let name = trust.find(id).map_or("", |key| key.name.as_str());
        out.push_str(&format!("  signed with key {id}  {}", one_line(name)));
        out.truncate(out.trim_end().len());
        out.push('\n');
    }
    out
}

fn json_of(believed: &Believed) -> String {
    let keys: Vec<String> = believed.keys.iter().map(KeyId::to_string).collect();
    let out =
        json!({ "believed": believed.what, "version": believed.version.as_str(), "keys": keys });
    format!("{out:#}\n")
}
