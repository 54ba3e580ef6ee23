//! Where every fact lies: bits, numbers, dictionaries of constants, questions.
//!
//! Only what some condition asks gets a place; the kernel does not even look at the rest. Places are
//! given out in one order (slots, then what compares them, then parameters, then questions), so that
//! equal policies get equal facts.
//!
//! Bits are packed first-fit into words, and a range of up to 64 bits (the variants of an enum, the
//! constants of a set) never crosses a word: a test on it is then one masked comparison. Enums and
//! sets go first, single bits fill the gaps.
//!
//! The constants of a set are a range too, and so are the globs of a host where they are few: then a
//! frame may bring the range ready made (`by_number`). Of many globs, each distinct set has one bit.
//!
//! The constants of a string get ids from 1 in order of first use, so that a list written once is a
//! run of consecutive ids and its test one range check.

use super::visit;
use crate::check::model::{Findings, Leaf, ParamType, Policy, SlotType};
use riegel_kernel::layout::LIST_ELEMENT;
use std::collections::{BTreeMap, BTreeSet};

/// Most texts of a set or host that a frame can give as one mask.
pub const MOST_MASKED: usize = 32;

/// Bytes in front of a list parameter's elements in the list memory: how many there are.
pub const LIST_COUNT: u32 = 2;

/// Where every fact lies.
#[derive(Clone, Debug, Default)]
pub struct Facts {
    /// By slot.
    pub slots: Vec<SlotFacts>,
    /// Pairs compared, in order.
    pub sames: Vec<Same>,
    /// By parameter.
    pub params: Vec<ParamFacts>,
    /// Bytes that list parameters take.
    pub lists_len: u32,
    /// Questions about the findings, each once.
    pub questions: Vec<Question>,
    bits: Bits,
    nums: u32,
    same_bits: BTreeMap<(u8, usize, usize), u32>,
}

/// What is kept of a slot.
#[derive(Clone, Debug, Default)]
pub struct SlotFacts {
    /// First bit of its range, if somebody asks.
    pub bit: Option<u32>,
    /// The bit that says it is known.
    pub known_bit: Option<u32>,
    /// Where its number goes.
    pub num: Option<u32>,
    /// Constants of a string or set, in order of first use; of a host: every glob, sorted.
    pub constants: Vec<String>,
    /// Place of each constant in `constants`.
    places: BTreeMap<String, u32>,
    /// Host: each distinct set of globs (or, where they are a range, each glob) and its bit.
    pub globs: BTreeMap<Vec<String>, u32>,
    /// The attribute is known in every event that gets as far as the rules.
    pub always_known: bool,
    /// A frame may say which of `constants` the value is, instead of its bytes.
    pub by_number: bool,
}

impl SlotFacts {
    /// Place of a constant in `constants`.
    pub fn constant(&self, text: &str) -> Option<u32> {
        self.places.get(text).copied()
    }
}

/// Two attributes compared, or one looked up in a list parameter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Same {
    /// Slot.
    pub a: usize,
    /// Slot, or parameter.
    pub b: usize,
    /// `b` is a list parameter.
    pub param: bool,
    /// The bit.
    pub bit: u32,
}

/// Where a parameter lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ParamFacts {
    /// A bool somebody asks.
    Bit(u32),
    /// A bool nobody asks.
    Unused,
    /// An int or date.
    Num(u32),
    /// A list: offset in the list memory.
    List(u32),
}

/// A question about the findings.
#[derive(Clone, Debug, PartialEq)]
pub struct Question {
    /// What is asked.
    pub kind: QuestionKind,
    /// Of which findings.
    pub findings: Findings,
    /// Where the answer goes.
    pub num: u32,
}

/// Kinds of questions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum QuestionKind {
    /// Number of overlap groups.
    Count,
    /// Number of distinct values.
    Distinct,
    /// Is one of these near one of the others: 1 or 0.
    Near(Vec<usize>, u32),
}

/// First-fit packing of bit ranges into words.
#[derive(Clone, Debug, Default)]
struct Bits {
    used: Vec<u32>,
}

impl Bits {
    fn take(&mut self, count: u32) -> u32 {
        if count <= 64
            && let Some((word, used)) = (0u32..)
                .zip(self.used.iter_mut())
                .find(|(_, used)| **used + count <= 64)
        {
            let at = word * 64 + *used;
            *used += count;
            return at;
        }
        let at = u32::try_from(self.used.len()).unwrap_or(u32::MAX) * 64;
        let mut rest = count;
        loop {
            self.used.push(rest.min(64));
            if rest <= 64 {
                return at;
            }
            rest -= 64;
        }
    }
}

/// What the conditions ask, in order of first use.
#[derive(Default)]
struct Asked<'a> {
    plain: BTreeSet<usize>,
    known: BTreeSet<usize>,
    texts: BTreeMap<usize, (Vec<&'a str>, BTreeSet<&'a str>)>,
    globs: BTreeMap<usize, BTreeSet<Vec<String>>>,
    sames: Vec<(u8, usize, usize)>,
    params: BTreeSet<usize>,
    questions: Vec<(QuestionKind, &'a Findings)>,
}

