//! The workloads by name, and what each of them is about.

use std::time::Duration;

use clap::ValueEnum;

use super::mirrored;
use crate::{check::Lines, order};

/// The workloads by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Workload {
    /// Call-side latency: one thread, one record every 2 µs
    W1One,
    /// Call-side latency: four threads, bursts of 20 every ms
    W1Four,
    /// Throughput without loss: one thread
    W2One,
    /// Throughput without loss: four threads
    W2Four,
    /// Each record on disk before the next: one thread
    W3One,
    /// Each record on disk before the next: 64 threads
    W3Threads,
    /// Each record on disk before the next: 64 tasks on a two-thread runtime
    W3Tasks,
    /// Each record written before the next: one thread
    W3WrittenOne,
    /// Each record written before the next: 64 threads
    W3WrittenThreads,
    /// Each record written before the next: 64 tasks on a two-thread runtime
    W3WrittenTasks,
    /// Throughput without loss: one thread, three streams, every tenth record to a mirrored one
    W4,
    /// 64 tasks on a two-thread runtime await each record: bursts of 20 every 16 ms
    W5Paced,
    /// 64 tasks on a two-thread runtime await each record: as fast as they can
    W5Full,
    /// Nothing is logged
    W6Idle,
    /// A hundred records a second
    W6Slow,
    /// Records that are filtered out
    W7,
    /// W2 with 1 thread
    #[value(name = "w8-threads-1")]
    W8Threads1,
    /// W2 with 4 threads
    #[value(name = "w8-threads-4")]
    W8Threads4,
    /// W2 with 16 threads
    #[value(name = "w8-threads-16")]
    W8Threads16,
    /// W2 with 64 threads
    #[value(name = "w8-threads-64")]
    W8Threads64,
    /// W2 with one thread that logs to 1 stream
    #[value(name = "w8-streams-1")]
    W8Streams1,
    /// W2 with one thread that logs to 10 streams
    #[value(name = "w8-streams-10")]
    W8Streams10,
    /// W2 with one thread that logs to 100 streams
    #[value(name = "w8-streams-100")]
    W8Streams100,
    /// W2 with one thread that logs to 1,000 streams
    #[value(name = "w8-streams-1000")]
    W8Streams1000,
    /// W2 with one thread and messages of 40 bytes
    #[value(name = "w8-bytes-40")]
    W8Bytes40,
    /// W2 with one thread and messages of 400 bytes
    #[value(name = "w8-bytes-400")]
    W8Bytes400,
    /// W2 with one thread and messages of 4 KiB
    #[value(name = "w8-bytes-4k")]
    W8Bytes4K,
    /// W2 with one thread and messages of 64 KiB
    #[value(name = "w8-bytes-64k")]
    W8Bytes64K,
}

/// Workloads that the same loggers can take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Group {
    /// W1
    CallSide,
    /// W2
    Throughput,
    /// W3, on disk
    Synced,
    /// W3, written
    Written,
    /// W4
    Mirrored,
    /// W5
    Awaiting,
    /// W6
    Idle,
    /// W7
    Filtered,
    /// W8, by threads
    ManyThreads,
    /// W8, by streams
    ManyStreams,
    /// W8, by bytes
    LongMessages,
}

/// How much of a workload is done.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Size {
    /// Records in all, where their number is given.
    pub(crate) records: u64,
    /// How long it goes on, where the time is given: in workloads whose loggers differ by orders of
    /// magnitude.
    pub(crate) duration: Duration,
}

impl Workload {
    pub(crate) fn group(self) -> Group {
        match self {
            Self::W1One | Self::W1Four => Group::CallSide,
            Self::W2One | Self::W2Four => Group::Throughput,
            Self::W3One | Self::W3Threads | Self::W3Tasks => Group::Synced,
            Self::W3WrittenOne | Self::W3WrittenThreads | Self::W3WrittenTasks => Group::Written,
            Self::W4 => Group::Mirrored,
            Self::W5Paced | Self::W5Full => Group::Awaiting,
            Self::W6Idle | Self::W6Slow => Group::Idle,
            Self::W7 => Group::Filtered,
            Self::W8Threads1 | Self::W8Threads4 | Self::W8Threads16 | Self::W8Threads64 => {
                Group::ManyThreads
            }
            Self::W8Streams1 | Self::W8Streams10 | Self::W8Streams100 | Self::W8Streams1000 => {
                Group::ManyStreams
            }
            Self::W8Bytes40 | Self::W8Bytes400 | Self::W8Bytes4K | Self::W8Bytes64K => {
                Group::LongMessages
            }
        }
    }

    /// Whether it is one of several sizes of the same.
    pub(crate) fn grows(self) -> bool {
        matches!(
            self.group(),
            Group::ManyThreads | Group::ManyStreams | Group::LongMessages
        )
    }

    /// Bytes that a message has at least.
    pub(super) fn message_bytes(self) -> usize {
        match self {
            Self::W8Bytes40 => 40,
            Self::W8Bytes400 => 400,
            Self::W8Bytes4K => 4 << 10,
            Self::W8Bytes64K => 64 << 10,
            _ => 0,
        }
    }

    pub(crate) fn is_on_tasks(self) -> bool {
        matches!(
            self,
            Self::W3Tasks | Self::W3WrittenTasks | Self::W5Paced | Self::W5Full
        )
    }

    /// Whether the time of a call is the result, rather than the records a second.
    pub(crate) fn is_about_latency(self) -> bool {
        matches!(self, Self::W1One | Self::W1Four | Self::W5Paced)
    }

    /// The size of a run, or of a smoke test.
    pub(crate) fn size(self, quick: bool) -> Size {
        let records = match self {
            Self::W2One | Self::W2Four | Self::W4 | Self::W5Full => 2_000_000,
            Self::W7 => 100_000_000,
            Self::W8Bytes400 => 250_000,
            Self::W8Bytes4K => 25_000,
            Self::W8Bytes64K => 2_000,
            it if it.grows() => 1_000_000,
            _ => 200_000,
        };
        if quick {
            Size {
                records: records / 20,
                duration: Duration::from_millis(200),
            }
        } else {
            Size {
                records,
                duration: Duration::from_secs(2),
            }
        }
    }

    /// More than the bytes that come to the files.
    pub(crate) fn bytes(self, size: Size) -> u64 {
        let line = order::LINE_BYTES + self.message_bytes() as u64;
        match self.group() {
            Group::Idle | Group::Filtered => 0,
            Group::Mirrored => size.records * line * 2,
            _ => size.records * line,
        }
    }

    /// The lines that must be in the files.
    pub(crate) fn lines(self) -> Vec<Lines> {
        match self.group() {
            Group::Mirrored => mirrored::lines(),
            Group::LongMessages => vec![Lines::long(self.message_bytes())],
            _ => vec![Lines::all()],
        }
    }
}
