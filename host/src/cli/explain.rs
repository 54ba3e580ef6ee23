//! `riegel explain`: the page of a code, from the policy language or from the host.

use super::Ended;
use super::console::{BOLD, Console, styled};
use super::text::table;
use crate::errors::{self, Problem};
use riegel::diagnostics;

const EXAMPLES: &str = "\
Examples:
  riegel explain R0101
  riegel explain E2003
  riegel explain --list";

/// Explain a code such as R0101 or E2003
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    /// The code, as printed in brackets
    #[arg(value_name = "CODE", required_unless_present = "list")]
    code: Option<String>,
    /// List all codes with their titles
    #[arg(long, conflicts_with = "code")]
    list: bool,
}

/// Runs it.
pub fn run(args: &Args, console: &Console) -> Ended {
    match &args.code {
        Some(code) => console.print(&page(code)?)?,
        None => console.print(&list())?,
    }
    Ok(0)
}

fn page(code: &str) -> Result<String, Problem> {
    let wanted = code.trim_matches(['[', ']']).to_ascii_uppercase();
    if let Some(kind) = errors::explain(&wanted) {
        let title = styled(BOLD, &format!("{}: {}", kind.id, kind.title));
        return Ok(format!("{title}\n\n{}\n", kind.page));
    }
    match diagnostics::explain(&wanted) {
        Some(code) => {
            let title = styled(BOLD, &format!("{}: {}", code.id, code.title));
            Ok(format!("{title}\n\n{}\n", body(code.page)))
        }
        None => Err(
            Problem::new(&errors::NO_SUCH_CODE, format!("there is no code `{code}`"))
                .help("`riegel explain --list` shows all of them"),
        ),
    }
}

/// A page without its own heading, which the title already says.
fn body(page: &str) -> &str {
    let rest = match page.split_once('\n') {
        Some((first, rest)) if first.starts_with("# ") => rest,
        _ => page,
    };
    rest.trim()
}

fn list() -> String {
    let policy = diagnostics::codes().map(|code| (code.id, code.title));
    let host = errors::ALL.iter().map(|kind| (kind.id, kind.title));
    let mut rows: Vec<Vec<String>> = policy
        .chain(host)
        .map(|(id, title)| vec![id.to_owned(), title.to_owned()])
        .collect();
    rows.sort();
    table("", &rows)
}
