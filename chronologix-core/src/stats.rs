//! The counters of a logger.

use std::{fmt, ops::Sub, sync::atomic::Ordering, time::Duration};

pub(crate) use self::statements::{CountedStatement, CountedStatements};
pub use self::statements::{StatementStats, Statements};
use crate::AtomicU64;

mod statements;
#[cfg(test)]
mod tests;

/// Counters since the logger was started. Each is read by itself, so they may differ by what
/// happened in between.
///
/// [`Logger::statements`](crate::Logger::statements) counts by log statement.
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
    /// Bytes written, mirrors included, headers of files aside. Without files, those on the
    /// console.
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
        macro_rules! since {
            ($($counter:ident)*) => {
                Self {
                    $($counter: self.$counter.saturating_sub(earlier.$counter),)*
                    queue_records: self.queue_records,
                    queue_bytes: self.queue_bytes,
                }
            };
        }
        since! {
            queued written synced dropped refused records_failed bytes_written rollovers syncs
            sync_time disk_errors files_compressed folders_removed echo_dropped hook_calls
            hook_failures hook_dropped
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

/// Defines the counters, and how they get into [`Stats`]. The names are the same in both.
macro_rules! counters {
    ($($counter:ident)*) => {
        /// The counters of the writer and the retention worker, which alone add to them.
        #[derive(Debug, Default)]
        pub(crate) struct Counters {
            $(pub(crate) $counter: AtomicU64,)*
            pub(crate) sync_nanos: AtomicU64,
        }

        impl Counters {
            /// Returns the counters as they are. What is counted elsewhere is 0.
            pub(crate) fn snapshot(&self) -> Stats {
                Stats {
                    $($counter: self.$counter.load(Ordering::Relaxed),)*
                    sync_time: Duration::from_nanos(self.sync_nanos.load(Ordering::Relaxed)),
                    ..Stats::default()
                }
            }
        }
    };
}

counters! {
    written synced dropped records_failed bytes_written rollovers syncs disk_errors
    files_compressed folders_removed
}

/// Returns `1 record` or `2 records`, for messages.
pub(crate) fn counted(number: u64, noun: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{number} {noun}{plural}")
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
}
