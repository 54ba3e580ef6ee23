//! `cargo xtask …`: everything a person types to build, test and measure Riegel.
//!
//! One file (or folder) per subcommand. xtask itself stays light: it starts
//! cargo, Node and Python, and never links a WebAssembly runtime.

mod install;
mod kernel;
mod run;

use std::process::ExitCode;

const HELP: &str = "\
usage: cargo xtask COMMAND

  kernel             build kernel/riegel_kernel.wasm and note its sources' hash
  kernel --check     compare the hash, rebuild into target/ and report
";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let outcome = match arguments.split_first() {
        Some((command, rest)) => match command.as_str() {
            "kernel" => kernel::main(rest),
            "help" | "--help" | "-h" => {
                print!("{HELP}");
                Ok(())
            }
            other => Err(format!("unknown command `{other}`\n\n{HELP}")),
        },
        None => {
            print!("{HELP}");
            Ok(())
        }
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("error: {message}");
            ExitCode::FAILURE
        }
    }
}
