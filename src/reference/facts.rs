//! Paragraphs 8, 9, 36 and 37: what conditions ask of the findings.
//!
//! They read all findings of a detector, also those that display marks *also*, so
//! that adding a detector never makes another rule weaker.

use super::findings::Finding;
use crate::check::model::{Event, Findings};

/// The findings that a leaf speaks of, of these detectors.
fn chosen<'f>(
    all: &'f [Finding],
    event: &Event,
    what: &Findings,
    detectors: &[usize],
) -> Vec<&'f Finding> {
    all.iter()
        .filter(|finding| {
            let part = event.parts.get(finding.part);
            let here = part.is_some_and(|part| {
                what.roles >> part.role & 1 == 1 && what.directions >> part.direction & 1 == 1
            });
            here && finding.confidence >= what.confidence && detectors.contains(&finding.detector)
        })
        .collect()
}

/// Groups of findings that overlap, directly or through others.
pub fn count(all: &[Finding], event: &Event, what: &Findings) -> i32 {
    let mut groups: Vec<Vec<&Finding>> = Vec::new();
    for finding in chosen(all, event, what, &what.detectors) {
        let touches = |group: &Vec<&Finding>| group.iter().any(|other| other.overlaps(finding));
        let (joined, apart): (Vec<_>, Vec<_>) = groups.into_iter().partition(touches);
        groups = apart;
        groups.push(joined.into_iter().flatten().chain([finding]).collect());
    }
    i32::try_from(groups.len()).unwrap_or(i32::MAX)
}

/// Different keys, whichever detector found them.
pub fn distinct(all: &[Finding], event: &Event, what: &Findings) -> i32 {
    let mut keys: Vec<&[u8]> = chosen(all, event, what, &what.detectors)
        .into_iter()
        .map(|finding| finding.key.as_slice())
        .collect();
    keys.sort_unstable();
    keys.dedup();
    i32::try_from(keys.len()).unwrap_or(i32::MAX)
}

/// Two disjoint findings of one part with at most `within` bytes of the view between them.
pub fn near(
    all: &[Finding],
    event: &Event,
    what: &Findings,
    others: &[usize],
    within: u32,
) -> bool {
    let right = chosen(all, event, what, others);
    chosen(all, event, what, &what.detectors).iter().any(|a| {
        right.iter().any(|b| {
            let (first, second) = if a.view.0 <= b.view.0 { (a, b) } else { (b, a) };
            let gap = second.view.0.checked_sub(first.view.1);
            a.part == b.part && gap.is_some_and(|gap| gap <= within as usize)
        })
    })
}
