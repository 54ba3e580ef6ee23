//! `riegel api-key`: makes a key for a host, and shows it once.

use super::Ended;
use super::console::Console;
use super::serve::PlaceArgs;
use crate::errors::{self, Problem};
use crate::serve::people::{Grant, api_keys};
use crate::serve::{state, store};

const EXAMPLES: &str = "\
Examples:
  riegel api-key policies/ --name console --grant '*:administrator'
  riegel api-key policies/ --name extension --grant default:decide --days 365
  riegel api-key policies/ --name 'Kanzlei, Freigaben' --grant default:approver:legal

A grant is TENANT:ROLE; the tenant `*` is every tenant. Roles: decide, viewer, approver, author,
administrator. The key goes to standard output, once; the store keeps only its hash.";

/// Make an API key for a host
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    #[command(flatten)]
    place: PlaceArgs,
    /// What it is for
    #[arg(long)]
    name: String,
    /// What it may do, once or several times
    #[arg(long = "grant", value_name = "TENANT:ROLE", required = true, value_parser = grant)]
    grants: Vec<Grant>,
    /// Days until it expires [default: never]
    #[arg(long)]
    days: Option<u32>,
}

fn grant(text: &str) -> Result<Grant, String> {
    Grant::parse(text)
        .ok_or_else(|| "a grant is TENANT:ROLE, see `riegel api-key --help`".to_owned())
}

/// Runs it.
pub fn run(args: &Args, console: &Console) -> Ended {
    let config = args.place.config()?;
    let state = state(&args.place.folder, &config)?;
    let expires = args
        .days
        .map(|days| jiff::Timestamp::now().as_millisecond() + i64::from(days.max(1)) * 86_400_000);
    if args.name.is_empty() || args.name.chars().any(char::is_control) {
        return Err(Problem::new(&errors::ARGUMENT, "a key needs a name")
            .at("--name")
            .help("say what it is for")
            .into());
    }
    let mut sql = store::open(&state.place)?;
    let key = store::whole(&mut *sql, |sql| {
        api_keys::make(sql, &args.name, &args.grants, expires, None)
    })?;
    console.print(&format!("{key}\n"))?;
    Ok(0)
}
