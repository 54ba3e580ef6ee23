//! A new folder with everything in it, or none: written beside its place, checked there, moved.

use crate::cli::policy::{self, Layers};
use crate::cli::{Stop, write};
use crate::errors::{self, Problem};
use riegel::syntax::ast::Date;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// A file to be written.
pub struct Made {
    /// Its name in the folder.
    pub name: String,
    /// What is in it.
    pub text: String,
}

/// Refuses a place that is taken.
pub fn free(folder: &Path) -> Result<(), Problem> {
    match fs::symlink_metadata(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(cannot(folder, &error)),
        Ok(_) => Err(Problem::new(
            &errors::UNWRITABLE,
            "this place is taken, and nothing is overwritten",
        )
        .at(folder.display().to_string())
        .help("name a new folder with `-o`")),
    }
}

/// Writes all of them.
pub fn write(folder: &Path, made: &[Made], from: Date) -> Result<(), Stop> {
    let aside = aside(folder);
    let written = filled(&aside, made, from).and_then(|()| {
        free(folder)?;
        fs::rename(&aside, folder).map_err(|error| cannot(folder, &error).into())
    });
    if written.is_err() {
        let _ = fs::remove_dir_all(&aside);
    }
    written
}

fn filled(aside: &Path, made: &[Made], from: Date) -> Result<(), Stop> {
    fs::create_dir_all(aside.parent().unwrap_or(Path::new(".")))
        .and_then(|()| fs::create_dir(aside))
        .map_err(|error| cannot(aside, &error))?;
    for file in made {
        write::file(&aside.join(&file.name), file.text.as_bytes())?;
    }
    let policies = made.iter().filter(|file| file.name.ends_with(".riegel"));
    for file in policies {
        let path = aside.join(&file.name).display().to_string();
        let checked = policy::check_files(&path, &Layers::default(), Some(from), false)?;
        if !checked.diagnostics.is_empty() {
            return Err(Stop::Diagnostics(checked.diagnostics, checked.sources));
        }
    }
    Ok(())
}

fn aside(folder: &Path) -> PathBuf {
    let name = folder.file_name().unwrap_or_default().to_string_lossy();
    folder.with_file_name(format!(".{name}.{}.part", std::process::id()))
}

fn cannot(place: &Path, error: &io::Error) -> Problem {
    Problem::new(
        &errors::UNWRITABLE,
        format!("cannot make the folder: {error}"),
    )
    .at(place.display().to_string())
    .help("choose another place with `-o`")
}
