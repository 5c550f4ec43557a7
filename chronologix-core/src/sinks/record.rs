//! A record as a hook sees it.

use std::fmt;

use chrono::{DateTime, FixedOffset};
use serde_core::{
    Deserialize, Deserializer,
    de::{self, MapAccess, Visitor},
};

use serde_json::Value;

use crate::{FieldValue, Level};

/// A record that a [`Hook`](crate::Hook) is called with. It is owned, and can be moved to other
/// tasks and threads.
///
/// It holds what a line of JSON holds: messages and texts as they were logged, without the escapes
/// of text files.
///
/// ```
/// # use chronologix_core::Record;
/// fn line(record: &Record) -> String {
///     let fields = record.fields().map(|(key, value)| format!(" {key}={value:?}"));
///     let time = record.timestamp().format("%H:%M:%S");
///     format!("{time} {}: {}{}", record.stream(), record.message(), fields.collect::<String>())
/// }
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Record {
    timestamp: DateTime<FixedOffset>,
    level: Option<Level>,
    stream: String,
    message: String,
    fields: Vec<(String, FieldValue)>,
}

impl Record {
    /// Reads what the writer has written.
    pub(crate) fn from_json(line: &[u8]) -> serde_json::Result<Self> {
        serde_json::from_slice(line)
    }

    /// Returns when it was logged, to the microsecond, with the offset of the logger's time zone.
    #[must_use]
    pub fn timestamp(&self) -> DateTime<FixedOffset> {
        self.timestamp
    }

    /// Returns its level, or `None` if it was logged without one.
    #[must_use]
    pub fn level(&self) -> Option<Level> {
        self.level
    }

    /// Returns the stream it was logged to.
    #[must_use]
    pub fn stream(&self) -> &str {
        &self.stream
    }

    /// Returns its message, without the fields.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.message
    }

    /// Returns its fields in the order of the line, each key with its value.
    pub fn fields(&self) -> impl Iterator<Item = (&str, &FieldValue)> {
        self.fields.iter().map(|(key, value)| (key.as_str(), value))
    }

    /// Returns the value of one field.
    #[must_use]
    pub fn field(&self, key: &str) -> Option<&FieldValue> {
        self.fields()
            .find(|(known, _)| *known == key)
            .map(|(_, value)| value)
    }
}

impl<'de> Deserialize<'de> for Record {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_map(RecordVisitor)
    }
}

struct RecordVisitor;

impl<'de> Visitor<'de> for RecordVisitor {
    type Value = Record;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a record")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Record, A::Error> {
        let mut record = Record::default();
        while let Some(key) = map.next_key::<String>()? {
            match key.as_str() {
                "timestamp" => {
                    let text = map.next_value::<String>()?;
                    let timestamp = DateTime::parse_from_rfc3339(&text);
                    record.timestamp = timestamp.map_err(de::Error::custom)?;
                }
                "level" => {
                    let level = map.next_value::<Option<String>>()?;
                    record.level = level.as_deref().and_then(Level::from_upper);
                }
                "stream" => record.stream = map.next_value()?,
                "message" => record.message = map.next_value()?,
                _ => record.fields.push((key, field_value(map.next_value()?))),
            }
        }
        Ok(record)
    }
}

fn field_value(value: Value) -> FieldValue {
    match value {
        Value::Bool(value) => FieldValue::Bool(value),
        Value::Number(number) => match (number.as_i64(), number.as_u64(), number.as_f64()) {
            (Some(value), ..) => FieldValue::Integer(value.into()),
            (_, Some(value), _) => FieldValue::Integer(value.into()),
            (.., Some(value)) => FieldValue::Float(value),
            _ => FieldValue::Text(number.to_string()),
        },
        Value::String(value) => FieldValue::Text(value),
        other => FieldValue::Text(other.to_string()),
    }
}
