//! Tables of files, read back.

use std::{
    fs,
    path::{Path, PathBuf},
};

use parquet::{
    file::reader::{FileReader as _, SerializedFileReader},
    record::{Field, Row},
};
use serde_json::Value;

use super::*;

const MANIFEST: &str = r#"{
    "format_version": 1, "interval": "1h", "timezone": "Europe/Prague",
    "timestamp_format": "%H:%M:%S.%f", "streams": [
        {"name": "app", "file": "app.log", "format": "text", "mirror": []},
        {"name": "orders", "file": "orders.log", "format": "json", "mirror": []}
    ]
}"#;

const FOLDER: &str = "2025-05-04__16-00";

fn tree() -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join(".chronologix.json"), MANIFEST).unwrap();
    dir
}

fn source(dir: &Path, name: &str, bytes: &[u8]) -> PathBuf {
    let path = dir.join(name);
    fs::write(&path, bytes).unwrap();
    path
}

/// The table of a file, with what was read for it.
fn made(base: &Path, file: &str, sources: &[FileSource]) -> (Option<Content>, FileExtent) {
    table(&LogTree::open(base).unwrap(), (FOLDER, file), sources).unwrap()
}

/// The rows of a table as JSON, and the number of its groups.
fn rows(content: Content) -> (Vec<Value>, usize) {
    let reader = SerializedFileReader::new(content.file).unwrap();
    let groups = reader.num_row_groups();
    let rows = reader.get_row_iter(None).unwrap();
    (rows.map(|row| as_json(&row.unwrap())).collect(), groups)
}

fn as_json(row: &Row) -> Value {
    let cell = |(name, field): (&String, &Field)| (name.clone(), field_as_json(field));
    Value::Object(row.get_column_iter().map(cell).collect())
}

fn field_as_json(field: &Field) -> Value {
    match field {
        Field::Null => Value::Null,
        Field::Str(text) => text.as_str().into(),
        Field::TimestampMicros(micros) => {
            let time = chrono::DateTime::from_timestamp_micros(*micros).unwrap();
            time.to_rfc3339().into()
        }
        Field::MapInternal(map) => {
            let entries = map.entries().iter();
            let entries = entries.map(|(key, value)| match key {
                Field::Str(key) => (key.clone(), field_as_json(value)),
                other => panic!("{other:?} is no key"),
            });
            Value::Object(entries.collect())
        }
        other => panic!("{other:?} is in no column"),
    }
}

#[test]
fn a_record_is_a_row_with_its_fields() {
    let dir = tree();
    let text = "[16:00:00.000001] [INFO] request done path=/a took_ms=7 path=/b\n\
                [16:00:01.000000] two\n\tlines\n\
                torn\n";
    let path = source(dir.path(), "app.log", text.as_bytes());
    let (content, extent) = made(dir.path(), "app.log", &[FileSource::Plain(path)]);
    let (found, groups) = rows(content.unwrap());
    let expected = serde_json::json!([
        {
            "ts": "2025-05-04T14:00:00.000001+00:00", "level": "INFO", "event_id": null,
            "message": "request done", "fields": {"took_ms": "7", "path": "/b"},
        },
        {
            "ts": "2025-05-04T14:00:01+00:00", "level": null, "event_id": null,
            "message": "two\nlines", "fields": {},
        },
        {"ts": null, "level": null, "event_id": null, "message": "torn", "fields": {}},
    ]);
    assert_eq!((Value::from(found), groups), (expected, 1));
    let bytes = text.len() as u64;
    assert_eq!(
        (extent.plain_bytes, extent.stood["app.log"]),
        (bytes, bytes)
    );
}

#[test]
fn members_of_json_are_texts_and_an_id_is_a_column() {
    let dir = tree();
    let line = r#"{"timestamp":"2025-05-04T16:00:00.5+02:00","level":"WARN","stream":"orders","message":"m","id":"a1","n":null,"x":0.25,"list":[1,2],"ok":true}"#;
    let bytes = zstd::encode_all(format!("{line}\n").as_bytes(), 3).unwrap();
    let path = source(dir.path(), "orders.log.zst", &bytes);
    let (content, extent) = made(dir.path(), "orders.log", &[FileSource::Compressed(path)]);
    let expected = serde_json::json!([{
        "ts": "2025-05-04T14:00:00.500+00:00", "level": "WARN", "event_id": "a1",
        "message": "m", "fields": {"n": null, "x": "0.25", "list": "[1,2]", "ok": "true"},
    }]);
    assert_eq!(Value::from(rows(content.unwrap()).0), expected);
    assert_eq!(extent.plain_bytes, line.len() as u64 + 1);
    assert_eq!(extent.stood["orders.log.zst"], bytes.len() as u64);
}

#[test]
fn many_groups_hold_each_row_once_and_the_same_bytes_each_time() {
    let dir = tree();
    let line = |at: u32| {
        let fields = (0..at % 4).map(|field| format!(" f{field}={at}"));
        format!(
            "[16:00:00.{at:06}] line {at}{}\n",
            fields.collect::<String>()
        )
    };
    let text = (0..20_000).map(line).collect::<String>();
    let path = source(dir.path(), "app.log", text.as_bytes());
    let sources = [FileSource::Plain(path)];
    let make = || made(dir.path(), "app.log", &sources).0.unwrap();
    let bytes = || {
        use std::io::{Read as _, Seek as _};
        let (mut file, mut bytes) = (make().file, Vec::new());
        file.rewind().unwrap();
        file.read_to_end(&mut bytes).unwrap();
        bytes
    };
    assert!(bytes() == bytes());
    let (found, groups) = rows(make());
    assert!(groups > 5, "{groups}");
    assert_eq!(found.len(), 20_000);
    for (at, row) in (0..).zip(&found) {
        assert_eq!(row["message"], format!("line {at}"));
        let fields = row["fields"].as_object().unwrap();
        assert_eq!(fields.len(), at % 4);
        let number = |text: &Value| text.as_str()?.parse::<usize>().ok();
        assert!(fields.values().all(|it| number(it) == Some(at)), "{row}");
    }
}

#[test]
fn a_file_without_records_has_no_table() {
    let dir = tree();
    let header = b"# chronologix/1 stream=app folder=2025-05-04__16-00 file=app.log run=1\n";
    for bytes in [&b""[..], b"\n", header] {
        let path = source(dir.path(), "app.log", bytes);
        let (content, extent) = made(dir.path(), "app.log", &[FileSource::Plain(path)]);
        assert!(content.is_none());
        assert_eq!(extent.plain_bytes, bytes.len() as u64);
    }
}
