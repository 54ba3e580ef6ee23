//! A policy named on the command line: a `.riegel` text or a `.wasm` module.
//!
//! Which of the two a file is, its first bytes say, not its name. A text is
//! checked against the embedded library and compiled on the spot, so that `decide`
//! works without a build step; warnings go to standard error only from `check`.

use super::parameter;
use super::stop::Stop;
use crate::errors::{self, Problem};
use crate::event::parse_date;
use crate::runtime::{Guard, Limits, Runtime};
use riegel::check::{Checked, Options, Resolver, check};
use riegel::compile::{Module, compile};
use riegel::library::Library;
use riegel::syntax::ast::Date;
use std::path::Path;

/// Reads a whole file; `-` is standard input.
pub fn read_file(path: &str) -> Result<Vec<u8>, Problem> {
    let read = if path == "-" {
        let mut bytes = Vec::new();
        std::io::Read::read_to_end(&mut std::io::stdin().lock(), &mut bytes).map(|_| bytes)
    } else {
        std::fs::read(path)
    };
    read.map_err(|error| {
        Problem::new(
            &errors::UNREADABLE,
            format!("cannot read the file: {error}"),
        )
        .at(path)
        .help("check the path and the permissions")
    })
}

/// Reads a policy's text.
pub fn read_text(path: &str) -> Result<String, Problem> {
    let bytes = read_file(path)?;
    if is_module(&bytes) {
        return Err(Problem::new(
            &errors::NOT_A_POLICY,
            "the file is a module, not the text of a policy",
        )
        .at(path)
        .help("name the `.riegel` file; `riegel inspect` shows what is in a module"));
    }
    String::from_utf8(bytes).map_err(|_| {
        Problem::new(&errors::NOT_A_POLICY, "the file is not UTF-8 text")
            .at(path)
            .help("save the policy as UTF-8")
    })
}

fn is_module(bytes: &[u8]) -> bool {
    bytes.starts_with(b"\0asm")
}

/// `--today`, for clap.
pub fn day(text: &str) -> Result<Date, String> {
    parse_date(text).map_err(|_| "a day is written YYYY-MM-DD and must exist".to_owned())
}

/// The day on which a policy is checked: what was asked for, else today here.
pub fn checking_day(asked: Option<Date>) -> Option<Date> {
    asked.or_else(|| Date::from_days(crate::event::today_in("Europe/Berlin").ok()?))
}

/// Checks a text against the embedded library.
pub fn check_text(name: &str, text: &str, today: Option<Date>, all_detectors: bool) -> Checked {
    let options = Options {
        today: checking_day(today),
        all_detectors,
    };
    // Places count from the first character that a person sees.
    let text = text.strip_prefix('\u{FEFF}').unwrap_or(text);
    check(name, text, &Files { policy: name }, &options)
}

/// The embedded library, and lists beside the policy's own file.
struct Files<'p> {
    policy: &'p str,
}

impl Resolver for Files<'_> {
    fn resolve(&self, path: &str) -> Option<String> {
        Library.resolve(path)
    }

    fn names(&self) -> Vec<String> {
        Library.names()
    }

    /// A library's lists are embedded; those of a policy count from its folder.
    fn file(&self, from: &str, path: &str) -> Option<String> {
        if from != self.policy {
            return Library.file(from, path);
        }
        let folder = Path::new(self.policy).parent()?;
        std::fs::read_to_string(folder.join(path)).ok()
    }
}

/// Compiles what was checked, unless it is a library: a module without rules would allow
/// everything, and a file that lost its beginning must not become one. The module knows its policy by the name of the file alone: where it
/// lay is nobody's business, and must not change the bytes.
pub fn build(mut checked: Checked) -> Result<Module, Stop> {
    let Some(mut policy) = checked.policy.take().filter(|policy| !policy.is_library()) else {
        return Err(no_policy(checked));
    };
    if let Some(own) = policy.sources.first_mut()
        && let Some(name) = Path::new(&own.name).file_name()
    {
        own.name = name.to_string_lossy().into_owned();
    }
    compile(&policy, riegel::emit::KERNEL)
        .map_err(|diagnostics| Stop::Diagnostics(diagnostics, checked.sources))
}

/// Why there is no policy: its errors, or it is a library.
pub fn no_policy(checked: Checked) -> Stop {
    if checked.diagnostics.iter().any(|d| d.is_error()) {
        return Stop::Diagnostics(checked.diagnostics, checked.sources);
    }
    let name = checked.sources.first().map_or("", |s| s.name.as_str());
    Stop::from(
        Problem::new(&errors::NOT_A_POLICY, "the file has no `policy` header")
            .at(name)
            .help("it is a library, or was cut off; name a policy that uses it"),
    )
}

/// Bytes of the module that a path stands for.
pub fn module(path: &str, today: Option<Date>) -> Result<Vec<u8>, Stop> {
    let bytes = read_file(path)?;
    if is_module(&bytes) {
        return Ok(bytes);
    }
    let is_text = path == "-" || path.ends_with(".riegel") || bytes.starts_with(b"policy");
    let text = String::from_utf8(bytes)
        .ok()
        .filter(|_| is_text)
        .ok_or_else(|| {
            Problem::new(
                &errors::NOT_A_POLICY,
                "the file is neither a policy text nor a module",
            )
            .at(path)
            .help("name a `.riegel` or a `.wasm` file")
        })?;
    Ok(build(check_text(path, &text, today, false))?.wasm)
}

/// Loads a module with the limits of the command line, and sets its parameters.
pub fn load(name: &str, module: &[u8], parameters: &[String]) -> Result<Guard, Stop> {
    let runtime = Runtime::new(Limits {
        instances: 4,
        content_bytes: 256 << 20,
        memory_bytes: 4 << 30,
        ..Limits::default()
    })?;
    let mut guard = runtime
        .load(module)
        .map_err(|problem| problem.within(name))?;
    if !parameters.is_empty() {
        let values = parameter::read(parameters, &guard.anatomy().schema)?;
        guard.configure(&values)?;
    }
    Ok(guard)
}
