//! A wall clock that jumps, and one that is right after a rest.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use chronologix_schema::layout::{Folder, Interval, TimeZone};

use super::ClockWatch;
use crate::{
    ManualClock, RetainAfter,
    retention::{file_names::LogFileNames, policy::RetentionPolicy, scan::TreeScan},
};

const HOUR: Duration = Duration::from_secs(3600);
const MONTH: TimeDelta = TimeDelta::days(30);

/// A clock, and the watch of a tree with hourly folders from 08:00 to 12:00.
struct Watched {
    clock: ManualClock,
    watch: ClockWatch,
    rules: RetentionPolicy,
    tree: TreeScan,
}

impl Watched {
    fn since(time: &str) -> Self {
        let mut tree = TreeScan::default();
        for hour in 8..12 {
            let folder = Folder::parse(&format!("2025-05-04__{hour:02}-00")).unwrap();
            tree.add_folder(folder, Vec::new(), 0, &LogFileNames::of(["app.log"]));
        }
        let clock = ManualClock::at(time.parse().unwrap());
        Self {
            watch: ClockWatch::new(clock.read()),
            clock,
            rules: RetentionPolicy {
                interval: Interval::Hour1,
                zone: TimeZone::UTC,
                compress: None,
                retain: Vec::new(),
                retain_after: RetainAfter::Closed,
            },
            tree,
        }
    }

    fn step(&self, by: TimeDelta) {
        self.clock.step_to(self.clock.now() + by);
    }

    /// How far the clock is ahead of what is trusted.
    #[track_caller]
    fn distrust(&mut self) -> TimeDelta {
        let now = self.clock.read();
        let time = self.watch.look(now, &self.rules, &self.tree);
        assert_eq!(time.wall, self.clock.now());
        assert!(time.trusted <= time.wall);
        time.wall - time.trusted
    }
}

#[test]
fn a_clock_that_goes_on_is_trusted() {
    let mut watched = Watched::since("2025-05-04T14:30:00Z");
    for _ in 0..100 {
        assert_eq!(watched.distrust(), TimeDelta::zero());
        watched.clock.advance(HOUR * 5);
        // What a time server does.
        watched.step(TimeDelta::milliseconds(-300));
        watched.step(TimeDelta::minutes(59));
    }
}

#[test]
fn a_step_ahead_counts_when_two_intervals_have_passed() {
    let mut watched = Watched::since("2025-05-04T14:30:00Z");
    watched.distrust();
    watched.clock.advance(HOUR * 9);
    watched.step(MONTH);
    assert_eq!(watched.distrust(), MONTH);
    watched
        .clock
        .advance(HOUR + Duration::from_nanos(3_599_999_999_999));
    assert_eq!(watched.distrust(), MONTH);
    watched.clock.advance(Duration::from_nanos(1));
    assert_eq!(watched.distrust(), TimeDelta::zero());
}

#[test]
fn a_step_back_counts_at_once() {
    let mut watched = Watched::since("2025-05-04T14:30:00Z");
    watched.distrust();
    for _ in 0..10 {
        watched.step(MONTH);
        assert_eq!(watched.distrust(), MONTH);
        watched.clock.advance(HOUR);
        assert_eq!(watched.distrust(), MONTH);
        watched.step(-MONTH);
        // Each step has its two intervals.
        assert_eq!(watched.distrust(), TimeDelta::zero());
    }
    watched.step(-MONTH);
    assert_eq!(watched.distrust(), TimeDelta::zero());
    watched.step(MONTH);
    assert_eq!(watched.distrust(), MONTH);
}

#[test]
fn at_the_start_the_last_folder_tells_the_time() {
    let closed = "2025-05-04T12:00:00Z".parse::<DateTime<Utc>>().unwrap();
    for (start, is_trusted) in [
        // Nothing is old enough to be touched.
        ("2025-05-04T09:30:00Z", true),
        ("2025-05-04T14:30:00Z", true),
        ("2025-05-04T16:00:00Z", true),
        ("2025-05-04T16:00:01Z", false),
        ("2025-06-04T14:30:00Z", false),
        ("1970-01-01T00:00:00Z", true),
    ] {
        let mut watched = Watched::since(start);
        let idle = watched.clock.now() - closed;
        let expected = if is_trusted { TimeDelta::zero() } else { idle };
        assert_eq!(watched.distrust(), expected, "{start}");
        watched.clock.advance(HOUR * 2);
        assert_eq!(watched.distrust(), TimeDelta::zero(), "{start}");
    }
}
