//! The property that layers are for: whatever a layer says, if the compiler accepts it, no event gets
//! a weaker verdict than below it, nor loses an obligation, nor a redaction.
//!
//! Policies are texts, so that the checker is asked and not the model. They are small on purpose, and
//! made of what can go wrong: `unless` over classes that a layer's detectors could join, rules that
//! redact and find nothing, caps of findings, stages, required attributes, parameters with and without
//! a direction, included policies. Layers also try what must be refused; both are counted.
//!
//! For each accepted layer reference and native kernel give the same record, and on a sample the
//! emitted module too. `RIEGEL_CASES` sets how many events are tried, `RIEGEL_SEED` where to begin.

#[path = "../differential/count.rs"]
mod count;
#[path = "../generate/rng.rs"]
mod rng;
#[path = "../running/mod.rs"]
mod running;

use count::{Counts, environment};
use riegel::abi::record::Decision;
use riegel::abi::{frame, record, with_texts};
use riegel::check::model::{Event, Obligation, Part, Policy, SlotType, Value};
use riegel::check::{Checked, Options, Resolver, check_layers};
use riegel::compile::{compile, prepare};
use riegel::emit::KERNEL;
use riegel::native::Native;
use riegel::reference::Reference;
use riegel_kernel::blocks::Way;
use riegel_kernel::layout::FINDING_REDACT;
use rng::Rng;
use running::Running;
use std::fmt::Write;
use std::sync::atomic::{AtomicU64, Ordering};

/// Events that are tried when nobody says how many.
const CASES: u64 = 30_000;
/// Events for each stack of layers.
const EVENTS: u64 = 12;
/// Emitted code is asked for one stack in so many.
const SAMPLE: u64 = 100;

const LIBRARY: &str = r#"
attribute a: bool = false
attribute b: bool = true
attribute k: enum { x, y, z } = x
attribute n: int = absent
attribute s: set = []

detector d.one "One" {
  class personal
  tags person
  pattern /\bone[0-9]\b/
  confidence medium
  redact as "ONE"
}
detector d.two "Two" {
  class payment
  pattern /\btwo[0-9]\b/
  confidence medium
  redact as "TWO"
}
detector d.three "Three" {
  class personal
  pattern /\bthree[0-9]\b/
  context "near"
  confidence low, with context high
  redact as "THREE"
}
group both = class personal, d.two
"#;

/// A library that only layers use: its detectors have classes that rules below ask for.
const MORE: &str = r#"
detector d.four "Four" {
  class personal
  tags person
  pattern /\bfour[0-9]\b/
  confidence high
  redact as "FOUR"
}
"#;

const INCLUDED: &str = r#"
policy pack "Pack" {
  version "1.0.0"
  languages en
  on_error approve
}
use lib.base
param most: int in 1..5 = 3 stricter down
let many = count class personal >= most
rule p { when many and not a then justify say { en "x" } }
rule q { when k = z then redact d.one train "pack" say { en "x" } }
"#;

struct Texts;

impl Resolver for Texts {
    fn resolve(&self, path: &str) -> Option<String> {
        match path {
            "lib.base" => Some(LIBRARY.to_owned()),
            "lib.more" => Some(MORE.to_owned()),
            "packs.pack" => Some(INCLUDED.to_owned()),
            _ => None,
        }
    }
}

fn target(rng: &mut Rng) -> &'static str {
    rng.pick::<&str>(&[
        "d.one",
        "d.two",
        "d.three",
        "class personal",
        "tag person",
        "group both",
    ])
}