impl<'a> Asked<'a> {
    fn of(policy: &'a Policy) -> Self {
        let mut asked = Asked::default();
        for rule in &policy.rules {
            visit(&rule.condition, &mut |leaf| asked.leaf(leaf));
            for clause in &rule.clauses {
                visit(&clause.condition, &mut |leaf| asked.leaf(leaf));
            }
        }
        asked
    }

    fn leaf(&mut self, leaf: &'a Leaf) {
        match leaf {
            Leaf::Bool(slot) | Leaf::EnumIn(slot, _) => {
                self.plain.insert(*slot);
            }
            Leaf::Known(slot) => {
                self.known.insert(*slot);
            }
            Leaf::Int(slot, ..) | Leaf::Date(Some(slot), ..) => {
                self.plain.insert(*slot);
                self.known.insert(*slot);
            }
            Leaf::Date(None, ..) => {}
            Leaf::ParamBool(param) => {
                self.params.insert(*param);
            }
            Leaf::StringIn(slot, texts) | Leaf::HasAny(slot, texts) => {
                let (order, known) = self.texts.entry(*slot).or_default();
                for text in texts {
                    if known.insert(text) {
                        order.push(text);
                    }
                }
            }
            Leaf::HostIn(slot, globs) => {
                self.globs
                    .entry(*slot)
                    .or_default()
                    .insert(canonical(globs));
            }
            Leaf::InParam(slot, param) => self.same((1, *slot, *param)),
            Leaf::Same(a, b) if a == b => {
                self.known.insert(*a);
            }
            Leaf::Same(a, b) => self.same((0, *a.min(b), *a.max(b))),
            Leaf::Count(findings, ..) => self.question(QuestionKind::Count, findings),
            Leaf::Distinct(findings, ..) => self.question(QuestionKind::Distinct, findings),
            Leaf::Near(findings, others, within) => {
                self.question(QuestionKind::Near(others.clone(), *within), findings);
            }
        }
    }

    fn same(&mut self, same: (u8, usize, usize)) {
        if !self.sames.contains(&same) {
            self.sames.push(same);
        }
    }

    fn question(&mut self, kind: QuestionKind, findings: &'a Findings) {
        if is_vacuous(&kind, findings) {
            return;
        }
        if !self
            .questions
            .iter()
            .any(|(k, f)| *k == kind && *f == findings)
        {
            self.questions.push((kind, findings));
        }
    }
}

/// Globs in one order, each once.
fn canonical(globs: &[String]) -> Vec<String> {
    let set: BTreeSet<&String> = globs.iter().collect();
    set.into_iter().cloned().collect()
}

/// No detector can answer it: the answer is 0.
fn is_vacuous(kind: &QuestionKind, findings: &Findings) -> bool {
    let no_others = matches!(kind, QuestionKind::Near(others, _) if others.is_empty());
    findings.detectors.is_empty() || no_others
}

