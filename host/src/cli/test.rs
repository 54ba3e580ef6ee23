//! `riegel test`: the `test` blocks of a policy, against the module it becomes.
//!
//! Nothing is simulated: the policy is compiled, loaded with all checks of a host,
//! and every test is an event with content for the module in wasmtime. A policy
//! without tests fails, because silence must not look like success.

use super::check::plural;
use super::console::{BOLD, Console, DIM, GREEN, RED, styled};
use super::text::{one_line, paragraph};
use super::{Ended, Stop, policy};
use crate::errors::{self, Problem};
use crate::event::Event;
use crate::runtime::Guard;
use riegel::check::model::{Place, Policy, Source, Test};
use riegel::diagnostics::line_column;
use riegel::expect::complaints;

const EXAMPLES: &str = "\
Examples:
  riegel test policies/packs/baseline.riegel
  riegel test policies/packs/*.riegel
  riegel test draft.riegel --only card

Exit codes: 0 all passed, 1 a test failed or the policy has errors, 2 I/O, or a
policy without tests.";

/// Run the tests that stand in policies
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    /// Policy files (.riegel)
    #[arg(required = true, value_name = "FILE")]
    files: Vec<String>,
    #[command(flatten)]
    layers: policy::Layers,
    /// Run only tests whose name contains this
    #[arg(long, value_name = "TEXT")]
    only: Option<String>,
    /// Print failed tests only
    #[arg(short, long)]
    quiet: bool,
}

/// Runs it.
pub fn run(args: &Args, console: &Console) -> Ended {
    let (mut passed, mut failed) = (0, 0);
    let mut silent = Vec::new();
    for file in &args.files {
        let (p, f) = run_file(file, args, console)?;
        if p + f == 0 {
            silent.push(file);
        }
        passed += p;
        failed += f;
    }
    let problems = without_tests(args, &silent);
    if passed + failed > 0 {
        let mut line = vec![styled(GREEN, &format!("{passed} passed"))];
        if failed > 0 {
            line.push(styled(RED, &format!("{failed} failed")));
        }
        let files = plural(args.files.len(), "file");
        console.print(&format!("\n{} in {files}\n", line.join(", ")))?;
    }
    match problems.is_empty() {
        true => Ok(u8::from(failed > 0)),
        false => Err(problems.into()),
    }
}

/// Files that ran nothing: silence must not look like success, also not beside others. With
/// `--only`, some test somewhere must bear the name.
fn without_tests(args: &Args, silent: &[&String]) -> Vec<Problem> {
    match &args.only {
        None => silent
            .iter()
            .map(|file| {
                Problem::new(&errors::NO_TESTS, "there was no test to run")
                    .at(*file)
                    .help("write `test \"…\" { given … text … expect … }`")
            })
            .collect(),
        Some(only) if silent.len() == args.files.len() => vec![
            Problem::new(&errors::NO_TESTS, "no test has this in its name")
                .at(format!("--only {only}"))
                .help("without `--only` every test runs, and its name is shown"),
        ],
        Some(_) => Vec::new(),
    }
}

fn run_file(file: &str, args: &Args, console: &Console) -> Result<(usize, usize), Stop> {
    let checked = policy::check_files(file, &args.layers, None, false)?;
    let Some(policy) = checked.policy.clone() else {
        return Err(policy::no_policy(checked));
    };
    let module = policy::build(checked)?;
    let guard = policy::load(file, &module.wasm, &[])?;
    console.print(&format!("{}\n", styled(BOLD, &one_line(file))))?;
    let (mut passed, mut failed) = (0, 0);
    for test in &policy.tests {
        let wanted = args
            .only
            .as_deref()
            .is_none_or(|only| test.name.contains(only));
        if !wanted {
            continue;
        }
        let complaints = run_test(&guard, &policy, test)?;
        let name = one_line(&test.name);
        if complaints.is_empty() {
            passed += 1;
            if !args.quiet {
                console.print(&format!("  {}      {name}\n", styled(GREEN, "ok")))?;
            }
        } else {
            failed += 1;
            console.print(&format!(
                "  {}  {}\n",
                styled(RED, "failed"),
                styled(BOLD, &name)
            ))?;
            for complaint in complaints {
                console.print(&complaint)?;
            }
        }
    }
    Ok((passed, failed))
}

/// What is wrong with the outcome of a test, one text per failed expectation.
fn run_test(guard: &Guard, policy: &Policy, test: &Test) -> Result<Vec<String>, Stop> {
    let mut guard = guard.clone();
    guard.configure(&test.config)?;
    let event = Event::new(&guard.anatomy().schema, test.event.clone())?;
    let outcome = guard.decide(&event);
    Ok(match outcome.failure {
        Some(failure) => {
            let expected = test.expect.iter().map(|expectation| expectation.place);
            let came = failure.to_string();
            expected.map(|place| shown(policy, place, &came)).collect()
        }
        None => complaints(policy, test, &outcome.decision)
            .iter()
            .map(|complaint| shown(policy, complaint.place, &complaint.came))
            .collect(),
    })
}

/// The expectation as it is written, and what came instead.
fn shown(policy: &Policy, place: Place, came: &str) -> String {
    let source: Option<&Source> = policy.sources.get(place.source as usize);
    let text = source.map_or("", |source| source.text.as_str());
    let (line, _) = line_column(text, place.span.start as usize);
    let written = text.lines().nth(line - 1).unwrap_or_default();
    let name = source.map_or("", |source| source.name.as_str());
    let place = styled(DIM, &format!("{}:{line}", one_line(name)));
    format!(
        "{}{}          {place}\n",
        paragraph("          ", &one_line(written)),
        paragraph("          but: ", &one_line(came)),
    )
}
