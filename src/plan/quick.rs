//! How an event frame that holds numbers only is read: slot by slot, without tables.
//!
//! A host may say which of the policy's texts a value is, instead of sending its bytes. Then a slot is
//! eight bytes with one meaning, and reading it is a few instructions that `emit` writes for this very
//! slot. Everything unusual (bytes, an unknown variant, an absent required attribute, a value that is
//! not allowed) is left to the kernel, which reads the same frame with tables and owns all answers that
//! are not "go on". So there is nothing here about errors.

use super::facts::{Facts, SlotFacts};
use crate::abi;
use crate::abi::frame::host_is;
use crate::check::model::{Policy, Slot, SlotType, Value};

/// What code needs to read a frame of numbers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Quick {
    /// Hash of the schema.
    pub schema: u32,
    /// Hash of the texts, see [`dictionary`].
    pub dictionary: u32,
    /// How each slot is read.
    pub slots: Vec<QuickSlot>,
}

/// How one slot is read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QuickSlot {
    /// What its eight bytes mean.
    pub kind: QuickKind,
    /// Absent is left to the kernel.
    pub required: bool,
    /// What stands in for an absent value, in the form of a sent one: bool 0 or 1, the number, the
    /// variant from 1 on, the text's number, the mask.
    pub default: u32,
    /// bool: the bit; else the first of a range.
    pub bit: Option<u32>,
    /// Where the number goes.
    pub num: Option<u32>,
    /// The bit that says it was sent.
    pub known_bit: Option<u32>,
}

/// What a slot's eight bytes mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum QuickKind {
    /// 1 false, 2 true.
    Bool,
    /// 1, then a number.
    Number,
    /// A variant from 1 to this.
    Variant(u32),
    /// A text's number, at most this.
    Text(u32),
    /// A mask of so many texts.
    Mask(u32),
    /// Only absent can be read, and may be: bytes, without default and not required.
    Bytes,
    /// Nothing can be read: the kernel has to.
    Never,
}

impl Quick {
    /// For a policy with these facts.
    pub fn of(policy: &Policy, facts: &Facts) -> Quick {
        let slots = policy.slots.iter().zip(&facts.slots);
        Quick {
            schema: abi::schema_hash(policy),
            dictionary: dictionary(policy, facts),
            slots: slots.map(|(slot, facts)| read(slot, facts)).collect(),
        }
    }
}

/// The texts that a frame may give by number, as [`abi`] publishes them and in the kernel's form: the glob
/// `*.b.c` is the text `.b.c`. `None`: bytes only.
pub fn texts(slot: &Slot, facts: &SlotFacts) -> Option<Vec<String>> {
    let host = slot.ty == SlotType::Host;
    facts.by_number.then(|| {
        let texts = facts.constants.iter();
        texts
            .map(|text| dictionary_form(text, host).to_owned())
            .collect()
    })
}

fn dictionary_form(text: &str, host: bool) -> &str {
    if host {
        text.strip_prefix('*').unwrap_or(text)
    } else {
        text
    }
}

/// FNV-1a of the texts, slot by slot, each with its length in front; never 0.
fn dictionary(policy: &Policy, facts: &Facts) -> u32 {
    let mut bytes = Vec::new();
    for (at, (slot, facts)) in (0u32..).zip(policy.slots.iter().zip(&facts.slots)) {
        for text in texts(slot, facts).unwrap_or_default() {
            bytes.extend(at.to_le_bytes());
            bytes.extend((text.len() as u64).to_le_bytes());
            bytes.extend(text.as_bytes());
        }
    }
    riegel_kernel::layout::fnv1a(&bytes).max(1)
}

fn read(slot: &Slot, facts: &SlotFacts) -> QuickSlot {
    let count = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
    let texts = count(facts.constants.len());
    let mut kind = match &slot.ty {
        SlotType::Bool => QuickKind::Bool,
        SlotType::Int | SlotType::Date => QuickKind::Number,
        SlotType::Enum(variants) if variants.len() < 64 => {
            QuickKind::Variant(count(variants.len()))
        }
        SlotType::Enum(_) => QuickKind::Never,
        SlotType::String if facts.by_number => QuickKind::Text(texts),
        SlotType::Host | SlotType::Set if facts.by_number => QuickKind::Mask(texts),
        _ if slot.default.is_some() || slot.required => QuickKind::Never,
        _ => QuickKind::Bytes,
    };
    let mask = |holds: &dyn Fn(&str) -> bool| {
        let set = (0u32..32)
            .zip(&facts.constants)
            .filter(|(_, text)| holds(text));
        set.fold(0, |mask, (at, _)| mask | 1 << at)
    };
    let default = match &slot.default {
        None => 0,
        Some(Value::Bool(value)) => (*value).into(),
        Some(Value::Int(value)) => value.cast_unsigned(),
        Some(Value::Date(date)) => date.days().cast_unsigned(),
        Some(Value::Enum(Some(variant))) => u32::from(*variant) + 1,
        Some(Value::Enum(None)) => {
            kind = QuickKind::Never;
            0
        }
        Some(Value::Text(text)) if slot.ty == SlotType::Host => {
            mask(&|glob| host_is(dictionary_form(glob, true), text))
        }
        Some(Value::Text(text)) => facts.constant(text).map_or(0, |at| at + 1),
        Some(Value::Set(items)) => mask(&|text| items.iter().any(|item| item == text)),
    };
    QuickSlot {
        kind,
        required: slot.required && slot.default.is_none(),
        default,
        bit: facts.bit,
        num: facts.num,
        known_bit: facts.known_bit,
    }
}
