//! A log for other systems: JSON lines, ArcSight's Common Event Format, and OCSF.
//!
//! JSON lines hold every record as it was hashed, with writer, number and hash around it, so that
//! a copy can be verified as well. CEF and OCSF hold what a SIEM correlates.

use crate::errors::Problem;
use crate::runtime::hex;
use crate::serve::store::{Row, Sql, at};
use serde_json::{Value as Json, json};

/// A form.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum, serde::Serialize, serde::Deserialize,
)]
#[serde(rename_all = "lowercase")]
pub enum Form {
    /// JSON lines
    Jsonl,
    /// Common Event Format, a line per record
    Cef,
    /// Open Cybersecurity Schema Framework 1.3, JSON lines
    Ocsf,
}

impl Form {
    /// By its name.
    pub fn by_name(name: &str) -> Option<Self> {
        match name {
            "jsonl" => Some(Form::Jsonl),
            "cef" => Some(Form::Cef),
            "ocsf" => Some(Form::Ocsf),
            _ => None,
        }
    }
}

/// Where a page of records begins: writer and number of the last one that was read.
pub type After = (i64, String, i64);

/// A page: the records after a place, in the order of time.
pub fn page(
    sql: &mut dyn Sql,
    tenant: &str,
    after: &After,
    most: i64,
) -> Result<Vec<Row>, Problem> {
    sql.rows(
        "SELECT at, writer, seq, body, hash FROM audit WHERE tenant = $1 AND
         (at > $2 OR (at = $3 AND (writer > $4 OR (writer = $5 AND seq > $6))))
         ORDER BY at, writer, seq LIMIT $7",
        &[
            tenant.into(),
            after.0.into(),
            after.0.into(),
            after.1.as_str().into(),
            after.1.as_str().into(),
            after.2.into(),
            most.into(),
        ],
    )
}

/// Where the next page begins.
pub fn place(row: &Row) -> After {
    (
        at(row, 0).int(),
        at(row, 1).text().to_owned(),
        at(row, 2).int(),
    )
}

/// One record as a line.
pub fn line(form: Form, tenant: &str, row: &Row) -> String {
    let (when, writer, seq) = place(row);
    let body: Json = serde_json::from_str(at(row, 3).text()).unwrap_or_default();
    match form {
        Form::Jsonl => format!(
            "{{\"tenant\":{},\"writer\":\"{writer}\",\"seq\":{seq},\"record\":{},\"hash\":\"{}\"}}\n",
            json!(tenant),
            at(row, 3).text(),
            hex(at(row, 4).bytes())
        ),
        Form::Cef => cef(tenant, when, &writer, seq, &body),
        Form::Ocsf => ocsf(tenant, when, &writer, seq, &body),
    }
}

/// Verdicts in the order of their strength, as severities of CEF (0 to 10).
fn severity(body: &Json) -> u8 {
    match text(body, "effective") {
        "block" => 8,
        "approve" | "redact" => 6,
        "justify" | "warn" => 4,
        "log" => 2,
        _ => 1,
    }
}

fn text<'a>(body: &'a Json, key: &str) -> &'a str {
    body.get(key).and_then(Json::as_str).unwrap_or_default()
}

fn rules(body: &Json) -> Vec<&str> {
    let rules = body.get("rules").and_then(Json::as_array);
    rules
        .into_iter()
        .flatten()
        .filter_map(Json::as_str)
        .collect()
}

/// `|`, `=` and `\` mean something in CEF, and a line end would begin another event.
fn cef_text(text: &str, header: bool) -> String {
    let mut out = String::new();
    for c in text.chars() {
        match c {
            '\\' => out.push_str("\\\\"),
            '|' if header => out.push_str("\\|"),
            '=' if !header => out.push_str("\\="),
            c if c.is_control() => out.push(' '),
            c => out.push(c),
        }
    }
    out
}

fn cef(tenant: &str, when: i64, writer: &str, seq: i64, body: &Json) -> String {
    let kind = text(body, "kind");
    let mut out = format!(
        "CEF:0|Riegel|Riegel|{}|{}|{}|{}|rt={when} externalId={writer}-{seq} cs1Label=tenant cs1={}",
        env!("CARGO_PKG_VERSION"),
        cef_text(kind, true),
        cef_text(kind, true),
        severity(body),
        cef_text(tenant, false),
    );
    for (key, label, value) in [
        ("act", None, text(body, "effective").to_owned()),
        ("suid", None, text(body, "subject").to_owned()),
        ("cs2", Some("rules"), rules(body).join(",")),
        ("cs3", Some("policy"), text(body, "policy").to_owned()),
    ] {
        if !value.is_empty() {
            if let Some(label) = label {
                out.push_str(&format!(" {key}Label={label}"));
            }
            out.push_str(&format!(" {key}={}", cef_text(&value, false)));
        }
    }
    out.push('\n');
    out
}

/// Class 2004, Detection Finding, for decisions; 6003, API Activity, for what people did.
fn ocsf(tenant: &str, when: i64, writer: &str, seq: i64, body: &Json) -> String {
    let decision = text(body, "kind") == "decision";
    let severity_id = match severity(body) {
        8.. => 4,
        6.. => 3,
        4.. => 2,
        _ => 1,
    };
    let (class, category, activity) = if decision {
        (2004, 2, 1)
    } else {
        (6003, 6, 99)
    };
    let mut out = json!({
        "class_uid": class,
        "category_uid": category,
        "activity_id": activity,
        "type_uid": class * 100 + activity,
        "severity_id": severity_id,
        "time": when,
        "metadata": {
            "version": "1.3.0",
            "uid": format!("{writer}-{seq}"),
            "tenant_uid": tenant,
            "product": {"name": "Riegel", "vendor_name": "Riegel", "version": env!("CARGO_PKG_VERSION")},
        },
        "unmapped": body,
    });
    if let Some(object) = out.as_object_mut() {
        let subject = text(body, "subject");
        if !subject.is_empty() {
            object.insert("actor".to_owned(), json!({"user": {"uid": subject}}));
        }
        if decision {
            let title = rules(body)
                .first()
                .map_or("no rule", |rule| *rule)
                .to_owned();
            let info = json!({"uid": format!("{writer}-{seq}"), "title": title});
            object.insert("finding_info".to_owned(), info);
            let blocked = ["block", "approve"].contains(&text(body, "effective"));
            object.insert("action_id".to_owned(), json!(if blocked { 2 } else { 1 }));
        } else {
            object.insert("api".to_owned(), json!({"operation": text(body, "kind")}));
        }
    }
    format!("{out}\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_cannot_begin_another_field_or_line() {
        let body = json!({"kind": "decision", "effective": "block", "rules": ["a|b=c\nCEF:0"], "subject": "x"});
        let line = cef("t", 1, "w", 1, &body);
        assert_eq!(line.matches('\n').count(), 1);
        assert!(line.contains("cs2=a|b\\=c CEF:0"), "{line}");
        assert_eq!(cef_text("a|b", true), "a\\|b");
    }
}
