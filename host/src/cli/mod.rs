//! The command line `riegel`: one file per subcommand.
//!
//! What all subcommands keep to:
//!
//! * The answer goes to standard output, what is wrong to standard error.
//! * Exit codes: 0 fine, 1 problems found, 2 a usage or I/O error (`decide
//!   --exit-code` has its own).
//! * Every error has a code, a place and a next step; `riegel explain CODE` says more.
//! * Colour only on a terminal, unless `--color` or `NO_COLOR` says otherwise.
//! * A reader that closes the pipe early ends the program quietly.

mod api_key;
mod audit;
mod build;
mod check;
mod console;
mod coverage;
pub(crate) mod decide;
mod doc;
mod documents;
mod explain;
mod fmt;
mod hashed;
mod inspect;
mod key;
mod new;
pub(crate) mod parameter;
mod playground;
pub(crate) mod policy;
mod scan;
mod serve;
mod sign;
pub(crate) mod simulate;
pub(crate) mod stop;
mod test;
pub(crate) mod text;
mod trust;
mod verify;
pub(crate) mod write;

use clap::{Parser, Subcommand, ValueEnum};
use console::Console;
use std::process::ExitCode;
use stop::Stop;

/// What a subcommand comes to: an exit code, or why it stopped.
type Ended = Result<u8, Stop>;

const LONG_ABOUT: &str = "\
Riegel checks what is about to be sent to an AI service, and what comes back.

A policy is a text of rules. `riegel build` turns it into one closed WebAssembly module;
`riegel decide` asks such a module, or the text itself, about an event.";

const EXAMPLES: &str = "\
Examples:
  riegel new
  riegel check policies/packs/baseline.riegel
  riegel decide policies/packs/baseline.riegel --event policies/examples/paste.json
  riegel test policies/packs/*.riegel
  riegel scan letter.txt
  riegel explain E2003

Exit codes:
  0  fine
  1  problems were found (errors in a policy, failed tests)
  2  wrong usage, or a file that cannot be read or written";

#[derive(Parser)]
#[command(name = "riegel", version, about = "A policy engine for AI use: check, build, decide", long_about = LONG_ABOUT, after_help = EXAMPLES, max_term_width = 100)]
struct Cli {
    #[command(subcommand)]
    command: Command,
    /// Colour in the output
    #[arg(
        long,
        global = true,
        value_enum,
        default_value = "auto",
        value_name = "WHEN"
    )]
    color: Color,
}

#[derive(Clone, Copy, ValueEnum)]
enum Color {
    /// On a terminal, unless NO_COLOR is set
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

/// Output for people or for programs.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// For people
    Human,
    /// For programs
    Json,
}

#[derive(Subcommand)]
enum Command {
    New(new::Args),
    Check(check::Args),
    Build(build::Args),
    Test(test::Args),
    Coverage(coverage::Args),
    Decide(decide::Args),
    Simulate(simulate::Args),
    Inspect(inspect::Args),
    Doc(doc::Args),
    Fmt(fmt::Args),
    Explain(explain::Args),
    Scan(scan::Args),
    Playground(playground::Args),
    HashList(hashed::ListArgs),
    Fingerprint(hashed::PrintArgs),
    Key(key::Args),
    Sign(sign::Args),
    VerifySignature(verify::Args),
    Trust(trust::Args),
    Serve(serve::Args),
    Audit(audit::Args),
    ApiKey(api_key::Args),
}

/// Runs the program.
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    let console = Console::new(match cli.color {
        Color::Auto => anstream::ColorChoice::Auto,
        Color::Always => anstream::ColorChoice::AlwaysAnsi,
        Color::Never => anstream::ColorChoice::Never,
    });
    let (ended, format) = match cli.command {
        Command::New(args) => (new::run(&args, &console), Format::Human),
        Command::Check(args) => (check::run(&args, &console), args.format),
        Command::Build(args) => (build::run(&args, &console), Format::Human),
        Command::Test(args) => (test::run(&args, &console), Format::Human),
        Command::Coverage(args) => (coverage::run(&args, &console), args.format),
        Command::Decide(args) => (decide::run(&args, &console), args.format),
        Command::Simulate(args) => (simulate::run(&args, &console), args.format),
        Command::Inspect(args) => (inspect::run(&args, &console), args.format),
        Command::Doc(args) => (doc::run(&args, &console), Format::Human),
        Command::Fmt(args) => (fmt::run(&args, &console), Format::Human),
        Command::Explain(args) => (explain::run(&args, &console), Format::Human),
        Command::Scan(args) => (scan::run(&args, &console), Format::Human),
        Command::Playground(args) => (playground::run(&args, &console), Format::Human),
        Command::HashList(args) => (hashed::list(&args, &console), Format::Human),
        Command::Fingerprint(args) => (hashed::fingerprint(&args, &console), Format::Human),
        Command::Key(args) => (key::run(&args, &console), Format::Human),
        Command::Sign(args) => (sign::run(&args, &console), Format::Human),
        Command::VerifySignature(args) => (verify::run(&args, &console), args.format),
        Command::Trust(args) => (trust::run(&args, &console), Format::Human),
        Command::Serve(args) => (serve::run(&args, &console), Format::Human),
        Command::Audit(args) => (audit::run(&args, &console), Format::Human),
        Command::ApiKey(args) => (api_key::run(&args, &console), Format::Human),
    };
    ExitCode::from(match ended {
        Ok(code) => code,
        Err(stop) => stop.report(&console, format),
    })
}