fn condition(rng: &mut Rng, depth: usize) -> String {
    if depth > 0 && rng.chance(55) {
        let (a, b) = (condition(rng, depth - 1), condition(rng, depth - 1));
        return match rng.below(3) {
            0 => format!("({a} and {b})"),
            1 => format!("({a} or {b})"),
            _ => format!("not {a}"),
        };
    }
    match rng.below(13) {
        0 => "a".to_owned(),
        1 => "b".to_owned(),
        2 => format!("k = {}", rng.pick(&["x", "y", "z"])),
        3 => format!("n >= {}", rng.below(4)),
        4 => format!("s has \"{}\"", rng.pick(&["u", "v"])),
        5 => format!("count {} >= {}", target(rng), 1 + rng.below(3)),
        6 => format!("count {} >= most", target(rng)),
        7 => format!("n >= {}", rng.pick(&["most", "fixed"])),
        8 => "shared".to_owned(),
        9 => format!("near d.one, d.two within {}", rng.below(30)),
        10 => format!("rule r{}", rng.below(2)),
        11 => format!("on or after 2026-12-{:02}", 1 + rng.below(20)),
        _ => format!("found {}", target(rng)),
    }
}

fn verdict(rng: &mut Rng) -> &'static str {
    rng.pick::<&str>(&[
        "log",
        "warn",
        "justify",
        "redact",
        "approve by \"r\"",
        "block",
    ])
}

fn also(rng: &mut Rng, out: &mut String) {
    if rng.chance(30) {
        let what = rng.pick(&[
            "train \"t\"",
            "notify \"n\"",
            "label \"l\"",
            "disclose",
            "justify",
            "approve by \"q\"",
            "redact d.one",
            "redact class personal",
        ]);
        let _ = write!(out, " {what}");
    }
}

fn rule(rng: &mut Rng, name: &str) -> String {
    let mut out = format!("rule {name} {{ when {}", condition(rng, 2));
    if rng.chance(50) {
        let _ = write!(out, " unless {}", condition(rng, 1));
    }
    let _ = write!(out, " then {}", verdict(rng));
    if rng.chance(40) {
        // Targets behind `then redact` only; elsewhere the obligation.
        let _ = write!(out, " redact {}", target(rng));
    }
    also(rng, &mut out);
    if rng.chance(25) {
        let _ = write!(out, " stage {}", stage(rng));
    }
    out.push_str(" say { en \"x\" } }\n");
    out
}

fn stage(rng: &mut Rng) -> &'static str {
    rng.pick::<&str>(&[
        "observe from 2026-12-01, warn from 2026-12-08, enforce from 2026-12-15",
        "warn from 2026-12-05",
        "observe from 2026-12-10",
    ])
}

fn base(rng: &mut Rng) -> String {
    let mut out = "policy base \"Base\" { version \"1.0.0\" languages en".to_owned();
    let _ = write!(
        out,
        " on_error {}",
        rng.pick(&["block", "approve", "justify"])
    );
    if rng.chance(30) {
        let _ = write!(out, " max_findings {}", 5 + rng.below(3));
    }
    if rng.chance(30) {
        let _ = write!(out, " stage {}", stage(rng));
    }
    out.push_str(" }\nuse lib.base\n");
    if rng.chance(30) {
        out.push_str("attribute must: bool required\n");
    }
    let direction = rng.pick(&["", " stricter down", " stricter up"]);
    let _ = writeln!(
        out,
        "param most: int in 1..5 = 3{direction}\nparam fixed: int in 1..5 = 2"
    );
    let _ = writeln!(
        out,
        "let shared = {}",
        condition(rng, 1).replace("shared", "a")
    );
    for i in 0..1 + rng.below(4) {
        out.push_str(&rule(rng, &format!("r{i}")));
    }
    out
}

