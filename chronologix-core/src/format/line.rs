//! Encodes one line as it stands in a file: timestamp, level, message, fields.

use std::sync::Arc;

use chronologix_schema::layout::{
    LineTemplate, NOTHING, Placeholder, TimeZone, TimestampFormat, TimestampWriter,
    push_field_value, push_json_string,
};

use super::{
    message::{LineStyle, MessageWriter},
    redact::Redactor,
    value::{Number, Text},
};
use crate::{Level, Location};

/// Encodes lines. Everything in it is reused, so after warm-up a line costs no allocation.
#[derive(Debug)]
pub struct LineEncoder {
    text_timestamps: TimestampWriter,
    json_timestamps: TimestampWriter,
    /// For lines with a template.
    bare_timestamps: TimestampWriter,
    scratch: Vec<u8>,
    redactor: Option<Redactor>,
}

/// How the lines of a file look.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LineLayout {
    pub(crate) style: LineStyle,
    /// What of the place in the source becomes fields.
    pub(crate) location: Location,
    /// The name of the thread becomes a field.
    pub(crate) has_thread: bool,
    /// The id of the statement becomes a field.
    pub(crate) has_id: bool,
    /// What stands before the message of a text line, if it is not the usual.
    pub(crate) template: Option<Arc<LineTemplate>>,
}

/// What a line says besides message and fields.
#[derive(Clone, Copy, Debug)]
pub struct LineHead<'a> {
    /// The stream it was logged to.
    pub stream: &'a str,
    /// Its time in nanoseconds since 1970.
    pub wall: i64,
    /// Its level, if it has one.
    pub level: Option<Level>,
    /// Where the record comes from, if lines of any stream say that.
    pub(crate) source: Option<&'a Source<'a>>,
}

/// Where a record comes from. What is not known is empty, or 0.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Source<'a> {
    /// The path of the module.
    pub(crate) module: &'a str,
    pub(crate) file: &'a str,
    pub(crate) line: u64,
    /// The name of the thread.
    pub(crate) thread: &'a str,
    /// The id of the statement.
    pub(crate) id: &'a str,
    /// The keys of the record's own fields.
    pub(crate) keys: &'a [&'a str],
    /// The place is among the record's fields.
    pub(crate) has_fields: bool,
    /// The target among them, if there is one, is that module.
    pub(crate) target_is_module: bool,
}

impl LineLayout {
    /// Returns whether it says where records come from.
    pub(crate) fn has_source(&self) -> bool {
        self.location != Location::Off || self.has_thread || self.has_id || self.template.is_some()
    }

    /// Returns whether something stands before the message, by the template.
    fn has(&self, placeholder: Placeholder) -> bool {
        let template = self.template.as_ref();
        template.is_some_and(|template| template.has(placeholder))
    }

    /// Returns what records must carry for it.
    pub(crate) fn needed_location(&self) -> Location {
        if self.location == Location::File || self.has(Placeholder::File) {
            Location::File
        } else if self.has(Placeholder::Module) {
            Location::Module
        } else {
            self.location
        }
    }

    /// Returns whether it names threads.
    pub(crate) fn names_thread(&self) -> bool {
        self.has_thread || self.has(Placeholder::Thread)
    }

    /// Writes the place as fields, as far as the line does not have it elsewhere.
    fn write_source(&self, source: &Source<'_>, out: &mut MessageWriter<'_>) {
        let text = |key: &str, text: &str, out: &mut MessageWriter<'_>| {
            if !text.is_empty() && !source.keys.contains(&key) {
                out.field(key, &Text(text.as_bytes()));
            }
        };
        match self.location {
            Location::Module if !source.has_fields && !self.has(Placeholder::Module) => {
                text("module", source.module, out);
            }
            Location::File if !source.has_fields && !self.has(Placeholder::File) => {
                text("file", source.file, out);
                if !source.file.is_empty() && !source.keys.contains(&"line") {
                    out.field("line", &Number(source.line));
                }
            }
            _ => {}
        }
        if self.has_thread && !self.has(Placeholder::Thread) {
            text("thread", source.thread, out);
        }
        if self.has_id && !out.has_own_id {
            text("id", source.id, out);
        }
    }

    /// Returns the keys of fields that stand before the message already.
    fn hidden(&self, source: &Source<'_>) -> &'static [&'static str] {
        let has = |placeholder| source.has_fields && self.has(placeholder);
        let has_target = has(Placeholder::Module) && source.target_is_module;
        match (has(Placeholder::Module), has(Placeholder::File)) {
            (false, false) => &[],
            (true, false) if has_target => &["target", "module"],
            (true, false) => &["module"],
            (false, true) => &["file", "line"],
            (true, true) if has_target => &["target", "module", "file", "line"],
            (true, true) => &["module", "file", "line"],
        }
    }
}

