//! Node, for V8. Any version from 18 on (the first whose V8 has SIMD and that is still used).

use crate::install;
use crate::run::{Outcome, ask};

/// Oldest version whose V8 has all that a module needs (SIMD).
const OLDEST: u32 = 18;

/// Makes sure that there is one; gives its version.
pub fn get() -> Outcome<String> {
    if let Some(version) = version() {
        return Ok(version);
    }
    install::debian(
        &["nodejs"],
        "the vectors are run in V8 too, which needs Node",
    )?;
    version().ok_or_else(|| format!("please install Node {OLDEST} or newer"))
}

fn version() -> Option<String> {
    let version = ask("node", &["--version"])?;
    let major: u32 = version.strip_prefix('v')?.split('.').next()?.parse().ok()?;
    (major >= OLDEST).then_some(version)
}
