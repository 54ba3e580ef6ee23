//! Checks that read the span as written, not its value: the case of letters and
//! the signs between them count.

use crate::around;
use crate::check::{AROUND, Value, base36, calendar, crc32, has, place};
use crate::hash::{keccak256, sha256};
use crate::tables::Tables;
use crate::text::fold_at;

/// The part of the span that a check reads; a run is one of base-64 signs.
pub(crate) fn cut<'s>(slice: &[u8; 3], span: &'s [u8]) -> Option<&'s [u8]> {
    let [kind, a, b] = *slice;
    let first = usize::from(a).checked_sub(1);
    match kind {
        0 => Some(span),
        1 => span.get(first?..if b == 0 { span.len() } else { usize::from(b) }),
        _ => span
            .split(|&c| base64(c).is_none())
            .filter(|run| !run.is_empty())
            .nth(first?),
    }
}

/// Does the operation hold for the span? `None`: the program is broken.
#[inline(never)]
#[cfg_attr(feature = "module", unsafe(export_name = "optional.written"))]
pub fn holds(
    op: u8,
    span: &[u8],
    args: &[u8],
    value: &Value<'_>,
    tables: &Tables<'_>,
) -> Option<bool> {
    let data = tables.bytes;
    Some(match op {
        64 => written_date(span),
        65 => placeholder(span, args),
        66 => entropy(span, *args.first()?),
        67 => rare(span, args, data)?,
        68 => crc32_hex(span, args),
        69 => decodes(span, args),
        70 => decoded_length(span, args)?,
        71 => decodes_to(span, *args.first()?),
        72 => base58check(span, args, data)?,
        73 => bech32(span, args)?,
        74 => eip55(span, args, data)?,
        75 => ip(span, args)?,
        76 => mac(span),
        77 => monero(span, args, data)?,
        78 => bip39(span, args, data)?,
        79 => tld(span, args, data)?,
        80 => mrz(span, args)?,
        AROUND.. => around::holds(op, value, args, tables)?,
        _ => return None,
    })
}

/// RFC 4648, both alphabets.
fn base64(c: u8) -> Option<u8> {
    Some(match c {
        b'A'..=b'Z' => c - b'A',
        b'a'..=b'z' => c - b'a' + 26,
        b'0'..=b'9' => c - b'0' + 52,
        b'+' | b'-' => 62,
        b'/' | b'_' => 63,
        _ => return None,
    })
}

/// A calendar date of 1900 to 2100 in a usual form, German or English.
#[inline(never)]
#[cfg_attr(feature = "module", unsafe(export_name = "optional.written_date"))]
fn written_date(span: &[u8]) -> bool {
    // What stands there and how many digits it has; 0: the name of a month.
    let mut parts = [(0, 0); 4];
    let mut n = 0;
    let mut at = 0;
    while let Some(&c) = span.get(at) {
        let rest = span.get(at..).unwrap_or(&[]);
        let run = |is: fn(&u8) -> bool| rest.iter().take_while(|&c| is(c)).count();
        let digits = run(u8::is_ascii_digit);
        let letters = run(is_letter);
        at += (digits + letters).max(1);
        let part = if digits > 4 {
            return false;
        } else if digits > 0 {
            let number = |n: u32, c: &u8| n * 10 + u32::from(c - b'0');
            (rest.iter().take(digits).fold(0, number), digits)
        } else if letters > 0 {
            match month(rest.get(..letters).unwrap_or(&[])) {
                0 => return false,
                ORDINAL => continue,
                month => (month, 0),
            }
        } else if has(
            b" 	
.,-/", c,
        ) {
            continue;
        } else {
            return false;
        };
        if let Some(slot) = parts.get_mut(n) {
            *slot = part;
            n += 1;
        }
    }
    let [a, b, c, _] = parts;
    let named = a.1 == 0 || b.1 == 0;
    let (day, month, year) = match (a.1, b.1) {
        (4, _) => (c, b, a),
        (0, _) => (b, a, c),
        _ => (a, b, c),
    };
    let is_year = match year.1 {
        2 => true,
        4 => (1900..=2100).contains(&year.0),
        _ => false,
    };
    let short = |part: (u32, usize)| part.1 == 1 || part.1 == 2;
    let year = if year.1 == 2 { 2000 + year.0 } else { year.0 };
    let turned = a.1 != 4 && !named && !has(span, b'.');
    n == 3
        && is_year
        && short(day)
        && (short(month) || named)
        && (calendar(day.0, month.0, year) || turned && calendar(month.0, day.0, year))
}

