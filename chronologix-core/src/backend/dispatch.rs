//! From a record to the lines in the files it goes to.

use std::{mem, sync::Arc};

use chronologix_schema::layout::Statement;

use super::{
    dedup::{Dedup, RepeatSummary, Verdict},
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
        number::counted,
    },
    frontend::callsite::{CallsiteEntry, CallsiteTable},
    queue::{recorder::KeptRecord, spsc::Dropped},
    sinks::{RecordMeta, SinkLine, Sinks},
    stats::CountedStatements,
};

/// Adds lines to write buffers, and hands them to the sinks. All its memory is reused: after
/// warm-up a line costs no allocation.
#[derive(Debug)]
pub(crate) struct Dispatcher {
    encoder: LineEncoder,
    /// By index of the stream: how lines look that a sink wants in the other style.
    other_layouts: Vec<LineLayout>,
    /// Lines of some stream say where records come from.
    has_sources: bool,
    /// Lines of some stream have the id of their statement.
    has_ids: bool,
    /// Scratch space for a line that goes to several files.
    line: Vec<u8>,
    pub(crate) sinks: Sinks,
    pub(crate) dedup: Dedup,
    pub(crate) statements: StatementTable,
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
        Self {
            encoder: LineEncoder::new(settings.timestamp_format.clone(), settings.zone.clone())
                .redacted_by(settings.redactor.clone()),
            other_layouts: settings.streams.iter().map(other_layout).collect(),
            has_sources: settings.streams.iter().any(|it| it.layout.has_source()),
            has_ids: settings.streams.iter().any(|it| it.layout.has_id),
            line: Vec::new(),
            sinks,
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
        let Verdict::New(before) = self.dedup.judge(record, folder, wall, now) else {
            let header = &record.header;
            let at = self.statements.find(settings, header.entry, header.stream);
            self.statements.get(at).count_suppressed(1);
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
        record: &MergedRecord<'_>,
    ) {
        let MergedRecord { header, bytes, .. } = *record;
        let stream = &settings.streams[usize::from(header.stream)];
        let at = self.statements.find(settings, header.entry, header.stream);
        let (source, statement);
        let mut head = LineHead::new(&stream.name, wall, header.entry.callsite.level);
        if self.has_sources {
            statement = self.statement_with_id(at);
            source = Source {
                id: statement.as_ref().map_or("", |it| &it.id),
                thread: record.thread.unwrap_or_default(),
                ..header.entry.source(bytes)
            };
            head.source = Some(&source);
        }
        let fill = |out: &mut MessageWriter<'_>| header.entry.write_record(bytes, out);
        let bytes_written =
            self.add_line(settings, stream, folder, Some(record.origin), &head, fill);
        let statement = self.statements.get(at);
        statement.count_record(bytes_written);
        let left_out = header.entry.left_out_before(bytes);
        if left_out > 0 {
            statement.count_suppressed(left_out);
        }
    }

    /// Returns the statement of an index, if lines have its id.
    fn statement_with_id(&self, at: usize) -> Option<Arc<Statement>> {
        let statement = &self.statements.get(at).statement;
        self.has_ids.then(|| Arc::clone(statement))
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
                let at = self.statements.find(settings, entry, dropped.stream);
                self.statements.get(at).count_dropped(*records);
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
        let at = self.statements.find(settings, entry, owner);
        let (source, statement);
        let mut head = LineHead::new(&stream.name, wall, entry.callsite.level);
        if self.has_sources {
            statement = self.statement_with_id(at);
            source = Source {
                id: statement.as_ref().map_or("", |it| &it.id),
                thread: record.thread.unwrap_or_default(),
                ..entry.source(bytes)
            };
            head.source = Some(&source);
        }
        let fill = |out: &mut MessageWriter<'_>| entry.write_record(bytes, out);
        folder.begin_line(keep.dumped_to, None);
        let buffer = folder.buffer(keep.dumped_to);
        let from = buffer.len();
        self.encoder.append(buffer, &stream.layout, &head, fill);
        let bytes_written = buffer.len() - from;
        self.statements.get(at).count_record(bytes_written);
        let meta = RecordMeta {
            stream: owner,
            // Without files the console is all there is, so it shows them whatever it leaves out.
            level: if settings.no_files {
                head.level.max(Some(Level::Error))
            } else {
                head.level
            },
        };
        if self.sinks.shows(meta) {
            self.push_to_sinks((owner, stream), &head, &buffer[from..], fill);
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
            let [first, last] = between.map(|wall| self.encoder.timestamp(wall));
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
        let fill = |out: &mut MessageWriter<'_>| out.literal(&text);
        let head = LineHead::new(&stream.name, dump.wall, Some(Level::Info));
        self.add_line(settings, stream, folder, None, &head, fill);
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
        let mut stamp = |ticks| self.encoder.timestamp(timeline.wall_at(ticks));
        let text = format!(
            "chronologix: {} dropped (queue full) from {} to {}",
            counted(dropped.records, "record"),
            stamp(first),
            stamp(last)
        );
        let fill = |out: &mut MessageWriter<'_>| out.literal(&text);
        let now = timeline.now().wall;
        let head = LineHead::new(&stream.name, now, Some(Level::Warn));
        self.add_line(settings, stream, folder, None, &head, fill);
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
        let head = LineHead::new(&stream.name, summary.wall, summary.level);
        self.add_line(settings, stream, folder, None, &head, fill);
    }

    /// Returns the bytes of the lines, in all files.
    fn add_line(
        &mut self,
        settings: &Settings,
        stream: &StreamSettings,
        folder: &mut OpenFolder,
        origin: Option<RecordOrigin>,
        head: &LineHead<'_>,
        fill: impl Fn(&mut MessageWriter<'_>),
    ) -> usize {
        // A stream is the first of its targets.
        folder.begin_line(stream.targets[0], origin);
        if let [only] = stream.targets.as_slice() {
            // The usual case: the line is made where it is written from.
            let buffer = folder.buffer(*only);
            let from = buffer.len();
            self.encoder.append(buffer, &stream.layout, head, &fill);
            let bytes = buffer.len() - from;
            if self.is_for_sinks(*only, head.level) {
                self.push_to_sinks((*only, stream), head, &buffer[from..], fill);
            }
            return bytes;
        }
        let mut bytes = 0;
        let mut line = mem::take(&mut self.line);
        let mut made_for = None;
        for target in &stream.targets {
            let layout = &settings.streams[usize::from(*target)].layout;
            // Files of the same layout share one line.
            if made_for != Some(layout) {
                line.clear();
                self.encoder.append(&mut line, layout, head, &fill);
                made_for = Some(layout);
            }
            folder.buffer(*target).extend_from_slice(&line);
            bytes += line.len();
            let is_own = Some(target) == stream.targets.first();
            if is_own && self.is_for_sinks(*target, head.level) {
                self.push_to_sinks((*target, stream), head, &line, &fill);
            }
        }
        self.line = line;
        bytes
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
        fill: impl Fn(&mut MessageWriter<'_>),
    ) {
        let line = SinkLine {
            level: head.level,
            line,
            is_json: stream.layout.style == LineStyle::Json,
        };
        let other = &self.other_layouts[usize::from(index)];
        self.sinks
            .push(line, |out| self.encoder.append(out, other, head, fill));
    }
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
