//! Detectors to choose from: realistic ones, and ones that are nasty on purpose.
//!
//! Each comes with samples that match it or nearly do. They overlap one another:
//! a card number is also a number, four digits, and perhaps a code. Secrets are
//! put together at run time.

use super::build::*;
use riegel::check::model::Detector;
use riegel::syntax::ast::{LowerHow, NumberEquals, WeightsEquals};

/// A detector, the ids it yields to, and texts that suit it.
pub struct Entry {
    /// The detector, `yields_to` still empty.
    pub detector: Detector,
    /// By id, since indices depend on what is chosen.
    pub yields_to: &'static [&'static str],
    /// Matching and nearly matching texts.
    pub samples: Vec<String>,
}

fn entry(detector: Detector, yields_to: &'static [&'static str], samples: &[&str]) -> Entry {
    Entry {
        detector,
        yields_to,
        samples: samples.iter().map(|text| (*text).into()).collect(),
    }
}

/// All of them.
pub fn pool() -> Vec<Entry> {
    let mut all = numbers();
    all.extend(codes());
    all.extend(words());
    all.extend(cells());
    all.extend(nasty());
    all
}

/// Those that only find below the head of a column.
fn cells() -> Vec<Entry> {
    let begins = || pattern(r#"(?:[;\t|] ?|,|\n)["']?"#, false);
    vec![
        entry(
            Detector {
                confidence: table([0, 2, 0, 2]),
                context: context(&["plz", "id", "kk", "größe"], 1, true),
                ..detector("cell.number", &[r"\b[0-9]{3,8}\b"])
            },
            &[],
            &["4711", "80331", "x80331", "\"4711\""],
        ),
        entry(
            Detector {
                class: "secret".into(),
                after: vec![begins()],
                confidence: table([0, 2, 0, 3]),
                context: context(&["kreditkarte", "iban", "id", "svnr"], 2, true),
                check: Some(not(ints("varied", &[], None))),
                ..detector("cell.word", &[r"[A-Za-zäöü#][A-Za-zäöü0-9]{1,12}\b"])
            },
            &["secret.token"],
            &["geheim1", "Äpfel", "aaaa", "ab,cd1", "'xyz'"],
        ),
        entry(
            Detector {
                confidence: table([0, 2, 0, 2]),
                context: context(&["größe", "überweisung", "id", "plz"], 1, true),
                ..detector("cell.inside", &[r"[0-9][A-Za-z]", r"\n[0-9]"])
            },
            &[],
            &["12a4b", "1A", "x9y"],
        ),
        entry(
            Detector {
                confidence: table([0, 3, 0, 3]),
                context: context(&["kk", "kreditkarte", "nummer"], 1, true),
                ..detector("cell.sign", &[r#"["'(,;\t ]?[#+][0-9]{1,4}"#])
            },
            &["cell.number"],
            &["#12", "+4711", "(#7", "',+1'"],
        ),
    ]
}

fn numbers() -> Vec<Entry> {
    vec![
        entry(
            Detector {
                class: "payment".into(),
                check: Some(all(vec![
                    ints("luhn", &[], None),
                    texts(
                        "prefix_length",
                        &["4:13,16,19", "51-55:16", "2221-2720:16"],
                        None,
                    ),
                    ints("varied", &[], None),
                ])),
                context: context(&["Kreditkarte", "kk", "card number"], 80, false),
                confidence: table([0, 1, 2, 3]),
                lower: vec![(LowerHow::Whole, "4111 1111 1111 1111".into())],
                ..detector("payment.card", &[r"\b[2-6][0-9]{3}(?:[ -]?[0-9]{4}){3}\b"])
            },
            &[],
            &[
                "4111 1111 1111 1111",
                "5555555555554444",
                "4012-8888-8888-1881",
                "4111111111111112",
            ],
        ),
        entry(
            Detector {
                class: "financial".into(),
                check: Some(all(vec![
                    ints("mod97", &[4], None),
                    texts("prefix_length", &["DE:22", "AT:20", "CH:21"], None),
                ])),
                context: context(&["Konto", "iban", "überweisung"], 40, false),
                confidence: table([0, 0, 2, 3]),
                ..detector(
                    "bank.iban",
                    &[r"\b[A-Z]{2}[0-9]{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?\b"],
                )
            },
            &[],
            &[
                "DE89 3704 0044 0532 0130 00",
                "AT611904300234573201",
                "CH9300762011623852957",
                "DE89370400440532013001",
            ],
        ),
        entry(
            Detector {
                class: "government".into(),
                check: Some(all(vec![
                    weighed(weights(
                        &[3, 7, 9, 0, 5, 8, 4, 2, 1, 6],
                        11,
                        WeightsEquals::Digit(4),
                    )),
                    texts("date", &["DDMMYY"], on(5, Some(10))),
                ])),
                context: context(&["svnr", "Sozialversicherungsnummer"], 80, false),
                confidence: table([1, 1, 2, 3]),
                ..detector("at.svnr", &[r"\b[0-9]{4} ?[0-9]{6}\b"])
            },
            &["payment.card"],
            &["1237 010180", "1237010180", "1237 320180"],
        ),
        entry(
            Detector {
                class: "government".into(),
                check: Some(all(vec![
                    ints("iso7064", &[], None),
                    ints("one_digit_repeats", &[], on(1, Some(10))),
                ])),
                context: context(&["steuer-id", "idnr", "id"], 60, true),
                confidence: table([0, 1, 2, 3]),
                ..detector(
                    "de.steuer_id",
                    &[r"\b[0-9]{2}[ .]?[0-9]{3}[ .]?[0-9]{3}[ .]?[0-9]{3}\b"],
                )
            },
            &["payment.card", "bank.iban"],
            &["86095742719", "47 036 892 816", "86.095.742.718"],
        ),
        entry(
            Detector {
                class: "personal".into(),
                check: Some(ints("range", &[1001, 99_998], None)),
                context: context(&["plz", "Größe", "wohnort"], 20, false),
                confidence: table([0, 0, 1, 2]),
                ..detector("place.postcode", &[r"\b[0-9]{5}\b"])
            },
            &["number.any"],
            &["80331", "00331", "10115"],
        ),
        entry(
            Detector {
                check: Some(all(vec![
                    ints("range", &[0, 255], on_run(1)),
                    ints("range", &[0, 255], on_run(2)),
                    ints("range", &[0, 255], on_run(3)),
                    ints("range", &[0, 255], on_run(4)),
                ])),
                confidence: table([0, 0, 2, 3]),
                lower: vec![(LowerHow::Prefix, "192.0.2.".into())],
                ..detector("network.ipv4", &[r"\b[0-9]{1,3}(?:\.[0-9]{1,3}){3}\b"])
            },
            &[],
            &["10.20.30.40", "192.0.2.17", "256.1.1.1", "1.2.3.4.5"],
        ),
        entry(
            Detector {
                confidence: table([1, 2, 1, 2]),
                context: context(&["nummer", "nr"], 12, true),
                ..detector("number.any", &[r"\b[0-9]{3,19}\b"])
            },
            &["payment.card", "at.svnr"],
            &["12345", "007", "1234567890123456789"],
        ),
        entry(
            Detector {
                check: Some(texts("date", &["YYYYMMDD"], None)),
                confidence: table([0, 0, 3, 3]),
                ..detector("date.iso", &[r"\b[0-9]{4}-[0-9]{2}-[0-9]{2}\b"])
            },
            &[],
            &["2024-02-29", "2023-02-29", "1999-12-31"],
        ),
        entry(
            Detector {
                check: Some(ints("gs1", &[], None)),
                confidence: table([1, 1, 2, 2]),
                ..detector("eu.gtin", &[r"\b[0-9]{8}(?:[0-9]{5})?\b"])
            },
            &["at.svnr"],
            &["4006381333931", "96385074", "4006381333932"],
        ),
        entry(
            Detector {
                check: Some(ints("verhoeff", &[], None)),
                confidence: table([0, 0, 2, 2]),
                ..detector("number.verhoeff", &[r"\b[0-9]{4}\b"])
            },
            &[],
            &["2363", "2364", "1428570"],
        ),
        entry(
            Detector {
                class: "financial".into(),
                check: Some(ints("mod10_recursive", &[], None)),
                confidence: table([1, 2, 3, 3]),
                ..detector("ch.qr_reference", &[r"\b[0-9]{2}(?: ?[0-9]{5}){5}\b"])
            },
            &["bank.iban"],
            &[
                "21 00000 00003 13947 14300 09017",
                "210000000003139471430009018",
            ],
        ),
        entry(
            Detector {
                check: Some(weighed(riegel::syntax::ast::Weights {
                    slice: on(4, Some(9)),
                    ..weights(&[7, 6, 5, 4, 3, 2], 10, WeightsEquals::Digit(0))
                })),
                confidence: table([1, 1, 3, 3]),
                ..detector("ship.imo", &[r"\bIMO ?[0-9]{7}\b"])
            },
            &[],
            &["IMO 9074729", "IMO9074728"],
        ),
        entry(
            Detector {
                class: "personal".into(),
                check: Some(weighed(riegel::syntax::ast::Weights {
                    repeat: true,
                    map: (0..36).rev().collect(),
                    odd_map: (0..36).map(|n| n * 5 % 37).collect(),
                    plus: Some(-7),
                    times: Some(3),
                    second: Some(26),
                    slice: on(1, Some(6)),
                    signs: Some(spanned("ABCDEFGHIJKLMNOPQRSTUVWXYZ".into())),
                    ..weights(&[3, -1], 97, WeightsEquals::Digit(0))
                })),
                lower_when: Some(texts(
                    "date",
                    &["DDMMYY", "day+40", "month+20"],
                    on(1, Some(6)),
                )),
                confidence: table([1, 1, 3, 3]),
                ..detector("it.code", &[r"\b[0-9]{2}-?[0-9]{4}[A-Z]\b"])
            },
            &[],
            &["12-3456K", "520180Q", "015199B", "99-9999Z"],
        ),
        entry(
            Detector {
                class: "personal".into(),
                check: Some(any(vec![
                    numbered(riegel::syntax::ast::NumberCheck {
                        plus: Some(1),
                        ..number(
                            on(1, Some(8)),
                            23,
                            NumberEquals::Signs(spanned("TRWAGMYFPDXBNJZSQVHLCKE".into()), 9),
                        )
                    }),
                    ints("luhn", &[36], None),
                ])),
                lower_when: Some(texts("placeholder", &[], None)),
                confidence: table([2, 2, 3, 3]),
                ..detector("es.dni", &[r"\b[0-9]{8}-?[A-Z]\b"])
            },
            &["it.code"],
            &["12345677Z", "12345678-Z", "00000000T", "54362314K"],
        ),
        entry(
            Detector {
                class: "personal".into(),
                check: Some(texts("written_date", &[], None)),
                lower_when: Some(not(worded("luhn", "letters"))),
                confidence: table([1, 1, 3, 3]),
                ..detector(
                    "person.birth",
                    &[r"\b[0-9]{1,2}[./][ ]?(?:[0-9]{1,2}[./]|[A-ZÄa-zä]{3,9} )[0-9]{2,4}\b"],
                )
            },
            &[],
            &[
                "1.2.1999",
                "12. März 1980",
                "1. Jän 1980",
                "2. Mäi 1980",
                "29/02/2023",
                "12/31/99",
                "3. Mond 2000",
            ],
        ),
        entry(
            Detector {
                check: Some(weighed(riegel::syntax::ast::Weights {
                    slice: on(1, Some(9)),
                    complement: true,
                    ten_is: Some('X'),
                    ..weights(&[10, 9, 8, 7, 6, 5, 4, 3, 2], 11, WeightsEquals::Digit(0))
                })),
                confidence: table([0, 0, 2, 2]),
                ..detector("book.isbn", &[r"\b[0-9]{9}[0-9X]\b"])
            },
            &["at.svnr"],
            &["080442957X", "0306406152", "0306406153"],
        ),
    ]
}

fn codes() -> Vec<Entry> {
    vec![
        entry(
            Detector {
                class: "personal".into(),
                context: context(&["e-mail", "an:"], 30, false),
                check: Some(texts("tld", &[], None)),
                confidence: table([1, 2, 2, 3]),
                lower_when: Some(not(ints("entropy", &[32], None))),
                lower: vec![
                    (LowerHow::Suffix, ".example".into()),
                    (LowerHow::Prefix, "info@".into()),
                ],
                ..detector(
                    "contact.email",
                    &[r"[a-z.]{1,20}@[a-z.-]{2,20}\.[a-z]{2,7}"],
                )
            },
            &[],
            &[
                "anna.muster@firma.de",
                "info@a.b.example",
                "a.b.c.d@x.yz",
                "a@@b.cd",
            ],
        ),
        entry(
            Detector {
                class: "personal".into(),
                check: Some(ints("length", &[8, 13], None)),
                context: context(&["tel", "Telefon"], 25, true),
                confidence: table([0, 1, 2, 3]),
                ..detector(
                    "contact.phone",
                    &[
                        r"\+[0-9]{2}[ /-]?[0-9]{2,4}[ /-]?[0-9]{4,8}\b",
                        r"\(0\)[0-9]{4,9}\b",
                    ],
                )
            },
            &["payment.card"],
            &["+49 30 901820", "+43/664-1234567", "(0)891234567", "+1 2"],
        ),
        entry(
            Detector {
                class: "secret".into(),
                check: Some(ints("crc32_base62", &[4], None)),
                confidence: table([1, 1, 3, 3]),
                ..detector("secret.token", &[concat!(r"\bgh", r"p_[A-Za-z0-9]{16}\b")])
            },
            &[],
            &[
                &token("0123456789"),
                &token("AbCdEfGhIj"),
                &token("x").repeat(2),
            ],
        ),
        entry(
            Detector {
                class: "secret".into(),
                check: Some(any(vec![
                    texts("rare", &[], None),
                    texts("decodes_to", &["user:password"], None),
                    ints("base58check", &[0], None),
                ])),
                lower_when: Some(any(vec![
                    texts("placeholder", &[], None),
                    ints("decoded_length", &[16], None),
                ])),
                confidence: table([1, 1, 3, 3]),
                ..detector(
                    "secret.random",
                    &[r"\b[A-Za-z0-9+/]{18}(?:[A-Za-z0-9+/]{16})?"],
                )
            },
            &["secret.token"],
            &[
                "1NEDqZPvTWRaoho48qXuLLsrYomMXPABfD",
                "dXNlcjpwYXNzd29ydA",
                "q7VxJ2mZk9TbWc4RxY",
                "internationalisierung",
            ],
        ),
        entry(
            Detector {
                check: Some(texts("ip", &[], None)),
                lower_when: Some(texts("ipv4_in", &["10.0.0.0/8", "192.168.0.0/16"], None)),
                confidence: table([0, 0, 3, 3]),
                ..detector(
                    "net.ip",
                    &[r"\b[0-9a-f]{1,4}(?:[:.]{1,2}[0-9a-f]{1,4}){3}\b"],
                )
            },
            &[],
            &[
                "8.8.8.8",
                "192.168.1.1",
                "2001:db8::1:2",
                "10.0.0.256",
                "1.2.3.4.5",
            ],
        ),
        entry(
            Detector {
                class: "secret".into(),
                after: vec![pattern(
                    r"\b(?:password|passwort)[ \t]{0,3}[:=][ \t]{0,3}",
                    true,
                )],
                check: Some(any(vec![
                    ints("digits", &[2], None),
                    not(ints("varied", &[], None)),
                ])),
                confidence: table([1, 1, 3, 3]),
                ..detector("secret.assignment", &[r"[^ \t\r\n]{4,24}"])
            },
            &["secret.token"],
            &[
                "password = hunter22x",
                "Passwort:aaaa",
                "PASSWORD=  geheim1",
                "my_password=12345",
            ],
        ),
        entry(
            Detector {
                class: "personal".into(),
                after: vec![pattern(r"(?:Herr|Frau) ", false)],
                confidence: table([2, 2, 2, 2]),
                ..detector("person.name", &[r"[A-ZÄÖÜ][a-zäöüß]{2,20}\b"])
            },
            &[],
            &["Frau Müller", "Herr Groß", "Frau Ärmel2", "Herr  X"],
        ),
        entry(
            Detector {
                check: Some(ints("varied", &[], None)),
                confidence: table([1, 1, 2, 2]),
                ..detector("code.generic", &["[A-Z]{2}-?[0-9]{2,6}"])
            },
            &[],
            &["AB-1234", "XY99", "ZZ-111111", "AB123456789"],
        ),
        entry(
            Detector {
                class: "government".into(),
                check: Some(weighed(riegel::syntax::ast::Weights {
                    repeat: true,
                    slice: on(1, Some(9)),
                    ..weights(&[7, 3, 1], 10, WeightsEquals::Digit(10))
                })),
                confidence: table([1, 1, 3, 3]),
                ..detector("doc.mrz", &[r"\b[A-Z0-9]{9}[0-9][A-Z]{3}"])
            },
            &[],
            &["L898902C36UTO", "L898902C37UTO7408122"],
        ),
    ]
}

fn words() -> Vec<Entry> {
    vec![
        entry(
            Detector {
                class: "trade_secret".into(),
                patterns: vec![
                    pattern(r"\bstreng vertraulich(?:e[rn]?)?\b", true),
                    pattern(r"\bnur für den dienstgebrauch\b", true),
                ],
                ..detector("marking.secret", &[])
            },
            &[],
            &[
                "Streng vertraulich",
                "STRENG VERTRAULICHER",
                "Nur für den Dienstgebrauch",
                "NUR FÜR DEN DIENSTGEBRAUCH",
            ],
        ),
        entry(
            Detector {
                class: "special".into(),
                patterns: vec![pattern(
                    r"\b(?:größe|übermaß|äpfel|krankheit)[a-zäöüß]{0,3}\b",
                    true,
                )],
                ..detector("word.umlaut", &[])
            },
            &[],
            &[
                "Größe",
                "ÜBERMASS",
                "Äpfeln",
                "Krankheiten",
                "Krankheitenliste",
            ],
        ),
    ]
}

fn nasty() -> Vec<Entry> {
    vec![
        // What stands around decides.
        entry(
            Detector {
                check: Some(all(vec![
                    any(vec![
                        texts("capitals", &[], None),
                        texts("bracketed", &[], None),
                        texts("alone", &[], None),
                        all(vec![
                            texts("capital", &[], None),
                            texts("ends_line", &[], None),
                        ]),
                        texts("follows", &["Einstufung", "für:"], None),
                        texts("precedes", &["Einstufung", "stufe b"], None),
                    ]),
                    not(follows(12, &["nicht", "keine"])),
                    not(precedes(12, &["nicht"])),
                ])),
                confidence: table([0, 1, 3, 3]),
                ..detector("mark.internal", &[r"(?i)\b(?:streng )?intern\b"])
            },
            &["raw.span"],
            &[
                "INTERN",
                "[intern]",
                "nicht\nintern\n",
                "a\nStreng intern\nB",
                "Einstufung: \"intern\"",
                "fuer:streng intern",
                "Keine **INTERN**",
                "intern (Einstufung)",
                "intern, stufe\nb",
                "INTERN ist nicht",
            ],
        ),
        entry(
            detector("ai.marker", &[r"<\|im_(?:start|end)\|>"]),
            &[],
            &["<|im_start|>", "<|im_end|>"],
        ),
        entry(
            detector("raw.digits", &[r"[0-9]{4}"]),
            &["payment.card", "raw.bytes"],
            &["12345678", "000"],
        ),
        // Woken by signs, without a digit near and without words: run back from a sign, in brackets,
        // behind a plus.
        entry(
            detector("sign.at", &[r"\b[a-z]{1,20}@acme\b"]),
            &[],
            &["bob@acme", "carol@acme-7", "bob@acme bob@acme"],
        ),
        entry(
            detector("sign.hash", &[r"\b[A-Z]{1,3}#ä"]),
            &[],
            &["A#ä", "ABC#ä", "X#äY#ä"],
        ),
        entry(
            detector("sign.bracket", &[r"\(geheim\)", r"\+plus\b"]),
            &[],
            &["(geheim)", "+plus", "(geheim) 5", "(geheim)+plus"],
        ),
        entry(
            Detector {
                confidence: table([1, 1, 1, 1]),
                ..detector("raw.bytes", &[r"(?-u:[\x80-\xFF]{2,3})"])
            },
            &[],
            &["ä€😀"],
        ),
        // More than eight ends at a start, and a check that may hold at none of the first eight.
        entry(
            Detector {
                check: Some(ints("length", &[9], None)),
                confidence: table([0, 1, 2, 2]),
                context: context(&["kette"], 10, false),
                ..detector("raw.chain", &["k(?:ab){1,14}"])
            },
            &[],
            &[
                "kabababab",
                "kababababababababababab",
                "kabababababababababababababab",
            ],
        ),
        // Long and greedy, no boundary, blanks inside.
        entry(
            Detector {
                confidence: table([1, 1, 1, 1]),
                ..detector("raw.span", &[r"z[a-z ]{0,60}y"])
            },
            &["word.umlaut"],
            &["z und y", "zyyy zy"],
        ),
        // Only the start, only the end asked.
        entry(
            detector("raw.start", &[r"\b(?:ab|abc|abcd)"]),
            &[],
            &["abcdef", "xabc"],
        ),
        entry(
            detector("raw.end", &[r"(?:cd|bcd)\b"]),
            &["raw.start"],
            &["abcd", "bcde", "bcd."],
        ),
        // Any character but the line end.
        entry(
            Detector {
                confidence: table([1, 1, 1, 1]),
                ..detector("raw.any", &[r"#.{1,4}#"])
            },
            &[],
            &["#a#", "#ää#", "##x##"],
        ),
    ]
}

/// A token with its checksum, built here so that no scanner finds one in this file.
fn token(seed: &str) -> String {
    let body: String = seed.chars().cycle().take(10).collect();
    let mut crc = u32::MAX;
    for byte in body.bytes() {
        crc ^= u32::from(byte);
        for _ in 0..8 {
            crc = (crc >> 1) ^ if crc & 1 == 1 { 0xEDB8_8320 } else { 0 };
        }
    }
    let mut number = u64::from(!crc);
    let mut digits = Vec::new();
    for _ in 0..6 {
        let digit = (number % 62) as u8;
        digits.push(match digit {
            0..=9 => b'0' + digit,
            10..=35 => b'A' + digit - 10,
            _ => b'a' + digit - 36,
        });
        number /= 62;
    }
    digits.reverse();
    format!("gh{}_{body}{}", 'p', String::from_utf8_lossy(&digits))
}