fn layer(rng: &mut Rng, depth: usize) -> String {
    let mut out = format!("policy l{depth} \"Layer\" {{ version \"1.0.0\" languages en");
    if rng.chance(10) {
        let _ = write!(
            out,
            " on_error {}",
            rng.pick(&["block", "approve", "justify"])
        );
    }
    if rng.chance(15) {
        let _ = write!(out, " stage {}", stage(rng));
    }
    if rng.chance(4) {
        let _ = write!(out, " max_findings {}", 2 + rng.below(8));
    }
    out.push_str(" }\n");
    if rng.chance(40) {
        out.push_str("use lib.more\n");
    }
    if rng.chance(15) {
        out.push_str("include packs.pack\n");
    }
    for _ in 0..rng.below(4) {
        let name = format!("r{}", rng.below(4));
        match rng.below(16) {
            0..=6 => {
                let _ = write!(out, "tighten {name} {{");
                if rng.chance(60) {
                    let _ = write!(out, " when {}", condition(rng, 1));
                }
                if rng.chance(50) {
                    let _ = write!(out, " then {}", verdict(rng));
                }
                if rng.chance(5) {
                    let _ = write!(out, " unless {}", condition(rng, 0));
                }
                if rng.chance(40) {
                    let _ = write!(out, " redact {}", target(rng));
                }
                also(rng, &mut out);
                out.push_str(" }\n");
            }
            7..=10 => {
                let name = format!("own{depth}_{}", rng.below(100));
                out.push_str(&rule(rng, &name));
            }
            11 => {
                let (low, high) = (1 + rng.below(3), 3 + rng.below(3));
                let _ = writeln!(
                    out,
                    "param most: int in {low}..{high} = {}",
                    low + rng.below(2)
                );
            }
            12 => {
                let _ = writeln!(
                    out,
                    "detector own.d{depth} \"Own\" {{ class {} pattern /\\b(one|own)[0-9]\\b/ confidence high redact as \"OWN\" examples \"own1\" {} }}",
                    rng.pick(&["personal", "payment"]),
                    rng.pick(&["", "", "", "reported as d.two"]),
                );
            }
            13 => {
                let _ = writeln!(
                    out,
                    "attribute own{depth}: bool {}",
                    rng.pick(&["= false", "= true", "required"])
                );
            }
            14 => {
                let _ = writeln!(
                    out,
                    "let shared = {}",
                    condition(rng, 1).replace("shared", "a")
                );
            }
            _ => {
                let _ = writeln!(
                    out,
                    "except {name} when {} because \"x\" until 2026-12-31",
                    condition(rng, 0)
                );
            }
        }
    }
    out
}

/// A warning-free policy is not asked for; an error is a refusal.
fn checked(files: &[String]) -> Checked {
    let names: Vec<String> = (0..files.len()).map(|i| format!("{i}.riegel")).collect();
    let given: Vec<(&str, &str)> = names
        .iter()
        .zip(files)
        .map(|(name, text)| (name.as_str(), text.as_str()))
        .collect();
    check_layers(&given, &Texts, &Options::default())
}

/// An event in names, for policies with different frames.
struct Happening {
    values: Vec<(&'static str, Option<Value>)>,
    today: i32,
    text: Vec<u8>,
    direction: u8,
}

impl Happening {
    fn new(rng: &mut Rng) -> Happening {
        let mut values = Vec::new();
        let mut maybe = |rng: &mut Rng, name, value: Value| {
            let sent = rng.chance(70);
            values.push((name, sent.then_some(value)));
        };
        for name in ["a", "b", "own0", "own1", "own2"] {
            let value = Value::Bool(rng.chance(50));
            maybe(rng, name, value);
        }
        let must = Value::Bool(rng.chance(50));
        if rng.chance(70) {
            maybe(rng, "must", must);
        } else {
            maybe(rng, "must", Value::Bool(true));
        }
        let variant = u16::try_from(rng.below(3)).unwrap();
        maybe(rng, "k", Value::Enum(Some(variant)));
        let number = i32::try_from(rng.below(6)).unwrap();
        maybe(rng, "n", Value::Int(number));
        let set = rng.some(&["u".to_owned(), "v".to_owned()], 40);
        maybe(rng, "s", Value::Set(set));
        let mut text = String::new();
        for _ in 0..rng.below(9) {
            let word = rng.pick(&["one", "two", "three", "four", "own", "near", "word"]);
            let _ = write!(text, "{word}{} ", rng.below(4));
        }
        if rng.chance(30) {
            text.push_str("near");
        }
        Happening {
            values,
            // 2026-11-28 and the weeks behind it.
            today: 20_785 + i32::try_from(rng.below(26)).unwrap(),
            text: text.into_bytes(),
            direction: u8::from(rng.chance(20)),
        }
    }

