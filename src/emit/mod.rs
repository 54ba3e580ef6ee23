//! Plan to module: rules as code, tables as data, linked with the kernel.
//!
//! What differs between policies is small: a few functions and a block of tables. What never differs,
//! the kernel, is compiled ahead from Rust. So emitting is mostly *linking*: the kernel's imports are
//! replaced by functions made here, the tables are put behind its data, and the result imports nothing.
//!
//! ```text
//! plan ──code──▶ rules, clauses, helpers ─┐
//! tables ────────────────────────────────┼─link─▶ module ─▶ sections ─▶ digest
//! kernel ──Kernel::read──────────────────┘
//! ```
//!
//! | file | idea |
//! | --- | --- |
//! | `assemble` | instructions to bytes: the few helpers that code needs |
//! | `test` | a plan's test as WebAssembly |
//! | `code` | the functions: phases, index, clauses, splitting |
//! | `slots` | the function that reads a frame of numbers |
//! | `kernel` | what a kernel must look like to be linked |
//! | `limits` | what fits into one module |
//! | `optional`, `reach` | which parts of the kernel a module needs, and what goes with the others |
//! | `link` | one module out of kernel, code and tables |
//! | `digest` | the last section: SHA-256 of everything before |
//! | `sections` | the custom sections of JSON, one file each |
//!
//! **Invariant:** a module has no imports, validates, and is the same bytes for the same input.

mod assemble;
mod code;
mod digest;
mod kernel;
mod limits;
mod link;
mod optional;
mod reach;
pub mod sections;
mod slots;
mod test;

pub use code::{Code, code};
pub use digest::verify_digest;
pub use kernel::Kernel;
pub use limits::check_limits;
pub use link::{Sections, link};
pub use optional::{PARTS, unused};

use crate::diagnostics::{Code as DiagnosticCode, Diagnostic, Severity};

/// The kernel that belongs to this compiler, with all its optional parts, built from `kernel/` by
/// `cargo xtask kernel`. The same without any is `kernel/riegel_kernel.wasm`.
pub static KERNEL: &[u8] = include_bytes!("../../kernel/riegel_parts.wasm");

/// A kernel and tables of different layouts.
pub static LAYOUT_MISMATCH: DiagnosticCode = DiagnosticCode {
    id: "R0501",
    title: "kernel and tables have different layouts",
    severity: Severity::Error,
    page: crate::diagnostics::page!("../../docs/diagnostics/R0501.md"),
};

/// Not a kernel that this linker knows.
pub static UNFIT_KERNEL: DiagnosticCode = DiagnosticCode {
    id: "R0502",
    title: "the kernel cannot be linked",
    severity: Severity::Error,
    page: crate::diagnostics::page!("../../docs/diagnostics/R0502.md"),
};

/// The linked module does not validate.
pub static INVALID_MODULE: DiagnosticCode = DiagnosticCode {
    id: "R0503",
    title: "the linked module is not valid",
    severity: Severity::Error,
    page: crate::diagnostics::page!("../../docs/diagnostics/R0503.md"),
};

/// The digest does not hold.
pub static DAMAGED_MODULE: DiagnosticCode = DiagnosticCode {
    id: "R0504",
    title: "the module is damaged",
    severity: Severity::Error,
    page: crate::diagnostics::page!("../../docs/diagnostics/R0504.md"),
};

/// More of something than the module's numbers can count.
pub static TOO_LARGE: DiagnosticCode = DiagnosticCode {
    id: "R0505",
    title: "the policy is too large for one module",
    severity: Severity::Error,
    page: crate::diagnostics::page!("../../docs/diagnostics/R0505.md"),
};

/// Every diagnostic of this room.
pub static CODES: [&DiagnosticCode; 5] = [
    &LAYOUT_MISMATCH,
    &UNFIT_KERNEL,
    &INVALID_MODULE,
    &DAMAGED_MODULE,
    &TOO_LARGE,
];

/// A kernel without these parts.
///
/// # Errors
/// `R0502`.
pub fn kernel_without(kernel: &[u8], parts: &[&str]) -> Result<Vec<u8>, Box<Diagnostic>> {
    reach::without(kernel, |part| parts.contains(&part)).map_err(|e| kernel::unreadable(&e))
}
