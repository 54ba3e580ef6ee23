//! `riegel inspect`: what a module says about itself, for people and programs.
//!
//! The module is loaded like in a host, digest, bound and self-test included, so
//! what is shown here would also decide.

use super::build::parts;
use super::check::plural;
use super::console::{BOLD, Console, styled};
use super::parameter;
use super::text::{cut, grouped, one_line, paragraph, table};
use super::{Ended, Format, policy};
use crate::errors::Problem;
use crate::runtime::{Anatomy, Guard};
use riegel::manifest::{PolicyInfo, Schema};
use riegel::signing::{self, KeyId};
use riegel::syntax::ast::Date;
use serde_json::json;

const EXAMPLES: &str = "\
Examples:
  riegel inspect baseline.wasm
  riegel inspect policies/packs/baseline.riegel --format json
  riegel inspect baseline.riegel --layer client.riegel --effective

Exit codes: 0 fine, 1 the policy has errors, 2 the module cannot be loaded.";

/// Show what is in a module: attributes, parameters, rules, detectors, cost
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    /// Policy text (.riegel) or module (.wasm)
    #[arg(value_name = "FILE")]
    file: String,
    #[command(flatten)]
    layers: policy::Layers,
    /// Only the rules that hold, each with the layer that set it
    #[arg(long)]
    effective: bool,
    /// Output for people or for programs
    #[arg(long, value_enum, default_value = "human")]
    pub format: Format,
    /// Check a policy text as if it were this day
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = policy::day)]
    today: Option<Date>,
}

/// Runs it.
pub fn run(args: &Args, console: &Console) -> Ended {
    let module = policy::module(&args.file, &args.layers, args.today)?;
    let guard = policy::load(&args.file, &module, &[])?;
    let signers =
        signing::signers(&module).map_err(|refused| Problem::from(refused).at(&args.file))?;
    let signers: Vec<String> = signers.iter().map(KeyId::to_string).collect();
    console.print(&match args.format {
        Format::Human if args.effective => effective(&guard.anatomy().info),
        Format::Human => human(&guard, &signers),
        Format::Json => json(&guard, &signers),
    })?;
    Ok(0)
}

fn json(guard: &Guard, signers: &[String]) -> String {
    let anatomy = guard.anatomy();
    let sections: Vec<_> = anatomy
        .sections
        .iter()
        .map(|section| json!({ "name": section.name, "bytes": section.bytes }))
        .collect();
    let exports: Vec<_> = anatomy
        .exports
        .iter()
        .map(|(name, what)| json!({ "name": name, "type": what }))
        .collect();
    let out = json!({
        "policy": anatomy.info,
        "schema": anatomy.schema,
        "bound": anatomy.bound,
        "bytes": guard.bytes(),
        "digest": guard.digest_text(),
        "signed_with": signers,
        "imports": [],
        "exports": exports,
        "sections": sections,
        "selftest": anatomy.selftest.vectors.len(),
    });
    format!("{out:#}\n")
}

fn human(guard: &Guard, signers: &[String]) -> String {
    let anatomy = guard.anatomy();
    let mut out = header(guard, anatomy, signers);
    let mut section = |title: &str, count: usize, body: String| {
        if !body.is_empty() {
            let title = match count {
                0 => title.to_owned(),
                count => format!("{title} ({count})"),
            };
            out.push_str(&format!("\n{}\n{body}", styled(BOLD, &title)));
        }
    };
    let schema = &anatomy.schema;
    let info = &anatomy.info;
    section("Size", 0, parts(anatomy));
    section("Attributes", schema.slots.len(), attributes(schema));
    section("Parameters", schema.params.len(), parameters(schema));
    section("Rules", info.rules.len(), rules(info));
    section("Detectors", info.detectors.len(), detectors(info));
    section("Exports", anatomy.exports.len(), exports(anatomy));
    out.push_str(&format!("\n{}  none\n", styled(BOLD, "Imports")));
    out
}

fn header(guard: &Guard, anatomy: &Anatomy, signers: &[String]) -> String {
    let info = &anatomy.info;
    let bound = &anatomy.bound;
    let mut rows = vec![
        ("languages", info.languages.join(", ")),
        ("on error", info.on_error.clone()),
        ("time zone", anatomy.schema.time_zone.clone()),
    ];
    if let Some(day) = &info.review_by {
        rows.push(("review by", day.clone()));
    }
    if !info.stages.is_empty() {
        rows.push(("stages", stages(&info.stages)));
    }
    if !signers.is_empty() {
        let keys = signers.join(", ");
        rows.push(("signed with", format!("{keys} (not verified here)")));
    }
    rows.extend([
        (
            "bound",
            format!(
                "{} steps + {} per byte; longest match {} bytes",
                grouped(bound.steps),
                grouped(bound.steps_per_byte),
                bound.longest_match
            ),
        ),
        (
            "memory",
            format!(
                "{} bytes + {} per byte",
                grouped(bound.memory),
                bound.memory_per_byte
            ),
        ),
        (
            "self-test",
            format!(
                "{} vectors, all passed here",
                anatomy.selftest.vectors.len()
            ),
        ),
        ("compiler", format!("riegel {}", info.compiler)),
        ("build", info.build.clone()),
        ("digest", guard.digest_text().to_owned()),
    ]);
    let rows: Vec<Vec<String>> = rows
        .into_iter()
        .map(|(name, value)| vec![name.to_owned(), one_line(&value)])
        .collect();
    format!(
        "{}  {}  {}\n{}",
        styled(BOLD, &one_line(&info.id)),
        one_line(&info.version),
        one_line(&info.title),
        table("  ", &rows)
    )
}

