//! Records of which somebody wants to know more than that they are queued, or that are not queued yet.

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
pub(crate) struct Followed {
    queue: Arc<SpscQueue>,
    record_id: RecordId,
    /// The writer knows that somebody waits.
    asked: bool,
}

/// A record that waits for room. If it goes away first, it is dropped, and counted.
#[derive(Debug)]
pub(crate) struct DeferredPush {
    queue: Arc<SpscQueue>,
    stream: u16,
    parked: Arc<DeferredRecord>,
}

/// What became of a followed record.
pub(crate) enum Progressed {
    Known(Result<(), LogError>),
    /// The waker will be woken.
    Waits,
    /// The writer was asked to sync it.
    Asked(oneshot::Receiver<Result<(), LogError>>),
}

impl Followed {
    pub(crate) fn new(queue: Arc<SpscQueue>, record_id: RecordId) -> Self {
        Self {
            queue,
            record_id,
            asked: false,
        }
    }

    pub(crate) fn own_durability(&self) -> Durability {
        self.queue.channel.streams[usize::from(self.record_id.stream)].durability
    }

    pub(crate) fn poll(&mut self, durability: Durability, waker: &Waker) -> Progressed {
        let Self {
            queue,
            record_id,
            asked,
        } = self;
        if durability == Durability::Queued {
            return Progressed::Known(Ok(()));
        }
        if queue.channel.is_inherited() {
            return Progressed::Known(Err(LogError::Stopped));
        }
        let own = queue.channel.streams[usize::from(record_id.stream)].durability;
        if durability == Durability::Synced && own != Durability::Synced {
            // The writer syncs such a stream only when asked.
            let command = |reply| Command::Sync {
                queue: Arc::clone(queue),
                record: *record_id,
                reply,
            };
            return if let Some(answer) = queue.channel.commands.send(command) {
                queue.channel.parker.unpark_now();
                Progressed::Asked(answer)
            } else {
                Progressed::Known(
                    queue
                        .watermark
                        .final_outcome(*record_id, Durability::Synced),
                )
            };
        }
        let outcome = queue.watermark.poll(*record_id, durability, waker, *asked);
        if let Some(outcome) = outcome {
            return Progressed::Known(outcome);
        }
        if !*asked && own < durability {
            // It was queued without haste, and the writer may be napping.
            queue.expedite();
        }
        *asked = true;
        Progressed::Waits
    }

    /// Whether this process is a forked child and the record its parent's: there is nobody here to answer.
    pub(crate) fn is_inherited(&self) -> bool {
        self.queue.channel.is_inherited()
    }

    /// What is known of a record whose sync the writer did not answer: it has ended.
    pub(crate) fn final_outcome(&self) -> Result<(), LogError> {
        self.queue
            .watermark
            .final_outcome(self.record_id, Durability::Synced)
    }
}

impl DeferredPush {
    pub(crate) fn new(queue: Arc<SpscQueue>, stream: u16, parked: Arc<DeferredRecord>) -> Self {
        Self {
            queue,
            stream,
            parked,
        }
    }

    pub(crate) fn own_durability(&self) -> Durability {
        self.queue.channel.streams[usize::from(self.stream)].durability
    }

    /// The record in the queue; an error if the logger stopped first; `None` while it waits.
    pub(crate) fn poll(&self, waker: &Waker) -> Option<Result<Followed, LogError>> {
        if self.queue.channel.is_inherited() {
            return Some(Err(LogError::Stopped));
        }
        let number = self.parked.poll(waker)?;
        let record_id = |sequence| RecordId {
            sequence,
            stream: self.stream,
        };
        Some(match number {
            Ok(number) => Ok(Followed::new(Arc::clone(&self.queue), record_id(number))),
            Err(()) => Err(LogError::Stopped),
        })
    }
}

impl Drop for DeferredPush {
    fn drop(&mut self) {
        if !self.queue.channel.is_inherited() && self.queue.abandon(&self.parked) {
            // So that the line about it does not wait for the next record.
            self.queue.expedite();
        }
    }
}
