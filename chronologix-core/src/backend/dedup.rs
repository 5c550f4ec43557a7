//! Records that say the same as the one before, in the streams that collapse them.
//!
//! The first of a run is written as it is. Those that follow are counted, and one line tells how many there were: when another record comes, when
//! the stream's period has passed since the first of them, when somebody asks for a flush, at the end.

use super::{dispatch::Dispatcher, rollover::IntervalFolders, writer::Writer};
use chronologix_schema::layout::{Folder, Multiline};

use crate::{
    Level,
    clock::ClockReading,
    codec::field_codec,
    config::Settings,
    format::{
        line::LineEncoder,
        message::{LineStyle, MessageWriter},
    },
    frontend::callsite::ResolvedHeader,
};

/// The runs of all streams.
#[derive(Debug)]
pub(crate) struct Dedup {
    /// By index of the stream; `None` where every record is written.
    runs: Vec<Option<RepeatRun>>,
    /// Whether there are any: most loggers have none.
    are_any: bool,
    encoder: LineEncoder,
    /// What a record says.
    saying: Vec<u8>,
}

/// What the last records of a stream said.
#[derive(Debug)]
struct RepeatRun {
    /// After so many nanoseconds a line tells of repeats.
    period: u64,
    /// Level, message and fields of the record that was written last, and the folder it lies in.
    said: Vec<u8>,
    folder: Option<Folder>,
    level: Option<Level>,
    repeats: u64,
    /// When the last repeat was logged.
    wall: i64,
    /// When a line must tell of the repeats, by the monotonic clock; counts only if there are any.
    due: u64,
}

impl Writer {
    /// Makes the lines that tell of repeats, those that are due or all; they are written with the next others. Gives how many there were.
    pub(crate) fn tell_of_repeats(&mut self, all: bool) -> u64 {
        let now = self.timeline.now();
        let Self {
            lines,
            folders,
            shared,
            ..
        } = self;
        let mut told = 0;
        while let Some(repeated) = lines.repeats.next_told(now, all) {
            let folder = folders.of(&shared.settings, repeated.wall);
            lines.add_repeated(&shared.settings, folder, repeated);
            told += 1;
        }
        told
    }
}

impl Dispatcher {
    /// Whether a record says the same as the one before, and is only counted. If it ends a run, the line that tells of it is added.
    #[inline]
    pub(crate) fn count_repeat(
        &mut self,
        settings: &Settings,
        folders: &mut IntervalFolders,
        record: (ResolvedHeader, &[u8]),
        wall: i64,
        now: ClockReading,
    ) -> bool {
        if !self.repeats.are_any || self.repeats.runs[usize::from(record.0.stream)].is_none() {
            return false;
        }
        let folder = folders.of(settings, wall).folder;
        match self.repeats.judge(record, folder, wall, now) {
            Verdict::Repeat => true,
            Verdict::New(before) => {
                if let Some(repeated) = before {
                    self.add_repeated(settings, folders.of(settings, repeated.wall), repeated);
                }
                false
            }
        }
    }
}

/// What a line has to tell.
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
enum Verdict {
    /// It is counted.
    Repeat,
    /// It is written, after a line that tells of what was counted before it.
    New(Option<RepeatSummary>),
}

impl Dedup {
    pub(crate) fn new(settings: &Settings) -> Self {
        let run = |period: std::time::Duration| RepeatRun {
            period: super::writer::nanos(period),
            said: Vec::new(),
            folder: None,
            level: None,
            repeats: 0,
            wall: 0,
            due: 0,
        };
        let streams = settings.streams.iter();
        let runs: Vec<_> = streams.map(|stream| stream.dedup.map(run)).collect();
        Self {
            are_any: runs.iter().any(Option::is_some),
            runs,
            encoder: LineEncoder::new(settings.timestamp_format.clone(), settings.zone.clone()),
            saying: Vec::new(),
        }
    }

    /// Compares a record with the one before it. A folder never begins with a repeat: it must be understood without the folder before.
    fn judge(
        &mut self,
        (header, bytes): (ResolvedHeader, &[u8]),
        folder: Folder,
        wall: i64,
        now: ClockReading,
    ) -> Verdict {
        let Some(run) = &mut self.runs[usize::from(header.stream)] else {
            return Verdict::New(None);
        };
        self.saying.clear();
        let level = header.entry.callsite.level;
        // Always with the same stamp.
        let style = LineStyle::Text(Multiline::Escape);
        let fill =
            |out: &mut MessageWriter<'_>| field_codec::render_record(header.entry, bytes, out);
        self.encoder
            .append(&mut self.saying, style, "", 0, level, fill);
        if run.folder == Some(folder) && run.said == self.saying {
            if run.repeats == 0 {
                run.due = now.mono.saturating_add(run.period);
            }
            run.repeats += 1;
            run.wall = wall;
            return Verdict::Repeat;
        }
        let before = run.end(header.stream);
        std::mem::swap(&mut run.said, &mut self.saying);
        run.folder = Some(folder);
        run.level = level;
        Verdict::New(before)
    }

    /// When the next line must tell of repeats, by the monotonic clock.
    pub(crate) fn next_due(&self) -> Option<u64> {
        let repeated = self.runs.iter().flatten().filter(|run| run.repeats > 0);
        repeated.map(|run| run.due).min()
    }

    /// What a line has to tell by now, or in any case. Asked again until there is nothing.
    fn next_told(&mut self, now: ClockReading, in_any_case: bool) -> Option<RepeatSummary> {
        if !self.are_any {
            return None;
        }
        let runs = (0..).zip(&mut self.runs);
        let mut runs = runs.filter_map(|(stream, run)| Some((stream, run.as_mut()?)));
        runs.find_map(|(stream, run)| {
            let is_due = in_any_case || run.due <= now.mono;
            if is_due { run.end(stream) } else { None }
        })
    }
}

impl RepeatRun {
    fn end(&mut self, stream: u16) -> Option<RepeatSummary> {
        let repeats = std::mem::take(&mut self.repeats);
        (repeats > 0).then_some(RepeatSummary {
            stream,
            level: self.level,
            repeats,
            wall: self.wall,
        })
    }
}
