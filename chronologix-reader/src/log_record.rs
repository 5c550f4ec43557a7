//! A record of a log, as users of this crate get it.

use std::{borrow::Cow, fmt, ops::Range, sync::Arc};

use chrono::{DateTime, Utc};
use chronologix_schema::{Level, layout::Folder};
use serde_json::Value;

use self::json::json_parts;
use crate::{
    formats::{LineFormat, line_text},
    record,
    streams::StreamId,
    tree::TimestampReader,
};

mod json;
#[cfg(test)]
mod tests;

/// A record of a log: its first line and the lines that continue it.
///
/// It is cheap to clone. It shares the bytes of the file with the records around it, so a record
/// that is kept keeps up to 256 KiB of them.
#[derive(Clone)]
pub struct LogRecord {
    origin: Arc<RecordOrigin>,
    block: Arc<Vec<u8>>,
    /// Its bytes in the block, without the last line end.
    range: Range<usize>,
    /// The offset of its first byte in the file.
    offset: u64,
    time: Option<DateTime<Utc>>,
    /// Its format, if it is not that of chronologix.
    format: Option<LineFormat>,
}

/// What the records of one file have in common.
#[derive(Debug)]
pub(crate) struct RecordOrigin {
    pub stream: String,
    /// The streams that get copies.
    pub mirrors: Vec<String>,
    pub id: StreamId,
    /// `None` for single files, which lie in no interval folder.
    pub folder: Option<Folder>,
    /// The name of the folder. Empty if there is none.
    pub folder_name: String,
    /// The name of the file, without the suffix of a compression.
    pub file: String,
    /// What lines look like.
    pub timestamps: Arc<TimestampReader>,
}

/// Where a record stands. It stays when the file is compressed or its folder is packed.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub struct Position {
    /// The name of the interval folder. Empty for a file that lies in none.
    pub folder: String,
    /// The name of the file, such as `app.log` or `app.1.log`.
    pub file: String,
    /// The offset of the first byte in the file, uncompressed.
    pub offset: u64,
}

/// The parts of a record.
#[derive(Clone, Debug, PartialEq, Default)]
#[non_exhaustive]
pub struct RecordParts {
    /// The level, if the record has one.
    pub level: Option<Level>,
    /// The message, without level and fields. Newlines and tabs are as they were logged.
    pub message: String,
    /// The fields in their order.
    pub fields: Vec<(String, FieldValue)>,
    /// The id of the log statement, if the stream writes it.
    pub id: Option<String>,
}

/// The value of a field.
///
/// JSON lines say the types of their fields. In text lines, a value without quotes that JSON would
/// have as a number or a boolean is one.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum FieldValue {
    /// `null`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A negative integer.
    I64(i64),
    /// A positive integer, or 0.
    U64(u64),
    /// Any other number.
    F64(f64),
    /// A text.
    Str(String),
    /// A list or an object, as JSON.
    Json(String),
}

impl LogRecord {
    pub(crate) fn new(
        origin: Arc<RecordOrigin>,
        (block, range): (Arc<Vec<u8>>, Range<usize>),
        offset: u64,
        (time, format): (Option<DateTime<Utc>>, Option<LineFormat>),
    ) -> Self {
        debug_assert!(range.end <= block.len(), "the record lies in its block");
        Self {
            origin,
            block,
            range,
            offset,
            time,
            format,
        }
    }

    /// Returns the stream that the record was logged to.
    #[must_use]
    pub fn stream(&self) -> &str {
        &self.origin.stream
    }

    /// Iterates over the streams that got a copy of the record.
    ///
    /// For a record of `errors -> app` that is `app`.
    pub fn mirrors(&self) -> impl Iterator<Item = &str> {
        self.origin.mirrors.iter().map(String::as_str)
    }

    /// Returns when the record was logged: the date of the folder and the time of the line, to the
    /// nanosecond. `None` if the line has no time, such as the rest of one that a crash has torn.
    #[must_use]
    pub fn time(&self) -> Option<DateTime<Utc>> {
        self.time
    }

    /// Returns the level, if the record has one. Faster than [`LogRecord::parts`].
    #[must_use]
    pub fn level(&self) -> Option<Level> {
        record::level(&self.first_line(), self.format)
    }

    /// Returns the message, without level and fields. See [`LogRecord::parts`] for all of them.
    #[must_use]
    pub fn message(&self) -> String {
        self.parts().message
    }

