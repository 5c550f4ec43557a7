//! All lanes of one logger. A thread joins with its first record and leaves when it ends.

use std::sync::atomic::{AtomicU64, Ordering};

use super::{
    lane::{Lane, Rules},
    sync::{Arc, Mutex, lock},
};
use crate::LogError;

/// The lanes of one logger, oldest first.
#[derive(Debug)]
pub(crate) struct Lanes {
    pub(crate) rules: Arc<Rules>,
    inner: Mutex<Inner>,
    /// Records offered after the lanes were closed.
    refused: AtomicU64,
}

#[derive(Debug)]
struct Inner {
    /// Never shrinks: a lane whose thread ended is handed to the next new thread, so there are
    /// as many lanes as there ever were threads at one time. The first is the lane of the homeless.
    all: Vec<Arc<Lane>>,
    free: Vec<Arc<Lane>>,
    closed: bool,
}

impl Lanes {
    pub(crate) fn new(rules: Arc<Rules>) -> Self {
        let homeless = Arc::new(Lane::new(Arc::clone(&rules)));
        let inner = Inner {
            all: vec![homeless],
            free: Vec::new(),
            closed: false,
        };
        Self {
            rules,
            inner: Mutex::new(inner),
            refused: AtomicU64::new(0),
        }
    }

    /// A lane for a new thread, or `None` once closed.
    pub(crate) fn join(&self) -> Option<Arc<Lane>> {
        let mut inner = lock(&self.inner);
        if inner.closed {
            return None;
        }
        if let Some(lane) = inner.free.pop() {
            return Some(lane);
        }
        let lane = Arc::new(Lane::new(Arc::clone(&self.rules)));
        inner.all.push(Arc::clone(&lane));
        Some(lane)
    }

    /// The lane of threads that have none of their own: those in the middle of ending.
    pub(crate) fn homeless(&self) -> Arc<Lane> {
        Arc::clone(&lock(&self.inner).all[0])
    }

    /// A thread ended; what it queued stays in the lane.
    pub(crate) fn leave(&self, lane: Arc<Lane>) {
        lock(&self.inner).free.push(lane);
    }

    /// Brings `known` up to date: appends the lanes that are not in it yet.
    pub(crate) fn extend_known(&self, known: &mut Vec<Arc<Lane>>) {
        let inner = lock(&self.inner);
        known.extend(inner.all[known.len()..].iter().cloned());
    }

    /// Closes every lane there is or will be.
    pub(crate) fn close(&self) {
        let all = {
            let mut inner = lock(&self.inner);
            inner.closed = true;
            inner.all.clone()
        };
        for lane in &all {
            lane.close();
        }
    }

    /// Counts a record that came too late; the first says so on stderr.
    pub(crate) fn refuse(&self, error: LogError) -> LogError {
        if self.refused.fetch_add(1, Ordering::Relaxed) == 0 {
            crate::stderr::tell(&error);
        }
        error
    }

    /// Records refused so far.
    pub(crate) fn refused(&self) -> u64 {
        self.refused.load(Ordering::Relaxed)
    }

    /// Calls `each` for every lane.
    pub(crate) fn for_each(&self, each: impl FnMut(&Arc<Lane>)) {
        let all = lock(&self.inner).all.clone();
        all.iter().for_each(each);
    }
}
