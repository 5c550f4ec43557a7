//! Queues, records and wakers for the tests of this module and of the writer's merge.

use std::{
    sync::atomic::AtomicUsize,
    task::{Wake, Waker},
};

use crate::queue::{
    channel::{Channel, StreamPolicy},
    record_header::RecordHeader,
    spsc::{
        Dropped,
        consumer::Consumer,
        producer::{self, Producer, PushOutcome},
    },
    sync::{Arc, Condvar, Mutex, Ordering, lock},
};
use crate::{Durability, Overflow, clock::Clock, frontend::callsite::Callsite};

/// The stream that waits, `queued`.
pub(crate) const WAITS: u16 = 0;
/// The stream that drops, `queued`.
pub(crate) const DROPS: u16 = 1;
/// The stream that waits, `written`.
pub(crate) const WRITTEN: u16 = 2;

/// Bytes of a record with a name of one to eight bytes.
pub(crate) const RECORD: usize = 24;
/// Room for any number of records. In a model each word costs time, and there are few records.
pub(crate) const ROOMY: usize = if cfg!(loom) { 12 * RECORD } else { 1 << 20 };
/// Room for one record.
pub(crate) const FULL_WITH_ONE: usize = RECORD;

static CALLSITE: Callsite = Callsite::new(None, "");

/// Returns the header of a record of a stream.
pub(crate) fn header(stream: u16) -> RecordHeader {
    RecordHeader {
        callsite: CALLSITE.number(&()),
        stream,
    }
}

/// Offers a record of a stream that carries a name, which has no zero at its end.
pub(crate) fn offer(producer: &mut Producer, stream: u16, name: &[u8]) -> PushOutcome {
    let mut bytes = name.to_owned();
    bytes.resize(name.len().next_multiple_of(size_of::<u64>()), 0);
    producer.push_or_defer(header(stream), &bytes)
}

/// The name that a record carries.
pub(crate) fn name(bytes: &[u8]) -> &[u8] {
    let end = bytes.iter().rposition(|byte| *byte != 0);
    end.map_or(&[], |end| &bytes[..=end])
}

/// Polls, and pops all there is: the names, and what was dropped.
pub(crate) fn take(consumer: &mut Consumer) -> (Vec<Vec<u8>>, Vec<Dropped>) {
    let dropped = consumer.poll();
    let mut names = Vec::new();
    while let Some(taken) = consumer.pop() {
        names.push(name(taken.bytes).to_owned());
    }
    (names, dropped)
}

/// The channel of a logger with the three streams above.
pub(crate) fn channel(capacity: usize, clock: Clock) -> Arc<Channel> {
    let rule = |durability, overflow| StreamPolicy {
        durability,
        overflow,
        ..StreamPolicy::default()
    };
    let streams = vec![
        rule(Durability::Queued, Overflow::Wait),
        rule(Durability::Queued, Overflow::Drop),
        rule(Durability::Written, Overflow::Wait),
    ];
    Channel::new(capacity, streams, clock)
}

/// Both ends of a queue of its own.
pub(crate) fn queue(capacity: usize) -> (Producer, Consumer) {
    producer::queue(channel(capacity, Clock::default()))
}

/// A waker that counts, and that can be waited for.
#[derive(Debug)]
pub(crate) struct WakeCounter {
    is_woken: Mutex<bool>,
    condvar: Condvar,
    wakes: AtomicUsize,
}

impl WakeCounter {
    pub(crate) fn new() -> (Arc<Self>, Waker) {
        let counter = Arc::new(Self {
            is_woken: Mutex::new(false),
            condvar: Condvar::new(),
            wakes: AtomicUsize::new(0),
        });
        (Arc::clone(&counter), Waker::from(counter))
    }

    /// Waits until it is woken once more.
    #[cfg(loom)]
    pub(crate) fn wait(&self) {
        let mut is_woken = lock(&self.is_woken);
        while !*is_woken {
            is_woken = self
                .condvar
                .wait(is_woken)
                .unwrap_or_else(std::sync::PoisonError::into_inner);
        }
        *is_woken = false;
    }

    /// Returns how often it was woken.
    pub(crate) fn wakes(&self) -> usize {
        self.wakes.load(Ordering::SeqCst)
    }
}

impl Wake for WakeCounter {
    fn wake(self: Arc<Self>) {
        self.wakes.fetch_add(1, Ordering::SeqCst);
        *lock(&self.is_woken) = true;
        self.condvar.notify_one();
    }
}
