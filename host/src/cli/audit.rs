//! `riegel audit`: the log of a host, verified and exported.

use super::Ended;
use super::console::{BOLD, Console, GREEN, RED, styled};
use super::serve::PlaceArgs;
use crate::errors::{self, Problem};
use crate::runtime::from_hex;
use crate::serve::audit::{export, verify};
use crate::serve::state;
use crate::serve::store::{self, Sql};

const EXAMPLES: &str = "\
Examples:
  riegel audit verify policies/
  riegel audit verify policies/ --tenant default --key 5f0c…      (the public key you kept)
  riegel audit export policies/ --tenant default --form ocsf > audit.jsonl

Exit codes: 0 fine, 1 the log does not verify, 2 wrong usage, or the store cannot be read.";

/// Verify or export the audit log of a host
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(clap::Subcommand)]
enum What {
    /// Check every hash, chain and signature
    Verify(Verify),
    /// Write records to standard output
    Export(Export),
}

#[derive(clap::Args)]
struct Verify {
    #[command(flatten)]
    place: PlaceArgs,
    /// This tenant only [default: all]
    #[arg(long)]
    tenant: Option<String>,
    /// The public key that must have signed, in hex; with `--tenant`
    #[arg(long, requires = "tenant")]
    key: Option<String>,
}

#[derive(clap::Args)]
struct Export {
    #[command(flatten)]
    place: PlaceArgs,
    /// This tenant
    #[arg(long)]
    tenant: String,
    /// Form of the lines
    #[arg(long, value_enum, default_value = "jsonl")]
    form: export::Form,
    /// From this day on
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = super::policy::day)]
    since: Option<riegel::syntax::ast::Date>,
}

/// Runs it.
pub fn run(args: &Args, console: &Console) -> Ended {
    match &args.what {
        What::Verify(args) => run_verify(args, console),
        What::Export(args) => run_export(args, console),
    }
}

fn open(place: &PlaceArgs) -> Result<Box<dyn Sql>, Problem> {
    let config = place.config()?;
    store::open(&state(&place.folder, &config)?.place)
}

fn run_verify(args: &Verify, console: &Console) -> Ended {
    let trusted = match &args.key {
        None => None,
        Some(hex) => Some(from_hex(hex).filter(|key| key.len() == 32).ok_or_else(|| {
            Problem::new(&errors::ARGUMENT, "a public key has 64 hex digits")
                .at("--key")
                .help("an earlier `riegel audit verify` shows it")
        })?),
    };
    let mut sql = open(&args.place)?;
    // One transaction: a host may be writing meanwhile.
    let reports = store::reading(&mut *sql, |sql| {
        let tenants = match &args.tenant {
            Some(tenant) => vec![tenant.clone()],
            None => verify::tenants(sql)?,
        };
        let check = |tenant: &String| verify::tenant(sql, tenant, trusted.as_deref());
        tenants.iter().map(check).collect::<Result<Vec<_>, _>>()
    })?;
    let mut whole = true;
    for report in &reports {
        let fine = report.faults.is_empty();
        whole &= fine;
        let word = if fine {
            styled(GREEN, "verified")
        } else {
            styled(RED, "BROKEN")
        };
        let mut text = format!(
            "{word}  {}  {} records in {} chains, {} checkpoints, {} records not signed yet\n",
            styled(BOLD, &super::text::harmless(&report.tenant)),
            report.records,
            report.chains,
            report.checkpoints,
            report.unsigned
        );
        if let Some(key) = &report.key {
            text.push_str(&format!("          signed by {key}\n"));
        }
        for fault in &report.faults {
            let fault = super::text::harmless(fault);
            text.push_str(&format!("          {fault}\n"));
        }
        console.print(&text)?;
    }
    if reports.is_empty() {
        console.print("the log is empty\n")?;
    }
    if !whole {
        console.problem(
            &Problem::new(&errors::AUDIT, "the log is not as it was written")
                .help("keep the store as it is; `riegel explain E9012`"),
        );
    }
    Ok(u8::from(!whole))
}

fn run_export(args: &Export, console: &Console) -> Ended {
    let mut sql = open(&args.place)?;
    let since = args
        .since
        .map_or(0, |day| i64::from(day.days()) * 86_400_000);
    let mut after = (since - 1, String::new(), 0);
    loop {
        let rows = export::page(&mut *sql, &args.tenant, &after, 1_000)?;
        let lines: String = rows
            .iter()
            .map(|row| export::line(args.form, &args.tenant, row))
            .collect();
        console.print_raw(lines.as_bytes())?;
        match rows.last() {
            Some(last) if rows.len() == 1_000 => after = export::place(last),
            _ => return Ok(0),
        }
    }
}
