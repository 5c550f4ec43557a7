//! What a run counts, and the same as text for Prometheus.

use std::{
    fmt::Write as _,
    sync::atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering::Relaxed},
};

/// Numbers of a run. They are read while it goes on.
#[derive(Debug, Default)]
pub(crate) struct Metrics {
    /// Records that were answered with success.
    pub(crate) records: AtomicU64,
    /// Bytes of the bodies of requests, compressed.
    pub(crate) bytes: AtomicU64,
    /// Requests that were answered with success.
    pub(crate) delivered: AtomicU64,
    /// Requests that are tried again.
    pub(crate) retried: AtomicU64,
    /// Requests that were cut in halves.
    pub(crate) split: AtomicU64,
    /// Records that went to the file of rejected records.
    pub(crate) set_aside: AtomicU64,
    /// Records that a receiver did not take of a request that it took.
    pub(crate) rejected: AtomicU64,
    /// Bytes of the tree that are still to be read.
    pub(crate) lag_bytes: AtomicU64,
    /// Seconds since 1970; 0 before the first.
    pub(crate) last_success: AtomicI64,
    /// The last try failed.
    pub(crate) is_away: AtomicBool,
}

/// What a run shows while it goes on.
pub(crate) trait Watched: Send + Sync {
    /// Returns all numbers in the text format of Prometheus.
    fn to_text(&self) -> String;

    /// Returns what the run waits for, if that does not answer.
    fn awaited(&self) -> Option<&'static str>;
}

/// A number as it is shown. One whose name ends in `_total` only grows.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Number {
    pub(crate) name: &'static str,
    pub(crate) help: &'static str,
    pub(crate) value: i128,
}

/// Returns numbers in the text format of Prometheus.
pub(crate) fn exposition(numbers: &[Number]) -> String {
    let mut text = String::new();
    for Number { name, help, value } in numbers {
        let kind = if name.ends_with("_total") {
            "counter"
        } else {
            "gauge"
        };
        let name = format!("chronologix_ship_{name}");
        // Writing to a string does not fail.
        let _ = write!(
            text,
            "# HELP {name} {help}\n# TYPE {name} {kind}\n{name} {value}\n"
        );
    }
    text
}

impl Watched for Metrics {
    fn to_text(&self) -> String {
        let count = |name, help, value: &AtomicU64| Number {
            name,
            help,
            value: value.load(Relaxed).into(),
        };
        exposition(&[
            count(
                "records_total",
                "Records that the receiver answered with success.",
                &self.records,
            ),
            count(
                "sent_bytes_total",
                "Bytes of request bodies, compressed.",
                &self.bytes,
            ),
            count(
                "requests_total",
                "Requests that the receiver answered with success.",
                &self.delivered,
            ),
            count(
                "retries_total",
                "Requests that failed and are tried again.",
                &self.retried,
            ),
            count(
                "splits_total",
                "Requests that were too large and were cut in halves.",
                &self.split,
            ),
            count(
                "set_aside_records_total",
                "Records that the receiver refused, kept in rejected.jsonl.",
                &self.set_aside,
            ),
            count(
                "rejected_records_total",
                "Records that the receiver dropped from requests that it took.",
                &self.rejected,
            ),
            count(
                "lag_bytes",
                "Bytes of the tree that are not read yet.",
                &self.lag_bytes,
            ),
            Number {
                name: "last_success_timestamp_seconds",
                help: "When the receiver last answered with success; 0 before the first time.",
                value: self.last_success.load(Relaxed).into(),
            },
            Number {
                name: "receiver_away",
                help: "1 while the last try has failed.",
                value: self.is_away.load(Relaxed).into(),
            },
        ])
    }

    fn awaited(&self) -> Option<&'static str> {
        self.is_away.load(Relaxed).then_some("receiver")
    }
}

#[cfg(test)]
mod tests;
