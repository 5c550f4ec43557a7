//! Records whose caller waits: for a durability above `queued`, or for room in the queue.

use std::{sync::Arc, task::Waker};

use crate::{
    Durability, LogError,
    queue::{
        ack::RecordId,
        command::Command,
        oneshot,
        spsc::{DeferredRecord, SpscQueue},
    },
};

/// A record in the queue, or further.
#[derive(Clone, Debug)]
pub(super) struct Tracked {
    queue: Arc<SpscQueue>,
    record: RecordId,
    /// The writer knows that a caller waits.
    has_asked: bool,
}

/// A record that waits for room. If its future goes away first, it is kept or dropped as
/// [`SpscQueue::abandon`] says.
#[derive(Debug)]
pub(super) struct DeferredPush {
    queue: Arc<SpscQueue>,
    stream: u16,
    record: Arc<DeferredRecord>,
}

/// How far a tracked record has come.
pub(super) enum WaitState {
    Known(Result<(), LogError>),
    /// The waker will be woken.
    Waits,
    /// The writer was asked to sync it.
    Asked(oneshot::Receiver<Result<(), LogError>>),
}

impl Tracked {
    pub(super) fn new(queue: Arc<SpscQueue>, record: RecordId) -> Self {
        Self {
            queue,
            record,
            has_asked: false,
        }
    }

    pub(super) fn stream_durability(&self) -> Durability {
        self.queue.channel.streams[usize::from(self.record.stream)].durability
    }

    pub(super) fn poll(&mut self, durability: Durability, waker: &Waker) -> WaitState {
        if durability == Durability::Queued {
            return WaitState::Known(Ok(()));
        }
        if self.is_inherited() {
            return WaitState::Known(Err(LogError::Stopped));
        }
        let of_stream = self.stream_durability();
        if durability == Durability::Synced && of_stream != Durability::Synced {
            return self.ask_for_sync();
        }
        let Self { queue, record, .. } = self;
        let outcome = queue
            .watermark
            .poll(*record, durability, waker, self.has_asked);
        if let Some(outcome) = outcome {
            return WaitState::Known(outcome);
        }
        if !self.has_asked && of_stream < durability {
            // It was an ordinary push, and the writer may be gathering a batch.
            queue.expedite();
        }
        self.has_asked = true;
        WaitState::Waits
    }

    /// Asks the writer to sync the record, which it does not do by itself for such a stream.
    fn ask_for_sync(&self) -> WaitState {
        let command = |reply| Command::Sync {
            queue: Arc::clone(&self.queue),
            record: self.record,
            reply,
        };
        match self.queue.channel.commands.send(command) {
            Some(answer) => {
                self.queue.channel.parker.unpark_now();
                WaitState::Asked(answer)
            }
            None => WaitState::Known(self.final_outcome()),
        }
    }

    /// Returns whether this process is a forked child and the record its parent's, which has the
    /// writer that could answer.
    pub(super) fn is_inherited(&self) -> bool {
        self.queue.channel.is_inherited()
    }

    /// Returns what is known of a record whose sync the writer did not answer, because it has
    /// ended.
    pub(super) fn final_outcome(&self) -> Result<(), LogError> {
        let (queue, record) = self.queue.responsible(self.record);
        queue.watermark.final_outcome(record, Durability::Synced)
    }
}

impl DeferredPush {
    pub(super) fn new(queue: Arc<SpscQueue>, stream: u16, record: Arc<DeferredRecord>) -> Self {
        Self {
            queue,
            stream,
            record,
        }
    }

    pub(super) fn stream_durability(&self) -> Durability {
        self.queue.channel.streams[usize::from(self.stream)].durability
    }

    /// Returns the record once it is queued, an error if the logger stopped first, and `None` while
    /// it waits.
    pub(super) fn poll(&self, waker: &Waker) -> Option<Result<Tracked, LogError>> {
        if self.queue.channel.is_inherited() {
            return Some(Err(LogError::Stopped));
        }
        let queued = self.record.poll(waker)?;
        Some(queued.map(|sequence| {
            let record = RecordId {
                sequence,
                stream: self.stream,
            };
            Tracked::new(Arc::clone(&self.queue), record)
        }))
    }
}

impl Drop for DeferredPush {
    fn drop(&mut self) {
        if !self.queue.channel.is_inherited() && self.queue.abandon(&self.record) {
            // So that the line about the drop does not wait for the next record.
            self.queue.expedite();
        }
    }
}