fn is_letter(c: &u8) -> bool {
    c.is_ascii_alphabetic() || *c >= 0x80
}

/// `st`, `nd`, `rd`, `th` behind a day, and `of`.
const ORDINAL: u32 = 100;

/// The number of a month by the first three letters of its name; 0: none.
fn month(word: &[u8]) -> u32 {
    const NAMES: &[u8; 81] =
        b"janfebmaraprmaijunjulaugsepoktnovdezjae___mae___may____________oct___dec______mrz";
    let mut begin = [0u8; 3];
    let (mut at, mut n) = (0, 0);
    let mut umlaut = false;
    while at < word.len() {
        let (a, b, len) = fold_at(word, at);
        let is_umlaut = (a, b) == (0xC3, 0xA4);
        let letter = if is_umlaut { b'a' } else { a };
        umlaut |= is_umlaut && n < begin.len();
        if !letter.is_ascii_alphabetic() {
            return 0;
        }
        if let Some(slot) = begin.get_mut(n) {
            *slot = letter;
        }
        n += 1;
        at += usize::from(len);
    }
    if n == 2
        && begin
            .first_chunk()
            .is_some_and(|w| [*b"st", *b"nd", *b"rd", *b"th", *b"of"].contains(w))
    {
        return ORDINAL;
    }
    let found = NAMES.chunks_exact(3).position(|name| *name == begin);
    match found {
        // Only Jänner and März are written with one.
        Some(i) if n <= 9 && (!umlaut || matches!(i, 0 | 2)) => i as u32 % 12 + 1,
        _ => 0,
    }
}

/// Four equal characters in a row (five where the span is long), `<…>`, or one of the texts: length u8, the text in lower case.
#[inline(never)]
#[cfg_attr(feature = "module", unsafe(export_name = "optional.placeholder"))]
fn placeholder(span: &[u8], mut texts: &[u8]) -> bool {
    let open = span.iter().position(|&c| c == b'<').unwrap_or(span.len());
    let mut held = span.iter().skip(open).any(|&c| c == b'>')
        || span
            .windows(4 + usize::from(span.len() > 31))
            .any(|w| w.first().is_some_and(|first| w.iter().all(|c| c == first)));
    while let Some((&len, rest)) = texts.split_first() {
        let (text, rest) = rest
            .split_at_checked(usize::from(len))
            .unwrap_or((&[], &[]));
        held |= !text.is_empty()
            && span
                .windows(text.len())
                .any(|w| w.eq_ignore_ascii_case(text));
        texts = rest;
    }
    held
}

/// A table: its offset and length, u32 each, at the front of the arguments; and the rest of them.
fn table<'a>(args: &'a [u8], data: &'a [u8]) -> Option<(&'a [u8], &'a [u8])> {
    let (at, rest) = args.split_first_chunk()?;
    let (n, rest) = rest.split_first_chunk()?;
    let (at, n) = (
        u32::from_le_bytes(*at) as usize,
        u32::from_le_bytes(*n) as usize,
    );
    Some((data.get(at..at.checked_add(n)?)?, rest))
}

/// The bytes that the beginning of a span stands for in base 64, up to the first other sign.
fn decoded(span: &[u8]) -> impl Iterator<Item = u8> {
    let (mut bits, mut n) = (0u32, 0);
    span.iter().map_while(|&c| base64(c)).filter_map(move |d| {
        bits = bits << 6 | u32::from(d);
        n += 6;
        n = if n < 8 { n + 8 } else { n };
        n -= 8;
        (n < 6).then(|| (bits >> n) as u8)
    })
}

/// The first 64 decoded bytes hold the text.
#[inline(never)]
#[cfg_attr(feature = "module", unsafe(export_name = "optional.decodes"))]
fn decodes(span: &[u8], text: &[u8]) -> bool {
    let mut buffer = [0; 64];
    let n = decoded(span)
        .zip(&mut buffer)
        .map(|(b, to)| *to = b)
        .count();
    let bytes = buffer.get(..n).unwrap_or(&[]);
    bytes.windows(text.len().max(1)).any(|w| w == text)
}