fn count(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

impl Facts {
    /// Gives a place to everything that a policy asks.
    pub fn of(policy: &Policy) -> Self {
        let asked = Asked::of(policy);
        let mut facts = Facts {
            nums: 1, // today
            ..Facts::default()
        };
        facts.ranges(policy, &asked);
        facts.single_bits(policy, &asked);
        facts.params(policy, &asked);
        facts.numbers(policy, &asked);
        facts.by_number(policy, &asked);
        for (kind, findings) in &asked.questions {
            let num = facts.num();
            facts.questions.push(Question {
                kind: kind.clone(),
                findings: (*findings).clone(),
                num,
            });
        }
        facts
    }

    fn num(&mut self) -> u32 {
        self.nums += 1;
        self.nums - 1
    }

    /// Enums and sets: they need room side by side.
    fn ranges(&mut self, policy: &Policy, asked: &Asked) {
        for (at, slot) in policy.slots.iter().enumerate() {
            let mut facts = SlotFacts::default();
            if let Some((texts, _)) = asked.texts.get(&at) {
                facts.constants = texts.iter().map(|t| (*t).to_string()).collect();
            }
            if let Some(sets) = asked.globs.get(&at) {
                let globs: BTreeSet<&String> = sets.iter().flatten().collect();
                facts.constants = globs.into_iter().cloned().collect();
            }
            facts.places = (0..)
                .zip(&facts.constants)
                .map(|(at, text)| (text.clone(), at))
                .collect();
            facts.bit = match &slot.ty {
                SlotType::Enum(variants) if asked.plain.contains(&at) => {
                    Some(self.bits.take(count(variants.len())))
                }
                SlotType::Set if !facts.constants.is_empty() => {
                    Some(self.bits.take(count(facts.constants.len())))
                }
                SlotType::Host if (1..=MOST_MASKED).contains(&facts.constants.len()) => {
                    let first = self.bits.take(count(facts.constants.len()));
                    let single = (first..).zip(&facts.constants);
                    facts.globs = single
                        .map(|(bit, glob)| (vec![glob.clone()], bit))
                        .collect();
                    Some(first)
                }
                _ => None,
            };
            // Without a required attribute no rule is evaluated (semantics 39).
            facts.always_known = slot.default.is_some() || slot.required;
            self.slots.push(facts);
        }
    }

    fn single_bits(&mut self, policy: &Policy, asked: &Asked) {
        let bits = &mut self.bits;
        for (at, (slot, facts)) in policy.slots.iter().zip(&mut self.slots).enumerate() {
            if slot.ty == SlotType::Bool && asked.plain.contains(&at) {
                facts.bit = Some(bits.take(1));
            }
            if asked.known.contains(&at) && !facts.always_known {
                facts.known_bit = Some(bits.take(1));
            }
            if let Some(sets) = asked.globs.get(&at)
                && facts.bit.is_none()
            {
                facts.globs = sets.iter().map(|s| (s.clone(), bits.take(1))).collect();
            }
        }
        for &(kind, a, b) in &asked.sames {
            let bit = self.bits.take(1);
            self.same_bits.insert((kind, a, b), bit);
            self.sames.push(Same {
                a,
                b,
                param: kind == 1,
                bit,
            });
        }
    }

    fn params(&mut self, policy: &Policy, asked: &Asked) {
        for (at, param) in policy.params.iter().enumerate() {
            let place = match &param.ty {
                ParamType::Bool(_) if asked.params.contains(&at) => {
                    ParamFacts::Bit(self.bits.take(1))
                }
                ParamType::Bool(_) => ParamFacts::Unused,
                ParamType::Int { .. } | ParamType::Date(_) => ParamFacts::Num(self.num()),
                ParamType::List { max, .. } => {
                    let place = self.lists_len;
                    self.lists_len += LIST_COUNT + u32::from(*max) * count(LIST_ELEMENT);
                    ParamFacts::List(place)
                }
                ParamType::Key => {
                    let place = self.lists_len;
                    self.lists_len += LIST_COUNT + count(LIST_ELEMENT);
                    ParamFacts::List(place)
                }
            };
            self.params.push(place);
        }
    }

    fn numbers(&mut self, policy: &Policy, asked: &Asked) {
        for (at, slot) in policy.slots.iter().enumerate() {
            let wanted = match slot.ty {
                SlotType::Int | SlotType::Date => asked.plain.contains(&at),
                SlotType::String => asked.texts.contains_key(&at),
                _ => false,
            };
            if wanted {
                let num = self.num();
                if let Some(facts) = self.slots.get_mut(at) {
                    facts.num = Some(num);
                }
            }
        }
    }

    /// Which slots a frame may give by number: those whose bytes nobody reads.
    fn by_number(&mut self, policy: &Policy, asked: &Asked) {
        for (at, (slot, facts)) in policy.slots.iter().zip(&mut self.slots).enumerate() {
            let compared = asked
                .sames
                .iter()
                .any(|(kind, a, b)| *a == at || *kind == 0 && *b == at);
            facts.by_number = !compared
                && match slot.ty {
                    SlotType::String => facts.constants.len() < usize::from(u16::MAX),
                    SlotType::Set | SlotType::Host => facts.constants.len() <= MOST_MASKED,
                    _ => false,
                };
        }
    }

    /// Words of attribute bits.
    pub fn bit_words(&self) -> u32 {
        count(self.bits.used.len())
    }

    /// Numbers.
    pub fn nums(&self) -> u32 {
        self.nums
    }

    /// A slot's facts.
    pub fn slot(&self, at: usize) -> Option<&SlotFacts> {
        self.slots.get(at)
    }

    /// The bit of a comparison of two slots.
    pub fn same_bit(&self, a: usize, b: usize) -> Option<u32> {
        self.same_bits.get(&(0, a.min(b), a.max(b))).copied()
    }

    /// The bit of a look-up in a list parameter.
    pub fn in_param_bit(&self, slot: usize, param: usize) -> Option<u32> {
        self.same_bits.get(&(1, slot, param)).copied()
    }

    /// The bits that say a host matches one of these globs: one for the whole set, or one for each.
    pub fn host_bits(&self, slot: usize, globs: &[String]) -> Vec<u32> {
        let Some(facts) = self.slot(slot).filter(|_| !globs.is_empty()) else {
            return Vec::new();
        };
        match facts.bit {
            Some(first) => globs
                .iter()
                .filter_map(|glob| Some(first + facts.constant(glob)?))
                .collect(),
            None => facts
                .globs
                .get(&canonical(globs))
                .copied()
                .into_iter()
                .collect(),
        }
    }

    /// The number that answers a question; `None`: the answer is always 0.
    pub fn question(&self, kind: &QuestionKind, findings: &Findings) -> Option<u32> {
        self.questions
            .iter()
            .find(|q| q.kind == *kind && q.findings == *findings)
            .map(|q| q.num)
    }
}
