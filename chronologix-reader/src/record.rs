//! Parses one line into what the screen shows and what its fields are. Pure.

use std::{borrow::Cow, fmt::Write as _};

use chronologix_schema::{
    Level,
    layout::{JsonLine, ParsedLine, parse_json_line, parse_text_line, push_field_value},
};
use serde_json::Value;

pub use self::fields::field_by_name;
use self::fields::{TextField, split_fields};
pub(crate) use self::{
    copied::{Copied, are_alike, without_added},
    usual::{behind_stamp, split_level},
};
use crate::formats::{LineFormat, Values};

mod copied;
mod fields;
mod usual;

#[cfg(test)]
mod tests;

/// The start of a JSON line as the writer of chronologix writes it.
const JSON_START: &str = r#"{"timestamp":""#;

/// The parts of a line that are shown.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Parts {
    /// The time as written. A line without one belongs to the line before it.
    pub stamp: Option<String>,
    /// The level, if there is one.
    pub level: Option<Level>,
    /// The message with its fields.
    pub message: String,
}

/// The values of a line.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Detail {
    /// The message without fields, unescaped.
    pub message: String,
    /// The fields in their order.
    pub fields: Vec<(String, String)>,
    /// The whole line, if it is JSON.
    pub json: Option<Value>,
}

impl Parts {
    /// Parses a line of this format, or else of chronologix.
    pub(crate) fn of(text: &str, format: Option<LineFormat>) -> Self {
        if let Some(format) = format {
            return Self::of_values(&format.values(text));
        }
        if let Some(json) = json(text) {
            return Self {
                stamp: json_time(&json),
                level: json.level,
                message: with_fields(&json.message, &json.fields),
            };
        }
        let parsed = parse_text(text);
        Self {
            stamp: parsed.stamp.map(ToOwned::to_owned),
            level: parsed.level,
            message: parsed.message.to_owned(),
        }
    }

    fn of_values(values: &Values) -> Self {
        let fields = values.fields.iter().map(|(key, value)| (key, value));
        Self {
            stamp: values.stamp.clone(),
            level: values.level,
            message: with_fields(&values.message, fields),
        }
    }
}

/// Returns the level of a line. Faster than parsing it.
pub(crate) fn level(text: &str, format: Option<LineFormat>) -> Option<Level> {
    if let Some(format) = format {
        return format.level();
    }
    let own = text
        .strip_prefix(JSON_START)
        .and_then(|rest| rest.split_once("\",\"level\":\""))
        .filter(|(stamp, _)| !stamp.contains('"'));
    if let Some((_, rest)) = own {
        return rest.split('"').next()?.parse().ok();
    }
    match json(text) {
        Some(json) => json.level,
        None => parse_text(text).level,
    }
}

/// Parses a text line of chronologix. What stands in place of a level counts without brackets, too:
/// programs that log through a macro of their own often begin their messages with it.
fn parse_text(text: &str) -> ParsedLine<'_> {
    let parsed = parse_text_line(text);
    if parsed.stamp.is_none() || parsed.level.is_some() {
        return parsed;
    }
    let word = parsed.message.split_once(' ');
    let found = word.and_then(|(word, message)| Some((bare_level(word.as_bytes())?, message)));
    found.map_or(parsed, |(level, message)| ParsedLine {
        level: Some(level),
        message,
        ..parsed
    })
}

/// The words that stand for levels without brackets.
pub(crate) const BARE_LEVELS: [(&str, Level); 8] = [
    ("TRACE", Level::Trace),
    ("DEBUG", Level::Debug),
    ("INFO", Level::Info),
    ("WARN", Level::Warn),
    ("WARNING", Level::Warn),
    ("ERROR", Level::Error),
    ("CRITICAL", Level::Critical),
    ("FATAL", Level::Critical),
];

/// Returns the level that a word in capitals stands for.
pub(crate) fn bare_level(word: &[u8]) -> Option<Level> {
    let mut words = BARE_LEVELS.into_iter();
    let found = words.find(|(known, _)| known.as_bytes() == word)?;
    Some(found.1)
}

