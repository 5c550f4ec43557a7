//! Which failures are news: each kind is reported once, and again only after it has recovered.

use std::io;

use crate::DiskError;

/// Nanoseconds without a failure after which a kind that has recovered is news again. A disk that
/// refuses every second write has one problem, not thousands.
pub(crate) const CALM: u64 = 1_000_000_000;

/// Nanoseconds after which a failure is news in any case: perhaps nothing has been tried in between
/// that would have shown the recovery.
const LONG_CALM: u64 = 600 * CALM;

/// The failures that were reported. `O` says which operation has to succeed for a recovery.
#[derive(Debug)]
pub(crate) struct EpisodeTracker<O> {
    episodes: Vec<Episode<O>>,
    calm: u64,
    long_calm: u64,
}

/// One kind of failure, from its first occurrence on.
#[derive(Debug)]
struct Episode<O> {
    kind: FailureKind,
    /// The operation that failed last.
    operation: O,
    /// Nanoseconds of the monotonic clock at the last failure.
    last: u64,
    /// The operation has succeeded since.
    has_recovered: bool,
}

/// What makes two failures the same: what was tried, and how it failed. Which file it was, and what
/// for, makes no difference.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct FailureKind(Option<(&'static str, io::ErrorKind, Option<i32>)>);

impl From<&DiskError> for FailureKind {
    fn from(error: &DiskError) -> Self {
        Self(Some((error.doing(), error.kind(), error.code())))
    }
}

impl<O: PartialEq> EpisodeTracker<O> {
    /// Returns a tracker for which one success is a recovery. It needs no time.
    pub(crate) fn new() -> Self {
        Self {
            episodes: Vec::new(),
            calm: 0,
            long_calm: u64::MAX,
        }
    }

    /// Returns a tracker for which a recovery takes [`CALM`] without a failure.
    pub(crate) fn calming() -> Self {
        Self {
            calm: CALM,
            long_calm: LONG_CALM,
            ..Self::new()
        }
    }

    /// Notes a failure. Returns whether it is to be reported.
    pub(crate) fn is_news(&mut self, operation: O, kind: FailureKind, now: u64) -> bool {
        let mut episodes = self.episodes.iter_mut();
        let Some(known) = episodes.find(|episode| episode.kind == kind) else {
            self.episodes.push(Episode {
                kind,
                operation,
                last: now,
                has_recovered: false,
            });
            return true;
        };
        let quiet = now.saturating_sub(known.last);
        let is_news = known.has_recovered && quiet >= self.calm || quiet >= self.long_calm;
        known.operation = operation;
        known.last = now;
        known.has_recovered = false;
        is_news
    }

    /// Notes that an operation has succeeded.
    pub(crate) fn clear(&mut self, operation: &O) {
        for episode in &mut self.episodes {
            episode.has_recovered |= episode.operation == *operation;
        }
    }
}