/// All of it is base 64, with its padding, of so many bytes.
#[inline(never)]
#[cfg_attr(feature = "module", unsafe(export_name = "optional.decoded_length"))]
fn decoded_length(span: &[u8], args: &[u8]) -> Option<bool> {
    let want = usize::from(u16::from_le_bytes(*args.first_chunk()?));
    let n = span.iter().take_while(|&&c| base64(c).is_some()).count();
    let padding = span.get(n..)?;
    let right = padding.len() < 3 && padding.iter().all(|&c| c == b'=');
    Some(right && n % 4 != 1 && n * 3 / 4 == want)
}

/// 0: printable `user:password`; 1: digits.
#[inline(never)]
#[cfg_attr(feature = "module", unsafe(export_name = "optional.decodes_to"))]
fn decodes_to(span: &[u8], what: u8) -> bool {
    let (mut n, mut colon, mut right) = (0usize, 0, true);
    for b in decoded(span) {
        right &= if what == 0 {
            b >= 0x20 && b != 0x7F
        } else {
            b.is_ascii_digit()
        };
        if b == b':' && colon == 0 {
            colon = n;
        }
        n += 1;
    }
    right && n > 0 && (what == 1 || colon > 0 && colon + 1 < n)
}

/// Shannon's entropy in tenths of a bit per character: n log n - Σ c log c over the counts c.
#[inline(never)]
#[cfg_attr(feature = "module", unsafe(export_name = "optional.entropy"))]
fn entropy(span: &[u8], tenths: u8) -> bool {
    let mut counts = [0u16; 256];
    for &c in span {
        counts[usize::from(c)] += 1;
    }
    let weighed = |n: usize| n as u64 * log2(n as u64);
    let sum: u64 = counts.iter().map(|&n| weighed(usize::from(n))).sum();
    10 * (weighed(span.len()).saturating_sub(sum)) >= u64::from(tenths) * span.len() as u64 * 4096
}

/// 4,096 times the binary logarithm, rounded down.
fn log2(n: u64) -> u64 {
    let whole = n.checked_ilog2().unwrap_or(0);
    // 1 to 2 as a number of 32 bits; squaring doubles its logarithm.
    let mut x = n << (31 - whole.min(31));
    let mut log = u64::from(whole);
    for _ in 0..12 {
        x = (x * x) >> 31;
        log *= 2;
        if x >> 32 != 0 {
            x >>= 1;
            log += 1;
        }
    }
    log
}

/// Mean of the bigrams' weights (4 bits each, two in a byte) at least as large as a limit in
/// sixteenths; from eight characters on.
#[inline(never)]
#[cfg_attr(feature = "module", unsafe(export_name = "optional.rarity"))]
fn rare(span: &[u8], args: &[u8], data: &[u8]) -> Option<bool> {
    let (table, rest) = table(args, data)?;
    let class = |c: u8| match c {
        b'a'..=b'z' => usize::from(c - b'a'),
        b'A'..=b'Z' => usize::from(c - b'A') + 26,
        b'0'..=b'9' => 52,
        _ => 53,
    };
    let mut sum = 0;
    for pair in span.windows(2) {
        let &[a, b] = pair else { return None };
        let at = class(a) * 54 + class(b);
        sum += usize::from(table.get(at / 2)? >> (at % 2 * 4) & 15);
    }
    Some(span.len() >= 8 && 16 * sum >= usize::from(*rest.first()?) * (span.len() - 1))
}

/// `PREFIX…_` and the CRC-32 of all before the underscore, its bytes as hexadecimal digits in
/// little-endian order.
#[inline(never)]
#[cfg_attr(feature = "module", unsafe(export_name = "optional.crc32_hex"))]
fn crc32_hex(span: &[u8], prefix: &[u8]) -> bool {
    let Some((body, [b'_', sum @ ..])) = span.split_last_chunk::<9>() else {
        return false;
    };
    let crc = crc32(body).to_le_bytes();
    let mut right = body.starts_with(prefix);
    for (i, &c) in sum.iter().enumerate() {
        right &= half(&crc, i) == lower_hex(c);
    }
    right
}

