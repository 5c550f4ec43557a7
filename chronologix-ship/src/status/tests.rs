//! Tests of the table and of the JSON.

use std::path::PathBuf;

use chrono::{TimeZone as _, Utc};
use chronologix_schema::settings::ship::ShipOptions;
use serde_json::Value;

use super::Status;
use crate::{
    batch::Reached,
    cursor::Progress,
    settings::{Settings, Variables},
    tree_source::Unsent,
};

const NOON: i64 = 1_746_360_000_000_000_000;

fn settings() -> Settings {
    let tree = PathBuf::from("/var/log/billing");
    let none = ShipOptions::default;
    Settings::resolve(tree, none(), &Variables::new(), none(), "h").unwrap()
}

fn status() -> Status {
    let unsent = |stream: &str, records, oldest| Unsent {
        stream: stream.to_owned(),
        records,
        bytes: records * 60,
        oldest,
    };
    Status {
        progress: Some(Progress {
            cursor: Value::Null,
            streams: vec![Reached {
                stream: "app".to_owned(),
                records: 1_234_567,
                bytes: 9,
                time: Some(NOON),
                folder: "2025-05-04".to_owned(),
                file: "app.log".to_owned(),
                offset: 4711,
            }],
            rejected: 12,
            written: Utc.with_ymd_and_hms(2025, 5, 4, 12, 0, 1).unwrap(),
        }),
        unsent: vec![unsent("app", 20, Some(NOON)), unsent("audit", 1, None)],
        now: Utc.with_ymd_and_hms(2025, 5, 4, 12, 1, 5).unwrap(),
    }
}

#[test]
fn a_table_has_a_row_for_each_stream() {
    let expected = "\
tree      /var/log/billing
receiver  http://localhost:4318/v1/logs
cursor    /var/log/billing/.chronologix-ship, moved 1m04s ago
refused   12 records

stream       sent  up to                     lag    bytes    age
app     1,234,567  2025-05-04T12:00:00.000Z   20  1.1 KiB  1m05s
audit           0  -                           1     60 B      -
";
    assert_eq!(status().to_table(&settings()), expected);
}

#[test]
fn before_the_first_answer_there_is_no_cursor() {
    let status = Status {
        progress: None,
        unsent: Vec::new(),
        ..status()
    };
    let table = status.to_table(&settings());
    assert!(
        table.contains(".chronologix-ship, nothing sent yet\n"),
        "{table}"
    );
    assert!(
        table.ends_with("stream  sent  up to  lag  bytes  age\n"),
        "{table}"
    );
}

#[test]
fn json_has_the_same() {
    let status = status().to_json(&settings());
    let app = &status["streams"]["app"];
    assert_eq!(app["sent_records"], 1_234_567);
    assert_eq!(app["sent_up_to"], "2025-05-04T12:00:00.000Z");
    assert_eq!(app["sent_place"], "2025-05-04/app.log:4711");
    assert_eq!(app["lag_records"], 20);
    assert_eq!(app["lag_bytes"], 1200);
    assert_eq!(app["lag_seconds"], 65);
    assert_eq!(status["streams"]["audit"]["sent_place"], Value::Null);
    assert_eq!(status["refused_records"], 12);
}
