//! The audit log: what was acknowledged is there, and what was changed is noticed.
//!
//! Everything here runs on SQLite, and on PostgreSQL where `RIEGEL_TEST_POSTGRES` names one
//! (`cargo xtask test` starts it).

use super::host::{AGENT, Answer, Host, POLICY, demo, event, folder, verify};
use riegel_host::serve::audit::{Book, Draft, retention, verify as check};
use riegel_host::serve::keys::Key;
use riegel_host::serve::store::{Place, Sql, open, whole};
use serde_json::Value as Json;
use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// The databases to test: a name, and how to say it on the command line.
fn places(name: &str) -> Vec<(&'static str, Place)> {
    let mut places = vec![("sqlite", Place::File(folder(name).join("riegel.db")))];
    if let Some(address) = postgres(name) {
        places.push(("postgres", Place::Postgres(address)));
    }
    places
}

/// A database of its own in the test's PostgreSQL.
pub fn postgres(name: &str) -> Option<String> {
    let server = std::env::var("RIEGEL_TEST_POSTGRES").ok()?;
    let name = format!("edge_{}_{}", name.replace('-', "_"), std::process::id());
    let mut admin =
        postgres::Client::connect(&format!("{server}/postgres"), postgres::NoTls).unwrap();
    admin
        .batch_execute(&format!("DROP DATABASE IF EXISTS {name}"))
        .unwrap();
    admin
        .batch_execute(&format!("CREATE DATABASE {name}"))
        .unwrap();
    Some(format!("{server}/{name}"))
}

struct Written {
    sql: Box<dyn Sql>,
    book: Book,
    tenant: Arc<str>,
    place: Place,
    master: Key,
}

/// A log with three writers, persons and checkpoints.
fn written(place: &Place) -> Written {
    let mut sql = open(place).unwrap();
    let master = Key::random().unwrap();
    let tenant: Arc<str> = "demo".into();
    let mut book = None;
    for round in 0..3_i64 {
        let mut one = Book::new(master.clone(), Duration::ZERO).unwrap();
        whole(&mut *sql, |sql| one.admit(sql, &tenant, 30).map(drop)).unwrap();
        for batch in 0..3 {
            whole(&mut *sql, |sql| {
                for i in 0..70 {
                    one.add(
                        sql,
                        draft(
                            &tenant,
                            round * 1000 + batch * 100 + i,
                            &format!("p{}", i % 5),
                        ),
                    )?;
                }
                one.flush(sql)
            })
            .unwrap();
            if batch < 2 {
                whole(&mut *sql, |sql| one.checkpoint(sql)).unwrap();
            }
        }
        book = Some(one);
    }
    Written {
        sql,
        book: book.unwrap(),
        tenant,
        place: place.clone(),
        master,
    }
}

fn draft(tenant: &Arc<str>, at: i64, person: &str) -> Draft {
    Draft {
        tenant: tenant.clone(),
        at,
        kind: "decision",
        subject: Some(person.to_owned()),
        members: "\"effective\":\"block\"".to_owned(),
    }
}

fn faults(written: &mut Written) -> Vec<String> {
    check::tenant(&mut *written.sql, "demo", None, None)
        .unwrap()
        .faults
}

#[test]
fn what_was_changed_is_noticed() {
    for (name, place) in places("tamper") {
        let mut log = written(&place);
        let report = check::tenant(&mut *log.sql, "demo", None, None).unwrap();
        assert_eq!(report.faults, Vec::<String>::new(), "{name}");
        assert_eq!(
            (report.records, report.chains, report.checkpoints),
            (633, 3, 6)
        );
        assert_eq!(report.unsigned, 70, "the last chain's last batch");
        let other = [7; 32];
        assert!(
            !check::tenant(&mut *log.sql, "demo", Some(&other), None)
                .unwrap()
                .faults
                .is_empty()
        );
        let changes = [
            "UPDATE audit SET body = replace(body, 'block', 'allow') WHERE seq = 100",
            "UPDATE audit SET body = replace(body, 'begin', 'begun') WHERE seq = 1",
            "DELETE FROM audit WHERE seq = 50",
            "DELETE FROM audit WHERE seq > 205",
            "DELETE FROM audit WHERE seq < 20",
            "DELETE FROM audit WHERE writer = (SELECT MIN(writer) FROM audit)",
            "UPDATE audit SET seq = 5000 WHERE seq = 60",
            "DELETE FROM chain WHERE writer = (SELECT MIN(writer) FROM chain)",
            "UPDATE chain SET seq = seq - 1",
            "DELETE FROM checkpoint WHERE n = 1",
            "UPDATE checkpoint SET body = replace(body, 'demo', 'dem0') WHERE n = 1",
            "UPDATE checkpoint SET n = n + 10",
            "UPDATE audit SET tenant = 'other' WHERE seq = 100",
            "UPDATE audit SET at = 1 WHERE seq = 100",
        ];
        for change in changes {
            log.sql.begin().unwrap();
            let changed = log.sql.change(change, &[]).unwrap();
            assert!(changed > 0, "{change} changes nothing");
            assert!(!faults(&mut log).is_empty(), "{name}: unnoticed: {change}");
            log.sql.rollback();
        }
        assert!(faults(&mut log).is_empty());
    }
}

