//! Events from JSON: what is taken, and what is wrong with the rest.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests"
)]

mod support;

use riegel::check::model::Value;
use riegel_host::errors::{self, Problem};
use riegel_host::event::{self, Reading, Surroundings};

struct Here;

impl Surroundings for Here {
    fn file(&self, name: &str) -> Result<Vec<u8>, Problem> {
        match name {
            "letter.txt" => Ok("Liebe Grüße".as_bytes().to_vec()),
            _ => Err(Problem::new(&errors::UNREADABLE, "no such file").help("check the path")),
        }
    }

    fn today(&self, said: Option<i32>, time_zone: &str) -> Result<i32, Problem> {
        assert_eq!(time_zone, "Europe/Berlin");
        Ok(said.unwrap_or(20_000))
    }
}

fn read(json: &str) -> Result<Reading, Vec<Problem>> {
    event::read(json, &support::schema(1), &Here)
}

/// Code and place of everything that is wrong.
fn wrong(json: &str) -> Vec<(&'static str, String)> {
    let problems = read(json).expect_err("the event was taken");
    problems
        .into_iter()
        .map(|problem| {
            assert!(problem.help.is_some(), "{problem} has no next step");
            (problem.kind.id, problem.place)
        })
        .collect()
}

#[test]
fn nested_and_dotted_are_the_same() {
    let nested = read(
        r#"{"action":"paste","user":{"id":"u1","roles":["a","b"]},
            "destination":{"host":"ChatGPT.com."},"today":"1970-01-31","content":"Grüße"}"#,
    )
    .unwrap();
    let dotted = read(
        r#"{"action":"paste","user.id":"u1","user.roles":["a","b"],
            "destination.host":"chatgpt.com","today":"1970-01-31","content":"Grüße"}"#,
    )
    .unwrap();
    assert_eq!(nested.event.frame(), dotted.event.frame());
    assert_eq!(nested.event.today(), 30);
    assert_eq!(nested.event.content().as_bytes(), "Grüße".as_bytes());
    assert_eq!(nested.event.parts().len(), 1);
    assert_eq!(
        nested.event.values().get(4),
        Some(&Some(Value::Text("chatgpt.com".to_owned())))
    );
    assert!(nested.warnings.is_empty());
}