fn stages(stages: &[(String, String)]) -> String {
    let steps: Vec<String> = stages
        .iter()
        .map(|(stage, day)| format!("{stage} from {day}"))
        .collect();
    steps.join(", ")
}

fn attributes(schema: &Schema) -> String {
    let rows: Vec<Vec<String>> = schema
        .slots
        .iter()
        .map(|slot| {
            let ty = match slot.variants.as_slice() {
                [] => slot.ty.clone(),
                variants => format!("enum: {}", variants.join(", ")),
            };
            let default = match (&slot.default, slot.required) {
                (_, true) => "required".to_owned(),
                (Some(default), _) => format!("= {default}"),
                (None, false) => "= absent".to_owned(),
            };
            vec![slot.name.clone(), default, cut(&ty, 52)]
        })
        .collect();
    table("  ", &rows)
}

fn parameters(schema: &Schema) -> String {
    let rows: Vec<Vec<String>> = schema
        .params
        .iter()
        .map(|param| {
            vec![
                param.name.clone(),
                format!("= {}", param.default),
                parameter::describe(param),
            ]
        })
        .collect();
    table("  ", &rows)
}

fn rules(info: &PolicyInfo) -> String {
    let mut out = String::new();
    for rule in &info.rules {
        let staged = match &rule.stages {
            Some(steps) => format!("  ({})", stages(steps)),
            None => String::new(),
        };
        out.push_str(&format!("  {:<8} {}{staged}\n", rule.verdict, rule.id));
        for cite in &rule.cite {
            out.push_str(&paragraph("           ", &one_line(cite)));
        }
        for (because, until) in &rule.exceptions {
            let text = format!("until {until}: {}", one_line(because));
            out.push_str(&paragraph("           except ", &text));
        }
    }
    out
}

/// What holds in the end: each rule with the layer that set it, and what layers above added.
fn effective(info: &PolicyInfo) -> String {
    let layer = |index: u16| {
        let name = info.layers.get(usize::from(index));
        one_line(name.map_or("", String::as_str))
    };
    let mut out = format!(
        "{}  {}  {}\n\n{}\n",
        styled(BOLD, &one_line(&info.id)),
        one_line(&info.version),
        one_line(&info.title),
        styled(BOLD, &format!("Layers ({})", info.layers.len()))
    );
    for (index, name) in info.layers.iter().enumerate() {
        let count = info
            .rules
            .iter()
            .filter(|r| usize::from(r.layer) == index)
            .count();
        out.push_str(&format!(
            "  {}: {}\n",
            one_line(name),
            plural(count, "rule")
        ));
    }
    let heading = format!("Rules ({})", info.rules.len());
    out.push_str(&format!("\n{}\n", styled(BOLD, &heading)));
    let width = info.rules.iter().map(|r| r.id.chars().count()).max();
    let width = width.unwrap_or(0).min(52);
    for rule in &info.rules {
        let id = one_line(&rule.id);
        let set = layer(rule.layer);
        out.push_str(&format!("  {:<8} {id:<width$}  {set}\n", rule.verdict));
        for (index, what) in &rule.tightened {
            for what in what {
                let text = format!("{}: {}", layer(*index), one_line(what));
                out.push_str(&paragraph("           + ", &text));
            }
        }
        for (because, until) in &rule.exceptions {
            let text = format!("until {until}: {}", one_line(because));
            out.push_str(&paragraph("           except ", &text));
        }
    }
    out
}

fn detectors(info: &PolicyInfo) -> String {
    let rows: Vec<Vec<String>> = info
        .detectors
        .iter()
        .map(|detector| {
            vec![
                detector.id.clone(),
                detector.class.clone(),
                cut(&one_line(&detector.title), 50),
            ]
        })
        .collect();
    table("  ", &rows)
}

fn exports(anatomy: &Anatomy) -> String {
    let rows: Vec<Vec<String>> = anatomy
        .exports
        .iter()
        .map(|(name, what)| vec![name.clone(), what.clone()])
        .collect();
    table("  ", &rows)
}
