//! A check's tree to the kernel's program (layout: `riegel_kernel::check`).
//!
//! What is long and shared (word lists, tables of bigrams) goes into the tables once, and only
//! where some detector uses it; the program has its offset and length.

use super::{codes, context, data, lists};
use crate::check::model::Place;
use crate::check::{date_offset, network};
use crate::diagnostics::Diagnostic;
use crate::syntax::ast::{
    Check, CheckKind, Literal, LiteralValue, NumberCheck, NumberEquals, Slice, Weights,
    WeightsEquals,
};
use crate::tables::TableWriter;
use riegel_kernel::blocks::PAD;
use riegel_kernel::check::Op;
use riegel_kernel::layout::{Header, LAYOUT, TABLES_MAGIC};
use riegel_kernel::scan::View;
use riegel_kernel::tables::Tables;

type Result<T> = std::result::Result<T, Box<Diagnostic>>;

/// The program of a check. `detector` is where the detector stands.
pub(super) fn compile(check: &Check, detector: Place, tables: &mut TableWriter) -> Result<Vec<u8>> {
    let place = Place {
        source: detector.source,
        span: check.span,
    };
    match &check.kind {
        CheckKind::And(checks) => many(Op::And, checks, detector, tables),
        CheckKind::Or(checks) => many(Op::Or, checks, detector, tables),
        CheckKind::Not(check) => many(Op::Not, std::slice::from_ref(check), detector, tables),
        CheckKind::Call { name, args, slice } => {
            let (op, payload) = call(&name.value, args, place, tables)?;
            node(
                op,
                [slice_bytes(slice.as_ref(), place)?, payload].concat(),
                place,
            )
        }
        CheckKind::Weights(weights) => {
            let mut payload = slice_bytes(weights.slice.as_ref(), place)?;
            payload.extend(weighing(weights, place)?);
            node(Op::Weights, payload, place)
        }
        CheckKind::InList { word, words, .. } => {
            let list = lists::table(words, tables);
            let word = word.as_ref().map_or(Ok(0), |n| small(n.value, place))?;
            let payload = [vec![0, 0, 0], list.to_le_bytes().to_vec(), vec![word]].concat();
            node(Op::InList, payload, place)
        }
        CheckKind::Number(number) => {
            let mut payload = slice_bytes(number.slice.as_ref(), place)?;
            payload.extend(numbering(number, place)?);
            node(Op::Number, payload, place)
        }
    }
}

/// Runs a check over a span of a view through the kernel, as a module would.
///
/// # Errors
/// Where the check has no program.
pub fn holds(check: &Check, view: &[u8], span: (usize, usize)) -> Result<bool> {
    let padded = [view, &[0; PAD]].concat();
    let view = View {
        padded: &padded,
        len: view.len(),
    };
    let mut tables = TableWriter::default();
    let program = compile(check, Place::default(), &mut tables)?;
    let tables = tables.finish(Header {
        magic: TABLES_MAGIC,
        layout: LAYOUT,
        ..Header::default()
    });
    let value = riegel_kernel::check::Value::of(view, span);
    let Ok(tables) = Tables::trusted(&tables) else {
        return refuse(Place::default(), "the check's tables are not sound");
    };
    Ok(riegel_kernel::check::holds(&program, &value, &tables))
}

fn many(op: Op, checks: &[Check], detector: Place, tables: &mut TableWriter) -> Result<Vec<u8>> {
    let mut payload = Vec::new();
    for check in checks {
        payload.extend(compile(check, detector, tables)?);
    }
    node(op, payload, detector)
}

fn refuse<T>(place: Place, text: &str) -> Result<T> {
    Err(Box::new(Diagnostic::new(&codes::R0404, place, text)))
}

fn node(op: Op, payload: Vec<u8>, place: Place) -> Result<Vec<u8>> {
    let Ok(len) = u16::try_from(payload.len()) else {
        return refuse(place, "the check is longer than 65,535 bytes");
    };
    Ok([vec![op as u8], len.to_le_bytes().to_vec(), payload].concat())
}

fn small(n: i64, place: Place) -> Result<u8> {
    u8::try_from(n).or_else(|_| refuse(place, "a number here lies between 0 and 255"))
}

fn slice_bytes(slice: Option<&Slice>, place: Place) -> Result<Vec<u8>> {
    Ok(match slice {
        None => vec![0, 0, 0],
        Some(Slice::Range(from, to)) => {
            let to = to.as_ref().map_or(Ok(0), |to| small(to.value, place))?;
            vec![1, small(from.value, place)?, to]
        }
        Some(Slice::Run(run)) => vec![2, small(run.value, place)?, 0],
    })
}

