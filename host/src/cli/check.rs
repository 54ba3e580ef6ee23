//! `riegel check`: everything that is wrong with policies, without building them.

use super::console::{Console, GREEN, RED, styled};
use super::policy;
use super::text::one_line;
use super::{Ended, Format};
use riegel::check::Checked;
use riegel::detect::examples;
use riegel::diagnostics;
use riegel::syntax::ast::Date;
use serde_json::json;

const EXAMPLES: &str = "\
Examples:
  riegel check policies/packs/baseline.riegel
  riegel check policies/packs/*.riegel --today 2027-06-30
  riegel check draft.riegel --format json
  riegel check baseline.riegel --layer client.riegel

`riegel explain CODE` says more about a code such as R0101.
Exit codes: 0 no errors (there may be warnings), 1 errors, 2 a file cannot be read.";

/// Check policies and libraries: names, types, dates, texts, detectors
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    /// Policy files (.riegel)
    #[arg(required = true, value_name = "FILE")]
    files: Vec<String>,
    #[command(flatten)]
    layers: policy::Layers,
    /// Output for people or for programs
    #[arg(long, value_enum, default_value = "human")]
    pub format: Format,
    /// Check as if it were this day (reviews, exceptions, stages)
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = policy::day)]
    today: Option<Date>,
}

/// Runs it.
pub fn run(args: &Args, console: &Console) -> Ended {
    let mut checked = Vec::new();
    for file in &args.files {
        let mut said = policy::check_files(file, &args.layers, args.today, true)?;
        if let Some(policy) = &said.policy {
            // Its own detectors are built, and their examples tried.
            said.diagnostics.extend(examples::check_own(policy));
        }
        checked.push((file, said));
    }
    let failed = checked.iter().any(|(_, checked)| errors(checked) > 0);
    match args.format {
        Format::Human => {
            for (file, checked) in &checked {
                human(file, checked, console)?;
            }
        }
        Format::Json => console.print(&json(&checked))?,
    }
    Ok(u8::from(failed))
}

fn errors(checked: &Checked) -> usize {
    checked.diagnostics.iter().filter(|d| d.is_error()).count()
}

fn human(file: &str, checked: &Checked, console: &Console) -> Result<(), super::Stop> {
    if !checked.diagnostics.is_empty() {
        console.complain(&diagnostics::render(
            &checked.diagnostics,
            &checked.sources,
            console.error_color(),
        ));
    }
    let errors = errors(checked);
    let warnings = checked.diagnostics.len() - errors;
    let mut counts = Vec::new();
    match &checked.policy {
        Some(library) if library.is_library() => {
            counts.push("a library".to_owned());
            counts.push(plural(library.detectors.len(), "detector"));
        }
        Some(policy) => {
            counts.push(plural(policy.rules.len(), "rule"));
            counts.push(plural(policy.detectors.len(), "detector"));
            counts.push(plural(policy.tests.len(), "test"));
        }
        None => {}
    }
    for (count, word) in [(errors, "error"), (warnings, "warning")] {
        if count > 0 {
            counts.push(plural(count, word));
        }
    }
    let mark = match errors {
        0 => styled(GREEN, "ok"),
        _ => styled(RED, "failed"),
    };
    let tail = match counts.as_slice() {
        [] => String::new(),
        counts => format!(": {}", counts.join(", ")),
    };
    console.print(&format!("{mark}  {}{tail}\n", one_line(file)))
}

fn json(checked: &[(&String, Checked)]) -> String {
    let files: Vec<_> = checked
        .iter()
        .map(|(file, checked)| {
            let list: Vec<_> = checked
                .diagnostics
                .iter()
                .map(|diagnostic| diagnostics::to_json(diagnostic, &checked.sources))
                .collect();
            json!({ "file": file, "ok": errors(checked) == 0, "diagnostics": list })
        })
        .collect();
    format!("{:#}\n", json!({ "files": files }))
}

/// `1 rule`, `2 rules`
pub fn plural(count: usize, word: &str) -> String {
    match count {
        1 => format!("1 {word}"),
        _ => format!("{count} {word}s"),
    }
}
