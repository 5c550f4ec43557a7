//! Settings from a file, and the file among what the example is built from.

use std::{env, fs, path::Path};

use crate::run::{Running, run};

#[test]
fn config_file() {
    let run = run("config_file");
    let base = "logs/config_file";
    assert_eq!(
        run.messages(base, "app.log"),
        [
            "the streams are those of the file",
            "[ERROR] also in app.log: the file says so"
        ]
    );
    assert_eq!(
        run.messages(base, "errors.log"),
        ["[ERROR] also in app.log: the file says so"]
    );
    let audit = run.lines(base, "audit.jsonl");
    let audit: Vec<serde_json::Value> = audit
        .iter()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let messages: Vec<_> = audit
        .iter()
        .map(|record| record["message"].as_str().unwrap())
        .collect();
    assert_eq!(messages, ["door opened", "door still open"]);
}

#[test]
fn config_file_listens_to_the_environment() {
    let with = |variable: &str, value: &str| {
        Running::start_with("config_file", &[(variable, value)], Some(b"")).end()
    };
    let run = with("CHRONOLOGIX_STREAMS_AUDIT_MIN_LEVEL", "warn");
    assert!(run.succeeded, "{}", run.stderr);
    assert_eq!(run.lines("logs/config_file", "audit.jsonl").len(), 1);
    let run = with("CHRONOLOGIX_INTERVAL", "7h");
    assert!(!run.succeeded);
    assert!(
        run.stderr
            .contains("CHRONOLOGIX_INTERVAL: interval: unknown interval \"7h\"; allowed: 24h"),
        "{}",
        run.stderr
    );
    assert!(run.names().is_empty(), "something was made");
}

/// Cargo builds a crate anew when a file has changed that the compiler notes here.
#[test]
fn config_file_is_built_anew_when_the_file_changes() {
    let test = env::current_exe().unwrap();
    let profile = test.parent().and_then(Path::parent).unwrap();
    let noted = fs::read_to_string(profile.join("examples/config_file.d")).unwrap();
    assert!(noted.contains("examples/data/chronologix.toml"), "{noted}");
}
