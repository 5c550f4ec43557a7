//! Records of which somebody wants to know more than that they are queued, or that are not queued yet.

use std::{sync::Arc, task::Waker};

use crate::{
    Durability, LogError,
    queue::{
        ack::Place,
        command::Request,
        oneshot::Answer,
        spsc::{Lane, Parked},
    },
};

/// A record in the queue, or further.
#[derive(Clone, Debug)]
pub(crate) struct Followed {
    lane: Arc<Lane>,
    place: Place,
    /// The writer knows that somebody waits.
    asked: bool,
}

/// A record that waits for room. If it goes away first, it is dropped, and counted.
#[derive(Debug)]
pub(crate) struct ParkedRecord {
    lane: Arc<Lane>,
    stream: u16,
    parked: Arc<Parked>,
}

/// What became of a followed record.
pub(crate) enum Progressed {
    Known(Result<(), LogError>),
    /// The waker will be woken.
    Waits,
    /// The writer was asked to sync it.
    Asked(Answer<Result<(), LogError>>),
}

impl Followed {
    pub(crate) fn new(lane: Arc<Lane>, place: Place) -> Self {
        Self {
            lane,
            place,
            asked: false,
        }
    }

    pub(crate) fn own_durability(&self) -> Durability {
        self.lane.rules.streams[usize::from(self.place.stream)].durability
    }

    pub(crate) fn poll(&mut self, durability: Durability, waker: &Waker) -> Progressed {
        let Self { lane, place, asked } = self;
        if durability == Durability::Queued {
            return Progressed::Known(Ok(()));
        }
        if lane.rules.are_inherited() {
            return Progressed::Known(Err(LogError::Stopped));
        }
        let own = lane.rules.streams[usize::from(place.stream)].durability;
        if durability == Durability::Synced && own != Durability::Synced {
            // The writer syncs such a stream only when asked.
            let request = |reply| Request::Sync {
                lane: Arc::clone(lane),
                place: *place,
                reply,
            };
            return if let Some(answer) = lane.rules.requests.put(request) {
                lane.rules.wake.call();
                Progressed::Asked(answer)
            } else {
                Progressed::Known(lane.progress.last_word(*place, Durability::Synced))
            };
        }
        let outcome = lane.progress.poll(*place, durability, waker, *asked);
        if let Some(outcome) = outcome {
            return Progressed::Known(outcome);
        }
        if !*asked && own < durability {
            // It was queued without haste, and the writer may be napping.
            lane.hurry();
        }
        *asked = true;
        Progressed::Waits
    }

    /// Whether this process is a forked child and the record its parent's: there is nobody here to answer.
    pub(crate) fn is_inherited(&self) -> bool {
        self.lane.rules.are_inherited()
    }

    /// What is known of a record whose sync the writer did not answer: it has ended.
    pub(crate) fn last_word(&self) -> Result<(), LogError> {
        self.lane.progress.last_word(self.place, Durability::Synced)
    }
}

impl ParkedRecord {
    pub(crate) fn new(lane: Arc<Lane>, stream: u16, parked: Arc<Parked>) -> Self {
        Self {
            lane,
            stream,
            parked,
        }
    }

    pub(crate) fn own_durability(&self) -> Durability {
        self.lane.rules.streams[usize::from(self.stream)].durability
    }

    /// The record in the queue; an error if the logger stopped first; `None` while it waits.
    pub(crate) fn poll(&self, waker: &Waker) -> Option<Result<Followed, LogError>> {
        if self.lane.rules.are_inherited() {
            return Some(Err(LogError::Stopped));
        }
        let number = self.parked.poll(waker)?;
        let place = |record| Place {
            record,
            stream: self.stream,
        };
        Some(match number {
            Ok(number) => Ok(Followed::new(Arc::clone(&self.lane), place(number))),
            Err(()) => Err(LogError::Stopped),
        })
    }
}

impl Drop for ParkedRecord {
    fn drop(&mut self) {
        if !self.lane.rules.are_inherited() && self.lane.abandon(&self.parked) {
            // So that the line about it does not wait for the next record.
            self.lane.hurry();
        }
    }
}
