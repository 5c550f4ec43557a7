//! What a run that ships folders counts.

use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering::Relaxed};

use crate::metrics::{Number, Watched, exposition};

/// Numbers of a run. They are read while it goes on.
#[derive(Debug, Default)]
pub(crate) struct ObjectMetrics {
    /// Objects that the store has taken.
    pub(crate) objects: AtomicU64,
    /// Their bytes.
    pub(crate) bytes: AtomicU64,
    /// Folders of which at least one object was taken.
    pub(crate) folders: AtomicU64,
    /// Uploads that are tried again.
    pub(crate) retried: AtomicU64,
    /// Closed folders that the last look found and that are not shipped.
    pub(crate) waiting: AtomicU64,
    /// All that the last look found.
    pub(crate) found: AtomicU64,
    /// When the first of those that wait begins: seconds since 1970, 0 for none.
    pub(crate) oldest: AtomicI64,
    /// Folders that cannot be read.
    pub(crate) unreadable: AtomicU64,
    /// Seconds since 1970; 0 before the first.
    pub(crate) last_success: AtomicI64,
    /// The last try failed.
    pub(crate) is_away: AtomicBool,
}

impl Watched for ObjectMetrics {
    fn to_text(&self) -> String {
        let count = |name, help, value: &AtomicU64| Number {
            name,
            help,
            value: value.load(Relaxed).into(),
        };
        let time = |name, help, value: &AtomicI64| Number {
            name,
            help,
            value: value.load(Relaxed).into(),
        };
        exposition(&[
            count(
                "objects_total",
                "Objects that the store has taken.",
                &self.objects,
            ),
            count(
                "object_bytes_total",
                "Bytes of the objects that the store has taken.",
                &self.bytes,
            ),
            count(
                "folders_total",
                "Folders with new objects in the store.",
                &self.folders,
            ),
            count(
                "object_retries_total",
                "Uploads that failed and are tried again.",
                &self.retried,
            ),
            count(
                "unshipped_folders",
                "Closed folders that are not in the store yet.",
                &self.waiting,
            ),
            time(
                "oldest_unshipped_timestamp_seconds",
                "When the oldest closed folder begins that is not in the store yet; 0 for none.",
                &self.oldest,
            ),
            count(
                "unreadable_folders",
                "Closed folders that cannot be read.",
                &self.unreadable,
            ),
            time(
                "last_object_timestamp_seconds",
                "When the store last took an object; 0 before the first time.",
                &self.last_success,
            ),
            Number {
                name: "store_away",
                help: "1 while the last try has failed.",
                value: self.is_away.load(Relaxed).into(),
            },
        ])
    }

    fn awaited(&self) -> Option<&'static str> {
        self.is_away.load(Relaxed).then_some("store")
    }
}
