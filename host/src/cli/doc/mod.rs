//! `riegel doc`: a policy as a page for those whom it concerns: staff, works council, auditor.
//!
//! `facts` and `rules` make a list of [`page::Block`]s from the checked policy, `html` and `markdown`
//! write it. The page is made of the policy alone; what only the controller knows is asked, marked
//! as a question.

mod circumstances;
mod facts;
mod html;
mod impact;
mod markdown;
mod page;
mod roles;
mod rules;
mod source;

use super::console::Console;
use super::decide::words::Lang;
use super::{Ended, policy, write};
use crate::errors::{self, Problem};
use riegel::syntax::ast::Date;
use std::path::{Path, PathBuf};

const EXAMPLES: &str = "\
Examples:
  riegel doc policies/packs/baseline.riegel -o baseline.html
  riegel doc client.riegel --lang de --impact -o folgenabschaetzung.html
  riegel doc baseline.riegel --layer client.riegel --format markdown

The HTML is one file without scripts and without anything from elsewhere; it prints well.
Exit codes: 0 written, 1 the policy has errors, 2 a file cannot be read or written.";

/// Write a policy as a readable page, also as the skeleton of an impact assessment
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    /// Policy file (.riegel)
    #[arg(value_name = "POLICY")]
    file: String,
    #[command(flatten)]
    layers: policy::Layers,
    /// Language of the page [default: the policy's first]
    #[arg(long, value_enum)]
    lang: Option<Lang>,
    /// What is written [default: by the name behind -o, else html]
    #[arg(long, value_enum)]
    format: Option<Form>,
    /// With the skeleton of an impact assessment (GDPR Art. 35) and the facts for Art. 28
    #[arg(long)]
    impact: bool,
    /// Where the page goes [default: standard output]
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Check the policy as if it were this day
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = policy::day)]
    today: Option<Date>,
}

#[derive(Clone, Copy, clap::ValueEnum)]
enum Form {
    /// One self-contained file
    Html,
    /// For wikis and repositories
    Markdown,
}

/// Runs it.
pub fn run(args: &Args, console: &Console) -> Ended {
    let checked = policy::check_files(&args.file, &args.layers, args.today, false)?;
    let Some(mut policy) = checked.policy.clone().filter(|p| !p.is_library()) else {
        return Err(policy::no_policy(checked));
    };
    policy::without_folders(&mut policy);
    let lang = args
        .lang
        .unwrap_or_else(|| Lang::of_policy(&policy.languages));
    let markdown = match (args.format, &args.output) {
        (Some(Form::Markdown), _) => true,
        (None, Some(path)) => path.extension().is_some_and(|ext| ext == "md"),
        _ => false,
    };
    let today = policy::checking_day(args.today);
    let mut blocks = facts::head(&policy, today, lang);
    blocks.extend(rules::all(&policy, today, lang));
    blocks.extend(facts::tail(&policy, lang));
    if args.impact {
        blocks.extend(impact::assessment(&policy, lang));
        blocks.extend(impact::processing(&policy, lang));
    }
    blocks.extend(facts::signatures(&policy, lang));
    let text = match markdown {
        true => markdown::render(&policy.title, &blocks),
        false => html::render(&policy.title, &blocks, lang),
    };
    match &args.output {
        None => console.print_raw(text.as_bytes())?,
        Some(path) => {
            let sources = std::iter::once(&args.file).chain(args.layers.files());
            let mut sources = sources.map(Path::new);
            if sources.any(|source| write::same_file(source, path)) {
                return Err(Problem::new(
                    &errors::ARGUMENT,
                    "the page would take the place of its policy",
                )
                .at(path.display().to_string())
                .help("name another file: `-o FILE.html`")
                .into());
            }
            write::file(path, text.as_bytes())?;
        }
    }
    Ok(0)
}
