//! Standard output and standard error, with or without colour.
//!
//! Texts are written with colour codes always; the streams of `anstream` take them
//! out where they do not belong. A closed pipe is not an error: `riegel … | head`
//! ends quietly.

use super::stop::Stop;
use super::text::harmless;
use crate::errors::{self, Problem};
use anstyle::{AnsiColor, Style};
use std::io::{self, Write};

/// The two streams.
pub struct Console {
    choice: anstream::ColorChoice,
}

/// Bold.
pub const BOLD: Style = Style::new().bold();
/// What matters less.
pub const DIM: Style = Style::new().dimmed();
/// Errors and stops.
pub const RED: Style = AnsiColor::Red.on_default().bold();
/// Warnings and what needs something from a person.
pub const YELLOW: Style = AnsiColor::Yellow.on_default().bold();
/// Fine.
pub const GREEN: Style = AnsiColor::Green.on_default().bold();
/// Places.
pub const BLUE: Style = AnsiColor::Blue.on_default().bold();

/// A text in a style.
pub fn styled(style: Style, text: &str) -> String {
    format!("{style}{text}{style:#}")
}

impl Console {
    /// With this choice of colour for both streams.
    pub fn new(choice: anstream::ColorChoice) -> Self {
        Console { choice }
    }

    /// True when standard output shows colour.
    pub fn color(&self) -> bool {
        self.out().current_choice() != anstream::ColorChoice::Never
    }

    /// True when standard error shows colour.
    pub fn error_color(&self) -> bool {
        self.err().current_choice() != anstream::ColorChoice::Never
    }

    fn out(&self) -> anstream::AutoStream<io::Stdout> {
        anstream::AutoStream::new(io::stdout(), self.choice)
    }

    fn err(&self) -> anstream::AutoStream<io::Stderr> {
        anstream::AutoStream::new(io::stderr(), self.choice)
    }

    /// Writes to standard output.
    pub fn print(&self, text: &str) -> Result<(), Stop> {
        let mut out = self.out();
        out.write_all(text.as_bytes())
            .and_then(|()| out.flush())
            .map_err(write_failed)
    }

    /// Writes bytes as they are to standard output.
    pub fn print_raw(&self, bytes: &[u8]) -> Result<(), Stop> {
        let mut out = io::stdout().lock();
        out.write_all(bytes)
            .and_then(|()| out.flush())
            .map_err(write_failed)
    }

    /// Writes to standard error. Where that is closed there is nobody left to tell.
    pub fn complain(&self, text: &str) {
        let _ = self.err().write_all(text.as_bytes());
    }

    /// A problem for people, on standard error.
    pub fn problem(&self, problem: &Problem) {
        self.complain(&for_people(problem, "error", RED));
    }

    /// A problem that stops nothing.
    pub fn warning(&self, problem: &Problem) {
        self.complain(&for_people(problem, "warning", YELLOW));
    }
}

/// Names of files and attributes come from outside: they are made harmless, and stay on their line.
fn for_people(problem: &Problem, word: &str, style: Style) -> String {
    let line = |text: &str| harmless(text).replace('\n', "\u{240A}");
    let mut out = format!(
        "{style}{word}[{}]{style:#}{BOLD}: {}{BOLD:#}\n",
        problem.kind.id,
        line(&problem.message)
    );
    if !problem.place.is_empty() {
        out.push_str(&format!("  {BLUE}-->{BLUE:#} {}\n", line(&problem.place)));
    }
    if let Some(help) = &problem.help {
        let help = line(help);
        out.push_str(&format!("  {BLUE}={BLUE:#} {BOLD}help{BOLD:#}: {help}\n"));
    }
    out
}

fn write_failed(error: io::Error) -> Stop {
    match error.kind() {
        io::ErrorKind::BrokenPipe => Stop::ReaderLeft,
        _ => Stop::from(
            Problem::new(
                &errors::UNWRITABLE,
                format!("cannot write to standard output: {error}"),
            )
            .help("check the disk, or where the output goes"),
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_problem_does_not_steer_the_terminal() {
        let problem = Problem::new(&errors::ARGUMENT, "a\u{1b}[2Jb\nc")
            .at("\u{9b}31m\u{202e}x")
            .help("\u{7}");
        let page = for_people(&problem, "error", Style::new());
        let page = anstream::adapter::strip_str(&page).to_string();
        assert_eq!(
            page,
            "error[E6004]: a␛[2Jb␊c\n  --> \u{FFFD}31m·x\n  = help: ␇\n"
        );
    }
}
