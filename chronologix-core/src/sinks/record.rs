//! A record as a hook sees it.

use std::fmt;

use chrono::{DateTime, FixedOffset};
use serde::{
    Deserialize, Deserializer,
    de::{self, MapAccess, Visitor},
};

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
                _ => record.fields.push((key, map.next_value()?)),
            }
        }
        Ok(record)
    }
}

impl<'de> Deserialize<'de> for FieldValue {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_any(ValueVisitor)
    }
}

struct ValueVisitor;

impl Visitor<'_> for ValueVisitor {
    type Value = FieldValue;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the value of a field")
    }

    fn visit_bool<E: de::Error>(self, value: bool) -> Result<FieldValue, E> {
        Ok(FieldValue::Bool(value))
    }

    fn visit_i64<E: de::Error>(self, value: i64) -> Result<FieldValue, E> {
        Ok(FieldValue::Integer(value.into()))
    }

    fn visit_u64<E: de::Error>(self, value: u64) -> Result<FieldValue, E> {
        Ok(FieldValue::Integer(value.into()))
    }

    fn visit_f64<E: de::Error>(self, value: f64) -> Result<FieldValue, E> {
        Ok(FieldValue::Float(value))
    }

    fn visit_str<E: de::Error>(self, value: &str) -> Result<FieldValue, E> {
        Ok(FieldValue::Text(value.to_owned()))
    }
}
