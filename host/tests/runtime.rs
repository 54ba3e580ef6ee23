//! The runtime believes nothing: every kind of wrong module is refused with its own
//! code, and every kind of failure ends in `on_error`.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests"
)]

mod support;

use riegel::abi::record::{self, Decision};
use riegel::check::model::{Event as Model, Part};
use riegel::manifest::{Bound, Vector};
use riegel::syntax::ast::Verdict;
use riegel_host::errors::Problem;
use riegel_host::event::Event;
use riegel_host::runtime::{Guard, Limits, Runtime};
use riegel_kernel::layout::{FindingEntry, RECORD_CONTENT_READ, RECORD_ERROR, RECORD_STAGED};
use std::sync::LazyLock;
use std::time::Duration;
use support::Recipe;
use wasm_encoder::{BlockType, Instruction};

static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| {
    Runtime::new(Limits {
        floor: Duration::from_millis(50),
        ..Limits::default()
    })
    .unwrap()
});

fn load(recipe: &Recipe) -> Result<Guard, Problem> {
    RUNTIME.load(&recipe.bytes())
}

fn refused(recipe: &Recipe) -> &'static str {
    match load(recipe) {
        Ok(_) => panic!("the module was loaded"),
        Err(problem) => {
            assert!(problem.help.is_some(), "no next step");
            problem.kind.id
        }
    }
}

fn event(guard: &Guard, text: &[u8], today: i32) -> Event {
    let model = Model {
        values: Vec::new(),
        today,
        text: text.to_vec(),
        parts: vec![Part {
            offset: 0,
            len: u32::try_from(text.len()).unwrap(),
            role: 1,
            direction: 0,
        }],
    };
    Event::new(&guard.anatomy().schema, model).unwrap()
}

#[test]
fn a_good_module_decides() {
    let guard = load(&Recipe::default()).unwrap();
    let event = event(&guard, b"Hallo", 0);
    let outcome = guard.decide(&event);
    assert_eq!(outcome.failure, None);
    assert_eq!(outcome.decision, support::allow());
    let mut session = guard.session();
    for _ in 0..3 {
        assert_eq!(session.decide(&event).failure, None);
        assert!(session.is_warm());
    }
}

#[test]
fn every_flipped_bit_is_refused_with_a_code() {
    let module = Recipe::default().bytes();
    for at in 0..module.len() {
        for bit in 0..8 {
            let mut damaged = module.clone();
            damaged[at] ^= 1 << bit;
            let Err(problem) = RUNTIME.load(&damaged) else {
                panic!("bit {bit} of byte {at} went unnoticed");
            };
            assert!(["E2002", "E2003"].contains(&problem.kind.id));
        }
    }
}

#[test]
fn every_truncation_is_refused() {
    let module = Recipe::default().bytes();
    for len in 0..module.len() {
        assert!(RUNTIME.load(&module[..len]).is_err(), "{len} bytes");
    }
}

#[test]
fn every_step_of_loading_has_its_code() {
    let small = Runtime::new(Limits {
        module_bytes: 100,
        ..Limits::default()
    })
    .unwrap();
    let Err(problem) = small.load(&Recipe::default().bytes()) else {
        panic!("loaded");
    };
    assert_eq!(problem.kind.id, "E2001");
    let Err(problem) = RUNTIME.load(&support::signed(b"no WebAssembly".to_vec())) else {
        panic!("loaded");
    };
    assert_eq!(problem.kind.id, "E2004");
    assert_eq!(
        refused(&Recipe {
            import: true,
            ..Recipe::default()
        }),
        "E2005"
    );
    for export in ["abi_version", "reserve", "decide", "configure"] {
        assert_eq!(
            refused(&Recipe {
                without: Some(export),
                ..Recipe::default()
            }),
            "E2006",
            "{export}"
        );
    }
    for section in [
        "riegel.schema",
        "riegel.policy",
        "riegel.bound",
        "riegel.selftest",
    ] {
        assert_eq!(
            refused(&Recipe {
                without: Some(section),
                ..Recipe::default()
            }),
            "E2007",
            "{section}"
        );
    }
    for abi in [0, 2, 99] {
        assert_eq!(
            refused(&Recipe {
                abi,
                ..Recipe::default()
            }),
            "E2008"
        );
    }
    assert_eq!(
        refused(&Recipe {
            abi_function: 2,
            ..Recipe::default()
        }),
        "E2008"
    );
}

