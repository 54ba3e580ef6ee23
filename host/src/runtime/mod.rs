//! Runs modules in wasmtime: loads them with suspicion, gives them limits, and
//! turns every failure into the policy's `on_error`.
//!
//! ```text
//! bytes --load--> Guard --session--> Session --decide(event)--> Outcome
//!         |                             |
//!         digest, imports, exports,     fresh or kept instance, deadline from the
//!         sections, ABI, bound,         module's own bound, memory limit, every
//!         self-test                     pointer and code of the record checked
//! ```
//!
//! **Invariant:** an [`Outcome`] without a failure was written by the module and
//! passed every check; an outcome with one has the verdict `on_error`.

pub mod anatomy;
pub mod digest;
mod engine;
mod guard;
mod instance;
mod limits;
mod load;
mod outcome;
mod ticker;

pub use anatomy::Anatomy;
pub use guard::{Guard, Session};
pub use limits::Limits;
pub use outcome::{Outcome, from_hex, hex, stage_cap, verdict};

use crate::errors::Problem;
use riegel::signing::{self, Expected, Trust};

/// A wasmtime engine with its limits; make one per process.
#[derive(Clone)]
pub struct Runtime {
    engine: wasmtime::Engine,
    limits: Limits,
}

impl Runtime {
    /// Makes the engine and starts the clock behind deadlines.
    pub fn new(limits: Limits) -> Result<Self, Problem> {
        Ok(Runtime {
            engine: engine::make(&limits, None)?,
            limits,
        })
    }

    /// The same with a folder where compiled modules are kept. Nobody but this user may write
    /// there: what lies in it is run without being checked again.
    pub fn with_cache(limits: Limits, folder: &std::path::Path) -> Result<Self, Problem> {
        Ok(Runtime {
            engine: engine::make(&limits, Some(folder))?,
            limits,
        })
    }

    /// Loads a module, or says with a code why not: `E2001` to `E2011`, or `E40xx` where
    /// no instance of it comes up. Whether it is signed does not matter here.
    pub fn load(&self, module: &[u8]) -> Result<Guard, Problem> {
        load::load(&self.engine, self.limits, module)
    }

    /// Loads a module that is signed by a key of the trust set and is the policy that is expected, or says
    /// with a code why not: `E8001` to `E8008`, or what [`Runtime::load`] says.
    pub fn load_signed(
        &self,
        module: &[u8],
        trust: &Trust,
        expected: &Expected<'_>,
    ) -> Result<Guard, Problem> {
        load::sized(&self.limits, module)?;
        let signed = signing::verify(module, trust, expected)?;
        self.load(&signed.module)
    }

    /// Loads a module under limits of its own. Instances and their memory are never more than the
    /// engine was made for.
    pub fn load_within(&self, limits: Limits, module: &[u8]) -> Result<Guard, Problem> {
        load::load(&self.engine, limits, module)
    }
}
