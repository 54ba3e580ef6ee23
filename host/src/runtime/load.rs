//! From bytes to a [`Guard`]: nothing is believed before it was checked.
//!
//! 1. the size; then signatures are taken out, [`super::Runtime::load_signed`] verifies them before,
//! 2. the digest, so that damage is noticed before anything is parsed,
//! 3. the anatomy: no imports, the right exports, readable sections, the ABI version,
//! 4. the bound against the host's limits,
//! 5. compilation, which validates,
//! 6. the self-test: the module's own vectors, byte for byte, on this machine.
//!
//! Each step has its own code, so that an administrator knows what to do.

use super::anatomy::{self, Anatomy};
use super::digest;
use super::guard::Guard;
use super::instance::{Instance, State};
use super::limits::Limits;
use super::outcome::from_hex;
use crate::errors::{self, Problem};
use riegel::manifest::{ABI_VERSION, Bound, Vector};
use riegel::signing;
use wasmtime::{Engine, InstancePre, Linker, Module};

/// Loads a module.
pub fn load(engine: &Engine, limits: Limits, bytes: &[u8]) -> Result<Guard, Problem> {
    sized(&limits, bytes)?;
    let bytes = &*signing::bare(bytes);
    let digest = digest::verify(bytes)?;
    let anatomy = anatomy::read(bytes)?;
    within(&anatomy.bound, &limits)?;
    let pre = compile(engine, bytes)?;
    self_test(&pre, &anatomy, &limits)?;
    Ok(Guard::new(pre, anatomy, digest, bytes.len(), limits))
}

/// Checks the size.
pub fn sized(limits: &Limits, bytes: &[u8]) -> Result<(), Problem> {
    if bytes.len() <= limits.module_bytes {
        return Ok(());
    }
    Err(Problem::new(
        &errors::TOO_LARGE,
        format!(
            "the module has {} bytes, this host takes {}",
            bytes.len(),
            limits.module_bytes
        ),
    )
    .help("raise the host's limit, or make the policy smaller"))
}

fn within(bound: &Bound, limits: &Limits) -> Result<(), Problem> {
    let above = |what: &str, has: u64, most: u64| {
        Err(Problem::new(
            &errors::BOUND,
            format!("the module may need {has} {what}, this host gives {most}"),
        )
        .help("shorten the longest patterns of the policy, or raise the host's limits"))
    };
    if bound.steps_per_byte > limits.steps_per_byte {
        return above(
            "steps per byte of content",
            bound.steps_per_byte,
            limits.steps_per_byte,
        );
    }
    if bound.steps > limits.steps {
        return above("steps without content", bound.steps, limits.steps);
    }
    let memory = limits.memory_bytes as u64;
    if bound.memory > memory {
        return above("bytes of memory", bound.memory, memory);
    }
    Ok(())
}

fn compile(engine: &Engine, bytes: &[u8]) -> Result<InstancePre<State>, Problem> {
    let refuse = |error: wasmtime::Error| {
        Problem::new(
            &errors::COMPILE,
            format!("the module cannot be compiled: {}", error.root_cause()),
        )
        .help("build the policy again")
    };
    let module = Module::new(engine, bytes).map_err(refuse)?;
    Linker::new(engine).instantiate_pre(&module).map_err(refuse)
}

fn self_test(pre: &InstancePre<State>, anatomy: &Anatomy, limits: &Limits) -> Result<(), Problem> {
    let mut instance = Instance::new(pre, limits.memory_bytes, limits.floor)?;
    let version = instance.abi_version()?;
    if version != ABI_VERSION {
        return Err(Problem::new(
            &errors::ABI,
            format!("the module speaks ABI version {version}, this host {ABI_VERSION}"),
        )
        .help("update this host, or build the policy again"));
    }
    for vector in &anatomy.selftest.vectors {
        run(&mut instance, vector, &anatomy.bound, limits)?;
    }
    Ok(())
}

fn run(
    instance: &mut Instance,
    vector: &Vector,
    bound: &Bound,
    limits: &Limits,
) -> Result<(), Problem> {
    let refuse = |why: &str| {
        Problem::new(
            &errors::SELFTEST,
            format!("self-test `{}`: {why}", vector.name),
        )
        .help("do not use this module on this machine; please report it")
    };
    let bytes = |hex: &str| from_hex(hex).ok_or_else(|| refuse("the vector cannot be read"));
    let (frame, text) = (bytes(&vector.frame)?, bytes(&vector.text)?);
    let expected = bytes(&vector.record)?;
    let record = instance
        .decide(&frame, &text, limits.deadline(bound, text.len()))
        .map_err(|problem| refuse(&problem.message))?;
    if record == expected {
        Ok(())
    } else {
        Err(refuse("the decision differs from the one on record"))
    }
}
