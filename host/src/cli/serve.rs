//! `riegel serve`: the edge host.

use super::Ended;
use super::console::{BOLD, Console, DIM, styled};
use super::text::harmless;
use crate::errors::{self, Problem};
use crate::serve::Edge;
use crate::serve::config::Config;
use std::net::SocketAddr;
use std::path::PathBuf;
use tokio::net::TcpListener;

const EXAMPLES: &str = "\
Examples:
  riegel serve policies/
  riegel serve /etc/riegel --listen 0.0.0.0:8470 --data /var/lib/riegel
  riegel serve /etc/riegel --database postgres://riegel@db/riegel

The folder holds one policy per tenant (NAME.riegel), a folder per tenant (NAME/tenant.toml), or a
riegel.toml that names them; `riegel explain E9001` lists its keys. State lies in FOLDER/.riegel.

Exit codes: 0 stopped in order, 2 wrong usage, or the host cannot start.";

/// Decide for many tenants over HTTP
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    #[command(flatten)]
    place: PlaceArgs,
    /// Where to listen [default: 127.0.0.1:8470]
    #[arg(long, value_name = "ADDRESS:PORT")]
    listen: Option<SocketAddr>,
}

/// Where a host has its policies and its state.
#[derive(clap::Args)]
pub struct PlaceArgs {
    /// Folder of policies
    #[arg(value_name = "FOLDER")]
    pub folder: PathBuf,
    /// Folder of the host's state [default: FOLDER/.riegel]
    #[arg(long, value_name = "FOLDER")]
    data: Option<PathBuf>,
    /// PostgreSQL instead of the embedded store
    #[arg(long, value_name = "postgres://…")]
    database: Option<String>,
}

impl PlaceArgs {
    /// File, then environment, then command line.
    pub fn config(&self) -> Result<Config, Problem> {
        let mut config =
            Config::read(&self.folder)?.with_environment(|name| std::env::var(name).ok())?;
        if let Some(data) = &self.data {
            config.data = Some(data.clone());
        }
        if let Some(database) = &self.database {
            config.database = Some(database.clone());
        }
        Ok(config)
    }
}

/// Runs it.
pub fn run(args: &Args, console: &Console) -> Ended {
    let mut config = args.place.config()?;
    if let Some(listen) = args.listen {
        config.listen = listen;
    }
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .thread_name("riegel")
        .build()
        .map_err(|error| {
            Problem::new(&errors::INSTANCE, format!("cannot start threads: {error}"))
                .help("check the limits of the process")
        })?;
    runtime.block_on(serve(args, config, console))
}

async fn serve(args: &Args, config: Config, console: &Console) -> Ended {
    let (listen, tls) = (config.listen, config.tls.is_some());
    // First the address, which is the likelier mistake, then the work.
    let listener = TcpListener::bind(listen).await.map_err(|error| {
        Problem::new(&errors::CONFIG, format!("cannot listen: {error}"))
            .at(listen.to_string())
            .help("another program may use the port; choose one with `--listen`")
    })?;
    let say = Box::new(|text: &str| {
        let line = harmless(text).replace('\n', "; ");
        anstream::eprintln!("{} {line}", jiff::Timestamp::now().strftime("%FT%TZ"));
    });
    let edge = Edge::start(&args.place.folder, config, say).await?;
    let address = listener.local_addr().unwrap_or(listen);
    let scheme = if tls { "https" } else { "http" };
    let names = edge.tenant_names();
    let mut text = format!(
        "{}\n",
        styled(BOLD, &format!("riegel serves {scheme}://{address}/"))
    );
    for (name, works) in &names {
        let state = if *works { "" } else { "   (no policy: blocks)" };
        text.push_str(&format!("  tenant {name}{state}\n"));
    }
    text.push_str(&styled(
        DIM,
        if edge.is_open() {
            "No keys yet: programs on this machine may ask for decisions. `riegel api-key` makes one.\n"
        } else {
            "Requests need an API key or a token.\n"
        },
    ));
    console.print(&text)?;
    edge.serve(listener, stop()).await?;
    Ok(0)
}

/// Ends with SIGTERM or SIGINT.
async fn stop() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut term) = signal(SignalKind::terminate()) {
            tokio::select! {
                _ = term.recv() => return,
                _ = tokio::signal::ctrl_c() => return,
            }
        }
    }
    let _ = tokio::signal::ctrl_c().await;
}
