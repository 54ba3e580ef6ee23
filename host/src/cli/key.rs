//! `riegel key`: keys for hashed lists, and pairs of keys for signatures.

use super::console::{BOLD, Console, styled};
use super::text::one_line;
use super::{Ended, policy, write};
use crate::errors::{self, Problem};
use riegel::hashed::{self, Key};
use riegel::signing::{PublicKey, SigningKey};
use std::path::{Path, PathBuf};

const EXAMPLES: &str = "\
Examples:
  riegel key clients.key                 a key for hashed lists
  riegel key company.key --signing       a pair: company.key signs, company.key.pub verifies

Exit codes: 0 written, 2 a file is there already or cannot be written.";

/// Make a key: for hashed lists, or with --signing a pair that signs modules and data
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    /// Where the key goes; a file that is there is not replaced
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Make a pair for signatures; the public half goes to FILE.pub
    #[arg(long)]
    signing: bool,
    /// Replace a signing key that is there
    #[arg(long, requires = "signing")]
    force: bool,
}

/// Runs it.
pub fn run(args: &Args, console: &Console) -> Ended {
    if args.signing {
        pair(args, console)
    } else {
        list_key(&args.file, console)
    }
}

fn list_key(file: &Path, console: &Console) -> Ended {
    free(
        file,
        "a key that is replaced is lost, and every list made with it; name another file",
    )?;
    let key: Key = random()?;
    write::secret(file, format!("{}\n", hashed::hex(&key)).as_bytes())?;
    console.print(&format!(
        "{}  key {:08x}\nWho holds it can tell which values are in the lists made with it: keep it on the hosts that decide, and nowhere else.\n",
        named(file),
        hashed::key_check(&key)
    ))?;
    Ok(0)
}

fn pair(args: &Args, console: &Console) -> Ended {
    let public = beside(&args.file);
    if !args.force {
        let help = "what it signed stays signed, but nobody signs with it again; name another file, or say `--force`";
        free(&args.file, help)?;
        free(&public, help)?;
    }
    let key = SigningKey::from_seed(&random()?);
    // The half that may be lost comes first: a secret that is there goes only when all else is written.
    write::file(&public, key.public().text().as_bytes())?;
    if args.force {
        write::secret_over(&args.file, key.text().as_bytes())?;
    } else {
        write::secret(&args.file, key.text().as_bytes()).inspect_err(|_| {
            let _ = std::fs::remove_file(&public);
        })?;
    }
    console.print(&format!(
        "{}  key {}\n{}  its public half\nWho holds the first can sign in your name: keep it where modules are built, and a copy of it in a safe.\nThe second goes to whoever verifies: `riegel trust add trust.json {}`\n",
        named(&args.file),
        key.public().id(),
        named(&public),
        one_line(&public.display().to_string())
    ))?;
    Ok(0)
}

fn beside(file: &Path) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(".pub");
    PathBuf::from(name)
}

fn named(file: &Path) -> String {
    styled(BOLD, &one_line(&file.display().to_string()))
}

fn free(file: &Path, help: &str) -> Result<(), Problem> {
    if !file.exists() {
        return Ok(());
    }
    Err(
        Problem::new(&errors::UNWRITABLE, "the file is there already")
            .at(file.display().to_string())
            .help(help),
    )
}

fn random<const N: usize>() -> Result<[u8; N], Problem> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|error| {
        Problem::new(
            &errors::UNWRITABLE,
            format!("this machine gives no random bytes: {error}"),
        )
        .help("try again later")
    })?;
    Ok(bytes)
}

/// The signing key in a file.
pub fn read_signing(path: &str) -> Result<SigningKey, Problem> {
    SigningKey::read(&text(path)?).map_err(|refused| Problem::from(refused).at(path))
}

/// The public key in a file.
pub fn read_public(path: &str) -> Result<PublicKey, Problem> {
    PublicKey::read(&text(path)?).map_err(|refused| Problem::from(refused).at(path))
}

fn text(path: &str) -> Result<String, Problem> {
    Ok(String::from_utf8(policy::read_file(path)?).unwrap_or_default())
}
