//! What all queues of one logger have in common, and share with its writer.

use std::sync::atomic::{AtomicU32, Ordering};

use super::{command::CommandQueue, parker::Parker, recorder::Recorder, sync::Arc};
use crate::{AtomicU64, Durability, Location, Overflow, clock::Clock, process_id};

/// The way from the callers of a logger to its writer, besides the queues themselves.
#[derive(Debug)]
pub struct Channel {
    /// The bytes that a queue may hold.
    pub(crate) capacity: usize,
    /// By index of the stream.
    pub(crate) streams: Vec<StreamPolicy>,
    /// Whether queues know the names of their threads.
    pub(super) names_threads: bool,
    pub(crate) clock: Clock,
    /// Where the writer waits.
    pub(crate) parker: Parker,
    pub(crate) commands: CommandQueue,
    /// The process that made it, counted by forks.
    generation: u32,
    /// The number of the next queue.
    next_queue: AtomicU64,
    /// Words of all rings that are larger than those which threads leave to each other.
    large_rings: AtomicU64,
}

/// Words that all large rings of a logger may have together: 32 MiB. It is enough for 128 threads
/// that log as fast as they can. With more threads each has less, because the writer is not faster.
const MOST_IN_LARGE_RINGS: u64 = 1 << 22;

/// A logger has so many numbers for queues. A thread that ends and another that begins share one,
/// as a rule, so they last.
const QUEUES_OF_A_LOGGER: u64 = 1 << 40;

/// What a caller must know of a stream.
#[derive(Debug, Default)]
pub struct StreamPolicy {
    pub durability: Durability,
    pub overflow: Overflow,
    /// Which records are taken: the number of a `Threshold`. It hands no data over.
    pub threshold: AtomicU32,
    /// What records of other facades carry of their place in the source.
    #[cfg_attr(
        not(any(feature = "internals", feature = "log", feature = "tracing")),
        expect(dead_code, reason = "only bridges ask for it")
    )]
    pub location: Location,
    /// Whether lines name the thread of a record.
    pub names_thread: bool,
    /// What keeps the last records that are not taken.
    pub recorder: Option<Recorder>,
}

impl Channel {
    /// Creates the channel of a logger whose writer runs and has no commands.
    pub fn new(capacity: usize, streams: Vec<StreamPolicy>, clock: Clock) -> Arc<Self> {
        Arc::new(Self {
            capacity,
            names_threads: streams.iter().any(|stream| stream.names_thread),
            streams,
            clock,
            parker: Parker::new(),
            commands: CommandQueue::default(),
            generation: process_id::generation(),
            next_queue: AtomicU64::new(next_first_queue()),
            large_rings: AtomicU64::new(0),
        })
    }

    /// Returns a number that no queue of the process had before.
    pub(super) fn next_queue_id(&self) -> u64 {
        self.next_queue.fetch_add(1, Ordering::Relaxed)
    }

    /// Takes the words of another ring, and gives back those of the ring before it. Without
    /// `is_forced` it fails if the large rings would have too many then.
    pub(super) fn exchange_ring(&self, before: u64, words: u64, is_forced: bool) -> bool {
        let exchanged = |all: u64| {
            let all = all.saturating_sub(before) + words;
            (is_forced || words <= before || all <= MOST_IN_LARGE_RINGS).then_some(all)
        };
        let order = Ordering::Relaxed;
        let large_rings = &self.large_rings;
        large_rings.fetch_update(order, order, exchanged).is_ok()
    }

    /// Returns the words that a queue may hold.
    pub(super) fn capacity_in_words(&self) -> u64 {
        (self.capacity / size_of::<u64>()) as u64
    }

    /// Returns whether this process is a forked child and the channel its parent's.
    ///
    /// The writer is in the parent then. Threads that the child does not have may hold the locks
    /// for ever, so nothing else of the channel may be touched.
    #[inline]
    pub(crate) fn is_inherited(&self) -> bool {
        self.generation != process_id::generation()
    }
}

/// Returns the number of the first queue of the next logger.
fn next_first_queue() -> u64 {
    static NEXT: AtomicU64 = AtomicU64::new(QUEUES_OF_A_LOGGER);
    NEXT.fetch_add(QUEUES_OF_A_LOGGER, Ordering::Relaxed)
}

/// Returns the number of the first queue of the logger that has this one.
pub(super) fn first_queue_of_logger(id: u64) -> u64 {
    id - id % QUEUES_OF_A_LOGGER
}
