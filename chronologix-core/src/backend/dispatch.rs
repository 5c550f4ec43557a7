//! From a record to the lines in the files it goes to.

use std::{mem, sync::Arc};

use super::{
    dedup::{Dedup, RepeatSummary, RepeatVerdict},
    merge::{MergedRecord, RecordOrigin},
    open_folder::OpenFolder,
    rollover::IntervalFolders,
    statements::StatementTable,
};
use crate::{
    Level,
    clock::{ClockReading, Timeline},
    config::{KeepSettings, Settings, StreamSettings},
    format::{
        line::{LineEncoder, LineHead, LineLayout, Source},
        message::{LineStyle, MessageWriter},
    },
    frontend::callsite::{CallsiteEntry, CallsiteTable},
    queue::{recorder::KeptRecord, spsc::Dropped},
    sinks::{RecordMeta, SinkLine, Sinks},
    stats::{CountedStatements, counted},
};

/// Decides which lines records become, and counts them by statement.
#[derive(Debug)]
pub(crate) struct Dispatcher {
    pub(crate) lines: LineDispatcher,
    /// Lines of some stream say where records come from.
    has_sources: bool,
    /// Lines of some stream have the id of their statement.
    has_ids: bool,
    pub(crate) dedup: Dedup,
    pub(crate) statements: StatementTable,
}

/// Adds lines to write buffers, and hands them to the sinks. All its memory is reused: after
/// warm-up a line costs no allocation.
#[derive(Debug)]
pub(crate) struct LineDispatcher {
    encoder: LineEncoder,
    /// By index of the stream: how lines look that a sink wants in the other style.
    other_layouts: Vec<LineLayout>,
    /// Scratch space for a line that goes to several files.
    line: Vec<u8>,
    pub(crate) sinks: Sinks,
}

/// What a line says behind its head.
#[derive(Clone, Copy, Debug)]
enum LineBody<'a> {
    /// The message and the fields of a record with these arguments.
    Record(&'static CallsiteEntry, &'a [u8]),
    /// A message of the logger's own.
    Text(&'a str),
}

/// What a dump came to.
#[derive(Clone, Copy, Debug)]
pub(crate) struct DumpSummary {
    pub(crate) stream: u16,
    pub(crate) keep: KeepSettings,
    /// The wall clock of what asked for it.
    pub(crate) wall: i64,
    pub(crate) records: u64,
    /// Older records that there was no room for.
    pub(crate) lost: u64,
    /// The wall clock of the first record and of the last.
    pub(crate) between: Option<[i64; 2]>,
}

impl Dispatcher {
    pub(crate) fn new(
        settings: &Settings,
        sinks: Sinks,
        statements: Arc<CountedStatements>,
    ) -> Self {
        let encoder = LineEncoder::new(settings.timestamp_format.clone(), settings.zone.clone());
        Self {
            lines: LineDispatcher {
                encoder: encoder.redacted_by(settings.redactor.clone()),
                other_layouts: settings.streams.iter().map(other_layout).collect(),
                line: Vec::new(),
                sinks,
            },
            has_sources: settings.streams.iter().any(|it| it.layout.has_source()),
            has_ids: settings.streams.iter().any(|it| it.layout.has_id),
            dedup: Dedup::new(settings),
            statements: StatementTable::new(statements),
        }
    }

    /// Returns whether a record repeats the one before it, and so is only counted. If it ends a run
    /// of repeats, the line about them is added.
    #[inline]
    pub(crate) fn is_repeat(
        &mut self,
        settings: &Settings,
        folders: &mut IntervalFolders,
        record: &MergedRecord<'_>,
        wall: i64,
        now: ClockReading,
    ) -> bool {
        if !self.dedup.covers(record.header.stream) {
            return false;
        }
        let folder = folders.folder_at(settings, wall).folder;
        let RepeatVerdict::New(before) = self.dedup.judge(record, folder, wall, now) else {
            let header = &record.header;
            let statement = self.statements.find(settings, header.entry, header.stream);
            statement.count_suppressed(1);
            return true;
        };
        if let Some(summary) = before {
            let folder = folders.folder_at(settings, summary.wall);
            self.add_summary(settings, folder, summary);
        }
        false
    }

