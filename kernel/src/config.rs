//! Parameters: a configuration frame is taken whole or not at all (semantics 18).
//!
//! Values live in the *settings*, a block of memory that outlasts decisions:
//!
//! ```text
//! digest u64 (0: defaults) | per parameter i32 | lists: per list parameter at its place:
//!                                                count u16, then [`LIST_ELEMENT`] bytes each
//! ```

use crate::layout::{
    CONFIG_MAGIC, ConfigEntry, ConfigHeader, ConfigStatus, LIST_ELEMENT, LIST_TEXT, ParamEntry,
};
use crate::tables::Tables;

/// Bytes of the settings in front of the lists.
pub fn head_len(tables: &Tables<'_>) -> usize {
    8 + 4 * tables.header.params_n as usize
}

/// Bytes of the settings.
pub fn settings_len(tables: &Tables<'_>) -> usize {
    head_len(tables) + tables.header.lists_len as usize
}

fn word(bytes: &[u8], at: usize) -> Option<u32> {
    let raw = bytes.get(at..at.checked_add(4)?)?;
    Some(u32::from_le_bytes(raw.try_into().ok()?))
}

fn put(bytes: &mut [u8], at: usize, value: &[u8]) {
    if let Some(slot) = bytes.get_mut(at..at + value.len()) {
        slot.copy_from_slice(value);
    }
}

/// Sets everything to its default. Settings of which nothing has been set yet are zero.
#[inline(never)]
#[cfg_attr(feature = "module", unsafe(export_name = "optional.params.defaults"))]
pub fn defaults(tables: &Tables<'_>, settings: &mut [u8]) {
    put(settings, 0, &0u64.to_le_bytes());
    for index in 0..tables.header.params_n as usize {
        let Some(param) = tables.param(index) else {
            continue;
        };
        reset(tables, settings, index, param);
    }
}

fn reset(tables: &Tables<'_>, settings: &mut [u8], index: usize, param: &ParamEntry) {
    if param.kind < 3 {
        put(settings, 8 + 4 * index, &param.default.to_le_bytes());
        return;
    }
    let place = head_len(tables) + param.place as usize;
    let count = tables.word(param.default).min(param.max);
    put(settings, place, &(count as u16).to_le_bytes());
    for i in 0..count {
        let at = tables.word(param.default + 4 + 8 * i);
        let len = tables.word(param.default + 8 + 8 * i);
        element(settings, place, i as usize, tables.slice(at, len));
    }
}

#[inline(never)]
fn element(settings: &mut [u8], place: usize, i: usize, text: &[u8]) {
    let at = place + 2 + i * LIST_ELEMENT;
    put(settings, at, &[text.len() as u8]);
    put(settings, at + 1, text);
}

/// Takes a configuration frame; where it is refused, the settings stay as they were.
pub fn configure(tables: &Tables<'_>, frame: &[u8], settings: &mut [u8]) -> ConfigStatus {
    if let Err(status) = validate(tables, frame) {
        return status;
    }
    take(tables, frame, settings);
    put(settings, 0, &digest(frame).to_le_bytes());
    ConfigStatus::Ok
}

/// Takes the values of a frame that is right.
#[inline(never)]
#[cfg_attr(feature = "module", unsafe(export_name = "optional.params.take"))]
fn take(tables: &Tables<'_>, frame: &[u8], settings: &mut [u8]) {
    defaults(tables, settings);
    let count = ConfigHeader::view(frame, 0).map_or(0, |h| h.count);
    for i in 0..count as usize {
        let Some(entry) = ConfigEntry::view(frame, ConfigHeader::SIZE + i * ConfigEntry::SIZE)
        else {
            continue;
        };
        let index = entry.param as usize;
        let Some(param) = tables.param(index) else {
            continue;
        };
        if param.kind < 3 {
            put(settings, 8 + 4 * index, &entry.value.to_le_bytes());
            continue;
        }
        let place = head_len(tables) + param.place as usize;
        put(settings, place, &(entry.count as u16).to_le_bytes());
        for k in 0..entry.count as usize {
            if let Some(text) = text(frame, entry.value as usize + 8 * k) {
                element(settings, place, k, text);
            }
        }
    }
}

#[inline(never)]
fn text(frame: &[u8], at: usize) -> Option<&[u8]> {
    let from = word(frame, at)? as usize;
    let len = word(frame, at.checked_add(4)?)? as usize;
    frame.get(from..from.checked_add(len)?)
}

