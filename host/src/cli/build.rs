//! `riegel build`: policy text to module.

use super::console::{BOLD, Console, styled};
use super::text::{grouped, one_line, table};
use super::{Ended, policy, write};
use crate::errors::{self, Problem};
use crate::runtime::anatomy;
use riegel::diagnostics;
use riegel::syntax::ast::Date;
use std::path::{Path, PathBuf};

const EXAMPLES: &str = "\
Examples:
  riegel build policies/packs/baseline.riegel
  riegel build baseline.riegel -o dist/baseline.wasm
  riegel build baseline.riegel --layer sector.riegel --layer client.riegel -o client.wasm

Exit codes: 0 built, 1 the policy has errors, 2 a file cannot be read or written.";

/// Build a policy into one closed WebAssembly module
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    /// Policy file (.riegel)
    #[arg(value_name = "FILE")]
    file: String,
    #[command(flatten)]
    layers: policy::Layers,
    /// Where the module goes [default: beside the policy, as .wasm]
    #[arg(short, long, value_name = "OUT.wasm")]
    output: Option<PathBuf>,
    /// Check as if it were this day (the module is the same on every day)
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = policy::day)]
    today: Option<Date>,
}

/// Runs it.
pub fn run(args: &Args, console: &Console) -> Ended {
    let output = match &args.output {
        Some(output) => output.clone(),
        None if args.file == "-" => {
            return Err(Problem::new(
                &errors::ARGUMENT,
                "a policy from standard input has no name for its module",
            )
            .help("say where it goes: `-o OUT.wasm`")
            .into());
        }
        None => Path::new(&args.file).with_extension("wasm"),
    };
    let checked = policy::check_files(&args.file, &args.layers, args.today, false)?;
    let sources = std::iter::once(&args.file).chain(args.layers.files());
    if sources
        .into_iter()
        .any(|file| write::same_file(Path::new(file), &output))
    {
        return Err(Problem::new(
            &errors::ARGUMENT,
            "the module would take the place of its policy",
        )
        .at(output.display().to_string())
        .help("name another file: `-o OUT.wasm`")
        .into());
    }
    let fine = !checked.diagnostics.iter().any(|d| d.is_error());
    if fine && !checked.diagnostics.is_empty() {
        console.complain(&diagnostics::render(
            &checked.diagnostics,
            &checked.sources,
            console.error_color(),
        ));
    }
    let module = policy::build(checked)?.wasm;
    write::file(&output, &module)?;
    let anatomy = anatomy::read(&module)?;
    console.print(&format!(
        "{}  {} bytes  {} {}\n{}",
        styled(BOLD, &one_line(&output.display().to_string())),
        grouped(module.len() as u64),
        anatomy.info.id,
        anatomy.info.version,
        parts(&anatomy)
    ))?;
    Ok(0)
}

/// Sizes by part, largest first.
pub fn parts(anatomy: &anatomy::Anatomy) -> String {
    let mut rows: Vec<(usize, String)> = Vec::new();
    for section in &anatomy.sections {
        let name = match section.name.as_str() {
            "code" => "code (kernel and rules)",
            "data" => "tables (automata, words)",
            name if name.contains('.') => name,
            _ => "other sections",
        };
        match rows.iter_mut().find(|(_, known)| known == name) {
            Some((bytes, _)) => *bytes += section.bytes,
            None => rows.push((section.bytes, name.to_owned())),
        }
    }
    rows.sort_by(|a, b| b.cmp(a));
    let width = rows
        .iter()
        .map(|(bytes, _)| grouped(*bytes as u64).len())
        .max()
        .unwrap_or(0);
    let rows: Vec<Vec<String>> = rows
        .into_iter()
        .map(|(bytes, name)| vec![format!("{:>width$}", grouped(bytes as u64)), name])
        .collect();
    table("  ", &rows)
}