/// A digit or small letter of base 16; else something that no digit is.
#[inline(never)]
fn lower_hex(c: u8) -> u8 {
    match c {
        b'0'..=b'9' => c - b'0',
        b'a'..=b'f' => c - b'a' + 10,
        _ => 255,
    }
}

/// Characters of the longest base-58 text that is read, and the bytes it stands for at most.
const BASE58: usize = 128;

/// Base 58 with a checksum of four bytes: the first of the double SHA-256 of the rest. Arguments:
/// the constants, the alphabet, the versions that may stand in front (none: any).
#[inline(never)]
#[cfg_attr(feature = "module", unsafe(export_name = "optional.base58check"))]
fn base58check(span: &[u8], args: &[u8], data: &[u8]) -> Option<bool> {
    let (constants, rest) = table(args, data)?;
    let (alphabet, versions) = rest.split_at_checked(58)?;
    let mut number = [0u8; BASE58];
    // Bytes in use, least first.
    let mut n = 0;
    if span.len() > BASE58 {
        return Some(false);
    }
    for c in span {
        let Some(mut carry) = place(alphabet, *c) else {
            return Some(false);
        };
        for byte in number.iter_mut().take(n) {
            carry += usize::from(*byte) * 58;
            *byte = carry as u8;
            carry >>= 8;
        }
        if carry > 0 {
            *number.get_mut(n)? = carry as u8;
            n += 1;
        }
    }
    // A zero byte for every zero in front.
    n += span
        .iter()
        .take_while(|&c| alphabet.first() == Some(c))
        .count();
    let bytes = number.get_mut(..n).unwrap_or_default();
    bytes.reverse();
    let Some((body, sum)) = bytes.split_last_chunk::<4>() else {
        return Some(false);
    };
    let Some(version) = body.first() else {
        return Some(false);
    };
    let digest = sha256(constants, &sha256(constants, body));
    Some((versions.is_empty() || has(versions, *version)) && digest.starts_with(sum))
}

/// BIP-173 and, for the prefixes of witness programs, BIP-350. Arguments: the alphabet, then per
/// prefix: witness u8, length u8, its text in lower case.
#[inline(never)]
#[cfg_attr(feature = "module", unsafe(export_name = "optional.bech32"))]
fn bech32(span: &[u8], args: &[u8]) -> Option<bool> {
    let (alphabet, mut rows) = args.split_at_checked(32)?;
    let mixed = span.iter().any(u8::is_ascii_uppercase) && span.iter().any(u8::is_ascii_lowercase);
    let Some(one) = span.iter().rposition(|&c| c == b'1').filter(|_| !mixed) else {
        return Some(false);
    };
    let (prefix, symbols) = (span.get(..one)?, span.get(one + 1..)?);
    let witness = loop {
        let Some(([witness, len], rest)) = rows.split_first_chunk() else {
            return Some(false);
        };
        let (text, rest) = rest.split_at_checked(usize::from(*len))?;
        if prefix.eq_ignore_ascii_case(text) {
            break *witness;
        }
        rows = rest;
    };
    let lower = || prefix.iter().map(u8::to_ascii_lowercase);
    let head = lower()
        .map(|c| c >> 5)
        .chain([0])
        .chain(lower().map(|c| c & 31));
    let mut sum = head.fold(1, polymod);
    let mut version = 0;
    for (i, c) in symbols.iter().enumerate() {
        let Some(d) = place(alphabet, c.to_ascii_lowercase()) else {
            return Some(false);
        };
        version = if i == 0 { d } else { version };
        sum = polymod(sum, d as u8);
    }
    // Without version and checksum, five bits each.
    let program = symbols.len().checked_sub(7);
    let fits = match (witness, version) {
        (0, _) => symbols.len() >= 6,
        (_, 0) => matches!(program, Some(32 | 52)),
        _ => version <= 16 && program.is_some_and(|n| (4..=64).contains(&n)),
    };
    let wanted = if witness == 0 || version == 0 {
        1
    } else {
        0x2bc8_30a3
    };
    Some(fits && sum == wanted)
}

/// One step of the checksum of BIP-173.
fn polymod(sum: u32, value: u8) -> u32 {
    const GENERATOR: [u32; 5] = [
        0x3b6a_57b2,
        0x2650_8e6d,
        0x1ea1_19fa,
        0x3d42_33dd,
        0x2a14_62b3,
    ];
    let top = sum >> 25;
    let next = (sum & 0x01ff_ffff) << 5 ^ u32::from(value);
    let steps = GENERATOR.iter().enumerate();
    steps.fold(next, |n, (i, g)| if top >> i & 1 == 1 { n ^ g } else { n })
}

