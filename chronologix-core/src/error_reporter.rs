//! Who is told when the disk refuses: the handler of [`Config::on_error`](crate::Config::on_error), or stderr.
//!
//! The handler is the user's code. It may take its time, panic, or log, so it runs on a thread of its own, which is started for the first
//! error and fed through a short queue; the writer never waits for it but at its own end, and then not for long. Nothing here leads back
//! into a logger.

use std::{
    fmt,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        mpsc::{Receiver, SyncSender, sync_channel},
    },
    thread,
    time::Duration,
};

use crate::{Error, stderr};

#[cfg(test)]
mod tests;

/// Errors that wait for the handler. Each is a kind of its own, so there are never many; those beyond are told on stderr.
const WAITING: usize = 64;

/// What [`Config::on_error`](crate::Config::on_error) was given.
#[derive(Clone)]
pub(crate) struct Handler(Arc<dyn Fn(&Error) + Send + Sync>);

/// Tells errors of one logger.
#[derive(Debug)]
pub(crate) struct Teller {
    handler: Option<Handler>,
    /// The way to the handler's thread, once there is one.
    line: Mutex<Option<Line>>,
}

/// A running thread of a handler.
#[derive(Debug)]
struct Line {
    errors: SyncSender<Error>,
    /// Closed when the handler has seen everything.
    done: Receiver<()>,
}

impl Handler {
    pub(crate) fn new(handler: impl Fn(&Error) + Send + Sync + 'static) -> Self {
        Self(Arc::new(handler))
    }

    /// Calls the handler with whatever comes, until nothing more can.
    fn serve(&self, errors: &Receiver<Error>) {
        for error in errors {
            // The panic hook has told of it, and the next error is as important as this one.
            let _ = catch_unwind(AssertUnwindSafe(|| (self.0)(&error)));
        }
    }
}

impl Teller {
    pub(crate) fn new(handler: Option<Handler>) -> Self {
        Self {
            handler,
            line: Mutex::new(None),
        }
    }

    /// One with the same handler and a thread of its own.
    pub(crate) fn for_heir(&self) -> Self {
        Self::new(self.handler.clone())
    }

    /// Starts the handler's thread, if there is a handler: for a caller whose threads inherit a priority that the handler should not have.
    pub(crate) fn make_ready(&self) {
        if let Some(handler) = &self.handler {
            let mut line = self.line();
            if line.is_none() {
                *line = Line::open(handler.clone());
            }
        }
    }

    fn line(&self) -> MutexGuard<'_, Option<Line>> {
        self.line.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Tells an error. Never blocks.
    pub(crate) fn tell(&self, error: Error) {
        let untold = match &self.handler {
            Some(handler) => self.hand_over(handler, error).err(),
            None => Some(error),
        };
        if let Some(error) = untold {
            stderr::tell(&error);
        }
    }

    /// Puts an error on the way to the handler; gives it back if that cannot be.
    fn hand_over(&self, handler: &Handler, error: Error) -> Result<(), Error> {
        let mut line = self.line();
        if line.is_none() {
            *line = Line::open(handler.clone());
        }
        match &*line {
            Some(line) => line
                .errors
                .try_send(error)
                .map_err(|refused| match refused {
                    std::sync::mpsc::TrySendError::Full(error)
                    | std::sync::mpsc::TrySendError::Disconnected(error) => error,
                }),
            None => Err(error),
        }
    }

    /// The logger ends: waits until the handler has seen everything, but no longer than this.
    pub(crate) fn end(&self, patience: Duration) {
        let line = self.line().take();
        if let Some(Line { errors, done }) = line {
            drop(errors);
            let _ = done.recv_timeout(patience);
        }
    }
}

impl Line {
    /// `None` if no thread can be had.
    fn open(handler: Handler) -> Option<Self> {
        let (errors, waiting) = sync_channel(WAITING);
        let (alive, done) = sync_channel(0);
        let work = move || {
            handler.serve(&waiting);
            drop::<SyncSender<()>>(alive);
        };
        let thread = thread::Builder::new().name("chronologix-errors".to_owned());
        thread.spawn(work).ok()?;
        Some(Self { errors, done })
    }
}

impl fmt::Debug for Handler {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Handler")
    }
}
