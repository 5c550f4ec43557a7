//! Plain numbers about a logger.

use std::sync::atomic::{AtomicU64, Ordering};

/// Counts since the logger was started. Read at one moment each, so they may differ by what happened in between.
///
/// ```
/// # use chronologix_core::Config;
/// # let dir = tempfile::tempdir().unwrap();
/// # let logger = Config::new().base_log_dir(dir.path()).start_blocking()?;
/// logger.stream("all")?.log(format_args!("one")).written().wait()?;
/// assert_eq!(logger.stats().written, 1);
/// # logger.stop_blocking()?;
/// # Ok::<(), chronologix_core::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Stats {
    /// Records that entered the queue.
    pub queued: u64,
    /// Records handed to the operating system, with all their mirrors.
    pub written: u64,
    /// Records known to be on disk because a sync was asked for. A clean stop asks for all.
    pub synced: u64,
    /// Records dropped because the queue was full.
    pub dropped: u64,
    /// Records not taken: logged before the start (those since the last stop) or after the stop.
    pub refused: u64,
    /// Records that could not be written or synced, and whose callers were told so.
    pub failed: u64,
    /// Bytes written, mirrors included.
    pub bytes: u64,
    /// Records in the queue that the writer has not taken yet.
    pub queue_records: u64,
    /// Bytes they take, those that wait for room included.
    pub queue_bytes: u64,
    /// Times another interval folder became the current one.
    pub rollovers: u64,
    /// Files synced.
    pub syncs: u64,
    /// Nanoseconds spent syncing.
    pub sync_nanos: u64,
    /// Failures of the disk, each attempt counted.
    pub disk_errors: u64,
    /// Files of closed folders compressed, or folders packed.
    pub compressed: u64,
    /// Closed folders removed, or their archives.
    pub removed: u64,
    /// Lines that the [echo](crate::Config::echo) left out because its terminal or pipe was too slow.
    pub echo_dropped: u64,
    /// Calls of [hooks](crate::Config::hook) that came to an end, good or bad. [`Logger::hooks`](crate::Logger::hooks) has them one by one.
    pub hook_calls: u64,
    /// Calls of hooks that failed, panicked or took too long.
    pub hook_failures: u64,
    /// Records that found the queue of a hook full, counted for each hook.
    pub hook_dropped: u64,
}

/// The counters the writer and the upkeep keep. Written by them alone; read by anyone.
#[derive(Debug, Default)]
pub(crate) struct Counters {
    pub(crate) written: AtomicU64,
    pub(crate) synced: AtomicU64,
    pub(crate) dropped: AtomicU64,
    pub(crate) failed: AtomicU64,
    pub(crate) bytes: AtomicU64,
    pub(crate) rollovers: AtomicU64,
    pub(crate) syncs: AtomicU64,
    pub(crate) sync_nanos: AtomicU64,
    pub(crate) disk_errors: AtomicU64,
    pub(crate) compressed: AtomicU64,
    pub(crate) removed: AtomicU64,
}

impl Counters {
    pub(crate) fn add(counter: &AtomicU64, by: u64) {
        counter.fetch_add(by, Ordering::Relaxed);
    }

    /// Everything was synced at the end.
    pub(crate) fn all_written_is_synced(&self) {
        self.synced
            .store(self.written.load(Ordering::Relaxed), Ordering::Relaxed);
    }

    /// The counters as they are; what is counted elsewhere is left at 0.
    pub(crate) fn snapshot(&self) -> Stats {
        let read = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        Stats {
            written: read(&self.written),
            synced: read(&self.synced),
            dropped: read(&self.dropped),
            failed: read(&self.failed),
            bytes: read(&self.bytes),
            rollovers: read(&self.rollovers),
            syncs: read(&self.syncs),
            sync_nanos: read(&self.sync_nanos),
            disk_errors: read(&self.disk_errors),
            compressed: read(&self.compressed),
            removed: read(&self.removed),
            ..Stats::default()
        }
    }
}
