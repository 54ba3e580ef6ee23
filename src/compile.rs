//! Checked policy in, module out.
//!
//! The rooms behind `check`, one after the other:
//!
//! ```text
//! Policy ──plan──▶ Plan ─────write──┐
//!    └──detect──▶ ScanTables ─write─┴▶ tables ─┐
//!             Plan ──emit::code──▶ functions ──┼─ emit::link ─▶ module
//!                                     kernel ──┘
//! ```
//!
//! Nothing here decides anything; it hands each room what it needs and puts the sections together.
//! The build id names what the module was made from: sources, compiler and kernel. It stands in the
//! tables, in every record and in `riegel.policy`, so that a record can be explained by the right
//! module later.

use crate::abi;
use crate::check::model::{Place, Policy};
use crate::detect;
use crate::diagnostics::Diagnostic;
use crate::emit::sections::{bound, policy, schema, selftest};
use crate::emit::{self, Kernel};
use crate::manifest::{Bound, PolicyInfo, Schema};
use crate::plan::{self, Plan};
use crate::tables::TableWriter;
use riegel_kernel::layout::{Header, LAYOUT, TABLES_MAGIC};
use riegel_kernel::tables::Tables;
use sha2::{Digest, Sha256};

/// A compiled policy.
#[derive(Clone, Debug)]
pub struct Module {
    /// The WebAssembly module.
    pub wasm: Vec<u8>,
    /// Its `riegel.schema`.
    pub schema: Schema,
    /// Its `riegel.policy`.
    pub info: PolicyInfo,
    /// Its `riegel.bound`.
    pub bound: Bound,
    /// Bytes of tables in it.
    pub tables_len: usize,
}

/// A policy's tables and plan: what a native kernel runs, without WebAssembly.
#[derive(Clone, Debug)]
pub struct Prepared {
    /// The plan.
    pub plan: Plan,
    /// The tables, header in front.
    pub tables: Vec<u8>,
    /// What scanning costs.
    pub scan: detect::ScanTables,
    /// The build id.
    pub build: [u8; 16],
}

/// Compiles a checked policy with this kernel ([`emit::KERNEL`] is the one that belongs to it).
///
/// # Errors
/// What `detect` has against its detectors, R0501 to R0503 for an unfit kernel, R0505 for a policy
/// that is too large.
pub fn compile(policy: &Policy, kernel: &[u8]) -> Result<Module, Vec<Diagnostic>> {
    let problems = detect::examples::check_own(policy);
    if !problems.is_empty() {
        return Err(problems);
    }
    let prepared = prepare(policy, kernel)?;
    link(policy, kernel, &prepared).map_err(|d| vec![*d])
}

/// Everything before linking.
///
/// # Errors
/// As [`compile`], without those of linking.
pub fn prepare(policy: &Policy, kernel: &[u8]) -> Result<Prepared, Vec<Diagnostic>> {
    emit::check_limits(policy).map_err(|d| vec![*d])?;
    let plan = plan::plan(policy);
    let build = build_id(policy, kernel);
    let [first, second] = halves(build);
    let mut header = Header {
        magic: TABLES_MAGIC,
        layout: LAYOUT,
        schema: plan.quick.schema,
        dictionary: plan.quick.dictionary,
        build: first,
        build2: second,
        ..Header::default()
    };
    let mut writer = TableWriter::default();
    plan.write(policy, &mut writer).fill(&mut header);
    let scan = detect::build(policy, &mut writer)?;
    scan.fill(&mut header);
    Ok(Prepared {
        plan,
        tables: writer.finish(header),
        scan,
        build,
    })
}

