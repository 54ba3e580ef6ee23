//! Text out of files: plain text, CSV, Word and PDF.
//!
//! Which it is, the bytes say, not the name. Nothing of a document is written anywhere, and no error
//! message holds any of it.

use super::policy::read_file;
use crate::errors::{self, Problem};
use quick_xml::Reader;
use quick_xml::events::Event;
use std::io::{Cursor, Read};

/// Most bytes of a document, all its parts unpacked.
const LONGEST: u64 = 256 << 20;

/// The text of a document.
pub fn text(path: &str) -> Result<String, Problem> {
    let bytes = read_file(path)?;
    let read = match bytes.as_slice() {
        [b'%', b'P', b'D', b'F', ..] => pdf(&bytes),
        [b'P', b'K', 3, 4, ..] => word(&bytes),
        // The container of Office before 2007, and of documents that need a password.
        [0xD0, 0xCF, 0x11, 0xE0, ..] => Err("it is an old Office document, or a locked one".into()),
        _ => decoded(&bytes),
    };
    read.map_err(|why| {
        Problem::new(&errors::NOT_A_DOCUMENT, why).at(path).help(
            "text, CSV, Word (.docx) and PDF with text can be read; save the document as text",
        )
    })
}

/// The rows of a CSV file, or of a text with one value a line.
pub fn rows(path: &str, separator: Option<u8>) -> Result<Vec<Vec<String>>, Problem> {
    let text = text(path)?;
    let first = text.lines().next().unwrap_or("");
    let separator = separator.unwrap_or_else(|| {
        let of = |sign: &u8| first.bytes().filter(|b| b == sign).count();
        let most = [b'\t', b';', b','].into_iter().max_by_key(of);
        // A text without any of them has one column; a blank is none of them.
        most.filter(|sign| of(sign) > 0).unwrap_or(b'\t')
    });
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(separator)
        .from_reader(text.as_bytes());
    let mut rows = Vec::new();
    for record in reader.records() {
        let record = record.map_err(|_| {
            Problem::new(&errors::NOT_A_DOCUMENT, "a row of the file cannot be read")
                .at(format!("{path}, row {}", rows.len() + 1))
                .help("look for a quotation mark that is not closed")
        })?;
        rows.push(record.iter().map(|cell| cell.trim().to_owned()).collect());
    }
    Ok(rows)
}

/// UTF-8, UTF-16 with its mark, else Windows-1252, which spreadsheets here still write.
///
/// What holds signs that no text has is none: its passages would be found in nothing that is pasted.
fn decoded(bytes: &[u8]) -> Result<String, String> {
    let marked = encoding_rs::Encoding::for_bom(bytes).is_some();
    let text = match std::str::from_utf8(bytes) {
        Ok(text) if !marked => text.to_owned(),
        _ => encoding_rs::WINDOWS_1252.decode(bytes).0.into_owned(),
    };
    let is_strange = |c: &char| c.is_ascii_control() && !c.is_ascii_whitespace();
    let strange = text.chars().filter(is_strange).count();
    match text.contains('\0') || strange * 100 > text.len() {
        true => Err("it is no text".to_owned()),
        false => Ok(text),
    }
}

/// The paragraphs of a Word document, its notes, headers and footers.
fn word(bytes: &[u8]) -> Result<String, String> {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes))
        .map_err(|error| format!("the archive cannot be read: {error}"))?;
    let names = archive.file_names().filter_map(Result::ok);
    let names: Vec<String> = names.map(|name| name.into_owned()).collect();
    let mut out = String::new();
    let mut left = LONGEST;
    let parts = [
        "document",
        "header",
        "footer",
        "footnotes",
        "endnotes",
        "comments",
    ];
    for part in parts {
        let begins = format!("word/{part}");
        let is = |name: &&String| name.starts_with(&begins) && name.ends_with(".xml");
        let mut of: Vec<&String> = names.iter().filter(is).collect();
        of.sort();
        for name in of {
            let file = archive.by_name(name).map_err(|error| error.to_string())?;
            let mut xml = String::new();
            file.take(left)
                .read_to_string(&mut xml)
                .map_err(|error| format!("`{name}` cannot be read: {error}"))?;
            left -= xml.len() as u64;
            if left == 0 {
                return Err(format!("its text is larger than {} MB", LONGEST >> 20));
            }
            paragraphs(&xml, &mut out)?;
        }
    }
    if out.trim().is_empty() {
        return Err("the archive is no Word document, or an empty one".to_owned());
    }
    Ok(out)
}

/// What stands in `w:t`; a paragraph, a row and a break are line ends, a tab is one.
fn paragraphs(xml: &str, out: &mut String) -> Result<(), String> {
    let mut reader = Reader::from_str(xml);
    let mut inside = false;
    loop {
        let event = reader.read_event().map_err(|error| error.to_string())?;
        match event {
            Event::Start(tag) => inside = tag.name().as_ref() == b"w:t",
            Event::Text(text) if inside => {
                out.push_str(&text.decode().map_err(|error| error.to_string())?);
            }
            Event::GeneralRef(name) if inside => {
                let sign = match name.resolve_char_ref().ok().flatten() {
                    Some(sign) => Some(sign),
                    None => match name.decode().as_deref() {
                        Ok("amp") => Some('&'),
                        Ok("lt") => Some('<'),
                        Ok("gt") => Some('>'),
                        Ok("quot") => Some('"'),
                        Ok("apos") => Some('\''),
                        _ => None,
                    },
                };
                out.extend(sign);
            }
            Event::Empty(tag) => match tag.name().as_ref() {
                b"w:br" | b"w:cr" => out.push('\n'),
                b"w:tab" => out.push('\t'),
                _ => {}
            },
            Event::End(tag) => {
                inside = false;
                if matches!(tag.name().as_ref(), b"w:p" | b"w:tr") {
                    out.push('\n');
                }
            }
            Event::Eof => return Ok(()),
            _ => {}
        }
    }
}

/// The text of a PDF, as far as it has any.
fn pdf(bytes: &[u8]) -> Result<String, String> {
    // The reader of a format so wide may give up on a damaged file in its own way, and loudly.
    let loud = std::panic::take_hook();
    std::panic::set_hook(Box::new(|_| {}));
    let read = std::panic::catch_unwind(|| pdf_extract::extract_text_from_mem(bytes));
    std::panic::set_hook(loud);
    let text = match read {
        Ok(Ok(text)) => text,
        Ok(Err(error)) => return Err(format!("the PDF cannot be read: {error}")),
        Err(_) => return Err("the PDF cannot be read".to_owned()),
    };
    if text.trim().is_empty() {
        return Err("the PDF holds pictures only, no text".to_owned());
    }
    Ok(text)
}
