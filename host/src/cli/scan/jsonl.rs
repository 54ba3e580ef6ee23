//! `riegel scan --jsonl`: lines in, lines out, for measuring and for pipelines.
//!
//! Every line of the input has exactly one line of output, in order, except where
//! the line itself or its scan failed: that is said on standard error with a code
//! and the line's number, the other lines go on, and the exit code is 1.

use super::{Scan, Scanner, truncated};
use crate::cli::console::Console;
use crate::cli::decide::confidence;
use crate::cli::{Ended, Stop};
use crate::errors::{self, Problem};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use std::io::{BufRead, Write};

#[derive(Deserialize)]
struct Input<'a> {
    /// As it is written: a number may be longer than any of ours.
    #[serde(borrow)]
    id: &'a RawValue,
    text: String,
}

#[derive(Serialize)]
struct Output<'a> {
    id: &'a RawValue,
    findings: Vec<Finding<'a>>,
}

#[derive(Serialize)]
struct Finding<'a> {
    detector: &'a str,
    start: usize,
    end: usize,
    confidence: &'static str,
}

/// A byte order mark, which some programs put before the first line.
const BOM: &[u8] = "\u{FEFF}".as_bytes();

/// Scans standard input line by line.
pub fn run(scanner: &mut Scanner, console: &Console) -> Ended {
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    let mut input = std::io::stdin().lock();
    let mut line = Vec::new();
    let mut failed = false;
    for number in 1_u64.. {
        line.clear();
        let read = input.read_until(b'\n', &mut line).map_err(|error| {
            Problem::new(
                &errors::UNREADABLE,
                format!("cannot read standard input: {error}"),
            )
            .at(format!("stdin:{number}"))
            .help("check where the input comes from")
        })?;
        if read == 0 {
            break;
        }
        if line.iter().all(u8::is_ascii_whitespace) {
            continue;
        }
        let line = line.strip_prefix(BOM).unwrap_or(&line);
        match scan_line(scanner, line) {
            Ok((text, complete)) => {
                if !complete {
                    failed = true;
                    console.problem(&truncated().at(format!("stdin:{number}")));
                }
                if let Some(stop) = write(&mut out, &text) {
                    return stop;
                }
            }
            Err(problem) => {
                failed = true;
                console.problem(&problem.at(format!("stdin:{number}")));
            }
        }
    }
    match out.flush() {
        Ok(()) => Ok(u8::from(failed)),
        Err(error) => unwritable(&error),
    }
}

fn write(out: &mut impl Write, text: &str) -> Option<Ended> {
    writeln!(out, "{text}")
        .err()
        .map(|error| unwritable(&error))
}

fn unwritable(error: &std::io::Error) -> Ended {
    match error.kind() {
        std::io::ErrorKind::BrokenPipe => Err(Stop::ReaderLeft),
        _ => Err(Problem::new(
            &errors::UNWRITABLE,
            format!("cannot write to standard output: {error}"),
        )
        .help("check the disk, or where the output goes")
        .into()),
    }
}

/// The output line, and whether it lists all findings.
fn scan_line(scanner: &mut Scanner, line: &[u8]) -> Result<(String, bool), Problem> {
    let bad = |why: &str| {
        Problem::new(
            &errors::SCAN_LINE,
            format!("the line cannot be scanned: {why}"),
        )
        .help("a line is `{\"id\": \"17\", \"text\": \"…\"}`")
    };
    if !line.trim_ascii_start().starts_with(b"{") {
        return Err(bad("it is no JSON object"));
    }
    let input: Input<'_> = serde_json::from_slice(line).map_err(|error| bad(&wrong(&error)))?;
    if !input.id.get().starts_with(['"', '-'])
        && !input.id.get().starts_with(|c: char| c.is_ascii_digit())
    {
        return Err(bad("its `id` is neither a text nor a number"));
    }
    let scan = scanner.scan(input.text.into_bytes())?;
    let output = Output {
        id: input.id,
        findings: findings(scanner, &scan),
    };
    serde_json::to_string(&output)
        .map(|text| (text, !scan.truncated))
        .map_err(|_| bad("its findings cannot be written"))
}

/// What is wrong with a line, without anything of the line.
fn wrong(error: &serde_json::Error) -> String {
    let said = error.to_string();
    match error.classify() {
        serde_json::error::Category::Data if said.starts_with("missing field") => {
            "it needs `id` and `text`".to_owned()
        }
        serde_json::error::Category::Data if said.starts_with("duplicate field") => {
            "`id` or `text` stands in it twice".to_owned()
        }
        serde_json::error::Category::Data => "its `text` is no text".to_owned(),
        _ => format!("it is not JSON: {said}"),
    }
}

fn findings<'a>(scanner: &'a Scanner, scan: &Scan) -> Vec<Finding<'a>> {
    scan.findings
        .iter()
        .filter_map(|finding| {
            let (start, end) = scan
                .places
                .span(finding.start as usize, finding.end as usize);
            Some(Finding {
                detector: &scanner.detector(finding)?.id,
                start,
                end,
                confidence: confidence(finding.confidence),
            })
        })
        .collect()
}
