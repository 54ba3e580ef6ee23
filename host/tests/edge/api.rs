//! What the interface promises.

use super::host::{AGENT, Answer, Host, POLICY, demo, event, folder};
use serde_json::{Value as Json, json};
use std::collections::BTreeSet;

const DECIDE: &str = "/v1/tenants/demo/decide";

#[test]
fn a_decision_says_everything_but_the_content() {
    let host = Host::start(&demo("decision"));
    let allowed = host.decide("nichts");
    assert_eq!(
        (&allowed["effective"], &allowed["record"]),
        (&json!("allow"), &Json::Null)
    );
    let answer = host.send(
        DECIDE,
        None,
        &[
            ("content-type", "application/json"),
            ("accept-language", "en-GB,en"),
        ],
        event("Bitte stopp, Lüge: KD-123456 für Müller")
            .to_string()
            .as_bytes(),
    );
    let decision = answer.json();
    assert_eq!(decision["effective"], "block");
    assert_eq!(decision["rules"][0]["message"], "Stopped for chat.example.");
    let customer = |f: &&Json| f["detector"] == "demo.customer";
    let finding = decision["findings"]
        .as_array()
        .unwrap()
        .iter()
        .find(customer)
        .unwrap();
    assert_eq!(
        (&finding["start"], &finding["start_byte"]),
        (&json!(19), &json!(20)),
        "{finding}"
    );
    assert_eq!(
        decision["record"]["seq"], 2,
        "the chain has a beginning: {decision}"
    );
    for text in [&answer.text, &host.said()] {
        assert!(
            !text.contains("Müller") && !text.contains("123456"),
            "{text}"
        );
    }
    let key = host.key(&["demo:viewer"]);
    let log = host.get("/v1/tenants/demo/audit", Some(&key)).text;
    assert!(log.contains("\"effective\":\"block\"") && log.contains("\"demo.customer\":1"));
    for secret in ["Müller", "123456", "u-1", "chat.example"] {
        assert!(!log.contains(secret), "{secret} is in the log: {log}");
    }
}

#[test]
fn the_binary_frame_gives_the_record() {
    let folder = demo("binary");
    let host = Host::start(&folder);
    let module = host.get("/v1/tenants/demo/module", None);
    assert_eq!(module.status, 200);
    let tag = module.headers["etag"].to_str().unwrap().to_owned();
    let again = AGENT
        .get(host.url("/v1/tenants/demo/module"))
        .header("if-none-match", &tag)
        .call();
    assert_eq!(Answer::of(again).status, 304);

    let mut bytes = AGENT
        .get(host.url("/v1/tenants/demo/module"))
        .call()
        .unwrap();
    let bytes = bytes.body_mut().read_to_vec().unwrap();
    let runtime = riegel_host::runtime::Runtime::new(Default::default()).unwrap();
    let guard = runtime.load(&bytes).unwrap();
    let content = b"stopp KD-123456";
    let model = riegel::check::model::Event {
        values: vec![Some(riegel::check::model::Value::Enum(Some(0)))],
        today: 20_000,
        text: content.to_vec(),
        parts: vec![riegel::check::model::Part {
            offset: 0,
            len: 15,
            role: 1,
            direction: 0,
        }],
    };
    let event = riegel_host::event::Event::new(&guard.anatomy().schema, model).unwrap();
    let mut body = (event.frame().len() as u32).to_le_bytes().to_vec();
    body.extend(event.frame());
    body.extend(content);
    let mut answer = AGENT
        .post(host.url(DECIDE))
        .header("content-type", "application/vnd.riegel.frame")
        .send(&body)
        .unwrap();
    assert_eq!(
        answer.headers()["content-type"],
        "application/vnd.riegel.record"
    );
    let record = answer.body_mut().read_to_vec().unwrap();
    let decision = riegel::abi::record::decode(&record).unwrap();
    assert_eq!(decision, guard.decide(&event).decision);
    for cut in [0, 3, 4, 20, body.len() / 2] {
        let answer = host.send(
            DECIDE,
            None,
            &[("content-type", "application/vnd.riegel.frame")],
            &body[..cut],
        );
        assert_eq!(answer.status, 400, "{cut} bytes: {answer:?}");
        assert!(answer.json()["code"].as_str().unwrap().starts_with('E'));
    }
}

