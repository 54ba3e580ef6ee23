//! Every detector with a check finds its values through every kind of evasion that semantics 25 reads
//! (hardened reading), and the span is that of the disguised text.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests"
)]

use riegel::abi::{self, frame, record};
use riegel::check::model::{Detector, Event, Part};
use riegel::check::{Options, check};
use riegel::compile::prepare;
use riegel::emit::KERNEL;
use riegel::library::Library;
use riegel::manifest::Schema;
use riegel::native::Native;
use riegel_kernel::blocks::Way;
use std::fmt::Write;

/// Everything that the library can find.
struct Everything {
    native: Native,
    schema: Schema,
    detectors: Vec<Detector>,
}

/// A finding: the detector's index and its span.
type Found = (usize, usize, usize);

impl Everything {
    fn new() -> Self {
        let libraries = || Library::files().filter(|(name, _)| name.starts_with("lib."));
        let all = Options {
            all_detectors: true,
            ..Options::default()
        };
        let shown = |d: &Detector| !d.class.is_empty() && !d.hidden && d.reported_as.is_none();
        let mut ids: Vec<String> = Vec::new();
        let mut uses = String::new();
        for (name, text) in libraries() {
            let checked = check(name, text, &Library, &all);
            let policy = checked.policy.expect("the library checks");
            let own = policy
                .detectors
                .iter()
                .filter(|d| shown(d) && d.place.source == 0);
            let before = ids.len();
            ids.extend(own.map(|d| d.id.clone()));
            if ids.len() > before {
                writeln!(uses, "use {name}").unwrap();
            }
        }
        let text = format!(
            "policy all \"All\" {{ version \"1.0.0\" languages en on_error block }}\n{uses}\n\
             rule all {{ when any of [{}] found (low) then log say {{ en \"x\" }} }}",
            ids.join(", ")
        );
        let policy = check("all", &text, &Library, &all).policy;
        let policy = policy.expect("it checks");
        Everything {
            schema: abi::schema(&policy),
            native: Native::new(prepare(&policy, KERNEL).expect("it compiles")).unwrap(),
            detectors: policy.detectors,
        }
    }

    fn find(&self, text: &str) -> Vec<Found> {
        let event = Event {
            values: vec![None; self.schema.slots.len()],
            parts: vec![Part {
                offset: 0,
                len: u32::try_from(text.len()).unwrap(),
                role: 1,
                direction: 0,
            }],
            text: text.as_bytes().to_vec(),
            today: 20_800,
        };
        let frame = frame::encode(&self.schema, &event).unwrap();
        let record = self.native.decide(Way::Simd, &frame, text.as_bytes());
        let decision = record::decode(&record).expect("a record");
        let found = decision.findings.iter();
        found
            .map(|f| (f.detector.into(), f.start as usize, f.end as usize))
            .collect()
    }
}

/// How a value is disguised; `None` where this way has nothing to change in it.
type Disguise = fn(&str) -> Option<String>;

const DISGUISES: [(&str, Disguise); 14] = [
    ("zero-width spaces", |v| between(v, "\u{200B}")),
    ("soft hyphens", |v| between(v, "\u{AD}")),
    ("bidirectional controls", |v| between(v, "\u{2066}")),
    ("variation selectors", |v| between(v, "\u{FE0F}")),
    ("no-break spaces", |v| {
        replaced(v, |c| (c == ' ').then_some('\u{A0}'))
    }),
    ("thin spaces", |v| {
        replaced(v, |c| (c == ' ').then_some('\u{2009}'))
    }),
    ("full-width signs", |v| {
        replaced(v, |c| c.is_ascii_graphic().then(|| shifted(c, '!', 0xFF01)))
    }),
    ("mathematical letters and digits", |v| {
        replaced(v, |c| match c {
            'A'..='Z' => Some(shifted(c, 'A', 0x1D400)),
            'a'..='z' => Some(shifted(c, 'a', 0x1D41A)),
            '0'..='9' => Some(shifted(c, '0', 0x1D7CE)),
            _ => None,
        })
    }),
    ("a Cyrillic letter", |v| {
        first(
            v,
            &[
                ('A', 'А'),
                ('B', 'В'),
                ('E', 'Е'),
                ('C', 'С'),
                ('a', 'а'),
                ('e', 'е'),
                ('o', 'о'),
                ('c', 'с'),
                ('p', 'р'),
            ],
        )
    }),
    ("a Greek letter", |v| {
        first(
            v,
            &[
                ('A', 'Α'),
                ('B', 'Β'),
                ('E', 'Ε'),
                ('T', 'Τ'),
                ('a', 'α'),
                ('o', 'ο'),
                ('v', 'ν'),
            ],
        )
    }),
    ("HTML entities", |v| {
        each(v, |c| format!("&#{};", u32::from(c)))
    }),
    ("percent encoding", |v| each(v, |c| bytes(c, '%'))),
    ("quoted-printable soft breaks", |v| {
        let at = v.char_indices().nth(v.chars().count() / 2)?.0;
        let fits =
            !v.contains('=') && at > 0 && v[at..].starts_with(|c: char| c.is_ascii_alphanumeric());
        fits.then(|| format!("{}=\n{}", &v[..at], &v[at..]))
    }),
    ("hyphenation", |v| {
        let small = |b: u8| b.is_ascii_lowercase();
        let all = v.as_bytes();
        let at = (1..all.len()).find(|&i| small(all[i - 1]) && small(all[i]))?;
        Some(format!("{}-\n{}", &v[..at], &v[at..]))
    }),
];

