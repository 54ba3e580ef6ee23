//! Why a subcommand stopped before its end, and with which exit code.

use super::Format;
use super::console::Console;
use crate::errors::Problem;
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
