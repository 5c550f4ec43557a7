//! The counters of a logger.

use std::{
    fmt,
    ops::Sub,
    sync::atomic::{AtomicU64, Ordering},
    time::Duration,
};

#[cfg(test)]
mod tests;

/// Counters since the logger was started. Each is read by itself, so they may differ by what
/// happened in between.
///
/// `Display` prints them on one line. The difference of two is what happened between them:
///
/// ```
/// # use chronologix_core::Config;
/// # let dir = tempfile::tempdir().unwrap();
/// # let logger = Config::new().base_log_dir(dir.path()).start_blocking()?;
/// logger.stream("all")?.log(format_args!("one")).written().wait()?;
/// let before = logger.stats();
/// assert_eq!(before.written, 1);
/// logger.stream("all")?.log(format_args!("two")).written().wait()?;
/// assert_eq!((logger.stats() - before).written, 1);
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
    /// Records known to be on disk because a sync was requested. A clean stop syncs all.
    pub synced: u64,
    /// Records dropped because the queue was full.
    pub dropped: u64,
    /// Records logged before the start (those since the last stop) or after the stop.
    pub refused: u64,
    /// Records that could not be written or synced, and whose callers got an error.
    pub records_failed: u64,
    /// Bytes written, mirrors included.
    pub bytes_written: u64,
    /// Records in the queue that the writer has not taken yet.
    pub queue_records: u64,
    /// Bytes they take, including records that wait for room.
    pub queue_bytes: u64,
    /// Times another interval folder became the current one.
    pub rollovers: u64,
    /// Files synced.
    pub syncs: u64,
    /// Time spent syncing.
    pub sync_time: Duration,
    /// Failed operations on files and folders, each attempt counted.
    pub disk_errors: u64,
    /// Files of closed folders compressed, or folders packed.
    pub files_compressed: u64,
    /// Closed folders removed, or their archives.
    pub folders_removed: u64,
    /// Lines that the [echo](crate::Config::echo) left out because its terminal or pipe was too
    /// slow.
    pub echo_dropped: u64,
    /// Calls of [hooks](crate::Config::hook) that have ended, in whatever way.
    /// [`Logger::hook_stats`](crate::Logger::hook_stats) has them hook by hook.
    pub hook_calls: u64,
    /// Calls of hooks that failed, panicked or timed out.
    pub hook_failures: u64,
    /// Records that were dropped because the queue of a hook was full, counted for each hook.
    pub hook_dropped: u64,
}

impl Sub for Stats {
    type Output = Self;

    /// Returns what was counted since `earlier`. The depth of the queue, which is no counter, is
    /// that of `self`. A counter that is lower than before, because another logger was started in
    /// between, gives 0.
    fn sub(self, earlier: Self) -> Self {
        Self {
            queued: self.queued.saturating_sub(earlier.queued),
            written: self.written.saturating_sub(earlier.written),
            synced: self.synced.saturating_sub(earlier.synced),
            dropped: self.dropped.saturating_sub(earlier.dropped),
            refused: self.refused.saturating_sub(earlier.refused),
            records_failed: self.records_failed.saturating_sub(earlier.records_failed),
            bytes_written: self.bytes_written.saturating_sub(earlier.bytes_written),
            queue_records: self.queue_records,
            queue_bytes: self.queue_bytes,
            rollovers: self.rollovers.saturating_sub(earlier.rollovers),
            syncs: self.syncs.saturating_sub(earlier.syncs),
            sync_time: self.sync_time.saturating_sub(earlier.sync_time),
            disk_errors: self.disk_errors.saturating_sub(earlier.disk_errors),
            files_compressed: self
                .files_compressed
                .saturating_sub(earlier.files_compressed),
            folders_removed: self.folders_removed.saturating_sub(earlier.folders_removed),
            echo_dropped: self.echo_dropped.saturating_sub(earlier.echo_dropped),
            hook_calls: self.hook_calls.saturating_sub(earlier.hook_calls),
            hook_failures: self.hook_failures.saturating_sub(earlier.hook_failures),
            hook_dropped: self.hook_dropped.saturating_sub(earlier.hook_dropped),
        }
    }
}

impl fmt::Display for Stats {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "records: {} queued, {} written, {} synced, {} dropped, {} refused, {} failed; \
             bytes written: {}; queue: {} records, {} bytes; syncs: {} in {:?}; disk errors: {}; \
             rollovers: {}; files compressed: {}; folders removed: {}; lines not echoed: {}; \
             hook calls: {}, {} failed, {} records dropped",
            self.queued,
            self.written,
            self.synced,
            self.dropped,
            self.refused,
            self.records_failed,
            self.bytes_written,
            self.queue_records,
            self.queue_bytes,
            self.syncs,
            self.sync_time,
            self.disk_errors,
            self.rollovers,
            self.files_compressed,
            self.folders_removed,
            self.echo_dropped,
            self.hook_calls,
            self.hook_failures,
            self.hook_dropped,
        )
    }
}

/// The counters of the writer and the retention worker, which alone add to them.
#[derive(Debug, Default)]
pub(crate) struct Counters {
    pub(crate) written: AtomicU64,
    pub(crate) synced: AtomicU64,
    pub(crate) dropped: AtomicU64,
    pub(crate) records_failed: AtomicU64,
    pub(crate) bytes_written: AtomicU64,
    pub(crate) rollovers: AtomicU64,
    pub(crate) syncs: AtomicU64,
    pub(crate) sync_nanos: AtomicU64,
    pub(crate) disk_errors: AtomicU64,
    pub(crate) files_compressed: AtomicU64,
    pub(crate) folders_removed: AtomicU64,
}

impl Counters {
    pub(crate) fn add(counter: &AtomicU64, by: u64) {
        counter.fetch_add(by, Ordering::Relaxed);
    }

    /// Counts everything that was written as synced, at the end.
    pub(crate) fn all_written_is_synced(&self) {
        self.synced
            .store(self.written.load(Ordering::Relaxed), Ordering::Relaxed);
    }

    /// Returns the counters as they are. What is counted elsewhere is 0.
    pub(crate) fn snapshot(&self) -> Stats {
        let read = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        Stats {
            written: read(&self.written),
            synced: read(&self.synced),
            dropped: read(&self.dropped),
            records_failed: read(&self.records_failed),
            bytes_written: read(&self.bytes_written),
            rollovers: read(&self.rollovers),
            syncs: read(&self.syncs),
            sync_time: Duration::from_nanos(read(&self.sync_nanos)),
            disk_errors: read(&self.disk_errors),
            files_compressed: read(&self.files_compressed),
            folders_removed: read(&self.folders_removed),
            ..Stats::default()
        }
    }
}
