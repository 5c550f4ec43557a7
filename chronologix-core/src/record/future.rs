//! What `log!` returns.

use std::{
    future::Future,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, Waker},
};

use super::receipt::Receipt;
use crate::{
    Durability, LogError,
    queue::{
        lane::{Admission, Lane, Parked},
        park::block_on,
        progress::Place,
        reply::Answer,
        request::Request,
    },
};

/// A record that was just made. It is stamped and, while the queue has room, queued already.
///
/// | call | returns when | gives |
/// |---|---|---|
/// | `.await` | the durability of its stream is met | [`Receipt`] |
/// | [`.queued()`](Record::queued)`.await`, [`.written()`](Record::written)`.await`, [`.synced()`](Record::synced)`.await` | that durability is met | `Result<(), LogError>` |
/// | [`.wait()`](Record::wait) | as `.await`, blocking, for code outside async | [`Receipt`] |
/// | [`.detach()`](Record::detach) | at once | nothing |
///
/// # Cancel safety
///
/// Dropping the future, polled or not, does not take a queued record back: it is written, and only the
/// confirmation is lost. A record that is still waiting for room in a full queue is dropped with its future; it
/// is counted, and a line in its stream says so.
#[must_use = "a record is a future: `.await` it to know that it is durable, or `.detach()` it"]
#[derive(Debug)]
pub struct Record {
    state: State,
}

#[derive(Debug)]
enum State {
    /// Decided at the call.
    Decided(Result<(), LogError>),
    /// In the queue, perhaps further. `asked`: the writer knows that somebody waits.
    Queued {
        lane: Arc<Lane>,
        place: Place,
        asked: bool,
    },
    /// Waiting for room.
    Parked {
        lane: Arc<Lane>,
        stream: u16,
        parked: Arc<Parked>,
    },
    /// The writer was asked to sync it.
    Syncing {
        lane: Arc<Lane>,
        place: Place,
        answer: Answer<Result<(), LogError>>,
    },
}

/// A [`Record`] awaited for a certain durability.
///
/// # Cancel safety
///
/// As for [`Record`]: dropping it loses the confirmation, not the record.
#[must_use = "a future does nothing unless awaited; the record itself is queued already"]
#[derive(Debug)]
pub struct RecordUntil {
    record: Record,
    durability: Durability,
}

impl Record {
    /// A record its stream's level filtered out: ready at once, and well.
    #[inline]
    pub const fn filtered() -> Self {
        Self {
            state: State::Decided(Ok(())),
        }
    }

    pub(crate) fn refused(error: LogError) -> Self {
        Self {
            state: State::Decided(Err(error)),
        }
    }

    #[inline]
    pub(crate) fn admitted(lane: &Arc<Lane>, stream: u16, admission: Admission) -> Self {
        let state = match admission {
            Admission::Queued(record) => State::Queued {
                lane: Arc::clone(lane),
                place: Place { record, stream },
                asked: false,
            },
            Admission::Parked(parked) => State::Parked {
                lane: Arc::clone(lane),
                stream,
                parked,
            },
            Admission::Dropped => State::Decided(Err(LogError::Dropped)),
            Admission::Closed => State::Decided(Err(LogError::Stopped)),
        };
        Self { state }
    }

    /// Waits until the record is in the queue. Ready at once unless the queue is full.
    ///
    /// ```
    /// # use chronologix_core::Config;
    /// # let dir = tempfile::tempdir().unwrap();
    /// # let logger = Config::new().base_log_dir(dir.path()).start_blocking()?;
    /// // In async code: `.queued().await?`.
    /// logger.stream("all")?.log(format_args!("in the queue")).queued().wait()?;
    /// # logger.stop_blocking()?;
    /// # Ok::<(), chronologix_core::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// What [`Receipt::ok`] gives.
    pub fn queued(self) -> RecordUntil {
        RecordUntil {
            record: self,
            durability: Durability::Queued,
        }
    }

    /// Waits until the record and all its mirrors were handed to the operating system.
    ///
    /// ```
    /// # use chronologix_core::Config;
    /// # let dir = tempfile::tempdir().unwrap();
    /// # let logger = Config::new().base_log_dir(dir.path()).start_blocking()?;
    /// // In async code: `.written().await?`.
    /// logger.stream("all")?.log(format_args!("in the file")).written().wait()?;
    /// # logger.stop_blocking()?;
    /// # Ok::<(), chronologix_core::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// What [`Receipt::ok`] gives.
    pub fn written(self) -> RecordUntil {
        RecordUntil {
            record: self,
            durability: Durability::Written,
        }
    }

    /// Waits until the record and all its mirrors are on disk, folder entries included.
    ///
    /// ```
    /// # use chronologix_core::Config;
    /// # let dir = tempfile::tempdir().unwrap();
    /// # let logger = Config::new().base_log_dir(dir.path()).start_blocking()?;
    /// // In async code: `.synced().await?`.
    /// logger.stream("all")?.log(format_args!("on disk")).synced().wait()?;
    /// # logger.stop_blocking()?;
    /// # Ok::<(), chronologix_core::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// What [`Receipt::ok`] gives.
    pub fn synced(self) -> RecordUntil {
        RecordUntil {
            record: self,
            durability: Durability::Synced,
        }
    }

