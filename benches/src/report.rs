//! The result of one run, printed as one line of JSON by the run and read back by the runner.

use serde::{Deserialize, Serialize};

/// One run of one logger under one workload.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Report {
    pub(crate) logger: String,
    pub(crate) workload: String,
    pub(crate) records: u64,
    /// From the first call until the last caller was done.
    pub(crate) seconds_called: f64,
    /// From the first call until every byte was in the file. `None` if the logger cannot tell.
    pub(crate) seconds_in_file: Option<f64>,
    /// From the first call until the logger had stopped.
    pub(crate) seconds_stopped: f64,
    /// Nanoseconds a call took. `None` where single calls are not timed.
    pub(crate) latency: Option<Percentiles>,
    /// Before the files were checked.
    pub(crate) peak_memory_kib: Option<u64>,
    /// How many processors other processes kept busy during the run.
    pub(crate) others: Option<f64>,
    /// Of the calling threads, after warm-up. `None` where they are not counted.
    pub(crate) allocations_per_record: Option<f64>,
    /// What the logger's threads did. `None` where they are not watched.
    pub(crate) load: Option<Load>,
    /// Bytes found in the files.
    pub(crate) bytes: u64,
}

/// Nanoseconds that half, 99 % and 99.9 % of the calls did not exceed, and the longest.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(crate) struct Percentiles {
    pub(crate) p50: u64,
    pub(crate) p99: u64,
    pub(crate) p999: u64,
    pub(crate) max: u64,
}

/// What the threads of a logger did while they were watched.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(crate) struct Load {
    pub(crate) wake_ups_per_second: f64,
    /// How many processors they kept busy.
    pub(crate) processors: f64,
}
