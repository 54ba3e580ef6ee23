//! A module, running in the engine around us (`docs/abi.md`).
//!
//! Every pointer and length that comes back is checked against the memory before it is used. The view
//! of the memory is made anew for each use: it is gone when the memory grows.

use js_sys::{Function, Object, Reflect, Uint8Array, WebAssembly};
use riegel_kernel::layout::RECORD_MAGIC;
use wasm_bindgen::{JsCast, JsValue};

/// The content begins at a multiple of this.
const CONTENT_ALIGN: u32 = 16;

/// A live instance.
pub struct Instance {
    memory: WebAssembly::Memory,
    reserve: Function,
    decide: Function,
    configure: Function,
}

impl Instance {
    /// Compiles and instantiates a module that imports nothing.
    pub fn new(wasm: &[u8]) -> Result<Self, String> {
        let module = WebAssembly::Module::new(&Uint8Array::from(wasm).into()).map_err(said)?;
        let instance = WebAssembly::Instance::new(&module, &Object::new()).map_err(said)?;
        let exports = instance.exports();
        let export = |name: &str| Reflect::get(&exports, &name.into()).map_err(said);
        let call = |name: &str| -> Result<Function, String> {
            let missing = |_| format!("the module has no function `{name}`");
            export(name)?.dyn_into().map_err(missing)
        };
        Ok(Instance {
            memory: export("memory")?
                .dyn_into()
                .map_err(|_| "the module has no memory".to_owned())?,
            reserve: call("reserve")?,
            decide: call("decide")?,
            configure: call("configure")?,
        })
    }

    /// One decision: the record's bytes.
    pub fn decide(&self, frame: &[u8], content: &[u8]) -> Result<Vec<u8>, String> {
        let (frame_len, content_len) = self.write(frame, content)?;
        let at = number(self.decide.call2(
            &JsValue::UNDEFINED,
            &frame_len.into(),
            &content_len.into(),
        ))?;
        if at == 0 {
            return Err(no_memory());
        }
        let head = self.read(at, 8)?;
        let word = |from: usize| head.get(from..from + 4)?.try_into().ok();
        match (
            word(0).map(u32::from_le_bytes),
            word(4).map(u32::from_le_bytes),
        ) {
            (Some(RECORD_MAGIC), Some(len)) => self.read(at, len),
            _ => Err("the module's answer does not begin like a record".to_owned()),
        }
    }

    /// Sets parameters.
    pub fn configure(&self, frame: &[u8]) -> Result<(), String> {
        let (len, _) = self.write(frame, &[])?;
        match number(self.configure.call1(&JsValue::UNDEFINED, &len.into()))? {
            0 => Ok(()),
            status => Err(format!(
                "the module refused the parameters (status {status})"
            )),
        }
    }

    /// Puts frame and content where `reserve` says; gives their lengths.
    fn write(&self, frame: &[u8], content: &[u8]) -> Result<(u32, u32), String> {
        let length = |bytes: &[u8]| u32::try_from(bytes.len()).map_err(|_| no_memory());
        let (frame_len, content_len) = (length(frame)?, length(content)?);
        let at = number(self.reserve.call2(
            &JsValue::UNDEFINED,
            &frame_len.into(),
            &content_len.into(),
        ))?;
        if at == 0 {
            return Err(no_memory());
        }
        self.room(at, frame_len)?.copy_from(frame);
        let behind = at
            .checked_add(frame_len)
            .and_then(|end| end.checked_next_multiple_of(CONTENT_ALIGN))
            .ok_or_else(outside)?;
        self.room(behind, content_len)?.copy_from(content);
        Ok((frame_len, content_len))
    }

    fn read(&self, at: u32, len: u32) -> Result<Vec<u8>, String> {
        Ok(self.room(at, len)?.to_vec())
    }

    /// A part of the memory, all of which is there.
    fn room(&self, at: u32, len: u32) -> Result<Uint8Array, String> {
        let whole = Uint8Array::new(&self.memory.buffer());
        let end = at.checked_add(len).ok_or_else(outside)?;
        if end > whole.length() {
            return Err(outside());
        }
        Ok(whole.subarray(at, end))
    }
}

/// A pointer or a status: WebAssembly's signed number, read as an unsigned one.
fn number(result: Result<JsValue, JsValue>) -> Result<u32, String> {
    let value = result.map_err(said)?.as_f64().ok_or_else(outside)?;
    Ok((value as i64) as u32)
}

fn no_memory() -> String {
    "the module has no memory for this content".to_owned()
}

fn outside() -> String {
    "the module points outside its memory".to_owned()
}

/// What an engine says of a failure.
fn said(error: JsValue) -> String {
    let error = error.dyn_into::<js_sys::Error>();
    error.map_or_else(
        |_| "the engine refused".to_owned(),
        |e| String::from(e.message()),
    )
}
