//! `riegel new`: a starter policy for an office, with tests and a roll-out in stages.
//!
//! What is not said on the command line is asked, where a terminal is there. [`answers`] turns words
//! into facts, [`policy`] writes the text, [`files`] puts everything in a new folder, or nothing.
//! What is written has been checked: a starter with a warning would teach its reader to live with
//! warnings.

mod answers;
mod ask;
mod files;
mod policy;
mod sayings;

use super::console::{BOLD, Console, styled};
use super::decide::words::Lang;
use super::policy::{checking_day, day};
use super::text::one_line;
use super::{Ended, Stop};
use crate::errors::{self, Problem};
use answers::{Answers, Branch, Country, Law};
use riegel::syntax::ast::Date;
use std::io::{IsTerminal, stdin};
use std::path::PathBuf;

const EXAMPLES: &str = "\
Examples:
  riegel new
  riegel new --country ch --branch fiduciary --lang de -o treuhand
  riegel new --country de --branch msp --clients \"Muster AG, Demo GmbH\" --yes -o kunden

Asked is only what the command line does not say, and only at a terminal. Nothing is written
before you have seen what it will be; an existing folder is never overwritten.
Exit codes: 0 written, 1 not wanted, 2 an answer that cannot be used, or a folder that exists.";

/// Write a first policy: asks for country, branch, laws, AI services and clients
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    /// Where the office is established
    #[arg(long, value_enum)]
    country: Option<Country>,
    /// What it does
    #[arg(long, value_enum)]
    branch: Option<Branch>,
    /// Packs to include, separated by commas [default: those usual for country and branch]
    #[arg(long, value_name = "PACK,…", value_enum, value_delimiter = ',')]
    laws: Option<Vec<Law>>,
    /// AI services that are approved for work: ids, names or hosts, separated by commas; `none`
    #[arg(long, value_name = "SERVICE,…")]
    services: Option<String>,
    /// An invented client number such as K-10023; of an msp the names of its clients; `none`
    #[arg(long, value_name = "CLIENT,…")]
    clients: Option<String>,
    /// Days until the rules are enforced: observed first, then warned
    #[arg(long, value_name = "14|30", value_parser = ["14", "30"])]
    rollout: Option<String>,
    /// First day of the roll-out [default: today]
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = day)]
    from: Option<Date>,
    /// Language of questions and comments, and the policy's first [default: de]
    #[arg(long, value_enum)]
    lang: Option<Lang>,
    /// Write without asking
    #[arg(short, long)]
    yes: bool,
    /// The new folder [default: riegel-policy]
    #[arg(short, long, value_name = "DIR")]
    output: Option<PathBuf>,
}

/// Runs it.
pub fn run(args: &Args, console: &Console) -> Ended {
    let folder = args
        .output
        .clone()
        .unwrap_or_else(|| PathBuf::from("riegel-policy"));
    files::free(&folder)?;
    let mut lines = stdin().lock();
    let asking = !args.yes && stdin().is_terminal();
    let mut asker = ask::Asker::new(
        asking.then_some(&mut lines as &mut dyn std::io::BufRead),
        console,
    );
    let Some(answers) = gather(args, &mut asker)? else {
        return Ok(1);
    };
    let made = policy::all(&answers);
    console.print(&summary(&answers, &folder, &made))?;
    if !args.yes {
        if !asking {
            return Err(Problem::new(
                &errors::ARGUMENT,
                "nothing was written: there is no terminal to ask at",
            )
            .help("add `--yes` to write what is shown above")
            .into());
        }
        let question = answers
            .lang
            .pick("So schreiben? [j/N] ", "Write this? [y/N] ");
        if !asker.agrees(question)? {
            console.print(
                answers
                    .lang
                    .pick("Nichts wurde geschrieben.\n", "Nothing was written.\n"),
            )?;
            return Ok(1);
        }
    }
    files::write(&folder, &made, answers.from)?;
    console.print(&next(&answers, &folder, &made))?;
    Ok(0)
}

