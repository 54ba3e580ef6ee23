//! `riegel-bindgen MODULE.wasm FOLDER`: JavaScript and its types beside a module built for
//! `wasm-bindgen`.
//!
//! `riegel-bindgen --pack LIBRARY OUT`: the library as `src/browser/files.rs` unpacks it.
//!
//! The library instead of the command line, because its version must be that of the crate which the
//! module was built with, and Cargo.lock sees to that. A program of its own, because xtask would take a
//! minute longer to build with it.

use ppmd_rust::Ppmd7Encoder;
use std::io::Write;
use std::process::ExitCode;
use wasm_bindgen_cli_support::Bindgen;

/// As in `src/browser/files.rs`.
const ORDER: u32 = 24;
const MEMORY: u32 = 24 << 20;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let outcome = match arguments.as_slice() {
        [pack, library, out] if pack == "--pack" => pack_library(library, out),
        [module, folder] => generate(module, folder),
        _ => Err("usage: riegel-bindgen MODULE.wasm FOLDER | --pack LIBRARY OUT".to_owned()),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("error: {message}");
            ExitCode::FAILURE
        }
    }
}

fn generate(module: &str, folder: &str) -> Result<(), String> {
    let mut bindgen = Bindgen::new();
    bindgen.input_path(module).out_name("riegel");
    bindgen
        .web(true)
        .map_err(|error| format!("{error:#}"))?
        // The module comes from where `src/core.ts` takes it, not from an address beside the script:
        // bundlers differ in how they read those.
        .omit_default_module_path(true)
        .typescript(true)
        .remove_name_section(true)
        .remove_producers_section(true)
        .generate(folder)
        .map_err(|error| format!("{error:#}"))
}

fn pack_library(library: &str, out: &str) -> Result<(), String> {
    let plain = std::fs::read(library).map_err(|error| format!("{library}: {error}"))?;
    let length = u32::try_from(plain.len()).map_err(|_| "the library is too long".to_owned())?;
    let mut packed = b"RIEGEL-P".to_vec();
    packed.extend(length.to_le_bytes());
    let mut encoder = Ppmd7Encoder::new(packed, ORDER, MEMORY).map_err(|e| e.to_string())?;
    let packed = encoder
        .write_all(&plain)
        .and_then(|()| encoder.finish(false))
        .map_err(|error| error.to_string())?;
    std::fs::write(out, packed).map_err(|error| format!("{out}: {error}"))
}
