//! Why a subcommand stopped before its end, and with which exit code.

use super::Format;
use super::console::Console;
use crate::errors::{self, Problem};
use riegel::check::model::Source;
use riegel::diagnostics::{self, Diagnostic};

/// Why it stopped.
pub enum Stop {
    /// Usage, files, events, modules: exit code 2.
    Problems(Vec<Problem>),
    /// A policy with errors: exit code 1.
    Diagnostics(Vec<Diagnostic>, Vec<Source>),
    /// Nobody reads standard output any more: quiet.
    ReaderLeft,
}

impl From<Problem> for Stop {
    fn from(problem: Problem) -> Self {
        Stop::Problems(vec![problem])
    }
}

impl From<Vec<Problem>> for Stop {
    fn from(problems: Vec<Problem>) -> Self {
        Stop::Problems(problems)
    }
}

impl Stop {
    /// The first thing that is wrong, for those who have no terminal.
    pub fn into_problem(self) -> Problem {
        let other = |message: String, place: String| {
            Problem::new(&errors::NOT_A_POLICY, message)
                .at(place)
                .help("`riegel check` says all that is wrong")
        };
        match self {
            Stop::Problems(problems) => match problems.into_iter().next() {
                Some(problem) => problem,
                None => other("the policy cannot be used".to_owned(), String::new()),
            },
            Stop::Diagnostics(list, sources) => {
                let first = list.iter().find(|diagnostic| diagnostic.is_error());
                let json = first.map(|first| diagnostics::to_json(first, &sources));
                let json = json.and_then(|json| serde_json::to_value(json).ok());
                let json = json.unwrap_or_default();
                let text = |key: &str| json.get(key).and_then(|v| v.as_str()).unwrap_or_default();
                let name = sources.first().map_or("", |source| source.name.as_str());
                other(
                    format!("{} ({})", text("message"), text("code")),
                    name.to_owned(),
                )
            }
            Stop::ReaderLeft => other("the policy cannot be used".to_owned(), String::new()),
        }
    }

    /// Says it and gives the exit code.
    pub fn report(self, console: &Console, format: Format) -> u8 {
        match (self, format) {
            (Stop::Problems(problems), Format::Human) => {
                for problem in &problems {
                    console.problem(problem);
                }
                2
            }
            (Stop::Problems(problems), Format::Json) => {
                let list: Vec<_> = problems.iter().map(Problem::to_json).collect();
                console.complain(&format!("{}\n", serde_json::json!({ "problems": list })));
                2
            }
            (Stop::Diagnostics(list, sources), Format::Human) => {
                console.complain(&diagnostics::render(&list, &sources, console.error_color()));
                1
            }
            (Stop::Diagnostics(list, sources), Format::Json) => {
                let list: Vec<_> = list
                    .iter()
                    .map(|diagnostic| diagnostics::to_json(diagnostic, &sources))
                    .collect();
                console.complain(&format!("{}\n", serde_json::json!({ "diagnostics": list })));
                1
            }
            (Stop::ReaderLeft, _) => 0,
        }
    }
}
