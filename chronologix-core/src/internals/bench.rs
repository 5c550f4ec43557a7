//! What the micro-benchmarks may name, and nothing else. Not part of the public API.

use std::fmt;

use chronologix_schema::layout::{Multiline, TimestampFormat, zone};

use crate::{
    Durability, Level, Overflow,
    backend::merge::QueueMerger,
    clock::Clock,
    codec::encoding::{BufEncoder, Decoder},
    format::{line::LineEncoder, message::LineStyle},
    frontend::callsite::{Render, render},
    queue::{
        channel::{Channel, StreamPolicy},
        record_header::RecordHeader,
        registry::QueueRegistry,
        spsc::producer::Producer,
    },
};
pub use crate::{
    codec::encode::Encode,
    private::{Arg, FormattedArg, MessageWriter, Plain, RawArg, Template, Value},
};

/// Records as they lie in a queue.
#[derive(Clone, Default)]
pub struct Queued {
    bytes: Vec<u8>,
    /// How each is rendered, and how many bytes it has.
    records: Vec<(Render, usize)>,
}

impl Queued {
    /// Adds a record. The args stands before the template, as it does for `submit`.
    pub fn push<W, T>(&mut self, args: &W, _template: T)
    where
        W: Encode,
        T: for<'w> Template<W::Value<'w>>,
    {
        let mut bytes = Vec::new();
        args.encode(&mut BufEncoder::new(&mut bytes));
        self.bytes.append(&mut bytes);
        let end = self.bytes.len();
        self.records.push((render::<W, T>, end));
    }
}

impl fmt::Debug for Queued {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let records = self.records.len();
        f.debug_struct("Queued")
            .field("records", &records)
            .finish_non_exhaustive()
    }
}

/// The writer's way from queued records to lines, without queue and disk.
#[derive(Debug)]
pub struct Lines {
    encoder: LineEncoder,
    style: LineStyle,
}

impl Lines {
    /// Lines of text whose stamps have this format and are of UTC.
    ///
    /// # Panics
    ///
    /// If it is no format.
    #[must_use]
    pub fn text(format: &str) -> Self {
        Self::new(format, LineStyle::Text(Multiline::Escape))
    }

    /// Lines of JSON.
    #[must_use]
    pub fn json() -> Self {
        Self::new("%T", LineStyle::Json)
    }

    #[expect(clippy::expect_used, reason = "a benchmark may panic")]
    fn new(format: &str, style: LineStyle) -> Self {
        let format = TimestampFormat::parse(format).expect("a format");
        let encoder = LineEncoder::new(format, zone("UTC").expect("always there"));
        Self { encoder, style }
    }

    /// Appends the lines of all records. The first is of `start`, in nanoseconds since 1970, each further one of `pace` later.
    /// `full` empties `out` from time to time.
    pub fn append(
        &mut self,
        out: &mut Vec<u8>,
        queued: &Queued,
        level: Option<Level>,
        (start, pace): (i64, i64),
        mut full: impl FnMut(&mut Vec<u8>),
    ) {
        let (mut wall, mut begin) = (start, 0);
        for (render, end) in &queued.records {
            let bytes = &queued.bytes[begin..*end];
            self.encoder
                .append(out, self.style, "app", wall, level, |out| {
                    render(&mut Decoder::new(bytes), out);
                });
            full(out);
            begin = *end;
            wall += pace;
        }
    }
}

/// QueueRegistry and the merge behind them, without threads.
#[derive(Debug)]
pub struct Road {
    queues: QueueRegistry,
    producers: Vec<Producer>,
    intake: QueueMerger,
}

impl Road {
    /// So many queues, each with room for so many bytes.
    #[must_use]
    pub fn new(queues: usize, capacity: usize) -> Self {
        let stream = StreamPolicy {
            durability: Durability::Queued,
            overflow: Overflow::Drop,
            min_level: 0.into(),
        };
        let all = QueueRegistry::new(Channel::new(capacity, vec![stream], Clock::default()));
        Self {
            producers: (0..queues).filter_map(|_| all.join()).collect(),
            queues: all,
            intake: QueueMerger::default(),
        }
    }

    /// Stamps a record and puts it into a queue, as `log!` does. Whether there was room.
    #[inline(never)]
    pub fn put<W: Encode>(&mut self, queue: usize, args: &W) -> bool {
        let header = RecordHeader {
            callsite: 0,
            stream: 0,
        };
        self.producers[queue]
            .push(header, args.words(), |slot| args.encode(slot))
            .is_ok()
    }

    /// Takes all records in their order. Gives their number.
    pub fn merge(&mut self) -> u64 {
        self.intake.sweep(&self.queues);
        let merged = self.intake.merge(u64::MAX, usize::MAX, |_, _| {});
        merged.records
    }
}