#[test]
fn a_batch_answers_line_by_line() {
    let host = Host::start(&demo("batch"));
    let lines = format!(
        "{}\n{{\"action\": 3}}\n\n{}\n",
        event("gut"),
        event("stopp")
    );
    let send = |lines: &str| {
        let kind = [("content-type", "application/x-ndjson")];
        host.send(
            "/v1/tenants/demo/decide/batch",
            None,
            &kind,
            lines.as_bytes(),
        )
    };
    let answer = send(&lines);
    let answers: Vec<Json> = answer
        .text
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(answers.len(), 3);
    assert_eq!(answers[0]["effective"], "allow");
    assert_eq!(answers[1]["status"], 422);
    assert_eq!(answers[2]["effective"], "block");
    assert_eq!(send("\n \n").status, 400);
    assert_eq!(send(&"{}\n".repeat(101)).status, 400);
}

#[test]
fn without_a_working_policy_everything_is_blocked_and_says_why() {
    let folder = demo("broken");
    std::fs::write(folder.join("kaputt.riegel"), "policy kaputt {").unwrap();
    let mut module = super::support::Recipe::default().bytes();
    module[40] ^= 1;
    std::fs::write(folder.join("bent.wasm"), module).unwrap();
    let host = Host::start(&folder);
    for tenant in ["kaputt", "bent"] {
        let answer = host.post(&format!("/v1/tenants/{tenant}/decide"), None, &event("x"));
        let decision = answer.json();
        assert_eq!(answer.status, 200);
        assert_eq!(decision["effective"], "block");
        assert!(decision["failure"]["code"].is_string(), "{decision}");
    }
    assert_eq!(host.decide("gut")["effective"], "allow");
}

