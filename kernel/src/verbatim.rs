//! Detectors that read a part as it is written, not its view (semantics 65): what the view leaves out or
//! replaces can only be seen there. They are tried where it does, and a little before.

use crate::compose::compose;
use crate::judge::{Judge, NOWHERE};
use crate::layout::PartEntry;
use crate::normalise::Origin;
use crate::scan::View;

/// So many bytes before what the view changes they are tried.
pub const REACH: usize = 32;

/// Tries them in a part of the content (with its padding), to which `origin` leads from its normalised view.
#[inline(never)]
#[cfg_attr(feature = "module", unsafe(export_name = "optional.verbatim"))]
pub fn search(judge: &mut Judge<'_, '_>, padded: &[u8], part: &PartEntry, origin: Origin<'_>) {
    let padded = padded.get(part.offset as usize..).unwrap_or(&[]);
    let view = View {
        padded,
        len: padded.len().min(part.len as usize),
    };
    let tables = judge.tables;
    let from = judge.n;
    judge.last_end.fill(NOWHERE);
    for index in 0..tables.header.groups_n as usize {
        let Some(group) = tables.group(index).filter(|group| group.kind == 7) else {
            continue;
        };
        for detector in tables.list(group.members_at, group.members_n) {
            if let Some(last) = judge.last_end.get_mut(usize::from(detector)) {
                *last = 0;
            }
            let mut done = 0;
            for (first, last) in origin.changes() {
                // Carriage returns are everywhere.
                if last == first + 1 && view.bytes().get(first) == Some(&b'\r') {
                    continue;
                }
                for at in first.saturating_sub(REACH).max(done)..(last + 1).min(view.len) {
                    judge.judge(view, detector, at);
                }
                done = last + 1;
            }
        }
    }
    compose(judge, view, from);
    // So far they stand where the part is their view.
    for found in judge.found.get_mut(from..judge.n).unwrap_or(&mut []) {
        found.start = part.offset + found.view_start;
        found.end = part.offset + found.view_end;
        found.view_start = origin.back(found.view_start as usize) as u32;
        found.view_end = origin.back(found.view_end as usize) as u32;
    }
}