    fn event(&self, policy: &Policy) -> Event {
        let value = |name: &str| {
            let mut values = self.values.iter();
            values
                .find(|(n, _)| *n == name)
                .and_then(|(_, v)| v.clone())
        };
        Event {
            values: policy.slots.iter().map(|slot| value(&slot.name)).collect(),
            today: self.today,
            parts: vec![Part {
                offset: 0,
                len: u32::try_from(self.text.len()).unwrap(),
                role: 1,
                direction: self.direction,
            }],
            text: self.text.clone(),
        }
    }
}

/// Obligations as what they are: two policies number them differently.
fn asked<'p>(policy: &'p Policy, codes: &[u16]) -> Vec<&'p Obligation> {
    let index = |code: &u16| usize::from(code & 0xFFF);
    codes
        .iter()
        .map(|code| &policy.obligations[index(code)])
        .collect()
}

/// What is redacted: detectors and spans.
fn redacted(policy: &Policy, decision: &Decision) -> Vec<(String, u32, u32)> {
    let marked = decision
        .findings
        .iter()
        .filter(|f| f.flags & FINDING_REDACT != 0);
    marked
        .map(|f| {
            let id = policy.detectors[usize::from(f.detector)].id.clone();
            (id, f.start, f.end)
        })
        .collect()
}

/// Why the decision above is weaker than the one below it.
fn weaker(below: (&Policy, &Decision), above: (&Policy, &Decision)) -> Option<String> {
    let (a, b) = (below.1, above.1);
    if b.verdict < a.verdict || b.effective < a.effective {
        return Some(format!(
            "{:?} ({:?}) below, {:?} ({:?}) above",
            a.verdict, a.effective, b.verdict, b.effective
        ));
    }
    let asked_above = asked(above.0, &b.obligations);
    for obligation in asked(below.0, &a.obligations) {
        if !asked_above.contains(&obligation) {
            return Some(format!("{obligation:?} is not asked above"));
        }
    }
    let some_day = [asked_above, asked(above.0, &b.would)].concat();
    for obligation in asked(below.0, &a.would) {
        if !some_day.contains(&obligation) {
            return Some(format!("{obligation:?} would be asked below only"));
        }
    }
    let gone = redacted(above.0, b);
    let lost = redacted(below.0, a)
        .into_iter()
        .find(|one| !gone.contains(one));
    lost.map(|one| format!("{one:?} is redacted below only"))
}

fn kernel_agrees(policy: &Policy, events: &[Event], with_module: bool) -> Result<(), String> {
    let prepared = prepare(policy, KERNEL).map_err(|e| format!("{e:?}"))?;
    let reference = Reference::new(policy).with_build(prepared.build);
    let schema = with_texts(policy, &prepared.plan);
    let native = Native::new(prepared).map_err(|e| format!("{e:?}"))?;
    let wasm = with_module.then(|| compile(policy, KERNEL).unwrap().wasm);
    let mut running = wasm.map(|wasm| Running::new(&wasm));
    for event in events {
        let frame = frame::encode(&schema, event).unwrap();
        let right = record::encode(&reference.decide(event, &vec![None; policy.params.len()]));
        if native.decide(Way::Simd, &frame, &event.text) != right {
            return Err("the native kernel gives another record".to_owned());
        }
        if let Some(running) = &mut running
            && running.decide(&frame, &event.text) != right
        {
            return Err("the emitted module gives another record".to_owned());
        }
    }
    Ok(())
}

struct Tally {
    accepted: AtomicU64,
    refused: AtomicU64,
    stronger: AtomicU64,
}

