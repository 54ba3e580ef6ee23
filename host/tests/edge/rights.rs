//! Two persons are two persons, a share is a share, and what was set holds.

use super::host::{Host, POLICY, demo, event, folder};
use riegel_host::serve::store::{Place, open};
use serde_json::{Value as Json, json};
use std::time::{Duration, Instant};

const DECIDE: &str = "/v1/tenants/demo/decide";

fn eventually(what: &str, mut holds: impl FnMut() -> bool) {
    let start = Instant::now();
    while !holds() {
        assert!(start.elapsed() < Duration::from_secs(30), "never: {what}");
        std::thread::sleep(Duration::from_millis(50));
    }
}

#[test]
fn a_key_counts_as_whoever_made_it() {
    let host = Host::start(&demo("maker"));
    let admin = host.key(&["demo:administrator"]);
    let made = |role: &str| {
        let body = json!({"name": role, "grants": [{"tenant": "demo", "role": role}]});
        host.post("/v1/keys", Some(&admin), &body)
    };
    // Approving is apart: whoever may not do it gives it to nobody.
    assert_eq!(made("approver").status, 403);
    let key = |role: &str| made(role).json()["key"].as_str().unwrap().to_owned();
    let (one, two) = (key("author"), key("author"));
    let give = |key: &str, text: &str| {
        let given = host.send("/v1/tenants/demo/versions", Some(key), &[], text.as_bytes());
        given.json()["number"].as_i64().unwrap()
    };
    let activate = |key: &str, number: i64| {
        let path = format!("/v1/tenants/demo/versions/{number}/activate");
        host.post(&path, Some(key), &json!({})).status
    };
    let next = POLICY.replace("1.0.0", "2.0.0");
    for author in [&one, &admin] {
        let number = give(author, &next);
        for same in [&one, &two, &admin] {
            assert_eq!(activate(same, number), 409, "one person with several keys");
        }
        let other = host.key(&["demo:author"]);
        assert_eq!(activate(&other, number), 200);
    }
    // The same for approvals: who made the program's key has asked.
    let both = host.key(&["demo:administrator", "demo:approver"]);
    let body = json!({"name": "x", "grants": [{"tenant": "demo", "role": "decide"}]});
    let program = host.post("/v1/keys", Some(&both), &body).json();
    let program = program["key"].as_str().unwrap().to_owned();
    let asked = host.post(
        "/v1/tenants/demo/approvals",
        Some(&program),
        &event("frag KD-123456"),
    );
    let id = asked.json()["approvals"][0]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let word = |key: &str| {
        let path = format!("/v1/tenants/demo/approvals/{id}/decision");
        host.post(&path, Some(key), &json!({"approve": true}))
            .status
    };
    assert_eq!(word(&both), 409);
    assert_eq!(word(&host.key(&["demo:approver"])), 200);
}

