//! Random policies: attributes and parameters of every type, a choice of detectors,
//! rules over every kind of leaf, stages and obligations.

use super::build::*;
use super::pool::Entry;
use super::rng::Rng;
use riegel::check::model::*;
use riegel::hashed::make;
use riegel::syntax::ast::{CheckKind, Confidence, Date, Stage, Verdict};
use std::sync::Arc;

/// Texts that attributes, constants and parameters are drawn from.
pub const WORDS: [&str; 6] = ["dpo", "admin", "", "Müller", "acme", "a-long-tenant-name"];
/// Hosts.
pub const HOSTS: [&str; 5] = [
    "chat.example",
    "api.chat.example",
    "x.api.chat.example",
    "chat.example.org",
    "xn--mller-kva.example",
];
const GLOBS: [&str; 4] = [
    "chat.example",
    "*.chat.example",
    "*.example.org",
    "*.example",
];
/// Variants of every enum.
pub const VARIANTS: [&str; 3] = ["ai_chat", "ai_api", "other"];
/// Elements of the one list that detectors look words up in.
pub const NAMES: [&str; 6] = [
    "Erika",
    "Özgür",
    "Muster",
    "Anna Lena",
    "Maximilianus",
    "Łukasz",
];
/// Days around which dates and stages lie.
pub const TODAY: i32 = 20_800;

/// A day near [`TODAY`].
pub fn date(rng: &mut Rng) -> Date {
    Date::from_days(TODAY - 3 + rng.below(7) as i32).expect("in the calendar")
}

/// A value that fits a slot.
pub fn value(rng: &mut Rng, ty: &SlotType, in_event: bool) -> Value {
    match ty {
        SlotType::Bool => Value::Bool(rng.chance(50)),
        SlotType::Int => Value::Int(*rng.pick(&[-1, 0, 1, 2, 3, i32::MAX, i32::MIN])),
        SlotType::Date => Value::Date(date(rng)),
        SlotType::String => Value::Text((*rng.pick(&WORDS)).into()),
        SlotType::Host => Value::Text((*rng.pick(&HOSTS)).into()),
        SlotType::Enum(_) if in_event && rng.chance(8) => Value::Enum(None),
        SlotType::Enum(variants) => Value::Enum(Some(rng.below(variants.len()) as u16)),
        SlotType::Set => {
            let n = rng.below(3);
            Value::Set((0..n).map(|_| (*rng.pick(&WORDS)).into()).collect())
        }
    }
}

fn slots(rng: &mut Rng) -> Vec<Slot> {
    let enumeration = SlotType::Enum(VARIANTS.iter().map(|v| (*v).into()).collect());
    let types = [
        SlotType::Bool,
        SlotType::Int,
        SlotType::Date,
        SlotType::String,
        SlotType::String,
        SlotType::Host,
        SlotType::Host,
        enumeration,
        SlotType::Set,
    ];
    let chosen = rng.some(&types, 85);
    let mut slots = Vec::new();
    for (i, ty) in chosen.into_iter().enumerate() {
        let required = rng.chance(8);
        let default = (!required && rng.chance(50)).then(|| value(rng, &ty, false));
        slots.push(Slot {
            name: format!("a.s{i}"),
            ty,
            required,
            default,
            printable: false,
        });
    }
    slots
}

fn params(rng: &mut Rng) -> Vec<Param> {
    let types = [
        ParamType::Bool(rng.chance(50)),
        ParamType::Int {
            min: 0,
            max: 5,
            default: rng.below(4) as i32,
        },
        ParamType::Date(date(rng)),
        ParamType::List {
            host: false,
            max: 3,
            default: rng
                .some(&WORDS.map(String::from), 30)
                .into_iter()
                .take(3)
                .collect(),
        },
        ParamType::List {
            host: true,
            max: 2,
            default: Vec::new(),
        },
        ParamType::Key,
    ];
    let chosen = rng.some(&types, 80);
    let named = chosen.into_iter().enumerate();
    named
        .map(|(i, ty)| Param {
            name: format!("p{i}"),
            ty,
            stricter: None,
        })
        .collect()
}

