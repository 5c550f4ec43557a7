//! Reads all values of a line.

use std::borrow::Cow;

use chronologix_schema::Level;
use serde_core::de::IgnoredAny;
use serde_json::Value;

use super::{
    DEPTH, FormatId, Formats, Kind, Recent, Values, general, indent, json,
    layout::{Class, FieldSpan, Layout, LayoutMatch, Line},
    logfmt, otlp, prefix, strip_colours, xml,
};

impl Formats {
    /// Returns the values of a line whose head was found to have this format. Lines that continue
    /// it can stand behind it.
    pub(crate) fn values(&self, line: &str, format: FormatId) -> Option<Values> {
        // A format says what its first line is. What continues it belongs to the message.
        let (first, behind) = line.split_at(line.find('\n').unwrap_or(line.len()));
        let mut values = self.line_values(first, format)?;
        values.message.push_str(behind);
        Some(values)
    }

    /// Returns the message of a line whose head was found to have this format, with the fields that
    /// stand behind it.
    pub(crate) fn message<'l>(&self, line: &'l str, format: FormatId) -> Option<Cow<'l, str>> {
        let start = indent(line.as_bytes());
        let kind = &self.known.get(usize::from(format.0)).map(|it| &it.kind);
        let message = match kind {
            Some(Kind::Layout(layout)) => {
                let mut found = LayoutMatch::default();
                layout.matches(&Line::new(line.as_bytes()), start, &mut found)?;
                found.message
            }
            Some(Kind::General) => {
                let found = general::read(&Line::new(line.as_bytes()), start)?;
                Some(found.message)
            }
            _ => None,
        };
        match message {
            Some(at) if line[at..].starts_with('{') => {
                Some(Cow::Owned(self.values(line, format)?.message))
            }
            Some(at) => Some(Cow::Borrowed(line.get(at..)?)),
            None => Some(Cow::Owned(self.values(line, format)?.message)),
        }
    }

    /// Returns the values of one line.
    fn line_values(&self, line: &str, format: FormatId) -> Option<Values> {
        if let Some(columns) = self.columns(format) {
            return columns.values(line.as_bytes());
        }
        let start = indent(line.as_bytes());
        let text = line.get(start..)?;
        match &self.known.get(usize::from(format.0))?.kind {
            Kind::Layout(layout) => {
                let (values, message) = of_layout(layout, line, start)?;
                let mut values = self.with_message(values, message);
                let carried = || self.carried_level(format, message.as_bytes(), DEPTH);
                values.level = values.level.or_else(carried);
                Some(values)
            }
            Kind::Json(layout) => {
                let mut values = layout.values(text.as_bytes())?;
                if layout.inner().is_some() {
                    let stamp = values.stamp.take();
                    let line = values.message.trim_end().to_owned();
                    self.within(&line, values, stamp)
                } else {
                    otlp::flatten(&mut values);
                    Some(values)
                }
            }
            Kind::Logfmt => Some(logfmt::values(text.as_bytes())),
            Kind::Xml | Kind::XmlPart => Some(xml::values(text.as_bytes())),
            Kind::TableHeader => Some(Values {
                message: text.to_owned(),
                ..Values::default()
            }),
            Kind::Compose => {
                let bytes = text.as_bytes();
                let (name, inner) = prefix::container(bytes)?;
                let name = String::from_utf8_lossy(name).into_owned();
                let outer = Values {
                    fields: vec![("container".to_owned(), Value::String(name))],
                    ..Values::default()
                };
                self.within(std::str::from_utf8(inner).ok()?, outer, None)
            }
            Kind::CriPart(_) | Kind::CriRest(_) => {
                let cri = prefix::cri(text.as_bytes())?;
                let head = self.head(cri.inner, &mut Recent::default());
                let stream = ("stream".to_owned(), cri.stream.into());
                Some(Values {
                    stamp: Some(String::from_utf8_lossy(cri.stamp).into_owned()),
                    level: head.and_then(|head| head.level),
                    message: String::from_utf8_lossy(cri.inner).into_owned(),
                    fields: vec![stream],
                })
            }
            Kind::Cri => {
                let cri = prefix::cri(text.as_bytes())?;
                let stream = Value::String(cri.stream.to_owned());
                let outer = Values {
                    fields: vec![("stream".to_owned(), stream)],
                    ..Values::default()
                };
                let stamp = String::from_utf8_lossy(cri.stamp).into_owned();
                self.within(std::str::from_utf8(cri.inner).ok()?, outer, Some(stamp))
            }
            Kind::Received => {
                let received = prefix::received(text.as_bytes())?;
                let stamp = String::from_utf8_lossy(received.stamp).into_owned();
                let inner = std::str::from_utf8(received.inner).ok()?;
                self.within(inner, Values::default(), Some(stamp))
            }
            Kind::General => {
                let found = general::read(&Line::new(line.as_bytes()), start)?;
                let stamp = line.get(found.start..found.stamp.end);
                let values = Values {
                    stamp: stamp.map(ToOwned::to_owned),
                    level: found.level,
                    ..Values::default()
                };
                Some(self.with_message(values, line.get(found.message..)?))
            }
        }
    }

    /// Returns the level of the object that a message is.
    pub(super) fn level_of_object(
        &self,
        line: &Line<'_>,
        message: usize,
        depth: usize,
    ) -> Option<Level> {
        let object = line.bytes.get(message..)?;
        (object.first() == Some(&b'{')).then(|| self.find_within(object, depth)?.level)?
    }

    /// Adds a message with the fields at its end, or the values of the object that it is.
    fn with_message(&self, mut values: Values, text: &str) -> Values {
        if let Some(object) = self.object(text.trim()) {
            values.level = values.level.or(object.level);
            values.message = object.message;
            values.fields.extend(object.fields);
        } else if !text.is_empty() {
            let (message, fields) = trailing(text);
            values.message = message;
            values.fields.extend(fields);
        }
        values
    }

    /// Returns the values of a message that is a JSON line of a logger.
    fn object(&self, text: &str) -> Option<Values> {
        if !text.starts_with('{') {
            return None;
        }
        let head = self.head(text.as_bytes(), &mut Recent::default())?;
        let format = self.known.get(usize::from(head.format.0))?;
        matches!(format.kind, Kind::Json(_)).then(|| self.values(text, head.format))?
    }

    /// Reads a message that was joined from parts, if it is an object as a whole.
    pub(super) fn read_joined(&self, values: &mut Values) {
        let text = values.message.trim();
        // What is not whole yet is kept as it is, for the next part.
        let is_whole = text.ends_with('}') && serde_json::from_str::<IgnoredAny>(text).is_ok();
        if let Some(object) = is_whole.then(|| self.object(text)).flatten() {
            values.level = values.level.or(object.level);
            values.message = object.message;
            values.fields.extend(object.fields);
        }
    }

    /// Adds the values of the line of a program to those of what stands before it.
    fn within(&self, line: &str, outer: Values, stamp: Option<String>) -> Option<Values> {
        let plain = strip_colours(line.as_bytes());
        let line = std::str::from_utf8(&plain).ok()?;
        let head = self.head(line.as_bytes(), &mut Recent::default());
        let inner = head.and_then(|head| self.values(line, head.format));
        let inner = inner.unwrap_or_else(|| Values {
            message: line.to_owned(),
            ..Values::default()
        });
        let mut fields = outer.fields;
        fields.extend(inner.fields);
        Some(Values {
            stamp: stamp.or(inner.stamp),
            level: inner.level,
            message: inner.message,
            fields,
        })
    }
}

