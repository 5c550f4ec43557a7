//! The queue without threads: one queue with both of its ends, and many of them with the merge.

use std::{sync::Arc, task::Waker};

use crate::{
    Durability, ManualClock, Overflow,
    backend::merge::QueueMerger,
    clock::Clock,
    codec::encode::Encode,
    queue::{
        channel::{Channel, StreamPolicy},
        parker::WaitMode,
        record_header,
        registry::QueueRegistry,
        spsc::{
            self,
            consumer::Consumer,
            producer::{Producer, PushError, PushOutcome},
        },
    },
};

/// A queue with both of its ends in one thread. It has two streams: 0 waits for room, 1 drops.
#[derive(Debug)]
pub struct Queue {
    queues: QueueRegistry,
    producer: Producer,
    consumer: Consumer,
}

/// What travels with the arguments of a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Header {
    /// The number of its callsite, below 2²⁴.
    pub callsite: u32,
    /// 0 or 1.
    pub stream: u16,
}

/// The outcome of a push that may defer.
#[derive(Debug)]
pub enum Offered {
    /// Queued under this number.
    Queued(u64),
    /// Waits for room.
    Deferred(DeferredPush),
    /// There was no room.
    Dropped,
    /// The queue was closed.
    Closed,
}

/// A record that waits for room.
#[derive(Clone, Debug)]
pub struct DeferredPush(Arc<spsc::DeferredRecord>);

/// Records of one stream that were dropped between two polls.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DroppedSpan {
    /// 0 or 1.
    pub stream: u16,
    /// How many.
    pub records: u64,
    /// Ticks of the first and of the last.
    pub between: (u64, u64),
}

/// A record that was taken out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Taken<'a> {
    /// When it was made.
    pub ticks: u64,
    /// What it was tagged with.
    pub header: Header,
    /// Its arguments.
    pub bytes: &'a [u8],
}

impl Queue {
    /// Creates a queue with room for `capacity` bytes.
    ///
    /// # Panics
    ///
    /// Never: a new registry takes a queue.
    #[must_use]
    #[expect(clippy::expect_used, reason = "a fuzz target may panic")]
    pub fn new(capacity: usize, clock: ManualClock) -> Self {
        let streams = vec![policy(Overflow::Wait), policy(Overflow::Drop)];
        let queues = QueueRegistry::new(Channel::new(capacity, streams, Clock::Manual(clock)));
        let producer = queues.join().expect("not closed");
        let mut consumers = Vec::new();
        queues.append_new(&mut consumers);
        let consumer = consumers.pop().expect("that of the queue just joined");
        Self {
            queues,
            producer,
            consumer,
        }
    }

    /// Pushes a record into the ring. Returns its number.
    ///
    /// # Errors
    ///
    /// `true` if the queue was closed, `false` if there is no room.
    pub fn push(&mut self, header: Header, args: &impl Encode) -> Result<u64, bool> {
        let pushed = self
            .producer
            .push(header.into(), args.words(), |slot| args.encode(slot));
        pushed
            .map(|placed| placed.sequence)
            .map_err(|refused| refused == PushError::Closed)
    }

    /// Pushes a record into the ring, or defers it if there is no room. Its arguments are whole
    /// words.
    pub fn offer(&mut self, header: Header, bytes: &[u8]) -> Offered {
        match self.producer.push_or_defer(header.into(), bytes) {
            PushOutcome::Queued(number) => Offered::Queued(number),
            PushOutcome::Deferred(record) => Offered::Deferred(DeferredPush(record)),
            PushOutcome::Dropped => Offered::Dropped,
            PushOutcome::Closed => Offered::Closed,
        }
    }

    /// Abandons a record that waits. Returns whether it was dropped.
    #[must_use]
    pub fn abandon(&self, record: &DeferredPush) -> bool {
        self.producer.queue().abandon(&record.0)
    }

