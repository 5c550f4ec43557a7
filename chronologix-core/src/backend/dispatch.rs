//! From a record to the lines in the files it goes to.

use super::dedup::{Dedup, RepeatSummary};
use chronologix_schema::layout::Multiline;

use super::open_folder::OpenFolder;
use crate::{
    Format, Level,
    clock::Timeline,
    codec::field_codec,
    config::{Settings, StreamSettings},
    format::{
        line::LineEncoder,
        message::{LineStyle, MessageWriter},
    },
    frontend::callsite::ResolvedHeader,
    queue::spsc::Dropped,
    sinks::{RecordMeta, SinkLine, Sinks},
};

/// Adds lines to outboxes. Everything in it is reused: after warm-up a line costs no allocation.
#[derive(Debug)]
pub(crate) struct Dispatcher {
    encoder: LineEncoder,
    /// By index of the stream.
    styles: Vec<LineStyle>,
    /// A line that goes to several files.
    shared: Vec<u8>,
    /// What gets lines besides the files.
    pub(crate) sinks: Sinks,
    pub(crate) repeats: Dedup,
}

impl Dispatcher {
    pub(crate) fn new(settings: &Settings, sinks: Sinks) -> Self {
        Self {
            encoder: LineEncoder::new(settings.timestamp_format.clone(), settings.zone.clone())
                .redacted_by(settings.redactor.clone()),
            styles: settings.streams.iter().map(style).collect(),
            shared: Vec::new(),
            sinks,
            repeats: Dedup::new(settings),
        }
    }

    /// Adds the line of a record to each file it goes to. Files that look alike share one writer.
    pub(crate) fn add(
        &mut self,
        settings: &Settings,
        folder: &mut OpenFolder,
        wall: i64,
        header: ResolvedHeader,
        bytes: &[u8],
    ) {
        let stream = &settings.streams[usize::from(header.stream)];
        let level = header.entry.callsite.level;
        let fill =
            |out: &mut MessageWriter<'_>| field_codec::render_record(header.entry, bytes, out);
        self.add_line(stream, folder, wall, level, fill);
    }

    /// Says in a stream how many of its records were dropped since the last round.
    pub(crate) fn add_dropped(
        &mut self,
        settings: &Settings,
        folder: &mut OpenFolder,
        timeline: &Timeline,
        dropped: Dropped,
    ) {
        let stream = &settings.streams[usize::from(dropped.stream)];
        let noun = if dropped.records == 1 {
            "record"
        } else {
            "records"
        };
        let mut text = format!(
            "chronologix: {} {noun} dropped (queue full) from ",
            dropped.records
        );
        for (ticks, after) in [(dropped.between.0, " to "), (dropped.between.1, "")] {
            text += &self.encoder.stamp(timeline.wall_at(ticks));
            text += after;
        }
        let fill = |out: &mut MessageWriter<'_>| out.literal(&text);
        let now = timeline.now().wall;
        self.add_line(stream, folder, now, Some(Level::Warn), fill);
    }

    /// Says in a stream how often its last message was repeated.
    pub(crate) fn add_repeated(
        &mut self,
        settings: &Settings,
        folder: &mut OpenFolder,
        repeated: RepeatSummary,
    ) {
        let stream = &settings.streams[usize::from(repeated.stream)];
        let noun = if repeated.repeats == 1 {
            "time"
        } else {
            "times"
        };
        let text = format!(
            "chronologix: last message of {} repeated {} {noun}",
            stream.name, repeated.repeats
        );
        let fill = |out: &mut MessageWriter<'_>| out.literal(&text);
        self.add_line(stream, folder, repeated.wall, repeated.level, fill);
    }

    fn add_line(
        &mut self,
        stream: &StreamSettings,
        folder: &mut OpenFolder,
        wall: i64,
        level: Option<Level>,
        fill: impl Fn(&mut MessageWriter<'_>),
    ) {
        if let [only] = stream.targets.as_slice() {
            let style = self.styles[usize::from(*only)];
            let buffer = folder.buffer(*only);
            let from = buffer.len();
            self.encoder
                .append(buffer, style, &stream.name, wall, level, &fill);
            if !self.sinks.is_empty() && self.sinks.wants(record_meta(*only, level)) {
                self.push_to_sinks(stream, sink_line(level, &buffer[from..], style), wall, fill);
            }
            return;
        }
        let mut line = std::mem::take(&mut self.shared);
        let mut rendered = None;
        for target in &stream.targets {
            let style = self.styles[usize::from(*target)];
            if rendered != Some(style) {
                line.clear();
                self.encoder
                    .append(&mut line, style, &stream.name, wall, level, &fill);
                rendered = Some(style);
            }
            folder.buffer(*target).extend_from_slice(&line);
            let is_own = Some(target) == stream.targets.first();
            if is_own && !self.sinks.is_empty() && self.sinks.wants(record_meta(*target, level)) {
                self.push_to_sinks(stream, sink_line(level, &line, style), wall, &fill);
            }
        }
        self.shared = line;
    }

    /// Hands a line to the sinks that want it.
    #[inline(never)]
    fn push_to_sinks(
        &mut self,
        stream: &StreamSettings,
        line: SinkLine<'_>,
        wall: i64,
        fill: impl Fn(&mut MessageWriter<'_>),
    ) {
        let Self { encoder, sinks, .. } = self;
        let (json, name, level) = (LineStyle::Json, &stream.name, line.level);
        sinks.push(line, |out| {
            encoder.append(out, json, name, wall, level, fill);
        });
    }
}

fn record_meta(stream: u16, level: Option<Level>) -> RecordMeta {
    RecordMeta { stream, level }
}

fn sink_line(level: Option<Level>, line: &[u8], style: LineStyle) -> SinkLine<'_> {
    let is_json = style == LineStyle::Json;
    SinkLine {
        level,
        line,
        is_json,
    }
}

fn style(stream: &StreamSettings) -> LineStyle {
    if stream.format == Format::Json {
        LineStyle::Json
    } else {
        LineStyle::Text(stream.multiline)
    }
}

impl Default for LineStyle {
    fn default() -> Self {
        Self::Text(Multiline::default())
    }
}
