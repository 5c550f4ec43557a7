//! What is written is what the types that are generated from the schema of OTLP read.

use std::borrow::Cow;

use chronologix_schema::Level;
use opentelemetry_proto::tonic::{
    collector::logs::v1::{
        ExportLogsPartialSuccess, ExportLogsServiceRequest, ExportLogsServiceResponse,
    },
    common::v1::{AnyValue, KeyValue, any_value::Value as Any},
    logs::v1::LogRecord,
};
use proptest::prelude::*;
use prost::Message as _;

use super::{
    Batch, RecordEncoder, Resource,
    answer::PartialSuccess,
    partial_success,
    protobuf::{Field, Fields, put_message, put_varint, varint_len},
    request_as_json, status_message,
};
use crate::source::{Place, Record, Value};

fn record<'a>(message: &'a str, fields: Vec<(Cow<'a, str>, Value<'a>)>) -> Record<'a> {
    Record {
        stream: "errors",
        mirrors: vec!["app", "all"],
        time: Some(1_746_367_339_123_456_789),
        level: Some(Level::Error),
        message: message.into(),
        fields,
        id: Some("9f2c41aa"),
        place: Place {
            folder: "2025-05-04__14-00",
            file: "errors.log",
            offset: 4711,
        },
        bytes: 60,
    }
}

fn resource() -> Resource {
    Resource::new([("service.name", "billing"), ("host.name", "web-3")])
}

