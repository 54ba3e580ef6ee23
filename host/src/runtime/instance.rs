//! One live instance, and the protocol it speaks: bytes in, bytes out.
//!
//! ```text
//! reserve(frame, content) -> ptr     room for both, 0: refused; the frame goes to ptr, the content
//!                                    to the next multiple of 16 behind it
//! decide(frame, content) -> record   the record begins with its magic and its own length
//! configure(frame) -> status         the configuration frame lies where reserve said
//! ```
//!
//! Every pointer and length that comes back is checked against the memory before
//! it is used. Each call gets its own deadline. An instance that failed once is
//! never asked again: its owner drops it.

use super::ticker;
use crate::errors::{self, Problem};
use riegel_kernel::layout::RECORD_MAGIC;
use std::time::Duration;
use wasmtime::{InstancePre, Memory, Store, StoreLimits, StoreLimitsBuilder, Trap, TypedFunc};

/// The content begins at a multiple of this.
const CONTENT_ALIGN: usize = 16;

/// What a store carries: the limits of its memory.
pub struct State {
    limits: StoreLimits,
}

/// A live instance.
pub struct Instance {
    store: Store<State>,
    instance: wasmtime::Instance,
    memory: Memory,
    reserve: TypedFunc<(u32, u32), u32>,
    decide: TypedFunc<(u32, u32), u32>,
}

impl Instance {
    /// Makes one.
    pub fn new(
        pre: &InstancePre<State>,
        memory_bytes: usize,
        deadline: Duration,
    ) -> Result<Self, Problem> {
        let limits = StoreLimitsBuilder::new()
            .memory_size(memory_bytes)
            .instances(1)
            .memories(1)
            .tables(1)
            .build();
        let mut store = Store::new(pre.module().engine(), State { limits });
        store.limiter(|state| &mut state.limits);
        store.set_epoch_deadline(ticker::ticks(deadline));
        let instance = pre
            .instantiate(&mut store)
            .map_err(|error| no_instance(&error.to_string()))?;
        let memory = instance
            .get_memory(&mut store, "memory")
            .ok_or_else(|| no_instance("it has no memory"))?;
        macro_rules! call {
            ($name:literal) => {
                instance
                    .get_typed_func(&mut store, $name)
                    .map_err(|error| no_instance(&error.to_string()))?
            };
        }
        Ok(Instance {
            instance,
            memory,
            reserve: call!("reserve"),
            decide: call!("decide"),
            store,
        })
    }

    /// What `abi_version` says.
    pub fn abi_version(&mut self) -> Result<u32, Problem> {
        self.instance
            .get_typed_func::<(), u32>(&mut self.store, "abi_version")
            .map_err(|error| no_instance(&error.to_string()))?
            .call(&mut self.store, ())
            .map_err(|error| stopped(&error))
    }

    /// Bytes of linear memory now.
    pub fn memory_bytes(&self) -> usize {
        self.memory.data_size(&self.store)
    }

    /// One decision: the record's bytes, as long as they say they are.
    pub fn decide(
        &mut self,
        frame: &[u8],
        content: &[u8],
        deadline: Duration,
    ) -> Result<Vec<u8>, Problem> {
        self.store.set_epoch_deadline(ticker::ticks(deadline));
        let (frame_len, content_len) = (length(frame)?, length(content)?);
        self.write(frame, content)?;
        let at = self
            .decide
            .call(&mut self.store, (frame_len, content_len))
            .map_err(|error| stopped(&error))?;
        self.record(at)
    }

    /// Sets parameters; gives the module's status.
    pub fn configure(&mut self, frame: &[u8], deadline: Duration) -> Result<u32, Problem> {
        self.store.set_epoch_deadline(ticker::ticks(deadline));
        let len = length(frame)?;
        self.write(frame, &[])?;
        self.instance
            .get_typed_func::<u32, u32>(&mut self.store, "configure")
            .map_err(|error| no_instance(&error.to_string()))?
            .call(&mut self.store, len)
            .map_err(|error| stopped(&error))
    }

    /// Puts frame and content where `reserve` says.
    fn write(&mut self, frame: &[u8], content: &[u8]) -> Result<(), Problem> {
        let at = self
            .reserve
            .call(&mut self.store, (length(frame)?, length(content)?))
            .map_err(|error| stopped(&error))?;
        if at == 0 {
            return Err(no_memory());
        }
        let memory = self.memory.data_mut(&mut self.store);
        put(memory, Some(at as usize), frame)?;
        let behind = (at as usize)
            .checked_add(frame.len())
            .and_then(|end| end.checked_next_multiple_of(CONTENT_ALIGN));
        put(memory, behind, content)?;
        Ok(())
    }

    /// The record at a pointer: its own length is its second number.
    fn record(&self, at: u32) -> Result<Vec<u8>, Problem> {
        let memory = self.memory.data(&self.store);
        let number = |at: usize| -> Option<u32> {
            let bytes = memory.get(at..at.checked_add(4)?)?;
            Some(u32::from_le_bytes(bytes.try_into().ok()?))
        };
        if at == 0 {
            return Err(no_memory());
        }
        let at = at as usize;
        let len = match (number(at), number(at.saturating_add(4))) {
            (Some(RECORD_MAGIC), Some(len)) => len as usize,
            (Some(_), Some(_)) => {
                return Err(bad_record("it does not begin like a record"));
            }
            _ => return Err(outside("`decide`")),
        };
        at.checked_add(len)
            .and_then(|end| memory.get(at..end))
            .map(<[u8]>::to_vec)
            .ok_or_else(|| outside("the record"))
    }
}

/// Copies bytes to an address that the module named.
fn put(memory: &mut [u8], at: Option<usize>, bytes: &[u8]) -> Result<(), Problem> {
    at.and_then(|at| memory.get_mut(at..at.checked_add(bytes.len())?))
        .map(|room| room.copy_from_slice(bytes))
        .ok_or_else(|| outside("`reserve`"))
}

fn length(bytes: &[u8]) -> Result<u32, Problem> {
    u32::try_from(bytes.len()).map_err(|_| no_memory())
}

fn no_memory() -> Problem {
    Problem::new(&errors::MEMORY, "the module has no memory for this content")
        .help("split the content, or raise the memory limit of the host")
}

fn no_instance(why: &str) -> Problem {
    Problem::new(
        &errors::INSTANCE,
        format!("no instance could be made: {why}"),
    )
    .help("try again; allow more instances if it stays")
}

fn outside(what: &str) -> Problem {
    bad_record(&format!("{what} points outside the memory"))
}

/// A record, or a pointer to one, that cannot be believed.
pub fn bad_record(why: &str) -> Problem {
    Problem::new(
        &errors::RECORD,
        format!("the module's answer cannot be trusted: {why}"),
    )
    .help("do not use this module; please report it")
}

/// A call that did not return.
fn stopped(error: &wasmtime::Error) -> Problem {
    match error.downcast_ref::<Trap>() {
        Some(Trap::Interrupt) => Problem::new(
            &errors::TIME_OUT,
            "the module took longer than this host lets a decision take",
        )
        .help("split the text, or try again when the machine is less busy; report the policy if it stays"),
        Some(trap) => Problem::new(&errors::TRAP, format!("the module trapped: {trap}"))
            .help("do not use this module; please report it"),
        None => Problem::new(&errors::TRAP, "the module could not be called")
            .help("do not use this module; please report it"),
    }
}
