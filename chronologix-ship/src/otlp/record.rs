//! A record of a tree as an OTLP log record.

use std::fmt::Write as _;

use chronologix_schema::Level;

use super::protobuf::{put_bytes, put_fixed64, put_head, put_integer, put_message, varint_len};
use crate::source::{Place, Record, Value};

/// Fields of `LogRecord`.
mod log_record {
    pub(super) const TIME: u32 = 1;
    pub(super) const SEVERITY: u32 = 2;
    pub(super) const SEVERITY_TEXT: u32 = 3;
    pub(super) const BODY: u32 = 5;
    pub(super) const ATTRIBUTES: u32 = 6;
    pub(super) const TRACE_ID: u32 = 9;
    pub(super) const SPAN_ID: u32 = 10;
    pub(super) const OBSERVED_TIME: u32 = 11;
    pub(super) const EVENT_NAME: u32 = 12;
}

/// Fields of `AnyValue`.
mod any_value {
    pub(super) const STRING: u32 = 1;
    pub(super) const BOOL: u32 = 2;
    pub(super) const INT: u32 = 3;
    pub(super) const DOUBLE: u32 = 4;
    pub(super) const ARRAY: u32 = 5;
    pub(super) const KEY_VALUES: u32 = 6;
}

/// Fields of `KeyValue`.
const KEY: u32 = 1;
const VALUE: u32 = 2;

/// The field of `ScopeLogs` that a record is.
pub(super) const LOG_RECORDS: u32 = 2;

/// Files whose attributes are kept. Records of that many files may take turns.
const FILES: usize = 64;

/// How deep arrays and objects of fields are followed. Receivers limit it, too.
const DEPTH: usize = 32;

/// Encodes records of one tree.
#[derive(Debug)]
pub(crate) struct RecordEncoder {
    /// The name of the machine, the first part of keys.
    host: String,
    /// The folder of the tree, as `log.file.path` begins.
    root: String,
    files: Vec<FileAttributes>,
    /// Which of the files goes next.
    oldest: usize,
    key: String,
}

/// What all records of a stream in one file have in common.
#[derive(Debug)]
struct FileAttributes {
    folder: String,
    file: String,
    stream: String,
    /// Encoded.
    attributes: Vec<u8>,
    /// The key of a record without its offset.
    key: String,
}

impl RecordEncoder {
    /// An encoder for the tree at `root`, on a machine of this name.
    pub(crate) fn new(host: &str, root: &str) -> Self {
        Self {
            host: host.to_owned(),
            root: root.trim_end_matches('/').to_owned(),
            files: Vec::new(),
            oldest: 0,
            key: String::new(),
        }
    }

    /// Appends a record, as a field of `ScopeLogs`. `observed` is the time of reading, in
    /// nanoseconds since 1970.
    pub(crate) fn encode(&mut self, record: &Record<'_>, observed: u64, out: &mut Vec<u8>) {
        let file = self.file(record.stream, record.place);
        let Self { files, key, .. } = self;
        let file = &files[file];
        key.clear();
        key.push_str(&file.key);
        // Writing to a string does not fail.
        let _ = write!(key, "{}", record.place.offset);
        put_message(out, LOG_RECORDS, |out| {
            if let Some(time) = record.time.and_then(|time| u64::try_from(time).ok()) {
                put_fixed64(out, log_record::TIME, time);
            }
            if let Some(level) = record.level {
                put_integer(out, log_record::SEVERITY, severity(level));
                let text = level.as_str().as_bytes();
                put_bytes(out, log_record::SEVERITY_TEXT, text);
            }
            put_text_value(out, log_record::BODY, &record.message);
            out.extend_from_slice(&file.attributes);
            put_attribute(out, "chronologix.key", key);
            if !record.mirrors.is_empty() {
                put_message(out, log_record::ATTRIBUTES, |out| {
                    put_bytes(out, KEY, b"chronologix.mirrors");
                    put_message(out, VALUE, |out| {
                        put_message(out, any_value::ARRAY, |out| {
                            for mirror in &record.mirrors {
                                put_text_value(out, 1, mirror);
                            }
                        });
                    });
                });
            }
            put_fields(out, &record.fields);
            put_fixed64(out, log_record::OBSERVED_TIME, observed);
            if let Some(id) = record.id {
                put_bytes(out, log_record::EVENT_NAME, id.as_bytes());
            }
        });
    }

    /// Returns the index of the attributes of a file, which are made if they are not there.
    fn file(&mut self, stream: &str, place: Place<'_>) -> usize {
        let is_meant = |known: &FileAttributes| {
            known.file == place.file && known.folder == place.folder && known.stream == stream
        };
        if let Some(at) = self.files.iter().position(is_meant) {
            return at;
        }
        let made = FileAttributes::new(&self.host, &self.root, stream, place);
        if self.files.len() < FILES {
            self.files.push(made);
            return self.files.len() - 1;
        }
        let at = self.oldest;
        self.files[at] = made;
        self.oldest = (at + 1) % FILES;
        at
    }
}

impl FileAttributes {
    fn new(host: &str, root: &str, stream: &str, place: Place<'_>) -> Self {
        let Place { folder, file, .. } = place;
        let within = match folder {
            "" => file.to_owned(),
            _ => format!("{folder}/{file}"),
        };
        let path = match root {
            "" => within,
            _ => format!("{root}/{within}"),
        };
        let mut attributes = Vec::new();
        put_attribute(&mut attributes, "chronologix.stream", stream);
        put_attribute(&mut attributes, "log.file.name", file);
        put_attribute(&mut attributes, "log.file.path", &path);
        Self {
            folder: folder.to_owned(),
            file: file.to_owned(),
            stream: stream.to_owned(),
            attributes,
            key: format!("{host}/{folder}/{stream}/{file}/"),
        }
    }
}

