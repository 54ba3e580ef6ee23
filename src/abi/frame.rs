//! The event frame: one event as bytes.
//!
//! ```text
//! FrameHeader (24) | slot value (8) × slots | PartEntry (12) × parts | heap
//! ```
//!
//! The content itself is not part of it; it lies beside the frame in the module's
//! memory, and [`PartEntry`] offsets count from its first byte. The heap is written
//! slot by slot, so that equal events are equal bytes. Values of type `host` are
//! expected as lower-case A-labels without port and trailing dot: whoever reads
//! them from the world normalises them before they come here.

use super::AbiError;
use super::heap::{Heap, pair_bytes, read_list, read_pair, read_text, size};
use crate::check::model::{Event, Part, Value};
use crate::manifest::{Schema, SlotInfo};
use crate::syntax::ast::Date;
use riegel_kernel::layout::{FRAME_MAGIC, FrameHeader, NONE, PartEntry};

/// Writes an event. A missing tail of `event.values` counts as not sent.
pub fn encode(schema: &Schema, event: &Event) -> Result<Vec<u8>, AbiError> {
    write(schema, event, 0)
}

/// Writes an event with texts by number, wherever the schema has texts. Such a frame is read faster, and
/// only by modules with the same texts.
pub fn encode_numbers(schema: &Schema, event: &Event) -> Result<Vec<u8>, AbiError> {
    write(schema, event, schema.dictionary)
}

fn write(schema: &Schema, event: &Event, dictionary: u32) -> Result<Vec<u8>, AbiError> {
    if event.values.len() > schema.slots.len() {
        return Err(AbiError::new(AbiError::VALUE, "more values than slots"));
    }
    check_parts(&event.parts, event.text.len())?;
    let header = FrameHeader {
        magic: FRAME_MAGIC,
        schema: schema.hash,
        slots: size(schema.slots.len())?,
        parts: size(event.parts.len())?,
        today: event.today,
        dictionary,
    };
    let fixed = FrameHeader::SIZE + schema.slots.len() * 8 + event.parts.len() * PartEntry::SIZE;
    let mut bytes = header.write().to_vec();
    let mut heap = Heap::new(fixed);
    for (i, slot) in schema.slots.iter().enumerate() {
        let value = event.values.get(i).and_then(Option::as_ref);
        let number = match (&slot.texts, value) {
            (Some(texts), Some(value)) if dictionary != 0 => number(slot, texts, value)?,
            _ => None,
        };
        bytes.extend(pair_bytes(match number {
            Some(number) => [number, NONE],
            None => encode_value(slot, value, &mut heap)?,
        }));
    }
    for part in &event.parts {
        let entry = PartEntry {
            offset: part.offset,
            len: part.len,
            role: part.role,
            direction: part.direction,
            origin: 0,
        };
        bytes.extend(entry.write());
    }
    bytes.extend(heap.into_bytes());
    size(bytes.len())?;
    Ok(bytes)
}

/// Which of the schema's texts a value is; `None` where it has to be bytes.
fn number(slot: &SlotInfo, texts: &[String], value: &Value) -> Result<Option<u32>, AbiError> {
    let mask = |holds: &dyn Fn(&str) -> bool| {
        let set = (0u32..32).zip(texts).filter(|(_, text)| holds(text));
        set.fold(0, |mask, (at, _)| mask | 1 << at)
    };
    Ok(match (slot.ty.as_str(), value) {
        ("string", Value::Text(value)) => {
            let at = texts.iter().position(|text| text == value);
            Some(at.map_or(Ok(0), |at| size(at + 1))?)
        }
        ("host", Value::Text(value)) => Some(mask(&|text| host_is(text, value))),
        ("set", Value::Set(values)) => Some(mask(&|text| values.iter().any(|v| v == text))),
        _ => None,
    })
}

/// Does a host match a text of its slot? `.b.c` is every host below `b.c`.
pub(crate) fn host_is(text: &str, host: &str) -> bool {
    let below = text.starts_with('.') && host.len() > text.len() && host.ends_with(text);
    host.len() <= 255 && (host == text || below)
}

