//! `riegel audit`: the log of a host, verified and exported.

use super::Ended;
use super::console::{BOLD, Console, GREEN, RED, styled};
use super::serve::PlaceArgs;
use crate::errors::{self, Problem};
use crate::runtime::from_hex;
use crate::serve::audit::{export, verify};
use crate::serve::state;
use crate::serve::store::{self, Sql};
use serde_json::{Value as Json, json};
use std::path::{Path, PathBuf};

const EXAMPLES: &str = "\
Examples:
  riegel audit verify policies/
  riegel audit verify policies/ --kept heads.json --save heads.json   (once a day, the file elsewhere)
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
    /// What an earlier run saved: all of it must be there still
    #[arg(long, value_name = "FILE")]
    kept: Option<PathBuf>,
    /// Write keys and ends of the chains to this file, where all is well: keep it elsewhere
    #[arg(long, value_name = "FILE")]
    save: Option<PathBuf>,
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

/// A log that is there: who looks for one makes none.
fn open(place: &PlaceArgs) -> Result<Box<dyn Sql>, Problem> {
    let config = place.config()?;
    if config.database.is_none() {
        let data = config.data.clone();
        let data = data.unwrap_or_else(|| place.folder.join(".riegel"));
        let file = data.join("riegel.db");
        if !file.is_file() {
            return Err(
                Problem::new(&errors::UNREADABLE, "there is no log: no host has run here")
                    .at(file.display().to_string())
                    .help("name the folder that `riegel serve` was given, or its `--data`"),
            );
        }
    }
    store::open(&state(&place.folder, &config)?.place)
}

/// What an earlier run saved: by tenant, key and heads.
fn kept(file: &Path) -> Result<Json, Problem> {
    let unfit = |what: &str| {
        Problem::new(
            &errors::UNREADABLE,
            format!("{what} the file of kept heads"),
        )
        .at(file.display().to_string())
        .help("name a file that `riegel audit verify --save FILE` wrote")
    };
    let text = std::fs::read_to_string(file).map_err(|_| unfit("cannot read"))?;
    let json: Json = serde_json::from_str(&text).map_err(|_| unfit("cannot understand"))?;
    match json.is_object() {
        true => Ok(json),
        false => Err(unfit("cannot understand")),
    }
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
    let kept = args.kept.as_deref().map(kept).transpose()?;
    let of = |tenant: &str| kept.as_ref().and_then(|kept| kept.get(tenant));
    let mut sql = open(&args.place)?;
    // One transaction: a host may be writing meanwhile.
    let reports = store::reading(&mut *sql, |sql| {
        let known = verify::tenants(sql)?;
        let mut tenants = match &args.tenant {
            Some(tenant) => vec![tenant.clone()],
            None => known.clone(),
        };
        // A log that is gone as a whole was kept, too.
        let all = kept.as_ref().and_then(Json::as_object);
        let gone = all.into_iter().flat_map(|kept| kept.keys());
        let gone = gone.filter(|tenant| args.tenant.is_none() && !known.contains(tenant));
        tenants.extend(gone.cloned());
        if let Some(tenant) = &args.tenant
            && !known.contains(tenant)
            && of(tenant).is_none()
        {
            let text = format!("there is no log of `{tenant}`");
            return Err(Problem::new(&errors::ARGUMENT, text)
                .at("--tenant")
                .help(format!("there are: {}", known.join(", "))));
        }
        let check = |tenant: &String| -> Result<verify::Report, Problem> {
            let before = of(tenant);
            let key = before.and_then(|before| from_hex(before.get("key")?.as_str()?));
            let key = trusted.clone().or(key);
            let heads = before.and_then(|before| before.get("heads"));
            let mut report = verify::tenant(sql, tenant, key.as_deref(), heads)?;
            // A host signs within seconds; whoever names a key has seen that.
            if trusted.is_some() && report.checkpoints == 0 {
                let fault = "nothing here is signed by the key";
                report.faults.push(fault.to_owned());
            }
            Ok(report)
        };
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
    if whole && let Some(file) = &args.save {
        let mut all = kept.clone().unwrap_or_else(|| json!({}));
        for report in &reports {
            if let Some(all) = all.as_object_mut() {
                let heads = json!({"key": report.key, "heads": report.heads});
                all.insert(report.tenant.clone(), heads);
            }
        }
        super::write::file(file, format!("{all:#}\n").as_bytes())?;
        console.print(&format!("saved  {}\n", file.display()))?;
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
