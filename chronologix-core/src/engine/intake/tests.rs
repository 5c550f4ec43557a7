//! The merge, compared with sorting.

use std::{collections::HashMap, sync::Arc, time::Duration};

use proptest::prelude::*;

use super::Intake;
use crate::{
    ManualClock,
    clock::Clock,
    queue::{
        lane::{Admission, Lane},
        lanes::Lanes,
        samples::{FULL_WITH_ONE, ROOMY, WAITS, WRITTEN, header, rules},
        wake::Rest,
    },
};

/// What happens, one after another.
#[derive(Clone, Debug)]
enum Step {
    /// Time passes.
    Pass(u64),
    /// A record is offered to a lane.
    Offer(usize),
    /// The writer takes its cut-off.
    CutOff,
    /// It looks at the lanes, and merges up to the cut-off.
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
    lanes: Arc<Lanes>,
    intake: Intake,
}

impl Table {
    fn new(capacity: usize) -> Self {
        let clock = ManualClock::new(0);
        let rules = rules(capacity, Clock::Manual(clock.clone()));
        Self {
            clock,
            lanes: Arc::new(Lanes::new(rules)),
            intake: Intake::default(),
        }
    }

    fn ticks(&self) -> u64 {
        self.lanes.rules.clock.ticks()
    }

    fn pass(&self, nanos: u64) {
        self.clock.advance(Duration::from_nanos(nanos));
    }

    fn lane(&self) -> Arc<Lane> {
        self.lanes.join().unwrap()
    }

    /// Sweeps and merges; gives the ticks and the bytes of each record.
    fn merge(&mut self, cut_off: u64) -> Vec<(u64, Vec<u8>)> {
        let mut merged = Vec::new();
        self.intake.sweep(&self.lanes);
        let records = self.intake.merge(cut_off, |header, bytes| {
            merged.push((header.ticks, bytes.to_owned()));
        });
        assert_eq!(records, merged.len() as u64);
        merged
    }
}

fn offer(lane: &Lane, bytes: &[u8]) {
    let admission = lane.offer(header(WAITS), bytes);
    assert!(matches!(admission, Admission::Queued(_)), "{admission:?}");
}

proptest! {
    #[test]
    fn records_come_sorted_by_time_each_once_and_none_past_the_cut_off(steps in steps()) {
        let mut table = Table::new(ROOMY);
        let lanes = [(); 5].map(|()| table.lane());
        let mut offered = Vec::new();
        let mut merged = Vec::new();
        let mut cut_off = table.ticks();
        for step in steps {
            match step {
                Step::Pass(nanos) => table.pass(nanos),
                Step::Offer(lane) => {
                    let name = format!("{lane} {}", offered.len());
                    offered.push((table.ticks(), name.clone().into_bytes()));
                    offer(&lanes[lane], name.as_bytes());
                }
                Step::CutOff => {
                    table.pass(1);
                    cut_off = table.ticks();
                    table.pass(1);
                }
                Step::Merge => {
                    merged.extend(table.merge(cut_off));
                    let due = offered.iter().filter(|(ticks, _)| *ticks <= cut_off);
                    prop_assert_eq!(due.count(), merged.len());
                }
            }
        }
        merged.extend(table.merge(u64::MAX));
        prop_assert!(table.intake.is_empty());
        prop_assert!(merged.is_sorted_by_key(|(ticks, _)| *ticks));
        // With equal times, the order is that of the lane.
        let by_lane = |records: &[(u64, Vec<u8>)]| {
            let mut lanes = HashMap::<u8, Vec<_>>::new();
            for record in records {
                lanes.entry(record.1[0]).or_default().push(record.clone());
            }
            lanes
        };
        prop_assert_eq!(by_lane(&merged), by_lane(&offered));
    }
}

#[test]
fn what_came_after_the_cut_off_waits_for_the_next_round() {
    let mut table = Table::new(ROOMY);
    let lane = table.lane();
    offer(&lane, b"before");
    let cut_off = table.ticks();
    table.pass(1);
    offer(&lane, b"after");
    let names =
        |merged: Vec<(u64, Vec<u8>)>| merged.into_iter().map(|(_, name)| name).collect::<Vec<_>>();
    assert_eq!(names(table.merge(cut_off)), [b"before"]);
    assert!(!table.intake.is_empty());
    assert!(!table.intake.allows(&table.lanes.clone(), Rest::Sleep));
    assert_eq!(table.intake.merged(&lane), 1);
    table.pass(1);
    offer(&lane, b"last");
    assert_eq!(names(table.merge(table.ticks())), [&b"after"[..], b"last"]);
    assert!(table.intake.allows(&table.lanes.clone(), Rest::Sleep));
}

#[test]
fn lanes_that_went_on_are_told_once() {
    let mut table = Table::new(ROOMY);
    let [first, second] = [(); 2].map(|()| table.lane());
    offer(&first, b"");
    offer(&first, b"");
    let told = |table: &mut Table| {
        table.merge(table.ticks());
        table
            .intake
            .advanced()
            .map(|(_, last)| last)
            .collect::<Vec<_>>()
    };
    assert_eq!(told(&mut table), [2]);
    assert_eq!(told(&mut table), [0; 0]);
    offer(&second, b"");
    assert_eq!(told(&mut table), [1]);
    offer(&first, b"");
    offer(&second, b"");
    table.merge(table.ticks());
    let lanes = table.intake.lanes().map(|(_, told, merged)| (told, merged));
    assert_eq!(lanes.collect::<Vec<_>>(), [(0, 0), (2, 3), (1, 2)]);
}

#[test]
fn parked_records_come_with_the_sweep_that_makes_room() {
    let mut table = Table::new(FULL_WITH_ONE);
    let lane = table.lane();
    offer(&lane, b"1");
    assert!(matches!(
        lane.offer(header(WAITS), b"2"),
        Admission::Parked(_)
    ));
    assert!(matches!(
        lane.offer(header(WRITTEN), b"3"),
        Admission::Parked(_)
    ));
    assert!(!table.intake.allows(&table.lanes.clone(), Rest::Nap));
    let merged = table.merge(table.ticks());
    assert_eq!(merged.len(), 3);
    assert!(table.intake.allows(&table.lanes.clone(), Rest::Sleep));
}

#[test]
fn a_lane_that_joins_later_is_found() {
    let mut table = Table::new(ROOMY);
    assert!(table.intake.allows(&table.lanes.clone(), Rest::Sleep));
    let late = table.lane();
    offer(&late, b"late");
    assert!(!table.intake.allows(&table.lanes.clone(), Rest::Sleep));
    assert_eq!(table.merge(table.ticks()).len(), 1);
    assert_eq!(table.intake.merged(&late), 1);
    let stranger = Arc::new(Lane::new(Arc::clone(&table.lanes.rules)));
    assert_eq!(table.intake.merged(&stranger), 0);
}
