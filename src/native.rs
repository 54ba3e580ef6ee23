//! A policy run natively: the kernel as ordinary Rust, the plan interpreted.
//!
//! This is what tests, fuzzers and sanitizers compare with the emitted module. The
//! same tables and the same kernel sources as in WebAssembly, without WebAssembly:
//! only [`plan::Interpreter`] stands in for the emitted code.

use crate::compile::Prepared;
use crate::plan::Interpreter;
use riegel_kernel::blocks::{PAD, Way};
use riegel_kernel::config;
use riegel_kernel::decide::{Needs, Rules, Workspace, decide};
use riegel_kernel::event::Facts;
use riegel_kernel::layout::ConfigStatus;
use riegel_kernel::tables::{TableError, Tables};

/// A policy ready to run natively, with its settings.
#[derive(Clone, Debug)]
pub struct Native {
    prepared: Prepared,
    settings: Vec<u8>,
}

struct Interpreted<'p>(Interpreter<'p>);

impl Rules for Interpreted<'_> {
    fn rules(&self, facts: &mut Facts<'_>, phase: u32) {
        self.0.rules(facts.words, facts.nums, phase);
    }

    fn clauses(&self, facts: &Facts<'_>, rule: u32) -> u64 {
        self.0.clauses(facts.words, facts.nums, rule)
    }
}

impl Native {
    /// Binds the tables.
    ///
    /// # Errors
    /// Where the tables are not sound.
    pub fn new(prepared: Prepared) -> Result<Native, TableError> {
        let tables = Tables::new(&prepared.tables)?;
        let mut settings = vec![0; config::settings_len(&tables)];
        config::defaults(&tables, &mut settings);
        Ok(Native { prepared, settings })
    }

    /// What it was made from.
    pub fn prepared(&self) -> &Prepared {
        &self.prepared
    }

    /// Takes a configuration frame.
    pub fn configure(&mut self, frame: &[u8]) -> ConfigStatus {
        match Tables::trusted(&self.prepared.tables) {
            Ok(tables) => config::configure(&tables, frame, &mut self.settings),
            Err(_) => ConfigStatus::Malformed,
        }
    }

    /// Decides; gives the record. Empty where the machine has no memory for it.
    pub fn decide(&self, way: Way, frame: &[u8], content: &[u8]) -> Vec<u8> {
        let Ok(tables) = Tables::trusted(&self.prepared.tables) else {
            return Vec::new();
        };
        let mut padded = Vec::with_capacity(content.len() + PAD);
        padded.extend_from_slice(content);
        padded.resize(content.len() + PAD, 0);
        let needs = Needs::of(&tables, frame, content);
        // Not zeroed for the kernel's sake: rubbish in the workspace must not show in a record.
        let mut memory = vec![0xA5; needs.bytes()];
        let Some(mut work) = Workspace::new(&needs, &mut memory) else {
            return Vec::new();
        };
        let rules = Interpreted(Interpreter::new(&self.prepared.plan));
        let len = decide(
            way,
            &tables,
            &self.settings,
            Some(frame),
            (&padded, content.len()),
            &rules,
            &mut work,
        );
        work.record(len).to_vec()
    }
}
