//! What `log!` returns.

use std::{
    future::Future,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};

use super::{
    followed::{DeferredPush, Followed, Progressed},
    receipt::Receipt,
};
use crate::{
    Durability, LogError,
    queue::{
        ack::RecordId,
        block_on::block_on,
        oneshot, registry,
        spsc::{
            SpscQueue,
            producer::{PushOutcome, Pushed},
        },
    },
};

/// A record that was just made. It is stamped and, while the queue has room, queued already.
///
/// | call | returns when | gives |
/// |---|---|---|
/// | `.await` | the durability of its stream is met | [`Receipt`] |
/// | [`.queued()`](LogFuture::queued)`.await`, [`.written()`](LogFuture::written)`.await`, [`.synced()`](LogFuture::synced)`.await` | that durability is met | `Result<(), LogError>` |
/// | [`.wait()`](LogFuture::wait) | as `.await`, blocking, for code outside async | [`Receipt`] |
/// | [`.detach()`](LogFuture::detach) | at once | nothing |
///
/// # Cancel safety
///
/// Dropping the future, polled or not, does not take a queued record back: it is written, and only the
/// confirmation is lost. A record that is still waiting for room is kept as well, unless all of the stated
/// capacity is in use: then it is dropped with its future and counted, and a line in its stream says so.
#[must_use = "a record is a future: `.await` it to know that it is durable, or `.detach()` it"]
#[derive(Debug)]
pub struct LogFuture {
    state: State,
}

/// Small, and without anything to drop in the first two states: so nearly every record costs nothing behind the queue. Which state it is
/// takes a whole word, for so the rest lies at whole words as well, and is moved in a few of them: a record that was filtered out costs
/// a quarter less.
#[derive(Debug)]
#[repr(u64)]
enum State {
    /// Filtered out, or known to have come to its end.
    Good,
    /// In the queue, perhaps further. All that most callers want to know.
    Queued {
        /// The number of the queue.
        queue: u64,
        record_id: RecordId,
        /// Of its stream.
        durability: Durability,
    },
    /// As before, and somebody wants to know more.
    Followed(Followed),
    Rare(Box<Rare>),
}

/// What seldom happens.
#[derive(Debug)]
enum Rare {
    /// Decided at the call, and not well.
    Refused(LogError),
    /// Waiting for room.
    Deferred(DeferredPush),
    /// The writer was asked to sync it.
    Syncing {
        followed: Followed,
        answer: oneshot::Receiver<Result<(), LogError>>,
    },
}

/// A [`LogFuture`] awaited for a certain durability.
///
/// # Cancel safety
///
/// As for [`LogFuture`]: dropping it loses the confirmation, not the record.
#[must_use = "a future does nothing unless awaited; the record itself is queued already"]
#[derive(Debug)]
pub struct ReceiptFuture {
    record: LogFuture,
    durability: Durability,
}

impl LogFuture {
    /// A record its stream's level filtered out: ready at once, and well.
    #[inline]
    pub const fn filtered() -> Self {
        Self { state: State::Good }
    }

    #[cold]
    pub(crate) fn refused(error: LogError) -> Self {
        Self {
            state: State::Rare(Box::new(Rare::Refused(error))),
        }
    }

    /// A record in the queue.
    #[inline]
    pub(crate) fn placed(placed: Pushed, stream: u16) -> Self {
        let record_id = RecordId {
            sequence: placed.sequence,
            stream,
        };
        Self {
            state: State::Queued {
                queue: placed.queue,
                record_id,
                durability: placed.durability,
            },
        }
    }

