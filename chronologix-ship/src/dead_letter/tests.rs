//! Tests of the file of rejected records.

use std::fs;

use chrono::{TimeZone as _, Utc};
use opentelemetry_proto::tonic::collector::logs::v1::ExportLogsServiceRequest;

use super::{Rejection, set_aside};
use crate::{
    disk::OsDisk,
    otlp::{Batch, RecordEncoder, Resource},
    source::{Place, Record},
};

fn batch() -> Batch {
    let record = Record {
        stream: "app",
        mirrors: Vec::new(),
        time: Some(1),
        level: None,
        message: "line\nbreak".into(),
        fields: Vec::new(),
        id: None,
        place: Place {
            folder: "2025-05-04",
            file: "app.log",
            offset: 7,
        },
        bytes: 60,
    };
    let mut batch = Batch::default();
    RecordEncoder::new("h", "/logs").encode(&record, 2, &mut batch.records);
    batch.count = 1;
    batch
}

#[test]
fn each_line_is_a_request_with_its_reason() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("rejected.jsonl");
    let rejection = Rejection {
        status: 400,
        message: "bad".to_owned(),
        endpoint: "http://r/v1/logs".to_owned(),
        at: Utc.with_ymd_and_hms(2026, 11, 30, 12, 0, 0).unwrap(),
    };
    let resource = Resource::new([("service.name", "s")]);
    set_aside(&OsDisk, &path, &resource, &batch(), &rejection).unwrap();
    // A crash in the middle of a line.
    let torn = fs::read(&path).unwrap().repeat(2);
    fs::write(&path, &torn[..torn.len() - 30]).unwrap();
    set_aside(&OsDisk, &path, &resource, &batch(), &rejection).unwrap();
    let text = fs::read_to_string(&path).unwrap();
    let lines: Vec<_> = text.lines().collect();
    assert_eq!(lines.len(), 3);
    assert!(serde_json::from_str::<serde_json::Value>(lines[1]).is_err());
    for line in [lines[0], lines[2]] {
        let request: ExportLogsServiceRequest = serde_json::from_str(line).unwrap();
        let record = &request.resource_logs[0].scope_logs[0].log_records[0];
        let body = record.body.clone().unwrap().value.unwrap();
        assert!(format!("{body:?}").contains("line\\nbreak"), "{body:?}");
        let line: serde_json::Value = serde_json::from_str(line).unwrap();
        assert_eq!(line["rejected"]["status"], 400);
        assert_eq!(line["rejected"]["records"], 1);
    }
}
