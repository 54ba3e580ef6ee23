//! `riegel coverage`: the rules and clauses of policies that their tests exercise.
//!
//! A clause counts where it decides in a test in which it holds, and in one in which it does not: turned
//! round, the rule would do the opposite. The reference evaluates it, because a module says only which
//! clauses of fired rules held.

use super::check::plural;
use super::console::{BOLD, Console, DIM, GREEN, RED, styled};
use super::text::{one_line, paragraph};
use super::{Ended, Format, policy};
use riegel::check::model::{Policy, Rule};
use riegel::diagnostics::line_column;
use riegel::reference::{RuleCoverage, coverage};
use serde_json::json;

const EXAMPLES: &str = "\
Examples:
  riegel coverage policies/packs/baseline.riegel
  riegel coverage policies/packs/*.riegel
  riegel coverage baseline.riegel --layer client.riegel --format json

Rules that a policy takes from others are covered by their tests, not by its own.
Exit codes: 0 everything is exercised, 1 something is not or the policy has errors, 2 I/O.";

/// Show which rules and clauses the tests of policies exercise
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
}

/// What one policy's tests exercise.
struct Covered {
    file: String,
    policy: Policy,
    rules: Vec<RuleCoverage>,
}

impl Covered {
    /// The rules of the policy itself, and those that it makes stricter.
    fn own(&self) -> impl Iterator<Item = (&Rule, &RuleCoverage)> {
        let all = self.policy.rules.iter().zip(&self.rules);
        all.filter(|(rule, _)| rule.layer == 0 || rule.tightened.iter().any(|t| t.layer == 0))
    }

    /// What no test exercises, with its line.
    fn missing<'a>(&'a self, rule: &'a Rule, covered: &'a RuleCoverage) -> Vec<(usize, String)> {
        let mut missing = Vec::new();
        let line = |place: riegel::check::model::Place| {
            let source = self.policy.sources.get(place.source as usize);
            let text = source.map_or("", |s| s.text.as_str());
            let written = text.get(place.span.range()).unwrap_or("");
            (line_column(text, place.span.start as usize).0, written)
        };
        if covered.fires == 0 {
            missing.push((line(rule.place).0, "no test in which it fires".to_owned()));
        }
        if covered.silent == 0 {
            let text = "no test in which it stays silent".to_owned();
            missing.push((line(rule.place).0, text));
        }
        // A tightened rule's clauses of below are tested there.
        let clauses = rule.clauses.iter().zip(&covered.clauses);
        for (clause, tests) in clauses.filter(|(c, _)| self.is_own(c.place.source)) {
            let (line, written) = line(clause.place);
            let written: Vec<&str> = written.split_whitespace().collect();
            for (count, how) in [(tests.holds, "holds"), (tests.fails, "does not hold")] {
                if count == 0 {
                    let written = written.join(" ");
                    missing.push((line, format!("no test decides where this {how}: {written}")));
                }
            }
        }
        missing
    }

    fn is_own(&self, source: u32) -> bool {
        source == 0
    }

    /// Clauses of the policy itself: exercised, all.
    fn clauses(&self) -> (usize, usize) {
        let own = self.own().flat_map(|(rule, covered)| {
            let clauses = rule.clauses.iter().zip(&covered.clauses);
            clauses.filter(|(clause, _)| self.is_own(clause.place.source))
        });
        own.fold((0, 0), |(some, all), (_, tests)| {
            (some + usize::from(tests.is_full()), all + 1)
        })
    }
}

/// Runs it.
pub fn run(args: &Args, console: &Console) -> Ended {
    let mut all = Vec::new();
    for file in &args.files {
        let checked = policy::check_files(file, &args.layers, None, false)?;
        let Some(policy) = checked.policy.clone().filter(|p| !p.is_library()) else {
            return Err(policy::no_policy(checked));
        };
        let rules = coverage(&policy);
        all.push(Covered {
            file: file.clone(),
            policy,
            rules,
        });
    }
    let full = |covered: &Covered| {
        covered
            .own()
            .all(|(rule, c)| covered.missing(rule, c).is_empty())
    };
    match args.format {
        Format::Human => {
            for covered in &all {
                console.print(&human(covered))?;
            }
        }
        Format::Json => console.print(&json(&all))?,
    }
    Ok(u8::from(!all.iter().all(full)))
}

fn human(covered: &Covered) -> String {
    let mut out = String::new();
    let (mut count, mut fired) = (0, 0);
    for (rule, of_rule) in covered.own() {
        count += 1;
        fired += usize::from(of_rule.fires > 0 && of_rule.silent > 0);
        let missing = covered.missing(rule, of_rule);
        if missing.is_empty() {
            continue;
        }
        out.push_str(&format!("  {}\n", styled(BOLD, &one_line(&rule.id))));
        for (line, what) in missing {
            let place = styled(DIM, &format!("{}:{line}", one_line(&covered.file)));
            out.push_str(&paragraph("    ", &one_line(&what)));
            out.push_str(&format!("    {place}\n"));
        }
    }
    let (some, clauses) = covered.clauses();
    let mark = match out.is_empty() {
        true => styled(GREEN, "ok"),
        false => styled(RED, "gaps"),
    };
    format!(
        "{mark}  {}: {fired} of {}, {some} of {}, {}\n{out}",
        one_line(&covered.file),
        plural(count, "rule"),
        plural(clauses, "clause"),
        plural(covered.policy.tests.len(), "test"),
    )
}

fn json(all: &[Covered]) -> String {
    let files: Vec<_> = all
        .iter()
        .map(|covered| {
            let rules: Vec<_> = covered
                .own()
                .map(|(rule, c)| {
                    let missing: Vec<_> = covered
                        .missing(rule, c)
                        .into_iter()
                        .map(|(line, what)| json!({ "line": line, "what": what }))
                        .collect();
                    let clauses = c.clauses.iter();
                    let clauses: Vec<_> = clauses
                        .map(|c| json!({ "holds": c.holds, "fails": c.fails }))
                        .collect();
                    json!({
                        "rule": rule.id,
                        "fires": c.fires,
                        "silent": c.silent,
                        "clauses": clauses,
                        "missing": missing,
                    })
                })
                .collect();
            let (some, clauses) = covered.clauses();
            json!({ "file": covered.file, "clauses": clauses, "exercised": some, "rules": rules })
        })
        .collect();
    format!("{:#}\n", json!(files))
}