#[test]
fn an_approval_lifts_the_rule_that_was_asked_about_and_no_other() {
    let folder = folder("rules");
    let policy = POLICY.replace(
        "attribute user.id",
        "attribute late: bool = false\nattribute region: enum { eea, us } = eea\n\
         attribute purpose: string = absent\nattribute labels: set = []\n\
         attribute approved: bool = true\nattribute user.id",
    ) + "rule late {\n  when late\n  then approve by \"legal\"\n  cite \"Test\"\n  say { de \"Spät.\" en \"Late.\" }\n}\n";
    std::fs::write(folder.join("demo.riegel"), policy).unwrap();
    let host = Host::start(&folder);
    let (program, legal) = (
        host.key(&["demo:decide"]),
        host.key(&["demo:approver:legal"]),
    );
    let first = event("frag KD-123456");
    let asked = host.post("/v1/tenants/demo/approvals", Some(&program), &first);
    let id = asked.json()["approvals"][0]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let path = format!("/v1/tenants/demo/approvals/{id}/decision");
    assert_eq!(
        host.post(&path, Some(&legal), &json!({"approve": true}))
            .status,
        200
    );
    let decide = |event: &Json| {
        let headers = [
            ("content-type", "application/json"),
            ("riegel-approval", id.as_str()),
        ];
        let body = event.to_string();
        host.send(DECIDE, Some(&program), &headers, body.as_bytes())
            .json()
    };
    assert_eq!(decide(&first)["effective"], "log");
    let mut late = first.clone();
    late["late"] = json!(true);
    let decision = decide(&late);
    assert_eq!(decision["effective"], "approve", "{decision}");
    assert!(
        decision["obligations"].to_string().contains("legal"),
        "{decision}"
    );
    // Whatever else the approver was shown is the same, too; the day goes on.
    for (name, value) in [
        ("action", json!("upload")),
        ("region", json!("us")),
        ("purpose", json!("summary")),
        ("labels", json!(["secret"])),
        ("approved", json!(false)),
    ] {
        let mut other = first.clone();
        other[name] = value;
        assert_eq!(decide(&other)["effective"], "approve", "{name}");
    }
    let mut tomorrow = first.clone();
    tomorrow["today"] = json!("2027-01-02");
    assert_eq!(decide(&tomorrow)["effective"], "log");
}

#[test]
fn what_the_record_has_no_room_for_is_not_shown_to_an_approver() {
    let folder = folder("truncated");
    let policy = POLICY.replace("on_error  block", "on_error  block\n  max_findings 2");
    std::fs::write(folder.join("demo.riegel"), policy).unwrap();
    let host = Host::start(&folder);
    let (program, legal) = (
        host.key(&["demo:decide"]),
        host.key(&["demo:approver:legal"]),
    );
    let content = "frag KD-111111 KD-222222 KD-333333 KD-444444 Ende";
    let asked = host.post(
        "/v1/tenants/demo/approvals?excerpt=true",
        Some(&program),
        &event(content),
    );
    assert_eq!(asked.status, 201, "{asked:?}");
    let id = asked.json()["approvals"][0]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let path = format!("/v1/tenants/demo/approvals/{id}/excerpt");
    let text = host.get(&path, Some(&legal)).text;
    assert!(text.contains("[KUNDE]") && text.contains("[…]"), "{text}");
    for number in ["111111", "222222", "333333", "444444"] {
        assert!(!text.contains(number), "{text}");
    }
}

#[test]
fn settings_that_change_hold_for_an_activated_version_too() {
    let folder = folder("settings");
    std::fs::create_dir(folder.join("demo")).unwrap();
    let policy = POLICY.replace("rule stop {", "param strict: bool = false\nrule strict {\n  when strict\n  then warn\n  cite \"Test\"\n  say { de \"Streng.\" en \"Strict.\" }\n}\nrule stop {");
    std::fs::write(folder.join("demo/policy.riegel"), &policy).unwrap();
    let settings = |text: &str| {
        let next = folder.join("demo/tenant.next");
        std::fs::write(&next, format!("policy = \"policy.riegel\"\n{text}")).unwrap();
        std::fs::rename(next, folder.join("demo/tenant.toml")).unwrap();
    };
    settings("");
    let host = Host::start(&folder);
    let (author, other) = (
        host.key(&["demo:author"]),
        host.key(&["demo:author", "demo:decide"]),
    );
    let given = host.send(
        "/v1/tenants/demo/versions",
        Some(&author),
        &[],
        policy.as_bytes(),
    );
    assert_eq!(given.status, 201, "{given:?}");
    let path = "/v1/tenants/demo/versions/1/activate";
    assert_eq!(host.post(path, Some(&other), &json!({})).status, 200);
    let decide = |content: &str| host.post(DECIDE, Some(&other), &event(content)).json();
    assert_eq!(decide("gut")["effective"], "allow");
    settings("parameters = { strict = true }\n");
    eventually("the parameter", || decide("gut")["effective"] == "warn");
    // And a limit, which changes nothing of the module.
    settings("parameters = { strict = true }\n[limits]\nmemory_bytes = 65536\n");
    eventually("the limit", || {
        let problem = host.get("/v1/tenants/demo/policy", Some(&other)).json()["fault"].clone();
        !problem.is_null() || decide("gut")["on_error"] == true
    });
}

