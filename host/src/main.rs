//! The binary `riegel`.

use std::process::ExitCode;

fn main() -> ExitCode {
    riegel_host::cli::main()
}