/// Returns the severity number of a level: the first of each range of four.
fn severity(level: Level) -> u64 {
    match level {
        Level::Trace => 1,
        Level::Debug => 5,
        Level::Info => 9,
        Level::Warn => 13,
        Level::Error => 17,
        Level::Critical => 21,
    }
}

/// Appends the fields of a record: a trace and a span as what they are, the others as attributes.
fn put_fields(out: &mut Vec<u8>, fields: &[(std::borrow::Cow<'_, str>, Value<'_>)]) {
    for (name, value) in fields {
        if let Value::Str(text) = value {
            let (field, length) = match &**name {
                "trace_id" => (log_record::TRACE_ID, 16),
                "span_id" => (log_record::SPAN_ID, 8),
                _ => (0, 0),
            };
            if let Some(id) = identifier(text, length) {
                put_bytes(out, field, &id);
                continue;
            }
        }
        put_message(out, log_record::ATTRIBUTES, |out| {
            put_bytes(out, KEY, name.as_bytes());
            put_message(out, VALUE, |out| put_value(out, value));
        });
    }
}

/// Returns the bytes of an id in hexadecimal digits. An id of zeros is none.
fn identifier(text: &str, length: usize) -> Option<Vec<u8>> {
    if length == 0 || text.len() != 2 * length {
        return None;
    }
    let digit = |byte: &u8| char::from(*byte).to_digit(16);
    let pair = |pair: &[u8]| u8::try_from(digit(&pair[0])? << 4 | digit(&pair[1])?).ok();
    let bytes: Option<Vec<u8>> = text.as_bytes().chunks_exact(2).map(pair).collect();
    bytes.filter(|bytes| bytes.iter().any(|byte| *byte != 0))
}

/// Appends an attribute that is a text.
#[inline]
pub(super) fn put_attribute(out: &mut Vec<u8>, name: &str, text: &str) {
    put_pair(out, log_record::ATTRIBUTES, name, text);
}

/// Appends a `KeyValue` of a text as field `field`.
#[inline]
pub(super) fn put_pair(out: &mut Vec<u8>, field: u32, name: &str, text: &str) {
    let value = 1 + varint_len(text.len() as u64) + text.len();
    let key = 1 + varint_len(name.len() as u64) + name.len();
    put_head(out, field, key + 1 + varint_len(value as u64) + value);
    put_bytes(out, KEY, name.as_bytes());
    put_head(out, VALUE, value);
    put_bytes(out, any_value::STRING, text.as_bytes());
}

/// Appends an `AnyValue` of a text as field `field`.
#[inline]
fn put_text_value(out: &mut Vec<u8>, field: u32, text: &str) {
    put_head(out, field, 1 + varint_len(text.len() as u64) + text.len());
    put_bytes(out, any_value::STRING, text.as_bytes());
}

/// Appends the content of an `AnyValue`. The empty one stands for null.
fn put_value(out: &mut Vec<u8>, value: &Value<'_>) {
    match value {
        Value::Null => {}
        Value::Bool(flag) => put_integer(out, any_value::BOOL, u64::from(*flag)),
        Value::I64(number) => put_integer(out, any_value::INT, number.cast_unsigned()),
        Value::U64(number) => put_u64(out, *number),
        Value::F64(number) => put_fixed64(out, any_value::DOUBLE, number.to_bits()),
        Value::Str(text) => put_bytes(out, any_value::STRING, text.as_bytes()),
        Value::Json(text) => match serde_json::from_str(text) {
            Ok(json) => put_json(out, &json, DEPTH),
            Err(_) => put_bytes(out, any_value::STRING, text.as_bytes()),
        },
    }
}

/// Appends a number. One that OTLP has no integer for is a text, so that no digit is lost.
fn put_u64(out: &mut Vec<u8>, number: u64) {
    match i64::try_from(number) {
        Ok(number) => put_integer(out, any_value::INT, number.cast_unsigned()),
        Err(_) => put_bytes(out, any_value::STRING, number.to_string().as_bytes()),
    }
}

fn put_json(out: &mut Vec<u8>, json: &serde_json::Value, depth: usize) {
    use serde_json::Value as Json;
    match json {
        Json::Null => {}
        Json::Bool(flag) => put_value(out, &Value::Bool(*flag)),
        Json::Number(number) => match (number.as_i64(), number.as_u64(), number.as_f64()) {
            (Some(number), ..) => put_value(out, &Value::I64(number)),
            (_, Some(number), _) => put_u64(out, number),
            (.., Some(number)) => put_value(out, &Value::F64(number)),
            _ => put_bytes(out, any_value::STRING, number.to_string().as_bytes()),
        },
        Json::String(text) => put_bytes(out, any_value::STRING, text.as_bytes()),
        _ if depth == 0 => put_bytes(out, any_value::STRING, json.to_string().as_bytes()),
        Json::Array(values) => put_message(out, any_value::ARRAY, |out| {
            for value in values {
                put_message(out, 1, |out| put_json(out, value, depth - 1));
            }
        }),
        Json::Object(members) => put_message(out, any_value::KEY_VALUES, |out| {
            for (name, value) in members {
                put_message(out, 1, |out| {
                    put_bytes(out, KEY, name.as_bytes());
                    put_message(out, VALUE, |out| put_json(out, value, depth - 1));
                });
            }
        }),
    }
}