#[test]
fn a_whole_chain_that_is_rewritten_contradicts_what_was_signed() {
    for (name, place) in places("rewrite") {
        let mut log = written(&place);
        let rows = log
            .sql
            .rows(
                "SELECT writer, seq, body FROM audit ORDER BY writer, seq",
                &[],
            )
            .unwrap();
        let writer = rows[0][0].text().to_owned();
        log.sql.begin().unwrap();
        let mut before = riegel_host::serve::audit::NOTHING;
        for row in rows.iter().filter(|row| row[0].text() == writer) {
            let body = row[2].text().replace("block", "allow");
            before = riegel_host::serve::audit::link("demo", &writer, row[1].int(), &before, &body);
            log.sql
                .change(
                    "UPDATE audit SET body = $1, hash = $2 WHERE writer = $3 AND seq = $4",
                    &[
                        body.into(),
                        before.as_slice().into(),
                        writer.as_str().into(),
                        row[1].clone(),
                    ],
                )
                .unwrap();
        }
        log.sql
            .change(
                "UPDATE chain SET hash = $1 WHERE writer = $2",
                &[before.as_slice().into(), writer.as_str().into()],
            )
            .unwrap();
        let faults = faults(&mut log);
        assert!(
            faults
                .iter()
                .any(|f| f.contains("not the one that was signed")),
            "{name}: {faults:?}"
        );
        log.sql.rollback();
    }
}

#[test]
fn old_records_go_and_the_rest_still_verifies() {
    for (name, place) in places("retention") {
        let mut log = written(&place);
        let keys = whole(&mut *log.sql, |sql| log.book.admit(sql, &log.tenant, 30)).unwrap();
        let cut = |limit: i64, log: &mut Written| {
            whole(&mut *log.sql, |sql| {
                retention::cut(sql, "demo", &keys, limit)
            })
            .unwrap()
        };
        assert!(cut(1_050, &mut log) > 0);
        assert_eq!(faults(&mut log), Vec::<String>::new(), "{name}");
        assert!(cut(100_000, &mut log) > 0);
        assert_eq!(faults(&mut log), Vec::<String>::new(), "{name}");
        let left = check::tenant(&mut *log.sql, "demo", None, None).unwrap();
        assert_eq!(left.records, 70, "{name}: what nobody signed yet stays");
        // A cut that nobody signed hides nothing.
        log.sql.begin().unwrap();
        log.sql
            .change("UPDATE cut SET seq = seq + 10", &[])
            .unwrap();
        assert!(!faults(&mut log).is_empty());
        log.sql.rollback();
    }
}

/// A clock that was wrong for a while, or a hand in the table, makes nothing old.
#[test]
fn retention_takes_no_young_record() {
    for (name, place) in places("young") {
        let mut sql = open(&place).unwrap();
        let tenant: Arc<str> = "demo".into();
        let mut book = Book::new(Key::random().unwrap(), Duration::ZERO).unwrap();
        let keys = whole(&mut *sql, |sql| book.admit(sql, &tenant, 30)).unwrap();
        whole(&mut *sql, |sql| {
            for at in [5_000, 5_001, 10, 11, 5_002] {
                book.add(sql, draft(&tenant, at, "p"))?;
            }
            book.flush(sql)?;
            book.checkpoint(sql)
        })
        .unwrap();
        let mut cut =
            |limit: i64| whole(&mut *sql, |sql| retention::cut(sql, "demo", &keys, limit)).unwrap();
        assert_eq!(cut(1_000), 0, "{name}");
        let mut hand = open(&place).unwrap();
        hand.change("UPDATE audit SET at = 1 WHERE at > 5000", &[])
            .unwrap();
        assert_eq!(cut(1_000), 0, "{name}: the column is not what was written");
        hand.change("UPDATE audit SET at = 5000 WHERE seq = 2", &[])
            .unwrap();
        assert_eq!(cut(5_001), 2, "{name}: the beginning and the first record");
    }
}

