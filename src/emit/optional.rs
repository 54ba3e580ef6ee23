//! The kernel's optional parts: what the tables of a policy do not ask for is taken out of its module.
//!
//! The tables are asked, and not the policy, because they are what the kernel reads: a part that no table
//! names is called by nobody. (`reach.rs` says what goes with it.)

use riegel_kernel::check::{self, AROUND, Op, WRITTEN, is_rare};
use riegel_kernel::layout::{DETECTOR_AFTER, DETECTOR_DIGITS, DetectorEntry, NONE, SlotKind};
use riegel_kernel::tables::Tables;
use std::collections::BTreeSet;

/// Every part there is.
pub const PARTS: [&str; 51] = [
    "columns",
    "cells",
    "verbatim",
    "joins",
    "around",
    "written",
    "written_date",
    "placeholder",
    "entropy",
    "rarity",
    "crc32_hex",
    "decodes",
    "decoded_length",
    "decodes_to",
    "base58check",
    "bech32",
    "eip55",
    "ip",
    "mac",
    "monero",
    "bip39",
    "tld",
    "mrz",
    "rare",
    "lists",
    "number",
    "lower",
    "against",
    "after",
    "sequence",
    "beside",
    "compose",
    "exact",
    "encoded",
    "yields",
    "demands",
    "find_words",
    "free",
    "by_hash",
    "by_digits",
    "by_program",
    "back",
    "distinct",
    "near",
    "redact",
    "stages",
    "params",
    "sames",
    "texts",
    "sets",
    "hosts",
];

/// The checks of spans as they are written, by their operations.
const CHECKS: [&str; 17] = [
    "written_date",
    "placeholder",
    "entropy",
    "rarity",
    "crc32_hex",
    "decodes",
    "decoded_length",
    "decodes_to",
    "base58check",
    "bech32",
    "eip55",
    "ip",
    "mac",
    "monero",
    "bip39",
    "tld",
    "mrz",
];

/// The parts that these tables do not ask for.
pub fn unused(tables: &Tables<'_>) -> Vec<&'static str> {
    let h = &tables.header;
    let detectors = || (0..h.detectors_n as usize).filter_map(|i| tables.detector(i));
    let some = |is: fn(&DetectorEntry) -> bool| detectors().any(is);
    let ops = operations(tables);
    let groups = || (0..h.groups_n as usize).filter_map(|i| tables.group(i));
    let questions = || (0..h.questions_n as usize).filter_map(|i| tables.question(i));
    let rules = || (0..h.rules_n as usize).filter_map(|i| tables.rule(i));
    let slots = |kind| {
        let mut slots = (0..h.slots_n as usize).filter_map(|i| tables.slot(i));
        slots.any(|slot| slot.kind == kind as u8)
    };
    let is_used = |part: &str| match part {
        "columns" => some(|d| d.context_at != NONE || d.against_at != NONE),
        "cells" => groups().any(|g| g.kind == 6),
        "verbatim" => groups().any(|g| g.kind == 7),
        "joins" => some(|d| d.flags & DETECTOR_DIGITS != 0 || d.exact_at != NONE),
        "around" => ops.range(AROUND..).next().is_some(),
        "written" => ops.range(WRITTEN..).next().is_some(),
        "rare" => ops.iter().any(|&op| is_rare(op)),
        "lists" => ops.contains(&(Op::InList as u8)),
        "number" => ops.contains(&(Op::Number as u8)),
        "lower" => some(|d| d.lower_n | d.lower_check_n != 0),
        "against" => some(|d| d.against_at != NONE),
        "after" => some(|d| d.flags & DETECTOR_AFTER != 0),
        "sequence" => some(|d| d.sequences_at != NONE),
        "compose" => h.composes != 0,
        "encoded" => h.decodes != 0,
        "exact" => some(|d| d.exact_at != NONE),
        "yields" => some(|d| d.yields_n != 0),
        "demands" => some(|d| d.demands_n != 0),
        "find_words" => groups().any(|g| g.kind == 4),
        "free" => groups().any(|g| g.kind == 2),
        "by_digits" => groups().any(|g| g.naming == 1),
        "by_program" => groups().any(|g| g.naming > 1),
        "back" => some(|d| d.back != 0),
        "by_hash" => groups().any(|g| g.kind == 5),
        "distinct" => questions().any(|q| q.kind == 1),
        "near" => questions().any(|q| q.kind > 1),
        "redact" => rules().any(|r| r.redact_n != 0),
        "stages" => h.stage_at != NONE || rules().any(|r| r.stage_at != NONE),
        "params" => h.params_n != 0,
        "sames" => h.sames_n != 0,
        "texts" => slots(SlotKind::String) || slots(SlotKind::Host) || slots(SlotKind::Set),
        "beside" => some(|d| d.beside_at != NONE),
        "sets" => slots(SlotKind::Set),
        "hosts" => slots(SlotKind::Host),
        part => match CHECKS.iter().position(|&check| check == part) {
            Some(i) => ops
                .iter()
                .any(|&op| usize::from(op) == usize::from(WRITTEN) + i),
            None => true,
        },
    };
    PARTS.into_iter().filter(|part| !is_used(part)).collect()
}

/// The operations in all check programs.
fn operations(tables: &Tables<'_>) -> BTreeSet<u8> {
    let mut ops = BTreeSet::new();
    for index in 0..tables.header.detectors_n as usize {
        let Some(d) = tables.detector(index) else {
            break;
        };
        for (at, n) in [(d.check_at, d.check_n), (d.lower_check_at, d.lower_check_n)] {
            add(tables.slice(at, n), &mut ops);
        }
    }
    ops
}

/// Adds those of the nodes in a program (`riegel_kernel::check`).
fn add(mut program: &[u8], ops: &mut BTreeSet<u8>) {
    while let Some((&[op, a, b], rest)) = program.split_first_chunk() {
        ops.insert(op);
        let len = usize::from(u16::from_le_bytes([a, b]));
        let (payload, rest) = rest.split_at_checked(len).unwrap_or((rest, &[]));
        if op <= check::Op::Not as u8 {
            add(payload, ops);
        }
        program = rest;
    }
}
