//! Writes the plan's half of the tables: slots, dictionaries, parameters, questions, rules.
//!
//! The other half (detectors, automata) is `detect`'s. Both write into one [`TableWriter`]; the header
//! takes from each what it owns ([`PlanTables::fill`]).
//!
//! Two encodings are not obvious from the layout alone. The default of a set is written as a frame
//! would write it: `default` is the offset of (offset u32, length u32) pairs and `default_len` their
//! number. And a rule with an own, empty list of stages gets the one step "always enforced", because
//! [`layout::NONE`] would mean the policy's stages.

use super::Plan;
use super::facts::{ParamFacts, Question, QuestionKind, SlotFacts};
use crate::check::model::{Obligation, ParamType, Policy, Rule, Slot, SlotType, Value};
use crate::syntax::ast::{Date, Stage};
use crate::tables::TableWriter;
use riegel_kernel::layout::{
    self, DictEntry, Header, NONE, ObligationKind, ParamEntry, QuestionEntry, RuleEntry, SameEntry,
    SlotEntry, SlotKind, StageStep,
};

/// The fields of the header that the plan owns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PlanTables {
    /// `on_error` as a number.
    pub on_error: u8,
    /// Most findings per detector.
    pub max_findings: u32,
    /// The policy's stages.
    pub stage_at: u32,
    /// Attribute bit words.
    pub bit_words: u32,
    /// Demand words.
    pub demand_words: u32,
    /// Fired words.
    pub fired_words: u32,
    /// Numbers.
    pub nums: u32,
    /// Slots: where and how many.
    pub slots: (u32, u32),
    /// Comparisons of slots.
    pub sames: (u32, u32),
    /// Parameters.
    pub params: (u32, u32),
    /// Bytes of list memory.
    pub lists_len: u32,
    /// Questions.
    pub questions: (u32, u32),
    /// Rules.
    pub rules: (u32, u32),
    /// Obligations of all rules, and one more for each.
    pub listed: u32,
}

impl PlanTables {
    /// Puts them into a header.
    pub fn fill(&self, header: &mut Header) {
        header.on_error = self.on_error;
        header.max_findings = self.max_findings;
        header.stage_at = self.stage_at;
        header.bit_words = self.bit_words;
        header.demand_words = self.demand_words;
        header.fired_words = self.fired_words;
        header.nums = self.nums;
        (header.slots_at, header.slots_n) = self.slots;
        (header.sames_at, header.sames_n) = self.sames;
        (header.params_at, header.params_n) = self.params;
        header.lists_len = self.lists_len;
        (header.questions_at, header.questions_n) = self.questions;
        (header.rules_at, header.rules_n) = self.rules;
        header.listed = self.listed;
    }
}

impl Plan {
    /// Writes the plan's tables.
    pub fn write(&self, policy: &Policy, tables: &mut TableWriter) -> PlanTables {
        let slots: Vec<_> = policy
            .slots
            .iter()
            .zip(&self.facts.slots)
            .map(|(slot, facts)| slot_entry(slot, facts, tables).write())
            .collect();
        let sames: Vec<_> = self
            .facts
            .sames
            .iter()
            .map(|same| {
                let entry = SameEntry {
                    a: index16(same.a),
                    b: index16(same.b),
                    kind: same.param.into(),
                    bit: same.bit,
                };
                entry.write()
            })
            .collect();
        let params: Vec<_> = policy
            .params
            .iter()
            .zip(&self.facts.params)
            .map(|(param, place)| param_entry(&param.ty, *place, tables).write())
            .collect();
        let questions: Vec<_> = self
            .facts
            .questions
            .iter()
            .map(|question| question_entry(question, tables).write())
            .collect();
        let rules: Vec<_> = policy
            .rules
            .iter()
            .map(|rule| rule_entry(rule, policy, tables).write())
            .collect();
        PlanTables {
            on_error: policy.on_error as u8,
            max_findings: policy.max_findings,
            stage_at: if policy.stages.is_empty() {
                NONE
            } else {
                stage_list(&policy.stages, tables)
            },
            bit_words: self.facts.bit_words(),
            demand_words: self.demand_words,
            fired_words: self.fired_words,
            nums: self.facts.nums(),
            slots: entries(&slots, tables),
            sames: entries(&sames, tables),
            params: entries(&params, tables),
            lists_len: self.facts.lists_len,
            questions: entries(&questions, tables),
            rules: entries(&rules, tables),
            listed: index32(policy.rules.iter().map(|r| r.obligations.len() + 1).sum()),
        }
    }
}

