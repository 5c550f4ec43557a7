//! What `log!` returns, and what awaiting it gives.

mod pending;
#[cfg(test)]
mod tests;

use std::{
    future::Future,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};

use self::pending::{DeferredPush, Tracked, WaitState};
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

/// A record that was just made. It is stamped and, if the queue has room, already queued.
///
/// | call | returns when | gives |
/// |---|---|---|
/// | `.await` | the durability of its stream is met | [`Receipt`] |
/// | [`.queued()`][queued]`.await`, … | that durability is met | `Result<(), LogError>` |
/// | [`.wait()`](LogFuture::wait) | as `.await`, blocking, for code outside async | [`Receipt`] |
/// | [`.enqueue()`](LogFuture::enqueue) | it is queued, blocking, outside async | nothing |
/// | [`.detach()`](LogFuture::detach) | at once | nothing |
///
/// Beside it there are [`.written()`](LogFuture::written) and [`.synced()`](LogFuture::synced).
///
/// [queued]: LogFuture::queued
///
/// ```
/// # use chronologix_core::Config;
/// # let dir = tempfile::tempdir().unwrap();
/// # let logger = Config::new().base_log_dir(dir.path()).start_blocking()?;
/// let all = logger.stream("all")?;
/// // In async code, `.await` stands in place of `.wait()`.
/// all.log(format_args!("in the queue")).queued().wait()?;
/// all.log(format_args!("in the file")).written().wait()?;
/// all.log(format_args!("on disk")).synced().wait()?;
/// all.log(format_args!("as durable as its stream")).wait().into_result()?;
/// all.log(format_args!("waits for room at most")).enqueue();
/// all.log(format_args!("waits for nothing")).detach();
/// # Ok::<(), chronologix_core::Error>(())
/// ```
///
/// # Cancel safety
///
/// Dropping the future, polled or not, does not take a queued record back. It is written, and only
/// the confirmation is lost. A record that still waits for room is kept as well, unless the whole
/// capacity of the queue is in use. Then it is dropped and counted, and a line in its stream says
/// so.
#[must_use = "a record is a future: `.await` or `.wait()` until it is durable, or `.detach()` it"]
#[derive(Debug)]
pub struct LogFuture {
    state: FutureState,
}

/// The first two states are small and have nothing to drop, so nearly every record costs nothing
/// after its push. The tag takes a whole word. So the rest lies at whole words as well and is moved
/// in a few of them, which makes a record that is filtered out a quarter cheaper.
#[derive(Debug)]
#[repr(u64)]
enum FutureState {
    /// Filtered out, or known to have reached the durability that was asked for.
    Done,
    /// In the queue or further, which is all that most callers want to know.
    Queued {
        /// The number of the queue.
        queue: u64,
        record: RecordId,
        /// The durability of its stream.
        durability: Durability,
    },
    /// As before, and the caller waits for more.
    Tracked(Tracked),
    Rare(Box<Rare>),
}

/// The states that are seldom.
#[derive(Debug)]
enum Rare {
    /// Rejected at submission.
    Refused(LogError),
    /// Waiting for room.
    Deferred(DeferredPush),
    /// The writer was asked to sync it.
    Syncing {
        tracked: Tracked,
        answer: oneshot::Receiver<Result<(), LogError>>,
    },
}

/// A [`LogFuture`] that is awaited for a certain durability.
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

/// The outcome of an awaited record. It may be ignored. [`Receipt::into_result`] is for callers
/// that want to know.
#[derive(Clone, Debug)]
pub struct Receipt(Result<(), LogError>);

impl Receipt {
    /// Returns whether the durability of the record's stream was met. It is `Ok` too for a record
    /// that was filtered out by level.
    ///
    /// # Errors
    ///
    /// [`LogError::NotStarted`] and [`LogError::Stopped`] if there was no running logger,
    /// [`LogError::Dropped`] if there was no room and the stream drops records then, and
    /// [`LogError::Failed`] if the record could not be written or synced.
    pub fn into_result(self) -> Result<(), LogError> {
        self.0
    }

