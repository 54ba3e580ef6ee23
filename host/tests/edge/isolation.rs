//! One tenant loops, one eats memory, one floods, one is corrupt; a fifth does not notice.
//!
//! That none of the fifth's requests fails is tested here; by how much its times grow is measured
//! by `cargo xtask bench` (a test with a clock in it fails on a busy machine).

use super::host::{Host, POLICY, event, folder};
use super::support::Recipe;
use serde_json::json;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};
use wasm_encoder::{BlockType, Instruction};

/// Never comes back.
pub fn endless() -> Vec<u8> {
    Recipe::decide(vec![
        Instruction::Loop(BlockType::Empty),
        Instruction::Br(0),
        Instruction::End,
        Instruction::I32Const(0),
    ])
    .bytes()
}

/// Grows until it may not.
pub fn greedy() -> Vec<u8> {
    Recipe::decide(vec![
        Instruction::Loop(BlockType::Empty),
        Instruction::I32Const(16),
        Instruction::MemoryGrow(0),
        Instruction::I32Const(-1),
        Instruction::I32Ne,
        Instruction::BrIf(0),
        Instruction::End,
        Instruction::Unreachable,
    ])
    .bytes()
}

#[test]
fn nobody_notices_a_bad_neighbour() {
    let folder = folder("neighbours");
    std::fs::write(folder.join("loops.wasm"), endless()).unwrap();
    std::fs::write(folder.join("grows.wasm"), greedy()).unwrap();
    let mut corrupt = endless();
    corrupt[60] ^= 4;
    std::fs::write(folder.join("corrupt.wasm"), corrupt).unwrap();
    std::fs::write(folder.join("demo.riegel"), POLICY).unwrap();
    std::fs::create_dir(folder.join("floods")).unwrap();
    std::fs::write(folder.join("floods/policy.riegel"), POLICY).unwrap();
    std::fs::write(
        folder.join("floods/tenant.toml"),
        "policy = \"policy.riegel\"\n[limits]\nrequests_per_second = 20\nburst = 20\n",
    )
    .unwrap();
    let host = Host::start(&folder);
    let (over, decided) = (AtomicBool::new(false), AtomicU64::new(0));
    let flooded = AtomicU64::new(0);
    std::thread::scope(|scope| {
        for (tenant, content) in [("loops", "x"), ("grows", "x"), ("corrupt", "x")] {
            let (host, over) = (&host, &over);
            scope.spawn(move || {
                let path = format!("/v1/tenants/{tenant}/decide");
                let mut times = 0;
                while !over.load(Relaxed) || times < 5 {
                    let answer =
                        host.post(&path, None, &json!({"action": "paste", "content": content}));
                    assert!([200, 429].contains(&answer.status), "{answer:?}");
                    if answer.status == 200 {
                        let decision = answer.json();
                        assert_eq!(decision["effective"], "block", "{decision}");
                        assert_eq!(decision["on_error"], true);
                    } else {
                        std::thread::sleep(std::time::Duration::from_millis(50));
                    }
                    times += 1;
                }
            });
        }
        scope.spawn(|| {
            while !over.load(Relaxed) {
                let answer = host.post("/v1/tenants/floods/decide", None, &event("stopp"));
                assert!([200, 429].contains(&answer.status), "{answer:?}");
                flooded.fetch_add(u64::from(answer.status == 429), Relaxed);
            }
        });
        for i in 0..400 {
            let content = if i % 2 == 0 { "stopp" } else { "gut" };
            let decision = host.decide(content);
            let expected = if i % 2 == 0 { "block" } else { "allow" };
            assert_eq!(decision["effective"], expected, "{decision}");
            assert_eq!(decision["on_error"], false);
            decided.fetch_add(1, Relaxed);
            std::thread::sleep(std::time::Duration::from_millis(2));
        }
        over.store(true, Relaxed);
    });
    assert_eq!(decided.load(Relaxed), 400);
    assert!(flooded.load(Relaxed) > 20, "the flood met no limit");
    let metrics = host.get("/metrics", None).text;
    let failures = |tenant: &str| {
        let name = format!("riegel_decision_failures_total{{tenant=\"{tenant}\"}} ");
        let line = metrics
            .lines()
            .find(|line| line.starts_with(&name))
            .unwrap();
        line[name.len()..].parse::<u64>().unwrap()
    };
    assert_eq!(failures("demo"), 0);
    for tenant in ["loops", "grows", "corrupt"] {
        assert!(failures(tenant) > 0, "{tenant}");
    }
    let (fine, text) = host.verify();
    assert!(fine, "{text}");
}