    /// Returns the fields in their order. See [`LogRecord::parts`] for all parts.
    #[must_use]
    pub fn fields(&self) -> Vec<(String, FieldValue)> {
        self.parts().fields
    }

    /// Returns the id of the log statement, if the stream writes it. See [`LogRecord::parts`].
    #[must_use]
    pub fn id(&self) -> Option<String> {
        self.parts().id
    }

    /// Takes the record apart.
    #[must_use]
    pub fn parts(&self) -> RecordParts {
        let is_own = self.format.is_none();
        let mut lines = memchr::memchr_iter(b'\n', self.bytes()).peekable();
        let named = |mut parts: RecordParts| {
            let id = parts.fields.iter().rfind(|(key, _)| is_own && key == "id");
            parts.id = id.and_then(|(_, value)| match value {
                FieldValue::Str(id) => Some(id.clone()),
                _ => None,
            });
            parts
        };
        if is_own
            && self.bytes().starts_with(b"{")
            && let Some(parts) = json_parts(&self.first_line())
        {
            return named(parts);
        }
        let values = if lines.peek().is_none() {
            record::values(&self.first_line(), self.format)
        } else if is_own {
            // The fields stand at the end of the last line.
            let mut text = self.first_line().into_owned();
            for line in self.bytes().split(|byte| *byte == b'\n').skip(1) {
                text.push('\n');
                text.push_str(&line_text(line.strip_prefix(b"\t").unwrap_or(line)));
            }
            record::values(&text, None)
        } else {
            let mut values = record::values(&self.first_line(), self.format);
            for line in self.bytes().split(|byte| *byte == b'\n').skip(1) {
                record::continue_values(&mut values, &line_text(line), None);
            }
            values
        };
        let fields = values.fields.into_iter();
        let fields: Vec<_> = fields.map(|(key, value)| (key, value.into())).collect();
        named(RecordParts {
            level: values.level,
            message: values.message,
            fields,
            id: None,
        })
    }

    /// Returns where the record stands.
    #[must_use]
    pub fn position(&self) -> Position {
        Position {
            folder: self.origin.folder_name.clone(),
            file: self.origin.file.clone(),
            offset: self.offset,
        }
    }

    /// Returns the name of the interval folder, as in [`Position`]. Allocates nothing.
    #[must_use]
    pub fn folder_name(&self) -> &str {
        &self.origin.folder_name
    }

    /// Returns the name of the file, as in [`Position`]. Allocates nothing.
    #[must_use]
    pub fn file_name(&self) -> &str {
        &self.origin.file
    }

    /// Returns the offset of the first byte, as in [`Position`].
    #[must_use]
    pub fn offset(&self) -> u64 {
        self.offset
    }

    /// Returns the bytes of the record as they stand in the file, without the last line end.
    ///
    /// [`Records`](crate::Records) gives lines of a stream with a template in the usual shape.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.block[self.range.clone()]
    }

    /// Returns the first line in the usual shape.
    fn first_line(&self) -> Cow<'_, str> {
        let bytes = self.bytes();
        let end = memchr::memchr(b'\n', bytes).unwrap_or(bytes.len());
        let text = line_text(bytes[..end].strip_suffix(b"\r").unwrap_or(&bytes[..end]));
        let RecordOrigin {
            id,
            folder: Some(folder),
            timestamps,
            ..
        } = &*self.origin
        else {
            return text;
        };
        match timestamps.usual(&text, *id, *folder) {
            Some(usual) => Cow::Owned(usual),
            None => text,
        }
    }
}

/// Writes the bytes, as text.
impl fmt::Display for LogRecord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&String::from_utf8_lossy(self.bytes()))
    }
}

impl fmt::Debug for LogRecord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LogRecord")
            .field("stream", &self.stream())
            .field("position", &self.position())
            .field("time", &self.time)
            .field("bytes", &String::from_utf8_lossy(self.bytes()))
            .finish_non_exhaustive()
    }
}

impl From<Value> for FieldValue {
    fn from(value: Value) -> Self {
        match value {
            Value::Null => Self::Null,
            Value::Bool(value) => Self::Bool(value),
            Value::String(text) => Self::Str(text),
            Value::Number(number) => number
                .as_u64()
                .map(Self::U64)
                .or_else(|| number.as_i64().map(Self::I64))
                .or_else(|| number.as_f64().map(Self::F64))
                .unwrap_or_else(|| Self::Json(number.to_string())),
            other => Self::Json(other.to_string()),
        }
    }
}
