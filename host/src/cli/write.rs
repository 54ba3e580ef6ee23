//! Files are written whole or not at all: beside their place first, then moved there.
//!
//! A name may stand for something else than a plain file. A link keeps pointing where it
//! points, and what it points to is replaced; into a device or a pipe the bytes go as they are.

use crate::errors::{self, Problem};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// Writes a file.
pub fn file(path: &Path, bytes: &[u8]) -> Result<(), Problem> {
    write(path, bytes).map_err(|error| {
        Problem::new(
            &errors::UNWRITABLE,
            format!("cannot write the file: {error}"),
        )
        .at(path.display().to_string())
        .help("choose another place")
    })
}

/// Writes a new file that nobody else may read.
pub fn secret(path: &Path, bytes: &[u8]) -> Result<(), Problem> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let written = options.open(path).and_then(|mut file| {
        io::Write::write_all(&mut file, bytes)?;
        file.sync_all()
    });
    written.map_err(|error| {
        Problem::new(
            &errors::UNWRITABLE,
            format!("cannot write the file: {error}"),
        )
        .at(path.display().to_string())
        .help("choose another place")
    })
}

/// Writes a file that nobody else may read, in the place of one that is there.
pub fn secret_over(path: &Path, bytes: &[u8]) -> Result<(), Problem> {
    let aside = aside(path);
    secret(&aside, bytes)?;
    fs::rename(&aside, path).map_err(|error| {
        let _ = fs::remove_file(&aside);
        Problem::new(
            &errors::UNWRITABLE,
            format!("cannot write the file: {error}"),
        )
        .at(path.display().to_string())
        .help("choose another place")
    })
}

fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    match fs::metadata(path) {
        Ok(old) if old.is_file() => {
            replace(&fs::canonicalize(path)?, bytes, Some(old.permissions()))
        }
        Ok(old) if old.is_dir() => Err(io::ErrorKind::IsADirectory.into()),
        Ok(_) => fs::write(path, bytes),
        Err(_) => replace(path, bytes, None),
    }
}

fn replace(path: &Path, bytes: &[u8], like: Option<fs::Permissions>) -> io::Result<()> {
    let aside = aside(path);
    fs::write(&aside, bytes)
        .and_then(|()| match like {
            Some(permissions) => fs::set_permissions(&aside, permissions),
            None => Ok(()),
        })
        .and_then(|()| fs::rename(&aside, path))
        .inspect_err(|_| {
            let _ = fs::remove_file(&aside);
        })
}

fn aside(path: &Path) -> PathBuf {
    let mut aside = path.as_os_str().to_owned();
    aside.push(format!(".{}.part", std::process::id()));
    PathBuf::from(aside)
}

/// Do both names stand for one file?
pub fn same_file(one: &Path, other: &Path) -> bool {
    match (fs::canonicalize(one), fs::canonicalize(other)) {
        (Ok(one), Ok(other)) => one == other,
        _ => false,
    }
}
