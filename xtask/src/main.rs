//! `cargo xtask …`: everything a person types to build, test and measure Riegel.
//!
//! One file (or folder) per subcommand. xtask itself stays light: it starts
//! cargo, Node and Python, and never links a WebAssembly runtime.

mod asan;
mod bench;
mod browser;
mod compiler;
mod conformance;
mod detectors;
mod edge;
mod extension;
mod fuzz;
mod guard;
mod install;
mod kernel;
mod mutants;
mod node;
mod npm;
mod playground;
mod python;
mod quality;
mod run;
mod soak;
mod test;
mod widget;

use std::process::ExitCode;

const HELP: &str = "\
usage: cargo xtask COMMAND

  kernel             build the kernel and note its sources' hash
  kernel --check     compare the hash, rebuild into target/ and report
  test [--full]      everything: format, lints, tests, vectors, the packages, second opinions,
                     the corpus, sanitizer, fuzzing, mutants
  browser            check that the compiler builds for wasm32-unknown-unknown
  bench              measure, and write docs/benchmarks.md
  vectors            run the shared vectors in every engine
  vectors --write    make them anew from the reference evaluator
  guard              test @riegel/guard, and the vectors through it in every runtime
  widget             test @riegel/widget in Node, Chromium and Firefox
  compiler           build and test @riegel/compiler in Node, Chromium and Firefox
  compiler --build   only build it
  playground         test the page of `riegel playground`, and that it comes from these sources
  playground --write build it anew into the repository
  extension [--full] build, weigh, lint and test the browser extension; --full: every case
  edge               test the edge host on PostgreSQL and beside nginx, Envoy, an OpenID provider
  edge bench         measure it, and write docs/benchmarks-edge.md
  oracles            ask a second opinion on every check digit of the library
  corpus             measure recall and precision, and false findings in benign text
  corpus --write     write their floors
  detectors          write docs/detectors.md from the library
  fuzz [SECONDS] [TARGET]
                     build the fuzz targets and run each for a while
  soak [CASES] [SECONDS]
                     five million generated cases, then each fuzz target for 30 minutes
  mutants [NAME]     apply each seeded mistake to a copy and see that the tests notice
";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let outcome = match arguments.split_first() {
        Some((command, rest)) => match command.as_str() {
            "kernel" => kernel::main(rest),
            "test" => test::main(rest),
            "browser" => browser::main(rest),
            "bench" => bench::main(rest),
            "vectors" => conformance::main(rest),
            "guard" => guard::main(rest),
            "widget" => widget::main(rest),
            "compiler" => compiler::main(rest),
            "playground" => playground::main(rest),
            "extension" => extension::main(rest),
            "oracles" => quality::oracles(rest),
            "corpus" => quality::corpus(rest),
            "detectors" => detectors::main(rest),
            "soak" => soak::main(rest),
            "fuzz" => fuzz::main(rest),
            "mutants" => mutants::main(rest),
            "edge" => edge::main(rest),
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
