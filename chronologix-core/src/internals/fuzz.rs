//! What the fuzz targets may name, and nothing else. Not part of the public API.

use std::{sync::Arc, task::Waker};

use jiff::tz::TimeZone;

use chronologix_schema::layout::TimestampFormat;

use crate::{
    Durability, Level, ManualClock, Multiline, Overflow,
    clock::Clock,
    codec::encoding::BufEncoder,
    format::{line::LineEncoder, message::LineStyle},
    queue::{
        channel::{Channel, StreamPolicy},
        parker::WaitMode,
        record_header,
        registry::QueueRegistry,
        ring_buffer::RingBuffer,
        spsc::{
            self,
            consumer::Consumer,
            producer::{Producer, PushError, PushOutcome},
        },
    },
};
pub use crate::{
    codec::{
        encode::{AsRaw, Encode},
        encoding::{Decoder, Encoder},
    },
    private::{Formatted, MessageWriter, Plain, Value},
};

/// Where arguments are written by way of a buffer, with room for so many bytes of text.
#[must_use]
pub fn encoder(out: &mut Vec<u8>, room: usize) -> impl Encoder {
    BufEncoder::with_room(out, room)
}

/// Where arguments are read from.
#[must_use]
pub fn decoder(bytes: &[u8]) -> Decoder<'_> {
    Decoder::new(bytes)
}

/// Whether everything was read.
#[must_use]
pub fn is_at_end(from: &Decoder<'_>) -> bool {
    from.is_at_end()
}

/// The ring of a queue, without the queue.
#[derive(Debug)]
pub struct Ring(RingBuffer);

impl Ring {
    /// A ring with room for this many words.
    #[must_use]
    pub fn new(words: u64) -> Self {
        Self(RingBuffer::new(words))
    }

    /// Where arguments are written as they are.
    #[must_use]
    pub fn slot(&self, at: u64) -> impl Encoder {
        self.0.writer(at)
    }

    /// The bytes of some words.
    #[must_use]
    pub fn read(&self, at: u64, words: usize) -> Vec<u8> {
        let words = (at..).take(words).map(|at| self.0.get(at));
        words.flat_map(u64::to_le_bytes).collect()
    }
}

/// Makes lines, as the writer does.
#[derive(Debug)]
pub struct Lines(LineEncoder);

impl Lines {
    /// Lines with stamps of this format and zone.
    #[must_use]
    pub fn new(format: TimestampFormat, zone: TimeZone) -> Self {
        Self(LineEncoder::new(format, zone))
    }

    /// The stamp of a text line, without its brackets.
    pub fn stamp(&mut self, wall: i64) -> String {
        self.0.stamp(wall)
    }

    /// Appends a line: of text, or of JSON if nothing is said about newlines.
    pub fn append(
        &mut self,
        out: &mut Vec<u8>,
        text: Option<Multiline>,
        stream: &str,
        wall: i64,
        level: Option<Level>,
        fill: impl FnOnce(&mut MessageWriter<'_>),
    ) {
        let style = text.map_or(LineStyle::Json, LineStyle::Text);
        self.0.append(out, style, stream, wall, level, fill);
    }
}

/// A queue with both of its ends in one thread. It has two streams: 0 waits for room, 1 drops.
#[derive(Debug)]
pub struct Queue {
    queues: QueueRegistry,
    producer: Producer,
    consumer: Consumer,
}

/// What a record carries besides its arguments.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Header {
    /// The number of its callsite, below 2²⁴.
    pub callsite: u32,
    /// 0 or 1.
    pub stream: u16,
}

/// What became of a record that was offered.
#[derive(Debug)]
pub enum Offered {
    /// Queued under this number.
    Queued(u64),
    /// It waits for room.
    Deferred(Deferred),
    /// There was no room.
    Dropped,
    /// The queue was closed.
    Closed,
}

/// A record that waits for room.
#[derive(Clone, Debug)]
pub struct Deferred(Arc<spsc::DeferredRecord>);

/// Records of one stream that were dropped between two sweeps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Dropped {
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
    /// A queue that may hold so many bytes.
    ///
    /// # Panics
    ///
    /// Never: the queues are new, and give one to whoever asks.
    #[must_use]
    #[expect(clippy::expect_used, reason = "a fuzz target may panic")]
    pub fn new(capacity: usize, clock: ManualClock) -> Self {
        let stream = |overflow| StreamPolicy {
            durability: Durability::Queued,
            overflow,
            min_level: 0.into(),
        };
        let streams = vec![stream(Overflow::Wait), stream(Overflow::Drop)];
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

    /// Puts a record straight into the ring, and gives its number.
    ///
    /// # Errors
    ///
    /// `true` if the queue was closed, `false` if there is no room.
    pub fn put(&mut self, header: Header, args: &impl Encode) -> Result<u64, bool> {
        let put = self
            .producer
            .push(header.into(), args.words(), |slot| args.encode(slot));
        put.map(|placed| placed.sequence)
            .map_err(|refused| refused == PushError::Closed)
    }

    /// Puts a record into the ring or, if it has no room there, aside. Its arguments are whole words.
    pub fn offer(&mut self, header: Header, bytes: &[u8]) -> Offered {
        match self.producer.push_or_defer(header.into(), bytes) {
            PushOutcome::Queued(number) => Offered::Queued(number),
            PushOutcome::Deferred(parked) => Offered::Deferred(Deferred(parked)),
            PushOutcome::Dropped => Offered::Dropped,
            PushOutcome::Closed => Offered::Closed,
        }
    }

    /// The caller of a record that waits went away. Whether the record was dropped.
    #[must_use]
    pub fn abandon(&self, parked: &Deferred) -> bool {
        self.producer.queue().abandon(&parked.0)
    }

    /// Looks what there is to take. Gives what was dropped since the last look.
    pub fn sweep(&mut self) -> Vec<Dropped> {
        let dropped = self.consumer.poll().into_iter();
        let dropped = dropped.map(|dropped| Dropped {
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

    /// Whether a sweep would find nothing.
    #[must_use]
    pub fn allows_sleep(&self) -> bool {
        self.consumer.may_wait(WaitMode::Park)
    }

    /// Records and bytes in the queue, and records dropped since the last sweep.
    #[must_use]
    pub fn depth(&self) -> (u64, u64, u64) {
        let depth = self.producer.queue().depth();
        (depth.records, depth.bytes, depth.dropped)
    }

    /// Takes nothing more from now on.
    pub fn close(&self) {
        self.queues.close();
    }
}

impl Drop for Queue {
    /// As a writer ends that has written everything, so that nothing of the queue is kept.
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

impl Deferred {
    /// The number under which it was queued; none while it waits, and if the writer ended first.
    #[must_use]
    pub fn number(&self) -> Option<u64> {
        self.0.poll(Waker::noop())?.ok()
    }
}
