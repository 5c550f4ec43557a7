//! The caller's way into its queue, and the writer's merge. Divide by the records of a round, which
//! are named in each bench.
//!
//! ```sh
//! cargo bench -p chronologix-core --features internals --bench queue
//! ```

use chronologix_core::{
    Durability, Overflow,
    internals::{
        Arguments, AsRaw as _, Channel, Clock, Producer, QueueMerger, QueueRegistry, RecordHeader,
        StreamPolicy,
    },
};
use divan::{Bencher, black_box, counter::ItemsCount};

/// Records of a round: they fit in the first ring of a queue.
const RECORDS: usize = 1_000;

/// Bytes a queue may hold.
const CAPACITY: usize = 1 << 20;

fn main() {
    divan::main();
}

/// Queues, and the merge behind them.
struct MergedQueues {
    registry: QueueRegistry,
    producers: Vec<Producer>,
    merger: QueueMerger,
}

impl MergedQueues {
    /// Creates this many queues.
    fn new(queues: usize) -> Self {
        let policy = StreamPolicy {
            durability: Durability::Queued,
            overflow: Overflow::Drop,
            ..StreamPolicy::default()
        };
        let channel = Channel::new(CAPACITY, vec![policy], Clock::default());
        let registry = QueueRegistry::new(channel);
        Self {
            producers: (0..queues).filter_map(|_| registry.join()).collect(),
            registry,
            merger: QueueMerger::default(),
        }
    }

    /// Stamps a record and pushes it into a queue, as `log!` does. Returns whether there was room.
    #[inline(never)]
    fn push(&mut self, queue: usize, args: &impl Arguments) -> bool {
        let header = RecordHeader {
            callsite: 0,
            stream: 0,
        };
        self.producers[queue]
            .push(header, args.words(), |slot| args.encode_raw(slot))
            .is_ok()
    }

    /// Takes all records in their order. Returns how many there were.
    fn merge(&mut self) -> u64 {
        self.merger.poll_queues(&self.registry);
        let merged = self.merger.merge(u64::MAX, usize::MAX, |_| {});
        merged.records
    }
}

/// Puts a round of records into queues that take turns.
fn fill(merged: &mut MergedQueues, queues: usize) {
    for index in 0..RECORDS {
        let (number, price, name) = black_box((100_000 + index as u64, 101.25, "ACME-17"));
        let args = (number.as_raw(), (price.as_raw(), (name.as_raw(), ())));
        assert!(merged.push(index % queues, &args), "there is room");
    }
}

/// Stamps 1,000 records with an integer, a float and a short text, and puts them into one queue.
#[divan::bench]
fn put(bencher: Bencher<'_, '_>) {
    let mut merged = MergedQueues::new(1);
    bencher.counter(ItemsCount::new(RECORDS)).bench_local(|| {
        fill(&mut merged, 1);
        // Part of the time, but a small one: compare with `merge`.
        merged.merge()
    });
}

/// Takes 1,000 records out of so many queues, in the order of their stamps.
#[divan::bench(args = [1, 4, 64])]
fn merge(bencher: Bencher<'_, '_>, queues: usize) {
    bencher
        .counter(ItemsCount::new(RECORDS))
        .with_inputs(|| {
            let mut merged = MergedQueues::new(queues);
            fill(&mut merged, queues);
            merged
        })
        .bench_local_values(|mut merged| {
            let records = merged.merge();
            (merged, records)
        });
}