#[test]
fn content_length_is_filled_in() {
    let length = |json: &str| read(json).unwrap().event.values().get(6).cloned().flatten();
    assert_eq!(length(r#"{"content":"Grüße"}"#), Some(Value::Int(7)));
    assert_eq!(length(r#"{}"#), Some(Value::Int(0)));
    assert_eq!(
        length(r#"{"content":"x","content.length":99}"#),
        Some(Value::Int(99))
    );
}

#[test]
fn today_defaults_to_the_surroundings() {
    assert_eq!(read("{}").unwrap().event.today(), 20_000);
}

#[test]
fn content_in_parts_and_files() {
    let parts = read(
        r#"{"content":[{"role":"system","text":"ä"},
            {"role":"assistant","direction":"inbound","text":"bc"},"d"]}"#,
    )
    .unwrap();
    let table: Vec<_> = parts
        .event
        .parts()
        .iter()
        .map(|part| (part.offset, part.len, part.role, part.direction))
        .collect();
    assert_eq!(table, [(0, 2, 0, 0), (2, 2, 2, 1), (4, 1, 1, 0)]);
    assert_eq!(parts.event.content().as_bytes(), "äbcd".as_bytes());
    let file = read(r#"{"content_file":"letter.txt"}"#).unwrap();
    assert_eq!(file.event.content().as_bytes(), "Liebe Grüße".as_bytes());
    let object = read(r#"{"content":{"text":"x","language":"de"}}"#).unwrap();
    assert_eq!(object.event.content().as_bytes(), b"x");
    assert_eq!(
        object.event.values().get(7),
        Some(&Some(Value::Text("de".to_owned())))
    );
}

#[test]
fn what_is_wrong_has_a_code_and_a_place() {
    for (json, code, place) in [
        ("{", "E3001", "line 1, column 1"),
        ("", "E3001", "line 1, column 1"),
        ("{\"action\": \"paste\"\n", "E3001", "line 2, column 1"),
        (
            r#"{"action":"paste","action":"upload"}"#,
            "E3006",
            "/action",
        ),
        (
            r#"{"content":[{"text":"harmless","text":"DE02 1203 0000 0000 2020 51"}]}"#,
            "E3006",
            "/content/0/text",
        ),
        (r#"{"content":"a","content":"b"}"#, "E3006", "/content"),
        ("[]", "E3001", ""),
        (r#"{"user":{"idd":"u"}}"#, "E3002", "/user/idd"),
        (r#"{"user.idd":"u"}"#, "E3002", "/user.idd"),
        (r#"{"a/b~c":1}"#, "E3002", "/a~1b~0c"),
        (
            r#"{"user":{"second_factor":"yes"}}"#,
            "E3003",
            "/user/second_factor",
        ),
        (r#"{"user":{"roles":"sales"}}"#, "E3003", "/user/roles"),
        (r#"{"user":{"roles":[1]}}"#, "E3003", "/user/roles"),
        (
            r#"{"content.length":3000000000}"#,
            "E3003",
            "/content.length",
        ),
        (r#"{"content.length":1.5}"#, "E3003", "/content.length"),
        (r#"{"action":7}"#, "E3003", "/action"),
        (
            r#"{"destination":{"host":"https://x.example"}}"#,
            "E3004",
            "/destination/host",
        ),
        (
            r#"{"destination":{"host":"x.example:443"}}"#,
            "E3004",
            "/destination/host",
        ),
        (r#"{"content":7}"#, "E3005", "/content"),
        (
            r#"{"content":[{"text":"x"},{"rolle":"user","text":"x"}]}"#,
            "E3005",
            "/content/1",
        ),
        (
            r#"{"content":[{"role":"boss","text":"x"}]}"#,
            "E3005",
            "/content/0/role",
        ),
        (r#"{"content":[{"role":"user"}]}"#, "E3005", "/content/0"),
        (
            r#"{"content":"x","content_file":"letter.txt"}"#,
            "E3005",
            "/content",
        ),
        (
            r#"{"content_file":"nothing.txt"}"#,
            "E6001",
            "/content_file",
        ),
        (r#"{"user":{"id":"a"},"user.id":"b"}"#, "E3006", "/user.id"),
        (
            r#"{"contract":{"until":"2027-02-30"}}"#,
            "E3008",
            "/contract/until",
        ),
        (r#"{"today":"tomorrow"}"#, "E3008", "/today"),
    ] {
        assert_eq!(wrong(json), [(code, place.to_owned())], "{json}");
    }
}

#[test]
fn all_problems_at_once_and_near_names() {
    let problems = read(r#"{"user":{"rolse":[]},"action":1,"content":[3]}"#)
        .err()
        .unwrap();
    assert_eq!(problems.len(), 3);
    let near = problems.iter().find(|p| p.kind.id == "E3002").unwrap();
    assert_eq!(near.help.as_deref(), Some("did you mean `user.roles`?"));
}

#[test]
fn unknown_enum_values_are_warnings() {
    let reading = read(r#"{"action":"pasta"}"#).unwrap();
    assert_eq!(
        reading.event.values().first(),
        Some(&Some(Value::Enum(None)))
    );
    let warning = reading.warnings.first().unwrap();
    assert_eq!(
        (warning.kind.id, warning.place.as_str()),
        ("E3007", "/action")
    );
    assert!(warning.help.as_deref().unwrap().contains("`paste`"));
}

#[test]
fn a_byte_order_mark_is_no_part_of_an_event() {
    let reading = read("\u{FEFF}{\"action\":\"paste\"}").unwrap();
    assert_eq!(
        reading.event.frame(),
        read("{\"action\":\"paste\"}").unwrap().event.frame()
    );
}

#[test]
fn null_is_absent() {
    let reading = read(r#"{"user":{"id":null}}"#).unwrap();
    assert_eq!(reading.event.values().get(1), Some(&None));
}

#[test]
fn no_content_in_messages_or_debug() {
    let secret = "Geheim-4711";
    let event = read(&format!(r#"{{"content":"{secret}"}}"#)).unwrap();
    assert!(!format!("{:?}", event.event.content()).contains(secret));
    for json in [
        format!(r#"{{"content":["{secret}",7]}}"#),
        format!(r#"{{"content":"{secret}"#),
        format!(r#"{{"content":{{"text":"{secret}"}},"content_file":"{secret}.txt"}}"#),
    ] {
        for problem in read(&json).err().unwrap() {
            assert!(!problem.to_string().contains(secret), "{problem}");
        }
    }
}