fn call(
    name: &str,
    args: &[Literal],
    place: Place,
    tables: &mut TableWriter,
) -> Result<(Op, Vec<u8>)> {
    let int = |i: usize| match args.get(i).map(|a| &a.value) {
        Some(LiteralValue::Int(n)) => Some(*n),
        _ => None,
    };
    let byte = |i: usize, default: i64| small(int(i).unwrap_or(default), place);
    Ok(match name {
        "luhn" => {
            let kind = match args.first().map(|a| &a.value) {
                Some(LiteralValue::Word(_)) => 1,
                _ => byte(0, 0)?,
            };
            (Op::Luhn, vec![kind])
        }
        "mod97" => (Op::Mod97, vec![byte(0, 0)?]),
        "iso7064" => (Op::Iso7064, Vec::new()),
        "gs1" => (Op::Gs1, Vec::new()),
        "verhoeff" => (Op::Verhoeff, Vec::new()),
        "mod10_recursive" => (Op::Mod10Recursive, Vec::new()),
        "crc32_base62" => (Op::Crc32Base62, vec![byte(0, 0)?]),
        "date" => (Op::Date, date(&texts(args), place)?),
        "one_of" => (Op::Prefix, values(&texts(args), place)?),
        "damm" => (Op::Damm, data::DAMM.concat().into_bytes()),
        "chars" => (
            Op::Chars,
            texts(args).into_iter().flat_map(as_value).collect(),
        ),
        "range" => {
            let bound = |i: usize| {
                u64::try_from(int(i).unwrap_or(0))
                    .unwrap_or(0)
                    .to_le_bytes()
            };
            (Op::Range, [bound(0), bound(1)].concat())
        }
        "prefix" => (Op::Prefix, rows(args, false, place)?),
        "prefix_length" => (Op::Prefix, rows(args, true, place)?),
        "length" => {
            let least = int(0).unwrap_or(0);
            (Op::Length, vec![byte(0, 0)?, byte(1, least)?])
        }
        "digits" => (Op::Digits, vec![byte(0, 1)?]),
        "varied" => (Op::Varied, Vec::new()),
        "one_digit_repeats" => (Op::OneDigitRepeats, Vec::new()),
        "capitals" => (Op::Capitals, Vec::new()),
        "capital" => (Op::Capital, Vec::new()),
        "bracketed" => (Op::Bracketed, Vec::new()),
        "alone" => (Op::Alone, Vec::new()),
        "ends_line" => (Op::EndsLine, Vec::new()),
        "follows" | "precedes" => {
            let words: Vec<String> = texts(args).into_iter().map(str::to_owned).collect();
            let block = context::block(&words, context::How::Stem, tables);
            let within = int(0).and_then(|n| u16::try_from(n).ok()).unwrap_or(0);
            let op = if name == "follows" {
                Op::Follows
            } else {
                Op::Precedes
            };
            (
                op,
                [&block.to_le_bytes()[..], &within.to_le_bytes()].concat(),
            )
        }
        _ => return written(name, args, place, tables),
    })
}