    /// Polls the queue. Returns what was dropped since the last poll.
    pub fn poll(&mut self) -> Vec<DroppedSpan> {
        let dropped = self.consumer.poll().into_iter();
        let dropped = dropped.map(|dropped| DroppedSpan {
            stream: dropped.stream,
            records: dropped.records,
            between: dropped.between,
        });
        dropped.collect()
    }

    /// The time of the next record.
    #[must_use]
    pub fn next(&self, cut_off: u64) -> Option<u64> {
        self.consumer.next(cut_off)
    }

    /// Takes the next record.
    pub fn take(&mut self) -> Option<Taken<'_>> {
        let taken = self.consumer.pop()?;
        Some(Taken {
            ticks: taken.ticks,
            header: Header {
                callsite: taken.header.callsite,
                stream: taken.header.stream,
            },
            bytes: taken.bytes,
        })
    }

    /// The number of the last record taken.
    #[must_use]
    pub fn taken(&self) -> u64 {
        self.consumer.popped()
    }

    /// Whether everything seen was taken.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.consumer.is_empty()
    }

    /// Whether a poll would find nothing.
    #[must_use]
    pub fn allows_sleep(&self) -> bool {
        self.consumer.may_wait(WaitMode::Park)
    }

    /// Records and bytes in the queue, and records dropped since the last poll.
    #[must_use]
    pub fn depth(&self) -> (u64, u64, u64) {
        let depth = self.producer.queue().depth();
        (depth.records, depth.bytes, depth.dropped)
    }

    /// Closes the queue.
    pub fn close(&self) {
        self.queues.close();
    }
}

impl Drop for Queue {
    /// Ends as a writer does that has written everything, so that nothing of the queue is kept.
    fn drop(&mut self) {
        self.queues.close();
        self.queues.for_each(|queue| {
            queue.refuse_waiting();
            queue.watermark.advance(queue.newest(), queue.newest());
            queue.watermark.end(queue.newest(), false);
        });
        self.queues.unregister();
    }
}

impl From<Header> for record_header::RecordHeader {
    fn from(Header { callsite, stream }: Header) -> Self {
        Self { callsite, stream }
    }
}

impl DeferredPush {
    /// Returns its number once it is queued. `None` while it waits, and if the writer ended first.
    #[must_use]
    pub fn number(&self) -> Option<u64> {
        self.0.poll(Waker::noop())?.ok()
    }
}

/// Queues and the merge behind them.
#[derive(Debug)]
pub struct MergedQueues {
    queues: QueueRegistry,
    producers: Vec<Producer>,
    merger: QueueMerger,
}

impl MergedQueues {
    /// Creates this many queues, each with room for `capacity` bytes.
    #[must_use]
    pub fn new(queues: usize, capacity: usize) -> Self {
        let streams = vec![policy(Overflow::Drop)];
        let all = QueueRegistry::new(Channel::new(capacity, streams, Clock::default()));
        Self {
            producers: (0..queues).filter_map(|_| all.join()).collect(),
            queues: all,
            merger: QueueMerger::default(),
        }
    }

    /// Stamps a record and pushes it into a queue, as `log!` does. Returns whether there was room.
    #[inline(never)]
    pub fn push<W: Encode>(&mut self, queue: usize, args: &W) -> bool {
        let header = record_header::RecordHeader {
            callsite: 0,
            stream: 0,
        };
        self.producers[queue]
            .push(header, args.words(), |slot| args.encode(slot))
            .is_ok()
    }

    /// Takes all records in their order. Returns how many there were.
    pub fn merge(&mut self) -> u64 {
        self.merger.poll_queues(&self.queues);
        let merged = self.merger.merge(u64::MAX, usize::MAX, |_, _| {});
        merged.records
    }
}

fn policy(overflow: Overflow) -> StreamPolicy {
    StreamPolicy {
        durability: Durability::Queued,
        overflow,
        min_level: 0.into(),
    }
}
