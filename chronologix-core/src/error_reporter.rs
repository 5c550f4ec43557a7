//! Where errors of the background go: the handler of [`Config::on_error`](crate::Config::on_error),
//! or stderr; [`episodes`] decides which of them are news.
//!
//! The handler is the user's code. It may block, panic or log, so it runs on a thread of its own,
//! which is started for the first error and fed through a short queue. The writer waits for it only
//! at its own end, and then for a limited time.

use std::{
    fmt,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use crate::{
    Incident, stderr,
    worker::{Items, Worker},
};

pub(crate) mod episodes;

#[cfg(test)]
mod tests;

/// Incidents that wait for the handler. Each is of a kind of its own, so there are never many.
/// Those that find the queue full go to stderr.
const CAPACITY: usize = 64;

/// What [`Config::on_error`](crate::Config::on_error) was given.
#[derive(Clone)]
pub(crate) struct Handler(Arc<dyn Fn(&Incident) + Send + Sync>);

/// Reports the incidents of one logger.
#[derive(Debug)]
pub(crate) struct ErrorReporter {
    pub(crate) handler: Option<Handler>,
    /// The handler's thread, once it is needed.
    worker: Mutex<Option<Worker<Incident>>>,
}

impl Handler {
    pub(crate) fn new(handler: impl Fn(&Incident) + Send + Sync + 'static) -> Self {
        Self(Arc::new(handler))
    }
}

impl ErrorReporter {
    pub(crate) fn new(handler: Option<Handler>) -> Self {
        Self {
            handler,
            worker: Mutex::new(None),
        }
    }

    /// Starts the handler's thread, if there is a handler. A thread inherits the priority of the
    /// one that starts it, so this comes before a thread of low priority can report anything.
    pub(crate) fn start_thread(&self) {
        if let Some(handler) = &self.handler {
            drop(self.worker(handler));
        }
    }

    /// Reports an incident. Never blocks.
    pub(crate) fn report(&self, incident: Incident) {
        let unreported = match &self.handler {
            Some(handler) => match &*self.worker(handler) {
                Some(worker) => worker.try_send(incident).err(),
                None => Some(incident),
            },
            None => Some(incident),
        };
        if let Some(incident) = unreported {
            stderr::report(&incident);
        }
    }

    /// Returns the handler's thread, and starts it if need be. `None` if it cannot be started.
    fn worker(&self, handler: &Handler) -> MutexGuard<'_, Option<Worker<Incident>>> {
        let mut worker = self.lock();
        if worker.is_none() {
            let Handler(handler) = handler.clone();
            let serve = move |incidents: &mut Items<Incident>| {
                for incident in incidents {
                    // The panic hook has shown the panic, and the next incident is as important.
                    let _ = catch_unwind(AssertUnwindSafe(|| handler(&incident)));
                }
            };
            *worker = Worker::spawn("chronologix-errors", CAPACITY, serve).ok();
        }
        worker
    }

    fn lock(&self) -> MutexGuard<'_, Option<Worker<Incident>>> {
        self.worker.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until the handler has received every incident, for `timeout` at most.
    pub(crate) fn shutdown(&self, timeout: Duration) {
        let worker = self.lock().take();
        if let Some(worker) = worker {
            worker.close();
            worker.join(timeout);
        }
    }
}

impl fmt::Debug for Handler {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Handler")
    }
}
