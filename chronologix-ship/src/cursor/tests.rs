//! Tests of the cursor file and its lock.

use std::{fs, path::Path};

use chrono::{TimeZone as _, Utc};
use serde_json::json;

use super::{Progress, StateDir};
use crate::{batch::Reached, disk::folder_of, error::ShipError};

fn reached(stream: &str, records: u64, offset: u64) -> Reached {
    Reached {
        stream: stream.to_owned(),
        records,
        bytes: records * 60,
        time: Some(1_746_367_339_123_456_789),
        folder: "2025-05-04__14-00".to_owned(),
        file: format!("{stream}.log"),
        offset,
    }
}

fn progress() -> Progress {
    Progress {
        cursor: json!({"tree": "a", "folders": [1, 2]}),
        streams: vec![reached("app", 3, 120), reached("errors", 1, 0)],
        rejected: 5,
        written: Utc.with_ymd_and_hms(2026, 11, 30, 12, 0, 0).unwrap(),
    }
}

#[test]
fn a_bare_name_is_in_the_current_folder() {
    for (path, folder) in [
        ("rejected.jsonl", Some(".")),
        ("state/cursor.json", Some("state")),
        ("/cursor.json", Some("/")),
        ("/", None),
    ] {
        assert_eq!(folder_of(Path::new(path)), folder.map(Path::new), "{path}");
    }
}

#[test]
fn what_is_saved_is_loaded() {
    let dir = tempfile::tempdir().unwrap();
    let state = StateDir::new(dir.path().join("a/b"));
    let _lock = state.lock().unwrap();
    assert_eq!(state.load().unwrap(), None);
    state.check().unwrap();
    state.save(&progress()).unwrap();
    assert_eq!(state.load().unwrap(), Some(progress()));
    let mut next = progress();
    next.advance(&[reached("app", 2, 240), reached("audit", 1, 0)]);
    state.save(&next).unwrap();
    let loaded = state.load().unwrap().unwrap();
    assert_eq!(loaded.streams[0], reached("app", 5, 240));
    let names: Vec<_> = loaded.streams.iter().map(|it| it.stream.as_str()).collect();
    assert_eq!(names, ["app", "audit", "errors"]);
    let mut left: Vec<_> = fs::read_dir(dir.path().join("a/b"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name())
        .collect();
    left.sort();
    assert_eq!(left, ["cursor.json", "lock"]);
}

#[test]
fn a_file_that_is_no_cursor_is_named_and_left_alone() {
    let dir = tempfile::tempdir().unwrap();
    let state = StateDir::new(dir.path());
    let cases = [
        ("", "it is not JSON: "),
        ("{}", "it was not written by chronologix-ship"),
        (
            r#"{"chronologix_ship":9}"#,
            "it has form 9, and this program knows form 1",
        ),
        (r#"{"chronologix_ship":1}"#, "it has no cursor"),
    ];
    for (text, why) in cases {
        fs::write(state.cursor_path(), text).unwrap();
        let error = state.load().unwrap_err().to_string();
        assert!(error.contains(why), "{error}");
        assert!(error.ends_with("; restore it, or remove it to send the whole tree again"));
        assert_eq!(fs::read_to_string(state.cursor_path()).unwrap(), text);
    }
}

#[test]
fn a_second_process_is_kept_away() {
    let dir = tempfile::tempdir().unwrap();
    let first = StateDir::new(dir.path()).lock().unwrap();
    let second = StateDir::new(dir.path()).lock().unwrap_err();
    assert!(matches!(second, ShipError::Locked { .. }), "{second}");
    drop(first);
    StateDir::new(dir.path()).lock().unwrap();
}

#[test]
fn a_folder_that_cannot_be_made_is_named() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("file");
    fs::write(&file, "").unwrap();
    let error = StateDir::new(file.join("state")).lock().unwrap_err();
    let expected = format!(
        "cannot make the state folder {}",
        file.join("state").display()
    );
    assert_eq!(error.to_string(), expected);
    assert_eq!(error.exit_code(), 1);
}