/// Checks of the span as written.
fn written(
    name: &str,
    args: &[Literal],
    place: Place,
    tables: &mut TableWriter,
) -> Result<(Op, Vec<u8>)> {
    let texts = texts(args);
    let ints = args.iter().filter_map(|arg| match arg.value {
        LiteralValue::Int(n) => Some(n),
        _ => None,
    });
    let bytes: Vec<u8> = ints
        .clone()
        .map(|n| small(n, place))
        .collect::<Result<_>>()?;
    let first = texts.first().copied().unwrap_or("");
    let mut stored = |bytes: Vec<u8>| {
        let (at, n) = tables.text(&bytes);
        [at.to_le_bytes(), n.to_le_bytes()].concat()
    };
    Ok(match name {
        "written_date" => (Op::WrittenDate, Vec::new()),
        "placeholder" => (Op::Placeholder, counted(PLACEHOLDERS, place)?),
        "entropy" => (Op::Entropy, bytes),
        "rare" => (
            Op::Rare,
            [stored(data::packed_bigrams()), vec![RARE]].concat(),
        ),
        "crc32_hex" => (Op::Crc32Hex, first.into()),
        "decodes" => (Op::Decodes, first.into()),
        "decoded_length" => {
            let n = ints.clone().next().and_then(|n| u16::try_from(n).ok());
            (Op::DecodedLength, n.unwrap_or(0).to_le_bytes().to_vec())
        }
        "decodes_to" => (Op::DecodesTo, vec![u8::from(first == "digits")]),
        "base58check" => {
            let head = [stored(data::sha256()), data::BASE58.into()].concat();
            (Op::Base58Check, [head, bytes].concat())
        }
        "base58check_ripple" => {
            let head = [stored(data::sha256()), data::BASE58_RIPPLE.into()].concat();
            (Op::Base58Check, [head, vec![0]].concat())
        }
        "bech32" => (Op::Bech32, prefixes(&texts, place)?),
        "eip55" => (Op::Eip55, stored(data::keccak())),
        "monero" => {
            let constants = stored(data::keccak());
            (Op::Monero, [constants, data::BASE58.into()].concat())
        }
        "bip39" => {
            let constants = stored(data::sha256());
            let only_words = u8::from(!args.is_empty());
            let list = stored(data::packed_bip39());
            (Op::Bip39, [constants, list, vec![only_words]].concat())
        }
        "ip" => (Op::Ip, vec![0]),
        "ipv4_in" => (Op::Ip, networks(4, &texts, place)?),
        "ipv6_in" => (Op::Ip, networks(6, &texts, place)?),
        "mac" => (Op::Mac, Vec::new()),
        "tld" => (Op::Tld, stored(data::packed_tlds())),
        "mrz" => {
            let tolerated = bytes.first().copied().unwrap_or(0);
            (Op::Mrz, [vec![tolerated], data::documents()].concat())
        }
        _ => return refuse(place, &format!("there is no check `{name}`")),
    })
}

/// The mean of the bigrams' weights from which on a text is rare, in sixteenths.
const RARE: u8 = 9 * 16;

/// The prefixes of `bech32`.
fn prefixes(texts: &[&str], place: Place) -> Result<Vec<u8>> {
    let mut out = data::BECH32.as_bytes().to_vec();
    for text in texts {
        out.push(u8::from(data::WITNESS.contains(text)));
        out.extend(counted(&[text], place)?);
    }
    Ok(out)
}

/// The networks of `ipv4_in` and `ipv6_in`.
fn networks(kind: u8, texts: &[&str], place: Place) -> Result<Vec<u8>> {
    let mut out = vec![kind];
    for text in texts {
        let Some((address, bits)) = network(text, kind == 6) else {
            return refuse(
                place,
                "a network is an address, `/` and how many bits count",
            );
        };
        out.extend(address);
        out.push(bits);
    }
    Ok(out)
}

/// What stands where the value is to be filled in; `placeholder` also holds for four equal
/// characters in a row and for `<…>`.
const PLACEHOLDERS: &[&str] = &[
    "example", "dummy", "changeme", "your_", "your-", "dein_", "dein-", "123456", "abcdef", "...",
    "${", "{{", "%s",
];

fn texts(args: &[Literal]) -> Vec<&str> {
    args.iter()
        .filter_map(|arg| match &arg.value {
            LiteralValue::Text(text) => Some(text.as_str()),
            _ => None,
        })
        .collect()
}

/// Texts with their lengths in front.
fn counted(texts: &[&str], place: Place) -> Result<Vec<u8>> {
    let mut out = Vec::new();
    for text in texts {
        out.push(small(text.len() as i64, place)?);
        out.extend(text.bytes());
    }
    Ok(out)
}

/// The form of a date and what may have been added to its parts.
fn date(texts: &[&str], place: Place) -> Result<Vec<u8>> {
    let Some((form, added)) = texts.split_first() else {
        return refuse(place, "`date` needs a form such as \"DDMMYY\"");
    };
    let mut out = counted(&[form], place)?;
    for text in added {
        match date_offset(text) {
            Some((month, n)) => out.extend([if month { b'M' } else { b'D' }, n]),
            None => {
                return refuse(
                    place,
                    "what was added to a date is \"month+20\" or \"day+40\"",
                );
            }
        }
    }
    Ok(out)
}

/// Whole values as rows of `prefix_length`.
fn values(texts: &[&str], place: Place) -> Result<Vec<u8>> {
    let mut out = Vec::new();
    for text in texts {
        let value = as_value(text);
        let len = small(value.len() as i64, place)?;
        out.push(len);
        out.extend([&value[..], &value[..], &[1, len]].concat());
    }
    Ok(out)
}