fn link(policy: &Policy, kernel: &[u8], prepared: &Prepared) -> Result<Module, Box<Diagnostic>> {
    let kernel = Kernel::read(kernel)?;
    // The kernel trusts the tables that it is linked with, so they are checked here, once.
    let tables = Tables::new(&prepared.tables).map_err(|error| {
        Diagnostic::new(
            &emit::INVALID_MODULE,
            Place::default(),
            format!("the tables are not sound: {error:?}"),
        )
    })?;
    let code = emit::code(&prepared.plan, kernel.first_helper());
    let schema = abi::with_texts(policy, &prepared.plan);
    let info = policy::info(policy, prepared.build);
    let end = u64::from(kernel.tables_at()) + prepared.tables.len() as u64;
    let bound = bound::bound(policy, &prepared.plan, &prepared.scan, &tables, end);
    let vectors = selftest::selftest(policy, &schema, prepared);
    let sections = [
        (schema::NAME, schema::section(&schema)),
        (policy::NAME, policy::section(&info)),
        (bound::NAME, bound::section(&bound)),
        (selftest::NAME, selftest::section(&vectors)),
    ];
    Ok(Module {
        wasm: emit::link(
            &kernel,
            &prepared.tables,
            bound.memory,
            &code,
            &emit::unused(&tables),
            &sections,
        )?,
        schema,
        info,
        bound,
        tables_len: prepared.tables.len(),
    })
}

/// What tells this policy from every other one, and from itself before its last change: the first 16 bytes
/// of the SHA-256 of sources, compiler version and kernel. Every part is preceded by its length, so that no
/// two different inputs run together. Comment lines and counterexamples of the library count as blanks: the
/// compiler for browsers comes without them (`www/compiler/scripts/library.mjs`).
pub fn build_id(policy: &Policy, kernel: &[u8]) -> [u8; 16] {
    let mut hash = Sha256::new();
    let mut part = |bytes: &[u8]| {
        hash.update((bytes.len() as u64).to_le_bytes());
        hash.update(bytes);
    };
    for source in &policy.sources {
        part(source.name.as_bytes());
        match source.name.starts_with("lib.") {
            true => part(&bare(&source.text)),
            false => part(source.text.as_bytes()),
        }
    }
    part(env!("CARGO_PKG_VERSION").as_bytes());
    part(kernel);
    let digest = hash.finalize();
    let mut build = [0; 16];
    for (to, from) in build.iter_mut().zip(digest) {
        *to = from;
    }
    build
}

/// A text with blanks for its comment lines and its detectors' counterexamples.
fn bare(text: &str) -> Vec<u8> {
    let mut out = text.as_bytes().to_vec();
    for line in out.split_mut(|&b| b == b'\n') {
        if line.trim_ascii_start().starts_with(b"//") {
            line.fill(b' ');
        }
    }
    let mut from = 0;
    while let Some(rest) = out.get_mut(from..).filter(|rest| !rest.is_empty()) {
        let line = rest.iter().position(|&b| b == b'\n');
        let line = line.map_or(rest.len(), |end| end + 1);
        let indent = rest
            .iter()
            .take_while(|b| matches!(b, b' ' | b'\t'))
            .count();
        let texts = rest
            .get(indent..)
            .and_then(|rest| rest.strip_prefix(b"counterexamples"));
        let end = texts.map_or(0, |texts| rest.len() - behind_texts(texts).len());
        for byte in rest.iter_mut().take(end).filter(|b| **b != b'\n') {
            *byte = b' ';
        }
        from += line.max(end);
    }
    out
}

/// What stands behind the texts with commas between them that begin here.
fn behind_texts(mut rest: &[u8]) -> &[u8] {
    loop {
        let next = rest.trim_ascii_start();
        let next = next.strip_prefix(b",").unwrap_or(next).trim_ascii_start();
        let Some(text) = next.strip_prefix(b"\"") else {
            return rest;
        };
        let mut escaped = false;
        let ends = |&b: &u8| {
            let end = b == b'"' && !escaped;
            escaped = b == b'\\' && !escaped;
            end
        };
        let Some(end) = text.iter().position(ends) else {
            return rest;
        };
        rest = text.get(end + 1..).unwrap_or(&[]);
    }
}

/// The two numbers of a header and a record.
fn halves(build: [u8; 16]) -> [u64; 2] {
    let whole = u128::from_le_bytes(build);
    [whole as u64, (whole >> 64) as u64]
}
