//! `riegel decide`: one event, one decision, with everything a person needs to
//! understand it. The answer in words is made in `human`, the one for programs in
//! `json`; both read the same [`Case`].

mod excerpt;
mod human;
mod json;
pub(crate) mod message;
pub mod places;
mod sentence;
pub mod words;

pub use json::{confidence, error_word};

use super::console::Console;
use super::policy;
use super::{Ended, Format};
use crate::errors::{self, Problem};
use crate::event::{self, Event, Surroundings};
use crate::runtime::{Guard, Outcome};
use riegel::syntax::ast::{Date, Verdict};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use words::Lang;

const EXAMPLES: &str = "\
Examples:
  riegel decide policies/packs/baseline.riegel --event policies/examples/paste.json
  riegel decide baseline.wasm --event - --lang de --format json < event.json
  riegel decide baseline.riegel --event paste.json --today 2027-02-01 --param bulk_limit=3

An event is one JSON object; attributes are nested or dotted:
  {\"action\": \"paste\", \"user\": {\"roles\": [\"sales\"]},
   \"destination\": {\"host\": \"chatgpt.com\", \"kind\": \"ai_chat\"},
   \"content\": \"…\"}
`content` may be a list of parts {\"role\": \"user\", \"direction\": \"outbound\", \"text\": \"…\"};
`content_file` names a file beside the event instead.

Exit codes:
  0   a decision was made, whatever it is
  1   the policy has errors
  2   wrong usage, or the event or the module cannot be used
With --exit-code: 0 allow, log, warn; 10 justify, redact, approve; 20 block.";

/// Decide about one event
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    /// Policy text (.riegel) or module (.wasm)
    #[arg(value_name = "POLICY")]
    policy: String,
    #[command(flatten)]
    layers: policy::Layers,
    /// The event, a JSON file; `-` is standard input
    #[arg(long, value_name = "FILE")]
    event: String,
    /// Language of the answer [default: the policy's first]
    #[arg(long, value_enum)]
    lang: Option<Lang>,
    /// Output for people or for programs
    #[arg(long, value_enum, default_value = "human")]
    pub format: Format,
    /// Decide as if it were this day [default: the event's `today`, else today]
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = policy::day)]
    today: Option<Date>,
    /// Set a parameter of the policy; lists are separated by commas
    #[arg(long = "param", value_name = "NAME=VALUE")]
    params: Vec<String>,
    /// Say the verdict in the exit code as well
    #[arg(long)]
    exit_code: bool,
}

/// A decision with everything that its presentation needs.
pub struct Case<'a> {
    guard: &'a Guard,
    event: &'a Event,
    outcome: &'a Outcome,
    lang: Lang,
    time: Duration,
}

/// Runs it.
pub fn run(args: &Args, console: &Console) -> Ended {
    if args.policy == "-" && args.event == "-" {
        return Err(Problem::new(
            &errors::ARGUMENT,
            "policy and event cannot both come from standard input",
        )
        .at("--event -")
        .help("name a file for one of the two")
        .into());
    }
    let module = policy::module(&args.policy, &args.layers, args.today)?;
    let guard = policy::load(&args.policy, &module, &args.params)?;
    let text = read_event(&args.event)?;
    let around = Around {
        folder: Path::new(&args.event).parent().map(Path::to_owned),
        today: args.today,
    };
    let reading = event::read(&text, &guard.anatomy().schema, &around).map_err(|problems| {
        let within = |problem: Problem| problem.within(&args.event);
        problems.into_iter().map(within).collect::<Vec<_>>()
    })?;
    let within = |warning: Problem| warning.within(&args.event);
    let warnings: Vec<Problem> = reading.warnings.into_iter().map(within).collect();
    if args.format == Format::Human {
        for warning in &warnings {
            console.warning(warning);
        }
    }
    let (outcome, time) = decide(&guard, &reading.event);
    let case = Case {
        guard: &guard,
        event: &reading.event,
        outcome: &outcome,
        lang: args
            .lang
            .unwrap_or_else(|| Lang::of_policy(&guard.anatomy().info.languages)),
        time,
    };
    console.print(&match args.format {
        Format::Human => human::render(&case, console.color()),
        Format::Json => json::render(&case, &warnings),
    })?;
    Ok(match outcome.decision.effective {
        _ if !args.exit_code => 0,
        Verdict::Allow | Verdict::Log | Verdict::Warn => 0,
        Verdict::Justify | Verdict::Redact | Verdict::Approve => 10,
        Verdict::Block => 20,
    })
}

fn read_event(path: &str) -> Result<String, Problem> {
    String::from_utf8(policy::read_file(path)?).map_err(|_| {
        Problem::new(&errors::EVENT_JSON, "the event is not UTF-8 text")
            .at(path)
            .help("JSON is always UTF-8")
    })
}

/// Decides on a warm instance, so that the time is that of the decision alone.
fn decide(guard: &Guard, event: &Event) -> (Outcome, Duration) {
    let mut session = guard.session();
    session.warm();
    let start = Instant::now();
    let outcome = session.decide(event);
    (outcome, start.elapsed())
}

/// Where the event's file lies, and what day it is.
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
        std::fs::read(&path).map_err(|error| {
            Problem::new(
                &errors::UNREADABLE,
                format!("cannot read `content_file`: {error}"),
            )
            .help("the path is relative to the event's file")
        })
    }

    fn today(&self, said: Option<i32>, time_zone: &str) -> Result<i32, Problem> {
        match self.today.map(Date::days).or(said) {
            Some(day) => Ok(day),
            None => event::today_in(time_zone),
        }
    }
}
