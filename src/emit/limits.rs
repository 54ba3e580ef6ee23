//! What fits into one module.
//!
//! Tables and records count in numbers of fixed width. What would not fit is refused before anything
//! is written, so that no writer has to cut a number down.

use super::TOO_LARGE;
use crate::check::model::{Place, Policy, SlotType};
use crate::diagnostics::Diagnostic;

/// Rules are u16 in records.
const RULES: usize = 65_535;
/// Obligations have 12 bits in records.
const OBLIGATIONS: usize = 4096;
/// A record names a slot in one byte, and 255 says "none".
const SLOTS: usize = 255;
/// Parameters are u16 in the tables.
const PARAMS: usize = 65_535;
/// Variants of an enum are u16 in the tables, and 0 and the greatest value are taken.
const VARIANTS: usize = 65_534;

/// Refuses a policy that does not fit.
///
/// # Errors
/// `R0505`.
pub fn check_limits(policy: &Policy) -> Result<(), Box<Diagnostic>> {
    let variants = policy.slots.iter().map(|slot| match &slot.ty {
        SlotType::Enum(variants) => variants.len(),
        _ => 0,
    });
    let counts = [
        (policy.rules.len(), RULES, "rules"),
        (policy.obligations.len(), OBLIGATIONS, "obligations"),
        (policy.slots.len(), SLOTS, "attributes"),
        (policy.params.len(), PARAMS, "parameters"),
        (
            variants.max().unwrap_or(0),
            VARIANTS,
            "variants of one enum",
        ),
    ];
    for (count, most, what) in counts {
        if count > most {
            let place = policy
                .rules
                .get(most)
                .filter(|_| what == "rules")
                .map_or(Place::default(), |rule| rule.place);
            let text = format!("{count} {what}, at most {most} fit into a module");
            return Err(Diagnostic::new(&TOO_LARGE, place, text).into());
        }
    }
    Ok(())
}
