//! Random events: content glued from pieces that make findings likely, then bent the
//! way real text is bent: invisible characters, full-width digits, broken bytes.

use super::policies::{HOSTS, KEY, TODAY, WORDS, date, value};
use super::rng::Rng;
use riegel::check::model::*;

const FILLER: [&str; 22] = [
    " ",
    " ",
    " ",
    ", ",
    ".",
    "-",
    "/",
    ": ",
    "\n",
    "\t",
    "_",
    "(",
    "\"",
    "und ",
    "der Kunde ",
    "x",
    "ä",
    "é",
    "€ ",
    "„",
    "0",
    "\r\n",
];
const CONTEXT: [&str; 18] = [
    "Kreditkarte ",
    "kk ",
    "kkk ",
    "IBAN: ",
    "Überweisung",
    "ueberweisung ",
    "SVNR ",
    "idnr. ",
    "id ",
    "GROESSE ",
    "Größe ",
    "plz",
    "nummer ",
    "Nr. ",
    "E-Mail ",
    "an: ",
    "tel ",
    "Kette ",
];
const SPECIAL: [&str; 32] = [
    "\u{200B}",
    "\u{AD}",
    "\u{FEFF}",
    "\u{A0}",
    "\u{2003}",
    "\u{3000}",
    "\u{2011}",
    "\u{2212}",
    "\u{FF0B}",
    "\u{FF21}",
    "\u{2019}",
    "\u{1F600}",
    "\u{FE0F}",
    "\u{E0061}",
    "\u{202E}",
    "\u{1D7D2}",
    "\u{2460}",
    "\u{B2}",
    "\u{664}",
    "\u{430}",
    "\u{413}",
    "&nbsp;",
    "&shy;",
    "&uuml;",
    "&#x34;",
    "&x;",
    "%20",
    "%C3%BC",
    "=C3=BC",
    "=\r\n",
    "-\n",
    "=20",
];
const BROKEN: [&[u8]; 7] = [
    b"\xC3",
    b"\x80",
    b"\xE2\x80",
    b"\xF0\x9F",
    b"\xFF",
    b"\xC2",
    b"\xE1\xC3\x84",
];

/// A part's bytes.
fn content(rng: &mut Rng, samples: &[String]) -> Vec<u8> {
    let mut out = Vec::new();
    let pieces = rng.below(14);
    for _ in 0..pieces {
        match rng.below(23) {
            22 => out.extend(inserted(rng, samples)),
            20 => out.extend(table(rng, samples)),
            21 => out.extend(encoded(rng, samples)),
            0..=8 if !samples.is_empty() => {
                let sample = rng.pick(samples).clone();
                out.extend(bent(rng, &sample));
                if rng.chance(70) {
                    out.extend(rng.pick(&FILLER).bytes());
                }
            }
            9..=12 => out.extend(rng.pick(&CONTEXT).bytes()),
            13 => out.extend(rng.pick(&SPECIAL).bytes()),
            14 if rng.chance(40) => out.extend(*rng.pick(&BROKEN)),
            15 if rng.chance(30) => {
                let n = rng.below(180);
                out.extend("Lorem Äpfel, dolor 12 sit. ".bytes().cycle().take(n));
            }
            _ => out.extend(rng.pick(&FILLER).bytes()),
        }
    }
    out
}

/// Rows of an SQL dump, with the names of their columns before them, in their line, or nowhere.
fn inserted(rng: &mut Rng, samples: &[String]) -> Vec<u8> {
    let columns = 1 + rng.below(4);
    let names: Vec<&str> = (0..columns).map(|_| rng.pick(&CONTEXT).trim()).collect();
    let list = names.join(*rng.pick(&[",", ", "]));
    let mut out = String::from(*rng.pick(&["", "\n", "-- x\n"]));
    let way = rng.below(4);
    if way == 0 {
        let typed: Vec<String> = names
            .iter()
            .map(|n| format!("  `{n}` varchar(20, 2)"))
            .collect();
        out += &format!("CREATE TABLE `k` (\n{}\n);\n", typed.join(",\n"));
    }
    let statement = *rng.pick(&[
        "INSERT INTO `k`",
        "insert into `k`",
        "INSERT INTO k",
        "Insert  into k",
    ]);
    let values = *rng.pick(&["VALUES", "values", "VALUES\n"]);
    for line in 0..1 + rng.below(4) {
        match way {
            1 if line == 0 => out += &format!("{statement} ({list}) {values} "),
            2 => out += &format!("{statement} ({list}) {values} "),
            0 | 3 => out += &format!("{statement} {values} "),
            _ => {}
        }
        out += *rng.pick(&["(", " (", "\t("]);
        for column in 0..columns + usize::from(rng.chance(10)) {
            if column > 0 {
                out += *rng.pick(&[",", ", "]);
            }
            let cell = match rng.below(8) {
                0..=5 if !samples.is_empty() => rng.pick(samples),
                6 => "f(1, 2)",
                _ => "NULL",
            };
            let quote = if rng.chance(70) { "'" } else { "" };
            out += &[quote, cell, quote].concat();
        }
        out += *rng.pick(&["),\n", ");\n", ") \n"]);
        if rng.chance(2) {
            out += &"-- far\n".repeat(2_400);
        }
    }
    out.into_bytes()
}

