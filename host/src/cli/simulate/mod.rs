//! `riegel simulate`: what a policy would have done with recorded events.
//!
//! Events come one per line, as JSON like those of `riegel decide`. Only counts come out. A line
//! that cannot be read is named by its number and a code: what stands in it, names of attributes
//! included, is never repeated (promise 5).

mod human;
mod lines;
pub(crate) mod tally;

use super::console::Console;
use super::decide::words::Lang;
use super::{Ended, Format, policy};
use crate::errors::{self, Problem};
use crate::event::{self, Surroundings};
use crate::runtime::{Guard, Outcome, Session};
use lines::Lines;
use riegel::syntax::ast::Date;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use tally::Tally;

const EXAMPLES: &str = "\
Examples:
  riegel simulate baseline.riegel --events week.jsonl
  riegel simulate baseline.riegel --layer client.riegel --against baseline.riegel --events week.jsonl
  riegel simulate pilot.riegel --events week.jsonl --today 2027-02-01 --format json
  zcat week.jsonl.gz | riegel simulate baseline.wasm --events - --enforced

Every line is an event as `riegel decide --event` reads it. The answer holds counts only: no
content, no values. With --against, `stronger` says that POLICY is stricter than OTHER.

Exit codes: 0 every line was decided, 1 a line could not be read or the policy has errors,
2 wrong usage, or a file cannot be read.";

/// Most lines that are complained of one by one.
const COMPLAINTS: u64 = 20;
/// How often progress is said.
const PROGRESS: Duration = Duration::from_secs(5);

/// Count what a policy would have decided about recorded events
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    /// Policy text (.riegel) or module (.wasm)
    #[arg(value_name = "POLICY")]
    policy: String,
    #[command(flatten)]
    layers: policy::Layers,
    /// Events, one JSON object a line; `-` is standard input
    #[arg(long, value_name = "FILE.jsonl")]
    events: String,
    /// Another policy to compare with, without the layers
    #[arg(long, value_name = "OTHER")]
    against: Option<String>,
    /// Count as if every stage had reached `enforce`
    #[arg(long)]
    enforced: bool,
    /// Language of the answer [default: the policy's first]
    #[arg(long, value_enum)]
    lang: Option<Lang>,
    /// Output for people or for programs
    #[arg(long, value_enum, default_value = "human")]
    pub format: Format,
    /// Decide as if it were this day [default: each event's `today`, else today]
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = policy::day)]
    today: Option<Date>,
    /// Set a parameter of POLICY; lists are separated by commas
    #[arg(long = "param", value_name = "NAME=VALUE")]
    params: Vec<String>,
    /// Set a parameter of OTHER
    #[arg(
        long = "against-param",
        value_name = "NAME=VALUE",
        requires = "against"
    )]
    against_params: Vec<String>,
}

