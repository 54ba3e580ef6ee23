//! The clock behind deadlines: one thread per engine that advances its epoch.
//!
//! wasmtime compares the epoch at loop heads and function entries, which costs
//! next to nothing; a module that runs past its deadline traps at the next one.
//! The thread holds the engine weakly and ends with it. It sleeps a full tick after
//! each step instead of catching up, because a burst of missed ticks would make
//! false time-outs (FACTS: 10 ms ticks stop an endless loop after 12 ms).

use std::time::Duration;
use wasmtime::Engine;

/// Time between two ticks.
pub const TICK: Duration = Duration::from_millis(10);

/// Starts the thread.
pub fn start(engine: &Engine) -> std::io::Result<()> {
    let weak = engine.weak();
    std::thread::Builder::new()
        .name("riegel-ticker".to_owned())
        .spawn(move || {
            loop {
                std::thread::sleep(TICK);
                match weak.upgrade() {
                    Some(engine) => engine.increment_epoch(),
                    None => return,
                }
            }
        })
        .map(drop)
}

/// Ticks that cover a duration: one more than it has, since the first is already running.
pub fn ticks(time: Duration) -> u64 {
    u64::try_from(time.as_nanos().div_ceil(TICK.as_nanos()))
        .unwrap_or(u64::MAX / 2)
        .saturating_add(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_are_never_too_few() {
        assert_eq!(ticks(Duration::ZERO), 1);
        assert_eq!(ticks(Duration::from_millis(10)), 2);
        assert_eq!(ticks(Duration::from_millis(11)), 3);
    }
}