fn detectors(rng: &mut Rng, pool: &[Entry], params: &[Param]) -> (Vec<Detector>, Vec<String>) {
    let wanted = 1 + rng.below(9);
    let mut indices: Vec<usize> = (0..pool.len()).collect();
    while indices.len() > wanted {
        indices.remove(rng.below(indices.len()));
    }
    indices.sort_by_key(|&i| &pool[i].detector.id);
    let mut samples = Vec::new();
    let mut chosen: Vec<Detector> = Vec::new();
    for &i in &indices {
        let mut detector = pool[i].detector.clone();
        let position = |id: &&str| indices.iter().position(|&j| pool[j].detector.id == *id);
        detector.yields_to = pool[i].yields_to.iter().filter_map(position).collect();
        if rng.chance(8) {
            detector.digits = 1 + rng.below(6) as u8;
        }
        samples.extend(pool[i].samples.iter().cloned());
        chosen.push(detector);
    }
    if rng.chance(40) {
        chosen.push(Detector {
            class: String::new(),
            patterns: vec![pattern("geheim", true)],
            confidence: table([3, 3, 3, 3]),
            ..detector("content#1", &[])
        });
        samples.push("Geheimnis".into());
    }
    if rng.chance(20) {
        exact(rng, params, &mut chosen, &mut samples);
    }
    lean(rng, &mut chosen, &mut samples);
    (chosen, samples)
}

/// Phrases of hashed lists.
pub const KNOWN: [&str; 12] = [
    "Anna Lena Muster",
    "Möbel Groß & Söhne GmbH",
    "K-48213",
    "4711",
    "12.345.678-9",
    "X",
    "Ökonomia",
    "łódź 7",
    "a b c d e f g h",
    "Straße",
    "Erika",
    "Ä",
];
/// A document, and an edited one.
const DOCUMENT: &str = "Die Klappe schließt nach 120 ms, das Ventil erst danach; \
    im Leerlauf bleibt der Druck unter 3,5 bar, und die Pumpe läuft auf Stufe 2 weiter.";
const EDITED: &str = "die Klappe schliesst nach 120 ms, das Ventil etwas später;\n\n\
    im LEERLAUF bleibt der Druck unter 3.5 bar und die Pumpe läuft weiter.";
/// The key of hashed lists.
pub const KEY: [u8; 16] = *b"a key of a test.";

/// A detector of a hashed list, with or without a key.
fn exact(rng: &mut Rng, params: &[Param], chosen: &mut Vec<Detector>, samples: &mut Vec<String>) {
    let key = params.iter().position(|p| p.ty == ParamType::Key);
    let key = key.filter(|_| rng.chance(70));
    let held = key.map(|_| &KEY);
    let phrases = rng.some(&KNOWN, 60);
    let list = match rng.chance(70) && !phrases.is_empty() {
        true => make::phrases(phrases, held),
        false => make::passages([DOCUMENT], [], held),
    };
    chosen.push(Detector {
        exact: Some(Known {
            list: Arc::new(list.expect("a list")),
            key,
        }),
        confidence: table(*rng.pick(&[[3, 3, 3, 3], [0, 2, 0, 2], [1, 3, 1, 3]])),
        context: context(&["Kunde"], 30, false),
        ..detector("acme.known", &[])
    });
    samples.extend(KNOWN.map(String::from));
    samples.extend(
        [
            "k 48 213",
            "moebel gross, SÖHNE: gmbh",
            "Anna\tlena_muster",
            "14711",
            "4711.5",
        ]
        .map(String::from),
    );
    samples.extend([DOCUMENT, EDITED].map(String::from));
}

