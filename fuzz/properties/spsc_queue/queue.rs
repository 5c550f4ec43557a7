//! A queue without threads: both of its ends are here.

use chronologix_core::{
    Durability, ManualClock, Overflow,
    internals::{Channel, Clock, Consumer, Producer, QueueRegistry, StreamPolicy},
};

/// A queue with two streams: 0 waits for room, 1 drops.
pub(super) struct Queue {
    registry: QueueRegistry,
    pub(super) producer: Producer,
    pub(super) consumer: Consumer,
}

impl Queue {
    /// Creates a queue with room for `capacity` bytes.
    pub(super) fn new(capacity: usize, clock: ManualClock) -> Self {
        let policy = |overflow| StreamPolicy {
            durability: Durability::Queued,
            overflow,
            ..StreamPolicy::default()
        };
        let streams = [Overflow::Wait, Overflow::Drop].map(policy).into();
        let registry = QueueRegistry::new(Channel::new(capacity, streams, Clock::Manual(clock)));
        let producer = registry.join().expect("not closed");
        let mut consumers = Vec::new();
        registry.append_new(&mut consumers);
        let consumer = consumers.pop().expect("that of the queue just joined");
        Self {
            registry,
            producer,
            consumer,
        }
    }

    pub(super) fn close(&self) {
        self.registry.close();
    }
}

impl Drop for Queue {
    /// Ends as a writer does that has written everything, so that nothing of the queue is kept.
    fn drop(&mut self) {
        self.registry.close();
        self.registry.for_each(|queue| {
            queue.refuse_waiting();
            queue.watermark.advance(queue.newest(), queue.newest());
            queue.watermark.end(queue.newest(), false);
        });
        self.registry.unregister();
    }
}
