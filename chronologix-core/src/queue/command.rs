//! What callers ask of the writer besides writing records.

use super::{
    ack::RecordId,
    oneshot,
    spsc::SpscQueue,
    sync::{Arc, Mutex, lock},
};
use crate::{DiskError, LogError};

/// A command, with the way back to its caller.
#[derive(Debug)]
pub(crate) enum Command {
    /// Sync the files of a record's stream, and reply when that record is on disk.
    Sync {
        queue: Arc<SpscQueue>,
        record: RecordId,
        reply: oneshot::Sender<Result<(), LogError>>,
    },
    /// Write what was queued before.
    Flush(oneshot::Sender<()>),
    /// Write what a stream has kept in memory, or all streams, and what was queued before.
    Dump {
        stream: Option<u16>,
        /// Not if an error has asked for the same a short time ago.
        is_limited: bool,
        reply: oneshot::Sender<()>,
    },
    /// Write what was queued before, sync every file, and reply with the first failed sync since
    /// the last such command.
    SyncAll(oneshot::Sender<Result<(), DiskError>>),
    /// Check that every open file is still the one at its path.
    Reopen(oneshot::Sender<()>),
    /// Write, sync and close everything, then end.
    Stop(oneshot::Sender<Result<(), DiskError>>),
}

/// Commands on their way to the writer. They are few, so a lock serves them.
#[derive(Debug, Default)]
pub(crate) struct CommandQueue(Mutex<CommandState>);

#[derive(Debug, Default)]
struct CommandState {
    pending: Vec<Command>,
    closed: bool,
}

impl CommandQueue {
    /// Sends a command, or returns `None` if there is no writer any more. The caller must unpark
    /// the writer after this.
    pub(crate) fn send<T>(
        &self,
        command: impl FnOnce(oneshot::Sender<T>) -> Command,
    ) -> Option<oneshot::Receiver<T>> {
        let (reply, answer) = oneshot::channel();
        let command = command(reply);
        let mut state = lock(&self.0);
        if state.closed {
            return None;
        }
        state.pending.push(command);
        Some(answer)
    }

    pub(crate) fn drain(&self) -> Vec<Command> {
        std::mem::take(&mut lock(&self.0).pending)
    }

    pub(crate) fn is_empty(&self) -> bool {
        lock(&self.0).pending.is_empty()
    }

    /// Refuses all later commands, and returns those that the writer has not seen.
    pub(crate) fn close(&self) -> Vec<Command> {
        let mut state = lock(&self.0);
        state.closed = true;
        std::mem::take(&mut state.pending)
    }
}