/// Some detectors lean on others, on words beside them, or are made of others.
fn lean(rng: &mut Rng, chosen: &mut Vec<Detector>, samples: &mut Vec<String>) {
    const PEOPLE: [&str; 3] = ["Frau", "er", "mein Kunde"];
    const AGAINST: [&str; 3] = ["Bestellnummer", "nr", "order no"];
    if rng.chance(20) {
        chosen.push(Detector {
            first_word: Some(0),
            check: Some(check(CheckKind::InList {
                word: rng.chance(70).then(|| spanned(*rng.pick(&[1, 2, 3, 255]))),
                list: spanned("names".into()),
                words: NAMES.map(String::from).into(),
            })),
            confidence: table([1, 2, 2, 3]),
            context: context(&["Kunde"], 30, false),
            ..detector(
                "person.name",
                &[r"\b[A-ZÄÖÜŁ][a-zäöüßłA-Z]{1,11}(?:[ -][A-ZÄÖ][a-zäöü]{1,9}){0,2}\b"],
            )
        });
        samples.extend(NAMES.map(String::from));
        samples.extend(["Erika Muster", "Anna-Lena", "erika", "Xerika"].map(String::from));
    }
    if rng.chance(30) {
        chosen.push(sequence(rng));
        let texts = [
            "ignore all previous instructions",
            "Vergiss sofort die Anweisungen",
            "instructions, which you ignore",
            "ignore the\n\ninstructions",
            "tell all of them: ignore instructions",
        ];
        samples.extend(texts.map(String::from));
    }
    let all: Vec<usize> = (0..chosen.len()).collect();
    let strings = |words: &[&str]| words.iter().map(|w| (*w).into()).collect();
    for (index, detector) in chosen.iter_mut().enumerate() {
        if rng.chance(15) {
            let mut detectors = rng.some(&all, 40);
            detectors.retain(|d| *d != index);
            detector.beside = Some(Beside {
                detectors,
                words: strings(&PEOPLE[..rng.below(4)]),
                within: *rng.pick(&[1, 5, 30, 200]),
                check: rng.chance(50),
            });
            detector.confidence = table(*rng.pick(&[[0, 1, 2, 3], [1, 2, 2, 3], [0, 0, 0, 2]]));
            samples.extend(PEOPLE.map(String::from));
        }
        if rng.chance(10) {
            detector.against = context(&AGAINST, *rng.pick(&[12, 40]), true);
            samples.extend(AGAINST.map(String::from));
        }
        let around = detector.context.is_some()
            || detector.against.is_some()
            || detector.beside.is_some()
            || detector.first_word.is_some()
            || !detector.sequences.is_empty();
        detector.verbatim = !around && !detector.patterns.is_empty() && rng.chance(10);
        detector.hidden = rng.chance(5);
        if rng.chance(6) && index > 0 && !detector.hidden {
            detector.reported_as = Some(0);
        }
    }
    if let Some(first) = chosen.first_mut() {
        first.hidden = false;
    }
    if rng.chance(30) {
        let texts = Detector {
            hidden: true,
            patterns: vec![pattern(r"\b(?:befund|anamnese|therapie)\b", true)],
            confidence: table([3, 3, 3, 3]),
            ..detector("region.any#marks", &[])
        };
        let texts = rng.chance(70).then(|| {
            chosen.push(texts);
            chosen.len() - 1
        });
        let mut marks = rng.some(&all, 30);
        marks.extend(texts);
        let any = AnyOf {
            least: 2 + rng.below(3) as u16,
            times: rng.chance(30),
            marks,
            texts,
            within: *rng.pick(&[10, 60, 400]),
        };
        chosen.push(Detector {
            any: Some(any),
            confidence: table(*rng.pick(&[[2, 3, 2, 3], [0, 2, 0, 2]])),
            context: context(&["patient"], 40, false),
            ..detector("region.any", &[])
        });
        let texts = [
            "Befund",
            "Anamnese:",
            "Therapie",
            "Befund und Therapie",
            "Patient",
        ];
        samples.extend(texts.map(String::from));
    }
}

fn sequence(rng: &mut Rng) -> Detector {
    let part = |words: &[&str]| words.iter().map(|w| (*w).into()).collect();
    let mut parts: Vec<Vec<String>> = vec![
        part(&["ignore", "vergiss"]),
        part(&["instructions", "Anweisung", "alle Regeln"]),
    ];
    if rng.chance(40) {
        parts.insert(1, part(&["all", "sofort"]));
    }
    let inflected = rng.chance(50);
    let endings = if inflected {
        "(?:e|er|es|en|em|n|s)?"
    } else {
        ""
    };
    Detector {
        patterns: vec![pattern(
            &format!(r"\b(?:instructions|anweisung|alle[ \t\r\n]{{1,3}}regeln){endings}\b"),
            true,
        )],
        sequences: vec![Sequence {
            inflected,
            gaps: (1..parts.len()).map(|_| rng.below(4) as u16).collect(),
            parts,
            either: rng.chance(50),
        }],
        ..detector("ai.sequence", &[])
    }
}

/// Everything a condition may speak of.
struct World<'p> {
    slots: &'p [Slot],
    params: &'p [Param],
    detectors: usize,
}