#[test]
fn who_keeps_the_heads_notices_what_was_cut_off() {
    for (name, place) in places("heads") {
        let mut log = written(&place);
        let before = check::tenant(&mut *log.sql, "demo", None, None).unwrap();
        let key = riegel_host::runtime::from_hex(before.key.as_deref().unwrap()).unwrap();
        let kept = serde_json::to_value(&before.heads).unwrap();
        let told = |log: &mut Written, key: Option<&[u8]>, kept: Option<&Json>| {
            let report = check::tenant(&mut *log.sql, "demo", key, kept).unwrap();
            report.faults
        };
        assert_eq!(
            told(&mut log, Some(&key), Some(&kept)),
            Vec::<String>::new(),
            "{name}"
        );
        // Records with the checkpoints that saw them, and the end that is noted.
        log.sql.begin().unwrap();
        for change in [
            "DELETE FROM audit WHERE writer = (SELECT MAX(writer) FROM audit) AND seq > 1",
            "DELETE FROM checkpoint WHERE writer = (SELECT MAX(writer) FROM audit)",
            "UPDATE chain SET seq = 1, hash = (SELECT hash FROM audit WHERE audit.writer = chain.writer AND audit.seq = 1)
             WHERE writer = (SELECT MAX(writer) FROM audit)",
        ] {
            log.sql.change(change, &[]).unwrap();
        }
        assert!(!told(&mut log, Some(&key), Some(&kept)).is_empty());
        log.sql.rollback();
        // Everything.
        log.sql.begin().unwrap();
        for table in ["audit", "chain", "checkpoint"] {
            log.sql
                .change(&format!("DELETE FROM {table}"), &[])
                .unwrap();
        }
        assert_eq!(told(&mut log, None, Some(&kept)).len(), 3, "{name}");
        log.sql.rollback();
        // What retention took away under its signature is no fault.
        let keys = whole(&mut *log.sql, |sql| log.book.admit(sql, &log.tenant, 30)).unwrap();
        let gone = whole(&mut *log.sql, |sql| {
            retention::cut(sql, "demo", &keys, 100_000)
        });
        assert!(gone.unwrap() > 0);
        assert_eq!(
            told(&mut log, Some(&key), Some(&kept)),
            Vec::<String>::new(),
            "{name}"
        );
    }
}

#[test]
fn the_command_keeps_heads_and_makes_no_log() {
    let folder = demo("kept");
    let host = Host::start(&folder);
    host.decide("stopp");
    host.stop();
    let riegel = |args: &[&str]| {
        std::process::Command::new(env!("CARGO_BIN_EXE_riegel"))
            .current_dir(&folder)
            .args([&["audit", "verify"][..], args].concat())
            .output()
            .unwrap()
    };
    let saved = riegel(&[".", "--save", "heads.json"]);
    assert_eq!(saved.status.code(), Some(0), "{saved:?}");
    assert_eq!(
        riegel(&[".", "--kept", "heads.json"]).status.code(),
        Some(0)
    );
    let mut sql = open(&Place::File(folder.join(".riegel/riegel.db"))).unwrap();
    for table in ["audit", "chain", "checkpoint"] {
        sql.change(&format!("DELETE FROM {table}"), &[]).unwrap();
    }
    assert_eq!(
        riegel(&[".", "--kept", "heads.json"]).status.code(),
        Some(1)
    );
    assert_eq!(riegel(&[".", "--tenant", "nobody"]).status.code(), Some(2));
    assert_eq!(riegel(&["nowhere"]).status.code(), Some(2));
    assert!(!folder.join("nowhere").exists());
}

