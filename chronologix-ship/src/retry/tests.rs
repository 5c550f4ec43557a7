//! Tests of decisions and waits.

use std::time::{Duration, Instant};

use chrono::{TimeZone as _, Utc};

use super::{Experience, LONGEST_ASKED, LONGEST_WAIT, Outcome, Tries, Verdict, retry_after, wait};

fn verdict(outcome: &Outcome, records: usize, has_worked: bool) -> Verdict {
    let known = Experience {
        has_worked,
        is_encoding_rare: false,
    };
    super::verdict(outcome, records, known)
}

#[test]
fn a_first_body_that_cannot_be_read_may_be_of_a_rare_encoding() {
    let verdict = |has_worked, is_encoding_rare| {
        let known = Experience {
            has_worked,
            is_encoding_rare,
        };
        super::verdict(&answered(400), 2, known)
    };
    assert_eq!(verdict(false, true), Verdict::GiveUp);
    assert_eq!(verdict(true, true), Verdict::SetAside);
    assert_eq!(verdict(false, false), Verdict::SetAside);
}

fn answered(status: u16) -> Outcome {
    Outcome::Answered {
        status,
        retry_after: None,
    }
}

#[test]
fn a_status_decides() {
    let again = Verdict::TryAgain { asked: None };
    let cases = [
        (200, Verdict::Delivered),
        (201, Verdict::Delivered),
        (202, Verdict::Delivered),
        (204, Verdict::Delivered),
        (400, Verdict::SetAside),
        (408, again),
        (413, Verdict::Split),
        (422, Verdict::SetAside),
        (429, again),
        (500, again),
        (501, again),
        (502, again),
        (503, again),
        (504, again),
        (529, again),
    ];
    for (status, expected) in cases {
        for has_worked in [false, true] {
            let found = verdict(&answered(status), 2, has_worked);
            assert_eq!(found, expected, "{status}");
        }
    }
}

#[test]
fn a_single_record_that_is_too_large_is_set_aside() {
    assert_eq!(verdict(&answered(413), 1, true), Verdict::SetAside);
}

#[test]
fn wrong_settings_end_the_first_try_and_are_waited_for_later() {
    for status in [301, 401, 403, 404, 405, 407, 415] {
        let outcome = answered(status);
        assert_eq!(verdict(&outcome, 2, false), Verdict::GiveUp, "{status}");
        let again = Verdict::TryAgain { asked: None };
        assert_eq!(verdict(&outcome, 2, true), again, "{status}");
    }
    let again = Verdict::TryAgain { asked: None };
    assert_eq!(verdict(&Outcome::NoConnection, 2, false), Verdict::GiveUp);
    assert_eq!(verdict(&Outcome::NoConnection, 2, true), again);
    assert_eq!(verdict(&Outcome::NoAnswer, 2, false), again);
}

#[test]
fn the_limit_of_the_wait_doubles_up_to_the_longest() {
    let longest = |failed| {
        let waits = (0..40_000).map(|random| wait(failed, None, random * 1_009));
        waits.max().unwrap()
    };
    assert!(longest(1) <= Duration::from_secs(1));
    assert!(longest(3) > Duration::from_secs(3));
    assert!(longest(3) <= Duration::from_secs(4));
    assert!(longest(1000) <= LONGEST_WAIT);
    assert_eq!(wait(9, None, 0), Duration::ZERO);
}

#[test]
fn what_a_receiver_asks_for_is_waited_for_at_least() {
    let asked = Duration::from_secs(7);
    assert_eq!(wait(1, Some(asked), 0), asked);
    assert!(wait(1, Some(asked), u64::MAX) <= Duration::from_secs(8));
    assert_eq!(wait(1, Some(Duration::MAX), 0), LONGEST_ASKED);
}

#[test]
fn tries_end_with_the_patience() {
    let begun = Instant::now();
    let at = |seconds| begun + Duration::from_secs(seconds);
    let mut tries = Tries::begin(begun, Some(Duration::from_secs(60)));
    assert_eq!(tries.failed(at(0), None, 0), Some(Duration::ZERO));
    // As long as the receiver asks, and the longest jitter of the second failure.
    let asked = Some(Duration::from_secs(5));
    let longest = 2_000_000;
    assert_eq!(
        tries.failed(at(59), asked, longest),
        Some(Duration::from_secs(7))
    );
    assert_eq!(tries.failed(at(60), None, 0), None);
    assert_eq!(
        (tries.count(), tries.lasted(at(61))),
        (3, Duration::from_secs(61))
    );
    let mut tries = Tries::begin(begun, None);
    assert!((0..100).all(|hour| tries.failed(at(hour * 3600), None, 0).is_some()));
}

/// A receiver that comes back is not met by all at once: of a thousand shippers that lost it at one
/// moment, none of the first fifty intervals of 0.6 s gets more than four times its share.
#[test]
fn a_thousand_shippers_come_back_one_by_one() {
    let mut seconds = [0_u32; 50];
    for shipper in 0..1000_u64 {
        // The sixth failure; any generator will do.
        let random = (shipper + 1)
            .wrapping_mul(0x9e37_79b9_7f4a_7c15)
            .rotate_left(31);
        let at = wait(6, None, random).as_millis() / 600;
        seconds[usize::try_from(at).unwrap().min(49)] += 1;
    }
    assert!(seconds.iter().all(|come| *come < 80), "{seconds:?}");
}

#[test]
fn retry_after_is_seconds_or_a_date() {
    let now = Utc.with_ymd_and_hms(2026, 11, 30, 12, 0, 0).unwrap();
    let seconds = |text| retry_after(text, now).map(|wait| wait.as_secs());
    assert_eq!(seconds(" 120 "), Some(120));
    assert_eq!(seconds("Mon, 30 Nov 2026 12:01:00 GMT"), Some(60));
    assert_eq!(seconds("Mon, 30 Nov 2026 11:00:00 GMT"), Some(0));
    assert_eq!(seconds("soon"), None);
    assert_eq!(seconds("-1"), None);
}
