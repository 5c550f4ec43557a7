//! The times of frames.

use super::*;

/// A pace with a clock in milliseconds.
struct Timed {
    pace: Pace,
    start: Instant,
}

impl Timed {
    fn new() -> Self {
        Self {
            pace: Pace::default(),
            start: Instant::now(),
        }
    }

    fn at(&self, millis: u64) -> Instant {
        self.start + Duration::from_millis(millis)
    }

    fn wants(&mut self, urgency: Urgency, millis: u64) {
        self.pace.wants(urgency, self.at(millis));
    }

    fn drew(&mut self, millis: u64) {
        self.pace.drew(self.at(millis), self.at(millis));
    }

    fn patience(&self, millis: u64) -> Option<u128> {
        let patience = self.pace.patience(self.at(millis))?;
        Some(patience.as_millis())
    }

    /// Returns when frames are drawn if something new comes every so often.
    fn frames(&mut self, every: usize, millis: std::ops::Range<u64>) -> Vec<u64> {
        let mut frames = Vec::new();
        for now in millis.step_by(every) {
            self.wants(Urgency::News, now);
            if self.patience(now) == Some(0) {
                self.drew(now);
                frames.push(now);
            }
        }
        frames
    }
}

#[test]
fn what_comes_now_and_then_is_drawn_at_once() {
    let mut timed = Timed::new();
    assert_eq!(timed.patience(0), None, "idle");
    let frames = timed.frames(40, 5..10_000);
    assert!(frames.into_iter().eq((5..10_000).step_by(40)));
}

#[test]
fn what_comes_all_the_time_is_drawn_thirty_times_a_second() {
    let mut timed = Timed::new();
    let first = timed.frames(1, 0..1000);
    assert!(first.len() <= 30 + 10, "{}", first.len());
    // Some at once, from what was saved up.
    assert_eq!(first[..3], [0, 4, 8]);
    let later = timed.frames(1, 1000..2000);
    assert_eq!(later.len(), 30);
    assert!(later.windows(2).all(|two| two[1] - two[0] == 33));
    // After a quiet time it is as in the beginning.
    assert_eq!(timed.frames(1, 5000..5010), [5000, 5004, 5008]);
}

#[test]
fn a_terminal_that_takes_its_time_leaves_some_for_the_rest() {
    let mut timed = Timed::new();
    let (mut now, mut frames) = (0, 0);
    while now < 10_000 {
        timed.wants(Urgency::News, now);
        if timed.patience(now) == Some(0) {
            timed.pace.drew(timed.at(now), timed.at(now + 50));
            now += 50;
            frames += 1;
        } else {
            now += 1;
        }
    }
    // One frame and one pause in turn, after the first few.
    assert!((120..=130).contains(&frames), "{frames}");
}

#[test]
fn a_key_does_not_wait_for_the_frame_of_lines() {
    let mut timed = Timed::new();
    timed.frames(1, 0..1000);
    timed.drew(1000);
    timed.wants(Urgency::News, 1001);
    assert_eq!(timed.patience(1001), Some(32));
    timed.wants(Urgency::Answer, 1002);
    assert_eq!(timed.patience(1002), Some(2));
}

#[test]
fn under_load_there_is_always_more_to_take_in() {
    let mut timed = Timed::new();
    timed.frames(1, 0..1000);
    timed.drew(1000);
    timed.wants(Urgency::News, 1005);
    let is_overdue = |timed: &Timed, millis| timed.pace.is_overdue(timed.at(millis));
    assert!(!is_overdue(&timed, 1065));
    assert!(is_overdue(&timed, 1066));
    timed.wants(Urgency::Answer, 1010);
    assert!(!is_overdue(&timed, 1008));
    assert!(is_overdue(&timed, 1009));
}
