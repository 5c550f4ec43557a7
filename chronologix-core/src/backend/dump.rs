//! Dumps: what streams have kept in memory is written, because an error, a panic, a crash or the
//! program asks for it.
//!
//! An error is held back until the records that were kept before it have their lines, however many
//! batches those take. What is stamped after it stays in memory.

use std::{collections::VecDeque, mem};

use super::{
    dispatch::DumpSummary,
    merge::Batch,
    writer::{Writer, nanos},
};
use crate::{
    Level,
    clock::ClockReading,
    config::{KeepSettings, Settings},
    frontend::{callsite::ResolvedHeader, reentry},
    queue::{recorder::Kept, registry::QueueRegistry},
};

/// The lowest level of a record that asks for a dump.
const ASKING: Level = Level::Error;

/// The dumps of a logger.
#[derive(Debug)]
pub(crate) struct Dumps {
    /// By index of the stream: the streams whose kept records its errors ask for. Those are the
    /// streams whose files have the errors. Empty if no stream keeps records.
    asked: Vec<Vec<u16>>,
    /// By index of the stream: when an error or a panic may ask again, by the monotonic clock.
    due: Vec<u64>,
    /// What callers ask for.
    requests: Vec<DumpRequest>,
    /// Those that are being written, in order.
    pending: VecDeque<Dump>,
}

/// A dump that a caller asks for.
#[derive(Clone, Copy, Debug)]
pub(super) struct DumpRequest {
    /// `None`: all streams.
    pub(super) stream: Option<u16>,
    /// It counts as an error does: there is a pause between two.
    pub(super) is_limited: bool,
}

/// The records of one stream on their way.
#[derive(Debug)]
struct Dump {
    stream: u16,
    keep: KeepSettings,
    kept: Kept,
    /// The ticks of what asked for it.
    asked_at: u64,
    written: u64,
    /// The ticks of the first record and of the last, as far as they are written.
    between: Option<(u64, u64)>,
}

impl Dumps {
    pub(super) fn new(settings: &Settings) -> Self {
        let keeps = |stream: &u16| settings.streams[usize::from(*stream)].keep.is_some();
        let asked = settings.logged_streams().iter();
        let asked = asked.map(|stream| stream.targets.iter().copied().filter(keeps).collect());
        Self {
            asked: if settings.keeps() {
                asked.collect()
            } else {
                Vec::new()
            },
            due: vec![0; settings.logged],
            requests: Vec::new(),
            pending: VecDeque::new(),
        }
    }

    /// Returns whether no stream keeps records.
    pub(super) fn is_unused(&self) -> bool {
        self.asked.is_empty()
    }

    pub(super) fn request(&mut self, request: DumpRequest) {
        self.requests.push(request);
    }

    /// Begins the dumps that a record asks for, which is held back until they are written. Returns
    /// whether there are any.
    pub(super) fn begin_before(
        &mut self,
        record: ResolvedHeader,
        settings: &Settings,
        queues: &QueueRegistry,
        now: ClockReading,
    ) -> bool {
        if record.entry.callsite.level < Some(ASKING) {
            return false;
        }
        let asking = usize::from(record.stream);
        for at in 0..self.asked.get(asking).map_or(0, Vec::len) {
            let stream = self.asked[asking][at];
            self.begin(stream, true, record.ticks, (settings, queues), now.mono);
        }
        !self.pending.is_empty()
    }

    /// Begins the dumps that callers have asked for. Returns whether there are any.
    pub(super) fn begin_requested(
        &mut self,
        settings: &Settings,
        queues: &QueueRegistry,
        now: ClockReading,
    ) -> bool {
        for DumpRequest { stream, is_limited } in mem::take(&mut self.requests) {
            let all = (0..).take(self.due.len());
            for stream in all.filter(|it| stream.is_none_or(|stream| stream == *it)) {
                self.begin(stream, is_limited, now.ticks, (settings, queues), now.mono);
            }
        }
        !self.pending.is_empty()
    }

    /// Begins the dump of one stream, if it has kept anything, and if it is time.
    fn begin(
        &mut self,
        stream: u16,
        is_limited: bool,
        asked_at: u64,
        (settings, queues): (&Settings, &QueueRegistry),
        mono: u64,
    ) {
        let index = usize::from(stream);
        let recorder = &queues.channel.streams[index].recorder;
        let (Some(keep), Some(recorder)) = (settings.streams[index].keep, recorder) else {
            return;
        };
        if is_limited && mono < self.due[index] {
            return;
        }
        let kept = {
            // An allocator that logs must not wait for the recorder.
            let _inside = reentry::enter();
            recorder.take(asked_at)
        };
        if kept.is_empty() && kept.lost == 0 {
            return;
        }
        if is_limited {
            self.due[index] = mono.saturating_add(nanos(keep.every));
        }
        self.pending.push_back(Dump {
            stream,
            keep,
            kept,
            asked_at,
            written: 0,
            between: None,
        });
    }
}

impl Writer {
    /// Makes lines of the records of dumps that were begun, until the batch has so many bytes.
    /// Returns whether all have theirs.
    pub(super) fn add_kept(&mut self, room: usize, batch: &mut Batch) -> bool {
        let settings = &self.shared.settings;
        while let Some(dump) = self.dumps.pending.front_mut() {
            while let Some(kept) = dump.kept.pop() {
                // Never `None`: every number in a header comes from the table.
                let Some(entry) = self.merger.callsites().get(kept.header.callsite) else {
                    continue;
                };
                let wall = self.timeline.wall_at(kept.ticks);
                let folder = self.folders.folder_at(settings, wall);
                let keep = (dump.stream, dump.keep);
                self.dispatcher
                    .add_kept(settings, folder, wall, keep, entry, &kept);
                dump.written += 1;
                let first = dump.between.map_or(kept.ticks, |(first, _)| first);
                dump.between = Some((first, kept.ticks));
                batch.records += 1;
                batch.bytes += kept.bytes.len().max(1);
                if batch.bytes >= room {
                    return false;
                }
            }
            let wall = self.timeline.wall_at(dump.asked_at);
            let summary = DumpSummary {
                stream: dump.stream,
                keep: dump.keep,
                wall,
                records: dump.written,
                lost: dump.kept.lost,
                between: dump
                    .between
                    .map(|(first, last)| [first, last].map(|it| self.timeline.wall_at(it))),
            };
            let folder = self.folders.folder_at(settings, wall);
            self.dispatcher.add_dump(settings, folder, &summary);
            batch.records += 1;
            self.dumps.pending.pop_front();
        }
        true
    }
}
