//! A policy compiled and running, in one call.
//!
//! For trying policies out. A page that guards people loads the compiled module with `@riegel/guard`,
//! which checks it, fails closed, and knows messages and redaction.

use super::answers::{Said, valid};
use super::event;
use super::instance::Instance;
use super::options::Options;
use super::{build, to_js};
use crate::abi::record::{self, Decision};
use crate::check::model::{Event, Part};
use crate::compile::Module;
use crate::expect::confidence;
use crate::manifest::ClauseInfo;
use js_sys::{Reflect, Uint8Array};
use riegel_kernel::layout::{
    FINDING_ALSO, FINDING_ENCODED, FINDING_REDACT, FindingEntry, RECORD_ERROR, RECORD_STAGED,
};
use serde::Serialize;
use wasm_bindgen::prelude::*;

/// A compiled policy that answers events.
#[wasm_bindgen]
pub struct Engine {
    module: Module,
    instance: Instance,
}

#[wasm_bindgen]
impl Engine {
    /// Compiles a policy and instantiates its module. Throws an error whose `diagnostics` say what is
    /// wrong with the policy.
    ///
    /// # Errors
    /// Where the policy has errors, or the engine cannot run its module.
    #[wasm_bindgen(constructor)]
    pub fn new(
        source: &str,
        #[wasm_bindgen(unchecked_optional_param_type = "Options")] options: JsValue,
    ) -> Result<Engine, JsValue> {
        let (checked, module) = build(source, &Options::read(options)?);
        let Some(module) = module else {
            let error: JsValue = JsError::new("the policy has errors").into();
            let diagnostics = Reflect::get(&to_js(&Said::of(&checked))?, &"diagnostics".into())?;
            Reflect::set(&error, &"diagnostics".into(), &diagnostics)?;
            return Err(error);
        };
        let instance = Instance::new(&module.wasm).map_err(|why| JsError::new(&why))?;
        Ok(Engine { module, instance })
    }

    /// The module, as `riegel build` writes it.
    ///
    /// # Errors
    /// Where this engine would not run it.
    #[wasm_bindgen(getter)]
    pub fn wasm(&self) -> Result<Uint8Array, JsError> {
        valid(&self.module.wasm)
    }

    /// The time zone in which the policy's day begins.
    #[wasm_bindgen(getter, js_name = timeZone)]
    pub fn time_zone(&self) -> String {
        self.module.schema.time_zone.clone()
    }

    /// Decides about an event. `today` (days since 1970-01-01) is the day where the event says none.
    ///
    /// # Errors
    /// Where the event does not fit the policy, or the module stops.
    #[wasm_bindgen(unchecked_return_type = "Answer")]
    pub fn decide(
        &self,
        #[wasm_bindgen(unchecked_param_type = "PolicyEvent")] event: JsValue,
        today: i32,
    ) -> Result<JsValue, JsError> {
        let json = serde_wasm_bindgen::from_value(event)
            .map_err(|_| JsError::new("an event is an object of plain values"))?;
        let refused = |why: String| JsError::new(&why);
        let event = event::read(json, &self.module.schema, today).map_err(refused)?;
        let frame = crate::abi::frame::encode(&self.module.schema, &event)
            .map_err(|error| JsError::new(&error.message))?;
        let bytes = self.instance.decide(&frame, &event.text).map_err(refused)?;
        let decision = record::decode(&bytes)
            .and_then(|d| record::validate(&d, &self.module.info).map(|()| d))
            .map_err(|error| JsError::new(&error.message))?;
        let answer = to_js(&self.answer(&decision, &event))?;
        Reflect::set(&answer, &"record".into(), &Uint8Array::from(&*bytes))
            .map_err(|_| JsError::new("frozen"))?;
        Ok(answer)
    }
}

/// A decision in words.
#[derive(Serialize)]
struct Answer<'a> {
    verdict: &'static str,
    full: &'static str,
    error: bool,
    staged: bool,
    rules: Vec<Fired<'a>>,
    obligations: Vec<Duty<'a>>,
    would: Vec<Duty<'a>>,
    findings: Vec<Finding<'a>>,
}

#[derive(Serialize)]
struct Fired<'a> {
    id: &'a str,
    verdict: &'static str,
    full: &'static str,
    cite: &'a [String],
    clauses: Vec<&'a ClauseInfo>,
}

#[derive(Serialize)]
struct Duty<'a> {
    kind: &'a str,
    argument: &'a str,
}

#[derive(Serialize)]
struct Finding<'a> {
    detector: &'a str,
    class: &'a str,
    label: &'a str,
    confidence: &'static str,
    part: usize,
    start: usize,
    end: usize,
    also: bool,
    redact: bool,
    encoded: bool,
}

impl Engine {
    fn answer<'a>(&'a self, decision: &Decision, event: &Event) -> Answer<'a> {
        let info = &self.module.info;
        let word = |code: u8| record::verdict(code).map_or("block", |v| v.as_str());
        let fired = |hit: &riegel_kernel::layout::RuleHit| {
            let rule = info.rules.get(usize::from(hit.rule))?;
            let held = hit.clauses;
            let clauses = rule.clauses.iter().enumerate();
            Some(Fired {
                id: &rule.id,
                verdict: word(hit.effective),
                full: word(hit.verdict),
                cite: &rule.cite,
                clauses: clauses
                    .filter(|(at, _)| *at < 64 && held >> at & 1 == 1)
                    .map(|(_, clause)| clause)
                    .collect(),
            })
        };
        let duties = |codes: &[u16]| {
            let known = codes.iter().filter_map(|code| {
                let duty = info.obligations.get(usize::from(code & 0xFFF))?;
                Some(Duty {
                    kind: &duty.kind,
                    argument: &duty.argument,
                })
            });
            known.collect()
        };
        Answer {
            verdict: decision.effective.as_str(),
            full: decision.verdict.as_str(),
            error: decision.flags & RECORD_ERROR != 0,
            staged: decision.flags & RECORD_STAGED != 0,
            rules: decision.rules.iter().filter_map(fired).collect(),
            obligations: duties(&decision.obligations),
            would: duties(&decision.would),
            findings: decision
                .findings
                .iter()
                .filter_map(|finding| self.finding(finding, event))
                .collect(),
        }
    }

    fn finding(&self, finding: &FindingEntry, event: &Event) -> Option<Finding<'_>> {
        let detector = self
            .module
            .info
            .detectors
            .get(usize::from(finding.detector))?;
        let index = usize::try_from(finding.part).ok()?;
        let part: &Part = event.parts.get(index)?;
        let from = part.offset as usize;
        let units = |at: u32| {
            let before = event.text.get(from..at as usize)?;
            Some(std::str::from_utf8(before).ok()?.encode_utf16().count())
        };
        Some(Finding {
            detector: &detector.id,
            class: &detector.class,
            label: &detector.label,
            confidence: confidence(finding.confidence),
            part: index,
            start: units(finding.start)?,
            end: units(finding.end)?,
            also: finding.flags & FINDING_ALSO != 0,
            redact: finding.flags & FINDING_REDACT != 0,
            encoded: finding.flags & FINDING_ENCODED != 0,
        })
    }
}
