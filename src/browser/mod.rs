//! The compiler for JavaScript: what `@riegel/compiler` is made of.
//!
//! ```text
//! loadLibrary(archive)                       once; the texts behind `use lib.…` and `extends packs.…`
//! check(source, options)    -> Checked       what `riegel check --format json` says
//! format(source)            -> Formatted     what `riegel fmt` writes
//! compile(source, options)  -> Compiled      what `riegel build` writes, byte for byte
//! test(source, options)     -> Tested        what `riegel test` says
//! new Engine(source, options).decide(event)  the compiled policy, running
//! vocabulary(source, options)                what a person may write at this place
//! ```
//!
//! Values cross the border as plain objects (`serde-wasm-bindgen`), bytes as `Uint8Array`. Their types
//! for TypeScript stand beside the structures here (`types.rs`); a test holds real answers against them.
//!
//! **The library is not in the module.** It would be two thirds of its size, so it is handed over once,
//! packed (`files.rs`). A host that has the texts anyway, such as `riegel playground`, hands over those.
//!
//! **Emitted modules run in the engine around us.** Nothing here interprets WebAssembly: a module is
//! compiled and instantiated through `js-sys` (`instance.rs`), by the browser or by Node.

mod answers;
mod engine;
mod event;
mod files;
mod instance;
mod options;
mod tests;
mod types;
mod vocabulary;

pub use engine::Engine;

use crate::check::{Checked, check_layers};
use crate::compile::Module;
use crate::detect::examples;
use crate::diagnostics::{Diagnostic, to_json};
use crate::emit::KERNEL;
use crate::syntax;
use answers::{Compiled, Formatted, Said};
use files::Files;
use options::Options;
use serde::Serialize;
use wasm_bindgen::prelude::*;

/// Takes the library's texts, packed as `files.rs` says. Earlier ones are forgotten.
///
/// # Errors
/// Where the bytes are not such an archive.
#[wasm_bindgen(js_name = loadLibrary)]
pub fn load_library(archive: &[u8]) -> Result<(), JsError> {
    files::load(archive).ok_or_else(|| JsError::new("this is not a packed library"))
}

/// The names of the library's files, as in `use` and `extends`, with their texts.
#[wasm_bindgen(js_name = libraryFiles, unchecked_return_type = "[name: string, text: string][]")]
pub fn library_files() -> Result<JsValue, JsError> {
    to_js(&files::library())
}

/// Everything that is wrong with a policy, without compiling it.
///
/// # Errors
/// Where the options are not such.
#[wasm_bindgen(unchecked_return_type = "Checked")]
pub fn check(
    source: &str,
    #[wasm_bindgen(unchecked_optional_param_type = "Options")] options: JsValue,
) -> Result<JsValue, JsError> {
    let options = Options::read(options)?;
    let mut checked = checked(source, &options, true);
    if let Some(policy) = &checked.policy {
        // Its own detectors are built, and their examples tried.
        checked.diagnostics.extend(examples::check_own(policy));
    }
    to_js(&Said::of(&checked))
}

/// The one layout of a policy; of one that cannot be read the errors.
///
/// # Errors
/// None.
#[wasm_bindgen(unchecked_return_type = "Formatted")]
pub fn format(source: &str) -> Result<JsValue, JsError> {
    let source = source.strip_prefix('\u{FEFF}').unwrap_or(source);
    match syntax::format(source) {
        Ok(text) => to_js(&Formatted {
            text: Some(text),
            diagnostics: Vec::new(),
        }),
        Err(diagnostics) => {
            let sources = options::sources("policy.riegel", source);
            let diagnostics = diagnostics.iter().map(|d| to_json(d, &sources)).collect();
            to_js(&Formatted {
                text: None,
                diagnostics,
            })
        }
    }
}

/// A policy's module, and what it says about itself.
///
/// # Errors
/// Where the options are not such. A policy with errors gives its diagnostics, and no module.
#[wasm_bindgen(unchecked_return_type = "Compiled")]
pub fn compile(
    source: &str,
    #[wasm_bindgen(unchecked_optional_param_type = "Options")] options: JsValue,
) -> Result<JsValue, JsError> {
    let (checked, module) = build(source, &Options::read(options)?);
    Compiled::of(&checked, module.as_ref())
}

/// Runs the tests that stand in a policy, against its module, in this engine.
///
/// # Errors
/// Where the options are not such.
#[wasm_bindgen(unchecked_return_type = "Tested")]
pub fn test(
    source: &str,
    #[wasm_bindgen(unchecked_optional_param_type = "Options")] options: JsValue,
) -> Result<JsValue, JsError> {
    let (checked, module) = build(source, &Options::read(options)?);
    to_js(&tests::run(&checked, module.as_ref()))
}

/// What the names in a policy may be: attributes, detectors, lists, rules and the like.
///
/// # Errors
/// Where the options are not such.
#[wasm_bindgen(unchecked_return_type = "Vocabulary")]
pub fn vocabulary(
    source: &str,
    #[wasm_bindgen(unchecked_optional_param_type = "Options")] options: JsValue,
) -> Result<JsValue, JsError> {
    let options = Options::read(options)?;
    to_js(&vocabulary::of(source, &Files::beside(&options)))
}

/// Checks a policy with the layers over it.
fn checked(source: &str, options: &Options, all_detectors: bool) -> Checked {
    // Places count from the first character that a person sees.
    let bare = |text: &'_ str| text.strip_prefix('\u{FEFF}').unwrap_or(text).to_owned();
    let mut texts = vec![(options.name.clone(), bare(source))];
    let layers = options.layers.iter();
    texts.extend(layers.map(|(name, text)| (name.clone(), bare(text))));
    let texts: Vec<(&str, &str)> = texts.iter().map(|(n, t)| (&**n, &**t)).collect();
    check_layers(
        &texts,
        &Files::beside(options),
        &crate::check::Options {
            today: options.today(),
            all_detectors,
        },
    )
}

/// Checks and compiles. A library has no rules and would allow everything: it is no policy.
fn build(source: &str, options: &Options) -> (Checked, Option<Module>) {
    let mut checked = checked(source, options, false);
    let policy = checked.policy.as_ref().filter(|p| !p.is_library());
    match policy.map(|policy| crate::compile::compile(policy, KERNEL)) {
        Some(Ok(module)) => (checked, Some(module)),
        Some(Err(errors)) => {
            checked.diagnostics.extend(errors);
            checked.policy = None;
            (checked, None)
        }
        None => {
            if checked.policy.take().is_some() {
                checked.diagnostics.push(no_policy());
            }
            (checked, None)
        }
    }
}

fn no_policy() -> Diagnostic {
    let place = crate::check::model::Place::default();
    let message = "there is no `policy` header: this is a library";
    Diagnostic::new(&NO_POLICY, place, message).help("begin with `policy name \"Title\" { … }`")
}

/// A library was given where a policy is asked for; the command line says the same.
static NO_POLICY: crate::diagnostics::Code = crate::diagnostics::Code {
    id: "E6003",
    title: "not a policy",
    severity: crate::diagnostics::Severity::Error,
    page: "",
};

/// As plain objects: numbers are numbers, maps are objects.
fn to_js(value: &(impl Serialize + ?Sized)) -> Result<JsValue, JsError> {
    let serializer = serde_wasm_bindgen::Serializer::json_compatible();
    value
        .serialize(&serializer)
        .map_err(|error| JsError::new(&error.to_string()))
}