#[test]
fn an_erased_person_cannot_be_found_again() {
    for (name, place) in places("erasure") {
        let mut log = written(&place);
        let subjects = |log: &mut Written| -> BTreeSet<String> {
            let rows = log.sql.rows("SELECT body FROM audit", &[]).unwrap();
            let json = rows
                .iter()
                .map(|row| serde_json::from_str::<Json>(row[0].text()).unwrap());
            json.filter_map(|body| body["subject"].as_str().map(str::to_owned))
                .collect()
        };
        let before = subjects(&mut log);
        assert_eq!(
            before.len(),
            5,
            "{name}: a person has one name per period, over all writers"
        );
        let tenant = log.tenant.clone();
        let add = |log: &mut Written, at: i64| {
            whole(&mut *log.sql, |sql| {
                log.book.add(sql, draft(&tenant, at, "p1"))?;
                log.book.flush(sql)
            })
            .unwrap();
        };
        add(&mut log, 5_000);
        assert_eq!(subjects(&mut log), before);
        add(&mut log, 40 * 86_400_000);
        assert_eq!(
            subjects(&mut log).len(),
            6,
            "{name}: another period, another name"
        );
        whole(&mut *log.sql, |sql| log.book.erase(sql, &log.tenant, "p1")).unwrap();
        assert!(riegel_host::serve::store::forget(&log.place).unwrap());
        add(&mut log, 5_001);
        assert_eq!(
            subjects(&mut log).len(),
            7,
            "{name}: the old name came back"
        );
        assert_eq!(faults(&mut log), Vec::<String>::new());
        assert!(matches!(log.place, Place::File(_) | Place::Postgres(_)));
        // With another master key nothing opens.
        let mut stranger = Book::new(Key::random().unwrap(), Duration::ZERO).unwrap();
        assert!(
            whole(&mut *log.sql, |sql| stranger
                .admit(sql, &log.tenant, 30)
                .map(drop))
            .is_err()
        );
        let mut friend = Book::new(log.master.clone(), Duration::ZERO).unwrap();
        assert!(
            whole(&mut *log.sql, |sql| friend
                .admit(sql, &log.tenant, 30)
                .map(drop))
            .is_ok()
        );
    }
}

#[test]
fn a_host_writes_a_log_that_verifies_and_notices_a_changed_byte() {
    let host = Host::start(&demo("bytes"));
    for i in 0..50 {
        host.decide(if i % 2 == 0 { "stopp" } else { "nichts" });
    }
    let (folder, key) = (host.folder.clone(), host.key(&["demo:viewer"]));
    let report = host.get("/v1/tenants/demo/audit/verify", Some(&key)).json();
    assert_eq!(
        (&report["records"], &report["faults"]),
        (&26.into(), &Json::Array(Vec::new()))
    );
    for form in ["jsonl", "cef", "ocsf"] {
        let lines = host.get(&format!("/v1/tenants/demo/audit?form={form}"), Some(&key));
        assert_eq!(
            (lines.status, lines.text.lines().count()),
            (200, 26),
            "{form}"
        );
        assert!(
            form == "cef"
                || lines
                    .text
                    .lines()
                    .all(|l| serde_json::from_str::<Json>(l).is_ok())
        );
    }
    assert!(host.stop(), "stops in order");
    let (fine, text) = verify(&folder, &[]);
    assert!(fine && text.contains("0 records not signed yet"), "{text}");
    let mut sql = open(&Place::File(folder.join(".riegel/riegel.db"))).unwrap();
    sql.change(
        "UPDATE audit SET body = replace(body, 'block', 'allow') WHERE seq = 7",
        &[],
    )
    .unwrap();
    drop(sql);
    let (fine, text) = verify(&folder, &[]);
    assert!(!fine && text.contains("does not fit its hash"), "{text}");
}

/// Kills at random instants under load; `RIEGEL_CRASHES` says how often (10).
#[test]
fn killed_at_any_instant_no_acknowledged_record_is_lost() {
    let kills: u32 = std::env::var("RIEGEL_CRASHES")
        .ok()
        .and_then(|n| n.parse().ok())
        .unwrap_or(10);
    let folder = folder("crash");
    std::fs::write(folder.join("demo.riegel"), POLICY).unwrap();
    crash(&folder, &[], kills);
    if let Some(address) = postgres("crash") {
        let folder = super::host::folder("crash-postgres");
        std::fs::write(folder.join("demo.riegel"), POLICY).unwrap();
        crash(&folder, &["--database", &address], kills);
    }
}

