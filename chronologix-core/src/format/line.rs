//! One line as it stands in a file: stamp, level, message, fields.

use super::{
    message::{LineStyle, MessageWriter},
    redact::Redactor,
};
use chronologix_schema::layout::{
    Rfc3339Writer, TimeZone, TimestampFormat, TimestampWriter, push_json_string,
};

use crate::Level;

/// What stands around the stamp of a text line.
const STAMP: (&str, &str) = ("[", "] ");

/// Makes lines. Everything in it is reused: after warm-up a line costs no allocation.
#[derive(Debug)]
pub(crate) struct LineEncoder {
    text_stamps: TimestampWriter,
    json_stamps: Rfc3339Writer,
    scratch: Vec<u8>,
    redactor: Option<Redactor>,
}

impl LineEncoder {
    /// For lines with stamps of this format and zone; JSON has a format of its own.
    pub(crate) fn new(format: TimestampFormat, zone: TimeZone) -> Self {
        Self {
            text_stamps: TimestampWriter::framed(format, zone.clone(), STAMP.0, STAMP.1),
            json_stamps: Rfc3339Writer::framed(zone, r#"{"timestamp":""#, r#"","level":"#),
            scratch: Vec::new(),
            redactor: None,
        }
    }

    /// Fields are shown to this redactor before they are written.
    pub(crate) fn redacted_by(self, redactor: Option<Redactor>) -> Self {
        Self { redactor, ..self }
    }

    /// The stamp of a text line, without its brackets.
    pub(crate) fn stamp(&mut self, wall: i64) -> String {
        self.scratch.clear();
        self.text_stamps.write_nanos(wall, &mut self.scratch);
        let stamp = &self.scratch[STAMP.0.len()..self.scratch.len() - STAMP.1.len()];
        String::from_utf8_lossy(stamp).into_owned()
    }

    /// Appends the line of a record to `line`. The stamp is the wall clock's nanoseconds since 1970, the message and the fields are
    /// what `fill` writes.
    pub(crate) fn append(
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
                self.text_stamps.write_nanos(wall, line);
                if let Some(level) = level {
                    line.push(b'[');
                    line.extend_from_slice(level.as_str().as_bytes());
                    line.extend_from_slice(b"] ");
                }
            }
            LineStyle::Json => {
                self.json_stamps.write_nanos(wall, line);
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
        let writer = MessageWriter::new(line, &mut self.scratch, style);
        let mut writer = writer.redacted_by(self.redactor.as_ref());
        fill(&mut writer);
        writer.complete_message();
        line.extend_from_slice(if style == LineStyle::Json {
            b"}\n"
        } else {
            b"\n"
        });
    }
}
