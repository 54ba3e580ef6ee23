//! The tests of a policy, run against its module in the engine around us.

use super::instance::Instance;
use crate::abi;
use crate::check::Checked;
use crate::check::model::{Policy, Test};
use crate::compile::Module;
use crate::diagnostics::{JsonDiagnostic, line_column, to_json};
use crate::expect::complaints;
use serde::Serialize;

/// What came of all of them.
#[derive(Serialize)]
pub struct Tested<'a> {
    passed: usize,
    failed: usize,
    tests: Vec<One>,
    diagnostics: Vec<JsonDiagnostic<'a>>,
}

#[derive(Serialize)]
struct One {
    name: String,
    passed: bool,
    source: String,
    line: usize,
    complaints: Vec<Told>,
}

#[derive(Serialize)]
struct Told {
    source: String,
    line: usize,
    expected: String,
    came: String,
}

/// Runs them. Without a module nothing passes, and the diagnostics say why.
pub fn run<'a>(checked: &'a Checked, module: Option<&Module>) -> Tested<'a> {
    let both = checked.policy.as_ref().zip(module);
    let tests: Vec<One> = both.map_or_else(Vec::new, |(policy, module)| {
        policy
            .tests
            .iter()
            .map(|test| one(policy, module, test))
            .collect()
    });
    let passed = tests.iter().filter(|test| test.passed).count();
    Tested {
        passed,
        failed: tests.len() - passed,
        tests,
        diagnostics: checked
            .diagnostics
            .iter()
            .map(|d| to_json(d, &checked.sources))
            .collect(),
    }
}

fn one(policy: &Policy, module: &Module, test: &Test) -> One {
    let complaints = match decide(module, test) {
        Ok(decision) => complaints(policy, test, &decision)
            .into_iter()
            .map(|complaint| told(policy, complaint.place, complaint.came))
            .collect(),
        Err(came) => test
            .expect
            .iter()
            .map(|expectation| told(policy, expectation.place, came.clone()))
            .collect::<Vec<_>>(),
    };
    let (source, line, _) = place(policy, test.place);
    One {
        name: test.name.clone(),
        passed: complaints.is_empty(),
        source,
        line,
        complaints,
    }
}

/// A fresh instance for each: nothing of one test is there for the next.
fn decide(module: &Module, test: &Test) -> Result<abi::record::Decision, String> {
    let instance = Instance::new(&module.wasm)?;
    if test.config.iter().any(Option::is_some) {
        let frame = abi::config::encode(&module.schema, &test.config).map_err(|e| e.message)?;
        instance.configure(&frame)?;
    }
    let frame = abi::frame::encode(&module.schema, &test.event).map_err(|e| e.message)?;
    let record = instance.decide(&frame, &test.event.text)?;
    abi::record::decode(&record)
        .and_then(|decision| abi::record::validate(&decision, &module.info).map(|()| decision))
        .map_err(|error| error.message)
}

fn told(policy: &Policy, at: crate::check::model::Place, came: String) -> Told {
    let (source, line, expected) = place(policy, at);
    Told {
        source,
        line,
        expected,
        came,
    }
}

/// Source, line, and what stands in it.
fn place(policy: &Policy, at: crate::check::model::Place) -> (String, usize, String) {
    let Some(source) = policy.sources.get(at.source as usize) else {
        return (String::new(), 1, String::new());
    };
    let (line, _) = line_column(&source.text, at.span.start as usize);
    let written = source.text.lines().nth(line - 1).unwrap_or_default();
    (source.name.clone(), line, written.trim().to_owned())
}