/// What the command line says, and what is asked; `None` where somebody stopped answering.
fn gather(args: &Args, asker: &mut ask::Asker<'_>) -> Result<Option<Answers>, Stop> {
    let lang = match args.lang {
        Some(lang) => lang,
        None => match asker.choose(
            "Sprache / language",
            &[("Deutsch", Lang::De), ("English", Lang::En)],
            0,
        )? {
            ask::Said::Answer(lang) => lang,
            ask::Said::Nobody => Lang::De,
            ask::Said::Stopped => return Ok(None),
        },
    };
    asker.speaks(lang);
    // What is wrong on the command line is said in English, like everything there.
    let typed = Lang::En;
    let missing = |flag: &str| {
        Stop::from(
            Problem::new(&errors::ARGUMENT, format!("`{flag}` is missing"))
                .help("say it on the command line, or run `riegel new` at a terminal; `riegel new --help` has the words"),
        )
    };
    macro_rules! known {
        ($given:expr, $asked:expr, $else:expr) => {
            match $given {
                Some(given) => given,
                None => match $asked {
                    ask::Said::Answer(answer) => answer,
                    ask::Said::Nobody => $else,
                    ask::Said::Stopped => return Ok(None),
                },
            }
        };
    }
    let country = known!(
        args.country,
        asker.choose(lang.pick("Land", "Country"), &Country::choices(lang), 0)?,
        return Err(missing("--country"))
    );
    let branch = known!(
        args.branch,
        asker.choose(lang.pick("Branche", "Branch"), &Branch::choices(lang), 0)?,
        return Err(missing("--branch"))
    );
    let usual = answers::usual(country, branch);
    let laws = known!(
        args.laws.clone(),
        asker.several(
            lang.pick(
                "Regelwerke (der Grundschutz ist immer dabei)",
                "Packs (the baseline is always there)"
            ),
            &Law::choices(lang),
            &usual,
        )?,
        usual
    );
    let services = known!(
        args.services
            .as_deref()
            .map(|text| answers::services(text, typed))
            .transpose()?,
        asker.text(
            lang.pick(
                "Freigegebene KI-Dienste, mit Komma getrennt (leer: noch keine)",
                "Approved AI services, separated by commas (empty: none yet)",
            ),
            |text| answers::services(text, lang),
        )?,
        Vec::new()
    );
    let clients = known!(
        args.clients
            .as_deref()
            .map(|text| answers::clients(text, branch, typed))
            .transpose()?,
        asker.text(
            match branch {
                Branch::Msp => lang.pick(
                    "Namen der betreuten Kunden, mit Komma getrennt (leer: noch keine)",
                    "Names of the clients you look after, separated by commas (empty: none yet)",
                ),
                _ => lang.pick(
                    "Eine erfundene Kundennummer als Muster, etwa K-10023 (leer: keine)",
                    "An invented client number as a pattern, such as K-10023 (empty: none)",
                ),
            },
            |text| answers::clients(text, branch, lang),
        )?,
        answers::Clients::None
    );
    let days = known!(
        args.rollout
            .as_deref()
            .map(|days| if days == "30" { 30 } else { 14 }),
        asker.choose(
            lang.pick(
                "Einführung: beobachten, hinweisen, durchsetzen",
                "Roll-out: observe, warn, enforce"
            ),
            &[
                (lang.pick("14 Tage", "14 days"), 14),
                (lang.pick("30 Tage", "30 days"), 30),
            ],
            0,
        )?,
        14
    );
    let Some(from) = checking_day(args.from) else {
        return Err(missing("--from"));
    };
    let stages = answers::stages(from, days).ok_or_else(|| {
        Problem::new(
            &errors::ARGUMENT,
            "the roll-out would end behind the calendar",
        )
        .help("name an earlier day with `--from`")
    })?;
    Ok(Some(Answers {
        lang,
        country,
        branch,
        laws,
        services,
        clients,
        from,
        stages,
    }))
}

/// What will be written.
fn summary(answers: &Answers, folder: &std::path::Path, made: &[files::Made]) -> String {
    let lang = answers.lang;
    let none = || lang.pick("noch keine", "none yet").to_owned();
    let laws: Vec<&str> = answers.laws.iter().map(|law| law.id()).collect();
    let services: Vec<&str> = answers.services.iter().map(|s| s.name.as_str()).collect();
    let listed = |all: Vec<&str>| match all.is_empty() {
        true => none(),
        false => all.join(", "),
    };
    let [_, warn, enforce] = answers.stages;
    let facts = lang.pick(
        "account, processing_agreement, no_training, region, approved: was davon gilt, schickt der Host (siehe office.riegel)",
        "account, processing_agreement, no_training, region, approved: what holds of them the host sends (see office.riegel)",
    );
    let mut rows = vec![
        (
            lang.pick("Land", "Country"),
            answers.country.name(lang).to_owned(),
        ),
        (
            lang.pick("Branche", "Branch"),
            answers.branch.name(lang).to_owned(),
        ),
        (
            lang.pick("Regelwerke", "Packs"),
            format!("baseline, {}", listed(laws)),
        ),
        (lang.pick("KI-Dienste", "AI services"), listed(services)),
        (
            lang.pick("Kunden", "Clients"),
            answers.clients.said().unwrap_or_else(none),
        ),
        (
            lang.pick("Einführung", "Roll-out"),
            match lang {
                Lang::De => format!(
                    "{} beobachten, {warn} hinweisen, {enforce} durchsetzen",
                    answers.from
                ),
                Lang::En => format!("{} observe, {warn} warn, {enforce} enforce", answers.from),
            },
        ),
        (
            lang.pick("Dateien", "Files"),
            made.iter()
                .map(|file| one_line(&folder.join(&file.name).display().to_string()))
                .collect::<Vec<_>>()
                .join(", "),
        ),
    ];
    if !answers.services.is_empty() {
        rows.push((lang.pick("Verträge", "Contracts"), facts.to_owned()));
    }
    if let Some([de, en]) = sayings::missing(answers.country, answers.branch) {
        rows.push(("!", lang.pick(de, en).to_owned()));
    }
    let rows = rows
        .iter()
        .map(|(name, what)| format!("  {name:<12}{}\n", one_line(what)));
    format!(
        "\n{}\n{}\n",
        styled(BOLD, lang.pick("Zusammenfassung", "Summary")),
        rows.collect::<String>()
    )
}

/// What to do next.
fn next(answers: &Answers, folder: &std::path::Path, made: &[files::Made]) -> String {
    let lang = answers.lang;
    let at = |name: &str| one_line(&folder.join(name).display().to_string());
    let policy = at(made.first().map_or("", |file| &file.name));
    let steps = [
        (
            format!("riegel test {policy}"),
            lang.pick("was die Regeln tun", "what the rules do"),
        ),
        (
            format!("riegel decide {policy} --event {}", at("paste.json")),
            lang.pick("ein Beispiel", "an example"),
        ),
        (
            format!(
                "riegel doc {policy} --lang {} -o {}",
                lang.code(),
                at("office.html")
            ),
            lang.pick(
                "die Seite zum Lesen und Unterschreiben",
                "the page to read and sign",
            ),
        ),
    ];
    let steps = steps
        .iter()
        .map(|(command, what)| format!("  {command}\n      {what}\n"));
    let head = lang.pick("Geschrieben. Als Nächstes:", "Written. Next:");
    format!("{head}\n\n{}", steps.collect::<String>())
}