fn crash(folder: &std::path::Path, extra: &[&str], kills: u32) {
    let acknowledged: Mutex<BTreeSet<(String, i64)>> = Mutex::default();
    let mut slowest = Duration::ZERO;
    let mut random = 0x2545_F491_4F6C_DD1D_u64 ^ u64::from(std::process::id());
    for _ in 0..kills {
        let started = Instant::now();
        let host = Host::start_with(folder, extra);
        assert_eq!(host.decide("nichts")["effective"], "allow");
        slowest = slowest.max(started.elapsed());
        let over = AtomicBool::new(false);
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    while !over.load(Relaxed) {
                        let request = AGENT
                            .post(host.url("/v1/tenants/demo/decide"))
                            .header("content-type", "application/json");
                        let Ok(mut answer) = request.send(event("stopp").to_string()) else {
                            return;
                        };
                        let Ok(text) = answer.body_mut().read_to_string() else {
                            return;
                        };
                        let Ok(json) = serde_json::from_str::<Json>(&text) else {
                            return;
                        };
                        if answer.status() == 200 {
                            let record = &json["record"];
                            let place = (
                                record["writer"].as_str().unwrap().to_owned(),
                                record["seq"].as_i64().unwrap(),
                            );
                            assert!(
                                acknowledged.lock().unwrap().insert(place),
                                "a place is given twice"
                            );
                        }
                    }
                });
            }
            random ^= random << 13;
            random ^= random >> 7;
            random ^= random << 17;
            std::thread::sleep(Duration::from_millis(20 + random % 250));
            let id = host.id().to_string();
            assert!(
                std::process::Command::new("kill")
                    .args(["-9", &id])
                    .status()
                    .unwrap()
                    .success()
            );
            over.store(true, Relaxed);
        });
        host.kill();
    }
    let (fine, text) = verify(folder, extra);
    assert!(fine, "{text}");
    let place = match extra {
        [_, address] => Place::Postgres((*address).to_owned()),
        _ => Place::File(folder.join(".riegel/riegel.db")),
    };
    let rows = open(&place)
        .unwrap()
        .rows("SELECT writer, seq FROM audit", &[])
        .unwrap();
    let stored: BTreeSet<(String, i64)> = rows
        .iter()
        .map(|row| (row[0].text().to_owned(), row[1].int()))
        .collect();
    let acknowledged = acknowledged.into_inner().unwrap();
    assert!(
        acknowledged.len() > kills as usize,
        "only {} records",
        acknowledged.len()
    );
    let missing: Vec<_> = acknowledged.difference(&stored).take(5).collect();
    assert!(missing.is_empty(), "acknowledged and lost: {missing:?}");
    assert!(
        slowest < Duration::from_secs(2),
        "a restart took {slowest:?}"
    );
}

#[test]
fn what_cannot_be_recorded_is_not_answered() {
    let folder = demo("full");
    let host = Host::start(&folder);
    assert_eq!(host.decide("stopp")["effective"], "block");
    let mut sql = open(&Place::File(folder.join(".riegel/riegel.db"))).unwrap();
    sql.change(
        "CREATE TRIGGER full BEFORE INSERT ON audit BEGIN SELECT RAISE(FAIL, 'full'); END",
        &[],
    )
    .unwrap();
    let answer = host.post("/v1/tenants/demo/decide", None, &event("stopp"));
    assert_eq!(answer.status, 503, "{answer:?}");
    assert!(!answer.text.contains("effective"));
    let again = host.post("/v1/tenants/demo/decide", None, &event("stopp"));
    assert_eq!(again.status, 503, "{again:?}");
    let metrics = host.get("/metrics", None).text;
    assert!(
        metrics.contains("\nriegel_audit_records_failed_total 2\n"),
        "{metrics}"
    );
    sql.change("DROP TRIGGER full", &[]).unwrap();
    // Ready is who can write.
    std::thread::sleep(Duration::from_millis(600));
    assert_eq!(host.get("/readyz", None).status, 200);
    for what in ["INSERT", "UPDATE"] {
        sql.change(
            &format!("CREATE TRIGGER full_{what} BEFORE {what} ON meta BEGIN SELECT RAISE(FAIL, 'full'); END"),
            &[],
        )
        .unwrap();
    }
    std::thread::sleep(Duration::from_millis(600));
    assert_eq!(host.get("/readyz", None).status, 503);
    for what in ["INSERT", "UPDATE"] {
        sql.change(&format!("DROP TRIGGER full_{what}"), &[])
            .unwrap();
    }
    assert_eq!(host.get("/readyz", None).status, 200);
    assert_eq!(host.decide("stopp")["effective"], "block");
    for line in ["records cannot be written", "records are written again"] {
        let begun = Instant::now();
        while !host.said().contains(line) && begun.elapsed() < Duration::from_secs(5) {
            std::thread::sleep(Duration::from_millis(20));
        }
        let said = host.said();
        assert_eq!(said.matches(line).count(), 1, "{said}");
    }
    let (fine, text) = host.verify();
    assert!(fine, "{text}");
}

