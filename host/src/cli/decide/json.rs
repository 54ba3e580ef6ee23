//! A decision for programs: everything, and no content. Spans are given in Unicode
//! code points (`start`, `end`) and in bytes (`start_byte`, `end_byte`).

use super::Case;
use super::message::Facts;
use super::places::Places;
use crate::errors::Problem;
use riegel::abi::record::verdict;
use riegel::manifest::RuleInfo;
use riegel_kernel::layout::{
    ErrorCode, FINDING_ALSO, FINDING_ENCODED, FINDING_REDACT, FindingEntry, RECORD_CONTENT_READ,
    RECORD_ERROR, RECORD_STAGED, RECORD_TRUNCATED, RECORD_UNKNOWN_VALUE, RuleHit,
};
use serde_json::{Value as Json, json};

/// One JSON object and a line end.
pub fn render(case: &Case<'_>, warnings: &[Problem]) -> String {
    let anatomy = case.guard.anatomy();
    let info = &anatomy.info;
    let decision = &case.outcome.decision;
    let facts = Facts {
        info,
        schema: &anatomy.schema,
        values: case.event.values(),
        decision,
        lang: case.lang,
    };
    let places = Places::of_parts(case.event.content().as_bytes(), case.event.spans());
    let obligations = |codes: &[u16]| -> Vec<Json> {
        codes
            .iter()
            .filter_map(|code| info.obligations.get(usize::from(code & 0xFFF)))
            .map(|o| match o.argument.as_str() {
                "" => json!({ "kind": o.kind }),
                argument => json!({ "kind": o.kind, "argument": argument }),
            })
            .collect()
    };
    let demanded: Vec<&str> = info
        .detectors
        .iter()
        .enumerate()
        .filter(|(i, _)| decision.demanded(*i))
        .map(|(_, detector)| detector.id.as_str())
        .collect();
    let slot = anatomy.schema.slots.get(usize::from(decision.slot));
    let out = json!({
        "policy": {
            "id": info.id,
            "version": info.version,
            "build": info.build,
            "digest": case.guard.digest_text(),
            "config": format!("{:016x}", decision.config),
        },
        "verdict": decision.verdict.as_str(),
        "effective": decision.effective.as_str(),
        "error": error_word(decision.error),
        "attribute": slot.map(|slot| slot.name.as_str()),
        "failure": case.outcome.failure.as_ref().map(|p| p.to_json()),
        "on_error": decision.flags & RECORD_ERROR != 0,
        "truncated": decision.flags & RECORD_TRUNCATED != 0,
        "unknown_value": decision.flags & RECORD_UNKNOWN_VALUE != 0,
        "warnings": warnings.iter().map(Problem::to_json_warning).collect::<Vec<_>>(),
        "content_read": decision.flags & RECORD_CONTENT_READ != 0,
        "staged": decision.flags & RECORD_STAGED != 0,
        "rules": decision.rules.iter().filter_map(|hit| {
            let rule = info.rules.get(usize::from(hit.rule))?;
            Some(rule_json(&facts, rule, hit))
        }).collect::<Vec<_>>(),
        "obligations": obligations(&decision.obligations),
        "would": obligations(&decision.would),
        "demanded": demanded,
        "findings": decision.findings.iter().filter_map(|finding| {
            finding_json(case, finding, &places)
        }).collect::<Vec<_>>(),
        "bytes": case.event.content().len(),
        "parts": case.event.parts().len(),
        "time_us": u64::try_from(case.time.as_micros()).unwrap_or(u64::MAX),
    });
    format!("{out:#}\n")
}

fn rule_json(facts: &Facts<'_>, rule: &RuleInfo, hit: &RuleHit) -> Json {
    let word = |code: u8| verdict(code).map(|v| v.as_str());
    let clauses: Vec<Json> = rule
        .clauses
        .iter()
        .enumerate()
        .filter(|(i, _)| *i < 64 && hit.clauses >> i & 1 == 1)
        .map(|(_, clause)| {
            json!({
                "source": facts.info.sources.get(clause.source as usize),
                "start": clause.start,
                "end": clause.end,
                "text": clause.text,
            })
        })
        .collect();
    json!({
        "id": rule.id,
        "verdict": word(hit.verdict),
        "effective": word(hit.effective),
        "message": facts.text(&rule.say, rule),
        "hint": facts.text(&rule.hint, rule),
        "cite": rule.cite,
        "clauses": clauses,
    })
}

fn finding_json(case: &Case<'_>, finding: &FindingEntry, places: &Places) -> Option<Json> {
    let info = &case.guard.anatomy().info;
    let detector = info.detectors.get(usize::from(finding.detector))?;
    let (start, end) = places.span(finding.start as usize, finding.end as usize);
    let (line, column) = places.line_column(finding.start as usize);
    let FindingEntry {
        part,
        distinct,
        start: start_byte,
        end: end_byte,
        ..
    } = *finding;
    Some(json!({
        "detector": detector.id,
        "title": detector.title_in(case.lang.code()),
        "class": detector.class,
        "label": detector.label,
        "confidence": confidence(finding.confidence),
        "part": part,
        "start": start,
        "end": end,
        "start_byte": start_byte,
        "end_byte": end_byte,
        "line": line,
        "column": column,
        "distinct": distinct,
        "also": finding.flags & FINDING_ALSO != 0,
        "redact": finding.flags & FINDING_REDACT != 0,
        "encoded": finding.flags & FINDING_ENCODED != 0,
    }))
}

/// A confidence by its word in the language.
pub fn confidence(level: u8) -> &'static str {
    match level {
        1 => "low",
        2 => "medium",
        _ => "high",
    }
}

/// Why `on_error` has the say, in the words of the interface.
pub fn error_word(error: ErrorCode) -> Option<&'static str> {
    match error {
        ErrorCode::None => None,
        ErrorCode::Frame => Some("frame"),
        ErrorCode::Schema => Some("schema"),
        ErrorCode::Required => Some("required_attribute"),
        ErrorCode::Part => Some("part"),
        ErrorCode::NothingToRedact => Some("nothing_to_redact"),
        ErrorCode::RedactTruncated => Some("redact_truncated"),
        ErrorCode::Memory => Some("memory"),
        ErrorCode::Key => Some("key"),
    }
}
