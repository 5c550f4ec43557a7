//! Encodes one line as it stands in a file: timestamp, level, message, fields.

use chronologix_schema::layout::{TimeZone, TimestampFormat, TimestampWriter, push_json_string};

use super::{
    message::{LineStyle, MessageWriter},
    redact::Redactor,
};
use crate::Level;

/// Encodes lines. Everything in it is reused, so after warm-up a line costs no allocation.
#[derive(Debug)]
pub struct LineEncoder {
    text_timestamps: TimestampWriter,
    json_timestamps: TimestampWriter,
    scratch: Vec<u8>,
    redactor: Option<Redactor>,
}

impl LineEncoder {
    /// Creates an encoder for lines with timestamps of this format and zone. JSON has a format of
    /// its own.
    #[must_use]
    pub fn new(format: TimestampFormat, zone: TimeZone) -> Self {
        Self {
            text_timestamps: TimestampWriter::framed(format, zone.clone(), "[", "] "),
            json_timestamps: TimestampWriter::framed(
                TimestampFormat::rfc3339(),
                zone,
                r#"{"timestamp":""#,
                r#"","level":"#,
            ),
            scratch: Vec::new(),
            redactor: None,
        }
    }

    /// Sets a redactor, which is asked about each field.
    pub(crate) fn redacted_by(self, redactor: Option<Redactor>) -> Self {
        Self { redactor, ..self }
    }

    /// Returns the timestamp of a text line, without its brackets.
    pub fn timestamp(&mut self, wall: i64) -> String {
        self.scratch.clear();
        self.text_timestamps.write_nanos(wall, &mut self.scratch);
        let timestamp = &self.scratch["[".len()..self.scratch.len() - "] ".len()];
        String::from_utf8_lossy(timestamp).into_owned()
    }

    /// Appends the line of a record. `wall` is its time in nanoseconds since 1970, and `fill`
    /// writes its message and fields.
    pub fn append(
        &mut self,
        line: &mut Vec<u8>,
        style: LineStyle,
        stream: &str,
        wall: i64,
        level: Option<Level>,
        fill: impl FnOnce(&mut MessageWriter<'_>),
    ) {
        match style {
            LineStyle::Text(_) => {
                self.text_timestamps.write_nanos(wall, line);
                if let Some(level) = level {
                    line.push(b'[');
                    line.extend_from_slice(level.as_str().as_bytes());
                    line.extend_from_slice(b"] ");
                }
            }
            LineStyle::Json => {
                self.json_timestamps.write_nanos(wall, line);
                if let Some(level) = level {
                    line.push(b'"');
                    line.extend_from_slice(level.as_str().as_bytes());
                    line.extend_from_slice(br#"","stream":"#);
                } else {
                    line.extend_from_slice(br#"null,"stream":"#);
                }
                push_json_string(line, stream);
                line.extend_from_slice(br#","message":"#);
            }
        }
        let redactor = self.redactor.as_ref();
        let mut out = MessageWriter::new(line, &mut self.scratch, style, redactor);
        fill(&mut out);
        out.complete_message();
        line.extend_from_slice(if style == LineStyle::Json {
            b"}\n"
        } else {
            b"\n"
        });
    }
}