fn between(value: &str, sign: &str) -> Option<String> {
    let signs: Vec<String> = value.chars().map(String::from).collect();
    (signs.len() > 1).then(|| signs.join(sign))
}

fn replaced(value: &str, by: impl Fn(char) -> Option<char>) -> Option<String> {
    let changed: String = value.chars().map(|c| by(c).unwrap_or(c)).collect();
    (changed != value).then_some(changed)
}

fn shifted(c: char, first: char, to: u32) -> char {
    char::from_u32(u32::from(c) - u32::from(first) + to).unwrap()
}

/// The first letter of the value that looks like another one, and stands in a word: a Cyrillic letter
/// alone is no disguise (25).
fn first(value: &str, pairs: &[(char, char)]) -> Option<String> {
    let chars: Vec<char> = value.chars().collect();
    let plain = |at: Option<usize>| {
        let c = at.and_then(|at| chars.get(at));
        c.is_some_and(char::is_ascii_alphanumeric)
    };
    let in_word = |at: usize| plain(at.checked_sub(1)) || plain(Some(at + 1));
    let other = |c: char| pairs.iter().find(|p| p.0 == c).map(|p| p.1);
    let at = (0..chars.len()).find(|&at| in_word(at) && other(chars[at]).is_some())?;
    let mut changed = chars.clone();
    changed[at] = other(chars[at])?;
    Some(changed.into_iter().collect())
}

fn each(value: &str, by: impl Fn(char) -> String) -> Option<String> {
    Some(value.chars().map(by).collect())
}

fn bytes(c: char, sign: char) -> String {
    let mut buffer = [0; 4];
    let text = c.encode_utf8(&mut buffer);
    text.bytes().map(|b| format!("{sign}{b:02X}")).collect()
}

#[test]
fn every_checked_value_is_found_in_every_disguise() {
    let all = Everything::new();
    let (mut tried, mut missed) = (0, String::new());
    for (index, detector) in all.detectors.iter().enumerate() {
        let shown = !detector.hidden && detector.reported_as.is_none();
        if detector.check.is_none() || !shown {
            continue;
        }
        for example in &detector.examples {
            // A text that is quoted-printable by itself would read every disguise twice.
            let text = format!("Gr=C3=BC=C3=9Fe {example} ");
            let Some(&(_, start, end)) = all.find(&text).iter().find(|f| f.0 == index) else {
                continue;
            };
            let value = &text[start..end];
            for (name, disguise) in DISGUISES {
                let Some(disguised) = disguise(value) else {
                    continue;
                };
                let hidden = format!("{}{disguised}{}", &text[..start], &text[end..]);
                let wanted = (index, start, start + disguised.len());
                tried += 1;
                if !all.find(&hidden).contains(&wanted) {
                    writeln!(missed, "{}: {name}: {value:?}", detector.id).unwrap();
                }
            }
        }
    }
    assert!(tried > 5_000, "only {tried} disguises tried");
    assert!(
        missed.is_empty(),
        "{} of {tried} missed:\n{missed}",
        missed.lines().count()
    );
}
