//! Runs every example in a directory of its own and reads the tree that it left.
//!
//! `cargo test` builds the examples; `cargo test --test examples` alone takes those that are there.

#![expect(
    clippy::unwrap_used,
    reason = "the functions around the tests are tests as well"
)]

#[cfg(unix)]
mod axum_service;
mod bridges;
mod catalogue;
mod config_file;
mod echo;
mod hooks;
mod libraries;
mod live_demo;
mod no_files;
mod run;

use std::{collections::BTreeMap, path::Path};

use run::{counted, folders, run};

#[test]
fn quickstart() {
    let run = run("quickstart");
    let exception = "Exception occurred: division by zero";
    assert_eq!(
        run.messages("my_logs", "app.log"),
        ["Starting batch job", exception]
    );
    assert_eq!(run.messages("my_logs", "errors.log"), [exception]);
    assert_eq!(run.messages("my_logs", "audit.log"), ["Auditing step 1"]);
    assert_eq!(
        run.counts("my_logs"),
        counted([("app.log", 2), ("audit.log", 1), ("errors.log", 1)])
    );
    assert_eq!(run.names(), [Path::new("my_logs")]);
    for folder in folders(&run.dir.path().join("my_logs")) {
        assert_eq!(folder.file_name().unwrap().len(), "2025-05-04__15-00".len());
    }
}

#[test]
fn mirrors() {
    let run = run("mirrors");
    let expected = counted([
        ("alerts.log", 1),
        ("app.log", 4),
        ("ops.log", 2),
        ("payments.log", 2),
        ("refunds.log", 1),
    ]);
    assert_eq!(run.counts("logs/mirrors"), expected);
    let in_app = [
        "shop opened",
        "disk sda at 81 %",
        "order 17 paid",
        "disk sda at 97 %",
    ];
    assert_eq!(run.messages("logs/mirrors", "app.log"), in_app);
    assert_eq!(
        run.messages("logs/mirrors", "payments.log"),
        ["order 17 paid", "order 17 refunded"]
    );
}

#[test]
fn intervals() {
    let run = run("intervals");
    let mut printed = String::new();
    for interval in chronologix::Interval::ALL {
        let base = format!("logs/intervals/{interval}");
        let message = format!("this folder covers {interval}");
        assert_eq!(run.messages(&base, "app.log"), [message]);
        for folder in folders(&run.dir.path().join(&base)) {
            let name = folder.file_name().unwrap().to_str().unwrap();
            printed += &Path::new("logs/intervals")
                .join(interval.as_str())
                .join(name)
                .display()
                .to_string();
            printed.push('\n');
        }
    }
    assert_eq!(run.stdout, printed);
}

#[test]
fn many_tasks() {
    let run = run("many_tasks");
    assert!(
        run.stdout.starts_with("6400 lines in logs/many_tasks\n"),
        "{}",
        run.stdout
    );
    for count in [
        "    queued: 6400,",
        "    written: 6400,",
        "    dropped: 0,",
        "    records_failed: 0,",
    ] {
        assert!(
            run.stdout.lines().any(|line| line == count),
            "{count} is not in {}",
            run.stdout
        );
    }
    let mut tasks = BTreeMap::<String, Vec<String>>::new();
    for message in run.messages("logs/many_tasks", "app.log") {
        let (task, record) = message
            .strip_prefix("working task=")
            .unwrap()
            .split_once(" record=")
            .unwrap();
        tasks
            .entry(task.to_owned())
            .or_default()
            .push(record.to_owned());
    }
    assert_eq!(tasks.len(), 64);
    let in_order: Vec<_> = (0..100).map(|record| record.to_string()).collect();
    assert!(
        tasks.values().all(|records| *records == in_order),
        "{tasks:?}"
    );
}

