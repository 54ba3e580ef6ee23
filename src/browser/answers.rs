//! What goes back to JavaScript. `types.rs` says the same in TypeScript.

use super::to_js;
use crate::check::Checked;
use crate::compile::Module;
use crate::diagnostics::{JsonDiagnostic, to_json};
use crate::manifest::{Bound, PolicyInfo, Schema};
use js_sys::{Reflect, Uint8Array, WebAssembly};
use serde::Serialize;
use wasm_bindgen::{JsError, JsValue};
use wasmparser::{Parser, Payload};

/// `riegel check --format json`, of one file.
#[derive(Serialize)]
pub struct Said<'a> {
    ok: bool,
    diagnostics: Vec<JsonDiagnostic<'a>>,
}

impl<'a> Said<'a> {
    /// What was said of a policy.
    pub fn of(checked: &'a Checked) -> Self {
        let list = checked.diagnostics.iter();
        Said {
            ok: !checked.diagnostics.iter().any(|d| d.is_error()),
            diagnostics: list.map(|d| to_json(d, &checked.sources)).collect(),
        }
    }
}

/// A tidy text, or why there is none.
#[derive(Serialize)]
pub struct Formatted<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    pub diagnostics: Vec<JsonDiagnostic<'a>>,
}

/// A module, or why there is none. Its bytes are added as a `Uint8Array`.
#[derive(Serialize)]
pub struct Compiled<'a> {
    #[serde(flatten)]
    said: Said<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    schema: Option<&'a Schema>,
    #[serde(skip_serializing_if = "Option::is_none")]
    policy: Option<&'a PolicyInfo>,
    #[serde(skip_serializing_if = "Option::is_none")]
    bound: Option<&'a Bound>,
    #[serde(skip_serializing_if = "Option::is_none")]
    size: Option<Size>,
}

impl Compiled<'_> {
    /// As an object; what this engine does not take for a valid module is an error.
    pub fn of(checked: &Checked, module: Option<&Module>) -> Result<JsValue, JsError> {
        let object = to_js(&Compiled {
            said: Said::of(checked),
            schema: module.map(|m| &m.schema),
            policy: module.map(|m| &m.info),
            bound: module.map(|m| &m.bound),
            size: module.map(Size::of),
        })?;
        if let Some(module) = module {
            let wasm = valid(&module.wasm)?;
            Reflect::set(&object, &"wasm".into(), &wasm).map_err(|_| JsError::new("frozen"))?;
        }
        Ok(object)
    }
}

/// The bytes, where this engine would run them.
pub fn valid(wasm: &[u8]) -> Result<Uint8Array, JsError> {
    let bytes = Uint8Array::from(wasm);
    match WebAssembly::validate(&bytes) {
        Ok(true) => Ok(bytes),
        _ => Err(JsError::new(
            "this engine refuses the module: it needs WebAssembly with SIMD",
        )),
    }
}

/// How many bytes of a module are what.
#[derive(Serialize)]
struct Size {
    total: usize,
    /// The kernel's functions and the rules'.
    code: usize,
    /// What the detectors search by, and the rules' constants.
    tables: usize,
    /// What the module says about itself.
    descriptions: usize,
}

impl Size {
    fn of(module: &Module) -> Self {
        let (mut code, mut descriptions) = (0, 0);
        for payload in Parser::new(0).parse_all(&module.wasm).flatten() {
            match payload {
                Payload::CodeSectionStart { range, .. } => code = range.len(),
                Payload::CustomSection(section) => descriptions += section.data().len(),
                _ => {}
            }
        }
        Size {
            total: module.wasm.len(),
            code,
            tables: module.tables_len,
            descriptions,
        }
    }
}
