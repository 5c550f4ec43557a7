//! Writes the message of a record, then its fields.

use std::fmt;

use super::{
    redact::Redactor,
    value::{Text, Value},
};
use chronologix_schema::layout::{
    Multiline, escape_field_with, escape_json_with, escape_text, push_field_value, push_json_string,
};

/// Writes one line, from its message on.
#[derive(Debug)]
pub struct MessageWriter<'a> {
    /// Only UTF-8 may be appended.
    pub(super) line: &'a mut Vec<u8>,
    /// Holds what is being escaped. It is reused from line to line.
    scratch: &'a mut Vec<u8>,
    style: LineStyle,
    redactor: Option<&'a Redactor>,
    /// Keys of fields that are not written, because the line has their values elsewhere.
    pub(super) hidden: &'static [&'static str],
    /// A field with the key `id` was written.
    pub(super) has_own_id: bool,
    /// Where in `line` the message begins, or `None` once it is complete.
    message: Option<usize>,
}

/// How a line looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LineStyle {
    /// `message key=value`
    Text(Multiline),
    /// `"message","key":value`
    Json,
}

impl<'a> MessageWriter<'a> {
    /// Creates a writer that appends the message to `line`.
    /// `redactor` is asked about each field.
    pub(crate) fn new(
        line: &'a mut Vec<u8>,
        scratch: &'a mut Vec<u8>,
        style: LineStyle,
        redactor: Option<&'a Redactor>,
    ) -> Self {
        if style == LineStyle::Json {
            line.push(b'"');
        }
        let message = Some(line.len());
        Self {
            line,
            scratch,
            style,
            redactor,
            hidden: &[],
            has_own_id: false,
            message,
        }
    }

    /// Writes a piece of the template.
    #[inline]
    pub fn literal(&mut self, text: &str) {
        self.line.extend_from_slice(text.as_bytes());
    }

    /// Writes the first bytes of a piece of the template, which are text.
    #[inline]
    pub(crate) fn short_literal<const N: usize>(&mut self, text: &[u8; N], length: u8) {
        let end = self.line.len() + usize::from(length);
        self.line.extend_from_slice(text);
        self.line.truncate(end);
    }

    /// Writes an argument with a format spec.
    #[inline]
    pub fn formatted(&mut self, arguments: fmt::Arguments<'_>) {
        // Neither our values nor the vector return errors.
        let _ = fmt::write(&mut Utf8(self.line), arguments);
    }

    /// Writes a field. The first one completes the message.
    pub fn field(&mut self, name: &str, value: &dyn Value) {
        self.complete_message();
        self.has_own_id |= name == "id";
        if self.hidden.contains(&name) {
            return;
        }
        match self.replacement(name, value) {
            None => self.push_field(name, value),
            Some(text) => self.push_field(name, &Text(text.as_bytes())),
        }
    }

    /// Returns what the redactor wants written instead of a value.
    fn replacement(&mut self, name: &str, value: &dyn Value) -> Option<String> {
        let redactor = self.redactor?;
        let from = self.line.len();
        value.plain(self);
        let text = std::str::from_utf8(&self.line[from..]).unwrap_or_default();
        let replacement = redactor.replacement(name, text);
        self.line.truncate(from);
        replacement
    }

    fn push_field(&mut self, name: &str, value: &dyn Value) {
        match self.style {
            LineStyle::Text(_) => {
                self.line.push(b' ');
                push_field_value(self.line, name);
                self.line.push(b'=');
                let from = self.line.len();
                value.plain(self);
                escape_field_with(self.line, from, self.scratch);
            }
            LineStyle::Json => {
                self.line.push(b',');
                push_json_string(self.line, name);
                self.line.push(b':');
                value.json(self.line);
            }
        }
    }

    /// Escapes the message. To be called after the last field, for records that have none.
    pub(crate) fn complete_message(&mut self) {
        let Some(from) = self.message.take() else {
            return;
        };
        match self.style {
            LineStyle::Text(multiline) => {
                escape_text(self.line, from, multiline, self.scratch);
            }
            LineStyle::Json => {
                escape_json_with(self.line, from, self.scratch);
                self.line.push(b'"');
            }
        }
    }
}

/// Lets `fmt` write into a vector.
pub(crate) struct Utf8<'a>(pub(crate) &'a mut Vec<u8>);

impl fmt::Write for Utf8<'_> {
    #[inline]
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.0.extend_from_slice(text.as_bytes());
        Ok(())
    }
}