#[test]
fn sync_code() {
    let run = run("sync_code");
    assert_eq!(
        run.stdout,
        "after the flush 0 records remain\n403 records are on disk\n"
    );
    assert_eq!(
        run.messages("logs/sync_code", "audit.log"),
        ["door 5 opened"]
    );
    let messages = run.messages("logs/sync_code", "app.log");
    assert_eq!(messages.len(), 402);
    assert_eq!(
        (&*messages[0], &*messages[401]),
        ("the work begins", "the work is done")
    );
    for worker in 0..4 {
        let start = format!("worker {worker}, step ");
        let steps = messages
            .iter()
            .filter_map(|message| message.strip_prefix(&start)?.parse().ok());
        assert_eq!(steps.collect::<Vec<u32>>(), (0..100).collect::<Vec<_>>());
    }
}

#[test]
fn json() {
    let run = run("json");
    let lines = run.lines("logs/json", "orders.jsonl");
    let records: Vec<serde_json::Value> = lines
        .iter()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(records.len(), 5);
    assert!(records.iter().all(|record| record["stream"] == "orders"));
    let first = serde_json::json!({
        "timestamp": records[0]["timestamp"], "level": "INFO", "stream": "orders", "message": "order 17 taken",
        "order": 17, "user": "Ann \"the buyer\"", "price": 9.5, "paid": true, "state": "Open",
    });
    assert_eq!(records[0], first);
    assert_eq!(records[1]["queue.length"], 250);
    assert_eq!(
        records[3]["message"],
        "the market is closed\nuntil tomorrow"
    );
    assert_eq!(records[4]["level"], serde_json::Value::Null);
    let text = [
        r#"[INFO] order 17 taken order=17 user="Ann \"the buyer\"" price=9.5 paid=true state=Open"#,
        "[WARN] orders are slow order=17 queue.length=250",
        "[INFO] order 17 filled order=17 state=Filled",
        r"[CRITICAL] the market is closed\nuntil tomorrow",
        "no level: passes every min_level order=17",
    ];
    assert_eq!(run.messages("logs/json", "readable.log"), text);
}

#[test]
fn graceful_stop_ends_by_itself() {
    let run = run("graceful_stop");
    assert_eq!(
        run.stdout,
        "working; Ctrl-C ends it early\nthe work is done; all 21 records are on disk\n"
    );
    let mut expected: Vec<_> = (1..=20).map(|step| format!("step {step} of 20")).collect();
    expected.push("stopping: the work is done".to_owned());
    assert_eq!(run.messages("logs/graceful_stop", "app.log"), expected);
}

#[cfg(unix)]
#[test]
fn graceful_stop_ends_on_a_signal() {
    let mut running = run::Running::start("graceful_stop", &[], None);
    assert!(running.read_to(Some("working; Ctrl-C ends it early")));
    run::interrupt(&running.child);
    let run = running.end();
    assert!(run.succeeded, "{}", run.stderr);
    let messages = run.messages("logs/graceful_stop", "app.log");
    // Unless this test was held up for half a second, and the work was done before.
    let reason = if messages.len() < 21 {
        "Ctrl-C"
    } else {
        "the work is done"
    };
    assert_eq!(messages.last().unwrap(), &format!("stopping: {reason}"));
    let outcome = format!("{reason}; all {} records are on disk", messages.len());
    assert_eq!(run.stdout.lines().last().unwrap(), outcome);
}

#[test]
fn retention() {
    let run = run("retention");
    let mut printed = run.stdout.lines();
    assert_eq!(
        printed.next(),
        Some("5 files compressed, 7 folders removed:")
    );
    let names = printed.map(|path| path.rsplit_once('/').unwrap().1);
    let names = names.collect::<Vec<_>>();
    let expected = [
        "notes.txt",
        "app.log.zst",
        "app.log.zst",
        "app.log.zst",
        "app.log.zst",
        "app.log.zst",
        "app.log",
        "app.log",
        // The folder in use. The one after it was made ahead, and removed when it stayed empty.
        "app.log",
    ];
    assert_eq!(names, expected);
}