impl From<LineStyle> for LineLayout {
    fn from(style: LineStyle) -> Self {
        Self {
            style,
            location: Location::Off,
            has_thread: false,
            has_id: false,
            template: None,
        }
    }
}

impl<'a> LineHead<'a> {
    /// Creates the head of a line that says nothing of its source.
    #[must_use]
    pub fn new(stream: &'a str, wall: i64, level: Option<Level>) -> Self {
        Self {
            stream,
            wall,
            level,
            source: None,
        }
    }
}

impl LineEncoder {
    /// Creates an encoder for lines with timestamps of this format and zone. JSON has a format of
    /// its own.
    #[must_use]
    pub fn new(format: TimestampFormat, zone: TimeZone) -> Self {
        Self {
            text_timestamps: TimestampWriter::framed(format.clone(), zone.clone(), "[", "] "),
            bare_timestamps: TimestampWriter::new(format, zone.clone()),
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
        self.bare_timestamps.write_nanos(wall, &mut self.scratch);
        String::from_utf8_lossy(&self.scratch).into_owned()
    }

    /// Appends the line of a record. `fill` writes its message and fields.
    pub fn append(
        &mut self,
        line: &mut Vec<u8>,
        layout: &LineLayout,
        head: &LineHead<'_>,
        fill: impl FnOnce(&mut MessageWriter<'_>),
    ) {
        let style = layout.style;
        match (style, &layout.template) {
            (LineStyle::Text(_), Some(template)) => self.append_by(template, line, head),
            (LineStyle::Text(_), None) => {
                self.text_timestamps.write_nanos(head.wall, line);
                if let Some(level) = head.level {
                    line.push(b'[');
                    line.extend_from_slice(level.as_str().as_bytes());
                    line.extend_from_slice(b"] ");
                }
            }
            (LineStyle::Json, _) => {
                self.json_timestamps.write_nanos(head.wall, line);
                if let Some(level) = head.level {
                    line.push(b'"');
                    line.extend_from_slice(level.as_str().as_bytes());
                    line.extend_from_slice(br#"","stream":"#);
                } else {
                    line.extend_from_slice(br#"null,"stream":"#);
                }
                push_json_string(line, head.stream);
                line.extend_from_slice(br#","message":"#);
            }
        }
        let redactor = self.redactor.as_ref();
        let mut out = MessageWriter::new(line, &mut self.scratch, style, redactor);
        if let Some(source) = head.source {
            out.hidden = layout.hidden(source);
            fill(&mut out);
            layout.write_source(source, &mut out);
        } else {
            fill(&mut out);
        }
        out.complete_message();
        if style == LineStyle::Json {
            line.push(b'}');
        }
        line.push(b'\n');
    }

    /// Appends what a template has before the message.
    fn append_by(&mut self, template: &LineTemplate, line: &mut Vec<u8>, head: &LineHead<'_>) {
        let source = head.source.copied().unwrap_or_default();
        for part in template.parts() {
            line.extend_from_slice(part.before.as_bytes());
            let Some((placeholder, width)) = part.placeholder else {
                return;
            };
            let from = line.len();
            match placeholder {
                Placeholder::Timestamp => self.bare_timestamps.write_nanos(head.wall, line),
                Placeholder::Level => push_value(line, head.level.map_or("", Level::as_str)),
                Placeholder::Module => push_value(line, source.module),
                Placeholder::Thread => push_value(line, source.thread),
                Placeholder::Stream => push_value(line, head.stream),
                Placeholder::File if source.file.is_empty() => push_value(line, ""),
                Placeholder::File => push_value(line, &format!("{}:{}", source.file, source.line)),
            }
            let written = String::from_utf8_lossy(&line[from..]).chars().count();
            line.resize(line.len() + width.saturating_sub(written), b' ');
        }
    }
}

/// Appends a value in front of the message, in quotes where its end could not be found.
fn push_value(line: &mut Vec<u8>, value: &str) {
    push_field_value(line, if value.is_empty() { NOTHING } else { value });
}