#[test]
fn a_share_is_of_people_and_nobody_in_particular_keeps_the_stable_one() {
    let host = Host::start(&demo("share"));
    let (author, other) = (
        host.key(&["demo:author"]),
        host.key(&["demo:author", "demo:decide"]),
    );
    let text = POLICY.replace("\"stopp\"", "\"halt\"");
    let given = host.send(
        "/v1/tenants/demo/versions",
        Some(&author),
        &[],
        text.as_bytes(),
    );
    assert_eq!(given.status, 201);
    let activate = host.post(
        "/v1/tenants/demo/versions/1/activate",
        Some(&other),
        &json!({"share": 99}),
    );
    assert_eq!(activate.status, 200);
    let nobody = json!({"action": "paste", "content": "halt"});
    assert_eq!(
        host.post(DECIDE, Some(&other), &nobody).json()["effective"],
        "allow"
    );
    let people = (0..20).filter(|n| {
        let body = json!({"action": "paste", "content": "halt", "user": {"id": format!("u-{n}")}});
        host.post(DECIDE, Some(&other), &body).json()["effective"] == "block"
    });
    assert!(people.count() > 10);
}

#[test]
fn before_a_version_is_activated_it_says_what_it_changes() {
    let folder = folder("compare");
    let policy = POLICY.replace("  then log\n", "  then log train \"ai-basics\"\n");
    std::fs::write(folder.join("demo.riegel"), &policy).unwrap();
    let host = Host::start(&folder);
    let key = host.key(&["demo:author", "demo:decide"]);
    let text = policy
        .replace("1.0.0", "2.0.0")
        .replace("\"stopp\"", "\"halt\"")
        .replace("rule ask {", "rule asks {")
        .replace("  then log train", "  then warn train");
    let given = host.send(
        "/v1/tenants/demo/versions",
        Some(&key),
        &[],
        text.as_bytes(),
    );
    assert_eq!(given.status, 201, "{given:?}");
    let changes = host
        .get("/v1/tenants/demo/versions/1/changes", Some(&key))
        .json();
    assert_eq!(changes["rules"]["added"], json!(["asks"]), "{changes}");
    assert_eq!(changes["rules"]["removed"], json!(["ask"]));
    let changed: Vec<&str> = changes["rules"]["changed"]
        .as_array()
        .unwrap()
        .iter()
        .map(|rule| rule["id"].as_str().unwrap())
        .collect();
    assert_eq!(changed, ["stop", "note"], "{changes}");
    assert_eq!(changes["rules"]["changed"][0]["what"], json!(["condition"]));
    let lines: Vec<String> = ["stopp geheim", "halt", "gut", "KD-123456"]
        .map(|content| event(content).to_string())
        .into();
    let lines = format!("{}\n\nkeines geheim\n", lines.join("\n"));
    let simulate = |number: u32, body: &str| {
        let path = format!("/v1/tenants/demo/versions/{number}/simulation");
        host.send(
            &path,
            Some(&key),
            &[("content-type", "application/x-ndjson")],
            body.as_bytes(),
        )
    };
    let answer = simulate(1, &lines);
    let counts = answer.json();
    assert_eq!(
        (&counts["events"], &counts["bad_lines"]),
        (&json!(4), &json!(1)),
        "{counts}"
    );
    assert_eq!(
        (&counts["changes"]["stronger"], &counts["changes"]["weaker"]),
        (&json!(2), &json!(1))
    );
    assert!(!answer.text.contains("geheim") && !host.said().contains("geheim"));
    assert_eq!(simulate(1, "").status, 422);
    assert_eq!(simulate(9, &lines).status, 404);
    // Nothing was decided, nothing recorded; the training is counted where one was missing.
    let statistics = || host.get("/v1/tenants/demo/statistics", Some(&key)).json();
    assert_eq!(statistics()["trainings"], json!([]));
    for person in ["a", "b", "a"] {
        let body = json!({"action": "paste", "content": "KD-123456", "user": {"id": person}});
        assert_eq!(host.post(DECIDE, Some(&key), &body).status, 200);
    }
    assert_eq!(
        statistics()["trainings"],
        json!([{"training": "ai-basics", "asked": 3, "people": 2}])
    );
}