fn encode_value(
    slot: &SlotInfo,
    value: Option<&Value>,
    heap: &mut Heap,
) -> Result<[u32; 2], AbiError> {
    let Some(value) = value else {
        return Ok([0, 0]);
    };
    match (slot.ty.as_str(), value) {
        ("bool", Value::Bool(value)) => Ok([1 + u32::from(*value), 0]),
        ("int", Value::Int(value)) => Ok([1, value.cast_unsigned()]),
        ("date", Value::Date(value)) => Ok([1, value.days().cast_unsigned()]),
        ("string" | "host", Value::Text(value)) => heap.text(value.as_bytes()),
        ("enum", Value::Enum(None)) => Ok([NONE, 0]),
        ("enum", Value::Enum(Some(index))) if usize::from(*index) < slot.variants.len() => {
            Ok([1 + u32::from(*index), 0])
        }
        ("set", Value::Set(values)) => heap.list(values),
        _ => Err(AbiError::new(
            AbiError::VALUE,
            format!("the value of `{}` is not of type `{}`", slot.name, slot.ty),
        )),
    }
}

/// Reads a frame back, for tools and fuzzing. `text` is the content that belongs to it.
pub fn decode(schema: &Schema, bytes: &[u8], text: &[u8]) -> Result<Event, AbiError> {
    let header = FrameHeader::read(bytes, 0)
        .ok_or_else(|| AbiError::new(AbiError::LENGTH, "shorter than a frame header"))?;
    if header.magic != FRAME_MAGIC {
        return Err(AbiError::new(AbiError::MAGIC, "not an event frame"));
    }
    if header.schema != schema.hash || header.slots as usize != schema.slots.len() {
        return Err(AbiError::new(
            AbiError::SCHEMA,
            "written for another schema",
        ));
    }
    if header.dictionary != 0 {
        return Err(AbiError::new(
            AbiError::RESERVED,
            "values by number are not read back",
        ));
    }
    let short = || AbiError::new(AbiError::LENGTH, "the frame ends too early");
    let mut values = Vec::new();
    for (i, slot) in schema.slots.iter().enumerate() {
        let pair = read_pair(bytes, FrameHeader::SIZE + i * 8).ok_or_else(short)?;
        values.push(decode_value(slot, pair, bytes)?);
    }
    let parts_at = FrameHeader::SIZE + schema.slots.len() * 8;
    let parts_end = (header.parts as usize)
        .checked_mul(PartEntry::SIZE)
        .and_then(|len| parts_at.checked_add(len))
        .ok_or_else(short)?;
    let parts: Vec<Part> = bytes
        .get(parts_at..parts_end)
        .ok_or_else(short)?
        .chunks_exact(PartEntry::SIZE)
        .filter_map(|entry| PartEntry::read(entry, 0))
        .map(|entry| Part {
            offset: entry.offset,
            len: entry.len,
            role: entry.role,
            direction: entry.direction,
        })
        .collect();
    check_parts(&parts, text.len())?;
    Ok(Event {
        values,
        today: header.today,
        text: text.to_vec(),
        parts,
    })
}

fn decode_value(slot: &SlotInfo, pair: [u32; 2], bytes: &[u8]) -> Result<Option<Value>, AbiError> {
    let variants = slot.variants.len() as u64;
    Ok(match (slot.ty.as_str(), pair) {
        ("bool" | "int" | "date" | "string" | "host" | "enum" | "set", [0, 0]) => None,
        ("bool", [code @ (1 | 2), 0]) => Some(Value::Bool(code == 2)),
        ("int", [1, value]) => Some(Value::Int(value.cast_signed())),
        ("date", [1, days]) => {
            let date = Date::from_days(days.cast_signed())
                .ok_or_else(|| AbiError::new(AbiError::RANGE, "a date outside years 1 to 9999"))?;
            Some(Value::Date(date))
        }
        ("string" | "host", [at, _]) if at != 0 => Some(Value::Text(read_text(bytes, pair)?)),
        ("enum", [NONE, 0]) => Some(Value::Enum(None)),
        ("enum", [code, 0]) if u64::from(code) <= variants => {
            Some(Value::Enum(u16::try_from(code - 1).ok()))
        }
        ("set", [at, _]) if at != 0 => Some(Value::Set(read_list(bytes, pair)?)),
        _ => {
            return Err(AbiError::new(
                AbiError::CODE,
                format!("the value of `{}` has no meaning", slot.name),
            ));
        }
    })
}

/// Ascending, not overlapping, inside the content, with known roles and directions.
pub(crate) fn check_parts(parts: &[Part], content: usize) -> Result<(), AbiError> {
    let mut end = 0_u64;
    for part in parts {
        let start = u64::from(part.offset);
        let stop = start + u64::from(part.len);
        if start < end || stop > content as u64 {
            return Err(AbiError::new(
                AbiError::PART,
                "a part overlaps another, is out of order or lies outside the content",
            ));
        }
        if part.role > 5 || part.direction > 1 {
            return Err(AbiError::new(
                AbiError::PART,
                "a part has an unknown role or direction",
            ));
        }
        end = stop;
    }
    Ok(())
}
