//! The merge, compared with sorting.

use std::{collections::HashMap, sync::Arc, time::Duration};

use proptest::prelude::*;

use super::{MergedRecord, QueueMerger};
use crate::{
    ManualClock,
    clock::Clock,
    queue::{
        parker::WaitMode,
        registry::QueueRegistry,
        spsc::producer::{self, Producer, PushOutcome},
        tests::samples::{self, FULL_WITH_ONE, ROOMY, WAITS, WRITTEN, channel, name},
    },
};

/// What happens, one after another.
#[derive(Clone, Debug)]
enum Step {
    /// Time passes.
    Pass(u64),
    /// A record is offered to a queue.
    Offer(usize),
    /// The writer takes its cut-off.
    CutOff,
    /// It looks at the queues, and merges up to the cut-off.
    Merge,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        2 => (0..3_u64).prop_map(Step::Pass),
        8 => (0..5_usize).prop_map(Step::Offer),
        1 => Just(Step::CutOff),
        2 => Just(Step::Merge),
    ];
    proptest::collection::vec(step, 0..200)
}

struct Table {
    clock: ManualClock,
    queues: Arc<QueueRegistry>,
    merger: QueueMerger,
}

impl Table {
    fn new(capacity: usize) -> Self {
        let clock = ManualClock::at(chrono::DateTime::from_timestamp_nanos(0));
        let channel = channel(capacity, Clock::Manual(clock.clone()));
        Self {
            clock,
            queues: Arc::new(QueueRegistry::new(channel)),
            merger: QueueMerger::default(),
        }
    }

    fn ticks(&self) -> u64 {
        self.queues.channel.clock.ticks()
    }

    fn advance(&self, nanos: u64) {
        self.clock.advance(Duration::from_nanos(nanos));
    }

    /// The last record of a queue that was merged.
    fn merged(&self, queue: &Producer) -> u64 {
        self.merger.position(queue.queue()).unwrap().merged
    }

    fn queue(&self) -> Producer {
        self.queues.join().unwrap()
    }

    /// Polls and merges. Returns the ticks and the bytes of each record.
    fn merge(&mut self, cut_off: u64) -> Vec<(u64, Vec<u8>)> {
        let mut merged = Vec::new();
        self.merger.poll_queues(&self.queues);
        let all = usize::MAX;
        let outcome = self.merger.merge(cut_off, all, |record| {
            merged.push((record.header.ticks, name(record.bytes).to_owned()));
        });
        assert_eq!(outcome.records, merged.len() as u64);
        assert!(!outcome.is_full);
        merged
    }
}

fn offer(queue: &mut Producer, name: &[u8]) {
    let pushed = samples::offer(queue, WAITS, name);
    assert!(matches!(pushed, PushOutcome::Queued(_)), "{pushed:?}");
}

proptest! {
    #[test]
    fn records_come_sorted_by_time_each_once_and_none_past_the_cut_off(steps in steps()) {
        let mut table = Table::new(ROOMY);
        let mut queues = [(); 5].map(|()| table.queue());
        let mut offered = Vec::new();
        let mut merged = Vec::new();
        let mut cut_off = table.ticks();
        let mut is_new = true;
        for step in steps {
            match step {
                Step::Pass(nanos) => table.advance(nanos),
                Step::Offer(queue) => {
                    let name = format!("{queue} {}", offered.len());
                    offered.push((table.ticks(), name.clone().into_bytes()));
                    offer(&mut queues[queue], name.as_bytes());
                }
                Step::CutOff => {
                    table.advance(1);
                    cut_off = table.ticks();
                    is_new = true;
                    table.advance(1);
                }
                // The writer takes a new one for each.
                Step::Merge if !std::mem::take(&mut is_new) => {}
                Step::Merge => {
                    merged.extend(table.merge(cut_off));
                    let due = offered.iter().filter(|(ticks, _)| *ticks <= cut_off);
                    prop_assert_eq!(due.count(), merged.len());
                }
            }
        }
        merged.extend(table.merge(u64::MAX));
        prop_assert!(table.merger.is_empty());
        prop_assert!(merged.is_sorted_by_key(|(ticks, _)| *ticks));
        // With equal times, the order is that of the queue.
        let by_queue = |records: &[(u64, Vec<u8>)]| {
            let mut queues = HashMap::<u8, Vec<_>>::new();
            for record in records {
                queues.entry(record.1[0]).or_default().push(record.clone());
            }
            queues
        };
        prop_assert_eq!(by_queue(&merged), by_queue(&offered));
    }
}

