//! What the writer of a logger shares with its handles.

use std::sync::{
    Arc, OnceLock,
    atomic::{AtomicBool, Ordering},
};

use crate::{
    Stats,
    config::Settings,
    error_reporter::ErrorReporter,
    queue::{
        command::Request,
        oneshot::{Answer, Reply},
        registry::Lanes,
    },
    retention::RetentionHandle,
    sinks::{SinkStats, Sinks},
    stats::Counters,
    stream::{Declaration, Levels},
};

/// A running logger, as its writer and its handles know it.
#[derive(Debug)]
pub(crate) struct SharedState {
    pub(crate) settings: Settings,
    pub(crate) lanes: Arc<Lanes>,
    /// The same in all processes that have it from this one.
    pub(crate) levels: Arc<Levels>,
    pub(crate) counters: Counters,
    pub(crate) error_reporter: Arc<ErrorReporter>,
    pub(crate) upkeep: RetentionHandle,
    pub(crate) sink_stats: SinkStats,
    pub(crate) declaration: Option<&'static Declaration>,
    /// The writer has ended.
    ended: AtomicBool,
    /// The same logger in a forked child.
    pub(crate) fork_child: OnceLock<Arc<Self>>,
}

impl SharedState {
    /// A logger that has not begun.
    pub(crate) fn new(
        settings: Settings,
        lanes: Arc<Lanes>,
        levels: Arc<Levels>,
        error_reporter: ErrorReporter,
        declaration: Option<&'static Declaration>,
    ) -> Self {
        Self {
            sink_stats: SinkStats::new(&settings.sinks),
            settings,
            lanes,
            levels,
            counters: Counters::default(),
            error_reporter: Arc::new(error_reporter),
            upkeep: RetentionHandle::default(),
            declaration,
            ended: AtomicBool::new(false),
            fork_child: OnceLock::new(),
        }
    }

    /// Asks the writer for something; `None` if there is none any more.
    pub(crate) fn ask<T>(&self, request: impl FnOnce(Reply<T>) -> Request) -> Option<Answer<T>> {
        let rules = &self.lanes.rules;
        let answer = rules.requests.put(request);
        rules.wake.call();
        answer
    }

    /// Starts the sinks besides the files.
    pub(crate) fn open_sinks(&self) -> Sinks {
        Sinks::open(&self.settings.sinks, &self.sink_stats, &self.error_reporter)
    }

    /// Counts since the start.
    pub(crate) fn stats(&self) -> Stats {
        let mut stats = self.counters.snapshot();
        self.lanes.for_each(|lane| {
            let depth = lane.depth();
            stats.queued += lane.newest();
            stats.queue_records += depth.records;
            stats.queue_bytes += depth.bytes;
            stats.dropped += depth.dropped;
        });
        self.sink_stats.add_to(&mut stats);
        stats.refused = self.lanes.refused() + self.declaration.map_or(0, Declaration::refused);
        stats
    }

    pub(crate) fn has_ended(&self) -> bool {
        self.ended.load(Ordering::SeqCst)
    }

    /// There is no writer any more, for whatever reason: nobody may wait for it. Gives the requests that came too late.
    pub(crate) fn end(&self) -> Vec<Request> {
        if !self.ended.swap(true, Ordering::SeqCst) {
            self.upkeep.stop();
            self.lanes.close();
            self.lanes.for_each(|lane| {
                lane.refuse_parked();
                lane.progress.end(lane.newest(), std::thread::panicking());
            });
            if let Some(declaration) = self.declaration {
                declaration.stopped();
            }
            self.lanes.forget();
        }
        // Last, for whoever finds no writer, or gets no answer, takes what is known by then for the last word.
        self.lanes.rules.requests.close()
    }
}