/// EIP-55: a letter is a capital where the digest of the small ones has a digit of 8 or more.
#[inline(never)]
#[cfg_attr(feature = "module", unsafe(export_name = "optional.eip55"))]
fn eip55(span: &[u8], args: &[u8], data: &[u8]) -> Option<bool> {
    let (constants, _) = table(args, data)?;
    let Some(([b'0', b'x'], address)) = span.split_first_chunk::<2>() else {
        return Some(false);
    };
    if address.len() != 40 || !address.iter().all(u8::is_ascii_hexdigit) {
        return Some(false);
    }
    let mut small = [0; 40];
    small.copy_from_slice(address);
    small.make_ascii_lowercase();
    let digest = keccak256(constants, &small);
    let mut right = true;
    for (i, c) in address.iter().enumerate() {
        right &= c.is_ascii_digit() || c.is_ascii_uppercase() == (half(&digest, i) >= 8);
    }
    Some(right)
}

/// A digit of base 16, the upper half of a byte first.
fn half(bytes: &[u8], i: usize) -> u8 {
    let byte = bytes.get(i / 2).copied().unwrap_or(0);
    byte >> (4 - i % 2 * 4) & 15
}

/// An IPv4 or IPv6 address, up to a `/` or `%`. Arguments: 0 either, 4, 6; then networks, 17 bytes
/// each: the address and how many of its bits count. None: all.
#[inline(never)]
#[cfg_attr(feature = "module", unsafe(export_name = "optional.ip"))]
fn ip(span: &[u8], args: &[u8]) -> Option<bool> {
    let (&kind, networks) = args.split_first()?;
    let text = span.split(|&c| c == b'/' || c == b'%').next()?;
    let mut address = [0; 16];
    let v4 = ipv4(text, &mut address);
    let found = v4 || ipv6(text, &mut address);
    if !found || kind != 0 && v4 != (kind == 4) {
        return Some(false);
    }
    let mut inside = networks.is_empty();
    for row in networks.as_chunks::<17>().0 {
        let mut bits = usize::from(row[16]);
        let mut same = true;
        for (a, b) in address.iter().zip(row) {
            let read = bits.min(8);
            bits -= read;
            same &= u32::from(a ^ b) >> (8 - read) == 0;
        }
        inside |= same;
    }
    Some(inside)
}

/// Four numbers up to 255 without zeros in front; they go to the first four bytes.
fn ipv4(text: &[u8], to: &mut [u8]) -> bool {
    let mut n = 0;
    for part in text.split(|&c| c == b'.') {
        let value = part.iter().try_fold(0u32, |n, c| {
            c.is_ascii_digit()
                .then(|| (n * 10 + u32::from(c - b'0')).min(256))
        });
        let zero = part.len() > 1 && part.first() == Some(&b'0');
        match (value, to.get_mut(n)) {
            (Some(value @ 0..=255), Some(slot)) if !part.is_empty() && !zero && n < 4 => {
                *slot = value as u8;
            }
            _ => return false,
        }
        n += 1;
    }
    n == 4
}

/// RFC 4291, 2.2.
fn ipv6(text: &[u8], to: &mut [u8; 16]) -> bool {
    let mut rest = text;
    let mut n = 0;
    let mut gap = None;
    if let Some(after) = rest.strip_prefix(b"::") {
        gap = Some(0);
        rest = after;
    }
    while !rest.is_empty() {
        let end = rest.iter().position(|&c| c == b':').unwrap_or(rest.len());
        let (part, after) = rest.split_at_checked(end).unwrap_or((rest, &[]));
        let slot = to.get_mut(n..).unwrap_or(&mut []);
        let hex = part.iter().try_fold(0u32, |n, &c| {
            let digit = lower_hex(c.to_ascii_lowercase());
            (digit < 16).then_some(n << 4 | u32::from(digit))
        });
        match hex {
            Some(value) if (1..=4).contains(&part.len()) && slot.len() >= 2 => {
                for (to, from) in slot.iter_mut().zip([(value >> 8) as u8, value as u8]) {
                    *to = from;
                }
                n += 2;
            }
            _ if after.is_empty() && slot.len() >= 4 && ipv4(part, slot) => n += 4,
            _ => return false,
        }
        rest = match after {
            [] => after,
            [b':', b':', after @ ..] if gap.is_none() => {
                gap = Some(n);
                after
            }
            [b':', after @ ..] if !after.is_empty() && !after.starts_with(b":") => after,
            _ => return false,
        };
    }
    let Some(gap) = gap else { return n == 16 };
    if n > 14 {
        return false;
    }
    // What stands behind the gap goes to the end.
    for i in 1..=16 {
        let from = n.checked_sub(i).filter(|&from| from >= gap);
        let byte = from.and_then(|from| to.get(from)).copied().unwrap_or(0);
        if let Some(slot) = to.get_mut(16 - i)
            && 16 - i >= gap
        {
            *slot = byte;
        }
    }
    true
}