#[test]
fn keys_hold_where_they_were_given_and_nowhere_else() {
    let folder = demo("keys");
    std::fs::write(folder.join("other.riegel"), POLICY).unwrap();
    let host = Host::start(&folder);
    let admin = host.key(&["*:administrator"]);
    assert_eq!(host.get("/v1/me", Some(&admin)).status, 200);
    let made = host.post(
        "/v1/keys",
        Some(&admin),
        &json!({"name": "demo", "grants": [{"tenant": "demo", "role": "administrator"}]}),
    );
    assert_eq!(made.status, 201);
    let mine = made.json()["key"].as_str().unwrap().to_owned();
    // From the first key on, nobody asks without one.
    assert_eq!(host.post(DECIDE, None, &event("x")).status, 401);
    assert_eq!(host.post(DECIDE, Some(&mine), &event("x")).status, 200);
    let addresses = [
        "policy",
        "module",
        "versions",
        "approvals",
        "audit",
        "audit/verify",
        "statistics",
        "approvals/00000000000000000000000000000000",
    ];
    for path in addresses {
        let theirs = host.get(&format!("/v1/tenants/other/{path}"), Some(&mine));
        let nobody = host.get(&format!("/v1/tenants/nobody/{path}"), Some(&mine));
        assert_eq!(theirs.status, 403, "{path}");
        assert_eq!(theirs.text, nobody.text, "one can tell which tenants exist");
        assert_eq!(
            host.get(&format!("/v1/tenants/demo/{path}"), None).status,
            401
        );
    }
    for path in [
        "decide",
        "approvals",
        "versions",
        "erase",
        "access/v1/evaluation",
    ] {
        let body = json!({"person": "x"});
        assert_eq!(
            host.post(&format!("/v1/tenants/other/{path}"), Some(&mine), &body)
                .status,
            403
        );
    }
    let list = host.get("/v1/tenants", Some(&mine)).json();
    assert_eq!(list["tenants"].as_array().unwrap().len(), 1);
    // Nobody gives more than they have.
    for grant in [
        json!({"tenant": "other", "role": "viewer"}),
        json!({"tenant": "*", "role": "decide"}),
    ] {
        let body = json!({"name": "x", "grants": [grant]});
        assert_eq!(host.post("/v1/keys", Some(&mine), &body).status, 403);
    }
    assert_eq!(
        host.get("/v1/keys", Some(&mine)).json()["keys"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
    let id = made.json()["id"].as_str().unwrap().to_owned();
    let admin_id = admin[4..16].to_owned();
    assert_eq!(
        host.delete(&format!("/v1/keys/{admin_id}"), &mine).status,
        404
    );
    assert_eq!(host.delete(&format!("/v1/keys/{id}"), &admin).status, 204);
    assert_eq!(host.get("/v1/me", Some(&mine)).status, 401);
    // No key in the store, in the list, or in what was said.
    let secret = admin.rsplit('_').next().unwrap();
    for entry in std::fs::read_dir(folder.join(".riegel")).unwrap().flatten() {
        if entry.path().is_file() {
            let bytes = std::fs::read(entry.path()).unwrap();
            assert!(
                !bytes.windows(secret.len()).any(|w| w == secret.as_bytes()),
                "{entry:?}"
            );
        }
    }
    assert!(!host.get("/v1/keys", Some(&admin)).text.contains(secret));
    assert!(!host.said().contains(secret));
}

#[test]
fn an_approval_lifts_what_was_asked_for_and_nothing_else() {
    let host = Host::start(&demo("approval"));
    let program = host.key(&["demo:decide"]);
    let legal = host.key(&["demo:approver:legal"]);
    let finance = host.key(&["demo:approver:finance"]);
    let admin = host.key(&["demo:administrator"]);
    let both = host.key(&["demo:decide", "demo:approver"]);
    let asks = event("frag wegen KD-123456, Müller");
    let decide = |event: &Json, approval: &str| {
        let headers = [
            ("content-type", "application/json"),
            ("riegel-approval", approval),
        ];
        host.send(
            DECIDE,
            Some(&program),
            &headers,
            event.to_string().as_bytes(),
        )
        .json()
    };
    assert_eq!(decide(&asks, "")["effective"], "approve");
    let nothing = host.post("/v1/tenants/demo/approvals", Some(&program), &event("gut"));
    assert_eq!(nothing.status, 409);
    let asked = host.post(
        "/v1/tenants/demo/approvals?excerpt=true",
        Some(&program),
        &asks,
    );
    assert_eq!(asked.status, 201, "{asked:?}");
    let id = asked.json()["approvals"][0]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let place = format!("/v1/tenants/demo/approvals/{id}");
    assert_eq!(host.get(&place, Some(&program)).json()["state"], "waiting");
    assert_eq!(
        decide(&asks, &id)["effective"],
        "approve",
        "not decided yet"
    );
    for key in [&program, &admin, &finance] {
        let word = host.post(
            &format!("{place}/decision"),
            Some(key),
            &json!({"approve": true}),
        );
        assert_eq!(word.status, 403);
        assert_eq!(host.get(&format!("{place}/excerpt"), Some(key)).status, 403);
    }
    let excerpt = host.get(&format!("{place}/excerpt"), Some(&legal));
    assert!(
        excerpt.text.contains("[KUNDE]") && !excerpt.text.contains("123456"),
        "{excerpt:?}"
    );
    let word = host.post(
        &format!("{place}/decision"),
        Some(&legal),
        &json!({"approve": true}),
    );
    assert_eq!(word.json()["state"], "approved");
    assert_eq!(
        host.get(&format!("{place}/excerpt"), Some(&legal)).status,
        404,
        "kept after the decision"
    );
    let released = decide(&asks, &id);
    assert_eq!(released["effective"], "log");
    assert_eq!(released["verdict"], "approve");
    assert_eq!(released["approvals"][0]["role"], "legal");
    assert!(
        !released["obligations"].to_string().contains("approve"),
        "{released}"
    );
    // Another text, another person, another destination: not approved.
    assert_eq!(
        decide(&event("frag wegen KD-123457, Müller"), &id)["effective"],
        "approve"
    );
    for (key, value) in [
        ("user", json!({"id": "u-2"})),
        ("destination.host", json!("other.example")),
    ] {
        let mut other = asks.clone();
        other[key] = value;
        assert_eq!(decide(&other, &id)["effective"], "approve", "{key}");
    }
    assert_eq!(
        decide(&event("stopp frag KD-123456"), &id)["effective"],
        "block"
    );
    // Whoever asks does not approve, and nobody decides twice.
    let asked = host.post(
        "/v1/tenants/demo/approvals",
        Some(&both),
        &event("frag KD-222222"),
    );
    let id = asked.json()["approvals"][0]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let word = |key: &str, approve: bool| {
        let path = format!("/v1/tenants/demo/approvals/{id}/decision");
        host.post(&path, Some(key), &json!({"approve": approve}))
            .status
    };
    assert_eq!(word(&both, true), 409);
    assert_eq!(word(&legal, false), 200);
    assert_eq!(word(&legal, true), 409);
    let (fine, text) = host.verify();
    assert!(fine, "{text}");
}

#[test]
fn two_people_change_a_policy_and_can_take_it_back() {
    let host = Host::start(&demo("versions"));
    let author = host.key(&["demo:author"]);
    let other = host.key(&["demo:author", "demo:decide"]);
    let text = POLICY
        .replace("\"stopp\"", "\"halt\"")
        .replace("1.0.0", "2.0.0");
    let give = |text: &str| {
        host.send(
            "/v1/tenants/demo/versions?note=neu",
            Some(&author),
            &[],
            text.as_bytes(),
        )
    };
    assert_eq!(give("policy x {").status, 422);
    assert_eq!(give("use lib.nothing").status, 422);
    let given = give(&text);
    assert_eq!(given.json()["number"], 1, "{given:?}");
    let activate = |key: &str, number: u32, share: u32| {
        let path = format!("/v1/tenants/demo/versions/{number}/activate");
        host.post(&path, Some(key), &json!({"share": share})).status
    };
    let decide = |content: &str, person: usize| {
        let mut event = event(content);
        event["user"]["id"] = json!(format!("u-{person}"));
        host.post(DECIDE, Some(&other), &event).json()["effective"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    assert_eq!(decide("halt", 1), "allow");
    assert_eq!(activate(&author, 1, 100), 409, "the author alone");
    assert_eq!(activate(&other, 7, 100), 404);
    assert_eq!(activate(&other, 1, 0), 400);
    // A share: some people, and the same ones each time.
    assert_eq!(activate(&other, 1, 30), 200);
    let first: Vec<String> = (0..200).map(|person| decide("halt", person)).collect();
    let second: Vec<String> = (0..200).map(|person| decide("halt", person)).collect();
    assert_eq!(first, second);
    let blocked = first.iter().filter(|verdict| *verdict == "block").count();
    assert!((30..=95).contains(&blocked), "{blocked} of 200");
    assert_eq!(activate(&other, 1, 100), 200);
    assert_eq!(decide("halt", 1), "block");
    assert_eq!(decide("stopp", 1), "allow");
    let folder = host.folder.clone();
    assert!(host.stop());
    // It is the active one after a start as well, and the folder's can be had back.
    let host = Host::start(&folder);
    let again = host.post(DECIDE, Some(&other), &event("halt")).json();
    assert_eq!(
        (&again["effective"], &again["policy"]["version"]),
        (&json!("block"), &json!("2.0.0"))
    );
    let back = host.post(
        "/v1/tenants/demo/versions/0/activate",
        Some(&author),
        &json!({}),
    );
    assert_eq!(back.status, 200);
    assert_eq!(
        host.post(DECIDE, Some(&other), &event("halt")).json()["effective"],
        "allow"
    );
}

#[test]
fn authzen_and_nginx_ask_the_same_question() {
    let host = Host::start(&demo("foreign"));
    let ask = |content: &str| {
        let body = json!({
            "subject": {"type": "user", "id": "u-1"},
            "action": {"name": "paste"},
            "resource": {"type": "host", "id": "chat.example"},
            "context": {"content": content},
        });
        host.post("/v1/tenants/demo/access/v1/evaluation", None, &body)
    };
    assert_eq!(ask("gut").json()["decision"], true);
    let stopped = ask("stopp").json();
    assert_eq!(stopped["decision"], false);
    assert_eq!(stopped["context"]["riegel"]["rules"][0]["id"], "stop");
    for body in [json!({}), json!({"subject": 1}), json!([])] {
        assert_eq!(
            host.post("/v1/tenants/demo/access/v1/evaluation", None, &body)
                .status,
            400
        );
    }
    let authorize = |action: &str| {
        let request = AGENT
            .get(host.url("/v1/tenants/demo/authorize"))
            .header("riegel-attribute-action", action)
            .header("riegel-attribute-destination.host", "chat.example");
        Answer::of(request.call())
    };
    assert_eq!(authorize("paste").status, 204);
    // An attribute that the policy asks for and nobody sent ends in `on_error`.
    let missing = host.get("/v1/tenants/demo/authorize", None);
    assert_eq!(
        (
            missing.status,
            missing.headers["riegel-verdict"].to_str().unwrap()
        ),
        (403, "block")
    );
    // What an attribute is, the policy says, and not how its value looks.
    assert_eq!(authorize("42").status, authorize("knit").status);
    for person in ["4711", "true", "[1]", "Müller"] {
        let request = AGENT
            .get(host.url("/v1/tenants/demo/authorize"))
            .header("riegel-attribute-action", "paste")
            .header("riegel-attribute-user.id", person);
        assert_eq!(Answer::of(request.call()).status, 204, "{person}");
    }
    assert_eq!(
        host.send("/v1/tenants/demo/authorize", None, &[], b"stopp")
            .status,
        400
    );
}

#[test]
fn health_metrics_and_the_console() {
    let host = Host::start(&demo("pages"));
    host.decide("stopp");
    assert_eq!(host.get("/healthz", None).status, 200);
    assert_eq!(host.get("/readyz", None).status, 200);
    let metrics = host.get("/metrics", None).text;
    assert!(
        metrics.contains("riegel_decisions_total{tenant=\"demo\",verdict=\"block\"} 1"),
        "{metrics}"
    );
    let home = host.get("/", None);
    assert!(home.text.contains("<title>Riegel</title>"));
    let policy = home.headers["content-security-policy"].to_str().unwrap();
    assert!(policy.contains("default-src 'none'") && !policy.contains("unsafe"));
    for file in ["console.js", "words.js", "console.css", "icon.svg"] {
        assert!(
            home.text.contains("/console/")
                && host.get(&format!("/console/{file}"), None).status == 200
        );
    }
    host.key(&["*:viewer"]);
    let statistics = host
        .get(
            "/v1/tenants/demo/statistics",
            Some(&host.key(&["demo:viewer"])),
        )
        .json();
    assert_eq!(statistics["rules"][0], json!({"rule": "stop", "count": 1}));
}

#[test]
fn the_description_names_every_address_and_no_other() {
    let description: Json =
        serde_json::from_str(include_str!("../../src/serve/http/openapi.json")).unwrap();
    let described: BTreeSet<String> = description["paths"]
        .as_object()
        .unwrap()
        .keys()
        .cloned()
        .collect();
    let source = include_str!("../../src/serve/http/mod.rs");
    let source: String = source.split_whitespace().collect();
    let (tenant, whole) = source
        .split_once("Router::new().route(\"/\",get(pages::home)")
        .unwrap();
    let routes = |text: &str, before: &str| -> Vec<String> {
        text.split(".route(\"")
            .skip(1)
            .map(|rest| format!("{before}{}", rest.split('"').next().unwrap()))
            .map(|path| path.trim_end_matches('/').to_owned())
            .collect()
    };
    let mut there: BTreeSet<String> = routes(tenant, "/v1/tenants/{tenant}").into_iter().collect();
    there.extend(routes(whole, ""));
    there.insert("/".to_owned());
    // gRPC is described by Envoy.
    there.retain(|path| !path.starts_with("/envoy."));
    assert_eq!(described, there);
    // And what is described is answered: never 404 for the address, never 405 for the method.
    let host = Host::start(&folder_with_demo());
    let key = host.key(&["*:administrator", "*:approver"]);
    for (path, item) in description["paths"].as_object().unwrap() {
        let path = path
            .replace("{tenant}", "demo")
            .replace("{id}", "0")
            .replace("{number}", "0")
            .replace("{file}", "console.js");
        for (method, _) in item
            .as_object()
            .unwrap()
            .iter()
            .filter(|(m, _)| *m != "parameters")
        {
            let answer = match method.as_str() {
                "get" => host.get(&path, Some(&key)),
                "delete" => host.delete(&path, &key),
                "put" => {
                    let request = AGENT
                        .put(host.url(&path))
                        .header("authorization", format!("Bearer {key}"));
                    Answer::of(request.send("{}"))
                }
                _ => host.post(&path, Some(&key), &json!({})),
            };
            assert!(
                answer.status != 405 && answer.status < 500,
                "{method} {path}: {answer:?}"
            );
            assert!(!answer.text.contains("no such address"), "{method} {path}");
        }
    }
}

fn folder_with_demo() -> std::path::PathBuf {
    let path = folder("described");
    std::fs::create_dir_all(path.join("demo")).unwrap();
    std::fs::write(path.join("demo/policy.riegel"), POLICY).unwrap();
    std::fs::write(
        path.join("demo/tenant.toml"),
        "policy = \"policy.riegel\"\n",
    )
    .unwrap();
    path
}
