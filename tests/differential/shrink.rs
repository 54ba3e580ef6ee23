//! Makes an event smaller while it still fails: first content, then attributes.

use riegel::check::model::Event;
use std::ops::Range;

/// The smallest event that this finds.
pub fn shrink(event: &Event, fails: impl Fn(&Event) -> bool) -> Event {
    let mut best = event.clone();
    let mut step = best.text.len().next_power_of_two();
    while step > 0 {
        let mut at = 0;
        while at < best.text.len() {
            let smaller = without(&best, at..(at + step).min(best.text.len()));
            if fails(&smaller) {
                best = smaller;
            } else {
                at += step;
            }
        }
        step /= 2;
    }
    for slot in 0..best.values.len() {
        let mut smaller = best.clone();
        smaller.values[slot] = None;
        if fails(&smaller) {
            best = smaller;
        }
    }
    best
}

/// The event without these bytes of its content; parts keep the rest of theirs.
fn without(event: &Event, cut: Range<usize>) -> Event {
    let mut smaller = event.clone();
    smaller.text.drain(cut.clone());
    let moved = |at: u32| {
        let at = at as usize;
        let removed = at.clamp(cut.start, cut.end) - cut.start;
        u32::try_from(at - removed).unwrap()
    };
    for part in &mut smaller.parts {
        let end = moved(part.offset + part.len);
        part.offset = moved(part.offset);
        part.len = end - part.offset;
    }
    smaller
}