/// Some samples in base64 or hexadecimal digits, sometimes in lines, with flaws, or twice.
fn encoded(rng: &mut Rng, samples: &[String]) -> Vec<u8> {
    const SIGNS: [&[u8; 64]; 2] = [
        b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/",
        b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_",
    ];
    let mut text = Vec::new();
    for _ in 0..1 + rng.below(6) {
        text.extend(rng.pick(&CONTEXT).bytes());
        if !samples.is_empty() {
            text.extend(rng.pick(samples).bytes());
        }
        text.extend(rng.pick(&FILLER).bytes());
    }
    if rng.chance(15) {
        text.extend(*rng.pick(&BROKEN));
    }
    if rng.chance(10) {
        text.push(*rng.pick(&[0, 9, 10, 13, 31, 127]));
    }
    let digits: Vec<u8> = if rng.chance(30) {
        let upper = rng.chance(50);
        let digit = |b: &u8| {
            if upper {
                format!("{b:02X}")
            } else {
                format!("{b:02x}")
            }
        };
        text.iter().map(digit).collect::<String>().into_bytes()
    } else {
        let signs = *rng.pick(&SIGNS);
        let mut out = Vec::new();
        for chunk in text.chunks(3) {
            let bits = chunk.iter().fold(0u32, |bits, b| bits << 8 | u32::from(*b));
            let bits = bits << (8 * (3 - chunk.len()));
            let sextet = |i: usize| signs[(bits >> (18 - 6 * i) & 63) as usize];
            out.extend((0..=chunk.len()).map(sextet));
        }
        out
    };
    let line = *rng.pick(&[0, 0, 0, 59, 60, 64, 76]);
    let end = *rng.pick(&["\n", "\r\n", "\n\n"]);
    let mut out = rng
        .pick(&["", " ", "=", "x", "data:;base64,"])
        .as_bytes()
        .to_vec();
    for (i, digit) in digits.iter().enumerate() {
        if line > 0 && i > 0 && i.is_multiple_of(line) {
            out.extend(end.bytes());
        }
        out.push(if rng.chance(1) && rng.chance(20) {
            b'!'
        } else {
            *digit
        });
    }
    out.extend(rng.pick(&["", "=", "==", "===", " ", "\n", ", "]).bytes());
    out
}

/// Some lines with cells, most of them under a head that says what they are.
fn table(rng: &mut Rng, samples: &[String]) -> Vec<u8> {
    let separator = *rng.pick(&[",", ";", "\t", "|", ", "]);
    let columns = 1 + rng.below(4);
    let end = *rng.pick(&["\n", "\r\n"]);
    let mut out = String::from(*rng.pick(&["", "\n", "x\n"]));
    for line in 0..1 + rng.below(5) {
        let uneven = usize::from(rng.chance(10));
        for column in 0..columns + uneven {
            if column > 0 || separator == "|" && rng.chance(80) {
                out += separator;
            }
            let cell = match rng.below(10) {
                _ if line == 0 => rng.pick(&CONTEXT).trim(),
                0..=6 if !samples.is_empty() => rng.pick(samples),
                7 => "4711",
                _ => rng.pick(&FILLER).trim(),
            };
            let quote = if rng.chance(15) { "\"" } else { "" };
            out += &[quote, cell, quote].concat();
            if rng.chance(8) {
                out += &["\"a", separator, "b\""].concat();
            }
            if rng.chance(3) {
                out += separator;
            }
            // Rows end at 1,024 bytes.
            if rng.chance(1) {
                out += &"y".repeat(950 + rng.below(100));
            }
        }
        out += end;
    }
    out.into_bytes()
}

