//! What callers ask of the writer besides records.

use super::{
    ack::Place,
    oneshot::{Answer, Reply, reply},
    spsc::Lane,
    sync::{Arc, Mutex, lock},
};
use crate::{Error, LogError};

/// A request, with the way back to the caller.
#[derive(Debug)]
pub(crate) enum Request {
    /// Sync the files of one record's stream and answer when that record is on disk.
    Sync {
        lane: Arc<Lane>,
        place: Place,
        reply: Reply<Result<(), LogError>>,
    },
    /// Write what was queued before.
    Flush(Reply<()>),
    /// Look again whether every open file is still the one at its path.
    Reopen(Reply<()>),
    /// Write, sync and close everything, then end.
    Stop(Reply<Result<(), Error>>),
}

/// Requests on their way to the writer.
#[derive(Debug)]
pub(crate) struct Requests(Mutex<Inner>);

#[derive(Debug, Default)]
struct Inner {
    pending: Vec<Request>,
    closed: bool,
}

impl Requests {
    pub(crate) fn new() -> Self {
        Self(Mutex::new(Inner::default()))
    }

    /// Puts a request to the writer, or gives `None` if there is no writer any more. The caller must wake the writer.
    pub(crate) fn put<T>(&self, request: impl FnOnce(Reply<T>) -> Request) -> Option<Answer<T>> {
        let (reply, answer) = reply();
        let request = request(reply);
        let mut inner = lock(&self.0);
        if inner.closed {
            return None;
        }
        inner.pending.push(request);
        Some(answer)
    }

    pub(crate) fn take(&self) -> Vec<Request> {
        std::mem::take(&mut lock(&self.0).pending)
    }

    pub(crate) fn is_empty(&self) -> bool {
        lock(&self.0).pending.is_empty()
    }

    /// The writer is about to end: gives the last requests, and refuses those to come.
    pub(crate) fn close(&self) -> Vec<Request> {
        let mut inner = lock(&self.0);
        inner.closed = true;
        std::mem::take(&mut inner.pending)
    }
}
