//! Events as XML: those of log4j and log4net over several lines, log4j 2 and Windows in one.

use chronologix_schema::Level;
use memchr::memmem;
use serde_json::Value;

use super::{Moment, Values, json, level, logfmt};

#[cfg(test)]
mod tests;

/// What events begin with.
const EVENTS: [&[u8]; 3] = [b"<log4j:event ", b"<log4net:event ", b"<Event "];

/// What else the lines of an event begin with, if it has several.
const PARTS: [&[u8]; 4] = [b"<log4j:", b"</log4j:", b"<log4net:", b"</log4net:"];

/// Attributes with the time.
const TIMES: [&str; 3] = ["timestamp", "timeMillis", "SystemTime"];

/// Elements with the message.
const MESSAGES: [&str; 3] = ["log4j:message", "log4net:message", "Message"];

/// Attributes that are fields, with their names.
const ATTRIBUTES: [(&str, &str); 4] = [
    ("logger", "logger"),
    ("loggerName", "logger"),
    ("thread", "thread"),
    ("Name", "provider"),
];

/// Elements that are fields.
const ELEMENTS: [&str; 3] = ["EventID", "Channel", "Computer"];

/// Reads time and level of an event. `None` if the line is none, or has no time.
pub(super) fn head(line: &[u8]) -> Option<(Moment, Option<Level>)> {
    is_event(line).then_some(())?;
    Some((moment(line)?, level_of(line)))
}

/// Returns whether a line belongs to an event of several lines and does not begin it.
pub(super) fn is_part(line: &[u8]) -> bool {
    let line = line.trim_ascii_start();
    !is_event(line) && PARTS.iter().any(|part| line.starts_with(part))
}

fn is_event(line: &[u8]) -> bool {
    EVENTS.iter().any(|event| line.starts_with(event))
}

/// Returns the time of an event.
fn moment(line: &[u8]) -> Option<Moment> {
    let time = TIMES.iter().find_map(|name| attribute(line, name));
    if let Some(time) = time {
        return json::text_moment(time);
    }
    // log4j 2 since 2.11.
    let number = |name| str::from_utf8(attribute(line, name)?).ok()?.parse().ok();
    let nanos = number("nanoOfSecond").and_then(|nanos: i64| u32::try_from(nanos).ok());
    chrono::DateTime::from_timestamp(number("epochSecond")?, nanos.unwrap_or(0))
        .map(Moment::Instant)
}

/// Returns the level of an event. Windows has numbers.
fn level_of(line: &[u8]) -> Option<Level> {
    if let Some(word) = attribute(line, "level") {
        return level::word(word);
    }
    Some(match element(line, "Level")? {
        b"1" => Level::Critical,
        b"2" => Level::Error,
        b"3" => Level::Warn,
        b"0" | b"4" => Level::Info,
        b"5" => Level::Trace,
        _ => return None,
    })
}

/// Reads everything in one line of an event.
pub(super) fn values(line: &[u8]) -> Values {
    let message = MESSAGES.iter().find_map(|name| element(line, name));
    let mut values = Values {
        message: message.map(unescaped).unwrap_or_default(),
        ..Values::default()
    };
    if !is_event(line) {
        return values;
    }
    let time = TIMES.iter().find_map(|name| attribute(line, name));
    let time = time.or_else(|| attribute(line, "epochSecond"));
    values.stamp = time.map(unescaped);
    values.level = level_of(line);
    let named = ATTRIBUTES.iter();
    let attributes = named.filter_map(|(name, field)| Some((*field, attribute(line, name)?)));
    let elements = ELEMENTS.iter();
    let elements = elements.filter_map(|name| Some((*name, element(line, name)?)));
    let fields = attributes.chain(elements);
    let fields = fields.map(|(name, text)| (name.to_owned(), logfmt::typed(&unescaped(text))));
    values.fields = fields.collect();
    values.fields.extend(data(line));
    values
}

/// Returns the data of an event of Windows: `<Data Name="user">ann</Data>`.
fn data(line: &[u8]) -> impl Iterator<Item = (String, Value)> {
    memmem::find_iter(line, b"<Data ").filter_map(|at| {
        let rest = &line[at..];
        let end = memmem::find(rest, b"</Data>")?;
        let tag = memchr::memchr(b'>', rest)?;
        let name = attribute(rest.get(..tag)?, "Name")?;
        let text = unescaped(rest.get(tag + 1..end)?);
        Some((unescaped(name), logfmt::typed(&text)))
    })
}

/// Returns the value of the first attribute of a name.
fn attribute<'l>(line: &'l [u8], name: &str) -> Option<&'l [u8]> {
    memmem::find_iter(line, name).find_map(|at| {
        let is_name = at > 0 && line[at - 1].is_ascii_whitespace();
        let value = line[at + name.len()..].strip_prefix(b"=")?;
        let (quote, value) = value.split_first().filter(|_| is_name)?;
        let is_quote = matches!(quote, b'"' | b'\'');
        let end = memchr::memchr(*quote, value).filter(|_| is_quote)?;
        Some(&value[..end])
    })
}

/// Returns the text of the first element of a name.
fn element<'l>(line: &'l [u8], name: &str) -> Option<&'l [u8]> {
    let start = memmem::find(line, format!("<{name}").as_bytes())? + 1 + name.len();
    let rest = line.get(start..)?;
    let is_name = matches!(rest.first()?, b'>' | b' ');
    let text = rest.get(memchr::memchr(b'>', rest).filter(|_| is_name)? + 1..)?;
    // The end can stand in a later line.
    let end = memmem::find(text, format!("</{name}>").as_bytes()).unwrap_or(text.len());
    let text = &text[..end];
    let inner = text.strip_prefix(b"<![CDATA[").unwrap_or(text);
    Some(inner.strip_suffix(b"]]>").unwrap_or(inner))
}

/// Returns a text without the references of XML.
fn unescaped(text: &[u8]) -> String {
    let text = String::from_utf8_lossy(text);
    if !text.contains('&') {
        return text.into_owned();
    }
    let plain = text.replace("&lt;", "<").replace("&gt;", ">");
    let plain = plain.replace("&quot;", "\"").replace("&apos;", "'");
    plain.replace("&#39;", "'").replace("&amp;", "&")
}