/// Six pairs of hexadecimal digits with `:` or `-`, three groups of four with `.`, or twelve of
/// them; not all 0 and not all F.
#[inline(never)]
#[cfg_attr(feature = "module", unsafe(export_name = "optional.mac"))]
fn mac(span: &[u8]) -> bool {
    let sign = span.iter().copied().find(|c| !c.is_ascii_hexdigit());
    let (group, signs) = match sign {
        None => (12, 0),
        Some(b':' | b'-') => (2, 5),
        Some(b'.') => (4, 2),
        _ => return false,
    };
    let (mut zeros, mut fs) = (true, true);
    for (i, &c) in span.iter().enumerate() {
        if i % (group + 1) == group {
            if Some(c) != sign {
                return false;
            }
        } else {
            zeros &= c == b'0';
            fs &= c | 0x20 == b'f';
            if !c.is_ascii_hexdigit() {
                return false;
            }
        }
    }
    span.len() == 12 + signs && !zeros && !fs
}

/// Monero's base 58 (CryptoNote standard 7): blocks of eight bytes in eleven characters, the last
/// shorter; the last four bytes are the first of the Keccak-256 of the rest. Arguments: the
/// constants, the alphabet.
#[inline(never)]
#[cfg_attr(feature = "module", unsafe(export_name = "optional.monero"))]
fn monero(span: &[u8], args: &[u8], data: &[u8]) -> Option<bool> {
    /// Characters of a block by its bytes.
    const SIZES: [u8; 9] = [0, 2, 3, 5, 6, 7, 9, 10, 11];
    let (constants, alphabet) = table(args, data)?;
    let mut bytes = [0u8; 80];
    let mut n = 0;
    // An address, or one with a payment id.
    if span.len() != 95 && span.len() != 106 {
        return Some(false);
    }
    for block in span.chunks(11) {
        let number = block.iter().try_fold(0u64, |n, c| {
            let digit = place(alphabet, *c)?;
            let n = (n <= u64::MAX / 58).then(|| n * 58)?;
            n.checked_add(digit as u64)
        });
        let size = place(&SIZES, block.len() as u8)?;
        let Some(number) = number.filter(|&n| size == 8 || n >> (8 * size) == 0) else {
            return Some(false);
        };
        bytes
            .get_mut(n..n + 8)?
            .copy_from_slice(&(number << (64 - 8 * size)).to_be_bytes());
        n += size;
    }
    let (body, sum) = bytes.get(..n)?.split_last_chunk::<4>()?;
    Some(keccak256(constants, body).starts_with(sum))
}