fn validate(tables: &Tables<'_>, frame: &[u8]) -> Result<(), ConfigStatus> {
    let header = ConfigHeader::view(frame, 0).ok_or(ConfigStatus::Malformed)?;
    if header.magic != CONFIG_MAGIC {
        return Err(ConfigStatus::Malformed);
    }
    if header.schema != tables.header.schema {
        return Err(ConfigStatus::Schema);
    }
    if header.count > tables.header.params_n {
        return Err(ConfigStatus::Unknown);
    }
    match header.count {
        0 => Ok(()),
        count => entries(tables, frame, count as usize),
    }
}

#[inline(never)]
#[cfg_attr(feature = "module", unsafe(export_name = "optional.params.entries"))]
fn entries(tables: &Tables<'_>, frame: &[u8], count: usize) -> Result<(), ConfigStatus> {
    for i in 0..count {
        let at = ConfigHeader::SIZE + i * ConfigEntry::SIZE;
        let entry = ConfigEntry::view(frame, at).ok_or(ConfigStatus::Malformed)?;
        let twice = (0..i).any(|k| {
            ConfigEntry::view(frame, ConfigHeader::SIZE + k * ConfigEntry::SIZE)
                .is_some_and(|e| e.param == entry.param)
        });
        let param = tables
            .param(entry.param as usize)
            .filter(|_| !twice)
            .ok_or(ConfigStatus::Unknown)?;
        let list = (entry.count as usize)
            .checked_mul(8)
            .and_then(|len| len.checked_add(entry.value as usize))
            .filter(|&end| end <= frame.len());
        match (param.kind, list) {
            (..3, _) if entry.count != 0 => return Err(ConfigStatus::Malformed),
            (0, _) if entry.value > 1 => return Err(ConfigStatus::Range),
            (1 | 2, _) => {
                let value = entry.value as i32;
                if value < param.min as i32 || value > param.max as i32 {
                    return Err(ConfigStatus::Range);
                }
            }
            (3, _) if entry.count > param.max => return Err(ConfigStatus::Range),
            (3, None) => return Err(ConfigStatus::Malformed),
            (3, Some(_)) => {
                for k in 0..entry.count as usize {
                    let at = entry.value as usize + 8 * k;
                    if text(frame, at).ok_or(ConfigStatus::Malformed)?.len() > LIST_TEXT {
                        return Err(ConfigStatus::Range);
                    }
                }
            }
            _ => {}
        }
    }
    Ok(())
}

/// FNV-1a, 64 bits: names the configuration in records; 0 is kept for the defaults.
fn digest(frame: &[u8]) -> u64 {
    let hash = frame.iter().fold(0xcbf2_9ce4_8422_2325u64, |h, &b| {
        (h ^ u64::from(b)).wrapping_mul(0x0000_0100_0000_01b3)
    });
    hash.max(1)
}

/// The digest of the configuration in force.
pub fn digest_in_force(settings: &[u8]) -> u64 {
    settings
        .first_chunk::<8>()
        .map_or(0, |b| u64::from_le_bytes(*b))
}

/// The value of a bool, int or date parameter.
pub fn value(settings: &[u8], index: usize) -> i32 {
    word(settings, 8 + 4 * index).unwrap_or(0) as i32
}

/// The key of a hashed list, where the host has set one: two halves, little-endian.
pub fn key(tables: &Tables<'_>, settings: &[u8], index: usize) -> Option<[u64; 2]> {
    let param = tables.param(index).filter(|p| p.kind == 3)?;
    let place = head_len(tables) + param.place as usize;
    let half = |at| Some(u64::from_le_bytes(*settings.get(at..)?.first_chunk()?));
    match settings.get(place..place + 3)? {
        &[1, 0, 16] => Some([half(place + 3)?, half(place + 11)?]),
        _ => None,
    }
}

/// Is the text an element of a list parameter?
pub fn list_has(tables: &Tables<'_>, settings: &[u8], index: usize, wanted: &[u8]) -> bool {
    let Some(param) = tables.param(index).filter(|p| p.kind == 3) else {
        return false;
    };
    let place = head_len(tables) + param.place as usize;
    let Some(&[a, b]) = settings.get(place..place + 2) else {
        return false;
    };
    let count = usize::from(u16::from_le_bytes([a, b]));
    (0..count).any(|i| {
        let at = place + 2 + i * LIST_ELEMENT;
        settings
            .get(at)
            .and_then(|&len| settings.get(at + 1..at + 1 + usize::from(len)))
            .is_some_and(|text| text == wanted)
    })
}
