//! What all queues of one logger have in common, and share with its writer.

use std::sync::atomic::AtomicU32;

use super::{command::CommandQueue, parker::Parker, recorder::Recorder, sync::Arc};
use crate::{Durability, Location, Overflow, clock::Clock, process_id};

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
}

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
        })
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
