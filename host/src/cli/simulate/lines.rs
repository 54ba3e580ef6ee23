//! Lines of a long file, one at a time.

use crate::errors::{self, Kind, Problem};
use std::io::{BufRead, BufReader};

/// A byte order mark, which some programs put before the first line.
const BOM: &[u8] = "\u{FEFF}".as_bytes();

/// A file of lines.
pub struct Lines {
    name: String,
    input: Box<dyn BufRead>,
    line: Vec<u8>,
    number: u64,
}

impl Lines {
    /// Opens it; `-` is standard input.
    pub fn open(name: &str) -> Result<Self, Problem> {
        let input: Box<dyn BufRead> = match name {
            "-" => Box::new(std::io::stdin().lock()),
            name => Box::new(BufReader::new(
                std::fs::File::open(name).map_err(|error| unreadable(&error, name.to_owned()))?,
            )),
        };
        Ok(Lines {
            name: name.to_owned(),
            input,
            line: Vec::new(),
            number: 0,
        })
    }

    /// The next line that is not empty, with its number from 1.
    #[allow(clippy::type_complexity, reason = "a line, or why it is none")]
    pub fn next_line(&mut self) -> Result<Option<(u64, Result<&str, &'static Kind>)>, Problem> {
        loop {
            self.line.clear();
            self.number += 1;
            let read = self.input.read_until(b'\n', &mut self.line);
            let read =
                read.map_err(|error| unreadable(&error, format!("{}:{}", self.name, self.number)))?;
            if read == 0 {
                return Ok(None);
            }
            if self.number == 1 && self.line.starts_with(BOM) {
                self.line.drain(..BOM.len());
            }
            if !self.line.iter().all(u8::is_ascii_whitespace) {
                break;
            }
        }
        let line = std::str::from_utf8(&self.line).map_err(|_| &errors::EVENT_JSON);
        Ok(Some((self.number, line)))
    }
}

fn unreadable(error: &std::io::Error, place: String) -> Problem {
    Problem::new(
        &errors::UNREADABLE,
        format!("cannot read the events: {error}"),
    )
    .at(place)
    .help("check the path and the permissions")
}
