//! `riegel trust`: which keys count, and when.

use super::console::{BOLD, Console, RED, YELLOW, styled};
use super::text::{one_line, table};
use super::{Ended, key, policy, write};
use crate::errors::{self, Problem};
use clap::Subcommand;
use riegel::signing::{Refused, Trust, Trusted};
use riegel::syntax::ast::Date;
use std::path::Path;

const EXAMPLES: &str = "\
Examples:
  riegel trust add trust.json company.key.pub --name \"Build 2027\" --until 2028-01-31
  riegel trust add trust.json next.key.pub --name \"Build 2028\" --from 2028-01-01
  riegel trust revoke trust.json 3f0c91aa
  riegel trust show trust.json

A trust set is a JSON file; give it to hosts, extensions and pages beside the policy, by another way
than the policy comes.

Exit codes: 0 fine, 2 a file cannot be read or written, or there is no such key.";

/// Say which keys count, and from when until when
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    /// Add a public key, or change its name and days
    Add(Add),
    /// Give up a key: nothing that it signed is believed any more
    Revoke(Revoke),
    /// Show the keys
    Show(Show),
}

#[derive(clap::Args)]
struct Add {
    /// Trust set; it is made where there is none
    #[arg(value_name = "TRUST.json")]
    trust: String,
    /// Public key
    #[arg(value_name = "KEY.pub")]
    key: String,
    /// A name for people
    #[arg(long)]
    name: Option<String>,
    /// First day on which it counts
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = policy::day)]
    from: Option<Date>,
    /// Last day on which it counts
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = policy::day)]
    until: Option<Date>,
}

#[derive(clap::Args)]
struct Revoke {
    /// Trust set
    #[arg(value_name = "TRUST.json")]
    trust: String,
    /// Id of the key, or its first digits (eight at least)
    #[arg(value_name = "ID")]
    id: String,
    /// The day of it, for the records [default: today]
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = policy::day)]
    on: Option<Date>,
}

#[derive(clap::Args)]
struct Show {
    /// Trust set
    #[arg(value_name = "TRUST.json")]
    trust: String,
    /// Show it as of this day
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = policy::day)]
    today: Option<Date>,
}

/// Runs it.
pub fn run(args: &Args, console: &Console) -> Ended {
    let (file, trust, today) = match &args.what {
        What::Add(args) => (&args.trust, add(args)?, None),
        What::Revoke(args) => (&args.trust, revoke(args)?, None),
        What::Show(args) => (&args.trust, read(&args.trust)?, args.today),
    };
    if !matches!(args.what, What::Show(_)) {
        // Written and read again: what other readers would refuse is not written.
        let text = trust.text();
        Trust::parse(&text).map_err(|refused| Problem::from(refused).at(file))?;
        write::file(Path::new(file), text.as_bytes())?;
    }
    console.print(&format!(
        "{}\n{}",
        styled(BOLD, &one_line(file)),
        rows(&trust, policy::checking_day(today))
    ))?;
    Ok(0)
}

/// The trust set in a file; a public key is one of itself.
pub fn read(path: &str) -> Result<Trust, Problem> {
    let text = String::from_utf8(policy::read_file(path)?).unwrap_or_default();
    if text.starts_with("riegel ") {
        let keys = vec![Trusted::new(key::read_public(path)?)];
        return Ok(Trust { keys });
    }
    Trust::parse(&text).map_err(|refused| Problem::from(refused).at(path))
}

fn add(args: &Add) -> Result<Trust, Problem> {
    let public = key::read_public(&args.key)?;
    let mut trust = match Path::new(&args.trust).exists() {
        true => read(&args.trust)?,
        false => Trust::default(),
    };
    let id = public.id();
    if trust.find(&id).is_none() {
        trust.keys.push(Trusted::new(public));
    }
    for known in trust.keys.iter_mut().filter(|known| known.key == public) {
        if known.revoked.is_some() {
            return Err(Problem::from(Refused {
                code: Refused::REVOKED,
                message: format!("key {id} was revoked"),
            })
            .at(&args.trust)
            .help("a revoked key does not come back: make a new one"));
        }
        known.name = args.name.clone().unwrap_or_else(|| known.name.clone());
        known.from = args.from.or(known.from);
        known.until = args.until.or(known.until);
    }
    Ok(trust)
}

fn revoke(args: &Revoke) -> Result<Trust, Problem> {
    let mut trust = read(&args.trust)?;
    let on = policy::checking_day(args.on).ok_or_else(|| {
        Problem::new(&errors::ARGUMENT, "the day is not known").help("say it with `--on`")
    })?;
    let mut found = trust.keys.iter_mut().filter(|key| {
        args.id.len() >= 8
            && key
                .key
                .id()
                .to_string()
                .starts_with(&args.id.to_ascii_lowercase())
    });
    let (Some(key), None) = (found.next(), found.next()) else {
        return Err(
            Problem::new(&errors::ARGUMENT, "no key, or more than one, has this id")
                .at(&args.trust)
                .help("`riegel trust show` lists the ids; eight digits or more name one"),
        );
    };
    key.revoked.get_or_insert(on);
    Ok(trust)
}

fn rows(trust: &Trust, today: Option<Date>) -> String {
    let day = |word: &str, date: Option<Date>| date.map(|date| format!("{word} {date}"));
    let rows: Vec<Vec<String>> = trust
        .keys
        .iter()
        .map(|key| {
            let days = [day("from", key.from), day("until", key.until)];
            let days: Vec<String> = days.into_iter().flatten().collect();
            let state = match today.map(|today| key.counts(today)) {
                Some(Err(refused)) if refused.code == Refused::REVOKED => {
                    styled(RED, &day("revoked", key.revoked).unwrap_or_default())
                }
                Some(Err(_)) => styled(YELLOW, "not today"),
                _ => "counts".to_owned(),
            };
            vec![
                key.key.id().to_string(),
                state,
                days.join(" "),
                one_line(&key.name),
            ]
        })
        .collect();
    match rows.is_empty() {
        true => "  no keys: nothing is believed\n".to_owned(),
        false => table("  ", &rows),
    }
}
