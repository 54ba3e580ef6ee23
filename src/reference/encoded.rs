//! Paragraph 61: texts in base64 and hexadecimal digits.

/// Shortest runs, of any signs and of hexadecimal digits.
const SHORTEST: (usize, usize) = (24, 32);
/// Signs of a line behind which a run goes on.
const LINE: usize = 60;
/// So many decoded bytes are read.
const LONGEST: usize = 49_152;

/// The decoded texts of a view, with the spans of their runs.
pub fn texts(view: &[u8]) -> Vec<((usize, usize), Vec<u8>)> {
    let mut all = Vec::new();
    let mut at = 0;
    while at < view.len() {
        let (end, signs) = run(view, at);
        if signs.len() >= SHORTEST.0
            && let Some(text) = decoded(&signs)
        {
            let padding = view.iter().skip(end).take(2).take_while(|&&b| b == b'=');
            all.push(((at, end + padding.count()), text));
        }
        at = end.max(at + 1);
    }
    all
}

/// The end of the run here, and its signs.
fn run(view: &[u8], start: usize) -> (usize, Vec<u8>) {
    let mut signs = Vec::new();
    let mut end = start;
    loop {
        let line: Vec<u8> = view[end..]
            .iter()
            .copied()
            .take_while(|b| sextet(*b).is_some())
            .collect();
        end += line.len();
        signs.extend(&line);
        let rest = &view[end..];
        let behind = rest
            .strip_prefix(b"\r\n")
            .or_else(|| rest.strip_prefix(b"\n"));
        let goes_on = |behind: &&[u8]| behind.first().is_some_and(|b| sextet(*b).is_some());
        match behind.filter(goes_on) {
            Some(behind) if line.len() >= LINE => end = view.len() - behind.len(),
            _ => return (end, signs),
        }
    }
}

fn decoded(signs: &[u8]) -> Option<Vec<u8>> {
    let hex = signs.len() >= SHORTEST.1 && signs.len().is_multiple_of(2);
    let digit = |b: &u8| char::from(*b).to_digit(16);
    let digits = signs.iter().take(2 * LONGEST);
    let digits: Option<Vec<u32>> = digits.map(digit).collect();
    let bytes = digits.filter(|_| hex).map(|d| octets(&d, 4));
    let text = bytes.filter(|bytes| is_text(bytes));
    text.or_else(|| {
        let sextets: Vec<u32> = signs.iter().filter_map(|b| sextet(*b)).collect();
        Some(octets(&sextets, 6)).filter(|bytes| is_text(bytes))
    })
}

fn sextet(b: u8) -> Option<u32> {
    const SIGNS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let b = match b {
        b'-' => b'+',
        b'_' => b'/',
        other => other,
    };
    let place = SIGNS.iter().position(|sign| *sign == b)?;
    u32::try_from(place).ok()
}

/// The whole bytes in these numbers of so many bits.
fn octets(numbers: &[u32], bits: u32) -> Vec<u8> {
    let all = numbers
        .iter()
        .flat_map(|n| (0..bits).rev().map(move |bit| n >> bit & 1));
    let all: Vec<u32> = all.take(8 * LONGEST).collect();
    let byte = |bits: &[u32]| {
        bits.iter()
            .fold(0u8, |byte, bit| byte << 1 | u8::from(*bit == 1))
    };
    all.chunks_exact(8).map(byte).collect()
}

fn is_text(bytes: &[u8]) -> bool {
    let control = |b: &u8| *b < 0x20 && !b"\t\n\r".contains(b) || *b == 0x7F;
    let high = bytes.iter().filter(|b| **b >= 0x80).count();
    !bytes.is_empty() && !bytes.iter().any(control) && high * 8 <= bytes.len()
}
