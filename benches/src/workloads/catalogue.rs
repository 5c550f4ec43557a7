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
    /// Throughput without loss: one thread, three streams, every tenth record to a mirrored one
    W4,
    /// 64 tasks on a two-thread runtime await each record: bursts of 20 every 16 ms
    W5Paced,
    /// 64 tasks on a two-thread runtime await each record: as fast as they can
    W5Full,
}

/// Workloads that the same loggers can take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Group {
    /// W1
    CallSide,
    /// W2
    Throughput,
    /// W3
    Synced,
    /// W4
    Mirrored,
    /// W5
    Awaiting,
}

/// How much of a workload is done.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Size {
    /// Records in all, where their number is given.
    pub(crate) records: u64,
    /// How long it goes on, where the time is given: in workloads whose loggers differ by orders of magnitude.
    pub(crate) duration: Duration,
}

impl Workload {
    pub(crate) fn group(self) -> Group {
        match self {
            Self::W1One | Self::W1Four => Group::CallSide,
            Self::W2One | Self::W2Four => Group::Throughput,
            Self::W3One | Self::W3Threads | Self::W3Tasks => Group::Synced,
            Self::W4 => Group::Mirrored,
            Self::W5Paced | Self::W5Full => Group::Awaiting,
        }
    }

    pub(crate) fn is_on_tasks(self) -> bool {
        matches!(self, Self::W3Tasks | Self::W5Paced | Self::W5Full)
    }

    /// Whether the time of a call is the result, rather than the records a second.
    pub(crate) fn is_about_latency(self) -> bool {
        matches!(self, Self::W1One | Self::W1Four | Self::W5Paced)
    }

    /// The size of a run, or of a smoke test.
    pub(crate) fn size(self, quick: bool) -> Size {
        let records = match self {
            Self::W2One | Self::W2Four | Self::W4 | Self::W5Full => 2_000_000,
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
        let files = match self.group() {
            Group::Mirrored => 2,
            _ => 1,
        };
        files * size.records * order::LINE_BYTES
    }

    /// The lines that must be in the files.
    pub(crate) fn lines(self) -> Vec<Lines> {
        match self.group() {
            Group::Mirrored => mirrored::lines(),
            _ => vec![Lines::all()],
        }
    }
}
