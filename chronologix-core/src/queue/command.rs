//! What callers ask of the writer besides records.

use super::{
    ack::RecordId,
    oneshot,
    spsc::SpscQueue,
    sync::{Arc, Mutex, lock},
};
use crate::{Error, LogError};

/// A command, with the way back to the caller.
#[derive(Debug)]
pub(crate) enum Command {
    /// Sync the files of one record's stream and answer when that record is on disk.
    Sync {
        queue: Arc<SpscQueue>,
        record_id: RecordId,
        reply: oneshot::Sender<Result<(), LogError>>,
    },
    /// Write what was queued before.
    Flush(oneshot::Sender<()>),
    /// Look again whether every open file is still the one at its path.
    Reopen(oneshot::Sender<()>),
    /// Write, sync and close everything, then end.
    Stop(oneshot::Sender<Result<(), Error>>),
}

/// CommandQueue on their way to the writer.
#[derive(Debug)]
pub(crate) struct CommandQueue(Mutex<CommandState>);

#[derive(Debug, Default)]
struct CommandState {
    pending: Vec<Command>,
    closed: bool,
}

impl CommandQueue {
    pub(crate) fn new() -> Self {
        Self(Mutex::new(CommandState::default()))
    }

    /// Puts a command to the writer, or gives `None` if there is no writer any more. The caller must wake the writer.
    pub(crate) fn send<T>(
        &self,
        command: impl FnOnce(oneshot::Sender<T>) -> Command,
    ) -> Option<oneshot::Receiver<T>> {
        let (reply, answer) = oneshot::channel();
        let command = command(reply);
        let mut inner = lock(&self.0);
        if inner.closed {
            return None;
        }
        inner.pending.push(command);
        Some(answer)
    }

    pub(crate) fn drain(&self) -> Vec<Command> {
        std::mem::take(&mut lock(&self.0).pending)
    }

    pub(crate) fn is_empty(&self) -> bool {
        lock(&self.0).pending.is_empty()
    }

    /// The writer is about to end: gives the last commands, and refuses those to come.
    pub(crate) fn close(&self) -> Vec<Command> {
        let mut inner = lock(&self.0);
        inner.closed = true;
        std::mem::take(&mut inner.pending)
    }
}