#[test]
fn what_applies_after_a_failure_is_known_when_a_module_is_loaded() {
    let with = |on_error: &str, stages: &[(&str, &str)]| {
        let mut recipe = Recipe::default();
        recipe.info.on_error = on_error.to_owned();
        recipe.info.stages = stages
            .iter()
            .map(|(stage, day)| ((*stage).to_owned(), (*day).to_owned()))
            .collect();
        recipe
    };
    for on_error in ["justify", "approve", "block"] {
        assert!(load(&with(on_error, &[("warn", "2026-12-01")])).is_ok());
    }
    for on_error in ["allow", "log", "warn", "", "Block"] {
        assert_eq!(refused(&with(on_error, &[])), "E2007", "{on_error}");
    }
    for stage in [
        ("enforce", "soon"),
        ("enforced", "2026-12-01"),
        ("warn", ""),
    ] {
        assert_eq!(refused(&with("block", &[stage])), "E2007", "{stage:?}");
    }
}

#[test]
fn a_bound_above_the_limits_is_refused() {
    let bound = Recipe::default().bound;
    for bound in [
        Bound {
            steps: u64::MAX,
            ..bound.clone()
        },
        Bound {
            steps_per_byte: u64::MAX,
            ..bound.clone()
        },
        Bound {
            memory: u64::MAX,
            ..bound.clone()
        },
    ] {
        assert_eq!(
            refused(&Recipe {
                bound,
                ..Recipe::default()
            }),
            "E2009"
        );
    }
}

#[test]
fn invalid_code_and_failed_self_tests_are_refused() {
    assert_eq!(
        refused(&Recipe::decide(vec![Instruction::F64Const(1.0.into())])),
        "E2010"
    );
    let vector = |record: String| Recipe {
        vectors: vec![Vector {
            name: "a test".to_owned(),
            frame: "00".to_owned(),
            text: String::new(),
            record,
        }],
        ..Recipe::default()
    };
    let right: String = Recipe::default()
        .record
        .iter()
        .map(|b| format!("{b:02x}"))
        .collect();
    assert!(load(&vector(right.clone())).is_ok());
    assert_eq!(refused(&vector(right.replacen("00", "01", 1))), "E2011");
    assert_eq!(refused(&vector("xy".to_owned())), "E2011");
    let trap = Recipe {
        decide: vec![Instruction::Unreachable],
        ..vector(right)
    };
    assert_eq!(refused(&trap), "E2011");
}

/// Decides twice on one session: a failure must not poison the next decision.
fn fails(recipe: &Recipe) -> &'static str {
    let guard = load(recipe).unwrap();
    let event = event(&guard, b"Hallo", 0);
    let mut session = guard.session();
    let mut code = "";
    for _ in 0..2 {
        let outcome = session.decide(&event);
        assert_eq!(outcome.decision.verdict, Verdict::Block);
        assert_eq!(outcome.decision.effective, Verdict::Block);
        assert!(outcome.decision.flags & RECORD_ERROR != 0);
        assert!(!session.is_warm());
        code = outcome.failure.unwrap().kind.id;
    }
    code
}

#[test]
fn failures_end_in_on_error() {
    use Instruction as I;
    assert_eq!(fails(&Recipe::decide(vec![I::Unreachable])), "E4001");
    let endless = vec![
        I::Loop(BlockType::Empty),
        I::Br(0),
        I::End,
        I::I32Const(support::RECORD_AT),
    ];
    assert_eq!(fails(&Recipe::decide(endless)), "E4002");
    assert_eq!(fails(&Recipe::decide(vec![I::I32Const(0)])), "E4003");
    assert_eq!(
        fails(&Recipe {
            reserve: 0,
            ..Recipe::default()
        }),
        "E4003"
    );
    for pointer in [-1, 1 << 20, 64, (2 << 16) - 4] {
        assert_eq!(fails(&Recipe::decide(vec![I::I32Const(pointer)])), "E4004");
    }
    assert_eq!(
        fails(&Recipe {
            reserve: -4,
            ..Recipe::default()
        }),
        "E4004"
    );
}

