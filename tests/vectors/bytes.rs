//! What no test block can say: content that is not UTF-8, values from the future,
//! frames that are damaged.
//!
//! The reference never sees a frame, so the records of damaged frames are written
//! down here, straight from semantics 39: no rule is evaluated, `on_error` has the say.

use crate::corpus::{Vector, to_hex};
use riegel::abi::frame;
use riegel::abi::record::{self, Decision};
use riegel::check::model::{Event, Part, Policy, Value};
use riegel::manifest::Schema;
use riegel::syntax::ast::{Stage, Verdict};
use riegel_kernel::layout::{ErrorCode, RECORD_ERROR, RECORD_STAGED};

/// Content that holds something to find, and bytes that are no characters.
pub fn broken_texts() -> Vec<(String, Vec<u8>)> {
    let texts: [(&str, &[u8]); 12] = [
        ("a stray byte before", b"\xFFTK-1234 KEY0123ABCD"),
        ("a lone lead before", b"\xC3TK-1234 \xE4KEY0123ABCD"),
        ("a lead at the end", b"TK-1234\xC3 KEY0123ABCD\xC3"),
        (
            "half a quotation mark",
            b"\xE2\x80TK-1234\x80 \xE2KEY0123ABCD",
        ),
        (
            "half a zero-width space inside",
            b"TK-\xE2\x8012\xE2\x80\x8B34",
        ),
        ("half a soft hyphen", b"TK\xC2-1234 KEY\xC20123ABCD"),
        ("an overlong form", b"\xC1\x81TK-1234 \xC0\x80"),
        ("a surrogate", b"\xED\xA0\x80TK-1234\xED\xBF\xBF"),
        (
            "four bytes",
            b"\xF0\x9F\x92\xB3TK-1234\xF0\x9F\x92\xB3 \xF0\x9F",
        ),
        ("zeros", b"\0TK-1234\0KEY0123ABCD\0\0"),
        ("only continuation bytes", &[0x80; 130]),
        (
            "a ticket across the first block",
            b"................................................................TK-1234",
        ),
    ];
    let mut all: Vec<(String, Vec<u8>)> = texts
        .iter()
        .map(|(name, text)| ((*name).to_owned(), text.to_vec()))
        .collect();
    for shift in [59, 60, 63, 127, 4090] {
        let mut text = vec![b' '; shift];
        text.extend_from_slice(b"TK-1234 KEY0123ABCD 4012888888881881");
        all.push((format!("behind {shift} blanks"), text));
    }
    all.push(("many tickets".to_owned(), b"TK-1234 ".repeat(40)));
    all
}

/// The event with one part of content.
pub fn with_text(event: &Event, text: Vec<u8>) -> Event {
    Event {
        parts: vec![Part {
            offset: 0,
            len: u32::try_from(text.len()).unwrap(),
            role: 1,
            direction: 0,
        }],
        text,
        ..event.clone()
    }
}

/// The event, with one enum after the other at a value that nobody knows.
pub fn unknown_variants(schema: &Schema, event: &Event) -> Vec<Event> {
    let enums = schema
        .slots
        .iter()
        .enumerate()
        .filter(|(_, s)| s.ty == "enum");
    enums
        .map(|(slot, _)| {
            let mut event = event.clone();
            event.values.resize(schema.slots.len(), None);
            event.values[slot] = Some(Value::Enum(None));
            event
        })
        .collect()
}

/// One way to damage a frame: what it is called, the bytes, the error, and whether the
/// day can still be read.
struct Damage {
    name: String,
    frame: Vec<u8>,
    error: ErrorCode,
    readable: bool,
}

/// Damaged frames and their records.
pub fn damaged_frames(policy: &Policy, schema: &Schema, event: &Event) -> Vec<Vector> {
    let event = with_text(event, b"TK-1234 KEY0123ABCD".to_vec());
    let whole = frame::encode(schema, &event).unwrap();
    let fixed = 24 + 8 * schema.slots.len() + 12;
    let patched = |at: usize, value: u32| {
        let mut frame = whole.clone();
        frame[at..at + 4].copy_from_slice(&value.to_le_bytes());
        frame
    };
    let part = fixed - 12;
    let mut damages = Vec::new();
    let mut add = |name: &str, frame: Vec<u8>, error: ErrorCode, readable: bool| {
        damages.push(Damage {
            name: name.to_owned(),
            frame,
            error,
            readable,
        });
    };
    for cut in [0, 1, 4, 23, 24, 31, fixed - 13, fixed - 1] {
        let name = format!("a frame cut after {cut} bytes");
        add(&name, whole[..cut].to_vec(), ErrorCode::Frame, false);
    }
    add(
        "another magic",
        patched(0, 0x3145_4753),
        ErrorCode::Frame,
        false,
    );
    add(
        "another schema",
        patched(4, !schema.hash),
        ErrorCode::Schema,
        false,
    );
    add(
        "more parts than bytes",
        patched(12, u32::MAX),
        ErrorCode::Frame,
        false,
    );
    let past_the_end = patched(part, 20);
    add(
        "a part behind the content",
        past_the_end,
        ErrorCode::Part,
        true,
    );
    add(
        "a part that is too long",
        patched(part + 4, 20),
        ErrorCode::Part,
        true,
    );
    let overflowing = patched(part + 4, u32::MAX);
    add(
        "a part whose end overflows",
        overflowing,
        ErrorCode::Part,
        true,
    );
    add(
        "a role that does not exist",
        patched(part + 8, 6),
        ErrorCode::Part,
        true,
    );
    let sideways = patched(part + 8, 0x0201);
    add(
        "a direction that does not exist",
        sideways,
        ErrorCode::Part,
        true,
    );
    damages
        .into_iter()
        .map(|damage| Vector {
            name: damage.name.clone(),
            event: None,
            config: None,
            frame: to_hex(&damage.frame),
            text: to_hex(&event.text),
            record: to_hex(&record::encode(&refusal(policy, event.today, &damage))),
        })
        .collect()
}

/// Semantics 39.
fn refusal(policy: &Policy, today: i32, damage: &Damage) -> Decision {
    let cap = if damage.readable {
        cap(policy, today)
    } else {
        // A frame that cannot be read has no day; without one, nothing is held back.
        Verdict::Block
    };
    let effective = policy.on_error.min(cap);
    let staged = if cap < Verdict::Block {
        RECORD_STAGED
    } else {
        0
    };
    Decision {
        flags: RECORD_ERROR | staged,
        verdict: policy.on_error,
        effective,
        error: damage.error,
        slot: 255,
        build: [0; 16],
        config: 0,
        rules: Vec::new(),
        obligations: Vec::new(),
        would: Vec::new(),
        demand: vec![0; policy.detectors.len().div_ceil(64)],
        findings: Vec::new(),
    }
}

/// Semantics 38: the cap of the policy's stages on a day.
fn cap(policy: &Policy, today: i32) -> Verdict {
    let mut cap = match policy.stages.first() {
        Some(_) => Verdict::Allow,
        None => Verdict::Block,
    };
    for (stage, from) in &policy.stages {
        if from.days() <= today {
            cap = match stage {
                Stage::Observe => Verdict::Log,
                Stage::Warn => Verdict::Warn,
                Stage::Enforce => Verdict::Block,
            };
        }
    }
    cap
}
