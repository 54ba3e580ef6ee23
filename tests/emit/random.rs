//! Random policies, random events, and the plainest reading of a condition.

use riegel::check::model::*;
use riegel::syntax::ast::{Confidence, Date, Verdict};

/// xorshift64*: the same numbers on every machine.
pub struct Random(u64);

impl Random {
    pub fn new(seed: u64) -> Self {
        Random(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    pub fn below(&mut self, n: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33) as usize % n
    }

    fn one_in(&mut self, n: usize) -> bool {
        self.below(n) == 0
    }
}

const HOSTS: [&str; 6] = [
    "a.example",
    "b.a.example",
    "c.b.a.example",
    "example",
    "z.example",
    "xa.example",
];
const GLOBS: [&str; 5] = [
    "a.example",
    "*.a.example",
    "*.example",
    "z.example",
    "c.b.a.example",
];

fn word(n: usize) -> String {
    if n == 0 {
        String::new()
    } else {
        format!("w{n}")
    }
}

fn day(n: usize) -> Date {
    Date::from_days(20_000 + n as i32).unwrap()
}

fn slot(name: &str, ty: SlotType, default: Option<Value>, required: bool) -> Slot {
    Slot {
        name: name.into(),
        ty,
        required,
        default,
        printable: false,
    }
}

fn slots() -> Vec<Slot> {
    let variants = |n: usize| SlotType::Enum((0..n).map(|i| format!("v{i}")).collect());
    vec![
        slot("b0", SlotType::Bool, None, false),
        slot("b1", SlotType::Bool, Some(Value::Bool(true)), false),
        slot("i0", SlotType::Int, None, false),
        slot("i1", SlotType::Int, Some(Value::Int(-3)), false),
        slot("d0", SlotType::Date, None, false),
        slot("s0", SlotType::String, None, false),
        slot("s1", SlotType::String, Some(Value::Text(word(2))), false),
        slot("s2", SlotType::String, None, true),
        slot("h0", SlotType::Host, None, false),
        slot(
            "h1",
            SlotType::Host,
            Some(Value::Text(HOSTS[1].into())),
            false,
        ),
        slot("e0", variants(5), None, false),
        slot("e1", variants(70), Some(Value::Enum(Some(66))), false),
        slot("m0", SlotType::Set, None, false),
        slot(
            "m1",
            SlotType::Set,
            Some(Value::Set(vec![word(1), word(3)])),
            false,
        ),
    ]
}

fn params() -> Vec<Param> {
    let param = |name: &str, ty| Param {
        name: name.into(),
        ty,
        stricter: None,
    };
    vec![
        param("p0", ParamType::Bool(true)),
        param(
            "p1",
            ParamType::Int {
                min: -5,
                max: 5,
                default: 1,
            },
        ),
        param("p2", ParamType::Date(day(3))),
        param(
            "p3",
            ParamType::List {
                host: false,
                max: 3,
                default: vec![word(1), word(2)],
            },
        ),
    ]
}

pub const DETECTORS: usize = 70;

fn detector(at: usize) -> Detector {
    Detector {
        id: format!("d{at}"),
        class: "technical".into(),
        ..Detector::default()
    }
}

pub struct Shape {
    pub rules: usize,
    /// Rules begin with `s2 = …` or `e0 = …`.
    pub pinned: Option<Pin>,
    pub words: usize,
}

#[derive(Clone, Copy)]
pub enum Pin {
    Text,
    Enum,
}

pub fn policy(random: &mut Random, shape: &Shape) -> Policy {
    let mut policy = empty();
    policy.slots = slots();
    policy.params = params();
    policy.detectors = (0..DETECTORS).map(detector).collect();
    policy.rules = (0..shape.rules).map(|at| rule(random, shape, at)).collect();
    policy
}

pub fn empty() -> Policy {
    Policy {
        id: "test".into(),
        title: "Test".into(),
        version: "1".into(),
        languages: vec!["en".into()],
        review_by: None,
        on_error: Verdict::Block,
        time_zone: "Europe/Berlin".into(),
        max_findings: 4096,
        stages: vec![],
        slots: vec![],
        params: vec![],
        detectors: vec![],
        rules: vec![],
        obligations: vec![Obligation::Show],
        tests: vec![],
        lists: vec![],
        layers: vec![],
        sources: vec![Source {
            name: "test.riegel".into(),
            text: String::new(),
        }],
    }
}

fn rule(random: &mut Random, shape: &Shape, at: usize) -> Rule {
    let mut condition = condition(random, shape, 4);
    if let Some(pin) = shape.pinned
        && !random.one_in(8)
    {
        let mut first = vec![match pin {
            Pin::Text => Leaf::StringIn(7, texts(random, shape.words, 2)),
            Pin::Enum => Leaf::EnumIn(10, vec![random.below(5) as u16]),
        }];
        first.dedup();
        condition = Condition::And(vec![Condition::Leaf(first.remove(0)), condition]);
    }
    let clauses = (0..random.below(5)).map(|_| Clause {
        condition: self::condition(random, shape, 2),
        place: Place::default(),
    });
    let clauses: Vec<Clause> = clauses.collect();
    let redact = if random.one_in(4) {
        vec![random.below(DETECTORS)]
    } else {
        vec![]
    };
    Rule {
        id: format!("r{at}"),
        layer: 0,
        tightened: vec![],
        condition,
        clauses,
        verdict: Verdict::Warn,
        obligations: vec![0],
        redact,
        cite: vec![],
        say: vec!["x".into()],
        hint: vec![],
        stages: None,
        exceptions: vec![],
        place: Place::default(),
    }
}

fn condition(random: &mut Random, shape: &Shape, depth: usize) -> Condition {
    let list = |random: &mut Random| {
        let n = random.below(5);
        (0..n)
            .map(|_| condition(random, shape, depth - 1))
            .collect()
    };
    match if depth == 0 { 9 } else { random.below(10) } {
        0..=2 => Condition::And(list(random)),
        3..=4 => Condition::Or(list(random)),
        5..=6 => Condition::Not(Box::new(condition(random, shape, depth - 1))),
        7 if random.one_in(4) => Condition::Const(random.one_in(2)),
        _ => Condition::Leaf(leaf(random, shape)),
    }
}

fn texts(random: &mut Random, words: usize, most: usize) -> Vec<String> {
    let n = 1 + random.below(most);
    (0..n).map(|_| word(random.below(words))).collect()
}

fn findings(random: &mut Random) -> Findings {
    let n = random.below(8).min(3);
    let mut detectors: Vec<usize> = (0..n).map(|_| random.below(DETECTORS)).collect();
    detectors.sort_unstable();
    detectors.dedup();
    Findings {
        detectors,
        confidence: Confidence::Medium,
        roles: 63,
        directions: 3,
    }
}

fn leaf(random: &mut Random, shape: &Shape) -> Leaf {
    use Comparison::*;
    let comparison = [Eq, Ne, Lt, Le, Gt, Ge][random.below(6)];
    let number = |random: &mut Random| {
        if random.one_in(3) {
            Number::Param(1)
        } else {
            Number::Const(random.below(9) as i32 - 4)
        }
    };
    let date = |random: &mut Random| {
        if random.one_in(3) {
            DateNumber::Param(2)
        } else {
            DateNumber::Const(day(random.below(6)))
        }
    };
    match random.below(20) {
        0 => Leaf::Bool(random.below(2)),
        1 => Leaf::ParamBool(0),
        2 => Leaf::Known(random.below(14)),
        3 => Leaf::EnumIn(10, (0..5).filter(|_| random.one_in(2)).collect()),
        4 => Leaf::EnumIn(11, (0..70).filter(|_| random.one_in(3)).collect()),
        5..=6 => Leaf::StringIn(5 + random.below(3), texts(random, shape.words, 12)),
        7..=8 => {
            let globs = GLOBS.iter().filter(|_| random.one_in(3));
            let globs = globs.map(|g| (*g).to_string()).collect();
            Leaf::HostIn(8 + random.below(2), globs)
        }
        9 => Leaf::InParam(5 + random.below(3), 3),
        10 => Leaf::Same(5 + random.below(3), 5 + random.below(3)),
        11 => Leaf::Same(8, 9),
        12..=13 => Leaf::HasAny(12 + random.below(2), texts(random, shape.words, 5)),
        14 => Leaf::Int(2 + random.below(2), comparison, number(random)),
        15 => Leaf::Date(Some(4), comparison, date(random)),
        16 => Leaf::Date(None, comparison, date(random)),
        17 => Leaf::Count(findings(random), comparison, number(random)),
        18 => Leaf::Distinct(findings(random), comparison, number(random)),
        _ => {
            let first = findings(random);
            Leaf::Near(first, findings(random).detectors, 10)
        }
    }
}

pub fn event(random: &mut Random, policy: &Policy, shape: &Shape) -> Event {
    let mut values = Vec::new();
    for slot in &policy.slots {
        if !slot.required && random.one_in(3) {
            values.push(None);
            continue;
        }
        values.push(Some(match &slot.ty {
            SlotType::Bool => Value::Bool(random.one_in(2)),
            SlotType::Int => Value::Int(random.below(9) as i32 - 4),
            SlotType::Date => Value::Date(day(random.below(6))),
            SlotType::String => Value::Text(word(random.below(shape.words + 2))),
            SlotType::Host => Value::Text(HOSTS[random.below(HOSTS.len())].into()),
            SlotType::Enum(variants) => {
                let n = random.below(variants.len() + 1);
                Value::Enum((n < variants.len()).then_some(n as u16))
            }
            SlotType::Set => Value::Set(texts(random, shape.words, 3)),
        }));
    }
    Event {
        values,
        today: 20_000 + random.below(6) as i32,
        text: vec![],
        parts: vec![],
    }
}

/// The plainest reading: what a condition is worth for an event. `finding` answers finding leaves
/// and is told whether the leaf stands under an even number of negations.
pub fn holds(
    condition: &Condition,
    policy: &Policy,
    event: &Event,
    even: bool,
    finding: &dyn Fn(&Leaf, bool) -> bool,
) -> bool {
    let go = |c: &Condition, even| holds(c, policy, event, even, finding);
    match condition {
        Condition::Const(value) => *value,
        Condition::And(all) => all.iter().all(|c| go(c, even)),
        Condition::Or(any) => any.iter().any(|c| go(c, even)),
        Condition::Not(inner) => !go(inner, !even),
        Condition::Leaf(leaf @ (Leaf::Count(..) | Leaf::Distinct(..) | Leaf::Near(..))) => {
            finding(leaf, even)
        }
        Condition::Leaf(leaf) => attribute(leaf, policy, event),
    }
}

pub fn number(policy: &Policy, number: Number) -> i32 {
    match number {
        Number::Const(value) => value,
        Number::Param(at) => match policy.params[at].ty {
            ParamType::Int { default, .. } => default,
            _ => unreachable!(),
        },
    }
}

fn attribute(leaf: &Leaf, policy: &Policy, event: &Event) -> bool {
    let value = |slot: usize| match &event.values[slot] {
        None | Some(Value::Enum(None)) => policy.slots[slot].default.clone(),
        sent => sent.clone(),
    };
    let date = |date: DateNumber| match date {
        DateNumber::Const(date) => date.days(),
        DateNumber::Param(at) => match policy.params[at].ty {
            ParamType::Date(default) => default.days(),
            _ => unreachable!(),
        },
    };
    match leaf {
        Leaf::Bool(slot) => value(*slot) == Some(Value::Bool(true)),
        Leaf::ParamBool(at) => policy.params[*at].ty == ParamType::Bool(true),
        Leaf::Known(slot) => value(*slot).is_some(),
        Leaf::EnumIn(slot, variants) => {
            matches!(value(*slot), Some(Value::Enum(Some(v))) if variants.contains(&v))
        }
        Leaf::StringIn(slot, texts) => {
            matches!(value(*slot), Some(Value::Text(t)) if texts.contains(&t))
        }
        Leaf::HostIn(slot, globs) => matches!(value(*slot), Some(Value::Text(host)) if
        globs.iter().any(|glob| match glob.strip_prefix('*') {
            Some(suffix) => host.ends_with(suffix) && host.len() > suffix.len(),
            None => *glob == host,
        })),
        Leaf::InParam(slot, at) => match (&policy.params[*at].ty, value(*slot)) {
            (ParamType::List { default, .. }, Some(Value::Text(t))) => default.contains(&t),
            _ => false,
        },
        Leaf::Same(a, b) => value(*a).is_some() && value(*a) == value(*b),
        Leaf::HasAny(slot, texts) => {
            matches!(value(*slot), Some(Value::Set(s)) if texts.iter().any(|t| s.contains(t)))
        }
        Leaf::Int(slot, comparison, right) => {
            matches!(value(*slot), Some(Value::Int(v)) if comparison.holds(v, number(policy, *right)))
        }
        Leaf::Date(None, comparison, right) => comparison.holds(event.today, date(*right)),
        Leaf::Date(Some(slot), comparison, right) => {
            matches!(value(*slot), Some(Value::Date(d)) if comparison.holds(d.days(), date(*right)))
        }
        Leaf::Count(..) | Leaf::Distinct(..) | Leaf::Near(..) => unreachable!(),
    }
}
