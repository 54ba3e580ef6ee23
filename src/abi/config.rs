//! The configuration frame: values of parameters as bytes.
//!
//! ```text
//! ConfigHeader (12) | ConfigEntry (12) × count | heap
//! ```
//!
//! It is all or nothing: a value out of range makes the whole frame invalid here,
//! as it would be refused by the module. Only parameters that differ from "use the
//! default" are written, in ascending order. A host that has nothing to set does
//! not configure the module at all, and its records carry the digest 0.

use super::AbiError;
use super::heap::{Heap, read_list, read_pair, size};
use crate::check::model::ParamValue;
use crate::manifest::{ParamInfo, Schema};
use crate::syntax::ast::Date;
use riegel_kernel::layout::{CONFIG_MAGIC, ConfigEntry, ConfigHeader, LIST_TEXT};

/// Writes a configuration; `None` (also for a missing tail) leaves the default.
pub fn encode(schema: &Schema, values: &[Option<ParamValue>]) -> Result<Vec<u8>, AbiError> {
    if values.len() > schema.params.len() {
        return Err(AbiError::new(
            AbiError::VALUE,
            "more values than parameters",
        ));
    }
    let count = values.iter().flatten().count();
    let mut heap = Heap::new(ConfigHeader::SIZE + count * ConfigEntry::SIZE);
    let mut bytes = ConfigHeader {
        magic: CONFIG_MAGIC,
        schema: schema.hash,
        count: size(count)?,
    }
    .write()
    .to_vec();
    for (i, (param, value)) in schema.params.iter().zip(values).enumerate() {
        let Some(value) = value else { continue };
        check_range(param, value)?;
        let [value, count] = match value {
            ParamValue::Bool(value) => [u32::from(*value), 0],
            ParamValue::Int(value) => [value.cast_unsigned(), 0],
            ParamValue::Date(value) => [value.days().cast_unsigned(), 0],
            ParamValue::List(texts) => heap.list(texts)?,
            ParamValue::Key(key) => heap.list(&[key])?,
        };
        let entry = ConfigEntry {
            param: size(i)?,
            value,
            count,
        };
        bytes.extend(entry.write());
    }
    bytes.extend(heap.into_bytes());
    size(bytes.len())?;
    Ok(bytes)
}

/// Reads a configuration frame back, for tools and fuzzing.
pub fn decode(schema: &Schema, bytes: &[u8]) -> Result<Vec<Option<ParamValue>>, AbiError> {
    let header = ConfigHeader::read(bytes, 0)
        .ok_or_else(|| AbiError::new(AbiError::LENGTH, "shorter than a configuration header"))?;
    if header.magic != CONFIG_MAGIC {
        return Err(AbiError::new(AbiError::MAGIC, "not a configuration frame"));
    }
    if header.schema != schema.hash {
        return Err(AbiError::new(
            AbiError::SCHEMA,
            "written for another schema",
        ));
    }
    let mut values = vec![None; schema.params.len()];
    for i in 0..header.count as usize {
        let entry = i
            .checked_mul(ConfigEntry::SIZE)
            .and_then(|at| ConfigEntry::read(bytes, at.checked_add(ConfigHeader::SIZE)?))
            .ok_or_else(|| AbiError::new(AbiError::LENGTH, "the frame ends too early"))?;
        let index = entry.param as usize;
        let (Some(param), Some(place)) = (schema.params.get(index), values.get_mut(index)) else {
            return Err(AbiError::new(AbiError::CODE, "no such parameter"));
        };
        if place.is_some() {
            return Err(AbiError::new(
                AbiError::ORDER,
                format!("`{}` is named twice", param.name),
            ));
        }
        let value = decode_value(param, &entry, bytes)?;
        check_range(param, &value)?;
        *place = Some(value);
    }
    Ok(values)
}

fn decode_value(
    param: &ParamInfo,
    entry: &ConfigEntry,
    bytes: &[u8],
) -> Result<ParamValue, AbiError> {
    let bad = || {
        AbiError::new(
            AbiError::CODE,
            format!("`{}` has no such value", param.name),
        )
    };
    match (param.ty.as_str(), entry.value, entry.count) {
        ("bool", value @ (0 | 1), 0) => Ok(ParamValue::Bool(value == 1)),
        ("int", value, 0) => Ok(ParamValue::Int(value.cast_signed())),
        ("date", days, 0) => Date::from_days(days.cast_signed())
            .map(ParamValue::Date)
            .ok_or_else(bad),
        ("strings" | "hosts", at, count) => {
            // More than the parameter takes is refused before anything is read.
            if i64::from(count) > i64::from(param.max.unwrap_or(0)) {
                return Err(AbiError::new(
                    AbiError::RANGE,
                    format!("`{}` has too many elements", param.name),
                ));
            }
            Ok(ParamValue::List(read_list(bytes, [at, count])?))
        }
        ("key", at, 1) => {
            let [offset, len] = read_pair(bytes, at as usize).ok_or_else(bad)?;
            let from = offset as usize;
            let key = bytes.get(from..from.saturating_add(len as usize));
            let key = key.and_then(|key| key.try_into().ok());
            key.map(ParamValue::Key).ok_or_else(bad)
        }
        _ => Err(bad()),
    }
}

fn check_range(param: &ParamInfo, value: &ParamValue) -> Result<(), AbiError> {
    let range = |what: &str| {
        Err(AbiError::new(
            AbiError::RANGE,
            format!("`{}` {what}", param.name),
        ))
    };
    match (param.ty.as_str(), value) {
        ("bool", ParamValue::Bool(_))
        | ("date", ParamValue::Date(_))
        | ("key", ParamValue::Key(_)) => Ok(()),
        ("int", ParamValue::Int(value)) => {
            let (min, max) = (param.min.unwrap_or(i32::MIN), param.max.unwrap_or(i32::MAX));
            if (min..=max).contains(value) {
                Ok(())
            } else {
                range("is out of range")
            }
        }
        ("strings" | "hosts", ParamValue::List(texts)) => {
            if texts.len() as u64 > u64::try_from(param.max.unwrap_or(0)).unwrap_or(0) {
                range("has too many elements")
            } else if texts.iter().any(|text| text.len() > LIST_TEXT) {
                range("has an element longer than 255 bytes")
            } else {
                Ok(())
            }
        }
        _ => Err(AbiError::new(
            AbiError::VALUE,
            format!(
                "the value of `{}` is not of type `{}`",
                param.name, param.ty
            ),
        )),
    }
}

/// The digest that records carry for a configuration frame: FNV-1a, 64 bits.
pub fn digest(frame: &[u8]) -> u64 {
    frame.iter().fold(0xcbf2_9ce4_8422_2325, |hash, &byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    })
}
