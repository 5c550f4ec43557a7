//! What the fuzz targets may name, and nothing else. Not part of the public API.

use std::{sync::Arc, task::Waker};

use jiff::tz::TimeZone;

use chronologix_schema::layout::TimestampFormat;

use crate::{
    Durability, Level, ManualClock, Multiline, Overflow,
    clock::Clock,
    codec::encoding::Encoder,
    format::{line::LineMaker, message::Style},
    queue::{
        parker::Rest,
        record_header,
        registry::Lanes,
        ring_buffer::Words,
        spsc::{
            self, Rules, StreamRule,
            consumer::Consumer,
            producer::{Admission, NotQueued, Producer},
        },
    },
};
pub use crate::{
    codec::{
        encode::{Raw, Wire},
        encoding::{Decoder, Sink},
    },
    private::{Formatted, Plain, Rendering, Value},
};

/// Where arguments are written by way of a buffer, with room for so many bytes of text.
#[must_use]
pub fn encoder(out: &mut Vec<u8>, room: usize) -> impl Sink {
    Encoder::with_room(out, room)
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

/// The ring of a lane, without the lane.
#[derive(Debug)]
pub struct Ring(Words);

impl Ring {
    /// A ring with room for this many words.
    #[must_use]
    pub fn new(words: u64) -> Self {
        Self(Words::new(words))
    }

    /// Where arguments are written as they are.
    #[must_use]
    pub fn slot(&self, at: u64) -> impl Sink {
        self.0.slot(at)
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
pub struct Lines(LineMaker);

impl Lines {
    /// Lines with stamps of this format and zone.
    #[must_use]
    pub fn new(format: TimestampFormat, zone: TimeZone) -> Self {
        Self(LineMaker::new(format, zone))
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
        fill: impl FnOnce(&mut Rendering<'_>),
    ) {
        let style = text.map_or(Style::Json, Style::Text);
        self.0.append(out, style, stream, wall, level, fill);
    }
}

/// A lane with both of its ends in one thread. It has two streams: 0 waits for room, 1 drops.
#[derive(Debug)]
pub struct Lane {
    lanes: Lanes,
    producer: Producer,
    consumer: Consumer,
}

/// What a record carries besides its arguments.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tag {
    /// The number of its site, below 2²⁴.
    pub site: u32,
    /// 0 or 1.
    pub stream: u16,
}

/// What became of a record that was offered.
#[derive(Debug)]
pub enum Offered {
    /// Queued under this number.
    Queued(u64),
    /// It waits for room.
    Parked(Parked),
    /// There was no room.
    Dropped,
    /// The lane was closed.
    Closed,
}

/// A record that waits for room.
#[derive(Clone, Debug)]
pub struct Parked(Arc<spsc::Parked>);

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
    pub tag: Tag,
    /// Its arguments.
    pub bytes: &'a [u8],
}

impl Lane {
    /// A lane that may hold so many bytes.
    ///
    /// # Panics
    ///
    /// Never: the lanes are new, and give one to whoever asks.
    #[must_use]
    #[expect(clippy::expect_used, reason = "a fuzz target may panic")]
    pub fn new(capacity: usize, clock: ManualClock) -> Self {
        let stream = |overflow| StreamRule {
            durability: Durability::Queued,
            overflow,
            min_level: 0.into(),
        };
        let streams = vec![stream(Overflow::Wait), stream(Overflow::Drop)];
        let lanes = Lanes::new(Rules::new(capacity, streams, Clock::Manual(clock)));
        let producer = lanes.join().expect("not closed");
        let mut consumers = Vec::new();
        lanes.extend_known(&mut consumers);
        let consumer = consumers.pop().expect("that of the lane just joined");
        Self {
            lanes,
            producer,
            consumer,
        }
    }

    /// Puts a record straight into the ring, and gives its number.
    ///
    /// # Errors
    ///
    /// `true` if the lane was closed, `false` if there is no room.
    pub fn put(&mut self, tag: Tag, wire: &impl Wire) -> Result<u64, bool> {
        let put = self
            .producer
            .put(tag.into(), wire.words(), |slot| wire.put(slot));
        put.map(|placed| placed.number)
            .map_err(|refused| refused == NotQueued::Closed)
    }

    /// Puts a record into the ring or, if it has no room there, aside. Its arguments are whole words.
    pub fn offer(&mut self, tag: Tag, bytes: &[u8]) -> Offered {
        match self.producer.put_anywhere(tag.into(), bytes) {
            Admission::Queued(number) => Offered::Queued(number),
            Admission::Parked(parked) => Offered::Parked(Parked(parked)),
            Admission::Dropped => Offered::Dropped,
            Admission::Closed => Offered::Closed,
        }
    }

    /// The caller of a record that waits went away. Whether the record was dropped.
    #[must_use]
    pub fn abandon(&self, parked: &Parked) -> bool {
        self.producer.lane().abandon(&parked.0)
    }

    /// Looks what there is to take. Gives what was dropped since the last look.
    pub fn sweep(&mut self) -> Vec<Dropped> {
        let dropped = self.consumer.sweep().into_iter();
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
        let taken = self.consumer.take()?;
        Some(Taken {
            ticks: taken.ticks,
            tag: Tag {
                site: taken.tag.site,
                stream: taken.tag.stream,
            },
            bytes: taken.bytes,
        })
    }

    /// The number of the last record taken.
    #[must_use]
    pub fn taken(&self) -> u64 {
        self.consumer.taken()
    }

    /// Whether everything seen was taken.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.consumer.is_empty()
    }

    /// Whether a sweep would find nothing.
    #[must_use]
    pub fn allows_sleep(&self) -> bool {
        self.consumer.allows(Rest::Sleep)
    }

    /// Records and bytes in the lane, and records dropped since the last sweep.
    #[must_use]
    pub fn depth(&self) -> (u64, u64, u64) {
        let depth = self.producer.lane().depth();
        (depth.records, depth.bytes, depth.dropped)
    }

    /// Takes nothing more from now on.
    pub fn close(&self) {
        self.lanes.close();
    }
}

impl Drop for Lane {
    /// As a writer ends that has written everything, so that nothing of the lane is kept.
    fn drop(&mut self) {
        self.lanes.close();
        self.lanes.for_each(|lane| {
            lane.refuse_parked();
            lane.progress.advance(lane.newest(), lane.newest());
            lane.progress.end(lane.newest(), false);
        });
        self.lanes.forget();
    }
}

impl From<Tag> for record_header::Tag {
    fn from(Tag { site, stream }: Tag) -> Self {
        Self { site, stream }
    }
}

impl Parked {
    /// The number under which it was queued; none while it waits, and if the writer ended first.
    #[must_use]
    pub fn number(&self) -> Option<u64> {
        self.0.poll(Waker::noop())?.ok()
    }
}
