//! `riegel hash-list` and `riegel fingerprint`: what `hashed list` and `fingerprint` in a
//! policy read.

use super::console::{BOLD, Console, styled};
use super::text::{grouped, one_line};
use super::{Ended, documents, policy, write};
use crate::errors::{self, Problem};
use riegel::hashed::make::{self, Problem as Unfit};
use riegel::hashed::{self, Hashed, Key, Keyed, Kind, LEAST_SPACE};
use std::path::{Path, PathBuf};

const LIST_EXAMPLES: &str = "\
Examples:
  riegel hash-list clients.csv --column Name -o clients.hashed
  riegel key clients.key
  riegel hash-list numbers.txt --key clients.key -o numbers.hashed

Then, in a policy:
  hashed list numbers from \"numbers.hashed\" key clients_key
  detector acme.client_number \"Client number\" {
    class trade_secret  words numbers  confidence high  redact as \"CLIENT_NUMBER\"
  }

Exit codes: 0 written, 2 a file cannot be read or written, or a value does not fit.";

const PRINT_EXAMPLES: &str = "\
Examples:
  riegel fingerprint strategy.docx -o strategy.prints
  riegel fingerprint contracts/*.pdf --without template.docx -o contracts.prints

Then, in a policy:
  fingerprint strategy from \"strategy.prints\"
  detector acme.strategy \"Strategy paper\" {
    class trade_secret  any 3 times of [strategy] within 800
    confidence high  redact as \"STRATEGY\"
  }

Exit codes: 0 written, 2 a file cannot be read or written, or holds too little text.";

/// Hash names and numbers, so that a module knows them without holding them
#[derive(clap::Args)]
#[command(after_help = LIST_EXAMPLES)]
pub struct ListArgs {
    /// Text with one value a line, or CSV
    #[arg(value_name = "FILE")]
    file: String,
    /// Column of a CSV file: its head, or its number from 1 on
    #[arg(long, value_name = "COLUMN")]
    column: Option<String>,
    /// Sign between the columns [default: tab, semicolon or comma, whichever the first line has most of]
    #[arg(long, value_name = "SIGN", value_parser = sign)]
    separator: Option<u8>,
    /// Key file (`riegel key` makes one); needed where the values can be guessed
    #[arg(long, value_name = "FILE")]
    key: Option<String>,
    /// Where the list goes
    #[arg(short, long, value_name = "OUT.hashed")]
    output: PathBuf,
}

/// Hash the passages of documents, so that a module knows a pasted piece of them
#[derive(clap::Args)]
#[command(after_help = PRINT_EXAMPLES)]
pub struct PrintArgs {
    /// Documents: text, Word (.docx), PDF with text
    #[arg(value_name = "FILE", required = true)]
    files: Vec<String>,
    /// Documents whose passages do not count: templates, general terms
    #[arg(long, value_name = "FILE")]
    without: Vec<String>,
    /// Key file (`riegel key` makes one)
    #[arg(long, value_name = "FILE")]
    key: Option<String>,
    /// Where the fingerprint goes
    #[arg(short, long, value_name = "OUT.prints")]
    output: PathBuf,
}

/// One ASCII character.
fn sign(text: &str) -> Result<u8, &'static str> {
    match text.as_bytes() {
        [sign] if sign.is_ascii() && !matches!(sign, b'"' | b'\n' | b'\r') => Ok(*sign),
        _ => Err("one ASCII character, and no quotation mark"),
    }
}

/// Runs `hash-list`.
pub fn list(args: &ListArgs, console: &Console) -> Ended {
    let key = args.key.as_deref().map(read_key).transpose()?;
    let rows = documents::rows(&args.file, args.separator)?;
    let (column, head) = column(&args.file, args.column.as_deref(), &rows)?;
    let cells = rows.iter().enumerate().skip(usize::from(head));
    let cells = cells.map(|(row, cells)| (row + 1, cells.get(column).map_or("", String::as_str)));
    let cells: Vec<(usize, &str)> = cells.filter(|(_, cell)| !cell.is_empty()).collect();
    let made = make::phrases(cells.iter().map(|(_, cell)| *cell), key.as_ref());
    let made = made.map_err(|unfit| {
        let row = match unfit {
            Unfit::NoWord(n) | Unfit::TooLong(n) => cells.get(n - 1).map(|(row, _)| *row),
            _ => None,
        };
        let place = row.map_or(args.file.clone(), |row| format!("{}, row {row}", args.file));
        wrong(&unfit).at(place)
    })?;
    finish(&made, &args.output, console)
}

/// Runs `fingerprint`.
pub fn fingerprint(args: &PrintArgs, console: &Console) -> Ended {
    let key = args.key.as_deref().map(read_key).transpose()?;
    let read = |files: &[String]| -> Result<Vec<String>, Problem> {
        files.iter().map(|file| documents::text(file)).collect()
    };
    let (documents, without) = (read(&args.files)?, read(&args.without)?);
    let documents = documents.iter().map(String::as_str);
    let without = without.iter().map(String::as_str);
    let made = make::passages(documents, without, key.as_ref());
    let made = made.map_err(|unfit| wrong(&unfit).at(args.files.join(", ")))?;
    finish(&made, &args.output, console)
}

/// The key in a file.
pub fn read_key(path: &str) -> Result<Key, Problem> {
    let bytes = policy::read_file(path)?;
    let text = std::str::from_utf8(&bytes).unwrap_or("").trim();
    hashed::key_of(text).ok_or_else(|| {
        Problem::new(&errors::ARGUMENT, "the file holds no key")
            .at(path)
            .help("`riegel key FILE` makes one: 32 hexadecimal digits")
    })
}

/// The column of the values, from 0 on, and whether the first row is a head.
fn column(
    file: &str,
    wanted: Option<&str>,
    rows: &[Vec<String>],
) -> Result<(usize, bool), Problem> {
    let first = rows.first().map_or(&[][..], Vec::as_slice);
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let several = |title: &str| {
        let heads: Vec<String> = first
            .iter()
            .map(|head| format!("`{}`", one_line(head)))
            .collect();
        Problem::new(&errors::ARGUMENT, title)
            .at(file)
            .help(format!("name one with `--column`: {}", heads.join(", ")))
    };
    let Some(wanted) = wanted else {
        return match columns {
            0 | 1 => Ok((0, false)),
            _ => Err(several("the file has several columns")),
        };
    };
    if let Some(at) = first.iter().position(|head| head == wanted) {
        return Ok((at, true));
    }
    match wanted.parse::<usize>() {
        Ok(n) if (1..=columns).contains(&n) => Ok((n - 1, false)),
        _ => Err(several("there is no such column")),
    }
}

fn wrong(unfit: &Unfit) -> Problem {
    let (title, help) = match unfit {
        Unfit::Empty => (
            "there is nothing to hash",
            "a list needs a value, a fingerprint a document of five words that no document of `--without` has",
        ),
        Unfit::NoWord(_) => ("a value has no letter and no digit", "take the row out"),
        Unfit::TooLong(_) => (
            "a value has more than 8 words, or more than 63 letters and digits",
            "shorten it to what names it; whole texts go to `riegel fingerprint`",
        ),
        Unfit::TooMany => ("there are more than 1,048,576 values", "make several lists"),
    };
    Problem::new(&errors::UNFIT_VALUE, title).help(help)
}

fn finish(list: &Hashed, output: &Path, console: &Console) -> Ended {
    write::file(output, list.text().as_bytes())?;
    let what = match (list.kind, list.values.len()) {
        (Kind::Phrases, 1) => "value",
        (Kind::Phrases, _) => "values",
        (Kind::Passages, 1) => "passage of 5 words",
        (Kind::Passages, _) => "passages of 5 words",
    };
    let guess = match (list.kind, list.keyed) {
        (_, Keyed::Held(check)) => format!(
            "made with key {check:08x}: name a parameter for it in the policy (`key …_key`)"
        ),
        (Kind::Phrases, _) if list.space < LEAST_SPACE => format!(
            "can be guessed by trying 2^{} values: the compiler refuses it without `--key`",
            list.space
        ),
        (Kind::Phrases, _) => format!("to guess one, 2^{} values must be tried", list.space),
        (Kind::Passages, _) => "who has the document can tell that it is this one".to_owned(),
    };
    let rate = 2f64.powi(32) / list.false_positives();
    console.print(&format!(
        "{}  {} {what}\n  {guess}\n  one phrase in {} that is none of them is taken for one\n",
        styled(BOLD, &one_line(&output.display().to_string())),
        grouped(list.values.len() as u64),
        grouped(rate as u64),
    ))?;
    Ok(0)
}
