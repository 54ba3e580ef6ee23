//! `riegel scan`: what detectors find in texts, without any rule.
//!
//! By default every detector of the library searches: the library's names are put
//! into a policy whose only rule demands them all, and that policy is compiled like
//! any other. With `--policy` the detectors are those of that policy.
//!
//! One module instance serves all texts. A finding's text never appears in the
//! output, only its detector, its place and its length.

mod everything;
mod jsonl;

use super::console::{Console, DIM, YELLOW, styled};
use super::decide::places::Places;
use super::decide::words::Lang;
use super::text::{cut, one_line, pad};
use super::{Ended, policy};
use crate::errors::{self, Problem};
use crate::event::Event;
use crate::runtime::{Guard, Session};
use riegel::check::model::{Event as Model, Part, Value};
use riegel::manifest::{DetectorInfo, Schema};
use riegel_kernel::layout::{ErrorCode, FINDING_ALSO, FindingEntry, RECORD_TRUNCATED};

const EXAMPLES: &str = "\
Examples:
  riegel scan letter.txt mails/*.txt
  riegel scan --policy policies/packs/baseline.riegel letter.txt
  riegel scan --jsonl < texts.jsonl > findings.jsonl

--jsonl reads lines {\"id\": \"17\", \"text\": \"…\"} and writes, in the same order,
  {\"id\":\"17\",\"findings\":[{\"detector\":\"payment.card\",\"start\":6,\"end\":25,\"confidence\":\"high\"}]}
with positions in Unicode code points, end exclusive.

Exit codes: 0 everything was scanned, whatever was found; 1 a line or a text could not be
scanned; 2 wrong usage, or a file cannot be read.";

/// Find personal data, payment data, secrets … in texts
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    /// Use the detectors of this policy [default: all detectors of the library]
    #[arg(long, value_name = "FILE")]
    policy: Option<String>,
    /// Language of the answer [default: the policy's first; English for the library]
    #[arg(long, value_enum)]
    lang: Option<Lang>,
    /// Read lines of JSON from standard input, write lines of JSON
    #[arg(long, conflicts_with = "files")]
    jsonl: bool,
    /// Texts; none or `-` is standard input
    #[arg(value_name = "FILE")]
    files: Vec<String>,
}

/// Runs it.
pub fn run(args: &Args, console: &Console) -> Ended {
    let guard = match &args.policy {
        Some(file) => policy::load(file, &everything::of_policy(file)?, &[])?,
        None => policy::load("the library", &everything::of_library()?, &[])?,
    };
    if guard.anatomy().info.detectors.is_empty() {
        // Nothing would ever be found, which must not look like a harmless text.
        return Err(
            Problem::new(&errors::NOT_A_POLICY, "there is no detector to scan with")
                .at(args.policy.as_deref().unwrap_or("the library"))
                .help("name a policy or a library with detectors")
                .into(),
        );
    }
    let mut scanner = Scanner::new(guard);
    if args.jsonl {
        return jsonl::run(&mut scanner, console);
    }
    let lang = args
        .lang
        .unwrap_or_else(|| Lang::of_policy(&scanner.guard.anatomy().info.languages));
    let files = match args.files.as_slice() {
        [] => vec!["-".to_owned()],
        files => files.to_vec(),
    };
    let mut failed = false;
    for file in &files {
        let text = policy::read_file(file)?;
        match scanner.scan(text) {
            Ok(scan) => {
                if scan.truncated {
                    console.problem(&truncated().at(file));
                    failed = true;
                }
                console.print(&human(file, &scan, &scanner, lang))?;
            }
            Err(problem) => {
                console.problem(&problem.within(file));
                failed = true;
            }
        }
    }
    Ok(u8::from(failed))
}

fn truncated() -> Problem {
    Problem::new(
        &errors::SCAN_TRUNCATED,
        "there are more findings than are listed",
    )
    .help("split the text")
}

/// A module instance that is asked about one text after the other.
struct Scanner {
    session: Session,
    guard: Guard,
    values: Vec<Option<Value>>,
}

/// What was found in one text.
struct Scan {
    findings: Vec<FindingEntry>,
    places: Places,
    truncated: bool,
}

impl Scanner {
    fn new(guard: Guard) -> Self {
        Scanner {
            session: guard.session(),
            values: required(&guard.anatomy().schema),
            guard,
        }
    }

    fn detector(&self, finding: &FindingEntry) -> Option<&DetectorInfo> {
        let detectors = &self.guard.anatomy().info.detectors;
        detectors.get(usize::from(finding.detector))
    }

    /// Findings that no other covers, in order.
    fn scan(&mut self, text: Vec<u8>) -> Result<Scan, Problem> {
        let places = Places::of(&text);
        let part = Part {
            offset: 0,
            len: u32::try_from(text.len()).unwrap_or(u32::MAX),
            role: 1,
            direction: 0,
        };
        let model = Model {
            values: self.values.clone(),
            today: 0,
            text,
            parts: vec![part],
        };
        let event = Event::new(&self.guard.anatomy().schema, model)?;
        let outcome = self.session.decide(&event);
        if let Some(failure) = outcome.failure {
            return Err(Problem::new(
                &errors::SCAN_FAILED,
                format!("the text was not scanned: {}", failure.message),
            )
            .help(failure.help.unwrap_or_default()));
        }
        let decision = outcome.decision;
        match decision.error {
            // These two speak of redaction by the policy's rules; the findings are right.
            ErrorCode::None | ErrorCode::NothingToRedact | ErrorCode::RedactTruncated => {}
            _ => {
                return Err(Problem::new(
                    &errors::SCAN_FAILED,
                    "the text was not scanned: the module could not read it",
                )
                .help("split the text"));
            }
        }
        Ok(Scan {
            truncated: decision.flags & RECORD_TRUNCATED != 0,
            findings: decision
                .findings
                .into_iter()
                .filter(|finding| finding.flags & FINDING_ALSO == 0)
                .collect(),
            places,
        })
    }
}

/// Any value for every required attribute: a scan asks no rule about them.
fn required(schema: &Schema) -> Vec<Option<Value>> {
    schema
        .slots
        .iter()
        .map(|slot| {
            slot.required.then(|| match slot.ty.as_str() {
                "bool" => Value::Bool(false),
                "int" => Value::Int(0),
                "date" => Value::Date(riegel::syntax::ast::Date {
                    year: 1970,
                    month: 1,
                    day: 1,
                }),
                "enum" => Value::Enum(Some(0)),
                "set" => Value::Set(Vec::new()),
                _ => Value::Text("example.invalid".to_owned()),
            })
        })
        .collect()
}

/// One line per finding: place, detector, confidence, and what it is, without its text.
fn human(file: &str, scan: &Scan, scanner: &Scanner, lang: Lang) -> String {
    let name = match file {
        "-" => "stdin".to_owned(),
        file => one_line(file),
    };
    let rows: Vec<[String; 4]> = scan
        .findings
        .iter()
        .filter_map(|finding| {
            let detector = scanner.detector(finding)?;
            let (start, end) = (finding.start as usize, finding.end as usize);
            let (line, column) = scan.places.line_column(start);
            let (from, to) = scan.places.span(start, end);
            let label = match detector.label.as_str() {
                "" => lang.pick("Text", "text"),
                label => label,
            };
            Some([
                format!("{name}:{line}:{column}"),
                detector.id.clone(),
                lang.confidence(finding.confidence).to_owned(),
                format!(
                    "[{label}, {} {}]  {}",
                    to - from,
                    lang.pick("Zeichen", "characters"),
                    cut(&one_line(detector.title_in(lang.code())), 40) + lang.encoded(finding)
                ),
            ])
        })
        .collect();
    let width = |i: usize| {
        let cells = rows.iter().filter_map(|row| row.get(i));
        cells.map(|cell| cell.chars().count()).max().unwrap_or(0)
    };
    let widths = [width(0), width(1), width(2)];
    let mut out = String::new();
    for [place, detector, confidence, what] in &rows {
        let [a, b, c] = widths;
        out.push_str(&format!(
            "{}  {}  {}  {}\n",
            styled(DIM, &pad(place, a)),
            styled(YELLOW, &pad(detector, b)),
            pad(confidence, c),
            what
        ));
    }
    if rows.is_empty() {
        let nothing = lang.pick("nichts gefunden", "nothing found");
        out.push_str(&format!("{}  {nothing}\n", styled(DIM, &name)));
    }
    out
}