/// The rows of `prefix` and `prefix_length`.
fn rows(args: &[Literal], lengths: bool, place: Place) -> Result<Vec<u8>> {
    let mut out = Vec::new();
    for arg in args {
        let LiteralValue::Text(text) = &arg.value else {
            return refuse(place, "a beginning is a text");
        };
        let (begin, after) = match text.split_once(':') {
            Some((begin, after)) if lengths => (begin, after),
            _ => (text.as_str(), ""),
        };
        let (low, high) = match begin.split_once('-') {
            Some((low, high)) => (as_value(low), as_value(high)),
            None => (as_value(begin), as_value(begin)),
        };
        if low.len() != high.len() || low.len() > 32 {
            return refuse(
                place,
                "both ends of a range have equally many characters, at most 32",
            );
        }
        let mut allowed = Vec::new();
        for length in after.split(',').map(str::trim).filter(|l| !l.is_empty()) {
            match length.parse::<u8>() {
                Ok(length) => allowed.push(length),
                Err(_) => return refuse(place, "a length is a number up to 255"),
            }
        }
        out.push(small(low.len() as i64, place)?);
        out.extend(low);
        out.extend(high);
        out.push(small(allowed.len() as i64, place)?);
        out.extend(allowed);
    }
    Ok(out)
}

/// Letters and digits in upper case, as the kernel's value.
fn as_value(text: &str) -> Vec<u8> {
    text.bytes()
        .filter(u8::is_ascii_alphanumeric)
        .map(|b| b.to_ascii_uppercase())
        .collect()
}

/// See `weights` in `riegel_kernel::check`.
fn weighing(weights: &Weights, place: Place) -> Result<Vec<u8>> {
    let flag = |set: bool, bit: u16| if set { bit } else { 0 };
    let (equals, constant) = match weights.equals {
        WeightsEquals::Digit(n) => (n, false),
        WeightsEquals::Constant(n) => (n, true),
    };
    let ten = match weights.ten_is {
        Some(c) if c.is_ascii_alphanumeric() => c.to_ascii_uppercase() as u8,
        Some(_) => return refuse(place, "the sign for ten is a letter or digit"),
        None => 0,
    };
    let flags = flag(weights.repeat, 1)
        | flag(weights.digit_sum, 2)
        | flag(weights.letters_two_digits, 4)
        | flag(weights.complement, 8)
        | flag(constant, 16)
        | flag(!weights.map.is_empty(), 32)
        | flag(!weights.odd_map.is_empty(), 64)
        | flag(weights.signs.is_some(), 128);
    let mut out = flags.to_le_bytes().to_vec();
    out.push(small(weights.weights.len() as i64, place)?);
    out.push(ten);
    let plus = weights.plus.unwrap_or(0).rem_euclid(weights.modulus.max(1));
    let times = weights.times.unwrap_or(1);
    for n in [
        equals,
        plus,
        weights.modulus,
        times,
        weights.second.unwrap_or(0),
    ] {
        match u16::try_from(n) {
            Ok(n) => out.extend(n.to_le_bytes()),
            Err(_) => return refuse(place, "a number here lies between 0 and 65,535"),
        }
    }
    let maps = weights.map.iter().chain(&weights.odd_map);
    for &weight in weights.weights.iter().chain(maps) {
        match i16::try_from(weight) {
            Ok(weight) => out.extend(weight.to_le_bytes()),
            Err(_) => return refuse(place, "a weight lies between -32,768 and 32,767"),
        }
    }
    out.extend(
        weights
            .signs
            .iter()
            .flat_map(|signs| as_value(&signs.value)),
    );
    Ok(out)
}

/// See `number_equals` in `riegel_kernel::check`.
fn numbering(number: &NumberCheck, place: Place) -> Result<Vec<u8>> {
    let (equals, flag, rest) = match &number.equals {
        NumberEquals::Constant(n) => (*n, 0, Vec::new()),
        NumberEquals::Number(digits) => (0, 2, slice_bytes(Some(digits), place)?),
        NumberEquals::Signs(alphabet, at) => (*at, 4, as_value(&alphabet.value)),
    };
    let plus = number.plus.unwrap_or(0).rem_euclid(number.modulus.max(1));
    let second = number.second.unwrap_or(0);
    let mut out = Vec::new();
    for n in [
        number.modulus,
        plus,
        number.times.unwrap_or(1),
        second,
        equals,
    ] {
        match u32::try_from(n) {
            Ok(n) => out.extend(n.to_le_bytes()),
            Err(_) => return refuse(place, "a number here lies between 0 and 4,294,967,295"),
        }
    }
    out.push(u8::from(number.complement) | flag);
    out.extend(rest);
    Ok(out)
}