/// On an empty database every host finds that there is no table yet.
#[test]
fn hosts_that_start_at_once_do_not_stumble_over_each_other() {
    for (name, place) in places("together") {
        let opened: Vec<bool> = std::thread::scope(|scope| {
            let open = || open(&place).is_ok();
            let all: Vec<_> = (0..12).map(|_| scope.spawn(open)).collect();
            all.into_iter().map(|one| one.join().unwrap()).collect()
        });
        assert!(opened.iter().all(|fine| *fine), "{name}: {opened:?}");
    }
    let folder = folder("keys-together");
    let keys: BTreeSet<Vec<u8>> = std::thread::scope(|scope| {
        let master = || Key::master(&folder, None).unwrap().bytes().to_vec();
        let all: Vec<_> = (0..8).map(|_| scope.spawn(master)).collect();
        all.into_iter().map(|one| one.join().unwrap()).collect()
    });
    assert_eq!(keys.len(), 1, "one folder, one key");
}

#[test]
fn a_second_host_shares_the_log_without_a_gap() {
    let Some(address) = postgres("shared") else {
        return;
    };
    let (one, two) = (demo("shared-one"), demo("shared-two"));
    std::fs::create_dir_all(two.join(".riegel")).unwrap();
    let first = Host::start_with(&one, &["--database", &address]);
    std::fs::copy(
        one.join(".riegel/master.key"),
        two.join(".riegel/master.key"),
    )
    .unwrap();
    let second = Host::start_with(&two, &["--database", &address]);
    let count = AtomicU64::new(0);
    std::thread::scope(|scope| {
        for host in [&first, &second, &first, &second] {
            scope.spawn(|| {
                for _ in 0..50 {
                    assert_eq!(host.decide("stopp")["effective"], "block");
                    count.fetch_add(1, Relaxed);
                }
            });
        }
    });
    assert_eq!(count.load(Relaxed), 200);
    let key = first.key(&["demo:viewer"]);
    let answer: Answer = second.get("/v1/tenants/demo/audit/verify", Some(&key));
    assert_eq!(
        (&answer.json()["records"], &answer.json()["chains"]),
        (&202.into(), &2.into()),
        "{answer:?}"
    );
    assert_eq!(answer.json()["faults"], Json::Array(Vec::new()));
}

/// PostgreSQL takes fewer texts than SQLite: a zero in one is an error there.
#[test]
fn no_question_makes_the_store_fail() {
    for (name, place) in places("questions") {
        let folder = demo("questions-host");
        let address = match &place {
            Place::Postgres(address) => Some(address.clone()),
            Place::File(_) => None,
        };
        let extra: Vec<&str> = match &address {
            Some(address) => vec!["--database", address],
            None => Vec::new(),
        };
        let host = Host::start_with(&folder, &extra);
        let key = host.key(&["demo:viewer"]);
        for question in [
            "audit?after=1.%00.1",
            "audit?after=1.a'b.1",
            "audit?after=1.\u{fc}.1",
            "audit?after=-9223372036854775808.0.-9223372036854775808",
            "audit?since=-9223372036854775808",
            "audit?since=9223372036854775807",
            "approvals?state=%00",
            "approvals?state=%ff",
            "statistics?days=9223372036854775807",
            "versions/9223372036854775807/changes",
        ] {
            let answer = host.get(
                &format!("/v1/tenants/demo/{}", question.replace('\u{fc}', "%C3%BC")),
                Some(&key),
            );
            assert!(answer.status < 500, "{name}: {question}: {answer:?}");
        }
    }
}
