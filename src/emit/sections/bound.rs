//! `riegel.bound`: what one decision may cost.
//!
//! Steps come from the plan (without content) and from the scanner's tables (per byte). Memory is what
//! a module begins with: what the kernel asks for natively, by its own reckoning, behind kernel and
//! tables, for a text of 16 KiB and a frame of 64 KiB. Ordinary events so never let the memory grow,
//! which costs a host two calls to its system for every fresh instance. Per byte of content stand the content itself, its normalised view, the
//! view's map, and the most findings that may begin in it with their places in the record.

use crate::check::model::Policy;
use crate::detect::ScanTables;
use crate::manifest::Bound;
use crate::plan::{Plan, cost};
use riegel_kernel::config;
use riegel_kernel::decide::Needs;
use riegel_kernel::tables::Tables;

/// Name of the section.
pub const NAME: &str = "riegel.bound";

/// An event frame is counted with this many bytes.
const FRAME: u64 = 64 * 1024;
/// Content of this many bytes fits without growing.
const TEXT: usize = 16 * 1024;
/// Content and view, and a step of the map (two words) for every two bytes that change.
const PER_BYTE: u64 = 2 + 4;
/// A finding, its order, its place in the table of values (at most half full), in the record, and
/// its bit among those kept.
const PER_FINDING: u64 = 40 + 4 + 16 + 20 + 1;

/// What a decision may cost at most.
pub fn bound(policy: &Policy, plan: &Plan, scan: &ScanTables, tables: &Tables, end: u64) -> Bound {
    let needs = (TEXT + Needs::of(tables, &[], &[b' '; TEXT]).bytes()) as u64;
    let settings = config::settings_len(tables) as u64;
    Bound {
        steps: cost::steps(policy, plan),
        steps_per_byte: scan.steps_per_byte,
        longest_match: scan.longest_match,
        memory: end + settings + FRAME + needs,
        memory_per_byte: PER_BYTE + (scan.findings_per_kib * PER_FINDING).div_ceil(1024),
    }
}

/// The section's bytes.
pub fn section(bound: &Bound) -> Vec<u8> {
    super::json(bound)
}
