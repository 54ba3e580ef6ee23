//! The library, and what stands beside a policy.
//!
//! The library comes in one piece. Numbers are little-endian:
//!
//! ```text
//! RIEGEL-L                       magic
//! u16 length, name               `lib.payment`, `packs.dsgvo`, `data/surnames.txt`
//! u8 form                        0: as it is; 1: each line without what it begins with like the one before
//! u32 length, text               form 1: per line a byte 128 + shared bytes (at most 127), the rest, \n
//! …
//! ```
//!
//! or, packed, `RIEGEL-P`, u32 the length of such a piece, and the piece with PPMd (variant H, order and
//! memory below). A quarter of the library is sorted words and the rest is prose in a small vocabulary;
//! PPMd makes a third less of it than gzip, and unpacking takes less time than fetching the difference.

use super::options::Options;
use crate::check::Resolver;
use ppmd_rust::Ppmd7Decoder;
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::io::Read;

const MAGIC: &[u8] = b"RIEGEL-L";
const PACKED: &[u8] = b"RIEGEL-P";
/// As in `xtask/bindgen`, which packs.
const ORDER: u32 = 24;
const MEMORY: u32 = 24 << 20;
/// Longest library.
const LONGEST: u64 = 64 << 20;

thread_local! {
    static LIBRARY: RefCell<BTreeMap<String, String>> = const { RefCell::new(BTreeMap::new()) };
}

/// Unpacks a library and keeps it.
pub fn load(archive: &[u8]) -> Option<()> {
    if let Some(packed) = archive.strip_prefix(PACKED) {
        return load_plain(&unpack(packed)?);
    }
    load_plain(archive)
}

fn unpack(mut packed: &[u8]) -> Option<Vec<u8>> {
    let length = u64::from(u32::from_le_bytes(take(&mut packed, 4)?.try_into().ok()?));
    let decoder = (length <= LONGEST)
        .then(|| Ppmd7Decoder::new(packed, ORDER, MEMORY))?
        .ok()?;
    let mut plain = Vec::new();
    decoder.take(length).read_to_end(&mut plain).ok()?;
    (plain.len() as u64 == length).then_some(plain)
}

fn load_plain(archive: &[u8]) -> Option<()> {
    let mut rest = archive.strip_prefix(MAGIC)?;
    let mut files = BTreeMap::new();
    while !rest.is_empty() {
        let length = usize::from(u16::from_le_bytes(take(&mut rest, 2)?.try_into().ok()?));
        let name = text(take(&mut rest, length)?)?;
        let form = *take(&mut rest, 1)?.first()?;
        let length = u32::from_le_bytes(take(&mut rest, 4)?.try_into().ok()?);
        let stored = take(&mut rest, usize::try_from(length).ok()?)?;
        let whole = match form {
            0 => stored.to_vec(),
            1 => lines(stored)?,
            _ => return None,
        };
        files.insert(name, text(&whole)?);
    }
    LIBRARY.replace(files);
    Some(())
}

fn take<'a>(rest: &mut &'a [u8], length: usize) -> Option<&'a [u8]> {
    let (taken, behind) = rest.split_at_checked(length)?;
    *rest = behind;
    Some(taken)
}

fn text(bytes: &[u8]) -> Option<String> {
    String::from_utf8(bytes.to_vec()).ok()
}

/// Lines, each behind the number of bytes that it shares with the one before.
fn lines(stored: &[u8]) -> Option<Vec<u8>> {
    let mut out: Vec<u8> = Vec::new();
    let mut before: std::ops::Range<usize> = 0..0;
    for line in stored.split(|&byte| byte == b'\n') {
        let (&first, rest) = line.split_first()?;
        let shared = usize::from(first.checked_sub(128)?);
        let start = if out.is_empty() && before.is_empty() {
            0
        } else {
            out.push(b'\n');
            out.len()
        };
        let from = before.start..before.start.checked_add(shared)?;
        (from.end <= before.end).then_some(())?;
        out.extend_from_within(from);
        out.extend_from_slice(rest);
        before = start..out.len();
    }
    Some(out)
}

/// The library's policies and detectors, without its lists.
pub fn library() -> Vec<(String, String)> {
    let named = |(name, text): (&String, &String)| (name.clone(), text.clone());
    LIBRARY.with_borrow(|files| {
        let sources = files.iter().filter(|(name, _)| !name.contains('/'));
        sources.map(named).collect()
    })
}

/// The library first, then the files that the caller gave: as on the command line.
pub struct Files<'o> {
    options: &'o Options,
}

impl<'o> Files<'o> {
    /// The library and the files of these options.
    pub fn beside(options: &'o Options) -> Self {
        Files { options }
    }
}

fn from_library(name: &str) -> Option<String> {
    LIBRARY.with_borrow(|files| files.get(name).cloned())
}

impl Resolver for Files<'_> {
    fn resolve(&self, path: &str) -> Option<String> {
        let ours = (!path.contains('/')).then(|| from_library(path)).flatten();
        ours.or_else(|| self.options.files.get(path).cloned())
    }

    fn names(&self) -> Vec<String> {
        library().into_iter().map(|(name, _)| name).collect()
    }

    fn file(&self, from: &str, path: &str) -> Option<String> {
        let given =
            from == self.options.name || self.options.layers.iter().any(|(name, _)| name == from);
        if !given && from_library(from).is_some() {
            let data = from.starts_with("lib.") && path.starts_with("data/");
            return data.then(|| from_library(path)).flatten();
        }
        self.options.files.get(path).cloned()
    }
}