#[test]
fn growing_beyond_the_limit_is_refused_and_dropped() {
    use Instruction as I;
    // Grows by a page each time; beyond the session's limit the instance is dropped.
    let grow = vec![
        I::I32Const(1),
        I::MemoryGrow(0),
        I::Drop,
        I::I32Const(support::RECORD_AT),
    ];
    let runtime = Runtime::new(Limits {
        session_bytes: 4 << 16,
        ..Limits::default()
    })
    .unwrap();
    let guard = runtime.load(&Recipe::decide(grow).bytes()).unwrap();
    let event = event(&guard, b"", 0);
    let mut session = guard.session();
    let warm: Vec<bool> = (0..4)
        .map(|_| {
            assert_eq!(session.decide(&event).failure, None);
            session.is_warm()
        })
        .collect();
    assert_eq!(warm, [true, true, false, true]);
}

#[test]
fn a_pilot_never_blocks_on_errors() {
    let mut recipe = Recipe::decide(vec![Instruction::Unreachable]);
    recipe.info.stages = [("observe", "1970-01-11"), ("enforce", "1970-02-01")]
        .map(|(stage, day)| (stage.to_owned(), day.to_owned()))
        .to_vec();
    let guard = load(&recipe).unwrap();
    for (today, effective) in [
        (0, Verdict::Allow),
        (15, Verdict::Log),
        (31, Verdict::Block),
    ] {
        let decision = guard.decide(&event(&guard, b"", today)).decision;
        assert_eq!(decision.verdict, Verdict::Block);
        assert_eq!(decision.effective, effective);
        assert_eq!(
            decision.flags & RECORD_STAGED != 0,
            effective != Verdict::Block
        );
    }
}

#[test]
fn long_content_is_refused_before_the_module_is_asked() {
    let guard = Runtime::new(Limits {
        content_bytes: 10,
        ..Limits::default()
    })
    .unwrap()
    .load(&Recipe::default().bytes())
    .unwrap();
    let outcome = guard.decide(&event(&guard, b"eleven byte", 0));
    assert_eq!(outcome.failure.unwrap().kind.id, "E4006");
    assert_eq!(outcome.decision.effective, Verdict::Block);
}

/// A record is changed in one way each; none of them is believed.
#[test]
fn lying_records_are_not_believed() {
    let with_detector = |change: fn(&mut Decision)| {
        let mut recipe = Recipe::default();
        recipe.info.detectors = vec![riegel::manifest::DetectorInfo {
            id: "payment.card".to_owned(),
            title: "Card".to_owned(),
            titles: Default::default(),
            class: "payment".to_owned(),
            label: "CARD".to_owned(),
        }];
        let mut decision = support::allow();
        decision.flags = RECORD_CONTENT_READ;
        decision.demand = vec![1];
        decision.findings = vec![FindingEntry {
            detector: 0,
            confidence: 3,
            flags: 0,
            part: 0,
            start: 0,
            end: 5,
            distinct: 1,
        }];
        change(&mut decision);
        recipe.record = record::encode(&decision);
        recipe
    };
    assert_eq!(
        load(&with_detector(|_| {}))
            .map(|guard| guard.decide(&event(&guard, b"Hallo", 0)).failure)
            .unwrap(),
        None
    );
    let lies: [fn(&mut Decision); 9] = [
        |d| d.findings[0].end = 6,
        |d| d.findings[0].start = 5,
        |d| d.findings[0].part = 1,
        |d| d.findings[0].detector = 1,
        |d| d.findings[0].confidence = 4,
        |d| d.demand = vec![3],
        |d| d.build = [1; 16],
        |d| d.obligations = vec![1 << 12 | 1],
        |d| d.effective = Verdict::Block,
    ];
    for (i, lie) in lies.into_iter().enumerate() {
        let code = fails(&with_detector(lie));
        assert_eq!(code, "E4004", "lie {i}");
    }
    // Nor is a record with any one byte changed, or it says something that is true.
    let good = record::encode(&support::allow());
    for at in 0..good.len() {
        let mut recipe = Recipe::default();
        recipe.record[at] ^= 0x80;
        let guard = load(&recipe).unwrap();
        let outcome = guard.decide(&event(&guard, b"", 0));
        if outcome.failure.is_none() {
            let again = record::encode(&outcome.decision);
            assert_eq!(again, recipe.record, "byte {at}");
        }
    }
}
