//! Tests of collecting by number, size and age.

use std::time::{Duration, Instant};

use super::{Collector, Limits, shipment_age};
use crate::{
    otlp::RecordEncoder,
    source::{Place, Record},
};

fn record(stream: &'static str, message: &'static str, offset: u64) -> Record<'static> {
    Record {
        stream,
        mirrors: Vec::new(),
        time: Some(1),
        level: None,
        message: message.into(),
        fields: Vec::new(),
        id: None,
        place: Place {
            folder: "2025-05-04",
            file: "app.log",
            offset,
        },
        bytes: 60,
    }
}

fn collector(records: usize, bytes: usize, streams: Option<Vec<String>>) -> Collector {
    let limits = Limits {
        records,
        bytes,
        age: Duration::from_secs(1),
    };
    Collector::new(
        limits,
        RecordEncoder::new("h", "/logs"),
        streams,
        Box::new(|| 0),
    )
}

#[test]
fn nothing_read_is_nothing_to_send() {
    let mut collector = collector(3, 1 << 20, None);
    let now = Instant::now();
    assert!(!collector.is_due(now + Duration::from_secs(9)));
    assert_eq!(collector.patience(now), Duration::from_secs(1));
    assert!(collector.take().is_none());
}

#[test]
fn the_number_of_records_is_a_reason() {
    let mut collector = collector(3, 1 << 20, None);
    let now = Instant::now();
    for offset in 0..3 {
        assert!(!collector.is_due(now));
        assert_eq!(collector.room(), 3 - usize::try_from(offset).unwrap());
        collector.add(&record("app", "x", offset), 2, now);
    }
    assert!(collector.is_due(now));
    let shipment = collector.take().unwrap();
    assert_eq!(shipment.batches.len(), 1);
    assert_eq!(shipment.batches[0].count, 3);
    let reached = &shipment.reached[0];
    assert_eq!(
        (reached.records, reached.bytes, reached.offset),
        (3, 180, 2)
    );
    assert!(!collector.is_due(now));
}

#[test]
fn the_age_of_the_first_is_a_reason() {
    let mut collector = collector(3, 1 << 20, None);
    let now = Instant::now();
    collector.add(&record("app", "x", 0), 2, now);
    let later = now + Duration::from_millis(900);
    collector.add(&record("app", "x", 1), 2, later);
    assert!(!collector.is_due(later));
    assert_eq!(collector.patience(later), Duration::from_millis(100));
    assert!(collector.is_due(now + Duration::from_secs(1)));
}

#[test]
fn each_shipment_waits_a_time_of_its_own() {
    let limits = Limits {
        records: 3,
        bytes: 1 << 20,
        age: Duration::from_millis(10),
    };
    let mut numbers = [0, 3_000_000, 5_000_000, 5_000_001].into_iter();
    let random = Box::new(move || numbers.next().unwrap());
    let mut collector = Collector::new(limits, RecordEncoder::new("h", "/logs"), None, random);
    let now = Instant::now();
    for age in [10, 7, 5] {
        collector.add(&record("app", "x", 0), 2, now);
        assert_eq!(collector.patience(now), Duration::from_millis(age));
        collector.take().unwrap();
    }
    assert_eq!(collector.patience(now), limits.age);
}

#[test]
fn a_shipment_waits_from_half_the_limit_to_all_of_it() {
    let limits = [0, 1, 2, 3, 1_000_000_000, u64::MAX].map(Duration::from_nanos);
    for limit in limits.into_iter().chain([Duration::MAX]) {
        for random in [0, 1, 500_000_000, 500_000_001, u64::MAX - 1, u64::MAX] {
            let age = shipment_age(limit, random);
            assert!(
                limit / 2 <= age && age <= limit,
                "{limit:?}, {random}: {age:?}"
            );
        }
    }
}

#[test]
fn no_request_is_larger_than_the_limit_unless_it_is_one_record() {
    let mut collector = collector(1000, 500, None);
    let now = Instant::now();
    let long = "long ".repeat(200).leak();
    for (offset, message) in ["a", "b", "c", long, "d", "e"].into_iter().enumerate() {
        collector.add(&record("app", message, offset as u64), 2, now);
    }
    assert!(collector.is_due(now));
    let batches = collector.take().unwrap().batches;
    assert_eq!(batches.iter().map(|it| it.count).sum::<usize>(), 6);
    for batch in &batches {
        assert!(
            batch.records.len() <= 500 || batch.count == 1,
            "{}",
            batch.count
        );
        assert_eq!(batch.each().count(), batch.count);
    }
}

#[test]
fn streams_that_are_not_sent_move_the_cursor_alone() {
    let mut collector = collector(3, 1 << 20, Some(vec!["app".to_owned()]));
    let now = Instant::now();
    collector.add(&record("audit", "secret", 0), 2, now);
    assert!(collector.is_due(now + Duration::from_secs(1)));
    let shipment = collector.take().unwrap();
    assert!(shipment.batches.is_empty() && shipment.reached.is_empty());
}
