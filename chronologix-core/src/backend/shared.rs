//! What the writer of a logger shares with the logger's handles and with its retention thread.

use std::{
    sync::{
        Arc, OnceLock,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use crate::{
    Stats,
    config::Settings,
    error_reporter::ErrorReporter,
    queue::{command::Command, oneshot, registry::QueueRegistry},
    sinks::SinkStats,
    stats::{CountedStatements, Counters},
    stream::{Declaration, DeclaredStreams, Levels},
    worker::Worker,
};

/// A running logger, as its writer and its handles know it.
#[derive(Debug)]
pub(crate) struct SharedState {
    pub(crate) settings: Settings,
    pub(crate) queues: Arc<QueueRegistry>,
    /// The same in a forked child: handles made before the fork compare with these.
    pub(crate) levels: Arc<Levels>,
    pub(crate) counters: Arc<Counters>,
    pub(crate) statements: Arc<CountedStatements>,
    pub(crate) error_reporter: Arc<ErrorReporter>,
    pub(crate) retention: Arc<RetentionHandle>,
    pub(crate) sink_stats: SinkStats,
    pub(crate) declared: Vec<DeclaredStreams>,
    /// The writer has ended.
    has_ended: AtomicBool,
    /// The same logger in a forked child.
    pub(crate) fork_child: OnceLock<Arc<Self>>,
}

/// Wakes and stops the retention thread.
///
/// The writer must not take a lock here: the retention thread runs only when no other thread wants
/// to, and might hold the lock for long. So this is a flag and `unpark`, and not a channel.
#[derive(Debug, Default)]
pub(crate) struct RetentionHandle {
    /// There may be something to do.
    is_due: AtomicBool,
    /// The thread ends at its next step.
    pub(crate) is_stopping: AtomicBool,
    /// The writer has closed its files, or is gone.
    has_writer_closed: AtomicBool,
    /// `None` if the logger has no retention.
    pub(crate) worker: OnceLock<Worker<()>>,
}

impl SharedState {
    /// Returns the state of a logger whose writer has not started.
    pub(crate) fn new(
        settings: Settings,
        queues: Arc<QueueRegistry>,
        levels: Arc<Levels>,
        error_reporter: ErrorReporter,
        declared: Vec<DeclaredStreams>,
    ) -> Self {
        Self {
            sink_stats: SinkStats::new(&settings.sinks),
            settings,
            queues,
            levels,
            counters: Arc::default(),
            statements: Arc::default(),
            error_reporter: Arc::new(error_reporter),
            retention: Arc::default(),
            declared,
            has_ended: AtomicBool::new(false),
            fork_child: OnceLock::new(),
        }
    }

    /// Sends the writer a command. Returns where its answer arrives, or `None` if there is no
    /// writer any more.
    pub(crate) fn send_command<T>(
        &self,
        command: impl FnOnce(oneshot::Sender<T>) -> Command,
    ) -> Option<oneshot::Receiver<T>> {
        let channel = &self.queues.channel;
        let answer = channel.commands.send(command);
        channel.parker.unpark_now();
        answer
    }

    /// Returns the counts since the start.
    pub(crate) fn stats(&self) -> Stats {
        let mut stats = self.counters.snapshot();
        let of_retired = self.queues.sum_up(|queue| {
            let depth = queue.depth();
            stats.queued += queue.newest();
            stats.queue_records += depth.records;
            stats.queue_bytes += depth.bytes;
            stats.dropped += depth.dropped;
        });
        stats.queued += of_retired;
        self.sink_stats.add_to(&mut stats);
        let declared = self.declared.iter().map(|streams| streams.declaration);
        stats.refused = self.queues.refused() + declared.map(Declaration::refused).sum::<u64>();
        stats
    }

    pub(crate) fn has_ended(&self) -> bool {
        self.has_ended.load(Ordering::SeqCst)
    }

    /// Ends the logger, for whatever reason its writer is gone, so that no caller waits for it any
    /// more. Returns the commands that came too late.
    pub(crate) fn end(&self) -> Vec<Command> {
        if !self.has_ended.swap(true, Ordering::SeqCst) {
            self.retention.stop();
            self.retention.writer_closed();
            self.queues.close();
            self.queues.for_each(|queue| {
                queue.refuse_waiting();
                queue.watermark.end(queue.newest(), thread::panicking());
            });
            for streams in &self.declared {
                streams.declaration.stopped();
            }
            self.queues.unregister();
        }
        // Last: a caller that finds no writer, or gets no answer, takes what is known by then as
        // final.
        self.queues.channel.commands.close()
    }
}

impl RetentionHandle {
    /// Makes the thread look at the tree. Never waits.
    pub(crate) fn notify(&self) {
        self.is_due.store(true, Ordering::SeqCst);
        if let Some(worker) = self.worker.get() {
            worker.unpark();
        }
    }

    /// Makes the thread end at its next step.
    pub(crate) fn stop(&self) {
        self.is_stopping.store(true, Ordering::SeqCst);
        self.notify();
    }

    /// Says that the writer has closed its files, so that they can be sealed.
    pub(crate) fn writer_closed(&self) {
        self.has_writer_closed.store(true, Ordering::SeqCst);
        self.notify();
    }

    /// Parks the thread until the writer has closed its files.
    pub(crate) fn wait_for_writer(&self) {
        while !self.has_writer_closed.load(Ordering::SeqCst) {
            self.park(None);
        }
    }

    /// Waits until the thread has ended, for `timeout` at most.
    pub(crate) fn join(&self, timeout: Duration) {
        if let Some(worker) = self.worker.get() {
            worker.join(timeout);
        }
    }

    /// Parks the thread until it is notified, or for `limit`.
    pub(crate) fn park(&self, limit: Option<Duration>) {
        let begun = Instant::now();
        while !self.is_due.swap(false, Ordering::SeqCst) {
            let Some(limit) = limit else {
                thread::park();
                continue;
            };
            let left = limit.saturating_sub(begun.elapsed());
            if left.is_zero() {
                return;
            }
            thread::park_timeout(left);
        }
    }
}