/// Runs it.
pub fn run(args: &Args, console: &Console) -> Ended {
    let inputs = [
        Some(&args.policy),
        args.against.as_ref(),
        Some(&args.events),
    ];
    if inputs
        .into_iter()
        .flatten()
        .filter(|name| *name == "-")
        .count()
        > 1
    {
        return Err(Problem::new(
            &errors::ARGUMENT,
            "two inputs cannot both come from standard input",
        )
        .at("-")
        .help("name a file for one of them")
        .into());
    }
    let module = policy::module(&args.policy, &args.layers, args.today)?;
    let mut one = Side::new(policy::load(&args.policy, &module, &args.params)?);
    let mut other = match &args.against {
        None => None,
        Some(name) => {
            let module = policy::module(name, &policy::Layers::default(), args.today)?;
            Some(Side::new(policy::load(
                name,
                &module,
                &args.against_params,
            )?))
        }
    };
    let around = Around {
        folder: Path::new(&args.events).parent().map(Path::to_owned),
        today: args.today,
    };
    let rules = |side: &Side| side.guard.anatomy().info.rules.clone();
    let mut tally = Tally::new(
        &rules(&one),
        other.as_ref().map(rules).as_deref(),
        args.enforced,
    );
    let mut lines = Lines::open(&args.events)?;
    let mut clock = Instant::now();
    while let Some((number, line)) = lines.next_line()? {
        let decided = line.and_then(|line| {
            let first = one.decide(line, &around)?;
            let second = match &mut other {
                Some(side) => Some(side.decide(line, &around)?.0),
                None => None,
            };
            Ok((first, second))
        });
        match decided {
            Ok(((outcome, unknown), second)) => {
                tally.unknown_values += u64::from(unknown);
                tally.count(&outcome, second.as_ref());
            }
            Err(kind) => {
                tally.bad(number, kind);
                if tally.bad_lines <= COMPLAINTS && args.format == Format::Human {
                    console.problem(&bad_line(kind).at(format!("{}:{number}", args.events)));
                }
            }
        }
        if clock.elapsed() >= PROGRESS {
            clock = Instant::now();
            console.complain(&format!("{} events …\n", tally.events));
        }
    }
    if tally.events == 0 && tally.bad_lines == 0 {
        return Err(
            Problem::new(&errors::NO_EVENTS, "there is no event to decide")
                .at(&args.events)
                .help("write one event a line, see `riegel decide --help`")
                .into(),
        );
    }
    if tally.bad_lines > COMPLAINTS && args.format == Format::Human {
        let more = tally.bad_lines - COMPLAINTS;
        console.complain(&format!("… and {more} more lines that are no events\n"));
    }
    let info = &one.guard.anatomy().info;
    let against = other.as_ref().map(|side| &side.guard.anatomy().info);
    console.print(&match args.format {
        Format::Human => {
            let lang = args
                .lang
                .unwrap_or_else(|| Lang::of_policy(&info.languages));
            human::render(&tally, info, against, lang)
        }
        Format::Json => format!("{:#}\n", tally.json(info, against)),
    })?;
    Ok(u8::from(tally.bad_lines > 0))
}

/// What is said of a line: the code, and nothing that stands in it.
fn bad_line(kind: &'static errors::Kind) -> Problem {
    Problem::new(kind, format!("the line is left out: {}", kind.title)).help(format!(
        "`riegel explain {}`; `riegel decide --event` with this line alone says more",
        kind.id
    ))
}

/// A policy that is asked, with one instance for all events.
struct Side {
    guard: Guard,
    session: Session,
}

impl Side {
    fn new(guard: Guard) -> Self {
        Side {
            session: guard.session(),
            guard,
        }
    }

    /// The decision, and whether a value was unknown; or the kind of what is wrong with the line.
    fn decide(
        &mut self,
        line: &str,
        around: &Around,
    ) -> Result<(Outcome, bool), &'static errors::Kind> {
        let reading = event::read(line, &self.guard.anatomy().schema, around)
            .map_err(|problems| problems.first().map_or(&errors::EVENT_JSON, |p| p.kind))?;
        let unknown = !reading.warnings.is_empty();
        Ok((self.session.decide(&reading.event), unknown))
    }
}

/// Where the events' file lies, and what day it is.
struct Around {
    folder: Option<PathBuf>,
    today: Option<Date>,
}

impl Surroundings for Around {
    fn file(&self, name: &str) -> Result<Vec<u8>, Problem> {
        let path = match &self.folder {
            Some(folder) => folder.join(name),
            None => PathBuf::from(name),
        };
        std::fs::read(path)
            .map_err(|_| Problem::new(&errors::UNREADABLE, "cannot read `content_file`"))
    }

    fn today(&self, said: Option<i32>, time_zone: &str) -> Result<i32, Problem> {
        match self.today.map(Date::days).or(said) {
            Some(day) => Ok(day),
            None => event::today_in(time_zone),
        }
    }
}