fn try_stack(seed: u64, number: u64, tally: &Tally, counts: &mut Counts) {
    let mut rng = Rng::new(seed);
    let mut files = vec![base(&mut rng)];
    let Some(below) = checked(&files).policy else {
        return;
    };
    let mut policies = vec![below];
    for depth in 0..1 + rng.below(3) {
        files.push(layer(&mut rng, depth));
        let above = checked(&files);
        match above.policy {
            Some(policy) => {
                tally.accepted.fetch_add(1, Ordering::Relaxed);
                policies.push(policy);
            }
            None => {
                files.pop();
                let refused = above
                    .diagnostics
                    .iter()
                    .any(|d| d.code.id.starts_with("R06"));
                tally
                    .refused
                    .fetch_add(u64::from(refused), Ordering::Relaxed);
            }
        }
    }
    let happenings: Vec<Happening> = (0..EVENTS).map(|_| Happening::new(&mut rng)).collect();
    let Some(top) = policies.last() else { return };
    let events: Vec<Event> = happenings.iter().map(|h| h.event(top)).collect();
    if let Err(what) = kernel_agrees(top, &events, number.is_multiple_of(SAMPLE)) {
        panic!("{what}: RIEGEL_SEED={seed}\n{}", files.join("\n"));
    }
    for happening in &happenings {
        let decided: Vec<Decision> = policies
            .iter()
            .map(|policy| {
                let event = happening.event(policy);
                Reference::new(policy).decide(&event, &vec![None; policy.params.len()])
            })
            .collect();
        counts.add(&decided[decided.len() - 1]);
        for (pair, decisions) in policies.windows(2).zip(decided.windows(2)) {
            if let Some(why) = weaker((&pair[0], &decisions[0]), (&pair[1], &decisions[1])) {
                panic!(
                    "{why}: RIEGEL_SEED={seed}\n{}\ntext: {}\nvalues: {:?}\ntoday: {}",
                    files.join("\n"),
                    happening.text.escape_ascii(),
                    happening.values,
                    happening.today
                );
            }
            let more = decisions[1].effective > decisions[0].effective;
            tally.stronger.fetch_add(u64::from(more), Ordering::Relaxed);
        }
    }
}

#[test]
fn an_accepted_layer_never_weakens() {
    let cases = environment("RIEGEL_CASES").unwrap_or(CASES);
    let seed = environment("RIEGEL_SEED").unwrap_or(1);
    let tally = Tally {
        accepted: AtomicU64::new(0),
        refused: AtomicU64::new(0),
        stronger: AtomicU64::new(0),
    };
    let counts = count::all(cases / EVENTS + 1, |number, counts| {
        try_stack(seed + number, number, &tally, counts);
    });
    counts.report("generated cases of layers", seed);
    let read = |n: &AtomicU64| n.load(Ordering::Relaxed);
    let (accepted, refused) = (read(&tally.accepted), read(&tally.refused));
    let stronger = read(&tally.stronger);
    println!(
        "layers: {accepted} accepted, {refused} refused, {stronger} events decided more strictly"
    );
    if cases >= CASES {
        assert!(
            accepted * 4 >= cases / EVENTS,
            "too few layers are accepted"
        );
        assert!(refused * 20 >= cases / EVENTS, "too few layers are refused");
        assert!(stronger * 50 >= counts.events, "layers change too little");
    }
}

/// The slots of the texts above are those that [`Happening`] knows.
#[test]
fn every_attribute_is_sent_now_and_then() {
    let files = [format!(
        "policy p \"P\" {{ version \"1.0.0\" languages en }}\nuse lib.base\nattribute must: bool required\n{}",
        "rule r { when a and must then block say { en \"x\" } }"
    )];
    let policy = checked(&files).policy.unwrap();
    let known = Happening::new(&mut Rng::new(1));
    for slot in &policy.slots {
        assert!(
            known.values.iter().any(|(name, _)| *name == slot.name),
            "{}",
            slot.name
        );
    }
    assert!(policy.slots.iter().any(|s| s.ty == SlotType::Set));
}
