//! `riegel playground`: a page to write policies in, out of this program alone.
//!
//! The page compiles and decides by itself, in the browser; what is written there is sent nowhere, not
//! even here. This serves its files and nothing else (`server.rs`).
//!
//! The files are built from `www/playground` by `cargo xtask playground` and lie in the repository,
//! packed, with the hash of the sources they came from: nobody needs npm or a WebAssembly toolchain to
//! build this program. The library is not among them: the program has its own.

mod server;

use super::console::{Console, DIM, styled};
use super::{Ended, Stop};
use crate::errors::{self, Problem};
use std::net::{Ipv4Addr, TcpListener};

const EXAMPLES: &str = "\
Examples:
  riegel playground
  riegel playground --port 8080

Only this machine can reach the page. Ctrl-C ends it.
Exit codes: 2 the port is not free.";

/// Serve a page to try policies in, on this machine only
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    /// Port; 0 takes a free one
    #[arg(long, value_name = "PORT", default_value_t = 7463)]
    port: u16,
}

/// Runs it, until it is stopped.
pub fn run(args: &Args, console: &Console) -> Ended {
    let taken = |error: std::io::Error| {
        Problem::new(&errors::PORT, format!("cannot listen: {error}"))
            .at(format!("127.0.0.1:{}", args.port))
            .help("name another port, or 0 for a free one: `riegel playground --port 0`")
    };
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, args.port)).map_err(taken)?;
    let port = listener.local_addr().map_err(taken)?.port();
    console.print(&format!(
        "http://127.0.0.1:{port}/\n{}\n",
        styled(DIM, "only this machine can reach it; Ctrl-C ends it")
    ))?;
    server::serve(&listener, port).map_err(|error| Stop::from(taken(error)))?;
    Ok(0)
}
