//! What the writer of a logger shares with its handles.

use std::sync::{
    Arc, OnceLock,
    atomic::{AtomicBool, Ordering},
};

use crate::{
    Stats,
    config::Settings,
    error_reporter::ErrorReporter,
    queue::{command::Command, oneshot, registry::QueueRegistry},
    retention::RetentionHandle,
    sinks::{SinkStats, Sinks},
    stats::Counters,
    stream::{Declaration, Levels},
};

/// A running logger, as its writer and its handles know it.
#[derive(Debug)]
pub(crate) struct SharedState {
    pub(crate) settings: Settings,
    pub(crate) queues: Arc<QueueRegistry>,
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
        queues: Arc<QueueRegistry>,
        levels: Arc<Levels>,
        error_reporter: ErrorReporter,
        declaration: Option<&'static Declaration>,
    ) -> Self {
        Self {
            sink_stats: SinkStats::new(&settings.sinks),
            settings,
            queues,
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
    pub(crate) fn ask<T>(
        &self,
        command: impl FnOnce(oneshot::Sender<T>) -> Command,
    ) -> Option<oneshot::Receiver<T>> {
        let channel = &self.queues.channel;
        let answer = channel.commands.send(command);
        channel.parker.unpark_now();
        answer
    }

    /// Starts the sinks besides the files.
    pub(crate) fn open_sinks(&self) -> Sinks {
        Sinks::open(&self.settings.sinks, &self.sink_stats, &self.error_reporter)
    }

    /// Counts since the start.
    pub(crate) fn stats(&self) -> Stats {
        let mut stats = self.counters.snapshot();
        self.queues.for_each(|queue| {
            let depth = queue.depth();
            stats.queued += queue.newest();
            stats.queue_records += depth.records;
            stats.queue_bytes += depth.bytes;
            stats.dropped += depth.dropped;
        });
        self.sink_stats.add_to(&mut stats);
        stats.refused = self.queues.refused() + self.declaration.map_or(0, Declaration::refused);
        stats
    }

    pub(crate) fn has_ended(&self) -> bool {
        self.ended.load(Ordering::SeqCst)
    }

    /// There is no writer any more, for whatever reason: nobody may wait for it. Gives the commands that came too late.
    pub(crate) fn end(&self) -> Vec<Command> {
        if !self.ended.swap(true, Ordering::SeqCst) {
            self.upkeep.stop();
            self.queues.close();
            self.queues.for_each(|queue| {
                queue.refuse_waiting();
                queue
                    .watermark
                    .end(queue.newest(), std::thread::panicking());
            });
            if let Some(declaration) = self.declaration {
                declaration.stopped();
            }
            self.queues.unregister();
        }
        // Last, for whoever finds no writer, or gets no answer, takes what is known by then for the last word.
        self.queues.channel.commands.close()
    }
}
