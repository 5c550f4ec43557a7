//! Statistics as they are printed and subtracted.

use std::time::Duration;

use super::Stats;

#[test]
fn a_difference_has_what_happened_in_between_and_the_depth_of_the_queue_now() {
    let before = Stats {
        queued: 5,
        written: 4,
        queue_records: 1,
        sync_time: Duration::from_millis(2),
        ..Stats::default()
    };
    let after = Stats {
        queued: 12,
        written: 9,
        queue_records: 3,
        sync_time: Duration::from_millis(5),
        ..Stats::default()
    };
    let expected = Stats {
        queued: 7,
        written: 5,
        queue_records: 3,
        sync_time: Duration::from_millis(3),
        ..Stats::default()
    };
    assert_eq!(after - before, expected);
    // Counted by another logger.
    assert_eq!((before - after).queued, 0);
}

#[test]
fn statistics_are_printed_on_one_line() {
    let stats = Stats {
        queued: 3,
        written: 2,
        synced: 1,
        bytes_written: 96,
        syncs: 1,
        sync_time: Duration::from_micros(1500),
        ..Stats::default()
    };
    assert_eq!(
        stats.to_string(),
        "records: 3 queued, 2 written, 1 synced, 0 dropped, 0 refused, 0 failed; \
         bytes written: 96; queue: 0 records, 0 bytes; syncs: 1 in 1.5ms; disk errors: 0; \
         rollovers: 0; files compressed: 0; folders removed: 0; lines not echoed: 0; \
         hook calls: 0, 0 failed, 0 records dropped"
    );
}
