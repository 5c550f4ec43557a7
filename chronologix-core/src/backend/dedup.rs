//! Deduplication: equal records in a row, in the streams that collapse them.
//!
//! The first record of a run is written as it is. Those that follow are counted, and one line says
//! how many there were: when a different record comes, when the stream's period has passed since
//! the first repeat, at a flush, and at the end.

use std::{mem, time::Duration};

use chronologix_schema::layout::{Folder, Multiline};

use super::merge::MergedRecord;
use super::writer::nanos;
use crate::{
    Level,
    clock::ClockReading,
    config::Settings,
    format::{
        line::{LineEncoder, LineHead},
        message::{LineStyle, MessageWriter},
    },
};

/// The runs of all streams.
#[derive(Debug)]
pub(crate) struct Dedup {
    /// By index of the stream; `None` where every record is written.
    runs: Vec<Option<RepeatRun>>,
    /// Whether any stream has one. Most loggers have none.
    is_used: bool,
    encoder: LineEncoder,
    /// Scratch space for the content of a record.
    content: Vec<u8>,
}

/// The last record of a stream that was written, and its repeats.
#[derive(Debug, Default)]
struct RepeatRun {
    /// Nanoseconds after which a line reports repeats.
    period: u64,
    /// Level, message and fields.
    content: Vec<u8>,
    folder: Option<Folder>,
    level: Option<Level>,
    repeats: u64,
    /// When the last repeat was logged.
    wall: i64,
    /// When a line must report the repeats, by the monotonic clock. Counts only if there are any.
    due: u64,
}

/// What a line has to report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct RepeatSummary {
    /// Index of the stream.
    pub(crate) stream: u16,
    pub(crate) level: Option<Level>,
    pub(crate) repeats: u64,
    /// When the last of them was logged.
    pub(crate) wall: i64,
}

/// What becomes of a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum RepeatVerdict {
    /// It is counted.
    Repeat,
    /// It is written, after a line about the repeats that were counted before it.
    New(Option<RepeatSummary>),
}

impl Dedup {
    pub(crate) fn new(settings: &Settings) -> Self {
        let run = |period: Duration| RepeatRun {
            period: nanos(period),
            ..RepeatRun::default()
        };
        let streams = settings.streams.iter();
        let runs: Vec<_> = streams.map(|stream| stream.dedup.map(run)).collect();
        Self {
            is_used: runs.iter().any(Option::is_some),
            runs,
            encoder: LineEncoder::new(settings.timestamp_format.clone(), settings.zone.clone()),
            content: Vec::new(),
        }
    }

    /// Returns whether repeats of this stream are counted.
    #[inline]
    pub(crate) fn covers(&self, stream: u16) -> bool {
        self.is_used && self.runs[usize::from(stream)].is_some()
    }

    /// Compares a record with the one before it. A folder never begins with a repeat, because it
    /// must be understood without the folder before it.
    pub(crate) fn judge(
        &mut self,
        record: &MergedRecord<'_>,
        folder: Folder,
        wall: i64,
        now: ClockReading,
    ) -> RepeatVerdict {
        let MergedRecord { header, bytes, .. } = *record;
        let Some(run) = &mut self.runs[usize::from(header.stream)] else {
            return RepeatVerdict::New(None);
        };
        self.content.clear();
        let level = header.entry.callsite.level;
        let layout = LineStyle::Text(Multiline::Escape).into();
        let head = LineHead::new("", 0, level);
        let fill = |out: &mut MessageWriter<'_>| header.entry.write_record(bytes, out);
        // Every content has the same timestamp, so that only the rest is compared.
        self.encoder.append(&mut self.content, &layout, &head, fill);
        if run.folder == Some(folder) && run.content == self.content {
            if run.repeats == 0 {
                run.due = now.mono.saturating_add(run.period);
            }
            run.repeats += 1;
            run.wall = wall;
            return RepeatVerdict::Repeat;
        }
        let before = run.take_summary(header.stream);
        mem::swap(&mut run.content, &mut self.content);
        run.folder = Some(folder);
        run.level = level;
        RepeatVerdict::New(before)
    }

    /// Returns when the next line must report repeats, by the monotonic clock.
    pub(crate) fn next_due(&self) -> Option<u64> {
        let repeated = self.runs.iter().flatten().filter(|run| run.repeats > 0);
        repeated.map(|run| run.due).min()
    }

    /// Returns a summary that is due, or any if `all`. To be called until there is none.
    pub(crate) fn next_due_summary(
        &mut self,
        now: ClockReading,
        all: bool,
    ) -> Option<RepeatSummary> {
        if !self.is_used {
            return None;
        }
        let runs = (0..).zip(&mut self.runs);
        let mut runs = runs.filter_map(|(stream, run)| Some((stream, run.as_mut()?)));
        runs.find_map(|(stream, run)| {
            let is_due = all || run.due <= now.mono;
            is_due.then(|| run.take_summary(stream)).flatten()
        })
    }
}

impl RepeatRun {
    fn take_summary(&mut self, stream: u16) -> Option<RepeatSummary> {
        let repeats = mem::take(&mut self.repeats);
        (repeats > 0).then_some(RepeatSummary {
            stream,
            level: self.level,
            repeats,
            wall: self.wall,
        })
    }
}