impl World<'_> {
    fn slot(&self, rng: &mut Rng, wanted: impl Fn(&SlotType) -> bool) -> Option<usize> {
        let fitting: Vec<usize> = (0..self.slots.len())
            .filter(|&i| wanted(&self.slots[i].ty))
            .collect();
        (!fitting.is_empty()).then(|| *rng.pick(&fitting))
    }

    fn param(&self, rng: &mut Rng, wanted: impl Fn(&ParamType) -> bool) -> Option<usize> {
        let fitting: Vec<usize> = (0..self.params.len())
            .filter(|&i| wanted(&self.params[i].ty))
            .collect();
        (!fitting.is_empty()).then(|| *rng.pick(&fitting))
    }

    fn findings(&self, rng: &mut Rng) -> Findings {
        let all: Vec<usize> = (0..self.detectors).collect();
        let percent = *rng.pick(&[10, 40, 100]);
        Findings {
            detectors: rng.some(&all, percent),
            confidence: *rng.pick(&[
                Confidence::Low,
                Confidence::Medium,
                Confidence::Medium,
                Confidence::High,
            ]),
            roles: *rng.pick(&[0x3F, 0x3F, 0x3F, 0b10, 0b11_1101]),
            directions: *rng.pick(&[3, 3, 3, 1, 2]),
        }
    }

    fn number(&self, rng: &mut Rng) -> Number {
        let param = self.param(rng, |ty| matches!(ty, ParamType::Int { .. }));
        match param {
            Some(param) if rng.chance(30) => Number::Param(param),
            _ => Number::Const(rng.below(4) as i32),
        }
    }

    fn leaf(&self, rng: &mut Rng) -> Option<Leaf> {
        let comparison = *rng.pick(&[
            Comparison::Eq,
            Comparison::Ne,
            Comparison::Lt,
            Comparison::Le,
            Comparison::Gt,
            Comparison::Ge,
        ]);
        let text = |ty: &SlotType| matches!(ty, SlotType::String);
        let host = |ty: &SlotType| matches!(ty, SlotType::Host);
        Some(match rng.below(20) {
            0 => Leaf::Bool(self.slot(rng, |ty| *ty == SlotType::Bool)?),
            1 => Leaf::ParamBool(self.param(rng, |ty| matches!(ty, ParamType::Bool(_)))?),
            2 => Leaf::Known(self.slot(rng, |_| true)?),
            3 => {
                let slot = self.slot(rng, |ty| matches!(ty, SlotType::Enum(_)))?;
                Leaf::EnumIn(slot, rng.some(&[0, 1, 2], 40))
            }
            4 => Leaf::StringIn(
                self.slot(rng, text)?,
                rng.some(&WORDS.map(String::from), 40),
            ),
            5 => Leaf::HostIn(
                self.slot(rng, host)?,
                rng.some(&GLOBS.map(String::from), 40),
            ),
            6 => {
                let hosts = rng.chance(50);
                let slot = self.slot(rng, if hosts { host } else { text })?;
                let param = self.param(
                    rng,
                    |ty| matches!(ty, ParamType::List { host, .. } if *host == hosts),
                )?;
                Leaf::InParam(slot, param)
            }
            7 => {
                let wanted = if rng.chance(50) { host } else { text };
                let (a, b) = (self.slot(rng, wanted)?, self.slot(rng, wanted)?);
                if a == b {
                    return None;
                }
                Leaf::Same(a, b)
            }
            8 => {
                let slot = self.slot(rng, |ty| *ty == SlotType::Set)?;
                Leaf::HasAny(slot, rng.some(&WORDS.map(String::from), 40))
            }
            9 => {
                let slot = self.slot(rng, |ty| *ty == SlotType::Int)?;
                Leaf::Int(slot, comparison, self.number(rng))
            }
            10 => {
                let slot = self.slot(rng, |ty| *ty == SlotType::Date);
                let slot = slot.filter(|_| rng.chance(50));
                let param = self.param(rng, |ty| matches!(ty, ParamType::Date(_)));
                let number = match param {
                    Some(param) if rng.chance(40) => DateNumber::Param(param),
                    _ => DateNumber::Const(date(rng)),
                };
                Leaf::Date(slot, comparison, number)
            }
            11 | 12 => Leaf::Count(self.findings(rng), comparison, self.number(rng)),
            13 | 14 => Leaf::Distinct(self.findings(rng), comparison, self.number(rng)),
            15 | 16 => {
                let others = self.findings(rng).detectors;
                Leaf::Near(self.findings(rng), others, *rng.pick(&[0, 1, 5, 20, 200]))
            }
            _ => Leaf::Count(self.findings(rng), Comparison::Ge, Number::Const(1)),
        })
    }

    fn condition(&self, rng: &mut Rng, depth: usize) -> Condition {
        let several = |rng: &mut Rng| {
            let n = 1 + rng.below(3);
            (0..n).map(|_| self.condition(rng, depth - 1)).collect()
        };
        match rng.below(10) {
            0..=2 if depth > 0 => Condition::And(several(rng)),
            3..=6 if depth > 0 => Condition::Or(several(rng)),
            7 if depth > 0 => Condition::Not(Box::new(self.condition(rng, depth - 1))),
            8 if rng.chance(20) => Condition::Const(rng.chance(70)),
            _ => loop {
                if let Some(leaf) = self.leaf(rng) {
                    break Condition::Leaf(leaf);
                }
            },
        }
    }
}

