//! `riegel fmt`: the one layout of a policy.

use super::console::{Console, YELLOW, styled};
use super::stop::Stop;
use super::text::one_line;
use super::{Ended, policy, write};
use riegel::check::model::Source;
use riegel::syntax;
use std::path::Path;

const EXAMPLES: &str = "\
Examples:
  riegel fmt policies/packs/*.riegel
  riegel fmt --check policies/packs/baseline.riegel
  riegel fmt - < draft.riegel > tidy.riegel

Comments are kept, and the meaning never changes.
Exit codes: 0 fine, 1 syntax errors (or with --check: files that would change), 2 I/O.";

/// Lay out policies in the standard way
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    /// Policy files, changed in place; `-` reads standard input and writes standard output
    #[arg(required = true, value_name = "FILE")]
    files: Vec<String>,
    /// Change nothing; name the files that would change
    #[arg(long)]
    check: bool,
}

/// Runs it.
pub fn run(args: &Args, console: &Console) -> Ended {
    let mut unlike = 0;
    let mut broken = 0;
    for file in &args.files {
        let text = policy::read_text(file)?;
        let tidy = match syntax::format(&text) {
            Ok(tidy) => tidy,
            Err(diagnostics) => {
                let source = Source {
                    name: file.clone(),
                    text,
                };
                Stop::Diagnostics(diagnostics, vec![source]).report(console, super::Format::Human);
                broken += 1;
                continue;
            }
        };
        if args.check {
            if tidy != text {
                unlike += 1;
                let mark = styled(YELLOW, "would change");
                console.print(&format!("{mark}  {}\n", one_line(file)))?;
            }
        } else if file == "-" {
            console.print_raw(tidy.as_bytes())?;
        } else if tidy != text {
            write::file(Path::new(file), tidy.as_bytes())?;
            console.print(&format!("formatted  {}\n", one_line(file)))?;
        }
    }
    Ok(u8::from(unlike + broken > 0))
}