    /// Returns whether [`Receipt::into_result`] would be `Ok`.
    #[must_use]
    pub fn is_ok(&self) -> bool {
        self.0.is_ok()
    }
}

impl From<Receipt> for Result<(), LogError> {
    fn from(receipt: Receipt) -> Self {
        receipt.0
    }
}

impl LogFuture {
    /// Returns the future of a record that was filtered out: ready at once.
    #[doc(hidden)]
    #[inline]
    pub const fn filtered() -> Self {
        Self {
            state: FutureState::Done,
        }
    }

    #[cold]
    pub(crate) fn refused(error: LogError) -> Self {
        Self::rare(Rare::Refused(error))
    }

    fn rare(rare: Rare) -> Self {
        Self {
            state: FutureState::Rare(Box::new(rare)),
        }
    }

    /// Returns the future of a record in the ring.
    #[inline]
    pub(crate) fn pushed(pushed: Pushed, stream: u16) -> Self {
        Self {
            state: FutureState::Queued {
                queue: pushed.queue,
                record: RecordId {
                    sequence: pushed.sequence,
                    stream,
                },
                durability: pushed.durability,
            },
        }
    }

    /// Returns the future of a record that was offered to a queue.
    pub(crate) fn of_outcome(queue: &Arc<SpscQueue>, stream: u16, outcome: PushOutcome) -> Self {
        match outcome {
            PushOutcome::Queued(sequence) => {
                let pushed = Pushed {
                    sequence,
                    queue: queue.id,
                    durability: queue.channel.streams[usize::from(stream)].durability,
                };
                Self::pushed(pushed, stream)
            }
            PushOutcome::Deferred(record) => {
                let push = DeferredPush::new(Arc::clone(queue), stream, record);
                Self::rare(Rare::Deferred(push))
            }
            PushOutcome::Dropped => Self::refused(LogError::Dropped),
            PushOutcome::Closed => Self::refused(LogError::Stopped),
        }
    }

    /// Waits until the record is in the queue. It is ready at once unless the queue is full.
    ///
    /// # Errors
    ///
    /// The errors of [`Receipt::into_result`].
    pub fn queued(self) -> ReceiptFuture {
        self.until(Durability::Queued)
    }

    /// Waits until the record and all its mirrors were handed to the operating system.
    ///
    /// # Errors
    ///
    /// The errors of [`Receipt::into_result`].
    pub fn written(self) -> ReceiptFuture {
        self.until(Durability::Written)
    }

    /// Waits until the record and all its mirrors are on disk, and so are the names of their
    /// folders.
    ///
    /// # Errors
    ///
    /// The errors of [`Receipt::into_result`].
    pub fn synced(self) -> ReceiptFuture {
        self.until(Durability::Synced)
    }

    fn until(self, durability: Durability) -> ReceiptFuture {
        ReceiptFuture {
            record: self,
            durability,
        }
    }

    /// Blocks this thread until the durability of the record's stream is met. For code outside
    /// async.
    #[expect(clippy::must_use_candidate, reason = "a receipt may be ignored")]
    #[inline]
    pub fn wait(self) -> Receipt {
        if self.is_done() {
            // There is nothing to drop, and this spares the compiler a proof of that.
            std::mem::forget(self);
            return Receipt(Ok(()));
        }
        block_on(self)
    }

    /// Blocks this thread until the record is in the queue. It returns at once unless the queue is
    /// full, and does not wait for the disk, whatever the durability of the stream. For code
    /// outside async that only wants its record queued.
    ///
    /// If there is no running logger, or the stream drops records when the queue is full, the
    /// record is lost and counted in [`Stats`](crate::Stats). [`queued`](LogFuture::queued) returns
    /// the error.
    #[inline]
    pub fn enqueue(self) {
        if self.is_queued() {
            std::mem::forget(self);
        } else {
            // The record was counted as refused or dropped.
            let _ = self.queued().wait();
        }
    }

