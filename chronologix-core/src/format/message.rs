//! What the writer formats a record into: the message, then the fields, of one line.

use std::fmt;

use super::{
    redact::Redactor,
    value::{Text, Value},
};
use chronologix_schema::layout::{
    Multiline, escape_field_with, escape_json_with, escape_text_with, push_field_value,
    push_json_string,
};

/// The text of one `log!`, with holes of the types `V`. Implemented by the macro for a type of its own.
pub trait Template<V> {
    /// Writes the message piece by piece, then each field.
    fn render(values: V, out: &mut MessageWriter<'_>);
}

/// One line in the making, from its message on.
#[derive(Debug)]
pub struct MessageWriter<'a> {
    line: &'a mut Vec<u8>,
    /// Holds what is being escaped. Reused from line to line.
    scratch: &'a mut Vec<u8>,
    style: LineStyle,
    redactor: Option<&'a Redactor>,
    /// Where in `line` the message begins; `None` once it is complete.
    message: Option<usize>,
}

/// How the message and the fields of a line look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LineStyle {
    /// `message key=value`
    Text(Multiline),
    /// `"message","key":value`
    Json,
}

impl<'a> MessageWriter<'a> {
    /// Goes on where `line` ends, with the message.
    pub(crate) fn new(line: &'a mut Vec<u8>, scratch: &'a mut Vec<u8>, style: LineStyle) -> Self {
        if style == LineStyle::Json {
            line.push(b'"');
        }
        let message = Some(line.len());
        Self {
            line,
            scratch,
            style,
            redactor: None,
            message,
        }
    }

    /// Fields are shown to this redactor before they are written.
    pub(crate) fn redacted_by(self, redactor: Option<&'a Redactor>) -> Self {
        Self { redactor, ..self }
    }

    /// Writes a piece of the template.
    #[inline]
    pub fn literal(&mut self, text: &str) {
        self.utf8(text.as_bytes());
    }

    /// Writes text that is known to be UTF-8.
    #[inline]
    pub(crate) fn utf8(&mut self, text: &[u8]) {
        self.line.extend_from_slice(text);
    }

    /// Writes a hole with a format spec.
    #[inline]
    pub fn formatted(&mut self, arguments: fmt::Arguments<'_>) {
        // Neither our values nor the vector make up errors.
        let _ = fmt::write(&mut Utf8(self.line), arguments);
    }

    /// Writes a field. The message is complete with the first of them.
    pub fn field(&mut self, name: &str, value: &impl Value) {
        self.complete_message();
        match self.replacement(name, value) {
            None => self.push_field(name, value),
            Some(text) => self.push_field(name, &Text(text.as_bytes())),
        }
    }

    /// What the redactor wants written instead of a value.
    fn replacement(&mut self, name: &str, value: &impl Value) -> Option<String> {
        let redactor = self.redactor?;
        let from = self.line.len();
        value.plain(self);
        let text = std::str::from_utf8(&self.line[from..]).unwrap_or_default();
        let replacement = redactor.replacement(name, text);
        self.line.truncate(from);
        replacement
    }

    fn push_field(&mut self, name: &str, value: &impl Value) {
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

    /// Called by the writer after the last field.
    pub(crate) fn complete_message(&mut self) {
        let Some(from) = self.message.take() else {
            return;
        };
        match self.style {
            LineStyle::Text(multiline) => {
                escape_text_with(self.line, from, multiline, self.scratch);
            }
            LineStyle::Json => {
                escape_json_with(self.line, from, self.scratch);
                self.line.push(b'"');
            }
        }
    }

    /// Where to write, as long as it is UTF-8.
    #[inline]
    pub(crate) fn utf8_out(&mut self) -> &mut Vec<u8> {
        self.line
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