fn entries<const N: usize>(entries: &[[u8; N]], tables: &mut TableWriter) -> (u32, u32) {
    (
        tables.append(entries.as_flattened(), 8),
        index32(entries.len()),
    )
}

fn index16(at: usize) -> u16 {
    u16::try_from(at).unwrap_or(u16::MAX)
}

fn index32(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

fn list(detectors: &[usize], tables: &mut TableWriter) -> (u32, u32) {
    let items: Vec<u16> = detectors.iter().map(|d| index16(*d)).collect();
    tables.list(&items)
}

/// A list of texts as a frame writes it: (offset, length) pairs.
fn texts(texts: &[String], tables: &mut TableWriter) -> Vec<u8> {
    let mut bytes = Vec::new();
    for text in texts {
        let (at, len) = tables.text(text.as_bytes());
        bytes.extend(at.to_le_bytes());
        bytes.extend(len.to_le_bytes());
    }
    bytes
}

fn slot_entry(slot: &Slot, facts: &SlotFacts, tables: &mut TableWriter) -> SlotEntry {
    let (kind, variants) = match &slot.ty {
        SlotType::Bool => (SlotKind::Bool, 0),
        SlotType::Int => (SlotKind::Int, 0),
        SlotType::Date => (SlotKind::Date, 0),
        SlotType::String => (SlotKind::String, 0),
        SlotType::Host => (SlotKind::Host, 0),
        SlotType::Enum(variants) => (SlotKind::Enum, index16(variants.len())),
        SlotType::Set => (SlotKind::Set, 0),
    };
    let mut flags = 0;
    if slot.required {
        flags |= layout::SLOT_REQUIRED;
    }
    let (mut default, mut default_len) = (0, 0);
    if let Some(value) = &slot.default {
        flags |= layout::SLOT_HAS_DEFAULT;
        (default, default_len) = match value {
            Value::Bool(value) => ((*value).into(), 0),
            Value::Int(value) => (value.cast_unsigned(), 0),
            Value::Date(date) => (date.days().cast_unsigned(), 0),
            Value::Text(text) => tables.text(text.as_bytes()),
            Value::Enum(variant) => (variant.map_or(NONE, u32::from), 0),
            Value::Set(items) => {
                let pairs = texts(items, tables);
                (tables.append(&pairs, 4), index32(items.len()))
            }
        };
    }
    let (dict_at, dict_mask) = dictionary(&slot.ty, facts, tables);
    let variants = if facts.by_number {
        flags |= layout::SLOT_TEXTS;
        index16(facts.constants.len())
    } else {
        variants
    };
    SlotEntry {
        kind: kind as u8,
        flags,
        variants,
        default,
        default_len,
        bit: facts.bit.unwrap_or(NONE),
        known_bit: facts.known_bit.unwrap_or(NONE),
        num: facts.num.unwrap_or(NONE),
        dict_at,
        dict_mask,
    }
}

/// The constants of a slot: buckets, then entries. At most half of the buckets are taken.
fn dictionary(ty: &SlotType, facts: &SlotFacts, tables: &mut TableWriter) -> (u32, u32) {
    if facts.constants.is_empty() {
        return (NONE, NONE);
    }
    let entries: Vec<DictEntry> = (0..)
        .zip(&facts.constants)
        .map(|(at, constant): (u32, _)| {
            // `*.b.c` is found under the suffix `.b.c`.
            let text = constant.strip_prefix('*').unwrap_or(constant);
            let text = if *ty == SlotType::Host {
                text
            } else {
                constant
            };
            let (value, value_n) = match ty {
                SlotType::Host => {
                    let sets = facts.globs.iter().filter(|(set, _)| set.contains(constant));
                    let bits: Vec<u16> = sets
                        .map(|(_, bit)| u16::try_from(*bit).unwrap_or(u16::MAX))
                        .collect();
                    tables.list(&bits)
                }
                SlotType::String => (at + 1, 0),
                _ => (at, 0),
            };
            let (text_at, text_len) = tables.text(text.as_bytes());
            DictEntry {
                hash: layout::fnv1a(text.as_bytes()),
                text_at,
                text_len,
                value,
                value_n,
            }
        })
        .collect();
    let mask = (entries.len() * 2).next_power_of_two() - 1;
    let mut buckets = vec![0u32; mask + 1];
    for (number, entry) in (1u32..).zip(&entries) {
        let mut at = entry.hash as usize & mask;
        while buckets.get(at).is_some_and(|b| *b != 0) {
            at = (at + 1) & mask;
        }
        if let Some(bucket) = buckets.get_mut(at) {
            *bucket = number;
        }
    }
    let mut bytes: Vec<u8> = buckets.iter().flat_map(|b| b.to_le_bytes()).collect();
    for entry in &entries {
        bytes.extend(entry.write());
    }
    (tables.append(&bytes, 4), index32(mask))
}

/// The days that a date can be.
const FIRST_DAY: Date = Date {
    year: 1,
    month: 1,
    day: 1,
};
const LAST_DAY: Date = Date {
    year: 9999,
    month: 12,
    day: 31,
};

fn param_entry(ty: &ParamType, place: ParamFacts, tables: &mut TableWriter) -> ParamEntry {
    let place = match place {
        ParamFacts::Bit(at) | ParamFacts::Num(at) | ParamFacts::List(at) => at,
        ParamFacts::Unused => NONE,
    };
    let (kind, default, min, max) = match ty {
        ParamType::Bool(default) => (0, (*default).into(), 0, 1),
        ParamType::Int { min, max, default } => (
            1,
            default.cast_unsigned(),
            min.cast_unsigned(),
            max.cast_unsigned(),
        ),
        ParamType::Date(default) => (
            2,
            default.days().cast_unsigned(),
            FIRST_DAY.days().cast_unsigned(),
            LAST_DAY.days().cast_unsigned(),
        ),
        ParamType::List { max, default, .. } => {
            let mut bytes = index32(default.len()).to_le_bytes().to_vec();
            bytes.extend(texts(default, tables));
            (3, tables.append(&bytes, 4), 0, u32::from(*max))
        }
        // One element, and none until the host sets it.
        ParamType::Key => (3, tables.append(&0u32.to_le_bytes(), 4), 0, 1),
    };
    ParamEntry {
        kind,
        place,
        default,
        min,
        max,
        ..ParamEntry::default()
    }
}

fn question_entry(question: &Question, tables: &mut TableWriter) -> QuestionEntry {
    let (kind, others, within): (_, &[usize], _) = match &question.kind {
        QuestionKind::Count => (0, &[], 0),
        QuestionKind::Distinct => (1, &[], 0),
        QuestionKind::Near(others, within) => (2, others, *within),
    };
    let (a_at, a_n) = list(&question.findings.detectors, tables);
    let (b_at, b_n) = list(others, tables);
    QuestionEntry {
        kind,
        confidence: question.findings.confidence as u8,
        roles: question.findings.roles,
        directions: question.findings.directions,
        num: question.num,
        a_at,
        a_n,
        b_at,
        b_n,
        within,
    }
}

fn rule_entry(rule: &Rule, policy: &Policy, tables: &mut TableWriter) -> RuleEntry {
    let obligations: Vec<u16> = rule
        .obligations
        .iter()
        .filter_map(|at| Some(obligation(*at, policy.obligations.get(*at)?)))
        .collect();
    let (obligations_at, obligations_n) = tables.list(&obligations);
    let (redact_at, redact_n) = list(&rule.redact, tables);
    RuleEntry {
        verdict: rule.verdict as u8,
        pad: 0,
        obligations_n: u16::try_from(obligations_n).unwrap_or(u16::MAX),
        obligations_at,
        stage_at: match &rule.stages {
            None => NONE,
            Some(stages) => stage_list(stages, tables),
        },
        redact_at,
        redact_n,
    }
}

/// An obligation in tables and records: kind in the upper 4 bits, index in the lower 12.
fn obligation(index: usize, obligation: &Obligation) -> u16 {
    let kind = match obligation {
        Obligation::Show => ObligationKind::Show,
        Obligation::Justify => ObligationKind::Justify,
        Obligation::Redact => ObligationKind::Redact,
        Obligation::Approve(_) => ObligationKind::Approve,
        Obligation::Disclose => ObligationKind::Disclose,
        Obligation::Train(_) => ObligationKind::Train,
        Obligation::Label(_) => ObligationKind::Label,
        Obligation::Notify(_) => ObligationKind::Notify,
    };
    (kind as u16) << 12 | (index16(index) & 0x0FFF)
}

fn stage_list(stages: &[(Stage, Date)], tables: &mut TableWriter) -> u32 {
    let mut steps: Vec<StageStep> = stages
        .iter()
        .map(|(stage, date)| StageStep {
            from: date.days(),
            cap: match stage {
                Stage::Observe => 1,
                Stage::Warn => 2,
                Stage::Enforce => 6,
            },
        })
        .collect();
    if steps.is_empty() {
        steps.push(StageStep {
            from: i32::MIN,
            cap: 6,
        });
    }
    let mut bytes = index32(steps.len()).to_le_bytes().to_vec();
    for step in steps {
        bytes.extend(step.write());
    }
    tables.append(&bytes, 4)
}
