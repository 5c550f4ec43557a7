//! Takes lines apart again, for the viewer.

use chrono::{DateTime, Utc};
use serde_json::{Map, Value};

use super::timestamp_parser::parse_rfc3339;
use crate::Level;

/// The parts of a text line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ParsedLine<'a> {
    /// What stands in the first brackets. `None` for a continuation of the line before.
    pub stamp: Option<&'a str>,
    /// The level, if the record had one.
    pub level: Option<Level>,
    /// The rest: message and fields, or the whole of a continuation.
    pub message: &'a str,
}

/// Takes `[stamp] [LEVEL] message` apart; the stamp ends at the first `] `.
///
/// A message that itself begins with `[INFO] ` cannot be told from a level.
///
/// ```
/// use chronologix_schema::{Level, layout::parse_text_line};
///
/// let line = parse_text_line("[15:07:09] [ERROR] disk full free=0");
/// assert_eq!(line.stamp, Some("15:07:09"));
/// assert_eq!(line.level, Some(Level::Error));
/// assert_eq!(line.message, "disk full free=0");
///
/// assert_eq!(parse_text_line("\tat main.rs:7").stamp, None);
/// ```
#[must_use]
pub fn parse_text_line(line: &str) -> ParsedLine<'_> {
    let (stamp, rest) = bracketed(line).map_or((None, line), |(stamp, rest)| (Some(stamp), rest));
    let word = stamp.and_then(|_| bracketed(rest));
    let leveled = word.and_then(|(word, message)| Some((Level::from_upper(word)?, message)));
    let (level, message) = leveled.map_or((None, rest), |(level, it)| (Some(level), it));
    ParsedLine {
        stamp,
        level,
        message,
    }
}

fn bracketed(text: &str) -> Option<(&str, &str)> {
    let rest = text.strip_prefix('[')?;
    // It is near: the set-up of a search for a text would take longer than the search.
    let end = rest.as_bytes().windows(2).position(|two| two == b"] ")?;
    Some((&rest[..end], &rest[end + 2..]))
}

/// The parts of a JSON line.
#[derive(Clone, Debug, PartialEq)]
pub struct JsonLine {
    /// The instant of the record, if `stamp` is one.
    pub timestamp: Option<DateTime<Utc>>,
    /// The member `timestamp` as it was written.
    pub stamp: Option<String>,
    /// The level, if the record had one.
    pub level: Option<Level>,
    /// The stream it was logged to, also in a file it was mirrored to.
    pub stream: Option<String>,
    /// The message, without the fields.
    pub message: String,
    /// All other members.
    pub fields: Map<String, Value>,
}

/// Takes a JSON line apart. `None` if it is no object with a message.
///
/// ```
/// use chronologix_schema::layout::parse_json_line;
///
/// let line = r#"{"timestamp":"2025-05-04T15:07:09+02:00","message":"filled","qty":3}"#;
/// let line = parse_json_line(line).expect("an object with a message");
/// assert_eq!(line.timestamp, Some("2025-05-04T13:07:09Z".parse()?));
/// assert_eq!(line.message, "filled");
/// assert_eq!(line.fields["qty"], 3);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[must_use]
pub fn parse_json_line(line: &str) -> Option<JsonLine> {
    let mut fields: Map<String, Value> = serde_json::from_str(line).ok()?;
    let (mut message, mut stamp, mut stream): (Option<String>, _, _) = (None, None, None);
    let mut level = None;
    // Members are not removed one by one: that changes the order, if the map keeps one.
    fields.retain(|name, member| {
        let place = match name.as_str() {
            "message" => &mut message,
            "timestamp" => &mut stamp,
            "stream" => &mut stream,
            "level" => {
                level = member.as_str().and_then(|word| word.parse().ok());
                return level.is_none() && !member.is_null();
            }
            _ => return true,
        };
        match member {
            Value::String(text) => *place = Some(std::mem::take(text)),
            // Anything but a string stays among the fields.
            _ => return true,
        }
        false
    });
    let message = message?;
    Some(JsonLine {
        timestamp: stamp.as_deref().and_then(parse_rfc3339),
        stamp,
        level,
        stream,
        message,
        fields,
    })
}

#[cfg(test)]
mod tests;