fn batch(records: &[Record<'_>]) -> Batch {
    let mut encoder = RecordEncoder::new("web-3", "/var/log/billing/");
    let mut batch = Batch::default();
    for record in records {
        encoder.encode(record, 1_746_367_340_000_000_000, &mut batch.records);
        batch.count += 1;
    }
    batch
}

fn whole(batch: &Batch) -> Vec<u8> {
    let mut request = resource().head(&batch.records);
    request.extend_from_slice(&batch.records);
    request
}

/// The records of a request, as receivers read them.
fn decoded(batch: &Batch) -> Vec<LogRecord> {
    let request = ExportLogsServiceRequest::decode(&whole(batch)[..]).unwrap();
    let [resource_logs] = &request.resource_logs[..] else {
        panic!("{} resources", request.resource_logs.len());
    };
    let [scope_logs] = &resource_logs.scope_logs[..] else {
        panic!("{} scopes", resource_logs.scope_logs.len());
    };
    scope_logs.log_records.clone()
}

fn text(value: &str) -> AnyValue {
    AnyValue {
        value: Some(Any::StringValue(value.to_owned())),
    }
}

fn attribute(record: &LogRecord, key: &str) -> Option<AnyValue> {
    let mut found = record.attributes.iter().filter(|it| it.key == key);
    let value = found.next()?.value.clone();
    assert!(found.next().is_none(), "{key} is there twice");
    value
}

#[test]
fn a_request_names_resource_and_scope() {
    let request = whole(&batch(&[record("boom", Vec::new())]));
    let request = ExportLogsServiceRequest::decode(&request[..]).unwrap();
    let resource_logs = &request.resource_logs[0];
    let attributes = &resource_logs.resource.as_ref().unwrap().attributes;
    let pair = |key: &str, value: &str| KeyValue {
        key: key.to_owned(),
        value: Some(text(value)),
        ..KeyValue::default()
    };
    let expected = [pair("service.name", "billing"), pair("host.name", "web-3")];
    assert_eq!(attributes[..], expected);
    let scope = resource_logs.scope_logs[0].scope.as_ref().unwrap();
    assert_eq!(scope.name, "chronologix");
    assert_eq!(scope.version, env!("CARGO_PKG_VERSION"));
}

#[test]
fn a_record_has_all_that_is_known_of_it() {
    let [found] = &decoded(&batch(&[record("division by zero", Vec::new())]))[..] else {
        panic!("one record");
    };
    assert_eq!(found.time_unix_nano, 1_746_367_339_123_456_789);
    assert_eq!(found.observed_time_unix_nano, 1_746_367_340_000_000_000);
    assert_eq!(found.severity_number, 17);
    assert_eq!(found.severity_text, "ERROR");
    assert_eq!(found.body, Some(text("division by zero")));
    assert_eq!(found.event_name, "9f2c41aa");
    let expected = [
        ("chronologix.stream", "errors"),
        ("log.file.name", "errors.log"),
        (
            "log.file.path",
            "/var/log/billing/2025-05-04__14-00/errors.log",
        ),
        (
            "chronologix.key",
            "web-3/2025-05-04__14-00/errors/errors.log/4711",
        ),
    ];
    for (key, value) in expected {
        assert_eq!(attribute(found, key), Some(text(value)), "{key}");
    }
    let Some(Any::ArrayValue(mirrors)) = attribute(found, "chronologix.mirrors").unwrap().value
    else {
        panic!("an array");
    };
    assert_eq!(mirrors.values, [text("app"), text("all")]);
}

#[test]
fn what_a_record_does_not_have_is_not_sent() {
    let bare = Record {
        mirrors: Vec::new(),
        time: None,
        level: None,
        id: None,
        ..record("", Vec::new())
    };
    let [found] = &decoded(&batch(&[bare]))[..] else {
        panic!("one record");
    };
    assert_eq!(found.time_unix_nano, 0);
    assert_eq!(
        (found.severity_number, found.severity_text.as_str()),
        (0, "")
    );
    assert_eq!(found.event_name, "");
    assert_eq!(attribute(found, "chronologix.mirrors"), None);
    assert_eq!(found.body, Some(text("")));
}

#[test]
fn levels_are_the_first_severity_of_their_range() {
    let levels = [
        (Level::Trace, 1),
        (Level::Debug, 5),
        (Level::Info, 9),
        (Level::Warn, 13),
        (Level::Error, 17),
        (Level::Critical, 21),
    ];
    for (level, number) in levels {
        let mut record = record("x", Vec::new());
        record.level = Some(level);
        assert_eq!(decoded(&batch(&[record]))[0].severity_number, number);
    }
}

#[test]
fn fields_keep_their_types() {
    let json = r#"{"a":[1,-2,2.5,null,"x",true],"b":{}}"#;
    let fields = vec![
        ("null".into(), Value::Null),
        ("flag".into(), Value::Bool(false)),
        ("int".into(), Value::I64(-7)),
        ("large".into(), Value::U64(u64::MAX)),
        ("small".into(), Value::U64(7)),
        ("float".into(), Value::F64(-0.5)),
        ("text".into(), Value::Str("ü".into())),
        ("json".into(), Value::Json(json.into())),
        ("broken".into(), Value::Json("[1".into())),
    ];
    let found = &decoded(&batch(&[record("x", fields)]))[0];
    let value = |key: &str| attribute(found, key).unwrap().value;
    assert_eq!(value("null"), None);
    assert_eq!(value("flag"), Some(Any::BoolValue(false)));
    assert_eq!(value("int"), Some(Any::IntValue(-7)));
    assert_eq!(value("large"), text("18446744073709551615").value);
    assert_eq!(value("small"), Some(Any::IntValue(7)));
    assert_eq!(value("float"), Some(Any::DoubleValue(-0.5)));
    assert_eq!(value("text"), text("ü").value);
    assert_eq!(value("broken"), text("[1").value);
    let Some(Any::KvlistValue(object)) = value("json") else {
        panic!("an object");
    };
    assert_eq!(object.values.len(), 2);
    let Some(Any::ArrayValue(array)) = object.values[0].value.clone().unwrap().value else {
        panic!("an array");
    };
    let values: Vec<_> = array.values.into_iter().map(|it| it.value).collect();
    let expected = [
        Some(Any::IntValue(1)),
        Some(Any::IntValue(-2)),
        Some(Any::DoubleValue(2.5)),
        None,
        text("x").value,
        Some(Any::BoolValue(true)),
    ];
    assert_eq!(values, expected);
}

#[test]
fn a_trace_and_a_span_are_no_attributes() {
    let trace = "4bf92f3577b34da6a3ce929d0e0e4736";
    let fields = vec![
        ("trace_id".into(), Value::Str(trace.into())),
        ("span_id".into(), Value::Str("00f067aa0ba902b7".into())),
    ];
    let found = &decoded(&batch(&[record("x", fields)]))[0];
    assert_eq!(found.trace_id[..2], [0x4b, 0xf9]);
    assert_eq!(found.span_id, [0, 0xf0, 0x67, 0xaa, 0x0b, 0xa9, 0x02, 0xb7]);
    assert_eq!(attribute(found, "trace_id"), None);
    let zeros = "0".repeat(32);
    for odd in ["xyz", &zeros, "4bf92f35"] {
        let fields = vec![("trace_id".into(), Value::Str(odd.into()))];
        let found = &decoded(&batch(&[record("x", fields)]))[0];
        assert_eq!(found.trace_id, [0; 0]);
        assert_eq!(attribute(found, "trace_id"), Some(text(odd)));
    }
}

#[test]
fn records_of_many_files_have_their_own_attributes() {
    let files: Vec<String> = (0..200).map(|at| format!("app.{at}.log")).collect();
    let records = files.iter().chain(&files).map(|file| Record {
        place: Place {
            folder: "2025-05-04",
            file,
            offset: 1,
        },
        ..record("x", Vec::new())
    });
    let records: Vec<_> = records.collect();
    for (found, record) in decoded(&batch(&records)).iter().zip(&records) {
        let file = record.place.file;
        assert_eq!(attribute(found, "log.file.name"), Some(text(file)));
        let key = format!("web-3/2025-05-04/errors/{file}/1");
        assert_eq!(attribute(found, "chronologix.key"), Some(text(&key)));
    }
}

#[test]
fn halves_are_the_whole_in_order() {
    let messages = ["a", "bb", "ccc", "dddd", "eeeee"];
    let records: Vec<_> = messages.iter().map(|it| record(it, Vec::new())).collect();
    let whole = batch(&records);
    let [first, second] = whole.halves().unwrap();
    assert_eq!((first.count, second.count), (2, 3));
    let both: Vec<_> = [decoded(&first), decoded(&second)].concat();
    assert_eq!(both, decoded(&whole));
    assert_eq!(whole.each().count(), 5);
    assert_eq!(batch(&records[..1]).halves(), None);
}

#[test]
fn json_is_what_receivers_of_json_read() {
    let fields = vec![
        ("n".into(), Value::I64(i64::MIN)),
        ("f".into(), Value::F64(2.5)),
        ("o".into(), Value::Json(r#"{"k":[true,null]}"#.into())),
        (
            "trace_id".into(),
            Value::Str("4bf92f3577b34da6a3ce929d0e0e4736".into()),
        ),
    ];
    let request = whole(&batch(&[
        record("boom \"x\"", fields),
        record("y", Vec::new()),
    ]));
    let json = serde_json::Value::Object(request_as_json(&request)).to_string();
    let read: ExportLogsServiceRequest = serde_json::from_str(&json).unwrap();
    assert_eq!(
        read,
        ExportLogsServiceRequest::decode(&request[..]).unwrap()
    );
}

#[test]
fn partial_success_is_read_from_both_encodings() {
    let expected = PartialSuccess {
        rejected: 3,
        message: "too old".to_owned(),
    };
    let answer = ExportLogsServiceResponse {
        partial_success: Some(ExportLogsPartialSuccess {
            rejected_log_records: 3,
            error_message: "too old".to_owned(),
        }),
    };
    assert_eq!(partial_success(&answer.encode_to_vec()), expected);
    let json = serde_json::to_vec(&answer).unwrap();
    assert_eq!(partial_success(&json), expected);
    for nothing in [&b""[..], b"{}", b"ok", b"{", &[0xff; 20]] {
        assert_eq!(partial_success(nothing), PartialSuccess::default());
    }
}

#[test]
fn a_refusal_is_one_clean_line() {
    // `google.rpc.Status`: code 3, message.
    let mut status = vec![8, 3];
    put_message(&mut status, 2, |out| out.extend_from_slice(b"bad record"));
    assert_eq!(status_message(&status), "bad record");
    assert_eq!(status_message(br#"{"code":3,"message":"bad"}"#), "bad");
    assert_eq!(
        status_message(b"Not \x1b[31m\r\nFound\n"),
        "Not  [31m  Found"
    );
    assert_eq!(status_message(b""), "");
    assert_eq!(status_message(&[b'x'; 9000]).len(), 300);
}

#[test]
fn lengths_of_integers() {
    for value in [
        0,
        1,
        127,
        128,
        16_383,
        16_384,
        u64::from(u32::MAX),
        u64::MAX,
    ] {
        let mut out = Vec::new();
        put_varint(&mut out, value);
        assert_eq!(out.len(), varint_len(value), "{value}");
    }
    for length in [0, 1, 127, 128, 300, 16_383, 16_384, 3_000_000] {
        let mut out = vec![7];
        put_message(&mut out, 2, |out| out.resize(out.len() + length, 9));
        let read: Vec<_> = Fields(&out[1..]).collect();
        assert_eq!(read, [(2, Field::Bytes(&vec![9; length]))]);
    }
}

proptest! {
    #[test]
    fn any_record_is_read_as_it_was(
        message in "\\PC*",
        names in prop::collection::vec(("[a-z_]{0,9}", "\\PC*"), 0..6),
        offset: u64,
        time in prop::option::of(0..i64::MAX),
    ) {
        let fields = names.iter().map(|(name, value)| {
            (Cow::from(name.as_str()), Value::Str(value.as_str().into()))
        });
        let mut record = record(&message, fields.collect());
        record.place.offset = offset;
        record.time = time;
        let found = &decoded(&batch(&[record]))[0];
        prop_assert_eq!(&found.body, &Some(text(&message)));
        prop_assert_eq!(found.time_unix_nano, time.unwrap_or_default().cast_unsigned());
        let fields = &found.attributes[5..];
        prop_assert_eq!(fields.len(), names.len());
        for (found, (name, value)) in fields.iter().zip(&names) {
            prop_assert_eq!(&found.key, name);
            prop_assert_eq!(&found.value, &Some(text(value)));
        }
    }

    /// Answers come from the network: nothing in them is trusted.
    #[test]
    fn any_answer_is_survived(body in prop::collection::vec(any::<u8>(), 0..200)) {
        partial_success(&body);
        status_message(&body);
        request_as_json(&body);
    }
}