    /// Lets the record go without waiting. If the queue is full to its capacity, the record is
    /// dropped and counted.
    #[inline]
    pub fn detach(self) {
        if self.is_queued() {
            std::mem::forget(self);
        }
    }

    /// Returns whether the record waits for room in the queue.
    #[cfg(any(feature = "log", feature = "tracing"))]
    pub(crate) fn is_waiting_for_room(&self) -> bool {
        matches!(&self.state, FutureState::Rare(rare) if matches!(**rare, Rare::Deferred(_)))
    }

    /// Returns whether the record is in the queue and the state has nothing to drop.
    #[inline]
    fn is_queued(&self) -> bool {
        matches!(self.state, FutureState::Done | FutureState::Queued { .. })
    }

    /// Returns whether the durability of the stream is met already, as it is for most records.
    #[inline]
    fn is_done(&self) -> bool {
        match self.state {
            FutureState::Done => true,
            FutureState::Queued { durability, .. } => durability == Durability::Queued,
            FutureState::Tracked(_) | FutureState::Rare(_) => false,
        }
    }

    /// Returns the durability of the record's stream.
    fn stream_durability(&self) -> Durability {
        match &self.state {
            FutureState::Done => Durability::Queued,
            FutureState::Queued { durability, .. } => *durability,
            FutureState::Tracked(tracked) => tracked.stream_durability(),
            FutureState::Rare(rare) => match &**rare {
                Rare::Refused(_) => Durability::Queued,
                Rare::Deferred(push) => push.stream_durability(),
                Rare::Syncing { tracked, .. } => tracked.stream_durability(),
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
                FutureState::Done => return Poll::Ready(Ok(())),
                FutureState::Queued { .. } if durability == Durability::Queued => {
                    return Poll::Ready(Ok(()));
                }
                FutureState::Queued { queue, record, .. } => {
                    match registry::find(*queue, *record) {
                        Some((queue, record)) => FutureState::Tracked(Tracked::new(queue, record)),
                        // Its logger has ended, and everything is on disk.
                        None => FutureState::Done,
                    }
                }
                FutureState::Tracked(tracked) => match tracked.poll(durability, cx.waker()) {
                    WaitState::Known(outcome) => return Poll::Ready(outcome),
                    WaitState::Waits => return Poll::Pending,
                    WaitState::Asked(answer) => FutureState::Rare(Box::new(Rare::Syncing {
                        tracked: tracked.clone(),
                        answer,
                    })),
                },
                FutureState::Rare(rare) => match &mut **rare {
                    Rare::Refused(error) => return Poll::Ready(Err(error.clone())),
                    Rare::Deferred(push) => match push.poll(cx.waker()) {
                        None => return Poll::Pending,
                        Some(Err(error)) => FutureState::Rare(Box::new(Rare::Refused(error))),
                        Some(Ok(tracked)) => FutureState::Tracked(tracked),
                    },
                    Rare::Syncing { tracked, .. } if tracked.is_inherited() => {
                        return Poll::Ready(Err(LogError::Stopped));
                    }
                    Rare::Syncing { tracked, answer } => {
                        let Poll::Ready(answer) = Pin::new(answer).poll(cx) else {
                            return Poll::Pending;
                        };
                        match answer.unwrap_or_else(|| tracked.final_outcome()) {
                            Ok(()) => FutureState::Done,
                            Err(error) => FutureState::Rare(Box::new(Rare::Refused(error))),
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
            return Poll::Ready(Receipt(Ok(())));
        }
        let durability = self.stream_durability();
        self.poll_until(durability, cx).map(Receipt)
    }
}

impl ReceiptFuture {
    /// Blocks this thread until the durability is met. For code outside async.
    ///
    /// # Errors
    ///
    /// The errors of [`Receipt::into_result`].
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