#[test]
fn tenants_are_made_set_up_and_taken_away_through_the_api() {
    let host = Host::start(&demo("tenants"));
    let admin = host.key(&["*:administrator"]);
    let own = host.key(&["more:administrator", "more:author", "more:decide"]);
    let other = host.key(&["more:author"]);
    let put = |key: &str, name: &str, settings: &Json| {
        let request = super::host::AGENT
            .put(host.url(&format!("/v1/tenants/{name}")))
            .header("authorization", format!("Bearer {key}"))
            .header("content-type", "application/json");
        super::host::Answer::of(request.send(settings.to_string())).status
    };
    let settings =
        json!({"record_allowed": true, "webhook_secret": "geheim", "limits": {"body_bytes": 5000}});
    assert_eq!(
        put(&own, "more", &settings),
        403,
        "limits are not a tenant's own business"
    );
    assert_eq!(
        put(&admin, "demo", &settings),
        409,
        "what stands in files is the files' business"
    );
    for wrong in [
        json!({"policy": "/etc/passwd"}),
        json!({"layers": ["x"]}),
        json!({"trust": "x"}),
        json!({"parameters": {"key": "@/etc/passwd"}}),
        json!({"parameters": {"key": ["plain", "@/etc/passwd"]}}),
        json!({"polcy": 1}),
        json!({"send": [{"to": "ftp://x:1", "form": "cef"}]}),
        json!([]),
    ] {
        let status = put(&admin, "more", &wrong);
        assert!([400, 422].contains(&status), "{wrong}: {status}");
    }
    for name in ["UP", "a.b", "-a"] {
        assert_eq!(put(&admin, name, &json!({})), 400, "{name}");
    }
    assert_eq!(put(&admin, "more", &settings), 201);
    assert_eq!(put(&admin, "more", &settings), 200);
    let shown = host.get("/v1/tenants/more", Some(&own));
    assert_eq!(
        shown.json()["settings"]["record_allowed"],
        true,
        "{shown:?}"
    );
    assert!(!shown.text.contains("geheim"));
    let decide = |host: &Host| {
        host.post("/v1/tenants/more/decide", Some(&own), &event("stopp"))
            .json()
    };
    assert_eq!(
        decide(&host)["failure"]["code"],
        "E9010",
        "no policy yet: blocked"
    );
    let given = host.send(
        "/v1/tenants/more/versions",
        Some(&own),
        &[],
        POLICY.as_bytes(),
    );
    assert_eq!(given.status, 201, "{given:?}");
    let path = "/v1/tenants/more/versions/1/activate";
    assert_eq!(host.post(path, Some(&other), &json!({})).status, 200);
    assert_eq!(decide(&host)["rules"][0]["id"], "stop");
    let folder = host.folder.clone();
    // It is there after a crash, and the watch, which looks at files, does not take it away.
    host.kill();
    let host = Host::start(&folder);
    std::thread::sleep(Duration::from_millis(2_500));
    assert_eq!(decide(&host)["rules"][0]["id"], "stop");
    assert_eq!(host.delete("/v1/tenants/more", &own).status, 403);
    assert_eq!(host.delete("/v1/tenants/demo", &admin).status, 409);
    assert_eq!(host.delete("/v1/tenants/more", &admin).status, 204);
    assert_eq!(host.get("/v1/tenants/more", Some(&admin)).status, 404);
    let (fine, text) = host.verify();
    assert!(fine, "{text}");
}