/// BIP-39: words of the list (eight bytes each, sorted), eleven bits a word, the last of them the
/// first of the SHA-256 of the others. Arguments: the constants, the list, 1: words only.
#[inline(never)]
#[cfg_attr(feature = "module", unsafe(export_name = "optional.bip39"))]
fn bip39(span: &[u8], args: &[u8], data: &[u8]) -> Option<bool> {
    let (constants, rest) = table(args, data)?;
    let (list, rest) = table(rest, data)?;
    let mut bits = [0u8; 34];
    let mut n = 0;
    let gap = |c: &u8| !c.is_ascii_alphabetic();
    if !span
        .iter()
        .all(|c| !gap(c) || has(b" \t\r\n,.)0123456789", *c))
    {
        return Some(false);
    }
    for word in span.split(gap).filter(|word| !word.is_empty()) {
        let mut entry = [0; 8];
        let Some(letters) = entry.get_mut(..word.len()).filter(|_| n < 24) else {
            return Some(false);
        };
        letters.copy_from_slice(word);
        entry.make_ascii_lowercase();
        let Ok(index) = list.as_chunks::<8>().0.binary_search(&entry) else {
            return Some(false);
        };
        for bit in 0..11 {
            let at = n * 11 + bit;
            bits[at / 8] |= ((index >> (10 - bit) & 1) as u8) << (7 - at % 8);
        }
        n += 1;
    }
    if n < 12 || n % 3 != 0 {
        return Some(false);
    }
    let (entropy, sum) = bits.split_at_checked(n / 3 * 4)?;
    let unread = 8 - n as u32 / 3;
    let [first, ..] = sha256(constants, entropy);
    Some(*rest.first()? == 1 || first >> unread == *sum.first()? >> unread)
}

/// A label behind the last dot that is in the list. Arguments: the list; per length: the length u8,
/// how many u16, the labels.
#[inline(never)]
#[cfg_attr(feature = "module", unsafe(export_name = "optional.tld"))]
fn tld(span: &[u8], args: &[u8], data: &[u8]) -> Option<bool> {
    let (mut groups, _) = table(args, data)?;
    let dot = span.iter().rposition(|&c| c == b'.');
    let label = dot.and_then(|dot| span.get(dot + 1..)).unwrap_or(&[]);
    while let Some(([len, a, b], rest)) = groups.split_first_chunk() {
        let len = usize::from(*len);
        let all = len * usize::from(u16::from_le_bytes([*a, *b]));
        let (labels, rest) = rest.split_at_checked(all)?;
        if len == label.len() {
            let mut labels = labels.chunks_exact(len.max(1));
            return Some(labels.any(|known| label.eq_ignore_ascii_case(known)));
        }
        groups = rest;
    }
    Some(false)
}

/// ICAO 9303: weights 7, 3, 1, `<` is 0, A=10. Arguments: how many check digits may be wrong, then
/// per kind of document: characters u8, 0 not a visa, 1 a visa, 2 either, check digits u8; for each
/// its place u8, ranges u8, their ends u8 each.
#[inline(never)]
#[cfg_attr(feature = "module", unsafe(export_name = "optional.mrz"))]
fn mrz(span: &[u8], args: &[u8]) -> Option<bool> {
    let (&tolerated, mut rows) = args.split_first()?;
    let mut chars = [0u8; 90];
    let mut n = 0;
    for &c in span.iter().filter(|c| !c.is_ascii_whitespace()) {
        match chars.get_mut(n) {
            Some(slot) if c == b'<' || c.is_ascii_uppercase() || c.is_ascii_digit() => *slot = c,
            _ => return Some(false),
        }
        n += 1;
    }
    let visa = u8::from(chars.first() == Some(&b'V'));
    let worth = |at: u8| match chars.get(usize::from(at)) {
        Some(b'<') => 0,
        Some(&c) => base36(c),
        None => u32::MAX,
    };
    while let Some(([len, kind, digits], mut rest)) = rows.split_first_chunk() {
        let mut wrong = 0;
        for _ in 0..*digits {
            let ([at, ranges], behind) = rest.split_first_chunk()?;
            let (ends, behind) = behind.split_at_checked(usize::from(*ranges) * 2)?;
            rest = behind;
            let (mut sum, mut turn) = (0u32, 0);
            for [from, to] in ends.as_chunks::<2>().0 {
                for place in *from..*to {
                    sum = sum.wrapping_add(worth(place).wrapping_mul([7, 3, 1][turn % 3]));
                    turn += 1;
                }
            }
            wrong += u8::from(worth(*at) != sum % 10);
        }
        if usize::from(*len) == n && (*kind == visa || *kind == 2) {
            return Some(wrong <= tolerated);
        }
        rows = rest;
    }
    Some(false)
}

#[cfg(test)]
mod tests {
    use super::log2;

    #[test]
    fn logarithms_are_rounded_down() {
        for n in 1..=1024u32 {
            let exact = (f64::from(n).log2() * 4096.0).floor();
            assert_eq!(log2(u64::from(n)), exact as u64, "of {n}");
        }
    }
}