impl Detail {
    /// Parses a line of this format, or else of chronologix, with its fields.
    pub fn of(text: &str, format: Option<LineFormat>) -> Self {
        let values = match format {
            Some(format) => Some(format.values(text)),
            None => json(text).map(json_values),
        };
        if let Some(values) = values {
            let fields = values.fields.iter();
            return Self {
                fields: fields
                    .map(|(key, value)| (key.clone(), plain(value)))
                    .collect(),
                message: values.message,
                json: serde_json::from_str(text).ok().filter(Value::is_object),
            };
        }
        let message = parse_text(text).message;
        let (message, fields) = split_fields(message);
        Self {
            message: unfold(message),
            fields: fields
                .into_iter()
                .map(|field| (field.name, field.value))
                .collect(),
            json: None,
        }
    }
}

/// Returns the message of a line of this format, or else of chronologix, with the fields behind it
/// as they are written.
pub fn message(text: &str, format: Option<LineFormat>) -> Cow<'_, str> {
    if let Some(format) = format {
        return format.message(text);
    }
    match json(text) {
        Some(line) => Cow::Owned(with_fields(&line.message, &line.fields)),
        None => Cow::Borrowed(parse_text(text).message),
    }
}

/// Returns all values of a line of this format, or else of chronologix.
pub fn values(text: &str, format: Option<LineFormat>) -> Values {
    if let Some(format) = format {
        return format.values(text);
    }
    if let Some(line) = json(text) {
        return json_values(line);
    }
    let line = parse_text(text);
    let (message, fields) = split_fields(line.message);
    Values {
        stamp: line.stamp.map(ToOwned::to_owned),
        level: line.level,
        message: unfold(message),
        fields: fields.into_iter().map(TextField::typed).collect(),
    }
}

/// Adds what a line says that continues a record.
pub fn continue_values(values: &mut Values, text: &str, format: Option<LineFormat>) {
    let Some(format) = format.filter(|format| format.continues()) else {
        values.message.push('\n');
        values.message.push_str(text);
        return;
    };
    let own = format.values(text);
    if format.joins() {
        values.message.push_str(&own.message);
        format.read_joined(values);
        return;
    }
    // In some formats, each value has a line of its own.
    values.level = values.level.or(own.level);
    values.fields.extend(own.fields);
    if !values.message.is_empty() && !own.message.is_empty() {
        values.message.push('\n');
    }
    values.message.push_str(&own.message);
}

fn json(text: &str) -> Option<JsonLine> {
    text.starts_with('{')
        .then(|| parse_json_line(text))
        .flatten()
}

/// Returns the values of a JSON line of chronologix.
fn json_values(line: JsonLine) -> Values {
    Values {
        stamp: line.stamp,
        level: line.level,
        message: line.message,
        fields: line.fields.into_iter().collect(),
    }
}

/// Returns the time of day of a JSON line, like that of a text line. The folder has the date.
fn json_time(line: &JsonLine) -> Option<String> {
    let stamp = line.stamp.as_deref()?;
    let Some((_, time)) = stamp.split_once('T') else {
        return Some(stamp.to_owned());
    };
    let end = time.find(['Z', '+', '-']).unwrap_or(time.len());
    Some(time[..end].to_owned())
}

/// Returns message and fields as a text line has them.
fn with_fields<'v>(
    message: &str,
    fields: impl IntoIterator<Item = (&'v String, &'v Value)>,
) -> String {
    let mut text = message.to_owned();
    let quoted = |value: &str| {
        let mut quoted = Vec::new();
        push_field_value(&mut quoted, value);
        String::from_utf8_lossy(&quoted).into_owned()
    };
    for (key, value) in fields {
        let _ = write!(text, " {}=", quoted(key));
        match value {
            Value::String(value) => text.push_str(&quoted(value)),
            other => {
                let _ = write!(text, "{other}");
            }
        }
    }
    text
}

fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// Restores newlines and tabs that were written as `\n` and `\t`.
fn unfold(text: &str) -> String {
    if memchr::memchr(b'\\', text.as_bytes()).is_none() {
        return text.to_owned();
    }
    text.replace("\\r\\n", "\n")
        .replace("\\n", "\n")
        .replace("\\t", "\t")
}