    /// Blocks this thread until the durability of the record's stream is met; for code outside async.
    ///
    /// ```
    /// # use chronologix_core::Config;
    /// # let dir = tempfile::tempdir().unwrap();
    /// # let logger = Config::new().base_log_dir(dir.path()).start_blocking()?;
    /// logger.stream("all")?.log(format_args!("from a plain thread")).wait();
    /// # logger.stop_blocking()?;
    /// # Ok::<(), chronologix_core::Error>(())
    /// ```
    #[expect(clippy::must_use_candidate, reason = "a receipt is free to ignore")]
    pub fn wait(self) -> Receipt {
        block_on(self)
    }

    /// Lets the record go its way. Never waits: if the queue is full, the record is dropped and counted.
    pub fn detach(self) {
        drop(self);
    }

    /// The durability of the record's stream.
    fn own_durability(&self) -> Durability {
        match &self.state {
            State::Decided(_) => Durability::Queued,
            State::Parked { lane, stream, .. } => {
                lane.rules.streams[usize::from(*stream)].durability
            }
            State::Queued { lane, place, .. } | State::Syncing { lane, place, .. } => {
                lane.rules.streams[usize::from(place.stream)].durability
            }
        }
    }

    fn poll_until(
        &mut self,
        durability: Durability,
        cx: &mut Context<'_>,
    ) -> Poll<Result<(), LogError>> {
        loop {
            let next = match &mut self.state {
                State::Decided(outcome) => return Poll::Ready(outcome.clone()),
                State::Parked {
                    lane,
                    stream,
                    parked,
                } => match parked.poll(cx.waker()) {
                    None => return Poll::Pending,
                    Some(Err(())) => State::Decided(Err(LogError::Stopped)),
                    Some(Ok(record)) => State::Queued {
                        lane: Arc::clone(lane),
                        place: Place {
                            record,
                            stream: *stream,
                        },
                        asked: false,
                    },
                },
                State::Queued { lane, place, asked } => {
                    match poll_queued(lane, *place, asked, durability, cx.waker()) {
                        Queued::Known(outcome) => return Poll::Ready(outcome),
                        Queued::Waits => return Poll::Pending,
                        Queued::Asked(answer) => State::Syncing {
                            lane: Arc::clone(lane),
                            place: *place,
                            answer,
                        },
                    }
                }
                State::Syncing {
                    lane,
                    place,
                    answer,
                } => {
                    let Poll::Ready(answer) = Pin::new(answer).poll(cx) else {
                        return Poll::Pending;
                    };
                    let last_word = || lane.progress.last_word(*place, Durability::Synced);
                    State::Decided(answer.unwrap_or_else(last_word))
                }
            };
            self.state = next;
        }
    }
}

/// What became of a queued record.
enum Queued {
    Known(Result<(), LogError>),
    Waits,
    Asked(Answer<Result<(), LogError>>),
}

fn poll_queued(
    lane: &Arc<Lane>,
    place: Place,
    asked: &mut bool,
    durability: Durability,
    waker: &Waker,
) -> Queued {
    if durability == Durability::Queued {
        return Queued::Known(Ok(()));
    }
    let own = lane.rules.streams[usize::from(place.stream)].durability;
    if durability == Durability::Synced && own != Durability::Synced {
        // The writer syncs such a stream only when asked.
        let request = |reply| Request::Sync {
            lane: Arc::clone(lane),
            place,
            reply,
        };
        return if let Some(answer) = lane.rules.requests.put(request) {
            lane.rules.wake.call();
            Queued::Asked(answer)
        } else {
            Queued::Known(lane.progress.last_word(place, Durability::Synced))
        };
    }
    let outcome = lane.progress.poll(place, durability, waker, *asked);
    if let Some(outcome) = outcome {
        return Queued::Known(outcome);
    }
    if !*asked && own < durability {
        // It was queued without haste, and the writer may be napping.
        lane.rules.wake.after_queueing(true);
    }
    *asked = true;
    Queued::Waits
}

impl Future for Record {
    type Output = Receipt;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Receipt> {
        let durability = self.own_durability();
        self.poll_until(durability, cx).map(Receipt::new)
    }
}

impl RecordUntil {
    /// Blocks this thread until it is so; for code outside async.
    ///
    /// # Errors
    ///
    /// What [`Receipt::ok`] gives.
    pub fn wait(self) -> Result<(), LogError> {
        block_on(self)
    }
}

impl Future for RecordUntil {
    type Output = Result<(), LogError>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let durability = self.durability;
        self.record.poll_until(durability, cx)
    }
}

impl Drop for Record {
    fn drop(&mut self) {
        if let State::Parked { lane, parked, .. } = &self.state {
            if lane.abandon(parked) {
                // So that the line about it does not wait for the next record.
                lane.rules.wake.after_queueing(true);
            }
        }
    }
}