    /// Adds the line of a record to each file it goes to.
    ///
    /// It is not inlined: the loop over the records would have no registers left.
    #[inline(never)]
    pub(crate) fn add(
        &mut self,
        settings: &Settings,
        folder: &mut OpenFolder,
        wall: i64,
        record: &MergedRecord<'_>,
    ) {
        let MergedRecord { header, bytes, .. } = *record;
        let stream = &settings.streams[usize::from(header.stream)];
        let statement = self.statements.find(settings, header.entry, header.stream);
        let left_out = header.entry.left_out_before(bytes);
        if left_out > 0 {
            statement.count_suppressed(left_out);
        }
        let source;
        let mut head = LineHead::new(&stream.name, wall, header.entry.callsite.level);
        if self.has_sources {
            source = Source {
                id: if self.has_ids {
                    &statement.statement.id
                } else {
                    ""
                },
                thread: record.thread.unwrap_or_default(),
                ..header.entry.source(bytes)
            };
            head.source = Some(&source);
        }
        let body = LineBody::Record(header.entry, bytes);
        let origin = Some(record.origin);
        let lines = &mut self.lines;
        let bytes_written = lines.add(settings, stream, folder, origin, &head, body);
        statement.count_record(bytes_written);
    }

    /// Counts records that were dropped, each by its statement.
    pub(crate) fn count_dropped(
        &mut self,
        settings: &Settings,
        callsites: &mut CallsiteTable,
        dropped: &Dropped,
    ) {
        for (callsite, records) in &dropped.by_callsite {
            if let Some(entry) = callsites.get(*callsite) {
                let statement = self.statements.find(settings, entry, dropped.stream);
                statement.count_dropped(*records);
            }
        }
    }

    /// Adds the line of a record that a stream has kept in memory. Besides the file, only the
    /// console gets it.
    pub(crate) fn add_kept(
        &mut self,
        settings: &Settings,
        folder: &mut OpenFolder,
        wall: i64,
        (owner, keep): (u16, KeepSettings),
        entry: &'static CallsiteEntry,
        record: &KeptRecord<'_>,
    ) {
        let stream = &settings.streams[usize::from(keep.dumped_to)];
        let bytes = record.bytes;
        // Its statement is that of the stream it was logged to.
        let statement = self.statements.find(settings, entry, owner);
        let source;
        let mut head = LineHead::new(&stream.name, wall, entry.callsite.level);
        if self.has_sources {
            source = Source {
                id: if self.has_ids {
                    &statement.statement.id
                } else {
                    ""
                },
                thread: record.thread.unwrap_or_default(),
                ..entry.source(bytes)
            };
            head.source = Some(&source);
        }
        let body = LineBody::Record(entry, bytes);
        folder.begin_line(keep.dumped_to, None);
        let buffer = folder.buffer(keep.dumped_to);
        let from = buffer.len();
        let lines = &mut self.lines;
        encode(&mut lines.encoder, buffer, &stream.layout, &head, body);
        statement.count_record(buffer.len() - from);
        let meta = RecordMeta {
            stream: owner,
            // Without files the console is all there is, so it shows them whatever it leaves out.
            level: if settings.no_files {
                head.level.max(Some(Level::Error))
            } else {
                head.level
            },
        };
        if lines.sinks.shows(meta) {
            lines.push_to_sinks((owner, stream), &head, &buffer[from..], body);
        }
    }

    /// Adds a line to a stream that says what it has kept in memory and written.
    pub(crate) fn add_dump(
        &mut self,
        settings: &Settings,
        folder: &mut OpenFolder,
        dump: &DumpSummary,
    ) {
        let stream = &settings.streams[usize::from(dump.stream)];
        let between = dump.between.map(|between| {
            let [first, last] = between.map(|wall| self.lines.encoder.timestamp(wall));
            let are = if dump.records == 1 { "is" } else { "are" };
            let place = if settings.no_files {
                "above".to_owned()
            } else {
                let file = &settings.streams[usize::from(dump.keep.dumped_to)].file;
                format!("in {file}")
            };
            format!(" from {first} to {last} {are} {place}")
        });
        let lost = (dump.lost > 0)
            .then(|| format!("; {} before that were lost", counted(dump.lost, "record")));
        let text = format!(
            "chronologix: {}{}{}",
            counted(dump.records, "kept record"),
            between.unwrap_or_default(),
            lost.unwrap_or_default()
        );
        let head = (dump.wall, Some(Level::Info));
        self.lines.add_text(settings, stream, folder, head, &text);
    }

    /// Adds a line to a stream that says how many of its records were dropped since the last round.
    pub(crate) fn add_dropped(
        &mut self,
        settings: &Settings,
        folder: &mut OpenFolder,
        timeline: &Timeline,
        dropped: &Dropped,
    ) {
        let stream = &settings.streams[usize::from(dropped.stream)];
        let (first, last) = dropped.between;
        let mut stamp = |ticks| self.lines.encoder.timestamp(timeline.wall_at(ticks));
        let text = format!(
            "chronologix: {} dropped (queue full) from {} to {}",
            counted(dropped.records, "record"),
            stamp(first),
            stamp(last)
        );
        let head = (timeline.now().wall, Some(Level::Warn));
        self.lines.add_text(settings, stream, folder, head, &text);
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
        let head = (summary.wall, summary.level);
        self.lines.add_text(settings, stream, folder, head, &text);
    }
}