/// Their files lie in one folder, and each has its own, also after a start that finds them built.
#[test]
fn tenants_that_share_a_folder_share_no_policy() {
    let folder = folder("one-folder");
    let names = ["anna", "bert", "carl", "dora", "emil", "frida"];
    for name in names {
        let policy = POLICY
            .replace("policy demo", &format!("policy {name}"))
            .replace("\"stopp\"", &format!("\"{name}\""));
        std::fs::write(folder.join(format!("{name}.riegel")), policy).unwrap();
    }
    for _ in 0..3 {
        let host = Host::start(&folder);
        for name in names {
            for other in names {
                let path = format!("/v1/tenants/{name}/decide");
                let decision = host.post(&path, None, &event(other)).json();
                assert_eq!(decision["policy"]["id"], name, "{decision}");
                let expected = if name == other { "block" } else { "allow" };
                assert_eq!(decision["effective"], expected, "{decision}");
            }
        }
        assert!(host.stop());
    }
}

#[test]
fn an_erased_person_is_in_no_approval_any_more() {
    erased(None);
    if let Some(address) = super::log::postgres("erased") {
        erased(Some(&address));
    }
}

fn erased(database: Option<&str>) {
    let extra: Vec<&str> = database
        .iter()
        .flat_map(|address| ["--database", address])
        .collect();
    let host = Host::start_with(&demo("erased"), &extra);
    let (program, legal) = (
        host.key(&["demo:decide"]),
        host.key(&["demo:approver:legal"]),
    );
    let admin = host.key(&["demo:administrator"]);
    let ask = |person: &str, content: &str| {
        let mut event = event(content);
        event["user"]["id"] = json!(person);
        let asked = host.post(
            "/v1/tenants/demo/approvals?excerpt=true",
            Some(&program),
            &event,
        );
        asked.json()["approvals"][0]["id"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    let (gone, stays) = (ask("u-1", "frag KD-111111"), ask("u-2", "frag KD-222222"));
    let requester = |id: &str| {
        let place = match database {
            Some(address) => Place::Postgres(address.to_owned()),
            None => Place::File(host.folder.join(".riegel/riegel.db")),
        };
        let mut sql = open(&place).unwrap();
        let rows = sql
            .rows("SELECT requester FROM approval WHERE id = $1", &[id.into()])
            .unwrap();
        rows[0][0].bytes().to_vec()
    };
    let (before, other) = (requester(&gone), requester(&stays));
    let person = &before[before.len() - 32..];
    let body = json!({"person": "u-1"});
    assert_eq!(
        host.post("/v1/tenants/demo/erase", Some(&admin), &body)
            .status,
        200
    );
    assert!(!requester(&gone).chunks(32).any(|tag| tag == person));
    assert_eq!(requester(&stays), other);
    let state = |id: &str| {
        let path = format!("/v1/tenants/demo/approvals/{id}");
        let shown = host.get(&path, Some(&legal)).json();
        (shown["state"].clone(), shown["excerpt"].clone())
    };
    assert_eq!(state(&gone), (json!("expired"), json!(false)));
    assert_eq!(state(&stays), (json!("waiting"), json!(true)));
}

/// The example provider's client, as one request; `change` may take something away.
fn client(change: impl FnOnce(&mut Json)) -> Json {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../policies/examples/msp");
    let text = |name: &str| std::fs::read_to_string(folder.join(name)).unwrap();
    let mut bundle = json!({
        "policy": "msp/kanzlei_meyer.riegel",
        "layers": ["msp/own.riegel"],
        "files": {
            "msp/provider.riegel": text("provider.riegel"),
            "msp/kanzlei.riegel": text("kanzlei.riegel"),
            "msp/kanzlei_meyer.riegel": text("kanzlei_meyer.riegel"),
            "msp/own.riegel": "policy own \"Own\" {\n  version \"1.0.0\"\n  languages de\n}\n\
                list projects from \"projects.txt\"\n\
                detector own.project \"Project\" { title { de \"Vorhaben\" } class trade_secret words projects confidence high redact as \"VORHABEN\" }\n\
                rule own_project {\n  when found own.project\n  then block\n  cite \"Test\"\n  say { de \"Ein Vorhaben.\" }\n}\n",
            "msp/projects.txt": "Nordlicht\nBernstein\n",
        },
    });
    change(&mut bundle);
    bundle
}

#[test]
fn layers_and_lists_come_through_the_api() {
    let host = Host::start(&demo("bundle"));
    let key = host.key(&["demo:author", "demo:decide"]);
    let other = host.key(&["demo:author"]);
    let give = |bundle: &Json| {
        host.send(
            "/v1/tenants/demo/versions",
            Some(&key),
            &[("content-type", "application/json")],
            bundle.to_string().as_bytes(),
        )
    };
    let lost = give(&client(|bundle| {
        bundle["files"]
            .as_object_mut()
            .unwrap()
            .remove("msp/provider.riegel");
    }));
    assert_eq!(lost.status, 422, "{lost:?}");
    let lost = give(&client(|bundle| {
        bundle["files"]
            .as_object_mut()
            .unwrap()
            .remove("msp/own.riegel");
    }));
    assert_eq!(lost.json()["code"], "E6003", "{lost:?}");
    let outside = give(&client(|bundle| {
        let own = bundle["files"]["msp/own.riegel"].as_str().unwrap();
        let own = own.replace("projects.txt", "/etc/hostname");
        bundle["files"]["msp/own.riegel"] = own.into();
    }));
    assert_eq!(outside.status, 422, "{outside:?}");
    let unknown = give(&client(|bundle| bundle["surplus"] = json!(1)));
    assert_eq!(unknown.status, 422, "{unknown:?}");
    let given = give(&client(|_| {}));
    assert_eq!(given.status, 201, "{given:?}");
    let path = "/v1/tenants/demo/versions/1/activate";
    assert_eq!(host.post(path, Some(&other), &json!({})).status, 200);
    let body = json!({
        "action": "paste", "today": "2026-12-01", "content": "Zum Vorhaben Bernstein",
        "destination": {"host": "chatgpt.com", "service": "chatgpt", "kind": "ai_chat"},
    });
    let decision = host.post(DECIDE, Some(&key), &body).json();
    let rules: Vec<&str> = decision["rules"]
        .as_array()
        .unwrap()
        .iter()
        .map(|rule| rule["id"].as_str().unwrap())
        .collect();
    assert!(rules.contains(&"own_project"), "{decision}");
}

#[test]
fn what_is_published_needs_no_key_and_nothing_else_does_without() {
    let folder = demo("published");
    std::fs::create_dir(folder.join("open")).unwrap();
    std::fs::write(folder.join("open/policy.riegel"), POLICY).unwrap();
    std::fs::write(
        folder.join("open/tenant.toml"),
        "policy = \"policy.riegel\"\npublished = true\n",
    )
    .unwrap();
    let host = Host::start(&folder);
    let key = host.key(&["demo:decide"]);
    // The first key that is shown ends that programs here may ask without one.
    assert_eq!(host.get("/v1/tenants/demo/module", Some(&key)).status, 200);
    let bare = |path: &str| host.get(path, None).status;
    assert_eq!(bare("/v1/tenants/open/module"), 200);
    for path in [
        "demo/module",
        "open/policy",
        "open/versions",
        "nobody/module",
    ] {
        assert_eq!(bare(&format!("/v1/tenants/{path}")), 401, "{path}");
    }
}
