//! Requests as OTLP/JSON, for people and for tools that send them again.

use std::fmt::Write as _;

use serde_json::{Map, Value, json};

use super::protobuf::{Field, Fields};

/// Returns the request that `message` is, as JSON.
pub(crate) fn request_as_json(message: &[u8]) -> Map<String, Value> {
    object(message, &[(1, "resourceLogs", Shape::Each(resource_logs))])
}

/// How a field is written.
#[derive(Clone, Copy)]
enum Shape {
    Text,
    /// An integer of 64 bits: a text, as JSON has no such number.
    Long,
    Number,
    Hex,
    One(fn(&[u8]) -> Value),
    Each(fn(&[u8]) -> Value),
}

type Table = [(u32, &'static str, Shape)];

/// Writes a message by a table of its fields.
fn object(message: &[u8], table: &Table) -> Map<String, Value> {
    let mut object = Map::new();
    for (number, field) in Fields(message) {
        let Some((_, name, shape)) = table.iter().find(|(known, ..)| *known == number) else {
            continue;
        };
        let bytes = match field {
            Field::Bytes(bytes) => bytes,
            _ => &[],
        };
        let number = match field {
            Field::Integer(number) | Field::Fixed64(number) => number,
            Field::Fixed32(number) => number.into(),
            Field::Bytes(_) => 0,
        };
        let value = match shape {
            Shape::Text => text(bytes),
            Shape::Long => number.to_string().into(),
            Shape::Number => number.into(),
            Shape::Hex => hex(bytes).into(),
            Shape::One(write) => write(bytes),
            Shape::Each(write) => {
                let list = object.entry(*name).or_insert_with(|| json!([]));
                if let Value::Array(list) = list {
                    list.push(write(bytes));
                }
                continue;
            }
        };
        object.insert((*name).to_owned(), value);
    }
    object
}

fn text(bytes: &[u8]) -> Value {
    String::from_utf8_lossy(bytes).into()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut hex, byte| {
        // Writing to a string does not fail.
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

fn resource_logs(message: &[u8]) -> Value {
    let table: &Table = &[
        (1, "resource", Shape::One(resource)),
        (2, "scopeLogs", Shape::Each(scope_logs)),
    ];
    object(message, table).into()
}

fn resource(message: &[u8]) -> Value {
    object(message, &[(1, "attributes", Shape::Each(key_value))]).into()
}

fn scope_logs(message: &[u8]) -> Value {
    let table: &Table = &[
        (1, "scope", Shape::One(scope)),
        (2, "logRecords", Shape::Each(log_record)),
    ];
    object(message, table).into()
}

fn scope(message: &[u8]) -> Value {
    let table: &Table = &[(1, "name", Shape::Text), (2, "version", Shape::Text)];
    object(message, table).into()
}

fn log_record(message: &[u8]) -> Value {
    let table: &Table = &[
        (1, "timeUnixNano", Shape::Long),
        (2, "severityNumber", Shape::Number),
        (3, "severityText", Shape::Text),
        (5, "body", Shape::One(any_value)),
        (6, "attributes", Shape::Each(key_value)),
        (9, "traceId", Shape::Hex),
        (10, "spanId", Shape::Hex),
        (11, "observedTimeUnixNano", Shape::Long),
        (12, "eventName", Shape::Text),
    ];
    object(message, table).into()
}

fn key_value(message: &[u8]) -> Value {
    let table: &Table = &[(1, "key", Shape::Text), (2, "value", Shape::One(any_value))];
    object(message, table).into()
}

/// Writes an `AnyValue`. Its kind stands in the name of its one member; null has none.
fn any_value(message: &[u8]) -> Value {
    let value = |(number, field)| match (number, field) {
        (1, Field::Bytes(bytes)) => Some(json!({ "stringValue": text(bytes) })),
        (2, Field::Integer(flag)) => Some(json!({ "boolValue": flag != 0 })),
        (3, Field::Integer(number)) => {
            Some(json!({ "intValue": number.cast_signed().to_string() }))
        }
        (4, Field::Fixed64(bits)) => Some(json!({ "doubleValue": double(f64::from_bits(bits)) })),
        (5, Field::Bytes(bytes)) => {
            let array = object(bytes, &[(1, "values", Shape::Each(any_value))]);
            Some(json!({ "arrayValue": array }))
        }
        (6, Field::Bytes(bytes)) => {
            let pairs = object(bytes, &[(1, "values", Shape::Each(key_value))]);
            Some(json!({ "kvlistValue": pairs }))
        }
        _ => None,
    };
    Fields(message).find_map(value).unwrap_or_else(|| json!({}))
}

/// Writes a number, or the word that stands for one that JSON does not have.
fn double(number: f64) -> Value {
    match number {
        _ if number.is_nan() => "NaN".into(),
        f64::INFINITY => "Infinity".into(),
        f64::NEG_INFINITY => "-Infinity".into(),
        _ => number.into(),
    }
}
