//! From a record to the lines in the files it goes to.

use std::mem;

use super::{
    dedup::{Dedup, RepeatSummary, Verdict},
    merge::RecordOrigin,
    open_folder::OpenFolder,
    rollover::IntervalFolders,
};
use crate::{
    Format, Level,
    clock::{ClockReading, Timeline},
    config::{Settings, StreamSettings},
    format::{
        line::LineEncoder,
        message::{LineStyle, MessageWriter},
        number::counted,
    },
    frontend::callsite::ResolvedHeader,
    queue::spsc::Dropped,
    sinks::{RecordMeta, SinkLine, Sinks},
};

/// Adds lines to write buffers, and hands them to the sinks. All its memory is reused: after
/// warm-up a line costs no allocation.
#[derive(Debug)]
pub(crate) struct Dispatcher {
    encoder: LineEncoder,
    /// By index of the stream.
    styles: Vec<LineStyle>,
    /// Scratch space for a line that goes to several files.
    line: Vec<u8>,
    pub(crate) sinks: Sinks,
    pub(crate) dedup: Dedup,
}

impl Dispatcher {
    pub(crate) fn new(settings: &Settings, sinks: Sinks) -> Self {
        Self {
            encoder: LineEncoder::new(settings.timestamp_format.clone(), settings.zone.clone())
                .redacted_by(settings.redactor.clone()),
            styles: settings.streams.iter().map(style).collect(),
            line: Vec::new(),
            sinks,
            dedup: Dedup::new(settings),
        }
    }

    /// Returns whether a record repeats the one before it, and so is only counted. If it ends a run
    /// of repeats, the line about them is added.
    #[inline]
    pub(crate) fn is_repeat(
        &mut self,
        settings: &Settings,
        folders: &mut IntervalFolders,
        record: (ResolvedHeader, &[u8]),
        wall: i64,
        now: ClockReading,
    ) -> bool {
        if !self.dedup.covers(record.0.stream) {
            return false;
        }
        let folder = folders.folder_at(settings, wall).folder;
        let Verdict::New(before) = self.dedup.judge(record, folder, wall, now) else {
            return true;
        };
        if let Some(summary) = before {
            let folder = folders.folder_at(settings, summary.wall);
            self.add_summary(settings, folder, summary);
        }
        false
    }

    /// Adds the line of a record to each file it goes to.
    pub(crate) fn add(
        &mut self,
        settings: &Settings,
        folder: &mut OpenFolder,
        wall: i64,
        origin: RecordOrigin,
        (header, bytes): (ResolvedHeader, &[u8]),
    ) {
        let stream = &settings.streams[usize::from(header.stream)];
        let level = header.entry.callsite.level;
        let fill = |out: &mut MessageWriter<'_>| header.entry.write_record(bytes, out);
        self.add_line(stream, folder, Some(origin), wall, level, fill);
    }

    /// Adds a line to a stream that says how many of its records were dropped since the last round.
    pub(crate) fn add_dropped(
        &mut self,
        settings: &Settings,
        folder: &mut OpenFolder,
        timeline: &Timeline,
        dropped: Dropped,
    ) {
        let stream = &settings.streams[usize::from(dropped.stream)];
        let (first, last) = dropped.between;
        let mut stamp = |ticks| self.encoder.timestamp(timeline.wall_at(ticks));
        let text = format!(
            "chronologix: {} dropped (queue full) from {} to {}",
            counted(dropped.records, "record"),
            stamp(first),
            stamp(last)
        );
        let fill = |out: &mut MessageWriter<'_>| out.literal(&text);
        let now = timeline.now().wall;
        self.add_line(stream, folder, None, now, Some(Level::Warn), fill);
    }

    /// Adds a line to a stream that says how often its last message was repeated.
    pub(crate) fn add_summary(
        &mut self,
        settings: &Settings,
        folder: &mut OpenFolder,
        summary: RepeatSummary,
    ) {
        let stream = &settings.streams[usize::from(summary.stream)];
        let times = counted(summary.repeats, "time");
        let text = format!(
            "chronologix: last message of {} repeated {times}",
            stream.name
        );
        let fill = |out: &mut MessageWriter<'_>| out.literal(&text);
        self.add_line(stream, folder, None, summary.wall, summary.level, fill);
    }

    fn add_line(
        &mut self,
        stream: &StreamSettings,
        folder: &mut OpenFolder,
        origin: Option<RecordOrigin>,
        wall: i64,
        level: Option<Level>,
        fill: impl Fn(&mut MessageWriter<'_>),
    ) {
        // A stream is the first of its targets.
        folder.begin_line(stream.targets[0], origin);
        if let [only] = stream.targets.as_slice() {
            // The usual case: the line is made where it is written from.
            let style = self.styles[usize::from(*only)];
            let buffer = folder.buffer(*only);
            let from = buffer.len();
            self.encoder
                .append(buffer, style, &stream.name, wall, level, &fill);
            if self.is_for_sinks(*only, level) {
                self.push_to_sinks(stream, level, (&buffer[from..], style), wall, fill);
            }
            return;
        }
        let mut line = mem::take(&mut self.line);
        let mut made_for = None;
        for target in &stream.targets {
            let style = self.styles[usize::from(*target)];
            // Files of the same style share one line.
            if made_for != Some(style) {
                line.clear();
                self.encoder
                    .append(&mut line, style, &stream.name, wall, level, &fill);
                made_for = Some(style);
            }
            folder.buffer(*target).extend_from_slice(&line);
            let is_own = Some(target) == stream.targets.first();
            if is_own && self.is_for_sinks(*target, level) {
                self.push_to_sinks(stream, level, (&line, style), wall, &fill);
            }
        }
        self.line = line;
    }

    #[inline]
    fn is_for_sinks(&mut self, stream: u16, level: Option<Level>) -> bool {
        !self.sinks.is_empty() && self.sinks.wants(RecordMeta { stream, level })
    }

    /// Hands a line to the sinks that want it.
    #[inline(never)]
    fn push_to_sinks(
        &mut self,
        stream: &StreamSettings,
        level: Option<Level>,
        (line, style): (&[u8], LineStyle),
        wall: i64,
        fill: impl Fn(&mut MessageWriter<'_>),
    ) {
        let is_json = style == LineStyle::Json;
        let line = SinkLine {
            level,
            line,
            is_json,
        };
        let other = if is_json {
            LineStyle::Text(stream.multiline)
        } else {
            LineStyle::Json
        };
        let name = &stream.name;
        self.sinks.push(line, |out| {
            self.encoder.append(out, other, name, wall, level, fill);
        });
    }
}

fn style(stream: &StreamSettings) -> LineStyle {
    if stream.format == Format::Json {
        LineStyle::Json
    } else {
        LineStyle::Text(stream.multiline)
    }
}
