//! Progress: who hears what of a record, and when.

use std::task::Waker;

use crate::{
    Durability::{self, Queued, Synced, Written},
    LogError,
    queue::{
        ack::{Place, Progress},
        samples::Bell,
    },
};

fn place(record: u64, stream: u16) -> Place {
    Place { record, stream }
}

/// What is known of a record.
fn outcome(
    progress: &Progress,
    place: Place,
    durability: Durability,
) -> Option<Result<(), LogError>> {
    progress.poll(place, durability, Waker::noop(), false)
}

#[test]
fn a_record_is_queued_from_the_start_and_the_rest_comes_in_order() {
    let progress = Progress::new();
    let record = place(2, 0);
    let reached = || {
        [Queued, Written, Synced].map(|durability| outcome(&progress, record, durability).is_some())
    };
    assert_eq!(reached(), [true, false, false]);
    progress.advance(1, 1);
    assert_eq!(reached(), [true, false, false]);
    progress.advance(2, 1);
    assert_eq!(reached(), [true, true, false]);
    progress.advance(2, 2);
    assert_eq!(reached(), [true, true, true]);
    progress.advance(1, 1);
    assert_eq!(reached(), [true, true, true], "nothing goes back");
}

#[test]
fn each_waiter_is_woken_once_when_its_own_turn_has_come() {
    let progress = Progress::new();
    let waiting = [(1, Written), (2, Written), (1, Synced), (2, Synced)];
    let bells = waiting.map(|(record, durability)| {
        let (bell, waker) = Bell::new();
        assert!(
            progress
                .poll(place(record, 0), durability, &waker, false)
                .is_none()
        );
        bell
    });
    let rung = || bells.each_ref().map(|bell| bell.times());
    progress.advance(1, 0);
    assert_eq!(rung(), [1, 0, 0, 0]);
    progress.advance(2, 1);
    assert_eq!(rung(), [1, 1, 1, 0]);
    progress.advance(2, 2);
    progress.advance(9, 9);
    assert_eq!(rung(), [1, 1, 1, 1]);
}

#[test]
fn a_failure_counts_for_its_records_its_stream_and_more_than_its_durability() {
    let progress = Progress::new();
    progress.failed((2, 3), Some(1), Written, &LogError::Stopped);
    progress.advance(9, 9);
    let is_failed = |record, stream, durability| {
        let outcome = outcome(&progress, place(record, stream), durability);
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
    let progress = Progress::new();
    progress.failed((1, 1), None, Synced, &LogError::Stopped);
    progress.advance(1, 1);
    assert!(progress.failure(place(1, 7), Written).is_none());
    assert!(progress.failure(place(1, 7), Synced).is_some());
}

#[test]
fn failures_of_one_kind_are_kept_as_one_and_no_records_are_no_failure() {
    let progress = Progress::new();
    progress.failed((1, 0), None, Written, &LogError::Stopped);
    assert!(progress.failure(place(0, 0), Written).is_none());
    for record in 1..1000 {
        progress.failed((record, record), Some(0), Synced, &LogError::Stopped);
    }
    // What it takes to tell: the number of entries is in its debug form.
    assert_eq!(format!("{progress:?}").matches("Failure {").count(), 1);
    assert!(progress.failure(place(500, 0), Synced).is_some());
}

#[test]
fn an_end_fails_what_is_not_written_and_a_breakdown_what_is_not_known_to_be_synced() {
    for (broke_down, is_written_known_synced) in [(false, true), (true, false)] {
        let progress = Progress::new();
        progress.advance(1, 1);
        let (bell, waker) = Bell::new();
        assert!(progress.poll(place(2, 0), Written, &waker, false).is_none());
        progress.end(2, broke_down);
        assert_eq!(bell.times(), 1);
        let outcome =
            |record, durability| outcome(&progress, place(record, 0), durability).unwrap();
        assert!(outcome(1, Written).is_ok());
        assert!(matches!(outcome(2, Written), Err(LogError::Stopped)));
        assert_eq!(outcome(1, Synced).is_ok(), is_written_known_synced);
    }
}

#[test]
fn the_last_word_is_spoken_at_the_end() {
    let progress = Progress::new();
    progress.advance(1, 1);
    let is_kept = |record| progress.last_word(place(record, 0), Synced).is_ok();
    assert!(
        !is_kept(1),
        "the writer went away in the middle of its work"
    );
    progress.end(2, false);
    assert!(is_kept(1));
    assert!(!is_kept(2));
    assert!(!is_kept(3), "never heard of");
}

#[test]
fn a_ready_record_leaves_no_waker_behind() {
    let progress = Progress::new();
    progress.advance(1, 1);
    assert!(matches!(
        progress.poll(place(1, 0), Synced, Waker::noop(), false),
        Some(Ok(()))
    ));
    assert!(!format!("{progress:?}").contains("Waiter {"));
}