#[test]
fn what_came_after_the_cut_off_waits_for_the_next_round() {
    let mut table = Table::new(ROOMY);
    let mut queue = table.queue();
    offer(&mut queue, b"before");
    let cut_off = table.ticks();
    table.advance(1);
    offer(&mut queue, b"after");
    let names =
        |merged: Vec<(u64, Vec<u8>)>| merged.into_iter().map(|(_, name)| name).collect::<Vec<_>>();
    assert_eq!(names(table.merge(cut_off)), [b"before"]);
    assert!(!table.merger.is_empty());
    assert!(!table.merger.may_wait(&table.queues.clone(), WaitMode::Park));
    assert_eq!(table.merged(&queue), 1);
    table.advance(1);
    offer(&mut queue, b"last");
    assert_eq!(names(table.merge(table.ticks())), [&b"after"[..], b"last"]);
    assert!(table.merger.may_wait(&table.queues.clone(), WaitMode::Park));
}

#[test]
fn queues_that_advanced_are_acknowledged_once() {
    let mut table = Table::new(ROOMY);
    let [mut first, mut second] = [(); 2].map(|()| table.queue());
    offer(&mut first, b"");
    offer(&mut first, b"");
    let acknowledge = |table: &mut Table| {
        table.merge(table.ticks());
        table
            .merger
            .acknowledge()
            .map(|(_, last)| last)
            .collect::<Vec<_>>()
    };
    assert_eq!(acknowledge(&mut table), [2]);
    assert_eq!(acknowledge(&mut table), [0; 0]);
    offer(&mut second, b"");
    assert_eq!(acknowledge(&mut table), [1]);
    offer(&mut first, b"");
    offer(&mut second, b"");
    table.merge(table.ticks());
    let positions = table.merger.positions();
    let positions = positions.map(|position| (position.acked, position.merged));
    assert_eq!(positions.collect::<Vec<_>>(), [(0, 0), (2, 3), (1, 2)]);
}

#[test]
fn deferred_records_come_with_the_poll_that_makes_room() {
    let mut table = Table::new(FULL_WITH_ONE);
    let mut queue = table.queue();
    offer(&mut queue, b"1");
    assert!(matches!(
        samples::offer(&mut queue, WAITS, b"2"),
        PushOutcome::Deferred(_)
    ));
    assert!(matches!(
        samples::offer(&mut queue, WRITTEN, b"3"),
        PushOutcome::Deferred(_)
    ));
    assert!(
        !table
            .merger
            .may_wait(&table.queues.clone(), WaitMode::Batch)
    );
    let merged = table.merge(table.ticks());
    assert_eq!(merged.len(), 3);
    assert!(table.merger.may_wait(&table.queues.clone(), WaitMode::Park));
}

#[test]
fn a_queue_that_joins_later_is_found() {
    let mut table = Table::new(ROOMY);
    assert!(table.merger.may_wait(&table.queues.clone(), WaitMode::Park));
    let mut late = table.queue();
    offer(&mut late, b"late");
    assert!(!table.merger.may_wait(&table.queues.clone(), WaitMode::Park));
    assert_eq!(table.merge(table.ticks()).len(), 1);
    assert_eq!(table.merged(&late), 1);
    let (stranger, _) = producer::queue(Arc::clone(&table.queues.channel));
    assert!(table.merger.position(stranger.queue()).is_none());
}

#[test]
fn a_merge_ends_when_it_is_full_and_the_next_continues() {
    let mut table = Table::new(ROOMY);
    let [mut first, mut second] = [(); 2].map(|()| table.queue());
    let mut offered = Vec::new();
    for at in 0..50 {
        table.advance(1);
        let name = format!("{at:02}");
        offer(
            if at % 3 == 0 { &mut first } else { &mut second },
            name.as_bytes(),
        );
        offered.push(name.into_bytes());
    }
    let cut_off = table.ticks();
    table.merger.poll_queues(&table.queues);
    let mut merged = Vec::new();
    let mut batches = 0;
    loop {
        let room = 8 * 7;
        let before = merged.len();
        let outcome = table
            .merger
            .merge(cut_off, room, |MergedRecord { bytes, .. }| {
                merged.push(name(bytes).to_owned());
            });
        assert_eq!(outcome.records, (merged.len() - before) as u64);
        batches += 1;
        if !outcome.is_full {
            break;
        }
        assert_eq!(outcome.records, 7);
    }
    assert_eq!(batches, 8);
    assert_eq!(merged, offered);
}

#[test]
fn what_was_seen_before_is_due_whatever_the_clock_does() {
    for capacity in [ROOMY, FULL_WITH_ONE] {
        let mut table = Table::new(capacity);
        let mut queue = table.queue();
        table.advance(100);
        offer(&mut queue, b"from the future");
        for _ in 0..2 {
            // Without room it is deferred, and its caller waits.
            samples::offer(&mut queue, WAITS, b"too");
        }
        assert_eq!(table.merge(50).len(), 0);
        assert_eq!(table.merge(60).len(), 3, "{capacity}");
        samples::offer(&mut queue, WAITS, &[b'x'; 1000]);
        assert_eq!(
            table.merge(70).len(),
            0,
            "those that are popped are not counted"
        );
        assert_eq!(table.merge(80).len(), 1);
    }
}
