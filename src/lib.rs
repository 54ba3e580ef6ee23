//! The Riegel policy compiler: policy text in, one closed WebAssembly module out.
//!
//! A policy's bytes walk one way: `syntax -> check -> plan -> detect and emit`.
//! The crate does no I/O: sources come from the caller, library files through a
//! [`check::Resolver`] that the caller supplies.

pub mod abi;
#[cfg(all(feature = "browser", target_arch = "wasm32"))]
pub mod browser;
pub mod check;
pub mod compile;
pub mod detect;
pub mod diagnostics;
pub mod emit;
pub mod expect;
pub mod hashed;
pub mod library;
pub mod manifest;
pub mod native;
mod parallel;
pub mod plan;
pub mod reference;
pub mod signing;
pub mod syntax;
pub mod tables;
pub mod version;
