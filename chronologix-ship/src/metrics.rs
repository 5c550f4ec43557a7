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

impl Metrics {
    /// Returns all numbers in the text format of Prometheus.
    pub(crate) fn to_text(&self) -> String {
        let mut text = String::new();
        let mut put = |name: &str, kind: &str, help: &str, value: i128| {
            let name = format!("chronologix_ship_{name}");
            // Writing to a string does not fail.
            let _ = write!(
                text,
                "# HELP {name} {help}\n# TYPE {name} {kind}\n{name} {value}\n"
            );
        };
        let counters = [
            (
                "records_total",
                "Records that the receiver answered with success.",
                &self.records,
            ),
            (
                "sent_bytes_total",
                "Bytes of request bodies, compressed.",
                &self.bytes,
            ),
            (
                "requests_total",
                "Requests that the receiver answered with success.",
                &self.delivered,
            ),
            (
                "retries_total",
                "Requests that failed and are tried again.",
                &self.retried,
            ),
            (
                "splits_total",
                "Requests that were too large and were cut in halves.",
                &self.split,
            ),
            (
                "set_aside_records_total",
                "Records that the receiver refused, kept in rejected.jsonl.",
                &self.set_aside,
            ),
            (
                "rejected_records_total",
                "Records that the receiver dropped from requests that it took.",
                &self.rejected,
            ),
        ];
        for (name, help, value) in counters {
            put(name, "counter", help, value.load(Relaxed).into());
        }
        let lag = self.lag_bytes.load(Relaxed).into();
        put(
            "lag_bytes",
            "gauge",
            "Bytes of the tree that are not read yet.",
            lag,
        );
        let last = self.last_success.load(Relaxed).into();
        let help = "When the receiver last answered with success; 0 before the first time.";
        put("last_success_timestamp_seconds", "gauge", help, last);
        let away = i128::from(self.is_away.load(Relaxed));
        put(
            "receiver_away",
            "gauge",
            "1 while the last try has failed.",
            away,
        );
        text
    }
}

#[cfg(test)]
mod tests;
