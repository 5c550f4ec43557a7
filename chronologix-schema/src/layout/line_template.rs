//! Text lines of another shape than `[timestamp] [LEVEL] message key=value`.

use std::{fmt, str::FromStr};

use super::escape::quoted_length;
use crate::{Level, ParseError};

#[cfg(test)]
mod tests;

/// What every template ends with, so that what is logged cannot be taken for what stands before it.
const END: &str = "{message}{fields}";

/// What stands for a level or a place that a record does not have.
pub const NOTHING: &str = "-";

const ALLOWED: &str = "a text such as \"{timestamp} {level} {module}: {message}{fields}\": \
                       {timestamp}, any of {level}, {module}, {file}, {thread}, {stream}, each \
                       once and with a blank behind it, and {message}{fields} at the end; \
                       {level:5} is at least 5 wide";

/// The shape of the text lines of a stream.
///
/// ```
/// use chronologix_schema::layout::LineTemplate;
///
/// let template: LineTemplate = "{timestamp} {level} {module}: {message}{fields}".parse()?;
/// let line = "15:07:09 ERROR shop::db: disk full free=0";
/// assert_eq!(
///     template.canonical(line, |stamp| stamp == "15:07:09").as_deref(),
///     Some("[15:07:09] [ERROR] shop::db: disk full free=0"),
/// );
/// # Ok::<(), chronologix_schema::ParseError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LineTemplate {
    text: String,
    /// What stands before the message.
    parts: Vec<TemplatePart>,
}

/// A placeholder, and the text before it. The text before the message has no placeholder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TemplatePart {
    /// The text.
    pub before: String,
    /// What follows it, and how many characters that takes at least.
    pub placeholder: Option<(Placeholder, usize)>,
}

/// What stands in a line besides message and fields.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Placeholder {
    /// The time.
    Timestamp,
    /// The level.
    Level,
    /// The path of the module.
    Module,
    /// The file and the line: `src/main.rs:7`.
    File,
    /// The name of the thread.
    Thread,
    /// The stream it was logged to.
    Stream,
}

impl Placeholder {
    fn of_name(name: &str) -> Option<Self> {
        Some(match name {
            "timestamp" => Self::Timestamp,
            "level" => Self::Level,
            "module" => Self::Module,
            "file" => Self::File,
            "thread" => Self::Thread,
            "stream" => Self::Stream,
            _ => return None,
        })
    }
}

impl LineTemplate {
    /// Returns what stands before the message.
    #[must_use]
    pub fn parts(&self) -> &[TemplatePart] {
        &self.parts
    }

    /// Returns whether lines have this placeholder.
    #[must_use]
    pub fn has(&self, placeholder: Placeholder) -> bool {
        let mut parts = self.parts.iter().filter_map(|part| part.placeholder);
        parts.any(|(known, _)| known == placeholder)
    }

    /// Returns a line in the usual shape: timestamp and level in brackets, and then what stands
    /// beside them in front of the message.
    ///
    /// `is_timestamp` knows how timestamps look, because there may be blanks in them. `None` if the
    /// line is no first line of a record in this shape.
    #[must_use]
    pub fn canonical(&self, line: &str, is_timestamp: impl Fn(&str) -> bool) -> Option<String> {
        let (mut rest, mut value_of) = (line, None);
        let (mut stamp, mut level, mut beside) = ("", None, String::new());
        for part in &self.parts {
            let before = part.before.as_str();
            match value_of {
                None => rest = rest.strip_prefix(before)?,
                Some((placeholder, width)) => {
                    let is_stamp = placeholder == Placeholder::Timestamp;
                    let is_value = |value: &str| !is_stamp || is_timestamp(value);
                    let (value, after) = value_before(rest, before, width, is_value)?;
                    rest = after;
                    match placeholder {
                        Placeholder::Timestamp => stamp = value,
                        Placeholder::Level if value == NOTHING => {}
                        Placeholder::Level => level = Some(Level::from_upper(value)?),
                        _ => beside.push_str(value),
                    }
                }
            }
            // What stands around timestamp and level belongs to them, up to a blank.
            let is_apart =
                |it| matches!(it, Some((Placeholder::Timestamp | Placeholder::Level, _)));
            let blank = before.rfind(' ').map(|blank| blank + 1);
            let is_after = value_of.is_none() || is_apart(value_of);
            let from = if is_after {
                blank.unwrap_or(before.len())
            } else {
                0
            };
            let to = if is_apart(part.placeholder) {
                blank.unwrap_or(0)
            } else {
                before.len()
            };
            beside.push_str(before.get(from..to).unwrap_or_default());
            value_of = part.placeholder;
        }
        let level = level.map_or(String::new(), |level| format!("[{level}] "));
        Some(format!("[{stamp}] {level}{beside}{rest}"))
    }
}

/// Splits a text at the first `end` that a value may stand before.
fn value_before<'l>(
    text: &'l str,
    end: &str,
    width: usize,
    is_value: impl Fn(&str) -> bool,
) -> Option<(&'l str, &'l str)> {
    let padded = text
        .char_indices()
        .nth(width)
        .map_or(text.len(), |(at, _)| at);
    let from = if text.starts_with('"') {
        padded.max(quoted_length(text)?)
    } else {
        padded
    };
    let mut ends = text.get(from..)?.match_indices(end);
    ends.find_map(|(at, _)| {
        let value = text[..from + at].trim_end();
        is_value(value).then(|| (value, &text[from + at + end.len()..]))
    })
}

impl FromStr for LineTemplate {
    type Err = ParseError;

    fn from_str(text: &str) -> Result<Self, ParseError> {
        let parts = text.strip_suffix(END).and_then(parts);
        let parts = parts.ok_or_else(|| ParseError::new("line", text, ALLOWED))?;
        let text = text.to_owned();
        Ok(Self { text, parts })
    }
}

/// Writes the text that it was parsed from.
impl fmt::Display for LineTemplate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// Splits what stands before the message. `None` if a line could not be read again.
fn parts(mut text: &str) -> Option<Vec<TemplatePart>> {
    let mut parts: Vec<TemplatePart> = Vec::new();
    while let Some((before, after)) = text.split_once('{') {
        let (name, rest) = after.split_once('}')?;
        let (name, width) = name.split_once(':').unwrap_or((name, "0"));
        let width = width.parse().ok().filter(|width| *width < 100)?;
        let placeholder = Placeholder::of_name(name)?;
        let is_known =
            |part: &TemplatePart| part.placeholder.map(|(it, _)| it) == Some(placeholder);
        if parts.iter().any(is_known) {
            return None;
        }
        parts.push(TemplatePart {
            before: before.to_owned(),
            placeholder: Some((placeholder, width)),
        });
        text = rest;
    }
    parts.push(TemplatePart {
        before: text.to_owned(),
        placeholder: None,
    });
    let is_clean = |text: &str| !text.contains(['}', '"']) && !text.contains(char::is_control);
    let is_end = |text: &str| text.contains(' ');
    let is_stamped = parts
        .iter()
        .any(|part| matches!(part.placeholder, Some((Placeholder::Timestamp, _))));
    let is_readable = is_stamped
        && parts.iter().all(|part| is_clean(&part.before))
        && parts.iter().skip(1).all(|part| is_end(&part.before));
    is_readable.then_some(parts)
}