/// Reads the values of a line by its template. Returns them with the text of the message.
fn of_layout<'l>(layout: &Layout, line: &'l str, start: usize) -> Option<(Values, &'l str)> {
    let mut found = LayoutMatch::with_fields();
    layout.matches(&Line::new(line.as_bytes()), start, &mut found)?;
    let mut fields = Vec::new();
    let mut request = None;
    for span in found.fields.iter().flatten() {
        let text = line.get(span.start..span.end)?.trim();
        if span.class == Class::Request {
            request = Some(text);
            push_request(text, &mut fields);
        } else if let Some(value) = typed(text, span) {
            fields.push((layout.field_name(span).to_owned(), value));
        }
    }
    let stamp = found.stamp.and_then(|(start, end)| line.get(start..end));
    let values = Values {
        stamp: stamp.map(ToOwned::to_owned),
        level: found.level,
        message: request.unwrap_or_default().to_owned(),
        fields,
    };
    let message = found.message.map_or(Some(""), |at| line.get(at..))?;
    Some((values, message))
}

/// Returns the value of a field. `-` and nothing are no value.
fn typed(text: &str, span: &FieldSpan) -> Option<Value> {
    if text.is_empty() || text == "-" {
        return None;
    }
    Some(match span.class {
        // `0012` is a number as well where the format says so.
        Class::Int => text
            .parse::<i64>()
            .map_or_else(|_| logfmt::typed(text), Value::from),
        Class::Number => logfmt::typed(text),
        Class::Quoted => Value::String(json::unescaped(text.as_bytes())),
        _ => Value::String(text.to_owned()),
    })
}

/// Splits `GET /path HTTP/1.1` into its three parts, if it is such a line.
fn push_request(text: &str, fields: &mut Vec<(String, Value)>) {
    let mut words = text.split(' ');
    let parts = (words.next(), words.next(), words.next(), words.next());
    if let (Some(method), Some(path), protocol, None) = parts
        && !method.is_empty()
        && method.bytes().all(|byte| byte.is_ascii_uppercase())
    {
        let named = [
            ("method", Some(method)),
            ("path", Some(path)),
            ("protocol", protocol),
        ];
        let named = named
            .into_iter()
            .filter_map(|(name, value)| Some((name, value?)));
        fields.extend(named.map(|(name, value)| (name.to_owned(), value.into())));
    }
}

/// Splits the fields off the end of a message: a JSON object, or pairs.
fn trailing(text: &str) -> (String, Vec<(String, Value)>) {
    let text = text.trim();
    // Monolog has an array or object of extras at the end.
    let context = text.strip_suffix("[]").map_or(text, str::trim_end);
    let (message, fields) = trailing_object(context).unwrap_or_else(|| logfmt::split(text));
    (message.to_owned(), fields)
}

/// Splits a JSON object off the end of a message.
fn trailing_object(text: &str) -> Option<(&str, Vec<(String, Value)>)> {
    if !text.ends_with('}') && !text.ends_with("[]") {
        return None;
    }
    let places = memchr::memchr_iter(b'{', text.as_bytes());
    for place in places {
        let before = &text[..place];
        let is_alone = before.is_empty() || before.ends_with([' ', '\t']);
        if !is_alone {
            continue;
        }
        let object = &text.as_bytes()[place..];
        if serde_json::from_slice::<Value>(object).is_ok_and(|value| value.is_object()) {
            let members = json::scanner::members(object)?;
            let fields = members.map(|(key, value)| (json::unescaped(key), json::parsed(value)));
            return Some((before.trim_end(), fields.collect()));
        }
    }
    // A context without members.
    text.strip_suffix("[]")
        .map(|message| (message.trim_end(), Vec::new()))
}
