//! The queues of threads that end by the thousand.

use super::{ROOMY, WAITS, channel, offer, queued, take};
use crate::{
    Durability, LogError,
    clock::Clock,
    queue::{
        ack::RecordId,
        registry::{self, QueueRegistry},
        spsc::{consumer::Consumer, producer::Producer},
    },
};

/// More threads than a registry keeps queues for.
const THREADS: usize = 500;

/// How many queues a registry may keep for new threads, and the one of ending threads.
const KEPT: usize = 129;

struct Threads {
    queues: QueueRegistry,
    consumers: Vec<Consumer>,
}

impl Threads {
    fn new() -> Self {
        Self {
            queues: QueueRegistry::new(channel(ROOMY, Clock::default())),
            consumers: Vec::new(),
        }
    }

    /// Threads that live at the same time, each with one record.
    fn begin(&self) -> Vec<Producer> {
        let mut producers = (0..THREADS)
            .map(|_| self.queues.join().unwrap())
            .collect::<Vec<_>>();
        for producer in &mut producers {
            queued(offer(producer, WAITS, b"one"));
        }
        producers
    }

    fn end(&self, producers: Vec<Producer>) {
        for producer in producers {
            self.queues.leave(producer);
        }
    }

    /// Takes all records, and acknowledges them.
    fn write(&mut self) -> usize {
        self.queues.append_new(&mut self.consumers);
        let mut taken = 0;
        for consumer in &mut self.consumers {
            taken += take(consumer).0.len();
            let popped = consumer.popped();
            consumer.queue().watermark.advance(popped, popped);
        }
        taken
    }

    /// Retires what is too much, as the writer does. Returns how many queues that were.
    fn retire(&mut self) -> usize {
        let retired = self.queues.retire_surplus();
        self.consumers
            .retain(|consumer| !retired.contains(&consumer.queue().id));
        retired.len()
    }

    fn count(&self) -> usize {
        let mut queues = 0;
        self.queues.for_each(|_| queues += 1);
        queues
    }
}

fn first_record() -> RecordId {
    RecordId {
        sequence: 1,
        stream: WAITS,
    }
}

#[test]
fn queues_of_ended_threads_are_retired_once_they_are_drained() {
    let mut threads = Threads::new();
    let producers = threads.begin();
    let ids = producers.iter().map(|producer| producer.queue().id);
    let ids = ids.collect::<Vec<_>>();
    assert!(!threads.queues.has_surplus());
    threads.end(producers);
    assert!(threads.queues.has_surplus());
    assert_eq!(threads.retire(), 0, "their records are in them");
    assert!(threads.queues.has_surplus(), "the writer tries again");
    assert_eq!(threads.write(), THREADS);
    assert!(threads.retire() > 0);
    assert!(!threads.queues.has_surplus());
    assert!(threads.count() <= KEPT, "{}", threads.count());
    assert_eq!(threads.consumers.len(), threads.count());
    let mut in_queues = 0;
    let retired = threads.queues.sum_up(|queue| in_queues += queue.newest());
    assert_eq!(in_queues + retired, THREADS as u64, "all are counted");
    for id in ids {
        let (queue, record) = registry::find(id, first_record()).unwrap();
        let is_kept = queue.id == id;
        assert_eq!(record.sequence, u64::from(is_kept));
        assert!(
            queue
                .watermark
                .failure(record, Durability::Synced)
                .is_none()
        );
    }
    // Those that were kept serve new threads.
    let before = threads.count();
    let again = (0..KEPT / 2).map(|_| threads.queues.join().unwrap());
    let again = again.collect::<Vec<_>>();
    assert!(threads.count() <= before.max(KEPT / 2 + 2));
    threads.end(again);
}

#[test]
fn what_fails_later_fails_for_records_of_retired_queues() {
    let mut threads = Threads::new();
    let mut producers = threads.begin();
    let queue = producers[0].queue().clone();
    let failing = producers[1].queue().clone();
    threads.write();
    failing
        .watermark
        .fail((1, 1), None, Durability::Synced, &LogError::Stopped);
    queued(offer(&mut producers[2], WAITS, b"two"));
    let full = producers[2].queue().id;
    threads.end(producers);
    threads.retire();
    let find = |id| registry::find(id, first_record()).unwrap();
    assert_eq!(find(failing.id).0.id, failing.id, "it has more to say");
    assert_eq!(find(full).0.id, full, "it has more to write");
    let (successor, record) = find(queue.id);
    assert_ne!(successor.id, queue.id);
    let (same, same_record) = queue.responsible(first_record());
    assert_eq!((same.id, same_record), (successor.id, record));
    successor
        .watermark
        .fail((0, 0), Some(WAITS), Durability::Synced, &LogError::Stopped);
    let failure = |durability| successor.watermark.failure(record, durability);
    assert!(matches!(
        failure(Durability::Synced),
        Some(LogError::Stopped)
    ));
    assert!(failure(Durability::Written).is_none());
}

#[test]
fn once_the_logger_has_ended_well_nothing_is_known_of_retired_queues() {
    let mut threads = Threads::new();
    let producers = threads.begin();
    let id = producers[0].queue().id;
    threads.write();
    threads.end(producers);
    threads.retire();
    threads.queues.close();
    threads
        .queues
        .for_each(|queue| queue.watermark.end(queue.newest(), false));
    threads.queues.unregister();
    assert!(registry::find(id, first_record()).is_none());
}
