//! A linked module, run by a small WebAssembly interpreter, so that the tests of this
//! crate see emitted code without building a compiler for it.
#![allow(
    dead_code,
    clippy::unwrap_used,
    reason = "tests; each test binary uses another part"
)]

use wasmi::{Engine, Linker, Memory, Module, Store, TypedFunc};

/// A live instance.
pub struct Running {
    store: Store<()>,
    memory: Memory,
    reserve: TypedFunc<(u32, u32), u32>,
    decide: TypedFunc<(u32, u32), u32>,
    configure: TypedFunc<u32, u32>,
}

impl Running {
    /// Instantiates a module, which must have no imports.
    pub fn new(wasm: &[u8]) -> Self {
        let engine = Engine::default();
        let module = Module::new(&engine, wasm).unwrap();
        assert_eq!(module.imports().count(), 0, "a module imports nothing");
        let mut store = Store::new(&engine, ());
        let instance = Linker::new(&engine)
            .instantiate_and_start(&mut store, &module)
            .unwrap();
        Running {
            memory: instance.get_memory(&store, "memory").unwrap(),
            reserve: instance.get_typed_func(&store, "reserve").unwrap(),
            decide: instance.get_typed_func(&store, "decide").unwrap(),
            configure: instance.get_typed_func(&store, "configure").unwrap(),
            store,
        }
    }

    /// Takes a configuration frame; gives the status.
    pub fn configure(&mut self, frame: &[u8]) -> u32 {
        let len = u32::try_from(frame.len()).unwrap();
        self.put(frame, &[]);
        self.configure.call(&mut self.store, len).unwrap()
    }

    /// Decides; gives the record.
    pub fn decide(&mut self, frame: &[u8], content: &[u8]) -> Vec<u8> {
        let lengths = (
            u32::try_from(frame.len()).unwrap(),
            u32::try_from(content.len()).unwrap(),
        );
        self.put(frame, content);
        let at = self.decide.call(&mut self.store, lengths).unwrap() as usize;
        let memory = self.memory.data(&self.store);
        let len = u32::from_le_bytes(memory[at + 4..at + 8].try_into().unwrap());
        memory[at..at + len as usize].to_vec()
    }

    /// The frame where `reserve` says, the content at the next multiple of 16.
    fn put(&mut self, frame: &[u8], content: &[u8]) {
        let lengths = (
            u32::try_from(frame.len()).unwrap(),
            u32::try_from(content.len()).unwrap(),
        );
        let at = self.reserve.call(&mut self.store, lengths).unwrap() as usize;
        assert_ne!(at, 0, "there is memory");
        let memory = self.memory.data_mut(&mut self.store);
        memory[at..at + frame.len()].copy_from_slice(frame);
        let behind = (at + frame.len()).next_multiple_of(16);
        memory[behind..behind + content.len()].copy_from_slice(content);
    }
}
