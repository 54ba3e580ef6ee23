#[path = "generate/mod.rs"]
mod generate;
use riegel::{abi, compile, native::Native, reference::Reference};
use riegel_kernel::blocks::Way;
#[test]
fn quick() {
    let n: u64 = std::env::var("N")
        .ok()
        .and_then(|n| n.parse().ok())
        .unwrap_or(200);
    let s0: u64 = std::env::var("S")
        .ok()
        .and_then(|n| n.parse().ok())
        .unwrap_or(0);
    let (mut cases, mut bad, mut hits, mut founds) = (0, 0, 0, 0);
    for seed in s0..s0 + n {
        let case = generate::case(&mut generate::Rng::new(seed));
        let prepared = match compile::prepare(&case.policy, b"") {
            Ok(p) => p,
            Err(e) => {
                println!(
                    "seed {seed}: {:?}",
                    e.iter().map(|d| &d.message).collect::<Vec<_>>()
                );
                bad += 1;
                continue;
            }
        };
        let schema = abi::schema(&case.policy);
        let reference = Reference::new(&case.policy).with_build(prepared.build);
        let mut native = Native::new(prepared).unwrap();
        for (i, (event, config)) in case.events.iter().enumerate() {
            let frame = abi::frame::encode(&schema, event).unwrap();
            if config.iter().any(Option::is_some) {
                let st = native.configure(&abi::config::encode(&schema, config).unwrap());
                assert_eq!(st as u32, 0);
            } else {
                native = Native::new(native.prepared().clone()).unwrap();
            }
            let want = reference.decide(event, config);
            if !want.rules.is_empty() {
                hits += 1;
            }
            if !want.findings.is_empty() {
                founds += 1;
            }
            let a = native.decide(Way::Simd, &frame, &event.text);
            let b = native.decide(Way::Portable, &frame, &event.text);
            assert_eq!(a, b);
            cases += 1;
            let got = abi::record::decode(&a).unwrap();
            let bytes = abi::record::encode(&want);
            if bytes != a {
                bad += 1;
                if bad < 4 {
                    println!(
                        "seed {seed} event {i}: text {:?}",
                        String::from_utf8_lossy(&event.text)
                    );
                    println!("want {want:?}\n got {got:?}");
                    for f in want.findings.iter().chain(&got.findings) {
                        println!(
                            "  {} {:?}",
                            case.policy.detectors[f.detector as usize].id, f
                        );
                    }
                }
            }
        }
    }
    println!("{cases} cases, {bad} bad, {hits} rule, {founds} found");
    assert_eq!(bad, 0);
}