/// A sample, sometimes with something in it that reading takes out again, or with a flaw.
fn bent(rng: &mut Rng, sample: &str) -> Vec<u8> {
    let chars: Vec<char> = sample.chars().collect();
    let place = rng.below(chars.len() + 1);
    match rng.below(14) {
        12 | 13 => escaped(rng, &chars),
        0 | 1 => {
            let mut text: String = chars[..place].iter().collect();
            let special: &str = SPECIAL[rng.below(SPECIAL.len())];
            text.push_str(special);
            text.extend(&chars[place..]);
            text.into_bytes()
        }
        2 => {
            let wide = |c: &char| match *c {
                ' ' => '\u{A0}',
                '-' => '\u{2010}',
                '!'..='~' => char::from_u32(*c as u32 - 0x21 + 0xFF01).unwrap_or(*c),
                other => other,
            };
            chars.iter().map(wide).collect::<String>().into_bytes()
        }
        3 => {
            let mut bytes = sample.as_bytes().to_vec();
            let at = rng.below(bytes.len());
            bytes[at] = (rng.next() & 0xFF) as u8;
            bytes
        }
        4 => sample.to_lowercase().into_bytes(),
        5 => sample.to_uppercase().into_bytes(),
        _ => sample.as_bytes().to_vec(),
    }
}

/// A sample of which every character is written another way that reads the same, or nearly.
fn escaped(rng: &mut Rng, chars: &[char]) -> Vec<u8> {
    let way = rng.below(5);
    let bytes = |c: char, sign: char| -> String {
        let mut buffer = [0; 4];
        let text = c.encode_utf8(&mut buffer);
        text.bytes().map(|b| format!("{sign}{b:02X}")).collect()
    };
    let mut out = String::new();
    for &c in chars {
        let code = c as u32;
        match way {
            _ if rng.chance(50) => out.push(c),
            0 => out.push_str(&format!("&#{code};")),
            1 => out.push_str(&bytes(c, '%')),
            2 => out.push_str(&bytes(c, '=')),
            3 => out.push(match c {
                '0'..='9' => char::from_u32(0x1D7D8 + code - 0x30).unwrap_or(c),
                'A'..='Z' => char::from_u32(0x1D400 + code - 0x41).unwrap_or(c),
                'a'..='z' => char::from_u32(0x1D41A + code - 0x61).unwrap_or(c),
                _ => c,
            }),
            _ => out.push(match c {
                'A' => 'А',
                'E' => 'Ε',
                'T' => 'Т',
                'a' => 'а',
                'e' => 'е',
                'o' => 'ο',
                _ => c,
            }),
        }
    }
    out.into_bytes()
}

/// An event.
pub fn event(rng: &mut Rng, policy: &Policy, samples: &[String]) -> Event {
    let mut event = Event {
        today: TODAY - 3 + rng.below(7) as i32,
        ..Event::default()
    };
    for slot in &policy.slots {
        let percent = if slot.required { 97 } else { 70 };
        let sent = rng.chance(percent).then(|| value(rng, &slot.ty, true));
        event.values.push(sent);
    }
    let parts = *rng.pick(&[1, 1, 1, 2, 3, 4]);
    for _ in 0..parts {
        if rng.chance(20) {
            // Bytes that belong to no part are not read.
            event.text.extend(b"4111");
        }
        let bytes = content(rng, samples);
        event.parts.push(Part {
            offset: event.text.len() as u32,
            len: bytes.len() as u32,
            role: *rng.pick(&[0, 1, 1, 1, 2, 3, 4, 5]),
            direction: *rng.pick(&[0, 0, 1]),
        });
        event.text.extend(bytes);
    }
    event
}

/// A configuration that the module takes; mostly none.
pub fn config(rng: &mut Rng, policy: &Policy) -> Config {
    if rng.chance(60) {
        return vec![None; policy.params.len()];
    }
    policy
        .params
        .iter()
        .map(|param| {
            rng.chance(60).then(|| match &param.ty {
                ParamType::Bool(_) => ParamValue::Bool(rng.chance(50)),
                ParamType::Int { min, max, .. } => {
                    ParamValue::Int(min + rng.below((max - min + 1) as usize) as i32)
                }
                ParamType::Date(_) => ParamValue::Date(date(rng)),
                ParamType::Key => ParamValue::Key(match rng.chance(85) {
                    true => KEY,
                    false => [7; 16],
                }),
                ParamType::List { host, max, .. } => {
                    let from: &[&str] = if *host { &HOSTS } else { &WORDS };
                    let texts = rng.some(from, 40);
                    let texts = texts.into_iter().take(usize::from(*max));
                    ParamValue::List(texts.map(String::from).collect())
                }
            })
        })
        .collect()
}
