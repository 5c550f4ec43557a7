//! A record as a hook sees it.

use std::fmt;

use serde::{
    Deserialize, Deserializer,
    de::{self, MapAccess, Visitor},
};

use crate::{FieldValue, Level};

/// A record that a [`Hook`](crate::Hook) is called with: owned, to be moved wherever it is needed.
///
/// It is what a line of JSON has: messages and texts stand there as they were logged, without the
/// escapes of text files.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Record {
    timestamp: String,
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

    /// When it was logged, as RFC 3339 with microseconds and the offset of the logger's time zone.
    #[must_use]
    pub fn timestamp(&self) -> &str {
        &self.timestamp
    }

    /// Its level, unless it was logged without.
    #[must_use]
    pub fn level(&self) -> Option<Level> {
        self.level
    }

    /// The stream it was logged to.
    #[must_use]
    pub fn stream(&self) -> &str {
        &self.stream
    }

    /// Its message.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.message
    }

    /// Its fields, in their order.
    #[must_use]
    pub fn fields(&self) -> &[(String, FieldValue)] {
        &self.fields
    }

    /// The value of one field.
    #[must_use]
    pub fn field(&self, key: &str) -> Option<&FieldValue> {
        let mut fields = self.fields.iter();
        fields
            .find(|(known, _)| known == key)
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
                "timestamp" => record.timestamp = map.next_value()?,
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
