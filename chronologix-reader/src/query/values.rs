//! The values of a line: its level, its message, and its fields with their types. Pure.

use std::{borrow::Cow, cell::OnceCell};

use chronologix_schema::Level;
use serde_json::Value;

use crate::{
    formats::{LineFormat, Values},
    record::{self, field_by_name},
};

#[cfg(test)]
mod tests;

/// The values of a line, parsed when they are asked for.
#[derive(Clone, Debug)]
pub struct LineValues<'a> {
    text: &'a str,
    format: Option<LineFormat>,
    /// The lines that continue the record.
    more: Vec<(&'a str, Option<LineFormat>)>,
    stream: Option<&'a str>,
    values: OnceCell<Values>,
}

impl<'a> LineValues<'a> {
    /// Returns the values of a line of this format, or else of chronologix.
    pub fn new(text: &'a str, format: Option<LineFormat>) -> Self {
        Self {
            text,
            format,
            more: Vec::new(),
            stream: None,
            values: OnceCell::new(),
        }
    }

    /// Adds the lines that continue the record.
    pub(crate) fn continued_by(self, more: Vec<(&'a str, Option<LineFormat>)>) -> Self {
        Self { more, ..self }
    }

    /// Sets the stream.
    pub(crate) fn of_stream(self, stream: Option<&'a str>) -> Self {
        Self { stream, ..self }
    }

    /// Returns the level.
    pub fn level(&self) -> Option<Level> {
        // The lines that continue a record seldom tell its level.
        record::level(self.text, self.format).or_else(|| {
            let is_told = |(_, format): &(&str, Option<LineFormat>)| format.is_some();
            let values = self.more.iter().any(is_told).then(|| self.values());
            values?.level
        })
    }

    /// Returns the message with the fields behind it: that of the first line, or of the next if it
    /// has none.
    pub fn message(&self) -> Cow<'a, str> {
        let message = record::message(self.text, self.format);
        if !message.is_empty() {
            return message;
        }
        let next = self.more.first();
        match next.filter(|(_, format)| format.is_some_and(LineFormat::continues)) {
            Some((text, format)) => record::message(text, *format),
            None => message,
        }
    }

    /// Returns the name of the stream, if it is known.
    pub fn stream(&self) -> Option<&'a str> {
        self.stream
    }

    /// Returns all values.
    pub fn values(&self) -> &Values {
        self.values.get_or_init(|| {
            let mut values = record::values(self.text, self.format);
            for (text, format) in &self.more {
                record::continue_values(&mut values, text, *format);
            }
            values
        })
    }

    /// Returns a field by its name. Dots lead into nested objects and lists.
    pub fn field(&self, name: &str) -> Option<&Value> {
        // A line of chronologix has the names of its fields. Most lines do not have the field.
        let first = name.split('.').next().unwrap_or(name);
        let is_plain = first.bytes().all(|byte| byte.is_ascii_alphanumeric());
        if self.format.is_none() && is_plain && !self.text.contains(first) {
            return None;
        }
        let fields = &self.values().fields;
        let own = |name: &str| fields.iter().find(|(key, _)| key == name);
        field_by_name(&|name| Some(&own(name)?.1), name)
    }
}
