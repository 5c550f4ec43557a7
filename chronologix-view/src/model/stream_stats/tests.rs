//! Rates.

use super::*;

#[test]
fn a_minute_is_remembered() {
    let mut rate = Rate::default();
    assert!(!rate.is_moving(0));
    for second in [100, 100, 101, 130, 159] {
        rate.add(second);
    }
    let at = |rate: &Rate, now: i64| {
        let counts = rate.last_minute(now);
        let filled = counts.iter().enumerate().filter(|(_, count)| **count > 0);
        filled
            .map(|(index, count)| (index, *count))
            .collect::<Vec<_>>()
    };
    assert_eq!(at(&rate, 159), [(0, 2), (1, 1), (30, 1), (59, 1)]);
    assert_eq!(at(&rate, 160), [(0, 1), (29, 1), (58, 1)]);
    assert_eq!(at(&rate, 218), [(0, 1)]);
    assert!(rate.is_moving(218));
    assert_eq!(at(&rate, 219), []);
    assert!(!rate.is_moving(219));
}

#[test]
fn a_clock_that_goes_back_does_no_harm() {
    let mut rate = Rate::default();
    rate.add(1_000);
    rate.add(990);
    rate.add(-5);
    assert_eq!(rate.last_minute(1_000).iter().sum::<u32>(), 3);
}
