//! The wasmtime engine: what a module may use, and how instances are made.
//!
//! A fresh instance per decision is affordable (about a microsecond) because of
//! two things: the pooling allocator keeps memories ready, and copy-on-write
//! initialisation maps the module's tables instead of copying them. On systems
//! that give no large address ranges the engine falls back to making memories on
//! demand; decisions are the same, only slower.
//!
//! Everything that could make two machines differ is switched off: relaxed SIMD,
//! several memories, 64-bit memories; threads are not even compiled in.

use super::limits::Limits;
use super::ticker;
use crate::errors::{self, Problem};
use std::path::Path;
use wasmtime::{
    Cache, CacheConfig, Config, Enabled, Engine, InstanceAllocationStrategy, OptLevel,
    PoolingAllocationConfig,
};

/// Bytes of a finished instance's table that are wiped in place instead of given back.
const TABLE_BYTES: usize = 4 << 10;

/// Makes the engine and starts its ticker.
pub fn make(limits: &Limits, cache: Option<&Path>) -> Result<Engine, Problem> {
    let cache = match cache {
        Some(folder) => Some(kept(folder)?),
        None => None,
    };
    let engine = Engine::new(&config(Some(pool(limits)), cache.clone()))
        .or_else(|_| Engine::new(&config(None, cache)))
        .map_err(|error| cannot("make a WebAssembly engine", &error.to_string()))?;
    ticker::start(&engine).map_err(|error| cannot("start a thread", &error.to_string()))?;
    Ok(engine)
}

/// Compiled modules in a folder.
fn kept(folder: &Path) -> Result<Cache, Problem> {
    let mut config = CacheConfig::new();
    config.with_directory(folder);
    Cache::new(config).map_err(|error| cannot("keep compiled modules", &error.to_string()))
}

fn cannot(what: &str, why: &str) -> Problem {
    Problem::new(&errors::INSTANCE, format!("cannot {what}: {why}"))
        .help("check the limits of the process on memory and threads")
}

fn pool(limits: &Limits) -> PoolingAllocationConfig {
    let mut pool = PoolingAllocationConfig::new();
    pool.total_core_instances(limits.instances)
        .total_memories(limits.instances)
        .total_tables(limits.instances)
        .max_memory_size(limits.memory_bytes)
        .max_memories_per_module(1)
        .max_tables_per_module(1)
        .max_unused_warm_slots(limits.instances)
        .linear_memory_keep_resident(limits.resident_bytes)
        .table_keep_resident(TABLE_BYTES)
        // Where Linux can say which pages were written, only those are wiped (6.7 and newer).
        .pagemap_scan(Enabled::Auto);
    pool
}

fn config(pool: Option<PoolingAllocationConfig>, cache: Option<Cache>) -> Config {
    let mut config = Config::new();
    config
        .epoch_interruption(true)
        .cranelift_opt_level(OptLevel::Speed)
        .memory_init_cow(true)
        .wasm_simd(true)
        .wasm_relaxed_simd(false)
        .wasm_multi_memory(false)
        .wasm_memory64(false)
        .wasm_backtrace_max_frames(None)
        .cache(cache);
    if let Some(pool) = pool {
        config.allocation_strategy(InstanceAllocationStrategy::Pooling(pool));
    }
    config
}