fn clauses(condition: &Condition, found: &mut Vec<Clause>) {
    match condition {
        Condition::And(all) | Condition::Or(all) => all.iter().for_each(|c| clauses(c, found)),
        Condition::Not(one) => clauses(one, found),
        Condition::Const(_) => {}
        Condition::Leaf(_) => found.push(Clause {
            condition: condition.clone(),
            place: Place::default(),
        }),
    }
}

fn stages(rng: &mut Rng) -> Vec<(Stage, Date)> {
    let steps = rng.some(&[Stage::Observe, Stage::Warn, Stage::Enforce], 60);
    let mut day = TODAY - 4 + rng.below(4) as i32;
    steps
        .into_iter()
        .map(|stage| {
            day += 1 + rng.below(2) as i32;
            (stage, Date::from_days(day).expect("in the calendar"))
        })
        .collect()
}

/// Indices below; 0 is always `Show`.
const OBLIGATIONS: usize = 9;

fn obligations() -> Vec<Obligation> {
    vec![
        Obligation::Show,
        Obligation::Train("basics".into()),
        Obligation::Redact,
        Obligation::Approve("dpo".into()),
        Obligation::Justify,
        Obligation::Disclose,
        Obligation::Label("confidential".into()),
        Obligation::Notify("dpo".into()),
        Obligation::Approve(String::new()),
    ]
}

fn rules(rng: &mut Rng, world: &World) -> Vec<Rule> {
    let n = 1 + rng.below(6);
    (0..n)
        .map(|i| {
            let verdict = *rng.pick(&Verdict::ALL);
            let condition = world.condition(rng, 2);
            let mut made = rule(&format!("r{i}"), condition, verdict);
            made.clauses.clear();
            clauses(&made.condition, &mut made.clauses);
            made.obligations = match verdict {
                Verdict::Allow | Verdict::Log => Vec::new(),
                Verdict::Warn | Verdict::Block => vec![0],
                Verdict::Justify => vec![4],
                Verdict::Redact => vec![2],
                Verdict::Approve => vec![3],
            };
            for extra in 0..OBLIGATIONS {
                if rng.chance(12) && !made.obligations.contains(&extra) {
                    made.obligations.push(extra);
                }
            }
            if made.obligations.contains(&2) {
                let all: Vec<usize> = (0..world.detectors).collect();
                made.redact = rng.some(&all, 50);
            }
            if rng.chance(20) {
                made.stages = Some(stages(rng));
            }
            made
        })
        .collect()
}

/// A policy, and texts that suit its detectors.
pub fn policy(rng: &mut Rng, pool: &[Entry]) -> (Policy, Vec<String>) {
    let (slots, params) = (slots(rng), params(rng));
    let (detectors, samples) = detectors(rng, pool, &params);
    let world = World {
        slots: &slots,
        params: &params,
        detectors: detectors.len(),
    };
    let rules = rules(rng, &world);
    let mut policy = super::build::policy(detectors, rules);
    policy.lists = vec![NAMES.map(String::from).to_vec()];
    policy.on_error = *rng.pick(&[Verdict::Justify, Verdict::Approve, Verdict::Block]);
    policy.max_findings = *rng.pick(&[4096, 4096, 4096, 1, 2, 5]);
    if rng.chance(30) {
        policy.stages = stages(rng);
    }
    policy.obligations = obligations();
    policy.slots = slots;
    policy.params = params;
    (policy, samples)
}
