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
use riegel::check::model::Policy;
use riegel::check::{Checked, Options, Resolver, check_layers};
use riegel::compile::{Module, compile};
use riegel::library::Library;
use riegel::syntax::ast::Date;
use std::io::Read as _;
use std::path::{Path, PathBuf};

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

/// Do these bytes begin like WebAssembly?
pub fn is_module(bytes: &[u8]) -> bool {
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

/// The layers that are put over a policy.
#[derive(clap::Args, Clone, Debug, Default)]
pub struct Layers {
    /// A layer over the policy; several stand on each other in this order
    #[arg(long = "layer", value_name = "LAYER.riegel")]
    layers: Vec<String>,
}

impl Layers {
    /// These, in this order.
    pub fn of(layers: Vec<String>) -> Self {
        Layers { layers }
    }

    /// Their names.
    pub fn files(&self) -> impl Iterator<Item = &String> {
        self.layers.iter()
    }

    /// Is there none?
    pub fn is_empty(&self) -> bool {
        self.layers.is_empty()
    }
}

/// Checks a text against the embedded library, and policies that stand beside it.
pub fn check_text(name: &str, text: &str, today: Option<Date>, all_detectors: bool) -> Checked {
    check_texts(&[(name, text)], today, all_detectors)
}

/// Reads and checks a policy with the layers over it.
pub fn check_files(
    file: &str,
    layers: &Layers,
    today: Option<Date>,
    all_detectors: bool,
) -> Result<Checked, Problem> {
    let mut texts = Vec::new();
    for file in std::iter::once(file).chain(layers.layers.iter().map(String::as_str)) {
        texts.push((file, read_text(file)?));
    }
    let texts: Vec<(&str, &str)> = texts.iter().map(|(n, t)| (*n, t.as_str())).collect();
    Ok(check_texts(&texts, today, all_detectors))
}

/// Checks a text against the embedded library and nothing else: no file of this machine is read.
pub fn check_alone(name: &str, text: &str, today: Option<Date>) -> Checked {
    let options = Options {
        today,
        all_detectors: false,
    };
    let text = text.strip_prefix('\u{FEFF}').unwrap_or(text);
    check_layers(&[(name, text)], &Library, &options)
}

fn check_texts(files: &[(&str, &str)], today: Option<Date>, all_detectors: bool) -> Checked {
    let options = Options {
        today: checking_day(today),
        all_detectors,
    };
    // Places count from the first character that a person sees.
    let texts: Vec<(&str, &str)> = files
        .iter()
        .map(|(name, text)| (*name, text.strip_prefix('\u{FEFF}').unwrap_or(text)))
        .collect();
    let given = files.iter().map(|(name, _)| *name).collect();
    check_layers(&texts, &Files { given }, &options)
}

/// The embedded library, and what stands beside the policy's own file: lists, and the policies that
/// it extends or includes. `extends msp.provider` in `msp/client.riegel` is `provider.riegel` beside
/// it: the path counts from the policy's folder, or from a folder around it.
struct Files<'p> {
    given: Vec<&'p str>,
}

impl Files<'_> {
    /// The file of a dotted path; its words are names, so it cannot lead anywhere else.
    fn beside(&self, path: &str) -> Option<PathBuf> {
        let words: Vec<&str> = path.split('.').collect();
        let mut file: PathBuf = words.iter().collect();
        file.set_extension("riegel");
        let around = self.given.iter().flat_map(|given| {
            let folders = Path::new(given).parent().map(Path::to_path_buf);
            std::iter::successors(folders, |inner| Some(inner.join(".."))).take(words.len())
        });
        let mut found = around.map(|folder| folder.join(&file));
        found.find(|file| file.is_file())
    }
}

impl Resolver for Files<'_> {
    fn resolve(&self, path: &str) -> Option<String> {
        Library.resolve(path).or_else(|| {
            let text = text_beside(&self.beside(path)?)?;
            Some(text.strip_prefix('\u{FEFF}').unwrap_or(&text).to_owned())
        })
    }

    fn names(&self) -> Vec<String> {
        Library.names()
    }

    /// A library's lists are embedded; those of a policy count from its folder.
    fn file(&self, from: &str, path: &str) -> Option<String> {
        if Library.resolve(from).is_some() && !self.given.contains(&from) {
            return Library.file(from, path);
        }
        let own = self.given.iter().find(|given| **given == from);
        let file = own.map(PathBuf::from).or_else(|| self.beside(from))?;
        text_beside(&file.parent()?.join(path))
    }
}

/// Most bytes of a file that a policy names.
const MOST_BESIDE: u64 = 64 << 20;

/// A text that a policy names: of a file that lies there, no pipe or device, and that is not endless.
fn text_beside(file: &Path) -> Option<String> {
    let about = std::fs::metadata(file).ok()?;
    if !about.is_file() || about.len() > MOST_BESIDE {
        return None;
    }
    let mut text = String::new();
    let file = std::fs::File::open(file).ok()?;
    let read = file.take(MOST_BESIDE).read_to_string(&mut text);
    read.ok().map(|_| text)
}

/// Compiles what was checked, unless it is a library: a module without rules would allow
/// everything, and a file that lost its beginning must not become one. The module knows its policies by the names of their files alone: where they
/// lay is nobody's business, and must not change the bytes.
pub fn build(mut checked: Checked) -> Result<Module, Stop> {
    let Some(mut policy) = checked.policy.take().filter(|policy| !policy.is_library()) else {
        return Err(no_policy(checked));
    };
    without_folders(&mut policy);
    compile(&policy, riegel::emit::KERNEL)
        .map_err(|diagnostics| Stop::Diagnostics(diagnostics, checked.sources))
}

/// Names its sources as a module does.
pub fn without_folders(policy: &mut Policy) {
    for source in &mut policy.sources {
        if let Some(name) = Path::new(&source.name).file_name() {
            source.name = name.to_string_lossy().into_owned();
        }
    }
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

/// Bytes of the module that a path stands for, with the layers over it.
pub fn module(path: &str, layers: &Layers, today: Option<Date>) -> Result<Vec<u8>, Stop> {
    if !layers.is_empty() {
        return Ok(build(check_files(path, layers, today, false)?)?.wasm);
    }
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