impl LineBody<'_> {
    #[inline]
    fn write(&self, out: &mut MessageWriter<'_>) {
        match *self {
            Self::Record(entry, bytes) => entry.write_record(bytes, out),
            Self::Text(text) => out.literal(text),
        }
    }
}

impl LineDispatcher {
    /// Adds a line to each file it goes to. Returns the bytes of all.
    #[expect(
        clippy::inline_always,
        reason = "records and notices are two callers, and the call of one costs a record 2 %"
    )]
    #[inline(always)]
    fn add(
        &mut self,
        settings: &Settings,
        stream: &StreamSettings,
        folder: &mut OpenFolder,
        origin: Option<RecordOrigin>,
        head: &LineHead<'_>,
        body: LineBody<'_>,
    ) -> usize {
        // A stream is the first of its targets.
        folder.begin_line(stream.targets[0], origin);
        let [only] = *stream.targets.as_slice() else {
            return self.add_to_all(settings, stream, folder, head, body);
        };
        // The usual case: the line is made where it is written from.
        let buffer = folder.buffer(only);
        let from = buffer.len();
        encode(&mut self.encoder, buffer, &stream.layout, head, body);
        let bytes = buffer.len() - from;
        if self.is_for_sinks(only, head.level) {
            self.push_to_sinks((only, stream), head, &buffer[from..], body);
        }
        bytes
    }

    /// Adds a line to the file of a stream and to those of its mirrors. Returns the bytes of all.
    #[inline(never)]
    fn add_to_all(
        &mut self,
        settings: &Settings,
        stream: &StreamSettings,
        folder: &mut OpenFolder,
        head: &LineHead<'_>,
        body: LineBody<'_>,
    ) -> usize {
        let mut bytes = 0;
        let mut line = mem::take(&mut self.line);
        let mut made_for = None;
        for target in &stream.targets {
            let layout = &settings.streams[usize::from(*target)].layout;
            // Files of the same layout share one line.
            if made_for != Some(layout) {
                line.clear();
                encode(&mut self.encoder, &mut line, layout, head, body);
                made_for = Some(layout);
            }
            folder.buffer(*target).extend_from_slice(&line);
            bytes += line.len();
            let is_own = Some(target) == stream.targets.first();
            if is_own && self.is_for_sinks(*target, head.level) {
                self.push_to_sinks((*target, stream), head, &line, body);
            }
        }
        self.line = line;
        bytes
    }

    /// Adds a line of the logger's own.
    #[inline(never)]
    fn add_text(
        &mut self,
        settings: &Settings,
        stream: &StreamSettings,
        folder: &mut OpenFolder,
        (wall, level): (i64, Option<Level>),
        text: &str,
    ) {
        let head = LineHead::new(&stream.name, wall, level);
        self.add(settings, stream, folder, None, &head, LineBody::Text(text));
    }

    #[inline]
    fn is_for_sinks(&mut self, stream: u16, level: Option<Level>) -> bool {
        !self.sinks.is_empty() && self.sinks.wants(RecordMeta { stream, level })
    }

    /// Hands a line to the sinks that want it.
    #[inline(never)]
    fn push_to_sinks(
        &mut self,
        (index, stream): (u16, &StreamSettings),
        head: &LineHead<'_>,
        line: &[u8],
        body: LineBody<'_>,
    ) {
        let line = SinkLine {
            level: head.level,
            line,
            is_json: stream.layout.style == LineStyle::Json,
        };
        let other = &self.other_layouts[usize::from(index)];
        let encoder = &mut self.encoder;
        self.sinks
            .push(line, |out| encode(encoder, out, other, head, body));
    }
}

/// Appends a line. All go through here, so that there is one encoder in the program.
#[inline(never)]
fn encode(
    encoder: &mut LineEncoder,
    to: &mut Vec<u8>,
    layout: &LineLayout,
    head: &LineHead<'_>,
    body: LineBody<'_>,
) {
    encoder.append(to, layout, head, |out| body.write(out));
}

/// Returns how lines of a stream look in the style that its file does not have. They say as much.
fn other_layout(stream: &StreamSettings) -> LineLayout {
    let layout = &stream.layout;
    LineLayout {
        style: if layout.style == LineStyle::Json {
            LineStyle::Text(stream.multiline)
        } else {
            LineStyle::Json
        },
        location: layout.needed_location(),
        has_thread: layout.names_thread(),
        has_id: layout.has_id,
        template: None,
    }
}
