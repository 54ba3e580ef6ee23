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
use crate::runtime::{Guard, Outcome};
use riegel::check::model::{Expectation, Expected, Policy, Source, Test};
use riegel::diagnostics::line_column;
use riegel::syntax::ast::Verdict;
use riegel_kernel::layout::{FindingEntry, RECORD_CONTENT_READ};

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
    let run = Run {
        policy,
        event: &event,
        outcome: &outcome,
    };
    Ok(test
        .expect
        .iter()
        .filter_map(|expectation| Some(run.complaint(expectation, run.check(&expectation.what)?)))
        .collect())
}

struct Run<'a> {
    policy: &'a Policy,
    event: &'a Event,
    outcome: &'a Outcome,
}

impl Run<'_> {
    /// What came out instead, or `None` when the expectation holds.
    fn check(&self, expected: &Expected) -> Option<String> {
        let decision = &self.outcome.decision;
        if let Some(failure) = &self.outcome.failure {
            return Some(failure.to_string());
        }
        match expected {
            Expected::Verdict(verdict, rules) => self.verdict(decision.effective, *verdict, rules),
            Expected::Would(verdict, rules) => self.verdict(decision.verdict, *verdict, rules),
            Expected::NoRule(rule) => self.fired(*rule).then(|| self.rules_in_words()),
            Expected::Found {
                detector,
                confidence,
                at,
            } => {
                let fits = |finding: &&FindingEntry| {
                    finding.confidence >= *confidence as u8
                        && at
                            .as_ref()
                            .is_none_or(|at| self.text(finding) == at.as_bytes())
                };
                match self.findings(*detector).find(fits) {
                    Some(_) => None,
                    None => Some(self.findings_in_words(*detector)),
                }
            }
            // What was not searched was not looked at: that would hold whatever the text says.
            Expected::NotFound(detector) => {
                let found = |finding: &FindingEntry| finding.confidence >= 2;
                let unseen = !self.outcome.decision.demanded(*detector);
                (unseen || self.findings(*detector).any(found))
                    .then(|| self.findings_in_words(*detector))
            }
            Expected::Obligation(index) => {
                let inside = |codes: &[u16]| {
                    let mut indices = codes.iter().map(|code| usize::from(code & 0xFFF));
                    indices.any(|i| i == *index)
                };
                match (inside(&decision.obligations), inside(&decision.would)) {
                    (true, _) => None,
                    (_, true) => Some("only later: the rule is not enforced yet".to_owned()),
                    _ => Some(format!("not asked; {}", self.rules_in_words())),
                }
            }
            Expected::Unread => (decision.flags & RECORD_CONTENT_READ != 0).then(|| {
                let searched = self.policy.detectors.iter().enumerate();
                let searched: Vec<&str> = searched
                    .filter(|(i, _)| decision.demanded(*i))
                    .map(|(_, detector)| detector.id.as_str())
                    .collect();
                format!("the content was read, for {}", searched.join(", "))
            }),
        }
    }

    fn verdict(&self, came: Verdict, expected: Verdict, rules: &[usize]) -> Option<String> {
        let holds = came == expected && rules.iter().all(|rule| self.fired(*rule));
        (!holds).then(|| format!("{}: {}", came.as_str(), self.rules_in_words()))
    }

    fn fired(&self, rule: usize) -> bool {
        let mut hits = self.outcome.decision.rules.iter();
        hits.any(|hit| usize::from(hit.rule) == rule)
    }

    fn rules_in_words(&self) -> String {
        let rules: Vec<&str> = self
            .outcome
            .decision
            .rules
            .iter()
            .filter_map(|hit| self.policy.rules.get(usize::from(hit.rule)))
            .map(|rule| rule.id.as_str())
            .collect();
        match rules.as_slice() {
            [] => "no rule fired".to_owned(),
            rules => format!("by {}", rules.join(", ")),
        }
    }

    fn findings(&self, detector: usize) -> impl Iterator<Item = &FindingEntry> {
        let all = self.outcome.decision.findings.iter();
        all.filter(move |finding| usize::from(finding.detector) == detector)
    }

    /// A test's content stands in the policy's source, so it may be shown.
    fn text(&self, finding: &FindingEntry) -> &[u8] {
        let content = self.event.content().as_bytes();
        let span = finding.start as usize..finding.end as usize;
        content.get(span).unwrap_or_default()
    }

    fn findings_in_words(&self, detector: usize) -> String {
        if !self.outcome.decision.demanded(detector) {
            return "not searched: no rule that could still fire speaks of it".to_owned();
        }
        let found: Vec<String> = self
            .findings(detector)
            .map(|finding| {
                let text = String::from_utf8_lossy(self.text(finding)).into_owned();
                let confidence = super::decide::confidence(finding.confidence);
                format!("\"{}\" ({confidence})", one_line(&text))
            })
            .collect();
        match found.as_slice() {
            [] => "not found".to_owned(),
            found => format!("found {}", found.join(", ")),
        }
    }

    fn complaint(&self, expectation: &Expectation, came: String) -> String {
        let place = expectation.place;
        let source: Option<&Source> = self.policy.sources.get(place.source as usize);
        let text = source.map_or("", |source| source.text.as_str());
        let (line, _) = line_column(text, place.span.start as usize);
        let written = text.lines().nth(line - 1).unwrap_or_default();
        let name = source.map_or("", |source| source.name.as_str());
        let place = styled(DIM, &format!("{}:{line}", one_line(name)));
        format!(
            "{}{}          {place}\n",
            paragraph("          ", &one_line(written)),
            paragraph("          but: ", &came),
        )
    }
}
