//! Tables and frames from outside: whatever the bytes, an answer and no panic.
#![allow(missing_docs, clippy::unwrap_used, reason = "tests")]

use riegel_kernel::blocks::{PAD, Way};
use riegel_kernel::config;
use riegel_kernel::decide::{Needs, Rules, Workspace, decide};
use riegel_kernel::event::Facts;
use riegel_kernel::layout::{
    ErrorCode, FRAME_MAGIC, FrameHeader, Header, LAYOUT, NONE, RecordHeader, SLOT_REQUIRED,
    SlotEntry, SlotKind, TABLES_MAGIC,
};
use riegel_kernel::tables::{TableError, Tables};

struct Nothing;

impl Rules for Nothing {
    fn rules(&self, _: &mut Facts<'_>, _: u32) {}
    fn clauses(&self, _: &Facts<'_>, _: u32) -> u64 {
        0
    }
}

/// Tables of a policy with one required string and no rules.
fn tables() -> Vec<u8> {
    let slot = SlotEntry {
        kind: SlotKind::String as u8,
        flags: SLOT_REQUIRED,
        bit: NONE,
        known_bit: NONE,
        num: NONE,
        dict_mask: NONE,
        ..SlotEntry::default()
    };
    let header = Header {
        magic: TABLES_MAGIC,
        layout: LAYOUT,
        len: (Header::SIZE + SlotEntry::SIZE) as u32,
        schema: 7,
        on_error: 6,
        stage_at: NONE,
        nums: 1,
        slots_at: Header::SIZE as u32,
        slots_n: 1,
        ..Header::default()
    };
    [header.write().to_vec(), slot.write().to_vec()].concat()
}

fn frame(slot: (u32, u32)) -> Vec<u8> {
    let header = FrameHeader {
        magic: FRAME_MAGIC,
        schema: 7,
        slots: 1,
        ..FrameHeader::default()
    };
    let mut bytes = header.write().to_vec();
    bytes.extend(slot.0.to_le_bytes());
    bytes.extend(slot.1.to_le_bytes());
    bytes.extend(b"x");
    bytes
}

fn ask(frame: &[u8]) -> RecordHeader {
    let bytes = tables();
    let tables = Tables::new(&bytes).unwrap();
    let settings = vec![0; config::settings_len(&tables)];
    let needs = Needs::of(&tables, frame, &[]);
    let mut memory = vec![0xA5; needs.bytes()];
    let mut work = Workspace::new(&needs, &mut memory).unwrap();
    let len = decide(
        Way::Simd,
        &tables,
        &settings,
        Some(frame),
        (&[0; PAD], 0),
        &Nothing,
        &mut work,
    );
    RecordHeader::read(work.record(len), 0).unwrap()
}

#[test]
fn a_required_attribute_is_missed() {
    let record = ask(&frame((0, 0)));
    assert_eq!(
        (record.error, record.slot, record.effective),
        (ErrorCode::Required as u8, 0, 6)
    );
    assert_eq!(ask(&frame((32, 1))).error, ErrorCode::None as u8);
}

#[test]
fn a_frame_that_points_outside_itself_is_malformed() {
    for slot in [(32, 2), (33, 1), (u32::MAX, 1), (32, u32::MAX), (1_000, 0)] {
        assert_eq!(ask(&frame(slot)).error, ErrorCode::Frame as u8, "{slot:?}");
    }
    let whole = frame((32, 1));
    for len in 0..FrameHeader::SIZE + 8 {
        assert_eq!(
            ask(&whole[..len]).error,
            ErrorCode::Frame as u8,
            "{len} bytes"
        );
    }
}

#[test]
fn every_changed_byte_of_a_frame_gets_an_answer() {
    let whole = frame((32, 1));
    for at in 0..whole.len() {
        for value in [0, 1, 0x7F, 0x80, 0xFF] {
            let mut changed = whole.clone();
            changed[at] = value;
            let record = ask(&changed);
            assert!(
                record.effective == 6 || record.error == 0,
                "byte {at} = {value}"
            );
        }
    }
}

#[test]
fn damaged_tables_are_refused_or_harmless() {
    let whole = tables();
    assert_eq!(Tables::new(&whole[..10]).err(), Some(TableError::Magic));
    for at in 0..whole.len() {
        for value in [0, 0xFF] {
            let mut changed = whole.clone();
            changed[at] = value;
            let _ = Tables::new(&changed);
        }
    }
    let mut other = whole;
    other[4] ^= 1;
    assert_eq!(Tables::new(&other).err(), Some(TableError::Layout));
}
