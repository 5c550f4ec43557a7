//! The time between scans.

use super::*;

#[test]
fn the_first_event_after_quiet_is_looked_at_at_once() {
    let millis = Duration::from_millis;
    let mut backoff = Backoff::default();
    assert_eq!(backoff.pause(millis(500)), Duration::ZERO);
    // Then the pauses grow.
    let pauses: Vec<u128> = (0..7)
        .map(|_| backoff.pause(Duration::ZERO).as_millis())
        .collect();
    assert_eq!(pauses, [1, 2, 4, 8, 16, 30, 30]);
    assert_eq!(backoff.pause(millis(10)), millis(20));
    assert_eq!(backoff.pause(millis(30)), Duration::ZERO);
    assert_eq!(backoff.pause(Duration::ZERO), millis(1));
}