    pub(crate) fn admitted(queue: &Arc<SpscQueue>, stream: u16, admission: PushOutcome) -> Self {
        let rare = match admission {
            PushOutcome::Queued(number) => {
                let placed = Pushed {
                    sequence: number,
                    queue: queue.id,
                    durability: queue.channel.streams[usize::from(stream)].durability,
                };
                return Self::placed(placed, stream);
            }
            PushOutcome::Deferred(parked) => {
                Rare::Deferred(DeferredPush::new(Arc::clone(queue), stream, parked))
            }
            PushOutcome::Dropped => Rare::Refused(LogError::Dropped),
            PushOutcome::Closed => Rare::Refused(LogError::Stopped),
        };
        Self {
            state: State::Rare(Box::new(rare)),
        }
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
    pub fn queued(self) -> ReceiptFuture {
        ReceiptFuture {
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
    pub fn written(self) -> ReceiptFuture {
        ReceiptFuture {
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
    pub fn synced(self) -> ReceiptFuture {
        ReceiptFuture {
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
    #[inline]
    pub fn wait(self) -> Receipt {
        if self.is_done() {
            // There is nothing to drop, and the compiler need not find that out.
            std::mem::forget(self);
            return Receipt::new(Ok(()));
        }
        block_on(self)
    }

    /// Lets the record go its way. Never waits: if the queue is full to its capacity, the record is dropped and counted.
    #[inline]
    pub fn detach(self) {
        if matches!(self.state, State::Good | State::Queued { .. }) {
            // There is nothing to drop, and the compiler need not find that out.
            std::mem::forget(self);
        }
    }

    /// Whether it waits for room in the queue.
    #[cfg(any(feature = "log", feature = "tracing"))]
    pub(crate) fn is_waiting_for_room(&self) -> bool {
        matches!(&self.state, State::Rare(rare) if matches!(**rare, Rare::Deferred(_)))
    }

    /// Whether all that its stream promises is true already, as it is for most records.
    #[inline]
    fn is_done(&self) -> bool {
        match self.state {
            State::Good => true,
            State::Queued { durability, .. } => durability == Durability::Queued,
            State::Followed(_) | State::Rare(_) => false,
        }
    }

    /// The durability of the record's stream.
    fn own_durability(&self) -> Durability {
        match &self.state {
            State::Good => Durability::Queued,
            State::Queued { durability, .. } => *durability,
            State::Followed(followed) => followed.own_durability(),
            State::Rare(rare) => match &**rare {
                Rare::Refused(_) => Durability::Queued,
                Rare::Deferred(parked) => parked.own_durability(),
                Rare::Syncing { followed, .. } => followed.own_durability(),
            },
        }
    }

    fn poll_until(
        &mut self,
        durability: Durability,
        cx: &mut Context<'_>,
    ) -> Poll<Result<(), LogError>> {
        loop {
            let next = match &mut self.state {
                State::Good => return Poll::Ready(Ok(())),
                State::Queued { .. } if durability == Durability::Queued => {
                    return Poll::Ready(Ok(()));
                }
                State::Queued {
                    queue, record_id, ..
                } => match registry::find(*queue) {
                    Some(queue) => State::Followed(Followed::new(queue, *record_id)),
                    // Its logger has ended, and everything is on disk.
                    None => State::Good,
                },
                State::Followed(followed) => match followed.poll(durability, cx.waker()) {
                    Progressed::Known(outcome) => return Poll::Ready(outcome),
                    Progressed::Waits => return Poll::Pending,
                    Progressed::Asked(answer) => State::Rare(Box::new(Rare::Syncing {
                        followed: followed.clone(),
                        answer,
                    })),
                },
                State::Rare(rare) => match &mut **rare {
                    Rare::Refused(error) => return Poll::Ready(Err(error.clone())),
                    Rare::Deferred(parked) => match parked.poll(cx.waker()) {
                        None => return Poll::Pending,
                        Some(Err(error)) => State::Rare(Box::new(Rare::Refused(error))),
                        Some(Ok(followed)) => State::Followed(followed),
                    },
                    Rare::Syncing { followed, .. } if followed.is_inherited() => {
                        return Poll::Ready(Err(LogError::Stopped));
                    }
                    Rare::Syncing { followed, answer } => {
                        let Poll::Ready(answer) = Pin::new(answer).poll(cx) else {
                            return Poll::Pending;
                        };
                        match answer.unwrap_or_else(|| followed.final_outcome()) {
                            Ok(()) => State::Good,
                            Err(error) => State::Rare(Box::new(Rare::Refused(error))),
                        }
                    }
                },
            };
            self.state = next;
        }
    }
}

impl Future for LogFuture {
    type Output = Receipt;

    #[inline]
    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Receipt> {
        if self.is_done() {
            return Poll::Ready(Receipt::new(Ok(())));
        }
        let durability = self.own_durability();
        self.poll_until(durability, cx).map(Receipt::new)
    }
}

impl ReceiptFuture {
    /// Blocks this thread until it is so; for code outside async.
    ///
    /// # Errors
    ///
    /// What [`Receipt::ok`] gives.
    pub fn wait(self) -> Result<(), LogError> {
        block_on(self)
    }
}

impl Future for ReceiptFuture {
    type Output = Result<(), LogError>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let durability = self.durability;
        self.record.poll_until(durability, cx)
    }
}
