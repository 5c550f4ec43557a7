//! The acknowledgements of a queue: what callers learn of a record, and when.

use std::task::Waker;

use super::samples::WakeCounter;
use crate::{
    Durability::{self, Queued, Synced, Written},
    LogError,
    queue::ack::{AckWatermark, RecordId},
};

fn record_id(sequence: u64, stream: u16) -> RecordId {
    RecordId { sequence, stream }
}

/// What is known of a record.
fn outcome(
    watermark: &AckWatermark,
    record_id: RecordId,
    durability: Durability,
) -> Option<Result<(), LogError>> {
    watermark.poll(record_id, durability, Waker::noop(), false)
}

#[test]
fn a_record_is_queued_from_the_start_and_the_rest_comes_in_order() {
    let watermark = AckWatermark::new();
    let record = record_id(2, 0);
    let reached = || {
        [Queued, Written, Synced]
            .map(|durability| outcome(&watermark, record, durability).is_some())
    };
    assert_eq!(reached(), [true, false, false]);
    watermark.advance(1, 1);
    assert_eq!(reached(), [true, false, false]);
    watermark.advance(2, 1);
    assert_eq!(reached(), [true, true, false]);
    watermark.advance(2, 2);
    assert_eq!(reached(), [true, true, true]);
    watermark.advance(1, 1);
    assert_eq!(reached(), [true, true, true], "nothing goes back");
}

#[test]
fn each_waiter_is_woken_once_when_its_own_turn_has_come() {
    let watermark = AckWatermark::new();
    let waiting = [(1, Written), (2, Written), (1, Synced), (2, Synced)];
    let counters = waiting.map(|(record, durability)| {
        let (counter, waker) = WakeCounter::new();
        assert!(
            watermark
                .poll(record_id(record, 0), durability, &waker, false)
                .is_none()
        );
        counter
    });
    let wakes = || counters.each_ref().map(|counter| counter.wakes());
    watermark.advance(1, 0);
    assert_eq!(wakes(), [1, 0, 0, 0]);
    watermark.advance(2, 1);
    assert_eq!(wakes(), [1, 1, 1, 0]);
    watermark.advance(2, 2);
    watermark.advance(9, 9);
    assert_eq!(wakes(), [1, 1, 1, 1]);
}

#[test]
fn a_failure_counts_for_its_records_its_stream_and_more_than_its_durability() {
    let watermark = AckWatermark::new();
    watermark.fail((2, 3), Some(1), Written, &LogError::Stopped);
    watermark.advance(9, 9);
    let is_failed = |record, stream, durability| {
        let outcome = outcome(&watermark, record_id(record, stream), durability);
        outcome.expect("all is reached").is_err()
    };
    for durability in [Written, Synced] {
        let failed = (1..=4).map(|record| is_failed(record, 1, durability));
        assert_eq!(
            failed.collect::<Vec<_>>(),
            [false, true, true, false],
            "{durability}"
        );
    }
    assert!(!is_failed(2, 1, Queued));
    assert!(!is_failed(2, 0, Synced), "another stream");
}

#[test]
fn a_failed_sync_says_nothing_about_written_and_one_of_all_streams_counts_for_each() {
    let watermark = AckWatermark::new();
    watermark.fail((1, 1), None, Synced, &LogError::Stopped);
    watermark.advance(1, 1);
    assert!(watermark.failure(record_id(1, 7), Written).is_none());
    assert!(watermark.failure(record_id(1, 7), Synced).is_some());
}

#[test]
fn failures_of_one_kind_are_kept_as_one_and_no_records_are_no_failure() {
    let watermark = AckWatermark::new();
    watermark.fail((1, 0), None, Written, &LogError::Stopped);
    assert!(watermark.failure(record_id(0, 0), Written).is_none());
    for record in 1..1000 {
        watermark.fail((record, record), Some(0), Synced, &LogError::Stopped);
    }
    // What it takes to tell: the number of entries is in its debug form.
    assert_eq!(format!("{watermark:?}").matches("Failure {").count(), 1);
    assert!(watermark.failure(record_id(500, 0), Synced).is_some());
}

#[test]
fn an_end_fails_what_is_not_written_and_a_breakdown_what_is_not_known_to_be_synced() {
    for (broke_down, is_written_known_synced) in [(false, true), (true, false)] {
        let watermark = AckWatermark::new();
        watermark.advance(1, 1);
        let (counter, waker) = WakeCounter::new();
        assert!(
            watermark
                .poll(record_id(2, 0), Written, &waker, false)
                .is_none()
        );
        watermark.end(2, broke_down);
        assert_eq!(counter.wakes(), 1);
        let outcome =
            |record, durability| outcome(&watermark, record_id(record, 0), durability).unwrap();
        assert!(outcome(1, Written).is_ok());
        assert!(matches!(outcome(2, Written), Err(LogError::Stopped)));
        assert_eq!(outcome(1, Synced).is_ok(), is_written_known_synced);
    }
}

#[test]
fn the_last_word_is_spoken_at_the_end() {
    let watermark = AckWatermark::new();
    watermark.advance(1, 1);
    let is_kept = |record| {
        watermark
            .final_outcome(record_id(record, 0), Synced)
            .is_ok()
    };
    assert!(
        !is_kept(1),
        "the writer went away in the middle of its work"
    );
    watermark.end(2, false);
    assert!(is_kept(1));
    assert!(!is_kept(2));
    assert!(!is_kept(3), "never heard of");
}

#[test]
fn a_ready_record_leaves_no_waker_behind() {
    let watermark = AckWatermark::new();
    watermark.advance(1, 1);
    assert!(matches!(
        watermark.poll(record_id(1, 0), Synced, Waker::noop(), false),
        Some(Ok(()))
    ));
    assert!(!format!("{watermark:?}").contains("Waiter {"));
}
